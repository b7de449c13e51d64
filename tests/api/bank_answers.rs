//! What banks answer over HTTP: a year ends with a rejection that is paid again, a return in part, and files that are refused whole.

use crate::bank_files::certified;
use crate::case::Case;
use crate::desk::{Caller, Desk};
use crate::proposals::{accelerator, accelerator_actual};
use crate::site::{Call, Reply, morning};
use crate::world::{Staff, World, at, refused};
use rules::actor::Role;
use rules::batch::Batch;
use rules::ids::ClaimId;
use serde_json::{Value, json};
use ureq::http::Method;
use uuid::Uuid;

pub const OF_FILES: &[&str] = &[
    "bank_answer.above_out",
    "bank_answer.amount",
    "bank_answer.contradicts",
    "bank_answer.currency",
    "bank_answer.empty",
    "bank_answer.malformed",
    "bank_answer.not_released",
    "bank_answer.other_batch",
    "bank_answer.payment_twice",
    "bank_answer.payment_unknown",
    "bank_answer.status",
    "bank_answer.totals",
    "bank_answer.twice",
    "not_found",
    "permission.denied",
    "person.own_organisation",
    "request.neither_xml_nor_csv",
    "request.too_large",
];
pub const OF_ITEMS: &[&str] = &[
    "application.wrong_state",
    "bank_answer.above_out",
    "not_found",
    "permission.denied",
    "text.length",
    "unmatched_item.closed",
    "unmatched_item.ended",
    "unmatched_item.no_return",
    "unmatched_item.own",
    "unmatched_item.payment",
];

const CODE: &str = "ACCELERATOR-PILOT";
const DAY: &str = "2026-02-02";

/// A pain.002 that says of a batch what is said of its payments, by their numbers.
pub fn report(message: &str, batch: &str, statuses: &[(u32, &str)]) -> String {
    let line = |(number, status): &(u32, &str)| {
        let reason = if *status == "RJCT" { "<StsRsnInf><Rsn><Cd>AC01</Cd></Rsn></StsRsnInf>" } else { "" };
        format!(
            "<TxInfAndSts><OrgnlEndToEndId>{batch}-{number:03}</OrgnlEndToEndId><TxSts>{status}</TxSts>{reason}</TxInfAndSts>\n"
        )
    };
    let lines = statuses.iter().map(line).collect::<String>();
    format!(
        "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:pain.002.001.03\"><CstmrPmtStsRpt>
<GrpHdr><MsgId>{message}</MsgId><CreDtTm>2026-02-12T09:00:00</CreDtTm></GrpHdr>
<OrgnlGrpInfAndSts><OrgnlMsgId>{batch}</OrgnlMsgId><OrgnlMsgNmId>pain.001.001.09</OrgnlMsgNmId></OrgnlGrpInfAndSts>
<OrgnlPmtInfAndSts><OrgnlPmtInfId>{batch}-A</OrgnlPmtInfId>
{lines}</OrgnlPmtInfAndSts></CstmrPmtStsRpt></Document>"
    )
}

/// A camt.053 with these entries: what each names, on which side, how much.
fn statement(message: &str, entries: &[(&str, &str, &str)]) -> String {
    let entry = |(payment, side, amount): &(&str, &str, &str)| {
        format!(
            "<Ntry><Amt Ccy=\"HKD\">{amount}</Amt><CdtDbtInd>{side}</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2026-02-12</Dt></BookgDt>\
             <NtryDtls><TxDtls><Refs><EndToEndId>{payment}</EndToEndId></Refs></TxDtls></NtryDtls></Ntry>\n"
        )
    };
    let entries = entries.iter().map(entry).collect::<String>();
    format!(
        "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.02\"><BkToCstmrStmt><GrpHdr><MsgId>{message}</MsgId></GrpHdr>
<Stmt>
{entries}</Stmt></BkToCstmrStmt></Document>"
    )
}

fn sends(caller: &Caller<'_>, path: &str, text: &str) -> Call {
    let mime = if text.starts_with('<') { "application/xml" } else { "text/csv" };
    let call = Call::new(Method::POST, path).with(&caller.token);
    call.header("content-type", mime).bytes(text)
}

pub fn answers(caller: &Caller<'_>, batch: &Batch, text: &str) -> Call {
    sends(caller, &format!("/api/v1/batches/{}/bank-answers", batch.id), text)
}

pub fn states(caller: &Caller<'_>, text: &str) -> Call {
    sends(caller, "/api/v1/bank-statements", text)
}

pub fn recorded(reply: &Reply) -> [Value; 3] {
    assert_eq!(reply.status, 201, "{}", reply.json);
    ["payments", "unmatched", "returned"].map(|name| reply.json[name].clone())
}

/// What is shown of each payment of a batch.
fn shown(caller: &Caller<'_>, batch: &Batch) -> Vec<(Value, Value)> {
    let read = caller.send(&caller.get(format!("/api/v1/batches/{}", batch.id))).json;
    let payments = read["payments"].as_array().unwrap().iter();
    payments.map(|payment| (payment["status"].clone(), payment["returned"].clone())).collect()
}

/// A batch of so many first instalments of 7.5 million each, released.
pub async fn released<'w>(world: &'w World, staff: &'w Staff, count: usize) -> (Vec<(Case<'w>, ClaimId)>, Batch) {
    let mut cases = Vec::new();
    for _ in 0..count {
        cases.push(certified(world, staff, &world.applicant().await).await);
    }
    let claims = cases.iter().map(|(_, claim)| *claim).collect::<Vec<_>>();
    let batch = again(world, staff, &claims, 6).await;
    (cases, batch)
}

/// These claims in a batch, prepared and released.
async fn again(world: &World, staff: &Staff, claims: &[ClaimId], days: u64) -> Batch {
    let batch = world.prepare(at(DAY, days), &staff.preparer, claims).await.unwrap();
    world.release(at(DAY, days), &staff.releaser, batch.id).await.unwrap()
}

async fn claim_states(world: &World) -> Vec<String> {
    world.database.lines("SELECT state AS line FROM claims ORDER BY id").await
}

#[tokio::test]
async fn a_year_ends_with_a_rejection_that_is_paid_again_once_and_a_return_in_part() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let staff = world.staff().await;
    let (cases, batch) = released(&world, &staff, 3).await;
    let desk = Desk::open(&world, morning("2026-02-12"));
    let preparer = desk.sign_in(&staff.preparer).await;
    let bookkeeper = world.person(&[Role::FinancePreparer], &[]).await;
    let recorder = desk.sign_in(&bookkeeper).await;
    assert_eq!(shown(&preparer, &batch), vec![(Value::Null, json!("0.00")); 3]);
    let answer = report("B-1", &batch.reference, &[(1, "ACSC"), (2, "RJCT"), (3, "ACSC")]);
    let reply = recorder.send(&answers(&recorder, &batch, &answer));
    assert_eq!(recorded(&reply), [json!(3), json!(0), json!("7500000.00")]);
    let nothing = json!("0.00");
    let executed = (json!("executed"), nothing.clone());
    let of_first = [executed.clone(), (json!("rejected"), json!("7500000.00")), executed.clone()];
    assert_eq!(shown(&preparer, &batch), of_first);
    assert_eq!(claim_states(&world).await, ["paid", "certified", "paid"]);
    world.prove().await;
    let told = cases[1].0.events().await;
    assert_eq!(told.last().map(String::as_str), Some("payment.came_back"));
    let mails = "SELECT count(*)::text AS line FROM outbox WHERE notice LIKE '%payment_came_back%'";
    assert_eq!(world.database.lines(mails).await, ["1"]);

    // Whoever has said that it was rejected has no say in that; the same preparer and releaser pay it again, for what is owed; and then it is
    // owed no more.
    let (rejected, claims) = (cases[1].1, [cases[1].1]);
    assert_eq!(refused(world.prepare(at(DAY, 11), &bookkeeper, &claims).await), "batch.own_return");
    let second = again(&world, &staff, &claims, 11).await;
    assert_eq!((second.payments[0].claim, second.total.to_string()), (rejected, "7500000.00".to_owned()));
    assert_eq!(claim_states(&world).await, ["paid"; 3]);
    let payment = format!("{}-001", second.reference);
    let unknown = ("RENT", "DBIT", "12.50");
    let booked = statement("S-1", &[(&payment, "DBIT", "7500000.00"), unknown]);
    assert_eq!(recorded(&recorder.send(&states(&recorder, &booked))), [json!(1), json!(1), nothing]);
    assert_eq!(shown(&preparer, &second), [executed]);
    world.prove().await;

    // Of that some comes back, and so much is paid again.
    let returned = statement("S-2", &[(&payment, "CRDT", "3000000.00")]);
    assert_eq!(recorded(&recorder.send(&states(&recorder, &returned)))[2], json!("3000000.00"));
    assert_eq!(shown(&preparer, &second), [(json!("returned"), json!("3000000.00"))]);
    world.prove().await;
    let third = again(&world, &staff, &claims, 12).await;
    assert_eq!(third.total.to_string(), "3000000.00");
    assert_eq!(claim_states(&world).await, ["paid"; 3]);
    let listed = preparer.send(&preparer.get(format!("/api/v1/batches/{}/bank-answers", batch.id))).json;
    assert_eq!(
        listed["items"].as_array().unwrap().iter().map(|item| item["message"].clone()).collect::<Vec<_>>(),
        ["B-1"]
    );
    let report = preparer.send(&preparer.get("/api/v1/reports/disbursements")).json;
    assert_eq!(report["totals"]["rows"], json!(5), "each release is a row: {report}");
    world.prove().await;
}

#[tokio::test]
async fn a_case_that_was_completed_goes_on_when_its_last_payment_comes_back_and_is_completed_again() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let (staff, applicant) = (world.staff().await, world.applicant().await);
    let case = world.draft(&staff, &applicant, (CODE, accelerator("60000000.00", "6000000.00")), at(DAY, 0)).await;
    case.to_accepted(at(DAY, 1), "6000000.00").await;
    case.pay(at(DAY, 6), "initial", "1500000.00", None).await;
    let last = case.pay(at(DAY, 20), "final", "4500000.00", Some(accelerator_actual("60000000.00"))).await;
    assert_eq!(case.read().await.state.code(), "completed");
    let desk = Desk::open(&world, morning("2026-02-23"));
    let recorder = desk.sign_in(&world.person(&[Role::FinanceReleaser], &[]).await).await;
    let table =
        format!("batch,payment,status,reason,amount,currency\r\n{0},{0}-001,RJCT,AC04,4500000,HKD\r\n", last.reference);
    assert_eq!(recorded(&recorder.send(&answers(&recorder, &last, &table)))[2], json!("4500000.00"));
    assert_eq!(case.read().await.state.code(), "accepted");
    world.prove().await;
    let owed = [last.payments[0].claim];
    again(&world, &staff, &owed, 22).await;
    assert_eq!(case.read().await.state.code(), "completed");
    let events = case.events().await;
    let told = events[events.len() - 4..].join(" ");
    assert_eq!(told, "payment.came_back application.reopened payment.released application.completed");
    world.prove().await;
}

#[tokio::test]
async fn a_file_that_is_not_in_order_is_refused_whole_and_says_on_which_line() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let staff = world.staff().await;
    let (cases, batch) = released(&world, &staff, 2).await;
    let own = cases[0].0.read().await.organisation;
    let desk = Desk::open(&world, morning("2026-02-12"));
    let preparer = desk.sign_in(&staff.preparer).await;
    let reference = batch.reference.as_str();
    let good = report("B-1", reference, &[(1, "ACSC"), (2, "RJCT")]);
    let csv = |rows: &str| format!("batch,payment,status,reason,amount,currency\n{}", rows.replace('*', reference));
    for (text, status, code, line) in [
        (report("B-2", "PAY-2026-999999", &[(1, "ACSC")]), 422, "bank_answer.other_batch", 3),
        (report("B-2", reference, &[(1, "ACSC"), (3, "ACSC")]), 422, "bank_answer.payment_unknown", 6),
        (report("B-2", reference, &[(1, "ACSC"), (1, "RJCT")]), 422, "bank_answer.payment_twice", 6),
        (report("B-2", reference, &[(1, "ACSC"), (2, "GONE")]), 422, "bank_answer.status", 6),
        (good.replace("</OrgnlMsgId>", "</OrgnlMsgId><OrgnlCtrlSum>1</OrgnlCtrlSum>"), 422, "bank_answer.totals", 3),
        (good.replace("</CstmrPmtStsRpt>", ""), 422, "bank_answer.malformed", 7),
        (csv("*,*-001,ACSC,,7500000.00,HKD\n*,*-002,RJCT,,7500000.01,HKD\n"), 422, "bank_answer.amount", 3),
        (csv("*,*-001,ACSC,,7500000.00,USD\n"), 422, "bank_answer.currency", 2),
    ] {
        let told = preparer.refused(&answers(&preparer, &batch, &text), status, code).await;
        let detail = told.text("/detail");
        assert!(detail.to_lowercase().contains(&format!("line {line}: ")), "{detail}");
    }
    for text in [statement("S", &[]), "payment,side,amount,currency,booked_on,reason,bank_reference\n".to_owned()] {
        preparer.refused(&states(&preparer, &text), 422, "bank_answer.empty").await;
    }
    let first = format!("{reference}-001");
    let above = statement("S", &[("RENT", "DBIT", "1.00"), (&first, "CRDT", "7500000.01")]);
    preparer.refused(&states(&preparer, &above), 422, "bank_answer.above_out").await;

    // Who may not, what is neither, what is too long, and a batch that is not there or was not released.
    let officer = desk.sign_in(&staff.officer).await;
    officer.refused(&answers(&officer, &batch, &good), 403, "permission.denied").await;
    let insider = world.person(&[Role::Applicant, Role::FinancePreparer], &[]).await;
    let joins = format!(
        "INSERT INTO memberships (person_id, organisation_id) VALUES ('{}', '{own}')",
        insider.person().unwrap()
    );
    world.database.run(&joins).await;
    let insider = desk.sign_in(&insider).await;
    insider.refused(&answers(&insider, &batch, &good), 403, "person.own_organisation").await;
    let json = Call::post(format!("/api/v1/batches/{}/bank-answers", batch.id), &json!({})).with(&preparer.token);
    preparer.refused(&json, 415, "request.neither_xml_nor_csv").await;
    let long = " ".repeat(almoner::bank::BYTES_MAX + 1);
    preparer.refused(&answers(&preparer, &batch, &long), 413, "request.too_large").await;
    let nothing = Batch { id: rules::ids::BatchId(Uuid::now_v7()), ..batch.clone() };
    preparer.refused(&answers(&preparer, &nothing, &good), 404, "not_found").await;
    let (_, claim) = certified(&world, &staff, &world.applicant().await).await;
    let waits = world.prepare(at(DAY, 9), &staff.preparer, &[claim]).await.unwrap();
    let early = report("B-3", &waits.reference, &[(1, "ACSC")]);
    preparer.refused(&answers(&preparer, &waits, &early), 409, "bank_answer.not_released").await;

    // The same file, or a message with the same identifier, is recorded once; and what is on file is not spoken against.
    assert_eq!(recorded(&preparer.send(&answers(&preparer, &batch, &good)))[0], json!(2));
    preparer.refused(&answers(&preparer, &batch, &good), 409, "bank_answer.twice").await;
    preparer
        .refused(&answers(&preparer, &batch, &report("B-1", reference, &[(1, "ACSC")])), 409, "bank_answer.twice")
        .await;
    let executed = report("B-4", reference, &[(2, "ACSC")]);
    preparer.refused(&answers(&preparer, &batch, &executed), 409, "bank_answer.contradicts").await;
    desk.told_exactly(OF_FILES);
    world.prove().await;
}

#[tokio::test]
async fn of_the_same_file_sent_at_once_one_is_recorded() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let staff = world.staff().await;
    let (_, batch) = released(&world, &staff, 1).await;
    let desk = Desk::open(&world, morning("2026-02-12"));
    let (one, two) = (desk.sign_in(&staff.preparer).await, desk.sign_in(&staff.releaser).await);
    let rejected = report("B-1", &batch.reference, &[(1, "RJCT")]);
    let unmatched = statement("S-1", &[("RENT", "DBIT", "12.50")]);
    for calls in [
        [answers(&one, &batch, &rejected), answers(&two, &batch, &rejected)],
        [states(&one, &unmatched), states(&two, &unmatched)],
    ] {
        let mut told = std::thread::scope(|scope| {
            let senders = calls.each_ref().map(|call| scope.spawn(|| desk.site.send(call).told().0));
            senders.map(|sender| sender.join().unwrap())
        });
        told.sort_unstable();
        assert_eq!(told, [201, 409]);
    }
    let kept = "SELECT concat_ws(' ', (SELECT count(*) FROM bank_answers), (SELECT count(*) FROM unmatched_items),
      (SELECT sum(returned_cents) FROM payment_statuses)) AS line";
    assert_eq!(world.database.lines(kept).await, ["2 1 750000000"]);
    world.prove().await;
}

#[tokio::test]
async fn what_matches_nothing_is_closed_once_by_somebody_else() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let staff = world.staff().await;
    let (cases, batch) = released(&world, &staff, 2).await;
    let desk = Desk::open(&world, morning("2026-02-12"));
    let (preparer, releaser) = (desk.sign_in(&staff.preparer).await, desk.sign_in(&staff.releaser).await);
    let ended = &cases[1].0;
    ended.change(at(DAY, 9), rules::change_request::ChangeKind::Termination, json!({})).await.unwrap();
    let (ours, theirs) = (format!("{}-001", batch.reference), format!("{}-002", batch.reference));
    let rows = format!(
        "payment,side,amount,currency,booked_on,reason,bank_reference
FROM-A-BANK,credit,500000.00,HKD,2026-02-11,AC04,R-1
RENT,debit,12.50,HKD,2026-02-11,,R-2
ODD,credit,9000000.00,HKD,2026-02-11,,R-3
{theirs},credit,500000.00,HKD,2026-02-11,,R-4
"
    );
    assert_eq!(recorded(&preparer.send(&states(&preparer, &rows))), [json!(0), json!(4), json!("0.00")]);
    let listed = releaser.send(&releaser.get("/api/v1/unmatched-items")).json;
    let items = listed["items"].as_array().unwrap().iter().rev().collect::<Vec<_>>();
    let seen = items.iter().map(|item| (item["line"].clone(), item["why"].clone())).collect::<Vec<_>>();
    let (unknown, award_ended) = (json!("unknown"), json!("award_ended"));
    assert_eq!(
        seen,
        [(json!(2), unknown.clone()), (json!(3), unknown.clone()), (json!(4), unknown), (json!(5), award_ended)]
    );
    let close = |caller: &Caller<'_>, place: usize, body: Value| {
        caller.post(format!("/api/v1/unmatched-items/{}/closing", items[place]["id"].as_str().unwrap()), &body)
    };
    let is = |payment: &str| json!({ "payment": payment, "reason": "the bank says so" });
    let aside = || json!({ "reason": "the rent" });
    let officer = desk.sign_in(&staff.officer).await;
    officer.refused(&close(&officer, 0, aside()), 403, "permission.denied").await;
    preparer.refused(&close(&preparer, 0, is(&ours)), 403, "unmatched_item.own").await;
    releaser.refused(&close(&releaser, 0, json!({ "reason": " " })), 422, "text.length").await;
    releaser.refused(&close(&releaser, 0, is("PAY-2026-999999-001")), 422, "unmatched_item.payment").await;
    releaser.refused(&close(&releaser, 1, is(&ours)), 422, "unmatched_item.no_return").await;
    releaser.refused(&close(&releaser, 2, is(&ours)), 422, "bank_answer.above_out").await;
    releaser.refused(&close(&releaser, 3, is(&theirs)), 409, "unmatched_item.ended").await;
    let nothing = releaser.post(format!("/api/v1/unmatched-items/{}/closing", Uuid::now_v7()), &aside());
    releaser.refused(&nothing, 404, "not_found").await;
    let closed = releaser.send(&close(&releaser, 0, is(&ours)));
    assert_eq!((closed.told(), closed.text("/closed/payment")), ((200, ""), ours.as_str()));
    releaser.refused(&close(&releaser, 0, aside()), 409, "unmatched_item.closed").await;
    assert_eq!(releaser.send(&close(&releaser, 1, aside())).told(), (200, ""));
    let open = releaser.send(&releaser.get("/api/v1/unmatched-items")).json;
    let done = releaser.send(&releaser.get("/api/v1/unmatched-items?closed=true")).json;
    assert_eq!([open, done].map(|list| list["items"].as_array().unwrap().len()), [2, 2]);
    assert_eq!(shown(&releaser, &batch), [(json!("returned"), json!("500000.00")), (Value::Null, json!("0.00"))]);
    world.prove().await;

    // While an award is suspended what has come back of it waits; and a termination after that settles on what is out.
    let case = &cases[0].0;
    case.change(at(DAY, 10), rules::change_request::ChangeKind::Suspension, json!({})).await.unwrap();
    let rest = statement("S-9", &[(&ours, "CRDT", "1000000.00")]);
    assert_eq!(recorded(&preparer.send(&states(&preparer, &rest)))[2], json!("1000000.00"));
    let prepare = preparer.post("/api/v1/batches", &json!({ "claims": [cases[0].1] }));
    preparer.refused(&prepare, 409, "application.wrong_state").await;
    case.change(at(DAY, 11), rules::change_request::ChangeKind::Termination, json!({})).await.unwrap();
    let settled = "SELECT settled_cents::text AS line FROM awards ORDER BY application_id";
    assert_eq!(world.database.lines(settled).await, ["600000000", "750000000"]);
    desk.told_exactly(OF_ITEMS);
    world.prove().await;
}
