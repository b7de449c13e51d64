//! Agendas over HTTP: a committee sits on a ranked list, votes line by line, and decides it as one.

use crate::agenda::{AGENDAS, TEN, calling, cast, convened, line_states, of, put, refused_lines, votes, world};
use crate::board::{Board, to, vote, work};
use crate::desk::Desk;
use crate::ranking::{CODE, DAY, ROUND, UNTIL, rank, ranked, scored, states};
use crate::world::at;
use almoner::worker::clocks;
use rules::actor::Role;
use serde_json::json;
use uuid::Uuid;

pub const OF_LISTS: &[&str] =
    &["agenda.lines", "not_found", "permission.denied", "sitting.not_chair", "sitting.on_agenda", "sitting.over"];
pub const OF_LINES: &[&str] = &["round_decision.items_refused"];
pub const OF_MONEY: &[&str] = &["application.wrong_state", "approval.by_committee", "round_decision.items_refused"];
/// Told of single lines.
pub const OF_ONE_LINE: &[&str] = &["agenda.not_to_leave"];

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "the life of one agenda")]
async fn a_committee_votes_on_a_list_line_by_line_and_it_is_decided_as_one() {
    let (world, staff) = world("25000000.00").await;
    let cases = ranked(&world, &staff, &[TEN; 6]).await;
    let desk = Desk::open(&world, at(DAY, 2).now);
    let members = Board::of(&world, 3).await;
    let callers = members.sign_in(&desk).await;
    let (chair, officer) = (&callers[0], desk.sign_in(&staff.officer).await);
    let stranger = desk.sign_in(&staff.commissioner).await;
    let acts = ["approve", "approve", "reserve", "reserve", "reject"];
    // However they are sent, they are numbered by rank.
    let items = acts.iter().zip(&cases).map(|(act, case)| put(act, case)).rev().collect::<Vec<_>>();
    let body = calling(&officer, &members, &items);
    chair.refused(&chair.post(AGENDAS, &body), 403, "permission.denied").await;
    let agenda = convened(&officer, &body);
    let read = officer.send(&officer.get(agenda.as_str()));
    assert_eq!((read.text("/agenda/state"), &read.json["agenda"]["lines"]), ("open", &json!(5)));
    let lines = read.json["lines"].as_array().unwrap().iter().map(|line| {
        (
            line["application"].as_str().unwrap().to_owned(),
            line["sitting"]["motion"]["act"].as_str().unwrap().to_owned(),
        )
    });
    let expected = acts.iter().zip(&cases).map(|(act, case)| (case.id.to_string(), (*act).to_owned()));
    assert_eq!(lines.collect::<Vec<_>>(), expected.collect::<Vec<_>>());
    // One letter for each member, whatever the number of lines.
    let letters = "SELECT count(*)::text AS line FROM outbox WHERE notice LIKE";
    assert_eq!(world.database.lines(&format!("{letters} '%agenda_convened%'")).await, ["3"]);
    assert_eq!(world.database.lines(&format!("{letters} '%sitting_convened%'")).await, ["0"]);
    assert_eq!(
        [work(chair, "sitting.vote"), work(&stranger, "sitting.vote"), work(&officer, "sitting.convene")],
        [5, 0, 0]
    );

    let all = |how: &'static str| [1, 2, 3, 4, 5].map(|line| (line, how));
    let (voting, closing) = (format!("{agenda}/votes"), format!("{agenda}/closing"));
    for lines in [&[][..], &[(1, "for"), (1, "for")], &[(6, "for")]] {
        chair.refused(&chair.post(voting.as_str(), &votes(lines)), 422, "agenda.lines").await;
    }
    cast(chair, &agenda, &all("for"));
    cast(&callers[1], &agenda, &all("for"));
    // The last one votes on one line by the door of its sitting, and on the others here.
    let single = to(&cases[0], "sittings/1/votes");
    assert_eq!(callers[2].send(&callers[2].post(single, &vote("against"))).told(), (201, ""));
    cast(&callers[2], &agenda, &[(2, "against"), (3, "abstain"), (4, "for"), (5, "against")]);
    assert_eq!(
        [work(chair, "sitting.vote"), work(chair, "sitting.close"), work(&callers[1], "sitting.close")],
        [0, 5, 0]
    );

    // What is on an agenda ends with it.
    let alone = to(&cases[0], "sittings/1/closing");
    chair.refused(&chair.post(alone, &json!({})), 409, "sitting.on_agenda").await;
    let given_up = json!({ "reason": "a typhoon" });
    officer.refused(&officer.post(to(&cases[0], "sittings/1/giving-up"), &given_up), 409, "sitting.on_agenda").await;
    let place = json!({ "act": "reserve", "amount": TEN, "until": UNTIL });
    officer.refused(&officer.post(to(&cases[5], "sittings"), &members.meeting(place)), 409, "sitting.on_agenda").await;
    callers[1].refused(&callers[1].post(closing.as_str(), &json!({})), 403, "sitting.not_chair").await;
    let nothing_there = format!("{AGENDAS}/{}/closing", Uuid::nil());
    chair.refused(&chair.post(nothing_there, &json!({})), 404, "not_found").await;
    let reply = chair.send(&chair.post(closing.as_str(), &json!({})));
    assert_eq!((reply.told(), reply.text("/agenda/state")), ((200, ""), "closed"), "{}", reply.json);
    let decided = &reply.json["decided"];
    assert_eq!([&decided["approved"], &decided["on_reserve"], &decided["rejected"]], [2, 2, 1]);
    assert_eq!(line_states(&reply), ["1 carried", "2 carried", "3 carried", "4 carried", "5 carried"]);
    let after = ["approved", "approved", "on_reserve", "on_reserve", "rejected", "recommended"];
    assert_eq!(states(&cases).await, after);
    chair.refused(&chair.post(closing.as_str(), &json!({})), 409, "sitting.over").await;
    officer.refused(&officer.post(format!("{agenda}/giving-up"), &given_up), 409, "sitting.over").await;
    // Each is what it is by its own door: by the committee, with the duties of all who voted, in the order of rank.
    let events = cases[2].events().await;
    assert_eq!(events[events.len() - 2..], ["sitting.closed", "application.put_on_reserve"]);
    let duties = "SELECT count(*)::text AS line FROM case_duties WHERE duty = 'approver' AND part = 'approval'";
    assert_eq!(world.database.lines(duties).await, ["15"]);
    let places = "SELECT application_id || ' ' || position AS line FROM reserve_entries ORDER BY position";
    assert_eq!(world.database.lines(places).await, [format!("{} 1", cases[2].id), format!("{} 2", cases[3].id)]);
    world.prove().await;

    // What it has put on the reserve list moves up like any other.
    cases[0].offer(at(DAY, 3)).await.unwrap();
    assert_eq!(clocks::tick(&world.db, at(DAY, 40)).await.unwrap(), 1);
    assert_eq!(clocks::move_up(&world.db, &world.schemes, &|| at(DAY, 40)).await.unwrap(), 1);
    assert_eq!(states(&cases[..3]).await, ["lapsed", "approved", "approved"]);

    let page = |query: &str| officer.send(&officer.get(format!("{AGENDAS}?{query}"))).json;
    assert_eq!(page(&format!("scheme={CODE}"))["items"][0]["id"], read.json["agenda"]["id"]);
    assert_eq!(page("scheme=NIAS")["items"], json!([]));
    assert_eq!(page("scheme=no%20code")["items"], json!([]));
    desk.told_exactly(OF_LISTS);
    world.prove().await;
}

#[tokio::test]
async fn each_line_has_its_own_seats_votes_quorum_and_end() {
    let (world, staff) = world("100000000.00").await;
    // The third has been recommended by somebody who sits on the others.
    let both = world.person(&[Role::Committee, Role::Approver], &["commissioner"]).await;
    let mut cases = Vec::new();
    for mark in [10, 9, 8, 7] {
        cases.push(scored(&world, &staff, TEN, [mark, mark]).await);
    }
    rank(&world, &staff).await;
    for (place, case) in cases.iter().enumerate() {
        let by = if place == 2 { &both } else { &staff.committee };
        case.recommend(at(DAY, 1), by, TEN).await.unwrap();
    }
    let desk = Desk::open(&world, at(DAY, 2).now);
    let mut members = Board::of(&world, 3).await;
    members.members.push(both);
    let callers = members.sign_in(&desk).await;
    let [chair, second, third, fourth] = callers.as_slice() else { panic!("four") };
    let officer = desk.sign_in(&staff.officer).await;
    let items = cases.iter().map(|case| put("approve", case)).collect::<Vec<_>>();
    // Whoever chairs must be able to close every line.
    let mut crossed = calling(&officer, &members, &items);
    crossed["chair"] = json!(members.members[3].person());
    let told = officer.refused(&officer.post(AGENDAS, &crossed), 422, "round_decision.items_refused").await;
    assert_eq!(refused_lines(&told), of(&[("/items/2", "sitting.unfit")]));
    let agenda = convened(&officer, &calling(&officer, &members, &items));
    let read = officer.send(&officer.get(agenda.as_str()));
    let seats = read.json["lines"].as_array().unwrap().iter();
    let seats = seats.map(|line| line["sitting"]["members"].as_array().unwrap().len()).collect::<Vec<_>>();
    assert_eq!(seats, [4, 4, 3, 4], "whoever has another duty on a case does not sit on its line");

    // One conflict; a lost motion; too few who take part; equal votes.
    cast(chair, &agenda, &[(1, "for"), (2, "against"), (3, "for"), (4, "for")]);
    cast(second, &agenda, &[(1, "for"), (2, "against"), (3, "conflict"), (4, "against")]);
    cast(third, &agenda, &[(1, "conflict"), (2, "for"), (3, "conflict")]);
    let voting = format!("{agenda}/votes");
    let again = votes(&[(2, "for"), (3, "for"), (4, "for")]);
    let told = fourth.refused(&fourth.post(voting.as_str(), &again), 422, "round_decision.items_refused").await;
    assert_eq!(refused_lines(&told), of(&[("/lines/1", "sitting.not_asked")]));
    cast(fourth, &agenda, &[(1, "against"), (2, "for")]);
    let told = second.refused(&second.post(voting, &votes(&[(4, "for")])), 422, "round_decision.items_refused").await;
    assert_eq!(refused_lines(&told), of(&[("/lines/0", "sitting.voted")]));
    // The case of a conflict is closed to them, and its line.
    assert_eq!(line_states(&third.send(&third.get(agenda.as_str()))), ["2 open", "4 open"]);

    let closing = format!("{agenda}/closing");
    let reference = async |place: usize| cases[place].read().await.reference;
    let person = |place: usize| members.members[place].person();
    let told = chair.refused(&chair.post(closing.as_str(), &json!({})), 422, "round_decision.items_refused").await;
    let [second_line, third_line, fourth_line] = [reference(1).await, reference(2).await, reference(3).await];
    let expected = [
        (second_line.as_str(), "sitting.tied"),
        (&third_line, "sitting.quorum_missing"),
        (&fourth_line, "sitting.votes_missing"),
    ];
    assert_eq!(refused_lines(&told), of(&expected));
    // Nobody dodges what can be closed.
    let leave = json!({ "line": 3, "leave": "Too few take part." });
    let both_left = json!({ "lines": [{ "line": 1, "leave": "Later." }, leave, { "line": 2, "casting_vote": "against" },
        { "line": 4, "casting_vote": "for", "absent": [person(2), person(3)] }] });
    let told = chair.refused(&chair.post(closing.as_str(), &both_left), 422, "round_decision.items_refused").await;
    assert_eq!(refused_lines(&told), of(&[(&reference(0).await, OF_ONE_LINE[0])]));
    let rest = json!({ "lines": [leave, { "line": 2, "casting_vote": "against" },
        { "line": 4, "casting_vote": "for", "absent": [person(2), person(3)] }] });
    let reply = chair.send(&chair.post(closing.as_str(), &rest));
    assert_eq!(reply.told(), (200, ""), "{}", reply.json);
    assert_eq!(line_states(&reply), ["1 carried", "2 lost", "3 given_up", "4 carried"]);
    assert_eq!(reply.text("/lines/2/sitting/reason"), "Too few take part.");
    assert_eq!(states(&cases).await, ["approved", "recommended", "recommended", "approved"]);
    // What was lost is not put again, and what was left is.
    let items = [put("approve", &cases[1]), put("approve", &cases[2])];
    let again = officer.post(AGENDAS, &calling(&officer, &members, &items));
    let told = officer.refused(&again, 422, "round_decision.items_refused").await;
    let expected = [("/items/0", "sitting.lost_before"), ("/items/1", "sitting.too_few")];
    assert_eq!(refused_lines(&told), of(&expected));
    desk.told_exactly(OF_LINES);
    world.prove().await;
}

#[tokio::test]
async fn where_the_money_does_not_last_nothing_is_closed_and_the_agenda_is_given_up() {
    let (world, staff) = world("25000000.00").await;
    let cases = ranked(&world, &staff, &[TEN; 3]).await;
    let desk = Desk::open(&world, at(DAY, 2).now);
    let members = Board::of(&world, 3).await;
    let callers = members.sign_in(&desk).await;
    let (chair, officer) = (&callers[0], desk.sign_in(&staff.officer).await);
    let items = cases.iter().map(|case| put("approve", case)).collect::<Vec<_>>();
    let agenda = convened(&officer, &calling(&officer, &members, &items));
    for caller in &callers {
        cast(caller, &agenda, &[(1, "for"), (2, "for"), (3, "for")]);
    }
    let closing = format!("{agenda}/closing");
    let told = chair.refused(&chair.post(closing.as_str(), &json!({})), 422, "round_decision.items_refused").await;
    let third = cases[2].read().await.reference;
    assert_eq!(refused_lines(&told), of(&[(&third, "ceiling.exceeded")]));
    assert!(told.json["errors"][0]["message"].as_str().unwrap().contains("leaves 5000000.00"), "{}", told.json);
    assert_eq!(states(&cases).await, ["recommended"; 3]);
    let why = json!({ "reason": "The money lasts for two." });
    let reply = officer.send(&officer.post(format!("{agenda}/giving-up"), &why));
    assert_eq!((reply.told(), reply.text("/agenda/state")), ((200, ""), "given_up"));
    assert_eq!(line_states(&reply), ["1 given_up", "2 given_up", "3 given_up"]);
    assert_eq!(cases[0].events().await.last().unwrap(), "sitting.given_up");
    let items = [put("approve", &cases[0]), put("approve", &cases[1]), put("reserve", &cases[2])];
    // Whoever has voted is asked again.
    let mut without = calling(&officer, &members, &items);
    without["members"].as_array_mut().unwrap().pop();
    let told = officer.refused(&officer.post(AGENDAS, &without), 422, "round_decision.items_refused").await;
    assert_eq!(refused_lines(&told)[0], ("/items/0".to_owned(), "sitting.voter_missing".to_owned()));
    let agenda = convened(&officer, &calling(&officer, &members, &items));
    for caller in callers.iter().take(2) {
        cast(caller, &agenda, &[(1, "for"), (2, "for"), (3, "for")]);
    }
    let absent = json!({ "absent": [members.members[2].person()] });
    let reply = chair.send(&chair.post(format!("{agenda}/closing"), &absent));
    assert_eq!(reply.told(), (200, ""), "{}", reply.json);
    assert_eq!(states(&cases).await, ["approved", "approved", "on_reserve"]);

    // What a committee has put on the reserve list it takes off again, and none of its members alone.
    let which = json!({ "scheme": CODE, "round": ROUND, "applications": [cases[2].id], "reason": "It is spent." });
    chair.refused(&chair.post("/api/v1/reserve-lists/close", &which), 403, "approval.by_committee").await;
    let sittings = to(&cases[2], "sittings");
    let off = members.meeting(json!({ "act": "defer", "until": "2026-03-02", "reason": "Later." }));
    officer.refused(&officer.post(sittings.as_str(), &off), 409, "application.wrong_state").await;
    let off = members.meeting(json!({ "act": "reject", "reason": "The money is spent." }));
    assert_eq!(officer.send(&officer.post(sittings.as_str(), &off)).told(), (201, ""));
    assert_eq!(work(&callers[1], "sitting.vote"), 1);
    for caller in &callers {
        assert_eq!(caller.send(&caller.post(format!("{sittings}/3/votes"), &vote("for"))).told(), (201, ""));
    }
    let reply = chair.send(&chair.post(format!("{sittings}/3/closing"), &json!({})));
    assert_eq!((reply.told(), reply.text("/state")), ((200, ""), "carried"), "{}", reply.json);
    assert_eq!(states(&cases).await, ["approved", "approved", "rejected"]);
    desk.told_exactly(OF_MONEY);
    world.prove().await;
}

#[tokio::test]
async fn what_has_changed_since_it_was_convened_does_not_hold_up_the_other_lines() {
    let (world, staff) = world("100000000.00").await;
    let cases = ranked(&world, &staff, &[TEN; 4]).await;
    let desk = Desk::open(&world, at(DAY, 2).now);
    let members = Board::of(&world, 2).await;
    let callers = members.sign_in(&desk).await;
    let (chair, officer) = (&callers[0], desk.sign_in(&staff.officer).await);
    let items = cases.iter().map(|case| put("approve", case)).collect::<Vec<_>>();
    let mut paper = calling(&officer, &members, &items);
    (paper["way"], paper["held_on"]) = (json!("circulation"), json!("2026-02-20"));
    let agenda = convened(&officer, &paper);
    for caller in &callers {
        cast(caller, &agenda, &[(1, "for"), (3, "for"), (4, "for")]);
    }
    // One is withdrawn, and one somebody has passed who may alone.
    cases[0].withdraw(at(DAY, 2), "other plans").await.unwrap();
    cases[1].approve(at(DAY, 2), &staff.assistant).await.unwrap();
    let closing = format!("{agenda}/closing");
    let told = chair.refused(&chair.post(closing.as_str(), &json!({})), 422, "round_decision.items_refused").await;
    let [first, second] = [cases[0].read().await.reference, cases[1].read().await.reference];
    assert_eq!(refused_lines(&told), of(&[(&first, "sitting.over"), (&second, "sitting.over")]));
    let left = [1, 2].map(|line| json!({ "line": line, "leave": "It is decided otherwise." }));
    let reply = chair.send(&chair.post(closing.as_str(), &json!({ "lines": left })));
    assert_eq!(reply.told(), (200, ""), "{}", reply.json);
    assert_eq!(line_states(&reply), ["1 given_up", "2 given_up", "3 carried", "4 carried"]);
    assert_eq!(states(&cases).await, ["withdrawn", "approved", "approved", "approved"]);
    desk.told_exactly(OF_LINES);
    world.prove().await;
}
