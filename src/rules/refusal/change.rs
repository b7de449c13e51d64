//! Every reason to say no to a change of an award.

use crate::money::Cents;

/// Every reason to say no to a change of an award.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "a refusal without figures is its sentence")]
pub enum ChangeRefusal {
    #[error("The case has no change request of this number.")]
    NotFound,
    /// The scheme has no rule for it.
    #[error("the scheme takes no changes of the kind {kind}.")]
    KindNotTaken {
        /// Which kind.
        kind: &'static str,
    },
    #[error("an officer opens a suspension, a resumption or a termination: anything else the applicant asks for.")]
    OfApplicant,
    /// One of the same kind waits.
    #[error("Change request {number} is of the same kind and still open: have it decided or withdrawn first.")]
    Open {
        /// Which.
        number: i32,
    },
    #[error("There have been as many change requests of this case as there may be.")]
    TooMany,
    /// The fields belong to other kinds.
    #[error("of the kind {kind}, give {fields}, and nothing else.")]
    Fields {
        /// Which kind.
        kind: &'static str,
        /// What belongs to it.
        fields: String,
    },
    #[error("this is what holds already.")]
    Nothing,
    #[error("write a day after today, and within ten years.")]
    EndDay,
    #[error("name each category of each stage of the project once.")]
    BudgetLines,
    /// The whole would be another one.
    #[error("the lines must add up to the {total} that is planned now.")]
    BudgetTotal {
        /// What is planned.
        total: Cents,
    },
    /// The pinned rules allow less.
    #[error("The rules allow {allowed} by what would be planned then.")]
    AboveAllowed {
        /// What they allow.
        allowed: Cents,
    },
    #[error("an award of nothing is ended by a termination: ask for that, or for more than nothing.")]
    ToNothing,
    /// What was paid too much is demanded back.
    #[error(
        "{demanded} is demanded back of what was paid beyond the award: it cannot be raised so far that less than that is owed back."
    )]
    OverpaidDemanded {
        /// How much.
        demanded: Cents,
    },
    /// More than was paid.
    #[error("at most the {paid} that was paid can be recovered.")]
    RecoverAbovePaid {
        /// How much was paid.
        paid: Cents,
    },
    #[error("A claim waits for certification: certify or return it first, then the plan can change.")]
    ClaimWaits,
    /// A payment of the case waits in a batch.
    #[error("A payment waits in the batch {batch}: release or dissolve it first.")]
    PaymentWaits {
        /// The reference of the batch.
        batch: String,
    },
    #[error("The award is settled on actual cost: nothing of it changes any more.")]
    Settled,
    /// The state of the request does not allow it.
    #[error("This cannot be done while the change request is {state}.")]
    WrongState {
        /// The state it is in.
        state: &'static str,
    },
    #[error("An officer decides this change: it is put forward to nobody.")]
    OfficerDecides,
    #[error("An officer has to put this forward before it is decided.")]
    NotForwarded,
    /// Another one decides.
    #[error("This is decided by {needed}.")]
    NotYours {
        /// Who decides.
        needed: String,
    },
    #[error("You have asked for this change or put it forward: somebody else must do this.")]
    Own,
    #[error("A change request is withdrawn by whoever has asked for it, and one of the agency is returned to nobody.")]
    OfOthers,
    #[error("What this would change has changed since it was asked for: withdraw it and ask anew.")]
    Stale,
}

codes! {
    ChangeRefusal []
    Absent: NotFound = "change.not_found"
        "The case has no change request of this number.",
    Rule: KindNotTaken { .. } = "change.kind_not_taken" at "/kind"
        "The scheme takes no changes of that kind.",
    Rule: OfApplicant = "change.of_applicant" at "/kind"
        "An officer opens only a suspension, a resumption or a termination.",
    State: Open { .. } = "change.open"
        "Another change request of that kind is open; `detail` names it.",
    State: TooMany = "change.too_many"
        "The case has as many change requests as it may have.",
    Rule: Fields { .. } = "change.fields" at "/wanted"
        "What is wanted has fields that do not belong to that kind, or lacks one; `detail` names them.",
    Rule: Nothing = "change.nothing" at "/wanted"
        "What is wanted holds already.",
    Rule: EndDay = "change.end_day" at "/wanted/ends_on"
        "The day is over, or too far ahead.",
    Rule: BudgetLines = "change.budget_lines" at "/wanted/budget"
        "A line names a stage that the project has not, two name the same category, or there are too many.",
    Rule: BudgetTotal { .. } = "change.budget_total" at "/wanted/budget"
        "The lines add up to another amount than is planned; `detail` says which that is.",
    Rule: AboveAllowed { .. } = "change.above_allowed"
        "The rules that the application has pinned allow less; `detail` says how much.",
    Rule: ToNothing = "change.to_nothing" at "/wanted/amount"
        "The award would be nothing: that is a termination.",
    State: OverpaidDemanded { .. } = "change.overpaid_demanded"
        "So much is demanded back of what was paid beyond the award that it cannot be raised so far; `detail` says how much.",
    Rule: RecoverAbovePaid { .. } = "change.recover_above_paid" at "/wanted/recover"
        "More is to be recovered than was paid.",
    State: ClaimWaits = "change.claim_waits"
        "A claim waits for certification, so the plan cannot change.",
    State: PaymentWaits { .. } = "change.payment_waits"
        "A payment of the case waits in a batch; `detail` names it.",
    State: Settled = "change.settled"
        "The award is settled on actual cost.",
    State: WrongState { .. } = "change.wrong_state"
        "This cannot be done in the state in which the change request is.",
    State: OfficerDecides = "change.officer_decides"
        "An officer decides it, so it is put forward to nobody.",
    State: NotForwarded = "change.not_forwarded"
        "No officer has put it forward yet.",
    Permission: NotYours { .. } = "change.not_yours"
        "Somebody else decides it; `detail` says who.",
    Permission: Own = "change.own"
        "The caller has asked for it or put it forward.",
    Permission: OfOthers = "change.of_others"
        "The other side has asked for it, or another officer.",
    State: Stale = "change.stale"
        "What it would change has changed since it was asked for.",
}
