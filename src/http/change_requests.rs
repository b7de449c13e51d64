//! Change requests: asked for, returned, answered, put forward, withdrawn, decided, and read.

use super::actor::Signed;
use super::answer::Answer;
use super::applications::{Nothing, Reason};
use super::change_shapes::{ChangeKindShape, ChangeRequestList, ChangeRequestView, PlannedView, VerdictShape};
use super::idempotency::Keyed;
use super::problem::Problem;
use super::services::Door;
use super::shapes::WantedToWrite;
use crate::actions::change_requests;
use actix_web::web::Path;
use actix_web::{get, post};
use rules::change_request::{ChangeKind, NewChangeRequest, Verdict, Wanted};
use rules::ids::ApplicationId;
use serde::Deserialize;
use utoipa::ToSchema;

/// A change request of an application, and what is sent to it once.
type OnChange<T> = (Path<(ApplicationId, i32)>, Keyed<T>);

/// A change that is asked for.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ChangeToRequest {
    /// What kind of change.
    #[schema(value_type = ChangeKindShape)]
    kind: ChangeKind,
    /// What is wanted: the fields that belong to that kind.
    #[schema(value_type = WantedToWrite)]
    wanted: Wanted,
    /// Why, in 1 to 2000 characters.
    reason: String,
}

/// A question about a change request.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ChangeQuestion {
    /// What is asked, in 1 to 2000 characters.
    question: String,
}

/// The answer to it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ChangeAnswer {
    /// What is answered, in 1 to 2000 characters.
    answer: String,
}

/// A decision on a change request.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ChangeDecision {
    /// How.
    #[schema(value_type = VerdictShape)]
    verdict: Verdict,
    /// Why, in 1 to 2000 characters. The applicant is told.
    reason: String,
}

/// Ask for a change of a running award; an officer opens a suspension, a resumption or a termination.
#[utoipa::path(
    tag = "change_requests", request_body = ChangeToRequest,
    params(
        ("id" = Uuid, Path, description = "The application"),
        ("Idempotency-Key" = String, Header, description = "One string in quotes for each thing to be done"),
    ),
    responses((status = 201, description = "Requested", body = ChangeRequestView)),
)]
#[post("/applications/{id}/change-requests")]
pub(super) async fn ask_for(
    door: Door,
    Signed(caller, (id, Keyed { body, once })): Signed<(Path<ApplicationId>, Keyed<ChangeToRequest>)>,
) -> Result<Answer, Problem> {
    let schemes = door.schemes.clone();
    door.write_once(caller.person, once, async move |tx| {
        let ChangeToRequest { kind, wanted, reason } = body;
        let new = NewChangeRequest { kind, wanted, reason };
        let request = change_requests::request(tx, &caller.actor, &schemes, *id, new).await?;
        let place = format!("/api/v1/applications/{id}/change-requests/{}", request.number);
        Answer::created(place, &ChangeRequestView::from(request))
    })
    .await
}

/// The change requests of an application, oldest first, with what is planned now.
#[utoipa::path(
    tag = "change_requests", params(("id" = Uuid, Path, description = "The application")),
    responses((status = 200, description = "Its change requests", body = ChangeRequestList)),
)]
#[get("/applications/{id}/change-requests")]
pub(super) async fn list(door: Door, Signed(caller, id): Signed<Path<ApplicationId>>) -> Result<Answer, Problem> {
    let now = door.moment.now;
    let (requests, planned) =
        change_requests::of_case(&mut door.reader().await?, &caller.actor, &door.schemes, (*id, now)).await?;
    let planned = planned.map(|(figures, owed)| PlannedView::of(figures, owed)).transpose();
    let planned = planned.map_err(crate::actions::Error::from)?;
    Answer::ok(&ChangeRequestList { planned, items: requests.into_iter().map(ChangeRequestView::from).collect() })
}

/// One change request.
#[utoipa::path(
    tag = "change_requests",
    params(
        ("id" = Uuid, Path, description = "The application"),
        ("number" = i32, Path, description = "Its number in the case"),
    ),
    responses((status = 200, description = "The change request", body = ChangeRequestView)),
)]
#[get("/applications/{id}/change-requests/{number}")]
pub(super) async fn read(
    door: Door,
    Signed(caller, of): Signed<Path<(ApplicationId, i32)>>,
) -> Result<Answer, Problem> {
    let found = change_requests::read(&mut door.reader().await?, &caller.actor, *of, door.moment.now).await?;
    Answer::ok(&ChangeRequestView::from(found))
}

/// Take a change request back that you, or somebody of the applicant, have asked for.
#[utoipa::path(
    tag = "change_requests", request_body = Reason,
    params(
        ("id" = Uuid, Path, description = "The application"),
        ("number" = i32, Path, description = "Its number in the case"),
        ("Idempotency-Key" = String, Header, description = "One string in quotes for each thing to be done"),
    ),
    responses((status = 200, description = "Withdrawn", body = ChangeRequestView)),
)]
#[post("/applications/{id}/change-requests/{number}/withdrawal")]
pub(super) async fn withdraw(
    door: Door,
    Signed(caller, (of, Keyed { body, once })): Signed<OnChange<Reason>>,
) -> Result<Answer, Problem> {
    door.write_once(caller.person, once, async move |tx| {
        let request = change_requests::withdraw(tx, &caller.actor, *of, &body.reason).await?;
        Answer::ok(&ChangeRequestView::from(request))
    })
    .await
}

/// Return a change request to the applicant with a question.
#[utoipa::path(
    tag = "change_requests", request_body = ChangeQuestion,
    params(
        ("id" = Uuid, Path, description = "The application"),
        ("number" = i32, Path, description = "Its number in the case"),
        ("Idempotency-Key" = String, Header, description = "One string in quotes for each thing to be done"),
    ),
    responses((status = 200, description = "Returned", body = ChangeRequestView)),
)]
#[post("/applications/{id}/change-requests/{number}/return")]
pub(super) async fn give_back(
    door: Door,
    Signed(caller, (of, Keyed { body, once })): Signed<OnChange<ChangeQuestion>>,
) -> Result<Answer, Problem> {
    door.write_once(caller.person, once, async move |tx| {
        let request = change_requests::give_back(tx, &caller.actor, *of, &body.question).await?;
        Answer::ok(&ChangeRequestView::from(request))
    })
    .await
}

/// Answer what an officer has asked.
#[utoipa::path(
    tag = "change_requests", request_body = ChangeAnswer,
    params(
        ("id" = Uuid, Path, description = "The application"),
        ("number" = i32, Path, description = "Its number in the case"),
        ("Idempotency-Key" = String, Header, description = "One string in quotes for each thing to be done"),
    ),
    responses((status = 200, description = "Answered", body = ChangeRequestView)),
)]
#[post("/applications/{id}/change-requests/{number}/answer")]
pub(super) async fn reply(
    door: Door,
    Signed(caller, (of, Keyed { body, once })): Signed<OnChange<ChangeAnswer>>,
) -> Result<Answer, Problem> {
    door.write_once(caller.person, once, async move |tx| {
        let request = change_requests::answer(tx, &caller.actor, *of, &body.answer).await?;
        Answer::ok(&ChangeRequestView::from(request))
    })
    .await
}

/// Put a change request forward to whoever decides it.
#[utoipa::path(
    tag = "change_requests", request_body = Nothing,
    params(
        ("id" = Uuid, Path, description = "The application"),
        ("number" = i32, Path, description = "Its number in the case"),
        ("Idempotency-Key" = String, Header, description = "One string in quotes for each thing to be done"),
    ),
    responses((status = 200, description = "Put forward", body = ChangeRequestView)),
)]
#[post("/applications/{id}/change-requests/{number}/forwarding")]
pub(super) async fn forward(
    door: Door,
    Signed(caller, (of, Keyed { once, .. })): Signed<OnChange<Nothing>>,
) -> Result<Answer, Problem> {
    door.write_once(caller.person, once, async move |tx| {
        let request = change_requests::forward(tx, &caller.actor, *of).await?;
        Answer::ok(&ChangeRequestView::from(request))
    })
    .await
}

/// Grant or refuse a change request. What is granted is done at once.
#[utoipa::path(
    tag = "change_requests", request_body = ChangeDecision,
    params(
        ("id" = Uuid, Path, description = "The application"),
        ("number" = i32, Path, description = "Its number in the case"),
        ("Idempotency-Key" = String, Header, description = "One string in quotes for each thing to be done"),
    ),
    responses((status = 200, description = "Decided", body = ChangeRequestView)),
)]
#[post("/applications/{id}/change-requests/{number}/decision")]
pub(super) async fn decide(
    door: Door,
    Signed(caller, (of, Keyed { body, once })): Signed<OnChange<ChangeDecision>>,
) -> Result<Answer, Problem> {
    let schemes = door.schemes.clone();
    door.write_once(caller.person, once, async move |tx| {
        let decision = (body.verdict, body.reason.as_str());
        let decided = change_requests::decide(tx, &caller.actor, &schemes, *of, decision).await?;
        Answer::ok(&ChangeRequestView::from(decided))
    })
    .await
}
