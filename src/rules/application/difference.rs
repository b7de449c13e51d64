//! What differs between two revisions of what an applicant has written.

use super::Content;
use crate::attachment::Attachment;
use crate::calculation::escaped;
use serde_json::{Value, json};

/// One part that differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// JSON Pointer to it.
    pub pointer: String,
    /// What it was; none where it was not there.
    pub before: Option<Value>,
    /// What it is; none where it is not there any more.
    pub after: Option<Value>,
}

impl Difference {
    /// That a file has come.
    #[must_use]
    pub fn of_file(file: &Attachment) -> Self {
        let pointer =
            file.document.as_ref().map_or_else(|| "/documents".to_owned(), |code| format!("/documents/{code}"));
        Self { pointer, before: None, after: Some(json!({ "attachment": file.id, "sha256": file.sha256 })) }
    }
}

/// What differs between two contents, in the order of the content. A list that has grown or shrunk differs as a whole: nobody can say
/// which of its lines are the same.
#[must_use]
pub fn differences(before: &Content, after: &Content) -> Vec<Difference> {
    let mut found = Vec::new();
    compare(String::new(), Some(&written(before)), Some(&written(after)), &mut found);
    found
}

/// A content as it is written.
pub(super) fn written(content: &Content) -> Value {
    serde_json::to_value(content).unwrap_or_default()
}

pub(super) fn compare(pointer: String, before: Option<&Value>, after: Option<&Value>, found: &mut Vec<Difference>) {
    match (before, after) {
        (Some(Value::Object(old)), Some(Value::Object(new))) => {
            let added = new.keys().filter(|name| !old.contains_key(*name));
            for name in old.keys().chain(added) {
                compare(format!("{pointer}/{}", escaped(name)), old.get(name), new.get(name), found);
            }
        }
        (Some(Value::Array(old)), Some(Value::Array(new))) if old.len() == new.len() => {
            for (place, (old, new)) in old.iter().zip(new).enumerate() {
                compare(format!("{pointer}/{place}"), Some(old), Some(new), found);
            }
        }
        (before, after) if before == after => {}
        (before, after) => found.push(Difference { pointer, before: before.cloned(), after: after.cloned() }),
    }
}
