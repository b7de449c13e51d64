//! Reserve lists: who waits for money to free up, in which place, and what has become of them.

use super::schema::{applications, organisations, reserve_entries};
use super::{Connected, Fault, Tx};
use chrono::{DateTime, NaiveDate, Utc};
use diesel::dsl::{And, GtEq, IntoBoxed, IsNull, count_star, max, min, sql};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use diesel_async::RunQueryDsl;
use rules::calendar::Day;
use rules::ids::{ApplicationId, OrganisationId, PersonId};
use rules::money::Cents;
use rules::reserve_list::{Leaving, ReserveEntry, ReserveWrite, Skipped};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = reserve_entries, treat_none_as_default_value = false)]
struct Row {
    application_id: Uuid,
    route: i32,
    scheme_code: String,
    round: Option<String>,
    position: i32,
    amount_cents: i64,
    until_on: NaiveDate,
    embargo_until: Option<NaiveDate>,
    placed_by: Uuid,
    placed_at: DateTime<Utc>,
    skipped: Option<String>,
    skipped_because: Option<String>,
    skipped_at: Option<DateTime<Utc>>,
}

impl TryFrom<Row> for ReserveEntry {
    type Error = Fault;

    fn try_from(row: Row) -> Result<Self, Fault> {
        let whole =
            |number: i32| u32::try_from(number).map_err(|error| Fault::Corrupt(format!("a reserve list: {error}")));
        let skipped = row.skipped.zip(row.skipped_because).zip(row.skipped_at);
        Ok(Self {
            application: ApplicationId(row.application_id),
            route: whole(row.route)?,
            scheme: row.scheme_code,
            round: row.round,
            position: whole(row.position)?,
            amount: Cents::new(row.amount_cents),
            until: Day::from(row.until_on),
            embargo_until: row.embargo_until.map(Day::from),
            placed_by: PersonId(row.placed_by),
            placed_at: row.placed_at,
            skipped: skipped.map(|((code, because), at)| Skipped { code, because, at }),
        })
    }
}

/// Which list: that of a round of a scheme, or of a scheme without rounds.
pub type List<'a> = (&'a str, Option<&'a str>);

/// All that was ever on a list.
fn of_list((scheme, round): List<'_>) -> IntoBoxed<'_, reserve_entries::table, Pg> {
    let of_scheme = reserve_entries::table.into_boxed().filter(reserve_entries::scheme_code.eq(scheme));
    match round {
        Some(round) => of_scheme.filter(reserve_entries::round.eq(round)),
        None => of_scheme.filter(reserve_entries::round.is_null()),
    }
}

/// That a case waits, and may still move up on a day.
fn waits_on(today: Day) -> And<IsNull<reserve_entries::left_at>, GtEq<reserve_entries::until_on, NaiveDate>> {
    reserve_entries::left_at.is_null().and(reserve_entries::until_on.ge(today.date()))
}

/// Who waits on a list, from the first place on.
///
/// # Errors
/// When the database fails or a row cannot be read.
pub async fn waiting(reader: &mut impl Connected, list: List<'_>) -> Result<Vec<ReserveEntry>, Fault> {
    let query = of_list(list)
        .filter(reserve_entries::left_at.is_null())
        .order(reserve_entries::position)
        .select(Row::as_select());
    let rows: Vec<Row> = query.load(reader.connection()).await?;
    rows.into_iter().map(ReserveEntry::try_from).collect()
}

/// The last place that was ever given on a list; 0 where none was. The ranking of the scheme is locked.
///
/// # Errors
/// When the database fails.
pub async fn last_position(tx: &mut Tx<'_>, list: List<'_>) -> Result<u32, Fault> {
    let last: Option<i32> = of_list(list).select(max(reserve_entries::position)).first(tx.connection).await?;
    u32::try_from(last.unwrap_or(0)).map_err(|error| Fault::Corrupt(format!("a reserve list: {error}")))
}

/// What there must be money for, of a case whose day is not over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Turn {
    /// What is approved.
    pub amount: Cents,
    /// The first day of the year in whose money it counts, where there is money of a year.
    pub year: Option<Day>,
}

/// Those who are asked whether there is money for them: the first on a list who was not passed over, and whoever is before them.
///
/// # Errors
/// When the database fails.
pub async fn next_in_turn(reader: &mut impl Connected, list: List<'_>, today: Day) -> Result<Vec<Turn>, Fault> {
    let waiting = || of_list(list).filter(waits_on(today));
    let first = waiting().filter(reserve_entries::skipped.is_null()).select(min(reserve_entries::position));
    let first: Option<i32> = first.first(reader.connection()).await?;
    let query = waiting()
        .filter(reserve_entries::position.le(first.unwrap_or(i32::MAX)))
        .order(reserve_entries::position)
        .select((reserve_entries::application_id, reserve_entries::amount_cents));
    let rows: Vec<(Uuid, i64)> = query.load(reader.connection()).await?;
    let years = applications::table
        .filter(applications::id.eq_any(rows.iter().map(|(id, _)| *id).collect::<Vec<_>>()))
        .filter(applications::year_from.is_not_null())
        .select((applications::id, applications::year_from.assume_not_null()));
    let years: Vec<(Uuid, NaiveDate)> = years.load(reader.connection()).await?;
    let years = years.into_iter().collect::<BTreeMap<_, _>>();
    let year = |id| years.get(&id).copied().map(Day::from);
    Ok(rows.into_iter().map(|(id, amount)| Turn { amount: Cents::new(amount), year: year(id) }).collect())
}

/// The lists on which somebody waits whose day is not over. The one on which somebody has waited longest is first: where several share the
/// money of a scheme, it is asked before the others.
///
/// # Errors
/// When the database fails.
pub async fn alive(reader: &mut impl Connected, today: Day) -> Result<Vec<(String, Option<String>)>, Fault> {
    let query = reserve_entries::table
        .filter(waits_on(today))
        .group_by((reserve_entries::scheme_code, reserve_entries::round))
        .select((reserve_entries::scheme_code, reserve_entries::round))
        .order((min(reserve_entries::placed_at), reserve_entries::scheme_code, reserve_entries::round));
    Ok(query.load(reader.connection()).await?)
}

/// A case on a list, with what people call it.
#[derive(Clone, Debug)]
pub struct Waiting {
    /// Its place.
    pub entry: ReserveEntry,
    /// The reference that people use.
    pub reference: String,
    /// Who applies.
    pub organisation: OrganisationId,
    /// What they are called.
    pub organisation_name: String,
}

/// Who waits on a list after one of the places, with what people call them.
///
/// # Errors
/// When the database fails or a row cannot be read.
pub async fn page(
    reader: &mut impl Connected,
    list: List<'_>,
    (after, limit): (Option<u32>, i64),
) -> Result<Vec<Waiting>, Fault> {
    let after = i32::try_from(after.unwrap_or(0)).unwrap_or(i32::MAX);
    let query = of_list(list)
        .filter(reserve_entries::left_at.is_null().and(reserve_entries::position.gt(after)))
        .order(reserve_entries::position)
        .limit(limit)
        .select(Row::as_select());
    let rows: Vec<Row> = query.load(reader.connection()).await?;
    let entries = rows.into_iter().map(ReserveEntry::try_from).collect::<Result<Vec<_>, _>>()?;
    let ids = entries.iter().map(|entry| entry.application.0).collect::<Vec<_>>();
    let query = applications::table
        .inner_join(organisations::table.on(organisations::id.eq(applications::organisation_id)))
        .filter(applications::id.eq_any(ids))
        .select((applications::id, applications::reference, organisations::id, organisations::name));
    let named: Vec<(Uuid, String, Uuid, String)> = query.load(reader.connection()).await?;
    let mut named = named
        .into_iter()
        .map(|(id, reference, organisation, name)| (ApplicationId(id), (reference, OrganisationId(organisation), name)))
        .collect::<BTreeMap<_, _>>();
    let waiting = entries.into_iter().map(|entry| {
        let missing = || Fault::Corrupt(format!("case {} of a reserve list", entry.application));
        let (reference, organisation, organisation_name) = named.remove(&entry.application).ok_or_else(missing)?;
        Ok(Waiting { entry, reference, organisation, organisation_name })
    });
    waiting.collect()
}

/// Somebody who waits on a list and is one of these cases, or of one of these organisations.
///
/// # Errors
/// When the database fails.
pub async fn one_of(
    reader: &mut impl Connected,
    list: List<'_>,
    (cases, organisations): (&[ApplicationId], &BTreeSet<OrganisationId>),
) -> Result<Option<(ApplicationId, OrganisationId)>, Fault> {
    let waiting = of_list(list).filter(reserve_entries::left_at.is_null()).select(reserve_entries::application_id);
    let these = applications::id.eq_any(cases.iter().map(|id| id.0).collect::<Vec<_>>());
    let theirs = applications::organisation_id.eq_any(organisations.iter().map(|id| id.0).collect::<Vec<_>>());
    let query = applications::table
        .filter(applications::id.eq_any(waiting).and(these.or(theirs)))
        .order(applications::id)
        .select((applications::id, applications::organisation_id));
    let found: Option<(Uuid, Uuid)> = query.first(reader.connection()).await.optional()?;
    Ok(found.map(|(id, organisation)| (ApplicationId(id), OrganisationId(organisation))))
}

/// How many wait on a list, and for how much.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OnReserve {
    /// How many.
    pub cases: u32,
    /// For how much in all.
    pub amount: Cents,
}

/// How many wait on each list of a scheme, and for how much, by the path of the round.
///
/// # Errors
/// When the database fails.
pub async fn sums(reader: &mut impl Connected, scheme: &str) -> Result<BTreeMap<Option<String>, OnReserve>, Fault> {
    let query = reserve_entries::table
        .filter(reserve_entries::scheme_code.eq(scheme).and(reserve_entries::left_at.is_null()))
        .group_by(reserve_entries::round)
        .select((reserve_entries::round, count_star(), sql::<BigInt>(AMOUNT)));
    let rows: Vec<(Option<String>, i64, i64)> = query.load(reader.connection()).await?;
    rows.into_iter().map(|(round, cases, amount)| Ok((round, on_reserve(cases, amount)?))).collect()
}

/// How many wait on one list, and for how much.
///
/// # Errors
/// When the database fails.
pub async fn sum(reader: &mut impl Connected, list: List<'_>) -> Result<OnReserve, Fault> {
    let waiting = of_list(list).filter(reserve_entries::left_at.is_null());
    let query = waiting.select((count_star(), sql::<BigInt>(AMOUNT)));
    let (cases, amount): (i64, i64) = query.first(reader.connection()).await?;
    on_reserve(cases, amount)
}

/// What is approved of all, as SQL.
const AMOUNT: &str = "coalesce(sum(amount_cents), 0)::bigint";

fn on_reserve(cases: i64, amount: i64) -> Result<OnReserve, Fault> {
    let cases = u32::try_from(cases).map_err(|error| Fault::Corrupt(format!("a reserve list: {error}")))?;
    Ok(OnReserve { cases, amount: Cents::new(amount) })
}

pub(super) async fn write(tx: &mut Tx<'_>, write: &ReserveWrite) -> Result<(), Fault> {
    match write {
        ReserveWrite::Placed(entry) => insert(tx, entry).await,
        ReserveWrite::Skipped { application, skipped } => skip(tx, *application, Some(skipped)).await,
        ReserveWrite::WaitsAgain(application) => skip(tx, *application, None).await,
        ReserveWrite::Left { application, leaving, at } => leave(tx, *application, *leaving, *at).await,
    }
}

async fn insert(tx: &mut Tx<'_>, entry: &ReserveEntry) -> Result<(), Fault> {
    let whole = |number: u32| i32::try_from(number).map_err(|error| Fault::Corrupt(format!("a reserve list: {error}")));
    let row = Row {
        application_id: entry.application.0,
        route: whole(entry.route)?,
        scheme_code: entry.scheme.clone(),
        round: entry.round.clone(),
        position: whole(entry.position)?,
        amount_cents: entry.amount.get(),
        until_on: entry.until.date(),
        embargo_until: entry.embargo_until.map(Day::date),
        placed_by: entry.placed_by.0,
        placed_at: entry.placed_at,
        skipped: entry.skipped.as_ref().map(|skipped| skipped.code.clone()),
        skipped_because: entry.skipped.as_ref().map(|skipped| skipped.because.clone()),
        skipped_at: entry.skipped.as_ref().map(|skipped| skipped.at),
    };
    diesel::insert_into(reserve_entries::table).values(row).execute(tx.connection).await?;
    Ok(())
}

async fn skip(tx: &mut Tx<'_>, application: ApplicationId, skipped: Option<&Skipped>) -> Result<(), Fault> {
    let set = (
        reserve_entries::skipped.eq(skipped.map(|skipped| &skipped.code)),
        reserve_entries::skipped_because.eq(skipped.map(|skipped| &skipped.because)),
        reserve_entries::skipped_at.eq(skipped.map(|skipped| skipped.at)),
    );
    let row = reserve_entries::table
        .filter(reserve_entries::application_id.eq(application.0).and(reserve_entries::left_at.is_null()));
    diesel::update(row).set(set).execute(tx.connection).await?;
    Ok(())
}

async fn leave(tx: &mut Tx<'_>, application: ApplicationId, leaving: Leaving, at: DateTime<Utc>) -> Result<(), Fault> {
    let set = (reserve_entries::left_at.eq(at), reserve_entries::outcome.eq(leaving.code()));
    let row = reserve_entries::table
        .filter(reserve_entries::application_id.eq(application.0).and(reserve_entries::left_at.is_null()));
    diesel::update(row).set(set).execute(tx.connection).await?;
    Ok(())
}
