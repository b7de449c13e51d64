//! A sitting of a committee on one case: it is convened on a motion, its members vote, and its chair closes it.
//!
//! What comes of it is done by the same functions as what one person decides; [`crate::approval`] asks only whether a committee stands
//! behind it. Decided in docs/decisions/0029.

mod tally;

pub use tally::{Outcome, Tally};

use crate::application::{Application, State, reason_given, words_given};
use crate::calendar::Day;
use crate::change::{Change, Write};
use crate::duty::Duties;
use crate::event::Event;
use crate::ids::PersonId;
use crate::money::Cents;
use crate::permission::{Permit, Verb};
use crate::refusal::{ApprovalRefusal, Refusal, SittingRefusal};
use crate::route::{Held, Part, Route};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// How many people sit at most.
pub const MEMBERS_MAX: u32 = 50;

/// For how many days ahead a sitting is convened at most.
const DAYS_MAX: u32 = 366;

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

/// How a committee comes together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
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

/// What is put to the vote.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "snake_case", deny_unknown_fields)]
pub enum Motion {
    /// To pass the part.
    Approve {
        /// What is recommended, or less.
        amount: Cents,
        /// What was recommended when it was read, where it is less.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reduced_from: Option<Cents>,
        /// What the recipient must fulfil.
        #[serde(default)]
        conditions: Vec<String>,
        /// The first day on which it may be told; with the last part alone.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        embargo_until: Option<Day>,
    },
    /// To refuse the application.
    Reject {
        /// Why; it is what the applicant is told.
        reason: String,
    },
    /// To send it back to those who recommended it.
    SendBack {
        /// Why.
        reason: String,
    },
    /// To put the decision off.
    Defer {
        /// Until which day.
        until: Day,
        /// Why.
        reason: String,
    },
    /// To take up again what was put off.
    TakeUp,
}

/// What a member says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
    /// The part of the route.
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

/// A sitting on a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sitting {
    /// Counted from 1, over those on the case.
    pub number: u32,
    /// The number of the route.
    pub route: u32,
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
    /// The route that runs.
    pub route: &'a Route,
    /// The sittings on the case until now.
    pub before: &'a [Sitting],
    /// Of those who are asked to sit, what is known; of nobody else.
    pub seats: &'a BTreeMap<PersonId, Seat>,
    /// Who has had which duty.
    pub duties: &'a Duties,
}

/// What is written of a sitting.
#[derive(Clone, Debug)]
pub enum SittingWrite {
    /// It is convened.
    Convened(Sitting),
    /// A vote is cast; for which part the member takes the duty of an approver, unless they declare a conflict.
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
    /// An officer convenes a sitting of a committee on what is recommended.
    ///
    /// # Errors
    /// When nothing is recommended, the part is not open or not that committee's, another sitting is open, the motion was lost before or
    /// cannot be done, somebody may not sit, too few are asked, or the day is over.
    pub fn convene(
        &self,
        permit: &Permit,
        asked: Convening,
        convoking: Convoking<'_>,
    ) -> Result<(Change, Sitting), Refusal> {
        self.must_be(&[State::Recommended])?;
        let Convoking { by, at, route, before, .. } = convoking;
        let rules = self.committee_in_turn(&asked, route)?;
        match (&asked.motion, route.rests_until(Day::in_hong_kong(at))) {
            (Motion::TakeUp, None) => return Err(ApprovalRefusal::NotDeferred.into()),
            (Motion::TakeUp, Some(_)) | (_, None) => {}
            (_, Some(until)) => return Err(ApprovalRefusal::Deferred { until }.into()),
        }
        let of_route = || before.iter().filter(|sitting| sitting.route == route.number);
        if of_route().any(|sitting| sitting.ended.is_none()) {
            return Err(SittingRefusal::Open.into());
        }
        let asked = Convening { motion: self.motion_given(asked.motion)?, ..asked };
        let lost = |sitting: &Sitting| matches!(sitting.ended, Some((Outcome::Lost(_), _)));
        if of_route().any(|sitting| lost(sitting) && sitting.asked.motion == asked.motion) {
            return Err(SittingRefusal::LostBefore.into());
        }
        if asked.way == Way::Circulation && !rules.circulation {
            return Err(SittingRefusal::NoCirculation.into());
        }
        let today = Day::in_hong_kong(at);
        if asked.held_on < today || asked.held_on > today.plus_days(DAYS_MAX) {
            return Err(SittingRefusal::HeldOn.into());
        }
        self.must_be_able_to_sit(&asked, rules, convoking)?;
        let number = before.iter().map(|sitting| sitting.number).max().unwrap_or(0).saturating_add(1);
        let sitting = Sitting {
            number,
            route: route.number,
            rules,
            asked,
            convened_by: by,
            convened_at: at,
            votes: Vec::new(),
            ended: None,
        };
        let Convening { part, committee, way, held_on, chair, members, motion } = sitting.asked.clone();
        let event = Event::SittingConvened {
            application: self.id,
            sitting: number,
            part,
            committee,
            way,
            held_on,
            chair,
            members,
            motion,
        };
        Ok((Change::new(permit, event, vec![self.on_sitting(SittingWrite::Convened(sitting.clone()))]), sitting))
    }

    /// The rules of the committee whose turn it is.
    fn committee_in_turn(&self, asked: &Convening, route: &Route) -> Result<Committee, Refusal> {
        let amount = self.recommended.unwrap_or_default();
        // The part is found first, so that whoever names another one is told of that.
        let part = route.parts.iter().find(|part| part.code() == asked.part);
        let committees = part.map(Part::committees).unwrap_or_default();
        if let (Some(part), None) = (part, committees.get(&asked.committee)) {
            let committees = committees.keys().cloned().collect::<Vec<_>>();
            let committees = if committees.is_empty() { "no committee".to_owned() } else { committees.join(", ") };
            return Err(SittingRefusal::NoCommittee { part: part.code().to_owned(), committees }.into());
        }
        route.turn(Some(&asked.part), &Held::committee(&asked.committee), amount)?;
        let rules = committees.get(&asked.committee).copied();
        rules.ok_or_else(|| ApprovalRefusal::PartUnknown { known: asked.part.clone() }.into())
    }

    /// A motion as it is kept, that can be done if it is carried now.
    fn motion_given(&self, motion: Motion) -> Result<Motion, Refusal> {
        Ok(match motion {
            Motion::Approve { amount, reduced_from, conditions, embargo_until } => {
                self.must_be_the_figure(amount, reduced_from)?;
                let conditions = crate::approval::conditions(&conditions)?;
                Motion::Approve { amount, reduced_from, conditions, embargo_until }
            }
            Motion::Reject { reason } => Motion::Reject { reason: reason_given(&reason)? },
            Motion::SendBack { reason } => Motion::SendBack { reason: reason_given(&reason)? },
            Motion::Defer { until, reason } => Motion::Defer { until, reason: reason_given(&reason)? },
            Motion::TakeUp => Motion::TakeUp,
        })
    }

    fn must_be_able_to_sit(
        &self,
        asked: &Convening,
        rules: Committee,
        convoking: Convoking<'_>,
    ) -> Result<(), Refusal> {
        let Convoking { seats, duties, .. } = convoking;
        let members = asked.members.iter().collect::<BTreeSet<_>>();
        let count = u32::try_from(asked.members.len()).unwrap_or(u32::MAX);
        if count == 0 || count > MEMBERS_MAX || members.len() != asked.members.len() || !members.contains(&asked.chair)
        {
            return Err(SittingRefusal::Members.into());
        }
        if count < rules.quorum {
            return Err(SittingRefusal::TooFew { quorum: rules.quorum }.into());
        }
        for member in asked.members.iter().copied() {
            let unfit = |because| Err(SittingRefusal::Unfit { member, because }.into());
            match seats.get(&member) {
                Some(seat) if seat.authorities.contains(&asked.committee) => {
                    if seat.is_beside {
                        return unfit("has a conflict of interest");
                    }
                }
                _ => return unfit("does not hold this authority"),
            }
            if duties.pass(self.id, member, &asked.part).is_err() {
                return unfit("has had another duty on this case");
            }
        }
        Ok(())
    }

    /// A member votes. Whoever declares a conflict of interest takes no duty, and the case is closed to them.
    ///
    /// # Errors
    /// When the sitting is over or still to come, the actor is not asked to sit, does not hold the authority any more, has voted, has
    /// had another duty on the case, or a chair has a conflict of interest.
    pub fn vote(
        &self,
        permit: &Permit,
        (sitting, route): (&Sitting, &Route),
        (cast, held): (Cast, &Held),
        duties: &Duties,
    ) -> Result<(Change, Cast), Refusal> {
        sitting.must_be_open(self, route)?;
        let Convening { part, committee, way, held_on, chair, members, .. } = &sitting.asked;
        if !members.contains(&cast.member) {
            return Err(SittingRefusal::NotAsked.into());
        }
        if !held.own.contains(committee) {
            return Err(SittingRefusal::Unfit { member: cast.member, because: "does not hold this authority" }.into());
        }
        let today = Day::in_hong_kong(cast.at);
        if *way == Way::Meeting && today < *held_on {
            return Err(SittingRefusal::NotBegun { held_on: *held_on }.into());
        }
        if *way == Way::Circulation && today > *held_on {
            return Err(SittingRefusal::Over.into());
        }
        if sitting.votes.iter().any(|earlier| earlier.member == cast.member) {
            return Err(SittingRefusal::Voted.into());
        }
        let conflicted = cast.vote == Vote::Conflict;
        if conflicted && cast.member == *chair {
            return Err(SittingRefusal::ChairConflicted.into());
        }
        let reason = match &cast.reason {
            None if !conflicted => None,
            given => Some(words_given("/reason", given.as_deref().unwrap_or_default())?),
        };
        let cast = Cast { reason, ..cast };
        let duty = if conflicted { None } else { Some(duties.pass(self.id, cast.member, part)?) };
        let write = SittingWrite::Cast {
            number: sitting.number,
            cast: cast.clone(),
            part: (!conflicted).then(|| part.clone()),
        };
        let event = Event::SittingVoted {
            application: self.id,
            sitting: sitting.number,
            vote: cast.vote,
            reason: cast.reason.clone(),
        };
        let writes = duty.into_iter().chain([self.on_sitting(write)]).collect();
        Ok((Change::new(permit, event, writes), cast))
    }

    /// The chair closes a sitting. Whether the motion is carried is counted here; it is done by the one who calls.
    ///
    /// # Errors
    /// When the sitting is over or still to come, the actor does not chair it, somebody may still answer, too few take part, or the votes
    /// are equal and nobody or the wrong one decides.
    pub fn close_sitting(
        &self,
        permit: &Permit,
        (sitting, route): (&Sitting, &Route),
        (by, at): (PersonId, DateTime<Utc>),
        casting_vote: Option<bool>,
    ) -> Result<(Change, Sitting), Refusal> {
        sitting.must_be_open(self, route)?;
        if sitting.asked.chair != by {
            return Err(SittingRefusal::NotChair.into());
        }
        let tally = sitting.tally(Day::in_hong_kong(at), casting_vote)?;
        let outcome = if tally.carried { Outcome::Carried(tally) } else { Outcome::Lost(tally) };
        let event = Event::SittingClosed { application: self.id, sitting: sitting.number, tally };
        Ok(self.end_sitting(permit, sitting, event, (outcome, at)))
    }

    /// An officer gives a sitting up. The votes that were cast stay on file, and decide nothing.
    ///
    /// # Errors
    /// When it is over, or a reason is missing.
    pub fn give_sitting_up(
        &self,
        permit: &Permit,
        sitting: &Sitting,
        (reason, at): (&str, DateTime<Utc>),
    ) -> Result<(Change, Sitting), Refusal> {
        if sitting.ended.is_some() {
            return Err(SittingRefusal::Over.into());
        }
        let reason = reason_given(reason)?;
        let event = Event::SittingGivenUp { application: self.id, sitting: sitting.number, reason: reason.clone() };
        Ok(self.end_sitting(permit, sitting, event, (Outcome::GivenUp(reason), at)))
    }

    fn end_sitting(
        &self,
        permit: &Permit,
        sitting: &Sitting,
        event: Event,
        (outcome, at): (Outcome, DateTime<Utc>),
    ) -> (Change, Sitting) {
        let ended = Sitting { ended: Some((outcome.clone(), at)), ..sitting.clone() };
        let write = SittingWrite::Ended { number: sitting.number, outcome, at };
        (Change::new(permit, event, vec![self.on_sitting(write)]), ended)
    }

    const fn on_sitting(&self, write: SittingWrite) -> Write {
        Write::OnSitting { application: self.id, write }
    }
}

/// Whether only a committee can take a case further, and none sits on it.
#[must_use]
pub fn is_to_be_convened(route: &Route, amount: Cents, sittings: &[Sitting], today: Day) -> bool {
    let sits = sittings.iter().any(|sitting| sitting.route == route.number && sitting.ended.is_none());
    let in_turn = route.open().into_iter().any(|part| {
        let committees = part.committees();
        let alone = part.authorities().into_iter().any(|authority| !committees.contains_key(authority));
        let reaches = |committee| route.turn(Some(part.code()), &Held::committee(committee), amount).is_ok();
        !alone && committees.keys().any(|committee| reaches(committee))
    });
    in_turn && !sits && route.rests_until(today).is_none()
}

impl Sitting {
    /// What it waits for from somebody: their vote, or, from its chair, that it is closed.
    #[must_use]
    pub fn waits_for(&self, person: PersonId, duties: &Duties, today: Day) -> Option<Verb> {
        let Convening { part, way, held_on, chair, members, .. } = &self.asked;
        let has_voted = self.votes.iter().any(|cast| cast.member == person);
        if self.ended.is_some() || !members.contains(&person) || !duties.are_free_for(person, part) {
            return None;
        }
        if !has_voted {
            let in_time = if *way == Way::Meeting { today >= *held_on } else { today <= *held_on };
            return in_time.then_some(Verb::SittingVote);
        }
        let decided = match self.tally(today, None) {
            Ok(_) => true,
            Err(refusal) => refusal == SittingRefusal::Tied.into(),
        };
        (*chair == person && decided).then_some(Verb::SittingClose)
    }

    /// It has not ended, and the route on which it was convened still runs.
    fn must_be_open(&self, application: &Application, route: &Route) -> Result<(), Refusal> {
        let runs = application.state == State::Recommended && route.number == self.route;
        if runs && self.ended.is_none() { Ok(()) } else { Err(SittingRefusal::Over.into()) }
    }
}

#[cfg(test)]
mod tests;
