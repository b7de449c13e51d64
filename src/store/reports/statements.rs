//! The statement of account of one case: its rows and what the ledger says of it, in one snapshot.

use super::SNAPSHOT;
use crate::store::schema::{audit_entries, claims, ledger_entries};
use crate::store::{Connected, Fault, Reader, awards, change_requests, recoveries};
use chrono::{DateTime, NaiveDate, Utc};
use diesel::dsl::{max, sql};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Date, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel::{QueryableByName, sql_query};
use diesel_async::{AnsiTransactionManager, RunQueryDsl, TransactionManager};
use rules::award::Award;
use rules::calendar::Day;
use rules::claim::ClaimState;
use rules::event::Event;
use rules::ids::{ApplicationId, ClaimId};
use rules::ledger::Account;
use rules::money::Cents;
use rules::recovery::Recovery;
use rules::statement::{Books, ClaimOnFile, PaymentOnFile, Posted, ReturnOnFile, Statement, statement};
use std::collections::BTreeMap;
use uuid::Uuid;

/// What was paid on a case, or has come back.
#[derive(QueryableByName)]
struct Moved {
    #[diesel(sql_type = Text)]
    instalment: String,
    #[diesel(sql_type = Text)]
    batch: String,
    #[diesel(sql_type = BigInt)]
    cents: i64,
    #[diesel(sql_type = Timestamptz)]
    at: DateTime<Utc>,
    #[diesel(sql_type = Nullable<Date>)]
    value_on: Option<NaiveDate>,
}

/// What was released, oldest first.
const PAID: &str = "
    SELECT c.instalment, b.reference AS batch, p.amount_cents AS cents, b.released_at AS at, b.pay_on AS value_on
      FROM payments p JOIN batches b ON b.id = p.batch_id JOIN claims c ON c.id = p.claim_id
     WHERE p.application_id = $1 AND b.state = 'released' ORDER BY b.released_at, p.claim_id";

/// What banks have brought back, when it was recorded: with its file, or when somebody said of an item which payment it is of.
const CAME_BACK: &str = "
    SELECT c.instalment, b.reference AS batch, s.returned_cents AS cents, coalesce(u.closed_at, a.recorded_at) AS at, s.booked_on AS value_on
      FROM claims c JOIN payment_statuses s ON s.claim_id = c.id JOIN batches b ON b.id = s.batch_id JOIN bank_answers a ON a.id = s.answer_id
      LEFT JOIN unmatched_items i ON (i.answer_id, i.place) = (s.answer_id, s.place)
      LEFT JOIN unmatched_closings u ON u.item_id = i.id
     WHERE c.application_id = $1 AND s.returned_cents > 0 ORDER BY 4, s.answer_id, s.place";

/// The statement of a case; none where nothing is awarded.
///
/// # Errors
/// When the database fails, a row cannot be read, or the rows and the ledger do not agree.
pub async fn statement_of(reader: &mut Reader, id: ApplicationId) -> Result<Option<(Award, Statement)>, Fault> {
    AnsiTransactionManager::begin_transaction_sql(reader.connection(), SNAPSHOT).await?;
    let books = books(reader, id).await;
    AnsiTransactionManager::rollback_transaction(reader.connection()).await?;
    let Some(books) = books? else { return Ok(None) };
    let statement = statement(&books).map_err(|error| Fault::Corrupt(format!("the statement of {id}: {error}")))?;
    Ok(Some((books.award, statement)))
}

async fn books(reader: &mut Reader, id: ApplicationId) -> Result<Option<Books>, Fault> {
    let Some(award) = awards::find(reader, id).await? else { return Ok(None) };
    let plan = awards::plan(reader, id).await?;
    let changes = change_requests::made(reader, id).await?;
    let claims = claimed(reader, id).await?;
    let payments = moved(reader, PAID, id).await?.into_iter().map(|row| PaymentOnFile {
        instalment: row.instalment,
        batch: row.batch,
        amount: Cents::new(row.cents),
        released_at: row.at,
        pay_on: row.value_on.map(Day::from),
    });
    let payments = payments.collect();
    let returns = moved(reader, CAME_BACK, id).await?.into_iter().map(|row| ReturnOnFile {
        instalment: row.instalment,
        batch: row.batch,
        amount: Cents::new(row.cents),
        at: row.at,
        booked_on: row.value_on.map(Day::from),
    });
    let returns = returns.collect();
    let mut recoveries = recoveries::of_application(reader, id).await?;
    recoveries.retain(Recovery::is_told);
    let (posted, given_back_at) = posted(reader, id).await?;
    Ok(Some(Books { award, given_back_at, plan, changes, claims, payments, returns, recoveries, posted }))
}

async fn moved(reader: &mut Reader, query: &'static str, id: ApplicationId) -> Result<Vec<Moved>, Fault> {
    Ok(sql_query(query).bind::<SqlUuid, _>(id.0).load(reader.connection()).await?)
}

/// What the ledger says, and when what was promised has last moved.
async fn posted(reader: &mut Reader, id: ApplicationId) -> Result<(Posted, Option<DateTime<Utc>>), Fault> {
    let rows: Vec<(String, i64, Option<DateTime<Utc>>)> = ledger_entries::table
        .filter(ledger_entries::application_id.eq(id.0))
        .group_by(ledger_entries::account)
        .select((ledger_entries::account, sql::<BigInt>("sum(amount_cents)::bigint"), max(ledger_entries::posted_at)))
        .load(reader.connection())
        .await?;
    let of = |account: Account| rows.iter().find(|(code, ..)| code == account.code());
    let sum = |account| of(account).map_or(Cents::ZERO, |(_, cents, _)| Cents::new(*cents));
    let [commitment, paid, recovered] = [Account::Commitment, Account::Paid, Account::Recovered].map(sum);
    Ok((Posted { commitment, paid, recovered }, of(Account::Commitment).and_then(|(.., at)| *at)))
}

/// A row of a claim: its id, instalment, what was claimed and certified, its state, and when it was handed in.
type ClaimRow = (Uuid, String, i64, Option<i64>, String, DateTime<Utc>);

/// The claims, oldest first. The day of a certification and of a return is in the audit alone.
async fn claimed(reader: &mut Reader, id: ApplicationId) -> Result<Vec<ClaimOnFile>, Fault> {
    let rows: Vec<ClaimRow> = claims::table
        .filter(claims::application_id.eq(id.0))
        .order(claims::id)
        .select((
            claims::id,
            claims::instalment,
            claims::claimed_cents,
            claims::certified_cents,
            claims::state,
            claims::created_at,
        ))
        .load(reader.connection())
        .await?;
    let ended = ended(reader, id).await?;
    let claim = |(id, instalment, claimed, certified, state, submitted_at): ClaimRow| {
        let at = ended.get(&ClaimId(id)).copied();
        let unknown = || Fault::Corrupt(format!("the audit does not say when claim {id} was certified or returned"));
        let certified = certified.map(|amount| Ok::<_, Fault>((at.ok_or_else(unknown)?, Cents::new(amount))));
        let is_returned = state == ClaimState::Returned.code();
        Ok(ClaimOnFile {
            instalment,
            claimed: Cents::new(claimed),
            submitted_at,
            returned_at: is_returned.then(|| at.ok_or_else(unknown)).transpose()?,
            certified: certified.transpose()?,
        })
    };
    rows.into_iter().map(claim).collect()
}

/// When each claim was certified or returned: once, whichever it was.
async fn ended(reader: &mut Reader, id: ApplicationId) -> Result<BTreeMap<ClaimId, DateTime<Utc>>, Fault> {
    let [certified, returned] = ["claim.certified", "claim.returned"].map(|code| format!("%\"event\":\"{code}\"%"));
    let rows: Vec<(String, DateTime<Utc>)> = audit_entries::table
        .filter(audit_entries::subject_id.eq(id.0))
        .filter(audit_entries::event.like(certified).or(audit_entries::event.like(returned)))
        .order(audit_entries::sequence)
        .select((audit_entries::event, audit_entries::happened_at))
        .load(reader.connection())
        .await?;
    let mut ended = BTreeMap::new();
    for (event, at) in rows {
        let event = serde_json::from_str(&event).map_err(|error| Fault::Corrupt(error.to_string()))?;
        if let Event::ClaimCertified { claim, .. } | Event::ClaimReturned { claim, .. } = event {
            ended.insert(claim, at);
        }
    }
    Ok(ended)
}
