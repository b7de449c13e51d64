//! Panels: opened over what is scored, read, and minuted.

use super::actor::Signed;
use super::answer::Answer;
use super::idempotency::Keyed;
use super::page::{Asked, Page, PageQuery};
use super::problem::Problem;
use super::services::Door;
use crate::actions::panels::{self, Opening};
use crate::store::panels::{Placed, Written};
use actix_web::web::{Path, Query};
use actix_web::{HttpRequest, get, post};
use chrono::{DateTime, Utc};
use rules::ids::{ApplicationId, PanelId, PersonId};
use rules::panel::{Minute, Panel, Severity};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// A panel.
#[derive(Serialize, ToSchema)]
pub(super) struct PanelView {
    /// Identity.
    #[schema(value_type = Uuid)]
    id: PanelId,
    /// The scheme's code.
    scheme: String,
    /// The path of the round, or the cut-off, to which it is narrowed; null where it ranks all of the scheme.
    round: Option<String>,
    /// What people call it.
    name: String,
    /// Who opened it.
    #[schema(value_type = Uuid)]
    opened_by: PersonId,
    /// When.
    opened_at: DateTime<Utc>,
    /// How many proposals it ranks.
    cases: u32,
}

impl From<Panel> for PanelView {
    fn from(panel: Panel) -> Self {
        let Panel { id, scheme, round, name, opened_by, opened_at, cases } = panel;
        Self { id, scheme, round, name, opened_by, opened_at, cases }
    }
}

/// How an assessor scores beside the others of the panel.
#[derive(Serialize, ToSchema)]
pub(super) struct SeverityView {
    /// Who.
    #[schema(value_type = Uuid)]
    assessor: PersonId,
    /// How many proposals they have scored.
    scored: u32,
    /// The mean of their scores, in hundredths of a per cent.
    mean: u32,
    /// By how much their scores are above the mean of the others on the same proposals, on average, in hundredths of a per cent; none
    /// where nobody else has scored any of them.
    above_others: Option<i32>,
}

impl From<Severity> for SeverityView {
    fn from(severity: Severity) -> Self {
        let Severity { assessor, scored, mean, above_others } = severity;
        Self { assessor, scored, mean, above_others }
    }
}

/// A panel with how its assessors score.
#[derive(Serialize, ToSchema)]
pub(super) struct PanelDetail {
    /// The panel.
    panel: PanelView,
    /// Its assessors, beside each other.
    assessors: Vec<SeverityView>,
}

/// A proposal in its place.
#[derive(Serialize, ToSchema)]
pub(super) struct PlacedView {
    /// Its rank; equal means share one.
    rank: i32,
    /// Which application.
    application: Uuid,
    /// The reference that people use.
    reference: String,
    /// Who applies.
    organisation_name: String,
    /// Where it stands now.
    state: String,
    /// The mean score, in hundredths of a per cent.
    mean: i32,
    /// The highest score less the lowest.
    spread: i32,
    /// How many have scored it.
    scores: i32,
    /// Whose score is far from the median of the others. No score is ever adjusted.
    outliers: Vec<Uuid>,
    /// Whether it passes the marks of the scheme.
    passes: bool,
    /// Why the last decision departs from the rank, where it does.
    departure: Option<String>,
}

impl From<Placed> for PlacedView {
    fn from(placed: Placed) -> Self {
        Self {
            rank: placed.rank,
            application: placed.application_id,
            reference: placed.reference,
            organisation_name: placed.organisation_name,
            state: placed.state,
            mean: placed.mean,
            spread: placed.spread,
            scores: placed.scores,
            outliers: placed.outliers,
            passes: placed.passes,
            departure: placed.departure,
        }
    }
}

/// A minute.
#[derive(Serialize, ToSchema)]
pub(super) struct MinuteView {
    /// Of which application; none of the panel as a whole.
    #[schema(value_type = Option<Uuid>)]
    application: Option<ApplicationId>,
    /// The words.
    text: String,
    /// Who wrote them.
    #[schema(value_type = Uuid)]
    written_by: PersonId,
    /// When.
    written_at: DateTime<Utc>,
}

impl From<Minute> for MinuteView {
    fn from(minute: Minute) -> Self {
        let Minute { application, text, by, at, .. } = minute;
        Self { application, text, written_by: by, written_at: at }
    }
}

/// A panel that is to be opened.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PanelRequest {
    /// The scheme's code.
    scheme: String,
    /// The path of a round, or a cut-off, of the scheme: only what belongs to it is ranked.
    #[serde(default)]
    #[schema(example = "round.2")]
    round: Option<String>,
    /// What people call it, in 1 to 200 characters.
    #[schema(min_length = 1, max_length = 200)]
    name: String,
    /// Which applications; all that are in assessment, have all their scores and are in no panel, when left out.
    #[serde(default)]
    #[schema(value_type = Option<Vec<Uuid>>)]
    applications: Option<BTreeSet<ApplicationId>>,
}

/// A minute that is to be written.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct MinuteRequest {
    /// Of which application of the panel; of the panel as a whole when left out.
    #[serde(default)]
    #[schema(value_type = Option<Uuid>)]
    application: Option<ApplicationId>,
    /// The words, 1 to 2000 characters.
    #[schema(min_length = 1, max_length = 2000)]
    text: String,
}

/// What the list is narrowed to.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct PanelQuery {
    /// The panels of this scheme; all when left out.
    scheme: Option<String>,
    /// Where the last page ended: its `next`.
    cursor: Option<String>,
    /// How many at most; 50 when left out.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u16>,
}

/// Open a panel: it ranks proposals by their scores, which are final and never adjusted.
#[utoipa::path(
    tag = "panels", request_body = PanelRequest,
    params(("Idempotency-Key" = String, Header, description = "One string in quotes for each thing to be done")),
    responses((status = 201, description = "Opened", body = PanelView)),
)]
#[post("/panels")]
pub(super) async fn open(
    door: Door,
    Signed(caller, Keyed { body, once }): Signed<Keyed<PanelRequest>>,
) -> Result<Answer, Problem> {
    let schemes = door.schemes.clone();
    door.write_once(caller.person, once, async move |tx| {
        let PanelRequest { scheme, round, name, applications } = body;
        let opening = Opening { scheme, round, name, applications };
        let panel = panels::open(tx, &caller.actor, &schemes, opening).await?;
        Answer::created(format!("/api/v1/panels/{}", panel.id), &PanelView::from(panel))
    })
    .await
}

/// Panels, newest first.
#[utoipa::path(
    tag = "panels", params(PanelQuery),
    responses((status = 200, description = "A page of panels", body = Page<PanelView>)),
)]
#[get("/panels")]
pub(super) async fn list(
    door: Door,
    Signed(caller, (query, request)): Signed<(Query<PanelQuery>, HttpRequest)>,
) -> Result<Answer, Problem> {
    let asked = Asked::<PanelId>::read(query.cursor.as_deref(), query.limit)?;
    let mut reader = door.reader().await?;
    let found = panels::list(&mut reader, &caller.actor, query.scheme.as_deref(), asked.after, asked.rows()).await?;
    Page::of(&asked, found, |panel| panel.id, PanelView::from)?.answer(&request)
}

/// A panel, with how its assessors score beside each other.
#[utoipa::path(
    tag = "panels", params(("id" = Uuid, Path, description = "The panel")),
    responses((status = 200, description = "The panel and its assessors", body = PanelDetail)),
)]
#[get("/panels/{id}")]
pub(super) async fn read(door: Door, Signed(caller, id): Signed<Path<PanelId>>) -> Result<Answer, Problem> {
    let (panel, severities) = panels::read(&mut door.reader().await?, &caller.actor, (*id, door.moment.now)).await?;
    let assessors = severities.into_iter().map(SeverityView::from).collect();
    Answer::ok(&PanelDetail { panel: panel.into(), assessors })
}

/// The proposals of a panel in their places.
#[utoipa::path(
    tag = "panels", params(("id" = Uuid, Path, description = "The panel"), PageQuery),
    responses((status = 200, description = "A page of proposals, by rank", body = Page<PlacedView>)),
)]
#[get("/panels/{id}/cases")]
pub(super) async fn list_cases(
    door: Door,
    Signed(caller, (id, query, request)): Signed<(Path<PanelId>, Query<PageQuery>, HttpRequest)>,
) -> Result<Answer, Problem> {
    let asked = Asked::<i32>::read(query.cursor.as_deref(), query.limit)?;
    let found =
        panels::cases(&mut door.reader().await?, &caller.actor, (*id, door.moment.now), asked.after, asked.rows())
            .await?;
    Page::of(&asked, found, |placed| placed.place, PlacedView::from)?.answer(&request)
}

/// The minutes of a panel, oldest first.
#[utoipa::path(
    tag = "panels", params(("id" = Uuid, Path, description = "The panel"), PageQuery),
    responses((status = 200, description = "A page of minutes", body = Page<MinuteView>)),
)]
#[get("/panels/{id}/minutes")]
pub(super) async fn list_minutes(
    door: Door,
    Signed(caller, (id, query, request)): Signed<(Path<PanelId>, Query<PageQuery>, HttpRequest)>,
) -> Result<Answer, Problem> {
    let asked = Asked::<Uuid>::read(query.cursor.as_deref(), query.limit)?;
    let found =
        panels::minutes(&mut door.reader().await?, &caller.actor, (*id, door.moment.now), asked.after, asked.rows())
            .await?;
    Page::of(&asked, found, |(id, _)| *id, |(_, said): Written| MinuteView::from(said))?.answer(&request)
}

/// Write a minute. What is written stays: a mistake is put right by another one.
#[utoipa::path(
    tag = "panels", request_body = MinuteRequest,
    params(
        ("id" = Uuid, Path, description = "The panel"),
        ("Idempotency-Key" = String, Header, description = "One string in quotes for each thing to be done"),
    ),
    responses((status = 201, description = "Written", body = MinuteView)),
)]
#[post("/panels/{id}/minutes")]
pub(super) async fn write_minute(
    door: Door,
    Signed(caller, (id, Keyed { body, once })): Signed<(Path<PanelId>, Keyed<MinuteRequest>)>,
) -> Result<Answer, Problem> {
    door.write_once(caller.person, once, async move |tx| {
        let minute = panels::minute(tx, &caller.actor, *id, body.application, &body.text).await?;
        Answer::created(format!("/api/v1/panels/{id}/minutes"), &MinuteView::from(minute))
    })
    .await
}
