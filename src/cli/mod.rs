//! The command line for the people who run Almoner. Exit codes: 0 done, 1 checked and found wanting, 2 not understood or not
//! possible.

mod calculate;
mod scheme;
mod schemes;

use clap::{Parser, Subcommand};
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

/// Almoner administers public grants and matching funds.
///
/// Schemes are files: `seeds/schemes/<code in lower case>.toml`. `ALMONER_SCHEMES` or `--schemes` names another folder.
#[derive(Debug, Parser)]
#[command(name = "almoner", version, propagate_version = true)]
pub struct Cli {
    /// The folder with the scheme files.
    #[arg(long, global = true, env = "ALMONER_SCHEMES", default_value = "seeds/schemes")]
    schemes: PathBuf,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Work out a grant and explain it line by line; needs no database.
    ///
    /// Prints the answer as JSON. A refused calculation is a good answer (exit 0); a request that cannot be understood is
    /// named on standard error (exit 2).
    Calculate(calculate::Arguments),
    /// Check and read scheme files.
    #[command(subcommand)]
    Scheme(scheme::Command),
}

/// Runs a command.
#[must_use]
pub fn run(cli: Cli) -> ExitCode {
    match cli.command {
        Command::Calculate(arguments) => calculate::run(&cli.schemes, &arguments),
        Command::Scheme(command) => scheme::run(&cli.schemes, command),
    }
}

/// Prints what a command has to say and ends it. A reader that has gone away, such as `head`, has read what it wanted.
fn finished(output: &str, exit: ExitCode) -> ExitCode {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(output.as_bytes()).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => not_understood(format!("standard output: {error}")),
        _ => exit,
    }
}

/// Says on standard error what was not understood.
fn not_understood(message: impl std::fmt::Display) -> ExitCode {
    // When nobody can read it any more, the exit code still says it.
    let _ = writeln!(io::stderr(), "{message}");
    ExitCode::from(2)
}
