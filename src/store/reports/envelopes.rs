//! The money of each scheme: what its envelope has given, and what the ledger says of it.

use super::SNAPSHOT;
use crate::store::{Connected, Fault, Reader};
use diesel::sql_types::{BigInt, Nullable, Text};
use diesel::{QueryableByName, sql_query};
use diesel_async::{AnsiTransactionManager, AsyncPgConnection, RunQueryDsl, TransactionManager};
use rules::award::AwardState;
use rules::money::Cents;

/// What has been given of a scheme's money.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Given {
    /// The scheme's code.
    pub scheme: String,
    /// Promised and not paid yet.
    pub committed: Cents,
    /// Recommended and not decided yet, where the scheme reserves it.
    pub reserved: Cents,
    /// Paid, less what has come back.
    pub paid: Cents,
    /// Awards that stand.
    pub awards: u64,
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    scheme: String,
    #[diesel(sql_type = Nullable<BigInt>)]
    given: Option<i64>,
    #[diesel(sql_type = Nullable<BigInt>)]
    kept: Option<i64>,
    #[diesel(sql_type = BigInt)]
    committed: i64,
    #[diesel(sql_type = BigInt)]
    reserved: i64,
    #[diesel(sql_type = BigInt)]
    paid: i64,
    #[diesel(sql_type = BigInt)]
    envelope: i64,
    #[diesel(sql_type = BigInt)]
    awards: i64,
}

/// The ledger of each scheme beside its envelope; of one scheme, no other one's lines are read.
const GIVEN: &str = "
    WITH posted AS (
      SELECT scheme_code, sum(amount_cents) FILTER (WHERE account = 'commitment')::bigint AS committed,
             sum(amount_cents) FILTER (WHERE account = 'reservation')::bigint AS reserved,
             sum(amount_cents) FILTER (WHERE account IN ('paid', 'recovered'))::bigint AS paid,
             sum(amount_cents) FILTER (WHERE account = 'envelope')::bigint AS envelope
        FROM ledger_entries JOIN applications ON id = application_id WHERE $1 IS NULL OR scheme_code = $1 GROUP BY scheme_code),
    standing AS (
      SELECT scheme_code, count(*) AS awards FROM awards WHERE state <> $2 AND ($1 IS NULL OR scheme_code = $1) GROUP BY scheme_code)
    SELECT scheme_code AS scheme, committed_cents AS given, reserved_cents AS kept, coalesce(committed, 0) AS committed,
           coalesce(reserved, 0) AS reserved, coalesce(paid, 0) AS paid, coalesce(envelope, 0) AS envelope, coalesce(awards, 0) AS awards
      FROM (SELECT scheme_code, committed_cents, reserved_cents FROM envelopes WHERE $1 IS NULL OR scheme_code = $1) envelopes
      FULL JOIN posted USING (scheme_code) LEFT JOIN standing USING (scheme_code) ORDER BY scheme_code";

/// What has been given of the money of every scheme, or of one, in the order of their codes; where nothing has, there may be no row.
///
/// # Errors
/// When the database fails, or an envelope and the ledger do not agree.
pub async fn given(reader: &mut Reader, scheme: Option<&str>) -> Result<Vec<Given>, Fault> {
    let connection = reader.connection();
    AnsiTransactionManager::begin_transaction_sql(connection, SNAPSHOT).await?;
    let given = read(connection, scheme).await;
    AnsiTransactionManager::rollback_transaction(connection).await?;
    given
}

async fn read(connection: &mut AsyncPgConnection, scheme: Option<&str>) -> Result<Vec<Given>, Fault> {
    let query = sql_query(GIVEN).bind::<Nullable<Text>, _>(scheme).bind::<Text, _>(AwardState::Released.code());
    let rows: Vec<Row> = query.load(connection).await?;
    rows.into_iter().map(agreed).collect()
}

fn agreed(row: Row) -> Result<Given, Fault> {
    let Row { scheme, given, kept, committed, reserved, paid, envelope, awards } = row;
    let Some((given, kept)) = given.zip(kept) else {
        return Err(Fault::Corrupt(format!("the ledger has entries of {scheme}, which has no envelope")));
    };
    let taken = given.checked_add(kept).and_then(|taken| taken.checked_add(envelope));
    if committed.checked_add(paid) != Some(given) || reserved != kept || taken != Some(0) {
        return Err(Fault::Corrupt(format!(
            "the envelope of {scheme} has given {given} cents and reserved {kept}, and the ledger says {committed} promised, {reserved} reserved, {paid} paid, {envelope} left"
        )));
    }
    let awards = u64::try_from(awards).unwrap_or(0);
    let (committed, reserved, paid) = (Cents::new(committed), Cents::new(reserved), Cents::new(paid));
    Ok(Given { scheme, committed, reserved, paid, awards })
}
