//! What is owed back and set off against the next payment of the same organisation: entered by the release, not transferred, told to no bank.

use crate::bank_answers::{answers, recorded, report};
use crate::bank_files::certified;
use crate::case::Case;
use crate::desk::{Caller, Desk};
use crate::paying::accounts;
use crate::proposals::{accelerator, accelerator_actual};
use crate::recoveries::{DAY, beside, demanded, on, raise, receipt, well};
use crate::site::{Call, Reply, morning};
use crate::world::{Applicant, Staff, World, at};
use almoner::store::audit::verify;
use rules::actor::Role;
use rules::ids::ClaimId;
use serde_json::{Value, json};
use uuid::Uuid;

pub const OF_SET_OFFS: &[&str] = &[
    "bank_file.nothing_transferred",
    "not_found",
    "person.own_organisation",
    "recovery.above_outstanding",
    "recovery.set_off_above_payment",
    "recovery.set_off_other",
    "recovery.set_off_payment",
    "recovery.set_off_stays",
    "recovery.wrong_state",
    "request.malformed",
];

const CODE: &str = "ACCELERATOR-PILOT";

/// An organisation that owes up to a million on one case, of which 2.5 are paid, and is to be paid 5 million on another one.
async fn ground<'w>(world: &'w World, staff: &'w Staff, of: &Applicant) -> (Case<'w>, Case<'w>, ClaimId) {
    let owing = world.draft(staff, of, (CODE, accelerator("20000000.00", "10000000.00")), at(DAY, 0)).await;
    owing.to_accepted(at(DAY, 1), "10000000.00").await;
    owing.pay(at(DAY, 2), "initial", "2500000.00", None).await;
    let paid = world.draft(staff, of, (CODE, accelerator("40000000.00", "20000000.00")), at(DAY, 3)).await;
    paid.to_accepted(at(DAY, 4), "20000000.00").await;
    let last = owing.claim(at(DAY, 300), "final", "7500000.00", Some(accelerator_actual("3000000.00"))).await;
    owing.certify(at(DAY, 300), last.unwrap().id, "0.00").await.unwrap();
    let claim = paid.claim(at(DAY, 300), "initial", "5000000.00", None).await.unwrap().id;
    paid.certify(at(DAY, 300), claim, "5000000.00").await.unwrap();
    accounts(world, &[claim]).await;
    (owing, paid, claim)
}

fn overpayment(principal: &str) -> Value {
    json!({ "kind": "overpaid", "principal": principal, "reason": "the accounts allow 5 million" })
}

fn set_off(claim: ClaimId, recovery: &str, amount: &str) -> Value {
    json!({ "claim": claim, "recovery": recovery, "amount": amount })
}

fn prepare(caller: &Caller<'_>, claims: &[ClaimId], set_offs: &[Value]) -> Call {
    caller.post("/api/v1/batches", &json!({ "claims": claims, "set_offs": set_offs }))
}

fn of_batch(caller: &Caller<'_>, batch: &Reply, act: &str, body: &Value) -> Call {
    caller.post(format!("/api/v1/batches/{}/{act}", batch.text("/id")), body)
}

#[tokio::test]
async fn what_is_owed_is_set_off_against_the_next_payment_and_only_the_rest_is_transferred_returned_and_paid_again() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let (staff, applicant) = (world.staff().await, world.applicant().await);
    let (owing, paid, claim) = ground(&world, &staff, &applicant).await;
    let [finance, _] = beside(&world).await;
    let desk = Desk::with(&world, morning("2026-12-02"), &[]);
    let [officer, finance, preparer, releaser] = [&staff.officer, &finance, &staff.preparer, &staff.releaser];
    let (officer, finance) = (desk.sign_in(officer).await, desk.sign_in(finance).await);
    let (preparer, releaser) = (desk.sign_in(preparer).await, desk.sign_in(releaser).await);
    let demand = demanded(&officer, &finance, &owing, &overpayment("1000000.00"));
    let committed = world.committed(CODE).await;
    let batch = well(preparer.send(&prepare(&preparer, &[claim], &[set_off(claim, &demand, "1000000.00")])));
    assert_eq!((batch.text("/total"), batch.text("/transferred")), ("5000000.00", "4000000.00"));
    assert_eq!(batch.json["payments"][0]["set_off"], json!({ "recovery": demand, "amount": "1000000.00" }));
    let read = |id: &str| well(officer.send(&officer.get(format!("/api/v1/recoveries/{id}"))));
    assert_eq!(read(&demand).text("/sums/outstanding"), "1000000.00", "nothing is paid yet");
    well(releaser.send(&of_batch(&releaser, &batch, "release", &json!({}))));
    let settled = read(&demand);
    assert_eq!((settled.text("/state"), settled.text("/sums/received")), ("settled", "1000000.00"));
    assert_eq!(settled.json["entries"][0]["claim"], json!(claim));
    assert_eq!(settled.text("/entries/0/words"), batch.text("/reference"));
    // The case is paid in full, and what came back of the other one can be promised again.
    assert_eq!(world.committed(CODE).await, committed - 100_000_000);
    assert_eq!(paid.events().await.last().map(String::as_str), Some("payment.released"));
    assert_eq!(owing.events().await.last().map(String::as_str), Some("recovery.set_off"));
    let reversal = format!("entries/{}/reversal", settled.text("/entries/0/id"));
    let reason = json!({ "reason": "a slip" });
    desk.noted(finance.refused(&on(&finance, &demand, &reversal, &reason), 409, "recovery.set_off_stays").await);

    let file = releaser.send(&of_batch(&releaser, &batch, "bank-file", &json!({ "format": "pain.001.001.09" })));
    let xml = String::from_utf8(file.bytes).unwrap();
    assert!(xml.contains("<InstdAmt Ccy=\"HKD\">4000000.00</InstdAmt>"), "{xml}");
    assert!(xml.contains("<CtrlSum>4000000.00</CtrlSum>"), "{xml}");
    // The bank rejects it: what was transferred is owed again, and no more.
    let recorder = desk.sign_in(&world.person(&[Role::FinancePreparer], &[]).await).await;
    let released = world.database.lines("SELECT id::text AS line FROM batches ORDER BY id DESC LIMIT 1").await;
    let released = released[0].parse().map(rules::ids::BatchId).unwrap();
    let released = almoner::store::claims::find_batch(&mut world.db.reader().await.unwrap(), released).await.unwrap();
    let answer = report("B-1", batch.text("/reference"), &[(1, "RJCT")]);
    let answered = recorder.send(&answers(&recorder, &released.unwrap(), &answer));
    assert_eq!(recorded(&answered), [json!(1), json!(0), json!("4000000.00")]);
    let again = well(preparer.send(&prepare(&preparer, &[claim], &[])));
    assert_eq!((again.text("/total"), again.text("/transferred")), ("4000000.00", "4000000.00"));
    well(releaser.send(&of_batch(&releaser, &again, "release", &json!({}))));
    assert_eq!(read(&demand).text("/state"), "settled");
    assert!(verify(&mut world.db.reader().await.unwrap()).await.unwrap().1.is_empty());
    world.prove().await;
}

#[tokio::test]
async fn no_more_is_set_off_than_is_owed_by_the_payee_or_paid_and_what_is_set_off_whole_is_told_to_no_bank() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let (staff, applicant) = (world.staff().await, world.applicant().await);
    let (_, other) = certified(&world, &staff, &world.applicant().await).await;
    let (owing, _, claim) = ground(&world, &staff, &applicant).await;
    accounts(&world, &[other]).await;
    let [finance, _] = beside(&world).await;
    let desk = Desk::with(&world, morning("2026-12-02"), &[]);
    let (officer, finance) = (desk.sign_in(&staff.officer).await, desk.sign_in(&finance).await);
    let (preparer, releaser) = (desk.sign_in(&staff.preparer).await, desk.sign_in(&staff.releaser).await);
    let insider = world.with_roles(&applicant, &[Role::Applicant, Role::FinancePreparer]).await;
    let insider = desk.sign_in(&insider.actor).await;
    let demand = demanded(&officer, &finance, &owing, &overpayment("600000.00"));
    let raised = well(officer.send(&raise(&officer, &owing, &overpayment("400000.00")))).text("/id").to_owned();
    let of = |claim, recovery: &str, amount: &str| vec![set_off(claim, recovery, amount)];
    let nobody = Uuid::nil().to_string();
    for (set_offs, status, code) in [
        (of(claim, &demand, "600000.01"), 422, "recovery.above_outstanding"),
        (of(claim, &demand, "5000000.01"), 422, "recovery.set_off_above_payment"),
        (of(claim, &demand, "0.00"), 422, "recovery.set_off_above_payment"),
        (of(claim, &demand, "1.001"), 400, "request.malformed"),
        (of(other, &demand, "1.00"), 422, "recovery.set_off_other"),
        (of(ClaimId(Uuid::nil()), &demand, "1.00"), 422, "recovery.set_off_payment"),
        ([of(claim, &demand, "1.00"), of(claim, &demand, "1.00")].concat(), 422, "recovery.set_off_payment"),
        (of(claim, &raised, "1.00"), 409, "recovery.wrong_state"),
        (of(claim, &nobody, "1.00"), 404, "not_found"),
    ] {
        preparer.refused(&prepare(&preparer, &[claim, other], &set_offs), status, code).await;
    }
    let theirs = prepare(&insider, &[other], &of(other, &demand, "1.00"));
    insider.refused(&theirs, 403, "person.own_organisation").await;
    // What came after the batch was prepared is not received twice.
    let batch = well(preparer.send(&prepare(&preparer, &[claim], &of(claim, &demand, "600000.00"))));
    well(finance.send(&receipt((&finance, &preparer), &demand, ("0.01", "2026-12-02"))));
    releaser.refused(&of_batch(&releaser, &batch, "release", &json!({})), 422, "recovery.above_outstanding").await;
    well(preparer.send(&of_batch(&preparer, &batch, "dissolution", &json!({ "reason": "a cent came" }))));

    let whole = demanded(
        &officer,
        &finance,
        &owing,
        &json!({ "kind": "recoupment", "reason": "sales", "income": { "amount": "5000000.00", "share": "100%", "clause": "9" } }),
    );
    let batch = well(preparer.send(&prepare(&preparer, &[claim], &of(claim, &whole, "5000000.00"))));
    assert_eq!(batch.text("/transferred"), "0.00");
    well(releaser.send(&of_batch(&releaser, &batch, "release", &json!({}))));
    let taken = of_batch(&releaser, &batch, "bank-file", &json!({ "format": "csv" }));
    releaser.refused(&taken, 409, "bank_file.nothing_transferred").await;
    let settled = well(officer.send(&officer.get(format!("/api/v1/recoveries/{whole}"))));
    let reversal = format!("entries/{}/reversal", settled.text("/entries/0/id"));
    let stays = on(&finance, &whole, &reversal, &json!({ "reason": "a slip" }));
    finance.refused(&stays, 409, "recovery.set_off_stays").await;
    desk.told_exactly(OF_SET_OFFS);
    world.prove().await;
}

#[tokio::test]
async fn the_database_sets_off_what_a_release_says_and_nothing_else() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let (staff, applicant) = (world.staff().await, world.applicant().await);
    let (_, other) = certified(&world, &staff, &world.applicant().await).await;
    let (owing, _, claim) = ground(&world, &staff, &applicant).await;
    accounts(&world, &[other]).await;
    let [finance, _] = beside(&world).await;
    let desk = Desk::with(&world, morning("2026-12-02"), &[]);
    let (officer, finance) = (desk.sign_in(&staff.officer).await, desk.sign_in(&finance).await);
    let (preparer, releaser) = (desk.sign_in(&staff.preparer).await, desk.sign_in(&staff.releaser).await);
    let interest = json!({ "rate": "10%", "from": "2026-11-02", "clause": "12" });
    let body = json!({ "kind": "misspent", "principal": "1000000.00", "reason": "a car", "interest": interest });
    let demand = demanded(&officer, &finance, &owing, &body);
    let raised = well(officer.send(&raise(
        &officer,
        &owing,
        &json!({ "kind": "unspent", "principal": "1.00", "reason": "left" }),
    )));
    let set = [set_off(claim, &demand, "400000.00")];
    let batch = well(preparer.send(&prepare(&preparer, &[claim], &set))).text("/id").to_owned();
    let by = staff.releaser.person().unwrap();
    let now = "'2026-12-02T10:00:00+08:00'";
    let entered = |cents: i64| {
        format!(
            "INSERT INTO recovery_entries (id, recovery_id, number, kind, principal_cents, interest_cents, on_day, batch_id, claim_id, words, entered_by, entered_at)
             VALUES (gen_random_uuid(), '{demand}', 9, 'receipt', {cents}, 0, '2026-12-02', '{batch}', '{claim}', 'x', '{by}', {now})"
        )
    };
    let paid = |claim: ClaimId, recovery: &str, cents: i64| {
        format!(
            "INSERT INTO payments (claim_id, batch_id, application_id, amount_cents, payee_account_id, set_off_cents, set_off_recovery_id)
             SELECT c.id, '{batch}', c.application_id, c.certified_cents, (SELECT id FROM payee_accounts LIMIT 1), {cents}, {recovery} FROM claims c WHERE c.id = '{claim}'"
        )
    };
    let released = format!(
        "UPDATE batches SET state = 'released', released_by = '{by}', released_at = {now}, pay_on = '2026-12-02' WHERE id = '{batch}'"
    );
    for (sql, told) in [
        (entered(40_000_000), "is not what a release has set off"),
        (format!("{released}; {}", entered(40_000_001)), "is not what a release has set off"),
        (
            format!("SET CONSTRAINTS ALL DEFERRED; {released}; SET CONSTRAINTS batches_set_off IMMEDIATE"),
            "without what it sets off",
        ),
        (paid(other, &format!("'{demand}'"), 1), "does not owe"),
        (paid(claim, &format!("'{}'", raised.text("/id")), 1), "does not owe"),
        (paid(other, "NULL", 1), "does not owe"),
        (paid(other, &format!("'{demand}'"), 0), "payments_set_off_against_a_demand"),
        (paid(claim, &format!("'{demand}'"), 750_000_001), "payments_check"),
    ] {
        let refusal = world.database.as_owner(&format!("BEGIN; {sql}; COMMIT")).await.unwrap_err();
        assert!(refusal.contains(told), "{sql}: {refusal}");
    }
    well(releaser.send(&releaser.post(format!("/api/v1/batches/{batch}/release"), &json!({}))));
    // Interest is charged up to the day of the release first, and what rests on what is set off stays with it.
    let met = well(officer.send(&officer.get(format!("/api/v1/recoveries/{demand}"))));
    let sums = ["outstanding_principal", "outstanding"].map(|name| met.text(&format!("/sums/{name}")));
    assert_eq!((met.text("/state"), sums), ("confirmed", ["600000.00", "608219.17"]));
    let reversal = format!("entries/{}/reversal", met.text("/entries/0/id"));
    let stays = on(&finance, &demand, &reversal, &json!({ "reason": "a slip" }));
    finance.refused(&stays, 409, "recovery.set_off_stays").await;
    let reversed = "INSERT INTO recovery_entries (id, recovery_id, number, kind, principal_cents, interest_cents, on_day, reverses, words, entered_by, entered_at)
         SELECT gen_random_uuid(), recovery_id, 9, 'reversal', principal_cents, interest_cents, on_day, id, 'x', entered_by, entered_at FROM recovery_entries";
    let refusal = world.database.as_owner(reversed).await.unwrap_err();
    assert!(refusal.contains("was set off against a payment and stays"), "{refusal}");
    world.prove().await;
}
