//! What is entered on a demand: interest, receipts, what is written off, and reversals. Nothing is edited, and the sums are worked out.

use super::{Recovery, RecoveryKind, RecoveryState};
use crate::application::{Application, reason_given};
use crate::calendar::Day;
use crate::change::{Change, Write};
use crate::event::Event;
use crate::ids::{BatchId, ClaimId, PersonId, RecoveryEntryId, UnmatchedItemId};
use crate::ledger::{Account, ApplicantGuard};
use crate::money::{Cents, MoneyError, Share};
use crate::movement::Limits;
use crate::permission::Permit;
use crate::refusal::{RecoveryRefusal, Refusal};
use chrono::{DateTime, Utc};

/// The days of a year over which interest runs.
const YEAR_DAYS: i128 = 365;

/// What an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryKind {
    /// Interest is charged.
    Interest,
    /// Money has come.
    Receipt,
    /// Something is given up, by an authority that reaches it.
    WriteOff,
    /// Another entry counts no more.
    Reversal,
}

impl EntryKind {
    /// The code used in the API and the database.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Interest => "interest",
            Self::Receipt => "receipt",
            Self::WriteOff => "write_off",
            Self::Reversal => "reversal",
        }
    }

    /// The kind with a code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Interest, Self::Receipt, Self::WriteOff, Self::Reversal].into_iter().find(|kind| kind.code() == code)
    }
}

/// One entry. What it does to the principal and to the interest is never negative: its kind says which way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Identity.
    pub id: RecoveryEntryId,
    /// Its place, from 1.
    pub number: i32,
    /// What it is.
    pub kind: EntryKind,
    /// How much of the principal.
    pub principal: Cents,
    /// How much of the interest.
    pub interest: Cents,
    /// The day on which the money came, until which interest is charged, or on which it was given up.
    pub on: Day,
    /// Of interest, the day from which it is charged.
    pub from: Option<Day>,
    /// Of a reversal, which entry counts no more.
    pub reverses: Option<RecoveryEntryId>,
    /// Of a receipt, the credit of the agency's account that it is; none of those from before that was kept.
    pub item: Option<UnmatchedItemId>,
    /// Of a receipt, the payment that was set off; none of a credit.
    pub payment: Option<(BatchId, ClaimId)>,
    /// Where a receipt is found, or why something is given up or reversed.
    pub words: String,
    /// Who entered it.
    pub by: PersonId,
    /// When.
    pub at: DateTime<Utc>,
}

impl Entry {
    /// What it comes to.
    ///
    /// # Errors
    /// When the amount cannot be held.
    pub fn amount(&self) -> Result<Cents, MoneyError> {
        self.principal.plus(self.interest)
    }
}

/// What a demand comes to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    /// What is outstanding of the principal.
    pub principal: Cents,
    /// What is outstanding of the interest.
    pub interest: Cents,
    /// The interest that was charged.
    pub charged: Cents,
    /// What was received.
    pub received: Cents,
    /// What was written off.
    pub written_off: Cents,
}

impl Sums {
    /// What is outstanding.
    ///
    /// # Errors
    /// When the sum cannot be held.
    pub fn outstanding(self) -> Result<Cents, MoneyError> {
        self.principal.plus(self.interest)
    }

    /// What has come or was given up.
    ///
    /// # Errors
    /// When the sum cannot be held.
    pub fn credited(self) -> Result<Cents, MoneyError> {
        self.received.plus(self.written_off)
    }

    fn with(mut self, entry: &Entry) -> Result<Self, MoneyError> {
        let amount = entry.amount()?;
        match entry.kind {
            EntryKind::Interest => {
                self.interest = self.interest.plus(entry.interest)?;
                self.charged = self.charged.plus(entry.interest)?;
                return Ok(self);
            }
            EntryKind::Receipt => self.received = self.received.plus(amount)?,
            EntryKind::WriteOff => self.written_off = self.written_off.plus(amount)?,
            EntryKind::Reversal => return Ok(self),
        }
        if entry.principal > self.principal || entry.interest > self.interest {
            return Err(MoneyError::Overflow);
        }
        self.principal = self.principal.less(entry.principal);
        self.interest = self.interest.less(entry.interest);
        Ok(self)
    }
}

impl Recovery {
    /// The entries that count: reversals and what they reverse are left out.
    pub fn standing(&self) -> impl Iterator<Item = &Entry> {
        let reversed = |entry: &Entry| self.entries.iter().any(|other| other.reverses == Some(entry.id));
        self.entries.iter().filter(move |entry| entry.kind != EntryKind::Reversal && !reversed(entry))
    }

    /// What it comes to.
    ///
    /// # Errors
    /// When a sum cannot be held.
    pub fn sums(&self) -> Result<Sums, Refusal> {
        let first = Sums { principal: self.principal, ..Sums::default() };
        self.standing().try_fold(first, Sums::with).ok().ok_or(Refusal::AmountTooLarge)
    }

    /// What is outstanding.
    ///
    /// # Errors
    /// When a sum cannot be held.
    pub fn outstanding(&self) -> Result<Cents, Refusal> {
        self.sums()?.outstanding().ok().ok_or(Refusal::AmountTooLarge)
    }

    /// Until which day interest is charged; none where it bears none.
    #[must_use]
    pub fn charged_until(&self) -> Option<Day> {
        let terms = self.interest.as_ref()?;
        let until = self.standing().filter(|entry| entry.kind == EntryKind::Interest).map(|entry| entry.on).max();
        Some(until.map_or(terms.from, |until| until.max(terms.from)))
    }

    /// The interest from the day until which it is charged until another one: on what is outstanding of the principal, rounded once, down to
    /// the cent.
    fn interest_until(&self, until: Day) -> Result<Option<(Day, Cents)>, Refusal> {
        let Some((terms, from)) = self.interest.as_ref().zip(self.charged_until()) else { return Ok(None) };
        let interest = simple_interest(self.sums()?.principal, terms.rate, from.days_until(until));
        let interest = interest.ok_or(Refusal::AmountTooLarge)?;
        Ok((interest > Cents::ZERO).then_some((from, interest)))
    }

    /// Charges the interest until a day, today where none is named; nothing where it is charged until then already.
    ///
    /// # Errors
    /// When it is not confirmed, bears no interest, or the day is to come or before the one until which it is charged.
    pub fn charge(
        mut self,
        permit: &Permit,
        (id, until): (RecoveryEntryId, Option<Day>),
        (by, at): (PersonId, DateTime<Utc>),
    ) -> Result<(Option<Change>, Self), Refusal> {
        self.must_be_confirmed()?;
        let today = Day::in_hong_kong(at);
        let until = until.unwrap_or(today);
        let charged = self.charged_until().ok_or(RecoveryRefusal::NoInterest)?;
        if until > today || until < charged {
            return Err(RecoveryRefusal::InterestDay { charged }.into());
        }
        let (interest, writes) = self.charge_until((id, until), (by, at))?;
        if interest == Cents::ZERO {
            return Ok((None, self));
        }
        let (application, recovery) = (self.application, self.id);
        let event = Event::RecoveryInterestCharged { application, recovery, entry: id, interest, until };
        Ok((Some(Change::new(permit, event, writes)), self))
    }

    /// Charges the interest until a day, where some has run up since it was charged last.
    pub(super) fn charge_until(
        &mut self,
        (id, until): (RecoveryEntryId, Day),
        (by, at): (PersonId, DateTime<Utc>),
    ) -> Result<(Cents, Vec<Write>), Refusal> {
        let Some((from, interest)) = self.interest_until(until)? else { return Ok((Cents::ZERO, Vec::new())) };
        let blank = self.blank((id, EntryKind::Interest), (until, String::new()), (by, at));
        Ok((interest, self.enter(Entry { from: Some(from), interest, ..blank })?))
    }

    /// Finance reverses an entry: it counts no more, and stays to be read.
    ///
    /// # Errors
    /// When there is no such entry or it is reversed, it was set off against a payment, interest was charged after it, it is interest and
    /// something was entered after it, or a reason is missing.
    pub fn reverse(
        mut self,
        permit: &Permit,
        (application, counts_as, limits): (&Application, ApplicantGuard, Limits),
        (reversed, id): (RecoveryEntryId, RecoveryEntryId),
        (by, at): (PersonId, DateTime<Utc>),
        reason: &str,
    ) -> Result<(Change, Self), Refusal> {
        self.must_be_confirmed()?;
        let found = self.standing().find(|entry| entry.id == reversed).cloned();
        let Some(entry) = found else {
            let known = self.entries.iter().any(|entry| entry.id == reversed);
            return Err(if known { RecoveryRefusal::Reversed.into() } else { Refusal::NotFound });
        };
        if entry.payment.is_some() {
            return Err(RecoveryRefusal::SetOffStays.into());
        }
        // Interest was worked out on what was outstanding then.
        let rests_on_it = |later: &&Entry| {
            later.number > entry.number && (later.kind == EntryKind::Interest || entry.kind == EntryKind::Interest)
        };
        if let Some(later) = self.standing().find(rests_on_it) {
            if self.standing().any(|other| other.number >= later.number && other.payment.is_some()) {
                return Err(RecoveryRefusal::SetOffStays.into());
            }
            return Err(RecoveryRefusal::ReverseLaterFirst { number: later.number }.into());
        }
        let words = reason_given(reason)?;
        let reversal = Entry {
            principal: entry.principal,
            interest: entry.interest,
            reverses: Some(entry.id),
            ..self.blank((id, EntryKind::Reversal), (Day::in_hong_kong(at), words.clone()), (by, at))
        };
        let mut writes = self.enter(reversal)?;
        if entry.kind == EntryKind::Receipt && self.kind.is_of_what_was_paid() && entry.principal > Cents::ZERO {
            // The scheme may have promised it to others meanwhile.
            let posting = application.posted(Account::Envelope, Account::Recovered, entry.principal);
            writes.push(application.recovers(vec![posting], Some(limits), counts_as));
        }
        let event = Event::RecoveryEntryReversed {
            application: self.application,
            recovery: self.id,
            entry: entry.id,
            kind: entry.kind.code().to_owned(),
            amount: entry.amount().ok().ok_or(Refusal::AmountTooLarge)?,
            reason: words,
        };
        Ok((Change::new(permit, event, writes), self))
    }

    /// An entry of nothing yet.
    pub(super) fn blank(
        &self,
        (id, kind): (RecoveryEntryId, EntryKind),
        (on, words): (Day, String),
        (by, at): (PersonId, DateTime<Utc>),
    ) -> Entry {
        let number = self.entries.last().map_or(1, |last| last.number.saturating_add(1));
        let (principal, interest) = (Cents::ZERO, Cents::ZERO);
        let (from, reverses, item, payment) = (None, None, None, None);
        Entry { id, number, kind, principal, interest, on, from, reverses, item, payment, words, by, at }
    }

    /// It with one entry more, and what is written: the demand is settled when nothing is outstanding, and only then.
    pub(super) fn enter(&mut self, entry: Entry) -> Result<Vec<Write>, Refusal> {
        let mut writes = vec![Write::NewRecoveryEntry { recovery: self.id, entry: entry.clone() }];
        self.entries.push(entry);
        let settled = self.outstanding()? == Cents::ZERO;
        let state = if settled { RecoveryState::Settled } else { RecoveryState::Confirmed };
        if state != self.state {
            self.state = state;
            writes.push(Write::Recovery(Box::new(self.clone())));
        }
        Ok(writes)
    }

    /// What has come back of what was paid, and counts: what the ledger says was recovered by this demand.
    ///
    /// # Errors
    /// When a sum cannot be held.
    pub fn recovered(&self) -> Result<Cents, MoneyError> {
        if self.kind == RecoveryKind::Recoupment {
            return Ok(Cents::ZERO);
        }
        Cents::sum(self.standing().filter(|entry| entry.kind == EntryKind::Receipt).map(|entry| entry.principal))
    }
}

/// Simple interest on an amount over so many days, rounded once, down to the cent; nothing where it cannot be held.
fn simple_interest(principal: Cents, rate: Share, days: u32) -> Option<Cents> {
    let product = i128::from(principal.get()).checked_mul(i128::from(rate.numerator))?.checked_mul(i128::from(days))?;
    let divisor = i128::from(rate.denominator).checked_mul(YEAR_DAYS)?;
    i64::try_from(product.checked_div(divisor)?).ok().map(Cents::new)
}
