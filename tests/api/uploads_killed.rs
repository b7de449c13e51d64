//! Files that come to a server process: one that is killed half-way, what the worker then sweeps, and how much memory a long one takes.

use crate::attaching::{attach, files, lying};
use crate::case::Case;
use crate::proposals::accelerator;
use crate::serve_process::{Process, served};
use crate::until::until;
use crate::world::{World, at};
use almoner::clock::Clock;
use almoner::files::Expected;
use almoner::worker::clocks;
use chrono::TimeDelta;
use rules::attachment::MediaType;
use rules::ids::AttachmentId;
use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use uuid::Uuid;

const CODE: &str = "ACCELERATOR-PILOT";
const DAY: &str = "2026-02-02";
const MEBIBYTE: usize = 1024 * 1024;
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";

/// Announces a picture of so many bytes and sends the first of them.
fn begin(process: &Process, token: &str, case: &Case<'_>, bytes: usize) -> TcpStream {
    let mut line = TcpStream::connect(&process.address).unwrap();
    let head = format!(
        "POST /api/v1/applications/{}/attachments HTTP/1.1\r\nHost: here\r\nAuthorization: Bearer {token}\r\nConnection: close\r\n\
         Idempotency-Key: \"a\"\r\nContent-Type: image/png\r\nContent-Disposition: attachment; filename=a.png\r\n\
         Content-Length: {bytes}\r\n\r\n",
        case.id,
    );
    line.write_all(&[head.as_bytes(), PNG].concat()).unwrap();
    line
}

#[tokio::test]
async fn a_process_that_is_killed_during_an_upload_leaves_no_row_and_what_it_had_is_swept_after_a_day() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let (staff, applicant) = (world.staff().await, world.applicant().await);
    let case = world.draft(&staff, &applicant, (CODE, accelerator("60000000.00", "30000000.00")), at(DAY, 0)).await;
    let kept = attach(&case, at(DAY, 0), "a.txt").await.id.to_string();
    let (process, token) = served(&world, &applicant.actor).await;
    let before = world.database.lines("SELECT id::text AS line FROM attachments").await;
    let mut line = begin(&process, &token, &case, 60 * MEBIBYTE);
    line.write_all(&vec![0; 20 * MEBIBYTE]).unwrap();
    let lies = || lying(&world.database).into_iter().filter(|name| *name != kept).collect::<Vec<_>>();
    let folder = world.database.files().join("attachments");
    let written = || lies().iter().any(|name| fs::metadata(folder.join(name)).is_ok_and(|part| part.len() > 0));
    until("a part that is written", async || written()).await;
    // No connection of the database is held while bytes come.
    let held =
        "SELECT state AS line FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in%'";
    assert_eq!(world.database.lines(held).await, Vec::<String>::new());
    process.kill();
    drop(line);
    assert_eq!(world.database.lines("SELECT id::text AS line FROM attachments").await, before);
    assert!(matches!(lies().as_slice(), [part] if part.contains('#')), "{:?}", lies());

    // And one that was written as a whole, and never became anybody's.
    let files = files(&world.database);
    let id = AttachmentId(Uuid::now_v7());
    let expected = Expected { id, declared: MediaType::Text, types: MediaType::ALL.to_vec(), bytes_max: 10 };
    let mut whole = files.begin(expected).await.unwrap();
    whole.take(b"whole").await.unwrap();
    whole.finish().await.unwrap();
    let sweep = async |now| clocks::sweep_files(&world.db, &files, now).await.unwrap();
    assert_eq!((sweep(Clock::default().moment().now + TimeDelta::hours(23)).await, lies().len()), (0, 2));
    assert_eq!((sweep(Clock::default().moment().now + TimeDelta::hours(25)).await, lies().len()), (2, 0));
    assert_eq!(lying(&world.database), [kept]);
}

#[tokio::test]
async fn a_file_of_a_hundred_mebibytes_is_taken_and_given_without_being_held() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let (staff, applicant) = (world.staff().await, world.applicant().await);
    let case = world.draft(&staff, &applicant, (CODE, accelerator("60000000.00", "30000000.00")), at(DAY, 0)).await;
    let (process, token) = served(&world, &applicant.actor).await;
    let send = |bytes: usize| {
        let mut line = begin(&process, &token, &case, bytes);
        let mut left = bytes - PNG.len();
        while left > 0 {
            let now = left.min(MEBIBYTE);
            line.write_all(&vec![0; now]).unwrap();
            left -= now;
        }
        let mut answer = String::new();
        line.read_to_string(&mut answer).unwrap();
        answer
    };
    let before = process.peak_kib();
    let answer = send(100 * MEBIBYTE);
    assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
    let (_, body) = answer.split_once("\r\n\r\n").unwrap();
    let id = serde_json::from_str::<serde_json::Value>(body).unwrap()["id"].as_str().unwrap().to_owned();
    let taken = process.peak_kib();
    let mut line = TcpStream::connect(&process.address).unwrap();
    let asked = format!(
        "GET /api/v1/attachments/{id}/content HTTP/1.1\r\nHost: here\r\nAuthorization: Bearer {token}\r\nConnection: close\r\n\r\n"
    );
    line.write_all(asked.as_bytes()).unwrap();
    let given = std::io::copy(&mut line, &mut std::io::sink()).unwrap();
    assert!(given > 100 * 1024 * 1024, "{given}");
    let after = process.peak_kib();
    eprintln!("peak memory: {before} KiB before, {taken} KiB once it was taken, {after} KiB once it was given");
    assert!(after - before < 50 * 1024, "{before} KiB, then {after} KiB");
}
