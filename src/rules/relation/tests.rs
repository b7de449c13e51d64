use super::*;
use crate::actor::{Actor, Role, Who};
use crate::event::Subject;
use crate::permission::Verb;
use crate::refusal::MemberRefusal;
use crate::sample::{day, instant, person};
use std::collections::BTreeSet;
use uuid::Uuid;

const ID: RelationId = RelationId(Uuid::from_u128(9));

fn organisation(number: u128) -> OrganisationId {
    OrganisationId(Uuid::from_u128(number))
}

fn officer() -> Actor {
    Actor { who: Who::Person(person(1)), roles: BTreeSet::from([Role::Officer]), ..Actor::visitor() }
}

fn permit(verb: Verb) -> Permit {
    officer().may_to_organisations(verb, Subject::Relation(ID), (&[], &BTreeSet::new())).unwrap()
}

fn new(group: &str, from: &str, until: Option<&str>) -> NewRelation {
    NewRelation {
        id: ID,
        between: Pair::of(organisation(2), organisation(1)).unwrap(),
        group: group.to_owned(),
        from: day(from),
        until: until.map(day),
        evidence: " annual return of 2024 ".to_owned(),
    }
}

fn recorded(new: NewRelation, known: &[Relation]) -> Result<Relation, Refusal> {
    record(&permit(Verb::RelationRecord), new, (person(1), instant("2026-02-02")), known).map(|(_, relation)| relation)
}

fn ended(relation: Relation, until: &str, reason: &str) -> Result<Relation, Refusal> {
    let by = (person(1), instant("2026-02-02"));
    relation.end(&permit(Verb::RelationEnd), by, day(until), reason).map(|(_, relation)| relation)
}

#[test]
fn two_organisations_are_one_pair_whichever_is_named_first_and_one_is_none() {
    let pair = Pair::of(organisation(2), organisation(1)).unwrap();
    assert_eq!(pair, Pair::of(organisation(1), organisation(2)).unwrap());
    assert_eq!(pair.both(), [organisation(1), organisation(2)]);
    assert_eq!(Pair::of(organisation(1), organisation(1)), Err(Refusal::RelationOfOne));
}

#[test]
fn a_relation_has_the_code_of_a_group_an_evidence_and_a_day_at_least() {
    for group in ["", "_company", "1st", "related-company", "Related", "related company", &"a".repeat(61)] {
        assert_eq!(recorded(new(group, "2024-01-01", None), &[]), Err(Refusal::RelationGroup), "{group}");
    }
    for group in ["a", "related_company", "group_2", &"a".repeat(60)] {
        assert_eq!(recorded(new(group, "2024-01-01", None), &[]).unwrap().group, group);
    }
    for until in ["2023-12-31", "2024-01-01"] {
        assert_eq!(recorded(new("a", "2024-01-01", Some(until)), &[]), Err(Refusal::RelationDays), "{until}");
    }
    assert_eq!(recorded(new("a", "2024-01-01", Some("2024-01-02")), &[]).unwrap().evidence, "annual return of 2024");
    for evidence in [" ".to_owned(), "x".repeat(10_001), "\0".to_owned()] {
        let refused = recorded(NewRelation { evidence, ..new("a", "2024-01-01", None) }, &[]).unwrap_err();
        assert!(["text.length", "text.unstorable"].contains(&refused.code()), "{refused}");
    }
}

#[test]
fn what_holds_is_not_recorded_again_for_a_day_on_which_it_holds() {
    let known = [recorded(new("a", "2024-01-01", Some("2025-01-01")), &[]).unwrap()];
    for (group, from, until, free) in [
        ("a", "2023-01-01", Some("2024-01-01"), true),
        ("a", "2023-01-01", Some("2024-01-02"), false),
        ("a", "2023-01-01", None, false),
        ("a", "2024-06-01", Some("2024-06-02"), false),
        ("a", "2024-12-31", None, false),
        ("a", "2025-01-01", None, true),
        ("b", "2024-06-01", None, true),
    ] {
        let told = recorded(new(group, from, until), &known).map(|_| ());
        assert_eq!(told, if free { Ok(()) } else { Err(Refusal::RelationHolds) }, "{group} {from} {until:?}");
    }
    let others =
        NewRelation { between: Pair::of(organisation(1), organisation(3)).unwrap(), ..new("a", "2024-06-01", None) };
    recorded(others, &known).unwrap();
    // One that was taken back on its first day has never held.
    let mistaken = ended(recorded(new("a", "2024-01-01", None), &[]).unwrap(), "2024-01-01", "mistaken").unwrap();
    recorded(new("a", "2024-01-01", None), std::slice::from_ref(&mistaken)).unwrap();
    recorded(new("a", "2023-01-01", None), &[mistaken]).unwrap();
}

#[test]
fn a_relation_is_ended_once_not_before_it_begins_and_with_a_reason() {
    let relation = recorded(new("a", "2024-01-01", None), &[]).unwrap();
    assert_eq!(ended(relation.clone(), "2023-12-31", "sold"), Err(Refusal::RelationDays));
    assert!(matches!(ended(relation.clone(), "2024-03-01", " "), Err(Refusal::TextLength { .. })));
    let sold = ended(relation, "2024-03-01", "sold").unwrap();
    assert_eq!((sold.until, &*sold.ended.as_ref().unwrap().reason), (Some(day("2024-03-01")), "sold"));
    assert_eq!(ended(sold, "2024-04-01", "sold"), Err(Refusal::RelationEnded));
    let known_from_the_first = recorded(new("a", "2024-01-01", Some("2025-01-01")), &[]).unwrap();
    assert_eq!(ended(known_from_the_first, "2024-04-01", "sold"), Err(Refusal::RelationEnded));
}

#[test]
fn nobody_records_or_ends_a_relation_of_an_organisation_on_whose_side_they_are() {
    let actor = Actor { organisations: BTreeSet::from([organisation(2)]), ..officer() };
    for verb in [Verb::RelationRecord, Verb::RelationEnd] {
        let may = |one, other| {
            let both = [organisation(one), organisation(other)];
            let sides = BTreeSet::from([organisation(2), organisation(4)]);
            actor.may_to_organisations(verb, Subject::Relation(ID), (&both, &sides)).map(|_| ())
        };
        assert_eq!(may(1, 2), Err(Refusal::OwnOrganisation));
        assert_eq!(may(1, 4), Err(MemberRefusal::OwnCase.into()), "on whose side they are in a case");
        assert_eq!(may(1, 3), Ok(()));
    }
}
