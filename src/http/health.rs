//! For the machines that look after this one.

use super::actor::client_address;
use super::answer::Answer;
use super::problem::Problem;
use super::services::Door;
use crate::store;
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
        (status = 200, description = "It can", body = Health),
        (status = 503, description = "The database does not answer"),
    ),
)]
#[get("/health/ready")]
pub(super) async fn ready(door: Door) -> Result<Answer, Problem> {
    store::answers(&mut door.reader().await?).await?;
    Answer::ok(&Health { status: "ready" })
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
