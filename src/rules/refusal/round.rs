//! Every reason to say no to what comes outside a round, or above its quota.

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
    #[error("/round: {code} has {}.", if known.is_empty() { "neither rounds nor cut-offs".to_owned() } else { known.join(", ") })]
    Unknown {
        /// The scheme's code.
        code: String,
        /// The paths that it has.
        known: Vec<String>,
    },
    /// Not later than the round, or as late as the next one.
    #[error("/until: write an instant after {after}{}.", until_at_most.map(|most| format!(", and at most {most}")).unwrap_or_default())]
    ExtensionUntil {
        /// The close of the round, or now.
        after: DateTime<Utc>,
        /// When the next one opens.
        until_at_most: Option<DateTime<Utc>>,
    },
}

codes! {
    RoundRefusal []
    Rule: Closed { .. } = "round.closed"
        "The scheme receives no applications at this moment.",
    Rule: Quota { .. } = "round.quota"
        "The applicant has submitted as many applications as are taken.",
    Rule: Unknown { .. } = "round.unknown"
        "The text in force names no such round; `detail` names those that it does.",
    Rule: ExtensionUntil { .. } = "round.extension_until"
        "The instant is not after the close of the round and after now, or reaches into the next round.",
}
