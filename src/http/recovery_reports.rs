//! Reports of what is owed back: each demand as JSON, CSV and XLSX, and all of them by age.

use super::actor::{Caller, Signed};
use super::problem::Problem;
use super::report_files::{TableFormat, csv_of, json_of, table_of, workbook_of};
use super::report_shapes::{RecoveriesReport, RecoveryAgeingReport};
use super::services::Door;
use crate::actions::reports;
use crate::export::About;
use actix_web::web::Query;
use actix_web::{HttpResponse, get};
use futures_util::TryStreamExt;
use rules::calendar::Day;
use rules::recovery::AgedSchemes;
use rules::report::Filter;
use serde::Deserialize;
use utoipa::IntoParams;

/// What a report of what is owed back is narrowed to.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct OwedQuery {
    /// Of this scheme only.
    scheme: Option<String>,
    /// As it stood at the end of this day; today when left out.
    #[param(value_type = Option<String>, format = Date)]
    on: Option<Day>,
}

impl OwedQuery {
    /// The scheme, the day, and what the report says of both: the day is the last one of what is in it.
    fn about(self, door: &Door) -> (Option<String>, Day, About) {
        let on = self.on.unwrap_or_else(|| door.moment.today());
        let filter = Filter { scheme: self.scheme.clone(), to: Some(on), ..Filter::default() };
        (self.scheme, on, About { case: None, filter, made_at: door.moment.recorded_at })
    }
}

/// What is owed back: each confirmed demand, and what settlements have found to be overpaid that no confirmed demand is of.
#[utoipa::path(tag = "reports", params(OwedQuery), responses((status = 200, description = "Rows and totals", body = RecoveriesReport)))]
#[get("/reports/recoveries")]
pub(super) async fn recoveries(
    door: Door,
    Signed(caller, query): Signed<Query<OwedQuery>>,
) -> Result<HttpResponse, Problem> {
    let (scheme, on, about) = query.into_inner().about(&door);
    let rows = reports::owed(door.long_reader().await?, &caller.actor, (scheme, on)).await?;
    json_of(rows, &about)
}

/// What is owed back as CSV that a spreadsheet opens, streamed.
#[utoipa::path(
    tag = "reports", params(OwedQuery),
    responses((status = 200, description = "UTF-8 with a byte order mark", body = String, content_type = "text/csv")),
)]
#[get("/reports/recoveries.csv")]
pub(super) async fn recoveries_csv(
    door: Door,
    Signed(caller, query): Signed<Query<OwedQuery>>,
) -> Result<HttpResponse, Problem> {
    let (scheme, on, _) = query.into_inner().about(&door);
    csv_of(reports::owed(door.long_reader().await?, &caller.actor, (scheme, on)).await?)
}

/// What is owed back as a workbook: typed cells, totals, frozen header, filters.
#[utoipa::path(
    tag = "reports", params(OwedQuery),
    responses((
        status = 200, description = "A workbook", body = Vec<u8>,
        content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    )),
)]
#[get("/reports/recoveries.xlsx")]
pub(super) async fn recoveries_xlsx(
    door: Door,
    Signed(caller, query): Signed<Query<OwedQuery>>,
) -> Result<HttpResponse, Problem> {
    let (scheme, on, about) = query.into_inner().about(&door);
    workbook_of(reports::owed(door.long_reader().await?, &caller.actor, (scheme, on)).await?, about).await
}

async fn aged_as(door: Door, caller: Caller, query: OwedQuery, format: TableFormat) -> Result<HttpResponse, Problem> {
    let (scheme, on, about) = query.about(&door);
    let rows = reports::owed(door.long_reader().await?, &caller.actor, (scheme, on)).await?;
    // Demands are added up as they come: however many there are, a row for each scheme is kept.
    let aged = rows.map_err(Problem::from).try_fold(AgedSchemes::default(), async |aged, part| {
        let aged = part.iter().try_fold(aged, AgedSchemes::with);
        Ok(aged.map_err(crate::export::Fault::from)?)
    });
    table_of(&aged.await?.rows(), about, format)
}

/// What is owed back by scheme, and by how long it is overdue; what nobody has demanded yet stands beside it.
#[utoipa::path(tag = "reports", params(OwedQuery), responses((status = 200, description = "One row a scheme", body = RecoveryAgeingReport)))]
#[get("/reports/recovery-ageing")]
pub(super) async fn recovery_ageing(
    door: Door,
    Signed(caller, query): Signed<Query<OwedQuery>>,
) -> Result<HttpResponse, Problem> {
    aged_as(door, caller, query.into_inner(), TableFormat::Json).await
}

/// The same as CSV that a spreadsheet opens.
#[utoipa::path(
    tag = "reports", params(OwedQuery),
    responses((status = 200, description = "UTF-8 with a byte order mark", body = String, content_type = "text/csv")),
)]
#[get("/reports/recovery-ageing.csv")]
pub(super) async fn recovery_ageing_csv(
    door: Door,
    Signed(caller, query): Signed<Query<OwedQuery>>,
) -> Result<HttpResponse, Problem> {
    aged_as(door, caller, query.into_inner(), TableFormat::Csv).await
}

/// The same as a workbook: typed cells, totals, frozen header, filters.
#[utoipa::path(
    tag = "reports", params(OwedQuery),
    responses((
        status = 200, description = "A workbook", body = Vec<u8>,
        content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    )),
)]
#[get("/reports/recovery-ageing.xlsx")]
pub(super) async fn recovery_ageing_xlsx(
    door: Door,
    Signed(caller, query): Signed<Query<OwedQuery>>,
) -> Result<HttpResponse, Problem> {
    aged_as(door, caller, query.into_inner(), TableFormat::Xlsx).await
}
