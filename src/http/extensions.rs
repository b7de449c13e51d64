//! Extensions of rounds for one applicant: granted by an officer, and read by whoever they concern.

use super::actor::Signed;
use super::answer::Answer;
use super::idempotency::Keyed;
use super::page::{Asked, Page};
use super::problem::Problem;
use super::services::Door;
use crate::actions::extensions;
use actix_web::web::Query;
use actix_web::{HttpRequest, get, post};
use chrono::{DateTime, Utc};
use rules::ids::{ExtensionId, OrganisationId};
use rules::round_extension::{Extension, NewExtension};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// An extension of a round for one applicant.
#[derive(Serialize, ToSchema)]
pub(super) struct ExtensionView {
    /// Identity.
    #[schema(value_type = Uuid)]
    id: ExtensionId,
    /// The scheme's code.
    #[schema(example = "RAISE-PLUS")]
    scheme: String,
    /// The round or the cut-off, by its path.
    #[schema(example = "round.2")]
    round: String,
    /// For whom.
    #[schema(value_type = Uuid)]
    organisation: OrganisationId,
    /// The first instant that is out.
    until: DateTime<Utc>,
    /// Why.
    reason: String,
    /// When it was granted.
    granted_at: DateTime<Utc>,
}

impl From<Extension> for ExtensionView {
    fn from(extension: Extension) -> Self {
        let Extension { id, scheme, round, organisation, until, reason, granted_at, granted_by: _ } = extension;
        Self { id, scheme, round, organisation, until, reason, granted_at }
    }
}

/// An extension that is to be granted.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ExtensionRequest {
    /// The scheme's code.
    #[schema(example = "RAISE-PLUS")]
    scheme: String,
    /// The round or the cut-off, by its path.
    #[schema(example = "round.2")]
    round: String,
    /// For whom.
    #[schema(value_type = Uuid)]
    organisation: OrganisationId,
    /// The first instant that is out: after the round closes and after now, not after the next one opens, and at most 90 days after
    /// the close.
    until: DateTime<Utc>,
    /// Why, in 1 to 2000 characters; the applicant reads it.
    #[schema(min_length = 1, max_length = 2000)]
    reason: String,
}

/// Which page of the list.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ExtensionQuery {
    /// Where the last page ended: its `next`.
    cursor: Option<String>,
    /// How many at most; 50 when left out.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u16>,
}

/// Let an applicant submit to a round until a later instant, before the round closes or after: all who act for it are told.
#[utoipa::path(
    tag = "extensions", request_body = ExtensionRequest,
    params(("Idempotency-Key" = String, Header, description = "One string in quotes for each thing to be done")),
    responses(
        (status = 201, description = "Granted", body = ExtensionView),
        (status = 403, description = "You act for the organisation"),
        (status = 422, description = "There is no such round, or the instant is not one to which it can be extended"),
    ),
)]
#[post("/extensions")]
pub(super) async fn grant(
    door: Door,
    Signed(caller, Keyed { body, once }): Signed<Keyed<ExtensionRequest>>,
) -> Result<Answer, Problem> {
    let schemes = door.schemes.clone();
    door.write_once(caller.person, once, async move |tx| {
        let ExtensionRequest { scheme, round, organisation, until, reason } = body;
        let new = NewExtension { id: ExtensionId(Uuid::now_v7()), round, organisation, until, reason };
        let extension = extensions::grant(tx, &caller.actor, &schemes, &scheme, new).await?;
        Answer::created("/api/v1/extensions".to_owned(), &ExtensionView::from(extension))
    })
    .await
}

/// Extensions, newest first: all for whoever weighs cases, your own organisations' for an applicant.
#[utoipa::path(
    tag = "extensions", params(ExtensionQuery),
    responses((status = 200, description = "One page", body = Page<ExtensionView>)),
)]
#[get("/extensions")]
pub(super) async fn list(
    door: Door,
    request: HttpRequest,
    Signed(caller, query): Signed<Query<ExtensionQuery>>,
) -> Result<Answer, Problem> {
    let asked = Asked::<ExtensionId>::read(query.cursor.as_deref(), query.limit)?;
    let rows = extensions::list(&mut door.reader().await?, &caller.actor, asked.after, asked.rows()).await?;
    Page::of(&asked, rows, |row| row.id, ExtensionView::from)?.answer(&request)
}
