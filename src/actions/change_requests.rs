//! Change requests: asked for, returned, answered, put forward, withdrawn, decided, and read with what holds now.

use super::approvals::{Capacity, all_earlier};
use super::awards::award_of;
use super::schemes::Schemes;
use super::{Error, case, letters};
use crate::store::{
    Connected, Reader, Tx, approvals, assessments, awards, change_requests, claims, debarments, recoveries,
};
use chrono::{DateTime, Utc};
use rules::actor::{Actor, Role};
use rules::application::Application;
use rules::approval::Acting;
use rules::award::Award;
use rules::basis::Earlier;
use rules::calendar::Day;
use rules::change_request::{
    Asking, AwardChange, ChangeKind, ChangeRequest, Deciding, Figures, NewChangeRequest, Standing, Verdict,
    request as ask,
};
use rules::ids::ApplicationId;
use rules::money::Cents;
use rules::permission::{Permit, Verb};
use rules::recovery::demanded_as_overpaid;
use rules::refusal::{ChangeRefusal, Refusal};
use rules::sight::Sight;

/// Change requests with what was made of them, oldest first.
pub type Requests = Vec<(ChangeRequest, Option<AwardChange>)>;

/// What holds of a running award, and by when the recipient owes what after it.
pub type Now = (Figures, Vec<(String, Day)>);

/// The change requests of a case, and what holds now where it has an award that was accepted.
///
/// # Errors
/// When the case is out of sight, or they are not the actor's business.
pub async fn of_case(
    reader: &mut Reader,
    actor: &Actor,
    schemes: &Schemes,
    (id, now): (ApplicationId, DateTime<Utc>),
) -> Result<(Requests, Option<Now>), Error> {
    let application = case::seen(reader, actor, Verb::ChangeRead, (id, now)).await?;
    let award = awards::find(reader, id).await?.filter(|award| award.accepted_at.is_some());
    let Some(award) = award else { return Ok((Vec::new(), None)) };
    let made = change_requests::made(reader, id).await?;
    let figures = Figures::of(&application, &award, &made);
    let obligations = match &application.submission {
        Some(submission) => {
            let scheme = schemes.pinned(reader, submission.scheme_text).await?;
            figures.obligations(&application, &scheme)
        }
        None => Vec::new(),
    };
    let sight = actor.sight(&application);
    let requests = change_requests::of_application(reader, id).await?.into_iter().map(|request| request.told(sight));
    Ok((with_changes(requests.collect(), &made), Some((figures, obligations))))
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
) -> Result<(ChangeRequest, Option<AwardChange>), Error> {
    let application = case::seen(reader, actor, Verb::ChangeRead, (id, now)).await?;
    let request = found(reader, (id, number)).await?.told(actor.sight(&application));
    let made = change_requests::made(reader, id).await?;
    Ok(with_change(request, &made))
}

/// The applicant asks for a change, or an officer opens one.
///
/// # Errors
/// When the actor may not, or the rules refuse it.
pub async fn request(
    tx: &mut Tx<'_>,
    actor: &Actor,
    schemes: &Schemes,
    id: ApplicationId,
    new: NewChangeRequest,
) -> Result<ChangeRequest, Error> {
    let side = Side::lock(tx, actor, (id, Verb::ChangeRequest)).await?;
    let Side { application, permit, sight } = side;
    let by = case::person(actor, permit.verb())?;
    let scheme = schemes.pinned_by(tx, &application).await?;
    let standing = standing(tx, actor, &application).await?;
    let requests = change_requests::of_application(tx, id).await?;
    let duties = assessments::duties(tx, id).await?;
    let asking = Asking { scheme: &scheme, standing: &standing, requests: &requests, duties: &duties, sight };
    let (change, request) = ask(&permit, &application, asking, new, (by, tx.moment.now))?;
    tx.record(&change).await?;
    Ok(request)
}

/// Whoever asked takes it back.
///
/// # Errors
/// When the actor may not, somebody else asked, it is decided already, or a reason is missing.
pub async fn withdraw(
    tx: &mut Tx<'_>,
    actor: &Actor,
    (id, number): (ApplicationId, i32),
    reason: &str,
) -> Result<ChangeRequest, Error> {
    let Side { permit, sight, .. } = Side::lock(tx, actor, (id, Verb::ChangeRequest)).await?;
    let by = case::person(actor, permit.verb())?;
    let request = found(tx, (id, number)).await?;
    let (change, request) = request.withdraw(&permit, (by, tx.moment.now), sight, reason)?;
    tx.record(&change).await?;
    Ok(request)
}

/// An officer returns it with a question.
///
/// # Errors
/// When the actor may not, it does not wait for an officer, or the question is missing.
pub async fn give_back(
    tx: &mut Tx<'_>,
    actor: &Actor,
    (id, number): (ApplicationId, i32),
    question: &str,
) -> Result<ChangeRequest, Error> {
    let (_, permit) = case::lock(tx, actor, Verb::ChangeReturn, id).await?;
    let (change, request) = found(tx, (id, number)).await?.give_back(&permit, question)?;
    tx.record(&change).await?;
    Ok(request)
}

/// The applicant answers.
///
/// # Errors
/// When the actor may not, nothing is asked, or the answer is missing.
pub async fn answer(
    tx: &mut Tx<'_>,
    actor: &Actor,
    (id, number): (ApplicationId, i32),
    answer: &str,
) -> Result<ChangeRequest, Error> {
    let (_, permit) = case::lock(tx, actor, Verb::ChangeAnswer, id).await?;
    let (change, request) = found(tx, (id, number)).await?.answer(&permit, answer)?;
    tx.record(&change).await?;
    Ok(request)
}

/// An officer puts it forward to whoever decides.
///
/// # Errors
/// When the actor may not, it does not wait for an officer, an officer decides it, or the actor has opened it.
pub async fn forward(
    tx: &mut Tx<'_>,
    actor: &Actor,
    (id, number): (ApplicationId, i32),
) -> Result<ChangeRequest, Error> {
    let (_, permit) = case::lock(tx, actor, Verb::ChangeForward, id).await?;
    let by = case::person(actor, Verb::ChangeForward)?;
    let (change, request) = found(tx, (id, number)).await?.forward(&permit, (by, tx.moment.now))?;
    tx.record(&change).await?;
    Ok(request)
}

/// Whoever its route names grants or refuses it; what is granted is done in the same transaction.
///
/// # Errors
/// When the actor may not, it is not theirs to decide, or the rules or a limit refuse it.
pub async fn decide(
    tx: &mut Tx<'_>,
    actor: &Actor,
    schemes: &Schemes,
    of: (ApplicationId, i32),
    decision: (Verdict, &str),
) -> Result<(ChangeRequest, Option<AwardChange>), Error> {
    decide_as(tx, (actor, Capacity::Own), schemes, of, decision).await
}

/// The same by one person, or as a committee that has carried a motion.
pub(super) async fn decide_as(
    tx: &mut Tx<'_>,
    (actor, capacity): (&Actor, Capacity<'_>),
    schemes: &Schemes,
    (id, number): (ApplicationId, i32),
    decision: (Verdict, &str),
) -> Result<(ChangeRequest, Option<AwardChange>), Error> {
    let now = tx.moment.now;
    let (application, permit) = case::lock(tx, actor, Verb::ChangeDecide, id).await?;
    let by = case::person(actor, Verb::ChangeDecide)?;
    let request = found(tx, (id, number)).await?;
    let kind = request.kind;
    let scheme = schemes.pinned_by(tx, &application).await?;
    let today = tx.moment.today();
    let in_force = schemes.in_force(tx, &application.scheme, today).await?.scheme;
    let standing = standing(tx, actor, &application).await?;
    let duties = assessments::duties(tx, id).await?;
    let (earlier, debarred) = if kind == ChangeKind::Amount {
        case::lock_awards_looked_at(tx, &application, &scheme).await?;
        let earlier = all_earlier(tx, &application, &scheme).await?;
        let submitter = application.submission.as_ref().map(|submission| submission.by);
        let senders = submitter.into_iter().chain([request.requested_by]);
        (earlier, debarments::hold_applying(tx, id, senders).await?)
    } else {
        (Earlier::default(), Vec::new())
    };
    let what = (&application, &standing.award);
    let amending = letters::amending(tx, what, (schemes, &scheme), request.wanted.amount).await?;
    let batch = if kind == ChangeKind::Termination { waiting_payment(tx, &standing).await? } else { None };
    let held = capacity.held(tx, actor, (&application, &duties)).await?;
    let acting = Acting { by, held: &held, duties: &duties, at: now };
    let is_officer = actor.is(Role::Officer);
    let last_step = if kind == ChangeKind::Amount { last_step(tx, id).await? } else { None };
    let (scheme, in_force) = (&*scheme, &*in_force);
    let deciding = Deciding { scheme, in_force, standing, earlier, debarred, batch, is_officer, last_step, amending };
    let (change, decided) = request.decide(&permit, application, acting, deciding, decision)?;
    tx.record(&change).await?;
    let made = change_requests::made(tx, id).await?;
    Ok(with_change(decided.request, &made))
}

/// A request of a case that is locked, with what bears on who may decide it: the award as it is now, and the last step of the route by
/// which that was approved.
pub(super) async fn decided_on(
    tx: &mut Tx<'_>,
    application: &Application,
    number: i32,
) -> Result<(ChangeRequest, Cents, Option<String>), Error> {
    let request = found(tx, (application.id, number)).await?;
    let award = awards::find(tx, application.id).await?.ok_or(Refusal::Change(ChangeRefusal::NotFound))?;
    Ok((request, award.amount, last_step(tx, application.id).await?))
}

/// The last step of the route by which the award of a case was approved.
async fn last_step(tx: &mut Tx<'_>, id: ApplicationId) -> Result<Option<String>, Error> {
    let route = approvals::routes(tx, id).await?.pop();
    Ok(route.and_then(|route| route.parts.last().map(|part| part.code().to_owned())))
}

/// The reference of a batch in which a payment of the case waits.
async fn waiting_payment(tx: &mut Tx<'_>, standing: &Standing) -> Result<Option<String>, Error> {
    let unpaid = standing.claims.iter().filter(|claim| claim.state == rules::claim::ClaimState::Certified);
    let unpaid = unpaid.map(|claim| claim.id).collect::<Vec<_>>();
    Ok(claims::batched(tx, &unpaid).await?.into_iter().map(|(_, reference)| reference).next())
}

/// What holds of the award of a case that is locked, or only read.
async fn standing(tx: &mut Tx<'_>, actor: &Actor, application: &Application) -> Result<Standing, Error> {
    let award: Award = award_of(tx, actor, application).await?;
    let made = change_requests::made(tx, application.id).await?;
    let claims = claims::of_application(tx, application.id).await?;
    let unpaid = claims.iter().filter(|claim| claim.state == rules::claim::ClaimState::Certified);
    let out = claims::out_of(tx, &unpaid.map(|claim| claim.id).collect::<Vec<_>>()).await?;
    // Before its settlement nothing is overpaid but what a cut has left beyond the award.
    let demanded = if award.carried_over > Cents::ZERO {
        demanded_as_overpaid(&recoveries::of_application(tx, application.id).await?)
    } else {
        Cents::ZERO
    };
    let part_paid = Cents::sum(out.into_values()).ok().ok_or(Refusal::AmountTooLarge)?;
    Ok(Standing {
        state: application.state,
        figures: Figures::of(application, &award, &made),
        award,
        plan: awards::plan(tx, application.id).await?,
        claims,
        part_paid,
        demanded,
    })
}

/// The case, locked, for somebody who acts for the applicant or, with the eyes of the staff, for the agency.
struct Side {
    application: Application,
    permit: Permit,
    sight: Sight,
}

impl Side {
    async fn lock(tx: &mut Tx<'_>, actor: &Actor, (id, of_applicant): (ApplicationId, Verb)) -> Result<Self, Error> {
        let now = tx.moment.now;
        let seen = case::seen(tx, actor, Verb::ApplicationLook, (id, now)).await?;
        let sight = actor.sight(&seen);
        let verb = if sight == Sight::Staff { Verb::ChangeOpen } else { of_applicant };
        let (application, permit) = case::lock(tx, actor, verb, id).await?;
        Ok(Self { application, permit, sight })
    }
}

async fn found(reader: &mut impl Connected, of: (ApplicationId, i32)) -> Result<ChangeRequest, Error> {
    Ok(change_requests::find(reader, of).await?.ok_or(Refusal::Change(ChangeRefusal::NotFound))?)
}

fn with_change(request: ChangeRequest, made: &[AwardChange]) -> (ChangeRequest, Option<AwardChange>) {
    let change = made.iter().find(|change| change.request == request.number).cloned();
    (request, change)
}

fn with_changes(requests: Vec<ChangeRequest>, made: &[AwardChange]) -> Requests {
    requests.into_iter().map(|request| with_change(request, made)).collect()
}
