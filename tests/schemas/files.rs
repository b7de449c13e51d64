//! The schema of scheme files.

use super::changes::changed;
use super::{faults, seeds, validator};
use rules::schema;
use rules::scheme::{Fault, SchemeFile};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fs;

const NAME: &str = "scheme.schema.json";

/// What no schema can say: the file is refused for how one part of it stands to another.
const LAWS: [&str; 2] = ["with ascending up_to, and the last one without it", "the last tier needs a ratio"];

fn json_of(text: &str) -> Value {
    serde_json::to_value(toml::from_str::<toml::Table>(text).unwrap()).unwrap()
}

#[test]
fn the_schema_lies_beside_the_scheme_files_and_each_of_them_names_it() {
    let kept = fs::read_to_string(seeds::folder().join(NAME)).unwrap();
    let made = schema::text(&schema::scheme_file()).unwrap();
    assert!(kept == made, "run: cargo run -- scheme schema > seeds/schemes/{NAME}");
    for (name, text) in seeds::texts() {
        assert_eq!(text.lines().next(), Some(&*format!("#:schema ./{NAME}")), "{name}");
    }
}

#[test]
fn every_scheme_file_fits_the_schema() {
    let validator = validator(&schema::scheme_file());
    for (name, text) in seeds::texts() {
        assert_eq!(faults(&validator, &json_of(&text)), Vec::<String>::new(), "{name}");
    }
}

/// The least that is read.
fn least() -> Value {
    json!({
        "code": "A", "currency": "HKD", "time_zone": "Asia/Hong_Kong", "sources": {}, "stage": {}, "example": [],
        "name": { "en": "A name", "zh-Hant": "名稱", "zh-Hans": "名称" },
        "open": { "is": [] }, "rounding": { "is": [] }, "cost": { "list": { "is": [] } },
    })
}

fn read(file: &Value) -> Result<SchemeFile, String> {
    let told = |faults: Vec<Fault>| faults.into_iter().map(|fault| fault.message).collect::<Vec<_>>().join("; ");
    SchemeFile::read(&toml::to_string(file).unwrap()).map_err(told)
}

/// A file as small ones, each with one part of a section where that can stand alone, or with one section.
fn pieces(file: &Value) -> Vec<Value> {
    let with = |section: &str, content: Value| {
        let mut piece = least();
        piece.as_object_mut().unwrap().insert(section.to_owned(), content);
        piece
    };
    let of_section = |(section, content): (&String, &Value)| match content {
        Value::Array(items) => items.iter().map(|item| with(section, json!([item]))).collect(),
        Value::Object(parts) => {
            let parts: Vec<Value> = parts.iter().map(|(name, part)| with(section, json!({ name: part }))).collect();
            if parts.iter().all(|part| read(part).is_ok()) { parts } else { vec![with(section, content.clone())] }
        }
        content => vec![with(section, content.clone())],
    };
    file.as_object().unwrap().iter().flat_map(of_section).collect()
}

#[test]
fn the_schema_refuses_what_the_reader_refuses_and_nothing_else() {
    let schema = schema::scheme_file();
    let validator = validator(&schema);
    let keys = keys(&schema);
    let shape = |key: &str| if keys.contains(key) { key.to_owned() } else { "*".to_owned() };
    let (mut seen, mut compared, mut differ) = (BTreeSet::new(), 0, Vec::new());
    let texts = seeds::texts().into_iter().map(|(_, text)| text).chain([include_str!("rare.toml").to_owned()]);
    let pieces = texts.flat_map(|text| pieces(&json_of(&text)));
    for piece in pieces {
        for change in changed(&piece, &mut seen, &shape) {
            compared += 1;
            let read = read(&change.value);
            let by_law = read.as_ref().is_err_and(|why| LAWS.iter().any(|law| why.contains(law)));
            if read.is_ok() != validator.is_valid(&change.value) && !by_law {
                let why = read.map_or_else(|why| why, |_| "read".to_owned());
                differ.push(format!("{}: {why}, {:?}", change.what, faults(&validator, &change.value)));
            }
        }
    }
    assert!(differ.is_empty(), "{} of {compared}:\n{}", differ.len(), differ.join("\n"));
    assert!(compared > 5_000, "{compared}");
}

/// Every key that a schema names.
fn keys(schema: &Value) -> BTreeSet<String> {
    let mut keys = BTreeSet::new();
    let parts: Vec<&Value> = match schema {
        Value::Object(members) => {
            keys.extend(
                members.get("properties").and_then(Value::as_object).into_iter().flatten().map(|(key, _)| key.clone()),
            );
            members.values().collect()
        }
        Value::Array(items) => items.iter().collect(),
        _ => Vec::new(),
    };
    keys.extend(parts.into_iter().flat_map(self::keys));
    keys
}
