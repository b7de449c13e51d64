//! Service clocks: they count the days on which a case waits for the agency, stop in between, and tell who owes what and since when.

use crate::desk::Desk;
use crate::proposals::nias;
use crate::world::{World, at, text_of};
use rules::actor::Role;
use rules::decision::Screening;
use serde_json::{Value, json};

pub const CODES: &[&str] = &["not_found", "permission.denied", "request.malformed", "scheme.not_published"];

const DAY: &str = "2025-02-05";
const CODE: &str = "NIAS";
const REPORT: &str = "/api/v1/reports/clocks";

/// NIAS that pledges ten days for screening and thirty for assessment, and nothing for the rest.
fn pledging() -> String {
    let pledge = |step: &str, days: u32| {
        format!("[pledge.{step}]\nis = [{{ from = \"2024-09-16\", is = {days}, source = \"house\" }}]\n\n")
    };
    let pledges = pledge("screening", 10) + &pledge("assessment", 30);
    let without = text_of(CODE).lines().scan(false, |in_pledge, line| {
        *in_pledge = if line.starts_with('[') { line.starts_with("[pledge.") } else { *in_pledge };
        Some((*in_pledge, line))
    });
    let text = without.filter(|(in_pledge, _)| !in_pledge).map(|(_, line)| format!("{line}\n")).collect::<String>();
    text.replacen("[assessment.scale]", &format!("{pledges}[assessment.scale]"), 1)
}

fn told(clock: &Value) -> (&str, bool, u64, Option<u64>, Option<&str>, u64) {
    (
        clock["step"].as_str().unwrap(),
        clock["running"].as_bool().unwrap(),
        clock["spent_days"].as_u64().unwrap(),
        clock["pledged_days"].as_u64(),
        clock["due_on"].as_str(),
        clock["late_days"].as_u64().unwrap(),
    )
}

#[tokio::test]
async fn a_clock_runs_stops_and_goes_on_and_says_who_is_late() {
    let world = World::with(&[], at(DAY, 0)).await;
    world.publish(pledging(), at(DAY, 0)).await;
    let (staff, applicant) = (world.staff().await, world.applicant().await);
    let case = world.draft(&staff, &applicant, (CODE, nias()), at(DAY, 0)).await;
    case.submit(at(DAY, 1)).await.unwrap();
    // Screened out after four days, and reinstated ten days later.
    case.screen(at(DAY, 5), Screening::Ineligible("not in Hong Kong".to_owned())).await.unwrap();
    case.reinstate(at(DAY, 15), "it is").await.unwrap();

    let desk = Desk::open(&world, at(DAY, 22).now);
    let officer = desk.sign_in(&staff.officer).await;
    let path = format!("/api/v1/applications/{}/clocks", case.id);
    let clocks = officer.send(&officer.get(path.clone()));
    assert_eq!(clocks.json.as_array().unwrap().len(), 1);
    assert_eq!(told(&clocks.json[0]), ("screening", true, 11, Some(10), Some("2025-02-26"), 1));

    let report = officer.send(&officer.get(format!("{REPORT}?scheme={CODE}")));
    let step = &report.json[0];
    assert_eq!((&step["step"], &step["owed_by"]), (&json!("screening"), &json!("officer")));
    assert_eq!((&step["waiting"], &step["late"]), (&json!(1), &json!(1)));
    assert_eq!(step["cases"][0]["application"], json!(case.id));
    assert_eq!(told(&step["cases"][0]), ("screening", true, 11, Some(10), Some("2025-02-26"), 1));

    // A day less, and nothing is late; what is counted is what the clock says.
    desk.site.clock.set(at(DAY, 21).now);
    let report = officer.send(&officer.get(format!("{REPORT}?scheme={CODE}")));
    assert_eq!((&report.json[0]["waiting"], &report.json[0]["late"]), (&json!(1), &json!(0)));
    assert_eq!(told(&report.json[0]["cases"][0]), ("screening", true, 10, Some(10), Some("2025-02-26"), 0));
    desk.site.clock.set(at(DAY, 22).now);

    // On to the assessors: the first clock stands still, late as it is, and the second has just begun.
    case.screen(at(DAY, 22), Screening::Eligible).await.unwrap();
    let clocks = officer.send(&officer.get(path.clone()));
    assert_eq!(told(&clocks.json[0]), ("screening", false, 11, Some(10), None, 1));
    assert_eq!(told(&clocks.json[1]), ("assessment", true, 0, Some(30), Some("2025-03-29"), 0));

    let (stranger, own) = (world.applicant().await, applicant);
    let stranger = desk.sign_in(&stranger.actor).await;
    stranger.refused(&stranger.get(path.clone()), 404, "not_found").await;
    let insider = world.with_roles(&own, &[Role::Applicant, Role::Officer]).await;
    let insider = desk.sign_in(&insider.actor).await;
    let report = insider.send(&insider.get(format!("{REPORT}?scheme={CODE}")));
    assert_eq!(report.json[1]["waiting"], json!(0), "their own case waits for somebody else");
    stranger.refused(&stranger.get(format!("{REPORT}?scheme={CODE}")), 403, "permission.denied").await;
    officer.refused(&officer.get(format!("{REPORT}?scheme=NOBODY")), 404, "scheme.not_published").await;
    officer.refused(&officer.get(REPORT), 400, "request.malformed").await;
    desk.told_exactly(CODES);
}

#[tokio::test]
async fn the_database_writes_each_stay_and_lets_nobody_make_one_up() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let (staff, applicant) = (world.staff().await, world.applicant().await);
    let case = world.draft(&staff, &applicant, (CODE, nias()), at(DAY, 0)).await;
    case.edit(at(DAY, 1), nias()).await.unwrap();
    case.submit(at(DAY, 2)).await.unwrap();
    case.screen(at(DAY, 3), Screening::Eligible).await.unwrap();
    let sql = "SELECT concat_ws(' ', number, state, date_trunc('day', until_at - from_at)) AS line
                 FROM application_stays ORDER BY number";
    assert_eq!(world.database.lines(sql).await, ["1 draft 2 days", "2 submitted 1 day"]);
    let (id, made_up) = (case.id, "INSERT INTO application_stays VALUES");
    for statement in [
        format!("{made_up} ('{id}', 9, 'submitted', '2025-01-01', '2025-01-02')"),
        "DELETE FROM application_stays".to_owned(),
        format!("UPDATE applications SET state_since = '2025-01-01' WHERE id = '{id}'"),
    ] {
        assert!(world.database.as_server(&statement).await.is_err(), "{statement}");
    }
}

#[tokio::test]
async fn the_day_since_which_a_case_has_waited_is_kept_by_the_database_alone() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let (staff, applicant) = (world.staff().await, world.applicant().await);
    let case = world.draft(&staff, &applicant, (CODE, nias()), at(DAY, 0)).await;
    let since = async || world.database.lines("SELECT waits_from::text AS line FROM applications").await;
    case.submit(at(DAY, 2)).await.unwrap();
    assert_eq!(since().await, ["2025-02-07"]);
    // Two days count as waited when it comes back after ten.
    case.screen(at(DAY, 4), Screening::Ineligible("not in Hong Kong".to_owned())).await.unwrap();
    case.reinstate(at(DAY, 14), "it is").await.unwrap();
    assert_eq!(since().await, ["2025-02-17"]);
    let statement = format!("UPDATE applications SET waits_from = '2025-01-01' WHERE id = '{}'", case.id);
    assert!(world.database.as_server(&statement).await.is_err());
    // Of what waits already when the column comes it is worked out.
    world.database.run(include_str!("../../migrations/2026-11-29-001100_order_what_waits/down.sql")).await;
    world.database.run(include_str!("../../migrations/2026-11-29-001100_order_what_waits/up.sql")).await;
    assert_eq!(since().await, ["2025-02-17"]);
}
