use super::*;
use crate::sample::{NIAS, cents, commissioner, day, person, route};
use crate::scheme::Scheme;

#[test]
fn a_text_that_names_no_step_has_one_for_all_its_authorities() {
    let route = route("20000000.00");
    let [Part::Step { code, by, .. }] = route.parts.as_slice() else { panic!("{route:?}") };
    let by = by.iter().map(|(name, limit)| (name.as_str(), *limit)).collect::<Vec<_>>();
    assert_eq!(
        (code.as_str(), by),
        (ONE_STEP, vec![("assistant_commissioner", Some(cents("15000000.00"))), ("commissioner", None)])
    );
}

#[test]
fn ones_own_authority_that_reaches_is_used_before_any_of_somebody_absent() {
    let both = Held {
        own: ["commissioner".to_owned()].into(),
        delegated: [(person(1), ["assistant_commissioner".to_owned()].into())].into(),
        ..Held::default()
    };
    let lent_to = |absent: u128, authority: &str| Held {
        delegated: [(person(absent), [authority.to_owned()].into())].into(),
        ..Held::default()
    };
    let (lent, lent_below) = (lent_to(1, "commissioner"), lent_to(2, "assistant_commissioner"));
    let route = route("1.00");
    for (held, amount, expected) in [
        (both.clone(), "1.00", ("commissioner", None)),
        (both, "15000000.01", ("commissioner", None)),
        (lent.clone(), "1.00", ("commissioner", Some(person(1)))),
        (lent_below, "1.00", ("assistant_commissioner", Some(person(2)))),
        (commissioner(), "1.00", ("commissioner", None)),
    ] {
        let turn = route.turn(None, &held, cents(amount)).unwrap();
        assert_eq!((turn.authority.as_str(), turn.on_behalf_of), expected);
    }
    let nothing = route.turn(None, &Held::default(), cents("1.00")).unwrap_err();
    let needed = "assistant_commissioner, commissioner".to_owned();
    assert_eq!(nothing, ApprovalRefusal::WrongLevel { part: ONE_STEP.to_owned(), needed }.into());
}

#[test]
fn where_two_checks_are_open_to_somebody_they_name_one() {
    let check = |code: &str| Part::Check { code: code.to_owned() };
    let route = Route { parts: vec![check("finance"), check("legal")], ..route("1.00") };
    let held = Held { own: ["finance".to_owned(), "legal".to_owned()].into(), ..Held::default() };
    let refused = route.turn(None, &held, cents("1.00")).unwrap_err();
    assert_eq!(refused, ApprovalRefusal::Ambiguous { open: "finance, legal".to_owned() }.into());
    assert_eq!(route.turn(Some("legal"), &held, cents("1.00")).map(|turn| turn.authority), Ok("legal".to_owned()));
}

/// NIAS with more of a route.
fn with(more: &str) -> Result<Scheme, Vec<String>> {
    let text = NIAS.replacen("[approval.offer_days]", &format!("{more}\n[approval.offer_days]"), 1);
    Scheme::read(&text).map_err(|faults| faults.into_iter().map(|fault| fault.message).collect())
}

#[test]
fn a_route_that_names_nobody_or_ends_with_nobody_is_told_before_it_is_published() {
    let is = "is = [{ from = \"2024-09-16\", is = true, source = \"house\" }]\nname = { en = \"A\", zh-Hant = \"甲\", zh-Hans = \"甲\" }\n";
    let above =
        |amount: &str| format!("above = [{{ from = \"2024-09-16\", is = \"{amount}\", source = \"house\" }}]\n");
    let first = format!("[approval.step.first]\nby = [\"assistant_commissioner\"]\n{is}");
    let second = format!("[approval.step.second]\nby = [\"commissioner\"]\n{is}");
    let committee = |quorum: u32, majority: &str| {
        let is = |value: &str| format!("is = [{{ from = \"2024-09-16\", is = {value}, source = \"house\" }}]");
        let (quorum, majority) = (is(&quorum.to_string()), is(&format!("\"{majority}\"")));
        format!("[approval.committee.commissioner]\nquorum.{quorum}\nmajority.{majority}\n")
    };
    for (more, told) in [
        (committee(3, "1/2"), None),
        (committee(0, "1/2"), Some("approval.committee.commissioner.quorum: write a number from 1 to 50")),
        (committee(3, "49%"), Some("approval.committee.commissioner.majority: write \"1/2\" or more")),
        (
            committee(3, "1/2").replace("commissioner]", "board]"),
            Some(
                "[approval.committee.board]: there is no [approval.authority.board]: write one of assistant_commissioner, commissioner",
            ),
        ),
        (format!("{first}{second}{}", above("15000000.00")), None),
        (format!("{first}{second}"), None),
        (
            format!("{first}{second}{}", above("15000000.01")),
            Some(
                "approval.step.first: on 2024-09-16, assistant_commissioner is not enough for 15000000.01, for which this step is the last",
            ),
        ),
        (
            first.clone(),
            Some(
                "approval.step.first: on 2024-09-16, assistant_commissioner is not enough for any amount, for which this step is the last",
            ),
        ),
        (
            first.replace("assistant_commissioner", "comissioner"),
            Some(
                "there is no [approval.authority.comissioner]: write one of assistant_commissioner, commissioner; did you mean \"commissioner\"?",
            ),
        ),
        (
            format!("[approval.check.commissioner]\n{is}"),
            Some("[approval.check.commissioner]: a step or an authority has this name: choose another one"),
        ),
    ] {
        let faults = with(&more).map(drop).err().unwrap_or_default();
        assert_eq!(faults.first().map(String::as_str), told, "{more}");
    }
}

#[test]
fn a_route_waits_for_those_to_whom_a_part_is_open_while_it_does_not_rest() {
    let check = |code: &str| Part::Check { code: code.to_owned() };
    let mut route = Route { parts: vec![check("finance"), check("legal")], ..route("1.00") };
    let held = Held { own: ["legal".to_owned()].into(), ..Held::default() };
    let today = day("2025-03-05");
    let waits = |route: &Route, duties: &Duties| route.waits_for((person(1), &held), duties, cents("1.00"), today);
    let passed = |part: &str| Duties { parts: [(person(1), part.to_owned())].into(), ..Duties::default() };
    assert!(waits(&route, &Duties::default()) && waits(&route, &passed("legal")));
    assert!(!waits(&route, &passed("finance")), "they have passed another one");
    for (until, expected) in [("2025-03-06", false), ("2025-03-05", true)] {
        route.deferred = Some((day(until), "the budget".to_owned()));
        assert_eq!(waits(&route, &Duties::default()), expected, "{until}");
    }
    assert!(!route.waits_for((person(1), &Held::default()), &Duties::default(), cents("1.00"), today));
}

#[test]
fn somebody_acts_for_the_step_that_they_have_had_and_else_for_the_last_that_they_reach() {
    let step = |code: &str| Part::Step {
        code: code.to_owned(),
        by: vec![("commissioner".to_owned(), None)],
        committees: BTreeMap::new(),
    };
    let passed = |part: &str| Approval {
        part: part.to_owned(),
        by: person(1),
        on_behalf_of: None,
        authority: "commissioner".to_owned(),
        amount: cents("1.00"),
        conditions: Vec::new(),
        at: crate::sample::instant("2025-03-05"),
        void: None,
    };
    let fresh = Route { parts: vec![step("first"), step("second")], ..route("1.00") };
    let halfway = Route { given: vec![passed("first")], ..fresh.clone() };
    for (route, had, expected) in [
        (&fresh, None, "second"),
        (&halfway, None, "second"),
        (&halfway, Some("first"), "first"),
        (&fresh, Some("second"), "second"),
        (&fresh, Some("finance"), "second"),
    ] {
        assert_eq!(route.seat(&commissioner(), had), Ok((expected.to_owned(), None)), "{had:?}");
    }
}

#[test]
fn of_two_who_are_absent_the_one_who_has_had_no_other_part_is_acted_for() {
    let lent = |absent: u128| (person(absent), ["commissioner".to_owned()].into());
    let delegated = [lent(1), lent(2)].into();
    let had = [(person(1), "finance".to_owned())].into();
    let held = Held { delegated, had, ..Held::default() };
    let of = |held: &Held| route("1.00").turn(None, held, cents("1.00")).unwrap().on_behalf_of;
    assert_eq!(of(&held), Some(person(2)));
    assert_eq!(of(&held.without(&[person(2)])), Some(person(1)));
}
