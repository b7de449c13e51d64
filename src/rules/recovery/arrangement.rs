//! Paying in parts: days and amounts that come to what is outstanding, to the cent.

use super::{Recovery, RecoveryState};
use crate::application::reason_given;
use crate::calendar::Day;
use crate::change::{Change, Write};
use crate::event::Event;
use crate::ids::PersonId;
use crate::money::Cents;
use crate::permission::Permit;
use crate::refusal::{RecoveryRefusal, Refusal};
use chrono::{DateTime, Utc};

/// The most parts in which a debt is paid.
pub const INSTALMENTS_MAX: usize = 60;

/// One part of an arrangement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// The last day on which it is paid in time.
    pub due_on: Day,
    /// How much.
    pub amount: Cents,
}

/// An arrangement to pay in parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrangement {
    /// Its place, from 1: a later one stands in the place of the one before.
    pub number: i32,
    /// The parts, in the order of their days.
    pub parts: Vec<Part>,
    /// What they come to: what was outstanding.
    pub total: Cents,
    /// What had come or was given up before: of that no part is met.
    pub credited: Cents,
    /// Why it was agreed.
    pub reason: String,
    /// Who agreed it.
    pub by: PersonId,
    /// When.
    pub at: DateTime<Utc>,
}

/// How a debt is to be paid in parts.
#[derive(Clone, Debug)]
pub enum Arranging {
    /// These.
    Parts(Vec<Part>),
    /// So many, each so many months after the one before.
    Even {
        /// How many.
        parts: usize,
        /// The day of the first one.
        first_due_on: Day,
        /// How many months lie between two.
        every_months: u32,
    },
}

/// An amount in so many parts, a month or more apart: each the same number of cents, and the last one what is left, so that none is lost.
/// Nothing where there are too many, or they would come to nothing.
#[must_use]
pub fn even(amount: Cents, (parts, first_due_on, every_months): (usize, Day, u32)) -> Option<Vec<Part>> {
    let count = i64::try_from(parts).ok().filter(|_| (1..=INSTALMENTS_MAX).contains(&parts))?;
    let each = Cents::new(amount.get().checked_div(count)?);
    let mut left = amount;
    let mut all = Vec::new();
    for place in 0..parts {
        let last = place.saturating_add(1) == parts;
        let amount = if last { left } else { each };
        left = left.less(amount);
        let months = u32::try_from(place).ok()?.checked_mul(every_months)?;
        all.push(Part { due_on: first_due_on.plus_months(months), amount });
    }
    all.iter().all(|part| part.amount > Cents::ZERO).then_some(all)
}

impl Recovery {
    /// It is agreed to pay what is outstanding in parts, instead of what was agreed before.
    ///
    /// # Errors
    /// When nothing is owed, there are no parts or too many, their days are over or not one after the other, they do not come to what is
    /// outstanding, or a reason is missing.
    pub fn arrange(
        mut self,
        permit: &Permit,
        (arranging, reason): (Arranging, &str),
        (by, at): (PersonId, DateTime<Utc>),
    ) -> Result<(Change, Self), Refusal> {
        if self.state != RecoveryState::Confirmed {
            return Err(self.wrong_state());
        }
        let sums = self.sums()?;
        let outstanding = sums.outstanding().ok().ok_or(Refusal::AmountTooLarge)?;
        let credited = sums.credited().ok().ok_or(Refusal::AmountTooLarge)?;
        let parts = match arranging {
            Arranging::Parts(parts) => Some(parts),
            Arranging::Even { parts, first_due_on, every_months } if (1..=12).contains(&every_months) => {
                even(outstanding, (parts, first_due_on, every_months))
            }
            Arranging::Even { .. } => None,
        };
        let instalments_max = INSTALMENTS_MAX;
        let parts = parts.filter(|parts| (1..=INSTALMENTS_MAX).contains(&parts.len()));
        let parts = parts.ok_or(RecoveryRefusal::Parts { instalments_max })?;
        let today = Day::in_hong_kong(at);
        let mut before = today.previous();
        for part in &parts {
            if part.due_on <= before || part.amount <= Cents::ZERO {
                return Err(RecoveryRefusal::PartDays.into());
            }
            before = part.due_on;
        }
        let total = Cents::sum(parts.iter().map(|part| part.amount)).ok().ok_or(Refusal::AmountTooLarge)?;
        if total != outstanding {
            return Err(RecoveryRefusal::PartsDiffer { total, outstanding }.into());
        }
        let number = self.arrangement.as_ref().map_or(1, |before| before.number.saturating_add(1));
        let last_due_on = before;
        let instalments = parts.len();
        let reason = reason_given(reason)?;
        let arrangement = Arrangement { number, parts, total, credited, reason: reason.clone(), by, at };
        self.arrangement = Some(arrangement.clone());
        let event = Event::RecoveryArranged {
            application: self.application,
            recovery: self.id,
            total,
            instalments,
            last_due_on,
            reason,
        };
        let write = Write::NewRecoveryArrangement { recovery: self.id, arrangement };
        Ok((Change::new(permit, event, vec![write]), self))
    }
}
