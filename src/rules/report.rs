//! Reports as values: which rows a filter means, what a row says, and the totals that must agree with the ledger.

use crate::application::State;
use crate::calendar::{Day, YearKind};
use crate::dated::Known;
use crate::ids::{ClaimId, OrganisationId};
use crate::money::{Cents, MoneyError};
use crate::refusal::Refusal;
use chrono::{DateTime, Datelike, NaiveDate, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::fmt;

mod commitments;
mod forecast;

pub use commitments::{Commitments, Dimension, NotADimension};
pub use forecast::{Expected, Forecast, Forecasts, Month, Outstanding, Reached};

/// A year from 1 April to 31 March, written `2025-26`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FinancialYear(Day);

/// The text is not a financial year.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is not a financial year: write its two years such as \"2025-26\"")]
pub struct NotAYear(String);

impl FinancialYear {
    /// Reads `"2025-26"`, and nothing looser.
    ///
    /// # Errors
    /// When the text has another form, or the second year does not follow the first.
    pub fn parse(text: &str) -> Result<Self, NotAYear> {
        let first = text.split_once('-').and_then(|(first, _)| Day::parse(&format!("{first}-04-01")).ok());
        let year = first.map(Self).filter(|year| year.to_string() == text);
        year.ok_or_else(|| NotAYear(text.chars().take(40).collect()))
    }

    /// The year that contains a day.
    #[must_use]
    pub fn of(day: Day) -> Self {
        Self(day.year_start(YearKind::Financial))
    }

    /// Its first day.
    #[must_use]
    pub const fn first(self) -> Day {
        self.0
    }

    /// Its last day.
    #[must_use]
    pub fn last(self) -> Day {
        let next = self.0.date().year().saturating_add(1);
        NaiveDate::from_ymd_opt(next, 3, 31).map_or(self.0, Day::from)
    }
}

impl fmt::Display for FinancialYear {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let year = self.0.date().year();
        write!(formatter, "{year:04}-{:02}", year.saturating_add(1).rem_euclid(100))
    }
}

impl Serialize for FinancialYear {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for FinancialYear {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

/// What a report is narrowed to. What is left out does not narrow it; what is given narrows together.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Filter {
    /// Of this scheme only.
    pub scheme: Option<String>,
    /// Of applications to this round.
    pub round: Option<String>,
    /// Of applications that were submitted in this year of their scheme.
    pub programme_year: Option<String>,
    /// What moved in this year.
    pub financial_year: Option<FinancialYear>,
    /// What moved on this day or later.
    pub from: Option<Day>,
    /// What moved on this day or earlier.
    pub to: Option<Day>,
    /// Of this organisation.
    pub organisation: Option<OrganisationId>,
    /// Of awards that are for this stage, alone or with others.
    pub stage: Option<String>,
    /// Of cases that are in this state now.
    pub status: Option<State>,
}

/// The instants between which something happened: the first is in, the last is out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Window {
    /// Not before.
    pub from: Option<DateTime<Utc>>,
    /// Before.
    pub until: Option<DateTime<Utc>>,
}

impl Filter {
    /// Whether its texts can be compared with what is on file: none has U+0000 in it. A scheme is known or not.
    #[must_use]
    pub fn is_storable(&self) -> bool {
        let texts = [&self.round, &self.programme_year, &self.stage];
        texts.into_iter().flatten().all(|text| !text.contains('\0'))
    }

    /// Whether it leaves out any case, whatever moved when.
    #[must_use]
    pub const fn narrows_cases(&self) -> bool {
        self.scheme.is_some()
            || self.round.is_some()
            || self.programme_year.is_some()
            || self.organisation.is_some()
            || self.stage.is_some()
            || self.status.is_some()
    }

    /// The instants that the days mean in Hong Kong.
    ///
    /// # Errors
    /// When no day lies between them: a slip of the pen must not look like a year without payments.
    pub fn window(&self) -> Result<Window, Refusal> {
        let first = self.from.max(self.financial_year.map(FinancialYear::first));
        let last = [self.to, self.financial_year.map(FinancialYear::last)].into_iter().flatten().min();
        if let (Some(from), Some(to)) = (first, last)
            && from > to
        {
            return Err(Refusal::PeriodEmpty { from, to });
        }
        Ok(Window { from: first.map(Day::begins_at), until: last.map(|day| day.next().begins_at()) })
    }
}

/// How many rows, and what they come to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Totals {
    /// How many rows.
    pub rows: u64,
    /// The control total.
    pub amount: Cents,
}

impl Totals {
    /// These totals with one row more.
    ///
    /// # Errors
    /// When the sum does not fit in 64 bits.
    pub fn with(self, amount: Cents) -> Result<Self, MoneyError> {
        Ok(Self { rows: self.rows.saturating_add(1), amount: self.amount.plus(amount)? })
    }
}

/// One released payment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Disbursement {
    /// The claim that it pays: with the release, its place in the report.
    pub claim: ClaimId,
    /// The application's reference.
    pub reference: String,
    /// The scheme's code.
    pub scheme: String,
    /// The path of the round; none where there is none.
    pub round: Option<String>,
    /// The year of the scheme in which the application was submitted.
    pub programme_year: String,
    /// The state in which the case is now.
    pub status: String,
    /// Who received it.
    pub organisation: String,
    /// The project.
    pub title: String,
    /// The instalment of the plan.
    pub instalment: String,
    /// The whole award.
    pub award: Cents,
    /// What was certified and paid.
    pub paid: Cents,
    /// What of that met a demand, and was not transferred.
    pub set_off: Cents,
    /// What a bank has brought back of it since.
    pub returned: Cents,
    /// The batch's reference.
    pub batch: String,
    /// When the batch was released.
    pub released_at: DateTime<Utc>,
}

impl Disbursement {
    /// The day of the release, in Hong Kong.
    #[must_use]
    pub fn released_on(&self) -> Day {
        Day::in_hong_kong(self.released_at)
    }
}

/// The money of one scheme: `reserved`, `committed` and `paid` come from the ledger, and together they are what the envelope has given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Envelope {
    /// The scheme's code.
    pub scheme: String,
    /// What the text in force says of its limit.
    pub limit: Known<Cents>,
    /// Promised and not paid yet.
    pub committed: Cents,
    /// Recommended and not decided yet, where the scheme reserves it.
    pub reserved: Cents,
    /// Paid, less what has come back.
    pub paid: Cents,
    /// Awards that stand.
    pub awards: u64,
}

impl Envelope {
    /// The limit, where there is one.
    #[must_use]
    pub fn limit(&self) -> Option<Cents> {
        if let Known::Is(limit) = self.limit { Some(limit) } else { None }
    }

    /// What can still be promised; `None` where no limit is set.
    #[must_use]
    pub fn left(&self) -> Option<Cents> {
        self.limit().map(|limit| limit.less(self.committed).less(self.reserved).less(self.paid))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        Day::parse(text).unwrap()
    }

    #[test]
    fn a_financial_year_runs_from_april_to_march() {
        let year = FinancialYear::parse("2025-26").unwrap();
        assert_eq!((year.first(), year.last()), (day("2025-04-01"), day("2026-03-31")));
        assert_eq!(FinancialYear::of(day("2026-03-31")), year);
        assert_eq!(FinancialYear::of(day("2026-04-01")).to_string(), "2026-27");
        assert_eq!(FinancialYear::parse("1999-00").unwrap().last(), day("2000-03-31"));
        for text in ["2025", "2025-2026", "2025-27", "2025-25", "25-26", "2025/26", "", "-26", "2025-26 ", "２025-26"]
        {
            assert_eq!(FinancialYear::parse(text), Err(NotAYear(text.into())), "{text}");
        }
    }

    #[test]
    fn days_and_year_narrow_together_and_the_last_day_is_in() {
        let year = Some(FinancialYear::parse("2025-26").unwrap());
        let window = |financial_year, from: Option<&str>, to: Option<&str>| {
            Filter { financial_year, from: from.map(day), to: to.map(day), ..Filter::default() }.window()
        };
        let instants = |from: &str, until: &str| {
            Ok(Window { from: Some(from.parse().unwrap()), until: Some(until.parse().unwrap()) })
        };
        assert_eq!(window(None, None, None), Ok(Window::default()));
        assert_eq!(window(year, None, None), instants("2025-04-01T00:00:00+08:00", "2026-04-01T00:00:00+08:00"));
        assert_eq!(
            window(year, Some("2026-03-31"), Some("2026-12-31")),
            instants("2026-03-31T00:00:00+08:00", "2026-04-01T00:00:00+08:00")
        );
        assert_eq!(
            window(None, Some("2025-05-02"), Some("2025-05-01")),
            Err(Refusal::PeriodEmpty { from: day("2025-05-02"), to: day("2025-05-01") })
        );
        assert!(window(year, Some("2026-04-01"), None).is_err());
        assert!(window(year, None, Some("2025-03-31")).is_err());
    }

    #[test]
    fn what_is_left_of_an_envelope_is_what_is_neither_promised_nor_reserved_nor_paid() {
        let cents = Cents::new;
        let envelope = Envelope {
            scheme: "NIAS".into(),
            limit: Known::Is(cents(100)),
            committed: cents(20),
            reserved: cents(10),
            paid: cents(60),
            awards: 2,
        };
        assert_eq!(envelope.left(), Some(cents(10)));
        assert_eq!(Envelope { limit: Known::None, ..envelope }.left(), None);
        assert_eq!(Totals::default().with(cents(1)), Ok(Totals { rows: 1, amount: cents(1) }));
        assert!(Totals { rows: 1, amount: cents(i64::MAX) }.with(cents(1)).is_err());
    }
}
