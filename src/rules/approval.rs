//! The approval: parts of the route are passed one after another, and the last one commits the money.

mod money;

pub(crate) use money::{Awarded, Door};
pub use money::{budget_on, envelope_on, limited};

use crate::application::{Application, State, reason_given, words_given};
use crate::award::Award;
use crate::basis::Earlier;
use crate::calendar::Day;
use crate::change::{Change, Write};
use crate::debarment::Bound;
use crate::duty::Duties;
use crate::event::Event;
use crate::ids::PersonId;
use crate::money::Cents;
use crate::permission::Permit;
use crate::refusal::{ApprovalRefusal, Refusal};
use crate::route::{Approval, Held, Route, RouteWrite};
use crate::scheme::Scheme;
use chrono::{DateTime, Utc};

/// The most conditions that one approval makes.
const CONDITIONS_MAX: usize = 20;

/// For how many days something may rest or stay untold.
const DAYS_MAX: u32 = 366;

/// What is approved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Approve {
    /// Which part of the route; none where only one is open to the approver.
    pub part: Option<String>,
    /// The amount: what is recommended, or less.
    pub amount: Cents,
    /// What was recommended when it was read, where less is approved.
    pub reduced_from: Option<Cents>,
    /// What the recipient must fulfil.
    pub conditions: Vec<String>,
    /// The first day on which it may be told; with the last part alone.
    pub embargo_until: Option<Day>,
}

/// Who does something on a route, under which authorities, and what was done on the case before.
#[derive(Clone, Copy, Debug)]
pub struct Acting<'a> {
    /// Who.
    pub by: PersonId,
    /// Under which authorities.
    pub held: &'a Held,
    /// Who has had which duty.
    pub duties: &'a Duties,
    /// Now.
    pub at: DateTime<Utc>,
}

/// What an approval must know beside the application.
#[derive(Clone, Debug)]
pub struct Approving<'a> {
    /// The text that the application has pinned.
    pub scheme: &'a Scheme,
    /// The text in force: the scheme's money is what it is today, whatever rules the application has pinned.
    pub in_force: &'a Scheme,
    /// The route, locked with the case.
    pub route: Route,
    /// What the applicant and its related parties were granted before, as recorded, read while nothing more is granted to them.
    pub earlier: Earlier,
    /// What is on file of those who apply and of whoever has submitted it, read while nobody adds to it.
    pub debarred: Vec<Bound>,
}

/// What an approval comes to.
#[derive(Clone, Debug)]
pub struct Approved {
    /// The case.
    pub application: Application,
    /// The award, once the last part is passed and the money is committed; none while parts are left.
    pub award: Option<Award>,
    /// The first part that is left, of which a reduction may have made several; none once the last one is passed.
    pub left: Option<String>,
}

/// A part of a route that is passed.
pub(crate) struct Passed {
    /// Which.
    pub part: String,
    /// Under which authority.
    pub authority: String,
    /// In whose absence.
    pub on_behalf_of: Option<PersonId>,
    /// What is void by it.
    pub void: Vec<String>,
    /// What is written of it.
    pub writes: Vec<Write>,
}

impl Application {
    /// An approver passes a part of the route. With the last one the amount is committed.
    ///
    /// # Errors
    /// When nothing is recommended, it rests, it is not the turn of that part or of this approver, the amount is not what is recommended, or
    /// the person has had another duty; with the last part, when somebody is debarred, the rules allow less by now, or nobody knows a limit.
    /// Whether the limits leave so much is told when the money is met.
    pub fn approve(
        mut self,
        permit: &Permit,
        asked: &Approve,
        acting: Acting<'_>,
        mut approving: Approving<'_>,
    ) -> Result<(Change, Approved), Refusal> {
        let Passed { part, authority, on_behalf_of, void, mut writes } =
            self.pass(asked, acting, &mut approving.route)?;
        let left = approving.route.left().next().map(|part| part.code().to_owned());
        if left.is_some() {
            if asked.embargo_until.is_some() {
                return Err(ApprovalRefusal::EmbargoDay.into());
            }
            writes.extend(self.keep_reserved(asked.amount));
            let event = Event::ApprovalGiven {
                application: self.id,
                part,
                amount: asked.amount,
                authority,
                on_behalf_of,
                void,
            };
            let (change, application) = self.changed(permit, event, writes);
            return Ok((change, Approved { application, award: None, left }));
        }
        let embargo_until =
            asked.embargo_until.map(|day| ahead(day, acting.at, ApprovalRefusal::EmbargoDay)).transpose()?;
        let Awarded { award, trace, writes: awarded } = self.awarded(&approving, embargo_until, acting.at)?;
        writes.extend(awarded);
        let event = Event::ApplicationApproved {
            application: self.id,
            amount: asked.amount,
            authority: award.authority.clone(),
            part: Some(part),
            on_behalf_of,
            trace,
        };
        let (change, application) = self.changed(permit, event, writes);
        Ok((change, Approved { application, award: Some(award), left }))
    }

    /// Passes a part of the route, of which it is not said yet what follows.
    pub(crate) fn pass(&mut self, asked: &Approve, acting: Acting<'_>, route: &mut Route) -> Result<Passed, Refusal> {
        self.must_wait_for_approval()?;
        must_go_on(route, acting.at)?;
        self.must_be_the_figure(asked.amount, asked.reduced_from)?;
        let conditions = conditions(&asked.conditions)?;
        let turn = route.turn(asked.part.as_deref(), acting.held, asked.amount)?;
        let changes = asked.reduced_from.is_some() || !conditions.is_empty() || asked.embargo_until.is_some();
        if turn.part.is_check() && changes {
            return Err(ApprovalRefusal::CheckChanges.into());
        }
        let (part, authority, on_behalf_of) = (turn.part.code().to_owned(), turn.authority, turn.on_behalf_of);
        let mut writes = self.seats(acting, &part, on_behalf_of)?;
        let void = if asked.reduced_from.is_some() { route.void_all(&reduced(asked.amount)) } else { Vec::new() };
        writes.extend(self.voids(route, &void, || reduced(asked.amount)));
        let approval = Approval {
            part: part.clone(),
            by: acting.by,
            on_behalf_of,
            authority: authority.clone(),
            amount: asked.amount,
            conditions,
            at: acting.at,
            void: None,
        };
        let number = u32::try_from(route.given.len()).unwrap_or(u32::MAX).saturating_add(1);
        writes.push(self.on_route(RouteWrite::Passed { route: route.number, number, approval: approval.clone() }));
        route.given.push(approval);
        self.recommended = Some(asked.amount);
        Ok(Passed { part, authority, on_behalf_of, void, writes })
    }

    /// An approver sends what is recommended back to the committee. What was passed is void, and what is reserved is given back.
    ///
    /// # Errors
    /// When nothing is recommended, the approver has no step on the route, has had another duty, or a reason is missing.
    pub fn send_back(
        mut self,
        permit: &Permit,
        acting: Acting<'_>,
        mut route: Route,
        reason: &str,
    ) -> Result<(Change, Self), Refusal> {
        self.must_be(&[State::Recommended])?;
        let reason = reason_given(reason)?;
        let (mut writes, on_behalf_of) = self.seat(acting, &route)?;
        let void = route.void_all(&reason);
        writes.extend(self.voids(&route, &void, || reason.clone()));
        self.state = State::InAssessment;
        self.recommended = None;
        writes.extend(self.keep_reserved(Cents::ZERO));
        let event = Event::ApplicationSentBack { application: self.id, reason, void, on_behalf_of };
        Ok(self.changed_untold(permit, event, writes))
    }

    /// An approver puts the decision off until a day. What was passed stands.
    ///
    /// # Errors
    /// When nothing is recommended, the day is over or too far, the approver has no step on the route or has had another duty, or a reason
    /// is missing.
    pub fn defer(
        self,
        permit: &Permit,
        acting: Acting<'_>,
        route: &Route,
        (until, reason): (Day, &str),
    ) -> Result<(Change, Self), Refusal> {
        self.must_be(&[State::Recommended])?;
        let reason = reason_given(reason)?;
        let until = ahead(until, acting.at, ApprovalRefusal::DeferralDay)?;
        let (mut writes, on_behalf_of) = self.seat(acting, route)?;
        let deferred = Some((until, reason.clone()));
        writes.push(self.on_route(RouteWrite::Deferred { route: route.number, until: deferred }));
        let event = Event::ApplicationDeferred { application: self.id, until, reason, on_behalf_of };
        Ok(self.changed(permit, event, writes))
    }

    /// An approver takes up again what rests.
    ///
    /// # Errors
    /// When it does not rest, or the approver has no step on the route or has had another duty.
    pub fn take_up(self, permit: &Permit, acting: Acting<'_>, route: &Route) -> Result<(Change, Self), Refusal> {
        self.must_be(&[State::Recommended])?;
        if route.rests_until(Day::in_hong_kong(acting.at)).is_none() {
            return Err(ApprovalRefusal::NotDeferred.into());
        }
        let (mut writes, on_behalf_of) = self.seat(acting, route)?;
        writes.push(self.on_route(RouteWrite::Deferred { route: route.number, until: None }));
        let event = Event::ApplicationTakenUp { application: self.id, on_behalf_of };
        Ok(self.changed(permit, event, writes))
    }

    /// A check that was passed is to be done again; the other ones stand. Whoever passed it may say so, or an approver with a step.
    ///
    /// # Errors
    /// When nothing is recommended, it is no check that is passed, the approver has no step on the route and has not passed it, has had
    /// another duty, or a reason is missing.
    pub fn reset_check(
        self,
        permit: &Permit,
        acting: Acting<'_>,
        route: &Route,
        (check, reason): (&str, &str),
    ) -> Result<(Change, Self), Refusal> {
        self.must_be(&[State::Recommended])?;
        let reason = reason_given(reason)?;
        let is_check = route.parts.iter().any(|part| part.is_check() && part.code() == check);
        let passed = route.standing().find(|given| is_check && given.part == check);
        let Some(passed) = passed else {
            return Err(ApprovalRefusal::NotResettable { part: check.to_owned() }.into());
        };
        let own = passed.by == acting.by;
        let (mut writes, on_behalf_of) = if own { (Vec::new(), None) } else { self.seat(acting, route)? };
        writes.extend(self.voids(route, &[check.to_owned()], || reason.clone()));
        let event = Event::ApprovalReset { application: self.id, part: check.to_owned(), reason, on_behalf_of };
        Ok(self.changed(permit, event, writes))
    }

    /// The duty of whoever acts as an approver without passing anything: for the first step that their authorities reach; and in whose
    /// absence they act.
    pub(crate) fn seat(&self, acting: Acting<'_>, route: &Route) -> Result<(Vec<Write>, Option<PersonId>), Refusal> {
        let had = acting.duties.parts.get(&acting.by).map(String::as_str);
        let (part, on_behalf_of) = route.seat(acting.held, had)?;
        Ok((self.seats(acting, &part, on_behalf_of)?, on_behalf_of))
    }

    /// The duty of the one who acts, and of the one in whose absence.
    fn seats(&self, acting: Acting<'_>, part: &str, absent: Option<PersonId>) -> Result<Vec<Write>, Refusal> {
        let people = std::iter::once(acting.by).chain(absent);
        people.map(|person| acting.duties.pass(self.id, person, part)).collect()
    }

    const fn on_route(&self, write: RouteWrite) -> Write {
        Write::OnRoute { application: self.id, write }
    }

    fn voids(&self, route: &Route, parts: &[String], because: impl FnOnce() -> String) -> Option<Write> {
        (!parts.is_empty())
            .then(|| self.on_route(RouteWrite::Void { route: route.number, parts: parts.to_vec(), because: because() }))
    }

    /// What was decided or withdrawn is told as that, and not as a state.
    fn must_wait_for_approval(&self) -> Result<(), Refusal> {
        match self.state {
            State::Withdrawn => Err(ApprovalRefusal::Withdrawn.into()),
            State::OnReserve
            | State::Approved
            | State::Offered
            | State::Accepted
            | State::Suspended
            | State::Terminated
            | State::Completed => Err(ApprovalRefusal::Decided.into()),
            _ => self.must_be(&[State::Recommended]),
        }
    }

    /// The amount is the one that stands, or less than the one that stands.
    pub(crate) fn must_be_the_figure(&self, amount: Cents, reduced_from: Option<Cents>) -> Result<(), Refusal> {
        let now = self.recommended.unwrap_or_default();
        match reduced_from {
            None if amount == now => Ok(()),
            Some(from) if from == now && amount < now && amount > Cents::ZERO => Ok(()),
            Some(from) if from == now => Err(ApprovalRefusal::NotReduced.into()),
            _ => Err(ApprovalRefusal::StaleFigures { now }.into()),
        }
    }
}

fn reduced(to: Cents) -> String {
    format!("The amount was reduced to {to}.")
}

/// Nothing is decided while a case rests.
fn must_go_on(route: &Route, at: DateTime<Utc>) -> Result<(), Refusal> {
    match route.rests_until(Day::in_hong_kong(at)) {
        Some(until) => Err(ApprovalRefusal::Deferred { until }.into()),
        None => Ok(()),
    }
}

/// A day that is still to come, and not too far.
pub(crate) fn ahead(day: Day, at: DateTime<Utc>, otherwise: ApprovalRefusal) -> Result<Day, Refusal> {
    let today = Day::in_hong_kong(at);
    if today < day && day <= today.plus_days(DAYS_MAX) { Ok(day) } else { Err(otherwise.into()) }
}

/// Conditions as they are kept.
pub(crate) fn conditions(written: &[String]) -> Result<Vec<String>, Refusal> {
    let kept = written.iter().map(|words| words_given("/conditions", words)).collect::<Result<Vec<_>, _>>();
    match kept {
        Ok(kept) if kept.len() <= CONDITIONS_MAX => Ok(kept),
        _ => Err(ApprovalRefusal::Conditions.into()),
    }
}

#[cfg(test)]
mod tests;
