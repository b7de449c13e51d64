//! Changes that a committee decides: who may sit, when one is to be convened, and what nobody does alone.

use super::super::*;
use super::{By, asked_under, code, decided, forwarded, standing, to_amount};
use crate::calendar::Day;
use crate::duty::Duty;
use crate::ledger::Balances;
use crate::permission::Verb;
use crate::route::Held;
use crate::sample::{NIAS, application, cents, day, instant, nobody, permit, person, scheme};
use crate::sitting::{Convening, Convoking, Matter, Motion, OnChange, Seat, Sitting, Way};
use std::collections::BTreeMap;

const BOARD: &str = "commissioner";
const TODAY: &str = "2025-04-02";

/// NIAS whose higher authority is a committee of at least two.
fn with_board() -> Scheme {
    let is = |(rule, value): (&str, &str)| {
        format!("{rule}.is = [{{ from = \"2024-09-16\", is = {value}, source = \"house\" }}]\n")
    };
    let rules = [("quorum", "2"), ("majority", "\"1/2\"")].map(is).concat();
    let board = format!("[approval.committee.{BOARD}]\n{rules}\n[approval.offer_days]");
    scheme(&NIAS.replacen("[approval.offer_days]", &board, 1))
}

/// Put forward by person 5, of person 1: for 160 million, which only the committee reaches.
fn request() -> ChangeRequest {
    let wanted = (ChangeKind::Amount, to_amount(cents("160000000.00")));
    forwarded(asked_under(&with_board(), &standing(vec![]), wanted, &[]).unwrap())
}

fn convened(
    members: &[u128],
    duties: &Duties,
    request: &ChangeRequest,
    before: &[Sitting],
) -> Result<Sitting, Refusal> {
    let seat = Seat { authorities: [BOARD.to_owned()].into(), is_beside: false };
    let seats = (1..40).map(|number| (person(number), seat.clone())).collect::<BTreeMap<_, _>>();
    let members = members.iter().copied().map(person).collect::<Vec<_>>();
    let on = OnChange { request, award: standing(vec![]).award.amount, last_step: Some("approval") };
    let motion =
        Motion::DecideChange { request: request.number, verdict: Verdict::Granted, reason: "as agreed".to_owned() };
    let asked = Convening {
        part: "amount".to_owned(),
        committee: BOARD.to_owned(),
        way: Way::Meeting,
        held_on: day(TODAY),
        chair: members.first().copied().unwrap_or(person(1)),
        members,
        motion,
    };
    let convoking = Convoking {
        by: person(30),
        at: instant(TODAY),
        matter: Matter::Change(on),
        before,
        seats: &seats,
        duties,
        agenda: None,
    };
    application(State::Accepted).convene(&permit(Verb::SittingConvene), asked, convoking).map(|(_, sitting)| sitting)
}

#[test]
fn whoever_has_had_another_part_in_a_change_does_not_sit_on_it() {
    let (request, free) = (request(), nobody());
    let had = |duty| Duties { held: [(person(11), duty)].into(), ..nobody() };
    let passed = |part: &str| Duties { parts: [(person(11), part.to_owned())].into(), ..had(Duty::Approver) };
    for (members, duties, expected) in [
        (&[11, 12][..], &free, None),
        (&[11, 12], &had(Duty::Approver), None),
        (&[11, 12], &passed("approval"), None),
        (&[11, 12], &passed("first"), Some("sitting.unfit")),
        (&[11, 12], &had(Duty::PaymentPreparer), Some("sitting.unfit")),
        (&[11, 1], &free, Some("sitting.unfit")),
        (&[11, 5], &free, Some("sitting.unfit")),
        (&[11, 30], &free, Some("sitting.unfit")),
        (&[11], &free, Some("sitting.too_few")),
    ] {
        assert_eq!(code(convened(members, duties, &request, &[])), expected, "{members:?} {duties:?}");
    }
}

#[test]
fn it_is_convened_where_nobody_is_enough_alone_and_waits_for_its_members_until_it_is_decided() {
    let (request, duties, today) = (request(), nobody(), Day::parse(TODAY).unwrap());
    let award = standing(vec![]).award.amount;
    let on = OnChange { request: &request, award, last_step: Some("approval") };
    assert!(on.is_to_be_convened(&[]));
    let sitting = convened(&[11, 12], &duties, &request, &[]).unwrap();
    assert!(!on.is_to_be_convened(std::slice::from_ref(&sitting)));
    assert_eq!(code(convened(&[11, 12], &duties, &request, std::slice::from_ref(&sitting))), Some("sitting.open"));
    assert_eq!(on.waits_for(&sitting, person(11), &duties, today), Some(Verb::SittingVote));
    assert_eq!(on.waits_for(&sitting, person(13), &duties, today), None);
    let decided = ChangeRequest { state: ChangeState::Refused, ..request.clone() };
    let over = OnChange { request: &decided, ..on };
    assert!(!over.is_to_be_convened(&[]));
    assert_eq!(over.waits_for(&sitting, person(11), &duties, today), None);
    // What is not put forward is nobody's yet, and what an officer decides is no committee's.
    let early = ChangeRequest { state: ChangeState::Requested, ..request.clone() };
    assert_eq!(code(convened(&[11, 12], &duties, &early, &[])), Some("change.not_forwarded"));
    let of_officer = ChangeRequest { route: None, ..request };
    assert_eq!(code(convened(&[11, 12], &duties, &of_officer, &[])), Some("change.officer_decides"));
}

#[test]
fn nobody_decides_alone_what_a_committee_does_and_its_chair_does_so_with_its_motion() {
    let (standing, duties) = (standing(vec![]), nobody());
    let by = |held| By { held, duties: &duties, is_officer: false, by: 11 };
    let alone = Held { own: [BOARD.to_owned()].into(), ..Held::default() };
    let lent = Held { delegated: [(person(12), [BOARD.to_owned()].into())].into(), ..Held::default() };
    for held in [alone, lent] {
        let told = code(decided(request(), &standing, &by(held), Balances::default()));
        assert!(matches!(told, Some("approval.by_committee" | "change.not_yours")), "{told:?}");
    }
    let carried = |part: &str| decided(request(), &standing, &by(Held::committee(part, BOARD)), Balances::default());
    assert_eq!(code(carried("scope")), Some("change.not_yours"));
    assert_ne!(code(carried("amount")), Some("change.not_yours"));
}
