//! Drafts of schemes' texts: officers write and propose them, and another officer publishes them.

use super::schemes::{Diff, Names, Schemes, met_on};
use super::{Error, case, must_be_current};
use crate::store::scheme_drafts::Listed;
use crate::store::{Connected, Reader, Tx, people, scheme_drafts};
use rules::actor::Actor;
use rules::calendar::Day;
use rules::event::Subject;
use rules::ids::{SchemeDraftId, SchemeTextId};
use rules::permission::{Permit, Verb};
use rules::refusal::Refusal;
use rules::scheme::Scheme;
use rules::scheme_draft::{DraftState, SchemeDraft, Written, create as begin};
use rules::scheme_text::{Place, SchemeText};
use uuid::Uuid;

/// One draft, and what those who have had a hand in it are called.
///
/// # Errors
/// When the actor may not, there is none, or the database fails.
pub async fn read(reader: &mut Reader, actor: &Actor, id: SchemeDraftId) -> Result<(SchemeDraft, Names), Error> {
    actor.may(Verb::SchemeRead, Subject::SchemeDraft(id))?;
    let draft = scheme_drafts::find(reader, id).await?.ok_or(Refusal::NotFound)?;
    with_names(reader, draft).await
}

/// A page of drafts, newest first: all, or those in a state.
///
/// # Errors
/// When the actor may not, or the database fails.
pub async fn list(
    reader: &mut Reader,
    actor: &Actor,
    state: Option<DraftState>,
    after: Option<SchemeDraftId>,
    limit: i64,
) -> Result<Vec<Listed>, Error> {
    actor.may(Verb::SchemeRead, Subject::House)?;
    Ok(scheme_drafts::page(reader, state, after, limit).await?)
}

/// What a draft would change: it beside the text that is in force today, or on the day from which it is proposed. Its examples need
/// not hold.
///
/// # Errors
/// When the actor may not, there is none, it cannot be read, no text of its scheme is in force, or the database fails.
pub async fn diff(
    reader: &mut Reader,
    actor: &Actor,
    schemes: &Schemes,
    id: SchemeDraftId,
    today: Day,
) -> Result<Diff, Error> {
    let (draft, _) = read(reader, actor, id).await?;
    let drafted = Scheme::read(&draft.text).map_err(|faults| Refusal::SchemeFaulty { faults })?;
    let in_force = schemes.in_force(reader, drafted.file.code.get_ref(), draft.compared_on(None, today)).await?;
    Ok(Diff::of(&in_force.scheme, &drafted))
}

/// Looks at a text that the actor may draft, before anything is locked: that takes as long as the text is long.
///
/// # Errors
/// When the actor may not, or the text cannot be kept.
pub fn look_at(actor: &Actor, text: String) -> Result<Written, Error> {
    actor.may(Verb::SchemeDraft, Subject::House)?;
    Ok(Written::of(text)?)
}

/// An officer begins a draft.
///
/// # Errors
/// When the actor may not, or the database fails.
pub async fn create(tx: &mut Tx<'_>, actor: &Actor, written: Written) -> Result<(SchemeDraft, Names), Error> {
    let id = SchemeDraftId(Uuid::now_v7());
    let permit = actor.may(Verb::SchemeDraft, Subject::SchemeDraft(id))?;
    let by = case::person(actor, Verb::SchemeDraft)?;
    let (change, draft) = begin(&permit, id, by, written, tx.moment.now);
    tx.record(&change).await?;
    with_names(tx, draft).await
}

/// An officer replaces the text of a draft that has the expected version.
///
/// # Errors
/// When the actor may not, there is none, or it is stale or no draft any more.
pub async fn edit(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: SchemeDraftId,
    version: i32,
    written: Written,
) -> Result<(SchemeDraft, Names), Error> {
    let (draft, permit) = lock_version(tx, actor, Verb::SchemeDraft, id, version).await?;
    let by = case::person(actor, Verb::SchemeDraft)?;
    let (change, draft) = draft.edit(&permit, by, written)?;
    tx.record(&change).await?;
    with_names(tx, draft).await
}

/// An officer gives a draft up that has the expected version.
///
/// # Errors
/// When the actor may not, there is none, or it is stale or no draft any more.
pub async fn discard(tx: &mut Tx<'_>, actor: &Actor, id: SchemeDraftId, version: i32) -> Result<(), Error> {
    let (draft, permit) = lock_version(tx, actor, Verb::SchemeDraft, id, version).await?;
    let (change, _) = draft.discard(&permit)?;
    Ok(tx.record(&change).await?)
}

/// An officer proposes a draft that has the expected version, from a day.
///
/// # Errors
/// When the actor may not, there is none, it is stale or no draft any more, it has a fault, its day is over, or it changes nothing.
pub async fn propose(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: SchemeDraftId,
    version: i32,
    from: Day,
) -> Result<(SchemeDraft, Names), Error> {
    let (draft, permit) = lock_version(tx, actor, Verb::SchemePropose, id, version).await?;
    let by = case::person(actor, Verb::SchemePropose)?;
    let met = met_by(tx, &draft, from).await?;
    let place = Place { from, today: tx.moment.today(), in_force: met.as_deref() };
    let (change, draft) = draft.propose(&permit, by, place)?;
    tx.record(&change).await?;
    with_names(tx, draft).await
}

/// A proposed draft that has the expected version is taken back by its authors, or given back by another officer.
///
/// # Errors
/// When the actor may not, there is none, it is stale or not proposed, or a reason is missing.
pub async fn give_back(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: SchemeDraftId,
    version: i32,
    reason: &str,
) -> Result<(SchemeDraft, Names), Error> {
    let (draft, permit) = lock_version(tx, actor, Verb::SchemeReturn, id, version).await?;
    let (change, draft) = draft.give_back(&permit, reason)?;
    tx.record(&change).await?;
    with_names(tx, draft).await
}

/// Another officer publishes a proposed draft that has the expected version.
///
/// # Errors
/// When the actor may not or has had a hand in it, there is none, it is stale or not proposed, its day is over, or it changes
/// nothing any more.
pub async fn publish(tx: &mut Tx<'_>, actor: &Actor, id: SchemeDraftId, version: i32) -> Result<SchemeText, Error> {
    let (draft, _) = lock_version(tx, actor, Verb::SchemePublish, id, version).await?;
    let by = case::person(actor, Verb::SchemePublish)?;
    let text = SchemeTextId(Uuid::now_v7());
    let permit = actor.may(Verb::SchemePublish, Subject::SchemeText(text))?;
    let today = tx.moment.today();
    let from = draft.proposal.map_or(today, |proposal| proposal.from);
    let met = met_by(tx, &draft, from).await?;
    let place = Place { from, today, in_force: met.as_deref() };
    let (change, text) = draft.publish(&permit, (text, by), place)?;
    tx.record(&change).await?;
    Ok(text)
}

/// What the draft meets on a day; one that names no scheme meets nothing, and is refused for that.
async fn met_by(tx: &mut Tx<'_>, draft: &SchemeDraft, from: Day) -> Result<Option<String>, Error> {
    match &draft.code {
        Some(code) => met_on(tx, code, from).await,
        None => Ok(None),
    }
}

async fn lock_version(
    tx: &mut Tx<'_>,
    actor: &Actor,
    verb: Verb,
    id: SchemeDraftId,
    version: i32,
) -> Result<(SchemeDraft, Permit), Error> {
    let permit = actor.may(verb, Subject::SchemeDraft(id))?;
    let draft = scheme_drafts::lock(tx, id).await?.ok_or(Refusal::NotFound)?;
    must_be_current(version, draft.version)?;
    Ok((draft, permit))
}

async fn with_names(reader: &mut impl Connected, draft: SchemeDraft) -> Result<(SchemeDraft, Names), Error> {
    let names = people::names(reader, &draft.authors).await?;
    Ok((draft, names))
}
