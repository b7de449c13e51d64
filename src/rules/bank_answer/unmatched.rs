//! What in a file of a bank matches nothing: it waits until somebody else of finance says what it is.

use super::effect::{Back, Case, Effect};
use super::given::Side;
use super::{PaymentStatus, Told};
use crate::application::reason_given;
use crate::bank_order::payment_reference;
use crate::batch::{Batch, BatchState};
use crate::calendar::Day;
use crate::change::{Change, Write};
use crate::event::Event;
use crate::ids::{BankAnswerId, PersonId, UnmatchedItemId};
use crate::money::Cents;
use crate::permission::Permit;
use crate::refusal::{BankAnswerRefusal, Refusal};
use chrono::{DateTime, Utc};

/// Why something waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// It is of no payment that was released.
    Unknown,
    /// It takes a return back.
    Reversal,
    /// It may be a return that is on file.
    SeenBefore,
    /// It came back of an award that has ended before its time.
    AwardEnded,
}

impl Why {
    /// The code used in the API and the database.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Reversal => "reversal",
            Self::SeenBefore => "seen_before",
            Self::AwardEnded => "award_ended",
        }
    }

    /// The one with a code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Unknown, Self::Reversal, Self::SeenBefore, Self::AwardEnded].into_iter().find(|why| why.code() == code)
    }
}

/// Something in a file of a bank that matches nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnmatchedItem {
    /// Identity.
    pub id: UnmatchedItemId,
    /// Which item of the file, from 1.
    pub place: u32,
    /// On which line of it.
    pub line: u32,
    /// Which way the money went.
    pub side: Side,
    /// How much.
    pub amount: Cents,
    /// In which currency.
    pub currency: String,
    /// The day on which it was booked.
    pub on: Option<Day>,
    /// What the file names as the payment, or the part of a batch.
    pub payment: Option<String>,
    /// The bank's own reference.
    pub bank_reference: Option<String>,
    /// The code that says why it came back.
    pub reason: Option<String>,
    /// Why it waits.
    pub why: Why,
}

/// How an item was closed, once and for ever.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Closed {
    /// Which item.
    pub item: UnmatchedItemId,
    /// By whom.
    pub by: PersonId,
    /// When.
    pub at: DateTime<Utc>,
    /// Why.
    pub reason: String,
    /// The payment of which the money has come back; none where it was set aside.
    pub payment: Option<String>,
}

/// An item that is to be closed, with the file that it stands in and who recorded that.
#[derive(Clone, Debug)]
pub struct Closing<'a> {
    /// The item, locked.
    pub item: &'a UnmatchedItem,
    /// How it was closed already.
    pub closed: Option<&'a Closed>,
    /// The file.
    pub answer: BankAnswerId,
    /// Who recorded it.
    pub recorded_by: PersonId,
}

/// Somebody else of finance says what an item is: money of a payment that has come back, or nothing of the kind.
///
/// # Errors
/// When it is closed, the person has recorded its file, or a reason is missing; of a payment, when that is none of a released batch, the item
/// is no money in HKD that came in, more came back than is out, or the award has ended.
pub fn close(
    permit: &Permit,
    closing: &Closing<'_>,
    (payment, reason): (Option<&str>, &str),
    (batch, case): (Option<&Batch>, Option<Case>),
    (by, at): (PersonId, DateTime<Utc>),
) -> Result<(Change, Closed), Refusal> {
    let item = closing.item;
    if closing.closed.is_some() {
        return Err(BankAnswerRefusal::ItemClosed.into());
    }
    if by == closing.recorded_by {
        return Err(BankAnswerRefusal::ItemOwn.into());
    }
    let reason = reason_given(reason)?;
    let payment = payment.map(str::to_owned);
    let closed = Closed { item: item.id, by, at, reason: reason.clone(), payment: payment.clone() };
    let event = Event::UnmatchedItemClosed { answer: closing.answer, item: item.id, payment: payment.clone(), reason };
    let mut writes = vec![Write::UnmatchedItemClosed(closed.clone())];
    let Some(reference) = payment else {
        return Ok((Change::new(permit, event, writes), closed));
    };
    let released = batch.filter(|batch| batch.state == BatchState::Released).ok_or(BankAnswerRefusal::ItemPayment)?;
    let named = |(place, _): &(usize, _)| payment_reference(&released.reference, *place) == reference;
    let (_, payment) = released.payments.iter().enumerate().find(named).ok_or(BankAnswerRefusal::ItemPayment)?;
    let reference_known = item.bank_reference.is_some();
    let is_on_file = payment
        .standing
        .returns
        .iter()
        .any(|(known, returned, _)| reference_known && *known == item.bank_reference && *returned == item.amount);
    if item.side != Side::Credit || item.currency != "HKD" || item.amount == Cents::ZERO || is_on_file {
        return Err(BankAnswerRefusal::ItemNoReturn.into());
    }
    let (line, amount) = (item.line, item.amount);
    if payment.out() < amount {
        let out = payment.out();
        return Err(BankAnswerRefusal::AboveOut { line, payment: reference, out, told: amount }.into());
    }
    let mut effect = Effect::on(case.into_iter().collect());
    if let Some(reference) = effect.ended(payment.application) {
        return Err(BankAnswerRefusal::ItemEnded { reference: reference.to_owned() }.into());
    }
    let (batch, claim, reason) = (released.id, payment.claim, item.reason.clone());
    let rejected = false;
    effect.comes_back(Back { batch, reference, payment, amount, rejected, reason: reason.clone() })?;
    let status = PaymentStatus::Returned;
    let (place, on, bank_reference) = (item.place, item.on, item.bank_reference.clone());
    let told = Told { place, line, batch, claim, status, reason, returned: amount, on, bank_reference };
    writes.push(Write::PaymentTold { answer: closing.answer, told });
    writes.extend(effect.writes);
    Ok((Change::new(permit, event, writes).with_consequences(effect.events), closed))
}
