//! The statement of a case: one row for each line, and a column for each thing that adds up.

use super::{Cell, Column as Head, Layout, Record};
use rules::money::Cents;
use rules::statement::{Column, Line};

const STATEMENT: Layout = Layout {
    name: "statement",
    title: "Statement",
    columns: &[
        Head { name: "on", title: "On", width: 13, summed: false },
        Head { name: "entry", title: "Entry", width: 20, summed: false },
        Head { name: "instalment", title: "Instalment", width: 20, summed: false },
        Head { name: "reference", title: "Reference", width: 20, summed: false },
        Head { name: "value_on", title: "Due or value day", width: 17, summed: false },
        Head { name: "amount_hkd", title: "Amount (HKD)", width: 20, summed: false },
        Head { name: "award_hkd", title: "Award (HKD)", width: 20, summed: true },
        Head { name: "certified_hkd", title: "Certified (HKD)", width: 20, summed: true },
        Head { name: "paid_hkd", title: "Paid (HKD)", width: 20, summed: true },
        Head { name: "demanded_hkd", title: "Demanded (HKD)", width: 20, summed: true },
        Head { name: "interest_hkd", title: "Interest (HKD)", width: 20, summed: true },
        Head { name: "received_hkd", title: "Received (HKD)", width: 20, summed: true },
        Head { name: "written_off_hkd", title: "Written off (HKD)", width: 20, summed: true },
        Head { name: "outstanding_hkd", title: "Not paid yet (HKD)", width: 20, summed: false },
        Head { name: "owed_back_hkd", title: "Owed back (HKD)", width: 20, summed: false },
    ],
};

impl Record for Line {
    const LAYOUT: &'static Layout = &STATEMENT;

    fn cells(&self) -> impl AsRef<[Cell<'_>]> {
        let day = |day| Cell::Day(day);
        let moves = self.moves();
        let of = |column: Column| match moves {
            Some((moved, amount)) if moved == column => Cell::Money(Some(amount)),
            _ => Cell::Nothing,
        };
        let [award, certified, paid, demanded, interest, received, written_off] = Column::ALL.map(of);
        [
            day(self.on()),
            Cell::Text(self.kind.code()),
            Cell::Text(self.instalment.as_deref().unwrap_or_default()),
            Cell::Text(self.reference.as_deref().unwrap_or_default()),
            self.value_on.map_or(Cell::Nothing, day),
            Cell::Money(Some(self.amount)),
            award,
            certified,
            paid,
            demanded,
            interest,
            received,
            written_off,
            Cell::Money(Some(self.outstanding)),
            Cell::Money(Some(self.owed_back)),
        ]
    }

    /// What is paid.
    fn control(&self) -> Cents {
        match self.moves() {
            Some((Column::Paid, amount)) => amount,
            _ => Cents::ZERO,
        }
    }
}
