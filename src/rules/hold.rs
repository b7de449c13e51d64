//! Holds: no payment of a case, to an organisation or under a scheme is prepared or released, until somebody else lifts it.
//!
//! Decided in docs/decisions/0049.

use crate::application::{Application, reason_given};
use crate::calendar::Day;
use crate::change::{Change, Write};
use crate::event::Event;
use crate::ids::{ApplicationId, HoldId, OrganisationId, PersonId};
use crate::money::Cents;
use crate::permission::Permit;
use crate::refusal::{HoldRefusal, Refusal};
use crate::scheme::is_code;
use chrono::{DateTime, Utc};

/// What is held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HeldOn {
    /// The payments of one case.
    Case(ApplicationId),
    /// All payments to an organisation.
    Organisation(OrganisationId),
    /// All payments under a scheme.
    Scheme(String),
}

impl HeldOn {
    /// The one of the three that is named.
    ///
    /// # Errors
    /// When none is, or more than one, or the scheme is no code.
    pub fn of(
        case: Option<ApplicationId>,
        organisation: Option<OrganisationId>,
        scheme: Option<String>,
    ) -> Result<Self, Refusal> {
        match (case, organisation, scheme) {
            (Some(case), None, None) => Ok(Self::Case(case)),
            (None, Some(organisation), None) => Ok(Self::Organisation(organisation)),
            (None, None, Some(scheme)) if is_code(&scheme) => Ok(Self::Scheme(scheme)),
            _ => Err(HoldRefusal::OfOne.into()),
        }
    }

    /// The case, where it is one.
    #[must_use]
    pub const fn case(&self) -> Option<ApplicationId> {
        match self {
            Self::Case(case) => Some(*case),
            Self::Organisation(_) | Self::Scheme(_) => None,
        }
    }

    /// The organisation, where it is one.
    #[must_use]
    pub const fn organisation(&self) -> Option<OrganisationId> {
        match self {
            Self::Organisation(organisation) => Some(*organisation),
            Self::Case(_) | Self::Scheme(_) => None,
        }
    }

    /// The scheme's code, where it is one.
    #[must_use]
    pub fn scheme(&self) -> Option<&str> {
        match self {
            Self::Scheme(scheme) => Some(scheme),
            Self::Case(_) | Self::Organisation(_) => None,
        }
    }

    /// What a person is told that it is on.
    const fn told(&self) -> &'static str {
        match self {
            Self::Case(_) => "the case",
            Self::Organisation(_) => "its organisation",
            Self::Scheme(_) => "its scheme",
        }
    }

    /// Whether the payments of a case are held by it.
    #[must_use]
    pub fn covers(&self, case: &Application) -> bool {
        match self {
            Self::Case(id) => *id == case.id,
            Self::Organisation(id) => *id == case.organisation,
            Self::Scheme(code) => *code == case.scheme,
        }
    }
}

/// That a hold was lifted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lifting {
    /// By whom: somebody else than placed it.
    pub by: PersonId,
    /// When.
    pub at: DateTime<Utc>,
    /// Why.
    pub reason: String,
}

/// A hold on payments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hold {
    /// Identity.
    pub id: HoldId,
    /// What is held.
    pub on: HeldOn,
    /// Why; no applicant is told it.
    pub reason: String,
    /// The day on which somebody should look whether it is still needed. It holds until it is lifted all the same.
    pub review_on: Option<Day>,
    /// Who placed it.
    pub placed_by: PersonId,
    /// When.
    pub placed_at: DateTime<Utc>,
    /// How it was lifted; none while it stands.
    pub lifted: Option<Lifting>,
}

/// A hold that is to be placed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewHold {
    /// The id that it will have.
    pub id: HoldId,
    /// What is held.
    pub on: HeldOn,
    /// Why.
    pub reason: String,
    /// The day on which somebody should look whether it is still needed.
    pub review_on: Option<Day>,
}

/// Somebody places a hold: it stands from now on.
///
/// # Errors
/// When the reason is missing or too long, or the day of the review is over.
pub fn place(permit: &Permit, new: NewHold, (by, at): (PersonId, DateTime<Utc>)) -> Result<(Change, Hold), Refusal> {
    let NewHold { id, on, reason, review_on } = new;
    let reason = reason_given(&reason)?;
    if review_on.is_some_and(|review_on| review_on < Day::in_hong_kong(at)) {
        return Err(HoldRefusal::ReviewDay.into());
    }
    let hold = Hold { id, on, reason, review_on, placed_by: by, placed_at: at, lifted: None };
    let event = Event::HoldPlaced {
        hold: id,
        application: hold.on.case(),
        organisation: hold.on.organisation(),
        scheme: hold.on.scheme().map(str::to_owned),
        reason: hold.reason.clone(),
        review_on,
    };
    Ok((Change::new(permit, event, vec![Write::NewHold(hold.clone())]), hold))
}

impl Hold {
    /// Another person lifts it: what it held may be paid again.
    ///
    /// # Errors
    /// When it is lifted already, the person has placed it, or the reason is missing or too long.
    pub fn lift(
        mut self,
        permit: &Permit,
        (by, at): (PersonId, DateTime<Utc>),
        reason: &str,
    ) -> Result<(Change, Self), Refusal> {
        if self.lifted.is_some() {
            return Err(HoldRefusal::Lifted.into());
        }
        if by == self.placed_by {
            return Err(HoldRefusal::SamePerson.into());
        }
        let reason = reason_given(reason)?;
        self.lifted = Some(Lifting { by, at, reason: reason.clone() });
        let event = Event::HoldLifted { hold: self.id, reason };
        Ok((Change::new(permit, event, vec![Write::Hold(self.clone())]), self))
    }
}

/// Nothing that stands holds a payment of a case.
///
/// # Errors
/// When something does: told with the reference of the case, since a batch pays many, and without the reason.
pub fn not_held(holds: &[Hold], case: &Application, amount: Cents) -> Result<(), Refusal> {
    let standing = holds.iter().find(|hold| hold.lifted.is_none() && hold.on.covers(case));
    let Some(hold) = standing else { return Ok(()) };
    let (reference, since) = (case.reference.clone(), Day::in_hong_kong(hold.placed_at));
    Err(HoldRefusal::Payment { reference, amount, hold: hold.id, on: hold.on.told(), since }.into())
}

#[cfg(test)]
mod tests;
