use super::*;
use crate::permission::Verb;
use crate::sample::{NIAS, application, nobody, permit, person, scheme};
use crate::scoring::tests::marks;
use uuid::Uuid;

fn assessor(number: u128) -> Actor {
    let who = crate::actor::Who::Person(person(number));
    Actor { who, roles: std::collections::BTreeSet::from([Role::Assessor]), ..Actor::visitor() }
}

/// An assessment by a person, in a state.
fn assessment(number: u128, state: AssessmentState) -> Assessment {
    Assessment {
        id: AssessmentId(Uuid::from_u128(number)),
        application: application(State::InAssessment).id,
        assessor: person(number),
        state,
        marks: Marks::new(),
        comment: String::new(),
        feedback: None,
        score: None,
    }
}

#[test]
fn an_assessor_is_given_a_proposal_once_and_no_more_are_than_the_scheme_wants() {
    let try_to = |state: State, new: &Actor, existing: &[Assessment]| {
        let id = AssessmentId(Uuid::from_u128(99));
        let permit = permit(Verb::AssessmentAssign);
        assign(&permit, &application(state), &scheme(NIAS), (id, new), &nobody(), existing).map(|_| ()).unwrap_err()
    };
    let wrong = |state: State| Refusal::ApplicationWrongState { state: state.code() };
    for state in State::ALL.into_iter().filter(|state| *state != State::InAssessment) {
        assert_eq!(try_to(state, &assessor(20), &[]), wrong(state));
    }
    let open = AssessmentState::Assigned;
    let two = [assessment(20, open), assessment(21, AssessmentState::Scored)];
    assert_eq!(try_to(State::InAssessment, &assessor(22), &two), Refusal::AssessorsEnough { wanted: 2 });
    let conflicted = [assessment(20, AssessmentState::Conflicted)];
    assert_eq!(try_to(State::InAssessment, &assessor(20), &conflicted), Refusal::AssessorTwice);
    let no_assessor = Actor { roles: std::collections::BTreeSet::new(), ..assessor(20) };
    assert_eq!(try_to(State::InAssessment, &no_assessor, &[]), Refusal::AssessorNotOne);
    let of_applicant = application(State::InAssessment).organisation;
    let colleague = Actor { organisations: std::collections::BTreeSet::from([of_applicant]), ..assessor(20) };
    assert_eq!(try_to(State::InAssessment, &colleague, &[]), Refusal::AssessorOfApplicant);
}

#[test]
fn an_assessment_is_open_until_it_is_scored_or_given_up() {
    for (state, closed) in [(AssessmentState::Scored, "scored"), (AssessmentState::Conflicted, "conflicted")] {
        let expected = Refusal::AssessmentClosed { state: closed };
        let case = application(State::InAssessment);
        let conflict = permit(Verb::AssessmentDeclareConflict);
        assert_eq!(assessment(20, state).declare_conflict(&conflict, &case, "my brother").unwrap_err(), expected);
        let score = permit(Verb::AssessmentScore);
        let again = assessment(20, state).give_marks(
            &score,
            &case,
            &scheme(NIAS),
            marks(1, 1, 1),
            ("sound", Some("Clear aims.")),
        );
        assert_eq!(again.unwrap_err(), expected);
    }
    let open = || assessment(20, AssessmentState::Assigned);
    let score = permit(Verb::AssessmentScore);
    let silent =
        open().give_marks(&score, &application(State::InAssessment), &scheme(NIAS), marks(1, 1, 1), (" ", None));
    assert!(matches!(silent.unwrap_err(), Refusal::TextLength { field: "/comment", .. }));
    for state in State::ALL.into_iter().filter(|state| *state != State::InAssessment) {
        let late = open().give_marks(
            &score,
            &application(state),
            &scheme(NIAS),
            marks(1, 1, 1),
            ("sound", Some("Clear aims.")),
        );
        assert_eq!(late.unwrap_err(), Refusal::ApplicationWrongState { state: state.code() });
    }
}
