//! Every reason to say no to an allocation, by bulk or by the system.

use super::{AssessmentRefusal, AssessorRefusal, Refusal};

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
    #[error("name at least one application and who is to assess it.")]
    Empty,
    /// More than one bulk takes.
    #[error("name at most {lines_max}, and send the others after them.")]
    TooManyLines {
        /// The most that one takes.
        lines_max: usize,
    },
    /// The same pair on two lines.
    #[error("this assessor is given this application on an earlier line already: leave it out.")]
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
    #[error("this application is not of {round}: leave it out, or give it out by itself.")]
    OtherRound {
        /// Which, from 0.
        line: usize,
        /// The path of the round.
        round: String,
    },
    /// More than is worked out at once.
    #[error(
        "at most {proposals_max} applications and {assessors_max} assessors, and {pairs_max} pairs of them, are allocated at once: name fewer assessors."
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
    Rule: Empty = "allocation.empty" at "/assignments"
        "No application and assessor are named.",
    Rule: TooManyLines { .. } = "allocation.too_many_lines" at "/assignments"
        "More is given at once than is taken.",
    Rule: PairTwice { .. } = "allocation.pair_twice" at [line] "/assignments/{line}"
        "An application is given to the same assessor twice.",
    Rule: LinesRefused { .. } = "allocation.lines_refused"
        "Some lines cannot be done, so none is; `errors` points at them and says why, with the code of each.",
    Rule: OtherRound { .. } = "allocation.other_round" at [line] "/assignments/{line}"
        "An application is not of the round to which the allocation is narrowed.",
    Rule: TooLarge { .. } = "allocation.too_large" at "/assessors"
        "More applications or assessors than are allocated at once.",
}

impl Refusal {
    /// Why a proposal is not given to an assessor, of whom others read: with what the assessor is called.
    #[must_use]
    pub fn of_assessor(&self, name: &str) -> String {
        match self {
            Self::Assessment(AssessmentRefusal::AssessorOfApplicant) => {
                format!("{name} acts for an organisation that applies, or is a member of the application.")
            }
            Self::Assessment(AssessmentRefusal::AssessorNotOne) => {
                format!("{name} is no assessor, or the account is closed.")
            }
            Self::Assessment(AssessmentRefusal::AssessorTwice) => format!("{name} has, or had, this proposal already."),
            Self::DutySeparated { held, .. } => format!("{name} has been {} on this case.", held.code()),
            Self::Assessor(AssessorRefusal::Undeclared) => {
                format!("{name} has not declared their interests for the year that runs.")
            }
            Self::Assessor(AssessorRefusal::Conflict { because }) => {
                format!("There is a conflict of interest of {name}: {}", because.join(" "))
            }
            other => format!("{name}: {other}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::duty::Duty;

    #[test]
    fn whoever_reads_why_somebody_else_is_given_nothing_reads_who_it_is() {
        let because = vec!["They work for the applicant.".to_owned()];
        for (refusal, said) in [
            (
                Refusal::Assessment(AssessmentRefusal::AssessorOfApplicant),
                "Lam Mei Ling acts for an organisation that applies, or is a member of the application.",
            ),
            (
                Refusal::Assessment(AssessmentRefusal::AssessorNotOne),
                "Lam Mei Ling is no assessor, or the account is closed.",
            ),
            (Refusal::Assessment(AssessmentRefusal::AssessorTwice), "Lam Mei Ling has, or had, this proposal already."),
            (
                Refusal::DutySeparated { held: Duty::Approver, wanted: Duty::Assessor },
                "Lam Mei Ling has been approver on this case.",
            ),
            (
                AssessorRefusal::Undeclared.into(),
                "Lam Mei Ling has not declared their interests for the year that runs.",
            ),
            (
                AssessorRefusal::Conflict { because }.into(),
                "There is a conflict of interest of Lam Mei Ling: They work for the applicant.",
            ),
            (Refusal::NoRole, "Lam Mei Ling: give the person at least one role."),
        ] {
            assert_eq!(refusal.of_assessor("Lam Mei Ling"), said);
        }
    }
}
