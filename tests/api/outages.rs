//! What is told when it is not the caller's fault, and to whoever tries too often.

use crate::desk::Desk;
use crate::site::{Call, Reply, Site, morning};
use crate::world::{World, at};
use rules::actor::Role;
use serde_json::json;

pub const OF_HASTE: &[&str] = &["session.credentials", "too_many_tries"];
pub const OF_OUTAGES: &[&str] = &["unavailable"];

const DAY: &str = "2026-02-02";

#[track_caller]
fn waits(reply: &Reply, seconds: std::ops::RangeInclusive<u64>) {
    assert_eq!(reply.refused(), (429, "too_many_tries"));
    let wait = reply.header("retry-after").parse::<u64>().unwrap();
    assert!(seconds.contains(&wait), "{wait}");
}

fn sign_in(email: &str) -> Call {
    Call::post("/api/v1/sessions", &json!({ "email": email, "password": "not the one at all" }))
}

#[tokio::test]
async fn whoever_guesses_waits_at_every_door_where_guessing_would_pay() {
    let world = World::with(&[], at(DAY, 0)).await;
    let desk = Desk::with(&world, morning(DAY), &[("sign_in.tries_per_minute", "2")]);
    for email in ["one@example.hk", "two@example.hk"] {
        assert_eq!(desk.send(&sign_in(email)).refused(), (401, "session.credentials"));
    }
    let open = ["/api/v1/clock", "/api/v1/schemes/{code}/calculations"];
    let doors = desk.site.doors().into_iter().filter(|door| !door.guarded && door.takes_body);
    let doors = doors.filter(|door| !open.contains(&door.path.as_str())).collect::<Vec<_>>();
    assert_eq!(doors.len(), 5);
    for door in &doors {
        // Not even read, and a header that anybody can write makes nobody somebody else.
        let call = door.bare("").bytes("{{").header("x-forwarded-for", "192.0.2.77");
        waits(&desk.send(&call), 1..=30);
    }
    let token = desk.site.token(&world.person(&[Role::Officer], &[]).await).await;
    assert_eq!(desk.site.send(&Call::get("/api/v1/me").with(&token)).told(), (200, ""));
    desk.told_exactly(OF_HASTE);
}

#[tokio::test]
async fn an_account_waits_after_wrong_passwords_whether_or_not_it_is_there() {
    let world = World::with(&[], at(DAY, 0)).await;
    let known = "known@example.hk";
    world.person(&[Role::Officer], &[]).await;
    world
        .database
        .run(&format!("UPDATE people SET email = '{known}' WHERE id = (SELECT max(id::text)::uuid FROM people)"))
        .await;
    let site = Site::open(&world.database, &[("sign_in.failures_free", "2")]);
    for email in [known, "unknown@example.hk"] {
        for _ in 0..2 {
            assert_eq!(site.send(&sign_in(email)).refused(), (401, "session.credentials"));
        }
        // Another way to write an address is no other account. The wait begins with a second, which a slow machine may take
        // over the next try: then it doubles.
        let again = sign_in(&format!(" {}", email.to_uppercase()));
        let told = (0..8).map(|_| site.send(&again)).find(|reply| reply.status != 401);
        waits(&told.unwrap(), 1..=128);
    }
    assert_eq!(site.send(&sign_in("other@example.hk")).refused(), (401, "session.credentials"));
}

#[tokio::test]
async fn without_its_database_the_house_asks_to_come_back_and_tells_no_more() {
    let world = World::with(&["NIAS"], at(DAY, 0)).await;
    let desk = Desk::open(&world, morning(DAY));
    let (site, token) = (&desk.site, desk.site.token(&world.person(&Role::ALL, &[]).await).await);
    let request = json!({ "on": "2025-02-05", "project": { "stages": [{ "stage": "project", "costs": [{ "category": "equipment", "amount": "600000000.00" }] }] } });
    let calls = [
        Call::get("/health/ready"),
        Call::get("/api/v1/me").with(&token),
        Call::get("/api/v1/schemes"),
        Call::get("/api/v1/schemes/NIAS"),
        Call::post("/api/v1/schemes/NIAS/calculations", &request),
        Call::get("/api/v1/reports/disbursements").with(&token),
        Call::get("/api/v1/reports/disbursements.csv").with(&token),
        sign_in("one@example.hk"),
        Call::post("/api/v1/sessions/refresh", &json!({ "refresh_token": "a" })),
        Call::post("/api/v1/passwords", &json!({ "token": "a", "password": "kettle orbit mango seventeen" })),
    ];
    for call in &calls {
        assert!(site.send(call).status.as_u16() < 500, "{call:?}");
    }
    world.database.vanish().await;
    let nowhere = Site::before("postgres://somebody:hunter2@127.0.0.1:1/almoner", &[]);
    for site in [site, &nowhere] {
        for call in &calls {
            let reply = desk.noted(site.send(call));
            assert_eq!(reply.refused(), (503, "unavailable"), "{call:?}: {}", reply.json);
            assert_eq!(reply.header("retry-after"), "2");
            assert!(!String::from_utf8_lossy(&reply.bytes).contains("hunter2"));
        }
        assert_eq!(site.send(&Call::get("/health/live")).told(), (200, ""));
        assert_eq!(site.send(&Call::get("/api/v1/openapi.json")).told(), (200, ""));
        let measured = site.send(&Call::get("/metrics"));
        assert!(String::from_utf8_lossy(&measured.bytes).contains("status=\"503\""));
    }
    desk.told_exactly(OF_OUTAGES);
}

#[tokio::test]
async fn a_request_keeps_its_name_where_that_is_safe_to_log() {
    let world = World::with(&[], at(DAY, 0)).await;
    let site = Site::open(&world.database, &[]);
    let named = |id: &str| site.send(&Call::get("/api/v1/me").header("x-request-id", id));
    assert_eq!(named("case-42_a.b").header("x-request-id"), "case-42_a.b");
    for id in ["", "two words", "<script>", &"a".repeat(65)] {
        let reply = named(id);
        assert_eq!(reply.refused(), (401, "unauthenticated"));
        assert!(
            reply.text("/request_id").len() == 36 && !reply.text("/request_id").contains(id.trim()) || id.is_empty()
        );
    }
}
