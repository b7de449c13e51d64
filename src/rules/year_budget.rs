//! The money of a year, in a scheme that takes applications: a ceiling of the whole scheme, kept like the budget of a round.

use crate::calendar::{Day, YearKind};
use crate::dated::Known;
use crate::money::Cents;
use crate::scheme::{Ceiling, Limit, Per, Scheme};

/// The ceiling on the money of a year, its path, and what kind of year it is; none where a scheme has none. A scheme has one at most.
fn budget(scheme: &Scheme) -> Option<(String, &Ceiling, YearKind)> {
    let of_scheme = scheme.file.ceiling.iter().filter(|(_, ceiling)| ceiling.per == Per::Scheme);
    of_scheme.filter_map(|(name, ceiling)| Some((format!("ceiling.{name}"), ceiling, ceiling.period.year()?))).next()
}

/// The first day of the year in whose money a case counts, under the text that it pins: the year in which it is submitted, whenever
/// it is decided, so that what is reserved, committed and given back is of one year.
#[must_use]
pub fn year_of(scheme: &Scheme, submitted_on: Day) -> Option<Day> {
    budget(scheme).map(|(_, _, kind)| submitted_on.year_start(kind))
}

/// The path of the limit of a year, and what there is for it as a text says today; of a year that is over, as it said on its last day.
#[must_use]
pub fn budget_of(scheme: &Scheme, year: Day, today: Day) -> (String, Known<Cents>) {
    let Some((path, ceiling, kind)) = budget(scheme) else { return (String::new(), Known::None) };
    let last = year.year_after(kind).minus_days(1);
    // What is decided before its year begins counts by its first day.
    let on = today.clamp(year, last);
    let is = match ceiling.is.on(on).map(|entry| &entry.is) {
        Some(Known::Is(Limit::Amount(amount))) => Known::Is(*amount),
        Some(Known::None) => Known::None,
        // The check lets nothing but amounts through; what is none is not guessed.
        Some(Known::Is(_) | Known::Unknown) | None => Known::Unknown,
    };
    (path, is)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::{NIAS, cents, day, scheme};

    fn with(kind: &str) -> Scheme {
        let entries = "{ from = \"2024-09-16\", is = \"100.00\", source = \"house\" }, { from = \"2025-06-01\", is = \"70.00\", source = \
                       \"house\" }, { from = \"2026-04-01\", is = \"none\", source = \"house\" }";
        let table =
            format!("[ceiling.annual]\nof = \"grant\"\nper = \"scheme\"\nperiod = \"{kind}\"\nis = [{entries}]\n");
        scheme(&NIAS.replacen("[envelope]", &format!("{table}[envelope]"), 1))
    }

    #[test]
    fn a_case_counts_in_the_year_in_which_it_is_submitted() {
        for (kind, on, year) in [
            ("financial_year", "2025-03-31", "2024-04-01"),
            ("financial_year", "2025-04-01", "2025-04-01"),
            ("calendar_year", "2025-03-31", "2025-01-01"),
            ("academic_year", "2025-03-31", "2024-09-01"),
        ] {
            assert_eq!(year_of(&with(kind), day(on)), Some(day(year)), "{kind} {on}");
        }
        assert_eq!(year_of(&scheme(NIAS), day("2025-03-31")), None);
    }

    #[test]
    fn a_year_has_what_the_text_says_today_and_afterwards_what_it_said_last() {
        let text = with("financial_year");
        for (year, today, is) in [
            ("2025-04-01", "2025-05-31", Known::Is(cents("100.00"))),
            ("2025-04-01", "2025-06-01", Known::Is(cents("70.00"))),
            ("2025-04-01", "2026-05-05", Known::Is(cents("70.00"))),
            ("2026-04-01", "2026-05-05", Known::None),
            ("2024-04-01", "2024-09-15", Known::Unknown),
        ] {
            assert_eq!(budget_of(&text, day(year), day(today)), ("ceiling.annual".to_owned(), is), "{year} {today}");
        }
        assert_eq!(budget_of(&scheme(NIAS), day("2025-04-01"), day("2025-05-01")), (String::new(), Known::None));
    }
}
