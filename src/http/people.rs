//! Accounts, as administrators look after them.

use super::actor::Signed;
use super::answer::Answer;
use super::body::Body;
use super::idempotency::Keyed;
use super::page::{Asked, Page, PageQuery};
use super::precondition::IfMatch;
use super::problem::Problem;
use super::services::Door;
use crate::actions::people;
use crate::store::people::StoredPerson;
use actix_web::web::{Path, Query};
use actix_web::{HttpRequest, get, post, put};
use rules::actor::Role;
use rules::calculation::object;
use rules::ids::PersonId;
use rules::person::Language;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use utoipa::ToSchema;

/// What a person may be.
#[derive(ToSchema)]
#[schema(as = Role, rename_all = "snake_case")]
#[expect(dead_code, reason = "the shape of rules::actor::Role for the document, which that crate knows nothing of")]
pub(super) enum RoleShape {
    Applicant,
    Assessor,
    Officer,
    Committee,
    Approver,
    FinancePreparer,
    FinanceReleaser,
    Auditor,
    Administrator,
}

/// The language in which a person is written to.
#[derive(ToSchema)]
#[schema(as = Language)]
#[expect(
    dead_code,
    reason = "the shape of rules::person::Language for the document, which that crate knows nothing of"
)]
pub(super) enum LanguageShape {
    #[schema(rename = "en")]
    English,
    #[schema(rename = "zh-Hant")]
    TraditionalChinese,
    #[schema(rename = "zh-Hans")]
    SimplifiedChinese,
}

/// A person.
#[derive(Serialize, ToSchema)]
pub(super) struct PersonView {
    /// Identity.
    #[schema(value_type = Uuid)]
    id: PersonId,
    /// Address for signing in and for mail.
    email: String,
    /// As people write it.
    name: String,
    /// The language of mail.
    #[schema(value_type = LanguageShape)]
    language: Language,
    /// Roles held now.
    #[schema(value_type = Vec<RoleShape>)]
    roles: BTreeSet<Role>,
    /// Whether the account may be used.
    active: bool,
    /// What `If-Match` names, in quotes.
    version: i32,
}

impl From<StoredPerson> for PersonView {
    fn from(StoredPerson { person, version }: StoredPerson) -> Self {
        let rules::person::Person { id, email, name, language, roles, active } = person;
        Self { id, email, name, language, roles, active, version }
    }
}

/// What somebody writes about a person.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Introduction {
    /// Address for signing in and for mail.
    #[schema(format = Email, example = "mei.ling@example.hk", max_length = 254)]
    email: String,
    /// As people write it.
    #[schema(example = "Lam Mei Ling", min_length = 1, max_length = 200)]
    name: String,
    /// The language of mail.
    #[schema(value_type = LanguageShape)]
    language: Language,
}

impl From<Introduction> for people::Introduction {
    fn from(Introduction { email, name, language }: Introduction) -> Self {
        Self { email, name, language }
    }
}

/// Somebody whom an administrator adds.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Invitation {
    /// The person.
    #[serde(deserialize_with = "object")]
    person: Introduction,
    /// What they may be.
    #[schema(value_type = Vec<RoleShape>, min_items = 1)]
    roles: BTreeSet<Role>,
}

/// What a person may be from now on.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewRoles {
    /// All of them.
    #[schema(value_type = Vec<RoleShape>)]
    roles: BTreeSet<Role>,
    /// Whether the account may be used. Closing it ends every session at once.
    active: bool,
}

/// Authorities, as schemes name them.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Authorities {
    /// Their codes.
    #[schema(example = json!(["director"]))]
    authorities: BTreeSet<String>,
}

/// Add a person with roles.
#[utoipa::path(
    tag = "people", request_body = Invitation,
    params(("Idempotency-Key" = String, Header, description = "One string in quotes for each thing to be done")),
    responses((status = 201, description = "Added; a letter with a link to choose a password is on its way", body = PersonView)),
)]
#[post("/people")]
pub(super) async fn invite(
    door: Door,
    Signed(caller, Keyed { body, once }): Signed<Keyed<Invitation>>,
) -> Result<Answer, Problem> {
    door.write_once(caller.person, once, async move |tx| {
        let stored = people::invite(tx, &caller.actor, body.person.into(), body.roles).await?;
        let (location, version) = (format!("/api/v1/people/{}", stored.person.id), stored.version);
        Ok(Answer::created(location, &PersonView::from(stored))?.version(version))
    })
    .await
}

/// People in the order in which they came.
#[utoipa::path(
    tag = "people", params(PageQuery),
    responses((status = 200, description = "One page", body = Page<PersonView>)),
)]
#[get("/people")]
pub(super) async fn list(
    door: Door,
    request: HttpRequest,
    Signed(caller, query): Signed<Query<PageQuery>>,
) -> Result<Answer, Problem> {
    let asked = Asked::read(query.cursor.as_deref(), query.limit)?;
    let rows = people::list(&mut door.reader().await?, &caller.actor, asked.after, asked.rows()).await?;
    Page::of(&asked, rows, |row| row.person.id, PersonView::from)?.answer(&request)
}

/// One person.
#[utoipa::path(
    tag = "people", params(("id" = Uuid, Path, description = "The person")),
    responses((status = 200, description = "The person", body = PersonView)),
)]
#[get("/people/{id}")]
pub(super) async fn read(door: Door, Signed(caller, id): Signed<Path<PersonId>>) -> Result<Answer, Problem> {
    let stored = people::read(&mut door.reader().await?, &caller.actor, *id).await?;
    let version = stored.version;
    Ok(Answer::ok(&PersonView::from(stored))?.version(version))
}

/// Change what a person may be, or close the account. It takes effect with their next request.
#[utoipa::path(
    tag = "people", request_body = NewRoles,
    params(
        ("id" = Uuid, Path, description = "The person"),
        ("If-Match" = String, Header, description = "The ETag of what was read"),
    ),
    responses((status = 200, description = "Changed", body = PersonView)),
)]
#[put("/people/{id}/roles")]
pub(super) async fn change_roles(
    door: Door,
    Signed(caller, (id, IfMatch(version), body)): Signed<(Path<PersonId>, IfMatch, Body<NewRoles>)>,
) -> Result<Answer, Problem> {
    let NewRoles { roles, active } = body.0;
    door.write(async move |tx| {
        let stored = people::change_roles(tx, &caller.actor, *id, version, roles, active).await?;
        let version = stored.version;
        Ok(Answer::ok(&PersonView::from(stored))?.version(version))
    })
    .await
}

/// Under which authorities may this person approve?
#[utoipa::path(
    tag = "people", params(("id" = Uuid, Path, description = "The person")),
    responses((status = 200, description = "All of them", body = Authorities)),
)]
#[get("/people/{id}/authorities")]
pub(super) async fn read_authorities(
    door: Door,
    Signed(caller, id): Signed<Path<PersonId>>,
) -> Result<Answer, Problem> {
    let (authorities, version) = people::authorities(&mut door.reader().await?, &caller.actor, *id).await?;
    Ok(Answer::ok(&Authorities { authorities })?.version(version))
}

/// Say under which authorities this person may approve: all of them, from now on.
#[utoipa::path(
    tag = "people", request_body = Authorities,
    params(
        ("id" = Uuid, Path, description = "The person"),
        ("If-Match" = String, Header, description = "The ETag of what was read"),
    ),
    responses((status = 200, description = "Changed", body = Authorities)),
)]
#[put("/people/{id}/authorities")]
pub(super) async fn grant_authorities(
    door: Door,
    Signed(caller, (id, IfMatch(version), body)): Signed<(Path<PersonId>, IfMatch, Body<Authorities>)>,
) -> Result<Answer, Problem> {
    let granted = body.0;
    door.write(async move |tx| {
        let authorities = granted.authorities.clone();
        let version = people::grant_authorities(tx, &caller.actor, *id, version, authorities).await?;
        Ok(Answer::ok(&granted)?.version(version))
    })
    .await
}
