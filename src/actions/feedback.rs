//! Feedback to applicants: composed by an officer, read by the applicant.

use super::{Error, case};
use crate::store::{Reader, Tx, applications, assessments, clocks, feedback};
use chrono::{DateTime, Utc};
use rules::actor::Actor;
use rules::feedback::{Feedback, decisions_told};
use rules::ids::{ApplicationId, AssessmentId};
use rules::permission::Verb;
use rules::refusal::{FeedbackRefusal, Refusal};
use std::collections::BTreeSet;

/// The feedback of a case: for its applicant, that of the decision that stands.
///
/// # Errors
/// When the case is out of sight, its feedback is not the actor's business, or there is none.
pub async fn read(
    reader: &mut Reader,
    actor: &Actor,
    application: ApplicationId,
    now: DateTime<Utc>,
) -> Result<Feedback, Error> {
    let application = applications::find(reader, application).await?.ok_or(Refusal::NotFound)?;
    case::permit(reader, actor, Verb::FeedbackRead, &application, now).await?;
    let decision = decisions_told(&clocks::stays(reader, application.id).await?);
    let last = feedback::last(reader, application.id).await?;
    let shown = last.filter(|last| last.is_shown(&application, decision, actor.sight(&application)));
    Ok(shown.ok_or(FeedbackRefusal::NotReleased).map_err(Refusal::from)?)
}

/// An officer composes feedback of what assessors have released, and releases it to the applicant.
///
/// # Errors
/// When the actor may not, the applicant has not been told of the decision or has had feedback on it, or the rules refuse it.
pub async fn release(
    tx: &mut Tx<'_>,
    actor: &Actor,
    application: ApplicationId,
    chosen: &BTreeSet<AssessmentId>,
    note: &str,
) -> Result<Feedback, Error> {
    let (application, permit) = case::lock(tx, actor, Verb::FeedbackRelease, application).await?;
    let by = case::person(actor, Verb::FeedbackRelease)?;
    let assessments = assessments::of_application(tx, application.id).await?;
    let decision = decisions_told(&clocks::stays(tx, application.id).await?);
    let last = feedback::last(tx, application.id).await?;
    let by = (by, tx.moment.now);
    let (change, feedback) =
        application.release_feedback(&permit, (&assessments, chosen), note, (decision, last.as_ref()), by)?;
    tx.record(&change).await?;
    Ok(feedback)
}
