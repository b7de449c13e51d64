//! One function for each verb, in four beats inside one transaction: load and lock, permit, decide, record.
//!
//! Locks are always taken in the same order: envelope, applicant's ceiling, application. The decision itself is a pure function
//! of `rules`; here it only gets what it must know.

pub mod applications;
pub mod assessments;
pub mod awards;
pub mod batches;
mod case;
pub mod claims;
pub mod decisions;
pub mod schemes;
pub mod work;

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
    /// The house or its database failed.
    #[error(transparent)]
    Fault(#[from] Fault),
}
