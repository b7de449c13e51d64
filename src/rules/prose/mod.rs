//! A scheme in words: every rule of its file as a sentence with its path and source, and what differs between two days or texts.

mod applicants;
mod approving;
mod assessing;
mod catalogue;
mod changes;
mod claims;
mod diff;
mod documents;
mod form;
pub(crate) mod given;
mod giving;
mod limits;
mod names;
mod obligations;
mod page;
mod posts;
pub(crate) mod procedure;
mod relations;
mod reviews;
mod rounds;
#[cfg(test)]
mod tests;
pub(crate) mod tiers;
mod walk;
pub(crate) mod words;
mod writer;

pub use catalogue::catalogue;
pub use diff::{Difference, DifferenceKind, between_days, between_texts};
pub use page::{Chapter, Page, Section, page};

use crate::calculation::StepSource;
use crate::calendar::Day;
use crate::scheme::Scheme;
use crate::text::Text;
use serde::Serialize;

/// One rule in words: its path, and what it says from which day on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// The path in the file, such as `ceiling.grant_per_project`.
    pub path: String,
    /// Where on the page it stands.
    pub chapter: Chapter,
    /// What it says, in the order of the days.
    pub lines: Vec<Stated>,
}

/// What a rule says from a day on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Stated {
    /// The first day on which it holds; none for what has no day, such as a name.
    pub from: Option<Day>,
    /// The sentence.
    pub text: Text,
    /// The document behind it; none for what has none, such as a name.
    pub source: Option<StepSource>,
}

impl Rule {
    /// What it says on a day.
    #[must_use]
    pub fn on(&self, day: Day) -> Option<&Stated> {
        self.lines.iter().rev().find(|line| line.from.is_none_or(|from| from <= day))
    }
}

/// Every rule of a scheme in words, in the order of the page. Examples prove the rules and are none.
#[must_use]
pub fn of(scheme: &Scheme) -> Vec<Rule> {
    walk::rules(scheme)
}
