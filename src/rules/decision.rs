//! Screening, recommendation and approval: who decides what, on which grounds, under which authority.

use crate::application::{Application, State, faulty, reason_given, refused_by_rules};
use crate::assessment::{Assessment, AssessmentState, wanted};
use crate::assessment_step::must_be_held;
use crate::award::{Award, AwardState};
use crate::calculation::{self, Completed, History, calculate};
use crate::calendar::Day;
use crate::change::{Change, Write};
use crate::duty::{Duties, Duty};
use crate::event::Event;
use crate::ids::PersonId;
use crate::ledger::{Account, ApplicantGuard, Balances, Posting};
use crate::money::Cents;
use crate::panel::{Departing, panel_wanted};
use crate::permission::Permit;
use crate::refusal::{PanelRefusal, Refusal};
use crate::scheme::{Known, Scheme};
use crate::scoring::{Given, judge};
use chrono::{DateTime, Utc};
use std::collections::BTreeSet;

/// The officer's first look.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Screening {
    /// On to the assessors.
    Eligible,
    /// Not eligible, with a reason. It is no rejection, and can be reinstated.
    Ineligible(String),
}

/// On what a recommendation rests beside the scores.
#[derive(Clone, Debug, Default)]
pub struct Grounds {
    /// The steps of the scheme that were held.
    pub held: BTreeSet<String>,
    /// Where the proposal stands by its rank.
    pub standing: Departing,
}

/// What an approval must know beside the application.
#[derive(Clone, Debug)]
pub struct Approving<'a> {
    /// The text that the application has pinned.
    pub scheme: &'a Scheme,
    /// The text in force: the scheme's money is what it is today, whatever rules the application has pinned.
    pub in_force: &'a Scheme,
    /// Who has had which duty.
    pub duties: &'a Duties,
    /// The authorities of who approves.
    pub authorities: &'a BTreeSet<String>,
    /// What the applicant was granted before, as recorded, read under the applicant's lock.
    pub history: History,
    /// The balances, locked; their limits are set here from the pinned rules.
    pub balances: Balances,
    /// Who approves.
    pub by: PersonId,
    /// Now.
    pub at: DateTime<Utc>,
}

impl Application {
    /// An officer screens what was submitted.
    ///
    /// # Errors
    /// When it is not waiting for that, or a reason is missing.
    pub fn screen(mut self, permit: &Permit, screening: Screening) -> Result<(Change, Self), Refusal> {
        self.must_be(&[State::Submitted])?;
        let application = self.id;
        let event = match screening {
            Screening::Eligible => {
                self.state = State::InAssessment;
                Event::ApplicationScreened { application }
            }
            Screening::Ineligible(reason) => {
                let reason = reason_given(&reason)?;
                self.state = State::Ineligible;
                self.reason = Some(reason.clone());
                Event::ApplicationFoundIneligible { application, reason }
            }
        };
        Ok(self.changed(permit, event, Vec::new()))
    }

    /// An officer reinstates a case: one that was screened out is screened again, one that was rejected goes back to the committee.
    ///
    /// # Errors
    /// When it was neither screened out nor rejected, or a reason is missing.
    pub fn reinstate(mut self, permit: &Permit, reason: &str) -> Result<(Change, Self), Refusal> {
        self.must_be(&[State::Ineligible, State::Rejected])?;
        let reason = reason_given(reason)?;
        self.state = if self.state == State::Ineligible { State::Submitted } else { State::InAssessment };
        self.recommended = None;
        self.reason = None;
        let event = Event::ApplicationReinstated { application: self.id, reason };
        Ok(self.changed(permit, event, Vec::new()))
    }

    /// The committee recommends an amount.
    ///
    /// # Errors
    /// When assessments are missing, their mean is below the pass mark, a step or a panel that the scheme wants is missing, it departs
    /// from the rank without a reason, the amount is nothing or more than was asked for, or the person has another duty on the case.
    pub fn recommend(
        mut self,
        permit: &Permit,
        scheme: &Scheme,
        (by, duties): (PersonId, &Duties),
        assessments: &[Assessment],
        grounds: &Grounds,
        amount: Cents,
    ) -> Result<(Change, Self), Refusal> {
        self.must_be(&[State::InAssessment])?;
        let given = self.given(scheme, assessments)?;
        let Some(submission) = &self.submission else {
            return Err(Refusal::ApplicationWrongState { state: self.state.code() });
        };
        let mean = judge(scheme, submission.on, &given)?;
        must_be_held(scheme, submission.on, &grounds.held)?;
        if panel_wanted(scheme, submission.on) && grounds.standing.panel.is_none() {
            return Err(PanelRefusal::NotRanked.into());
        }
        let departure = grounds.standing.written(&self)?;
        if amount == Cents::ZERO || amount > submission.requested {
            return Err(Refusal::AmountNotRecommendable { requested: submission.requested });
        }
        let duty = duties.take(self.id, by, Duty::Recommender)?;
        self.state = State::Recommended;
        self.recommended = Some(amount);
        let event = Event::ApplicationRecommended { application: self.id, amount, mean };
        Ok(self.changed(permit, event, std::iter::once(duty).chain(departure).collect()))
    }

    /// What the assessors have given, once there are enough.
    fn given(&self, scheme: &Scheme, assessments: &[Assessment]) -> Result<Vec<Given>, Refusal> {
        let scored = assessments.iter().filter(|assessment| assessment.state == AssessmentState::Scored);
        let given = scored.filter_map(|assessment| {
            assessment.score.map(|score| Given {
                assessor: assessment.assessor,
                score,
                marks: assessment.marks.clone(),
            })
        });
        let (given, wanted) = (given.collect::<Vec<_>>(), wanted(self, scheme));
        if given.is_empty() || given.len() < wanted {
            return Err(Refusal::AssessmentsMissing { wanted, scored: given.len() });
        }
        Ok(given)
    }

    /// The committee, or the approver, refuses with reasons.
    ///
    /// # Errors
    /// When it is not waiting for them, a reason is missing, of the refusal or of a departure from the rank, or the person has another
    /// duty on the case.
    pub fn reject(
        mut self,
        permit: &Permit,
        (by, duty): (PersonId, Duty),
        duties: &Duties,
        standing: &Departing,
        reason: &str,
    ) -> Result<(Change, Self), Refusal> {
        self.must_be(if duty == Duty::Approver { &[State::Recommended] } else { &[State::InAssessment] })?;
        let reason = reason_given(reason)?;
        let departure = standing.written(&self)?;
        let duty = duties.take(self.id, by, duty)?;
        self.state = State::Rejected;
        self.reason = Some(reason.clone());
        let event = Event::ApplicationRejected { application: self.id, reason };
        Ok(self.changed(permit, event, std::iter::once(duty).chain(departure).collect()))
    }

    /// An approver approves the recommended amount, and it is committed.
    ///
    /// # Errors
    /// When nothing is recommended, the authority does not reach, the rules allow less with what the applicant has been
    /// granted meanwhile, the envelope or the applicant's ceiling does not leave so much, or the person has another duty.
    pub fn approve(mut self, permit: &Permit, approving: Approving<'_>) -> Result<(Change, Self, Award), Refusal> {
        self.must_be(&[State::Recommended])?;
        let (Some(amount), Some(submission)) = (self.recommended, self.submission.clone()) else {
            return Err(Refusal::ApplicationWrongState { state: self.state.code() });
        };
        let duty = approving.duties.take(self.id, approving.by, Duty::Approver)?;
        let authority = authority(approving.scheme, submission.on, approving.authorities, amount)?;
        let today = Day::in_hong_kong(approving.at);
        let mut request = self.content.request.clone();
        request.history = Some(as_of(today, approving.history));
        request.requested = Some(amount);
        let calculation =
            calculate(approving.scheme, &request, submission.on).map_err(|faults| faulty("/request", faults))?;
        if !calculation.refused_by.is_empty() {
            return Err(refused_by_rules(calculation));
        }
        if calculation.grant < amount {
            return Err(Refusal::RecommendedAboveAllowed { recommended: amount, allowed: calculation.grant });
        }
        let answer = calculation.answer(&request);
        let guard = ApplicantGuard::of(approving.scheme);
        let mut balances = approving.balances;
        balances.envelope.limit = limited(envelope_on(approving.in_force, today), "envelope")?;
        let round = submission.round.clone();
        let budget = round.as_ref().map(|round| format!("{round}.budget")).unwrap_or_default();
        balances.round.limit = match &round {
            Some(round) => limited(budget_on((approving.in_force, approving.scheme), round, today), &budget)?,
            None => None,
        };
        let (ceiling, limit) = guard.limit(approving.scheme, submission.on);
        balances.applicant.limit = limit;
        let balances = balances.commit(amount, &budget, &ceiling)?;
        self.state = State::Approved;
        let award = Award {
            application: self.id,
            scheme: self.scheme.clone(),
            organisation: self.organisation,
            amount,
            stages: calculation.stages.iter().map(|stage| (stage.stage.to_owned(), stage.grant)).collect(),
            authority: authority.clone(),
            counts_as: guard,
            state: AwardState::Decided,
            decided_at: approving.at,
            offered_at: None,
            expires_on: None,
            accepted_at: None,
            settled: None,
        };
        let event = Event::ApplicationApproved { application: self.id, amount, authority, trace: answer.trace.clone() };
        let writes = vec![
            duty,
            Write::Calculation { application: self.id, request: Box::new(request), answer: Box::new(answer) },
            Write::Committed { scheme: self.scheme.clone(), round, organisation: self.organisation, balances },
            Write::NewAward(award.clone()),
            Write::Posting(Posting { application: self.id, from: Account::Envelope, to: Account::Commitment, amount }),
        ];
        let (change, application) = self.changed(permit, event, writes);
        Ok((change, application, award))
    }
}

/// Up to which amount each authority of a scheme reaches on a day, from the lowest to the highest; those that nobody knows reach
/// nothing and are left out.
fn limits(scheme: &Scheme, on: Day) -> impl Iterator<Item = (&String, Cents)> {
    let authorities = scheme.file.approval.iter().flat_map(|approval| &approval.authority);
    authorities.filter_map(move |(name, authority)| match &authority.is.on(on)?.is {
        Known::Is(limit) => Some((name, *limit)),
        Known::None => Some((name, Cents::new(i64::MAX))),
        Known::Unknown => None,
    })
}

/// Up to which amount somebody may approve with these authorities; `None` where they reach nothing.
pub(crate) fn reach(scheme: &Scheme, on: Day, held: &BTreeSet<String>) -> Option<Cents> {
    limits(scheme, on).filter(|(name, _)| held.contains(*name)).map(|(_, limit)| limit).max()
}

/// The lowest authority of the person that reaches the amount.
fn authority(scheme: &Scheme, on: Day, held: &BTreeSet<String>, amount: Cents) -> Result<String, Refusal> {
    let reaching = limits(scheme, on).filter(|(_, limit)| amount <= *limit).map(|(name, _)| name).collect::<Vec<_>>();
    match reaching.iter().find(|name| held.contains(**name)) {
        Some(name) => Ok((*name).clone()),
        None => Err(Refusal::AuthorityTooLow {
            amount,
            needed: reaching.first().map(|name| (*name).clone()).unwrap_or_default(),
        }),
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
fn limited(limit: Known<Cents>, path: &str) -> Result<Option<Cents>, Refusal> {
    match limit {
        Known::Is(limit) => Ok(Some(limit)),
        Known::None => Ok(None),
        Known::Unknown => Err(Refusal::LimitUnknown { path: path.to_owned() }),
    }
}

/// What there is for a round on a day: as the text in force says, and where it names the round no more, as the pinned one does.
fn budget_on((in_force, pinned): (&Scheme, &Scheme), round: &str, today: Day) -> Known<Cents> {
    let intake = in_force.file.intake(round).or_else(|| pinned.file.intake(round));
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
