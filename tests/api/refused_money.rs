//! What the rules say no to between the offer and the last payment: the code, and that nothing has changed.

use crate::case::Case;
use crate::desk::{Caller, Desk};
use crate::paying::accounts;
use crate::proposals::{accelerator, accelerator_actual};
use crate::world::{Staff, World, at};
use rules::actor::Role;
use serde_json::{Value, json};
use uuid::Uuid;

pub const OF_OFFERS: &[&str] = &[
    "application.wrong_state",
    "award.offer_expired",
    "award.offer_stands",
    "not_found",
    "permission.denied",
    "text.length",
];
pub const OF_CLAIMS: &[&str] = &[
    "application.figures_faulty",
    "claim.above_plan",
    "claim.actual_cost_missing",
    "claim.certified_above_due",
    "claim.instalment_claimed",
    "claim.instalment_too_early",
    "claim.instalment_unknown",
    "claim.nothing_due",
    "claim.wrong_state",
    "not_found",
    "text.length",
    "text.unstorable",
];
pub const OF_BATCHES: &[&str] = &[
    "batch.claim_in_batch",
    "batch.claim_twice",
    "batch.empty",
    "batch.released",
    "batch.too_large",
    "claim.wrong_state",
    "duty.separated",
    "not_found",
    "permission.denied",
    "report.beyond_a_sheet",
];

const CODE: &str = "ACCELERATOR-PILOT";
const DAY: &str = "2026-02-02";

async fn drafted<'w>(world: &'w World, staff: &'w Staff) -> Case<'w> {
    let applicant = world.applicant().await;
    world.draft(staff, &applicant, (CODE, accelerator("60000000.00", "30000000.00")), at(DAY, 0)).await
}

fn to(case: &Case<'_>, part: &str) -> String {
    format!("/api/v1/applications/{}/{part}", case.id)
}

#[tokio::test]
async fn an_offer_is_refused_before_its_time_after_it_and_to_others() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let desk = Desk::open(&world, at(DAY, 3).now);
    let staff = world.staff().await;
    let case = drafted(&world, &staff).await;
    case.to_recommended(at(DAY, 1), "30000000.00").await;
    let (author, officer) = (desk.sign_in(&case.applicant).await, desk.sign_in(&staff.officer).await);
    author.refused(&author.get(to(&case, "award")), 404, "not_found").await;
    case.approve(at(DAY, 2), &staff.commissioner).await.unwrap();
    // What is approved and not offered is the agency's secret.
    author.refused(&author.get(to(&case, "award")), 404, "not_found").await;
    let reply = author.refused(&author.post(to(&case, "acceptance"), &json!({})), 409, "application.wrong_state").await;
    assert!(reply.text("/detail").contains("under_consideration"));
    author
        .refused(&author.post(to(&case, "declination"), &json!({ "reason": "no" })), 409, "application.wrong_state")
        .await;
    author.refused(&author.post(to(&case, "offer"), &json!({})), 403, "permission.denied").await;
    case.offer(at(DAY, 3)).await.unwrap();
    author.refused(&author.post(to(&case, "declination"), &json!({ "reason": "" })), 422, "text.length").await;
    officer.refused(&officer.post(to(&case, "acceptance"), &json!({})), 403, "permission.denied").await;
    officer.refused(&officer.post(to(&case, "lapse"), &json!({})), 409, "award.offer_stands").await;
    desk.site.clock.set(at(DAY, 34).now);
    author.refused(&author.post(to(&case, "acceptance"), &json!({})), 409, "award.offer_expired").await;
    assert_eq!(desk.send(&officer.post(to(&case, "lapse"), &json!({}))).told(), (200, ""));
    desk.told_exactly(OF_OFFERS);
}

#[tokio::test]
async fn a_claim_beyond_the_plan_or_the_cost_is_refused() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let desk = Desk::open(&world, at(DAY, 9).now);
    let staff = world.staff().await;
    let case = drafted(&world, &staff).await;
    case.to_accepted(at(DAY, 1), "30000000.00").await;
    let (author, officer) = (desk.sign_in(&case.applicant).await, desk.sign_in(&staff.officer).await);
    let claim = |instalment: &str, amount: &str, evidence: &str, actual: Option<Value>| {
        let body = json!({ "instalment": instalment, "amount": amount, "evidence": evidence, "actual": actual });
        author.post(to(&case, "claims"), &body)
    };
    let certify = |id: &str, amount: &str| {
        officer.post(format!("/api/v1/claims/{id}/certification"), &json!({ "amount": amount }))
    };
    let give_back =
        |id: &str, reason: &str| officer.post(format!("/api/v1/claims/{id}/return"), &json!({ "reason": reason }));
    for (status, code, call) in [
        (422, "claim.instalment_unknown", claim("second", "1.00", "invoices", None)),
        (409, "claim.instalment_too_early", claim("final", "1.00", "invoices", None)),
        (422, "claim.above_plan", claim("initial", "0.00", "invoices", None)),
        (422, "claim.above_plan", claim("initial", "7500000.01", "invoices", None)),
        (422, "text.length", claim("initial", "7500000.00", "", None)),
        (422, "text.unstorable", claim("initial", "7500000.00", "a\u{0}b", None)),
    ] {
        author.refused(&call, status, code).await;
    }
    let first = desk.send(&claim("initial", "7500000.00", "invoices", None)).text("/id").to_owned();
    author.refused(&claim("initial", "1.00", "invoices", None), 409, "claim.instalment_claimed").await;
    for (status, code, call) in [
        (422, "claim.certified_above_due", certify(&first, "0.00")),
        (422, "claim.certified_above_due", certify(&first, "7500000.01")),
        (422, "text.length", give_back(&first, "")),
        (404, "not_found", certify(&Uuid::now_v7().to_string(), "1.00")),
    ] {
        officer.refused(&call, status, code).await;
    }
    assert_eq!(desk.send(&certify(&first, "7500000.00")).told(), (200, ""));
    officer.refused(&certify(&first, "7500000.00"), 409, "claim.wrong_state").await;
    officer.refused(&give_back(&first, "again"), 409, "claim.wrong_state").await;
    author.refused(&claim("final", "1.00", "accounts", None), 422, "claim.actual_cost_missing").await;
    let mut second = accelerator_actual("50000000.00");
    second["project"]["stages"][0]["stage"] = json!("second");
    let reply =
        author.refused(&claim("final", "1.00", "accounts", Some(second)), 422, "application.figures_faulty").await;
    assert_eq!(reply.parts(), ["/actual/project/stages/0/stage"]);
    // Of 15 million the rules allow 7.5, and so much has been certified.
    let last = claim("final", "1.00", "accounts", Some(accelerator_actual("15000000.00")));
    let last = desk.send(&last).text("/id").to_owned();
    officer.refused(&certify(&last, "1.00"), 422, "claim.nothing_due").await;
    let reply = desk.send(&certify(&last, "0.00"));
    assert_eq!((reply.text("/claim/state"), reply.text("/award/overpaid")), ("nil", "0.00"));
    desk.told_exactly(OF_CLAIMS);
}

#[tokio::test]
async fn a_batch_that_is_not_in_order_is_refused() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let desk = Desk::open(&world, at(DAY, 9).now);
    let staff = world.staff().await;
    let mut claims = Vec::new();
    for _ in 0..2 {
        let case = drafted(&world, &staff).await;
        case.to_accepted(at(DAY, 1), "30000000.00").await;
        claims.push((case.claim(at(DAY, 2), "initial", "7500000.00", None).await.unwrap().id, case));
    }
    let (first, case) = &claims[0];
    let (second, _) = &claims[1];
    case.certify(at(DAY, 3), *first, "7500000.00").await.unwrap();
    let both = world.person(&[Role::FinancePreparer, Role::FinanceReleaser], &[]).await;
    let (preparer, releaser, both) =
        (desk.sign_in(&staff.preparer).await, desk.sign_in(&staff.releaser).await, desk.sign_in(&both).await);
    accounts(&world, &[*first, *second]).await;
    let batch = |claims: Value| preparer.post("/api/v1/batches", &json!({ "claims": claims }));
    let many = (0..501).map(|_| Uuid::now_v7()).collect::<Vec<_>>();
    for (status, code, claims) in [
        (422, "batch.empty", json!([])),
        (422, "batch.claim_twice", json!([first, first])),
        (422, "batch.too_large", json!(many)),
        (409, "claim.wrong_state", json!([first, second])),
        (404, "not_found", json!([Uuid::now_v7()])),
    ] {
        preparer.refused(&batch(claims), status, code).await;
    }
    let prepared = desk.send(&both.post("/api/v1/batches", &json!({ "claims": [first] })));
    let path = prepared.header("location").to_owned();
    preparer.refused(&batch(json!([first])), 409, "batch.claim_in_batch").await;
    let release = |caller: &Caller<'_>| caller.post(format!("{path}/release"), &json!({}));
    both.refused(&release(&both), 403, "duty.separated").await;
    preparer.refused(&release(&preparer), 403, "permission.denied").await;
    let nothing = releaser.post(format!("/api/v1/batches/{}/release", Uuid::now_v7()), &json!({}));
    releaser.refused(&nothing, 404, "not_found").await;
    assert_eq!(desk.send(&release(&releaser)).told(), (200, ""));
    releaser.refused(&release(&releaser), 409, "batch.released").await;
    // No single amount is as large, so a sum is written that only an intruder could write.
    let large = "SET session_replication_role = replica; UPDATE payments SET amount_cents = 2000000000000000;
                 UPDATE batches SET total_cents = 2000000000000000;
                 UPDATE ledger_entries SET amount_cents = sign(amount_cents) * 2000000000000000 WHERE posting_id IN
                   (SELECT posting_id FROM ledger_entries WHERE account = 'paid')";
    world.database.run(large).await;
    releaser.refused(&releaser.get("/api/v1/reports/disbursements.xlsx"), 422, "report.beyond_a_sheet").await;
    assert_eq!(desk.site.send(&releaser.get("/api/v1/reports/disbursements.csv")).told(), (200, ""));
    desk.told_exactly(OF_BATCHES);
}
