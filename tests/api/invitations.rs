//! An assessor is asked, sees what tells of a conflict, and answers; whoever is silent is taken off.

use crate::case::Case;
use crate::desk::Desk;
use crate::proposals::accelerator;
use crate::site::morning;
use crate::world::{Applicant, Staff, World, at, refused};
use almoner::actions::assessments;
use almoner::actions::work::waiting_for;
use rules::actor::Actor;
use rules::decision::Screening;
use serde_json::{Value, json};

pub const CODES: &[&str] = &[
    "assessment.assessor_twice",
    "assessment.closed",
    "assessment.due_day_over",
    "assessment.not_accepted",
    "assessor.at_capacity",
    "assessor.unavailable",
    "interest.own_undeclared",
    "interest.undeclared",
    "not_found",
    "text.length",
];

const CODE: &str = "ACCELERATOR-PILOT";
const DAY: &str = "2026-02-02";

async fn in_assessment<'w>(world: &'w World, staff: &'w Staff, applicant: &Applicant) -> Case<'w> {
    let case = world.draft(staff, applicant, (CODE, accelerator("60000000.00", "30000000.00")), at(DAY, 0)).await;
    case.submit(at(DAY, 1)).await.unwrap();
    case.screen(at(DAY, 1), Screening::Eligible).await.unwrap();
    case
}

#[tokio::test]
async fn an_invited_assessor_looks_at_what_tells_of_a_conflict_and_reads_the_rest_once_they_accept() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let desk = Desk::open(&world, morning(DAY));
    let (staff, applicant) = (world.staff().await, world.applicant().await);
    let case = in_assessment(&world, &staff, &applicant).await;
    let assessor = &staff.assessors[0];
    let caller = desk.sign_in(assessor).await;
    let path = format!("/api/v1/applications/{}", case.id);
    caller.refused(&caller.get(&path), 404, "not_found").await;
    assert_eq!(caller.send(&caller.get("/api/v1/applications")).json["items"], json!([]));

    let invited = case.invite(at(DAY, 0), assessor).await.unwrap();
    let look = caller.send(&caller.get(&path)).json;
    let told = ["title", "summary"].map(|name| look["content"][name].is_string());
    assert_eq!((told, look["content"].as_object().unwrap().len()), ([true, true], 2), "{look}");
    assert_eq!((&look["submission"], &look["organisation_name"].is_string()), (&Value::Null, &true));
    let listed = caller.send(&caller.get("/api/v1/applications")).json["items"][0].clone();
    assert_eq!((&listed["id"], &listed["requested"]), (&json!(case.id), &Value::Null));
    assert_eq!(caller.send(&caller.get(format!("{path}/status"))).told(), (200, ""));
    let own = caller.send(&caller.get(format!("{path}/assessments"))).json;
    assert_eq!((&own[0]["state"], &own[0]["due"]), (&json!("invited"), &json!("2026-02-23")));
    for part in ["pre-check", "calculations", "award"] {
        caller.refused(&caller.get(format!("{path}/{part}")), 403, "assessment.not_accepted").await;
    }
    let of_it = format!("/api/v1/assessments/{}", invited.id);
    let marks = json!({ "marks": {}, "comment": "sound" });
    caller.refused(&caller.post(format!("{of_it}/score"), &marks), 403, "assessment.not_accepted").await;
    let other = desk.sign_in(&staff.assessors[1]).await;
    other.refused(&other.post(format!("{of_it}/acceptance"), &json!({})), 404, "not_found").await;

    let accept = caller.post(format!("{of_it}/acceptance"), &json!({}));
    assert_eq!(caller.send(&accept).json["state"], "accepted");
    let again = caller.post(format!("{of_it}/acceptance"), &json!({}));
    caller.refused(&again, 409, "assessment.closed").await;
    assert!(caller.send(&caller.get(&path)).json["content"]["request"].is_object());
    assert!(caller.send(&caller.get("/api/v1/applications")).json["items"][0]["requested"].is_string());
    assert_eq!(caller.send(&caller.get(format!("{path}/calculations"))).told(), (200, ""));

    // Whoever gives it back sees it no more, and is not asked again.
    let decline = |reason: &str| caller.post(format!("{of_it}/declination"), &json!({ "reason": reason }));
    caller.refused(&decline(" "), 422, "text.length").await;
    assert_eq!(caller.send(&decline("ill")).json["reason"], "ill");
    caller.refused(&caller.get(&path), 404, "not_found").await;
    let officer = desk.sign_in(&staff.officer).await;
    let ask = |body: Value| officer.post(format!("{path}/assessments"), &body);
    let id = assessor.person().unwrap();
    officer.refused(&ask(json!({ "assessor": id })), 422, "assessment.assessor_twice").await;

    // Whoever has no time, has enough, or has not declared, is not asked.
    let second = staff.assessors[1].person().unwrap();
    let profile = async |from: &str, most: u32| {
        let sql = format!(
            "INSERT INTO assessor_profiles VALUES ('{second}', {from}, NULL, {most}, 2)
               ON CONFLICT (person_id) DO UPDATE SET (from_on, proposals_max) = ({from}, {most})"
        );
        world.database.run(&sql).await;
    };
    profile("'2027-01-01'", 9).await;
    officer.refused(&ask(json!({ "assessor": second })), 422, "assessor.unavailable").await;
    profile("NULL", 1).await;
    officer.refused(&ask(json!({ "assessor": second, "due": "2026-02-01" })), 422, "assessment.due_day_over").await;
    let elsewhere = in_assessment(&world, &staff, &applicant).await;
    elsewhere.invite(at(DAY, 0), &staff.assessors[1]).await.unwrap();
    officer.refused(&ask(json!({ "assessor": second })), 422, "assessor.at_capacity").await;
    desk.site.clock.set(morning("2029-02-02"));
    let third = staff.assessors[2].person().unwrap();
    officer.refused(&ask(json!({ "assessor": third })), 422, "interest.undeclared").await;
    let of_other = other.get(format!("/api/v1/applications/{}", elsewhere.id));
    other.refused(&of_other, 403, "interest.own_undeclared").await;
    assert_eq!(other.send(&other.get("/api/v1/applications")).json["items"], json!([]));
    desk.told_exactly(CODES);
}

async fn waiting(world: &World, actor: &Actor, days_later: u64) -> Vec<&'static str> {
    let mut reader = world.db.reader().await.unwrap().at(at(DAY, days_later));
    let work = waiting_for(&mut reader, actor, &world.schemes, world.began.now).await.unwrap();
    work.into_iter().map(|work| work.act.code()).collect()
}

#[tokio::test]
async fn somebody_who_is_silent_is_late_is_taken_off_and_another_is_asked() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let (staff, applicant) = (world.staff().await, world.applicant().await);
    let case = in_assessment(&world, &staff, &applicant).await;
    let [silent, other, third] = &staff.assessors;
    let invited = case.invite(at(DAY, 1), silent).await.unwrap();
    case.assign(at(DAY, 1), other).await.unwrap();
    assert_eq!(waiting(&world, silent, 1).await, ["assessment.accept"]);
    assert_eq!(waiting(&world, other, 1).await, ["assessment.score"]);
    let officer = &staff.officer;
    assert_eq!(waiting(&world, officer, 22).await, Vec::<&str>::new(), "the last day is in");
    assert_eq!(waiting(&world, officer, 23).await, ["assessment.withdraw"]);
    assert_eq!(refused(case.invite(at(DAY, 23), third).await), "assessment.assessors_enough");
    let take_off = async |reason: &'static str| {
        world.act(at(DAY, 23), async |tx| assessments::withdraw(tx, officer, invited.id, reason).await).await
    };
    assert_eq!(refused(take_off("").await), "text.length");
    take_off("no answer in three weeks").await.unwrap();
    assert_eq!(refused(take_off("again").await), "assessment.closed");
    assert_eq!(waiting(&world, silent, 23).await, Vec::<&str>::new());
    // They may be asked again, unlike somebody who has said no.
    let again = case.invite(at(DAY, 23), silent).await.unwrap();
    assert_ne!(again.id, invited.id);
    world.prove().await;
}

#[tokio::test]
async fn the_database_lets_nobody_score_who_was_only_asked_or_act_for_the_applicant() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let (staff, applicant) = (world.staff().await, world.applicant().await);
    let case = in_assessment(&world, &staff, &applicant).await;
    let invited = case.invite(at(DAY, 1), &staff.assessors[0]).await.unwrap();
    let set = |what: &str| format!("UPDATE assessments SET {what} WHERE id = '{}'", invited.id);
    let member = applicant.actor.person().unwrap();
    let insert = format!(
        "INSERT INTO assessments (id, application_id, assessor_id, state, marks, comment, created_at, due_on, changed_at)
         VALUES (gen_random_uuid(), '{}', '{member}', 'invited', '{{}}', '', '2026-02-03Z', '2026-02-24', '2026-02-03Z')",
        case.id
    );
    for (sql, told) in [
        (set("state = 'scored', score = 1"), "decided and stays"),
        (set("state = 'accepted', changed_at = '2029-02-03Z'"), "has declared no interests"),
        (set("due_on = due_on - 1"), "decided and stays"),
        (insert, "has declared no interests"),
    ] {
        let refusal = world.database.as_server(&sql).await.unwrap_err();
        assert!(refusal.contains(told), "{sql}: {refusal}");
    }
    let joins = format!("INSERT INTO memberships VALUES ('{}', '{}')", invited.assessor, applicant.organisation);
    world.database.run(&joins).await;
    let refusal = world.database.as_server(&set("state = 'accepted'")).await.unwrap_err();
    assert!(refusal.contains("acts for the applicant"), "{refusal}");
}
