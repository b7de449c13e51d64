//! Schedules that scheme data says: an advance that needs something shown, parts of later days, and what is reached with completion.

use crate::desk::Desk;
use crate::proposals::{accelerator, accelerator_actual};
use crate::site::{Call, morning};
use crate::world::{World, at, text_of};
use serde_json::{Value, json};
use uuid::Uuid;

pub const CODES: &[&str] = &["claim.instalment_not_due", "claim.needs_not_shown"];

const CODE: &str = "ACCELERATOR-PILOT";
const DAY: &str = "2026-02-02";

/// A quarter in advance once an account is shown, three quarters reached by yearly parts, the rest on completion.
fn text() -> String {
    let dated = |value: &str| format!("[{{ from = \"2026-01-29\", is = {value}, source = \"house\" }}]");
    let named = |table: &str| format!("[{table}.name]\nen = \"A name\"\nzh-Hant = \"名稱\"\nzh-Hans = \"名称\"\n");
    let (initial, yearly) = ("payment.instalment.initial", "payment.instalment.yearly");
    let inserted = format!(
        "[{initial}.needs.account]\nis = {}\n{}\n[{yearly}]\ndue = \"acceptance\"\ncumulative = true\nis = {}\nevery_months = {}\n{}\n\
         [payment.instalment.final]\ncumulative = true\n",
        dated("true"),
        named(&format!("{initial}.needs.account")),
        dated("\"75%\""),
        dated("12"),
        named(yearly)
    );
    text_of(CODE).replace("[payment.instalment.final]\n", &inserted).replace(
        "is = \"75%\", source = \"house\" }]\n[payment.instalment.final.name]",
        "is = \"100%\", source = \"house\" }]\n[payment.instalment.final.name]",
    )
}

#[tokio::test]
async fn what_is_due_later_waits_for_its_day_and_what_needs_something_for_that() {
    let world = World::with(&[], at(DAY, 0)).await;
    world.publish(text(), at(DAY, 0)).await;
    let (staff, applicant) = (world.staff().await, world.applicant().await);
    let mut proposal = accelerator("60000000.00", "30000000.00");
    proposal["request"]["project"]["stages"][0]["months"] = json!(30);
    let case = world.draft(&staff, &applicant, (CODE, proposal), at(DAY, 0)).await;
    case.to_accepted(at(DAY, 1), "30000000.00").await;
    let desk = Desk::open(&world, morning("2027-02-02"));
    let own = desk.sign_in(&applicant.actor).await;
    let plan = own.send(&own.get(format!("/api/v1/applications/{}/award", case.id))).json["plan"].clone();
    let part = |code: &str, due: &str, after_months: Value, needs: &[&str], amount: &str| json!({ "code": code, "due": due, "after_months": after_months, "needs": needs, "amount": amount });
    let parts = [
        part("initial", "acceptance", Value::Null, &["account"], "7500000.00"),
        part("yearly_1", "acceptance", json!(12), &[], "7500000.00"),
        part("yearly_2", "acceptance", json!(24), &[], "7500000.00"),
        part("final", "completion", Value::Null, &[], "7500000.00"),
    ];
    assert_eq!(plan, json!(parts));
    let claims = |instalment: &str, shown: Value| -> Call {
        let body = json!({ "instalment": instalment, "amount": "7500000.00", "evidence": "invoices", "shown": shown });
        own.post(format!("/api/v1/applications/{}/claims", case.id), &body)
    };
    for shown in
        [json!({}), json!({ "guarantee": "a letter" }), json!({ "account": "a letter", "guarantee": "another" })]
    {
        own.refused(&claims("initial", shown), 422, "claim.needs_not_shown").await;
    }
    let claimed = own.send(&claims("initial", json!({ "account": " a letter of the bank " })));
    assert_eq!((claimed.told(), &claimed.json["shown"]), ((201, ""), &json!({ "account": "a letter of the bank" })));
    let id = claimed.text("/id").parse().map(rules::ids::ClaimId).unwrap();
    case.certify(at("2027-02-02", 0), id, "7500000.00").await.unwrap();
    own.refused(&claims("yearly_1", json!({})), 422, "claim.instalment_not_due").await;
    let others = [("2027-02-03", "yearly_1", None), ("2028-02-03", "yearly_2", None)];
    let last = ("2028-08-01", "final", Some(accelerator_actual("60000000.00")));
    for (day, instalment, actual) in others.into_iter().chain([last]) {
        let claim = case.claim(at(day, 0), instalment, "7500000.00", actual).await.unwrap();
        case.certify(at(day, 1), claim.id, "7500000.00").await.unwrap();
    }
    world.prove().await;
    desk.told_exactly(CODES);
}

#[tokio::test]
async fn the_database_takes_no_claim_before_its_day_or_without_what_it_needs() {
    let world = World::with(&[], at(DAY, 0)).await;
    world.publish(text(), at(DAY, 0)).await;
    let (staff, applicant) = (world.staff().await, world.applicant().await);
    let mut proposal = accelerator("60000000.00", "30000000.00");
    proposal["request"]["project"]["stages"][0]["months"] = json!(30);
    let case = world.draft(&staff, &applicant, (CODE, proposal), at(DAY, 0)).await;
    case.to_accepted(at(DAY, 1), "30000000.00").await;
    let claim = |instalment: &str, day: &str, shown: &str| {
        format!(
            "INSERT INTO claims (id, application_id, instalment, state, claimed_cents, evidence, created_at, shown)
             VALUES ('{}', '{}', '{instalment}', 'submitted', 100, 'invoices', '{day}T00:00:00+08:00', '{shown}');",
            Uuid::now_v7(),
            case.id
        )
    };
    for (sql, told) in [
        (claim("initial", "2026-03-01", r#"{"account": "seen"}"#), None),
        (claim("initial", "2026-03-01", "{}"), Some("does not show what its instalment needs")),
        (claim("yearly_1", "2027-02-03", "[]"), Some("claims_shown_check")),
        (claim("yearly_1", "2027-02-02", "{}"), Some("comes before its instalment is due")),
        (claim("yearly_1", "2027-02-03", "{}"), None),
        (claim("yearly", "2027-02-03", "{}"), Some("is of no instalment of the plan")),
        (
            format!("UPDATE instalments SET after_months = NULL WHERE application_id = '{}'", case.id),
            Some("permission denied"),
        ),
    ] {
        let refusal = world.database.as_server(&format!("BEGIN; {sql}; ROLLBACK")).await.err();
        let as_told = refusal.as_deref().map(|refusal| told.is_some_and(|told| refusal.contains(told)));
        assert_eq!(as_told, told.map(|_| true), "{refusal:?}\n{sql}");
    }
}
