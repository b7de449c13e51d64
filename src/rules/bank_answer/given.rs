//! What a file of a bank says, in values: each with the line on which it stands.

use super::AnswerKind;
use crate::calendar::Day;
use crate::money::Cents;

/// Something with the line on which it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct At<T> {
    /// The line, from 1.
    pub line: u32,
    /// What.
    pub is: T,
}

/// A status with how many there should be of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tally {
    /// The code of ISO 20022.
    pub status: String,
    /// How many.
    pub count: At<u64>,
}

/// What is said of several payments at once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// How many there are.
    pub count: Option<At<u64>>,
    /// What they come to.
    pub total: Option<At<Cents>>,
    /// The code of ISO 20022 for all of them; `PART` says nothing of any.
    pub status: Option<At<String>>,
    /// The code that says why.
    pub reason: Option<String>,
    /// How many of them have which status.
    pub tallies: Vec<Tally>,
}

/// What is said of one payment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StatusLine {
    /// On which line.
    pub line: u32,
    /// By what it is known from end to end.
    pub payment: String,
    /// The code of ISO 20022; none where that of its part or batch holds.
    pub status: Option<String>,
    /// The code that says why.
    pub reason: Option<String>,
    /// How much it was.
    pub amount: Option<Cents>,
    /// In which currency.
    pub currency: Option<String>,
}

/// What is said of a part of a batch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Part {
    /// By what it is known; none where the file knows no parts.
    pub reference: Option<At<String>>,
    /// What is said of all of it.
    pub counts: Counts,
    /// What is said of each.
    pub lines: Vec<StatusLine>,
}

/// The status of a batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// Of what kind.
    pub kind: AnswerKind,
    /// The bank's identifier of the message.
    pub message: Option<String>,
    /// The reference of the batch that it answers.
    pub batch: At<String>,
    /// What is said of all of it.
    pub counts: Counts,
    /// What is said of its parts.
    pub parts: Vec<Part>,
}

/// Which way money went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Out of the account.
    Debit,
    /// Into it.
    Credit,
}

impl Side {
    /// The code used in the API and the database.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Debit => "debit",
            Self::Credit => "credit",
        }
    }

    /// The side with a code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Debit, Self::Credit].into_iter().find(|side| side.code() == code)
    }
}

/// How many entries there should be, and what they should come to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sum {
    /// On which line.
    pub line: u32,
    /// On which side; none where both count.
    pub side: Option<Side>,
    /// How many.
    pub count: Option<u64>,
    /// What they come to.
    pub amount: Option<Cents>,
}

/// One transaction of an entry.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Detail {
    /// On which line.
    pub line: u32,
    /// By what a payment is known from end to end.
    pub payment: Option<String>,
    /// By what a part of a batch is known.
    pub part: Option<String>,
    /// How much, and in which currency; none where it is the whole entry.
    pub amount: Option<(Cents, String)>,
    /// The code that says why it came back.
    pub reason: Option<String>,
    /// The bank's own reference.
    pub bank_reference: Option<String>,
}

/// Money that went out of an account or into it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// On which line.
    pub line: u32,
    /// Which way.
    pub side: Side,
    /// Whether it takes an earlier entry back.
    pub is_reversal: bool,
    /// Whether it is booked, and not only announced.
    pub is_booked: bool,
    /// How much.
    pub amount: Cents,
    /// In which currency.
    pub currency: String,
    /// The day on which it was booked.
    pub on: Option<Day>,
    /// The bank's own reference.
    pub bank_reference: Option<String>,
    /// Of what it is made; nothing where that is not said.
    pub details: Vec<Detail>,
}

/// What an account held at some time: on which side, and how much.
pub type Booked = At<(Side, Cents)>;

/// The entries of one account.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entries {
    /// What it held before.
    pub opening: Option<Booked>,
    /// What it held after.
    pub closing: Option<Booked>,
    /// What the entries should come to.
    pub sums: Vec<Sum>,
    /// Them.
    pub entries: Vec<Entry>,
}

/// What happened on accounts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// Of what kind.
    pub kind: AnswerKind,
    /// The bank's identifier of the message.
    pub message: Option<String>,
    /// The accounts.
    pub accounts: Vec<Entries>,
}
