//! Members vote, the chair closes a sitting, and an officer gives one up.

use super::{Cast, Convening, Matter, Outcome, Sits, Sitting, SittingWrite, Tally, Vote};
use crate::application::{Application, reason_given, words_given};
use crate::calendar::Day;
use crate::change::Change;
use crate::duty::Duties;
use crate::event::Event;
use crate::ids::{AgendaId, PersonId};
use crate::permission::Permit;
use crate::refusal::{Refusal, SittingRefusal};
use chrono::{DateTime, Utc};
use std::collections::BTreeSet;

/// What the chair says when they close a sitting.
#[derive(Clone, Copy, Debug)]
pub struct Closing<'a> {
    /// Which way they decide, where the votes are equal.
    pub casting_vote: Option<bool>,
    /// Who was not there, in a meeting.
    pub absent: &'a BTreeSet<PersonId>,
    /// With which agenda; none where it is closed by itself.
    pub agenda: Option<AgendaId>,
}

impl Application {
    /// A member votes. Whoever declares a conflict of interest, which may be done from the beginning, takes no duty, and the case is
    /// closed to them.
    ///
    /// # Errors
    /// When the sitting is over, overtaken or still to come, the actor is not asked to sit, does not hold the authority any more, has a
    /// conflict of interest that is on file, has voted, or has had another duty on the case.
    pub fn vote(
        &self,
        permit: &Permit,
        (sitting, matter): (&Sitting, Matter<'_>),
        (cast, sits): (Cast, Sits<'_>),
        duties: &Duties,
    ) -> Result<(Change, Cast), Refusal> {
        sitting.must_be_open(self, matter)?;
        let Convening { part, members, .. } = &sitting.asked;
        if !members.contains(&cast.member) {
            return Err(SittingRefusal::NotAsked.into());
        }
        if sitting.votes.iter().any(|earlier| earlier.member == cast.member) {
            return Err(SittingRefusal::Voted.into());
        }
        let conflicted = cast.vote == Vote::Conflict;
        if !conflicted {
            sitting.must_sit(cast.member, sits)?;
            sitting.must_take_votes(Day::in_hong_kong(cast.at))?;
        }
        let reason = match &cast.reason {
            None if !conflicted => None,
            given => Some(words_given("/reason", given.as_deref().unwrap_or_default())?),
        };
        let cast = Cast { reason, ..cast };
        let duty = if conflicted { None } else { Some(matter.duty(self.id, (cast.member, part), duties)?) };
        let write = SittingWrite::Cast {
            number: sitting.number,
            cast: cast.clone(),
            part: matter.part(&sitting.asked).filter(|_| !conflicted),
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

    /// What the votes of a sitting come to, for its chair, who closes it.
    ///
    /// # Errors
    /// When the sitting is over, overtaken or still to come, the actor does not chair it, may not sit any more or has not voted, somebody
    /// may still answer or is not named as absent, too few take part, or the votes are equal and nobody or the wrong one decides.
    pub fn tally_of(
        &self,
        (sitting, matter): (&Sitting, Matter<'_>),
        (by, at): (PersonId, DateTime<Utc>),
        closing: Closing<'_>,
        sits: Sits<'_>,
    ) -> Result<Tally, Refusal> {
        sitting.must_be_of(closing.agenda)?;
        sitting.must_be_open(self, matter)?;
        if sitting.asked.chair != by {
            return Err(SittingRefusal::NotChair.into());
        }
        sitting.must_sit(by, sits)?;
        sitting.must_have_begun(Day::in_hong_kong(at))?;
        // Whoever decides a tie has a vote, and with it the duty.
        if !sitting.votes.iter().any(|cast| cast.member == by && cast.vote != Vote::Conflict) {
            return Err(SittingRefusal::ChairHasNotVoted.into());
        }
        sitting.tally(Day::in_hong_kong(at), closing.casting_vote, closing.absent)
    }

    /// The chair closes a sitting. Whether the motion is carried is counted here; it is done by the one who calls.
    ///
    /// # Errors
    /// As [`Self::tally_of`].
    pub fn close_sitting(
        &self,
        permit: &Permit,
        on: (&Sitting, Matter<'_>),
        now: (PersonId, DateTime<Utc>),
        closing: Closing<'_>,
        sits: Sits<'_>,
    ) -> Result<(Change, Sitting), Refusal> {
        let tally = self.tally_of(on, now, closing, sits)?;
        let ((sitting, _), (_, at)) = (on, now);
        let outcome = if tally.carried { Outcome::Carried(tally) } else { Outcome::Lost(tally) };
        let absent = sitting.silent();
        let event = Event::SittingClosed { application: self.id, sitting: sitting.number, tally, absent };
        Ok(self.end_sitting(permit, sitting, event, (outcome, at)))
    }

    /// An officer gives a sitting up. The votes that were cast stay on file, and decide nothing.
    ///
    /// # Errors
    /// When it is on an agenda or over, or a reason is missing.
    pub fn give_sitting_up(
        &self,
        permit: &Permit,
        sitting: &Sitting,
        (reason, at): (&str, DateTime<Utc>),
    ) -> Result<(Change, Sitting), Refusal> {
        sitting.must_be_of(None)?;
        if sitting.ended.is_some() {
            return Err(SittingRefusal::Over.into());
        }
        let reason = reason_given(reason)?;
        // Whoever has declared a conflict of interest has been asked no more since then.
        let conflicted =
            |member: &PersonId| sitting.votes.iter().any(|cast| cast.member == *member && cast.vote == Vote::Conflict);
        let members = sitting.asked.members.iter().copied().filter(|member| !conflicted(member)).collect();
        let (application, number) = (self.id, sitting.number);
        let event = Event::SittingGivenUp { application, sitting: number, reason: reason.clone(), members };
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
