//! Who is reminded of what is owed: before the day, and once it is over.

use super::Obligation;
use super::ObligationState;
use crate::application::{Application, State};
use crate::calendar::Day;
use crate::reminder::Reminder;
use crate::scheme::ObligationKind;

/// How many days before the day a recipient is reminded: a default of the house.
pub const DAYS_AHEAD: u32 = 14;

/// What a recipient is to be reminded of on a day: of what is open while the case runs or is completed.
#[must_use]
pub fn reminder(application: &Application, obligation: &Obligation, today: Day) -> Option<Reminder> {
    let runs = matches!(application.state, State::Accepted | State::Suspended | State::Completed);
    let owed = obligation.state == ObligationState::Open && obligation.kind != ObligationKind::Books;
    let due_on = obligation.due_on.filter(|_| runs && owed)?;
    let late = today > due_on;
    let soon = today.days_until(due_on) <= DAYS_AHEAD;
    (late || soon).then(|| Reminder::Obligation { obligation: obligation.code.clone(), due_on, late })
}
