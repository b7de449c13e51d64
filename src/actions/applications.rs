//! Applications: begin, edit, submit and withdraw.

use super::schemes::Schemes;
use super::{Error, case};
use crate::store::{Reader, Tx, applications, awards};
use rules::actor::Actor;
use rules::application::{Application, Content, NewDraft, Submitting, create as begin};
use rules::calculation::Answer;
use rules::event::Subject;
use rules::ids::{ApplicationId, OrganisationId};
use rules::permission::Verb;
use rules::refusal::Refusal;
use uuid::Uuid;

/// One application that the actor may see.
///
/// # Errors
/// When it is absent or out of sight, or the database fails.
pub async fn read(reader: &mut Reader, actor: &Actor, id: ApplicationId) -> Result<Application, Error> {
    let application = applications::find(reader, id).await?.ok_or(Refusal::NotFound)?;
    case::permit(reader, actor, Verb::ApplicationRead, &application).await?;
    Ok(application)
}

/// Begins a draft for an organisation.
///
/// # Errors
/// When the actor does not act for the organisation, the scheme is not published, or a text is too long.
pub async fn create(
    tx: &mut Tx<'_>,
    actor: &Actor,
    schemes: &Schemes,
    code: &str,
    organisation: OrganisationId,
    content: Content,
) -> Result<Application, Error> {
    let id = ApplicationId(Uuid::now_v7());
    let permit = actor.may_for_organisation(Verb::ApplicationCreate, Subject::Application(id), organisation)?;
    let author = case::person(actor, Verb::ApplicationCreate)?;
    let in_force = schemes.in_force(tx, code).await?;
    let serial = applications::next_serial(tx).await?;
    let draft = NewDraft { id, serial, organisation, author, content, at: tx.moment.now };
    let (change, application) = begin(&permit, &in_force.scheme, draft)?;
    tx.record(&change).await?;
    Ok(application)
}

/// Replaces the content of a draft that has the expected version.
///
/// # Errors
/// When it is out of sight, stale, or no draft any more.
pub async fn edit(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: ApplicationId,
    version: i32,
    content: Content,
) -> Result<Application, Error> {
    let (application, permit) = case::lock_version(tx, actor, Verb::ApplicationEdit, id, version).await?;
    let by = case::person(actor, Verb::ApplicationEdit)?;
    let (change, application) = application.edit(&permit, by, content)?;
    tx.record(&change).await?;
    Ok(application)
}

/// Submits a draft under the rules of the day.
///
/// # Errors
/// When it is out of sight, stale, not complete, outside a window, over a quota, or refused by the rules.
pub async fn submit(
    tx: &mut Tx<'_>,
    actor: &Actor,
    schemes: &Schemes,
    id: ApplicationId,
    version: i32,
) -> Result<(Application, Answer), Error> {
    // The applicant's quota is locked before the application, so it is looked at first without a lock.
    let seen = applications::find(tx, id).await?.ok_or(Refusal::NotFound)?;
    let submitted_on = applications::lock_submission_days(tx, seen.organisation, &seen.scheme).await?;
    let (application, permit) = case::lock_version(tx, actor, Verb::ApplicationSubmit, id, version).await?;
    let in_force = schemes.in_force(tx, &application.scheme).await?;
    let submitting = Submitting {
        scheme: &in_force.scheme,
        scheme_text: in_force.text,
        history: awards::history(tx, &application.scheme, application.organisation).await?,
        submitted_on,
        by: case::person(actor, Verb::ApplicationSubmit)?,
        at: tx.moment.now,
    };
    let (change, application, answer) = application.submit(&permit, &submitting)?;
    tx.record(&change).await?;
    Ok((application, answer))
}

/// The applicant takes an application back.
///
/// # Errors
/// When it is out of sight, stale, or has ended already.
pub async fn withdraw(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: ApplicationId,
    version: i32,
    reason: &str,
) -> Result<Application, Error> {
    let (application, permit) = case::lock_version(tx, actor, Verb::ApplicationWithdraw, id, version).await?;
    let (change, application) = application.withdraw(&permit, reason)?;
    tx.record(&change).await?;
    Ok(application)
}
