//! Holds on payments, and those that stand, read while nobody places another one.

use super::schema::{applications, holds};
use super::{Connected, Fault, Tx};
use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use rules::batch::BatchState;
use rules::calendar::Day;
use rules::hold::{HeldOn, Hold, Lifting};
use rules::ids::{ApplicationId, BatchId, HoldId, OrganisationId, PersonId};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = holds, treat_none_as_default_value = false)]
struct Row {
    id: Uuid,
    application_id: Option<Uuid>,
    organisation_id: Option<Uuid>,
    scheme_code: Option<String>,
    reason: String,
    review_on: Option<NaiveDate>,
    placed_by: Uuid,
    placed_at: DateTime<Utc>,
    lifted_by: Option<Uuid>,
    lifted_at: Option<DateTime<Utc>>,
    lifted_because: Option<String>,
}

impl TryFrom<Row> for Hold {
    type Error = Fault;

    fn try_from(row: Row) -> Result<Self, Fault> {
        let (case, organisation) = (row.application_id.map(ApplicationId), row.organisation_id.map(OrganisationId));
        let on = HeldOn::of(case, organisation, row.scheme_code);
        let lifted = row.lifted_by.zip(row.lifted_at).zip(row.lifted_because);
        Ok(Self {
            id: HoldId(row.id),
            on: on.map_err(|refusal| Fault::Corrupt(format!("hold {}: {refusal}", row.id)))?,
            reason: row.reason,
            review_on: row.review_on.map(Day::from),
            placed_by: PersonId(row.placed_by),
            placed_at: row.placed_at,
            lifted: lifted.map(|((by, at), reason)| Lifting { by: PersonId(by), at, reason }),
        })
    }
}

impl From<&Hold> for Row {
    fn from(hold: &Hold) -> Self {
        let lifted = hold.lifted.as_ref();
        Self {
            id: hold.id.0,
            application_id: hold.on.case().map(|id| id.0),
            organisation_id: hold.on.organisation().map(|id| id.0),
            scheme_code: hold.on.scheme().map(str::to_owned),
            reason: hold.reason.clone(),
            review_on: hold.review_on.map(Day::date),
            placed_by: hold.placed_by.0,
            placed_at: hold.placed_at,
            lifted_by: lifted.map(|lifting| lifting.by.0),
            lifted_at: lifted.map(|lifting| lifting.at),
            lifted_because: lifted.map(|lifting| lifting.reason.clone()),
        }
    }
}

/// A hold, locked until the transaction ends.
///
/// # Errors
/// When the database fails or the row cannot be read.
pub async fn lock(tx: &mut Tx<'_>, id: HoldId) -> Result<Option<Hold>, Fault> {
    let query = holds::table.find(id.0).select(Row::as_select()).for_update();
    let row: Option<Row> = query.first(tx.connection).await.optional()?;
    row.map(Hold::try_from).transpose()
}

/// Nobody reads what is held, in order to pay, until this transaction ends; who has read it already is waited for.
///
/// # Errors
/// When the database fails.
pub async fn keep_payers_off(tx: &mut Tx<'_>) -> Result<(), Fault> {
    diesel::sql_query("SELECT pg_advisory_xact_lock(hold_key())").execute(tx.connection).await?;
    Ok(())
}

/// What holds the payments of each of these cases, which are locked. Nobody places another hold until this transaction ends.
///
/// # Errors
/// When the database fails or a row cannot be read.
pub async fn keep_off(tx: &mut Tx<'_>, cases: &[ApplicationId]) -> Result<BTreeMap<ApplicationId, Vec<Hold>>, Fault> {
    diesel::sql_query("SELECT pg_advisory_xact_lock_shared(hold_key())").execute(tx.connection).await?;
    // Asked when the lock is held: what was placed a moment ago is seen.
    let mut standing = BTreeMap::<ApplicationId, Vec<Hold>>::new();
    let covered = holds::application_id
        .eq(applications::id.nullable())
        .or(holds::organisation_id.eq(applications::organisation_id.nullable()))
        .or(holds::scheme_code.eq(applications::scheme_code.nullable()));
    let query = applications::table
        .inner_join(holds::table.on(covered.and(holds::lifted_at.is_null())))
        .filter(applications::id.eq_any(cases.iter().map(|id| id.0).collect::<Vec<_>>()))
        .order(holds::id)
        .select((applications::id, Row::as_select()));
    let rows: Vec<(Uuid, Row)> = query.load(tx.connection).await?;
    for (case, row) in rows {
        standing.entry(ApplicationId(case)).or_default().push(Hold::try_from(row)?);
    }
    Ok(standing)
}

/// Which holds are asked for, and who asks.
#[derive(Clone, Debug)]
pub struct Listing<'a> {
    /// Nothing of these organisations, nor of their cases.
    pub sides: &'a BTreeSet<OrganisationId>,
    /// Nothing of these cases.
    pub tied: &'a [ApplicationId],
    /// Those that cover this case: its own, and those of its organisation and its scheme.
    pub application: Option<ApplicationId>,
    /// Those on this organisation.
    pub organisation: Option<OrganisationId>,
    /// Those on this scheme.
    pub scheme: Option<String>,
    /// Those that stand, or those that are lifted.
    pub standing: Option<bool>,
}

impl Listing<'_> {
    fn query<'q>(&self) -> holds::BoxedQuery<'q, diesel::pg::Pg> {
        let sides = self.sides.iter().map(|id| id.0).collect::<Vec<_>>();
        let tied = self.tied.iter().map(|id| id.0).collect::<Vec<_>>();
        let of_sides = applications::table.filter(applications::organisation_id.eq_any(sides.clone()));
        let (case, organisation) = (holds::application_id, holds::organisation_id);
        let mut query = holds::table
            .filter(organisation.is_null().or(organisation.assume_not_null().ne_all(sides)))
            .filter(case.is_null().or(case.assume_not_null().ne_all(tied)))
            .filter(case.is_null().or(case.assume_not_null().ne_all(of_sides.select(applications::id))))
            .into_boxed();
        if let Some(ApplicationId(id)) = self.application {
            let it = || applications::table.filter(applications::id.eq(id));
            let of_organisation = organisation.assume_not_null().eq_any(it().select(applications::organisation_id));
            let of_scheme = holds::scheme_code.assume_not_null().eq_any(it().select(applications::scheme_code));
            query = query.filter(case.assume_not_null().eq(id).or(of_organisation).or(of_scheme));
        }
        if let Some(OrganisationId(id)) = self.organisation {
            query = query.filter(organisation.eq(id));
        }
        if let Some(scheme) = self.scheme.clone() {
            query = query.filter(holds::scheme_code.eq(scheme));
        }
        match self.standing {
            Some(true) => query.filter(holds::lifted_at.is_null()),
            Some(false) => query.filter(holds::lifted_at.is_not_null()),
            None => query,
        }
    }
}

/// A page of holds, newest first.
///
/// # Errors
/// When the database fails or a row cannot be read.
pub async fn page(
    reader: &mut impl Connected,
    listing: &Listing<'_>,
    after: Option<HoldId>,
    limit: i64,
) -> Result<Vec<Hold>, Fault> {
    let after = after.map_or_else(Uuid::max, |id| id.0);
    let query = listing.query().filter(holds::id.lt(after)).order(holds::id.desc()).limit(limit);
    let rows: Vec<Row> = query.select(Row::as_select()).load(reader.connection()).await?;
    rows.into_iter().map(Hold::try_from).collect()
}

/// The most that wait of one kind.
const WAITING_MAX: i64 = 100;

/// The holds that stand on their day of review, the earliest first.
///
/// # Errors
/// When the database fails or a row cannot be read.
pub async fn to_be_reviewed(
    reader: &mut impl Connected,
    listing: &Listing<'_>,
    today: Day,
) -> Result<Vec<Hold>, Fault> {
    let query = listing.query().filter(holds::review_on.le(today.date()));
    let query = query.order((holds::review_on, holds::id)).limit(WAITING_MAX);
    let rows: Vec<Row> = query.select(Row::as_select()).load(reader.connection()).await?;
    rows.into_iter().map(Hold::try_from).collect()
}

#[derive(QueryableByName)]
struct Id {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

/// Those of the cases whose payments are held.
///
/// # Errors
/// When the database fails.
pub async fn held_among(
    reader: &mut impl Connected,
    cases: &[ApplicationId],
) -> Result<BTreeSet<ApplicationId>, Fault> {
    let sql = "SELECT c.id FROM unnest($1) c (id) WHERE EXISTS (SELECT 1 FROM holds_on(c.id))";
    let cases = cases.iter().map(|id| id.0).collect::<Vec<_>>();
    let rows: Vec<Id> = diesel::sql_query(sql).bind::<Array<SqlUuid>, _>(cases).load(reader.connection()).await?;
    Ok(rows.into_iter().map(|Id { id }| ApplicationId(id)).collect())
}

/// Those of the batches that hold a payment which is held.
///
/// # Errors
/// When the database fails.
pub async fn held_batches(reader: &mut impl Connected, batches: &[BatchId]) -> Result<BTreeSet<BatchId>, Fault> {
    let prepared = BatchState::Prepared.code();
    let sql = format!(
        "SELECT b.id FROM batches b WHERE b.id = ANY ($1) AND b.state = '{prepared}'
            AND EXISTS (SELECT 1 FROM payments p, holds_on(p.application_id) WHERE p.batch_id = b.id)"
    );
    let batches = batches.iter().map(|id| id.0).collect::<Vec<_>>();
    let rows: Vec<Id> = diesel::sql_query(sql).bind::<Array<SqlUuid>, _>(batches).load(reader.connection()).await?;
    Ok(rows.into_iter().map(|Id { id }| BatchId(id)).collect())
}

pub(super) async fn insert(tx: &mut Tx<'_>, hold: &Hold) -> Result<(), Fault> {
    diesel::insert_into(holds::table).values(Row::from(hold)).execute(tx.connection).await?;
    Ok(())
}

pub(super) async fn lift(tx: &mut Tx<'_>, hold: &Hold) -> Result<(), Fault> {
    // What was placed stays: the role may not even write it.
    let row = Row::from(hold);
    let set = (
        holds::lifted_by.eq(row.lifted_by),
        holds::lifted_at.eq(row.lifted_at),
        holds::lifted_because.eq(row.lifted_because),
    );
    diesel::update(holds::table.find(row.id)).set(set).execute(tx.connection).await?;
    Ok(())
}
