//! Review and appeal: asked for, withdrawn, decided, and read with what may be asked for now.

use super::schemes::Schemes;
use super::{Error, approvals::Capacity, case};
use crate::store::{Connected, Reader, Tx, assessments, clocks, reviews};
use chrono::{DateTime, Utc};
use rules::actor::Actor;
use rules::approval::Acting;
use rules::ids::ApplicationId;
use rules::permission::Verb;
use rules::refusal::{Refusal, ReviewRefusal};
use rules::review::{Asking, Deciding, Next, Review, Verdict, next, request as ask};

/// The requests of a case, oldest first, and what the applicant may ask for now, or could until its last day.
///
/// # Errors
/// When the case is out of sight, or they are not the actor's business.
pub async fn of_case(
    reader: &mut Reader,
    actor: &Actor,
    schemes: &Schemes,
    (id, now): (ApplicationId, DateTime<Utc>),
) -> Result<(Vec<Review>, Option<Next>), Error> {
    let application = case::seen(reader, actor, Verb::ReviewRead, (id, now)).await?;
    let requests = reviews::of_application(reader, id).await?;
    let Some(submission) = &application.submission else { return Ok((requests, None)) };
    let scheme = schemes.pinned(reader, submission.scheme_text).await?;
    let stays = clocks::recorded(reader, id).await?.0;
    let next = next(&application, Asking { scheme: &scheme, reviews: &requests, stays: &stays }).ok();
    Ok((requests, next))
}

/// One of them.
///
/// # Errors
/// When the case is out of sight, they are not the actor's business, or there is none of that number.
pub async fn read(
    reader: &mut Reader,
    actor: &Actor,
    (id, number): (ApplicationId, i32),
    now: DateTime<Utc>,
) -> Result<Review, Error> {
    case::seen(reader, actor, Verb::ReviewRead, (id, now)).await?;
    found(reader, (id, number)).await
}

/// The applicant asks that a refusal be looked at again.
///
/// # Errors
/// When the actor may not, or the rules refuse it.
pub async fn request(
    tx: &mut Tx<'_>,
    actor: &Actor,
    schemes: &Schemes,
    id: ApplicationId,
    grounds: &str,
) -> Result<Review, Error> {
    let (application, permit) = case::lock(tx, actor, Verb::ReviewRequest, id).await?;
    let by = case::person(actor, Verb::ReviewRequest)?;
    // What was never submitted has no text that it could pin.
    if application.submission.is_none() {
        return Err(Refusal::from(ReviewRefusal::NotReviewable { state: application.state.public_code() }).into());
    }
    let scheme = schemes.pinned_by(tx, &application).await?;
    let requests = reviews::of_application(tx, id).await?;
    let stays = clocks::recorded(tx, id).await?.0;
    let duties = assessments::duties(tx, id).await?;
    let asking = Asking { scheme: &scheme, reviews: &requests, stays: &stays };
    let (change, review) = ask(&permit, &application, asking, (grounds, &duties), (by, tx.moment.now))?;
    tx.record(&change).await?;
    Ok(review)
}

/// The applicant takes it back.
///
/// # Errors
/// When the actor may not, it is decided or withdrawn already, or a reason is missing.
pub async fn withdraw(
    tx: &mut Tx<'_>,
    actor: &Actor,
    (id, number): (ApplicationId, i32),
    reason: &str,
) -> Result<Review, Error> {
    let (_, permit) = case::lock(tx, actor, Verb::ReviewRequest, id).await?;
    let by = case::person(actor, Verb::ReviewRequest)?;
    let (change, review) = found(tx, (id, number)).await?.withdraw(&permit, (by, tx.moment.now), reason)?;
    tx.record(&change).await?;
    Ok(review)
}

/// Whoever its instance names, and who has had no part in the case, says whether the refusal stands.
///
/// # Errors
/// When the actor may not, it is not theirs to decide, or the rules refuse it.
pub async fn decide(
    tx: &mut Tx<'_>,
    actor: &Actor,
    schemes: &Schemes,
    (id, number): (ApplicationId, i32),
    decision: (Verdict, &str),
) -> Result<Review, Error> {
    let (application, permit) = case::lock(tx, actor, Verb::ReviewDecide, id).await?;
    let by = case::person(actor, Verb::ReviewDecide)?;
    let review = found(tx, (id, number)).await?;
    let scheme = schemes.pinned_by(tx, &application).await?;
    let duties = assessments::duties(tx, id).await?;
    let held = Capacity::Own.held(tx, actor, (&application, &duties)).await?;
    let on_the_case = reviews::on_the_cases(tx, &[id.0]).await?.remove(&id).unwrap_or_default();
    let acting = Acting { by, held: &held, duties: &duties, at: tx.moment.now };
    let deciding = Deciding { scheme: &scheme, on_the_case: &on_the_case };
    let (change, review, _) = review.decide(&permit, application, acting, deciding, decision)?;
    tx.record(&change).await?;
    Ok(review)
}

async fn found(reader: &mut impl Connected, of: (ApplicationId, i32)) -> Result<Review, Error> {
    Ok(reviews::find(reader, of).await?.ok_or(Refusal::Review(ReviewRefusal::NotFound))?)
}
