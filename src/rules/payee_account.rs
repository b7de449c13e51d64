//! Where an organisation is paid: proposed by one, confirmed by another who types it in again, and used after some days. Decided in
//! docs/decisions/0042.

use crate::application::{reason_given, words_given};
use crate::calendar::Day;
use crate::change::{Change, Write};
use crate::event::Event;
use crate::ids::{OrganisationId, PayeeAccountId, PersonId};
use crate::particulars::close;
use crate::permission::Permit;
use crate::refusal::{PayeeAccountRefusal, Refusal};
use crate::text::is_name;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::fmt;

/// The most characters of the name of a holder: what a payment carries.
pub const HOLDER_CHARACTERS_MAX: usize = 140;

/// How an organisation is found by the bank.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PayeeAccountKind {
    /// The three digits of a bank of Hong Kong, and the digits of an account there.
    Account,
    /// An identifier of the Faster Payment System.
    FpsId,
}

impl PayeeAccountKind {
    /// The code used in the API and the database.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Account => "account",
            Self::FpsId => "fps_id",
        }
    }

    /// The kind with a code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Account, Self::FpsId].into_iter().find(|kind| kind.code() == code)
    }
}

/// The account itself, as it is sealed. It is never printed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coordinates {
    /// How it is found.
    pub kind: PayeeAccountKind,
    /// The name under which the bank knows the holder.
    pub holder: String,
    /// The three digits of the bank; none for an identifier of the FPS.
    pub bank: Option<String>,
    /// The digits of the account, or the identifier.
    pub number: String,
}

impl fmt::Debug for Coordinates {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Coordinates")
    }
}

/// An account as somebody wrote it. It is never printed.
pub struct Written {
    /// How it is found.
    pub kind: PayeeAccountKind,
    /// The name under which the bank knows the holder.
    pub holder: String,
    /// The three digits of the bank.
    pub bank: Option<String>,
    /// The digits of the account, or the identifier.
    pub number: String,
}

impl Written {
    /// Reads it; spaces and hyphens between digits are left out. What is refused is not repeated.
    ///
    /// # Errors
    /// When the holder is no name, or bank or number is none.
    pub fn read(&self) -> Result<Coordinates, Refusal> {
        let Self { kind, holder, bank, number } = self;
        let holder = holder.trim().to_owned();
        let formula = holder.starts_with(['=', '+', '-', '@']);
        if formula || !is_name(&holder, HOLDER_CHARACTERS_MAX) {
            return Err(PayeeAccountRefusal::Holder.into());
        }
        let number = digits(number).ok_or(PayeeAccountRefusal::Number)?;
        let bank =
            bank.as_deref().map(|bank| digits(bank).filter(|bank| bank.len() == 3).ok_or(PayeeAccountRefusal::Bank));
        let bank = bank.transpose()?;
        let is_one = match kind {
            PayeeAccountKind::Account if bank.is_none() => return Err(PayeeAccountRefusal::Bank.into()),
            PayeeAccountKind::FpsId if bank.is_some() => return Err(PayeeAccountRefusal::Bank.into()),
            PayeeAccountKind::Account => (6..=14).contains(&number.len()),
            PayeeAccountKind::FpsId => matches!(number.len(), 7 | 9),
        };
        if is_one {
            Ok(Coordinates { kind: *kind, holder, bank, number })
        } else {
            Err(PayeeAccountRefusal::Number.into())
        }
    }
}

impl Coordinates {
    /// What a fingerprint is made of: the digits of the bank and the account; of an identifier, its kind before them.
    #[must_use]
    pub fn digits(&self) -> String {
        match self.kind {
            PayeeAccountKind::Account => format!("{}{}", self.bank.as_deref().unwrap_or_default(), self.number),
            PayeeAccountKind::FpsId => format!("fps_id {}", self.number),
        }
    }

    /// Whether somebody has typed in the same: the holder in any case and with any spaces, the rest digit by digit.
    #[must_use]
    pub fn is_same_as(&self, other: &Self) -> bool {
        let words = |holder: &str| holder.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ");
        let Self { kind, holder, bank, number } = self;
        (kind, bank, number) == (&other.kind, &other.bank, &other.number) && words(holder) == words(&other.holder)
    }

    /// Words go where no account may be read: none of them repeats the number.
    fn must_not_be_in(&self, words: &str) -> Result<(), Refusal> {
        if close(words).contains(&self.number) { Err(PayeeAccountRefusal::InWords.into()) } else { Ok(()) }
    }

    /// What is shown of it: the last three digits.
    #[must_use]
    pub fn ending(&self) -> String {
        self.number.chars().skip(self.number.len().saturating_sub(3)).collect()
    }
}

/// The digits of a text in which nothing stands but digits, spaces and hyphens.
fn digits(text: &str) -> Option<String> {
    let digits = close(text);
    (!digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())).then_some(digits)
}

/// An account that is sealed, and what may be known of it.
#[derive(Clone, PartialEq, Eq)]
pub struct Sealed {
    /// How the bank finds it.
    pub kind: PayeeAccountKind,
    /// Its last three digits.
    pub ending: String,
    /// Its digits under a key that is not in the database.
    pub fingerprint: String,
    /// Which key has sealed it.
    pub key: String,
    /// Holder, bank and number.
    pub text: Vec<u8>,
}

impl fmt::Debug for Sealed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Sealed").field("kind", &self.kind).field("key", &self.key).finish_non_exhaustive()
    }
}

/// That it was confirmed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Confirmed {
    /// By whom.
    pub by: PersonId,
    /// When.
    pub at: DateTime<Utc>,
    /// How it was checked.
    pub check: String,
    /// The first day on which payments go to it.
    pub usable_from: Day,
}

/// That it has ended, or never came to be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ended {
    /// By whom.
    pub by: PersonId,
    /// When.
    pub at: DateTime<Utc>,
    /// Why.
    pub reason: String,
}

/// Where an organisation is paid, or was, or would be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PayeeAccount {
    /// Identity.
    pub id: PayeeAccountId,
    /// Whose it is.
    pub organisation: OrganisationId,
    /// Which it is.
    pub sealed: Sealed,
    /// Who proposed it.
    pub proposed_by: PersonId,
    /// When.
    pub proposed_at: DateTime<Utc>,
    /// Who confirmed it; none while nobody has.
    pub confirmed: Option<Confirmed>,
    /// That it is over.
    pub ended: Option<Ended>,
}

/// Where a payee account stands on a day. One that another has replaced is still `in_force` by itself: which is used, [`in_force`] says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PayeeAccountState {
    /// Waits for somebody else to confirm it.
    Proposed,
    /// Confirmed; used from a day on.
    Waiting,
    /// Payments go to it, unless a later one is in force.
    InForce,
    /// Over.
    Ended,
}

impl PayeeAccountState {
    /// The code used in the API.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Proposed => "proposed",
            Self::Waiting => "waiting",
            Self::InForce => "in_force",
            Self::Ended => "ended",
        }
    }
}

/// Somebody proposes where their organisation is paid; `others` are those that it has, locked.
///
/// # Errors
/// When another one is proposed or waits, or it is the one in force.
pub fn propose(
    permit: &Permit,
    (id, organisation): (PayeeAccountId, OrganisationId),
    sealed: Sealed,
    others: &[PayeeAccount],
    (by, at): (PersonId, DateTime<Utc>),
) -> Result<(Change, PayeeAccount), Refusal> {
    let today = Day::in_hong_kong(at);
    let under_way =
        |other: &&PayeeAccount| matches!(other.state(today), PayeeAccountState::Proposed | PayeeAccountState::Waiting);
    if others.iter().any(|other| under_way(&other)) {
        return Err(PayeeAccountRefusal::UnderWay.into());
    }
    if in_force(others, today).is_some_and(|used| used.sealed.fingerprint == sealed.fingerprint) {
        return Err(PayeeAccountRefusal::Unchanged.into());
    }
    let account =
        PayeeAccount { id, organisation, sealed, proposed_by: by, proposed_at: at, confirmed: None, ended: None };
    let (kind, ending) = (account.sealed.kind, account.sealed.ending.clone());
    let event = Event::PayeeAccountProposed { account: id, organisation, kind, ending };
    Ok((Change::new(permit, event, vec![Write::NewPayeeAccount(account.clone())]), account))
}

/// The account of an organisation to which payments go on a day: the last one that has come into use by then; none where that one is over.
/// What it has replaced does not come back: it would be one person's word, and no wait.
#[must_use]
pub fn in_force(accounts: &[PayeeAccount], on: Day) -> Option<&PayeeAccount> {
    let used = accounts.iter().filter(|account| account.came_into_use(on));
    let last = used.max_by_key(|account| account.confirmed.as_ref().map(|confirmed| (confirmed.at, account.id)));
    last.filter(|account| account.ended.is_none())
}

impl PayeeAccount {
    /// Where it stands by itself on a day.
    #[must_use]
    pub fn state(&self, on: Day) -> PayeeAccountState {
        match (&self.confirmed, &self.ended) {
            (_, Some(_)) => PayeeAccountState::Ended,
            (None, None) => PayeeAccountState::Proposed,
            (Some(confirmed), None) if on < confirmed.usable_from => PayeeAccountState::Waiting,
            (Some(_), None) => PayeeAccountState::InForce,
        }
    }

    /// Whether payments have gone to it by a day, or could have: it was confirmed, and did not end before its wait was over.
    fn came_into_use(&self, on: Day) -> bool {
        let from = self.confirmed.as_ref().map(|confirmed| confirmed.usable_from);
        let ended = self.ended.as_ref().map(|ended| Day::in_hong_kong(ended.at));
        from.is_some_and(|from| from <= on && ended.is_none_or(|ended| from <= ended))
    }

    /// Another person, who has typed it in again, confirms it: it is used after so many days.
    ///
    /// # Errors
    /// When it is confirmed or over, it is another account than was proposed, it is whoever proposed it, or it is not said how it was
    /// checked, or that is said with the digits of the account.
    pub fn confirm(
        mut self,
        permit: &Permit,
        (proposed, typed, check): (&Coordinates, &Coordinates, &str),
        hold_days: u32,
        (by, at): (PersonId, DateTime<Utc>),
    ) -> Result<(Change, Self), Refusal> {
        match (&self.confirmed, &self.ended) {
            (_, Some(_)) => return Err(PayeeAccountRefusal::Over.into()),
            (Some(_), None) => return Err(PayeeAccountRefusal::Confirmed.into()),
            (None, None) => {}
        }
        if by == self.proposed_by {
            return Err(PayeeAccountRefusal::SamePerson.into());
        }
        let check = words_given("/check", check)?;
        typed.must_not_be_in(&check)?;
        if !typed.is_same_as(proposed) {
            return Err(PayeeAccountRefusal::Differs.into());
        }
        let usable_from = Day::in_hong_kong(at).plus_days(hold_days);
        let event = Event::PayeeAccountConfirmed {
            account: self.id,
            organisation: self.organisation,
            ending: self.sealed.ending.clone(),
            usable_from,
            check: check.clone(),
        };
        self.confirmed = Some(Confirmed { by, at, check, usable_from });
        Ok((Change::new(permit, event, vec![Write::PayeeAccount(self.clone())]), self))
    }

    /// The operator seals it anew, under another key.
    ///
    /// # Errors
    /// When it is another account that was sealed.
    pub fn reseal(mut self, permit: &Permit, sealed: Sealed) -> Result<(Change, Self), Refusal> {
        if sealed.fingerprint != self.sealed.fingerprint {
            return Err(PayeeAccountRefusal::Differs.into());
        }
        let (account, organisation, key) = (self.id, self.organisation, sealed.key.clone());
        self.sealed = sealed;
        let event = Event::PayeeAccountResealed { account, organisation, key };
        Ok((Change::new(permit, event, vec![Write::PayeeAccount(self.clone())]), self))
    }

    /// Somebody who acts for the organisation, or finance, stops it, whether it is used or not.
    ///
    /// # Errors
    /// When it is over, or a reason is missing or holds the digits of the account.
    pub fn end(
        mut self,
        permit: &Permit,
        (opened, reason): (Option<&Coordinates>, &str),
        (by, at): (PersonId, DateTime<Utc>),
    ) -> Result<(Change, Self), Refusal> {
        if self.ended.is_some() {
            return Err(PayeeAccountRefusal::Over.into());
        }
        let reason = reason_given(reason)?;
        opened.map_or(Ok(()), |opened| opened.must_not_be_in(&reason))?;
        let event = Event::PayeeAccountEnded {
            account: self.id,
            organisation: self.organisation,
            ending: self.sealed.ending.clone(),
            reason: reason.clone(),
        };
        self.ended = Some(Ended { by, at, reason });
        Ok((Change::new(permit, event, vec![Write::PayeeAccount(self.clone())]), self))
    }
}

#[cfg(test)]
mod tests;
