//! Screening, recommendation and rejection.

use super::actor::Signed;
use super::answer::Answer;
use super::applications::{ApplicationView, Nothing, Reason};
use super::idempotency::Keyed;
use super::problem::Problem;
use super::services::Door;
use crate::actions::decisions;
use actix_web::post;
use actix_web::web::Path;
use rules::calendar::Day;
use rules::decision::{Rejecting, Screening};
use rules::ids::ApplicationId;
use rules::money::Cents;
use serde::Deserialize;
use utoipa::ToSchema;

/// What the first look found.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields, tag = "outcome", rename_all = "snake_case")]
pub(super) enum ScreeningRequest {
    /// On to the assessors.
    Eligible {},
    /// Not eligible.
    Ineligible {
        /// Why.
        reason: String,
    },
}

/// What is recommended.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RecommendationRequest {
    /// A decimal text.
    #[schema(value_type = String, example = "200000000.00")]
    amount: Cents,
    /// Why one with a lower mean is recommended although one of its panel with a higher one was rejected. The applicant does not read it.
    #[serde(default)]
    departure: Option<String>,
}

/// Why it is refused.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RejectionRequest {
    /// What the applicant reads, in 1 to 2000 characters.
    reason: String,
    /// Why it is rejected although one of its panel with a lower mean is recommended. The applicant does not read it.
    #[serde(default)]
    departure: Option<String>,
    /// The first day on which the applicant may be told, within a year: until then the case is `refused`, and nothing of it shows to them.
    /// Left out, they are told at once.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Date)]
    embargo_until: Option<Day>,
}

/// Screen what was submitted. That it is not eligible is told by a letter, which is kept.
#[utoipa::path(
    tag = "decisions", request_body = ScreeningRequest,
    params(
        ("id" = Uuid, Path, description = "The application"),
        ("Idempotency-Key" = String, Header, description = "One string in quotes for each thing to be done"),
    ),
    responses((status = 200, description = "Screened", body = ApplicationView)),
)]
#[post("/applications/{id}/screening")]
pub(super) async fn screen(
    door: Door,
    Signed(caller, (id, Keyed { body, once })): Signed<(Path<ApplicationId>, Keyed<ScreeningRequest>)>,
) -> Result<Answer, Problem> {
    let schemes = door.schemes.clone();
    door.write_once(caller.person, once, async move |tx| {
        let screening = match body {
            ScreeningRequest::Eligible {} => Screening::Eligible,
            ScreeningRequest::Ineligible { reason } => Screening::Ineligible(reason),
        };
        let application = decisions::screen(tx, &caller.actor, &schemes, *id, screening).await?;
        ApplicationView::answer(application, &caller.actor)
    })
    .await
}

/// Reinstate what was screened out, to be screened again, or what was refused, for the committee to decide again. The applicant is told, but
/// for a refusal of which they were not told.
#[utoipa::path(
    tag = "decisions", request_body = Reason,
    params(
        ("id" = Uuid, Path, description = "The application"),
        ("Idempotency-Key" = String, Header, description = "One string in quotes for each thing to be done"),
    ),
    responses((status = 200, description = "Reinstated", body = ApplicationView)),
)]
#[post("/applications/{id}/reinstatement")]
pub(super) async fn reinstate(
    door: Door,
    Signed(caller, (id, Keyed { body, once })): Signed<(Path<ApplicationId>, Keyed<Reason>)>,
) -> Result<Answer, Problem> {
    door.write_once(caller.person, once, async move |tx| {
        let application = decisions::reinstate(tx, &caller.actor, *id, &body.reason).await?;
        ApplicationView::answer(application, &caller.actor)
    })
    .await
}

/// Recommend an amount.
#[utoipa::path(
    tag = "decisions", request_body = RecommendationRequest,
    params(
        ("id" = Uuid, Path, description = "The application"),
        ("Idempotency-Key" = String, Header, description = "One string in quotes for each thing to be done"),
    ),
    responses((status = 200, description = "Recommended", body = ApplicationView)),
)]
#[post("/applications/{id}/recommendation")]
pub(super) async fn recommend(
    door: Door,
    Signed(caller, (id, Keyed { body, once })): Signed<(Path<ApplicationId>, Keyed<RecommendationRequest>)>,
) -> Result<Answer, Problem> {
    let schemes = door.schemes.clone();
    door.write_once(caller.person, once, async move |tx| {
        let application = decisions::recommend(tx, &caller.actor, &schemes, *id, (body.amount, body.departure)).await?;
        ApplicationView::answer(application, &caller.actor)
    })
    .await
}

/// Refuse, with reasons that the applicant reads, in a letter that is kept: at once, or from the day on until which it is embargoed.
#[utoipa::path(
    tag = "decisions", request_body = RejectionRequest,
    params(
        ("id" = Uuid, Path, description = "The application"),
        ("Idempotency-Key" = String, Header, description = "One string in quotes for each thing to be done"),
    ),
    responses((status = 200, description = "Rejected, or refused and not told", body = ApplicationView)),
)]
#[post("/applications/{id}/rejection")]
pub(super) async fn reject(
    door: Door,
    Signed(caller, (id, Keyed { body, once })): Signed<(Path<ApplicationId>, Keyed<RejectionRequest>)>,
) -> Result<Answer, Problem> {
    let schemes = door.schemes.clone();
    door.write_once(caller.person, once, async move |tx| {
        let RejectionRequest { reason, departure, embargo_until } = body;
        let rejecting = Rejecting { reason, departure, embargo_until };
        let application = decisions::reject(tx, &caller.actor, &schemes, *id, &rejecting).await?;
        ApplicationView::answer(application, &caller.actor)
    })
    .await
}

/// Tell the applicant of a refusal that was kept back, once its day has come. The worker does the same.
#[utoipa::path(
    tag = "decisions", request_body = Nothing,
    params(
        ("id" = Uuid, Path, description = "The application"),
        ("Idempotency-Key" = String, Header, description = "One string in quotes for each thing to be done"),
    ),
    responses((status = 200, description = "Told, by a letter that is kept", body = ApplicationView)),
)]
#[post("/applications/{id}/telling")]
pub(super) async fn tell(
    door: Door,
    Signed(caller, (id, Keyed { once, .. })): Signed<(Path<ApplicationId>, Keyed<Nothing>)>,
) -> Result<Answer, Problem> {
    let schemes = door.schemes.clone();
    door.write_once(caller.person, once, async move |tx| {
        let application = decisions::tell_refusal(tx, &caller.actor, &schemes, *id).await?;
        ApplicationView::answer(application, &caller.actor)
    })
    .await
}
