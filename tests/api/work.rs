//! What waits for whom: what the case is ready for and the person may do, and nothing else; the oldest first.

use crate::case::Case;
use crate::proposals::accelerator;
use crate::world::{Applicant, Staff, World, at};
use almoner::actions::work::waiting_for;
use rules::actor::{Actor, Role};
use rules::decision::Screening;

const CODE: &str = "ACCELERATOR-PILOT";
const DAY: &str = "2026-02-02";

/// What waits for somebody: act and reference.
async fn waiting(world: &World, actor: &Actor) -> Vec<(&'static str, String)> {
    let mut reader = world.db.reader().await.unwrap().at(at(DAY, 10));
    let work = waiting_for(&mut reader, actor, &world.schemes, world.began.now).await.unwrap();
    work.into_iter().map(|work| (work.act.code(), work.reference)).collect()
}

async fn acts(world: &World, actor: &Actor) -> Vec<&'static str> {
    waiting(world, actor).await.into_iter().map(|(act, _)| act).collect()
}

async fn drafted<'w>(world: &'w World, staff: &'w Staff, applicant: &Applicant, requested: &str) -> Case<'w> {
    world.draft(staff, applicant, (CODE, accelerator("60000000.00", requested)), at(DAY, 0)).await
}

/// For whom of the staff something waits, and what.
async fn by_person(world: &World, staff: &Staff) -> Vec<(&'static str, &'static str)> {
    let [first, second, third] = &staff.assessors;
    let mut found = Vec::new();
    for (name, actor) in [
        ("officer", &staff.officer),
        ("first assessor", first),
        ("second assessor", second),
        ("third assessor", third),
        ("committee", &staff.committee),
        ("assistant", &staff.assistant),
        ("commissioner", &staff.commissioner),
        ("preparer", &staff.preparer),
        ("releaser", &staff.releaser),
    ] {
        found.extend(acts(world, actor).await.into_iter().map(|act| (name, act)));
    }
    found
}

#[tokio::test]
async fn each_step_waits_for_whoever_may_take_it_and_never_for_somebody_who_acts_for_the_applicant() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let staff = world.staff().await;
    let everything: Vec<Role> = Role::ALL.into_iter().filter(|role| *role != Role::Administrator).collect();
    let applicant = world.with_roles(&world.applicant().await, &everything).await;
    let case = drafted(&world, &staff, &applicant, "30000000.00").await;
    let expect = async |expected: &[(&str, &str)]| {
        assert_eq!(by_person(&world, &staff).await, expected);
        assert_eq!(acts(&world, &applicant.actor).await, Vec::<&str>::new(), "{expected:?}");
    };
    expect(&[]).await;
    case.submit(at(DAY, 1)).await.unwrap();
    expect(&[("officer", "application.screen")]).await;
    case.screen(at(DAY, 1), Screening::Eligible).await.unwrap();
    expect(&[("officer", "assessment.assign")]).await;
    let [first, second, third] = &staff.assessors;
    let declared = case.assign(at(DAY, 2), third).await.unwrap();
    case.declare_conflict(at(DAY, 2), third, &declared).await.unwrap();
    let one = case.assign(at(DAY, 2), first).await.unwrap();
    expect(&[("officer", "assessment.assign"), ("first assessor", "assessment.score")]).await;
    let other = case.assign(at(DAY, 2), second).await.unwrap();
    case.score(at(DAY, 3), first, &one, 8).await.unwrap();
    expect(&[("second assessor", "assessment.score")]).await;
    case.score(at(DAY, 3), second, &other, 8).await.unwrap();
    expect(&[("committee", "application.recommend")]).await;
    case.recommend(at(DAY, 4), &staff.committee, "30000000.00").await.unwrap();
    // The authority of the assistant does not reach the amount.
    expect(&[("commissioner", "application.approve")]).await;
    case.approve(at(DAY, 5), &staff.commissioner).await.unwrap();
    expect(&[("officer", "award.offer")]).await;
    case.offer(at(DAY, 6)).await.unwrap();
    expect(&[("officer", "feedback.release")]).await;
    case.release_feedback(at(DAY, 6)).await.unwrap();
    expect(&[]).await;
    case.accept(at(DAY, 6)).await.unwrap();
    let claim = case.claim(at(DAY, 7), "initial", "7500000.00", None).await.unwrap();
    expect(&[("officer", "claim.certify")]).await;
    case.certify(at(DAY, 8), claim.id, "7500000.00").await.unwrap();
    expect(&[("preparer", "batch.prepare")]).await;
    let batch = world.prepare(at(DAY, 9), &staff.preparer, &[claim.id]).await.unwrap();
    expect(&[("releaser", "batch.release")]).await;
    assert_eq!(waiting(&world, &staff.releaser).await, [("batch.release", batch.reference)]);
    world.release(at(DAY, 10), &staff.releaser, batch.id).await.unwrap();
    expect(&[]).await;
}

#[tokio::test]
async fn a_case_does_not_wait_for_somebody_who_has_had_another_duty_on_it() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let staff = world.staff().await;
    let roles = [Role::Assessor, Role::Committee, Role::Approver, Role::FinancePreparer, Role::FinanceReleaser];
    let person = async || world.person(&roles, &["commissioner"]).await;
    let (one, other, third, fresh) = (person().await, person().await, person().await, person().await);
    let case = drafted(&world, &staff, &world.applicant().await, "30000000.00").await;
    case.submit(at(DAY, 1)).await.unwrap();
    case.screen(at(DAY, 1), Screening::Eligible).await.unwrap();
    for assessor in [&one, &other] {
        let assessment = case.assign(at(DAY, 2), assessor).await.unwrap();
        case.score(at(DAY, 3), assessor, &assessment, 8).await.unwrap();
    }
    let expect = async |act: &str, not: &[&Actor]| {
        for actor in not {
            assert_eq!(acts(&world, actor).await, Vec::<&str>::new(), "{act}");
        }
        assert_eq!(acts(&world, &fresh).await, [act]);
    };
    expect("application.recommend", &[&one, &other]).await;
    case.recommend(at(DAY, 4), &third, "30000000.00").await.unwrap();
    expect("application.approve", &[&one, &other, &third]).await;
    case.approve(at(DAY, 5), &staff.commissioner).await.unwrap();
    case.offer(at(DAY, 6)).await.unwrap();
    case.accept(at(DAY, 6)).await.unwrap();
    let claim = case.claim(at(DAY, 7), "initial", "7500000.00", None).await.unwrap();
    case.certify(at(DAY, 8), claim.id, "7500000.00").await.unwrap();
    expect("batch.prepare", &[&one, &other, &third]).await;
    let preparer = person().await;
    world.prepare(at(DAY, 9), &preparer, &[claim.id]).await.unwrap();
    // Not for whoever prepared it either.
    expect("batch.release", &[&one, &other, &third, &preparer]).await;
}

#[tokio::test]
async fn what_is_below_the_pass_mark_waits_to_be_rejected() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let staff = world.staff().await;
    let case = drafted(&world, &staff, &world.applicant().await, "30000000.00").await;
    case.submit(at(DAY, 1)).await.unwrap();
    case.screen(at(DAY, 1), Screening::Eligible).await.unwrap();
    for assessor in staff.assessors.iter().take(2) {
        let assessment = case.assign(at(DAY, 2), assessor).await.unwrap();
        case.score(at(DAY, 3), assessor, &assessment, 5).await.unwrap();
    }
    assert_eq!(acts(&world, &staff.committee).await, ["application.reject"]);
}

#[tokio::test]
async fn an_approver_is_shown_what_the_authority_reaches_oldest_first() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let staff = world.staff().await;
    let mut references = Vec::new();
    for (amount, days) in [("15000000.00", 9), ("15000000.01", 5), ("1.00", 1)] {
        let case = drafted(&world, &staff, &world.applicant().await, amount).await;
        case.to_recommended(at(DAY, days), amount).await;
        references.push(("application.approve", case.read().await.reference));
    }
    assert_eq!(waiting(&world, &staff.commissioner).await, references);
    references.remove(1);
    assert_eq!(waiting(&world, &staff.assistant).await, references);
    assert_eq!(acts(&world, &world.person(&[Role::Approver], &[]).await).await, Vec::<&str>::new());
}

#[tokio::test]
async fn batches_and_claims_wait_oldest_first() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let staff = world.staff().await;
    let (mut claims, mut cases) = (Vec::new(), Vec::new());
    for _ in 0..3 {
        let case = drafted(&world, &staff, &world.applicant().await, "4000000.00").await;
        case.to_accepted(at(DAY, 1), "4000000.00").await;
        cases.push(case);
    }
    // The youngest case claims first.
    for case in cases.iter().rev() {
        let claim = case.claim(at(DAY, 2), "initial", "1000000.00", None).await.unwrap();
        claims.push((claim.id, case.read().await.reference));
    }
    let references =
        |waiting: Vec<(&'static str, String)>| waiting.into_iter().map(|(_, name)| name).collect::<Vec<_>>();
    let expected = claims.iter().map(|(_, reference)| reference.clone()).collect::<Vec<_>>();
    let mut certify = waiting(&world, &staff.officer).await;
    certify.retain(|(act, _)| *act == "claim.certify");
    assert_eq!(references(certify), expected);
    for (case, (claim, _)) in cases.iter().rev().zip(&claims) {
        case.certify(at(DAY, 3), *claim, "1000000.00").await.unwrap();
    }
    assert_eq!(references(waiting(&world, &staff.preparer).await), expected);
    let mut batches = Vec::new();
    for (claim, _) in &claims {
        batches.push(world.prepare(at(DAY, 4), &staff.preparer, &[*claim]).await.unwrap().reference);
    }
    assert_eq!(references(waiting(&world, &staff.releaser).await), batches);
}

#[tokio::test]
async fn what_is_scored_reaches_the_committee_however_many_older_cases_still_want_assessors() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let staff = world.staff().await;
    let case = drafted(&world, &staff, &world.applicant().await, "30000000.00").await;
    case.submit(at(DAY, 1)).await.unwrap();
    case.screen(at(DAY, 1), Screening::Eligible).await.unwrap();
    // A hundred and fifty more, all older than this one.
    let older = "SET session_replication_role = replica;
        INSERT INTO applications (id, reference, scheme_code, organisation_id, author_id, state, title, content, submitted_by, submitted_at,
                                  submitted_on, scheme_text_id, requested_cents, allowed_cents, created_at, version, told_version, state_since, revised_by, revised_at, submitted_revision)
        SELECT ('00000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, 'OLD-' || n, scheme_code, organisation_id, author_id, state, title,
               content, submitted_by, submitted_at, submitted_on, scheme_text_id, requested_cents, allowed_cents, created_at, version, told_version, state_since, revised_by, revised_at, submitted_revision
          FROM applications, generate_series(1, 150) n";
    world.database.run(older).await;
    for assessor in staff.assessors.iter().take(2) {
        let assessment = case.assign(at(DAY, 2), assessor).await.unwrap();
        case.score(at(DAY, 3), assessor, &assessment, 8).await.unwrap();
    }
    let reference = case.read().await.reference;
    assert_eq!(waiting(&world, &staff.committee).await, [("application.recommend", reference)]);
    let officers = waiting(&world, &staff.officer).await;
    assert_eq!(officers.first(), Some(&("assessment.assign", "OLD-1".to_owned())));
    assert_eq!(officers.len(), 100);
}

#[tokio::test]
async fn each_case_is_measured_by_the_text_that_it_has_pinned() {
    let three = crate::world::text_of(CODE).replacen("is = 2, source", "is = 3, source", 1);
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let staff = world.staff().await;
    let case = drafted(&world, &staff, &world.applicant().await, "30000000.00").await;
    case.submit(at(DAY, 1)).await.unwrap();
    assert_ne!(three, crate::world::text_of(CODE));
    world.publish(three, at(DAY, 2)).await;
    let later = drafted(&world, &staff, &world.applicant().await, "30000000.00").await;
    later.submit(at(DAY, 3)).await.unwrap();
    for case in [&case, &later] {
        case.screen(at(DAY, 4), Screening::Eligible).await.unwrap();
        for assessor in staff.assessors.iter().take(2) {
            let assessment = case.assign(at(DAY, 5), assessor).await.unwrap();
            case.score(at(DAY, 5), assessor, &assessment, 8).await.unwrap();
        }
    }
    assert_eq!(waiting(&world, &staff.committee).await, [("application.recommend", case.read().await.reference)]);
    assert_eq!(waiting(&world, &staff.officer).await, [("assessment.assign", later.read().await.reference)]);
}
