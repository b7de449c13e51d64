//! Moving the business clock. Production has no such door.

use super::answer::Answer;
use super::body::Body;
use super::problem::Problem;
use super::services::Door;
use actix_web::post;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What the business clock shows.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct BusinessClock {
    /// From this moment on.
    #[schema(example = "2025-02-05T01:00:00Z")]
    now: DateTime<Utc>,
}

/// Move the business clock. In development only; in production there is no such door.
#[utoipa::path(
    tag = "operations", security(()), request_body = BusinessClock,
    responses((status = 200, description = "What it shows now", body = BusinessClock)),
)]
#[post("/clock")]
pub(super) async fn set(door: Door, body: Body<BusinessClock>) -> Result<Answer, Problem> {
    door.clock.set(body.0.now);
    Answer::ok(&BusinessClock { now: door.clock.moment().now })
}
