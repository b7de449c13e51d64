//! The audit of a case.

use super::{Error, case};
use crate::store::audit::{Entry, of_subject};
use crate::store::{Reader, applications};
use chrono::{DateTime, Utc};
use rules::actor::Actor;
use rules::ids::ApplicationId;
use rules::permission::Verb;
use rules::refusal::Refusal;

/// What happened to an application after an entry, oldest first.
///
/// # Errors
/// When the application is out of sight, or the actor may not read audits.
pub async fn of_application(
    reader: &mut Reader,
    actor: &Actor,
    id: ApplicationId,
    now: DateTime<Utc>,
    (after, limit): (Option<i32>, i64),
) -> Result<Vec<Entry>, Error> {
    let application = applications::find(reader, id).await?.ok_or(Refusal::NotFound)?;
    case::permit(reader, actor, Verb::AuditRead, &application, now).await?;
    Ok(of_subject(reader, id.0, after.unwrap_or(0), limit).await?)
}
