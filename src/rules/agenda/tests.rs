use super::*;
use crate::permission::Verb;
use crate::sample::{cents, day, instant, permit, person};
use uuid::Uuid;

fn asked(amount: &str) -> Approve {
    Approve {
        part: None,
        amount: cents(amount),
        reduced_from: None,
        conditions: vec!["A guarantee".to_owned()],
        embargo_until: Some(day("2025-04-01")),
    }
}

#[test]
fn a_line_is_put_to_the_vote_as_a_motion_and_done_as_what_it_was() {
    let until = Some(day("2025-12-31"));
    let departure = Some("Its site is not ready.".to_owned());
    let embargo_until = Some(day("2025-04-01"));
    let reject = Act::Reject(Rejecting { reason: "Too dear.".to_owned(), departure: None, embargo_until });
    for act in [Act::Approve(asked("1.00")), Act::Reserve { asked: asked("2.00"), departure }, reject] {
        let mut expected = act.clone();
        if let Act::Approve(asked) | Act::Reserve { asked, .. } = &mut expected {
            asked.part = Some("board".to_owned());
        }
        let done = act_of(motion_of(act, until).unwrap(), "board").unwrap();
        assert_eq!(format!("{done:?}"), format!("{expected:?}"));
    }
    let place = Act::Reserve { asked: asked("2.00"), departure: None };
    assert_eq!(motion_of(place, None).unwrap_err(), RoundDecisionRefusal::ReserveDay.into());
    assert!(act_of(Motion::TakeUp, "board").is_none());
}

#[test]
fn lines_are_named_once_and_are_there() {
    for (lines, least, expected) in [
        (&[1, 3, 2][..], 1, true),
        (&[], 1, false),
        (&[], 0, true),
        (&[0], 1, false),
        (&[4], 0, false),
        (&[2, 2], 1, false),
    ] {
        assert_eq!(lines_given(lines.iter().copied(), (least, 3)).is_ok(), expected, "{lines:?}");
    }
}

#[test]
fn a_line_is_left_for_what_will_not_change_and_not_for_what_may() {
    for (refusal, expected) in [
        (Refusal::from(SittingRefusal::Overtaken), true),
        (SittingRefusal::Over.into(), true),
        (SittingRefusal::QuorumMissing { quorum: 3, present: 2 }.into(), true),
        (AssessorRefusal::OwnConflict.into(), true),
        (SittingRefusal::Tied.into(), false),
        (SittingRefusal::ChairHasNotVoted.into(), false),
        (SittingRefusal::VotesMissing { missing: 1, until: day("2025-03-05") }.into(), false),
        (Refusal::NotFound, false),
    ] {
        assert_eq!(may_be_left(&refusal), expected, "{refusal:?}");
    }
}

#[test]
fn an_agenda_ends_once_and_for_a_reason_where_it_is_given_up() {
    let open = Agenda {
        id: AgendaId(Uuid::from_u128(7)),
        scheme: "NIAS".to_owned(),
        round: None,
        list: "0".to_owned(),
        reserve_until: None,
        committee: "commissioner".to_owned(),
        way: Way::Meeting,
        held_on: day("2025-03-05"),
        chair: person(11),
        lines: 1,
        convened_by: person(9),
        convened_at: instant("2025-03-05"),
        ended: None,
    };
    let (permit, at) = (permit(Verb::SittingConvene), instant("2025-03-05"));
    assert!(open.give_up(&permit, &[], ("a typhoon", at)).is_ok());
    assert_eq!(open.give_up(&permit, &[], (" ", at)).unwrap_err().code(), "text.length");
    let ended = Agenda { ended: Some((AgendaEnd::Closed, at)), ..open };
    assert_eq!(ended.give_up(&permit, &[], ("a typhoon", at)).unwrap_err(), SittingRefusal::Over.into());
    assert_eq!(ended.close(&permit, (1, 0), Vec::new(), at).unwrap_err(), SittingRefusal::Over.into());
}
