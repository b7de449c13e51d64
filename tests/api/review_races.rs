//! A request to look again that is decided by two, or decided and withdrawn, at once: one of them comes first.

use crate::reviews::{CODE, DAY, ineligible, rejected};
use crate::world::{World, at, refused};
use futures_util::future::join_all;
use rules::actor::Role;
use rules::application::State;
use rules::review::Verdict;

#[tokio::test]
async fn a_request_that_two_decide_at_once_is_decided_once() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let (staff, applicant) = (world.staff().await, world.applicant().await);
    let case = rejected(&world, &staff, &applicant).await;
    case.ask_again(at(DAY, 3)).await.unwrap();
    let mut deciders = Vec::new();
    for _ in 0..4 {
        deciders.push(world.person(&[Role::Approver], &["commissioner"]).await);
    }
    let verdicts = [Verdict::Dismissed, Verdict::SetAside, Verdict::Dismissed, Verdict::SetAside];
    let decided = deciders.iter().zip(verdicts).map(|(who, verdict)| case.decide_review(at(DAY, 4), who, (1, verdict)));
    let results = join_all(decided).await;
    let first = results.iter().flatten().map(|review| review.state.code()).collect::<Vec<_>>();
    assert_eq!(first.len(), 1, "{results:?}");
    let state = if first == ["set_aside"] { State::InAssessment } else { State::Rejected };
    assert_eq!(case.read().await.state, state);
    let codes = results.into_iter().filter(Result::is_err).map(refused).collect::<Vec<_>>();
    assert_eq!(codes, ["review.over"; 3]);
    let duties = "SELECT count(*)::text AS line FROM case_duties WHERE duty = 'reviewer'";
    assert_eq!(world.database.lines(duties).await, ["1"]);
    world.prove().await;
}

#[tokio::test]
async fn a_request_is_decided_or_withdrawn_and_a_case_is_asked_about_or_taken_back() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let (staff, applicant) = (world.staff().await, world.applicant().await);
    for _ in 0..3 {
        let case = rejected(&world, &staff, &applicant).await;
        case.ask_again(at(DAY, 3)).await.unwrap();
        let decider = world.person(&[Role::Approver], &["commissioner"]).await;
        let (decided, withdrawn) = tokio::join!(
            case.decide_review(at(DAY, 4), &decider, (1, Verdict::SetAside)),
            case.withdraw_review(at(DAY, 4), 1),
        );
        match (decided, withdrawn) {
            (Ok(_), withdrawn) => {
                assert_eq!((refused(withdrawn), case.read().await.state), ("review.over", State::InAssessment));
            }
            (decided, Ok(_)) => {
                assert_eq!((refused(decided), case.read().await.state), ("review.over", State::Rejected));
            }
            neither => panic!("{neither:?}"),
        }
        let case = ineligible(&world, &staff, &applicant).await;
        let (asked, taken_back) = tokio::join!(case.ask_again(at(DAY, 3)), case.withdraw(at(DAY, 3), "other plans"));
        match (asked, taken_back) {
            (Ok(_), taken_back) => assert_eq!(refused(taken_back), "review.open"),
            (asked, Ok(_)) => assert_eq!(refused(asked), "review.not_reviewable"),
            neither => panic!("{neither:?}"),
        }
        world.prove().await;
    }
}
