//! What the rules say no to around accounts, schemes, drafts and reports: the code, and that nothing has changed.

use crate::desk::Desk;
use crate::proposals::{accelerator, nias, proposal, raise_plus};
use crate::site::morning;
use crate::world::{World, at, text_of};
use rules::actor::Role;
use serde_json::{Value, json};
use uuid::Uuid;

pub const OF_PEOPLE: &[&str] = &[
    "not_found",
    "permission.denied",
    "person.already_registered",
    "person.authority_code",
    "person.email_not_an_address",
    "person.name_not_usable",
    "person.no_role",
    "person.own_account",
];
pub const OF_SCHEMES: &[&str] = &["not_found", "permission.denied", "report.period_empty", "scheme.not_published"];
pub const OF_DRAFTS: &[&str] = &[
    "application.figures_faulty",
    "application.incomplete",
    "application.request_above_allowed",
    "application.wrong_state",
    "calculation.refused",
    "not_found",
    "permission.denied",
    "round.closed",
    "scheme.not_published",
    "scheme.takes_no_applications",
    "text.length",
    "text.unstorable",
];
pub const OF_QUOTAS: &[&str] = &["round.quota"];

const CODE: &str = "ACCELERATOR-PILOT";
const DAY: &str = "2026-02-02";

#[tokio::test]
async fn an_account_that_the_rules_do_not_allow_is_refused() {
    let world = World::with(&[], at(DAY, 0)).await;
    let desk = Desk::open(&world, morning(DAY));
    let (administrator, officer) =
        (world.person(&[Role::Administrator], &[]).await, world.person(&[Role::Officer], &[]).await);
    let (own, other) = (administrator.person().unwrap(), officer.person().unwrap());
    let (administrator, officer) = (desk.sign_in(&administrator).await, desk.sign_in(&officer).await);
    let known = desk.send(&officer.get("/api/v1/me")).text("/person/email").to_owned();
    let invitation = |email: &str, name: &str, roles: &[&str]| json!({ "person": { "email": email, "name": name, "language": "zh-Hant" }, "roles": roles });
    for (status, code, body) in [
        (422, "person.no_role", invitation("a@b.example", "A", &[])),
        (422, "person.email_not_an_address", invitation("a@b", "A", &["officer"])),
        (422, "person.name_not_usable", invitation("a@b.example", "", &["officer"])),
        (409, "person.already_registered", invitation(&known.to_uppercase(), "A", &["officer"])),
    ] {
        administrator.refused(&administrator.post("/api/v1/people", &body), status, code).await;
        officer.refused(&officer.post("/api/v1/people", &body), 403, "permission.denied").await;
    }
    let roles = |roles: &[&str], active: bool| json!({ "roles": roles, "active": active });
    let authorities = |code: &str| json!({ "authorities": [code] });
    let (nobody, long) = (Uuid::now_v7().to_string(), "a".repeat(61));
    for (status, code, id, part, body) in [
        (403, "person.own_account", own.to_string(), "roles", roles(&["officer", "administrator"], true)),
        (403, "person.own_account", own.to_string(), "authorities", authorities("commissioner")),
        (422, "person.no_role", other.to_string(), "roles", roles(&[], true)),
        (422, "person.authority_code", other.to_string(), "authorities", authorities("The Commissioner")),
        (422, "person.authority_code", other.to_string(), "authorities", authorities("")),
        (422, "person.authority_code", other.to_string(), "authorities", authorities(&long)),
        (404, "not_found", nobody.clone(), "roles", roles(&["officer"], true)),
        (404, "not_found", nobody.clone(), "authorities", authorities("commissioner")),
    ] {
        let call = administrator.put(format!("/api/v1/people/{id}/{part}"), &body, 1);
        administrator.refused(&call, status, code).await;
    }
    administrator.refused(&administrator.get(format!("/api/v1/people/{nobody}")), 404, "not_found").await;
    officer.refused(&officer.get("/api/v1/people"), 403, "permission.denied").await;
    desk.told_exactly(OF_PEOPLE);
}

#[tokio::test]
async fn a_scheme_or_a_report_that_is_not_there_or_not_in_order_is_refused() {
    let world = World::with(&[CODE], at(DAY, 0)).await;
    let desk = Desk::open(&world, at(DAY, 1).now);
    let officer = desk.sign_in(&world.person(&[Role::Officer], &[]).await).await;
    let assessor = desk.sign_in(&world.person(&[Role::Assessor], &[]).await).await;
    for path in [
        "schemes/NIAS",
        "schemes/%00",
        "schemes/no-code",
        "reports/envelopes?scheme=NIAS",
        "reports/envelopes?scheme=%00",
        "reports/disbursements.csv?scheme=NIAS%00",
        "reports/disbursements?scheme=NIAS",
    ] {
        officer.refused(&officer.get(format!("/api/v1/{path}")), 404, "scheme.not_published").await;
    }
    let of_nobody = "0".repeat(64);
    for path in [
        "schemes/NIAS/texts".to_owned(),
        format!("schemes/{CODE}/texts/{of_nobody}"),
        format!("schemes/{CODE}/texts/x"),
    ] {
        officer.refused(&officer.get(format!("/api/v1/{path}")), 404, "not_found").await;
    }
    assessor.refused(&assessor.get(format!("/api/v1/schemes/{CODE}/texts")), 403, "permission.denied").await;
    let question = json!({ "on": "2026-02-02", "project": { "stages": [] } });
    officer.refused(&officer.post("/api/v1/schemes/NIAS/calculations", &question), 404, "scheme.not_published").await;
    for format in ["", ".csv", ".xlsx"] {
        let path = format!("/api/v1/reports/disbursements{format}?from=2026-02-02&to=2026-02-01");
        officer.refused(&officer.get(path.as_str()), 422, "report.period_empty").await;
        assessor.refused(&assessor.get(path.as_str()), 403, "permission.denied").await;
    }
    for query in
        ["from=0001-01-01&to=9999-12-31", "financial_year=0001-02", "financial_year=9998-99", "financial_year=9999-00"]
    {
        let reply = desk.site.send(&officer.get(format!("/api/v1/reports/disbursements?{query}")));
        assert!(reply.status.as_u16() < 500, "{query}: {reply:?}");
    }
    desk.told_exactly(OF_SCHEMES);
}

#[tokio::test]
async fn a_draft_that_is_not_in_order_is_refused_and_stays() {
    let world = World::with(&[CODE, "NIAS", "RAISE-PLUS", "SKL"], at(DAY, 0)).await;
    let desk = Desk::open(&world, at(DAY, 1).now);
    let applicant = world.applicant().await;
    let (author, organisation) = (desk.sign_in(&applicant.actor).await, applicant.organisation);
    let stranger = world.applicant().await;
    let other = desk.sign_in(&stranger.actor).await;
    let new =
        |scheme: &str, content: Value| json!({ "scheme": scheme, "organisation": organisation, "content": content });
    let empty = || proposal("", json!({ "project": { "stages": [] } }));
    let with = |pointer: &str, value: Value| {
        let mut content = accelerator("2000000.00", "1000000.00");
        *content.pointer_mut(pointer).unwrap() = value;
        content
    };
    for (status, code, body) in [
        (404, "scheme.not_published", new("TVP", empty())),
        (404, "scheme.not_published", new("no code\u{0}", empty())),
        (422, "scheme.takes_no_applications", new("SKL", empty())),
        (422, "text.length", new(CODE, with("/title", json!("長".repeat(201))))),
        (422, "text.length", new(CODE, with("/summary", json!("a".repeat(4001))))),
        (422, "text.unstorable", new(CODE, with("/title", json!("a\u{0}")))),
        (422, "text.unstorable", new(CODE, with("/request/project/stages/0/stage", json!("a\u{0}")))),
    ] {
        author.refused(&author.post("/api/v1/applications", &body), status, code).await;
    }
    other.refused(&other.post("/api/v1/applications", &new(CODE, empty())), 403, "permission.denied").await;
    let draft = |scheme: &str, content: Value| {
        let begun = desk.send(&author.post("/api/v1/applications", &new(scheme, content)));
        assert_eq!(begun.told(), (201, ""), "{}", begun.json);
        begun.header("location").to_owned()
    };
    let submit = |path: &str| author.post(format!("{path}/submission"), &json!({})).if_match(1);
    for (status, code, scheme, content) in [
        (422, "application.incomplete", CODE, empty()),
        (422, "application.figures_faulty", CODE, with("/request/project/stages/0/stage", json!("second"))),
        (422, "application.request_above_allowed", CODE, accelerator("2000000.00", "1000000.01")),
        (422, "calculation.refused", "NIAS", with_costs("1.00")),
        (422, "round.closed", "RAISE-PLUS", raise_plus()),
    ] {
        let path = draft(scheme, content);
        let reply = author.refused(&submit(&path), status, code).await;
        let points = ["application.figures_faulty", "application.incomplete"].contains(&code);
        assert_eq!(!reply.parts().is_empty(), points, "{}", reply.json);
        other.refused(&other.get(path.as_str()), 404, "not_found").await;
        let withdraw = author.post(format!("{path}/withdrawal"), &json!({ "reason": " " })).if_match(1);
        author.refused(&withdraw, 422, "text.length").await;
    }
    let path = draft(CODE, with("/request/project/stages/0/stage", json!("second")));
    author.refused(&author.get(format!("{path}/pre-check")), 422, "application.figures_faulty").await;
    let withdraw = author.post(format!("{path}/withdrawal"), &json!({ "reason": "changed plans" })).if_match(1);
    assert_eq!(desk.send(&withdraw).told(), (200, ""));
    let edit = author.put(format!("{path}/content"), &empty(), 2);
    author.refused(&edit, 409, "application.wrong_state").await;
    author.refused(&submit(&path).clone(), 412, "stale").await;
    let told = [OF_DRAFTS, &["stale"]].concat();
    desk.told_exactly(&told);
}

/// A production line that is too small for the scheme.
fn with_costs(amount: &str) -> Value {
    let mut content = nias();
    content["request"]["project"]["stages"][0]["costs"][0]["amount"] = json!(amount);
    content
}

#[tokio::test]
async fn a_university_that_has_submitted_as_many_as_are_taken_is_refused_one_more() {
    let day = "2024-09-06";
    let one =
        text_of("RAISE-PLUS").replace("is = 15, source = \"itf-page-2023\"", "is = 1, source = \"itf-page-2023\"");
    let world = World::with(&[], at(day, 0)).await;
    world.publish(one, at(day, 0)).await;
    let desk = Desk::open(&world, at(day, 1).now);
    let (staff, university) = (world.staff().await, world.applicant().await);
    let author = desk.sign_in(&university.actor).await;
    let mut calls = Vec::new();
    for _ in 0..2 {
        let case = world.draft(&staff, &university, ("RAISE-PLUS", raise_plus()), at(day, 0)).await;
        calls.push(author.post(format!("/api/v1/applications/{}/submission", case.id), &json!({})).if_match(1));
    }
    assert_eq!(desk.send(&calls[0]).told(), (200, ""));
    author.refused(&calls[1], 422, "round.quota").await;
    desk.told_exactly(OF_QUOTAS);
}
