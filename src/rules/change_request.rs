//! Change requests: after an award, its dates, budget, scope, people, partners or amount are asked to change, or it is asked to be suspended,
//! to go on, or to end.
//!
//! The applicant asks; an officer opens a suspension, a resumption or a termination as well. An officer returns it with a question, or puts it
//! forward; whoever its route names decides, and is neither the one who asked nor the one who put it forward. What was awarded is not
//! edited: what holds now is what the changes have made of it. Decided in docs/decisions/0033.

mod decision;
mod effect;
mod kind;
mod planning;
mod route;
mod standing;
mod terms;

pub use decision::{ChangeDecision, Decided, Deciding, Verdict};
pub use kind::{ChangeKind, ChangeState};
pub use planning::{Replanned, planned_again};
pub(crate) use route::{by_category, left_to_move};
pub use standing::{AwardChange, Figures, Standing, last_day};
pub use terms::{BUDGET_LINES_MAX, BudgetLine, Terms, Wanted};

use crate::application::{Application, State, reason_given, words_given};
use crate::change::{Change, Write};
use crate::duty::{Duties, Duty};
use crate::event::Event;
use crate::ids::{ApplicationId, PersonId};
use crate::permission::Permit;
use crate::refusal::{ChangeRefusal, Refusal};
use crate::route::Part;
use crate::scheme::Scheme;
use crate::sight::Sight;
use chrono::{DateTime, Utc};

/// How many change requests one case has at most, whatever became of them.
pub const REQUESTS_MAX: usize = 100;

/// A change request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangeRequest {
    /// The case.
    pub application: ApplicationId,
    /// Counted from 1 in the case.
    pub number: i32,
    /// What kind of change it is.
    pub kind: ChangeKind,
    /// Where it stands.
    pub state: ChangeState,
    /// Whether the agency has opened it, and not the applicant.
    pub by_agency: bool,
    /// Who asked.
    pub requested_by: PersonId,
    /// When.
    pub requested_at: DateTime<Utc>,
    /// Why.
    pub reason: String,
    /// What is wanted.
    pub wanted: Wanted,
    /// What held when it was asked for.
    pub before: Terms,
    /// The step of the one who decides, as it was when it was asked for; none where an officer decides.
    pub route: Option<Part>,
    /// What an officer has asked, and what was answered.
    pub question: Option<String>,
    /// What was answered.
    pub answer: Option<String>,
    /// Who put it forward, and when.
    pub forwarded: Option<(PersonId, DateTime<Utc>)>,
    /// How it was decided, or why it was withdrawn.
    pub ended: Option<Outcome>,
}

/// How a change request ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// By whom.
    pub by: PersonId,
    /// In whose absence.
    pub on_behalf_of: Option<PersonId>,
    /// Under which authority; none of an officer and of whoever withdrew it.
    pub authority: Option<String>,
    /// When.
    pub at: DateTime<Utc>,
    /// Why.
    pub reason: String,
}

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewChangeRequest {
    /// What kind of change.
    pub kind: ChangeKind,
    /// What is wanted.
    pub wanted: Wanted,
    /// Why.
    pub reason: String,
}

/// What asking must know beside the case.
#[derive(Clone, Copy, Debug)]
pub struct Asking<'a> {
    /// The text that the application has pinned.
    pub scheme: &'a Scheme,
    /// What holds now.
    pub standing: &'a Standing,
    /// Every change request of the case.
    pub requests: &'a [ChangeRequest],
    /// Who has had which duty.
    pub duties: &'a Duties,
    /// With whose eyes the one who asks sees the case: of the agency, or of the applicant.
    pub sight: Sight,
}

/// The applicant asks for a change, or an officer opens one.
///
/// # Errors
/// When the award does not run, the scheme takes no changes of that kind or an officer opens none, another one of it is open, what is wanted
/// is not what that kind of change is about or changes nothing, or a reason is missing.
pub fn request(
    permit: &Permit,
    application: &Application,
    asking: Asking<'_>,
    new: NewChangeRequest,
    (by, at): (PersonId, DateTime<Utc>),
) -> Result<(Change, ChangeRequest), Refusal> {
    let Asking { scheme, standing, requests, duties, sight } = asking;
    let NewChangeRequest { kind, wanted, reason } = new;
    let by_agency = sight == Sight::Staff;
    application.must_be_told(kind.asked_in())?;
    if by_agency && !kind.is_opened_by_officers() {
        return Err(ChangeRefusal::OfApplicant.into());
    }
    if let Some(open) = requests.iter().find(|other| other.kind == kind && other.state.is_open()) {
        return Err(ChangeRefusal::Open { number: open.number }.into());
    }
    if requests.len() >= REQUESTS_MAX {
        return Err(ChangeRefusal::TooMany.into());
    }
    kind.must_be_taken(application, scheme)?;
    standing.must_not_be_settled(kind)?;
    wanted.must_be_of(kind)?;
    standing.must_change(kind, &wanted, at)?;
    let reason = reason_given(&reason)?;
    let route = standing.decided_by(application, scheme, (kind, &wanted))?;
    let number = requests.iter().map(|other| other.number).max().unwrap_or(0).saturating_add(1);
    let request = ChangeRequest {
        application: application.id,
        number,
        kind,
        state: ChangeState::Requested,
        by_agency,
        requested_by: by,
        requested_at: at,
        reason,
        before: standing.before(kind, &wanted),
        wanted,
        route,
        question: None,
        answer: None,
        forwarded: None,
        ended: None,
    };
    let event = Event::ChangeRequested {
        application: application.id,
        number,
        change: kind,
        by_agency,
        wanted: Box::new(request.wanted.clone()),
        reason: request.reason.clone(),
    };
    let mut writes = Vec::new();
    if !by_agency {
        // Whoever writes for the applicant decides nothing on the case.
        writes.push(duties.take(application.id, by, Duty::Author)?);
    }
    writes.push(Write::NewChangeRequest(Box::new(request.clone())));
    Ok((Change::new(permit, event, writes), request))
}

impl ChangeRequest {
    /// What somebody reads of it: who does not work on it for the agency is not told under which authority it was decided, and in whose absence.
    #[must_use]
    pub fn told(mut self, sight: Sight) -> Self {
        if sight == Sight::Public {
            self.ended = self.ended.map(|ended| Outcome { authority: None, on_behalf_of: None, ..ended });
        }
        self
    }

    /// Whoever asked takes it back: somebody of the applicant who may ask, or the officer who opened it.
    ///
    /// # Errors
    /// When it is decided or withdrawn, it was opened by somebody else, or a reason is missing.
    pub fn withdraw(
        self,
        permit: &Permit,
        (by, at): (PersonId, DateTime<Utc>),
        sight: Sight,
        reason: &str,
    ) -> Result<(Change, Self), Refusal> {
        self.must_be(&[ChangeState::Requested, ChangeState::Returned, ChangeState::Forwarded])?;
        let of_agency = sight == Sight::Staff;
        if self.by_agency != of_agency || of_agency && self.requested_by != by {
            return Err(ChangeRefusal::OfOthers.into());
        }
        let reason = reason_given(reason)?;
        let event = Event::ChangeWithdrawn {
            application: self.application,
            number: self.number,
            by_agency: self.by_agency,
            reason: reason.clone(),
            change: Some(self.kind),
        };
        let ended = Some(Outcome { by, on_behalf_of: None, authority: None, at, reason });
        Ok(Self { state: ChangeState::Withdrawn, ended, ..self }.moved(permit, event))
    }

    /// An officer returns it to the applicant with a question.
    ///
    /// # Errors
    /// When it does not wait for an officer, the agency has opened it, or the question is missing.
    pub fn give_back(self, permit: &Permit, question: &str) -> Result<(Change, Self), Refusal> {
        self.must_be(&[ChangeState::Requested])?;
        if self.by_agency {
            return Err(ChangeRefusal::OfOthers.into());
        }
        let question = words_given("/question", question)?;
        let event = Event::ChangeReturned {
            application: self.application,
            number: self.number,
            change: self.kind,
            question: question.clone(),
        };
        Ok(Self { state: ChangeState::Returned, question: Some(question), answer: None, ..self }.moved(permit, event))
    }

    /// The applicant answers; it waits for an officer again.
    ///
    /// # Errors
    /// When nothing is asked, or the answer is missing.
    pub fn answer(self, permit: &Permit, answer: &str) -> Result<(Change, Self), Refusal> {
        self.must_be(&[ChangeState::Returned])?;
        let answer = words_given("/answer", answer)?;
        let event =
            Event::ChangeAnswered { application: self.application, number: self.number, answer: answer.clone() };
        Ok(Self { state: ChangeState::Requested, answer: Some(answer), ..self }.moved(permit, event))
    }

    /// An officer who has not opened it puts it forward to whoever decides.
    ///
    /// # Errors
    /// When it does not wait for an officer, an officer decides it, or the officer has opened it.
    pub fn forward(self, permit: &Permit, (by, at): (PersonId, DateTime<Utc>)) -> Result<(Change, Self), Refusal> {
        self.must_be(&[ChangeState::Requested])?;
        if self.route.is_none() {
            return Err(ChangeRefusal::OfficerDecides.into());
        }
        if self.requested_by == by {
            return Err(ChangeRefusal::Own.into());
        }
        let event = Event::ChangeForwarded { application: self.application, number: self.number };
        Ok(Self { state: ChangeState::Forwarded, forwarded: Some((by, at)), ..self }.moved(permit, event))
    }

    fn must_be(&self, states: &[ChangeState]) -> Result<(), Refusal> {
        if states.contains(&self.state) {
            Ok(())
        } else {
            Err(ChangeRefusal::WrongState { state: self.state.code() }.into())
        }
    }

    fn moved(self, permit: &Permit, event: Event) -> (Change, Self) {
        (Change::new(permit, event, vec![Write::ChangeRequest(Box::new(self.clone()))]), self)
    }
}

impl ChangeKind {
    /// The states of the case in which it can be asked for and done.
    const fn asked_in(self) -> &'static [State] {
        match self {
            Self::Resumption => &[State::Suspended],
            Self::Termination => &[State::Accepted, State::Suspended],
            _ => &[State::Accepted],
        }
    }
}

#[cfg(test)]
mod laws;
#[cfg(test)]
mod tests;
