//! What is owed on a case beside the project: read, handed in by the recipient, accepted or sent back by an officer.

use super::schemes::Schemes;
use super::{Error, case};
use crate::store::{Connected, Reader, Tx, attachments, awards, change_requests, obligations};
use chrono::{DateTime, Utc};
use rules::actor::Actor;
use rules::application::Application;
use rules::award::Instalment;
use rules::calendar::Day;
use rules::change_request::Figures;
use rules::ids::{ApplicationId, AttachmentId};
use rules::obligation::{Accepting, Anchors, Obligation, ObligationState, named};
use rules::permission::{Permit, Verb};
use rules::refusal::Refusal;
use rules::scheme::{ObligationKind, Scheme};
use rules::sight::Sight;
use std::sync::Arc;

/// What is owed on a case, with the text that it has pinned; none where nothing was submitted.
///
/// # Errors
/// When the case is out of sight, or it is not the actor's business.
pub async fn of_case(
    reader: &mut Reader,
    actor: &Actor,
    schemes: &Schemes,
    (id, now): (ApplicationId, DateTime<Utc>),
) -> Result<(Sight, Option<Arc<Scheme>>, Vec<Obligation>), Error> {
    let application = case::seen(reader, actor, Verb::ObligationRead, (id, now)).await?;
    let sight = actor.sight(&application);
    let Some(submission) = &application.submission else { return Ok((sight, None, Vec::new())) };
    let scheme = schemes.pinned(reader, submission.scheme_text).await?;
    let mut owed = obligations::of_application(reader, id).await?;
    owed.retain(|one| one.state != ObligationState::Dropped);
    Ok((sight, Some(scheme), owed))
}

/// The recipient hands something in, with a file that was attached for it.
///
/// # Errors
/// When the actor may not, or the rules refuse it.
pub async fn submit(
    tx: &mut Tx<'_>,
    actor: &Actor,
    (id, code): (ApplicationId, &str),
    (attachment, words): (AttachmentId, &str),
) -> Result<Obligation, Error> {
    let (application, permit, owed) = lock(tx, actor, Verb::ObligationSubmit, (id, code)).await?;
    let by = case::person(actor, Verb::ObligationSubmit)?;
    let files = attachments::of(tx, id).await?;
    let (change, owed) = owed.submit(&permit, (&application, &files), (attachment, words), (by, tx.moment.now))?;
    tx.record(&change).await?;
    Ok(owed)
}

/// An officer accepts what was handed in.
///
/// # Errors
/// When the actor may not, or nothing waits for it.
pub async fn accept(
    tx: &mut Tx<'_>,
    actor: &Actor,
    schemes: &Schemes,
    (id, code): (ApplicationId, &str),
) -> Result<Obligation, Error> {
    let (application, permit, owed) = lock(tx, actor, Verb::ObligationAccept, (id, code)).await?;
    let by = case::person(actor, Verb::ObligationAccept)?;
    let ground = Ground::of(tx, schemes, &application).await?;
    let (change, owed) = owed.accept(&permit, (by, tx.moment.now), ground.accepting())?;
    tx.record(&change).await?;
    Ok(owed)
}

/// An officer sends back what was handed in, with the reason.
///
/// # Errors
/// When the actor may not, nothing waits for it, or the reason is missing.
pub async fn give_back(
    tx: &mut Tx<'_>,
    actor: &Actor,
    schemes: &Schemes,
    (id, code): (ApplicationId, &str),
    reason: &str,
) -> Result<Obligation, Error> {
    let (application, permit, owed) = lock(tx, actor, Verb::ObligationReturn, (id, code)).await?;
    let by = case::person(actor, Verb::ObligationReturn)?;
    let ground = Ground::of(tx, schemes, &application).await?;
    let (change, owed) = owed.give_back(&permit, (by, tx.moment.now), reason, ground.accepting())?;
    tx.record(&change).await?;
    Ok(owed)
}

/// What a judgement rests on, read with the case locked.
struct Ground {
    scheme: Arc<Scheme>,
    on: Day,
    anchors: Anchors,
    plan: Vec<Instalment>,
    all: Vec<Obligation>,
}

impl Ground {
    async fn of(tx: &mut Tx<'_>, schemes: &Schemes, application: &Application) -> Result<Self, Error> {
        let id = application.id;
        let award = awards::find(tx, id).await?.ok_or(Refusal::NotFound)?;
        let wrong_state = || Refusal::ApplicationWrongState { state: application.state.code() };
        let accepted_on = award.accepted_at.map(Day::in_hong_kong).ok_or_else(wrong_state)?;
        let on = application.submission.as_ref().map(|submission| submission.on).ok_or_else(wrong_state)?;
        let ends_on = Figures::of(application, &award, &change_requests::made(tx, id).await?).ends_on;
        Ok(Self {
            scheme: schemes.pinned_by(tx, application).await?,
            on,
            anchors: Anchors { accepted_on, ends_on, accounts_on: None },
            plan: awards::plan(tx, id).await?,
            all: read(tx, id).await?,
        })
    }

    fn accepting(&self) -> Accepting<'_> {
        let Self { scheme, on, anchors, plan, all } = self;
        Accepting { scheme, on: *on, anchors: *anchors, plan, all }
    }
}

/// Until which day books are kept on a case, where its text says so and the day is known.
#[must_use]
pub fn books_kept_until(owed: &[Obligation]) -> Option<Day> {
    owed.iter().filter(|one| one.kind == ObligationKind::Books).filter_map(|one| one.due_on).max()
}

/// The case, locked, with the permit and what is owed on it under a code.
async fn lock(
    tx: &mut Tx<'_>,
    actor: &Actor,
    verb: Verb,
    (id, code): (ApplicationId, &str),
) -> Result<(Application, Permit, Obligation), Error> {
    let (application, permit) = case::lock(tx, actor, verb, id).await?;
    let owed = named(read(tx, id).await?, code)?;
    Ok((application, permit, owed))
}

async fn read(reader: &mut impl Connected, id: ApplicationId) -> Result<Vec<Obligation>, Error> {
    Ok(obligations::of_application(reader, id).await?)
}
