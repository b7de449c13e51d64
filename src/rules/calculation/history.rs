//! What an applicant has used of a limit, from earlier awards in short or award by award.

use super::request::{Award, FactValue, History};
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

/// What one limit on the awards of an applicant had used of it when it was met.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Usage<'a> {
    /// The name of the ceiling.
    pub ceiling: &'a str,
    /// Of which stage alone; of all of an award, where it names none.
    pub stage: Option<&'a str>,
    /// What it counts, the limit and what is used.
    pub counts: Counts,
    /// Which awards of the history it has counted, by their places in it.
    pub awards: Vec<usize>,
}

/// What a limit on awards counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counts {
    /// Money.
    Money {
        /// How much there may be.
        limit: Cents,
        /// How much there is.
        used: Cents,
    },
    /// Projects.
    Projects {
        /// How many there may be.
        limit: u32,
        /// How many there are.
        used: u32,
    },
}

/// What counts towards a limit of the applicant.
#[derive(Default)]
pub(super) struct Used {
    /// Money.
    pub granted: Cents,
    /// Projects.
    pub projects: u32,
    /// Which awards of the history these are, by their places in it; none where they were not named one by one.
    pub awards: Vec<usize>,
    /// Those of them of which nothing is to be asked: the fewest that the period can have used.
    pub known: Vec<usize>,
    /// What is to be asked for before this is what the period has used; meanwhile it is the most that can have been used. The short
    /// form knows neither days nor completions, so that it can only say it of a lifetime.
    pub lacks: BTreeSet<String>,
}

impl Used {
    /// What the history says for a ceiling under the rules of a day. `year` is a day of the year that is counted, where that is known.
    pub(super) fn of(
        scheme: &Scheme,
        history: Option<&History>,
        ceiling: &Ceiling,
        (on, year): (Day, Option<Day>),
    ) -> Result<Self, MoneyError> {
        let Some(history) = history else { return Ok(Self::default()) };
        let mut lacks = BTreeSet::new();
        let Some(awards) = &history.awards else {
            let (granted, projects) = (history.granted.unwrap_or(Cents::ZERO), history.projects.unwrap_or(0));
            if ceiling.period != Period::Lifetime || ceiling.stage.is_some() {
                lacks.insert("history.awards".to_owned());
            }
            return Ok(Self { granted, projects, lacks, ..Self::default() });
        };
        let (mut amounts, mut projects, mut counted, mut known) = (Vec::new(), 0_u32, Vec::new(), Vec::new());
        for (place, award) in awards.iter().enumerate() {
            if !(counts(scheme, award, ceiling, on) && in_period(award, ceiling, (on, year))) {
                continue;
            }
            amounts.push(part(award, ceiling));
            projects = projects.saturating_add(1);
            counted.push(place);
            // All of it may have been for this one.
            let stages = ceiling.stage.is_some() && award.stages.is_empty();
            let lacking = stages.then(|| "history.awards".to_owned());
            let lacking = lacking.into_iter().chain(lacking_day(award, ceiling, year)).collect::<Vec<_>>();
            if lacking.is_empty() {
                known.push(place);
            }
            lacks.extend(lacking);
        }
        Ok(Self { granted: Cents::sum(amounts)?, projects, awards: counted, known, lacks })
    }
}

/// The part of an award that counts in a ceiling.
fn part(award: &Award, ceiling: &Ceiling) -> Cents {
    match &ceiling.stage {
        Some(stage) if !award.stages.is_empty() => award.stages.get(stage.get_ref()).copied().unwrap_or_default(),
        _ => award.amount,
    }
}

/// Whether an award is one that a ceiling counts, whenever it was.
fn counts(scheme: &Scheme, award: &Award, ceiling: &Ceiling, on: Day) -> bool {
    let this_party = award.party.as_ref().is_none_or(|party| {
        let group = scheme.file.aggregation.get(party).and_then(|group| group.is.value_on(on)).copied();
        group.unwrap_or(false) && ceiling.counts_with(party)
    });
    award.is_of(scheme) && this_party
}

/// Whether an award is, or may be, of the period that is counted.
fn in_period(award: &Award, ceiling: &Ceiling, (on, year): (Day, Option<Day>)) -> bool {
    match ceiling.period.year() {
        None if ceiling.period == Period::Concurrent => !award.completed.is_some_and(|completed| completed.by(on)),
        None => true,
        Some(kind) => match (year, year_of(award, ceiling)) {
            (Some(counted), Some(day)) => day.year_start(kind) == counted.year_start(kind),
            // It may have been of the same year.
            _ => true,
        },
    }
}

/// The day in whose year an award counts; `None` where it was not said.
fn year_of(award: &Award, ceiling: &Ceiling) -> Option<Day> {
    match ceiling.year_question() {
        None => Some(award.submitted_on.unwrap_or(award.on)),
        Some(question) => award.facts.get(question).and_then(FactValue::day),
    }
}

/// The answer that is to be asked for before it is known whether an award is of the year that is counted.
fn lacking_day(award: &Award, ceiling: &Ceiling, year: Option<Day>) -> Option<String> {
    let question = ceiling.year_question()?;
    if year.is_none() {
        return Some(format!("project.facts.{question}"));
    }
    year_of(award, ceiling).is_none().then(|| format!("history.awards.facts.{question}"))
}
