//! A sitting of a committee on one case: it is convened on a motion, its members vote, and its chair closes it. It is about a part of the
//! route, or about a change request.
//!
//! What comes of it is done by the same functions as what one person decides; [`crate::approval`] asks only whether a committee stands
//! behind it. Decided in docs/decisions/0029 and 0041.

mod convening;
mod matter;
mod motion;
mod tally;
mod voting;

use convening::sat_on;
pub use matter::{Matter, OnChange};
pub use motion::Motion;
pub use tally::{Outcome, Tally};
pub use voting::Closing;

use crate::application::Application;
use crate::calendar::Day;
use crate::change::Write;
use crate::duty::Duties;
use crate::ids::{AgendaId, PersonId};
use crate::money::Cents;
use crate::permission::Verb;
use crate::refusal::{AssessorRefusal, Refusal, SittingRefusal};
use crate::route::{Held, Part, Route};
use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// How many people sit at most.
pub const MEMBERS_MAX: u32 = 50;

/// How a committee decides, as it was when the route started.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Committee {
    /// How many must take part who have no conflict of interest.
    pub quorum: u32,
    /// The part of the votes cast for or against that must be for a motion.
    pub majority: Majority,
    /// Whether the chair decides where the votes are equal.
    pub casting_vote: bool,
    /// Whether it may decide by circulating the paper.
    pub circulation: bool,
}

/// A part of the votes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Majority {
    /// So many.
    pub of: u32,
    /// Of so many; never 0.
    pub whole: u32,
}

impl fmt::Display for Majority {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.of, self.whole)
    }
}

/// How a committee comes together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// In a meeting.
    Meeting,
    /// By circulating the paper.
    Circulation,
}

impl Way {
    /// The code used in the API and the database.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Meeting => "meeting",
            Self::Circulation => "circulation",
        }
    }

    /// The way with a code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Meeting, Self::Circulation].into_iter().find(|way| way.code() == code)
    }
}

/// What a member says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Vote {
    /// For the motion.
    For,
    /// Against it.
    Against,
    /// Neither: counted as present, and not as a vote.
    Abstain,
    /// A conflict of interest: not even counted as present.
    Conflict,
}

impl Vote {
    /// The code used in the API and the database.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::For => "for",
            Self::Against => "against",
            Self::Abstain => "abstain",
            Self::Conflict => "conflict",
        }
    }

    /// The vote with a code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::For, Self::Against, Self::Abstain, Self::Conflict].into_iter().find(|vote| vote.code() == code)
    }
}

/// A vote as it was cast.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cast {
    /// By whom.
    pub member: PersonId,
    /// How.
    pub vote: Vote,
    /// Why; always there for a conflict.
    pub reason: Option<String>,
    /// When.
    pub at: DateTime<Utc>,
}

/// What is asked for when a sitting is convened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Convening {
    /// The part of the route; of a change request its kind.
    pub part: String,
    /// The authority that the committee exercises.
    pub committee: String,
    /// How it comes together.
    pub way: Way,
    /// The day of the meeting, or the last one on which the paper is answered.
    pub held_on: Day,
    /// Who chairs.
    pub chair: PersonId,
    /// Who is asked to sit, the chair among them.
    pub members: Vec<PersonId>,
    /// What is put to the vote.
    pub motion: Motion,
}

/// Where a sitting stands on an agenda.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OnAgenda {
    /// Which agenda.
    pub agenda: AgendaId,
    /// Its line, counted from 1.
    pub line: u32,
}

/// A sitting on a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sitting {
    /// Counted from 1, over those on the case.
    pub number: u32,
    /// Of which agenda it is a line; none where it is by itself.
    pub agenda: Option<OnAgenda>,
    /// The number of the route; none where it is about a change request.
    pub route: Option<u32>,
    /// How the committee decides.
    pub rules: Committee,
    /// What was asked for.
    pub asked: Convening,
    /// Who convened it.
    pub convened_by: PersonId,
    /// When.
    pub convened_at: DateTime<Utc>,
    /// The votes, in the order in which they were cast.
    pub votes: Vec<Cast>,
    /// What has become of it, and when; none while it is open.
    pub ended: Option<(Outcome, DateTime<Utc>)>,
}

/// What is known of somebody who is asked to sit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seat {
    /// The authorities that they hold as an approver who may sign in; nobody else holds any.
    pub authorities: BTreeSet<String>,
    /// Whether they are on the applicant's side, or a conflict of interest keeps the case from them.
    pub is_beside: bool,
}

/// What a convening is decided with.
#[derive(Clone, Copy, Debug)]
pub struct Convoking<'a> {
    /// Who convenes.
    pub by: PersonId,
    /// Now.
    pub at: DateTime<Utc>,
    /// What it is about.
    pub matter: Matter<'a>,
    /// The sittings on the case until now.
    pub before: &'a [Sitting],
    /// Of those who are asked to sit, and of those who have voted before, what is known; of nobody else.
    pub seats: &'a BTreeMap<PersonId, Seat>,
    /// Who has had which duty.
    pub duties: &'a Duties,
    /// On which agenda; none where it is by itself.
    pub agenda: Option<OnAgenda>,
}

/// What whoever sits is decided with, when they vote and when they close.
#[derive(Clone, Copy, Debug)]
pub struct Sits<'a> {
    /// Under which authorities of their own.
    pub held: &'a BTreeSet<String>,
    /// Whether a conflict of interest keeps the case from them, by what is on file now.
    pub is_beside: bool,
}

/// What is written of a sitting.
#[derive(Clone, Debug)]
pub enum SittingWrite {
    /// It is convened.
    Convened(Box<Sitting>),
    /// A vote is cast; for which part of the route the member takes the duty of an approver, unless they declare a conflict or it is about
    /// a change request.
    Cast {
        /// The number of the sitting.
        number: u32,
        /// The vote.
        cast: Cast,
        /// The part.
        part: Option<String>,
    },
    /// It ends.
    Ended {
        /// The number of the sitting.
        number: u32,
        /// How.
        outcome: Outcome,
        /// When.
        at: DateTime<Utc>,
    },
}

impl Application {
    const fn on_sitting(&self, write: SittingWrite) -> Write {
        Write::OnSitting { application: self.id, write }
    }
}

/// Whether only a committee can take a case further, and none sits on it.
#[must_use]
pub fn is_to_be_convened(route: &Route, amount: Cents, sittings: &[Sitting], today: Day) -> bool {
    let sits = sittings.iter().any(|sitting| sitting.route == Some(route.number) && sitting.ended.is_none());
    let in_turn = route.open().into_iter().any(|part| {
        let committees = part.committees();
        let reaches = |held: &Held| route.turn(Some(part.code()), held, amount).is_ok();
        let all = part.authorities().into_iter().map(str::to_owned).collect();
        let alone = reaches(&Held { own: all, ..Held::default() });
        !alone && committees.keys().any(|committee| reaches(&Held::committee(part.code(), committee)))
    });
    in_turn && !sits && route.rests_until(today).is_none()
}

impl Sitting {
    /// What it waits for from somebody: their vote, or, from its chair, that it is closed.
    #[must_use]
    pub fn waits_for(
        &self,
        person: PersonId,
        (route, amount): (&Route, Cents),
        duties: &Duties,
        today: Day,
    ) -> Option<Verb> {
        let goes_on = self.route == Some(route.number) && !self.is_overtaken(route, amount);
        let is_free = duties.are_free_for(person, &self.asked.part);
        if goes_on && is_free { self.asks_of(person, today) } else { None }
    }

    /// What an open sitting waits for from one of its members.
    fn asks_of(&self, person: PersonId, today: Day) -> Option<Verb> {
        let Convening { chair, members, .. } = &self.asked;
        if self.ended.is_some() || !members.contains(&person) {
            return None;
        }
        if !self.votes.iter().any(|cast| cast.member == person) {
            return self.must_take_votes(today).is_ok().then_some(Verb::SittingVote);
        }
        let absent = if self.asked.way == Way::Meeting { self.silent() } else { BTreeSet::new() };
        let decided = match self.tally(today, None, &absent) {
            Ok(_) => true,
            Err(refusal) => refusal == SittingRefusal::Tied.into(),
        };
        (*chair == person && decided).then_some(Verb::SittingClose)
    }

    /// Whoever was asked and has not voted.
    #[must_use]
    pub fn silent(&self) -> BTreeSet<PersonId> {
        let voted = self.votes.iter().map(|cast| cast.member).collect::<BTreeSet<_>>();
        self.asked.members.iter().copied().filter(|member| !voted.contains(member)).collect()
    }

    /// Whether its step is passed meanwhile, or what it is about is not what is recommended any more.
    fn is_overtaken(&self, route: &Route, recommended: Cents) -> bool {
        let figure = self.asked.motion.figure();
        figure.is_some_and(|(amount, reduced_from)| reduced_from.unwrap_or(amount) != recommended)
            || !self.is_in_turn(route)
    }

    /// Whether its part can be passed now; or a case that waits on the reserve list be refused by those who have the last word.
    fn is_in_turn(&self, route: &Route) -> bool {
        let is_it = |part: &Part| part.code() == self.asked.part;
        let refuses = matches!(self.asked.motion, Motion::Reject { .. }) && route.left().next().is_none();
        route.open().into_iter().any(is_it) || refuses && route.parts.last().is_some_and(is_it)
    }

    /// It has not ended, and what it was convened on still waits.
    fn must_be_open(&self, application: &Application, matter: Matter<'_>) -> Result<(), Refusal> {
        let runs = sat_on(&self.asked.motion).contains(&application.state) && matter.is_of(self);
        if !runs || self.ended.is_some() {
            return Err(SittingRefusal::Over.into());
        }
        let recommended = application.recommended.unwrap_or_default();
        let overtaken = match matter {
            Matter::Route(route) => self.is_overtaken(route, recommended),
            Matter::Change(on) => on.is_over(),
        };
        if overtaken { Err(SittingRefusal::Overtaken.into()) } else { Ok(()) }
    }

    /// What is on an agenda is ended with it.
    fn must_be_of(&self, agenda: Option<AgendaId>) -> Result<(), Refusal> {
        let own = self.agenda.map(|on| on.agenda);
        if own == agenda { Ok(()) } else { Err(SittingRefusal::OnAgenda.into()) }
    }

    /// A meeting begins on its day, and a paper at once.
    fn must_have_begun(&self, today: Day) -> Result<(), Refusal> {
        let held_on = self.asked.held_on;
        let waits = self.asked.way == Way::Meeting && today < held_on;
        if waits { Err(SittingRefusal::NotBegun { held_on }.into()) } else { Ok(()) }
    }

    /// In a meeting votes are cast on its day, and on a paper until its day is over.
    fn must_take_votes(&self, today: Day) -> Result<(), Refusal> {
        self.must_have_begun(today)?;
        if today > self.asked.held_on { Err(SittingRefusal::Over.into()) } else { Ok(()) }
    }

    /// Whoever sits holds the authority of the committee, and nothing keeps the case from them.
    fn must_sit(&self, member: PersonId, sits: Sits<'_>) -> Result<(), Refusal> {
        if !sits.held.contains(&self.asked.committee) {
            return Err(SittingRefusal::Unfit { member, because: "does not hold this authority" }.into());
        }
        if sits.is_beside { Err(AssessorRefusal::OwnConflict.into()) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests;
