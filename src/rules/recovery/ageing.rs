//! How late what is owed is: by the oldest part of an arrangement that is not met, else by the day of the demand.

use super::{Recovery, RecoveryState};
use crate::calendar::Day;
use crate::money::Cents;
use crate::refusal::Refusal;
use crate::reminder::Reminder;

/// So many days after its day a debtor is reminded of what is overdue: a default of the house.
pub const OVERDUE_REMINDER_DAYS: [u32; 3] = [1, 30, 90];

/// How long something has been overdue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Bucket {
    /// Its day is not over.
    NotDue,
    /// Up to 30 days.
    To30,
    /// Up to 90 days.
    To90,
    /// Up to 180 days.
    To180,
    /// Up to 365 days.
    To365,
    /// Longer.
    Over365,
}

impl Bucket {
    /// Every one, the shortest first.
    pub const ALL: [Self; 6] = [Self::NotDue, Self::To30, Self::To90, Self::To180, Self::To365, Self::Over365];

    /// The one that so many days fall into.
    #[must_use]
    pub const fn of(days: u32) -> Self {
        match days {
            0 => Self::NotDue,
            1..=30 => Self::To30,
            31..=90 => Self::To90,
            91..=180 => Self::To180,
            181..=365 => Self::To365,
            _ => Self::Over365,
        }
    }

    /// Its code in reports.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotDue => "not_due",
            Self::To30 => "1_30",
            Self::To90 => "31_90",
            Self::To180 => "91_180",
            Self::To365 => "181_365",
            Self::Over365 => "over_365",
        }
    }
}

/// How late a demand is on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Overdue {
    /// The day on which the oldest of what is not met was due.
    pub due_on: Day,
    /// How many days that is ago.
    pub days: u32,
    /// The bucket.
    pub bucket: Bucket,
}

/// What the lateness of a demand is worked out from.
#[derive(Clone, Copy, Debug)]
pub struct Ageing<'a> {
    /// The day of the demand.
    pub due_on: Day,
    /// Of an arrangement, the days and amounts of its parts in their order, and what had come or was given up before it.
    pub arranged: Option<(&'a [super::Part], Cents)>,
    /// What has come or was given up by now.
    pub credited: Cents,
}

impl Ageing<'_> {
    /// How late it is on a day. A part is met by what came after it was agreed; interest that was charged since is owed with the last one.
    #[must_use]
    pub fn on(&self, today: Day) -> Overdue {
        let due_on = self.arranged.map_or(self.due_on, |(parts, before)| {
            let mut met = self.credited.less(before);
            for part in parts {
                if met < part.amount {
                    return part.due_on;
                }
                met = met.less(part.amount);
            }
            parts.last().map_or(self.due_on, |last| last.due_on)
        });
        let days = due_on.days_until(today);
        Overdue { due_on, days, bucket: Bucket::of(days) }
    }
}

impl Recovery {
    /// How late it is on a day; nothing where nothing is owed.
    ///
    /// # Errors
    /// When a sum cannot be held.
    pub fn overdue(&self, today: Day) -> Result<Option<Overdue>, Refusal> {
        if self.state != RecoveryState::Confirmed {
            return Ok(None);
        }
        let credited = self.sums()?.credited().ok().ok_or(Refusal::AmountTooLarge)?;
        let arranged = self.arrangement.as_ref().map(|held| (held.parts.as_slice(), held.credited));
        Ok(Some(Ageing { due_on: self.due_on, arranged, credited }.on(today)))
    }
}

/// Of what a debtor is to be reminded on a day: of each day that is over, once after each of so many days. Where more of these are over, of the
/// last one alone.
#[must_use]
pub fn overdue_reminder(recovery: &Recovery, today: Day) -> Option<Reminder> {
    let overdue = recovery.overdue(today).ok().flatten()?;
    let after = OVERDUE_REMINDER_DAYS.into_iter().rfind(|days| *days <= overdue.days)?;
    let outstanding = recovery.outstanding().ok()?;
    Some(Reminder::RecoveryOverdue {
        recovery: recovery.id,
        reference: recovery.reference.clone(),
        due_on: overdue.due_on,
        after_days: after,
        outstanding,
    })
}
