//! The report of what is owed beside projects: one row for each obligation.

use super::{Cell, Column, Layout, Record};
use rules::calendar::Day;
use rules::money::Cents;
use rules::obligation::Reported;

const OWED: Layout = Layout {
    name: "obligations",
    title: "Obligations",
    columns: &[
        Column { name: "scheme", title: "Scheme", width: 20, summed: false },
        Column { name: "reference", title: "Reference", width: 26, summed: false },
        Column { name: "organisation", title: "Organisation", width: 40, summed: false },
        Column { name: "obligation", title: "Obligation", width: 24, summed: false },
        Column { name: "kind", title: "Kind", width: 18, summed: false },
        Column { name: "state", title: "State", width: 12, summed: false },
        // Empty while the day from which it is counted is not known.
        Column { name: "due_on", title: "Due on", width: 13, summed: false },
        Column { name: "days_late", title: "Days late", width: 12, summed: false },
        Column { name: "blocks_payment", title: "Blocks payment", width: 16, summed: false },
        // Empty while nothing was.
        Column { name: "submitted_on", title: "Submitted on", width: 13, summed: false },
        Column { name: "accepted_on", title: "Accepted on", width: 13, summed: false },
    ],
};

const fn day(day: Option<Day>) -> Cell<'static> {
    match day {
        Some(day) => Cell::Day(day),
        None => Cell::Text(""),
    }
}

impl Record for Reported {
    const LAYOUT: &'static Layout = &OWED;

    fn cells(&self) -> impl AsRef<[Cell<'_>]> {
        [
            Cell::Text(&self.scheme),
            Cell::Text(&self.case),
            Cell::Text(&self.organisation),
            Cell::Text(&self.obligation),
            Cell::Text(&self.kind),
            Cell::Text(&self.state),
            day(self.due_on),
            Cell::Count(self.days_late.into()),
            Cell::Text(if self.blocks { "yes" } else { "no" }),
            day(self.submitted_on),
            day(self.accepted_on),
        ]
    }

    fn control(&self) -> Cents {
        Cents::ZERO
    }
}
