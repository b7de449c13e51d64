//! Particulars of organisations over HTTP: who keeps and who reads them, and that a bank account goes in and never out.

use crate::desk::Desk;
use crate::site::{Call, morning};
use crate::world::{World, at};
use almoner::store::audit::verify;
use rules::actor::Role;
use serde_json::{Value, json};
use std::thread;
use uuid::Uuid;

pub const CODES: &[&str] = &[
    "if_match.missing",
    "not_found",
    "particulars.account",
    "particulars.telephone",
    "particulars.website",
    "permission.denied",
    "request.malformed",
    "text.length",
    "text.unstorable",
    "version.unknown",
];

const DAY: &str = "2026-02-02";
const ACCOUNT: &str = "004-123-456789-001";
const DIGITS: &str = "004123456789001";

fn path(organisation: impl std::fmt::Display) -> String {
    format!("/api/v1/organisations/{organisation}/particulars")
}

fn all() -> Value {
    json!({ "address": " 12 Harbour Road ", "telephone": "+852 2345 6789", "website": "https://www.optics.example.hk",
        "account": ACCOUNT })
}

/// Everything that the database holds, as text.
pub async fn kept(world: &World) -> String {
    let sql = "SELECT query_to_xml('SELECT * FROM ' || quote_ident(table_name), true, false, '')::text AS line
                 FROM information_schema.tables WHERE table_schema = 'public'";
    world.database.lines(sql).await.concat()
}

#[tokio::test]
async fn whoever_acts_for_an_organisation_keeps_its_particulars_and_those_who_weigh_cases_read_them() {
    let world = World::with(&[], at(DAY, 0)).await;
    let applicant = world.applicant().await;
    let (officer, auditor) = (world.person(&[Role::Officer], &[]).await, world.person(&[Role::Auditor], &[]).await);
    let desk = Desk::open(&world, morning(DAY));
    let own = desk.sign_in(&applicant.actor).await;
    let path = path(applicant.organisation);
    let none = json!({ "organisation": applicant.organisation, "address": null, "telephone": null, "website": null,
        "account": null, "version": 1 });
    let read = own.send(&own.get(path.as_str()));
    assert_eq!((read.told(), read.header("etag"), &read.json), ((200, ""), "\"1\"", &none));

    let first = own.send(&own.put(path.as_str(), &all(), 1));
    let mut expected = json!({ "organisation": applicant.organisation, "address": "12 Harbour Road",
        "telephone": "+852 2345 6789", "website": "https://www.optics.example.hk", "account": { "ending": "001" },
        "version": 2 });
    assert_eq!((first.told(), first.header("etag"), &first.json), ((200, ""), "\"2\"", &expected));
    for who in [&officer, &auditor] {
        let caller = desk.sign_in(who).await;
        assert_eq!(caller.send(&caller.get(path.as_str())).json, expected);
    }
    // What is left out is none, but of the account, which nobody could write again.
    let second = own.send(&own.put(path.as_str(), &json!({ "telephone": "2345 6789" }), 2));
    expected = json!({ "organisation": applicant.organisation, "address": null, "telephone": "2345 6789", "website": null,
        "account": { "ending": "001" }, "version": 3 });
    assert_eq!(second.json, expected);
    // The account is in no table, neither as it was written nor as digits; nor is it in what the audit says.
    let everything = kept(&world).await;
    assert!(everything.contains("2345 6789"), "the search would find it");
    assert!(!everything.contains(ACCOUNT) && !everything.contains(DIGITS), "the account is kept in the clear");
    let third = own.send(&own.put(path.as_str(), &json!({ "account": null }), 3));
    assert_eq!((&third.json["account"], &third.json["telephone"]), (&json!(null), &json!(null)));

    let sql = format!(
        "SELECT concat_ws(' ', subject, sequence, event) AS line FROM audit_entries WHERE subject_id = '{}' ORDER BY sequence",
        applicant.organisation
    );
    let event = |changed: &str| {
        let id = applicant.organisation;
        format!(r#"{{"changed":[{changed}],"event":"particulars.kept","organisation":"{id}"}}"#)
    };
    assert_eq!(
        world.database.lines(&sql).await,
        [
            format!("organisation 1 {}", event(r#""address","telephone","website","account""#)),
            format!("organisation 2 {}", event(r#""address","telephone","website""#)),
            format!("organisation 3 {}", event(r#""telephone","account""#)),
        ]
    );
    assert_eq!(verify(&mut world.db.reader().await.unwrap()).await.unwrap().1, Vec::new());
    desk.told_exactly(&[]);
}

#[tokio::test]
async fn what_is_no_particular_is_refused_and_who_has_no_business_with_them_as_well() {
    let world = World::with(&[], at(DAY, 0)).await;
    let (applicant, stranger) = (world.applicant().await, world.applicant().await);
    let former = world.applicant().await;
    let desk = Desk::open(&world, morning(DAY));
    let own = desk.sign_in(&applicant.actor).await;
    let path = path(applicant.organisation);
    for (member, value, status, code) in [
        ("telephone", json!("2345"), 422, "particulars.telephone"),
        ("website", json!("our site"), 422, "particulars.website"),
        ("account", json!("004-123-456789-00X"), 422, "particulars.account"),
        ("account", json!(4_123_456_789_001_u64), 400, "request.malformed"),
        ("address", json!("x".repeat(501)), 422, "text.length"),
        ("address", json!("a\0b"), 422, "text.unstorable"),
    ] {
        let reply = own.refused(&own.put(path.as_str(), &json!({ member: value }), 1), status, code).await;
        let told = String::from_utf8_lossy(&reply.bytes).into_owned();
        assert!(!told.contains("123456789") && !told.contains("4123456789001"), "an account is not repeated: {told}");
    }
    own.refused(&own.put(path.as_str(), &all(), 2), 412, "version.unknown").await;
    let without = Call::put(path.as_str(), &all()).with(&own.token);
    own.refused(&without, 428, "if_match.missing").await;
    let officer = desk.sign_in(&world.person(&[Role::Officer], &[]).await).await;
    officer.refused(&officer.put(path.as_str(), &all(), 1), 403, "permission.denied").await;
    officer.refused(&officer.get(self::path(Uuid::now_v7())), 404, "not_found").await;
    // Whoever works for the agency alone and still acts for an organisation reads nothing of it with the eyes of the staff.
    let former = world.with_roles(&former, &[Role::Officer]).await;
    let caller = desk.sign_in(&former.actor).await;
    caller.refused(&caller.get(self::path(former.organisation)), 403, "permission.denied").await;
    for who in [
        stranger.actor.clone(),
        world.person(&[Role::Assessor], &[]).await,
        world.person(&[Role::FinancePreparer], &[]).await,
        world.person(&[Role::Administrator], &[]).await,
    ] {
        let caller = desk.sign_in(&who).await;
        caller.refused(&caller.get(path.as_str()), 403, "permission.denied").await;
        caller.refused(&caller.put(path.as_str(), &all(), 1), 403, "permission.denied").await;
        // Whether there is such an organisation is told to nobody of them.
        caller.refused(&caller.get(self::path(Uuid::now_v7())), 403, "permission.denied").await;
    }
    desk.told_exactly(CODES);
}

#[tokio::test]
async fn of_two_who_keep_them_at_once_one_is_told_that_somebody_else_has() {
    let world = World::with(&[], at(DAY, 0)).await;
    let applicant = world.applicant().await;
    let desk = Desk::open(&world, morning(DAY));
    let own = desk.sign_in(&applicant.actor).await;
    for version in 1..6 {
        let call = own.put(path(applicant.organisation), &json!({ "address": format!("House {version}") }), version);
        let mut told = thread::scope(|scope| {
            let sent = [(); 2].map(|()| scope.spawn(|| own.send(&call)));
            sent.map(|sent| sent.join().unwrap()).map(|reply| reply.told().0)
        });
        told.sort_unstable();
        assert_eq!(told, [200, 412]);
    }
}

#[tokio::test]
async fn the_database_takes_no_account_in_the_clear_and_no_key_that_is_not_a_hash() {
    let world = World::with(&[], at(DAY, 0)).await;
    let applicant = world.applicant().await;
    let desk = Desk::open(&world, morning(DAY));
    let own = desk.sign_in(&applicant.actor).await;
    assert_eq!(own.send(&own.put(path(applicant.organisation), &all(), 1)).told(), (200, ""));
    let (id, other) = (applicant.organisation, world.applicant().await.organisation);
    let hash = "f".repeat(64);
    let insert =
        "INSERT INTO organisation_particulars (organisation_id, version, account_fingerprint, account_ending) VALUES";
    let update = |set: &str| format!("UPDATE organisation_particulars SET {set}");
    for (statement, told) in [
        (format!("{insert} ('{other}', 2, '{DIGITS}', '001')"), "account_fingerprint_check"),
        (format!("{insert} ('{other}', 2, '{hash}', '9001')"), "account_ending_check"),
        (format!("{insert} ('{other}', 2, '{hash}', NULL)"), "violates check constraint"),
        (format!("{insert} ('{other}', 1, '{hash}', '001')"), "version_check"),
        (update("address_key = '12 Harbour Road', version = 3"), "address_key_check"),
        (update("address = 'Elsewhere'"), "decided and stays"),
        (update("address = 'Elsewhere', version = 9"), "decided and stays"),
        (update(&format!("organisation_id = '{other}'")), "permission denied"),
        (format!("DELETE FROM organisation_particulars WHERE organisation_id = '{id}'"), "permission denied"),
        (format!("INSERT INTO application_keys VALUES ('{id}', 'person', 'Chan Tai Man')"), "key_check"),
        (format!("INSERT INTO application_keys VALUES ('{id}', 'secret', '{hash}')"), "kind_check"),
        (format!("UPDATE application_keys SET key = '{hash}'"), "permission denied"),
    ] {
        let refused = world.database.as_server(&statement).await;
        assert!(refused.as_ref().is_err_and(|said| said.contains(told)), "{statement}: {refused:?}");
    }
}
