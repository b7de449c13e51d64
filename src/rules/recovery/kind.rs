//! Why money is owed back, and where a demand stands.

use serde::{Deserialize, Serialize};

/// Why money is owed back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RecoveryKind {
    /// More was paid than the settlement allows.
    Overpaid,
    /// What was paid has not been spent.
    Unspent,
    /// What was paid was spent on something else.
    Misspent,
    /// A share of income that the project has brought.
    Recoupment,
}

impl RecoveryKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Overpaid, Self::Unspent, Self::Misspent, Self::Recoupment];

    /// The code used in the API and the database.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Overpaid => "overpaid",
            Self::Unspent => "unspent",
            Self::Misspent => "misspent",
            Self::Recoupment => "recoupment",
        }
    }

    /// The kind with a code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// Whether its principal is money that was paid, which goes back to where it came from; income was never the scheme's.
    #[must_use]
    pub const fn is_of_what_was_paid(self) -> bool {
        !matches!(self, Self::Recoupment)
    }
}

/// Where a demand stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RecoveryState {
    /// Raised; nothing is owed by it until another person confirms it.
    Raised,
    /// Confirmed, and something is outstanding.
    Confirmed,
    /// Nothing is outstanding any more.
    Settled,
    /// Withdrawn before anybody confirmed it.
    Withdrawn,
}

impl RecoveryState {
    /// Every state.
    pub const ALL: [Self; 4] = [Self::Raised, Self::Confirmed, Self::Settled, Self::Withdrawn];

    /// The code used in the API and the database.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Raised => "raised",
            Self::Confirmed => "confirmed",
            Self::Settled => "settled",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// The state with a code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }
}
