//! What is committed of a scheme's money when a grant is approved.

use super::values::one_of;
use super::{CeilingOf, Per, SchemeFile};
use crate::dated::{FileValue, Known};
use schemars::JsonSchema;
use std::fmt;
use toml::Value;

/// What is committed of the scheme's money when a grant is approved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, JsonSchema)]
#[schemars(rename_all = "snake_case")]
pub enum Commits {
    /// The grant.
    Grant,
    /// The lowest ceiling on the grant, whatever the grant comes to.
    Ceiling,
}

impl Commits {
    /// The word for it in a file.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Grant => "grant",
            Self::Ceiling => "ceiling",
        }
    }
}

impl FileValue for Commits {
    fn from_file(value: Value) -> Result<Self, String> {
        one_of(value, &[("grant", Self::Grant), ("ceiling", Self::Ceiling)])
    }
}

impl fmt::Display for Commits {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.code())
    }
}

impl SchemeFile {
    /// What is wrong with what it commits, and where it stands.
    pub(super) fn misplaced_commitment(&self) -> Option<(usize, &'static str)> {
        let entries = self.commitment.iter().flat_map(|commitment| &commitment.is.entries);
        let entry = entries.into_iter().find(|entry| entry.is == Known::Is(Commits::Ceiling))?;
        let message = if self.assessment.is_some() || self.approval.is_some() || self.payment.is_some() {
            "commitment: the ledger commits what is awarded and no more, so a scheme that commits its ceiling cannot take applications yet: leave out [assessment], [approval] and [payment], or write \"grant\""
        } else if self.ceiling.values().all(|ceiling| ceiling.of != CeilingOf::Grant || ceiling.per == Per::Scheme) {
            "commitment: there is no ceiling to commit: write a [ceiling.…] with of = \"grant\" and per = \"project\" or \"applicant\", or write \"grant\""
        } else {
            return None;
        };
        Some((entry.span.start, message))
    }
}
