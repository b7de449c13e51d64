//! What editors and other programs are told of the files and requests that are read here, as JSON Schemas.
//!
//! Keys, whether they may be left out, and what is said of them come from the types that read them; `values` has what those read
//! by hand. So nothing can be read that a schema does not know.

mod answers;
mod form;
mod request;
mod values;

pub use answers::answers;
pub use form::form;
pub use request::request;
pub(crate) use values::{amount_in_file, words};

use crate::scheme::SchemeFile;
use schemars::generate::SchemaSettings;
use schemars::transform::{RecursiveTransform, Transform};
use schemars::{JsonSchema, Schema};
use serde_json::{Map, Value, json};

/// The schema of a scheme file. Draft 7: the editors of TOML know no later one.
#[must_use]
pub fn scheme_file() -> Value {
    let mut schema = generated::<SchemeFile>(SchemaSettings::draft07());
    RecursiveTransform(without_null).transform(&mut schema);
    let mut schema = schema.to_value();
    let mut definitions = schema.get("definitions").and_then(Value::as_object).cloned().unwrap_or_default();
    // What may come again in itself stays a reference.
    definitions.retain(|name, definition| !refers(definition, name));
    spread(&mut schema, &definitions);
    keep_used(&mut schema);
    if let Some(schema) = schema.as_object_mut() {
        schema.insert("title".to_owned(), json!("A scheme of Almoner"));
    }
    sorted(schema)
}

/// The same as it is generated, for the reader of files: not written out at each key, which would take it much longer.
pub(crate) fn shape_of_scheme_file() -> Value {
    SchemaSettings::draft07().into_generator().into_root_schema_for::<SchemeFile>().to_value()
}

fn generated<T: JsonSchema>(settings: SchemaSettings) -> Schema {
    let mut schema = settings.into_generator().into_root_schema_for::<T>();
    RecursiveTransform(whole_numbers).transform(&mut schema);
    schema
}

/// A schema as the text of a file.
///
/// # Errors
/// When it cannot be written.
pub fn text(schema: &Value) -> serde_json::Result<String> {
    Ok(serde_json::to_string_pretty(schema)? + "\n")
}

/// Whole numbers have the bounds of what holds them.
fn whole_numbers(schema: &mut Schema) {
    if schema.get("format") == Some(&json!("uint32")) {
        schema.remove("format");
        schema.insert("maximum".to_owned(), u32::MAX.into());
    }
}

/// TOML has no null: what is left out is not there.
fn without_null(schema: &mut Schema) {
    let null = json!("null");
    if let Some(types) = schema.get_mut("type").and_then(Value::as_array_mut) {
        types.retain(|kind| *kind != null);
        if let [one] = types.as_slice() {
            let one = one.clone();
            schema.insert("type".to_owned(), one);
        }
    }
    if let Some(forms) = schema.get_mut("anyOf").and_then(Value::as_array_mut) {
        forms.retain(|form| *form != json!({ "type": "null" }));
        if let [one] = forms.as_slice() {
            let one = one.clone();
            schema.remove("anyOf");
            for (key, value) in one.as_object().cloned().into_iter().flatten() {
                schema.ensure_object().entry(key).or_insert(value);
            }
        }
    }
}

/// Writes out, at each key, the table that it refers to: an editor shows what is said of the key only where no reference stands
/// beside it.
fn spread(schema: &mut Value, definitions: &Map<String, Value>) {
    let (keys, others) = match schema {
        Value::Object(members) => {
            let (keys, others) = members.iter_mut().partition::<Vec<_>, _>(|(key, _)| *key == "properties");
            (keys, others.into_iter().map(|(_, part)| part).collect::<Vec<_>>())
        }
        Value::Array(parts) => (Vec::new(), parts.iter_mut().collect()),
        _ => return,
    };
    for property in keys.into_iter().filter_map(|(_, keys)| keys.as_object_mut()).flat_map(Map::values_mut) {
        while let Some(Value::Object(definition)) = referred(property).and_then(|name| definitions.get(&name)) {
            let own = property.as_object().cloned().unwrap_or_default();
            let own = own.into_iter().filter(|(key, _)| key != "$ref" && key != "allOf");
            *property = Value::Object(definition.clone().into_iter().chain(own).collect());
        }
        spread(property, definitions);
    }
    for part in others {
        spread(part, definitions);
    }
}

/// The name of the definition that a schema refers to, by itself or as the one part of `allOf`.
fn referred(schema: &Value) -> Option<String> {
    let part = match schema.get("allOf").and_then(Value::as_array).map(Vec::as_slice) {
        Some([part]) => part,
        _ => schema,
    };
    part.get("$ref")?.as_str()?.strip_prefix("#/definitions/").map(str::to_owned)
}

/// Whether a schema refers to a definition anywhere.
fn refers(schema: &Value, name: &str) -> bool {
    schema.to_string().contains(&json!(format!("#/definitions/{name}")).to_string())
}

/// Leaves out the definitions that nothing refers to.
fn keep_used(schema: &mut Value) {
    loop {
        let whole = schema.clone();
        let Some(Value::Object(definitions)) = schema.get_mut("definitions") else { return };
        let before = definitions.len();
        definitions.retain(|name, _| refers(&whole, name));
        if definitions.len() == before {
            return;
        }
    }
}

/// The same with its keys in the order of the alphabet, however the program was built: the text is kept in a file.
fn sorted(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let mut members: Vec<_> = members.into_iter().map(|(key, value)| (key, sorted(value))).collect();
            members.sort_by(|(left, _), (right, _)| left.cmp(right));
            Value::Object(members.into_iter().collect())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(sorted).collect()),
        other => other,
    }
}
