//! Files for banks over HTTP: who takes them and when, that the same batch is always the same file, and what keeps a payment from going astray.

use crate::case::Case;
use crate::desk::{Caller, Desk};
use crate::particulars::kept;
use crate::payee_accounts::written;
use crate::proposals::accelerator;
use crate::site::{Call, Reply, morning, settings};
use crate::world::{Applicant, Staff, World, at};
use almoner::access::Access;
use almoner::actions::payee_accounts;
use almoner::store::audit::verify;
use rules::actor::{Actor, Role};
use rules::batch::Batch;
use rules::ids::{ClaimId, PayeeAccountId};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

pub const OF_FILES: &[&str] = &[
    "bank_file.changed",
    "bank_file.no_account",
    "bank_file.not_released",
    "bank_file.other_format",
    "batch.pay_day",
    "not_found",
    "payee_account.none",
    "permission.denied",
    "person.own_organisation",
    "request.malformed",
];
pub const OF_ACCOUNTS: &[&str] = &["payee_account.changed", "payee_account.own_account"];

const CODE: &str = "ACCELERATOR-PILOT";
const DAY: &str = "2026-02-02";
const NUMBER: &str = "123-456789-001";

/// An account of an organisation, agreed on a day by somebody of finance.
async fn agreed(world: &World, of: &Applicant, by: &Actor, (number, days): (&str, u64)) -> PayeeAccountId {
    let access = Access::new(&settings(&world.database.url(), &[])).unwrap();
    let act = world.act(at(DAY, days), async |tx| {
        let account = (of.organisation, &written(number));
        let proposed = payee_accounts::propose(tx, &of.actor, &access, account).await?;
        payee_accounts::confirm(tx, by, &access, proposed.id, (&written(number), "seen")).await
    });
    act.await.unwrap().id
}

/// A case of an applicant whose first instalment is certified.
pub async fn certified<'w>(world: &'w World, staff: &'w Staff, of: &Applicant) -> (Case<'w>, ClaimId) {
    let content = accelerator("60000000.00", "30000000.00");
    let case = world.draft(staff, of, (CODE, content), at(DAY, 0)).await;
    case.to_accepted(at(DAY, 1), "30000000.00").await;
    let claim = case.claim(at(DAY, 2), "initial", "7500000.00", None).await.unwrap().id;
    case.certify(at(DAY, 2), claim, "7500000.00").await.unwrap();
    (case, claim)
}

fn file(caller: &Caller<'_>, batch: &Batch, format: &str) -> Call {
    caller.post(format!("/api/v1/batches/{}/bank-file", batch.id), &json!({ "format": format }))
}

fn release(caller: &Caller<'_>, batch: &Batch, body: &Value) -> Call {
    caller.post(format!("/api/v1/batches/{}/release", batch.id), body)
}

fn text(reply: &Reply) -> String {
    assert_eq!(reply.status, 200, "{}", reply.json);
    let sha256 = rules::hexadecimal(&Sha256::digest(&reply.bytes));
    assert_eq!(reply.header("etag"), format!("\"{sha256}\""));
    assert_eq!(reply.header("cache-control"), "no-store");
    String::from_utf8(reply.bytes.clone()).unwrap()
}

#[tokio::test]
async fn a_released_batch_is_the_same_file_whenever_it_is_taken_and_keeps_its_account_to_itself() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let (staff, applicant) = (world.staff().await, world.applicant().await);
    let checker = world.person(&[Role::FinancePreparer], &[]).await;
    agreed(&world, &applicant, &checker, (NUMBER, 0)).await;
    let (case, claim) = certified(&world, &staff, &applicant).await;
    let batch = world.prepare(at(DAY, 6), &staff.preparer, &[claim]).await.unwrap();
    let desk = Desk::open(&world, morning("2026-02-09"));
    let (preparer, releaser) = (desk.sign_in(&staff.preparer).await, desk.sign_in(&staff.releaser).await);
    let released = releaser.send(&release(&releaser, &batch, &json!({ "pay_on": "2026-02-11" })));
    assert_eq!((released.told(), released.text("/pay_on")), ((200, ""), "2026-02-11"));
    let reference = case.read().await.reference;
    let first = releaser.send(&file(&releaser, &batch, "pain.001.001.09"));
    assert_eq!(first.header("content-type"), "application/xml");
    let name = format!("attachment; filename=\"{}.pain.001.001.09.xml\"", batch.reference);
    assert_eq!(first.header("content-disposition"), name);
    let xml = text(&first);
    for told in [
        format!("<EndToEndId>{}-001</EndToEndId>", batch.reference),
        "<InstdAmt Ccy=\"HKD\">7500000.00</InstdAmt>".to_owned(),
        "<Nm>Harbour Optics Limited</Nm>".to_owned(),
        "<Id>123456789001</Id>".to_owned(),
        "<Dt>2026-02-11</Dt>".to_owned(),
        format!("<Ustrd>{reference} initial</Ustrd>"),
    ] {
        assert!(xml.contains(&told), "{told} is not in {xml}");
    }
    desk.site.clock.set(morning("2026-03-09"));
    assert_eq!(text(&preparer.send(&file(&preparer, &batch, "pain.001.001.09"))), xml);
    // It is in no table, not even as what was answered.
    let everything = kept(&world).await;
    assert!(!everything.contains("123456789001") && !everything.contains("Harbour Optics Limited"));
    let taken = "SELECT event::jsonb ->> 'format' AS line FROM audit_entries WHERE event::jsonb ->> 'event' = 'bank_file.taken' ORDER BY sequence";
    assert_eq!(world.database.lines(taken).await, ["pain.001.001.09"; 2]);
    assert_eq!(verify(&mut world.db.reader().await.unwrap()).await.unwrap().1, Vec::new());
    world.prove().await;
}

#[tokio::test]
async fn no_file_is_given_to_whom_it_must_not_or_of_what_is_not_released_or_as_another_one_than_before() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let (staff, applicant) = (world.staff().await, world.applicant().await);
    let checker = world.person(&[Role::FinancePreparer], &[]).await;
    let (_, claim) = certified(&world, &staff, &applicant).await;
    let applicant = world.with_roles(&applicant, &[Role::Applicant, Role::FinancePreparer]).await;
    let desk = Desk::open(&world, morning("2026-02-09"));
    let (preparer, releaser) = (desk.sign_in(&staff.preparer).await, desk.sign_in(&staff.releaser).await);
    let (officer, insider) = (desk.sign_in(&staff.officer).await, desk.sign_in(&applicant.actor).await);
    let prepare = preparer.post("/api/v1/batches", &json!({ "claims": [claim] }));
    let told = preparer.refused(&prepare, 422, "payee_account.none").await;
    assert!(told.text("/detail").starts_with(CODE), "{}", told.json);
    agreed(&world, &applicant, &checker, (NUMBER, 1)).await;
    let batch = world.prepare(at(DAY, 7), &staff.preparer, &[claim]).await.unwrap();
    releaser.refused(&file(&releaser, &batch, "csv"), 409, "bank_file.not_released").await;
    for pay_on in ["2026-02-08", "2026-04-11"] {
        releaser.refused(&release(&releaser, &batch, &json!({ "pay_on": pay_on })), 422, "batch.pay_day").await;
    }
    assert_eq!(releaser.send(&release(&releaser, &batch, &json!({ "pay_on": "2026-04-10" }))).told(), (200, ""));
    let taken = text(&releaser.send(&file(&releaser, &batch, "pain.001.001.03")));
    assert!(taken.contains("pain.001.001.03") && taken.contains("<Id>123456789001</Id>"));
    officer.refused(&file(&officer, &batch, "csv"), 403, "permission.denied").await;
    insider.refused(&file(&insider, &batch, "csv"), 403, "person.own_organisation").await;
    preparer.refused(&file(&preparer, &batch, "mt101"), 400, "request.malformed").await;
    let nothing = Batch { id: rules::ids::BatchId(uuid::Uuid::now_v7()), ..batch.clone() };
    preparer.refused(&file(&preparer, &nothing, "csv"), 404, "not_found").await;
    let other = Desk::with(&world, morning("2026-02-09"), &[("payments.payer_name", "Another Office")]);
    let caller = other.sign_in(&staff.releaser).await;
    desk.noted(caller.refused(&file(&caller, &batch, "pain.001.001.03"), 409, "bank_file.changed").await);
    releaser.refused(&file(&releaser, &batch, "csv"), 409, "bank_file.other_format").await;
    // As one that was released before accounts were kept.
    let before = "SET session_replication_role = replica; UPDATE payments SET payee_account_id = NULL; UPDATE batches SET pay_on = NULL";
    world.database.run(before).await;
    releaser.refused(&file(&releaser, &batch, "pain.001.001.03"), 409, "bank_file.no_account").await;
    desk.told_exactly(OF_FILES);
}

#[tokio::test]
async fn what_was_prepared_goes_nowhere_else_and_is_not_released_by_whoever_had_a_part_in_the_account() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let (staff, applicant) = (world.staff().await, world.applicant().await);
    let checker = world.person(&[Role::FinancePreparer, Role::FinanceReleaser], &[]).await;
    agreed(&world, &applicant, &checker, (NUMBER, 0)).await;
    let (_, claim) = certified(&world, &staff, &applicant).await;
    let prepared = world.prepare(at(DAY, 6), &staff.preparer, &[claim]).await.unwrap();
    let (batch, desk) = (prepared.id, Desk::open(&world, morning("2026-02-08")));
    let (own, releaser) = (desk.sign_in(&checker).await, desk.sign_in(&staff.releaser).await);
    own.refused(&release(&own, &prepared, &json!({})), 403, "payee_account.own_account").await;
    agreed(&world, &applicant, &checker, ("999999", 7)).await;
    // While the next one waits, the batch goes where it was prepared to go; from the day on which it is used no more.
    desk.site.clock.set(morning("2026-02-14"));
    releaser.refused(&release(&releaser, &prepared, &json!({})), 409, "payee_account.changed").await;
    desk.told_exactly(OF_ACCOUNTS);
    let by = staff.releaser.person().unwrap();
    let released = |day: &str, by| {
        format!(
            "BEGIN; INSERT INTO case_duties SELECT application_id, '{by}', 'payment_releaser' FROM payments ON CONFLICT DO NOTHING;
             UPDATE batches SET state = 'released', released_by = '{by}', released_at = '{day}T10:00:00+08:00', pay_on = '{day}'; ROLLBACK"
        )
    };
    let astray = "does not go where it was prepared to go";
    for (sql, told) in [
        (released("2026-02-13", by), None),
        (released("2026-02-14", by), Some(astray)),
        (released("2026-02-13", checker.person().unwrap()), Some(astray)),
    ] {
        let refusal = world.database.as_owner(&sql).await.err();
        let as_told = refusal.as_deref().map(|refusal| told.is_some_and(|told| refusal.contains(told)));
        assert_eq!(as_told, told.map(|_| true), "{refusal:?}\n{sql}");
    }
    let other = world.applicant().await;
    let elsewhere = agreed(&world, &other, &checker, ("111111", 0)).await;
    world.dissolve(at(DAY, 12), &staff.preparer, batch).await.unwrap();
    let preparer = staff.preparer.person().unwrap();
    for (account, told) in
        [("NULL".to_owned(), "account of its payee"), (format!("'{elsewhere}'"), "account of its payee")]
    {
        let sql = format!(
            "BEGIN; INSERT INTO batches (id, reference, state, prepared_by, prepared_at, total_cents)
               VALUES ('00000000-0000-7000-8000-000000000009', 'PAY-X', 'prepared', '{preparer}', '2026-02-14T10:00:00+08:00', 750000000);
             INSERT INTO payments SELECT claim_id, '00000000-0000-7000-8000-000000000009', application_id, amount_cents, 1, {account}
               FROM payments; ROLLBACK"
        );
        let refusal = world.database.as_server(&sql).await.unwrap_err();
        assert!(refusal.contains(told), "{refusal}");
    }
    let again = world.prepare(at(DAY, 12), &staff.preparer, &[claim]).await.unwrap();
    assert_eq!(world.release(at(DAY, 13), &staff.releaser, again.id).await.unwrap().payments.len(), 1);
    world.prove().await;
}
