//! Reserve lists: read, moved up when money frees up, and closed.

use super::approvals::{approving, route};
use super::round_decisions::{Which, left};
use super::schemes::Schemes;
use super::{Error, case, decisions};
use crate::store::panels::{Side, lock_ranking};
use crate::store::reserve_lists::Waiting;
use crate::store::{Connected, Fault, Reader, Tx, applications, reserve_lists, round_decisions};
use rules::actor::Actor;
use rules::application::{Application, State};
use rules::award::Award;
use rules::calendar::Day;
use rules::event::Subject;
use rules::ids::ApplicationId;
use rules::panel::PREFERRED;
use rules::permission::Verb;
use rules::refusal::{Refusal, RoundDecisionRefusal};
use rules::reserve_list::{CLOSED_AT_ONCE, ReserveEntry};
use rules::scheme::Scheme;

/// Who waits on a list, from the first place on.
///
/// # Errors
/// When the actor may not or is beside one of the cases, or there is no such round.
pub async fn read(
    reader: &mut Reader,
    actor: &Actor,
    schemes: &Schemes,
    (which, today): (&Which, Day),
) -> Result<Vec<Waiting>, Error> {
    actor.may(Verb::ReserveRead, Subject::House)?;
    which.must_be(reader, schemes, today).await?;
    let waiting = reserve_lists::read(reader, which.list()).await?;
    for one in &waiting {
        case::must_not_be_beside(actor, one.entry.application, one.organisation)?;
    }
    Ok(waiting)
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
    let in_force = schemes.in_force(tx, &which.scheme, today).await?.scheme;
    let mut outcome = MovedUp::default();
    for entry in waiting.iter().filter(|entry| !entry.is_over(today)) {
        let attempt = tx.begin_attempt().await?;
        let met = award(tx, actor, (schemes, &in_force), entry).await;
        tx.end_attempt(attempt, met.is_ok()).await?;
        match met {
            Ok((application, _)) => {
                outcome.moved = Some(application);
                break;
            }
            Err(Tried::Withdrawn) => {}
            Err(Tried::Money(refusal)) => {
                outcome.stopped = Some((entry.application, refusal));
                break;
            }
            Err(Tried::Own(refusal)) => {
                pass_over(tx, actor, entry, &refusal).await?;
                outcome.passed_over.push((entry.application, refusal));
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
) -> Result<(Application, Award), Tried> {
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
    let (change, application, award) =
        application.move_up(&permit, entry, &approving, at).map_err(|refusal| why(refusal, today))?;
    tx.record(&change).await?;
    match tx.meet_in_turn().await? {
        Ok(()) => Ok((application, award)),
        Err(unmet) => Err(why(unmet.refusal, today)),
    }
}

async fn pass_over(tx: &mut Tx<'_>, actor: &Actor, entry: &ReserveEntry, refusal: &Refusal) -> Result<(), Error> {
    let (application, permit) = case::lock(tx, actor, Verb::ReserveMoveUp, entry.application).await?;
    if let Some(change) = application.pass_over(&permit, entry, refusal, tx.moment.now) {
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
    let waiting = reserve_lists::waiting(reader, which.list()).await?;
    let in_force = schemes.in_force(reader, &which.scheme, today).await?.scheme;
    let money = round_decisions::money(reader, which.list()).await?;
    // What nobody knows is told by the attempt.
    let Ok(left) = left(&in_force, (which, &[]), &money, today) else { return Ok(true) };
    let lasts =
        |entry: &ReserveEntry| [left.envelope, left.round].into_iter().flatten().all(|left| entry.amount <= left);
    for entry in waiting.iter().filter(|entry| !entry.is_over(today)) {
        if lasts(entry) {
            return Ok(true);
        }
        if entry.skipped.is_none() {
            return Ok(false);
        }
    }
    Ok(false)
}

/// The lists on which somebody waits.
///
/// # Errors
/// When the database fails.
pub async fn alive(reader: &mut impl Connected, today: Day) -> Result<Vec<Which>, Fault> {
    let lists = reserve_lists::alive(reader, today).await?;
    Ok(lists.into_iter().map(|(scheme, round)| Which { scheme, round }).collect())
}

/// An officer closes a list: what waits is refused with the reason, from the last place on, and no more than so many at once. Says which, and
/// how many still wait.
///
/// # Errors
/// When the actor may not, nobody waits, they are beside one of the cases, or a reason is missing.
pub async fn close(
    tx: &mut Tx<'_>,
    actor: &Actor,
    schemes: &Schemes,
    (which, reason): (&Which, &str),
) -> Result<(Vec<Application>, usize), Error> {
    actor.may(Verb::ReserveClose, Subject::House)?;
    which.must_be(tx, schemes, tx.moment.today()).await?;
    lock_ranking(tx, &which.scheme).await?;
    let waiting = reserve_lists::waiting(tx, which.list()).await?;
    if waiting.is_empty() {
        return Err(Refusal::from(RoundDecisionRefusal::ReserveEmpty).into());
    }
    let taken = waiting.iter().rev().take(CLOSED_AT_ONCE).collect::<Vec<_>>();
    let ids = taken.iter().map(|entry| entry.application).collect();
    let mut cases = applications::lock_each(tx, &ids).await?;
    let mut closed = Vec::new();
    for entry in &taken {
        let Some(application) = cases.remove(&entry.application) else { continue };
        // Withdrawn since.
        if application.state != State::OnReserve {
            continue;
        }
        let permit = case::permit(tx, actor, Verb::ReserveClose, &application, tx.moment.now).await?;
        let standing = decisions::departing(tx, actor, &application, (Side::Below, &PREFERRED), None).await?;
        let (change, application) = application.close_reserve(&permit, entry, (&standing, reason), tx.moment.now)?;
        tx.record(&change).await?;
        closed.push(application);
    }
    Ok((closed, waiting.len().saturating_sub(taken.len())))
}
