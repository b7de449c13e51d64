//! Money that comes back by a bank and money that comes back by a demand are the same money: it comes back once, and not on one word.

use crate::bank_answers::{answers, recorded, released, report, states};
use crate::desk::Desk;
use crate::recoveries::{beside, credit, demanded, on, well};
use crate::site::morning;
use crate::world::{World, at};
use serde_json::{Value, json};

pub const CODES: &[&str] = &[
    "bank_answer.recovered",
    "batch.own_return",
    "recovery.receipt_above_paid",
    "unmatched_item.no_receipt",
    "unmatched_item.received",
    "unmatched_item.twice",
];

const DAY: &str = "2026-02-02";

#[tokio::test]
async fn what_a_demand_has_brought_back_no_bank_brings_back_and_the_other_way_round() {
    let world = World::with(&["ACCELERATOR-PILOT"], at(DAY, 0)).await;
    let staff = world.staff().await;
    let (cases, batch) = released(&world, &staff, 1).await;
    let [finance, _] = beside(&world).await;
    let desk = Desk::open(&world, morning("2026-02-12"));
    let (officer, recorder) = (desk.sign_in(&staff.officer).await, desk.sign_in(&staff.preparer).await);
    let finance = desk.sign_in(&finance).await;
    let demand = |principal: &str| {
        let body = json!({ "kind": "unspent", "principal": principal, "reason": "left" });
        demanded(&officer, &finance, &cases[0].0, &body)
    };
    let receive =
        |id: &str, item: &str, amount: &str| on(&finance, id, "receipts", &json!({ "item": item, "amount": amount }));
    let (first, second) = (demand("5000000.00"), demand("2500000.00"));
    // Of the 7.5 million a demand brings back 5: the bank can bring back 2.5.
    well(finance.send(&receive(&first, &credit(&recorder, "5000000.00", "2026-02-11"), "5000000.00")));
    let rejected = report("B-1", &batch.reference, &[(1, "RJCT")]);
    assert_eq!(recorded(&recorder.send(&answers(&recorder, &batch, &rejected))), [json!(0), json!(1), json!("0.00")]);
    let payment = format!("{}-001", batch.reference);
    let rows = |rows: &str| {
        let rows = rows.replace('*', &payment);
        format!("payment,side,amount,currency,booked_on,reason,bank_reference\n{rows}\n")
    };
    let too_much = rows("*,credit,2500000.01,HKD,2026-02-11,AC04,R-1\nRENT,debit,12.50,HKD,2026-02-11,,R-2");
    assert_eq!(recorded(&recorder.send(&states(&recorder, &too_much))), [json!(0), json!(2), json!("0.00")]);
    let items = well(finance.send(&finance.get("/api/v1/unmatched-items"))).json["items"].clone();
    let item = |why: &str| {
        let found = items.as_array().unwrap().iter().find(|item| item["why"] == why);
        found.unwrap()["id"].as_str().unwrap().to_owned()
    };
    let close = |item: &str, body: &Value| finance.post(format!("/api/v1/unmatched-items/{item}/closing"), body);
    let ours = json!({ "payment": payment, "reason": "the bank says so" });
    finance.refused(&close(&item("recovered"), &ours), 409, "bank_answer.recovered").await;
    finance.refused(&receive(&second, &item("unknown"), "1.00"), 422, "unmatched_item.no_receipt").await;
    // It brings back 2 of those, so that the second demand brings back no more than half a million.
    let returned = rows("*,credit,2000000.00,HKD,2026-02-11,AC04,R-3");
    assert_eq!(recorded(&recorder.send(&states(&recorder, &returned)))[2], json!("2000000.00"));
    world.prove().await;
    let sent = credit(&recorder, "600000.00", "2026-02-11");
    finance.refused(&receive(&second, &sent, "500000.01"), 409, "recovery.receipt_above_paid").await;
    well(finance.send(&receive(&second, &sent, "500000.00")));
    finance.refused(&close(&sent, &ours), 409, "unmatched_item.received").await;
    well(finance.send(&close(&sent, &json!({ "reason": "sent back to the company" }))));
    // The bank tells of the same credit in its notice and in its statement: it meets a demand once.
    let again = rows(",credit,600000.00,HKD,2026-02-11,,R-7\n,debit,1.00,HKD,2026-02-11,,R-8");
    let once = rows(",credit,600000.00,HKD,2026-02-11,,R-7");
    for text in [&once, &again] {
        assert_eq!(recorded(&recorder.send(&states(&recorder, text)))[0], json!(0));
    }
    let twins = well(finance.send(&finance.get("/api/v1/unmatched-items"))).json["items"].clone();
    let twins = twins.as_array().unwrap().iter().filter(|item| item["bank_reference"] == "R-7");
    let twins = twins.map(|item| item["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
    let income = json!({ "amount": "600000.00", "share": "100%", "clause": "9" });
    let body = json!({ "kind": "recoupment", "reason": "sales", "income": income });
    let third = demanded(&officer, &finance, &cases[0].0, &body);
    well(finance.send(&receive(&third, &twins[0], "1.00")));
    finance.refused(&receive(&third, &twins[1], "1.00"), 409, "unmatched_item.twice").await;
    // What is owed again is prepared by somebody else than has said so.
    let prepare = recorder.post("/api/v1/batches", &json!({ "claims": [cases[0].1] }));
    recorder.refused(&prepare, 403, "batch.own_return").await;
    desk.told_exactly(CODES);
    world.prove().await;
}
