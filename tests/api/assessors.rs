//! What assessors keep of themselves, what officers find of them, and what both are refused.

use crate::desk::{Caller, Desk};
use crate::site::morning;
use crate::world::{World, at};
use rules::actor::Role;
use serde_json::{Value, json};

pub const CODES: &[&str] = &[
    "assessor.expertise_unknown",
    "assessor.profile_days",
    "assessor.proposals_max",
    "expertise.code",
    "interest.line",
    "interest.too_many",
    "not_found",
    "permission.denied",
    "person.name_not_usable",
    "text.unstorable",
    "version.unknown",
];

const DAY: &str = "2026-02-02";

fn field(code: &str, in_use: bool) -> Value {
    json!({ "code": code, "in_use": in_use, "name": { "en": "Optics", "zh-Hant": "光學", "zh-Hans": "光学" } })
}

fn kept(officer: &Caller<'_>, code: &str, in_use: bool) {
    let reply = officer.send(&officer.post("/api/v1/expertise", &field(code, in_use)));
    assert_eq!(reply.told(), (200, ""), "{}", reply.json);
}

#[tokio::test]
async fn an_assessor_keeps_a_profile_and_declares_and_officers_find_both() {
    let world = World::with(&[], at(DAY, 0)).await;
    let (officer, assessor) = (world.person(&[Role::Officer], &[]).await, world.person(&[Role::Assessor], &[]).await);
    let desk = Desk::open(&world, morning(DAY));
    let id = assessor.person().unwrap();
    let (officer, assessor) = (desk.sign_in(&officer).await, desk.sign_in(&assessor).await);
    kept(&officer, "optics", true);
    kept(&officer, "textiles", true);
    let list = assessor.send(&assessor.get("/api/v1/expertise"));
    assert_eq!(list.json, json!({ "items": [field("optics", true), field("textiles", true)] }));
    let first = assessor.send(&assessor.get("/api/v1/expertise?limit=1"));
    let next = format!("/api/v1/expertise?limit=1&cursor={}", first.text("/next"));
    let second = assessor.send(&assessor.get(next));
    assert_eq!(
        [&first.json["items"], &second.json["items"]],
        [&json!([field("optics", true)]), &json!([field("textiles", true)])]
    );
    assert_eq!(second.json.get("next"), None);
    // Of a text that no database holds.
    assert_eq!(assessor.send(&assessor.get("/api/v1/expertise?cursor=Ilx1MDAwMCI")).told(), (400, "request.malformed"));

    let path = format!("/api/v1/assessors/{id}");
    assert_eq!(assessor.send(&assessor.get(&path)).json["version"], 1);
    let profile = json!({ "expertise": ["optics"], "from": "2026-01-01", "until": "2026-12-01", "proposals_max": 3 });
    let reply = assessor.send(&assessor.put(format!("{path}/profile"), &profile, 1));
    assert_eq!((reply.told(), &reply.json["version"]), ((200, ""), &json!(2)), "{}", reply.json);
    // What goes out of use stays with whoever has it.
    kept(&officer, "optics", false);
    assert_eq!(assessor.send(&assessor.put(format!("{path}/profile"), &profile, 2)).told(), (200, ""));

    let interests = json!([{ "tie": "family", "person": "Lee Ka Yan" }]);
    let next = json!({ "interests": interests, "next_year": true });
    let declared = assessor.send(&assessor.post(format!("{path}/declarations"), &next));
    assert_eq!(declared.told(), (201, ""), "{}", declared.json);
    let years = [&declared.json["from"], &declared.json["until"]];
    assert_eq!(years, [&json!("2026-04-01"), &json!("2027-04-01")]);
    assert_eq!(declared.json["interests"], interests);

    let listed = officer.send(&officer.get("/api/v1/assessors"));
    let expected = json!({ "id": id, "name": listed.json["items"][0]["name"], "language": "en", "expertise": ["optics"],
        "from": "2026-01-01", "until": "2026-12-01", "proposals_max": 3, "at_work": 0, "declared_until": "2026-04-01" });
    assert_eq!(listed.json["items"], json!([expected]));
    let detail = officer.send(&officer.get(&path));
    // What the world declared for this year and the next one, and what was added.
    assert_eq!(detail.json["declarations"].as_array().map(Vec::len), Some(3));
    // Two years later nothing counts.
    desk.site.clock.set(morning("2028-02-02"));
    assert_eq!(officer.send(&officer.get(&path)).json["declared_until"], Value::Null);
    desk.told_exactly(&["request.malformed"]);
}

#[tokio::test]
async fn what_is_not_in_order_or_somebody_elses_is_refused() {
    let world = World::with(&[], at(DAY, 0)).await;
    let (officer, assessor) = (world.person(&[Role::Officer], &[]).await, world.person(&[Role::Assessor], &[]).await);
    let desk = Desk::open(&world, morning(DAY));
    let (id, officer_id) = (assessor.person().unwrap(), officer.person().unwrap());
    let (officer, assessor) = (desk.sign_in(&officer).await, desk.sign_in(&assessor).await);
    kept(&officer, "optics", false);
    officer.refused(&officer.post("/api/v1/expertise", &field("Optics", true)), 422, "expertise.code").await;
    let mut unnamed = field("optics", true);
    unnamed["name"]["en"] = json!("x".repeat(201));
    officer.refused(&officer.post("/api/v1/expertise", &unnamed), 422, "person.name_not_usable").await;
    assessor.refused(&assessor.post("/api/v1/expertise", &field("optics", true)), 403, "permission.denied").await;
    let path = format!("/api/v1/assessors/{id}");
    for (body, code) in [
        (json!({ "expertise": ["optics"] }), "assessor.expertise_unknown"),
        (json!({ "expertise": ["\0"] }), "assessor.expertise_unknown"),
        (json!({ "expertise": [], "from": "2026-02-02", "until": "2026-02-02" }), "assessor.profile_days"),
        (json!({ "expertise": [], "proposals_max": 0 }), "assessor.proposals_max"),
    ] {
        assessor.refused(&assessor.put(format!("{path}/profile"), &body, 1), 422, code).await;
    }
    let profile = json!({ "expertise": [] });
    assessor.refused(&assessor.put(format!("{path}/profile"), &profile, 2), 412, "version.unknown").await;
    officer.refused(&officer.put(format!("{path}/profile"), &profile, 1), 403, "permission.denied").await;
    let declarations = format!("{path}/declarations");
    let many = vec![json!({ "tie": "family", "person": "Lee" }); 101];
    for (interests, code) in [
        (json!([{ "tie": "family" }]), "interest.line"),
        (json!([{ "tie": "family", "person": "L\0" }]), "text.unstorable"),
        (json!(many), "interest.too_many"),
    ] {
        let call = assessor.post(&declarations, &json!({ "interests": interests }));
        assessor.refused(&call, 422, code).await;
    }
    let nothing = json!({ "interests": [] });
    officer.refused(&officer.post(&declarations, &nothing), 403, "permission.denied").await;
    officer.refused(&officer.get(format!("/api/v1/assessors/{officer_id}")), 404, "not_found").await;
    desk.told_exactly(CODES);
}

#[tokio::test]
async fn what_was_declared_is_never_changed_and_no_field_is_made_up() {
    let world = World::with(&[], at(DAY, 0)).await;
    let assessor = world.person(&[Role::Assessor], &[]).await.person().unwrap();
    for (sql, told) in [
        ("UPDATE interest_declarations SET interests = '[]'".to_owned(), "permission denied"),
        ("DELETE FROM interest_declarations".to_owned(), "permission denied"),
        (
            format!(
                "INSERT INTO assessor_profiles VALUES ('{assessor}', NULL, NULL, NULL, 2); INSERT INTO assessor_expertise VALUES ('{assessor}', 'alchemy')"
            ),
            "assessor_expertise_field_code_fkey",
        ),
        (format!("INSERT INTO assessor_profiles VALUES ('{assessor}', NULL, NULL, 0, 2)"), "proposals_max_check"),
    ] {
        let refusal = world.database.as_server(&sql).await.unwrap_err();
        assert!(refusal.contains(told), "{sql}: {refusal}");
    }
    let refusal = world.database.as_owner("DELETE FROM interest_declarations").await.unwrap_err();
    assert!(refusal.contains("append-only"), "{refusal}");
}
