//! What a bank sends, from bytes to values of the rules: nothing is decided here, and every fault names its line.

mod camt;
mod pain002;
mod table;
mod xml;

use rules::bank_answer::{Report, Statement};
use rules::money::Cents;
use rules::refusal::{BankAnswerRefusal, Refusal};

/// The longest file of a bank that is read, in bytes.
pub const BYTES_MAX: usize = 8 * 1024 * 1024;

/// The most payments or entries of one file: their cases stay locked while it is recorded.
pub const LINES_MAX: usize = 5_000;

/// In which way a file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// As a message of ISO 20022.
    Xml,
    /// As the house's own table.
    Csv,
}

impl Form {
    /// The form of a media type.
    #[must_use]
    pub fn from_mime(mime: &str) -> Option<Self> {
        match mime {
            "application/xml" | "text/xml" => Some(Self::Xml),
            "text/csv" => Some(Self::Csv),
            _ => None,
        }
    }
}

/// The status of a batch: pain.002 of 2009 or 2019, or a table.
///
/// # Errors
/// When it cannot be read; the refusal names the line.
pub fn report(form: Form, bytes: &[u8]) -> Result<Report, Refusal> {
    let report = match form {
        Form::Xml => pain002::read(text(bytes)?)?,
        Form::Csv => table::report(text(bytes)?)?,
    };
    let lines = report.parts.iter().map(|part| part.lines.len()).fold(0, usize::saturating_add);
    bounded(lines)?;
    Ok(report)
}

/// What happened on accounts: camt.053 or camt.054 of 2009 or 2019, or a table.
///
/// # Errors
/// When it cannot be read; the refusal names the line.
pub fn statement(form: Form, bytes: &[u8]) -> Result<Statement, Refusal> {
    let statement = match form {
        Form::Xml => camt::read(text(bytes)?)?,
        Form::Csv => table::statement(text(bytes)?)?,
    };
    let entries = statement.accounts.iter().flat_map(|account| &account.entries);
    bounded(entries.map(|entry| entry.details.len().max(1)).fold(0, usize::saturating_add))?;
    Ok(statement)
}

fn bounded(lines: usize) -> Result<(), Refusal> {
    if lines <= LINES_MAX {
        Ok(())
    } else {
        Err(malformed(1, format!("{lines} payments or entries are in it: send at most {LINES_MAX} in one file")))
    }
}

fn malformed(line: u32, what: impl Into<String>) -> Refusal {
    BankAnswerRefusal::Malformed { line, what: what.into() }.into()
}

/// The text of a file, without the mark before it.
fn text(bytes: &[u8]) -> Result<&str, Refusal> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let good = bytes.get(..error.valid_up_to()).unwrap_or_default();
        malformed(line_of(good), "write UTF-8")
    })?;
    Ok(text.strip_prefix('\u{feff}').unwrap_or(text))
}

/// The line on which what follows these bytes stands.
fn line_of(before: &[u8]) -> u32 {
    let breaks = before.iter().filter(|byte| **byte == b'\n').count();
    u32::try_from(breaks).unwrap_or(u32::MAX).saturating_add(1)
}

/// An amount as banks write it: with up to two places that count.
fn amount(line: u32, text: &str) -> Result<Cents, Refusal> {
    let wrong = || malformed(line, "write an amount such as 1250.00");
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let fraction = fraction.trim_end_matches('0');
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || fraction.len() > 2 || !digits(whole) || !digits(fraction) {
        return Err(wrong());
    }
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    Cents::parse(&format!("{whole}.{fraction:0<2}")).map_err(|_error| wrong())
}

/// A reference as it is kept: in at most 35 characters, on one line.
fn reference(line: u32, text: &str) -> Result<String, Refusal> {
    let is_one = !text.is_empty() && text.chars().count() <= 35 && !text.chars().any(char::is_control);
    if is_one { Ok(text.to_owned()) } else { Err(malformed(line, "write a reference of 1 to 35 characters")) }
}

fn currency(line: u32, text: &str) -> Result<String, Refusal> {
    let is_one = text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_uppercase());
    if is_one { Ok(text.to_owned()) } else { Err(malformed(line, "write a currency such as HKD")) }
}

/// A code that says why, as it is kept: what is none, or could hold the digits of an account, is left out.
fn reason(text: &str) -> Option<String> {
    let is_code = (1..=35).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte))
        && text.bytes().filter(u8::is_ascii_digit).count() < 6;
    is_code.then(|| text.to_owned())
}

#[cfg(test)]
mod tests;
