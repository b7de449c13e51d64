//! Giving up what is owed: asked by one person, approved by another one whose authority reaches the amount. Nobody who had to do with a payment
//! of the case does either.

use super::{Entry, EntryKind, Recovery};
use crate::application::reason_given;
use crate::calendar::Day;
use crate::change::{Change, Write};
use crate::duty::{Duties, Duty};
use crate::event::Event;
use crate::ids::{PersonId, RecoveryEntryId, WriteOffId};
use crate::money::Cents;
use crate::permission::Permit;
use crate::refusal::{RecoveryRefusal, Refusal};
use crate::release_limit::{ReleaseLimit, within};
use chrono::{DateTime, Utc};
use std::collections::BTreeSet;

/// That somebody asks to give something up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WriteOff {
    /// Identity.
    pub id: WriteOffId,
    /// Its place, from 1: a later one stands in the place of one that nobody has approved.
    pub number: i32,
    /// How much.
    pub amount: Cents,
    /// Why.
    pub reason: String,
    /// Who asked.
    pub asked_by: PersonId,
    /// When.
    pub asked_at: DateTime<Utc>,
    /// Who approved it, when, and under which limit.
    pub approved: Option<(PersonId, DateTime<Utc>, ReleaseLimit)>,
}

/// Who approves, and with what.
#[derive(Clone, Copy, Debug)]
pub struct Approving<'a> {
    /// Who.
    pub by: PersonId,
    /// When.
    pub at: DateTime<Utc>,
    /// The authorities that they hold.
    pub held: &'a BTreeSet<String>,
    /// What the agency has settled for authorities.
    pub limits: &'a [ReleaseLimit],
    /// Who has had which duty on the case.
    pub duties: &'a Duties,
}

/// Whoever has prepared or released a payment of the case gives nothing up on it.
fn must_not_have_paid(duties: &Duties, person: PersonId) -> Result<(), Refusal> {
    match duties.held.get(&person) {
        Some(Duty::PaymentPreparer | Duty::PaymentReleaser) => Err(RecoveryRefusal::HasPaid.into()),
        _ => Ok(()),
    }
}

impl Recovery {
    /// Somebody asks to give something up, instead of what was asked before and nobody has approved.
    ///
    /// # Errors
    /// When it is not confirmed, the amount is nothing or more than is outstanding, a reason is missing, or the person had to do with a payment
    /// of the case.
    pub fn ask_write_off(
        mut self,
        permit: &Permit,
        (id, amount, reason): (WriteOffId, Cents, &str),
        (by, at): (PersonId, DateTime<Utc>),
        duties: &Duties,
    ) -> Result<(Change, Self), Refusal> {
        self.must_be_confirmed()?;
        must_not_have_paid(duties, by)?;
        self.must_be_outstanding(amount)?;
        let reason = reason_given(reason)?;
        let number = self.write_offs.last().map_or(1, |last| last.number.saturating_add(1));
        let asked = WriteOff { id, number, amount, reason: reason.clone(), asked_by: by, asked_at: at, approved: None };
        self.write_offs.push(asked.clone());
        let event = Event::RecoveryWriteOffAsked {
            application: self.application,
            recovery: self.id,
            write_off: id,
            amount,
            reason,
        };
        let write = Write::NewRecoveryWriteOff { recovery: self.id, write_off: asked };
        Ok((Change::new(permit, event, vec![write]), self))
    }

    /// Another person approves it, within what the agency has settled for their authorities. Where interest runs it is charged until today
    /// first, so that what is given up is known; then interest is given up, and the principal, which is public money, last.
    ///
    /// # Errors
    /// When there is none, it was approved or asked anew, the person asked for it or had to do with a payment of the case, no authority of
    /// theirs reaches it, or less is outstanding by now.
    pub fn write_off(
        mut self,
        permit: &Permit,
        (id, [interest_entry, entry]): (WriteOffId, [RecoveryEntryId; 2]),
        approving: Approving<'_>,
    ) -> Result<(Change, Self), Refusal> {
        self.must_be_confirmed()?;
        let Approving { by, at, held, limits, duties } = approving;
        let last = self.write_offs.last().map(|last| last.id);
        let Some(asked) = self.write_offs.iter_mut().find(|asked| asked.id == id) else {
            return Err(Refusal::NotFound);
        };
        if asked.approved.is_some() || last != Some(id) {
            return Err(RecoveryRefusal::WriteOffOver.into());
        }
        if asked.asked_by == by {
            return Err(RecoveryRefusal::OwnWriteOff.into());
        }
        must_not_have_paid(duties, by)?;
        if limits.is_empty() {
            return Err(RecoveryRefusal::NoLimits.into());
        }
        let amount = asked.amount;
        let reaches = |limit| RecoveryRefusal::WriteOffAboveLimit { amount, limit };
        let limit = within(limits, held, amount).map_err(reaches)?.clone();
        asked.approved = Some((by, at, limit.clone()));
        let approved = asked.clone();
        let today = Day::in_hong_kong(at);
        let (interest_charged, charged) = self.charge_until((interest_entry, today), (by, at))?;
        self.must_be_outstanding(amount)?;
        let interest = amount.min(self.sums()?.interest);
        let given_up = Entry {
            principal: amount.less(interest),
            interest,
            ..self.blank((entry, EntryKind::WriteOff), (today, approved.reason.clone()), (by, at))
        };
        let mut writes = charged;
        writes.push(Write::RecoveryWriteOff { write_off: approved, entry });
        writes.extend(self.enter(given_up)?);
        let event = Event::RecoveryWrittenOff {
            application: self.application,
            recovery: self.id,
            write_off: id,
            entry,
            amount,
            interest_charged,
            under: Some(limit.authority),
        };
        Ok((Change::new(permit, event, writes), self))
    }

    fn must_be_outstanding(&self, amount: Cents) -> Result<(), Refusal> {
        let outstanding = self.outstanding()?;
        if amount <= Cents::ZERO || amount > outstanding {
            return Err(RecoveryRefusal::AboveOutstanding { outstanding }.into());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
