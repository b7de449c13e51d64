//! What is asked about the applicant and the project, and who and what may apply.

use super::{Predicate, Tables};
use crate::dated::Dated;
use crate::text::Text;
use serde::Deserialize;

/// The typed questions of the scheme.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Facts {
    /// About the applicant.
    #[serde(default)]
    pub applicant: Tables<Fact>,
    /// About the project.
    #[serde(default)]
    pub project: Tables<Fact>,
}

/// One question and the type of its answer.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fact {
    /// The question.
    pub name: Text,
    /// The type of the answer.
    #[serde(rename = "type")]
    pub kind: FactKind,
}

/// The type of a fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FactKind {
    /// `true` or `false`.
    Boolean,
    /// A code of a list.
    Text,
    /// A whole number.
    Count,
}

/// A dated condition on facts.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    /// The condition in words.
    pub name: Text,
    /// The condition itself.
    pub is: Dated<Predicate>,
}
