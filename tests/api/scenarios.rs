//! Scenarios whose numbers come from the tests of other systems: what they found worth holding, held here.

use crate::proposals::nias;
use crate::world::{World, at, refused};
use almoner::actions::assessments;
use rules::assessment::{Assessment, AssessmentState};
use rules::decision::Screening;

const CODE: &str = "NIAS";
const DAY: &str = "2025-02-05";

/// From the assessment workflow of the Innovation Funding Service (`AssessmentWorkflowHandlerIntegrationTest`): a conflict of interest
/// can be told from every state in which an assessment is open, and from no other.
#[tokio::test]
async fn a_conflict_is_told_from_every_open_state_and_from_no_other() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let (staff, applicant) = (world.staff().await, world.applicant().await);
    let case = world.draft(&staff, &applicant, (CODE, nias()), at(DAY, 0)).await;
    case.submit(at(DAY, 1)).await.unwrap();
    case.screen(at(DAY, 2), Screening::Eligible).await.unwrap();
    let [first, second, third] = &staff.assessors;
    let invited = case.invite(at(DAY, 2), first).await.unwrap();
    let told = case.declare_conflict(at(DAY, 2), first, &invited).await.unwrap();
    assert_eq!((invited.state, told.state), (AssessmentState::Invited, AssessmentState::Conflicted));
    let accepted = case.assign(at(DAY, 2), second).await.unwrap();
    let told = case.declare_conflict(at(DAY, 2), second, &accepted).await.unwrap();
    assert_eq!((accepted.state, told.state), (AssessmentState::Accepted, AssessmentState::Conflicted));
    let scored = case.assign(at(DAY, 2), third).await.unwrap();
    case.score(at(DAY, 3), third, &scored, 8).await.unwrap();
    assert_eq!(refused(case.declare_conflict(at(DAY, 3), third, &scored).await), "assessment.closed");
}

/// From the same system (`AssessmentServiceImplTest.createAssessment_existingAssessment`): the same pair is assigned a second time only
/// where the first was withdrawn.
#[tokio::test]
async fn the_same_pair_is_assigned_again_only_where_the_first_was_withdrawn() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let (staff, applicant) = (world.staff().await, world.applicant().await);
    let case = world.draft(&staff, &applicant, (CODE, nias()), at(DAY, 0)).await;
    case.submit(at(DAY, 1)).await.unwrap();
    case.screen(at(DAY, 2), Screening::Eligible).await.unwrap();
    let assessor = &staff.assessors[0];
    let take_back = async |assessment: &Assessment| {
        let withdrawn = async |tx: &mut almoner::store::Tx<'_>| {
            assessments::withdraw(tx, &staff.officer, assessment.id, "asked by mistake").await
        };
        world.act(at(DAY, 3), withdrawn).await
    };
    let first = case.invite(at(DAY, 2), assessor).await.unwrap();
    assert_eq!(refused(case.invite(at(DAY, 2), assessor).await), "assessment.assessor_twice");
    take_back(&first).await.unwrap();
    let second = case.invite(at(DAY, 3), assessor).await.unwrap();
    assert_ne!(first.id, second.id);
    assert_eq!(refused(case.invite(at(DAY, 3), assessor).await), "assessment.assessor_twice");
}

/// From the same system: an assessment that is handed in when the case waits for it no more is left as it is. There the caller is told
/// that it went well; here it is a refusal.
#[tokio::test]
async fn marks_that_come_when_nobody_waits_for_them_change_nothing() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let (staff, applicant) = (world.staff().await, world.applicant().await);
    let case = world.draft(&staff, &applicant, (CODE, nias()), at(DAY, 0)).await;
    case.submit(at(DAY, 1)).await.unwrap();
    case.screen(at(DAY, 2), Screening::Eligible).await.unwrap();
    let assessor = &staff.assessors[0];
    let assessment = case.assign(at(DAY, 2), assessor).await.unwrap();
    case.withdraw(at(DAY, 3), "other plans").await.unwrap();
    let before = world.database.state().await;
    let late = refused(case.score(at(DAY, 3), assessor, &assessment, 8).await);
    assert_eq!(late, "application.wrong_state");
    assert_eq!(world.database.state().await, before);
}
