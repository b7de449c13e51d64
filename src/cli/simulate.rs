//! `almoner simulate`: what a draft text of a scheme would change for the cases of a file, without a database.

use super::schemes::{self, SchemeError};
use super::{finished, not_understood};
use crate::rehearsal::{self, Error, Format, Kind, Report};
use clap::{Args, ValueEnum};
use rules::calendar::Day;
use rules::rehearsal::{Change, Rehearsal, Sum, Totals};
use rules::scheme::Scheme;
use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The draft text of a scheme.
    #[arg(long, value_name = "FILE")]
    draft: PathBuf,
    /// The text to compare it with; without it, the one of the same code in the folder of schemes.
    #[arg(long, value_name = "FILE")]
    against: Option<PathBuf>,
    /// The day whose rules apply to every case, such as 2025-11-18; overrides `on` in the cases.
    #[arg(long, value_name = "DAY", value_parser = Day::parse)]
    on: Option<Day>,
    /// The cases, as JSON Lines or CSV, or - for standard input.
    portfolio: String,
    /// Where the verdicts go; without it, to standard output, and the summary to standard error.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// How the verdicts are written; without it, by the name of --out, else as CSV.
    #[arg(long, value_enum)]
    format: Option<Written>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Written {
    Csv,
    Jsonl,
}

pub(super) fn run(folder: &Path, arguments: &Arguments) -> ExitCode {
    match rehearse(folder, arguments) {
        Ok((summary, faulty)) => {
            let exit = ExitCode::from(u8::from(faulty));
            if arguments.out.is_some() {
                return finished(&summary, exit);
            }
            // When nobody can read it any more, the verdicts still say it.
            let _ = io::stderr().write_all(summary.as_bytes());
            exit
        }
        Err(Refused::Gone) => ExitCode::SUCCESS,
        Err(refused) => not_understood(refused),
    }
}

/// Why there is no rehearsal.
#[derive(Debug, thiserror::Error)]
enum Refused {
    #[error(transparent)]
    Scheme(#[from] SchemeError),
    #[error(transparent)]
    OtherScheme(#[from] rules::rehearsal::OtherScheme),
    #[error("{path}: {error}")]
    File { path: String, error: io::Error },
    #[error("{path} is the portfolio itself: write the verdicts to another file")]
    SameFile { path: String },
    #[error(transparent)]
    Rehearsal(Error),
    /// Whoever read the verdicts has read enough.
    #[error("nobody reads the verdicts")]
    Gone,
}

/// The summary, and whether a line was faulty.
fn rehearse(folder: &Path, arguments: &Arguments) -> Result<(String, bool), Refused> {
    let (draft, text) = schemes::read(&arguments.draft)?;
    let against = match &arguments.against {
        Some(path) => schemes::read(path)?.0,
        None => schemes::find(folder, draft.file.code.get_ref())?,
    };
    let rehearsal = Rehearsal::new(&against, &draft, arguments.on)?;
    let input = opened(&arguments.portfolio)?;
    let (mut output, format) = (output(arguments)?, format(arguments));
    let report = rehearsal::run(&rehearsal, input, kind(&arguments.portfolio), &mut output, format);
    let report = report.map_err(|error| match error {
        Error::Write(error) if error.kind() == io::ErrorKind::BrokenPipe => Refused::Gone,
        error => Refused::Rehearsal(error),
    })?;
    Ok((summary(&rehearsal, &report, failing(&draft, &text)), report.totals.faulty > 0))
}

fn opened(portfolio: &str) -> Result<Box<dyn Read + Send>, Refused> {
    if portfolio == "-" {
        return Ok(Box::new(io::stdin()));
    }
    match File::open(portfolio) {
        Ok(file) => Ok(Box::new(file)),
        Err(error) => Err(Refused::File { path: portfolio.to_owned(), error }),
    }
}

fn output(arguments: &Arguments) -> Result<Box<dyn Write>, Refused> {
    let Some(path) = &arguments.out else { return Ok(Box::new(io::stdout())) };
    let name = path.display().to_string();
    // To open it for writing would empty it before it is read.
    let same = |(left, right): (PathBuf, PathBuf)| left == right;
    if fs::canonicalize(path).ok().zip(fs::canonicalize(&arguments.portfolio).ok()).is_some_and(same) {
        return Err(Refused::SameFile { path: name });
    }
    match File::create(path) {
        Ok(file) => Ok(Box::new(file)),
        Err(error) => Err(Refused::File { path: name, error }),
    }
}

fn extension(path: &Path) -> Option<Kind> {
    match path.extension()?.to_str()? {
        "csv" => Some(Kind::Csv),
        "jsonl" | "ndjson" => Some(Kind::JsonLines),
        _ => None,
    }
}

fn kind(portfolio: &str) -> Option<Kind> {
    extension(Path::new(portfolio))
}

fn format(arguments: &Arguments) -> Format {
    match (arguments.format, arguments.out.as_deref().and_then(extension)) {
        (Some(Written::Jsonl), _) | (None, Some(Kind::JsonLines)) => Format::JsonLines,
        (Some(Written::Csv), _) | (None, _) => Format::Csv,
    }
}

/// How many examples of a draft do not hold: it may be rehearsed before they are mended.
fn failing(draft: &Scheme, text: &str) -> usize {
    draft.failing_examples(text).len()
}

fn summary(rehearsal: &Rehearsal<'_>, report: &Report, failing: usize) -> String {
    let Report { totals, faults } = report;
    let mut told = table(totals);
    // Writing to a String cannot fail.
    let _ = match rehearsal.envelope(totals) {
        Some(envelope) => {
            let passed = if envelope.passed { "the total after passes it" } else { "the total after keeps within it" };
            writeln!(told, "envelope on {}: {}, {passed}", envelope.on, envelope.amount)
        }
        None => writeln!(told, "envelope: the draft has none that is known on the day"),
    };
    if failing > 0 {
        let _ = writeln!(told, "the draft has {failing} faults in its examples: almoner scheme check names them");
    }
    if totals.faulty > 0 {
        let _ = writeln!(told, "faulty lines: {}", totals.faulty);
        for (line, fault) in faults {
            let _ = writeln!(told, "  line {line}: {fault}");
        }
        let more = totals.faulty.saturating_sub(u64::try_from(faults.len()).unwrap_or(u64::MAX));
        if more > 0 {
            let _ = writeln!(told, "  and {more} more, in the lines with the change \"faulty\"");
        }
    }
    told
}

fn table(totals: &Totals) -> String {
    let mut told = format!("{:<8} {:>10} {:>22} {:>22} {:>22}\n", "change", "cases", "before", "after", "difference");
    let all = totals.all();
    let parts = Change::ALL.into_iter().map(|change| (change.code(), totals.part(change)));
    for (name, part) in parts.chain([("all", all)]) {
        let difference: Sum = part.after.minus(part.before);
        let _ = writeln!(told, "{name:<8} {:>10} {:>22} {:>22} {difference:>22}", part.cases, part.before, part.after);
    }
    told
}
