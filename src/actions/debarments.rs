//! Debarments and adverse records: officers record, confirm and end them by two, and whoever weighs a case reads them.

use super::{Error, case};
use crate::store::debarments::Reading;
use crate::store::{Connected, Fault, Reader, Tx, debarments, interests};
use chrono::{DateTime, Utc};
use rules::actor::{Actor, Role};
use rules::calendar::Day;
use rules::debarment::{Against, Debarment, NewDebarment, record as decide};
use rules::event::Subject;
use rules::ids::{ApplicationId, DebarmentId, OrganisationId, PersonId};
use rules::permission::{Permit, Verb};
use rules::refusal::Refusal;

/// A page of what is on file, newest first: all, or of an organisation or a person. Nobody sees with the eyes of the staff what is on file
/// of themselves, of their own organisations and their people, or of one on the side of whose case they are.
///
/// # Errors
/// When the actor may not, or the database fails.
pub async fn list(
    reader: &mut Reader,
    actor: &Actor,
    of: (Option<OrganisationId>, Option<PersonId>),
    after: Option<DebarmentId>,
    limit: i64,
) -> Result<Vec<Debarment>, Error> {
    actor.may(Verb::DebarmentRead, Subject::House)?;
    let sides = case::sides(reader, actor).await?;
    // What nobody has confirmed is not held against anybody: those who decide do not read it.
    let unconfirmed = actor.is(Role::Officer) || actor.is(Role::Auditor);
    let reading = Reading { sides: &sides, person: actor.person(), unconfirmed };
    Ok(debarments::page(reader, &reading, of, after, limit).await?)
}

/// What bears on a case, oldest first: confirmed, under its scheme, of those who apply, or did, and of those who have written the
/// application or are its members, or were.
///
/// # Errors
/// When the case is out of sight, or it is not the actor's business.
pub async fn of_case(
    reader: &mut Reader,
    actor: &Actor,
    (id, now): (ApplicationId, DateTime<Utc>),
) -> Result<Vec<Debarment>, Error> {
    let application = case::seen(reader, actor, Verb::DebarmentRead, (id, now)).await?;
    let missing = || Fault::Corrupt(format!("application {id} is not on file"));
    let on_file = interests::on_file(reader, &[], &[id]).await?.cases.remove(&id).ok_or_else(missing)?;
    let organisations = on_file.parties().map(|party| party.id).collect::<Vec<_>>();
    let people = on_file.authors.into_iter().collect::<Vec<_>>();
    let sides = case::sides(reader, actor).await?;
    let reading = Reading { sides: &sides, person: actor.person(), unconfirmed: false };
    let mut found = debarments::of(reader, &reading, (&organisations, &people)).await?;
    let today = Day::in_hong_kong(now);
    found.retain(|debarment| debarment.bears_on(&application.scheme, today));
    Ok(found)
}

/// An officer records one; it binds nothing until another officer confirms it.
///
/// # Errors
/// When the actor may not or is on the side of whom it is about, they are not there, or what is to be recorded is not in order.
pub async fn record(tx: &mut Tx<'_>, actor: &Actor, new: NewDebarment) -> Result<Debarment, Error> {
    let subject = Subject::Debarment(new.id);
    actor.may(Verb::DebarmentRecord, subject)?;
    let permit = permit(tx, actor, (Verb::DebarmentRecord, subject), new.against).await?;
    let by = case::person(actor, Verb::DebarmentRecord)?;
    let (change, debarment) = decide(&permit, new, (by, tx.moment.now))?;
    tx.record(&change).await?;
    Ok(debarment)
}

/// Another officer confirms one: from now on it binds on its days.
///
/// # Errors
/// When the actor may not or is on the side of whom it is about, there is none, they have recorded it, or it is confirmed or set aside.
pub async fn confirm(tx: &mut Tx<'_>, actor: &Actor, id: DebarmentId) -> Result<Debarment, Error> {
    let (debarment, permit) = lock(tx, actor, Verb::DebarmentConfirm, id).await?;
    let by = case::person(actor, Verb::DebarmentConfirm)?;
    // Of a confirmation and an approval or a payment at the same moment, one comes first: the one that comes second sees the other.
    debarments::hold_against(tx, debarment.against).await?;
    let (change, debarment) = debarment.confirm(&permit, (by, tx.moment.now))?;
    tx.record(&change).await?;
    Ok(debarment)
}

/// An officer proposes that one ends before its time, or sets aside what nobody has confirmed.
///
/// # Errors
/// When the actor may not or is on the side of whom it is about, there is none, it is over, or the day or the reason is not in order.
pub async fn end(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: DebarmentId,
    ending: (Option<Day>, &str),
) -> Result<Debarment, Error> {
    let (debarment, permit) = lock(tx, actor, Verb::DebarmentEnd, id).await?;
    let by = case::person(actor, Verb::DebarmentEnd)?;
    let (change, debarment) = debarment.end(&permit, (by, tx.moment.now), ending)?;
    tx.record(&change).await?;
    Ok(debarment)
}

/// Another officer confirms the end that they have read.
///
/// # Errors
/// When the actor may not or is on the side of whom it is about, there is none, it is over, no end is proposed or another one, or they have
/// proposed it.
pub async fn confirm_end(tx: &mut Tx<'_>, actor: &Actor, id: DebarmentId, until: Day) -> Result<Debarment, Error> {
    let (debarment, permit) = lock(tx, actor, Verb::DebarmentConfirmEnd, id).await?;
    let by = case::person(actor, Verb::DebarmentConfirmEnd)?;
    let (change, debarment) = debarment.confirm_end(&permit, (by, tx.moment.now), until)?;
    tx.record(&change).await?;
    Ok(debarment)
}

/// One of them, locked, with the permit for the verb.
async fn lock(tx: &mut Tx<'_>, actor: &Actor, verb: Verb, id: DebarmentId) -> Result<(Debarment, Permit), Error> {
    let subject = Subject::Debarment(id);
    // Whoever may not do it at all learns nothing of what is there.
    actor.may(verb, subject)?;
    let debarment = debarments::lock(tx, id).await?.ok_or(Refusal::NotFound)?;
    let permit = permit(tx, actor, (verb, subject), debarment.against).await?;
    Ok((debarment, permit))
}

/// The permit of somebody who is not on the side of whom it is about.
async fn permit(
    reader: &mut impl Connected,
    actor: &Actor,
    (verb, subject): (Verb, Subject),
    against: Against,
) -> Result<Permit, Error> {
    let organisations = debarments::organisations_of(reader, against).await?.ok_or(Refusal::NotFound)?;
    let sides = case::sides(reader, actor).await?;
    Ok(actor.may_to_organisations(verb, subject, (&organisations, &sides))?)
}
