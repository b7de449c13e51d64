//! An award that is cut below what was paid: what is paid stays, nothing more comes, and the rest is owed back.

use crate::case::Case;
use crate::desk::Desk;
use crate::proposals::{accelerator, accelerator_actual};
use crate::recoveries::{beside, demanded, raise, well};
use crate::site::morning;
use crate::world::{Staff, World, at};
use rules::application::State;
use rules::award::Settlement;
use rules::change_request::{ChangeKind, Verdict};
use rules::claim::ClaimState;
use serde_json::{Value, json};

pub const CODES: &[&str] = &["change.overpaid_demanded", "recovery.above_overpaid"];

const CODE: &str = "ACCELERATOR-PILOT";
const DAY: &str = "2026-02-02";

/// 30 million, of which a quarter is paid.
async fn paid<'w>(world: &'w World, staff: &'w Staff) -> Case<'w> {
    let applicant = world.applicant().await;
    let case = world.draft(staff, &applicant, (CODE, accelerator("60000000.00", "30000000.00")), at(DAY, 0)).await;
    case.to_accepted(at(DAY, 1), "30000000.00").await;
    case.pay(at(DAY, 2), "initial", "7500000.00", None).await;
    case
}

fn to(amount: &str) -> Value {
    json!({ "amount": amount })
}

#[tokio::test]
async fn what_was_paid_beyond_a_cut_is_carried_over_demanded_and_settled() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let staff = world.staff().await;
    let case = paid(&world, &staff).await;
    let [finance, _] = beside(&world).await;
    let desk = Desk::open(&world, morning("2026-02-06"));
    let (officer, finance) = (desk.sign_in(&case.staff.officer).await, desk.sign_in(&finance).await);
    let commissioner = desk.sign_in(&case.staff.commissioner).await;
    let award = || officer.send(&officer.get(format!("/api/v1/applications/{}/award", case.id))).json;
    let plan = |award: &Value| -> Vec<String> {
        let parts = award["plan"].as_array().unwrap().iter();
        parts.map(|part| format!("{} {}", part["code"].as_str().unwrap(), part["amount"].as_str().unwrap())).collect()
    };
    case.change(at(DAY, 3), ChangeKind::Amount, to("5000000.00")).await.unwrap();
    let cut = award();
    assert_eq!((&cut["award"]["amount"], &cut["award"]["carried_over"]), (&json!("5000000.00"), &json!("2500000.00")));
    assert_eq!(plan(&cut), ["initial 7500000.00", "final 0.00"]);
    assert_eq!(world.committed(CODE).await, 750_000_000);
    let report = well(officer.send(&officer.get("/api/v1/reports/recoveries"))).json;
    let row = ["outstanding_hkd", "due_on", "bucket"].map(|name| report["rows"][0][name].as_str().unwrap());
    assert_eq!(row, ["2500000.00", "2026-02-05", "not_demanded"]);
    // Raised again a little, and less is carried over; nothing moves in the books.
    case.change(at(DAY, 4), ChangeKind::Amount, to("5500000.00")).await.unwrap();
    assert_eq!(award()["award"]["carried_over"], json!("2000000.00"));
    assert_eq!(world.committed(CODE).await, 750_000_000);
    let body = |principal: &str| json!({ "kind": "overpaid", "principal": principal, "reason": "the award was cut" });
    officer.refused(&raise(&officer, &case, &body("2000000.01")), 422, "recovery.above_overpaid").await;
    demanded(&officer, &finance, &case, &body("1500000.00"));
    // As it stood the day before, more was carried over, and nothing demanded.
    let earlier = well(officer.send(&officer.get("/api/v1/reports/recoveries?on=2026-02-05"))).json;
    assert_eq!(earlier["totals"]["outstanding_hkd"], json!("2500000.00"), "{earlier}");
    // What is demanded back is not given again; the rest of it may be.
    let request = case.ask_for_change(at(DAY, 4), (ChangeKind::Amount, to("6000000.01"))).await.unwrap();
    case.forward_change(at(DAY, 4), request.number).await.unwrap();
    let decision = format!("/api/v1/applications/{}/change-requests/{}/decision", case.id, request.number);
    let grant = commissioner.post(decision, &json!({ "verdict": "granted", "reason": "as agreed" }));
    commissioner.refused(&grant, 409, "change.overpaid_demanded").await;
    case.decide_change(at(DAY, 4), &case.staff.commissioner, (request.number, Verdict::Refused)).await.unwrap();
    // The case is settled with an instalment of nothing.
    let actual = Some(accelerator_actual("12000000.00"));
    let claim = case.claim(at(DAY, 300), "final", "0.00", actual).await.unwrap();
    let (claim, award) = case.certify(at(DAY, 301), claim.id, "0.00").await.unwrap();
    let (amount, overpaid) = (rules::money::Cents::new(750_000_000), rules::money::Cents::new(200_000_000));
    assert_eq!(claim.state, ClaimState::Nil);
    assert_eq!(award.settled, Some(Settlement { amount, overpaid, on: at(DAY, 301).today() }));
    assert_eq!(case.read().await.state, State::Completed);
    world.prove().await;
    desk.told_exactly(CODES);
}

#[tokio::test]
async fn the_database_carries_over_what_is_certified_beyond_an_award_and_nobody_else_does() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let staff = world.staff().await;
    let case = paid(&world, &staff).await;
    case.change(at(DAY, 3), ChangeKind::Amount, to("5000000.00")).await.unwrap();
    let id = case.id;
    for (sql, told) in [
        (format!("UPDATE awards SET carried_cents = 0 WHERE application_id = '{id}'"), "permission denied"),
        // Nothing is certified of what is not there.
        (
            format!(
                "INSERT INTO claims (id, application_id, instalment, state, claimed_cents, evidence, created_at)
                   VALUES ('00000000-0000-7000-8000-000000000009', '{id}', 'final', 'submitted', 100, 'invoices', '2026-03-01Z');
                 UPDATE claims SET state = 'certified', certified_cents = 100 WHERE id = '00000000-0000-7000-8000-000000000009'"
            ),
            "is certified beyond the award",
        ),
        // The settlement is within what is held.
        (
            format!(
                "UPDATE awards SET settled_cents = 750000001, settled_on = '2026-03-01', overpaid_cents = 0 WHERE application_id = '{id}'"
            ),
            "awards_settled",
        ),
        (
            format!(
                "INSERT INTO instalments (application_id, revision, sequence, code, due, amount_cents)
                   VALUES ('{id}', (SELECT revision FROM awards WHERE application_id = '{id}'), 9, 'more', 'milestone', 1)"
            ),
            "do not sum to its award",
        ),
    ] {
        let refusal = world.database.as_server(&format!("BEGIN; {sql}; SET CONSTRAINTS ALL IMMEDIATE; ROLLBACK")).await;
        let refusal = refusal.expect_err(&sql);
        assert!(refusal.contains(told), "{refusal}\n{sql}");
    }
}
