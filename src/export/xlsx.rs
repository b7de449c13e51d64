//! XLSX with typed cells: amounts are numbers, days are dates, text is text whatever it begins with. Rows go through a temporary
//! file, so that a long report takes no more memory than a short one.
//!
//! This is the one file of the house in which money becomes a float, because a workbook has no other number.

use super::{About, Cell, Fault, Record, Summary, Sums};
use chrono::{DateTime, Datelike, FixedOffset, Utc};
use rules::calendar::Day;
use rules::hexadecimal;
use rules::money::Cents;
use rules::report::{Filter, Totals};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, FormatBorder, Workbook, Worksheet};
use sha2::{Digest, Sha256};
use std::marker::PhantomData;

/// Spreadsheets keep 15 digits. Up to here every cent has a number of its own; near 2^53 cents, neighbours would share one.
const CENTS_MAX: i64 = 999_999_999_999_999;

/// A sheet has 2^20 rows; one is the header, one the totals.
const ROWS_MAX: u32 = (1 << 20) - 2;

/// The type of the file, for headers.
pub const MEDIA_TYPE: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// A workbook that is being written.
pub struct Xlsx<T> {
    workbook: Workbook,
    about: About,
    styles: Styles,
    next: u32,
    sums: Sums,
    totals: Totals,
    record: PhantomData<fn(T)>,
}

struct Styles {
    header: Format,
    money: Format,
    day: Format,
    total: Format,
    total_money: Format,
}

impl Styles {
    fn new() -> Self {
        let money = Format::new().set_num_format("#,##0.00");
        let total = Format::new().set_bold().set_border_top(FormatBorder::Thin);
        Self {
            header: Format::new().set_bold().set_border_bottom(FormatBorder::Thin),
            total_money: total.clone().set_num_format("#,##0.00"),
            day: Format::new().set_num_format("yyyy-mm-dd"),
            money,
            total,
        }
    }
}

impl<T: Record> Xlsx<T> {
    /// A workbook with the header of its sheet.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn new(about: About) -> Result<Self, Fault> {
        let styles = Styles::new();
        let mut workbook = Workbook::new();
        // Else the clock of the machine is read, and the same report is never the same file.
        let made = excel_time(about.made_at)?;
        let properties = DocProperties::new().set_title(T::LAYOUT.title).set_author("Almoner");
        workbook.set_properties(&properties.set_creation_datetime(&made));
        let sheet = workbook.add_worksheet_with_constant_memory()?;
        sheet.set_name(T::LAYOUT.title)?.set_freeze_panes(1, 0)?.set_repeat_rows(0, 0)?.set_landscape();
        for (index, column) in (0_u16..).zip(T::LAYOUT.columns) {
            sheet.set_column_width(index, column.width)?;
            sheet.write_string_with_format(0, index, column.title, &styles.header)?;
        }
        let sums = Sums::of(T::LAYOUT);
        Ok(Self { workbook, about, styles, next: 1, sums, totals: Totals::default(), record: PhantomData })
    }

    /// Writes rows.
    ///
    /// # Errors
    /// When the sheet is full, an amount has too many digits, or they cannot be written.
    pub fn rows(&mut self, rows: &[T]) -> Result<(), Fault> {
        let sheet = self.workbook.worksheet_from_index(0)?;
        for row in rows {
            if self.next > ROWS_MAX {
                return Err(Fault::TooManyRows { rows_max: ROWS_MAX });
            }
            self.totals = self.totals.with(row.control())?;
            let cells = row.cells();
            self.sums.add(cells.as_ref())?;
            for (column, cell) in (0_u16..).zip(cells.as_ref()) {
                write(sheet, (self.next, column), *cell, &self.styles)?;
            }
            self.next = self.next.saturating_add(1);
        }
        Ok(())
    }

    /// Writes the totals and the sheet that says what this is; returns the file.
    ///
    /// # Errors
    /// When a total has too many digits, or it cannot be written.
    pub fn finish(mut self) -> Result<(Vec<u8>, Summary), Fault> {
        let sheet = self.workbook.worksheet_from_index(0)?;
        let (last_row, last_column) = (self.next.saturating_sub(1), T::LAYOUT.columns.len().saturating_sub(1));
        let last_column = u16::try_from(last_column).unwrap_or(u16::MAX);
        sheet.autofilter(0, 0, last_row, last_column)?;
        sheet.write_string_with_format(self.next, 0, "Total", &self.styles.total)?;
        for (column, sum) in (0_u16..).zip(self.sums.cells()).skip(1) {
            match sum {
                Some(Cell::Money(Some(amount))) => {
                    sheet.write_number_with_format(self.next, column, number(amount)?, &self.styles.total_money)?
                }
                Some(Cell::Count(count)) => {
                    sheet.write_number_with_format(self.next, column, whole(count)?, &self.styles.total)?
                }
                _ => sheet.write_blank(self.next, column, &self.styles.total)?,
            };
        }
        let about = self.workbook.add_worksheet_with_constant_memory()?;
        describe(about, T::LAYOUT.title, &self.about, self.totals, &self.styles)?;
        let bytes = self.workbook.save_to_buffer()?;
        let sha256 = hexadecimal(&Sha256::digest(&bytes));
        Ok((bytes, Summary { totals: self.totals, sha256 }))
    }
}

fn write(sheet: &mut Worksheet, at: (u32, u16), cell: Cell<'_>, styles: &Styles) -> Result<(), Fault> {
    let (row, column) = at;
    match cell {
        Cell::Text(text) => sheet.write_string(row, column, text)?,
        Cell::Money(None) | Cell::Nothing => return Ok(()),
        Cell::Money(Some(amount)) => sheet.write_number_with_format(row, column, number(amount)?, &styles.money)?,
        Cell::Day(day) => sheet.write_datetime_with_format(row, column, excel_day(day)?, &styles.day)?,
        Cell::Year(year) => sheet.write_string(row, column, year.to_string())?,
        Cell::Count(count) => sheet.write_number(row, column, whole(count)?)?,
    };
    Ok(())
}

/// The sheet that says what the other one is.
fn describe(sheet: &mut Worksheet, title: &str, about: &About, totals: Totals, styles: &Styles) -> Result<(), Fault> {
    sheet.set_name("About")?.set_column_width(0, 18)?.set_column_width(1, 40)?;
    let zone = FixedOffset::east_opt(8 * 60 * 60);
    let made_at = zone.map(|zone| about.made_at.with_timezone(&zone).format("%Y-%m-%d %H:%M:%S %:z").to_string());
    let mut lines = vec![("Report", title.to_owned())];
    match &about.case {
        Some(reference) => lines.push(("Case", reference.clone())),
        None => lines.extend(asked(&about.filter)),
    }
    lines.push(("Made at", made_at.unwrap_or_default()));
    lines.push(("Currency", "HKD".to_owned()));
    let mut row = 0_u32;
    for (name, value) in &lines {
        sheet.write_string_with_format(row, 0, *name, &styles.header)?.write_string(row, 1, value)?;
        row = row.saturating_add(1);
    }
    sheet.write_string_with_format(row, 0, "Rows", &styles.header)?.write_number(row, 1, whole(totals.rows)?)?;
    row = row.saturating_add(1);
    sheet.write_string_with_format(row, 0, "Control total", &styles.header)?;
    sheet.write_number_with_format(row, 1, number(totals.amount)?, &styles.money)?;
    Ok(())
}

fn asked(filter: &Filter) -> Vec<(&'static str, String)> {
    let all = || "all".to_owned();
    let mut lines = vec![("Scheme", filter.scheme.clone().unwrap_or_else(all))];
    lines.push(("Financial year", filter.financial_year.map_or_else(all, |year| year.to_string())));
    let others = [
        ("Round", filter.round.clone()),
        ("Programme year", filter.programme_year.clone()),
        ("Organisation", filter.organisation.map(|id| id.to_string())),
        ("Stage", filter.stage.clone()),
        ("Status", filter.status.map(|state| state.code().to_owned())),
    ];
    lines.extend(others.into_iter().filter_map(|(name, value)| Some((name, value?))));
    lines.extend(filter.from.map(|day| ("From", day.to_string())));
    lines.extend(filter.to.map(|day| ("To", day.to_string())));
    lines
}

fn excel_day(day: Day) -> Result<ExcelDateTime, Fault> {
    let date = day.date();
    let year = u16::try_from(date.year()).unwrap_or(0);
    let part = |part: u32| u8::try_from(part).unwrap_or(0);
    Ok(ExcelDateTime::from_ymd(year, part(date.month()), part(date.day()))?)
}

fn excel_time(instant: DateTime<Utc>) -> Result<ExcelDateTime, Fault> {
    Ok(ExcelDateTime::from_timestamp(instant.timestamp())?)
}

/// The number that stands for an amount: the one nearest to it, from which the cents can be read back.
#[expect(
    clippy::as_conversions,
    clippy::float_arithmetic,
    reason = "a workbook has no other number; the range keeps it exact"
)]
fn number(amount: Cents) -> Result<f64, Fault> {
    let cents = amount.get();
    if cents.unsigned_abs() > CENTS_MAX.unsigned_abs() {
        return Err(Fault::TooManyDigits(amount));
    }
    Ok(cents as f64 / 100.0)
}

/// The number that stands for a count.
fn whole(count: u64) -> Result<f64, Fault> {
    u32::try_from(count).map(f64::from).map_err(|_large| Fault::TooManyRows { rows_max: ROWS_MAX })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The cents that a reader of the workbook finds: it reads the decimal digits that are in the file.
    fn read_back(number: f64) -> Option<Cents> {
        Cents::parse(&format!("{number}")).ok()
    }

    #[test]
    fn every_amount_that_is_taken_can_be_read_back_to_the_cent() {
        let thirds = (0..4_000_i64).map(|step| CENTS_MAX / 9_000 * step / 3);
        let small = 0..20_000_i64;
        for cents in thirds.chain(small).filter(|cents| *cents <= 99_999_999_999_999) {
            assert_eq!(read_back(number(Cents::new(cents)).unwrap()), Some(Cents::new(cents)), "{cents}");
        }
    }

    #[test]
    fn neighbouring_cents_have_different_numbers_up_to_the_last_one_taken() {
        for cents in (CENTS_MAX - 10_000)..CENTS_MAX {
            let (this, next) = (number(Cents::new(cents)).unwrap(), number(Cents::new(cents + 1)).unwrap());
            assert!(this < next, "{cents}");
            let text = Cents::new(cents).to_string();
            assert_eq!(text.trim_end_matches('0').trim_end_matches('.'), format!("{this}"), "{cents}");
        }
        assert_eq!(number(Cents::new(-CENTS_MAX)).unwrap(), -9_999_999_999_999.99);
    }

    #[test]
    #[expect(clippy::as_conversions, reason = "shows what would happen beyond the range")]
    fn an_amount_with_more_digits_than_a_spreadsheet_keeps_is_refused() {
        for cents in [CENTS_MAX + 1, (1 << 53) - 1, 1 << 53, i64::MAX, i64::MIN, -CENTS_MAX - 1] {
            assert!(matches!(number(Cents::new(cents)), Err(Fault::TooManyDigits(_))), "{cents}");
        }
        // Why the end is not at 2^53, up to which whole cents would fit: as dollars, neighbours fall together before.
        let dollars = |cents: i64| cents as f64 / 100.0;
        assert_eq!(dollars((1 << 53) - 1), dollars((1 << 53) - 2));
    }
}
