//! Review and appeal: the applicant asks that a refusal be looked at again, within its time, and somebody who was not on the case decides.
//!
//! A decision is never edited: it stands, or it is set aside and the case is opened again where it was refused. An appeal is the same
//! before another instance, against what the one before has decided. Decided in docs/decisions/0035.

mod kept;

pub use kept::{Review, ReviewDecision, ReviewState, Verdict};

use crate::application::{Application, State, reason_given, words_given};
use crate::approval::Acting;
use crate::calendar::Day;
use crate::change::{Change, Write};
use crate::change_request::Outcome;
use crate::clock::Stay;
use crate::duty::{Duties, Duty};
use crate::event::Event;
use crate::ids::PersonId;
use crate::money::Cents;
use crate::permission::Permit;
use crate::refusal::{ApprovalRefusal, Refusal, ReviewRefusal};
use crate::route::{Held, Part, Turn, step_of, taken};
use crate::scheme::{ReviewStep, Scheme};
use crate::text::Text;
use chrono::{DateTime, Utc};
use std::collections::BTreeSet;

/// What may be looked at again: the refusals. What comes of it goes back to where it was refused.
const REVIEWED: [(State, State); 2] = [(State::Ineligible, State::Submitted), (State::Rejected, State::InAssessment)];

/// What asking must know beside the case.
#[derive(Clone, Copy, Debug)]
pub struct Asking<'a> {
    /// The text that the application has pinned.
    pub scheme: &'a Scheme,
    /// Every request of the case, oldest first.
    pub reviews: &'a [Review],
    /// Every stay of the case, oldest first.
    pub stays: &'a [Stay],
}

/// What may be asked for now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Next {
    /// The scheme's code for the instance.
    pub step: String,
    /// The day on which the applicant was told of what it is about.
    pub told_on: Day,
    /// The last day on which it may be asked for.
    pub last_day: Day,
    /// Who decides.
    pub route: Part,
}

/// The applicant asks that a refusal be looked at again.
///
/// # Errors
/// When the case was not refused, the scheme has no such instance or none any more, it was asked for already or is too late, or the
/// grounds are missing.
pub fn request(
    permit: &Permit,
    application: &Application,
    asking: Asking<'_>,
    (grounds, duties): (&str, &Duties),
    (by, at): (PersonId, DateTime<Utc>),
) -> Result<(Change, Review), Refusal> {
    let Next { step, told_on, last_day, route } = next(application, asking)?;
    if Day::in_hong_kong(at) > last_day {
        return Err(ReviewRefusal::Late { last_day }.into());
    }
    let grounds = words_given("/grounds", grounds)?;
    let number = asking.reviews.iter().map(|other| other.number).max().unwrap_or(0).saturating_add(1);
    let review = Review {
        application: application.id,
        number,
        step,
        of: application.state,
        of_reason: application.reason.clone().unwrap_or_default(),
        stay: stay(asking.stays),
        told_on,
        last_day,
        route,
        state: ReviewState::Requested,
        requested_by: by,
        requested_at: at,
        grounds,
        ended: None,
    };
    let event = Event::ReviewRequested {
        application: application.id,
        number,
        step: review.step.clone(),
        grounds: review.grounds.clone(),
        last_day,
    };
    // Whoever writes for the applicant decides nothing on the case.
    let author = duties.take(application.id, by, Duty::Author)?;
    let change = Change::new(permit, event, vec![author, Write::NewReview(Box::new(review.clone()))]);
    Ok((change, review))
}

/// What the applicant may ask for now, or could until its last day.
///
/// # Errors
/// When the case was not refused, the scheme has no such instance or none any more, or it was asked for already.
pub fn next(application: &Application, asking: Asking<'_>) -> Result<Next, Refusal> {
    let Asking { scheme, reviews, stays } = asking;
    let state = application.state.public_code();
    let submitted = application.submission.as_ref().filter(|_| reopened_to(application.state).is_some());
    let (Some(submission), Some(stay_now)) = (submitted, stays.last()) else {
        return Err(ReviewRefusal::NotReviewable { state }.into());
    };
    let steps = scheme.file.review.on(submission.on).map(|(code, ..)| code).collect::<Vec<_>>();
    if steps.is_empty() {
        return Err(ReviewRefusal::NotTaken.into());
    }
    let (told_at, after) = match of_decision(reviews, stays).last() {
        None => (stay_now.from, 0),
        Some(Review { number, state: ReviewState::Requested, .. }) => {
            return Err(ReviewRefusal::Open { number: *number }.into());
        }
        Some(Review { number, step, state: ReviewState::Dismissed, ended: Some(ended), .. }) => {
            let place = steps.iter().position(|code| *code == step);
            match place.map(|place| place.saturating_add(1)).filter(|after| *after < steps.len()) {
                Some(after) => (ended.at, after),
                None => return Err(ReviewRefusal::Final { number: *number }.into()),
            }
        }
        Some(Review { number, .. }) => return Err(ReviewRefusal::Asked { number: *number }.into()),
    };
    let told_on = Day::in_hong_kong(told_at);
    let (code, _, days, route) = instance(scheme, submission.on, after)?;
    Ok(Next { step: code.clone(), told_on, last_day: told_on.plus_days(days), route })
}

/// The instance after so many others for what was submitted on a day: its code, what the scheme says of it, its days, and who decides.
fn instance(scheme: &Scheme, submitted_on: Day, after: usize) -> Result<(&String, &ReviewStep, u32, Part), Refusal> {
    let (code, step, days) = scheme.file.review.on(submitted_on).nth(after).ok_or(ReviewRefusal::NotTaken)?;
    let approval = scheme.procedure()?.approval;
    let named = |name: &String| step.by.iter().any(|by| by.get_ref() == name);
    let route = step_of(code, approval, submitted_on, |name| named(name) && !approval.committee.contains_key(name));
    // Authorities that begin later decide nothing of what was submitted before.
    if matches!(&route, Part::Step { by, .. } if by.is_empty()) {
        return Err(ReviewRefusal::NotTaken.into());
    }
    Ok((code, step, days, route))
}

/// What the first instance is called, and until when it may be asked for by whoever is told of a refusal on a day; none where the scheme
/// has none.
#[must_use]
pub fn first(scheme: &Scheme, submitted_on: Day, told_on: Day) -> Option<(&Text, Day)> {
    let (_, step, days, _) = instance(scheme, submitted_on, 0).ok()?;
    Some((&step.name, told_on.plus_days(days)))
}

/// Nobody takes a case back, or reinstates it, while somebody is asked to look again at its refusal.
///
/// # Errors
/// When a request is open.
pub fn none_open(reviews: &[Review]) -> Result<(), Refusal> {
    match reviews.iter().find(|review| review.state == ReviewState::Requested) {
        Some(open) => Err(ReviewRefusal::Open { number: open.number }.into()),
        None => Ok(()),
    }
}

/// An officer alone reinstates only what nobody was asked to look at again, or of which the applicant has withdrawn that.
///
/// # Errors
/// When a request is open, or the refusal was looked at again and stands.
pub fn none_upheld(reviews: &[Review], stays: &[Stay]) -> Result<(), Refusal> {
    none_open(reviews)?;
    match of_decision(reviews, stays).find(|review| review.state == ReviewState::Dismissed) {
        Some(upheld) => Err(ReviewRefusal::Upheld { number: upheld.number }.into()),
        None => Ok(()),
    }
}

/// The number of the stay that lasts.
fn stay(stays: &[Stay]) -> u32 {
    u32::try_from(stays.len()).unwrap_or(u32::MAX)
}

/// The requests about the refusal that stands.
fn of_decision<'a>(reviews: &'a [Review], stays: &[Stay]) -> impl Iterator<Item = &'a Review> {
    let stay = stay(stays);
    reviews.iter().filter(move |review| review.stay == stay)
}

/// To which state a refusal is opened again; none where it is none.
fn reopened_to(state: State) -> Option<State> {
    REVIEWED.into_iter().find(|(refused, _)| *refused == state).map(|(_, to)| to)
}

/// What a decision must know beside the request and the case.
#[derive(Clone, Copy, Debug)]
pub struct Deciding<'a> {
    /// The text that the application has pinned.
    pub scheme: &'a Scheme,
    /// Everybody who has done anything on the case, with a separated duty or without one.
    pub on_the_case: &'a BTreeSet<PersonId>,
}

impl Review {
    /// The applicant takes it back.
    ///
    /// # Errors
    /// When it is decided or withdrawn, or a reason is missing.
    pub fn withdraw(
        self,
        permit: &Permit,
        (by, at): (PersonId, DateTime<Utc>),
        reason: &str,
    ) -> Result<(Change, Self), Refusal> {
        self.must_be_open()?;
        let reason = reason_given(reason)?;
        let event =
            Event::ReviewWithdrawn { application: self.application, number: self.number, reason: reason.clone() };
        let ended = Some(Outcome { by, on_behalf_of: None, authority: None, at, reason });
        let review = Self { state: ReviewState::Withdrawn, ended, ..self };
        let change = Change::new(permit, event, vec![Write::Review(Box::new(review.clone()))]);
        Ok((change, review))
    }

    /// Whoever its instance names, and who has had no part in the case, says whether the refusal stands. Where it is set aside, the case is
    /// opened again where it was refused; what was decided stays on file as it was.
    ///
    /// # Errors
    /// When it is decided or withdrawn, whoever decides is not whom the instance names, they or the one in whose absence they act have had
    /// a part in the case, or a reason is missing.
    pub fn decide(
        self,
        permit: &Permit,
        mut application: Application,
        acting: Acting<'_>,
        deciding: Deciding<'_>,
        (verdict, reason): (Verdict, &str),
    ) -> Result<(Change, Self, Application), Refusal> {
        self.must_be_open()?;
        application.must_be(&[self.of])?;
        let Turn { authority, on_behalf_of, .. } = self.turn(acting.by, acting.held, deciding.on_the_case)?;
        let mut people = std::iter::once(acting.by).chain(on_behalf_of);
        let mut writes = people.try_fold(Vec::new(), |mut writes, person| {
            writes.push(acting.duties.take(self.application, person, Duty::Reviewer)?);
            Ok::<_, Refusal>(writes)
        })?;
        let reason = reason_given(reason)?;
        let (id, number, of) = (self.application, self.number, self.of);
        let decision = ReviewDecision {
            step: self.step.clone(),
            reason: reason.clone(),
            authority: Some(authority.clone()),
            on_behalf_of,
        };
        let ended = Some(Outcome { by: acting.by, on_behalf_of, authority: Some(authority), at: acting.at, reason });
        if verdict == Verdict::Dismissed {
            let next_by = self.next_by(&application, deciding.scheme, acting.at);
            let review = Self { state: ReviewState::Dismissed, ended, ..self };
            writes.push(Write::Review(Box::new(review.clone())));
            let event = Event::ReviewDismissed { application: id, number, decision, next_by };
            return Ok((Change::new(permit, event, writes), review, application));
        }
        let review = Self { state: ReviewState::SetAside, ended, ..self };
        writes.push(Write::Review(Box::new(review.clone())));
        application.state = reopened_to(of).ok_or(ReviewRefusal::NotReviewable { state: of.public_code() })?;
        application.recommended = None;
        application.reason = None;
        let event = Event::ReviewSetAside { application: id, number, decision };
        let (change, application) = application.changed(permit, event, writes);
        Ok((change, review, application))
    }

    /// Until when the instance after this one may be asked for by whoever is told today.
    fn next_by(&self, application: &Application, scheme: &Scheme, at: DateTime<Utc>) -> Option<Day> {
        let on = application.submission.as_ref()?.on;
        let mut after = scheme.file.review.on(on).skip_while(|(code, ..)| **code != self.step).skip(1);
        after.next().map(|(.., days)| Day::in_hong_kong(at).plus_days(days))
    }

    fn must_be_open(&self) -> Result<(), Refusal> {
        match self.state {
            ReviewState::Requested => Ok(()),
            over => Err(ReviewRefusal::Over { state: over.code() }.into()),
        }
    }

    /// Under which authority, and in the absence of whom of those who were not on the case. What is decided commits no money, so each
    /// authority is enough for any amount.
    fn turn(&self, by: PersonId, held: &Held, on_the_case: &BTreeSet<PersonId>) -> Result<Turn<'_>, Refusal> {
        let turn = |held: &Held| taken(&self.route, held, Cents::ZERO, false);
        let mut free = held.clone();
        free.delegated.retain(|absent, _| !on_the_case.contains(absent));
        match turn(&free) {
            Ok(_) if on_the_case.contains(&by) => Err(ReviewRefusal::OnTheCase.into()),
            Err(_) if turn(held).is_ok() => Err(ReviewRefusal::OnTheCase.into()),
            Err(Refusal::Approval(ApprovalRefusal::WrongLevel { needed, .. })) => {
                Err(ReviewRefusal::NotYours { needed }.into())
            }
            turn => turn,
        }
    }

    /// Whether it waits for somebody's decision.
    #[must_use]
    pub fn waits_for(&self, person: PersonId, held: &Held, on_the_case: &BTreeSet<PersonId>) -> bool {
        self.state == ReviewState::Requested && self.turn(person, held, on_the_case).is_ok()
    }
}

#[cfg(test)]
mod tests;
