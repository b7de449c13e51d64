//! A value with its whole life: from when, what, from which document. An entry holds until the next begins.

use crate::calendar::Day;
use crate::scheme::Predicate;
use crate::text::Text;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Deserializer, de};
use std::ops::Range;
use toml::Spanned;

/// What a scheme file can say at one point of a value's life.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Known<T> {
    /// This value.
    Is(T),
    /// `"none"`: the source says that there is no such rule (any more).
    None,
    /// `"unknown"`: nobody has seen what the source says.
    Unknown,
}

/// One line of a value's life.
#[derive(Clone, Debug)]
pub struct Entry<T> {
    /// The first day on which it holds.
    pub from: Day,
    /// What holds where no case does.
    pub is: Known<T>,
    /// What holds instead for some, in the order in which they are tried.
    pub cases: Vec<Spanned<Case<T>>>,
    /// The code of the source, a key of `[sources]`.
    pub source: String,
    /// Where the line stands in the file, in bytes.
    pub span: Range<usize>,
}

/// A value that holds for those who fulfil a condition.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, bound = "T: FileValue")]
#[schemars(bound = "T: FileValue", rename = "CaseOf{T}")]
pub struct Case<T> {
    /// The condition.
    #[serde(deserialize_with = "condition")]
    pub when: Predicate,
    /// The condition in words.
    pub name: Text,
    /// What holds then.
    pub is: Known<T>,
}

/// A value's whole life, in the order of the days.
#[derive(Clone, Debug)]
pub struct Dated<T> {
    /// The lines as written; the check of the file proves that their days ascend.
    pub entries: Vec<Entry<T>>,
}

/// What can be written after `is =`.
pub trait FileValue: Sized + JsonSchema {
    /// Reads it from the value in the file.
    ///
    /// # Errors
    /// A sentence that says what to write instead.
    fn from_file(value: toml::Value) -> Result<Self, String>;

    /// What an editor is told of it, where that is not what a request says.
    fn schema(generator: &mut SchemaGenerator) -> Schema {
        generator.subschema_for::<Self>()
    }
}

impl<T> Dated<T> {
    /// The entry that holds on a day; `None` before the first one.
    #[must_use]
    pub fn on(&self, day: Day) -> Option<&Entry<T>> {
        self.entries.iter().rev().find(|entry| entry.from <= day)
    }

    /// The value that holds on a day for whoever fulfils no case, where it is known and there is one.
    #[must_use]
    pub fn value_on(&self, day: Day) -> Option<&T> {
        match &self.on(day)?.is {
            Known::Is(value) => Some(value),
            Known::None | Known::Unknown => None,
        }
    }
}

impl<T> Entry<T> {
    /// Everything that can hold on its days.
    pub fn values(&self) -> impl Iterator<Item = &Known<T>> {
        self.cases.iter().map(|case| &case.get_ref().is).chain([&self.is])
    }
}

/// One line of a value's life.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, bound = "T: FileValue")]
#[schemars(bound = "T: FileValue", rename = "LineOf{T}")]
pub(crate) struct EntryInFile<T> {
    /// The first day on which it holds; until the next line begins.
    from: Day,
    /// What holds from then on, where no case does.
    is: Known<T>,
    /// What holds instead for some, in the order in which they are tried.
    #[serde(default)]
    #[schemars(with = "Vec<Case<T>>")]
    cases: Vec<Spanned<Case<T>>>,
    /// The code of the document that says so, a key of `[sources]`.
    source: String,
}

fn condition<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Predicate, D::Error> {
    Predicate::from_file(toml::Value::deserialize(deserializer)?).map_err(de::Error::custom)
}

impl<'de, T: FileValue> Deserialize<'de> for Known<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match toml::Value::deserialize(deserializer)? {
            toml::Value::String(text) if text == "none" => Ok(Self::None),
            toml::Value::String(text) if text == "unknown" => Ok(Self::Unknown),
            value => T::from_file(value).map(Self::Is).map_err(de::Error::custom),
        }
    }
}

impl<'de, T: FileValue> Deserialize<'de> for Dated<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let lines = Vec::<Spanned<EntryInFile<T>>>::deserialize(deserializer)?;
        let entry = |line: Spanned<EntryInFile<T>>| {
            let span = line.span();
            let EntryInFile { from, is, cases, source } = line.into_inner();
            Entry { from, is, cases, source, span }
        };
        Ok(Self { entries: lines.into_iter().map(entry).collect() })
    }
}
