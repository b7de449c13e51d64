//! Change requests: asked for, returned, answered, put forward, withdrawn, decided, and read.

use super::actor::Signed;
use super::answer::Answer;
use super::applications::{Nothing, Reason};
use super::idempotency::Keyed;
use super::problem::Problem;
use super::services::Door;
use super::shapes::{TermsShape, WantedShape, WantedToWrite};
use crate::actions::change_requests;
use actix_web::web::Path;
use actix_web::{get, post};
use chrono::{DateTime, Utc};
use rules::calendar::Day;
use rules::change_request::{
    AwardChange, BudgetLine, ChangeKind, ChangeRequest, Figures, NewChangeRequest, Terms, Verdict, Wanted,
};
use rules::ids::{ApplicationId, PersonId};
use rules::money::Cents;
use rules::refusal::Refusal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What kind of change it is.
#[derive(ToSchema)]
#[schema(as = KindOfChange, rename_all = "snake_case")]
#[expect(dead_code, reason = "it describes a type of the rules to the readers of the API")]
pub(super) enum ChangeKindShape {
    Dates,
    Budget,
    Scope,
    People,
    Partner,
    Amount,
    Suspension,
    Resumption,
    Termination,
}

/// How a change request is decided.
#[derive(ToSchema)]
#[schema(as = VerdictOnChange, rename_all = "snake_case")]
#[expect(dead_code, reason = "it describes a type of the rules to the readers of the API")]
pub(super) enum VerdictShape {
    Granted,
    Refused,
}

/// A change request.
#[derive(Serialize, ToSchema)]
pub(super) struct ChangeRequestView {
    /// Of which application.
    #[schema(value_type = Uuid)]
    application: ApplicationId,
    /// Counted from 1 in the case.
    number: i32,
    /// What kind of change.
    #[schema(value_type = ChangeKindShape)]
    kind: ChangeKind,
    /// `requested`, `returned`, `forwarded`, `withdrawn`, `granted` or `refused`.
    #[schema(value_type = String, example = "requested")]
    state: &'static str,
    /// Whether the agency has opened it.
    by_agency: bool,
    /// Who asked.
    #[schema(value_type = Uuid)]
    requested_by: PersonId,
    /// When.
    requested_at: DateTime<Utc>,
    /// Why.
    reason: String,
    /// What is wanted.
    #[schema(value_type = WantedShape)]
    wanted: Wanted,
    /// With which authorities it is decided; empty where an officer decides.
    authorities: Vec<String>,
    /// What an officer has asked.
    question: Option<String>,
    /// What was answered.
    answer: Option<String>,
    /// Who put it forward.
    #[schema(value_type = Option<Uuid>)]
    forwarded_by: Option<PersonId>,
    /// When.
    forwarded_at: Option<DateTime<Utc>>,
    /// What held when it was asked for, and once it is granted, before it.
    #[schema(value_type = TermsShape)]
    before: Terms,
    /// What holds after it; null until it is granted.
    #[schema(value_type = Option<TermsShape>)]
    after: Option<Terms>,
    /// Who decided or withdrew it.
    #[schema(value_type = Option<Uuid>)]
    ended_by: Option<PersonId>,
    /// In whose absence.
    #[schema(value_type = Option<Uuid>)]
    on_behalf_of: Option<PersonId>,
    /// Under which authority; null where an officer decided.
    authority: Option<String>,
    /// When.
    ended_at: Option<DateTime<Utc>>,
    /// Why.
    ended_because: Option<String>,
}

impl From<(ChangeRequest, Option<AwardChange>)> for ChangeRequestView {
    fn from((request, change): (ChangeRequest, Option<AwardChange>)) -> Self {
        let authorities = request.route.as_ref().map(rules::route::Part::authorities).unwrap_or_default();
        let authorities = authorities.into_iter().map(str::to_owned).collect();
        let (forwarded_by, forwarded_at) = request.forwarded.unzip();
        let ended = request.ended;
        let (before, after) = change.map(|change| (change.before, change.after)).unzip();
        Self {
            application: request.application,
            number: request.number,
            kind: request.kind,
            state: request.state.code(),
            by_agency: request.by_agency,
            requested_by: request.requested_by,
            requested_at: request.requested_at,
            reason: request.reason,
            wanted: request.wanted,
            authorities,
            question: request.question,
            answer: request.answer,
            forwarded_by,
            forwarded_at,
            before: before.unwrap_or(request.before),
            after,
            ended_by: ended.as_ref().map(|ended| ended.by),
            on_behalf_of: ended.as_ref().and_then(|ended| ended.on_behalf_of),
            authority: ended.as_ref().and_then(|ended| ended.authority.clone()),
            ended_at: ended.as_ref().map(|ended| ended.at),
            ended_because: ended.map(|ended| ended.reason),
        }
    }
}

impl From<ChangeRequest> for ChangeRequestView {
    fn from(request: ChangeRequest) -> Self {
        Self::from((request, None))
    }
}

/// What is planned for one category of cost in one stage.
#[derive(Serialize, ToSchema)]
pub(super) struct BudgetLineView {
    /// The scheme's code for the stage.
    stage: String,
    /// The scheme's code for the category.
    category: String,
    /// How much.
    #[schema(value_type = String)]
    amount: Cents,
}

impl From<BudgetLine> for BudgetLineView {
    fn from(BudgetLine { stage, category, amount }: BudgetLine) -> Self {
        Self { stage, category, amount }
    }
}

/// What the recipient owes after the project.
#[derive(Serialize, ToSchema)]
pub(super) struct ObligationView {
    /// The scheme's code for it.
    code: String,
    /// The last day, as far as it follows from the day on which the project ends.
    #[schema(value_type = String, format = Date)]
    due_on: Day,
}

/// What is planned of a running award, after all its changes.
#[derive(Serialize, ToSchema)]
pub(super) struct PlannedView {
    /// The last day of the project; null where it is not known.
    #[schema(value_type = Option<String>, format = Date)]
    ends_on: Option<Day>,
    /// What is planned for each category.
    budget: Vec<BudgetLineView>,
    /// What the project is about.
    scope: Option<String>,
    /// Who works on it, where that has changed.
    people: Option<String>,
    /// Who takes part, where that has changed.
    partner: Option<String>,
    /// What is owed after the project.
    obligations: Vec<ObligationView>,
}

impl PlannedView {
    fn of(mut figures: Figures, obligations: Vec<(String, Day)>) -> Result<Self, Refusal> {
        let budget = figures.budget()?.into_iter().map(BudgetLineView::from).collect();
        let obligations = obligations.into_iter().map(|(code, due_on)| ObligationView { code, due_on }).collect();
        Ok(Self {
            ends_on: figures.ends_on,
            budget,
            scope: figures.texts.remove(&ChangeKind::Scope),
            people: figures.texts.remove(&ChangeKind::People),
            partner: figures.texts.remove(&ChangeKind::Partner),
            obligations,
        })
    }
}

/// The change requests of a case.
#[derive(Serialize, ToSchema)]
pub(super) struct ChangeRequestList {
    /// What is planned now; null where no award was accepted.
    planned: Option<PlannedView>,
    /// Oldest first.
    items: Vec<ChangeRequestView>,
}

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
    Signed(caller, (of, Keyed { body, once })): Signed<(Path<(ApplicationId, i32)>, Keyed<Reason>)>,
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
    Signed(caller, (of, Keyed { body, once })): Signed<(Path<(ApplicationId, i32)>, Keyed<ChangeQuestion>)>,
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
    Signed(caller, (of, Keyed { body, once })): Signed<(Path<(ApplicationId, i32)>, Keyed<ChangeAnswer>)>,
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
    Signed(caller, (of, Keyed { once, .. })): Signed<(Path<(ApplicationId, i32)>, Keyed<Nothing>)>,
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
    Signed(caller, (of, Keyed { body, once })): Signed<(Path<(ApplicationId, i32)>, Keyed<ChangeDecision>)>,
) -> Result<Answer, Problem> {
    let schemes = door.schemes.clone();
    door.write_once(caller.person, once, async move |tx| {
        let decision = (body.verdict, body.reason.as_str());
        let decided = change_requests::decide(tx, &caller.actor, &schemes, *of, decision).await?;
        Answer::ok(&ChangeRequestView::from(decided))
    })
    .await
}
