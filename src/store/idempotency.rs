//! The first answer to each `Idempotency-Key`, kept in the transaction that did the work. A technical table, not audited.

use super::schema::idempotency_keys;
use super::{Connected, Db, Fault, Tx};
use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use diesel_async::RunQueryDsl;
use rules::ids::PersonId;
use sha2::{Digest, Sha256};

#[diesel::declare_sql_function]
extern "SQL" {
    /// Takes a lock that ends with the transaction, or says that somebody else has it.
    fn pg_try_advisory_xact_lock(key: BigInt) -> Bool;
}

/// A key, which belongs to one person's use of one route.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// Whose.
    pub person: PersonId,
    /// Method and pattern of the route.
    pub route: String,
    /// As the client chose it.
    pub key: String,
    /// Hash of the request that it came with.
    pub request_hash: [u8; 32],
}

impl Key {
    /// The number that is locked while the key is at work. Two keys with the same number would only wait for each other.
    fn number(&self) -> i64 {
        let digest: [u8; 32] = Sha256::digest(format!("{} {} {}", self.person, self.route, self.key)).into();
        let [a, b, c, d, e, f, g, h, ..] = digest;
        i64::from_be_bytes([a, b, c, d, e, f, g, h])
    }
}

/// What is known of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Known {
    /// Another request with this key is at work.
    InProgress,
    /// It was answered, and came with a request of this hash.
    Answered {
        /// Hash of the request that was answered.
        request_hash: Vec<u8>,
        /// The answer, as it was given to be kept.
        answer: String,
    },
    /// Nothing; and until the transaction ends no other request with it begins.
    New,
}

/// Claims a key until the transaction ends, or says what is known of it.
///
/// One statement, because every write pays for it. The lock ends with the transaction and leaves nothing behind if that fails.
/// A key that is answered between the statement's snapshot and its lock is caught by the primary key.
///
/// # Errors
/// When the database fails.
pub async fn claim(tx: &mut Tx<'_>, key: &Key) -> Result<Known, Fault> {
    let row = || idempotency_keys::table.find((key.person.0, &key.route, &key.key));
    let query = diesel::select((
        pg_try_advisory_xact_lock(key.number()),
        row().select(idempotency_keys::request_hash).single_value(),
        row().select(idempotency_keys::answer).single_value(),
    ));
    let (ours, request_hash, answer): (bool, Option<Vec<u8>>, Option<String>) = query.get_result(tx.connection).await?;
    match (request_hash, answer) {
        (Some(request_hash), Some(answer)) => Ok(Known::Answered { request_hash, answer }),
        _ if ours => Ok(Known::New),
        _ => Ok(Known::InProgress),
    }
}

/// Keeps the answer to a claimed key.
///
/// # Errors
/// When the database fails, or the key was answered in the meantime.
pub async fn keep(tx: &mut Tx<'_>, key: &Key, answer: &str) -> Result<(), Fault> {
    let row = (
        idempotency_keys::person_id.eq(key.person.0),
        idempotency_keys::route.eq(&key.route),
        idempotency_keys::key.eq(&key.key),
        idempotency_keys::request_hash.eq(key.request_hash.as_slice()),
        idempotency_keys::answer.eq(answer),
        idempotency_keys::created_at.eq(tx.moment.recorded_at),
    );
    diesel::insert_into(idempotency_keys::table).values(row).execute(tx.connection).await?;
    Ok(())
}

/// How long an answer is kept: longer than any client goes on trying.
const KEPT: TimeDelta = TimeDelta::days(1);

/// Deletes answers that are older than a day.
///
/// # Errors
/// When the database fails.
pub async fn delete_expired(db: &Db, now: DateTime<Utc>) -> Result<(), Fault> {
    let before = now.checked_sub_signed(KEPT).unwrap_or(now);
    let old = idempotency_keys::table.filter(idempotency_keys::created_at.lt(before));
    diesel::delete(old).execute(db.reader().await?.connection()).await?;
    Ok(())
}
