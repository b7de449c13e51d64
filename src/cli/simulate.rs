//! `almoner simulate`: what a draft text of a scheme would change for the cases of a file, without a database.

mod verdicts;

use super::schemes::{self, SchemeError};
use super::{finished, not_understood};
use crate::rehearsal::{self, Error, Report};
use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use rules::calendar::Day;
use rules::rehearsal::{Effect, Format, Rehearsal, Sum, Totals};
use rules::scheme::Scheme;
use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use verdicts::Verdicts;

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
    #[arg(long, value_parser = written())]
    format: Option<Format>,
}

fn written() -> impl TypedValueParser<Value = Format> {
    PossibleValuesParser::new(Format::ALL.map(Format::code))
        .try_map(|code| Format::from_code(&code).ok_or("write csv or jsonl"))
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
    #[error("{path} is {what}: write the verdicts to another file")]
    SameFile { path: String, what: &'static str },
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
    must_be_another_file(folder, arguments)?;
    let unwritable = |error| unwritable(arguments, error);
    let mut verdicts = Verdicts::begin(arguments.out.as_deref()).map_err(unwritable)?;
    let (read_as, format) = (extension(Path::new(&arguments.portfolio)), format(arguments));
    let report =
        rehearsal::run(&rehearsal, input, read_as, verdicts.writer(), format).map_err(|error| match error {
            Error::Write(error) if error.kind() == io::ErrorKind::BrokenPipe => Refused::Gone,
            error => Refused::Rehearsal(error),
        })?;
    verdicts.finish().map_err(unwritable)?;
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

fn unwritable(arguments: &Arguments, error: io::Error) -> Refused {
    let path = arguments.out.as_ref().map(|out| out.display().to_string()).unwrap_or_default();
    Refused::File { path, error }
}

/// The verdicts must not take the place of what they are made from.
fn must_be_another_file(folder: &Path, arguments: &Arguments) -> Result<(), Refused> {
    let Some(out) = arguments.out.as_deref().filter(|out| out.is_file()) else { return Ok(()) };
    let is = |read: &Path| verdicts::is_same(out, read);
    let what = if is(&arguments.draft) {
        "the draft itself"
    } else if arguments.against.as_deref().is_some_and(is) {
        "the text that the draft is compared with"
    } else if schemes::files(folder).unwrap_or_default().iter().any(|scheme| is(scheme)) {
        "one of the schemes"
    } else if arguments.portfolio == "-" && verdicts::is_standard_input(out) || is(Path::new(&arguments.portfolio)) {
        "the portfolio itself"
    } else {
        return Ok(());
    };
    Err(Refused::SameFile { path: out.display().to_string(), what })
}

fn extension(path: &Path) -> Option<Format> {
    match path.extension()?.to_str()? {
        "csv" => Some(Format::Csv),
        "jsonl" | "ndjson" => Some(Format::Jsonl),
        _ => None,
    }
}

fn format(arguments: &Arguments) -> Format {
    arguments.format.or_else(|| extension(arguments.out.as_deref()?)).unwrap_or(Format::Csv)
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
    let parts = Effect::ALL.into_iter().map(|change| (change.code(), totals.part(change)));
    for (name, part) in parts.chain([("all", all)]) {
        let difference: Sum = part.after.minus(part.before);
        let _ = writeln!(told, "{name:<8} {:>10} {:>22} {:>22} {difference:>22}", part.cases, part.before, part.after);
    }
    told
}
