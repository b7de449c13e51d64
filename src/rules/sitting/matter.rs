//! What a sitting is about: a part of the route that runs, or a request to change the award.

use super::{Committee, Convening, Motion, Sitting};
use crate::application::reason_given;
use crate::calendar::Day;
use crate::change::Write;
use crate::change_request::{ChangeRequest, ChangeState};
use crate::duty::Duties;
use crate::ids::{ApplicationId, PersonId};
use crate::money::Cents;
use crate::permission::Verb;
use crate::refusal::{ApprovalRefusal, ChangeRefusal, Refusal, SittingRefusal};
use crate::route::{Held, Route, taken};
use std::collections::BTreeMap;

/// What a sitting is about.
#[derive(Clone, Copy, Debug)]
pub enum Matter<'a> {
    /// A part of the route that runs.
    Route(&'a Route),
    /// A change request that was put forward.
    Change(OnChange<'a>),
}

/// A change request, with what bears on who may decide it.
#[derive(Clone, Copy, Debug)]
pub struct OnChange<'a> {
    /// The request.
    pub request: &'a ChangeRequest,
    /// The award as it is now.
    pub award: Cents,
    /// The last step of the route by which the award was approved.
    pub last_step: Option<&'a str>,
}

impl<'a> Matter<'a> {
    /// The number of the route; none where it is no part of one.
    pub(super) const fn route(self) -> Option<u32> {
        match self {
            Self::Route(route) => Some(route.number),
            Self::Change(_) => None,
        }
    }

    /// Whether a sitting is about it as well.
    pub(super) fn is_of(self, sitting: &Sitting) -> bool {
        match self {
            Self::Route(route) => sitting.route == Some(route.number),
            Self::Change(on) => on.is_of(sitting),
        }
    }

    /// Takes the duty with which somebody votes on it.
    ///
    /// # Errors
    /// When they have had another one on the case, another part of its route, or a part in what it is about.
    pub(super) fn duty(
        self,
        application: ApplicationId,
        (member, part): (PersonId, &str),
        duties: &Duties,
    ) -> Result<Write, Refusal> {
        match self {
            Self::Route(_) => duties.pass(application, member, part),
            Self::Change(on) => on.request.duty_of(member, duties, on.last_step),
        }
    }

    /// For which part of the route the duty is taken; none where it is no part of one.
    pub(super) fn part(self, asked: &Convening) -> Option<String> {
        match self {
            Self::Route(_) => Some(asked.part.clone()),
            Self::Change(_) => None,
        }
    }
}

impl OnChange<'_> {
    fn is_of(self, sitting: &Sitting) -> bool {
        matches!(&sitting.asked.motion, Motion::DecideChange { request, .. } if *request == self.request.number)
    }

    /// Whether it is over: decided by somebody else, or withdrawn.
    pub(super) fn is_over(self) -> bool {
        self.request.state != ChangeState::Forwarded
    }

    /// The rules of a committee that decides it.
    pub(super) fn committee_in_turn(self, asked: &Convening) -> Result<Committee, Refusal> {
        let part = self.request.route.as_ref().ok_or(ChangeRefusal::OfficerDecides)?;
        if part.code() != asked.part {
            return Err(ApprovalRefusal::PartUnknown { known: part.code().to_owned() }.into());
        }
        let committees = part.committees();
        let rules = committees.get(&asked.committee).copied();
        let rules = rules.ok_or_else(|| SittingRefusal::no_committee(part.code(), &committees))?;
        self.request.turn(&Held::committee(&asked.part, &asked.committee), false, self.award)?;
        Ok(rules)
    }

    /// Whether only a committee can decide it, and none sits on it.
    #[must_use]
    pub fn is_to_be_convened(self, sittings: &[Sitting]) -> bool {
        let sits = sittings.iter().any(|sitting| self.is_of(sitting) && sitting.ended.is_none());
        let Some(part) = self.request.route.as_ref().filter(|_| !self.is_over() && !sits) else { return false };
        let weight = self.request.wanted.weight(self.award);
        let reaches = |held: &Held| taken(part, held, weight, true).is_ok();
        let all = part.authorities().into_iter().map(str::to_owned).collect();
        let alone = reaches(&Held { own: all, ..Held::default() });
        !alone && part.committees().keys().any(|committee| reaches(&Held::committee(part.code(), committee)))
    }

    /// What a sitting on it waits for from somebody: their vote, or, from its chair, that it is closed.
    #[must_use]
    pub fn waits_for(self, sitting: &Sitting, person: PersonId, duties: &Duties, today: Day) -> Option<Verb> {
        let goes_on = self.is_of(sitting) && !self.is_over();
        let is_free = || self.request.duty_of(person, duties, self.last_step).is_ok();
        if goes_on && is_free() { sitting.asks_of(person, today) } else { None }
    }
}

impl SittingRefusal {
    /// The part is not that of a committee that is named.
    pub(super) fn no_committee(part: &str, committees: &BTreeMap<String, Committee>) -> Self {
        let committees = committees.keys().cloned().collect::<Vec<_>>();
        let committees = if committees.is_empty() { "no committee".to_owned() } else { committees.join(", ") };
        Self::NoCommittee { part: part.to_owned(), committees }
    }
}

/// A motion on a change request as it is kept.
pub(super) fn on_change(motion: Motion) -> Result<Motion, Refusal> {
    match motion {
        Motion::DecideChange { request, verdict, reason } => {
            Ok(Motion::DecideChange { request, verdict, reason: reason_given(&reason)? })
        }
        _ => Err(ChangeRefusal::NotFound.into()),
    }
}
