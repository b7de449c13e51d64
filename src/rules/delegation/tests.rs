use super::*;
use crate::actor::{Actor, Role, Who};
use crate::permission::Verb;
use crate::sample::{day, instant, person};
use uuid::Uuid;

const TODAY: &str = "2025-03-05";

fn permit(verb: Verb) -> Permit {
    let actor = Actor { who: Who::Person(person(1)), roles: [Role::Approver].into(), ..Actor::visitor() };
    actor.may_to_person(verb, person(1)).unwrap()
}

fn new() -> NewDelegation {
    NewDelegation {
        id: DelegationId(Uuid::from_u128(7)),
        of: person(1),
        to: person(2),
        from: day(TODAY),
        until: day("2025-03-12"),
        scheme: Some("NIAS".to_owned()),
        reason: "leave".to_owned(),
    }
}

const BOTH: Between = Between { of_holds: true, to_approves: true, open: 0 };

#[test]
fn an_authority_is_delegated_to_another_approver_for_days_that_are_to_come() {
    let permit = permit(Verb::DelegationRecord);
    for (new, by, between, expected) in [
        (new(), 1, BOTH, None),
        (NewDelegation { scheme: None, ..new() }, 1, BOTH, None),
        (NewDelegation { until: day("2026-03-06"), ..new() }, 1, BOTH, None),
        (NewDelegation { to: person(1), ..new() }, 1, BOTH, Some("delegation.to_oneself")),
        (new(), 2, BOTH, Some("delegation.to_oneself")),
        (new(), 1, Between { of_holds: false, ..BOTH }, Some("delegation.nothing")),
        (new(), 1, Between { to_approves: false, ..BOTH }, Some("delegation.no_approver")),
        (new(), 1, Between { open: 19, ..BOTH }, None),
        (new(), 1, Between { open: 20, ..BOTH }, Some("delegation.too_many")),
        (NewDelegation { from: day("2025-03-04"), ..new() }, 1, BOTH, Some("delegation.days")),
        (NewDelegation { until: day(TODAY), ..new() }, 1, BOTH, Some("delegation.days")),
        (NewDelegation { until: day("2026-03-07"), ..new() }, 1, BOTH, Some("delegation.days")),
        (
            NewDelegation { from: day("2026-03-07"), until: day("2026-03-08"), ..new() },
            1,
            BOTH,
            Some("delegation.days"),
        ),
        (NewDelegation { scheme: Some("n i".to_owned()), ..new() }, 1, BOTH, Some("delegation.scheme")),
        (NewDelegation { reason: " ".to_owned(), ..new() }, 1, BOTH, Some("text.length")),
    ] {
        let told = record(&permit, new.clone(), (person(by), instant(TODAY)), between);
        assert_eq!(told.err().map(|refusal| refusal.code()), expected, "{new:?} {between:?}");
    }
}

#[test]
fn a_delegation_holds_on_its_days_until_it_is_ended() {
    let (_, recorded) = record(&permit(Verb::DelegationRecord), new(), (person(1), instant(TODAY)), BOTH).unwrap();
    for (on, expected) in [("2025-03-04", false), (TODAY, true), ("2025-03-11", true), ("2025-03-12", false)] {
        assert_eq!(recorded.holds(instant(on)), expected, "{on}");
    }
    let end = |delegation: &Delegation, on: &str, reason: &str| {
        delegation.clone().end(&permit(Verb::DelegationEnd), (person(1), instant(on)), reason)
    };
    let (_, ended) = end(&recorded, "2025-03-08", "back again").unwrap();
    assert!(!ended.holds(instant("2025-03-09")));
    for (delegation, on, reason, expected) in [
        (&ended, "2025-03-09", "again", "delegation.over"),
        (&recorded, "2025-03-12", "late", "delegation.over"),
        (&recorded, "2025-03-08", " ", "text.length"),
    ] {
        assert_eq!(end(delegation, on, reason).unwrap_err().code(), expected);
    }
}
