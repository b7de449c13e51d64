//! Demands of money back: each is read with all that has been entered on it.

mod rows;
mod waiting;

pub use waiting::{Waiting, waiting};

use super::schema::{
    applications, ledger_entries, recoveries, recovery_arrangements, recovery_entries, recovery_instalments,
    recovery_write_offs,
};
use super::{Connected, Fault, Tx};
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use diesel_async::RunQueryDsl;
use rows::{ArrangementRow, EntryRow, PartRow, Row, WriteOffRow};
use rules::calendar::Day;
use rules::ids::{ApplicationId, OrganisationId, RecoveryEntryId, RecoveryId};
use rules::ledger::Account;
use rules::money::Cents;
use rules::recovery::{Arrangement, Entry, Part, Recovery, RecoveryState, WriteOff};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// One demand.
///
/// # Errors
/// When the database fails or a row cannot be read.
pub async fn find(reader: &mut impl Connected, id: RecoveryId) -> Result<Option<Recovery>, Fault> {
    let row = recoveries::table.find(id.0).select(Row::as_select());
    let row: Option<Row> = row.first(reader.connection()).await.optional()?;
    Ok(whole(reader, row.into_iter().collect()).await?.pop())
}

/// One demand, locked until the transaction ends. Its case is locked before it.
///
/// # Errors
/// When the database fails or a row cannot be read.
pub async fn lock(tx: &mut Tx<'_>, id: RecoveryId) -> Result<Option<Recovery>, Fault> {
    let row = recoveries::table.find(id.0).select(Row::as_select()).for_no_key_update();
    let row: Option<Row> = row.first(tx.connection).await.optional()?;
    Ok(whole(tx, row.into_iter().collect()).await?.pop())
}

/// The demands of a case, oldest first.
///
/// # Errors
/// When the database fails or a row cannot be read.
pub async fn of_application(reader: &mut impl Connected, application: ApplicationId) -> Result<Vec<Recovery>, Fault> {
    let rows = recoveries::table.filter(recoveries::application_id.eq(application.0)).order(recoveries::id);
    let rows: Vec<Row> = rows.select(Row::as_select()).load(reader.connection()).await?;
    whole(reader, rows).await
}

/// Which demands a list shows, and whose it leaves out.
#[derive(Clone, Copy, Debug)]
pub struct Listing<'a> {
    /// In this state alone.
    pub state: Option<RecoveryState>,
    /// The organisations whose cases are left out.
    pub hidden_from: &'a BTreeSet<OrganisationId>,
    /// The single cases that are left out.
    pub tied: &'a [ApplicationId],
    /// After this one.
    pub after: Option<RecoveryId>,
    /// How many at most.
    pub limit: i64,
}

/// The demands of a list, newest first.
///
/// # Errors
/// When the database fails or a row cannot be read.
pub async fn page(reader: &mut impl Connected, listing: Listing<'_>) -> Result<Vec<Recovery>, Fault> {
    let hidden = listing.hidden_from.iter().map(|id| id.0).collect::<Vec<_>>();
    let tied = listing.tied.iter().map(|id| id.0).collect::<Vec<_>>();
    let after = listing.after.map_or_else(Uuid::max, |id| id.0);
    let mut query = recoveries::table
        .inner_join(applications::table.on(applications::id.eq(recoveries::application_id)))
        .filter(applications::organisation_id.ne_all(hidden).and(applications::id.ne_all(tied)))
        .filter(recoveries::id.lt(after))
        .order(recoveries::id.desc())
        .limit(listing.limit)
        .select(Row::as_select())
        .into_boxed();
    if let Some(state) = listing.state {
        query = query.filter(recoveries::state.eq(state.code()));
    }
    let rows: Vec<Row> = query.load(reader.connection()).await?;
    whole(reader, rows).await
}

/// Rows with what has been entered on each, in their order.
async fn whole(reader: &mut impl Connected, rows: Vec<Row>) -> Result<Vec<Recovery>, Fault> {
    let ids = rows.iter().map(|row| row.id).collect::<Vec<_>>();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut all = rows.into_iter().map(Recovery::try_from).collect::<Result<Vec<_>, _>>()?;
    let entries = recovery_entries::table.filter(recovery_entries::recovery_id.eq_any(ids.clone()));
    let entries = entries.order(recovery_entries::number).select(EntryRow::as_select());
    let mut entries = gathered(entries.load(reader.connection()).await?, |row: &EntryRow| row.recovery_id);
    let asked = recovery_write_offs::table.filter(recovery_write_offs::recovery_id.eq_any(ids.clone()));
    let asked = asked.order(recovery_write_offs::number).select(WriteOffRow::as_select());
    let mut asked = gathered(asked.load(reader.connection()).await?, |row: &WriteOffRow| row.recovery_id);
    let held = recovery_arrangements::table
        .filter(recovery_arrangements::recovery_id.eq_any(ids.clone()))
        .order((recovery_arrangements::recovery_id, recovery_arrangements::number.desc()))
        .distinct_on(recovery_arrangements::recovery_id)
        .select(ArrangementRow::as_select());
    let mut held = gathered(held.load(reader.connection()).await?, |row: &ArrangementRow| row.recovery_id);
    let parts = recovery_instalments::table.filter(recovery_instalments::recovery_id.eq_any(ids));
    let parts = parts.order(recovery_instalments::place).select(PartRow::as_select());
    let mut parts = gathered(parts.load(reader.connection()).await?, |row: &PartRow| row.recovery_id);
    for recovery in &mut all {
        let id = recovery.id.0;
        let entries = entries.remove(&id).unwrap_or_default().into_iter();
        recovery.entries = entries.map(Entry::try_from).collect::<Result<_, _>>()?;
        recovery.write_offs = asked.remove(&id).unwrap_or_default().into_iter().map(WriteOff::from).collect();
        let parts = parts.remove(&id).unwrap_or_default();
        let held = held.remove(&id).unwrap_or_default().pop();
        recovery.arrangement = held.map(|held| held.with(&parts));
    }
    Ok(all)
}

fn gathered<T>(rows: Vec<T>, of: impl Fn(&T) -> Uuid) -> BTreeMap<Uuid, Vec<T>> {
    let mut gathered = BTreeMap::<Uuid, Vec<T>>::new();
    for row in rows {
        gathered.entry(of(&row)).or_default().push(row);
    }
    gathered
}

/// The case of a demand.
///
/// # Errors
/// When the database fails.
pub async fn application_of(reader: &mut impl Connected, id: RecoveryId) -> Result<Option<ApplicationId>, Fault> {
    let case = recoveries::table.find(id.0).select(recoveries::application_id);
    Ok(case.first(reader.connection()).await.optional()?.map(ApplicationId))
}

/// The cases of these demands, each once, in the order of their ids.
///
/// # Errors
/// When the database fails.
pub async fn applications_of(
    reader: &mut impl Connected,
    ids: &BTreeSet<RecoveryId>,
) -> Result<BTreeSet<ApplicationId>, Fault> {
    let query = recoveries::table.filter(recoveries::id.eq_any(ids.iter().map(|id| id.0).collect::<Vec<_>>()));
    let cases: Vec<Uuid> = query.select(recoveries::application_id).load(reader.connection()).await?;
    Ok(cases.into_iter().map(ApplicationId).collect())
}

/// The next number of a demand.
///
/// # Errors
/// When the database fails.
pub async fn next_serial(tx: &mut Tx<'_>) -> Result<i64, Fault> {
    super::next_value(tx, "recovery_serial").await
}

/// What has been paid on a case, as the ledger says.
///
/// # Errors
/// When the database fails.
pub async fn paid(reader: &mut impl Connected, application: ApplicationId) -> Result<Cents, Fault> {
    let mut sums = sums(reader, &[application], &[Account::Paid]).await?;
    Ok(sums.remove(&application).unwrap_or_default())
}

/// What was paid on each of these cases and has not come back, by a bank or by a demand, as the ledger says.
///
/// # Errors
/// When the database fails.
pub async fn left(
    reader: &mut impl Connected,
    applications: &[ApplicationId],
) -> Result<BTreeMap<ApplicationId, Cents>, Fault> {
    sums(reader, applications, &[Account::Paid, Account::Recovered]).await
}

/// What the ledger says of these accounts together, of each case of which it says anything.
async fn sums(
    reader: &mut impl Connected,
    applications: &[ApplicationId],
    accounts: &[Account],
) -> Result<BTreeMap<ApplicationId, Cents>, Fault> {
    let rows: Vec<(Uuid, i64)> = ledger_entries::table
        .filter(ledger_entries::application_id.eq_any(applications.iter().map(|id| id.0).collect::<Vec<_>>()))
        .filter(ledger_entries::account.eq_any(accounts.iter().map(|account| account.code()).collect::<Vec<_>>()))
        .group_by(ledger_entries::application_id)
        .select((ledger_entries::application_id, sql::<BigInt>("sum(amount_cents)::bigint")))
        .load(reader.connection())
        .await?;
    Ok(rows.into_iter().map(|(id, cents)| (ApplicationId(id), Cents::new(cents))).collect())
}

pub(super) async fn insert(tx: &mut Tx<'_>, recovery: &Recovery) -> Result<(), Fault> {
    diesel::insert_into(recoveries::table).values(Row::from(recovery)).execute(tx.connection).await?;
    Ok(())
}

pub(super) async fn update(tx: &mut Tx<'_>, recovery: &Recovery) -> Result<(), Fault> {
    // What is demanded stays: the role may not even write it.
    let row = Row::from(recovery);
    let set = (
        recoveries::state.eq(row.state),
        recoveries::confirmed_by.eq(row.confirmed_by),
        recoveries::confirmed_at.eq(row.confirmed_at),
        recoveries::withdrawn_by.eq(row.withdrawn_by),
        recoveries::withdrawn_at.eq(row.withdrawn_at),
        recoveries::withdrawn_because.eq(row.withdrawn_because),
    );
    diesel::update(recoveries::table.find(row.id)).set(set).execute(tx.connection).await?;
    Ok(())
}

pub(super) async fn insert_entry(tx: &mut Tx<'_>, recovery: RecoveryId, entry: &Entry) -> Result<(), Fault> {
    let row = EntryRow::of(recovery, entry);
    diesel::insert_into(recovery_entries::table).values(row).execute(tx.connection).await?;
    Ok(())
}

pub(super) async fn insert_write_off(tx: &mut Tx<'_>, recovery: RecoveryId, asked: &WriteOff) -> Result<(), Fault> {
    let row = WriteOffRow::of(recovery, asked);
    diesel::insert_into(recovery_write_offs::table).values(row).execute(tx.connection).await?;
    Ok(())
}

pub(super) async fn approve_write_off(
    tx: &mut Tx<'_>,
    write_off: &WriteOff,
    entry: RecoveryEntryId,
) -> Result<(), Fault> {
    let Some((by, at, under)) = &write_off.approved else {
        return Err(Fault::Corrupt(format!("write-off {} is not approved", write_off.id)));
    };
    let set = (
        recovery_write_offs::approved_by.eq(by.0),
        recovery_write_offs::approved_at.eq(at),
        recovery_write_offs::approved_under.eq(&under.authority),
        recovery_write_offs::limit_cents.eq(under.total.map(Cents::get)),
        recovery_write_offs::entry_id.eq(entry.0),
    );
    diesel::update(recovery_write_offs::table.find(write_off.id.0)).set(set).execute(tx.connection).await?;
    Ok(())
}

pub(super) async fn insert_arrangement(
    tx: &mut Tx<'_>,
    recovery: RecoveryId,
    arrangement: &Arrangement,
) -> Result<(), Fault> {
    let row = ArrangementRow::of(recovery, arrangement);
    diesel::insert_into(recovery_arrangements::table).values(row).execute(tx.connection).await?;
    let place = |(part, place): (&Part, i32)| PartRow {
        recovery_id: recovery.0,
        arrangement: arrangement.number,
        place,
        due_on: part.due_on.date(),
        amount_cents: part.amount.get(),
    };
    let rows = arrangement.parts.iter().zip(1..).map(place).collect::<Vec<_>>();
    diesel::insert_into(recovery_instalments::table).values(rows).execute(tx.connection).await?;
    Ok(())
}

/// The demands that may be overdue on a day, with their cases, after one of them: whose own day is over, or the first part of an arrangement.
///
/// # Errors
/// When the database fails.
pub async fn overdue(
    reader: &mut impl Connected,
    today: Day,
    after: Option<RecoveryId>,
    limit: i64,
) -> Result<Vec<(RecoveryId, ApplicationId)>, Fault> {
    let after = after.map_or_else(Uuid::nil, |id| id.0);
    let query = recoveries::table
        .filter(recoveries::state.eq(RecoveryState::Confirmed.code()))
        .filter(
            recoveries::due_on.lt(today.date()).or(diesel::dsl::exists(
                recovery_instalments::table
                    .filter(recovery_instalments::recovery_id.eq(recoveries::id))
                    .filter(recovery_instalments::due_on.lt(today.date())),
            )),
        )
        .filter(recoveries::id.gt(after))
        .order(recoveries::id)
        .limit(limit)
        .select((recoveries::id, recoveries::application_id));
    let found: Vec<(Uuid, Uuid)> = query.load(reader.connection()).await?;
    Ok(found.into_iter().map(|(id, case)| (RecoveryId(id), ApplicationId(case))).collect())
}
