//! Where a claim stands.

use serde::{Deserialize, Serialize};

/// Where a claim stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClaimState {
    /// Waits for certification.
    Submitted,
    /// Something was asked on it, and the applicant has not answered; it is not certified before.
    Queried,
    /// Sent back with a reason; another claim may follow.
    Returned,
    /// Certified; waits for payment.
    Certified,
    /// In batches that have been released, and none of it has come back that is not paid again.
    Paid,
    /// Certified at nothing: nothing is due, and nothing will be paid.
    Nil,
}

impl ClaimState {
    /// Every state.
    pub const ALL: [Self; 6] = [Self::Submitted, Self::Queried, Self::Returned, Self::Certified, Self::Paid, Self::Nil];

    /// The code used in the API and the database.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Submitted => "submitted",
            Self::Queried => "queried",
            Self::Returned => "returned",
            Self::Certified => "certified",
            Self::Paid => "paid",
            Self::Nil => "nil",
        }
    }

    /// The state with a code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }

    /// Whether what is due of it is not decided yet.
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Submitted | Self::Queried)
    }
}
