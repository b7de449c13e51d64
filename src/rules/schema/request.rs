//! What can be asked of one scheme: the shape of every calculation request, with the names that this scheme knows.

use super::values::{pattern_of_the_seen, pattern_of_words};
use super::{generated, sorted};
use crate::calculation::Request;
use crate::calendar::Day;
use crate::dated::{Dated, Known};
use crate::scheme::{CategoryList, Fact, FactKind, Scheme, Tables};
use crate::text::Text;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

/// The schema of a calculation request to a scheme, under the rules of a day or, without one, of any day.
///
/// It is of draft 2020-12. Names come with what they mean: `title` in English, `x-name` in every written form.
#[must_use]
pub fn request(scheme: &Scheme, on: Option<Day>) -> Value {
    let mut schema = generated::<Request>(SchemaSettings::draft2020_12()).to_value();
    put_title(&mut schema, scheme, "What can be asked of");
    if let Some(on) = on {
        put(&mut schema, "/properties/on", json!({ "default": on }));
    }
    put_names(&mut schema, scheme, on);
    sorted(schema)
}

/// What the schema is of, in every written form of the scheme's name.
pub(super) fn put_title(schema: &mut Value, scheme: &Scheme, what: &str) {
    let file = &scheme.file;
    let title = format!("{what} {}, {}", file.code.get_ref(), file.name.en);
    put(schema, "", json!({ "title": title, "x-name": file.name, "x-rules": scheme.hash }));
}

/// Says in the parts of a request which names the scheme knows.
pub(super) fn put_names(schema: &mut Value, scheme: &Scheme, on: Option<Day>) {
    let file = &scheme.file;
    put(schema, "/$defs/Applicant/properties/facts", facts(&file.facts.applicant));
    put(schema, "/$defs/Project/properties/facts", facts(&file.facts.project));
    put(schema, "/$defs/Project/properties/stages", json!({ "contains": something() }));
    put(schema, "/$defs/Stage/properties/stage", one_of(&file.stage, |stage| &stage.name));
    let mut categories = one_of(&file.cost.category, |category| &category.name);
    if !is_closed(&file.cost.list.is, on) {
        categories = json!({ "anyOf": [categories, { "pattern": pattern_of_words() }] });
    }
    put(schema, "/$defs/CostLine/properties/category", categories);
    let contributors = one_of(&file.contributor, |contributor| &contributor.name);
    put(schema, "/$defs/Contribution/properties/from", contributors);
    let classes = file.unit_rate.as_ref().map_or_else(nothing, |rates| one_of(&rates.class, |class| &class.name));
    put(schema, "/$defs/Post/properties/class", classes);
    put(schema, "/$defs/Post", either("months", "days"));
    put(schema, "/$defs/History", json!({ "anyOf": [absent(&["granted", "projects"]), absent(&["awards"])] }));
    let parties = one_of(&file.aggregation, |party| &party.name);
    put(schema, "/$defs/Award/properties/party", json!({ "anyOf": [parties, { "type": "null" }] }));
    // An award of another scheme names the stages of that one.
    let own = json!({ "properties": { "scheme": { "type": "null" } } });
    let stages = json!({ "properties": { "stages": { "propertyNames": one_of(&file.stage, |stage| &stage.name) } } });
    put(schema, "/$defs/Award", json!({ "if": own, "then": stages }));
    put(schema, "/$defs/Award/properties/scheme", json!({ "pattern": pattern_of_the_seen() }));
    put(schema, "/$defs/Award/properties/facts", facts(&file.facts.project));
}

/// Adds to the part of a schema at a pointer.
pub(super) fn put(schema: &mut Value, pointer: &str, more: Value) {
    if let (Some(Value::Object(part)), Value::Object(more)) = (schema.pointer_mut(pointer), more) {
        part.extend(more);
    }
}

/// One of the names of a section.
pub(super) fn one_of<T>(tables: &Tables<T>, name: impl Fn(&T) -> &Text) -> Value {
    if tables.is_empty() {
        return nothing();
    }
    let names = tables.iter().map(|(code, table)| {
        let name = name(table);
        json!({ "const": code, "title": name.en, "x-name": name })
    });
    json!({ "oneOf": names.collect::<Vec<_>>() })
}

/// No value fits.
fn nothing() -> Value {
    json!({ "not": {} })
}

/// Keys that are not there, or null.
fn absent(keys: &[&str]) -> Value {
    let keys = keys.iter().map(|key| ((*key).to_owned(), json!({ "type": "null" })));
    json!({ "properties": keys.collect::<Map<_, _>>() })
}

/// One of two numbers.
fn either(left: &str, right: &str) -> Value {
    let one = |key: &str| json!({ "required": [key], "properties": { key: { "type": "integer" } } });
    json!({ "oneOf": [one(left), one(right)] })
}

/// A stage with something to calculate.
fn something() -> Value {
    let list = |key: &str, least: u32| json!({ "required": [key], "properties": { key: { "type": "array", "minItems": least } } });
    json!({ "anyOf": [list("costs", 0), list("contributions", 0), list("posts", 1)] })
}

/// Whether costs outside the list are refused: on a day, or on whichever day.
fn is_closed(list: &Dated<CategoryList>, on: Option<Day>) -> bool {
    match on {
        Some(on) => list.value_on(on) == Some(&CategoryList::Closed),
        None => list.entries.iter().all(|entry| entry.is == Known::Is(CategoryList::Closed)),
    }
}

/// The questions of a scheme about the applicant or the project.
fn facts(questions: &Tables<Fact>) -> Value {
    let questions = questions.iter().map(|(name, fact)| {
        let mut question = match fact.kind.get_ref() {
            FactKind::Boolean => json!({ "type": "boolean" }),
            FactKind::Text => one_of(&fact.values, |value| value),
            FactKind::Count => json!({ "type": "integer", "minimum": 0, "maximum": u32::MAX }),
            FactKind::Amount => json!({ "$ref": "#/$defs/Cents" }),
            FactKind::Day => json!({ "$ref": "#/$defs/Day" }),
        };
        put(&mut question, "", json!({ "title": fact.name.en, "x-name": fact.name }));
        (name.clone(), question)
    });
    json!({ "properties": questions.collect::<Map<_, _>>(), "additionalProperties": false })
}
