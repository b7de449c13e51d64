//! The form of a scheme: which typed sections an application must have, and the scheme's own questions.

use super::{FactKind, Tables};
use crate::dated::Dated;
use crate::text::Text;
use schemars::JsonSchema;
use serde::Deserialize;
use toml::Spanned;

/// The form of a scheme. Every application has a title, a summary, and what the calculation asks; the rest is said here.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Form {
    /// Whether the day is needed on which the project begins; left out, it is not.
    pub starts_on: Option<Section>,
    /// Whether at least one milestone is needed; left out, none is.
    pub milestones: Option<Section>,
    /// Whether the people are needed, one of them the leader; left out, they are not.
    pub people: Option<Section>,
    /// Whether quotations are needed; left out, they are not.
    pub quotations: Option<Section>,
    /// The scheme's own questions, beside those on which its rules depend.
    #[serde(default)]
    pub question: Tables<Question>,
}

/// A typed section of every form.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Section {
    /// Whether an application is submitted only with it.
    pub required: Dated<bool>,
}

/// A question of the form.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// The question.
    pub name: Text,
    /// The type of the answer.
    #[serde(rename = "type")]
    pub kind: QuestionKind,
    /// The answers that a question of the type `text` may have: each by its code, with what people call it.
    #[serde(default)]
    pub values: Tables<Text>,
    /// Whether an application is submitted only with an answer; left out, it need not be answered.
    pub required: Option<Dated<bool>>,
    /// The most characters of an answer in words; left out, what the house takes.
    #[schemars(with = "Option<u32>")]
    pub characters_max: Option<Spanned<u32>>,
}

/// The type of an answer of the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum QuestionKind {
    /// The applicant's own words.
    Words,
    /// `true` or `false`.
    Boolean,
    /// One of the codes of `values`.
    Text,
    /// A whole number.
    Count,
    /// Money, as a decimal text.
    Amount,
    /// A day.
    Day,
}

impl QuestionKind {
    /// The same as the type of a fact, which is never in the applicant's own words.
    #[must_use]
    pub const fn fact(self) -> Option<FactKind> {
        match self {
            Self::Words => None,
            Self::Boolean => Some(FactKind::Boolean),
            Self::Text => Some(FactKind::Text),
            Self::Count => Some(FactKind::Count),
            Self::Amount => Some(FactKind::Amount),
            Self::Day => Some(FactKind::Day),
        }
    }
}

impl Form {
    /// The typed sections by their names, in the order of the form.
    #[must_use]
    pub fn sections(&self) -> [(&'static str, Option<&Section>); 4] {
        [
            ("starts_on", self.starts_on.as_ref()),
            ("milestones", self.milestones.as_ref()),
            ("people", self.people.as_ref()),
            ("quotations", self.quotations.as_ref()),
        ]
    }
}
