//! What banks answer: a file is recorded whole, and what comes back by it is owed again; what matches nothing waits for a second look.

use super::{Error, batches, case};
use crate::store::bank_answers::Recorded;
use crate::store::{Reader, Tx, bank_answers, claims, payee_accounts as accounts, recoveries};
use rules::actor::Actor;
use rules::bank_answer::{
    BankAnswer, Case, ItemOnFile, NewAnswer, Report, Statement, batch_named, close as decide_closing, report, statement,
};
use rules::batch::Batch;
use rules::event::Subject;
use rules::ids::{ApplicationId, BankAnswerId, BatchId, PayeeAccountId, PersonId, UnmatchedItemId};
use rules::money::Cents;
use rules::payee_account::PayeeAccountKind;
use rules::permission::Verb;
use rules::refusal::Refusal;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// The files that answer a batch, newest first.
///
/// # Errors
/// When the actor may not, or there is no such batch.
pub async fn list(reader: &mut Reader, actor: &Actor, batch: BatchId) -> Result<Vec<Recorded>, Error> {
    actor.may(Verb::BankAnswerRead, Subject::Batch(batch))?;
    claims::find_batch(reader, batch).await?.ok_or(Refusal::NotFound)?;
    Ok(bank_answers::of_batch(reader, batch).await?)
}

/// The items that match nothing and wait, or were closed, newest first, after one of them.
///
/// # Errors
/// When the actor may not, or the database fails.
pub async fn unmatched(
    reader: &mut Reader,
    actor: &Actor,
    of: (bool, Option<UnmatchedItemId>),
    limit: i64,
) -> Result<Vec<ItemOnFile>, Error> {
    actor.may(Verb::BankAnswerRead, Subject::House)?;
    Ok(bank_answers::unmatched(reader, of, limit).await?)
}

/// Whether the actor may record what a bank answers at all: asked before a body is read.
///
/// # Errors
/// When they may not.
pub fn may_record(actor: &Actor) -> Result<PersonId, Error> {
    actor.may(Verb::BankAnswerRecord, Subject::House)?;
    case::person(actor, Verb::BankAnswerRecord)
}

/// Somebody of finance records the status of a batch: what was rejected is owed again.
///
/// # Errors
/// When the actor may not, or is on the side of a payee; the file is on file; or it is refused, as a whole.
pub async fn record_report(
    tx: &mut Tx<'_>,
    actor: &Actor,
    batch: BatchId,
    (sha256, given): (String, Report),
) -> Result<BankAnswer, Error> {
    let id = BankAnswerId(Uuid::now_v7());
    let permit = actor.may(Verb::BankAnswerRecord, Subject::BankAnswer(id))?;
    let by = may_record(actor)?;
    let known = bank_answers::known(tx, &sha256, (given.kind, given.message.as_deref())).await?;
    let seen = claims::find_batch(tx, batch).await?.ok_or(Refusal::NotFound)?;
    let cases = cases(tx, actor, Verb::BankAnswerRecord, &batches::cases_of(&seen)).await?;
    let batch = claims::lock_batch(tx, batch).await?.ok_or(Refusal::NotFound)?;
    let kinds = kinds(tx, [&batch]).await?;
    let new = NewAnswer { id, sha256, by, at: tx.moment.now, known: known.map(|id| id.to_string()) };
    let (change, answer) = report(&permit, new, given, (&batch, &kinds), cases, item_id)?;
    tx.record(&change).await?;
    Ok(answer)
}

/// Somebody of finance records what happened on accounts: what was returned is owed again, and what matches nothing waits.
///
/// # Errors
/// When the actor may not, or is on the side of a payee; the file is on file; or it is refused, as a whole.
pub async fn record_statement(
    tx: &mut Tx<'_>,
    actor: &Actor,
    (sha256, given): (String, Statement),
) -> Result<BankAnswer, Error> {
    let id = BankAnswerId(Uuid::now_v7());
    let permit = actor.may(Verb::BankAnswerRecord, Subject::BankAnswer(id))?;
    let by = may_record(actor)?;
    let known = bank_answers::known(tx, &sha256, (given.kind, given.message.as_deref())).await?;
    let details = given.accounts.iter().flat_map(|account| &account.entries).flat_map(|entry| &entry.details);
    let named = details.flat_map(|detail| [detail.payment.as_deref(), detail.part.as_deref()]).flatten();
    let named = named.filter_map(batch_named).collect::<BTreeSet<_>>();
    let seen = claims::batches_named(tx, &named).await?;
    let of_all = seen.iter().flat_map(batches::cases_of).collect::<BTreeSet<_>>();
    let cases = cases(tx, actor, Verb::BankAnswerRecord, &of_all.into_iter().collect::<Vec<_>>()).await?;
    // What has come back of them is read once nobody else records: they are released, and else never change.
    let batches = claims::batches_named(tx, &named).await?;
    let kinds = kinds(tx, &batches).await?;
    let new = NewAnswer { id, sha256, by, at: tx.moment.now, known: known.map(|id| id.to_string()) };
    let (change, answer) = statement(&permit, new, given, (&batches, &kinds), cases, item_id)?;
    tx.record(&change).await?;
    Ok(answer)
}

/// Somebody else of finance says what an item is: money of a payment that has come back, or nothing of the kind.
///
/// # Errors
/// When the actor may not, is on the side of the payee or has recorded the file; the item is closed; or it is no return of that payment.
pub async fn close(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: UnmatchedItemId,
    (payment, reason): (Option<&str>, &str),
) -> Result<ItemOnFile, Error> {
    actor.may(Verb::UnmatchedItemClose, Subject::House)?;
    let by = case::person(actor, Verb::UnmatchedItemClose)?;
    bank_answers::lock(tx).await?;
    let mut found = bank_answers::find_item(tx, id).await?.ok_or(Refusal::NotFound)?;
    let permit = actor.may(Verb::UnmatchedItemClose, Subject::BankAnswer(found.answer))?;
    let named = payment.and_then(batch_named).into_iter().collect::<BTreeSet<_>>();
    let seen = claims::batches_named(tx, &named).await?.pop();
    let place = |batch: &Batch| {
        let reference = |place| rules::bank_order::payment_reference(&batch.reference, place);
        (0..batch.payments.len()).find(|place| payment == Some(reference(*place).as_str()))
    };
    let paid = seen.as_ref().and_then(|batch| batch.payments.get(place(batch)?)).map(|payment| payment.application);
    let case = cases(tx, actor, Verb::UnmatchedItemClose, paid.as_slice()).await?.pop();
    let batch = claims::batches_named(tx, &named).await?.pop();
    let now = tx.moment.now;
    let (change, closed) = decide_closing(&permit, &found, (payment, reason), (batch.as_ref(), case), (by, now))?;
    tx.record(&change).await?;
    found.closed = Some(closed);
    Ok(found)
}

fn item_id() -> UnmatchedItemId {
    UnmatchedItemId(Uuid::now_v7())
}

/// These cases, locked in the order of their ids, on each of which the actor must be permitted.
async fn cases(tx: &mut Tx<'_>, actor: &Actor, verb: Verb, ids: &[ApplicationId]) -> Result<Vec<Case>, Error> {
    let mut cases = Vec::new();
    for id in ids {
        let (application, _) = case::lock(tx, actor, verb, *id).await?;
        cases.push(Case { application, claims: claims::of_application(tx, *id).await?, left: Cents::ZERO });
    }
    let left = recoveries::left(tx, ids).await?;
    for case in &mut cases {
        case.left = left.get(&case.application.id).copied().unwrap_or_default();
    }
    Ok(cases)
}

/// In which way each account is paid, to which these batches pay.
async fn kinds(
    tx: &mut Tx<'_>,
    batches: impl IntoIterator<Item = &Batch>,
) -> Result<BTreeMap<PayeeAccountId, PayeeAccountKind>, Error> {
    let payments = batches.into_iter().flat_map(|batch| &batch.payments);
    let ids = payments.filter_map(|payment| payment.account).collect::<BTreeSet<_>>();
    let accounts = accounts::of(tx, &ids).await?;
    Ok(accounts.into_iter().map(|account| (account.id, account.sealed.kind)).collect())
}
