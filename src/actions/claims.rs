//! Claims: claim an instalment, ask and answer something on it, return it, certify it.

use super::awards::award_of;
use super::schemes::Schemes;
use super::{Error, case};
use crate::store::{Tx, attachments, awards, change_requests, claims, obligations};
use rules::actor::Actor;
use rules::application::Application;
use rules::award::{Award, Instalment};
use rules::calendar::Day;
use rules::change_request::Figures;
use rules::claim::{Allowed, Answering, Certifying, Claim, Claiming, Ground, NewClaim, submit as claim_for};
use rules::ids::{ApplicationId, AttachmentId, ClaimId};
use rules::money::Cents;
use rules::permission::Verb;
use rules::refusal::Refusal;
use rules::scheme::Scheme;
use std::collections::BTreeSet;
use std::sync::Arc;

/// What a claim is decided on, read while its case is locked.
struct Known {
    award: Award,
    scheme: Arc<Scheme>,
    plan: Vec<Instalment>,
    claims: Vec<Claim>,
    figures: Figures,
    files: BTreeSet<AttachmentId>,
    on: Day,
    today: Day,
}

impl Known {
    async fn of(tx: &mut Tx<'_>, actor: &Actor, schemes: &Schemes, application: &Application) -> Result<Self, Error> {
        let (id, today) = (application.id, tx.moment.today());
        let award = award_of(tx, actor, application).await?;
        let made = change_requests::made(tx, id).await?;
        Ok(Self {
            scheme: schemes.pinned_by(tx, application).await?,
            plan: awards::plan(tx, id).await?,
            claims: claims::of_application(tx, id).await?,
            figures: Figures::of(application, &award, &made),
            files: attachments::of(tx, id).await?.into_iter().map(|file| file.id).collect(),
            on: application.submission.as_ref().map_or(today, |submission| submission.on),
            award,
            today,
        })
    }

    fn ground(&self) -> Ground<'_> {
        let Self { scheme, award, figures, claims, files, on, .. } = self;
        Ground { scheme, on: *on, award: award.amount, figures, claims, files }
    }

    fn claiming<'a>(&'a self, application: &'a Application) -> Claiming<'a> {
        Claiming {
            application,
            scheme: &self.scheme,
            plan: &self.plan,
            claims: &self.claims,
            costs: self.ground(),
            accepted_on: self.award.accepted_at.map(Day::in_hong_kong),
            today: self.today,
        }
    }
}

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
    let known = Known::of(tx, actor, schemes, &application).await?;
    let (change, claim) = claim_for(&permit, known.claiming(&application), new)?;
    tx.record(&change).await?;
    Ok(claim)
}

/// An officer or somebody of finance asks something on a claim.
///
/// # Errors
/// When the actor may not, the award does not run, the claim does not wait for certification, or the question is missing or too long.
pub async fn ask(tx: &mut Tx<'_>, actor: &Actor, id: ClaimId, question: &str) -> Result<Claim, Error> {
    let case = case_of(tx, id).await?;
    let (application, permit) = case::lock(tx, actor, Verb::ClaimQuery, case).await?;
    let by = (case::person(actor, Verb::ClaimQuery)?, tx.moment.now);
    let claim = own(claims::of_application(tx, case).await?, id)?;
    let (change, claim) = claim.ask(&permit, &application, question, by)?;
    tx.record(&change).await?;
    Ok(claim)
}

/// The applicant answers, and may claim something else instead.
///
/// # Errors
/// When the actor may not, nothing is asked, or the rules refuse what is claimed.
pub async fn answer(
    tx: &mut Tx<'_>,
    actor: &Actor,
    schemes: &Schemes,
    id: ClaimId,
    answering: Answering,
) -> Result<Claim, Error> {
    let case = case_of(tx, id).await?;
    let (application, permit) = case::lock(tx, actor, Verb::ClaimAnswer, case).await?;
    let by = (case::person(actor, Verb::ClaimAnswer)?, tx.moment.now);
    let known = Known::of(tx, actor, schemes, &application).await?;
    let claim = own(known.claims.clone(), id)?;
    let (change, claim) = claim.answer(&permit, known.claiming(&application), answering, by)?;
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

/// An officer certifies what is due of a claim, and of each of its lines where it is made of costs.
///
/// # Errors
/// When the actor may not, or the rules refuse it.
pub async fn certify(
    tx: &mut Tx<'_>,
    actor: &Actor,
    schemes: &Schemes,
    id: ClaimId,
    (amount, lines): (Cents, Vec<Allowed>),
) -> Result<(Claim, Award), Error> {
    let case = case_of(tx, id).await?;
    let (application, permit) = case::lock(tx, actor, Verb::ClaimCertify, case).await?;
    let known = Known::of(tx, actor, schemes, &application).await?;
    let owed = obligations::of_application(tx, case).await?;
    let certifying = Certifying {
        application: &application,
        award: known.award.clone(),
        plan: &known.plan,
        claims: &known.claims,
        scheme: &known.scheme,
        obligations: &owed,
        amount,
        lines,
        costs: known.ground(),
        today: known.today,
    };
    let (change, claim, award) = own(known.claims.clone(), id)?.certify(&permit, certifying)?;
    tx.record(&change).await?;
    Ok((claim, award))
}

async fn case_of(tx: &mut Tx<'_>, id: ClaimId) -> Result<ApplicationId, Error> {
    Ok(claims::applications_of(tx, &[id]).await?.into_iter().next().ok_or(Refusal::NotFound)?)
}

fn own(claims: Vec<Claim>, id: ClaimId) -> Result<Claim, Error> {
    Ok(claims.into_iter().find(|claim| claim.id == id).ok_or(Refusal::NotFound)?)
}
