//! CSV that programs and spreadsheets read alike: UTF-8 with a byte order mark (without it Excel garbles Chinese), lines that end in
//! CR LF, quotes where RFC 4180 wants them, and no cell that a spreadsheet would run. Totals are not in the file: they would be a
//! row that is none.

use super::output::{Format, Output};
use super::{Cell, Fault, Record};
use ::csv::{Terminator, Writer, WriterBuilder};
use std::borrow::Cow;
use std::io::Write;
use std::marker::PhantomData;

const BYTE_ORDER_MARK: &str = "\u{feff}";

/// A CSV file that is being written.
pub struct Csv<T> {
    output: Output,
    /// An amount or a day before it becomes a field.
    scratch: Vec<u8>,
    record: PhantomData<fn(T)>,
}

impl<T: Record> Csv<T> {
    /// A file with its header.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn new() -> Result<Self, Fault> {
        let mut output = Output::default();
        output.buffer.extend_from_slice(BYTE_ORDER_MARK.as_bytes());
        let mut writer = writer(&mut output.buffer);
        writer.write_record(T::LAYOUT.columns.iter().map(|column| column.name)).map_err(fault)?;
        writer.flush()?;
        drop(writer);
        Ok(Self { output, scratch: Vec::new(), record: PhantomData })
    }
}

impl<T: Record> Format<T> for Csv<T> {
    fn rows(&mut self, rows: &[T]) -> Result<(), Fault> {
        let mut writer = writer(&mut self.output.buffer);
        for row in rows {
            self.output.totals = self.output.totals.with(row.control())?;
            for cell in row.cells().as_ref() {
                let scratch = &mut self.scratch;
                scratch.clear();
                match cell {
                    Cell::Text(text) => {
                        writer.write_field(harmless(text).as_bytes()).map_err(fault)?;
                        continue;
                    }
                    Cell::Money(None) | Cell::Nothing => {}
                    Cell::Money(Some(amount)) => write!(scratch, "{amount}")?,
                    Cell::Day(day) => write!(scratch, "{day}")?,
                    Cell::Year(year) => write!(scratch, "{year}")?,
                    Cell::Count(count) => write!(scratch, "{count}")?,
                }
                writer.write_field(scratch).map_err(fault)?;
            }
            writer.write_record(None::<&[u8]>).map_err(fault)?;
        }
        writer.flush()?;
        Ok(())
    }

    fn output(&mut self) -> &mut Output {
        &mut self.output
    }

    fn end(&mut self) -> Result<(), Fault> {
        Ok(())
    }
}

fn writer(buffer: &mut Vec<u8>) -> Writer<&mut Vec<u8>> {
    WriterBuilder::new().terminator(Terminator::CRLF).from_writer(buffer)
}

fn fault(error: ::csv::Error) -> Fault {
    Fault::Write(error.into())
}

/// A text that no spreadsheet takes for a formula. What begins with one of the signs that start a formula, in half or full width
/// and whatever blanks stand before it, or with a control character, gets an apostrophe in front: spreadsheets then show text.
pub(crate) fn harmless(text: &str) -> Cow<'_, str> {
    let blank = |character: char| character.is_whitespace() && !character.is_control();
    let runs = |character: char| character.is_control() || "=+-@＝＋－＠".contains(character);
    if text.trim_start_matches(blank).starts_with(runs) { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_spreadsheet_would_run_gets_an_apostrophe() {
        for text in [
            "=1+1",
            "+1",
            "-1",
            "@SUM(A1)",
            "\t=1",
            "\r=1",
            "\n=1",
            " =1",
            "  \u{a0}\u{3000}-1",
            "＝1",
            "＋1",
            "－1",
            "＠x",
            "\t",
            "=",
            "-",
            " \tx",
            "\u{1}x",
            "=cmd|' /C calc'!A0",
            "=\"a,b\"",
        ] {
            assert_eq!(harmless(text), format!("'{text}"), "{text:?}");
        }
        for text in
            ["", " ", "a", "a=1", "a-1", "1-1", "'=1", "−1", "NIAS-2025-000001", "智能=系統", "a\t=1", "(=1)", "\"=1\""]
        {
            assert_eq!(harmless(text), text, "{text:?}");
        }
    }
}
