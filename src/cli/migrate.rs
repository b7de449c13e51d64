//! `almoner migrate`: brings the database up to date.

use super::{finished, refused};
use crate::settings::Settings;
use crate::store;
use secrecy::ExposeSecret;
use std::process::ExitCode;

pub(super) fn run(settings: &Settings) -> ExitCode {
    match store::migrate(settings.database.url.expose_secret()) {
        Ok(run) if run.is_empty() => finished("the database is up to date\n", ExitCode::SUCCESS),
        Ok(run) => {
            let lines: String = run.iter().map(|version| format!("migrated {version}\n")).collect();
            finished(&lines, ExitCode::SUCCESS)
        }
        Err(fault) => refused(fault),
    }
}
