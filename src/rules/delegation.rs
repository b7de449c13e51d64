//! Delegations: for an absence, somebody acts with the authorities of another person, from a day to a day, for one scheme or for all.
//!
//! What is delegated is what the absent person holds on the day of the act, never what they were delegated themselves, and never a seat
//! in a committee. Both have the duty on whatever is done under it. Decided in docs/decisions/0028.

use crate::application::{reason_given, words_given};
use crate::calendar::Day;
use crate::change::{Change, Write};
use crate::event::Event;
use crate::ids::{DelegationId, PersonId};
use crate::permission::Permit;
use crate::refusal::{DelegationRefusal, Refusal};
use crate::scheme::is_code;
use chrono::{DateTime, Utc};

/// For how many days an authority is delegated at most, and how far ahead.
const DAYS_MAX: u32 = 366;

/// How many delegations that are not over one person has made at most.
pub const OPEN_MAX: usize = 20;

/// A delegation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delegation {
    /// Identity.
    pub id: DelegationId,
    /// Whose authorities: the one who is absent.
    pub of: PersonId,
    /// Who acts with them.
    pub to: PersonId,
    /// The first day on which they may.
    pub from: Day,
    /// The first day on which they may no more.
    pub until: Day,
    /// For which scheme; none for all.
    pub scheme: Option<String>,
    /// Why.
    pub reason: String,
    /// Who recorded it.
    pub recorded_by: PersonId,
    /// When.
    pub recorded_at: DateTime<Utc>,
    /// Who ended it before its time, when, and why.
    pub ended: Option<(PersonId, DateTime<Utc>, String)>,
}

/// What is to be recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewDelegation {
    /// The id that it will have.
    pub id: DelegationId,
    /// Whose authorities.
    pub of: PersonId,
    /// To whom.
    pub to: PersonId,
    /// The first day.
    pub from: Day,
    /// The first day after it.
    pub until: Day,
    /// For which scheme; none for all.
    pub scheme: Option<String>,
    /// Why.
    pub reason: String,
}

/// What is known of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Between {
    /// Whether the absent one holds an authority as an approver whose account is open.
    pub of_holds: bool,
    /// Whether the other one is an approver whose account is open.
    pub to_approves: bool,
    /// How many delegations of the absent one are not over.
    pub open: usize,
}

/// Somebody delegates their authorities, or an administrator does it for somebody who is absent already.
///
/// # Errors
/// When it is to oneself or to the one who records it for another, one of the two is no approver, the days are not in order, the scheme
/// is no code, too many are open, or a reason is missing.
pub fn record(
    permit: &Permit,
    new: NewDelegation,
    (by, at): (PersonId, DateTime<Utc>),
    between: Between,
) -> Result<(Change, Delegation), Refusal> {
    let NewDelegation { id, of, to, from, until, scheme, reason } = new;
    if to == of || to == by {
        return Err(DelegationRefusal::ToOneself.into());
    }
    if !between.of_holds {
        return Err(DelegationRefusal::NothingToDelegate.into());
    }
    if !between.to_approves {
        return Err(DelegationRefusal::NoApprover.into());
    }
    let today = Day::in_hong_kong(at);
    let ordered =
        from >= today && from < until && from <= today.plus_days(DAYS_MAX) && until <= from.plus_days(DAYS_MAX);
    if !ordered {
        return Err(DelegationRefusal::Days.into());
    }
    if scheme.as_deref().is_some_and(|code| !is_code(code)) {
        return Err(DelegationRefusal::Scheme.into());
    }
    if between.open >= OPEN_MAX {
        return Err(DelegationRefusal::TooMany.into());
    }
    let reason = words_given("/reason", &reason)?;
    let delegation =
        Delegation { id, of, to, from, until, scheme, reason, recorded_by: by, recorded_at: at, ended: None };
    let event = Event::DelegationRecorded {
        person: of,
        delegation: id,
        to,
        from,
        until,
        scheme: delegation.scheme.clone(),
        reason: delegation.reason.clone(),
    };
    Ok((Change::new(permit, event, vec![Write::NewDelegation(delegation.clone())]), delegation))
}

impl Delegation {
    /// Whether it holds at an instant.
    #[must_use]
    pub fn holds(&self, at: DateTime<Utc>) -> bool {
        let today = Day::in_hong_kong(at);
        self.ended.is_none() && self.from <= today && today < self.until
    }

    /// It ends before its time: from now on nobody acts under it. What was done stands.
    ///
    /// # Errors
    /// When it is over, or a reason is missing.
    pub fn end(
        mut self,
        permit: &Permit,
        (by, at): (PersonId, DateTime<Utc>),
        reason: &str,
    ) -> Result<(Change, Self), Refusal> {
        if self.ended.is_some() || self.until <= Day::in_hong_kong(at) {
            return Err(DelegationRefusal::Over.into());
        }
        let reason = reason_given(reason)?;
        self.ended = Some((by, at, reason.clone()));
        let event = Event::DelegationEnded { person: self.of, delegation: self.id, reason, to: Some(self.to) };
        Ok((Change::new(permit, event, vec![Write::DelegationEnded(self.clone())]), self))
    }
}

#[cfg(test)]
mod tests;
