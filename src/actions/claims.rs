//! Claims: claim an instalment, return it, certify it.

use super::awards::award_of;
use super::schemes::Schemes;
use super::{Error, case};
use crate::store::{Tx, awards, claims, obligations};
use rules::actor::Actor;
use rules::award::Award;
use rules::calendar::Day;
use rules::claim::{Certifying, Claim, Claiming, NewClaim, submit as claim_for};
use rules::ids::{ApplicationId, ClaimId};
use rules::money::Cents;
use rules::permission::Verb;
use rules::refusal::Refusal;

/// The applicant claims an instalment.
///
/// # Errors
/// When the actor may not, or the rules refuse it.
pub async fn submit(
    tx: &mut Tx<'_>,
    actor: &Actor,
    schemes: &Schemes,
    id: ApplicationId,
    new: NewClaim,
) -> Result<Claim, Error> {
    let (application, permit) = case::lock(tx, actor, Verb::ClaimSubmit, id).await?;
    let scheme = schemes.pinned_by(tx, &application).await?;
    let plan = awards::plan(tx, id).await?;
    let existing = claims::of_application(tx, id).await?;
    let award = award_of(tx, actor, &application).await?;
    let claiming = Claiming {
        application: &application,
        scheme: &scheme,
        plan: &plan,
        claims: &existing,
        accepted_on: award.accepted_at.map(Day::in_hong_kong),
        today: tx.moment.today(),
    };
    let (change, claim) = claim_for(&permit, claiming, new)?;
    tx.record(&change).await?;
    Ok(claim)
}

/// An officer sends a claim back.
///
/// # Errors
/// When the actor may not, the claim does not wait for it, or a reason is missing.
pub async fn give_back(tx: &mut Tx<'_>, actor: &Actor, id: ClaimId, reason: &str) -> Result<Claim, Error> {
    let case = case_of(tx, id).await?;
    let (_, permit) = case::lock(tx, actor, Verb::ClaimReturn, case).await?;
    let claim = own(claims::of_application(tx, case).await?, id)?;
    let (change, claim) = claim.give_back(&permit, reason)?;
    tx.record(&change).await?;
    Ok(claim)
}

/// An officer certifies what is due of a claim.
///
/// # Errors
/// When the actor may not, or the rules refuse it.
pub async fn certify(
    tx: &mut Tx<'_>,
    actor: &Actor,
    schemes: &Schemes,
    id: ClaimId,
    amount: Cents,
) -> Result<(Claim, Award), Error> {
    let case = case_of(tx, id).await?;
    let (application, permit) = case::lock(tx, actor, Verb::ClaimCertify, case).await?;
    let award = award_of(tx, actor, &application).await?;
    let scheme = schemes.pinned_by(tx, &application).await?;
    let plan = awards::plan(tx, case).await?;
    let all = claims::of_application(tx, case).await?;
    let owed = obligations::of_application(tx, case).await?;
    let certifying = Certifying {
        application: &application,
        award,
        plan: &plan,
        claims: &all,
        scheme: &scheme,
        obligations: &owed,
        amount,
        today: tx.moment.today(),
    };
    let (change, claim, award) = own(all.clone(), id)?.certify(&permit, certifying)?;
    tx.record(&change).await?;
    Ok((claim, award))
}

async fn case_of(tx: &mut Tx<'_>, id: ClaimId) -> Result<ApplicationId, Error> {
    Ok(claims::applications_of(tx, &[id]).await?.into_iter().next().ok_or(Refusal::NotFound)?)
}

fn own(claims: Vec<Claim>, id: ClaimId) -> Result<Claim, Error> {
    Ok(claims.into_iter().find(|claim| claim.id == id).ok_or(Refusal::NotFound)?)
}
