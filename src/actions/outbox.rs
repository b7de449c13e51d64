//! The outbox, as an administrator sees it: what could not be sent, and sending it after all.

use super::Error;
use crate::store::outbox::{self, Dead};
use crate::store::{Reader, Tx};
use rules::actor::Actor;
use rules::event::Subject;
use rules::ids::NoticeId;
use rules::notification;
use rules::permission::Verb;
use rules::refusal::Refusal;

/// The notices that were given up, newest first, after one of them.
///
/// # Errors
/// When the actor may not see them.
pub async fn dead(reader: &mut Reader, actor: &Actor, after: Option<NoticeId>, limit: i64) -> Result<Vec<Dead>, Error> {
    actor.may(Verb::OutboxRead, Subject::House)?;
    Ok(outbox::dead(reader, after, limit).await?)
}

/// Has a notice that was given up sent after all, with all its attempts before it again.
///
/// # Errors
/// When the actor may not, there is none, or it was not given up.
pub async fn put_back(tx: &mut Tx<'_>, actor: &Actor, id: NoticeId) -> Result<(), Error> {
    let permit = actor.may(Verb::OutboxPutBack, Subject::Notice(id))?;
    let state = outbox::lock(tx, id).await?.ok_or(Refusal::NotFound)?;
    let change = notification::put_back(&permit, id, state)?;
    Ok(tx.record(&change).await?)
}
