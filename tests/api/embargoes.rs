//! A refusal under an embargo, over HTTP: by which doors it is decided, that nothing of it shows, when it is told, and what may become of it
//! before.

use crate::board::{to, work};
use crate::case::Case;
use crate::desk::{Caller, Desk};
use crate::proposals::accelerator;
use crate::site::morning;
use crate::world::{Applicant, Staff, World, at, refused};
use almoner::worker::clocks;
use rules::application::State;
use serde_json::{Value, json};

pub const OF_DOORS: &[&str] = &[
    "application.wrong_state",
    "approval.embargo_day",
    "award.embargoed",
    "feedback.not_released",
    "not_found",
    "permission.denied",
    "request.malformed",
    "review.not_reviewable",
];

const CODE: &str = "ACCELERATOR-PILOT";
const DAY: &str = "2026-02-02";
/// The day of the decision is the fourth, that of its telling the tenth.
const UNTIL: &str = "2026-02-10";

/// A case that the committee has recommended.
pub async fn recommended<'w>(world: &'w World, staff: &'w Staff, applicant: &Applicant) -> Case<'w> {
    let case = world.draft(staff, applicant, (CODE, accelerator("60000000.00", "30000000.00")), at(DAY, 0)).await;
    case.to_recommended(at(DAY, 1), "10000000.00").await;
    case
}

/// All that somebody reads of a case, and that their lists say of it.
fn read(caller: &Caller<'_>, case: &Case<'_>) -> Vec<(String, u16, Value)> {
    let views =
        ["", "/status", "/pre-check", "/calculations", "/history", "/letters", "/reviews", "/feedback", "/award"];
    let more = ["/members", "/returns", "/revisions", "/assessments", "/change-requests"];
    let views = views.into_iter().chain(more).map(|view| format!("/api/v1/applications/{}{view}", case.id));
    let lists = ["/api/v1/applications?state=under_consideration".to_owned(), "/api/v1/work".to_owned()];
    let answered = |path: String| {
        let reply = caller.send(&caller.get(&*path));
        let mut told = reply.json.clone();
        if let Some(told) = told.as_object_mut() {
            told.remove("request_id");
        }
        (path, reply.status.as_u16(), told)
    };
    views.chain(lists).map(answered).collect()
}

fn rejection(until: &str) -> Value {
    json!({ "reason": "too weak", "embargo_until": until })
}

async fn notices(world: &World) -> Vec<String> {
    world.database.lines("SELECT notice AS line FROM outbox WHERE notice LIKE '%application_rejected%'").await
}

#[tokio::test]
async fn a_refusal_under_an_embargo_shows_nothing_to_the_applicant_until_the_worker_tells_it_on_its_day() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let (staff, applicant) = (world.staff().await, world.applicant().await);
    let case = recommended(&world, &staff, &applicant).await;
    let desk = Desk::open(&world, at(DAY, 2).now);
    let (own, officer) = (desk.sign_in(&applicant.actor).await, desk.sign_in(&staff.officer).await);
    let (assistant, assessor) = (desk.sign_in(&staff.assistant).await, desk.sign_in(&staff.assessors[0]).await);
    let before = [read(&own, &case), read(&assessor, &case)];
    let reply = assistant.send(&assistant.post(to(&case, "rejection"), &rejection(UNTIL)));
    assert_eq!((reply.told(), reply.text("/state"), reply.text("/embargo_until")), ((200, ""), "refused", UNTIL));
    assert_eq!([read(&own, &case), read(&assessor, &case)], before);
    let seen = officer.send(&officer.get(format!("/api/v1/applications/{}", case.id)));
    assert_eq!((seen.text("/state"), seen.text("/reason")), ("refused", "too weak"));
    let running = officer.send(&officer.get(to(&case, "clocks"))).json;
    assert!(running.as_array().is_some_and(|clocks| clocks.iter().all(|clock| clock["running"] == false)), "{running}");

    // Nobody acts on what is not told, and the applicant learns nothing of it by trying.
    let asks = own.post(to(&case, "reviews"), &json!({ "grounds": "no" }));
    let told = own.refused(&asks, 409, "review.not_reviewable").await;
    assert!(told.text("/detail").contains("under_consideration"), "{}", told.json);
    let note = json!({ "note": "Thank you.", "assessments": [] });
    officer.refused(&officer.post(to(&case, "feedback"), &note), 409, "application.wrong_state").await;
    assistant.refused(&assistant.post(to(&case, "rejection"), &rejection(UNTIL)), 409, "application.wrong_state").await;
    let telling = |caller: &Caller<'_>| caller.post(to(&case, "telling"), &json!({}));
    own.refused(&telling(&own), 403, "permission.denied").await;
    assistant.refused(&telling(&assistant), 403, "permission.denied").await;
    let stranger = desk.sign_in(&world.applicant().await.actor).await;
    stranger.refused(&telling(&stranger), 404, "not_found").await;
    desk.site.clock.set(morning("2026-02-09"));
    officer.refused(&telling(&officer), 409, "award.embargoed").await;
    assert_eq!((work(&officer, "refusal.tell"), notices(&world).await.len()), (0, 0));
    assert_eq!(clocks::tell(&world.db, &world.schemes, at(DAY, 7)).await.unwrap(), 0);

    desk.site.clock.set(morning(UNTIL));
    assert_eq!((work(&officer, "refusal.tell"), work(&own, "refusal.tell")), (1, 0));
    assert_eq!(clocks::tell(&world.db, &world.schemes, at(DAY, 8)).await.unwrap(), 1);
    assert_eq!(clocks::tell(&world.db, &world.schemes, at(DAY, 8)).await.unwrap(), 0, "it is told once");
    officer.refused(&telling(&officer), 409, "application.wrong_state").await;
    assert_eq!((work(&officer, "refusal.tell"), notices(&world).await.len()), (0, 1));
    for (bad, told) in [("2026-02-10", 422), ("2027-02-12", 422), ("soon", 400)] {
        let other = recommended(&world, &staff, &world.applicant().await).await;
        let code = if told == 422 { "approval.embargo_day" } else { "request.malformed" };
        let reply = assistant.refused(&assistant.post(to(&other, "rejection"), &rejection(bad)), told, code).await;
        assert_eq!(reply.parts(), ["/embargo_until"], "{}", reply.json);
    }
    // What is told at once takes no day.
    let other = world.draft(&staff, &applicant, (CODE, accelerator("6.00", "3.00")), at(DAY, 0)).await;
    other.submit(at(DAY, 1)).await.unwrap();
    let finding = json!({ "outcome": "ineligible", "reason": "late", "embargo_until": "2026-03-01" });
    officer.refused(&officer.post(to(&other, "screening"), &finding), 400, "request.malformed").await;
    desk.told_exactly(OF_DOORS);
    world.prove().await;
}

#[tokio::test]
async fn what_is_told_late_is_told_like_any_other_refusal_and_its_review_counts_from_that_day() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let (staff, applicant) = (world.staff().await, world.applicant().await);
    let case = recommended(&world, &staff, &applicant).await;
    let version = case.read().await.told_version;
    case.refuse(at(DAY, 2), &staff.assistant, ("too weak", Some(UNTIL))).await.unwrap();
    assert_eq!(refused(case.tell_refusal(at(DAY, 7)).await), "award.embargoed");
    // An officer may, from the day on, and is no earlier than the worker.
    let told = case.tell_refusal(at(DAY, 9)).await.unwrap();
    assert_eq!((told.state, told.embargo_until, told.told_version), (State::Rejected, None, version + 1));
    let events = case.events().await;
    assert_eq!(events[events.len() - 2..], ["application.refused", "refusal.told"]);
    let desk = Desk::open(&world, at(DAY, 10).now);
    let (own, officer) = (desk.sign_in(&applicant.actor).await, desk.sign_in(&staff.officer).await);
    let status = own.send(&own.get(to(&case, "status")));
    assert_eq!((status.text("/status"), status.text("/reason")), ("unsuccessful", "too weak"));
    // The history of the applicant has one refusal, on the day on which it was told.
    let of = |caller: &Caller<'_>| {
        let items = caller.send(&caller.get(to(&case, "history"))).json["items"].clone();
        let lines = items.as_array().unwrap().clone().into_iter();
        let refusals = lines.filter(|line| line["what"].to_string().contains("too weak"));
        let mut told = refusals
            .map(|line| {
                format!(
                    "{} {}",
                    line["at"].as_str().unwrap().split('T').next().unwrap(),
                    line["what"]["event"].as_str().unwrap()
                )
            })
            .collect::<Vec<_>>();
        told.sort();
        told
    };
    assert_eq!(of(&own), ["2026-02-11 application.rejected"]);
    assert_eq!(of(&officer), ["2026-02-04 application.refused", "2026-02-11 refusal.told"]);
    let letters = own.send(&own.get(to(&case, "letters"))).json;
    assert_eq!(letters["items"].as_array().map(Vec::len), Some(1), "{letters}");
    let text = own.send(&own.get(to(&case, &format!("letters/{}", letters["items"][0]["id"].as_str().unwrap()))));
    let text = String::from_utf8(text.bytes).unwrap();
    for said in ["It was decided on 4 February 2026.", "11 February 2026", "13 March 2026", "too weak"] {
        assert!(text.contains(said), "{said}\n{text}");
    }
    let next = own.send(&own.get(to(&case, "reviews"))).json["next"].clone();
    assert_eq!((&next["told_on"], &next["last_day"]), (&json!("2026-02-11"), &json!("2026-03-13")));
    case.ask_again(at(DAY, 39)).await.unwrap();
    world.prove().await;
}

#[tokio::test]
async fn what_was_never_told_is_withdrawn_or_taken_back_and_nobody_hears_of_it() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let (staff, applicant) = (world.staff().await, world.applicant().await);
    let cases = [recommended(&world, &staff, &applicant).await, recommended(&world, &staff, &applicant).await];
    let [withdrawn, back] = &cases;
    let mut versions = Vec::new();
    for case in &cases {
        versions.push(case.read().await.told_version);
        case.refuse(at(DAY, 2), &staff.commissioner, ("too weak", Some(UNTIL))).await.unwrap();
    }
    let gone = withdrawn.withdraw_version(at(DAY, 3), versions[0], "other plans").await.unwrap();
    assert_eq!((gone.state, gone.embargo_until, gone.reason.as_deref()), (State::Withdrawn, None, Some("other plans")));
    let desk = Desk::open(&world, at(DAY, 3).now);
    let own = desk.sign_in(&applicant.actor).await;
    let before = read(&own, back);
    let sent = "SELECT count(*)::text AS line FROM outbox";
    let letters = world.database.lines(sent).await;
    let open = back.reinstate(at(DAY, 3), "The figures were read wrongly.").await.unwrap();
    assert_eq!((open.state, open.told_version, open.embargo_until), (State::InAssessment, versions[1], None));
    assert_eq!((read(&own, back), world.database.lines(sent).await), (before, letters));
    assert_eq!(back.events().await.last().unwrap(), "refusal.taken_back");
    assert_eq!(clocks::tell(&world.db, &world.schemes, at(DAY, 20)).await.unwrap(), 0);
    // It is decided anew, this time told at once.
    back.reject(at(DAY, 4), &staff.committee, "still too weak").await.unwrap();
    assert_eq!(notices(&world).await.len(), 1);
    world.prove().await;
}
