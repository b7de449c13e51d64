//! What the last word of an approval does with the money: the award by the pinned rules, and what it takes of each limit.

use super::Approving;
use crate::application::{Application, State, faulty, refused_by_rules};
use crate::award::{Award, AwardState};
use crate::basis::{Basis, Earlier};
use crate::calculation::{self, Answer, Completed, History, Project, Request, calculate};
use crate::calendar::Day;
use crate::change::Write;
use crate::dated::Known;
use crate::debarment::{Bound, none_debarred};
use crate::ledger::{ApplicantGuard, Paths};
use crate::money::Cents;
use crate::movement::Limits;
use crate::refusal::Refusal;
use crate::scheme::Scheme;
use crate::year_budget::budget_of;
use chrono::{DateTime, Utc};

/// An award with what is written with it.
pub(crate) struct Awarded {
    /// The award.
    pub award: Award,
    /// The trace of the calculation on which it rests.
    pub trace: String,
    /// The calculation, what it has looked at, and of a new award all the rest: the award, and what is taken of the limits.
    pub writes: Vec<Write>,
}

/// At which door an amount is decided.
pub(crate) struct Door {
    /// Where in its request the figures are.
    pub figures: &'static str,
    /// What is told where the rules allow less.
    pub above: fn(Cents, Cents) -> Refusal,
}

impl Application {
    /// Awards what every part of the route has approved: by whoever passes the last one, and later to whom it was approved for when money
    /// frees up.
    pub(crate) fn awarded(
        &mut self,
        approving: &Approving<'_>,
        embargo_until: Option<Day>,
        at: DateTime<Utc>,
    ) -> Result<Awarded, Refusal> {
        let Approving { scheme, in_force, route, earlier, debarred } = approving;
        let wrong_state = || Refusal::ApplicationWrongState { state: self.state.code() };
        let amount = self.recommended.ok_or_else(wrong_state)?;
        let authority = route.last_word().map(|given| given.authority.clone()).ok_or_else(wrong_state)?;
        let Awarded { mut award, trace, writes: rests_on } =
            self.award((scheme, earlier, debarred), amount, &authority, at)?;
        (award.conditions, award.embargo_until) = (route.conditions(), embargo_until);
        let limits = self.limits((scheme, in_force), at)?;
        let mut writes = vec![Write::NewAward(award.clone())];
        writes.extend(rests_on);
        writes.push(self.commit(amount, limits));
        self.state = State::Approved;
        Ok(Awarded { award, trace, writes })
    }

    /// The award: what is asked for by the pinned rules. Nothing is awarded to somebody who is debarred on that day.
    fn award(
        &self,
        (scheme, earlier, debarred): (&Scheme, &Earlier, &[Bound]),
        amount: Cents,
        authority: &str,
        at: DateTime<Utc>,
    ) -> Result<Awarded, Refusal> {
        none_debarred(debarred, &self.scheme, at)?;
        let award = Award {
            application: self.id,
            scheme: self.scheme.clone(),
            organisation: self.organisation,
            amount,
            originally: amount,
            carried_over: Cents::ZERO,
            revision: 0,
            stages: Vec::new(),
            authority: authority.to_owned(),
            conditions: Vec::new(),
            embargo_until: None,
            counts_as: ApplicantGuard::of(scheme),
            state: AwardState::Decided,
            decided_at: at,
            offered_at: None,
            expires_on: None,
            accepted_at: None,
            agreement: None,
            settled: None,
        };
        let above = |recommended, allowed| Refusal::RecommendedAboveAllowed { recommended, allowed };
        self.allowed(
            (scheme, earlier),
            (&self.content.request.project, award),
            at,
            &Door { figures: "/request", above },
        )
    }

    /// An award with what of it is for each stage, and the calculation on which it rests: the pinned rules, what is planned, and what the
    /// applicant has been granted beside it by now.
    pub(crate) fn allowed(
        &self,
        (scheme, earlier): (&Scheme, &Earlier),
        (project, mut award): (&Project, Award),
        at: DateTime<Utc>,
        door: &Door,
    ) -> Result<Awarded, Refusal> {
        let Some(submission) = &self.submission else {
            return Err(Refusal::ApplicationWrongState { state: self.state.code() });
        };
        let request = self.asked_again((project, award.amount), &earlier.history, at);
        let calculation = calculate(scheme, &request, submission.on).map_err(|faults| faulty(door.figures, faults))?;
        if !calculation.refused_by.is_empty() {
            return Err(refused_by_rules(calculation));
        }
        if calculation.grant < award.amount {
            return Err((door.above)(award.amount, calculation.grant));
        }
        award.stages = calculation.stages.iter().map(|stage| (stage.stage.to_owned(), stage.grant)).collect();
        let basis = Write::AwardBasis(Basis::of(&award, (scheme, earlier), &calculation));
        let answer = calculation.answer(&request);
        let trace = answer.trace.clone();
        let calculated =
            Write::Calculation { application: self.id, request: Box::new(request), answer: Box::new(answer) };
        Ok(Awarded { award, trace, writes: vec![calculated, basis] })
    }

    /// The calculation behind an amount as its applicant is told of it: beside what they have been told that they were granted.
    ///
    /// # Errors
    /// When the application is not submitted, or the figures cannot be worked out.
    pub(crate) fn answer_told(
        &self,
        (scheme, told): (&Scheme, &History),
        planned: (&Project, Cents),
        at: DateTime<Utc>,
        door: &Door,
    ) -> Result<Answer, Refusal> {
        let wrong_state = || Refusal::ApplicationWrongState { state: self.state.code() };
        let on = self.submission.as_ref().map(|submission| submission.on).ok_or_else(wrong_state)?;
        let request = self.asked_again(planned, told, at);
        let calculation = calculate(scheme, &request, on).map_err(|faults| faulty(door.figures, faults))?;
        Ok(calculation.answer(&request))
    }

    /// The request of the application for an amount, with another history.
    fn asked_again(&self, (project, amount): (&Project, Cents), history: &History, at: DateTime<Utc>) -> Request {
        let mut request = self.content.request.clone();
        request.project.stages.clone_from(&project.stages);
        request.history = Some(as_of(Day::in_hong_kong(at), history.clone()));
        request.requested = Some(amount);
        request
    }

    /// Whether a refusal is of money that the case shares with others, under the text in force, so that it says something of them too; every
    /// other one is of the case alone.
    #[must_use]
    pub fn shares(&self, in_force: &Scheme, refusal: &Refusal, today: Day) -> bool {
        let (Refusal::CeilingExceeded { ceiling: path, .. } | Refusal::LimitUnknown { path }) = refusal else {
            return false;
        };
        let of_year = self.year().map(|year| budget_of(in_force, year, today).0);
        let of_round = self.round().map(|round| format!("{round}.budget"));
        path == "envelope" || Some(path) == of_round.as_ref() || Some(path) == of_year.as_ref()
    }

    /// The limits of a day: the scheme's money, and what there is of it for a round and for a year, are what the text in force says, whatever
    /// rules the application has pinned.
    ///
    /// # Errors
    /// When nobody knows one.
    pub fn limits(&self, (scheme, in_force): (&Scheme, &Scheme), at: DateTime<Utc>) -> Result<Limits, Refusal> {
        let today = Day::in_hong_kong(at);
        let on = self.submission.as_ref().map_or(today, |submission| submission.on);
        let envelope = limited(envelope_on(in_force, today), "envelope")?;
        let budget = self.round().map(|round| format!("{round}.budget")).unwrap_or_default();
        let round = match self.round() {
            Some(round) => limited(budget_on((in_force, Some(scheme)), round, today), &budget)?,
            None => None,
        };
        let (annual, year) = match self.year() {
            Some(year) => budget_of(in_force, year, today),
            None => (String::new(), Known::None),
        };
        let year = limited(year, &annual)?;
        let (ceiling, applicant) = ApplicantGuard::of(scheme).limit(scheme, on);
        let paths = Paths { round: budget, year: annual, applicant: ceiling };
        Ok(Limits { envelope, round, year, applicant, paths, of: (Some(today), in_force.hash.clone()) })
    }
}

/// A history in which what has been completed by a day is completed: a ceiling on what runs at once counts what runs when it is
/// decided, whichever day's rules apply.
fn as_of(today: Day, history: History) -> History {
    let completed = |completed: Completed| if completed.by(today) { Completed::Answer(true) } else { completed };
    let awards = history.awards.map(|awards| {
        awards
            .into_iter()
            .map(|award| calculation::Award { completed: award.completed.map(completed), ..award })
            .collect()
    });
    History { awards, ..history }
}

/// A limit that must be known; `None` where there is none.
///
/// # Errors
/// When nobody knows it.
pub fn limited(limit: Known<Cents>, path: &str) -> Result<Option<Cents>, Refusal> {
    match limit {
        Known::Is(limit) => Ok(Some(limit)),
        Known::None => Ok(None),
        Known::Unknown => Err(Refusal::LimitUnknown { path: path.to_owned() }),
    }
}

/// What there is for a round on a day: as the text in force says, and where it names the round no more, as the pinned one does.
#[must_use]
pub fn budget_on((in_force, pinned): (&Scheme, Option<&Scheme>), round: &str, today: Day) -> Known<Cents> {
    let intake = in_force.file.intake(round).or_else(|| pinned?.file.intake(round));
    intake.map_or(Known::None, |intake| intake.budget_on(today))
}

/// What a text says of the scheme's money on a day; before its first entry nobody knows.
#[must_use]
pub fn envelope_on(scheme: &Scheme, today: Day) -> Known<Cents> {
    let Some(envelope) = &scheme.file.envelope else { return Known::None };
    envelope.is.on(today).map_or(Known::Unknown, |entry| entry.is.clone())
}

#[cfg(test)]
mod tests;
