//! The reports of what is owed back: one row for each demand, and one for each scheme by age.

use super::{Cell, Column, Layout, Record};
use rules::money::Cents;
use rules::recovery::{Aged, Owed};

const OWED: Layout = Layout {
    name: "recoveries",
    title: "Recoveries",
    columns: &[
        Column { name: "scheme", title: "Scheme", width: 20, summed: false },
        Column { name: "reference", title: "Reference", width: 26, summed: false },
        // Empty where a settlement has found something overpaid that nobody has demanded.
        Column { name: "demand", title: "Demand", width: 18, summed: false },
        Column { name: "organisation", title: "Organisation", width: 40, summed: false },
        Column { name: "kind", title: "Kind", width: 14, summed: false },
        Column { name: "principal_hkd", title: "Principal (HKD)", width: 20, summed: true },
        Column { name: "interest_hkd", title: "Interest (HKD)", width: 20, summed: true },
        Column { name: "received_hkd", title: "Received (HKD)", width: 20, summed: true },
        Column { name: "written_off_hkd", title: "Written off (HKD)", width: 20, summed: true },
        Column { name: "outstanding_hkd", title: "Outstanding (HKD)", width: 20, summed: true },
        Column { name: "due_on", title: "Due on", width: 13, summed: false },
        Column { name: "days_overdue", title: "Days overdue", width: 14, summed: false },
        Column { name: "bucket", title: "Bucket", width: 14, summed: false },
    ],
};

impl Record for Owed {
    const LAYOUT: &'static Layout = &OWED;

    fn cells(&self) -> impl AsRef<[Cell<'_>]> {
        [
            Cell::Text(&self.scheme),
            Cell::Text(&self.case),
            Cell::Text(self.demand.as_deref().unwrap_or_default()),
            Cell::Text(&self.organisation),
            Cell::Text(&self.kind),
            Cell::Money(Some(self.principal)),
            Cell::Money(Some(self.interest)),
            Cell::Money(Some(self.received)),
            Cell::Money(Some(self.written_off)),
            Cell::Money(Some(self.outstanding)),
            Cell::Day(self.due_on),
            Cell::Count(self.days_overdue.into()),
            Cell::Text(self.bucket_code()),
        ]
    }

    fn control(&self) -> Cents {
        self.outstanding
    }
}

const AGED: Layout = Layout {
    name: "recovery-ageing",
    title: "Recovery ageing",
    columns: &[
        Column { name: "scheme", title: "Scheme", width: 24, summed: false },
        Column { name: "demands", title: "Demands", width: 10, summed: true },
        Column { name: "not_due_hkd", title: "Not due (HKD)", width: 20, summed: true },
        Column { name: "days_1_30_hkd", title: "1-30 days (HKD)", width: 20, summed: true },
        Column { name: "days_31_90_hkd", title: "31-90 days (HKD)", width: 20, summed: true },
        Column { name: "days_91_180_hkd", title: "91-180 days (HKD)", width: 20, summed: true },
        Column { name: "days_181_365_hkd", title: "181-365 days (HKD)", width: 20, summed: true },
        Column { name: "over_365_days_hkd", title: "Over 365 days (HKD)", width: 20, summed: true },
        Column { name: "outstanding_hkd", title: "Outstanding (HKD)", width: 20, summed: true },
        Column { name: "not_demanded_hkd", title: "Not demanded (HKD)", width: 20, summed: true },
    ],
};

impl Record for Aged {
    const LAYOUT: &'static Layout = &AGED;

    fn cells(&self) -> impl AsRef<[Cell<'_>]> {
        let [not_due, to_30, to_90, to_180, to_365, over_365] = self.buckets.map(|sum| Cell::Money(Some(sum)));
        [
            Cell::Text(&self.scheme),
            Cell::Count(self.demands),
            not_due,
            to_30,
            to_90,
            to_180,
            to_365,
            over_365,
            Cell::Money(Some(self.outstanding)),
            Cell::Money(Some(self.not_demanded)),
        ]
    }

    fn control(&self) -> Cents {
        self.outstanding
    }
}
