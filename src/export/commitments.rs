//! The report of commitments: one row for each group that was asked for.

use super::{Cell, Column, Layout, Record};
use rules::money::Cents;
use rules::report::Commitments;

const LAYOUT: Layout = Layout {
    name: "commitments",
    title: "Commitments",
    columns: &[
        Column { name: "scheme", title: "Scheme", width: 24, summed: false },
        Column { name: "round", title: "Round", width: 18, summed: false },
        Column { name: "programme_year", title: "Programme year", width: 16, summed: false },
        Column { name: "financial_year", title: "Financial year", width: 15, summed: false },
        Column { name: "organisation", title: "Organisation", width: 40, summed: false },
        Column { name: "stage", title: "Stage", width: 20, summed: false },
        Column { name: "status", title: "Status", width: 14, summed: false },
        // A case that moves in several years is counted in each.
        Column { name: "cases", title: "Cases", width: 10, summed: false },
        Column { name: "committed_hkd", title: "Committed (HKD)", width: 22, summed: true },
        Column { name: "paid_hkd", title: "Paid (HKD)", width: 22, summed: true },
        Column { name: "outstanding_hkd", title: "Outstanding (HKD)", width: 22, summed: true },
        Column { name: "recovered_hkd", title: "Recovered (HKD)", width: 22, summed: true },
    ],
};

impl Record for Commitments {
    const LAYOUT: &'static Layout = &LAYOUT;

    fn cells(&self) -> impl AsRef<[Cell<'_>]> {
        let mut cells = self.keys.iter().map(|key| Cell::Text(key)).collect::<Vec<_>>();
        cells.push(Cell::Count(self.cases));
        let amounts = [self.committed, self.paid, self.outstanding, self.recovered];
        cells.extend(amounts.map(|amount| Cell::Money(Some(amount))));
        cells
    }

    fn control(&self) -> Cents {
        self.committed
    }
}
