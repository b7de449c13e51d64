//! Delegations, and what somebody holds under those that hold.

use super::schema::delegations;
use super::{Connected, Fault, Tx};
use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use rules::calendar::Day;
use rules::delegation::Delegation;
use rules::ids::{DelegationId, PersonId};
use uuid::Uuid;

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = delegations, treat_none_as_default_value = false)]
struct Row {
    id: Uuid,
    of_id: Uuid,
    to_id: Uuid,
    from_on: NaiveDate,
    until_on: NaiveDate,
    scheme_code: Option<String>,
    reason: String,
    recorded_by: Uuid,
    recorded_at: DateTime<Utc>,
    ended_by: Option<Uuid>,
    ended_at: Option<DateTime<Utc>>,
    end_reason: Option<String>,
}

impl From<Row> for Delegation {
    fn from(row: Row) -> Self {
        let ended = row.ended_by.zip(row.ended_at).zip(row.end_reason);
        Self {
            id: DelegationId(row.id),
            of: PersonId(row.of_id),
            to: PersonId(row.to_id),
            from: Day::from(row.from_on),
            until: Day::from(row.until_on),
            scheme: row.scheme_code,
            reason: row.reason,
            recorded_by: PersonId(row.recorded_by),
            recorded_at: row.recorded_at,
            ended: ended.map(|((by, at), reason)| (PersonId(by), at, reason)),
        }
    }
}

/// A delegation, locked until the transaction ends.
///
/// # Errors
/// When the database fails.
pub async fn lock(tx: &mut Tx<'_>, id: DelegationId) -> Result<Option<Delegation>, Fault> {
    let query = delegations::table.find(id.0).select(Row::as_select()).for_update();
    let row: Option<Row> = query.first(tx.connection).await.optional()?;
    Ok(row.map(Delegation::from))
}

/// How many delegations of somebody are not over on a day.
///
/// # Errors
/// When the database fails.
pub async fn open(reader: &mut impl Connected, of: PersonId, today: Day) -> Result<usize, Fault> {
    let not_over = delegations::until_on.gt(today.date()).and(delegations::ended_at.is_null());
    let query = delegations::table.filter(delegations::of_id.eq(of.0).and(not_over)).count();
    let count: i64 = query.get_result(reader.connection()).await?;
    usize::try_from(count).map_err(|error| Fault::Corrupt(format!("delegations of {of}: {error}")))
}

/// The delegations under which somebody acts at an instant.
///
/// # Errors
/// When the database fails.
pub async fn in_force(reader: &mut impl Connected, to: PersonId, at: DateTime<Utc>) -> Result<Vec<Delegation>, Fault> {
    let query = delegations::table.filter(holding(to, at)).order(delegations::id).select(Row::as_select());
    let rows: Vec<Row> = query.load(reader.connection()).await?;
    Ok(rows.into_iter().map(Delegation::from).collect())
}

/// The same now, of which none ends until the transaction does.
///
/// # Errors
/// When the database fails.
pub async fn lock_in_force(tx: &mut Tx<'_>, to: PersonId) -> Result<Vec<Delegation>, Fault> {
    let held = holding(to, tx.moment.now);
    let query = delegations::table.filter(held).order(delegations::id).select(Row::as_select()).for_share();
    let rows: Vec<Row> = query.load(tx.connection).await?;
    Ok(rows.into_iter().map(Delegation::from).collect())
}

#[diesel::dsl::auto_type]
fn holding(to: PersonId, at: DateTime<Utc>) -> _ {
    let to: Uuid = to.0;
    let from: NaiveDate = Day::in_hong_kong(at).date();
    let until: NaiveDate = Day::in_hong_kong(at).date();
    let to_them = delegations::to_id.eq(to).and(delegations::ended_at.is_null());
    to_them.and(delegations::from_on.le(from)).and(delegations::until_on.gt(until))
}

/// Delegations, newest first, after one of them: all, or those by or to somebody.
///
/// # Errors
/// When the database fails.
pub async fn page(
    reader: &mut impl Connected,
    person: Option<PersonId>,
    after: Option<DelegationId>,
    limit: i64,
) -> Result<Vec<Delegation>, Fault> {
    let after = after.map_or_else(Uuid::max, |id| id.0);
    let mut query = delegations::table
        .filter(delegations::id.lt(after))
        .order(delegations::id.desc())
        .limit(limit)
        .select(Row::as_select())
        .into_boxed();
    if let Some(person) = person {
        query = query.filter(delegations::of_id.eq(person.0).or(delegations::to_id.eq(person.0)));
    }
    let rows: Vec<Row> = query.load(reader.connection()).await?;
    Ok(rows.into_iter().map(Delegation::from).collect())
}

pub(super) async fn insert(tx: &mut Tx<'_>, new: &Delegation) -> Result<(), Fault> {
    let row = Row {
        id: new.id.0,
        of_id: new.of.0,
        to_id: new.to.0,
        from_on: new.from.date(),
        until_on: new.until.date(),
        scheme_code: new.scheme.clone(),
        reason: new.reason.clone(),
        recorded_by: new.recorded_by.0,
        recorded_at: new.recorded_at,
        ended_by: None,
        ended_at: None,
        end_reason: None,
    };
    diesel::insert_into(delegations::table).values(row).execute(tx.connection).await?;
    Ok(())
}

pub(super) async fn end(tx: &mut Tx<'_>, ended: &Delegation) -> Result<(), Fault> {
    let Some((by, at, reason)) = &ended.ended else { return Ok(()) };
    let set = (delegations::ended_by.eq(by.0), delegations::ended_at.eq(at), delegations::end_reason.eq(reason));
    diesel::update(delegations::table.find(ended.id.0)).set(set).execute(tx.connection).await?;
    Ok(())
}
