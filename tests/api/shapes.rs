//! What a request must look like, whichever door it comes to; and what is said of one that does not.

use crate::desk::{Caller, Desk};
use crate::published::Door;
use crate::site::{Call, Site, morning};
use crate::world::{World, at, text_of};
use rules::actor::{Actor, Role};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::thread;
use ureq::http::Method;
use uuid::Uuid;

pub const OF_PATHS: &[&str] = &["method.not_allowed", "not_found"];
pub const OF_BODIES: &[&str] = &["request.malformed", "request.not_json", "request.too_large"];
pub const OF_PIECES: &[&str] = &["request.too_large", "request.too_slow"];
pub const OF_PARTS: &[&str] = &["request.malformed", "request.not_allowed"];

const DAY: &str = "2026-02-02";

async fn everything(world: &World) -> Actor {
    world.person(&Role::ALL, &[]).await
}

#[tokio::test]
async fn what_is_not_there_is_told_alike_and_a_door_names_its_methods() {
    let world = World::with(&[], at(DAY, 0)).await;
    let desk = Desk::open(&world, morning(DAY));
    let token = desk.site.token(&everything(&world).await).await;
    for path in [
        "/",
        "/api",
        "/api/v1",
        "/api/v1/nothing",
        "/api/v2/me",
        "/api/v1/me/",
        "/api/v1//me",
        "/health",
        "/docs/nothing.js",
    ] {
        desk.refuses(&Call::get(path).with(&token), (404, "not_found")).await;
    }
    let mut paths = BTreeMap::<String, BTreeSet<Method>>::new();
    for door in desk.site.doors() {
        paths.entry(door.path).or_default().insert(door.method);
    }
    for (path, methods) in &paths {
        let path = path.replace("{id}", &Uuid::now_v7().to_string()).replace("{code}", "NIAS");
        for method in [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE, Method::OPTIONS] {
            if methods.contains(&method) {
                continue;
            }
            let reply = desk.send(&Call::new(method, path.as_str()).with(&token));
            assert_eq!(reply.refused(), (405, "method.not_allowed"), "{path}");
            let allowed = reply
                .header("allow")
                .split(", ")
                .filter(|method| *method != "HEAD")
                .map(|method| method.parse().unwrap());
            assert_eq!(allowed.collect::<BTreeSet<Method>>(), *methods, "{path}");
        }
    }
    desk.told_exactly(OF_PATHS);
}

#[tokio::test]
async fn what_can_be_got_can_be_asked_about_without_its_body() {
    let world = World::with(&["NIAS"], at(DAY, 0)).await;
    let site = Site::open(&world.database, &[]);
    let token = site.token(&everything(&world).await).await;
    for path in ["/api/v1/schemes/NIAS", "/api/v1/me", "/api/v1/people", "/api/v1/nothing", "/health/live"] {
        let got = site.send(&Call::get(path).with(&token));
        let asked = site.send(&Call::new(Method::HEAD, path).with(&token));
        assert_eq!((asked.status, asked.bytes.len()), (got.status, 0), "{path}");
        for header in ["content-type", "content-length", "etag", "cache-control"] {
            assert_eq!(asked.header(header), got.header(header), "{path}: {header}");
        }
    }
}

/// The doors that take a body, each with somebody who may come that far.
fn with_body(site: &Site) -> Vec<Door> {
    let doors = site.doors().into_iter().filter(|door| door.takes_body).collect::<Vec<_>>();
    assert!(doors.len() > 25);
    doors
}

#[tokio::test]
async fn every_door_with_a_body_takes_json_objects_of_bounded_length_and_nothing_else() {
    let world = World::with(&["NIAS"], at(DAY, 0)).await;
    let desk = Desk::with(&world, morning(DAY), &[("http.body_bytes_max", "1024")]);
    let site = &desk.site;
    let token = site.token(&everything(&world).await).await;
    let before = world.database.state().await;
    let long = format!("{{\"a\": \"{}\"}}", "x".repeat(1100));
    let deep = format!("{{\"a\": {}", "[".repeat(1000));
    for door in with_body(site) {
        let call = || door.call(&Uuid::now_v7().to_string()).with(&token);
        for (told, call) in [
            ((415, "request.not_json"), call().bytes("{}")),
            ((415, "request.not_json"), call().header("content-type", "text/plain").bytes("{}")),
            (
                (415, "request.not_json"),
                call().header("content-type", "application/x-www-form-urlencoded").bytes("a=1"),
            ),
            ((413, "request.too_large"), call().header("content-type", "application/json").bytes(long.as_str())),
            ((400, "request.malformed"), call().header("content-type", "application/json").bytes("")),
            ((400, "request.malformed"), call().header("content-type", "application/json").bytes("{")),
            ((400, "request.malformed"), call().header("content-type", "application/json").bytes(deep.as_str())),
            (
                (400, "request.malformed"),
                call().header("content-type", "application/json").bytes(&b"{\"\xff\": 1}"[..]),
            ),
            ((400, "request.malformed"), call().json(&json!([]))),
            ((400, "request.malformed"), call().json(&json!(null))),
            ((400, "request.malformed"), call().json(&json!({"no such member": 1}))),
            ((400, "request.malformed"), call().header("content-type", "application/json; charset=utf-8").bytes("[]")),
        ] {
            assert_eq!(desk.send(&call).refused(), told, "{} {}: {call:?}", door.method, door.path);
        }
    }
    desk.told_exactly(OF_BODIES);
    assert_eq!(world.database.state().await, before);
}

#[tokio::test]
async fn a_body_that_comes_in_pieces_is_bounded_in_length_and_time() {
    let world = World::with(&["NIAS"], at(DAY, 0)).await;
    let desk = Desk::with(&world, morning(DAY), &[("http.body_bytes_max", "1024"), ("http.body_s_max", "1")]);
    let send = |bytes: &str| desk.noted(desk.site.send_raw(bytes.as_bytes()));
    let head = "POST /api/v1/sessions HTTP/1.1\r\nHost: here\r\nContent-Type: application/json\r\n";
    let chunk = format!("200\r\n{}\r\n", "x".repeat(0x200));
    let chunked = format!("{head}Transfer-Encoding: chunked\r\n\r\n{}", chunk.repeat(3));
    assert_eq!(send(&chunked).refused(), (413, "request.too_large"));
    let announced = format!("{head}Content-Length: 1000000\r\n\r\n{{");
    assert_eq!(send(&announced).refused(), (413, "request.too_large"));
    let late =
        [format!("{head}Content-Length: 20\r\n\r\n{{"), format!("{head}Transfer-Encoding: chunked\r\n\r\n1\r\n{{\r\n")];
    thread::scope(|scope| {
        let replies = late.each_ref().map(|late| scope.spawn(|| send(late)));
        for reply in replies {
            assert_eq!(reply.join().unwrap().refused(), (408, "request.too_slow"));
        }
    });
    desk.told_exactly(OF_PIECES);
}

#[tokio::test]
async fn a_path_a_query_or_a_header_that_cannot_be_understood_is_named() {
    let world = World::with(&[], at(DAY, 0)).await;
    let desk = Desk::open(&world, morning(DAY));
    let caller = desk.sign_in(&everything(&world).await).await;
    for door in desk.site.doors() {
        if door.path.contains("{id}") {
            for id in ["1", "nothing", "%ff", "00000000-0000-0000-0000-00000000000g"] {
                let reply = desk.send(&door.call(id).with(&caller.token).json(&json!({})));
                assert_eq!(
                    (reply.refused(), reply.parts()),
                    ((400, "request.malformed"), vec!["path"]),
                    "{}",
                    door.path
                );
            }
        }
        if door.takes_query {
            let path = door.path.replace("{id}", &uuid::Uuid::now_v7().to_string());
            let call = Call::get(format!("{path}?nonsense=1")).with(&caller.token);
            let reply = desk.send(&call);
            assert_eq!((reply.refused(), reply.parts()), ((400, "request.malformed"), vec!["query"]), "{}", door.path);
        }
    }
    for (path, part) in [
        ("/api/v1/people?limit=0", "limit"),
        ("/api/v1/people?limit=101", "limit"),
        ("/api/v1/people?limit=-1", "query"),
        ("/api/v1/people?limit=many", "query"),
        ("/api/v1/people?limit=10&limit=20", "query"),
        ("/api/v1/people?cursor=elsewhere", "cursor"),
        ("/api/v1/people?cursor=IjEi", "cursor"),
        ("/api/v1/applications?cursor=%00", "cursor"),
        ("/api/v1/applications?state=lost", "state"),
        ("/api/v1/applications?round=round.1", "round"),
        ("/api/v1/batches", "query"),
        ("/api/v1/batches?state=lost", "state"),
        ("/api/v1/reports/disbursements?financial_year=2025", "financial_year"),
        ("/api/v1/reports/disbursements?financial_year=2025-27", "financial_year"),
        ("/api/v1/reports/disbursements.csv?from=yesterday", "query"),
        ("/api/v1/reports/disbursements.xlsx?to=2025-02-30", "query"),
    ] {
        let reply = caller.refused(&caller.get(path), 400, "request.malformed").await;
        assert_eq!(reply.parts(), [part], "{path}");
    }
}

#[tokio::test]
async fn a_part_of_a_body_that_cannot_be_understood_is_pointed_at() {
    let world = World::with(&["NIAS"], at(DAY, 0)).await;
    let desk = Desk::open(&world, morning(DAY));
    let caller = desk.sign_in(&everything(&world).await).await;
    let person = |person: &str| ("/api/v1/people", format!("{{\"person\": {person}, \"roles\": [\"officer\"]}}"));
    let id = Uuid::now_v7();
    let score = format!("/api/v1/assessments/{id}/score");
    let screening = format!("/api/v1/applications/{id}/screening");
    let claims = format!("/api/v1/applications/{id}/claims");
    let calculations = "/api/v1/schemes/NIAS/calculations";
    for ((path, body), pointer) in [
        (person("7"), "/person"),
        (person("[\"a@b.example\", \"A\", \"en\"]"), "/person"),
        (person("{\"email\": 7, \"name\": \"A\", \"language\": \"en\"}"), "/person/email"),
        (person("{\"email\": \"a@b.example\", \"name\": \"A\", \"language\": \"fr\"}"), "/person/language"),
        (person("{\"email\": \"a@b.example\", \"name\": \"A\", \"language\": \"en\", \"roles\": []}"), "/person/roles"),
        (
            person("{\"email\": \"a@b.example\", \"email\": \"c@d.example\", \"name\": \"A\", \"language\": \"en\"}"),
            "/person",
        ),
        (("/api/v1/registrations", "{\"person\": [], \"organisation\": {}}".to_owned()), "/person"),
        (("/api/v1/registrations", "{\"organisation\": \"Firm\"}".to_owned()), "/organisation"),
        (("/api/v1/applications", "{\"content\": []}".to_owned()), "/content"),
        (("/api/v1/applications", "{\"content\": {\"request\": []}}".to_owned()), "/content/request"),
        (("/api/v1/people", "{\"roles\": []}".to_owned()), ""),
        (("/api/v1/people", "{\"roles\": [\"king\"]}".to_owned()), "/roles/0"),
        (("/api/v1/batches", "{\"claims\": [\"1\"]}".to_owned()), "/claims/0"),
        (("/api/v1/batches", "{\"claims\": \"1\"}".to_owned()), "/claims"),
        (("/api/v1/batches", "{\"claims\": []} []".to_owned()), ""),
        ((score.as_str(), "{\"marks\": {\"a\": 1.5}}".to_owned()), "/marks/a"),
        ((score.as_str(), "{\"marks\": {\"a\": -1}}".to_owned()), "/marks/a"),
        ((score.as_str(), "{\"marks\": {\"a\": 1, \"a\": 9}, \"comment\": \"sound\"}".to_owned()), "/marks"),
        ((screening.as_str(), "{\"outcome\": \"perhaps\"}".to_owned()), "/outcome"),
        ((screening.as_str(), "{\"outcome\": \"ineligible\"}".to_owned()), ""),
        ((screening.as_str(), "{\"outcome\": \"eligible\", \"reason\": \"a\"}".to_owned()), ""),
        (
            (
                claims.as_str(),
                "{\"instalment\": \"initial\", \"amount\": \"1.00\", \"evidence\": \"a\", \"actual\": []}".to_owned(),
            ),
            "/actual",
        ),
        ((calculations, "{\"project\": { \"stages\": [] }}".to_owned()), "/on"),
        ((calculations, "{\"on\": \"2025-02-30\"}".to_owned()), "/on"),
        ((calculations, "{\"on\": \"2025-02-05\", \"history\": []}".to_owned()), "/history"),
    ] {
        let call = Call::new(Method::POST, path)
            .with(&caller.token)
            .key("a")
            .header("content-type", "application/json")
            .bytes(body.as_str());
        let reply = caller.refused(&call, 400, "request.malformed").await;
        assert_eq!(reply.parts(), [pointer], "{path} {body}: {}", reply.json);
    }
    money(&caller, &format!("/api/v1/applications/{id}/recommendation")).await;
    let unknown = json!({ "on": "2025-02-05", "project": { "stages": [{ "stage": "project", "costs": [{ "category": "champagne", "amount": "1.00" }] }] } });
    let closed = text_of("NIAS").replace("is = \"open\", source = \"not-published\" }]\n", CLOSED);
    world.publish(closed, at(DAY, 0)).await;
    let reply = desk.refuses(&Call::post(calculations, &unknown), (422, "request.not_allowed")).await;
    assert_eq!(reply.parts(), ["/project/stages/0/costs/0/category"]);
    desk.told_exactly(OF_PARTS);
}

/// A list of categories that is complete: nobody has seen such a one yet.
pub const CLOSED: &str = "is = \"closed\", source = \"not-published\" }]
[cost.category.equipment]
eligible = [{ from = \"2024-09-16\", is = true, source = \"house\" }]
[cost.category.equipment.name]
en = \"Equipment\"
zh-Hant = \"設備\"
zh-Hans = \"设备\"
";

/// Money is a decimal text, and never a number.
async fn money(caller: &Caller<'_>, path: &str) {
    for amount in [
        "1",
        "1.5",
        "1e3",
        "-1",
        "null",
        "true",
        "[]",
        "\"\"",
        "\" 1.00\"",
        "\"1.001\"",
        "\"-1.00\"",
        "\"+1.00\"",
        "\"1e3\"",
        "\"1,000.00\"",
        "\"0x10\"",
        "\"NaN\"",
        "\"٥\"",
        "\"1000000000000.00\"",
        "\"99999999999999999999999999999999\"",
    ] {
        let body = format!("{{\"amount\": {amount}}}");
        let call = Call::new(Method::POST, path)
            .with(&caller.token)
            .key("a")
            .header("content-type", "application/json")
            .bytes(body.as_str());
        let reply = caller.refused(&call, 400, "request.malformed").await;
        assert_eq!(reply.parts(), ["/amount"], "{body}: {}", reply.json);
    }
}
