//! What comes between the scores and the recommendation beside the panel, such as an interview or an external review: the scheme names
//! it, somebody holds it, and what came of it is recorded.

use crate::application::{Application, State, words_given};
use crate::calendar::Day;
use crate::change::{Change, Write};
use crate::event::Event;
use crate::ids::{ApplicationId, PersonId};
use crate::permission::Permit;
use crate::refusal::{PanelRefusal, Refusal};
use crate::scheme::Scheme;
use chrono::{DateTime, Utc};
use std::collections::BTreeSet;

/// A step that was held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssessmentStep {
    /// Of which case.
    pub application: ApplicationId,
    /// The scheme's code for it.
    pub step: String,
    /// The day on which it was held.
    pub held_on: Day,
    /// What came of it, in words. It is no score, and changes none.
    pub minutes: String,
    /// Who recorded it.
    pub by: PersonId,
    /// When it was recorded.
    pub at: DateTime<Utc>,
}

/// What is to be recorded of a step.
#[derive(Clone, Copy, Debug)]
pub struct Held<'a> {
    /// The scheme's code for the step.
    pub step: &'a str,
    /// The day on which it was held.
    pub on: Day,
    /// What came of it.
    pub minutes: &'a str,
}

impl Application {
    /// Records a step that the scheme has. One that was held twice is recorded twice; what is recorded stays.
    ///
    /// # Errors
    /// When the case is not in assessment, the scheme has no such step, the day is yet to come, or there are no words.
    pub fn record_step(
        &self,
        permit: &Permit,
        scheme: &Scheme,
        held: Held<'_>,
        (by, at): (PersonId, DateTime<Utc>),
    ) -> Result<(Change, AssessmentStep), Refusal> {
        self.must_be(&[State::InAssessment])?;
        let on = self.submission.as_ref().map(|submission| submission.on);
        let known = on.map(|on| steps(scheme, on).map(|(name, _)| name.to_owned()).collect::<Vec<_>>());
        let known = known.unwrap_or_default();
        if !known.iter().any(|name| name == held.step) {
            let known = if known.is_empty() { "none in this scheme".to_owned() } else { known.join(", ") };
            return Err(PanelRefusal::StepUnknown { known }.into());
        }
        if held.on > Day::in_hong_kong(at) {
            return Err(PanelRefusal::StepAhead.into());
        }
        let minutes = words_given("/minutes", held.minutes)?;
        let (application, step) = (self.id, held.step.to_owned());
        let recorded = AssessmentStep { application, step, held_on: held.on, minutes, by, at };
        let event = Event::AssessmentStepRecorded {
            application,
            step: recorded.step.clone(),
            held_on: recorded.held_on,
            minutes: recorded.minutes.clone(),
        };
        Ok((Change::new(permit, event, vec![Write::NewAssessmentStep(recorded.clone())]), recorded))
    }
}

/// Every step that the scheme wants before a recommendation is among those that were held.
///
/// # Errors
/// When one is missing.
pub(crate) fn must_be_held(scheme: &Scheme, on: Day, held: &BTreeSet<String>) -> Result<(), Refusal> {
    let Some((step, _)) = steps(scheme, on).find(|(code, wanted)| *wanted && !held.contains(*code)) else {
        return Ok(());
    };
    let known = scheme.file.assessment.iter().find_map(|assessment| assessment.step.get(step));
    let name = known.map_or(step, |known| known.name.en.as_str());
    Err(PanelRefusal::StepMissing { step: step.to_owned(), name: name.to_owned() }.into())
}

/// The steps that the scheme wants before a recommendation.
pub(crate) fn steps_wanted(scheme: &Scheme, on: Day) -> BTreeSet<String> {
    steps(scheme, on).filter(|(_, wanted)| *wanted).map(|(code, _)| code.to_owned()).collect()
}

/// The steps of a day, and whether each must be held.
fn steps(scheme: &Scheme, on: Day) -> impl Iterator<Item = (&str, bool)> {
    let steps = scheme.file.assessment.iter().flat_map(|assessment| &assessment.step);
    steps.filter_map(move |(name, step)| Some((name.as_str(), *step.is.value_on(on)?)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::permission::Verb;
    use crate::sample::{NIAS, application, day, instant, permit, person, scheme};

    /// NIAS with an interview that must be held, and a review from outside that may be.
    fn stepped() -> Scheme {
        let step = |code: &str, name: &str, wanted: bool| {
            format!(
                "[assessment.step.{code}]\nname = {{ en = \"{name}\", zh-Hant = \"步驟\", zh-Hans = \"步骤\" }}\n\
                 is = [{{ from = \"2024-09-16\", is = {wanted}, source = \"house\" }}]\n\n"
            )
        };
        let steps =
            step("interview", "Interview by the panel", true) + &step("external_review", "Review from outside", false);
        scheme(&NIAS.replacen("[assessment.scale]", &format!("{steps}[assessment.scale]"), 1))
    }

    fn recorded(step: &str, on: &str, minutes: &str) -> Result<AssessmentStep, &'static str> {
        let held = Held { step, on: day(on), minutes };
        let by = (person(9), instant("2025-02-10"));
        let permit = permit(Verb::AssessmentStepRecord);
        let recorded = application(State::InAssessment).record_step(&permit, &stepped(), held, by);
        recorded.map(|(_, step)| step).map_err(|refusal| refusal.code())
    }

    #[test]
    fn a_step_of_the_scheme_is_recorded_once_it_has_been_held() {
        let interview = recorded("interview", "2025-02-10", " They know their field. ").unwrap();
        assert_eq!((interview.step.as_str(), interview.minutes.as_str()), ("interview", "They know their field."));
        assert_eq!(recorded("audience", "2025-02-10", "x"), Err("assessment_step.unknown"));
        assert_eq!(recorded("interview", "2025-02-11", "x"), Err("assessment_step.ahead"));
        assert_eq!(recorded("interview", "2025-02-10", " "), Err("text.length"));
        let held = Held { step: "interview", on: day("2025-02-10"), minutes: "x" };
        let by = (person(9), instant("2025-02-10"));
        let early = application(State::Submitted);
        let refused = early.record_step(&permit(Verb::AssessmentStepRecord), &stepped(), held, by);
        assert_eq!(refused.unwrap_err().code(), "application.wrong_state");
    }

    #[test]
    fn what_the_scheme_wants_is_missed_and_what_it_allows_is_not() {
        let held = |steps: &[&str]| steps.iter().map(|step| (*step).to_owned()).collect::<BTreeSet<_>>();
        let missing = must_be_held(&stepped(), day("2025-02-05"), &held(&["external_review"]));
        let said = "The scheme wants \"Interview by the panel\" before a recommendation, and it is not recorded: record it as interview.";
        assert_eq!(missing.unwrap_err().to_string(), said);
        assert_eq!(must_be_held(&stepped(), day("2025-02-05"), &held(&["interview"])), Ok(()));
        assert_eq!(must_be_held(&scheme(NIAS), day("2025-02-05"), &held(&[])), Ok(()));
    }
}
