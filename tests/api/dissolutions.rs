//! Batches that are dissolved: by whom, what it frees, what stays on file, and what the rules and the database refuse of it.

use crate::case::Case;
use crate::change_requests::awarded;
use crate::debarring::{Two, against_organisation};
use crate::desk::{Caller, Desk};
use crate::paying::accounts;
use crate::site::{Call, morning};
use crate::world::{World, at, refused};
use futures_util::future::join_all;
use rules::actor::Role;
use rules::change_request::{ChangeKind, Verdict};
use rules::ids::{BatchId, ClaimId};
use serde_json::{Value, json};

pub const CODES: &[&str] = &[
    "batch.claim_in_batch",
    "batch.dissolved",
    "batch.released",
    "debarment.payee",
    "not_found",
    "permission.denied",
    "text.length",
];

const CODE: &str = "ACCELERATOR-PILOT";
const DAY: &str = "2026-02-02";

/// The first instalment of a case, claimed and certified.
async fn certified(case: &Case<'_>) -> ClaimId {
    let claim = case.claim(at(DAY, 2), "initial", "5000000.00", None).await.unwrap().id;
    case.certify(at(DAY, 3), claim, "5000000.00").await.unwrap();
    claim
}

fn dissolves(caller: &Caller<'_>, batch: &Value, reason: &str) -> Call {
    let path = format!("/api/v1/batches/{}/dissolution", batch["id"].as_str().unwrap());
    caller.post(path, &json!({ "reason": reason }))
}

fn releases(caller: &Caller<'_>, batch: &Value) -> Call {
    caller.post(format!("/api/v1/batches/{}/release", batch["id"].as_str().unwrap()), &json!({}))
}

fn acts(caller: &Caller<'_>) -> Vec<String> {
    let work = caller.send(&caller.get("/api/v1/work")).json;
    let acts = work.as_array().unwrap().iter().map(|line| line["act"].as_str().unwrap().to_owned());
    acts.filter(|act| act.starts_with("batch.")).collect()
}

#[tokio::test]
async fn a_batch_that_somebody_may_not_be_paid_from_is_dissolved_and_the_others_are_paid_in_another_one() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let (staff, two) = (world.staff().await, Two::of(&world).await);
    let [applicant, barred] = [world.applicant().await, world.applicant().await];
    let one = awarded(&world, &staff, &applicant, "20000000.00").await;
    let other = awarded(&world, &staff, &barred, "20000000.00").await;
    let (first, second) = (certified(&one).await, certified(&other).await);
    let desk = Desk::open(&world, morning("2026-02-06"));
    let (preparer, releaser) = (desk.sign_in(&staff.preparer).await, desk.sign_in(&staff.releaser).await);
    accounts(&world, &[first, second]).await;
    let batch = |claims: Value| preparer.post("/api/v1/batches", &json!({ "claims": claims }));
    let waits = preparer.send(&batch(json!([first, second]))).json;
    two.debar(against_organisation(&barred, DAY), at(DAY, 4)).await;
    releaser.refused(&releases(&releaser, &waits), 422, "debarment.payee").await;
    preparer.refused(&batch(json!([first])), 409, "batch.claim_in_batch").await;

    let officer = desk.sign_in(&staff.officer).await;
    officer.refused(&dissolves(&officer, &waits, "mine"), 403, "permission.denied").await;
    releaser.refused(&dissolves(&releaser, &waits, " "), 422, "text.length").await;
    let missing = json!({ "id": uuid::Uuid::now_v7() });
    releaser.refused(&dissolves(&releaser, &missing, "lost"), 404, "not_found").await;
    let call = dissolves(&releaser, &waits, " one of two is debarred ");
    let dissolved = releaser.send(&call);
    assert_eq!(dissolved.told(), (200, ""), "{}", dissolved.json);
    assert_eq!(desk.site.send(&call).json, dissolved.json);
    let dissolved = dissolved.json;
    let person = staff.releaser.person().unwrap();
    for (pointer, value) in [
        ("/state", json!("dissolved")),
        ("/dissolved_by", json!(person)),
        ("/dissolution_reason", json!("one of two is debarred")),
        ("/released_by", Value::Null),
        ("/payments", waits["payments"].clone()),
        ("/total", json!("10000000.00")),
    ] {
        assert_eq!(dissolved.pointer(pointer), Some(&value), "{pointer}");
    }
    assert!(dissolved["dissolved_at"].as_str().unwrap().starts_with("2026-02-06T02:00"), "{dissolved}");
    releaser.refused(&releases(&releaser, &waits), 409, "batch.dissolved").await;
    preparer.refused(&dissolves(&preparer, &waits, "again"), 409, "batch.dissolved").await;
    assert_eq!((acts(&preparer), acts(&releaser)), (vec!["batch.prepare".to_owned(); 2], Vec::new()));

    let again = preparer.send(&batch(json!([first]))).json;
    preparer.refused(&batch(json!([first])), 409, "batch.claim_in_batch").await;
    assert_eq!(acts(&releaser), ["batch.release"]);
    assert_eq!(releaser.send(&releases(&releaser, &again)).told(), (200, ""));
    preparer.refused(&dissolves(&preparer, &again, "too late"), 409, "batch.released").await;
    let listed = preparer.send(&preparer.get("/api/v1/batches?state=dissolved")).json;
    assert_eq!(listed["items"], json!([dissolved]));
    let report = officer.send(&officer.get("/api/v1/reports/disbursements")).json;
    let paid = (&report["totals"]["rows"], &report["totals"]["paid_hkd"]);
    assert_eq!(paid, (&json!(1), &json!("5000000.00")), "{report}");
    let sql = format!(
        "SELECT concat_ws(' ', sequence, event::json->>'event', event::json->>'reason') AS line FROM audit_entries
          WHERE subject_id = '{}' ORDER BY sequence",
        waits["id"].as_str().unwrap()
    );
    let told = world.database.lines(&sql).await;
    assert_eq!(told, ["1 batch.prepared", "2 batch.dissolved one of two is debarred"]);
    desk.told_exactly(CODES);
    world.prove().await;
}

#[tokio::test]
async fn what_a_dissolved_batch_held_up_goes_on_and_its_preparer_may_take_it_back_in_any_state_of_its_cases() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let (staff, applicant) = (world.staff().await, world.applicant().await);
    let case = awarded(&world, &staff, &applicant, "20000000.00").await;
    let claim = certified(&case).await;
    let batch = world.prepare(at(DAY, 4), &staff.preparer, &[claim]).await.unwrap();
    case.change(at(DAY, 5), ChangeKind::Suspension, json!({})).await.unwrap();
    assert_eq!(refused(world.release(at(DAY, 6), &staff.releaser, batch.id).await), "application.wrong_state");
    case.ask_for_change(at(DAY, 6), (ChangeKind::Termination, json!({}))).await.unwrap();
    case.forward_change(at(DAY, 6), 2).await.unwrap();
    let ends = || case.decide_change(at(DAY, 7), &staff.commissioner, (2, Verdict::Granted));
    assert_eq!(refused(ends().await), "change.payment_waits");
    world.dissolve(at(DAY, 7), &staff.preparer, batch.id).await.unwrap();
    ends().await.unwrap();
    assert_eq!(refused(world.prepare(at(DAY, 8), &staff.preparer, &[claim]).await), "application.wrong_state");
    world.prove().await;

    // Whoever prepared has had the duty of it: they may prepare again, and release nothing of the case.
    let both = world.person(&[Role::FinancePreparer, Role::FinanceReleaser], &[]).await;
    let case = awarded(&world, &staff, &world.applicant().await, "20000000.00").await;
    let claim = certified(&case).await;
    let batch = world.prepare(at(DAY, 4), &both, &[claim]).await.unwrap();
    world.dissolve(at(DAY, 4), &staff.releaser, batch.id).await.unwrap();
    let second = world.prepare(at(DAY, 5), &staff.preparer, &[claim]).await.unwrap();
    assert_eq!(refused(world.release(at(DAY, 5), &both, second.id).await), "duty.separated");
    // Whoever has dissolved has had none.
    world.release(at(DAY, 5), &staff.releaser, second.id).await.unwrap();
    world.prove().await;
}

#[tokio::test]
async fn of_a_release_and_a_dissolution_at_once_one_wins_and_a_claim_that_is_free_goes_into_one_batch() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let staff = world.staff().await;
    let (second, mut freed) = (world.person(&[Role::FinancePreparer], &[]).await, 0);
    for turn in 0..6 {
        let case = awarded(&world, &staff, &world.applicant().await, "1000000.00").await;
        let claim = case.claim(at(DAY, 2), "initial", "250000.00", None).await.unwrap().id;
        case.certify(at(DAY, 3), claim, "250000.00").await.unwrap();
        let batch = world.prepare(at(DAY, 4), &staff.preparer, &[claim]).await.unwrap();
        let released = world.release(at(DAY, 5), &staff.releaser, batch.id);
        let dissolved = world.dissolve(at(DAY, 5), &second, batch.id);
        let (released, dissolved) = if turn == 5 {
            // Whoever wins the others: this one is dissolved before it would be released.
            let dissolved = dissolved.await;
            (released.await, dissolved)
        } else if turn % 2 == 0 {
            tokio::join!(released, dissolved)
        } else {
            let (dissolved, released) = tokio::join!(dissolved, released);
            (released, dissolved)
        };
        match (released, dissolved) {
            (Ok(_), dissolved) => assert_eq!(refused(dissolved), "batch.released"),
            (released, Ok(_)) => {
                assert_eq!(refused(released), "batch.dissolved");
                freed += 1;
            }
            neither => panic!("{neither:?}"),
        }
        world.prove().await;
        // Of three who prepare again what was taken apart, one does.
        if case.world.database.lines(&format!("SELECT state AS line FROM claims WHERE id = '{claim}'")).await
            == ["paid"]
        {
            continue;
        }
        let claims = [claim];
        let again = [&staff.preparer, &second, &staff.preparer].map(|by| world.prepare(at(DAY, 6), by, &claims));
        let (done, failed) = join_all(again).await.into_iter().partition::<Vec<_>, _>(Result::is_ok);
        let codes = failed.into_iter().map(refused).collect::<Vec<_>>();
        assert_eq!((done.len(), codes), (1, vec!["batch.claim_in_batch"; 2]));
        world.prove().await;
    }
    assert!(freed > 0);
}

#[tokio::test]
async fn the_database_keeps_by_itself_a_claim_out_of_two_batches_that_are_not_dissolved() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let (staff, applicant) = (world.staff().await, world.applicant().await);
    let case = awarded(&world, &staff, &applicant, "20000000.00").await;
    let claim = certified(&case).await;
    let (preparer, releaser) = (staff.preparer.person().unwrap(), staff.releaser.person().unwrap());
    let gone = world.prepare(at(DAY, 4), &staff.preparer, &[claim]).await.unwrap().id;
    world.dissolve(at(DAY, 4), &staff.releaser, gone).await.unwrap();
    let waits = world.prepare(at(DAY, 5), &staff.preparer, &[claim]).await.unwrap().id;
    let other = BatchId(uuid::Uuid::now_v7());
    let into = |batch: BatchId, number: i32| {
        format!(
            "INSERT INTO payments VALUES ('{claim}', '{batch}', '{}', 500000000, {number}, (SELECT id FROM payee_accounts LIMIT 1))",
            case.id
        )
    };
    let begins = format!(
        "INSERT INTO batches (id, reference, state, prepared_by, prepared_at, total_cents)
         VALUES ('{other}', 'PAY-X', 'prepared', '{preparer}', now(), 500000000);"
    );
    let sets = |batch: BatchId, set: &str| format!("UPDATE batches SET {set} WHERE id = '{batch}'");
    let released =
        format!("state = 'released', released_by = '{releaser}', released_at = now(), pay_on = '9999-01-01'");
    let dissolved = format!("state = 'dissolved', dissolved_by = '{releaser}', dissolved_at = now()");
    let reason = "dissolution_reason = 'no more'";
    let tries = [
        ("a claim in two batches", format!("{begins} {}", into(other, 1)), "payments_pkey"),
        // Whatever number somebody gives, the database gives its own.
        ("a claim in two batches, by another number", format!("{begins} {}", into(other, 7)), "payments_pkey"),
        ("a payment of a dissolved batch", into(gone, 3), "released or dissolved"),
        ("releasing what was dissolved", sets(gone, &released), "decided and stays"),
        ("taking a dissolution back", sets(gone, "state = 'prepared', dissolved_by = NULL"), "decided and stays"),
        ("another reason", sets(gone, reason), "decided and stays"),
        ("dissolving without a reason", sets(waits, &dissolved), "batches_dissolved"),
        ("dissolving by nobody", sets(waits, "state = 'dissolved'"), "batches_dissolved"),
        ("a reason of what waits", sets(waits, reason), "batches_dissolved"),
        (
            "both",
            sets(waits, &format!("{released}, {}, {reason}", dissolved.trim_start_matches("state = 'dissolved', "))),
            "batches_dissolved",
        ),
        ("a payment taken out", format!("DELETE FROM payments WHERE batch_id = '{gone}'"), "permission denied"),
        ("another number", format!("UPDATE payments SET number = 3 WHERE batch_id = '{gone}'"), "permission denied"),
    ];
    for (what, sql, told) in tries {
        let refusal = world.database.as_server(&sql).await;
        assert!(refusal.as_ref().is_err_and(|refusal| refusal.contains(told)), "{what}: {refusal:?}\n{sql}");
    }
    // Of two at once the second waits for the first, and finds the claim taken.
    world.dissolve(at(DAY, 6), &staff.preparer, waits).await.unwrap();
    let held = world.database.hold(&format!("{begins} {}", into(other, 1))).await;
    let third = begins.replace(&other.to_string(), &uuid::Uuid::now_v7().to_string()).replace("PAY-X", "PAY-Y");
    let id = third.split('\'').nth(1).unwrap().to_owned();
    let late = format!("{third} {}", into(other, 1).replace(&other.to_string(), &id));
    let (late, ()) = tokio::join!(world.database.as_server(&late), async {
        world.database.until_waiting(1).await;
        held.let_go().await;
    });
    assert!(late.unwrap_err().contains("payments_pkey"));
    let numbers = "SELECT concat_ws(' ', number, b.state) AS line FROM payments JOIN batches b ON b.id = batch_id ORDER BY number";
    assert_eq!(world.database.lines(numbers).await, ["1 dissolved", "2 dissolved", "3 prepared"]);
}
