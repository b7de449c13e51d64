//! The verdicts as lines of a file: CSV or JSON Lines of the same members.

use crate::export::csv::harmless;
use csv::{Terminator, Writer, WriterBuilder};
use rules::calendar::Day;
use rules::money::Cents;
use rules::rehearsal::{FAULTY, Format, Sum, Verdict};
use serde::Serialize;
use std::collections::BTreeSet;
use std::fmt::Display;
use std::io::{self, Write};

/// The names of the members, in their order; programs rely on them.
const NAMES: [&str; 13] = [
    "line",
    "id",
    "on",
    "change",
    "before",
    "after",
    "difference",
    "limited_by_before",
    "limited_by_after",
    "refused_by_before",
    "refused_by_after",
    "reason",
    "reason_zh_hant",
];

/// What a verdict says, with the members of a line.
#[derive(Debug, Serialize)]
pub struct Row<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<u64>,
    id: Option<&'a str>,
    on: Option<Day>,
    change: &'static str,
    before: Option<Cents>,
    after: Option<Cents>,
    difference: Option<Sum>,
    #[serde(skip_serializing_if = "Option::is_none")]
    limited_by_before: Option<&'a BTreeSet<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    limited_by_after: Option<&'a BTreeSet<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refused_by_before: Option<&'a BTreeSet<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refused_by_after: Option<&'a BTreeSet<String>>,
    reason: Option<&'a str>,
    reason_zh_hant: Option<&'a str>,
}

impl<'a> Row<'a> {
    /// Of a case that was worked out; a recorded one stands in no line.
    #[must_use]
    pub fn of(line: Option<u64>, id: Option<&'a str>, verdict: &'a Verdict) -> Self {
        let Verdict { on, change, before, after, reason } = verdict;
        Self {
            line,
            id,
            on: Some(*on),
            change: change.code(),
            before: Some(before.grant),
            after: Some(after.grant),
            difference: Some(Sum::of(after.grant).minus(Sum::of(before.grant))),
            limited_by_before: Some(&before.limited_by),
            limited_by_after: Some(&after.limited_by),
            refused_by_before: Some(&before.refused_by),
            refused_by_after: Some(&after.refused_by),
            reason: reason.as_ref().map(|reason| reason.en.as_str()),
            reason_zh_hant: reason.as_ref().map(|reason| reason.zh_hant.as_str()),
        }
    }

    /// Of a case that could not be worked out.
    #[must_use]
    pub const fn faulty(line: Option<u64>, id: Option<&'a str>, fault: &'a str) -> Self {
        Self {
            line,
            id,
            on: None,
            change: FAULTY,
            before: None,
            after: None,
            difference: None,
            limited_by_before: None,
            limited_by_after: None,
            refused_by_before: None,
            refused_by_after: None,
            reason: Some(fault),
            reason_zh_hant: None,
        }
    }
}

/// Lines while they are written.
pub(super) enum Rows {
    Csv { table: Box<Writer<Vec<u8>>>, cell: Vec<u8> },
    JsonLines(Vec<u8>),
}

/// What stands before the first line.
pub(super) fn head(format: Format) -> io::Result<Vec<u8>> {
    match format {
        Format::Jsonl => Ok(Vec::new()),
        Format::Csv => {
            let mut table = table();
            table.write_record(NAMES)?;
            finished(table)
        }
    }
}

fn table() -> Writer<Vec<u8>> {
    WriterBuilder::new().terminator(Terminator::CRLF).from_writer(Vec::with_capacity(256 * 1024))
}

fn finished(table: Writer<Vec<u8>>) -> io::Result<Vec<u8>> {
    table.into_inner().map_err(csv::IntoInnerError::into_error)
}

impl Rows {
    pub(super) fn new(format: Format) -> Self {
        match format {
            Format::Csv => Self::Csv { table: Box::new(table()), cell: Vec::new() },
            Format::Jsonl => Self::JsonLines(Vec::with_capacity(256 * 1024)),
        }
    }

    pub(super) fn write(&mut self, row: &Row<'_>) -> io::Result<()> {
        match self {
            Self::JsonLines(bytes) => {
                serde_json::to_writer(&mut *bytes, row)?;
                bytes.push(b'\n');
                Ok(())
            }
            Self::Csv { table, cell } => write_cells(table, cell, row),
        }
    }

    pub(super) fn finish(self) -> io::Result<Vec<u8>> {
        match self {
            Self::Csv { table, .. } => finished(*table),
            Self::JsonLines(bytes) => Ok(bytes),
        }
    }
}

fn write_cells(table: &mut Writer<Vec<u8>>, cell: &mut Vec<u8>, row: &Row<'_>) -> io::Result<()> {
    let text = |text: Option<&str>| harmless(text.unwrap_or_default()).into_owned();
    print(table, cell, row.line)?;
    table.write_field(text(row.id))?;
    print(table, cell, row.on)?;
    table.write_field(row.change)?;
    print(table, cell, row.before)?;
    print(table, cell, row.after)?;
    print(table, cell, row.difference)?;
    for paths in [row.limited_by_before, row.limited_by_after, row.refused_by_before, row.refused_by_after] {
        cell.clear();
        for path in paths.into_iter().flatten() {
            if !cell.is_empty() {
                cell.push(b' ');
            }
            cell.extend_from_slice(path.as_bytes());
        }
        table.write_field(&*cell)?;
    }
    table.write_field(text(row.reason))?;
    table.write_field(text(row.reason_zh_hant))?;
    table.write_record(None::<&[u8]>)?;
    Ok(())
}

/// A cell with a value as it is printed; an empty one where there is none. `cell` is used again and again.
fn print(table: &mut Writer<Vec<u8>>, cell: &mut Vec<u8>, value: Option<impl Display>) -> io::Result<()> {
    cell.clear();
    if let Some(value) = value {
        write!(cell, "{value}")?;
    }
    Ok(table.write_field(&*cell)?)
}
