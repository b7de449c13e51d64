//! Reports: what was paid, and the money of the schemes; as JSON, CSV and XLSX.

use super::actor::{Caller, Signed};
use super::code::Code;
use super::problem::Problem;
use super::report_files::{TableFormat, csv_of, json_of, table_of, workbook_of};
use super::report_shapes::{DisbursementsReport, EnvelopesReport};
use super::services::Door;
use crate::actions::reports;
use crate::export::{About, Fault};
use actix_web::web::Query;
use actix_web::{HttpResponse, get};
use rules::application::State;
use rules::calendar::Day;
use rules::ids::OrganisationId;
use rules::report::{Filter, FinancialYear};
use serde::Deserialize;
use utoipa::IntoParams;

/// What a report is narrowed to. What is given narrows together.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ReportQuery {
    /// Of this scheme only.
    pub(super) scheme: Option<String>,
    /// Of applications to this round.
    pub(super) round: Option<String>,
    /// Of applications that were submitted in this year of their scheme, such as `2025-26`.
    pub(super) programme_year: Option<String>,
    /// Released in this year, from 1 April, such as `2025-26`.
    pub(super) financial_year: Option<String>,
    /// Released on this day or later.
    #[param(value_type = Option<String>, format = Date)]
    pub(super) from: Option<Day>,
    /// Released on this day or earlier.
    #[param(value_type = Option<String>, format = Date)]
    pub(super) to: Option<Day>,
    /// Of this organisation.
    #[param(value_type = Option<Uuid>)]
    pub(super) organisation: Option<OrganisationId>,
    /// Of awards that are for this stage, alone or with others.
    pub(super) stage: Option<String>,
    /// Of cases that are in this state now.
    pub(super) status: Option<String>,
}

impl ReportQuery {
    pub(super) fn filter(self) -> Result<Filter, Problem> {
        let year = self.financial_year.as_deref().map(FinancialYear::parse).transpose();
        let financial_year = year.map_err(|error| Problem::malformed_parameter("financial_year", error.to_string()))?;
        let status = self.status.map(|code| State::from_code(&code).ok_or(code)).transpose();
        let status =
            status.map_err(|code| Problem::malformed_parameter("status", format!("\"{code}\" is no state.")))?;
        let Self { scheme, round, programme_year, from, to, organisation, stage, .. } = self;
        let filter = Filter { scheme, round, programme_year, financial_year, from, to, organisation, stage, status };
        if !filter.is_storable() {
            return Err(Problem::malformed_parameter("query", "leave U+0000 out"));
        }
        Ok(filter)
    }
}

/// Of which scheme.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct SchemeQuery {
    /// Of this scheme only.
    pub(super) scheme: Option<String>,
}

impl From<Fault> for Problem {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::TooManyDigits(_) | Fault::TooManyRows { .. } => Self::new(Code::BeyondASheet, format!("{fault}.")),
            fault => Self::failed(&fault.to_string()),
        }
    }
}

/// Released payments, in the order of their release.
#[utoipa::path(tag = "reports", params(ReportQuery), responses((status = 200, description = "Rows and totals", body = DisbursementsReport)))]
#[get("/reports/disbursements")]
pub(super) async fn disbursements(
    door: Door,
    Signed(caller, query): Signed<Query<ReportQuery>>,
) -> Result<HttpResponse, Problem> {
    let filter = query.into_inner().filter()?;
    let about = About { case: None, filter: filter.clone(), made_at: door.moment.recorded_at };
    let rows = reports::disbursements(door.long_reader().await?, &caller.actor, filter).await?;
    json_of(rows, &about)
}

/// Released payments as CSV that a spreadsheet opens, streamed.
#[utoipa::path(
    tag = "reports", params(ReportQuery),
    responses((status = 200, description = "UTF-8 with a byte order mark", body = String, content_type = "text/csv")),
)]
#[get("/reports/disbursements.csv")]
pub(super) async fn disbursements_csv(
    door: Door,
    Signed(caller, query): Signed<Query<ReportQuery>>,
) -> Result<HttpResponse, Problem> {
    csv_of(reports::disbursements(door.long_reader().await?, &caller.actor, query.into_inner().filter()?).await?)
}

/// Released payments as a workbook: typed cells, totals, frozen header, filters.
#[utoipa::path(
    tag = "reports", params(ReportQuery),
    responses((
        status = 200, description = "A workbook", body = Vec<u8>,
        content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    )),
)]
#[get("/reports/disbursements.xlsx")]
pub(super) async fn disbursements_xlsx(
    door: Door,
    Signed(caller, query): Signed<Query<ReportQuery>>,
) -> Result<HttpResponse, Problem> {
    let filter = query.into_inner().filter()?;
    let about = About { case: None, filter: filter.clone(), made_at: door.moment.recorded_at };
    workbook_of(reports::disbursements(door.long_reader().await?, &caller.actor, filter).await?, about).await
}

async fn envelopes_as(
    door: Door,
    caller: Caller,
    query: SchemeQuery,
    format: TableFormat,
) -> Result<HttpResponse, Problem> {
    let scheme = query.scheme;
    let in_force = (&door.schemes, door.moment.today());
    let rows = reports::envelopes(&mut door.reader().await?, &caller.actor, in_force, scheme.as_deref()).await?;
    let about = About { case: None, filter: Filter { scheme, ..Filter::default() }, made_at: door.moment.recorded_at };
    table_of(&rows, about, format)
}

/// The money of each scheme: limit, committed, reserved, paid and left, as the ledger says.
#[utoipa::path(tag = "reports", params(SchemeQuery), responses((status = 200, description = "One row a scheme", body = EnvelopesReport)))]
#[get("/reports/envelopes")]
pub(super) async fn envelopes(
    door: Door,
    Signed(caller, query): Signed<Query<SchemeQuery>>,
) -> Result<HttpResponse, Problem> {
    envelopes_as(door, caller, query.into_inner(), TableFormat::Json).await
}

/// The money of each scheme as CSV that a spreadsheet opens.
#[utoipa::path(
    tag = "reports", params(SchemeQuery),
    responses((status = 200, description = "UTF-8 with a byte order mark", body = String, content_type = "text/csv")),
)]
#[get("/reports/envelopes.csv")]
pub(super) async fn envelopes_csv(
    door: Door,
    Signed(caller, query): Signed<Query<SchemeQuery>>,
) -> Result<HttpResponse, Problem> {
    envelopes_as(door, caller, query.into_inner(), TableFormat::Csv).await
}

/// The money of each scheme as a workbook: typed cells, totals, frozen header, filters.
#[utoipa::path(
    tag = "reports", params(SchemeQuery),
    responses((
        status = 200, description = "A workbook", body = Vec<u8>,
        content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    )),
)]
#[get("/reports/envelopes.xlsx")]
pub(super) async fn envelopes_xlsx(
    door: Door,
    Signed(caller, query): Signed<Query<SchemeQuery>>,
) -> Result<HttpResponse, Problem> {
    envelopes_as(door, caller, query.into_inner(), TableFormat::Xlsx).await
}
