//! What is owed back, as reports tell it: each demand as it stood on a day, and how late it was then.

use super::{Ageing, Bucket, Part};
use crate::calendar::Day;
use crate::money::{Cents, MoneyError};
use std::collections::BTreeMap;

/// What the bucket of an over-payment is called that nobody has demanded.
pub const NOT_DEMANDED: &str = "not_demanded";

/// A demand as it stood on a day, or what a settlement has found to be overpaid that no confirmed demand is of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owed {
    /// The scheme's code.
    pub scheme: String,
    /// The reference of the case.
    pub case: String,
    /// The reference of the demand; none where there is none.
    pub demand: Option<String>,
    /// Who owes it.
    pub organisation: String,
    /// The code of its kind.
    pub kind: String,
    /// What is demanded, without interest.
    pub principal: Cents,
    /// The interest that was charged.
    pub interest: Cents,
    /// What was received.
    pub received: Cents,
    /// What was written off.
    pub written_off: Cents,
    /// What was outstanding.
    pub outstanding: Cents,
    /// The day on which the oldest of what is not met was due; that of the settlement where nobody has demanded it.
    pub due_on: Day,
    /// How many days that was ago; none where nothing was outstanding.
    pub days_overdue: u32,
    /// How long it was overdue; none where nothing was outstanding or nobody has demanded it.
    pub bucket: Option<Bucket>,
}

impl Owed {
    /// It with how late it is on a day: of what nobody has demanded, how long ago it was found.
    #[must_use]
    pub fn aged(mut self, arranged: Option<(&[Part], Cents)>, today: Day) -> Self {
        if self.outstanding == Cents::ZERO {
            return self;
        }
        if self.demand.is_none() {
            self.days_overdue = self.due_on.days_until(today);
            return self;
        }
        let credited = self.received.plus(self.written_off).unwrap_or(self.received);
        let overdue = Ageing { due_on: self.due_on, arranged, credited }.on(today);
        (self.due_on, self.days_overdue, self.bucket) = (overdue.due_on, overdue.days, Some(overdue.bucket));
        self
    }

    /// The code of its bucket, as reports tell it.
    #[must_use]
    pub fn bucket_code(&self) -> &'static str {
        match self.bucket {
            Some(bucket) => bucket.code(),
            None if self.demand.is_none() => NOT_DEMANDED,
            None => "settled",
        }
    }
}

/// What is outstanding in a scheme, by how long it is overdue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Aged {
    /// The scheme's code.
    pub scheme: String,
    /// How many demands are outstanding.
    pub demands: u64,
    /// What is outstanding of each bucket, in their order.
    pub buckets: [Cents; 6],
    /// What is outstanding in all.
    pub outstanding: Cents,
    /// What settlements have found to be overpaid that no confirmed demand is of.
    pub not_demanded: Cents,
}

/// Demands by scheme and by how long they are overdue, added up one after the other.
#[derive(Clone, Debug, Default)]
pub struct AgedSchemes(BTreeMap<String, Aged>);

impl AgedSchemes {
    /// With one demand more, or what nobody has demanded.
    ///
    /// # Errors
    /// When a sum cannot be held.
    pub fn with(mut self, row: &Owed) -> Result<Self, MoneyError> {
        let new = || Aged {
            scheme: row.scheme.clone(),
            demands: 0,
            buckets: [Cents::ZERO; 6],
            outstanding: Cents::ZERO,
            not_demanded: Cents::ZERO,
        };
        let aged = self.0.entry(row.scheme.clone()).or_insert_with(new);
        let Some(bucket) = row.bucket else {
            if row.demand.is_none() {
                aged.not_demanded = aged.not_demanded.plus(row.outstanding)?;
            }
            return Ok(self);
        };
        aged.demands = aged.demands.saturating_add(1);
        aged.outstanding = aged.outstanding.plus(row.outstanding)?;
        for (of, sum) in Bucket::ALL.into_iter().zip(&mut aged.buckets) {
            if of == bucket {
                *sum = sum.plus(row.outstanding)?;
            }
        }
        Ok(self)
    }

    /// A row for each scheme, in their order.
    #[must_use]
    pub fn rows(self) -> Vec<Aged> {
        self.0.into_values().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::{cents, day};

    fn owed(scheme: &str, demand: Option<&str>, outstanding: &str, due_on: &str) -> Owed {
        let nothing = Cents::ZERO;
        Owed {
            scheme: scheme.to_owned(),
            case: String::new(),
            demand: demand.map(str::to_owned),
            organisation: String::new(),
            kind: "overpaid".to_owned(),
            principal: cents("10.00"),
            interest: nothing,
            received: nothing,
            written_off: nothing,
            outstanding: cents(outstanding),
            due_on: day(due_on),
            days_overdue: 0,
            bucket: None,
        }
    }

    #[test]
    fn what_is_outstanding_is_told_by_scheme_and_age_and_what_nobody_demands_beside_it() {
        let today = day("2026-03-31");
        let rows = [
            owed("NIAS", Some("REC-1"), "10.00", "2026-03-31").aged(None, today),
            owed("NIAS", Some("REC-2"), "9.00", "2026-03-01").aged(None, today),
            owed("NIAS", Some("REC-3"), "0.00", "2020-03-01").aged(None, today),
            owed("NIAS", None, "7.00", "2026-03-01").aged(None, today),
            owed("CDG", Some("REC-4"), "5.00", "2017-03-31").aged(None, today),
        ];
        let codes = rows.each_ref().map(|row| (row.bucket_code(), row.days_overdue));
        assert_eq!(codes, [("not_due", 0), ("1_30", 30), ("settled", 0), ("not_demanded", 30), ("over_365", 3287)]);
        let parts = [("2026-01-31", "4.00"), ("2026-06-30", "6.00")];
        let parts = parts.map(|(due_on, amount)| Part { due_on: day(due_on), amount: cents(amount) });
        let in_parts = owed("NIAS", Some("REC-5"), "10.00", "2020-01-01").aged(Some((&parts, Cents::ZERO)), today);
        assert_eq!((in_parts.due_on, in_parts.days_overdue), (day("2026-01-31"), 59));
        let aged = rows.iter().try_fold(AgedSchemes::default(), AgedSchemes::with).unwrap();
        let told = aged.rows().into_iter().map(|aged| {
            let buckets = aged.buckets.map(|sum| sum.to_string()).join(" ");
            format!("{} {} {buckets} {} {}", aged.scheme, aged.demands, aged.outstanding, aged.not_demanded)
        });
        assert_eq!(
            told.collect::<Vec<_>>(),
            ["CDG 1 0.00 0.00 0.00 0.00 0.00 5.00 5.00 0.00", "NIAS 2 10.00 9.00 0.00 0.00 0.00 0.00 19.00 7.00"]
        );
    }
}
