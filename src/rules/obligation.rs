//! What a recipient owes on a case: reports and audited accounts with their days, handed in with a file, and accepted or sent back.
//!
//! Decided in docs/decisions/0050.

mod blocks;
mod derive;
mod remind;
mod report;

pub use blocks::{must_be_met, none_late};
pub use derive::{Anchors, Derived, derive};
pub use remind::{DAYS_AHEAD, reminder};
pub use report::Reported;

use crate::application::{Application, State, reason_given, words_given};
use crate::attachment::{ATTACHMENTS_MAX, Attachment, MediaType, Room};
use crate::award::Instalment;
use crate::calendar::Day;
use crate::change::{Change, Write};
use crate::event::Event;
use crate::ids::{ApplicationId, AttachmentId, PersonId};
use crate::permission::Permit;
use crate::refusal::{AttachmentRefusal, ObligationRefusal, Refusal};
use crate::scheme::{ObligationKind, Scheme};
use chrono::{DateTime, Utc};

/// Where an obligation stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ObligationState {
    /// Owed.
    Open,
    /// Handed in; it waits for an officer.
    Submitted,
    /// Accepted; nothing more becomes of it.
    Accepted,
    /// Not owed any more, since the project ends earlier.
    Dropped,
}

impl ObligationState {
    /// The code used in the API and the database.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Submitted => "submitted",
            Self::Accepted => "accepted",
            Self::Dropped => "dropped",
        }
    }

    /// The state with a code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Open, Self::Submitted, Self::Accepted, Self::Dropped].into_iter().find(|state| state.code() == code)
    }
}

/// What an officer has found of something that was handed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judged {
    /// Who.
    pub by: PersonId,
    /// When.
    pub at: DateTime<Utc>,
    /// Why it was sent back; none where it was accepted.
    pub returned: Option<String>,
}

/// Something that was handed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Submission {
    /// Counted from 1 in the obligation.
    pub number: i32,
    /// The file.
    pub attachment: AttachmentId,
    /// What the recipient says of it.
    pub words: String,
    /// Who handed it in.
    pub by: PersonId,
    /// When.
    pub at: DateTime<Utc>,
    /// What an officer has found.
    pub judged: Option<Judged>,
}

/// Something that is owed on a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Obligation {
    /// On which case.
    pub application: ApplicationId,
    /// The scheme's code for it, with a number where it is owed several times.
    pub code: String,
    /// What it is.
    pub kind: ObligationKind,
    /// Where it stands.
    pub state: ObligationState,
    /// Its last day; none while the day from which it is counted is not known.
    pub due_on: Option<Day>,
    /// Whether nothing is certified or prepared for payment while it is late.
    pub blocks_when_late: bool,
    /// The instalments of the plan that are not certified before it is accepted.
    pub needed_for: Vec<String>,
    /// What was handed in, oldest first.
    pub submissions: Vec<Submission>,
}

/// What is written of obligations.
#[derive(Clone, Debug)]
pub enum ObligationWrite {
    /// All that is owed, with its days: what is new is added, what is open and not among them is dropped.
    Derived(Vec<Derived>),
    /// Something was handed in.
    Submitted {
        /// For which obligation.
        code: String,
        /// What.
        submission: Submission,
    },
    /// An officer has accepted it, or sent it back.
    Judged {
        /// For which obligation.
        code: String,
        /// What.
        submission: Submission,
    },
}

/// In which states of a case something is handed in: while it runs, and after.
const RUNNING: [State; 4] = [State::Accepted, State::Suspended, State::Completed, State::Terminated];

/// What a judgement must know to say what is owed from then on.
#[derive(Clone, Copy, Debug)]
pub struct Accepting<'a> {
    /// The text that the application has pinned.
    pub scheme: &'a Scheme,
    /// The day of its submission.
    pub on: Day,
    /// The days from which it is counted, but that of this acceptance.
    pub anchors: Anchors,
    /// The plan of the award.
    pub plan: &'a [Instalment],
    /// All that is owed on the case.
    pub all: &'a [Obligation],
}

impl Accepting<'_> {
    /// What is owed from now on. The final accounts are the last ones that are owed: when all of them are accepted, one of them now perhaps, what
    /// is due after them has its day.
    fn derived(&self, now: Option<(&str, Day)>) -> ObligationWrite {
        let owed = derive(self.scheme, self.on, self.anchors, self.plan);
        let accepted_on = |code: &str| {
            let found = self.all.iter().find(|one| one.code == code && one.state == ObligationState::Accepted);
            let judged = found.and_then(|one| one.submissions.last()?.judged.as_ref());
            let today = now.filter(|(accepted, _)| *accepted == code).map(|(_, today)| today);
            today.or_else(|| judged.map(|judged| Day::in_hong_kong(judged.at)))
        };
        let accounts = owed.iter().filter(|one| one.kind == ObligationKind::AuditedAccounts);
        let accepted = accounts.map(|one| accepted_on(&one.code)).collect::<Option<Vec<_>>>();
        let anchors = Anchors { accounts_on: accepted.and_then(|days| days.into_iter().max()), ..self.anchors };
        ObligationWrite::Derived(derive(self.scheme, self.on, anchors, self.plan))
    }
}

/// The one with a code among those of a case.
///
/// # Errors
/// When there is none: told which there are.
pub fn named(obligations: Vec<Obligation>, code: &str) -> Result<Obligation, Refusal> {
    let owed = |one: &&Obligation| one.kind != ObligationKind::Books && one.state != ObligationState::Dropped;
    let known = obligations.iter().filter(owed).map(|one| one.code.clone()).collect::<Vec<_>>().join(", ");
    let found = obligations.into_iter().find(|one| one.code == code && owed(&one));
    Ok(found.ok_or(ObligationRefusal::Unknown { known })?)
}

/// What a file may be that is attached for an obligation of a running case; none where the document is none that is owed.
#[must_use]
pub fn room_for(
    application: &Application,
    (obligations, document): (&[Obligation], Option<&str>),
    there: &[Attachment],
    bytes_max: u64,
) -> Option<Result<Room, Refusal>> {
    let code = document.filter(|_| RUNNING.contains(&application.state))?;
    let takes = |one: &Obligation| one.code == code && one.kind != ObligationKind::Books;
    obligations.iter().find(|one| takes(one) && one.state == ObligationState::Open)?;
    let of_it = there.iter().filter(|file| file.document.as_deref() == Some(code)).count();
    if of_it >= ATTACHMENTS_MAX {
        return Some(Err(AttachmentRefusal::TooMany { attachments_max: ATTACHMENTS_MAX }.into()));
    }
    Some(Ok(Room { types: MediaType::ALL.to_vec(), bytes_max }))
}

impl Obligation {
    /// By how many days it is late: what is handed in waits for the agency, and is not.
    #[must_use]
    pub fn late_days(&self, today: Day) -> u32 {
        let owed = self.state == ObligationState::Open && self.kind != ObligationKind::Books;
        self.due_on.filter(|_| owed).map_or(0, |due_on| due_on.days_until(today))
    }

    fn must_be(&self, state: ObligationState) -> Result<(), Refusal> {
        if self.state == state {
            Ok(())
        } else {
            Err(ObligationRefusal::WrongState { state: self.state.code() }.into())
        }
    }

    /// The recipient hands it in with a file that was attached for it.
    ///
    /// # Errors
    /// When the case does not run, it is not open, the file is not one of it or was handed in before, or the words are missing.
    pub fn submit(
        mut self,
        permit: &Permit,
        (application, files): (&Application, &[Attachment]),
        (attachment, words): (AttachmentId, &str),
        (by, at): (PersonId, DateTime<Utc>),
    ) -> Result<(Change, Self), Refusal> {
        application.must_be_told(&RUNNING)?;
        self.must_be(ObligationState::Open)?;
        let of_it = |file: &Attachment| file.id == attachment && file.document.as_deref() == Some(self.code.as_str());
        let sent = self.submissions.iter().any(|submission| submission.attachment == attachment);
        if sent || !files.iter().any(of_it) {
            return Err(ObligationRefusal::Attachment { code: self.code }.into());
        }
        let words = words_given("/words", words)?;
        let number = i32::try_from(self.submissions.len()).unwrap_or(i32::MAX).saturating_add(1);
        let submission = Submission { number, attachment, words, by, at, judged: None };
        self.state = ObligationState::Submitted;
        self.submissions.push(submission.clone());
        let (application, code) = (self.application, self.code.clone());
        let event = Event::ObligationSubmitted { application, obligation: code.clone(), attachment };
        let write = ObligationWrite::Submitted { code, submission };
        Ok((Change::new(permit, event, vec![Write::OnObligation { application, write }]), self))
    }

    /// An officer accepts what was handed in. What is due after the final accounts, the last ones that are owed, has its day from then on.
    ///
    /// # Errors
    /// When nothing waits for it.
    pub fn accept(
        mut self,
        permit: &Permit,
        (by, at): (PersonId, DateTime<Utc>),
        accepting: Accepting<'_>,
    ) -> Result<(Change, Self), Refusal> {
        let judged = self.judge(Judged { by, at, returned: None }, ObligationState::Accepted)?;
        let (application, code) = (self.application, self.code.clone());
        let mut writes = vec![Write::OnObligation { application, write: judged }];
        if self.kind == ObligationKind::AuditedAccounts {
            let write = accepting.derived(Some((&code, Day::in_hong_kong(at))));
            writes.push(Write::OnObligation { application, write });
        }
        let event = Event::ObligationAccepted { application, obligation: code };
        Ok((Change::new(permit, event, writes), self))
    }

    /// An officer sends back what was handed in, with the reason: it is owed as before, unless nothing like it is owed any more.
    ///
    /// # Errors
    /// When nothing waits for it, or the reason is missing.
    pub fn give_back(
        mut self,
        permit: &Permit,
        (by, at): (PersonId, DateTime<Utc>),
        reason: &str,
        accepting: Accepting<'_>,
    ) -> Result<(Change, Self), Refusal> {
        self.must_be(ObligationState::Submitted)?;
        let reason = reason_given(reason)?;
        let write = self.judge(Judged { by, at, returned: Some(reason.clone()) }, ObligationState::Open)?;
        let (application, obligation) = (self.application, self.code.clone());
        let event = Event::ObligationReturned { application, obligation, reason };
        let writes = [write, accepting.derived(None)].map(|write| Write::OnObligation { application, write });
        Ok((Change::new(permit, event, writes.into()), self))
    }

    fn judge(&mut self, judged: Judged, state: ObligationState) -> Result<ObligationWrite, Refusal> {
        self.must_be(ObligationState::Submitted)?;
        let Some(last) = self.submissions.last_mut() else { return Err(Refusal::NotFound) };
        last.judged = Some(judged);
        self.state = state;
        Ok(ObligationWrite::Judged { code: self.code.clone(), submission: last.clone() })
    }
}

#[cfg(test)]
mod tests;
