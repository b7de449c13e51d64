//! What the database refuses by itself of changes after an award: each try is that of a broken server.

use crate::amendment_letters::amendment;
use crate::change_requests::awarded;
use crate::guards::{Try, posting};
use crate::world::{World, at};
use rules::actor::Actor;
use rules::change_request::ChangeKind;
use serde_json::json;

const CODE: &str = "ACCELERATOR-PILOT";
const DAY: &str = "2026-02-02";

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "one line for each try")]
async fn the_database_changes_nothing_that_nobody_has_granted_and_lets_nobody_grant_who_may_not() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let staff = world.staff().await;
    let case = awarded(&world, &staff, &world.applicant().await, "20000000.00").await;
    case.pay(at(DAY, 2), "initial", "5000000.00", None).await;
    case.ask_for_change(at(DAY, 3), (ChangeKind::Amount, json!({ "amount": "21000000.00" }))).await.unwrap();
    case.forward_change(at(DAY, 3), 1).await.unwrap();
    let suspended = awarded(&world, &staff, &world.applicant().await, "20000000.00").await;
    let claim = suspended.claim(at(DAY, 2), "initial", "5000000.00", None).await.unwrap().id;
    suspended.change(at(DAY, 3), ChangeKind::Suspension, json!({})).await.unwrap();
    let id = case.id;
    let person = |actor: &Actor| actor.person().unwrap();
    let granted = |by: &Actor| {
        format!(
            "UPDATE change_requests SET state = 'granted', ended_by = '{}', authority = 'commissioner', ended_at = now(), ended_because = 'x'
              WHERE application_id = '{id}' AND number = 1",
            person(by)
        )
    };
    let made = |before: i64, after: i64| {
        format!(
            "INSERT INTO award_changes (application_id, number, request, kind, before, after, authority, before_cents, after_cents, changed_at)
              VALUES ('{id}', 1, 1, 'amount', '{{}}', '{{\"a\": 1}}', 'commissioner', {before}, {after}, now())"
        )
    };
    let planned = |revision: i32, amount: i64| {
        format!(
            "INSERT INTO award_stages (application_id, revision, sequence, stage, amount_cents) VALUES ('{id}', {revision}, 1, 'project', {amount});
             INSERT INTO instalments (application_id, revision, sequence, code, due, amount_cents)
               VALUES ('{id}', {revision}, 1, 'initial', 'acceptance', {amount})"
        )
    };
    let told = amendment(id, "1", ("a.told_version", "x", "now()"));
    let all = format!("{};{};{told};", granted(&staff.commissioner), made(2_000_000_000, 2_100_000_000));
    let money = posting(id, &[("envelope", "-100000000"), ("commitment", "100000000")]) + ";";
    let more = "SET limit_cents = NULL, committed_cents = committed_cents + 100000000 WHERE scheme_code = ";
    let balances = format!(
        "UPDATE envelopes {more} '{CODE}';
         UPDATE applicant_balances {more} '{CODE}' AND organisation_id = (SELECT organisation_id FROM awards WHERE application_id = '{id}');"
    );
    let mut tries: Vec<Try> = vec![
        ("granting without a change", granted(&staff.commissioner), "is not what was granted"),
        ("a change without a grant", made(2_000_000_000, 2_100_000_000), "is not what was granted"),
        (
            "a change from another amount",
            granted(&staff.commissioner) + ";" + &made(1, 2),
            "does not go on from what holds",
        ),
        ("a raise without its plan", all.clone() + &money + &balances, "do not sum to"),
        ("a raise with half a plan", all.clone() + &money + &balances + &planned(1, 1_050_000_000), "do not sum to"),
        (
            "a raise without money",
            all.clone() + &planned(1, 2_100_000_000),
            "does not hold in the ledger what its award says",
        ),
        ("a raise that no balance counts", all + &money + &planned(1, 2_100_000_000), "does not agree"),
        (
            "the amount by hand",
            format!("UPDATE awards SET current_cents = 1 WHERE application_id = '{id}'"),
            "permission denied",
        ),
        (
            "what was awarded by hand",
            format!("UPDATE awards SET amount_cents = 1 WHERE application_id = '{id}'"),
            "permission denied",
        ),
        ("what was asked", "UPDATE change_requests SET wanted = '{}'".to_owned(), "permission denied"),
        ("forgetting a change", "DELETE FROM award_changes".to_owned(), "permission denied"),
        ("editing a change", "UPDATE award_changes SET after = '{}'".to_owned(), "permission denied"),
        (
            "putting forward what one asked",
            format!("UPDATE change_requests SET forwarded_by = requested_by WHERE application_id = '{id}'"),
            "takes no such step",
        ),
        (
            "suspending by hand",
            format!("UPDATE applications SET state = 'suspended' WHERE id = '{id}'"),
            "where its changes have brought it",
        ),
        (
            "ending by hand",
            format!("UPDATE applications SET state = 'terminated' WHERE id = '{id}'"),
            "is completed before all is paid",
        ),
        (
            "going on by hand",
            format!("UPDATE applications SET state = 'accepted' WHERE id = '{}'", suspended.id),
            "where its changes have brought it",
        ),
        (
            "certifying what is suspended",
            format!("UPDATE claims SET state = 'certified', certified_cents = 1 WHERE id = '{claim}'"),
            "does not run",
        ),
        (
            "claiming of what is suspended",
            format!(
                "INSERT INTO claims (id, application_id, instalment, state, claimed_cents, evidence, created_at)
              SELECT gen_random_uuid(), '{}', 'final', 'submitted', 1, 'x', now()",
                suspended.id
            ),
            "does not run",
        ),
        (
            "claiming what is not planned",
            format!(
                "INSERT INTO claims (id, application_id, instalment, state, claimed_cents, evidence, created_at)
              SELECT gen_random_uuid(), '{id}', 'middle', 'submitted', 1, 'x', now()"
            ),
            "is of no instalment of the plan",
        ),
    ];
    for who in [
        &case.applicant,
        &staff.officer,
        &staff.assessors[0],
        &staff.committee,
        &staff.preparer,
        &staff.releaser,
        &staff.assistant,
    ] {
        tries.push(("a decision by somebody else", granted(who), "without the duty"));
    }
    let mut accepted = Vec::new();
    for (what, sql, told) in tries {
        let refusal = world.database.as_server(&sql).await;
        if !refusal.as_ref().is_err_and(|refusal| refusal.contains(told)) {
            accepted.push(format!("{what}: {refusal:?}\n{sql}"));
        }
    }
    assert_eq!(accepted, Vec::<String>::new());
    world.prove().await;
}
