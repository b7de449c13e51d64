//! Agendas of committees: convening them, voting on many lines, closing them as one decision, and giving them up.

use super::actor::Signed;
use super::agenda_shapes::{AgendaClosedView, AgendaDetail, AgendaView};
use super::answer::Answer;
use super::applications::Reason;
use super::idempotency::Keyed;
use super::page::{Asked, Page};
use super::problem::Problem;
use super::round_decisions::ItemRequest;
use super::services::Door;
use super::sitting_shapes::{VoteShape, WayShape};
use super::sittings::{CastingVoteShape, VoteView};
use crate::actions::agendas::{self, AgendaClosing, Calling, LineVote};
use crate::actions::round_decisions::{Decision, Which};
use actix_web::web::{Path, Query};
use actix_web::{HttpRequest, get, post};
use rules::agenda::LineClosing;
use rules::calendar::Day;
use rules::ids::{AgendaId, PersonId};
use rules::round_decision::Item;
use rules::sitting::{Cast, Vote, Way};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use utoipa::{IntoParams, ToSchema};

/// What an agenda is convened for.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AgendaRequest {
    /// The scheme's code.
    scheme: String,
    /// The path of the round, or of the cut-off; left out for what belongs to none.
    round: Option<String>,
    /// What identified the list when you read it.
    list: String,
    /// The last day on which what is put on the reserve list may move up; needed where something is.
    #[schema(value_type = Option<String>, format = Date)]
    reserve_until: Option<Day>,
    /// The authority that the committee exercises.
    committee: String,
    /// In a meeting, or by circulating the papers.
    #[schema(value_type = WayShape)]
    way: Way,
    /// The day of the meeting, or the last one on which the papers are answered.
    #[schema(value_type = String, format = Date)]
    held_on: Day,
    /// Who chairs; one of the members.
    #[schema(value_type = Uuid)]
    chair: PersonId,
    /// Who is asked to sit: 1 to 50 people. Whoever has a conflict of interest or another duty on a case does not sit on its line.
    #[schema(value_type = Vec<Uuid>, min_items = 1, max_items = 50)]
    members: Vec<PersonId>,
    /// What is put to the vote of which case, at most 200.
    #[schema(min_items = 1, max_items = 200)]
    items: Vec<ItemRequest>,
}

/// Convene an agenda: a committee sits on many cases of a ranked list, and decides it as one. Whoever is asked to sit gets one letter.
#[utoipa::path(
    tag = "agendas", request_body = AgendaRequest,
    params(("Idempotency-Key" = String, Header, description = "One string in quotes for each thing to be done")),
    responses(
        (status = 201, description = "Convened", body = AgendaDetail),
        (status = 409, description = "The list has changed since you read it"),
        (status = 422, description = "Some lines cannot be put, so none is; `errors` points at them"),
    ),
)]
#[post("/agendas")]
pub(super) async fn call(
    door: Door,
    Signed(caller, Keyed { body, once }): Signed<Keyed<AgendaRequest>>,
) -> Result<Answer, Problem> {
    let schemes = door.schemes.clone();
    let AgendaRequest { scheme, round, list, reserve_until, committee, way, held_on, chair, members, items } = body;
    let items = items.into_iter().map(Item::from).collect();
    let decision = Decision { which: Which { scheme, round }, list, reserve_until, items };
    let calling = Calling { decision, committee, way, held_on, chair, members };
    door.write_once(caller.person, once, async move |tx| {
        let (agenda, lines) = agendas::convene(tx, &caller.actor, &schemes, calling).await?;
        let location = format!("/api/v1/agendas/{}", agenda.id);
        Answer::created(location, &AgendaDetail::from((agenda, lines)))
    })
    .await
}

/// What the list is narrowed to.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct AgendaQuery {
    /// The agendas of this scheme; all when left out.
    scheme: Option<String>,
    /// Where the last page ended: its `next`.
    cursor: Option<String>,
    /// How many at most; 50 when left out.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u16>,
}

/// Agendas, newest first.
#[utoipa::path(
    tag = "agendas", params(AgendaQuery),
    responses((status = 200, description = "A page of agendas", body = Page<AgendaView>)),
)]
#[get("/agendas")]
pub(super) async fn list_agendas(
    door: Door,
    Signed(caller, (query, request)): Signed<(Query<AgendaQuery>, HttpRequest)>,
) -> Result<Answer, Problem> {
    let asked = Asked::<AgendaId>::read(query.cursor.as_deref(), query.limit)?;
    let mut reader = door.reader().await?;
    let found = agendas::list(&mut reader, &caller.actor, query.scheme.as_deref(), asked.after, asked.rows()).await?;
    Page::of(&asked, found, |agenda| agenda.id, AgendaView::from)?.answer(&request)
}

/// An agenda with its lines: what is put to the vote, who sits, how they voted, and what came of it.
#[utoipa::path(
    tag = "agendas", params(("id" = Uuid, Path, description = "The agenda")),
    responses((status = 200, description = "The agenda and its lines", body = AgendaDetail)),
)]
#[get("/agendas/{id}")]
pub(super) async fn read_agenda(door: Door, Signed(caller, id): Signed<Path<AgendaId>>) -> Result<Answer, Problem> {
    let read = agendas::read(&mut door.reader().await?, &caller.actor, *id).await?;
    Answer::ok(&AgendaDetail::from(read))
}

/// Votes on lines of an agenda.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct LineVotes {
    /// One vote for each line, at most 200; on what is left out you may vote later.
    #[schema(min_items = 1, max_items = 200)]
    lines: Vec<LineVoteRequest>,
}

/// A vote on a line.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct LineVoteRequest {
    /// The number of the line.
    line: u32,
    /// How. Whoever declares a conflict of interest takes no part on this line, and its case is closed to them.
    #[schema(value_type = VoteShape)]
    vote: Vote,
    /// Why, in 1 to 2000 characters; needed for a conflict.
    reason: Option<String>,
}

/// A vote on a line as it was cast.
#[derive(Serialize, ToSchema)]
pub(super) struct LineVoteView {
    /// The number of the line.
    line: u32,
    /// The vote.
    vote: VoteView,
}

/// The votes that were cast.
#[derive(Serialize, ToSchema)]
pub(super) struct LineVotesView {
    /// Each, in the order in which it was sent.
    items: Vec<LineVoteView>,
}

impl From<(u32, Cast)> for LineVoteView {
    fn from((line, cast): (u32, Cast)) -> Self {
        Self { line, vote: cast.into() }
    }
}

/// Vote on lines of an agenda, in your own name: all of them or none. A vote stays as it is.
#[utoipa::path(
    tag = "agendas", request_body = LineVotes,
    params(
        ("id" = Uuid, Path, description = "The agenda"),
        ("Idempotency-Key" = String, Header, description = "One string in quotes for each thing to be done"),
    ),
    responses(
        (status = 201, description = "Cast", body = LineVotesView),
        (status = 422, description = "Some votes cannot be taken, so none is; `errors` points at them"),
    ),
)]
#[post("/agendas/{id}/votes")]
pub(super) async fn vote_on_lines(
    door: Door,
    Signed(caller, (id, Keyed { body, once })): Signed<(Path<AgendaId>, Keyed<LineVotes>)>,
) -> Result<Answer, Problem> {
    door.write_once(caller.person, once, async move |tx| {
        let vote = |LineVoteRequest { line, vote, reason }| LineVote { line, vote, reason };
        let votes = body.lines.into_iter().map(vote).collect();
        let cast = agendas::vote(tx, &caller.actor, *id, votes).await?;
        let items = cast.into_iter().map(LineVoteView::from).collect();
        Answer::created(format!("/api/v1/agendas/{}", *id), &LineVotesView { items })
    })
    .await
}

/// How an agenda is closed.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AgendaClosingRequest {
    /// Who was not there at all, in a meeting.
    #[serde(default)]
    #[schema(value_type = Vec<Uuid>)]
    absent: BTreeSet<PersonId>,
    /// What you say of single lines, where there is something to say.
    #[serde(default)]
    #[schema(max_items = 200)]
    lines: Vec<LineClosingRequest>,
}

/// What the chair says of a line.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct LineClosingRequest {
    /// The number of the line.
    line: u32,
    /// Which way you decide, where the votes are equal and the chair of this committee does.
    #[schema(value_type = Option<CastingVoteShape>)]
    casting_vote: Option<CastingVoteShape>,
    /// Who was not there for this line, beside those who were not there at all.
    #[serde(default)]
    #[schema(value_type = Vec<Uuid>)]
    absent: BTreeSet<PersonId>,
    /// Why it is left undecided, in 1 to 2000 characters; where it cannot be closed: its case is decided, withdrawn or changed meanwhile, too few
    /// take part on it, or you have a conflict of interest.
    leave: Option<String>,
}

/// Close an agenda that you chair. What is carried is done together, as a decision on the list: in one step or not at all.
#[utoipa::path(
    tag = "agendas", request_body = AgendaClosingRequest,
    params(
        ("id" = Uuid, Path, description = "The agenda"),
        ("Idempotency-Key" = String, Header, description = "One string in quotes for each thing to be done"),
    ),
    responses(
        (status = 200, description = "Closed, and what is carried is done", body = AgendaClosedView),
        (status = 403, description = "Somebody else chairs"),
        (status = 409, description = "It is over"),
        (status = 422, description = "Some lines cannot be closed or done, or the money does not last: `errors` says which, and why"),
    ),
)]
#[post("/agendas/{id}/closing")]
pub(super) async fn close_agenda(
    door: Door,
    Signed(caller, (id, Keyed { body, once })): Signed<(Path<AgendaId>, Keyed<AgendaClosingRequest>)>,
) -> Result<Answer, Problem> {
    let schemes = door.schemes.clone();
    door.write_once(caller.person, once, async move |tx| {
        let AgendaClosingRequest { absent, lines } = body;
        let line = |asked: LineClosingRequest| {
            let casting_vote = asked.casting_vote.map(CastingVoteShape::is_for);
            (asked.line, LineClosing { casting_vote, absent: asked.absent, leave: asked.leave })
        };
        let closing = AgendaClosing { absent, lines: lines.into_iter().map(line).collect() };
        let closed = agendas::close(tx, &caller.actor, &schemes, (*id, &closing)).await?;
        Answer::ok(&AgendaClosedView::from(closed))
    })
    .await
}

/// Give an agenda up that is open, with every sitting of it. The votes stay on file, and decide nothing.
#[utoipa::path(
    tag = "agendas", request_body = Reason,
    params(
        ("id" = Uuid, Path, description = "The agenda"),
        ("Idempotency-Key" = String, Header, description = "One string in quotes for each thing to be done"),
    ),
    responses(
        (status = 200, description = "Given up", body = AgendaDetail),
        (status = 409, description = "It is over"),
    ),
)]
#[post("/agendas/{id}/giving-up")]
pub(super) async fn give_agenda_up(
    door: Door,
    Signed(caller, (id, Keyed { body, once })): Signed<(Path<AgendaId>, Keyed<Reason>)>,
) -> Result<Answer, Problem> {
    door.write_once(caller.person, once, async move |tx| {
        let given_up = agendas::give_up(tx, &caller.actor, *id, &body.reason).await?;
        Answer::ok(&AgendaDetail::from(given_up))
    })
    .await
}
