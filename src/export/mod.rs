//! Reports as bytes: CSV, JSON and XLSX of the same rows. Values come in, bytes and totals go out; no query, no clock.
//!
//! A report is a [`Record`]: its columns, and the cells of a row. A format knows nothing of payments, a report nothing of commas.

pub mod bank_file;
mod commitments;
pub mod csv;
mod disbursements;
mod envelopes;
mod forecast;
pub mod json;
mod obligations;
mod output;
mod recoveries;
mod statements;
pub mod xlsx;

pub use output::{Format, Summary, stream};

use chrono::{DateTime, Utc};
use rules::calendar::Day;
use rules::money::{Cents, MoneyError};
use rules::report::{Filter, FinancialYear};

/// A report: its name in addresses and files, its name for people, and its columns.
#[derive(Debug)]
pub struct Layout {
    /// The name in addresses and files.
    pub name: &'static str,
    /// The name for people, and of its sheet.
    pub title: &'static str,
    /// The columns, in their order.
    pub columns: &'static [Column],
}

/// A column of a report.
#[derive(Debug)]
pub struct Column {
    /// The name that programs rely on: it never changes.
    pub name: &'static str,
    /// The name for people.
    pub title: &'static str,
    /// How wide it is in a sheet, in characters.
    pub width: u16,
    /// Whether its sum means anything.
    pub summed: bool,
}

/// One value of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cell<'a> {
    /// What somebody wrote, or a code.
    Text(&'a str),
    /// An amount; `None` where there is none, which is not 0.
    Money(Option<Cents>),
    /// A day.
    Day(Day),
    /// A financial year.
    Year(FinancialYear),
    /// A number of things.
    Count(u64),
    /// What a row says nothing of: it adds nothing.
    Nothing,
}

/// One row of a report.
pub trait Record {
    /// The report.
    const LAYOUT: &'static Layout;

    /// The cells, one for each column.
    fn cells(&self) -> impl AsRef<[Cell<'_>]>;

    /// What the row adds to the control total.
    fn control(&self) -> Cents;
}

/// What a file says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct About {
    /// Of which case it is, by its reference, where it is of one alone.
    pub case: Option<String>,
    /// Which rows were asked for.
    pub filter: Filter,
    /// When it was made.
    pub made_at: DateTime<Utc>,
}

/// Why a file cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// A total that 64 bits do not hold.
    #[error("the report cannot be totalled: {0}")]
    Money(#[from] MoneyError),
    /// A spreadsheet shows 15 digits, and would round the cents of a longer amount away.
    #[error("{0} has more digits than a spreadsheet keeps; ask for CSV")]
    TooManyDigits(Cents),
    /// A sheet has an end.
    #[error("a sheet holds {rows_max} rows, and the report has more: ask for CSV, or for a shorter period")]
    TooManyRows {
        /// How many rows it holds.
        rows_max: u32,
    },
    /// The workbook cannot be written.
    #[error("the workbook cannot be written")]
    Workbook(#[from] rust_xlsxwriter::XlsxError),
    /// The bytes cannot be written.
    #[error("the file cannot be written")]
    Write(#[from] std::io::Error),
}

/// The sums of the columns that have one.
#[derive(Debug)]
struct Sums {
    columns: Vec<Option<Sum>>,
}

#[derive(Clone, Copy, Debug)]
enum Sum {
    Nothing,
    Money(Cents),
    Count(u64),
    /// A row had no amount, so the column has no sum: without a limit there is no limit in all.
    Open,
}

impl Sums {
    fn of(layout: &Layout) -> Self {
        Self { columns: layout.columns.iter().map(|column| column.summed.then_some(Sum::Nothing)).collect() }
    }

    fn add(&mut self, cells: &[Cell<'_>]) -> Result<(), MoneyError> {
        for (sum, cell) in self.columns.iter_mut().zip(cells) {
            let Some(sum) = sum else { continue };
            *sum = match (*sum, cell) {
                (Sum::Open, _) | (_, Cell::Money(None)) => Sum::Open,
                (Sum::Money(before), Cell::Money(Some(amount))) => Sum::Money(before.plus(*amount)?),
                (_, Cell::Money(Some(amount))) => Sum::Money(*amount),
                (Sum::Count(before), Cell::Count(count)) => Sum::Count(before.saturating_add(*count)),
                (_, Cell::Count(count)) => Sum::Count(*count),
                (sum, Cell::Text(_) | Cell::Day(_) | Cell::Year(_) | Cell::Nothing) => sum,
            };
        }
        Ok(())
    }

    /// The sum of each column, where it has one.
    fn cells(&self) -> impl Iterator<Item = Option<Cell<'static>>> {
        self.columns.iter().map(|sum| match sum {
            None | Some(Sum::Nothing) => None,
            Some(Sum::Money(amount)) => Some(Cell::Money(Some(*amount))),
            Some(Sum::Count(count)) => Some(Cell::Count(*count)),
            Some(Sum::Open) => Some(Cell::Money(None)),
        })
    }
}
