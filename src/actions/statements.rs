//! The statement of account of a case: permit, then one snapshot. Both sides are told the same.

use super::schemes::Schemes;
use super::{Error, case};
use crate::store::{Reader, reports};
use chrono::{DateTime, Utc};
use rules::actor::Actor;
use rules::application::Application;
use rules::ids::ApplicationId;
use rules::letter::{LetterText, Stated};
use rules::permission::Verb;
use rules::refusal::Refusal;
use rules::sight::Sight;
use rules::statement::Statement;

/// The statement of a case. Its own side has one once the award is offered, as it sees the award.
///
/// # Errors
/// When the case is out of sight, its money is not the actor's business, nothing is awarded that they are told, or the books do not agree.
pub async fn of_case(
    reader: &mut Reader,
    actor: &Actor,
    (id, now): (ApplicationId, DateTime<Utc>),
) -> Result<(Application, Statement), Error> {
    let application = case::seen(reader, actor, Verb::StatementRead, (id, now)).await?;
    let (award, statement) = reports::statement_of(reader, id).await?.ok_or(Refusal::NotFound)?;
    if award.offered_at.is_none() && actor.sight(&application) == Sight::Public {
        return Err(Refusal::NotFound.into());
    }
    Ok((application, statement))
}

/// The same as it is set on paper.
///
/// # Errors
/// As for [`of_case`].
pub async fn on_paper(
    reader: &mut Reader,
    actor: &Actor,
    schemes: &Schemes,
    (id, now): (ApplicationId, DateTime<Utc>),
) -> Result<LetterText, Error> {
    let (application, statement) = of_case(reader, actor, (id, now)).await?;
    let scheme = schemes.pinned_by(reader, &application).await?;
    let (application, statement) = (&application, &statement);
    Ok(Stated { application, scheme: &scheme, agency: schemes.agency(), statement, at: now }.letter())
}
