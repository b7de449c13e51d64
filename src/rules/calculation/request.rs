//! What a calculation is asked: a person's or a system's question, read strictly, with a pointer to what is wrong.

use crate::calendar::Day;
use crate::money::Cents;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use serde_path_to_error::Segment;
use std::collections::BTreeMap;
use std::fmt;

/// Facts by their codes.
pub type Facts = BTreeMap<String, FactValue>;

/// A calculation request.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// The day whose rules apply.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on: Option<Day>,
    /// Who asks.
    #[serde(default)]
    pub applicant: Applicant,
    /// For what.
    pub project: Project,
    /// What was granted before; left out means nothing, and the answer says that it was left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub history: Option<History>,
    /// How much is asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requested: Option<Cents>,
}

/// The applicant of a request.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Applicant {
    /// Answers to the scheme's questions about the applicant.
    #[serde(default)]
    pub facts: Facts,
}

/// The project of a request.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Project {
    /// Answers to the scheme's questions about the project.
    #[serde(default)]
    pub facts: Facts,
    /// The stages that are asked about.
    pub stages: Vec<Stage>,
}

/// One stage of a project.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Stage {
    /// The scheme's code for it; `project` where there is only one.
    pub stage: String,
    /// Its length.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub months: Option<u32>,
    /// What it costs. Left out: eligible cost is contributions plus grant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub costs: Option<Vec<Cost>>,
    /// What others put in. Left out: the required share will be found. Empty: there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contributions: Option<Vec<Contribution>>,
    /// Posts at unit rates.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub posts: Option<Vec<Post>>,
}

/// One line of cost.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Cost {
    /// The scheme's code for the category.
    pub category: String,
    /// How much.
    pub amount: Cents,
}

/// One line of contribution.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Contribution {
    /// The scheme's code for who gives it.
    pub from: String,
    /// In which form.
    pub form: Form,
    /// How much.
    pub amount: Cents,
}

/// The form of a contribution.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Form {
    /// Money that need not be paid back.
    Cash,
    /// Goods and services.
    InKind,
    /// Capital put into the venture.
    Investment,
}

impl Form {
    /// The code used in requests and paths.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Cash => "cash",
            Self::InKind => "in_kind",
            Self::Investment => "investment",
        }
    }
}

/// Posts of one class.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Post {
    /// The scheme's code for the class.
    pub class: String,
    /// How many people.
    pub heads: u32,
    /// For how many months each.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub months: Option<u32>,
    /// Or for how many days each.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub days: Option<u32>,
    /// What each is paid in a month, where that is less than the rate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub monthly_salary: Option<Cents>,
}

/// What was granted before: in short, or award by award, never both.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct History {
    /// Granted in this scheme, decided, this case left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub granted: Option<Cents>,
    /// Projects in this scheme, decided, this case left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub projects: Option<u32>,
    /// Award by award.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub awards: Option<Vec<Award>>,
}

/// One earlier award.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Award {
    /// The scheme's code; left out means the scheme that is asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scheme: Option<String>,
    /// When it was decided.
    pub on: Day,
    /// How much.
    pub amount: Cents,
    /// Whether, or since which day, its project is completed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub completed: Option<Completed>,
    /// Who received it, where it was not the applicant: a key of the scheme's `aggregation`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub party: Option<String>,
}

/// Whether a project is completed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(untagged)]
pub enum Completed {
    /// Yes or no.
    Answer(bool),
    /// Since this day.
    On(Day),
}

impl Completed {
    /// Whether it is completed on a day.
    #[must_use]
    pub fn by(self, day: Day) -> bool {
        match self {
            Self::Answer(answer) => answer,
            Self::On(completed) => completed <= day,
        }
    }
}

/// The answer to one of the scheme's questions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FactValue {
    /// Yes or no.
    Boolean(bool),
    /// A whole number.
    Count(u32),
    /// A code.
    Text(String),
}

impl fmt::Display for FactValue {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Boolean(answer) => answer.fmt(formatter),
            Self::Count(count) => count.fmt(formatter),
            Self::Text(text) => text.fmt(formatter),
        }
    }
}

impl Serialize for FactValue {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Boolean(answer) => serializer.serialize_bool(*answer),
            Self::Count(count) => serializer.serialize_u32(*count),
            Self::Text(text) => serializer.serialize_str(text),
        }
    }
}

impl<'de> Deserialize<'de> for FactValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any;
        impl de::Visitor<'_> for Any {
            type Value = FactValue;
            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("true, false, a code in quotes or a whole number")
            }
            fn visit_bool<E: de::Error>(self, answer: bool) -> Result<FactValue, E> {
                Ok(FactValue::Boolean(answer))
            }
            fn visit_u64<E: de::Error>(self, count: u64) -> Result<FactValue, E> {
                let too_large = |_: std::num::TryFromIntError| E::invalid_value(de::Unexpected::Unsigned(count), &self);
                u32::try_from(count).map(FactValue::Count).map_err(too_large)
            }
            fn visit_i64<E: de::Error>(self, count: i64) -> Result<FactValue, E> {
                let negative = |_: std::num::TryFromIntError| E::invalid_value(de::Unexpected::Signed(count), &self);
                u32::try_from(count).map(FactValue::Count).map_err(negative)
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<FactValue, E> {
                Ok(FactValue::Text(text.to_owned()))
            }
        }
        deserializer.deserialize_any(Any)
    }
}

impl<'de> Deserialize<'de> for Completed {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct AnswerOrDay;
        impl de::Visitor<'_> for AnswerOrDay {
            type Value = Completed;
            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("true, false or the day of completion")
            }
            fn visit_bool<E: de::Error>(self, answer: bool) -> Result<Completed, E> {
                Ok(Completed::Answer(answer))
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Completed, E> {
                Day::parse(text).map(Completed::On).map_err(E::custom)
            }
        }
        deserializer.deserialize_any(AnswerOrDay)
    }
}

/// What is wrong with a request, and where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RequestFault {
    /// JSON Pointer (RFC 6901) to the part that is wrong.
    pub pointer: String,
    /// What is wrong and what is allowed.
    pub message: String,
    /// Whether the request cannot be understood, or is understood and not allowed.
    #[serde(skip)]
    pub kind: FaultKind,
}

/// The two kinds of wrong request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultKind {
    /// It cannot be understood (HTTP 400).
    Malformed,
    /// A rule of the scheme does not allow it (HTTP 422).
    NotAllowed,
}

impl RequestFault {
    /// A request that cannot be understood.
    #[must_use]
    pub fn malformed(pointer: impl Into<String>, message: impl Into<String>) -> Self {
        Self { pointer: pointer.into(), message: message.into(), kind: FaultKind::Malformed }
    }
}

impl fmt::Display for RequestFault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let pointer = if self.pointer.is_empty() { "the whole request" } else { &self.pointer };
        write!(formatter, "{pointer}: {}", self.message)
    }
}

impl Request {
    /// Reads a request from JSON text.
    ///
    /// # Errors
    /// The first thing that cannot be understood, with a pointer to it.
    pub fn from_json(text: &[u8]) -> Result<Self, RequestFault> {
        let mut deserializer = serde_json::Deserializer::from_slice(text);
        let request = serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
            let pointer = error.path().iter().map(pointer_segment).collect::<String>();
            RequestFault::malformed(pointer, error.inner().to_string())
        })?;
        deserializer.end().map_err(|error| RequestFault::malformed("", error.to_string()))?;
        Ok(request)
    }
}

fn pointer_segment(segment: &Segment) -> String {
    match segment {
        Segment::Seq { index } => format!("/{index}"),
        Segment::Map { key } => format!("/{}", escaped(key)),
        Segment::Enum { variant } => format!("/{}", escaped(variant)),
        Segment::Unknown => String::new(),
    }
}

/// A name as a segment of a JSON Pointer.
pub(super) fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}
