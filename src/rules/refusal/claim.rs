//! Every reason to say no to a claim, and to a batch of payments.

use crate::calendar::Day;
use crate::ids::ClaimId;
use crate::money::Cents;

/// Every reason to say no to a claim, and to a batch of payments.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "a refusal without figures is its sentence")]
pub enum ClaimRefusal {
    /// Not in the plan.
    #[error("the plan has {known}.")]
    InstalmentUnknown {
        /// The instalments of the plan.
        known: String,
    },
    /// Claimed already.
    #[error("The instalment {instalment} is claimed already.")]
    InstalmentClaimed {
        /// Which.
        instalment: String,
    },
    /// An earlier instalment comes first.
    #[error("the instalment {first} comes first; claim {instalment} when it has been certified.")]
    InstalmentTooEarly {
        /// What was claimed.
        instalment: String,
        /// What must be certified before.
        first: String,
    },
    /// It is due on a later day.
    #[error("the instalment {instalment} is due on {due_on}: claim it from that day on.")]
    InstalmentNotDue {
        /// What was claimed.
        instalment: String,
        /// The day.
        due_on: Day,
    },
    /// What the scheme asks for before it pays is not shown, or something else is.
    #[error("show what this instalment needs, each in words, and nothing else: {}.", if needs.is_empty() { "nothing is needed" } else { needs })]
    NeedsNotShown {
        /// The scheme's codes.
        needs: String,
    },
    /// More than the instalment holds.
    #[error("claim at most the {limit} of the instalment, and more than nothing where it is not due on completion.")]
    ClaimAbovePlan {
        /// What the instalment holds.
        limit: Cents,
    },
    #[error("this instalment is due on completion: say what the project really cost and who paid.")]
    ActualCostMissing,
    /// The scheme's claims are made of costs, and there are none, or too many.
    #[error("claims under this scheme are made of costs: write 1 to {lines_max} lines.")]
    LinesMissing {
        /// The most lines.
        lines_max: usize,
    },
    #[error("nothing is claimed by costs here: leave the lines out.")]
    LinesNotTaken,
    /// The lines do not come to the amount.
    #[error("the lines come to {total}: write that amount, or other lines.")]
    LinesTotal {
        /// What they come to.
        total: Cents,
    },
    /// More of a line than its rate allows, or nothing.
    #[error("claim more than nothing and at most {limit} with line {line}: {rate} of what was spent.")]
    LineAboveRate {
        /// Which, counted from 1.
        line: usize,
        /// The most that may be claimed of it.
        limit: Cents,
        /// The part.
        rate: String,
    },
    /// Not a category of the project or of the scheme.
    #[error("the category {category} is neither planned nor listed by the scheme: write one of {known}.")]
    CategoryUnknown {
        /// What was written.
        category: String,
        /// What could be.
        known: String,
    },
    #[error(
        "The project plans no costs of its own, so nobody knows which part of them may be claimed: have its figures changed first."
    )]
    CostsUnplanned,
    /// A file of another case.
    #[error("the file of line {line} is not one of this case: attach one that is, or write which document shows it.")]
    EvidenceNotOfCase {
        /// Which line.
        line: usize,
    },
    /// More than remains for a category, and than an officer alone may move to it.
    #[error(
        "for {category} remain {left}, and an officer alone moves {moved} of what the other categories have left: claim less, or ask for a change of the budget."
    )]
    AboveCategory {
        /// Which.
        category: String,
        /// What remains for it.
        left: Cents,
        /// What may be moved.
        moved: Cents,
    },
    /// Not every line is certified once.
    #[error("say of each of the {lines} lines once what is allowed of it.")]
    LinesCertified {
        /// How many there are.
        lines: usize,
    },
    /// A reduction without a reason, or a reason without one.
    #[error(
        "allow at most the {claimed} of line {line}, with a reason where it is less and without one where it is not."
    )]
    LineReduced {
        /// Which.
        line: usize,
        /// What is claimed of it.
        claimed: Cents,
    },
    /// The state of the claim does not allow it.
    #[error("This cannot be done while the claim is {state}.")]
    ClaimWrongState {
        /// The state it is in.
        state: &'static str,
    },
    /// More than is due.
    #[error("certify more than nothing and at most the {due} that is due.")]
    CertifiedAboveDue {
        /// What is due at most.
        due: Cents,
    },
    /// Nothing is left of what the actual cost allows.
    #[error(
        "Nothing is due: {certified} has been certified, and the actual cost allows {allowed}. Certify 0.00 to close the instalment, or return the claim."
    )]
    NothingDue {
        /// What has been certified of the case.
        certified: Cents,
        /// What the rules allow on actual cost.
        allowed: Cents,
    },
    /// More than the releaser's authority reaches.
    #[error(
        "The batch comes to {total}, and you release at most {limit}: somebody whose authority reaches it must release it."
    )]
    BatchAboveLimit {
        /// What it comes to.
        total: Cents,
        /// How far the caller reaches.
        limit: Cents,
    },
    #[error("name at least one certified claim.")]
    BatchEmpty,
    #[error("a claim is named twice.")]
    ClaimTwice,
    /// The claim is in another batch.
    #[error("the claim {claim} is in {batch} already: leave it out.")]
    ClaimInBatch {
        /// Which claim.
        claim: ClaimId,
        /// The reference of the batch.
        batch: String,
    },
    /// The day on which the bank would pay.
    #[error("write a day from today to {days_max} days ahead on which the bank is to pay, or leave it out for today.")]
    BatchPayDay {
        /// How many days ahead it may be.
        days_max: u32,
    },
    /// More than one batch holds.
    #[error("name at most {payments_max} claims, and make another batch of the others.")]
    BatchTooLarge {
        /// The most that a batch holds.
        payments_max: usize,
    },
    /// Released batches never change.
    #[error("{reference} has been released and cannot be changed.")]
    BatchReleased {
        /// Its reference.
        reference: String,
    },
    /// Dissolved batches never change.
    #[error("{reference} has been dissolved: prepare another batch of its claims.")]
    BatchDissolved {
        /// Its reference.
        reference: String,
    },
    /// They have recorded the return.
    #[error(
        "You have said that money came back of {reference}: others must prepare and release what is paid of it again."
    )]
    OwnReturn {
        /// The reference of the case.
        reference: String,
    },
}

codes! {
    ClaimRefusal []
    Rule: InstalmentUnknown { .. } = "claim.instalment_unknown" at "/instalment"
        "The plan has no such instalment.",
    State: InstalmentClaimed { .. } = "claim.instalment_claimed"
        "The instalment is claimed already.",
    State: InstalmentTooEarly { .. } = "claim.instalment_too_early" at "/instalment"
        "An earlier instalment must be certified first.",
    Rule: InstalmentNotDue { .. } = "claim.instalment_not_due" at "/instalment"
        "The instalment is due on a later day.",
    Rule: NeedsNotShown { .. } = "claim.needs_not_shown" at "/shown"
        "What the instalment needs before it is due is not shown, or something that it does not need is.",
    Rule: ClaimAbovePlan { .. } = "claim.above_plan" at "/amount"
        "More is claimed than the instalment holds, or nothing of one that is not due on completion.",
    Rule: ActualCostMissing = "claim.actual_cost_missing" at "/actual"
        "The instalment is due on completion, and actual cost is missing.",
    Rule: LinesMissing { .. } = "claim.lines_missing" at "/lines"
        "The scheme's claims are made of costs, and there are none, or too many.",
    Rule: LinesNotTaken = "claim.lines_not_taken" at "/lines"
        "Lines stand with a claim that is not made of costs.",
    Rule: LinesTotal { .. } = "claim.lines_total" at "/lines"
        "The lines do not come to the amount.",
    Rule: LineAboveRate { .. } = "claim.line_above_rate" at "/lines"
        "More is claimed with a line than its part of what was spent, or nothing; `detail` says the most.",
    Rule: CategoryUnknown { .. } = "claim.category_unknown" at "/lines"
        "A category is neither planned for the project nor listed by the scheme.",
    State: CostsUnplanned = "claim.costs_unplanned"
        "The project plans no costs, so the part of them that may be claimed is not known.",
    Rule: EvidenceNotOfCase { .. } = "claim.evidence_not_of_case" at "/lines"
        "The file that is named with a line is not one of the case.",
    Rule: AboveCategory { .. } = "claim.above_category" at "/lines"
        "More is claimed or certified for a category than remains of the award for it and may be moved to it; `detail` says how much.",
    Rule: LinesCertified { .. } = "claim.lines_certified" at "/lines"
        "Not every line of the claim is certified once.",
    Rule: LineReduced { .. } = "claim.line_reduced" at "/lines"
        "More is allowed of a line than claimed, less without a reason, or all of it with one.",
    State: ClaimWrongState { .. } = "claim.wrong_state"
        "This cannot be done in the state in which the claim is.",
    Rule: CertifiedAboveDue { .. } = "claim.certified_above_due" at "/amount"
        "More is certified than is due, or nothing although something is.",
    Rule: NothingDue { .. } = "claim.nothing_due"
        "Nothing is due: certify 0.00, or return the claim.",
    Permission: BatchAboveLimit { .. } = "batch.above_limit"
        "The caller's authority does not reach the total of the batch; `detail` says how far it reaches.",
    Rule: BatchEmpty = "batch.empty" at "/claims"
        "No claim is named.",
    Rule: BatchTooLarge { .. } = "batch.too_large" at "/claims"
        "More claims are named than a batch holds.",
    Rule: ClaimTwice = "batch.claim_twice" at "/claims"
        "A claim is named twice.",
    Rule: BatchPayDay { .. } = "batch.pay_day" at "/pay_on"
        "The day on which the bank is to pay is over, or too far ahead.",
    State: ClaimInBatch { .. } = "batch.claim_in_batch" at "/claims"
        "The claim is in another batch.",
    State: BatchReleased { .. } = "batch.released"
        "The batch has been released.",
    State: BatchDissolved { .. } = "batch.dissolved"
        "The batch has been dissolved.",
    Permission: OwnReturn { .. } = "batch.own_return" at "/claims"
        "The caller has said that money came back of a claim: others must prepare and release its next payment.",
}
