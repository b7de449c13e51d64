//! What the database itself promises of a refusal that is not told: tried by hand, as the server's role.

use crate::embargoes::recommended;
use crate::guards::Try;
use crate::reviews::{CODE, DAY};
use crate::world::{World, at};

#[tokio::test]
async fn the_database_tells_no_refusal_before_its_day_no_other_one_and_none_without_a_letter() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let (staff, applicant) = (world.staff().await, world.applicant().await);
    let case = recommended(&world, &staff, &applicant).await;
    case.refuse(at(DAY, 2), &staff.assistant, ("too weak", Some("2026-02-10"))).await.unwrap();
    let waits = recommended(&world, &staff, &applicant).await.id;
    let id = case.id;
    let step = |id, state: &str, more: &str| {
        format!("UPDATE applications SET state = '{state}', version = version + 1, {more} WHERE id = '{id}'")
    };
    let told = "told_version = told_version + 1, embargo_until = NULL";
    let letter = "INSERT INTO letters (id, application_id, kind, version, on_day, text, sha256, written_at)
        SELECT gen_random_uuid(), id, 'refusal', told_version, '2026-02-04', t, encode(sha256(t::bytea), 'hex'), state_since
          FROM applications, (VALUES ('{\"blocks\":[{\"block\":\"paragraph\",\"text\":{\"en\":\"too weak\",\"zh-Hant\":\"x\"}}]}')) v (t)";
    let since = |day: &str| format!("state_since = '{day}T10:00:00+08:00'");
    let decided = "reason = 'x', state_since = '2026-02-04T10:00:00+08:00'";
    let tries: Vec<Try> = vec![
        ("before its day", step(id, "rejected", &format!("{told}, {}", since("2026-02-09"))), "is told before its day"),
        (
            "another reason",
            step(id, "rejected", &format!("{told}, reason = 'x', {}", since("2026-02-10"))),
            "not what was decided",
        ),
        ("no letter", step(id, "rejected", &format!("{told}, {}", since("2026-02-10"))), "is refused without a letter"),
        ("a letter before", format!("{letter} WHERE id = '{id}'"), "is not of a refusal"),
        (
            "another day",
            format!("UPDATE applications SET embargo_until = '2026-02-05' WHERE id = '{id}'"),
            "not what was decided",
        ),
        ("no day", format!("UPDATE applications SET embargo_until = NULL WHERE id = '{id}'"), "not what was decided"),
        (
            "a word of it",
            format!("UPDATE applications SET told_version = told_version + 1, version = version + 1 WHERE id = '{id}'"),
            "shows before it is told",
        ),
        ("taken back aloud", step(id, "in_assessment", &format!("{told}, reason = NULL")), "shows before it is told"),
        (
            "a day where nothing is refused",
            format!("UPDATE applications SET embargo_until = '2026-03-01' WHERE id = '{waits}'"),
            "applications_untold",
        ),
        ("refused without a day", step(waits, "refused", decided), "applications_untold"),
        (
            "refused until the day of it",
            step(waits, "refused", &format!("{decided}, embargo_until = '2026-02-04'")),
            "applications_untold",
        ),
        ("refused without a reason", step(waits, "refused", "embargo_until = '2026-03-01'"), "applications_untold"),
        (
            "refused and shown",
            step(
                waits,
                "refused",
                &format!("{decided}, embargo_until = '2026-03-01', told_version = told_version + 1"),
            ),
            "shows before it is told",
        ),
    ];
    let mut accepted = Vec::new();
    for (what, sql, told) in tries {
        let refusal = world.database.as_server(&sql).await;
        if !refusal.as_ref().is_err_and(|refusal| refusal.contains(told)) {
            accepted.push(format!("{what}: {refusal:?}\n{sql}"));
        }
    }
    assert_eq!(accepted, Vec::<String>::new());
    // And it lets through what is right.
    let right = step(waits, "refused", &format!("{decided}, embargo_until = '2026-03-01'"));
    world.database.as_server(&format!("BEGIN; {right}; SET CONSTRAINTS ALL IMMEDIATE; ROLLBACK")).await.unwrap();
    case.tell_refusal(at(DAY, 8)).await.unwrap();
    world.prove().await;
}
