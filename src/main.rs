//! The command line of Almoner.

use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    almoner::cli::run(almoner::cli::Cli::parse())
}
