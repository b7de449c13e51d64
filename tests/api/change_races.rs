//! Changes of many awards at once, and of one by two: every ceiling holds, and nothing is done twice.

use crate::case::Case;
use crate::proposals::accelerator;
use crate::world::{Staff, World, at, cents, refused};
use almoner::actions::Error;
use futures_util::future::join_all;
use rules::change_request::{ChangeKind, Verdict};
use rules::refusal::Refusal;
use serde_json::json;

const CODE: &str = "ACCELERATOR-PILOT";
const DAY: &str = "2026-02-02";

/// A case with an award of so much, of an organisation of its own.
async fn awarded<'w>(world: &'w World, staff: &'w Staff, amount: &str) -> Case<'w> {
    let applicant = world.applicant().await;
    let case = world.draft(staff, &applicant, (CODE, accelerator("60000000.00", "30000000.00")), at(DAY, 0)).await;
    case.to_accepted(at(DAY, 1), amount).await;
    case
}

#[tokio::test]
async fn of_eight_raises_at_once_exactly_those_are_granted_for_which_there_is_room() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let staff = world.staff().await;
    let mut cases = Vec::new();
    for _ in 0..8 {
        let case = awarded(&world, &staff, "20000000.00").await;
        let wanted = json!({ "amount": "27000000.00" });
        case.ask_for_change(at(DAY, 2), (ChangeKind::Amount, wanted)).await.unwrap();
        case.forward_change(at(DAY, 2), 1).await.unwrap();
        cases.push(case);
    }
    // Of 180 million, 160 are committed: two raises of 7 million fit, and 6 are left.
    let decided = cases.iter().map(|case| case.decide_change(at(DAY, 3), &staff.commissioner, (1, Verdict::Granted)));
    let results = join_all(decided).await;
    let exceeded = |result: &&Result<_, Error>| {
        let left = Refusal::CeilingExceeded {
            ceiling: "envelope".to_owned(),
            wanted: cents("7000000.00"),
            left: cents("6000000.00"),
        };
        matches!(result, Err(Error::Refused(refusal)) if *refusal == left)
    };
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 2, "{results:?}");
    assert_eq!(results.iter().filter(exceeded).count(), 6, "{results:?}");
    assert_eq!(world.committed(CODE).await, 17_400_000_000);
    world.prove().await;
    // What one gives back, another one may have.
    let raised = cases.iter().zip(&results).find(|(_, result)| result.is_ok()).unwrap().0;
    raised.change(at(DAY, 4), ChangeKind::Amount, json!({ "amount": "20000000.00" })).await.unwrap();
    let waiting = cases.iter().zip(&results).filter(|(_, result)| result.is_err()).map(|(case, _)| case);
    let again = waiting.map(|case| case.decide_change(at(DAY, 5), &staff.commissioner, (1, Verdict::Granted)));
    let results = join_all(again).await;
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1);
    assert_eq!(world.committed(CODE).await, 17_400_000_000);
    world.prove().await;
}

#[tokio::test]
async fn a_change_that_is_decided_twice_at_once_is_made_once_and_stops_what_comes_after() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let staff = world.staff().await;
    let case = awarded(&world, &staff, "20000000.00").await;
    case.ask_for_change(at(DAY, 1), (ChangeKind::Amount, json!({ "amount": "21000000.00" }))).await.unwrap();
    case.forward_change(at(DAY, 1), 1).await.unwrap();
    // On the day of the next awards: whichever comes first, no limit is of a later one.
    let verdicts = [Verdict::Granted, Verdict::Refused, Verdict::Granted, Verdict::Refused];
    let results =
        join_all(verdicts.map(|verdict| case.decide_change(at(DAY, 1), &staff.commissioner, (1, verdict)))).await;
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1);
    let codes = results.into_iter().filter(Result::is_err).map(refused).collect::<Vec<_>>();
    assert_eq!(codes, ["change.wrong_state"; 3]);
    world.prove().await;
    // A termination and the batch that would pay the case: one of them comes first, and the other one is told.
    for _ in 0..3 {
        let case = awarded(&world, &staff, "1000000.00").await;
        let claim = case.claim(at(DAY, 2), "initial", "250000.00", None).await.unwrap().id;
        case.certify(at(DAY, 3), claim, "250000.00").await.unwrap();
        case.ask_for_change(at(DAY, 3), (ChangeKind::Termination, json!({}))).await.unwrap();
        case.forward_change(at(DAY, 3), 1).await.unwrap();
        let claims = [claim];
        let (ended, prepared) = tokio::join!(
            case.decide_change(at(DAY, 4), &staff.commissioner, (1, Verdict::Granted)),
            world.prepare(at(DAY, 4), &staff.preparer, &claims),
        );
        match (ended, prepared) {
            (Ok(_), prepared) => assert_eq!(refused(prepared), "application.wrong_state"),
            (ended, Ok(_)) => assert_eq!(refused(ended), "change.payment_waits"),
            neither => panic!("{neither:?}"),
        }
        world.prove().await;
    }
}
