use super::*;
use crate::basis::Earlier;
use crate::calculation::History;
use crate::duty::{Duties, Duty};
use crate::ids::PanelId;
use crate::permission::Verb;
use crate::route::{Approval, Held, RouteWrite};
use crate::sample::{
    NIAS, agency, application, cents, commissioner, day, instant, nobody, permit, person, scheme, telling,
};
use crate::scheme::Scheme;
use std::collections::BTreeMap;
use uuid::Uuid;

const AMOUNT: &str = "200000000.00";

fn asked() -> Approve {
    Approve { part: None, amount: cents(AMOUNT), reduced_from: None, conditions: Vec::new(), embargo_until: None }
}

fn route(scheme: &Scheme) -> Route {
    Route::start(scheme, day("2025-02-05"), cents(AMOUNT), 1).unwrap()
}

fn place(until: &str) -> Place {
    Place { position: 5, until: day(until) }
}

fn put(scheme: &Scheme, asked: &Approve, standing: &Departing, until: &str) -> Result<(Change, Application), Refusal> {
    let (held, duties) = (commissioner(), nobody());
    let acting = Acting { by: person(9), held: &held, duties: &duties, at: instant("2025-03-05") };
    let case = application(State::Recommended);
    case.put_on_reserve(&permit(Verb::ApplicationApprove), asked, acting, route(scheme), (standing, place(until)))
}

fn placed(change: &Change) -> ReserveEntry {
    let mut entries = change.writes().iter().filter_map(|write| match write {
        Write::OnReserve(ReserveWrite::Placed(entry)) => Some(entry.clone()),
        _ => None,
    });
    entries.next().unwrap()
}

#[test]
fn what_is_put_on_the_reserve_list_is_approved_and_takes_no_money() {
    let scheme = scheme(NIAS);
    let (change, case) = put(&scheme, &asked(), &Departing::default(), "2025-12-31").unwrap();
    assert_eq!((case.state, case.told_version), (State::OnReserve, 1));
    let entry = placed(&change);
    assert_eq!((entry.position, entry.amount, entry.route), (5, cents(AMOUNT), 1));
    assert!(!entry.is_over(day("2025-12-31")) && entry.is_over(day("2026-01-01")));
    let takes = |write: &Write| matches!(write, Write::Movement(_) | Write::NewAward(_) | Write::Calculation { .. });
    assert!(!change.writes().iter().any(takes));
    // What was reserved goes back.
    let reserved = Application { reserved: cents(AMOUNT), ..application(State::Recommended) };
    let (held, duties) = (commissioner(), nobody());
    let acting = Acting { by: person(9), held: &held, duties: &duties, at: instant("2025-03-05") };
    let permit = permit(Verb::ApplicationApprove);
    let standing = (&Departing::default(), place("2025-12-31"));
    let (change, case) = reserved.put_on_reserve(&permit, &asked(), acting, route(&scheme), standing).unwrap();
    assert_eq!(case.reserved, Cents::ZERO);
    assert!(change.writes().iter().any(|write| matches!(write, Write::Movement(back) if back.limits.is_none())));
}

#[test]
fn nobody_is_put_on_it_but_with_the_last_step_for_a_day_to_come_and_in_the_order_of_the_rank() {
    let plain = scheme(NIAS);
    let is = "is = [{ from = \"2024-09-16\", is = true, source = \"house\" }]\n";
    let name = |path: &str| format!("[approval.{path}.name]\nen = \"A\"\nzh-Hant = \"甲\"\nzh-Hans = \"甲\"\n");
    let steps = ["first", "second"]
        .map(|step| format!("[approval.step.{step}]\nby = [\"commissioner\"]\n{is}{}", name(&format!("step.{step}"))));
    let longer =
        scheme(&NIAS.replacen("[approval.offer_days]", &format!("{}[approval.offer_days]", steps.concat()), 1));
    let crossed = Departing { panel: Some(PanelId(Uuid::from_u128(3))), departs: true, ..Departing::default() };
    let said = Departing { reason: Some("The sector needs the other one.".to_owned()), ..crossed.clone() };
    let embargo = Approve { embargo_until: Some(day("2025-03-05")), ..asked() };
    let less = Approve { amount: cents("1.00"), ..asked() };
    let none = Departing::default();
    for (scheme, asked, standing, until, code) in [
        (&longer, &asked(), &none, "2025-12-31", "round_decision.parts_left"),
        (&plain, &embargo, &none, "2025-12-31", "approval.embargo_day"),
        (&plain, &less, &none, "2025-12-31", "approval.stale_figures"),
        (&plain, &asked(), &none, "2025-03-05", "round_decision.reserve_day"),
        (&plain, &asked(), &none, "2027-03-05", "round_decision.reserve_day"),
        (&plain, &asked(), &crossed, "2025-12-31", "panel.against_rank"),
    ] {
        assert_eq!(put(scheme, asked, standing, until).unwrap_err().code(), code);
    }
    assert!(put(&plain, &asked(), &said, "2025-12-31").is_ok());
}

/// A case that waits on the list, its place, and the route that has approved it.
fn waiting(scheme: &Scheme) -> (Application, ReserveEntry, Route) {
    let asked = Approve { embargo_until: Some(day("2025-06-01")), ..asked() };
    let (change, case) = put(scheme, &asked, &Departing::default(), "2025-12-31").unwrap();
    let mut route = route(scheme);
    route.given.push(Approval {
        part: "approval".to_owned(),
        by: person(9),
        on_behalf_of: None,
        authority: "commissioner".to_owned(),
        amount: cents(AMOUNT),
        conditions: vec!["Report each year.".to_owned()],
        at: instant("2025-03-05"),
        void: None,
    });
    (case, placed(&change), route)
}

fn approving<'s>(scheme: &'s Scheme, route: Route) -> Approving<'s> {
    let earlier = Earlier { history: History { awards: Some(Vec::new()), ..History::default() }, cases: Vec::new() };
    Approving { scheme, in_force: scheme, route, earlier, debarred: Vec::new() }
}

#[test]
fn what_moves_up_is_awarded_under_the_approval_on_file_and_takes_its_money() {
    let scheme = scheme(NIAS);
    let (case, entry, route) = waiting(&scheme);
    let permit = permit(Verb::ReserveMoveUp);
    let approving = approving(&scheme, route);
    let (change, case) = case.move_up(&permit, &entry, &approving, instant("2025-05-01")).unwrap();
    let awards = change.writes().iter().filter_map(|write| match write {
        Write::NewAward(award) => Some(award.clone()),
        _ => None,
    });
    let [award] = awards.collect::<Vec<_>>().try_into().unwrap();
    // What was not to be told before a day is not by this.
    assert_eq!((entry.embargo_until, award.embargo_until), (Some(day("2025-06-01")), Some(day("2025-06-01"))));
    assert_eq!((case.state, award.amount, award.authority.as_str()), (State::Approved, cents(AMOUNT), "commissioner"));
    assert_eq!(award.conditions, ["Report each year."]);
    let Event::ReserveMovedUp { approved_by, position: 5, route: 1, .. } = change.event() else { panic!() };
    assert_eq!(*approved_by, person(9));
    assert!(change.writes().iter().any(|write| matches!(write, Write::Movement(taken) if taken.limits.is_some())));
    let left = |write: &Write| matches!(write, Write::OnReserve(ReserveWrite::Left { leaving: Leaving::Awarded, .. }));
    assert!(change.writes().iter().any(left));
    let again = case.move_up(&permit, &entry, &approving, instant("2025-05-01"));
    assert_eq!(again.unwrap_err().code(), "application.wrong_state");
    let undecided = application(State::Recommended).move_up(&permit, &entry, &approving, instant("2025-05-01"));
    assert_eq!(undecided.unwrap_err().code(), "application.wrong_state");
}

#[test]
fn what_is_passed_over_says_so_once_for_each_reason() {
    let (case, mut entry, _) = waiting(&scheme(NIAS));
    let permit = permit(Verb::ReserveMoveUp);
    let over = |entry: &ReserveEntry, refusal: Refusal| case.pass_over(&permit, entry, &refusal, instant("2025-05-01"));
    let change = over(&entry, Refusal::AmountTooLarge).unwrap();
    let Write::OnReserve(ReserveWrite::Skipped { skipped, .. }) = &change.writes()[0] else { panic!() };
    entry.skipped = Some(skipped.clone());
    assert!(over(&entry, Refusal::AmountTooLarge).is_none());
    assert!(over(&entry, Refusal::NotFound).is_some());
    // Where its reason is gone it waits like any other again; and of one that has been withdrawn nothing is said.
    let again = case.waits_again(&permit, &entry).unwrap();
    assert!(matches!(again.writes(), [Write::OnReserve(ReserveWrite::WaitsAgain(id))] if *id == case.id));
    let gone = Application { state: State::Withdrawn, ..case.clone() };
    assert!(gone.waits_again(&permit, &entry).is_none());
    assert!(gone.pass_over(&permit, &entry, &Refusal::NotFound, instant("2025-05-01")).is_none());
    entry.skipped = None;
    assert!(case.waits_again(&permit, &entry).is_none());
}

#[test]
fn what_still_waits_when_the_list_is_closed_is_refused_by_an_approver_with_no_other_duty() {
    let scheme = scheme(NIAS);
    let (case, _, route) = waiting(&scheme);
    let agency = agency();
    let telling = telling(&agency, &scheme);
    let had = |duty| Duties { held: BTreeMap::from([(person(9), duty)]), ..Duties::default() };
    let close = |case: &Application, (standing, reason): (&Departing, &str), (held, duties): (&Held, &Duties)| {
        let acting = Acting { by: person(9), held, duties, at: instant("2025-05-01") };
        let closing = (standing, reason, None);
        case.clone().close_reserve(&permit(Verb::ApplicationReject), acting, &route, closing, telling)
    };
    let (none, free, held) = (Departing::default(), nobody(), commissioner());
    let crossed = Departing { panel: Some(PanelId(Uuid::from_u128(3))), departs: true, ..Departing::default() };
    let refused = |closed: Result<(Change, Application), Refusal>| closed.unwrap_err().code();
    assert_eq!(refused(close(&case, (&none, " "), (&held, &free))), "text.length");
    let decided = application(State::Approved);
    assert_eq!(refused(close(&decided, (&crossed, "x"), (&held, &free))), "application.wrong_state");
    assert_eq!(refused(close(&case, (&none, "x"), (&Held::default(), &free))), "approval.wrong_level");
    for duty in [Duty::Author, Duty::Assessor, Duty::Recommender] {
        assert_eq!(refused(close(&case, (&none, "x"), (&held, &had(duty)))), "duty.separated", "{duty:?}");
        assert!(!route.may_be_refused_by((person(9), &held), &had(duty)));
    }
    assert!(route.may_be_refused_by((person(9), &held), &had(Duty::Approver)));
    let (change, closed) = close(&case, (&none, "The money is spent."), (&held, &free)).unwrap();
    assert_eq!((closed.state, closed.reason.as_deref()), (State::Rejected, Some("The money is spent.")));
    assert_eq!(closed.told_version, case.told_version + 1);
    let took = |write: &Write| matches!(write, Write::OnRoute { write: RouteWrite::Taken { person: who, .. }, .. } if *who == person(9));
    assert!(change.writes().iter().any(took));
    let left = |write: &Write| matches!(write, Write::OnReserve(ReserveWrite::Left { leaving: Leaving::Closed, .. }));
    assert!(change.writes().iter().any(left));
    assert!(!change.writes().iter().any(|write| matches!(write, Write::Departure { .. })));
    // The reason is also why it departs from the rank.
    let (change, _) = close(&case, (&crossed, "The money is spent."), (&held, &free)).unwrap();
    assert!(change.writes().iter().any(|write| matches!(write, Write::Departure { .. })));
}

#[test]
fn a_list_is_closed_from_the_last_place_on_and_those_that_are_named_must_wait_on_it() {
    let (_, entry, _) = waiting(&scheme(NIAS));
    let id = |number: u128| ApplicationId(Uuid::from_u128(number));
    let entry = |number: u128| ReserveEntry { application: id(number), ..entry.clone() };
    let list = (1..=3).map(entry).collect::<Vec<_>>();
    let off = |list: &[ReserveEntry], named: Option<Vec<u128>>| {
        let named = named.map(|named| named.into_iter().map(id).collect::<Vec<_>>());
        let taken = taken_off(list, named.as_deref())?;
        Ok::<_, Refusal>(taken.into_iter().map(|entry| entry.application.0.as_u128()).collect::<Vec<_>>())
    };
    assert_eq!(off(&list, None).unwrap(), [3, 2, 1]);
    assert_eq!(off(&list, Some(vec![1, 3])).unwrap(), [3, 1]);
    let long = (1..=201).map(entry).collect::<Vec<_>>();
    assert_eq!(off(&long, None).unwrap().len(), CLOSED_AT_ONCE);
    for (list, named, code) in [
        (&list[..0], None, "reserve.empty"),
        (&list, Some(vec![]), "reserve.names"),
        (&list, Some(vec![1, 1]), "reserve.names"),
        (&long, Some((1..=201).collect()), "reserve.names"),
        (&list, Some(vec![1, 4]), "reserve.not_waiting"),
    ] {
        assert_eq!(off(list, named).unwrap_err().code(), code);
    }
}

#[test]
fn money_that_others_share_is_told_from_what_is_the_cases_own() {
    let (case, ..) = waiting(&scheme(NIAS));
    let exceeded =
        |path: &str| Refusal::CeilingExceeded { ceiling: path.to_owned(), wanted: cents("1.00"), left: Cents::ZERO };
    let mut in_round = case.clone();
    in_round.submission.as_mut().unwrap().round = Some("round.1".to_owned());
    for (case, refusal, shared) in [
        (&case, exceeded("envelope"), true),
        (&case, exceeded("round.1.budget"), false),
        (&in_round, exceeded("round.1.budget"), true),
        (&in_round, exceeded("ceiling.grant_per_enterprise"), false),
        (&in_round, Refusal::LimitUnknown { path: "envelope".to_owned() }, true),
        (&in_round, Refusal::LimitUnknown { path: "ceiling.grant_per_project".to_owned() }, false),
        (&in_round, Refusal::AmountTooLarge, false),
    ] {
        assert_eq!(case.shares(&scheme(NIAS), &refusal, day("2025-05-01")), shared, "{refusal}");
    }
}
