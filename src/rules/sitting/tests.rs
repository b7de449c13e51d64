use super::*;
use crate::change::Change;
use crate::duty::Duty;
use crate::permission::Verb;
use crate::refusal::ApprovalRefusal;
use crate::route::{ONE_STEP, Part};
use crate::sample::{NIAS, application, cents, day, instant, nobody, permit, person, scheme};

const AMOUNT: &str = "20000000.00";
const DAY: &str = "2025-03-05";
const BOARD: &str = "commissioner";

/// NIAS whose higher authority is a committee of at least three, which may circulate papers and whose chair decides a tie.
fn route() -> Route {
    let is = |rule: &str, value: &str| {
        format!("{rule}.is = [{{ from = \"2024-09-16\", is = {value}, source = \"house\" }}]\n")
    };
    let rules = [("quorum", "3"), ("majority", "\"1/2\""), ("casting_vote", "true"), ("circulation", "true")];
    let rules = rules.map(|(rule, value)| is(rule, value)).concat();
    let text = NIAS.replacen(
        "[approval.offer_days]",
        &format!("[approval.committee.{BOARD}]\n{rules}\n[approval.offer_days]"),
        1,
    );
    Route::start(&scheme(&text), day("2025-02-05"), cents(AMOUNT), 1).unwrap()
}

fn case() -> Application {
    Application { recommended: Some(cents(AMOUNT)), ..application(crate::application::State::Recommended) }
}

fn approve(amount: &str, reduced_from: Option<&str>) -> Motion {
    let reduced_from = reduced_from.map(cents);
    Motion::Approve { amount: cents(amount), reduced_from, conditions: Vec::new(), embargo_until: None }
}

/// A meeting today of these people, the first of whom chairs.
fn asked(members: &[u128]) -> Convening {
    let members = members.iter().copied().map(person).collect::<Vec<_>>();
    Convening {
        part: ONE_STEP.to_owned(),
        committee: BOARD.to_owned(),
        way: Way::Meeting,
        held_on: day(DAY),
        chair: members.first().copied().unwrap_or(person(1)),
        members,
        motion: approve(AMOUNT, None),
    }
}

fn convened_with(
    asked: Convening,
    (before, duties): (&[Sitting], &Duties),
    seats: &BTreeMap<PersonId, Seat>,
) -> Result<Sitting, Refusal> {
    let route = route();
    let (matter, by, at) = (Matter::Route(&route), person(9), instant(DAY));
    let convoking = Convoking { by, at, matter, before, seats, duties, agenda: None };
    case().convene(&permit(Verb::SittingConvene), asked, convoking).map(|(_, sitting)| sitting)
}

/// Everybody from 11 to 69 holds the authority.
fn seats() -> BTreeMap<PersonId, Seat> {
    let seat = Seat { authorities: [BOARD.to_owned()].into(), is_beside: false };
    (11..70).map(|number| (person(number), seat.clone())).collect()
}

fn convened(asked: Convening) -> Result<Sitting, Refusal> {
    convened_with(asked, (&[], &nobody()), &seats())
}

fn board() -> BTreeSet<String> {
    [BOARD.to_owned()].into()
}

fn sits(held: &BTreeSet<String>) -> Sits<'_> {
    Sits { held, is_beside: false }
}

fn voted(sitting: &Sitting, votes: &[Vote]) -> Sitting {
    let cast =
        |(member, vote): (&PersonId, &Vote)| Cast { member: *member, vote: *vote, reason: None, at: instant(DAY) };
    Sitting { votes: sitting.asked.members.iter().zip(votes).map(cast).collect(), ..sitting.clone() }
}

#[test]
fn a_sitting_is_convened_of_people_who_may_sit_on_a_motion_that_can_be_done() {
    let five = || asked(&[11, 12, 13, 14, 15]);
    let reason = || "too dear".to_owned();
    let rejects = |reason: &str| Motion::Reject { reason: reason.to_owned(), departure: None, embargo_until: None };
    let embargoed = |until: &str| Motion::Approve {
        amount: cents(AMOUNT),
        reduced_from: None,
        conditions: Vec::new(),
        embargo_until: Some(day(until)),
    };
    for (asked, expected) in [
        (five(), None),
        (Convening { way: Way::Circulation, ..five() }, None),
        (Convening { motion: rejects("too dear"), ..five() }, None),
        (Convening { motion: Motion::SendBack { reason: reason() }, ..five() }, None),
        (Convening { motion: Motion::Defer { until: day("2025-04-01"), reason: reason() }, ..five() }, None),
        (Convening { motion: Motion::TakeUp, ..five() }, Some("approval.not_deferred")),
        (Convening { motion: approve("1.00", Some(AMOUNT)), ..five() }, None),
        (Convening { motion: approve("1.00", None), ..five() }, Some("approval.stale_figures")),
        (Convening { motion: rejects(" "), ..five() }, Some("text.length")),
        (Convening { motion: embargoed("2025-03-20"), ..five() }, None),
        (Convening { motion: embargoed(DAY), ..five() }, Some("approval.embargo_day")),
        (
            Convening { motion: Motion::Defer { until: day(DAY), reason: reason() }, ..five() },
            Some("approval.deferral_day"),
        ),
        (
            Convening { motion: Motion::ResetCheck { check: "finance".to_owned(), reason: reason() }, ..five() },
            Some("approval.not_resettable"),
        ),
        // What is carried on that day can be done then.
        (
            Convening { held_on: day("2025-03-20"), motion: embargoed("2025-03-20"), ..five() },
            Some("approval.embargo_day"),
        ),
        (self::asked(&[9, 11, 12]), Some("sitting.unfit")),
        (Convening { part: "board".to_owned(), ..five() }, Some("approval.part_unknown")),
        (Convening { committee: "assistant_commissioner".to_owned(), ..five() }, Some("sitting.no_committee")),
        (Convening { chair: person(16), ..five() }, Some("sitting.members")),
        (Convening { held_on: day("2025-03-04"), ..five() }, Some("sitting.held_on")),
        (Convening { held_on: day("2026-03-07"), ..five() }, Some("sitting.held_on")),
        (self::asked(&[]), Some("sitting.members")),
        (self::asked(&[11, 12, 13, 11]), Some("sitting.members")),
        (self::asked(&(11..62).collect::<Vec<_>>()), Some("sitting.members")),
        (self::asked(&[11, 12]), Some("sitting.too_few")),
        (self::asked(&[11, 12, 70]), Some("sitting.unfit")),
    ] {
        let told = convened(asked.clone()).err();
        assert_eq!(told.as_ref().map(Refusal::code), expected, "{asked:?}");
    }
}

#[test]
fn nobody_is_asked_to_sit_who_is_on_the_case_already_or_beside_it() {
    let three = asked(&[11, 12, 13]);
    let mut beside = seats();
    beside.get_mut(&person(12)).unwrap().is_beside = true;
    let scored = Duties { held: [(person(13), Duty::Assessor)].into(), ..Duties::default() };
    let another =
        Duties { held: [(person(13), Duty::Approver)].into(), parts: [(person(13), "first".to_owned())].into() };
    let seats = seats();
    for (seats, duties, member, because) in [
        (&beside, &nobody(), 12, "has a conflict of interest"),
        (&seats, &scored, 13, "has had another duty on this case"),
        (&seats, &another, 13, "has had another duty on this case"),
    ] {
        let told = convened_with(three.clone(), (&[], duties), seats).unwrap_err();
        assert_eq!(told, SittingRefusal::Unfit { member: person(member), because }.into());
    }
}

#[test]
fn what_was_lost_is_not_put_again_and_one_sitting_is_open_at_a_time() {
    let first = convened(asked(&[11, 12, 13])).unwrap();
    let again = |before: &Sitting, motion: Motion| {
        let asked = Convening { motion, ..asked(&[11, 12, 13]) };
        convened_with(asked, (std::slice::from_ref(before), &nobody()), &seats())
    };
    assert_eq!(again(&first, approve(AMOUNT, None)).unwrap_err(), SittingRefusal::Open.into());
    let close = |votes: &[Vote]| {
        let sitting = voted(&first, votes);
        let permit = permit(Verb::SittingClose);
        let (absent, held) = (BTreeSet::new(), board());
        let closing = Closing { casting_vote: None, absent: &absent, agenda: None };
        let now = (person(11), instant(DAY));
        case().close_sitting(&permit, (&sitting, Matter::Route(&route())), now, closing, sits(&held)).unwrap().1
    };
    let lost = close(&[Vote::For, Vote::Against, Vote::Against]);
    assert_eq!(again(&lost, approve(AMOUNT, None)).unwrap_err(), SittingRefusal::LostBefore.into());
    let less = again(&lost, approve("1.00", Some(AMOUNT))).unwrap();
    assert_eq!(less.number, 2);
    let permit = permit(Verb::SittingConvene);
    let (_, given_up) = case().give_sitting_up(&permit, &first, ("a typhoon", instant(DAY))).unwrap();
    assert!(again(&given_up, approve(AMOUNT, None)).is_ok());
    let twice = case().give_sitting_up(&permit, &given_up, ("a typhoon", instant(DAY))).unwrap_err();
    assert_eq!(twice, SittingRefusal::Over.into());
}

#[test]
fn a_member_votes_once_in_their_own_name_and_takes_the_duty_unless_they_have_a_conflict() {
    let (board, none) = (board(), BTreeSet::new());
    let sitting = convened(asked(&[11, 12, 13])).unwrap();
    let cast = |number: u128, vote: Vote, reason: Option<&str>| Cast {
        member: person(number),
        vote,
        reason: reason.map(str::to_owned),
        at: instant(DAY),
    };
    let nobody = nobody();
    let vote = |sitting: &Sitting, cast: Cast, held: &BTreeSet<String>, is_beside: bool| {
        let sits = Sits { held, is_beside };
        let (permit, route) = (permit(Verb::SittingVote), route());
        case().vote(&permit, (sitting, Matter::Route(&route)), (cast, sits), &nobody).map(|(change, _)| change)
    };
    for (given, held, is_beside, expected) in [
        (cast(14, Vote::For, None), &board, false, "sitting.not_asked"),
        (cast(12, Vote::For, None), &none, false, "sitting.unfit"),
        (cast(12, Vote::For, None), &board, true, "conflict.own_case"),
        (cast(12, Vote::Conflict, None), &board, false, "text.length"),
        (cast(12, Vote::Against, Some(" ")), &board, false, "text.length"),
    ] {
        assert_eq!(vote(&sitting, given, held, is_beside).unwrap_err().code(), expected);
    }
    let duties =
        |change: &Change| change.writes().iter().filter(|write| matches!(write, Write::OnRoute { .. })).count();
    let abstains = vote(&sitting, cast(12, Vote::Abstain, None), &board, false).unwrap();
    let conflict = || cast(12, Vote::Conflict, Some("my brother"));
    let conflicted = vote(&sitting, conflict(), &board, true).unwrap();
    assert_eq!((duties(&abstains), duties(&conflicted)), (1, 0));
    let once = voted(&sitting, &[Vote::For]);
    let again = vote(&once, cast(11, Vote::Against, None), &board, false).unwrap_err();
    assert_eq!(again, SittingRefusal::Voted.into());
    let at = |way: Way, held_on: &str| Sitting {
        asked: Convening { way, held_on: day(held_on), ..sitting.asked.clone() },
        ..sitting.clone()
    };
    // A conflict is declared from the beginning; a vote waits for the day, and is not cast after it.
    let tomorrow = at(Way::Meeting, "2025-03-06");
    assert!(vote(&tomorrow, conflict(), &board, false).is_ok());
    for (sitting, expected) in [
        (&tomorrow, "sitting.not_begun"),
        (&at(Way::Meeting, "2025-03-04"), "sitting.over"),
        (&at(Way::Circulation, "2025-03-04"), "sitting.over"),
        (&Sitting { route: Some(2), ..sitting.clone() }, "sitting.over"),
    ] {
        assert_eq!(vote(sitting, cast(12, Vote::For, None), &board, false).unwrap_err().code(), expected);
    }
    // What somebody else has passed, or made less, meanwhile is not voted on any more.
    let of_more = approve("30000000.00", None);
    let stale = Sitting { asked: Convening { motion: of_more, ..sitting.asked.clone() }, ..sitting.clone() };
    let refused = vote(&stale, cast(12, Vote::For, None), &board, false).unwrap_err();
    assert_eq!(refused, SittingRefusal::Overtaken.into());
}

#[test]
fn whoever_closes_a_sitting_chairs_it_holds_the_authority_and_has_voted() {
    let sitting = convened(asked(&[11, 12, 13])).unwrap();
    let (all, board, none) = (voted(&sitting, &[Vote::For; 3]), board(), BTreeSet::new());
    let silent_chair = Sitting { votes: all.votes.iter().skip(1).cloned().collect(), ..all.clone() };
    let conflicted = voted(&sitting, &[Vote::Conflict, Vote::For, Vote::For]);
    let permit = permit(Verb::SittingClose);
    for (sitting, by, held, is_beside, expected) in [
        (&all, 11, &board, false, None),
        (&all, 12, &board, false, Some("sitting.not_chair")),
        (&all, 11, &none, false, Some("sitting.unfit")),
        (&all, 11, &board, true, Some("conflict.own_case")),
        (&silent_chair, 11, &board, false, Some("sitting.chair_has_not_voted")),
        (&conflicted, 11, &board, false, Some("sitting.chair_has_not_voted")),
    ] {
        let absent = sitting.silent();
        let closing = Closing { casting_vote: None, absent: &absent, agenda: None };
        let sits = Sits { held, is_beside };
        let now = (person(by), instant(DAY));
        let told = case().close_sitting(&permit, (sitting, Matter::Route(&route())), now, closing, sits).err();
        assert_eq!(told.as_ref().map(Refusal::code), expected);
    }
}

#[test]
fn whoever_has_voted_in_a_sitting_that_was_given_up_is_asked_again_while_they_may_sit() {
    let first = voted(&convened(asked(&[11, 12, 13])).unwrap(), &[Vote::Against, Vote::Conflict]);
    let (_, given_up) =
        case().give_sitting_up(&permit(Verb::SittingConvene), &first, ("a typhoon", instant(DAY))).unwrap();
    let again = |members: &[u128], seats: &BTreeMap<PersonId, Seat>| {
        convened_with(asked(members), (std::slice::from_ref(&given_up), &nobody()), seats).err()
    };
    let mut without = seats();
    without.remove(&person(11));
    assert_eq!(again(&[12, 13, 14], &seats()), Some(SittingRefusal::VoterMissing { voter: person(11) }.into()));
    assert_eq!(again(&[11, 13, 14], &seats()), None);
    assert_eq!(again(&[12, 13, 14], &without), None);
}

#[test]
fn votes_come_to_a_majority_of_those_cast_where_enough_take_part() {
    use Vote::{Abstain, Against, Conflict, For};
    let of = |of, whole| Majority { of, whole };
    let quorum_missing = |present| Err(SittingRefusal::QuorumMissing { quorum: 3, present }.into());
    let (half, two_thirds) = (of(1, 2), of(2, 3));
    for (majority, votes, casting_vote, expected) in [
        (half, [For, For, Against, Abstain, Abstain], None, Ok(true)),
        (half, [For, Against, Against, Abstain, Abstain], None, Ok(false)),
        // Equal votes: the chair decides, either way, and nobody where the votes are not equal.
        (half, [For, Against, Abstain, Abstain, Conflict], None, Err(SittingRefusal::Tied.into())),
        (half, [For, Against, Abstain, Abstain, Conflict], Some(true), Ok(true)),
        (half, [For, Against, Abstain, Abstain, Conflict], Some(false), Ok(false)),
        (half, [For, For, For, Against, Against], Some(true), Err(SittingRefusal::NoCastingVote.into())),
        // Where nobody is for it, there is nothing to decide.
        (half, [Abstain, Abstain, Abstain, Conflict, Conflict], None, Ok(false)),
        (half, [Abstain, Abstain, Abstain, Conflict, Conflict], Some(true), Err(SittingRefusal::NoCastingVote.into())),
        (half, [For, For, Conflict, Conflict, Conflict], None, quorum_missing(2)),
        (two_thirds, [For, For, Against, Conflict, Conflict], None, Ok(true)),
        (two_thirds, [For, For, For, Against, Against], None, Ok(false)),
        // A chair's word is no two thirds.
        (two_thirds, [For, For, Against, Against, Abstain], Some(true), Err(SittingRefusal::NoCastingVote.into())),
        (two_thirds, [For, For, Against, Against, Abstain], None, Ok(false)),
        (of(1, 1), [For, For, For, Abstain, Abstain], None, Ok(true)),
        (of(1, 1), [For, For, For, For, Against], None, Ok(false)),
    ] {
        let sitting = convened(asked(&[11, 12, 13, 14, 15])).unwrap();
        let sitting = Sitting { rules: Committee { majority, ..sitting.rules }, ..voted(&sitting, &votes) };
        let tally = sitting.tally(day(DAY), casting_vote, &BTreeSet::new()).map(|tally| tally.carried);
        assert_eq!(tally, expected, "{votes:?} of {majority:?}, {casting_vote:?}");
    }
}

#[test]
fn a_paper_is_closed_once_all_have_answered_or_its_day_is_over_and_a_meeting_when_all_have_voted_or_are_named_as_absent()
 {
    let held_on = day("2025-03-10");
    let three = [Vote::For, Vote::For, Vote::For];
    let paper = Convening { way: Way::Circulation, held_on, ..asked(&[11, 12, 13, 14]) };
    let meeting = Convening { held_on, ..asked(&[11, 12, 13, 14]) };
    let (permit, board) = (permit(Verb::SittingClose), board());
    for (asked, votes, on, absent, expected) in [
        (&paper, &three[..], "2025-03-10", None, Some("sitting.votes_missing")),
        (&paper, &three, "2025-03-11", None, None),
        (&paper, &[Vote::For; 4], "2025-03-05", None, None),
        (&paper, &three[..2], "2025-03-11", None, Some("sitting.quorum_missing")),
        (&meeting, &three, "2025-03-09", Some(14), Some("sitting.not_begun")),
        (&meeting, &three, "2025-03-10", None, Some("sitting.votes_missing")),
        (&meeting, &three, "2025-03-10", Some(13), Some("sitting.votes_missing")),
        (&meeting, &three, "2025-03-10", Some(14), None),
        (&meeting, &[Vote::For; 4], "2025-03-10", Some(14), Some("sitting.votes_missing")),
        (&meeting, &[Vote::For; 4], "2025-03-10", None, None),
    ] {
        let sitting = voted(&convened(asked.clone()).unwrap(), votes);
        let absent = absent.into_iter().map(person).collect::<BTreeSet<_>>();
        let closing = Closing { casting_vote: None, absent: &absent, agenda: None };
        let close = |sitting: &Sitting| {
            let now = (person(11), instant(on));
            case().close_sitting(&permit, (sitting, Matter::Route(&route())), now, closing, sits(&board))
        };
        let closed = close(&sitting);
        assert_eq!(closed.as_ref().err().map(Refusal::code), expected, "{:?} on {on}", asked.way);
        if let Ok((_, closed)) = closed {
            assert_eq!(close(&closed).unwrap_err(), SittingRefusal::Over.into());
        }
    }
}

#[test]
fn what_a_committee_exercises_nobody_does_alone() {
    let (route, amount) = (route(), cents(AMOUNT));
    let alone = Held { own: [BOARD.to_owned()].into(), ..Held::default() };
    let refused = ApprovalRefusal::ByCommittee { part: ONE_STEP.to_owned(), committee: BOARD.to_owned() };
    assert_eq!(route.turn(None, &alone, amount).unwrap_err(), refused.clone().into());
    assert_eq!(route.seat(&alone, None).unwrap_err(), refused.into());
    let turn = route.turn(None, &Held::committee(ONE_STEP, BOARD), amount).unwrap();
    assert_eq!((turn.authority.as_str(), turn.on_behalf_of), (BOARD, None));
    // What one of them holds alone beside it stays theirs, and a committee acts with nothing else.
    let below = Held { own: ["assistant_commissioner".to_owned()].into(), ..Held::default() };
    assert!(route.turn(None, &below, cents("1.00")).is_ok());
    let of_both = Held { committee: Some((ONE_STEP.to_owned(), BOARD.to_owned())), ..below };
    assert_eq!(route.turn(None, &of_both, cents("1.00")).map(|turn| turn.authority), Ok(BOARD.to_owned()));
}

#[test]
fn a_case_waits_for_a_sitting_then_for_its_votes_and_then_for_its_chair() {
    let (route, today, amount) = (route(), day(DAY), cents(AMOUNT));
    // Below fifteen million somebody could approve it alone.
    let step = |by: &[(&str, Option<Cents>)]| {
        let Some(Part::Step { code, committees, .. }) = route.parts.first().cloned() else { panic!("a step") };
        let by = by.iter().map(|(name, limit)| ((*name).to_owned(), *limit)).collect();
        Route { parts: vec![Part::Step { code, by, committees }], ..route.clone() }
    };
    let (of_board, of_either) = (step(&[(BOARD, None)]), step(&[("assistant_commissioner", None), (BOARD, None)]));
    let sitting = convened(asked(&[11, 12, 13])).unwrap();
    let resting = Route { deferred: Some((day("2025-04-01"), "why".to_owned())), ..of_board.clone() };
    assert!(is_to_be_convened(&of_board, amount, &[], today));
    assert!(!is_to_be_convened(&of_either, amount, &[], today));
    assert!(!is_to_be_convened(&of_board, amount, std::slice::from_ref(&sitting), today));
    assert!(!is_to_be_convened(&resting, amount, &[], today));
    let (all, two) = (voted(&sitting, &[Vote::For; 3]), voted(&sitting, &[Vote::For, Vote::For]));
    let tied = voted(&sitting, &[Vote::For, Vote::Against, Vote::Abstain]);
    let on_another = Duties { parts: [(person(13), "first".to_owned())].into(), ..Duties::default() };
    let tomorrow =
        Sitting { asked: Convening { held_on: day("2025-03-06"), ..sitting.asked.clone() }, ..sitting.clone() };
    for (sitting, number, duties, expected) in [
        (&sitting, 11, nobody(), Some(Verb::SittingVote)),
        (&tomorrow, 11, nobody(), None),
        (&sitting, 14, nobody(), None),
        (&two, 13, nobody(), Some(Verb::SittingVote)),
        (&two, 13, on_another, None),
        (&two, 11, nobody(), None), // the quorum is three
        (&all, 11, nobody(), Some(Verb::SittingClose)),
        (&tied, 11, nobody(), Some(Verb::SittingClose)),
        (&all, 12, nobody(), None),
    ] {
        assert_eq!(sitting.waits_for(person(number), (&route, amount), &duties, today), expected, "{number}");
    }
}
