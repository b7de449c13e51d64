//! Return for more information: the agency asks for some fields, and only those become editable until the applicant answers.

use super::difference::{compare, written};
use super::submission::{figures, pinned};
use super::{Application, Content, Revision, State, Submission, reason_given};
use crate::assessment::{Assessment, AssessmentState};
use crate::attachment::{Attachment, Pinned};
use crate::calculation::{Answer, History, unescaped};
use crate::calendar::Day;
use crate::change::{Change, Write};
use crate::debarment::{Bound, none_debarred};
use crate::duty::Duty;
use crate::event::Event;
use crate::ids::{ApplicationId, PersonId};
use crate::permission::Permit;
use crate::refusal::{Refusal, ReturnRefusal};
use crate::scheme::Scheme;
use crate::signal::keys;
use chrono::{DateTime, Utc};
use serde_json::Value;
use std::collections::BTreeSet;

/// The most fields that are asked for at once.
pub const FIELDS_MAX: usize = 50;

/// The most returns of one application.
pub const RETURNS_MAX: usize = 20;

/// A request for more information.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Return {
    /// Of which application.
    pub application: ApplicationId,
    /// Counted from 1 in the application.
    pub number: i32,
    /// Where the case was, and goes back to.
    pub from: State,
    /// The revision that had been sent.
    pub revision: i32,
    /// JSON Pointers to the fields that may be changed; a document is under `/documents`.
    pub fields: BTreeSet<String>,
    /// What is asked, in words.
    pub reason: String,
    /// The last day for the answer.
    pub answer_by: Day,
    /// Who asked.
    pub by: PersonId,
    /// When.
    pub at: DateTime<Utc>,
    /// How it ended; none while it waits for the applicant.
    pub ended: Option<Ended>,
}

/// How a return ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ended {
    /// By whom.
    pub by: PersonId,
    /// When.
    pub at: DateTime<Utc>,
    /// What became of it.
    pub how: Outcome,
}

/// What became of a return.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The applicant sent this revision.
    Answered(i32),
    /// It was ended without an answer, for this reason.
    Unanswered(String),
}

/// What an officer asks for.
#[derive(Clone, Debug)]
pub struct Asking<'a> {
    /// The text that the case has pinned.
    pub scheme: &'a Scheme,
    /// JSON Pointers to the fields.
    pub fields: BTreeSet<String>,
    /// What is asked, in words.
    pub reason: &'a str,
    /// The last day for the answer.
    pub answer_by: Day,
    /// The returns before this one.
    pub before: usize,
    /// Whether somebody has scored what was sent.
    pub is_scored: bool,
    /// Who asks.
    pub by: PersonId,
    /// Now.
    pub at: DateTime<Utc>,
}

/// What a resubmission must know beside the application.
#[derive(Clone, Debug)]
pub struct Resubmitting<'a> {
    /// The text that the case has pinned.
    pub scheme: &'a Scheme,
    /// What the applicant was granted before, as far as they have been told.
    pub history: History,
    /// The files of the application.
    pub attachments: Vec<Attachment>,
    /// Its assessments.
    pub assessments: Vec<Assessment>,
    /// What was sent before.
    pub sent: Content,
    /// What is on file of those who apply and of whoever sends, read while nobody adds to it.
    pub debarred: Vec<Bound>,
    /// Who sends.
    pub by: PersonId,
    /// Now.
    pub at: DateTime<Utc>,
}

impl Return {
    /// Whether a document may be attached in answer to it.
    #[must_use]
    pub fn asks_for_document(&self, document: Option<&str>) -> bool {
        let named = document.map(|code| format!("/documents/{code}"));
        self.fields.contains("/documents") || named.is_some_and(|named| self.fields.contains(&named))
    }

    /// The revision that was sent in answer, where one was.
    #[must_use]
    pub const fn answered(&self) -> Option<i32> {
        match &self.ended {
            Some(Ended { how: Outcome::Answered(revision), .. }) => Some(*revision),
            _ => None,
        }
    }

    /// Whether a file came in answer to it.
    #[must_use]
    pub fn brought(&self, file: &Attachment) -> bool {
        file.in_answer_to == Some(self.number)
    }

    /// What differs between two contents outside the fields that are asked for.
    fn forbidden(&self, before: &Content, after: &Content) -> Vec<String> {
        let mut found = Vec::new();
        compare(String::new(), Some(&self.without(before)), Some(&self.without(after)), &mut found);
        found.into_iter().map(|difference| difference.pointer).collect()
    }

    /// A content without the fields that are asked for, and without what is empty for lack of them.
    fn without(&self, content: &Content) -> Value {
        let mut value = written(content);
        for field in &self.fields {
            let segments = field.split('/').skip(1).collect::<Vec<_>>();
            take_out(&mut value, &segments);
        }
        if let Some(members) = value.as_object_mut() {
            members.retain(|_, member| match member {
                Value::Array(lines) => !lines.is_empty(),
                Value::Object(members) => !members.is_empty(),
                _ => true,
            });
        }
        value
    }

    /// By how many days an answer came, or is by now, after the last day.
    #[must_use]
    pub fn late_days(&self, today: Day) -> u32 {
        let until = self.ended.as_ref().map_or(today, |ended| Day::in_hong_kong(ended.at));
        self.answer_by.days_until(until)
    }

    fn ended(self, by: PersonId, at: DateTime<Utc>, how: Outcome) -> Self {
        Self { ended: Some(Ended { by, at, how }), ..self }
    }
}

/// The files that came in answer to a return and are not sent: they are taken away while the case is still open for it.
fn gone(open: &Return, attachments: &[Attachment]) -> Vec<Write> {
    let gone = attachments.iter().filter(|attachment| open.brought(attachment));
    gone.map(|attachment| Write::AttachmentGone(attachment.id)).collect()
}

/// Assessors have as many more days as the case was away from them.
fn later(open: &Return, assessments: &[Assessment], at: DateTime<Utc>) -> Vec<Write> {
    let days = Day::in_hong_kong(open.at).days_until(Day::in_hong_kong(at));
    let waiting =
        assessments.iter().filter(|one| open.from == State::InAssessment && AssessmentState::OPEN.contains(&one.state));
    waiting.map(|one| Write::AssessmentDue { assessment: one.id, due: one.due.plus_days(days) }).collect()
}

fn take_out(value: &mut Value, segments: &[&str]) {
    match (value, segments) {
        (Value::Object(members), [last]) => drop(members.remove(&unescaped(last))),
        (Value::Object(members), [first, rest @ ..]) => {
            if let Some(member) = members.get_mut(&unescaped(first)) {
                take_out(member, rest);
            }
        }
        (Value::Array(lines), [first, rest @ ..]) => {
            if let Some(line) = first.parse::<usize>().ok().and_then(|place| lines.get_mut(place)) {
                take_out(line, rest);
            }
        }
        _ => {}
    }
}

/// Whether a pointer names a field of an application to this scheme that can be asked for.
fn is_field(pointer: &str, content: &Content, scheme: &Scheme) -> bool {
    let file = &scheme.file;
    let Some(path) = pointer.strip_prefix('/') else { return false };
    match path.split('/').collect::<Vec<_>>().as_slice() {
        ["summary" | "starts_on" | "milestones" | "people" | "quotations" | "documents"]
        | ["request", "requested"]
        | ["request", "project", "stages"] => true,
        ["answers", code] => file.form.question.contains_key(*code),
        ["documents", code] => file.document.contains_key(*code),
        ["request", "applicant", "facts", code] => file.facts.applicant.contains_key(*code),
        ["request", "project", "facts", code] => file.facts.project.contains_key(*code),
        ["request", "project", "stages", place, "costs" | "contributions" | "posts" | "months"] => {
            let place = place.parse::<usize>().ok().filter(|number| number.to_string() == **place);
            place.is_some_and(|place| place < content.request.project.stages.len())
        }
        _ => false,
    }
}

impl Application {
    /// Returns an application for more information: the fields that are asked for become editable, and no others.
    ///
    /// # Errors
    /// When it is neither submitted nor in assessment, somebody has scored it, no field or one that does not exist is named, the day is
    /// over, or no reason is given.
    pub fn return_for_information(mut self, permit: &Permit, asking: Asking<'_>) -> Result<(Change, Self), Refusal> {
        self.must_be(&[State::Submitted, State::InAssessment])?;
        if asking.is_scored {
            return Err(ReturnRefusal::Scored.into());
        }
        if asking.before >= RETURNS_MAX {
            return Err(ReturnRefusal::TooMany { returns_max: RETURNS_MAX }.into());
        }
        if asking.fields.is_empty() || asking.fields.len() > FIELDS_MAX {
            return Err(ReturnRefusal::FieldsCount { fields_max: FIELDS_MAX }.into());
        }
        if let Some(field) = asking.fields.iter().find(|field| !is_field(field, &self.content, asking.scheme)) {
            return Err(ReturnRefusal::FieldUnknown { field: field.clone() }.into());
        }
        if asking.answer_by < Day::in_hong_kong(asking.at) {
            return Err(ReturnRefusal::DayOver { answer_by: asking.answer_by }.into());
        }
        let open = Return {
            application: self.id,
            number: i32::try_from(asking.before).unwrap_or(i32::MAX).saturating_add(1),
            from: self.state,
            revision: self.revision.number,
            fields: asking.fields,
            reason: reason_given(asking.reason)?,
            answer_by: asking.answer_by,
            by: asking.by,
            at: asking.at,
            ended: None,
        };
        self.state = State::Returned;
        let event = Event::ApplicationReturned {
            application: self.id,
            fields: open.fields.clone(),
            reason: open.reason.clone(),
            answer_by: open.answer_by,
        };
        Ok(self.changed(permit, event, vec![Write::NewReturn(open)]))
    }

    /// That it can be edited at all: a draft, or what was returned, with what is asked for.
    pub(crate) fn must_be_editable(&self, open: Option<&Return>) -> Result<(), Refusal> {
        match (self.state, open) {
            (State::Draft, None) | (State::Returned, Some(_)) => Ok(()),
            _ => Err(Refusal::ApplicationWrongState { state: self.state.public_code() }),
        }
    }

    /// That what is written changes in nothing but what is asked for, where it is asked.
    pub(super) fn edits_only(&self, open: Option<&Return>, content: &Content) -> Result<(), Refusal> {
        let forbidden = open.map(|open| open.forbidden(&self.content, content)).unwrap_or_default();
        if forbidden.is_empty() { Ok(()) } else { Err(ReturnRefusal::FieldsNotAsked { fields: forbidden }.into()) }
    }

    /// The applicant sends what was asked for. The rules of the first submission hold; where the figures have changed, they are worked
    /// out again under them.
    ///
    /// # Errors
    /// When it is not returned, somebody is debarred, nothing has changed, it is not complete, or the rules refuse the new figures.
    pub fn resubmit(
        mut self,
        permit: &Permit,
        open: Return,
        resubmitting: &Resubmitting<'_>,
    ) -> Result<(Change, Self, Option<Answer>), Refusal> {
        self.must_be_told(&[State::Returned])?;
        let submission = self.submission.clone().ok_or(Refusal::ApplicationWrongState { state: self.state.code() })?;
        let Resubmitting { scheme, history, attachments, assessments, sent, debarred, by, at } = resubmitting;
        none_debarred(debarred, &self.scheme, *at)?;
        let changed = super::differences(sent, &self.content).into_iter().map(|difference| difference.pointer);
        let new_files = attachments.iter().filter(|attachment| open.brought(attachment));
        let document = |file: &Attachment| file.document.as_ref().map_or_else(String::new, |code| format!("/{code}"));
        let changed =
            changed.chain(new_files.map(|file| format!("/documents{}", document(file)))).collect::<BTreeSet<_>>();
        if changed.is_empty() {
            return Err(ReturnRefusal::NothingChanged.into());
        }
        let requested = self.complete(scheme, submission.on, attachments)?;
        let mut writes = Vec::new();
        let (mut allowed, mut answer) = (submission.allowed, None);
        if self.content.request != sent.request {
            let (request, worked_out) = figures(&self, scheme, submission.on, history, requested)?;
            allowed = worked_out.grant;
            writes.push(pinned(self.id, request, &worked_out));
            answer = Some(worked_out);
        }
        self.state = open.from;
        self.submission = Some(Submission { requested, allowed, revision: self.revision.number, ..submission });
        writes.extend(later(&open, assessments, *at));
        writes.push(Write::Return(open.ended(*by, *at, Outcome::Answered(self.revision.number))));
        writes.push(Write::Duty { application: self.id, person: *by, duty: Duty::Author });
        writes.push(Write::Keys { application: self.id, keys: keys(&self) });
        let event = Event::ApplicationResubmitted {
            application: self.id,
            changed,
            trace: answer.as_ref().map(|answer| answer.trace.clone()),
            grant: answer.as_ref().map(|answer| answer.grant),
            files: attachments.iter().map(Pinned::from).collect(),
        };
        let (change, application) = self.changed(permit, event, writes);
        Ok((change, application, answer))
    }

    /// An officer ends a return that was not answered in time: what was sent stands, and what was written since does not.
    ///
    /// # Errors
    /// When it is not returned, its last day is not over, or no reason is given.
    pub fn end_return(
        mut self,
        permit: &Permit,
        (open, sent): (Return, Content),
        (attachments, assessments): (&[Attachment], &[Assessment]),
        (by, at, reason): (PersonId, DateTime<Utc>, &str),
    ) -> Result<(Change, Self), Refusal> {
        self.must_be(&[State::Returned])?;
        if Day::in_hong_kong(at) <= open.answer_by {
            return Err(ReturnRefusal::StillOpen { answer_by: open.answer_by }.into());
        }
        let reason = reason_given(reason)?;
        let mut writes = gone(&open, attachments);
        self.state = open.from;
        self.count_up();
        if self.content != sent {
            self.content = sent;
            self.revise(by, at);
        }
        if let Some(submission) = &mut self.submission {
            submission.revision = self.revision.number;
        }
        writes.push(Write::Application(self.clone()));
        writes.extend(later(&open, assessments, at));
        let event = Event::ApplicationReturnEnded { application: self.id, reason: reason.clone() };
        writes.push(Write::Return(open.ended(by, at, Outcome::Unanswered(reason))));
        Ok((Change::new(permit, event, writes), self))
    }

    /// A return that a withdrawal ends: what was not sent goes.
    pub(super) fn ends_with_withdrawal(
        (open, attachments): (Option<Return>, &[Attachment]),
        (by, at): (PersonId, DateTime<Utc>),
        reason: &str,
    ) -> Vec<Write> {
        let Some(open) = open else { return Vec::new() };
        let mut writes = gone(&open, attachments);
        writes.push(Write::Return(open.ended(by, at, Outcome::Unanswered(reason.to_owned()))));
        writes
    }

    /// Another revision of what is written, under the version that is counted up already.
    pub(super) const fn revise(&mut self, by: PersonId, at: DateTime<Utc>) {
        let number = self.revision.number.saturating_add(1);
        self.revision = Revision { number, by, at, version: self.told_version };
    }
}

#[cfg(test)]
mod tests;
