//! What the rules say no to between screening and approval: the code, and that nothing has changed.

use crate::case::Case;
use crate::desk::{Caller, Desk};
use crate::proposals::accelerator;
use crate::world::{Staff, World, at, text_of};
use rules::actor::{Actor, Role};
use rules::decision::Screening;
use rules::ids::AssessmentId;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use uuid::Uuid;

pub const OF_ASSESSMENTS: &[&str] = &[
    "application.wrong_state",
    "assessment.assessor_of_applicant",
    "assessment.assessor_twice",
    "assessment.assessors_enough",
    "assessment.closed",
    "assessment.marks_wrong",
    "assessment.missing",
    "assessment.not_an_assessor",
    "not_found",
    "permission.denied",
    "text.length",
];
pub const OF_DECISIONS: &[&str] = &[
    "application.wrong_state",
    "approval.authority_too_low",
    "duty.separated",
    "person.own_organisation",
    "recommendation.amount",
    "recommendation.below_pass_mark",
    "recommendation.below_pass_mark_of_criterion",
    "text.length",
];
pub const OF_LIMITS: &[&str] = &["approval.above_allowed", "calculation.refused", "ceiling.exceeded", "limit.unknown"];

const CODE: &str = "ACCELERATOR-PILOT";
const DAY: &str = "2026-02-02";

fn marks(mark: u32) -> Value {
    let criteria = ["experience", "operating_model", "funding_and_resources", "management_team", "ecosystem_benefit"];
    json!({ "marks": criteria.map(|name| (name, mark)).into_iter().collect::<BTreeMap<_, _>>(), "comment": "sound" })
}

/// The same scheme, where nine tenths of the highest mark are needed in one criterion.
fn with_a_demanding_criterion() -> String {
    let criterion = "[assessment.criterion.experience]\n";
    let needs = "pass_mark = [{ from = \"2026-01-29\", is = \"90%\", source = \"house\" }]\n";
    let text = text_of(CODE);
    assert!(text.contains(criterion));
    text.replacen(criterion, &format!("{criterion}{needs}"), 1)
}

async fn submitted<'w>(world: &'w World, staff: &'w Staff, requested: &str) -> Case<'w> {
    let applicant = world.applicant().await;
    let case = world.draft(staff, &applicant, (CODE, accelerator("60000000.00", requested)), at(DAY, 0)).await;
    case.submit(at(DAY, 1)).await.unwrap();
    case
}

fn to(case: &Case<'_>, part: &str) -> String {
    format!("/api/v1/applications/{}/{part}", case.id)
}

#[tokio::test]
async fn assessors_and_marks_that_do_not_fit_are_refused() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let desk = Desk::open(&world, at(DAY, 2).now);
    let (staff, applicant) = (world.staff().await, world.applicant().await);
    let case = world.draft(&staff, &applicant, (CODE, accelerator("60000000.00", "30000000.00")), at(DAY, 0)).await;
    case.submit(at(DAY, 1)).await.unwrap();
    let (officer, committee) = (desk.sign_in(&staff.officer).await, desk.sign_in(&staff.committee).await);
    let assign = |who: &Actor| officer.post(to(&case, "assessments"), &json!({ "assessor": who.person() }));
    let [first, second, third] = &staff.assessors;
    let screening = officer.post(to(&case, "screening"), &json!({ "outcome": "ineligible", "reason": "" }));
    officer.refused(&screening, 422, "text.length").await;
    officer.refused(&assign(first), 409, "application.wrong_state").await;
    case.screen(at(DAY, 2), Screening::Eligible).await.unwrap();
    let recommend = committee.post(to(&case, "recommendation"), &json!({ "amount": "30000000.00" }));
    committee.refused(&recommend, 422, "assessment.missing").await;
    committee
        .refused(
            &committee.post(to(&case, "assessments"), &json!({ "assessor": first.person() })),
            403,
            "permission.denied",
        )
        .await;
    let member = world.with_roles(&applicant, &[Role::Applicant, Role::Assessor]).await;
    officer.refused(&assign(&member.actor), 422, "assessment.assessor_of_applicant").await;
    officer.refused(&assign(&staff.committee), 422, "assessment.not_an_assessor").await;
    let nobody = officer.post(to(&case, "assessments"), &json!({ "assessor": Uuid::now_v7() }));
    officer.refused(&nobody, 422, "assessment.not_an_assessor").await;
    let given = case.assign(at(DAY, 2), first).await.unwrap();
    officer.refused(&assign(first), 422, "assessment.assessor_twice").await;
    let conflicted = case.assign(at(DAY, 2), second).await.unwrap();
    officer.refused(&assign(third), 422, "assessment.assessors_enough").await;
    case.declare_conflict(at(DAY, 2), second, &conflicted).await.unwrap();
    officer.refused(&assign(second), 422, "assessment.assessor_twice").await;
    let (first, second) = (desk.sign_in(first).await, desk.sign_in(second).await);
    scores(&first, &second, given.id).await;
    desk.told_exactly(OF_ASSESSMENTS);
}

async fn scores(own: &Caller<'_>, other: &Caller<'_>, id: AssessmentId) {
    let path = format!("/api/v1/assessments/{id}");
    let with = |name: &str, mark: Value| {
        let mut body = marks(8);
        body["marks"][name] = mark;
        body
    };
    for (code, body) in [
        ("assessment.marks_wrong", json!({ "marks": {}, "comment": "sound" })),
        ("assessment.marks_wrong", with("experience", json!(11))),
        ("assessment.marks_wrong", with("charm", json!(8))),
        ("text.length", json!({ "marks": marks(8)["marks"], "comment": " " })),
    ] {
        own.refused(&own.post(format!("{path}/score"), &body), 422, code).await;
    }
    own.refused(&own.post(format!("{path}/conflict"), &json!({ "reason": "" })), 422, "text.length").await;
    other.refused(&other.post(format!("{path}/score"), &marks(8)), 404, "not_found").await;
    let nothing = format!("/api/v1/assessments/{}/score", Uuid::now_v7());
    own.refused(&own.post(nothing, &marks(8)), 404, "not_found").await;
    let scored = own.post(format!("{path}/score"), &marks(8));
    assert_eq!(own.send(&scored).told(), (200, ""));
    own.refused(&own.post(format!("{path}/score"), &marks(9)), 409, "assessment.closed").await;
    own.refused(&own.post(format!("{path}/conflict"), &json!({ "reason": "my brother" })), 409, "assessment.closed")
        .await;
}

#[tokio::test]
async fn a_decision_without_its_grounds_or_by_the_wrong_person_is_refused() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let desk = Desk::open(&world, at(DAY, 2).now);
    let staff = world.staff().await;
    let case = submitted(&world, &staff, "30000000.00").await;
    case.screen(at(DAY, 2), Screening::Eligible).await.unwrap();
    let everything = world.person(&[Role::Assessor, Role::Committee, Role::Approver], &["commissioner"]).await;
    let weak = submitted(&world, &staff, "30000000.00").await;
    weak.screen(at(DAY, 2), Screening::Eligible).await.unwrap();
    world.publish(with_a_demanding_criterion(), at(DAY, 0)).await;
    let uneven = submitted(&world, &staff, "30000000.00").await;
    uneven.screen(at(DAY, 2), Screening::Eligible).await.unwrap();
    for (case, mark) in [(&case, 8), (&weak, 5), (&uneven, 8)] {
        for assessor in [&everything, &staff.assessors[0]] {
            let assessment = case.assign(at(DAY, 2), assessor).await.unwrap();
            case.score(at(DAY, 2), assessor, &assessment, mark).await.unwrap();
        }
    }
    let (committee, everything) = (desk.sign_in(&staff.committee).await, desk.sign_in(&everything).await);
    let amount = |amount: &str| json!({ "amount": amount });
    committee
        .refused(&committee.post(to(&weak, "recommendation"), &amount("1.00")), 422, "recommendation.below_pass_mark")
        .await;
    let of_criterion = "recommendation.below_pass_mark_of_criterion";
    committee.refused(&committee.post(to(&uneven, "recommendation"), &amount("1.00")), 422, of_criterion).await;
    committee.refused(&committee.post(to(&weak, "rejection"), &json!({ "reason": "" })), 422, "text.length").await;
    for beyond in ["0.00", "30000000.01"] {
        committee
            .refused(&committee.post(to(&case, "recommendation"), &amount(beyond)), 422, "recommendation.amount")
            .await;
    }
    everything.refused(&everything.post(to(&case, "recommendation"), &amount("1.00")), 403, "duty.separated").await;
    case.recommend(at(DAY, 2), &staff.committee, "30000000.00").await.unwrap();
    everything.refused(&everything.post(to(&case, "approval"), &amount("30000000.00")), 403, "duty.separated").await;
    let assistant = desk.sign_in(&staff.assistant).await;
    let reply = assistant
        .refused(&assistant.post(to(&case, "approval"), &amount("30000000.00")), 403, "approval.authority_too_low")
        .await;
    assert!(reply.text("/detail").contains("commissioner"));
    assistant.refused(&assistant.post(to(&weak, "approval"), &amount("1.00")), 409, "application.wrong_state").await;
    let officer = desk.sign_in(&staff.officer).await;
    for part in ["offer", "lapse", "reinstatement"] {
        let body = if part == "reinstatement" { json!({ "reason": "again" }) } else { json!({}) };
        officer.refused(&officer.post(to(&case, part), &body), 409, "application.wrong_state").await;
    }
    // Whoever acts for the applicant does nothing to the case for the agency, whatever else they are.
    let applicant = world.applicant().await;
    let own = world.draft(&staff, &applicant, (CODE, accelerator("60000000.00", "30000000.00")), at(DAY, 0)).await;
    own.submit(at(DAY, 1)).await.unwrap();
    let member = world.with_roles(&applicant, &Role::ALL).await;
    let member = desk.sign_in(&member.actor).await;
    let screening = member.post(to(&own, "screening"), &json!({ "outcome": "eligible" }));
    member.refused(&screening, 403, "person.own_organisation").await;
    desk.told_exactly(OF_DECISIONS);
}

#[tokio::test]
async fn an_approval_beyond_a_limit_is_refused() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let desk = Desk::open(&world, at(DAY, 3).now);
    let (staff, applicant) = (world.staff().await, world.applicant().await);
    let mut own = Vec::new();
    for requested in ["20000000.00", "20000000.00", "30000000.00"] {
        let case = world.draft(&staff, &applicant, (CODE, accelerator("60000000.00", requested)), at(DAY, 0)).await;
        case.to_recommended(at(DAY, 1), requested).await;
        own.push(case);
    }
    own[0].approve(at(DAY, 2), &staff.commissioner).await.unwrap();
    let commissioner = desk.sign_in(&staff.commissioner).await;
    let amount =
        |case: &Case<'_>| json!({ "amount": if case.id == own[1].id { "20000000.00" } else { "30000000.00" } });
    let approve = |case: &Case<'_>| commissioner.post(to(case, "approval"), &amount(case));
    commissioner.refused(&approve(&own[1]), 422, "approval.above_allowed").await;
    let other = submitted(&world, &staff, "30000000.00").await;
    other.screen(at(DAY, 2), Screening::Eligible).await.unwrap();
    for assessor in &staff.assessors[..2] {
        let assessment = other.assign(at(DAY, 2), assessor).await.unwrap();
        other.score(at(DAY, 2), assessor, &assessment, 8).await.unwrap();
    }
    other.recommend(at(DAY, 2), &staff.committee, "30000000.00").await.unwrap();
    for (code, envelope) in [("ceiling.exceeded", "49999999.99"), ("limit.unknown", "unknown")] {
        let text = text_of(CODE).replace("is = \"180000000.00\"", &format!("is = \"{envelope}\""));
        world.publish(text, at(DAY, 2)).await;
        let reply = commissioner.refused(&approve(&other), 422, code).await;
        assert!(reply.text("/detail").contains("envelope"));
    }
    // With all that one applicant may have granted, another project of theirs gets nothing.
    world.publish(text_of(CODE).to_owned(), at(DAY, 2)).await;
    own[1].reject(at(DAY, 2), &staff.commissioner, "less is left").await.unwrap();
    own[1].reinstate(at(DAY, 2), "for what is left").await.unwrap();
    own[1].recommend(at(DAY, 2), &staff.committee, "10000000.00").await.unwrap();
    own[1].approve(at(DAY, 2), &staff.commissioner).await.unwrap();
    commissioner.refused(&approve(&own[2]), 422, "calculation.refused").await;
    desk.told_exactly(OF_LIMITS);
}
