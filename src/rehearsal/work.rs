//! What a worker does: lines of a portfolio become cases, and cases become lines of verdicts.

use super::FAULTS_TOLD_MAX;
use super::portfolio::{LINE_BYTES_MAX, Piece};
use super::rows::{Row, Rows};
use csv::{ByteRecord, ReaderBuilder};
use rules::calculation::RequestFault;
use rules::rehearsal::{Case, CaseFault, Columns, Format, Rehearsal, Totals};
use std::io;

/// What every worker knows.
#[derive(Clone, Copy, Debug)]
pub(super) struct Worker<'a> {
    pub rehearsal: &'a Rehearsal<'a>,
    /// What the columns say, where the portfolio is a table.
    pub columns: Option<&'a Columns>,
    pub format: Format,
}

/// A piece, worked out.
#[derive(Debug)]
pub(super) struct Done {
    pub bytes: Vec<u8>,
    pub totals: Totals,
    /// The first faults.
    pub faults: Vec<(u64, String)>,
}

/// The verdicts of a piece while they are written.
struct Verdicts {
    rows: Rows,
    totals: Totals,
    faults: Vec<(u64, String)>,
}

impl Worker<'_> {
    pub(super) fn piece(&self, piece: &Piece) -> io::Result<Done> {
        let mut verdicts = Verdicts { rows: Rows::new(self.format), totals: Totals::default(), faults: Vec::new() };
        match (piece, self.columns) {
            (Piece::TooLong { line }, _) => verdicts.fault(*line, None, &too_long())?,
            (Piece::Unclosed { line }, _) => verdicts.fault(*line, None, &not_closed())?,
            (Piece::Lines { first, bytes }, None) => self.json_lines(*first, bytes, &mut verdicts)?,
            (Piece::Lines { first, bytes }, Some(columns)) => self.table(*first, bytes, columns, &mut verdicts)?,
        }
        Ok(Done { bytes: verdicts.rows.finish()?, totals: verdicts.totals, faults: verdicts.faults })
    }

    fn json_lines(&self, first: u64, bytes: &[u8], verdicts: &mut Verdicts) -> io::Result<()> {
        for (line, text) in (first..).zip(bytes.split(|byte| *byte == b'\n')) {
            if text.iter().all(u8::is_ascii_whitespace) {
                continue;
            }
            let case = if text.len() > LINE_BYTES_MAX { Err(too_long().into()) } else { Case::from_json(text) };
            self.case(line, case, verdicts)?;
        }
        Ok(())
    }

    fn table(&self, first: u64, bytes: &[u8], columns: &Columns, verdicts: &mut Verdicts) -> io::Result<()> {
        let mut reader = ReaderBuilder::new().has_headers(false).flexible(true).from_reader(bytes);
        let mut record = ByteRecord::new();
        while reader.read_byte_record(&mut record)? {
            // The position of a record counts from 1, and so does that of the piece.
            let within = record.position().map_or(1, csv::Position::line).saturating_sub(1);
            self.case(first.saturating_add(within), row(&record, columns), verdicts)?;
        }
        Ok(())
    }

    fn case(&self, line: u64, case: Result<Case, CaseFault>, verdicts: &mut Verdicts) -> io::Result<()> {
        let Case { id, request } = match case {
            Ok(case) => case,
            Err(CaseFault { id, fault }) => return verdicts.fault(line, id.as_deref(), &fault),
        };
        match self.rehearsal.verdict(&request) {
            Ok(verdict) => {
                verdicts.totals.add(&verdict);
                verdicts.rows.write(&Row::of(Some(line), id.as_deref(), &verdict))
            }
            Err(faults) => match faults.first() {
                Some(fault) => verdicts.fault(line, id.as_deref(), fault),
                None => Ok(()),
            },
        }
    }
}

impl Verdicts {
    fn fault(&mut self, line: u64, id: Option<&str>, fault: &RequestFault) -> io::Result<()> {
        let fault = fault.to_string();
        self.rows.write(&Row::faulty(Some(line), id, &fault))?;
        self.totals.add_fault();
        if self.faults.len() < FAULTS_TOLD_MAX {
            self.faults.push((line, fault));
        }
        Ok(())
    }
}

/// The case in a row of a table.
fn row(record: &ByteRecord, columns: &Columns) -> Result<Case, CaseFault> {
    let mut cells = Vec::with_capacity(record.len());
    for cell in record {
        let Ok(cell) = std::str::from_utf8(cell) else {
            let message = "this line is not UTF-8: save the portfolio as CSV in UTF-8";
            return Err(RequestFault::malformed("", message).into());
        };
        if cell.contains('\0') {
            return Err(RequestFault::malformed("", "take out the character U+0000").into());
        }
        cells.push(cell);
    }
    columns.case(cells.into_iter())
}

fn not_closed() -> RequestFault {
    RequestFault::malformed("", "a quote is not closed: close it, or write it twice where it belongs to the cell")
}

fn too_long() -> RequestFault {
    let message = format!(
        "longer than any case, of which a line has {} MiB at most: look for a line break that is missing, or a quote that is not closed",
        LINE_BYTES_MAX / 1024 / 1024
    );
    RequestFault::malformed("", message)
}
