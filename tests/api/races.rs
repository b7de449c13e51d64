//! Many at once: ceilings hold, nothing is paid twice, and nobody waits for ever.

use crate::case::Case;
use crate::proposals::{accelerator, accelerator_actual, raise_plus};
use crate::world::{Staff, World, at, cents, refused, text_of};
use almoner::actions::Error;
use almoner::actions::schemes::publish;
use almoner::store::{Fault, people};
use futures_util::future::join_all;
use rules::actor::{Actor, Role};
use rules::application::State;
use rules::decision::Screening;
use rules::ids::ClaimId;
use rules::refusal::Refusal;
use std::fmt::Debug;
use std::time::Duration;
use tokio::time::timeout;

const CODE: &str = "ACCELERATOR-PILOT";
const DAY: &str = "2026-02-02";

async fn world() -> (World, Staff) {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let staff = world.staff().await;
    (world, staff)
}

/// A case of an organisation of its own.
async fn drafted<'w>(world: &'w World, staff: &'w Staff, requested: &str) -> Case<'w> {
    let applicant = world.applicant().await;
    world.draft(staff, &applicant, (CODE, accelerator("60000000.00", requested)), at(DAY, 0)).await
}

/// All at once; each is done or refused within a time in which a deadlock would have been found.
async fn at_once<T>(acts: impl IntoIterator<Item = impl Future<Output = Result<T, Error>>>) -> Vec<Result<T, Error>> {
    timeout(Duration::from_secs(60), join_all(acts)).await.unwrap()
}

/// How many succeeded, and with which codes the others were refused. A fault of the database is no refusal.
fn outcome<T: Debug>(results: Vec<Result<T, Error>>) -> (usize, Vec<&'static str>) {
    let all = results.len();
    let refusals = results.into_iter().filter(Result::is_err).map(refused).collect::<Vec<_>>();
    (all - refusals.len(), refusals)
}

#[tokio::test]
async fn an_envelope_of_180_million_takes_six_of_eight_approvals_at_once() {
    let (world, staff) = world().await;
    let mut cases = Vec::new();
    for _ in 0..8 {
        let case = drafted(&world, &staff, "30000000.00").await;
        case.to_recommended(at(DAY, 1), "30000000.00").await;
        cases.push(case);
    }
    let results = at_once(cases.iter().map(|case| case.approve(at(DAY, 2), &staff.commissioner))).await;
    let exceeded =
        Refusal::CeilingExceeded { ceiling: "envelope".to_owned(), wanted: cents("30000000.00"), left: cents("0.00") };
    let refusals = results.iter().filter_map(|result| match result {
        Err(Error::Refused(refusal)) => Some(refusal.clone()),
        _ => None,
    });
    assert_eq!(refusals.collect::<Vec<_>>(), [exceeded.clone(), exceeded]);
    assert_eq!(outcome(results).0, 6);
    assert_eq!(world.committed(CODE).await, 18_000_000_000);
    world.prove().await;
    // What one gives back, one other may have.
    let mut reopened = 0;
    for case in &cases {
        if case.read().await.state == State::Approved && reopened == 0 {
            case.offer(at(DAY, 3)).await.unwrap();
            case.decline(at(DAY, 3), "changed plans").await.unwrap();
            reopened += 1;
        }
    }
    let mut waiting = Vec::new();
    for case in &cases {
        if case.read().await.state == State::Recommended {
            waiting.push(case);
        }
    }
    let results = at_once(waiting.iter().map(|case| case.approve(at(DAY, 4), &staff.commissioner))).await;
    assert_eq!(outcome(results), (1, vec!["ceiling.exceeded"]));
    world.prove().await;
}

#[tokio::test]
async fn two_approvals_of_one_applicant_do_not_pass_its_cumulative_ceiling_together() {
    let (world, staff) = world().await;
    for _ in 0..4 {
        let applicant = world.applicant().await;
        let mut cases = Vec::new();
        for _ in 0..2 {
            let proposal = accelerator("60000000.00", "20000000.00");
            let case = world.draft(&staff, &applicant, (CODE, proposal), at(DAY, 0)).await;
            case.to_recommended(at(DAY, 1), "20000000.00").await;
            cases.push(case);
        }
        let results = at_once(cases.iter().map(|case| case.approve(at(DAY, 2), &staff.commissioner))).await;
        assert_eq!(outcome(results), (1, vec!["approval.above_allowed"]));
    }
    assert_eq!(world.committed(CODE).await, 8_000_000_000);
    world.prove().await;
}

#[tokio::test]
async fn a_claim_that_is_put_into_two_batches_at_once_stands_in_one() {
    let (world, staff) = world().await;
    let other = world.person(&[Role::FinancePreparer], &[]).await;
    for _ in 0..4 {
        let mut claims = Vec::new();
        for _ in 0..2 {
            let case = drafted(&world, &staff, "1000000.00").await;
            case.to_accepted(at(DAY, 1), "1000000.00").await;
            let claim = case.claim(at(DAY, 2), "initial", "250000.00", None).await.unwrap();
            case.certify(at(DAY, 3), claim.id, "250000.00").await.unwrap();
            claims.push(claim.id);
        }
        // In opposite orders: the cases are locked in one.
        let reversed = claims.iter().rev().copied().collect::<Vec<_>>();
        let prepare = |actor: Actor, claims: Vec<_>| {
            let world = &world;
            async move { world.prepare(at(DAY, 4), &actor, &claims).await }
        };
        let results = at_once([prepare(staff.preparer.clone(), claims), prepare(other.clone(), reversed)]).await;
        assert_eq!(outcome(results), (1, vec!["batch.claim_in_batch"]));
    }
    world.prove().await;
}

#[tokio::test]
async fn a_batch_that_is_released_twice_at_once_is_paid_once() {
    let (world, staff) = world().await;
    let other = world.person(&[Role::FinanceReleaser], &[]).await;
    for _ in 0..4 {
        let case = drafted(&world, &staff, "1000000.00").await;
        case.to_accepted(at(DAY, 1), "1000000.00").await;
        let claim = case.claim(at(DAY, 2), "initial", "250000.00", None).await.unwrap();
        case.certify(at(DAY, 3), claim.id, "250000.00").await.unwrap();
        let batch = world.prepare(at(DAY, 4), &staff.preparer, &[claim.id]).await.unwrap();
        let releasers = [&staff.releaser, &other, &staff.releaser, &other];
        let results = at_once(releasers.map(|actor| world.release(at(DAY, 5), actor, batch.id))).await;
        assert_eq!(outcome(results), (1, vec!["batch.released"; 3]));
        let paid = format!(
            "SELECT sum(amount_cents)::text AS line FROM ledger_entries WHERE account = 'paid' AND application_id = '{}'",
            case.id
        );
        assert_eq!(world.database.lines(&paid).await, ["25000000"]);
    }
    world.prove().await;
}

#[tokio::test]
async fn a_university_submits_fifteen_applications_in_a_round_however_many_it_sends_at_once() {
    let day = "2024-09-06";
    let world = World::with(&["RAISE-PLUS"], at(day, 0)).await;
    let (staff, university, other) = (world.staff().await, world.applicant().await, world.applicant().await);
    let mut cases = Vec::new();
    for _ in 0..17 {
        cases.push(world.draft(&staff, &university, ("RAISE-PLUS", raise_plus()), at(day, 0)).await);
    }
    let of_other = world.draft(&staff, &other, ("RAISE-PLUS", raise_plus()), at(day, 0)).await;
    let results = at_once(cases.iter().chain([&of_other]).map(|case| case.submit(at(day, 1)))).await;
    assert_eq!(outcome(results), (16, vec!["round.quota"; 2]));
    assert_eq!(of_other.read().await.state, State::Submitted);
    // One that is withdrawn makes room for one; the next round has a quota of its own.
    let mut submitted = Vec::new();
    let mut left = Vec::new();
    for case in &cases {
        if case.read().await.state == State::Submitted { submitted.push(case) } else { left.push(case) }
    }
    submitted.first().unwrap().withdraw(at(day, 2), "changed plans").await.unwrap();
    let results = at_once(left.iter().map(|case| case.submit(at(day, 3)))).await;
    assert_eq!(outcome(results), (1, vec!["round.quota"]));
    let results = at_once(left.iter().map(|case| case.submit(at("2025-09-11", 0)))).await;
    assert_eq!(outcome(results).0, 1);
    world.prove().await;
}

#[tokio::test]
async fn an_approval_and_a_withdrawal_at_once_never_leave_money_with_a_case_that_was_withdrawn() {
    let (world, staff) = world().await;
    let (mut approved, mut withdrawn) = (0, 0);
    for turn in 0..8 {
        let case = drafted(&world, &staff, "1000000.00").await;
        case.to_recommended(at(DAY, 1), "1000000.00").await;
        let version = case.read().await.told_version;
        let approve = async { case.approve(at(DAY, 2), &staff.commissioner).await.map(|_| ()) };
        let withdraw = async {
            if turn % 2 == 0 {
                tokio::time::sleep(Duration::from_millis(4)).await;
            }
            case.withdraw_version(at(DAY, 2), version, "changed plans").await.map(|_| ())
        };
        let (approval, withdrawal) =
            timeout(Duration::from_secs(30), async { tokio::join!(approve, withdraw) }).await.unwrap();
        match case.read().await.state {
            State::Approved => {
                approved += 1;
                approval.unwrap();
                // Approved at the very moment of the withdrawal; the next try would be taken.
                assert_eq!(refused(withdrawal), "taken");
            }
            State::Withdrawn => {
                withdrawn += 1;
                withdrawal.unwrap();
                // Or it was approved first, unseen, and the withdrawal has given the money back.
                if approval.is_err() {
                    assert_eq!(refused(approval), "approval.withdrawn");
                }
            }
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(approved + withdrawn, 8);
    assert_eq!(world.committed(CODE).await, approved * 100_000_000);
    world.prove().await;
}

#[tokio::test]
async fn a_storm_of_acts_on_one_envelope_meets_no_deadlock_and_leaves_the_books_right() {
    let (world, staff) = world().await;
    let second = world.person(&[Role::FinancePreparer], &[]).await;
    let mut running = Vec::new();
    let mut offered = Vec::new();
    let mut recommended = Vec::new();
    for number in 0..6 {
        let case = drafted(&world, &staff, "4000000.00").await;
        if number % 3 == 0 {
            case.to_accepted(at(DAY, 1), "4000000.00").await;
            case.pay(at(DAY, 2), "initial", "1000000.00", None).await;
            let claim = case.claim(at(DAY, 3), "final", "3000000.00", Some(accelerator_actual("7000000.00"))).await;
            running.push((case, claim.unwrap().id));
        } else {
            case.to_recommended(at(DAY, 1), "4000000.00").await;
            if number % 3 == 1 {
                case.approve(at(DAY, 1), &staff.commissioner).await.unwrap();
                case.offer(at(DAY, 2)).await.unwrap();
                offered.push(case);
            } else {
                recommended.push(case);
            }
        }
    }
    let ids = running.iter().map(|(_, claim)| *claim).collect::<Vec<_>>();
    let settle = join_all(running.iter().map(|(case, claim)| case.certify(at(DAY, 4), *claim, "2500000.00")));
    let decline = join_all(offered.iter().map(|case| case.decline(at(DAY, 4), "changed plans")));
    let approve = join_all(recommended.iter().map(|case| case.approve(at(DAY, 4), &staff.commissioner)));
    let withdraw = join_all(recommended.iter().map(|case| case.withdraw(at(DAY, 4), "changed plans")));
    // Batches that name claims which are just being certified are refused or wait; they never stand in anybody's way for ever.
    let batches = join_all([&staff.preparer, &second].map(|actor| world.prepare(at(DAY, 4), actor, &ids)));
    let storm = async { tokio::join!(settle, decline, approve, withdraw, batches) };
    let (settled, declined, approved, withdrawn, batched) = timeout(Duration::from_secs(60), storm).await.unwrap();
    assert_eq!(outcome(settled), (2, Vec::new()));
    assert_eq!(outcome(declined), (2, Vec::new()));
    let decided = outcome(approved).0 + outcome(withdrawn).0;
    assert!((2..=4).contains(&decided), "{decided}");
    assert!(outcome(batched).0 <= 1);
    world.prove().await;
}

#[tokio::test]
async fn a_text_that_is_published_twice_at_once_is_published_once() {
    let (world, _) = world().await;
    let text = format!("{}\n# a second text\n", text_of(CODE));
    let results =
        at_once((0..4).map(|_| {
            let (world, text) = (&world, text.clone());
            async move {
                world.act(at(DAY, 1), async |tx| publish(tx, &Actor::console(), text, at(DAY, 1).today()).await).await
            }
        }))
        .await;
    assert_eq!(outcome(results), (1, vec!["scheme.unchanged"; 3]));
}

async fn certified(case: &Case<'_>, instalment: &str, amount: &str) -> ClaimId {
    let actual = Some(accelerator_actual("60000000.00"));
    let claim = case.claim(at(DAY, 2), instalment, amount, actual).await.unwrap();
    case.certify(at(DAY, 3), claim.id, amount).await.unwrap();
    claim.id
}

#[tokio::test]
async fn two_batches_that_share_their_cases_are_released_at_once_and_complete_them() {
    let (world, staff) = world().await;
    let other = world.person(&[Role::FinanceReleaser], &[]).await;
    for _ in 0..4 {
        let mut cases = Vec::new();
        for _ in 0..2 {
            let case = drafted(&world, &staff, "1000000.00").await;
            case.to_accepted(at(DAY, 1), "1000000.00").await;
            cases.push(case);
        }
        // The payments of the two batches stand in opposite orders of their cases; these are locked in one order all the same.
        let (mut first, mut last) = (Vec::new(), Vec::new());
        for case in &cases {
            first.push(certified(case, "initial", "250000.00").await);
        }
        for case in cases.iter().rev() {
            last.push(certified(case, "final", "750000.00").await);
        }
        let first = world.prepare(at(DAY, 4), &staff.preparer, &first).await.unwrap();
        let last = world.prepare(at(DAY, 4), &staff.preparer, &last).await.unwrap();
        let results =
            at_once([world.release(at(DAY, 5), &staff.releaser, first.id), world.release(at(DAY, 5), &other, last.id)])
                .await;
        assert_eq!(outcome(results), (2, Vec::new()));
        for case in cases {
            assert_eq!(case.read().await.state, State::Completed);
            let completed = case.events().await.into_iter().filter(|event| event == "application.completed").count();
            assert_eq!(completed, 1);
        }
    }
    world.prove().await;
}

#[tokio::test]
async fn what_two_people_do_to_one_case_at_once_happens_as_if_one_came_first() {
    let (world, staff) = world().await;
    for _ in 0..4 {
        let case = drafted(&world, &staff, "1000000.00").await;
        case.submit(at(DAY, 1)).await.unwrap();
        case.screen(at(DAY, 1), Screening::Eligible).await.unwrap();
        let assigned = at_once(staff.assessors.iter().map(|assessor| case.assign(at(DAY, 2), assessor))).await;
        for (assessor, assessment) in staff.assessors.iter().zip(&assigned) {
            if let Ok(assessment) = assessment {
                let scored = at_once([7, 8].map(|mark| case.score(at(DAY, 3), assessor, assessment, mark))).await;
                assert_eq!(outcome(scored), (1, vec!["assessment.closed"]));
            }
        }
        assert_eq!(outcome(assigned), (2, vec!["assessment.assessors_enough"]));
        case.recommend(at(DAY, 4), &staff.committee, "1000000.00").await.unwrap();
        let approved = at_once([&staff.assistant, &staff.commissioner].map(|by| case.approve(at(DAY, 5), by))).await;
        assert_eq!(outcome(approved), (1, vec!["approval.decided"]));
        case.offer(at(DAY, 6)).await.unwrap();
        let accept = async { case.accept(at(DAY, 7)).await.map(|_| ()) };
        let decline = async { case.decline(at(DAY, 7), "no").await.map(|_| ()) };
        let (accepted, declined) = tokio::join!(accept, decline);
        assert_eq!(outcome(vec![accepted, declined]), (1, vec!["application.wrong_state"]));
        if case.read().await.state == State::Accepted {
            let claims = at_once((0..3).map(|_| case.claim(at(DAY, 8), "initial", "250000.00", None))).await;
            let claim = claims.iter().find_map(|claim| claim.as_ref().ok()).unwrap().id;
            assert_eq!(outcome(claims), (1, vec!["claim.instalment_claimed"; 2]));
            let certify = async { case.certify(at(DAY, 9), claim, "250000.00").await.map(|_| ()) };
            let give_back = async { case.give_back(at(DAY, 9), claim, "no invoice").await.map(|_| ()) };
            let (certified, returned) = tokio::join!(certify, give_back);
            assert_eq!(outcome(vec![certified, returned]), (1, vec!["claim.wrong_state"]));
        }
    }
    world.prove().await;
}

#[tokio::test]
async fn of_two_that_wait_for_each_other_one_is_told_to_come_back() {
    let (world, staff) = world().await;
    let [one, other] = [&staff.committee, &staff.commissioner].map(|actor| actor.person().unwrap());
    // No act of the house locks two people; whoever writes one that does it in two orders meets this.
    let both = async |first, second| {
        let act = world.act(at(DAY, 1), async |tx| {
            people::lock(tx, first).await?;
            tokio::time::sleep(Duration::from_millis(100)).await;
            Ok(people::lock(tx, second).await?.is_some())
        });
        act.await
    };
    let (here, there) = tokio::join!(both(one, other), both(other, one));
    let told = [&here, &there].map(|result| matches!(result, Err(Error::Fault(Fault::Unavailable(_)))));
    assert!(told == [true, false] || told == [false, true], "{here:?} {there:?}");
    // The connection of the one that was given up is as good as any.
    assert!(both(one, other).await.unwrap());
}
