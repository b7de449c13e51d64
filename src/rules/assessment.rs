//! Assessments: who is asked to score which proposal, what they answer, and when that is over.

use crate::actor::{Actor, Role};
use crate::application::{Application, State, reason_given, words_given};
use crate::assessor::Profile;
use crate::blind::hides_applicant;
use crate::calendar::Day;
use crate::change::{Change, Write};
use crate::duty::{Duties, Duty};
use crate::event::Event;
use crate::ids::{ApplicationId, AssessmentId, PersonId};
use crate::interest::{Free, OnFile};
use crate::permission::Permit;
use crate::refusal::{AssessmentRefusal, AssessorRefusal, Refusal};
use crate::scheme::Scheme;
use crate::scoring::{Marks, Score, score};
use serde::{Deserialize, Serialize};

/// How many days an assessor has where the officer names no day.
pub const DUE_AFTER_DAYS: u32 = 21;
/// Where a case stands while an assessment of it may end without a score: whoever finds out meanwhile need not wait for the applicant.
const UNSCORED: [State; 2] = [State::InAssessment, State::Returned];

/// Where an assessment stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AssessmentState {
    /// The assessor has been asked, and has seen no more than what tells of a conflict.
    Invited,
    /// The assessor has said yes.
    Accepted,
    /// Scored; never changed again.
    Scored,
    /// The assessor has said no, for lack of time or knowledge.
    Declined,
    /// The assessor declared a conflict of interest.
    Conflicted,
    /// An officer has taken it back.
    Withdrawn,
}

impl AssessmentState {
    /// Every state.
    pub const ALL: [Self; 6] =
        [Self::Invited, Self::Accepted, Self::Scored, Self::Declined, Self::Conflicted, Self::Withdrawn];
    /// Those of whoever is at work on a case, or was until it was scored.
    pub const AT_WORK: [Self; 3] = [Self::Invited, Self::Accepted, Self::Scored];
    /// Those of whoever still owes something.
    pub const OPEN: [Self; 2] = [Self::Invited, Self::Accepted];

    /// The code used in the API and the database.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Invited => "invited",
            Self::Accepted => "accepted",
            Self::Scored => "scored",
            Self::Declined => "declined",
            Self::Conflicted => "conflicted",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// The state with a code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
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
    /// The day on which it is wanted at the latest; what comes later is taken all the same.
    pub due: Day,
    /// Whether the assessor is not told who applies, by the text and the day that the case has pinned.
    pub blind_to_applicant: bool,
    /// Why it was declined, given up for a conflict, or withdrawn.
    pub reason: Option<String>,
    /// Marks by criterion, once scored.
    pub marks: Marks,
    /// What the assessor wrote for the agency.
    pub comment: String,
    /// What the assessor releases for the applicant, who reads it without a name.
    pub feedback: Option<String>,
    /// The weighted score in hundredths of a per cent, once scored.
    pub score: Option<u32>,
}

/// Somebody who is to be asked, with what is known of them.
#[derive(Clone, Debug)]
pub struct Candidate<'a> {
    /// The id that the assessment will have.
    pub id: AssessmentId,
    /// Who.
    pub assessor: &'a Actor,
    /// What they know, and when they have time.
    pub profile: &'a Profile,
    /// How many proposals they have already.
    pub at_work: u32,
    /// How many the officer says that they have at most at a time; left out, the house default.
    pub cap: Option<u32>,
    /// What is on file of them and of the case.
    pub on_file: &'a OnFile,
    /// The day on which it is wanted; left out, so many days from now.
    pub due: Option<Day>,
    /// Today.
    pub today: Day,
}

/// The day on which something that is given out today is wanted, where the officer names one and where not.
#[must_use]
pub fn due_on(named: Option<Day>, today: Day) -> Day {
    named.unwrap_or_else(|| today.plus_days(DUE_AFTER_DAYS))
}

impl Candidate<'_> {
    /// The day on which it is wanted, which they can keep.
    fn due(&self) -> Result<Day, Refusal> {
        let due = due_on(self.due, self.today);
        if due < self.today {
            return Err(AssessorRefusal::DueDayOver { today: self.today }.into());
        }
        let most = self.profile.cap(self.cap, (self.today, due))?;
        if self.at_work >= most { Err(AssessorRefusal::AtCapacity { most }.into()) } else { Ok(due) }
    }
}

/// An officer gives a proposal to an assessor, who is asked whether they take it.
///
/// # Errors
/// When the proposal is not in assessment; the person is no assessor, acts for the applicant, has another duty on the case or has it
/// already; enough are at work; they have not declared their interests, or something is on file against it; or they have no time.
pub fn assign(
    permit: &Permit,
    application: &Application,
    scheme: &Scheme,
    candidate: &Candidate<'_>,
    duties: &Duties,
    existing: &[Assessment],
) -> Result<(Change, Assessment), Refusal> {
    application.must_be(&[State::InAssessment])?;
    let (assessor, duty) = {
        let free = |person| candidate.on_file.free(application.id, person);
        may_assess(application, candidate.assessor, (duties, existing), free)?
    };
    let wanted = wanted(application, scheme);
    let at_work = existing.iter().filter(|assessment| AssessmentState::AT_WORK.contains(&assessment.state)).count();
    if at_work >= wanted {
        return Err(Refusal::Assessment(AssessmentRefusal::AssessorsEnough { wanted }));
    }
    let due = candidate.due()?;
    let assessment = Assessment {
        id: candidate.id,
        application: application.id,
        assessor,
        state: AssessmentState::Invited,
        due,
        blind_to_applicant: hides_applicant(scheme, application),
        reason: None,
        marks: Marks::new(),
        comment: String::new(),
        feedback: None,
        score: None,
    };
    let (application, assessment_id) = (application.id, assessment.id);
    let event = Event::AssessmentAssigned { application, assessment: assessment_id, assessor, due: Some(due) };
    Ok((Change::new(permit, event, vec![duty, Write::NewAssessment(assessment.clone())]), assessment))
}

/// Whether somebody may assess a proposal, however many others do: who they are, and the duty that they would take.
///
/// # Errors
/// When they are no assessor or act for the applicant, have another duty on the case, have it or were not taken off it, have not declared
/// their interests, or something is on file against it.
pub(crate) fn may_assess(
    application: &Application,
    assessor: &Actor,
    (duties, existing): (&Duties, &[Assessment]),
    free: impl FnOnce(PersonId) -> Free,
) -> Result<(PersonId, Write), Refusal> {
    if assessor.is_beside_applicant_of(application) {
        return Err(Refusal::Assessment(AssessmentRefusal::AssessorOfApplicant));
    }
    let person = assessor.person().filter(|_| assessor.is(Role::Assessor));
    let person = person.ok_or(Refusal::Assessment(AssessmentRefusal::AssessorNotOne))?;
    let asked = |assessment: &Assessment| assessment.state != AssessmentState::Withdrawn;
    if existing.iter().any(|assessment| assessment.assessor == person && asked(assessment)) {
        return Err(Refusal::Assessment(AssessmentRefusal::AssessorTwice));
    }
    let duty = duties.take(application.id, person, Duty::Assessor)?;
    match free(person) {
        Free::Yes => Ok((person, duty)),
        Free::Undeclared => Err(AssessorRefusal::Undeclared.into()),
        Free::Conflicted(conflicts) => {
            let because = conflicts.into_iter().map(|conflict| conflict.because.en).collect();
            Err(AssessorRefusal::Conflict { because }.into())
        }
    }
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
    /// The assessor takes the proposal: now they may read it.
    ///
    /// # Errors
    /// When they have answered already, or it is withdrawn.
    pub fn accept(mut self, permit: &Permit, application: &Application) -> Result<(Change, Self), Refusal> {
        application.must_be_told(&[State::InAssessment])?;
        if self.state != AssessmentState::Invited {
            return Err(Refusal::Assessment(AssessmentRefusal::AssessmentClosed { state: self.state.code() }));
        }
        self.state = AssessmentState::Accepted;
        let event = Event::AssessmentAccepted { application: self.application, assessment: self.id };
        Ok((Change::new(permit, event, vec![Write::Assessment(self.clone())]), self))
    }

    /// The assessor does not take the proposal, or cannot go on with it: somebody else is needed.
    ///
    /// # Errors
    /// When the assessment is not open any more, or no reason is given.
    pub fn decline(self, permit: &Permit, application: &Application, reason: &str) -> Result<(Change, Self), Refusal> {
        application.must_be_told(&UNSCORED)?;
        let (assessment, reason) = self.ended(AssessmentState::Declined, reason)?;
        let event =
            Event::AssessmentDeclined { application: assessment.application, assessment: assessment.id, reason };
        Ok((Change::new(permit, event, vec![Write::Assessment(assessment.clone())]), assessment))
    }

    /// The assessor declares a conflict of interest and is off the case.
    ///
    /// # Errors
    /// When the assessment is not open any more, or no reason is given.
    pub fn declare_conflict(
        self,
        permit: &Permit,
        application: &Application,
        reason: &str,
    ) -> Result<(Change, Self), Refusal> {
        application.must_be_told(&UNSCORED)?;
        let (assessment, reason) = self.ended(AssessmentState::Conflicted, reason)?;
        let event = Event::AssessmentConflictDeclared {
            application: assessment.application,
            assessment: assessment.id,
            reason,
        };
        Ok((Change::new(permit, event, vec![Write::Assessment(assessment.clone())]), assessment))
    }

    /// An officer takes an invitation or an unscored assessment back: of somebody who is silent, or who must not go on.
    ///
    /// # Errors
    /// When the assessment is not open any more, or no reason is given.
    pub fn withdraw(self, permit: &Permit, application: &Application, reason: &str) -> Result<(Change, Self), Refusal> {
        application.must_be(&UNSCORED)?;
        let (assessment, reason) = self.ended(AssessmentState::Withdrawn, reason)?;
        let (application, id, assessor) = (assessment.application, assessment.id, assessment.assessor);
        let event = Event::AssessmentWithdrawn { application, assessment: id, assessor, reason };
        Ok((Change::new(permit, event, vec![Write::Assessment(assessment.clone())]), assessment))
    }

    /// The assessor scores. The score is worked out here and nowhere else.
    ///
    /// # Errors
    /// When the assessment is not open any more or not accepted yet, marks are missing or off the scale, or a text is missing or too long.
    pub fn give_marks(
        mut self,
        permit: &Permit,
        application: &Application,
        scheme: &Scheme,
        marks: Marks,
        (comment, feedback): (&str, Option<&str>),
    ) -> Result<(Change, Self, Score), Refusal> {
        application.must_be_told(&[State::InAssessment])?;
        self.must_be_open()?;
        if self.state == AssessmentState::Invited {
            return Err(AssessorRefusal::NotAccepted.into());
        }
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

    /// It ends without a score, for a reason.
    fn ended(mut self, state: AssessmentState, reason: &str) -> Result<(Self, String), Refusal> {
        self.must_be_open()?;
        let reason = reason_given(reason)?;
        self.state = state;
        self.reason = Some(reason.clone());
        Ok((self, reason))
    }

    fn must_be_open(&self) -> Result<(), Refusal> {
        if AssessmentState::OPEN.contains(&self.state) {
            Ok(())
        } else {
            Err(Refusal::Assessment(AssessmentRefusal::AssessmentClosed { state: self.state.code() }))
        }
    }
}

#[cfg(test)]
mod tests;
