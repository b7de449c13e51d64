//! Reserve lists: read, moved up when money frees up, and closed.

use super::approvals::{Capacity, OnRoute, approving, route};
use super::round_decisions::{Which, left};
use super::schemes::Schemes;
use super::{Error, case, decisions, letters};
use crate::store::panels::{Side, lock_ranking};
use crate::store::reserve_lists::{OnReserve, Waiting};
use crate::store::{
    Connected, Fault, Reader, Tx, applications, approvals, assessments, reserve_lists, round_decisions,
};
use rules::actor::Actor;
use rules::application::{Application, State};
use rules::approval::Acting;
use rules::calendar::Day;
use rules::duty::Duties;
use rules::event::Subject;
use rules::ids::ApplicationId;
use rules::money::Cents;
use rules::panel::PREFERRED;
use rules::permission::{Permit, Verb};
use rules::refusal::{Refusal, RoundDecisionRefusal};
use rules::reserve_list::{ReserveEntry, taken_off};
use rules::route::Route;
use rules::scheme::Scheme;

/// A part of a list.
pub struct Part {
    /// Who waits, from the first of the places that are asked for on.
    pub waiting: Vec<Waiting>,
    /// How many wait on the whole list, and for how much.
    pub all: OnReserve,
}

/// Who waits on a list after one of the places, and no more than so many.
///
/// # Errors
/// When the actor may not or is beside one of the cases of the list, or there is no such round.
pub async fn read(
    reader: &mut Reader,
    actor: &Actor,
    schemes: &Schemes,
    (which, after, limit): (&Which, Option<u32>, i64),
) -> Result<Part, Error> {
    actor.may(Verb::ReserveRead, Subject::House)?;
    let today = reader.today()?;
    which.must_be(reader, schemes, today).await?;
    let theirs = (case::tied(actor), &actor.organisations);
    if let Some((id, applicant)) = reserve_lists::one_of(reader, which.list(), (&theirs.0, theirs.1)).await? {
        case::must_not_be_beside(actor, id, applicant)?;
    }
    let waiting = reserve_lists::page(reader, which.list(), (after, limit)).await?;
    Ok(Part { waiting, all: reserve_lists::sum(reader, which.list()).await? })
}

/// What came of a look at a list.
#[derive(Clone, Debug, Default)]
pub struct MovedUp {
    /// Who has moved up.
    pub moved: Option<Application>,
    /// Who was passed over for a reason of their own, and why.
    pub passed_over: Vec<(ApplicationId, Refusal)>,
    /// Why nobody further down was asked: the money does not last for this one.
    pub stopped: Option<(ApplicationId, Refusal)>,
}

/// The first on a list for whom there is money is awarded what was approved for them. Whoever is refused for a reason of their own is passed
/// over, with the reason; the first for whom the money does not last ends it. At most one moves up in a transaction, so that the limits
/// that many share are locked last of all, as everywhere; whoever was tried in vain has given every lock back.
///
/// # Errors
/// When the actor may not, or is beside a case that is asked.
pub async fn move_up(tx: &mut Tx<'_>, actor: &Actor, schemes: &Schemes, which: &Which) -> Result<MovedUp, Error> {
    actor.may(Verb::ReserveMoveUp, Subject::House)?;
    let today = tx.moment.today();
    which.must_be(tx, schemes, today).await?;
    lock_ranking(tx, &which.scheme).await?;
    let waiting = reserve_lists::waiting(tx, which.list()).await?;
    // All at once, in the order in which everybody locks several: whoever is passed over keeps its lock while the next one is asked.
    let ids = waiting.iter().map(|entry| entry.application).collect();
    applications::lock_all(tx, &ids).await?;
    let in_force = schemes.in_force(tx, &which.scheme, today).await?.scheme;
    let mut outcome = MovedUp::default();
    for entry in waiting.iter().filter(|entry| !entry.is_over(today)) {
        let attempt = tx.begin_attempt().await?;
        let met = award(tx, actor, (schemes, &in_force), entry).await;
        tx.end_attempt(attempt, met.is_ok()).await?;
        match met {
            Ok(application) => {
                outcome.moved = Some(application);
                break;
            }
            Err(Tried::Withdrawn) => {}
            Err(Tried::Money(refusal)) => {
                waits_again(tx, actor, entry).await?;
                outcome.stopped = Some((entry.application, refusal));
                break;
            }
            Err(Tried::Own(refusal)) => {
                if pass_over(tx, actor, entry, &refusal).await? {
                    outcome.passed_over.push((entry.application, refusal));
                }
            }
            Err(Tried::Failed(error)) => return Err(error),
        }
    }
    Ok(outcome)
}

/// Why somebody does not move up.
enum Tried {
    /// The case waits no more.
    Withdrawn,
    /// The money that many share does not last.
    Money(Refusal),
    /// A reason of the case's own.
    Own(Refusal),
    /// Something else.
    Failed(Error),
}

impl From<Error> for Tried {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

impl From<Fault> for Tried {
    fn from(fault: Fault) -> Self {
        Self::Failed(fault.into())
    }
}

async fn award(
    tx: &mut Tx<'_>,
    actor: &Actor,
    (schemes, in_force): (&Schemes, &Scheme),
    entry: &ReserveEntry,
) -> Result<Application, Tried> {
    let (application, permit) = case::lock(tx, actor, Verb::ReserveMoveUp, entry.application).await?;
    if application.recommended != Some(entry.amount) || application.state != State::OnReserve {
        return Err(Tried::Withdrawn);
    }
    let scheme = schemes.pinned_by(tx, &application).await?;
    let of_case = application.clone();
    let why = |refusal: Refusal, today: Day| match of_case.shares(in_force, &refusal, today) {
        true => Tried::Money(refusal),
        false => Tried::Own(refusal),
    };
    let (today, at) = (tx.moment.today(), tx.moment.now);
    let route = route(tx, &application).await?;
    case::lock_awards_looked_at(tx, &application, &scheme).await?;
    let approving = approving(tx, &application, (&scheme, in_force), route).await?;
    let (change, application) =
        application.move_up(&permit, entry, &approving, at).map_err(|refusal| why(refusal, today))?;
    tx.record(&change).await?;
    match tx.meet_in_turn().await? {
        Ok(()) => Ok(application),
        Err(unmet) => Err(why(unmet.refusal, today)),
    }
}

/// Records that a case is passed over. Its lock went with the attempt, so it may have been withdrawn meanwhile: then nothing is said. Says
/// whether it waits still.
async fn pass_over(tx: &mut Tx<'_>, actor: &Actor, entry: &ReserveEntry, refusal: &Refusal) -> Result<bool, Error> {
    let (application, permit) = case::lock(tx, actor, Verb::ReserveMoveUp, entry.application).await?;
    if let Some(change) = application.pass_over(&permit, entry, refusal, tx.moment.now) {
        tx.record(&change).await?;
    }
    Ok(application.state == State::OnReserve)
}

/// Records that a case that was passed over waits for money again, so that nobody moves up past it.
async fn waits_again(tx: &mut Tx<'_>, actor: &Actor, entry: &ReserveEntry) -> Result<(), Error> {
    if entry.skipped.is_none() {
        return Ok(());
    }
    let (application, permit) = case::lock(tx, actor, Verb::ReserveMoveUp, entry.application).await?;
    if let Some(change) = application.waits_again(&permit, entry) {
        tx.record(&change).await?;
    }
    Ok(())
}

/// Whether there may be money for somebody who waits on a list: for the first who was not passed over, or somebody before them. Nothing is
/// locked, so that a list for which there is none costs others nothing.
///
/// # Errors
/// When the database fails.
pub async fn may_move_up(reader: &mut Reader, schemes: &Schemes, which: &Which, today: Day) -> Result<bool, Error> {
    let turns = reserve_lists::next_in_turn(reader, which.list(), today).await?;
    let in_force = schemes.in_force(reader, &which.scheme, today).await?.scheme;
    let money = round_decisions::money(reader, which.list()).await?;
    let shares = turns.iter().map(|turn| (turn.year, Cents::ZERO)).collect::<Vec<_>>();
    // What nobody knows is told by the attempt.
    let Ok(left) = left(&in_force, (which, &shares), &money, today) else { return Ok(true) };
    Ok(turns.iter().any(|turn| left.of(turn.year).is_none_or(|left| turn.amount <= left)))
}

/// The lists on which somebody waits, the one on which somebody has waited longest first.
///
/// # Errors
/// When the database fails.
pub async fn alive(reader: &mut impl Connected, today: Day) -> Result<Vec<Which>, Fault> {
    let lists = reserve_lists::alive(reader, today).await?;
    Ok(lists.into_iter().map(|(scheme, round)| Which { scheme, round }).collect())
}

/// What is taken off a list.
#[derive(Clone, Debug)]
pub struct Closing {
    /// Off which.
    pub which: Which,
    /// Who is; none for all that wait.
    pub applications: Option<Vec<ApplicationId>>,
    /// Why, in the words that the applicants read.
    pub reason: String,
    /// The first day on which they may be told; none where they are told at once.
    pub embargo_until: Option<Day>,
}

/// An approver closes a list, or takes some cases off it: each is refused with the reason, from the last place on, as by the door of the
/// rejection and by whoever could refuse it before it was put there. All of them or none; no more than so many at once. Says which, and how
/// many still wait.
///
/// # Errors
/// When the actor may not, nobody waits, one that is named does not, they are beside one of the cases, have no step on its route or another
/// duty on it, a reason is missing, or the day of an embargo is over or too far.
pub async fn close(
    tx: &mut Tx<'_>,
    actor: &Actor,
    schemes: &Schemes,
    closing: &Closing,
) -> Result<(Vec<Application>, usize), Error> {
    actor.may(Verb::ReserveClose, Subject::House)?;
    let Closing { which, applications: named, reason, embargo_until } = closing;
    which.must_be(tx, schemes, tx.moment.today()).await?;
    lock_ranking(tx, &which.scheme).await?;
    let waiting = reserve_lists::waiting(tx, which.list()).await?;
    let taken = taken_off(&waiting, named.as_deref())?;
    let ids = taken.iter().map(|entry| entry.application).collect();
    let mut cases = applications::lock_each(tx, &which.scheme, &ids).await?;
    let ids = ids.iter().map(|id| id.0).collect::<Vec<_>>();
    let mut routes = approvals::routes_of(tx, &ids).await?;
    let mut duties = assessments::duties_of(tx, &ids).await?;
    let mut closed = Vec::new();
    for entry in &taken {
        let id = entry.application;
        let waits = cases.remove(&id).filter(|case| case.state == State::OnReserve);
        let Some(application) = waits else {
            // Withdrawn since.
            match named.iter().flatten().position(|named| *named == id) {
                Some(line) => return Err(Refusal::from(RoundDecisionRefusal::ReserveNotWaiting { line }).into()),
                None => continue,
            }
        };
        let missing = || Fault::Corrupt(format!("the route of {id}, which is on a reserve list"));
        let route = routes.remove(&id).and_then(|mut routes| routes.pop()).ok_or_else(missing)?;
        let on_route = (route, duties.remove(&id).unwrap_or_default());
        closed
            .push(refuse(tx, (actor, Capacity::Own), schemes, application, on_route, (reason, *embargo_until)).await?);
    }
    Ok((closed, waiting.len().saturating_sub(taken.len())))
}

/// Refuses one case of a list as the committee that has carried it. The ranking is locked.
pub(super) async fn refuse_as(
    tx: &mut Tx<'_>,
    who: (&Actor, Capacity<'_>),
    schemes: &Schemes,
    id: ApplicationId,
    reason: (&str, Option<Day>),
) -> Result<Application, Error> {
    let (application, _) = case::lock(tx, who.0, Verb::ApplicationReject, id).await?;
    let on_route = (route(tx, &application).await?, assessments::duties(tx, id).await?);
    refuse(tx, who, schemes, application, on_route, reason).await
}

/// Refuses a case of a list, as whoever has a step on its route.
async fn refuse(
    tx: &mut Tx<'_>,
    (actor, capacity): (&Actor, Capacity<'_>),
    schemes: &Schemes,
    application: Application,
    on_route: (Route, Duties),
    (reason, embargo_until): (&str, Option<Day>),
) -> Result<Application, Error> {
    let permit = case::permit(tx, actor, Verb::ApplicationReject, &application, tx.moment.now).await?;
    let standing = decisions::departing(tx, actor, &application, (Side::Below, &PREFERRED), None).await?;
    let scheme = schemes.pinned_by(tx, &application).await?;
    let telling = letters::telling(schemes, &scheme, tx.moment.now);
    let on = OnRoute::of(tx, (actor, capacity), (application, permit), on_route).await?;
    let closes = |case: Application, permit: &Permit, acting: Acting<'_>, route: Route| {
        case.close_reserve(permit, acting, &route, (&standing, reason, embargo_until), telling)
    };
    on.does(tx, closes).await
}
