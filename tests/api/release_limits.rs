//! Up to which total somebody releases a batch: by the settings of the agency and the authorities of the person, and again in the database.

use crate::bank_files::certified;
use crate::desk::Desk;
use crate::site::morning;
use crate::world::{World, at};
use rules::actor::Role;
use serde_json::json;

pub const CODES: &[&str] = &["batch.above_limit"];

const DAY: &str = "2026-02-02";

#[tokio::test]
async fn a_batch_is_released_by_somebody_whose_authority_reaches_its_total() {
    let world = World::with(&["ACCELERATOR-PILOT"], at(DAY, 0)).await;
    let (staff, applicant) = (world.staff().await, world.applicant().await);
    let [clerk, manager] = [
        world.person(&[Role::FinanceReleaser], &["finance_clerk"]).await,
        world.person(&[Role::FinanceReleaser], &["finance_clerk", "finance_manager"]).await,
    ];
    let (_, claim) = certified(&world, &staff, &applicant).await;
    let batch = world.prepare(at(DAY, 6), &staff.preparer, &[claim]).await.unwrap().id;
    let limits = "finance_clerk:7499999.99,finance_manager:7500000.00,finance_director:none";
    let desk = Desk::with(&world, morning("2026-02-09"), &[("payments.release_limits", limits)]);
    let path = format!("/api/v1/batches/{batch}/release");
    for (who, reaches) in [(&staff.releaser, "0.00"), (&clerk, "7499999.99")] {
        let caller = desk.sign_in(who).await;
        let told = caller.refused(&caller.post(path.as_str(), &json!({})), 403, "batch.above_limit").await;
        assert!(told.text("/detail").contains(&format!("you release at most {reaches}:")), "{}", told.json);
    }
    // The database holds whoever releases to the authority that they name, and the total to its limit.
    let by = clerk.person().unwrap();
    for (under, limit, told) in [
        ("finance_clerk", 749_999_999, "batches_released_under"),
        ("finance_manager", 750_000_000, "does not hold finance_manager"),
    ] {
        let sql = format!(
            "BEGIN; INSERT INTO case_duties SELECT application_id, '{by}', 'payment_releaser' FROM payments;
             UPDATE batches SET state = 'released', released_by = '{by}', released_at = '2026-02-09T10:00:00+08:00', pay_on = '2026-02-09',
               released_under = '{under}', release_limit_cents = {limit} WHERE id = '{batch}'; ROLLBACK"
        );
        let refusal = world.database.as_owner(&sql).await.unwrap_err();
        assert!(refusal.contains(told), "{refusal}");
    }
    let caller = desk.sign_in(&manager).await;
    let released = caller.send(&caller.post(path.as_str(), &json!({})));
    assert_eq!((released.told(), released.text("/released_under")), ((200, ""), "finance_manager"));
    desk.told_exactly(CODES);
    world.prove().await;
}
