//! The route of an approval: checks in any order, then steps one after another, as they were when the route started.

mod start;

pub(crate) use start::step_of;

use crate::calendar::Day;
use crate::duty::Duties;
use crate::ids::PersonId;
use crate::money::Cents;
use crate::refusal::{ApprovalRefusal, Refusal};
use crate::sitting::Committee;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The one step of a text that names none.
pub const ONE_STEP: &str = "approval";

/// What has to be passed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Part {
    /// Something is looked at, by whoever holds the authority of its name.
    Check {
        /// Its code, and that of the authority.
        code: String,
    },
    /// One person decides, or a committee.
    Step {
        /// Its code.
        code: String,
        /// The authorities that may take it, from the lowest to the highest, each with the highest amount for which it may be the last
        /// word; none where that is any amount.
        by: Vec<(String, Option<Cents>)>,
        /// Those of them that a committee exercises, and how it decides.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        committees: BTreeMap<String, Committee>,
    },
}

impl Part {
    /// Its code.
    #[must_use]
    pub fn code(&self) -> &str {
        match self {
            Self::Check { code } | Self::Step { code, .. } => code,
        }
    }

    /// Whether it is a check.
    #[must_use]
    pub const fn is_check(&self) -> bool {
        matches!(self, Self::Check { .. })
    }

    /// The committees that may take it.
    #[must_use]
    pub fn committees(&self) -> BTreeMap<String, Committee> {
        match self {
            Self::Check { .. } => BTreeMap::new(),
            Self::Step { committees, .. } => committees.clone(),
        }
    }

    fn is_taken_by_committee(&self, authority: &str) -> bool {
        matches!(self, Self::Step { committees, .. } if committees.contains_key(authority))
    }

    /// The authorities with which it can be passed.
    #[must_use]
    pub fn authorities(&self) -> Vec<&str> {
        match self {
            Self::Check { code } => vec![code],
            Self::Step { by, .. } => by.iter().map(|(authority, _)| authority.as_str()).collect(),
        }
    }
}

/// That a part was passed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Approval {
    /// Which part.
    pub part: String,
    /// Who passed it.
    pub by: PersonId,
    /// In whose absence, under a delegation.
    pub on_behalf_of: Option<PersonId>,
    /// Under which authority.
    pub authority: String,
    /// Which amount.
    pub amount: Cents,
    /// On which conditions.
    pub conditions: Vec<String>,
    /// When.
    pub at: DateTime<Utc>,
    /// Why it is void, if it is.
    pub void: Option<String>,
}

/// With what authority somebody acts: their own, and those of people who are absent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Held {
    /// Their own.
    pub own: BTreeSet<String>,
    /// Those of others.
    pub delegated: BTreeMap<PersonId, BTreeSet<String>>,
    /// Which part of the route each of those others has had.
    pub had: BTreeMap<PersonId, String>,
    /// The part and the authority of a committee whose carried motion is done; then nothing else counts.
    pub committee: Option<(String, String)>,
}

impl Held {
    /// What a committee holds whose motion on a part is carried.
    #[must_use]
    pub fn committee(part: &str, authority: &str) -> Self {
        Self { committee: Some((part.to_owned(), authority.to_owned())), ..Self::default() }
    }

    /// Whether an authority is one's own for a part. What a committee exercises nobody holds alone.
    fn owns(&self, part: &Part, authority: &str) -> bool {
        match &self.committee {
            Some((of_part, of)) => of_part == part.code() && of == authority && part.is_taken_by_committee(authority),
            None => self.own.contains(authority) && !part.is_taken_by_committee(authority),
        }
    }

    /// In whose absence an authority is held for a part: rather somebody's who has had no other one.
    fn lent(&self, part: &Part, authority: &str) -> Option<PersonId> {
        if self.committee.is_some() || part.is_taken_by_committee(authority) {
            return None;
        }
        let lent = self.delegated.iter().filter(|(_, theirs)| theirs.contains(authority)).map(|(absent, _)| *absent);
        lent.min_by_key(|absent| self.had.get(absent).is_some_and(|had| had != part.code()))
    }

    /// What is held without these people.
    #[must_use]
    pub fn without(&self, people: &[PersonId]) -> Self {
        let mut held = self.clone();
        held.delegated.retain(|absent, _| !people.contains(absent));
        held
    }
}

/// The route of one recommendation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// Counted from 1, over the recommendations of the case.
    pub number: u32,
    /// The checks, and then the steps in their order.
    pub parts: Vec<Part>,
    /// What was passed, in its order, the void included.
    pub given: Vec<Approval>,
    /// Until which day it rests, and why.
    pub deferred: Option<(Day, String)>,
}

/// What is written of a route.
#[derive(Clone, Debug)]
pub enum RouteWrite {
    /// It starts; nothing of it is passed.
    Started {
        /// The route.
        route: Route,
        /// The amount that is recommended.
        amount: Cents,
    },
    /// A person takes the duty of an approver for one part.
    Taken {
        /// Who.
        person: PersonId,
        /// Which part.
        part: String,
    },
    /// A part is passed.
    Passed {
        /// The number of the route.
        route: u32,
        /// Its own, counted from 1 on the route.
        number: u32,
        /// The approval.
        approval: Approval,
    },
    /// What was passed is void.
    Void {
        /// The number of the route.
        route: u32,
        /// Of which parts.
        parts: Vec<String>,
        /// Why.
        because: String,
    },
    /// It rests, or goes on.
    Deferred {
        /// The number of the route.
        route: u32,
        /// Until which day, and why; none where it goes on.
        until: Option<(Day, String)>,
    },
}

/// A part that can be passed now, and under which authority.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Turn<'a> {
    /// The part.
    pub part: &'a Part,
    /// The authority.
    pub authority: String,
    /// In whose absence.
    pub on_behalf_of: Option<PersonId>,
}

impl Route {
    /// What was passed and stands.
    pub fn standing(&self) -> impl Iterator<Item = &Approval> {
        self.given.iter().filter(|given| given.void.is_none())
    }

    /// Whether a part is passed, and that stands.
    #[must_use]
    pub fn has_passed(&self, code: &str) -> bool {
        self.standing().any(|given| given.part == code)
    }

    /// The first day on which it goes on, where it rests on a day.
    #[must_use]
    pub fn rests_until(&self, today: Day) -> Option<Day> {
        self.deferred.as_ref().map(|(until, _)| *until).filter(|until| today < *until)
    }

    /// The parts that can be passed now: the checks that are left, in any order, and then one step after another.
    #[must_use]
    pub fn open(&self) -> Vec<&Part> {
        let left = self.left().collect::<Vec<_>>();
        let checks = left.iter().copied().filter(|part| part.is_check()).collect::<Vec<_>>();
        if checks.is_empty() { left.into_iter().take(1).collect() } else { checks }
    }

    /// The parts that are left, in their order.
    pub fn left(&self) -> impl Iterator<Item = &Part> {
        self.parts.iter().filter(|part| !self.has_passed(part.code()))
    }

    /// Whether nothing but its last step is left, and it does not rest.
    #[must_use]
    pub fn is_at_last_step(&self, today: Day) -> bool {
        let mut left = self.left();
        let last = left.next().is_some_and(|part| !part.is_check());
        last && left.next().is_none() && self.rests_until(today).is_none()
    }

    /// The part that somebody passes: the one they name, or the only one that is open to them.
    ///
    /// # Errors
    /// When there is no such part, it is not its turn, it is passed already, or they hold none of its authorities, or none that may be the
    /// last word on the amount.
    pub fn turn(&self, named: Option<&str>, held: &Held, amount: Cents) -> Result<Turn<'_>, Refusal> {
        let open = self.open();
        let last = self.parts.last();
        let taken = |part| taken(part, held, amount, Some(part) == last);
        if let Some(named) = named {
            let part = self.parts.iter().find(|part| part.code() == named).ok_or_else(|| {
                let known = self.parts.iter().map(Part::code).collect::<Vec<_>>().join(", ");
                ApprovalRefusal::PartUnknown { known }
            })?;
            if self.has_passed(named) {
                return Err(ApprovalRefusal::Given { part: named.to_owned() }.into());
            }
            if !open.contains(&part) {
                let waits_for = open.iter().map(|part| part.code()).collect::<Vec<_>>().join(", ");
                return Err(ApprovalRefusal::OutOfOrder { part: named.to_owned(), waits_for }.into());
            }
            return taken(part);
        }
        let mut met = open.iter().map(|part| taken(part));
        match (met.clone().filter_map(Result::ok).collect::<Vec<_>>().as_slice(), met.next()) {
            ([turn], _) => Ok(turn.clone()),
            ([], Some(Err(refusal))) => Err(refusal),
            ([], _) => Err(ApprovalRefusal::Given { part: ONE_STEP.to_owned() }.into()),
            (several, _) => {
                let open = several.iter().map(|turn| turn.part.code()).collect::<Vec<_>>().join(", ");
                Err(ApprovalRefusal::Ambiguous { open }.into())
            }
        }
    }

    /// Whether it waits for somebody: a part is open to them, it does not rest, and they have passed no other one.
    #[must_use]
    pub fn waits_for(&self, (person, held): (PersonId, &Held), duties: &Duties, amount: Cents, today: Day) -> bool {
        let open = self.open().into_iter().filter(|part| duties.are_free_for(person, part.code()));
        self.rests_until(today).is_none()
            && open.into_iter().any(|part| {
                let turn = self.turn(Some(part.code()), held, amount);
                turn.is_ok_and(|turn| turn.on_behalf_of.is_none_or(|absent| duties.are_free_for(absent, part.code())))
            })
    }

    /// Whether somebody may refuse what is on it: their authorities reach a step, and neither they nor whoever is absent has had another
    /// duty on the case, or another part.
    #[must_use]
    pub fn may_be_refused_by(&self, (person, held): (PersonId, &Held), duties: &Duties) -> bool {
        let had = duties.parts.get(&person).map(String::as_str);
        self.seat(held, had).is_ok_and(|(part, absent)| {
            std::iter::once(person).chain(absent).all(|person| duties.are_free_for(person, &part))
        })
    }

    /// The step, and not a check, as whose approver somebody acts, and in whose absence: the one that they have had, or else the last that
    /// their authorities reach, so that nobody gives away a step for which there may be nobody else; and one's own authority before that
    /// of somebody absent.
    ///
    /// # Errors
    /// When their authorities reach none.
    pub fn seat(&self, held: &Held, had: Option<&str>) -> Result<(String, Option<PersonId>), Refusal> {
        let steps = || self.parts.iter().filter(|part| !part.is_check());
        let seats = || steps().flat_map(|part| part.authorities().into_iter().map(move |authority| (part, authority)));
        let own = seats().filter(|(part, authority)| held.owns(part, authority)).map(|(part, _)| (part, None));
        let lent = seats().filter_map(|(part, authority)| Some((part, Some(held.lent(part, authority)?))));
        // The last of those that are equally near.
        let near = |(part, absent): &(&Part, Option<PersonId>)| (had == Some(part.code()), absent.is_none());
        if let Some((part, absent)) = own.chain(lent).max_by_key(near) {
            return Ok((part.code().to_owned(), absent));
        }
        let mut together = seats();
        let together =
            together.find(|(part, authority)| held.own.contains(*authority) && part.is_taken_by_committee(authority));
        if let Some((part, committee)) = together {
            let (part, committee) = (part.code().to_owned(), committee.to_owned());
            return Err(ApprovalRefusal::ByCommittee { part, committee }.into());
        }
        let part = steps().next().map(|part| part.code().to_owned()).unwrap_or_default();
        let needed = steps().flat_map(Part::authorities).collect::<Vec<_>>().join(", ");
        Err(ApprovalRefusal::WrongLevel { part, needed }.into())
    }

    /// Makes everything void that stands. Says what that was.
    pub(crate) fn void_all(&mut self, because: &str) -> Vec<String> {
        let standing = self.given.iter_mut().filter(|given| given.void.is_none());
        let void = standing.map(|given| {
            given.void = Some(because.to_owned());
            given.part.clone()
        });
        void.collect()
    }

    /// The approval with the last word on the amount.
    pub(crate) fn last_word(&self) -> Option<&Approval> {
        let last = self.parts.last()?;
        self.standing().find(|given| given.part == last.code())
    }

    /// The conditions of what stands, in the order in which they were made.
    #[must_use]
    pub fn conditions(&self) -> Vec<String> {
        self.standing().flat_map(|given| given.conditions.iter().cloned()).collect()
    }
}

/// The part under the lowest authority that does: of one's own, and only where none of those does, of somebody absent.
pub(crate) fn taken<'a>(part: &'a Part, held: &Held, amount: Cents, is_last: bool) -> Result<Turn<'a>, Refusal> {
    let enough = |limit: Option<Cents>| !is_last || limit.is_none_or(|limit| amount <= limit);
    let by = match part {
        Part::Step { by, .. } => by.clone(),
        Part::Check { code } => vec![(code.clone(), None)],
    };
    let reaching = || by.iter().filter(|(_, limit)| enough(*limit)).map(|(authority, _)| authority);
    let own = reaching().find(|authority| held.owns(part, authority)).map(|authority| (authority, None));
    let lent = || reaching().find_map(|authority| Some((authority, Some(held.lent(part, authority)?))));
    if let Some((authority, on_behalf_of)) = own.or_else(lent) {
        return Ok(Turn { part, authority: authority.clone(), on_behalf_of });
    }
    if by.iter().any(|(authority, _)| held.owns(part, authority) || held.lent(part, authority).is_some()) {
        let needed = reaching().next().cloned().unwrap_or_default();
        return Err(Refusal::AuthorityTooLow { amount, needed });
    }
    let together = by.iter().find(|(name, _)| held.own.contains(name) && part.is_taken_by_committee(name));
    if let Some((committee, _)) = together {
        let (part, committee) = (part.code().to_owned(), committee.clone());
        return Err(ApprovalRefusal::ByCommittee { part, committee }.into());
    }
    let needed = by.into_iter().map(|(authority, _)| authority).collect::<Vec<_>>().join(", ");
    Err(ApprovalRefusal::WrongLevel { part: part.code().to_owned(), needed }.into())
}

#[cfg(test)]
mod tests;
