use super::*;
use crate::assessor::{Interest, Tie};
use crate::interest::{Applying, Case, Party};
use crate::permission::Verb;
use crate::refusal::AssessmentRefusal;
use crate::sample::{NIAS, application, day, nobody, permit, person, scheme};
use crate::scoring::tests::marks;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

fn assessor(number: u128) -> Actor {
    let who = crate::actor::Who::Person(person(number));
    Actor { who, roles: BTreeSet::from([Role::Assessor]), ..Actor::visitor() }
}

/// An assessment by a person, in a state.
fn assessment(number: u128, state: AssessmentState) -> Assessment {
    Assessment {
        id: AssessmentId(Uuid::from_u128(number)),
        application: application(State::InAssessment).id,
        assessor: person(number),
        state,
        due: day("2025-03-01"),
        blind_to_applicant: false,
        reason: None,
        marks: Marks::new(),
        comment: String::new(),
        feedback: None,
        score: None,
    }
}

/// What is on file of the case and of somebody who has declared these interests.
fn on_file(number: u128, declared: Option<Vec<Interest>>) -> OnFile {
    let case = application(State::InAssessment);
    let applicant =
        Party { id: case.organisation, name: case.organisation_name.clone(), ubi: case.organisation_ubi.clone() };
    let author = Applying { name: "Wong Siu Ming".to_owned(), email: "wong@applicant.example".to_owned() };
    let file = Case {
        applicant,
        co_applicants: Vec::new(),
        related: Vec::new(),
        people: BTreeMap::from([(case.author, author)]),
        authors: BTreeSet::from([case.author]),
        members: BTreeSet::new(),
        named: Vec::new(),
        suppliers: Vec::new(),
    };
    let known = crate::interest::Assessor {
        name: "Chan Tai Man".to_owned(),
        email: "chan@assessor.example".to_owned(),
        declared,
        ..crate::interest::Assessor::default()
    };
    OnFile {
        assessors: BTreeMap::from([(person(number), known)]),
        cases: BTreeMap::from([(case.id, file)]),
        ..OnFile::default()
    }
}

/// Asks somebody on 5 February 2025.
fn ask(
    state: State,
    (new, profile, at_work): (&Actor, &Profile, u32),
    (on_file, due): (&OnFile, Option<&str>),
    existing: &[Assessment],
) -> Result<Assessment, Refusal> {
    let candidate = Candidate {
        id: AssessmentId(Uuid::from_u128(99)),
        assessor: new,
        profile,
        at_work,
        cap: None,
        on_file,
        due: due.map(day),
        today: day("2025-02-05"),
    };
    let permit = permit(Verb::AssessmentAssign);
    assign(&permit, &application(state), &scheme(NIAS), &candidate, &nobody(), existing).map(|(_, given)| given)
}

#[test]
fn an_assessor_is_given_a_proposal_once_and_no_more_are_than_the_scheme_wants() {
    let free = on_file(20, Some(Vec::new()));
    let try_to = |state: State, new: &Actor, existing: &[Assessment]| {
        ask(state, (new, &Profile::unsaid(person(20)), 0), (&free, None), existing).map(|_| ()).unwrap_err()
    };
    let wrong = |state: State| Refusal::ApplicationWrongState { state: state.code() };
    for state in State::ALL.into_iter().filter(|state| *state != State::InAssessment) {
        assert_eq!(try_to(state, &assessor(20), &[]), wrong(state));
    }
    let two = [assessment(22, AssessmentState::Invited), assessment(21, AssessmentState::Scored)];
    assert_eq!(
        try_to(State::InAssessment, &assessor(20), &two),
        Refusal::Assessment(AssessmentRefusal::AssessorsEnough { wanted: 2 })
    );
    for said_no in [AssessmentState::Conflicted, AssessmentState::Declined] {
        let before = [assessment(20, said_no)];
        assert_eq!(
            try_to(State::InAssessment, &assessor(20), &before),
            Refusal::Assessment(AssessmentRefusal::AssessorTwice)
        );
    }
    let no_assessor = Actor { roles: BTreeSet::new(), ..assessor(20) };
    assert_eq!(try_to(State::InAssessment, &no_assessor, &[]), Refusal::Assessment(AssessmentRefusal::AssessorNotOne));
    let of_applicant = application(State::InAssessment).organisation;
    let colleague = Actor { organisations: BTreeSet::from([of_applicant]), ..assessor(20) };
    assert_eq!(
        try_to(State::InAssessment, &colleague, &[]),
        Refusal::Assessment(AssessmentRefusal::AssessorOfApplicant)
    );
}

#[test]
fn whoever_was_taken_off_may_be_asked_again_and_is_due_three_weeks_later_unless_a_day_is_named() {
    let free = on_file(20, Some(Vec::new()));
    let taken_off = [assessment(20, AssessmentState::Withdrawn)];
    let unsaid = Profile::unsaid(person(20));
    let asked = |due| ask(State::InAssessment, (&assessor(20), &unsaid, 0), (&free, due), &taken_off);
    let given = asked(None).unwrap();
    assert_eq!((given.state, given.due), (AssessmentState::Invited, day("2025-02-26")));
    assert_eq!(asked(Some("2025-02-05")).unwrap().due, day("2025-02-05"));
    assert_eq!(asked(Some("2025-02-04")).unwrap_err().code(), "assessment.due_day_over");
}

#[test]
fn nobody_is_asked_who_has_not_declared_has_a_conflict_has_no_time_or_has_enough() {
    let unsaid = Profile::unsaid(person(20));
    let asked = |file: &OnFile, profile: &Profile, at_work| {
        ask(State::InAssessment, (&assessor(20), profile, at_work), (file, None), &[]).map(|_| ())
    };
    let undeclared = asked(&on_file(20, None), &unsaid, 0).unwrap_err();
    assert_eq!(undeclared.code(), "interest.undeclared");
    let interest = Interest {
        tie: Tie::Employment,
        organisation: Some("Organisation 2 Limited".to_owned()),
        ubi: None,
        person: None,
    };
    let conflicted = asked(&on_file(20, Some(vec![interest])), &unsaid, 0).unwrap_err();
    assert_eq!(conflicted.code(), "conflict.found");
    assert!(conflicted.to_string().contains("(employment)"), "{conflicted}");
    let free = on_file(20, Some(Vec::new()));
    // Of somebody else nothing is on file: then nothing is given either.
    assert_eq!(asked(&on_file(21, Some(Vec::new())), &unsaid, 0).unwrap_err().code(), "interest.undeclared");
    let profile = |from: Option<&str>, until: Option<&str>| Profile {
        from: from.map(day),
        until: until.map(day),
        proposals_max: Some(3),
        ..unsaid.clone()
    };
    // Whoever has named no limit has that of the house.
    assert!(asked(&free, &unsaid, 29).is_ok());
    assert_eq!(asked(&free, &unsaid, 30).unwrap_err().code(), "assessor.at_capacity");
    for (from, until, at_work, told) in [
        (None, None, 2, None),
        (None, None, 3, Some("assessor.at_capacity")),
        (None, Some("2025-02-05"), 0, Some("assessor.unavailable")),
        (None, Some("2025-02-06"), 0, None),
        (Some("2025-02-26"), None, 0, None),
        (Some("2025-02-27"), None, 0, Some("assessor.unavailable")),
    ] {
        let told_now = asked(&free, &profile(from, until), at_work).err().map(|refusal| refusal.code());
        assert_eq!(told_now, told, "{from:?} {until:?} {at_work}");
    }
}

/// What is tried on an assessment in a state, and how it ends.
fn tried(state: AssessmentState, what: &str) -> Result<AssessmentState, &'static str> {
    let (case, given) = (application(State::InAssessment), assessment(20, state));
    let done = match what {
        "accept" => given.accept(&permit(Verb::AssessmentAccept), &case),
        "decline" => given.decline(&permit(Verb::AssessmentDecline), &case, "no time"),
        "conflict" => given.declare_conflict(&permit(Verb::AssessmentDeclareConflict), &case, "my brother"),
        "withdraw" => given.withdraw(&permit(Verb::AssessmentWithdraw), &case, "silent"),
        _ => {
            let score = permit(Verb::AssessmentScore);
            let scored = given.give_marks(&score, &case, &scheme(NIAS), marks(1, 1, 1), ("sound", Some("Clear aims.")));
            scored.map(|(change, given, _)| (change, given))
        }
    };
    done.map(|(_, given)| given.state).map_err(|refusal| refusal.code())
}

#[test]
fn an_invitation_is_answered_once_and_an_accepted_assessment_is_scored_or_given_up() {
    use AssessmentState::{Accepted, Conflicted, Declined, Invited, Scored, Withdrawn};
    for (what, from, then) in [
        ("accept", &[Invited][..], Accepted),
        ("decline", &[Invited, Accepted], Declined),
        ("conflict", &[Invited, Accepted], Conflicted),
        ("withdraw", &[Invited, Accepted], Withdrawn),
        ("score", &[Accepted], Scored),
    ] {
        for state in AssessmentState::ALL {
            let expected = match state {
                state if from.contains(&state) => Ok(then),
                Invited => Err("assessment.not_accepted"),
                _ => Err("assessment.closed"),
            };
            assert_eq!(tried(state, what), expected, "{what} when {state:?}");
        }
    }
}

#[test]
fn an_assessment_ends_with_the_assessment_of_the_case_and_says_why_where_it_is_given_up() {
    let open = || assessment(20, AssessmentState::Accepted);
    let score = permit(Verb::AssessmentScore);
    let silent =
        open().give_marks(&score, &application(State::InAssessment), &scheme(NIAS), marks(1, 1, 1), (" ", None));
    assert!(matches!(silent.unwrap_err(), Refusal::TextLength { field: "/comment", .. }));
    let declined = permit(Verb::AssessmentDecline);
    let unsaid = open().decline(&declined, &application(State::InAssessment), " ").unwrap_err();
    assert!(matches!(unsaid, Refusal::TextLength { field: "/reason", .. }));
}

/// An assessor is told no more of a decision than the applicant, by no refusal either.
#[test]
fn what_comes_too_late_is_refused_to_an_assessor_in_the_public_word_and_to_an_officer_in_that_of_the_staff() {
    for state in State::ALL.into_iter().filter(|state| *state != State::InAssessment) {
        let case = application(state);
        let of = |state| assessment(20, state);
        let marked = |verb| {
            let given = of(AssessmentState::Accepted);
            given.give_marks(&permit(verb), &case, &scheme(NIAS), marks(1, 1, 1), ("sound", None)).map(|_| ())
        };
        let accepted = of(AssessmentState::Invited).accept(&permit(Verb::AssessmentAccept), &case).map(|_| ());
        let told = Err(Refusal::ApplicationWrongState { state: state.public_code() });
        assert_eq!((accepted, marked(Verb::AssessmentScore)), (told.clone(), told.clone()), "{state:?}");
        let ended = [AssessmentState::Invited, AssessmentState::Accepted].map(|open| {
            let declined = of(open).decline(&permit(Verb::AssessmentDecline), &case, "no time").map(|_| ());
            let conflict = permit(Verb::AssessmentDeclareConflict);
            let conflicted = of(open).declare_conflict(&conflict, &case, "my brother").map(|_| ());
            let withdrawn = of(open).withdraw(&permit(Verb::AssessmentWithdraw), &case, "silent").map(|_| ());
            (declined, conflicted, withdrawn)
        });
        let staff = Err(Refusal::ApplicationWrongState { state: state.code() });
        let expected =
            if state == State::Returned { (Ok(()), Ok(()), Ok(())) } else { (told.clone(), told.clone(), staff) };
        assert_eq!(ended, [expected.clone(), expected], "{state:?}");
    }
}
