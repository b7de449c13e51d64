//! `almoner admin …`: the first administrator, who can then invite everybody else over the API.

use super::{refused, wait_for};
use crate::access::{Access, AccessError};
use crate::actions;
use crate::actions::people::{Introduction, invite, new_password_token, record_password, usable_hash};
use crate::clock::Clock;
use crate::settings::Settings;
use crate::store::{Db, Fault, Tx};
use clap::Subcommand;
use rules::actor::{Actor, Role};
use rules::person::Language;
use secrecy::{ExposeSecret, SecretString};
use std::collections::BTreeSet;
use std::io::{self, BufRead};
use std::process::ExitCode;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Invite an administrator and print a link, for one use, to choose a password.
    ///
    /// With --password-stdin the password is read from the first line of standard input instead, never from an argument, which
    /// other users of the machine could see.
    Create {
        /// The address to sign in with.
        #[arg(long)]
        email: String,
        /// The name, as people write it.
        #[arg(long)]
        name: String,
        /// The language of mail: en, zh-Hant or zh-Hans.
        #[arg(long, default_value = "en", value_parser = language)]
        language: Language,
        /// Read the password from standard input.
        #[arg(long)]
        password_stdin: bool,
    },
}

fn language(code: &str) -> Result<Language, &'static str> {
    Language::from_code(code).ok_or("write en, zh-Hant or zh-Hans")
}

pub(super) fn run(settings: &Settings, command: Command) -> ExitCode {
    let Command::Create { email, name, language, password_stdin } = command;
    let password = match password_stdin.then(first_line).transpose() {
        Ok(password) => password,
        Err(error) => return refused(format!("standard input: {error}")),
    };
    wait_for(create(settings, &Clock::default(), Introduction { email, name, language }, password))
}

fn first_line() -> io::Result<SecretString> {
    let mut line = String::new();
    io::stdin().lock().read_line(&mut line)?;
    Ok(SecretString::from(line.trim_end_matches(['\r', '\n'])))
}

/// Why there is no new administrator.
#[derive(Debug, thiserror::Error)]
pub(super) enum NotCreated {
    /// Passwords and tokens cannot be made.
    #[error(transparent)]
    Access(#[from] AccessError),
    /// The database cannot be used.
    #[error(transparent)]
    Database(#[from] Fault),
    /// It was refused.
    #[error(transparent)]
    Refused(#[from] actions::Error),
}

pub(super) async fn create(
    settings: &Settings,
    clock: &Clock,
    introduction: Introduction,
    password: Option<SecretString>,
) -> Result<String, NotCreated> {
    let access = Access::new(settings)?;
    let db = Db::new(settings.database.url.expose_secret(), 1)?;
    let moment = clock.moment();
    let roles = BTreeSet::from([Role::Administrator]);
    let created = db.write(moment, async |tx: &mut Tx<'_>| -> Result<String, actions::Error> {
        let person = invite(tx, &Actor::console(), introduction, roles).await?.person;
        match password {
            Some(password) => {
                let hash = usable_hash(&access, &person, password).await?;
                record_password(tx, person.id, hash).await?;
                Ok(format!("{} can sign in as administrator\n", person.email))
            }
            None => {
                let token = new_password_token(tx, person.id, None, access.link_lifetime).await?;
                Ok(format!("{}#{token}\n", settings.passwords.link_page.as_str()))
            }
        }
    });
    Ok(created.await?)
}
