//! Rounds and cut-offs: when an application is taken, to which round it belongs, and how its list is found.

use crate::desk::Desk;
use crate::proposals::{nias, raise_plus};
use crate::site::{Call, Reply};
use crate::world::{World, at, text_of};
use almoner::store::Moment;
use chrono::{DateTime, Utc};
use rules::application::State;
use serde_json::{Value, json};

const DAY: &str = "2024-09-06";

/// The second round closes at noon of its last day, instead of at its end.
fn until_noon() -> String {
    let text = text_of("RAISE-PLUS").to_owned();
    let noon = text.replace("closes_on = \"2024-10-31\"", "closes_at = \"2024-10-31T12:00\"");
    assert_ne!(noon, text);
    noon
}

/// NIAS with two cut-offs.
fn with_cut_offs() -> String {
    let cut_off = |code: &str, closes: &str| {
        let name = "name = { en = \"A batch\", zh-Hant = \"一批\", zh-Hans = \"一批\" }";
        format!("[cut_off.{code}]\n{name}\n{closes}\nsource = \"house\"\n")
    };
    let (first, second) =
        (cut_off("1", "closes_on = \"2025-01-31\""), cut_off("2", "closes_at = \"2025-04-30T18:00\""));
    text_of("NIAS").replacen("[[example]]", &format!("{first}{second}[[example]]"), 1)
}

fn moment(text: &str) -> Moment {
    let now: DateTime<Utc> = format!("{text}+08:00").parse().unwrap();
    Moment { now, recorded_at: now }
}

fn references(reply: &Reply) -> Vec<&str> {
    reply.json["items"].as_array().unwrap().iter().map(|item| item["reference"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn the_second_before_a_round_closes_is_in_and_the_second_of_its_close_is_out() {
    let world = World::with(&[], at(DAY, 0)).await;
    world.publish(until_noon(), at(DAY, 0)).await;
    let desk = Desk::open(&world, at(DAY, 0).now);
    let (staff, university) = (world.staff().await, world.applicant().await);
    let author = desk.sign_in(&university.actor).await;
    let submit = |id: String| author.post(format!("/api/v1/applications/{id}/submission"), &json!({})).if_match(1);
    let mut drafts = Vec::new();
    for _ in 0..2 {
        let case = world.draft(&staff, &university, ("RAISE-PLUS", raise_plus()), at(DAY, 0)).await;
        drafts.push(case.id.to_string());
    }
    desk.site.clock.set(moment("2024-10-31T12:00:00").now);
    let reply = author.refused(&submit(drafts[0].clone()), 422, "round.closed").await;
    let said = "RAISE-PLUS receives no applications now; the next window is 2025-09-11 to 2025-10-31.";
    assert_eq!(reply.text("/detail"), said);
    desk.site.clock.set(moment("2024-10-31T11:59:59").now);
    let reply = desk.send(&submit(drafts[0].clone()));
    assert_eq!(reply.told(), (200, ""), "{}", reply.json);
    assert_eq!(reply.text("/application/submission/round"), "round.2");
}

#[tokio::test]
async fn an_application_keeps_its_round_and_the_list_of_a_round_has_what_belongs_to_it() {
    let world = World::with(&["RAISE-PLUS"], at(DAY, 0)).await;
    let (staff, university) = (world.staff().await, world.applicant().await);
    let mut cases = Vec::new();
    for day in [DAY, DAY, "2025-09-11"] {
        let case = world.draft(&staff, &university, ("RAISE-PLUS", raise_plus()), at(day, 0)).await;
        case.submit(at(day, 0)).await.unwrap();
        cases.push(case.read().await);
    }
    let desk = Desk::open(&world, at("2025-09-12", 0).now);
    let officer = desk.sign_in(&staff.officer).await;
    let list = |query: &str| desk.send(&officer.get(format!("/api/v1/applications?{query}")));
    let second = list("scheme=RAISE-PLUS&round=round.2");
    assert_eq!(references(&second), [&*cases[1].reference, &*cases[0].reference]);
    assert_eq!(second.text("/items/0/round"), "round.2");
    assert_eq!(references(&list("scheme=RAISE-PLUS&round=round.3")), [&*cases[2].reference]);
    for none in ["round.1", "round.9", "nothing", "round.%00"] {
        assert_eq!(references(&list(&format!("scheme=RAISE-PLUS&round={none}"))), [""; 0], "{none}");
    }
    officer.refused(&officer.get("/api/v1/applications?round=round.2"), 400, "request.malformed").await;
    // What was submitted stays so, whatever an operator tries.
    let sql = format!("UPDATE applications SET round = 'round.3' WHERE id = '{}'", cases[0].id.0);
    assert!(world.database.as_owner(&sql).await.is_err());
    // One that is withdrawn and one of another round are not counted: fourteen more are taken.
    for taken in [true; 13].into_iter().chain([false]) {
        let case = world.draft(&staff, &university, ("RAISE-PLUS", raise_plus()), at(DAY, 1)).await;
        assert_eq!(case.submit(at(DAY, 1)).await.is_ok(), taken);
    }
}

#[tokio::test]
async fn what_comes_before_a_cut_off_is_of_its_batch_and_nothing_is_refused_after_the_last() {
    let world = World::with(&[], at("2025-01-02", 0)).await;
    world.publish(with_cut_offs(), at("2025-01-02", 0)).await;
    let staff = world.staff().await;
    for (instant, round) in [
        ("2025-01-31T23:59:59", Some("cut_off.1")),
        ("2025-02-01T00:00:00", Some("cut_off.2")),
        ("2025-04-30T17:59:59", Some("cut_off.2")),
        ("2025-04-30T18:00:00", None),
    ] {
        let applicant = world.applicant().await;
        let case = world.draft(&staff, &applicant, ("NIAS", nias()), at("2025-01-02", 0)).await;
        let (submitted, _) = case.submit(moment(instant)).await.unwrap();
        assert_eq!(submitted.state, State::Submitted);
        assert_eq!(submitted.submission.unwrap().round.as_deref(), round, "{instant}");
    }
}

#[tokio::test]
async fn anybody_reads_when_a_scheme_takes_applications_and_how_many() {
    let world = World::with(&["TVP"], at("2024-09-01", 0)).await;
    world.publish(until_noon(), at("2024-09-01", 0)).await;
    world.publish(with_cut_offs(), at("2024-09-01", 0)).await;
    let desk = Desk::open(&world, at(DAY, 0).now);
    let rounds = |code: &str| desk.send(&Call::get(format!("/api/v1/schemes/{code}/rounds"))).json;
    let states = |rounds: &Value| {
        let items = rounds["items"].as_array().unwrap().iter();
        items.map(|item| item["state"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    for (instant, expected) in [
        ("2024-09-05T23:59:59", ["closed", "coming", "coming"]),
        ("2024-10-31T11:59:59", ["closed", "open", "coming"]),
        ("2024-10-31T12:00:00", ["closed", "closed", "coming"]),
    ] {
        desk.site.clock.set(moment(instant).now);
        assert_eq!(states(&rounds("RAISE-PLUS")), expected, "{instant}");
    }
    let second = &rounds("RAISE-PLUS")["items"][1];
    assert_eq!((&second["round"], &second["opens_at"]), (&json!("round.2"), &json!("2024-09-05T16:00:00Z")));
    assert_eq!(second["closes_at"], json!("2024-10-31T04:00:00Z"));
    assert_eq!(second["quotas"], json!([{ "ceiling": "ceiling.applications_per_university", "is": "15" }]));
    let batches = rounds("NIAS");
    assert_eq!(
        (states(&batches), &batches["next_cut_off"]),
        (vec!["open".to_owned(), "coming".to_owned()], &json!("cut_off.1"))
    );
    assert_eq!(rounds("TVP"), json!({ "items": [], "next_cut_off": null }));
    let nothing = desk.send(&Call::get("/api/v1/schemes/NOTHING/rounds"));
    assert_eq!(nothing.told(), (404, "scheme.not_published"));
}
