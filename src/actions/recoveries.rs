//! Recoveries: what is owed back is demanded by two, received, charged, arranged, written off and reversed.

use super::schemes::Schemes;
use super::{Error, case};
use crate::store::recoveries::Listing;
use crate::store::{Connected, Reader, Tx, assessments, awards, bank_answers, recoveries};
use chrono::{DateTime, Utc};
use rules::actor::Actor;
use rules::application::Application;
use rules::award::Award;
use rules::calendar::Day;
use rules::event::Subject;
use rules::ids::{ApplicationId, LetterId, PersonId, RecoveryEntryId, RecoveryId, UnmatchedItemId, WriteOffId};
use rules::letter::Demanding;
use rules::money::Cents;
use rules::permission::{Permit, Verb};
use rules::recovery::{
    Approving, Arranging, NewRecovery, Raising, Receiving, Recovery, RecoveryState, raise as decide,
};
use rules::refusal::{RecoveryRefusal, Refusal};
use rules::release_limit::ReleaseLimit;
use rules::sight::Sight;
use uuid::Uuid;

/// The demands in a state, or all, newest first. Nobody sees those of cases of their own organisations, or that they are tied to.
///
/// # Errors
/// When the actor may not, or the database fails.
pub async fn list(
    reader: &mut Reader,
    actor: &Actor,
    state: Option<RecoveryState>,
    after: Option<RecoveryId>,
    limit: i64,
) -> Result<Vec<Recovery>, Error> {
    actor.may(Verb::RecoveryRead, Subject::House)?;
    let tied = case::tied(actor);
    let listing = Listing { state, hidden_from: &actor.organisations, tied: &tied, after, limit };
    Ok(recoveries::page(reader, listing).await?)
}

/// The demands of a case, oldest first; those of its own side see them once they are confirmed.
///
/// # Errors
/// When the case is out of sight, or they are not the actor's business.
pub async fn of_case(
    reader: &mut Reader,
    actor: &Actor,
    (id, now): (ApplicationId, DateTime<Utc>),
) -> Result<(Sight, Vec<Recovery>), Error> {
    let application = case::seen(reader, actor, Verb::RecoveryRead, (id, now)).await?;
    let sight = actor.sight(&application);
    let mut found = recoveries::of_application(reader, id).await?;
    found.retain(|recovery| sight == Sight::Staff || recovery.is_told());
    Ok((sight, found))
}

/// One demand.
///
/// # Errors
/// When there is none, or it is out of sight.
pub async fn read(
    reader: &mut Reader,
    actor: &Actor,
    (id, now): (RecoveryId, DateTime<Utc>),
) -> Result<(Sight, Recovery), Error> {
    let recovery = recoveries::find(reader, id).await?.ok_or(Refusal::NotFound)?;
    let application = case::seen(reader, actor, Verb::RecoveryRead, (recovery.application, now)).await?;
    let sight = actor.sight(&application);
    if sight != Sight::Staff && !recovery.is_told() {
        return Err(Refusal::NotFound.into());
    }
    Ok((sight, recovery))
}

/// Somebody raises a demand; nothing is owed by it until another person confirms it.
///
/// # Errors
/// When the actor may not, or the rules refuse it.
pub async fn raise(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: ApplicationId,
    (mut new, due_days): (NewRecovery, u32),
) -> Result<Recovery, Error> {
    let (application, permit) = case::lock(tx, actor, Verb::RecoveryRaise, id).await?;
    let by = case::person(actor, Verb::RecoveryRaise)?;
    let Some(award) = awards::find(tx, id).await? else {
        return Err(Refusal::ApplicationWrongState { state: application.state.code() }.into());
    };
    let paid = recoveries::paid(tx, id).await?;
    let others = recoveries::of_application(tx, id).await?;
    new.serial = recoveries::next_serial(tx).await?;
    let raising = Raising { application: &application, award: &award, paid, others: &others, due_days };
    let (change, recovery) = decide(&permit, raising, new, (by, tx.moment.now))?;
    tx.record(&change).await?;
    Ok(recovery)
}

/// A demand that is locked with its case, and what is needed to decide about it.
struct Held {
    application: Application,
    permit: Permit,
    by: PersonId,
    recovery: Recovery,
}

impl Held {
    async fn lock(tx: &mut Tx<'_>, actor: &Actor, verb: Verb, id: RecoveryId) -> Result<Self, Error> {
        let case = recoveries::application_of(tx, id).await?.ok_or(Refusal::NotFound)?;
        let (application, permit) = case::lock(tx, actor, verb, case).await?;
        let by = case::person(actor, verb)?;
        let recovery = recoveries::lock(tx, id).await?.ok_or(Refusal::NotFound)?;
        Ok(Self { application, permit, by, recovery })
    }
}

async fn award_of(reader: &mut impl Connected, application: ApplicationId) -> Result<Award, Error> {
    Ok(awards::find(reader, application).await?.ok_or(Refusal::NotFound)?)
}

fn entry() -> RecoveryEntryId {
    RecoveryEntryId(Uuid::now_v7())
}

/// Another person confirms a demand: its letter goes out.
///
/// # Errors
/// When the actor may not or has raised it, or it is not raised any more.
pub async fn confirm(tx: &mut Tx<'_>, actor: &Actor, schemes: &Schemes, id: RecoveryId) -> Result<Recovery, Error> {
    let Held { application, permit, by, recovery } = Held::lock(tx, actor, Verb::RecoveryConfirm, id).await?;
    let scheme = schemes.pinned_by(tx, &application).await?;
    let letter = LetterId(Uuid::now_v7());
    let demanding = Demanding { letter, agency: schemes.agency(), scheme: &scheme };
    let (change, recovery) = recovery.confirm(&permit, (&application, &demanding), (by, tx.moment.now))?;
    tx.record(&change).await?;
    Ok(recovery)
}

/// Somebody takes a demand back that nobody has confirmed.
///
/// # Errors
/// When the actor may not, it is not raised any more, or a reason is missing.
pub async fn withdraw(tx: &mut Tx<'_>, actor: &Actor, id: RecoveryId, reason: &str) -> Result<Recovery, Error> {
    let Held { permit, by, recovery, .. } = Held::lock(tx, actor, Verb::RecoveryWithdraw, id).await?;
    let (change, recovery) = recovery.withdraw(&permit, (by, tx.moment.now), reason)?;
    tx.record(&change).await?;
    Ok(recovery)
}

/// Finance says that a credit of the agency's account meets a demand, or some of it: all that is left of it where nothing is said.
///
/// # Errors
/// When the actor may not, or the rules refuse it.
pub async fn receive(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: RecoveryId,
    (item, amount): (UnmatchedItemId, Option<Cents>),
) -> Result<Recovery, Error> {
    bank_answers::lock(tx).await?;
    let Held { application, permit, by, recovery } = Held::lock(tx, actor, Verb::RecoveryReceive, id).await?;
    let counts_as = award_of(tx, application.id).await?.counts_as;
    let entries = [entry(), entry()];
    let item = bank_answers::find_item(tx, item).await?.ok_or(Refusal::Recovery(RecoveryRefusal::NoItem))?;
    let left = recoveries::left(tx, &[application.id]).await?.get(&application.id).copied().unwrap_or_default();
    let receiving = Receiving { item: &item, amount, left };
    let (change, recovery) =
        recovery.receive(&permit, (&application, counts_as), (entries, receiving), (by, tx.moment.now))?;
    tx.record(&change).await?;
    Ok(recovery)
}

/// Finance charges the interest until a day.
///
/// # Errors
/// When the actor may not, or the rules refuse it.
pub async fn charge(tx: &mut Tx<'_>, actor: &Actor, id: RecoveryId, until: Option<Day>) -> Result<Recovery, Error> {
    let Held { permit, by, recovery, .. } = Held::lock(tx, actor, Verb::RecoveryCharge, id).await?;
    let (change, recovery) = recovery.charge(&permit, (entry(), until), (by, tx.moment.now))?;
    if let Some(change) = change {
        tx.record(&change).await?;
    }
    Ok(recovery)
}

/// Finance reverses an entry.
///
/// # Errors
/// When the actor may not, the rules refuse it, or what comes back out of the envelope meets a limit.
pub async fn reverse(
    tx: &mut Tx<'_>,
    actor: &Actor,
    schemes: &Schemes,
    (id, reversed): (RecoveryId, RecoveryEntryId),
    reason: &str,
) -> Result<Recovery, Error> {
    // What it frees of a credit is counted by whoever says what the rest of that is.
    bank_answers::lock(tx).await?;
    let Held { application, permit, by, recovery } = Held::lock(tx, actor, Verb::RecoveryReverse, id).await?;
    let counts_as = award_of(tx, application.id).await?.counts_as;
    let scheme = schemes.pinned_by(tx, &application).await?;
    let in_force = schemes.in_force(tx, &application.scheme, tx.moment.today()).await?.scheme;
    let limits = application.limits((&scheme, &in_force), tx.moment.now)?;
    let entries = (reversed, entry());
    let (change, recovery) =
        recovery.reverse(&permit, (&application, counts_as, limits), entries, (by, tx.moment.now), reason)?;
    tx.record(&change).await?;
    Ok(recovery)
}

/// It is agreed that what is outstanding is paid in parts.
///
/// # Errors
/// When the actor may not, or the rules refuse it.
pub async fn arrange(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: RecoveryId,
    arranging: (Arranging, &str),
) -> Result<Recovery, Error> {
    let Held { permit, by, recovery, .. } = Held::lock(tx, actor, Verb::RecoveryArrange, id).await?;
    let (change, recovery) = recovery.arrange(&permit, arranging, (by, tx.moment.now))?;
    tx.record(&change).await?;
    Ok(recovery)
}

/// Somebody asks to give something up.
///
/// # Errors
/// When the actor may not, or the rules refuse it.
pub async fn ask_write_off(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: RecoveryId,
    (amount, reason): (Cents, &str),
) -> Result<Recovery, Error> {
    let Held { application, permit, by, recovery } = Held::lock(tx, actor, Verb::RecoveryAskWriteOff, id).await?;
    let duties = assessments::duties(tx, application.id).await?;
    let asked = (WriteOffId(Uuid::now_v7()), amount, reason);
    let (change, recovery) = recovery.ask_write_off(&permit, asked, (by, tx.moment.now), &duties)?;
    tx.record(&change).await?;
    Ok(recovery)
}

/// Another person approves it, within what the agency has settled for their authorities.
///
/// # Errors
/// When the actor may not, or the rules refuse it.
pub async fn write_off(
    tx: &mut Tx<'_>,
    actor: &Actor,
    (id, asked): (RecoveryId, WriteOffId),
    limits: &[ReleaseLimit],
) -> Result<Recovery, Error> {
    let Held { application, permit, by, recovery } = Held::lock(tx, actor, Verb::RecoveryWriteOff, id).await?;
    let duties = assessments::duties(tx, application.id).await?;
    let approving = Approving { by, at: tx.moment.now, held: &actor.authorities, limits, duties: &duties };
    let (change, recovery) = recovery.write_off(&permit, (asked, [entry(), entry()]), approving)?;
    tx.record(&change).await?;
    Ok(recovery)
}
