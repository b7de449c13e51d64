//! Applications: begin, edit, submit and withdraw.

use super::awards::award_of;
use super::schemes::Schemes;
use super::{Error, case};
use crate::store::applications::{Filter, Listed};
use crate::store::awards::Looks;
use crate::store::{Fault, Moment, Reader, Tx, applications, attachments, awards, extensions, people};
use chrono::{DateTime, Utc};
use rules::actor::Actor;
use rules::application::{Application, Content, NewDraft, State, Submitting, create as begin};
use rules::attachment::missing_documents;
use rules::award::{Award, Ending};
use rules::calculation::{Answer, Request, RequestFault, calculate};
use rules::calendar::Day;
use rules::event::Subject;
use rules::ids::{ApplicationId, OrganisationId};
use rules::permission::Verb;
use rules::refusal::Refusal;
use rules::round::taken_in;
use rules::scheme::{is_code, is_intake};
use rules::sight::{Scope, Sight};
use serde::de::DeserializeOwned;
use serde_json::Value;
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
    Ok(application)
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
    Ok((application, only_looks))
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

/// What an application would get today beside what its applicant has been granted, as far as the actor may know of it, and what is
/// missing before it can be submitted. One that has been submitted is worked out under the rules that it has pinned.
///
/// # Errors
/// When it is out of sight, the scheme is not published, or the figures cannot be worked out.
pub async fn pre_check(
    reader: &mut Reader,
    actor: &Actor,
    schemes: &Schemes,
    id: ApplicationId,
    moment: Moment,
) -> Result<(Vec<RequestFault>, Answer), Error> {
    let application = read(reader, actor, id, moment.now).await?;
    let (scheme, on) = match &application.submission {
        Some(submission) => (schemes.pinned(reader, submission.scheme_text).await?, submission.on),
        None => (schemes.in_force(reader, &application.scheme, moment.today()).await?.scheme, moment.today()),
    };
    let mut request = application.content.request.clone();
    let sides = case::sides(reader, actor).await?;
    let looks = Looks { sight: actor.sight(&application), acts_for: &sides };
    request.history = Some(awards::history(reader, &application, &scheme, looks, moment.today()).await?);
    let calculation = calculate(&scheme, &request, on).map_err(|faults| Refusal::FiguresFaulty { faults })?;
    let mut missing = application.missing();
    missing.extend(missing_documents(&scheme, on, &attachments::of(reader, id).await?));
    Ok((missing, calculation.answer(&request)))
}

/// An application with the last day of its offer, while one stands, and of a draft until when it can be submitted.
///
/// # Errors
/// When it is out of sight, or the database fails.
pub async fn status(
    reader: &mut Reader,
    actor: &Actor,
    schemes: &Schemes,
    (id, moment): (ApplicationId, Moment),
) -> Result<(Application, Option<Day>, Option<DateTime<Utc>>), Error> {
    let (application, _) = look(reader, actor, id, moment.now).await?;
    let expires_on = match application.state {
        State::Offered => awards::find(reader, id).await?.and_then(|award| award.expires_on),
        _ => None,
    };
    let closes_at = match application.state {
        State::Draft => closes_at(reader, schemes, &application, moment).await?,
        _ => None,
    };
    Ok((application, expires_on, closes_at))
}

/// Until when a draft can be submitted, as things stand; none where nothing ends, or no round takes it.
async fn closes_at(
    reader: &mut Reader,
    schemes: &Schemes,
    application: &Application,
    moment: Moment,
) -> Result<Option<DateTime<Utc>>, Error> {
    let scheme = schemes.in_force(reader, &application.scheme, moment.today()).await?.scheme;
    let extended = extensions::of(reader, &application.scheme, application.organisation).await?;
    let intake = taken_in(&scheme.file, &extended, moment.now).ok().flatten();
    Ok(intake.map(|intake| extended.get(&intake.path).copied().unwrap_or(intake.closes_at).max(intake.closes_at)))
}

/// The calculations that decisions rest on, oldest first: what was asked, and what came out.
///
/// # Errors
/// When the application is out of sight, or a recorded calculation cannot be read.
pub async fn calculations(
    reader: &mut Reader,
    actor: &Actor,
    schemes: &Schemes,
    (id, now): (ApplicationId, DateTime<Utc>),
) -> Result<Vec<(Value, Value)>, Error> {
    let application = read(reader, actor, id, now).await?;
    let mut kept = Vec::new();
    for (request, answer) in applications::calculations(reader, id).await? {
        kept.push((from_json(&request)?, from_json(&answer)?));
    }
    if actor.sight(&application) == Sight::Public {
        return as_told(reader, schemes, &application, kept).await;
    }
    let sides = case::sides(reader, actor).await?;
    let Some(award) = awards::find(reader, id).await?.filter(|_| !sides.is_empty()) else {
        return Ok(kept);
    };
    // Whoever acts for a related party is not told by somebody else's case what their own has not been told.
    let acts_for = |party| sides.contains(&party);
    without_hidden(reader, schemes, (&application, &award), kept, acts_for).await
}

/// The same as far as the applicant has been told: before the offer, that of the submission alone; and whatever was counted of other
/// cases that are not told yet is taken out and the rest worked out again.
async fn as_told(
    reader: &mut Reader,
    schemes: &Schemes,
    application: &Application,
    mut kept: Vec<(Value, Value)>,
) -> Result<Vec<(Value, Value)>, Error> {
    let offered = awards::find(reader, application.id).await?.filter(|award| award.offered_at.is_some());
    let Some(award) = offered else {
        kept.truncate(1);
        return Ok(kept);
    };
    without_hidden(reader, schemes, (application, &award), kept, |_| true).await
}

/// The same without what was counted of awards that are not told yet and are `hidden_of` whoever looks, worked out again.
async fn without_hidden(
    reader: &mut Reader,
    schemes: &Schemes,
    (application, award): (&Application, &Award),
    mut kept: Vec<(Value, Value)>,
    hidden_of: impl Fn(OrganisationId) -> bool,
) -> Result<Vec<(Value, Value)>, Error> {
    let Some(submission) = &application.submission else { return Ok(kept) };
    let scheme = schemes.pinned(reader, submission.scheme_text).await?;
    let hidden = awards::hidden(reader, application, award, &scheme).await?;
    let hidden = hidden.into_iter().filter(|(party, _)| hidden_of(*party)).map(|(_, award)| award).collect::<Vec<_>>();
    for (request, answer) in kept.iter_mut() {
        let mut asked: Request = serde_json::from_value(request.clone()).map_err(corrupt)?;
        if asked.history.as_mut().is_some_and(|history| history.leave_out(&hidden)) {
            let calculation = calculate(&scheme, &asked, submission.on);
            let calculation = calculation.map_err(|faults| Refusal::FiguresFaulty { faults })?;
            *answer = serde_json::to_value(calculation.answer(&asked)).map_err(corrupt)?;
            *request = serde_json::to_value(&asked).map_err(corrupt)?;
        }
    }
    Ok(kept)
}

fn corrupt(error: serde_json::Error) -> Fault {
    Fault::Corrupt(error.to_string())
}

fn from_json<T: DeserializeOwned>(text: &str) -> Result<T, Fault> {
    serde_json::from_str(text).map_err(corrupt)
}

/// A recorded calculation that was worked out again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replay {
    /// The trace that was recorded.
    pub recorded: String,
    /// The trace that comes out today.
    pub again: String,
}

impl Replay {
    /// Whether nothing has changed.
    #[must_use]
    pub fn is_same(&self) -> bool {
        self.recorded == self.again
    }
}

/// Works every recorded calculation of an application out again, under the rules that it has pinned.
///
/// # Errors
/// When there is no such application, or a recorded calculation cannot be read.
pub async fn replay(reader: &mut Reader, schemes: &Schemes, reference: &str) -> Result<Vec<Replay>, Error> {
    let application = applications::find_by_reference(reader, reference).await?.ok_or(Refusal::NotFound)?;
    let Some(submission) = &application.submission else { return Ok(Vec::new()) };
    let scheme = schemes.pinned(reader, submission.scheme_text).await?;
    let mut replays = Vec::new();
    for (request, answer) in applications::calculations(reader, application.id).await? {
        let (request, answer): (Request, Value) = (from_json(&request)?, from_json(&answer)?);
        let calculation = calculate(&scheme, &request, submission.on);
        let calculation = calculation.map_err(|faults| Refusal::FiguresFaulty { faults })?;
        replays.push(Replay {
            recorded: answer.get("trace").and_then(Value::as_str).unwrap_or_default().to_owned(),
            again: calculation.answer(&request).trace,
        });
    }
    Ok(replays)
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

/// Replaces the content of a draft that has the expected version.
///
/// # Errors
/// When it is out of sight, stale, or no draft any more.
pub async fn edit(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: ApplicationId,
    version: i32,
    content: Content,
) -> Result<Application, Error> {
    let (application, permit) = case::lock_version(tx, actor, Verb::ApplicationEdit, id, version).await?;
    let by = case::person(actor, Verb::ApplicationEdit)?;
    let (change, application) = application.edit(&permit, by, content)?;
    tx.record(&change).await?;
    Ok(application)
}

/// Submits a draft under the rules of the day. What counts is what the applicant has been told of: an answer that counted more would
/// tell of it. The approval counts everything.
///
/// # Errors
/// When it is out of sight, stale, not complete, outside a window, over a quota, or refused by the rules.
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
    let today = tx.moment.today();
    let in_force = schemes.in_force(tx, &application.scheme, today).await?;
    let looks = Looks { sight: Sight::Public, acts_for: &actor.organisations };
    let submitting = Submitting {
        scheme: &in_force.scheme,
        scheme_text: in_force.text,
        history: awards::history(tx, &application, &in_force.scheme, looks, today).await?,
        earlier,
        extended: extensions::of(tx, &application.scheme, application.organisation).await?,
        attachments: attachments::of(tx, id).await?,
        by: case::person(actor, Verb::ApplicationSubmit)?,
        at: tx.moment.now,
    };
    let (change, application, answer) = application.submit(&permit, &submitting)?;
    tx.record(&change).await?;
    Ok((application, answer))
}

/// The applicant takes an application back; what was approved, and not yet offered, gives its commitment back.
///
/// # Errors
/// When it is out of sight, stale, or has ended already.
pub async fn withdraw(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: ApplicationId,
    version: i32,
    reason: &str,
) -> Result<Application, Error> {
    let seen = applications::find(tx, id).await?.ok_or(Refusal::NotFound)?;
    let (change, application) = if seen.state == State::Approved {
        let (application, permit, balances) =
            case::lock_with_balances(tx, actor, Verb::ApplicationWithdraw, id).await?;
        case::must_be_version(actor, &application, version)?;
        let award = award_of(tx, actor, &application).await?;
        award.end(&permit, application, Ending::Withdrawn(reason), balances)?
    } else {
        let (application, permit) = case::lock_version(tx, actor, Verb::ApplicationWithdraw, id, version).await?;
        // Approved this very moment, and the applicant's version does not show it: without the locks of the money there is no
        // giving back, and they must not be taken now.
        if application.state == State::Approved {
            return Err(Fault::Taken("applications.state".to_owned()).into());
        }
        application.withdraw(&permit, reason)?
    };
    tx.record(&change).await?;
    Ok(application)
}
