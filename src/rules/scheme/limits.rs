//! Limits from above and from below, and over what they are counted.

use super::Limit;
use crate::calendar::YearKind;
use crate::dated::Dated;
use serde::Deserialize;
use toml::Spanned;

/// A limit from above.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ceiling {
    /// What is limited.
    pub of: CeilingOf,
    /// Over what it is counted.
    pub per: Per,
    /// Over which time.
    #[serde(default)]
    pub period: Period,
    /// The limit.
    pub is: Dated<Limit>,
}

/// What a ceiling limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CeilingOf {
    /// Money granted.
    Grant,
    /// Projects decided in favour.
    Projects,
    /// Applications submitted.
    Applications,
}

/// Over what a ceiling is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Per {
    /// One project.
    Project,
    /// All projects of one applicant.
    Applicant,
}

/// Over which time a ceiling is counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Period {
    /// For ever.
    #[default]
    Lifetime,
    /// Projects that are not completed.
    Concurrent,
    /// A year from 1 April.
    FinancialYear,
    /// A year from 1 September.
    AcademicYear,
    /// A year from 1 January.
    CalendarYear,
    /// One round of applications.
    Round,
}

impl Period {
    /// The year that the period is, where it is one.
    #[must_use]
    pub const fn year(self) -> Option<YearKind> {
        match self {
            Self::FinancialYear => Some(YearKind::Financial),
            Self::AcademicYear => Some(YearKind::Academic),
            Self::CalendarYear => Some(YearKind::Calendar),
            Self::Lifetime | Self::Concurrent | Self::Round => None,
        }
    }
}

/// A limit from below.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Floor {
    /// What must reach it.
    pub of: FloorOf,
    /// The limit.
    pub is: Dated<Limit>,
}

/// What a floor measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FloorOf {
    /// Eligible cost over all stages, after category rules.
    Cost,
    /// What counts as contribution, or the applicant's share where contributions are left out.
    Contribution,
    /// The final grant.
    Grant,
}

/// A normal length. Longer asks for a reason, it does not refuse.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Duration {
    /// The stages whose months are added up.
    pub stages: Vec<Spanned<String>>,
    /// Months.
    pub is: Dated<u32>,
}
