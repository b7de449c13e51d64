//! What may come before a recommendation, such as an interview: recorded and read.

use super::actor::Signed;
use super::answer::Answer;
use super::idempotency::Keyed;
use super::page::{Asked, Page, PageQuery};
use super::problem::Problem;
use super::services::Door;
use crate::actions::assessment_steps;
use actix_web::web::{Path, Query};
use actix_web::{HttpRequest, get, post};
use chrono::{DateTime, Utc};
use rules::assessment_step::{AssessmentStep, Held};
use rules::calendar::Day;
use rules::ids::{ApplicationId, PersonId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// A step that was held.
#[derive(Serialize, ToSchema)]
pub(super) struct AssessmentStepView {
    /// The scheme's code for it.
    #[schema(example = "interview")]
    step: String,
    /// The day on which it was held.
    #[schema(value_type = String, format = Date)]
    held_on: Day,
    /// What came of it.
    minutes: String,
    /// Who recorded it.
    #[schema(value_type = Uuid)]
    recorded_by: PersonId,
    /// When it was recorded.
    recorded_at: DateTime<Utc>,
}

impl From<AssessmentStep> for AssessmentStepView {
    fn from(step: AssessmentStep) -> Self {
        let AssessmentStep { step, held_on, minutes, by, at, .. } = step;
        Self { step, held_on, minutes, recorded_by: by, recorded_at: at }
    }
}

/// A step that is to be recorded.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AssessmentStepRequest {
    /// The scheme's code for it.
    #[schema(example = "interview")]
    step: String,
    /// The day on which it was held: today at the latest.
    #[schema(value_type = String, format = Date)]
    held_on: Day,
    /// What came of it, in 1 to 2000 characters.
    #[schema(min_length = 1, max_length = 2000)]
    minutes: String,
}

/// The steps of a case that were held, in the order in which they were recorded.
#[utoipa::path(
    tag = "assessment_steps", params(("id" = Uuid, Path, description = "The application"), PageQuery),
    responses((status = 200, description = "One page", body = Page<AssessmentStepView>)),
)]
#[get("/applications/{id}/assessment-steps")]
pub(super) async fn list(
    door: Door,
    request: HttpRequest,
    Signed(caller, (id, query)): Signed<(Path<ApplicationId>, Query<PageQuery>)>,
) -> Result<Answer, Problem> {
    let asked = Asked::<Uuid>::read(query.cursor.as_deref(), query.limit)?;
    let case = (*id, door.moment.now);
    let held =
        assessment_steps::list(&mut door.reader().await?, &caller.actor, case, asked.after, asked.rows()).await?;
    Page::of(&asked, held, |(id, _)| *id, |(_, step)| AssessmentStepView::from(step))?.answer(&request)
}

/// Record an interview or another step of the scheme that was held. It is no score, and changes none.
#[utoipa::path(
    tag = "assessment_steps", request_body = AssessmentStepRequest,
    params(
        ("id" = Uuid, Path, description = "The application"),
        ("Idempotency-Key" = String, Header, description = "One string in quotes for each thing to be done"),
    ),
    responses((status = 201, description = "Recorded", body = AssessmentStepView)),
)]
#[post("/applications/{id}/assessment-steps")]
pub(super) async fn record(
    door: Door,
    Signed(caller, (id, Keyed { body, once })): Signed<(Path<ApplicationId>, Keyed<AssessmentStepRequest>)>,
) -> Result<Answer, Problem> {
    let schemes = door.schemes.clone();
    door.write_once(caller.person, once, async move |tx| {
        let held = Held { step: &body.step, on: body.held_on, minutes: &body.minutes };
        let step = assessment_steps::record(tx, &caller.actor, &schemes, *id, held).await?;
        let location = format!("/api/v1/applications/{id}/assessment-steps");
        Answer::created(location, &AssessmentStepView::from(step))
    })
    .await
}
