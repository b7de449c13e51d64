//! Every reason to say no to feedback.

/// Every reason to say no to feedback.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "a refusal without figures is its sentence")]
pub enum FeedbackRefusal {
    #[error("The applicant has had feedback on this decision: it is given once for each.")]
    Released,
    #[error("There is no feedback on the decision on this case yet.")]
    NotReleased,
    #[error("name assessments of this case whose assessors have released something for the applicant.")]
    NothingReleased,
}

codes! {
    FeedbackRefusal []
    State: Released = "feedback.released"
        "The applicant has had feedback on the decision.",
    Absent: NotReleased = "feedback.not_released"
        "The applicant has had no feedback on the decision yet.",
    Rule: NothingReleased = "feedback.nothing_released" at "/assessments"
        "An assessment that is named is not of the case, or its assessor has released nothing.",
}
