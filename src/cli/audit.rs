//! `almoner audit verify`, and `almoner replay`: what was recorded is still what was decided.

use super::{finished, refused, runtime};
use crate::actions::schemes::Schemes;
use crate::actions::standing::replay as work_out_again;
use crate::settings::Settings;
use crate::store::{Db, audit};
use clap::Subcommand;
use secrecy::ExposeSecret;
use std::process::ExitCode;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Walk every chain of the audit and name each entry that was changed, deleted or added.
    ///
    /// Exit 0 when there is none, 1 when there are some.
    Verify,
}

/// What a check says, and whether nothing was found wanting.
pub(super) type Said = Result<(String, bool), String>;

pub(super) fn run(settings: &Settings, command: Command) -> ExitCode {
    let Command::Verify = command;
    say(verify(settings))
}

pub(super) fn replay(settings: &Settings, reference: &str) -> ExitCode {
    say(replayed(settings, reference))
}

pub(super) fn say(check: impl Future<Output = Said>) -> ExitCode {
    match runtime().map(|runtime| runtime.block_on(check)) {
        Ok(Ok((said, true))) => finished(&said, ExitCode::SUCCESS),
        Ok(Ok((said, false))) => finished(&said, ExitCode::from(1)),
        Ok(Err(error)) => refused(error),
        Err(error) => refused(error),
    }
}

pub(super) fn database(settings: &Settings) -> Result<Db, String> {
    Db::new(settings.database.url.expose_secret(), 1).map_err(|error| error.to_string())
}

async fn verify(settings: &Settings) -> Said {
    let mut reader = database(settings)?.reader().await.map_err(|error| error.to_string())?;
    let (seen, findings) = audit::verify(&mut reader).await.map_err(|error| error.to_string())?;
    let lines = findings.iter().map(|finding| format!("{finding}\n")).collect::<String>();
    let verdict = if findings.is_empty() { "every chain is whole" } else { "the audit has been tampered with" };
    Ok((format!("{lines}{seen} entries: {verdict}\n"), findings.is_empty()))
}

async fn replayed(settings: &Settings, reference: &str) -> Said {
    let mut reader = database(settings)?.reader().await.map_err(|error| error.to_string())?;
    let schemes = Schemes::of_agency(settings.agency.name.clone());
    let replays = work_out_again(&mut reader, &schemes, reference).await.map_err(|error| error.to_string())?;
    let line = |replay: &crate::actions::standing::Replay| {
        let verdict = if replay.is_same() { "the same" } else { "DIFFERENT" };
        format!("{} recorded, {} worked out again: {verdict}\n", replay.recorded, replay.again)
    };
    let same = replays.iter().all(crate::actions::standing::Replay::is_same);
    Ok((replays.iter().map(line).collect(), same && !replays.is_empty()))
}
