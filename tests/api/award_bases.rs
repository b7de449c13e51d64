//! What an award was decided on is kept beside it, and held to what is recorded: whatever is decided has seen what was decided before it, and what a limit had used is what the awards that it counted come to. Each try is that of a broken server.

use crate::change_requests::awarded;
use crate::guards::Try;
use crate::other_schemes::drafted;
use crate::proposals::accelerator;
use crate::related_parties::{CODE, companies, together};
use crate::world::{World, at};
use rules::change_request::ChangeKind;
use rules::ids::ApplicationId;
use serde_json::json;

const DAY: &str = "2026-02-02";

#[tokio::test]
async fn an_award_keeps_what_it_has_seen_and_the_database_takes_none_that_has_left_one_out() {
    let world = together(CODE).await;
    let staff = world.staff().await;
    let (one, other) = companies(&world, &staff).await;
    let first = drafted(&world, &staff, &one, CODE, "6000000.00").await;
    first.to_accepted(at(DAY, 1), "6000000.00").await;
    let second = drafted(&world, &staff, &other, CODE, "8000000.00").await;
    second.to_accepted(at(DAY, 1), "8000000.00").await;
    let apart = drafted(&world, &staff, &world.applicant().await, CODE, "8000000.00").await;
    apart.to_accepted(at(DAY, 1), "8000000.00").await;

    let [first, second, apart] = [first.id, second.id, apart.id];
    let kept = "SELECT concat_ws(' ', l.ceiling, l.unit, l.limit_units, l.used_units, l.takes_units, l.counted = b.seen, b.seen) AS line
                  FROM award_limits l JOIN award_bases b USING (application_id, revision)";
    let kept = world.database.lines(&format!("{kept} WHERE application_id = '{second}'")).await;
    assert_eq!(kept, [format!("in_all cents 1500000000 600000000 800000000 t {{{first}}}")]);

    let of = |case: ApplicationId, groups: &str, seen: &str| {
        format!(
            "INSERT INTO award_bases (application_id, revision, schemes, groups, seen)
               SELECT application_id, 1, schemes, {groups}, '{{{seen}}}' FROM award_bases WHERE application_id = '{case}' AND revision = 0"
        )
    };
    let basis = |seen: &str| of(second, "groups", seen);
    let limit = |unit: &str, limit: i64, used: i64, takes: i64, counted: &str| {
        let revised = basis(&first.to_string());
        format!(
            "{revised}; INSERT INTO award_limits VALUES ('{second}', 1, 'x', NULL, '{unit}', {limit}, {used}, {takes}, '{{{counted}}}')"
        )
    };
    let (seen, unseen) = (first.to_string(), apart.to_string());
    let tries: Vec<Try> = vec![
        ("leaving a related award out", basis(""), "without another one that counts with it"),
        ("a raise that leaves a later award out", of(first, "groups", ""), "without another one that counts with it"),
        (
            "another one that is only said to be decided with it",
            of(first, "groups", "") + ";" + &of(second, "'{}'", "").replace("1, schemes", "2, schemes"),
            "without another one that counts with it",
        ),
        ("more than the limit", limit("cents", 1_399_999_999, 600_000_000, 800_000_000, &seen), "check constraint"),
        ("less used than there was", limit("cents", 1_500_000_000, 0, 800_000_000, &seen), "does not add up"),
        ("more used than was seen", limit("projects", 2, 1, 1, &unseen), "does not add up"),
        ("one that was not counted", limit("projects", 2, 1, 1, ""), "check constraint"),
        ("one project too many", limit("projects", 1, 1, 1, &seen), "check constraint"),
        ("another basis", "UPDATE award_bases SET seen = '{}'".to_owned(), "permission denied"),
        ("no basis", "DELETE FROM award_limits".to_owned(), "permission denied"),
    ];
    for (what, sql, told) in tries {
        let refusal = world.database.as_server(&sql).await;
        assert!(refusal.as_ref().is_err_and(|refusal| refusal.contains(told)), "{what}: {refusal:?}");
    }
    // What is complete and adds up is taken: the tries were refused for what was wrong with them.
    world.database.as_server(&limit("projects", 2, 1, 1, &seen)).await.unwrap();
    // Of a stage that gets nothing more may have been used than a later text allows.
    let none_of_it = limit("cents", 1, 600_000_000, 0, &seen).replace("'x', NULL", "'x', 'project'");
    world
        .database
        .as_server(&none_of_it.replace(", 1, schemes", ", 2, schemes").replace("', 1, 'x'", "', 2, 'x'"))
        .await
        .unwrap();
}

#[tokio::test]
async fn nothing_is_awarded_and_no_award_raised_without_saying_what_it_was_decided_on() {
    let code = "ACCELERATOR-PILOT";
    let world = World::with(&[code], at(DAY, 0)).await;
    let staff = world.staff().await;
    let case = awarded(&world, &staff, &world.applicant().await, "20000000.00").await;
    let proposal = accelerator("60000000.00", "30000000.00");
    let waiting = world.draft(&staff, &world.applicant().await, (code, proposal), at(DAY, 0)).await;
    waiting.to_recommended(at(DAY, 1), "20000000.00").await;
    world.database.run("CREATE FUNCTION forget() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'").await;
    for table in ["award_bases", "award_limits"] {
        let forgets = format!("CREATE TRIGGER forgets BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION forget()");
        world.database.run(&forgets).await;
    }
    let told = "nothing says what the award";
    let approved = waiting.approve(at(DAY, 2), &staff.commissioner).await;
    assert!(format!("{approved:?}").contains(told), "{approved:?}");
    let raised = case.change(at(DAY, 3), ChangeKind::Amount, json!({ "amount": "21000000.00" }));
    let raised = raised.await;
    assert!(format!("{raised:?}").contains(told), "{raised:?}");
    world.database.run("DROP FUNCTION forget CASCADE").await;
    waiting.approve(at(DAY, 3), &staff.commissioner).await.unwrap();
}
