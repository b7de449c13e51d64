//! Released payments, streamed: a million of them take no more memory than a thousand.

use super::rows::{PART_ROWS, Part, Rows, hand_over, opened, way};
use super::{SNAPSHOT, paid_total, programme_year};
use crate::store::schema::{applications, awards, batches, claims, organisations, payment_returns, payments};
use crate::store::{Connected, Fault, Reader};
use chrono::{DateTime, Utc};
use diesel::dsl::{IntoBoxed, sql};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Text};
use diesel_async::{AnsiTransactionManager, AsyncPgConnection, RunQueryDsl, TransactionManager};
use futures_util::TryStreamExt;
use rules::batch::BatchState;
use rules::ids::ClaimId;
use rules::money::Cents;
use rules::report::{Disbursement, Filter, Totals, Window};
use tokio::sync::mpsc::Sender;
use uuid::Uuid;

/// The first page is read by key, so that it is there at once; what follows is sorted as a whole, which takes half the time.
const FIRST_PAGE_ROWS: i64 = 500;
/// The rows of a disbursement report.
pub type Disbursements = Rows<Disbursement>;

#[derive(Queryable)]
struct Row {
    claim_id: Uuid,
    reference: String,
    scheme: String,
    round: Option<String>,
    programme_year: String,
    status: String,
    organisation: String,
    title: String,
    instalment: String,
    award: i64,
    paid: i64,
    set_off: i64,
    returned: Option<i64>,
    batch: String,
    released_at: DateTime<Utc>,
}

impl From<Row> for Disbursement {
    fn from(row: Row) -> Self {
        Self {
            claim: ClaimId(row.claim_id),
            reference: row.reference,
            scheme: row.scheme,
            round: row.round,
            programme_year: row.programme_year,
            status: row.status,
            organisation: row.organisation,
            title: row.title,
            instalment: row.instalment,
            award: Cents::new(row.award),
            paid: Cents::new(row.paid),
            set_off: Cents::new(row.set_off),
            returned: Cents::new(row.returned.unwrap_or_default()),
            batch: row.batch,
            released_at: row.released_at,
        }
    }
}

/// Opens the report of released payments: the first part has been read when this returns. It keeps the connection until the
/// last row has been taken, or the value is dropped.
///
/// # Errors
/// When the database fails before the first row.
pub async fn disbursements(reader: Reader, filter: Filter, window: Window) -> Result<Disbursements, Fault> {
    let (sender, rest) = way();
    tokio::spawn(async move {
        let mut reader = reader;
        let last = read_all(&mut reader, &filter, window, &sender).await.map(Part::End);
        // Nobody may be there to be told; that is no fault.
        hand_over(&sender, last).await.ok();
    });
    opened(rest).await
}

/// How many released payments a filter means.
///
/// # Errors
/// When the database fails.
pub async fn count_disbursements(reader: &mut Reader, filter: &Filter, window: Window) -> Result<i64, Fault> {
    let mut query = payments::table
        .inner_join(batches::table.on(batches::id.eq(payments::batch_id)))
        .inner_join(applications::table.on(applications::id.eq(payments::application_id)))
        .filter(batches::state.eq(BatchState::Released.code()))
        .count()
        .into_boxed::<Pg>();
    of_cases!(query, filter);
    if let Some(from) = window.from {
        query = query.filter(batches::released_at.ge(from));
    }
    if let Some(until) = window.until {
        query = query.filter(batches::released_at.lt(until));
    }
    Ok(query.get_result(reader.connection()).await?)
}

async fn read_all(
    reader: &mut Reader,
    filter: &Filter,
    window: Window,
    sender: &Sender<Result<Part<Disbursement>, Fault>>,
) -> Result<Totals, Fault> {
    let connection = reader.connection();
    AnsiTransactionManager::begin_transaction_sql(connection, SNAPSHOT).await?;
    let totals = read_rows(connection, filter, window, sender).await;
    AnsiTransactionManager::rollback_transaction(connection).await?;
    totals
}

async fn read_rows(
    connection: &mut AsyncPgConnection,
    filter: &Filter,
    window: Window,
    sender: &Sender<Result<Part<Disbursement>, Fault>>,
) -> Result<Totals, Fault> {
    let mut totals = Totals::default();
    let rows: Vec<Row> = released(filter, window, None).limit(FIRST_PAGE_ROWS).load(connection).await?;
    let key = rows.last().map(|row| (row.released_at, row.claim_id));
    let full = i64::try_from(rows.len()).is_ok_and(|rows| rows == FIRST_PAGE_ROWS);
    let mut part = Vec::with_capacity(rows.len());
    for row in rows {
        push(&mut part, &mut totals, row)?;
    }
    hand_over(sender, Ok(Part::Rows(part))).await?;
    if full {
        let mut rows = released(filter, window, key).load_stream::<Row>(connection).await?;
        let mut part = Vec::with_capacity(PART_ROWS);
        while let Some(row) = rows.try_next().await? {
            push(&mut part, &mut totals, row)?;
            if part.len() == PART_ROWS {
                let part = std::mem::replace(&mut part, Vec::with_capacity(PART_ROWS));
                hand_over(sender, Ok(Part::Rows(part))).await?;
            }
        }
        drop(rows);
        hand_over(sender, Ok(Part::Rows(part))).await?;
    }
    let ledger = paid_total(connection, filter, window).await?;
    if totals.amount == ledger {
        Ok(totals)
    } else {
        Err(Fault::Corrupt(format!(
            "the payments of {filter:?} come to {}, and the ledger says {ledger}",
            totals.amount
        )))
    }
}

fn push(part: &mut Vec<Disbursement>, totals: &mut Totals, row: Row) -> Result<(), Fault> {
    let row = Disbursement::from(row);
    *totals = totals.with(row.paid).map_err(|error| Fault::Corrupt(error.to_string()))?;
    part.push(row);
    Ok(())
}

/// Every payment, with what the report says of it.
#[diesel::dsl::auto_type]
fn payment_rows() -> _ {
    payments::table
        .inner_join(batches::table.on(batches::id.eq(payments::batch_id)))
        .inner_join(claims::table.on(claims::id.eq(payments::claim_id)))
        .inner_join(applications::table.on(applications::id.eq(payments::application_id)))
        .inner_join(organisations::table.on(organisations::id.eq(applications::organisation_id)))
        .inner_join(awards::table.on(awards::application_id.eq(payments::application_id)))
        .left_join(
            payment_returns::table.on(payment_returns::batch_id
                .eq(payments::batch_id)
                .and(payment_returns::claim_id.eq(payments::claim_id))),
        )
        .select((
            payments::claim_id,
            applications::reference,
            applications::scheme_code,
            applications::round,
            programme_year(applications::year_from, applications::submitted_on),
            applications::state,
            organisations::name,
            applications::title,
            claims::instalment,
            awards::current_cents,
            payments::amount_cents,
            payments::set_off_cents,
            payment_returns::returned_cents.nullable(),
            batches::reference,
            batches::released_at.assume_not_null(),
        ))
}

/// Those that a filter means and that were released, in the order of the report, after one of them.
fn released(filter: &Filter, window: Window, after: Option<(DateTime<Utc>, Uuid)>) -> IntoBoxed<'_, payment_rows, Pg> {
    let released_at = batches::released_at.assume_not_null();
    let mut query = payment_rows().into_boxed().filter(batches::state.eq(BatchState::Released.code()));
    of_cases!(query, filter);
    if let Some(from) = window.from {
        query = query.filter(released_at.ge(from));
    }
    if let Some(until) = window.until {
        query = query.filter(released_at.lt(until));
    }
    if let Some((at, claim)) = after {
        query = query.filter(released_at.ge(at).and(released_at.gt(at).or(payments::claim_id.gt(claim))));
    }
    query.order((released_at, payments::claim_id))
}
