//! Screening, recommendation and rejection.

use super::approvals::Capacity;
use super::schemes::Schemes;
use super::{Error, approvals, case, letters};
use crate::store::panels::{Beside, Side};
use crate::store::{self, Tx, assessment_steps, assessments, clocks, panels, reviews};
use rules::actor::Actor;
use rules::application::{Application, State};
use rules::approval::Acting;
use rules::calendar::Day;
use rules::decision::{Grounds, Rejecting, Screening};
use rules::duty::{Duties, Duty};
use rules::ids::ApplicationId;
use rules::letter::Telling;
use rules::money::Cents;
use rules::panel::{Departing, PASSED_OVER, PREFERRED};
use rules::permission::{Permit, Verb};
use rules::reservation::is_reserved;
use rules::review::none_upheld;
use rules::route::Route;

/// An officer screens what was submitted.
///
/// # Errors
/// When the actor may not, it is not waiting for that, or a reason is missing.
pub async fn screen(
    tx: &mut Tx<'_>,
    actor: &Actor,
    schemes: &Schemes,
    id: ApplicationId,
    screening: Screening,
) -> Result<Application, Error> {
    let (application, permit) = case::lock(tx, actor, Verb::ApplicationScreen, id).await?;
    let by = case::person(actor, Verb::ApplicationScreen)?;
    let scheme = schemes.pinned_by(tx, &application).await?;
    let (duties, telling) = (assessments::duties(tx, id).await?, letters::telling(schemes, &scheme, tx.moment.now));
    let (change, application) = application.screen(&permit, (by, &duties), screening, telling)?;
    tx.record(&change).await?;
    Ok(application)
}

/// An officer reinstates what was screened out or refused.
///
/// # Errors
/// When the actor may not or has had a duty on it, it was neither screened out nor refused, somebody is asked to look at that again or has
/// found that it stands, or a reason is missing.
pub async fn reinstate(tx: &mut Tx<'_>, actor: &Actor, id: ApplicationId, reason: &str) -> Result<Application, Error> {
    let (application, permit) = case::lock(tx, actor, Verb::ApplicationReinstate, id).await?;
    none_upheld(&reviews::of_application(tx, id).await?, &clocks::stays(tx, id).await?)?;
    let by = case::person(actor, Verb::ApplicationReinstate)?;
    let (change, application) = application.reinstate(&permit, (by, &assessments::duties(tx, id).await?), reason)?;
    tx.record(&change).await?;
    Ok(application)
}

/// The committee recommends an amount, which is reserved where the scheme says so.
///
/// # Errors
/// When the actor may not, the rules refuse it, or a limit does not leave so much to be reserved.
pub async fn recommend(
    tx: &mut Tx<'_>,
    actor: &Actor,
    schemes: &Schemes,
    id: ApplicationId,
    (amount, departure): (Cents, Option<String>),
) -> Result<Application, Error> {
    let (application, permit) = case::lock_with_ranking(tx, actor, Verb::ApplicationRecommend, id).await?;
    let by = case::person(actor, Verb::ApplicationRecommend)?;
    let scheme = schemes.pinned_by(tx, &application).await?;
    let duties = assessments::duties(tx, id).await?;
    let scored = assessments::of_application(tx, id).await?;
    let held = assessment_steps::held(tx, &[id]).await?.remove(&id).unwrap_or_default();
    let standing = departing(tx, actor, &application, (Side::Above, &PASSED_OVER), departure).await?;
    let routes = store::approvals::count(tx, id).await?;
    let grounds = Grounds { held, standing, routes };
    let (today, at) = (tx.moment.today(), tx.moment.now);
    let in_force = match is_reserved(&scheme, &application) {
        true => Some(schemes.in_force(tx, &application.scheme, today).await?.scheme),
        false => None,
    };
    let recommended = (amount, in_force.as_deref().map(|in_force| (in_force, at)));
    let (change, application) =
        application.recommend(&permit, &scheme, (by, &duties), &scored, &grounds, recommended)?;
    tx.record(&change).await?;
    Ok(application)
}

/// The committee refuses what is in assessment, the approver what is recommended; both with reasons. What is reserved is given back. The
/// applicant is told at once, or from a day on.
///
/// # Errors
/// When the actor may not, it is not waiting for them, a reason is missing, or the day of an embargo is over or too far.
pub async fn reject(
    tx: &mut Tx<'_>,
    actor: &Actor,
    schemes: &Schemes,
    id: ApplicationId,
    rejecting: &Rejecting,
) -> Result<Application, Error> {
    reject_as(tx, (actor, Capacity::Own), schemes, id, rejecting).await
}

/// The same for somebody, or for the committee that they chair.
pub(super) async fn reject_as(
    tx: &mut Tx<'_>,
    (actor, capacity): (&Actor, Capacity<'_>),
    schemes: &Schemes,
    id: ApplicationId,
    rejecting: &Rejecting,
) -> Result<Application, Error> {
    let known = case::lock_with_ranking(tx, actor, Verb::ApplicationReject, id).await?;
    let duties = assessments::duties(tx, id).await?;
    let route = match actor.rejects_as(known.0.state)? {
        Duty::Approver => Some(approvals::route(tx, &known.0).await?),
        _ => None,
    };
    reject_known(tx, (actor, capacity), schemes, known, (&duties, route), rejecting).await
}

/// The same of a case that is locked after the ranking of its scheme, and whose duties and route are read.
pub(super) async fn reject_known(
    tx: &mut Tx<'_>,
    (actor, capacity): (&Actor, Capacity<'_>),
    schemes: &Schemes,
    (application, permit): (Application, Permit),
    (duties, route): (&Duties, Option<Route>),
    Rejecting { reason, departure, embargo_until }: &Rejecting,
) -> Result<Application, Error> {
    let by = case::person(actor, Verb::ApplicationReject)?;
    let route = match actor.rejects_as(application.state)? {
        Duty::Approver => route,
        _ => None,
    };
    let standing = departing(tx, actor, &application, (Side::Below, &PREFERRED), departure.clone()).await?;
    let held = capacity.held(tx, actor, (&application, duties)).await?;
    let acting = Acting { by, held: &held, duties, at: tx.moment.now };
    let scheme = schemes.pinned_by(tx, &application).await?;
    let (reason, telling) = ((&**reason, *embargo_until), letters::telling(schemes, &scheme, tx.moment.now));
    let (change, application) = application.reject(&permit, acting, route.as_ref(), &standing, reason, telling)?;
    tx.record(&change).await?;
    Ok(application)
}

/// The applicant is told of a refusal that was kept back: by the worker when its day has come, or by an officer from then on.
///
/// # Errors
/// When the actor may not, nothing of it is untold, or the embargo stands.
pub async fn tell_refusal(
    tx: &mut Tx<'_>,
    actor: &Actor,
    schemes: &Schemes,
    id: ApplicationId,
) -> Result<Application, Error> {
    let (application, permit) = case::lock(tx, actor, Verb::RefusalTell, id).await?;
    let scheme = schemes.pinned_by(tx, &application).await?;
    let telling = letters::telling(schemes, &scheme, tx.moment.now);
    let stays = clocks::stays(tx, id).await?;
    let decided_on = stays.last().map_or(telling.decided_on, |stay| Day::in_hong_kong(stay.from));
    let (change, application) = application.tell_refusal(&permit, Telling { decided_on, ..telling })?;
    tx.record(&change).await?;
    Ok(application)
}

/// How a decision stands to the rank. Whoever decides may be on the side of another applicant, of whose case they are not told here.
pub(super) async fn departing(
    tx: &mut Tx<'_>,
    actor: &Actor,
    application: &Application,
    (side, states): (Side, &[State]),
    reason: Option<String>,
) -> Result<Departing, Error> {
    let Some((panel, others)) = panels::standing(tx, application, side, states).await? else {
        return Ok(Departing { reason, ..Departing::default() });
    };
    let told = others.iter().filter(|other| {
        let Beside { application, organisation, .. } = other;
        case::must_not_be_beside(actor, *application, *organisation).is_ok()
    });
    let against = told.map(|other| other.reference.clone()).collect();
    Ok(Departing { panel: Some(panel), departs: !others.is_empty(), against, reason })
}
