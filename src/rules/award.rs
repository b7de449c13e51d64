//! The award: offered, accepted, declined or lapsed; and its plan of instalments.

use crate::application::{Application, State, reason_given};
use crate::calendar::Day;
use crate::change::{Change, Write};
use crate::change_request::Figures;
use crate::debarment::{Bound, none_debarred};
use crate::event::Event;
use crate::ids::{ApplicationId, OrganisationId};
use crate::ledger::{Account, ApplicantGuard};
use crate::letter::{Grounds, Letter, Writing, agreed};
use crate::money::Cents;
use crate::obligation::{Anchors, ObligationWrite, derive};
use crate::permission::Permit;
use crate::refusal::{ApprovalRefusal, Refusal};
use crate::scheme::Scheme;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

mod plan;

pub use plan::{Instalment, plan};

/// Where an award stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AwardState {
    /// Decided; the money is committed.
    Decided,
    /// Offered to the applicant.
    Offered,
    /// Accepted.
    Accepted,
    /// Declined, lapsed or taken back: the money was given back.
    Released,
}

impl AwardState {
    /// The code used in the API and the database.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Decided => "decided",
            Self::Offered => "offered",
            Self::Accepted => "accepted",
            Self::Released => "released",
        }
    }

    /// The state with a code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Decided, Self::Offered, Self::Accepted, Self::Released].into_iter().find(|state| state.code() == code)
    }
}

/// The award on approved cost, and later the settlement on actual cost: two amounts, the lower counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Award {
    /// The case.
    pub application: ApplicationId,
    /// The scheme's code.
    pub scheme: String,
    /// Who receives it.
    pub organisation: OrganisationId,
    /// On approved cost, as it is now.
    pub amount: Cents,
    /// What was awarded before any change.
    pub originally: Cents,
    /// How much more is certified than the amount since a change has cut it: nothing more is paid, and so much is owed back, unless a later
    /// change gives it again.
    pub carried_over: Cents,
    /// The number of the change that has made the amount and the plan what they are; 0 where none has.
    pub revision: i32,
    /// How much of it is for each stage, in the order of the scheme; the parts sum to the amount. Nothing where it is not known.
    pub stages: Vec<(String, Cents)>,
    /// Under which authority it was approved.
    pub authority: String,
    /// What the recipient must fulfil.
    pub conditions: Vec<String>,
    /// The first day on which it may be offered; none where it may be at once.
    pub embargo_until: Option<Day>,
    /// As what it counts in its applicant's balance, under the text that the application has pinned.
    pub counts_as: ApplicantGuard,
    /// Where it stands.
    pub state: AwardState,
    /// When it was approved.
    pub decided_at: DateTime<Utc>,
    /// When the applicant was told.
    pub offered_at: Option<DateTime<Utc>>,
    /// The last day on which it can be accepted.
    pub expires_on: Option<Day>,
    /// When it was accepted.
    pub accepted_at: Option<DateTime<Utc>>,
    /// SHA-256 of the agreement that was accepted.
    pub agreement: Option<String>,
    /// On actual cost, once the project is completed.
    pub settled: Option<Settlement>,
}

impl Award {
    /// What the case holds of the scheme's money while it is not settled: the amount, and what is carried over.
    #[must_use]
    pub fn held(&self) -> Cents {
        self.amount.plus(self.carried_over).unwrap_or(self.amount)
    }

    /// What was found to be paid too much: by the settlement, or before it by a change that has cut the award.
    #[must_use]
    pub fn overpaid(&self) -> Cents {
        self.settled.map_or(self.carried_over, |settled| settled.overpaid)
    }

    /// What counts of it: the settlement on actual cost, once there is one.
    #[must_use]
    pub fn counted(&self) -> Cents {
        self.settled.map_or(self.amount, |settled| settled.amount)
    }

    /// What counts of each stage: the whole, or what the settlement leaves of it when it is taken from the last stage first, as every
    /// cut is.
    #[must_use]
    pub fn counted_stages(&self) -> BTreeMap<String, Cents> {
        let mut left = self.counted();
        let part = |(stage, amount): &(String, Cents)| {
            let part = left.min(*amount);
            left = left.less(part);
            (stage.clone(), part)
        };
        self.stages.iter().map(part).collect()
    }
}

/// The award on actual cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settlement {
    /// What is paid of it, once all is paid.
    pub amount: Cents,
    /// How much of that is more than actual cost allows, and is to be recovered.
    pub overpaid: Cents,
    /// The day.
    pub on: Day,
}

/// How an award ends before it is accepted.
#[derive(Clone, Copy, Debug)]
pub enum Ending<'a> {
    /// The applicant declines.
    Declined(&'a str),
    /// The offer was not answered in time.
    Lapsed(Day),
    /// The applicant takes the application back before the offer, without knowing that it is approved.
    Withdrawn(&'a str),
}

impl Award {
    /// Whether it can be offered now, so that nothing is composed in vain.
    ///
    /// # Errors
    /// When it is not approved or was offered already, or an embargo stands.
    pub fn must_be_offerable(&self, application: &Application, at: DateTime<Utc>) -> Result<(), Refusal> {
        application.must_be(&[State::Approved])?;
        if let Some(until) = self.embargo_until.filter(|until| Day::in_hong_kong(at) < *until) {
            return Err(ApprovalRefusal::Embargoed { until }.into());
        }
        Ok(())
    }

    /// An officer tells the applicant: from now on the offer runs. The letter and the agreement are written and kept with it.
    ///
    /// # Errors
    /// When it is not approved or was offered already, or an embargo stands.
    pub fn offer(
        mut self,
        permit: &Permit,
        mut application: Application,
        (scheme, writing): (&Scheme, &Writing),
        at: DateTime<Utc>,
    ) -> Result<(Change, Application, Self), Refusal> {
        self.must_be_offerable(&application, at)?;
        let on = application.submission.as_ref().map(|submission| submission.on);
        let offer_days = &scheme.procedure()?.approval.offer_days;
        let days = on.and_then(|on| offer_days.is.value_on(on)).copied().unwrap_or(0);
        let expires_on = Day::in_hong_kong(at).plus_days(days);
        application.state = State::Offered;
        self.state = AwardState::Offered;
        self.offered_at = Some(at);
        self.expires_on = Some(expires_on);
        let letters = self.letters(&application, (scheme, writing), at)?;
        let hashes = letters.iter().map(|letter| (letter.kind, letter.sha256.clone())).collect();
        let event =
            Event::AwardOffered { application: self.application, amount: self.amount, expires_on, letters: hashes };
        let mut writes = vec![Write::Award(self.clone())];
        writes.extend(letters.into_iter().map(|letter| Write::NewLetter(Box::new(letter))));
        let (change, application) = application.changed(permit, event, writes);
        Ok((change, application, self))
    }

    /// The letters of its offer: the agreement, and the letter that names it.
    fn letters(
        &self,
        application: &Application,
        (scheme, writing): (&Scheme, &Writing),
        at: DateTime<Utc>,
    ) -> Result<[Letter; 2], Refusal> {
        let day = Day::in_hong_kong(at);
        let on = application.submission.as_ref().map_or(day, |submission| submission.on);
        let plan = plan(scheme, on, (self.amount, application.content.request.project.months()))?;
        let Writing { agency, answer, .. } = writing;
        let grounds = Grounds { application, award: self, scheme, agency, plan: &plan, answer, day };
        // The version that the offer makes.
        let version = application.told_version.saturating_add(1);
        let agreement = Letter::keep(&grounds.agreement(), (writing.agreement, application.id, version), at);
        let offer = Letter::keep(&grounds.offer(&agreement.sha256), (writing.offer, application.id, version), at);
        Ok([offer, agreement])
    }

    /// The applicant accepts the agreement on file; the plan of instalments is made, and what is owed has its days. Whoever names an agreement by its hash accepts that
    /// one and no other.
    ///
    /// # Errors
    /// When nothing is offered, the offer has expired, another agreement is named, or somebody is debarred.
    pub fn accept(
        mut self,
        permit: &Permit,
        mut application: Application,
        (scheme, debarred): (&Scheme, &[Bound]),
        (on_file, named): (Option<&str>, Option<&str>),
        at: DateTime<Utc>,
    ) -> Result<(Change, Application, Vec<Instalment>), Refusal> {
        application.must_be_told(&[State::Offered])?;
        let today = Day::in_hong_kong(at);
        if let Some(expires_on) = self.expires_on.filter(|expires_on| today > *expires_on) {
            return Err(Refusal::OfferExpired { expires_on });
        }
        let agreement = agreed(on_file, named)?;
        none_debarred(debarred, &application.scheme, at)?;
        let on = application.submission.as_ref().map_or(today, |submission| submission.on);
        let instalments = plan(scheme, on, (self.amount, application.content.request.project.months()))?;
        application.state = State::Accepted;
        self.state = AwardState::Accepted;
        self.accepted_at = Some(at);
        self.agreement.clone_from(&agreement);
        let event = Event::AwardAccepted { application: self.application, amount: self.amount, agreement };
        let ends_on = Figures::of(&application, &self, &[]).ends_on;
        let anchors = Anchors { accepted_on: today, ends_on, accounts_on: None };
        let owed = ObligationWrite::Derived(derive(scheme, on, anchors, &instalments));
        let writes = vec![
            Write::Award(self.clone()),
            Write::Plan { application: self.application, instalments: instalments.clone() },
            Write::OnObligation { application: self.application, write: owed },
        ];
        let (change, application) = application.changed(permit, event, writes);
        Ok((change, application, instalments))
    }

    /// The award ends without acceptance; what was committed is given back.
    ///
    /// # Errors
    /// When nothing is offered (or, to be withdrawn, approved), it has not expired yet, or a reason is missing.
    pub fn end(
        mut self,
        permit: &Permit,
        mut application: Application,
        ending: Ending<'_>,
    ) -> Result<(Change, Application), Refusal> {
        let (amount, case) = (self.amount, self.application);
        let event = match ending {
            Ending::Withdrawn(reason) => {
                application.must_be_told(&[State::Approved])?;
                let reason = reason_given(reason)?;
                application.state = State::Withdrawn;
                application.reason = Some(reason.clone());
                Event::ApplicationWithdrawn { application: case, reason }
            }
            Ending::Declined(reason) => {
                application.must_be_told(&[State::Offered])?;
                let reason = reason_given(reason)?;
                application.state = State::Declined;
                application.reason = Some(reason.clone());
                Event::AwardDeclined { application: case, amount, reason }
            }
            Ending::Lapsed(today) => {
                application.must_be(&[State::Offered])?;
                if let Some(expires_on) = self.expires_on.filter(|expires_on| today <= *expires_on) {
                    return Err(Refusal::OfferStands { expires_on });
                }
                application.state = State::Lapsed;
                Event::AwardLapsed { application: case, amount }
            }
        };
        self.state = AwardState::Released;
        let released = application.posted(Account::Commitment, Account::Envelope, amount);
        let writes = vec![Write::Award(self), application.gives_back(vec![released], Cents::ZERO)];
        Ok(application.changed(permit, event, writes))
    }
}

#[cfg(test)]
mod tests;
