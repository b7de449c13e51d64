//! The requests that are measured.

use crate::client::Make;
use crate::data::Data;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::json;
use std::sync::Arc;
use uuid::Uuid;

/// One kind of request.
pub(crate) struct Scenario {
    /// As the table calls it.
    pub(crate) name: &'static str,
    /// What its ratio should be at least, in percent.
    pub(crate) target: Option<u64>,
    /// Of each answer.
    pub(crate) status: u16,
    /// Makes one.
    pub(crate) make: Make,
}

/// Every applicant's password.
pub(crate) const PASSWORD: &str = "seven made-up trams under paper moons";

/// One of some things, far from the one before.
fn pick<T>(of: &[T], number: u64) -> Option<&T> {
    let length = u64::try_from(of.len()).ok()?;
    let place = number.wrapping_mul(2_654_435_761).checked_rem(length)?;
    of.get(usize::try_from(place).ok()?)
}

fn get(path: &str, token: Option<&String>) -> Vec<u8> {
    let token = token.map_or("", String::as_str);
    format!("GET {path} HTTP/1.1\r\nHost: almoner.example\r\nAuthorization: Bearer {token}\r\n\r\n").into_bytes()
}

pub(crate) fn post(path: &str, headers: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!(
        "POST {path} HTTP/1.1\r\nHost: almoner.example\r\nContent-Type: application/json\r\n{headers}\
         Content-Length: {length}\r\n\r\n{body}"
    )
    .into_bytes()
}

/// Read, list, list far in, create.
pub(crate) fn scenarios(data: &Arc<Data>) -> Vec<Scenario> {
    vec![
        Scenario { name: "read one application", target: Some(60), status: 200, make: read(Arc::clone(data)) },
        Scenario { name: "list of 50, by state", target: Some(75), status: 200, make: list(Arc::clone(data)) },
        Scenario { name: "the same, 35 000 rows in", target: None, status: 200, make: list_deep(Arc::clone(data)) },
        Scenario { name: "create a draft", target: Some(75), status: 201, make: create(Arc::clone(data)) },
    ]
}

fn read(data: Arc<Data>) -> Make {
    Arc::new(move |number| {
        let id = pick(&data.applications, number).copied().unwrap_or_default();
        get(&format!("/api/v1/applications/{id}"), pick(&data.officers, number))
    })
}

fn list(data: Arc<Data>) -> Make {
    Arc::new(move |number| {
        let state = pick(&data.states, number).unwrap_or(&"");
        get(&format!("/api/v1/applications?state={state}"), pick(&data.officers, number))
    })
}

fn list_deep(data: Arc<Data>) -> Make {
    let deep = data.deep.iter().map(|(state, id)| (state.clone(), BASE64_URL_SAFE_NO_PAD.encode(format!("\"{id}\""))));
    let deep = deep.collect::<Vec<_>>();
    Arc::new(move |number| {
        let (state, cursor) = pick(&deep, number).cloned().unwrap_or_default();
        get(&format!("/api/v1/applications?state={state}&cursor={cursor}"), pick(&data.officers, number))
    })
}

fn create(data: Arc<Data>) -> Make {
    let content = json!({
        "title": "A made-up project with smart sensors and 智能系統",
        "summary": "What is known, what is new, who will use it, and how anybody will see that it has worked. 這是一個虛構的項目。",
        "request": {
            "applicant": { "facts": { "incorporated_in_hong_kong": true } },
            "project": { "facts": { "sector": "life_and_health" }, "stages": [{
                "stage": "project", "months": 24,
                "costs": [
                    { "category": "equipment", "amount": "320000000.00" },
                    { "category": "manpower", "amount": "81000000.00" },
                    { "category": "consumables", "amount": "12500000.50" },
                    { "category": "audit", "amount": "150000.00" },
                ],
                "contributions": [{ "from": "enterprise", "form": "cash", "amount": "290000000.00" }],
                "posts": [{ "class": "doctor", "heads": 4, "months": 24 }],
            }] },
            "requested": "120000000.00",
        },
    });
    Arc::new(move |number| {
        let (token, organisation) = pick(&data.applicants, number).cloned().unwrap_or_default();
        let body = format!(r#"{{"scheme":"NIAS","organisation":"{organisation}","content":{content}}}"#);
        let key = Uuid::now_v7();
        let headers = format!("Authorization: Bearer {token}\r\nIdempotency-Key: \"{key}\"\r\n");
        post("/api/v1/applications", &headers, &body)
    })
}

/// Signing in, everybody in turn.
pub(crate) fn sign_in() -> Scenario {
    let make: Make = Arc::new(|number| {
        let email = format!("applicant{}@people.example", number.checked_rem(1000).unwrap_or(0).saturating_add(1));
        post("/api/v1/sessions", "", &json!({ "email": email, "password": PASSWORD }).to_string())
    });
    Scenario { name: "sign in", target: None, status: 201, make }
}
