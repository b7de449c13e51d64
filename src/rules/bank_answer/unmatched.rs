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
    /// It came back of what a demand has brought back already.
    Recovered,
}

impl Why {
    const ALL: [Self; 5] = [Self::Unknown, Self::Reversal, Self::SeenBefore, Self::AwardEnded, Self::Recovered];

    /// The code used in the API and the database.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Reversal => "reversal",
            Self::SeenBefore => "seen_before",
            Self::AwardEnded => "award_ended",
            Self::Recovered => "recovered",
        }
    }

    /// The one with a code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|why| why.code() == code)
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
    /// What was set aside: what was left of it then.
    pub set_aside: Cents,
}

/// An item with the file that it stands in, and what has become of it.
#[derive(Clone, Debug)]
pub struct ItemOnFile {
    /// The item.
    pub item: UnmatchedItem,
    /// The file.
    pub answer: BankAnswerId,
    /// Who recorded it.
    pub recorded_by: PersonId,
    /// When.
    pub recorded_at: DateTime<Utc>,
    /// What of it has met demands, as receipts that are not reversed.
    pub received: Cents,
    /// Whether the same transaction, by its reference of the bank, stands in another file and has met a demand or was closed as a return.
    pub is_used_elsewhere: bool,
    /// How it was closed.
    pub closed: Option<Closed>,
}

impl ItemOnFile {
    /// It waits, and somebody else than whoever recorded it says what it is.
    fn must_wait_for(&self, by: PersonId) -> Result<(), Refusal> {
        if self.closed.is_some() {
            return Err(BankAnswerRefusal::ItemClosed.into());
        }
        self.must_be_by_another(by)
    }

    fn must_be_by_another(&self, by: PersonId) -> Result<(), Refusal> {
        if self.recorded_by == by { Err(BankAnswerRefusal::ItemOwn.into()) } else { Ok(()) }
    }

    fn must_be_used_once(&self) -> Result<(), Refusal> {
        if self.is_used_elsewhere { Err(BankAnswerRefusal::ItemTwice.into()) } else { Ok(()) }
    }

    /// Money that has come in, in the only currency of demands and payments.
    fn is_money(&self) -> bool {
        self.item.side == Side::Credit && self.item.currency == "HKD" && self.item.amount > Cents::ZERO
    }

    /// What of it can still meet a demand.
    ///
    /// # Errors
    /// When it is a return, all of it is set aside, the person has recorded its file, it is no money in HKD that came in or is of a payment of
    /// ours, or the same transaction was used in another file.
    pub(crate) fn left_for(&self, by: PersonId) -> Result<Cents, Refusal> {
        let set_aside = self.closed.as_ref().map(|closed| closed.set_aside).unwrap_or_default();
        let left = self.item.amount.less(self.received).less(set_aside);
        // What a reversal has freed was not set aside.
        let freed = self.closed.as_ref().is_some_and(|closed| closed.payment.is_none()) && left > Cents::ZERO;
        if !freed {
            self.must_wait_for(by)?;
        }
        self.must_be_by_another(by)?;
        self.must_be_used_once()?;
        if self.is_money() && self.item.why == Why::Unknown {
            Ok(left)
        } else {
            Err(BankAnswerRefusal::ItemNoReceipt.into())
        }
    }

    /// The day on which it came: as it was booked, or where that is not said as it was recorded, and never after that.
    pub(crate) fn came_on(&self) -> Day {
        let recorded = Day::in_hong_kong(self.recorded_at);
        self.item.on.map_or(recorded, |booked| booked.min(recorded))
    }
}

/// Somebody else of finance says what an item is: money of a payment that has come back, or nothing of the kind.
///
/// # Errors
/// When it is closed, the person has recorded its file, or a reason is missing; of a payment, when that is none of a released batch, the item
/// is no money in HKD that came in or has met a demand, more came back than is out or than a demand has left, or the award has ended.
pub fn close(
    permit: &Permit,
    found: &ItemOnFile,
    (payment, reason): (Option<&str>, &str),
    (batch, case): (Option<&Batch>, Option<Case>),
    (by, at): (PersonId, DateTime<Utc>),
) -> Result<(Change, Closed), Refusal> {
    found.must_wait_for(by)?;
    let item = &found.item;
    let reason = reason_given(reason)?;
    let payment = payment.map(str::to_owned);
    let set_aside = if payment.is_some() { Cents::ZERO } else { item.amount.less(found.received) };
    let closed = Closed { item: item.id, by, at, reason: reason.clone(), payment: payment.clone(), set_aside };
    let event = Event::UnmatchedItemClosed { answer: found.answer, item: item.id, payment: payment.clone(), reason };
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
    found.must_be_used_once()?;
    if found.received > Cents::ZERO {
        return Err(BankAnswerRefusal::ItemReceived.into());
    }
    if !found.is_money() || is_on_file {
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
    if let Some(left) = effect.recovered(payment.application, amount) {
        return Err(BankAnswerRefusal::Recovered { line, payment: reference, left, told: amount }.into());
    }
    let (batch, claim, reason) = (released.id, payment.claim, item.reason.clone());
    let rejected = false;
    effect.comes_back(Back { batch, reference, payment, amount, rejected, reason: reason.clone() })?;
    let status = PaymentStatus::Returned;
    let (place, on, bank_reference) = (item.place, item.on, item.bank_reference.clone());
    let told = Told { place, line, batch, claim, status, reason, returned: amount, on, bank_reference };
    writes.push(Write::PaymentTold { answer: found.answer, told });
    writes.extend(effect.writes);
    Ok((Change::new(permit, event, writes).with_consequences(effect.events), closed))
}
