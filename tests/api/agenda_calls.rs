//! What is refused of an agenda when it is convened.

use crate::agenda::{AGENDAS, TEN, calling, cast, convened, of, put, refused_lines, world};
use crate::board::Board;
use crate::desk::Desk;
use crate::ranking::{DAY, ranked, scored, states};
use crate::world::at;
use serde_json::{Value, json};

pub const OF_CALLS: &[&str] = &[
    "permission.denied",
    "round_decision.empty",
    "round_decision.items_refused",
    "round_decision.reserve_day",
    "round_decision.stale_list",
];

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "a table of lists that cannot be put")]
async fn an_agenda_is_convened_on_the_list_that_was_read_and_on_what_can_be_put_or_not_at_all() {
    let (world, staff) = world("100000000.00").await;
    let weak = scored(&world, &staff, "1000000.00", [2, 2]).await;
    let cases = ranked(&world, &staff, &[TEN; 3]).await;
    let unranked = scored(&world, &staff, TEN, [9, 9]).await;
    let desk = Desk::open(&world, at(DAY, 2).now);
    let members = Board::of(&world, 2).await;
    let officer = desk.sign_in(&staff.officer).await;
    let good = calling(&officer, &members, &cases.iter().map(|case| put("approve", case)).collect::<Vec<_>>());
    let with = |change: &dyn Fn(&mut Value)| {
        let mut body = good.clone();
        change(&mut body);
        body
    };
    for (status, code, body) in [
        (422, "round_decision.empty", with(&|body| body["items"] = json!([]))),
        (409, "round_decision.stale_list", with(&|body| body["list"] = json!("0"))),
        (
            422,
            "round_decision.reserve_day",
            with(&|body| (body["items"][2]["act"], body["reserve_until"]) = (json!("reserve"), json!(null))),
        ),
        (
            422,
            "round_decision.reserve_day",
            with(&|body| {
                (body["items"][2]["act"], body["reserve_until"]) = (json!("reserve"), json!("2026-03-01"));
                body["held_on"] = json!("2026-03-01");
            }),
        ),
    ] {
        officer.refused(&officer.post(AGENDAS, &body), status, code).await;
    }
    let committee = desk.sign_in(&staff.committee).await;
    committee.refused(&committee.post(AGENDAS, &good), 403, "permission.denied").await;
    for (lines, body) in [
        (
            &[("/items/1/amount", "approval.stale_figures")][..],
            with(&|body| body["items"][1]["amount"] = json!("1.00")),
        ),
        (&[("/items/0", "round_decision.not_on_list")], with(&|body| body["items"][0] = put("approve", &unranked))),
        // What does not pass is no matter of this committee.
        (&[("/items/0", "application.wrong_state")], with(&|body| body["items"][0] = put("reject", &weak))),
        (&[("/items/0/departure", "panel.against_rank")], with(&|body| body["items"][0]["act"] = json!("reserve"))),
        (
            &[("/items/0/departure", "text.length")],
            with(&|body| {
                (body["items"][0]["act"], body["items"][0]["departure"]) = (json!("reserve"), json!(" "));
            }),
        ),
        (
            &[("/items/0/embargo_until", "approval.embargo_day")],
            with(&|body| {
                body["items"][0]["embargo_until"] = json!("2026-02-04");
            }),
        ),
    ] {
        let told = officer.refused(&officer.post(AGENDAS, &body), 422, "round_decision.items_refused").await;
        assert_eq!(refused_lines(&told), of(lines), "{}", told.json);
    }
    // With its reason it is put, and the reason is kept with the place.
    let said = with(&|body| {
        (body["items"][0]["act"], body["items"][0]["departure"]) = (json!("reserve"), json!("Its site is not ready."));
    });
    let agenda = convened(&officer, &said);
    // Nothing is put twice at once.
    let told = officer.refused(&officer.post(AGENDAS, &good), 422, "round_decision.items_refused").await;
    assert_eq!(refused_lines(&told).len(), 3);
    assert!(refused_lines(&told).iter().all(|(_, code)| code == "sitting.open"));
    let callers = members.sign_in(&desk).await;
    for caller in &callers {
        cast(caller, &agenda, &[(1, "for"), (2, "for"), (3, "for")]);
    }
    let reply = callers[0].send(&callers[0].post(format!("{agenda}/closing"), &json!({})));
    assert_eq!(reply.told(), (200, ""), "{}", reply.json);
    assert_eq!(states(&cases).await, ["on_reserve", "approved", "approved"]);
    let kept = "SELECT reason AS line FROM panel_departures";
    assert_eq!(world.database.lines(kept).await, ["Its site is not ready."]);
    desk.told_exactly(OF_CALLS);
    world.prove().await;
}
