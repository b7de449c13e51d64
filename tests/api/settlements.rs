//! Claims in their order, settlement on actual cost, and the ceilings that a settlement frees.

use crate::case::Case;
use crate::proposals::{accelerator, accelerator_actual, nifs, nifs_actual};
use crate::world::{World, at, cents, refused, text_of};
use almoner::actions::Error;
use rules::application::State;
use rules::award::Settlement;
use rules::claim::ClaimState;
use rules::money::Cents;
use rules::refusal::{ClaimRefusal, Refusal};
use serde_json::{Value, json};

const CODE: &str = "ACCELERATOR-PILOT";
const DAY: &str = "2026-02-02";

/// An accelerator with 30 million, accepted, under a text of the scheme.
async fn accepted_under(text: String, test: impl AsyncFnOnce(&Case<'_>)) {
    let world = World::with(&[], at(DAY, 0)).await;
    world.publish(text, at(DAY, 0)).await;
    let (staff, applicant) = (world.staff().await, world.applicant().await);
    let proposal = accelerator("60000000.00", "30000000.00");
    let case = world.draft(&staff, &applicant, (CODE, proposal), at(DAY, 0)).await;
    case.to_accepted(at(DAY, 1), "30000000.00").await;
    test(&case).await;
    world.prove().await;
}

fn refusal<T: std::fmt::Debug>(result: Result<T, Error>) -> Refusal {
    match result {
        Err(Error::Refused(refusal)) => refusal,
        other => panic!("no refusal: {other:?}"),
    }
}

#[tokio::test]
async fn the_last_of_three_instalments_settles_the_case_and_none_before_it() {
    let three = text_of(CODE).replace("is = \"75%\"", "is = \"50%\"").replace(
        "[obligation.final_report]",
        "[payment.instalment.accounts]\ndue = \"final_accounts\"\nis = [{ from = \"2026-01-29\", is = \"25%\", source = \"house\" }]\n\
         [payment.instalment.accounts.name]\nen = \"On the accounts\"\nzh-Hant = \"帳目\"\nzh-Hans = \"账目\"\n[obligation.final_report]",
    );
    accepted_under(three, async |case| {
        case.pay(at(DAY, 2), "initial", "7500000.00", None).await;
        let actual = || Some(accelerator_actual("54000000.00"));
        let claim = case.claim(at(DAY, 300), "final", "15000000.00", actual()).await.unwrap();
        let (_, award) = case.certify(at(DAY, 301), claim.id, "15000000.00").await.unwrap();
        assert_eq!(award.settled, None);
        assert_eq!(case.world.committed(CODE).await, 3_000_000_000);
        let batch = case.world.prepare(at(DAY, 302), &case.staff.preparer, &[claim.id]).await.unwrap();
        case.world.release(at(DAY, 303), &case.staff.releaser, batch.id).await.unwrap();
        assert_eq!(case.read().await.state, State::Accepted);
        let claim = case.claim(at(DAY, 400), "accounts", "7500000.00", actual()).await.unwrap();
        let due = cents("4500000.00");
        let above = case.certify(at(DAY, 401), claim.id, "4500000.01").await;
        assert_eq!(refusal(above), Refusal::Claim(ClaimRefusal::CertifiedAboveDue { due }));
        let (_, award) = case.certify(at(DAY, 401), claim.id, "4500000.00").await.unwrap();
        assert_eq!(award.settled.map(|settled| settled.amount), Some(cents("27000000.00")));
        assert_eq!(case.world.committed(CODE).await, 2_700_000_000);
        let batch = case.world.prepare(at(DAY, 402), &case.staff.preparer, &[claim.id]).await.unwrap();
        case.world.release(at(DAY, 403), &case.staff.releaser, batch.id).await.unwrap();
        assert_eq!(case.read().await.state, State::Completed);
    })
    .await;
}

#[tokio::test]
async fn instalments_are_claimed_in_their_order_once_and_again_when_a_claim_was_returned() {
    accepted_under(text_of(CODE).to_owned(), async |case| {
        let actual = || Some(accelerator_actual("60000000.00"));
        let early = refusal(case.claim(at(DAY, 2), "final", "22500000.00", actual()).await);
        let (instalment, first) = ("final".to_owned(), "initial".to_owned());
        assert_eq!(early, Refusal::Claim(ClaimRefusal::InstalmentTooEarly { instalment, first }));
        assert_eq!(refused(case.claim(at(DAY, 2), "third", "1.00", None).await), "claim.instalment_unknown");
        for amount in ["0.00", "7500000.01"] {
            assert_eq!(refused(case.claim(at(DAY, 2), "initial", amount, None).await), "claim.above_plan");
        }
        let claim = case.claim(at(DAY, 2), "initial", "7500000.00", None).await.unwrap();
        let again = case.claim(at(DAY, 2), "initial", "7500000.00", None).await;
        assert_eq!(refused(again), "claim.instalment_claimed");
        // A claim is not enough for the next one: it must have been certified.
        let early = case.claim(at(DAY, 2), "final", "22500000.00", actual()).await;
        assert_eq!(refused(early), "claim.instalment_too_early");
        assert_eq!(refused(case.give_back(at(DAY, 3), claim.id, "").await), "text.length");
        case.give_back(at(DAY, 3), claim.id, "no invoice").await.unwrap();
        assert_eq!(refused(case.certify(at(DAY, 4), claim.id, "1.00").await), "claim.wrong_state");
        let claim = case.claim(at(DAY, 5), "initial", "7000000.00", None).await.unwrap();
        assert_eq!(refused(case.certify(at(DAY, 6), claim.id, "0.00").await), "claim.certified_above_due");
        case.certify(at(DAY, 6), claim.id, "6000000.00").await.unwrap();
        assert_eq!(refused(case.give_back(at(DAY, 7), claim.id, "too late").await), "claim.wrong_state");
        assert_eq!(refused(case.claim(at(DAY, 8), "final", "1.00", None).await), "claim.actual_cost_missing");
        case.claim(at(DAY, 8), "final", "22500000.00", actual()).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn actual_cost_that_cannot_be_worked_out_is_refused_to_whoever_claims_it() {
    accepted_under(text_of(CODE).to_owned(), async |case| {
        case.pay(at(DAY, 2), "initial", "7500000.00", None).await;
        let contribution = |stage: &str, form: &str| -> Value {
            json!({ "project": { "stages": [{ "stage": stage,
                "contributions": [{ "from": "institution", "form": form, "amount": "60000000.00" }] }] } })
        };
        let claim = async |actual| case.claim(at(DAY, 300), "final", "22500000.00", Some(actual)).await;
        let Refusal::FiguresFaulty { faults } = refusal(claim(contribution("second", "cash")).await) else {
            panic!("the stage is not known");
        };
        assert_eq!(faults.first().map(|fault| fault.pointer.as_str()), Some("/actual/project/stages/0/stage"));
        // Nobody knows whether contributions in kind count: the settlement does not guess either.
        let Refusal::CalculationRefused { refused_by, .. } = refusal(claim(contribution("project", "in_kind")).await)
        else {
            panic!("the form is not known");
        };
        assert_eq!(refused_by, ["contribution.project.institution.in_kind"]);
    })
    .await;
}

#[tokio::test]
async fn nothing_is_certified_where_more_was_paid_than_the_actual_cost_allows() {
    accepted_under(text_of(CODE).to_owned(), async |case| {
        case.pay(at(DAY, 2), "initial", "7500000.00", None).await;
        let actual = Some(accelerator_actual("10000000.00"));
        let claim = case.claim(at(DAY, 300), "final", "22500000.00", actual).await.unwrap();
        let (certified, allowed) = (cents("7500000.00"), cents("5000000.00"));
        let nothing = refusal(case.certify(at(DAY, 301), claim.id, "0.01").await);
        assert_eq!(nothing, Refusal::Claim(ClaimRefusal::NothingDue { certified, allowed }));
        // What is not needed goes back; what was paid too much is noted, and stays paid until it is recovered.
        let (claim, award) = case.certify(at(DAY, 301), claim.id, "0.00").await.unwrap();
        assert_eq!(claim.state, ClaimState::Nil);
        let overpaid = cents("2500000.00");
        assert_eq!(award.settled, Some(Settlement { amount: certified, overpaid, on: at(DAY, 301).today() }));
        assert_eq!(case.world.committed(CODE).await, 750_000_000);
        assert_eq!(case.read().await.state, State::Completed);
        assert_eq!(
            case.events().await.into_iter().rev().take(2).collect::<Vec<_>>(),
            ["application.completed", "claim.certified"]
        );
        let batch = case.world.prepare(at(DAY, 302), &case.staff.preparer, &[claim.id]).await;
        assert_eq!(refused(batch), "claim.wrong_state");
        assert_eq!(refused(case.give_back(at(DAY, 302), claim.id, "too late").await), "claim.wrong_state");
    })
    .await;
}

#[tokio::test]
async fn a_case_that_wants_nothing_more_is_closed_when_what_it_was_certified_before_is_paid() {
    accepted_under(text_of(CODE).to_owned(), async |case| {
        let claim = case.claim(at(DAY, 2), "initial", "7500000.00", None).await.unwrap();
        let (initial, _) = case.certify(at(DAY, 3), claim.id, "7500000.00").await.unwrap();
        let actual = || Some(accelerator_actual("60000000.00"));
        let last = case.claim(at(DAY, 300), "final", "0.00", actual()).await.unwrap();
        let (last, award) = case.certify(at(DAY, 301), last.id, "0.00").await.unwrap();
        assert_eq!((last.state, award.settled.map(|settled| settled.overpaid)), (ClaimState::Nil, Some(Cents::ZERO)));
        assert_eq!(case.read().await.state, State::Accepted, "the first instalment is not paid yet");
        let batch = case.world.prepare(at(DAY, 302), &case.staff.preparer, &[initial.id]).await.unwrap();
        case.world.release(at(DAY, 303), &case.staff.releaser, batch.id).await.unwrap();
        assert_eq!(case.read().await.state, State::Completed);
        assert_eq!(case.world.committed(CODE).await, 750_000_000);
    })
    .await;
}

#[tokio::test]
async fn a_project_that_cost_nothing_is_closed_without_a_payment_and_gives_all_back() {
    let world = World::with(&["NIFS"], at("2024-06-03", 0)).await;
    let (staff, applicant) = (world.staff().await, world.applicant().await);
    let case = world.draft(&staff, &applicant, ("NIFS", nifs()), at("2024-06-03", 0)).await;
    case.to_accepted(at("2024-06-03", 1), "15000000.00").await;
    let nothing = json!({ "project": { "stages": [{ "stage": "project", "costs": [] }] } });
    let claim = case.claim(at("2024-06-03", 100), "final", "15000000.00", Some(nothing)).await.unwrap();
    case.certify(at("2024-06-03", 101), claim.id, "0.00").await.unwrap();
    assert_eq!((case.read().await.state, world.committed("NIFS").await), (State::Completed, 0));
    world.prove().await;
}

#[tokio::test]
async fn a_ceiling_on_what_runs_at_once_counts_what_runs_whatever_version_it_began_under() {
    let (first_version, second_version) = ("2023-06-01", "2024-02-01");
    let world = World::with(&["NIFS"], at(first_version, 0)).await;
    let (staff, applicant) = (world.staff().await, world.applicant().await);
    let drafted = async |day: &'static str| world.draft(&staff, &applicant, ("NIFS", nifs()), at(day, 0)).await;
    // The first version knew no ceiling in money; the second allows 45 million at once.
    let old = drafted(first_version).await;
    old.to_accepted(at(first_version, 1), "15000000.00").await;
    let second = drafted(second_version).await;
    second.to_accepted(at(second_version, 1), "15000000.00").await;
    old.pay(at(second_version, 2), "final", "14000000.00", Some(nifs_actual())).await;
    for days in [3, 4] {
        let next = drafted(second_version).await;
        next.to_accepted(at(second_version, days), "15000000.00").await;
    }
    assert_eq!(refused(drafted(second_version).await.submit(at(second_version, 5)).await), "calculation.refused");
    world.prove().await;
}

#[tokio::test]
async fn a_project_completed_since_the_submission_makes_room_at_the_approval() {
    let day = "2024-06-03";
    let world = World::with(&["NIFS"], at(day, 0)).await;
    let (staff, applicant) = (world.staff().await, world.applicant().await);
    let drafted = async || world.draft(&staff, &applicant, ("NIFS", nifs()), at(day, 0)).await;
    let (first, second) = (drafted().await, drafted().await);
    first.to_accepted(at(day, 1), "15000000.00").await;
    second.to_accepted(at(day, 1), "15000000.00").await;
    let (third, fourth) = (drafted().await, drafted().await);
    third.to_recommended(at(day, 2), "15000000.00").await;
    fourth.to_recommended(at(day, 2), "15000000.00").await;
    third.approve(at(day, 3), &staff.assistant).await.unwrap();
    let Refusal::CalculationRefused { refused_by, .. } = refusal(fourth.approve(at(day, 4), &staff.assistant).await)
    else {
        panic!("a fourth project at once");
    };
    assert_eq!(refused_by, ["ceiling.concurrent_projects_per_applicant", "ceiling.grant_per_applicant"]);
    first.pay(at(day, 5), "final", "14000000.00", Some(nifs_actual())).await;
    fourth.approve(at(day, 6), &staff.assistant).await.unwrap();
    world.prove().await;
}

#[tokio::test]
async fn the_money_of_a_scheme_is_what_its_text_in_force_says_on_the_day_of_the_approval() {
    let envelope = |is: &str| text_of(CODE).replace("is = \"180000000.00\"", &format!("is = \"{is}\""));
    let world = World::with(&[], at(DAY, 0)).await;
    world.publish(envelope("20000000.00"), at(DAY, 0)).await;
    let (staff, applicant) = (world.staff().await, world.applicant().await);
    let proposal = accelerator("60000000.00", "30000000.00");
    let case = world.draft(&staff, &applicant, (CODE, proposal), at(DAY, 0)).await;
    case.to_recommended(at(DAY, 1), "30000000.00").await;
    let exceeded =
        |left: Cents| Refusal::CeilingExceeded { ceiling: "envelope".to_owned(), wanted: cents("30000000.00"), left };
    let commissioner = &staff.commissioner;
    assert_eq!(refusal(case.approve(at(DAY, 2), commissioner).await), exceeded(cents("20000000.00")));
    world.publish(envelope("unknown"), at(DAY, 3)).await;
    let unknown = Refusal::LimitUnknown { path: "envelope".to_owned() };
    assert_eq!(refusal(case.approve(at(DAY, 3), commissioner).await), unknown);
    world.publish(text_of(CODE).to_owned(), at(DAY, 4)).await;
    case.approve(at(DAY, 4), commissioner).await.unwrap();
    world.prove().await;
}

#[tokio::test]
async fn a_character_that_cannot_be_kept_is_refused_and_is_no_failure_of_the_house() {
    accepted_under(text_of(CODE).to_owned(), async |case| {
        let world = case.world;
        let nul = |pointer: &str| {
            let mut proposal = accelerator("60000000.00", "1.00");
            *proposal.pointer_mut(pointer).unwrap() = json!("a\0b");
            proposal
        };
        let applicant = world.applicant().await;
        let draft = world.draft(case.staff, &applicant, (CODE, accelerator("2.00", "1.00")), at(DAY, 2)).await;
        for pointer in ["/title", "/summary", "/request/project/stages/0/stage"] {
            assert_eq!(refused(draft.edit(at(DAY, 2), nul(pointer)).await), "text.unstorable", "{pointer}");
        }
        let mut facts = accelerator("60000000.00", "1.00");
        facts["request"]["project"]["facts"] = json!({ "a\0b": true });
        assert_eq!(refused(draft.edit(at(DAY, 2), facts).await), "text.unstorable");
        assert_eq!(refused(draft.withdraw(at(DAY, 2), "a\0b").await), "text.unstorable");
        case.pay(at(DAY, 2), "initial", "7500000.00", None).await;
        let mut actual = accelerator_actual("60000000.00");
        actual["project"]["stages"][0]["contributions"][0]["from"] = json!("a\0b");
        let claim = case.claim(at(DAY, 3), "final", "22500000.00", Some(actual)).await;
        assert_eq!(refused(claim), "text.unstorable");
        let organisation = applicant.organisation;
        let content = serde_json::from_value(accelerator("2.00", "1.00")).unwrap();
        let created = world
            .act(at(DAY, 3), async |tx| {
                almoner::actions::applications::create(
                    tx,
                    &applicant.actor,
                    &world.schemes,
                    "NI\0AS",
                    organisation,
                    content,
                )
                .await
            })
            .await;
        assert_eq!(refused(created), "scheme.not_published");
    })
    .await;
}
