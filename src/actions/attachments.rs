//! Files of applications: who may see, attach and take away one is who may read and edit the application.

use super::schemes::Schemes;
use super::{Error, applications, case};
use crate::store::{Connected, Moment, Reader, Tx, applications as cases, attachments};
use chrono::{DateTime, Utc};
use rules::actor::Actor;
use rules::application::{Application, State};
use rules::attachment::{Arrived, Attachment, Room, missing_documents};
use rules::calculation::RequestFault;
use rules::ids::{ApplicationId, AttachmentId};
use rules::permission::Verb;
use rules::refusal::Refusal;

/// The files of an application that the actor may see, oldest first.
///
/// # Errors
/// When it is absent or out of sight, or the database fails.
pub async fn list(
    reader: &mut Reader,
    actor: &Actor,
    id: ApplicationId,
    now: DateTime<Utc>,
) -> Result<Vec<Attachment>, Error> {
    applications::read(reader, actor, id, now).await?;
    Ok(attachments::of(reader, id).await?)
}

/// One file of an application that the actor may see.
///
/// # Errors
/// When it is absent or out of sight, or the database fails.
pub async fn read(
    reader: &mut Reader,
    actor: &Actor,
    id: AttachmentId,
    now: DateTime<Utc>,
) -> Result<Attachment, Error> {
    let attachment = attachments::find(reader, id).await?.ok_or(Refusal::NotFound)?;
    applications::read(reader, actor, attachment.application, now).await?;
    Ok(attachment)
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
    let in_force = schemes.in_force(reader, &application.scheme, moment.today()).await?;
    Ok(application.room_for(&in_force.scheme, document, &there, bytes_max)?)
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
    let today = tx.moment.today();
    let in_force = schemes.in_force(tx, &application.scheme, today).await?;
    let room = application.room_for(&in_force.scheme, new.document.as_deref(), &there, bytes_max)?;
    let (change, attachment) = application.attach(&permit, &room, &there, (by, tx.moment.now), new)?;
    tx.record(&change).await?;
    Ok(attachment)
}

/// Takes a file of a draft away. Its bytes are deleted when this is committed.
///
/// # Errors
/// When the actor may not edit the application, or it is no draft any more.
pub async fn detach(tx: &mut Tx<'_>, actor: &Actor, id: AttachmentId) -> Result<(), Error> {
    let seen = attachments::find(tx, id).await?.ok_or(Refusal::NotFound)?;
    let (application, permit) = case::lock(tx, actor, Verb::ApplicationEdit, seen.application).await?;
    // Somebody else may have taken it away while the application was locked.
    let attachment = attachments::find(tx, id).await?.ok_or(Refusal::NotFound)?;
    let change = application.detach(&permit, &attachment)?;
    Ok(tx.record(&change).await?)
}

/// Which required documents a draft lacks today.
///
/// # Errors
/// When no text of the scheme is in force, or the database fails.
pub async fn missing(
    reader: &mut impl Connected,
    schemes: &Schemes,
    application: &Application,
    moment: Moment,
) -> Result<Vec<RequestFault>, Error> {
    if application.state != State::Draft {
        return Ok(Vec::new());
    }
    let on = moment.today();
    let in_force = schemes.in_force(reader, &application.scheme, on).await?;
    Ok(missing_documents(&in_force.scheme, on, &attachments::of(reader, application.id).await?))
}
