//! What is owed back on a day, streamed: each demand with what had been entered on it by then, and what no confirmed demand is of.

use super::SNAPSHOT;
use super::rows::{PART_ROWS, Part as Handed, Rows, hand_over, opened, way};
use crate::store::{Connected, Fault, Reader};
use chrono::{DateTime, NaiveDate, Utc};
use diesel::sql_types::{Array, BigInt, Date, Nullable, Text, Timestamptz};
use diesel::{QueryableByName, sql_query};
use diesel_async::{AnsiTransactionManager, AsyncPgConnection, RunQueryDsl, TransactionManager};
use futures_util::TryStreamExt;
use rules::calendar::Day;
use rules::money::Cents;
use rules::recovery::{Owed, Part};
use rules::report::Totals;
use tokio::sync::mpsc::Sender;

/// The rows of a report of what is owed back.
pub type OwedRows = Rows<Owed>;

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    scheme: String,
    #[diesel(sql_type = Text)]
    case_reference: String,
    #[diesel(sql_type = Nullable<Text>)]
    demand: Option<String>,
    #[diesel(sql_type = Text)]
    organisation: String,
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = BigInt)]
    principal: i64,
    #[diesel(sql_type = BigInt)]
    interest: i64,
    #[diesel(sql_type = BigInt)]
    received: i64,
    #[diesel(sql_type = BigInt)]
    written_off: i64,
    #[diesel(sql_type = BigInt)]
    outstanding: i64,
    #[diesel(sql_type = BigInt)]
    recovered: i64,
    #[diesel(sql_type = Date)]
    due_on: NaiveDate,
    #[diesel(sql_type = Nullable<BigInt>)]
    credited_before: Option<i64>,
    #[diesel(sql_type = Array<Date>)]
    part_days: Vec<NaiveDate>,
    #[diesel(sql_type = Array<BigInt>)]
    part_amounts: Vec<i64>,
}

impl Row {
    fn owed(self, today: Day) -> Owed {
        let part = |(due_on, amount)| Part { due_on: Day::from(due_on), amount: Cents::new(amount) };
        let parts = self.part_days.into_iter().zip(self.part_amounts).map(part).collect::<Vec<_>>();
        let arranged = self.credited_before.map(|before| (parts.as_slice(), Cents::new(before)));
        let owed = Owed {
            scheme: self.scheme,
            case: self.case_reference,
            demand: self.demand,
            organisation: self.organisation,
            kind: self.kind,
            principal: Cents::new(self.principal),
            interest: Cents::new(self.interest),
            received: Cents::new(self.received),
            written_off: Cents::new(self.written_off),
            outstanding: Cents::new(self.outstanding),
            due_on: Day::from(self.due_on),
            days_overdue: 0,
            bucket: None,
        };
        owed.aged(arranged, today)
    }
}

/// What had been confirmed before an instant, as it stood then; and of each settlement, or cut before it, that has found something overpaid
/// until a day, what no demand that was confirmed by then is of. In the order of schemes, cases and demands.
const OWED: &str = "
    SELECT a.scheme_code AS scheme, a.reference AS case_reference, r.reference AS demand, o.name AS organisation, r.kind,
           r.principal_cents AS principal, s.charged AS interest, s.received, s.written_off, s.principal + s.interest AS outstanding,
           CASE r.kind WHEN 'recoupment' THEN 0 ELSE s.recovered END AS recovered, r.due_on, h.credited_cents AS credited_before,
           ARRAY(SELECT i.due_on FROM recovery_instalments i WHERE i.recovery_id = r.id AND i.arrangement = h.number ORDER BY i.place) AS part_days,
           ARRAY(SELECT i.amount_cents FROM recovery_instalments i WHERE i.recovery_id = r.id AND i.arrangement = h.number ORDER BY i.place) AS part_amounts
      FROM recoveries r JOIN applications a ON a.id = r.application_id JOIN organisations o ON o.id = a.organisation_id
     CROSS JOIN LATERAL recovery_sums(r.id, $1) s
      LEFT JOIN LATERAL (SELECT number, credited_cents FROM recovery_arrangements
                          WHERE recovery_id = r.id AND agreed_at < $1 ORDER BY number DESC LIMIT 1) h ON true
     WHERE r.confirmed_at < $1 AND ($3 IS NULL OR a.scheme_code = $3)
    UNION ALL
    SELECT a.scheme_code, a.reference, NULL, o.name, 'overpaid', f.found, 0, 0, 0, f.found, 0, f.found_on, NULL, '{}', '{}'
      FROM awards w JOIN applications a ON a.id = w.application_id JOIN organisations o ON o.id = a.organisation_id
      LEFT JOIN LATERAL (SELECT replace(c.after ->> 'carried_over', '.', '')::bigint AS cents, (c.changed_at AT TIME ZONE 'Asia/Hong_Kong')::date AS on_day
                           FROM award_changes c WHERE c.application_id = w.application_id AND c.kind = 'amount' AND c.changed_at < $1
                          ORDER BY c.number DESC LIMIT 1) cut ON true
     CROSS JOIN LATERAL (SELECT CASE WHEN w.settled_on <= $2 THEN w.overpaid_cents ELSE coalesce(cut.cents, 0) END
                                  - coalesce(sum(r.principal_cents), 0)::bigint AS found,
                                CASE WHEN w.settled_on <= $2 THEN w.settled_on ELSE cut.on_day END AS found_on
                           FROM recoveries r
                          WHERE r.application_id = w.application_id AND r.kind = 'overpaid' AND r.confirmed_at < $1) f
     WHERE (w.overpaid_cents > 0 OR w.revision > 0) AND f.found_on <= $2 AND f.found > 0 AND ($3 IS NULL OR a.scheme_code = $3)
     ORDER BY scheme, case_reference, demand";

/// What the ledger says had come back before an instant.
const RECOVERED: &str = "
    SELECT coalesce(-sum(amount_cents), 0)::bigint AS recovered FROM ledger_entries JOIN applications ON id = application_id
     WHERE account = 'recovered' AND posted_at < $1 AND ($2 IS NULL OR scheme_code = $2)";

#[derive(QueryableByName)]
struct Recovered {
    #[diesel(sql_type = BigInt)]
    recovered: i64,
}

/// Opens the report of what is owed back, as of the end of a day: the first part has been read when this returns.
///
/// # Errors
/// When the database fails before the first row.
pub async fn owed(reader: Reader, scheme: Option<String>, today: Day) -> Result<OwedRows, Fault> {
    let (sender, rest) = way();
    tokio::spawn(async move {
        let mut reader = reader;
        let last = read_all(&mut reader, scheme.as_deref(), today, &sender).await.map(Handed::End);
        // Nobody may be there to be told; that is no fault.
        hand_over(&sender, last).await.ok();
    });
    opened(rest).await
}

async fn read_all(
    reader: &mut Reader,
    scheme: Option<&str>,
    today: Day,
    sender: &Sender<Result<Handed<Owed>, Fault>>,
) -> Result<Totals, Fault> {
    let connection = reader.connection();
    AnsiTransactionManager::begin_transaction_sql(connection, SNAPSHOT).await?;
    let totals = read_rows(connection, scheme, today, sender).await;
    AnsiTransactionManager::rollback_transaction(connection).await?;
    totals
}

async fn read_rows(
    connection: &mut AsyncPgConnection,
    scheme: Option<&str>,
    today: Day,
    sender: &Sender<Result<Handed<Owed>, Fault>>,
) -> Result<Totals, Fault> {
    let before: DateTime<Utc> = today.next().begins_at();
    let (mut totals, mut recovered) = (Totals::default(), Cents::ZERO);
    let query =
        sql_query(OWED).bind::<Timestamptz, _>(before).bind::<Date, _>(today.date()).bind::<Nullable<Text>, _>(scheme);
    let mut rows = query.load_stream::<Row>(connection).await?;
    let too_large = |error: rules::money::MoneyError| Fault::Corrupt(error.to_string());
    let mut part = Vec::with_capacity(PART_ROWS);
    while let Some(row) = rows.try_next().await? {
        recovered = recovered.plus(Cents::new(row.recovered)).map_err(too_large)?;
        let row = row.owed(today);
        totals = totals.with(row.outstanding).map_err(too_large)?;
        part.push(row);
        if part.len() == PART_ROWS {
            let part = std::mem::replace(&mut part, Vec::with_capacity(PART_ROWS));
            hand_over(sender, Ok(Handed::Rows(part))).await?;
        }
    }
    drop(rows);
    hand_over(sender, Ok(Handed::Rows(part))).await?;
    let query = sql_query(RECOVERED).bind::<Timestamptz, _>(before).bind::<Nullable<Text>, _>(scheme);
    let ledger: Recovered = query.get_result(connection).await?;
    if recovered.get() == ledger.recovered {
        Ok(totals)
    } else {
        let ledger = Cents::new(ledger.recovered);
        Err(Fault::Corrupt(format!(
            "{recovered} has come back by the demands until {today}, and {ledger} by the ledger"
        )))
    }
}
