//! The shape of a text of a scheme: lists stand where lists belong, and every name can be seen.
//!
//! What reads a table by its keys would also take a list for it, its values in their order: `facts = []` would ask nothing. Where
//! a list may stand is said by the schema, which is made from what reads.

use super::{FAULTS_MAX, Fault, SchemeFile};
use crate::schema;
use crate::text::is_unseen;
use serde::Deserialize;
use serde_json::Value;
use std::sync::LazyLock;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

static SCHEMA: LazyLock<Value> = LazyLock::new(schema::shape_of_scheme_file);

impl SchemeFile {
    /// Reads the tables of a text, whose laws are not checked.
    ///
    /// # Errors
    /// All faults of its shape, or the first thing that could not be read, each with its line and column.
    pub fn read(text: &str) -> Result<Self, Vec<Fault>> {
        let unreadable = |error| vec![Fault::of_reading(text, &error)];
        let table = DeTable::parse(text).map_err(unreadable)?;
        let mut shape = Shape { text, faults: Vec::new() };
        shape.table(table.get_ref(), &forms(&SCHEMA));
        if !shape.faults.is_empty() {
            return Err(shape.faults);
        }
        Self::deserialize(toml::Deserializer::from(table)).map_err(unreadable)
    }
}

struct Shape<'a> {
    text: &'a str,
    faults: Vec<Fault>,
}

impl Shape<'_> {
    fn fault(&mut self, offset: usize, message: &str) {
        if self.faults.len() < FAULTS_MAX {
            self.faults.push(Fault::at(self.text, offset, message));
        }
    }

    /// `allowed` are the forms that the table may have.
    fn table(&mut self, table: &DeTable<'_>, allowed: &[&'static Value]) {
        for (key, value) in table {
            let name = key.get_ref();
            if name.trim().is_empty() || name.chars().any(is_unseen) {
                self.fault(key.span().start, "this name cannot be seen: write it in letters, digits, _ and -");
            }
            let below = allowed.iter().filter_map(|form| {
                let named = form.get("properties").and_then(|properties| properties.get(&**name));
                named.or_else(|| form.get("additionalProperties"))
            });
            self.value(value, &below.flat_map(forms).collect::<Vec<_>>());
        }
    }

    fn value(&mut self, value: &Spanned<DeValue<'_>>, allowed: &[&'static Value]) {
        match value.get_ref() {
            DeValue::Table(table) => self.table(table, allowed),
            DeValue::Array(_) if is_a(allowed, "object") && !is_a(allowed, "array") => {
                let message =
                    "a list is not allowed here: write a table with its keys, in { } or below its name in single [ ]";
                self.fault(value.span().start, message);
            }
            DeValue::Array(items) => {
                let below = allowed.iter().filter_map(|form| form.get("items")).flat_map(forms).collect::<Vec<_>>();
                items.iter().for_each(|item| self.value(item, &below));
            }
            _ => {}
        }
    }
}

/// Whether one of the forms is of a type.
fn is_a(allowed: &[&Value], kind: &str) -> bool {
    let kinds = allowed.iter().filter_map(|form| form.get("type"));
    kinds.into_iter().any(|of| of == kind || of.as_array().is_some_and(|several| several.iter().any(|of| of == kind)))
}

/// The forms that a part of the schema allows.
fn forms(schema: &'static Value) -> Vec<&'static Value> {
    let referred = schema.get("$ref").and_then(Value::as_str).and_then(|name| SCHEMA.pointer(name.strip_prefix('#')?));
    let several = ["anyOf", "allOf"].into_iter().filter_map(|key| schema.get(key)?.as_array()).flatten();
    let parts = referred.into_iter().chain(several).flat_map(forms).collect::<Vec<_>>();
    if parts.is_empty() { vec![schema] } else { parts }
}
