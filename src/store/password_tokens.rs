//! Links to choose a password, as hashes, each for one use. A technical table, not audited.

use super::schema::password_tokens;
use super::{Connected, Fault, Reader, Tx};
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use rules::ids::{OrganisationId, PersonId};
use uuid::Uuid;

/// Stores a link to choose a password, which may prove a registration. Older ones of the same person hold on: a letter may cross
/// another one.
///
/// # Errors
/// When the database fails.
pub async fn add(
    tx: &mut Tx<'_>,
    person: PersonId,
    proves: Option<OrganisationId>,
    hash: &[u8; 32],
    expires_at: DateTime<Utc>,
) -> Result<(), Fault> {
    let row = (
        password_tokens::hash.eq(hash.as_slice()),
        password_tokens::person_id.eq(person.0),
        password_tokens::created_at.eq(tx.moment.recorded_at),
        password_tokens::expires_at.eq(expires_at),
        password_tokens::registration_id.eq(proves.map(|id| id.0)),
    );
    diesel::insert_into(password_tokens::table).values(row).execute(tx.connection).await?;
    Ok(())
}

/// Whose link it is, while it holds.
///
/// # Errors
/// When the database fails.
pub async fn find(reader: &mut impl Connected, hash: &[u8; 32], now: DateTime<Utc>) -> Result<Option<PersonId>, Fault> {
    let holds = password_tokens::used_at.is_null().and(password_tokens::expires_at.gt(now));
    let query = password_tokens::table.find(hash.as_slice()).filter(holds).select(password_tokens::person_id);
    let person: Option<Uuid> = query.first(reader.connection()).await.optional()?;
    Ok(person.map(PersonId))
}

/// A link that has been used up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UsedUp {
    /// The organisation that was registered with it.
    pub proves: Option<OrganisationId>,
}

/// Uses a link up; `None` when it was used or has expired in the meantime.
///
/// # Errors
/// When the database fails.
pub async fn use_up(tx: &mut Tx<'_>, hash: &[u8; 32]) -> Result<Option<UsedUp>, Fault> {
    let now = tx.moment.recorded_at;
    let holds = password_tokens::used_at.is_null().and(password_tokens::expires_at.gt(now));
    let row = password_tokens::table.filter(password_tokens::hash.eq(hash.as_slice()).and(holds));
    let used = diesel::update(row).set(password_tokens::used_at.eq(now)).returning(password_tokens::registration_id);
    let used: Option<Option<Uuid>> = used.get_result(tx.connection).await.optional()?;
    Ok(used.map(|proves| UsedUp { proves: proves.map(OrganisationId) }))
}

/// Ends every link of a person.
///
/// # Errors
/// When the database fails.
pub async fn spend_all(tx: &mut Tx<'_>, person: PersonId) -> Result<(), Fault> {
    let open =
        password_tokens::table.filter(password_tokens::person_id.eq(person.0).and(password_tokens::used_at.is_null()));
    diesel::update(open).set(password_tokens::used_at.eq(tx.moment.recorded_at)).execute(tx.connection).await?;
    Ok(())
}

pub(super) async fn delete_expired(reader: &mut Reader, before: DateTime<Utc>) -> Result<(), Fault> {
    let tokens = password_tokens::table.filter(password_tokens::expires_at.lt(before));
    diesel::delete(tokens).execute(reader.connection()).await?;
    Ok(())
}
