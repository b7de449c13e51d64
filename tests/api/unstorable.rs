//! U+0000, which no text of the database can hold: wherever it is sent, it is refused or nobody's, and never a failure of the house.

use crate::proposals::nias;
use crate::site::{Call, Site};
use crate::world::{World, at, text_of};
use almoner::store::outbox::{self, Unsent};
use rules::actor::Role;
use serde_json::{Value, json};
use ureq::http::Method;
use uuid::Uuid;

const DAY: &str = "2026-02-02";

fn person(email: &str, name: &str) -> Value {
    json!({ "email": email, "name": name, "language": "en" })
}

fn registration(person: Value, name: &str, ubi: &str) -> Value {
    json!({ "person": person, "organisation": { "name": name, "ubi": ubi } })
}

/// Calls of a visitor, and what each is told.
fn of_a_visitor() -> Vec<(Call, (u16, &'static str))> {
    let register = |person, name, ubi| Call::post("/api/v1/registrations", &registration(person, name, ubi));
    let fine = || person("somebody@example.hk", "Somebody");
    vec![
        (
            Call::post("/api/v1/sessions", &json!({ "email": "a\0@example.hk", "password": "correct horse battery" })),
            (401, "session.credentials"),
        ),
        (
            Call::post("/api/v1/sessions", &json!({ "email": "a@example.hk", "password": "correct horse \0 battery" })),
            (401, "session.credentials"),
        ),
        (Call::post("/api/v1/sessions/refresh", &json!({ "refresh_token": "a\0b" })), (401, "session.ended")),
        (Call::post("/api/v1/password-links", &json!({ "email": "a\0@example.hk" })), (202, "")),
        (
            Call::post("/api/v1/passwords", &json!({ "token": "a\0b", "password": "correct horse \0 battery" })),
            (409, "password.link_spent"),
        ),
        (
            register(person("a\0@example.hk", "Somebody"), "Somebody Limited", "12345678"),
            (422, "person.email_not_an_address"),
        ),
        (
            register(person("a@example.hk", "Some\0body"), "Somebody Limited", "12345678"),
            (422, "person.name_not_usable"),
        ),
        (register(fine(), "Somebody \0 Limited", "12345678"), (422, "person.name_not_usable")),
        (register(fine(), "Somebody Limited", "1234567\0"), (422, "organisation.ubi_not_eight_digits")),
        (Call::get("/api/v1/schemes/NI%00AS"), (404, "scheme.not_published")),
        (Call::get("/api/v1/schemes/NIAS/texts/%00"), (404, "not_found")),
        (
            Call::post(
                "/api/v1/schemes/NI%00AS/calculations",
                &json!({ "on": "2025-02-05", "project": { "stages": [] } }),
            ),
            (404, "scheme.not_published"),
        ),
    ]
}

#[tokio::test]
async fn a_text_that_the_database_cannot_hold_is_refused_or_nobodys_wherever_it_is_sent() {
    let world = World::with(&["NIAS"], at(DAY, 0)).await;
    let site = Site::open(&world.database, &[]);
    let administrator = site.token(&world.person(&[Role::Administrator], &[]).await).await;
    let finance = site.token(&world.person(&[Role::FinancePreparer], &[]).await).await;
    let officer = world.person(&[Role::Officer], &[]).await;
    let publishing = site.token(&officer).await;
    let applicant = world.applicant().await;
    let (applying, organisation) = (site.token(&applicant.actor).await, applicant.organisation);
    let before = world.database.lines("SELECT hash AS line FROM audit_entries ORDER BY 1").await;
    let authorities = format!("/api/v1/people/{}/authorities", officer.person().unwrap());
    let begin = |scheme: &str, content: Value| {
        let draft = json!({ "scheme": scheme, "organisation": organisation, "content": content });
        Call::post("/api/v1/applications", &draft).with(&applying)
    };
    let with = |pointer: &str, text: &str| {
        let mut content = nias();
        *content.pointer_mut(pointer).unwrap() = json!(text);
        content
    };
    let draft = |text: String| Call::post("/api/v1/scheme-drafts", &json!({ "text": text })).with(&publishing);
    let invite = |person| Call::post("/api/v1/people", &json!({ "person": person, "roles": ["officer"] }));
    let calls = [
        (begin("NI\0AS", nias()), (404, "scheme.not_published")),
        (begin("NIAS", with("/title", "a\0b")), (422, "text.unstorable")),
        (begin("NIAS", with("/request/project/stages/0/costs/0/category", "a\0b")), (422, "text.unstorable")),
        (Call::get("/api/v1/applications?scheme=NI%00AS").with(&applying), (200, "")),
        (Call::get("/api/v1/applications?state=%00").with(&applying), (400, "request.malformed")),
        (Call::get("/api/v1/reports/envelopes?scheme=%00").with(&finance), (404, "scheme.not_published")),
        (Call::get("/api/v1/reports/disbursements?scheme=%00").with(&finance), (404, "scheme.not_published")),
        (Call::get("/api/v1/reports/disbursements.csv?scheme=%00").with(&finance), (404, "scheme.not_published")),
        (Call::get("/api/v1/batches?state=%00").with(&finance), (400, "request.malformed")),
        (invite(person("a\0@example.hk", "Somebody")).with(&administrator), (422, "person.email_not_an_address")),
        (invite(person("a@example.hk", "Some\0body")).with(&administrator), (422, "person.name_not_usable")),
        (
            Call::put(&authorities, &json!({ "authorities": ["dir\0ector"] })).with(&administrator).if_match(1),
            (422, "person.authority_code"),
        ),
        (draft(format!("{}\n# \0\n", text_of("NIAS"))), (422, "text.unstorable")),
        (Call::get("/api/v1/schemes/NI%00AS/texts").with(&publishing), (404, "not_found")),
        (Call::get("/api/v1/scheme-drafts?state=%00").with(&publishing), (400, "request.malformed")),
    ];
    let mut otherwise = Vec::new();
    for (number, (call, expected)) in of_a_visitor().into_iter().chain(calls).enumerate() {
        let reply = site.send(&call.key(&Uuid::now_v7().to_string()));
        if reply.told() != expected {
            otherwise.push((number, expected, reply.status, reply.json));
        }
    }
    assert!(otherwise.is_empty(), "{otherwise:?}");
    let key = Call::new(Method::POST, "/api/v1/batches").with(&finance).json(&json!({ "claims": [] })).key("a\\0b");
    assert_eq!(site.send(&key).told(), (400, "request.malformed"));
    assert_eq!(world.database.lines("SELECT hash AS line FROM audit_entries ORDER BY 1").await, before);
}

#[tokio::test]
async fn what_a_mail_server_says_is_kept_without_it() {
    let world = World::with(&[], at(DAY, 0)).await;
    world.person(&[Role::Officer], &[]).await;
    let (now, until) = (at(DAY, 1), at(DAY, 2).recorded_at);
    let failed = world.db.write(now, async |tx| {
        let claimed = outbox::claim(tx, until, 1).await?;
        outbox::fail(tx, &claimed[0], "550 no\0body", Unsent::GivenUp).await
    });
    failed.await.unwrap();
    let kept = world.database.lines("SELECT last_error AS line FROM outbox WHERE last_error IS NOT NULL").await;
    assert_eq!(kept, ["550 nobody"]);
}
