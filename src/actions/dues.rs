//! What is due in a scheme, and what is late, by single assessors and by applicants.

use super::schemes::must_be_known;
use super::{Error, case};
use crate::store::Reader;
use crate::store::dues::{self, Part};
use chrono::{DateTime, Utc};
use rules::actor::Actor;
use rules::calendar::Day;
use rules::due::{Due, merged};
use rules::event::Subject;
use rules::permission::Verb;
use uuid::Uuid;

/// A part of what is due, the earliest first. Nobody sees what belongs to cases of their own organisations, or that they are tied to,
/// nor what is sealed.
///
/// # Errors
/// When the actor does not weigh cases, or the scheme was never published.
pub async fn list(
    reader: &mut Reader,
    actor: &Actor,
    scheme: &str,
    (after, now): (Option<(Day, Uuid)>, DateTime<Utc>),
    limit: i64,
) -> Result<Vec<Due>, Error> {
    actor.may(Verb::ClockRead, Subject::House)?;
    must_be_known(reader, scheme).await?;
    let tied = case::tied(actor);
    let part = Part { scheme, hidden_from: &actor.organisations, tied: &tied, now, after, limit };
    let lists = [
        dues::of_assessors(reader, part).await?,
        dues::of_returned(reader, part).await?,
        dues::of_offered(reader, part).await?,
        dues::of_obligations(reader, part).await?,
    ];
    Ok(merged(lists, usize::try_from(limit).unwrap_or(usize::MAX)))
}
