//! Return for more information, the revisions of an application, and its history.

use super::actor::Signed;
use super::answer::Answer;
use super::applications::{ApplicationView, Nothing, Reason};
use super::body::Body;
use super::idempotency::Keyed;
use super::page::{Asked, Page, PageQuery, unreadable_cursor};
use super::precondition::IfMatch;
use super::problem::Problem;
use super::services::Door;
use super::shapes::{CalculationShape, ContentShape, EventShape};
use crate::access::SealedPlace;
use crate::actions::returns::{self, Told};
use actix_web::web::{Path, Query};
use actix_web::{HttpRequest, get, post};
use chrono::{DateTime, Utc};
use rules::application::{Difference, Outcome, Return, Revision};
use rules::calculation::Answer as Calculated;
use rules::calendar::Day;
use rules::event::Event;
use rules::ids::{ApplicationId, PersonId};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeSet;
use utoipa::ToSchema;

/// What is asked of an applicant.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewReturn {
    /// JSON Pointers to the fields that may be changed; a document is under `/documents`.
    #[schema(example = json!(["/summary", "/documents/business_plan"]))]
    fields: BTreeSet<String>,
    /// What is asked, in words; the applicant is told.
    reason: String,
    /// The last day for the answer, in Hong Kong.
    #[schema(value_type = String, format = Date)]
    answer_by: Day,
}

/// An application of which was sent what it was returned for.
#[derive(Serialize, ToSchema)]
pub(super) struct ResubmittedView {
    /// Where it stands.
    application: ApplicationView,
    /// What it would get; null where the figures have not changed.
    #[schema(value_type = Option<CalculationShape>)]
    calculation: Option<Calculated>,
}

/// One part that differs between two revisions.
#[derive(Serialize, ToSchema)]
pub(super) struct DifferenceView {
    /// JSON Pointer to it.
    pointer: String,
    /// What it was; left out where it was not there.
    #[serde(skip_serializing_if = "Option::is_none")]
    before: Option<Value>,
    /// What it is; left out where it is not there any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    after: Option<Value>,
}

/// A return for more information.
#[derive(Serialize, ToSchema)]
pub(super) struct ReturnView {
    /// Counted from 1.
    number: i32,
    /// JSON Pointers to the fields that were asked for.
    fields: BTreeSet<String>,
    /// What was asked, in words.
    reason: String,
    /// The last day for the answer.
    #[schema(value_type = String, format = Date)]
    answer_by: Day,
    /// When it was asked.
    returned_at: DateTime<Utc>,
    /// The revision that had been sent.
    revision: i32,
    /// By how many days the answer came, or is by now, after the last day. A late answer is taken until an officer ends the return.
    late_days: u32,
    /// When it ended; none while it waits for the applicant.
    ended_at: Option<DateTime<Utc>>,
    /// The revision that was sent in answer.
    answered_revision: Option<i32>,
    /// Why it was ended without an answer.
    unanswered: Option<String>,
    /// What the answer changed.
    changed: Vec<DifferenceView>,
}

/// A revision of what is written in an application.
#[derive(Serialize, ToSchema)]
pub(super) struct RevisionLine {
    /// Counted from 1.
    number: i32,
    /// When it was written.
    revised_at: DateTime<Utc>,
    /// Who wrote it; null for whoever assesses the application without being told who applies.
    #[schema(value_type = Option<Uuid>)]
    revised_by: Option<PersonId>,
    /// Whether it was sent to the agency.
    is_sent: bool,
}

/// A revision with what it says.
#[derive(Serialize, ToSchema)]
pub(super) struct RevisionView {
    /// Counted from 1.
    number: i32,
    /// When it was written.
    revised_at: DateTime<Utc>,
    /// Who wrote it; null for whoever assesses the application without being told who applies.
    #[schema(value_type = Option<Uuid>)]
    revised_by: Option<PersonId>,
    /// What it says.
    #[schema(value_type = ContentShape)]
    content: rules::application::Content,
    /// What differs from the revision before it that the reader sees.
    changed: Vec<DifferenceView>,
}

/// Something that happened to a case.
#[derive(Serialize, ToSchema)]
pub(super) struct HistoryLine {
    /// Counted from 1 among what the reader is told.
    number: i32,
    /// When.
    at: DateTime<Utc>,
    /// What: its name in `event`, with its facts.
    #[schema(value_type = EventShape)]
    what: Event,
}

fn told(changed: Vec<Difference>) -> Vec<DifferenceView> {
    let view = |Difference { pointer, before, after }| DifferenceView { pointer, before, after };
    changed.into_iter().map(view).collect()
}

impl ReturnView {
    fn of((one, changed): (Return, Vec<Difference>), today: Day) -> Self {
        let late_days = one.late_days(today);
        let (answered_revision, unanswered) = match one.ended.as_ref().map(|ended| &ended.how) {
            Some(Outcome::Answered(number)) => (Some(*number), None),
            Some(Outcome::Unanswered(reason)) => (None, Some(reason.clone())),
            None => (None, None),
        };
        Self {
            number: one.number,
            fields: one.fields,
            reason: one.reason,
            answer_by: one.answer_by,
            returned_at: one.at,
            late_days,
            revision: one.revision,
            ended_at: one.ended.map(|ended| ended.at),
            answered_revision,
            unanswered,
            changed: told(changed),
        }
    }
}

/// Return an application for more information: the applicant may change what is asked for, and nothing else. Its clocks stand still.
#[utoipa::path(
    tag = "returns", request_body = NewReturn,
    params(
        ("id" = Uuid, Path, description = "The application"),
        ("If-Match" = String, Header, description = "The ETag of what was read"),
    ),
    responses((status = 200, description = "Returned", body = ApplicationView)),
)]
#[post("/applications/{id}/return")]
pub(super) async fn ask(
    door: Door,
    Signed(caller, (id, IfMatch(version), body)): Signed<(Path<ApplicationId>, IfMatch, Body<NewReturn>)>,
) -> Result<Answer, Problem> {
    let schemes = door.schemes.clone();
    door.write(async move |tx| {
        let NewReturn { fields, reason, answer_by } = body.0;
        let what = (fields, &*reason, answer_by);
        let application = returns::ask(tx, &caller.actor, &schemes, (*id, version), what).await?;
        ApplicationView::answer(application, &caller.actor)
    })
    .await
}

/// Send what was asked for. The rules of the first submission hold; where the figures have changed, they are worked out again.
#[utoipa::path(
    tag = "returns", request_body = Nothing,
    params(
        ("id" = Uuid, Path, description = "The application"),
        ("If-Match" = String, Header, description = "The ETag of what was read"),
        ("Idempotency-Key" = String, Header, description = "One string in quotes for each thing to be done"),
    ),
    responses((status = 200, description = "Received, with the calculation where the figures have changed", body = ResubmittedView)),
)]
#[post("/applications/{id}/resubmission")]
pub(super) async fn answer(
    door: Door,
    Signed(caller, (id, IfMatch(version), Keyed { once, .. })): Signed<(Path<ApplicationId>, IfMatch, Keyed<Nothing>)>,
) -> Result<Answer, Problem> {
    let schemes = door.schemes.clone();
    door.write_once(caller.person, once, async move |tx| {
        let (application, calculation) = returns::answer(tx, &caller.actor, &schemes, (*id, version)).await?;
        let application = ApplicationView::of(application, &caller.actor);
        let version = application.version;
        Ok(Answer::ok(&ResubmittedView { application, calculation })?.version(version))
    })
    .await
}

/// End a return that was not answered in time: what was sent stands.
#[utoipa::path(
    tag = "returns", request_body = Reason,
    params(
        ("id" = Uuid, Path, description = "The application"),
        ("If-Match" = String, Header, description = "The ETag of what was read"),
    ),
    responses((status = 200, description = "The application as it was sent, where it was", body = ApplicationView)),
)]
#[post("/applications/{id}/return-end")]
pub(super) async fn end(
    door: Door,
    Signed(caller, (id, IfMatch(version), body)): Signed<(Path<ApplicationId>, IfMatch, Body<Reason>)>,
) -> Result<Answer, Problem> {
    door.write(async move |tx| {
        let application = returns::end(tx, &caller.actor, (*id, version), &body.0.reason).await?;
        ApplicationView::answer(application, &caller.actor)
    })
    .await
}

/// The returns of an application, oldest first, each with what its answer changed.
#[utoipa::path(
    tag = "returns", params(("id" = Uuid, Path, description = "The application")),
    responses((status = 200, description = "All of them", body = Page<ReturnView>)),
)]
#[get("/applications/{id}/returns")]
pub(super) async fn list(door: Door, Signed(caller, id): Signed<Path<ApplicationId>>) -> Result<Answer, Problem> {
    let (moment, mut reader) = (door.moment, door.reader().await?);
    let returned = returns::list(&mut reader, &caller.actor, *id, moment.now).await?;
    let items = returned.into_iter().map(|one| ReturnView::of(one, moment.today())).collect();
    Answer::ok(&Page { items, next: None })
}

/// The revisions of an application, oldest first: to whoever acts for its applicant all, to others those that were sent.
#[utoipa::path(
    tag = "revisions", params(("id" = Uuid, Path, description = "The application"), PageQuery),
    responses((status = 200, description = "One page", body = Page<RevisionLine>)),
)]
#[get("/applications/{id}/revisions")]
pub(super) async fn list_revisions(
    door: Door,
    request: HttpRequest,
    Signed(caller, (id, query)): Signed<(Path<ApplicationId>, Query<PageQuery>)>,
) -> Result<Answer, Problem> {
    let asked = Asked::<i32>::read(query.cursor.as_deref(), query.limit)?;
    let page = (asked.after, asked.rows());
    let (identity, rows) =
        returns::revisions(&mut door.reader().await?, &caller.actor, *id, door.moment.now, page).await?;
    let view = |(one, is_sent): (Revision, bool)| RevisionLine {
        number: one.number,
        revised_at: one.at,
        revised_by: identity.tell(one.by),
        is_sent,
    };
    Page::of(&asked, rows, |(one, _)| one.number, view)?.answer(&request)
}

/// One revision of an application, with what it changed.
#[utoipa::path(
    tag = "revisions",
    params(
        ("id" = Uuid, Path, description = "The application"),
        ("number" = i32, Path, description = "Counted from 1"),
    ),
    responses((status = 200, description = "The revision", body = RevisionView)),
)]
#[get("/applications/{id}/revisions/{number}")]
pub(super) async fn read_revision(
    door: Door,
    Signed(caller, asked): Signed<Path<(ApplicationId, i32)>>,
) -> Result<Answer, Problem> {
    let mut reader = door.reader().await?;
    let (identity, Revision { number, by, at, .. }, content, changed) =
        returns::revision(&mut reader, &caller.actor, asked.into_inner(), door.moment.now).await?;
    let revised_by = identity.tell(by);
    Answer::ok(&RevisionView { number, revised_at: at, revised_by, content, changed: told(changed) })
}

/// What happened to an application, oldest first: to its applicant what they did and were told, to those who weigh it the rest as well.
#[utoipa::path(
    tag = "applications", params(("id" = Uuid, Path, description = "The application"), PageQuery),
    responses((status = 200, description = "One page", body = Page<HistoryLine>)),
)]
#[get("/applications/{id}/history")]
pub(super) async fn history(
    door: Door,
    request: HttpRequest,
    Signed(caller, (id, query)): Signed<(Path<ApplicationId>, Query<PageQuery>)>,
) -> Result<Answer, Problem> {
    let asked = Asked::<SealedPlace>::read(query.cursor.as_deref(), query.limit)?;
    let (key, reads) = (&door.access.account_key, (*id, caller.person));
    let after = asked.after.map(|sealed| key.open(reads, sealed).ok_or_else(unreadable_cursor)).transpose()?;
    let page = (after, asked.rows());
    let rows =
        returns::history(&mut door.reader().await?, &caller.actor, &door.schemes, (*id, door.moment.now), page).await?;
    let view = |(place, what, at): Told| HistoryLine { number: place.number, at, what };
    Page::of(&asked, rows, |(place, ..)| key.seal(reads, *place), view)?.answer(&request)
}
