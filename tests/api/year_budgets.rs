//! The money of a year: a case counts in the year in which it is submitted, whenever it is decided, and no year gives more than it has.

use crate::case::Case;
use crate::desk::Desk;
use crate::proposals::accelerator;
use crate::world::{Staff, World, at, cents, text_of};
use almoner::actions::Error;
use futures_util::future::join_all;
use rules::refusal::Refusal;
use serde_json::json;

const CODE: &str = "ACCELERATOR-PILOT";
const DAY: &str = "2026-02-02";
const AMOUNT: &str = "10000000.00";

/// A text of the accelerators with 40 million for each calendar year.
pub fn with_year(text: &str) -> String {
    let example = "[[example]]\nname = \"a year that has a million left gives no more\"\non = \"2026-02-02\"\n\
                   given = { committed = [{ on = \"2026-02-01\", amount = \"39000000.00\" }], project = { stages = [{ stage = \"project\", \
                   contributions = [{ from = \"institution\", form = \"cash\", amount = \"60000000.00\" }] }] } }\n\
                   expect = { grant = \"1000000.00\", limited_by = [\"ceiling.annual\"] }\n";
    let table = "[ceiling.annual]\nof = \"grant\"\nper = \"scheme\"\nperiod = \"calendar_year\"\n\
                 is = [{ from = \"2026-01-29\", is = \"40000000.00\", source = \"house\" }]\n";
    let text = text.replacen("[envelope]", &format!("{table}[envelope]"), 1);
    format!("{text}\n{example}")
}

/// The same with the round open into the next year.
fn text() -> String {
    with_year(text_of(CODE)).replacen("closes_on = \"2026-04-30\"", "closes_on = \"2027-04-30\"", 1)
}

async fn world() -> (World, Staff) {
    let world = World::with(&[], at(DAY, 0)).await;
    world.publish(text(), at(DAY, 0)).await;
    let staff = world.staff().await;
    (world, staff)
}

/// A case that is submitted on a day and recommended on the next.
async fn recommended<'w>(world: &'w World, staff: &'w Staff, on: u64) -> Case<'w> {
    let applicant = world.applicant().await;
    let case = world.draft(staff, &applicant, (CODE, accelerator("60000000.00", AMOUNT)), at(DAY, on)).await;
    case.to_recommended(at(DAY, on), AMOUNT).await;
    case
}

fn told(result: Result<impl Sized, Error>) -> Option<Refusal> {
    match result {
        Ok(_) => None,
        Err(Error::Refused(refusal)) => Some(refusal),
        Err(other) => panic!("{other:?}"),
    }
}

fn exceeded(left: &str) -> Refusal {
    Refusal::CeilingExceeded { ceiling: "ceiling.annual".to_owned(), wanted: cents(AMOUNT), left: cents(left) }
}

async fn committed(world: &World) -> Vec<String> {
    world
        .database
        .lines("SELECT concat_ws(' ', year_from, committed_cents) AS line FROM year_balances ORDER BY 1")
        .await
}

#[tokio::test]
async fn of_six_approvals_at_once_a_year_that_has_money_for_four_takes_four() {
    let (world, staff) = world().await;
    let mut cases = Vec::new();
    for _ in 0..6 {
        cases.push(recommended(&world, &staff, 1).await);
    }
    let results = join_all(cases.iter().map(|case| case.approve(at(DAY, 2), &staff.commissioner))).await;
    let refused = results.into_iter().filter_map(told).collect::<Vec<_>>();
    assert_eq!(refused, [exceeded("0.00"), exceeded("0.00")]);
    assert_eq!(committed(&world).await, ["2026-01-01 4000000000"]);
    world.prove().await;
}

#[tokio::test]
async fn a_case_counts_in_the_year_of_its_submission_and_gives_back_to_it() {
    let (world, staff) = world().await;
    let mut cases = Vec::new();
    for _ in 0..5 {
        cases.push(recommended(&world, &staff, 300).await);
    }
    // The next year begins on the 333rd day.
    let next = recommended(&world, &staff, 333).await;
    for case in cases.iter().take(4) {
        assert_eq!(told(case.approve(at(DAY, 340), &staff.commissioner).await), None);
    }
    assert_eq!(told(cases[4].approve(at(DAY, 340), &staff.commissioner).await), Some(exceeded("0.00")));
    assert_eq!(told(next.approve(at(DAY, 340), &staff.commissioner).await), None);
    assert_eq!(committed(&world).await, ["2026-01-01 4000000000", "2027-01-01 1000000000"]);
    cases[0].withdraw(at(DAY, 341), "changed plans").await.unwrap();
    assert_eq!(told(cases[4].approve(at(DAY, 342), &staff.commissioner).await), None);
    assert_eq!(committed(&world).await, ["2026-01-01 4000000000", "2027-01-01 1000000000"]);
    world.prove().await;
    let desk = Desk::open(&world, at(DAY, 342).now);
    let officer = desk.sign_in(&staff.officer).await;
    let report = desk.send(&officer.get(format!("/api/v1/reports/rounds?scheme={CODE}"))).json;
    let year = |from: &str, committed: &str, left: &str| json!({ "from": from, "budget": "40000000.00", "committed": committed, "reserved": "0.00", "left": left });
    let years = [year("2026-01-01", "40000000.00", "0.00"), year("2027-01-01", AMOUNT, "30000000.00")];
    assert_eq!(report["years"], json!(years));
}

#[tokio::test]
async fn the_database_keeps_a_year_to_its_money_its_ledger_and_its_cases() {
    let (world, staff) = world().await;
    let case = recommended(&world, &staff, 1).await;
    case.approve(at(DAY, 2), &staff.commissioner).await.unwrap();
    for (what, because) in [
        ("UPDATE year_balances SET committed_cents = limit_cents + 1", "year_balances_check"),
        ("UPDATE year_balances SET committed_cents = committed_cents + 1", "does not agree with the ledger"),
        ("UPDATE applications SET year_from = '2025-12-31'", "is decided and stays as it is"),
    ] {
        let refused = world.database.as_owner(what).await.unwrap_err();
        assert!(refused.contains(because), "{what}: {refused}");
    }
    world.prove().await;
}
