//! What may come before a recommendation, such as an interview: recorded and read.

use super::schemes::Schemes;
use super::{Error, case};
use crate::store::assessment_steps::Recorded;
use crate::store::{Reader, Tx, applications, assessment_steps};
use chrono::{DateTime, Utc};
use rules::actor::Actor;
use rules::assessment_step::{AssessmentStep, Held};
use rules::ids::ApplicationId;
use rules::permission::Verb;
use rules::refusal::Refusal;
use uuid::Uuid;

/// A page of the steps of a case that were held, in the order in which they were recorded.
///
/// # Errors
/// When the case is out of sight, or what it rests on is not the actor's business.
pub async fn list(
    reader: &mut Reader,
    actor: &Actor,
    (application, now): (ApplicationId, DateTime<Utc>),
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<Recorded>, Error> {
    let application = applications::find(reader, application).await?.ok_or(Refusal::NotFound)?;
    case::permit(reader, actor, Verb::AssessmentStepRead, &application, now).await?;
    Ok(assessment_steps::page(reader, application.id, after, limit).await?)
}

/// An officer or the committee records a step that was held.
///
/// # Errors
/// When the actor may not, the case is not in assessment, or the rules refuse it.
pub async fn record(
    tx: &mut Tx<'_>,
    actor: &Actor,
    schemes: &Schemes,
    application: ApplicationId,
    held: Held<'_>,
) -> Result<AssessmentStep, Error> {
    let (application, permit) = case::lock(tx, actor, Verb::AssessmentStepRecord, application).await?;
    let by = case::person(actor, Verb::AssessmentStepRecord)?;
    let scheme = schemes.pinned_by(tx, &application).await?;
    let (change, step) = application.record_step(&permit, &scheme, held, (by, tx.moment.now))?;
    tx.record(&change).await?;
    Ok(step)
}
