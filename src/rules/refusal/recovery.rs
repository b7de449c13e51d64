//! Every reason to say no to a demand of money back, and to what is entered on it.

use crate::calendar::Day;
use crate::money::Cents;

/// Every reason to say no to a demand of money back, and to what is entered on it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "a refusal without figures is its sentence")]
pub enum RecoveryRefusal {
    /// The state of the demand does not allow it.
    #[error("This cannot be done while the demand is {state}.")]
    WrongState {
        /// The state it is in.
        state: &'static str,
    },
    #[error("You have raised this yourself: another person must confirm it.")]
    SamePerson,
    #[error("demand more than nothing.")]
    NothingDemanded,
    /// More than was paid.
    #[error("demand at most {left}: so much was paid and is not demanded already.")]
    AbovePaid {
        /// What is left.
        left: Cents,
    },
    /// More than the settlement has found.
    #[error("demand at most {left}: so much was found to be overpaid and is not demanded already.")]
    AboveOverpaid {
        /// What is left.
        left: Cents,
    },
    /// The share of the income comes to another amount.
    #[error("the share of the income comes to {worked_out}: write that, or leave the amount out.")]
    AmountNotWorkedOut {
        /// What it comes to.
        worked_out: Cents,
    },
    #[error("say what the income was, which share of it is owed, and by which clause.")]
    IncomeMissing,
    #[error("leave this out: only recoupment is of income.")]
    IncomeUnwanted,
    /// The day is over, or far.
    #[error("write a day from today on and at most {days_max} days ahead.")]
    DueDay {
        /// How many days ahead at most.
        days_max: u32,
    },
    #[error("write a rate above nothing, and a day that is not to come.")]
    InterestTerms,
    #[error("This demand bears no interest.")]
    NoInterest,
    /// The day is to come, or interest is charged further.
    #[error("write a day from {charged}, until which interest is charged, to today.")]
    InterestDay {
        /// Until when it is charged.
        charged: Day,
    },
    /// Interest is charged beyond the day on which it came.
    #[error("This came on {on}, and interest is charged until {charged}: reverse that interest first.")]
    ReceiptDay {
        /// The day on which it came.
        on: Day,
        /// Until when interest is charged.
        charged: Day,
    },
    #[error("name an item of a bank statement that waits: a credit of the agency's account.")]
    NoItem,
    /// More than is left of the credit.
    #[error("write at most {left}: so much of the credit has met no demand yet.")]
    AboveItem {
        /// What is left of it.
        left: Cents,
    },
    /// A bank has brought back some of what is demanded.
    #[error(
        "Of what was paid on the case only {left} is still out, since a bank has brought back the rest: receive no more of the principal, and write off what is not owed any more."
    )]
    ReceiptAbovePaid {
        /// What is still out.
        left: Cents,
    },
    /// More than is outstanding.
    #[error("write more than nothing and at most the {outstanding} that is outstanding.")]
    AboveOutstanding {
        /// What is outstanding.
        outstanding: Cents,
    },
    #[error("This entry is reversed already, or is a reversal.")]
    Reversed,
    /// Something rests on it.
    #[error("Entry {number} was made after it and rests on it: reverse that one first.")]
    ReverseLaterFirst {
        /// Which.
        number: i32,
    },
    #[error(
        "This was set off against a payment, which was made without it, or something that was set off since rests on it: it stays. Write off what is not owed."
    )]
    SetOffStays,
    #[error("The demand is of another organisation than the payment: only what its payee owes is set off.")]
    SetOffOther,
    /// More than is paid.
    #[error("set off more than nothing and at most {amount}: the payment comes to no more.")]
    SetOffAbovePayment {
        /// What the payment comes to.
        amount: Cents,
    },
    #[error("name payments of this batch, each once.")]
    SetOffPayment,
    #[error("You have prepared or released a payment of this case: others write off on it.")]
    HasPaid,
    #[error("You have asked for this yourself: another person must approve it.")]
    OwnWriteOff,
    #[error("This was approved already, or another amount is asked for since.")]
    WriteOffOver,
    #[error("The agency has not settled up to which amount anybody writes off.")]
    NoLimits,
    /// More than the approver's authority reaches.
    #[error("By your authorities you write off at most {limit}: {amount} is for somebody else to approve.")]
    WriteOffAboveLimit {
        /// The amount.
        amount: Cents,
        /// How far they reach.
        limit: Cents,
    },
    /// No parts, or too many.
    #[error("write 1 to {instalments_max} parts of more than nothing, 1 to 12 months apart.")]
    Parts {
        /// How many at most.
        instalments_max: usize,
    },
    #[error("write parts of more than nothing, on days from today on, one after the other.")]
    PartDays,
    /// The parts come to something else.
    #[error("the parts come to {total}, and {outstanding} is outstanding: they must be the same.")]
    PartsDiffer {
        /// What the parts come to.
        total: Cents,
        /// What is outstanding.
        outstanding: Cents,
    },
}

codes! {
    RecoveryRefusal []
    State: WrongState { .. } = "recovery.wrong_state"
        "This cannot be done in the state in which the demand is.",
    Permission: SamePerson = "recovery.same_person"
        "The caller has raised the demand: another person must confirm it.",
    Rule: NothingDemanded = "recovery.nothing_demanded" at "/principal"
        "Nothing is demanded, or no amount was written.",
    Rule: AbovePaid { .. } = "recovery.above_paid" at "/principal"
        "More is demanded than was paid and is not demanded already; `detail` says what is left.",
    Rule: AboveOverpaid { .. } = "recovery.above_overpaid" at "/principal"
        "More is demanded than the settlement has found to be overpaid and is not demanded already; `detail` says what is left.",
    Rule: AmountNotWorkedOut { .. } = "recovery.amount_not_worked_out" at "/principal"
        "The share of the income comes to another amount; `detail` says which.",
    Rule: IncomeMissing = "recovery.income_missing" at "/income"
        "Recoupment needs the income, the share and the clause.",
    Rule: IncomeUnwanted = "recovery.income_unwanted" at "/income"
        "Only recoupment is of income.",
    Rule: DueDay { .. } = "recovery.due_day" at "/due_on"
        "The day is over, or too far.",
    Rule: InterestTerms = "recovery.interest_terms" at "/interest"
        "The rate is nothing, or the day from which it runs is to come.",
    State: NoInterest = "recovery.no_interest"
        "The demand bears no interest.",
    Rule: InterestDay { .. } = "recovery.interest_day" at "/until"
        "The day is to come, or interest is charged beyond it already.",
    State: ReceiptDay { .. } = "recovery.receipt_day"
        "Interest is charged beyond the day on which the money came; `detail` says both.",
    Rule: NoItem = "recovery.no_item" at "/item"
        "No item of a bank statement has this identity.",
    Rule: AboveItem { .. } = "recovery.above_item" at "/amount"
        "More is received than is left of the credit; `detail` says what is.",
    State: ReceiptAbovePaid { .. } = "recovery.receipt_above_paid"
        "A bank has brought back some of what was paid, so that less can be received; `detail` says how much.",
    Rule: AboveOutstanding { .. } = "recovery.above_outstanding" at "/amount"
        "The amount is nothing, or more than is outstanding; `detail` says what is.",
    State: Reversed = "recovery.reversed"
        "The entry is reversed already, or is a reversal.",
    State: ReverseLaterFirst { .. } = "recovery.reverse_later_first"
        "Interest was charged after the entry, or it is interest and something was entered after it; `detail` says what to reverse first.",
    State: SetOffStays = "recovery.set_off_stays"
        "The entry was set off against a payment, or what was set off since rests on it: it is not reversed.",
    Rule: SetOffOther = "recovery.set_off_other" at "/set_offs"
        "A payment is set off against a demand of another organisation.",
    Rule: SetOffAbovePayment { .. } = "recovery.set_off_above_payment" at "/set_offs"
        "Nothing is set off, or more than the payment comes to; `detail` says what it does.",
    Rule: SetOffPayment = "recovery.set_off_payment" at "/set_offs"
        "What is set off is of no payment of the batch, or twice of one.",
    Permission: HasPaid = "recovery.has_paid"
        "The caller has prepared or released a payment of the case, and writes nothing off on it.",
    Permission: OwnWriteOff = "recovery.own_write_off"
        "The caller has asked to write it off: another person must approve it.",
    State: WriteOffOver = "recovery.write_off_over"
        "The write-off was approved already, or another one is asked for since.",
    State: NoLimits = "recovery.no_limits"
        "The agency has not settled who writes off how much.",
    Permission: WriteOffAboveLimit { .. } = "recovery.write_off_above_limit"
        "The caller's authorities do not reach the amount; `detail` says how far they do.",
    Rule: Parts { .. } = "recovery.parts" at "/instalments"
        "There are no parts or too many, or they would come to nothing.",
    Rule: PartDays = "recovery.part_days" at "/instalments"
        "A part is of nothing, or the days are over or not one after the other.",
    Rule: PartsDiffer { .. } = "recovery.parts_differ" at "/instalments"
        "The parts do not come to what is outstanding; `detail` says both.",
}
