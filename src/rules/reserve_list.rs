//! The reserve list of a round: what is approved for when money frees up, in its order, and how each case leaves it.

use crate::application::{Application, State, reason_given};
use crate::approval::{Acting, Approve, Approving, Awarded, Passed, ahead};
use crate::calendar::Day;
use crate::change::{Change, Write};
use crate::event::Event;
use crate::ids::{ApplicationId, PersonId};
use crate::letter::Telling;
use crate::money::Cents;
use crate::panel::Departing;
use crate::permission::Permit;
use crate::refusal::{ApprovalRefusal, Refusal, RoundDecisionRefusal};
use crate::route::Route;
use chrono::{DateTime, Utc};
use std::collections::BTreeSet;

/// The most cases that are taken off a list at once when it is closed.
pub const CLOSED_AT_ONCE: usize = 200;

/// A place on the reserve list of a round, or of a scheme without rounds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReserveEntry {
    /// The case.
    pub application: ApplicationId,
    /// The number of the route that approved it for when money frees up.
    pub route: u32,
    /// The scheme's code.
    pub scheme: String,
    /// The path of the round; none where the case belongs to none.
    pub round: Option<String>,
    /// Its place, counted from 1 over all that was ever on the list: no two share one.
    pub position: u32,
    /// What was approved.
    pub amount: Cents,
    /// The last day on which it may move up.
    pub until: Day,
    /// The first day on which its award may be told, where it moves up before that.
    pub embargo_until: Option<Day>,
    /// Who has put it there.
    pub placed_by: PersonId,
    /// When.
    pub placed_at: DateTime<Utc>,
    /// Why it was passed over, the last time that this was so.
    pub skipped: Option<Skipped>,
}

/// Why a case was passed over though there was money: for a reason of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    /// The code of the refusal.
    pub code: String,
    /// What it says.
    pub because: String,
    /// Since when it is so.
    pub at: DateTime<Utc>,
}

/// How a case leaves the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leaving {
    /// Money has freed up, and it is awarded.
    Awarded,
    /// The list was closed.
    Closed,
    /// The applicant has withdrawn.
    Withdrawn,
}

impl Leaving {
    /// The code used in the database.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Awarded => "awarded",
            Self::Closed => "closed",
            Self::Withdrawn => "withdrawn",
        }
    }
}

/// What is written of a list.
#[derive(Clone, Debug)]
pub enum ReserveWrite {
    /// A case is put on it.
    Placed(ReserveEntry),
    /// A case is passed over.
    Skipped {
        /// Which.
        application: ApplicationId,
        /// Why.
        skipped: Skipped,
    },
    /// A case that was passed over waits for money like any other again.
    WaitsAgain(ApplicationId),
    /// A case leaves it.
    Left {
        /// Which.
        application: ApplicationId,
        /// How.
        leaving: Leaving,
        /// When.
        at: DateTime<Utc>,
    },
}

/// Where a case is put on the list.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// Its place.
    pub position: u32,
    /// The last day on which it may move up.
    pub until: Day,
}

impl ReserveEntry {
    /// Whether its day is over, so that it does not move up any more.
    #[must_use]
    pub fn is_over(&self, today: Day) -> bool {
        self.until < today
    }
}

impl Application {
    /// An approver passes the last step of the route for when money frees up: the amount is approved and nothing is promised. What is
    /// reserved is given back.
    ///
    /// # Errors
    /// When the approval would be refused, other parts of the route are left, a day is over or too far, or it departs from the rank
    /// and says no reason.
    pub fn put_on_reserve(
        mut self,
        permit: &Permit,
        asked: &Approve,
        acting: Acting<'_>,
        mut route: Route,
        (standing, place): (&Departing, Place),
    ) -> Result<(Change, Self), Refusal> {
        let Passed { part, authority, on_behalf_of, mut writes, .. } = self.pass(asked, acting, &mut route)?;
        if let Some(left) = route.left().next() {
            return Err(RoundDecisionRefusal::PartsLeft { part: left.code().to_owned() }.into());
        }
        let embargo_until =
            asked.embargo_until.map(|day| ahead(day, acting.at, ApprovalRefusal::EmbargoDay)).transpose()?;
        let Place { position, until } = place;
        let until = in_time(until, acting.at)?;
        writes.extend(standing.written(&self)?);
        writes.extend(self.keep_reserved(Cents::ZERO));
        let entry = ReserveEntry {
            application: self.id,
            route: route.number,
            scheme: self.scheme.clone(),
            round: self.round().map(str::to_owned),
            position,
            amount: asked.amount,
            until,
            embargo_until,
            placed_by: acting.by,
            placed_at: acting.at,
            skipped: None,
        };
        writes.push(Write::OnReserve(ReserveWrite::Placed(entry)));
        self.state = State::OnReserve;
        let event = Event::ApplicationPutOnReserve {
            application: self.id,
            amount: Some(asked.amount),
            part: Some(part),
            authority: Some(authority),
            on_behalf_of,
            position: Some(position),
            until,
        };
        Ok(self.changed(permit, event, writes))
    }

    /// Money has freed up: what was approved for that is awarded, under the approval that is on file, by the same calculation and within the
    /// same limits as any other award. What was not to be told before a day is not by this.
    ///
    /// # Errors
    /// When it waits on no reserve list, somebody is debarred, the rules allow less by now, or nobody knows a limit. Whether the limits leave
    /// so much is told when the money is met.
    pub fn move_up(
        mut self,
        permit: &Permit,
        entry: &ReserveEntry,
        approving: &Approving<'_>,
        at: DateTime<Utc>,
    ) -> Result<(Change, Self), Refusal> {
        self.must_be(&[State::OnReserve])?;
        let leaves = self.leaves_reserve(Leaving::Awarded, at);
        let Awarded { award, trace, mut writes } = self.awarded(approving, entry.embargo_until, at)?;
        writes.extend(leaves);
        let event = Event::ReserveMovedUp {
            application: self.id,
            amount: award.amount,
            authority: award.authority.clone(),
            route: entry.route,
            approved_by: entry.placed_by,
            position: entry.position,
            trace,
        };
        Ok(self.changed(permit, event, writes))
    }

    /// There is money for it, and it is passed over for a reason of its own: it keeps its place, and is asked again the next time. A reason
    /// that is on file already is not said twice, and nothing is said of a case that waits no more.
    #[must_use]
    pub fn pass_over(
        &self,
        permit: &Permit,
        entry: &ReserveEntry,
        refusal: &Refusal,
        at: DateTime<Utc>,
    ) -> Option<Change> {
        let code = refusal.code().to_owned();
        if self.state != State::OnReserve {
            return None;
        }
        if entry.skipped.as_ref().is_some_and(|skipped| skipped.code == code) {
            return None;
        }
        let because = refusal.to_string();
        let event = Event::ReservePassedOver { application: self.id, position: entry.position, code: code.clone() };
        let skipped = Skipped { code, because, at };
        let write = Write::OnReserve(ReserveWrite::Skipped { application: self.id, skipped });
        Some(Change::new(permit, event, vec![write]))
    }

    /// The reason for which it was passed over is gone, and it is the money that does not last: it waits for that like any other, so that
    /// nobody moves up past it. None where it was not passed over, or waits no more.
    #[must_use]
    pub fn waits_again(&self, permit: &Permit, entry: &ReserveEntry) -> Option<Change> {
        if self.state != State::OnReserve || entry.skipped.is_none() {
            return None;
        }
        let event = Event::ReserveWaitsAgain { application: self.id, position: entry.position };
        Some(Change::new(permit, event, vec![Write::OnReserve(ReserveWrite::WaitsAgain(self.id))]))
    }

    /// An approver on its route refuses what waits on the list, as they would refuse what is recommended. The reason is also why it departs
    /// from the rank, where it does.
    ///
    /// # Errors
    /// When it waits on no reserve list, a reason is missing, the day of an embargo is over or too far, or the person has no step on the route
    /// or has another duty on the case.
    pub fn close_reserve(
        self,
        permit: &Permit,
        acting: Acting<'_>,
        route: &Route,
        (standing, reason, embargo_until): (&Departing, &str, Option<Day>),
        telling: Telling<'_>,
    ) -> Result<(Change, Self), Refusal> {
        self.must_be(&[State::OnReserve])?;
        let reason = reason_given(reason)?;
        let standing = Departing { reason: standing.departs.then(|| reason.clone()), ..standing.clone() };
        self.refused(permit, acting, Some(route), (&standing, reason, embargo_until), telling)
    }

    /// What is written where a case that waits on a reserve list leaves it.
    pub(crate) fn leaves_reserve(&self, leaving: Leaving, at: DateTime<Utc>) -> Option<Write> {
        let waits = self.state == State::OnReserve;
        waits.then_some(Write::OnReserve(ReserveWrite::Left { application: self.id, leaving, at }))
    }
}

/// Whom the closing of a list takes off it, from the last place on: those that are named, or else as many as are taken at once of all that
/// wait.
///
/// # Errors
/// When nobody waits, none or too many are named, one is named twice, or one does not wait on this list.
pub fn taken_off<'e>(
    waiting: &'e [ReserveEntry],
    named: Option<&[ApplicationId]>,
) -> Result<Vec<&'e ReserveEntry>, Refusal> {
    if waiting.is_empty() {
        return Err(RoundDecisionRefusal::ReserveEmpty.into());
    }
    let Some(named) = named else {
        return Ok(waiting.iter().rev().take(CLOSED_AT_ONCE).collect());
    };
    let once = named.iter().copied().collect::<BTreeSet<_>>();
    if once.is_empty() || once.len() > CLOSED_AT_ONCE || once.len() < named.len() {
        return Err(RoundDecisionRefusal::ReserveNames { names_max: CLOSED_AT_ONCE }.into());
    }
    let there = waiting.iter().map(|entry| entry.application).collect::<BTreeSet<_>>();
    match named.iter().position(|id| !there.contains(id)) {
        Some(line) => Err(RoundDecisionRefusal::ReserveNotWaiting { line }.into()),
        None => Ok(waiting.iter().rev().filter(|entry| once.contains(&entry.application)).collect()),
    }
}

/// The last day of a place on the list is still to come, and not too far.
pub(crate) fn in_time(until: Day, at: DateTime<Utc>) -> Result<Day, Refusal> {
    ahead(until, at, ApprovalRefusal::EmbargoDay).map_err(|_day| RoundDecisionRefusal::ReserveDay.into())
}

#[cfg(test)]
mod tests;
