//! Reports. Each reads one snapshot of the database, and is refused when it does not agree with the ledger.

/// A query of applications, or of what is joined to them, narrowed to the cases that a filter means.
macro_rules! of_cases {
    ($query:ident, $filter:expr) => {
        let filter: &rules::report::Filter = $filter;
        if let Some(scheme) = &filter.scheme {
            $query = $query.filter(applications::scheme_code.eq(scheme));
        }
        if let Some(round) = &filter.round {
            $query = $query.filter(applications::round.eq(round));
        }
        if let Some(year) = &filter.programme_year {
            $query = $query.filter(programme_year(applications::year_from, applications::submitted_on).eq(year));
        }
        if let Some(organisation) = filter.organisation {
            $query = $query.filter(applications::organisation_id.eq(organisation.0));
        }
        if let Some(stage) = &filter.stage {
            let of = sql::<Bool>("").bind::<Text, _>(stage);
            $query = $query.filter(of.sql(" = ANY(string_to_array(stages_of_award(applications.id), ' + '))"));
        }
        if let Some(status) = filter.status {
            $query = $query.filter(applications::state.eq(status.code()));
        }
    };
}

mod commitments;
mod disbursements;
mod envelopes;
mod forecast;
mod obligations;
mod owed;
mod rounds;
mod rows;
mod statements;

pub use commitments::commitments;
pub use disbursements::{Disbursements, count_disbursements, disbursements};
pub use envelopes::{Given, given};
pub use forecast::forecast;
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
use diesel::sql_types::{BigInt, Bool, Date, Nullable, Text};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use rules::ledger::Account;
use rules::money::Cents;
use rules::report::{Filter, Window};

diesel::define_sql_function! {
    /// The year of its scheme in which an application was submitted, as it is written.
    fn programme_year(year_from: Nullable<Date>, submitted_on: Nullable<Date>) -> Text;
}

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
    if filter.narrows_cases() {
        let mut cases = applications::table.select(applications::id).into_boxed::<Pg>();
        of_cases!(cases, filter);
        query = query.filter(ledger_entries::application_id.eq_any(cases));
    }
    Ok(Cents::new(query.first(connection).await?))
}
