//! Notices that wait to be sent: claimed with a lease, settled, tried again later, or given up.
//!
//! A lease is also the proof of who holds a notice: an attempt that outlived its lease can still say that the mail went out, but
//! not that it failed, since somebody else may have sent it in the meantime.

use super::schema::outbox;
use super::word::Word;
use super::{Connected, Fault, Tx};
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use rules::ids::NoticeId;
use rules::notification::{Notice, NoticeState};
use uuid::Uuid;

/// The longest error that is kept, in characters: the answers of mail servers can be long.
const ERROR_CHARACTERS_MAX: usize = 500;

/// A notice that somebody has claimed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claimed {
    /// Identity; the same for every attempt.
    pub id: NoticeId,
    /// The chain of the event that is told.
    pub subject_id: Uuid,
    /// Its number in the chain.
    pub sequence: i32,
    /// What is told to whom; `None` when it cannot be read any more.
    pub notice: Option<Notice>,
    /// Attempts before this one.
    pub attempts: i32,
    /// Until when it is held.
    pub leased_until: DateTime<Utc>,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = outbox)]
struct Row {
    id: Uuid,
    subject_id: Uuid,
    sequence: i32,
    notice: String,
    attempts: i32,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = outbox)]
struct DeadRow {
    #[diesel(embed)]
    row: Row,
    last_error: Option<String>,
    created_at: DateTime<Utc>,
    settled_at: Option<DateTime<Utc>>,
}

/// A notice that was given up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dead {
    /// Identity.
    pub id: NoticeId,
    /// The application, person or batch whose event was to be told.
    pub subject_id: Uuid,
    /// What was to be told to whom; `None` when it cannot be read any more.
    pub notice: Option<Notice>,
    /// How often it was tried.
    pub attempts: i32,
    /// What the last attempt met.
    pub last_error: Option<String>,
    /// When it was written.
    pub created_at: DateTime<Utc>,
    /// When it was given up.
    pub given_up_at: Option<DateTime<Utc>>,
}

fn read(notice: &str) -> Option<Notice> {
    serde_json::from_str(notice).ok()
}

fn written(notice: &Notice) -> Result<String, Fault> {
    serde_json::to_string(notice).map_err(|error| Fault::Corrupt(error.to_string()))
}

/// Claims notices that are due and that nobody holds, until the lease ends.
///
/// # Errors
/// When the database fails.
pub async fn claim(tx: &mut Tx<'_>, leased_until: DateTime<Utc>, limit: i64) -> Result<Vec<Claimed>, Fault> {
    let now = tx.moment.recorded_at;
    let free = outbox::leased_until.is_null().or(outbox::leased_until.lt(now).assume_not_null());
    let due = outbox::table
        .filter(outbox::state.eq(Word(NoticeState::Waiting.code())).and(outbox::due_at.le(now)).and(free))
        .order((outbox::due_at, outbox::id))
        .limit(limit)
        .select(Row::as_select())
        .for_update()
        .skip_locked();
    let rows: Vec<Row> = due.load(tx.connection).await?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let ids = rows.iter().map(|row| row.id).collect::<Vec<_>>();
    diesel::update(outbox::table.filter(outbox::id.eq_any(ids)))
        .set(outbox::leased_until.eq(Some(leased_until)))
        .execute(tx.connection)
        .await?;
    let claimed = |row: Row| Claimed {
        id: NoticeId(row.id),
        subject_id: row.subject_id,
        sequence: row.sequence,
        notice: read(&row.notice),
        attempts: row.attempts,
        leased_until,
    };
    Ok(rows.into_iter().map(claimed).collect())
}

pub(super) async fn insert(
    tx: &mut Tx<'_>,
    (subject_id, sequence): (Uuid, i32),
    notices: &[Notice],
) -> Result<(), Fault> {
    for notice in notices {
        let row = (
            outbox::id.eq(Uuid::now_v7()),
            outbox::subject_id.eq(subject_id),
            outbox::sequence.eq(sequence),
            outbox::notice.eq(written(notice)?),
            outbox::state.eq(NoticeState::Waiting.code()),
            outbox::attempts.eq(0),
            outbox::due_at.eq(tx.moment.recorded_at),
            outbox::created_at.eq(tx.moment.recorded_at),
        );
        diesel::insert_into(outbox::table).values(row).execute(tx.connection).await?;
    }
    Ok(())
}

/// Makes of a notice to several people one for each, so that each is tried and settled on its own. The first takes the place of
/// the notice and stays claimed; the others are new, and due at once. `false` when somebody else holds it by now.
///
/// # Errors
/// When the database fails.
pub async fn address(tx: &mut Tx<'_>, claimed: &Claimed, first: &Notice, others: &[Notice]) -> Result<bool, Fault> {
    let held = held(claimed);
    let addressed = diesel::update(held).set(outbox::notice.eq(written(first)?)).execute(tx.connection).await?;
    if addressed == 0 {
        return Ok(false);
    }
    insert(tx, (claimed.subject_id, claimed.sequence), others).await?;
    Ok(true)
}

/// The mail server has taken the notice.
///
/// # Errors
/// When the database fails.
pub async fn settle(tx: &mut Tx<'_>, id: NoticeId) -> Result<(), Fault> {
    let set = (
        outbox::state.eq(NoticeState::Sent.code()),
        outbox::attempts.eq(outbox::attempts + 1),
        outbox::leased_until.eq(None::<DateTime<Utc>>),
        outbox::settled_at.eq(Some(tx.moment.recorded_at)),
    );
    let unsettled = outbox::table.filter(outbox::id.eq(id.0).and(outbox::state.eq(NoticeState::Waiting.code())));
    diesel::update(unsettled).set(set).execute(tx.connection).await?;
    Ok(())
}

/// What becomes of a notice that was not sent.
#[derive(Clone, Copy, Debug)]
pub enum Unsent {
    /// It is tried again.
    DueAgainAt(DateTime<Utc>),
    /// No attempt is left, or none is of use.
    GivenUp,
    /// What it tells of is over.
    Dropped,
}

/// The attempt sent nothing, and this is what becomes of the notice. Says nothing about a notice that somebody else holds by now.
///
/// # Errors
/// When the database fails.
pub async fn fail(tx: &mut Tx<'_>, claimed: &Claimed, error: &str, then: Unsent) -> Result<(), Fault> {
    let tried = (
        outbox::attempts.eq(outbox::attempts + 1),
        outbox::leased_until.eq(None::<DateTime<Utc>>),
        outbox::last_error.eq(Some(storable(error))),
    );
    let held = held(claimed);
    let end = match then {
        Unsent::DueAgainAt(due_at) => {
            diesel::update(held).set((tried, outbox::due_at.eq(due_at))).execute(tx.connection).await?;
            return Ok(());
        }
        Unsent::GivenUp => NoticeState::Dead,
        Unsent::Dropped => NoticeState::Dropped,
    };
    let ended = (outbox::state.eq(end.code()), outbox::settled_at.eq(Some(tx.moment.recorded_at)));
    diesel::update(held).set((tried, ended)).execute(tx.connection).await?;
    Ok(())
}

/// What a mail server says may be of any length and hold any character.
fn storable(error: &str) -> String {
    error.chars().filter(|character| *character != '\0').take(ERROR_CHARACTERS_MAX).collect()
}

/// The notice as long as this claim holds it. The database keeps microseconds, and so does the comparison.
#[diesel::dsl::auto_type(no_type_alias)]
fn held<'a>(claimed: &'a Claimed) -> _ {
    let id: Uuid = claimed.id.0;
    let leased_until: DateTime<Utc> = claimed.leased_until;
    let waiting: &'static str = NoticeState::Waiting.code();
    outbox::table.filter(outbox::id.eq(id).and(outbox::state.eq(waiting)).and(outbox::leased_until.eq(leased_until)))
}

/// Lets go of every notice that is held: for whoever knows that no worker is left. One that does hold a notice can still say
/// that the mail went out.
///
/// # Errors
/// When the database fails.
pub async fn let_go(tx: &mut Tx<'_>) -> Result<(), Fault> {
    let held =
        outbox::table.filter(outbox::state.eq(NoticeState::Waiting.code()).and(outbox::leased_until.is_not_null()));
    diesel::update(held).set(outbox::leased_until.eq(None::<DateTime<Utc>>)).execute(tx.connection).await?;
    Ok(())
}

/// Where a notice stands, locked until the transaction ends.
///
/// # Errors
/// When the database fails or the row cannot be read.
pub async fn lock(tx: &mut Tx<'_>, id: NoticeId) -> Result<Option<NoticeState>, Fault> {
    let query = outbox::table.find(id.0).select(outbox::state).for_update();
    let code: Option<String> = query.first(tx.connection).await.optional()?;
    let state = |code: String| NoticeState::from_code(&code).ok_or_else(|| Fault::Corrupt(format!("notice {code}")));
    code.map(state).transpose()
}

pub(super) async fn wait_again(tx: &mut Tx<'_>, id: NoticeId) -> Result<(), Fault> {
    let set = (
        outbox::state.eq(NoticeState::Waiting.code()),
        outbox::attempts.eq(0),
        outbox::due_at.eq(tx.moment.recorded_at),
        outbox::leased_until.eq(None::<DateTime<Utc>>),
        outbox::settled_at.eq(None::<DateTime<Utc>>),
    );
    diesel::update(outbox::table.find(id.0)).set(set).execute(tx.connection).await?;
    Ok(())
}

/// The notices that were given up, newest first, after one of them.
///
/// # Errors
/// When the database fails.
pub async fn dead(reader: &mut impl Connected, after: Option<NoticeId>, limit: i64) -> Result<Vec<Dead>, Fault> {
    let after = after.map_or_else(Uuid::max, |id| id.0);
    let query = outbox::table
        .filter(outbox::state.eq(Word(NoticeState::Dead.code())).and(outbox::id.lt(after)))
        .order(outbox::id.desc())
        .limit(limit)
        .select(DeadRow::as_select());
    let rows: Vec<DeadRow> = query.load(reader.connection()).await?;
    let dead = |DeadRow { row, last_error, created_at, settled_at }| Dead {
        id: NoticeId(row.id),
        subject_id: row.subject_id,
        notice: read(&row.notice),
        attempts: row.attempts,
        last_error,
        created_at,
        given_up_at: settled_at,
    };
    Ok(rows.into_iter().map(dead).collect())
}

/// How many notices are waiting.
///
/// # Errors
/// When the database fails.
pub async fn waiting(reader: &mut impl Connected) -> Result<i64, Fault> {
    let waiting = outbox::table.filter(outbox::state.eq(Word(NoticeState::Waiting.code())));
    Ok(waiting.count().get_result(reader.connection()).await?)
}
