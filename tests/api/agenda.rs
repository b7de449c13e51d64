//! An agenda as somebody convenes it, votes on it, and is told of its lines.

use crate::board::{Board, board, reviewed_alone};
use crate::case::Case;
use crate::desk::Caller;
use crate::ranking::{CODE, ROUND, UNTIL, with_budget};
use crate::site::Reply;
use crate::world::{Staff, World};
use serde_json::{Value, json};

pub const AGENDAS: &str = "/api/v1/agendas";
pub const TEN: &str = "10000000.00";

/// A world whose higher authority is a committee, with so much for its round.
pub async fn world(budget: &str) -> (World, Staff) {
    world_of(reviewed_alone(&with_budget(budget, &board(true)))).await
}

/// The same with a text of its own.
pub async fn world_of(text: String) -> (World, Staff) {
    crate::ranking::world(text).await
}

/// The list as the officer reads it, with what is proposed.
pub fn list_of(officer: &Caller<'_>) -> Value {
    let path = format!("/api/v1/round-decisions/proposal?scheme={CODE}&round={ROUND}");
    officer.send(&officer.get(path)).json
}

/// A line of what is put to the vote.
pub fn put(act: &str, case: &Case<'_>) -> Value {
    match act {
        "reject" => json!({ "act": act, "application": case.id, "reason": "Its market is too small." }),
        _ => json!({ "act": act, "application": case.id, "amount": TEN }),
    }
}

/// What convenes an agenda today of these people, the first in the chair.
pub fn calling(officer: &Caller<'_>, members: &Board, items: &[Value]) -> Value {
    let mut body = members.meeting(json!(null));
    let body = body.as_object_mut().unwrap();
    body.retain(|name, _| name != "part" && name != "motion");
    let list = &list_of(officer)["list"];
    let of_list = json!({ "scheme": CODE, "round": ROUND, "list": list, "reserve_until": UNTIL, "items": items });
    body.extend(of_list.as_object().unwrap().clone());
    json!(body)
}

/// The agenda's address, once it is convened.
pub fn convened(officer: &Caller<'_>, body: &Value) -> String {
    let reply = officer.send(&officer.post(AGENDAS, body));
    assert_eq!(reply.told(), (201, ""), "{}", reply.json);
    reply.header("location").to_owned()
}

/// One way on each of these lines.
pub fn votes(on: &[(u32, &str)]) -> Value {
    let lines = on.iter().map(|(line, how)| match *how {
        "conflict" => json!({ "line": line, "vote": how, "reason": "my brother works there" }),
        _ => json!({ "line": line, "vote": how }),
    });
    json!({ "lines": lines.collect::<Vec<_>>() })
}

pub fn cast(caller: &Caller<'_>, agenda: &str, on: &[(u32, &str)]) {
    let reply = caller.send(&caller.post(format!("{agenda}/votes"), &votes(on)));
    assert_eq!(reply.told(), (201, ""), "{}", reply.json);
    assert_eq!(reply.json["items"].as_array().unwrap().len(), on.len());
}

/// Each line that is refused, by where it points or else by its reference, and the code.
pub fn refused_lines(reply: &Reply) -> Vec<(String, String)> {
    let errors = reply.json["errors"].as_array().unwrap().iter().map(|error| {
        let message = error["message"].as_str().unwrap().split(':').next().unwrap();
        let place = error["pointer"].as_str().unwrap_or(message);
        (place.to_owned(), error["code"].as_str().unwrap().to_owned())
    });
    errors.collect()
}

pub fn of(lines: &[(&str, &str)]) -> Vec<(String, String)> {
    lines.iter().map(|(place, code)| ((*place).to_owned(), (*code).to_owned())).collect()
}

pub fn line_states(reply: &Reply) -> Vec<String> {
    let lines = reply.json["lines"].as_array().unwrap().iter();
    lines.map(|line| format!("{} {}", line["line"], line["sitting"]["state"].as_str().unwrap())).collect()
}
