//! Assessments: who scores, how marks become a score, and what each step of that was.

use crate::actor::{Actor, Role};
use crate::application::{Application, State, reason_given, words_given};
use crate::calendar::Day;
use crate::change::{Change, Write};
use crate::duty::{Duties, Duty};
use crate::event::Event;
use crate::ids::{ApplicationId, AssessmentId, PersonId};
use crate::permission::Permit;
use crate::refusal::Refusal;
use crate::scheme::{Grade, Scheme};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

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
    pub marks: BTreeMap<String, u32>,
    /// What the assessor wrote.
    pub comment: String,
    /// The weighted score in hundredths of a per cent, once scored.
    pub score: Option<u32>,
}

/// One criterion on the way to a score.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ScoreStep {
    /// The path of the weight.
    pub rule: String,
    /// The mark given.
    pub mark: u32,
    /// The highest mark.
    pub out_of: u32,
    /// The weight, as a fraction.
    pub weight: String,
    /// How good the source of the weight is; `house` is a default of the agency and no rule of the scheme.
    pub grade: Option<Grade>,
}

/// A weighted score with its steps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Score {
    /// In hundredths of a per cent, rounded half up once, at the end.
    pub hundredths_of_percent: u32,
    /// One step for each criterion.
    pub steps: Vec<ScoreStep>,
}

/// The weighted score of marks under a scheme on the day of submission.
///
/// # Errors
/// When a criterion has no mark, a mark is above the scale, or there is a mark for something else.
pub fn score(scheme: &Scheme, application: &Application, marks: &BTreeMap<String, u32>) -> Result<Score, Refusal> {
    let on = application.submission.as_ref().map(|submission| submission.on);
    let wrong = |message: String| Refusal::MarksWrong { message };
    let Some(on) = on else { return Err(wrong("the application has not been submitted".to_owned())) };
    let assessment = scheme.procedure()?.assessment;
    let Some(scale) = assessment.scale.is.value_on(on).copied().filter(|scale| *scale > 0) else {
        return Err(wrong("the scheme has no scale on that day".to_owned()));
    };
    let criteria = assessment.criterion.iter().filter_map(|(name, criterion)| {
        let entry = criterion.is.on(on)?;
        criterion.is.value_on(on).map(|weight| (name, *weight, entry.source.as_str()))
    });
    let criteria = criteria.collect::<Vec<_>>();
    if let Some(unknown) = marks.keys().find(|mark| !criteria.iter().any(|(name, ..)| name == mark)) {
        let known = criteria.iter().map(|(name, ..)| name.as_str()).collect::<Vec<_>>().join(", ");
        return Err(wrong(format!("/marks/{unknown}: known criteria are {known}")));
    }
    let mut steps = Vec::new();
    let mut sum = (0_u128, 1_u128);
    for (name, weight, source) in criteria {
        let Some(mark) = marks.get(name).copied().filter(|mark| *mark <= scale) else {
            return Err(wrong(format!("/marks/{name}: give a whole mark from 0 to {scale}")));
        };
        let part = (
            u128::from(weight.numerator).saturating_mul(mark.into()),
            u128::from(weight.denominator).saturating_mul(scale.into()),
        );
        sum = reduced(
            sum.0.saturating_mul(part.1).saturating_add(part.0.saturating_mul(sum.1)),
            sum.1.saturating_mul(part.1),
        );
        let grade = scheme.source(source).map(|source| source.grade);
        let rule = format!("assessment.criterion.{name}");
        steps.push(ScoreStep { rule, mark, out_of: scale, weight: weight.to_string(), grade });
    }
    let hundredths = half_up(sum.0.saturating_mul(10_000), sum.1);
    Ok(Score { hundredths_of_percent: u32::try_from(hundredths).unwrap_or(10_000), steps })
}

/// The mean of scores, in hundredths of a per cent, rounded half up.
#[must_use]
pub fn mean(scores: &[u32]) -> Option<u32> {
    let sum = scores.iter().fold(0_u128, |sum, score| sum.saturating_add(u128::from(*score)));
    let count = u128::try_from(scores.len()).unwrap_or(u128::MAX);
    (count > 0).then(|| u32::try_from(half_up(sum, count)).unwrap_or(u32::MAX))
}

fn half_up(numerator: u128, denominator: u128) -> u128 {
    let half = denominator.checked_div(2).unwrap_or(0);
    numerator.saturating_add(half).checked_div(denominator).unwrap_or(0)
}

fn reduced(numerator: u128, denominator: u128) -> (u128, u128) {
    let (mut left, mut right) = (numerator, denominator);
    while let Some(rest) = left.checked_rem(right) {
        (left, right) = (right, rest);
    }
    (numerator.checked_div(left).unwrap_or(numerator), denominator.checked_div(left).unwrap_or(denominator))
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
    if assessor.organisations.contains(&application.organisation) {
        return Err(Refusal::AssessorOfApplicant);
    }
    let person = assessor.person().filter(|_| assessor.is(Role::Assessor));
    let assessor = person.ok_or(Refusal::AssessorNotOne)?;
    if existing.iter().any(|assessment| assessment.assessor == assessor) {
        return Err(Refusal::AssessorTwice);
    }
    let wanted = wanted(application, scheme);
    let at_work = existing.iter().filter(|assessment| assessment.state != AssessmentState::Conflicted).count();
    if at_work >= wanted {
        return Err(Refusal::AssessorsEnough { wanted });
    }
    let duty = duties.take(application.id, assessor, Duty::Assessor)?;
    let assessment = Assessment {
        id,
        application: application.id,
        assessor,
        state: AssessmentState::Assigned,
        marks: BTreeMap::new(),
        comment: String::new(),
        score: None,
    };
    let event = Event::AssessmentAssigned { application: application.id, assessment: id, assessor };
    Ok((Change::new(permit, event, vec![duty, Write::NewAssessment(assessment.clone())]), assessment))
}

/// How many assessors a proposal needs.
#[must_use]
pub fn wanted(application: &Application, scheme: &Scheme) -> usize {
    wanted_on(scheme, application.submission.as_ref().map(|submission| submission.on))
}

/// The same by the day of its submission.
pub(crate) fn wanted_on(scheme: &Scheme, on: Option<Day>) -> usize {
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
    /// When the assessment is not open any more, marks are missing or off the scale, or the comment is missing or too long.
    pub fn give_marks(
        mut self,
        permit: &Permit,
        application: &Application,
        scheme: &Scheme,
        marks: BTreeMap<String, u32>,
        comment: &str,
    ) -> Result<(Change, Self, Score), Refusal> {
        self.must_be_open(application)?;
        let score = score(scheme, application, &marks)?;
        self.marks = marks;
        self.comment = words_given("/comment", comment)?;
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
