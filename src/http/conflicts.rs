//! Who may be given an application, what speaks against it, and how two officers override that.

use super::actor::Signed;
use super::answer::Answer;
use super::applications::Nothing;
use super::assessors::AssessorView;
use super::idempotency::Keyed;
use super::page::{Asked, Page, PageQuery};
use super::problem::Problem;
use super::services::Door;
use super::shapes::TextShape;
use crate::actions::assessors::{self, Candidate};
use actix_web::web::{Path, Query};
use actix_web::{HttpRequest, get, post};
use chrono::{DateTime, Utc};
use rules::ids::{ApplicationId, OverrideId, PersonId};
use rules::interest::{Conflict, Ground, Override};
use rules::text::Text;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use utoipa::ToSchema;

/// A conflict of interest.
#[derive(Serialize, ToSchema)]
pub(super) struct ConflictView {
    /// What it rests on.
    #[schema(value_type = String, example = "email_domain")]
    code: Ground,
    /// Why it fired, in each language.
    #[schema(value_type = TextShape)]
    because: Text,
    /// Whether two officers have said that it does not matter here.
    overridden: bool,
    /// Whether they could.
    can_be_overridden: bool,
}

impl From<Conflict> for ConflictView {
    fn from(Conflict { ground, because, overridden }: Conflict) -> Self {
        Self { code: ground, because, overridden, can_be_overridden: ground.can_be_overridden() }
    }
}

/// That somebody assesses in spite of what was on file.
#[derive(Serialize, ToSchema)]
pub(super) struct OverrideView {
    /// Identity.
    #[schema(value_type = Uuid)]
    id: OverrideId,
    /// Of which application.
    #[schema(value_type = Uuid)]
    application: ApplicationId,
    /// Who is to assess it all the same.
    #[schema(value_type = Uuid)]
    assessor: PersonId,
    /// The codes of the conflicts that it is about.
    #[schema(value_type = Vec<String>)]
    grounds: BTreeSet<Ground>,
    /// Why.
    reason: String,
    /// Who proposed it.
    #[schema(value_type = Uuid)]
    proposed_by: PersonId,
    /// When.
    proposed_at: DateTime<Utc>,
    /// Who confirmed it; until then it overrides nothing.
    #[schema(value_type = Option<Uuid>)]
    confirmed_by: Option<PersonId>,
    /// When.
    confirmed_at: Option<DateTime<Utc>>,
}

impl From<Override> for OverrideView {
    fn from(one: Override) -> Self {
        let (confirmed_by, confirmed_at) = one.confirmed.unzip();
        Self {
            id: one.id,
            application: one.application,
            assessor: one.assessor,
            grounds: one.grounds,
            reason: one.reason,
            proposed_by: one.proposed_by,
            proposed_at: one.proposed_at,
            confirmed_by,
            confirmed_at,
        }
    }
}

/// Somebody to whom an application could be given.
#[derive(Serialize, ToSchema)]
pub(super) struct CandidateView {
    /// Who.
    assessor: AssessorView,
    /// What speaks against it; one that is overridden does not.
    conflicts: Vec<ConflictView>,
    /// What was proposed or confirmed in spite of it.
    overrides: Vec<OverrideView>,
}

impl From<Candidate> for CandidateView {
    fn from(Candidate { assessor, conflicts, overrides }: Candidate) -> Self {
        Self {
            assessor: assessor.into(),
            conflicts: conflicts.into_iter().map(ConflictView::from).collect(),
            overrides: overrides.into_iter().map(OverrideView::from).collect(),
        }
    }
}

/// The assessors, each with what speaks against giving them this application.
#[utoipa::path(
    tag = "assessors", params(("id" = Uuid, Path, description = "The application"), PageQuery),
    responses((status = 200, description = "One page", body = Page<CandidateView>)),
)]
#[get("/applications/{id}/candidates")]
pub(super) async fn candidates(
    door: Door,
    request: HttpRequest,
    Signed(caller, (id, query)): Signed<(Path<ApplicationId>, Query<PageQuery>)>,
) -> Result<Answer, Problem> {
    let asked = Asked::read(query.cursor.as_deref(), query.limit)?;
    let page = (asked.after, asked.rows());
    let rows = assessors::candidates(&mut door.reader().await?, &caller.actor, (*id, door.moment.now), page).await?;
    Page::of(&asked, rows, |row| row.assessor.id, CandidateView::from)?.answer(&request)
}

/// In whose case conflicts are to be overridden, and why.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct OverrideRequest {
    /// Who is to assess all the same.
    #[schema(value_type = Uuid)]
    assessor: PersonId,
    /// Why, in 1 to 2000 characters.
    #[schema(min_length = 1, max_length = 2000)]
    reason: String,
}

/// Propose that somebody assesses an application in spite of what is on file; another officer must confirm it.
#[utoipa::path(
    tag = "assessors", request_body = OverrideRequest,
    params(
        ("id" = Uuid, Path, description = "The application"),
        ("Idempotency-Key" = String, Header, description = "One string in quotes for each thing to be done"),
    ),
    responses((status = 201, description = "Proposed", body = OverrideView)),
)]
#[post("/applications/{id}/conflict-overrides")]
pub(super) async fn propose_override(
    door: Door,
    Signed(caller, (id, Keyed { body, once })): Signed<(Path<ApplicationId>, Keyed<OverrideRequest>)>,
) -> Result<Answer, Problem> {
    door.write_once(caller.person, once, async move |tx| {
        let wanted = (body.assessor, body.reason.as_str());
        let proposed = assessors::propose_override(tx, &caller.actor, *id, wanted).await?;
        Answer::created(format!("/api/v1/applications/{id}/candidates"), &OverrideView::from(proposed))
    })
    .await
}

/// Confirm an override that another officer has proposed.
#[utoipa::path(
    tag = "assessors", request_body = Nothing,
    params(
        ("id" = Uuid, Path, description = "The override"),
        ("Idempotency-Key" = String, Header, description = "One string in quotes for each thing to be done"),
    ),
    responses((status = 200, description = "Confirmed", body = OverrideView)),
)]
#[post("/conflict-overrides/{id}/confirmation")]
pub(super) async fn confirm_override(
    door: Door,
    Signed(caller, (id, Keyed { once, .. })): Signed<(Path<OverrideId>, Keyed<Nothing>)>,
) -> Result<Answer, Problem> {
    door.write_once(caller.person, once, async move |tx| {
        let confirmed = assessors::confirm_override(tx, &caller.actor, *id).await?;
        Answer::ok(&OverrideView::from(confirmed))
    })
    .await
}
