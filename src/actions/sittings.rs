//! Sittings of committees: convening, voting, closing, and doing what is carried.

use super::approvals::Capacity;
use super::schemes::Schemes;
use super::{Error, approvals, case, change_requests, decisions, reserve_lists};
use crate::store::{Connected, Reader, Tx, assessments, interests, sittings};
use chrono::{DateTime, Utc};
use rules::actor::Actor;
use rules::application::{Application, State};
use rules::approval::Approve;
use rules::change_request::ChangeRequest;
use rules::decision::Rejecting;
use rules::ids::{ApplicationId, PersonId};
use rules::money::Cents;
use rules::permission::Verb;
use rules::refusal::{Refusal, SittingRefusal};
use rules::route::Route;
use rules::sitting::{
    Cast, Closing, Convening, Convoking, MEMBERS_MAX, Matter, Motion, OnChange, Outcome, Seat, Sits, Sitting, Vote,
};
use std::collections::{BTreeMap, BTreeSet};

/// An officer convenes a sitting.
///
/// # Errors
/// When the actor may not, nothing is recommended or put forward, the committee is not in turn, or the rules refuse the members or the motion.
pub async fn convene(tx: &mut Tx<'_>, actor: &Actor, id: ApplicationId, asked: Convening) -> Result<Sitting, Error> {
    let (application, permit) = case::lock(tx, actor, Verb::SittingConvene, id).await?;
    let by = case::person(actor, Verb::SittingConvene)?;
    let ground = Ground::read(tx, &application, &asked.motion).await?;
    let duties = assessments::duties(tx, id).await?;
    let before = sittings::of_application(tx, id).await?;
    let voters = before.iter().flat_map(|sitting| &sitting.votes).map(|cast| cast.member);
    // Whoever asks too many is told so, and nothing is read of all of them.
    let members = asked.members.iter().copied().zip(0..=MEMBERS_MAX).map(|(member, _)| member);
    let members = members.chain(voters).collect::<BTreeSet<_>>();
    let seats = seats(tx, id, &members.into_iter().collect::<Vec<_>>()).await?;
    let at = tx.moment.now;
    let (matter, before) = (ground.matter(), before.as_slice());
    let convoking = Convoking { by, at, matter, before, seats: &seats, duties: &duties, agenda: None };
    let (change, sitting) = application.convene(&permit, asked, convoking)?;
    tx.record(&change).await?;
    Ok(sitting)
}

/// A member votes.
///
/// # Errors
/// When the actor may not, is not asked, has voted or has another duty, or the sitting is over or still to come.
pub async fn vote(
    tx: &mut Tx<'_>,
    actor: &Actor,
    (id, number): (ApplicationId, u32),
    (vote, reason): (Vote, Option<String>),
) -> Result<Cast, Error> {
    let (application, permit) = case::lock(tx, actor, Verb::SittingVote, id).await?;
    let member = case::person(actor, Verb::SittingVote)?;
    let sitting = find(tx, id, number).await?;
    let ground = Ground::read(tx, &application, &sitting.asked.motion).await?;
    let duties = assessments::duties(tx, id).await?;
    let sits = Sits { held: &actor.authorities, is_beside: is_beside(tx, id, member).await? };
    let cast = Cast { member, vote, reason, at: tx.moment.now };
    let (change, cast) = application.vote(&permit, (&sitting, ground.matter()), (cast, sits), &duties)?;
    tx.record(&change).await?;
    Ok(cast)
}

/// The chair closes a sitting, and what is carried is done with it: in one transaction, or not at all.
///
/// # Errors
/// When the actor may not or does not chair it, too few have voted, or what is carried cannot be done.
pub async fn close(
    tx: &mut Tx<'_>,
    actor: &Actor,
    schemes: &Schemes,
    (id, number): (ApplicationId, u32),
    closing: Closing<'_>,
) -> Result<Sitting, Error> {
    // A motion may be to refuse, for which the ranking is locked before the case.
    let (application, permit) = case::lock_with_ranking(tx, actor, Verb::SittingClose, id).await?;
    let by = case::person(actor, Verb::SittingClose)?;
    let sitting = find(tx, id, number).await?;
    let ground = Ground::read(tx, &application, &sitting.asked.motion).await?;
    let sits = Sits { held: &actor.authorities, is_beside: is_beside(tx, id, by).await? };
    let (now, state) = ((by, tx.moment.now), application.state);
    let on = (&sitting, ground.matter());
    let (change, sitting) = application.close_sitting(&permit, on, now, closing, sits)?;
    tx.record(&change).await?;
    if matches!(sitting.ended, Some((Outcome::Carried(_), _))) {
        carry_out(tx, actor, schemes, (id, state), &sitting).await?;
    }
    Ok(sitting)
}

/// What a sitting is about, as it is with the case locked.
enum Ground {
    /// The route that runs.
    Route(Route),
    /// A change request, the award as it is now, and the last step of the route by which that was approved.
    Change(Box<ChangeRequest>, Cents, Option<String>),
}

impl Ground {
    async fn read(tx: &mut Tx<'_>, application: &Application, motion: &Motion) -> Result<Self, Error> {
        let Motion::DecideChange { request, .. } = motion else {
            return Ok(Self::Route(approvals::route(tx, application).await?));
        };
        let (request, award, last_step) = change_requests::decided_on(tx, application, *request).await?;
        Ok(Self::Change(Box::new(request), award, last_step))
    }

    fn matter(&self) -> Matter<'_> {
        match self {
            Self::Route(route) => Matter::Route(route),
            Self::Change(request, award, last_step) => {
                Matter::Change(OnChange { request, award: *award, last_step: last_step.as_deref() })
            }
        }
    }
}

/// What a committee has decided goes the way of what one person decides.
async fn carry_out(
    tx: &mut Tx<'_>,
    actor: &Actor,
    schemes: &Schemes,
    (id, state): (ApplicationId, State),
    sitting: &Sitting,
) -> Result<(), Error> {
    let Convening { part, committee, motion, .. } = &sitting.asked;
    let capacity = Capacity::Committee { part, committee };
    match motion.clone() {
        Motion::Approve { amount, reduced_from, conditions, embargo_until } => {
            let asked = Approve { part: Some(part.clone()), amount, reduced_from, conditions, embargo_until };
            approvals::approve_as(tx, (actor, capacity), schemes, id, &asked).await?;
        }
        Motion::Reserve { .. } => return Err(Refusal::from(SittingRefusal::OnAgenda).into()),
        Motion::Reject { reason, departure, embargo_until } => match state {
            State::OnReserve => {
                reserve_lists::refuse_as(tx, (actor, capacity), schemes, id, (&reason, embargo_until)).await?;
            }
            _ => {
                let rejecting = Rejecting { reason, departure, embargo_until };
                decisions::reject_as(tx, (actor, capacity), schemes, id, &rejecting).await?;
            }
        },
        Motion::SendBack { reason } => {
            approvals::send_back_as(tx, (actor, capacity), id, &reason).await?;
        }
        Motion::Defer { until, reason } => {
            approvals::defer_as(tx, (actor, capacity), id, (until, &reason)).await?;
        }
        Motion::TakeUp => {
            approvals::take_up_as(tx, (actor, capacity), id).await?;
        }
        Motion::ResetCheck { check, reason } => {
            approvals::reset_check_as(tx, (actor, capacity), id, (&check, &reason)).await?;
        }
        Motion::DecideChange { request, verdict, reason } => {
            change_requests::decide_as(tx, (actor, capacity), schemes, (id, request), (verdict, &reason)).await?;
        }
    }
    Ok(())
}

/// An officer gives a sitting up.
///
/// # Errors
/// When the actor may not, it is over, or a reason is missing.
pub async fn give_up(
    tx: &mut Tx<'_>,
    actor: &Actor,
    (id, number): (ApplicationId, u32),
    reason: &str,
) -> Result<Sitting, Error> {
    let (application, permit) = case::lock(tx, actor, Verb::SittingConvene, id).await?;
    let sitting = find(tx, id, number).await?;
    let (change, sitting) = application.give_sitting_up(&permit, &sitting, (reason, tx.moment.now))?;
    tx.record(&change).await?;
    Ok(sitting)
}

/// The sittings on a case, in their order.
///
/// # Errors
/// When the actor may not see them.
pub async fn list(
    reader: &mut Reader,
    actor: &Actor,
    id: ApplicationId,
    now: DateTime<Utc>,
) -> Result<Vec<Sitting>, Error> {
    case::seen(reader, actor, Verb::ApprovalRead, (id, now)).await?;
    Ok(sittings::of_application(reader, id).await?)
}

/// A sitting on a case.
async fn find(reader: &mut impl Connected, id: ApplicationId, number: u32) -> Result<Sitting, Error> {
    let found = sittings::of_application(reader, id).await?.into_iter().find(|sitting| sitting.number == number);
    Ok(found.ok_or(Refusal::Sitting(SittingRefusal::NotFound))?)
}

/// Whether a conflict of interest keeps a case from somebody, by what is on file now.
async fn is_beside(reader: &mut impl Connected, id: ApplicationId, member: PersonId) -> Result<bool, Error> {
    let on_file = interests::on_file(reader, &[member], &[id]).await?;
    Ok(on_file.keeps_from(id, member))
}

/// What is known of those who are asked to sit.
async fn seats(
    reader: &mut impl Connected,
    id: ApplicationId,
    members: &[PersonId],
) -> Result<BTreeMap<PersonId, Seat>, Error> {
    let mut seats = sittings::seats(reader, members).await?;
    let on_file = interests::on_file(reader, members, &[id]).await?;
    for (member, seat) in &mut seats {
        seat.is_beside = on_file.keeps_from(id, *member);
    }
    Ok(seats)
}
