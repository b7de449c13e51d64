//! The lines of a statement. An amount is never below nothing: its kind says which way it goes, and of which column it is.

use super::books::Books;
use super::told;
use crate::award::{Instalment, Settlement};
use crate::calendar::Day;
use crate::change_request::AwardChange;
use crate::money::{Cents, MoneyError};
use crate::recovery::{Entry, EntryKind, Recovery};
use chrono::{DateTime, Utc};

/// What a line is about: one thing that adds up over a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
    /// What the case has of the scheme's money.
    Award,
    /// What is certified.
    Certified,
    /// What is paid.
    Paid,
    /// What is demanded back.
    Demanded,
    /// The interest on it.
    Interest,
    /// What is received.
    Received,
    /// What is written off.
    WrittenOff,
}

impl Column {
    /// Every column, in the order in which it stands.
    pub const ALL: [Self; 7] =
        [Self::Award, Self::Certified, Self::Paid, Self::Demanded, Self::Interest, Self::Received, Self::WrittenOff];
}

/// What a line says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineKind {
    /// The award is approved: its amount is promised.
    Award,
    /// It is raised.
    Raised,
    /// It is cut.
    Cut,
    /// More is certified than a cut has left: so much more stays held.
    CarriedOver,
    /// So much of that is part of the award again.
    CarriedOverLess,
    /// An instalment of the plan that holds.
    Planned,
    /// An instalment is claimed.
    Claimed,
    /// The claim is sent back.
    ClaimReturned,
    /// So much of it is certified.
    Certified,
    /// A payment is released.
    Paid,
    /// A bank has brought it back, or some of it.
    CameBack,
    /// The award is settled: so much is paid, once all is.
    Settled,
    /// So much is not needed, and is given back to the scheme.
    GivenBack,
    /// So much is found to be paid too much; it is owed once it is demanded.
    Overpaid,
    /// A demand is confirmed.
    Demanded,
    /// Interest on it is charged.
    Interest,
    /// Money has come.
    Received,
    /// Something is given up.
    WrittenOff,
    /// An interest counts no more.
    InterestReversed,
    /// A receipt counts no more.
    ReceiptReversed,
    /// What was written off is owed again.
    WriteOffReversed,
}

impl LineKind {
    /// The code used in the API and in files.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Award => "award",
            Self::Raised => "raised",
            Self::Cut => "cut",
            Self::CarriedOver => "carried_over",
            Self::CarriedOverLess => "carried_over_less",
            Self::Planned => "planned",
            Self::Claimed => "claimed",
            Self::ClaimReturned => "claim_returned",
            Self::Certified => "certified",
            Self::Paid => "paid",
            Self::CameBack => "came_back",
            Self::Settled => "settled",
            Self::GivenBack => "given_back",
            Self::Overpaid => "overpaid",
            Self::Demanded => "demanded",
            Self::Interest => "interest",
            Self::Received => "received",
            Self::WrittenOff => "written_off",
            Self::InterestReversed => "interest_reversed",
            Self::ReceiptReversed => "receipt_reversed",
            Self::WriteOffReversed => "write_off_reversed",
        }
    }

    /// Which column it moves, and whether that grows; none where it only says something.
    #[must_use]
    pub const fn moves(self) -> Option<(Column, bool)> {
        Some(match self {
            Self::Award | Self::Raised | Self::CarriedOver => (Column::Award, true),
            Self::Cut | Self::CarriedOverLess | Self::GivenBack => (Column::Award, false),
            Self::Certified => (Column::Certified, true),
            Self::Paid => (Column::Paid, true),
            Self::CameBack => (Column::Paid, false),
            Self::Demanded => (Column::Demanded, true),
            Self::Interest => (Column::Interest, true),
            Self::InterestReversed => (Column::Interest, false),
            Self::Received => (Column::Received, true),
            Self::ReceiptReversed => (Column::Received, false),
            Self::WrittenOff => (Column::WrittenOff, true),
            Self::WriteOffReversed => (Column::WrittenOff, false),
            Self::Planned | Self::Claimed | Self::ClaimReturned | Self::Settled | Self::Overpaid => return None,
        })
    }

    /// Whether it is about what is owed back, and not about the award.
    #[must_use]
    pub const fn is_of_what_is_owed_back(self) -> bool {
        matches!(self.moves(), Some((Column::Demanded | Column::Interest | Column::Received | Column::WrittenOff, _)))
    }
}

/// A line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// When it happened.
    pub at: DateTime<Utc>,
    /// What it says.
    pub kind: LineKind,
    /// The instalment that it is about.
    pub instalment: Option<String>,
    /// The reference of the batch or of the demand; of a change, the number of its request.
    pub reference: Option<String>,
    /// The day from which or by which something is due, on which a bank was to pay or has booked it, or until which interest is charged.
    pub value_on: Option<Day>,
    /// How much.
    pub amount: Cents,
    /// What is promised and not paid after it.
    pub outstanding: Cents,
    /// What is owed back after it.
    pub owed_back: Cents,
}

impl Line {
    /// The day on which it happened, in Hong Kong.
    #[must_use]
    pub fn on(&self) -> Day {
        Day::in_hong_kong(self.at)
    }

    /// Which column it moves, and by how much: below nothing where that becomes less.
    #[must_use]
    pub fn moves(&self) -> Option<(Column, Cents)> {
        let (column, grows) = self.kind.moves()?;
        Some((column, if grows { self.amount } else { negative(self.amount) }))
    }

    fn of(at: DateTime<Utc>, kind: LineKind, amount: Cents) -> Self {
        let (instalment, reference, value_on) = (None, None, None);
        let (outstanding, owed_back) = (Cents::ZERO, Cents::ZERO);
        Self { at, kind, instalment, reference, value_on, amount, outstanding, owed_back }
    }

    fn instalment(self, code: &str) -> Self {
        Self { instalment: Some(code.to_owned()), ..self }
    }

    fn reference(self, reference: impl Into<String>) -> Self {
        Self { reference: Some(reference.into()), ..self }
    }

    fn value_on(self, value_on: Option<Day>) -> Self {
        Self { value_on, ..self }
    }
}

/// So much less.
pub(super) fn negative(amount: Cents) -> Cents {
    Cents::new(amount.get().saturating_neg())
}

/// Every line, without what stands after it: in an order in which those of one moment can be told.
pub(super) fn lines(books: &Books) -> Result<Vec<Line>, MoneyError> {
    let award = &books.award;
    let mut lines = vec![Line::of(award.decided_at, LineKind::Award, award.originally)];
    books.changes.iter().for_each(|change| changed(&mut lines, change));
    if let Some(at) = books.planned_at() {
        let part = |part: &Instalment| {
            let line = Line::of(at, LineKind::Planned, part.amount).instalment(&part.code);
            line.value_on(books.due_on(part))
        };
        lines.extend(books.plan.iter().map(part));
    }
    for claim in &books.claims {
        let told = |at, kind, amount| Line::of(at, kind, amount).instalment(&claim.instalment);
        lines.push(told(claim.submitted_at, LineKind::Claimed, claim.claimed));
        lines.extend(claim.returned_at.map(|at| told(at, LineKind::ClaimReturned, claim.claimed)));
        lines.extend(claim.certified.map(|(at, amount)| told(at, LineKind::Certified, amount)));
    }
    lines.extend(books.payments.iter().map(|paid| {
        let line = Line::of(paid.released_at, LineKind::Paid, paid.amount).instalment(&paid.instalment);
        line.reference(&paid.batch).value_on(paid.pay_on)
    }));
    lines.extend(books.returns.iter().map(|back| {
        let line = Line::of(back.at, LineKind::CameBack, back.amount).instalment(&back.instalment);
        line.reference(&back.batch).value_on(back.booked_on)
    }));
    if let Some(settled) = award.settled {
        settle(&mut lines, (books.settled_at(settled.on), settled), award.held());
    }
    lines.extend(books.released_at().map(|at| Line::of(at, LineKind::GivenBack, award.amount)));
    for recovery in told(&books.recoveries) {
        demanded(&mut lines, recovery)?;
    }
    Ok(lines)
}

/// What a change has made of the amount and of what is carried over; of another kind of change nothing is said.
fn changed(lines: &mut Vec<Line>, change: &AwardChange) {
    let carried = [&change.before, &change.after].map(|terms| terms.carried_over.unwrap_or_default());
    let (before, after) = change.amount;
    // What grows comes first, so that nothing is below nothing between two lines of one change.
    for (kind, amount) in [
        (LineKind::CarriedOver, carried[1].less(carried[0])),
        (LineKind::Raised, after.less(before)),
        (LineKind::Cut, before.less(after)),
        (LineKind::CarriedOverLess, carried[0].less(carried[1])),
    ] {
        if amount > Cents::ZERO {
            lines.push(Line::of(change.at, kind, amount).reference(change.request.to_string()));
        }
    }
}

/// What a settlement says: what is paid, what is not needed of what the case held, and what was paid too much.
fn settle(lines: &mut Vec<Line>, (at, settled): (DateTime<Utc>, Settlement), held: Cents) {
    lines.push(Line::of(at, LineKind::Settled, settled.amount));
    let rest = [(LineKind::GivenBack, held.less(settled.amount)), (LineKind::Overpaid, settled.overpaid)];
    let rest = rest.into_iter().filter(|(_, amount)| *amount > Cents::ZERO);
    lines.extend(rest.map(|(kind, amount)| Line::of(at, kind, amount)));
}

/// A demand from its confirmation on, with all that was entered since.
fn demanded(lines: &mut Vec<Line>, recovery: &Recovery) -> Result<(), MoneyError> {
    let Some((_, at)) = recovery.confirmed else { return Ok(()) };
    let told = |at, kind, amount| Line::of(at, kind, amount).reference(&recovery.reference);
    lines.push(told(at, LineKind::Demanded, recovery.principal).value_on(Some(recovery.due_on)));
    for entry in &recovery.entries {
        let of_kind = |entry: &Entry| match entry.kind {
            EntryKind::Interest => Some((LineKind::Interest, LineKind::InterestReversed)),
            EntryKind::Receipt => Some((LineKind::Received, LineKind::ReceiptReversed)),
            EntryKind::WriteOff => Some((LineKind::WrittenOff, LineKind::WriteOffReversed)),
            EntryKind::Reversal => None,
        };
        let reversed = recovery.entries.iter().find(|other| entry.reverses == Some(other.id));
        let kind = of_kind(entry).map(|(kind, _)| kind);
        let kind = kind.or_else(|| reversed.and_then(of_kind).map(|(_, reversed)| reversed));
        if let Some(kind) = kind {
            lines.push(told(entry.at, kind, entry.amount()?).value_on(Some(entry.on)));
        }
    }
    Ok(())
}
