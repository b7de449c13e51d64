//! Where an application stands, for its applicant: in words, with what comes next.

use super::actor::Signed;
use super::answer::Answer;
use super::problem::Problem;
use super::services::Door;
use crate::actions::applications;
use actix_web::get;
use actix_web::web::Path;
use chrono::{DateTime, Utc};
use rules::calendar::Day;
use rules::ids::ApplicationId;
use serde::Serialize;
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

/// Where an application stands, for its applicant.
#[utoipa::path(
    tag = "applications", params(("id" = Uuid, Path, description = "The application")),
    responses((status = 200, description = "State, reason, next duty", body = StatusView)),
)]
#[get("/applications/{id}/status")]
pub(super) async fn status(door: Door, Signed(caller, id): Signed<Path<ApplicationId>>) -> Result<Answer, Problem> {
    let mut reader = door.reader().await?;
    let (application, offer_expires_on, closes_at) =
        applications::status(&mut reader, &caller.actor, &door.schemes, (*id, door.moment)).await?;
    Answer::ok(&StatusView {
        status: application.state.public_code(),
        next_duty: application.state.next_duty(),
        reference: application.reference,
        reason: application.reason,
        offer_expires_on,
        closes_at,
    })
}
