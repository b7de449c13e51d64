//! Recoveries: what an organisation owes back of a grant, from the demand to the last cent received or written off.
//!
//! One person raises the demand, another one confirms it, and from then on it is owed. What comes, what is charged and what is given up
//! are entries, each reversed by another one and never edited. Decided in docs/decisions/0045.

mod ageing;
mod arrangement;
mod entry;
mod kind;
mod receipt;
mod reporting;
mod write_off;

pub use ageing::{Ageing, Bucket, OVERDUE_REMINDER_DAYS, Overdue, overdue_reminder};
pub use arrangement::{Arrangement, Arranging, INSTALMENTS_MAX, Part, even};
pub use entry::{Entry, EntryKind, Sums};
pub use kind::{RecoveryKind, RecoveryState};
pub use receipt::Receiving;
pub use reporting::{Aged, AgedSchemes, NOT_DEMANDED, Owed};
pub use write_off::{Approving, WriteOff};

use crate::application::{Application, State, reason_given, words_within};
use crate::award::Award;
use crate::calendar::Day;
use crate::change::{Change, Write};
use crate::event::Event;
use crate::ids::{ApplicationId, PersonId, RecoveryId};
use crate::letter::Demanding;
use crate::money::{Cents, Rounding, Share};
use crate::permission::Permit;
use crate::refusal::{RecoveryRefusal, Refusal};
use chrono::{DateTime, Utc};

/// The most days ahead on which a demand is due.
pub const DUE_DAYS_MAX: u32 = 365;

/// The most characters of the name of a clause.
pub const CLAUSE_CHARACTERS_MAX: usize = 300;

/// The interest that a demand bears: simple, on what is outstanding of the principal, over 365 days a year.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InterestTerms {
    /// How much a year.
    pub rate: Share,
    /// The day from which it runs; that day itself bears none yet.
    pub from: Day,
    /// The clause of the agreement that says so.
    pub clause: String,
}

/// On which figures a share of income is demanded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Income {
    /// What the project has brought.
    pub income: Cents,
    /// Which part of it is owed.
    pub share: Share,
    /// The clause of the agreement that says so.
    pub clause: String,
}

/// A demand, with all that has been entered since.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recovery {
    /// Identity.
    pub id: RecoveryId,
    /// The reference that people use, such as `REC-2026-000007`.
    pub reference: String,
    /// The case.
    pub application: ApplicationId,
    /// Why money is owed back.
    pub kind: RecoveryKind,
    /// Where it stands.
    pub state: RecoveryState,
    /// How much is demanded, without interest.
    pub principal: Cents,
    /// The reason; its debtor reads it.
    pub reason: String,
    /// The last day on which it is paid in time.
    pub due_on: Day,
    /// The interest that it bears.
    pub interest: Option<InterestTerms>,
    /// Of recoupment, on which figures.
    pub income: Option<Income>,
    /// Who raised it.
    pub raised_by: PersonId,
    /// When.
    pub raised_at: DateTime<Utc>,
    /// Who confirmed it, and when.
    pub confirmed: Option<(PersonId, DateTime<Utc>)>,
    /// Who withdrew it, when, and why.
    pub withdrawn: Option<(PersonId, DateTime<Utc>, String)>,
    /// What has been entered, in its order.
    pub entries: Vec<Entry>,
    /// What somebody has asked to write off, in its order: the last one waits where nobody has approved it.
    pub write_offs: Vec<WriteOff>,
    /// The arrangement that holds: the last one.
    pub arrangement: Option<Arrangement>,
}

/// A demand to be raised.
#[derive(Clone, Debug)]
pub struct NewRecovery {
    /// Identity.
    pub id: RecoveryId,
    /// Its place in the order of all.
    pub serial: i64,
    /// Why money is owed back.
    pub kind: RecoveryKind,
    /// How much; of recoupment it is worked out.
    pub principal: Option<Cents>,
    /// The reason.
    pub reason: String,
    /// The last day on which it is paid in time; so many days from today where none is named.
    pub due_on: Option<Day>,
    /// The interest that it bears: how much a year, from when, and by which clause.
    pub interest: Option<(Share, Day, String)>,
    /// Of recoupment, the income, which part of it is owed, and by which clause.
    pub income: Option<(Cents, Share, String)>,
}

/// What raising a demand must know of the case.
#[derive(Clone, Copy, Debug)]
pub struct Raising<'a> {
    /// The case.
    pub application: &'a Application,
    /// Its award.
    pub award: &'a Award,
    /// What has been paid on it, as the ledger says.
    pub paid: Cents,
    /// Its other demands.
    pub others: &'a [Recovery],
    /// How many days a debtor has where no day is named.
    pub due_days: u32,
}

/// Somebody raises a demand; nothing is owed by it until another person confirms it.
///
/// # Errors
/// When nothing was paid yet, the amount is missing, nothing or beyond what was paid or found to be overpaid, the day is over or far, or the
/// figures, a clause or a reason are missing or do not belong to this kind.
pub fn raise(
    permit: &Permit,
    raising: Raising<'_>,
    new: NewRecovery,
    (by, at): (PersonId, DateTime<Utc>),
) -> Result<(Change, Recovery), Refusal> {
    let Raising { application, due_days, .. } = raising;
    application.must_be(&[State::Accepted, State::Suspended, State::Terminated, State::Completed])?;
    let today = Day::in_hong_kong(at);
    let (principal, income) = amount(&new)?;
    bounded(new.kind, principal, raising)?;
    let due_on = new.due_on.unwrap_or_else(|| today.plus_days(due_days));
    if due_on < today || today.plus_days(DUE_DAYS_MAX) < due_on {
        return Err(RecoveryRefusal::DueDay { days_max: DUE_DAYS_MAX }.into());
    }
    let interest = match new.interest {
        Some((rate, from, _)) if rate.numerator == 0 || from > today => {
            return Err(RecoveryRefusal::InterestTerms.into());
        }
        Some((rate, from, clause)) => {
            let clause = words_within("/interest/clause", &clause, CLAUSE_CHARACTERS_MAX)?;
            Some(InterestTerms { rate, from, clause })
        }
        None => None,
    };
    let year = today.to_string().chars().take(4).collect::<String>();
    let recovery = Recovery {
        id: new.id,
        reference: format!("REC-{year}-{:06}", new.serial),
        application: application.id,
        kind: new.kind,
        state: RecoveryState::Raised,
        principal,
        reason: reason_given(&new.reason)?,
        due_on,
        interest,
        income,
        raised_by: by,
        raised_at: at,
        confirmed: None,
        withdrawn: None,
        entries: Vec::new(),
        write_offs: Vec::new(),
        arrangement: None,
    };
    let event = Event::RecoveryRaised {
        application: application.id,
        recovery: recovery.id,
        reference: recovery.reference.clone(),
        kind: recovery.kind,
        principal,
        due_on,
        reason: recovery.reason.clone(),
    };
    Ok((Change::new(permit, event, vec![Write::NewRecovery(Box::new(recovery.clone()))]), recovery))
}

/// How much is demanded, and of recoupment on which figures: rounded once, down to the cent.
fn amount(new: &NewRecovery) -> Result<(Cents, Option<Income>), Refusal> {
    let income = match (new.kind, &new.income) {
        (RecoveryKind::Recoupment, Some((income, share, clause))) => {
            let clause = words_within("/income/clause", clause, CLAUSE_CHARACTERS_MAX)?;
            Some(Income { income: *income, share: *share, clause })
        }
        (RecoveryKind::Recoupment, None) => return Err(RecoveryRefusal::IncomeMissing.into()),
        (_, Some(_)) => return Err(RecoveryRefusal::IncomeUnwanted.into()),
        (_, None) => None,
    };
    let worked_out = income.as_ref().map(|income| income.share.of(income.income, Rounding::Down)).transpose();
    let worked_out = worked_out.ok().ok_or(Refusal::AmountTooLarge)?;
    let principal = match (new.principal, worked_out) {
        (Some(given), Some(worked_out)) if given != worked_out => {
            return Err(RecoveryRefusal::AmountNotWorkedOut { worked_out }.into());
        }
        (given, worked_out) => worked_out.or(given).unwrap_or(Cents::ZERO),
    };
    if principal <= Cents::ZERO { Err(RecoveryRefusal::NothingDemanded.into()) } else { Ok((principal, income)) }
}

/// What was paid is demanded once, and of what a settlement, or a cut before it, has found to be overpaid no more than that.
fn bounded(kind: RecoveryKind, principal: Cents, raising: Raising<'_>) -> Result<(), Refusal> {
    if !kind.is_of_what_was_paid() {
        return Ok(());
    }
    let demanded = |of: &dyn Fn(&Recovery) -> bool| {
        let live = raising.others.iter().filter(|other| other.state != RecoveryState::Withdrawn && of(other));
        Cents::sum(live.map(|other| other.principal)).ok().ok_or(Refusal::AmountTooLarge)
    };
    let left = raising.paid.less(demanded(&|other| other.kind.is_of_what_was_paid())?);
    if principal > left {
        return Err(RecoveryRefusal::AbovePaid { left }.into());
    }
    if kind == RecoveryKind::Overpaid {
        let left = raising.award.overpaid().less(demanded(&|other| other.kind == RecoveryKind::Overpaid)?);
        if principal > left {
            return Err(RecoveryRefusal::AboveOverpaid { left }.into());
        }
    }
    Ok(())
}

impl Recovery {
    /// Another person confirms it: from now on it is owed, and its letter goes out.
    ///
    /// # Errors
    /// When it is not raised any more, or the person has raised it.
    pub fn confirm(
        mut self,
        permit: &Permit,
        (application, demanding): (&Application, &Demanding<'_>),
        (by, at): (PersonId, DateTime<Utc>),
    ) -> Result<(Change, Self), Refusal> {
        self.must_be_raised()?;
        if by == self.raised_by {
            return Err(RecoveryRefusal::SamePerson.into());
        }
        self.state = RecoveryState::Confirmed;
        self.confirmed = Some((by, at));
        let letter = demanding.demand(application, &self, at);
        let event = Event::RecoveryConfirmed {
            application: self.application,
            recovery: self.id,
            reference: self.reference.clone(),
            principal: self.principal,
            due_on: self.due_on,
            letter: letter.sha256.clone(),
        };
        let writes = vec![Write::Recovery(Box::new(self.clone())), Write::NewLetter(Box::new(letter))];
        Ok((Change::new(permit, event, writes), self))
    }

    /// Somebody takes it back that nobody has confirmed. What is confirmed is received or written off: one person alone gives nothing up.
    ///
    /// # Errors
    /// When it is not raised any more, or a reason is missing.
    pub fn withdraw(
        mut self,
        permit: &Permit,
        (by, at): (PersonId, DateTime<Utc>),
        reason: &str,
    ) -> Result<(Change, Self), Refusal> {
        self.must_be_raised()?;
        let reason = reason_given(reason)?;
        self.state = RecoveryState::Withdrawn;
        self.withdrawn = Some((by, at, reason.clone()));
        let event = Event::RecoveryWithdrawn { application: self.application, recovery: self.id, reason };
        Ok((Change::new(permit, event, vec![Write::Recovery(Box::new(self.clone()))]), self))
    }

    fn must_be_raised(&self) -> Result<(), Refusal> {
        if self.state == RecoveryState::Raised { Ok(()) } else { Err(self.wrong_state()) }
    }

    /// Something is done to it that is done only to what is owed, or was.
    fn must_be_confirmed(&self) -> Result<(), Refusal> {
        match self.state {
            RecoveryState::Confirmed | RecoveryState::Settled => Ok(()),
            RecoveryState::Raised | RecoveryState::Withdrawn => Err(self.wrong_state()),
        }
    }

    fn wrong_state(&self) -> Refusal {
        RecoveryRefusal::WrongState { state: self.state.code() }.into()
    }

    /// Whether its debtor is told of it.
    #[must_use]
    pub const fn is_told(&self) -> bool {
        self.confirmed.is_some()
    }
}

/// What a settlement, or a cut before it, has found to be overpaid and nobody has demanded yet.
#[must_use]
pub fn not_demanded(award: &Award, recoveries: &[Recovery]) -> Cents {
    award.overpaid().less(demanded_as_overpaid(recoveries))
}

/// What is demanded as overpaid, confirmed or not.
#[must_use]
pub fn demanded_as_overpaid(recoveries: &[Recovery]) -> Cents {
    let live = recoveries
        .iter()
        .filter(|other| other.state != RecoveryState::Withdrawn && other.kind == RecoveryKind::Overpaid);
    live.fold(Cents::ZERO, |sum, other| sum.plus(other.principal).unwrap_or(sum))
}

#[cfg(test)]
mod laws;
#[cfg(test)]
mod tests;
