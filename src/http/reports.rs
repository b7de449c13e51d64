//! Reports: what was paid, and the money of the schemes; as JSON, CSV and XLSX.

use super::actor::Signed;
use super::code::Code;
use super::problem::Problem;
use super::report_shapes::{DisbursementsReport, EnvelopesReport};
use super::services::Door;
use crate::actions::reports;
use crate::export::csv::Csv;
use crate::export::json::Json;
use crate::export::xlsx::Xlsx;
use crate::export::{About, Fault, Format, stream};
use actix_web::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use actix_web::web::{Bytes, Query};
use actix_web::{HttpResponse, get};
use futures_util::TryStreamExt;
use rules::calendar::Day;
use rules::report::{Envelope, Filter, FinancialYear};
use serde::Deserialize;
use utoipa::IntoParams;

/// What a report is narrowed to. What is given narrows together.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ReportQuery {
    /// Of this scheme only.
    scheme: Option<String>,
    /// Released in this year, from 1 April, such as `2025-26`.
    financial_year: Option<String>,
    /// Released on this day or later.
    #[param(value_type = Option<String>, format = Date)]
    from: Option<Day>,
    /// Released on this day or earlier.
    #[param(value_type = Option<String>, format = Date)]
    to: Option<Day>,
}

impl ReportQuery {
    fn filter(self) -> Result<Filter, Problem> {
        let year = self.financial_year.as_deref().map(FinancialYear::parse).transpose();
        let financial_year = year.map_err(|error| Problem::malformed_parameter("financial_year", error.to_string()))?;
        Ok(Filter { scheme: self.scheme, financial_year, from: self.from, to: self.to })
    }
}

/// Of which scheme.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct SchemeQuery {
    /// Of this scheme only.
    scheme: Option<String>,
}

impl From<Fault> for Problem {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::TooManyDigits(_) | Fault::TooManyRows { .. } => Self::new(Code::BeyondASheet, format!("{fault}.")),
            fault => Self::failed(&fault.to_string()),
        }
    }
}

pub(super) fn file(content_type: &str, name: &str) -> actix_web::HttpResponseBuilder {
    let mut response = HttpResponse::Ok();
    response.insert_header((CONTENT_TYPE, content_type));
    response.insert_header((CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")));
    response
}

/// Released payments, in the order of their release.
#[utoipa::path(tag = "reports", params(ReportQuery), responses((status = 200, description = "Rows and totals", body = DisbursementsReport)))]
#[get("/reports/disbursements")]
pub(super) async fn disbursements(
    door: Door,
    Signed(caller, query): Signed<Query<ReportQuery>>,
) -> Result<HttpResponse, Problem> {
    let filter = query.into_inner().filter()?;
    let about = About { filter: filter.clone(), made_at: door.moment.recorded_at };
    let rows = reports::disbursements(door.long_reader().await?, &caller.actor, filter).await?;
    let mut response = HttpResponse::Ok();
    Ok(response
        .insert_header((CONTENT_TYPE, "application/json"))
        .streaming(stream(rows, Json::new(&about)?).map_ok(Bytes::from).map_err(std::io::Error::other)))
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
    let rows = reports::disbursements(door.long_reader().await?, &caller.actor, query.into_inner().filter()?).await?;
    Ok(file("text/csv; charset=utf-8", "disbursements.csv")
        .streaming(stream(rows, Csv::new()?).map_ok(Bytes::from).map_err(std::io::Error::other)))
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
    let about = About { filter: filter.clone(), made_at: door.moment.recorded_at };
    let mut rows = reports::disbursements(door.long_reader().await?, &caller.actor, filter).await?;
    // Compressing takes its time, so it is done where nobody else waits.
    let made = actix_web::web::block(move || {
        let mut workbook = Xlsx::new(about)?;
        while let Some(part) = rows.wait_for_next()? {
            workbook.rows(&part)?;
        }
        let (bytes, _) = workbook.finish()?;
        Ok::<_, Problem>(bytes)
    });
    let bytes = made.await.map_err(|error| Problem::failed(&error.to_string()))??;
    let kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    Ok(file(kind, "disbursements.xlsx").body(bytes))
}

/// The money of each scheme: limit, committed, reserved, paid and left, as the ledger says.
#[utoipa::path(tag = "reports", params(SchemeQuery), responses((status = 200, description = "One row a scheme", body = EnvelopesReport)))]
#[get("/reports/envelopes")]
pub(super) async fn envelopes(
    door: Door,
    Signed(caller, query): Signed<Query<SchemeQuery>>,
) -> Result<HttpResponse, Problem> {
    let scheme = query.into_inner().scheme;
    let in_force = (&door.schemes, door.moment.today());
    let rows = reports::envelopes(&mut door.reader().await?, &caller.actor, in_force, scheme.as_deref()).await?;
    let about = About { filter: Filter { scheme, ..Filter::default() }, made_at: door.moment.recorded_at };
    let mut json = Json::<Envelope>::new(&about)?;
    json.rows(&rows)?;
    let (bytes, _) = json.finish()?;
    Ok(HttpResponse::Ok().insert_header((CONTENT_TYPE, "application/json")).body(bytes))
}
