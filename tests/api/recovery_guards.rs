//! What the database refuses by itself of demands and what is entered on them.

use crate::case::Case;
use crate::desk::Desk;
use crate::recoveries::{DAY, LIMITS, beside, credit, demanded, on, overpaid, raise, well};
use crate::site::morning;
use crate::world::{Staff, World, at};
use rules::ids::PersonId;
use serde_json::json;

const NOW: &str = "'2026-12-02T10:00:00+08:00'";

/// A demand of 1000.00 with interest, of which 400.00 has come and 50.00 waits to be written off; and one that nobody has confirmed.
struct Ground {
    demand: String,
    raised: String,
    receipt: String,
    /// The credit of which the receipt has left a cent.
    item: String,
    /// The officer, whoever has released a payment, and whoever has had no part.
    people: [PersonId; 3],
}

async fn ground(world: &World, staff: &Staff, case: &Case<'_>) -> Ground {
    let [finance, director] = beside(world).await;
    let desk = Desk::with(world, morning("2026-12-02"), &LIMITS);
    let (officer, other) = (desk.sign_in(&staff.officer).await, desk.sign_in(&finance).await);
    let interest = json!({ "rate": "10%", "from": "2026-11-02", "clause": "12" });
    let body = json!({ "kind": "misspent", "principal": "1000.00", "reason": "a car", "interest": interest });
    let demand = demanded(&officer, &other, case, &body);
    let recorder = desk.sign_in(&staff.preparer).await;
    let item = credit(&recorder, "400.01", "2026-12-02");
    let receipt = json!({ "item": item, "amount": "400.00" });
    let receipt = well(other.send(&on(&other, &demand, "receipts", &receipt))).text("/entries/1/id").to_owned();
    well(officer.send(&on(&officer, &demand, "write-offs", &json!({ "amount": "50.00", "reason": "gone" }))));
    let raised = raise(&officer, case, &json!({ "kind": "unspent", "principal": "5.00", "reason": "left" }));
    let raised = well(officer.send(&raised)).text("/id").to_owned();
    let people = [&staff.officer, &staff.releaser, &director].map(|actor| actor.person().unwrap());
    Ground { demand, raised, receipt, item, people }
}

async fn refuses(world: &World, sql: &str, told: &str) {
    let refusal = world.database.as_owner(&format!("BEGIN; {sql}; COMMIT")).await.unwrap_err();
    assert!(refusal.contains(told), "{sql}: {refusal}");
}

#[tokio::test]
async fn a_demand_is_what_two_people_made_of_it() {
    let world = World::with(&["ACCELERATOR-PILOT"], at(DAY, 0)).await;
    let (staff, applicant) = (world.staff().await, world.applicant().await);
    let case = overpaid(&world, &staff, &applicant).await;
    let Ground { demand: id, raised, people: [by, _, free], .. } = ground(&world, &staff, &case).await;
    let demand = |kind: &str, cents: i64, state: &str| {
        format!(
            "INSERT INTO recoveries (id, reference, application_id, kind, state, principal_cents, reason, due_on, raised_by, raised_at)
             VALUES (gen_random_uuid(), 'REC-X', '{}', '{kind}', '{state}', {cents}, 'x', '2027-01-01', '{by}', {NOW})",
            case.id
        )
    };
    let update = |set: &str, id: &str| format!("UPDATE recoveries SET {set} WHERE id = '{id}'");
    let confirm = |by: &str| format!("state = 'confirmed', confirmed_by = {by}, confirmed_at = {NOW}");
    for (sql, told) in [
        (demand("unspent", 749_899_501, "raised"), "is of more than was paid"),
        (demand("overpaid", 250_000_001, "raised"), "is of more than was overpaid"),
        (demand("unspent", 1, "confirmed"), "is raised first"),
        (update(&confirm("raised_by"), &raised), "recoveries_check"),
        (update(&confirm(&format!("'{free}'")), &raised), "without a letter"),
        (update("principal_cents = 1", &id), "stays as it is"),
        (update("state = 'settled'", &id), "does not come out"),
        (update("state = 'raised', confirmed_by = NULL, confirmed_at = NULL", &id), "stays as it is"),
        ("DELETE FROM recoveries".to_owned(), "append-only"),
    ] {
        refuses(&world, &sql, told).await;
    }
    world.prove().await;
}

#[tokio::test]
async fn what_is_entered_stays_comes_out_and_is_in_the_ledger() {
    let world = World::with(&["ACCELERATOR-PILOT"], at(DAY, 0)).await;
    let (staff, applicant) = (world.staff().await, world.applicant().await);
    let case = overpaid(&world, &staff, &applicant).await;
    let Ground { demand: id, receipt, item, people: [by, paid, free], .. } = ground(&world, &staff, &case).await;
    let columns = "(id, recovery_id, number, kind, principal_cents, interest_cents, on_day, from_day, reverses, item_id, words, entered_by, entered_at)";
    let enter = |values: &str| {
        format!(
            "INSERT INTO recovery_entries {columns} VALUES (gen_random_uuid(), '{id}', 9, {values}, 'x', '{by}', {NOW})"
        )
    };
    let approve = |by: PersonId, under: &str| {
        format!(
            "UPDATE recovery_write_offs SET approved_by = '{by}', approved_at = {NOW}, approved_under = '{under}', entry_id = gen_random_uuid()"
        )
    };
    let arranged = format!(
        "INSERT INTO recovery_arrangements VALUES ('{id}', 1, 60821, 40000, 'x', '{by}', {NOW});
         INSERT INTO recovery_instalments VALUES ('{id}', 1, 1, '2027-01-01', 60820)"
    );
    let posted = |from: &str, cents: i64, to: &str| {
        format!(
            "INSERT INTO ledger_entries (posting_id, account, application_id, amount_cents, posted_at)
             VALUES ('{id}', '{from}', '{0}', -{cents}, {NOW}), ('{id}', '{to}', '{0}', {cents}, {NOW})",
            case.id
        )
    };
    let credit = |of: &str, by: PersonId, cents: i64| {
        format!(
            "INSERT INTO recovery_entries {columns}
             SELECT gen_random_uuid(), '{id}', 9, 'receipt', {cents}, 0, '2026-12-02', NULL, NULL, {of}, 'x', '{by}', {NOW} FROM unmatched_items i"
        )
    };
    // As if the credit had been of more.
    let wide = |sql: String| {
        format!(
            "ALTER TABLE unmatched_items DISABLE TRIGGER USER; UPDATE unmatched_items SET amount_cents = 99999999;
             ALTER TABLE unmatched_items ENABLE TRIGGER USER; {sql}"
        )
    };
    let recorder = staff.preparer.person().unwrap();
    let closed =
        |payment: &str| format!("INSERT INTO unmatched_closings VALUES ('{item}', '{by}', {NOW}, 'x', {payment})");
    for (sql, told) in [
        ("UPDATE recovery_entries SET principal_cents = 1".to_owned(), "append-only"),
        (wide(credit("i.id", by, 60_001)), "does not come out"),
        (wide(credit("i.id", by, 100)), "something else than its ledger says"),
        (credit("i.id", by, 2), "is not what is left of a credit"),
        (credit("i.id", recorder, 1), "is not what is left of a credit"),
        (credit("NULL", by, 1), "recovery_entries_of_a_credit"),
        (format!("{}; {}", closed("NULL"), credit("i.id", by, 1)), "is not what is left of a credit"),
        (closed("'PAY-2026-000001-001'"), "has met a demand"),
        (enter("'interest', 0, 1, '2026-12-02', '2026-12-01', NULL, NULL"), "does not bear this interest"),
        (enter("'write_off', 1, 0, '2026-12-02', NULL, NULL, NULL"), "was not approved"),
        (enter(&format!("'reversal', 1, 0, '2026-12-02', NULL, '{receipt}', NULL")), "is not what it reverses"),
        (enter(&format!("'receipt', 1, 0, '2026-12-03', NULL, NULL, '{item}'")), "recovery_entries_check"),
        (approve(by, "finance_director"), "does not hold finance_director"),
        (approve(paid, "finance_director"), "had to do with a payment"),
        (approve(free, "commissioner"), "does not hold commissioner"),
        ("UPDATE recovery_write_offs SET amount_cents = 1".to_owned(), "stays as it is"),
        (arranged, "do not come to what is outstanding"),
        (posted("recovered", 1, "paid"), "has recovered something else than its ledger says"),
        (posted("recovered", 749_960_001, "commitment"), "recovers more than was paid"),
    ] {
        refuses(&world, &sql, told).await;
    }
    world.prove().await;
}
