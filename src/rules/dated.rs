//! A value with its whole life: from when, what, from which document. An entry holds until the next begins.

use crate::calendar::Day;
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
    /// What holds.
    pub is: Known<T>,
    /// The code of the source, a key of `[sources]`.
    pub source: String,
    /// Where the line stands in the file, in bytes.
    pub span: Range<usize>,
}

/// A value's whole life, in the order of the days.
#[derive(Clone, Debug)]
pub struct Dated<T> {
    /// The lines as written; the check of the file proves that their days ascend.
    pub entries: Vec<Entry<T>>,
}

/// What can be written after `is =`.
pub trait FileValue: Sized {
    /// Reads it from the value in the file.
    ///
    /// # Errors
    /// A sentence that says what to write instead.
    fn from_file(value: toml::Value) -> Result<Self, String>;
}

impl<T> Dated<T> {
    /// The entry that holds on a day; `None` before the first one.
    #[must_use]
    pub fn on(&self, day: Day) -> Option<&Entry<T>> {
        self.entries.iter().rev().find(|entry| entry.from <= day)
    }

    /// The value that holds on a day, where it is known and there is one.
    #[must_use]
    pub fn value_on(&self, day: Day) -> Option<&T> {
        match &self.on(day)?.is {
            Known::Is(value) => Some(value),
            Known::None | Known::Unknown => None,
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, bound = "T: FileValue")]
struct EntryInFile<T> {
    from: Day,
    is: Known<T>,
    source: String,
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
            let EntryInFile { from, is, source } = line.into_inner();
            Entry { from, is, source, span }
        };
        Ok(Self { entries: lines.into_iter().map(entry).collect() })
    }
}
