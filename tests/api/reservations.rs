//! What is recommended is reserved where the scheme says so: it is refused where it no longer fits, becomes the commitment when it is
//! approved, and is given back by whatever else becomes of it.

use crate::board::{Board, to, vote};
use crate::books::verified;
use crate::case::{Case, NOTHING_MORE};
use crate::desk::Desk;
use crate::proposals::accelerator;
use crate::sittings::{approve, with_committee};
use crate::world::{Applicant, Staff, World, at, cents, refused, text_of};
use almoner::actions::{Error, approvals, reports};
use futures_util::future::join_all;
use rules::application::State;
use rules::approval::Approve;
use rules::decision::Screening;
use rules::refusal::Refusal;
use serde_json::json;
use std::time::Duration;
use tokio::time::timeout;

pub const CODE: &str = "ACCELERATOR-PILOT";
pub const DAY: &str = "2026-02-02";

/// A text of the scheme with so much money, of which it reserves what is recommended.
fn reserving(text: &str, envelope: &str) -> String {
    let rule = "[approval.reserve]\nis = [{ from = \"2026-01-29\", is = true, source = \"house\" }]\n";
    let text = text.replacen("[approval.offer_days]", &format!("{rule}[approval.offer_days]"), 1);
    let text = text.replacen("is = \"180000000.00\"", &format!("is = \"{envelope}\""), 1);
    assert!(text.contains(rule) && text.contains(envelope));
    text
}

pub async fn world(envelope: &str) -> (World, Staff) {
    let world = World::with(&[], at(DAY, 0)).await;
    world.publish(reserving(text_of(CODE), envelope), at(DAY, 0)).await;
    let staff = world.staff().await;
    (world, staff)
}

/// A case of an applicant that waits for the committee.
async fn assessed<'w>(world: &'w World, staff: &'w Staff, applicant: &Applicant, amount: &str) -> Case<'w> {
    let case = world.draft(staff, applicant, (CODE, accelerator("60000000.00", amount)), at(DAY, 0)).await;
    case.submit(at(DAY, 1)).await.unwrap();
    case.screen(at(DAY, 1), Screening::Eligible).await.unwrap();
    for assessor in staff.assessors.iter().take(2) {
        let assessment = case.assign(at(DAY, 1), assessor).await.unwrap();
        case.score(at(DAY, 1), assessor, &assessment, 8).await.unwrap();
    }
    case
}

/// Cases of an applicant each.
async fn several<'w>(world: &'w World, staff: &'w Staff, number: usize, amount: &str) -> Vec<Case<'w>> {
    let mut cases = Vec::new();
    for _ in 0..number {
        cases.push(assessed(world, staff, &world.applicant().await, amount).await);
    }
    cases
}

fn exceeded(ceiling: &str, wanted: &str, left: &str) -> Refusal {
    Refusal::CeilingExceeded { ceiling: ceiling.to_owned(), wanted: cents(wanted), left: cents(left) }
}

fn refusal<T: std::fmt::Debug>(result: Result<T, Error>) -> Refusal {
    match result {
        Err(Error::Refused(refusal)) => refusal,
        other => panic!("{other:?}"),
    }
}

/// What is committed and reserved of the envelope, of the round, and of each applicant that has anything, in millions.
async fn held(world: &World) -> Vec<String> {
    let sql = "SELECT concat_ws(' ', committed_cents / 100000000, reserved_cents / 100000000) AS line FROM (
         SELECT 1 AS place, committed_cents, reserved_cents FROM envelopes
         UNION ALL SELECT 2, committed_cents, reserved_cents FROM round_balances
         UNION ALL SELECT 3, committed_cents, reserved_cents FROM applicant_balances WHERE committed_cents + reserved_cents > 0) t
       ORDER BY place, committed_cents, reserved_cents";
    world.database.lines(sql).await
}

/// The postings of a case, from one account to another, in millions.
async fn postings(case: &Case<'_>) -> Vec<String> {
    let sql = format!(
        "SELECT concat_ws(' ', f.account, t.account, t.amount_cents / 100000000) AS line FROM ledger_entries f
           JOIN ledger_entries t ON t.posting_id = f.posting_id AND t.amount_cents > 0 AND f.amount_cents < 0
          WHERE f.application_id = '{}' ORDER BY f.posting_id",
        case.id
    );
    case.world.database.lines(&sql).await
}

async fn whole(world: &World) {
    world.prove().await;
    let found = verified(world);
    assert_eq!((found.status.code(), String::from_utf8_lossy(&found.stdout).as_ref()), (Some(0), "the books agree\n"));
}

#[tokio::test]
async fn of_two_recommendations_with_room_for_one_the_second_is_refused_and_told_what_is_left() {
    let (world, staff) = world("50000000.00").await;
    let desk = Desk::open(&world, at(DAY, 2).now);
    let committee = desk.sign_in(&staff.committee).await;
    let cases = several(&world, &staff, 2, "30000000.00").await;
    let recommend = |case: &Case<'_>, amount: &str| {
        let path = format!("/api/v1/applications/{}/recommendation", case.id);
        committee.post(path, &json!({ "amount": amount }))
    };
    assert_eq!(committee.send(&recommend(&cases[0], "30000000.00")).told(), (200, ""));
    let told = committee.refused(&recommend(&cases[1], "30000000.00"), 422, "ceiling.exceeded").await;
    assert!(told.text("/detail").contains("envelope leaves 20000000.00"), "{}", told.json);
    assert_eq!(committee.send(&recommend(&cases[1], "20000000.00")).told(), (200, ""));
    assert_eq!(held(&world).await, ["0 50", "0 50", "0 20", "0 30"]);
    let mut reader = world.db.reader().await.unwrap();
    let on = (&world.schemes, at(DAY, 2).today());
    let report = reports::envelopes(&mut reader, &staff.officer, on, None).await.unwrap();
    let said = report.iter().map(|line| (line.reserved, line.committed, line.left())).collect::<Vec<_>>();
    assert_eq!(said, [(cents("50000000.00"), cents("0.00"), Some(cents("0.00")))]);
    let officer = desk.sign_in(&staff.officer).await;
    let round = officer.send(&officer.get(format!("/api/v1/reports/rounds?scheme={CODE}"))).json;
    assert_eq!(
        (&round["items"][0]["reserved"], &round["items"][0]["committed"]),
        (&json!("50000000.00"), &json!("0.00"))
    );
    whole(&world).await;
}

#[tokio::test]
async fn an_approval_turns_what_is_reserved_into_a_commitment_and_gives_back_what_it_reduces() {
    let (world, staff) = world("50000000.00").await;
    let cases = several(&world, &staff, 3, "30000000.00").await;
    let committee = &staff.committee;
    cases[0].recommend(at(DAY, 2), committee, "30000000.00").await.unwrap();
    cases[1].recommend(at(DAY, 2), committee, "20000000.00").await.unwrap();
    // Nothing is left, and its own reservation blocks none of the two.
    cases[0].approve(at(DAY, 3), &staff.commissioner).await.unwrap();
    assert_eq!(held(&world).await, ["30 20", "30 20", "0 20", "30 0"]);
    let none_left = refusal(cases[2].recommend(at(DAY, 3), committee, "1000000.00").await);
    assert_eq!(none_left, exceeded("envelope", "1000000.00", "0.00"));
    let (from, to) = (cents("20000000.00"), cents("15000000.00"));
    let less = Approve { amount: to, reduced_from: Some(from), ..NOTHING_MORE };
    let approved = cases[1].pass(at(DAY, 3), &staff.commissioner, &less).await.unwrap();
    assert_eq!(approved.award.map(|award| award.amount), Some(to));
    assert_eq!(held(&world).await, ["45 0", "45 0", "15 0", "30 0"]);
    assert_eq!(postings(&cases[0]).await, ["envelope reservation 30", "reservation commitment 30"]);
    let of_second = ["envelope reservation 20", "reservation commitment 15", "reservation envelope 5"];
    assert_eq!(postings(&cases[1]).await, of_second);
    cases[2].recommend(at(DAY, 4), committee, "5000000.00").await.unwrap();
    whole(&world).await;
    // What is committed goes back as it always has.
    cases[0].withdraw(at(DAY, 4), "changed plans").await.unwrap();
    assert_eq!(held(&world).await, ["15 5", "15 5", "0 5", "15 0"]);
    whole(&world).await;
}

#[tokio::test]
async fn whatever_else_becomes_of_a_recommendation_gives_back_what_it_reserved() {
    let (world, staff) = world("30000000.00").await;
    let (amount, commissioner, committee) = ("30000000.00", &staff.commissioner, &staff.committee);
    let waiting = assessed(&world, &staff, &world.applicant().await, amount).await;
    for (way, after) in [
        ("send back", State::InAssessment),
        ("reject", State::Rejected),
        ("refuse and not tell", State::Refused),
        ("withdraw", State::Withdrawn),
    ] {
        let case = assessed(&world, &staff, &world.applicant().await, amount).await;
        case.recommend(at(DAY, 2), committee, amount).await.unwrap();
        assert_eq!(held(&world).await, ["0 30"; 3], "{way}");
        let none_left = refusal(waiting.recommend(at(DAY, 2), committee, amount).await);
        assert_eq!(none_left, exceeded("envelope", amount, "0.00"));
        let ended = match way {
            "send back" => {
                let back = async |tx: &mut almoner::store::Tx<'_>| {
                    approvals::send_back(tx, commissioner, case.id, "which year?").await
                };
                world.act(at(DAY, 3), back).await
            }
            "reject" => case.reject(at(DAY, 3), commissioner, "too dear").await,
            "refuse and not tell" => case.refuse(at(DAY, 3), commissioner, ("too dear", Some("2026-03-02"))).await,
            _ => case.withdraw(at(DAY, 3), "changed plans").await,
        };
        let ended = ended.unwrap();
        assert_eq!((ended.state, ended.reserved), (after, cents("0.00")));
        assert_eq!(held(&world).await, ["0 0"; 2], "{way}");
        assert_eq!(postings(&case).await, ["envelope reservation 30", "reservation envelope 30"]);
        whole(&world).await;
    }
    waiting.recommend(at(DAY, 4), committee, amount).await.unwrap();
    waiting.approve(at(DAY, 5), commissioner).await.unwrap();
    assert_eq!(held(&world).await, ["30 0"; 3]);
    whole(&world).await;
}

#[tokio::test]
async fn what_one_applicant_has_reserved_counts_under_its_ceiling() {
    let (world, staff) = world("180000000.00").await;
    let applicant = world.applicant().await;
    let first = assessed(&world, &staff, &applicant, "20000000.00").await;
    let second = assessed(&world, &staff, &applicant, "20000000.00").await;
    first.recommend(at(DAY, 2), &staff.committee, "20000000.00").await.unwrap();
    let over = refusal(second.recommend(at(DAY, 2), &staff.committee, "20000000.00").await);
    assert_eq!(over, exceeded("ceiling.grant_per_institution", "20000000.00", "10000000.00"));
    second.recommend(at(DAY, 2), &staff.committee, "10000000.00").await.unwrap();
    assert_eq!(held(&world).await, ["0 30"; 3]);
    for case in [&second, &first] {
        case.approve(at(DAY, 3), &staff.commissioner).await.unwrap();
    }
    assert_eq!(held(&world).await, ["30 0"; 3]);
    whole(&world).await;
}

#[tokio::test]
async fn of_16_recommendations_at_once_where_there_is_room_for_5_exactly_5_are_made() {
    let (world, staff) = world("50000000.00").await;
    let cases = several(&world, &staff, 16, "10000000.00").await;
    let acts = cases.iter().map(|case| case.recommend(at(DAY, 2), &staff.committee, "10000000.00"));
    let results = timeout(Duration::from_secs(60), join_all(acts)).await.unwrap();
    let refusals = results.into_iter().filter(Result::is_err).map(refusal).collect::<Vec<_>>();
    assert_eq!(refusals, vec![exceeded("envelope", "10000000.00", "0.00"); 11]);
    assert_eq!(held(&world).await, [vec!["0 50"; 2], vec!["0 10"; 5]].concat());
    whole(&world).await;
}

#[tokio::test]
async fn a_storm_of_recommendations_and_what_ends_them_meets_no_deadlock_and_leaves_the_books_right() {
    let (world, staff) = world("60000000.00").await;
    let (committee, commissioner) = (&staff.committee, &staff.commissioner);
    let cases = several(&world, &staff, 10, "10000000.00").await;
    let (reserved, waiting) = cases.split_at(5);
    for case in reserved {
        case.recommend(at(DAY, 2), committee, "10000000.00").await.unwrap();
    }
    let recommend = join_all(waiting.iter().map(|case| case.recommend(at(DAY, 3), committee, "10000000.00")));
    let approve = join_all(reserved.iter().map(|case| case.approve(at(DAY, 3), commissioner)));
    let reject = join_all(reserved.iter().step_by(2).map(|case| case.reject(at(DAY, 3), commissioner, "too dear")));
    let withdraw = join_all(reserved.iter().map(|case| case.withdraw(at(DAY, 3), "changed plans")));
    let storm = async { tokio::join!(recommend, approve, reject, withdraw) };
    let (recommended, approved, rejected, withdrawn) = timeout(Duration::from_secs(60), storm).await.unwrap();
    // Every one of those that were recommended has come to an end: none is refused for want of its own money.
    let allowed = ["application.wrong_state", "approval.withdrawn", "stale", "taken"];
    let told = [drops(approved), drops(rejected), drops(withdrawn)];
    for result in told.into_iter().flatten().filter(Result::is_err) {
        let code = refused(result);
        assert!(allowed.contains(&code), "{code}");
    }
    assert!(recommended.iter().any(Result::is_ok));
    for result in recommended.into_iter().filter(Result::is_err) {
        assert_eq!(refused(result), "ceiling.exceeded");
    }
    for case in reserved {
        assert_ne!(case.read().await.state, State::Recommended);
    }
    whole(&world).await;
}

fn drops<T>(results: Vec<Result<T, Error>>) -> Vec<Result<(), Error>> {
    results.into_iter().map(|result| result.map(drop)).collect()
}

#[tokio::test]
async fn what_a_committee_carries_moves_what_is_reserved_as_what_one_person_decides() {
    let world = World::with(&[], at(DAY, 0)).await;
    world.publish(reserving(&with_committee(false), "20000000.00"), at(DAY, 0)).await;
    let staff = world.staff().await;
    let desk = Desk::open(&world, at(DAY, 2).now);
    let board = Board::of(&world, 2).await;
    let (officer, members) = (desk.sign_in(&staff.officer).await, board.sign_in(&desk).await);
    let mut less = approve("15000000.00");
    less["reduced_from"] = json!("20000000.00");
    let reason = "too dear";
    for (motion, after) in [
        (json!({ "act": "send_back", "reason": reason }), vec!["0 0"; 2]),
        (json!({ "act": "reject", "reason": reason }), vec!["0 0"; 2]),
        (less, vec!["15 0"; 3]),
    ] {
        let case = assessed(&world, &staff, &world.applicant().await, "20000000.00").await;
        case.recommend(at(DAY, 1), &staff.committee, "20000000.00").await.unwrap();
        assert_eq!(held(&world).await, ["0 20"; 3]);
        let sittings = to(&case, "sittings");
        assert_eq!(officer.send(&officer.post(&*sittings, &board.meeting(motion))).told(), (201, ""));
        for member in &members {
            assert_eq!(member.send(&member.post(format!("{sittings}/1/votes"), &vote("for"))).told(), (201, ""));
        }
        let closed = members[0].send(&members[0].post(format!("{sittings}/1/closing"), &json!({})));
        assert_eq!((closed.told(), closed.text("/state")), ((200, ""), "carried"));
        assert_eq!(held(&world).await, after);
        whole(&world).await;
    }
}
