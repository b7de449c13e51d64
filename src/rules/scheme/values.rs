//! What can be written after `is =`, and the sentence that says so when it is something else.

use super::{ControlValue, Formula, HeldAgainst};
use crate::calculation::Form;
use crate::dated::FileValue;
use crate::money::{Cents, Ratio, Rounding, Share};
use crate::schema::amount_in_file;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Deserialize;
use std::fmt;
use toml::Value;

/// Whether a form of contribution counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Counts {
    /// It is matched.
    Counts,
    /// It covers cost, but is not matched.
    DoesNotCount,
    /// Nobody has seen what the source says.
    Unknown,
}

/// Which forms of one contributor's money count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Forms {
    /// Money that need not be paid back.
    pub cash: Counts,
    /// Goods and services.
    pub in_kind: Counts,
    /// Capital put into the venture.
    pub investment: Counts,
}

impl Forms {
    /// Whether one form counts.
    #[must_use]
    pub const fn of(&self, form: Form) -> Counts {
        match form {
            Form::Cash => self.cash,
            Form::InKind => self.in_kind,
            Form::Investment => self.investment,
        }
    }
}

/// The amount or the count of a limit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Limit {
    /// Money.
    Amount(Cents),
    /// A number of things.
    Count(u32),
    /// Money that is worked out from what is asked.
    Formula(Formula),
}

/// What happens to contributions in kind above their part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, JsonSchema)]
#[schemars(rename_all = "snake_case")]
pub enum Treatment {
    /// The excess is not counted.
    Disregard,
    /// The application is refused.
    Refuse,
}

/// What it means that a criterion does not apply to a proposal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, JsonSchema)]
#[schemars(rename_all = "snake_case")]
pub enum NotApplicable {
    /// It is left out, and the other criteria share the whole.
    LeftOut,
    /// It counts as a mark of 0.
    Zero,
}

/// Whether costs outside the listed categories are eligible.
#[derive(Clone, Copy, Debug, PartialEq, Eq, JsonSchema)]
#[schemars(rename_all = "snake_case")]
pub enum CategoryList {
    /// The source's list has not been seen: other categories are eligible without a cap.
    Open,
    /// The list is complete: other categories are refused.
    Closed,
}

fn text_of(value: Value, expected: &str) -> Result<String, String> {
    match value {
        Value::String(text) => Ok(text),
        other => Err(format!("{} is not allowed here: write {expected}", other.type_str())),
    }
}

pub(super) fn one_of<T: Copy>(value: Value, words: &[(&str, T)]) -> Result<T, String> {
    let known = words.iter().map(|(word, _)| format!("\"{word}\"")).collect::<Vec<_>>().join(" or ");
    let text = text_of(value, &known)?;
    words
        .iter()
        .find(|(word, _)| *word == text)
        .map(|(_, meaning)| *meaning)
        .ok_or_else(|| format!("\"{text}\" is not known: write {known}"))
}

impl FileValue for Cents {
    fn from_file(value: Value) -> Result<Self, String> {
        let text = text_of(value, "a quoted amount with two decimal places such as \"200000000.00\"")?;
        let amount = Self::parse(&text).map_err(|error| error.to_string())?;
        if amount.to_string() == text {
            Ok(amount)
        } else {
            Err(format!("write the amount with two decimal places: \"{amount}\""))
        }
    }

    fn schema(_: &mut SchemaGenerator) -> Schema {
        amount_in_file()
    }
}

impl FileValue for Ratio {
    fn from_file(value: Value) -> Result<Self, String> {
        Self::parse(&text_of(value, "a ratio such as \"1:2\"")?).map_err(|error| error.to_string())
    }
}

impl FileValue for Share {
    fn from_file(value: Value) -> Result<Self, String> {
        Self::parse(&text_of(value, "a share such as \"1/3\" or \"15%\"")?).map_err(|error| error.to_string())
    }
}

impl FileValue for bool {
    fn from_file(value: Value) -> Result<Self, String> {
        value.as_bool().ok_or_else(|| format!("{} is not allowed here: write true or false", value.type_str()))
    }
}

impl FileValue for u32 {
    fn from_file(value: Value) -> Result<Self, String> {
        let number = value.as_integer().and_then(|number| Self::try_from(number).ok());
        number.ok_or_else(|| "write a whole number, without quotes, that is not negative".to_owned())
    }
}

impl FileValue for Limit {
    fn from_file(value: Value) -> Result<Self, String> {
        match value {
            Value::Integer(_) => u32::from_file(value).map(Self::Count),
            Value::Table(table) => Formula::from_table(table).map(Self::Formula),
            other => Cents::from_file(other).map(Self::Amount),
        }
    }
}

impl FileValue for ControlValue {
    fn from_file(value: Value) -> Result<Self, String> {
        match &value {
            Value::Boolean(holds) => Ok(Self::Holds(*holds)),
            Value::String(text) if text.ends_with('%') || text.contains('/') => {
                Share::from_file(value).map(Self::Share)
            }
            _ => Limit::from_file(value).map(Self::Limit),
        }
    }
}

impl FileValue for Rounding {
    fn from_file(value: Value) -> Result<Self, String> {
        one_of(value, &[("down", Self::Down), ("half_up", Self::HalfUp)])
    }
}

impl FileValue for Treatment {
    fn from_file(value: Value) -> Result<Self, String> {
        one_of(value, &[("disregard", Self::Disregard), ("refuse", Self::Refuse)])
    }
}

impl FileValue for NotApplicable {
    fn from_file(value: Value) -> Result<Self, String> {
        one_of(value, &[("left_out", Self::LeftOut), ("zero", Self::Zero)])
    }
}

impl FileValue for HeldAgainst {
    fn from_file(value: Value) -> Result<Self, String> {
        one_of(value, &[Self::PerCategory, Self::InTotal].map(|held| (held.code(), held)))
    }
}

impl FileValue for CategoryList {
    fn from_file(value: Value) -> Result<Self, String> {
        one_of(value, &[("open", Self::Open), ("closed", Self::Closed)])
    }
}

impl FileValue for Vec<String> {
    fn from_file(value: Value) -> Result<Self, String> {
        value.try_into().map_err(|error: toml::de::Error| format!("{}: write a list of names", error.message()))
    }
}

impl FileValue for Forms {
    fn from_file(value: Value) -> Result<Self, String> {
        value.try_into().map_err(|error: toml::de::Error| {
            let known = "cash, in_kind and investment, each \"counts\", \"does_not_count\" or \"unknown\"";
            format!("{}: write {known}", error.message())
        })
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Counts => "counts",
            Self::DoesNotCount => "does not count",
            Self::Unknown => "unknown",
        })
    }
}

impl fmt::Display for Forms {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "cash {}, in kind {}, investment {}", self.cash, self.in_kind, self.investment)
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Amount(amount) => amount.fmt(formatter),
            Self::Count(count) => count.fmt(formatter),
            Self::Formula(formula) => formula.fmt(formatter),
        }
    }
}

impl fmt::Display for ControlValue {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Share(share) => share.fmt(formatter),
            Self::Limit(limit) => limit.fmt(formatter),
            Self::Holds(holds) => holds.fmt(formatter),
        }
    }
}

impl fmt::Display for Rounding {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Down => "down to the cent",
            Self::HalfUp => "to the nearest cent",
        })
    }
}

impl fmt::Display for Treatment {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Disregard => "disregarded",
            Self::Refuse => "refused",
        })
    }
}

impl fmt::Display for NotApplicable {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::LeftOut => "left_out",
            Self::Zero => "zero",
        })
    }
}

impl fmt::Display for HeldAgainst {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.code())
    }
}

impl fmt::Display for CategoryList {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Open => "open",
            Self::Closed => "closed",
        })
    }
}
