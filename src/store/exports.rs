//! Exports: what was asked, how far the worker has come, and which file came of it.

use super::schema::exports;
use super::word::Word;
use super::{Connected, Fault, Tx};
use chrono::{DateTime, TimeDelta, Utc};
use diesel::dsl;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use rules::export::{ExportFormat, ExportOrder, ExportReport, ExportState};
use rules::ids::{AttachmentId, ExportId, PersonId};
use rules::money::Cents;
use rules::report::Filter;
use serde_json::Value;
use std::collections::BTreeSet;
use uuid::Uuid;

#[derive(Queryable, Selectable)]
#[diesel(table_name = exports)]
struct Row {
    id: Uuid,
    report: String,
    format: String,
    filter: Value,
    asked_by: Uuid,
    asked_at: DateTime<Utc>,
    state: String,
    attempts: i32,
    rows_done: i64,
    rows_total: Option<i64>,
    failure: Option<String>,
    file_id: Option<Uuid>,
    size_bytes: Option<i64>,
    sha256: Option<String>,
    control_cents: Option<i64>,
    made_at: Option<DateTime<Utc>>,
    expires_at: Option<DateTime<Utc>>,
}

/// An export.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Export {
    /// What was asked.
    pub order: ExportOrder,
    /// Where it stands.
    pub state: ExportState,
    /// How often a worker has begun it.
    pub attempts: i32,
    /// How many rows are written.
    pub rows_done: i64,
    /// How many there are, where that is known before.
    pub rows_total: Option<i64>,
    /// Why it cannot be written.
    pub failure: Option<String>,
    /// The file, once it is written.
    pub written: Option<Written>,
}

/// The file of an export.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// Under which id it lies.
    pub file: AttachmentId,
    /// How long it is.
    pub bytes: u64,
    /// SHA-256 of its bytes, in hexadecimal.
    pub sha256: String,
    /// How many rows it has.
    pub rows: u64,
    /// What they come to.
    pub control: Cents,
    /// As of when.
    pub made_at: DateTime<Utc>,
    /// Until when it is kept.
    pub expires_at: DateTime<Utc>,
}

impl TryFrom<Row> for Export {
    type Error = Fault;

    fn try_from(row: Row) -> Result<Self, Fault> {
        let corrupt = |what: &str| Fault::Corrupt(format!("export {}: {what}", row.id));
        let number = |number: i64| u64::try_from(number).map_err(|error| corrupt(&error.to_string()));
        let filter: Filter = serde_json::from_value(row.filter).map_err(|error| corrupt(&error.to_string()))?;
        let file = row.file_id.zip(row.size_bytes).zip(row.sha256).zip(row.control_cents);
        let written = match file.zip(row.made_at.zip(row.expires_at)) {
            None => None,
            Some(((((file, bytes), sha256), control), (made_at, expires_at))) => Some(Written {
                file: AttachmentId(file),
                bytes: number(bytes)?,
                sha256,
                rows: number(row.rows_done)?,
                control: Cents::new(control),
                made_at,
                expires_at,
            }),
        };
        let order = ExportOrder {
            id: ExportId(row.id),
            report: ExportReport::from_code(&row.report).ok_or_else(|| corrupt(&row.report))?,
            format: ExportFormat::from_code(&row.format).ok_or_else(|| corrupt(&row.format))?,
            filter,
            by: PersonId(row.asked_by),
            at: row.asked_at,
        };
        let state = ExportState::from_code(&row.state).ok_or_else(|| corrupt(&row.state))?;
        let (attempts, rows_done, rows_total, failure) = (row.attempts, row.rows_done, row.rows_total, row.failure);
        Ok(Self { order, state, attempts, rows_done, rows_total, failure, written })
    }
}

pub(super) async fn insert(tx: &mut Tx<'_>, order: &ExportOrder) -> Result<(), Fault> {
    let row = (
        exports::id.eq(order.id.0),
        exports::report.eq(order.report.code()),
        exports::format.eq(order.format.code()),
        exports::filter.eq(serde_json::to_value(&order.filter).map_err(|error| Fault::Corrupt(error.to_string()))?),
        exports::asked_by.eq(order.by.0),
        exports::asked_at.eq(order.at),
        exports::state.eq(ExportState::Waiting.code()),
        exports::attempts.eq(0),
        exports::rows_done.eq(0_i64),
    );
    diesel::insert_into(exports::table).values(row).execute(tx.connection).await?;
    Ok(())
}

/// Those that wait or run.
#[dsl::auto_type]
fn at_work() -> _ {
    let waiting: Word = Word(ExportState::Waiting.code());
    let running: Word = Word(ExportState::Running.code());
    exports::state.eq(waiting).or(exports::state.eq(running))
}

/// An export that is still held until this moment.
#[dsl::auto_type]
fn ours(id: ExportId, leased_until: DateTime<Utc>) -> _ {
    let id: Uuid = id.0;
    let until: Option<DateTime<Utc>> = Some(leased_until);
    exports::table.find(id).filter(exports::leased_until.eq(until))
}

/// How many of a person wait or run. Two that ask at once wait for each other here.
///
/// # Errors
/// When the database fails.
pub async fn count_at_work(tx: &mut Tx<'_>, by: PersonId) -> Result<usize, Fault> {
    super::lock_ids(tx, &[by.0]).await?;
    let count = exports::table.filter(exports::asked_by.eq(by.0)).filter(at_work()).count();
    let count: i64 = count.get_result(tx.connection).await?;
    Ok(usize::try_from(count).unwrap_or(usize::MAX))
}

/// One export.
///
/// # Errors
/// When the database fails or the row cannot be read.
pub async fn find(reader: &mut impl Connected, id: ExportId) -> Result<Option<Export>, Fault> {
    let row = exports::table.find(id.0).select(Row::as_select());
    let row: Option<Row> = row.first(reader.connection()).await.optional()?;
    row.map(Export::try_from).transpose()
}

/// The exports of a person, newest first, after one of them.
///
/// # Errors
/// When the database fails or a row cannot be read.
pub async fn of_person(
    reader: &mut impl Connected,
    by: PersonId,
    after: Option<ExportId>,
    limit: i64,
) -> Result<Vec<Export>, Fault> {
    let after = after.map_or_else(Uuid::max, |id| id.0);
    let query = exports::table
        .filter(exports::asked_by.eq(by.0).and(exports::id.lt(after)))
        .order(exports::id.desc())
        .limit(limit);
    let rows: Vec<Row> = query.select(Row::as_select()).load(reader.connection()).await?;
    rows.into_iter().map(Export::try_from).collect()
}

/// How long a file outlives its time: a clock may be behind.
const AFTER: TimeDelta = TimeDelta::hours(1);

/// Which of these files belong to an export that has not expired for an hour.
///
/// # Errors
/// When the database fails.
pub async fn known(
    reader: &mut impl Connected,
    ids: &[AttachmentId],
    now: DateTime<Utc>,
) -> Result<BTreeSet<AttachmentId>, Fault> {
    let ids = ids.iter().map(|id| Some(id.0)).collect::<Vec<_>>();
    let long_ago = now.checked_sub_signed(AFTER).unwrap_or(now);
    let query = exports::table
        .filter(exports::file_id.eq_any(ids).and(exports::expires_at.gt(long_ago)))
        .select(exports::file_id.assume_not_null());
    let known: Vec<Uuid> = query.load(reader.connection()).await?;
    Ok(known.into_iter().map(AttachmentId).collect())
}

/// Claims the oldest export that waits, or whose worker has died, until the lease ends; it is begun anew.
///
/// # Errors
/// When the database fails or a row cannot be read.
pub async fn claim(tx: &mut Tx<'_>, leased_until: DateTime<Utc>) -> Result<Option<Export>, Fault> {
    let now = tx.moment.recorded_at;
    let free = exports::leased_until.is_null().or(exports::leased_until.lt(now).assume_not_null());
    let next = exports::table
        .filter(at_work())
        .filter(free)
        .order(exports::id)
        .select(Row::as_select())
        .for_update()
        .skip_locked();
    let found: Option<Row> = next.first(tx.connection).await.optional()?;
    let Some(row) = found else { return Ok(None) };
    let set = (
        exports::state.eq(ExportState::Running.code()),
        exports::attempts.eq(row.attempts.saturating_add(1)),
        exports::leased_until.eq(Some(leased_until)),
        exports::rows_done.eq(0_i64),
    );
    diesel::update(exports::table.find(row.id)).set(set).execute(tx.connection).await?;
    row.try_into().map(Some)
}

/// Says how far it has come, and holds the claim for longer. `false` when somebody else has taken it over.
///
/// # Errors
/// When the database fails.
pub async fn go_on(
    tx: &mut Tx<'_>,
    id: ExportId,
    (leased_until, longer): (DateTime<Utc>, DateTime<Utc>),
    (done, total): (i64, Option<i64>),
) -> Result<bool, Fault> {
    let set = (exports::leased_until.eq(Some(longer)), exports::rows_done.eq(done), exports::rows_total.eq(total));
    Ok(diesel::update(ours(id, leased_until)).set(set).execute(tx.connection).await? == 1)
}

/// Gives an export back that is still held until this moment, so that another worker begins it anew at once. This was no attempt.
///
/// # Errors
/// When the database fails.
pub async fn give_back(tx: &mut Tx<'_>, id: ExportId, leased_until: DateTime<Utc>) -> Result<(), Fault> {
    let set = (
        exports::state.eq(ExportState::Waiting.code()),
        exports::leased_until.eq(None::<DateTime<Utc>>),
        exports::attempts.eq(exports::attempts - 1),
    );
    diesel::update(ours(id, leased_until)).set(set).execute(tx.connection).await?;
    Ok(())
}

/// Leaves an export that is still held until this moment to be tried again then. This was no attempt.
///
/// # Errors
/// When the database fails.
pub async fn pause(tx: &mut Tx<'_>, id: ExportId, leased_until: DateTime<Utc>) -> Result<(), Fault> {
    diesel::update(ours(id, leased_until))
        .set(exports::attempts.eq(exports::attempts - 1))
        .execute(tx.connection)
        .await?;
    Ok(())
}

/// Ends an export that is still held until this moment: with a file, or with the reason why there is none. `false` when somebody else has
/// taken it over.
///
/// # Errors
/// When the database fails.
pub async fn end(
    tx: &mut Tx<'_>,
    id: ExportId,
    leased_until: DateTime<Utc>,
    ended: Result<&Written, &str>,
) -> Result<bool, Fault> {
    let free = exports::leased_until.eq(None::<DateTime<Utc>>);
    let number = |number: u64| i64::try_from(number).map_err(|error| Fault::Corrupt(error.to_string()));
    let changed = match ended {
        Err(failure) => {
            let set = (free, exports::state.eq(ExportState::Failed.code()), exports::failure.eq(Some(failure)));
            diesel::update(ours(id, leased_until)).set(set).execute(tx.connection).await?
        }
        Ok(written) => {
            let set = (
                free,
                exports::state.eq(ExportState::Done.code()),
                exports::rows_done.eq(number(written.rows)?),
                exports::rows_total.eq(Some(number(written.rows)?)),
                exports::file_id.eq(Some(written.file.0)),
                exports::size_bytes.eq(Some(number(written.bytes)?)),
                exports::sha256.eq(Some(&written.sha256)),
                exports::control_cents.eq(Some(written.control.get())),
                exports::made_at.eq(Some(written.made_at)),
                exports::expires_at.eq(Some(written.expires_at)),
            );
            diesel::update(ours(id, leased_until)).set(set).execute(tx.connection).await?
        }
    };
    Ok(changed == 1)
}
