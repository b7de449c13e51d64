//! What an obligation keeps from being certified or paid.

use super::{Obligation, ObligationState};
use crate::application::Application;
use crate::calendar::Day;
use crate::refusal::{ObligationRefusal, Refusal};

/// Everything that an instalment waits for is accepted, and nothing that blocks is late.
///
/// # Errors
/// When something is not accepted yet, or late.
pub fn must_be_met(
    obligations: &[Obligation],
    case: &Application,
    (instalment, today): (&str, Day),
) -> Result<(), Refusal> {
    let met = |one: &Obligation| matches!(one.state, ObligationState::Accepted | ObligationState::Dropped);
    let waits = |one: &&Obligation| one.needed_for.iter().any(|code| code == instalment) && !met(one);
    let unmet = obligations.iter().filter(waits).map(|one| one.code.clone()).collect::<Vec<_>>();
    if !unmet.is_empty() {
        let (instalment, obligations) = (instalment.to_owned(), unmet.join(", "));
        return Err(ObligationRefusal::NotAccepted { instalment, obligations }.into());
    }
    none_late(obligations, case, today)
}

/// Nothing is late that blocks a payment.
///
/// # Errors
/// When something is: told with the reference of the case, since a batch pays many.
pub fn none_late(obligations: &[Obligation], case: &Application, today: Day) -> Result<(), Refusal> {
    let late = obligations.iter().find(|one| one.blocks_when_late && one.late_days(today) > 0);
    let Some((obligation, due_on)) = late.and_then(|one| Some((one.code.clone(), one.due_on?))) else { return Ok(()) };
    Err(ObligationRefusal::Late { reference: case.reference.clone(), obligation, due_on }.into())
}
