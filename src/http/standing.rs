//! Where an application stands: what it would get and what it lacks, the calculations that decisions on it rest on, and its status in
//! words with what comes next.

use super::actor::Signed;
use super::answer::Answer;
use super::applications::{Lacking, lacking};
use super::problem::Problem;
use super::services::Door;
use super::shapes::{CalculationShape, RequestShape};
use crate::actions::standing;
use actix_web::get;
use actix_web::web::Path;
use chrono::{DateTime, Utc};
use rules::calculation::Answer as Calculated;
use rules::calendar::Day;
use rules::ids::ApplicationId;
use rules::sight::Sight;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

/// Where an application stands, in words: the public state, the reason where there is one, and the next duty.
#[derive(Serialize, ToSchema)]
pub(super) struct StatusView {
    /// The reference that people use.
    reference: String,
    /// The public state.
    status: &'static str,
    /// Why, where it ended.
    reason: Option<String>,
    /// What the applicant does next.
    next_duty: &'static str,
    /// The last day of the offer, while it stands.
    #[schema(value_type = Option<String>, format = Date)]
    offer_expires_on: Option<Day>,
    /// The first instant at which a draft can be submitted no more, with what was extended for its applicant; none where no window is open.
    closes_at: Option<DateTime<Utc>>,
}

/// What a draft would get.
#[derive(Serialize, ToSchema)]
pub(super) struct PreCheckView {
    /// What it still lacks, or has wrong.
    missing: Vec<Lacking>,
    /// What it would get.
    #[schema(value_type = CalculationShape)]
    calculation: Calculated,
}

/// A calculation that a decision rests on.
#[derive(Serialize, ToSchema)]
pub(super) struct KeptView {
    /// What was asked.
    #[schema(value_type = RequestShape)]
    request: Value,
    /// What came out.
    #[schema(value_type = CalculationShape)]
    answer: Value,
}

/// All of them.
#[derive(Serialize, ToSchema)]
pub(super) struct CalculationsView {
    /// Oldest first.
    items: Vec<KeptView>,
}

/// Where an application stands, for its applicant.
#[utoipa::path(
    tag = "applications", params(("id" = Uuid, Path, description = "The application")),
    responses((status = 200, description = "State, reason, next duty", body = StatusView)),
)]
#[get("/applications/{id}/status")]
pub(super) async fn status(door: Door, Signed(caller, id): Signed<Path<ApplicationId>>) -> Result<Answer, Problem> {
    let mut reader = door.reader().await?;
    let (application, offer_expires_on, closes_at) =
        standing::status(&mut reader, &caller.actor, &door.schemes, (*id, door.moment)).await?;
    Answer::ok(&StatusView {
        status: application.state.public_code(),
        next_duty: application.state.next_duty(),
        reference: application.reference.clone(),
        reason: application.reason_in(Sight::Public).map(str::to_owned),
        offer_expires_on,
        closes_at,
    })
}

/// What a draft would get today, and what is missing before it can be submitted. Nothing is kept. Once submitted, it is worked out
/// under the rules of its day; what the applicant has been granted counts as far as the reader has been told of it.
#[utoipa::path(
    tag = "applications", params(("id" = Uuid, Path, description = "The application")),
    responses((status = 200, description = "The calculation with recorded history, and what is missing", body = PreCheckView)),
)]
#[get("/applications/{id}/pre-check")]
pub(super) async fn pre_check(door: Door, Signed(caller, id): Signed<Path<ApplicationId>>) -> Result<Answer, Problem> {
    let mut reader = door.reader().await?;
    let (missing, calculation) =
        standing::pre_check(&mut reader, &caller.actor, &door.schemes, *id, door.moment).await?;
    Answer::ok(&PreCheckView { missing: lacking(missing), calculation })
}

/// The calculations that decisions on this application rest on, with what was asked: each can be worked out again to its trace.
#[utoipa::path(
    tag = "applications", params(("id" = Uuid, Path, description = "The application")),
    responses((status = 200, description = "Oldest first", body = CalculationsView)),
)]
#[get("/applications/{id}/calculations")]
pub(super) async fn calculations(
    door: Door,
    Signed(caller, id): Signed<Path<ApplicationId>>,
) -> Result<Answer, Problem> {
    let kept =
        standing::calculations(&mut door.reader().await?, &caller.actor, &door.schemes, (*id, door.moment.now)).await?;
    let items = kept.into_iter().map(|(request, answer)| KeptView { request, answer }).collect();
    Answer::ok(&CalculationsView { items })
}
