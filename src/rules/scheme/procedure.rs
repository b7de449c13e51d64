//! What happens around the calculation: rounds, assessment, approval, payment, obligations.

use super::{NamedValue, Plain, Tables};
use crate::calendar::Day;
use crate::dated::Dated;
use crate::money::{Cents, Share};
use crate::text::Text;
use serde::{Deserialize, Serialize};
use toml::Spanned;

/// A window for applications: from the beginning of the first day to the last second of the last.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Round {
    /// What people call it.
    pub name: Text,
    /// First day.
    pub opens_on: Day,
    /// Last day.
    pub closes_on: Spanned<Day>,
    /// Where the window was published.
    pub source: Spanned<String>,
}

/// How proposals are assessed.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Assessment {
    /// How many assessors score each proposal.
    pub assessors: Plain<u32>,
    /// The highest mark for a criterion; the lowest is 0.
    pub scale: Plain<u32>,
    /// The part of the highest weighted mark that is needed.
    pub pass_mark: Plain<Share>,
    /// The criteria with their weights, which add up to the whole.
    pub criterion: Tables<NamedValue<Share>>,
}

/// Who recommends and who approves.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Approval {
    /// The body that recommends.
    pub recommender: Recommender,
    /// Who may approve up to which amount, from the lowest authority to the highest; `none` is any amount.
    pub authority: Tables<NamedValue<Cents>>,
    /// Days for which an offer stands.
    pub offer_days: Plain<u32>,
}

/// The body that recommends.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recommender {
    /// What people call it.
    pub name: Text,
    /// Where that was published.
    pub source: Spanned<String>,
}

/// How a grant is paid.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Payment {
    /// The instalments, whose shares add up to the whole.
    pub instalment: Tables<Instalment>,
}

/// One instalment.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Instalment {
    /// What people call it.
    pub name: Text,
    /// What makes it due.
    pub due: DueOn,
    /// Its share of the grant.
    pub is: Dated<Share>,
}

/// The event that makes an instalment or an obligation due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DueOn {
    /// The offer is accepted.
    Acceptance,
    /// The project is completed.
    Completion,
    /// The final accounts are accepted.
    FinalAccounts,
}

impl DueOn {
    /// The code used in the database.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Acceptance => "acceptance",
            Self::Completion => "completion",
            Self::FinalAccounts => "final_accounts",
        }
    }

    /// The event with a code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Acceptance, Self::Completion, Self::FinalAccounts].into_iter().find(|due| due.code() == code)
    }
}

/// What a recipient owes afterwards.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Obligation {
    /// What people call it.
    pub name: Text,
    /// After which event.
    pub after: DueOn,
    /// How many months later at the latest.
    pub is: Dated<u32>,
}
