//! What is put to a committee.

use crate::calendar::Day;
use crate::change_request::Verdict;
use crate::money::Cents;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What is put to the vote.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "act", rename_all = "snake_case", deny_unknown_fields)]
pub enum Motion {
    /// To pass the part.
    Approve {
        /// What is recommended, or less.
        amount: Cents,
        /// What was recommended when it was read, where it is less.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reduced_from: Option<Cents>,
        /// What the recipient must fulfil.
        #[serde(default)]
        conditions: Vec<String>,
        /// The first day on which it may be told; with the last part alone.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        embargo_until: Option<Day>,
    },
    /// To pass the last part for when money frees up, and put it on the reserve list; on an agenda alone.
    Reserve {
        /// What is recommended, or less.
        amount: Cents,
        /// What was recommended when it was read, where it is less.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reduced_from: Option<Cents>,
        /// What the recipient must fulfil.
        #[serde(default)]
        conditions: Vec<String>,
        /// The last day on which it may move up.
        until: Day,
        /// The first day on which its award may be told, where it moves up before that.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        embargo_until: Option<Day>,
        /// Why one that is ranked below is awarded before it, where that is so.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        departure: Option<String>,
    },
    /// To refuse the application.
    Reject {
        /// Why; it is what the applicant is told.
        reason: String,
        /// Why one that is ranked below is preferred, in the agency's own words; the reason itself where there are none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        departure: Option<String>,
        /// The first day on which it may be told.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        embargo_until: Option<Day>,
    },
    /// To send it back to those who recommended it.
    SendBack {
        /// Why.
        reason: String,
    },
    /// To put the decision off.
    Defer {
        /// Until which day.
        until: Day,
        /// Why.
        reason: String,
    },
    /// To take up again what was put off.
    TakeUp,
    /// To have a check done again.
    ResetCheck {
        /// Which.
        check: String,
        /// Why.
        reason: String,
    },
    /// To grant a change request, or to refuse it.
    DecideChange {
        /// Its number.
        request: i32,
        /// Which of both.
        verdict: Verdict,
        /// Why; it is what the applicant is told.
        reason: String,
    },
}

impl Motion {
    /// The number of the change request that it is about, where it is about one.
    #[must_use]
    pub const fn change_request(&self) -> Option<i32> {
        match self {
            Self::DecideChange { request, .. } => Some(*request),
            _ => None,
        }
    }

    /// What is approved if it is carried, and what was recommended when that was less; none where the motion is another one.
    #[must_use]
    pub const fn figure(&self) -> Option<(Cents, Option<Cents>)> {
        match self {
            Self::Approve { amount, reduced_from, .. } | Self::Reserve { amount, reduced_from, .. } => {
                Some((*amount, *reduced_from))
            }
            Self::Reject { .. }
            | Self::SendBack { .. }
            | Self::Defer { .. }
            | Self::TakeUp
            | Self::ResetCheck { .. }
            | Self::DecideChange { .. } => None,
        }
    }
}
