//! In which month what is promised and not paid will be asked for, as far as anybody can say today.

use crate::calendar::Day;
use crate::money::{Cents, MoneyError};
use crate::scheme::DueOn;
use std::collections::BTreeMap;

/// How far an instalment has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reached {
    /// Nothing of it is certified.
    Planned,
    /// It is certified, and so much of that is not paid.
    Certified(Cents),
}

/// An instalment of a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Expected {
    /// What makes it due.
    pub due: DueOn,
    /// Not before so many months after the offer is accepted.
    pub after_months: Option<u32>,
    /// How much is planned.
    pub amount: Cents,
    /// How far it has come.
    pub reached: Reached,
}

/// A case that has money outstanding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outstanding {
    /// The scheme's code.
    pub scheme: String,
    /// The day on which the offer was accepted; none while it is not.
    pub accepted_on: Option<Day>,
    /// The last day of the project, where it is known.
    pub ends_on: Option<Day>,
    /// What is promised and not paid, as the ledger says.
    pub amount: Cents,
    /// The plan; nothing while there is none.
    pub plan: Vec<Expected>,
}

impl Outstanding {
    /// When which part of it will be asked for, if all goes as planned: what is certified now, each instalment on its day or now where that is
    /// over, and on no day where nobody can say. What is planned differs from what is outstanding where less was certified, or more is paid, than a
    /// share: the last part takes the rest, as it does when it is paid. The parts sum to what is outstanding.
    #[must_use]
    pub fn parts(&self, today: Day) -> Vec<(Option<Day>, Cents)> {
        let mut left = self.amount;
        let mut parts = Vec::new();
        let mut take = |day: Option<Day>, amount: Cents| {
            let part = amount.min(left);
            left = left.less(part);
            if part > Cents::ZERO {
                parts.push((day, part));
            }
        };
        for expected in &self.plan {
            if let Reached::Certified(owed) = expected.reached {
                take(Some(today), owed);
            }
        }
        let planned = self.plan.iter().filter(|expected| expected.reached == Reached::Planned).collect::<Vec<_>>();
        for (place, expected) in planned.iter().enumerate() {
            let is_last = place.saturating_add(1) == planned.len();
            let day = self.day_of(expected).map(|day| day.max(today));
            take(day, if is_last { self.amount } else { expected.amount });
        }
        take(None, self.amount);
        parts
    }

    fn day_of(&self, expected: &Expected) -> Option<Day> {
        let accepted_on = self.accepted_on?;
        match (expected.after_months, expected.due) {
            (Some(months), _) => Some(accepted_on.plus_months(months)),
            (None, DueOn::Acceptance) => Some(accepted_on),
            (None, DueOn::Completion) => self.ends_on,
            (None, DueOn::FinalAccounts | DueOn::Milestone) => None,
        }
    }
}

/// What will be asked for in one month.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Forecast {
    /// The scheme's code.
    pub scheme: String,
    /// The month, such as `2026-12`; nothing where nobody can say.
    pub month: Option<Month>,
    /// How many parts.
    pub parts: u64,
    /// How much.
    pub amount: Cents,
}

/// A month of a year.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Month(String);

impl Month {
    /// The month of a day.
    #[must_use]
    pub fn of(day: Day) -> Self {
        Self(day.to_string().chars().take(7).collect())
    }

    /// Such as `2026-12`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The forecasts of schemes, as cases are added one after the other.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Forecasts(BTreeMap<(String, bool, Option<Month>), (u64, Cents)>);

impl Forecasts {
    /// These with one case more.
    ///
    /// # Errors
    /// When a sum cannot be held.
    pub fn add(&mut self, case: &Outstanding, today: Day) -> Result<(), MoneyError> {
        for (day, amount) in case.parts(today) {
            let key = (case.scheme.clone(), day.is_none(), day.map(Month::of));
            let (parts, sum) = self.0.entry(key).or_default();
            *parts = parts.saturating_add(1);
            *sum = sum.plus(amount)?;
        }
        Ok(())
    }

    /// A row for each scheme and month, in their order; what is in no month comes last.
    #[must_use]
    pub fn rows(self) -> Vec<Forecast> {
        let row = |((scheme, _, month), (parts, amount))| Forecast { scheme, month, parts, amount };
        self.0.into_iter().map(row).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        Day::parse(text).unwrap()
    }

    fn planned(due: DueOn, after_months: Option<u32>, amount: i64) -> Expected {
        Expected { due, after_months, amount: Cents::new(amount), reached: Reached::Planned }
    }

    fn certified(owed: i64) -> Expected {
        Expected { reached: Reached::Certified(Cents::new(owed)), ..planned(DueOn::Acceptance, None, 100) }
    }

    fn case(amount: i64, plan: Vec<Expected>) -> Outstanding {
        let (accepted_on, ends_on) = (Some(day("2026-01-31")), Some(day("2026-12-30")));
        Outstanding { scheme: "NIAS".to_owned(), accepted_on, ends_on, amount: Cents::new(amount), plan }
    }

    #[test]
    fn what_is_outstanding_is_expected_on_the_days_of_the_plan_and_sums_to_it() {
        let last = planned(DueOn::Completion, None, 50);
        let accounts = planned(DueOn::FinalAccounts, None, 10);
        for (amount, plan, expected) in [
            (150, vec![planned(DueOn::Acceptance, None, 100), last], "2026-03-05 100, 2026-12-30 50"),
            (90, vec![planned(DueOn::Acceptance, Some(6), 40), last], "2026-07-31 40, 2026-12-30 50"),
            // 20 less was certified of the first: it comes with the last one.
            (70, vec![certified(0), last], "2026-12-30 70"),
            // Some of what was certified has come back, and is owed.
            (80, vec![certified(30), last], "2026-03-05 30, 2026-12-30 50"),
            // More is paid than the shares of what was cut: the coming ones pay less.
            (30, vec![certified(0), last, accounts], "2026-12-30 30"),
            (60, vec![certified(0), last, accounts], "2026-12-30 50, none 10"),
            (60, vec![planned(DueOn::Milestone, None, 60)], "none 60"),
            (60, Vec::new(), "none 60"),
            (7, vec![certified(7)], "2026-03-05 7"),
            (0, vec![last], ""),
        ] {
            let parts = case(amount, plan).parts(day("2026-03-05"));
            let shown = parts.iter().map(|(day, part)| {
                format!("{} {}", day.map_or_else(|| "none".to_owned(), |day| day.to_string()), part.get())
            });
            assert_eq!(shown.collect::<Vec<_>>().join(", "), expected, "{amount}");
            assert_eq!(Cents::sum(parts.into_iter().map(|(_, part)| part)), Ok(Cents::new(amount)));
        }
    }

    #[test]
    fn months_are_told_one_after_the_other_and_what_is_in_none_last() {
        let plan = vec![planned(DueOn::Milestone, None, 1), planned(DueOn::Acceptance, Some(1), 2), certified(4)];
        let mut forecasts = Forecasts::default();
        let unanswered = Outstanding { accepted_on: None, ..case(8, Vec::new()) };
        for case in [case(7, plan), unanswered] {
            forecasts.add(&case, day("2026-01-31")).unwrap();
        }
        let shown = forecasts.rows().into_iter().map(|row| {
            let month = row.month.as_ref().map_or("", Month::as_str);
            format!("{} {month} {} {}", row.scheme, row.parts, row.amount.get())
        });
        assert_eq!(shown.collect::<Vec<_>>(), ["NIAS 2026-01 1 4", "NIAS 2026-02 1 2", "NIAS  2 9"]);
    }
}
