//! Every reason to say no to giving a proposal to an assessor, to marks, and to what the marks come to.

use crate::calculation::RequestFault;
use crate::money::Share;

/// Every reason to say no to giving a proposal to an assessor, to marks, and to what the marks come to.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "a refusal without figures is its sentence")]
pub enum AssessmentRefusal {
    /// Marks are missing or off the scale.
    #[error("The marks cannot be taken: {fault}.")]
    MarksWrong {
        /// Which mark, and what is allowed.
        fault: RequestFault,
    },
    #[error("This person has, or had, this proposal already: choose somebody else.")]
    AssessorTwice,
    /// Enough assessors are at work.
    #[error(
        "{wanted} assessors are at work on this proposal already: another is needed when one of them declares a conflict."
    )]
    AssessorsEnough {
        /// How many the scheme wants.
        wanted: usize,
    },
    #[error("This person is no assessor, or the account is closed.")]
    AssessorNotOne,
    #[error(
        "This person acts for an organisation that applies, or is a member of the application: choose somebody else."
    )]
    AssessorOfApplicant,
    /// Scored, or given up for a conflict.
    #[error("This assessment is {state} and cannot be changed.")]
    AssessmentClosed {
        /// The state it is in.
        state: &'static str,
    },
    /// Too few assessments.
    #[error("{wanted} assessments are needed, and {scored} have been scored.")]
    AssessmentsMissing {
        /// How many the scheme wants.
        wanted: usize,
        /// How many there are.
        scored: usize,
    },
    /// The mean is below the pass mark.
    #[error("The mean score of {}.{:02} per cent is below the pass mark: reject with reasons.", mean.checked_div(100).unwrap_or(0), mean.checked_rem(100).unwrap_or(0))]
    BelowPassMark {
        /// The mean, in hundredths of a per cent.
        mean: u32,
    },
    /// The mean of one criterion is below what is needed in it.
    #[error("In the criterion {} the mean of {}.{:02} per cent is below the {} that is needed: reject with reasons.", criterion, mean.checked_div(100).unwrap_or(0), mean.checked_rem(100).unwrap_or(0), needed)]
    BelowPassMarkOfCriterion {
        /// The scheme's code for it.
        criterion: String,
        /// The mean of its marks, in hundredths of a per cent of the highest.
        mean: u32,
        /// The part of the highest mark that is needed.
        needed: Share,
    },
}

codes! {
    AssessmentRefusal []
    Rule: MarksWrong { .. } = "assessment.marks_wrong"
        "A mark is missing, unknown or off the scale.",
    Rule: AssessorTwice = "assessment.assessor_twice"
        "The person has, or had, this proposal already.",
    Rule: AssessorsEnough { .. } = "assessment.assessors_enough"
        "As many assessors as the scheme wants are at work.",
    Rule: AssessorNotOne = "assessment.not_an_assessor"
        "The person is no assessor, or the account is closed.",
    Rule: AssessorOfApplicant = "assessment.assessor_of_applicant"
        "The assessor acts for an organisation that applies, or is a member of the application.",
    State: AssessmentClosed { .. } = "assessment.closed"
        "The assessment is scored, or given up for a conflict.",
    Rule: AssessmentsMissing { .. } = "assessment.missing"
        "Too few assessments are scored.",
    Rule: BelowPassMark { .. } = "recommendation.below_pass_mark"
        "The mean score is below the pass mark.",
    Rule: BelowPassMarkOfCriterion { .. } = "recommendation.below_pass_mark_of_criterion"
        "The mean of one criterion is below what is needed in it.",
}
