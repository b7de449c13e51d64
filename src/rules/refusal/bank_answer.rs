//! Every reason to say no to what a bank answers, and to an item that matches nothing. A file is refused as a whole, with its line.

use crate::money::Cents;

/// Every reason to say no to what a bank answers, and to an item that matches nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "a refusal without figures is its sentence; `line` is the line of the file")]
pub enum BankAnswerRefusal {
    #[error("line {line}: {what}. Nothing of the file was recorded.")]
    Malformed { line: u32, what: String },
    #[error("this answer is on file already, as {known}: nothing of it was recorded again.")]
    Twice { known: String },
    #[error("line {line}: this is an answer to {of}, and not to {reference}. Nothing of the file was recorded.")]
    OtherBatch { line: u32, of: String, reference: String },
    #[error("line {line}: the file says {told}, and {found} was found. Nothing of the file was recorded.")]
    Totals { line: u32, told: String, found: String },
    #[error("line {line}: {payment} is no payment of this batch. Nothing of the file was recorded.")]
    PaymentUnknown { line: u32, payment: String },
    #[error("line {line}: {payment} stands in the file twice. Nothing of the file was recorded.")]
    PaymentTwice { line: u32, payment: String },
    #[error("line {line}: {payment} is of {amount}, and the file says {told}. Nothing of the file was recorded.")]
    Amount { line: u32, payment: String, amount: Cents, told: Cents },
    #[error(
        "line {line}: of {payment} {out} is still out, and {told} would come back. Nothing of the file was recorded."
    )]
    AboveOut { line: u32, payment: String, out: Cents, told: Cents },
    #[error(
        "line {line}: {told} of {payment} would come back, and of what was paid on its case a demand has left {left}: reverse the receipt of that demand first."
    )]
    Recovered { line: u32, payment: String, left: Cents, told: Cents },
    #[error("line {line}: {payment} is in {currency}, and payments are in HKD. Nothing of the file was recorded.")]
    Currency { line: u32, payment: String, currency: String },
    #[error("line {line}: the status {status} is not known here. Nothing of the file was recorded.")]
    Status { line: u32, status: String },
    #[error(
        "line {line}: {payment} would be {told}, and is {known} on file: ask the bank. Nothing of the file was recorded."
    )]
    Contradicts { line: u32, payment: String, told: &'static str, known: &'static str },
    #[error("The file says nothing of any payment.")]
    Empty,
    #[error("{reference} has not been released: no bank has been told of it.")]
    NotReleased { reference: String },
    #[error("This item is closed already.")]
    ItemClosed,
    #[error("You have recorded the file of this item: somebody else of finance must say what it is.")]
    ItemOwn,
    #[error(
        "say a payment of which the money has come back, such as PAY-2026-000007-001; leave it out to set the item aside."
    )]
    ItemPayment,
    #[error(
        "only money in HKD that has come in, and is not on file of this payment, is a payment that came back: set this item aside."
    )]
    ItemNoReturn,
    #[error(
        "{reference} has ended before its time and is paid no more: set this item aside, and say what becomes of the money."
    )]
    ItemEnded { reference: String },
    #[error("This item has met a demand: reverse that receipt first, or set aside what is left.")]
    ItemReceived,
    #[error("only money in HKD that has come in and is of no payment of ours meets a demand: name another item.")]
    ItemNoReceipt,
    #[error(
        "The same transaction of the bank, by its reference, stands in another file and is used there: set this item aside."
    )]
    ItemTwice,
}

codes! {
    BankAnswerRefusal []
    Rule: Malformed { .. } = "bank_answer.malformed"
        "The file cannot be read; `detail` names the line.",
    State: Twice { .. } = "bank_answer.twice"
        "The same file, or a message with the same identifier, is on file.",
    Rule: OtherBatch { .. } = "bank_answer.other_batch"
        "The file answers another batch; `detail` names both, and the line.",
    Rule: Totals { .. } = "bank_answer.totals"
        "A count or a total of the file does not agree with its lines or with the batch; `detail` names the line.",
    Rule: PaymentUnknown { .. } = "bank_answer.payment_unknown"
        "The file names what is no payment of the batch; `detail` names the line.",
    Rule: PaymentTwice { .. } = "bank_answer.payment_twice"
        "The file names a payment twice; `detail` names the line.",
    Rule: Amount { .. } = "bank_answer.amount"
        "The file says another amount than was paid; `detail` names the line.",
    Rule: AboveOut { .. } = "bank_answer.above_out"
        "More would come back than is still out of the payment; `detail` names the line.",
    State: Recovered { .. } = "bank_answer.recovered"
        "More would come back by the bank than a demand has left of what was paid; `detail` names the line.",
    Rule: Currency { .. } = "bank_answer.currency"
        "A payment is in another currency than HKD; `detail` names the line.",
    Rule: Status { .. } = "bank_answer.status"
        "A status that is not known here; `detail` names the line.",
    State: Contradicts { .. } = "bank_answer.contradicts"
        "What the file says cannot be true beside what is on file; `detail` names the line.",
    Rule: Empty = "bank_answer.empty"
        "The file says nothing of any payment.",
    State: NotReleased { .. } = "bank_answer.not_released"
        "The batch has not been released.",
    State: ItemClosed = "unmatched_item.closed"
        "The item is closed already.",
    Permission: ItemOwn = "unmatched_item.own"
        "The caller has recorded the file of the item: somebody else must say what it is.",
    Rule: ItemPayment = "unmatched_item.payment" at "/payment"
        "No payment of a released batch is named.",
    Rule: ItemNoReturn = "unmatched_item.no_return" at "/payment"
        "The item is money that went out, or in another currency, or on file already: no payment has come back by it.",
    State: ItemEnded { .. } = "unmatched_item.ended" at "/payment"
        "The award of the payment has ended before its time: what comes back of it is not owed again.",
    State: ItemReceived = "unmatched_item.received" at "/payment"
        "The item has met a demand: no payment has come back by it while that receipt stands.",
    Rule: ItemNoReceipt = "unmatched_item.no_receipt" at "/item"
        "The item is money that went out, in another currency, or of a payment of ours: it meets no demand.",
    State: ItemTwice = "unmatched_item.twice"
        "The same transaction stands in another file, and has met a demand or was closed as a return there.",
}
