//! JSON of a report: what was asked, the rows, and the totals after them, since they are known last. Amounts are decimal texts.

use super::output::{Format, Output};
use super::{About, Cell, Fault, Layout, Record, Sums};
use rules::report::Totals;
use serde::ser::{Serialize, SerializeMap, Serializer};
use std::io::Write;
use std::marker::PhantomData;

/// A JSON document that is being written.
pub struct Json<T> {
    output: Output,
    sums: Sums,
    record: PhantomData<fn(T)>,
}

impl<T: Record> Json<T> {
    /// A document with what was asked.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn new(about: &About) -> Result<Self, Fault> {
        let mut output = Output::default();
        write!(output.buffer, r#"{{"report":"{}","currency":"HKD","made_at":"#, T::LAYOUT.name)?;
        write(&mut output.buffer, &about.made_at)?;
        write!(output.buffer, r#","filter":"#)?;
        write(&mut output.buffer, &about.filter)?;
        write!(output.buffer, r#","rows":["#)?;
        Ok(Self { output, sums: Sums::of(T::LAYOUT), record: PhantomData })
    }
}

impl<T: Record> Format<T> for Json<T> {
    fn rows(&mut self, rows: &[T]) -> Result<(), Fault> {
        for row in rows {
            if self.output.totals.rows > 0 {
                self.output.buffer.push(b',');
            }
            self.output.totals = self.output.totals.with(row.control())?;
            let cells = row.cells();
            self.sums.add(cells.as_ref())?;
            write(&mut self.output.buffer, &Row { layout: T::LAYOUT, cells: cells.as_ref() })?;
        }
        Ok(())
    }

    fn output(&mut self) -> &mut Output {
        &mut self.output
    }

    fn end(&mut self) -> Result<(), Fault> {
        write!(self.output.buffer, r#"],"totals":"#)?;
        let closing = Closing { layout: T::LAYOUT, sums: &self.sums, totals: self.output.totals };
        write(&mut self.output.buffer, &closing)?;
        self.output.buffer.push(b'}');
        Ok(())
    }
}

fn write(buffer: &mut Vec<u8>, value: &impl Serialize) -> Result<(), Fault> {
    Ok(serde_json::to_writer(buffer, value).map_err(std::io::Error::from)?)
}

struct Row<'a> {
    layout: &'static Layout,
    cells: &'a [Cell<'a>],
}

impl Serialize for Row<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.cells.len()))?;
        for (column, cell) in self.layout.columns.iter().zip(self.cells) {
            map.serialize_entry(column.name, cell)?;
        }
        map.end()
    }
}

struct Closing<'a> {
    layout: &'static Layout,
    sums: &'a Sums,
    totals: Totals,
}

impl Serialize for Closing<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("rows", &self.totals.rows)?;
        map.serialize_entry("control_total", &self.totals.amount)?;
        for (column, sum) in self.layout.columns.iter().zip(self.sums.cells()) {
            if let Some(sum) = sum {
                map.serialize_entry(column.name, &sum)?;
            }
        }
        map.end()
    }
}

impl Serialize for Cell<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Text(text) => serializer.serialize_str(text),
            Self::Money(amount) => amount.serialize(serializer),
            Self::Day(day) => day.serialize(serializer),
            Self::Year(year) => year.serialize(serializer),
            Self::Count(count) => serializer.serialize_u64(*count),
            Self::Nothing => serializer.serialize_none(),
        }
    }
}
