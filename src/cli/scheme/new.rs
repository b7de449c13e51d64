//! `almoner scheme new`: the beginning of a scheme file.

use super::super::{finished, not_understood};
use crate::clock::Clock;
use clap::Args;
use rules::calendar::Day;
use rules::scheme::skeleton;
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

#[derive(Debug, Args)]
pub(in crate::cli) struct New {
    /// The code of the scheme: capital letters, digits and hyphens.
    code: String,
    /// The first day of its rules; today, where none is named.
    #[arg(long, value_name = "DAY", value_parser = Day::parse)]
    from: Option<Day>,
    /// The file to write, which must not be there yet; standard output, where none is named.
    #[arg(long)]
    file: Option<PathBuf>,
}

pub(in crate::cli) fn new(arguments: &New) -> ExitCode {
    let today = Clock::default().moment().today();
    let Some(text) = skeleton(&arguments.code, arguments.from.unwrap_or(today), today) else {
        return not_understood(format!(
            "\"{}\" is no code: write capital letters, digits and hyphens, such as NIAS",
            arguments.code
        ));
    };
    match &arguments.file {
        None => finished(&text, ExitCode::SUCCESS),
        Some(file) => match written(file, &text) {
            Ok(()) => finished(
                &format!("{}: fill in each TODO, then almoner scheme check it\n", file.display()),
                ExitCode::SUCCESS,
            ),
            Err(error) => not_understood(format!("{}: {error}", file.display())),
        },
    }
}

fn written(file: &Path, text: &str) -> std::io::Result<()> {
    File::create_new(file)?.write_all(text.as_bytes())
}
