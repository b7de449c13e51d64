//! Files of applications: who may see, attach and take away one is who may read and edit the application.

use super::schemes::Schemes;
use super::standing::rules_of;
use super::{Error, applications, case};
use crate::store::{Connected, Moment, Reader, Tx, applications as cases, attachments, obligations, returns};
use chrono::{DateTime, Utc};
use rules::actor::Actor;
use rules::application::Application;
use rules::attachment::{Arrived, Attachment, Room};
use rules::blind::Identity;
use rules::ids::{ApplicationId, AttachmentId};
use rules::obligation::room_for as room_for_owed;
use rules::permission::Verb;
use rules::refusal::Refusal;

/// The files of an application that whoever reads it may see, oldest first. Every door that shows a file, or works something out from
/// files, asks here.
///
/// # Errors
/// When the database fails.
pub(super) async fn seen_by(
    reader: &mut impl Connected,
    actor: &Actor,
    application: &Application,
) -> Result<Vec<Attachment>, Error> {
    let open = returns::open(reader, application).await?;
    let mut files = attachments::of(reader, application.id).await?;
    files.retain(|file| actor.reads_file(application, file, open.as_ref()));
    Ok(files)
}

/// The files of an application that the actor may see, oldest first, and whether who attached them is told.
///
/// # Errors
/// When it is absent or out of sight, or the database fails.
pub async fn list(
    reader: &mut Reader,
    actor: &Actor,
    id: ApplicationId,
    now: DateTime<Utc>,
) -> Result<(Identity, Vec<Attachment>), Error> {
    let application = applications::read(reader, actor, id, now).await?;
    let files = seen_by(reader, actor, &application).await?;
    let identity = actor.identity(&application);
    Ok((identity, files.into_iter().map(|file| identity.file(file)).collect()))
}

/// One file of an application that the actor may see, and whether who attached it is told.
///
/// # Errors
/// When it is absent or out of sight, or the database fails.
pub async fn read(
    reader: &mut Reader,
    actor: &Actor,
    id: AttachmentId,
    now: DateTime<Utc>,
) -> Result<(Identity, Attachment), Error> {
    let attachment = attachments::find(reader, id).await?.ok_or(Refusal::NotFound)?;
    let application = applications::read(reader, actor, attachment.application, now).await?;
    let seen = seen_by(reader, actor, &application).await?;
    let attachment = seen.into_iter().find(|file| file.id == id).ok_or(Refusal::NotFound)?;
    let identity = actor.identity(&application);
    Ok((identity, identity.file(attachment)))
}

/// What one more file of an application may be, before any of its bytes is read. Nothing is locked.
///
/// # Errors
/// When the actor may not edit the application, or it takes no more files.
pub async fn room(
    reader: &mut Reader,
    actor: &Actor,
    schemes: &Schemes,
    id: ApplicationId,
    (document, bytes_max): (Option<&str>, u64),
    moment: Moment,
) -> Result<Room, Error> {
    let application = cases::find(reader, id).await?.ok_or(Refusal::NotFound)?;
    case::permit(reader, actor, Verb::ApplicationEdit, &application, moment.now).await?;
    let there = attachments::of(reader, id).await?;
    room_of(reader, schemes, (&application, &there), (document, bytes_max), moment).await
}

/// What one more file may be: for something that is owed on a running case, or of what the application itself takes.
async fn room_of(
    reader: &mut impl Connected,
    schemes: &Schemes,
    (application, there): (&Application, &[Attachment]),
    (document, bytes_max): (Option<&str>, u64),
    moment: Moment,
) -> Result<Room, Error> {
    let owed = obligations::of_application(reader, application.id).await?;
    if let Some(room) = room_for_owed(application, (&owed, document), there, bytes_max) {
        return Ok(room?);
    }
    let open = returns::open(reader, application).await?;
    let (scheme, _) = rules_of(reader, schemes, application, moment).await?;
    Ok(application.room_for(&scheme, document, (there, open.as_ref()), bytes_max)?)
}

/// Attaches a file whose bytes have come.
///
/// # Errors
/// When the actor may not edit the application, or it does not take the file.
pub async fn attach(
    tx: &mut Tx<'_>,
    actor: &Actor,
    schemes: &Schemes,
    id: ApplicationId,
    (new, bytes_max): (Arrived, u64),
) -> Result<Attachment, Error> {
    let (application, permit) = case::lock(tx, actor, Verb::ApplicationEdit, id).await?;
    let by = case::person(actor, Verb::ApplicationEdit)?;
    let there = attachments::of(tx, id).await?;
    let open = returns::open(tx, &application).await?;
    let moment = tx.moment;
    let room = room_of(tx, schemes, (&application, &there), (new.document.as_deref(), bytes_max), moment).await?;
    let (change, attachment) = application.attach(&permit, &room, (&there, open.as_ref()), (by, tx.moment.now), new)?;
    tx.record(&change).await?;
    Ok(attachment)
}

/// Takes a file away that was not sent. Its bytes are deleted when this is committed.
///
/// # Errors
/// When the actor may not edit the application, or the file was sent with it.
pub async fn detach(tx: &mut Tx<'_>, actor: &Actor, id: AttachmentId) -> Result<(), Error> {
    let seen = attachments::find(tx, id).await?.ok_or(Refusal::NotFound)?;
    let (application, permit) = case::lock(tx, actor, Verb::ApplicationEdit, seen.application).await?;
    // Somebody else may have taken it away while the application was locked.
    let attachment = attachments::find(tx, id).await?.ok_or(Refusal::NotFound)?;
    let open = returns::open(tx, &application).await?;
    let change = application.detach(&permit, &attachment, open.as_ref())?;
    Ok(tx.record(&change).await?)
}
