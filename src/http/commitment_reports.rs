//! Reports of what is promised: committed, paid, outstanding and recovered by what is asked for, and when the outstanding will be asked for.

use super::actor::{Caller, Signed};
use super::problem::Problem;
use super::report_files::{TableFormat, table_of};
use super::report_shapes::ReportFilter;
use super::reports::{ReportQuery, SchemeQuery};
use super::services::Door;
use crate::actions::reports;
use crate::export::About;
use actix_web::web::Query;
use actix_web::{HttpResponse, get};
use chrono::{DateTime, Utc};
use rules::calendar::Day;
use rules::ids::OrganisationId;
use rules::report::{Dimension, Filter};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

/// What the report is narrowed to, and by what money is grouped.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct CommitmentsQuery {
    /// Some of `scheme`, `round`, `programme_year`, `financial_year`, `organisation`, `stage` and `status`, with commas between; the scheme when left
    /// out.
    #[param(example = "scheme,financial_year")]
    by: Option<String>,
    /// Of this scheme only.
    scheme: Option<String>,
    /// Of applications to this round.
    round: Option<String>,
    /// Of applications that were submitted in this year of their scheme, such as `2025-26`.
    programme_year: Option<String>,
    /// What moved in this year, from 1 April, such as `2025-26`.
    financial_year: Option<String>,
    /// What moved on this day or later.
    #[param(value_type = Option<String>, format = Date)]
    from: Option<Day>,
    /// What moved on this day or earlier.
    #[param(value_type = Option<String>, format = Date)]
    to: Option<Day>,
    /// Of this organisation.
    #[param(value_type = Option<Uuid>)]
    organisation: Option<OrganisationId>,
    /// Of awards that are for this stage, alone or with others.
    stage: Option<String>,
    /// Of cases that are in this state now.
    status: Option<String>,
}

impl CommitmentsQuery {
    fn read(self) -> Result<(Vec<Dimension>, Filter), Problem> {
        let by = self.by.map_or_else(|| Ok(vec![Dimension::Scheme]), |by| Dimension::parse(&by));
        let by = by.map_err(|error| Problem::malformed_parameter("by", error.to_string()))?;
        let Self { scheme, round, programme_year, financial_year, from, to, organisation, stage, status, .. } = self;
        let narrowed =
            ReportQuery { scheme, round, programme_year, financial_year, from, to, organisation, stage, status };
        Ok((by, narrowed.filter()?))
    }
}

/// What was committed, paid and recovered, with what was asked.
#[derive(ToSchema)]
#[expect(dead_code, reason = "nothing is made of it: the pieces are written as they come")]
pub(super) struct CommitmentsReport {
    /// Its name.
    #[schema(example = "commitments")]
    report: String,
    /// The currency of every amount.
    #[schema(example = "HKD")]
    currency: String,
    /// When it was made.
    made_at: DateTime<Utc>,
    /// What it was narrowed to.
    filter: ReportFilter,
    /// One a group.
    rows: Vec<CommitmentsRow>,
    /// What they add up to.
    totals: CommitmentsTotals,
}

/// What was committed, paid and recovered of one group. What nobody asked to group by says `all`.
#[derive(ToSchema)]
#[expect(dead_code, reason = "nothing is made of it: the pieces are written as they come")]
struct CommitmentsRow {
    /// The scheme's code.
    scheme: String,
    /// The path of the round; empty where there is none.
    round: String,
    /// The year of the scheme in which the application was submitted.
    #[schema(example = "2025-26")]
    programme_year: String,
    /// The financial year in which the money moved.
    #[schema(example = "2025-26")]
    financial_year: String,
    /// Who receives it.
    organisation: String,
    /// The stages that the award is for.
    #[schema(example = "stage_1 + stage_2")]
    stage: String,
    /// The state in which the case is now.
    status: String,
    /// How many cases.
    cases: u64,
    /// What was promised, less what was given back.
    committed_hkd: String,
    /// What was paid, less what banks have brought back.
    paid_hkd: String,
    /// What was promised and is not paid.
    outstanding_hkd: String,
    /// What demands have brought back.
    recovered_hkd: String,
}

/// What groups add up to.
#[derive(ToSchema)]
#[expect(dead_code, reason = "nothing is made of it: the pieces are written as they come")]
struct CommitmentsTotals {
    /// How many rows.
    rows: u64,
    /// The control total: what is committed.
    control_total: String,
    /// What is committed; left out where there is no row, as the next ones are.
    committed_hkd: Option<String>,
    /// What was paid.
    paid_hkd: Option<String>,
    /// What is outstanding.
    outstanding_hkd: Option<String>,
    /// What has come back.
    recovered_hkd: Option<String>,
}

/// When what is outstanding will be asked for, with what was asked.
#[derive(ToSchema)]
#[expect(dead_code, reason = "nothing is made of it: the pieces are written as they come")]
pub(super) struct ForecastReport {
    /// Its name.
    #[schema(example = "forecast")]
    report: String,
    /// The currency of every amount.
    #[schema(example = "HKD")]
    currency: String,
    /// When it was made.
    made_at: DateTime<Utc>,
    /// What it was narrowed to.
    filter: ReportFilter,
    /// One a scheme and month.
    rows: Vec<ForecastRow>,
    /// What they add up to.
    totals: ForecastTotals,
}

/// What will be asked for in a month.
#[derive(ToSchema)]
#[expect(dead_code, reason = "nothing is made of it: the pieces are written as they come")]
struct ForecastRow {
    /// The scheme's code.
    scheme: String,
    /// The month; empty where nobody can say.
    #[schema(example = "2026-12")]
    month: String,
    /// How many instalments.
    instalments: u64,
    /// How much.
    outstanding_hkd: String,
}

/// What months add up to.
#[derive(ToSchema)]
#[expect(dead_code, reason = "nothing is made of it: the pieces are written as they come")]
struct ForecastTotals {
    /// How many rows.
    rows: u64,
    /// The control total: what is outstanding.
    control_total: String,
    /// How many instalments; left out where there is no row, as the next one is.
    instalments: Option<u64>,
    /// What is outstanding.
    outstanding_hkd: Option<String>,
}

async fn commitments_as(
    door: Door,
    caller: Caller,
    query: CommitmentsQuery,
    format: TableFormat,
) -> Result<HttpResponse, Problem> {
    let (by, filter) = query.read()?;
    let rows = reports::commitments(&mut door.long_reader().await?, &caller.actor, &by, &filter).await?;
    table_of(&rows, About { case: None, filter, made_at: door.moment.recorded_at }, format)
}

async fn forecast_as(
    door: Door,
    caller: Caller,
    query: SchemeQuery,
    format: TableFormat,
) -> Result<HttpResponse, Problem> {
    let scheme = query.scheme;
    let asked = (scheme.as_deref(), door.moment.today());
    let rows = reports::forecast(&mut door.long_reader().await?, &caller.actor, asked).await?;
    let about = About { case: None, filter: Filter { scheme, ..Filter::default() }, made_at: door.moment.recorded_at };
    table_of(&rows, about, format)
}

/// What was committed, paid and recovered and what is outstanding, as the ledger says, grouped by what is asked for.
#[utoipa::path(tag = "reports", params(CommitmentsQuery), responses((status = 200, description = "One row a group", body = CommitmentsReport)))]
#[get("/reports/commitments")]
pub(super) async fn commitments(
    door: Door,
    Signed(caller, query): Signed<Query<CommitmentsQuery>>,
) -> Result<HttpResponse, Problem> {
    commitments_as(door, caller, query.into_inner(), TableFormat::Json).await
}

/// The same as CSV that a spreadsheet opens.
#[utoipa::path(
    tag = "reports", params(CommitmentsQuery),
    responses((status = 200, description = "UTF-8 with a byte order mark", body = String, content_type = "text/csv")),
)]
#[get("/reports/commitments.csv")]
pub(super) async fn commitments_csv(
    door: Door,
    Signed(caller, query): Signed<Query<CommitmentsQuery>>,
) -> Result<HttpResponse, Problem> {
    commitments_as(door, caller, query.into_inner(), TableFormat::Csv).await
}

/// The same as a workbook: typed cells, totals, frozen header, filters.
#[utoipa::path(
    tag = "reports", params(CommitmentsQuery),
    responses((
        status = 200, description = "A workbook", body = Vec<u8>,
        content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    )),
)]
#[get("/reports/commitments.xlsx")]
pub(super) async fn commitments_xlsx(
    door: Door,
    Signed(caller, query): Signed<Query<CommitmentsQuery>>,
) -> Result<HttpResponse, Problem> {
    commitments_as(door, caller, query.into_inner(), TableFormat::Xlsx).await
}

/// When what is outstanding will be asked for, by scheme and month, as the plans say today.
#[utoipa::path(tag = "reports", params(SchemeQuery), responses((status = 200, description = "One row a scheme and month", body = ForecastReport)))]
#[get("/reports/forecast")]
pub(super) async fn forecast(
    door: Door,
    Signed(caller, query): Signed<Query<SchemeQuery>>,
) -> Result<HttpResponse, Problem> {
    forecast_as(door, caller, query.into_inner(), TableFormat::Json).await
}

/// The same as CSV that a spreadsheet opens.
#[utoipa::path(
    tag = "reports", params(SchemeQuery),
    responses((status = 200, description = "UTF-8 with a byte order mark", body = String, content_type = "text/csv")),
)]
#[get("/reports/forecast.csv")]
pub(super) async fn forecast_csv(
    door: Door,
    Signed(caller, query): Signed<Query<SchemeQuery>>,
) -> Result<HttpResponse, Problem> {
    forecast_as(door, caller, query.into_inner(), TableFormat::Csv).await
}

/// The same as a workbook: typed cells, totals, frozen header, filters.
#[utoipa::path(
    tag = "reports", params(SchemeQuery),
    responses((
        status = 200, description = "A workbook", body = Vec<u8>,
        content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    )),
)]
#[get("/reports/forecast.xlsx")]
pub(super) async fn forecast_xlsx(
    door: Door,
    Signed(caller, query): Signed<Query<SchemeQuery>>,
) -> Result<HttpResponse, Problem> {
    forecast_as(door, caller, query.into_inner(), TableFormat::Xlsx).await
}
