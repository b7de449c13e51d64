//! The approval: passing parts of its route, reading it, sending back, resting, and doing a check again.

use super::actor::Signed;
use super::answer::Answer;
use super::applications::{ApplicationView, Nothing, Reason};
use super::awards::AwardView;
use super::idempotency::Keyed;
use super::problem::Problem;
use super::services::Door;
use crate::actions::approvals;
use actix_web::web::Path;
use actix_web::{get, post};
use chrono::{DateTime, Utc};
use rules::approval::{Approve, Approved};
use rules::calendar::Day;
use rules::ids::{ApplicationId, PersonId};
use rules::money::Cents;
use rules::route::{Approval, Part, Route};
use rules::sitting::Committee;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What is approved.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ApprovalRequest {
    /// The check or the step of the route; left out where only one is open to you.
    part: Option<String>,
    /// What is approved: what is recommended, or less.
    #[schema(value_type = String, example = "200000000.00")]
    amount: Cents,
    /// What was recommended when you read it, where you approve less.
    #[schema(value_type = Option<String>)]
    reduced_from: Option<Cents>,
    /// What the recipient must fulfil, each in 1 to 2000 characters.
    #[serde(default)]
    conditions: Vec<String>,
    /// The first day on which the decision may be told; with the last part of the route.
    #[schema(value_type = Option<String>, format = Date)]
    embargo_until: Option<Day>,
}

/// What an approval came to.
#[derive(Serialize, ToSchema)]
pub(super) struct ApprovedView {
    /// The application.
    application: ApplicationView,
    /// The award; null while parts of the route are left.
    award: Option<AwardView>,
}

/// Until when a decision is put off.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DeferralRequest {
    /// The first day on which it may be decided.
    #[schema(value_type = String, format = Date)]
    until: Day,
    /// Why, in 1 to 2000 characters.
    reason: String,
}

/// Which check is done again.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CheckResetRequest {
    /// Its code.
    check: String,
    /// Why, in 1 to 2000 characters.
    reason: String,
}

/// The routes of a case.
#[derive(Serialize, ToSchema)]
pub(super) struct RouteList {
    /// One for each recommendation, in their order.
    items: Vec<RouteView>,
}

/// A route as it was when it started, and what was passed of it.
#[derive(Serialize, ToSchema)]
pub(super) struct RouteView {
    /// Counted from 1.
    number: u32,
    /// The checks, and then the steps in their order.
    parts: Vec<PartView>,
    /// What was passed, in its order, the void included.
    approvals: Vec<ApprovalView>,
    /// The first day on which it goes on, where it rests.
    #[schema(value_type = Option<String>, format = Date)]
    deferred_until: Option<Day>,
    /// Why it rests.
    deferred_because: Option<String>,
}

/// A check or a step.
#[derive(Serialize, ToSchema)]
pub(super) struct PartView {
    /// Its code in the text of the scheme.
    code: String,
    /// `check` or `step`.
    kind: &'static str,
    /// With which authorities it is passed.
    authorities: Vec<String>,
    /// Those of them that a committee exercises, by votes.
    committees: Vec<CommitteeView>,
    /// `passed`, `open` or `waiting`.
    state: &'static str,
}

/// A committee, and how it decides.
#[derive(Serialize, ToSchema)]
pub(super) struct CommitteeView {
    /// The authority that it exercises.
    authority: String,
    /// How many must take part.
    quorum: u32,
    /// The part of the votes that must be for a motion.
    #[schema(example = "1/2")]
    majority: String,
    /// Whether the chair decides where the votes are equal.
    casting_vote: bool,
    /// Whether it may decide by circulating the paper.
    circulation: bool,
}

impl From<(String, Committee)> for CommitteeView {
    fn from((authority, committee): (String, Committee)) -> Self {
        let Committee { quorum, majority, casting_vote, circulation } = committee;
        Self { authority, quorum, majority: majority.to_string(), casting_vote, circulation }
    }
}

/// That a part was passed.
#[derive(Serialize, ToSchema)]
pub(super) struct ApprovalView {
    /// Which part.
    part: String,
    /// Who.
    #[schema(value_type = Uuid)]
    by: PersonId,
    /// In whose absence.
    #[schema(value_type = Option<Uuid>)]
    on_behalf_of: Option<PersonId>,
    /// Under which authority.
    authority: String,
    /// Which amount.
    #[schema(value_type = String)]
    amount: Cents,
    /// On which conditions.
    conditions: Vec<String>,
    /// When.
    at: DateTime<Utc>,
    /// Why it is void, if it is.
    void: Option<String>,
}

impl From<Approval> for ApprovalView {
    fn from(approval: Approval) -> Self {
        let Approval { part, by, on_behalf_of, authority, amount, conditions, at, void } = approval;
        Self { part, by, on_behalf_of, authority, amount, conditions, at, void }
    }
}

impl From<Route> for RouteView {
    fn from(route: Route) -> Self {
        let open = route.open();
        let part = |part: &Part| PartView {
            code: part.code().to_owned(),
            kind: if part.is_check() { "check" } else { "step" },
            authorities: part.authorities().into_iter().map(str::to_owned).collect(),
            committees: part.committees().into_iter().map(CommitteeView::from).collect(),
            state: match () {
                () if route.has_passed(part.code()) => "passed",
                () if open.contains(&part) => "open",
                () => "waiting",
            },
        };
        let parts = route.parts.iter().map(part).collect();
        let (deferred_until, deferred_because) = route.deferred.unzip();
        let approvals = route.given.into_iter().map(ApprovalView::from).collect();
        Self { number: route.number, parts, approvals, deferred_until, deferred_because }
    }
}

/// Pass a check or a step of the route. With the last one the money is committed.
#[utoipa::path(
    tag = "approvals", request_body = ApprovalRequest,
    params(
        ("id" = Uuid, Path, description = "The application"),
        ("Idempotency-Key" = String, Header, description = "One string in quotes for each thing to be done"),
    ),
    responses(
        (status = 200, description = "Passed; with the award where nothing is left", body = ApprovedView),
        (status = 403, description = "Not your level, above your authority, or you have another duty or another part on this case"),
        (status = 409, description = "Out of order, passed already, or it rests"),
        (status = 422, description = "The figures are stale, or a ceiling does not leave so much; the answer says what is left"),
    ),
)]
#[post("/applications/{id}/approval")]
pub(super) async fn approve(
    door: Door,
    Signed(caller, (id, Keyed { body, once })): Signed<(Path<ApplicationId>, Keyed<ApprovalRequest>)>,
) -> Result<Answer, Problem> {
    let schemes = door.schemes.clone();
    door.write_once(caller.person, once, async move |tx| {
        let ApprovalRequest { part, amount, reduced_from, conditions, embargo_until } = body;
        let asked = Approve { part, amount, reduced_from, conditions, embargo_until };
        let Approved { application, award, .. } = approvals::approve(tx, &caller.actor, &schemes, *id, &asked).await?;
        let award = award.map(AwardView::from);
        Answer::ok(&ApprovedView { application: ApplicationView::of(application, &caller.actor), award })
    })
    .await
}

/// The routes of an approval: who may pass what, what was passed, and what is void.
#[utoipa::path(
    tag = "approvals", params(("id" = Uuid, Path, description = "The application")),
    responses((status = 200, description = "One for each recommendation", body = RouteList)),
)]
#[get("/applications/{id}/approval-routes")]
pub(super) async fn routes(door: Door, Signed(caller, id): Signed<Path<ApplicationId>>) -> Result<Answer, Problem> {
    let routes = approvals::routes(&mut door.reader().await?, &caller.actor, *id, door.moment.now).await?;
    Answer::ok(&RouteList { items: routes.into_iter().map(RouteView::from).collect() })
}

/// Send what is recommended back to the committee. What was passed is void.
#[utoipa::path(
    tag = "approvals", request_body = Reason,
    params(
        ("id" = Uuid, Path, description = "The application"),
        ("Idempotency-Key" = String, Header, description = "One string in quotes for each thing to be done"),
    ),
    responses((status = 200, description = "Back with the committee", body = ApplicationView)),
)]
#[post("/applications/{id}/reconsideration")]
pub(super) async fn send_back(
    door: Door,
    Signed(caller, (id, Keyed { body, once })): Signed<(Path<ApplicationId>, Keyed<Reason>)>,
) -> Result<Answer, Problem> {
    door.write_once(caller.person, once, async move |tx| {
        let application = approvals::send_back(tx, &caller.actor, *id, &body.reason).await?;
        ApplicationView::answer(application, &caller.actor)
    })
    .await
}

/// Put a decision off until a day. What was passed stands.
#[utoipa::path(
    tag = "approvals", request_body = DeferralRequest,
    params(
        ("id" = Uuid, Path, description = "The application"),
        ("Idempotency-Key" = String, Header, description = "One string in quotes for each thing to be done"),
    ),
    responses((status = 200, description = "It rests", body = ApplicationView)),
)]
#[post("/applications/{id}/deferral")]
pub(super) async fn defer(
    door: Door,
    Signed(caller, (id, Keyed { body, once })): Signed<(Path<ApplicationId>, Keyed<DeferralRequest>)>,
) -> Result<Answer, Problem> {
    door.write_once(caller.person, once, async move |tx| {
        let application = approvals::defer(tx, &caller.actor, *id, (body.until, &body.reason)).await?;
        ApplicationView::answer(application, &caller.actor)
    })
    .await
}

/// Take up again what rests.
#[utoipa::path(
    tag = "approvals", request_body = Nothing,
    params(
        ("id" = Uuid, Path, description = "The application"),
        ("Idempotency-Key" = String, Header, description = "One string in quotes for each thing to be done"),
    ),
    responses((status = 200, description = "It goes on", body = ApplicationView)),
)]
#[post("/applications/{id}/deferral-end")]
pub(super) async fn take_up(
    door: Door,
    Signed(caller, (id, Keyed { once, .. })): Signed<(Path<ApplicationId>, Keyed<Nothing>)>,
) -> Result<Answer, Problem> {
    door.write_once(caller.person, once, async move |tx| {
        let application = approvals::take_up(tx, &caller.actor, *id).await?;
        ApplicationView::answer(application, &caller.actor)
    })
    .await
}

/// Have one check done again; the others stand.
#[utoipa::path(
    tag = "approvals", request_body = CheckResetRequest,
    params(
        ("id" = Uuid, Path, description = "The application"),
        ("Idempotency-Key" = String, Header, description = "One string in quotes for each thing to be done"),
    ),
    responses((status = 200, description = "It is open again", body = ApplicationView)),
)]
#[post("/applications/{id}/check-resets")]
pub(super) async fn reset_check(
    door: Door,
    Signed(caller, (id, Keyed { body, once })): Signed<(Path<ApplicationId>, Keyed<CheckResetRequest>)>,
) -> Result<Answer, Problem> {
    door.write_once(caller.person, once, async move |tx| {
        let application = approvals::reset_check(tx, &caller.actor, *id, (&body.check, &body.reason)).await?;
        ApplicationView::answer(application, &caller.actor)
    })
    .await
}
