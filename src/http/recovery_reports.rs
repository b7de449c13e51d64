//! Reports of what is owed back: each demand as JSON, CSV and XLSX, and all of them by age.

use super::actor::Signed;
use super::problem::Problem;
use super::report_shapes::{RecoveriesReport, RecoveryAgeingReport};
use super::reports::file;
use super::services::Door;
use crate::actions::reports;
use crate::export::csv::Csv;
use crate::export::json::Json;
use crate::export::xlsx::{MEDIA_TYPE, Xlsx};
use crate::export::{About, Format, stream};
use actix_web::http::header::CONTENT_TYPE;
use actix_web::web::{Bytes, Query};
use actix_web::{HttpResponse, get};
use futures_util::TryStreamExt;
use rules::calendar::Day;
use rules::recovery::{Aged, by_age};
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
        (self.scheme, on, About { filter, made_at: door.moment.recorded_at })
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
    let mut response = HttpResponse::Ok();
    Ok(response
        .insert_header((CONTENT_TYPE, "application/json"))
        .streaming(stream(rows, Json::new(&about)?).map_ok(Bytes::from).map_err(std::io::Error::other)))
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
    let rows = reports::owed(door.long_reader().await?, &caller.actor, (scheme, on)).await?;
    Ok(file("text/csv; charset=utf-8", "recoveries.csv")
        .streaming(stream(rows, Csv::new()?).map_ok(Bytes::from).map_err(std::io::Error::other)))
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
    let mut rows = reports::owed(door.long_reader().await?, &caller.actor, (scheme, on)).await?;
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
    Ok(file(MEDIA_TYPE, "recoveries.xlsx").body(bytes))
}

/// What is owed back by scheme, and by how long it is overdue; what nobody has demanded yet stands beside it.
#[utoipa::path(tag = "reports", params(OwedQuery), responses((status = 200, description = "One row a scheme", body = RecoveryAgeingReport)))]
#[get("/reports/recovery-ageing")]
pub(super) async fn recovery_ageing(
    door: Door,
    Signed(caller, query): Signed<Query<OwedQuery>>,
) -> Result<HttpResponse, Problem> {
    let (scheme, on, about) = query.into_inner().about(&door);
    let rows = reports::owed(door.long_reader().await?, &caller.actor, (scheme, on)).await?;
    let rows = rows.try_concat().await?;
    let aged = by_age(rows).map_err(crate::export::Fault::from)?;
    let mut json = Json::<Aged>::new(&about)?;
    json.rows(&aged)?;
    let (bytes, _) = json.finish()?;
    Ok(HttpResponse::Ok().insert_header((CONTENT_TYPE, "application/json")).body(bytes))
}
