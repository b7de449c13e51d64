use super::*;
use crate::actor::{Actor, Role, Who};
use crate::application::{Application, State};
use crate::event::Subject;
use crate::sample::{application, day, instant, person};
use uuid::Uuid;

const TODAY: &str = "2025-03-05";

const fn organisation(number: u128) -> OrganisationId {
    OrganisationId(Uuid::from_u128(number))
}

const ID: DebarmentId = DebarmentId(Uuid::from_u128(7));

fn permit(verb: Verb) -> Permit {
    let actor = Actor { who: Who::Person(person(1)), roles: [Role::Officer].into(), ..Actor::visitor() };
    actor.may(verb, Subject::Debarment(ID)).unwrap()
}

fn new() -> NewDebarment {
    NewDebarment {
        id: ID,
        against: Against::Organisation(organisation(2)),
        kind: DebarmentKind::Debarred,
        from: day("2025-02-01"),
        until: Some(day("2025-06-01")),
        scheme: None,
        authority: "Efficiency Office".to_owned(),
        ground: "false invoices".to_owned(),
    }
}

fn recorded(new: NewDebarment) -> Debarment {
    record(&permit(Verb::DebarmentRecord), new, (person(1), instant(TODAY))).unwrap().1
}

fn confirm(debarment: &Debarment, by: u128) -> Result<Debarment, Refusal> {
    let confirmed = debarment.clone().confirm(&permit(Verb::DebarmentConfirm), (person(by), instant(TODAY)));
    confirmed.map(|(_, debarment)| debarment)
}

fn confirmed(new: NewDebarment) -> Debarment {
    confirm(&recorded(new), 2).unwrap()
}

fn end(debarment: &Debarment, on: &str, until: Option<&str>) -> Result<Debarment, Refusal> {
    let ending = (until.map(day), "a mistake");
    debarment.clone().end(&permit(Verb::DebarmentEnd), (person(3), instant(on)), ending).map(|(_, debarment)| debarment)
}

fn confirm_end(debarment: &Debarment, by: u128, on: &str, until: &str) -> Result<Debarment, Refusal> {
    let acting = (person(by), instant(on));
    let ended = debarment.clone().confirm_end(&permit(Verb::DebarmentConfirmEnd), acting, day(until));
    ended.map(|(_, debarment)| debarment)
}

fn code<T: std::fmt::Debug>(told: Result<T, Refusal>) -> Option<&'static str> {
    told.err().map(|refusal| refusal.code())
}

#[test]
fn what_is_recorded_is_of_somebody_else_on_days_that_are_in_order_by_an_authority_on_a_ground() {
    for (new, expected) in [
        (new(), None),
        (NewDebarment { until: None, ..new() }, None),
        (NewDebarment { against: Against::Person(person(9)), scheme: Some("NIAS".to_owned()), ..new() }, None),
        (NewDebarment { authority: "x".repeat(200), ground: "x".repeat(2000), ..new() }, None),
        (NewDebarment { against: Against::Person(person(1)), ..new() }, Some("debarment.oneself")),
        (NewDebarment { until: Some(day("2025-02-01")), ..new() }, Some("debarment.days")),
        (NewDebarment { scheme: Some("n i".to_owned()), ..new() }, Some("debarment.scheme")),
        (NewDebarment { authority: " ".to_owned(), ..new() }, Some("text.length")),
        (NewDebarment { authority: "x".repeat(201), ..new() }, Some("text.length")),
        (NewDebarment { ground: "x".repeat(2001), ..new() }, Some("text.length")),
        (NewDebarment { ground: "a\0b".to_owned(), ..new() }, Some("text.unstorable")),
    ] {
        let told = record(&permit(Verb::DebarmentRecord), new.clone(), (person(1), instant(TODAY)));
        assert_eq!(code(told), expected, "{new:?}");
    }
    for (organisation, person, expected) in [
        (Some(organisation(2)), None, None),
        (None, Some(person(2)), None),
        (None, None, Some("debarment.of_one")),
        (Some(organisation(2)), Some(person(2)), Some("debarment.of_one")),
    ] {
        assert_eq!(code(Against::of(organisation, person)), expected);
    }
}

#[test]
fn it_is_confirmed_once_by_another_officer_whom_it_is_not_about() {
    let of_person = recorded(NewDebarment { against: Against::Person(person(9)), ..new() });
    let recorded = recorded(new());
    let confirmed = confirm(&recorded, 2).unwrap();
    let set_aside = end(&recorded, TODAY, None).unwrap();
    assert_eq!([recorded.state(), confirmed.state(), set_aside.state()], ["recorded", "confirmed", "set_aside"]);
    for (debarment, by, expected) in [
        (&recorded, 1, "debarment.same_officer"),
        (&confirmed, 3, "debarment.confirmed"),
        (&set_aside, 3, "debarment.over"),
        (&of_person, 9, "debarment.oneself"),
    ] {
        assert_eq!(code(confirm(debarment, by)), Some(expected));
    }
}

#[test]
fn it_is_ended_by_two_on_a_day_that_both_have_named_and_that_is_not_over() {
    let (recorded, open) = (recorded(new()), confirmed(NewDebarment { until: None, ..new() }));
    let (confirmed, ahead) = (confirmed(new()), confirmed(NewDebarment { from: day("2025-05-01"), ..new() }));
    for (debarment, on, until, expected) in [
        (&confirmed, TODAY, None, Ok(TODAY)),
        (&confirmed, TODAY, Some("2025-05-31"), Ok("2025-05-31")),
        (&confirmed, TODAY, Some("2025-06-01"), Err("debarment.end_day")),
        (&open, TODAY, Some("2025-06-01"), Ok("2025-06-01")),
        (&confirmed, TODAY, Some("2025-03-04"), Err("debarment.end_day")),
        // What has not begun ends on its first day at the earliest: then it has never held.
        (&ahead, TODAY, None, Ok("2025-05-01")),
        (&ahead, TODAY, Some("2025-04-30"), Err("debarment.end_day")),
        (&confirmed, "2025-06-01", None, Err("debarment.over")),
        (&recorded, TODAY, None, Ok("2025-02-01")),
        (&recorded, TODAY, Some(TODAY), Err("debarment.end_day")),
    ] {
        let ended = end(debarment, on, until).map(|debarment| debarment.end.unwrap().until.to_string());
        assert_eq!(
            ended.map_err(|refusal| refusal.code()),
            expected.map(str::to_owned),
            "{debarment:?} {on} {until:?}"
        );
    }
    let proposed = end(&confirmed, TODAY, Some("2025-03-10")).unwrap();
    let ended = confirm_end(&proposed, 1, "2025-03-06", "2025-03-10").unwrap();
    assert_eq!((proposed.state(), ended.state()), ("end_proposed", "ended"));
    assert_eq!((proposed.holds_until(), ended.holds_until()), (Some(day("2025-06-01")), Some(day("2025-03-10"))));
    for (debarment, by, on, until, expected) in [
        (&proposed, 3, "2025-03-06", "2025-03-10", "debarment.same_officer"),
        (&proposed, 1, "2025-03-06", "2025-03-11", "debarment.end_changed"),
        (&proposed, 1, "2025-06-01", "2025-03-10", "debarment.over"),
        (&confirmed, 1, "2025-03-06", "2025-03-10", "debarment.no_end"),
        (&ended, 1, "2025-03-06", "2025-03-10", "debarment.over"),
    ] {
        assert_eq!(code(confirm_end(debarment, by, on, until)), Some(expected));
    }
    for (debarment, officer, on, waits) in [
        (&recorded, 1, TODAY, None),
        (&recorded, 2, TODAY, Some(Verb::DebarmentConfirm)),
        (&confirmed, 9, TODAY, None),
        (&proposed, 3, TODAY, None),
        (&proposed, 1, TODAY, Some(Verb::DebarmentConfirmEnd)),
        (&proposed, 1, "2025-06-01", None),
        (&ended, 9, TODAY, None),
    ] {
        assert_eq!(debarment.waits_for(person(officer), day(on)), waits, "{officer} {on} {debarment:?}");
    }
    // Confirmed late, it has held until then. Proposed anew, the first proposal is nobody's to confirm.
    let late = confirm_end(&proposed, 1, "2025-03-20", "2025-03-10").unwrap();
    assert_eq!(late.holds_until(), Some(day("2025-03-20")));
    let anew = end(&proposed, "2025-03-07", Some("2025-04-01")).unwrap();
    assert_eq!(code(confirm_end(&anew, 1, "2025-03-07", "2025-03-10")), Some("debarment.end_changed"));
}

#[test]
fn it_debars_when_it_is_confirmed_on_its_days_under_its_scheme() {
    let of_nias = confirmed(NewDebarment { scheme: Some("NIAS".to_owned()), ..new() });
    let ended =
        confirm_end(&end(&confirmed(new()), TODAY, Some("2025-03-10")).unwrap(), 1, TODAY, "2025-03-10").unwrap();
    let ahead = confirmed(NewDebarment { from: day("2025-05-01"), ..new() });
    let never = confirm_end(&end(&ahead, TODAY, None).unwrap(), 1, TODAY, "2025-05-01").unwrap();
    let adverse = confirmed(NewDebarment { kind: DebarmentKind::Adverse, ..new() });
    let open = confirmed(NewDebarment { until: None, ..new() });
    for (what, debarment, scheme, on, debars, bears) in [
        ("unconfirmed", &recorded(new()), "NIAS", TODAY, false, false),
        ("before", &confirmed(new()), "NIAS", "2025-01-31", false, true),
        ("first day", &confirmed(new()), "NIAS", "2025-02-01", true, true),
        ("last day", &confirmed(new()), "NIAS", "2025-05-31", true, true),
        ("after", &confirmed(new()), "NIAS", "2025-06-01", false, false),
        ("without end", &open, "NIAS", "2035-06-01", true, true),
        ("its scheme", &of_nias, "NIAS", TODAY, true, true),
        ("another scheme", &of_nias, "TVP", TODAY, false, false),
        ("ended", &ended, "NIAS", "2025-03-09", true, true),
        ("ended since", &ended, "NIAS", "2025-03-10", false, false),
        ("never", &never, "NIAS", TODAY, false, false),
        ("adverse", &adverse, "NIAS", TODAY, false, true),
    ] {
        let found = (debarment.debars(scheme, day(on)), debarment.bears_on(scheme, day(on)));
        assert_eq!(found, (debars, bears), "{what}");
    }
}

#[test]
fn whoever_is_refused_is_told_by_whom_and_until_when_and_not_why() {
    let case = application(State::Accepted);
    let bound = |against: Against| Bound {
        debarment: confirmed(NewDebarment { against, ..new() }),
        name: "Somebody".to_owned(),
    };
    let (payee, other) = (bound(Against::Organisation(organisation(2))), bound(Against::Organisation(organisation(3))));
    let sender = bound(Against::Person(person(9)));
    let told = |refused: Result<(), Refusal>| {
        let refusal = refused.unwrap_err();
        let sentence = refusal.to_string();
        assert!(sentence.contains("Somebody is debarred by Efficiency Office until 2025-06-01"), "{sentence}");
        assert!(!sentence.contains("invoices"), "{sentence}");
        (refusal.code(), sentence.contains(&case.reference))
    };
    let at = instant(TODAY);
    for (on_file, expected) in
        [(&payee, "debarment.organisation"), (&other, "debarment.organisation"), (&sender, "debarment.person")]
    {
        let on_file = [on_file.clone()];
        assert_eq!(told(none_debarred(&on_file, "NIAS", at)), (expected, false));
    }
    assert_eq!(told(payee_not_debarred(&[other.clone(), payee.clone()], &case, at)), ("debarment.payee", true));
    assert_eq!(payee_not_debarred(&[other, sender], &case, at), Ok(()));
    let elsewhere = Application { scheme: "TVP".to_owned(), ..case };
    let of_nias = confirmed(NewDebarment { scheme: Some("NIAS".to_owned()), ..new() });
    let on_file = [Bound { debarment: of_nias, ..payee }];
    assert_eq!((none_debarred(&on_file, "TVP", at), payee_not_debarred(&on_file, &elsewhere, at)), (Ok(()), Ok(())));
}
