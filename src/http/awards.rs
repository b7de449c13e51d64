//! Awards: offered, accepted, declined, lapsed; with their plans and claims.

use super::actor::Signed;
use super::answer::Answer;
use super::applications::{ApplicationView, Nothing, Reason};
use super::claims::ClaimView;
use super::idempotency::Keyed;
use super::problem::Problem;
use super::services::Door;
use super::shapes::InstalmentShape;
use crate::actions::awards;
use actix_web::web::Path;
use actix_web::{get, post};
use chrono::{DateTime, Utc};
use rules::award::{Award, Instalment};
use rules::calendar::Day;
use rules::ids::ApplicationId;
use rules::money::Cents;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// An award.
#[derive(Serialize, ToSchema)]
pub(super) struct AwardView {
    /// Decided, offered, accepted or released.
    state: &'static str,
    /// On approved cost, after all changes.
    #[schema(value_type = String)]
    amount: Cents,
    /// What was awarded before any change.
    #[schema(value_type = String)]
    originally: Cents,
    /// How much more is certified than the amount since a change has cut it: owed back, and nothing more is paid.
    #[schema(value_type = String)]
    carried_over: Cents,
    /// Under which authority it was approved.
    authority: String,
    /// What the recipient must fulfil.
    conditions: Vec<String>,
    /// The first day on which it may be offered; null where it may be at once.
    #[schema(value_type = Option<String>, format = Date)]
    embargo_until: Option<Day>,
    /// When it was approved.
    decided_at: DateTime<Utc>,
    /// When the applicant was told.
    offered_at: Option<DateTime<Utc>>,
    /// The last day on which it can be accepted.
    #[schema(value_type = Option<String>, format = Date)]
    expires_on: Option<Day>,
    /// When it was accepted.
    accepted_at: Option<DateTime<Utc>>,
    /// SHA-256 of the funding agreement that was accepted.
    agreement: Option<String>,
    /// On actual cost, once the project is completed.
    #[schema(value_type = Option<String>)]
    settled: Option<Cents>,
    /// How much of that is more than actual cost allows, and is to be recovered.
    #[schema(value_type = Option<String>)]
    overpaid: Option<Cents>,
}

impl From<Award> for AwardView {
    fn from(award: Award) -> Self {
        Self {
            state: award.state.code(),
            amount: award.amount,
            originally: award.originally,
            carried_over: award.carried_over,
            authority: award.authority,
            conditions: award.conditions,
            embargo_until: award.embargo_until,
            decided_at: award.decided_at,
            offered_at: award.offered_at,
            expires_on: award.expires_on,
            accepted_at: award.accepted_at,
            agreement: award.agreement,
            settled: award.settled.map(|settled| settled.amount),
            overpaid: award.settled.map(|settled| settled.overpaid),
        }
    }
}

/// An award with its plan and its claims.
#[derive(Serialize, ToSchema)]
pub(super) struct AwardDetail {
    /// The award.
    award: AwardView,
    /// Its instalments.
    #[schema(value_type = Vec<InstalmentShape>)]
    plan: Vec<Instalment>,
    /// What was claimed.
    claims: Vec<ClaimView>,
}

/// An offer that was made.
#[derive(Serialize, ToSchema)]
pub(super) struct OfferedView {
    /// Where the application stands.
    application: ApplicationView,
    /// What is offered.
    award: AwardView,
}

/// What is accepted.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Acceptance {
    /// SHA-256 of the funding agreement that is accepted, as `GET …/letters` tells it: another one than was offered is refused. Left
    /// out, it is the one that was offered.
    #[serde(default)]
    agreement: Option<String>,
}

/// An offer that was accepted.
#[derive(Serialize, ToSchema)]
pub(super) struct AcceptedView {
    /// Where the application stands.
    application: ApplicationView,
    /// The instalments.
    #[schema(value_type = Vec<InstalmentShape>)]
    plan: Vec<Instalment>,
}

/// The award of an application; the applicant sees it once it is offered.
#[utoipa::path(
    tag = "awards", params(("id" = Uuid, Path, description = "The application")),
    responses((status = 200, description = "Award, plan and claims", body = AwardDetail)),
)]
#[get("/applications/{id}/award")]
pub(super) async fn read(door: Door, Signed(caller, id): Signed<Path<ApplicationId>>) -> Result<Answer, Problem> {
    let (award, plan, claims) = awards::read(&mut door.reader().await?, &caller.actor, *id, door.moment.now).await?;
    Answer::ok(&AwardDetail { award: award.into(), plan, claims: claims.into_iter().map(ClaimView::from).collect() })
}

/// Send the offer.
#[utoipa::path(
    tag = "awards", request_body = Nothing,
    params(
        ("id" = Uuid, Path, description = "The application"),
        ("Idempotency-Key" = String, Header, description = "One string in quotes for each thing to be done"),
    ),
    responses((status = 200, description = "Offered", body = OfferedView)),
)]
#[post("/applications/{id}/offer")]
pub(super) async fn offer(
    door: Door,
    Signed(caller, (id, Keyed { once, .. })): Signed<(Path<ApplicationId>, Keyed<Nothing>)>,
) -> Result<Answer, Problem> {
    let schemes = door.schemes.clone();
    door.write_once(caller.person, once, async move |tx| {
        let (application, award) = awards::offer(tx, &caller.actor, &schemes, *id).await?;
        let application = ApplicationView::of(application, &caller.actor);
        Answer::ok(&OfferedView { application, award: award.into() })
    })
    .await
}

/// Accept the offer, and with it the funding agreement that was offered; the plan of instalments is made.
#[utoipa::path(
    tag = "awards", request_body = Acceptance,
    params(
        ("id" = Uuid, Path, description = "The application"),
        ("Idempotency-Key" = String, Header, description = "One string in quotes for each thing to be done"),
    ),
    responses((status = 200, description = "Accepted, with the plan", body = AcceptedView)),
)]
#[post("/applications/{id}/acceptance")]
pub(super) async fn accept(
    door: Door,
    Signed(caller, (id, Keyed { body, once })): Signed<(Path<ApplicationId>, Keyed<Acceptance>)>,
) -> Result<Answer, Problem> {
    let schemes = door.schemes.clone();
    door.write_once(caller.person, once, async move |tx| {
        let of = (*id, body.agreement.as_deref());
        let (application, plan) = awards::accept(tx, &caller.actor, &schemes, of).await?;
        Answer::ok(&AcceptedView { application: ApplicationView::of(application, &caller.actor), plan })
    })
    .await
}

/// Decline the offer; what was committed is given back.
#[utoipa::path(
    tag = "awards", request_body = Reason,
    params(
        ("id" = Uuid, Path, description = "The application"),
        ("Idempotency-Key" = String, Header, description = "One string in quotes for each thing to be done"),
    ),
    responses((status = 200, description = "Declined", body = ApplicationView)),
)]
#[post("/applications/{id}/declination")]
pub(super) async fn decline(
    door: Door,
    Signed(caller, (id, Keyed { body, once })): Signed<(Path<ApplicationId>, Keyed<Reason>)>,
) -> Result<Answer, Problem> {
    door.write_once(caller.person, once, async move |tx| {
        let application = awards::decline(tx, &caller.actor, *id, &body.reason).await?;
        ApplicationView::answer(application, &caller.actor)
    })
    .await
}

/// Let an offer lapse that was not answered in time; what was committed is given back.
#[utoipa::path(
    tag = "awards", request_body = Nothing,
    params(
        ("id" = Uuid, Path, description = "The application"),
        ("Idempotency-Key" = String, Header, description = "One string in quotes for each thing to be done"),
    ),
    responses((status = 200, description = "Lapsed", body = ApplicationView)),
)]
#[post("/applications/{id}/lapse")]
pub(super) async fn lapse(
    door: Door,
    Signed(caller, (id, Keyed { once, .. })): Signed<(Path<ApplicationId>, Keyed<Nothing>)>,
) -> Result<Answer, Problem> {
    door.write_once(caller.person, once, async move |tx| {
        let application = awards::lapse(tx, &caller.actor, *id).await?;
        ApplicationView::answer(application, &caller.actor)
    })
    .await
}
