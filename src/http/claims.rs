//! Claims for instalments: made, asked about, answered, returned, certified.

mod shapes;

pub(super) use shapes::ClaimView;

use super::actor::Signed;
use super::answer::Answer;
use super::applications::Reason;
use super::idempotency::Keyed;
use super::problem::Problem;
use super::services::Door;
use crate::actions::claims;
use actix_web::post;
use actix_web::web::Path;
use rules::claim::{Answering, NewClaim};
use rules::ids::{ApplicationId, ClaimId};
use shapes::{CertifiedView, ClaimAnswer, ClaimCertification, ClaimQuestion, ClaimRequest};
use uuid::Uuid;

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
        let ClaimRequest { instalment, amount: claimed, evidence, actual, shown, lines } = body;
        let lines = lines.into_iter().map(Into::into).collect();
        let new = NewClaim { id: ClaimId(Uuid::now_v7()), instalment, claimed, evidence, actual, shown, lines };
        let claim = claims::submit(tx, &caller.actor, &schemes, *id, new).await?;
        Answer::created(format!("/api/v1/applications/{id}/award"), &ClaimView::from(claim))
    })
    .await
}

/// Ask something on a claim that waits for certification: it is not certified before the applicant has answered.
#[utoipa::path(
    tag = "claims", request_body = ClaimQuestion,
    params(
        ("id" = Uuid, Path, description = "The claim"),
        ("Idempotency-Key" = String, Header, description = "One string in quotes for each thing to be done"),
    ),
    responses((status = 200, description = "Asked", body = ClaimView)),
)]
#[post("/claims/{id}/queries")]
pub(super) async fn ask(
    door: Door,
    Signed(caller, (id, Keyed { body, once })): Signed<(Path<ClaimId>, Keyed<ClaimQuestion>)>,
) -> Result<Answer, Problem> {
    door.write_once(caller.person, once, async move |tx| {
        let claim = claims::ask(tx, &caller.actor, *id, &body.question).await?;
        Answer::ok(&ClaimView::from(claim))
    })
    .await
}

/// Answer what was asked on a claim, and put right what is claimed where that is wanted.
#[utoipa::path(
    tag = "claims", request_body = ClaimAnswer,
    params(
        ("id" = Uuid, Path, description = "The claim"),
        ("Idempotency-Key" = String, Header, description = "One string in quotes for each thing to be done"),
    ),
    responses((status = 200, description = "Answered; it waits for certification again", body = ClaimView)),
)]
#[post("/claims/{id}/answer")]
pub(super) async fn reply(
    door: Door,
    Signed(caller, (id, Keyed { body, once })): Signed<(Path<ClaimId>, Keyed<ClaimAnswer>)>,
) -> Result<Answer, Problem> {
    let schemes = door.schemes.clone();
    door.write_once(caller.person, once, async move |tx| {
        let ClaimAnswer { answer, instead } = body;
        let claimed = instead.map(|other| (other.amount, other.lines.into_iter().map(Into::into).collect()));
        let claim = claims::answer(tx, &caller.actor, &schemes, *id, Answering { answer, claimed }).await?;
        Answer::ok(&ClaimView::from(claim))
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

/// Certify what is due of a claim: 0.00 where nothing is; of one that is made of costs, line by line. On completion, the award is fixed
/// again on actual cost.
#[utoipa::path(
    tag = "claims", request_body = ClaimCertification,
    params(
        ("id" = Uuid, Path, description = "The claim"),
        ("Idempotency-Key" = String, Header, description = "One string in quotes for each thing to be done"),
    ),
    responses((status = 200, description = "Certified", body = CertifiedView)),
)]
#[post("/claims/{id}/certification")]
pub(super) async fn certify(
    door: Door,
    Signed(caller, (id, Keyed { body, once })): Signed<(Path<ClaimId>, Keyed<ClaimCertification>)>,
) -> Result<Answer, Problem> {
    let schemes = door.schemes.clone();
    door.write_once(caller.person, once, async move |tx| {
        let ClaimCertification { amount, lines } = body;
        let allowed = (amount, lines.into_iter().map(Into::into).collect());
        let (claim, award) = claims::certify(tx, &caller.actor, &schemes, *id, allowed).await?;
        Answer::ok(&CertifiedView { claim: claim.into(), award: award.into() })
    })
    .await
}
