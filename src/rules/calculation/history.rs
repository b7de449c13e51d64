//! What an applicant has used of a limit, from earlier awards in short or award by award.

use super::request::{Award, History};
use crate::calendar::Day;
use crate::money::{Cents, MoneyError};
use crate::scheme::{Ceiling, Period, Scheme};
use std::collections::BTreeSet;

/// What the history leaves out and should be confirmed: left out means nothing granted.
pub(super) fn missing(history: Option<&History>) -> BTreeSet<String> {
    let left_out = match history {
        None => vec!["history"],
        Some(History { awards: Some(_), .. }) => Vec::new(),
        Some(History { granted, projects, .. }) => {
            let granted = granted.is_none().then_some("history.granted");
            granted.into_iter().chain(projects.is_none().then_some("history.projects")).collect()
        }
    };
    left_out.into_iter().map(str::to_owned).collect()
}

/// What counts towards a limit of the applicant.
pub(super) struct Used {
    /// Money.
    pub granted: Cents,
    /// Projects.
    pub projects: u32,
    /// Whether it is what the period has used. The short form knows neither days nor completions, so that it can only say it
    /// of a lifetime; for another period it gives the most that can have been used.
    pub exact: bool,
}

impl Used {
    /// What the history says for a ceiling.
    pub(super) fn of(
        scheme: &Scheme,
        history: Option<&History>,
        ceiling: &Ceiling,
        on: Day,
    ) -> Result<Self, MoneyError> {
        let Some(history) = history else { return Ok(Self { granted: Cents::ZERO, projects: 0, exact: true }) };
        let Some(awards) = &history.awards else {
            let (granted, projects) = (history.granted.unwrap_or(Cents::ZERO), history.projects.unwrap_or(0));
            let exact = ceiling.period == Period::Lifetime && ceiling.stage.is_none();
            return Ok(Self { granted, projects, exact });
        };
        let counted = awards.iter().filter(|award| counts(scheme, award, ceiling, on)).collect::<Vec<_>>();
        Ok(Self {
            granted: Cents::sum(counted.iter().map(|award| part(award, ceiling)))?,
            projects: u32::try_from(counted.len()).unwrap_or(u32::MAX),
            // An award that does not say how much of it was for which stage may all have been for this one.
            exact: ceiling.stage.is_none() || counted.iter().all(|award| !award.stages.is_empty()),
        })
    }
}

/// The part of an award that counts in a ceiling.
fn part(award: &Award, ceiling: &Ceiling) -> Cents {
    match &ceiling.stage {
        Some(stage) if !award.stages.is_empty() => award.stages.get(stage.get_ref()).copied().unwrap_or_default(),
        _ => award.amount,
    }
}

fn counts(scheme: &Scheme, award: &Award, ceiling: &Ceiling, on: Day) -> bool {
    let this_scheme = award.scheme.as_ref().is_none_or(|code| code.eq_ignore_ascii_case(scheme.file.code.get_ref()));
    let this_party = award.party.as_ref().is_none_or(|party| {
        let group = scheme.file.aggregation.get(party).and_then(|group| group.is.value_on(on)).copied();
        group.unwrap_or(false) && ceiling.counts_with(party)
    });
    let this_period = match (ceiling.period, ceiling.period.year()) {
        (_, Some(year)) => award.on.year_start(year) == on.year_start(year),
        (Period::Concurrent, None) => !award.completed.is_some_and(|completed| completed.by(on)),
        (_, None) => true,
    };
    this_scheme && this_party && this_period
}
