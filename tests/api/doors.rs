//! Who may knock: every door but the public ones asks for one good access token in one place, before it reads anything else.

use crate::desk::Desk;
use crate::site::{Call, Site, morning};
use crate::world::{World, at};
use almoner::access::{SigningKey, Tokens};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use chrono::TimeDelta;
use rules::actor::Role;
use rules::ids::PersonId;
use serde_json::{Value, json};
use std::time::Duration;
use uuid::Uuid;

pub const CODES: &[&str] = &["unauthenticated"];

const DAY: &str = "2026-02-02";

#[tokio::test]
async fn a_session_opens_the_doors_and_names_its_person() {
    let world = World::with(&[], at(DAY, 0)).await;
    let site = Site::open(&world.database, &[]);
    let applicant = world.applicant().await;
    let token = site.token(&applicant.actor).await;
    let me = site.send(&Call::get("/api/v1/me").with(&token));
    assert_eq!(me.told(), (200, ""));
    assert_eq!(me.text("/organisations/0"), applicant.organisation.to_string());
}

#[tokio::test]
async fn without_a_token_every_door_but_the_public_ones_stays_shut_and_reads_nothing() {
    let world = World::with(&[], at(DAY, 0)).await;
    let site = Site::open(&world.database, &[]);
    let before = world.database.state().await;
    let public = site.doors().iter().filter(|door| !door.guarded).map(|door| door.path.clone()).collect::<Vec<_>>();
    assert_eq!(
        public,
        [
            "/api/v1/clock",
            "/api/v1/openapi.json",
            "/api/v1/password-links",
            "/api/v1/passwords",
            "/api/v1/registrations",
            "/api/v1/schemes",
            "/api/v1/schemes/{code}",
            "/api/v1/schemes/{code}/calculations",
            "/api/v1/schemes/{code}/calculations/schema",
            "/api/v1/schemes/{code}/diff",
            "/api/v1/schemes/{code}/form",
            "/api/v1/schemes/{code}/rounds",
            "/api/v1/schemes/{code}/texts/{hash}",
            "/api/v1/sessions",
            "/api/v1/sessions/refresh",
            "/health/live",
            "/health/ready",
            "/metrics",
        ]
    );
    for door in site.doors().iter().filter(|door| door.guarded) {
        for call in [door.bare("not-an-id").bytes("{{"), door.call(&Uuid::now_v7().to_string()).json(&json!({}))] {
            let reply = site.send(&call);
            assert_eq!(reply.refused(), (401, "unauthenticated"), "{} {}", door.method, door.path);
            assert_eq!(reply.header("www-authenticate"), "Bearer");
        }
    }
    assert_eq!(world.database.state().await, before);
}

/// A token whose first part says that it needs no signature.
fn unsigned(token: &str) -> String {
    let claims = token.split('.').nth(1).unwrap();
    let header = BASE64_URL_SAFE_NO_PAD.encode(json!({"alg": "none", "typ": "at+jwt"}).to_string());
    format!("{header}.{claims}.")
}

/// A good token with other claims under the old signature.
fn forged(token: &str, person: PersonId) -> String {
    let parts = token.split('.').collect::<Vec<_>>();
    let mut claims: Value = serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(parts[1]).unwrap()).unwrap();
    claims["sub"] = json!(person);
    format!("{}.{}.{}", parts[0], BASE64_URL_SAFE_NO_PAD.encode(claims.to_string()), parts[2])
}

#[tokio::test]
async fn a_token_that_is_not_quite_right_opens_nothing() {
    let world = World::with(&[], at(DAY, 0)).await;
    let desk = Desk::open(&world, morning(DAY));
    let site = &desk.site;
    let (administrator, officer) =
        (world.person(&[Role::Administrator], &[]).await, world.person(&[Role::Officer], &[]).await);
    let (person, now) = (administrator.person().unwrap(), site.clock.moment().recorded_at);
    let good = site.token(&administrator).await;
    let claims = good.split('.').nth(1).unwrap();
    let claims: Value = serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(claims).unwrap()).unwrap();
    let session = claims["sid"].as_str().unwrap().parse().unwrap();
    let (issuer, audience) = (claims["iss"].as_str().unwrap(), claims["aud"].as_str().unwrap());
    let minutes = Duration::from_secs(600);
    let before = world.database.state().await;
    let foreign = Tokens::new(&SigningKey::generate().unwrap(), &[], issuer, audience, minutes).unwrap();
    let elsewhere = Tokens::new(&SigningKey::of_the_tests(), &[], "https://else.example", audience, minutes).unwrap();
    let bearer = |token: &str| format!("Bearer {token}");
    for (what, authorization) in [
        ("nothing", String::new()),
        ("no scheme", good.clone()),
        ("another scheme", format!("Basic {good}")),
        ("no token", "Bearer ".to_owned()),
        ("noise", bearer("noise")),
        ("two tokens", bearer(&format!("{good}, {good}"))),
        ("cut off", bearer(good.strip_suffix(|_| true).unwrap())),
        ("as long as a book", bearer(&"a".repeat(5000))),
        ("expired", bearer(&site.tokens.issue(person, session, now - TimeDelta::minutes(11)).unwrap())),
        ("not yet", bearer(&site.tokens.issue(person, session, now + TimeDelta::minutes(5)).unwrap())),
        ("another key", bearer(&foreign.issue(person, session, now).unwrap())),
        ("another issuer", bearer(&elsewhere.issue(person, session, now).unwrap())),
        ("no signature", bearer(&unsigned(&good))),
        ("other claims", bearer(&forged(&good, officer.person().unwrap()))),
        ("somebody else's session", bearer(&site.tokens.issue(officer.person().unwrap(), session, now).unwrap())),
        ("no session", bearer(&site.tokens.issue(person, Uuid::now_v7(), now).unwrap())),
        ("nobody", bearer(&site.tokens.issue(PersonId(Uuid::now_v7()), session, now).unwrap())),
    ] {
        for call in [Call::get("/api/v1/me"), Call::post("/api/v1/people", &json!({})).key("a")] {
            let reply = desk.send(&call.header("authorization", &authorization));
            assert_eq!(reply.refused(), (401, "unauthenticated"), "{what}");
            assert!(reply.header("www-authenticate").starts_with("Bearer"), "{what}");
        }
    }
    assert_eq!(world.database.state().await, before);
    let twice = Call::get("/api/v1/me").with(&good).with(&good);
    desk.refuses(&twice, (401, "unauthenticated")).await;
    for query in ["access_token", "token", "authorization"] {
        desk.refuses(&Call::get(format!("/api/v1/me?{query}={good}")), (401, "unauthenticated")).await;
    }
    assert_eq!(site.send(&Call::get("/api/v1/me").with(&good)).told(), (200, ""));
    let lower = Call::get("/api/v1/me").header("authorization", &format!("bearer {good}"));
    assert_eq!(site.send(&lower).told(), (200, ""));
    desk.told_exactly(CODES);
}
