//! The audit of a case, as an auditor reads it.

use super::actor::Signed;
use super::answer::Answer;
use super::page::{Asked, Page, PageQuery};
use super::problem::Problem;
use super::services::Door;
use super::shapes::{EventShape, WhoShape};
use crate::actions::audit;
use actix_web::web::{Path, Query};
use actix_web::{HttpRequest, get};
use chrono::{DateTime, Utc};
use rules::ids::ApplicationId;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

/// One entry of a chain.
#[derive(Serialize, ToSchema)]
pub(super) struct EntryView {
    /// Counted from 1.
    sequence: i32,
    /// What happened.
    #[schema(value_type = EventShape)]
    event: Value,
    /// Who did it.
    #[schema(value_type = WhoShape)]
    who: Value,
    /// On the business clock.
    happened_at: DateTime<Utc>,
    /// On the system clock.
    recorded_at: DateTime<Utc>,
    /// The hash of the entry before.
    previous_hash: String,
    /// The hash of this one.
    hash: String,
}

/// Everything that happened to an application, oldest first.
#[utoipa::path(
    tag = "audit", params(("id" = Uuid, Path, description = "The application"), PageQuery),
    responses((status = 200, description = "One page", body = Page<EntryView>)),
)]
#[get("/applications/{id}/audit")]
pub(super) async fn read(
    door: Door,
    request: HttpRequest,
    Signed(caller, (id, query)): Signed<(Path<ApplicationId>, Query<PageQuery>)>,
) -> Result<Answer, Problem> {
    let asked = Asked::<i32>::read(query.cursor.as_deref(), query.limit)?;
    let page = (asked.after, asked.rows());
    let entries = audit::of_application(&mut door.reader().await?, &caller.actor, *id, door.moment.now, page).await?;
    let view = |entry: crate::store::audit::Entry| EntryView {
        sequence: entry.sequence,
        event: json(&entry.event),
        who: json(&entry.who),
        happened_at: entry.happened_at,
        recorded_at: entry.recorded_at,
        previous_hash: entry.previous_hash,
        hash: entry.hash,
    };
    Page::of(&asked, entries, |entry| entry.sequence, view)?.answer(&request)
}

/// What is stored is canonical JSON; anything else is shown as the text that it is.
fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.to_owned()))
}
