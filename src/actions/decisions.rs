//! Screening, recommendation, rejection and approval.

use super::schemes::Schemes;
use super::{Error, case};
use crate::store::awards::Looks;
use crate::store::panels::{Beside, Side};
use crate::store::{Tx, assessment_steps, assessments, awards, panels};
use rules::actor::Actor;
use rules::application::{Application, State};
use rules::award::Award;
use rules::decision::{Approving, Grounds, Screening};
use rules::ids::ApplicationId;
use rules::money::Cents;
use rules::panel::{Departing, PASSED_OVER, PREFERRED};
use rules::permission::Verb;
use rules::sight::Sight;
use std::collections::BTreeSet;

/// An officer screens what was submitted.
///
/// # Errors
/// When the actor may not, it is not waiting for that, or a reason is missing.
pub async fn screen(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: ApplicationId,
    screening: Screening,
) -> Result<Application, Error> {
    let (application, permit) = case::lock(tx, actor, Verb::ApplicationScreen, id).await?;
    let (change, application) = application.screen(&permit, screening)?;
    tx.record(&change).await?;
    Ok(application)
}

/// An officer reinstates what was screened out or rejected.
///
/// # Errors
/// When the actor may not, it was neither screened out nor rejected, or a reason is missing.
pub async fn reinstate(tx: &mut Tx<'_>, actor: &Actor, id: ApplicationId, reason: &str) -> Result<Application, Error> {
    let (application, permit) = case::lock(tx, actor, Verb::ApplicationReinstate, id).await?;
    let (change, application) = application.reinstate(&permit, reason)?;
    tx.record(&change).await?;
    Ok(application)
}

/// The committee recommends an amount.
///
/// # Errors
/// When the actor may not, or the rules refuse it.
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
    let held = assessment_steps::of_application(tx, id).await?.into_iter().map(|step| step.step).collect();
    let standing = departing(tx, actor, &application, (Side::Above, &PASSED_OVER), departure).await?;
    let grounds = Grounds { held, standing };
    let (change, application) = application.recommend(&permit, &scheme, (by, &duties), &scored, &grounds, amount)?;
    tx.record(&change).await?;
    Ok(application)
}

/// The committee refuses what is in assessment, the approver what is recommended; both with reasons.
///
/// # Errors
/// When the actor may not, it is not waiting for them, or a reason is missing.
pub async fn reject(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: ApplicationId,
    (reason, departure): (&str, Option<String>),
) -> Result<Application, Error> {
    let (application, permit) = case::lock_with_ranking(tx, actor, Verb::ApplicationReject, id).await?;
    let by = case::person(actor, Verb::ApplicationReject)?;
    let duties = assessments::duties(tx, id).await?;
    let duty = actor.rejects_as(application.state)?;
    let standing = departing(tx, actor, &application, (Side::Below, &PREFERRED), departure).await?;
    let (change, application) = application.reject(&permit, (by, duty), &duties, &standing, reason)?;
    tx.record(&change).await?;
    Ok(application)
}

/// How a decision stands to the rank. Whoever decides may be on the side of another applicant, of whose case they are not told here.
async fn departing(
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

/// An approver approves what is recommended; the money is committed.
///
/// # Errors
/// When the actor may not, the authority does not reach, a ceiling does not leave so much, or the rules refuse it.
pub async fn approve(
    tx: &mut Tx<'_>,
    actor: &Actor,
    schemes: &Schemes,
    id: ApplicationId,
) -> Result<(Application, Award), Error> {
    case::lock_awards_looked_at(tx, actor, schemes, Verb::ApplicationApprove, id).await?;
    let (application, permit, balances) = case::lock_with_balances(tx, actor, Verb::ApplicationApprove, id).await?;
    let by = case::person(actor, Verb::ApplicationApprove)?;
    let scheme = schemes.pinned_by(tx, &application).await?;
    let today = tx.moment.today();
    let in_force = schemes.in_force(tx, &application.scheme, today).await?.scheme;
    let duties = assessments::duties(tx, id).await?;
    // Everything counts, whoever approves. Read under the lock of the envelope, it includes what was approved a moment ago for a
    // related party in this scheme.
    let everything = Looks { sight: Sight::Staff, acts_for: &BTreeSet::new() };
    let history = awards::history(tx, &application, &scheme, everything, today).await?;
    let at = tx.moment.now;
    let approving = Approving {
        scheme: &scheme,
        in_force: &in_force,
        duties: &duties,
        authorities: &actor.authorities,
        history,
        balances,
        by,
        at,
    };
    let (change, application, award) = application.approve(&permit, approving)?;
    tx.record(&change).await?;
    Ok((application, award))
}
