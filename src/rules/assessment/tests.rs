use super::*;
use crate::permission::Verb;
use crate::sample::{NIAS, application, nobody, permit, person, scheme};
use uuid::Uuid;

/// NIAS weighs technology 40, capability 30 and benefit 30 per cent.
fn marks(technology: u32, capability: u32, benefit: u32) -> BTreeMap<String, u32> {
    let marks = [("technology", technology), ("capability", capability), ("benefit", benefit)];
    marks.into_iter().map(|(name, mark)| (name.to_owned(), mark)).collect()
}

fn with_scale(scale: u32) -> Scheme {
    let shipped = "[assessment.scale]\nis = [{ from = \"2024-09-16\", is = 10,";
    assert!(NIAS.contains(shipped));
    scheme(&NIAS.replace(shipped, &shipped.replace("10,", &format!("{scale},"))))
}

#[test]
fn a_score_is_the_weighted_sum_of_the_marks_rounded_half_up_once_at_the_end() {
    for (scale, given, expected) in [
        (10, marks(10, 10, 10), 10_000),
        (10, marks(0, 0, 0), 0),
        // 0.4 × 8 + 0.3 × 7 + 0.3 × 6 = 7.1 of 10
        (10, marks(8, 7, 6), 7_100),
        // 0.4 × 5 + 0.3 × 4 + 0.3 × 6 = 5 of 7 = 71.428… per cent
        (7, marks(5, 4, 6), 7_143),
        // 0.4 × 3 + 0.3 × 2 + 0.3 × 1 = 2.1 of 7
        (7, marks(3, 2, 1), 3_000),
        // 0.3 × 1 = 0.3 of 16 = 1.875 per cent: exactly half a hundredth goes up
        (16, marks(0, 1, 0), 188),
        // 0.3 × 2 = 0.6 of 16 = 3.75 per cent: two halves rounded apart would be 3.76
        (16, marks(0, 1, 1), 375),
    ] {
        let score = score(&with_scale(scale), &application(State::InAssessment), &given).unwrap();
        assert_eq!(score.hundredths_of_percent, expected, "{given:?} of {scale}");
    }
}

#[test]
fn the_steps_of_a_score_name_weight_mark_and_source() {
    let score = score(&scheme(NIAS), &application(State::InAssessment), &marks(8, 7, 6)).unwrap();
    let first = ScoreStep {
        rule: "assessment.criterion.technology".to_owned(),
        mark: 8,
        out_of: 10,
        weight: "2/5".to_owned(),
        grade: Some(Grade::House),
    };
    assert_eq!((score.steps.len(), score.steps.first()), (3, Some(&first)));
}

#[test]
fn a_mean_is_rounded_half_up() {
    assert_eq!(mean(&[]), None);
    assert_eq!(mean(&[7_000]), Some(7_000));
    assert_eq!(mean(&[7_000, 7_001]), Some(7_001));
    assert_eq!(mean(&[1, 1, 2]), Some(1));
    assert_eq!(mean(&[10_000; 50]), Some(10_000));
}

#[test]
fn marks_that_are_missing_off_the_scale_or_for_something_else_are_named() {
    let mut without = marks(8, 7, 6);
    without.remove("benefit");
    let mut with = marks(8, 7, 6);
    with.insert("charm".to_owned(), 10);
    for (given, told) in [
        (without, "/marks/benefit: give a whole mark from 0 to 10"),
        (marks(8, 11, 6), "/marks/capability: give a whole mark from 0 to 10"),
        (with, "/marks/charm: known criteria are technology, capability, benefit"),
    ] {
        let refused = score(&scheme(NIAS), &application(State::InAssessment), &given).unwrap_err();
        assert_eq!(refused, Refusal::MarksWrong { message: told.to_owned() });
    }
}

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
        marks: BTreeMap::new(),
        comment: String::new(),
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
        let again = assessment(20, state).give_marks(&score, &case, &scheme(NIAS), marks(1, 1, 1), "sound");
        assert_eq!(again.unwrap_err(), expected);
    }
    let open = || assessment(20, AssessmentState::Assigned);
    let score = permit(Verb::AssessmentScore);
    let silent = open().give_marks(&score, &application(State::InAssessment), &scheme(NIAS), marks(1, 1, 1), " ");
    assert!(matches!(silent.unwrap_err(), Refusal::TextLength { field: "/comment", .. }));
    for state in State::ALL.into_iter().filter(|state| *state != State::InAssessment) {
        let late = open().give_marks(&score, &application(state), &scheme(NIAS), marks(1, 1, 1), "sound");
        assert_eq!(late.unwrap_err(), Refusal::ApplicationWrongState { state: state.code() });
    }
}
