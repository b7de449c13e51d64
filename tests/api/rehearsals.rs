//! What a draft would change, over the API: asked for by an officer, worked off by the worker, and read case by case.

use crate::desk::{Caller, Desk};
use crate::proposals::accelerator;
use crate::site::{Reply, morning};
use crate::world::{World, agency, at, text_of};
use almoner::actions::schemes::Schemes;
use almoner::store::rehearsals::claim;
use almoner::store::{Moment, Tx};
use almoner::worker::clocks::sweep;
use almoner::worker::rehearsals::work_off_next;
use chrono::TimeDelta;
use rules::actor::{Actor, Role};
use serde_json::{Value, json};
use tokio::sync::watch;
use uuid::Uuid;

pub const CODES: &[&str] = &[
    "not_found",
    "permission.denied",
    "rehearsal.at_work",
    "rehearsal.portfolio_empty",
    "request.malformed",
    "scheme.faulty",
    "scheme.not_published",
    "text.unstorable",
];

const CODE: &str = "ACCELERATOR-PILOT";
const DAY: &str = "2026-02-02";
const ON: &str = "2026-05-01";

/// From May on, an institution gets 20 million instead of 30.
fn lower() -> String {
    let line = "{ from = \"2026-01-29\", is = \"30000000.00\", source = \"press-2025-02\" }";
    text_of(CODE).replacen(line, &format!("{line}, {}", line.replace("01-29", "05-01").replace("30000", "20000")), 1)
}

async fn officer(world: &World) -> Actor {
    world.person(&[Role::Officer], &[]).await
}

/// The place of a rehearsal that was asked for.
fn asked(caller: &Caller<'_>, draft: &str, body: &Value) -> String {
    let reply = caller.send(&caller.post(format!("{draft}/rehearsals"), body));
    assert_eq!((reply.told(), reply.text("/state")), ((201, ""), "waiting"), "{}", reply.json);
    reply.header("location").to_owned()
}

/// A worker looks for work so many minutes after the morning.
async fn work(world: &World, minutes: i64) -> bool {
    let (_tell, stop) = watch::channel(false);
    work_off_next(&world.db, &Schemes::of_agency(agency()), &|| after(minutes), &stop).await.unwrap()
}

fn after(minutes: i64) -> Moment {
    let Moment { now, recorded_at } = at(DAY, 3);
    let minutes = TimeDelta::minutes(minutes);
    Moment { now: now + minutes, recorded_at: recorded_at + minutes }
}

async fn draft_of(world: &World, text: &str) -> String {
    format!("/api/v1/scheme-drafts/{}", world.begin_draft(&officer(world).await, text, at(DAY, 2)).await)
}

fn names(page: &Reply) -> Vec<String> {
    let items = page.json["items"].as_array().unwrap().iter();
    items.map(|item| format!("{} {}", item["name"].as_str().unwrap(), item["change"].as_str().unwrap())).collect()
}

#[tokio::test]
async fn a_draft_is_rehearsed_over_the_recorded_applications_that_stand() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let (staff, applicants) = (world.staff().await, [(); 4].map(|()| world.applicant()));
    let mut cases = Vec::new();
    for (applicant, grant) in applicants.into_iter().zip([30, 1, 25, 30]) {
        let applicant = applicant.await;
        let proposal = accelerator(&format!("{}000000.00", 2 * grant), &format!("{grant}000000.00"));
        let case = world.draft(&staff, &applicant, (CODE, proposal), at(DAY, 0)).await;
        case.submit(at(DAY, 1)).await.unwrap();
        cases.push((case, applicant));
    }
    cases[3].0.withdraw(at(DAY, 2), "other plans").await.unwrap();
    let reference = |place: usize| {
        let case = &cases[place].0;
        async move { case.read().await.reference }
    };
    let (large, middle) = (reference(0).await, reference(2).await);
    let desk = Desk::open(&world, morning("2026-02-05"));
    let caller = desk.sign_in(&officer(&world).await).await;
    let draft = draft_of(&world, &lower()).await;
    let place = asked(&caller, &draft, &json!({ "on": ON }));
    assert!(work(&world, 1).await);
    assert!(!work(&world, 1).await, "nothing more waits");
    let done = caller.send(&caller.get(&*place));
    assert_eq!((done.text("/state"), done.text("/cases"), done.text("/scheme")), ("done", "recorded", CODE));
    assert_eq!((&done.json["cases_done"], &done.json["cases_total"]), (&json!(3), &json!(3)));
    let totals = &done.json["result"]["totals"];
    assert_eq!(totals["less"], json!({ "cases": 2, "before": "55000000.00", "after": "40000000.00" }));
    assert_eq!(totals["same"], json!({ "cases": 1, "before": "1000000.00", "after": "1000000.00" }));
    let envelope = json!({ "on": ON, "amount": "180000000.00", "passed": false });
    assert_eq!(done.json["result"]["envelope"], envelope);
    // The newest stands first, and whoever gets what was got is only counted.
    let all = caller.send(&caller.get(format!("{place}/cases")));
    assert_eq!(names(&all), [format!("{middle} less"), format!("{large} less")]);
    let verdict = &all.json["items"][1]["verdict"];
    assert_eq!((&verdict["before"], &verdict["after"]), (&json!("30000000.00"), &json!("20000000.00")));
    assert_eq!(verdict["limited_by_after"], json!(["ceiling.grant_per_institution"]));
    assert_eq!(verdict.get("line"), None, "a recorded case stands in no line");
    assert!(verdict["reason"].as_str().unwrap().contains("20,000,000.00"), "{verdict}");
    let first = caller.send(&caller.get(format!("{place}/cases?change=less&limit=1")));
    let second = caller.send(&caller.get(format!("{place}/cases?change=less&limit=1&cursor={}", first.text("/next"))));
    assert_eq!((names(&first).len(), names(&second)), (1, vec![format!("{large} less")]));
    assert_eq!(names(&caller.send(&caller.get(format!("{place}/cases?change=more")))), Vec::<String>::new());
    // Nobody sees their own case with the eyes of the staff.
    let insider = world.with_roles(&cases[0].1, &[Role::Applicant, Role::Officer]).await;
    let insider = desk.sign_in(&insider.actor).await;
    assert_eq!(names(&insider.send(&insider.get(format!("{place}/cases")))), [format!("{middle} less")]);
    let listed = caller.send(&caller.get(format!("{draft}/rehearsals")));
    assert_eq!(listed.json["items"], json!([done.json]));
}

#[tokio::test]
async fn a_portfolio_of_ones_own_is_rehearsed_line_by_line() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let desk = Desk::open(&world, morning("2026-02-05"));
    let caller = desk.sign_in(&officer(&world).await).await;
    let draft = draft_of(&world, &lower()).await;
    let line = |id: &str, contribution: &str| {
        let contribution = json!([{ "from": "institution", "form": "cash", "amount": contribution }]);
        json!({ "id": id, "project": { "stages": [{ "stage": "project", "contributions": contribution }] } })
    };
    let unknown = json!({ "project": { "stages": [{ "stage": "a\u{0}b" }] } });
    let lines = format!("{}\n{unknown}\n\n{}\n", line("large", "60000000.00"), line("small", "2.00"));
    let table = "id,contribution.project.institution.cash\nlarge,60000000.00\n,2.001\nsmall,2.00\n";
    for (format, text, faulty) in [("jsonl", &*lines, "2 faulty"), ("csv", table, "3 faulty")] {
        let place = asked(&caller, &draft, &json!({ "on": ON, "portfolio": { "format": format, "text": text } }));
        assert!(work(&world, 1).await);
        let done = caller.send(&caller.get(&*place));
        assert_eq!((done.text("/state"), done.text("/cases")), ("done", format), "{}", done.json);
        let totals = &done.json["result"]["totals"];
        assert_eq!(
            (&totals["less"]["cases"], &totals["same"]["cases"], &totals["faulty"]),
            (&json!(1), &json!(1), &json!(1))
        );
        let cases = caller.send(&caller.get(format!("{place}/cases")));
        assert_eq!(names(&cases), ["large less", faulty]);
    }
    // What nobody can work out is not tried for ever: it fails, and says why.
    let place = asked(&caller, &draft, &json!({ "portfolio": { "format": "csv", "text": "cost.other.x\n1.00\n" } }));
    assert!(work(&world, 1).await);
    let failed = caller.send(&caller.get(place));
    assert_eq!(failed.text("/state"), "failed");
    assert!(failed.text("/failure").contains("the stage \"other\" is not known: known are project"), "{}", failed.json);
}

#[tokio::test]
async fn a_rehearsal_whose_worker_has_died_is_begun_anew_by_another_and_given_up_in_the_end() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let desk = Desk::open(&world, morning("2026-02-05"));
    let caller = desk.sign_in(&officer(&world).await).await;
    let table = "contribution.project.institution.cash\n60000000.00\n";
    let body = json!({ "on": ON, "portfolio": { "format": "csv", "text": table } });
    let dies = async |minutes: i64| {
        let until = after(minutes + 2).recorded_at;
        let claimed = world.db.write(after(minutes), async |tx: &mut Tx<'_>| claim(tx, until).await).await.unwrap();
        claimed.map(|claimed| claimed.attempts)
    };
    let place = asked(&caller, &draft_of(&world, &lower()).await, &body);
    assert_eq!(dies(0).await, Some(0));
    assert_eq!(caller.send(&caller.get(&*place)).text("/state"), "running");
    assert!(!work(&world, 1).await, "it is held");
    assert!(work(&world, 3).await);
    assert_eq!(caller.send(&caller.get(&*place)).json["cases_done"], json!(1));
    let place = asked(&caller, &draft_of(&world, &lower()).await, &body);
    assert_eq!((dies(10).await, dies(20).await, dies(30).await), (Some(0), Some(1), Some(2)));
    assert!(work(&world, 40).await);
    assert_eq!(caller.send(&caller.get(place)).text("/failure"), "It was given up after 3 attempts.");
    assert_eq!(dies(50).await, None);
}

#[tokio::test]
async fn a_worker_that_is_to_stop_gives_a_rehearsal_back_after_a_piece() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let desk = Desk::open(&world, morning("2026-02-05"));
    let caller = desk.sign_in(&officer(&world).await).await;
    let rows = format!("{},60000000.00\n", "x".repeat(200)).repeat(1000);
    let text = format!("id,contribution.project.institution.cash\n{rows}");
    let body = json!({ "on": ON, "portfolio": { "format": "csv", "text": text } });
    let place = asked(&caller, &draft_of(&world, &lower()).await, &body);
    let (_tell, stop) = watch::channel(true);
    for _ in 0..4 {
        assert!(work_off_next(&world.db, &Schemes::of_agency(agency()), &|| after(1), &stop).await.unwrap());
    }
    let given_back = caller.send(&caller.get(&*place));
    assert_eq!((given_back.text("/state"), &given_back.json["cases_total"]), ("waiting", &Value::Null));
    let done = given_back.json["cases_done"].as_i64().unwrap();
    assert!((1..1000).contains(&done), "{done}");
    // At once, and although four have stopped: to stop is no attempt that failed.
    assert!(work(&world, 1).await);
    let done = caller.send(&caller.get(&*place));
    assert_eq!((done.text("/state"), &done.json["cases_done"]), ("done", &json!(1000)));
    assert_eq!(done.json["cases_total"], json!(1000));
}

#[tokio::test]
async fn a_draft_is_compared_with_the_text_that_it_meets_on_its_day_and_its_examples_need_not_hold() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let (author, other) = (officer(&world).await, officer(&world).await);
    let first = world.begin_draft(&author, &lower(), at(DAY, 1)).await;
    world.propose(&author, first, "2026-03-01", at(DAY, 1)).await.unwrap();
    let met = world.publish_draft(&other, first, at(DAY, 1)).await.unwrap();
    let second = lower().replace("20000000.00\", source", "19000000.00\", source");
    let second = world.begin_draft(&author, &second, at(DAY, 2)).await;
    world.propose(&author, second, "2026-04-01", at(DAY, 2)).await.unwrap();
    let asked = world.rehearse(&author, second, (None, None), at(DAY, 3)).await.unwrap();
    assert_eq!(asked.before_text_id, met.id.0);
    // One that is not proposed meets what is in force today.
    let failing = text_of(CODE).replacen("is = \"30000000.00\"", "is = \"29000000.00\"", 1);
    let third = world.begin_draft(&author, &failing, at(DAY, 3)).await;
    let today = world.rehearse(&author, third, (None, None), at(DAY, 3)).await.unwrap();
    assert_ne!(today.before_text_id, met.id.0);
    assert!(work(&world, 1).await && work(&world, 1).await);
    let desk = Desk::open(&world, morning("2026-02-05"));
    let caller = desk.sign_in(&author).await;
    let failing = |id: Uuid| {
        caller.send(&caller.get(format!("/api/v1/rehearsals/{id}"))).json["result"]["failing_examples"].clone()
    };
    assert_eq!(failing(asked.id), json!(0));
    assert!(failing(today.id).as_u64().unwrap() > 0);
}

#[tokio::test]
async fn a_rehearsal_is_kept_for_three_months_by_the_clock_of_the_machine() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let author = officer(&world).await;
    let draft = world.begin_draft(&author, &lower(), at(DAY, 2)).await;
    // The clock of the house may be set back or ahead; what has expired is not its business.
    let recorded = at(DAY, 200).recorded_at;
    let moment = Moment { now: at(DAY, 3).now, recorded_at: recorded };
    world.rehearse(&author, draft, (None, None), moment).await.unwrap();
    let kept = async |days: i64| {
        let moment = Moment { now: at(DAY, 3).now, recorded_at: recorded + TimeDelta::days(days) };
        sweep(&world.db, moment).await.unwrap();
        world.database.lines("SELECT count(*)::text AS line FROM rehearsals").await
    };
    assert_eq!((kept(89).await, kept(91).await), (vec!["1".to_owned()], vec!["0".to_owned()]));
}

#[tokio::test]
async fn a_database_that_fails_ends_no_rehearsal_and_a_text_that_cannot_be_read_does() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let desk = Desk::open(&world, morning("2026-02-05"));
    let caller = desk.sign_in(&officer(&world).await).await;
    let place = asked(&caller, &draft_of(&world, &lower()).await, &json!({}));
    world.database.run("ALTER TABLE scheme_texts RENAME TO scheme_texts_elsewhere").await;
    let (_tell, stop) = watch::channel(false);
    assert!(work_off_next(&world.db, &Schemes::of_agency(agency()), &|| after(1), &stop).await.is_err());
    world.database.run("ALTER TABLE scheme_texts_elsewhere RENAME TO scheme_texts").await;
    assert_eq!(caller.send(&caller.get(&*place)).text("/state"), "running");
    assert!(work(&world, 10).await);
    assert_eq!(caller.send(&caller.get(&*place)).text("/state"), "done");
    let place = asked(&caller, &draft_of(&world, &lower()).await, &json!({}));
    world.database.run("SET session_replication_role = replica; UPDATE scheme_texts SET text = 'no scheme'").await;
    assert!(work(&world, 20).await);
    let why = "The published text that the draft is compared with cannot be read any more.";
    assert_eq!(caller.send(&caller.get(&*place)).text("/failure"), why);
}

#[tokio::test]
async fn a_recorded_request_that_cannot_be_read_is_faulty_and_the_others_are_worked_out() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let staff = world.staff().await;
    let mut references = Vec::new();
    for _ in 0..2 {
        let proposal = accelerator("60000000.00", "30000000.00");
        let case = world.draft(&staff, &world.applicant().await, (CODE, proposal), at(DAY, 0)).await;
        case.submit(at(DAY, 1)).await.unwrap();
        references.push(case.read().await.reference);
    }
    let spoil = format!(
        "SET session_replication_role = replica; UPDATE application_calculations SET request = '{{\"project\":7}}'
         WHERE application_id = (SELECT id FROM applications WHERE reference = '{}')",
        references[0]
    );
    world.database.run(&spoil).await;
    let desk = Desk::open(&world, morning("2026-02-05"));
    let caller = desk.sign_in(&officer(&world).await).await;
    let place = asked(&caller, &draft_of(&world, &lower()).await, &json!({ "on": ON }));
    assert!(work(&world, 1).await);
    assert_eq!(caller.send(&caller.get(&*place)).json["result"]["totals"]["faulty"], json!(1));
    let cases = caller.send(&caller.get(format!("{place}/cases")));
    assert_eq!(names(&cases), [format!("{} less", references[1]), format!("{} faulty", references[0])]);
    let reason = cases.json["items"][1]["verdict"]["reason"].as_str().unwrap();
    assert!(reason.starts_with("/project: invalid type"), "{reason}");
}

#[tokio::test]
async fn what_cannot_be_rehearsed_is_refused_and_changes_nothing() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let desk = Desk::open(&world, morning("2026-02-05"));
    let caller = desk.sign_in(&officer(&world).await).await;
    let auditor = desk.sign_in(&world.person(&[Role::Auditor], &[]).await).await;
    let (good, faulty) = (draft_of(&world, &lower()).await, draft_of(&world, "code = \"ACCELERATOR-PILOT\"").await);
    let other = draft_of(&world, text_of("NIFS")).await;
    let nothing = json!({});
    let with = |text: &str| json!({ "portfolio": { "format": "csv", "text": text } });
    let missing = format!("/api/v1/scheme-drafts/{}", Uuid::now_v7());
    for (draft, body, status, code) in [
        (&missing, &nothing, 404, "not_found"),
        (&faulty, &nothing, 422, "scheme.faulty"),
        (&other, &nothing, 404, "scheme.not_published"),
        (&good, &with(" \n"), 422, "rehearsal.portfolio_empty"),
        (&good, &with("id\0"), 422, "text.unstorable"),
        (&good, &json!({ "portfolio": { "format": "xls", "text": "x" } }), 400, "request.malformed"),
        (&good, &json!({ "on": "2026-02-30" }), 400, "request.malformed"),
    ] {
        caller.refused(&caller.post(format!("{draft}/rehearsals"), body), status, code).await;
    }
    auditor.refused(&auditor.post(format!("{good}/rehearsals"), &nothing), 403, "permission.denied").await;
    let place = asked(&caller, &good, &nothing);
    caller.refused(&caller.post(format!("{good}/rehearsals"), &nothing), 409, "rehearsal.at_work").await;
    caller.refused(&caller.get(format!("{place}/cases?change=same")), 400, "request.malformed").await;
    let elsewhere = format!("/api/v1/rehearsals/{}", Uuid::now_v7());
    for path in [elsewhere.clone(), format!("{elsewhere}/cases"), format!("{missing}/rehearsals")] {
        auditor.refused(&auditor.get(path), 404, "not_found").await;
    }
    assert_eq!(auditor.send(&auditor.get(place)).text("/state"), "waiting");
    desk.told_exactly(CODES);
}
