//! For the machines that look after this one.

use super::actor::client_address;
use super::answer::Answer;
use super::code::Code;
use super::problem::Problem;
use super::services::Door;
use crate::store::ledger;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::{HttpRequest, HttpResponse, get};
use serde::Serialize;
use utoipa::ToSchema;

/// How it is.
#[derive(Serialize, ToSchema)]
pub(super) struct Health {
    /// `live` or `ready`.
    status: &'static str,
}

/// How ready it is.
#[derive(Serialize, ToSchema)]
pub(super) struct Ready {
    /// `ready`.
    status: &'static str,
    /// Whether files are looked at for malicious code: `on` or `off`.
    scanner: &'static str,
}

/// Is the process there?
#[utoipa::path(tag = "operations", security(()), responses((status = 200, description = "It is", body = Health)))]
#[get("/health/live")]
pub(super) async fn live() -> Result<Answer, Problem> {
    Answer::ok(&Health { status: "live" })
}

/// Can it answer requests? It can when the database answers.
#[utoipa::path(
    tag = "operations", security(()),
    responses(
        (status = 200, description = "It can", body = Ready),
        (status = 503, description = "The database does not answer"),
    ),
)]
#[get("/health/ready")]
pub(super) async fn ready(door: Door) -> Result<Answer, Problem> {
    let disagreements = ledger::limits(&mut door.reader().await?).await?;
    if let Some(found) = disagreements.first() {
        tracing::error!(law = found.law, place = %found.place, "the books do not agree");
        let detail = "The books do not agree: almoner ledger verify says where.";
        return Err(Problem::new(Code::BooksDisagree, detail));
    }
    let scanner = if door.files.scans() { "on" } else { "off" };
    Answer::ok(&Ready { status: "ready", scanner })
}

/// What is measured, in the text format of Prometheus. Absent for addresses that the settings do not name.
#[utoipa::path(
    tag = "operations", security(()),
    responses((status = 200, description = "Measurements", body = String, content_type = "text/plain")),
)]
#[get("/metrics")]
pub(super) async fn metrics(door: Door, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let may = client_address(&request, &door).is_some_and(|address| door.metrics_readers.contains(&address));
    if !may {
        return Err(Problem::not_found());
    }
    let text = door.metrics.written().map_err(|error| Problem::failed(&error.to_string()))?;
    Ok(HttpResponse::Ok().insert_header((CONTENT_TYPE, "text/plain; version=0.0.4")).body(text))
}
