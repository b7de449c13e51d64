//! An agenda: a ranked list on which a committee sits as that many sittings, one for each case, and what they carry is done as one.
//!
//! Everything that is about a single case stays with its sitting: who sits on it, the quorum, the majority, conflicts of interest and
//! duties. Decided in docs/decisions/0038.

use crate::application::reason_given;
use crate::approval::Approve;
use crate::calendar::Day;
use crate::change::{Change, Write};
use crate::decision::Rejecting;
use crate::event::Event;
use crate::ids::{AgendaId, ApplicationId, PersonId};
use crate::permission::Permit;
use crate::refusal::{AssessorRefusal, Refusal, RoundDecisionRefusal, SittingRefusal};
use crate::round_decision::{Act, ITEMS_MAX};
use crate::sitting::{Motion, OnAgenda, Outcome, Sitting, SittingWrite, Way};
use chrono::{DateTime, Utc};
use std::collections::BTreeSet;

/// An agenda of a committee.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Agenda {
    /// Identity.
    pub id: AgendaId,
    /// The scheme's code.
    pub scheme: String,
    /// The path of the round; none for what belongs to none.
    pub round: Option<String>,
    /// What identified the ranked list when it was read.
    pub list: String,
    /// The last day of the places on the reserve list, where there are any.
    pub reserve_until: Option<Day>,
    /// The authority that the committee exercises.
    pub committee: String,
    /// How it comes together.
    pub way: Way,
    /// The day of the meeting, or the last one on which the papers are answered.
    pub held_on: Day,
    /// Who chairs.
    pub chair: PersonId,
    /// How many lines it has.
    pub lines: u32,
    /// Who convened it.
    pub convened_by: PersonId,
    /// When.
    pub convened_at: DateTime<Utc>,
    /// What has become of it, and when; none while it is open.
    pub ended: Option<(AgendaEnd, DateTime<Utc>)>,
}

/// What has become of an agenda.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AgendaEnd {
    /// Its chair has closed it.
    Closed,
    /// It was given up, and why.
    GivenUp(String),
}

/// What is written of an agenda.
#[derive(Clone, Debug)]
pub enum AgendaWrite {
    /// It is convened.
    Convened(Box<Agenda>),
    /// It ends.
    Ended {
        /// Which.
        agenda: AgendaId,
        /// How.
        end: AgendaEnd,
        /// When.
        at: DateTime<Utc>,
    },
}

/// What the chair says of one line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LineClosing {
    /// Which way they decide, where the votes are equal.
    pub casting_vote: Option<bool>,
    /// Who was not there for it, beside those who were not there at all.
    pub absent: BTreeSet<PersonId>,
    /// Why it is left undecided, where it cannot be closed.
    pub leave: Option<String>,
}

/// A line that is left undecided: its case, its sitting, and why.
pub type Left<'a> = (ApplicationId, &'a Sitting, String);

/// An officer convenes an agenda, whose sittings are convened with it. Each member is told once.
#[must_use]
pub fn convene(permit: &Permit, agenda: Agenda, members: BTreeSet<PersonId>) -> Change {
    let event = Event::AgendaConvened {
        agenda: agenda.id,
        scheme: agenda.scheme.clone(),
        round: agenda.round.clone(),
        committee: agenda.committee.clone(),
        way: agenda.way,
        held_on: agenda.held_on,
        chair: agenda.chair,
        members,
        lines: agenda.lines,
    };
    Change::new(permit, event, vec![Write::OnAgenda(AgendaWrite::Convened(Box::new(agenda)))])
}

impl Agenda {
    /// That it has not ended.
    ///
    /// # Errors
    /// When it has.
    pub fn must_be_open(&self) -> Result<(), Refusal> {
        if self.ended.is_some() { Err(SittingRefusal::Over.into()) } else { Ok(()) }
    }

    /// The chair closes it: its sittings are closed with it, and those that cannot be are left undecided. What is carried is done by the one
    /// who calls.
    ///
    /// # Errors
    /// When it has ended, or a reason is missing.
    pub fn close(
        &self,
        permit: &Permit,
        (carried, lost): (u32, u32),
        left: Vec<Left<'_>>,
        at: DateTime<Utc>,
    ) -> Result<Change, Refusal> {
        let count = u32::try_from(left.len()).unwrap_or(u32::MAX);
        let event = Event::AgendaClosed { agenda: self.id, carried, lost, left: count };
        self.end(permit, event, (AgendaEnd::Closed, left, at))
    }

    /// An officer gives it up, with every sitting that is open.
    ///
    /// # Errors
    /// When it has ended, or a reason is missing.
    pub fn give_up(
        &self,
        permit: &Permit,
        open: &[(ApplicationId, &Sitting)],
        (reason, at): (&str, DateTime<Utc>),
    ) -> Result<Change, Refusal> {
        let reason = reason_given(reason)?;
        let event = Event::AgendaGivenUp { agenda: self.id, reason: reason.clone() };
        let left = open.iter().map(|(application, sitting)| (*application, *sitting, reason.clone())).collect();
        self.end(permit, event, (AgendaEnd::GivenUp(reason), left, at))
    }

    fn end(
        &self,
        permit: &Permit,
        event: Event,
        (end, left, at): (AgendaEnd, Vec<Left<'_>>, DateTime<Utc>),
    ) -> Result<Change, Refusal> {
        self.must_be_open()?;
        let (mut writes, mut consequences) = (Vec::new(), Vec::new());
        for (application, sitting, reason) in left {
            let (number, reason) = (sitting.number, reason_given(&reason)?);
            consequences.push(Event::SittingGivenUp {
                application,
                sitting: number,
                reason: reason.clone(),
                members: Vec::new(),
            });
            let write = SittingWrite::Ended { number, outcome: Outcome::GivenUp(reason), at };
            writes.push(Write::OnSitting { application, write });
        }
        writes.push(Write::OnAgenda(AgendaWrite::Ended { agenda: self.id, end, at }));
        Ok(Change::new(permit, event, writes).with_consequences(consequences))
    }

    /// Where a line of it stands.
    #[must_use]
    pub const fn line(&self, line: u32) -> OnAgenda {
        OnAgenda { agenda: self.id, line }
    }
}

/// Whether what keeps a line from being closed will not change any more, so that it does not stand in the way of the others: its case is
/// decided or withdrawn, or something else is recommended meanwhile; the chair may not sit on it; or too few take part when all have been
/// heard.
#[must_use]
pub const fn may_be_left(refusal: &Refusal) -> bool {
    matches!(
        refusal,
        Refusal::Sitting(SittingRefusal::Over | SittingRefusal::Overtaken | SittingRefusal::QuorumMissing { .. })
            | Refusal::Assessor(AssessorRefusal::OwnConflict)
    )
}

/// That some lines of an agenda of so many are named, and each once.
///
/// # Errors
/// When none is, one is not there, or one is named twice.
pub fn lines_given(lines: impl IntoIterator<Item = u32>, (least, of): (usize, u32)) -> Result<(), Refusal> {
    let named = lines.into_iter().take(ITEMS_MAX.saturating_add(1)).collect::<Vec<_>>();
    let once = named.iter().copied().collect::<BTreeSet<_>>();
    let there = once.iter().all(|line| (1..=of).contains(line));
    let well = there && once.len() == named.len() && named.len() >= least;
    if well { Ok(()) } else { Err(SittingRefusal::Lines.into()) }
}

/// The motion that a line of a decision is put to the vote as.
///
/// # Errors
/// When it is to put something on the reserve list, and no last day is named.
pub fn motion_of(act: Act, until: Option<Day>) -> Result<Motion, Refusal> {
    Ok(match act {
        Act::Approve(Approve { part: _, amount, reduced_from, conditions, embargo_until }) => {
            Motion::Approve { amount, reduced_from, conditions, embargo_until }
        }
        Act::Reserve { asked, departure } => {
            let Approve { part: _, amount, reduced_from, conditions, embargo_until } = asked;
            let until = until.ok_or(RoundDecisionRefusal::ReserveDay)?;
            Motion::Reserve { amount, reduced_from, conditions, until, embargo_until, departure }
        }
        Act::Reject(Rejecting { reason, departure, embargo_until }) => {
            Motion::Reject { reason, departure, embargo_until }
        }
    })
}

/// What is done of a list when a motion on a part is carried; none for what no list decides.
#[must_use]
pub fn act_of(motion: Motion, part: &str) -> Option<Act> {
    let part = Some(part.to_owned());
    match motion {
        Motion::Approve { amount, reduced_from, conditions, embargo_until } => {
            Some(Act::Approve(Approve { part, amount, reduced_from, conditions, embargo_until }))
        }
        Motion::Reserve { amount, reduced_from, conditions, until: _, embargo_until, departure } => {
            let asked = Approve { part, amount, reduced_from, conditions, embargo_until };
            Some(Act::Reserve { asked, departure })
        }
        Motion::Reject { reason, departure, embargo_until } => {
            Some(Act::Reject(Rejecting { reason, departure, embargo_until }))
        }
        Motion::SendBack { .. }
        | Motion::Defer { .. }
        | Motion::TakeUp
        | Motion::ResetCheck { .. }
        | Motion::DecideChange { .. } => None,
    }
}

#[cfg(test)]
mod tests;
