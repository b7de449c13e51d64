//! An application: what is written in it, and the events that move it.

mod content;
mod difference;
mod field;
mod form;
mod returning;
mod state;
mod submission;

pub use content::{
    ANSWER_CHARACTERS_MAX, Content, LINES_MAX, Milestone, NAME_CHARACTERS_MAX, Part, Participant, Quotation,
    SUMMARY_CHARACTERS_MAX, TITLE_CHARACTERS_MAX,
};
pub(crate) use content::{storable, storable_in};
pub use difference::{Difference, differences};
pub use field::field_name;
pub use returning::{Asking, Ended, FIELDS_MAX, Outcome, RETURNS_MAX, Resubmitting, Return};
pub use state::State;
pub use submission::{Submission, Submitting};
pub(crate) use submission::{faulty, refused_by_rules};

use crate::attachment::{Attachment, missing_documents};
use crate::calculation::RequestFault;
use crate::calendar::Day;
use crate::change::{Change, Write};
use crate::duty::Duty;
use crate::event::Event;
use crate::ids::{ApplicationId, OrganisationId, PersonId};
use crate::money::Cents;
use crate::permission::Permit;
use crate::person::Organisation;
use crate::refusal::Refusal;
use crate::reserve_list::Leaving;
use crate::scheme::{Scheme, hexadecimal};
use crate::sight::Sight;
use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};

/// The longest reason for an act, in characters.
pub const REASON_CHARACTERS_MAX: usize = 2_000;

/// An application.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Application {
    /// Identity.
    pub id: ApplicationId,
    /// The reference that people use, such as `NIAS-2025-000123`.
    pub reference: String,
    /// The scheme's code.
    pub scheme: String,
    /// Who applies.
    pub organisation: OrganisationId,
    /// What the organisation is called.
    pub organisation_name: String,
    /// Its Unique Business Identifier.
    pub organisation_ubi: String,
    /// Who began it.
    pub author: PersonId,
    /// Where it stands.
    pub state: State,
    /// What is written in it.
    pub content: Content,
    /// Which revision of it that is.
    pub revision: Revision,
    /// What submission fixed.
    pub submission: Option<Submission>,
    /// Until when it stays closed to the agency, where its round is sealed.
    pub sealed_until: Option<DateTime<Utc>>,
    /// What the committee recommends.
    pub recommended: Option<Cents>,
    /// What is reserved of the scheme's money: what is recommended, while it is and where the scheme reserves it, and nothing else.
    pub reserved: Cents,
    /// Why it was screened out, refused, declined or withdrawn.
    pub reason: Option<String>,
    /// The first day on which its applicant is told that it is refused, while that is not told.
    pub embargo_until: Option<Day>,
    /// When it was begun.
    pub created_at: DateTime<Utc>,
    /// Counted up with every change.
    pub version: i32,
    /// Counted up with every change that the applicant is told of.
    pub told_version: i32,
}

/// A revision of what is written in an application.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Revision {
    /// Counted from 1 in the application.
    pub number: i32,
    /// Who wrote it.
    pub by: PersonId,
    /// When.
    pub at: DateTime<Utc>,
    /// The first version of the application, as its applicant counts them, that has it.
    pub version: i32,
}

/// A draft to be begun: ids, names and instants are handed in.
#[derive(Clone, Debug)]
pub struct NewDraft {
    /// Identity.
    pub id: ApplicationId,
    /// The number of the reference, unique over all schemes.
    pub serial: i64,
    /// Who applies.
    pub organisation: Organisation,
    /// Who begins it.
    pub author: PersonId,
    /// What is written in it.
    pub content: Content,
    /// Now.
    pub at: DateTime<Utc>,
}

/// Begins a draft.
///
/// # Errors
/// When a text is too long.
pub fn create(permit: &Permit, scheme: &Scheme, draft: NewDraft) -> Result<(Change, Application), Refusal> {
    scheme.procedure()?;
    draft.content.bounded()?;
    let code = scheme.file.code.get_ref();
    let year = Day::in_hong_kong(draft.at).to_string().chars().take(4).collect::<String>();
    let application = Application {
        id: draft.id,
        reference: format!("{code}-{year}-{:06}", draft.serial),
        scheme: code.clone(),
        organisation: draft.organisation.id,
        organisation_name: draft.organisation.name,
        organisation_ubi: draft.organisation.ubi,
        author: draft.author,
        state: State::Draft,
        content: draft.content,
        revision: Revision { number: 1, by: draft.author, at: draft.at, version: 1 },
        submission: None,
        sealed_until: None,
        recommended: None,
        reserved: Cents::ZERO,
        reason: None,
        embargo_until: None,
        created_at: draft.at,
        version: 1,
        told_version: 1,
    };
    let event = Event::ApplicationCreated {
        application: application.id,
        reference: application.reference.clone(),
        organisation: application.organisation,
    };
    let wrote = Write::Duty { application: application.id, person: application.author, duty: Duty::Author };
    let change = Change::new(permit, event, vec![Write::NewApplication(application.clone()), wrote]);
    Ok((change, application))
}

impl Application {
    /// Replaces what is written in a draft, or in what was returned for more information: there, only what `open` asks for.
    ///
    /// # Errors
    /// When it is neither, a text is too long, or something is changed that was not asked for.
    pub fn edit(
        mut self,
        permit: &Permit,
        (by, at): (PersonId, DateTime<Utc>),
        content: Content,
        open: Option<&Return>,
    ) -> Result<(Change, Self), Refusal> {
        self.must_be_editable(open)?;
        content.bounded()?;
        self.edits_only(open, &content)?;
        self.count_up();
        if content != self.content {
            self.content = content;
            self.revise(by, at);
        }
        // The audit shows that and when the content changed; what it says is the application's own.
        let written = serde_json::to_vec(&self.content).unwrap_or_default();
        let event = Event::ApplicationEdited { application: self.id, content: hexadecimal(&Sha256::digest(&written)) };
        let wrote = Write::Duty { application: self.id, person: by, duty: Duty::Author };
        Ok((Change::new(permit, event, vec![Write::Application(self.clone()), wrote]), self))
    }

    /// The applicant takes it back before it is approved, and what is reserved is given back; what is approved is taken back by
    /// [`crate::award::Award::end`].
    ///
    /// # Errors
    /// When it has ended already, or no reason is given.
    pub fn withdraw(
        mut self,
        permit: &Permit,
        reason: &str,
        (by, at): (PersonId, DateTime<Utc>),
        open: (Option<Return>, &[Attachment]),
    ) -> Result<(Change, Self), Refusal> {
        self.must_be_told(&[
            State::Draft,
            State::Submitted,
            State::Returned,
            State::Ineligible,
            State::InAssessment,
            State::Recommended,
            State::OnReserve,
            State::Refused,
        ])?;
        let reason = reason_given(reason)?;
        let leaves = self.leaves_reserve(Leaving::Withdrawn, at);
        self.state = State::Withdrawn;
        self.reason = Some(reason.clone());
        self.embargo_until = None;
        let mut writes = Self::ends_with_withdrawal(open, (by, at), &reason);
        writes.extend(leaves);
        let event = Event::ApplicationWithdrawn { application: self.id, reason };
        writes.extend(self.keep_reserved(Cents::ZERO));
        self.count_up();
        writes.push(Write::Application(self.clone()));
        Ok((Change::new(permit, event, writes), self))
    }

    /// The version as a sight shows it, and as its reader names it: what is hidden does not show in the public one, neither that it
    /// has happened nor how often.
    #[must_use]
    pub const fn version_in(&self, sight: Sight) -> i32 {
        match sight {
            Sight::Staff => self.version,
            Sight::Public => self.told_version,
        }
    }

    /// Why it ended, as a sight shows it: of a refusal that is not told yet, not even that it has a reason.
    #[must_use]
    pub fn reason_in(&self, sight: Sight) -> Option<&str> {
        self.reason.as_deref().filter(|_| sight == Sight::Staff || !self.state.is_hidden())
    }

    /// Whether it is closed to the agency at an instant.
    #[must_use]
    pub fn is_sealed(&self, at: DateTime<Utc>) -> bool {
        self.sealed_until.is_some_and(|until| at < until)
    }

    /// The first day of the year in whose money it counts, once it is submitted.
    #[must_use]
    pub fn year(&self) -> Option<Day> {
        self.submission.as_ref()?.year
    }

    /// The path of the round to which it belongs, once it is submitted.
    #[must_use]
    pub fn round(&self) -> Option<&str> {
        self.submission.as_ref()?.round.as_deref()
    }

    /// What is still missing, or wrong, before it can be submitted under a text of its scheme on a day with these files.
    #[must_use]
    pub fn missing(&self, scheme: &Scheme, on: Day, attachments: &[Attachment]) -> Vec<RequestFault> {
        let content = &self.content;
        let needed = [
            (content.title.trim().is_empty(), "/title", "give the project a title"),
            (content.summary.trim().is_empty(), "/summary", "say what the project is about"),
            (
                content.request.project.stages.is_empty(),
                "/request/project/stages",
                "give at least one stage with its cost",
            ),
            (content.request.requested.is_none(), "/request/requested", "say how much is asked for"),
        ];
        let needed = needed.into_iter().filter(|(is_missing, ..)| *is_missing);
        let mut missing =
            needed.map(|(_, pointer, message)| RequestFault::malformed(pointer, message)).collect::<Vec<_>>();
        missing.extend(form::lacking(content, scheme, on));
        missing.extend(missing_documents(scheme, on, attachments));
        missing
    }

    /// What is asked for, where nothing is missing: neither of what is written nor of what is attached.
    fn complete(&self, scheme: &Scheme, on: Day, attachments: &[Attachment]) -> Result<Cents, Refusal> {
        let missing = self.missing(scheme, on, attachments);
        match self.content.request.requested {
            Some(requested) if missing.is_empty() => Ok(requested),
            _ => Err(Refusal::ApplicationIncomplete { missing }),
        }
    }

    pub(crate) fn must_be(&self, states: &[State]) -> Result<(), Refusal> {
        if states.contains(&self.state) {
            Ok(())
        } else {
            Err(Refusal::ApplicationWrongState { state: self.state.code() })
        }
    }

    /// The same for what the applicant does, in the words that the applicant is told.
    pub(crate) fn must_be_told(&self, states: &[State]) -> Result<(), Refusal> {
        self.must_be(states).map_err(|_state| Refusal::ApplicationWrongState { state: self.state.public_code() })
    }

    /// All that is due of it has been paid.
    pub(crate) fn completed(mut self, paid: Cents) -> (Event, Self) {
        self.state = State::Completed;
        self.count_up();
        (Event::ApplicationCompleted { application: self.id, paid }, self)
    }

    /// Of what was paid, something is owed again.
    pub(crate) fn reopened(mut self) -> (Event, Self) {
        self.state = State::Accepted;
        self.count_up();
        (Event::ApplicationReopened { application: self.id }, self)
    }

    /// It has changed, and its state is the new one.
    pub(crate) const fn count_up(&mut self) {
        self.version = self.version.saturating_add(1);
        if !self.state.is_hidden() {
            self.told_version = self.told_version.saturating_add(1);
        }
    }

    pub(crate) fn changed(mut self, permit: &Permit, event: Event, more: Vec<Write>) -> (Change, Self) {
        self.count_up();
        self.written(permit, event, more)
    }

    /// The same of a step back from what its applicant was not told to what they were: to them nothing has changed.
    pub(crate) fn changed_untold(mut self, permit: &Permit, event: Event, more: Vec<Write>) -> (Change, Self) {
        self.version = self.version.saturating_add(1);
        self.written(permit, event, more)
    }

    fn written(self, permit: &Permit, event: Event, more: Vec<Write>) -> (Change, Self) {
        let mut writes = vec![Write::Application(self.clone())];
        writes.extend(more);
        (Change::new(permit, event, writes), self)
    }
}

/// A reason as it is kept.
pub(crate) fn reason_given(reason: &str) -> Result<String, Refusal> {
    words_given("/reason", reason)
}

/// Words that must be there, as they are kept.
pub(crate) fn words_given(field: &'static str, words: &str) -> Result<String, Refusal> {
    words_within(field, words, REASON_CHARACTERS_MAX)
}

/// The same of so many characters at most.
pub(crate) fn words_within(field: &'static str, words: &str, characters_max: usize) -> Result<String, Refusal> {
    let words = words.trim();
    if words.is_empty() || words.chars().count() > characters_max {
        return Err(Refusal::TextLength { field, characters_max });
    }
    storable(field, words)?;
    Ok(words.to_owned())
}

#[cfg(test)]
mod tests;
