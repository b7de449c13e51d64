//! What comes back of what is owed: a credit of the agency's account that somebody else has recorded, or a part of a payment that is set off.
//! Never one person's word.

use super::{Entry, EntryKind, Recovery};
use crate::application::Application;
use crate::bank_answer::ItemOnFile;
use crate::calendar::Day;
use crate::change::{Change, Write};
use crate::event::Event;
use crate::ids::{BatchId, ClaimId, PersonId, RecoveryEntryId};
use crate::ledger::{Account, ApplicantGuard};
use crate::money::Cents;
use crate::permission::Permit;
use crate::refusal::{RecoveryRefusal, Refusal};
use chrono::{DateTime, Utc};

/// Money that has come: a credit of the agency's account, which somebody else has recorded.
#[derive(Clone, Copy, Debug)]
pub struct Receiving<'a> {
    /// The credit, while nobody else says what it is.
    pub item: &'a ItemOnFile,
    /// How much of it meets the demand; all that is left of it where nothing is said.
    pub amount: Option<Cents>,
    /// What was paid on the case and has not come back by any demand or bank.
    pub left: Cents,
}

impl Recovery {
    /// Finance says that a credit of the agency's account meets the demand, or some of it. Where interest runs it is charged until the day on
    /// which it came first; then the principal is met, and interest last.
    ///
    /// # Errors
    /// When it is not confirmed; the credit is none, is closed, or was recorded by the same person; the amount is nothing, more than is left of
    /// the credit or than is outstanding, or more of the principal than is still out; or interest is charged beyond the day on which it came.
    pub fn receive(
        mut self,
        permit: &Permit,
        (application, counts_as): (&Application, ApplicantGuard),
        ([interest, receipt], receiving): ([RecoveryEntryId; 2], Receiving<'_>),
        (by, at): (PersonId, DateTime<Utc>),
    ) -> Result<(Change, Self), Refusal> {
        self.must_be_confirmed()?;
        let Receiving { item: found, amount, left } = receiving;
        let of_item = found.left_for(by)?;
        let amount = amount.unwrap_or(of_item);
        if of_item == Cents::ZERO || amount > of_item {
            return Err(RecoveryRefusal::AboveItem { left: of_item }.into());
        }
        let on = found.came_on();
        let words = found.item.bank_reference.clone().unwrap_or_else(|| found.item.id.to_string());
        let receipt = self.blank((receipt, EntryKind::Receipt), (on, words), (by, at));
        let receipt = Entry { item: Some(found.item.id), ..receipt };
        let entry = receipt.id;
        let met = self.meet((application, counts_as), (interest, receipt), (amount, left))?;
        let event = Event::RecoveryReceived {
            application: self.application,
            recovery: self.id,
            entry,
            item: Some(found.item.id),
            amount,
            principal: met.principal,
            interest_charged: met.interest_charged,
            on,
        };
        Ok((Change::new(permit, event, met.writes), self))
    }

    /// A payment is released of which a part meets the demand, and is not transferred; `left` is what was paid on the case of the demand and
    /// has not come back.
    ///
    /// # Errors
    /// When it is not confirmed, or the amount is nothing, more than is outstanding, or more of the principal than is still out.
    pub(crate) fn set_off(
        &mut self,
        (application, counts_as): (&Application, ApplicantGuard),
        ([interest, receipt], left): ([RecoveryEntryId; 2], Cents),
        ((batch, reference, claim), amount): ((BatchId, &str, ClaimId), Cents),
        (by, at): (PersonId, DateTime<Utc>),
    ) -> Result<(Cents, Vec<Write>, Event), Refusal> {
        self.must_be_confirmed()?;
        let on = Day::in_hong_kong(at);
        let blank = self.blank((receipt, EntryKind::Receipt), (on, reference.to_owned()), (by, at));
        let entry = Entry { payment: Some((batch, claim)), ..blank };
        let met = self.meet((application, counts_as), (interest, entry), (amount, left))?;
        let event = Event::RecoverySetOff {
            application: self.application,
            recovery: self.id,
            entry: receipt,
            batch,
            claim,
            amount,
            principal: met.principal,
            interest_charged: met.interest_charged,
        };
        Ok((met.principal, met.writes, event))
    }

    /// So much of the demand is met by a receipt: where interest runs it is charged until the day of it first; then the principal is met, and
    /// interest last.
    fn meet(
        &mut self,
        (application, counts_as): (&Application, ApplicantGuard),
        (interest, receipt): (RecoveryEntryId, Entry),
        (amount, left): (Cents, Cents),
    ) -> Result<Met, Refusal> {
        let on = receipt.on;
        let of_interest = self.standing().filter(|entry| entry.kind == EntryKind::Interest).map(|entry| entry.on);
        if let Some(charged) = of_interest.max().filter(|charged| on < *charged) {
            return Err(RecoveryRefusal::ReceiptDay { on, charged }.into());
        }
        let (interest_charged, mut writes) = self.charge_until((interest, on), (receipt.by, receipt.at))?;
        let sums = self.sums()?;
        let outstanding = sums.outstanding().ok().ok_or(Refusal::AmountTooLarge)?;
        if amount <= Cents::ZERO || amount > outstanding {
            return Err(RecoveryRefusal::AboveOutstanding { outstanding }.into());
        }
        let principal = amount.min(sums.principal);
        if self.kind.is_of_what_was_paid() && principal > left {
            return Err(RecoveryRefusal::ReceiptAbovePaid { left }.into());
        }
        // Interest may have been entered before it.
        let number = self.entries.last().map_or(1, |last| last.number.saturating_add(1));
        let entry = Entry { number, principal, interest: amount.less(principal), ..receipt };
        writes.extend(self.enter(entry)?);
        if self.kind.is_of_what_was_paid() && principal > Cents::ZERO {
            let posting = application.posted(Account::Recovered, Account::Envelope, principal);
            writes.push(application.recovers(vec![posting], None, counts_as));
        }
        Ok(Met { principal, interest_charged, writes })
    }
}

/// How a receipt has met a demand.
struct Met {
    principal: Cents,
    interest_charged: Cents,
    writes: Vec<Write>,
}
