//! Drafts of schemes' texts: written by officers, checked as they are written, proposed from a day, and published by another officer.

use super::actor::Signed;
use super::answer::Answer;
use super::applications::{Nothing, Reason};
use super::body::Body;
use super::idempotency::Keyed;
use super::page::{Asked, Page};
use super::precondition::IfMatch;
use super::problem::Problem;
use super::scheme_texts::{DiffView, PersonShown};
use super::services::Door;
use crate::actions::scheme_drafts;
use crate::actions::schemes::Names;
use crate::store::scheme_drafts::Listed;
use actix_web::web::{Path, Query};
use actix_web::{HttpRequest, get, post, put};
use chrono::{DateTime, Utc};
use rules::calendar::Day;
use rules::ids::{PersonId, SchemeDraftId, SchemeTextId};
use rules::scheme::{Fault, Scheme};
use rules::scheme_draft::{DraftState, SchemeDraft};
use rules::scheme_text::SchemeText;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// A draft of a scheme's text.
#[derive(Serialize, ToSchema)]
pub(super) struct DraftView {
    /// Identity.
    #[schema(value_type = Uuid)]
    id: SchemeDraftId,
    /// The scheme's code, as far as the text says one.
    #[schema(example = "NIAS")]
    code: Option<String>,
    /// `draft`, `proposed`, `published` or `discarded`.
    state: &'static str,
    /// SHA-256 of the text.
    hash: String,
    /// The whole file.
    text: String,
    /// Everything that is wrong with it, as `almoner scheme check` says it; without any it may be proposed.
    faults: Vec<FaultView>,
    /// Everybody who has written or proposed it: none of them publishes it.
    authors: Vec<PersonShown>,
    /// Who proposed it.
    proposed_by: Option<PersonShown>,
    /// The day from which it is to be in force.
    #[schema(value_type = Option<String>, format = Date)]
    from: Option<Day>,
    /// Why it was given back last.
    reason: Option<String>,
    /// When it was begun.
    created_at: DateTime<Utc>,
    /// What `If-Match` names, in quotes.
    version: i32,
}

/// A fault of a text.
#[derive(Serialize, ToSchema)]
pub(super) struct FaultView {
    /// Counted from 1.
    line: usize,
    /// Counted from 1, in characters.
    column: usize,
    /// What is wrong and what to write.
    message: String,
}

impl From<Fault> for FaultView {
    fn from(Fault { line, column, message }: Fault) -> Self {
        Self { line, column, message }
    }
}

impl DraftView {
    fn of(draft: SchemeDraft, names: &Names) -> Self {
        let faults = Scheme::proved(&draft.text).err().unwrap_or_default();
        Self::with(draft, names, faults)
    }

    /// Of a text that has been looked at.
    fn with(draft: SchemeDraft, names: &Names, faults: Vec<Fault>) -> Self {
        let shown = |person: PersonId| PersonShown::of(person, names);
        Self {
            id: draft.id,
            code: draft.code,
            state: draft.state.code(),
            hash: draft.hash,
            text: draft.text,
            faults: faults.into_iter().map(FaultView::from).collect(),
            authors: draft.authors.into_iter().map(shown).collect(),
            proposed_by: draft.proposal.map(|proposal| shown(proposal.by)),
            from: draft.proposal.map(|proposal| proposal.from),
            reason: draft.reason,
            created_at: draft.created_at,
            version: draft.version,
        }
    }

    /// The draft as an answer, with the version for the next act.
    fn answer((draft, names): (SchemeDraft, Names)) -> Result<Answer, Problem> {
        let version = draft.version;
        Ok(Answer::ok(&Self::of(draft, &names))?.version(version))
    }
}

/// A draft in a list.
#[derive(Serialize, ToSchema)]
pub(super) struct DraftLine {
    /// Identity.
    id: Uuid,
    /// The scheme's code, as far as the text says one.
    #[schema(example = "NIAS")]
    code: Option<String>,
    /// `draft`, `proposed`, `published` or `discarded`.
    state: String,
    /// SHA-256 of the text.
    hash: String,
    /// Who wrote it last.
    edited_by: Uuid,
    /// The day from which it is to be in force.
    #[schema(value_type = Option<String>, format = Date)]
    from: Option<Day>,
    /// When it was begun.
    created_at: DateTime<Utc>,
    /// What `If-Match` names, in quotes.
    version: i32,
}

impl From<Listed> for DraftLine {
    fn from(listed: Listed) -> Self {
        Self {
            id: listed.id,
            code: listed.code,
            state: listed.state,
            hash: listed.hash,
            edited_by: listed.edited_by,
            from: listed.in_force_from.map(Day::from),
            created_at: listed.created_at,
            version: listed.version,
        }
    }
}

/// The text of a draft.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DraftText {
    /// The whole file; it may be faulty.
    text: String,
}

/// From when a text is to be in force.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ProposedDay {
    /// The first day: today at the earliest.
    #[schema(value_type = String, format = Date)]
    from: Day,
}

/// What the list is narrowed to.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct DraftQuery {
    /// `draft`, `proposed`, `published` or `discarded`; all when left out.
    state: Option<String>,
    /// Where the last page ended: its `next`.
    cursor: Option<String>,
    /// How many at most; 50 when left out.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u16>,
}

/// A text that has just been published.
#[derive(Serialize, ToSchema)]
pub(super) struct PublishedText {
    /// Identity.
    #[schema(value_type = Uuid)]
    id: SchemeTextId,
    /// The scheme's code.
    #[schema(example = "NIAS")]
    code: String,
    /// SHA-256 of the text.
    hash: String,
    /// The first day on which it is in force.
    #[schema(value_type = String, format = Date)]
    from: Day,
}

impl From<SchemeText> for PublishedText {
    fn from(text: SchemeText) -> Self {
        Self { id: text.id, code: text.code, hash: text.hash, from: text.from }
    }
}

/// Begin a draft. It may be faulty: the answer says what is wrong, where, and what to write.
#[utoipa::path(
    tag = "scheme_drafts", request_body = DraftText,
    params(("Idempotency-Key" = String, Header, description = "One string in quotes for each thing to be done")),
    responses((status = 201, description = "Begun", body = DraftView)),
)]
#[post("/scheme-drafts")]
pub(super) async fn create(
    door: Door,
    Signed(caller, Keyed { body, once }): Signed<Keyed<DraftText>>,
) -> Result<Answer, Problem> {
    let written = scheme_drafts::look_at(&caller.actor, body.text)?;
    door.write_once(caller.person, once, async move |tx| {
        let faults = written.faults().to_vec();
        let (draft, names) = scheme_drafts::create(tx, &caller.actor, written).await?;
        let (place, version) = (format!("/api/v1/scheme-drafts/{}", draft.id), draft.version);
        Ok(Answer::created(place, &DraftView::with(draft, &names, faults))?.version(version))
    })
    .await
}

/// Drafts, newest first.
#[utoipa::path(tag = "scheme_drafts", params(DraftQuery), responses((status = 200, description = "One page", body = Page<DraftLine>)))]
#[get("/scheme-drafts")]
pub(super) async fn list(
    door: Door,
    request: HttpRequest,
    Signed(caller, query): Signed<Query<DraftQuery>>,
) -> Result<Answer, Problem> {
    let asked = Asked::<SchemeDraftId>::read(query.cursor.as_deref(), query.limit)?;
    let unknown = || Problem::malformed_parameter("state", "write draft, proposed, published or discarded");
    let state = query.state.as_deref().map(|code| DraftState::from_code(code).ok_or_else(unknown)).transpose()?;
    let mut reader = door.reader().await?;
    let rows = scheme_drafts::list(&mut reader, &caller.actor, state, asked.after, asked.rows()).await?;
    Page::of(&asked, rows, |row| SchemeDraftId(row.id), DraftLine::from)?.answer(&request)
}

/// A draft, with everything that is wrong with it.
#[utoipa::path(
    tag = "scheme_drafts", params(("id" = Uuid, Path, description = "The draft")),
    responses((status = 200, description = "The draft", body = DraftView)),
)]
#[get("/scheme-drafts/{id}")]
pub(super) async fn read(door: Door, Signed(caller, id): Signed<Path<SchemeDraftId>>) -> Result<Answer, Problem> {
    DraftView::answer(scheme_drafts::read(&mut door.reader().await?, &caller.actor, *id).await?)
}

/// What a draft would change: it beside the text that is in force today, or on the day from which it is proposed, in words.
#[utoipa::path(
    tag = "scheme_drafts", params(("id" = Uuid, Path, description = "The draft")),
    responses(
        (status = 200, description = "Rule by rule", body = DiffView),
        (status = 404, description = "No text of its scheme is in force"),
        (status = 422, description = "The draft cannot be read"),
    ),
)]
#[get("/scheme-drafts/{id}/diff")]
pub(super) async fn diff(door: Door, Signed(caller, id): Signed<Path<SchemeDraftId>>) -> Result<Answer, Problem> {
    let mut reader = door.reader().await?;
    let diff = scheme_drafts::diff(&mut reader, &caller.actor, &door.schemes, *id, door.moment.today()).await?;
    Answer::ok(&DiffView::from(diff))
}

/// Replace the text of a draft. It may be faulty: the answer says what is wrong, where, and what to write.
#[utoipa::path(
    tag = "scheme_drafts", request_body = DraftText,
    params(
        ("id" = Uuid, Path, description = "The draft"),
        ("If-Match" = String, Header, description = "The ETag of what was read"),
    ),
    responses((status = 200, description = "Replaced", body = DraftView)),
)]
#[put("/scheme-drafts/{id}/text")]
pub(super) async fn edit(
    door: Door,
    Signed(caller, (id, IfMatch(version), body)): Signed<(Path<SchemeDraftId>, IfMatch, Body<DraftText>)>,
) -> Result<Answer, Problem> {
    let written = scheme_drafts::look_at(&caller.actor, body.0.text)?;
    door.write(async move |tx| {
        let faults = written.faults().to_vec();
        let (draft, names) = scheme_drafts::edit(tx, &caller.actor, *id, version, written).await?;
        let version = draft.version;
        Ok(Answer::ok(&DraftView::with(draft, &names, faults))?.version(version))
    })
    .await
}

/// Discard a draft that nobody is to propose. It stays to be read, and never changes again.
#[utoipa::path(
    tag = "scheme_drafts", request_body = Nothing,
    params(
        ("id" = Uuid, Path, description = "The draft"),
        ("If-Match" = String, Header, description = "The ETag of what was read"),
        ("Idempotency-Key" = String, Header, description = "One string in quotes for each thing to be done"),
    ),
    responses((status = 204, description = "Discarded"), (status = 409, description = "It is no draft any more")),
)]
#[post("/scheme-drafts/{id}/discard")]
pub(super) async fn discard(
    door: Door,
    Signed(caller, (id, IfMatch(version), Keyed { once, .. })): Signed<(Path<SchemeDraftId>, IfMatch, Keyed<Nothing>)>,
) -> Result<Answer, Problem> {
    door.write_once(caller.person, once, async move |tx| {
        scheme_drafts::discard(tx, &caller.actor, *id, version).await?;
        Ok(Answer::nothing())
    })
    .await
}

/// Propose a draft that has no fault, from a day. It is frozen, and waits for another officer.
#[utoipa::path(
    tag = "scheme_drafts", request_body = ProposedDay,
    params(
        ("id" = Uuid, Path, description = "The draft"),
        ("If-Match" = String, Header, description = "The ETag of what was read"),
        ("Idempotency-Key" = String, Header, description = "One string in quotes for each thing to be done"),
    ),
    responses(
        (status = 200, description = "Proposed", body = DraftView),
        (status = 422, description = "The text has a fault, or the day is over"),
    ),
)]
#[post("/scheme-drafts/{id}/proposal")]
pub(super) async fn propose(
    door: Door,
    Signed(caller, (id, IfMatch(version), Keyed { body, once })): Signed<(
        Path<SchemeDraftId>,
        IfMatch,
        Keyed<ProposedDay>,
    )>,
) -> Result<Answer, Problem> {
    door.write_once(caller.person, once, async move |tx| {
        DraftView::answer(scheme_drafts::propose(tx, &caller.actor, *id, version, body.from).await?)
    })
    .await
}

/// Take a proposal back, or give it back to be written again.
#[utoipa::path(
    tag = "scheme_drafts", request_body = Reason,
    params(
        ("id" = Uuid, Path, description = "The draft"),
        ("If-Match" = String, Header, description = "The ETag of what was read"),
        ("Idempotency-Key" = String, Header, description = "One string in quotes for each thing to be done"),
    ),
    responses((status = 200, description = "A draft again", body = DraftView)),
)]
#[post("/scheme-drafts/{id}/return")]
pub(super) async fn give_back(
    door: Door,
    Signed(caller, (id, IfMatch(version), Keyed { body, once })): Signed<(Path<SchemeDraftId>, IfMatch, Keyed<Reason>)>,
) -> Result<Answer, Problem> {
    door.write_once(caller.person, once, async move |tx| {
        DraftView::answer(scheme_drafts::give_back(tx, &caller.actor, *id, version, &body.reason).await?)
    })
    .await
}

/// Publish a proposal that you have had no hand in. It is in force from its day on, and never changes.
#[utoipa::path(
    tag = "scheme_drafts", request_body = Nothing,
    params(
        ("id" = Uuid, Path, description = "The draft"),
        ("If-Match" = String, Header, description = "The ETag of what was read"),
        ("Idempotency-Key" = String, Header, description = "One string in quotes for each thing to be done"),
    ),
    responses(
        (status = 201, description = "Published", body = PublishedText),
        (status = 403, description = "You have written or proposed it"),
        (status = 422, description = "The day is over"),
    ),
)]
#[post("/scheme-drafts/{id}/publication")]
pub(super) async fn publish(
    door: Door,
    Signed(caller, (id, IfMatch(version), Keyed { once, .. })): Signed<(Path<SchemeDraftId>, IfMatch, Keyed<Nothing>)>,
) -> Result<Answer, Problem> {
    door.write_once(caller.person, once, async move |tx| {
        let text = scheme_drafts::publish(tx, &caller.actor, *id, version).await?;
        let place = format!("/api/v1/schemes/{}/texts/{}", text.code, text.hash);
        Answer::created(place, &PublishedText::from(text))
    })
    .await
}
