//! Delegations: for an absence, somebody acts with the authorities of another person.

use super::actor::Signed;
use super::answer::Answer;
use super::applications::Reason;
use super::idempotency::Keyed;
use super::page::{Asked, Page, PageQuery};
use super::problem::Problem;
use super::services::Door;
use crate::actions::delegations;
use actix_web::web::{Path, Query};
use actix_web::{HttpRequest, get, post};
use chrono::{DateTime, Utc};
use rules::calendar::Day;
use rules::delegation::{Delegation, NewDelegation};
use rules::ids::{DelegationId, PersonId};
use rules::permission::Verb;
use rules::refusal::Refusal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// A delegation.
#[derive(Serialize, ToSchema)]
pub(super) struct DelegationView {
    /// Identity.
    #[schema(value_type = Uuid)]
    id: DelegationId,
    /// Whose authorities: the one who is absent.
    #[schema(value_type = Uuid)]
    of: PersonId,
    /// Who acts with them.
    #[schema(value_type = Uuid)]
    to: PersonId,
    /// The first day on which they may.
    #[schema(value_type = String, format = Date)]
    from: Day,
    /// The first day on which they may no more.
    #[schema(value_type = String, format = Date)]
    until: Day,
    /// For which scheme; null for all.
    scheme: Option<String>,
    /// Why.
    reason: String,
    /// Who recorded it.
    #[schema(value_type = Uuid)]
    recorded_by: PersonId,
    /// When.
    recorded_at: DateTime<Utc>,
    /// Who ended it before its time.
    #[schema(value_type = Option<Uuid>)]
    ended_by: Option<PersonId>,
    /// When.
    ended_at: Option<DateTime<Utc>>,
    /// Why.
    end_reason: Option<String>,
}

impl From<Delegation> for DelegationView {
    fn from(delegation: Delegation) -> Self {
        let Delegation { id, of, to, from, until, scheme, reason, recorded_by, recorded_at, ended } = delegation;
        let (ended_by, ended_at, end_reason) = match ended {
            Some((by, at, reason)) => (Some(by), Some(at), Some(reason)),
            None => (None, None, None),
        };
        Self { id, of, to, from, until, scheme, reason, recorded_by, recorded_at, ended_by, ended_at, end_reason }
    }
}

/// A delegation that is to be recorded.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DelegationRequest {
    /// Whose authorities; left out for your own. An administrator names somebody who is absent already.
    #[schema(value_type = Option<Uuid>)]
    of: Option<PersonId>,
    /// Who acts with them: another approver.
    #[schema(value_type = Uuid)]
    to: PersonId,
    /// The first day on which they may; today or later.
    #[schema(value_type = String, format = Date)]
    from: Day,
    /// The first day on which they may no more, at most a year later.
    #[schema(value_type = String, format = Date)]
    until: Day,
    /// For which scheme; left out for all.
    scheme: Option<String>,
    /// Why, in 1 to 2000 characters.
    reason: String,
}

/// Delegate your authorities for an absence, but not a seat in a committee. Whatever is done under it names both, and counts for both.
#[utoipa::path(
    tag = "delegations", request_body = DelegationRequest,
    params(("Idempotency-Key" = String, Header, description = "One string in quotes for each thing to be done")),
    responses(
        (status = 201, description = "Recorded; whoever acts gets a letter", body = DelegationView),
        (status = 403, description = "They are somebody else's authorities"),
        (status = 422, description = "There is nothing to delegate, it is to no approver, or the days are not in order"),
    ),
)]
#[post("/delegations")]
pub(super) async fn record(
    door: Door,
    Signed(caller, Keyed { body, once }): Signed<Keyed<DelegationRequest>>,
) -> Result<Answer, Problem> {
    door.write_once(caller.person, once, async move |tx| {
        let DelegationRequest { of, to, from, until, scheme, reason } = body;
        let of = of.or(caller.actor.person()).ok_or(Refusal::NotPermitted { verb: Verb::DelegationRecord })?;
        let new = NewDelegation { id: DelegationId(Uuid::now_v7()), of, to, from, until, scheme, reason };
        let delegation = delegations::record(tx, &caller.actor, new).await?;
        Answer::created("/api/v1/delegations".to_owned(), &DelegationView::from(delegation))
    })
    .await
}

/// Delegations, newest first: yours, both ways; for administrators and auditors all.
#[utoipa::path(
    tag = "delegations", params(PageQuery),
    responses((status = 200, description = "One page", body = Page<DelegationView>)),
)]
#[get("/delegations")]
pub(super) async fn list(
    door: Door,
    request: HttpRequest,
    Signed(caller, query): Signed<Query<PageQuery>>,
) -> Result<Answer, Problem> {
    let asked = Asked::<DelegationId>::read(query.cursor.as_deref(), query.limit)?;
    let rows = delegations::list(&mut door.reader().await?, &caller.actor, asked.after, asked.rows()).await?;
    Page::of(&asked, rows, |row| row.id, DelegationView::from)?.answer(&request)
}

/// End a delegation before its time. What was done under it stands.
#[utoipa::path(
    tag = "delegations", request_body = Reason,
    params(
        ("id" = Uuid, Path, description = "The delegation"),
        ("Idempotency-Key" = String, Header, description = "One string in quotes for each thing to be done"),
    ),
    responses(
        (status = 200, description = "Ended", body = DelegationView),
        (status = 409, description = "It is over already"),
    ),
)]
#[post("/delegations/{id}/end")]
pub(super) async fn end(
    door: Door,
    Signed(caller, (id, Keyed { body, once })): Signed<(Path<DelegationId>, Keyed<Reason>)>,
) -> Result<Answer, Problem> {
    door.write_once(caller.person, once, async move |tx| {
        let delegation = delegations::end(tx, &caller.actor, *id, &body.reason).await?;
        Answer::ok(&DelegationView::from(delegation))
    })
    .await
}
