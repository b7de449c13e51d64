//! Feedback to applicants: composed by an officer of what assessors release, read by the applicant.

use super::actor::Signed;
use super::answer::Answer;
use super::idempotency::Keyed;
use super::problem::Problem;
use super::services::Door;
use crate::actions::feedback;
use actix_web::web::Path;
use actix_web::{get, post};
use chrono::{DateTime, Utc};
use rules::feedback::Feedback;
use rules::ids::{ApplicationId, AssessmentId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use utoipa::ToSchema;

/// What an applicant is told of the assessment. It names nobody.
#[derive(Serialize, ToSchema)]
pub(super) struct FeedbackView {
    /// What the agency says.
    note: String,
    /// What assessors have released, in the order of the words.
    parts: Vec<String>,
    /// When.
    released_at: DateTime<Utc>,
}

impl From<Feedback> for FeedbackView {
    fn from(feedback: Feedback) -> Self {
        Self { note: feedback.note, parts: feedback.parts, released_at: feedback.at }
    }
}

/// Of what feedback is composed.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct FeedbackRequest {
    /// What the agency says, in 1 to 2000 characters.
    #[schema(min_length = 1, max_length = 2000)]
    note: String,
    /// Assessments whose `feedback` becomes part of it; none when left out.
    #[serde(default)]
    #[schema(value_type = Vec<Uuid>)]
    assessments: BTreeSet<AssessmentId>,
}

/// The feedback on a case: for its applicant on the decision that stands, for the staff what was given last.
#[utoipa::path(
    tag = "feedback", params(("id" = Uuid, Path, description = "The application")),
    responses(
        (status = 200, description = "The feedback", body = FeedbackView),
        (status = 404, description = "There is none yet"),
    ),
)]
#[get("/applications/{id}/feedback")]
pub(super) async fn read(door: Door, Signed(caller, id): Signed<Path<ApplicationId>>) -> Result<Answer, Problem> {
    let feedback = feedback::read(&mut door.reader().await?, &caller.actor, *id, door.moment.now).await?;
    Answer::ok(&FeedbackView::from(feedback))
}

/// Give feedback, once for each decision, when the applicant has been told of it.
#[utoipa::path(
    tag = "feedback", request_body = FeedbackRequest,
    params(
        ("id" = Uuid, Path, description = "The application"),
        ("Idempotency-Key" = String, Header, description = "One string in quotes for each thing to be done"),
    ),
    responses((status = 201, description = "Released", body = FeedbackView)),
)]
#[post("/applications/{id}/feedback")]
pub(super) async fn release(
    door: Door,
    Signed(caller, (id, Keyed { body, once })): Signed<(Path<ApplicationId>, Keyed<FeedbackRequest>)>,
) -> Result<Answer, Problem> {
    door.write_once(caller.person, once, async move |tx| {
        let feedback = feedback::release(tx, &caller.actor, *id, &body.assessments, &body.note).await?;
        Answer::created(format!("/api/v1/applications/{id}/feedback"), &FeedbackView::from(feedback))
    })
    .await
}
