//! Limits from above and from below, and over what they are counted.

use super::{Limit, Measure};
use crate::calendar::YearKind;
use crate::dated::Dated;
use schemars::JsonSchema;
use serde::Deserialize;
use toml::Spanned;

/// A limit from above.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Ceiling {
    /// What is limited.
    pub of: CeilingOf,
    /// Over what it is counted.
    pub per: Per,
    /// Over which time.
    #[serde(default)]
    pub period: Period,
    /// The question about the project, `project.NAME` of the type `day`, whose answer says in which year an award counts; where it is
    /// left out, the day of the application says it, and of earlier awards that of the decision.
    #[schemars(with = "Option<String>")]
    pub year_of: Option<Spanned<String>>,
    /// Of which stage; of all of them, where none is named.
    #[schemars(with = "Option<String>")]
    pub stage: Option<Spanned<String>>,
    /// Whether what the money of a year leaves out goes over to the next year; only of the whole scheme.
    #[serde(default)]
    pub rolls_over: bool,
    /// The groups of `aggregation` whose awards count here; all of them, where this is left out.
    #[schemars(with = "Option<Vec<String>>")]
    pub with: Option<Vec<Spanned<String>>>,
    /// The limit.
    pub is: Dated<Limit>,
}

impl Ceiling {
    /// Whether awards of a group of `aggregation` count in it, where the group is counted at all.
    #[must_use]
    pub fn counts_with(&self, group: &str) -> bool {
        self.with.as_ref().is_none_or(|groups| groups.iter().any(|named| named.get_ref() == group))
    }

    /// The question about the project whose answer says in which year an award counts, by its own name.
    #[must_use]
    pub fn year_question(&self) -> Option<&str> {
        let named = self.year_of.as_ref()?.get_ref();
        Some(named.strip_prefix("project.").unwrap_or(named))
    }
}

/// What a ceiling limits.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum CeilingOf {
    /// Money granted: more is cut.
    Grant,
    /// Projects decided in favour.
    Projects,
    /// Applications submitted.
    Applications,
    /// What is asked: more is refused.
    Asked(Measure),
}

impl TryFrom<String> for CeilingOf {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        match text.as_str() {
            "grant" => Ok(Self::Grant),
            "projects" => Ok(Self::Projects),
            "applications" => Ok(Self::Applications),
            asked => Measure::parse(asked).map(Self::Asked).ok().ok_or_else(|| {
                format!(
                    "\"{asked}\" cannot be limited: write \"grant\", \"projects\", \"applications\", \"cost\", \"cost.CATEGORY\", \"contribution\", \"applicant.FACT\" or \"project.FACT\""
                )
            }),
        }
    }
}

/// Over what a ceiling is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Per {
    /// One project.
    Project,
    /// All projects of one applicant.
    Applicant,
    /// All projects of the scheme, whoever has them.
    Scheme,
}

/// Over which time a ceiling is counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
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
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Floor {
    /// What must reach it.
    pub of: FloorOf,
    /// Of which stage; of all of them, where none is named. A stage that is not asked about has no floor.
    #[schemars(with = "Option<String>")]
    pub stage: Option<Spanned<String>>,
    /// The limit.
    pub is: Dated<Limit>,
}

/// What a floor measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FloorOf {
    /// Eligible cost over all stages, after category rules.
    Cost,
    /// What counts as contribution, or the applicant's share where contributions are left out.
    Contribution,
    /// The final grant.
    Grant,
}

/// How long a project, or a post, may be.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Duration {
    /// The stages whose months are added up, or whose posts are looked at.
    #[schemars(with = "Vec<String>")]
    pub stages: Vec<Spanned<String>>,
    /// Stages without which it holds only: one that is asked about takes the rule away.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub without: Vec<Spanned<String>>,
    /// What is measured.
    #[serde(default)]
    pub of: DurationOf,
    /// Whether it is a limit from above or from below.
    #[serde(default)]
    pub bound: DurationBound,
    /// Whether another length refuses; left out, it asks for a reason.
    #[serde(default)]
    pub refuses: bool,
    /// Months, or days of posts.
    pub is: Dated<u32>,
}

/// What a length is measured on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DurationOf {
    /// The months of stages, added up.
    #[default]
    Months,
    /// The days of each post.
    Days,
}

/// The direction of a limit on length.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DurationBound {
    /// From above.
    #[default]
    AtMost,
    /// From below.
    AtLeast,
}

impl DurationBound {
    /// Whether a length keeps within a limit.
    #[must_use]
    pub const fn holds(self, length: u32, limit: u32) -> bool {
        match self {
            Self::AtMost => length <= limit,
            Self::AtLeast => length >= limit,
        }
    }
}
