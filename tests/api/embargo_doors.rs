//! Every door that refuses takes an embargo: a committee's motion, an agenda, a decision on a round, and a reserve list that is closed. What a
//! refusal does beside being told, it does when it is decided.

use crate::agenda::{calling, cast, convened, put, refused_lines};
use crate::board::{Board, to, vote};
use crate::desk::{Caller, Desk};
use crate::ranking::{CODE, DAY, ROUND, rank, ranked, scored, states, with_budget};
use crate::world::{World, at, refused};
use crate::{agenda, ranking, sittings};
use almoner::store::letters;
use almoner::worker::clocks;
use serde_json::{Value, json};

const TEN: &str = "10000000.00";
/// The decisions are of the fourth.
const UNTIL: &str = "2026-02-20";

/// How many refusals the worker tells on a day, and how many it has told by mail and by letter.
async fn told(world: &World, days: u64) -> [usize; 3] {
    let now = clocks::tell(&world.db, &world.schemes, at(DAY, days)).await.unwrap();
    let mails = "SELECT notice AS line FROM outbox WHERE notice LIKE '%application_rejected%'";
    let letters = "SELECT sha256 AS line FROM letters WHERE kind = 'refusal'";
    [now, world.database.lines(mails).await.len(), world.database.lines(letters).await.len()]
}

fn refuse(case: &crate::case::Case<'_>, until: &str, departure: Option<&str>) -> Value {
    let mut line = put("reject", case);
    line["embargo_until"] = json!(until);
    if let Some(departure) = departure {
        line["departure"] = json!(departure);
    }
    line
}

/// A decision on the round as somebody reads it now.
fn decision(caller: &Caller<'_>, items: &[Value]) -> crate::site::Call {
    let list = &agenda::list_of(caller)["list"];
    let body = json!({ "scheme": CODE, "round": ROUND, "list": list, "items": items, "reserve_until": ranking::UNTIL });
    caller.post("/api/v1/round-decisions", &body)
}

#[tokio::test]
async fn a_committee_carries_a_refusal_that_is_not_told_before_a_day() {
    let (world, staff) = sittings::world(false).await;
    let desk = Desk::open(&world, at(DAY, 2).now);
    let board = Board::of(&world, 3).await;
    let (callers, officer) = (board.sign_in(&desk).await, desk.sign_in(&staff.officer).await);
    let case = sittings::recommended(&world, &staff).await;
    let motion = |until: &str| json!({ "act": "reject", "reason": "too small a market", "embargo_until": until });
    for bad in ["2026-02-04", "2027-03-01"] {
        let call = officer.post(to(&case, "sittings"), &board.meeting(motion(bad)));
        officer.refused(&call, 422, "approval.embargo_day").await;
    }
    // What is carried on that day can be done then.
    let mut later = board.meeting(motion(UNTIL));
    later["held_on"] = json!(UNTIL);
    officer.refused(&officer.post(to(&case, "sittings"), &later), 422, "approval.embargo_day").await;
    let back = json!({ "act": "send_back", "reason": "which year?", "embargo_until": UNTIL });
    let call = officer.post(to(&case, "sittings"), &board.meeting(back));
    officer.refused(&call, 400, "request.malformed").await;
    let convened = officer.send(&officer.post(to(&case, "sittings"), &board.meeting(motion(UNTIL))));
    assert_eq!((convened.told(), convened.text("/motion/embargo_until")), ((201, ""), UNTIL));
    for caller in &callers {
        assert_eq!(caller.send(&caller.post(to(&case, "sittings/1/votes"), &vote("for"))).told(), (201, ""));
    }
    let closed = callers[0].send(&callers[0].post(to(&case, "sittings/1/closing"), &json!({})));
    assert_eq!((closed.told(), closed.text("/state")), ((200, ""), "carried"));
    let read = officer.send(&officer.get(format!("/api/v1/applications/{}", case.id)));
    assert_eq!((read.text("/state"), read.text("/embargo_until")), ("refused", UNTIL));
    assert_eq!([told(&world, 17).await, told(&world, 18).await], [[0, 0, 0], [1, 1, 1]]);
    let sent = letters::of_application(&mut world.db.reader().await.unwrap(), case.id).await.unwrap();
    assert!(sent[0].text.contains("too small a market") && sent[0].text.contains("It was decided on 4 February 2026."));
    world.prove().await;
}

#[tokio::test]
async fn an_agenda_carries_it_line_by_line() {
    let (world, staff) = agenda::world("25000000.00").await;
    let cases = ranked(&world, &staff, &[TEN; 3]).await;
    let desk = Desk::open(&world, at(DAY, 2).now);
    let members = Board::of(&world, 3).await;
    let (callers, officer) = (members.sign_in(&desk).await, desk.sign_in(&staff.officer).await);
    let late = [put("approve", &cases[0]), refuse(&cases[2], "2026-02-04", None)];
    let body = calling(&officer, &members, &late);
    let reply = officer.refused(&officer.post(agenda::AGENDAS, &body), 422, "round_decision.items_refused").await;
    let line = agenda::of(&[("/items/1/embargo_until", "approval.embargo_day")]);
    assert_eq!(refused_lines(&reply), line, "{}", reply.json);
    let items = [put("approve", &cases[0]), put("reject", &cases[1]), refuse(&cases[2], UNTIL, None)];
    let agenda = convened(&officer, &calling(&officer, &members, &items));
    for caller in &callers {
        cast(caller, &agenda, &[(1, "for"), (2, "for"), (3, "for")]);
    }
    let closed = callers[0].send(&callers[0].post(format!("{agenda}/closing"), &json!({})));
    let decided = &closed.json["decided"];
    assert_eq!([&decided["approved"], &decided["refused"], &decided["rejected"]], [1, 1, 1], "{}", closed.json);
    assert_eq!(states(&cases).await, ["approved", "rejected", "refused"]);
    assert_eq!([told(&world, 17).await, told(&world, 18).await], [[0, 1, 1], [1, 2, 2]]);
    assert_eq!(states(&cases).await, ["approved", "rejected", "rejected"]);
    world.prove().await;
}

#[tokio::test]
async fn a_round_is_decided_and_its_reserve_list_closed_before_anybody_is_told() {
    let (world, staff) = ranking::world(with_budget(TEN, "")).await;
    let cases = ranked(&world, &staff, &[TEN; 4]).await;
    let desk = Desk::open(&world, at(DAY, 2).now);
    let commissioner = desk.sign_in(&staff.commissioner).await;
    let bad = [refuse(&cases[3], "2026-02-04", None)];
    let reply = commissioner.refused(&decision(&commissioner, &bad), 422, "round_decision.items_refused").await;
    let line = agenda::of(&[("/items/0/embargo_until", "approval.embargo_day")]);
    assert_eq!(refused_lines(&reply), line, "{}", reply.json);
    // The best of them is refused beside one below that is awarded: that departs from the rank, when it is decided.
    let crossed = [refuse(&cases[0], UNTIL, None), put("approve", &cases[1])];
    let reply = commissioner.send(&decision(&commissioner, &crossed));
    assert_eq!(refused_lines(&reply)[0].1, "panel.against_rank", "{}", reply.json);
    let why = Some("Its site is not ready.");
    let items = [refuse(&cases[0], UNTIL, why), put("approve", &cases[1]), put("reserve", &cases[2])];
    let items = items.into_iter().chain([put("reserve", &cases[3])]).collect::<Vec<_>>();
    let decided = commissioner.send(&decision(&commissioner, &items)).json;
    let counts = [&decided["approved"], &decided["on_reserve"], &decided["refused"], &decided["rejected"]];
    assert_eq!(counts, [1, 2, 1, 0], "{decided}");
    assert_eq!(states(&cases).await, ["refused", "approved", "on_reserve", "on_reserve"]);
    let departures = "SELECT reason AS line FROM panel_departures";
    assert_eq!(world.database.lines(departures).await, ["Its site is not ready."]);

    let close = |until: &str, of: &[usize]| {
        let of = of.iter().map(|case| cases[*case].id).collect::<Vec<_>>();
        let body = json!({ "scheme": CODE, "round": ROUND, "reason": "The money is spent.", "embargo_until": until,
            "applications": of });
        commissioner.post("/api/v1/reserve-lists/close", &body)
    };
    commissioner.refused(&close("2026-02-04", &[3]), 422, "approval.embargo_day").await;
    let closed = commissioner.send(&close(UNTIL, &[3])).json;
    assert_eq!((&closed["items"][0]["outcome"], &closed["left"]), (&json!("refused"), &json!(1)));
    // It has left the list by that, and nobody is told of it yet.
    let left = "SELECT concat_ws(' ', position, outcome) AS line FROM reserve_entries ORDER BY position";
    assert_eq!(world.database.lines(left).await, ["1", "2 closed"]);
    assert_eq!(states(&cases).await, ["refused", "approved", "on_reserve", "refused"]);
    assert_eq!([told(&world, 17).await, told(&world, 18).await], [[0, 0, 0], [2, 2, 2]]);
    assert_eq!(states(&cases).await, ["rejected", "approved", "on_reserve", "rejected"]);
    assert_eq!(world.database.lines(departures).await.len(), 1, "to tell it departs from nothing");
    world.prove().await;
}

#[tokio::test]
async fn what_is_refused_and_not_told_is_passed_over_like_any_other() {
    let (world, staff) = ranking::world(with_budget("50000000.00", "")).await;
    let best = scored(&world, &staff, TEN, [9, 9]).await;
    let next = scored(&world, &staff, TEN, [8, 8]).await;
    rank(&world, &staff).await;
    best.refuse(at(DAY, 2), &staff.committee, ("Too dear.", Some(UNTIL))).await.unwrap();
    assert_eq!(refused(next.recommend(at(DAY, 2), &staff.committee, TEN).await), "panel.against_rank");
    let by_hand =
        format!("UPDATE applications SET state = 'recommended', recommended_cents = 1 WHERE id = '{}'", next.id);
    assert!(world.database.as_server(&by_hand).await.unwrap_err().contains("departs from the rank"));
    world.prove().await;
}
