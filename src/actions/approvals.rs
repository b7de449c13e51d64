//! The route of an approval: passing its parts, sending back, resting, and doing a check again.

use super::schemes::Schemes;
use super::{Error, case, delegations};
use crate::store::awards::Looks;
use crate::store::{Reader, Tx, approvals, assessments, awards, debarments};
use chrono::{DateTime, Utc};
use rules::actor::Actor;
use rules::application::Application;
use rules::approval::{Acting, Approve, Approved, Approving};
use rules::basis::Earlier;
use rules::calendar::Day;
use rules::change::Change;
use rules::duty::Duties;
use rules::ids::{ApplicationId, PersonId};
use rules::permission::{Permit, Verb};
use rules::refusal::Refusal;
use rules::route::{Held, Route};
use rules::scheme::Scheme;
use rules::sight::Sight;
use std::collections::BTreeSet;

/// An approver passes a part of the route; with the last one the money is committed.
///
/// # Errors
/// When the actor may not, it is not their turn, the figures are stale, a ceiling does not leave so much, or the rules refuse it.
pub async fn approve(
    tx: &mut Tx<'_>,
    actor: &Actor,
    schemes: &Schemes,
    id: ApplicationId,
    asked: &Approve,
) -> Result<Approved, Error> {
    approve_as(tx, (actor, Capacity::Own), schemes, id, asked).await
}

/// The same for somebody, or for the committee that they chair.
pub(super) async fn approve_as(
    tx: &mut Tx<'_>,
    (actor, capacity): (&Actor, Capacity<'_>),
    schemes: &Schemes,
    id: ApplicationId,
    asked: &Approve,
) -> Result<Approved, Error> {
    let (application, permit) = case::lock(tx, actor, Verb::ApplicationApprove, id).await?;
    let scheme = schemes.pinned_by(tx, &application).await?;
    let in_force = schemes.in_force(tx, &application.scheme, tx.moment.today()).await?.scheme;
    let route = route(tx, &application).await?;
    let duties = assessments::duties(tx, id).await?;
    case::lock_awards_looked_at(tx, &application, &scheme).await?;
    let known = OnRoute::of(tx, (actor, capacity), (application, permit), (route, duties)).await?;
    let (change, approved) = known.approved(tx, (&scheme, &in_force), asked).await?;
    tx.record(&change).await?;
    Ok(approved)
}

/// What an award rests on, beside what is read of the case: what counts with it, and who is debarred. What the applicant and its related
/// parties are granted is locked ([`case::lock_awards_looked_at`]).
pub(super) async fn approving<'s>(
    tx: &mut Tx<'_>,
    application: &Application,
    (scheme, in_force): (&'s Scheme, &'s Scheme),
    route: Route,
) -> Result<Approving<'s>, Error> {
    let earlier = all_earlier(tx, application, scheme).await?;
    let submitter = application.submission.as_ref().map(|submission| submission.by);
    let debarred = debarments::hold_applying(tx, application.id, submitter).await?;
    Ok(Approving { scheme, in_force, route, earlier, debarred })
}

/// What counts with a case: everything, whoever decides, and what was approved a moment ago for a related party.
pub(super) async fn all_earlier(tx: &mut Tx<'_>, application: &Application, scheme: &Scheme) -> Result<Earlier, Error> {
    let everything = Looks { sight: Sight::Staff, acts_for: &BTreeSet::new() };
    let today = tx.moment.today();
    Ok(awards::earlier(tx, application, scheme, everything, today).await?)
}

/// An approver sends what is recommended back to the committee; what is reserved is given back.
///
/// # Errors
/// When the actor may not, nothing is recommended, they have no step on the route, or a reason is missing.
pub async fn send_back(tx: &mut Tx<'_>, actor: &Actor, id: ApplicationId, reason: &str) -> Result<Application, Error> {
    send_back_as(tx, (actor, Capacity::Own), id, reason).await
}

/// The same for somebody, or for the committee that they chair.
pub(super) async fn send_back_as(
    tx: &mut Tx<'_>,
    who: (&Actor, Capacity<'_>),
    id: ApplicationId,
    reason: &str,
) -> Result<Application, Error> {
    let on = OnRoute::lock(tx, who, (Verb::ApplicationSendBack, id)).await?;
    on.does(tx, |case, permit, acting, route| case.send_back(permit, acting, route, reason)).await
}

/// An approver puts a decision off until a day.
///
/// # Errors
/// When the actor may not, nothing is recommended, the day is over or too far, or a reason is missing.
pub async fn defer(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: ApplicationId,
    until: (Day, &str),
) -> Result<Application, Error> {
    defer_as(tx, (actor, Capacity::Own), id, until).await
}

/// The same for somebody, or for the committee that they chair.
pub(super) async fn defer_as(
    tx: &mut Tx<'_>,
    who: (&Actor, Capacity<'_>),
    id: ApplicationId,
    until: (Day, &str),
) -> Result<Application, Error> {
    let on = OnRoute::lock(tx, who, (Verb::ApplicationDefer, id)).await?;
    on.does(tx, |application, permit, acting, route| application.defer(permit, acting, &route, until)).await
}

/// An approver takes up again what rests.
///
/// # Errors
/// When the actor may not, or it does not rest.
pub async fn take_up(tx: &mut Tx<'_>, actor: &Actor, id: ApplicationId) -> Result<Application, Error> {
    take_up_as(tx, (actor, Capacity::Own), id).await
}

/// The same for somebody, or for the committee that they chair.
pub(super) async fn take_up_as(
    tx: &mut Tx<'_>,
    who: (&Actor, Capacity<'_>),
    id: ApplicationId,
) -> Result<Application, Error> {
    let on = OnRoute::lock(tx, who, (Verb::ApplicationDefer, id)).await?;
    on.does(tx, |application, permit, acting, route| application.take_up(permit, acting, &route)).await
}

/// A check that was passed is to be done again; the others stand.
///
/// # Errors
/// When the actor may not, it is no check that is passed, or a reason is missing.
pub async fn reset_check(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: ApplicationId,
    check: (&str, &str),
) -> Result<Application, Error> {
    reset_check_as(tx, (actor, Capacity::Own), id, check).await
}

/// The same for somebody, or for the committee that they chair.
pub(super) async fn reset_check_as(
    tx: &mut Tx<'_>,
    who: (&Actor, Capacity<'_>),
    id: ApplicationId,
    check: (&str, &str),
) -> Result<Application, Error> {
    let on = OnRoute::lock(tx, who, (Verb::ApprovalReset, id)).await?;
    on.does(tx, |application, permit, acting, route| application.reset_check(permit, acting, &route, check)).await
}

/// The routes of a case, in their order.
///
/// # Errors
/// When the actor may not see them.
pub async fn routes(
    reader: &mut Reader,
    actor: &Actor,
    id: ApplicationId,
    now: DateTime<Utc>,
) -> Result<Vec<Route>, Error> {
    case::seen(reader, actor, Verb::ApprovalRead, (id, now)).await?;
    Ok(approvals::routes(reader, id).await?)
}

/// As what somebody acts on a route.
#[derive(Clone, Copy, Debug)]
pub(super) enum Capacity<'a> {
    /// With the authorities that they have, and those that were delegated to them.
    Own,
    /// As the chair of a committee that has carried a motion, under the authority that it exercises.
    Committee {
        /// The part.
        part: &'a str,
        /// The authority.
        committee: &'a str,
    },
}

impl Capacity<'_> {
    /// With what authority on a case.
    pub(super) async fn held(
        self,
        tx: &mut Tx<'_>,
        actor: &Actor,
        (application, duties): (&Application, &Duties),
    ) -> Result<Held, Error> {
        Ok(match self {
            Self::Own => {
                let delegated = delegations::on_case(tx, actor, application, duties).await?;
                Held { own: actor.authorities.clone(), delegated, had: duties.parts.clone(), ..Held::default() }
            }
            Self::Committee { part, committee } => Held::committee(part, committee),
        })
    }
}

/// The last route of a case that is locked.
pub(super) async fn route(tx: &mut Tx<'_>, application: &Application) -> Result<Route, Error> {
    let last = approvals::routes(tx, application.id).await?.pop();
    last.ok_or_else(|| Refusal::ApplicationWrongState { state: application.state.code() }.into())
}

/// Everything that an act on a route is decided with.
pub(super) struct OnRoute {
    pub application: Application,
    pub permit: Permit,
    pub by: PersonId,
    pub held: Held,
    pub duties: Duties,
    pub route: Route,
}

impl OnRoute {
    async fn lock(
        tx: &mut Tx<'_>,
        (actor, capacity): (&Actor, Capacity<'_>),
        (verb, id): (Verb, ApplicationId),
    ) -> Result<Self, Error> {
        let (application, permit) = case::lock(tx, actor, verb, id).await?;
        let route = route(tx, &application).await?;
        let duties = assessments::duties(tx, id).await?;
        Self::of(tx, (actor, capacity), (application, permit), (route, duties)).await
    }

    /// The same of a case that is locked, and whose route and duties are read.
    pub(super) async fn of(
        tx: &mut Tx<'_>,
        (actor, capacity): (&Actor, Capacity<'_>),
        (application, permit): (Application, Permit),
        (route, duties): (Route, Duties),
    ) -> Result<Self, Error> {
        let by = case::person(actor, permit.verb())?;
        let held = capacity.held(tx, actor, (&application, &duties)).await?;
        Ok(Self { application, permit, by, held, duties, route })
    }

    /// What an approval comes to.
    pub(super) async fn approved(
        self,
        tx: &mut Tx<'_>,
        schemes: (&Scheme, &Scheme),
        asked: &Approve,
    ) -> Result<(Change, Approved), Error> {
        let Self { application, permit, by, held, duties, route } = self;
        let approving = approving(tx, &application, schemes, route).await?;
        let acting = Acting { by, held: &held, duties: &duties, at: tx.moment.now };
        Ok(application.approve(&permit, asked, acting, approving)?)
    }

    /// Does an act, and records it.
    pub(super) async fn does(
        self,
        tx: &mut Tx<'_>,
        act: impl FnOnce(Application, &Permit, Acting<'_>, Route) -> Result<(Change, Application), Refusal>,
    ) -> Result<Application, Error> {
        let (change, application) = self.decided(tx, act)?;
        tx.record(&change).await?;
        Ok(application)
    }

    /// What an act comes to.
    pub(super) fn decided(
        self,
        tx: &Tx<'_>,
        act: impl FnOnce(Application, &Permit, Acting<'_>, Route) -> Result<(Change, Application), Refusal>,
    ) -> Result<(Change, Application), Error> {
        let Self { application, permit, by, held, duties, route } = self;
        let acting = Acting { by, held: &held, duties: &duties, at: tx.moment.now };
        Ok(act(application, &permit, acting, route)?)
    }
}
