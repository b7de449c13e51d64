//! Long reports as files: asked for, written by the worker, taken in pieces, and gone after some days.

use crate::attaching::{files, lying};
use crate::desk::{Caller, Desk};
use crate::recoveries::{DAY, overpaid, well};
use crate::site::{Call, morning};
use crate::world::{World, at};
use almoner::store::Moment;
use almoner::worker::clocks;
use almoner::worker::exports::{Desk as Worker, work_off_next};
use chrono::TimeDelta;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tokio::sync::watch;

pub const CODES: &[&str] =
    &["export.expired", "export.filter", "export.not_written", "export.too_many", "not_found", "request.malformed"];

const CODE: &str = "ACCELERATOR-PILOT";

fn asked(caller: &Caller<'_>, report: &str, format: &str, filter: &Value) -> Call {
    caller.post("/api/v1/exports", &json!({ "report": report, "format": format, "filter": filter }))
}

fn moment(minutes: i64) -> Moment {
    let Moment { now, recorded_at } = at(DAY, 310);
    Moment { now: now + TimeDelta::minutes(minutes), recorded_at: recorded_at + TimeDelta::minutes(minutes) }
}

/// A worker looks for work so many minutes later; one that is told to stop begins nothing it cannot give back.
async fn work(world: &World, minutes: i64) -> bool {
    works(world, minutes, false).await
}

async fn works(world: &World, minutes: i64, stops: bool) -> bool {
    let (_tell, stop) = watch::channel(stops);
    let files = files(&world.database);
    let worker = Worker { db: &world.db, files: &files, stop: &stop, rows_at_once: 1 };
    work_off_next(worker, &|| moment(minutes)).await.unwrap()
}

#[tokio::test]
async fn a_report_is_written_to_a_file_that_says_what_is_in_it_and_is_taken_in_pieces_until_it_expires() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let (staff, applicant) = (world.staff().await, world.applicant().await);
    overpaid(&world, &staff, &applicant).await;
    let desk = Desk::open(&world, morning("2026-12-02"));
    let (officer, other) = (desk.sign_in(&staff.officer).await, desk.sign_in(&staff.preparer).await);
    for (format, report) in [("csv", "disbursements"), ("json", "disbursements"), ("xlsx", "obligations")] {
        let asked = well(officer.send(&asked(&officer, report, format, &json!({ "scheme": CODE }))));
        let path = asked.header("location").to_owned();
        let file = officer.get(format!("{path}/file"));
        officer.refused(&file, 409, "export.not_written").await;
        assert!(work(&world, 0).await && !work(&world, 0).await);
        let done = well(officer.send(&officer.get(path.as_str())));
        let whole = officer.send(&file);
        assert_eq!(
            (done.text("/state"), done.text("/file/sha256")),
            ("done", &*rules::hexadecimal(&Sha256::digest(&whole.bytes)))
        );
        assert_eq!(done.json["file"]["bytes"], json!(whole.bytes.len()));
        assert_eq!(done.text("/file/name"), format!("{report}.{format}"));
        if report == "disbursements" {
            assert_eq!((done.text("/file/control_total"), &done.json["file"]["rows"]), ("7500000.00", &json!(1)));
            assert_eq!((&done.json["rows_done"], &done.json["rows_total"]), (&json!(1), &json!(1)));
        }
        if format == "csv" {
            let streamed = officer.send(&officer.get(format!("/api/v1/reports/disbursements.csv?scheme={CODE}")));
            assert_eq!(whole.bytes, streamed.bytes);
        }
        // What broke off goes on where it was.
        let part = |range: &str| officer.send(&officer.get(format!("{path}/file")).header("range", range));
        let (first, rest) = (part("bytes=0-99"), part("bytes=100-"));
        assert_eq!((first.status.as_u16(), rest.header("etag")), (206, whole.header("etag")));
        assert_eq!([first.bytes, rest.bytes].concat(), whole.bytes);
        // It is nobody else's.
        for theirs in [path.clone(), format!("{path}/file")] {
            other.refused(&other.get(theirs), 404, "not_found").await;
        }
    }
    let listed = well(officer.send(&officer.get("/api/v1/exports?limit=2")));
    assert_eq!(listed.json["items"].as_array().unwrap().len(), 2);
    assert_eq!(well(other.send(&other.get("/api/v1/exports"))).json["items"], json!([]));

    // The oldest one expires: the sweep takes its bytes, and that it was there stays on file.
    assert_eq!(lying(&world.database).len(), 3);
    world.database.as_owner("UPDATE exports SET made_at = '2026-01-01', expires_at = '2026-01-02' WHERE id = (SELECT min(id::text)::uuid FROM exports)").await.unwrap();
    let later = desk.site.clock.moment().recorded_at + TimeDelta::days(2);
    assert_eq!(clocks::sweep_files(&world.db, &files(&world.database), later).await.unwrap(), 1);
    assert_eq!(lying(&world.database).len(), 2);
    let expired = world.database.lines("SELECT min(id::text) AS line FROM exports").await.remove(0);
    officer.refused(&officer.get(format!("/api/v1/exports/{expired}/file")), 409, "export.expired").await;
    assert_eq!(well(officer.send(&officer.get(format!("/api/v1/exports/{expired}")))).text("/state"), "done");

    for body in [json!({ "month": "2026-12" }), json!({ "financial_year": "2025" }), json!({ "status": "over" })] {
        officer.refused(&asked(&officer, "disbursements", "csv", &body), 400, "request.malformed").await;
    }
    officer.refused(&asked(&officer, "envelopes", "csv", &json!({})), 400, "request.malformed").await;
    officer.refused(&asked(&officer, "obligations", "csv", &json!({ "round": "round.1" })), 422, "export.filter").await;
    for _ in 0..3 {
        well(officer.send(&asked(&officer, "recoveries", "csv", &json!({}))));
    }
    officer.refused(&asked(&officer, "recoveries", "csv", &json!({})), 409, "export.too_many").await;
    desk.told_exactly(CODES);
}

#[tokio::test]
async fn a_worker_that_dies_leaves_its_export_to_the_next_one_and_what_fails_three_is_given_up() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let (staff, applicant) = (world.staff().await, world.applicant().await);
    overpaid(&world, &staff, &applicant).await;
    let desk = Desk::open(&world, morning("2026-12-02"));
    let officer = desk.sign_in(&staff.officer).await;
    // One that is told to stop gives it back, as if it had not begun, and leaves nothing behind.
    let path = well(officer.send(&asked(&officer, "disbursements", "csv", &json!({})))).header("location").to_owned();
    assert!(works(&world, 0, true).await);
    let kept = world.database.lines("SELECT concat_ws(' ', state, attempts, leased_until) AS line FROM exports").await;
    assert_eq!((kept, lying(&world.database)), (vec!["waiting 0".to_owned()], Vec::new()));
    assert!(work(&world, 0).await);
    assert_eq!(well(officer.send(&officer.get(path.as_str()))).text("/state"), "done");
    let path = well(officer.send(&asked(&officer, "recoveries", "csv", &json!({})))).header("location").to_owned();
    let died = "UPDATE exports SET state = 'running', leased_until = (SELECT max(asked_at) FROM exports) + interval '100 years', attempts = attempts + 1";
    world.database.as_owner(&format!("{died} WHERE state = 'waiting'")).await.unwrap();
    assert!(!work(&world, 0).await, "another one has it");
    world.database.as_owner("UPDATE exports SET leased_until = '2000-01-01' WHERE state = 'running'").await.unwrap();
    assert!(work(&world, 0).await);
    assert_eq!(well(officer.send(&officer.get(path.as_str()))).text("/state"), "done");
    let path = well(officer.send(&asked(&officer, "recoveries", "csv", &json!({})))).header("location").to_owned();
    world.database.as_owner("UPDATE exports SET attempts = 3 WHERE state = 'waiting'").await.unwrap();
    assert!(work(&world, 0).await);
    let failed = well(officer.send(&officer.get(path.as_str())));
    assert_eq!((failed.text("/state"), failed.text("/failure")), ("failed", "It was given up after 3 attempts."));
    assert_eq!(lying(&world.database).len(), 2);
}
