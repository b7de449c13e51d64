//! Files of applications: attach, list, look at, fetch, take away.

use super::actor::{Caller, Signed};
use super::answer::Answer;
use super::code::Code;
use super::given::{Given, give};
use super::idempotency::Once;
use super::page::Short;
use super::problem::Problem;
use super::services::Door;
use super::upload::Upload;
use crate::actions::attachments;
use crate::files::{Expected, Fault, Incoming, Whole};
use actix_web::dev::Payload;
use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse, ResponseError, delete, get, post};
use chrono::{DateTime, Utc};
use futures_util::StreamExt;
use rules::attachment::{Arrived, Attachment, Room};
use rules::blind::Identity;
use rules::ids::{ApplicationId, AttachmentId, PersonId};
use serde::Serialize;
use serde_json::json;
use sha2::{Digest, Sha256};
use std::sync::Arc;
use tokio::time::timeout;
use utoipa::ToSchema;
use uuid::Uuid;

/// A file of an application.
#[derive(Serialize, ToSchema)]
pub(super) struct AttachmentView {
    /// Identity.
    #[schema(value_type = Uuid)]
    id: AttachmentId,
    /// Of which application.
    #[schema(value_type = Uuid)]
    application: ApplicationId,
    /// Which document of the scheme it is, or for which obligation; `null` for anything else.
    document: Option<String>,
    /// What its applicant calls it; for whoever assesses the application without being told who applies, a name that tells nothing.
    #[schema(example = "plan.pdf")]
    name: String,
    /// What it is, by its content.
    #[schema(example = "application/pdf")]
    media_type: &'static str,
    /// How long it is.
    bytes: u64,
    /// SHA-256 of its bytes.
    sha256: String,
    /// Whether it was looked at for malicious code: `not_scanned` or `clean`.
    #[schema(example = "not_scanned")]
    scanned: &'static str,
    /// Who attached it; null for whoever assesses the application without being told who applies.
    #[schema(value_type = Option<Uuid>)]
    attached_by: Option<PersonId>,
    /// When.
    attached_at: DateTime<Utc>,
}

impl AttachmentView {
    fn of(attachment: Attachment, identity: Identity) -> Self {
        Self {
            id: attachment.id,
            application: attachment.application,
            document: attachment.document,
            name: attachment.name,
            media_type: attachment.media_type.mime(),
            bytes: attachment.bytes,
            sha256: attachment.sha256,
            scanned: attachment.scan.code(),
            attached_by: identity.tell(attachment.attached_by),
            attached_at: attachment.attached_at,
        }
    }
}

/// Attach a file to a draft, or to a running case for what is owed on it. The body is the file; `Content-Type` says what it is, and its content must be that.
#[utoipa::path(
    tag = "attachments", request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    params(
        ("id" = Uuid, Path, description = "The application"),
        ("Content-Disposition" = String, Header, description = "attachment; filename=\"plan.pdf\"; with name=\"CODE\" where it is a document of the scheme, or for an obligation"),
        ("Idempotency-Key" = String, Header, description = "One string in quotes for each thing to be done"),
    ),
    responses(
        (status = 201, description = "Attached", body = AttachmentView),
        (status = 413, description = "Longer than is taken; nothing was kept"),
        (status = 503, description = "Others send as many as may arrive at once, or nobody can look at it; nothing was kept"),
        (status = 422, description = "Empty, of a type that is not taken, not what it is said to be, malicious, or one too many"),
    ),
)]
#[post("/applications/{id}/attachments")]
pub(super) async fn attach(
    door: Door,
    Signed(caller, (id, upload)): Signed<(Path<ApplicationId>, Upload)>,
) -> Result<Answer, Problem> {
    let asked = (upload.document.as_deref(), door.file_bytes_max);
    // The connection is given back before the first byte is read.
    let room =
        attachments::room(&mut door.reader().await?, &caller.actor, &door.schemes, *id, asked, door.moment).await?;
    if upload.announced.is_some_and(|bytes| bytes > room.bytes_max) {
        return Err(Fault::TooLong { bytes_max: room.bytes_max }.into());
    }
    // Taken by those alone who may send it, and given back when it has come.
    let turn = Arc::clone(&door.uploads).try_acquire_owned().map_err(|_taken| Problem::uploads_taken())?;
    let Upload { key, path, document, name, declared, payload, .. } = upload;
    let Room { types, bytes_max } = room;
    let new = AttachmentId(Uuid::now_v7());
    let incoming = door.files.begin(Expected { id: new, declared, types, bytes_max }).await?;
    let whole = match timeout(door.upload_time_max, taken(incoming, payload)).await {
        Ok(taken) => taken?,
        // Dropped half-way, so nothing of it stays.
        Err(_elapsed) => return Err(Problem::new(Code::TooSlow, "The file did not arrive in time.")),
    };
    drop(turn);
    let asked = json!([path, document, name, declared.mime(), whole.sha256]).to_string();
    let once = Once::of(key, Sha256::digest(asked).into());
    let Whole { bytes, sha256, media_type, scan } = whole;
    let arrived = Arrived { id: new, document, name, media_type, bytes, sha256, scan };
    kept(door, caller, *id, arrived, once).await
}

/// Everything that comes, as it comes.
async fn taken(mut incoming: Incoming, mut payload: Payload) -> Result<Whole, Problem> {
    while let Some(bytes) = payload.next().await {
        let went = match bytes {
            Ok(bytes) => incoming.take(&bytes).await.map_err(Problem::from),
            Err(error) => Err(Problem::new(Code::Malformed, format!("The file broke off: {error}."))),
        };
        if let Err(problem) = went {
            incoming.give_up().await;
            return Err(problem);
        }
    }
    Ok(incoming.finish().await?)
}

/// Bytes that have come become a file of the application. Where it is sure that they do not, they are deleted at once; where nobody
/// knows whether the database has them, the sweep finds out.
async fn kept(door: Door, caller: Caller, id: ApplicationId, arrived: Arrived, once: Once) -> Result<Answer, Problem> {
    let (schemes, bytes_max, new) = (door.schemes.clone(), door.file_bytes_max, arrived.id);
    let location = format!("/api/v1/attachments/{new}");
    let there = location.clone();
    let answer = door
        .write_once(caller.person, once, async move |tx| {
            let attached = attachments::attach(tx, &caller.actor, &schemes, id, (arrived, bytes_max)).await?;
            Answer::created(there, &AttachmentView::of(attached, Identity::Shown))
        })
        .await;
    let unused = match &answer {
        Ok(answer) => !answer.is_at(&location),
        Err(problem) => problem.status_code().is_client_error(),
    };
    if unused && let Err(error) = door.files.delete(new).await {
        tracing::warn!(attachment = %new, %error, "a file that is not needed could not be deleted; the sweep will");
    }
    answer
}

/// The files of an application, oldest first: at most 50, and at most 50 for each obligation.
#[utoipa::path(
    tag = "attachments", params(("id" = Uuid, Path, description = "The application")),
    responses((status = 200, description = "All of them", body = Short<AttachmentView>)),
)]
#[get("/applications/{id}/attachments")]
pub(super) async fn list(door: Door, Signed(caller, id): Signed<Path<ApplicationId>>) -> Result<Answer, Problem> {
    let (identity, all) = attachments::list(&mut door.reader().await?, &caller.actor, *id, door.moment.now).await?;
    Answer::ok(&Short { items: all.into_iter().map(|file| AttachmentView::of(file, identity)).collect() })
}

/// What is known of a file.
#[utoipa::path(
    tag = "attachments", params(("id" = Uuid, Path, description = "The file")),
    responses((status = 200, description = "The file", body = AttachmentView)),
)]
#[get("/attachments/{id}")]
pub(super) async fn read(door: Door, Signed(caller, id): Signed<Path<AttachmentId>>) -> Result<Answer, Problem> {
    let (identity, file) = attachments::read(&mut door.reader().await?, &caller.actor, *id, door.moment.now).await?;
    Answer::ok(&AttachmentView::of(file, identity))
}

/// A file, or one range of its bytes. It is to be kept, never to be shown in a page.
#[utoipa::path(
    tag = "attachments",
    params(
        ("id" = Uuid, Path, description = "The file"),
        ("Range" = Option<String>, Header, description = "One range, such as bytes=0-1023"),
    ),
    responses(
        (status = 200, description = "All of it", body = Vec<u8>, content_type = "application/octet-stream"),
        (status = 206, description = "The range", body = Vec<u8>, content_type = "application/octet-stream"),
    ),
)]
#[get("/attachments/{id}/content")]
pub(super) async fn content(
    door: Door,
    request: HttpRequest,
    Signed(caller, id): Signed<Path<AttachmentId>>,
) -> Result<HttpResponse, Problem> {
    // The connection is given back before the first byte is read.
    let (_, attachment) = attachments::read(&mut door.reader().await?, &caller.actor, *id, door.moment.now).await?;
    give(&door.files, Given::from(&attachment), request.headers()).await
}

/// Take a file away that was not sent: one of a draft, or one that came in answer to a return that is still open.
#[utoipa::path(
    tag = "attachments", params(("id" = Uuid, Path, description = "The file")),
    responses((status = 204, description = "Taken away")),
)]
#[delete("/attachments/{id}")]
pub(super) async fn detach(door: Door, Signed(caller, id): Signed<Path<AttachmentId>>) -> Result<Answer, Problem> {
    let id = *id;
    let answer = door
        .write(async move |tx| {
            attachments::detach(tx, &caller.actor, id).await?;
            Ok(Answer::nothing())
        })
        .await?;
    // It is nobody's any more, whatever becomes of its bytes.
    if let Err(error) = door.files.delete(id).await {
        tracing::warn!(attachment = %id, %error, "a file that was taken away could not be deleted; the sweep will");
    }
    Ok(answer)
}
