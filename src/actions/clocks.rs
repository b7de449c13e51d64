//! Service clocks: of one case, and of all that wait in a scheme.

use super::schemes::Schemes;
use super::{Error, case};
use crate::store::clocks::{Counted, Waiting, Waits};
use crate::store::{Moment, Reader, applications, clocks, scheme_texts};
use rules::actor::Actor;
use rules::clock::{Clock, Step, clock, late_before, latest_first};
use rules::event::Subject;
use rules::ids::ApplicationId;
use rules::permission::Verb;
use rules::refusal::Refusal;
use rules::work::pledged;
use std::collections::HashMap;

/// The clocks of a case, of every step for which it has waited.
///
/// # Errors
/// When the case is out of sight, or its clocks are not the actor's business.
pub async fn of_case(
    reader: &mut Reader,
    actor: &Actor,
    schemes: &Schemes,
    (application, moment): (ApplicationId, Moment),
) -> Result<Vec<Clock>, Error> {
    let application = applications::find(reader, application).await?.ok_or(Refusal::NotFound)?;
    case::permit(reader, actor, Verb::ClockRead, &application, moment.now).await?;
    let Some(submission) = &application.submission else { return Ok(Vec::new()) };
    let scheme = schemes.pinned(reader, submission.scheme_text).await?;
    let stays = clocks::stays(reader, application.id).await?;
    let of = |step| clock(&scheme, submission.on, step, &stays, moment.today());
    Ok(Step::ALL.into_iter().filter_map(of).collect())
}

/// How many cases of each step are named; the counts are of more.
const NAMED_MAX: usize = 100;
/// How many cases of each step are counted, of each span of days for which a text says one thing.
const COUNTED_MAX: i64 = 10_000;

/// A case that waits, with the clock of the step that it waits for.
pub type Running = (Waiting, Clock);

/// What waits for one step.
#[derive(Debug)]
pub struct OfStep {
    /// Which step.
    pub step: Step,
    /// How many.
    pub counted: Counted,
    /// Those first whose pledge is passed by most days, and then those that wait longest.
    pub first: Vec<Running>,
}

/// The cases of a scheme that wait for the agency, step by step. Nobody sees those on the side of whose applicant they are with the
/// eyes of the staff.
///
/// # Errors
/// When the actor may not, or the scheme is not published.
pub async fn of_scheme(
    reader: &mut Reader,
    actor: &Actor,
    (schemes, moment): (&Schemes, Moment),
    code: &str,
) -> Result<Vec<OfStep>, Error> {
    actor.may(Verb::ClockRead, Subject::House)?;
    schemes.in_force(reader, code, moment.today()).await?;
    let mut texts = HashMap::new();
    for text in scheme_texts::history(reader, code).await? {
        texts.insert(text.id, schemes.read(reader, text.id, &text.hash).await?);
    }
    let tied = case::tied(actor);
    let mut steps = Vec::new();
    for step in Step::ALL {
        let late = |pledged: Option<u32>| pledged.map(|days| late_before(days, moment.today()));
        let spans = texts
            .iter()
            .flat_map(|(text, scheme)| pledged(scheme, step).into_iter().map(|span| (*text, span.map(late))));
        let spans = spans.collect::<Vec<_>>();
        let (hidden_from, tied) = (&actor.organisations, tied.as_slice());
        let waits = Waits { step, texts: &spans, hidden_from, tied, now: moment.now, limit: COUNTED_MAX };
        let counted = clocks::count(reader, waits).await?;
        let limit = i64::try_from(NAMED_MAX).unwrap_or(i64::MAX);
        let mut running = Vec::new();
        for waiting in clocks::waiting(reader, Waits { limit, ..waits }).await? {
            let clock = texts
                .get(&waiting.scheme_text)
                .and_then(|scheme| clock(scheme, waiting.submitted_on, step, &waiting.stays, moment.today()));
            running.extend(clock.map(|clock| (waiting, clock)));
        }
        steps.push(OfStep { step, counted, first: latest_first(running, NAMED_MAX) });
    }
    Ok(steps)
}
