//! The migrations, embedded in the binary and run under a lock, so that several servers can start at once.

use super::Fault;
use diesel::connection::SimpleConnection;
use diesel::{Connection, ConnectionError};
use diesel_async::AsyncPgConnection;
use diesel_async::async_connection_wrapper::AsyncConnectionWrapper;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

const MIGRATIONS: EmbeddedMigrations = embed_migrations!();

/// Any number that nothing else locks.
const LOCK: i64 = 7_231_904_415;

/// Brings the database up to date and names what was run. Blocking: it brings its own runtime.
///
/// # Errors
/// When the database cannot be reached or a migration fails; what ran before it stays.
pub fn migrate(url: &str) -> Result<Vec<String>, Fault> {
    locked(url, |connection| {
        let run = connection.run_pending_migrations(MIGRATIONS).map_err(|error| Fault::Guarded(error.to_string()))?;
        Ok(run.into_iter().map(|version| version.to_string()).collect())
    })
}

/// Undoes every migration, newest first. For tests, and for nothing else.
///
/// # Errors
/// When the database cannot be reached or a migration cannot be undone.
pub fn revert_all(url: &str) -> Result<(), Fault> {
    locked(url, |connection| {
        connection.revert_all_migrations(MIGRATIONS).map_err(|error| Fault::Guarded(error.to_string()))?;
        Ok(())
    })
}

type Wrapped = AsyncConnectionWrapper<AsyncPgConnection>;

fn locked<T>(url: &str, work: impl FnOnce(&mut Wrapped) -> Result<T, Fault>) -> Result<T, Fault> {
    let unreachable = |error: ConnectionError| Fault::Unavailable(error.to_string());
    let mut connection = Wrapped::establish(url).map_err(unreachable)?;
    connection.batch_execute(&format!("SELECT pg_advisory_lock({LOCK})"))?;
    let result = work(&mut connection);
    connection.batch_execute(&format!("SELECT pg_advisory_unlock({LOCK})"))?;
    result
}
