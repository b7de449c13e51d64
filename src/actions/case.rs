//! What every verb on a case begins with: the locks in their order, and the permit.

use super::{Error, must_be_current};
use crate::store::{Connected, Tx, applications, assessments, awards, interests, members, panels};
use chrono::{DateTime, Utc};
use rules::actor::{Actor, Role};
use rules::application::Application;
use rules::ids::{ApplicationId, OrganisationId, PersonId};
use rules::interest::Assessing;
use rules::member::Tie;
use rules::permission::{Permit, Verb};
use rules::refusal::{AssessorRefusal, MemberRefusal, Refusal};
use rules::scheme::Scheme;
use std::collections::{BTreeMap, BTreeSet};

/// The permit for a verb on an application that is already loaded.
pub(super) async fn permit(
    reader: &mut impl Connected,
    actor: &Actor,
    verb: Verb,
    application: &Application,
    now: DateTime<Utc>,
) -> Result<Permit, Error> {
    let assessing = stands(reader, actor, application.id).await?;
    Ok(actor.may_to_application(verb, application, assessing, now)?)
}

/// How the actor stands to a case as one of its assessors.
pub(super) async fn stands(reader: &mut impl Connected, actor: &Actor, id: ApplicationId) -> Result<Assessing, Error> {
    Ok(assessing(reader, actor, Some(id)).await?.remove(&id).unwrap_or(Assessing::No))
}

/// How the actor stands as an assessor to each case that was given to them, or to one. One policy for the list and for the case: what
/// is on file is read anew each time, so that what has come to be known since blocks reading from now on.
pub(super) async fn assessing(
    reader: &mut impl Connected,
    actor: &Actor,
    application: Option<ApplicationId>,
) -> Result<BTreeMap<ApplicationId, Assessing>, Error> {
    let Some(person) = actor.person().filter(|_| actor.is(Role::Assessor)) else { return Ok(BTreeMap::new()) };
    let given = assessments::at_work(reader, person, application).await?;
    if given.is_empty() {
        return Ok(BTreeMap::new());
    }
    let cases = given.iter().map(|(id, _)| *id).collect::<Vec<_>>();
    let on_file = interests::on_file(reader, &[person], &cases).await?;
    Ok(given.into_iter().map(|(id, state)| (id, on_file.assessing(id, person, state))).collect())
}

/// Somebody of the staff, to whom the cases are closed that they were asked to assess, or on which they have declared a conflict in a
/// sitting, and that a conflict of interest keeps from them: what is on file is asked anew each time, as it is of those who only assess.
pub(super) async fn kept_from(reader: &mut impl Connected, actor: Actor) -> Result<Actor, Error> {
    let Some(person) = actor.person().filter(|_| actor.is_staff()) else { return Ok(actor) };
    let asked = assessments::asked_or_conflicted(reader, person).await?;
    if asked.is_empty() {
        return Ok(actor);
    }
    let on_file = interests::on_file(reader, &[person], &asked).await?;
    Ok(actor.kept_from(&on_file))
}

/// The application as it is before anything is locked, or read without a lock, to somebody who may do the verb to it: whoever may not do
/// it at all must not hold the lock of a whole scheme.
pub(super) async fn seen(
    reader: &mut impl Connected,
    actor: &Actor,
    verb: Verb,
    (id, now): (ApplicationId, DateTime<Utc>),
) -> Result<Application, Error> {
    let seen = applications::find(reader, id).await?.ok_or(Refusal::NotFound)?;
    permit(reader, actor, verb, &seen, now).await?;
    Ok(seen)
}

/// The application, locked, with the permit for the verb.
pub(super) async fn lock(
    tx: &mut Tx<'_>,
    actor: &Actor,
    verb: Verb,
    id: ApplicationId,
) -> Result<(Application, Permit), Error> {
    let application = applications::lock(tx, id).await?.ok_or(Refusal::NotFound)?;
    let now = tx.moment.now;
    let permit = permit(tx, actor, verb, &application, now).await?;
    Ok((application, permit))
}

/// The same for an application that must still be as it was read. One that the actor may not see is absent, whatever version is
/// expected of it.
pub(super) async fn lock_version(
    tx: &mut Tx<'_>,
    actor: &Actor,
    verb: Verb,
    id: ApplicationId,
    version: i32,
) -> Result<(Application, Permit), Error> {
    let (application, permit) = lock(tx, actor, verb, id).await?;
    must_be_version(actor, &application, version)?;
    Ok((application, permit))
}

/// What is locked is what the actor has read, as far as the actor sees it.
pub(super) fn must_be_version(actor: &Actor, application: &Application, version: i32) -> Result<(), Error> {
    must_be_current(version, application.version_in(actor.sight(application)))
}

/// The same where the rank bears on the decision: the ranking of the scheme is locked before the case, as it is where a panel is opened.
pub(super) async fn lock_with_ranking(
    tx: &mut Tx<'_>,
    actor: &Actor,
    verb: Verb,
    id: ApplicationId,
) -> Result<(Application, Permit), Error> {
    let now = tx.moment.now;
    let seen = seen(tx, actor, verb, (id, now)).await?;
    panels::lock_ranking(tx, &seen.scheme).await?;
    lock(tx, actor, verb, id).await
}

/// What the applicant and its related parties are granted stays as it is read from here on until the transaction ends, where the rules of
/// the case look at it: in this scheme by the locks of their balances, in others by that of all awards of the applicant. Two approvals of
/// one applicant, in schemes that look at each other, and of related parties in one, come one after the other, and the second sees the first.
pub(super) async fn lock_awards_looked_at(
    tx: &mut Tx<'_>,
    application: &Application,
    scheme: &Scheme,
) -> Result<(), Error> {
    awards::lock_all_of(tx, &BTreeSet::from([application.organisation])).await?;
    let today = tx.moment.today();
    Ok(awards::lock_parties(tx, application, scheme, today).await?)
}

/// Nobody does something for the agency that is about a case on the side of whose applicant they are, or which they were asked to assess
/// without being told who applies, or from which a conflict of interest keeps them.
pub(super) fn must_not_be_beside(
    actor: &Actor,
    application: ApplicationId,
    applicant: OrganisationId,
) -> Result<(), Refusal> {
    match actor.ties.get(&application) {
        _ if actor.organisations.contains(&applicant) => Err(Refusal::OwnOrganisation),
        Some(Tie::Barred | Tie::Member(_)) => Err(MemberRefusal::OwnCase.into()),
        Some(Tie::Blind) => Err(AssessorRefusal::OwnBlindCase.into()),
        Some(Tie::Conflicted) => Err(AssessorRefusal::OwnConflict.into()),
        None => Ok(()),
    }
}

/// The cases that the actor never sees with the eyes of the staff, beside those of their organisations.
pub(super) fn tied(actor: &Actor) -> Vec<ApplicationId> {
    actor.ties.keys().copied().collect()
}

/// The organisations whose cases tell the actor nothing as staff that its people are not told: those that they act for, and those whose
/// case they are tied to.
pub(super) async fn sides(reader: &mut impl Connected, actor: &Actor) -> Result<BTreeSet<OrganisationId>, Error> {
    let mut sides = actor.organisations.clone();
    // Whoever was asked to assess is on nobody's side; and what is left out elsewhere must not tell who it is that they were not told.
    let beside = actor.ties.iter().filter(|(_, tie)| tie.is_beside()).map(|(id, _)| *id).collect::<Vec<_>>();
    if !beside.is_empty() {
        sides.extend(members::applicants_of(reader, &beside).await?.into_iter().map(|(applicant, _)| applicant));
    }
    Ok(sides)
}

/// The person who acts, where a verb needs one.
pub(super) fn person(actor: &Actor, verb: Verb) -> Result<PersonId, Error> {
    Ok(actor.person().ok_or(Refusal::NotPermitted { verb })?)
}
