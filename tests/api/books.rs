//! The books against themselves: what is kept of each limit is what the ledger says, and whoever looks is told where it is not.

use crate::case::Case;
use crate::desk::Desk;
use crate::proposals::accelerator;
use crate::serve_process::{Process, served};
use crate::site::Call;
use crate::until::until;
use crate::world::{Staff, World, at, cents};
use almoner::actions::Error;
use almoner::store::ledger;
use almoner::worker::clocks::verify_books;
use futures_util::future::join_all;
use rules::refusal::Refusal;
use serde_json::json;
use std::io::Read;
use std::net::TcpStream;
use std::process::{Command, Output};

pub const CODES: &[&str] = &["books.disagree"];

const CODE: &str = "ACCELERATOR-PILOT";
const DAY: &str = "2026-02-02";

/// So many cases of an organisation each, recommended.
async fn recommended<'w>(world: &'w World, staff: &'w Staff, number: usize, amount: &str) -> Vec<Case<'w>> {
    let all = (0..number).map(async |_| {
        let applicant = world.applicant().await;
        let case = world.draft(staff, &applicant, (CODE, accelerator("60000000.00", amount)), at(DAY, 0)).await;
        case.to_recommended(at(DAY, 1), amount).await;
        case
    });
    join_all(all).await
}

/// 64 cases of nine million each, where there is room for twenty: 20 × 9 million is all of 180 million.
async fn of_64<'w>(world: &'w World, staff: &'w [Staff]) -> Vec<Case<'w>> {
    let mut cases = Vec::new();
    // No assessor has more than thirty.
    for staff in staff {
        cases.extend(recommended(world, staff, 16, "9000000.00").await);
    }
    assert_eq!(cases.len(), 64);
    cases
}

async fn four(world: &World) -> Vec<Staff> {
    vec![world.staff().await, world.staff().await, world.staff().await, world.staff().await]
}

#[tokio::test]
async fn of_64_approvals_at_once_where_there_is_room_for_20_exactly_20_are_done() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let staff = four(&world).await;
    let cases = of_64(&world, &staff).await;
    let results = join_all(cases.iter().map(|case| case.approve(at(DAY, 2), &staff[0].commissioner))).await;
    let refused = results.iter().filter_map(|result| match result {
        Err(Error::Refused(refusal)) => Some(refusal.clone()),
        Err(error) => panic!("{error}"),
        Ok(_) => None,
    });
    let exceeded =
        Refusal::CeilingExceeded { ceiling: "envelope".to_owned(), wanted: cents("9000000.00"), left: cents("0.00") };
    assert_eq!(refused.collect::<Vec<_>>(), vec![exceeded; 44]);
    assert_eq!(world.committed(CODE).await, cents("180000000.00").get());
    world.prove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_in_a_server_that_is_killed_in_the_middle_and_asked_again() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let staff = four(&world).await;
    let cases = of_64(&world, &staff).await;
    let send = |process: &Process, token: &str| {
        let body = json!({ "amount": "9000000.00" });
        let send = |case: &Case<'_>| {
            let (path, key) = (format!("/applications/{}/approval", case.id), format!("once for {}", case.id));
            process.send_once(&path, (token, &key), &body)
        };
        cases.iter().map(send).collect::<Vec<_>>()
    };
    let read = |mut line: TcpStream| {
        let mut answer = String::new();
        line.read_to_string(&mut answer).unwrap();
        answer
    };
    let (process, token) = served(&world, &staff[0].commissioner).await;
    let lines = send(&process, &token);
    until("an approval that is done", async || world.committed(CODE).await > 0).await;
    process.kill();
    drop(lines);
    // What was at work is done as a whole, or not at all.
    world.prove().await;
    let done = world.committed(CODE).await / cents("9000000.00").get();
    assert!((1..=20).contains(&done), "{done}");

    let (process, token) = served(&world, &staff[0].commissioner).await;
    let answers = send(&process, &token).into_iter().map(read).collect::<Vec<_>>();
    let told = |status: &str| answers.iter().filter(|answer| answer.starts_with(&format!("HTTP/1.1 {status}"))).count();
    assert_eq!((told("200"), told("422")), (20, 44), "{answers:?}");
    let mut refused = answers.iter().filter(|answer| answer.starts_with("HTTP/1.1 422"));
    assert!(refused.all(|answer| answer.contains("envelope leaves 0.00")), "{answers:?}");
    assert_eq!(world.committed(CODE).await, cents("180000000.00").get());
    world.prove().await;
    drop(process);
}

pub fn verified(world: &World) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_almoner"));
    command.args(["ledger", "verify"]).current_dir(env!("CARGO_MANIFEST_DIR"));
    command.env_clear().env("DATABASE_URL", world.database.url()).output().unwrap()
}

#[tokio::test]
async fn books_that_do_not_agree_are_found_by_whoever_looks_and_the_house_is_not_ready() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let staff = world.staff().await;
    let desk = Desk::open(&world, at(DAY, 3).now);
    for case in recommended(&world, &staff, 2, "9000000.00").await {
        case.approve(at(DAY, 2), &staff.commissioner).await.unwrap();
    }
    let ready = || desk.send(&Call::get("/health/ready"));
    assert_eq!(ready().told(), (200, ""));
    let found = verified(&world);
    assert_eq!((found.status.code(), String::from_utf8_lossy(&found.stdout).as_ref()), (Some(0), "the books agree\n"));
    // Somebody with all rights, and the triggers out of the way.
    let spoil =
        |what: &str| format!("SET session_replication_role = replica; {what}; SET session_replication_role = DEFAULT");
    world.database.run(&spoil("UPDATE envelopes SET committed_cents = committed_cents - 1")).await;
    let told = ready();
    assert_eq!((told.refused(), told.text("/detail").contains("9000000")), ((503, "books.disagree"), false));
    let found = verified(&world);
    let said = String::from_utf8_lossy(&found.stdout).into_owned();
    assert_eq!((found.status.code(), said.lines().count()), (Some(1), 3), "{said}");
    assert!(
        said.contains("not so: what is committed is what was posted: envelope ACCELERATOR-PILOT 1799999999 1800000000"),
        "{said}"
    );
    assert_eq!(verify_books(&world.db).await.unwrap(), 2);
    world.database.run(&spoil("UPDATE envelopes SET committed_cents = committed_cents + 1")).await;
    assert_eq!(ready().told(), (200, ""));
    // What only the whole ledger tells does not keep the house from its work, and is found all the same.
    world
        .database
        .run(&spoil("UPDATE ledger_entries SET amount_cents = amount_cents + 1 WHERE account = 'commitment'"))
        .await;
    assert_eq!(ready().told(), (200, ""));
    let laws = ledger::verify(&mut world.db.reader().await.unwrap()).await.unwrap();
    let laws = laws.iter().map(|found| found.law).collect::<std::collections::BTreeSet<_>>();
    assert_eq!(
        laws.into_iter().collect::<Vec<_>>(),
        [
            "an applicant's balance is what the ledger holds for them; where only running projects count, for those",
            "an award that stands holds in the ledger what its changes have made of it",
            "every posting and every case sums to zero",
        ]
    );
    desk.told_exactly(CODES);
}
