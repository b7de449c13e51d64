//! A plan, a bulk and a panel that are narrowed to one round of the scheme hold what belongs to it, and nothing else.

use crate::case::Case;
use crate::desk::{Caller, Desk};
use crate::proposals::raise_plus;
use crate::world::{Staff, World, at, text_of};
use rules::decision::Screening;
use serde_json::{Value, json};

pub const CODES: &[&str] = &["allocation.other_round", "panel.empty", "panel.not_rankable", "round.unknown"];

const CODE: &str = "RAISE-PLUS";
const FIRST: &str = "2024-09-06";
const SECOND: &str = "2025-09-11";
const PLANS: &str = "/api/v1/schemes/RAISE-PLUS/allocation-plans";
const BULK: &str = "/api/v1/allocations";
const PANELS: &str = "/api/v1/panels";

/// Two cases of the second round and one of the third, all in assessment.
async fn of_two_rounds<'w>(world: &'w World, staff: &'w Staff) -> [Case<'w>; 3] {
    let mut cases = Vec::new();
    for day in [FIRST, FIRST, SECOND] {
        let case = world.draft(staff, &world.applicant().await, (CODE, raise_plus()), at(day, 0)).await;
        case.submit(at(day, 0)).await.unwrap();
        case.screen(at(SECOND, 0), Screening::Eligible).await.unwrap();
        cases.push(case);
    }
    cases.try_into().unwrap_or_else(|_| panic!("three cases"))
}

fn ids(cases: &[&Case<'_>]) -> Vec<Value> {
    let mut ids = cases.iter().map(|case| json!(case.id)).collect::<Vec<_>>();
    ids.sort_by_key(ToString::to_string);
    ids
}

/// The applications of a list, each once.
fn named(items: &Value) -> Vec<Value> {
    let mut ids = items.as_array().unwrap().iter().map(|item| item["application"].clone()).collect::<Vec<_>>();
    ids.sort_by_key(ToString::to_string);
    ids.dedup();
    ids
}

fn planned(officer: &Caller<'_>, asked: &Value) -> Value {
    let reply = officer.send(&officer.post(PLANS, asked));
    assert_eq!(reply.told(), (200, ""), "{}", reply.json);
    reply.json["assignments"].clone()
}

#[tokio::test]
async fn a_plan_a_bulk_and_a_panel_of_one_round_hold_what_belongs_to_it() {
    let world = World::with(&[CODE], at(FIRST, 0)).await;
    let staff = world.staff().await;
    let cases = of_two_rounds(&world, &staff).await;
    let [one, two, late] = &cases;
    let desk = Desk::open(&world, at(SECOND, 1).now);
    let officer = desk.sign_in(&staff.officer).await;

    assert_eq!(named(&planned(&officer, &json!({}))), ids(&[one, two, late]));
    assert_eq!(named(&planned(&officer, &json!({ "round": "round.3" }))), ids(&[late]));
    assert_eq!(planned(&officer, &json!({ "round": "round.1" })), json!([]), "a round of which nothing waits");
    let of_second = planned(&officer, &json!({ "round": "round.2" }));
    assert_eq!(named(&of_second), ids(&[one, two]));
    for unknown in ["round.9", "cut_off.1", "nothing", "round.\0"] {
        let reply = officer.refused(&officer.post(PLANS, &json!({ "round": unknown })), 422, "round.unknown").await;
        assert!(reply.text("/detail").contains("round.1, round.2, round.3"), "{}", reply.json);
    }

    let line =
        |case: &Case<'_>, place: usize| json!({ "application": case.id, "assessor": staff.assessors[place].person() });
    let bulk = |round: &str, lines: &[Value]| json!({ "round": round, "assignments": lines });
    let mixed = bulk("round.2", &[line(one, 0), line(late, 0)]);
    let reply = officer.refused(&officer.post(BULK, &mixed), 422, "allocation.other_round").await;
    assert!(reply.text("/detail").starts_with("/assignments/1: "), "{}", reply.json);
    officer.refused(&officer.post(BULK, &bulk("round.9", &[line(one, 0)])), 422, "round.unknown").await;
    let lines = of_second.as_array().unwrap().iter();
    let lines = lines.map(|line| json!({ "application": line["application"], "assessor": line["assessor"] }));
    let done = officer.send(&officer.post(BULK, &bulk("round.2", &lines.collect::<Vec<_>>())));
    assert_eq!((done.told(), &done.json["assigned"]), ((200, ""), &json!(4)), "{}", done.json);
    for assessor in staff.assessors.iter().take(2) {
        late.invite(at(SECOND, 1), assessor).await.unwrap();
    }
    score_all(&world, &staff, &cases).await;
    panels(&desk, &officer, &cases).await;
    desk.told_exactly(CODES);
}

/// Every assessor accepts and scores what they were given.
async fn score_all(world: &World, staff: &Staff, cases: &[Case<'_>]) {
    for case in cases {
        let mut reader = world.db.reader().await.unwrap();
        let given = almoner::store::assessments::of_application(&mut reader, case.id).await.unwrap();
        assert_eq!(given.len(), 2);
        for assessment in given {
            let assessor = staff.assessors.iter().find(|one| one.person() == Some(assessment.assessor)).unwrap();
            case.accept_invitation(at(SECOND, 1), assessor, &assessment).await.unwrap();
            case.score(at(SECOND, 1), assessor, &assessment, 8).await.unwrap();
        }
    }
}

async fn panels(desk: &Desk<'_>, officer: &Caller<'_>, [one, two, late]: &[Case<'_>; 3]) {
    let opening = |round: Option<&str>| json!({ "scheme": CODE, "name": "A panel", "round": round });
    officer.refused(&officer.post(PANELS, &opening(Some("round.9"))), 422, "round.unknown").await;
    officer.refused(&officer.post(PANELS, &opening(Some("round.1"))), 422, "panel.empty").await;
    let mut other = opening(Some("round.2"));
    other["applications"] = json!([one.id, late.id]);
    officer.refused(&officer.post(PANELS, &other), 422, "panel.not_rankable").await;
    let narrowed = officer.send(&officer.post(PANELS, &opening(Some("round.2"))));
    assert_eq!((narrowed.told(), narrowed.text("/round"), &narrowed.json["cases"]), ((201, ""), "round.2", &json!(2)));
    let list = |panel: &str| named(&officer.send(&officer.get(format!("{panel}/cases"))).json["items"]);
    let panel = narrowed.header("location").to_owned();
    assert_eq!(list(&panel), ids(&[one, two]));
    let rest = officer.send(&officer.post(PANELS, &opening(None)));
    assert_eq!((rest.told(), &rest.json["round"]), ((201, ""), &json!(null)));
    assert_eq!(list(rest.header("location")), ids(&[late]));
    let read = officer.send(&officer.get(panel.as_str()));
    assert_eq!(read.text("/panel/round"), "round.2");
    let told = desk.world.database.lines(
        "SELECT coalesce(event::json->>'round', 'none') AS line FROM audit_entries WHERE subject = 'panel' ORDER BY happened_at, subject_id",
    );
    assert_eq!(told.await, ["round.2", "none"]);

    // The database holds a panel to its round by itself.
    let id = panel.rsplit('/').next().unwrap();
    let add = |panel: &str| {
        format!(
            "INSERT INTO panel_cases SELECT '{panel}'::uuid, 9, id, 1, 0, 0, 1, '{{}}'::uuid[], true FROM applications WHERE id = '{}'",
            late.id
        )
    };
    let refused = desk.world.database.as_server(&add(id)).await.unwrap_err();
    assert!(refused.contains("is not of the round of panel"), "{refused}");
    let no_round = format!(
        "INSERT INTO panels (id, scheme_code, name, opened_by, opened_at, cases, round)
         SELECT gen_random_uuid(), scheme_code, name, opened_by, opened_at, 1, 'the second' FROM panels WHERE id = '{id}'"
    );
    let refused = desk.world.database.as_server(&no_round).await.unwrap_err();
    assert!(refused.contains("round_check"), "{refused}");
}

#[tokio::test]
async fn a_round_that_the_text_in_force_names_no_more_is_still_that_of_its_cases() {
    let world = World::with(&[CODE], at(FIRST, 0)).await;
    let staff = world.staff().await;
    let [one, two, _] = &of_two_rounds(&world, &staff).await;
    let renamed = text_of(CODE).replace("[round.2]", "[round.2024]").replace("[round.2.name]", "[round.2024.name]");
    world.publish(renamed, at(SECOND, 1)).await;
    let desk = Desk::open(&world, at(SECOND, 1).now);
    let officer = desk.sign_in(&staff.officer).await;
    assert_eq!(named(&planned(&officer, &json!({ "round": "round.2" }))), ids(&[one, two]));
    assert_eq!(planned(&officer, &json!({ "round": "round.2024" })), json!([]));
}
