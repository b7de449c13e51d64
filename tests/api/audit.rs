//! The audit names every row that was changed, deleted or added.

use crate::database::TestDatabase;
use crate::proposals::nias;
use crate::site::{Call, Site};
use crate::world::{World, at};
use almoner::actions::schemes;
use almoner::store::audit::{Entry, FindingKind, of_subject, verify};
use almoner::store::{Connected, Db, Moment};
use chrono::{DateTime, SecondsFormat, Utc};
use diesel_async::SimpleAsyncConnection;
use rules::actor::{Actor, Role};
use sha2::{Digest, Sha256};

async fn publish_nias(db: &Db, second: bool) {
    let mut text = include_str!("../../seeds/schemes/nias.toml").to_owned();
    if second {
        text.push_str("\n# a second text\n");
    }
    let moment = Moment {
        now: "2025-01-02T03:04:05.123456789Z".parse().unwrap(),
        recorded_at: "2025-01-02T03:04:06Z".parse().unwrap(),
    };
    db.write(moment, async |tx| schemes::publish(tx, &Actor::console(), text, moment.today()).await).await.unwrap();
}

#[tokio::test]
async fn an_untouched_audit_has_nothing_to_report() {
    let database = TestDatabase::migrated().await;
    publish_nias(&database.db(), false).await;
    publish_nias(&database.db(), true).await;
    assert_eq!(verify(&mut database.db().reader().await.unwrap()).await.unwrap(), (2, Vec::new()));
}

#[tokio::test]
async fn a_row_that_was_changed_deleted_or_added_is_named() {
    for (tampering, kind, sequence) in [
        ("UPDATE audit_entries SET who = '\"visitor\"'", FindingKind::Changed, 1),
        ("UPDATE audit_entries SET recorded_at = recorded_at + interval '1 microsecond'", FindingKind::Changed, 1),
        ("UPDATE audit_entries SET hash = repeat('0', 64)", FindingKind::Changed, 1),
        ("DELETE FROM audit_entries", FindingKind::Deleted, 1),
        ("UPDATE audit_entries SET sequence = 2; UPDATE audit_heads SET sequence = 2", FindingKind::Deleted, 1),
        (
            "INSERT INTO audit_entries SELECT subject_id, 2, subject, event, who, happened_at, recorded_at, hash, repeat('a', 64)
               FROM audit_entries",
            FindingKind::Added,
            2,
        ),
    ] {
        let database = TestDatabase::migrated().await;
        publish_nias(&database.db(), false).await;
        database.run(&format!("SET session_replication_role = replica; {tampering}")).await;
        let (_, findings) = verify(&mut database.db().reader().await.unwrap()).await.unwrap();
        let found = findings.first().map(|finding| (finding.kind, finding.sequence));
        assert_eq!(found, Some((kind, sequence)), "{tampering}: {findings:?}");
    }
}

/// The hash that an intruder who knows how would write.
fn hash_of(entry: &Entry) -> String {
    let instant = |instant: DateTime<Utc>| instant.to_rfc3339_opts(SecondsFormat::Micros, true);
    let link = serde_json::json!({
        "subject": entry.subject, "subject_id": entry.subject_id, "sequence": entry.sequence, "event": entry.event,
        "who": entry.who, "happened_at": instant(entry.happened_at), "recorded_at": instant(entry.recorded_at),
        "previous_hash": entry.previous_hash,
    });
    rules::hexadecimal(&Sha256::digest(serde_json_canonicalizer::to_vec(&link).unwrap()))
}

#[tokio::test]
async fn a_row_that_was_changed_and_hashed_anew_is_named_and_not_the_one_that_follows_it() {
    for (sequence, kind) in [(1, FindingKind::Rehashed), (3, FindingKind::Rehashed), (6, FindingKind::Changed)] {
        let world = World::with(&[], at("2026-02-02", 0)).await;
        let applicant = world.applicant().await;
        for _ in 0..2 {
            world.with_roles(&applicant, &[Role::Applicant]).await;
        }
        let subject = applicant.actor.person().unwrap().0;
        let chain = of_subject(&mut world.db.reader().await.unwrap(), subject, 0, 100).await.unwrap();
        assert_eq!(chain.len(), 6);
        let mut entry = chain.into_iter().find(|entry| entry.sequence == sequence).unwrap();
        assert_eq!(hash_of(&entry), entry.hash);
        entry.who = "\"console\"".to_owned();
        let (who, hash) = (&entry.who, hash_of(&entry));
        let tampering = format!(
            "SET session_replication_role = replica; UPDATE audit_entries SET who = '{who}', hash = '{hash}'
               WHERE subject_id = '{subject}' AND sequence = {sequence}"
        );
        world.database.run(&tampering).await;
        let (_, findings) = verify(&mut world.db.reader().await.unwrap()).await.unwrap();
        let found: Vec<_> =
            findings.iter().map(|finding| (finding.subject_id, finding.sequence, finding.kind)).collect();
        assert_eq!(found, [(subject, sequence, kind)]);
    }
}

#[tokio::test]
async fn no_audit_is_so_long_that_its_walk_is_cut_off() {
    const MANY: &str = "SET session_replication_role = replica;
      INSERT INTO audit_entries SELECT gen_random_uuid(), 1, subject, event, who, happened_at, recorded_at, previous_hash, hash
        FROM audit_entries, generate_series(2, 6000)";
    let database = TestDatabase::migrated().await;
    publish_nias(&database.db(), false).await;
    database.run(MANY).await;
    let mut reader = database.db().reader().await.unwrap();
    reader.connection().batch_execute("SET statement_timeout = '50ms'").await.unwrap();
    assert_eq!(verify(&mut reader).await.unwrap().0, 6000);
}

#[tokio::test]
#[should_panic(expected = "append-only")]
async fn the_owner_of_the_database_cannot_change_an_entry_by_mistake() {
    let database = TestDatabase::migrated().await;
    publish_nias(&database.db(), false).await;
    database.run("UPDATE audit_entries SET who = 'nobody'").await;
}

#[tokio::test]
async fn a_text_is_published_once() {
    let database = TestDatabase::migrated().await;
    publish_nias(&database.db(), false).await;
    let text = include_str!("../../seeds/schemes/nias.toml").to_owned();
    let moment =
        Moment { now: "2025-01-03T00:00:00Z".parse().unwrap(), recorded_at: "2025-01-03T00:00:00Z".parse().unwrap() };
    let again = database
        .db()
        .write(moment, async |tx| schemes::publish(tx, &Actor::console(), text, moment.today()).await)
        .await;
    assert_eq!(again.unwrap_err().to_string(), "This text of NIAS is the one in force on that day already.");
}

#[tokio::test]
async fn a_long_audit_comes_page_by_page_with_every_entry_once() {
    let world = World::with(&["NIAS"], at("2025-02-05", 0)).await;
    let (staff, applicant) = (world.staff().await, world.applicant().await);
    let case = world.draft(&staff, &applicant, ("NIAS", nias()), at("2025-02-05", 0)).await;
    for days in 1..=4 {
        case.edit(at("2025-02-05", days), nias()).await.unwrap();
    }
    case.submit(at("2025-02-05", 5)).await.unwrap();
    let auditor = world.person(&[Role::Auditor], &[]).await;
    let site = Site::open(&world.database, &[]);
    let token = site.token(&auditor).await;
    let page = |query: &str| {
        let reply = site.send(&Call::get(format!("/api/v1/applications/{}/audit?{query}", case.id)).with(&token));
        let items = reply.json["items"].as_array().unwrap();
        let sequences = items.iter().map(|entry| entry["sequence"].as_i64().unwrap()).collect::<Vec<_>>();
        (sequences, reply.json["next"].as_str().map(str::to_owned), reply.header("link").to_owned())
    };
    assert_eq!(page(""), (vec![1, 2, 3, 4, 5, 6], None, String::new()));
    let (first, next, link) = page("limit=4");
    let next = next.unwrap();
    assert!(link.contains(&next), "{link}");
    let (last, end, _) = page(&format!("limit=4&cursor={next}"));
    assert_eq!((first, last, end), (vec![1, 2, 3, 4], vec![5, 6], None));
}
