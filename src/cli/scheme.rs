//! `almoner scheme …`: check a scheme file as it is written, and read one as of a day.

use super::{not_understood, schemes};
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
        Command::Check { files } => check(folder, files),
        Command::Show { code, on } => match schemes::find(folder, &code) {
            Ok(scheme) => {
                show(&scheme, on);
                ExitCode::SUCCESS
            }
            Err(error) => not_understood(error),
        },
    }
}

fn check(folder: &Path, files: Vec<PathBuf>) -> ExitCode {
    let files = if files.is_empty() {
        match schemes::files(folder) {
            Ok(files) => files,
            Err(error) => return not_understood(error),
        }
    } else {
        files
    };
    let mut faulty = false;
    for path in files {
        match schemes::read(&path) {
            Err(schemes::SchemeError::Faulty(faults)) => {
                faulty = true;
                println!("{faults}");
            }
            Err(error) => return not_understood(error),
            Ok((scheme, text)) => {
                let faults = scheme.failing_examples(&text);
                faulty |= !faults.is_empty();
                for fault in &faults {
                    println!("{}:{fault}", path.display());
                }
                if faults.is_empty() {
                    println!(
                        "{}: {} is in order, {} examples hold",
                        path.display(),
                        scheme.file.code.get_ref(),
                        scheme.file.example.len()
                    );
                }
            }
        }
    }
    if faulty { ExitCode::from(1) } else { ExitCode::SUCCESS }
}

fn show(scheme: &Scheme, on: Day) {
    println!("{} — {} ({}), on {on}", scheme.file.code.get_ref(), scheme.file.name.en, scheme.file.name.zh_hant);
    println!("rules {}", scheme.hash);
    for life in &scheme.lives {
        let Some(line) = life.on(on) else {
            println!("  {}: no rule yet", life.path);
            continue;
        };
        let value = match &line.is {
            Known::Is(value) => value.as_str(),
            Known::None => "none",
            Known::Unknown => "unknown",
        };
        let grade = scheme.source(&line.source).map(|source| format!("{:?}", source.grade).to_lowercase());
        println!("  {}: {value} (since {}, {}, {})", life.path, line.from, line.source, grade.unwrap_or_default());
    }
}
