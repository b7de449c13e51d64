//! Rounds and cut-offs: when applications are taken, and with which others one is assessed.

use super::SchemeFile;
use crate::calendar::{Day, Minute};
use crate::dated::{Dated, Known};
use crate::money::Cents;
use crate::text::Text;
use chrono::{DateTime, TimeDelta, Utc};
use schemars::JsonSchema;
use serde::Deserialize;
use toml::Spanned;

/// A window for applications: from the beginning of a day, or a minute of it, to the last second before it closes.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Round {
    /// What people call it.
    pub name: Text,
    /// First day, from its beginning.
    pub opens_on: Option<Day>,
    /// Instead of a day, the minute in Hong Kong with which it opens.
    #[schemars(with = "Option<Minute>")]
    pub opens_at: Option<Spanned<Minute>>,
    /// Last day, to its end.
    #[schemars(with = "Option<Day>")]
    pub closes_on: Option<Spanned<Day>>,
    /// Instead of a day, the minute in Hong Kong with which it closes: the second before is in, this one is out.
    #[schemars(with = "Option<Minute>")]
    pub closes_at: Option<Spanned<Minute>>,
    /// Whether what is submitted stays closed to the agency until the round closes: then it sees how many have come, and neither whose
    /// they are nor what is in them.
    #[serde(default)]
    pub sealed: bool,
    /// The money that there is for what is approved of it, as the text in force says on the day of the approval; left out, there is no
    /// limit beside the envelope.
    pub budget: Option<Dated<Cents>>,
    /// Where the window was published.
    #[schemars(with = "String")]
    pub source: Spanned<String>,
}

/// Until when what is submitted to a scheme that is open all the year is assessed together.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CutOff {
    /// What people call it.
    pub name: Text,
    /// Last day, to its end.
    #[schemars(with = "Option<Day>")]
    pub closes_on: Option<Spanned<Day>>,
    /// Instead of a day, the minute in Hong Kong with which the next batch begins.
    #[schemars(with = "Option<Minute>")]
    pub closes_at: Option<Spanned<Minute>>,
    /// Where it was published.
    #[schemars(with = "String")]
    pub source: Spanned<String>,
}

/// One end of a window, as it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// A day, the whole of it.
    Day(Day),
    /// A minute.
    Minute(Minute),
}

impl End {
    fn of(day: Option<Day>, minute: Option<Minute>) -> Option<Self> {
        minute.map(Self::Minute).or(day.map(Self::Day))
    }

    fn opens_at(self) -> DateTime<Utc> {
        match self {
            Self::Day(day) => day.begins_at(),
            Self::Minute(minute) => minute.begins_at(),
        }
    }

    fn closes_at(self) -> DateTime<Utc> {
        match self {
            Self::Day(day) => day.next().begins_at(),
            Self::Minute(minute) => minute.begins_at(),
        }
    }
}

impl std::fmt::Display for End {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Day(day) => day.fmt(formatter),
            Self::Minute(minute) => minute.fmt(formatter),
        }
    }
}

impl Round {
    /// When it opens, as it is written; the check proves that it is.
    pub(crate) fn opens(&self) -> Option<End> {
        End::of(self.opens_on, self.opens_at.as_ref().map(|at| *at.get_ref()))
    }

    /// When it closes, as it is written; the check proves that it is.
    pub(crate) fn closes(&self) -> Option<End> {
        closes(self.closes_on.as_ref(), self.closes_at.as_ref())
    }
}

impl CutOff {
    /// When it closes, as it is written; the check proves that it is.
    pub(crate) fn closes(&self) -> Option<End> {
        closes(self.closes_on.as_ref(), self.closes_at.as_ref())
    }
}

fn closes(on: Option<&Spanned<Day>>, at: Option<&Spanned<Minute>>) -> Option<End> {
    End::of(on.map(|day| *day.get_ref()), at.map(|minute| *minute.get_ref()))
}

/// A round, or the batch of a cut-off: what is submitted to it is assessed together, and counted in its quota.
#[derive(Clone, Debug)]
pub struct Intake<'a> {
    /// Its path in the file, which is its name everywhere: `round.2`, `cut_off.2024`.
    pub path: String,
    /// What people call it.
    pub name: &'a Text,
    /// The first instant that is in; none where it is open since ever.
    pub opens_at: Option<DateTime<Utc>>,
    /// The first instant that is out.
    pub closes_at: DateTime<Utc>,
    /// Whether the agency opens what is submitted only once it has closed.
    pub sealed: bool,
    /// The money that there is for it.
    pub budget: Option<&'a Dated<Cents>>,
}

/// Whether a text can be the path of an intake.
#[must_use]
pub fn is_intake(text: &str) -> bool {
    ["round.", "cut_off."].iter().any(|section| text.strip_prefix(section).is_some_and(is_intake_code))
}

/// Whether a text can be the code of a round or a cut-off.
pub(crate) fn is_intake_code(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    (1..=40).contains(&text.len()) && text.bytes().all(plain)
}

/// How an intake stands to an instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IntakeState {
    /// It has not opened.
    Coming,
    /// It takes applications.
    Open,
    /// It has closed.
    Closed,
}

impl IntakeState {
    /// The code used in the API.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Coming => "coming",
            Self::Open => "open",
            Self::Closed => "closed",
        }
    }
}

impl Intake<'_> {
    /// What a text says of its budget on a day; before its first line nobody knows.
    #[must_use]
    pub fn budget_on(&self, day: Day) -> Known<Cents> {
        let Some(budget) = self.budget else { return Known::None };
        budget.on(day).map_or(Known::Unknown, |entry| entry.is.clone())
    }

    /// The last second that is in.
    #[must_use]
    pub fn last_instant(&self) -> DateTime<Utc> {
        self.closes_at.checked_sub_signed(TimeDelta::seconds(1)).unwrap_or(self.closes_at)
    }

    /// How it stands to an instant. The second before it closes is in; that with which it closes is out.
    #[must_use]
    pub fn state(&self, at: DateTime<Utc>) -> IntakeState {
        match self.opens_at {
            Some(opens_at) if at < opens_at => IntakeState::Coming,
            _ if at < self.closes_at => IntakeState::Open,
            _ => IntakeState::Closed,
        }
    }
}

impl SchemeFile {
    /// The rounds of a scheme, or the batches of its cut-offs, in the order of their days. A batch begins where the one before it ends.
    #[must_use]
    pub fn intakes(&self) -> Vec<Intake<'_>> {
        let rounds = self.round.iter().filter_map(|(code, round)| {
            Some(Intake {
                path: format!("round.{code}"),
                name: &round.name,
                opens_at: Some(round.opens()?.opens_at()),
                closes_at: round.closes()?.closes_at(),
                sealed: round.sealed,
                budget: round.budget.as_ref(),
            })
        });
        let mut before = None;
        let batches = self.cut_off.iter().filter_map(|(code, cut_off)| {
            let closes_at = cut_off.closes()?.closes_at();
            let opens_at = before.replace(closes_at);
            Some(Intake {
                path: format!("cut_off.{code}"),
                name: &cut_off.name,
                opens_at,
                closes_at,
                sealed: false,
                budget: None,
            })
        });
        rounds.chain(batches).collect()
    }

    /// The round, or the batch of a cut-off, with a path.
    #[must_use]
    pub fn intake(&self, path: &str) -> Option<Intake<'_>> {
        self.intakes().into_iter().find(|intake| intake.path == path)
    }

    /// The next window after an instant, as it is written.
    pub(crate) fn window_after(&self, at: DateTime<Utc>) -> Option<String> {
        let mut ends = self.round.values().filter_map(|round| Some((round.opens()?, round.closes()?)));
        ends.find(|(opens, _)| opens.opens_at() > at).map(|(opens, closes)| format!("{opens} to {closes}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scheme::sample::Sample;

    fn at(text: &str) -> DateTime<Utc> {
        format!("{text}+08:00").parse().unwrap()
    }

    const NAME: &str = "name = { en = \"A name\", zh-Hant = \"名稱\", zh-Hans = \"名称\" }\nsource = \"guide\"\n";

    #[test]
    fn a_window_is_bound_to_the_second() {
        let days = "opens_on = \"2024-09-06\"\ncloses_on = \"2024-10-31\"";
        let minutes = "opens_at = \"2024-09-06T09:30\"\ncloses_at = \"2024-10-31T12:00\"";
        let mixed = "opens_on = \"2024-09-06\"\ncloses_at = \"2024-10-31T12:00\"";
        for (window, first, last) in [
            (days, "2024-09-06T00:00:00", "2024-10-31T23:59:59"),
            (minutes, "2024-09-06T09:30:00", "2024-10-31T11:59:59"),
            (mixed, "2024-09-06T00:00:00", "2024-10-31T11:59:59"),
        ] {
            let scheme = Sample::new().add(&format!("[round.1]\n{window}\n{NAME}")).read();
            let intakes = scheme.file.intakes();
            let state = |at| intakes[0].state(at);
            let second = TimeDelta::seconds(1);
            let (first, last) = (at(first), at(last));
            assert_eq!(state(first - second), IntakeState::Coming, "{window}");
            assert_eq!(state(first), IntakeState::Open, "{window}");
            assert_eq!(state(last), IntakeState::Open, "{window}");
            // A part of a second before it closes is before it closes.
            assert_eq!(state(last + second - TimeDelta::nanoseconds(1)), IntakeState::Open, "{window}");
            assert_eq!(state(last + second), IntakeState::Closed, "{window}");
        }
    }

    #[test]
    fn a_batch_begins_where_the_one_before_it_ends() {
        let cut_offs = format!(
            "[cut_off.1]\ncloses_on = \"2024-10-31\"\n{NAME}[cut_off.2]\ncloses_at = \"2025-04-30T18:00\"\n{NAME}"
        );
        let scheme = Sample::new().add(&cut_offs).read();
        let intakes = scheme.file.intakes();
        let open = |at| intakes.iter().find(|intake| intake.state(at) == IntakeState::Open).map(|i| i.path.as_str());
        assert_eq!(open(at("1999-01-01T00:00:00")), Some("cut_off.1"));
        assert_eq!(open(at("2024-10-31T23:59:59")), Some("cut_off.1"));
        assert_eq!(open(at("2024-11-01T00:00:00")), Some("cut_off.2"));
        assert_eq!(open(at("2025-04-30T17:59:59")), Some("cut_off.2"));
        assert_eq!(open(at("2025-04-30T18:00:00")), None);
    }
}
