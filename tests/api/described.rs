//! What is answered is what the description of the API says: every answer that a test is given is held to it.

use crate::site::Reply;
use almoner::http::Document;
use jsonschema::Validator;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use ureq::http::Method;

/// What is longer is a stress for something else, and of the same make as what is shorter.
const BYTES_MAX: usize = 1 << 20;

/// Where whole JSON Schemas, or this description, are answered: their shape is not the API's.
const OF_SCHEMAS: [&str; 3] =
    ["/api/v1/openapi.json", "/api/v1/schemes/{code}/calculations/schema", "/api/v1/schemes/{code}/form"];

/// The description, and what was made of it so far: each test asks for few of its answers.
static DESCRIBED: LazyLock<Described> = LazyLock::new(|| Described {
    document: serde_json::from_str(Document::new(true).unwrap().json()).unwrap(),
    made: Mutex::default(),
});

struct Described {
    document: Value,
    made: Mutex<BTreeMap<String, Arc<Validator>>>,
}

impl Described {
    /// The path of a door as it is described, for a path that was called.
    fn door(&self, path: &str) -> Option<&str> {
        let called = path.split('?').next().unwrap_or_default().split('/').collect::<Vec<_>>();
        let fits = |door: &&String| {
            let door = door.split('/').collect::<Vec<_>>();
            door.len() == called.len() && door.iter().zip(&called).all(|(is, was)| is == was || is.starts_with('{'))
        };
        let doors = self.document["paths"].as_object().unwrap().keys().filter(fits);
        doors.min_by_key(|door| door.matches('{').count()).map(String::as_str)
    }

    fn schema(&self, path: &str, method: &str, status: u16) -> Option<&Value> {
        let answers = &self.document["paths"][path][method.to_lowercase()]["responses"];
        answers.get(status.to_string())?.get("content")?.get("application/json")?.get("schema")
    }

    fn validator(&self, path: &str, method: &str, status: u16) -> Result<Arc<Validator>, String> {
        let name = format!("{method} {path} {status}");
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(validator) = made.get(&name) {
            return Ok(validator.clone());
        }
        let schema = self.schema(path, method, status).ok_or_else(|| format!("{name} is not described"))?;
        let whole = self.whole(schema, true);
        let validator = Arc::new(jsonschema::options().should_validate_formats(true).build(&whole).unwrap());
        made.insert(name, validator.clone());
        Ok(validator)
    }

    /// A schema with all that it refers to in its place. A closed one takes no member that it does not name: a description may
    /// grow, but an answer does not have what was not described.
    fn whole(&self, schema: &Value, closed: bool) -> Value {
        let Some(said) = schema.as_object() else { return schema.clone() };
        if let Some(name) = said.get("$ref").and_then(Value::as_str) {
            let there = self.document.pointer(name.trim_start_matches('#'));
            return self.whole(there.unwrap_or_else(|| panic!("{name} is not there")), closed);
        }
        let joined = said.contains_key("allOf");
        let forked = said.contains_key("properties") && (said.contains_key("oneOf") || said.contains_key("anyOf"));
        let each = |part: &Value, closed: bool| match part {
            Value::Array(parts) => parts.iter().map(|part| self.whole(part, closed)).collect(),
            part => self.whole(part, closed),
        };
        let mut whole = Map::new();
        for (key, part) in said {
            let part = match key.as_str() {
                "properties" => {
                    let members = part.as_object().unwrap().iter();
                    members.map(|(name, member)| (name.clone(), self.whole(member, true))).collect()
                }
                "allOf" => each(part, false),
                "oneOf" | "anyOf" => each(part, closed && !joined && !forked),
                "items" | "prefixItems" | "additionalProperties" => each(part, true),
                _ => part.clone(),
            };
            whole.insert(key.clone(), part);
        }
        let named = said.contains_key("properties") || joined;
        if closed && named && !said.contains_key("additionalProperties") {
            let others = if joined || forked { "unevaluatedProperties" } else { "additionalProperties" };
            whole.insert(others.to_owned(), json!(false));
        }
        Value::Object(whole)
    }
}

/// Whether an answer is as it is described.
fn as_described(method: &str, path: &str, status: u16, answer: &Value) -> Result<(), String> {
    let door = DESCRIBED.door(path).ok_or_else(|| format!("no door is described for {path}"))?;
    let validator = DESCRIBED.validator(door, method, status)?;
    let wrong = validator.iter_errors(answer).map(|error| format!("{}: {error}", error.instance_path()));
    let wrong = wrong.collect::<Vec<_>>();
    if wrong.is_empty() { Ok(()) } else { Err(format!("{method} {door} {status}: {}", wrong.join("\n"))) }
}

/// An answer in JSON that says yes is as it is described.
#[track_caller]
pub fn hold(method: &Method, path: &str, reply: &Reply) {
    let is_json = reply.header("content-type") == "application/json";
    if reply.status.is_success() && is_json && !reply.bytes.is_empty() && reply.bytes.len() <= BYTES_MAX {
        let method = if *method == Method::HEAD { "GET" } else { method.as_str() };
        if let Err(wrong) = as_described(method, path, reply.status.as_u16(), &reply.json) {
            panic!("{wrong}\n{}", reply.json);
        }
    }
}

#[test]
fn an_answer_that_lacks_what_is_described_or_has_what_is_not_is_seen() {
    let nobody = json!({ "id": "01936f5e-8a3b-7c3a-9d2f-2b1f0f6d1c11", "scheme": "NIAS", "round": null, "name": "The first",
        "opened_by": "01936f5e-8a3b-7c3a-9d2f-2b1f0f6d1c12", "opened_at": "2026-02-02T02:00:00Z", "cases": 3 });
    let panel = json!({ "panel": nobody, "assessors": [
        { "assessor": "01936f5e-8a3b-7c3a-9d2f-2b1f0f6d1c13", "scored": 1, "mean": 1, "above_others": null }] });
    let told = |panel: &Value| as_described("GET", "/api/v1/panels/01936f5e-8a3b-7c3a-9d2f-2b1f0f6d1c11", 200, panel);
    assert_eq!(told(&panel), Ok(()));
    for holder in ["", "/panel", "/assessors/0"] {
        for name in panel.pointer(holder).unwrap().as_object().unwrap().keys() {
            let mut lacks = panel.clone();
            lacks.pointer_mut(holder).unwrap().as_object_mut().unwrap().remove(name);
            let may = ["round", "above_others"].contains(&name.as_str());
            assert_eq!(told(&lacks).is_ok(), may, "{holder}/{name}");
        }
        let mut has = panel.clone();
        has.pointer_mut(holder).unwrap()["undescribed"] = json!(1);
        assert!(told(&has).unwrap_err().contains("undescribed"), "{holder}");
    }
    let event =
        |what: Value| json!({ "items": [{ "number": 1, "at": "2026-02-02T02:00:00Z", "what": what }], "next": null });
    let told = |what: Value| as_described("GET", "/api/v1/applications/1/history", 200, &event(what)).is_ok();
    assert!(told(json!({ "event": "application.taken_up", "application": nobody["id"] })));
    assert!(!told(json!({ "event": "application.taken_up", "application": nobody["id"], "undescribed": 1 })));
    assert!(!told(json!({ "event": "application.taken_up" })));
    assert!(as_described("GET", "/api/v1/nothing", 200, &panel).is_err());
    assert!(as_described("GET", "/api/v1/me", 202, &panel).is_err());
}

/// Whether a schema says nothing of what there is.
fn is_bare(schema: &Value) -> bool {
    let says = |key: &str| schema.get(key).is_some();
    let said = ["$ref", "type", "oneOf", "anyOf", "allOf", "enum", "const"].iter().any(|key| says(key));
    let is_object =
        schema["type"] == "object" || schema["type"].as_array().is_some_and(|types| types.contains(&json!("object")));
    !said
        || (is_object && !["properties", "additionalProperties", "oneOf", "anyOf", "allOf"].iter().any(|key| says(key)))
}

fn find_bare(at: &str, schema: &Value, found: &mut Vec<String>) {
    if is_bare(schema) {
        found.push(at.to_owned());
    }
    for (name, member) in schema["properties"].as_object().into_iter().flatten() {
        find_bare(&format!("{at}/{name}"), member, found);
    }
    for key in ["oneOf", "anyOf", "allOf", "prefixItems"] {
        schema[key].as_array().into_iter().flatten().for_each(|part| find_bare(at, part, found));
    }
    for key in ["items", "additionalProperties"] {
        if let Some(part) = schema.get(key).filter(|part| part.is_object()) {
            find_bare(at, part, found);
        }
    }
}

#[test]
fn every_answer_and_every_body_in_json_is_described_with_its_shape() {
    let mut found = Vec::new();
    for (path, methods) in DESCRIBED.document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let body = operation["requestBody"].get("content");
            let answers =
                operation["responses"].as_object().unwrap().values().filter_map(|answer| answer.get("content"));
            for content in body.into_iter().chain(answers) {
                if let Some(schema) = content.get("application/json").map(|json| &json["schema"]) {
                    let at = format!("{method} {path}");
                    if !OF_SCHEMAS.contains(&path.as_str()) {
                        find_bare(&at, schema, &mut found);
                    }
                }
            }
        }
    }
    for (name, schema) in DESCRIBED.document["components"]["schemas"].as_object().unwrap() {
        find_bare(name, schema, &mut found);
    }
    // What differs between two revisions may be anything that stands in one.
    assert_eq!(found, ["DifferenceView/after", "DifferenceView/before"]);
}
