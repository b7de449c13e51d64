//! Sessions and their refresh tokens, as hashes. Technical tables, not audited.

use super::members::TiesOf;
use super::people::{Standing, assembled};
use super::schema::{memberships, people, person_authorities, person_roles, refresh_tokens, sessions};
use super::{Connected, Db, Fault, Tx, password_tokens};
use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use rules::actor::Actor;
use rules::ids::PersonId;
use uuid::Uuid;

/// Why a session ended before its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndedBecause {
    /// Its person signed out.
    SignedOut,
    /// One of its refresh tokens was used twice.
    TokenReused,
    /// A new password was set.
    PasswordSet,
    /// An administrator changed or closed the account.
    AccountChanged,
}

impl EndedBecause {
    const fn code(self) -> &'static str {
        match self {
            Self::SignedOut => "signed_out",
            Self::TokenReused => "token_reused",
            Self::PasswordSet => "password_set",
            Self::AccountChanged => "account_changed",
        }
    }
}

/// A refresh token that somebody presents, and its session, locked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Queryable)]
pub struct PresentedToken {
    /// The session.
    pub session: Uuid,
    /// Whose session.
    pub person: Uuid,
    /// Whether that account is open.
    pub active: Option<bool>,
    /// When the token was used, if it was.
    pub used_at: Option<DateTime<Utc>>,
    /// When the session was last refreshed.
    pub refreshed_at: DateTime<Utc>,
    /// When it ends at the latest.
    pub expires_at: DateTime<Utc>,
    /// When it was ended, if it was.
    pub ended_at: Option<DateTime<Utc>>,
}

/// The person in a session as an actor, with the roles of this moment; `None` when the session or the account is closed. One
/// round trip.
///
/// # Errors
/// When the database fails or a row cannot be read.
pub async fn actor(
    reader: &mut impl Connected,
    session: Uuid,
    person: PersonId,
    now: DateTime<Utc>,
) -> Result<Option<Actor>, Fault> {
    let rows: Vec<Standing> = sessions::table
        .inner_join(people::table.on(people::id.eq(sessions::person_id)))
        .left_join(person_roles::table.on(person_roles::person_id.eq(people::id)))
        .left_join(memberships::table.on(memberships::person_id.eq(people::id)))
        .left_join(person_authorities::table.on(person_authorities::person_id.eq(people::id)))
        .filter(sessions::id.eq(session).and(sessions::person_id.eq(person.0)))
        .filter(sessions::ended_at.is_null().and(sessions::expires_at.gt(now)).and(people::active))
        .select((
            people::version,
            person_roles::role.nullable(),
            memberships::organisation_id.nullable(),
            person_authorities::authority.nullable(),
            TiesOf(person.0),
        ))
        .load(reader.connection())
        .await?;
    assembled(person, rows)
}

/// Whose open account has an address (in lower case), with the hash of the password where one has been chosen. One query
/// whether or not there is somebody, so that the time tells nothing.
///
/// # Errors
/// When the database fails.
pub async fn credentials(
    reader: &mut impl Connected,
    email: &str,
) -> Result<Option<(PersonId, Option<String>)>, Fault> {
    let query =
        people::table.filter(people::email.eq(email).and(people::active)).select((people::id, people::password_hash));
    let row: Option<(Uuid, Option<String>)> = query.first(reader.connection()).await.optional()?;
    Ok(row.map(|(id, hash)| (PersonId(id), hash)))
}

/// Whether the account is open and still has this password: a change that came in between makes the proof void. The row stays
/// as it is until the transaction ends.
///
/// # Errors
/// When the database fails.
pub async fn still_proved(tx: &mut Tx<'_>, person: PersonId, password_hash: &str) -> Result<bool, Fault> {
    let query = people::table
        .filter(people::id.eq(person.0).and(people::active).and(people::password_hash.eq(password_hash)))
        .select(people::id)
        .for_share();
    let found: Option<Uuid> = query.first(tx.connection).await.optional()?;
    Ok(found.is_some())
}

/// Begins a session with its first refresh token.
///
/// # Errors
/// When the database fails.
pub async fn begin(
    tx: &mut Tx<'_>,
    session: Uuid,
    person: PersonId,
    expires_at: DateTime<Utc>,
    refresh_token: &[u8; 32],
) -> Result<(), Fault> {
    let now = tx.moment.recorded_at;
    let row = (
        sessions::id.eq(session),
        sessions::person_id.eq(person.0),
        sessions::created_at.eq(now),
        sessions::refreshed_at.eq(now),
        sessions::expires_at.eq(expires_at),
    );
    diesel::insert_into(sessions::table).values(row).execute(tx.connection).await?;
    add_refresh_token(tx, session, refresh_token).await
}

async fn add_refresh_token(tx: &mut Tx<'_>, session: Uuid, hash: &[u8; 32]) -> Result<(), Fault> {
    let row = (
        refresh_tokens::hash.eq(hash.as_slice()),
        refresh_tokens::session_id.eq(session),
        refresh_tokens::created_at.eq(tx.moment.recorded_at),
    );
    diesel::insert_into(refresh_tokens::table).values(row).execute(tx.connection).await?;
    Ok(())
}

/// A refresh token and its session, locked until the transaction ends.
///
/// # Errors
/// When the database fails.
pub async fn lock(tx: &mut Tx<'_>, refresh_token: &[u8; 32]) -> Result<Option<PresentedToken>, Fault> {
    // The person is looked at in a query within, which is not locked: whoever sets a password locks person, then sessions.
    let account = people::table.filter(people::id.eq(sessions::person_id)).select(people::active).single_value();
    let query = refresh_tokens::table
        .inner_join(sessions::table.on(sessions::id.eq(refresh_tokens::session_id)))
        .filter(refresh_tokens::hash.eq(refresh_token.as_slice()))
        .select((
            sessions::id,
            sessions::person_id,
            account,
            refresh_tokens::used_at,
            sessions::refreshed_at,
            sessions::expires_at,
            sessions::ended_at,
        ))
        .for_update();
    Ok(query.first(tx.connection).await.optional()?)
}

/// Uses up a refresh token and gives its session the next one.
///
/// # Errors
/// When the database fails.
pub async fn rotate(tx: &mut Tx<'_>, session: Uuid, used: &[u8; 32], next: &[u8; 32]) -> Result<(), Fault> {
    let now = tx.moment.recorded_at;
    let used = refresh_tokens::table.find(used.as_slice());
    diesel::update(used).set(refresh_tokens::used_at.eq(now)).execute(tx.connection).await?;
    let session_row = sessions::table.find(session);
    diesel::update(session_row).set(sessions::refreshed_at.eq(now)).execute(tx.connection).await?;
    add_refresh_token(tx, session, next).await
}

/// Ends one session.
///
/// # Errors
/// When the database fails.
pub async fn end(tx: &mut Tx<'_>, session: Uuid, because: EndedBecause) -> Result<(), Fault> {
    let open = sessions::table.filter(sessions::id.eq(session).and(sessions::ended_at.is_null()));
    let ended = (sessions::ended_at.eq(tx.moment.recorded_at), sessions::ended_because.eq(because.code()));
    diesel::update(open).set(ended).execute(tx.connection).await?;
    Ok(())
}

/// Ends every session of a person.
///
/// # Errors
/// When the database fails.
pub async fn end_all(tx: &mut Tx<'_>, person: PersonId, because: EndedBecause) -> Result<(), Fault> {
    let open = sessions::table.filter(sessions::person_id.eq(person.0).and(sessions::ended_at.is_null()));
    let ended = (sessions::ended_at.eq(tx.moment.recorded_at), sessions::ended_because.eq(because.code()));
    diesel::update(open).set(ended).execute(tx.connection).await?;
    Ok(())
}

/// Replaces the hash of a password that has not changed, where it is still the one that was verified.
///
/// # Errors
/// When the database fails.
pub async fn rehash(tx: &mut Tx<'_>, person: PersonId, verified: &str, renewed: &str) -> Result<(), Fault> {
    let row = people::table.filter(people::id.eq(person.0).and(people::password_hash.eq(verified)));
    diesel::update(row).set(people::password_hash.eq(renewed)).execute(tx.connection).await?;
    Ok(())
}

/// How long what has expired is kept, so that a late token is still told from an unknown one.
const KEPT: TimeDelta = TimeDelta::days(7);

/// Deletes what expired a week ago.
///
/// # Errors
/// When the database fails.
pub async fn delete_expired(db: &Db, now: DateTime<Utc>) -> Result<(), Fault> {
    let mut reader = db.reader().await?;
    let before = now.checked_sub_signed(KEPT).unwrap_or(now);
    let sessions = sessions::table.filter(sessions::expires_at.lt(before));
    diesel::delete(sessions).execute(reader.connection()).await?;
    password_tokens::delete_expired(&mut reader, before).await
}
