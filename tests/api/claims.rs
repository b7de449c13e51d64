//! Claims that are made of costs: at their rates, held against what remains, asked about, and certified line by line.

use crate::case::Case;
use crate::desk::{Caller, Desk};
use crate::proposals::accelerator;
use crate::site::Call;
use crate::world::{Staff, World, at, text_of};
use serde_json::{Value, json};
use uuid::Uuid;

pub const CODES: &[&str] = &[
    "claim.above_category",
    "claim.above_plan",
    "claim.category_unknown",
    "claim.costs_unplanned",
    "claim.evidence_not_of_case",
    "claim.line_above_rate",
    "claim.line_reduced",
    "claim.lines_certified",
    "claim.lines_missing",
    "claim.lines_not_taken",
    "claim.lines_total",
    "claim.wrong_state",
    "permission.denied",
    "text.length",
];

const CODE: &str = "ACCELERATOR-PILOT";
const DAY: &str = "2026-02-02";

/// A quarter in advance, half for a milestone, and the rest on completion; claims are made of costs, held per category.
fn text() -> String {
    let dated = |value: &str| format!("is = [{{ from = \"2026-01-29\", is = {value}, source = \"house\" }}]\n");
    let midway = format!(
        "[payment.instalment.midway]\ndue = \"milestone\"\n{}[payment.instalment.midway.name]\nen = \"Midway\"\nzh-Hant = \"中期\"\nzh-Hans = \"中期\"\n",
        dated("\"50%\"")
    );
    let claims = format!("[claim.costs]\n{}\n[claim.again]\n{}\n", dated("\"per_category\""), dated("true"));
    text_of(CODE)
        .replace("[payment.instalment.initial]\n", "[payment.instalment.initial]\nin_advance = true\n")
        .replace("[payment.instalment.final]\n", &format!("{midway}\n[payment.instalment.final]\n"))
        .replace("is = \"75%\"", "is = \"25%\"")
        .replace("[change.budget]", &format!("{claims}[change.budget]"))
}

/// An accelerator that plans 90 million, of which 30 are awarded: a third of each cost. The advance is certified.
async fn running<'w>(world: &'w World, staff: &'w Staff, costs: Value) -> Case<'w> {
    let applicant = world.applicant().await;
    let mut proposal = accelerator("60000000.00", "30000000.00");
    if !costs.is_null() {
        proposal["request"]["project"]["stages"][0]["costs"] = costs;
    }
    let case = world.draft(staff, &applicant, (CODE, proposal), at(DAY, 0)).await;
    case.to_accepted(at(DAY, 1), "30000000.00").await;
    let claim = case.claim(at(DAY, 2), "initial", "7500000.00", None).await.unwrap();
    case.certify(at(DAY, 2), claim.id, "7500000.00").await.unwrap();
    case
}

fn planned() -> Value {
    json!([{ "category": "manpower", "amount": "60000000.00" }, { "category": "equipment", "amount": "30000000.00" }])
}

fn line(category: &str, spent: &str, claimed: &str) -> Value {
    json!({ "category": category, "spent": spent, "claimed": claimed, "evidence": "invoice 7" })
}

fn claiming(case: &Case<'_>, by: &Caller<'_>, amount: &str, lines: &[Value]) -> Call {
    let body = json!({ "instalment": "midway", "amount": amount, "evidence": "the milestone", "lines": lines });
    by.post(format!("/api/v1/applications/{}/claims", case.id), &body)
}

/// Two costs that are claimed for the milestone, the second one beyond what its category has.
fn over() -> [Value; 2] {
    [line("manpower", "9000000.00", "3000000.00"), line("equipment", "36000000.00", "12000000.00")]
}

#[tokio::test]
async fn a_claim_of_costs_is_held_to_its_rates_and_its_categories() {
    let world = World::with(&[], at(DAY, 0)).await;
    world.publish(text(), at(DAY, 0)).await;
    let staff = world.staff().await;
    let case = running(&world, &staff, planned()).await;
    let bare = running(&world, &staff, Value::Null).await;
    let desk = Desk::open(&world, at(DAY, 3).now);
    let (own, officer) = (desk.sign_in(&case.applicant).await, desk.sign_in(&staff.officer).await);
    let other = desk.sign_in(&bare.applicant).await;
    let mut foreign = line("manpower", "30.00", "10.00");
    foreign["attachment"] = json!(Uuid::now_v7());
    let unplanned = claiming(&bare, &other, "10.00", &[line("manpower", "30.00", "10.00")]);
    other.refused(&unplanned, 409, "claim.costs_unplanned").await;
    for (amount, lines, code) in [
        ("10.00", vec![], "claim.lines_missing"),
        ("10.01", vec![line("manpower", "30.00", "10.00")], "claim.lines_total"),
        ("10.00", vec![line("manpower", "29.99", "10.00")], "claim.line_above_rate"),
        ("10.00", vec![line("yachts", "30.00", "10.00")], "claim.category_unknown"),
        ("10.00", vec![foreign], "claim.evidence_not_of_case"),
        ("15000000.01", vec![line("manpower", "60000000.00", "15000000.01")], "claim.above_plan"),
        // An officer alone moves a tenth of manpower, which is 2 million of its 20.
        ("12000000.01", vec![line("equipment", "90000000.00", "12000000.01")], "claim.above_category"),
    ] {
        own.refused(&claiming(&case, &own, amount, &lines), 422, code).await;
    }
    let claim = own.send(&claiming(&case, &own, "15000000.00", &over()));
    assert_eq!(claim.told(), (201, ""));
    assert_eq!(claim.json["lines"][1]["rate"], json!("1/3"));
    let categories = json!([{ "category": "equipment", "allotted": "10000000.00", "moved": "2000000.00" },
        { "category": "manpower", "allotted": "20000000.00", "moved": "0.00" }]);
    assert_eq!((&claim.json["held"], &claim.json["categories"]), (&json!("per_category"), &categories));
    let certify = |amount: &str, lines: Value| {
        let body = json!({ "amount": amount, "lines": lines });
        officer.post(format!("/api/v1/claims/{}/certification", claim.text("/id")), &body)
    };
    let all = json!({ "line": 1, "amount": "3000000.00" });
    officer.refused(&certify("3000000.00", json!([all])), 422, "claim.lines_certified").await;
    let without = json!([all, { "line": 2, "amount": "0.00" }]);
    officer.refused(&certify("3000000.00", without), 422, "claim.line_reduced").await;
    let reduced = json!([all, { "line": 2, "amount": "9000000.00", "reason": "no invoice for the rest" }]);
    let certified = officer.send(&certify("12000000.00", reduced));
    assert_eq!((certified.told(), &certified.json["claim"]["certified"]), ((200, ""), &json!("12000000.00")));
    let told = own.send(&own.get(format!("/api/v1/applications/{}/award", case.id)));
    let line = |field: &str| told.json["claims"][1]["lines"][1][field].clone();
    assert_eq!((line("certified"), line("reason")), (json!("9000000.00"), json!("no invoice for the rest")));
    // What was not certified goes on to the last instalment: 7.5 of it, and 3.
    let body = json!({ "instalment": "final", "amount": "10500000.01", "evidence": "the accounts",
        "actual": { "project": { "stages": [] } } });
    own.refused(&own.post(format!("/api/v1/applications/{}/claims", case.id), &body), 422, "claim.above_plan").await;
    asked_and_answered(&desk, (&bare, &staff)).await;
    world.prove().await;
    desk.told_exactly(CODES);
}

/// Somebody of finance asks on the claim of an advance; the applicant answers and claims less.
async fn asked_and_answered(desk: &Desk<'_>, (before, staff): (&Case<'_>, &Staff)) {
    let world = before.world;
    let applicant = world.applicant().await;
    let proposal = accelerator("60000000.00", "30000000.00");
    let case = world.draft(staff, &applicant, (CODE, proposal), at(DAY, 0)).await;
    case.to_accepted(at(DAY, 1), "30000000.00").await;
    let claim = case.claim(at(DAY, 2), "initial", "7500000.00", None).await.unwrap().id;
    let (own, finance) = (desk.sign_in(&applicant.actor).await, desk.sign_in(&staff.preparer).await);
    let officer = desk.sign_in(&staff.officer).await;
    let to = |by: &Caller<'_>, door: &str, body: Value| by.post(format!("/api/v1/claims/{claim}/{door}"), &body);
    let waits = |by: &Caller<'_>| {
        let work = by.send(&by.get("/api/v1/work")).json;
        let waits = work.as_array().unwrap().iter().filter(|item| item["act"].as_str().unwrap().starts_with("claim."));
        waits.map(|item| item["act"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    own.refused(&to(&own, "queries", json!({ "question": "why?" })), 403, "permission.denied").await;
    own.refused(&to(&own, "answer", json!({ "answer": "because" })), 409, "claim.wrong_state").await;
    let question = |characters| json!({ "question": "w".repeat(characters) });
    finance.refused(&to(&finance, "queries", question(1_001)), 422, "text.length").await;
    assert_eq!(finance.send(&to(&finance, "queries", question(1_000))).text("/state"), "queried");
    assert_eq!((waits(&own), waits(&officer)), (vec!["claim.answer".to_owned()], vec![]));
    let certify = to(&officer, "certification", json!({ "amount": "7500000.00" }));
    officer.refused(&certify, 409, "claim.wrong_state").await;
    let instead = |lines: Value| {
        let body = json!({ "answer": "less will do", "instead": { "amount": "7000000.00", "lines": lines } });
        to(&own, "answer", body)
    };
    own.refused(&instead(json!([line("manpower", "30.00", "10.00")])), 422, "claim.lines_not_taken").await;
    let answered = own.send(&instead(json!([])));
    assert_eq!((answered.text("/state"), answered.text("/claimed")), ("submitted", "7000000.00"));
    assert_eq!(answered.text("/queries/0/answer"), "less will do");
    assert_eq!((waits(&own), waits(&officer)), (vec![], vec!["claim.certify".to_owned()]));
    assert_eq!(case.events().await.last_chunk().unwrap(), &["claim.queried".to_owned(), "claim.answered".to_owned()]);
}

#[tokio::test]
async fn the_database_holds_a_claim_to_its_lines_its_queries_and_its_steps() {
    let world = World::with(&[], at(DAY, 0)).await;
    world.publish(text(), at(DAY, 0)).await;
    let staff = world.staff().await;
    let case = running(&world, &staff, planned()).await;
    let desk = Desk::open(&world, at(DAY, 3).now);
    let own = desk.sign_in(&case.applicant).await;
    let id = own.send(&claiming(&case, &own, "15000000.00", &over())).text("/id").to_owned();
    let query = format!(
        "UPDATE claims SET state = 'queried' WHERE id = '{id}';
         INSERT INTO claim_queries (claim_id, number, asked_by, asked_at, question) VALUES ('{id}', 1, '{}', now(), 'why?');",
        staff.officer.person().unwrap()
    );
    let answer = format!(
        "UPDATE claim_queries SET answered_by = '{}', answered_at = now(), answer = 'because' WHERE claim_id = '{id}';",
        case.applicant.person().unwrap()
    );
    let set = |what: &str| format!("UPDATE claims SET {what} WHERE id = '{id}';");
    let lines = |what: &str| format!("UPDATE claim_lines SET {what} WHERE claim_id = '{id}';");
    let another = |category: &str, spent: i64, claimed: i64| {
        format!(
            "INSERT INTO claim_lines (claim_id, revision, number, category, spent_cents, claimed_cents, rate_part, rate_whole, evidence)
             VALUES ('{id}', 1, 1, '{category}', {spent}, {claimed}, 1, 3, 'invoices');"
        )
    };
    let again = |claimed: i64| set(&format!("state = 'submitted', revision = 1, claimed_cents = {claimed}"));
    let certified =
        lines("certified_cents = claimed_cents") + &set("state = 'certified', certified_cents = 1500000000");
    for (sql, told) in [
        (format!("{query}{answer}{}{}", another("manpower", 300, 100), again(100)), None),
        (certified.clone(), None),
        (set("claimed_cents = 1499999999"), Some("takes no such step")),
        (set("costs = NULL"), Some("permission denied")),
        (query.clone() + &set("state = 'certified', certified_cents = 1"), Some("takes no such step")),
        (set("state = 'queried'"), Some("does not stand where its queries")),
        (query.clone() + &query, Some("does not follow")),
        (query.clone() + &another("manpower", 300, 101), Some("claim_lines_at_their_rate")),
        (query.clone() + &answer + &another("manpower", 300, 100) + &again(99), Some("is not what its lines come to")),
        (
            query.clone() + &answer + &another("equipment", 4_500_000_000, 1_500_000_000) + &again(1_500_000_000),
            Some("more of a category than it has"),
        ),
        (query + &answer + &another("yachts", 300, 100) + &again(100), Some("more of a category than it has")),
        (set("state = 'certified', certified_cents = 1500000000"), Some("is not certified as its lines are")),
        (lines("certified_cents = 0"), Some("claim_lines_reduced_with_reason")),
        (certified + &lines("certified_cents = NULL"), Some("is decided")),
        (lines("claimed_cents = 1"), Some("permission denied")),
        (format!("DELETE FROM claim_queries WHERE claim_id = '{id}';"), Some("permission denied")),
    ] {
        let sql = format!("BEGIN; {sql} SET CONSTRAINTS ALL IMMEDIATE; ROLLBACK");
        let refusal = world.database.as_server(&sql).await.err();
        let as_told = refusal.as_deref().map(|refusal| told.is_some_and(|told| refusal.contains(told)));
        assert_eq!(as_told, told.map(|_| true), "{refusal:?}\n{sql}");
    }
}
