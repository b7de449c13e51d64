//! Every reason to say no to a request to look again at a refusal, or because of one.

use crate::calendar::Day;

/// Every reason to say no to a request to look again at a refusal, or because of one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "a refusal without figures is its sentence")]
pub enum ReviewRefusal {
    #[error("The case has no request for a review of this number.")]
    NotFound,
    #[error("The scheme takes no requests to look again at a decision.")]
    NotTaken,
    /// It is no refusal.
    #[error("The application is {state}: only a refusal, or a finding that it is not eligible, is looked at again.")]
    NotReviewable {
        /// What the applicant was told of it.
        state: &'static str,
    },
    /// The time for it is over.
    #[error("This could be asked for until the end of {last_day}.")]
    Late {
        /// The last day.
        last_day: Day,
    },
    /// It was withdrawn.
    #[error("This was asked for once of this decision, with request {number}: it is not asked for again.")]
    Asked {
        /// Which.
        number: i32,
    },
    /// The last instance has decided.
    #[error("With the decision on request {number} nobody is left to look at this again.")]
    Final {
        /// Which.
        number: i32,
    },
    /// Someone is looking at it again.
    #[error("Request {number} for a review of this decision is open: have it decided or withdrawn first.")]
    Open {
        /// Which.
        number: i32,
    },
    /// It was looked at again and stands.
    #[error("This decision was looked at again and stands, by request {number}: one officer does not undo it.")]
    Upheld {
        /// Which.
        number: i32,
    },
    /// It is over.
    #[error("This request is {state}: it is neither decided nor withdrawn any more.")]
    Over {
        /// The state it is in.
        state: &'static str,
    },
    /// Another one decides.
    #[error("This is decided by {needed}.")]
    NotYours {
        /// Who decides.
        needed: String,
    },
    #[error(
        "You, or the person in whose absence you act, have had a part in this case: somebody who has had none decides."
    )]
    OnTheCase,
}

codes! {
    ReviewRefusal []
    Absent: NotFound = "review.not_found"
        "The case has no request for a review of this number.",
    Rule: NotTaken = "review.not_taken"
        "The scheme takes no requests to look again at a decision.",
    State: NotReviewable { .. } = "review.not_reviewable"
        "The case was not refused, so there is nothing to look at again; `detail` says what it is.",
    Rule: Late { .. } = "review.late"
        "The time in which it may be asked for is over; `detail` says which day was the last.",
    State: Asked { .. } = "review.asked"
        "It was asked for once of this decision, and withdrawn.",
    State: Final { .. } = "review.final"
        "The last instance that the scheme has decided on it.",
    State: Open { .. } = "review.open"
        "A request to look again at this decision is open, so it is not asked for, reinstated or withdrawn.",
    State: Upheld { .. } = "review.upheld"
        "The decision was looked at again and stands, so no officer reinstates the case.",
    State: Over { .. } = "review.over"
        "The request is decided or withdrawn already.",
    Permission: NotYours { .. } = "review.not_yours"
        "Somebody else decides it; `detail` says who.",
    Permission: OnTheCase = "review.on_the_case"
        "The caller, or the one in whose absence they act, has had a part in the case.",
}
