//! Service clocks: how long each step of a case has taken beside what the scheme pledges for it, and who owes the next one.
//!
//! A clock counts the days on which the case waited for the agency. It runs only while the case is in the state of its step, so that it
//! stops while an applicant must answer, and goes on when the case comes back to it; and not before the seal of a round is opened.

use crate::actor::Role;
use crate::application::State;
use crate::calendar::Day;
use crate::scheme::{Pledges, Scheme};
use chrono::{DateTime, Utc};
use serde::Serialize;
use std::cmp::Reverse;

/// A step of a case that the agency owes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// To screen what was submitted.
    Screening,
    /// To assess, and to recommend or reject.
    Assessment,
    /// To approve or reject what is recommended.
    Approval,
    /// To tell the applicant of what is approved.
    Offer,
}

impl Step {
    /// Every step, in the order of the case.
    pub const ALL: [Self; 4] = [Self::Screening, Self::Assessment, Self::Approval, Self::Offer];

    /// The state in which a case waits for it.
    #[must_use]
    pub const fn state(self) -> State {
        match self {
            Self::Screening => State::Submitted,
            Self::Assessment => State::InAssessment,
            Self::Approval => State::Recommended,
            Self::Offer => State::Approved,
        }
    }

    /// The role that owes it.
    #[must_use]
    pub const fn owed_by(self) -> Role {
        match self {
            Self::Screening | Self::Offer => Role::Officer,
            Self::Assessment => Role::Committee,
            Self::Approval => Role::Approver,
        }
    }

    /// The days that a scheme pledges for it under the rules of a day.
    #[must_use]
    pub fn pledged_days(self, scheme: &Scheme, on: Day) -> Option<u32> {
        let Pledges { screening, assessment, approval, offer } = &scheme.file.pledge;
        let pledge = match self {
            Self::Screening => screening,
            Self::Assessment => assessment,
            Self::Approval => approval,
            Self::Offer => offer,
        };
        pledge.as_ref()?.is.value_on(on).copied()
    }
}

/// A stay of a case in a state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stay {
    /// Which state.
    pub state: State,
    /// Since when.
    pub from: DateTime<Utc>,
    /// Until when; none while it lasts.
    pub until: Option<DateTime<Utc>>,
}

impl Stay {
    /// The part of it in which the agency could read the case, which was sealed until an instant: nobody owes what they cannot open.
    #[must_use]
    pub fn since_opened(self, opened_at: Option<DateTime<Utc>>) -> Self {
        let from = opened_at.map_or(self.from, |opened_at| self.from.max(opened_at));
        Self { from: self.until.map_or(from, |until| from.min(until)), ..self }
    }
}

/// The clock of a step of one case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Clock {
    /// Which step.
    pub step: Step,
    /// The role that owes it.
    pub owed_by: Role,
    /// Whether the case waits for it now.
    pub running: bool,
    /// On how many days the case has waited for it: the day on which a stay begins is not counted.
    pub spent_days: u32,
    /// The days that the scheme pledges; none where it pledges nothing.
    pub pledged_days: Option<u32>,
    /// While it runs, the last day that keeps the pledge; it may be over.
    pub due_on: Option<Day>,
    /// By how many days the pledge is passed.
    pub late_days: u32,
}

/// The clock of a step on a day, of the stays of one case; none where the case has never waited for it.
#[must_use]
pub fn clock(scheme: &Scheme, submitted_on: Day, step: Step, stays: &[Stay], today: Day) -> Option<Clock> {
    let stays = stays.iter().filter(|stay| stay.state == step.state()).collect::<Vec<_>>();
    let spent = |stay: &&Stay| Day::in_hong_kong(stay.from).days_until(stay.until.map_or(today, Day::in_hong_kong));
    let sum = |spent: u32, more: u32| spent.saturating_add(more);
    let running = stays.iter().find(|stay| stay.until.is_none());
    let (ended, lasting): (Vec<&Stay>, Vec<&Stay>) = stays.iter().copied().partition(|stay| stay.until.is_some());
    if stays.is_empty() {
        return None;
    }
    let before = ended.iter().map(spent).fold(0, sum);
    let spent_days = lasting.iter().map(spent).fold(before, sum);
    let pledged_days = step.pledged_days(scheme, submitted_on);
    let left = pledged_days.map(|pledged| pledged.saturating_sub(before));
    Some(Clock {
        step,
        owed_by: step.owed_by(),
        running: running.is_some(),
        spent_days,
        pledged_days,
        due_on: running.zip(left).map(|(stay, left)| Day::in_hong_kong(stay.from).plus_days(left)),
        late_days: pledged_days.map_or(0, |pledged| spent_days.saturating_sub(pledged)),
    })
}

/// The day such that a step with this pledge is late today for every case that has waited for it since an earlier one.
#[must_use]
pub fn late_before(pledged_days: u32, today: Day) -> Day {
    today.minus_days(pledged_days)
}

/// The clocks that run, the one that is late by most days first, and then the one that has run longest; so many at most.
#[must_use]
pub fn latest_first<T>(mut running: Vec<(T, Clock)>, limit: usize) -> Vec<(T, Clock)> {
    running.sort_by_key(|(_, clock)| (Reverse(clock.late_days), Reverse(clock.spent_days)));
    running.truncate(limit);
    running
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::{NIAS, day, instant, scheme};

    /// NIAS that pledges ten days for screening from 2025-02-01, and twenty from 2025-03-01.
    fn pledging() -> Scheme {
        let pledge = "[pledge.screening]\nis = [{ from = \"2025-02-01\", is = 10, source = \"house\" }, \
                      { from = \"2025-03-01\", is = 20, source = \"house\" }]\n\n[assessment.scale]";
        scheme(&NIAS.replacen("[assessment.scale]", pledge, 1))
    }

    fn stay(state: State, from: &str, until: Option<&str>) -> Stay {
        Stay { state, from: instant(from), until: until.map(instant) }
    }

    #[test]
    fn a_clock_does_not_run_while_nobody_of_the_agency_may_open_the_case() {
        let lasting = stay(State::Submitted, "2025-02-01", None);
        let ended = stay(State::Submitted, "2025-02-01", Some("2025-02-05"));
        for (stay, opened_on, spent) in [
            (lasting, None, 19),
            (lasting, Some("2025-02-10"), 10),
            (lasting, Some("2025-01-10"), 19),
            (ended, Some("2025-02-10"), 0),
            (ended, Some("2025-02-03"), 2),
        ] {
            let stays = [stay.since_opened(opened_on.map(instant))];
            let told = screening("2025-02-01", &stays, "2025-02-20").map(|(_, spent, ..)| spent);
            assert_eq!(told, Some(spent), "{stay:?} {opened_on:?}");
        }
    }

    fn screening(submitted_on: &str, stays: &[Stay], today: &str) -> Option<(bool, u32, Option<String>, u32)> {
        let clock = clock(&pledging(), day(submitted_on), Step::Screening, stays, day(today))?;
        Some((clock.running, clock.spent_days, clock.due_on.map(|day| day.to_string()), clock.late_days))
    }

    #[test]
    fn a_clock_runs_while_the_case_waits_for_its_step_and_stops_in_between() {
        let due = |day: &str| Some(day.to_owned());
        let first = stay(State::Submitted, "2025-02-05", Some("2025-02-09"));
        let back = stay(State::Submitted, "2025-02-20", None);
        for (stays, today, told) in [
            (vec![], "2025-02-06", None),
            (vec![stay(State::Submitted, "2025-02-05", None)], "2025-02-05", Some((true, 0, due("2025-02-15"), 0))),
            (vec![stay(State::Submitted, "2025-02-05", None)], "2025-02-15", Some((true, 10, due("2025-02-15"), 0))),
            (vec![stay(State::Submitted, "2025-02-05", None)], "2025-02-16", Some((true, 11, due("2025-02-15"), 1))),
            // Eleven days with somebody else count nothing; six of ten are left when it comes back.
            (vec![first, back], "2025-02-21", Some((true, 5, due("2025-02-26"), 0))),
            (vec![first, back], "2025-02-27", Some((true, 11, due("2025-02-26"), 1))),
            (vec![first], "2025-06-01", Some((false, 4, None, 0))),
        ] {
            assert_eq!(screening("2025-02-05", &stays, today), told, "{today}");
        }
    }

    #[test]
    fn a_clock_is_late_from_the_day_on_that_a_count_of_what_is_late_asks_for() {
        for (since, late) in [("2025-02-09", true), ("2025-02-10", false), ("2025-02-11", false)] {
            let clock = screening("2025-02-05", &[stay(State::Submitted, since, None)], "2025-02-20");
            assert_eq!(clock.map(|(.., late_days)| late_days > 0), Some(late), "{since}");
            assert_eq!(day(since) < late_before(10, day("2025-02-20")), late, "{since}");
        }
    }

    #[test]
    fn what_is_late_comes_before_what_has_only_waited_longer() {
        let of = |name, submitted_on: &str, since: &str| {
            let stays = [stay(State::Submitted, since, None)];
            (name, clock(&pledging(), day(submitted_on), Step::Screening, &stays, day("2025-03-25")).unwrap())
        };
        // Nothing was pledged in January, twenty days in March and ten in February.
        let running = vec![
            of("january", "2025-01-31", "2025-01-31"),
            of("march", "2025-03-01", "2025-03-01"),
            of("february", "2025-02-28", "2025-03-10"),
        ];
        let names = |limit| latest_first(running.clone(), limit).iter().map(|(name, _)| *name).collect::<Vec<_>>();
        assert_eq!((names(9), names(1)), (vec!["february", "march", "january"], vec!["february"]));
    }

    #[test]
    fn the_pledge_is_that_of_the_day_of_submission_and_none_is_none() {
        let stays = [stay(State::Submitted, "2025-03-01", None)];
        assert_eq!(screening("2025-02-28", &stays, "2025-03-12"), Some((true, 11, Some("2025-03-11".to_owned()), 1)));
        assert_eq!(screening("2025-03-01", &stays, "2025-03-12"), Some((true, 11, Some("2025-03-21".to_owned()), 0)));
        assert_eq!(screening("2025-01-31", &stays, "2025-12-31"), Some((true, 305, None, 0)));
    }

    #[test]
    fn each_step_has_a_state_of_its_own_and_somebody_who_owes_it() {
        let states = Step::ALL.map(Step::state);
        assert_eq!(states, [State::Submitted, State::InAssessment, State::Recommended, State::Approved]);
        assert_eq!(Step::ALL.map(Step::owed_by), [Role::Officer, Role::Committee, Role::Approver, Role::Officer]);
    }
}
