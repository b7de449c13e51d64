use super::*;
use crate::actor::{Actor, Role, Who};
use crate::event::Subject;
use crate::permission::Verb;
use crate::sample::{day, instant, person};
use uuid::Uuid;

fn permit(verb: Verb) -> Permit {
    let roles = BTreeSet::from([Role::Assessor, Role::Officer]);
    let actor = Actor { who: Who::Person(person(9)), roles, ..Actor::visitor() };
    match verb {
        Verb::ExpertiseKeep => actor.may(verb, Subject::House).unwrap(),
        _ => actor.may_to_person(verb, person(9)).unwrap(),
    }
}

fn codes(codes: &[&str]) -> BTreeSet<String> {
    codes.iter().map(|code| (*code).to_owned()).collect()
}

#[test]
fn a_profile_names_fields_of_the_list_and_keeps_one_that_has_gone_out_of_use() {
    let keep = |before: Profile, new: Profile| before.keep(&permit(Verb::AssessorKeep), new, &codes(&["optics"]));
    let unsaid = Profile::unsaid(person(9));
    let optics = Profile { expertise: codes(&["optics"]), ..unsaid.clone() };
    let (_, kept) = keep(unsaid.clone(), optics.clone()).unwrap();
    assert_eq!((kept.version, &kept.expertise), (2, &optics.expertise));
    let both = Profile { expertise: codes(&["optics", "textiles"]), ..unsaid.clone() };
    assert_eq!(keep(kept, both.clone()).unwrap_err().code(), "assessor.expertise_unknown");
    assert!(keep(both.clone(), both).is_ok(), "what was known when it was said stays");
    let days = Profile { from: Some(day("2026-02-02")), until: Some(day("2026-02-02")), ..unsaid.clone() };
    assert_eq!(keep(unsaid.clone(), days).unwrap_err().code(), "assessor.profile_days");
    for most in [0, PROPOSALS_MAX + 1] {
        let most = Profile { proposals_max: Some(most), ..unsaid.clone() };
        assert_eq!(keep(unsaid.clone(), most).unwrap_err().code(), "assessor.proposals_max");
    }
}

#[test]
fn somebody_is_given_as_many_as_they_take_and_are_said_to_have_at_most_where_they_have_time_before_it_is_due() {
    let days = (day("2026-02-02"), day("2026-02-23"));
    let with = |from: Option<&str>, until: Option<&str>, proposals_max| {
        let unsaid = Profile::unsaid(person(9));
        Profile { from: from.map(day), until: until.map(day), proposals_max, ..unsaid }
    };
    for (takes, said, cap) in [
        (None, None, 30),
        (Some(3), None, 3),
        (Some(50), None, 30),
        (None, Some(40), 40),
        (Some(50), Some(40), 40),
        (Some(35), Some(40), 35),
        (Some(3), Some(0), 0),
    ] {
        assert_eq!(with(None, None, takes).cap(said, days), Ok(cap), "{takes:?} {said:?}");
    }
    for (from, until, has_time) in [
        (Some("2026-02-23"), None, true),
        (Some("2026-02-24"), None, false),
        (None, Some("2026-02-03"), true),
        (None, Some("2026-02-02"), false),
        (Some("2026-02-10"), Some("2026-02-11"), true),
    ] {
        assert_eq!(with(from, until, None).cap(None, days).is_ok(), has_time, "{from:?} {until:?}");
    }
}

#[test]
fn a_declaration_is_for_the_financial_year_that_runs_or_for_the_next() {
    for (on, next, from, until) in [
        ("2026-03-31", false, "2025-04-01", "2026-04-01"),
        ("2026-03-31", true, "2026-04-01", "2027-04-01"),
        ("2026-04-01", false, "2026-04-01", "2027-04-01"),
    ] {
        let id = (DeclarationId(Uuid::nil()), person(9));
        let (_, made) = declare(&permit(Verb::InterestDeclare), id, (instant(on), next), Vec::new()).unwrap();
        assert_eq!((made.from, made.until), (day(from), day(until)), "{on}");
        assert!(made.holds_on(day(from)) && !made.holds_on(day(until)) && !made.holds_on(day(from).previous()));
    }
}

#[test]
fn a_line_names_an_organisation_or_a_person_and_never_both_or_neither() {
    let line = |text: &str| serde_json::from_str::<Interest>(text).unwrap();
    let tried = |interests: Vec<Interest>| {
        let id = (DeclarationId(Uuid::nil()), person(9));
        declare(&permit(Verb::InterestDeclare), id, (instant("2026-02-02"), false), interests).map(|_| ())
    };
    for good in [
        r#"{ "tie": "employment", "organisation": "Harbour Limited" }"#,
        r#"{ "tie": "directorship", "organisation": "Harbour Limited", "ubi": "01234567" }"#,
        r#"{ "tie": "family", "person": "陳大文" }"#,
    ] {
        assert_eq!(tried(vec![line(good)]), Ok(()), "{good}");
    }
    for bad in [
        r#"{ "tie": "other" }"#,
        r#"{ "tie": "other", "organisation": " " }"#,
        r#"{ "tie": "other", "organisation": "A", "person": "B" }"#,
        r#"{ "tie": "other", "organisation": "A", "ubi": "1234567" }"#,
        r#"{ "tie": "other", "person": "B", "ubi": "01234567" }"#,
        r#"{ "tie": "other", "person": "B\nC" }"#,
    ] {
        assert_eq!(tried(vec![line(bad)]).unwrap_err().code(), "interest.line", "{bad}");
    }
    let many = vec![line(r#"{ "tie": "family", "person": "Chan" }"#); INTERESTS_MAX + 1];
    assert_eq!(tried(many).unwrap_err().code(), "interest.too_many");
}

#[test]
fn the_list_of_fields_has_codes_and_names_in_every_language() {
    let text = |en: &str| Text { en: en.to_owned(), zh_hant: "光學".to_owned(), zh_hans: "光学".to_owned() };
    let keep = |code: &str, name: &str| {
        let field = Field { code: code.to_owned(), name: text(name), in_use: true };
        keep_field(&permit(Verb::ExpertiseKeep), field).map(|_| ()).map_err(|refusal| refusal.code())
    };
    assert_eq!(keep("optics_2", "Optics"), Ok(()));
    for code in ["", "Optics", "2d", "optics-2", &"x".repeat(61)] {
        assert_eq!(keep(code, "Optics"), Err("expertise.code"), "{code}");
    }
    assert_eq!(keep("optics", " "), Err("person.name_not_usable"));
}
