//! Every reason to say no to an approval, and to what happens on its route.

use crate::calendar::Day;
use crate::money::Cents;

/// Every reason to say no to an approval, and to what happens on its route.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "a refusal without figures is its sentence")]
pub enum ApprovalRefusal {
    /// No such part.
    #[error("the route of this case has {known}.")]
    PartUnknown {
        /// Those that the route has.
        known: String,
    },
    /// More than one is open to the actor.
    #[error("{open} are open to you: name one.")]
    Ambiguous {
        /// Those that are.
        open: String,
    },
    /// Something else comes first.
    #[error("{part} comes after {waits_for}: wait until that is passed.")]
    OutOfOrder {
        /// What was tried.
        part: String,
        /// What is open.
        waits_for: String,
    },
    /// Passed already.
    #[error("{part} is passed already: there is nothing left to do.")]
    Given {
        /// Which part.
        part: String,
    },
    #[error("This application is approved already: there is nothing left to do.")]
    Decided,
    #[error("This application was withdrawn: there is nothing left to approve.")]
    Withdrawn,
    /// None of its authorities is held.
    #[error("{part} is passed by {needed}: somebody who holds that must do it.")]
    WrongLevel {
        /// Which part.
        part: String,
        /// The authorities.
        needed: String,
    },
    /// Held, but exercised together with others.
    #[error("{part} is taken by {committee} together: have a sitting convened, and vote.")]
    ByCommittee {
        /// Which part.
        part: String,
        /// The authority.
        committee: String,
    },
    /// Passed another part of this case.
    #[error("You have passed {given} of this case, so somebody else must pass {wanted}.")]
    AnotherPart {
        /// What they have passed.
        given: String,
        /// What they want to pass.
        wanted: String,
    },
    /// The recommendation has changed.
    #[error("{now} is recommended now: read the case again, and approve that, or less with /reduced_from.")]
    StaleFigures {
        /// What is recommended.
        now: Cents,
    },
    #[error("an approval is reduced to less than what is recommended, and to something.")]
    NotReduced,
    #[error(
        "a check looks at what is recommended and does not change it: leave /reduced_from, /conditions and /embargo_until out."
    )]
    CheckChanges,
    /// It rests.
    #[error("This case rests until {until}: wait, or take it up again.")]
    Deferred {
        /// The first day on which it goes on.
        until: Day,
    },
    #[error("write a day that is still to come, within a year.")]
    DeferralDay,
    #[error("This case does not rest.")]
    NotDeferred,
    #[error("write at most 20 conditions of 1 to 2000 characters each.")]
    Conditions,
    #[error("write a day that is still to come, within a year; of an approval only the last step says it.")]
    EmbargoDay,
    /// Not to be told yet.
    #[error("This decision is not told before {until}.")]
    Embargoed {
        /// The first day on which it may be.
        until: Day,
    },
    /// Not passed.
    #[error("{part} is no check that is passed: only that can be reset.")]
    NotResettable {
        /// What was named.
        part: String,
    },
}

codes! {
    ApprovalRefusal []
    Rule: PartUnknown { .. } = "approval.part_unknown" at "/step"
        "The route of the case has no such check or step; `detail` names those that it has.",
    Rule: Ambiguous { .. } = "approval.ambiguous" at "/step"
        "More than one check is open to the actor, and none is named.",
    State: OutOfOrder { .. } = "approval.out_of_order"
        "Something else has to be passed first; `detail` names it.",
    State: Given { .. } = "approval.given"
        "The check or the step is passed already.",
    State: Decided = "approval.decided"
        "Every part is passed, and the money is committed.",
    State: Withdrawn = "approval.withdrawn"
        "The applicant has withdrawn.",
    Permission: WrongLevel { .. } = "approval.wrong_level"
        "The actor holds none of the authorities that pass this check or step.",
    Permission: ByCommittee { .. } = "approval.by_committee"
        "The actor's authority is exercised by a committee: nobody acts under it alone.",
    Permission: AnotherPart { .. } = "approval.another_part"
        "The actor, or the one in whose absence they act, has passed another check or step of the case.",
    Rule: StaleFigures { .. } = "approval.stale_figures" at "/amount"
        "The amount that is approved is not the one that is recommended now; `detail` says that one.",
    Rule: NotReduced = "approval.not_reduced" at "/amount"
        "What is called a reduced amount is none.",
    Rule: CheckChanges = "approval.check_changes" at "/amount"
        "A check neither reduces the amount nor makes conditions nor sets an embargo.",
    State: Deferred { .. } = "approval.deferred"
        "The case rests until a day.",
    Rule: DeferralDay = "approval.deferral_day" at "/until"
        "The day until which a case rests is over, or more than a year away.",
    State: NotDeferred = "approval.not_deferred"
        "The case does not rest, so it cannot be taken up again.",
    Rule: Conditions = "approval.conditions" at "/conditions"
        "Too many conditions, or one that is empty or too long.",
    Rule: EmbargoDay = "approval.embargo_day" at "/embargo_until"
        "The day of an embargo is over or more than a year away, or an approval says it before its last step.",
    State: Embargoed { .. } = "award.embargoed"
        "The decision is not told before a day.",
    Rule: NotResettable { .. } = "approval.not_resettable" at "/step"
        "What is to be reset is no check that is passed.",
}
