//! Reports of what is owed back: as of a day, by demand and by age, with what nobody has demanded yet.

use crate::desk::Desk;
use crate::recoveries::{DAY, beside, demanded, overpaid, receipt, well};
use crate::site::morning;
use crate::world::{World, at};
use serde_json::{Value, json};

#[tokio::test]
async fn what_is_owed_back_is_told_as_of_a_day_and_what_nobody_demands_beside_it() {
    let world = World::with(&["ACCELERATOR-PILOT"], at(DAY, 0)).await;
    let (staff, applicant) = (world.staff().await, world.applicant().await);
    let case = overpaid(&world, &staff, &applicant).await;
    let [finance, _] = beside(&world).await;
    let desk = Desk::with(&world, morning("2026-12-02"), &[]);
    let (officer, finance) = (desk.sign_in(&staff.officer).await, desk.sign_in(&finance).await);
    let report = |path: &str| well(officer.send(&officer.get(format!("/api/v1/reports/{path}")))).json;
    let row = |report: &Value, place: usize| {
        let row = &report["rows"][place];
        ["demand", "outstanding_hkd", "due_on", "bucket"].map(|name| row[name].as_str().unwrap().to_owned())
    };
    // Before anybody has demanded anything, the over-payment is there.
    let first = report("recoveries");
    assert_eq!(row(&first, 0), ["", "2500000.00", "2026-11-29", "not_demanded"]);
    let body = json!({ "kind": "overpaid", "principal": "2000000.00", "reason": "too much", "due_on": "2026-12-31" });
    let id = demanded(&officer, &finance, &case, &body);
    desk.site.clock.set(morning("2027-02-01"));
    let recorder = desk.sign_in(&staff.preparer).await;
    well(finance.send(&receipt((&finance, &recorder), &id, ("750000.00", "2027-01-31"))));
    let now = report("recoveries?scheme=ACCELERATOR-PILOT");
    let demand = row(&now, 0)[0].clone();
    assert_eq!(row(&now, 0)[1..], ["1250000.00", "2026-12-31", "31_90"]);
    assert_eq!(row(&now, 1), ["", "500000.00", "2026-11-29", "not_demanded"]);
    assert_eq!(
        (now["rows"][0]["days_overdue"].as_u64(), &now["rows"][0]["received_hkd"]),
        (Some(32), &json!("750000.00"))
    );
    assert_eq!((&now["totals"]["rows"], &now["totals"]["control_total"]), (&json!(2), &json!("1750000.00")));
    // As of an earlier day the receipt had not been entered.
    assert_eq!(row(&report("recoveries?on=2027-01-31"), 0)[1..], ["2000000.00", "2026-12-31", "31_90"]);
    assert_eq!(row(&report("recoveries?on=2026-12-01"), 0)[3], "not_demanded");
    let aged = report("recovery-ageing");
    let sums = ["not_due_hkd", "days_1_30_hkd", "days_31_90_hkd", "outstanding_hkd", "not_demanded_hkd"];
    let sums = sums.map(|name| aged["rows"][0][name].as_str().unwrap());
    assert_eq!(sums, ["0.00", "0.00", "1250000.00", "1250000.00", "500000.00"]);
    assert_eq!(aged["totals"]["control_total"], json!("1250000.00"));
    let csv = officer.send(&officer.get("/api/v1/reports/recoveries.csv"));
    let text = String::from_utf8(csv.bytes).unwrap();
    assert!(text.contains(&format!(",{demand},")) && text.lines().count() == 3, "{text}");
    let workbook = officer.send(&officer.get("/api/v1/reports/recoveries.xlsx"));
    assert!(workbook.bytes.starts_with(b"PK"));
    // A report that does not agree with the ledger is none.
    let wrong = format!(
        "ALTER TABLE recovery_entries DISABLE TRIGGER USER; UPDATE recovery_entries SET principal_cents = 1 WHERE recovery_id = '{id}'"
    );
    world.database.as_owner(&wrong).await.unwrap();
    let reply = officer.send(&officer.get("/api/v1/reports/recovery-ageing"));
    assert_eq!(reply.status, 500, "{}", reply.json);
}
