//! The disbursement report: one row for each released payment.

use super::{Cell, Column, Layout, Record};
use rules::money::Cents;
use rules::report::{Disbursement, FinancialYear};

const LAYOUT: Layout = Layout {
    name: "disbursements",
    title: "Disbursements",
    columns: &[
        Column { name: "reference", title: "Reference", width: 26, summed: false },
        Column { name: "scheme", title: "Scheme", width: 20, summed: false },
        Column { name: "organisation", title: "Organisation", width: 40, summed: false },
        Column { name: "project", title: "Project", width: 50, summed: false },
        Column { name: "instalment", title: "Instalment", width: 18, summed: false },
        // An award stands in the row of each of its payments: its sum would count it more than once.
        Column { name: "award_hkd", title: "Award (HKD)", width: 20, summed: false },
        Column { name: "paid_hkd", title: "Paid (HKD)", width: 20, summed: true },
        Column { name: "returned_hkd", title: "Returned (HKD)", width: 20, summed: true },
        Column { name: "batch", title: "Batch", width: 18, summed: false },
        Column { name: "released_on", title: "Released on", width: 13, summed: false },
        Column { name: "financial_year", title: "Financial year", width: 15, summed: false },
        // Later ones come last: whoever counts columns finds the others where they were.
        Column { name: "round", title: "Round", width: 18, summed: false },
        Column { name: "programme_year", title: "Programme year", width: 16, summed: false },
        Column { name: "status", title: "Status", width: 14, summed: false },
        Column { name: "set_off_hkd", title: "Set off (HKD)", width: 20, summed: true },
    ],
};

impl Record for Disbursement {
    const LAYOUT: &'static Layout = &LAYOUT;

    fn cells(&self) -> impl AsRef<[Cell<'_>]> {
        let day = self.released_on();
        [
            Cell::Text(&self.reference),
            Cell::Text(&self.scheme),
            Cell::Text(&self.organisation),
            Cell::Text(&self.title),
            Cell::Text(&self.instalment),
            Cell::Money(Some(self.award)),
            Cell::Money(Some(self.paid)),
            Cell::Money(Some(self.returned)),
            Cell::Text(&self.batch),
            Cell::Day(day),
            Cell::Year(FinancialYear::of(day)),
            Cell::Text(self.round.as_deref().unwrap_or_default()),
            Cell::Text(&self.programme_year),
            Cell::Text(&self.status),
            Cell::Money(Some(self.set_off)),
        ]
    }

    fn control(&self) -> Cents {
        self.paid
    }
}
