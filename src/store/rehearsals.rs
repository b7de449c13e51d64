//! Rehearsals: what was asked, how far the worker has come, and what came out. A technical table beside the event that says who asked.

mod cases;

pub use cases::{CaseRow, Recorded, append, cases, count_recorded, recorded};

use super::schema::{rehearsal_cases, rehearsals};
use super::word::Word;
use super::{Connected, Db, Fault, Tx};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use diesel::dsl;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use rules::calendar::Day;
use rules::ids::{RehearsalId, SchemeDraftId, SchemeTextId};
use rules::rehearsal::{Format, Portfolio, RehearsalOrder, RehearsalState};
use serde_json::Value;
use uuid::Uuid;

#[derive(Insertable)]
#[diesel(table_name = rehearsals, treat_none_as_default_value = false)]
struct Ordered<'a> {
    id: Uuid,
    draft_id: Uuid,
    scheme_code: &'a str,
    before_text_id: Uuid,
    after_hash: &'a str,
    after_text: &'a str,
    on_day: Option<NaiveDate>,
    format: Option<&'static str>,
    portfolio: Option<&'a str>,
    asked_by: Uuid,
    asked_at: DateTime<Utc>,
    recorded_at: DateTime<Utc>,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = rehearsals)]
struct ClaimedRow {
    id: Uuid,
    scheme_code: String,
    before_text_id: Uuid,
    after_text: String,
    on_day: Option<NaiveDate>,
    format: Option<String>,
    portfolio: Option<String>,
    attempts: i32,
}

/// A rehearsal that a worker has claimed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claimed {
    /// Identity.
    pub id: RehearsalId,
    /// The scheme's code.
    pub code: String,
    /// The text that the draft is compared with.
    pub before: SchemeTextId,
    /// The draft's text as it was asked for.
    pub after: String,
    /// The day whose rules apply to every case; without one, each case's own day.
    pub on: Option<Day>,
    /// The cases; without any, the recorded applications.
    pub portfolio: Option<Portfolio>,
    /// How often it has been tried before.
    pub attempts: i32,
}

/// A rehearsal without the texts.
#[derive(Clone, Debug, PartialEq, Queryable, Selectable)]
#[diesel(table_name = rehearsals)]
pub struct Progress {
    /// Identity.
    pub id: Uuid,
    /// Of which draft.
    pub draft_id: Uuid,
    /// The scheme's code.
    pub scheme_code: String,
    /// The text that it is compared with.
    pub before_text_id: Uuid,
    /// SHA-256 of the draft's text as it was asked for.
    pub after_hash: String,
    /// The day whose rules apply to every case.
    pub on_day: Option<NaiveDate>,
    /// How the cases are written; none where they are the recorded ones.
    pub format: Option<String>,
    /// Who asked.
    pub asked_by: Uuid,
    /// When.
    pub asked_at: DateTime<Utc>,
    /// Where it stands.
    #[diesel(deserialize_as = String)]
    pub state: RehearsalState,
    /// How many cases have been worked out.
    pub cases_done: i64,
    /// How many there are, once they are counted.
    pub cases_total: Option<i64>,
    /// Totals and envelope, once it is done.
    pub result: Option<Value>,
    /// Why it failed.
    pub failure: Option<String>,
}

impl TryFrom<ClaimedRow> for Claimed {
    type Error = Fault;

    fn try_from(row: ClaimedRow) -> Result<Self, Fault> {
        let format = |code: String| {
            Format::from_code(&code).ok_or_else(|| Fault::Corrupt(format!("rehearsal {}: {code}", row.id)))
        };
        let format = row.format.map(format).transpose()?;
        Ok(Self {
            id: RehearsalId(row.id),
            code: row.scheme_code,
            before: SchemeTextId(row.before_text_id),
            after: row.after_text,
            on: row.on_day.map(Day::from),
            portfolio: format.zip(row.portfolio).map(|(format, text)| Portfolio { format, text }),
            attempts: row.attempts,
        })
    }
}

pub(super) async fn insert(tx: &mut Tx<'_>, order: &RehearsalOrder) -> Result<(), Fault> {
    let row = Ordered {
        id: order.id.0,
        draft_id: order.draft.0,
        scheme_code: &order.code,
        before_text_id: order.before.0,
        after_hash: &order.after_hash,
        after_text: &order.after,
        on_day: order.on.map(Day::date),
        format: order.portfolio.as_ref().map(|portfolio| portfolio.format.code()),
        portfolio: order.portfolio.as_ref().map(|portfolio| portfolio.text.as_str()),
        asked_by: order.by.0,
        asked_at: order.at,
        recorded_at: tx.moment.recorded_at,
    };
    let began = (
        rehearsals::state.eq(RehearsalState::Waiting.code()),
        rehearsals::attempts.eq(0),
        rehearsals::cases_done.eq(0_i64),
    );
    diesel::insert_into(rehearsals::table).values((row, began)).execute(tx.connection).await?;
    Ok(())
}

/// Those that wait or run.
#[dsl::auto_type]
fn at_work() -> _ {
    let waiting: Word = Word(RehearsalState::Waiting.code());
    let running: Word = Word(RehearsalState::Running.code());
    rehearsals::state.eq(waiting).or(rehearsals::state.eq(running))
}

/// A rehearsal that is still held until this moment.
#[dsl::auto_type]
fn ours(id: RehearsalId, leased_until: DateTime<Utc>) -> _ {
    let id: Uuid = id.0;
    let until: Option<DateTime<Utc>> = Some(leased_until);
    rehearsals::table.find(id).filter(rehearsals::leased_until.eq(until))
}

/// Whether one of a draft waits or runs. Lock the draft first.
///
/// # Errors
/// When the database fails.
pub async fn is_at_work(tx: &mut Tx<'_>, draft: SchemeDraftId) -> Result<bool, Fault> {
    let at_work = rehearsals::table.filter(rehearsals::draft_id.eq(draft.0)).filter(at_work()).select(rehearsals::id);
    let found: Option<Uuid> = at_work.first(tx.connection).await.optional()?;
    Ok(found.is_some())
}

/// One rehearsal.
///
/// # Errors
/// When the database fails.
pub async fn find(reader: &mut impl Connected, id: RehearsalId) -> Result<Option<Progress>, Fault> {
    let query = rehearsals::table.find(id.0).select(Progress::as_select());
    Ok(query.first(reader.connection()).await.optional()?)
}

/// The rehearsals of a draft, newest first, after one of them.
///
/// # Errors
/// When the database fails.
pub async fn of_draft(
    reader: &mut impl Connected,
    draft: SchemeDraftId,
    after: Option<RehearsalId>,
    limit: i64,
) -> Result<Vec<Progress>, Fault> {
    let after = after.map_or_else(Uuid::max, |id| id.0);
    let query = rehearsals::table
        .filter(rehearsals::draft_id.eq(draft.0).and(rehearsals::id.lt(after)))
        .order(rehearsals::id.desc())
        .limit(limit);
    Ok(query.select(Progress::as_select()).load(reader.connection()).await?)
}

/// Claims the oldest rehearsal that waits, or whose worker has died, until the lease ends; what that one had written is gone.
///
/// # Errors
/// When the database fails or a row cannot be read.
pub async fn claim(tx: &mut Tx<'_>, leased_until: DateTime<Utc>) -> Result<Option<Claimed>, Fault> {
    let now = tx.moment.recorded_at;
    let free = rehearsals::leased_until.is_null().or(rehearsals::leased_until.lt(now).assume_not_null());
    let next = rehearsals::table
        .filter(at_work())
        .filter(free)
        .order(rehearsals::id)
        .select(ClaimedRow::as_select())
        .for_update()
        .skip_locked();
    let found: Option<ClaimedRow> = next.first(tx.connection).await.optional()?;
    let Some(row) = found else { return Ok(None) };
    diesel::delete(rehearsal_cases::table.filter(rehearsal_cases::rehearsal_id.eq(row.id)))
        .execute(tx.connection)
        .await?;
    let set = (
        rehearsals::state.eq(RehearsalState::Running.code()),
        rehearsals::attempts.eq(row.attempts.saturating_add(1)),
        rehearsals::leased_until.eq(Some(leased_until)),
        rehearsals::cases_done.eq(0_i64),
    );
    diesel::update(rehearsals::table.find(row.id)).set(set).execute(tx.connection).await?;
    Ok(Some(row.try_into()?))
}

/// Says how far it has come, and holds the claim for longer. `false` when somebody else has taken it over.
///
/// # Errors
/// When the database fails.
pub async fn go_on(
    tx: &mut Tx<'_>,
    id: RehearsalId,
    (leased_until, longer): (DateTime<Utc>, DateTime<Utc>),
    (done, total): (i64, Option<i64>),
) -> Result<bool, Fault> {
    let set =
        (rehearsals::leased_until.eq(Some(longer)), rehearsals::cases_done.eq(done), rehearsals::cases_total.eq(total));
    Ok(diesel::update(ours(id, leased_until)).set(set).execute(tx.connection).await? == 1)
}

/// Gives a rehearsal back that is still held until this moment, so that another worker begins it anew at once. This was no attempt.
///
/// # Errors
/// When the database fails.
pub async fn give_back(tx: &mut Tx<'_>, id: RehearsalId, leased_until: DateTime<Utc>) -> Result<(), Fault> {
    let set = (
        rehearsals::state.eq(RehearsalState::Waiting.code()),
        rehearsals::leased_until.eq(None::<DateTime<Utc>>),
        rehearsals::attempts.eq(rehearsals::attempts - 1),
    );
    diesel::update(ours(id, leased_until)).set(set).execute(tx.connection).await?;
    Ok(())
}

/// How a rehearsal ends.
#[derive(Clone, Debug, PartialEq)]
pub enum Ended {
    /// With a result.
    Done(Value),
    /// With a reason why not.
    Failed(String),
}

/// Ends a rehearsal that is still held until this moment.
///
/// # Errors
/// When the database fails.
pub async fn end(tx: &mut Tx<'_>, id: RehearsalId, leased_until: DateTime<Utc>, ended: Ended) -> Result<(), Fault> {
    let (state, result, failure) = match ended {
        Ended::Done(result) => (RehearsalState::Done, Some(result), None),
        Ended::Failed(failure) => (RehearsalState::Failed, None, Some(failure)),
    };
    let set = (
        rehearsals::state.eq(state.code()),
        rehearsals::leased_until.eq(None::<DateTime<Utc>>),
        rehearsals::result.eq(result),
        rehearsals::failure.eq(failure),
    );
    diesel::update(ours(id, leased_until)).set(set).execute(tx.connection).await?;
    Ok(())
}

/// How long a rehearsal is kept.
const KEPT: TimeDelta = TimeDelta::days(90);

/// Deletes rehearsals that were recorded three months ago by the clock of the machine, with their cases.
///
/// # Errors
/// When the database fails.
pub async fn delete_expired(db: &Db, now: DateTime<Utc>) -> Result<(), Fault> {
    let before = now.checked_sub_signed(KEPT).unwrap_or(now);
    let old = rehearsals::table.filter(rehearsals::recorded_at.lt(before));
    diesel::delete(old).execute(db.reader().await?.connection()).await?;
    Ok(())
}
