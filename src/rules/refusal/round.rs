//! Every reason to say no to what comes outside a round, or above its quota.

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
}

codes! {
    RoundRefusal []
    Rule: Closed { .. } = "round.closed"
        "The scheme receives no applications at this moment.",
    Rule: Quota { .. } = "round.quota"
        "The applicant has submitted as many applications as are taken.",
}
