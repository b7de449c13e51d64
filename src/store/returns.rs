//! Returns for more information, and the revisions of what applicants write.

use super::content::Written;
use super::schema::{application_returns, application_revisions};
use super::{Connected, Fault, Tx};
use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use rules::application::{Application, Content, Ended, Outcome, Return, Revision, State};
use rules::calendar::Day;
use rules::ids::{ApplicationId, PersonId};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = application_returns, treat_none_as_default_value = false)]
struct Row {
    application_id: Uuid,
    number: i32,
    from_state: String,
    revision: i32,
    fields: Vec<String>,
    reason: String,
    answer_by: NaiveDate,
    returned_by: Uuid,
    returned_at: DateTime<Utc>,
    answered_revision: Option<i32>,
    unanswered: Option<String>,
    ended_by: Option<Uuid>,
    ended_at: Option<DateTime<Utc>>,
}

impl TryFrom<Row> for Return {
    type Error = Fault;

    fn try_from(row: Row) -> Result<Self, Fault> {
        let corrupt = |what: &str| Fault::Corrupt(format!("return {} of {}: {what}", row.number, row.application_id));
        let how = match (row.answered_revision, row.unanswered) {
            (Some(revision), None) => Some(Outcome::Answered(revision)),
            (None, Some(reason)) => Some(Outcome::Unanswered(reason)),
            (None, None) => None,
            _ => return Err(corrupt("answered and not")),
        };
        let ended = match (row.ended_by, row.ended_at, how) {
            (Some(by), Some(at), Some(how)) => Some(Ended { by: PersonId(by), at, how }),
            (None, None, None) => None,
            _ => return Err(corrupt("ended in part")),
        };
        Ok(Self {
            application: ApplicationId(row.application_id),
            number: row.number,
            from: State::from_code(&row.from_state).ok_or_else(|| corrupt(&row.from_state))?,
            revision: row.revision,
            fields: row.fields.into_iter().collect(),
            reason: row.reason,
            answer_by: Day::from(row.answer_by),
            by: PersonId(row.returned_by),
            at: row.returned_at,
            ended,
        })
    }
}

/// The returns of an application, oldest first. Each is an act of an officer, so they are few.
///
/// # Errors
/// When the database fails or a row cannot be read.
pub async fn of(reader: &mut impl Connected, application: ApplicationId) -> Result<Vec<Return>, Fault> {
    let query = application_returns::table
        .filter(application_returns::application_id.eq(application.0))
        .order(application_returns::number)
        .select(Row::as_select());
    let rows: Vec<Row> = query.load(reader.connection()).await?;
    rows.into_iter().map(Return::try_from).collect()
}

/// The return that waits for the applicant, where one does.
///
/// # Errors
/// When the database fails or the row cannot be read.
pub async fn open(reader: &mut impl Connected, application: &Application) -> Result<Option<Return>, Fault> {
    if application.state != State::Returned {
        return Ok(None);
    }
    let query = application_returns::table
        .filter(application_returns::application_id.eq(application.id.0).and(application_returns::ended_at.is_null()))
        .select(Row::as_select());
    let row: Option<Row> = query.first(reader.connection()).await.optional()?;
    row.map(Return::try_from).transpose()
}

pub(super) async fn insert(tx: &mut Tx<'_>, open: &Return) -> Result<(), Fault> {
    let row = Row {
        application_id: open.application.0,
        number: open.number,
        from_state: open.from.code().to_owned(),
        revision: open.revision,
        fields: open.fields.iter().cloned().collect(),
        reason: open.reason.clone(),
        answer_by: open.answer_by.date(),
        returned_by: open.by.0,
        returned_at: open.at,
        answered_revision: None,
        unanswered: None,
        ended_by: None,
        ended_at: None,
    };
    diesel::insert_into(application_returns::table).values(row).execute(tx.connection).await?;
    Ok(())
}

pub(super) async fn end(tx: &mut Tx<'_>, open: &Return) -> Result<(), Fault> {
    let Some(Ended { by, at, how }) = &open.ended else {
        return Err(Fault::Corrupt(format!("return {} of {} has not ended", open.number, open.application.0)));
    };
    let (answered, unanswered) = match how {
        Outcome::Answered(revision) => (Some(*revision), None),
        Outcome::Unanswered(reason) => (None, Some(reason)),
    };
    let set = (
        application_returns::answered_revision.eq(answered),
        application_returns::unanswered.eq(unanswered),
        application_returns::ended_by.eq(by.0),
        application_returns::ended_at.eq(at),
    );
    diesel::update(application_returns::table.find((open.application.0, open.number)))
        .set(set)
        .execute(tx.connection)
        .await?;
    Ok(())
}

type RevisionRow = (i32, Uuid, DateTime<Utc>, i32);

const fn revision((number, by, at, version): RevisionRow) -> Revision {
    Revision { number, by: PersonId(by), at, version }
}

/// The revisions of an application before the one that it has, after one of them, in their order: all, or only some.
///
/// # Errors
/// When the database fails.
pub async fn earlier(
    reader: &mut impl Connected,
    application: ApplicationId,
    (after, limit): (i32, i64),
    only: Option<&BTreeSet<i32>>,
) -> Result<Vec<Revision>, Fault> {
    use application_revisions::{number, revised_at, revised_by, version};
    let mut query = application_revisions::table
        .filter(application_revisions::application_id.eq(application.0).and(number.gt(after)))
        .order(number)
        .limit(limit)
        .select((number, revised_by, revised_at, version))
        .into_boxed();
    if let Some(only) = only {
        query = query.filter(number.eq_any(only));
    }
    let rows: Vec<RevisionRow> = query.load(reader.connection()).await?;
    Ok(rows.into_iter().map(revision).collect())
}

/// What an application said in one of its revisions; none where it has no such revision.
///
/// # Errors
/// When the database fails or the content cannot be read.
pub async fn content(
    reader: &mut impl Connected,
    application: &Application,
    number: i32,
) -> Result<Option<(Revision, Content)>, Fault> {
    use application_revisions::{revised_at, revised_by, version};
    if application.revision.number == number {
        return Ok(Some((application.revision, application.content.clone())));
    }
    let query = application_revisions::table
        .find((application.id.0, number))
        .select(((application_revisions::number, revised_by, revised_at, version), application_revisions::content));
    let row: Option<(RevisionRow, Written)> = query.first(reader.connection()).await.optional()?;
    Ok(row.map(|(row, Written(content))| (revision(row), content)))
}

/// What an application said in some of its revisions.
///
/// # Errors
/// When the database fails or a content cannot be read.
pub async fn contents(
    reader: &mut impl Connected,
    application: &Application,
    numbers: &BTreeSet<i32>,
) -> Result<BTreeMap<i32, Content>, Fault> {
    use application_revisions::{application_id, number};
    let query = application_revisions::table
        .filter(application_id.eq(application.id.0).and(number.eq_any(numbers)))
        .select((number, application_revisions::content));
    let rows: Vec<(i32, Written)> = query.load(reader.connection()).await?;
    let mut contents = rows.into_iter().map(|(of, Written(content))| (of, content)).collect::<BTreeMap<_, _>>();
    if numbers.contains(&application.revision.number) {
        contents.insert(application.revision.number, application.content.clone());
    }
    Ok(contents)
}

/// What an application said in a version, as its applicant counts them; none where that never was one.
///
/// # Errors
/// When the database fails or the content cannot be read.
pub async fn content_in_version(
    reader: &mut impl Connected,
    application: &Application,
    version: i32,
) -> Result<Option<Content>, Fault> {
    if version < 1 || version > application.told_version {
        return Ok(None);
    }
    if application.revision.version <= version {
        return Ok(Some(application.content.clone()));
    }
    let query = application_revisions::table
        .filter(application_revisions::application_id.eq(application.id.0))
        .filter(application_revisions::version.le(version))
        .order(application_revisions::number.desc())
        .select(application_revisions::content);
    let found: Option<Written> = query.first(reader.connection()).await.optional()?;
    Ok(found.map(|Written(content)| content))
}
