//! Applications: begin, edit, submit and withdraw.

use super::awards::award_of;
use super::returns::as_sent;
use super::schemes::Schemes;
use super::{Error, case};
use crate::store::applications::{Filter, Listed};
use crate::store::awards::Looks;
use crate::store::{
    Reader, Tx, applications, attachments, awards, debarments, extensions, people, returns as returned, reviews,
};
use chrono::{DateTime, Utc};
use rules::actor::Actor;
use rules::application::{Application, Content, NewDraft, State, Submitting, create as begin, differences};
use rules::award::Ending;
use rules::calculation::Answer;
use rules::event::Subject;
use rules::ids::{ApplicationId, OrganisationId};
use rules::permission::Verb;
use rules::refusal::Refusal;
use rules::review::none_open;
use rules::scheme::{is_code, is_intake};
use rules::sight::{Scope, Sight};
use std::collections::BTreeSet;
use uuid::Uuid;

/// One application that the actor may see.
///
/// # Errors
/// When it is absent or out of sight, or the database fails.
pub async fn read(
    reader: &mut Reader,
    actor: &Actor,
    id: ApplicationId,
    now: DateTime<Utc>,
) -> Result<Application, Error> {
    let application = applications::find(reader, id).await?.ok_or(Refusal::NotFound)?;
    case::permit(reader, actor, Verb::ApplicationRead, &application, now).await?;
    as_sent(reader, actor, application).await
}

/// The same for somebody who may have been asked to assess it: they look at what tells of a conflict, and at no more. Says whether it
/// is so.
///
/// # Errors
/// When it is absent or out of sight, or the database fails.
pub async fn look(
    reader: &mut Reader,
    actor: &Actor,
    id: ApplicationId,
    now: DateTime<Utc>,
) -> Result<(Application, bool), Error> {
    let application = applications::find(reader, id).await?.ok_or(Refusal::NotFound)?;
    let assessing = case::stands(reader, actor, id).await?;
    actor.may_to_application(Verb::ApplicationLook, &application, assessing, now)?;
    let only_looks = actor.only_looks_at(&application, assessing, now);
    Ok((as_sent(reader, actor, application).await?, only_looks))
}

/// Which applications the actor sees, those among them that were given to them to assess.
///
/// # Errors
/// When the database fails.
pub async fn scope(reader: &mut Reader, actor: &Actor) -> Result<Scope, Error> {
    Ok(Scope { assessed: case::assessing(reader, actor, None).await?, ..actor.scope() })
}

/// A page of what the actor may see, newest first.
///
/// # Errors
/// When the database fails.
pub async fn list(
    reader: &mut Reader,
    scope: &Scope,
    filter: &Filter,
    page: (DateTime<Utc>, i64),
) -> Result<Vec<Listed>, Error> {
    // What is no code is the code of no scheme or round, and the database need not be asked; some of it could not be.
    let is_nothing = |code: &Option<String>, is: fn(&str) -> bool| code.as_deref().is_some_and(|code| !is(code));
    if is_nothing(&filter.scheme, is_code) || is_nothing(&filter.round, is_intake) {
        return Ok(Vec::new());
    }
    Ok(applications::page(reader, scope, filter, page).await?)
}

/// Begins a draft for an organisation.
///
/// # Errors
/// When the actor does not act for the organisation, the scheme is not published, or a text is too long.
pub async fn create(
    tx: &mut Tx<'_>,
    actor: &Actor,
    schemes: &Schemes,
    code: &str,
    organisation: OrganisationId,
    content: Content,
) -> Result<Application, Error> {
    let id = ApplicationId(Uuid::now_v7());
    let permit = actor.may_for_organisation(Verb::ApplicationCreate, Subject::Application(id), organisation)?;
    let organisation = people::organisation(tx, organisation).await?.ok_or(Refusal::NotFound)?;
    let author = case::person(actor, Verb::ApplicationCreate)?;
    let (in_force, serial) = schemes.in_force_with_serial(tx, code).await?;
    let draft = NewDraft { id, serial, organisation, author, content, at: tx.moment.now };
    let (change, application) = begin(&permit, &in_force.scheme, draft)?;
    tx.record(&change).await?;
    Ok(application)
}

/// Replaces the content of a draft that has the expected version, or what is asked for in one that was returned.
///
/// # Errors
/// When it is out of sight, edited by somebody else meanwhile, in another state, or changed in what was not asked for.
pub async fn edit(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: ApplicationId,
    version: i32,
    content: Content,
) -> Result<Application, Error> {
    let (application, permit) = case::lock(tx, actor, Verb::ApplicationEdit, id).await?;
    if let Err(stale) = case::must_be_version(actor, &application, version) {
        let Error::Stale = stale else { return Err(stale) };
        let read = returned::content_in_version(tx, &application, version).await?;
        let changed = read.iter().flat_map(|read| differences(read, &application.content));
        let changed = changed.map(|difference| difference.pointer).collect::<Vec<_>>();
        // Not every step to another version was one of its words.
        return Err(if changed.is_empty() { Error::Stale } else { Error::Edited { changed } });
    }
    let open = returned::open(tx, &application).await?;
    let by = (case::person(actor, Verb::ApplicationEdit)?, tx.moment.now);
    let (change, application) = application.edit(&permit, by, content, open.as_ref())?;
    tx.record(&change).await?;
    Ok(application)
}

/// Submits a draft under the rules of the day. What counts is what the applicant has been told of: an answer that counted more would
/// tell of it. The approval counts everything.
///
/// # Errors
/// When it is out of sight, stale, somebody is debarred, or it is not complete, outside a window, over a quota, or refused by the
/// rules.
pub async fn submit(
    tx: &mut Tx<'_>,
    actor: &Actor,
    schemes: &Schemes,
    id: ApplicationId,
    version: i32,
) -> Result<(Application, Answer), Error> {
    // The applicant's quota is locked before the application, so it is looked at first without a lock.
    let seen = applications::find(tx, id).await?.ok_or(Refusal::NotFound)?;
    // Somebody who may not do it at all must not hold the lock of somebody else's quota.
    let now = tx.moment.now;
    case::permit(tx, actor, Verb::ApplicationSubmit, &seen, now).await?;
    let earlier = applications::lock_submissions(tx, seen.organisation, &seen.scheme).await?;
    let (application, permit) = case::lock_version(tx, actor, Verb::ApplicationSubmit, id, version).await?;
    let by = case::person(actor, Verb::ApplicationSubmit)?;
    let debarred = debarments::hold_applying(tx, id, Some(by)).await?;
    let today = tx.moment.today();
    let in_force = schemes.in_force(tx, &application.scheme, today).await?;
    let looks = Looks { sight: Sight::Public, acts_for: &actor.organisations };
    let submitting = Submitting {
        scheme: &in_force.scheme,
        scheme_text: in_force.text,
        history: awards::earlier(tx, &application, &in_force.scheme, looks, today).await?.history,
        earlier,
        extended: extensions::of(tx, &application.scheme, application.organisation).await?,
        attachments: attachments::of(tx, id).await?,
        debarred,
        by,
        at: tx.moment.now,
    };
    let (change, application, answer) = application.submit(&permit, &submitting)?;
    tx.record(&change).await?;
    Ok((application, answer))
}

/// The applicant takes an application back; what is reserved is given back, and what was approved, and not yet offered, gives its
/// commitment back.
///
/// # Errors
/// When it is out of sight, stale, or has ended already, or somebody is asked to look again at a finding that it is not eligible.
pub async fn withdraw(
    tx: &mut Tx<'_>,
    actor: &Actor,
    (id, version): (ApplicationId, i32),
    reason: &str,
) -> Result<Application, Error> {
    let verb = Verb::ApplicationWithdraw;
    let (application, permit) = case::lock_version(tx, actor, verb, id, version).await?;
    let (change, application) = if application.state == State::Approved {
        awards::lock_all_of(tx, &BTreeSet::from([application.organisation])).await?;
        let award = award_of(tx, actor, &application).await?;
        award.end(&permit, application, Ending::Withdrawn(reason))?
    } else {
        none_open(&reviews::of_application(tx, id).await?)?;
        let open = returned::open(tx, &application).await?;
        let by = (case::person(actor, verb)?, tx.moment.now);
        let files = if open.is_some() { attachments::of(tx, id).await? } else { Vec::new() };
        application.withdraw(&permit, reason, by, (open, &files))?
    };
    tx.record(&change).await?;
    Ok(application)
}
