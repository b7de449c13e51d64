//! Every reason to say no to a delegation.

/// Every reason to say no to a delegation.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "a refusal without figures is its sentence")]
pub enum DelegationRefusal {
    #[error("Nobody gets authorities by their own hand: name somebody else.")]
    ToOneself,
    #[error("This person holds no authority to delegate.")]
    NothingToDelegate,
    #[error("Name an approver whose account is open.")]
    NoApprover,
    #[error("Write a first day from today on and a later day, both within a year.")]
    Days,
    #[error("Write the code of a scheme, or leave it out for all.")]
    Scheme,
    #[error("This person has delegated 20 times already: end one first.")]
    TooMany,
    #[error("This delegation is over.")]
    Over,
}

codes! {
    DelegationRefusal []
    Rule: ToOneself = "delegation.to_oneself" at "/to"
        "Authorities are delegated to the one who records it, or to the one whose they are.",
    Rule: NothingToDelegate = "delegation.nothing" at "/of"
        "The one who is absent holds no authority as an approver.",
    Rule: NoApprover = "delegation.no_approver" at "/to"
        "The one who is to act is no approver, or their account is closed.",
    Rule: Days = "delegation.days" at "/until"
        "The first day of a delegation is over, it ends before it begins, or it is longer or further away than a year.",
    Rule: Scheme = "delegation.scheme" at "/scheme"
        "What is written is not the code of a scheme.",
    State: TooMany = "delegation.too_many"
        "20 delegations of the same person are not over.",
    State: Over = "delegation.over"
        "The delegation has ended.",
}
