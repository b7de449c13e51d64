//! Screening, recommendation and rejection: who decides what, and on which grounds. What is recommended is approved in [`crate::approval`].

use crate::application::{Application, State, reason_given};
use crate::approval::{Acting, ahead};
use crate::assessment::{Assessment, AssessmentState, wanted};
use crate::assessment_step::must_be_held;
use crate::calendar::Day;
use crate::change::{Change, Write};
use crate::duty::{Duties, Duty};
use crate::event::Event;
use crate::ids::PersonId;
use crate::letter::Telling;
use crate::money::Cents;
use crate::panel::{Departing, panel_wanted};
use crate::permission::Permit;
use crate::refusal::{ApprovalRefusal, AssessmentRefusal, PanelRefusal, Refusal, ReviewRefusal};
use crate::reserve_list::Leaving;
use crate::route::{Route, RouteWrite};
use crate::scheme::Scheme;
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

/// What is said of a rejection.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rejecting {
    /// Why, in the words that the applicant reads.
    pub reason: String,
    /// Why it departs from the rank, where it does.
    pub departure: Option<String>,
    /// The first day on which the applicant may be told; none where they are told at once.
    pub embargo_until: Option<Day>,
}

/// On what a recommendation rests beside the scores.
#[derive(Clone, Debug, Default)]
pub struct Grounds {
    /// The steps of the scheme that were held.
    pub held: BTreeSet<String>,
    /// Where the proposal stands by its rank.
    pub standing: Departing,
    /// How many recommendations there were before.
    pub routes: u32,
}

impl Application {
    /// An officer screens what was submitted. That it is not eligible is told by a letter.
    ///
    /// # Errors
    /// When it is not waiting for that, a reason is missing, or it is whoever has set aside what was found before.
    pub fn screen(
        mut self,
        permit: &Permit,
        (by, duties): (PersonId, &Duties),
        screening: Screening,
        telling: Telling<'_>,
    ) -> Result<(Change, Self), Refusal> {
        self.must_be(&[State::Submitted])?;
        if duties.held.get(&by) == Some(&Duty::Reviewer) {
            return Err(ReviewRefusal::OnTheCase.into());
        }
        let (application, mut writes) = (self.id, Vec::new());
        let event = match screening {
            Screening::Eligible => {
                self.state = State::InAssessment;
                Event::ApplicationScreened { application }
            }
            Screening::Ineligible(reason) => {
                let reason = reason_given(&reason)?;
                self.state = State::Ineligible;
                self.reason = Some(reason.clone());
                let letter = telling.refusal(&self, &reason);
                let hash = Some(letter.sha256.clone());
                writes.push(Write::NewLetter(Box::new(letter)));
                Event::ApplicationFoundIneligible { application, reason, letter: hash }
            }
        };
        Ok(self.changed(permit, event, writes))
    }

    /// An officer reinstates a case: one that was screened out is screened again, one that was rejected goes back to the committee. Of one
    /// whose refusal was never told, the applicant is told of neither.
    ///
    /// # Errors
    /// When it was neither screened out nor refused, the officer has had a duty on it, or a reason is missing.
    pub fn reinstate(
        mut self,
        permit: &Permit,
        (by, duties): (PersonId, &Duties),
        reason: &str,
    ) -> Result<(Change, Self), Refusal> {
        self.must_be(&[State::Ineligible, State::Refused, State::Rejected])?;
        if duties.held.contains_key(&by) {
            return Err(ReviewRefusal::OnTheCase.into());
        }
        let reason = reason_given(reason)?;
        let (from, application) = (self.state, self.id);
        self.state = if from == State::Ineligible { State::Submitted } else { State::InAssessment };
        (self.recommended, self.reason, self.embargo_until) = (None, None, None);
        if from == State::Refused {
            let event = Event::RefusalTakenBack { application, reason };
            return Ok(self.changed_untold(permit, event, Vec::new()));
        }
        Ok(self.changed(permit, Event::ApplicationReinstated { application, reason }, Vec::new()))
    }

    /// The committee recommends an amount. Where the scheme reserves it, that is of `money`.
    ///
    /// # Errors
    /// When assessments are missing, their mean is below the pass mark, a step or a panel that the scheme wants is missing, it departs
    /// from the rank without a reason, the amount is nothing or more than was asked for, the person has another duty on the case, or a
    /// limit does not leave so much to be reserved.
    pub fn recommend(
        mut self,
        permit: &Permit,
        scheme: &Scheme,
        (by, duties): (PersonId, &Duties),
        assessments: &[Assessment],
        grounds: &Grounds,
        (amount, today): (Cents, Option<(&Scheme, DateTime<Utc>)>),
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
        let route = Route::start(scheme, submission.on, amount, grounds.routes.saturating_add(1))?;
        let route = Write::OnRoute { application: self.id, write: RouteWrite::Started { route, amount } };
        let reserved = self.reserve(scheme, amount, today)?;
        let event = Event::ApplicationRecommended { application: self.id, amount, mean };
        Ok(self.changed(permit, event, [duty, route].into_iter().chain(departure).chain(reserved).collect()))
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
            return Err(Refusal::Assessment(AssessmentRefusal::AssessmentsMissing { wanted, scored: given.len() }));
        }
        Ok(given)
    }

    /// The committee refuses with reasons, or an approver what is on the route; what is reserved is given back. It is told by a letter, at
    /// once or from a day on.
    ///
    /// # Errors
    /// When it is not waiting for them, a reason is missing, of the refusal or of a departure from the rank, the day of an embargo is over or
    /// too far, or the person has another duty on the case.
    pub fn reject(
        self,
        permit: &Permit,
        acting: Acting<'_>,
        route: Option<&Route>,
        standing: &Departing,
        (reason, embargo_until): (&str, Option<Day>),
        telling: Telling<'_>,
    ) -> Result<(Change, Self), Refusal> {
        self.must_be(if route.is_some() { &[State::Recommended] } else { &[State::InAssessment] })?;
        let reason = reason_given(reason)?;
        // What a committee has carried for a reason departs from the rank for that reason.
        let by_committee = acting.held.committee.is_some() && standing.departs;
        let standing =
            Departing { reason: standing.reason.clone().or(by_committee.then(|| reason.clone())), ..standing.clone() };
        self.refused(permit, acting, route, (&standing, reason, embargo_until), telling)
    }

    /// A refusal, from wherever it is: the duty of whoever refuses is taken, a departure from the rank is written, what is reserved goes back,
    /// what waits on a reserve list leaves it, and the letter goes out. Under an embargo all of it is so but the letter, and nothing shows.
    pub(crate) fn refused(
        mut self,
        permit: &Permit,
        acting: Acting<'_>,
        route: Option<&Route>,
        (standing, reason, embargo_until): (&Departing, String, Option<Day>),
        telling: Telling<'_>,
    ) -> Result<(Change, Self), Refusal> {
        // A committee carried it before its day: by now that may have come, and what it wanted is to tell it.
        let today = Day::in_hong_kong(acting.at);
        let over = |day: &Day| acting.held.committee.is_some() && *day <= today;
        let embargo_until = embargo_until.filter(|day| !over(day));
        let embargo_until = embargo_until.map(|day| ahead(day, acting.at, ApprovalRefusal::EmbargoDay)).transpose()?;
        let departure = standing.written(&self)?;
        let (duties, on_behalf_of) = match route {
            Some(route) => self.seat(acting, route)?,
            None => (vec![acting.duties.take(self.id, acting.by, Duty::Recommender)?], None),
        };
        let leaves = self.leaves_reserve(Leaving::Closed, acting.at);
        let given_back = self.keep_reserved(Cents::ZERO);
        self.reason = Some(reason.clone());
        self.embargo_until = embargo_until;
        let mut writes = duties.into_iter().chain(departure).chain(leaves).chain(given_back).collect::<Vec<_>>();
        let application = self.id;
        let event = match embargo_until {
            Some(embargo_until) => {
                self.state = State::Refused;
                Event::ApplicationRefused { application, reason, embargo_until, on_behalf_of }
            }
            None => {
                self.state = State::Rejected;
                let letter = telling.refusal(&self, &reason);
                let hash = Some(letter.sha256.clone());
                writes.push(Write::NewLetter(Box::new(letter)));
                Event::ApplicationRejected { application, reason, on_behalf_of, letter: hash }
            }
        };
        Ok(self.changed(permit, event, writes))
    }

    /// The applicant is told of a refusal that was kept back: from now on it stands for them, with its letter, and they may ask that it be
    /// looked at again.
    ///
    /// # Errors
    /// When nothing of it is untold, or the embargo stands.
    pub fn tell_refusal(mut self, permit: &Permit, telling: Telling<'_>) -> Result<(Change, Self), Refusal> {
        self.must_be(&[State::Refused])?;
        if let Some(until) = self.embargo_until.filter(|until| Day::in_hong_kong(telling.at) < *until) {
            return Err(ApprovalRefusal::Embargoed { until }.into());
        }
        self.state = State::Rejected;
        self.embargo_until = None;
        let (application, decided_on) = (self.id, telling.decided_on);
        let reason = self.reason.clone().unwrap_or_default();
        let letter = telling.refusal(&self, &reason);
        let event = Event::RefusalTold { application, decided_on, reason, letter: letter.sha256.clone() };
        Ok(self.changed(permit, event, vec![Write::NewLetter(Box::new(letter))]))
    }
}

#[cfg(test)]
mod tests;
