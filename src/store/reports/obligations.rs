//! What is owed beside projects, streamed: each obligation of the cases that run or are completed, with its day and where it stands.

use super::SNAPSHOT;
use super::rows::{PART_ROWS, Part as Handed, Rows, hand_over, opened, way};
use crate::store::{Connected, Fault, Reader};
use chrono::{DateTime, NaiveDate, Utc};
use diesel::sql_types::{Bool, Date, Nullable, Text, Timestamptz};
use diesel::{QueryableByName, sql_query};
use diesel_async::{AnsiTransactionManager, AsyncPgConnection, RunQueryDsl, TransactionManager};
use futures_util::TryStreamExt;
use rules::calendar::Day;
use rules::money::Cents;
use rules::obligation::{ObligationState, Reported};
use rules::report::Totals;
use tokio::sync::mpsc::Sender;

/// The rows of a report of what is owed beside projects.
pub type Obligations = Rows<Reported>;

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    scheme: String,
    #[diesel(sql_type = Text)]
    case_reference: String,
    #[diesel(sql_type = Text)]
    organisation: String,
    #[diesel(sql_type = Text)]
    code: String,
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Text)]
    state: String,
    #[diesel(sql_type = Nullable<Date>)]
    due_on: Option<NaiveDate>,
    #[diesel(sql_type = Bool)]
    blocks_when_late: bool,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    submitted_at: Option<DateTime<Utc>>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    decided_at: Option<DateTime<Utc>>,
}

impl Row {
    fn reported(self, today: Day) -> Reported {
        let due_on = self.due_on.map(Day::from);
        let open = self.state == ObligationState::Open.code() && self.kind != "books";
        let accepted = self.state == ObligationState::Accepted.code();
        Reported {
            scheme: self.scheme,
            case: self.case_reference,
            organisation: self.organisation,
            obligation: self.code,
            days_late: due_on.filter(|_| open).map_or(0, |due_on| due_on.days_until(today)),
            kind: self.kind,
            state: self.state,
            due_on,
            blocks: self.blocks_when_late,
            submitted_on: self.submitted_at.map(Day::in_hong_kong),
            accepted_on: self.decided_at.filter(|_| accepted).map(Day::in_hong_kong),
        }
    }
}

/// In the order of schemes, days and cases; what has no day yet comes last in its scheme.
const OWED: &str = "
    SELECT a.scheme_code AS scheme, a.reference AS case_reference, g.name AS organisation, o.code, o.kind, o.state, o.due_on, o.blocks_when_late,
           s.submitted_at, s.decided_at
      FROM obligations o JOIN applications a ON a.id = o.application_id JOIN organisations g ON g.id = a.organisation_id
      LEFT JOIN LATERAL (SELECT submitted_at, decided_at FROM obligation_submissions
                          WHERE application_id = o.application_id AND code = o.code ORDER BY number DESC LIMIT 1) s ON true
     WHERE o.state <> 'dropped' AND a.state IN ('accepted', 'suspended', 'completed') AND ($1 IS NULL OR a.scheme_code = $1)
     ORDER BY a.scheme_code, o.due_on NULLS LAST, a.reference, o.code";

/// Opens the report of what is owed beside projects: the first part has been read when this returns.
///
/// # Errors
/// When the database fails before the first row.
pub async fn obligations(reader: Reader, scheme: Option<String>, today: Day) -> Result<Obligations, Fault> {
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
    sender: &Sender<Result<Handed<Reported>, Fault>>,
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
    sender: &Sender<Result<Handed<Reported>, Fault>>,
) -> Result<Totals, Fault> {
    let mut totals = Totals::default();
    let mut rows = sql_query(OWED).bind::<Nullable<Text>, _>(scheme).load_stream::<Row>(connection).await?;
    let mut part = Vec::with_capacity(PART_ROWS);
    while let Some(row) = rows.try_next().await? {
        totals = totals.with(Cents::ZERO).map_err(|error| Fault::Corrupt(error.to_string()))?;
        part.push(row.reported(today));
        if part.len() == PART_ROWS {
            let part = std::mem::replace(&mut part, Vec::with_capacity(PART_ROWS));
            hand_over(sender, Ok(Handed::Rows(part))).await?;
        }
    }
    drop(rows);
    hand_over(sender, Ok(Handed::Rows(part))).await?;
    Ok(totals)
}
