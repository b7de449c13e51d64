//! `almoner payee-accounts reseal`: where organisations are paid, sealed anew under the first key.

use super::audit::{Said, database, say};
use crate::access::Access;
use crate::actions::{Error, payee_accounts as actions};
use crate::clock::Clock;
use crate::settings::Settings;
use crate::store::{Db, Tx, payee_accounts};
use clap::Subcommand;
use rules::actor::Actor;
use rules::ids::PayeeAccountId;
use std::collections::BTreeMap;
use std::process::ExitCode;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Seal anew what another key than the first one of payments.seal_keys has sealed.
    ///
    /// May be cut off and run again. Exit 0 when all of it is done: then, once every server has the first key first, the other keys are needed
    /// no more. Exit 1 when something could not be opened, which is named.
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
    let (sealed, failed) = reseal_all(&db, &access).await.map_err(|error| error.to_string())?;
    let lines = failed.iter().map(|(id, error)| format!("not sealed anew: {id}: {error}\n")).collect::<String>();
    Ok((format!("{lines}{sealed} sealed anew under {}\n", access.seal_keys.current()), failed.is_empty()))
}

/// Each in a transaction of its own, so that nobody is held up; what fails is passed, and told. It goes round until it finds nothing new.
async fn reseal_all(db: &Db, access: &Access) -> Result<(u32, BTreeMap<PayeeAccountId, Error>), Error> {
    let (clock, mut sealed, mut failed, mut after) = (Clock::default(), 0u32, BTreeMap::new(), None);
    let mut found = false;
    loop {
        let mut reader = db.reader().await?;
        let page = payee_accounts::sealed_otherwise(&mut reader, access.seal_keys.current(), (after, PAGE)).await?;
        drop(reader);
        after = page.last().map(|last| last.id);
        for account in page.iter().filter(|account| !failed.contains_key(&account.id)).collect::<Vec<_>>() {
            let act = async |tx: &mut Tx<'_>| actions::reseal(tx, &Actor::console(), access, account).await;
            found = true;
            match db.write(clock.moment(), act).await {
                Ok(()) => sealed = sealed.saturating_add(1),
                Err(error) => drop(failed.insert(account.id, error)),
            }
        }
        match (after, found) {
            (None, false) => return Ok((sealed, failed)),
            (None, true) => found = false,
            (Some(_), _) => {}
        }
    }
}
