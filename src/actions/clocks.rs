//! Service clocks: of one case, and of all that wait in a scheme.

use super::schemes::Schemes;
use super::{Error, case};
use crate::store::clocks::Waiting;
use crate::store::{Moment, Reader, applications, clocks};
use rules::actor::Actor;
use rules::clock::{Clock, Step, clock};
use rules::event::Subject;
use rules::ids::ApplicationId;
use rules::permission::Verb;
use rules::refusal::Refusal;

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

/// A case that waits, with the clock of the step that it waits for.
pub type Running = (Waiting, Clock);

/// The cases of a scheme that wait for the agency, those first whose pledge is passed by most days, and then those that wait longest.
/// Nobody sees those on the side of whose applicant they are with the eyes of the staff.
///
/// # Errors
/// When the actor may not, or the scheme is not published.
pub async fn of_scheme(
    reader: &mut Reader,
    actor: &Actor,
    (schemes, moment): (&Schemes, Moment),
    code: &str,
) -> Result<Vec<Running>, Error> {
    actor.may(Verb::ReportRead, Subject::House)?;
    schemes.in_force(reader, code, moment.today()).await?;
    let tied = case::tied(actor);
    let hidden = (&actor.organisations, tied.as_slice());
    let mut running = Vec::new();
    for waiting in clocks::waiting(reader, (code, moment.now), hidden).await? {
        let scheme = schemes.pinned(reader, waiting.scheme_text).await?;
        let clock = clock(&scheme, waiting.submitted_on, waiting.step, &waiting.stays, moment.today());
        running.extend(clock.map(|clock| (waiting, clock)));
    }
    running.sort_by_key(|(_, clock)| (std::cmp::Reverse(clock.late_days), std::cmp::Reverse(clock.spent_days)));
    Ok(running)
}
