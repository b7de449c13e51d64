//! Days, the three meanings of "a year", and when a day of the scheme's time zone begins and ends.

use chrono::{
    DateTime, Datelike, Days, FixedOffset, Months, NaiveDate, NaiveDateTime, NaiveTime, Offset, TimeZone, Timelike, Utc,
};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::fmt;

/// Hong Kong has been eight hours ahead of UTC, without summer time, since 1979.
const HONG_KONG_OFFSET_S: i32 = 8 * 60 * 60;

/// A calendar day in the scheme's time zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(NaiveDate);

/// The text is not a day.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is not a day: write year, month and day such as \"2025-11-18\", between the years 1900 and 2999")]
pub struct NotADay(String);

impl Day {
    /// Reads `"2025-11-18"`, and nothing looser.
    ///
    /// # Errors
    /// When the text has another form or names no day of the calendar.
    pub fn parse(text: &str) -> Result<Self, NotADay> {
        let not_a_day = || NotADay(text.chars().take(40).collect());
        let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().ok_or_else(not_a_day)?;
        if day.to_string() == text && (1900..=2999).contains(&day.year()) { Ok(Self(day)) } else { Err(not_a_day()) }
    }

    /// The day in Hong Kong at an instant.
    #[must_use]
    pub fn in_hong_kong(instant: DateTime<Utc>) -> Self {
        Self(instant.with_timezone(&hong_kong()).date_naive())
    }

    /// The instant at which this day begins in Hong Kong. The day before ends one second earlier, at 23:59:59.
    #[must_use]
    pub fn begins_at(self) -> DateTime<Utc> {
        instant_of(self.0.and_time(NaiveTime::MIN))
    }

    /// The day after, or the same day at the end of the calendar.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0.checked_add_days(Days::new(1)).unwrap_or(self.0))
    }

    /// The day before, or the same day at the beginning of the calendar.
    #[must_use]
    pub fn previous(self) -> Self {
        Self(self.0.checked_sub_days(Days::new(1)).unwrap_or(self.0))
    }

    /// The day so many days later.
    #[must_use]
    pub fn plus_days(self, days: u32) -> Self {
        Self(self.0.checked_add_days(Days::new(days.into())).unwrap_or(self.0))
    }

    /// The day so many days earlier.
    #[must_use]
    pub fn minus_days(self, days: u32) -> Self {
        Self(self.0.checked_sub_days(Days::new(days.into())).unwrap_or(self.0))
    }

    /// How many days later another day is; 0 where it is not.
    #[must_use]
    pub fn days_until(self, later: Self) -> u32 {
        u32::try_from(later.0.signed_duration_since(self.0).num_days()).unwrap_or(0)
    }

    /// The day so many months later; the last day of a shorter month.
    #[must_use]
    pub fn plus_months(self, months: u32) -> Self {
        Self(self.0.checked_add_months(Months::new(months)).unwrap_or(self.0))
    }

    /// The first day of the year of this kind that contains this day.
    #[must_use]
    pub fn year_start(self, year: YearKind) -> Self {
        let first_month = year.first_month();
        let start_year = if self.0.month() >= first_month { self.0.year() } else { self.0.year().saturating_sub(1) };
        Self(NaiveDate::from_ymd_opt(start_year, first_month, 1).unwrap_or(self.0))
    }

    /// The first day of the year of this kind after the one that contains this day.
    #[must_use]
    pub fn year_after(self, year: YearKind) -> Self {
        self.year_start(year).plus_months(12)
    }

    /// The plain date, for the edges that store or print it.
    #[must_use]
    pub const fn date(self) -> NaiveDate {
        self.0
    }
}

impl From<NaiveDate> for Day {
    fn from(date: NaiveDate) -> Self {
        Self(date)
    }
}

/// A minute of a day in the scheme's time zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Minute(NaiveDateTime);

/// The text is not a minute.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is not a minute: write day and time in Hong Kong such as \"2025-11-18T12:00\"")]
pub struct NotAMinute(String);

impl Minute {
    /// Reads `"2025-11-18T12:00"`, and nothing looser.
    ///
    /// # Errors
    /// When the text has another form or names no minute of the calendar.
    pub fn parse(text: &str) -> Result<Self, NotAMinute> {
        let not_a_minute = || NotAMinute(text.chars().take(40).collect());
        let (day, _) = text.split_once('T').ok_or_else(not_a_minute)?;
        Day::parse(day).ok().ok_or_else(not_a_minute)?;
        let minute = NaiveDateTime::parse_from_str(text, MINUTE).ok().map(Self).ok_or_else(not_a_minute)?;
        if minute.to_string() == text { Ok(minute) } else { Err(not_a_minute()) }
    }

    /// The minute in Hong Kong in which an instant lies.
    #[must_use]
    pub fn in_hong_kong(instant: DateTime<Utc>) -> Self {
        let local = instant.with_timezone(&hong_kong()).naive_local();
        Self(local.with_second(0).and_then(|minute| minute.with_nanosecond(0)).unwrap_or(local))
    }

    /// The instant at which this minute begins in Hong Kong.
    #[must_use]
    pub fn begins_at(self) -> DateTime<Utc> {
        instant_of(self.0)
    }

    /// The day in which it lies.
    #[must_use]
    pub fn day(self) -> Day {
        Day(self.0.date())
    }

    /// The time of that day, such as `12:00`.
    #[must_use]
    pub fn time(self) -> String {
        self.0.format("%H:%M").to_string()
    }
}

/// How a minute is written.
const MINUTE: &str = "%Y-%m-%dT%H:%M";

fn instant_of(local: NaiveDateTime) -> DateTime<Utc> {
    hong_kong().from_local_datetime(&local).single().map_or_else(|| local.and_utc(), |instant| instant.to_utc())
}

/// The time zone whose days the schemes mean.
#[must_use]
pub fn hong_kong() -> FixedOffset {
    FixedOffset::east_opt(HONG_KONG_OFFSET_S).unwrap_or_else(|| Utc.fix())
}

/// Which year "per year" means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum YearKind {
    /// From 1 April.
    Financial,
    /// From 1 September.
    Academic,
    /// From 1 January.
    Calendar,
}

impl YearKind {
    const fn first_month(self) -> u32 {
        match self {
            Self::Financial => 4,
            Self::Academic => 9,
            Self::Calendar => 1,
        }
    }
}

impl fmt::Display for Day {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, formatter)
    }
}

impl fmt::Display for Minute {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.0.format(MINUTE))
    }
}

impl<'de> Deserialize<'de> for Minute {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl de::Visitor<'_> for Text {
            type Value = Minute;
            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("day and time in Hong Kong in quotes such as \"2025-11-18T12:00\"")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Minute, E> {
                Minute::parse(text).map_err(E::custom)
            }
        }
        deserializer.deserialize_str(Text)
    }
}

impl Serialize for Day {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl de::Visitor<'_> for Text {
            type Value = Day;
            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a day in quotes such as \"2025-11-18\"")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Day, E> {
                Day::parse(text).map_err(E::custom)
            }
        }
        deserializer.deserialize_str(Text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        Day::parse(text).unwrap()
    }

    #[test]
    fn only_real_days_in_full_form_are_read() {
        assert_eq!(day("2024-02-29").to_string(), "2024-02-29");
        for text in ["2025-02-29", "2025-2-5", "20250205", "2025-02-05T00:00:00", "", "1899-12-31", "+2025-01-01"] {
            assert!(Day::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_deadline_day_ends_at_midnight_in_hong_kong() {
        let last_second: DateTime<Utc> = "2024-10-31T23:59:59+08:00".parse().unwrap();
        let midnight: DateTime<Utc> = "2024-11-01T00:00:00+08:00".parse().unwrap();
        assert_eq!(Day::in_hong_kong(last_second), day("2024-10-31"));
        assert_eq!(Day::in_hong_kong(midnight), day("2024-11-01"));
        assert_eq!(day("2024-10-31").next().begins_at(), midnight);
    }

    #[test]
    fn only_real_minutes_in_full_form_are_read() {
        let noon: DateTime<Utc> = "2024-10-31T12:00:00+08:00".parse().unwrap();
        assert_eq!(Minute::parse("2024-10-31T12:00").unwrap().begins_at(), noon);
        for text in [
            "2024-10-31",
            "2024-10-31T24:00",
            "2024-10-31 12:00",
            "2024-10-31T12:00:00",
            "2024-10-31T9:00",
            "2024-02-30T12:00",
            "T12:00",
        ] {
            assert!(Minute::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_year_begins_where_its_kind_says() {
        for (kind, on, start) in [
            (YearKind::Financial, "2025-03-31", "2024-04-01"),
            (YearKind::Financial, "2025-04-01", "2025-04-01"),
            (YearKind::Academic, "2025-08-31", "2024-09-01"),
            (YearKind::Calendar, "2025-01-01", "2025-01-01"),
        ] {
            assert_eq!(day(on).year_start(kind), day(start), "{kind:?} {on}");
            assert_eq!(day(on).year_after(kind), day(start).plus_months(12), "{kind:?} {on}");
        }
    }
}
