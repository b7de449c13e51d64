//! What the database keeps by itself of what banks answer.

use crate::bank_answers::{answers, recorded, released, report};
use crate::desk::Desk;
use crate::site::morning;
use crate::world::{World, at};
use serde_json::json;

const CODE: &str = "ACCELERATOR-PILOT";
const DAY: &str = "2026-02-02";

#[tokio::test]
async fn the_database_keeps_by_itself_what_comes_back_to_what_is_out() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let staff = world.staff().await;
    let (_, batch) = released(&world, &staff, 1).await;
    let desk = Desk::open(&world, morning("2026-02-12"));
    let preparer = desk.sign_in(&staff.preparer).await;
    let rejected = report("B-1", &batch.reference, &[(1, "ACSC")]);
    assert_eq!(recorded(&preparer.send(&answers(&preparer, &batch, &rejected)))[0], json!(1));
    let told = |status: &str, cents: i64| {
        format!(
            "INSERT INTO payment_statuses SELECT a.id, 2, 1, p.batch_id, p.claim_id, '{status}', NULL, {cents}, NULL, NULL
               FROM bank_answers a, payments p"
        )
    };
    let post = "INSERT INTO ledger_entries SELECT u.id, u.account, c.application_id, u.cents, '2026-02-12Z' FROM claims c,
      (VALUES ('00000000-0000-7000-8000-0000000000aa'::uuid, 'paid', -100), ('00000000-0000-7000-8000-0000000000aa', 'commitment', 100)) u (id, account, cents)";
    let owed = "UPDATE claims SET state = 'certified'";
    let more = |cents: i64| {
        format!(
            "INSERT INTO batches (id, reference, state, prepared_by, prepared_at, total_cents)
        SELECT '00000000-0000-7000-8000-000000000009', 'PAY-X', 'prepared', prepared_by, prepared_at, 100 FROM batches;
      INSERT INTO payments SELECT claim_id, '00000000-0000-7000-8000-000000000009', application_id, {cents}, 1, payee_account_id FROM payments"
        )
    };
    for (sql, said) in [
        (told("returned", 750_000_001), "more of the payment"),
        (told("rejected", 750_000_000), "cannot be rejected"),
        (told("returned", 0), "check"),
        (told("executed", 1), "check"),
        (told("returned", 100), "released batches say otherwise"),
        (format!("{}; {owed}", told("returned", 100)), "has not been paid what"),
        (owed.to_owned(), "released batches say otherwise"),
        (post.to_owned(), "has not been paid what"),
        (format!("{}; {owed}; {post}; {}", told("returned", 100), more(101)), "is not what was certified and is owed"),
        (format!("{}; {owed}; {post}; {}", told("returned", 100), more(100)), "by whoever has said that it came back"),
        ("UPDATE payment_statuses SET status = 'pending'".to_owned(), "append-only"),
        ("DELETE FROM bank_answers".to_owned(), "append-only"),
    ] {
        let refusal = world.database.as_owner(&format!("BEGIN; {sql}; COMMIT")).await.unwrap_err();
        assert!(refusal.contains(said), "{refusal}\n{sql}");
    }
    let agrees = format!("BEGIN; {}; {owed}; {post}; SET CONSTRAINTS ALL IMMEDIATE; ROLLBACK", told("returned", 100));
    world.database.as_owner(&agrees).await.unwrap();
    world.prove().await;
}
