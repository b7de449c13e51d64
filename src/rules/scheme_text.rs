//! A published text of a scheme: stored with its hash, in force from a day, never edited, pinned by every application made under it.

use crate::calendar::Day;
use crate::change::{Change, Write};
use crate::event::Event;
use crate::ids::{PersonId, SchemeDraftId, SchemeTextId};
use crate::permission::Permit;
use crate::refusal::Refusal;
use crate::round::seals;
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
    /// The first day on which it is in force, unless one that was published later for the same day is.
    pub from: Day,
    /// The two persons who published it; none where the console did.
    pub by: Option<ByTwo>,
}

/// Who published a text together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ByTwo {
    /// The draft that it was.
    pub draft: SchemeDraftId,
    /// Who proposed it.
    pub proposed_by: PersonId,
    /// Who published it.
    pub published_by: PersonId,
}

/// What a text meets on the day from which it is to be in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place<'a> {
    /// The day.
    pub from: Day,
    /// Today.
    pub today: Day,
    /// The hash of the text that is in force on that day so far.
    pub in_force: Option<&'a str>,
}

impl Place<'_> {
    /// What was in force on a day that is over stays as it was.
    ///
    /// # Errors
    /// When the day is over.
    pub(crate) fn is_to_come(&self) -> Result<(), Refusal> {
        let Self { from, today, .. } = *self;
        if from < today { Err(Refusal::SchemeDayOver { from, today }) } else { Ok(()) }
    }

    /// A text that is in force already would change nothing.
    ///
    /// # Errors
    /// When it is this one.
    pub(crate) fn is_changed_by(&self, hash: &str, code: &str) -> Result<(), Refusal> {
        if self.in_force == Some(hash) { Err(Refusal::SchemeUnchanged { code: code.to_owned() }) } else { Ok(()) }
    }
}

/// The console publishes a text. The first one of a scheme may be in force from a day that is over: nothing was before it.
///
/// # Errors
/// When the text is faulty, an example fails, the day is over, or it is the text that is in force on it already.
pub fn publish(
    permit: &Permit,
    id: SchemeTextId,
    text: String,
    place: Place<'_>,
    is_first: bool,
) -> Result<Change, Refusal> {
    let scheme = Scheme::proved(&text).map_err(|faults| Refusal::SchemeFaulty { faults })?;
    let seals = seals(&scheme.file).collect::<Vec<_>>();
    let code = scheme.file.code.into_inner();
    if !is_first {
        place.is_to_come()?;
    }
    place.is_changed_by(&scheme.hash, &code)?;
    let text = SchemeText { id, code, hash: scheme.hash, text, from: place.from, by: None };
    let writes = [vec![Write::NewSchemeText(text.clone())], seals].concat();
    Ok(Change::new(permit, published(&text), writes))
}

pub(crate) fn published(text: &SchemeText) -> Event {
    let (code, hash) = (text.code.clone(), text.hash.clone());
    Event::SchemePublished { text: text.id, code, hash, from: text.from }
}
