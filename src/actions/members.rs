//! Members of applications: invite, change a role, end; and what the invited answer.

use super::{Error, case, must_be_current};
use crate::store::members::{Invitation, find, invited_since, of, waiting_for};
use crate::store::{Connected, Reader, Tx, applications, assessments, people};
use chrono::{DateTime, TimeDelta, Utc};
use rules::actor::Actor;
use rules::application::Application;
use rules::ids::{ApplicationId, MemberId, PersonId};
use rules::member::{Accepting, INVITATIONS_MAX, Member, MemberRole, NewMember};
use rules::permission::{Permit, Verb};
use rules::refusal::Refusal;
use std::collections::BTreeMap;

/// What people are called, those who have accepted and those who have invited.
pub type Names = BTreeMap<PersonId, String>;

/// The invitations of an application that the actor may see, oldest first.
///
/// # Errors
/// When the application is absent or out of sight, or its members are not the actor's business.
pub async fn list(
    reader: &mut Reader,
    actor: &Actor,
    id: ApplicationId,
    now: DateTime<Utc>,
) -> Result<(Vec<Member>, Names), Error> {
    let application = applications::find(reader, id).await?.ok_or(Refusal::NotFound)?;
    case::permit(reader, actor, Verb::MemberRead, &application, now).await?;
    let all = of(reader, id).await?;
    let names = named(reader, &all).await?;
    Ok((all, names))
}

/// What the people of some invitations are called.
///
/// # Errors
/// When the database fails.
pub async fn named(reader: &mut impl Connected, members: &[Member]) -> Result<Names, Error> {
    let people_named =
        members.iter().flat_map(|member| member.person().into_iter().chain([member.invited_by])).collect();
    Ok(people::names(reader, &people_named).await?)
}

/// Somebody who may sign invites an address.
///
/// # Errors
/// When the actor may not, or the rules refuse it.
pub async fn invite(tx: &mut Tx<'_>, actor: &Actor, id: ApplicationId, new: NewMember) -> Result<Member, Error> {
    let (application, permit) = case::lock(tx, actor, Verb::MemberInvite, id).await?;
    let by = case::person(actor, Verb::MemberInvite)?;
    let own = email_of(tx, by).await?;
    let there = of(tx, id).await?;
    // Of two that they send at once, to whatever applications, one is counted first.
    people::hold(tx, by).await?;
    let since = tx.moment.now.checked_sub_signed(TimeDelta::days(1)).unwrap_or(tx.moment.now);
    let lately = invited_since(tx, by, since, INVITATIONS_MAX).await?;
    let (change, member) = application.invite(&permit, (by, &own, lately), &there, (new, tx.moment.now))?;
    tx.record(&change).await?;
    Ok(member)
}

/// Somebody who may sign gives another role to an address that has the expected version.
///
/// # Errors
/// When the actor may not, it is stale, or does not stand any more.
pub async fn change_role(
    tx: &mut Tx<'_>,
    actor: &Actor,
    (id, version): (MemberId, i32),
    role: MemberRole,
) -> Result<Member, Error> {
    let (application, permit, member) = lock(tx, actor, Verb::MemberChangeRole, id).await?;
    must_be_current(version, member.version)?;
    let (change, member) = member.change_role(&permit, &application, role)?;
    tx.record(&change).await?;
    Ok(member)
}

/// Somebody who may sign takes an invitation back or a member off; a member leaves.
///
/// # Errors
/// When the actor may not, or it does not stand any more.
pub async fn end(tx: &mut Tx<'_>, actor: &Actor, id: MemberId) -> Result<Member, Error> {
    let seen = find(tx, id).await?.ok_or(Refusal::NotFound)?;
    let leaves = seen.person().is_some() && seen.person() == actor.person();
    let verb = if leaves { Verb::MemberLeave } else { Verb::MemberEnd };
    let (_, permit, member) = lock(tx, actor, verb, id).await?;
    let (change, member) = if leaves { member.leave(&permit)? } else { member.end(&permit)? };
    tx.record(&change).await?;
    Ok(member)
}

/// The invitations that wait for the actor's answer.
///
/// # Errors
/// When the database fails.
pub async fn waiting(reader: &mut Reader, actor: &Actor) -> Result<Vec<Invitation>, Error> {
    let Some(person) = actor.person() else { return Ok(Vec::new()) };
    Ok(waiting_for(reader, person).await?)
}

/// The invited person says yes.
///
/// # Errors
/// When it is for another address, or the rules refuse it.
pub async fn accept(tx: &mut Tx<'_>, actor: &Actor, id: MemberId) -> Result<Member, Error> {
    let (permit, application, member) = lock_own(tx, actor, Verb::MemberAccept, id).await?;
    let person = case::person(actor, Verb::MemberAccept)?;
    let acts_for = people::organisations(tx, &actor.organisations).await?;
    let duties = assessments::duties(tx, application.id).await?;
    let accepting = Accepting { person, acts_for: &acts_for, duties: &duties, at: tx.moment.now };
    let (change, member) = member.accept(&permit, &application, accepting)?;
    tx.record(&change).await?;
    Ok(member)
}

/// The invited person says no.
///
/// # Errors
/// When it is for another address, or has been answered.
pub async fn decline(tx: &mut Tx<'_>, actor: &Actor, id: MemberId) -> Result<Member, Error> {
    let (permit, _, member) = lock_own(tx, actor, Verb::MemberDecline, id).await?;
    let (change, member) = member.decline(&permit)?;
    tx.record(&change).await?;
    Ok(member)
}

async fn email_of(reader: &mut impl Connected, person: PersonId) -> Result<String, Error> {
    Ok(people::find(reader, person).await?.ok_or(Refusal::NotFound)?.person.email)
}

/// An invitation with its case locked, and the permit for a verb on the case.
async fn lock(
    tx: &mut Tx<'_>,
    actor: &Actor,
    verb: Verb,
    id: MemberId,
) -> Result<(Application, Permit, Member), Error> {
    let seen = find(tx, id).await?.ok_or(Refusal::NotFound)?;
    let (application, permit) = case::lock(tx, actor, verb, seen.application).await?;
    Ok((application, permit, find(tx, id).await?.ok_or(Refusal::NotFound)?))
}

/// An invitation to the actor's own address with its case locked. They see no more of the case.
async fn lock_own(
    tx: &mut Tx<'_>,
    actor: &Actor,
    verb: Verb,
    id: MemberId,
) -> Result<(Permit, Application, Member), Error> {
    let seen = find(tx, id).await?.ok_or(Refusal::NotFound)?;
    let email = email_of(tx, case::person(actor, verb)?).await?;
    let permit = actor.may_answer(verb, &seen, &email)?;
    let application = applications::lock(tx, seen.application).await?.ok_or(Refusal::NotFound)?;
    Ok((permit, application, find(tx, id).await?.ok_or(Refusal::NotFound)?))
}
