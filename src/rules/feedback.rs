//! Feedback to applicants, composed by an officer from what assessors have released for it.

use crate::application::{Application, State, words_given};
use crate::assessment::Assessment;
use crate::change::{Change, Write};
use crate::clock::Stay;
use crate::event::Event;
use crate::ids::{ApplicationId, AssessmentId, PersonId};
use crate::permission::Permit;
use crate::refusal::{FeedbackRefusal, Refusal};
use crate::sight::Sight;
use chrono::{DateTime, Utc};
use std::collections::BTreeSet;

/// The states in which the applicant has been told of the decision, so that feedback tells nothing before it.
pub const DECIDED: [State; 8] = [
    State::Rejected,
    State::Offered,
    State::Accepted,
    State::Suspended,
    State::Declined,
    State::Lapsed,
    State::Terminated,
    State::Completed,
];

/// The states by which the applicant is told of a decision. Others follow from these, or lead back from them.
const TOLD_BY: [State; 2] = [State::Rejected, State::Offered];

/// Which decision it is that stands, or was the last to stand: how many the applicant has been told of.
#[must_use]
pub fn decisions_told(stays: &[Stay]) -> u32 {
    let told = stays.iter().filter(|stay| TOLD_BY.contains(&stay.state)).count();
    u32::try_from(told).unwrap_or(u32::MAX)
}

/// What the applicant of a case is told of its assessment, once for each decision. It names nobody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Feedback {
    /// Of which case.
    pub application: ApplicationId,
    /// Of which decision on it.
    pub decision: u32,
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
    /// When the applicant has not been told of the decision, there is feedback on it already, there is no note, or an assessment that is
    /// chosen has released nothing.
    pub fn release_feedback(
        &self,
        permit: &Permit,
        (assessments, chosen): (&[Assessment], &BTreeSet<AssessmentId>),
        note: &str,
        (decision, last): (u32, Option<&Feedback>),
        (by, at): (PersonId, DateTime<Utc>),
    ) -> Result<(Change, Feedback), Refusal> {
        self.must_be(&DECIDED)?;
        if last.is_some_and(|last| last.decision == decision) {
            return Err(FeedbackRefusal::Released.into());
        }
        let note = words_given("/note", note)?;
        let released = assessments.iter().filter(|assessment| chosen.contains(&assessment.id));
        let mut parts = released.filter_map(|assessment| assessment.feedback.clone()).collect::<Vec<_>>();
        if parts.len() != chosen.len() {
            return Err(FeedbackRefusal::NothingReleased.into());
        }
        parts.sort();
        let feedback = Feedback { application: self.id, decision, note, parts, by, at };
        let event = Event::FeedbackReleased { application: self.id, assessments: chosen.iter().copied().collect() };
        Ok((Change::new(permit, event, vec![Write::NewFeedback(feedback.clone())]), feedback))
    }
}

impl Feedback {
    /// Whether it is read, with these eyes, of a case on which so many decisions have been told. Of a decision that stands no more the
    /// applicant is told nothing: another one may say the opposite.
    #[must_use]
    pub fn is_shown(&self, application: &Application, decision: u32, sight: Sight) -> bool {
        sight == Sight::Staff || (DECIDED.contains(&application.state) && self.decision == decision)
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

    fn stay(state: State, lasts: bool) -> Stay {
        Stay { state, from: instant("2025-03-01"), until: (!lasts).then(|| instant("2025-03-01")) }
    }

    fn released(state: State, chosen: &[u128], last: Option<&Feedback>) -> Result<Feedback, &'static str> {
        let all =
            [assessment(1, Some("Say more of the market.")), assessment(2, None), assessment(3, Some("Clear aims."))];
        let chosen = chosen.iter().map(|number| AssessmentId(Uuid::from_u128(*number))).collect::<BTreeSet<_>>();
        let by = (person(9), instant("2025-03-05"));
        let last = (2, last);
        let permit = permit(Verb::FeedbackRelease);
        let released = application(state).release_feedback(&permit, (&all, &chosen), " Thank you. ", last, by);
        released.map(|(_, feedback)| feedback).map_err(|refusal| refusal.code())
    }

    #[test]
    fn feedback_holds_what_assessors_have_released_and_nothing_of_who_they_are() {
        let feedback = released(State::Rejected, &[1, 3], None).unwrap();
        assert_eq!(feedback.note, "Thank you.");
        assert_eq!(feedback.parts, ["Clear aims.", "Say more of the market."]);
        assert_eq!(released(State::Offered, &[], None).unwrap().parts, Vec::<String>::new());
    }

    #[test]
    fn nothing_is_told_before_the_decision_twice_or_without_the_assessors_word() {
        for state in State::ALL.into_iter().filter(|state| !DECIDED.contains(state)) {
            assert_eq!(released(state, &[1], None), Err("application.wrong_state"), "{state:?}");
        }
        let of_this = released(State::Rejected, &[1], None).unwrap();
        assert_eq!(released(State::Rejected, &[1], Some(&of_this)), Err("feedback.released"));
        let earlier = Feedback { decision: 1, ..of_this };
        assert_eq!(released(State::Rejected, &[1], Some(&earlier)).map(|feedback| feedback.decision), Ok(2));
        assert_eq!(released(State::Rejected, &[1, 2], None), Err("feedback.nothing_released"));
        assert_eq!(released(State::Rejected, &[4], None), Err("feedback.nothing_released"));
    }

    #[test]
    fn of_a_decision_that_stands_no_more_the_applicant_is_told_nothing() {
        let first = [stay(State::InAssessment, false), stay(State::Rejected, true)];
        let again = [stay(State::Rejected, false), stay(State::InAssessment, false), stay(State::Offered, false)];
        let accepted = [again[0], again[1], again[2], stay(State::Accepted, true)];
        assert_eq!([&first[..], &again[..2], &again, &accepted].map(decisions_told), [1, 1, 2, 2]);
        let given = Feedback { decision: 1, ..released(State::Rejected, &[1], None).unwrap() };
        for (state, decision, shown) in [
            (State::Rejected, 1, true),
            (State::InAssessment, 1, false),
            (State::Recommended, 1, false),
            (State::Offered, 2, false),
            (State::Rejected, 2, false),
        ] {
            assert_eq!(given.is_shown(&application(state), decision, Sight::Public), shown, "{state:?} {decision}");
            assert!(given.is_shown(&application(state), decision, Sight::Staff));
        }
    }
}
