//! What is owed beside a project: its days, what is handed in for it, and what it keeps from being certified and paid.

use crate::attaching::PDF;
use crate::case::Case;
use crate::desk::{Caller, Desk};
use crate::paying::accounts;
use crate::proposals::{accelerator, accelerator_actual};
use crate::site::{Call, morning};
use crate::world::{Staff, World, at, text_of};
use almoner::worker::reminders::tick;
use rules::change_request::ChangeKind;
use rules::ids::ClaimId;
use rules::reminder::Ahead;
use serde_json::{Value, json};
use uuid::Uuid;

pub const CODES: &[&str] = &[
    "application.wrong_state",
    "obligation.attachment",
    "obligation.late",
    "obligation.not_accepted",
    "obligation.unknown",
    "obligation.wrong_state",
    "permission.denied",
    "text.length",
];

const CODE: &str = "ACCELERATOR-PILOT";
const DAY: &str = "2026-02-02";
const AHEAD: Ahead = Ahead { assessment_days: 3, return_days: 3, award_days: 7, round_days: 7 };

/// A yearly report that blocks while it is late, accounts on which the last instalment waits, and books that are kept.
fn text() -> String {
    let named = "name = { en = \"A name\", zh-Hant = \"名稱\", zh-Hans = \"名称\" }";
    let dated = |is: &str| format!("[{{ from = \"2026-01-29\", is = {is}, source = \"house\" }}]");
    let (yearly, blocks) = (dated("12"), dated("true"));
    let more = format!(
        "[obligation.yearly]\n{named}\nkind = \"report\"\nafter = \"acceptance\"\nis = {}\nevery_months = {yearly}\nblocks_when_late = {blocks}\n\n\
         [obligation.accounts]\n{named}\nkind = \"audited_accounts\"\nafter = \"completion\"\nis = {}\nneeded_for = [\"final\"]\n\n\
         [obligation.books]\n{named}\nkind = \"books\"\nafter = \"completion\"\nis = {}\n\n[obligation.final_report]\n",
        dated("2"),
        dated("3"),
        dated("84")
    );
    text_of(CODE).replacen("[obligation.final_report]\n", &more, 1)
}

/// A project of 30 months, accepted on 3 February 2026.
async fn running<'w>(world: &'w World, staff: &'w Staff) -> Case<'w> {
    let mut proposal = accelerator("60000000.00", "30000000.00");
    proposal["request"]["project"]["stages"][0]["months"] = json!(30);
    let case = world.draft(staff, &world.applicant().await, (CODE, proposal), at(DAY, 0)).await;
    case.to_accepted(at(DAY, 1), "30000000.00").await;
    case
}

fn to(case: &Case<'_>, rest: &str) -> String {
    format!("/api/v1/applications/{}/obligations{rest}", case.id)
}

/// Code, day and state of each.
fn owed(caller: &Caller<'_>, case: &Case<'_>) -> Vec<[String; 3]> {
    let list = caller.send(&caller.get(to(case, ""))).json;
    let text = |item: &Value, name: &str| item[name].as_str().unwrap_or_default().to_owned();
    let items = list["items"].as_array().unwrap().iter();
    items.map(|item| ["code", "due_on", "state"].map(|name| text(item, name))).collect()
}

fn hands_in(caller: &Caller<'_>, case: &Case<'_>, code: &str, file: &Value) -> Call {
    let body = json!({ "attachment": file, "words": " as audited " });
    caller.post(to(case, &format!("/{code}/submissions")), &body)
}

/// Attaches a file for it and hands it in.
fn handed_in(author: &Caller<'_>, case: &Case<'_>, code: &str) -> Value {
    let named = format!("name=\"{code}\"; filename=\"report.pdf\"");
    let attached = author.send(&author.file(case.id, &named, "application/pdf", PDF));
    assert_eq!(attached.told(), (201, ""), "{}", attached.json);
    let sent = author.send(&hands_in(author, case, code, &attached.json["id"]));
    assert_eq!((sent.told(), sent.text("/state")), ((200, ""), "submitted"), "{}", sent.json);
    attached.json["id"].clone()
}

fn accepts(officer: &Caller<'_>, case: &Case<'_>, code: &str) {
    let accepted = officer.send(&officer.post(to(case, &format!("/{code}/acceptance")), &json!({})));
    assert_eq!((accepted.told(), accepted.text("/state")), ((200, ""), "accepted"), "{}", accepted.json);
}

#[tokio::test]
async fn what_is_owed_is_handed_in_with_a_file_and_keeps_money_until_it_is_there() {
    let world = World::with(&[], at(DAY, 0)).await;
    world.publish(text(), at(DAY, 0)).await;
    let staff = world.staff().await;
    let case = running(&world, &staff).await;
    let first = case.claim(at(DAY, 2), "initial", "7500000.00", None).await.unwrap().id;
    case.certify(at(DAY, 3), first, "7500000.00").await.unwrap();
    accounts(&world, &[first]).await;
    let desk = Desk::open(&world, morning("2027-04-04"));
    let (author, officer) = (desk.sign_in(&case.applicant).await, desk.sign_in(&staff.officer).await);
    let preparer = desk.sign_in(&staff.preparer).await;
    let due = |code: &str, day: &str, state: &str| [code, day, state].map(str::to_owned);
    let all = [
        due("yearly_1", "2027-04-03", "open"),
        due("yearly_2", "2028-04-03", "open"),
        due("accounts", "2028-11-02", "open"),
        due("final_report", "2028-11-02", "open"),
        due("books", "2035-08-02", "open"),
    ];
    assert_eq!(owed(&author, &case), all);
    let list = officer.send(&officer.get(to(&case, ""))).json;
    assert_eq!((&list["books_kept_until"], &list["items"][0]["days_late"]), (&json!("2035-08-02"), &json!(1)));
    assert_eq!(
        (&list["items"][0]["name"]["en"], &list["items"][2]["needed_for"]),
        (&json!("A name (1)"), &json!(["final"]))
    );
    told_late(&world, &case, &officer).await;
    let prepares = || preparer.post("/api/v1/batches", &json!({ "claims": [first] }));
    preparer.refused(&prepares(), 409, "obligation.late").await;
    faults(&desk, &author, &officer, &case).await;

    let sent = handed_in(&author, &case, "yearly_1");
    author.refused(&hands_in(&author, &case, "yearly_1", &sent), 409, "obligation.wrong_state").await;
    let work = officer.send(&officer.get("/api/v1/work")).json.to_string();
    assert!(work.contains("obligation.accept"), "{work}");
    let returns = |reason: &str| officer.post(to(&case, "/yearly_1/return"), &json!({ "reason": reason }));
    officer.refused(&returns(" "), 422, "text.length").await;
    assert_eq!(officer.send(&returns("not signed")).text("/submissions/0/returned_because"), "not signed");
    preparer.refused(&prepares(), 409, "obligation.late").await;
    author.refused(&hands_in(&author, &case, "yearly_1", &sent), 422, "obligation.attachment").await;
    handed_in(&author, &case, "yearly_1");
    accepts(&officer, &case, "yearly_1");
    assert_eq!(preparer.send(&prepares()).told(), (201, ""));
    let shown = author.send(&author.get(to(&case, ""))).json;
    let verdicts =
        &shown["items"].as_array().unwrap().iter().find(|item| item["code"] == "yearly_1").unwrap()["submissions"];
    assert_eq!((&verdicts[0]["decided_by"], verdicts[1]["returned_because"].is_null()), (&Value::Null, true));

    last_instalment(&desk, &case, [&author, &officer]).await;
    desk.told_exactly(CODES);
    world.prove().await;
}

/// The last instalment waits for the accounts, and while a report is late for that.
async fn last_instalment(desk: &Desk<'_>, case: &Case<'_>, [author, officer]: [&Caller<'_>; 2]) {
    desk.site.clock.set(morning("2028-08-05"));
    let actual = Some(accelerator_actual("60000000.00"));
    let last: ClaimId = case.claim(at("2028-08-04", 0), "final", "22500000.00", actual).await.unwrap().id;
    let certifies =
        || officer.post(format!("/api/v1/claims/{last}/certification"), &json!({ "amount": "22500000.00" }));
    officer.refused(&certifies(), 409, "obligation.not_accepted").await;
    handed_in(author, case, "accounts");
    officer.refused(&certifies(), 409, "obligation.not_accepted").await;
    accepts(officer, case, "accounts");
    officer.refused(&certifies(), 409, "obligation.late").await;
    handed_in(author, case, "yearly_2");
    assert_eq!(officer.send(&certifies()).told(), (200, ""));
}

/// What is late is in the list of what is due and in the report, and is told to the recipient once before the day and once after it.
async fn told_late(world: &World, case: &Case<'_>, officer: &Caller<'_>) {
    let dues = officer.send(&officer.get(format!("/api/v1/reports/dues?scheme={CODE}"))).json;
    let first = &dues["items"][0];
    assert_eq!((&first["act"], &first["due_on"]), (&json!("obligation.submit"), &json!("2027-04-03")));
    assert_eq!(dues["items"].as_array().unwrap().len(), 4, "{dues}");
    let report = officer.send(&officer.get(format!("/api/v1/reports/obligations?scheme={CODE}"))).json;
    let row = &report["rows"][0];
    assert_eq!((&row["obligation"], &row["days_late"]), (&json!("yearly_1"), &json!(1)), "{report}");
    assert_eq!((&report["totals"]["rows"], &row["blocks_payment"]), (&json!(5), &json!("yes")));
    let csv = officer.send(&officer.get("/api/v1/reports/obligations.csv"));
    let csv = String::from_utf8(csv.bytes).unwrap();
    let reference = case.read().await.reference;
    assert!(csv.lines().count() == 6 && csv.contains(&format!("{reference},")), "{csv}");
    for (day, written) in
        [("2027-03-19", 0), ("2027-03-20", 1), ("2027-04-03", 0), ("2027-04-04", 1), ("2027-04-05", 0)]
    {
        assert_eq!(tick(&world.db, &world.schemes, AHEAD, at(day, 0)).await.unwrap(), written, "{day}");
    }
    let given = world.database.lines("SELECT kind || ' ' || about AS line FROM reminders ORDER BY 1").await;
    assert_eq!(given, ["obligation_due yearly_1 2027-04-03", "obligation_late yearly_1 2027-04-03"]);
}

async fn faults(desk: &Desk<'_>, author: &Caller<'_>, officer: &Caller<'_>, case: &Case<'_>) {
    let nothing = json!(Uuid::nil());
    for (code, told) in
        [("books", "obligation.unknown"), ("none", "obligation.unknown"), ("yearly_1", "obligation.attachment")]
    {
        author.refused(&hands_in(author, case, code, &nothing), 422, told).await;
    }
    let accepts = officer.post(to(case, "/yearly_1/acceptance"), &json!({}));
    officer.refused(&accepts, 409, "obligation.wrong_state").await;
    officer.refused(&hands_in(officer, case, "yearly_1", &nothing), 403, "permission.denied").await;
    author.refused(&author.post(to(case, "/yearly_1/acceptance"), &json!({})), 403, "permission.denied").await;
    for named in ["name=\"books\"; filename=\"books.pdf\"", "filename=\"more.pdf\""] {
        let file = author.file(case.id, named, "application/pdf", PDF);
        let told = desk.send(&file);
        assert_eq!(told.told(), (409, "application.wrong_state"), "{}", told.json);
    }
}

#[tokio::test]
async fn another_end_of_the_project_moves_what_is_owed_and_drops_what_no_longer_is() {
    let world = World::with(&[], at(DAY, 0)).await;
    world.publish(text(), at(DAY, 0)).await;
    let staff = world.staff().await;
    let case = running(&world, &staff).await;
    let lines = async || {
        let sql = "SELECT concat_ws(' ', code, due_on, state) AS line FROM obligations WHERE kind <> 'books' ORDER BY due_on, code";
        world.database.lines(sql).await
    };
    case.change(at(DAY, 5), ChangeKind::Dates, json!({ "ends_on": "2027-12-31" })).await.unwrap();
    assert_eq!(
        lines().await,
        [
            "yearly_1 2027-04-03 open",
            "accounts 2028-03-31 open",
            "final_report 2028-03-31 open",
            "yearly_2 2028-04-03 dropped"
        ]
    );
    case.change(at(DAY, 9), ChangeKind::Dates, json!({ "ends_on": "2029-02-03" })).await.unwrap();
    let all = [
        "yearly_1 2027-04-03 open",
        "yearly_2 2028-04-03 open",
        "yearly_3 2029-04-03 open",
        "accounts 2029-05-03 open",
        "final_report 2029-05-03 open",
    ];
    assert_eq!(lines().await, all);
    world.prove().await;
}

#[tokio::test]
async fn the_database_by_itself_certifies_and_pays_nothing_against_what_is_owed_and_keeps_it_to_its_steps() {
    let world = World::with(&[], at(DAY, 0)).await;
    world.publish(text(), at(DAY, 0)).await;
    let staff = world.staff().await;
    let case = running(&world, &staff).await;
    let first = case.claim(at(DAY, 2), "initial", "7500000.00", None).await.unwrap().id;
    case.certify(at(DAY, 3), first, "7500000.00").await.unwrap();
    accounts(&world, &[first]).await;
    let (id, file) = (case.id, "00000000-0000-7000-8000-000000000050");
    let [author, officer, preparer] =
        [&case.applicant, &staff.officer, &staff.preparer].map(|who| who.person().unwrap().to_string());
    let prepare = |day: &str| {
        format!(
            "INSERT INTO batches (id, reference, state, prepared_by, prepared_at, total_cents)
               VALUES ('{file}', 'PAY-X', 'prepared', '{preparer}', '{day}T10:00:00+08:00', 750000000);
             INSERT INTO payments VALUES ('{first}', '{file}', '{id}', 750000000, 1, (SELECT id FROM payee_accounts LIMIT 1));"
        )
    };
    let attach = |document: &str| {
        format!(
            "INSERT INTO attachments (id, application_id, document, name, media_type, size_bytes, sha256, scanned, attached_by, attached_at)
             VALUES ('{file}', '{id}', '{document}', 'report.pdf', 'application/pdf', 1, repeat('0', 64), 'clean', '{author}', now());"
        )
    };
    let hand_in = |code: &str, number: i32| {
        format!(
            "INSERT INTO obligation_submissions (application_id, code, number, attachment_id, words, submitted_by, submitted_at)
             VALUES ('{id}', '{code}', {number}, '{file}', 'as audited', '{author}', now());"
        )
    };
    let sets = |code: &str, state: &str| format!("UPDATE obligations SET state = '{state}' WHERE code = '{code}';");
    let judge = |by: &str, reason: &str| {
        format!("UPDATE obligation_submissions SET decided_by = '{by}', decided_at = now(), reason = {reason};")
    };
    let sent = attach("yearly_1") + &hand_in("yearly_1", 1) + &sets("yearly_1", "submitted");
    let accepted = format!("{sent}{}{}", judge(&officer, "NULL"), sets("yearly_1", "accepted"));
    let (now, ends) = ("SET CONSTRAINTS ALL IMMEDIATE;", Some("by what was handed in"));
    let stays = Some("stays as it is");
    for (sql, expected) in [
        (prepare("2027-04-03"), None),
        (prepare("2027-04-04"), Some("blocked by something late")),
        (format!("{sent}{}", prepare("2027-04-04")), None),
        (format!("{accepted}{now}"), None),
        (attach("books"), Some("stay as they were submitted")),
        (attach("plan"), Some("stay as they were submitted")),
        (attach("accounts") + &hand_in("yearly_1", 1), Some("is no file of it")),
        (format!("{}{now}", sets("yearly_1", "submitted")), ends),
        (format!("{}{}{now}", attach("yearly_1"), hand_in("yearly_1", 1)), ends),
        (format!("{sent}{}{}{now}", judge(&officer, "'not signed'"), sets("yearly_1", "accepted")), ends),
        (sets("yearly_1", "accepted"), stays),
        (format!("{sent}{}", judge(&author, "NULL")), stays),
        (format!("{accepted}{}", judge(&officer, "'not signed'")), stays),
        (format!("{accepted}{}", sets("yearly_1", "open")), stays),
        ("UPDATE obligations SET blocks_when_late = false;".to_owned(), Some("permission denied")),
        ("DELETE FROM obligation_submissions;".to_owned(), Some("permission denied")),
    ] {
        let refusal = world.database.as_server(&format!("BEGIN; {sql} ROLLBACK")).await.err();
        let as_told = refusal.as_deref().map(|refusal| expected.is_some_and(|told| refusal.contains(told)));
        assert_eq!(as_told, expected.map(|_| true), "{refusal:?}\n{sql}");
    }
    let actual = Some(accelerator_actual("60000000.00"));
    let last = case.claim(at("2028-08-04", 0), "final", "22500000.00", actual).await.unwrap().id;
    let certify = format!("UPDATE claims SET state = 'certified', certified_cents = 2250000000 WHERE id = '{last}'");
    assert!(world.database.as_server(&certify).await.unwrap_err().contains("waits for something"));
}
