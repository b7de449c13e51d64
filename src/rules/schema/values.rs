//! The schemas of what is read by hand.

use crate::calculation::{Completed, FactValue, Quantity};
use crate::calendar::{Day, Minute};
use crate::dated::{Dated, EntryInFile, FileValue, Known};
use crate::money::{Cents, Ratio, Share};
use crate::rehearsal::Sum;
use crate::scheme::{CeilingOf, ControlValue, Formula, Limit, Measure, NeedOf, Part, RatioRule, ShareRule};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use std::borrow::Cow;

/// Says, for each type, the name of its schema and the schema.
macro_rules! schemas {
    ($($type:ty = |$generator:pat_param| $schema:expr;)*) => {$(
        impl JsonSchema for $type {
            fn schema_name() -> Cow<'static, str> {
                stringify!($type).into()
            }
            fn json_schema($generator: &mut SchemaGenerator) -> Schema {
                $schema
            }
        }
    )*};
}

/// An amount as a scheme file writes it.
pub(crate) fn amount_in_file() -> Schema {
    json_schema!({
        "type": "string",
        "pattern": "^(0|[1-9][0-9]{0,11})\\.[0-9]{2}$",
        "description": "An amount in quotes, with two places, such as \"200000000.00\".",
    })
}

/// What people are to read: see [`crate::text::is_unseen`].
pub(crate) fn words(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "pattern": pattern_of_words() })
}

/// What is not seen: see [`crate::text::is_unseen`].
const UNSEEN: &str = r"\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff";

/// Nothing that is not seen.
pub(super) fn pattern_of_the_seen() -> String {
    format!("^[^{UNSEEN}]*$")
}

/// Something to see, and nothing that is not seen.
pub(super) fn pattern_of_words() -> String {
    format!(r"^[^{UNSEEN}]*[^{UNSEEN}\s][^{UNSEEN}]*$")
}

schemas! {
    Cents = |_| json_schema!({
        "type": "string",
        "pattern": "^0*[0-9]{1,12}(\\.[0-9]{1,2})?$",
        "description": "An amount as a decimal text with at most two places, such as \"1200.50\".",
    });
    Day = |_| json_schema!({
        "type": "string",
        "format": "date",
        "pattern": "^(19|2[0-9])[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$",
        "description": "A day in quotes, such as \"2025-11-18\".",
    });
    Minute = |_| json_schema!({
        "type": "string",
        "pattern": "^(19|2[0-9])[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]$",
        "description": "Day and time in Hong Kong in quotes, such as \"2025-11-18T12:00\".",
    });
    Share = |_| json_schema!({
        "type": "string",
        "pattern": "^(0*(100(\\.0{1,2})?|[0-9]{1,2}(\\.[0-9]{1,2})?)%|[0-9]{1,10}/0*[1-9][0-9]*)$",
        "description": "A part of the whole, such as \"1/3\" or \"15%\".",
    });
    Ratio = |_| json_schema!({
        "type": "string",
        "pattern": "^0*[1-9][0-9]{0,6}:0*[1-9][0-9]{0,6}$",
        "description": "Government to applicant, such as \"1:2\".",
    });
    FactValue = |generator| json_schema!({
        "anyOf": [{ "type": "boolean" }, generator.subschema_for::<u32>(), { "type": "string" }],
        "description": "The answer to a question: true, false, a whole number, or in quotes a code, an amount or a day.",
    });
    Quantity = |generator| json_schema!({
        "anyOf": [{ "type": ["string", "boolean", "null"] }, generator.subschema_for::<u32>()],
        "description": "An amount, a number of things, a code or a fraction, yes or no; null where there is none, or nobody knows.",
    });
    Sum = |_| json_schema!({
        "type": "string",
        "pattern": "^-?[0-9]+\\.[0-9]{2}$",
        "description": "A sum of amounts, which may be below nothing.",
    });
    Completed = |generator| json_schema!({ "anyOf": [{ "type": "boolean" }, generator.subschema_for::<Day>()] });
    CeilingOf = |_| json_schema!({
        "type": "string",
        "pattern": "^(grant|projects|applications|cost|contribution|(cost|applicant|project)\\..*)$",
        "examples": ["grant", "projects", "applications", "cost", "contribution"],
    });
    Measure = |_| json_schema!({
        "type": "string",
        "pattern": "^(cost|contribution|(cost|applicant|project)\\..*)$",
        "description": "\"cost\", \"cost.CATEGORY\", \"contribution\", \"applicant.FACT\" or \"project.FACT\".",
    });
    NeedOf = |generator| json_schema!({
        "anyOf": [{ "const": "none", "description": "No contribution." }, generator.subschema_for::<Ratio>()],
    });
    Limit = |generator| json_schema!({
        "anyOf": [amount_in_file(), generator.subschema_for::<u32>(), generator.subschema_for::<Formula>()],
        "description": "An amount, a count, or a formula.",
    });
    ControlValue = |generator| json_schema!({
        "anyOf": [{ "type": "boolean" }, generator.subschema_for::<Share>(), generator.subschema_for::<Limit>()],
        "description": "A share, an amount, a count, a formula, or whether something is so.",
    });
    Part = |generator| json_schema!({ "anyOf": [amount_in_file(), part(generator)] });
    Formula = |generator| json_schema!({
        "anyOf": [part(generator), combined("lowest", generator), combined("highest", generator), combined("sum", generator)],
        "description": "An amount that is worked out from what is asked.",
    });
    RatioRule = |generator| {
        let ratio = generator.subschema_for::<Ratio>();
        let need = generator.subschema_for::<NeedOf>();
        json_schema!({ "anyOf": [
            ratio,
            table(&[("marginal", "Each tier of the contribution at its own ratio.", tiers(ratio.clone()))]),
            table(&[("slab", "By the tier that the grant reaches; \"none\" where it needs no contribution.", tiers(need))]),
        ] })
    };
    ShareRule = |generator| json_schema!({ "anyOf": [
        generator.subschema_for::<Share>(),
        table(&[("marginal", "Each tier of eligible cost at its own share.", tiers(multiple()))]),
        table(&[("slab", "One share for all of it, by the tier that it reaches.", tiers(multiple()))]),
    ] });
}

/// A share that may be more than the whole.
fn multiple() -> Schema {
    json_schema!({
        "type": "string",
        "pattern": "^([0-9]+(\\.[0-9]{1,2})?%|[0-9]{1,10}/0*[1-9][0-9]*)$",
        "description": "A share, which may be more than the whole, such as \"300%\".",
    })
}

/// A table with all of these keys and no others.
fn table(keys: &[(&str, &str, Schema)]) -> Schema {
    let mut schema =
        json_schema!({ "type": "object", "properties": {}, "required": [], "additionalProperties": false });
    for (key, description, value) in keys {
        let mut value = value.clone();
        value.insert("description".to_owned(), (*description).into());
        add(&mut schema, key, value);
        if let Some(required) = schema.get_mut("required").and_then(serde_json::Value::as_array_mut) {
            required.push((*key).into());
        }
    }
    schema
}

/// A key that may be left out.
fn add(schema: &mut Schema, key: &str, value: Schema) {
    if let Some(properties) = schema.get_mut("properties").and_then(serde_json::Value::as_object_mut) {
        properties.insert(key.to_owned(), value.to_value());
    }
}

fn tiers(is: Schema) -> Schema {
    let mut tier = json_schema!({
        "type": "object", "properties": { "is": is }, "required": ["is"], "additionalProperties": false,
    });
    let mut up_to = amount_in_file();
    up_to.insert("description".to_owned(), "Its upper end, which still belongs to it; the last tier has none.".into());
    add(&mut tier, "up_to", up_to);
    json_schema!({ "type": "array", "minItems": 1, "items": tier })
}

/// A share of a base, or tiers over one.
fn part(generator: &mut SchemaGenerator) -> Schema {
    let measure = generator.subschema_for::<Measure>();
    let measures = json_schema!({ "anyOf": [measure, { "type": "array", "items": measure }] });
    let forms = [
        ("share", "A share of what it is measured on.", generator.subschema_for::<Share>()),
        ("marginal", "Each tier of it at its own share.", tiers(multiple())),
        ("slab", "One amount for the whole, by the tier that it reaches.", tiers(amount_in_file())),
    ];
    let forms = forms.map(|form| {
        let mut form = table(&[form, ("of", "What it is measured on: one or several, added up.", measures.clone())]);
        let mut less = measures.clone();
        less.insert("description".to_owned(), "What is taken away from it first.".into());
        add(&mut form, "less", less);
        form
    });
    json_schema!({ "anyOf": forms })
}

fn combined(word: &str, generator: &mut SchemaGenerator) -> Schema {
    let parts = generator.subschema_for::<Part>();
    let parts = json_schema!({ "type": "array", "minItems": 2, "items": parts });
    table(&[(word, &format!("The {word} of two parts or more."), parts)])
}

impl<T: FileValue> JsonSchema for Known<T> {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        format!("Known_{}", T::schema_name()).into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({ "anyOf": [
            T::schema(generator),
            { "const": "none", "description": "The source says that there is no such rule (any more)." },
            { "const": "unknown", "description": "Nobody has seen what the source says." },
        ] })
    }
}

impl<T: FileValue> JsonSchema for Dated<T> {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        format!("Dated_{}", T::schema_name()).into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "array", "items": generator.subschema_for::<EntryInFile<T>>() })
    }
}
