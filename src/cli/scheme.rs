//! `almoner scheme …`: check a scheme file as it is written, and read one as of a day.

use super::schemes::{self, SchemeError};
use super::{finished, not_understood};
use clap::Subcommand;
use rules::calendar::Day;
use rules::dated::Known;
use rules::scheme::Scheme;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Check scheme files and run their examples.
    ///
    /// Prints every fault as file:line:column with what to write. Exit 0 when there is none, 1 when there are some, 2 when a
    /// file cannot be read.
    Check {
        /// The files; without any, every scheme of the folder.
        files: Vec<PathBuf>,
    },
    /// Show the values that hold on a day, each with its source.
    Show {
        /// The code of the scheme, such as NIAS.
        code: String,
        /// The day.
        #[arg(long, value_name = "DAY", value_parser = Day::parse)]
        on: Day,
    },
}

pub(super) fn run(folder: &Path, command: Command) -> ExitCode {
    match command {
        Command::Check { files } if files.is_empty() => match schemes::files(folder) {
            Ok(files) => check(&files, schemes::in_its_place),
            Err(error) => not_understood(error),
        },
        // A file that is named may be a draft, and stand anywhere.
        Command::Check { files } => check(&files, |_, _| Ok(())),
        Command::Show { code, on } => match schemes::find(folder, &code) {
            Ok(scheme) => finished(&shown(&scheme, on), ExitCode::SUCCESS),
            Err(error) => not_understood(error),
        },
    }
}

/// Checks every file, and says of each what is wrong or that nothing is.
fn check(files: &[PathBuf], in_its_place: impl Fn(&Path, &Scheme) -> Result<(), SchemeError>) -> ExitCode {
    let mut output = String::new();
    let (mut faulty, mut unreadable) = (false, false);
    for path in files {
        match check_one(path, &in_its_place) {
            Ok(in_order) => output.extend([&*in_order, "\n"]),
            Err(error @ (SchemeError::Unreadable { .. } | SchemeError::NotUtf8 { .. })) => {
                unreadable = true;
                not_understood(error);
            }
            Err(error) => {
                faulty = true;
                output.extend([&*error.to_string(), "\n"]);
            }
        }
    }
    let exit = if unreadable { 2 } else { u8::from(faulty) };
    finished(&output, ExitCode::from(exit))
}

fn check_one(
    path: &Path,
    in_its_place: impl Fn(&Path, &Scheme) -> Result<(), SchemeError>,
) -> Result<String, SchemeError> {
    let (scheme, text) = schemes::read(path)?;
    in_its_place(path, &scheme)?;
    let faults = scheme.failing_examples(&text);
    if !faults.is_empty() {
        return Err(SchemeError::faulty(path, &faults));
    }
    let (code, examples) = (scheme.file.code.get_ref(), scheme.file.example.len());
    Ok(format!("{}: {code} is in order, {examples} examples hold", path.display()))
}

fn shown(scheme: &Scheme, on: Day) -> String {
    let (code, name) = (scheme.file.code.get_ref(), &scheme.file.name);
    let mut lines = vec![format!("{code} — {} ({}), on {on}", name.en, name.zh_hant), format!("rules {}", scheme.hash)];
    for life in &scheme.lives {
        let Some(line) = life.on(on) else {
            lines.push(format!("  {}: no rule yet", life.path));
            continue;
        };
        let value = match &line.is {
            Known::Is(value) => value.as_str(),
            Known::None => "none",
            Known::Unknown => "unknown",
        };
        let grade = scheme.source(&line.source).map(|source| format!("{:?}", source.grade).to_lowercase());
        let grade = grade.unwrap_or_default();
        lines.push(format!("  {}: {value} (since {}, {}, {grade})", life.path, line.from, line.source));
    }
    lines.push(String::new());
    lines.join("\n")
}
