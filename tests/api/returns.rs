//! Return for more information: what is asked for becomes editable and nothing else, and what was sent stays readable.

use crate::attaching::attach;
use crate::case::Case;
use crate::desk::{Caller, Desk};
use crate::proposals::nias;
use crate::site::{Call, Reply, morning};
use crate::world::{World, at};
use rules::application::RETURNS_MAX;
use rules::decision::Screening;
use serde_json::{Value, json};

pub const OF_RETURNS: &[&str] = &[
    "application.wrong_state",
    "return.day_over",
    "return.document_not_asked",
    "return.field_unknown",
    "return.fields_count",
    "return.fields_not_asked",
    "return.file_was_sent",
    "return.nothing_changed",
    "return.scored",
    "return.still_open",
    "not_found",
    "text.length",
];

pub const OF_MANY: &[&str] = &["return.too_many"];

const CODE: &str = "NIAS";
const DAY: &str = "2025-02-05";

fn path(case: &Case<'_>, part: &str) -> String {
    format!("/api/v1/applications/{}{part}", case.id)
}

fn summarised(summary: &str) -> Value {
    let mut content = nias();
    content["summary"] = json!(summary);
    content
}

fn ask(officer: &Caller<'_>, case: &Case<'_>, version: i64, fields: &Value) -> Call {
    let body = json!({ "fields": fields, "reason": "Say more.", "answer_by": "2025-02-20" });
    officer.post(path(case, "/return"), &body).if_match(version)
}

fn pointers(reply: &Reply, list: &str) -> Vec<String> {
    let items = reply.json.pointer(list).unwrap().as_array().unwrap();
    items.iter().map(|item| item["pointer"].as_str().unwrap().to_owned()).collect()
}

/// The history of a case as somebody reads it, which numbers only what is told.
fn history(caller: &Caller<'_>, case: &Case<'_>) -> String {
    let lines = caller.send(&caller.get(path(case, "/history"))).json;
    let lines = lines["items"].as_array().unwrap();
    let numbers = lines.iter().map(|line| line["number"].as_u64().unwrap());
    assert!(numbers.eq((1..).take(lines.len())));
    lines.iter().map(|line| line["what"]["event"].as_str().unwrap()).collect::<Vec<_>>().join(" ")
}

#[tokio::test]
async fn what_is_asked_for_is_changed_and_sent_and_both_revisions_stay_readable() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let (staff, applicant) = (world.staff().await, world.applicant().await);
    let case = world.draft(&staff, &applicant, (CODE, nias()), at(DAY, 0)).await;
    attach(&case, at(DAY, 0), "sent.txt").await;
    case.submit(at(DAY, 1)).await.unwrap();
    let desk = Desk::open(&world, at(DAY, 2).now);
    let (officer, author) = (desk.sign_in(&staff.officer).await, desk.sign_in(&applicant.actor).await);
    // What cannot be asked.
    let summary = json!(["/summary", "/documents"]);
    officer.refused(&ask(&officer, &case, 2, &json!([])), 422, "return.fields_count").await;
    officer.refused(&ask(&officer, &case, 2, &json!(["/title"])), 422, "return.field_unknown").await;
    let late = json!({ "fields": summary, "reason": "Say more.", "answer_by": "2025-02-06" });
    officer.refused(&officer.post(path(&case, "/return"), &late).if_match(2), 422, "return.day_over").await;
    let silent = json!({ "fields": summary, "reason": " ", "answer_by": "2025-02-20" });
    officer.refused(&officer.post(path(&case, "/return"), &silent).if_match(2), 422, "text.length").await;
    let submit = author.post(path(&case, "/resubmission"), &json!({})).if_match(2);
    author.refused(&submit, 409, "application.wrong_state").await;
    let returned = desk.send(&ask(&officer, &case, 2, &json!(["/summary"])));
    assert_eq!((returned.told(), returned.text("/state")), ((200, ""), "returned"), "{}", returned.json);
    officer.refused(&ask(&officer, &case, 3, &summary), 409, "application.wrong_state").await;
    // What was not asked for stays.
    let mut other = nias();
    other["request"]["requested"] = json!("1.00");
    let edit = |content: &Value, version: i64| author.put(path(&case, "/content"), content, version);
    author.refused(&edit(&other, 3), 422, "return.fields_not_asked").await;
    author.refused(&author.file(case.id, "filename=a.txt", "text/plain", b"a"), 422, "return.document_not_asked").await;
    let files = author.send(&author.get(path(&case, "/attachments"))).json;
    let file = format!("/api/v1/attachments/{}", files["items"][0]["id"].as_str().unwrap());
    author.refused(&author.delete(&file), 422, "return.file_was_sent").await;
    let resubmit = |version: i64| author.post(path(&case, "/resubmission"), &json!({})).if_match(version);
    author.refused(&resubmit(3), 422, "return.nothing_changed").await;
    let edited = author.send(&edit(&summarised("A market of ten thousand patients."), 3));
    assert_eq!((edited.told(), edited.json["revision"].clone()), ((200, ""), json!(2)));
    // The agency reads what was sent until the answer is.
    let seen = |caller: &Caller<'_>| caller.send(&caller.get(path(&case, ""))).text("/content/summary").to_owned();
    assert_eq!(seen(&officer), nias()["summary"].as_str().unwrap());
    officer.refused(&officer.get(path(&case, "/revisions/2")), 404, "not_found").await;
    assert_eq!(seen(&author), "A market of ten thousand patients.");
    let sent = author.send(&resubmit(4));
    assert_eq!((sent.told(), sent.text("/application/state")), ((200, ""), "received"), "{}", sent.json);
    assert_eq!((&sent.json["calculation"], seen(&officer)), (&Value::Null, seen(&author)));
    // What it changed is told in the return, in the revision, and in the history.
    for caller in [&officer, &author] {
        let returns = caller.send(&caller.get(path(&case, "/returns")));
        assert_eq!(pointers(&returns, "/items/0/changed"), ["/summary"]);
        let answered = &returns.json["items"][0];
        assert_eq!((&answered["answered_revision"], &answered["late_days"]), (&json!(2), &json!(0)));
        let revision = caller.send(&caller.get(path(&case, "/revisions/2")));
        assert_eq!(pointers(&revision, "/changed"), ["/summary"]);
        let lines = caller.send(&caller.get(path(&case, "/revisions"))).json;
        let sent = lines["items"].as_array().unwrap().iter().map(|line| (&line["number"], &line["is_sent"]));
        assert_eq!(sent.collect::<Vec<_>>(), [(&json!(1), &json!(true)), (&json!(2), &json!(true))]);
    }
    let sent = "application.submitted application.returned";
    assert_eq!(history(&officer, &case), format!("application.created {sent} application.resubmitted"));
    let own = format!("application.created attachment.added {sent} application.edited application.resubmitted");
    assert_eq!(history(&author, &case), own);
    // Once somebody has scored it, it is not returned any more.
    case.screen(at(DAY, 2), Screening::Eligible).await.unwrap();
    let assessment = case.assign(at(DAY, 2), &staff.assessors[0]).await.unwrap();
    case.score(at(DAY, 2), &staff.assessors[0], &assessment, 8).await.unwrap();
    let version = i64::from(case.read().await.version);
    officer.refused(&ask(&officer, &case, version, &json!(["/summary"])), 409, "return.scored").await;
    unanswered(&desk, &case).await;
    desk.told_exactly(OF_RETURNS);
}

#[tokio::test]
async fn an_application_is_returned_twenty_times_and_no_more() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let (staff, applicant) = (world.staff().await, world.applicant().await);
    let case = world.draft(&staff, &applicant, (CODE, nias()), at(DAY, 0)).await;
    case.submit(at(DAY, 0)).await.unwrap();
    for time in 0..RETURNS_MAX {
        case.give_back_for(at(DAY, 1), &["/summary"], "2025-02-20").await.unwrap();
        case.edit(at(DAY, 1), summarised(&format!("Said {time} times."))).await.unwrap();
        case.resubmit(at(DAY, 1)).await.unwrap();
    }
    let desk = Desk::open(&world, at(DAY, 2).now);
    let officer = desk.sign_in(&staff.officer).await;
    let version = i64::from(case.read().await.version);
    let once_more = ask(&officer, &case, version, &json!(["/summary"]));
    let told = officer.refused(&once_more, 422, "return.too_many").await;
    assert!(told.text("/detail").contains(&format!("{RETURNS_MAX} times at most")), "{}", told.json);
    desk.told_exactly(OF_MANY);
}

/// A return that nobody answers: it ends after its last day with what was sent.
async fn unanswered(desk: &Desk<'_>, first: &Case<'_>) {
    let case = first.world.draft(first.staff, &first.world.applicant().await, (CODE, nias()), at(DAY, 0)).await;
    case.submit(at(DAY, 1)).await.unwrap();
    case.screen(at(DAY, 2), Screening::Eligible).await.unwrap();
    let (officer, author) = (desk.sign_in(&first.staff.officer).await, desk.sign_in(&case.applicant).await);
    let returned = desk.send(&ask(&officer, &case, 3, &json!(["/summary", "/documents"])));
    assert_eq!(returned.told(), (200, ""), "{}", returned.json);
    assert_eq!(author.send(&author.put(path(&case, "/content"), &summarised("Half"), 4)).told(), (200, ""));
    assert_eq!(author.send(&author.file(case.id, "filename=a.txt", "text/plain", b"a")).told(), (201, ""));
    let seen = officer.send(&officer.get(path(&case, "/attachments"))).json;
    assert_eq!(seen["items"], json!([]), "what is not sent is the applicant's own");
    let end = |reason: &str| officer.post(path(&case, "/return-end"), &json!({ "reason": reason })).if_match(5);
    officer.refused(&end("No answer."), 409, "return.still_open").await;
    desk.site.clock.set(morning("2025-02-21"));
    let ended = desk.send(&end("No answer."));
    assert_eq!((ended.told(), ended.text("/state")), ((200, ""), "in_assessment"), "{}", ended.json);
    assert_eq!(ended.json["content"]["summary"], nias()["summary"]);
    let files = author.send(&author.get(path(&case, "/attachments"))).json;
    assert_eq!(files["items"], json!([]));
    let returns = author.send(&author.get(path(&case, "/returns"))).json;
    assert_eq!(returns["items"][0]["unanswered"], "No answer.");
}

#[tokio::test]
async fn a_returned_case_can_be_withdrawn_and_its_clock_stands_still_while_its_applicant_must_answer() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let (staff, applicant) = (world.staff().await, world.applicant().await);
    let case = world.draft(&staff, &applicant, (CODE, nias()), at(DAY, 0)).await;
    case.submit(at(DAY, 1)).await.unwrap();
    case.give_back_for(at(DAY, 3), &["/summary"], "2025-02-20").await.unwrap();
    case.edit(at(DAY, 9), summarised("More")).await.unwrap();
    assert_eq!(case.resubmit(at(DAY, 10)).await.unwrap().state.code(), "submitted");
    let desk = Desk::open(&world, at(DAY, 12).now);
    let officer = desk.sign_in(&staff.officer).await;
    let clocks = officer.send(&officer.get(path(&case, "/clocks"))).json;
    assert_eq!((&clocks[0]["step"], &clocks[0]["spent_days"]), (&json!("screening"), &json!(4)), "{clocks}");
    case.give_back_for(at(DAY, 12), &["/summary"], "2025-02-20").await.unwrap();
    assert_eq!(case.withdraw(at(DAY, 13), "other plans").await.unwrap().state.code(), "withdrawn");
    let returns = officer.send(&officer.get(path(&case, "/returns"))).json;
    assert_eq!(returns["items"][1]["unanswered"], "other plans");
}

#[tokio::test]
async fn what_came_in_answer_is_the_applicants_own_until_it_is_sent_and_goes_when_it_never_is() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let (staff, applicant) = (world.staff().await, world.applicant().await);
    let case = world.draft(&staff, &applicant, (CODE, nias()), at(DAY, 0)).await;
    case.submit(at(DAY, 1)).await.unwrap();
    let desk = Desk::open(&world, at(DAY, 9).now);
    let (officer, author) = (desk.sign_in(&staff.officer).await, desk.sign_in(&applicant.actor).await);
    case.give_back_for(at(DAY, 3), &["/documents"], "2025-02-20").await.unwrap();
    // Its upload began before it was asked for.
    let file = attach(&case, at(DAY, 2), "answer.txt").await;
    let content = format!("/api/v1/attachments/{}", file.id);
    officer.refused(&officer.get(&content), 404, "not_found").await;
    case.resubmit(at(DAY, 4)).await.unwrap();
    assert_eq!(officer.send(&officer.get(&content)).told(), (200, ""));
    let returns = officer.send(&officer.get(path(&case, "/returns")));
    assert_eq!(pointers(&returns, "/items/0/changed"), ["/documents"]);
    // What is asked again, and never sent.
    case.give_back_for(at(DAY, 5), &["/documents"], "2025-02-20").await.unwrap();
    let unsent = attach(&case, at(DAY, 6), "unsent.txt").await;
    assert_eq!(case.withdraw(at(DAY, 7), "other plans").await.unwrap().state.code(), "withdrawn");
    officer.refused(&officer.get(format!("/api/v1/attachments/{}", unsent.id)), 404, "not_found").await;
    let files = author.send(&author.get(path(&case, "/attachments"))).json;
    assert_eq!(files["items"].as_array().unwrap().len(), 1, "what was sent stays");
}

#[tokio::test]
async fn assessors_have_the_days_back_that_the_case_was_away_and_may_say_no_meanwhile() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let (staff, applicant) = (world.staff().await, world.applicant().await);
    let case = world.draft(&staff, &applicant, (CODE, nias()), at(DAY, 0)).await;
    case.submit(at(DAY, 1)).await.unwrap();
    case.screen(at(DAY, 1), Screening::Eligible).await.unwrap();
    let [first, second, _] = &staff.assessors;
    let (kept, left) = (case.assign(at(DAY, 1), first).await.unwrap(), case.assign(at(DAY, 1), second).await.unwrap());
    case.give_back_for(at(DAY, 2), &["/summary"], "2025-02-20").await.unwrap();
    case.declare_conflict(at(DAY, 3), second, &left).await.unwrap();
    case.edit(at(DAY, 11), summarised("More")).await.unwrap();
    case.resubmit(at(DAY, 12)).await.unwrap();
    let due = "SELECT state || ' ' || (due_on - created_at::date) AS line FROM assessments ORDER BY state";
    let days = kept.due.date() - at(DAY, 1).today().date();
    let (before, after) = (days.num_days(), days.num_days() + 10);
    assert_eq!(world.database.lines(due).await, [format!("accepted {after}"), format!("conflicted {before}")]);
    let moved = "UPDATE assessments SET due_on = due_on - 1 WHERE state = 'accepted'";
    assert!(world.database.as_owner(moved).await.unwrap_err().contains("stays as it is"));
}

#[tokio::test]
async fn the_database_keeps_what_was_sent_whatever_the_server_says() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let (staff, applicant) = (world.staff().await, world.applicant().await);
    let case = world.draft(&staff, &applicant, (CODE, nias()), at(DAY, 0)).await;
    attach(&case, at(DAY, 0), "sent.txt").await;
    case.edit(at(DAY, 0), summarised("Before")).await.unwrap();
    case.submit(at(DAY, 1)).await.unwrap();
    case.give_back_for(at(DAY, 3), &["/summary", "/people"], "2025-02-20").await.unwrap();
    let set = |what: &str| format!("UPDATE applications SET {what} WHERE id = '{}'", case.id);
    let next = "revision = revision + 1, content = jsonb_set(content";
    for (sql, told) in [
        (set(&format!("{next}, '{{title}}', '\"Other\"')")), "changes in what nobody asked for"),
        (set(&format!("{next}, '{{milestones}}', '[{{\"title\": \"A\"}}]')")), "changes in what nobody asked for"),
        (set("content = jsonb_set(content, '{summary}', '\"Other\"')"), "stays as it is"),
        (set("revision = revision + 1"), "stays as it is"),
        (set("requested_cents = 1"), "stays as it is"),
        (set("submitted_at = now()"), "stays as it is"),
        (set("state = 'submitted'"), "it is returned while something is asked for"),
        ("UPDATE application_revisions SET number = 9".to_owned(), "append-only"),
        ("DELETE FROM application_returns".to_owned(), "append-only"),
        ("UPDATE application_returns SET fields = '{/title}'".to_owned(), "stays as it is"),
        (
            "UPDATE application_returns SET unanswered = 'x', ended_at = now(), ended_by = returned_by".to_owned(),
            "it is returned while something is asked for",
        ),
        (set("title = 'Other'"), "stays as it is"),
        ("DELETE FROM attachments".to_owned(), "stay as they were submitted"),
    ] {
        let refused = world.database.as_owner(&sql).await.unwrap_err();
        assert!(refused.contains(told), "{sql}: {refused}");
    }
    // What is asked for may come, be it ever so new.
    let asked = "jsonb_set(jsonb_set(content, '{summary}', '\"More\"'), '{people}', '[{\"name\": \"Chan\", \"part\": \"leader\"}]')";
    world.database.as_owner(&set(&format!("revision = revision + 1, content = {asked}"))).await.unwrap();
    let kept = "SELECT number || ' ' || (content->>'summary') AS line FROM application_revisions ORDER BY number";
    let summary = nias()["summary"].as_str().unwrap().to_owned();
    assert_eq!(world.database.lines(kept).await, [format!("1 {summary}"), "2 Before".to_owned()]);
}

#[tokio::test]
async fn a_history_goes_on_where_its_reader_was_and_reads_nothing_before_that_again() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let staff = world.staff().await;
    let case = world.draft(&staff, &world.applicant().await, (CODE, nias()), at(DAY, 0)).await;
    case.submit(at(DAY, 1)).await.unwrap();
    case.screen(at(DAY, 1), Screening::Eligible).await.unwrap();
    for assessor in staff.assessors.iter().take(2) {
        let assessment = case.assign(at(DAY, 2), assessor).await.unwrap();
        case.score(at(DAY, 2), assessor, &assessment, 8).await.unwrap();
    }
    case.reject(at(DAY, 2), &staff.committee, "Others were better.").await.unwrap();
    let desk = Desk::open(&world, at(DAY, 3).now);
    let (officer, author) = (desk.sign_in(&staff.officer).await, desk.sign_in(&case.applicant).await);
    let page = |caller: &Caller<'_>, query: &str| caller.send(&caller.get(path(&case, &format!("/history{query}"))));
    let mut cursors = Vec::new();
    for caller in [&officer, &author] {
        let whole = page(caller, "").json["items"].as_array().unwrap().clone();
        assert!(whole.len() > 2);
        let (mut walked, mut query) = (Vec::new(), "?limit=1".to_owned());
        loop {
            let one = page(caller, &query);
            walked.extend(one.json["items"].as_array().unwrap().iter().cloned());
            let Some(next) = one.json["next"].as_str() else { break };
            query = format!("?limit=1&cursor={next}");
            cursors.push(query.clone());
        }
        assert_eq!(walked, whole);
    }
    // A place is its reader's own, and says nothing of what the others are told.
    assert_eq!(page(&author, &cursors[0]).told(), (400, "request.malformed"));
    assert_eq!(page(&author, "?cursor=WzEsMSwxXQ").told(), (400, "request.malformed"));
    let last = cursors.last().unwrap();
    let before = page(&author, last).json;
    world
        .database
        .run("SET session_replication_role = replica; UPDATE audit_entries SET event = 'lost' WHERE sequence <= 2")
        .await;
    assert_eq!(page(&author, "").told().0, 500);
    assert_eq!(page(&author, last).json, before);
}
