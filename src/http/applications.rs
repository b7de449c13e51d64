//! Applications: begin, read, list, edit, submit, withdraw.

mod view;

pub(super) use view::{ApplicationView, Lacking, lacking};

use super::actor::Signed;
use super::answer::Answer;
use super::body::Body;
use super::idempotency::Keyed;
use super::page::{Asked, Page};
use super::precondition::IfMatch;
use super::problem::Problem;
use super::services::Door;
use super::shapes::{CalculationShape, ContentToWrite};
use crate::actions::{applications, standing};
use crate::store::applications::{Filter, Listed};
use actix_web::web::{Path, Query};
use actix_web::{HttpRequest, get, post, put};
use chrono::{DateTime, Utc};
use rules::actor::Actor;
use rules::application::{Application, Content, State};
use rules::calculation::{Answer as Calculated, object};
use rules::ids::{ApplicationId, OrganisationId};
use rules::interest::Assessing;
use rules::money::Cents;
use rules::sight::{Scope, Sight};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// One line of a list.
#[derive(Serialize, ToSchema)]
pub(super) struct ApplicationLine {
    /// Identity.
    id: Uuid,
    /// The reference that people use.
    reference: String,
    /// The scheme's code.
    scheme: String,
    /// Who applies; null for whoever assesses it without being told, as the scheme may say.
    organisation: Option<Uuid>,
    /// What the organisation is called; null likewise.
    organisation_name: Option<String>,
    /// Where it stands, in the reader's word.
    state: &'static str,
    /// What the project is called.
    title: String,
    /// The round to which it belongs, or the cut-off with which it is assessed, once submitted.
    #[schema(example = "round.2")]
    round: Option<String>,
    /// What is asked for, once submitted.
    #[schema(value_type = Option<String>)]
    requested: Option<Cents>,
    /// When it was submitted.
    submitted_at: Option<DateTime<Utc>>,
}

impl ApplicationLine {
    fn of(listed: Listed, scope: &Scope) -> Self {
        let (id, organisation) = (ApplicationId(listed.id), OrganisationId(listed.organisation_id));
        let (sight, identity) = (scope.sight(id, organisation), scope.identity(id, organisation));
        let only_looks = sight == Sight::Public && scope.assessed.get(&id) == Some(&Assessing::Invited);
        let state = State::from_code(&listed.state).map_or("unknown", |state| sight.word(state));
        Self {
            id: listed.id,
            reference: listed.reference,
            scheme: listed.scheme_code,
            organisation: identity.tell(listed.organisation_id),
            organisation_name: identity.tell(listed.organisation_name),
            state,
            title: listed.title,
            round: listed.round,
            requested: listed.requested_cents.filter(|_| !only_looks).map(Cents::new),
            submitted_at: listed.submitted_at,
        }
    }
}

/// A draft to be begun.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewApplication {
    /// The scheme's code.
    #[schema(example = "NIAS")]
    scheme: String,
    /// Who applies: an organisation that the caller acts for.
    #[schema(value_type = Uuid)]
    organisation: OrganisationId,
    /// Title, summary and the request of the calculation; may be incomplete.
    #[schema(value_type = ContentToWrite, example = json!({ "title": "Smart line", "summary": "", "request": { "project": { "stages": [] } } }))]
    #[serde(deserialize_with = "object")]
    content: Content,
}

/// A reason.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Reason {
    /// Why, in 1 to 2000 characters; the people concerned read it.
    #[schema(min_length = 1, max_length = 2000)]
    pub(super) reason: String,
}

/// An application that was submitted.
#[derive(Serialize, ToSchema)]
pub(super) struct SubmittedView {
    /// Where it stands.
    application: ApplicationView,
    /// What it would get, under the rules that hold for it from now on.
    #[schema(value_type = CalculationShape)]
    calculation: Calculated,
}

impl SubmittedView {
    fn answer(application: Application, actor: &Actor, calculation: Calculated) -> Result<Answer, Problem> {
        let application = ApplicationView::of(application, actor);
        let version = application.version;
        Ok(Answer::ok(&Self { application, calculation })?.version(version))
    }
}

/// An act that needs no more words.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Nothing {}

/// What a list is narrowed to.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ListQuery {
    /// One scheme.
    scheme: Option<String>,
    /// One round of that scheme, or one cut-off, by its path: `round.2`.
    round: Option<String>,
    /// One state, in the word in which you read it: the staff's, or the public one.
    state: Option<String>,
    /// Where the last page ended: its `next`.
    cursor: Option<String>,
    /// How many at most; 50 when left out.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u16>,
}

/// Begin a draft for an organisation that you act for.
#[utoipa::path(
    tag = "applications", request_body = NewApplication,
    params(("Idempotency-Key" = String, Header, description = "One string in quotes for each thing to be done")),
    responses((status = 201, description = "Begun", body = ApplicationView)),
)]
#[post("/applications")]
pub(super) async fn create(
    door: Door,
    Signed(caller, Keyed { body, once }): Signed<Keyed<NewApplication>>,
) -> Result<Answer, Problem> {
    let (schemes, moment) = (door.schemes.clone(), door.moment);
    door.write_once(caller.person, once, async move |tx| {
        let NewApplication { scheme, organisation, content } = body;
        let begun = applications::create(tx, &caller.actor, &schemes, &scheme, organisation, content).await;
        let application = begun.map_err(|error| Problem::from(error).within("/content"))?;
        let location = format!("/api/v1/applications/{}", application.id);
        let missing = standing::missing(tx, &caller.actor, &schemes, (&application, moment)).await?;
        let view = ApplicationView::of(application, &caller.actor).and_missing(missing);
        Ok(Answer::created(location, &view)?.version(view.version))
    })
    .await
}

/// Applications that you may see, newest first.
#[utoipa::path(tag = "applications", params(ListQuery), responses((status = 200, description = "One page", body = Page<ApplicationLine>)))]
#[get("/applications")]
pub(super) async fn list(
    door: Door,
    request: HttpRequest,
    Signed(caller, query): Signed<Query<ListQuery>>,
) -> Result<Answer, Problem> {
    let query = query.into_inner();
    let asked = Asked::<ApplicationId>::read(query.cursor.as_deref(), query.limit)?;
    let mut reader = door.reader().await?;
    let scope = applications::scope(&mut reader, &caller.actor).await?;
    let unknown =
        |known: Vec<&str>| Problem::malformed_parameter("state", format!("write one of {}", known.join(", ")));
    let states = query.state.map(|word| scope.states_meant(&word)).transpose().map_err(unknown)?;
    if query.round.is_some() && query.scheme.is_none() {
        return Err(Problem::malformed_parameter("round", "say of which scheme, with scheme=CODE".to_owned()));
    }
    let filter = Filter { scheme: query.scheme, round: query.round, states, after: asked.after };
    let rows = applications::list(&mut reader, &scope, &filter, (door.moment.now, asked.rows())).await?;
    Page::of(&asked, rows, |row| ApplicationId(row.id), |row| ApplicationLine::of(row, &scope))?.answer(&request)
}

/// One application. Where its scheme says so, whoever assesses it is not told who applies, here and everywhere; what the applicant writes
/// in words is shown as it is written.
#[utoipa::path(
    tag = "applications", params(("id" = Uuid, Path, description = "The application")),
    responses((status = 200, description = "The application", body = ApplicationView)),
)]
#[get("/applications/{id}")]
pub(super) async fn read(door: Door, Signed(caller, id): Signed<Path<ApplicationId>>) -> Result<Answer, Problem> {
    let mut reader = door.reader().await?;
    let (application, only_looks) = applications::look(&mut reader, &caller.actor, *id, door.moment.now).await?;
    if only_looks {
        return ApplicationView::look(application, &caller.actor).answered();
    }
    let missing = standing::missing(&mut reader, &caller.actor, &door.schemes, (&application, door.moment)).await?;
    let missing = caller.actor.identity(&application).missing(missing);
    ApplicationView::of(application, &caller.actor).and_missing(missing).answered()
}

/// Replace what is written in a draft, or what is asked for in an application that was returned.
#[utoipa::path(
    tag = "applications", request_body = ContentToWrite,
    params(
        ("id" = Uuid, Path, description = "The application"),
        ("If-Match" = String, Header, description = "The ETag of what was read"),
    ),
    responses((status = 200, description = "Replaced", body = ApplicationView)),
)]
#[put("/applications/{id}/content")]
pub(super) async fn edit(
    door: Door,
    Signed(caller, (id, IfMatch(version), content)): Signed<(Path<ApplicationId>, IfMatch, Body<Content>)>,
) -> Result<Answer, Problem> {
    let (schemes, moment) = (door.schemes.clone(), door.moment);
    door.write(async move |tx| {
        let application = applications::edit(tx, &caller.actor, *id, version, content.0).await?;
        let missing = standing::missing(tx, &caller.actor, &schemes, (&application, moment)).await?;
        ApplicationView::of(application, &caller.actor).and_missing(missing).answered()
    })
    .await
}

/// Submit a draft under the rules of the day; from now on they hold for it.
#[utoipa::path(
    tag = "applications", request_body = Nothing,
    params(
        ("id" = Uuid, Path, description = "The application"),
        ("If-Match" = String, Header, description = "The ETag of what was read"),
        ("Idempotency-Key" = String, Header, description = "One string in quotes for each thing to be done"),
    ),
    responses(
        (status = 200, description = "Received, with the calculation that was pinned", body = SubmittedView),
        (status = 422, description = "Incomplete, outside a window, over a quota, or refused by the rules"),
    ),
)]
#[post("/applications/{id}/submission")]
pub(super) async fn submit(
    door: Door,
    Signed(caller, (id, IfMatch(version), Keyed { once, .. })): Signed<(Path<ApplicationId>, IfMatch, Keyed<Nothing>)>,
) -> Result<Answer, Problem> {
    let schemes = door.schemes.clone();
    door.write_once(caller.person, once, async move |tx| {
        let (application, calculation) = applications::submit(tx, &caller.actor, &schemes, *id, version).await?;
        SubmittedView::answer(application, &caller.actor, calculation)
    })
    .await
}

/// Take an application back.
#[utoipa::path(
    tag = "applications", request_body = Reason,
    params(
        ("id" = Uuid, Path, description = "The application"),
        ("If-Match" = String, Header, description = "The ETag of what was read"),
    ),
    responses((status = 200, description = "Withdrawn", body = ApplicationView)),
)]
#[post("/applications/{id}/withdrawal")]
pub(super) async fn withdraw(
    door: Door,
    Signed(caller, (id, IfMatch(version), body)): Signed<(Path<ApplicationId>, IfMatch, Body<Reason>)>,
) -> Result<Answer, Problem> {
    door.write(async move |tx| {
        let application = applications::withdraw(tx, &caller.actor, (*id, version), &body.0.reason).await?;
        ApplicationView::answer(application, &caller.actor)
    })
    .await
}
