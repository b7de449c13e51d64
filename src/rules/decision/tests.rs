use super::*;
use crate::calculation::{Award as Before, Facts};
use crate::ledger::Balance;
use crate::permission::Verb;
use crate::sample::{NIAS, application, cents, day, instant, nobody, permit, person, scheme};
use crate::scoring::Marks;
use std::collections::BTreeMap;
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
        cents(amount),
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
    assert_eq!(below, Refusal::BelowPassMark { mean: 5_501 });
    assert_eq!(below.to_string(), "The mean score of 55.01 per cent is below the pass mark: reject with reasons.");
}

#[test]
fn the_committee_recommends_what_is_scored_up_to_what_was_asked_for() {
    let asked = cents("200000000.00");
    for (scores, amount, refused) in [
        ([9_000].as_slice(), "1.00", Refusal::AssessmentsMissing { wanted: 2, scored: 1 }),
        (&[], "1.00", Refusal::AssessmentsMissing { wanted: 2, scored: 0 }),
        (&[9_000, 9_000], "0.00", Refusal::AmountNotRecommendable { requested: asked }),
        (&[9_000, 9_000], "200000000.01", Refusal::AmountNotRecommendable { requested: asked }),
    ] {
        assert_eq!(recommend(State::InAssessment, scores, amount).unwrap_err(), refused);
    }
    let mut given_up = scored(&[9_000, 9_000]);
    given_up.iter_mut().take(1).for_each(|assessment| assessment.state = AssessmentState::Conflicted);
    let given = application(State::InAssessment).given(&scheme(NIAS), &given_up);
    assert_eq!(given, Err(Refusal::AssessmentsMissing { wanted: 2, scored: 1 }));
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
    let scheme = scheme(NIAS);
    let screening = |verdict: Screening| {
        move |case: Application| case.screen(&permit(Verb::ApplicationScreen), verdict.clone()).err()
    };
    only_in(&[State::Submitted], screening(Screening::Eligible));
    only_in(&[State::Submitted], screening(Screening::Ineligible("no".to_owned())));
    only_in(&[State::Ineligible, State::Rejected], |case| {
        case.reinstate(&permit(Verb::ApplicationReinstate), "a mistake").err()
    });
    only_in(&[State::InAssessment], |case| {
        let by = (person(9), &nobody());
        case.recommend(
            &permit(Verb::ApplicationRecommend),
            &scheme,
            by,
            &scored(&[9_000, 9_000]),
            &Grounds::default(),
            cents("1.00"),
        )
        .err()
    });
    for (duty, states) in [(Duty::Recommender, [State::InAssessment]), (Duty::Approver, [State::Recommended])] {
        only_in(&states, |case| {
            case.reject(&permit(Verb::ApplicationReject), (person(9), duty), &nobody(), &Departing::default(), "weak")
                .err()
        });
    }
    only_in(&[State::Recommended], |case| approve(case, &Approval::default()).err());
}

/// What an approval of the tests is told; the commissioner approves unless another authority is held.
#[derive(Clone)]
struct Approval {
    authorities: Vec<&'static str>,
    duties: Duties,
    history: Vec<Before>,
    committed: &'static str,
    in_force: String,
    on: &'static str,
}

impl Default for Approval {
    fn default() -> Self {
        Self {
            authorities: vec!["commissioner"],
            duties: nobody(),
            history: Vec::new(),
            committed: "0.00",
            in_force: NIAS.to_owned(),
            on: "2025-03-05",
        }
    }
}

fn approve(case: Application, approval: &Approval) -> Result<Award, Refusal> {
    let authorities = approval.authorities.iter().map(|code| (*code).to_owned()).collect();
    let (pinned, in_force) = (scheme(NIAS), scheme(&approval.in_force));
    let envelope = Balance { limit: None, committed: cents(approval.committed) };
    let approving = Approving {
        scheme: &pinned,
        in_force: &in_force,
        duties: &approval.duties,
        authorities: &authorities,
        history: History { awards: Some(approval.history.clone()), ..History::default() },
        balances: Balances { envelope, ..Balances::default() },
        by: person(9),
        at: instant(approval.on),
    };
    case.approve(&permit(Verb::ApplicationApprove), approving).map(|(_, _, award)| award)
}

fn recommended(amount: &str) -> Application {
    Application { recommended: Some(cents(amount)), ..application(State::Recommended) }
}

#[test]
fn the_authority_is_the_lowest_one_held_that_reaches_the_amount() {
    let (assistant, commissioner) = ("assistant_commissioner", "commissioner");
    for (amount, held, used) in [
        ("15000000.00", vec![assistant], Ok(assistant)),
        ("15000000.00", vec![commissioner], Ok(commissioner)),
        ("15000000.00", vec![commissioner, assistant], Ok(assistant)),
        ("15000000.01", vec![commissioner, assistant], Ok(commissioner)),
        ("15000000.01", vec![assistant], Err(commissioner)),
        ("1.00", vec![], Err(assistant)),
        ("1.00", vec!["minister"], Err(assistant)),
    ] {
        let approval = Approval { authorities: held.clone(), ..Approval::default() };
        let expected = used
            .map(str::to_owned)
            .map_err(|needed| Refusal::AuthorityTooLow { amount: cents(amount), needed: needed.to_owned() });
        assert_eq!(approve(recommended(amount), &approval).map(|award| award.authority), expected, "{amount} {held:?}");
    }
}

#[test]
fn an_approval_meets_duties_history_and_the_money_of_the_scheme() {
    let amount = || recommended("200000000.00");
    let before = |amount: &str| Before {
        scheme: None,
        on: day("2025-02-10"),
        submitted_on: None,
        amount: cents(amount),
        completed: None,
        party: None,
        stages: BTreeMap::new(),
        facts: Facts::new(),
    };
    let held = Duties { held: BTreeMap::from([(person(9), Duty::Recommender)]) };
    let shut = NIAS.replace("is = \"10000000000.00\"", "is = \"unknown\"");
    for (approval, refused) in [
        (
            Approval { duties: held, ..Approval::default() },
            Refusal::DutySeparated { held: Duty::Recommender, wanted: Duty::Approver },
        ),
        (
            Approval { history: vec![before("50000000.00")], ..Approval::default() },
            Refusal::RecommendedAboveAllowed { recommended: cents("200000000.00"), allowed: cents("150000000.00") },
        ),
        (
            Approval { committed: "9900000000.00", ..Approval::default() },
            Refusal::CeilingExceeded {
                ceiling: "envelope".to_owned(),
                wanted: cents("200000000.00"),
                left: cents("100000000.00"),
            },
        ),
        (Approval { in_force: shut, ..Approval::default() }, Refusal::LimitUnknown { path: "envelope".to_owned() }),
        (Approval { on: "2024-09-15", ..Approval::default() }, Refusal::LimitUnknown { path: "envelope".to_owned() }),
    ] {
        assert_eq!(approve(amount(), &approval).unwrap_err(), refused);
    }
    let third = Approval { history: vec![before("1.00"), before("1.00")], ..Approval::default() };
    let Err(Refusal::CalculationRefused { refused_by, .. }) = approve(recommended("100000000.00"), &third) else {
        panic!("a third project");
    };
    assert_eq!(refused_by, ["ceiling.projects_per_enterprise"]);
    let last = Approval { committed: "9800000000.00", ..Approval::default() };
    assert_eq!(approve(amount(), &last).map(|award| award.amount), Ok(cents("200000000.00")));
}

#[test]
fn what_is_completed_by_the_day_of_the_decision_is_completed_and_what_comes_later_is_not() {
    let award = |completed| Before {
        scheme: None,
        on: day("2025-01-01"),
        submitted_on: None,
        amount: cents("1.00"),
        completed,
        party: None,
        stages: BTreeMap::new(),
        facts: Facts::new(),
    };
    let days = ["2025-03-05", "2025-03-06"].map(|on| award(Some(Completed::On(day(on)))));
    let history = History { awards: Some([days.to_vec(), vec![award(None)]].concat()), ..History::default() };
    let seen = as_of(day("2025-03-05"), history).awards.unwrap_or_default();
    let completed = seen.into_iter().map(|award| award.completed).collect::<Vec<_>>();
    assert_eq!(completed, [Some(Completed::Answer(true)), Some(Completed::On(day("2025-03-06"))), None]);
}
