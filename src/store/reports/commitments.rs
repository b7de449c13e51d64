//! What was committed, paid and recovered, as the ledger says, grouped by what was asked for.

use super::SNAPSHOT;
use crate::store::{Connected, Fault, Reader};
use diesel::sql_types::{BigInt, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel::{QueryableByName, sql_query};
use diesel_async::{AnsiTransactionManager, AsyncPgConnection, RunQueryDsl, TransactionManager};
use rules::money::Cents;
use rules::report::{Commitments, Dimension, Filter, Window};

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    scheme: String,
    #[diesel(sql_type = Text)]
    round: String,
    #[diesel(sql_type = Text)]
    programme_year: String,
    #[diesel(sql_type = Text)]
    financial_year: String,
    #[diesel(sql_type = Text)]
    organisation: String,
    #[diesel(sql_type = Text)]
    stage: String,
    #[diesel(sql_type = Text)]
    status: String,
    #[diesel(sql_type = BigInt)]
    cases: i64,
    #[diesel(sql_type = BigInt)]
    outstanding: i64,
    #[diesel(sql_type = BigInt)]
    paid: i64,
    #[diesel(sql_type = BigInt)]
    recovered: i64,
}

/// What somebody can group by: its expression, where `a` is the case, `g` the one who receives it, and `m` what moved.
const fn expression(dimension: Dimension) -> &'static str {
    match dimension {
        Dimension::Scheme => "a.scheme_code",
        Dimension::Round => "coalesce(a.round, '')",
        Dimension::ProgrammeYear => "programme_year(a.year_from, a.submitted_on)",
        Dimension::FinancialYear => "m.financial_year",
        Dimension::Organisation => "g.name",
        Dimension::Stage => "stages_of_award(a.id)",
        Dimension::Status => "a.state",
    }
}

/// The statement for what is asked for. Of a case that moves in several years there is a line for each only where years are asked for.
fn statement(by: &[Dimension]) -> String {
    let key = |dimension: Dimension| {
        let expression = if by.contains(&dimension) { expression(dimension) } else { "'all'" };
        format!("{expression} AS {}", dimension.code())
    };
    let keys = Dimension::ALL.map(key).join(", ");
    let year = "programme_year(NULL, (posted_at AT TIME ZONE 'Asia/Hong_Kong')::date)";
    let year = if by.contains(&Dimension::FinancialYear) { year } else { "NULL::text" };
    // Two organisations may have one name.
    let apart = if by.contains(&Dimension::Organisation) { ", g.id" } else { "" };
    format!(
        "WITH moved AS (
           SELECT application_id, {year} AS financial_year, coalesce(sum(amount_cents) FILTER (WHERE account = 'commitment'), 0)::bigint AS outstanding,
                  coalesce(sum(amount_cents) FILTER (WHERE account = 'paid'), 0)::bigint AS paid,
                  coalesce(-sum(amount_cents) FILTER (WHERE account = 'recovered'), 0)::bigint AS recovered
             FROM ledger_entries WHERE account IN ('commitment', 'paid', 'recovered') AND ($1 IS NULL OR posted_at >= $1) AND ($2 IS NULL OR posted_at < $2)
            GROUP BY 1, 2)
         SELECT {keys}, count(*) FILTER (WHERE m.outstanding <> 0 OR m.paid <> 0) AS cases, sum(m.outstanding)::bigint AS outstanding,
                sum(m.paid)::bigint AS paid, sum(m.recovered)::bigint AS recovered
           FROM moved m JOIN applications a ON a.id = m.application_id JOIN organisations g ON g.id = a.organisation_id
          WHERE ($3 IS NULL OR a.scheme_code = $3) AND ($4 IS NULL OR a.round = $4)
            AND ($5 IS NULL OR programme_year(a.year_from, a.submitted_on) = $5) AND ($6 IS NULL OR a.organisation_id = $6)
            AND ($7 IS NULL OR $7 = ANY(string_to_array(stages_of_award(a.id), ' + ')))
            AND ($8 IS NULL OR a.state = $8)
          GROUP BY 1, 2, 3, 4, 5, 6, 7{apart}
         HAVING count(*) FILTER (WHERE m.outstanding <> 0 OR m.paid <> 0) > 0 OR sum(m.recovered) <> 0 ORDER BY 1, 2, 3, 4, 5, 6, 7{apart}"
    )
}

/// The groups that a filter means, in the order of what is asked for.
///
/// # Errors
/// When the database fails, or the ledger and the envelopes do not agree.
pub async fn commitments(
    reader: &mut Reader,
    by: &[Dimension],
    (filter, window): (&Filter, Window),
) -> Result<Vec<Commitments>, Fault> {
    let connection = reader.connection();
    AnsiTransactionManager::begin_transaction_sql(connection, SNAPSHOT).await?;
    let read = read(connection, by, (filter, window)).await;
    AnsiTransactionManager::rollback_transaction(connection).await?;
    read
}

async fn read(
    connection: &mut AsyncPgConnection,
    by: &[Dimension],
    (filter, window): (&Filter, Window),
) -> Result<Vec<Commitments>, Fault> {
    let query = sql_query(statement(by))
        .bind::<Nullable<Timestamptz>, _>(window.from)
        .bind::<Nullable<Timestamptz>, _>(window.until)
        .bind::<Nullable<Text>, _>(filter.scheme.as_deref())
        .bind::<Nullable<Text>, _>(filter.round.as_deref())
        .bind::<Nullable<Text>, _>(filter.programme_year.as_deref())
        .bind::<Nullable<SqlUuid>, _>(filter.organisation.map(|id| id.0))
        .bind::<Nullable<Text>, _>(filter.stage.as_deref())
        .bind::<Nullable<Text>, _>(filter.status.map(|state| state.code()));
    let rows: Vec<Row> = query.load(connection).await?;
    let rows = rows.into_iter().map(Commitments::try_from).collect::<Result<Vec<_>, _>>()?;
    let of_scheme = Filter { scheme: filter.scheme.clone(), ..Filter::default() };
    if *filter == of_scheme {
        must_agree(connection, filter.scheme.as_deref(), &rows).await?;
    }
    Ok(rows)
}

#[derive(QueryableByName)]
struct Sum {
    #[diesel(sql_type = BigInt)]
    cents: i64,
}

/// Where nothing narrows it but a scheme, it comes to what the envelopes have given.
async fn must_agree(
    connection: &mut AsyncPgConnection,
    scheme: Option<&str>,
    rows: &[Commitments],
) -> Result<(), Fault> {
    let query =
        "SELECT coalesce(sum(committed_cents), 0)::bigint AS cents FROM envelopes WHERE $1 IS NULL OR scheme_code = $1";
    let given: Sum = sql_query(query).bind::<Nullable<Text>, _>(scheme).get_result(connection).await?;
    let sum = |of: fn(&Commitments) -> Cents| Cents::sum(rows.iter().map(of));
    let corrupt = |error: rules::money::MoneyError| Fault::Corrupt(error.to_string());
    let (committed, recovered) =
        (sum(|row| row.committed).map_err(corrupt)?, sum(|row| row.recovered).map_err(corrupt)?);
    let holds = committed.get().saturating_sub(recovered.get());
    if holds == given.cents {
        return Ok(());
    }
    Err(Fault::Corrupt(format!("the envelopes have given {} cents, and the ledger says {holds}", given.cents)))
}

impl TryFrom<Row> for Commitments {
    type Error = Fault;

    fn try_from(row: Row) -> Result<Self, Fault> {
        let Row { scheme, round, programme_year, financial_year, organisation, stage, status, .. } = row;
        let (outstanding, paid) = (Cents::new(row.outstanding), Cents::new(row.paid));
        Ok(Self {
            keys: [scheme, round, programme_year, financial_year, organisation, stage, status],
            cases: u64::try_from(row.cases).map_err(|error| Fault::Corrupt(error.to_string()))?,
            committed: outstanding.plus(paid).map_err(|error| Fault::Corrupt(error.to_string()))?,
            paid,
            outstanding,
            recovered: Cents::new(row.recovered),
        })
    }
}
