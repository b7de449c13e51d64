//! To which round an application belongs by the instant of its submission, and whether the quota leaves room for it.

use crate::calendar::Day;
use crate::change::Write;
use crate::refusal::{Refusal, RoundRefusal};
use crate::scheme::{CeilingOf, Intake, IntakeState, Known, Limit, Period, SchemeFile};
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;

/// An application that the same applicant has submitted to the scheme before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Earlier {
    /// The day of its submission.
    pub on: Day,
    /// The round, or the batch of a cut-off, to which it belongs.
    pub round: Option<String>,
}

/// Until when what is submitted to a round stays closed to the agency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seal {
    /// The scheme's code.
    pub scheme: String,
    /// The path of the round.
    pub round: String,
    /// The first instant at which it is open. A later text, or one for a later day, may prolong it, and nothing shortens it.
    pub until: DateTime<Utc>,
}

/// The seals that a published text sets.
pub(crate) fn seals(file: &SchemeFile) -> impl Iterator<Item = Write> {
    let scheme = file.code.get_ref();
    file.intakes()
        .into_iter()
        .filter(|intake| intake.sealed)
        .map(|intake| Write::Seal(Seal { scheme: scheme.clone(), round: intake.path, until: intake.closes_at }))
}

/// That a scheme has a round, or the batch of a cut-off, with a path.
///
/// # Errors
/// When the text names none such: those that it does name are told.
pub fn must_be_named(file: &SchemeFile, path: &str) -> Result<(), Refusal> {
    if file.intake(path).is_some() {
        return Ok(());
    }
    let known = file.intakes().into_iter().map(|intake| intake.path).collect();
    Err(RoundRefusal::Unknown { code: file.code.get_ref().clone(), known }.into())
}

/// Until when somebody may submit to rounds that close for others before, by their paths.
pub type Extended = BTreeMap<String, DateTime<Utc>>;

/// The round that takes an application at an instant, or the batch of the next cut-off; none where the scheme is open all the year and
/// names no cut-off to come.
///
/// # Errors
/// When the scheme has rounds, and none of them takes it.
pub fn taken_in<'a>(
    file: &'a SchemeFile,
    extended: &Extended,
    at: DateTime<Utc>,
) -> Result<Option<Intake<'a>>, Refusal> {
    let takes = |intake: &Intake<'_>| match intake.state(at) {
        IntakeState::Coming => false,
        IntakeState::Open => true,
        IntakeState::Closed => extended.get(&intake.path).is_some_and(|until| at < *until),
    };
    let intake = file.intakes().into_iter().find(takes);
    if intake.is_none() && !file.round.is_empty() {
        let (code, next) = (file.code.get_ref().clone(), file.window_after(at));
        return Err(RoundRefusal::Closed { code, next }.into());
    }
    Ok(intake)
}

/// When an intake closes for an applicant: at its own close, or at the end of an extension of theirs that is later.
#[must_use]
pub fn closes_for(extended: &Extended, path: &str, closes_at: DateTime<Utc>) -> DateTime<Utc> {
    extended.get(path).copied().unwrap_or(closes_at).max(closes_at)
}

/// Whether the quotas of a scheme leave room for one more application: those of a round count what belongs to the same round.
///
/// # Errors
/// When one does not, or when nobody knows it and the applicant has submitted something that it counts.
pub(crate) fn within_quotas(
    file: &SchemeFile,
    on: Day,
    round: Option<&str>,
    earlier: &[Earlier],
) -> Result<(), Refusal> {
    for (name, ceiling) in file.ceiling.iter().filter(|(_, ceiling)| ceiling.of == CeilingOf::Applications) {
        let counted = earlier.iter().filter(|earlier| match ceiling.period.year() {
            Some(year) => earlier.on.year_start(year) == on.year_start(year),
            None => ceiling.period != Period::Round || earlier.round.as_deref() == round,
        });
        let used = u32::try_from(counted.count()).unwrap_or(u32::MAX);
        let path = format!("ceiling.{name}");
        match ceiling.is.on(on).map(|entry| &entry.is) {
            Some(Known::Is(Limit::Count(limit))) if used >= *limit => {
                return Err(RoundRefusal::Quota { path, limit: *limit, used }.into());
            }
            // A quota that nobody knows matters only to an applicant who has submitted already.
            Some(Known::Unknown) | None if used > 0 => return Err(Refusal::LimitUnknown { path }),
            _ => {}
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::day;
    use crate::scheme::sample::Sample;

    const NAME: &str = "name = { en = \"A name\", zh-Hant = \"名稱\", zh-Hans = \"名称\" }\nsource = \"guide\"\n";

    fn at(text: &str) -> DateTime<Utc> {
        format!("{text}+08:00").parse().unwrap()
    }

    #[test]
    fn outside_the_windows_the_next_one_is_told_and_after_the_last_cut_off_nothing_is_refused() {
        let rounds = format!(
            "[round.1]\nopens_on = \"2024-02-01\"\ncloses_on = \"2024-02-29\"\n{NAME}\
             [round.2]\nopens_at = \"2024-05-02T09:00\"\ncloses_on = \"2024-05-31\"\n{NAME}"
        );
        let scheme = Sample::new().add(&rounds).read();
        let taken = |instant| {
            taken_in(&scheme.file, &Extended::new(), at(instant)).map(|intake| intake.map(|intake| intake.path))
        };
        let closed = |next: Option<&str>| {
            let next = next.map(str::to_owned);
            Err(RoundRefusal::Closed { code: "SAMPLE".to_owned(), next }.into())
        };
        assert_eq!(taken("2024-01-31T23:59:59"), closed(Some("2024-02-01 to 2024-02-29")));
        assert_eq!(taken("2024-02-01T00:00:00"), Ok(Some("round.1".to_owned())));
        assert_eq!(taken("2024-03-01T00:00:00"), closed(Some("2024-05-02T09:00 to 2024-05-31")));
        assert_eq!(taken("2024-05-31T23:59:59"), Ok(Some("round.2".to_owned())));
        assert_eq!(taken("2024-06-01T00:00:00"), closed(None));
        let scheme = Sample::new().add(&format!("[cut_off.1]\ncloses_on = \"2024-02-29\"\n{NAME}")).read();
        let taken = |instant| {
            taken_in(&scheme.file, &Extended::new(), at(instant)).map(|intake| intake.map(|intake| intake.path))
        };
        assert_eq!(taken("2024-02-29T23:59:59"), Ok(Some("cut_off.1".to_owned())));
        assert_eq!(taken("2024-03-01T00:00:00"), Ok(None));
    }

    #[test]
    fn a_round_that_the_text_does_not_name_is_refused_with_those_that_it_does() {
        let rounds = format!("[round.1]\nopens_on = \"2024-02-01\"\ncloses_on = \"2024-02-29\"\n{NAME}");
        let scheme = Sample::new().add(&rounds).read();
        assert_eq!(must_be_named(&scheme.file, "round.1"), Ok(()));
        for path in ["round.2", "cut_off.1", "1", "", "round.\0"] {
            let known = vec!["round.1".to_owned()];
            let unknown = RoundRefusal::Unknown { code: "SAMPLE".to_owned(), known }.into();
            assert_eq!(must_be_named(&scheme.file, path), Err(unknown), "{path}");
        }
    }

    #[test]
    fn an_extension_holds_for_its_round_until_its_instant() {
        let round = format!("[round.1]\nopens_on = \"2024-02-01\"\ncloses_on = \"2024-02-29\"\n{NAME}");
        let scheme = Sample::new().add(&round).read();
        let extended = |path: &str| Extended::from([(path.to_owned(), at("2024-03-02T12:00:00"))]);
        let taken = |extended: &Extended, instant| taken_in(&scheme.file, extended, at(instant)).is_ok();
        assert!(taken(&extended("round.1"), "2024-03-02T11:59:59"));
        assert!(!taken(&extended("round.1"), "2024-03-02T12:00:00"));
        assert!(!taken(&extended("round.1"), "2024-01-31T23:59:59"));
        assert!(!taken(&extended("round.2"), "2024-03-02T11:59:59"));
    }

    #[test]
    fn a_quota_of_a_round_counts_what_belongs_to_the_same_round_whenever_it_came() {
        let quota = "[ceiling.applications]\nof = \"applications\"\nper = \"applicant\"\nperiod = \"round\"\n\
            is = [{ from = \"2024-01-01\", is = 2, source = \"guide\" }]";
        let scheme = Sample::new().add(quota).read();
        let on = day("2024-05-02");
        let earlier = |round: Option<&str>| Earlier { on, round: round.map(str::to_owned) };
        let within = |round: Option<&str>, before: &[Earlier]| within_quotas(&scheme.file, on, round, before).is_ok();
        let (first, second) = (earlier(Some("round.1")), earlier(Some("round.2")));
        assert!(within(Some("round.1"), &[first.clone(), second.clone(), second.clone()]));
        assert!(!within(Some("round.2"), &[first, second.clone(), second]));
        // Where there are no rounds, all the year is one.
        assert!(within(None, &[earlier(None)]));
        assert!(!within(None, &[earlier(None), earlier(None)]));
    }
}
