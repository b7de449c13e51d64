//! Assessors: what they know, when they have time, and what they declare.

use super::actor::Signed;
use super::answer::Answer;
use super::body::Body;
use super::idempotency::Keyed;
use super::page::{Asked, Page, PageQuery, unreadable_cursor};
use super::people::LanguageShape;
use super::precondition::IfMatch;
use super::problem::Problem;
use super::services::Door;
use super::shapes::TextShape;
use crate::actions::assessors;
use crate::store::assessors::Assessor;
use actix_web::web::{Path, Query};
use actix_web::{HttpRequest, get, post, put};
use chrono::{DateTime, Utc};
use rules::assessor::{Declaration, Field, Interest, Profile, is_field_code};
use rules::calculation::object;
use rules::calendar::Day;
use rules::ids::{DeclarationId, PersonId};
use rules::person::Language;
use rules::text::Text;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use utoipa::ToSchema;

/// A field of expertise.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct FieldView {
    /// The code that profiles name; the same for every scheme.
    #[schema(example = "life_science", pattern = "^[a-z][a-z0-9_]{0,59}$")]
    code: String,
    /// What people call it, in each language.
    #[schema(value_type = TextShape, example = json!({ "en": "Life science", "zh-Hant": "生命科學", "zh-Hans": "生命科学" }))]
    #[serde(deserialize_with = "object")]
    name: Text,
    /// Whether profiles may still take it up.
    in_use: bool,
}

impl From<Field> for FieldView {
    fn from(Field { code, name, in_use }: Field) -> Self {
        Self { code, name, in_use }
    }
}

/// The list of fields of expertise, by code.
#[utoipa::path(
    tag = "assessors", params(PageQuery),
    responses((status = 200, description = "One page", body = Page<FieldView>)),
)]
#[get("/expertise")]
pub(super) async fn known_fields(
    door: Door,
    request: HttpRequest,
    Signed(caller, query): Signed<Query<PageQuery>>,
) -> Result<Answer, Problem> {
    let asked = Asked::<String>::read(query.cursor.as_deref(), query.limit)?;
    // A code that the database cannot hold is of no field, and no cursor that was made here names it.
    if asked.after.as_deref().is_some_and(|code| !is_field_code(code)) {
        return Err(unreadable_cursor());
    }
    let (after, rows) = (asked.after.as_deref(), asked.rows());
    let fields = assessors::fields(&mut door.reader().await?, &caller.actor, after, rows).await?;
    Page::of(&asked, fields, |field| field.code.clone(), FieldView::from)?.answer(&request)
}

/// Add a field to the list of expertise, or change what one is called or whether it is in use.
#[utoipa::path(
    tag = "assessors", request_body = FieldView,
    params(("Idempotency-Key" = String, Header, description = "One string in quotes for each thing to be done")),
    responses((status = 200, description = "Kept", body = FieldView)),
)]
#[post("/expertise")]
pub(super) async fn keep_field(
    door: Door,
    Signed(caller, Keyed { body, once }): Signed<Keyed<FieldView>>,
) -> Result<Answer, Problem> {
    door.write_once(caller.person, once, async move |tx| {
        let FieldView { code, name, in_use } = body;
        let field = Field { code, name, in_use };
        assessors::keep_field(tx, &caller.actor, field.clone()).await?;
        Answer::ok(&FieldView::from(field))
    })
    .await
}

/// Somebody to whom proposals can be given.
#[derive(Serialize, ToSchema)]
pub(super) struct AssessorView {
    /// Identity: what an assignment names.
    #[schema(value_type = Uuid)]
    id: PersonId,
    /// As people write it.
    name: String,
    /// The language in which they are written to.
    #[schema(value_type = LanguageShape)]
    language: Language,
    /// The codes of the fields that they know.
    expertise: BTreeSet<String>,
    /// The first day on which they have time.
    #[schema(value_type = Option<String>, format = Date)]
    from: Option<Day>,
    /// The first day on which they have time no more.
    #[schema(value_type = Option<String>, format = Date)]
    until: Option<Day>,
    /// The most proposals that they take at a time; null while they have not said.
    proposals_max: Option<u32>,
    /// How many they have at the moment.
    at_work: u32,
    /// The first day on which what they have declared counts no more; null while nothing counts, and nothing can be given to them.
    #[schema(value_type = Option<String>, format = Date)]
    declared_until: Option<Day>,
}

impl From<Assessor> for AssessorView {
    fn from(Assessor { id, name, language, profile, declared_until, at_work }: Assessor) -> Self {
        let Profile { expertise, from, until, proposals_max, .. } = profile;
        Self { id, name, language, expertise, from, until, proposals_max, at_work, declared_until }
    }
}

/// An assessor, with what they have declared.
#[derive(Serialize, ToSchema)]
pub(super) struct AssessorDetail {
    /// What officers find of them in the list.
    #[serde(flatten)]
    assessor: AssessorView,
    /// What they have declared that counts or will count.
    declarations: Vec<DeclarationView>,
    /// What `If-Match` names, in quotes.
    version: i32,
}

impl AssessorDetail {
    fn answer((assessor, declarations): (Assessor, Vec<Declaration>)) -> Result<Answer, Problem> {
        let version = assessor.profile.version;
        let declarations = declarations.into_iter().map(DeclarationView::from).collect();
        Ok(Answer::ok(&Self { assessor: assessor.into(), declarations, version })?.version(version))
    }
}

/// What an assessor has declared for a year.
#[derive(Serialize, ToSchema)]
pub(super) struct DeclarationView {
    /// Identity.
    #[schema(value_type = Uuid)]
    id: DeclarationId,
    /// The first day of the year.
    #[schema(value_type = String, format = Date)]
    from: Day,
    /// The first day of the next year.
    #[schema(value_type = String, format = Date)]
    until: Day,
    /// The interests; an empty list says that there are none.
    #[schema(value_type = Vec<InterestShape>)]
    interests: Vec<Interest>,
    /// When it was made.
    declared_at: DateTime<Utc>,
}

impl From<Declaration> for DeclarationView {
    fn from(Declaration { id, from, until, interests, at, .. }: Declaration) -> Self {
        Self { id, from, until, interests, declared_at: at }
    }
}

/// An interest: a tie to an organisation or to a person.
#[derive(ToSchema)]
#[schema(as = Interest)]
#[expect(
    dead_code,
    reason = "the shape of rules::assessor::Interest for the document, which that crate knows nothing of"
)]
pub(super) struct InterestShape {
    tie: TieShape,
    /// The name of an organisation, unless it is a person.
    organisation: Option<String>,
    /// Its Unique Business Identifier, where it is known.
    ubi: Option<String>,
    /// The name of a person, unless it is an organisation.
    person: Option<String>,
}

/// How somebody is tied to what they have an interest in.
#[derive(ToSchema)]
#[schema(as = Tie, rename_all = "snake_case")]
#[expect(dead_code, reason = "the shape of rules::assessor::Tie for the document, which that crate knows nothing of")]
pub(super) enum TieShape {
    Employment,
    Directorship,
    Ownership,
    Family,
    Professional,
    Other,
}

/// The assessors whose accounts are open, in the order in which they came.
#[utoipa::path(
    tag = "assessors", params(PageQuery),
    responses((status = 200, description = "One page", body = Page<AssessorView>)),
)]
#[get("/assessors")]
pub(super) async fn list(
    door: Door,
    request: HttpRequest,
    Signed(caller, query): Signed<Query<PageQuery>>,
) -> Result<Answer, Problem> {
    let asked = Asked::read(query.cursor.as_deref(), query.limit)?;
    let rows = assessors::page(&mut door.reader().await?, &caller.actor, asked.after, asked.rows()).await?;
    Page::of(&asked, rows, |row| row.id, AssessorView::from)?.answer(&request)
}

/// One assessor, for officers and for themselves.
#[utoipa::path(
    tag = "assessors", params(("id" = Uuid, Path, description = "The person")),
    responses((status = 200, description = "The assessor", body = AssessorDetail)),
)]
#[get("/assessors/{id}")]
pub(super) async fn read(door: Door, Signed(caller, id): Signed<Path<PersonId>>) -> Result<Answer, Problem> {
    AssessorDetail::answer(assessors::read(&mut door.reader().await?, &caller.actor, *id).await?)
}

/// What an assessor knows, and when they have time.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ProfileRequest {
    /// Codes of the list of expertise.
    #[schema(example = json!(["life_science"]))]
    expertise: BTreeSet<String>,
    /// The first day on which you have time; left out, since ever.
    #[schema(value_type = Option<String>, format = Date)]
    #[serde(default)]
    from: Option<Day>,
    /// The first day on which you have time no more; left out, for ever.
    #[schema(value_type = Option<String>, format = Date)]
    #[serde(default)]
    until: Option<Day>,
    /// The most proposals that you take at a time.
    #[schema(minimum = 1, maximum = 200)]
    #[serde(default)]
    proposals_max: Option<u32>,
}

/// Say what you know and when you have time.
#[utoipa::path(
    tag = "assessors", request_body = ProfileRequest,
    params(
        ("id" = Uuid, Path, description = "You"),
        ("If-Match" = String, Header, description = "The ETag of what was read"),
    ),
    responses((status = 200, description = "Kept", body = AssessorDetail)),
)]
#[put("/assessors/{id}/profile")]
pub(super) async fn keep_profile(
    door: Door,
    Signed(caller, (id, IfMatch(version), body)): Signed<(Path<PersonId>, IfMatch, Body<ProfileRequest>)>,
) -> Result<Answer, Problem> {
    let ProfileRequest { expertise, from, until, proposals_max } = body.0;
    let new = Profile { expertise, from, until, proposals_max, ..Profile::unsaid(*id) };
    door.write(async move |tx| {
        AssessorDetail::answer(assessors::keep_profile(tx, &caller.actor, (*id, version), new).await?)
    })
    .await
}

/// Interests for a year.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DeclarationRequest {
    /// All of them, or what is to be added; an empty list says that there are none.
    #[schema(value_type = Vec<InterestShape>, max_items = 100)]
    interests: Vec<Interest>,
    /// For the next year, from 1 April; left out, for the one that runs.
    #[serde(default)]
    next_year: bool,
}

/// Declare your interests for the year that runs, from 1 April, or for the next one. All that is declared for a year counts until it ends.
#[utoipa::path(
    tag = "assessors", request_body = DeclarationRequest,
    params(
        ("id" = Uuid, Path, description = "You"),
        ("Idempotency-Key" = String, Header, description = "One string in quotes for each thing to be done"),
    ),
    responses((status = 201, description = "Declared", body = DeclarationView)),
)]
#[post("/assessors/{id}/declarations")]
pub(super) async fn declare(
    door: Door,
    Signed(caller, (id, Keyed { body, once })): Signed<(Path<PersonId>, Keyed<DeclarationRequest>)>,
) -> Result<Answer, Problem> {
    door.write_once(caller.person, once, async move |tx| {
        let declared = (body.interests, body.next_year);
        let declaration = assessors::declare(tx, &caller.actor, *id, declared).await?;
        Answer::created(format!("/api/v1/assessors/{id}"), &DeclarationView::from(declaration))
    })
    .await
}
