//! What a scheme asks: questions about the applicant and the project, and the answers that may be given.

use super::Tables;
use crate::text::Text;
use schemars::JsonSchema;
use serde::Deserialize;
use toml::Spanned;

/// The typed questions of the scheme.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Facts {
    /// About the applicant.
    #[serde(default)]
    pub applicant: Tables<Fact>,
    /// About the project.
    #[serde(default)]
    pub project: Tables<Fact>,
}

impl Facts {
    /// All questions, by their names in conditions and limits.
    pub fn all(&self) -> impl Iterator<Item = (String, &Fact)> {
        let of = |whose: &'static str| move |(name, fact)| (format!("{whose}.{name}"), fact);
        self.applicant.iter().map(of("applicant")).chain(self.project.iter().map(of("project")))
    }

    /// The question that a condition or a limit names as `applicant.…` or `project.…`.
    #[must_use]
    pub fn named(&self, name: &str) -> Option<&Fact> {
        match name.split_once('.')? {
            ("applicant", name) => self.applicant.get(name),
            ("project", name) => self.project.get(name),
            _ => None,
        }
    }
}

/// One question and the type of its answer.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Fact {
    /// The question.
    pub name: Text,
    /// The type of the answer.
    #[serde(rename = "type")]
    #[schemars(with = "FactKind")]
    pub kind: Spanned<FactKind>,
    /// The answers that a question of the type `text` may have: each by its code, with what people call it.
    #[serde(default)]
    pub values: Tables<Text>,
}

/// The type of a fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FactKind {
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

impl FactKind {
    /// The word of files, schemas and the API.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Boolean => "boolean",
            Self::Text => "text",
            Self::Count => "count",
            Self::Amount => "amount",
            Self::Day => "day",
        }
    }

    /// What an answer of this type is.
    #[must_use]
    pub(crate) const fn in_words(self) -> &'static str {
        match self {
            Self::Boolean => "true or false",
            Self::Text => "a code in quotes",
            Self::Count => "a whole number",
            Self::Amount => "an amount in quotes such as \"1200.50\"",
            Self::Day => "a day in quotes such as \"2025-11-18\"",
        }
    }
}
