//! What waits between the steps of a case: what is late, what a second person must confirm, and what the scheme wants before a decision
//! and after it. Nobody is told to do what they would be refused.

use crate::case::{Case, NOTHING_MORE};
use crate::conflicts::works_for;
use crate::panels::{scored_of, with_steps};
use crate::proposals::accelerator;
use crate::world::{Applicant, Staff, World, at, refused};
use almoner::actions::panels::Opening;
use almoner::actions::work::waiting_for;
use almoner::actions::{assessment_steps, assessors, panels, returns};
use almoner::store::Moment;
use rules::actor::{Actor, Role};
use rules::application::Application;
use rules::approval::Approve;
use rules::assessment_step::Held;
use rules::calendar::Day;
use rules::decision::Screening;

const CODE: &str = "ACCELERATOR-PILOT";
const DAY: &str = "2026-02-02";
const NONE: [&str; 0] = [];

/// What somebody is told to do at a moment, and not of which case.
async fn acts(world: &World, actor: &Actor, moment: Moment) -> Vec<&'static str> {
    let mut reader = world.db.reader().await.unwrap().at(moment);
    let work = waiting_for(&mut reader, actor, &world.schemes, moment.now).await.unwrap();
    work.into_iter().map(|work| work.act.code()).collect()
}

/// Somebody with every role of the staff who acts for the applicant.
async fn insider(world: &World, applicant: &Applicant) -> Actor {
    let roles = [Role::Officer, Role::Committee, Role::Approver];
    world.with_roles(applicant, &roles).await.actor
}

async fn in_assessment<'w>(world: &'w World, staff: &'w Staff, applicant: &Applicant) -> Case<'w> {
    let case = world.draft(staff, applicant, (CODE, accelerator("60000000.00", "30000000.00")), at(DAY, 0)).await;
    case.submit(at(DAY, 1)).await.unwrap();
    case.screen(at(DAY, 1), Screening::Eligible).await.unwrap();
    case
}

async fn open_panel(world: &World, officer: &Actor, moment: Moment) -> Result<(), almoner::actions::Error> {
    let opening = Opening { scheme: "NIAS".into(), round: None, name: "The first".into(), applications: None };
    let opened = world.act(moment, async |tx| panels::open(tx, officer, &world.schemes, opening.clone()).await);
    opened.await.map(|_| ())
}

async fn hold_interview(case: &Case<'_>, by: &Actor, moment: Moment) -> Result<(), almoner::actions::Error> {
    let held = Held { step: "interview", on: moment.today(), minutes: "Well prepared." };
    let recorded =
        case.world.act(moment, async |tx| assessment_steps::record(tx, by, &case.world.schemes, case.id, held).await);
    recorded.await.map(|_| ())
}

#[tokio::test]
async fn what_is_scored_waits_for_the_panel_and_the_interview_before_the_committee_is_told_to_recommend_it() {
    let day = "2025-02-05";
    let world = World::with(&[], at(day, 0)).await;
    world.publish(with_steps(), at(day, 0)).await;
    let (staff, applicant) = (world.staff().await, world.applicant().await);
    let case = scored_of(&world, &staff, &applicant, [8, 8]).await;
    let (now, amount) = (at(day, 4), "100000000.00");
    let beside = insider(&world, &applicant).await;
    let expect = async |officer: &[&str], committee: &[&str]| {
        assert_eq!(acts(&world, &staff.officer, now).await, officer);
        assert_eq!(acts(&world, &staff.committee, now).await, committee);
        assert_eq!(acts(&world, &beside, now).await, NONE);
        assert_eq!(acts(&world, &staff.commissioner, now).await, NONE);
    };
    expect(&["panel.open", "assessment_step.record"], &["assessment_step.record"]).await;
    assert_eq!(refused(case.recommend(now, &staff.committee, amount).await), "assessment_step.missing");
    assert_eq!(refused(hold_interview(&case, &beside, now).await), "not_found");
    hold_interview(&case, &staff.committee, now).await.unwrap();
    expect(&["panel.open"], &[]).await;
    assert_eq!(refused(case.recommend(now, &staff.committee, amount).await), "panel.not_ranked");
    assert_eq!(refused(open_panel(&world, &beside, now).await), "person.own_organisation");
    open_panel(&world, &staff.officer, now).await.unwrap();
    expect(&[], &["application.recommend"]).await;
    case.recommend(now, &staff.committee, amount).await.unwrap();
}

#[tokio::test]
async fn what_is_ranked_below_the_pass_mark_is_rejected_without_an_interview_by_whoever_is_free_for_it() {
    let day = "2025-02-05";
    let world = World::with(&[], at(day, 0)).await;
    world.publish(with_steps(), at(day, 0)).await;
    // One of the committee has assessed it.
    let both = world.person(&[Role::Assessor, Role::Committee], &[]).await;
    let mut staff = world.staff().await;
    staff.assessors[0] = both.clone();
    let case = scored_of(&world, &staff, &world.applicant().await, [2, 2]).await;
    let now = at(day, 4);
    for (actor, told) in [(&staff.officer, &["panel.open"][..]), (&staff.committee, &[]), (&both, &[])] {
        assert_eq!(acts(&world, actor, now).await, told);
    }
    open_panel(&world, &staff.officer, now).await.unwrap();
    for (actor, told) in [(&staff.officer, &[][..]), (&staff.committee, &["application.reject"]), (&both, &[])] {
        assert_eq!(acts(&world, actor, now).await, told);
    }
    assert_eq!(refused(case.reject(now, &both, "Below the mark.").await), "duty.separated");
    case.reject(now, &staff.committee, "Below the mark.").await.unwrap();
}

#[tokio::test]
async fn a_return_waits_for_an_officer_from_the_day_after_its_last() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let (staff, applicant) = (world.staff().await, world.applicant().await);
    let case = in_assessment(&world, &staff, &applicant).await;
    let beside = insider(&world, &world.applicant().await).await;
    case.give_back_for(at(DAY, 2), &["/summary"], "2026-02-09").await.unwrap();
    let end = async |by: &Actor, moment: Moment| -> Result<Application, _> {
        let version = case.read().await.version;
        world.act(moment, async |tx| returns::end(tx, by, (case.id, version), "No answer.").await).await
    };
    let (last, after) = (at(DAY, 7), at(DAY, 8));
    assert_eq!(last.today(), Day::parse("2026-02-09").unwrap());
    assert_eq!(acts(&world, &staff.officer, last).await, NONE);
    assert_eq!(refused(end(&staff.officer, last).await), "return.still_open");
    assert_eq!(acts(&world, &staff.officer, after).await, ["application.end_return"]);
    assert_eq!(acts(&world, &beside, after).await, ["application.end_return"], "another applicant's");
    // A late answer is an answer: it waits for both.
    assert_eq!(acts(&world, &applicant.actor, after).await, ["application.resubmit"]);
    let own = world.with_roles(&applicant, &[Role::Officer]).await.actor;
    assert_eq!(acts(&world, &own, after).await, NONE);
    end(&staff.officer, after).await.unwrap();
    assert_eq!(acts(&world, &staff.officer, after).await, ["assessment.assign"]);
}

#[tokio::test]
async fn an_override_waits_for_an_officer_who_has_not_proposed_it_and_is_not_the_one_to_assess() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let (staff, applicant) = (world.staff().await, world.applicant().await);
    let case = in_assessment(&world, &staff, &applicant).await;
    let assessor = world.person(&[Role::Officer, Role::Assessor], &[]).await;
    let second = world.person(&[Role::Officer], &[]).await;
    let beside = insider(&world, &applicant).await;
    works_for(&world, &assessor, &case).await;
    let (now, wanted) = (at(DAY, 2), (assessor.person().unwrap(), "the only expert"));
    let proposed = world.act(now, async |tx| assessors::propose_override(tx, &staff.officer, case.id, wanted).await);
    let id = proposed.await.unwrap().id;
    let assign = "assessment.assign";
    assert_eq!(acts(&world, &staff.officer, now).await, [assign]);
    assert_eq!(acts(&world, &assessor, now).await, [assign]);
    assert_eq!(acts(&world, &beside, now).await, NONE);
    assert_eq!(acts(&world, &second, now).await, [assign, "conflict.override_confirm"]);
    let confirm = async |by: &Actor| world.act(now, async |tx| assessors::confirm_override(tx, by, id).await).await;
    assert_eq!(refused(confirm(&assessor).await), "conflict.override_of_oneself");
    confirm(&second).await.unwrap();
    assert_eq!(acts(&world, &second, now).await, [assign]);
}

#[tokio::test]
async fn feedback_waits_once_a_decision_is_told_until_it_is_given_on_that_decision() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let (staff, applicant) = (world.staff().await, world.applicant().await);
    let unscored = in_assessment(&world, &staff, &world.applicant().await).await;
    let case = in_assessment(&world, &staff, &applicant).await;
    let beside = insider(&world, &applicant).await;
    let now = at(DAY, 3);
    unscored.reject(now, &staff.committee, "Not for this scheme.").await.unwrap();
    for assessor in staff.assessors.iter().take(2) {
        let assessment = case.assign(at(DAY, 2), assessor).await.unwrap();
        case.score(now, assessor, &assessment, 8).await.unwrap();
    }
    let told = async |expected: &[&str]| {
        assert_eq!(acts(&world, &staff.officer, now).await, expected);
        assert_eq!(acts(&world, &beside, now).await, NONE);
    };
    // Nobody has written anything for the applicant of what nobody scored.
    told(&[]).await;
    case.reject(now, &staff.committee, "Others were better.").await.unwrap();
    told(&["feedback.release"]).await;
    case.release_feedback(now).await.unwrap();
    told(&[]).await;
    case.reinstate(now, "On appeal.").await.unwrap();
    told(&[]).await;
    case.reject(now, &staff.committee, "Still.").await.unwrap();
    told(&["feedback.release"]).await;
    case.reinstate(now, "On another appeal.").await.unwrap();
    told(&[]).await;
    assert_eq!(refused(case.release_feedback(now).await), "application.wrong_state");
    let by_hand = format!("UPDATE applications SET feedback_owed = true WHERE id = '{}'", case.id);
    assert!(world.database.as_server(&by_hand).await.is_err(), "it is written with the state");
}

#[tokio::test]
async fn an_award_under_an_embargo_waits_for_nobody_until_its_day() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let staff = world.staff().await;
    let case = world
        .draft(&staff, &world.applicant().await, (CODE, accelerator("60000000.00", "30000000.00")), at(DAY, 0))
        .await;
    case.to_recommended(at(DAY, 2), "30000000.00").await;
    let embargo_until = Day::parse("2026-02-10").ok();
    let asked = Approve { amount: case.recommended().await, embargo_until, ..NOTHING_MORE };
    case.pass(at(DAY, 3), &staff.commissioner, &asked).await.unwrap();
    assert_eq!(refused(case.offer(at(DAY, 7)).await), "award.embargoed");
    assert_eq!(acts(&world, &staff.officer, at(DAY, 7)).await, NONE);
    assert_eq!(acts(&world, &staff.officer, at(DAY, 8)).await, ["award.offer"]);
    case.offer(at(DAY, 8)).await.unwrap();
}
