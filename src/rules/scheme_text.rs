//! A published text of a scheme: stored with its hash, never edited, pinned by every application made under it.

use crate::change::{Change, Write};
use crate::event::Event;
use crate::ids::SchemeTextId;
use crate::permission::Permit;
use crate::refusal::Refusal;
use crate::scheme::Scheme;

/// A published text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SchemeText {
    /// Identity.
    pub id: SchemeTextId,
    /// The scheme's code.
    pub code: String,
    /// SHA-256 of the text.
    pub hash: String,
    /// The file, byte by byte.
    pub text: String,
}

/// Publishes a text.
///
/// # Errors
/// When the text is faulty, an example fails, or it is the text that is in force already.
pub fn publish(
    permit: &Permit,
    id: SchemeTextId,
    text: String,
    in_force: Option<&SchemeText>,
) -> Result<Change, Refusal> {
    let scheme = Scheme::read(&text).map_err(|faults| Refusal::SchemeFaulty { faults })?;
    let faults = scheme.failing_examples(&text);
    if !faults.is_empty() {
        return Err(Refusal::SchemeFaulty { faults });
    }
    if in_force.is_some_and(|in_force| in_force.hash == scheme.hash) {
        return Err(Refusal::SchemeUnchanged { code: scheme.file.code.into_inner() });
    }
    let text = SchemeText { id, code: scheme.file.code.into_inner(), hash: scheme.hash, text };
    let event = Event::SchemePublished { text: id, code: text.code.clone(), hash: text.hash.clone() };
    Ok(Change::new(permit, event, vec![Write::NewSchemeText(text)]))
}
