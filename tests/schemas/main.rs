//! The schemas say of scheme files and of requests what the program that reads them says: no more, and no less.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on must fail")]

mod changes;
mod files;
mod forms;
mod requests;
#[path = "../seeds/mod.rs"]
mod seeds;

use jsonschema::Validator;
use serde_json::Value;

fn validator(schema: &Value) -> Validator {
    jsonschema::options().should_validate_formats(true).build(schema).unwrap()
}

/// What a schema says against a value.
fn faults(validator: &Validator, value: &Value) -> Vec<String> {
    validator.iter_errors(value).map(|error| format!("{}: {error}", error.instance_path())).collect()
}
