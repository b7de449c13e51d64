//! Published texts of schemes: immutable, the newest of a code in force.

use super::schema::scheme_texts;
use super::{Connected, Fault, Tx, nextval};
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use rules::ids::SchemeTextId;
use rules::scheme_text::SchemeText;
use uuid::Uuid;

#[derive(Queryable, Selectable)]
#[diesel(table_name = scheme_texts)]
struct Row {
    id: Uuid,
    code: String,
    hash: String,
    text: String,
}

impl From<Row> for SchemeText {
    fn from(row: Row) -> Self {
        Self { id: SchemeTextId(row.id), code: row.code, hash: row.hash, text: row.text }
    }
}

/// The identity and the hash of the text in force: enough to find it in a cache.
///
/// # Errors
/// When the database fails.
pub async fn in_force(reader: &mut impl Connected, code: &str) -> Result<Option<(SchemeTextId, String)>, Fault> {
    let query = scheme_texts::table
        .filter(scheme_texts::code.eq(code))
        .order((scheme_texts::published_at.desc(), scheme_texts::id.desc()))
        .select((scheme_texts::id, scheme_texts::hash));
    let row: Option<(Uuid, String)> = query.first(reader.connection()).await.optional()?;
    Ok(row.map(|(id, hash)| (SchemeTextId(id), hash)))
}

/// The same of every scheme, in the order of their codes.
///
/// # Errors
/// When the database fails.
pub async fn all_in_force(reader: &mut impl Connected) -> Result<Vec<(SchemeTextId, String)>, Fault> {
    let query = scheme_texts::table
        .distinct_on(scheme_texts::code)
        .order((scheme_texts::code, scheme_texts::published_at.desc(), scheme_texts::id.desc()))
        .select((scheme_texts::id, scheme_texts::hash));
    let rows: Vec<(Uuid, String)> = query.load(reader.connection()).await?;
    Ok(rows.into_iter().map(|(id, hash)| (SchemeTextId(id), hash)).collect())
}

/// The same for an application that begins under it, with the next number of a reference: one round trip.
///
/// # Errors
/// When the database fails.
pub async fn in_force_with_serial(tx: &mut Tx<'_>, code: &str) -> Result<Option<(SchemeTextId, String, i64)>, Fault> {
    let query = scheme_texts::table
        .filter(scheme_texts::code.eq(code))
        .order((scheme_texts::published_at.desc(), scheme_texts::id.desc()))
        .select((scheme_texts::id, scheme_texts::hash, nextval("application_serial")));
    let row: Option<(Uuid, String, i64)> = query.first(tx.connection).await.optional()?;
    Ok(row.map(|(id, hash, serial)| (SchemeTextId(id), hash, serial)))
}

/// Waits until nobody else is publishing a text of this scheme, so that the same text is not published twice.
///
/// # Errors
/// When the database fails.
pub async fn lock(tx: &mut Tx<'_>, code: &str) -> Result<(), Fault> {
    super::lock_key(tx, code.bytes().fold(1, |key: u64, byte| key.rotate_left(7) ^ u64::from(byte))).await
}

/// A published text.
///
/// # Errors
/// When the database fails or the text is not there.
pub async fn load(reader: &mut impl Connected, id: SchemeTextId) -> Result<SchemeText, Fault> {
    let row: Row = scheme_texts::table.find(id.0).select(Row::as_select()).first(reader.connection()).await?;
    Ok(row.into())
}

/// The hash of a published text.
///
/// # Errors
/// When the database fails or the text is not there.
pub async fn hash(reader: &mut impl Connected, id: SchemeTextId) -> Result<String, Fault> {
    Ok(scheme_texts::table.find(id.0).select(scheme_texts::hash).first(reader.connection()).await?)
}

/// Every published text without its words, newest first.
///
/// # Errors
/// When the database fails.
pub async fn list(reader: &mut impl Connected) -> Result<Vec<(String, String, DateTime<Utc>)>, Fault> {
    let query = scheme_texts::table
        .order((scheme_texts::code, scheme_texts::published_at.desc(), scheme_texts::id.desc()))
        .select((scheme_texts::code, scheme_texts::hash, scheme_texts::published_at));
    Ok(query.load(reader.connection()).await?)
}

pub(super) async fn insert(tx: &mut Tx<'_>, text: &SchemeText) -> Result<(), Fault> {
    let row = (
        scheme_texts::id.eq(text.id.0),
        scheme_texts::code.eq(&text.code),
        scheme_texts::hash.eq(&text.hash),
        scheme_texts::text.eq(&text.text),
        scheme_texts::published_at.eq(tx.moment.now),
    );
    diesel::insert_into(scheme_texts::table).values(row).execute(tx.connection).await?;
    Ok(())
}
