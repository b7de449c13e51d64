//! Where an application stands: what it would get and what it lacks, until when it can be submitted, and what decisions on it rest on.

use super::applications::{look, read};
use super::schemes::Schemes;
use super::{Error, attachments, case};
use crate::store::awards::Looks;
use crate::store::{Connected, Fault, Moment, Reader, applications, awards, extensions};
use chrono::{DateTime, Utc};
use rules::actor::Actor;
use rules::application::{Application, State};
use rules::award::Award;
use rules::calculation::{Answer, Request, RequestFault, calculate};
use rules::calendar::Day;
use rules::ids::{ApplicationId, OrganisationId};
use rules::refusal::Refusal;
use rules::round::{closes_for, taken_in};
use rules::scheme::Scheme;
use rules::sight::Sight;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::sync::Arc;

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
    let (scheme, on) = rules_of(reader, schemes, &application, moment).await?;
    let mut request = application.content.request.clone();
    let sides = case::sides(reader, actor).await?;
    let looks = Looks { sight: actor.sight(&application), acts_for: &sides };
    request.history = Some(awards::earlier(reader, &application, &scheme, looks, moment.today()).await?.history);
    let calculation = calculate(&scheme, &request, on).map_err(|faults| Refusal::FiguresFaulty { faults })?;
    let missing = application.missing(&scheme, on, &attachments::seen_by(reader, actor, &application).await?);
    Ok((actor.identity(&application).missing(missing), calculation.answer(&request)))
}

/// What a draft still lacks today, or what was returned under the rules that it has pinned, as far as the actor sees what is there; of
/// what is sent, nothing is asked any more.
///
/// # Errors
/// When no text of the scheme is in force, or the database fails.
pub async fn missing(
    reader: &mut impl Connected,
    actor: &Actor,
    schemes: &Schemes,
    (application, moment): (&Application, Moment),
) -> Result<Vec<RequestFault>, Error> {
    if !matches!(application.state, State::Draft | State::Returned) {
        return Ok(Vec::new());
    }
    let (scheme, on) = rules_of(reader, schemes, application, moment).await?;
    Ok(application.missing(&scheme, on, &attachments::seen_by(reader, actor, application).await?))
}

/// The text and the day whose rules hold for an application: those that it has pinned, or today's.
pub(super) async fn rules_of(
    reader: &mut impl Connected,
    schemes: &Schemes,
    application: &Application,
    moment: Moment,
) -> Result<(Arc<Scheme>, Day), Error> {
    Ok(match &application.submission {
        Some(submission) => (schemes.pinned(reader, submission.scheme_text).await?, submission.on),
        None => (schemes.in_force(reader, &application.scheme, moment.today()).await?.scheme, moment.today()),
    })
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
    Ok(intake.map(|intake| closes_for(&extended, &intake.path, intake.closes_at)))
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
    reader: &mut impl Connected,
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

/// The calculation that an award rests on as its applicant is told of it when it is offered: without what was counted of cases that are
/// not told yet.
///
/// # Errors
/// When there is none, or it cannot be worked out again.
pub(super) async fn answer_told(
    reader: &mut impl Connected,
    (application, award): (&Application, &Award),
    scheme: &Scheme,
    kept: Vec<(String, String)>,
) -> Result<Answer, Error> {
    let (Some((request, _)), Some(submission)) = (kept.last(), &application.submission) else {
        return Err(Fault::Corrupt(format!("{} is awarded without a calculation", application.reference)).into());
    };
    let mut asked: Request = from_json(request)?;
    // Of what was asked for, by now, and not of what was approved of it: the letter says both.
    asked.requested = asked.requested.max(Some(submission.requested));
    let hidden = awards::hidden(reader, application, award, scheme).await?;
    let hidden = hidden.into_iter().map(|(_, award)| award).collect::<Vec<_>>();
    if let Some(history) = asked.history.as_mut() {
        history.leave_out(&hidden);
    }
    let calculation = calculate(scheme, &asked, submission.on);
    let calculation = calculation.map_err(|faults| Refusal::FiguresFaulty { faults })?;
    Ok(calculation.answer(&asked))
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
