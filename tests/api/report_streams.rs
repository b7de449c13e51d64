//! A long report: every row once and in order, from one snapshot, and a reader that goes away gives the connection back.

use crate::reports::{disbursements, world, year};
use crate::site::{Call, Site};
use crate::until::until;
use crate::world::{World, at};
use almoner::actions::reports;
use almoner::export::csv::Csv;
use almoner::export::stream;
use almoner::store::Db;
use futures_util::TryStreamExt;
use rules::actor::Role;
use rules::report::Filter;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;
use tokio::time::timeout;

/// Adds payments of an accepted case as a loader would, with the triggers off: three batches of each hundred are released at once.
async fn add_payments(world: &World, case: rules::ids::ApplicationId, count: u32) {
    let sql = format!(
        "SET session_replication_role = replica;
         CREATE TEMP TABLE made AS SELECT n, gen_random_uuid() AS claim, gen_random_uuid() AS posting, 'PAY-2030-' || n / 100 AS batch,
           timestamptz '2030-01-01Z' + (n / 300) * interval '1 hour' AS at FROM generate_series(1, {count}) n;
         INSERT INTO batches SELECT gen_random_uuid(), batch, 'released', p.prepared_by, at, p.released_by, at, sum(n)
           FROM made, (SELECT prepared_by, released_by FROM batches WHERE state = 'released' LIMIT 1) p GROUP BY 2, 4, 5, 6;
         INSERT INTO claims (id, application_id, instalment, state, claimed_cents, evidence, certified_cents, created_at)
           SELECT claim, '{case}', 'part ' || claim, 'paid', n, 'accounts', n, at FROM made;
         INSERT INTO payments SELECT claim, b.id, '{case}', n FROM made JOIN batches b ON b.reference = made.batch;
         INSERT INTO ledger_entries SELECT posting, account, '{case}', sign * n, at
           FROM made, (VALUES ('commitment', -1), ('paid', 1)) line (account, sign);"
    );
    world.database.run(&sql).await;
}

#[tokio::test]
async fn a_long_report_has_every_row_once_in_the_order_of_release_and_id() {
    let world = world().await;
    let staff = world.staff().await;
    let case = year(&world, &staff).await;
    for (added, count) in [(0, 4_usize), (496, 500), (1, 501), (2_500, 3_001)] {
        add_payments_after(&world, case.id, added).await;
        let (rows, totals) = disbursements(&world, &staff.preparer, Filter::default()).await.unwrap();
        assert_eq!((rows.len(), totals.rows), (count, u64::try_from(count).unwrap()));
        let keys = rows.iter().map(|row| (row.released_at, row.claim)).collect::<Vec<_>>();
        assert!(keys.is_sorted_by(|before, after| before < after), "{count}");
    }
}

/// Batches are named once: those that were added before get other names first.
async fn add_payments_after(world: &World, case: rules::ids::ApplicationId, count: u32) {
    world
        .database
        .run(
            "SET session_replication_role = replica;
              UPDATE batches SET reference = 'OLD-' || id WHERE reference LIKE 'PAY-2030-%'",
        )
        .await;
    if count > 0 {
        add_payments(world, case, count).await;
    }
}

#[tokio::test]
async fn what_is_released_while_a_report_is_read_is_not_in_it() {
    let world = world().await;
    let staff = world.staff().await;
    let case = year(&world, &staff).await;
    add_payments(&world, case.id, 4_000).await;
    let mut report =
        reports::disbursements(world.db.reader().await.unwrap(), &staff.preparer, Filter::default()).await.unwrap();
    let mut rows = report.try_next().await.unwrap().unwrap().len();
    add_payments_after(&world, case.id, 700).await;
    while let Some(part) = report.try_next().await.unwrap() {
        rows += part.len();
    }
    assert_eq!((rows, report.totals().unwrap().rows), (4_004, 4_004));
    let (rows, _) = disbursements(&world, &staff.preparer, Filter::default()).await.unwrap();
    assert_eq!(rows.len(), 4_704);
}

#[tokio::test]
async fn a_reader_that_goes_away_gives_the_connection_back() {
    let world = world().await;
    let staff = world.staff().await;
    let case = year(&world, &staff).await;
    add_payments(&world, case.id, 20_000).await;
    let db = Db::new(&world.database.url(), 1).unwrap();
    for _ in 0..3 {
        let report =
            reports::disbursements(db.reader().await.unwrap(), &staff.preparer, Filter::default()).await.unwrap();
        let mut chunks = Box::pin(stream(report, Csv::new().unwrap()));
        assert!(chunks.try_next().await.unwrap().is_some());
    }
    // The only connection is free again, and in no transaction.
    let auditor = world.person(&[Role::Auditor], &[]).await;
    let mut reader = timeout(Duration::from_secs(5), db.reader()).await.unwrap().unwrap();
    assert_eq!(
        reports::envelopes(&mut reader, &auditor, (&world.schemes, at("2031-01-01", 0).today()), Some("TVP"))
            .await
            .unwrap()
            .len(),
        1
    );
    drop(reader);
    db.write(at("2031-01-01", 0), async |tx| {
        almoner::actions::batches::prepare(tx, &staff.preparer, &[], &[]).await.map(|_| ()).or_else(|error| match error
        {
            almoner::actions::Error::Refused(_) => Ok(()),
            other => Err(other),
        })
    })
    .await
    .unwrap();
}

#[tokio::test]
async fn a_thread_that_waits_gets_the_same_rows() {
    let world = world().await;
    let staff = world.staff().await;
    let case = year(&world, &staff).await;
    add_payments(&world, case.id, 2_000).await;
    let mut report =
        reports::disbursements(world.db.reader().await.unwrap(), &staff.preparer, Filter::default()).await.unwrap();
    let waiting = tokio::task::spawn_blocking(move || {
        let mut rows = Vec::new();
        while let Some(part) = report.wait_for_next().unwrap() {
            rows.extend(part);
        }
        (rows, report.totals().unwrap())
    });
    assert_eq!(waiting.await.unwrap(), disbursements(&world, &staff.preparer, Filter::default()).await.unwrap());
}

/// Asks for a report and reads no more of it than that it has begun.
fn slow_reader(site: &Site, token: &str) -> TcpStream {
    let address = site.address.strip_prefix("http://").unwrap();
    let mut reader = TcpStream::connect(address).unwrap();
    let request = "GET /api/v1/reports/disbursements.csv HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer";
    write!(reader, "{request} {token}\r\n\r\n").unwrap();
    let mut begun = [0; 12];
    reader.read_exact(&mut begun).unwrap();
    assert_eq!(&begun, b"HTTP/1.1 200");
    reader
}

#[tokio::test]
async fn readers_who_take_their_time_leave_the_database_to_the_others() {
    let world = world().await;
    let staff = world.staff().await;
    let case = year(&world, &staff).await;
    // More than what the sockets hold for somebody who reads nothing.
    add_payments(&world, case.id, 45_000).await;
    let site = Site::open(&world.database, &[("http.workers", "1"), ("database.connections", "4")]);
    let token = site.token(&staff.preparer).await;
    let slow = [(), ()].map(|()| slow_reader(&site, &token));
    let report = |path: &str| site.send(&Call::get(format!("/api/v1/reports/disbursements{path}")).with(&token));
    for path in ["", ".csv", ".xlsx"] {
        let refused = report(path);
        assert_eq!((refused.told(), refused.header("retry-after")), ((503, "unavailable"), "2"), "{path}");
    }
    for _ in 0..8 {
        assert_eq!(site.send(&Call::get("/api/v1/work").with(&token)).told(), (200, ""));
    }
    // Once one has gone away, the next is served.
    drop(slow);
    until("a place for a report", async || report(".csv?scheme=NIFS").told() == (200, "")).await;
}
