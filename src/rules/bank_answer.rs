//! What a bank answers: which payments were executed, rejected or returned, each file whole or not at all. Decided in
//! docs/decisions/0044.

mod effect;
mod given;
mod report;
mod statement;
mod unmatched;

pub use effect::Case;
pub use given::{At, Booked, Counts, Detail, Entries, Entry, Part, Report, Side, Statement, StatusLine, Sum, Tally};
pub use report::report;
pub use statement::{batch_named, statement};
pub use unmatched::{Closed, ItemOnFile, UnmatchedItem, Why, close};

use crate::bank_order::{part_reference, payment_reference};
use crate::batch::{Batch, Payment};
use crate::calendar::Day;
use crate::ids::{BankAnswerId, BatchId, ClaimId, PayeeAccountId, PersonId};
use crate::money::Cents;
use crate::payee_account::PayeeAccountKind;
use crate::refusal::{BankAnswerRefusal, Refusal};
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;

/// What a bank has said of a payment last that changes anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PaymentStatus {
    /// The bank has it, and has not looked at it.
    Pending,
    /// The bank means to execute it.
    Accepted,
    /// The money has left.
    Executed,
    /// Some of the money, or all of it, has come back.
    Returned,
    /// The bank has not executed it, and never will.
    Rejected,
}

impl PaymentStatus {
    /// Every status, each after those that it may follow.
    pub const ALL: [Self; 5] = [Self::Pending, Self::Accepted, Self::Executed, Self::Returned, Self::Rejected];

    /// The code used in the API and the database.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Accepted => "accepted",
            Self::Executed => "executed",
            Self::Returned => "returned",
            Self::Rejected => "rejected",
        }
    }

    /// The status with a code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.code() == code)
    }

    /// What a code of ISO 20022 says of a payment.
    fn of_bank(code: &str) -> Option<Self> {
        match code {
            "RCVD" | "PDNG" => Some(Self::Pending),
            "ACTC" | "ACCP" | "ACSP" | "ACWC" => Some(Self::Accepted),
            "ACSC" | "ACCC" => Some(Self::Executed),
            "RJCT" => Some(Self::Rejected),
            _ => None,
        }
    }
}

/// Where a payment of a released batch stands by what banks have answered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// What is known of it; none while no bank has answered.
    pub status: Option<PaymentStatus>,
    /// The code that says why it was rejected or returned.
    pub reason: Option<String>,
    /// What has come back of it, in all.
    pub returned: Cents,
    /// Each return: the bank's own reference, the amount, the day.
    pub returns: Vec<(Option<String>, Cents, Option<Day>)>,
}

/// Of what kind a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnswerKind {
    /// ISO 20022 pain.002: the status of a batch.
    StatusReport,
    /// The same as CSV.
    StatusTable,
    /// ISO 20022 camt.053: a statement of an account.
    Statement,
    /// ISO 20022 camt.054: a notice of debits and credits.
    Notification,
    /// The entries of an account as CSV.
    StatementTable,
}

impl AnswerKind {
    /// Every kind.
    pub const ALL: [Self; 5] =
        [Self::StatusReport, Self::StatusTable, Self::Statement, Self::Notification, Self::StatementTable];

    /// The code used in the API and the database.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::StatusReport => "pain.002",
            Self::StatusTable => "status_csv",
            Self::Statement => "camt.053",
            Self::Notification => "camt.054",
            Self::StatementTable => "statement_csv",
        }
    }

    /// The kind with a code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }
}

/// What a bank says of one payment, as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// Which item of the file, from 1.
    pub place: u32,
    /// On which line of it.
    pub line: u32,
    /// Of which batch.
    pub batch: BatchId,
    /// Of which claim.
    pub claim: ClaimId,
    /// What.
    pub status: PaymentStatus,
    /// The code that says why, where there is one.
    pub reason: Option<String>,
    /// What has come back by it.
    pub returned: Cents,
    /// The day on which it was booked, where it is said.
    pub on: Option<Day>,
    /// The bank's own reference, where there is one.
    pub bank_reference: Option<String>,
}

/// A file of a bank that is on file: its hash and what it says, and not itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BankAnswer {
    /// Identity.
    pub id: BankAnswerId,
    /// Of what kind.
    pub kind: AnswerKind,
    /// The bank's identifier of the message; none of a CSV.
    pub message: Option<String>,
    /// SHA-256 of its bytes, in hexadecimal.
    pub sha256: String,
    /// Which batch it answers; none of a statement.
    pub batch: Option<BatchId>,
    /// Who recorded it.
    pub by: PersonId,
    /// When.
    pub at: DateTime<Utc>,
    /// What it says of payments.
    pub told: Vec<Told>,
    /// What in it matches nothing.
    pub items: Vec<UnmatchedItem>,
    /// What has come back by it.
    pub returned: Cents,
}

/// A file that is to be recorded.
#[derive(Clone, Debug)]
pub struct NewAnswer {
    /// Its identity.
    pub id: BankAnswerId,
    /// SHA-256 of its bytes, in hexadecimal.
    pub sha256: String,
    /// Who records it.
    pub by: PersonId,
    /// When.
    pub at: DateTime<Utc>,
    /// By what the same file, or a message with the same identifier, is on file; none where there is none.
    pub known: Option<String>,
}

impl NewAnswer {
    fn must_be_new(&self) -> Result<(), Refusal> {
        self.known.clone().map_or(Ok(()), |known| Err(BankAnswerRefusal::Twice { known }.into()))
    }
}

/// How the payments of a batch are found: each by its reference, and all of one way by that of their part.
struct Found<'a> {
    batch: &'a Batch,
    parts: Vec<String>,
}

impl<'a> Found<'a> {
    fn of(batch: &'a Batch, kinds: &BTreeMap<PayeeAccountId, PayeeAccountKind>) -> Self {
        let part = |payment: &Payment| {
            let kind = payment.account.and_then(|account| kinds.get(&account));
            kind.map_or_else(String::new, |kind| part_reference(&batch.reference, *kind))
        };
        Self { batch, parts: batch.payments.iter().map(part).collect() }
    }

    fn reference(&self, place: usize) -> String {
        payment_reference(&self.batch.reference, place)
    }

    /// The payments of which a bank knows, and their places: what is set off as a whole is not told to it.
    fn transferred(&self) -> impl Iterator<Item = (usize, &'a Payment)> {
        self.batch.payments.iter().enumerate().filter(|(_, payment)| payment.transferred() > Cents::ZERO)
    }

    /// The payment with a reference, and its place.
    fn payment(&self, reference: &str) -> Option<(usize, &'a Payment)> {
        self.transferred().find(|(place, _)| self.reference(*place) == reference)
    }

    /// The payments of a part.
    fn part(&self, reference: &str) -> impl Iterator<Item = (usize, &'a Payment)> {
        self.transferred().filter(move |(place, _)| self.parts.get(*place).is_some_and(|part| *part == reference))
    }
}

impl Payment {
    /// What of it is still out at a bank's.
    #[must_use]
    pub fn out(&self) -> Cents {
        self.transferred().less(self.standing.returned)
    }

    /// What a bank says now may follow what it has said before.
    fn may_become(&self, told: PaymentStatus, (line, reference): (u32, &str)) -> Result<(), Refusal> {
        let contradicts = match (told, self.standing.status) {
            (PaymentStatus::Rejected, Some(known)) => known >= PaymentStatus::Executed,
            (PaymentStatus::Executed, Some(known)) => known == PaymentStatus::Rejected,
            _ => false,
        };
        match self.standing.status.filter(|_| contradicts) {
            None => Ok(()),
            Some(known) => Err(BankAnswerRefusal::Contradicts {
                line,
                payment: reference.to_owned(),
                told: told.code(),
                known: known.code(),
            }
            .into()),
        }
    }

    /// It is in the currency and of the amount that a line says, as far as it says any.
    fn must_be_of(&self, (amount, currency): (Option<Cents>, Option<&str>), at: (u32, &str)) -> Result<(), Refusal> {
        let (line, payment) = (at.0, at.1.to_owned());
        must_be_in_hkd(currency, at)?;
        let ours = self.transferred();
        match amount.filter(|told| *told != ours) {
            Some(told) => Err(BankAnswerRefusal::Amount { line, payment, amount: ours, told }.into()),
            None => Ok(()),
        }
    }
}

fn must_be_in_hkd(currency: Option<&str>, (line, payment): (u32, &str)) -> Result<(), Refusal> {
    match currency.filter(|currency| *currency != "HKD") {
        Some(currency) => {
            let (payment, currency) = (payment.to_owned(), currency.to_owned());
            Err(BankAnswerRefusal::Currency { line, payment, currency }.into())
        }
        None => Ok(()),
    }
}

#[cfg(test)]
mod item_tests;
#[cfg(test)]
mod tests;
