//! What a step looked at, in the few types that an answer shows.

use super::request::FactValue;
use super::step::Called;
use crate::money::{Cents, Share};
use indexmap::IndexMap;
use serde::{Serialize, Serializer};
use std::borrow::Cow;

/// A value in a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Quantity {
    /// Money.
    Amount(Cents),
    /// A number of things.
    Count(u32),
    /// A code or a fraction.
    Word(String),
    /// Yes or no.
    Answer(bool),
    /// There is none, or nobody knows.
    Nothing,
}

impl Serialize for Quantity {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Amount(amount) => amount.serialize(serializer),
            Self::Count(count) => serializer.serialize_u32(*count),
            Self::Word(word) => serializer.serialize_str(word),
            Self::Answer(answer) => serializer.serialize_bool(*answer),
            Self::Nothing => serializer.serialize_none(),
        }
    }
}

impl From<Cents> for Quantity {
    fn from(amount: Cents) -> Self {
        Self::Amount(amount)
    }
}

impl From<Option<Cents>> for Quantity {
    fn from(amount: Option<Cents>) -> Self {
        amount.map_or(Self::Nothing, Self::Amount)
    }
}

impl From<u32> for Quantity {
    fn from(count: u32) -> Self {
        Self::Count(count)
    }
}

impl From<&str> for Quantity {
    fn from(word: &str) -> Self {
        Self::Word(word.to_owned())
    }
}

impl From<&FactValue> for Quantity {
    fn from(fact: &FactValue) -> Self {
        match fact {
            FactValue::Boolean(answer) => Self::Answer(*answer),
            FactValue::Count(count) => Self::Count(*count),
            FactValue::Text(text) => Self::Word(text.clone()),
        }
    }
}

impl From<Called<'_>> for Quantity {
    fn from(called: Called<'_>) -> Self {
        Self::Word(called.code.to_owned())
    }
}

impl From<Share> for Quantity {
    fn from(share: Share) -> Self {
        Self::Word(share.to_string())
    }
}

/// What a step looked at, by name.
pub type Inputs = IndexMap<Cow<'static, str>, Quantity>;
