use super::*;
use crate::sample::cents;
use uuid::Uuid;

fn listed(number: u128, amount: Option<&str>, ready: bool) -> Listed {
    let mean = 9_000_u32.saturating_sub(u32::try_from(number).unwrap());
    Listed {
        application: ApplicationId(Uuid::from_u128(number)),
        reference: format!("NIAS-2025-{number:06}"),
        organisation: OrganisationId(Uuid::from_u128(number)),
        organisation_name: format!("Organisation {number}"),
        state: if amount.is_some() { State::Recommended } else { State::InAssessment },
        rank: u32::try_from(number).unwrap(),
        mean,
        passes: amount.is_some(),
        amount: amount.map(cents),
        reserved: Cents::ZERO,
        year: None,
        ready,
    }
}

fn act(listed: &Listed, what: Proposed) -> Item {
    let asked =
        Approve { part: None, amount: Cents::ZERO, reduced_from: None, conditions: Vec::new(), embargo_until: None };
    let act = match what {
        Proposed::Approve => Act::Approve(asked),
        Proposed::Reserve => Act::Reserve { asked, departure: None },
        Proposed::Reject | Proposed::Wait => Act::Reject(Rejecting::default()),
    };
    Item { application: listed.application, act }
}

#[test]
fn the_proposal_gives_from_the_top_and_ends_at_the_first_for_which_the_money_does_not_last() {
    use Proposed::{Approve, Reject, Reserve, Wait};
    let list = [
        listed(1, Some("40.00"), true),
        listed(2, Some("30.00"), false),
        listed(3, Some("50.00"), true),
        listed(4, Some("1.00"), true),
        listed(5, None, false),
    ];
    for (round, proposed, left) in [
        (None, [Approve, Wait, Approve, Approve, Reject], None),
        (Some("121.00"), [Approve, Wait, Approve, Approve, Reject], Some("0.00")),
        (Some("120.99"), [Approve, Wait, Approve, Reserve, Reject], Some("0.99")),
        // What waits above keeps its money, and the one that asks for little is not preferred.
        (Some("119.99"), [Approve, Wait, Reserve, Reserve, Reject], Some("49.99")),
        (Some("69.99"), [Approve, Wait, Reserve, Reserve, Reject], Some("29.99")),
        (Some("0.00"), [Reserve, Wait, Reserve, Reserve, Reject], Some("0.00")),
    ] {
        let before = Left { round: round.map(cents), ..Left::default() };
        let (told, after) = propose(&list, before);
        assert_eq!((told, after.round), (proposed.to_vec(), left.map(cents)), "{round:?}");
    }
}

#[test]
fn each_limit_ends_the_proposal_and_what_the_list_has_reserved_is_its_own() {
    let (one, other) = (Day::parse("2025-04-01").unwrap(), Day::parse("2026-04-01").unwrap());
    let mut list = [listed(1, Some("40.00"), true), listed(2, Some("40.00"), true), listed(3, Some("40.00"), true)];
    (list[0].year, list[1].year, list[2].year) = (Some(one), Some(other), Some(one));
    let years = BTreeMap::from([(one, Some(cents("79.99"))), (other, None)]);
    let (told, after) = propose(&list, Left { envelope: Some(cents("200.00")), round: None, years });
    assert_eq!(told, [Proposed::Approve, Proposed::Approve, Proposed::Reserve]);
    assert_eq!((after.envelope, after.years.get(&one)), (Some(cents("120.00")), Some(&Some(cents("39.99")))));
    let left = |limit, reserved| left_of(limit, (cents("50.00"), cents("40.00")), cents(reserved)).unwrap();
    assert_eq!(left(Some(cents("100.00")), "30.00"), Some(cents("40.00")));
    assert_eq!(left(Some(cents("80.00")), "30.00"), Some(cents("20.00")), "a limit that was lowered");
    assert_eq!(left(Some(cents("50.00")), "30.00"), Some(Cents::ZERO));
    assert_eq!(left(None, "30.00"), None);
}

#[test]
fn a_decision_is_taken_from_the_top_and_refuses_from_the_bottom() {
    use Proposed::{Approve, Reject, Reserve};
    let list = [1, 2, 3, 4, 5, 6].map(|number| listed(number, Some("1.00"), true));
    let acts = [(5, Reject), (3, Reserve), (1, Approve), (4, Reject), (2, Reserve), (0, Approve)];
    let items = acts.map(|(place, what)| act(&list[place], what));
    let order = in_turn(&list, &items).into_iter().map(|(line, _)| line).collect::<Vec<_>>();
    assert_eq!(order, [5, 2, 4, 1, 0, 3]);
}

#[test]
fn a_decision_has_lines_not_too_many_and_none_twice() {
    let one = act(&listed(1, Some("1.00"), true), Proposed::Approve);
    let many = (1..=201).map(|number| act(&listed(number, Some("1.00"), true), Proposed::Reserve));
    let many = many.collect::<Vec<_>>();
    let code = |items: &[Item]| bounded(items).map_err(|refusal| (refusal.code(), refusal.pointer()));
    assert_eq!(code(&[]), Err(("round_decision.empty", Some("/items".to_owned()))));
    assert_eq!(code(&many), Err(("round_decision.too_many", Some("/items".to_owned()))));
    assert_eq!(code(&many[1..]), Ok(()));
    let twice = Err(("round_decision.twice", Some("/items/1/application".to_owned())));
    assert_eq!(code(&[one.clone(), one]), twice);
}

#[test]
fn a_reserve_list_has_a_last_day_and_a_decision_without_one_needs_none() {
    let listed = listed(1, Some("1.00"), true);
    let now = crate::sample::instant("2025-03-05");
    for (what, until, decided_on, code) in [
        (Proposed::Approve, None, "2025-03-05", None),
        (Proposed::Reserve, None, "2025-03-05", Some("round_decision.reserve_day")),
        (Proposed::Reserve, Some("2025-03-05"), "2025-03-05", Some("round_decision.reserve_day")),
        (Proposed::Reserve, Some("2025-03-06"), "2025-03-05", None),
        (Proposed::Reserve, Some("2025-03-20"), "2025-03-20", Some("round_decision.reserve_day")),
        (Proposed::Reserve, Some("2026-03-06"), "2025-03-05", None),
        (Proposed::Reserve, Some("2026-03-07"), "2025-03-05", Some("round_decision.reserve_day")),
    ] {
        let until = until.map(|day| Day::parse(day).unwrap());
        let decided_on = Day::parse(decided_on).unwrap();
        let met = reserve_day(&[act(&listed, what)], until, (decided_on, now));
        assert_eq!(met.err().map(|refusal| refusal.code()), code, "{what:?} {until:?}");
    }
}

#[test]
fn a_list_is_another_one_when_a_case_a_place_a_state_or_an_amount_is() {
    let list = || vec![listed(1, Some("1.00"), true), listed(2, Some("2.00"), true)];
    let version = version_of(&list());
    assert_eq!(version_of(&list()), version);
    let mut others = [list(), list(), list(), list()];
    others[0].swap(0, 1);
    others[1][0].amount = Some(cents("1.01"));
    others[2].pop();
    others[3][1].state = State::InAssessment;
    assert!(others.iter().all(|other| version_of(other) != version));
}

#[test]
fn those_below_that_a_decision_awards_are_named_and_nobody_of_the_same_rank() {
    use Proposed::{Approve, Reject, Reserve};
    let mut list = [1, 2, 3, 4].map(|number| listed(number, Some("1.00"), true));
    list[1].mean = list[0].mean;
    let items = [(0, Reserve), (1, Approve), (2, Reject), (3, Approve)].map(|(place, what)| act(&list[place], what));
    let below = |place: usize| awarded_below(&list, &items, list[place].application);
    assert_eq!(below(0), [list[3].reference.clone()]);
    assert_eq!(below(3), Vec::<String>::new());
}
