use super::*;
use crate::letter::Letter;
use crate::notification::notices;
use crate::permission::Verb;
use crate::refusal::AssessmentRefusal;
use crate::sample::{
    NIAS, agency, application, cents, commissioner, day, instant, nobody, permit, person, route, scheme, telling,
};
use crate::scoring::Marks;
use crate::sight::Sight;
use uuid::Uuid;

/// Assessments with scores, by different people.
fn scored(scores: &[u32]) -> Vec<Assessment> {
    let assessment = |(number, score): (u128, &u32)| Assessment {
        id: crate::ids::AssessmentId(Uuid::from_u128(number)),
        application: application(State::InAssessment).id,
        assessor: person(number),
        state: AssessmentState::Scored,
        due: day("2025-03-01"),
        blind_to_applicant: false,
        reason: None,
        marks: Marks::new(),
        comment: String::new(),
        feedback: None,
        score: Some(*score),
    };
    (20..).zip(scores).map(assessment).collect()
}

fn recommend(state: State, scores: &[u32], amount: &str) -> Result<Application, Refusal> {
    let permit = permit(Verb::ApplicationRecommend);
    let case = application(state);
    let decided = case.recommend(
        &permit,
        &scheme(NIAS),
        (person(9), &nobody()),
        &scored(scores),
        &Grounds::default(),
        (cents(amount), None),
    );
    decided.map(|(_, application)| application)
}

#[test]
fn a_mean_at_the_pass_mark_is_enough_and_one_below_it_is_not() {
    for (scores, enough) in [
        ([6_000, 6_000].as_slice(), true),
        (&[5_000, 7_000], true),
        // The mean is rounded half up, as people see it: 59.995 is 60.00.
        (&[5_999, 6_000], true),
        (&[5_998, 6_000], false),
        (&[0, 10_000, 7_000], false),
    ] {
        let decided = recommend(State::InAssessment, scores, "200000000.00");
        assert_eq!(decided.is_ok(), enough, "{scores:?}: {decided:?}");
    }
    let below = recommend(State::InAssessment, &[5_000, 6_001], "1.00").unwrap_err();
    assert_eq!(below, Refusal::Assessment(AssessmentRefusal::BelowPassMark { mean: 5_501 }));
    assert_eq!(below.to_string(), "The mean score of 55.01 per cent is below the pass mark: reject with reasons.");
}

#[test]
fn the_committee_recommends_what_is_scored_up_to_what_was_asked_for() {
    let asked = cents("200000000.00");
    for (scores, amount, refused) in [
        (
            [9_000].as_slice(),
            "1.00",
            Refusal::Assessment(AssessmentRefusal::AssessmentsMissing { wanted: 2, scored: 1 }),
        ),
        (&[], "1.00", Refusal::Assessment(AssessmentRefusal::AssessmentsMissing { wanted: 2, scored: 0 })),
        (&[9_000, 9_000], "0.00", Refusal::AmountNotRecommendable { requested: asked }),
        (&[9_000, 9_000], "200000000.01", Refusal::AmountNotRecommendable { requested: asked }),
    ] {
        assert_eq!(recommend(State::InAssessment, scores, amount).unwrap_err(), refused);
    }
    let mut given_up = scored(&[9_000, 9_000]);
    given_up.iter_mut().take(1).for_each(|assessment| assessment.state = AssessmentState::Conflicted);
    let given = application(State::InAssessment).given(&scheme(NIAS), &given_up);
    assert_eq!(given, Err(Refusal::Assessment(AssessmentRefusal::AssessmentsMissing { wanted: 2, scored: 1 })));
}

/// In which states an act can be done at all.
fn only_in(allowed: &[State], act: impl Fn(Application) -> Option<Refusal>) {
    for state in State::ALL {
        let refused =
            act(application(state)).filter(|refused| matches!(refused, Refusal::ApplicationWrongState { .. }));
        let expected = (!allowed.contains(&state)).then(|| Refusal::ApplicationWrongState { state: state.code() });
        assert_eq!(refused, expected, "{state:?}");
    }
}

#[test]
fn each_decision_has_its_states() {
    let (scheme, agency) = (scheme(NIAS), agency());
    let telling = telling(&agency, &scheme);
    let screening = |verdict: Screening| {
        move |case: Application| {
            case.screen(&permit(Verb::ApplicationScreen), (person(2), &nobody()), verdict.clone(), telling).err()
        }
    };
    only_in(&[State::Submitted], screening(Screening::Eligible));
    only_in(&[State::Submitted], screening(Screening::Ineligible("no".to_owned())));
    only_in(&[State::Ineligible, State::Refused, State::Rejected], |case| {
        case.reinstate(&permit(Verb::ApplicationReinstate), (person(2), &nobody()), "a mistake").err()
    });
    only_in(&[State::InAssessment], |case| {
        let by = (person(9), &nobody());
        case.recommend(
            &permit(Verb::ApplicationRecommend),
            &scheme,
            by,
            &scored(&[9_000, 9_000]),
            &Grounds::default(),
            (cents("1.00"), None),
        )
        .err()
    });
    let (held, duties) = (commissioner(), nobody());
    let acting = Acting { by: person(9), held: &held, duties: &duties, at: instant("2025-03-05") };
    let route = route("200000000.00");
    for (route, states) in [(None, [State::InAssessment]), (Some(&route), [State::Recommended])] {
        only_in(&states, |case| {
            let (permit, standing) = (permit(Verb::ApplicationReject), Departing::default());
            case.reject(&permit, acting, route, &standing, ("weak", None), telling).err()
        });
    }
    only_in(&[State::Refused], |case| case.tell_refusal(&permit(Verb::RefusalTell), telling).err());
}

/// Refused by the committee on 5 March 2025, not to be told before a day.
fn kept_back(until: &str) -> Result<(Change, Application), Refusal> {
    let (held, duties, scheme, agency) = (commissioner(), nobody(), scheme(NIAS), agency());
    let acting = Acting { by: person(9), held: &held, duties: &duties, at: instant("2025-03-05") };
    let (permit, standing) = (permit(Verb::ApplicationReject), Departing::default());
    let case = application(State::InAssessment);
    case.reject(&permit, acting, None, &standing, ("weak", Some(day(until))), telling(&agency, &scheme))
}

fn letters<'c>(change: &'c Change) -> Vec<&'c Letter> {
    let letter = |write: &'c Write| match write {
        Write::NewLetter(letter) => Some(&**letter),
        _ => None,
    };
    change.writes().iter().filter_map(letter).collect()
}

#[test]
fn a_refusal_under_an_embargo_is_decided_and_shows_nothing_until_it_is_told() {
    for until in ["2025-03-04", "2025-03-05", "2026-03-07"] {
        assert_eq!(kept_back(until).unwrap_err(), ApprovalRefusal::EmbargoDay.into(), "{until}");
    }
    let (before, until) = (application(State::InAssessment), day("2025-03-06"));
    let (change, case) = kept_back("2025-03-06").unwrap();
    assert_eq!((case.state, case.embargo_until), (State::Refused, Some(until)));
    assert_eq!((case.version, case.told_version), (before.version + 1, before.told_version));
    assert_eq!((case.reason_in(Sight::Staff), case.reason_in(Sight::Public)), (Some("weak"), None));
    assert_eq!(letters(&change), Vec::<&Letter>::new());
    assert!(notices(change.event()).is_empty() && change.event().clone().as_told(Sight::Public).is_none());
    let (scheme, agency) = (scheme(NIAS), agency());
    let told = |at: &str| {
        let telling = Telling { at: instant(at), decided_on: day("2025-03-05"), ..telling(&agency, &scheme) };
        case.clone().tell_refusal(&permit(Verb::RefusalTell), telling)
    };
    assert_eq!(told("2025-03-05").unwrap_err(), ApprovalRefusal::Embargoed { until }.into());
    let (change, after) = told("2025-03-08").unwrap();
    assert_eq!((after.state, after.embargo_until), (State::Rejected, None));
    assert_eq!((after.version, after.told_version), (case.version + 1, case.told_version + 1));
    assert_eq!(after.reason_in(Sight::Public), Some("weak"));
    let [letter] = letters(&change)[..] else { panic!("{change:?}") };
    assert_eq!((letter.day, letter.version), (day("2025-03-08"), after.told_version));
    assert!(letter.text.contains("It was decided on 5 March 2025.") && letter.text.contains("weak"), "{}", letter.text);
}

#[test]
fn what_was_never_told_is_taken_back_without_a_word_by_somebody_with_no_duty_on_it() {
    let (_, case) = kept_back("2025-03-06").unwrap();
    let reinstate = |case: &Application, duties: &Duties| {
        case.clone().reinstate(&permit(Verb::ApplicationReinstate), (person(2), duties), "a mistake")
    };
    let had = Duties { held: [(person(2), Duty::Recommender)].into(), ..Duties::default() };
    assert_eq!(reinstate(&case, &had).unwrap_err(), ReviewRefusal::OnTheCase.into());
    let (change, open) = reinstate(&case, &nobody()).unwrap();
    assert_eq!((open.state, open.reason.as_ref(), open.embargo_until), (State::InAssessment, None, None));
    assert_eq!((open.version, open.told_version), (case.version + 1, case.told_version));
    assert!(notices(change.event()).is_empty() && change.event().clone().as_told(Sight::Public).is_none());
    let (_, told) = reinstate(&application(State::Rejected), &nobody()).unwrap();
    assert_eq!(told.told_version, application(State::Rejected).told_version + 1);
}
