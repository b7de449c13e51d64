//! Notices that wait to be sent: claimed with a lease, settled, tried again later, or given up.

use super::schema::outbox;
use super::{Connected, Fault, Tx};
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use uuid::Uuid;

/// A notice that somebody has claimed.
#[derive(Clone, Debug, PartialEq, Eq, Queryable)]
pub struct Claimed {
    /// Identity; the same for every attempt.
    pub id: Uuid,
    /// The notice as JSON.
    pub notice: String,
    /// Attempts before this one.
    pub attempts: i32,
}

/// A notice that was given up.
#[derive(Clone, Debug, PartialEq, Eq, Queryable)]
pub struct Dead {
    /// Identity.
    pub id: Uuid,
    /// The notice as JSON.
    pub notice: String,
    /// How often it was tried.
    pub attempts: i32,
    /// What the last attempt met.
    pub last_error: Option<String>,
    /// When it was written.
    pub created_at: DateTime<Utc>,
}

/// Claims notices that are due and that nobody holds, until the lease ends.
///
/// # Errors
/// When the database fails.
pub async fn claim(tx: &mut Tx<'_>, leased_until: DateTime<Utc>, limit: i64) -> Result<Vec<Claimed>, Fault> {
    let now = tx.moment.recorded_at;
    let free = outbox::leased_until.is_null().or(outbox::leased_until.lt(now).assume_not_null());
    let due = outbox::table
        .filter(outbox::state.eq("waiting").and(outbox::due_at.le(now)).and(free))
        .order((outbox::due_at, outbox::id))
        .limit(limit)
        .select((outbox::id, outbox::notice, outbox::attempts))
        .for_update()
        .skip_locked();
    let claimed: Vec<Claimed> = due.load(tx.connection).await?;
    let ids = claimed.iter().map(|claimed| claimed.id).collect::<Vec<_>>();
    diesel::update(outbox::table.filter(outbox::id.eq_any(ids)))
        .set(outbox::leased_until.eq(Some(leased_until)))
        .execute(tx.connection)
        .await?;
    Ok(claimed)
}

/// The notice has been sent.
///
/// # Errors
/// When the database fails.
pub async fn settle(tx: &mut Tx<'_>, id: Uuid) -> Result<(), Fault> {
    let set = (
        outbox::state.eq("sent"),
        outbox::attempts.eq(outbox::attempts + 1),
        outbox::leased_until.eq(None::<DateTime<Utc>>),
        outbox::settled_at.eq(Some(tx.moment.recorded_at)),
    );
    diesel::update(outbox::table.find(id)).set(set).execute(tx.connection).await?;
    Ok(())
}

/// The attempt failed; the notice is due again later, or is given up when there is no later.
///
/// # Errors
/// When the database fails.
pub async fn fail(tx: &mut Tx<'_>, id: Uuid, error: &str, due_again_at: Option<DateTime<Utc>>) -> Result<(), Fault> {
    let error = error.chars().take(500).collect::<String>();
    let tried = (
        outbox::attempts.eq(outbox::attempts + 1),
        outbox::leased_until.eq(None::<DateTime<Utc>>),
        outbox::last_error.eq(Some(error)),
    );
    let row = outbox::table.find(id);
    match due_again_at {
        Some(due_at) => diesel::update(row).set((tried, outbox::due_at.eq(due_at))).execute(tx.connection).await?,
        None => {
            let given_up = (outbox::state.eq("dead"), outbox::settled_at.eq(Some(tx.moment.recorded_at)));
            diesel::update(row).set((tried, given_up)).execute(tx.connection).await?
        }
    };
    Ok(())
}

/// The notices that were given up, newest first, after one of them.
///
/// # Errors
/// When the database fails.
pub async fn dead(reader: &mut impl Connected, after: Option<Uuid>, limit: i64) -> Result<Vec<Dead>, Fault> {
    let query = outbox::table
        .filter(outbox::state.eq("dead").and(outbox::id.lt(after.unwrap_or_else(Uuid::max))))
        .order(outbox::id.desc())
        .limit(limit)
        .select((outbox::id, outbox::notice, outbox::attempts, outbox::last_error, outbox::created_at));
    Ok(query.load(reader.connection()).await?)
}

/// How many notices are waiting.
///
/// # Errors
/// When the database fails.
pub async fn waiting(reader: &mut impl Connected) -> Result<i64, Fault> {
    Ok(outbox::table.filter(outbox::state.eq("waiting")).count().get_result(reader.connection()).await?)
}
