//! The letters of a case: listed, read as text, and fetched as PDF.

use super::actor::Signed;
use super::answer::Answer;
use super::code::Code;
use super::given::disposition;
use super::page::Short;
use super::problem::Problem;
use super::services::Door;
use super::shapes::LetterShape;
use crate::actions::letters;
use crate::press::Stopped;
use actix_web::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE, ETAG, RETRY_AFTER};
use actix_web::web::Path;
use actix_web::{HttpResponse, get};
use chrono::{DateTime, Utc};
use rules::calendar::Day;
use rules::ids::{ApplicationId, LetterId};
use rules::letter::{LANGUAGES, Letter, LetterText};
use serde::Serialize;
use utoipa::ToSchema;

/// A letter.
#[derive(Serialize, ToSchema)]
pub(super) struct LetterView {
    /// Identity.
    #[schema(value_type = Uuid)]
    id: LetterId,
    /// Of which application.
    #[schema(value_type = Uuid)]
    application: ApplicationId,
    /// `offer`, `agreement`, `refusal`, `amendment` or `demand`.
    #[schema(example = "offer")]
    kind: &'static str,
    /// The version of the application that came with it.
    version: i32,
    /// Of an amendment, the number of the change request that was granted.
    change_request: Option<i32>,
    /// The day of the letter.
    #[schema(value_type = String, format = Date)]
    day: Day,
    /// In which languages it is written, side by side.
    languages: [&'static str; 2],
    /// SHA-256 of its text as canonical JSON (RFC 8785).
    sha256: String,
    /// When it was written.
    written_at: DateTime<Utc>,
}

impl From<&Letter> for LetterView {
    fn from(letter: &Letter) -> Self {
        Self {
            id: letter.id,
            application: letter.application,
            kind: letter.kind.code(),
            version: letter.version,
            change_request: letter.change,
            day: letter.day,
            languages: LANGUAGES,
            sha256: letter.sha256.clone(),
            written_at: letter.at,
        }
    }
}

/// The letters of an application, the last first. There are none before an offer or a refusal; each
/// change of the award that is granted adds one, and so does each demand that is confirmed.
#[utoipa::path(
    tag = "letters", params(("id" = Uuid, Path, description = "The application")),
    responses((status = 200, description = "All of them", body = Short<LetterView>)),
)]
#[get("/applications/{id}/letters")]
pub(super) async fn list(door: Door, Signed(caller, id): Signed<Path<ApplicationId>>) -> Result<Answer, Problem> {
    let letters = letters::list(&mut door.reader().await?, &caller.actor, *id, door.moment.now).await?;
    Answer::ok(&Short { items: letters.iter().map(LetterView::from).collect() })
}

/// The text of a letter as it was sent: canonical JSON, of which `ETag` is the SHA-256.
#[utoipa::path(
    tag = "letters",
    params(("id" = Uuid, Path, description = "The application"), ("letter" = Uuid, Path, description = "The letter")),
    responses((status = 200, description = "The text", body = LetterShape)),
)]
#[get("/applications/{id}/letters/{letter}")]
pub(super) async fn read(
    door: Door,
    Signed(caller, path): Signed<Path<(ApplicationId, LetterId)>>,
) -> Result<Answer, Problem> {
    let letter = letters::read(&mut door.reader().await?, &caller.actor, *path, door.moment.now).await?;
    Ok(Answer::json(letter.text).tagged(&letter.sha256))
}

/// A letter as PDF, in both languages and tagged for screen readers. `ETag` is the SHA-256 of its text.
#[utoipa::path(
    tag = "letters",
    params(("id" = Uuid, Path, description = "The application"), ("letter" = Uuid, Path, description = "The letter")),
    responses(
        (status = 200, description = "The PDF", body = Vec<u8>, content_type = "application/pdf"),
        (status = 503, description = "Others have their letters set at this moment, or the fonts are missing"),
    ),
)]
#[get("/applications/{id}/letters/{letter}/pdf")]
pub(super) async fn pdf(
    door: Door,
    Signed(caller, path): Signed<Path<(ApplicationId, LetterId)>>,
) -> Result<HttpResponse, Problem> {
    // The connection is given back before the letter is set.
    let letter = letters::read(&mut door.reader().await?, &caller.actor, *path, door.moment.now).await?;
    let text: LetterText = letter.read().map_err(|error| Problem::failed(&format!("letter {}: {error}", letter.id)))?;
    let number = letter.change.map(|number| format!("-{number}")).unwrap_or_default();
    let name = format!("{}-{}{number}.pdf", text.reference, letter.kind.code());
    let pdf = door.press.pdf(text, letter.sha256.clone()).await?;
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "application/pdf"))
        .insert_header((CONTENT_DISPOSITION, disposition(&name)))
        .insert_header((ETAG, format!("\"{}\"", letter.sha256)))
        .body(pdf))
}

impl From<Stopped> for Problem {
    fn from(stopped: Stopped) -> Self {
        match stopped {
            Stopped::Taken => Self::unavailable("Others have their letters set at this moment: try again shortly."),
            Stopped::NoFonts { .. } => {
                tracing::error!(error = %stopped, "a letter could not be set");
                let detail =
                    "The fonts of letters are missing here: whoever runs this must install them. The text can be read.";
                Self::new(Code::FontsMissing, detail).header(RETRY_AFTER, "600")
            }
            Stopped::Failed(reason) => Self::failed(&reason),
        }
    }
}
