//! What the database refuses by itself of sittings: miscounted votes, and approvals that no motion carries.

use crate::board::{Board, to, vote};
use crate::desk::Desk;
use crate::sittings::{AMOUNT, approve, recommended, world};
use crate::world::at;

const DAY: &str = "2026-02-02";

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "a table of tries on one sitting")]
async fn the_database_by_itself_counts_the_votes_and_takes_no_approval_that_no_motion_carries() {
    let (world, staff) = world(false).await;
    let desk = Desk::open(&world, at(DAY, 2).now);
    let case = recommended(&world, &staff).await;
    let board = Board::of(&world, 3).await;
    let callers = board.sign_in(&desk).await;
    let officer = desk.sign_in(&staff.officer).await;
    let sittings = to(&case, "sittings");
    assert_eq!(officer.send(&officer.post(&*sittings, &board.meeting(approve(AMOUNT)))).told(), (201, ""));
    for (caller, how) in callers.iter().zip(["for", "against"]) {
        assert_eq!(caller.send(&caller.post(format!("{sittings}/1/votes"), &vote(how))).told(), (201, ""));
    }
    let [chair, second, third] = [0, 1, 2].map(|index: usize| board.members[index].person().unwrap());
    let id = case.id;
    let end = |set: &str| format!("UPDATE sittings SET ended_at = now(), {set} WHERE application_id = '{id}'");
    let counted = |votes: [u32; 4], outcome: &str, casting: &str| {
        let [votes_for, against, abstained, conflicted] = votes;
        end(&format!(
            "outcome = '{outcome}', votes_for = {votes_for}, votes_against = {against}, abstained = {abstained},
             conflicted = {conflicted}, casting_vote = {casting}"
        ))
    };
    let cast = |who: &str, how: &str, part: &str| {
        format!(
            "INSERT INTO case_duties SELECT '{id}', '{who}', 'approver', 'approval' WHERE {part} IS NOT NULL ON CONFLICT DO NOTHING;
             INSERT INTO sitting_votes VALUES ('{id}', 1, '{who}', '{how}', 'why', {part}, now())"
        )
    };
    let approval = |who: &str, amount: &str| {
        format!(
            "INSERT INTO case_duties VALUES ('{id}', '{who}', 'approver', 'approval') ON CONFLICT DO NOTHING;
             INSERT INTO approvals (application_id, route, number, part, person_id, authority, amount_cents, conditions, approved_at)
               VALUES ('{id}', 1, 1, 'approval', '{who}', 'commissioner', {amount}, '{{}}', now())"
        )
    };
    let (chair, second, third) = (chair.to_string(), second.to_string(), third.to_string());
    // Of another sitting, which is open and has no votes.
    let seat_of_convener = format!(
        "{};
         INSERT INTO sittings (application_id, number, route, part, committee, quorum, majority_of, majority_whole, has_casting_vote,
                               may_circulate, way, held_on, chair_id, motion, amount_cents, convened_by, convened_at)
           SELECT application_id, 2, route, part, committee, quorum, majority_of, majority_whole, has_casting_vote, may_circulate, way,
                  held_on, chair_id, motion, amount_cents, convened_by, convened_at FROM sittings WHERE application_id = '{id}';
         INSERT INTO sitting_members SELECT application_id, 2, convened_by FROM sittings WHERE application_id = '{id}' AND number = 2",
        end("outcome = 'given_up', reason = 'x'")
    );
    for (what, sql, told) in [
        ("a vote more than was cast", counted([2, 1, 0, 0], "carried", "NULL"), "come to something else"),
        ("carried by half", counted([1, 1, 0, 0], "carried", "NULL"), "sittings_check"),
        ("lost though the chair is for it", counted([1, 1, 0, 0], "lost", "true"), "sittings_check"),
        ("given up without a reason", end("outcome = 'given_up'"), "sittings_check"),
        ("a seat of whoever convenes it", seat_of_convener, "or they convene it"),
        (
            "an authority that does not pass it",
            approval(&chair, "2000000000").replace("'commissioner'", "'board'"),
            "is not passed by board",
        ),
        ("a vote for nothing", cast(&third, "for", "NULL"), "takes no such vote"),
        ("a conflict for a part", cast(&third, "conflict", "'approval'"), "sitting_votes_conflicted"),
        ("a vote for another part", cast(&third, "for", "'first'"), "takes no such vote"),
        ("a second vote", cast(&second, "for", "'approval'"), "sitting_votes_pkey"),
        (
            "a vote of nobody who is asked",
            cast(&staff.commissioner.person().unwrap().to_string(), "for", "'approval'"),
            "sitting_votes_application_id_number_person_id_fkey",
        ),
        (
            "a late seat",
            format!("INSERT INTO sitting_members VALUES ('{id}', 1, '{}')", staff.assistant.person().unwrap()),
            "has begun",
        ),
        ("an approval that nothing carries", approval(&chair, "2000000000"), "no motion of commissioner carries"),
        ("another motion", "UPDATE sittings SET motion = '{}'".to_owned(), "permission denied"),
        ("another vote", "UPDATE sitting_votes SET vote = 'for'".to_owned(), "permission denied"),
    ] {
        let refusal = world.database.as_server(&format!("BEGIN; {sql}; SET CONSTRAINTS ALL IMMEDIATE; ROLLBACK")).await;
        assert!(refusal.as_ref().is_err_and(|refusal| refusal.contains(told)), "{what}: {refusal:?}");
    }
    // It lets through what is right, of the chair and of this amount alone.
    let carried = counted([1, 1, 0, 0], "carried", "true");
    for (who, amount, told) in [
        (&chair, "2000000000", None),
        (&chair, "100", Some("no motion of commissioner carries")),
        (&second, "2000000000", Some("no motion of commissioner carries")),
    ] {
        let sql = format!("BEGIN; {carried}; {}; ROLLBACK", approval(who, amount));
        let refusal = world.database.as_server(&sql).await.err();
        assert_eq!(
            refusal.as_deref().map(|refusal| told.is_some_and(|told| refusal.contains(told))),
            told.map(|_| true)
        );
    }
    // Whoever has declared a conflict has no duty on the case.
    let conflict = cast(&third, "conflict", "NULL");
    let sql =
        format!("BEGIN; {conflict}; INSERT INTO case_duties VALUES ('{id}', '{third}', 'payment_preparer'); ROLLBACK");
    assert!(world.database.as_server(&sql).await.unwrap_err().contains("has declared a conflict"));
    world.prove().await;
}
