//! Relations of organisations, by date: an officer records and ends them, and whoever decides reads them.

use super::{Error, case};
use crate::store::{Reader, Tx, awards, people, relations};
use rules::actor::Actor;
use rules::calendar::Day;
use rules::event::Subject;
use rules::ids::{OrganisationId, RelationId};
use rules::permission::Verb;
use rules::refusal::Refusal;
use rules::relation::{NewRelation, Relation, record as decide};
use std::collections::BTreeSet;

/// A page of relations, newest first: all, or those of an organisation. Nobody sees with the eyes of the staff
/// those of their own organisations, or of one on the side of whose case they are.
///
/// # Errors
/// When the actor may not, or the database fails.
pub async fn list(
    reader: &mut Reader,
    actor: &Actor,
    organisation: Option<OrganisationId>,
    after: Option<RelationId>,
    limit: i64,
) -> Result<Vec<Relation>, Error> {
    actor.may(Verb::RelationRead, Subject::House)?;
    let sides = case::sides(reader, actor).await?;
    Ok(relations::page(reader, organisation, &sides, after, limit).await?)
}

/// An officer records a relation of two organisations.
///
/// # Errors
/// When the actor may not or is on the side of one of them, one of them is not there, or what is to be recorded is not in order or holds already.
pub async fn record(tx: &mut Tx<'_>, actor: &Actor, new: NewRelation) -> Result<Relation, Error> {
    let both = new.between.both();
    let (subject, sides) = (Subject::Relation(new.id), case::sides(tx, actor).await?);
    let permit = actor.may_to_organisations(Verb::RelationRecord, subject, (&both, &sides))?;
    let by = case::person(actor, Verb::RelationRecord)?;
    for organisation in both {
        people::organisation(tx, organisation).await?.ok_or(Refusal::NotFound)?;
    }
    // Nobody is awarded anything meanwhile, and two that record the same at once wait for each other.
    awards::lock_all_of(tx, &BTreeSet::from(both)).await?;
    let known = relations::lock_between(tx, new.between).await?;
    let (change, relation) = decide(&permit, new, (by, tx.moment.now), &known)?;
    tx.record(&change).await?;
    Ok(relation)
}

/// An officer ends a relation: from this day on it holds no more.
///
/// # Errors
/// When the actor may not or is on the side of one of the two, there is none, its end is known, or the day or the reason is not in order.
pub async fn end(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: RelationId,
    (until, reason): (Day, &str),
) -> Result<Relation, Error> {
    // Whoever may not do it at all learns nothing of what is there.
    actor.may(Verb::RelationEnd, Subject::Relation(id))?;
    let relation = relations::lock(tx, id).await?.ok_or(Refusal::NotFound)?;
    let (both, sides) = (relation.between.both(), case::sides(tx, actor).await?);
    let permit = actor.may_to_organisations(Verb::RelationEnd, Subject::Relation(id), (&both, &sides))?;
    let by = case::person(actor, Verb::RelationEnd)?;
    let (change, relation) = relation.end(&permit, (by, tx.moment.now), until, reason)?;
    tx.record(&change).await?;
    Ok(relation)
}
