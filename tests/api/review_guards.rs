//! What the database refuses by itself of review and appeal: each try is that of a broken server.

use crate::guards::Try;
use crate::reviews::{CODE, DAY, ineligible, rejected};
use crate::world::{World, at};
use rules::actor::{Actor, Role};
use rules::duty::Duty;
use rules::ids::ApplicationId;
use rules::review::Verdict;

fn person(actor: &Actor) -> uuid::Uuid {
    actor.person().unwrap().0
}

fn asked(case: ApplicationId, changed: &[(&str, &str)]) -> String {
    let by = format!("(SELECT person_id FROM case_duties WHERE application_id = '{case}' AND duty = 'author')");
    let mut columns = vec![
        ("number", "1"),
        ("step", "'review'"),
        ("of_state", "'rejected'"),
        ("of_reason", "'too weak'"),
        ("stay", "5"),
        ("told_on", "'2026-02-04'"),
        ("last_day", "'2026-03-06'"),
        ("state", "'requested'"),
        ("requested_at", "'2026-02-10T10:00:00+08:00'"),
        ("requested_by", by.as_str()),
    ];
    for (column, value) in changed {
        columns.iter_mut().find(|(known, _)| known == column).unwrap().1 = value;
    }
    let names = columns.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
    let values = columns.iter().map(|(_, value)| *value).collect::<Vec<_>>().join(", ");
    format!(
        "INSERT INTO reviews (application_id, route, authorities, grounds, {names})
         VALUES ('{case}', '{{}}', '{{commissioner}}', 'wrong', {values})"
    )
}

fn ended(case: ApplicationId, state: &str, by: &Actor) -> String {
    format!(
        "UPDATE reviews SET state = '{state}', ended_by = '{}', authority = 'commissioner', ended_at = now(), ended_because = 'x'
          WHERE application_id = '{case}' AND state = 'requested'",
        person(by)
    )
}

fn moved(case: ApplicationId, state: &str) -> String {
    format!(
        "UPDATE applications SET state = '{state}', state_since = now(), reason = NULL, version = version + 1 WHERE id = '{case}'"
    )
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "one line for each try")]
async fn the_database_takes_no_request_out_of_time_and_no_decision_by_anybody_who_was_on_the_case() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let (staff, applicant) = (world.staff().await, world.applicant().await);
    let free = rejected(&world, &staff, &applicant).await.id;
    let case = rejected(&world, &staff, &applicant).await;
    case.ask_again(at(DAY, 3)).await.unwrap();
    let of_finding = ineligible(&world, &staff, &applicant).await;
    of_finding.ask_again(at(DAY, 3)).await.unwrap();
    let stands = rejected(&world, &staff, &applicant).await;
    stands.ask_again(at(DAY, 3)).await.unwrap();
    stands.decide_review(at(DAY, 4), &staff.commissioner, (1, Verdict::Dismissed)).await.unwrap();
    let absent = world.person(&[Role::Approver], &["commissioner"]).await;
    let (id, reviewer) = (case.id, world.person(&[Role::Approver], &["commissioner"]).await);
    let duty = |who: &Actor| {
        format!("INSERT INTO case_duties VALUES ('{id}', '{}', 'reviewer') ON CONFLICT DO NOTHING;", person(who))
    };
    let both = |state: &str| duty(&reviewer) + &ended(id, state, &reviewer);
    let mut tries: Vec<Try> = vec![
        ("too late", asked(free, &[("requested_at", "'2026-03-07T00:00:00+08:00'")]), "reviews_in_time"),
        ("another day", asked(free, &[("told_on", "'2026-02-05'")]), "counts its days from another day"),
        ("another decision", asked(free, &[("stay", "4")]), "is of no refusal that stands"),
        ("another reason", asked(free, &[("of_reason", "'none'")]), "is of no refusal that stands"),
        ("another refusal", asked(free, &[("of_state", "'ineligible'")]), "is of no refusal that stands"),
        ("another number", asked(free, &[("number", "2")]), "is of no refusal that stands"),
        (
            "by an officer",
            asked(free, &[("requested_by", &format!("'{}'", person(&staff.officer)))]),
            "by nobody of the applicant",
        ),
        ("decided at once", asked(free, &[("state", "'dismissed'")]), "is of no refusal that stands"),
        ("twice", asked(id, &[("number", "2")]), "is of nothing that an instance has decided"),
        ("before the same instance", asked(stands.id, &[("number", "2"), ("told_on", "'2026-02-06'")]), "reviews_once"),
        (
            "an appeal from the day of the refusal",
            asked(stands.id, &[("number", "2"), ("step", "'appeal'")]),
            "counts its days from another day",
        ),
        ("what was asked", "UPDATE reviews SET grounds = 'x'".to_owned(), "permission denied"),
        ("until when", "UPDATE reviews SET last_day = '2027-01-01'".to_owned(), "permission denied"),
        ("forgetting one", "DELETE FROM reviews".to_owned(), "permission denied"),
        ("deciding without the duty", ended(id, "dismissed", &reviewer), "by somebody who was on the case"),
        (
            "deciding in the absence of somebody on the case",
            duty(&reviewer)
                + &ended(id, "dismissed", &reviewer)
                    .replace("authority =", &format!("on_behalf_of = '{}', authority =", person(&staff.assistant))),
            "by somebody who was on the case",
        ),
        (
            "deciding in the absence of somebody who has delegated nothing",
            duty(&reviewer)
                + &duty(&absent)
                + &ended(id, "dismissed", &reviewer)
                    .replace("authority =", &format!("on_behalf_of = '{}', authority =", person(&absent))),
            "has delegated nothing to",
        ),
        (
            "deciding under another authority",
            both("dismissed").replace("authority = 'commissioner'", "authority = 'secretary'"),
            "reviews_under_an_authority",
        ),
        ("setting aside and opening nothing", both("set_aside"), "opens nothing again"),
        (
            "setting aside and opening it elsewhere",
            both("set_aside") + ";" + &moved(id, "submitted"),
            "takes no step from rejected to submitted",
        ),
        ("opening what somebody looks at", moved(id, "in_assessment"), "while a review of it is open"),
        ("taking back what somebody looks at", moved(of_finding.id, "withdrawn"), "while a review of it is open"),
        ("opening what stands", moved(stands.id, "in_assessment"), "its refusal stands"),
        (
            "deciding again",
            ended(stands.id, "set_aside", &reviewer).replace("AND state = 'requested'", ""),
            "takes no such step",
        ),
        (
            "reviewing what one has a duty on",
            format!("INSERT INTO case_duties VALUES ('{id}', '{}', 'reviewer')", person(&staff.assistant)),
            "case_duties_pkey",
        ),
    ];
    // Whoever was on it is refused with any other duty; and the officer, who has none, by what the audit knows.
    for who in [&staff.assessors[0], &staff.committee, &staff.assistant, &staff.officer] {
        tries.push((
            "a decision by somebody on the case",
            duty(who) + &ended(id, "dismissed", who),
            "who was on the case",
        ));
    }
    for held in Duty::ALL.into_iter().filter(|held| *held != Duty::Reviewer) {
        let other = world.person(&[Role::Approver], &["commissioner"]).await;
        let takes = format!("INSERT INTO case_duties VALUES ('{id}', '{}', '{}');", person(&other), held.code());
        tries.push((
            "a decision with another duty",
            takes + &duty(&other) + &ended(id, "dismissed", &other),
            "who was on the case",
        ));
    }
    // Whoever opened the panel that ranked it, and whoever wrote of it in the minutes, has no duty and nothing in its own audit.
    let panel = [world.person(&[Role::Approver], &["commissioner"]).await, world.person(&[Role::Approver], &[]).await];
    let [opened, minuted] = [person(&panel[0]), person(&panel[1])];
    let ranked = format!(
        "SET session_replication_role = replica;
         INSERT INTO panels VALUES ('{opened}', '{CODE}', 'made up', '{opened}', now(), 1);
         INSERT INTO panel_cases VALUES ('{opened}', 1, '{id}', 1, 8000, 0, 2, '{{}}', true);
         INSERT INTO panel_minutes VALUES ('{minuted}', '{opened}', '{id}', 'weak', '{minuted}', now());
         SET session_replication_role = DEFAULT"
    );
    world.database.as_owner(&ranked).await.unwrap();
    for who in &panel {
        let decision = duty(who) + &ended(id, "dismissed", who);
        tries.push(("a decision by somebody of its panel", decision, "who was on the case"));
    }
    let mut accepted = Vec::new();
    for (what, sql, told) in tries {
        let refusal = world.database.as_server(&format!("BEGIN; {sql}; COMMIT;")).await;
        if !refusal.as_ref().is_err_and(|refusal| refusal.contains(told)) {
            accepted.push(format!("{what}: {refusal:?}\n{sql}"));
        }
    }
    assert_eq!(accepted, Vec::<String>::new());
    // And what is right passes: the same words by somebody who is free.
    world
        .database
        .as_server(&format!("BEGIN; {}; {}; COMMIT;", both("set_aside"), moved(id, "in_assessment")))
        .await
        .unwrap();
    let second = world.person(&[Role::Approver], &["commissioner"]).await;
    let again = stands.ask_again(at(DAY, 5)).await.unwrap();
    // The one who has decided the instance before has a duty that would do, and decides no other one.
    let first = ended(stands.id, "dismissed", &staff.commissioner);
    let refusal = world.database.as_server(&first).await.unwrap_err();
    assert!(refusal.contains("who was on the case"), "{refusal}");
    stands.decide_review(at(DAY, 5), &second, (again.number, Verdict::SetAside)).await.unwrap();
    // What stands is not opened by hand either once the appeal against that was taken back.
    let taken_back = rejected(&world, &staff, &applicant).await;
    taken_back.ask_again(at(DAY, 3)).await.unwrap();
    taken_back.decide_review(at(DAY, 4), &staff.commissioner, (1, Verdict::Dismissed)).await.unwrap();
    taken_back.ask_again(at(DAY, 5)).await.unwrap();
    taken_back.withdraw_review(at(DAY, 5), 2).await.unwrap();
    let refusal = world.database.as_server(&moved(taken_back.id, "in_assessment")).await.unwrap_err();
    assert!(refusal.contains("its refusal stands"), "{refusal}");
}
