//! How a scheme stands to time and to other schemes: what must lie between two grants, what excludes it, what it needs before.

use super::SchemeFile;
use crate::calendar::Day;
use crate::dated::{Dated, Known};
use crate::text::Text;
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::BTreeSet;
use toml::Spanned;

/// What a scheme gives.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SchemeKind {
    /// Money that is not paid back.
    #[default]
    Grant,
    /// Capital: paid by capital calls, which are not handled here.
    Investment,
    /// A deduction from what is taxed: no money is given.
    Deduction,
}

/// Months that must lie between an earlier award and the next application.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Interval {
    /// The rule in words.
    pub name: Text,
    /// From when they are counted.
    pub after: IntervalAfter,
    /// How many.
    pub is: Dated<u32>,
}

/// From when the months between two awards are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum IntervalAfter {
    /// The decision.
    Decision,
    /// The completion of the project; one that is not completed bars as well.
    Completion,
}

/// Other schemes whose awards exclude one of this scheme.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Exclusive {
    /// The rule in words.
    pub name: Text,
    /// Their codes.
    #[schemars(with = "Vec<String>")]
    pub schemes: Vec<Spanned<String>>,
    /// Whether only a running project excludes; left out, any award does.
    #[serde(default)]
    pub running: bool,
    /// Whether it holds.
    pub is: Dated<bool>,
}

/// Other schemes of which an award is needed before.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Dependency {
    /// The rule in words.
    pub name: Text,
    /// Their codes; an award of one of them is enough.
    #[schemars(with = "Vec<String>")]
    pub schemes: Vec<Spanned<String>>,
    /// Whether its project must be completed.
    #[serde(default)]
    pub completed: bool,
    /// Whether it holds.
    pub is: Dated<bool>,
}

/// What a scheme was called before, or what became of it.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Lineage {
    /// In words.
    pub name: Text,
    /// Since when.
    pub from: Day,
    /// Where that was published.
    #[schemars(with = "String")]
    pub source: Spanned<String>,
}

impl SchemeFile {
    /// The schemes that exclude or are needed, where they are written.
    pub(super) fn schemes_named(&self) -> impl Iterator<Item = &Spanned<String>> {
        let excluded = self.exclusive.values().flat_map(|exclusive| &exclusive.schemes);
        excluded.chain(self.dependency.values().flat_map(|dependency| &dependency.schemes))
    }

    /// The other schemes whose awards its rules look at: what it excludes, and what it needs.
    #[must_use]
    pub fn other_schemes(&self) -> BTreeSet<String> {
        let codes = self.schemes_named().map(|code| code.get_ref().clone());
        codes.filter(|code| code != self.code.get_ref()).collect()
    }

    /// The groups of `aggregation` whose awards the text may count on a day: all but those of which it says that they do not count.
    /// Where nobody knows, the calculation says so.
    #[must_use]
    pub fn groups_looked_at(&self, on: Day) -> Vec<String> {
        let may_count = |is: &Known<bool>| matches!(is, Known::Is(true) | Known::Unknown);
        let groups = self
            .aggregation
            .iter()
            .filter(|(_, group)| group.is.on(on).is_some_and(|entry| entry.values().any(may_count)));
        groups.map(|(code, _)| code.clone()).collect()
    }

    /// The schemes of which an applicant's awards matter: it itself, and the others that its rules look at.
    #[must_use]
    pub fn schemes_looked_at(&self) -> BTreeSet<String> {
        let mut codes = self.other_schemes();
        codes.insert(self.code.get_ref().clone());
        codes
    }
}
