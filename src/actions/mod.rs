//! One function for each verb, in four beats inside one transaction: load and lock, permit, decide, record.
//!
//! Locks are always taken in the same order: the ranking of a scheme, the application, the applicant's awards in all schemes, what an
//! applicant may have, what is on file against those who apply or are paid; and after all is written the limits that many cases share:
//! the budget of the round and the envelope of the scheme (decision 0034). The decision itself is a pure function of `rules`; here it
//! only gets what it must know.

pub mod agendas;
pub mod allocations;
pub mod applications;
pub mod approvals;
pub mod assessment_steps;
pub mod assessments;
pub mod assessors;
pub mod attachments;
pub mod audit;
pub mod awards;
pub mod bank_answers;
pub mod bank_files;
pub mod batches;
mod case;
pub mod change_requests;
pub mod claims;
pub mod clocks;
pub mod debarments;
pub mod decisions;
pub mod delegations;
pub mod dues;
pub mod exports;
pub mod extensions;
pub mod feedback;
pub mod holds;
pub mod letters;
pub mod members;
pub mod obligations;
pub mod outbox;
pub mod panels;
pub mod particulars;
pub mod payee_accounts;
pub mod people;
pub mod recoveries;
pub mod rehearsals;
pub mod relations;
pub mod reminders;
pub mod reports;
pub mod reserve_lists;
pub mod returns;
pub mod reviews;
pub mod round_decisions;
pub mod scheme_drafts;
pub mod schemes;
pub mod sessions;
pub mod signals;
pub mod sittings;
pub mod standing;
pub mod statements;
pub mod work;

use crate::access::PasswordError;
use crate::store::Fault;
use rules::refusal::Refusal;

/// Why an act did not happen.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The rules say no.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// Somebody else has changed it since it was read.
    #[error("this has been changed since you read it")]
    Stale,
    /// The version that is named never was.
    #[error("no such version was ever there to be read; {current} is the current one")]
    NoSuchVersion {
        /// The one that is now.
        current: i32,
    },
    /// Stale likewise, of what an applicant writes.
    #[error("this has been edited since you read it")]
    Edited {
        /// JSON Pointers to what has changed since.
        changed: Vec<String>,
    },
    /// What was presented does not prove who it is.
    #[error(transparent)]
    Unproven(#[from] Unproven),
    /// Too many tries came before this one.
    #[error("there were too many tries: wait {seconds} seconds")]
    Wait {
        /// How long.
        seconds: u64,
    },
    /// More is asked at this moment than the machine can do.
    #[error("the machine has too much to do at this moment")]
    Busy,
    /// The house or its database failed.
    #[error(transparent)]
    Fault(Fault),
}

impl From<Fault> for Error {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Refused(refusal) => Self::Refused(refusal),
            other => Self::Fault(other),
        }
    }
}

/// Why nobody has proved to be somebody. No more than this is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unproven {
    /// Address and password do not belong together.
    #[error("The e-mail address or the password is wrong.")]
    Credentials,
    /// The session has ended, or never was.
    #[error("This session has ended: sign in again.")]
    Session,
}

impl From<PasswordError> for Error {
    fn from(error: PasswordError) -> Self {
        match error {
            PasswordError::Busy => Self::Busy,
            PasswordError::Hash(reason) => Self::Fault(Fault::Corrupt(reason)),
        }
    }
}

/// Whoever changes something has read what is there now. A version is counted from 1, so one that is above the current one, or
/// below the first, nobody has read.
fn must_be_current(read: i32, current: i32) -> Result<(), Error> {
    match read {
        _ if read == current => Ok(()),
        _ if (1..current).contains(&read) => Err(Error::Stale),
        _ => Err(Error::NoSuchVersion { current }),
    }
}

/// A random token or a signature could not be made.
fn no_token(error: impl std::fmt::Display) -> Error {
    Error::Fault(Fault::Unavailable(error.to_string()))
}
