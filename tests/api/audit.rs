//! The audit names every row that was changed, deleted or added.

use crate::database::TestDatabase;
use crate::proposals::nias;
use crate::site::{Call, Site};
use crate::world::{World, at};
use almoner::actions::schemes;
use almoner::store::audit::{FindingKind, verify};
use almoner::store::{Db, Moment};
use rules::actor::{Actor, Role};

async fn publish_nias(db: &Db, second: bool) {
    let mut text = include_str!("../../seeds/schemes/nias.toml").to_owned();
    if second {
        text.push_str("\n# a second text\n");
    }
    let moment = Moment {
        now: "2025-01-02T03:04:05.123456789Z".parse().unwrap(),
        recorded_at: "2025-01-02T03:04:06Z".parse().unwrap(),
    };
    db.write(moment, async |tx| schemes::publish(tx, &Actor::console(), text).await).await.unwrap();
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
            "INSERT INTO audit_entries SELECT subject_id, 2, subject, event, who, person_id, happened_at, recorded_at, hash, repeat('a', 64)
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
    let again = database.db().write(moment, async |tx| schemes::publish(tx, &Actor::console(), text).await).await;
    assert_eq!(again.unwrap_err().to_string(), "This text of NIAS is the one in force already.");
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
