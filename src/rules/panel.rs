//! The panel: proposals of a scheme ranked by their scores, with what makes the scores doubtful, and the minutes of what was said.
//!
//! Scores are shown and never adjusted. What departs from the rank says why.

use crate::application::{Application, State, words_given};
use crate::calendar::Day;
use crate::change::{Change, Write};
use crate::event::Event;
use crate::ids::{ApplicationId, PanelId, PersonId};
use crate::permission::Permit;
use crate::refusal::{PanelRefusal, Refusal};
use crate::scheme::Scheme;
use crate::scoring::{Given, judge, mean, rounding};
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;

/// The most proposals that one panel ranks.
pub const CASES_MAX: usize = 5_000;
/// The longest name of a panel, in characters.
pub const NAME_CHARACTERS_MAX: usize = 200;

/// How a proposal stands by its scores.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Which proposal.
    pub application: ApplicationId,
    /// The mean score, in hundredths of a per cent.
    pub mean: u32,
    /// The highest score less the lowest, in hundredths of a per cent.
    pub spread: u32,
    /// How many have scored it.
    pub scores: usize,
    /// Whose score differs from the median of the others by more than the scheme lets pass unseen.
    pub outliers: Vec<PersonId>,
    /// Whether it passes the marks of the scheme.
    pub passes: bool,
}

impl Standing {
    /// How a proposal stands, under the text that it has pinned.
    #[must_use]
    pub fn of(application: ApplicationId, scheme: &Scheme, on: Day, given: &[Given]) -> Self {
        let scores = given.iter().map(|given| given.score).collect::<Vec<_>>();
        let (highest, lowest) = (scores.iter().max().copied(), scores.iter().min().copied());
        Self {
            application,
            mean: mean(&scores, rounding(scheme, on)).unwrap_or(0),
            spread: highest.unwrap_or(0).saturating_sub(lowest.unwrap_or(0)),
            scores: scores.len(),
            outliers: outliers(scheme, on, given),
            passes: judge(scheme, on, given).is_ok(),
        }
    }
}

/// A single other score is no measure of one: who of the two is right is not said.
const OTHERS_MIN: usize = 2;

fn outliers(scheme: &Scheme, on: Day, given: &[Given]) -> Vec<PersonId> {
    let assessment = scheme.file.assessment.as_ref();
    let Some(beyond) = assessment.and_then(|assessment| assessment.outlier.as_ref()?.is.value_on(on)) else {
        return Vec::new();
    };
    let is_outlier = |index: usize, own: u32| {
        let others = given.iter().enumerate().filter(|(other, _)| *other != index).map(|(_, given)| given.score);
        let mut others = others.collect::<Vec<_>>();
        others.sort_unstable();
        let Some(twice) = twice_the_median(&others) else { return false };
        // |own − median| > share × the highest score, all of it times 2 and the denominator.
        let distance = u64::from(own).saturating_mul(2).abs_diff(twice).saturating_mul(beyond.denominator.into());
        distance > u64::from(beyond.numerator).saturating_mul(20_000)
    };
    given
        .iter()
        .enumerate()
        .filter(|(index, given)| is_outlier(*index, given.score))
        .map(|(_, given)| given.assessor)
        .collect()
}

/// Twice the median of sorted scores, which is whole; none of too few.
fn twice_the_median(sorted: &[u32]) -> Option<u64> {
    if sorted.len() < OTHERS_MIN {
        return None;
    }
    let upper = sorted.len().checked_div(2)?;
    let lower = sorted.len().saturating_sub(1).checked_div(2)?;
    Some(u64::from(*sorted.get(lower)?).saturating_add(u64::from(*sorted.get(upper)?)))
}

/// A proposal in its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ranked {
    /// Its rank: one more than there are proposals with a higher mean, so that equal means share a rank.
    pub rank: u32,
    /// How it stands.
    pub standing: Standing,
}

/// Ranks proposals by their means, the highest first. Those with the same mean share a rank and stand in the order of their ids.
#[must_use]
pub fn rank(mut standings: Vec<Standing>) -> Vec<Ranked> {
    standings.sort_by_key(|standing| (std::cmp::Reverse(standing.mean), standing.application));
    let (mut rank, mut last) = (0, None);
    let ranked = (1_u32..).zip(standings).map(|(place, standing)| {
        if last != Some(standing.mean) {
            (rank, last) = (place, Some(standing.mean));
        }
        Ranked { rank, standing }
    });
    ranked.collect()
}

/// How one assessor scores beside the others who scored the same proposals.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Severity {
    /// Who.
    pub assessor: PersonId,
    /// How many proposals they have scored in this panel.
    pub scored: u32,
    /// The mean of their scores, in hundredths of a per cent.
    pub mean: u32,
    /// By how much, on average, their scores are above (or below, negative) the mean of the others on the same proposals, in
    /// hundredths of a per cent, towards zero; none where nobody else has scored any of them.
    pub above_others: Option<i32>,
}

/// How each assessor scores beside the others. It is shown to the panel and changes nothing.
#[must_use]
pub fn severities<'a>(cases: impl IntoIterator<Item = &'a [Given]>) -> Vec<Severity> {
    let mut found = BTreeMap::<PersonId, (Vec<u32>, Vec<i64>)>::new();
    for given in cases {
        for (index, one) in given.iter().enumerate() {
            let others = given.iter().enumerate().filter(|(other, _)| *other != index).map(|(_, given)| given.score);
            let others = mean(&others.collect::<Vec<_>>(), crate::money::Rounding::HalfUp);
            let (scores, above) = found.entry(one.assessor).or_default();
            scores.push(one.score);
            above.extend(others.map(|others| i64::from(one.score).saturating_sub(i64::from(others))));
        }
    }
    let severity = |(assessor, (scores, above)): (PersonId, (Vec<u32>, Vec<i64>))| {
        let sum = above.iter().fold(0_i64, |sum, more| sum.saturating_add(*more));
        let count = i64::try_from(above.len()).unwrap_or(i64::MAX);
        Severity {
            assessor,
            scored: u32::try_from(scores.len()).unwrap_or(u32::MAX),
            mean: mean(&scores, crate::money::Rounding::HalfUp).unwrap_or(0),
            above_others: sum.checked_div(count).and_then(|mean| i32::try_from(mean).ok()),
        }
    };
    found.into_iter().map(severity).collect()
}

/// A panel with what it ranked when it was opened. Scores are final, so that the ranks stay true.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Panel {
    /// Identity.
    pub id: PanelId,
    /// The scheme's code.
    pub scheme: String,
    /// The path of the round to which it is narrowed; none where it ranks all of the scheme.
    pub round: Option<String>,
    /// What people call it.
    pub name: String,
    /// Who opened it.
    pub opened_by: PersonId,
    /// When.
    pub opened_at: DateTime<Utc>,
    /// How many proposals it ranks.
    pub cases: u32,
}

/// An officer opens a panel over proposals of a scheme that have all their scores.
///
/// # Errors
/// When there is none, there are too many, or it has no name.
pub fn open(
    permit: &Permit,
    (id, scheme, round, name): (PanelId, &str, Option<&str>, &str),
    (by, at): (PersonId, DateTime<Utc>),
    standings: Vec<Standing>,
    severities: Vec<Severity>,
) -> Result<(Change, Panel), Refusal> {
    let name = words_given("/name", name)?;
    if name.chars().count() > NAME_CHARACTERS_MAX {
        return Err(Refusal::TextLength { field: "/name", characters_max: NAME_CHARACTERS_MAX });
    }
    if standings.is_empty() {
        return Err(PanelRefusal::Empty.into());
    }
    if standings.len() > CASES_MAX {
        return Err(PanelRefusal::TooLarge { cases_max: CASES_MAX }.into());
    }
    let cases = u32::try_from(standings.len()).unwrap_or(u32::MAX);
    let (scheme, round) = (scheme.to_owned(), round.map(str::to_owned));
    let event = Event::PanelOpened { panel: id, scheme: scheme.clone(), round: round.clone(), cases };
    let panel = Panel { id, scheme, round, name, opened_by: by, opened_at: at, cases };
    let opened = Write::NewPanel { panel: panel.clone(), ranked: rank(standings), severities };
    Ok((Change::new(permit, event, vec![opened]), panel))
}

/// What was said of a panel, or of one of its proposals.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Minute {
    /// Of which panel.
    pub panel: PanelId,
    /// Of which proposal; none of the panel as a whole.
    pub application: Option<ApplicationId>,
    /// The words.
    pub text: String,
    /// Who wrote them.
    pub by: PersonId,
    /// When.
    pub at: DateTime<Utc>,
}

impl Panel {
    /// Somebody of the panel writes a minute. What is written stays: a mistake is put right by another one.
    ///
    /// # Errors
    /// When there are no words, or too many.
    pub fn minute(
        &self,
        permit: &Permit,
        (by, at): (PersonId, DateTime<Utc>),
        application: Option<ApplicationId>,
        text: &str,
    ) -> Result<(Change, Minute), Refusal> {
        let text = words_given("/text", text)?;
        let minute = Minute { panel: self.id, application, text, by, at };
        let event = Event::PanelMinuted { panel: self.id, application, text: minute.text.clone() };
        Ok((Change::new(permit, event, vec![Write::NewMinute(minute.clone())]), minute))
    }
}

/// Whether the scheme wants proposals ranked before one is recommended.
pub(crate) fn panel_wanted(scheme: &Scheme, on: Day) -> bool {
    let panel = scheme.file.assessment.as_ref().and_then(|assessment| assessment.panel.as_ref());
    panel.and_then(|panel| panel.is.value_on(on)).copied().unwrap_or(false)
}

/// To recommend one proposal while one that is ranked beside it with a higher mean is in one of these states departs from the rank.
pub const PASSED_OVER: [State; 2] = [State::Refused, State::Rejected];

/// To reject one proposal while one that is ranked beside it with a lower mean is in one of these states departs from the rank.
pub const PREFERRED: [State; 8] = [
    State::Recommended,
    State::OnReserve,
    State::Approved,
    State::Offered,
    State::Accepted,
    State::Suspended,
    State::Terminated,
    State::Completed,
];

/// To put one proposal on the reserve list while one that is ranked beside it with a lower mean is in one of these states departs from the
/// rank.
pub const AWARDED: [State; 6] =
    [State::Approved, State::Offered, State::Accepted, State::Suspended, State::Terminated, State::Completed];

/// Where a proposal stands by its rank when it is decided, and why the decision departs from that, where it does. Beside it are ranked
/// all of its panel, and all of its round in whichever panels: to give each proposal a panel of its own frees nobody from a reason.
/// Proposals that belong to no round are ranked beside each other where both waited when either was ranked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Departing {
    /// Its panel; none where it has not been ranked.
    pub panel: Option<PanelId>,
    /// Whether the decision departs from the rank.
    pub departs: bool,
    /// The references of some proposals beside which it does: of those of which whoever decides may be told.
    pub against: Vec<String>,
    /// Why, in the words of whoever decides. They are the agency's, and not what the applicant reads.
    pub reason: Option<String>,
}

impl Departing {
    /// That a decision which departs from the rank says why.
    ///
    /// # Errors
    /// When it does not.
    pub fn must_say_why(&self) -> Result<(), Refusal> {
        match self.reason {
            None if self.departs => Err(PanelRefusal::AgainstRank { beside: self.against.clone() }.into()),
            _ => Ok(()),
        }
    }

    /// What is written of it. A reason is also kept where somebody else has decided meanwhile and nothing is left to depart from.
    ///
    /// # Errors
    /// When the decision departs from the rank and no reason is given.
    pub(crate) fn written(&self, application: &Application) -> Result<Option<Write>, Refusal> {
        match (self.panel, &self.reason) {
            (Some(panel), Some(reason)) => {
                let reason = words_given("/departure", reason)?;
                let version = application.version.saturating_add(1);
                Ok(Some(Write::Departure { panel, application: application.id, version, reason }))
            }
            _ if !self.departs => Ok(None),
            _ => Err(PanelRefusal::AgainstRank { beside: self.against.clone() }.into()),
        }
    }
}

#[cfg(test)]
mod tests;
