//! Published texts of schemes: immutable; in force is the one of a code whose day came last, and of two for the same day the one
//! that was published later. Nothing else in the house says which that is.

use super::schema::scheme_texts;
use super::{Connected, Fault, Tx, nextval};
use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use rules::calendar::Day;
use rules::ids::{PersonId, SchemeDraftId, SchemeTextId};
use rules::scheme_text::{ByTwo, SchemeText};
use uuid::Uuid;

/// A published text without its words, as it is kept.
#[derive(Queryable, Selectable)]
#[diesel(table_name = scheme_texts)]
struct Row {
    id: Uuid,
    code: String,
    hash: String,
    in_force_from: NaiveDate,
    published_at: DateTime<Utc>,
    draft_id: Option<Uuid>,
    proposed_by: Option<Uuid>,
    published_by: Option<Uuid>,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = scheme_texts)]
struct WholeRow {
    #[diesel(embed)]
    row: Row,
    text: String,
}

impl From<Row> for Published {
    fn from(row: Row) -> Self {
        let by = row.draft_id.zip(row.proposed_by).zip(row.published_by);
        let by = by.map(|((draft, proposed_by), published_by)| ByTwo {
            draft: SchemeDraftId(draft),
            proposed_by: PersonId(proposed_by),
            published_by: PersonId(published_by),
        });
        let from = Day::from(row.in_force_from);
        Self { id: SchemeTextId(row.id), code: row.code, hash: row.hash, from, at: row.published_at, by }
    }
}

impl From<WholeRow> for SchemeText {
    fn from(WholeRow { row, text }: WholeRow) -> Self {
        let Published { id, code, hash, from, by, .. } = row.into();
        Self { id, code, hash, text, from, by }
    }
}

/// Which text comes before which: the first of a code whose day has come is in force.
#[diesel::dsl::auto_type]
fn last_day_first() -> _ {
    (scheme_texts::in_force_from.desc(), scheme_texts::published_at.desc(), scheme_texts::id.desc())
}

/// A published text without its words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Published {
    /// Identity.
    pub id: SchemeTextId,
    /// The scheme's code.
    pub code: String,
    /// SHA-256 of the text.
    pub hash: String,
    /// The first day on which it is in force.
    pub from: Day,
    /// When it was published.
    pub at: DateTime<Utc>,
    /// By whom; none where the console did.
    pub by: Option<ByTwo>,
}

/// The identity and the hash of the text that is in force on a day: enough to find it in a cache.
///
/// # Errors
/// When the database fails.
pub async fn in_force(
    reader: &mut impl Connected,
    code: &str,
    on: Day,
) -> Result<Option<(SchemeTextId, String)>, Fault> {
    let query = scheme_texts::table
        .filter(scheme_texts::code.eq(code).and(scheme_texts::in_force_from.le(on.date())))
        .order(last_day_first())
        .select((scheme_texts::id, scheme_texts::hash));
    let row: Option<(Uuid, String)> = query.first(reader.connection()).await.optional()?;
    Ok(row.map(|(id, hash)| (SchemeTextId(id), hash)))
}

/// The text of every scheme that is in force on a day, in the order of their codes.
///
/// # Errors
/// When the database fails.
pub async fn all_in_force(reader: &mut impl Connected, on: Day) -> Result<Vec<Published>, Fault> {
    let query = scheme_texts::table
        .filter(scheme_texts::in_force_from.le(on.date()))
        .distinct_on(scheme_texts::code)
        .order((scheme_texts::code, last_day_first()))
        .select(Row::as_select());
    let rows: Vec<Row> = query.load(reader.connection()).await?;
    Ok(rows.into_iter().map(Published::from).collect())
}

/// The text in force today for an application that begins under it, with the next number of a reference: one round trip.
///
/// # Errors
/// When the database fails.
pub async fn in_force_with_serial(tx: &mut Tx<'_>, code: &str) -> Result<Option<(SchemeTextId, String, i64)>, Fault> {
    let query = scheme_texts::table
        .filter(scheme_texts::code.eq(code).and(scheme_texts::in_force_from.le(tx.moment.today().date())))
        .order(last_day_first())
        .select((scheme_texts::id, scheme_texts::hash, nextval("application_serial")));
    let row: Option<(Uuid, String, i64)> = query.first(tx.connection).await.optional()?;
    Ok(row.map(|(id, hash, serial)| (SchemeTextId(id), hash, serial)))
}

/// Waits until nobody else is publishing a text of this scheme, so that the same text is not published twice.
///
/// # Errors
/// When the database fails.
pub async fn lock(tx: &mut Tx<'_>, code: &str) -> Result<(), Fault> {
    super::lock_word(tx, 1, code).await
}

/// A published text.
///
/// # Errors
/// When the database fails or the text is not there.
pub async fn load(reader: &mut impl Connected, id: SchemeTextId) -> Result<SchemeText, Fault> {
    let row: WholeRow = scheme_texts::table.find(id.0).select(WholeRow::as_select()).first(reader.connection()).await?;
    Ok(row.into())
}

/// The published text of a scheme with a hash, wherever it stands in its history.
///
/// # Errors
/// When the database fails.
pub async fn by_hash(reader: &mut impl Connected, code: &str, hash: &str) -> Result<Option<SchemeText>, Fault> {
    let query = scheme_texts::table.filter(scheme_texts::code.eq(code).and(scheme_texts::hash.eq(hash)));
    let row: Option<WholeRow> =
        query.order(scheme_texts::id).select(WholeRow::as_select()).first(reader.connection()).await.optional()?;
    Ok(row.map(SchemeText::from))
}

/// Whether some text of a scheme was ever published.
///
/// # Errors
/// When the database fails.
pub async fn is_known(reader: &mut impl Connected, code: &str) -> Result<bool, Fault> {
    let query = scheme_texts::table.filter(scheme_texts::code.eq(code)).select(scheme_texts::id);
    let found: Option<Uuid> = query.first(reader.connection()).await.optional()?;
    Ok(found.is_some())
}

/// Every published text of a scheme without its words, the one whose day comes last first.
///
/// # Errors
/// When the database fails.
pub async fn history(reader: &mut impl Connected, code: &str) -> Result<Vec<Published>, Fault> {
    let query =
        scheme_texts::table.filter(scheme_texts::code.eq(code)).order(last_day_first()).select(Row::as_select());
    let rows: Vec<Row> = query.load(reader.connection()).await?;
    Ok(rows.into_iter().map(Published::from).collect())
}

pub(super) async fn insert(tx: &mut Tx<'_>, text: &SchemeText) -> Result<(), Fault> {
    let row = (
        scheme_texts::id.eq(text.id.0),
        scheme_texts::code.eq(&text.code),
        scheme_texts::hash.eq(&text.hash),
        scheme_texts::text.eq(&text.text),
        scheme_texts::published_at.eq(tx.moment.now),
        scheme_texts::in_force_from.eq(text.from.date()),
        scheme_texts::draft_id.eq(text.by.map(|by| by.draft.0)),
        scheme_texts::proposed_by.eq(text.by.map(|by| by.proposed_by.0)),
        scheme_texts::published_by.eq(text.by.map(|by| by.published_by.0)),
    );
    diesel::insert_into(scheme_texts::table).values(row).execute(tx.connection).await?;
    Ok(())
}
