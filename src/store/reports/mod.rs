//! Reports. Each reads one snapshot of the database, and is refused when it does not agree with the ledger.

mod disbursements;
mod envelopes;
mod obligations;
mod owed;
mod rounds;
mod rows;
mod statements;

pub use disbursements::{Disbursements, disbursements};
pub use envelopes::{Given, given};
pub use obligations::{Obligations, obligations};
pub use owed::{OwedRows, owed};
pub use rounds::{OfRound, of_rounds, of_years};
pub use rows::Rows;
pub use statements::statement_of;

use super::Fault;
use super::schema::{applications, ledger_entries};
use diesel::dsl::sql;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use rules::ledger::Account;
use rules::money::Cents;
use rules::report::{Filter, Window};

/// One snapshot for rows and totals; plans made for this filter (they differ by a factor of thousands), and time to stream.
const SNAPSHOT: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL plan_cache_mode = force_custom_plan; \
     SET LOCAL jit = off; SET LOCAL statement_timeout = '15min'";

/// What the ledger says was paid, for the same filter as a report.
async fn paid_total(connection: &mut AsyncPgConnection, filter: &Filter, window: Window) -> Result<Cents, Fault> {
    let mut query = ledger_entries::table
        // What was paid, whether or not some of it has come back since: the report is of releases.
        .filter(ledger_entries::account.eq(Account::Paid.code()).and(ledger_entries::amount_cents.gt(0)))
        .select(sql::<BigInt>("coalesce(sum(ledger_entries.amount_cents), 0)::bigint"))
        .into_boxed::<Pg>();
    if let Some(from) = window.from {
        query = query.filter(ledger_entries::posted_at.ge(from));
    }
    if let Some(until) = window.until {
        query = query.filter(ledger_entries::posted_at.lt(until));
    }
    if let Some(scheme) = &filter.scheme {
        let of_scheme = applications::table.filter(applications::scheme_code.eq(scheme)).select(applications::id);
        query = query.filter(ledger_entries::application_id.eq_any(of_scheme));
    }
    Ok(Cents::new(query.first(connection).await?))
}
