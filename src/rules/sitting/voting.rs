//! Members vote, the chair closes a sitting, and an officer gives one up.

use super::{Cast, Convening, Outcome, Sitting, SittingWrite, Vote, Way};
use crate::application::{Application, reason_given, words_given};
use crate::calendar::Day;
use crate::change::Change;
use crate::duty::Duties;
use crate::event::Event;
use crate::ids::PersonId;
use crate::permission::Permit;
use crate::refusal::{Refusal, SittingRefusal};
use crate::route::{Held, Route};
use chrono::{DateTime, Utc};

impl Application {
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
}
