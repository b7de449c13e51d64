//! What an applicant learns, and when: nothing of a decision before it is told, by whichever door or refusal.

use crate::case::Case;
use crate::proposals::accelerator;
use crate::site::{Call, Reply, Site, morning};
use crate::world::{Applicant, Staff, World, at, refused};
use rules::actor::Actor;
use rules::application::State;
use rules::decision::Screening;
use serde_json::{Value, json};

const CODE: &str = "ACCELERATOR-PILOT";
const DAY: &str = "2026-02-02";

struct Scene {
    world: World,
    staff: Staff,
    applicant: Applicant,
    site: Site,
    token: String,
}

async fn scene() -> Scene {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let (staff, applicant) = (world.staff().await, world.applicant().await);
    let site = Site::open(&world.database, &[]);
    site.clock.set(morning(DAY));
    let token = site.token(&applicant.actor).await;
    Scene { world, staff, applicant, site, token }
}

impl Scene {
    /// A draft of the applicant that asks for an amount of the 30 million that one applicant may have.
    async fn draft(&self, requested: &str) -> Case<'_> {
        let proposal = accelerator("60000000.00", requested);
        self.world.draft(&self.staff, &self.applicant, (CODE, proposal), at(DAY, 0)).await
    }

    async fn approved(&self, requested: &str) -> Case<'_> {
        let case = self.draft(requested).await;
        case.to_recommended(at(DAY, 1), requested).await;
        case.approve(at(DAY, 2), &self.staff.commissioner).await.unwrap();
        case
    }

    fn get(&self, path: &str, token: &str) -> Reply {
        self.site.send(&Call::get(format!("/api/v1/applications{path}")).with(token))
    }

    /// Everything that the applicant can read of a case and beside it.
    fn told(&self, case: &Case<'_>, draft: &Case<'_>) -> Vec<(String, Value)> {
        let mut told = Vec::new();
        for door in ["", "/status", "/calculations", "/pre-check", "/award", "/assessments", "/audit"] {
            let reply = self.get(&format!("/{}{door}", case.id), &self.token);
            told.push((format!("{door} {:?} {}", reply.told(), reply.header("etag")), without_id(reply)));
        }
        let beside = ["".to_owned(), "?state=under_consideration".to_owned(), format!("/{}/pre-check", draft.id)];
        for path in beside {
            let reply = self.get(&path, &self.token);
            told.push((format!("{path} {:?}", reply.told()), without_id(reply)));
        }
        told
    }

    fn withdraw(&self, case: &Case<'_>, version: i64) -> Reply {
        let path = format!("/api/v1/applications/{}/withdrawal", case.id);
        let call = Call::post(path, &json!({ "reason": "changed plans" }));
        self.site.send(&call.with(&self.token).if_match(version))
    }

    async fn calculations(&self, case: &Case<'_>, reader: &Actor) -> Value {
        let reply = self.get(&format!("/{}/calculations", case.id), &self.site.token(reader).await);
        assert_eq!(reply.told(), (200, ""));
        reply.json["items"].clone()
    }
}

/// What was answered; the number of a request is its own.
fn without_id(reply: Reply) -> Value {
    let mut json = reply.json;
    if let Some(problem) = json.as_object_mut().filter(|problem| problem.contains_key("code")) {
        problem.retain(|name, _| name != "request_id");
    }
    json
}

#[tokio::test]
async fn a_decision_changes_nothing_that_the_applicant_can_read_until_it_is_told() {
    let scene = scene().await;
    let (case, draft) = (scene.draft("20000000.00").await, scene.draft("20000000.00").await);
    case.submit(at(DAY, 1)).await.unwrap();
    case.screen(at(DAY, 1), Screening::Eligible).await.unwrap();
    let before = scene.told(&case, &draft);
    for assessor in scene.staff.assessors.iter().take(2) {
        let assessment = case.assign(at(DAY, 1), assessor).await.unwrap();
        case.score(at(DAY, 1), assessor, &assessment, 8).await.unwrap();
    }
    case.recommend(at(DAY, 2), &scene.staff.committee, "20000000.00").await.unwrap();
    assert_eq!(scene.told(&case, &draft), before);
    case.approve(at(DAY, 3), &scene.staff.commissioner).await.unwrap();
    assert_eq!(scene.told(&case, &draft), before);
    case.offer(at(DAY, 4)).await.unwrap();
    let after = scene.told(&case, &draft);
    // The pre-check of the case itself stays: what it would get is not made less by what it got.
    let same = after.iter().zip(&before).filter(|(after, before)| after == before).map(|(after, _)| after.0.as_str());
    let same = same.map(|door| door.split(' ').next().unwrap()).collect::<Vec<_>>();
    assert_eq!(same, ["/pre-check", "/assessments", "/audit"]);
}

#[tokio::test]
async fn the_applicant_withdraws_what_was_read_unless_something_was_told_since() {
    let scene = scene().await;
    let version = |case: &Case<'_>| scene.get(&format!("/{}", case.id), &scene.token).json["version"].as_i64().unwrap();
    let case = scene.draft("20000000.00").await;
    let edit = |version: i64| {
        let content = accelerator("60000000.00", "15000000.00");
        let call = Call::put(format!("/api/v1/applications/{}/content", case.id), &content);
        scene.site.send(&call.with(&scene.token).if_match(version))
    };
    assert_eq!(edit(version(&case)).header("etag"), "\"2\"");
    assert_eq!(edit(1).told(), (412, "stale"));
    let drafted = version(&case);
    case.submit(at(DAY, 1)).await.unwrap();
    assert_eq!(scene.withdraw(&case, drafted).told(), (412, "stale"));
    let received = version(&case);
    case.screen(at(DAY, 1), Screening::Eligible).await.unwrap();
    assert_eq!(scene.withdraw(&case, received).told(), (412, "stale"));
    let approved = scene.approved("10000000.00").await;
    let read = version(&approved);
    assert_eq!(read, 3, "drafted, received, under consideration");
    assert_eq!(scene.withdraw(&approved, read + 2).told(), (412, "version.unknown"), "the version of the staff");
    let withdrawn = scene.withdraw(&approved, read);
    assert_eq!((withdrawn.told(), withdrawn.text("/state")), ((200, ""), "withdrawn"));
    assert_eq!(withdrawn.header("etag"), "\"4\"");
    assert_eq!(scene.world.committed(CODE).await, 0);
    let offered = scene.approved("10000000.00").await;
    let read = version(&offered);
    offered.offer(at(DAY, 3)).await.unwrap();
    assert_eq!(scene.withdraw(&offered, read).told(), (412, "stale"));
    assert_eq!(scene.withdraw(&offered, read + 1).told(), (409, "application.wrong_state"));
    scene.world.prove().await;
}

#[tokio::test]
async fn an_offer_is_declined_by_the_word_that_is_no_refusal() {
    let scene = scene().await;
    let case = scene.approved("10000000.00").await;
    case.offer(at(DAY, 3)).await.unwrap();
    let send = |door: &str| {
        let path = format!("/api/v1/applications/{}/{door}", case.id);
        scene.site.send(&Call::post(path, &json!({ "reason": "changed plans" })).with(&scene.token).key(door))
    };
    assert_eq!(send("refusal").status, 404);
    let declined = send("declination");
    assert_eq!((declined.told(), declined.text("/state")), ((200, ""), "declined"));
    assert_eq!(scene.world.committed(CODE).await, 0);
}

#[tokio::test]
async fn staff_read_a_version_that_counts_everything() {
    let scene = scene().await;
    let case = scene.approved("10000000.00").await;
    let officer = scene.site.token(&scene.staff.officer).await;
    let read = scene.get(&format!("/{}", case.id), &officer);
    assert_eq!((read.json["version"].as_i64(), read.header("etag")), (Some(5), "\"5\""));
    assert_eq!((read.text("/state"), read.text("/recommended")), ("approved", "10000000.00"));
}

#[tokio::test]
async fn what_is_approved_and_not_told_counts_at_the_approval_of_the_next_case_and_not_at_its_submission() {
    let scene = scene().await;
    scene.approved("20000000.00").await;
    let next = scene.draft("20000000.00").await;
    next.to_recommended(at(DAY, 3), "20000000.00").await;
    let submission = scene.calculations(&next, &scene.applicant.actor).await;
    assert_eq!(submission[0]["request"]["history"], json!({ "awards": [] }));
    assert_eq!(submission[0]["answer"]["grant"], "20000000.00");
    // The officer is told before anybody decides; the approval refuses whatever was not seen.
    let pre_check = scene.get(&format!("/{}/pre-check", next.id), &scene.site.token(&scene.staff.officer).await);
    assert_eq!(pre_check.text("/calculation/grant"), "10000000.00");
    assert_eq!(refused(next.approve(at(DAY, 4), &scene.staff.commissioner).await), "approval.above_allowed");
    scene.world.prove().await;
}

#[tokio::test]
async fn the_calculation_of_an_offer_tells_nothing_of_an_award_that_is_not_told_yet() {
    let scene = scene().await;
    let hidden = scene.approved("10000000.00").await;
    let offered = scene.approved("20000000.00").await;
    offered.offer(at(DAY, 3)).await.unwrap();
    let recorded = scene.calculations(&offered, &scene.staff.officer).await;
    assert_eq!(recorded[1]["request"]["history"]["awards"][0]["amount"], "10000000.00");
    let told = scene.calculations(&offered, &scene.applicant.actor).await;
    assert_eq!(told[0], recorded[0]);
    assert_eq!(told[1]["request"]["history"], json!({ "awards": [] }));
    assert_eq!(told[1]["answer"]["grant"], "20000000.00");
    assert!(!told.to_string().contains("10000000.00"), "{told}");
    hidden.offer(at(DAY, 4)).await.unwrap();
    assert_eq!(scene.calculations(&offered, &scene.applicant.actor).await, recorded);
}

#[tokio::test]
async fn a_case_is_left_out_of_its_own_history_whoever_checks_it() {
    let scene = scene().await;
    let case = scene.draft("30000000.00").await;
    case.to_accepted(at(DAY, 1), "30000000.00").await;
    assert_eq!(case.read().await.state, State::Accepted);
    for reader in [&scene.applicant.actor, &scene.staff.officer] {
        let pre_check = scene.get(&format!("/{}/pre-check", case.id), &scene.site.token(reader).await);
        assert_eq!(pre_check.text("/calculation/grant"), "30000000.00");
        assert_eq!(pre_check.text("/calculation/on"), "2026-02-03", "the day of the submission");
    }
}
