//! Where a rule says no to a part of what was sent, the problem points at that part, whichever door it comes from.

use crate::desk::Desk;
use crate::proposals::accelerator;
use crate::site::Call;
use crate::world::{World, at};
use rules::actor::Role;
use serde_json::{Value, json};
use uuid::Uuid;

const CODE: &str = "ACCELERATOR-PILOT";
const DAY: &str = "2026-02-02";

#[tokio::test]
async fn what_a_rule_says_no_to_is_pointed_at_as_one_part_or_as_many() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let (staff, applicant) = (world.staff().await, world.applicant().await);
    let case = world.draft(&staff, &applicant, (CODE, accelerator("60000000.00", "1.00")), at(DAY, 0)).await;
    let desk = Desk::open(&world, at(DAY, 2).now);
    let administrator = desk.sign_in(&world.person(&[Role::Administrator], &[]).await).await;
    let officer = desk.sign_in(&staff.officer).await;
    let assessor = desk.sign_in(&staff.assessors[0]).await;
    let author = desk.sign_in(&applicant.actor).await;
    let preparer = desk.sign_in(&staff.preparer).await;
    let (own, other) = (staff.assessors[0].person().unwrap(), staff.officer.person().unwrap());
    let begin = |change: fn(&mut Value)| {
        let mut content = accelerator("2000000.00", "1000000.00");
        change(&mut content);
        author.post(
            "/api/v1/applications",
            &json!({ "scheme": CODE, "organisation": applicant.organisation, "content": content }),
        )
    };
    let [ours, theirs] = [applicant.organisation.0, world.applicant().await.organisation.0];
    let relation = |between: [Uuid; 2], group: &str| {
        let new =
            json!({ "organisations": between, "group": group, "from": "2026-02-02", "evidence": "annual return" });
        officer.post("/api/v1/relations", &new)
    };
    let line = json!({ "application": case.id, "version": 1, "assessor": own });
    let new = json!({ "person": { "email": "a@b.example", "name": "A", "language": "en" }, "roles": [] });
    let field = json!({ "code": "Optics", "in_use": true, "name": { "en": "O", "zh-Hant": "光", "zh-Hans": "光" } });
    let of_assessor = |part: &str| format!("/api/v1/assessors/{own}/{part}");
    for (call, parts) in [
        (begin(|content| content["title"] = json!("x".repeat(201))), &["/content/title"][..]),
        (begin(|content| content["summary"] = json!("a\0")), &["/content/summary"]),
        (
            begin(|content| {
                content["people"] = json!([{ "name": "x".repeat(201), "part": "leader", "email": "a\0" }]);
            }),
            &["/content/people/0/name", "/content/people/0/email"],
        ),
        (
            author.post(format!("/api/v1/applications/{}/withdrawal", case.id), &json!({ "reason": " " })).if_match(1),
            &["/reason"],
        ),
        (administrator.post("/api/v1/people", &new), &["/roles"]),
        (
            administrator.put(
                format!("/api/v1/people/{other}/authorities"),
                &json!({ "authorities": ["The Head"] }),
                1,
            ),
            &["/authorities"],
        ),
        (relation([ours, ours], "related_company"), &["/organisations"]),
        (relation([ours, theirs], "A group"), &["/group"]),
        (officer.post("/api/v1/allocations", &json!({ "assignments": [] })), &["/assignments"]),
        (officer.post("/api/v1/allocations", &json!({ "assignments": [line, line] })), &["/assignments/1"]),
        (
            officer.post("/api/v1/panels", &json!({ "scheme": CODE, "name": " ", "applications": [case.id] })),
            &["/applications"],
        ),
        (officer.post("/api/v1/expertise", &field), &["/code"]),
        (assessor.put(of_assessor("profile"), &json!({ "expertise": ["alchemy"] }), 1), &["/expertise"]),
        (assessor.post(of_assessor("declarations"), &json!({ "interests": [{ "tie": "other" }] })), &["/interests/0"]),
        (preparer.post("/api/v1/batches", &json!({ "claims": [] })), &["/claims"]),
    ] {
        points_at(&desk, &call, parts).await;
    }
}

/// It is refused by a rule, and points at these parts.
async fn points_at(desk: &Desk<'_>, call: &Call, parts: &[&str]) {
    let reply = desk.send(call);
    assert_eq!(
        (desk.refuses(call, reply.refused()).await.parts(), reply.told().0),
        (parts.to_vec(), 422),
        "{}",
        reply.json
    );
    // A person reads it in one place, and a program by its parts: neither has to take the other apart.
    for error in reply.json["errors"].as_array().unwrap() {
        let message = error["message"].as_str().unwrap();
        assert!(!message.starts_with('/') && reply.text("/detail").contains(message), "{}", reply.json);
    }
}
