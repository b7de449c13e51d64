//! `almoner payee-accounts reseal`: where organisations are paid, sealed anew under the first key.

use super::audit::{Said, database, say};
use crate::access::Access;
use crate::actions::{Error, payee_accounts as actions};
use crate::clock::Clock;
use crate::settings::Settings;
use crate::store::{Db, Tx, payee_accounts};
use clap::Subcommand;
use rules::actor::Actor;
use std::process::ExitCode;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Seal anew what another key than the first one of payments.seal_keys has sealed.
    ///
    /// May be cut off and run again. When it is done, the other keys are needed no more.
    Reseal,
}

/// How many are read at once.
const PAGE: i64 = 100;

pub(super) fn run(settings: &Settings, command: Command) -> ExitCode {
    let Command::Reseal = command;
    say(reseal(settings))
}

async fn reseal(settings: &Settings) -> Said {
    let access = Access::new(settings).map_err(|error| error.to_string())?;
    let db = database(settings)?;
    let sealed = reseal_all(&db, &access).await.map_err(|error| error.to_string())?;
    Ok((format!("{sealed} sealed anew under {}\n", access.seal_keys.current()), true))
}

/// Each in a transaction of its own, so that nobody is held up.
async fn reseal_all(db: &Db, access: &Access) -> Result<u32, Error> {
    let (clock, mut sealed, mut after) = (Clock::default(), 0u32, None);
    loop {
        let mut reader = db.reader().await?;
        let page = payee_accounts::sealed_otherwise(&mut reader, access.seal_keys.current(), (after, PAGE)).await?;
        drop(reader);
        let Some(last) = page.last() else { return Ok(sealed) };
        after = Some(last.id);
        for account in &page {
            let act = async |tx: &mut Tx<'_>| actions::reseal(tx, &Actor::console(), access, account).await;
            db.write(clock.moment(), act).await?;
            sealed = sealed.saturating_add(1);
        }
    }
}
