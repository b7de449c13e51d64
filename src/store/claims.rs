//! Claims and batches of payments.

use super::schema::{batches, claims, payments};
use super::{Connected, Fault, Tx, bank_answers, claim_parts};
use chrono::{DateTime, NaiveDate, Utc};
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use diesel_async::RunQueryDsl;
use rules::bank_answer::Standing;
use rules::batch::{Batch, BatchState, Dissolution, Payment, SetOff};
use rules::calendar::Day;
use rules::claim::{Claim, ClaimState, Costs, Query};
use rules::ids::{ApplicationId, BatchId, ClaimId, PayeeAccountId, PersonId, RecoveryId};
use rules::money::Cents;
use rules::release_limit::ReleaseLimit;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

#[derive(Queryable, Selectable)]
#[diesel(table_name = claims)]
struct Row {
    id: Uuid,
    application_id: Uuid,
    instalment: String,
    state: String,
    claimed_cents: i64,
    evidence: String,
    actual: Option<Value>,
    certified_cents: Option<i64>,
    reason: Option<String>,
    shown: Value,
    costs: Option<String>,
    revision: i32,
}

impl Row {
    fn with_parts(self, (costs, queries): (Option<Costs>, Vec<Query>)) -> Result<Claim, Fault> {
        let row = self;
        let corrupt = |what: String| Fault::Corrupt(format!("claim {}: {what}", row.id));
        Ok(Claim {
            id: ClaimId(row.id),
            application: ApplicationId(row.application_id),
            instalment: row.instalment,
            state: ClaimState::from_code(&row.state).ok_or_else(|| corrupt(format!("state {}", row.state)))?,
            claimed: Cents::new(row.claimed_cents),
            evidence: row.evidence,
            actual: row.actual.map(serde_json::from_value).transpose().map_err(|error| corrupt(error.to_string()))?,
            certified: row.certified_cents.map(Cents::new),
            reason: row.reason,
            shown: serde_json::from_value(row.shown).map_err(|error| corrupt(error.to_string()))?,
            costs,
            queries,
        })
    }
}

/// The claims of a case, oldest first.
///
/// # Errors
/// When the database fails or a row cannot be read.
pub async fn of_application(reader: &mut impl Connected, application: ApplicationId) -> Result<Vec<Claim>, Fault> {
    let query = claims::table.filter(claims::application_id.eq(application.0)).order(claims::id);
    let rows: Vec<Row> = query.select(Row::as_select()).load(reader.connection()).await?;
    let of_costs = rows.iter().filter_map(|row| Some((row.id, row.revision, row.costs.as_deref()?)));
    let mut costs = claim_parts::costs(reader, &of_costs.collect::<Vec<_>>()).await?;
    // Only what was asked on has queries; most claims are certified as they come.
    let queried = ClaimState::Queried.code();
    let asked = rows.iter().filter(|row| row.revision > 0 || row.state == queried || row.reason.is_some());
    let mut queries = claim_parts::queries(reader, &asked.map(|row| row.id).collect::<Vec<_>>()).await?;
    let mut parts = |id: &Uuid| (costs.remove(id), queries.remove(id).unwrap_or_default());
    rows.into_iter().map(|row| (parts(&row.id), row)).map(|(parts, row)| row.with_parts(parts)).collect()
}

/// The case of each claim, so that the cases can be locked before them; claims that are not there are left out.
///
/// # Errors
/// When the database fails.
pub async fn applications_of(reader: &mut impl Connected, ids: &[ClaimId]) -> Result<Vec<ApplicationId>, Fault> {
    let ids = ids.iter().map(|id| id.0).collect::<Vec<_>>();
    let query = claims::table
        .filter(claims::id.eq_any(ids))
        .select(claims::application_id)
        .distinct()
        .order(claims::application_id);
    let applications: Vec<Uuid> = query.load(reader.connection()).await?;
    Ok(applications.into_iter().map(ApplicationId).collect())
}

/// Which of these claims stand in a batch that waits, or are paid by one that was released, with its reference.
///
/// # Errors
/// When the database fails.
pub async fn batched(reader: &mut impl Connected, ids: &[ClaimId]) -> Result<Vec<(ClaimId, String)>, Fault> {
    let ids = ids.iter().map(|id| id.0).collect::<Vec<_>>();
    let query = payments::table
        .inner_join(batches::table.on(batches::id.eq(payments::batch_id)))
        .inner_join(claims::table.on(claims::id.eq(payments::claim_id)))
        .filter(payments::claim_id.eq_any(ids))
        .filter(
            (batches::state.eq(BatchState::Prepared.code()))
                .or(batches::state.eq(BatchState::Released.code()).and(claims::state.eq(ClaimState::Paid.code()))),
        )
        .order(payments::claim_id)
        .select((payments::claim_id, batches::reference));
    let rows: Vec<(Uuid, String)> = query.load(reader.connection()).await?;
    Ok(rows.into_iter().map(|(id, reference)| (ClaimId(id), reference)).collect())
}

pub(super) async fn insert(tx: &mut Tx<'_>, claim: &Claim) -> Result<(), Fault> {
    let actual = claim
        .actual
        .as_ref()
        .map(serde_json::to_value)
        .transpose()
        .map_err(|error| Fault::Corrupt(error.to_string()))?;
    let row = (
        claims::id.eq(claim.id.0),
        claims::application_id.eq(claim.application.0),
        claims::instalment.eq(&claim.instalment),
        claims::state.eq(claim.state.code()),
        claims::claimed_cents.eq(claim.claimed.get()),
        claims::evidence.eq(&claim.evidence),
        claims::actual.eq(actual),
        claims::shown.eq(json!(claim.shown)),
        claims::costs.eq(claim.costs.as_ref().map(|costs| costs.held.code())),
        claims::created_at.eq(tx.moment.now),
    );
    diesel::insert_into(claims::table).values(row).execute(tx.connection).await?;
    Ok(())
}

pub(super) async fn update(tx: &mut Tx<'_>, claim: &Claim) -> Result<(), Fault> {
    let set = (
        claims::state.eq(claim.state.code()),
        claims::claimed_cents.eq(claim.claimed.get()),
        claims::revision.eq(claim_parts::revision(claim)?),
        claims::certified_cents.eq(claim.certified.map(Cents::get)),
        claims::reason.eq(claim.reason.clone()),
    );
    diesel::update(claims::table.find(claim.id.0)).set(set).execute(tx.connection).await?;
    Ok(())
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = batches)]
struct BatchRow {
    id: Uuid,
    reference: String,
    state: String,
    prepared_by: Uuid,
    prepared_at: DateTime<Utc>,
    released_by: Option<Uuid>,
    released_at: Option<DateTime<Utc>>,
    total_cents: i64,
    dissolved_by: Option<Uuid>,
    dissolved_at: Option<DateTime<Utc>>,
    dissolution_reason: Option<String>,
    pay_on: Option<NaiveDate>,
    released_under: Option<String>,
    release_limit_cents: Option<i64>,
}

#[derive(Clone, Queryable, Selectable)]
#[diesel(table_name = payments)]
struct PaymentRow {
    batch_id: Uuid,
    claim_id: Uuid,
    application_id: Uuid,
    amount_cents: i64,
    payee_account_id: Option<Uuid>,
    set_off_cents: i64,
    set_off_recovery_id: Option<Uuid>,
}

impl BatchRow {
    fn with_payments(
        self,
        payments: Vec<PaymentRow>,
        standings: &mut BTreeMap<(BatchId, ClaimId), Standing>,
    ) -> Result<Batch, Fault> {
        let batch = BatchId(self.id);
        let payment = |row: PaymentRow| Payment {
            claim: ClaimId(row.claim_id),
            application: ApplicationId(row.application_id),
            amount: Cents::new(row.amount_cents),
            account: row.payee_account_id.map(PayeeAccountId),
            set_off: row
                .set_off_recovery_id
                .map(|id| SetOff { recovery: RecoveryId(id), amount: Cents::new(row.set_off_cents) }),
            standing: standings.remove(&(batch, ClaimId(row.claim_id))).unwrap_or_default(),
        };
        let dissolution =
            |((by, at), reason): ((Uuid, DateTime<Utc>), String)| Dissolution { by: PersonId(by), at, reason };
        Ok(Batch {
            id: batch,
            state: BatchState::from_code(&self.state)
                .ok_or_else(|| Fault::Corrupt(format!("batch state {}", self.state)))?,
            reference: self.reference,
            prepared_by: PersonId(self.prepared_by),
            prepared_at: self.prepared_at,
            released: self.released_by.map(PersonId).zip(self.released_at),
            pay_on: self.pay_on.map(Day::from),
            released_under: self
                .released_under
                .map(|authority| ReleaseLimit { authority, total: self.release_limit_cents.map(Cents::new) }),
            dissolved: self.dissolved_by.zip(self.dissolved_at).zip(self.dissolution_reason).map(dissolution),
            payments: payments.into_iter().map(payment).collect(),
            total: Cents::new(self.total_cents),
        })
    }
}

/// A batch with its payments.
///
/// # Errors
/// When the database fails or a row cannot be read.
pub async fn find_batch(reader: &mut impl Connected, id: BatchId) -> Result<Option<Batch>, Fault> {
    let row = batches::table.find(id.0).select(BatchRow::as_select()).first(reader.connection()).await.optional()?;
    with_payments(reader, row).await
}

/// A batch with its payments, locked until the transaction ends. Lock its cases first.
///
/// # Errors
/// When the database fails or a row cannot be read.
pub async fn lock_batch(tx: &mut Tx<'_>, id: BatchId) -> Result<Option<Batch>, Fault> {
    let row =
        batches::table.find(id.0).select(BatchRow::as_select()).for_update().first(tx.connection).await.optional()?;
    with_payments(tx, row).await
}

/// Which instalment each claim of a batch is of.
///
/// # Errors
/// When the database fails.
pub async fn instalments_of(reader: &mut impl Connected, batch: BatchId) -> Result<BTreeMap<ClaimId, String>, Fault> {
    let query = payments::table
        .inner_join(claims::table.on(claims::id.eq(payments::claim_id)))
        .filter(payments::batch_id.eq(batch.0))
        .select((claims::id, claims::instalment));
    let rows: Vec<(Uuid, String)> = query.load(reader.connection()).await?;
    Ok(rows.into_iter().map(|(id, instalment)| (ClaimId(id), instalment)).collect())
}

/// The batches in a state, newest first, after one of them.
///
/// # Errors
/// When the database fails or a row cannot be read.
pub async fn batches_in_state(
    reader: &mut impl Connected,
    state: BatchState,
    after: Option<BatchId>,
    limit: i64,
) -> Result<Vec<Batch>, Fault> {
    let after = after.map_or_else(Uuid::max, |id| id.0);
    let query = batches::table
        .filter(batches::state.eq(state.code()).and(batches::id.lt(after)))
        .order(batches::id.desc())
        .limit(limit);
    let rows: Vec<BatchRow> = query.select(BatchRow::as_select()).load(reader.connection()).await?;
    all_with_payments(reader, rows).await
}

/// The batches with these references, without a lock.
///
/// # Errors
/// When the database fails or a row cannot be read.
pub async fn batches_named(reader: &mut impl Connected, references: &BTreeSet<&str>) -> Result<Vec<Batch>, Fault> {
    let references = references.iter().copied().collect::<Vec<_>>();
    let query = batches::table.filter(batches::reference.eq_any(references)).order(batches::id);
    let rows: Vec<BatchRow> = query.select(BatchRow::as_select()).load(reader.connection()).await?;
    all_with_payments(reader, rows).await
}

/// What is out of each of these claims: what was paid and has not come back.
///
/// # Errors
/// When the database fails.
pub async fn out_of(reader: &mut impl Connected, ids: &[ClaimId]) -> Result<BTreeMap<ClaimId, Cents>, Fault> {
    let ids = ids.iter().map(|id| id.0).collect::<Vec<_>>();
    let query = claims::table.filter(claims::id.eq_any(ids));
    let rows: Vec<(Uuid, i64)> = query
        .select((claims::id, sql::<BigInt>("claim_out_cents(claims.id)::bigint")))
        .load(reader.connection())
        .await?;
    Ok(rows.into_iter().map(|(id, cents)| (ClaimId(id), Cents::new(cents))).collect())
}

async fn all_with_payments(reader: &mut impl Connected, rows: Vec<BatchRow>) -> Result<Vec<Batch>, Fault> {
    let ids = rows.iter().map(|row| row.id).collect::<Vec<_>>();
    let mut standings = bank_answers::standings(reader, &ids).await?;
    let query = payments::table.filter(payments::batch_id.eq_any(ids)).order(payments::claim_id);
    let all: Vec<PaymentRow> = query.select(PaymentRow::as_select()).load(reader.connection()).await?;
    let of = |id: Uuid| all.iter().filter(move |payment| payment.batch_id == id).cloned().collect::<Vec<_>>();
    rows.into_iter()
        .map(|row| {
            let payments = of(row.id);
            row.with_payments(payments, &mut standings)
        })
        .collect()
}

async fn with_payments(reader: &mut impl Connected, row: Option<BatchRow>) -> Result<Option<Batch>, Fault> {
    let Some(row) = row else { return Ok(None) };
    let query = payments::table.filter(payments::batch_id.eq(row.id)).order(payments::claim_id);
    let payments = query.select(PaymentRow::as_select()).load(reader.connection()).await?;
    let mut standings = bank_answers::standings(reader, &[row.id]).await?;
    row.with_payments(payments, &mut standings).map(Some)
}

/// The next number of a batch's reference.
///
/// # Errors
/// When the database fails.
pub async fn next_batch_serial(tx: &mut Tx<'_>) -> Result<i64, Fault> {
    super::next_value(tx, "batch_serial").await
}

pub(super) async fn insert_batch(tx: &mut Tx<'_>, batch: &Batch) -> Result<(), Fault> {
    let row = (
        batches::id.eq(batch.id.0),
        batches::reference.eq(&batch.reference),
        batches::state.eq(batch.state.code()),
        batches::prepared_by.eq(batch.prepared_by.0),
        batches::prepared_at.eq(batch.prepared_at),
        batches::total_cents.eq(batch.total.get()),
    );
    diesel::insert_into(batches::table).values(row).execute(tx.connection).await?;
    let payment = |payment: &Payment| {
        (
            payments::claim_id.eq(payment.claim.0),
            payments::batch_id.eq(batch.id.0),
            payments::application_id.eq(payment.application.0),
            payments::amount_cents.eq(payment.amount.get()),
            payments::payee_account_id.eq(payment.account.map(|id| id.0)),
            payments::set_off_cents.eq(payment.set_off.map(|set_off| set_off.amount.get()).unwrap_or_default()),
            payments::set_off_recovery_id.eq(payment.set_off.map(|set_off| set_off.recovery.0)),
        )
    };
    let rows = batch.payments.iter().map(payment).collect::<Vec<_>>();
    diesel::insert_into(payments::table).values(rows).execute(tx.connection).await?;
    Ok(())
}

pub(super) async fn update_batch(tx: &mut Tx<'_>, batch: &Batch) -> Result<(), Fault> {
    let set = (
        batches::state.eq(batch.state.code()),
        batches::released_by.eq(batch.released.map(|(person, _)| person.0)),
        batches::released_at.eq(batch.released.map(|(_, at)| at)),
        batches::pay_on.eq(batch.pay_on.map(Day::date)),
        batches::released_under.eq(batch.released_under.as_ref().map(|limit| &limit.authority)),
        batches::release_limit_cents.eq(batch.released_under.as_ref().and_then(|limit| limit.total).map(Cents::get)),
        batches::dissolved_by.eq(batch.dissolved.as_ref().map(|dissolution| dissolution.by.0)),
        batches::dissolved_at.eq(batch.dissolved.as_ref().map(|dissolution| dissolution.at)),
        batches::dissolution_reason.eq(batch.dissolved.as_ref().map(|dissolution| &dissolution.reason)),
    );
    diesel::update(batches::table.find(batch.id.0)).set(set).execute(tx.connection).await?;
    Ok(())
}
