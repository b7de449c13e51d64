use super::*;
use crate::actor::{Actor, Role, Who};
use crate::event::Subject;
use crate::permission::Verb;
use crate::sample::{NIAS, day, instant, person};
use uuid::Uuid;

const ID: SchemeDraftId = SchemeDraftId(Uuid::from_u128(7));
const TEXT: SchemeTextId = SchemeTextId(Uuid::from_u128(8));

fn officer(number: u128, verb: Verb, subject: Subject) -> Permit {
    let actor = Actor { who: Who::Person(person(number)), roles: BTreeSet::from([Role::Officer]), ..Actor::visitor() };
    actor.may(verb, subject).unwrap()
}

fn permit(number: u128, verb: Verb) -> Permit {
    officer(number, verb, Subject::SchemeDraft(ID))
}

/// What the first officer has written.
fn draft(text: &str) -> SchemeDraft {
    create(&permit(1, Verb::SchemeDraft), ID, person(1), written(text), instant("2026-02-02")).1
}

fn written(text: &str) -> Written {
    Written::of(text.to_owned()).unwrap()
}

fn place(from: &str, in_force: Option<&'static str>) -> Place<'static> {
    Place { from: day(from), today: day("2026-02-02"), in_force }
}

fn proposed(by: u128) -> SchemeDraft {
    let proposed = draft(NIAS).propose(&permit(by, Verb::SchemePropose), person(by), place("2026-03-01", None));
    proposed.unwrap().1
}

fn publish(draft: SchemeDraft, by: u128, place: Place<'_>) -> Result<(Change, SchemeText), Refusal> {
    draft.publish(&officer(by, Verb::SchemePublish, Subject::SchemeText(TEXT)), (TEXT, person(by)), place)
}

#[test]
fn a_draft_may_be_faulty_and_says_its_code_as_far_as_it_has_one() {
    for (text, code) in [
        ("", None),
        ("no toml at all [", None),
        ("code = \"NEW\"\n", Some("NEW")),
        ("code = \"no code\"\n", None),
        ("code = 7\n", None),
        (NIAS, Some("NIAS")),
    ] {
        let draft = draft(text);
        assert_eq!((draft.code.as_deref(), &*draft.text, &draft.hash), (code, text, &hash_of(text)), "{text:.20}");
    }
    assert_eq!(Written::of("# \0".to_owned()).unwrap_err(), Refusal::TextUnstorable { field: "/text" });
}

#[test]
fn only_a_text_that_is_in_order_is_proposed_from_today_at_the_earliest_and_where_it_changes_something() {
    let propose = |text: &str, place| draft(text).propose(&permit(1, Verb::SchemePropose), person(1), place);
    assert!(matches!(propose("code = \"NEW\"", place("2026-03-01", None)), Err(Refusal::SchemeFaulty { .. })));
    let failing = NIAS.replacen("expect = { grant = \"", "expect = { grant = \"1", 1);
    assert!(matches!(propose(&failing, place("2026-03-01", None)), Err(Refusal::SchemeFaulty { .. })));
    let (from, today) = (day("2026-02-01"), day("2026-02-02"));
    assert_eq!(propose(NIAS, place("2026-02-01", None)).unwrap_err(), Refusal::SchemeDayOver { from, today });
    let hash: &'static str = hash_of(NIAS).leak();
    let unchanged = Refusal::SchemeUnchanged { code: "NIAS".to_owned() };
    assert_eq!(propose(NIAS, place("2026-03-01", Some(hash))).unwrap_err(), unchanged);
    let (change, proposed) = propose(NIAS, place("2026-02-02", Some("another"))).unwrap();
    assert_eq!((proposed.state, proposed.version), (DraftState::Proposed, 2));
    assert!(change.permit().is_some());
}

#[test]
fn while_it_is_proposed_it_is_frozen_until_it_is_given_back_with_a_reason() {
    let frozen = Refusal::SchemeDraftWrongState { state: "proposed" };
    let edit = |draft: SchemeDraft, by| draft.edit(&permit(by, Verb::SchemeDraft), person(by), written("code = \"B\""));
    assert_eq!(edit(proposed(1), 1).unwrap_err(), frozen);
    let again = proposed(1).propose(&permit(1, Verb::SchemePropose), person(1), place("2026-04-01", None));
    assert_eq!(again.unwrap_err(), frozen);
    let give_back = |draft: SchemeDraft, reason: &str| draft.give_back(&permit(2, Verb::SchemeReturn), reason);
    assert!(matches!(give_back(proposed(1), " "), Err(Refusal::TextLength { .. })));
    let (_, returned) = give_back(proposed(1), "the ceiling is wrong").unwrap();
    assert_eq!((returned.state, returned.proposal), (DraftState::Draft, None));
    assert_eq!(give_back(returned.clone(), "again").unwrap_err(), Refusal::SchemeDraftWrongState { state: "draft" });
    let (_, edited) = edit(returned, 2).unwrap();
    assert_eq!((edited.authors, edited.code.as_deref()), (BTreeSet::from([person(1), person(2)]), Some("B")));
}

#[test]
fn nobody_publishes_what_they_have_ever_written_or_proposed() {
    let place = || place("2026-03-01", None);
    assert_eq!(publish(draft(NIAS), 2, place()).unwrap_err(), Refusal::SchemeDraftWrongState { state: "draft" });
    assert_eq!(publish(proposed(1), 1, place()).unwrap_err(), Refusal::SchemeDraftOwn);
    // The first has written it, the second proposed it: it takes a third.
    for by in [1, 2] {
        assert_eq!(publish(proposed(2), by, place()).unwrap_err(), Refusal::SchemeDraftOwn);
    }
    let (change, text) = publish(proposed(2), 3, place()).unwrap();
    let by = ByTwo { draft: ID, proposed_by: person(2), published_by: person(3) };
    assert_eq!((&*text.text, &text.hash, text.from, text.by), (NIAS, &hash_of(NIAS), day("2026-03-01"), Some(by)));
    assert!(change.permit().is_some());
    let told = Event::SchemeDraftPublished { draft: ID, text: TEXT };
    assert_eq!(change.consequences(), [told]);
    // Whoever has written one word of it, long ago, has written it.
    let edited = draft("code = \"A\"").edit(&permit(2, Verb::SchemeDraft), person(2), written(NIAS)).unwrap().1;
    let proposed = edited.propose(&permit(2, Verb::SchemePropose), person(2), place()).unwrap().1;
    assert_eq!(publish(proposed, 1, place()).unwrap_err(), Refusal::SchemeDraftOwn);
}

#[test]
fn a_proposal_whose_day_is_over_or_that_changes_nothing_any_more_is_not_published() {
    let late = Place { from: day("2026-03-01"), today: day("2026-03-02"), in_force: None };
    let (from, today) = (day("2026-03-01"), day("2026-03-02"));
    assert_eq!(publish(proposed(1), 2, late).unwrap_err(), Refusal::SchemeDayOver { from, today });
    let hash: &'static str = hash_of(NIAS).leak();
    let unchanged = Refusal::SchemeUnchanged { code: "NIAS".to_owned() };
    assert_eq!(publish(proposed(1), 2, place("2026-03-01", Some(hash))).unwrap_err(), unchanged);
}

#[test]
fn what_is_discarded_is_kept_and_neither_written_nor_proposed_nor_discarded_again() {
    let discard = |draft: SchemeDraft| draft.discard(&permit(2, Verb::SchemeDraft)).map(|(_, draft)| draft);
    assert_eq!(discard(proposed(1)), Err(Refusal::SchemeDraftWrongState { state: "proposed" }));
    let discarded = discard(draft(NIAS)).unwrap();
    assert_eq!((&*discarded.text, discarded.state, discarded.version), (NIAS, DraftState::Discarded, 2));
    // Whoever gives it up has not written it.
    assert_eq!(discarded.authors, BTreeSet::from([person(1)]));
    let wrong = Refusal::SchemeDraftWrongState { state: "discarded" };
    assert_eq!(discard(discarded.clone()).unwrap_err(), wrong);
    let edited = discarded.clone().edit(&permit(1, Verb::SchemeDraft), person(1), written(NIAS));
    assert_eq!(edited.unwrap_err(), wrong);
    let proposed = discarded.propose(&permit(1, Verb::SchemePropose), person(1), place("2026-03-01", None));
    assert_eq!(proposed.unwrap_err(), wrong);
}
