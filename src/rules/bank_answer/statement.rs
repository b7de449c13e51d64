//! What happened on an account: what is of a payment of ours is told of it, and everything else waits to be looked at.

use super::effect::{Back, Case, Effect};
use super::given::{Detail, Entries, Entry, Side, Statement};
use super::unmatched::{UnmatchedItem, Why};
use super::{BankAnswer, Found, NewAnswer, PaymentStatus, Told, must_be_in_hkd};
use crate::batch::{Batch, BatchState, Payment};
use crate::calendar::Day;
use crate::change::Change;
use crate::ids::{PayeeAccountId, UnmatchedItemId};
use crate::money::Cents;
use crate::payee_account::PayeeAccountKind;
use crate::permission::Permit;
use crate::refusal::{BankAnswerRefusal, Refusal};
use std::collections::BTreeMap;

/// The reference of the batch of which something with a reference may be a payment or a part.
#[must_use]
pub fn batch_named(reference: &str) -> Option<&str> {
    let batch = reference.rsplit_once('-').map(|(batch, _)| batch);
    batch.filter(|batch| batch.starts_with("PAY-") && !batch.contains('\0'))
}

/// Somebody of finance records what happened on accounts; `batches` are those that it names, and `id` makes the identity of an item.
///
/// # Errors
/// When the file is on file or says nothing; its sums do not agree; or it says of a payment of ours another amount or currency, a debit
/// twice, more that came back than is out, or what cannot follow what is on file.
pub fn statement(
    permit: &Permit,
    new: NewAnswer,
    statement: Statement,
    (batches, kinds): (&[Batch], &BTreeMap<PayeeAccountId, PayeeAccountKind>),
    cases: Vec<Case>,
    id: impl Fn() -> UnmatchedItemId,
) -> Result<(Change, BankAnswer), Refusal> {
    new.must_be_new()?;
    let mut batches = batches.iter().filter(|batch| batch.state == BatchState::Released).cloned().collect::<Vec<_>>();
    let mut reading =
        Reading { kinds, effect: Effect::on(cases), told: Vec::new(), items: Vec::new(), place: 0, id: &id };
    for account in &statement.accounts {
        account.must_agree()?;
        for entry in account.entries.iter().filter(|entry| entry.is_booked) {
            for (detail, amount, currency) in entry.parts()? {
                reading.take((entry, &detail), (amount, &currency), &mut batches)?;
            }
        }
    }
    let Reading { effect, told, items, .. } = reading;
    if told.is_empty() && items.is_empty() {
        return Err(BankAnswerRefusal::Empty.into());
    }
    let answer = new.recorded((statement.kind, statement.message), None, (told, items))?;
    Ok((answer.change(permit, effect), answer))
}

/// A statement that is being read.
struct Reading<'a, I> {
    kinds: &'a BTreeMap<PayeeAccountId, PayeeAccountKind>,
    effect: Effect,
    told: Vec<Told>,
    items: Vec<UnmatchedItem>,
    place: u32,
    id: &'a I,
}

impl<I: Fn() -> UnmatchedItemId> Reading<'_, I> {
    /// One transaction: of a payment of ours, of a part of a batch, or of nothing.
    fn take(
        &mut self,
        (entry, detail): (&Entry, &Detail),
        (amount, currency): (Cents, &str),
        batches: &mut [Batch],
    ) -> Result<(), Refusal> {
        self.place = self.place.saturating_add(1);
        let named = [&detail.payment, &detail.part].map(|reference| reference.as_deref().and_then(batch_named));
        let found = batches.iter_mut().filter(|batch| named.contains(&Some(&*batch.reference))).find_map(|batch| {
            let found = Found::of(batch, self.kinds);
            let payment = detail.payment.as_deref().and_then(|reference| found.payment(reference));
            let part = detail.part.as_deref().filter(|_| detail.payment.is_none());
            let places = match payment {
                Some((place, _)) => vec![place],
                None => part.map_or_else(Vec::new, |part| found.part(part).map(|(place, _)| place).collect()),
            };
            (!places.is_empty()).then_some((batch, places))
        });
        let why = match &found {
            None => Some(Why::Unknown),
            Some(_) if entry.is_reversal && entry.side == Side::Debit => Some(Why::Reversal),
            Some((_, places)) if entry.side == Side::Credit && places.len() > 1 => Some(Why::Unknown),
            Some(_) => None,
        };
        match (found, why) {
            (Some((batch, places)), None) if entry.side == Side::Debit => {
                self.executed((entry, detail), (amount, currency), (batch, &places))
            }
            (Some((batch, places)), None) => {
                let Some(place) = places.first() else { return Ok(()) };
                self.returned((entry, detail), (amount, currency), (batch, *place))
            }
            (_, why) => {
                self.wait((entry, detail), (amount, currency), why.unwrap_or(Why::Unknown));
                Ok(())
            }
        }
    }

    fn executed(
        &mut self,
        (entry, detail): (&Entry, &Detail),
        (amount, currency): (Cents, &str),
        (batch, places): (&mut Batch, &[usize]),
    ) -> Result<(), Refusal> {
        let line = detail.line;
        let of_part = detail.payment.is_none();
        // What was rejected of a part is not booked with it.
        let is_booked = |place: &&usize| {
            let payment = batch.payments.get(**place);
            !of_part || payment.is_some_and(|payment| payment.standing.status != Some(PaymentStatus::Rejected))
        };
        let places = places.iter().filter(is_booked).collect::<Vec<_>>();
        let amounts = places.iter().filter_map(|place| batch.payments.get(**place)).map(Payment::transferred);
        let total = Cents::sum(amounts).ok().ok_or(Refusal::AmountTooLarge)?;
        if of_part && (amount, currency) != (total, "HKD") {
            self.wait((entry, detail), (amount, currency), Why::Unknown);
            return Ok(());
        }
        let named = detail.payment.clone().unwrap_or_default();
        must_be_in_hkd(Some(currency), (line, &named))?;
        if amount != total {
            return Err(BankAnswerRefusal::Amount { line, payment: named, amount: total, told: amount }.into());
        }
        for place in places {
            let reference = crate::bank_order::payment_reference(&batch.reference, *place);
            let Some(payment) = batch.payments.get(*place) else { continue };
            payment.may_become(PaymentStatus::Executed, (line, &reference))?;
            let is_it = |told: &&Told| (told.batch, told.claim) == (batch.id, payment.claim);
            if self.told.iter().filter(is_it).any(|told| told.status == PaymentStatus::Executed) {
                return Err(BankAnswerRefusal::PaymentTwice { line, payment: reference }.into());
            }
            self.tell((entry, detail), PaymentStatus::Executed, (batch, payment), Cents::ZERO);
        }
        Ok(())
    }

    fn returned(
        &mut self,
        (entry, detail): (&Entry, &Detail),
        (amount, currency): (Cents, &str),
        (batch, place): (&mut Batch, usize),
    ) -> Result<(), Refusal> {
        let (line, id) = (detail.line, batch.id);
        let reference = crate::bank_order::payment_reference(&batch.reference, place);
        let Some(payment) = batch.payments.get(place).cloned() else { return Ok(()) };
        must_be_in_hkd(Some(currency), (line, &reference))?;
        if amount == Cents::ZERO {
            self.wait((entry, detail), (amount, currency), Why::Unknown);
            return Ok(());
        }
        let bank_reference = detail.bank_reference.clone().or_else(|| entry.bank_reference.clone());
        match payment.knows(bank_reference.as_deref(), amount, entry) {
            Known::Same => return Ok(()),
            Known::Perhaps => {
                self.wait((entry, detail), (amount, currency), Why::SeenBefore);
                return Ok(());
            }
            Known::Not => {}
        }
        if payment.out() < amount {
            let (payment, out) = (reference, payment.out());
            return Err(BankAnswerRefusal::AboveOut { line, payment, out, told: amount }.into());
        }
        if self.effect.ended(payment.application).is_some() {
            self.wait((entry, detail), (amount, currency), Why::AwardEnded);
            return Ok(());
        }
        if self.effect.recovered(payment.application, amount).is_some() {
            self.wait((entry, detail), (amount, currency), Why::Recovered);
            return Ok(());
        }
        let (rejected, reason) = (false, detail.reason.clone());
        self.effect.comes_back(Back { batch: id, reference, payment: &payment, amount, rejected, reason })?;
        self.tell((entry, detail), PaymentStatus::Returned, (batch, &payment), amount);
        if let Some(payment) = batch.payments.get_mut(place) {
            let standing = &mut payment.standing;
            standing.returned = standing.returned.plus(amount).ok().ok_or(Refusal::AmountTooLarge)?;
            standing.returns.push((bank_reference, amount, entry.on));
        }
        Ok(())
    }

    fn tell(
        &mut self,
        (entry, detail): (&Entry, &Detail),
        status: PaymentStatus,
        (batch, payment): (&Batch, &Payment),
        returned: Cents,
    ) {
        self.told.push(Told {
            place: self.place,
            line: detail.line,
            batch: batch.id,
            claim: payment.claim,
            status,
            reason: detail.reason.clone(),
            returned,
            on: entry.on,
            bank_reference: detail.bank_reference.clone().or_else(|| entry.bank_reference.clone()),
        });
    }

    fn wait(&mut self, (entry, detail): (&Entry, &Detail), (amount, currency): (Cents, &str), why: Why) {
        self.items.push(UnmatchedItem {
            id: (self.id)(),
            place: self.place,
            line: detail.line,
            side: entry.side,
            amount,
            currency: currency.to_owned(),
            on: entry.on,
            payment: detail.payment.clone().or_else(|| detail.part.clone()),
            bank_reference: detail.bank_reference.clone().or_else(|| entry.bank_reference.clone()),
            reason: detail.reason.clone(),
            why,
        });
    }
}

/// Whether a return is on file: a bank tells of the same one in its notice and in its statement.
enum Known {
    /// It is: under the same reference of the bank.
    Same,
    /// It may be: nothing tells it from one of the same amount and, as far as both have one, day.
    Perhaps,
    /// It is not.
    Not,
}

impl Payment {
    fn knows(&self, reference: Option<&str>, amount: Cents, entry: &Entry) -> Known {
        let returns = || self.standing.returns.iter().filter(|(_, returned, _)| *returned == amount);
        if returns().any(|(known, _, _)| reference.is_some() && known.as_deref() == reference) {
            return Known::Same;
        }
        let alike = |known: &Option<String>| known.is_none() || reference.is_none();
        let same_day = |on: &Option<Day>| on.is_none() || entry.on.is_none() || *on == entry.on;
        if returns().any(|(known, _, on)| alike(known) && same_day(on)) { Known::Perhaps } else { Known::Not }
    }
}

impl Entry {
    /// What it is made of, with the amount of each; it comes to the entry.
    fn parts(&self) -> Result<Vec<(Detail, Cents, String)>, Refusal> {
        let whole = || (self.amount, self.currency.clone());
        if self.details.is_empty() {
            let (amount, currency) = whole();
            return Ok(vec![(Detail { line: self.line, ..Detail::default() }, amount, currency)]);
        }
        let parts = self.details.iter().map(|detail| {
            let (amount, currency) = detail.amount.clone().unwrap_or_else(whole);
            (detail.clone(), amount, currency)
        });
        let parts = parts.collect::<Vec<_>>();
        let sum = Cents::sum(parts.iter().map(|(_, amount, _)| *amount)).ok().ok_or(Refusal::AmountTooLarge)?;
        // What is in another currency does not add up to the entry.
        let one_currency = parts.iter().all(|(_, _, currency)| *currency == self.currency);
        if one_currency && sum != self.amount {
            let (told, found) = (format!("an entry of {}", self.amount), sum.to_string());
            return Err(BankAnswerRefusal::Totals { line: self.line, told, found }.into());
        }
        Ok(parts)
    }
}

impl Entries {
    /// The sums that are stated are those of the entries, and what the account held before and after differs by them.
    fn must_agree(&self) -> Result<(), Refusal> {
        for stated in &self.sums {
            let counted = self.entries.iter().filter(|entry| stated.side.is_none_or(|side| entry.side == side));
            let count = u64::try_from(counted.clone().count()).unwrap_or(u64::MAX);
            let sum = Cents::sum(counted.map(|entry| entry.amount)).ok().ok_or(Refusal::AmountTooLarge)?;
            let line = stated.line;
            if let Some(told) = stated.count.filter(|told| *told != count) {
                let (told, found) = (format!("{told} entries"), count.to_string());
                return Err(BankAnswerRefusal::Totals { line, told, found }.into());
            }
            if let Some(told) = stated.amount.filter(|told| *told != sum) {
                let (told, found) = (format!("a sum of {told}"), sum.to_string());
                return Err(BankAnswerRefusal::Totals { line, told, found }.into());
            }
        }
        let signed = |side: Side, amount: Cents| match side {
            Side::Credit => i128::from(amount.get()),
            Side::Debit => i128::from(amount.get()).saturating_neg(),
        };
        let (Some(opening), Some(closing)) = (&self.opening, &self.closing) else { return Ok(()) };
        let booked = self.entries.iter().filter(|entry| entry.is_booked);
        let moved = booked.map(|entry| signed(entry.side, entry.amount)).fold(0_i128, i128::saturating_add);
        let expected = signed(opening.is.0, opening.is.1).saturating_add(moved);
        let told = signed(closing.is.0, closing.is.1);
        if expected == told {
            return Ok(());
        }
        let shown = |cents: i128| {
            let amount = i64::try_from(cents.unsigned_abs()).map(Cents::new).unwrap_or_default();
            format!("{}{amount}", if cents < 0 { "-" } else { "" })
        };
        let (told, found) = (format!("a closing balance of {}", shown(told)), shown(expected));
        Err(BankAnswerRefusal::Totals { line: closing.line, told, found }.into())
    }
}
