//! Assessments: who scores which proposal, and when that is over.

use crate::actor::{Actor, Role};
use crate::application::{Application, State, reason_given, words_given};
use crate::calendar::Day;
use crate::change::{Change, Write};
use crate::duty::{Duties, Duty};
use crate::event::Event;
use crate::ids::{ApplicationId, AssessmentId, PersonId};
use crate::permission::Permit;
use crate::refusal::Refusal;
use crate::scheme::Scheme;
use crate::scoring::{Marks, Score, score};
use serde::{Deserialize, Serialize};

/// Where an assessment stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AssessmentState {
    /// Given to an assessor.
    Assigned,
    /// The assessor declared a conflict; somebody else is needed.
    Conflicted,
    /// Scored; never changed again.
    Scored,
}

impl AssessmentState {
    /// The code used in the API and the database.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Assigned => "assigned",
            Self::Conflicted => "conflicted",
            Self::Scored => "scored",
        }
    }

    /// The state with a code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Assigned, Self::Conflicted, Self::Scored].into_iter().find(|state| state.code() == code)
    }
}

/// One assessor's assessment of one application.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assessment {
    /// Identity.
    pub id: AssessmentId,
    /// Of which application.
    pub application: ApplicationId,
    /// By whom.
    pub assessor: PersonId,
    /// Where it stands.
    pub state: AssessmentState,
    /// Marks by criterion, once scored.
    pub marks: Marks,
    /// What the assessor wrote for the agency.
    pub comment: String,
    /// What the assessor releases for the applicant, who reads it without a name.
    pub feedback: Option<String>,
    /// The weighted score in hundredths of a per cent, once scored.
    pub score: Option<u32>,
}

/// An officer gives a proposal to an assessor.
///
/// # Errors
/// When the proposal is not in assessment, the person is no assessor or acts for the applicant, has another duty on the case or has
/// it already, or enough are at work.
pub fn assign(
    permit: &Permit,
    application: &Application,
    scheme: &Scheme,
    (id, assessor): (AssessmentId, &Actor),
    duties: &Duties,
    existing: &[Assessment],
) -> Result<(Change, Assessment), Refusal> {
    application.must_be(&[State::InAssessment])?;
    let (assessor, duty) = may_assess(application, assessor, duties, existing)?;
    let wanted = wanted(application, scheme);
    let at_work = existing.iter().filter(|assessment| assessment.state != AssessmentState::Conflicted).count();
    if at_work >= wanted {
        return Err(Refusal::AssessorsEnough { wanted });
    }
    let assessment = Assessment {
        id,
        application: application.id,
        assessor,
        state: AssessmentState::Assigned,
        marks: Marks::new(),
        comment: String::new(),
        feedback: None,
        score: None,
    };
    let event = Event::AssessmentAssigned { application: application.id, assessment: id, assessor };
    Ok((Change::new(permit, event, vec![duty, Write::NewAssessment(assessment.clone())]), assessment))
}

/// Whether somebody may assess a proposal, however many others do: who they are, and the duty that they would take.
///
/// # Errors
/// When they are no assessor or act for the applicant, have another duty on the case, or have or had it already.
pub(crate) fn may_assess(
    application: &Application,
    assessor: &Actor,
    duties: &Duties,
    existing: &[Assessment],
) -> Result<(PersonId, Write), Refusal> {
    if assessor.organisations.contains(&application.organisation) {
        return Err(Refusal::AssessorOfApplicant);
    }
    let person = assessor.person().filter(|_| assessor.is(Role::Assessor));
    let assessor = person.ok_or(Refusal::AssessorNotOne)?;
    if existing.iter().any(|assessment| assessment.assessor == assessor) {
        return Err(Refusal::AssessorTwice);
    }
    Ok((assessor, duties.take(application.id, assessor, Duty::Assessor)?))
}

/// How many assessors a proposal needs.
#[must_use]
pub fn wanted(application: &Application, scheme: &Scheme) -> usize {
    wanted_on(scheme, application.submission.as_ref().map(|submission| submission.on))
}

/// The same by the day of its submission.
#[must_use]
pub fn wanted_on(scheme: &Scheme, on: Option<Day>) -> usize {
    let assessors = scheme.file.assessment.as_ref().map(|assessment| &assessment.assessors);
    let wanted = on.and_then(|on| assessors?.is.value_on(on)).copied().unwrap_or(1);
    usize::try_from(wanted).unwrap_or(usize::MAX)
}

impl Assessment {
    /// The assessor declares a conflict of interest and is off the case.
    ///
    /// # Errors
    /// When the assessment is not open any more, or no reason is given.
    pub fn declare_conflict(
        mut self,
        permit: &Permit,
        application: &Application,
        reason: &str,
    ) -> Result<(Change, Self), Refusal> {
        self.must_be_open(application)?;
        let reason = reason_given(reason)?;
        self.state = AssessmentState::Conflicted;
        let event = Event::AssessmentConflictDeclared { application: self.application, assessment: self.id, reason };
        Ok((Change::new(permit, event, vec![Write::Assessment(self.clone())]), self))
    }

    /// The assessor scores. The score is worked out here and nowhere else.
    ///
    /// # Errors
    /// When the assessment is not open any more, marks are missing or off the scale, or a text is missing or too long.
    pub fn give_marks(
        mut self,
        permit: &Permit,
        application: &Application,
        scheme: &Scheme,
        marks: Marks,
        (comment, feedback): (&str, Option<&str>),
    ) -> Result<(Change, Self, Score), Refusal> {
        self.must_be_open(application)?;
        let score = score(scheme, application, &marks)?;
        self.marks = marks;
        self.comment = words_given("/comment", comment)?;
        self.feedback = feedback.map(|feedback| words_given("/feedback", feedback)).transpose()?;
        self.score = Some(score.hundredths_of_percent);
        self.state = AssessmentState::Scored;
        let event = Event::AssessmentScored {
            application: self.application,
            assessment: self.id,
            score: score.hundredths_of_percent,
        };
        Ok((Change::new(permit, event, vec![Write::Assessment(self.clone())]), self, score))
    }

    fn must_be_open(&self, application: &Application) -> Result<(), Refusal> {
        application.must_be(&[State::InAssessment])?;
        if self.state == AssessmentState::Assigned {
            Ok(())
        } else {
            Err(Refusal::AssessmentClosed { state: self.state.code() })
        }
    }
}

#[cfg(test)]
mod tests;
