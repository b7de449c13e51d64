//! What can go wrong between the house and its database. Never shown to a client.

use diesel::result::{DatabaseErrorKind, Error};
use rules::refusal::Refusal;

/// What can go wrong between the house and its database.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// No connection can be had, it went away, or others keep what is needed: trying again may do.
    #[error("the database cannot be reached: {0}")]
    Unavailable(String),
    /// Somebody else wrote the same thing first: the constraint that said so.
    #[error("{0} is taken")]
    Taken(String),
    /// What the caller may do has changed since it was read.
    #[error("what the caller may do has changed")]
    Outdated,
    /// The rules say no: of the money that a change takes they are asked when its limits are locked, last of all.
    #[error(transparent)]
    Refused(Refusal),
    /// A guard of the database refused what the rules had let through.
    #[error("the database refused: {0}")]
    Guarded(String),
    /// Anything else that the database says.
    #[error("the database failed")]
    Database(#[source] Error),
    /// A row cannot be read as what it should be.
    #[error("a row cannot be read: {0}")]
    Corrupt(String),
    /// A change was to be recorded under a permit for something else.
    #[error("a change does not fit its permit: {0}")]
    Unpermitted(String),
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        match error {
            Error::DatabaseError(DatabaseErrorKind::UniqueViolation, information) => {
                Self::Taken(information.constraint_name().unwrap_or_default().to_owned())
            }
            Error::DatabaseError(
                DatabaseErrorKind::CheckViolation | DatabaseErrorKind::ExclusionViolation,
                information,
            ) => Self::Guarded(information.message().to_owned()),
            Error::DatabaseError(
                DatabaseErrorKind::ClosedConnection | DatabaseErrorKind::SerializationFailure,
                information,
            ) => Self::Unavailable(information.message().to_owned()),
            Error::DeserializationError(error) => Self::Corrupt(error.to_string()),
            // Somebody else held a lock for too long, or two waited for each other: trying again is right.
            Error::DatabaseError(DatabaseErrorKind::Unknown, information) if is_contention(information.message()) => {
                Self::Unavailable(information.message().to_owned())
            }
            other => Self::Database(other),
        }
    }
}

/// The code of such an error does not come through diesel, so its words must do: in English, which every connection asks for.
fn is_contention(message: &str) -> bool {
    ["lock timeout", "statement timeout", "deadlock detected"].iter().any(|words| message.contains(words))
}
