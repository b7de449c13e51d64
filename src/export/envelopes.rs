//! The envelope report: one row for each scheme.

use super::{Cell, Column, Layout, Record};
use rules::dated::Known;
use rules::money::Cents;
use rules::report::Envelope;

const LAYOUT: Layout = Layout {
    name: "envelopes",
    title: "Envelopes",
    columns: &[
        Column { name: "scheme", title: "Scheme", width: 24, summed: false },
        Column { name: "limit_hkd", title: "Limit (HKD)", width: 22, summed: true },
        Column { name: "limit_is", title: "Limit is", width: 12, summed: false },
        Column { name: "committed_hkd", title: "Committed (HKD)", width: 22, summed: true },
        Column { name: "reserved_hkd", title: "Reserved (HKD)", width: 22, summed: true },
        Column { name: "paid_hkd", title: "Paid (HKD)", width: 22, summed: true },
        Column { name: "left_hkd", title: "Left (HKD)", width: 22, summed: true },
        Column { name: "awards", title: "Awards", width: 10, summed: true },
    ],
};

impl Record for Envelope {
    const LAYOUT: &'static Layout = &LAYOUT;

    fn cells(&self) -> impl AsRef<[Cell<'_>]> {
        [
            Cell::Text(&self.scheme),
            Cell::Money(self.limit()),
            // No limit and a limit that nobody knows are two things, and both have no amount.
            Cell::Text(match self.limit {
                Known::Is(_) => "set",
                Known::None => "none",
                Known::Unknown => "unknown",
            }),
            Cell::Money(Some(self.committed)),
            Cell::Money(Some(self.reserved)),
            Cell::Money(Some(self.paid)),
            Cell::Money(self.left()),
            Cell::Count(self.awards),
        ]
    }

    fn control(&self) -> Cents {
        self.paid
    }
}
