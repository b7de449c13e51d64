//! What visitors do: register, ask for links, choose passwords. Nothing tells them who has an account.

use crate::desk::Desk;
use crate::sessions::{PASSWORD, choose};
use crate::site::{Call, Reply, morning};
use crate::until::until;
use crate::world::{World, at};
use rules::actor::Role;
use serde_json::{Value, json};

pub const OF_REGISTERING: &[&str] =
    &["organisation.ubi_not_eight_digits", "person.email_not_an_address", "person.name_not_usable"];
pub const OF_PASSWORDS: &[&str] = &["password.guessable", "password.length", "password.link_spent"];

const DAY: &str = "2026-02-02";

fn registration(email: &str, name: &str, organisation: &str, ubi: &str) -> Value {
    json!({ "person": { "email": email, "name": name, "language": "en" }, "organisation": { "name": organisation, "ubi": ubi } })
}

fn register(body: &Value) -> Call {
    Call::post("/api/v1/registrations", body)
}

/// What two answers have in common, apart from the name of the request and the time.
fn seen(reply: &Reply) -> (u16, Vec<(String, String)>, Value) {
    let headers = reply.headers.iter().filter(|(name, _)| !["date", "x-request-id"].contains(&name.as_str()));
    let headers = headers.map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned())).collect();
    let mut json = reply.json.clone();
    json.as_object_mut().unwrap().remove("request_id");
    (reply.status.as_u16(), headers, json)
}

#[tokio::test]
async fn words_with_which_nobody_can_register_are_refused_at_once() {
    let world = World::with(&[], at(DAY, 0)).await;
    let desk = Desk::open(&world, morning(DAY));
    let long = "a".repeat(250);
    for (code, body) in [
        ("person.email_not_an_address", registration("ming", "Ming", "Firm", "20000003")),
        ("person.email_not_an_address", registration("a@b@c.example", "Ming", "Firm", "20000003")),
        ("person.email_not_an_address", registration("a b@c.example", "Ming", "Firm", "20000003")),
        ("person.email_not_an_address", registration(&format!("{long}@c.example"), "Ming", "Firm", "20000003")),
        ("person.name_not_usable", registration("a@c.example", " ", "Firm", "20000003")),
        ("person.name_not_usable", registration("a@c.example", "Ming\nBcc: x", "Firm", "20000003")),
        ("person.name_not_usable", registration("a@c.example", "Ming\u{0}", "Firm", "20000003")),
        ("person.name_not_usable", registration("a@c.example", "Ming", &long, "20000003")),
        ("organisation.ubi_not_eight_digits", registration("a@c.example", "Ming", "Firm", "2000000")),
        ("organisation.ubi_not_eight_digits", registration("a@c.example", "Ming", "Firm", "２０００００03")),
    ] {
        let status = 422;
        desk.refuses(&register(&body), (status, code)).await;
    }
    desk.told_exactly(OF_REGISTERING);
}

#[tokio::test]
async fn signing_in_and_asking_for_a_link_tell_nobody_who_has_an_account() {
    let world = World::with(&[], at(DAY, 0)).await;
    let desk = Desk::open(&world, morning(DAY));
    let (with, without) = (desk.with_password(&[Role::Officer]).await, desk.account(&[Role::Officer]).await);
    let emails = [
        with.email.as_str(),
        without.email.as_str(),
        "nobody@example.hk",
        "nul\u{0}@example.hk",
        "no address",
        &"a".repeat(300),
        "",
    ];
    let sign_in = |email: &str| {
        let call = Call::post("/api/v1/sessions", &json!({ "email": email, "password": "not the one at all" }));
        seen(&desk.send(&call))
    };
    let link = |email: &str| seen(&desk.send(&Call::post("/api/v1/password-links", &json!({ "email": email }))));
    let (refused, accepted) = (sign_in(emails[0]), link(emails[0]));
    assert_eq!((refused.0, accepted.0), (401, 202));
    for email in emails.into_iter().skip(1) {
        assert_eq!((sign_in(email), link(email)), (refused.clone(), accepted.clone()), "{email}");
    }
    // It is done after the answer; each invitation has had a letter before.
    let sql = "SELECT count(*)::text AS line FROM audit_entries WHERE event LIKE '%password_link_requested%'";
    until("two links", async || world.database.lines(sql).await == ["2"]).await;
    assert_eq!(desk.signs_in(&with, PASSWORD).told(), (201, ""));
}

#[tokio::test]
async fn a_password_is_long_enough_and_hard_to_guess_and_a_refused_one_leaves_the_link() {
    let world = World::with(&[], at(DAY, 0)).await;
    let desk = Desk::open(&world, morning(DAY));
    let account = desk.account(&[Role::Officer]).await;
    world
        .database
        .run(&format!(
            "UPDATE people SET name = 'Wong Ka Yan', email = 'kayan.wong@example.hk' WHERE email = '{}'",
            account.email
        ))
        .await;
    let link = desk.link(&account).await;
    for (code, password) in [
        ("password.length", "fourteen chars".to_owned()),
        ("password.length", String::new()),
        ("password.length", "短".repeat(14)),
        ("password.length", "kettle orbit mango ".repeat(7)),
        ("password.guessable", "passwordpassword".to_owned()),
        ("password.guessable", "a".repeat(20)),
        ("password.guessable", "the password of wong ka yan today".to_owned()),
        ("password.guessable", "orbit KAYAN.WONG mango kettle".to_owned()),
    ] {
        let reply = desk.refuses(&choose(&link, &password), (422, code)).await;
        assert!(password.is_empty() || !String::from_utf8_lossy(&reply.bytes).contains(&password));
    }
    for link in ["", "never given out", &format!("{link}x")] {
        desk.refuses(&choose(link, PASSWORD), (409, "password.link_spent")).await;
    }
    world.database.run("UPDATE password_tokens SET expires_at = created_at").await;
    desk.refuses(&choose(&link, PASSWORD), (409, "password.link_spent")).await;
    world.database.run("UPDATE password_tokens SET expires_at = created_at + interval '1 hour'").await;
    assert_eq!(desk.send(&choose(&link, PASSWORD)).told(), (204, ""));
    desk.told_exactly(OF_PASSWORDS);
}
