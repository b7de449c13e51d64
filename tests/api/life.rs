//! A case lives from the draft to the last payment, under each scheme as it is shipped.

use crate::case::Case;
use crate::proposals::{
    accelerator, accelerator_actual, nias, nias_actual, nifs, nifs_actual, proposal, raise_plus, raise_plus_actual,
    tvp, tvp_actual,
};
use crate::world::{Staff, World, at, cents};
use almoner::store::{awards, claims};
use rules::actor::Actor;
use rules::application::State;
use rules::award::{AwardState, Settlement};
use rules::batch::BatchState;
use rules::claim::ClaimState;
use rules::decision::Screening;
use rules::money::Cents;
use serde_json::{Value, json};

/// One life: the numbers are worked out by hand from the scheme's file.
struct Life {
    code: &'static str,
    begins: &'static str,
    proposal: Value,
    /// What the committee recommends, and who approves it.
    recommended: &'static str,
    approver: fn(&Staff) -> &Actor,
    /// What is claimed on acceptance.
    first: Option<&'static str>,
    /// What is claimed on completion, with what it really cost, and what of it is due.
    last: (&'static str, Value, &'static str),
    /// What is paid in all, and what goes back.
    settled: &'static str,
    given_back: &'static str,
}

#[tokio::test]
async fn a_production_line_under_nias_is_paid_and_gives_back_what_it_did_not_cost() {
    live(Life {
        code: "NIAS",
        begins: "2025-02-05",
        proposal: nias(),
        recommended: "200000000.00",
        approver: |staff| &staff.commissioner,
        first: Some("50000000.00"),
        last: ("150000000.00", nias_actual(), "130000000.00"),
        settled: "180000000.00",
        given_back: "20000000.00",
    })
    .await;
}

#[tokio::test]
async fn a_smart_line_under_nifs_is_paid_once_on_completion() {
    live(Life {
        code: "NIFS",
        begins: "2024-06-03",
        proposal: nifs(),
        recommended: "15000000.00",
        approver: |staff| &staff.assistant,
        first: None,
        last: ("15000000.00", nifs_actual(), "14000000.00"),
        settled: "14000000.00",
        given_back: "1000000.00",
    })
    .await;
}

#[tokio::test]
async fn a_voucher_under_tvp_is_paid_to_the_cent() {
    live(Life {
        code: "TVP",
        begins: "2022-06-01",
        proposal: tvp("100000.01", "75000.00"),
        recommended: "75000.00",
        approver: |staff| &staff.assistant,
        first: Some("18750.00"),
        last: ("56250.00", tvp_actual("100000.01"), "56250.00"),
        settled: "75000.00",
        given_back: "0.00",
    })
    .await;
}

#[tokio::test]
async fn research_in_two_stages_under_raise_plus_gets_what_the_committee_recommends() {
    live(Life {
        code: "RAISE-PLUS",
        begins: "2024-09-06",
        proposal: raise_plus(),
        recommended: "35000000.01",
        approver: |staff| &staff.commissioner,
        first: Some("8750000.00"),
        last: ("26250000.01", raise_plus_actual(), "26250000.01"),
        settled: "35000000.01",
        given_back: "0.00",
    })
    .await;
}

#[tokio::test]
async fn an_accelerator_gets_half_of_what_its_institution_really_brought() {
    live(Life {
        code: "ACCELERATOR-PILOT",
        begins: "2026-01-29",
        proposal: accelerator("60000000.00", "30000000.00"),
        recommended: "30000000.00",
        approver: |staff| &staff.commissioner,
        first: Some("7500000.00"),
        last: ("22500000.00", accelerator_actual("50000000.00"), "17500000.00"),
        settled: "25000000.00",
        given_back: "5000000.00",
    })
    .await;
}

async fn live(life: Life) {
    let day = life.begins;
    let world = World::with(&[life.code], at(day, 0)).await;
    let (staff, applicant) = (world.staff().await, world.applicant().await);
    let empty = proposal("", json!({ "project": { "stages": [] } }));
    let case = world.draft(&staff, &applicant, (life.code, empty), at(day, 0)).await;
    case.edit(at(day, 0), life.proposal.clone()).await.unwrap();
    decide(&case, &life).await;
    assert_eq!(world.committed(life.code).await, cents(life.recommended).get());
    pay(&case, &life).await;
    let held = cents(life.settled).get();
    assert_eq!(world.committed(life.code).await, held);
    assert_eq!(cents(life.recommended).get() - held, cents(life.given_back).get());
    assert_eq!(case.events().await, expected_events(&life));
    assert_eq!(notices(&case).await, expected_notices(&life));
    world.prove().await;
}

/// Submission to acceptance; one of the assessors has a conflict and is replaced.
async fn decide(case: &Case<'_>, life: &Life) {
    let (staff, day) = (case.staff, life.begins);
    let (submitted, answer) = case.submit(at(day, 1)).await.unwrap();
    assert_eq!((submitted.state, answer.refused_by), (State::Submitted, Vec::new()));
    assert_eq!(case.screen(at(day, 2), Screening::Eligible).await.unwrap().state, State::InAssessment);
    let [brother, first, second] = &staff.assessors;
    let conflicted = case.assign(at(day, 3), brother).await.unwrap();
    let by_first = case.assign(at(day, 3), first).await.unwrap();
    case.declare_conflict(at(day, 4), brother, &conflicted).await.unwrap();
    let by_second = case.assign(at(day, 5), second).await.unwrap();
    assert_eq!(case.score(at(day, 9), first, &by_first, 8).await.unwrap(), 8_000);
    assert_eq!(case.score(at(day, 9), second, &by_second, 7).await.unwrap(), 7_000);
    let recommended = case.recommend(at(day, 20), &staff.committee, life.recommended).await.unwrap();
    assert_eq!(recommended.state.public_code(), "under_consideration");
    let (approved, award) = case.approve(at(day, 30), (life.approver)(staff)).await.unwrap();
    assert_eq!((approved.state, approved.state.public_code()), (State::Approved, "under_consideration"));
    assert_eq!((award.amount, award.state), (cents(life.recommended), AwardState::Decided));
    let (_, award) = case.offer(at(day, 31)).await.unwrap();
    assert_eq!(award.expires_on, Some(at(day, 61).today()));
    let (accepted, plan) = case.accept(at(day, 61)).await.unwrap();
    assert_eq!(accepted.state, State::Accepted);
    let parts = plan.iter().map(|part| part.amount).collect::<Vec<_>>();
    let expected = life.first.into_iter().chain([life.last.0]).map(cents).collect::<Vec<_>>();
    assert_eq!(parts, expected);
}

/// The first instalment, where there is one, then the settlement on actual cost.
async fn pay(case: &Case<'_>, life: &Life) {
    let day = life.begins;
    if let Some(amount) = life.first {
        let batch = case.pay(at(day, 62), "initial", amount, None).await;
        assert_eq!((batch.state, batch.total), (BatchState::Released, cents(amount)));
        assert_eq!(case.read().await.state, State::Accepted);
    }
    let (claimed, actual, due) = &life.last;
    let claim = case.claim(at(day, 800), "final", claimed, Some(actual.clone())).await.unwrap();
    let (claim, award) = case.certify(at(day, 810), claim.id, due).await.unwrap();
    assert_eq!(
        award.settled,
        Some(Settlement { amount: cents(life.settled), overpaid: Cents::ZERO, on: at(day, 810).today() })
    );
    let batch = case.world.prepare(at(day, 811), &case.staff.preparer, &[claim.id]).await.unwrap();
    assert_eq!(case.read().await.state, State::Accepted);
    case.world.release(at(day, 812), &case.staff.releaser, batch.id).await.unwrap();
    assert_eq!(case.read().await.state, State::Completed);
    let mut reader = case.world.db.reader().await.unwrap();
    let claims = claims::of_application(&mut reader, case.id).await.unwrap();
    assert!(claims.iter().all(|claim| claim.state == ClaimState::Paid));
    let kept = awards::find(&mut reader, case.id).await.unwrap().unwrap();
    assert_eq!(kept, award);
}

fn expected_events(life: &Life) -> Vec<&'static str> {
    let claim = ["claim.submitted", "claim.certified", "payment.released"];
    let mut events = vec![
        "application.created",
        "application.edited",
        "application.submitted",
        "application.screened",
        "assessment.assigned",
        "assessment.accepted",
        "assessment.assigned",
        "assessment.accepted",
        "assessment.conflict_declared",
        "assessment.assigned",
        "assessment.accepted",
        "assessment.scored",
        "assessment.scored",
        "application.recommended",
        "application.approved",
        "award.offered",
        "award.accepted",
    ];
    events.extend(life.first.into_iter().flat_map(|_| claim));
    events.extend(claim);
    events.push("application.completed");
    events
}

async fn notices(case: &Case<'_>) -> Vec<String> {
    let sql = format!(
        "SELECT (notice::json ->> 'letter') || CASE WHEN notice::json -> 'to' -> 'applicants' IS NULL THEN ' to a person' ELSE '' END AS line
           FROM outbox WHERE subject_id = '{}' ORDER BY sequence",
        case.id
    );
    case.world.database.lines(&sql).await
}

fn expected_notices(life: &Life) -> Vec<&'static str> {
    let mut notices = vec![
        "application_received",
        "assessment_assigned to a person",
        "assessment_assigned to a person",
        "assessment_assigned to a person",
        "award_offered",
        "award_accepted",
    ];
    notices.extend(life.first.map(|_| "payment_released"));
    notices.push("payment_released");
    notices
}
