//! The audit of a case.

use super::Error;
use crate::store::audit::{Entry, of_subject};
use crate::store::{Reader, applications};
use rules::actor::Actor;
use rules::event::Subject;
use rules::ids::ApplicationId;
use rules::permission::Verb;
use rules::refusal::Refusal;

/// What happened to an application after an entry, oldest first.
///
/// # Errors
/// When the actor may not read audits, or there is no such application.
pub async fn of_application(
    reader: &mut Reader,
    actor: &Actor,
    id: ApplicationId,
    (after, limit): (Option<i32>, i64),
) -> Result<Vec<Entry>, Error> {
    actor.may(Verb::AuditRead, Subject::Application(id))?;
    applications::find(reader, id).await?.ok_or(Refusal::NotFound)?;
    Ok(of_subject(reader, id.0, after.unwrap_or(0), limit).await?)
}
