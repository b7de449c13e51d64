//! What bounds an amount: matching, cost, ceilings, floors, normal lengths.

use super::{CategoryList, Limit, Plain, Tables, Treatment};
use crate::calendar::YearKind;
use crate::dated::Dated;
use crate::money::{Cents, Ratio, Share};
use crate::text::Text;
use serde::Deserialize;
use toml::Spanned;

/// How contributions are matched, each by stage.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Matching {
    /// Government to applicant side.
    pub ratio: Tables<Plain<Ratio>>,
    /// The government's part of eligible cost where the scheme states its own; else g / (g + a).
    #[serde(default)]
    pub share: Tables<Plain<Share>>,
    /// The largest part of what counts that may be in kind.
    #[serde(default)]
    pub in_kind_share: Tables<Plain<Share>>,
    /// What happens to contributions in kind above that part.
    #[serde(default)]
    pub in_kind_excess: Tables<Plain<Treatment>>,
    /// Contributors that must all be there.
    #[serde(default)]
    pub requires: Tables<Plain<Vec<String>>>,
}

/// Which costs are eligible.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cost {
    /// Whether categories outside the list are eligible (`open`) or refused (`closed`).
    pub list: Plain<CategoryList>,
    /// The categories with rules of their own.
    #[serde(default)]
    pub category: Tables<Category>,
}

/// One category of cost.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Category {
    /// What people call it.
    pub name: Text,
    /// Whether it is eligible at all; left out means that it is.
    pub eligible: Option<Dated<bool>>,
    /// The most of it that is eligible in a project.
    pub cap: Option<Dated<Cents>>,
    /// The largest part of all eligible cost that it may be.
    pub share: Option<Dated<Share>>,
}

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
    pub is: Dated<Cents>,
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
