//! What the database refuses by itself of agendas: lines that go their own way, and what no motion of its kind carries.

use crate::agenda::{TEN, calling, convened, put, votes, world_of};
use crate::board::{Board, board, reviewed_alone};
use crate::desk::Desk;
use crate::ranking::{CODE, DAY, ROUND, ranked, with_budget};
use crate::world::at;

/// Nobody has a step of its route alone.
fn of_a_board_alone() -> String {
    let step = "[approval.step.approval]\nby = [\"commissioner\"]\nis = [{ from = \"2026-01-29\", is = true, source = \"house\" }]
[approval.step.approval.name]\nen = \"A\"\nzh-Hant = \"甲\"\nzh-Hans = \"甲\"\n";
    reviewed_alone(&with_budget("100000000.00", &(board(true) + step)))
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "a table of tries on one agenda")]
async fn the_database_by_itself_keeps_an_agenda_together_and_takes_nothing_that_another_motion_carries() {
    let (world, staff) = world_of(of_a_board_alone()).await;
    let cases = ranked(&world, &staff, &[TEN; 3]).await;
    let desk = Desk::open(&world, at(DAY, 2).now);
    let members = Board::of(&world, 2).await;
    let callers = members.sign_in(&desk).await;
    let officer = desk.sign_in(&staff.officer).await;
    let items = [put("approve", &cases[0]), put("reserve", &cases[1])];
    let agenda = convened(&officer, &calling(&officer, &members, &items));
    for caller in &callers {
        let reply = caller.send(&caller.post(format!("{agenda}/votes"), &votes(&[(1, "for"), (2, "for")])));
        assert_eq!(reply.told(), (201, ""));
    }
    let agenda = agenda.rsplit('/').next().unwrap();
    let [first, second, third] = [0, 1, 2].map(|place: usize| cases[place].id);
    let chair = members.members[0].person().unwrap();
    let at = "'2026-02-04T04:00:00Z'";
    let carried = "outcome = 'carried', votes_for = 2, votes_against = 0, abstained = 0, conflicted = 0";
    let sittings = |set: &str, which: &str| format!("UPDATE sittings SET ended_at = {at}, {set} WHERE {which}");
    let on_agenda = format!("agenda_id = '{agenda}'");
    let closed = format!("UPDATE agendas SET ended_at = {at}, outcome = 'closed'");
    let ended = format!("{}; {closed}", sittings(carried, &on_agenda));
    let columns = "route, part, committee, quorum, majority_of, majority_whole, has_casting_vote, may_circulate, way";
    let rest = "chair_id, motion, amount_cents, convened_by, convened_at, agenda_id";
    let line = |held_on: &str, line: u32| {
        format!(
            "INSERT INTO sittings (application_id, number, {columns}, held_on, {rest}, agenda_line)
               SELECT '{third}', 1, {columns}, {held_on}, {rest}, {line} FROM sittings WHERE application_id = '{first}';
             INSERT INTO sitting_members VALUES ('{third}', 1, '{chair}')"
        )
    };
    let approval = |case| {
        format!(
            "INSERT INTO approvals (application_id, route, number, part, person_id, authority, amount_cents, conditions, approved_at)
               VALUES ('{case}', 1, 1, 'approval', '{chair}', 'commissioner', 1000000000, '{{}}', {at})"
        )
    };
    let place = |case| {
        format!(
            "INSERT INTO reserve_entries (application_id, route, scheme_code, round, position, amount_cents, until_on, placed_by, placed_at)
               VALUES ('{case}', 1, '{CODE}', '{ROUND}', 1, 1000000000, '2026-12-31', '{chair}', {at})"
        )
    };
    let award = |case| {
        format!(
            "INSERT INTO awards (application_id, scheme_code, organisation_id, amount_cents, authority, counts_as, state, decided_at)
               SELECT id, scheme_code, organisation_id, 1000000000, 'commissioner', 'lifetime', 'decided', {at}
                 FROM applications WHERE id = '{case}'"
        )
    };
    let becomes =
        |state: &str| format!("UPDATE applications SET state = '{state}', version = version + 1 WHERE id = '{third}'");
    let gives_up = "outcome = 'given_up', reason = 'x'";
    for (what, sql, told) in [
        ("a line that ends alone", sittings(gives_up, &format!("application_id = '{first}'")), "does not end with its"),
        ("an agenda that ends alone", closed.clone(), "does not end with its sittings"),
        (
            "an agenda that is given up with a line that is carried",
            format!("{}; UPDATE agendas SET ended_at = {at}, {gives_up}", sittings(carried, &on_agenda)),
            "does not end with its sittings",
        ),
        ("an end after the end", format!("{ended}; {closed}"), "has ended"),
        ("one line more", line("held_on", 3), "has other lines"),
        ("a line of another day", line("held_on + 1", 3), "sittings_agenda_id_committee"),
        ("a line twice", line("held_on", 2), "sittings_on_agenda"),
        ("another list", "UPDATE agendas SET list = 'x'".to_owned(), "permission denied"),
        (
            "a place on the reserve list by itself",
            line("held_on", 3)
                .replace("agenda_id, 3 FROM", "NULL, NULL FROM")
                .replace(&first.to_string(), &second.to_string()),
            "sittings_by_themselves",
        ),
        (
            "a place that was voted an award",
            format!("{ended}; {}; {}", approval(first), place(first)),
            "no motion carries the place",
        ),
        (
            "an award that was voted a place",
            format!("{ended}; {}; {}", approval(second), award(second)),
            "no motion carries the award",
        ),
        ("a refusal that nobody voted", becomes("rejected"), "no motion carries what becomes"),
        (
            "what is sent back and nobody voted so",
            becomes("in_assessment").replace("version =", "recommended_cents = NULL, version ="),
            "no motion carries what becomes",
        ),
    ] {
        let refusal = world.database.as_server(&format!("BEGIN; {sql}; SET CONSTRAINTS ALL IMMEDIATE; ROLLBACK")).await;
        assert!(refusal.as_ref().is_err_and(|refusal| refusal.contains(told)), "{what}: {refusal:?}");
    }
    // What is right it lets through: the agenda with all its lines, each as it was voted.
    let right = format!("BEGIN; {ended}; {}; {}; ROLLBACK", approval(first), approval(second));
    world.database.as_server(&right).await.unwrap();
    let reply = callers[0].send(&callers[0].post(format!("/api/v1/agendas/{agenda}/closing"), &serde_json::json!({})));
    assert_eq!(reply.told(), (200, ""), "{}", reply.json);
    world.prove().await;
}
