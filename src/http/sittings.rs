//! Sittings of committees: convening them, voting, closing them, and giving them up.

use super::actor::Signed;
use super::answer::Answer;
use super::applications::Reason;
use super::idempotency::Keyed;
use super::page::Short;
use super::problem::Problem;
use super::services::Door;
use super::sitting_shapes::{MotionShape, VoteShape, WayShape};
use crate::actions::sittings;
use actix_web::web::Path;
use actix_web::{get, post};
use chrono::{DateTime, Utc};
use rules::calendar::Day;
use rules::ids::{AgendaId, ApplicationId, PersonId};
use rules::sitting::{Cast, Closing, Convening, Motion, Outcome, Sitting, Tally, Vote, Way};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use utoipa::ToSchema;

/// The case and the number of the sitting, and what is sent.
type OnSitting<T> = (Path<(ApplicationId, u32)>, Keyed<T>);

/// What a sitting is convened for.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SittingRequest {
    /// The step of the route; of a change request its kind.
    part: String,
    /// The authority that the committee exercises.
    committee: String,
    /// In a meeting, or by circulating the paper.
    #[schema(value_type = WayShape)]
    way: Way,
    /// The day of the meeting, or the last one on which the paper is answered.
    #[schema(value_type = String, format = Date)]
    held_on: Day,
    /// Who chairs; one of the members.
    #[schema(value_type = Uuid)]
    chair: PersonId,
    /// Who is asked to sit: 1 to 50 people.
    #[schema(value_type = Vec<Uuid>, min_items = 1, max_items = 50)]
    members: Vec<PersonId>,
    /// What is put to the vote.
    #[schema(value_type = MotionShape)]
    motion: Motion,
}

/// A vote.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct VoteRequest {
    /// How. Whoever declares a conflict of interest takes no part, and the case is closed to them.
    #[schema(value_type = VoteShape)]
    vote: Vote,
    /// Why, in 1 to 2000 characters; needed for a conflict.
    reason: Option<String>,
}

/// How a sitting is closed.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ClosingRequest {
    /// Which way the chair decides, where the votes are equal and the chair of this committee does.
    #[schema(value_type = Option<CastingVoteShape>)]
    casting_vote: Option<CastingVoteShape>,
    /// Who was not there, in a meeting: exactly those who have not voted.
    #[serde(default)]
    #[schema(value_type = Vec<Uuid>)]
    absent: BTreeSet<PersonId>,
}

/// Which way a chair decides.
#[derive(Clone, Copy, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum CastingVoteShape {
    For,
    Against,
}

impl CastingVoteShape {
    pub(super) const fn is_for(self) -> bool {
        matches!(self, Self::For)
    }
}

/// A sitting of a committee.
#[derive(Serialize, ToSchema)]
pub(super) struct SittingView {
    /// Counted from 1, over those on the case.
    number: u32,
    /// The agenda on which it is a line; null where it is by itself.
    #[schema(value_type = Option<Uuid>)]
    agenda: Option<AgendaId>,
    /// The number of the route; null where it is about a change request.
    route: Option<u32>,
    /// The step of the route; of a change request its kind.
    part: String,
    /// The authority that the committee exercises.
    committee: String,
    /// In a meeting, or by circulating the paper.
    #[schema(value_type = WayShape)]
    way: Way,
    /// The day of the meeting, or the last one on which the paper is answered.
    #[schema(value_type = String, format = Date)]
    held_on: Day,
    /// Who chairs.
    #[schema(value_type = Uuid)]
    chair: PersonId,
    /// Who was asked to sit.
    #[schema(value_type = Vec<Uuid>)]
    members: Vec<PersonId>,
    /// What is put to the vote.
    #[schema(value_type = MotionShape)]
    motion: Motion,
    /// How many must take part.
    quorum: u32,
    /// The part of the votes that must be for it.
    #[schema(example = "1/2")]
    majority: String,
    /// Who convened it.
    #[schema(value_type = Uuid)]
    convened_by: PersonId,
    /// When.
    convened_at: DateTime<Utc>,
    /// The votes, in the order in which they were cast.
    votes: Vec<VoteView>,
    /// `open`, `carried`, `lost` or `given_up`.
    state: &'static str,
    /// When it ended; null while it is open.
    ended_at: Option<DateTime<Utc>>,
    /// Why it was given up.
    reason: Option<String>,
    /// What the votes came to; null unless it is carried or lost.
    tally: Option<TallyView>,
}

/// A vote as it was cast.
#[derive(Serialize, ToSchema)]
pub(super) struct VoteView {
    /// By whom.
    #[schema(value_type = Uuid)]
    member: PersonId,
    /// How.
    #[schema(value_type = VoteShape)]
    vote: Vote,
    /// Why.
    reason: Option<String>,
    /// When.
    at: DateTime<Utc>,
}

/// What the votes came to.
#[derive(Serialize, ToSchema)]
pub(super) struct TallyView {
    /// How many were for the motion.
    votes_for: u32,
    /// How many were against it.
    votes_against: u32,
    /// How many abstained.
    abstained: u32,
    /// How many had a conflict of interest.
    conflicted: u32,
    /// Which way the chair decided, where the votes were equal.
    casting_vote: Option<CastingVoteShape>,
}

impl From<Cast> for VoteView {
    fn from(Cast { member, vote, reason, at }: Cast) -> Self {
        Self { member, vote, reason, at }
    }
}

impl From<Tally> for TallyView {
    fn from(tally: Tally) -> Self {
        let Tally { votes_for, votes_against, abstained, conflicted, casting_vote, carried: _ } = tally;
        let casting_vote =
            casting_vote.map(|is_for| if is_for { CastingVoteShape::For } else { CastingVoteShape::Against });
        Self { votes_for, votes_against, abstained, conflicted, casting_vote }
    }
}

impl From<Sitting> for SittingView {
    fn from(sitting: Sitting) -> Self {
        let Sitting { number, agenda, route, rules, asked, convened_by, convened_at, votes, ended } = sitting;
        let Convening { part, committee, way, held_on, chair, members, motion } = asked;
        let (ended_at, (state, reason, tally)) = match ended {
            None => (None, ("open", None, None)),
            Some((Outcome::Carried(tally), at)) => (Some(at), ("carried", None, Some(tally))),
            Some((Outcome::Lost(tally), at)) => (Some(at), ("lost", None, Some(tally))),
            Some((Outcome::GivenUp(reason), at)) => (Some(at), ("given_up", Some(reason), None)),
        };
        Self {
            number,
            agenda: agenda.map(|on| on.agenda),
            route,
            part,
            committee,
            way,
            held_on,
            chair,
            members,
            motion,
            quorum: rules.quorum,
            majority: rules.majority.to_string(),
            convened_by,
            convened_at,
            votes: votes.into_iter().map(VoteView::from).collect(),
            state,
            ended_at,
            reason,
            tally: tally.map(TallyView::from),
        }
    }
}

/// Convene a sitting of a committee on one motion. Whoever is asked to sit gets a letter.
#[utoipa::path(
    tag = "sittings", request_body = SittingRequest,
    params(
        ("id" = Uuid, Path, description = "The application"),
        ("Idempotency-Key" = String, Header, description = "One string in quotes for each thing to be done"),
    ),
    responses(
        (status = 201, description = "Convened", body = SittingView),
        (status = 409, description = "Another one is open, it is not the turn of this committee, or the motion was lost before"),
        (status = 422, description = "Somebody may not sit, too few are asked, or the motion cannot be put"),
    ),
)]
#[post("/applications/{id}/sittings")]
pub(super) async fn convene(
    door: Door,
    Signed(caller, (id, Keyed { body, once })): Signed<(Path<ApplicationId>, Keyed<SittingRequest>)>,
) -> Result<Answer, Problem> {
    door.write_once(caller.person, once, async move |tx| {
        let SittingRequest { part, committee, way, held_on, chair, members, motion } = body;
        let asked = Convening { part, committee, way, held_on, chair, members, motion };
        let sitting = sittings::convene(tx, &caller.actor, *id, asked).await?;
        let location = format!("/api/v1/applications/{}/sittings", *id);
        Answer::created(location, &SittingView::from(sitting))
    })
    .await
}

/// The sittings on a case: who was asked, how they voted, and what came of it. There are few of them.
#[utoipa::path(
    tag = "sittings", params(("id" = Uuid, Path, description = "The application")),
    responses((status = 200, description = "All of them, in their order", body = Short<SittingView>)),
)]
#[get("/applications/{id}/sittings")]
pub(super) async fn list(door: Door, Signed(caller, id): Signed<Path<ApplicationId>>) -> Result<Answer, Problem> {
    let all = sittings::list(&mut door.reader().await?, &caller.actor, *id, door.moment.now).await?;
    Answer::ok(&Short { items: all.into_iter().map(SittingView::from).collect() })
}

/// Vote in a sitting, in your own name. A vote stays as it is.
#[utoipa::path(
    tag = "sittings", request_body = VoteRequest,
    params(
        ("id" = Uuid, Path, description = "The application"),
        ("number" = u32, Path, description = "The number of the sitting"),
        ("Idempotency-Key" = String, Header, description = "One string in quotes for each thing to be done"),
    ),
    responses(
        (status = 201, description = "Cast", body = VoteView),
        (status = 403, description = "You are not asked to sit, or have had another duty on this case"),
        (status = 409, description = "You have voted, or the sitting is over or still to come"),
    ),
)]
#[post("/applications/{id}/sittings/{number}/votes")]
pub(super) async fn cast(
    door: Door,
    Signed(caller, (path, Keyed { body, once })): Signed<OnSitting<VoteRequest>>,
) -> Result<Answer, Problem> {
    door.write_once(caller.person, once, async move |tx| {
        let VoteRequest { vote, reason } = body;
        let cast = sittings::vote(tx, &caller.actor, *path, (vote, reason)).await?;
        Answer::created(format!("/api/v1/applications/{}/sittings", path.0), &VoteView::from(cast))
    })
    .await
}

/// Close a sitting that you chair. What is carried is done with it, in one step or not at all.
#[utoipa::path(
    tag = "sittings", request_body = ClosingRequest,
    params(
        ("id" = Uuid, Path, description = "The application"),
        ("number" = u32, Path, description = "The number of the sitting"),
        ("Idempotency-Key" = String, Header, description = "One string in quotes for each thing to be done"),
    ),
    responses(
        (status = 200, description = "Carried, and done; or lost", body = SittingView),
        (status = 403, description = "Somebody else chairs"),
        (status = 409, description = "Too few have voted, the votes are equal, the sitting is over or still to come, or it is on an agenda"),
        (status = 422, description = "What is carried cannot be done: the figures are stale, or a ceiling does not leave so much"),
    ),
)]
#[post("/applications/{id}/sittings/{number}/closing")]
pub(super) async fn close(
    door: Door,
    Signed(caller, (path, Keyed { body, once })): Signed<OnSitting<ClosingRequest>>,
) -> Result<Answer, Problem> {
    let schemes = door.schemes.clone();
    door.write_once(caller.person, once, async move |tx| {
        let casting_vote = body.casting_vote.map(CastingVoteShape::is_for);
        let closing = Closing { casting_vote, absent: &body.absent, agenda: None };
        let sitting = sittings::close(tx, &caller.actor, &schemes, *path, closing).await?;
        Answer::ok(&SittingView::from(sitting))
    })
    .await
}

/// Give a sitting up that is open. Its votes stay on file, and decide nothing.
#[utoipa::path(
    tag = "sittings", request_body = Reason,
    params(
        ("id" = Uuid, Path, description = "The application"),
        ("number" = u32, Path, description = "The number of the sitting"),
        ("Idempotency-Key" = String, Header, description = "One string in quotes for each thing to be done"),
    ),
    responses(
        (status = 200, description = "Given up", body = SittingView),
        (status = 409, description = "It is over, or on an agenda"),
    ),
)]
#[post("/applications/{id}/sittings/{number}/giving-up")]
pub(super) async fn give_up(
    door: Door,
    Signed(caller, (path, Keyed { body, once })): Signed<OnSitting<Reason>>,
) -> Result<Answer, Problem> {
    door.write_once(caller.person, once, async move |tx| {
        let sitting = sittings::give_up(tx, &caller.actor, *path, &body.reason).await?;
        Answer::ok(&SittingView::from(sitting))
    })
    .await
}
