//! Assessors: what they know, when they have time, what they declare; and who may be given a case.

use super::{Error, case, must_be_current};
use crate::store::assessors::Assessor;
use crate::store::{Connected, Reader, Tx, applications, assessors, interests, people};
use chrono::{DateTime, Utc};
use rules::actor::Actor;
use rules::assessor::{Declaration, Field, Interest, Profile, declare as decide, keep_field as keep};
use rules::event::Subject;
use rules::ids::{ApplicationId, DeclarationId, OverrideId, PersonId};
use rules::interest::{Conflict, Override, confirm, propose};
use rules::permission::Verb;
use rules::refusal::{AssessmentRefusal, Refusal};
use uuid::Uuid;

/// A page of the list of fields of expertise, by code.
///
/// # Errors
/// When it is not the actor's business.
pub async fn fields(reader: &mut Reader, actor: &Actor, after: Option<&str>, limit: i64) -> Result<Vec<Field>, Error> {
    actor.may(Verb::ExpertiseRead, Subject::House)?;
    Ok(assessors::fields(reader, after, limit).await?)
}

/// An officer adds a field to the list, or changes it.
///
/// # Errors
/// When the actor may not, or the code or a name cannot be used.
pub async fn keep_field(tx: &mut Tx<'_>, actor: &Actor, field: Field) -> Result<(), Error> {
    let permit = actor.may(Verb::ExpertiseKeep, Subject::House)?;
    Ok(tx.record(&keep(&permit, field)?).await?)
}

/// Those to whom proposals can be given, after one of them.
///
/// # Errors
/// When the actor gives none out.
pub async fn page(
    reader: &mut Reader,
    actor: &Actor,
    after: Option<PersonId>,
    limit: i64,
) -> Result<Vec<Assessor>, Error> {
    actor.may(Verb::AssessorRead, Subject::House)?;
    Ok(assessors::page(reader, after, limit).await?)
}

/// One of them, with what they have declared that counts or will count.
///
/// # Errors
/// When it is neither the actor nor the actor's business, or there is no such assessor.
pub async fn read(
    reader: &mut impl Connected,
    actor: &Actor,
    id: PersonId,
) -> Result<(Assessor, Vec<Declaration>), Error> {
    actor.may_to_person(Verb::AssessorRead, id)?;
    let assessor = assessors::find(reader, id).await?.ok_or(Refusal::NotFound)?;
    Ok((assessor, assessors::declarations(reader, &[id]).await?))
}

/// An assessor says what they know and when they have time.
///
/// # Errors
/// When it is somebody else's profile, it has changed since it was read, or it is not in order.
pub async fn keep_profile(
    tx: &mut Tx<'_>,
    actor: &Actor,
    (id, version): (PersonId, i32),
    new: Profile,
) -> Result<(Assessor, Vec<Declaration>), Error> {
    let permit = actor.may_to_person(Verb::AssessorKeep, id)?;
    people::hold(tx, id).await?;
    let before = assessors::profile(tx, id).await?;
    must_be_current(version, before.version)?;
    let in_use = assessors::in_use(tx, &new.expertise).await?;
    let (change, _) = before.keep(&permit, new, &in_use)?;
    tx.record(&change).await?;
    read(tx, actor, id).await
}

/// An assessor declares their interests for the year that runs, or for the next one.
///
/// # Errors
/// When it is somebody else, or a line cannot be used.
pub async fn declare(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: PersonId,
    (interests, next_year): (Vec<Interest>, bool),
) -> Result<Declaration, Error> {
    let permit = actor.may_to_person(Verb::InterestDeclare, id)?;
    // Whoever gives them something at this moment comes before or after it.
    people::hold(tx, id).await?;
    let new = DeclarationId(Uuid::now_v7());
    let (change, declaration) = decide(&permit, (new, id), (tx.moment.now, next_year), interests)?;
    tx.record(&change).await?;
    Ok(declaration)
}

/// Somebody to whom a case could be given, and what speaks against it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Who.
    pub assessor: Assessor,
    /// What is on file against it.
    pub conflicts: Vec<Conflict>,
    /// What was proposed or confirmed in spite of it.
    pub overrides: Vec<Override>,
}

/// Those to whom a case could be given, after one of them, each with what speaks against it.
///
/// # Errors
/// When the case is out of sight, or it is not the actor's business.
pub async fn candidates(
    reader: &mut Reader,
    actor: &Actor,
    (id, now): (ApplicationId, DateTime<Utc>),
    (after, limit): (Option<PersonId>, i64),
) -> Result<Vec<Candidate>, Error> {
    let application = applications::find(reader, id).await?.ok_or(Refusal::NotFound)?;
    case::permit(reader, actor, Verb::ConflictRead, &application, now).await?;
    let page = assessors::page(reader, after, limit).await?;
    let ids = page.iter().map(|assessor| assessor.id).collect::<Vec<_>>();
    let on_file = interests::on_file(reader, &ids, &[id]).await?;
    let overrides = interests::overrides(reader, id).await?;
    let candidate = |assessor: Assessor| Candidate {
        conflicts: on_file.conflicts(id, assessor.id),
        overrides: overrides.iter().filter(|one| one.assessor == assessor.id).cloned().collect(),
        assessor,
    };
    Ok(page.into_iter().map(candidate).collect())
}

/// An officer proposes that somebody assesses a case in spite of what is on file.
///
/// # Errors
/// When the actor may not, there is no such assessor, or the rules refuse it.
pub async fn propose_override(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: ApplicationId,
    (assessor, reason): (PersonId, &str),
) -> Result<Override, Error> {
    let (application, permit) = case::lock(tx, actor, Verb::ConflictOverridePropose, id).await?;
    let by = case::person(actor, Verb::ConflictOverridePropose)?;
    people::hold(tx, assessor).await?;
    assessors::find(tx, assessor).await?.ok_or(Refusal::Assessment(AssessmentRefusal::AssessorNotOne))?;
    let conflicts = interests::on_file(tx, &[assessor], &[id]).await?.conflicts(id, assessor);
    let existing = interests::overrides(tx, id).await?;
    let (ids, when) = ((OverrideId(Uuid::now_v7()), assessor), (by, tx.moment.now));
    let (change, proposed) = propose(&permit, &application, ids, when, reason, (&conflicts, &existing))?;
    tx.record(&change).await?;
    Ok(proposed)
}

/// Another officer confirms it.
///
/// # Errors
/// When the actor may not or has proposed it, or it is confirmed already.
pub async fn confirm_override(tx: &mut Tx<'_>, actor: &Actor, id: OverrideId) -> Result<Override, Error> {
    // Whoever may not do it at all learns nothing of what is there.
    actor.may(Verb::ConflictOverrideConfirm, Subject::House)?;
    let application = interests::application_of(tx, id).await?.ok_or(Refusal::NotFound)?;
    let (application, permit) = case::lock(tx, actor, Verb::ConflictOverrideConfirm, application).await?;
    let by = case::person(actor, Verb::ConflictOverrideConfirm)?;
    let all = interests::overrides(tx, application.id).await?;
    let proposed = all.into_iter().find(|one| one.id == id).ok_or(Refusal::NotFound)?;
    let (change, confirmed) = confirm(proposed, &permit, &application, (by, tx.moment.now))?;
    tx.record(&change).await?;
    Ok(confirmed)
}
