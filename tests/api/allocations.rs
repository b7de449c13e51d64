//! Allocation: worked out by the system, recorded by bulk; and what it says no to.

use crate::case::Case;
use crate::desk::{Caller, Desk};
use crate::proposals::nias;
use crate::world::{Staff, World, at};
use almoner::actions::Error;
use almoner::actions::allocations::{Bulk, Line, assign};
use futures_util::future::join_all;
use rules::actor::{Actor, Role};
use rules::decision::Screening;
use serde_json::{Value, json};
use uuid::Uuid;

pub const CODES: &[&str] = &[
    "allocation.empty",
    "allocation.lines_refused",
    "allocation.pair_twice",
    "allocation.too_large",
    "allocation.too_many_lines",
    "assessment.not_an_assessor",
    "permission.denied",
    "scheme.not_published",
    "stale",
];

const CODE: &str = "NIAS";
const DAY: &str = "2025-02-05";
const PLANS: &str = "/api/v1/schemes/NIAS/allocation-plans";
const BULK: &str = "/api/v1/allocations";

async fn screened<'w>(world: &'w World, staff: &'w Staff) -> Case<'w> {
    let applicant = world.applicant().await;
    let case = world.draft(staff, &applicant, (CODE, nias()), at(DAY, 0)).await;
    case.submit(at(DAY, 1)).await.unwrap();
    case.screen(at(DAY, 2), Screening::Eligible).await.unwrap();
    case
}

fn asked(assessors: &[(&Actor, u32, &[&str])]) -> Value {
    let said = |(who, cap, expertise): &(&Actor, u32, &[&str])| json!({ "assessor": who.person(), "cap": cap, "expertise": expertise });
    json!({ "assessors": assessors.iter().map(said).collect::<Vec<_>>() })
}

fn planned(officer: &Caller<'_>, asked: &Value) -> Value {
    let reply = officer.send(&officer.post(PLANS, asked));
    assert_eq!(reply.told(), (200, ""), "{}", reply.json);
    reply.json
}

/// The lines of a bulk from a plan.
fn lines(plan: &Value) -> Value {
    let line = |line: &Value| json!({ "application": line["application"], "version": line["version"], "assessor": line["assessor"] });
    json!({ "assignments": plan["assignments"].as_array().unwrap().iter().map(line).collect::<Vec<_>>() })
}

#[tokio::test]
async fn a_plan_prefers_expertise_and_is_recorded_whole_and_goes_on_from_what_is_recorded() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let staff = world.staff().await;
    let cases = [screened(&world, &staff).await, screened(&world, &staff).await];
    let desk = Desk::open(&world, at(DAY, 2).now);
    let officer = desk.sign_in(&staff.officer).await;
    let [first, second, third] = &staff.assessors;
    let request = asked(&[(first, 9, &[]), (second, 9, &["life_and_health", "smart"]), (third, 9, &[])]);
    let before = world.database.state().await;
    let plan = planned(&officer, &request);
    assert_eq!(world.database.state().await, before, "a plan changes nothing");
    assert_eq!((&plan["outcome"], plan["assignments"].as_array().unwrap().len()), (&json!("planned"), 4));
    assert_eq!(planned(&officer, &request), plan, "the same round has the same plan");
    let load = |plan: &Value, who: &Actor, of: &str| {
        let all = plan["assessors"].as_array().unwrap();
        all.iter().find(|one| one["assessor"] == json!(who.person())).unwrap()[of].clone()
    };
    assert_eq!([first, second, third].map(|who| load(&plan, who, "given")), [json!(1), json!(2), json!(1)]);
    let known =
        plan["assignments"].as_array().unwrap().iter().filter(|line| line["matched"] == json!(["life_and_health"]));
    assert_eq!(known.count(), 2);

    let stale = {
        let mut stale = lines(&plan);
        stale["assignments"][3]["version"] = json!(1);
        stale
    };
    officer.refused(&officer.post(BULK, &stale), 412, "stale").await;
    let done = officer.send(&officer.post(BULK, &lines(&plan)));
    assert_eq!((done.told(), &done.json), ((200, ""), &json!({ "assigned": 4 })));
    for case in &cases {
        let given = officer.send(&officer.get(format!("/api/v1/applications/{}/assessments", case.id)));
        assert_eq!(given.json.as_array().unwrap().len(), 2);
    }
    let again = planned(&officer, &request);
    assert_eq!((&again["outcome"], &again["assignments"]), (&json!("planned"), &json!([])));
    assert_eq!(load(&again, second, "held"), json!(2));
}

#[tokio::test]
async fn where_there_is_no_plan_the_needs_limits_and_conflicts_in_the_way_are_named() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let staff = world.staff().await;
    let case = screened(&world, &staff).await;
    let desk = Desk::open(&world, at(DAY, 2).now);
    let officer = desk.sign_in(&staff.officer).await;
    let [first, second, third] = &staff.assessors;
    let conflicted = case.assign(at(DAY, 2), first).await.unwrap();
    case.declare_conflict(at(DAY, 2), first, &conflicted).await.unwrap();
    let plan = planned(&officer, &asked(&[(first, 9, &[]), (second, 9, &[]), (third, 0, &[])]));
    let way = &plan["obstacle"];
    assert_eq!((&plan["outcome"], &plan["assignments"]), (&json!("impossible"), &json!([])));
    assert_eq!((&way["needs"][0]["application"], &way["needs"][0]["assessors"]), (&json!(case.id), &json!(2)));
    assert_eq!((&way["caps"][0]["assessor"], &way["caps"][0]["cap"]), (&json!(third.person()), &json!(0)));
    assert_eq!(way["conflicts"][0]["code"], json!("assessment.assessor_twice"));
    assert!(way["conflicts"][0]["reason"].as_str().unwrap().starts_with(way["conflicts"][0]["name"].as_str().unwrap()));
    assert_eq!((&way["missing"], &way["places"], &way["short_of"]), (&json!(2), &json!(1), &json!(1)));
    assert!(way["text"].as_str().unwrap().contains("bring in another assessor"));
    let plan = planned(&officer, &asked(&[(first, 9, &[]), (second, 9, &[]), (third, 1, &[])]));
    assert_eq!(plan["outcome"], json!("planned"));
}

#[tokio::test]
async fn bulks_that_name_the_same_assessors_in_opposite_orders_never_wait_for_each_other_in_a_circle() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let staff = world.staff().await;
    let mut assessors = Vec::new();
    for _ in 0..6 {
        assessors.push(world.person(&[Role::Assessor], &[]).await.person().unwrap());
    }
    let mut bulks = Vec::new();
    for _ in 0..4 {
        let mut lines = Vec::new();
        for assessor in &assessors {
            let application = screened(&world, &staff).await.id;
            lines.push(Line { application, version: None, assessor: *assessor });
        }
        bulks.push(Bulk { lines, round: None, cap: None });
        assessors.reverse();
    }
    let give = async |bulk: &Bulk| -> Result<usize, Error> {
        world.act(at(DAY, 2), async |tx| assign(tx, &staff.officer, &world.schemes, bulk).await).await
    };
    // A circle would be found by the database, and one of them told to come back.
    for given in join_all(bulks.iter().map(give)).await {
        assert_eq!(given.unwrap(), 6);
    }
    world.prove().await;
}

/// One limit and one idea of having time, for a plan, for a bulk and by hand.
#[tokio::test]
async fn plans_bulks_and_what_is_given_by_hand_keep_to_the_same_limit_and_the_same_days() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let staff = world.staff().await;
    let (case, more) = (screened(&world, &staff).await, screened(&world, &staff).await);
    let [first, second, third] = &staff.assessors;
    let desk = Desk::open(&world, at(DAY, 2).now);
    let officer = desk.sign_in(&staff.officer).await;
    for assessor in [first, second, third] {
        world.declare(at(DAY, 1), assessor).await;
    }
    // They have time from the last day of the three weeks on, and the other one from a day later.
    let profile = |who: &Actor, from: &str| {
        format!("INSERT INTO assessor_profiles VALUES ('{}', '{from}', NULL, NULL, 2)", who.person().unwrap())
    };
    world.database.run(&profile(first, "2025-02-28")).await;
    world.database.run(&profile(third, "2025-03-01")).await;
    let plan = planned(&officer, &asked(&[(first, 9, &[]), (third, 9, &[])]));
    let cap = |who: &Actor| {
        let all = plan["assessors"].as_array().unwrap();
        all.iter().find(|one| one["assessor"] == json!(who.person())).unwrap()["cap"].clone()
    };
    assert_eq!((cap(first), cap(third)), (json!(9), json!(0)));
    let ask = |who: &Actor| {
        officer.post(format!("/api/v1/applications/{}/assessments", case.id), &json!({ "assessor": who.person() }))
    };
    officer.refused(&ask(third), 422, "assessor.unavailable").await;
    assert_eq!(officer.send(&ask(first)).told(), (201, ""));

    // The second one has thirty: the house gives nobody more, by hand or in a bulk, unless the officer says so.
    crowd(&world, second, 30).await;
    officer.refused(&ask(second), 422, "assessor.at_capacity").await;
    let line = json!({ "application": more.id, "assessor": second.person() });
    let bulk = |cap: Option<u32>| officer.post(BULK, &json!({ "assignments": [line], "cap": cap }));
    for cap in [None, Some(30)] {
        let told = officer.refused(&bulk(cap), 422, "allocation.lines_refused").await;
        assert_eq!(told.json["errors"][0]["code"], json!("assessor.at_capacity"), "{cap:?}");
    }
    assert_eq!(officer.send(&bulk(Some(31))).told(), (200, ""));
}

/// So many others that somebody is at work on.
async fn crowd(world: &World, assessor: &Actor, many: usize) {
    let (staff, applicant) = (world.staff().await, world.applicant().await);
    for _ in 0..many {
        let case = world.draft(&staff, &applicant, (CODE, nias()), at(DAY, 0)).await;
        case.submit(at(DAY, 1)).await.unwrap();
        case.screen(at(DAY, 2), Screening::Eligible).await.unwrap();
        case.invite(at(DAY, 2), assessor).await.unwrap();
    }
}

#[tokio::test]
async fn an_officer_is_not_shown_a_plan_for_what_belongs_to_their_own_organisation() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let staff = world.staff().await;
    let applicant = world.applicant().await;
    let case = world.draft(&staff, &applicant, (CODE, nias()), at(DAY, 0)).await;
    case.submit(at(DAY, 1)).await.unwrap();
    case.screen(at(DAY, 2), Screening::Eligible).await.unwrap();
    let desk = Desk::open(&world, at(DAY, 2).now);
    for (roles, told) in [
        (&[Role::Officer, Role::Applicant][..], json!(["person.own_organisation"])),
        // Who does not see the case is told nothing of it.
        (&[Role::Officer][..], json!([])),
    ] {
        let member = world.with_roles(&applicant, roles).await;
        let member = desk.sign_in(&member.actor).await;
        let plan = planned(&member, &json!({}));
        let left_out = plan["left_out"].as_array().unwrap().iter().map(|one| one["code"].clone());
        assert_eq!((&plan["assignments"], json!(left_out.collect::<Vec<_>>())), (&json!([]), told), "{roles:?}");
    }
}

#[tokio::test]
async fn an_allocation_that_cannot_be_done_changes_nothing_and_points_at_its_lines() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let staff = world.staff().await;
    let case = screened(&world, &staff).await;
    let desk = Desk::open(&world, at(DAY, 2).now);
    let (officer, committee) = (desk.sign_in(&staff.officer).await, desk.sign_in(&staff.committee).await);
    let [first, second, third] = &staff.assessors;
    let line = |who: &Actor| json!({ "application": case.id, "assessor": who.person() });
    let bulk = |lines: &[Value]| json!({ "assignments": lines });
    for path in [PLANS, BULK] {
        let body = if path == PLANS { json!({}) } else { bulk(&[line(first)]) };
        committee.refused(&committee.post(path, &body), 403, "permission.denied").await;
    }
    officer.refused(&officer.post(BULK, &bulk(&[])), 422, "allocation.empty").await;
    officer
        .refused(&officer.post(BULK, &bulk(&[line(first), line(second), line(first)])), 422, "allocation.pair_twice")
        .await;
    let many: Vec<Value> = (0..=6_000).map(|_| json!({ "application": case.id, "assessor": Uuid::now_v7() })).collect();
    officer.refused(&officer.post(BULK, &bulk(&many)), 422, "allocation.too_many_lines").await;
    let nobody = json!({ "application": Uuid::now_v7(), "assessor": first.person() });
    let mixed = bulk(&[line(first), line(&staff.committee), nobody, line(second), line(third)]);
    let told = officer.refused(&officer.post(BULK, &mixed), 422, "allocation.lines_refused").await;
    let errors = told.json["errors"].as_array().unwrap().iter();
    let errors: Vec<_> = errors.map(|error| (error["pointer"].clone(), error["code"].clone())).collect();
    let expected = [
        ("/assignments/1", "assessment.not_an_assessor"),
        ("/assignments/2", "not_found"),
        ("/assignments/4", "assessment.assessors_enough"),
    ];
    assert_eq!(errors, expected.map(|(pointer, code)| (json!(pointer), json!(code))));
    let crowd: Vec<Value> = (0..1_001).map(|_| json!({ "assessor": Uuid::now_v7() })).collect();
    officer.refused(&officer.post(PLANS, &json!({ "assessors": crowd })), 422, "allocation.too_large").await;
    let twice = asked(&[(first, 1, &[]), (first, 1, &[])]);
    officer.refused(&officer.post(PLANS, &twice), 422, "assessment.not_an_assessor").await;
    let unknown = officer.post("/api/v1/schemes/NOBODYS/allocation-plans", &json!({}));
    officer.refused(&unknown, 404, "scheme.not_published").await;
    let stale = json!({ "application": case.id, "version": 1, "assessor": first.person() });
    officer.refused(&officer.post(BULK, &bulk(&[stale])), 412, "stale").await;
    desk.told_exactly(CODES);
}
