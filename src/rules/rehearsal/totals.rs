//! What a rehearsal comes to over all its cases.

use super::{Effect, Verdict};
use crate::calendar::Day;
use crate::money::Cents;
use serde::{Serialize, Serializer};
use std::fmt;

/// A sum of more amounts than 64 bits hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Sum(i128);

impl Sum {
    /// The sum of one amount.
    #[must_use]
    pub fn of(amount: Cents) -> Self {
        Self(amount.get().into())
    }

    /// With another sum. Every amount of a case fits in 64 bits, so that no portfolio reaches the end of 128.
    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    /// Less another sum; below nothing where that one is larger.
    #[must_use]
    pub const fn minus(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl fmt::Display for Sum {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (sign, cents) = (if self.0 < 0 { "-" } else { "" }, self.0.unsigned_abs());
        formatter.pad(&format!("{sign}{}.{:02}", cents / 100, cents % 100))
    }
}

impl Serialize for Sum {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// How many cases, and what they get.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Part {
    /// How many.
    pub cases: u64,
    /// What they get under the text in force.
    pub before: Sum,
    /// What they get under the draft.
    pub after: Sum,
}

impl Part {
    const fn plus(self, other: Self) -> Self {
        Self {
            cases: self.cases.saturating_add(other.cases),
            before: self.before.plus(other.before),
            after: self.after.plus(other.after),
        }
    }
}

/// What a rehearsal comes to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Totals {
    /// Cases that get more.
    pub more: Part,
    /// Cases that get less.
    pub less: Part,
    /// Cases that get nothing any more.
    pub nothing: Part,
    /// Cases that got nothing and get something.
    pub new: Part,
    /// Cases that get what they got.
    pub same: Part,
    /// Cases that could not be worked out.
    pub faulty: u64,
    /// The last day of a case.
    pub last_day: Option<Day>,
}

impl Totals {
    /// Counts a case.
    pub fn add(&mut self, verdict: &Verdict) {
        let (before, after) = (Sum::of(verdict.before.grant), Sum::of(verdict.after.grant));
        let part = self.part_mut(verdict.change);
        *part = part.plus(Part { cases: 1, before, after });
        self.last_day = self.last_day.max(Some(verdict.on));
    }

    /// Counts a case that could not be worked out.
    pub const fn add_fault(&mut self) {
        self.faulty = self.faulty.saturating_add(1);
    }

    /// With the totals of other cases.
    #[must_use]
    pub fn plus(mut self, other: &Self) -> Self {
        for change in Effect::ALL {
            let part = self.part_mut(change);
            *part = part.plus(other.part(change));
        }
        self.faulty = self.faulty.saturating_add(other.faulty);
        self.last_day = self.last_day.max(other.last_day);
        self
    }

    /// The cases of one kind of change.
    #[must_use]
    pub const fn part(&self, change: Effect) -> Part {
        match change {
            Effect::More => self.more,
            Effect::Less => self.less,
            Effect::Nothing => self.nothing,
            Effect::New => self.new,
            Effect::Same => self.same,
        }
    }

    const fn part_mut(&mut self, change: Effect) -> &mut Part {
        match change {
            Effect::More => &mut self.more,
            Effect::Less => &mut self.less,
            Effect::Nothing => &mut self.nothing,
            Effect::New => &mut self.new,
            Effect::Same => &mut self.same,
        }
    }

    /// All cases that were worked out.
    #[must_use]
    pub fn all(&self) -> Part {
        Effect::ALL.into_iter().fold(Part::default(), |sum, change| sum.plus(self.part(change)))
    }

    /// What all of them get under the draft.
    #[must_use]
    pub fn after(&self) -> Sum {
        self.all().after
    }
}

/// The money of the scheme, against the total.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Envelope {
    /// The day on which it is this much.
    pub on: Day,
    /// How much.
    pub amount: Cents,
    /// Whether the total under the draft is more.
    pub passed: bool,
}
