//! One row of the report of what is owed.

use crate::calendar::Day;

/// Something that is owed on a case, as a report tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reported {
    /// The scheme's code.
    pub scheme: String,
    /// The reference of the case.
    pub case: String,
    /// Who owes it.
    pub organisation: String,
    /// The scheme's code for it.
    pub obligation: String,
    /// The code of its kind.
    pub kind: String,
    /// The code of where it stands.
    pub state: String,
    /// Its last day, where it is known.
    pub due_on: Option<Day>,
    /// By how many days it is late.
    pub days_late: u32,
    /// Whether it blocks payments while it is late.
    pub blocks: bool,
    /// The day on which it was last handed in.
    pub submitted_on: Option<Day>,
    /// The day on which it was accepted.
    pub accepted_on: Option<Day>,
}
