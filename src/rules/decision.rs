//! Screening, recommendation and rejection: who decides what, and on which grounds. What is recommended is approved in [`crate::approval`].

use crate::application::{Application, State, reason_given};
use crate::approval::Acting;
use crate::assessment::{Assessment, AssessmentState, wanted};
use crate::assessment_step::must_be_held;
use crate::change::{Change, Write};
use crate::duty::{Duties, Duty};
use crate::event::Event;
use crate::ids::PersonId;
use crate::letter::Telling;
use crate::money::Cents;
use crate::panel::{Departing, panel_wanted};
use crate::permission::Permit;
use crate::refusal::{PanelRefusal, Refusal, ReviewRefusal};
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

    /// An officer reinstates a case: one that was screened out is screened again, one that was rejected goes back to the committee.
    ///
    /// # Errors
    /// When it was neither screened out nor rejected, the officer has had a duty on it, or a reason is missing.
    pub fn reinstate(
        mut self,
        permit: &Permit,
        (by, duties): (PersonId, &Duties),
        reason: &str,
    ) -> Result<(Change, Self), Refusal> {
        self.must_be(&[State::Ineligible, State::Rejected])?;
        if duties.held.contains_key(&by) {
            return Err(ReviewRefusal::OnTheCase.into());
        }
        let reason = reason_given(reason)?;
        self.state = if self.state == State::Ineligible { State::Submitted } else { State::InAssessment };
        self.recommended = None;
        self.reason = None;
        let event = Event::ApplicationReinstated { application: self.id, reason };
        Ok(self.changed(permit, event, Vec::new()))
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
            return Err(Refusal::AssessmentsMissing { wanted, scored: given.len() });
        }
        Ok(given)
    }

    /// The committee refuses with reasons, or an approver what is on the route; what is reserved is given back. It is told by a letter.
    ///
    /// # Errors
    /// When it is not waiting for them, a reason is missing, of the refusal or of a departure from the rank, or the person has another
    /// duty on the case.
    pub fn reject(
        self,
        permit: &Permit,
        acting: Acting<'_>,
        route: Option<&Route>,
        standing: &Departing,
        (reason, telling): (&str, Telling<'_>),
    ) -> Result<(Change, Self), Refusal> {
        self.must_be(if route.is_some() { &[State::Recommended] } else { &[State::InAssessment] })?;
        let reason = reason_given(reason)?;
        // What a committee has carried for a reason departs from the rank for that reason.
        let by_committee = acting.held.committee.is_some() && standing.departs;
        let standing =
            Departing { reason: standing.reason.clone().or(by_committee.then(|| reason.clone())), ..standing.clone() };
        self.refused(permit, acting, route, (&standing, reason), telling)
    }

    /// A refusal, from wherever it is: the duty of whoever refuses is taken, a departure from the rank is written, what is reserved goes back,
    /// what waits on a reserve list leaves it, and the letter goes out.
    pub(crate) fn refused(
        mut self,
        permit: &Permit,
        acting: Acting<'_>,
        route: Option<&Route>,
        (standing, reason): (&Departing, String),
        telling: Telling<'_>,
    ) -> Result<(Change, Self), Refusal> {
        let departure = standing.written(&self)?;
        let (duties, on_behalf_of) = match route {
            Some(route) => self.seat(acting, route)?,
            None => (vec![acting.duties.take(self.id, acting.by, Duty::Recommender)?], None),
        };
        let leaves = self.leaves_reserve(Leaving::Closed, acting.at);
        self.state = State::Rejected;
        self.reason = Some(reason.clone());
        let given_back = self.keep_reserved(Cents::ZERO);
        let letter = telling.refusal(&self, &reason);
        let hash = Some(letter.sha256.clone());
        let event = Event::ApplicationRejected { application: self.id, reason, on_behalf_of, letter: hash };
        let letter = [Write::NewLetter(Box::new(letter))];
        let writes = duties.into_iter().chain(departure).chain(leaves).chain(given_back).chain(letter);
        Ok(self.changed(permit, event, writes.collect()))
    }
}

#[cfg(test)]
mod tests;
