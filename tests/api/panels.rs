//! Panels: what is scored is ranked, what departs from the rank says why; steps before a recommendation; and feedback afterwards.

use crate::case::Case;
use crate::desk::{Caller, Desk};
use crate::proposals::nias;
use crate::site::{Call, Reply};
use crate::world::{Applicant, Staff, World, at, text_of};
use rules::actor::Role;
use rules::decision::Screening;
use rules::panel::CASES_MAX;
use serde_json::{Value, json};
use uuid::Uuid;

pub const OF_OPENING: &[&str] = &[
    "not_found",
    "panel.empty",
    "panel.not_rankable",
    "permission.denied",
    "person.own_organisation",
    "scheme.not_published",
    "text.length",
];

pub const OF_RANKS: &[&str] = &["panel.against_rank", "panel.not_in_panel", "person.own_organisation", "text.length"];

pub const OF_MANY: &[&str] = &["panel.too_large"];

pub const OF_STEPS: &[&str] = &[
    "assessment_step.ahead",
    "assessment_step.missing",
    "assessment_step.unknown",
    "panel.not_ranked",
    "permission.denied",
    "text.length",
];

pub const OF_FEEDBACK: &[&str] = &[
    "application.wrong_state",
    "feedback.not_released",
    "feedback.nothing_released",
    "feedback.released",
    "not_found",
    "permission.denied",
    "text.length",
];

const DAY: &str = "2025-02-05";
const CODE: &str = "NIAS";
const PANELS: &str = "/api/v1/panels";

/// A proposal that both assessors have given these marks.
async fn scored<'w>(world: &'w World, staff: &'w Staff, marks: [u32; 2]) -> Case<'w> {
    scored_of(world, staff, &world.applicant().await, marks).await
}

pub async fn scored_of<'w>(world: &'w World, staff: &'w Staff, applicant: &Applicant, marks: [u32; 2]) -> Case<'w> {
    let case = world.draft(staff, applicant, (CODE, nias()), at(DAY, 0)).await;
    case.submit(at(DAY, 1)).await.unwrap();
    case.screen(at(DAY, 2), Screening::Eligible).await.unwrap();
    for (assessor, mark) in staff.assessors.iter().zip(marks) {
        let assessment = case.assign(at(DAY, 2), assessor).await.unwrap();
        case.score(at(DAY, 3), assessor, &assessment, mark).await.unwrap();
    }
    case
}

fn opening(name: &str) -> Value {
    json!({ "scheme": CODE, "name": name })
}

fn path(case: &Case<'_>, act: &str) -> String {
    format!("/api/v1/applications/{}/{act}", case.id)
}

fn recommend(caller: &Caller<'_>, case: &Case<'_>, departure: Option<&str>) -> Call {
    caller.post(path(case, "recommendation"), &json!({ "amount": "100000000.00", "departure": departure }))
}

fn reject(caller: &Caller<'_>, case: &Case<'_>, departure: Option<&str>) -> Call {
    caller.post(path(case, "rejection"), &json!({ "reason": "Others were better.", "departure": departure }))
}

fn ranks(page: &Reply) -> Vec<(i64, String)> {
    let items = page.json["items"].as_array().unwrap();
    items.iter().map(|item| (item["rank"].as_i64().unwrap(), item["reference"].as_str().unwrap().to_owned())).collect()
}

/// Four scored proposals, of which the first is that of the applicant; the second is the best.
async fn four<'w>(world: &'w World, staff: &'w Staff, applicant: &Applicant) -> ([Case<'w>; 4], [String; 4]) {
    let cases = [
        scored_of(world, staff, applicant, [8, 8]).await,
        scored(world, staff, [9, 9]).await,
        scored(world, staff, [7, 9]).await,
        scored(world, staff, [6, 7]).await,
    ];
    let mut references = Vec::new();
    for case in &cases {
        references.push(case.read().await.reference);
    }
    (cases, references.try_into().unwrap())
}

#[tokio::test]
async fn a_panel_ranks_five_thousand_and_no_more() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let staff = world.staff().await;
    scored(&world, &staff, [8, 8]).await;
    // As many copies of it as make one too many.
    let copies = format!(
        "SET session_replication_role = replica;
         CREATE TABLE copies AS SELECT n, ('00000001-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid AS id
           FROM generate_series(1, {CASES_MAX}) n;
         INSERT INTO assessments
         SELECT (jsonb_populate_record(one, jsonb_build_object('id', gen_random_uuid(), 'application_id', copies.id))).*
           FROM assessments one, copies;
         INSERT INTO applications
         SELECT (jsonb_populate_record(one, jsonb_build_object('id', copies.id, 'reference', 'R-' || copies.n))).*
           FROM applications one, copies;
         DROP TABLE copies;"
    );
    world.database.run(&copies).await;
    let desk = Desk::open(&world, at(DAY, 4).now);
    let officer = desk.sign_in(&staff.officer).await;
    officer.refused(&officer.post(PANELS, &opening("All of them")), 422, "panel.too_large").await;
    desk.told_exactly(OF_MANY);
}

/// One that waits for its scores.
async fn waiting<'w>(world: &'w World, staff: &'w Staff) -> Case<'w> {
    let case = world.draft(staff, &world.applicant().await, (CODE, nias()), at(DAY, 0)).await;
    case.submit(at(DAY, 1)).await.unwrap();
    case.screen(at(DAY, 2), Screening::Eligible).await.unwrap();
    case
}

#[tokio::test]
async fn a_panel_ranks_what_is_scored_and_nobody_ranks_their_own() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let (staff, applicant) = (world.staff().await, world.applicant().await);
    let (_, [second, best, third, weak]) = four(&world, &staff, &applicant).await;
    let waiting = waiting(&world, &staff).await;
    let desk = Desk::open(&world, at(DAY, 3).now);
    let (officer, committee) = (desk.sign_in(&staff.officer).await, desk.sign_in(&staff.committee).await);

    let assessor = desk.sign_in(&staff.assessors[0]).await;
    assessor.refused(&assessor.post(PANELS, &opening("Mine")), 403, "permission.denied").await;
    committee.refused(&committee.post(PANELS, &opening("Ours")), 403, "permission.denied").await;
    officer.refused(&officer.post(PANELS, &opening(" ")), 422, "text.length").await;
    let no_code = json!({ "scheme": "no code", "name": "x" });
    officer.refused(&officer.post(PANELS, &no_code), 404, "scheme.not_published").await;
    for id in [waiting.id.0, Uuid::now_v7()] {
        let named = json!({ "scheme": CODE, "name": "The first", "applications": [id] });
        officer.refused(&officer.post(PANELS, &named), 422, "panel.not_rankable").await;
    }
    let insider = world.with_roles(&applicant, &[Role::Applicant, Role::Officer]).await;
    let insider = desk.sign_in(&insider.actor).await;
    insider.refused(&insider.post(PANELS, &opening("Ours")), 403, "person.own_organisation").await;

    let opened = officer.send(&officer.post(PANELS, &opening(" The first ")));
    assert_eq!((opened.told(), opened.text("/name"), opened.json["cases"].as_i64()), ((201, ""), "The first", Some(4)));
    let panel = opened.header("location").to_owned();
    officer.refused(&officer.post(PANELS, &opening("Again")), 422, "panel.empty").await;
    let listed = committee.send(&committee.get(format!("{PANELS}?scheme={CODE}")));
    assert_eq!(listed.text("/items/0/id"), opened.text("/id"));
    assert_eq!(committee.send(&committee.get(format!("{PANELS}?scheme=TVP"))).json["items"], json!([]));

    let places = [(1, best), (2, second), (2, third), (4, weak)];
    let page = committee.send(&committee.get(format!("{panel}/cases")));
    assert_eq!(ranks(&page), places);
    assert_eq!((&page.json["items"][2]["mean"], &page.json["items"][2]["spread"]), (&json!(8000), &json!(2000)));
    let (mut paged, mut cursor) = (Vec::new(), Some(String::new()));
    while let Some(asked) = cursor {
        let page = committee.send(&committee.get(format!("{panel}/cases?limit=1{asked}")));
        paged.extend(ranks(&page));
        cursor = page.json["next"].as_str().map(|cursor| format!("&cursor={cursor}"));
    }
    assert_eq!(paged, places);
    let read = committee.send(&committee.get(panel.clone()));
    let above = read.json["assessors"].as_array().unwrap().iter().map(|one| one["above_others"].as_i64().unwrap());
    assert_eq!(above.sum::<i64>(), 0);
    // A place tells of those beside it, and the mean of an assessor may be a single score: nothing of it is for who applies.
    for what in ["", "/cases", "/minutes"] {
        insider.refused(&insider.get(format!("{panel}{what}")), 403, "person.own_organisation").await;
    }
    officer.refused(&officer.get(format!("{PANELS}/{}", Uuid::now_v7())), 404, "not_found").await;
    desk.told_exactly(OF_OPENING);
}

#[tokio::test]
async fn a_decision_against_the_rank_says_why_and_what_the_panel_says_is_kept() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let (staff, applicant) = (world.staff().await, world.applicant().await);
    let (cases, references) = four(&world, &staff, &applicant).await;
    let waiting = waiting(&world, &staff).await;
    let desk = Desk::open(&world, at(DAY, 3).now);
    let (officer, committee) = (desk.sign_in(&staff.officer).await, desk.sign_in(&staff.committee).await);
    let panel = officer.send(&officer.post(PANELS, &opening("The first"))).header("location").to_owned();

    // The best is refused while nobody has been preferred to it; whoever stands below it is preferred with a reason only.
    assert_eq!(committee.send(&reject(&committee, &cases[1], None)).told(), (200, ""));
    let refused = committee.refused(&recommend(&committee, &cases[0], None), 422, "panel.against_rank").await;
    assert!(refused.text("/detail").contains(&references[1]), "{}", refused.json);
    committee.refused(&recommend(&committee, &cases[0], Some(" ")), 422, "text.length").await;
    assert_eq!(committee.send(&recommend(&committee, &cases[0], Some("The sector needs it."))).told(), (200, ""));
    // One of the same rank is refused without one, and one below as well.
    assert_eq!(committee.send(&reject(&committee, &cases[2], None)).told(), (200, ""));
    assert_eq!(committee.send(&reject(&committee, &cases[3], None)).told(), (200, ""));
    let page = committee.send(&committee.get(format!("{panel}/cases")));
    let items = page.json["items"].as_array().unwrap();
    let told = items.iter().map(|item| (item["state"].as_str().unwrap(), item["departure"].as_str()));
    let expected =
        [("rejected", None), ("recommended", Some("The sector needs it.")), ("rejected", None), ("rejected", None)];
    assert_eq!(told.collect::<Vec<_>>(), expected);

    let minutes = format!("{panel}/minutes");
    let said = |text: &str, of: Option<Uuid>| json!({ "text": text, "application": of });
    let one = Some(cases[0].id.0);
    assert_eq!(committee.send(&committee.post(minutes.clone(), &said("Both agree.", None))).told(), (201, ""));
    assert_eq!(officer.send(&officer.post(minutes.clone(), &said("Better than it looks.", one))).told(), (201, ""));
    officer.refused(&officer.post(minutes.clone(), &said(" ", None)), 422, "text.length").await;
    let elsewhere = said("Not here.", Some(waiting.id.0));
    officer.refused(&officer.post(minutes.clone(), &elsewhere), 422, "panel.not_in_panel").await;
    let insider = world.with_roles(&applicant, &[Role::Applicant, Role::Officer]).await;
    let insider = desk.sign_in(&insider.actor).await;
    for of in [one, Some(cases[1].id.0), None] {
        let best = said("Ours is best.", of);
        insider.refused(&insider.post(minutes.clone(), &best), 403, "person.own_organisation").await;
    }
    let page = committee.send(&committee.get(minutes));
    let texts = page.json["items"].as_array().unwrap().iter().map(|item| item["text"].clone()).collect::<Vec<_>>();
    assert_eq!(texts, [json!("Both agree."), json!("Better than it looks.")]);
    desk.told_exactly(OF_RANKS);
}

#[tokio::test]
async fn the_database_takes_no_decision_against_the_rank_without_a_reason_and_no_second_thoughts() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let staff = world.staff().await;
    let (best, next) = (scored(&world, &staff, [9, 9]).await, scored(&world, &staff, [8, 8]).await);
    let desk = Desk::open(&world, at(DAY, 3).now);
    let (officer, committee) = (desk.sign_in(&staff.officer).await, desk.sign_in(&staff.committee).await);
    assert_eq!(officer.send(&officer.post(PANELS, &opening("The first"))).told(), (201, ""));
    assert_eq!(committee.send(&reject(&committee, &best, None)).told(), (200, ""));
    let set = format!("UPDATE applications SET state = 'recommended', recommended_cents = 1 WHERE id = '{}'", next.id);
    assert!(world.database.as_server(&set).await.unwrap_err().contains("departs from the rank"));
    for table in [
        "panels",
        "panel_cases",
        "panel_assessors",
        "panel_minutes",
        "panel_departures",
        "feedback",
        "assessment_steps",
    ] {
        assert!(world.database.as_owner(&format!("DELETE FROM {table}")).await.is_err(), "{table}");
        assert!(world.database.as_server(&format!("TRUNCATE {table}")).await.is_err(), "{table}");
    }
}

/// NIAS that wants an interview and a panel before a recommendation.
pub fn with_steps() -> String {
    let dated = |is: &str| format!("is = [{{ from = \"2024-09-16\", is = {is}, source = \"house\" }}]\n");
    let more = format!(
        "[assessment.panel]\n{}\n[assessment.step.interview]\nname = {{ en = \"An interview\", zh-Hant = \"面試\", zh-Hans = \"面试\" }}\n{}\n",
        dated("true"),
        dated("true")
    );
    text_of(CODE).replacen("[assessment.scale]", &format!("{more}[assessment.scale]"), 1)
}

#[tokio::test]
async fn what_the_scheme_wants_before_a_recommendation_is_recorded_first() {
    let world = World::with(&[], at(DAY, 0)).await;
    world.publish(with_steps(), at(DAY, 0)).await;
    let staff = world.staff().await;
    let case = scored(&world, &staff, [8, 8]).await;
    let desk = Desk::open(&world, at(DAY, 3).now);
    let (officer, committee) = (desk.sign_in(&staff.officer).await, desk.sign_in(&staff.committee).await);
    let steps = path(&case, "assessment-steps");
    let held = |step: &str, on: &str, minutes: &str| json!({ "step": step, "held_on": on, "minutes": minutes });

    committee.refused(&recommend(&committee, &case, None), 409, "assessment_step.missing").await;
    for (body, code) in [
        (held("audience", "2025-02-07", "Well prepared."), "assessment_step.unknown"),
        (held("interview", "2025-02-09", "Well prepared."), "assessment_step.ahead"),
        (held("interview", "2025-02-07", " "), "text.length"),
    ] {
        officer.refused(&officer.post(steps.clone(), &body), 422, code).await;
    }
    let good = held("interview", "2025-02-07", "Well prepared.");
    let assessor = desk.sign_in(&staff.assessors[0]).await;
    assessor.refused(&assessor.post(steps.clone(), &good), 403, "permission.denied").await;
    assert_eq!(committee.send(&committee.post(steps.clone(), &good)).told(), (201, ""));
    let listed = officer.send(&officer.get(steps));
    assert_eq!((listed.text("/items/0/step"), listed.text("/items/0/minutes")), ("interview", "Well prepared."));

    committee.refused(&recommend(&committee, &case, None), 409, "panel.not_ranked").await;
    assert_eq!(officer.send(&officer.post(PANELS, &opening("The first"))).told(), (201, ""));
    assert_eq!(committee.send(&recommend(&committee, &case, None)).told(), (200, ""));
    desk.told_exactly(OF_STEPS);
}

#[tokio::test]
async fn an_applicant_reads_what_assessors_release_and_an_officer_composes_once_the_decision_is_told() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let staff = world.staff().await;
    let case = scored(&world, &staff, [8, 6]).await;
    let desk = Desk::open(&world, at(DAY, 3).now);
    let (officer, committee) = (desk.sign_in(&staff.officer).await, desk.sign_in(&staff.committee).await);
    let applicant = desk.sign_in(&case.applicant).await;
    let stranger = desk.sign_in(&world.applicant().await.actor).await;
    let feedback = path(&case, "feedback");

    // An assessment is shown with the steps of its score.
    let assessments = officer.send(&officer.get(path(&case, "assessments")));
    assert_eq!(assessments.json[0]["steps"].as_array().unwrap().len(), 3);
    let chosen = [0, 1].map(|place: usize| assessments.json[place]["id"].clone());
    let body = |note: &str, chosen: &[Value]| json!({ "note": note, "assessments": chosen });

    officer
        .refused(&officer.post(feedback.clone(), &body("Thank you.", &chosen)), 409, "application.wrong_state")
        .await;
    assert_eq!(committee.send(&reject(&committee, &case, None)).told(), (200, ""));
    applicant.refused(&applicant.get(feedback.clone()), 404, "feedback.not_released").await;
    officer.refused(&officer.post(feedback.clone(), &body(" ", &chosen)), 422, "text.length").await;
    let unknown = [json!(Uuid::now_v7())];
    officer
        .refused(&officer.post(feedback.clone(), &body("Thank you.", &unknown)), 422, "feedback.nothing_released")
        .await;
    committee.refused(&committee.post(feedback.clone(), &body("Thank you.", &chosen)), 403, "permission.denied").await;

    assert_eq!(officer.send(&officer.post(feedback.clone(), &body("Thank you.", &chosen))).told(), (201, ""));
    let read = applicant.send(&applicant.get(feedback.clone()));
    assert_eq!((read.told(), read.text("/note")), ((200, ""), "Thank you."));
    assert_eq!(read.json["parts"], json!(["Clear aims.", "Clear aims."]));
    assert!(!read.json.to_string().contains(&staff.assessors[0].person().unwrap().to_string()));
    stranger.refused(&stranger.get(feedback.clone()), 404, "not_found").await;
    officer.refused(&officer.post(feedback.clone(), &body("Once more.", &[])), 409, "feedback.released").await;
    let sql = "SELECT notice::json ->> 'letter' AS line FROM outbox WHERE notice LIKE '%feedback_released%'";
    assert_eq!(world.database.lines(sql).await, ["feedback_released"]);

    // Decided anew, it may be told the opposite: what was said of the first decision is the applicant's no more.
    case.reinstate(at(DAY, 4), "On appeal.").await.unwrap();
    assert_eq!(officer.send(&officer.get(feedback.clone())).text("/note"), "Thank you.");
    applicant.refused(&applicant.get(feedback.clone()), 404, "feedback.not_released").await;
    officer.refused(&officer.post(feedback.clone(), &body("Anew.", &[])), 409, "application.wrong_state").await;
    let by_hand = |decision: u32| {
        format!(
            "INSERT INTO feedback VALUES ('{}', 'By hand.', '{{}}', '{}', now(), {decision})",
            case.id,
            staff.officer.person().unwrap()
        )
    };
    let told = "is on no decision that stands and was told";
    assert!(world.database.as_server(&by_hand(2)).await.unwrap_err().contains(told));
    assert_eq!(committee.send(&reject(&committee, &case, None)).told(), (200, ""));
    applicant.refused(&applicant.get(feedback.clone()), 404, "feedback.not_released").await;
    for decision in [1, 3] {
        assert!(world.database.as_server(&by_hand(decision)).await.unwrap_err().contains(told), "{decision}");
    }
    assert_eq!(officer.send(&officer.post(feedback.clone(), &body("Anew.", &[]))).told(), (201, ""));
    assert_eq!(applicant.send(&applicant.get(feedback)).text("/note"), "Anew.");
    desk.told_exactly(OF_FEEDBACK);
}
