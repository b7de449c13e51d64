//! The letters of cases, as they were sent.

use super::schema::letters;
use super::{Connected, Fault, Tx};
use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use rules::calendar::Day;
use rules::ids::{ApplicationId, LetterId, RecoveryId};
use rules::letter::{Letter, LetterKind};
use uuid::Uuid;

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = letters)]
struct Row {
    id: Uuid,
    application_id: Uuid,
    kind: String,
    version: i32,
    on_day: NaiveDate,
    text: String,
    sha256: String,
    written_at: DateTime<Utc>,
    change_request: Option<i32>,
    recovery_id: Option<Uuid>,
}

impl From<&Letter> for Row {
    fn from(letter: &Letter) -> Self {
        Self {
            id: letter.id.0,
            application_id: letter.application.0,
            kind: letter.kind.code().to_owned(),
            version: letter.version,
            on_day: letter.day.date(),
            text: letter.text.clone(),
            sha256: letter.sha256.clone(),
            written_at: letter.at,
            change_request: letter.change,
            recovery_id: letter.recovery.map(|id| id.0),
        }
    }
}

impl TryFrom<Row> for Letter {
    type Error = Fault;

    fn try_from(row: Row) -> Result<Self, Fault> {
        let kind = LetterKind::from_code(&row.kind).ok_or_else(|| Fault::Corrupt(format!("letter {}", row.kind)))?;
        Ok(Self {
            id: LetterId(row.id),
            application: ApplicationId(row.application_id),
            kind,
            version: row.version,
            change: row.change_request,
            recovery: row.recovery_id.map(RecoveryId),
            day: Day::from(row.on_day),
            text: row.text,
            sha256: row.sha256,
            at: row.written_at,
        })
    }
}

/// The letters of a case, the last first, and of one offer by their kind.
///
/// # Errors
/// When the database fails or a row cannot be read.
pub async fn of_application(reader: &mut impl Connected, application: ApplicationId) -> Result<Vec<Letter>, Fault> {
    let query = letters::table
        .filter(letters::application_id.eq(application.0))
        .order((
            letters::version.desc(),
            letters::written_at.desc(),
            letters::change_request.desc(),
            letters::kind.desc(),
        ))
        .select(Row::as_select());
    let rows: Vec<Row> = query.load(reader.connection()).await?;
    rows.into_iter().map(Letter::try_from).collect()
}

/// One letter of a case.
///
/// # Errors
/// When the database fails or the row cannot be read.
pub async fn find(
    reader: &mut impl Connected,
    application: ApplicationId,
    id: LetterId,
) -> Result<Option<Letter>, Fault> {
    let query = letters::table
        .filter(letters::id.eq(id.0).and(letters::application_id.eq(application.0)))
        .select(Row::as_select());
    let row: Option<Row> = query.first(reader.connection()).await.optional()?;
    row.map(Letter::try_from).transpose()
}

/// SHA-256 of the agreement that a case was last offered.
///
/// # Errors
/// When the database fails.
pub async fn agreement(reader: &mut impl Connected, application: ApplicationId) -> Result<Option<String>, Fault> {
    let query = letters::table
        .filter(letters::application_id.eq(application.0).and(letters::kind.eq(LetterKind::Agreement.code())))
        .order(letters::version.desc())
        .select(letters::sha256);
    Ok(query.first(reader.connection()).await.optional()?)
}

pub(super) async fn insert(tx: &mut Tx<'_>, letter: &Letter) -> Result<(), Fault> {
    diesel::insert_into(letters::table).values(Row::from(letter)).execute(tx.connection).await?;
    Ok(())
}
