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
