//! The schema of what can be asked of a scheme, as the API publishes it.

use crate::shapes::CLOSED;
use crate::site::{Call, Site};
use crate::world::{World, at, text_of};
use serde_json::{Value, json};

const DAY: &str = "2026-02-02";
const SCHEMA: &str = "/api/v1/schemes/NIAS/calculations/schema";

fn asked(stage: &str, category: &str, amount: &Value) -> Value {
    let costs = json!([{ "category": category, "amount": amount }]);
    json!({ "on": "2025-02-05", "project": { "stages": [{ "stage": stage, "costs": costs }] } })
}

#[tokio::test]
async fn what_the_schema_refuses_is_refused_when_it_is_asked() {
    let world = World::with(&["NIAS"], at(DAY, 0)).await;
    let site = Site::open(&world.database, &[]);
    let requests = [
        asked("project", "equipment", &json!("1.00")),
        asked("project", "champagne", &json!("1.00")),
        asked("project", " ", &json!("1.00")),
        asked("project", "equipment", &json!("1.001")),
        asked("project", "equipment", &json!(1)),
        asked("second", "equipment", &json!("1.00")),
        json!({ "on": "2025-02-05", "project": { "stages": [] } }),
    ];
    let mut said = Vec::new();
    let closed = text_of("NIAS").replace("is = \"open\", source = \"not-published\" }]\n", CLOSED);
    for text in [None, Some(closed)] {
        if let Some(text) = text {
            world.publish(text, at(DAY, 1)).await;
        }
        let reply = site.send(&Call::get(format!("{SCHEMA}?on=2025-02-05")));
        assert_eq!((reply.told(), reply.header("cache-control")), ((200, ""), "no-cache"));
        for request in &requests {
            let status = site.send(&Call::post("/api/v1/schemes/NIAS/calculations", request)).status.as_u16();
            assert_eq!(jsonschema::is_valid(&reply.json, request), status == 200, "{status}: {request}");
            said.push(status);
        }
    }
    assert_eq!(said, [200, 200, 400, 400, 400, 400, 400, 200, 422, 400, 400, 400, 400, 400]);
}

#[tokio::test]
async fn the_schema_says_what_the_names_of_a_scheme_mean() {
    let world = World::with(&["NIAS"], at(DAY, 0)).await;
    let site = Site::open(&world.database, &[]);
    let reply = site.send(&Call::get(SCHEMA));
    let stage = "/$defs/Stage/properties/stage/oneOf/0";
    for (pointer, told) in [("const", "project"), ("title", "Project"), ("x-name/zh-Hant", "項目")] {
        assert_eq!(reply.text(&format!("{stage}/{pointer}")), told);
    }
    let question = "/$defs/Applicant/properties/facts/properties/incorporated_in_hong_kong";
    assert_eq!(reply.text(&format!("{question}/type")), "boolean");
    assert!(!reply.text(&format!("{question}/title")).is_empty());
    assert_eq!(site.send(&Call::get(format!("{SCHEMA}?on=2025-02-30"))).refused(), (400, "request.malformed"));
    let other = Call::get("/api/v1/schemes/XYZ/calculations/schema");
    assert_eq!(site.send(&other).refused(), (404, "scheme.not_published"));
}

#[tokio::test]
async fn what_a_value_is_for_some_is_published_with_what_it_is_for_all() {
    let world = World::with(&["DBGS"], at(DAY, 0)).await;
    let scheme = Site::open(&world.database, &[]).send(&Call::get("/api/v1/schemes/DBGS")).json;
    let value = scheme["values"].as_array().unwrap().iter().find(|value| value["path"] == "ceiling.grant_per_issuance");
    let line = &value.unwrap()["lines"][0];
    assert_eq!((&line["is"], &line["cases"][0]["is"]), (&json!("1250000.00"), &json!("2500000.00")));
    let when = line["cases"][0]["when"].as_str().unwrap();
    assert!(when.contains("(project.issue_size is at least 1000000000.00)"), "{when}");
    assert!(line["cases"][0]["name"]["en"].as_str().unwrap().starts_with("a full grant: "));
}

#[tokio::test]
async fn the_answers_to_choose_from_are_published_and_no_other_is_taken() {
    let world = World::with(&["NIAS"], at(DAY, 0)).await;
    let site = Site::open(&world.database, &[]);
    let questions = site.send(&Call::get("/api/v1/schemes/NIAS")).json["project_facts"].clone();
    let question = |code: &str| questions.as_array().unwrap().iter().find(|question| question["code"] == code).unwrap();
    let sector = question("sector");
    assert_eq!((&sector["type"], &sector["name"]["en"]), (&json!("text"), &json!("Sector")));
    assert_eq!(
        (&sector["values"][3]["code"], &sector["values"][3]["name"]["en"]),
        (&json!("other"), &json!("Another sector"))
    );
    assert!(question("high_end_technology").get("values").is_none());
    let mut asked = asked("project", "equipment", &json!("1.00"));
    asked["project"]["facts"] = json!({ "sector": "catering" });
    let reply = site.send(&Call::post("/api/v1/schemes/NIAS/calculations", &asked));
    assert_eq!(reply.refused(), (400, "request.malformed"));
    assert_eq!(reply.text("/errors/0/pointer"), "/project/facts/sector");
    assert!(
        reply
            .text("/errors/0/message")
            .starts_with("the answer \"catering\" is not known: known are life_and_health, ")
    );
}
