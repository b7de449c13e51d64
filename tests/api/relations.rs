//! Relations of organisations over HTTP: who records and ends them, what is refused, and what the database refuses by itself.

use crate::desk::{Caller, Desk};
use crate::site::{Call, morning};
use crate::world::{Applicant, World, at};
use almoner::store::audit::verify;
use rules::actor::{Actor, Role};
use serde_json::{Value, json};
use std::thread;
use uuid::Uuid;

pub const CODES: &[&str] = &[
    "not_found",
    "permission.denied",
    "person.own_organisation",
    "relation.days",
    "relation.ended",
    "relation.group",
    "relation.holds",
    "relation.of_one",
    "request.malformed",
    "text.length",
    "text.unstorable",
];

const DAY: &str = "2026-02-02";
const PATH: &str = "/api/v1/relations";

fn body(one: &Applicant, other: &Applicant) -> Value {
    json!({ "organisations": [one.organisation, other.organisation], "group": "related_company", "from": "2024-01-01",
        "evidence": "annual return of 2024" })
}

/// The same body with other members.
fn with(body: &Value, members: Value) -> Value {
    let mut body = body.clone();
    for (name, value) in members.as_object().unwrap() {
        body[name] = value.clone();
    }
    body
}

fn end(caller: &Caller<'_>, id: &str, until: &str, reason: &str) -> Call {
    caller.post(format!("{PATH}/{id}/end"), &json!({ "until": until, "reason": reason }))
}

async fn officer(world: &World) -> Actor {
    world.person(&[Role::Officer], &[]).await
}

#[tokio::test]
async fn an_officer_records_a_relation_and_ends_it_and_both_stand_in_a_chain_of_its_own() {
    let world = World::with(&[], at(DAY, 0)).await;
    let (one, other, third) = (world.applicant().await, world.applicant().await, world.applicant().await);
    let who = officer(&world).await;
    let desk = Desk::open(&world, morning(DAY));
    let caller = desk.sign_in(&who).await;

    let call = caller.post(PATH, &body(&other, &one));
    let recorded = caller.send(&call);
    assert_eq!(recorded.told(), (201, ""), "{}", recorded.json);
    let id = recorded.text("/id").to_owned();
    assert_eq!(recorded.header("location"), format!("{PATH}?organisation={}", other.organisation));
    let mut both = [one.organisation, other.organisation];
    both.sort_unstable();
    let mut expected = json!({ "id": id, "organisations": both, "group": "related_company", "from": "2024-01-01", "until": null,
        "evidence": "annual return of 2024", "recorded_by": who.person(), "recorded_at": recorded.json["recorded_at"],
        "ended_by": null, "ended_at": null, "reason": null });
    assert_eq!(recorded.json, expected);
    assert_eq!(caller.send(&call).json, expected, "the same key is the same wish");

    desk.site.clock.set(morning("2026-03-02"));
    let ended = caller.send(&end(&caller, &id, "2025-07-01", " sold "));
    expected["until"] = json!("2025-07-01");
    expected["ended_by"] = json!(who.person());
    expected["ended_at"] = ended.json["ended_at"].clone();
    expected["reason"] = json!("sold");
    assert_eq!((ended.told(), &ended.json), ((200, ""), &expected));
    let days =
        [&recorded.json["recorded_at"], &ended.json["ended_at"]].map(|at| at.as_str().unwrap().get(..10).unwrap());
    assert_eq!(days, [DAY, "2026-03-02"]);

    // They are listed page by page, of one organisation or of all, the newest first.
    let again = caller.send(&caller.post(PATH, &with(&body(&one, &other), json!({ "from": "2025-07-01" }))));
    let elsewhere = caller.send(&caller.post(PATH, &with(&body(&third, &other), json!({ "until": "2024-02-01" }))));
    assert_eq!((again.told(), elsewhere.told()), ((201, ""), (201, "")));
    let listed = async |query: &str| {
        let page = caller.send(&caller.get(format!("{PATH}{query}")));
        let ids = page.json["items"].as_array().unwrap().iter().map(|item| item["id"].clone()).collect::<Vec<_>>();
        (ids, page.json["next"].as_str().map(str::to_owned))
    };
    let (first, second, last) = (json!(id), again.json["id"].clone(), elsewhere.json["id"].clone());
    let of_one = format!("?organisation={}", one.organisation);
    assert_eq!(listed(&of_one).await, (vec![second.clone(), first.clone()], None));
    assert_eq!(listed(&format!("?organisation={}", third.organisation)).await, (vec![last.clone()], None));
    assert_eq!(listed("").await, (vec![last, second.clone(), first.clone()], None));
    let (page, next) = listed(&format!("{of_one}&limit=1")).await;
    assert_eq!(page, [second]);
    assert_eq!(listed(&format!("{of_one}&limit=1&cursor={}", next.unwrap())).await, (vec![first], None));

    let sql = format!(
        "SELECT concat_ws(' ', subject, sequence, event::json->>'event') AS line FROM audit_entries WHERE subject_id = '{id}' ORDER BY sequence"
    );
    assert_eq!(world.database.lines(&sql).await, ["relation 1 relation.recorded", "relation 2 relation.ended"]);
    assert_eq!(verify(&mut world.db.reader().await.unwrap()).await.unwrap().1, Vec::new());
    desk.told_exactly(&[]);
}

#[tokio::test]
async fn what_is_not_in_order_is_not_recorded_and_not_ended() {
    let world = World::with(&[], at(DAY, 0)).await;
    let (one, other, third) = (world.applicant().await, world.applicant().await, world.applicant().await);
    let insider = world.with_roles(&third, &[Role::Applicant, Role::Officer]).await.actor;
    let desk = Desk::open(&world, morning(DAY));
    let caller = desk.sign_in(&officer(&world).await).await;
    let good = body(&one, &other);
    for (members, status, code) in [
        (json!({ "organisations": [one.organisation, one.organisation] }), 422, "relation.of_one"),
        (json!({ "organisations": [one.organisation, Uuid::now_v7()] }), 404, "not_found"),
        (json!({ "organisations": [one.organisation] }), 400, "request.malformed"),
        (json!({ "group": "Related company" }), 422, "relation.group"),
        (json!({ "until": "2024-01-01" }), 422, "relation.days"),
        (json!({ "evidence": " " }), 422, "text.length"),
        (json!({ "evidence": "x".repeat(2001) }), 422, "text.length"),
        (json!({ "evidence": "a\0b" }), 422, "text.unstorable"),
        (json!({ "from": "2024-02-30" }), 400, "request.malformed"),
    ] {
        caller.refused(&caller.post(PATH, &with(&good, members)), status, code).await;
    }
    let recorded = caller.send(&caller.post(PATH, &good));
    let id = recorded.text("/id").to_owned();
    caller
        .refused(&caller.post(PATH, &with(&body(&other, &one), json!({ "from": "2025-01-01" }))), 409, "relation.holds")
        .await;
    for (until, reason, code) in [
        ("2023-12-31", "sold", "relation.days"),
        ("2025-01-01", " ", "text.length"),
        ("2025-01-01", "\0", "text.unstorable"),
    ] {
        caller.refused(&end(&caller, &id, until, reason), 422, code).await;
    }
    caller.refused(&end(&caller, &Uuid::now_v7().to_string(), "2025-01-01", "sold"), 404, "not_found").await;
    assert_eq!(caller.send(&end(&caller, &id, "2025-01-01", "sold")).told(), (200, ""));
    caller.refused(&end(&caller, &id, "2024-06-01", "sold"), 409, "relation.ended").await;

    // Nobody records, ends or looks up what their own organisation is to others.
    let own = caller.send(&caller.post(PATH, &body(&one, &third))).text("/id").to_owned();
    let inside = desk.sign_in(&insider).await;
    let again = with(&body(&third, &other), json!({ "evidence": "we are not" }));
    inside.refused(&inside.post(PATH, &again), 403, "person.own_organisation").await;
    inside.refused(&end(&inside, &own, "2025-01-01", "we are not"), 403, "person.own_organisation").await;
    let listed = inside.send(&inside.get(PATH));
    assert_eq!((listed.json["items"].as_array().unwrap().len(), listed.text("/items/0/id")), (1, &*id));
    let auditor = desk.sign_in(&world.person(&[Role::Auditor], &[]).await).await;
    auditor.refused(&auditor.post(PATH, &again), 403, "permission.denied").await;
    auditor.refused(&end(&auditor, &own, "2025-01-01", "sold"), 403, "permission.denied").await;
    desk.told_exactly(CODES);
}

#[tokio::test]
async fn of_several_who_record_or_end_the_same_at_once_one_does() {
    let world = World::with(&[], at(DAY, 0)).await;
    let (one, other) = (world.applicant().await, world.applicant().await);
    let desk = Desk::open(&world, morning(DAY));
    let caller = desk.sign_in(&officer(&world).await).await;
    let at_once = |calls: Vec<Call>| {
        let mut told = thread::scope(|scope| {
            let sent = calls.iter().map(|call| scope.spawn(|| caller.send(call))).collect::<Vec<_>>();
            sent.into_iter().map(|sent| sent.join().unwrap()).collect::<Vec<_>>()
        });
        told.sort_by_key(|reply| reply.status);
        told
    };
    let recorded = at_once(
        ["2023-01-01", "2024-01-01", "2025-01-01", "2026-01-01"]
            .map(|from| caller.post(PATH, &with(&body(&one, &other), json!({ "from": from }))))
            .to_vec(),
    );
    let told = recorded.iter().map(|reply| reply.told()).collect::<Vec<_>>();
    assert_eq!(told, [(201, ""), (409, "relation.holds"), (409, "relation.holds"), (409, "relation.holds")]);
    let id = recorded[0].text("/id");
    let ended = at_once(["sold", "wound up", "merged"].map(|reason| end(&caller, id, "2026-02-01", reason)).to_vec());
    let told = ended.iter().map(|reply| reply.told()).collect::<Vec<_>>();
    assert_eq!(told, [(200, ""), (409, "relation.ended"), (409, "relation.ended")]);
    assert_eq!(verify(&mut world.db.reader().await.unwrap()).await.unwrap().1, Vec::new());
}

#[tokio::test]
async fn the_database_refuses_by_itself_what_would_make_relations_unsound() {
    let world = World::with(&[], at(DAY, 0)).await;
    let (one, other) = (world.applicant().await, world.applicant().await);
    let who = officer(&world).await;
    let relation = world.relate(&who, (&one, &other), ("2024-01-01", None), at(DAY, 0)).await;
    let past = world.relate(&who, (&one, &other), ("2020-01-01", Some("2021-01-01")), at(DAY, 0)).await;
    let [first, second] = relation.between.both();
    let by = who.person().unwrap();
    let insert = |first, second, group, from, until| {
        format!(
            "INSERT INTO organisation_relations (id, first_id, second_id, group_code, from_on, until_on, evidence, created_by, created_at)
             VALUES ('{}', '{first}', '{second}', '{group}', '{from}', {until}, 'a return', '{by}', now())",
            Uuid::now_v7()
        )
    };
    let end = |id, until: &str| {
        format!(
            "UPDATE organisation_relations SET until_on = {until}, ended_by = '{by}', ended_at = now(), end_reason = 'sold' WHERE id = '{id}'"
        )
    };
    let set = |what: &str| format!("UPDATE organisation_relations SET {what} WHERE id = '{}'", relation.id);
    let group = "related_company";
    for (sql, told) in [
        (insert(second, first, group, "2010-01-01", "'2011-01-01'"), "check constraint"),
        (insert(first, first, group, "2010-01-01", "'2011-01-01'"), "check constraint"),
        (insert(first, second, "Related", "2010-01-01", "'2011-01-01'"), "check constraint"),
        (insert(first, second, group, "2010-01-01", "'2010-01-01'"), "check constraint"),
        (insert(first, second, group, "2010-01-01", "'2009-01-01'"), "range lower bound"),
        (insert(first, second, group, "2020-12-31", "'2021-06-01'"), "holds already"),
        (insert(first, second, group, "2030-01-01", "NULL"), "holds already"),
        (end(relation.id, "'2023-12-31'"), "check constraint"),
        (end(relation.id, "NULL"), "check constraint"),
        (end(past.id, "'2020-06-01'"), "stays as it is"),
        (set("until_on = '2025-01-01'"), "stays as it is"),
        (set("end_reason = 'sold'"), "stays as it is"),
        (set("from_on = '2023-01-01'"), "permission denied"),
        (set("evidence = 'another'"), "permission denied"),
        (set("group_code = 'associate'"), "permission denied"),
        ("DELETE FROM organisation_relations".to_owned(), "permission denied"),
    ] {
        let refusal = world.database.as_server(&sql).await;
        assert!(refusal.as_ref().is_err_and(|refusal| refusal.contains(told)), "{refusal:?}\n{sql}");
    }
    for sql in ["DELETE FROM organisation_relations", "TRUNCATE organisation_relations"] {
        assert!(world.database.as_owner(sql).await.unwrap_err().contains("append-only"), "{sql}");
    }
    world.database.as_server(&insert(first, second, "associate", "2024-01-01", "NULL")).await.unwrap();
    world.database.as_server(&end(relation.id, "'2024-01-01'")).await.unwrap();
    world.database.as_server(&end(relation.id, "'2024-01-01'")).await.unwrap_err();
}
