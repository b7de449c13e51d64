//! Rows and `rules` types, one into the other; locks; and the one door through which a transaction is opened.
//!
//! Nothing is decided here. A change is written only by [`Tx::record`], with its audit entry and its notices, or not at all.

pub mod agendas;
pub mod applications;
pub mod approvals;
pub mod assessment_steps;
pub mod assessments;
pub mod assessors;
pub mod attachments;
pub mod audit;
pub mod awards;
pub mod bank_answers;
pub mod bank_files;
pub mod change_requests;
pub mod claim_parts;
pub mod claims;
pub mod clocks;
mod content;
pub mod debarments;
pub mod delegations;
pub mod dues;
pub mod exports;
pub mod extensions;
mod fault;
pub mod feedback;
pub mod holds;
pub mod idempotency;
pub mod interests;
mod journal;
pub mod ledger;
pub mod letters;
pub mod members;
mod migrations;
pub mod obligations;
pub mod outbox;
pub mod panels;
pub mod particulars;
pub mod password_tokens;
pub mod payee_accounts;
pub mod people;
pub mod recoveries;
pub mod rehearsals;
pub mod relations;
pub mod reminders;
pub mod reports;
pub mod reserve_lists;
pub mod returns;
pub mod reviews;
pub mod round_decisions;
pub mod rounds;
pub mod scheme_drafts;
pub mod scheme_texts;
pub mod seals;
pub mod sessions;
pub mod signals;
pub mod sittings;
pub mod work;
#[rustfmt::skip]
mod schema;
mod together;
mod word;

pub use fault::Fault;
pub use migrations::{migrate, revert_all};

use awards::Recorded;
use chrono::{DateTime, Utc};
use deadpool::Runtime;
use diesel::ConnectionError;
use diesel_async::pooled_connection::deadpool::{Object, Pool};
use diesel_async::pooled_connection::{AsyncDieselConnectionManager, ManagerConfig, RecyclingMethod};
use diesel_async::{
    AnsiTransactionManager, AsyncConnection, AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection, TransactionManager,
};
use rules::calendar::Day;
use rules::ids::PersonId;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use uuid::Uuid;

/// How long a caller waits for a connection before it is told to come back.
const POOL_TIMEOUT: Duration = Duration::from_secs(5);

/// What every connection of the server starts with: messages in the words that [`Fault`] knows, where the account may choose them;
/// the role that may only do what it must; plans that are made once (bound parameters would be planned anew each time); and no
/// statement or lock that is waited for without end.
const CONNECTION_SETUP: &str = "DO $$ BEGIN PERFORM set_config('lc_messages', 'C', false); \
     EXCEPTION WHEN insufficient_privilege THEN NULL; END $$; SET ROLE almoner_app; SET plan_cache_mode = force_generic_plan; SET timezone = 'UTC'; \
     SET statement_timeout = '30s'; SET lock_timeout = '10s'; SET idle_in_transaction_session_timeout = '60s'";

/// The two clocks, read once for each request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// The business clock: it dates rules, deadlines and decisions.
    pub now: DateTime<Utc>,
    /// The system clock: tokens, leases, retries, ids, and when the audit was written.
    pub recorded_at: DateTime<Utc>,
}

impl Moment {
    /// The day in the scheme's time zone.
    #[must_use]
    pub fn today(&self) -> Day {
        Day::in_hong_kong(self.now)
    }
}

/// The database.
#[derive(Clone)]
pub struct Db {
    pool: Pool<AsyncPgConnection>,
    long: Arc<Semaphore>,
}

/// A connection for queries.
pub struct Reader {
    connection: Object<AsyncPgConnection>,
    /// The two clocks of the request that is served, where one is.
    moment: Option<Moment>,
    /// Given back with the connection.
    _turn: Option<OwnedSemaphorePermit>,
}

/// A transaction that has begun.
pub struct Tx<'c> {
    connection: &'c mut AsyncPgConnection,
    /// The two clocks of this request.
    pub moment: Moment,
    /// The money that has been recorded and is not met yet: many wait for its limits, so that these are locked last of all.
    movements: Vec<Recorded>,
    /// Those in whose absence somebody may act here, each with the version in which their authorities were read.
    absent: BTreeSet<(PersonId, i32)>,
}

impl Db {
    /// A pool of at most so many connections; none is opened yet.
    ///
    /// # Errors
    /// When the pool cannot be built.
    pub fn new(url: &str, connections: usize) -> Result<Self, Fault> {
        let mut config = ManagerConfig::default();
        // A broken connection is seen without asking it at every checkout.
        config.recycling_method = RecyclingMethod::Fast;
        config.custom_setup = Box::new(|url| {
            let url = url.to_owned();
            Box::pin(async move {
                let mut connection = AsyncPgConnection::establish(&url).await?;
                connection.batch_execute(CONNECTION_SETUP).await.map_err(ConnectionError::CouldntSetupConfiguration)?;
                Ok(connection)
            })
        });
        let manager = AsyncDieselConnectionManager::<AsyncPgConnection>::new_with_config(url, config);
        let pool = Pool::builder(manager)
            .max_size(connections)
            .runtime(Runtime::Tokio1)
            .wait_timeout(Some(POOL_TIMEOUT))
            .create_timeout(Some(POOL_TIMEOUT))
            .recycle_timeout(Some(POOL_TIMEOUT))
            .build()
            .map_err(|error| Fault::Unavailable(error.to_string()))?;
        let long = Arc::new(Semaphore::new(connections.div_ceil(2)));
        Ok(Self { pool, long })
    }

    /// A connection for queries.
    ///
    /// # Errors
    /// When none can be had.
    pub async fn reader(&self) -> Result<Reader, Fault> {
        let connection = self.pool.get().await.map_err(|error| Fault::Unavailable(error.to_string()))?;
        Ok(Reader { connection, moment: None, _turn: None })
    }

    /// The same for what takes as long as its reader takes to read it. Half of the connections serve for that and no more, so that
    /// slow readers never keep everybody else from the database; `None` when these are taken.
    ///
    /// # Errors
    /// When no connection can be had.
    pub async fn long_reader(&self) -> Result<Option<Reader>, Fault> {
        let Ok(turn) = Arc::clone(&self.long).try_acquire_owned() else { return Ok(None) };
        Ok(Some(Reader { _turn: Some(turn), ..self.reader().await? }))
    }

    /// Runs an act in one transaction: committed when it succeeds, rolled back when it fails. Call it in a task of its own
    /// (the act must not be cancelled half-way).
    ///
    /// # Errors
    /// The act's own, or that the database failed.
    pub async fn write<T, E: From<Fault>>(
        &self,
        moment: Moment,
        act: impl AsyncFnOnce(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut reader = self.reader().await?;
        AnsiTransactionManager::begin_transaction(&mut *reader.connection).await.map_err(Fault::from)?;
        let mut tx = Tx { connection: &mut reader.connection, moment, movements: Vec::new(), absent: BTreeSet::new() };
        let done = match act(&mut tx).await {
            Ok(value) => tx.meet_the_limits().await.map(|()| value).map_err(E::from),
            Err(error) => Err(error),
        };
        match done {
            Ok(value) => {
                AnsiTransactionManager::commit_transaction(&mut *reader.connection).await.map_err(Fault::from)?;
                Ok(value)
            }
            Err(error) => {
                AnsiTransactionManager::rollback_transaction(&mut *reader.connection).await.map_err(Fault::from)?;
                Err(error)
            }
        }
    }
}

/// Something that is tried within a transaction.
#[derive(Debug)]
#[must_use = "what is tried is ended: kept, or undone"]
pub struct Attempt {
    /// How much had been recorded of the money before.
    recorded: usize,
}

impl Tx<'_> {
    /// What is recorded from here on relies on the authorities of somebody absent, as they were read: where these change meanwhile, nothing is
    /// done.
    pub fn rely_on(&mut self, absent: PersonId, version: i32) {
        self.absent.insert((absent, version));
    }

    /// Begins to try something within the transaction, which goes on where that is refused.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn begin_attempt(&mut self) -> Result<Attempt, Fault> {
        AnsiTransactionManager::begin_transaction(&mut *self.connection).await?;
        Ok(Attempt { recorded: self.movements.len() })
    }

    /// Keeps what was tried; or undoes what it has written, gives back what it has locked, and forgets what it has recorded of the money.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn end_attempt(&mut self, attempt: Attempt, is_kept: bool) -> Result<(), Fault> {
        if is_kept {
            AnsiTransactionManager::commit_transaction(&mut *self.connection).await?;
        } else {
            self.movements.truncate(attempt.recorded);
            AnsiTransactionManager::rollback_transaction(&mut *self.connection).await?;
        }
        Ok(())
    }
}

#[diesel::declare_sql_function]
extern "SQL" {
    /// The next number of a sequence.
    fn nextval(sequence: diesel::sql_types::Text) -> diesel::sql_types::BigInt;
}

async fn next_value(tx: &mut Tx<'_>, sequence: &str) -> Result<i64, Fault> {
    Ok(diesel::select(nextval(sequence)).get_result(tx.connection).await?)
}

/// Locks a number until the transaction ends; two things that collide in it only wait for each other.
async fn lock_key(tx: &mut Tx<'_>, key: u64) -> Result<(), Fault> {
    diesel::define_sql_function! { fn pg_advisory_xact_lock(key: diesel::sql_types::BigInt) -> diesel::sql_types::Bool; }
    let key = i64::from_be_bytes(key.to_be_bytes());
    diesel::select(pg_advisory_xact_lock(key)).execute(tx.connection).await?;
    Ok(())
}

/// The same for what is known by a word; the seed tells words of one kind from those of another.
async fn lock_word(tx: &mut Tx<'_>, seed: u64, word: &str) -> Result<(), Fault> {
    lock_key(tx, word.bytes().fold(seed, |key, byte| key.rotate_left(7) ^ u64::from(byte))).await
}

/// The same for what is known by ids.
async fn lock_ids(tx: &mut Tx<'_>, ids: &[Uuid]) -> Result<(), Fault> {
    let halves = ids.iter().map(Uuid::as_u64_pair).flat_map(|(high, low)| [high, low]);
    lock_key(tx, halves.fold(0, |key: u64, half| key.rotate_left(1) ^ half)).await
}

impl Reader {
    /// The same connection, to serve a request of that moment.
    #[must_use]
    pub fn at(self, moment: Moment) -> Self {
        Self { moment: Some(moment), ..self }
    }
}

/// What a query runs on: a plain connection or a transaction.
pub trait Connected {
    /// The connection.
    fn connection(&mut self) -> &mut AsyncPgConnection;

    /// Today, where what may be read depends on the day.
    ///
    /// # Errors
    /// When no request is served, so that there is no today.
    fn today(&self) -> Result<Day, Fault>;
}

impl Connected for Reader {
    fn connection(&mut self) -> &mut AsyncPgConnection {
        &mut self.connection
    }

    fn today(&self) -> Result<Day, Fault> {
        let timeless = || Fault::Corrupt("what depends on the day is read without one".to_owned());
        self.moment.as_ref().map(Moment::today).ok_or_else(timeless)
    }
}

impl Connected for Tx<'_> {
    fn connection(&mut self) -> &mut AsyncPgConnection {
        self.connection
    }

    fn today(&self) -> Result<Day, Fault> {
        Ok(self.moment.today())
    }
}
