//! Debarments and adverse records: some authority keeps an organisation or a person from public money, or has found against them, from
//! a day to a day, for one scheme or for all.
//!
//! One officer records it and another one confirms it; until then it binds nothing and is nobody else's business. It is ended before its
//! time by two in the same way. Decided in docs/decisions/0030.

mod bound;

pub use bound::{Bound, none_debarred, payee_not_debarred};

use crate::application::{reason_given, words_given, words_within};
use crate::calendar::Day;
use crate::change::{Change, Write};
use crate::event::Event;
use crate::ids::{DebarmentId, OrganisationId, PersonId};
use crate::permission::{Permit, Verb};
use crate::refusal::{DebarmentRefusal, Refusal};
use crate::scheme::is_code;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// The most characters that the name of an authority has.
pub const AUTHORITY_CHARACTERS_MAX: usize = 200;

/// How grave it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DebarmentKind {
    /// Shown to those who weigh a case; it binds nothing.
    Adverse,
    /// Nothing is submitted, awarded or paid.
    Debarred,
}

impl DebarmentKind {
    /// The code used in the API and the database.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Adverse => "adverse",
            Self::Debarred => "debarred",
        }
    }

    /// The one with a code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Adverse, Self::Debarred].into_iter().find(|kind| kind.code() == code)
    }
}

/// Whom it is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Against {
    /// An organisation.
    Organisation(OrganisationId),
    /// A person.
    Person(PersonId),
}

impl Against {
    /// The one of the two that is named.
    ///
    /// # Errors
    /// When none is, or both are.
    pub fn of(organisation: Option<OrganisationId>, person: Option<PersonId>) -> Result<Self, Refusal> {
        match (organisation, person) {
            (Some(organisation), None) => Ok(Self::Organisation(organisation)),
            (None, Some(person)) => Ok(Self::Person(person)),
            _ => Err(DebarmentRefusal::OfOne.into()),
        }
    }

    /// The organisation, where it is one.
    #[must_use]
    pub const fn organisation(self) -> Option<OrganisationId> {
        match self {
            Self::Organisation(organisation) => Some(organisation),
            Self::Person(_) => None,
        }
    }

    /// The person, where it is one.
    #[must_use]
    pub const fn person(self) -> Option<PersonId> {
        match self {
            Self::Organisation(_) => None,
            Self::Person(person) => Some(person),
        }
    }
}

/// That it ends before its time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct End {
    /// The first day on which it holds no more.
    pub until: Day,
    /// Why.
    pub reason: String,
    /// Who proposed it.
    pub by: PersonId,
    /// When.
    pub at: DateTime<Utc>,
    /// Who confirmed it, and when; none while it is proposed, or where it set aside what nobody had confirmed.
    pub confirmed: Option<(PersonId, DateTime<Utc>)>,
}

/// A debarment, or an adverse record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Debarment {
    /// Identity.
    pub id: DebarmentId,
    /// Whom it is about.
    pub against: Against,
    /// How grave it is.
    pub kind: DebarmentKind,
    /// The first day on which it holds.
    pub from: Day,
    /// The first day on which it holds no more; none while nobody knows of an end.
    pub until: Option<Day>,
    /// For which scheme; none for all.
    pub scheme: Option<String>,
    /// By which authority.
    pub authority: String,
    /// On which ground; not told to those whom it is about.
    pub ground: String,
    /// Who recorded it.
    pub recorded_by: PersonId,
    /// When.
    pub recorded_at: DateTime<Utc>,
    /// Who confirmed it, and when; none while it binds nothing.
    pub confirmed: Option<(PersonId, DateTime<Utc>)>,
    /// That it ends before its time.
    pub end: Option<End>,
}

/// What is to be recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewDebarment {
    /// The id that it will have.
    pub id: DebarmentId,
    /// Whom it is about.
    pub against: Against,
    /// How grave it is.
    pub kind: DebarmentKind,
    /// The first day on which it holds.
    pub from: Day,
    /// The first day on which it holds no more, where that is known.
    pub until: Option<Day>,
    /// For which scheme; none for all.
    pub scheme: Option<String>,
    /// By which authority.
    pub authority: String,
    /// On which ground.
    pub ground: String,
}

/// An officer records it; it binds nothing yet.
///
/// # Errors
/// When it is about the officer, it would end before it begins, the scheme is no code, or the authority or the ground is missing or too
/// long.
pub fn record(
    permit: &Permit,
    new: NewDebarment,
    (by, at): (PersonId, DateTime<Utc>),
) -> Result<(Change, Debarment), Refusal> {
    let NewDebarment { id, against, kind, from, until, scheme, authority, ground } = new;
    must_not_be_about(against, by)?;
    if until.is_some_and(|until| until <= from) {
        return Err(DebarmentRefusal::Days.into());
    }
    if scheme.as_deref().is_some_and(|code| !is_code(code)) {
        return Err(DebarmentRefusal::Scheme.into());
    }
    let authority = words_within("/authority", &authority, AUTHORITY_CHARACTERS_MAX)?;
    let ground = words_given("/ground", &ground)?;
    let debarment = Debarment {
        id,
        against,
        kind,
        from,
        until,
        scheme,
        authority,
        ground,
        recorded_by: by,
        recorded_at: at,
        confirmed: None,
        end: None,
    };
    let event = Event::DebarmentRecorded {
        debarment: id,
        organisation: against.organisation(),
        person: against.person(),
        kind,
        from,
        until,
        scheme: debarment.scheme.clone(),
        authority: debarment.authority.clone(),
        ground: debarment.ground.clone(),
    };
    Ok((Change::new(permit, event, vec![Write::NewDebarment(debarment.clone())]), debarment))
}

/// Nobody does anything about what is on file of themselves.
fn must_not_be_about(against: Against, by: PersonId) -> Result<(), Refusal> {
    if against.person() == Some(by) { Err(DebarmentRefusal::Oneself.into()) } else { Ok(()) }
}

impl Debarment {
    /// Another officer confirms it: from now on it binds on its days.
    ///
    /// # Errors
    /// When it is confirmed or set aside already, or the officer has recorded it or it is about them.
    pub fn confirm(mut self, permit: &Permit, (by, at): (PersonId, DateTime<Utc>)) -> Result<(Change, Self), Refusal> {
        must_not_be_about(self.against, by)?;
        if self.confirmed.is_some() {
            return Err(DebarmentRefusal::Confirmed.into());
        }
        if self.end.is_some() {
            return Err(DebarmentRefusal::Over.into());
        }
        if by == self.recorded_by {
            return Err(DebarmentRefusal::SameOfficer.into());
        }
        self.confirmed = Some((by, at));
        let event = Event::DebarmentConfirmed { debarment: self.id };
        Ok((Change::new(permit, event, vec![Write::Debarment(self.clone())]), self))
    }

    /// An officer proposes that it ends before its time, instead of what was proposed before. What nobody has confirmed binds nothing, and
    /// is set aside at once.
    ///
    /// # Errors
    /// When it is over, it is about the officer, the day is over or not one on which it would hold, or a reason is missing.
    pub fn end(
        mut self,
        permit: &Permit,
        (by, at): (PersonId, DateTime<Utc>),
        (until, reason): (Option<Day>, &str),
    ) -> Result<(Change, Self), Refusal> {
        must_not_be_about(self.against, by)?;
        let today = Day::in_hong_kong(at);
        if self.is_over(today) {
            return Err(DebarmentRefusal::Over.into());
        }
        let until = if self.confirmed.is_some() {
            let earliest = self.from.max(today);
            let until = until.unwrap_or(earliest);
            let before_its_time = until >= earliest && self.until.is_none_or(|known| until < known);
            before_its_time.then_some(until)
        } else {
            until.is_none().then_some(self.from)
        };
        let until = until.ok_or(DebarmentRefusal::EndDay)?;
        let reason = reason_given(reason)?;
        let event = if self.confirmed.is_some() {
            Event::DebarmentEndProposed { debarment: self.id, until, reason: reason.clone() }
        } else {
            Event::DebarmentSetAside { debarment: self.id, reason: reason.clone() }
        };
        self.end = Some(End { until, reason, by, at, confirmed: None });
        Ok((Change::new(permit, event, vec![Write::Debarment(self.clone())]), self))
    }

    /// Another officer confirms the end that they have read: it holds until that day, or until today where the day is over, since what was
    /// refused in between was refused by it.
    ///
    /// # Errors
    /// When it is over, no end is proposed or another one, or the officer has proposed it or it is about them.
    pub fn confirm_end(
        mut self,
        permit: &Permit,
        (by, at): (PersonId, DateTime<Utc>),
        until: Day,
    ) -> Result<(Change, Self), Refusal> {
        must_not_be_about(self.against, by)?;
        let today = Day::in_hong_kong(at);
        if self.is_over(today) {
            return Err(DebarmentRefusal::Over.into());
        }
        let Some(end) = &mut self.end else { return Err(DebarmentRefusal::NoEnd.into()) };
        if end.until != until {
            return Err(DebarmentRefusal::EndChanged { until: end.until }.into());
        }
        if by == end.by {
            return Err(DebarmentRefusal::SameOfficer.into());
        }
        end.until = until.max(today);
        end.confirmed = Some((by, at));
        let event = Event::DebarmentEnded { debarment: self.id, until: end.until };
        Ok((Change::new(permit, event, vec![Write::Debarment(self.clone())]), self))
    }

    /// What it waits for that this officer may do: to confirm what somebody else has recorded or proposed.
    #[must_use]
    pub fn waits_for(&self, officer: PersonId, today: Day) -> Option<Verb> {
        match (&self.confirmed, &self.end) {
            (None, None) if self.recorded_by != officer => Some(Verb::DebarmentConfirm),
            (Some(_), Some(end)) if end.by != officer && !self.is_over(today) => Some(Verb::DebarmentConfirmEnd),
            _ => None,
        }
    }

    /// Where it stands, whatever day it is.
    #[must_use]
    pub const fn state(&self) -> &'static str {
        match (&self.confirmed, &self.end) {
            (None, None) => "recorded",
            (None, Some(_)) => "set_aside",
            (Some(_), None) => "confirmed",
            (Some(_), Some(End { confirmed: None, .. })) => "end_proposed",
            (Some(_), Some(End { confirmed: Some(_), .. })) => "ended",
        }
    }

    /// Whether it tells whoever weighs a case under a scheme something on a day: it is confirmed and holds, or will.
    #[must_use]
    pub fn bears_on(&self, scheme: &str, today: Day) -> bool {
        let of_scheme = self.scheme.as_deref().is_none_or(|of| of == scheme);
        self.confirmed.is_some()
            && of_scheme
            && self.holds_until().is_none_or(|until| today < until && self.from < until)
    }

    /// Whether nothing is submitted, awarded or paid under a scheme on a day.
    #[must_use]
    pub fn debars(&self, scheme: &str, today: Day) -> bool {
        self.kind == DebarmentKind::Debarred && self.from <= today && self.bears_on(scheme, today)
    }

    /// The first day on which it holds no more, as far as anybody knows.
    #[must_use]
    pub fn holds_until(&self) -> Option<Day> {
        let ended = self.end.as_ref().filter(|end| end.confirmed.is_some()).map(|end| end.until);
        ended.or(self.until)
    }

    /// Whether nothing more becomes of it.
    fn is_over(&self, today: Day) -> bool {
        let settled = self.end.as_ref().is_some_and(|end| end.confirmed.is_some() == self.confirmed.is_some());
        settled || self.until.is_some_and(|until| until <= today)
    }
}

#[cfg(test)]
mod tests;
