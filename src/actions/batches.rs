//! Batches: prepared by one person, released by another or dissolved.

use super::{Error, case};
use crate::store::{
    Reader, Tx, assessments, awards, bank_answers, claims, debarments, holds, obligations, payee_accounts, recoveries,
};
use rules::actor::Actor;
use rules::application::Application;
use rules::batch::{Batch, BatchState, Debt, Debts, Payee, Releasing, SetOff, bounded, prepare as gather};
use rules::calendar::Day;
use rules::event::Subject;
use rules::ids::{ApplicationId, BatchId, ClaimId, RecoveryEntryId, RecoveryId};
use rules::permission::Verb;
use rules::refusal::Refusal;
use rules::release_limit::ReleaseLimit;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// One batch.
///
/// # Errors
/// When the actor may not, or there is none.
pub async fn read(reader: &mut Reader, actor: &Actor, id: BatchId) -> Result<Batch, Error> {
    actor.may(Verb::BatchRead, Subject::Batch(id))?;
    Ok(claims::find_batch(reader, id).await?.ok_or(Refusal::NotFound)?)
}

/// The batches in a state, newest first, after one of them.
///
/// # Errors
/// When the actor may not, or the database fails.
pub async fn list(
    reader: &mut Reader,
    actor: &Actor,
    state: BatchState,
    after: Option<BatchId>,
    limit: i64,
) -> Result<Vec<Batch>, Error> {
    actor.may(Verb::BatchRead, Subject::House)?;
    Ok(claims::batches_in_state(reader, state, after, limit).await?)
}

/// A finance officer prepares a batch of certified claims.
///
/// # Errors
/// When the actor may not, a claim is not certified, is held or stands in another batch, a payee is debarred, duties would join, or more is
/// set off than is owed or paid.
pub async fn prepare(
    tx: &mut Tx<'_>,
    actor: &Actor,
    ids: &[ClaimId],
    set_offs: &[(ClaimId, SetOff)],
) -> Result<Batch, Error> {
    let id = BatchId(Uuid::now_v7());
    let permit = actor.may(Verb::BatchPrepare, Subject::Batch(id))?;
    let by = case::person(actor, Verb::BatchPrepare)?;
    bounded(ids, set_offs)?;
    let cases = claims::applications_of(tx, ids).await?;
    let (payees, debts) = payees(tx, (actor, Verb::BatchPrepare), &cases, set_offs).await?;
    let batched = claims::batched(tx, ids).await?;
    let serial = claims::next_batch_serial(tx).await?;
    let asked = (ids, batched.as_slice());
    let (change, batch) = gather(&permit, (id, serial), (by, tx.moment.now), &payees, asked, (set_offs, &debts))?;
    tx.record(&change).await?;
    Ok(batch)
}

/// Another person releases a batch, within what the agency has settled for their authorities: its payments are posted.
///
/// # Errors
/// When the actor may not, their authorities do not reach its total, it was released or dissolved already, a payment is held, a payee is debarred or is paid
/// somewhere else by now, or duties would join.
pub async fn release(
    tx: &mut Tx<'_>,
    actor: &Actor,
    (id, pay_on): (BatchId, Option<Day>),
    limits: &[ReleaseLimit],
) -> Result<Batch, Error> {
    let permit = actor.may(Verb::BatchRelease, Subject::Batch(id))?;
    let by = case::person(actor, Verb::BatchRelease)?;
    let seen = claims::find_batch(tx, id).await?.ok_or(Refusal::NotFound)?;
    let set_offs =
        seen.payments.iter().filter_map(|payment| Some((payment.claim, payment.set_off?))).collect::<Vec<_>>();
    let paid = payees(tx, (actor, Verb::BatchRelease), &cases_of(&seen), &set_offs).await?;
    let batch = claims::lock_batch(tx, id).await?.ok_or(Refusal::NotFound)?;
    let releasing = Releasing { by, held: &actor.authorities, limits, at: tx.moment.now, pay_on };
    let (change, batch) = batch.release(&permit, releasing, paid)?;
    tx.record(&change).await?;
    Ok(batch)
}

/// Somebody of finance dissolves a batch that waits: its claims are free for another one. Whoever may not act on one of its cases does
/// not do so here either; in which state they are, and what keeps their applicants from being paid, is all the same.
///
/// # Errors
/// When the actor may not, it was released or dissolved already, or the reason is missing.
pub async fn dissolve(tx: &mut Tx<'_>, actor: &Actor, id: BatchId, reason: &str) -> Result<Batch, Error> {
    let permit = actor.may(Verb::BatchDissolve, Subject::Batch(id))?;
    let by = case::person(actor, Verb::BatchDissolve)?;
    let seen = claims::find_batch(tx, id).await?.ok_or(Refusal::NotFound)?;
    for case in cases_of(&seen) {
        case::lock(tx, actor, Verb::BatchDissolve, case).await?;
    }
    let batch = claims::lock_batch(tx, id).await?.ok_or(Refusal::NotFound)?;
    let (change, batch) = batch.dissolve(&permit, (by, tx.moment.now), reason)?;
    tx.record(&change).await?;
    Ok(batch)
}

/// The cases of a batch, each once, in the order of their ids.
pub(super) fn cases_of(batch: &Batch) -> Vec<ApplicationId> {
    let mut cases = batch.payments.iter().map(|payment| payment.application).collect::<Vec<_>>();
    cases.sort_unstable();
    cases.dedup();
    cases
}

/// The cases of a batch and of the demands that it meets, locked in the order of their ids, so that two batches never wait for each other in a
/// circle. On each of them the actor must be permitted. Only when all of them are locked is it read who is debarred, what is held, and where they
/// are paid: whoever waits for those locks holds none that another batch waits for.
async fn payees(
    tx: &mut Tx<'_>,
    (actor, verb): (&Actor, Verb),
    cases: &[ApplicationId],
    set_offs: &[(ClaimId, SetOff)],
) -> Result<(Vec<Payee>, Debts), Error> {
    let owed = set_offs.iter().map(|(_, set_off)| set_off.recovery).collect::<BTreeSet<_>>();
    let owing = recoveries::applications_of(tx, &owed).await?;
    let mut payees = Vec::new();
    let mut debtors = BTreeMap::new();
    for id in owing.iter().chain(cases).copied().collect::<BTreeSet<_>>() {
        let (application, _) = case::lock(tx, actor, verb, id).await?;
        if owing.contains(&id) {
            debtors.insert(id, application.clone());
        }
        if !cases.contains(&id) {
            continue;
        }
        payees.push(Payee {
            application,
            duties: assessments::duties(tx, id).await?,
            plan: awards::plan(tx, id).await?,
            claims: claims::of_application(tx, id).await?,
            out: BTreeMap::new(),
            returns_told_by: BTreeMap::new(),
            debarred: Vec::new(),
            obligations: Vec::new(),
            holds: Vec::new(),
            accounts: Vec::new(),
        });
    }
    let debts = debts(tx, &owed, &debtors, set_offs).await?;
    for payee in &mut payees {
        let ids = payee.claims.iter().map(|claim| claim.id).collect::<Vec<_>>();
        payee.out = claims::out_of(tx, &ids).await?;
        payee.returns_told_by = bank_answers::returns_told_by(tx, &ids).await?;
    }
    let debarred = debarments::hold_payees(tx, cases).await?;
    let organisations = payees.iter().map(|payee| payee.application.organisation).collect();
    let accounts = payee_accounts::hold_payees(tx, &organisations).await?;
    let mut held = holds::keep_off(tx, cases).await?;
    let mut owed = obligations::of_applications(tx, cases).await?;
    for payee in &mut payees {
        payee.obligations = owed.remove(&payee.application.id).unwrap_or_default();
        payee.holds = held.remove(&payee.application.id).unwrap_or_default();
        payee.accounts = accounts.get(&payee.application.organisation).cloned().unwrap_or_default();
        payee.debarred = debarred.get(&payee.application.organisation).cloned().unwrap_or_default();
    }
    Ok((payees, debts))
}

/// The demands that a batch meets, locked after their cases.
async fn debts(
    tx: &mut Tx<'_>,
    owed: &BTreeSet<RecoveryId>,
    debtors: &BTreeMap<ApplicationId, Application>,
    set_offs: &[(ClaimId, SetOff)],
) -> Result<Debts, Error> {
    let mut all = Vec::new();
    for id in owed {
        let recovery = recoveries::lock(tx, *id).await?.ok_or(Refusal::NotFound)?;
        let award = awards::find(tx, recovery.application).await?.ok_or(Refusal::NotFound)?;
        let application = debtors.get(&recovery.application).cloned().ok_or(Refusal::NotFound)?;
        all.push(Debt { recovery, application, counts_as: award.counts_as });
    }
    let cases = debtors.keys().copied().collect::<Vec<_>>();
    let left = if cases.is_empty() { BTreeMap::new() } else { recoveries::left(tx, &cases).await? };
    let entries = set_offs.iter().map(|(claim, _)| (*claim, [(); 2].map(|()| RecoveryEntryId(Uuid::now_v7()))));
    Ok(Debts { all, left, entries: entries.collect() })
}
