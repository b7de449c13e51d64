//! The schema of the form of a scheme says of an application what the rules say that it lacks.

use super::{faults, validator};
use rules::application::{Application, Content, Revision, State};
use rules::calendar::Day;
use rules::ids::{ApplicationId, OrganisationId, PersonId};
use rules::money::Cents;
use rules::schema;
use rules::scheme::Scheme;
use serde_json::{Value, json};
use uuid::Uuid;

const EVERY_KIND: &str = include_str!("../every_kind.toml");

fn draft(content: Content) -> Application {
    Application {
        id: ApplicationId(Uuid::nil()),
        reference: "SAMPLE-2025-000001".to_owned(),
        scheme: "SAMPLE".to_owned(),
        organisation: OrganisationId(Uuid::nil()),
        organisation_name: "Harbour".to_owned(),
        organisation_ubi: "00000001".to_owned(),
        author: PersonId(Uuid::nil()),
        state: State::Draft,
        content,
        revision: Revision {
            number: 1,
            by: PersonId(Uuid::nil()),
            at: "2025-01-01T00:00:00Z".parse().unwrap(),
            version: 1,
        },
        submission: None,
        sealed_until: None,
        recommended: None,
        reserved: Cents::ZERO,
        reason: None,
        embargo_until: None,
        created_at: "2025-01-01T00:00:00Z".parse().unwrap(),
        version: 1,
        told_version: 1,
    }
}

fn whole() -> Value {
    json!({
        "title": "A line", "summary": "For noodles", "starts_on": "2025-07-01",
        "request": { "project": { "stages": [{ "stage": "first", "months": 6, "costs": [] }] }, "requested": "9.00" },
        "milestones": [{ "stage": "first", "title": "It runs", "month": 6, "deliverable": "Noodles" }],
        "people": [{ "name": "Chan Tai Man", "part": "leader", "organisation": "Harbour", "email": "chan@example.hk" }],
        "quotations": [{ "category": "plain", "supplier": "Peak", "supplier_ubi": "00000002", "amount": "9.00" }],
        "answers": { "benefit": "everybody", "size": "small", "known": true, "staff": 3, "turnover": "9.00", "founded": "2020-01-01" },
    })
}

/// Each change of one part, and whether what comes of it can be read at all.
fn changes() -> Vec<(&'static str, Value)> {
    let mut changes = Vec::new();
    for section in ["title", "summary", "starts_on", "milestones", "people", "quotations", "answers"] {
        changes.push((section, Value::Null));
    }
    let part = |pointer: &'static str, value: Value| (pointer, value);
    changes.extend([
        part("/title", json!(" ")),
        part("/request/requested", Value::Null),
        part("/request/project/stages", json!([])),
        part("/milestones/0/title", json!("")),
        part("/milestones/0/month", json!(0)),
        part("/milestones/0/stage", json!("third")),
        part("/people/0/name", json!("")),
        part("/people/0/part", json!("member")),
        part("/people/0/email", json!("chan")),
        part("/quotations/0/supplier", json!("")),
        part("/quotations/0/supplier_ubi", json!("123")),
        part("/answers/benefit", json!("x".repeat(501))),
        part("/answers/benefit", json!(3)),
        part("/answers/size", json!("huge")),
        part("/answers/known", json!("yes")),
        part("/answers/staff", json!("three")),
        part("/answers/turnover", json!(9)),
        part("/answers/founded", json!("long ago")),
        part("/answers", json!({ "benefit": "everybody", "weather": true })),
        part("/quotations/0/amount", json!("8.00")),
        part("/answers/staff", json!(4)),
    ]);
    changes
}

#[test]
fn what_an_application_lacks_by_its_form_its_schema_finds_and_nothing_else() {
    let scheme = Scheme::read(EVERY_KIND).unwrap();
    let on = Day::parse("2025-06-01").unwrap();
    let validator = validator(&schema::form(&scheme, Some(on)));
    let lacks = |content: &Value| {
        let content = serde_json::from_value::<Content>(content.clone()).unwrap();
        draft(content).missing(&scheme, on, &[]).iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!((faults(&validator, &whole()), lacks(&whole())), (Vec::new(), Vec::new()));
    for (place, value) in changes() {
        let mut content = whole();
        match (content.pointer_mut(place), value) {
            (Some(part), value) => *part = value,
            (None, _) => drop(content.as_object_mut().unwrap().remove(place).unwrap()),
        }
        let (lacks, faults) = (lacks(&content), faults(&validator, &content));
        assert_eq!(lacks.is_empty(), faults.is_empty(), "{place}: {lacks:?} {faults:?}");
    }
}
