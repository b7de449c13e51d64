//! Screening, recommendation and approval: who decides what, on which grounds, under which authority.

use crate::application::{Application, State, reason_given};
use crate::assessment::{Assessment, AssessmentState, mean, wanted};
use crate::award::{Award, AwardState};
use crate::calculation::{History, calculate};
use crate::calendar::Day;
use crate::change::{Change, Write};
use crate::duty::{Duties, Duty};
use crate::event::Event;
use crate::ids::PersonId;
use crate::ledger::{Account, Balances, Posting};
use crate::money::Cents;
use crate::permission::Permit;
use crate::refusal::Refusal;
use crate::scheme::{CeilingOf, Limit, Per, Scheme};
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

/// What an approval must know beside the application.
#[derive(Clone, Debug)]
pub struct Approving<'a> {
    /// The text that the application has pinned.
    pub scheme: &'a Scheme,
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

    /// An officer reinstates a case that was screened out.
    ///
    /// # Errors
    /// When it was not screened out, or a reason is missing.
    pub fn reinstate(mut self, permit: &Permit, reason: &str) -> Result<(Change, Self), Refusal> {
        self.must_be(&[State::Ineligible])?;
        let reason = reason_given(reason)?;
        self.state = State::Submitted;
        self.reason = None;
        let event = Event::ApplicationReinstated { application: self.id, reason };
        Ok(self.changed(permit, event, Vec::new()))
    }

    /// The committee recommends an amount.
    ///
    /// # Errors
    /// When assessments are missing, their mean is below the pass mark, the amount is nothing or more than was asked for, or
    /// the person has another duty on the case.
    pub fn recommend(
        mut self,
        permit: &Permit,
        scheme: &Scheme,
        (by, duties): (PersonId, &Duties),
        assessments: &[Assessment],
        amount: Cents,
    ) -> Result<(Change, Self), Refusal> {
        self.must_be(&[State::InAssessment])?;
        let mean = self.mean_score(scheme, assessments)?;
        let Some(submission) = &self.submission else {
            return Err(Refusal::ApplicationWrongState { state: self.state.code() });
        };
        let pass_mark = scheme.file.assessment.pass_mark.is.value_on(submission.on).copied();
        let below = |mark: crate::money::Share| {
            u64::from(mean).saturating_mul(mark.denominator.into()) < u64::from(mark.numerator).saturating_mul(10_000)
        };
        if pass_mark.is_some_and(below) {
            return Err(Refusal::BelowPassMark { mean });
        }
        if amount == Cents::ZERO || amount > submission.requested {
            return Err(Refusal::AmountNotRecommendable { requested: submission.requested });
        }
        let duty = duties.take(self.id, by, Duty::Recommender)?;
        self.state = State::Recommended;
        self.recommended = Some(amount);
        let event = Event::ApplicationRecommended { application: self.id, amount, mean };
        Ok(self.changed(permit, event, vec![duty]))
    }

    /// The mean of the assessments, once there are enough.
    ///
    /// # Errors
    /// When some are missing.
    pub fn mean_score(&self, scheme: &Scheme, assessments: &[Assessment]) -> Result<u32, Refusal> {
        let scores = assessments.iter().filter(|assessment| assessment.state == AssessmentState::Scored);
        let scores = scores.filter_map(|assessment| assessment.score).collect::<Vec<_>>();
        let wanted = wanted(self, scheme);
        match mean(&scores) {
            Some(mean) if scores.len() >= wanted => Ok(mean),
            _ => Err(Refusal::AssessmentsMissing { wanted, scored: scores.len() }),
        }
    }

    /// The committee, or the approver, refuses with reasons.
    ///
    /// # Errors
    /// When it is not waiting for them, a reason is missing, or the person has another duty on the case.
    pub fn reject(
        mut self,
        permit: &Permit,
        (by, duty): (PersonId, Duty),
        duties: &Duties,
        reason: &str,
    ) -> Result<(Change, Self), Refusal> {
        self.must_be(if duty == Duty::Approver { &[State::Recommended] } else { &[State::InAssessment] })?;
        let reason = reason_given(reason)?;
        let duty = duties.take(self.id, by, duty)?;
        self.state = State::Rejected;
        self.reason = Some(reason.clone());
        let event = Event::ApplicationRejected { application: self.id, reason };
        Ok(self.changed(permit, event, vec![duty]))
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
        let authority = authority(approving.scheme, &submission, approving.authorities, amount)?;
        let mut request = self.content.request.clone();
        request.history = Some(approving.history);
        request.requested = Some(amount);
        let calculation =
            calculate(approving.scheme, &request, submission.on).map_err(|faults| Refusal::FiguresFaulty { faults })?;
        if calculation.grant < amount {
            let reasons = calculation.steps.iter().filter(|step| calculation.refused_by.contains(&step.rule));
            return Err(if calculation.refused_by.is_empty() {
                Refusal::RequestAboveAllowed { requested: amount, allowed: calculation.grant }
            } else {
                let reasons = reasons.map(|step| step.kind.sentence().en).collect();
                Refusal::CalculationRefused { refused_by: calculation.refused_by.into_iter().collect(), reasons }
            });
        }
        let answer = calculation.answer(&request);
        let mut balances = approving.balances;
        let envelope = approving.scheme.file.envelope.as_ref();
        balances.envelope.limit =
            envelope.and_then(|envelope| envelope.is.value_on(Day::in_hong_kong(approving.at))).copied();
        balances.applicant.limit = applicant_limit(approving.scheme, &submission);
        let balances = balances.commit(amount)?;
        self.state = State::Approved;
        let award = Award {
            application: self.id,
            scheme: self.scheme.clone(),
            organisation: self.organisation,
            amount,
            authority: authority.clone(),
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
            Write::Committed { scheme: self.scheme.clone(), organisation: self.organisation, balances },
            Write::NewAward(award.clone()),
            Write::Posting(Posting { application: self.id, from: Account::Envelope, to: Account::Commitment, amount }),
        ];
        let (change, application) = self.changed(permit, event, writes);
        Ok((change, application, award))
    }
}

/// The lowest authority of the person that reaches the amount.
fn authority(
    scheme: &Scheme,
    submission: &crate::application::Submission,
    held: &BTreeSet<String>,
    amount: Cents,
) -> Result<String, Refusal> {
    let authorities = &scheme.file.approval.authority;
    let reaches = |(_, authority): &(&String, &crate::scheme::NamedValue<Cents>)| {
        authority.is.on(submission.on).is_some_and(|entry| match &entry.is {
            crate::scheme::Known::Is(limit) => amount <= *limit,
            crate::scheme::Known::None => true,
            crate::scheme::Known::Unknown => false,
        })
    };
    let reaching = authorities.iter().filter(reaches).map(|(name, _)| name).collect::<Vec<_>>();
    match reaching.iter().find(|name| held.contains(**name)) {
        Some(name) => Ok((*name).clone()),
        None => Err(Refusal::AuthorityTooLow {
            amount,
            needed: reaching.first().map(|name| (*name).clone()).unwrap_or_default(),
        }),
    }
}

/// What one applicant may have in all under the pinned rules: the guard of the database repeats it.
fn applicant_limit(scheme: &Scheme, submission: &crate::application::Submission) -> Option<Cents> {
    let ceilings =
        scheme.file.ceiling.values().filter(|ceiling| ceiling.of == CeilingOf::Grant && ceiling.per == Per::Applicant);
    let amounts = ceilings.filter_map(|ceiling| match ceiling.is.value_on(submission.on) {
        Some(Limit::Amount(amount)) => Some(*amount),
        _ => None,
    });
    amounts.min()
}
