//! Holds on payments: placed by one person, lifted by another, and listed.

use super::actor::Signed;
use super::answer::Answer;
use super::applications::Reason;
use super::idempotency::Keyed;
use super::page::{Asked, Page};
use super::problem::Problem;
use super::services::Door;
use crate::actions::holds::{self, Narrowed};
use actix_web::web::{Path, Query};
use actix_web::{HttpRequest, get, post};
use chrono::{DateTime, Utc};
use rules::calendar::Day;
use rules::hold::{HeldOn, Hold, NewHold};
use rules::ids::{ApplicationId, HoldId, OrganisationId, PersonId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// A hold on payments.
#[derive(Serialize, ToSchema)]
pub(super) struct HoldView {
    /// Identity.
    #[schema(value_type = Uuid)]
    id: HoldId,
    /// The application whose payments are held; null where it is on something else.
    #[schema(value_type = Option<Uuid>)]
    application: Option<ApplicationId>,
    /// The organisation to which nothing is paid; null where it is on something else.
    #[schema(value_type = Option<Uuid>)]
    organisation: Option<OrganisationId>,
    /// The scheme under which nothing is paid; null where it is on something else.
    scheme: Option<String>,
    /// Whether it `stands` or is `lifted`.
    #[schema(value_type = String, example = "stands")]
    state: &'static str,
    /// Why. No applicant is told it.
    reason: String,
    /// The day on which somebody should look whether it is still needed; it stands after it all the same.
    #[schema(value_type = Option<String>, format = Date)]
    review_on: Option<Day>,
    /// Who placed it.
    #[schema(value_type = Uuid)]
    placed_by: PersonId,
    /// When.
    placed_at: DateTime<Utc>,
    /// Who lifted it.
    #[schema(value_type = Option<Uuid>)]
    lifted_by: Option<PersonId>,
    /// When.
    lifted_at: Option<DateTime<Utc>>,
    /// Why.
    lifted_because: Option<String>,
}

impl From<Hold> for HoldView {
    fn from(hold: Hold) -> Self {
        let state = if hold.lifted.is_some() { "lifted" } else { "stands" };
        let (lifted_by, lifted_at) = hold.lifted.as_ref().map(|lifting| (lifting.by, lifting.at)).unzip();
        Self {
            id: hold.id,
            application: hold.on.case(),
            organisation: hold.on.organisation(),
            scheme: hold.on.scheme().map(str::to_owned),
            state,
            reason: hold.reason,
            review_on: hold.review_on,
            placed_by: hold.placed_by,
            placed_at: hold.placed_at,
            lifted_by,
            lifted_at,
            lifted_because: hold.lifted.map(|lifting| lifting.reason),
        }
    }
}

/// A hold that is to be placed, on one of the three.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct HoldRequest {
    /// The application; left out where it is on something else.
    #[schema(value_type = Option<Uuid>)]
    application: Option<ApplicationId>,
    /// The organisation; left out where it is on something else.
    #[schema(value_type = Option<Uuid>)]
    organisation: Option<OrganisationId>,
    /// The code of the scheme; left out where it is on something else.
    scheme: Option<String>,
    /// Why, in 1 to 2000 characters. No applicant is told it.
    reason: String,
    /// The day on which somebody should look whether it is still needed: it is in the work of the others from then on.
    #[schema(value_type = Option<String>, format = Date)]
    review_on: Option<Day>,
}

/// What the list is narrowed to.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct HoldQuery {
    /// Those that hold payments of this application: its own, and those on its organisation and on its scheme.
    #[param(value_type = Option<Uuid>)]
    application: Option<ApplicationId>,
    /// Those on this organisation.
    #[param(value_type = Option<Uuid>)]
    organisation: Option<OrganisationId>,
    /// Those on this scheme.
    scheme: Option<String>,
    /// `stands` or `lifted`; both when left out.
    state: Option<String>,
    /// Where the last page ended: its `next`.
    cursor: Option<String>,
    /// How many at most; 50 when left out.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u16>,
}

/// Hold the payments of an application, to an organisation or under a scheme: none is prepared, and no batch with one is released, until
/// somebody else lifts it.
#[utoipa::path(
    tag = "holds", request_body = HoldRequest,
    params(("Idempotency-Key" = String, Header, description = "One string in quotes for each thing to be done")),
    responses(
        (status = 201, description = "It stands", body = HoldView),
        (status = 403, description = "You are on the side of what would be held"),
        (status = 404, description = "There is no such application, organisation or scheme"),
        (status = 422, description = "It is on none or on two, the reason is missing, or the day is over"),
    ),
)]
#[post("/holds")]
pub(super) async fn place(
    door: Door,
    Signed(caller, Keyed { body, once }): Signed<Keyed<HoldRequest>>,
) -> Result<Answer, Problem> {
    door.write_once(caller.person, once, async move |tx| {
        let HoldRequest { application, organisation, scheme, reason, review_on } = body;
        let on = HeldOn::of(application, organisation, scheme)?;
        let new = NewHold { id: HoldId(Uuid::now_v7()), on, reason, review_on };
        let hold = holds::place(tx, &caller.actor, new).await?;
        Answer::created("/api/v1/holds".to_owned(), &HoldView::from(hold))
    })
    .await
}

/// Holds on payments, newest first. Those of your own organisations and cases are left out.
#[utoipa::path(
    tag = "holds", params(HoldQuery),
    responses((status = 200, description = "One page", body = Page<HoldView>)),
)]
#[get("/holds")]
pub(super) async fn list(
    door: Door,
    request: HttpRequest,
    Signed(caller, query): Signed<Query<HoldQuery>>,
) -> Result<Answer, Problem> {
    let asked = Asked::<HoldId>::read(query.cursor.as_deref(), query.limit)?;
    let standing = match query.state.as_deref() {
        None => None,
        Some("stands") => Some(true),
        Some("lifted") => Some(false),
        Some(_) => return Err(Problem::malformed_parameter("state", "write stands or lifted")),
    };
    let HoldQuery { application, organisation, scheme, .. } = query.into_inner();
    let narrowed = Narrowed { application, organisation, scheme, standing };
    let rows = holds::list(&mut door.reader().await?, &caller.actor, narrowed, asked.after, asked.rows()).await?;
    Page::of(&asked, rows, |row| row.id, HoldView::from)?.answer(&request)
}

/// Lift a hold that somebody else has placed, with the reason: what it held may be paid again.
#[utoipa::path(
    tag = "holds", request_body = Reason,
    params(
        ("id" = Uuid, Path, description = "The hold"),
        ("Idempotency-Key" = String, Header, description = "One string in quotes for each thing to be done"),
    ),
    responses(
        (status = 200, description = "Lifted", body = HoldView),
        (status = 403, description = "You have placed it, or are on the side of what is held"),
        (status = 409, description = "It is lifted already"),
    ),
)]
#[post("/holds/{id}/lifting")]
pub(super) async fn lift(
    door: Door,
    Signed(caller, (id, Keyed { body, once })): Signed<(Path<HoldId>, Keyed<Reason>)>,
) -> Result<Answer, Problem> {
    door.write_once(caller.person, once, async move |tx| {
        let hold = holds::lift(tx, &caller.actor, *id, &body.reason).await?;
        Answer::ok(&HoldView::from(hold))
    })
    .await
}
