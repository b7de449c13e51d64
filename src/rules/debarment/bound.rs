//! Whom a debarment binds: who applies is not debarred when they submit, are awarded, accept or are paid.

use super::{Against, Debarment};
use crate::application::Application;
use crate::calendar::Day;
use crate::refusal::{DebarmentRefusal, Refusal};
use chrono::{DateTime, Utc};

/// What is on file of somebody who applies, with what they are called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bound {
    /// What is on file.
    pub debarment: Debarment,
    /// What the organisation or the person is called.
    pub name: String,
}

/// Nobody of those who apply, of whom this is on file, is debarred from the scheme.
///
/// # Errors
/// When one is: told by which authority and until when, and not why.
pub fn none_debarred(on_file: &[Bound], scheme: &str, at: DateTime<Utc>) -> Result<(), Refusal> {
    let today = Day::in_hong_kong(at);
    let Some(Bound { debarment, name }) = on_file.iter().find(|bound| bound.debarment.debars(scheme, today)) else {
        return Ok(());
    };
    let (name, authority, until) = (name.clone(), debarment.authority.clone(), debarment.holds_until());
    Err(match debarment.against {
        Against::Organisation(_) => DebarmentRefusal::Organisation { name, authority, until },
        Against::Person(_) => DebarmentRefusal::Person { name, authority, until },
    }
    .into())
}

/// The one who is paid on a case is not debarred from its scheme.
///
/// # Errors
/// When it is: told with the reference of the case, since a batch pays many.
pub fn payee_not_debarred(on_file: &[Bound], case: &Application, at: DateTime<Utc>) -> Result<(), Refusal> {
    let (today, payee) = (Day::in_hong_kong(at), Against::Organisation(case.organisation));
    let debarred = |bound: &&Bound| bound.debarment.against == payee && bound.debarment.debars(&case.scheme, today);
    let Some(Bound { debarment, name }) = on_file.iter().find(debarred) else { return Ok(()) };
    Err(DebarmentRefusal::Payee {
        reference: case.reference.clone(),
        name: name.clone(),
        authority: debarment.authority.clone(),
        until: debarment.holds_until(),
    }
    .into())
}
