//! Change requests that a committee decides: who sits, what nobody does alone, what is carried, and what the database takes.

use crate::board::{Board, to, vote, work};
use crate::case::Case;
use crate::desk::{Caller, Desk};
use crate::site::morning;
use crate::sittings::{AMOUNT, world};
use crate::world::{Staff, World, at, cents};
use rules::actor::Role;
use rules::change_request::{ChangeKind, Verdict};
use serde_json::{Value, json};

pub const OF_SEATS: &[&str] = &[
    "approval.by_committee",
    "approval.part_unknown",
    "change.not_found",
    "change.not_forwarded",
    "change.officer_decides",
    "sitting.no_committee",
    "sitting.open",
    "sitting.unfit",
    "text.length",
];
pub const OF_ENDS: &[&str] =
    &["approval.by_committee", "change.claim_waits", "sitting.lost_before", "sitting.overtaken"];

const CODE: &str = "ACCELERATOR-PILOT";
const DAY: &str = "2026-02-02";
const NONE: &str = "no motion of commissioner carries";

/// A case of 10 million, which the assistant commissioner has approved alone; its plan has room for more.
async fn awarded<'w>(world: &'w World, staff: &'w Staff) -> Case<'w> {
    let case =
        world.draft(staff, &world.applicant().await, (CODE, crate::change_requests::planned()), at(DAY, 0)).await;
    case.to_recommended(at(DAY, 1), "10000000.00").await;
    case.approve(at(DAY, 1), &staff.assistant).await.unwrap();
    case.offer(at(DAY, 1)).await.unwrap();
    case.accept(at(DAY, 1)).await.unwrap();
    case
}

/// The first request of a case: for 20 million, which is put forward.
async fn more(case: &Case<'_>) {
    case.ask_for_change(at(DAY, 1), (ChangeKind::Amount, json!({ "amount": AMOUNT }))).await.unwrap();
    case.forward_change(at(DAY, 1), 1).await.unwrap();
}

fn motion(request: i32, verdict: &str) -> Value {
    json!({ "act": "decide_change", "request": request, "verdict": verdict, "reason": " as agreed " })
}

/// What convenes a meeting on a change of a kind.
fn meeting(board: &Board, kind: &str, motion: Value) -> Value {
    let mut meeting = board.meeting(motion);
    meeting["part"] = json!(kind);
    meeting
}

fn decides(caller: &Caller<'_>, case: &Case<'_>, number: i32) -> crate::site::Call {
    let decision = json!({ "verdict": "granted", "reason": "as agreed" });
    caller.post(to(case, &format!("change-requests/{number}/decision")), &decision)
}

#[tokio::test]
async fn a_committee_grants_a_change_by_votes_of_people_who_had_no_other_part_in_it() {
    let (world, staff) = world(false).await;
    let desk = Desk::open(&world, morning("2026-02-04"));
    let case = awarded(&world, &staff).await;
    let mut board = Board::of(&world, 3).await;
    let callers = board.sign_in(&desk).await;
    let officer = desk.sign_in(&staff.officer).await;
    let sittings = to(&case, "sittings");
    let convenes = |board: &Board, motion| officer.post(&*sittings, &meeting(board, "amount", motion));
    case.ask_for_change(at(DAY, 1), (ChangeKind::Amount, json!({ "amount": AMOUNT }))).await.unwrap();
    case.ask_for_change(at(DAY, 1), (ChangeKind::Dates, json!({ "ends_on": "2029-03-05" }))).await.unwrap();
    officer.refused(&convenes(&board, motion(1, "granted")), 409, "change.not_forwarded").await;
    // An officer who holds the authority as well puts it forward, and does not sit.
    let second = world.person(&[Role::Officer, Role::Approver], &["commissioner"]).await;
    let forwards = desk.sign_in(&second).await;
    assert_eq!(work(&officer, "sitting.convene"), 0);
    let forwarded = forwards.send(&forwards.post(to(&case, "change-requests/1/forwarding"), &json!({})));
    assert_eq!(forwarded.told(), (200, ""), "{}", forwarded.json);
    assert_eq!([work(&officer, "sitting.convene"), work(&callers[0], "change.decide")], [1, 0]);
    callers[0].refused(&decides(&callers[0], &case, 1), 403, "approval.by_committee").await;
    board.members.push(second);
    let told = officer.refused(&convenes(&board, motion(1, "granted")), 422, "sitting.unfit").await;
    assert!(told.text("/detail").contains("put it forward"), "{}", told.json);
    board.members.pop();
    // Whoever has had another duty on the case does not sit either.
    let assessor = staff.assessors[0].person().unwrap();
    board.members.push(world.change(assessor, &[Role::Assessor, Role::Approver], &["commissioner"]).await);
    officer.refused(&convenes(&board, motion(1, "granted")), 422, "sitting.unfit").await;
    board.members.pop();
    let mut other = meeting(&board, "scope", motion(1, "granted"));
    officer.refused(&officer.post(&*sittings, &other), 422, "approval.part_unknown").await;
    other["part"] = json!("amount");
    other["committee"] = json!("assistant_commissioner");
    officer.refused(&officer.post(&*sittings, &other), 422, "sitting.no_committee").await;
    let dates = meeting(&board, "dates", motion(2, "granted"));
    officer.refused(&officer.post(&*sittings, &dates), 409, "change.officer_decides").await;
    officer.refused(&convenes(&board, motion(9, "granted")), 404, "change.not_found").await;
    let mut silent = motion(1, "granted");
    silent["reason"] = json!(" ");
    officer.refused(&convenes(&board, silent), 422, "text.length").await;
    let convened = officer.send(&convenes(&board, motion(1, "granted")));
    assert_eq!((convened.told(), &convened.json["route"]), ((201, ""), &Value::Null), "{}", convened.json);
    officer.refused(&convenes(&board, motion(1, "refused")), 409, "sitting.open").await;
    assert_eq!([work(&officer, "sitting.convene"), work(&callers[0], "sitting.vote")], [0, 1]);

    for (caller, how) in callers.iter().zip(["for", "for", "against"]) {
        assert_eq!(caller.send(&caller.post(format!("{sittings}/1/votes"), &vote(how))).told(), (201, ""));
    }
    assert_eq!([work(&callers[0], "sitting.vote"), work(&callers[0], "sitting.close")], [0, 1]);
    let closed = callers[0].send(&callers[0].post(format!("{sittings}/1/closing"), &json!({})));
    assert_eq!((closed.told(), closed.text("/state")), ((200, ""), "carried"), "{}", closed.json);
    let request = officer.send(&officer.get(to(&case, "change-requests/1"))).json;
    assert_eq!((&request["state"], &request["authority"]), (&json!("granted"), &json!("commissioner")), "{request}");
    assert_eq!(world.committed(CODE).await, cents(AMOUNT).get());
    let duties = "SELECT count(*)::text AS line FROM case_duties WHERE duty = 'approver' AND part IS NULL";
    assert_eq!(world.database.lines(duties).await, ["3"]);
    // The applicant is told what was decided, and of no sitting.
    let author = desk.sign_in(&case.applicant).await;
    // Under which authority is the agency's business.
    let read = author.send(&author.get(to(&case, "change-requests/1"))).json;
    assert_eq!((&read["state"], &read["authority"]), (&json!("granted"), &json!(null)), "{read}");
    let history = author.send(&author.get(to(&case, "history"))).json.to_string();
    assert!(history.contains("change.granted") && !history.contains("sitting"), "{history}");
    desk.told_exactly(OF_SEATS);
    world.prove().await;
}

#[tokio::test]
async fn what_a_committee_carries_is_checked_again_and_what_is_decided_elsewhere_overtakes_it() {
    let (world, staff) = world(false).await;
    let desk = Desk::open(&world, morning("2026-02-04"));
    let board = Board::of(&world, 2).await;
    let callers = board.sign_in(&desk).await;
    let officer = desk.sign_in(&staff.officer).await;
    let convene = |case: &Case<'_>, kind: &str, motion: Value| {
        let convened = officer.send(&officer.post(to(case, "sittings"), &meeting(&board, kind, motion)));
        assert_eq!(convened.told(), (201, ""), "{}", convened.json);
    };
    let votes = |case: &Case<'_>, sitting: u32, how: [&str; 2]| {
        for (caller, how) in callers.iter().zip(how) {
            let cast = caller.send(&caller.post(to(case, &format!("sittings/{sitting}/votes")), &vote(how)));
            assert_eq!(cast.told(), (201, ""), "{}", cast.json);
        }
    };
    let closes = |case: &Case<'_>, sitting: u32, body: Value| {
        callers[0].post(to(case, &format!("sittings/{sitting}/closing")), &body)
    };
    // All of them before the first is decided: the limits of a later day are not set by an earlier one.
    let [case, lost, decided] =
        [awarded(&world, &staff).await, awarded(&world, &staff).await, awarded(&world, &staff).await];
    more(&case).await;
    more(&lost).await;
    decided.ask_for_change(at(DAY, 1), (ChangeKind::Scope, json!({ "text": "another floor" }))).await.unwrap();
    decided.forward_change(at(DAY, 1), 1).await.unwrap();
    // A claim waits when it is closed: nothing is closed until it does not.
    convene(&case, "amount", motion(1, "granted"));
    votes(&case, 1, ["for", "for"]);
    let claim = case.claim(at(DAY, 2), "initial", "1000000.00", None).await.unwrap().id;
    callers[0].refused(&closes(&case, 1, json!({})), 409, "change.claim_waits").await;
    case.give_back(at(DAY, 2), claim, "no invoices").await.unwrap();
    assert_eq!(callers[0].send(&closes(&case, 1, json!({}))).text("/state"), "carried");
    // What is lost is not put again; the other word is, and refuses.
    let case = lost;
    convene(&case, "amount", motion(1, "granted"));
    votes(&case, 1, ["for", "against"]);
    assert_eq!(callers[0].send(&closes(&case, 1, json!({ "casting_vote": "against" }))).text("/state"), "lost");
    let again = officer.post(to(&case, "sittings"), &meeting(&board, "amount", motion(1, "granted")));
    officer.refused(&again, 409, "sitting.lost_before").await;
    convene(&case, "amount", motion(1, "refused"));
    votes(&case, 2, ["for", "for"]);
    assert_eq!(callers[0].send(&closes(&case, 2, json!({}))).text("/state"), "carried");
    let request = officer.send(&officer.get(to(&case, "change-requests/1"))).json;
    assert_eq!(request["state"], "refused");
    // Of what one person may decide as well, the committee is overtaken by that one; so it is by the applicant who withdraws.
    let case = decided;
    convene(&case, "scope", motion(1, "granted"));
    callers[0].refused(&decides(&callers[0], &case, 1), 403, "approval.by_committee").await;
    case.decide_change(at(DAY, 2), &staff.assistant, (1, Verdict::Granted)).await.unwrap();
    let late = callers[1].post(to(&case, "sittings/1/votes"), &vote("for"));
    callers[1].refused(&late, 409, "sitting.overtaken").await;
    assert_eq!(work(&callers[1], "sitting.vote"), 0);
    let given_up = officer.post(to(&case, "sittings/1/giving-up"), &json!({ "reason": "decided" }));
    assert_eq!(officer.send(&given_up).told(), (200, ""));
    desk.told_exactly(OF_ENDS);
    world.prove().await;
}

#[tokio::test]
async fn the_database_takes_no_decision_under_a_committee_without_its_motion() {
    let (world, staff) = world(false).await;
    let desk = Desk::open(&world, morning("2026-02-04"));
    let (case, board) = (awarded(&world, &staff).await, Board::of(&world, 3).await);
    more(&case).await;
    let callers = board.sign_in(&desk).await;
    let officer = desk.sign_in(&staff.officer).await;
    let convened = officer.post(to(&case, "sittings"), &meeting(&board, "amount", motion(1, "refused")));
    assert_eq!(officer.send(&convened).told(), (201, ""));
    for caller in callers.iter().take(2) {
        let cast = caller.post(to(&case, "sittings/1/votes"), &vote("for"));
        assert_eq!(caller.send(&cast).told(), (201, ""));
    }
    let id = case.id;
    let [chair, second, third] = [0, 1, 2].map(|index: usize| board.members[index].person().unwrap());
    let ends = "UPDATE sittings SET ended_at = now(), outcome = 'carried', votes_for = 2, votes_against = 0, abstained = 0, conflicted = 0;";
    let decides = |who: &dyn std::fmt::Display, state: &str, why: &str| {
        format!(
            "UPDATE change_requests SET state = '{state}', ended_by = '{who}', ended_at = now(), ended_because = '{why}',
               authority = 'commissioner' WHERE application_id = '{id}'"
        )
    };
    let votes = format!("INSERT INTO sitting_votes VALUES ('{id}', 1, '{third}', 'for', NULL, NULL, now())");
    let duty = format!("INSERT INTO case_duties VALUES ('{id}', '{third}', 'approver');");
    let columns = "route, part, committee, quorum, majority_of, majority_whole, has_casting_vote, may_circulate, way, held_on, chair_id,
                   motion, convened_by, convened_at";
    let another = |changed: &[(&str, &str)], members: &str| {
        let mut values = columns.replace(", ", ",").replace(char::is_whitespace, "");
        for (column, value) in changed {
            values = format!(",{values},").replacen(&format!(",{column},"), &format!(",{value},"), 1);
            values = values.trim_matches(',').to_owned();
        }
        let request = changed.iter().find(|(column, _)| *column == "request").map_or("1", |(_, request)| request);
        format!(
            "UPDATE sittings SET ended_at = now(), outcome = 'given_up', reason = 'x';
             INSERT INTO sittings (application_id, number, change_request, {columns})
               SELECT application_id, 2, {request}, {values} FROM sittings WHERE application_id = '{id}';
             INSERT INTO sitting_members VALUES ('{id}', 2, {members})"
        )
    };
    let forwarder = format!("'{}'", staff.officer.person().unwrap());
    let asker = format!("'{}'", case.applicant.person().unwrap());
    let free = format!("'{chair}'");
    for (what, sql, told) in [
        ("a decision before the end", decides(&chair, "refused", "as agreed"), Some(NONE)),
        ("another verdict", ends.to_owned() + &decides(&chair, "granted", "as agreed"), Some(NONE)),
        ("another reason", ends.to_owned() + &decides(&chair, "refused", "so"), Some(NONE)),
        ("another person", ends.to_owned() + &decides(&second, "refused", "as agreed"), Some(NONE)),
        ("what is carried", ends.to_owned() + &decides(&chair, "refused", "as agreed"), None),
        ("a vote without the duty", votes.clone(), Some("has not the duty approver")),
        (
            "a vote for a part",
            duty.clone() + &votes.replace("NULL, NULL", "NULL, 'amount'"),
            Some("takes no such vote"),
        ),
        ("a vote with the duty", duty + &votes, None),
        ("a sitting of another quorum", another(&[("quorum", "1")], &free), Some("of no request")),
        ("a sitting of others", another(&[("committee", "'assistant_commissioner'")], &free), Some("of no request")),
        ("a sitting on another part", another(&[("part", "'scope'")], &free), Some("of no request")),
        ("a sitting on no request", another(&[("request", "NULL")], &free), Some("sittings_about")),
        ("a seat of whoever forwarded it", another(&[], &forwarder), Some("has begun, or they convene it")),
        ("a seat of whoever asked", another(&[], &asker), Some("has asked for what")),
        ("a sitting that is right", another(&[], &free), None),
    ] {
        let done = world.database.as_server(&format!("BEGIN; {sql}; SET CONSTRAINTS ALL IMMEDIATE; ROLLBACK")).await;
        match told {
            Some(told) => assert!(done.as_ref().is_err_and(|refusal| refusal.contains(told)), "{what}: {done:?}"),
            None => assert_eq!(done, Ok(()), "{what}"),
        }
    }
    world.prove().await;
}
