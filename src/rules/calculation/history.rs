//! What an applicant has used of a limit, from earlier awards in short or award by award.

use super::request::{Award, History};
use crate::calendar::Day;
use crate::money::{Cents, MoneyError};
use crate::scheme::{Period, Scheme};

/// What counts towards a limit of the applicant.
pub(super) struct Used {
    /// Money.
    pub granted: Cents,
    /// Projects; `None` where the short form cannot say it.
    pub projects: Option<u32>,
}

/// What the history says for a period.
///
/// The short form knows neither days nor completions. Its money is counted in full, since a limit that may be used up must
/// not be passed; its projects are counted only over a lifetime, since otherwise one completed project would bar the next.
pub(super) fn used(scheme: &Scheme, history: Option<&History>, period: Period, on: Day) -> Result<Used, MoneyError> {
    let Some(history) = history else { return Ok(Used { granted: Cents::ZERO, projects: Some(0) }) };
    let Some(awards) = &history.awards else {
        let projects = history.projects.unwrap_or(0);
        return Ok(Used {
            granted: history.granted.unwrap_or(Cents::ZERO),
            projects: (period == Period::Lifetime || projects == 0).then_some(projects),
        });
    };
    let counted = awards.iter().filter(|award| counts(scheme, award, period, on)).collect::<Vec<_>>();
    Ok(Used {
        granted: Cents::sum(counted.iter().map(|award| award.amount))?,
        projects: Some(u32::try_from(counted.len()).unwrap_or(u32::MAX)),
    })
}

fn counts(scheme: &Scheme, award: &Award, period: Period, on: Day) -> bool {
    let this_scheme = award.scheme.as_ref().is_none_or(|code| code == scheme.file.code.get_ref());
    let this_party = award.party.as_ref().is_none_or(|party| {
        scheme.file.aggregation.get(party).and_then(|group| group.is.value_on(on)).copied().unwrap_or(false)
    });
    let this_period = match (period, period.year()) {
        (_, Some(year)) => award.on.year_start(year) == on.year_start(year),
        (Period::Concurrent, None) => !award.completed.is_some_and(|completed| completed.by(on)),
        (_, None) => true,
    };
    this_scheme && this_party && this_period
}
