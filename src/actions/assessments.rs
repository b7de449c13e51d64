//! Assessments: give a proposal to an assessor, declare a conflict, score.

use super::schemes::Schemes;
use super::{Error, case};
use crate::store::{Reader, Tx, applications, assessments, people};
use chrono::{DateTime, Utc};
use rules::actor::Actor;
use rules::assessment::{Assessment, AssessmentState, assign as give};
use rules::ids::{ApplicationId, AssessmentId, PersonId};
use rules::permission::Verb;
use rules::refusal::Refusal;
use rules::scoring::{Marks, Score};
use uuid::Uuid;

/// The assessments of a case, each with the steps of its score once it has one: all for staff, an assessor's own for the assessor.
///
/// # Errors
/// When the case is out of sight or its assessments are not the actor's business.
pub async fn list(
    reader: &mut Reader,
    actor: &Actor,
    schemes: &Schemes,
    (application, now): (ApplicationId, DateTime<Utc>),
) -> Result<Vec<(Assessment, Option<Score>)>, Error> {
    let application = applications::find(reader, application).await?.ok_or(Refusal::NotFound)?;
    case::permit(reader, actor, Verb::AssessmentRead, &application, now).await?;
    let mut all = assessments::of_application(reader, application.id).await?;
    if actor.reads_own_assessments_only() {
        all.retain(|assessment| actor.person() == Some(assessment.assessor));
    }
    let Some(submission) = &application.submission else { return Ok(Vec::new()) };
    let scheme = schemes.pinned(reader, submission.scheme_text).await?;
    let explained = |assessment: Assessment| {
        let scored = assessment.state == AssessmentState::Scored;
        let score = scored.then(|| rules::scoring::score(&scheme, &application, &assessment.marks)).transpose()?;
        Ok((assessment, score))
    };
    all.into_iter().map(explained).collect()
}

/// An officer gives a proposal to an assessor.
///
/// # Errors
/// When the actor may not, the person is no assessor, or the rules refuse it.
pub async fn assign(
    tx: &mut Tx<'_>,
    actor: &Actor,
    schemes: &Schemes,
    application: ApplicationId,
    assessor: PersonId,
) -> Result<Assessment, Error> {
    let (application, permit) = case::lock(tx, actor, Verb::AssessmentAssign, application).await?;
    people::hold(tx, assessor).await?;
    let assessor = people::actor(tx, assessor).await?.ok_or(Refusal::AssessorNotOne)?;
    let scheme = schemes.pinned_by(tx, &application).await?;
    let duties = assessments::duties(tx, application.id).await?;
    let existing = assessments::of_application(tx, application.id).await?;
    let new = (AssessmentId(Uuid::now_v7()), &assessor);
    let (change, assessment) = give(&permit, &application, &scheme, new, &duties, &existing)?;
    tx.record(&change).await?;
    Ok(assessment)
}

/// The assessor declares a conflict of interest.
///
/// # Errors
/// When it is not the actor's own open assessment, or no reason is given.
pub async fn declare_conflict(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: AssessmentId,
    reason: &str,
) -> Result<Assessment, Error> {
    let (application, permit, assessment) = lock_own(tx, actor, Verb::AssessmentDeclareConflict, id).await?;
    let (change, assessment) = assessment.declare_conflict(&permit, &application, reason)?;
    tx.record(&change).await?;
    Ok(assessment)
}

/// The assessor gives marks.
///
/// # Errors
/// When it is not the actor's own open assessment, or the marks cannot be taken.
pub async fn score(
    tx: &mut Tx<'_>,
    actor: &Actor,
    schemes: &Schemes,
    id: AssessmentId,
    marks: Marks,
    texts: (&str, Option<&str>),
) -> Result<(Assessment, Score), Error> {
    let (application, permit, assessment) = lock_own(tx, actor, Verb::AssessmentScore, id).await?;
    let scheme = schemes.pinned_by(tx, &application).await?;
    let (change, assessment, score) = assessment.give_marks(&permit, &application, &scheme, marks, texts)?;
    tx.record(&change).await?;
    Ok((assessment, score))
}

async fn lock_own(
    tx: &mut Tx<'_>,
    actor: &Actor,
    verb: Verb,
    id: AssessmentId,
) -> Result<(rules::application::Application, rules::permission::Permit, Assessment), Error> {
    let application = assessments::application_of(tx, id).await?.ok_or(Refusal::NotFound)?;
    let (application, permit) = case::lock(tx, actor, verb, application).await?;
    let all = assessments::of_application(tx, application.id).await?;
    let own = all.into_iter().find(|assessment| assessment.id == id && actor.person() == Some(assessment.assessor));
    Ok((application, permit, own.ok_or(Refusal::NotFound)?))
}
