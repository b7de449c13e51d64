//! The forecast: one row for each scheme and month.

use super::{Cell, Column, Layout, Record};
use rules::money::Cents;
use rules::report::{Forecast, Month};

const LAYOUT: Layout = Layout {
    name: "forecast",
    title: "Forecast",
    columns: &[
        Column { name: "scheme", title: "Scheme", width: 24, summed: false },
        // Empty where nobody can say.
        Column { name: "month", title: "Month", width: 12, summed: false },
        Column { name: "instalments", title: "Instalments", width: 14, summed: true },
        Column { name: "outstanding_hkd", title: "Outstanding (HKD)", width: 22, summed: true },
    ],
};

impl Record for Forecast {
    const LAYOUT: &'static Layout = &LAYOUT;

    fn cells(&self) -> impl AsRef<[Cell<'_>]> {
        [
            Cell::Text(&self.scheme),
            Cell::Text(self.month.as_ref().map_or("", Month::as_str)),
            Cell::Count(self.parts),
            Cell::Money(Some(self.amount)),
        ]
    }

    fn control(&self) -> Cents {
        self.amount
    }
}
