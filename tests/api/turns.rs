//! The other turns that a case can take: screened out, rejected, withdrawn, declined, lapsed, returned, and taken up again.

use crate::case::Case;
use crate::proposals::{accelerator, accelerator_actual};
use crate::world::{Applicant, Staff, World, at, cents, refused};
use almoner::actions::{Error, awards as acts, standing};
use almoner::store::Moment;
use rules::actor::Actor;
use rules::application::State;
use rules::decision::Screening;
use rules::refusal::Refusal;

const CODE: &str = "ACCELERATOR-PILOT";
const DAY: &str = "2026-02-02";

struct Scene {
    world: World,
    staff: Staff,
    applicant: Applicant,
}

async fn scene() -> Scene {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let (staff, applicant) = (world.staff().await, world.applicant().await);
    Scene { world, staff, applicant }
}

impl Scene {
    /// A draft that asks for an amount, and brings twice as much.
    async fn draft(&self, requested: &str) -> Case<'_> {
        let proposal = accelerator("60000000.00", requested);
        self.world.draft(&self.staff, &self.applicant, (CODE, proposal), at(DAY, 0)).await
    }
}

fn public_state(result: Result<rules::application::Application, Error>) -> (State, &'static str, Option<String>) {
    let application = result.unwrap();
    (application.state, application.state.public_code(), application.reason)
}

#[tokio::test]
async fn what_was_screened_out_is_reinstated_with_a_reason_and_goes_on() {
    let scene = scene().await;
    let case = scene.draft("30000000.00").await;
    case.submit(at(DAY, 1)).await.unwrap();
    let out = |reason: &str| Screening::Ineligible(reason.to_owned());
    assert_eq!(refused(case.screen(at(DAY, 2), out("  ")).await), "text.length");
    let screened = public_state(case.screen(at(DAY, 2), out("no start-ups")).await);
    assert_eq!(screened, (State::Ineligible, "ineligible", Some("no start-ups".to_owned())));
    assert_eq!(refused(case.screen(at(DAY, 3), Screening::Eligible).await), "application.wrong_state");
    assert_eq!(refused(case.reinstate(at(DAY, 3), "").await), "text.length");
    let reinstated = public_state(case.reinstate(at(DAY, 3), "they are start-ups after all").await);
    assert_eq!(reinstated, (State::Submitted, "received", None));
    let screened = public_state(case.screen(at(DAY, 4), Screening::Eligible).await);
    assert_eq!(screened, (State::InAssessment, "under_consideration", None));
    assert_eq!(refused(case.reinstate(at(DAY, 5), "again").await), "application.wrong_state");
    scene.world.prove().await;
}

#[tokio::test]
async fn what_the_committee_rejected_can_be_reinstated_and_recommended() {
    let scene = scene().await;
    let case = scene.draft("30000000.00").await;
    case.submit(at(DAY, 1)).await.unwrap();
    case.screen(at(DAY, 1), Screening::Eligible).await.unwrap();
    for assessor in scene.staff.assessors.iter().take(2) {
        let assessment = case.assign(at(DAY, 2), assessor).await.unwrap();
        case.score(at(DAY, 3), assessor, &assessment, 5).await.unwrap();
    }
    let committee = &scene.staff.committee;
    assert_eq!(refused(case.recommend(at(DAY, 4), committee, "30000000.00").await), "recommendation.below_pass_mark");
    assert_eq!(refused(case.reject(at(DAY, 4), &scene.staff.commissioner, "weak").await), "application.wrong_state");
    assert_eq!(refused(case.reject(at(DAY, 4), committee, "").await), "text.length");
    let rejected = public_state(case.reject(at(DAY, 4), committee, "weak").await);
    assert_eq!(rejected, (State::Rejected, "unsuccessful", Some("weak".to_owned())));
    let reinstated = public_state(case.reinstate(at(DAY, 5), "an assessor misread the budget").await);
    assert_eq!(reinstated, (State::InAssessment, "under_consideration", None));
    scene.world.prove().await;
}

#[tokio::test]
async fn what_the_approver_rejected_goes_back_to_the_committee_that_may_recommend_less() {
    let scene = scene().await;
    let case = scene.draft("30000000.00").await;
    case.to_recommended(at(DAY, 1), "30000000.00").await;
    let (assistant, commissioner) = (&scene.staff.assistant, &scene.staff.commissioner);
    assert_eq!(refused(case.approve(at(DAY, 2), assistant).await), "approval.authority_too_low");
    assert_eq!(refused(case.reject(at(DAY, 2), &scene.staff.committee, "no").await), "permission.denied");
    case.reject(at(DAY, 2), commissioner, "too much for a first project").await.unwrap();
    let reinstated = case.reinstate(at(DAY, 3), "the committee will look at it again").await.unwrap();
    assert_eq!((reinstated.state, reinstated.recommended), (State::InAssessment, None));
    case.recommend(at(DAY, 4), &scene.staff.committee, "15000000.00").await.unwrap();
    // Whoever refused as approver may approve: it is the same duty.
    let (_, award) = case.approve(at(DAY, 5), commissioner).await.unwrap();
    assert_eq!((award.amount, award.authority.as_str()), (cents("15000000.00"), "commissioner"));
    scene.world.prove().await;
}

#[tokio::test]
async fn an_application_is_withdrawn_until_it_is_offered_and_gives_back_what_was_committed_unseen() {
    let scene = scene().await;
    let draft = scene.draft("10000000.00").await;
    assert_eq!(refused(draft.withdraw(at(DAY, 0), " ").await), "text.length");
    assert_eq!(draft.withdraw(at(DAY, 0), "changed plans").await.unwrap().state, State::Withdrawn);
    assert_eq!(refused(draft.submit(at(DAY, 0)).await), "application.wrong_state");
    let recommended = scene.draft("10000000.00").await;
    recommended.to_recommended(at(DAY, 1), "10000000.00").await;
    recommended.withdraw(at(DAY, 2), "changed plans").await.unwrap();
    assert_eq!(refused(recommended.approve(at(DAY, 2), &scene.staff.commissioner).await), "approval.withdrawn");
    let approved = scene.draft("10000000.00").await;
    approved.to_recommended(at(DAY, 1), "10000000.00").await;
    approved.approve(at(DAY, 3), &scene.staff.commissioner).await.unwrap();
    assert_eq!(scene.world.committed(CODE).await, 1_000_000_000);
    assert_eq!(approved.withdraw(at(DAY, 4), "changed plans").await.unwrap().state, State::Withdrawn);
    assert_eq!(scene.world.committed(CODE).await, 0);
    assert_eq!(refused(approved.offer(at(DAY, 5)).await), "application.wrong_state");
    let mut reader = scene.world.db.reader().await.unwrap();
    let applicant = &approved.applicant;
    let shown =
        standing::calculations(&mut reader, applicant, &scene.world.schemes, (approved.id, scene.world.began.now))
            .await
            .unwrap();
    assert_eq!(shown.len(), 1, "the calculation of the approval would tell of it");
    assert!(acts::read(&mut reader, applicant, approved.id, scene.world.began.now).await.is_err());
    let offered = scene.draft("10000000.00").await;
    offered.to_recommended(at(DAY, 1), "10000000.00").await;
    offered.approve(at(DAY, 5), &scene.staff.commissioner).await.unwrap();
    offered.offer(at(DAY, 6)).await.unwrap();
    assert_eq!(refused(offered.withdraw(at(DAY, 7), "changed plans").await), "application.wrong_state");
    scene.world.prove().await;
}

#[tokio::test]
async fn an_applicant_is_not_told_of_a_decision_by_the_words_of_a_refusal() {
    let scene = scene().await;
    let case = scene.draft("10000000.00").await;
    case.to_recommended(at(DAY, 1), "10000000.00").await;
    for approved in [false, true] {
        if approved {
            case.approve(at(DAY, 2), &scene.staff.commissioner).await.unwrap();
        }
        let proposal = accelerator("60000000.00", "20000000.00");
        for told in [
            case.edit(at(DAY, 3), proposal).await.unwrap_err(),
            case.submit(at(DAY, 3)).await.unwrap_err(),
            case.accept(at(DAY, 3)).await.unwrap_err(),
            case.decline(at(DAY, 3), "no").await.unwrap_err(),
            case.claim(at(DAY, 3), "initial", "1.00", None).await.unwrap_err(),
        ] {
            assert_eq!(told.to_string(), "This cannot be done while the application is under_consideration.");
        }
    }
}

#[tokio::test]
async fn a_declined_offer_gives_its_money_back_and_the_applicant_may_have_it_again() {
    let scene = scene().await;
    let case = scene.draft("30000000.00").await;
    case.to_recommended(at(DAY, 1), "30000000.00").await;
    case.approve(at(DAY, 2), &scene.staff.commissioner).await.unwrap();
    assert_eq!(refused(case.decline(at(DAY, 2), "no").await), "application.wrong_state");
    case.offer(at(DAY, 2)).await.unwrap();
    let waiting = scene.draft("30000000.00").await;
    assert_eq!(refused(waiting.submit(at(DAY, 3)).await), "calculation.refused");
    assert_eq!(refused(case.decline(at(DAY, 4), "").await), "text.length");
    let declined = public_state(case.decline(at(DAY, 4), "the board said no").await);
    assert_eq!(declined, (State::Declined, "declined", Some("the board said no".to_owned())));
    assert_eq!(scene.world.committed(CODE).await, 0);
    waiting.to_accepted(at(DAY, 5), "30000000.00").await;
    assert_eq!(scene.world.committed(CODE).await, 3_000_000_000);
    scene.world.prove().await;
}

/// So many seconds after the beginning of a day in Hong Kong.
fn instant(text: &str) -> Moment {
    let now = format!("{text}+08:00").parse().unwrap();
    Moment { now, recorded_at: now }
}

#[tokio::test]
async fn an_offer_stands_until_the_last_second_of_its_last_day_and_then_lapses() {
    let scene = scene().await;
    let offered = async |requested: &str| {
        let case = scene.draft(requested).await;
        case.to_recommended(at(DAY, 1), requested).await;
        case.approve(at(DAY, 2), &scene.staff.commissioner).await.unwrap();
        let (_, award) = case.offer(at(DAY, 3)).await.unwrap();
        assert_eq!(award.expires_on.map(|day| day.to_string()), Some("2026-03-07".to_owned()));
        case
    };
    let (last_second, midnight) = (instant("2026-03-07T23:59:59"), instant("2026-03-08T00:00:00"));
    let (answered, forgotten) = (offered("10000000.00").await, offered("5000000.00").await);
    let worker = Actor::worker();
    assert_eq!(refused(forgotten.lapse(last_second, &worker).await), "award.offer_stands");
    answered.accept(last_second).await.unwrap();
    assert_eq!(refused(forgotten.accept(midnight).await), "award.offer_expired");
    let lapsed = public_state(forgotten.lapse(midnight, &worker).await);
    assert_eq!(lapsed, (State::Lapsed, "lapsed", None));
    assert_eq!(scene.world.committed(CODE).await, 1_000_000_000);
    assert_eq!(refused(forgotten.lapse(midnight, &worker).await), "application.wrong_state");
    assert_eq!(refused(answered.lapse(midnight, &scene.staff.officer).await), "application.wrong_state");
    scene.world.prove().await;
}

#[tokio::test]
async fn what_an_applicant_was_granted_before_counts_at_submission_and_again_at_approval() {
    let scene = scene().await;
    let (first, second) = (scene.draft("20000000.00").await, scene.draft("20000000.00").await);
    first.to_recommended(at(DAY, 1), "20000000.00").await;
    second.to_recommended(at(DAY, 1), "20000000.00").await;
    first.approve(at(DAY, 2), &scene.staff.commissioner).await.unwrap();
    // Counted at a submission from the offer on: before that, the applicant has not been told.
    first.offer(at(DAY, 3)).await.unwrap();
    let third = scene.draft("20000000.00").await;
    let told = third.submit(at(DAY, 3)).await.unwrap_err();
    let (requested, allowed) = (cents("20000000.00"), cents("10000000.00"));
    assert!(matches!(told, Error::Refused(refusal) if refusal == Refusal::RequestAboveAllowed { requested, allowed }));
    let told = second.approve(at(DAY, 3), &scene.staff.commissioner).await.unwrap_err();
    let recommended = requested;
    assert!(
        matches!(told, Error::Refused(refusal) if refusal == Refusal::RecommendedAboveAllowed { recommended, allowed })
    );
    third.edit(at(DAY, 4), accelerator("60000000.00", "10000000.00")).await.unwrap();
    third.submit(at(DAY, 4)).await.unwrap();
    // What was not needed of the first one makes room for others.
    first.accept(at(DAY, 5)).await.unwrap();
    first.pay(at(DAY, 6), "initial", "5000000.00", None).await;
    first.pay(at(DAY, 200), "final", "5000000.00", Some(accelerator_actual("20000000.00"))).await;
    assert_eq!(scene.world.committed(CODE).await, 1_000_000_000);
    second.approve(at(DAY, 201), &scene.staff.commissioner).await.unwrap();
    assert_eq!(scene.world.committed(CODE).await, 3_000_000_000);
    scene.world.prove().await;
}
