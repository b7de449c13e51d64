//! What is promised and not paid, case by case, for the forecast: the plan of each, and how far it has come.

use super::SNAPSHOT;
use crate::store::{Connected, Fault, Reader};
use chrono::{DateTime, NaiveDate, Utc};
use diesel::sql_types::{Array, BigInt, Date, Integer, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel::{QueryableByName, sql_query};
use diesel_async::{AnsiTransactionManager, AsyncPgConnection, RunQueryDsl, TransactionManager};
use rules::calculation::Project;
use rules::calendar::Day;
use rules::change_request::last_day;
use rules::money::Cents;
use rules::report::{Expected, Forecast, Forecasts, Outstanding, Reached};
use rules::scheme::DueOn;
use serde_json::Value;
use std::collections::BTreeMap;
use uuid::Uuid;

/// Cases that are read together.
const PAGE_CASES: i64 = 500;

#[derive(QueryableByName)]
struct CaseRow {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Text)]
    scheme: String,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    accepted_at: Option<DateTime<Utc>>,
    #[diesel(sql_type = Jsonb)]
    project: Value,
    #[diesel(sql_type = Nullable<Date>)]
    ends_on: Option<NaiveDate>,
    #[diesel(sql_type = BigInt)]
    outstanding: i64,
}

#[derive(QueryableByName)]
struct PartRow {
    #[diesel(sql_type = SqlUuid)]
    application_id: Uuid,
    #[diesel(sql_type = Text)]
    due: String,
    #[diesel(sql_type = Nullable<Integer>)]
    after_months: Option<i32>,
    #[diesel(sql_type = BigInt)]
    planned: i64,
    #[diesel(sql_type = Nullable<BigInt>)]
    owed: Option<i64>,
}

/// The cases that hold a commitment, in the order of their ids, after one of them. `ends_on` is what the last change of days has said.
const CASES: &str = "
    SELECT a.id, a.scheme_code AS scheme, w.accepted_at, a.content #> '{request,project}' AS project, l.outstanding,
           (SELECT (after ->> 'ends_on')::date FROM award_changes c WHERE c.application_id = a.id AND after ->> 'ends_on' IS NOT NULL
             ORDER BY number DESC LIMIT 1) AS ends_on
      FROM applications a JOIN awards w ON w.application_id = a.id
      CROSS JOIN LATERAL (SELECT coalesce(sum(amount_cents), 0)::bigint AS outstanding FROM ledger_entries
                           WHERE application_id = a.id AND account = 'commitment') l
     WHERE a.id > $1 AND ($2 IS NULL OR a.scheme_code = $2) AND w.state <> 'released' AND l.outstanding > 0
     ORDER BY a.id LIMIT $3";

/// Their plans: of each part whether it is certified, and what is owed of it then.
const PARTS: &str = "
    SELECT i.application_id, i.due, i.after_months, i.amount_cents AS planned, c.owed
      FROM instalments i JOIN awards w ON (w.application_id, w.revision) = (i.application_id, i.revision)
      LEFT JOIN LATERAL (SELECT (certified_cents - claim_out_cents(id))::bigint AS owed FROM claims
                          WHERE application_id = i.application_id AND instalment = i.code AND state IN ('certified', 'paid', 'nil') LIMIT 1) c ON true
     WHERE i.application_id = ANY($1) ORDER BY i.application_id, i.sequence";

/// What is outstanding by scheme and month, as of a day, of all schemes or of one.
///
/// # Errors
/// When the database fails, a row cannot be read, or the parts do not come to what the ledger says.
pub async fn forecast(reader: &mut Reader, scheme: Option<&str>, today: Day) -> Result<Vec<Forecast>, Fault> {
    let connection = reader.connection();
    AnsiTransactionManager::begin_transaction_sql(connection, SNAPSHOT).await?;
    let read = read(connection, scheme, today).await;
    AnsiTransactionManager::rollback_transaction(connection).await?;
    read
}

async fn read(connection: &mut AsyncPgConnection, scheme: Option<&str>, today: Day) -> Result<Vec<Forecast>, Fault> {
    let mut forecasts = Forecasts::default();
    let mut after = Uuid::nil();
    loop {
        let cases =
            sql_query(CASES).bind::<SqlUuid, _>(after).bind::<Nullable<Text>, _>(scheme).bind::<BigInt, _>(PAGE_CASES);
        let cases: Vec<CaseRow> = cases.load(connection).await?;
        let Some(last) = cases.last() else { break };
        after = last.id;
        let mut plans = plans(connection, cases.iter().map(|case| case.id).collect()).await?;
        for case in cases {
            let plan = plans.remove(&case.id).unwrap_or_default();
            let case = case.with(plan)?;
            forecasts.add(&case, today).map_err(|error| Fault::Corrupt(error.to_string()))?;
        }
    }
    Ok(forecasts.rows())
}

async fn plans(connection: &mut AsyncPgConnection, cases: Vec<Uuid>) -> Result<BTreeMap<Uuid, Vec<Expected>>, Fault> {
    let rows: Vec<PartRow> = sql_query(PARTS).bind::<Array<SqlUuid>, _>(cases).load(connection).await?;
    let mut plans = BTreeMap::<Uuid, Vec<Expected>>::new();
    for row in rows {
        let after_months = row.after_months.map(u32::try_from).transpose();
        plans.entry(row.application_id).or_default().push(Expected {
            due: DueOn::from_code(&row.due).ok_or_else(|| Fault::Corrupt(format!("due {}", row.due)))?,
            after_months: after_months.map_err(|error| Fault::Corrupt(format!("months: {error}")))?,
            amount: Cents::new(row.planned),
            reached: row.owed.map_or(Reached::Planned, |owed| Reached::Certified(Cents::new(owed))),
        });
    }
    Ok(plans)
}

impl CaseRow {
    fn with(self, plan: Vec<Expected>) -> Result<Outstanding, Fault> {
        let project: Project = serde_json::from_value(self.project)
            .map_err(|error| Fault::Corrupt(format!("the project of {}: {error}", self.id)))?;
        let accepted_on = self.accepted_at.map(Day::in_hong_kong);
        let planned = accepted_on.zip(project.months()).map(|(accepted_on, months)| last_day(accepted_on, months));
        Ok(Outstanding {
            scheme: self.scheme,
            accepted_on,
            ends_on: self.ends_on.map(Day::from).or(planned),
            amount: Cents::new(self.outstanding),
            plan,
        })
    }
}
