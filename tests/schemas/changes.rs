//! Every way in which a value is spoilt: each key left out, misspelt and of another type, and a key too many in each table.

use serde_json::{Value, json};
use std::collections::BTreeSet;

/// What is put in the place of anything.
fn others() -> Vec<Value> {
    let mut others = vec![json!(true), json!(7), json!(-1), json!(1.5), json!(4_294_967_296_u64), json!([]), json!({})];
    let texts = [
        "",
        " ",
        "a\u{7}b",
        "text",
        "1.0",
        "1.00",
        "01.00",
        "1.000",
        "-1.00",
        "1000000000000.00",
        "50%",
        "150%",
        "1/0",
    ];
    others.extend(texts.map(Value::from));
    others.extend(["1:2", "0:1", "none", "cost", "2024-02-30", "2024-2-1"].map(Value::from));
    others.extend([json!(["text"]), json!([7]), json!([{}]), json!({ "text": "text" })]);
    others
}

/// A place in a value: keys and indices from the outside.
type Place = Vec<Value>;

/// A value that was spoilt.
pub(crate) struct Change {
    /// What was done to it.
    pub what: String,
    /// What came of it.
    pub value: Value,
}

/// Every value that comes of one change. A place is changed once for its shape: `shape` names what a
/// key stands for.
pub(crate) fn changed(whole: &Value, seen: &mut BTreeSet<String>, shape: &dyn Fn(&str) -> String) -> Vec<Change> {
    let mut changed = Vec::new();
    for place in places(whole, &Vec::new()) {
        let named: Vec<String> = place.iter().map(|step| step.as_str().map_or("[]".to_owned(), shape)).collect();
        if !seen.insert(format!("{} {}", named.join("/"), kind(at(whole, &place)))) {
            continue;
        }
        let path = Value::from(place.clone());
        let was_table = at(whole, &place).is_object();
        let mut changes = |what: String, value| changed.push(Change { what, value });
        for other in others().into_iter().filter(|other| other != at(whole, &place)) {
            changes(format!("{path} is {other}"), with(whole, &place, |value| *value = other));
        }
        if was_table {
            let value = with(whole, &place, |value| value["unheard_of"] = json!(true));
            changes(format!("{path} has a key too many"), value);
        }
        let Some((Value::String(key), table)) = place.split_last() else { continue };
        let remove = |value: &mut Value| value.as_object_mut().unwrap().remove(key).unwrap();
        changes(format!("{path} is left out"), with(whole, table, |value| drop(remove(value))));
        let misspelt = with(whole, table, |value| value[format!("{key}_")] = remove(value));
        changes(format!("{path} is misspelt"), misspelt);
    }
    changed
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "truth",
        Value::Number(_) => "number",
        Value::String(_) => "text",
        Value::Array(_) => "list",
        Value::Object(_) => "table",
    }
}

/// Every place below one.
fn places(value: &Value, place: &Place) -> Vec<Place> {
    let parts: Vec<(Value, &Value)> = match value {
        Value::Object(members) => members.iter().map(|(key, part)| (json!(key), part)).collect(),
        Value::Array(items) => items.iter().enumerate().map(|(index, part)| (json!(index), part)).collect(),
        _ => Vec::new(),
    };
    let below = parts.into_iter().map(|(step, part)| (place.iter().cloned().chain([step]).collect::<Place>(), part));
    below
        .flat_map(|(place, part)| [place.clone()].into_iter().chain(places(part, &place)).collect::<Vec<_>>())
        .collect()
}

fn at<'v>(whole: &'v Value, place: &[Value]) -> &'v Value {
    place.iter().fold(whole, |value, step| match step.as_str() {
        Some(key) => &value[key],
        None => &value[usize::try_from(step.as_u64().unwrap()).unwrap()],
    })
}

fn with(whole: &Value, place: &[Value], change: impl FnOnce(&mut Value)) -> Value {
    let mut changed = whole.clone();
    let value = place.iter().fold(&mut changed, |value, step| match step.as_str() {
        Some(key) => &mut value[key],
        None => &mut value[usize::try_from(step.as_u64().unwrap()).unwrap()],
    });
    change(value);
    changed
}
