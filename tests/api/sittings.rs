//! Committees over HTTP: who sits, who votes how, what is carried, and what nobody does alone.

use crate::board::{Board, board, reviewed_alone, to, vote, work};
use crate::case::Case;
use crate::desk::Desk;
use crate::proposals::accelerator;
use crate::world::{Staff, World, at, cents, text_of};
use rules::actor::Role;
use serde_json::{Value, json};

pub const OF_VOTES: &[&str] = &[
    "approval.by_committee",
    "approval.decided",
    "approval.stale_figures",
    "not_found",
    "permission.denied",
    "sitting.chair_has_not_voted",
    "sitting.no_casting_vote",
    "sitting.not_asked",
    "sitting.not_chair",
    "sitting.not_found",
    "sitting.over",
    "sitting.tied",
    "sitting.votes_missing",
    "sitting.voted",
    "text.length",
];
pub const OF_MOTIONS: &[&str] = &[
    "sitting.held_on",
    "sitting.lost_before",
    "sitting.members",
    "sitting.no_circulation",
    "sitting.no_committee",
    "sitting.not_begun",
    "sitting.open",
    "sitting.quorum_missing",
    "sitting.too_few",
    "sitting.voter_missing",
];

pub const OF_PAPERS: &[&str] =
    &["approval.by_committee", "approval.deferred", "approval.not_deferred", "sitting.votes_missing"];
pub const OF_SEATS: &[&str] = &["sitting.unfit"];
pub const OF_CHECKS: &[&str] = &["approval.not_resettable", "approval.withdrawn", "sitting.overtaken"];

const CODE: &str = "ACCELERATOR-PILOT";
const DAY: &str = "2026-02-02";
pub const AMOUNT: &str = "20000000.00";

/// The scheme whose higher authority is a committee of at least two with a casting vote.
pub fn with_committee(circulation: bool) -> String {
    reviewed_alone(text_of(CODE)).replacen("[approval.offer_days]", &(board(circulation) + "[approval.offer_days]"), 1)
}

pub fn approve(amount: &str) -> Value {
    json!({ "act": "approve", "amount": amount })
}

pub async fn world(circulation: bool) -> (World, Staff) {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    world.publish(with_committee(circulation), at(DAY, 0)).await;
    let staff = world.staff().await;
    (world, staff)
}

pub async fn recommended<'w>(world: &'w World, staff: &'w Staff) -> Case<'w> {
    let applicant = world.applicant().await;
    let case = world.draft(staff, &applicant, (CODE, accelerator("60000000.00", AMOUNT)), at(DAY, 0)).await;
    case.to_recommended(at(DAY, 1), AMOUNT).await;
    case
}

#[tokio::test]
async fn a_committee_approves_by_votes_that_its_members_cast_and_its_chair_counts() {
    let (world, staff) = world(false).await;
    let desk = Desk::open(&world, at(DAY, 2).now);
    let case = recommended(&world, &staff).await;
    let board = Board::of(&world, 5).await;
    let callers = board.sign_in(&desk).await;
    let [chair, second, third, fourth, fifth] = callers.as_slice() else { panic!("five") };
    let officer = desk.sign_in(&staff.officer).await;
    let stranger = desk.sign_in(&staff.commissioner).await;
    let sittings = to(&case, "sittings");
    let alone = json!({ "amount": AMOUNT });
    assert_eq!([work(&officer, "sitting.convene"), work(chair, "application.approve")], [1, 0]);
    chair.refused(&chair.post(to(&case, "approval"), &alone), 403, "approval.by_committee").await;
    let reason = json!({ "reason": "too dear" });
    for act in ["rejection", "reconsideration"] {
        chair.refused(&chair.post(to(&case, act), &reason), 403, "approval.by_committee").await;
    }
    let later = json!({ "until": "2026-03-02", "reason": "the budget" });
    chair.refused(&chair.post(to(&case, "deferral"), &later), 403, "approval.by_committee").await;
    chair.refused(&chair.post(&*sittings, &board.meeting(approve(AMOUNT))), 403, "permission.denied").await;
    let stale = board.meeting(approve("1.00"));
    officer.refused(&officer.post(&*sittings, &stale), 422, "approval.stale_figures").await;
    let mut motion = approve(AMOUNT);
    motion["conditions"] = json!(["A guarantee"]);
    let reply = officer.send(&officer.post(&*sittings, &board.meeting(motion)));
    assert_eq!((reply.told(), reply.text("/state")), ((201, ""), "open"));
    let (votes, closing) = (format!("{sittings}/1/votes"), format!("{sittings}/1/closing"));
    assert_eq!(
        [work(&officer, "sitting.convene"), work(chair, "sitting.vote"), work(&stranger, "sitting.vote")],
        [0, 1, 0]
    );
    stranger.refused(&stranger.post(&*votes, &vote("for")), 403, "sitting.not_asked").await;
    officer.refused(&officer.post(&*votes, &vote("for")), 403, "permission.denied").await;
    chair.refused(&chair.post(format!("{sittings}/2/votes"), &vote("for")), 404, "sitting.not_found").await;
    let conflict = json!({ "vote": "conflict", "reason": "my brother works there" });
    let nobody_there = json!({ "absent": board.members.iter().map(|member| member.person()).collect::<Vec<_>>() });
    chair.refused(&chair.post(&*closing, &nobody_there), 409, "sitting.chair_has_not_voted").await;
    fifth.refused(&fifth.post(&*votes, &vote("conflict")), 422, "text.length").await;
    for (caller, how) in [(chair, "for"), (second, "against"), (third, "abstain")] {
        assert_eq!(caller.send(&caller.post(&*votes, &vote(how))).told(), (201, ""));
    }
    second.refused(&second.post(&*votes, &vote("for")), 409, "sitting.voted").await;
    // Whoever declares a conflict sees the case no more, and does nothing else on it.
    assert_eq!(fifth.send(&fifth.post(&*votes, &conflict)).told(), (201, ""));
    fifth.refused(&fifth.get(&*sittings), 404, "not_found").await;
    second.refused(&second.post(&*closing, &json!({})), 403, "sitting.not_chair").await;
    chair.refused(&chair.post(&*closing, &json!({})), 409, "sitting.votes_missing").await;
    let absent = json!({ "absent": [board.members[3].person()] });
    chair.refused(&chair.post(&*closing, &absent), 409, "sitting.tied").await;
    assert_eq!(fourth.send(&fourth.post(&*votes, &vote("for"))).told(), (201, ""));
    assert_eq!([work(chair, "sitting.close"), work(second, "sitting.close"), work(chair, "sitting.vote")], [1, 0, 0]);
    let casting = json!({ "casting_vote": "for" });
    chair.refused(&chair.post(&*closing, &casting), 422, "sitting.no_casting_vote").await;
    let reply = chair.send(&chair.post(&*closing, &json!({})));
    assert_eq!((reply.told(), reply.text("/state")), ((200, ""), "carried"));
    let tally = json!({ "votes_for": 2, "votes_against": 1, "abstained": 1, "conflicted": 1, "casting_vote": null });
    assert_eq!(reply.json["tally"], tally);
    chair.refused(&chair.post(&*closing, &json!({})), 409, "sitting.over").await;
    chair.refused(&chair.post(to(&case, "approval"), &alone), 409, "approval.decided").await;
    assert_eq!(world.committed(CODE).await, cents(AMOUNT).get());
    let award = officer.send(&officer.get(to(&case, "award")));
    assert_eq!(
        (award.text("/award/authority"), &award.json["award"]["conditions"]),
        ("commissioner", &json!(["A guarantee"]))
    );
    // All who voted have been approvers of the case, whichever way.
    let duties = "SELECT count(*)::text AS line FROM case_duties WHERE duty = 'approver' AND part = 'approval'";
    assert_eq!(world.database.lines(duties).await, ["4"]);
    desk.told_exactly(OF_VOTES);
    world.prove().await;
}

#[tokio::test]
async fn nobody_sits_who_had_another_duty_or_lost_the_authority_and_equal_votes_are_decided_by_the_chair() {
    let (world, staff) = world(false).await;
    let desk = Desk::open(&world, at(DAY, 2).now);
    let case = recommended(&world, &staff).await;
    let mut board = Board::of(&world, 2).await;
    let officer = desk.sign_in(&staff.officer).await;
    let sittings = to(&case, "sittings");
    // An assessor of the case who is made an approver since.
    let assessor = staff.assessors[0].person().unwrap();
    world.change(assessor, &[Role::Assessor, Role::Approver], &["commissioner"]).await;
    let mut with_assessor = board.meeting(approve(AMOUNT));
    with_assessor["members"].as_array_mut().unwrap().push(json!(assessor));
    let reply = officer.refused(&officer.post(&*sittings, &with_assessor), 422, "sitting.unfit").await;
    assert!(reply.text("/detail").contains(&assessor.to_string()), "{}", reply.json);
    let mut with_officer = board.meeting(approve(AMOUNT));
    with_officer["members"].as_array_mut().unwrap().push(json!(staff.officer.person()));
    officer.refused(&officer.post(&*sittings, &with_officer), 422, "sitting.unfit").await;
    assert_eq!(officer.send(&officer.post(&*sittings, &board.meeting(approve(AMOUNT)))).told(), (201, ""));
    let callers = board.sign_in(&desk).await;
    let votes = format!("{sittings}/1/votes");
    for (caller, how) in callers.iter().zip(["for", "against"]) {
        assert_eq!(caller.send(&caller.post(&*votes, &vote(how))).told(), (201, ""));
    }
    let lost = json!({ "casting_vote": "against" });
    let reply = callers[0].send(&callers[0].post(format!("{sittings}/1/closing"), &lost));
    assert_eq!((reply.told(), reply.text("/state")), ((200, ""), "lost"));
    assert_eq!(world.committed(CODE).await, 0);
    // Another motion, of less; one of those who sit loses the authority before they vote.
    let less = json!({ "act": "approve", "amount": "10000000.00", "reduced_from": AMOUNT });
    let newcomer = world.person(&[Role::Approver], &["commissioner"]).await;
    board.members.push(newcomer.clone());
    assert_eq!(officer.send(&officer.post(&*sittings, &board.meeting(less))).told(), (201, ""));
    world.change(newcomer.person().unwrap(), &[Role::Approver], &["assistant_commissioner"]).await;
    let newcomer = desk.sign_in(&newcomer).await;
    let votes = format!("{sittings}/2/votes");
    newcomer.refused(&newcomer.post(&*votes, &vote("for")), 422, "sitting.unfit").await;
    for (caller, how) in callers.iter().zip(["for", "against"]) {
        assert_eq!(caller.send(&caller.post(&*votes, &vote(how))).told(), (201, ""));
    }
    let won = json!({ "casting_vote": "for", "absent": [board.members[2].person()] });
    let reply = callers[0].send(&callers[0].post(format!("{sittings}/2/closing"), &won));
    assert_eq!((reply.told(), reply.text("/state")), ((200, ""), "carried"));
    assert_eq!(world.committed(CODE).await, cents("10000000.00").get());
    desk.told_exactly(OF_SEATS);
    world.prove().await;
}

#[tokio::test]
async fn a_committee_rejects_sends_back_and_puts_off_by_the_same_votes() {
    let (world, staff) = world(true).await;
    let desk = Desk::open(&world, at(DAY, 2).now);
    let board = Board::of(&world, 3).await;
    let callers = board.sign_in(&desk).await;
    let officer = desk.sign_in(&staff.officer).await;
    let why = "the market is too small";
    for (motion, state) in [
        (json!({ "act": "reject", "reason": why }), "rejected"),
        (json!({ "act": "send_back", "reason": why }), "in_assessment"),
        (json!({ "act": "defer", "until": "2026-03-02", "reason": why }), "recommended"),
    ] {
        let case = recommended(&world, &staff).await;
        let sittings = to(&case, "sittings");
        let mut paper = board.meeting(motion);
        (paper["way"], paper["held_on"]) = (json!("circulation"), json!("2026-02-20"));
        assert_eq!(officer.send(&officer.post(&*sittings, &paper)).told(), (201, ""));
        let closing = format!("{sittings}/1/closing");
        let chair = &callers[0];
        for (caller, how) in callers.iter().zip(["for", "for", "against"]) {
            assert_eq!(caller.send(&caller.post(format!("{sittings}/1/votes"), &vote(how))).told(), (201, ""));
            if how == "against" {
                continue;
            }
            chair.refused(&chair.post(&*closing, &json!({})), 409, "sitting.votes_missing").await;
        }
        let reply = chair.send(&chair.post(&*closing, &json!({})));
        assert_eq!((reply.told(), reply.text("/state")), ((200, ""), "carried"), "{state}");
        let application = officer.send(&officer.get(format!("/api/v1/applications/{}", case.id)));
        assert_eq!(application.text("/state"), state);
        if state != "recommended" {
            continue;
        }
        // What rests is taken up by the committee as well, and by nobody alone.
        let (mut up, mut on) = (paper.clone(), paper);
        up["motion"] = json!({ "act": "take_up" });
        on["motion"] = approve(AMOUNT);
        officer.refused(&officer.post(&*sittings, &on), 409, "approval.deferred").await;
        chair.refused(&chair.post(to(&case, "deferral-end"), &json!({})), 403, "approval.by_committee").await;
        assert_eq!(officer.send(&officer.post(&*sittings, &up)).told(), (201, ""));
        for caller in &callers {
            assert_eq!(caller.send(&caller.post(format!("{sittings}/2/votes"), &vote("for"))).told(), (201, ""));
        }
        let reply = chair.send(&chair.post(format!("{sittings}/2/closing"), &json!({})));
        assert_eq!((reply.told(), reply.text("/state")), ((200, ""), "carried"));
        officer.refused(&officer.post(&*sittings, &up), 409, "approval.not_deferred").await;
        assert_eq!(officer.send(&officer.post(&*sittings, &on)).told(), (201, ""));
    }
    desk.told_exactly(OF_PAPERS);
    world.prove().await;
}

#[tokio::test]
async fn what_cannot_be_put_is_not_put_and_a_sitting_waits_for_its_day_and_its_quorum() {
    let (world, staff) = world(false).await;
    let desk = Desk::open(&world, at(DAY, 2).now);
    let case = recommended(&world, &staff).await;
    let board = Board::of(&world, 3).await;
    let callers = board.sign_in(&desk).await;
    let (chair, officer) = (&callers[0], desk.sign_in(&staff.officer).await);
    let sittings = to(&case, "sittings");
    let with = |changed: Value| {
        let mut body = board.meeting(approve(AMOUNT));
        body.as_object_mut().unwrap().extend(changed.as_object().unwrap().clone());
        body
    };
    let members = &board.meeting(approve(AMOUNT))["members"];
    for (changed, code) in [
        (json!({ "committee": "assistant_commissioner" }), "sitting.no_committee"),
        (json!({ "members": [] }), "sitting.members"),
        (json!({ "members": [members[0]] }), "sitting.too_few"),
        (json!({ "held_on": "2026-02-03" }), "sitting.held_on"),
        (json!({ "way": "circulation" }), "sitting.no_circulation"),
    ] {
        officer.refused(&officer.post(&*sittings, &with(changed)), 422, code).await;
    }
    let tomorrow = with(json!({ "held_on": "2026-02-05" }));
    assert_eq!(officer.send(&officer.post(&*sittings, &tomorrow)).told(), (201, ""));
    officer.refused(&officer.post(&*sittings, &tomorrow), 409, "sitting.open").await;
    for (path, body) in [("1/votes", vote("for")), ("1/closing", json!({}))] {
        chair.refused(&chair.post(format!("{sittings}/{path}"), &body), 409, "sitting.not_begun").await;
    }
    desk.site.clock.set(at("2026-02-05", 0).now);
    let (votes, closing) = (format!("{sittings}/1/votes"), format!("{sittings}/1/closing"));
    assert_eq!(chair.send(&chair.post(&*votes, &vote("against"))).told(), (201, ""));
    let alone = json!({ "absent": [members[1], members[2]] });
    chair.refused(&chair.post(&*closing, &alone), 409, "sitting.quorum_missing").await;
    assert_eq!(callers[1].send(&callers[1].post(&*votes, &vote("against"))).told(), (201, ""));
    let reply = chair.send(&chair.post(&*closing, &json!({ "absent": [members[2]] })));
    assert_eq!((reply.told(), reply.text("/state")), ((200, ""), "lost"));
    let again = with(json!({ "held_on": "2026-02-05" }));
    officer.refused(&officer.post(&*sittings, &again), 409, "sitting.lost_before").await;
    let rest = json!({ "act": "defer", "until": "2026-03-02", "reason": "the budget" });
    let off = with(json!({ "held_on": "2026-02-05", "motion": rest }));
    assert_eq!(officer.send(&officer.post(&*sittings, &off)).told(), (201, ""));
    assert_eq!(callers[1].send(&callers[1].post(format!("{sittings}/2/votes"), &vote("against"))).told(), (201, ""));
    let up = json!({ "reason": "the chair is ill" });
    let reply = officer.send(&officer.post(format!("{sittings}/2/giving-up"), &up));
    assert_eq!(
        (reply.told(), reply.text("/state"), reply.text("/reason")),
        ((200, ""), "given_up", "the chair is ill")
    );
    // Nobody is left out for how they have voted.
    let mut others = off;
    others["members"] = json!([members[0], members[2]]);
    officer.refused(&officer.post(&*sittings, &others), 422, "sitting.voter_missing").await;
    let listed = officer.send(&officer.get(&*sittings)).json["items"].clone();
    let states = listed.as_array().unwrap().iter().map(|one| one["state"].as_str().unwrap()).collect::<Vec<_>>();
    assert_eq!(states, ["lost", "given_up"]);
    desk.told_exactly(OF_MOTIONS);
    world.prove().await;
}

#[tokio::test]
async fn a_committee_has_a_check_done_again_and_does_not_vote_on_what_is_overtaken() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let is = "is = [{ from = \"2026-01-29\", is = true, source = \"house\" }]";
    let check =
        format!("[approval.check.finance]\n{is}\nname = {{ en = \"A\", zh-Hant = \"甲\", zh-Hans = \"甲\" }}\n");
    let text = with_committee(true).replacen("[approval.offer_days]", &format!("{check}[approval.offer_days]"), 1);
    world.publish(text, at(DAY, 0)).await;
    let staff = world.staff().await;
    let desk = Desk::open(&world, at(DAY, 2).now);
    let case = recommended(&world, &staff).await;
    let board = Board::of(&world, 3).await;
    let callers = board.sign_in(&desk).await;
    let finance = desk.sign_in(&world.person(&[Role::Approver], &["finance"]).await).await;
    let officer = desk.sign_in(&staff.officer).await;
    let (sittings, approval) = (to(&case, "sittings"), to(&case, "approval"));
    let checked =
        || assert_eq!(finance.send(&finance.post(&*approval, &json!({ "amount": AMOUNT }))).told(), (200, ""));
    checked();
    let reset = |check: &str| board.meeting(json!({ "act": "reset_check", "check": check, "reason": "last year's" }));
    officer.refused(&officer.post(&*sittings, &reset("legal")), 422, "approval.not_resettable").await;
    assert_eq!(officer.send(&officer.post(&*sittings, &reset("finance"))).told(), (201, ""));
    for caller in &callers {
        assert_eq!(caller.send(&caller.post(format!("{sittings}/1/votes"), &vote("for"))).told(), (201, ""));
    }
    let closing = callers[0].post(format!("{sittings}/1/closing"), &json!({}));
    assert_eq!(callers[0].send(&closing).text("/state"), "carried");
    checked();
    assert_eq!(officer.send(&officer.post(&*sittings, &board.meeting(approve(AMOUNT)))).told(), (201, ""));
    // Whoever has checked it takes that back, and the committee's turn with it.
    let again = json!({ "check": "finance", "reason": "a wrong sum" });
    assert_eq!(finance.send(&finance.post(to(&case, "check-resets"), &again)).told(), (200, ""));
    assert_eq!(work(&callers[1], "sitting.vote"), 0);
    let votes = format!("{sittings}/2/votes");
    callers[1].refused(&callers[1].post(&*votes, &vote("for")), 409, "sitting.overtaken").await;
    case.withdraw(at(DAY, 2), "other plans").await.unwrap();
    finance.refused(&finance.post(&*approval, &json!({ "amount": AMOUNT })), 409, "approval.withdrawn").await;
    desk.told_exactly(OF_CHECKS);
    world.prove().await;
}
