//! What a bank says, as CSV that somebody writes from its page: RFC 4180, with these columns in this order.

use super::{amount, currency, line_of as lines_before, malformed, reason, reference};
use csv::{ReaderBuilder, StringRecord};
use rules::bank_answer::{AnswerKind, At, Counts, Detail, Entries, Entry, Part, Report, Side, Statement, StatusLine};
use rules::calendar::Day;
use rules::refusal::Refusal;

const OF_STATUSES: [&str; 6] = ["batch", "payment", "status", "reason", "amount", "currency"];
const OF_ENTRIES: [&str; 7] = ["payment", "side", "amount", "currency", "booked_on", "reason", "bank_reference"];

/// The lines of a table with these columns.
fn rows<const N: usize>(text: &str, columns: [&str; N]) -> Result<Vec<(u32, [String; N])>, Refusal> {
    let mut reader = ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
    let mut rows = Vec::new();
    let mut record = StringRecord::new();
    let (mut counted, mut line) = (0_usize, 1_u32);
    // The reader leaves the end of a line to the next record.
    let mut line_of = |position: Option<&csv::Position>| {
        let byte = position.and_then(|position| usize::try_from(position.byte()).ok()).unwrap_or(counted);
        let rest = text.get(byte..).unwrap_or_default();
        let begins = byte.saturating_add(rest.len().saturating_sub(rest.trim_start_matches(['\r', '\n']).len()));
        let passed = text.as_bytes().get(counted..begins).unwrap_or_default();
        line = line.saturating_add(lines_before(passed).saturating_sub(1));
        counted = counted.max(begins);
        line
    };
    loop {
        match reader.read_record(&mut record) {
            Ok(false) => break,
            Ok(true) => {}
            Err(error) => return Err(malformed(line_of(error.position()), format!("this is no CSV: {error}"))),
        }
        let line = line_of(record.position());
        let cells = record.iter().map(|cell| cell.trim().to_owned()).collect::<Vec<_>>();
        let cells = <[String; N]>::try_from(cells);
        rows.push((line, cells.map_err(|_cells| malformed(line, format!("write {}", columns.join(","))))?));
    }
    let head = rows.first().is_some_and(|(_, cells)| cells.iter().map(String::as_str).eq(columns));
    if !head {
        return Err(malformed(1, format!("begin with the columns {}", columns.join(","))));
    }
    rows.remove(0);
    Ok(rows)
}

fn some(text: &str) -> Option<&str> {
    Some(text).filter(|text| !text.is_empty())
}

pub(super) fn report(text: &str) -> Result<Report, Refusal> {
    let (mut batch, mut lines) = (None::<At<String>>, Vec::new());
    for (line, [of, payment, status, why, sum, unit]) in rows(text, OF_STATUSES)? {
        let of = reference(line, &of)?;
        match &batch {
            Some(first) if first.is != of => return Err(malformed(line, "write one batch in one file")),
            Some(_) => {}
            None => batch = Some(At { line, is: of }),
        }
        lines.push(StatusLine {
            line,
            payment: reference(line, &payment)?,
            status: Some(status),
            reason: reason(&why),
            amount: some(&sum).map(|sum| amount(line, sum)).transpose()?,
            currency: some(&unit).map(|unit| currency(line, unit)).transpose()?,
        });
    }
    let batch = batch.ok_or_else(|| malformed(1, "write a line for a payment"))?;
    let parts = vec![Part { lines, ..Part::default() }];
    Ok(Report { kind: AnswerKind::StatusTable, message: None, batch, counts: Counts::default(), parts })
}

pub(super) fn statement(text: &str) -> Result<Statement, Refusal> {
    let mut entries = Vec::new();
    for (line, [payment, side, sum, unit, on, why, own]) in rows(text, OF_ENTRIES)? {
        let side = Side::from_code(&side).ok_or_else(|| malformed(line, "write debit or credit"))?;
        let wrong_day = |_error| malformed(line, "write a day such as 2026-03-31");
        let detail = Detail {
            line,
            payment: some(&payment).map(|payment| reference(line, payment)).transpose()?,
            reason: reason(&why),
            ..Detail::default()
        };
        entries.push(Entry {
            line,
            side,
            is_reversal: false,
            is_booked: true,
            amount: amount(line, &sum)?,
            currency: currency(line, &unit)?,
            on: some(&on).map(Day::parse).transpose().map_err(wrong_day)?,
            bank_reference: some(&own).map(|own| reference(line, own)).transpose()?,
            details: vec![detail],
        });
    }
    let accounts = vec![Entries { entries, ..Entries::default() }];
    Ok(Statement { kind: AnswerKind::StatementTable, message: None, accounts })
}
