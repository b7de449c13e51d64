//! Delegations: recording and ending them, and what somebody holds under them.

use super::{Error, case};
use crate::store::{Connected, Reader, Tx, delegations, people};
use chrono::{DateTime, Utc};
use rules::actor::{Actor, Role};
use rules::application::Application;
use rules::delegation::{Between, Delegation, NewDelegation, record as decide};
use rules::duty::{Duties, Duty};
use rules::event::Subject;
use rules::ids::{DelegationId, PersonId};
use rules::permission::Verb;
use rules::refusal::Refusal;
use std::collections::{BTreeMap, BTreeSet};

/// Somebody delegates their authorities, or an administrator does it for somebody who is absent already.
///
/// # Errors
/// When the actor may not, one of the two is not there, or what is to be recorded is not in order.
pub async fn record(tx: &mut Tx<'_>, actor: &Actor, new: NewDelegation) -> Result<Delegation, Error> {
    let permit = actor.may_to_person(Verb::DelegationRecord, new.of)?;
    let by = case::person(actor, Verb::DelegationRecord)?;
    // Two that delegate for the same person at once wait for each other here.
    people::hold(tx, new.of).await?;
    let (of, to) = (people::actor(tx, new.of).await?, people::actor(tx, new.to).await?);
    let approves = |who: &Actor| who.is(Role::Approver);
    let between = Between {
        of_holds: of.is_some_and(|of| approves(&of) && !of.authorities.is_empty()),
        to_approves: to.is_some_and(|to| approves(&to)),
        open: delegations::open(tx, new.of, tx.moment.today()).await?,
    };
    let (change, delegation) = decide(&permit, new, (by, tx.moment.now), between)?;
    tx.record(&change).await?;
    Ok(delegation)
}

/// Whoever has delegated, or an administrator, ends it before its time.
///
/// # Errors
/// When the actor may not, there is none, it is over, or a reason is missing.
pub async fn end(tx: &mut Tx<'_>, actor: &Actor, id: DelegationId, reason: &str) -> Result<Delegation, Error> {
    // Whoever may read none learns nothing of what is there.
    actor.may(Verb::DelegationRead, Subject::House)?;
    let delegation = delegations::lock(tx, id).await?.ok_or(Refusal::NotFound)?;
    if !sees(actor, &delegation) {
        return Err(Refusal::NotFound.into());
    }
    let permit = actor.may_to_person(Verb::DelegationEnd, delegation.of)?;
    let by = case::person(actor, Verb::DelegationEnd)?;
    let (change, delegation) = delegation.end(&permit, (by, tx.moment.now), reason)?;
    tx.record(&change).await?;
    Ok(delegation)
}

/// A page of delegations, newest first: one's own, both ways; for administrators and auditors all.
///
/// # Errors
/// When the actor may not, or the database fails.
pub async fn list(
    reader: &mut Reader,
    actor: &Actor,
    after: Option<DelegationId>,
    limit: i64,
) -> Result<Vec<Delegation>, Error> {
    actor.may(Verb::DelegationRead, Subject::House)?;
    let own = if sees_all(actor) { None } else { actor.person() };
    Ok(delegations::page(reader, own, after, limit).await?)
}

fn sees_all(actor: &Actor) -> bool {
    actor.is(Role::Administrator) || actor.is(Role::Auditor)
}

fn sees(actor: &Actor, delegation: &Delegation) -> bool {
    sees_all(actor) || actor.person().is_some_and(|person| [delegation.of, delegation.to].contains(&person))
}

/// The authorities with which somebody acts in the absence of others on one case: not in the place of whoever could not act on it
/// themselves.
pub(super) async fn on_case(
    tx: &mut Tx<'_>,
    actor: &Actor,
    application: &Application,
    duties: &Duties,
) -> Result<BTreeMap<PersonId, BTreeSet<String>>, Error> {
    let mut held = BTreeMap::new();
    let Some(to) = acts_for_others(actor) else { return Ok(held) };
    let in_force = delegations::lock_in_force(tx, to).await?;
    for (scheme, absent) in present(tx, in_force, tx.moment.now).await? {
        let Some(person) = absent.person().filter(|_| covers(scheme.as_deref(), &application.scheme)) else { continue };
        // Whoever has had another duty on the case does nothing on it by the hand of somebody else either.
        if duties.held.get(&person).is_some_and(|held| *held != Duty::Approver) {
            continue;
        }
        let absent = case::kept_from(tx, absent).await?;
        if case::must_not_be_beside(&absent, application.id, application.organisation).is_ok() {
            tx.rely_on(person, absent.version);
            held.insert(person, absent.authorities);
        }
    }
    Ok(held)
}

/// The authorities with which somebody acts in the absence of others, under one scheme.
pub(super) fn for_scheme(absentees: &[Absent], scheme: &str) -> BTreeMap<PersonId, BTreeSet<String>> {
    let covered = absentees.iter().filter(|(of, _)| covers(of.as_deref(), scheme));
    covered.filter_map(|(_, absent)| Some((absent.person()?, absent.authorities.clone()))).collect()
}

/// Somebody who is absent, and for which scheme; none for all.
pub(super) type Absent = (Option<String>, Actor);

fn covers(of: Option<&str>, scheme: &str) -> bool {
    of.is_none_or(|of| of == scheme)
}

/// Those in whose absence somebody acts, and for which scheme each.
pub(super) async fn absentees(
    reader: &mut impl Connected,
    actor: &Actor,
    at: DateTime<Utc>,
) -> Result<Vec<Absent>, Error> {
    let Some(to) = acts_for_others(actor) else { return Ok(Vec::new()) };
    let in_force = delegations::in_force(reader, to, at).await?;
    present(reader, in_force, at).await
}

/// Only approvers act for others.
fn acts_for_others(actor: &Actor) -> Option<PersonId> {
    actor.person().filter(|_| actor.is(Role::Approver))
}

/// Those whose delegations they are, as they are now; whoever is no approver any more lends nothing.
async fn present(
    reader: &mut impl Connected,
    in_force: Vec<Delegation>,
    at: DateTime<Utc>,
) -> Result<Vec<Absent>, Error> {
    let mut absentees = Vec::new();
    for delegation in in_force.into_iter().filter(|one| one.holds(at)) {
        let absent = people::actor(reader, delegation.of).await?;
        absentees.extend(absent.filter(|absent| absent.is(Role::Approver)).map(|absent| (delegation.scheme, absent)));
    }
    Ok(absentees)
}
