//! Awards: offer, accept, decline, lapse.

use super::schemes::Schemes;
use super::{Error, case, letters};
use crate::store::{self, Reader, Tx, applications, awards, claims, debarments};
use chrono::{DateTime, Utc};
use rules::actor::Actor;
use rules::application::Application;
use rules::award::{Award, Ending, Instalment};
use rules::claim::Claim;
use rules::ids::ApplicationId;
use rules::permission::Verb;
use rules::refusal::Refusal;
use rules::sight::Sight;
use std::collections::BTreeSet;

/// The award of a case with its plan and its claims, for whoever may see the case; an applicant sees it once it is offered.
///
/// # Errors
/// When the case is out of sight, or there is nothing to be seen yet.
pub async fn read(
    reader: &mut Reader,
    actor: &Actor,
    id: ApplicationId,
    now: DateTime<Utc>,
) -> Result<(Award, Vec<Instalment>, Vec<Claim>), Error> {
    let application = applications::find(reader, id).await?.ok_or(Refusal::NotFound)?;
    case::permit(reader, actor, Verb::ApplicationRead, &application, now).await?;
    let award = awards::find(reader, id).await?.ok_or(Refusal::NotFound)?;
    if award.offered_at.is_none() && actor.sight(&application) == Sight::Public {
        return Err(Refusal::NotFound.into());
    }
    Ok((award, awards::plan(reader, id).await?, claims::of_application(reader, id).await?))
}

/// An officer sends the offer.
///
/// # Errors
/// When the actor may not, or nothing is approved.
pub async fn offer(
    tx: &mut Tx<'_>,
    actor: &Actor,
    schemes: &Schemes,
    id: ApplicationId,
) -> Result<(Application, Award), Error> {
    let (application, permit) = case::lock(tx, actor, Verb::AwardOffer, id).await?;
    let award = award_of(tx, actor, &application).await?;
    let scheme = schemes.pinned_by(tx, &application).await?;
    award.must_be_offerable(&application, tx.moment.now)?;
    let writing = letters::writing(tx, (&application, &award), (schemes, &scheme)).await?;
    let (change, application, award) = award.offer(&permit, application, (&scheme, &writing), tx.moment.now)?;
    tx.record(&change).await?;
    Ok((application, award))
}

/// The applicant accepts the agreement that was offered, and no other where one is named by its hash; the plan of instalments is made.
///
/// # Errors
/// When the actor may not, nothing is offered, the offer has expired, another agreement is named than was offered, or somebody is
/// debarred.
pub async fn accept(
    tx: &mut Tx<'_>,
    actor: &Actor,
    schemes: &Schemes,
    (id, named): (ApplicationId, Option<&str>),
) -> Result<(Application, Vec<Instalment>), Error> {
    let (application, permit) = case::lock(tx, actor, Verb::AwardAccept, id).await?;
    let award = award_of(tx, actor, &application).await?;
    let scheme = schemes.pinned_by(tx, &application).await?;
    let by = case::person(actor, Verb::AwardAccept)?;
    let debarred = debarments::hold_applying(tx, id, Some(by)).await?;
    let on_file = store::letters::agreement(tx, id).await?;
    let agreement = (on_file.as_deref(), named);
    let rules = (&*scheme, &*debarred);
    let (change, application, plan) = award.accept(&permit, application, rules, agreement, tx.moment.now)?;
    tx.record(&change).await?;
    Ok((application, plan))
}

/// The applicant declines; what was committed is given back.
///
/// # Errors
/// When the actor may not, nothing is offered, or a reason is missing.
pub async fn decline(tx: &mut Tx<'_>, actor: &Actor, id: ApplicationId, reason: &str) -> Result<Application, Error> {
    end(tx, actor, Verb::AwardDecline, id, Ending::Declined(reason)).await
}

/// An offer that was not answered in time gives its commitment back.
///
/// # Errors
/// When the actor may not, nothing is offered, or the offer stands.
pub async fn lapse(tx: &mut Tx<'_>, actor: &Actor, id: ApplicationId) -> Result<Application, Error> {
    let today = tx.moment.today();
    end(tx, actor, Verb::AwardLapse, id, Ending::Lapsed(today)).await
}

async fn end(
    tx: &mut Tx<'_>,
    actor: &Actor,
    verb: Verb,
    id: ApplicationId,
    ending: Ending<'_>,
) -> Result<Application, Error> {
    let (application, permit) = case::lock(tx, actor, verb, id).await?;
    awards::lock_all_of(tx, &BTreeSet::from([application.organisation])).await?;
    let award = award_of(tx, actor, &application).await?;
    let (change, application) = award.end(&permit, application, ending)?;
    tx.record(&change).await?;
    Ok(application)
}

/// The award of a case that must have one in the state that the verb asks for; otherwise the actor is told the state in the words
/// in which they see it.
pub(super) async fn award_of(tx: &mut Tx<'_>, actor: &Actor, application: &Application) -> Result<Award, Error> {
    let wrong_state = Refusal::ApplicationWrongState { state: actor.sight(application).word(application.state) };
    Ok(awards::find(tx, application.id).await?.ok_or(wrong_state)?)
}
