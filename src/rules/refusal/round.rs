//! Every reason to say no to what comes outside a round, or above its quota.

use crate::calendar::hong_kong;
use chrono::{DateTime, Utc};

/// Every reason to say no to what comes outside a round, or above its quota.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RoundRefusal {
    /// Outside the windows of the scheme.
    #[error("{code} receives no applications now{}.", next.as_ref().map(|window| format!("; the next window is {window}")).unwrap_or_default())]
    Closed {
        /// The scheme's code.
        code: String,
        /// The next window, where one is published.
        next: Option<String>,
    },
    /// The applicant has submitted as many as the round takes.
    #[error("{path}: at most {limit} applications are taken, and {used} have been submitted: withdraw one, or wait.")]
    Quota {
        /// The path of the ceiling.
        path: String,
        /// The ceiling.
        limit: u32,
        /// What has been submitted.
        used: u32,
    },
    /// No such round.
    #[error("{code} has {}.", if known.is_empty() { "neither rounds nor cut-offs".to_owned() } else { known.join(", ") })]
    Unknown {
        /// The scheme's code.
        code: String,
        /// The paths that it has.
        known: Vec<String>,
    },
    /// Not later than the round, as late as the next one, or too late.
    #[error("{}.", possible(*after, *until_at_most))]
    ExtensionUntil {
        /// The close of the round, or now.
        after: DateTime<Utc>,
        /// The last instant that is possible: when the next one opens, or some days after the close.
        until_at_most: DateTime<Utc>,
    },
}

/// Which instants are possible, in Hong Kong.
fn possible(after: DateTime<Utc>, most: DateTime<Utc>) -> String {
    let [first, last] = [after, most].map(|instant| instant.with_timezone(&hong_kong()));
    if after < most {
        format!("write an instant after {first}, and at most {last}")
    } else {
        format!("it is too late to extend this round: that was possible until {last}")
    }
}

codes! {
    RoundRefusal []
    Rule: Closed { .. } = "round.closed"
        "The scheme receives no applications at this moment.",
    Rule: Quota { .. } = "round.quota"
        "The applicant has submitted as many applications as are taken.",
    Rule: Unknown { .. } = "round.unknown" at "/round"
        "The text in force names no such round; `detail` names those that it does.",
    Rule: ExtensionUntil { .. } = "round.extension_until" at "/until"
        "The instant is not after the close of the round and after now, reaches into the next round, or is too long after the close; `detail` names the last one.",
}
