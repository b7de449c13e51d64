//! The money of a round: kept at approval however many come at once, given back with what ends, and told to staff.

use crate::case::Case;
use crate::desk::Desk;
use crate::proposals::{accelerator, accelerator_actual};
use crate::world::{Staff, World, at, cents, refused, text_of};
use almoner::actions::Error;
use futures_util::future::join_all;
use rules::application::State;
use rules::refusal::Refusal;
use serde_json::{Value, json};
use std::time::Duration;
use tokio::time::timeout;

const CODE: &str = "ACCELERATOR-PILOT";
const DAY: &str = "2026-02-02";
const BUDGET: &str = "round.1.budget";

/// The first round has so much, of the 180 million of the scheme.
fn with_budget(is: &str) -> String {
    let closes = "closes_on = \"2026-04-30\"\n";
    let budget = format!("{closes}budget = [{{ from = \"2026-01-29\", is = \"{is}\", source = \"house\" }}]\n");
    let text = text_of(CODE).replacen(closes, &budget, 1);
    assert_ne!(text, text_of(CODE));
    text
}

async fn world(budget: &str) -> (World, Staff) {
    let world = World::with(&[], at(DAY, 0)).await;
    world.publish(with_budget(budget), at(DAY, 0)).await;
    let staff = world.staff().await;
    (world, staff)
}

async fn recommended<'w>(world: &'w World, staff: &'w Staff, amount: &str) -> Case<'w> {
    let applicant = world.applicant().await;
    let case = world.draft(staff, &applicant, (CODE, accelerator("60000000.00", amount)), at(DAY, 0)).await;
    case.to_recommended(at(DAY, 1), amount).await;
    case
}

fn exceeded(wanted: &str, left: &str) -> Refusal {
    Refusal::CeilingExceeded { ceiling: BUDGET.to_owned(), wanted: cents(wanted), left: cents(left) }
}

async fn committed(world: &World) -> Vec<String> {
    world.database.lines("SELECT concat_ws(' ', round, committed_cents) AS line FROM round_balances").await
}

#[tokio::test]
async fn a_round_of_60_million_takes_two_of_four_approvals_at_once() {
    let (world, staff) = world("60000000.00").await;
    let mut cases = Vec::new();
    for _ in 0..4 {
        cases.push(recommended(&world, &staff, "30000000.00").await);
    }
    let acts = cases.iter().map(|case| case.approve(at(DAY, 2), &staff.commissioner));
    let results = timeout(Duration::from_secs(60), join_all(acts)).await.unwrap();
    let refusals = results.iter().filter_map(|result| match result {
        Err(Error::Refused(refusal)) => Some(refusal.clone()),
        Err(other) => panic!("{other:?}"),
        Ok(_) => None,
    });
    assert_eq!(refusals.collect::<Vec<_>>(), [exceeded("30000000.00", "0.00"), exceeded("30000000.00", "0.00")]);
    assert_eq!(committed(&world).await, ["round.1 6000000000"]);
    world.prove().await;
    // What one gives back, one other may have.
    let (mut approved, mut waiting) = (Vec::new(), Vec::new());
    for case in &cases {
        if case.read().await.state == State::Approved { approved.push(case) } else { waiting.push(case) }
    }
    approved[0].offer(at(DAY, 3)).await.unwrap();
    approved[0].decline(at(DAY, 3), "changed plans").await.unwrap();
    let acts = waiting.iter().map(|case| case.approve(at(DAY, 4), &staff.commissioner));
    let results = timeout(Duration::from_secs(60), join_all(acts)).await.unwrap();
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1);
    assert_eq!(committed(&world).await, ["round.1 6000000000"]);
    world.prove().await;
}

#[tokio::test]
async fn the_budget_is_what_the_text_in_force_says_on_the_day_of_the_approval() {
    let (world, staff) = world("30000000.00").await;
    let first = recommended(&world, &staff, "20000000.00").await;
    let second = recommended(&world, &staff, "20000000.00").await;
    first.approve(at(DAY, 2), &staff.commissioner).await.unwrap();
    let over = second.approve(at(DAY, 2), &staff.commissioner).await;
    assert!(
        matches!(&over, Err(Error::Refused(refusal)) if *refusal == exceeded("20000000.00", "10000000.00")),
        "{over:?}"
    );
    for (budget, refusal) in [("unknown", "limit.unknown"), ("10000000.00", "ceiling.exceeded")] {
        world.publish(with_budget(budget), at(DAY, 3)).await;
        assert_eq!(refused(second.approve(at(DAY, 3), &staff.commissioner).await), refusal);
    }
    world.publish(with_budget("none"), at(DAY, 4)).await;
    second.approve(at(DAY, 4), &staff.commissioner).await.unwrap();
    assert_eq!(committed(&world).await, ["round.1 4000000000"]);
    world.prove().await;
}

#[tokio::test]
async fn a_round_gets_back_what_a_withdrawal_a_lapse_and_a_settlement_leave() {
    let (world, staff) = world("12000000.00").await;
    let mut cases = Vec::new();
    for _ in 0..3 {
        cases.push(recommended(&world, &staff, "4000000.00").await);
    }
    for case in &cases {
        case.approve(at(DAY, 2), &staff.commissioner).await.unwrap();
    }
    assert_eq!(committed(&world).await, ["round.1 1200000000"]);
    cases[0].withdraw(at(DAY, 3), "changed plans").await.unwrap();
    assert_eq!(committed(&world).await, ["round.1 800000000"]);
    cases[1].offer(at(DAY, 3)).await.unwrap();
    cases[1].lapse(at(DAY, 200), &staff.officer).await.unwrap();
    assert_eq!(committed(&world).await, ["round.1 400000000"]);
    cases[2].offer(at(DAY, 3)).await.unwrap();
    cases[2].accept(at(DAY, 3)).await.unwrap();
    cases[2].pay(at(DAY, 4), "initial", "1000000.00", None).await;
    cases[2].pay(at(DAY, 5), "final", "2500000.00", Some(accelerator_actual("7000000.00"))).await;
    assert_eq!(committed(&world).await, ["round.1 350000000"]);
    world.prove().await;
}

#[tokio::test]
async fn anybody_reads_the_budget_of_a_round_and_staff_what_is_left_of_it() {
    let (world, staff) = world("12000000.00").await;
    let case = recommended(&world, &staff, "4000000.00").await;
    recommended(&world, &staff, "4000000.00").await;
    case.approve(at(DAY, 2), &staff.commissioner).await.unwrap();
    let desk = Desk::open(&world, at(DAY, 2).now);
    let (officer, preparer) = (desk.sign_in(&staff.officer).await, desk.sign_in(&staff.preparer).await);
    let public = desk.send(&crate::site::Call::get(format!("/api/v1/schemes/{CODE}/rounds"))).json;
    let round = &public["items"][0];
    assert_eq!((&round["budget"], round.get("committed")), (&json!("12000000.00"), None::<&Value>));
    for caller in [&officer, &preparer] {
        let report = desk.send(&caller.get(format!("/api/v1/reports/rounds?scheme={CODE}"))).json;
        let round = &report["items"][0];
        let figures = ["round", "budget", "committed", "left"].map(|name| round[name].as_str().unwrap());
        assert_eq!(figures, ["round.1", "12000000.00", "4000000.00", "8000000.00"]);
        assert_eq!(round["applications"], json!(2));
    }
    officer.refused(&officer.get("/api/v1/reports/rounds?scheme=%00"), 404, "scheme.not_published").await;
    officer.refused(&officer.get("/api/v1/reports/rounds"), 400, "request.malformed").await;
}
