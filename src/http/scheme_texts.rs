//! Every text of a scheme that was published: from which day, by whom, and as it is.

use super::actor::Signed;
use super::answer::Answer;
use super::problem::Problem;
use super::services::Door;
use super::shapes::DifferenceShape;
use crate::actions::schemes::{self, Diff, Names};
use crate::store::scheme_texts::Published;
use actix_web::get;
use actix_web::web::{Path, Query};
use chrono::{DateTime, Utc};
use rules::calendar::Day;
use rules::ids::{PersonId, SchemeDraftId, SchemeTextId};
use rules::prose::Difference;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Somebody of the agency.
#[derive(Serialize, ToSchema)]
pub(super) struct PersonShown {
    /// Identity.
    #[schema(value_type = Uuid)]
    id: PersonId,
    /// What people call them.
    name: String,
}

impl PersonShown {
    pub(super) fn of(id: PersonId, names: &Names) -> Self {
        Self { id, name: names.get(&id).cloned().unwrap_or_default() }
    }
}

/// The texts of a scheme.
#[derive(Serialize, ToSchema)]
pub(super) struct TextHistory {
    /// The one whose day comes last first; of two for one day, the one that was published later.
    items: Vec<TextLine>,
}

/// A published text without its words.
#[derive(Serialize, ToSchema)]
pub(super) struct TextLine {
    /// Identity.
    #[schema(value_type = Uuid)]
    id: SchemeTextId,
    /// SHA-256 of the text: the `rules` of every answer that rests on it.
    hash: String,
    /// The first day on which it is in force.
    #[schema(value_type = String, format = Date)]
    from: Day,
    /// When it was published.
    published_at: DateTime<Utc>,
    /// The draft that it was; none where the console has published it.
    #[schema(value_type = Option<Uuid>)]
    draft: Option<SchemeDraftId>,
    /// Who proposed it.
    proposed_by: Option<PersonShown>,
    /// Who published it.
    published_by: Option<PersonShown>,
}

impl TextLine {
    fn of(text: Published, names: &Names) -> Self {
        Self {
            id: text.id,
            hash: text.hash,
            from: text.from,
            published_at: text.at,
            draft: text.by.map(|by| by.draft),
            proposed_by: text.by.map(|by| PersonShown::of(by.proposed_by, names)),
            published_by: text.by.map(|by| PersonShown::of(by.published_by, names)),
        }
    }
}

/// A published text, byte by byte.
#[derive(Serialize, ToSchema)]
pub(super) struct TextView {
    /// The scheme's code.
    #[schema(example = "NIAS")]
    code: String,
    /// SHA-256 of the text.
    hash: String,
    /// The whole file.
    text: String,
}

/// Which texts are compared.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct DiffQuery {
    /// The hash of the text before.
    from: String,
    /// The hash of the text after.
    to: String,
}

/// What differs between two texts.
#[derive(Serialize, ToSchema)]
pub(super) struct DiffView {
    /// The hash of the text before.
    before: String,
    /// The hash of the text after.
    after: String,
    /// Each rule that says something else: its path, what it said, and what it says.
    #[schema(value_type = Vec<DifferenceShape>)]
    differences: Vec<Difference>,
}

impl From<Diff> for DiffView {
    fn from(Diff { before, after, differences }: Diff) -> Self {
        Self { before, after, differences }
    }
}

/// What differs between two published texts of a scheme, in words.
#[utoipa::path(
    tag = "scheme_texts", security(()),
    params(("code" = String, Path, description = "The code of the scheme", example = "NIAS"), DiffQuery),
    responses((status = 200, description = "Rule by rule", body = DiffView)),
)]
#[get("/schemes/{code}/diff")]
pub(super) async fn diff(door: Door, code: Path<String>, query: Query<DiffQuery>) -> Result<Answer, Problem> {
    let hashes = (query.from.as_str(), query.to.as_str());
    let diff = schemes::diff(&mut door.reader().await?, &door.schemes, &code, hashes).await?;
    Ok(Answer::ok(&DiffView::from(diff))?.public())
}

/// Every text of a scheme that was published, with those whose day is still to come, and who has published each.
#[utoipa::path(
    tag = "scheme_texts", params(("code" = String, Path, description = "The code of the scheme", example = "NIAS")),
    responses((status = 200, description = "The one whose day comes last first", body = TextHistory)),
)]
#[get("/schemes/{code}/texts")]
pub(super) async fn list(door: Door, Signed(caller, code): Signed<Path<String>>) -> Result<Answer, Problem> {
    let (texts, names) = schemes::history(&mut door.reader().await?, &caller.actor, &code).await?;
    let items = texts.into_iter().map(|text| TextLine::of(text, &names)).collect();
    Answer::ok(&TextHistory { items })
}

/// A published text as it is: what a calculation names as its `rules` can be read by anybody. It never changes.
#[utoipa::path(
    tag = "scheme_texts", security(()),
    params(
        ("code" = String, Path, description = "The code of the scheme", example = "NIAS"),
        ("hash" = String, Path, description = "SHA-256 of the text, in hexadecimal"),
    ),
    responses((status = 200, description = "The text", body = TextView)),
)]
#[get("/schemes/{code}/texts/{hash}")]
pub(super) async fn read(door: Door, path: Path<(String, String)>) -> Result<Answer, Problem> {
    let (code, hash) = path.into_inner();
    let text = schemes::text(&mut door.reader().await?, &code, &hash).await?;
    let view = TextView { code: text.code, hash: text.hash, text: text.text };
    Ok(Answer::ok(&view)?.tagged(&view.hash).public())
}
