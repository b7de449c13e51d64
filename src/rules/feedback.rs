//! Feedback to applicants, composed by an officer from what assessors have released for it.

use crate::application::{Application, State, words_given};
use crate::assessment::Assessment;
use crate::change::{Change, Write};
use crate::event::Event;
use crate::ids::{ApplicationId, AssessmentId, PersonId};
use crate::permission::Permit;
use crate::refusal::{FeedbackRefusal, Refusal};
use chrono::{DateTime, Utc};
use std::collections::BTreeSet;

/// The states in which the applicant has been told of the decision, so that feedback tells nothing before it.
pub const DECIDED: [State; 6] =
    [State::Rejected, State::Offered, State::Accepted, State::Declined, State::Lapsed, State::Completed];

/// What the applicant of a case is told of its assessment, once. It names nobody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Feedback {
    /// Of which case.
    pub application: ApplicationId,
    /// What the agency says.
    pub note: String,
    /// What assessors have released, in the order of the words, which says nothing of who they are.
    pub parts: Vec<String>,
    /// Who composed it.
    pub by: PersonId,
    /// When.
    pub at: DateTime<Utc>,
}

impl Application {
    /// An officer composes the feedback of a case and releases it.
    ///
    /// # Errors
    /// When the applicant has not been told of the decision, there is feedback already, there is no note, or an assessment that is
    /// chosen has released nothing.
    pub fn release_feedback(
        &self,
        permit: &Permit,
        (assessments, chosen): (&[Assessment], &BTreeSet<AssessmentId>),
        note: &str,
        already: bool,
        (by, at): (PersonId, DateTime<Utc>),
    ) -> Result<(Change, Feedback), Refusal> {
        self.must_be(&DECIDED)?;
        if already {
            return Err(FeedbackRefusal::Released.into());
        }
        let note = words_given("/note", note)?;
        let released = assessments.iter().filter(|assessment| chosen.contains(&assessment.id));
        let mut parts = released.filter_map(|assessment| assessment.feedback.clone()).collect::<Vec<_>>();
        if parts.len() != chosen.len() {
            return Err(FeedbackRefusal::NothingReleased.into());
        }
        parts.sort();
        let feedback = Feedback { application: self.id, note, parts, by, at };
        let event = Event::FeedbackReleased { application: self.id, assessments: chosen.iter().copied().collect() };
        Ok((Change::new(permit, event, vec![Write::NewFeedback(feedback.clone())]), feedback))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assessment::AssessmentState;
    use crate::permission::Verb;
    use crate::sample::{application, instant, permit, person};
    use crate::scoring::Marks;
    use uuid::Uuid;

    fn assessment(number: u128, feedback: Option<&str>) -> Assessment {
        Assessment {
            id: AssessmentId(Uuid::from_u128(number)),
            application: application(State::Rejected).id,
            assessor: person(number),
            state: AssessmentState::Scored,
            due: crate::sample::day("2025-03-01"),
            blind_to_applicant: false,
            reason: None,
            marks: Marks::new(),
            comment: "Between us: weak.".to_owned(),
            feedback: feedback.map(str::to_owned),
            score: Some(5_000),
        }
    }

    fn released(state: State, chosen: &[u128], already: bool) -> Result<Feedback, &'static str> {
        let all =
            [assessment(1, Some("Say more of the market.")), assessment(2, None), assessment(3, Some("Clear aims."))];
        let chosen = chosen.iter().map(|number| AssessmentId(Uuid::from_u128(*number))).collect::<BTreeSet<_>>();
        let by = (person(9), instant("2025-03-05"));
        let permit = permit(Verb::FeedbackRelease);
        let released = application(state).release_feedback(&permit, (&all, &chosen), " Thank you. ", already, by);
        released.map(|(_, feedback)| feedback).map_err(|refusal| refusal.code())
    }

    #[test]
    fn feedback_holds_what_assessors_have_released_and_nothing_of_who_they_are() {
        let feedback = released(State::Rejected, &[1, 3], false).unwrap();
        assert_eq!(feedback.note, "Thank you.");
        assert_eq!(feedback.parts, ["Clear aims.", "Say more of the market."]);
        assert_eq!(released(State::Offered, &[], false).unwrap().parts, Vec::<String>::new());
    }

    #[test]
    fn nothing_is_told_before_the_decision_twice_or_without_the_assessors_word() {
        for state in State::ALL.into_iter().filter(|state| !DECIDED.contains(state)) {
            assert_eq!(released(state, &[1], false), Err("application.wrong_state"), "{state:?}");
        }
        assert_eq!(released(State::Rejected, &[1], true), Err("feedback.released"));
        assert_eq!(released(State::Rejected, &[1, 2], false), Err("feedback.nothing_released"));
        assert_eq!(released(State::Rejected, &[4], false), Err("feedback.nothing_released"));
    }
}
