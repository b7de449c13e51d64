//! Debarments and adverse records: recorded, confirmed and ended by two officers, and listed.

use super::actor::Signed;
use super::answer::Answer;
use super::applications::Nothing;
use super::idempotency::Keyed;
use super::page::{Asked, Page};
use super::problem::Problem;
use super::services::Door;
use crate::actions::debarments;
use actix_web::web::{Path, Query};
use actix_web::{HttpRequest, get, post};
use chrono::{DateTime, Utc};
use rules::calendar::Day;
use rules::debarment::{Against, Debarment, DebarmentKind, End, NewDebarment};
use rules::ids::{ApplicationId, DebarmentId, OrganisationId, PersonId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// How grave it is: `adverse` is shown to those who weigh a case and binds nothing; with `debarred`, nothing is submitted, awarded or paid.
#[derive(ToSchema)]
#[schema(as = DebarmentKind, rename_all = "snake_case")]
#[expect(
    dead_code,
    reason = "the shape of rules::debarment::DebarmentKind for the document, which that crate knows nothing of"
)]
pub(super) enum DebarmentKindShape {
    Adverse,
    Debarred,
}

/// That a debarment ends before its time.
#[derive(Serialize, ToSchema)]
pub(super) struct DebarmentEndView {
    /// The first day on which it holds no more; its first day where it was set aside, since it never held.
    #[schema(value_type = String, format = Date)]
    until: Day,
    /// Why.
    reason: String,
    /// Who proposed it.
    #[schema(value_type = Uuid)]
    proposed_by: PersonId,
    /// When.
    proposed_at: DateTime<Utc>,
    /// Who confirmed it.
    #[schema(value_type = Option<Uuid>)]
    confirmed_by: Option<PersonId>,
    /// When.
    confirmed_at: Option<DateTime<Utc>>,
}

impl From<End> for DebarmentEndView {
    fn from(its: End) -> Self {
        let End { until, reason, by, at, confirmed } = its;
        let (confirmed_by, confirmed_at) = confirmed.unzip();
        Self { until, reason, proposed_by: by, proposed_at: at, confirmed_by, confirmed_at }
    }
}

/// A debarment, or an adverse record.
#[derive(Serialize, ToSchema)]
pub(super) struct DebarmentView {
    /// Identity.
    #[schema(value_type = Uuid)]
    id: DebarmentId,
    /// Which organisation it is about; null where it is about a person.
    #[schema(value_type = Option<Uuid>)]
    organisation: Option<OrganisationId>,
    /// Which person it is about; null where it is about an organisation.
    #[schema(value_type = Option<Uuid>)]
    person: Option<PersonId>,
    /// How grave it is.
    #[schema(value_type = DebarmentKindShape)]
    kind: DebarmentKind,
    /// Where it stands, whatever day it is: `recorded` until another officer confirms it, or `set_aside`; then `confirmed`,
    /// `end_proposed` and `ended`.
    #[schema(value_type = String, example = "confirmed")]
    state: &'static str,
    /// The first day on which it holds.
    #[schema(value_type = String, format = Date)]
    from: Day,
    /// The first day on which it holds no more, as recorded; null while no end is known.
    #[schema(value_type = Option<String>, format = Date)]
    until: Option<Day>,
    /// For which scheme; null for all.
    scheme: Option<String>,
    /// By which authority.
    authority: String,
    /// On which ground.
    ground: String,
    /// Who recorded it.
    #[schema(value_type = Uuid)]
    recorded_by: PersonId,
    /// When.
    recorded_at: DateTime<Utc>,
    /// Who confirmed it.
    #[schema(value_type = Option<Uuid>)]
    confirmed_by: Option<PersonId>,
    /// When.
    confirmed_at: Option<DateTime<Utc>>,
    /// That it ends before its time.
    end: Option<DebarmentEndView>,
}

impl From<Debarment> for DebarmentView {
    fn from(debarment: Debarment) -> Self {
        let state = debarment.state();
        let (confirmed_by, confirmed_at) = debarment.confirmed.unzip();
        Self {
            id: debarment.id,
            organisation: debarment.against.organisation(),
            person: debarment.against.person(),
            kind: debarment.kind,
            state,
            from: debarment.from,
            until: debarment.until,
            scheme: debarment.scheme,
            authority: debarment.authority,
            ground: debarment.ground,
            recorded_by: debarment.recorded_by,
            recorded_at: debarment.recorded_at,
            confirmed_by,
            confirmed_at,
            end: debarment.end.map(DebarmentEndView::from),
        }
    }
}

/// A debarment that is to be recorded, of an organisation or of a person.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DebarmentRequest {
    /// The organisation; left out where it is about a person.
    #[schema(value_type = Option<Uuid>)]
    organisation: Option<OrganisationId>,
    /// The person; left out where it is about an organisation.
    #[schema(value_type = Option<Uuid>)]
    person: Option<PersonId>,
    /// How grave it is.
    #[schema(value_type = DebarmentKindShape)]
    kind: DebarmentKind,
    /// The first day on which it holds.
    #[schema(value_type = String, format = Date)]
    from: Day,
    /// The first day on which it holds no more; left out while no end is known.
    #[schema(value_type = Option<String>, format = Date)]
    until: Option<Day>,
    /// For which scheme; left out for all.
    scheme: Option<String>,
    /// By which authority, in 1 to 200 characters. Those who are refused are told it.
    authority: String,
    /// On which ground, in 1 to 2000 characters. Those who are refused are not told it.
    ground: String,
}

/// The end of a debarment before its time.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DebarmentEnd {
    /// The first day on which it is to hold no more; left out for the earliest, and for what nobody has confirmed.
    #[schema(value_type = Option<String>, format = Date)]
    until: Option<Day>,
    /// Why, in 1 to 2000 characters.
    reason: String,
}

/// The end that is confirmed.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DebarmentEndRead {
    /// The day that is proposed, as you have read it.
    #[schema(value_type = String, format = Date)]
    until: Day,
}

/// What the list is narrowed to.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct DebarmentQuery {
    /// Of this organisation alone.
    #[param(value_type = Option<Uuid>)]
    organisation: Option<OrganisationId>,
    /// Of this person alone.
    #[param(value_type = Option<Uuid>)]
    person: Option<PersonId>,
    /// Where the last page ended: its `next`.
    cursor: Option<String>,
    /// How many at most; 50 when left out.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u16>,
}

/// Record that an authority keeps an organisation or a person from public money, or has found against them. It binds nothing until another
/// officer confirms it.
#[utoipa::path(
    tag = "debarments", request_body = DebarmentRequest,
    params(("Idempotency-Key" = String, Header, description = "One string in quotes for each thing to be done")),
    responses(
        (status = 201, description = "Recorded", body = DebarmentView),
        (status = 403, description = "It is about you, or you are on the side of whom it is about"),
        (status = 404, description = "There is no such organisation or person"),
        (status = 422, description = "It is of none or of two, or the days or words are not in order"),
    ),
)]
#[post("/debarments")]
pub(super) async fn record(
    door: Door,
    Signed(caller, Keyed { body, once }): Signed<Keyed<DebarmentRequest>>,
) -> Result<Answer, Problem> {
    door.write_once(caller.person, once, async move |tx| {
        let DebarmentRequest { organisation, person, kind, from, until, scheme, authority, ground } = body;
        let (id, against) = (DebarmentId(Uuid::now_v7()), Against::of(organisation, person)?);
        let new = NewDebarment { id, against, kind, from, until, scheme, authority, ground };
        let debarment = debarments::record(tx, &caller.actor, new).await?;
        Answer::created("/api/v1/debarments".to_owned(), &DebarmentView::from(debarment))
    })
    .await
}

/// Debarments and adverse records, newest first; what nobody has confirmed, for officers and auditors alone. Those of yourself and of your
/// own organisations are left out.
#[utoipa::path(
    tag = "debarments", params(DebarmentQuery),
    responses((status = 200, description = "One page", body = Page<DebarmentView>)),
)]
#[get("/debarments")]
pub(super) async fn list(
    door: Door,
    request: HttpRequest,
    Signed(caller, query): Signed<Query<DebarmentQuery>>,
) -> Result<Answer, Problem> {
    let asked = Asked::<DebarmentId>::read(query.cursor.as_deref(), query.limit)?;
    let (of, mut reader) = ((query.organisation, query.person), door.reader().await?);
    let rows = debarments::list(&mut reader, &caller.actor, of, asked.after, asked.rows()).await?;
    Page::of(&asked, rows, |row| row.id, DebarmentView::from)?.answer(&request)
}

/// Confirm what another officer has recorded: from now on it binds on its days.
#[utoipa::path(
    tag = "debarments", request_body = Nothing,
    params(
        ("id" = Uuid, Path, description = "The debarment"),
        ("Idempotency-Key" = String, Header, description = "One string in quotes for each thing to be done"),
    ),
    responses(
        (status = 200, description = "Confirmed", body = DebarmentView),
        (status = 403, description = "You have recorded it, it is about you, or you are on the side of whom it is about"),
        (status = 409, description = "It is confirmed or set aside already"),
    ),
)]
#[post("/debarments/{id}/confirmation")]
pub(super) async fn confirm(
    door: Door,
    Signed(caller, (id, Keyed { once, .. })): Signed<(Path<DebarmentId>, Keyed<Nothing>)>,
) -> Result<Answer, Problem> {
    door.write_once(caller.person, once, async move |tx| {
        let debarment = debarments::confirm(tx, &caller.actor, *id).await?;
        Answer::ok(&DebarmentView::from(debarment))
    })
    .await
}

/// Propose that a debarment ends before its time, instead of what was proposed before; another officer must confirm it. What nobody has
/// confirmed is set aside at once.
#[utoipa::path(
    tag = "debarments", request_body = DebarmentEnd,
    params(
        ("id" = Uuid, Path, description = "The debarment"),
        ("Idempotency-Key" = String, Header, description = "One string in quotes for each thing to be done"),
    ),
    responses(
        (status = 200, description = "Proposed, or set aside", body = DebarmentView),
        (status = 403, description = "It is about you, or you are on the side of whom it is about"),
        (status = 409, description = "It is over already"),
        (status = 422, description = "The day is over, or it would not hold then anyway"),
    ),
)]
#[post("/debarments/{id}/end")]
pub(super) async fn end(
    door: Door,
    Signed(caller, (id, Keyed { body, once })): Signed<(Path<DebarmentId>, Keyed<DebarmentEnd>)>,
) -> Result<Answer, Problem> {
    door.write_once(caller.person, once, async move |tx| {
        let debarment = debarments::end(tx, &caller.actor, *id, (body.until, &body.reason)).await?;
        Answer::ok(&DebarmentView::from(debarment))
    })
    .await
}

/// Confirm the end that another officer has proposed. Where its day is over, it ends today.
#[utoipa::path(
    tag = "debarments", request_body = DebarmentEndRead,
    params(
        ("id" = Uuid, Path, description = "The debarment"),
        ("Idempotency-Key" = String, Header, description = "One string in quotes for each thing to be done"),
    ),
    responses(
        (status = 200, description = "It ends then", body = DebarmentView),
        (status = 403, description = "You have proposed it, it is about you, or you are on the side of whom it is about"),
        (status = 409, description = "It is over already, no end is proposed, or another one"),
    ),
)]
#[post("/debarments/{id}/end-confirmation")]
pub(super) async fn confirm_end(
    door: Door,
    Signed(caller, (id, Keyed { body, once })): Signed<(Path<DebarmentId>, Keyed<DebarmentEndRead>)>,
) -> Result<Answer, Problem> {
    door.write_once(caller.person, once, async move |tx| {
        let debarment = debarments::confirm_end(tx, &caller.actor, *id, body.until).await?;
        Answer::ok(&DebarmentView::from(debarment))
    })
    .await
}

/// What is on file against those who apply for this case, have written it or are its members, and bears on it: confirmed, for its scheme,
/// and not over.
#[utoipa::path(
    tag = "debarments", params(("id" = Uuid, Path, description = "The application")),
    responses((status = 200, description = "Each, oldest first", body = Vec<DebarmentView>)),
)]
#[get("/applications/{id}/debarments")]
pub(super) async fn of_case(door: Door, Signed(caller, id): Signed<Path<ApplicationId>>) -> Result<Answer, Problem> {
    let found = debarments::of_case(&mut door.reader().await?, &caller.actor, (*id, door.moment.now)).await?;
    Answer::ok(&found.into_iter().map(DebarmentView::from).collect::<Vec<_>>())
}
