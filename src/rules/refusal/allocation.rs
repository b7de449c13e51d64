//! Every reason to say no to an allocation, by bulk or by the system.

use super::Refusal;

/// A line of a bulk that is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineRefused {
    /// Which, from 0.
    pub line: usize,
    /// Why.
    pub refusal: Refusal,
}

/// Every reason to say no to an allocation.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "a refusal without figures is its sentence")]
pub enum AllocationRefusal {
    #[error("/assignments: name at least one application and who is to assess it.")]
    Empty,
    /// More than one bulk takes.
    #[error("/assignments: name at most {lines_max}, and send the others after them.")]
    TooManyLines {
        /// The most that one takes.
        lines_max: usize,
    },
    /// The same pair on two lines.
    #[error("/assignments/{line}: this assessor is given this application on an earlier line already: leave it out.")]
    PairTwice {
        /// The later one, from 0.
        line: usize,
    },
    /// Some lines cannot be done, so none is.
    #[error("{} of the lines cannot be done, so nothing was: see `errors`, mend these lines, and send all of them again.", lines.len())]
    LinesRefused {
        /// Which, in their order.
        lines: Vec<LineRefused>,
    },
    /// A line of another round than the allocation is narrowed to.
    #[error("/assignments/{line}: this application is not of {round}: leave it out, or give it out by itself.")]
    OtherRound {
        /// Which, from 0.
        line: usize,
        /// The path of the round.
        round: String,
    },
    /// More than is worked out at once.
    #[error(
        "At most {proposals_max} applications and {assessors_max} assessors, and {pairs_max} pairs of them, are allocated at once: name fewer assessors in /assessors."
    )]
    TooLarge {
        /// The most applications.
        proposals_max: usize,
        /// The most assessors.
        assessors_max: usize,
        /// The most pairs of them.
        pairs_max: usize,
    },
}

codes! {
    AllocationRefusal []
    Rule: Empty = "allocation.empty"
        "No application and assessor are named.",
    Rule: TooManyLines { .. } = "allocation.too_many_lines"
        "More is given at once than is taken.",
    Rule: PairTwice { .. } = "allocation.pair_twice"
        "An application is given to the same assessor twice.",
    Rule: LinesRefused { .. } = "allocation.lines_refused"
        "Some lines cannot be done, so none is; `errors` points at them and says why, with the code of each.",
    Rule: OtherRound { .. } = "allocation.other_round"
        "An application is not of the round to which the allocation is narrowed.",
    Rule: TooLarge { .. } = "allocation.too_large"
        "More applications or assessors than are allocated at once.",
}
