//! What is submitted to a sealed round: staff see how many have come, and neither whose nor what, until the round closes.

use crate::desk::{Caller, Desk};
use crate::proposals::raise_plus;
use crate::world::{World, at, text_of};
use almoner::actions::work::waiting_for;
use almoner::store::{Moment, rehearsals};
use chrono::{DateTime, Utc};
use rules::actor::Role;
use rules::decision::Screening;
use serde_json::{Value, json};

const CODE: &str = "RAISE-PLUS";
const DAY: &str = "2024-09-06";

/// The second round is sealed, and closes on a day.
fn sealed(closes: &str) -> String {
    let window = "opens_on  = \"2024-09-06\"\ncloses_on = \"2024-10-31\"\n";
    let text = text_of(CODE).replacen(window, &format!("opens_on = \"2024-09-06\"\n{closes}\nsealed = true\n"), 1);
    assert_ne!(text, text_of(CODE));
    text
}

fn moment(text: &str) -> Moment {
    let now: DateTime<Utc> = format!("{text}+08:00").parse().unwrap();
    Moment { now, recorded_at: now }
}

/// What tells of one case to staff, without what the applicant alone may do.
const DOORS: [&str; 17] = [
    "",
    "/status",
    "/pre-check",
    "/calculations",
    "/award",
    "/assessments",
    "/assessment-steps",
    "/audit",
    "/attachments",
    "/candidates",
    "/clocks",
    "/feedback",
    "/history",
    "/members",
    "/returns",
    "/revisions",
    "/signals",
];

/// How many cases the reports of clocks and of dues name, and a plan of who reads what.
fn named(caller: &Caller<'_>) -> (u64, usize, usize) {
    let report = |name: &str| caller.send(&caller.get(format!("/api/v1/reports/{name}?scheme={CODE}")));
    let (clocks, dues) = (report("clocks"), report("dues"));
    assert_eq!((clocks.told(), dues.told()), ((200, ""), (200, "")), "{} {}", clocks.json, dues.json);
    let steps = clocks.json.as_array().unwrap().iter();
    let counted = steps.map(|step| {
        let cases = u64::try_from(step["cases"].as_array().unwrap().len()).unwrap();
        assert_eq!(step["waiting"], json!(cases));
        cases
    });
    let plan = caller.send(&caller.post(format!("/api/v1/schemes/{CODE}/allocation-plans"), &json!({})));
    assert_eq!(plan.told(), (200, ""), "{}", plan.json);
    let planned = ["assignments", "left_out"].map(|list| plan.json[list].as_array().map_or(0, Vec::len));
    (counted.sum(), dues.json["items"].as_array().unwrap().len(), planned.iter().sum())
}

/// How many cases a panel shows, how many minutes, and the scores of how many assessors.
fn ranked(caller: &Caller<'_>, panel: &str) -> [usize; 3] {
    let shown = [("/cases", "/items"), ("/minutes", "/items"), ("", "/assessors")];
    shown.map(|(door, list)| {
        let reply = caller.send(&caller.get(format!("{panel}{door}")));
        assert_eq!(reply.told(), (200, ""), "{}", reply.json);
        reply.json.pointer(list).unwrap().as_array().unwrap().len()
    })
}

/// The report of the second round.
fn round(officer: &Caller<'_>) -> Value {
    officer.send(&officer.get(format!("/api/v1/reports/rounds?scheme={CODE}"))).json["items"][1].clone()
}

#[tokio::test]
async fn staff_see_how_many_have_come_and_nothing_else_until_the_second_in_which_the_round_closes() {
    let world = World::with(&[], at(DAY, 0)).await;
    world.publish(sealed("closes_at = \"2024-10-31T12:00\""), at(DAY, 0)).await;
    let (staff, university) = (world.staff().await, world.applicant().await);
    let everything = world.person(&Role::ALL, &[]).await;
    let case = world.draft(&staff, &university, (CODE, raise_plus()), at(DAY, 0)).await;
    case.submit(at(DAY, 1)).await.unwrap();
    // The clock goes on while the doors are tried.
    let desk = Desk::open(&world, moment("2024-10-31T11:30:00").now);
    let officer = desk.sign_in(&staff.officer).await;
    let all = desk.sign_in(&everything).await;
    let own = desk.sign_in(&university.actor).await;
    let path = format!("/api/v1/applications/{}", case.id);
    let listed = |caller: &Caller<'_>| {
        let lists = [
            "/api/v1/applications",
            "/api/v1/applications?state=submitted",
            "/api/v1/applications?scheme=RAISE-PLUS&round=round.2",
        ];
        lists.map(|list| desk.send(&caller.get(list)).json["items"].as_array().unwrap().len())
    };
    let screen = officer.post(format!("{path}/screening"), &json!({ "outcome": "eligible" }));
    let work = async |at: Moment| {
        let mut reader = world.db.reader().await.unwrap().at(at);
        waiting_for(&mut reader, &staff.officer, &world.schemes, at.now).await.unwrap().len()
    };
    // A rehearsal of a text works out what is open, and tells its references.
    let rehearsed = async |at: Moment| {
        let mut reader = world.db.reader().await.unwrap();
        let counted = rehearsals::count_recorded(&mut reader, CODE, at.now).await.unwrap();
        (counted, rehearsals::recorded(&mut reader, (CODE, at.now), None, 10).await.unwrap().len())
    };
    for caller in [&officer, &all] {
        for door in DOORS {
            caller.refused(&caller.get(format!("{path}{door}")), 404, "not_found").await;
        }
        assert_eq!(listed(caller), [0; 3]);
        assert_eq!(named(caller), (0, 0, 0));
    }
    officer.refused(&screen, 404, "not_found").await;
    assert_eq!(work(moment("2024-10-31T11:59:59")).await, 0);
    assert_eq!(rehearsed(moment("2024-10-31T11:59:59")).await, (0, 0));
    let report = round(&officer);
    assert_eq!((&report["applications"], &report["sealed_until"]), (&json!(1), &json!("2024-10-31T04:00:00Z")));
    assert_eq!(desk.send(&own.get(path.as_str())).told(), (200, ""));
    assert_eq!(desk.send(&own.get("/api/v1/applications")).json["items"].as_array().unwrap().len(), 1);
    // It opens by itself.
    desk.site.clock.set(moment("2024-10-31T12:00:00").now);
    assert_eq!(desk.send(&officer.get(path.as_str())).told(), (200, ""));
    assert_eq!(listed(&officer), [1; 3]);
    assert_eq!(named(&officer), (1, 0, 0));
    assert_eq!(work(moment("2024-10-31T12:00:00")).await, 1);
    assert_eq!(rehearsed(moment("2024-10-31T12:00:00")).await, (1, 1));
    assert_eq!(round(&officer)["sealed_until"], json!(null));
    // Nobody owed it a look before.
    desk.site.clock.set(moment("2024-11-03T12:00:00").now);
    let clocks = desk.send(&officer.get(format!("{path}/clocks"))).json;
    let waiting = desk.send(&officer.get(format!("/api/v1/reports/clocks?scheme={CODE}"))).json;
    assert_eq!([&clocks[0]["spent_days"], &waiting[0]["cases"][0]["spent_days"]], [&json!(3), &json!(3)]);
    desk.site.clock.set(moment("2024-10-31T12:00:00").now);
    assert_eq!(desk.send(&screen).told(), (200, ""));
    let later = moment("2024-10-31T12:00:00");
    case.assign(later, &staff.assessors[0]).await.unwrap();
    assert_eq!((named(&officer).0, named(&officer).1), (1, 1));
    // Whatever has become of it, what is sealed again is named nowhere.
    world.database.run("UPDATE round_seals SET until = '2030-01-01Z'").await;
    for door in DOORS {
        officer.refused(&officer.get(format!("{path}{door}")), 404, "not_found").await;
    }
    assert_eq!((listed(&officer), named(&officer)), ([0; 3], (0, 0, 0)));
}

#[tokio::test]
async fn a_panel_ranks_nothing_that_is_sealed_and_shows_nothing_of_what_is_sealed_again() {
    let world = World::with(&[], at(DAY, 0)).await;
    world.publish(sealed("closes_at = \"2024-10-31T12:00\""), at(DAY, 0)).await;
    let (staff, university) = (world.staff().await, world.applicant().await);
    let case = world.draft(&staff, &university, (CODE, raise_plus()), at(DAY, 0)).await;
    case.submit(at(DAY, 1)).await.unwrap();
    let later = moment("2024-10-31T12:00:00");
    case.screen(later, Screening::Eligible).await.unwrap();
    for assessor in &staff.assessors[..2] {
        let assessment = case.assign(later, assessor).await.unwrap();
        case.score(later, assessor, &assessment, 8).await.unwrap();
    }
    let desk = Desk::open(&world, moment("2024-10-31T12:30:00").now);
    let officer = desk.sign_in(&staff.officer).await;
    let open = || {
        let opening = json!({ "scheme": CODE, "name": "The second round" });
        desk.send(&officer.post("/api/v1/panels", &opening))
    };
    world.database.run("UPDATE round_seals SET until = '2024-10-31T05:00:00Z'").await;
    assert_eq!(open().told(), (422, "panel.empty"));
    desk.site.clock.set(moment("2024-10-31T13:00:00").now);
    let panel = open().header("location").to_owned();
    let minute = |text: &str| {
        let said = json!({ "application": case.id, "text": text });
        desk.send(&officer.post(format!("{panel}/minutes"), &said))
    };
    assert_eq!(minute("It is as good as the others.").told(), (201, ""));
    assert_eq!(ranked(&officer, &panel), [1, 1, 2]);
    world.database.run("UPDATE round_seals SET until = '2030-01-01Z'").await;
    assert_eq!(ranked(&officer, &panel), [0; 3]);
    assert_eq!(minute("And better than some.").told(), (404, "not_found"));
}

#[tokio::test]
async fn a_text_that_moves_the_close_prolongs_the_seal_and_none_shortens_it() {
    let world = World::with(&[], at(DAY, 0)).await;
    world.publish(sealed("closes_on = \"2024-10-31\""), at(DAY, 0)).await;
    let (staff, university) = (world.staff().await, world.applicant().await);
    let case = world.draft(&staff, &university, (CODE, raise_plus()), at(DAY, 0)).await;
    case.submit(at(DAY, 1)).await.unwrap();
    world.publish(sealed("closes_on = \"2024-11-07\""), at(DAY, 2)).await;
    world.publish(text_of(CODE).to_owned(), at(DAY, 3)).await;
    let desk = Desk::open(&world, moment("2024-11-07T23:59:59").now);
    let officer = desk.sign_in(&staff.officer).await;
    let path = format!("/api/v1/applications/{}", case.id);
    officer.refused(&officer.get(path.as_str()), 404, "not_found").await;
    desk.site.clock.set(moment("2024-11-08T00:00:00").now);
    assert_eq!(desk.send(&officer.get(path.as_str())).told(), (200, ""));
    for sql in ["UPDATE round_seals SET until = '2024-01-01Z'", "DELETE FROM round_seals"] {
        assert!(world.database.as_owner(sql).await.is_err(), "{sql}");
    }
}
