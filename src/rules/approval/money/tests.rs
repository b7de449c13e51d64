use super::*;
use crate::application::State;
use crate::approval::{Acting, Approve, Approving};
use crate::calculation::{Award as Before, Counts, Facts};
use crate::change::Change;
use crate::duty::{Duties, Duty};
use crate::ids::ApplicationId;
use crate::ledger::{Balance, Balances};
use crate::permission::Verb;
use crate::route::{Held, Route};
use crate::sample::{NIAS, application, cents, day, instant, met, nobody, permit, person, scheme};
use std::collections::BTreeMap;
use uuid::Uuid;

/// What an approval of the tests is told; the commissioner approves unless another authority is held.
#[derive(Clone)]
struct Given {
    authorities: Vec<&'static str>,
    duties: Duties,
    history: Vec<Before>,
    committed: &'static str,
    in_force: String,
    on: &'static str,
}

impl Default for Given {
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

fn held(authorities: &[&str]) -> Held {
    Held { own: authorities.iter().map(|code| (*code).to_owned()).collect(), ..Held::default() }
}

fn asked(amount: Cents) -> Approve {
    Approve { part: None, amount, reduced_from: None, conditions: Vec::new(), embargo_until: None }
}

/// The cases of so many earlier awards.
fn earlier(many: usize) -> Vec<ApplicationId> {
    (100..).map(|number| ApplicationId(Uuid::from_u128(number))).take(many).collect()
}

fn approve(case: Application, approval: &Given) -> Result<Award, Refusal> {
    decided(case, approval).map(|(_, award)| award)
}

fn decided(case: Application, approval: &Given) -> Result<(Change, Award), Refusal> {
    let held = held(&approval.authorities);
    let (pinned, in_force) = (scheme(NIAS), scheme(&approval.in_force));
    let envelope = Balance { committed: cents(approval.committed), ..Balance::default() };
    let amount = case.recommended.unwrap_or_default();
    let approving = Approving {
        scheme: &pinned,
        in_force: &in_force,
        route: Route::start(&pinned, day("2025-02-05"), amount, 1)?,
        earlier: Earlier {
            history: History { awards: Some(approval.history.clone()), ..History::default() },
            cases: earlier(approval.history.len()),
        },
        debarred: Vec::new(),
    };
    let acting = Acting { by: person(9), held: &held, duties: &approval.duties, at: instant(approval.on) };
    let (change, approved) = case.approve(&permit(Verb::ApplicationApprove), &asked(amount), acting, approving)?;
    met(&change, Balances { envelope, ..Balances::default() })?;
    Ok((change, approved.award.unwrap()))
}

fn before(amount: &str) -> Before {
    Before {
        scheme: None,
        on: day("2025-02-10"),
        submitted_on: None,
        amount: cents(amount),
        completed: None,
        party: None,
        stages: BTreeMap::new(),
        facts: Facts::new(),
    }
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
    ] {
        let approval = Given { authorities: held.clone(), ..Given::default() };
        let expected = used
            .map(str::to_owned)
            .map_err(|needed| Refusal::AuthorityTooLow { amount: cents(amount), needed: needed.to_owned() });
        assert_eq!(approve(recommended(amount), &approval).map(|award| award.authority), expected, "{amount} {held:?}");
    }
}

#[test]
fn an_approval_meets_duties_history_and_the_money_of_the_scheme() {
    let amount = || recommended("200000000.00");
    let held = Duties { held: BTreeMap::from([(person(9), Duty::Recommender)]), ..Duties::default() };
    let shut = NIAS.replace("is = \"10000000000.00\"", "is = \"unknown\"");
    for (approval, refused) in [
        (
            Given { duties: held, ..Given::default() },
            Refusal::DutySeparated { held: Duty::Recommender, wanted: Duty::Approver },
        ),
        (
            Given { history: vec![before("50000000.00")], ..Given::default() },
            Refusal::RecommendedAboveAllowed { recommended: cents("200000000.00"), allowed: cents("150000000.00") },
        ),
        (
            Given { committed: "9900000000.00", ..Given::default() },
            Refusal::CeilingExceeded {
                ceiling: "envelope".to_owned(),
                wanted: cents("200000000.00"),
                left: cents("100000000.00"),
            },
        ),
        (Given { in_force: shut, ..Given::default() }, Refusal::LimitUnknown { path: "envelope".to_owned() }),
        (Given { on: "2024-09-15", ..Given::default() }, Refusal::LimitUnknown { path: "envelope".to_owned() }),
    ] {
        assert_eq!(approve(amount(), &approval).unwrap_err(), refused);
    }
    let third = Given { history: vec![before("1.00"), before("1.00")], ..Given::default() };
    let Err(Refusal::CalculationRefused { refused_by, .. }) = approve(recommended("100000000.00"), &third) else {
        panic!("a third project");
    };
    assert_eq!(refused_by, ["ceiling.projects_per_enterprise"]);
    let last = Given { committed: "9800000000.00", ..Given::default() };
    assert_eq!(approve(amount(), &last).map(|award| award.amount), Ok(cents("200000000.00")));
}

#[test]
fn an_award_keeps_what_it_has_looked_at_and_what_each_limit_had_used_of_it() {
    let approval = Given { history: vec![before("50000000.00")], ..Given::default() };
    let (change, award) = decided(recommended("100000000.00"), &approval).unwrap();
    let basis = change.writes().iter().find_map(|write| match write {
        Write::AwardBasis(basis) => Some(basis),
        _ => None,
    });
    let basis = basis.unwrap();
    assert_eq!((basis.revision, &basis.seen), (0, &earlier(1)));
    assert!(basis.schemes.contains(&award.scheme));
    let met = basis.limits.iter().map(|met| (met.ceiling.as_str(), met.counts, met.takes, met.counted.clone()));
    let money = Counts::Money { limit: cents("200000000.00"), used: cents("50000000.00") };
    let projects = Counts::Projects { limit: 2, used: 1 };
    assert_eq!(
        met.collect::<Vec<_>>(),
        [
            ("grant_per_enterprise", money, award.amount, earlier(1)),
            ("projects_per_enterprise", projects, Cents::ZERO, earlier(1)),
        ]
    );
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
