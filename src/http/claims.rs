//! Claims for instalments: made, returned, certified.

use super::actor::Signed;
use super::answer::Answer;
use super::applications::Reason;
use super::awards::AwardView;
use super::decisions::Amount;
use super::idempotency::Keyed;
use super::problem::Problem;
use super::services::Door;
use super::shapes::RequestToWrite;
use crate::actions::claims;
use actix_web::post;
use actix_web::web::Path;
use rules::calculation::{Request, each_once, object_or_none};
use rules::claim::{Claim, NewClaim};
use rules::ids::{ApplicationId, ClaimId};
use rules::money::Cents;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;
use uuid::Uuid;

/// A claim.
#[derive(Serialize, ToSchema)]
pub(super) struct ClaimView {
    /// Identity.
    #[schema(value_type = Uuid)]
    id: ClaimId,
    /// Of which application.
    #[schema(value_type = Uuid)]
    application: ApplicationId,
    /// The instalment that is claimed.
    instalment: String,
    /// Submitted, returned, certified, paid, or nil where nothing was certified.
    state: &'static str,
    /// What is claimed.
    #[schema(value_type = String)]
    claimed: Cents,
    /// What shows that it is due.
    evidence: String,
    /// What is certified.
    #[schema(value_type = Option<String>)]
    certified: Option<Cents>,
    /// Why it was returned.
    reason: Option<String>,
    /// What shows each thing that the instalment needs.
    shown: BTreeMap<String, String>,
}

impl From<Claim> for ClaimView {
    fn from(claim: Claim) -> Self {
        let Claim { id, application, instalment, state, claimed, evidence, certified, reason, shown, .. } = claim;
        Self { id, application, instalment, state: state.code(), claimed, evidence, certified, reason, shown }
    }
}

/// A claim that was certified.
#[derive(Serialize, ToSchema)]
pub(super) struct CertifiedView {
    /// The claim.
    claim: ClaimView,
    /// The award: on completion, fixed again on actual cost.
    award: AwardView,
}

/// A claim to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ClaimRequest {
    /// The instalment of the plan.
    #[schema(example = "initial")]
    instalment: String,
    /// How much.
    #[schema(value_type = String, example = "50000000.00")]
    amount: Cents,
    /// What shows that it is due, in 1 to 2000 characters.
    #[schema(min_length = 1, max_length = 2000)]
    evidence: String,
    /// What the project really cost and who paid: a request of the calculation. Needed for what is due on completion.
    #[schema(value_type = Option<RequestToWrite>)]
    #[serde(default, deserialize_with = "object_or_none")]
    actual: Option<Request>,
    /// What shows each thing that the instalment needs, by the codes of the plan, in 1 to 2000 characters each.
    #[serde(default, deserialize_with = "each_once")]
    shown: BTreeMap<String, String>,
}

/// Claim an instalment.
#[utoipa::path(
    tag = "claims", request_body = ClaimRequest,
    params(
        ("id" = Uuid, Path, description = "The application"),
        ("Idempotency-Key" = String, Header, description = "One string in quotes for each thing to be done"),
    ),
    responses((status = 201, description = "Claimed", body = ClaimView)),
)]
#[post("/applications/{id}/claims")]
pub(super) async fn submit(
    door: Door,
    Signed(caller, (id, Keyed { body, once })): Signed<(Path<ApplicationId>, Keyed<ClaimRequest>)>,
) -> Result<Answer, Problem> {
    let schemes = door.schemes.clone();
    door.write_once(caller.person, once, async move |tx| {
        let ClaimRequest { instalment, amount: claimed, evidence, actual, shown } = body;
        let new = NewClaim { id: ClaimId(Uuid::now_v7()), instalment, claimed, evidence, actual, shown };
        let claim = claims::submit(tx, &caller.actor, &schemes, *id, new).await?;
        Answer::created(format!("/api/v1/applications/{id}/award"), &ClaimView::from(claim))
    })
    .await
}

/// Send a claim back, with the reason.
#[utoipa::path(
    tag = "claims", request_body = Reason,
    params(
        ("id" = Uuid, Path, description = "The claim"),
        ("Idempotency-Key" = String, Header, description = "One string in quotes for each thing to be done"),
    ),
    responses((status = 200, description = "Returned", body = ClaimView)),
)]
#[post("/claims/{id}/return")]
pub(super) async fn give_back(
    door: Door,
    Signed(caller, (id, Keyed { body, once })): Signed<(Path<ClaimId>, Keyed<Reason>)>,
) -> Result<Answer, Problem> {
    door.write_once(caller.person, once, async move |tx| {
        let claim = claims::give_back(tx, &caller.actor, *id, &body.reason).await?;
        Answer::ok(&ClaimView::from(claim))
    })
    .await
}

/// Certify what is due of a claim: 0.00 where nothing is. On completion, the award is fixed again on actual cost.
#[utoipa::path(
    tag = "claims", request_body = Amount,
    params(
        ("id" = Uuid, Path, description = "The claim"),
        ("Idempotency-Key" = String, Header, description = "One string in quotes for each thing to be done"),
    ),
    responses((status = 200, description = "Certified", body = CertifiedView)),
)]
#[post("/claims/{id}/certification")]
pub(super) async fn certify(
    door: Door,
    Signed(caller, (id, Keyed { body, once })): Signed<(Path<ClaimId>, Keyed<Amount>)>,
) -> Result<Answer, Problem> {
    let schemes = door.schemes.clone();
    door.write_once(caller.person, once, async move |tx| {
        let (claim, award) = claims::certify(tx, &caller.actor, &schemes, *id, body.amount).await?;
        Answer::ok(&CertifiedView { claim: claim.into(), award: award.into() })
    })
    .await
}
