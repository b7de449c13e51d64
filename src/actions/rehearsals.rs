//! Rehearsals of drafts: an officer asks, the worker does it, and whoever may read drafts reads what came out.

use super::schemes::must_be_in_force;
use super::{Error, case};
use crate::store::rehearsals::{self, CaseRow, Progress};
use crate::store::{Reader, Tx, members, scheme_drafts};
use rules::actor::Actor;
use rules::calendar::Day;
use rules::event::Subject;
use rules::ids::{RehearsalId, SchemeDraftId};
use rules::permission::Verb;
use rules::refusal::Refusal;
use rules::rehearsal::{Portfolio, ask as order};
use uuid::Uuid;

/// An officer asks for a rehearsal of a draft against the text that is in force on the day that is rehearsed, or else on that of its
/// proposal, or else today.
///
/// # Errors
/// When the actor may not, there is no such draft, it cannot be read, no text of the scheme is in force on that day, or one of the same
/// draft is still at work.
pub async fn ask(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: SchemeDraftId,
    on: Option<Day>,
    portfolio: Option<Portfolio>,
) -> Result<Progress, Error> {
    let permit = actor.may(Verb::SchemeRehearse, Subject::SchemeDraft(id))?;
    let by = case::person(actor, Verb::SchemeRehearse)?;
    // Two that ask at once wait for each other here.
    let draft = scheme_drafts::lock(tx, id).await?.ok_or(Refusal::NotFound)?;
    let code = draft.code.clone().unwrap_or_default();
    let compared_on = draft.compared_on(on, tx.moment.today());
    let (before, _) = must_be_in_force(tx, &code, compared_on).await?;
    let at_work = rehearsals::is_at_work(tx, id).await?;
    let asked = (RehearsalId(Uuid::now_v7()), by, tx.moment.now);
    let (change, order) = order(&permit, draft, before, (on, portfolio), asked, at_work)?;
    tx.record(&change).await?;
    Ok(rehearsals::find(tx, order.id).await?.ok_or(Refusal::NotFound)?)
}

/// One rehearsal.
///
/// # Errors
/// When the actor may not, there is none, or the database fails.
pub async fn read(reader: &mut Reader, actor: &Actor, id: RehearsalId) -> Result<Progress, Error> {
    actor.may(Verb::SchemeRead, Subject::House)?;
    Ok(rehearsals::find(reader, id).await?.ok_or(Refusal::NotFound)?)
}

/// A page of the rehearsals of a draft, newest first.
///
/// # Errors
/// When the actor may not, there is no such draft, or the database fails.
pub async fn list(
    reader: &mut Reader,
    actor: &Actor,
    draft: SchemeDraftId,
    after: Option<RehearsalId>,
    limit: i64,
) -> Result<Vec<Progress>, Error> {
    actor.may(Verb::SchemeRead, Subject::SchemeDraft(draft))?;
    scheme_drafts::find(reader, draft).await?.ok_or(Refusal::NotFound)?;
    Ok(rehearsals::of_draft(reader, draft, after, limit).await?)
}

/// A page of the cases of a rehearsal that change, or of one kind of change. Nobody sees their own case with the eyes of the staff.
///
/// # Errors
/// When the actor may not, there is no such rehearsal, or the database fails.
pub async fn cases(
    reader: &mut Reader,
    actor: &Actor,
    id: RehearsalId,
    change: Option<&str>,
    within: (Option<i64>, i64),
) -> Result<Vec<CaseRow>, Error> {
    read(reader, actor, id).await?;
    let tied = members::applicants_of(reader, &case::tied(actor)).await?;
    let tied = tied.into_iter().map(|(_, reference)| reference).collect();
    Ok(rehearsals::cases(reader, id, change, (&actor.organisations, tied), within).await?)
}
