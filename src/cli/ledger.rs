//! `almoner ledger verify`: the books agree with the ledger, and no limit is passed.

use super::audit::{Said, database, say};
use crate::settings::Settings;
use crate::store::ledger;
use clap::Subcommand;
use std::process::ExitCode;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Add the whole ledger up, and name whatever is kept beside it and does not agree.
    ///
    /// Exit 0 when all of it agrees, 1 when something does not.
    Verify,
}

pub(super) fn run(settings: &Settings, command: Command) -> ExitCode {
    let Command::Verify = command;
    say(verify(settings))
}

async fn verify(settings: &Settings) -> Said {
    let mut reader = database(settings)?.reader().await.map_err(|error| error.to_string())?;
    let found = ledger::verify(&mut reader).await.map_err(|error| error.to_string())?;
    let lines = found.iter().map(|found| format!("not so: {}: {}\n", found.law, found.place)).collect::<String>();
    let verdict = if found.is_empty() { "the books agree" } else { "the books do not agree" };
    Ok((format!("{lines}{verdict}\n"), found.is_empty()))
}
