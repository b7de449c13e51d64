//! Return for more information: asked by an officer, answered by the applicant; and the revisions of what was written.

use super::applications::read;
use super::assessments::read_by;
use super::schemes::Schemes;
use super::{Error, case};
use crate::access::Place;
use crate::store::awards::Looks;
use crate::store::{
    Connected, Fault, Reader, Tx, applications, assessments, attachments, audit, awards, debarments, members, returns,
};
use chrono::{DateTime, Utc};
use rules::actor::Actor;
use rules::application::{Application, Asking, Content, Difference, Resubmitting, Return, Revision, differences};
use rules::assessment::AssessmentState;
use rules::blind::{Applies, Identity, without_scores_of_others};
use rules::calculation::Answer;
use rules::calendar::Day;
use rules::event::Event;
use rules::ids::ApplicationId;
use rules::permission::Verb;
use rules::refusal::Refusal;
use rules::sight::Sight;
use std::collections::BTreeSet;

/// An application as the actor may read it: what its applicant has written and not yet sent is the applicant's own, and who applies is
/// not told to whoever assesses it blind.
///
/// # Errors
/// When the database fails.
pub(super) async fn as_sent(
    reader: &mut impl Connected,
    actor: &Actor,
    application: Application,
) -> Result<Application, Error> {
    let identity = actor.identity(&application);
    let parties = untold(reader, identity, &application).await?;
    let Some(sent) = application.submission.as_ref().map(|submission| submission.revision) else {
        return Ok(identity.application(application, &parties));
    };
    if sent == application.revision.number || actor.reads_unsent(&application) {
        return Ok(identity.application(application, &parties));
    }
    let (revision, content) = sent_content(reader, &application, sent).await?;
    Ok(identity.application(Application { revision, content, ..application }, &parties))
}

/// Who applies, where that is not told: nobody else needs to know it.
async fn untold(
    reader: &mut impl Connected,
    identity: Identity,
    application: &Application,
) -> Result<Vec<Applies>, Error> {
    match identity {
        Identity::Shown => Ok(Vec::new()),
        Identity::Hidden => Ok(members::who_applies(reader, application).await?),
    }
}

async fn sent_content(
    reader: &mut impl Connected,
    application: &Application,
    number: i32,
) -> Result<(Revision, Content), Error> {
    let missing = || Fault::Corrupt(format!("application {}: revision {number} is missing", application.id));
    Ok(returns::content(reader, application, number).await?.ok_or_else(missing)?)
}

/// Returns an application for more information.
///
/// # Errors
/// When it is out of sight, stale, in another state, or what is asked for cannot be asked.
pub async fn ask(
    tx: &mut Tx<'_>,
    actor: &Actor,
    schemes: &Schemes,
    (id, version): (ApplicationId, i32),
    (fields, reason, answer_by): (BTreeSet<String>, &str, Day),
) -> Result<Application, Error> {
    let verb = Verb::ApplicationReturn;
    let (application, permit) = case::lock_version(tx, actor, verb, id, version).await?;
    let scheme = schemes.pinned_by(tx, &application).await?;
    let given = assessments::of_application(tx, id).await?;
    let asking = Asking {
        scheme: &scheme,
        fields,
        reason,
        answer_by,
        before: returns::of(tx, id).await?.len(),
        is_scored: given.iter().any(|assessment| assessment.state == AssessmentState::Scored),
        by: case::person(actor, verb)?,
        at: tx.moment.now,
    };
    let (change, application) = application.return_for_information(&permit, asking)?;
    tx.record(&change).await?;
    Ok(application)
}

/// The applicant sends what was asked for.
///
/// # Errors
/// When it is out of sight, stale, not returned, somebody is debarred, it is not complete, or the rules refuse its figures.
pub async fn answer(
    tx: &mut Tx<'_>,
    actor: &Actor,
    schemes: &Schemes,
    (id, version): (ApplicationId, i32),
) -> Result<(Application, Option<Answer>), Error> {
    let verb = Verb::ApplicationResubmit;
    let (application, permit) = case::lock_version(tx, actor, verb, id, version).await?;
    let open = open(tx, &application).await?;
    let scheme = schemes.pinned_by(tx, &application).await?;
    let looks = Looks { sight: Sight::Public, acts_for: &actor.organisations };
    let by = case::person(actor, verb)?;
    let debarred = debarments::hold_applying(tx, id, Some(by)).await?;
    let today = tx.moment.today();
    let resubmitting = Resubmitting {
        scheme: &scheme,
        history: awards::earlier(tx, &application, &scheme, looks, today).await?.history,
        attachments: attachments::of(tx, id).await?,
        assessments: assessments::of_application(tx, id).await?,
        sent: sent_content(tx, &application, open.revision).await?.1,
        debarred,
        by,
        at: tx.moment.now,
    };
    let (change, application, answer) = application.resubmit(&permit, open, &resubmitting)?;
    tx.record(&change).await?;
    Ok((application, answer))
}

/// An officer ends a return that was not answered in time.
///
/// # Errors
/// When it is out of sight, stale, not returned, or still to be answered.
pub async fn end(
    tx: &mut Tx<'_>,
    actor: &Actor,
    (id, version): (ApplicationId, i32),
    reason: &str,
) -> Result<Application, Error> {
    let verb = Verb::ApplicationEndReturn;
    let (application, permit) = case::lock_version(tx, actor, verb, id, version).await?;
    let open = open(tx, &application).await?;
    let sent = sent_content(tx, &application, open.revision).await?.1;
    let files = attachments::of(tx, id).await?;
    let given = assessments::of_application(tx, id).await?;
    let by = (case::person(actor, verb)?, tx.moment.now, reason);
    let (change, application) = application.end_return(&permit, (open, sent), (&files, &given), by)?;
    tx.record(&change).await?;
    Ok(application)
}

/// What waits for the applicant; told as a matter of state where nothing does.
async fn open(tx: &mut Tx<'_>, application: &Application) -> Result<Return, Error> {
    let state = application.state.public_code();
    Ok(returns::open(tx, application).await?.ok_or(Refusal::ApplicationWrongState { state })?)
}

/// The returns of an application, oldest first, each with what its answer changed. They are few: the rules bound them.
///
/// # Errors
/// When it is out of sight, or the database fails.
pub async fn list(
    reader: &mut Reader,
    actor: &Actor,
    id: ApplicationId,
    now: DateTime<Utc>,
) -> Result<Vec<(Return, Vec<Difference>)>, Error> {
    let application = read(reader, actor, id, now).await?;
    let identity = actor.identity(&application);
    let returned = returns::of(reader, id).await?;
    let answers = returned.iter().filter_map(|one| Some((one.revision, one.answered()?)));
    let numbers = answers.flat_map(|(before, after)| [before, after]).collect();
    let mut contents = returns::contents(reader, &application, &numbers).await?;
    let parties = untold(reader, identity, &application).await?;
    for content in contents.values_mut() {
        *content = identity.content(content.clone(), &parties);
    }
    let files = attachments::of(reader, id).await?;
    let changed = |one: &Return| {
        let Some(number) = one.answered() else { return Vec::new() };
        let texts = contents.get(&one.revision).zip(contents.get(&number));
        let mut changed = texts.map(|(before, after)| differences(before, after)).unwrap_or_default();
        changed.extend(files.iter().filter(|file| one.brought(file)).map(Difference::of_file));
        changed
    };
    Ok(returned.into_iter().map(|one| (one.clone(), changed(&one))).collect())
}

/// The revisions of an application that the actor may read, after one of them, and whether each was sent; with whether who wrote them is
/// told.
///
/// # Errors
/// When it is out of sight, or the database fails.
pub async fn revisions(
    reader: &mut Reader,
    actor: &Actor,
    id: ApplicationId,
    now: DateTime<Utc>,
    (after, limit): (Option<i32>, i64),
) -> Result<(Identity, Vec<(Revision, bool)>), Error> {
    let application = read(reader, actor, id, now).await?;
    let identity = actor.identity(&application);
    let sent = sent(reader, &application).await?;
    let own = actor.reads_unsent(&application);
    let after = after.unwrap_or(0);
    let mut all = returns::earlier(reader, id, (after, limit), (!own).then_some(&sent)).await?;
    let is_there = all.iter().any(|revision| revision.number == application.revision.number);
    if !is_there && application.revision.number > after {
        all.push(application.revision);
    }
    let all = all.into_iter().take(usize::try_from(limit).unwrap_or(usize::MAX));
    Ok((identity, all.map(|revision| (revision, sent.contains(&revision.number))).collect()))
}

/// One revision of an application that the actor may read, with what differs from the one before that they may read; with whether who
/// wrote it is told.
///
/// # Errors
/// When it is out of sight or there is no such revision, or the database fails.
pub async fn revision(
    reader: &mut Reader,
    actor: &Actor,
    (id, number): (ApplicationId, i32),
    now: DateTime<Utc>,
) -> Result<(Identity, Revision, Content, Vec<Difference>), Error> {
    let application = read(reader, actor, id, now).await?;
    let identity = actor.identity(&application);
    let parties = untold(reader, identity, &application).await?;
    let told = |content| identity.content(content, &parties);
    let sent = sent(reader, &application).await?;
    let own = actor.reads_unsent(&application);
    if !own && !sent.contains(&number) {
        return Err(Refusal::NotFound.into());
    }
    let (revision, content) = returns::content(reader, &application, number).await?.ok_or(Refusal::NotFound)?;
    let content = told(content);
    let before = if own { number.checked_sub(1) } else { sent.range(..number).next_back().copied() };
    let changed = match before.filter(|before| *before > 0) {
        Some(before) => differences(&told(sent_content(reader, &application, before).await?.1), &content),
        None => Vec::new(),
    };
    Ok((identity, revision, content, changed))
}

/// The revisions that were sent.
async fn sent(reader: &mut Reader, application: &Application) -> Result<BTreeSet<i32>, Error> {
    let asked = returns::of(reader, application.id).await?.into_iter().map(|one| one.revision);
    Ok(asked.chain(application.submission.as_ref().map(|submission| submission.revision)).collect())
}

/// How many entries of an audit are looked at at once.
const ENTRIES_AT_ONCE: i64 = 100;

/// A line of a history: its place, what happened, and when.
pub type Told = (Place, Event, DateTime<Utc>);

/// What happened to an application as far as the actor is told, oldest first, numbered from 1, after one of them: nothing before its
/// place in the audit is read again.
///
/// # Errors
/// When it is out of sight, or an entry cannot be read.
pub async fn history(
    reader: &mut Reader,
    actor: &Actor,
    schemes: &Schemes,
    (id, now): (ApplicationId, DateTime<Utc>),
    (after, limit): (Option<Place>, i64),
) -> Result<Vec<Told>, Error> {
    let application = applications::find(reader, id).await?.ok_or(Refusal::NotFound)?;
    case::permit(reader, actor, Verb::HistoryRead, &application, now).await?;
    let sight = actor.sight(&application);
    let read = read_by(reader, actor, schemes, &application).await?;
    let Place { mut number, sequence: mut last } = after.unwrap_or(Place { number: 0, sequence: 0 });
    let (mut told, wanted) = (Vec::new(), usize::try_from(limit).unwrap_or(usize::MAX));
    // Only what is told is counted: a number of the audit would tell that something else has happened.
    loop {
        let entries = audit::of_subject(reader, id.0, last, limit.max(ENTRIES_AT_ONCE)).await?;
        let Some(entry) = entries.last() else { return Ok(told) };
        last = entry.sequence;
        for entry in entries {
            let told_event = entry.event()?.as_told(sight);
            let Some(event) = told_event.and_then(|event| without_scores_of_others(event, &read)) else { continue };
            number = number.saturating_add(1);
            told.push((Place { number, sequence: entry.sequence }, event, entry.happened_at));
            if told.len() == wanted {
                return Ok(told);
            }
        }
    }
}
