//! Relations of organisations, by date: recorded, listed and ended.

use super::actor::Signed;
use super::answer::Answer;
use super::idempotency::Keyed;
use super::page::{Asked, Page};
use super::problem::Problem;
use super::services::Door;
use crate::actions::relations;
use actix_web::web::{Path, Query};
use actix_web::{HttpRequest, get, post};
use chrono::{DateTime, Utc};
use rules::calendar::Day;
use rules::ids::{OrganisationId, PersonId, RelationId};
use rules::relation::{NewRelation, Pair, Relation};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// A relation of two organisations.
#[derive(Serialize, ToSchema)]
pub(super) struct RelationView {
    /// Identity.
    #[schema(value_type = Uuid)]
    id: RelationId,
    /// Both organisations.
    #[schema(value_type = Vec<Uuid>, min_items = 2, max_items = 2)]
    organisations: [OrganisationId; 2],
    /// As what they are related: a group of `aggregation`, as texts of schemes name it.
    #[schema(example = "related_company")]
    group: String,
    /// The first day on which it holds.
    #[schema(value_type = String, format = Date)]
    from: Day,
    /// The first day on which it holds no more, where that is known.
    #[schema(value_type = Option<String>, format = Date)]
    until: Option<Day>,
    /// On what it rests.
    evidence: String,
    /// Who recorded it.
    #[schema(value_type = Uuid)]
    recorded_by: PersonId,
    /// When it was recorded.
    recorded_at: DateTime<Utc>,
    /// Who ended it.
    #[schema(value_type = Option<Uuid>)]
    ended_by: Option<PersonId>,
    /// When it was ended, which is not the day from which it holds no more.
    ended_at: Option<DateTime<Utc>>,
    /// Why it was ended.
    reason: Option<String>,
}

impl From<Relation> for RelationView {
    fn from(relation: Relation) -> Self {
        let (ended_by, ended_at) = relation.ended.as_ref().map(|ended| (ended.by, ended.at)).unzip();
        Self {
            id: relation.id,
            organisations: relation.between.both(),
            group: relation.group,
            from: relation.from,
            until: relation.until,
            evidence: relation.evidence,
            recorded_by: relation.created_by,
            recorded_at: relation.created_at,
            ended_by,
            ended_at,
            reason: relation.ended.map(|ended| ended.reason),
        }
    }
}

/// A relation that is to be recorded.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RelationRequest {
    /// Two different organisations, in any order.
    #[schema(value_type = Vec<Uuid>, min_items = 2, max_items = 2)]
    organisations: [OrganisationId; 2],
    /// As what they are related: the code of a group of `aggregation`, as texts of schemes name it.
    #[schema(example = "related_company", pattern = "^[a-z][a-z0-9_]{0,59}$")]
    group: String,
    /// The first day on which it holds.
    #[schema(value_type = String, format = Date)]
    from: Day,
    /// The first day on which it holds no more, where that is known.
    #[schema(value_type = Option<String>, format = Date)]
    #[serde(default)]
    until: Option<Day>,
    /// On what it rests, in 1 to 2000 characters.
    evidence: String,
}

/// The end of a relation.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RelationEnd {
    /// The first day on which it holds no more. Its first day undoes a mistake: then it has never held.
    #[schema(value_type = String, format = Date)]
    until: Day,
    /// Why, in 1 to 2000 characters.
    reason: String,
}

/// What the list is narrowed to.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct RelationQuery {
    /// The relations of this organisation; all when left out.
    #[param(value_type = Option<Uuid>)]
    organisation: Option<OrganisationId>,
    /// Where the last page ended: its `next`.
    cursor: Option<String>,
    /// How many at most; 50 when left out.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u16>,
}

/// Record that two organisations belong together: where the text of a scheme counts such a group, what is granted to one counts in the
/// ceilings of the other.
#[utoipa::path(
    tag = "relations", request_body = RelationRequest,
    params(("Idempotency-Key" = String, Header, description = "One string in quotes for each thing to be done")),
    responses(
        (status = 201, description = "Recorded", body = RelationView),
        (status = 403, description = "You act for one of the two"),
        (status = 409, description = "It is recorded for some of these days already, or the key is at work"),
    ),
)]
#[post("/relations")]
pub(super) async fn record(
    door: Door,
    Signed(caller, Keyed { body, once }): Signed<Keyed<RelationRequest>>,
) -> Result<Answer, Problem> {
    door.write_once(caller.person, once, async move |tx| {
        let [one, other] = body.organisations;
        let new = NewRelation {
            id: RelationId(Uuid::now_v7()),
            between: Pair::of(one, other)?,
            group: body.group,
            from: body.from,
            until: body.until,
            evidence: body.evidence,
        };
        let relation = relations::record(tx, &caller.actor, new).await?;
        Answer::created(format!("/api/v1/relations?organisation={one}"), &RelationView::from(relation))
    })
    .await
}

/// Relations of organisations, newest first. Those of your own organisations are left out.
#[utoipa::path(
    tag = "relations", params(RelationQuery),
    responses((status = 200, description = "One page", body = Page<RelationView>)),
)]
#[get("/relations")]
pub(super) async fn list(
    door: Door,
    request: HttpRequest,
    Signed(caller, query): Signed<Query<RelationQuery>>,
) -> Result<Answer, Problem> {
    let asked = Asked::<RelationId>::read(query.cursor.as_deref(), query.limit)?;
    let (organisation, mut reader) = (query.organisation, door.reader().await?);
    let rows = relations::list(&mut reader, &caller.actor, organisation, asked.after, asked.rows()).await?;
    Page::of(&asked, rows, |row| row.id, RelationView::from)?.answer(&request)
}

/// End a relation of which no end is recorded.
#[utoipa::path(
    tag = "relations", request_body = RelationEnd,
    params(
        ("id" = Uuid, Path, description = "The relation"),
        ("Idempotency-Key" = String, Header, description = "One string in quotes for each thing to be done"),
    ),
    responses(
        (status = 200, description = "Ended", body = RelationView),
        (status = 403, description = "You act for one of the two"),
        (status = 409, description = "Its end is recorded already, or the key is at work"),
    ),
)]
#[post("/relations/{id}/end")]
pub(super) async fn end(
    door: Door,
    Signed(caller, (id, Keyed { body, once })): Signed<(Path<RelationId>, Keyed<RelationEnd>)>,
) -> Result<Answer, Problem> {
    door.write_once(caller.person, once, async move |tx| {
        let relation = relations::end(tx, &caller.actor, *id, (body.until, &body.reason)).await?;
        Answer::ok(&RelationView::from(relation))
    })
    .await
}
