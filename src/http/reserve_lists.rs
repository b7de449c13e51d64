//! Reserve lists: who waits for money to free up, who moves up, and the end of a list.

use super::actor::Signed;
use super::answer::Answer;
use super::idempotency::Keyed;
use super::page::{Asked, Page};
use super::problem::Problem;
use super::round_decisions::DecidedView;
use super::services::Door;
use crate::actions::reserve_lists::{self, Closing, MovedUp, Part};
use crate::actions::round_decisions::Which;
use crate::store::reserve_lists::Waiting;
use actix_web::web::Query;
use actix_web::{HttpRequest, get, post};
use chrono::{DateTime, Utc};
use rules::calendar::Day;
use rules::ids::{ApplicationId, PersonId};
use rules::money::Cents;
use rules::refusal::Refusal;
use rules::reserve_list::Skipped;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// One page of a reserve list.
#[derive(Serialize, ToSchema)]
pub(super) struct ReserveList {
    /// Who waits, in their order.
    items: Vec<ReserveView>,
    /// The cursor of the next page; left out on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
    /// How many wait on the whole list.
    cases: u32,
    /// For how much in all.
    #[schema(value_type = String)]
    amount: Cents,
}

/// A case on a reserve list.
#[derive(Serialize, ToSchema)]
pub(super) struct ReserveView {
    /// Which.
    #[schema(value_type = Uuid)]
    application: ApplicationId,
    /// The reference that people use.
    reference: String,
    /// Who applies.
    organisation_name: String,
    /// Its place, counted over all that was ever on the list.
    position: u32,
    /// What is approved for when money frees up.
    #[schema(value_type = String)]
    amount: Cents,
    /// The last day on which it may move up.
    #[schema(value_type = String, format = Date)]
    until: Day,
    /// The first day on which its award may be told, where it moves up before that; null where that is any.
    #[schema(value_type = Option<String>, format = Date)]
    embargo_until: Option<Day>,
    /// Who has put it there.
    #[schema(value_type = Uuid)]
    placed_by: PersonId,
    /// When.
    placed_at: DateTime<Utc>,
    /// Why it was passed over the last time that this was so; null where it never was.
    skipped: Option<SkippedView>,
}

/// Why a case was passed over.
#[derive(Serialize, ToSchema)]
pub(super) struct SkippedView {
    /// The code of the refusal that its award met.
    code: String,
    /// What that says.
    because: String,
    /// Since when it is so.
    at: DateTime<Utc>,
}

impl From<Skipped> for SkippedView {
    fn from(Skipped { code, because, at }: Skipped) -> Self {
        Self { code, because, at }
    }
}

impl From<Waiting> for ReserveView {
    fn from(Waiting { entry, reference, organisation_name, .. }: Waiting) -> Self {
        Self {
            application: entry.application,
            reference,
            organisation_name,
            position: entry.position,
            amount: entry.amount,
            until: entry.until,
            embargo_until: entry.embargo_until,
            placed_by: entry.placed_by,
            placed_at: entry.placed_at,
            skipped: entry.skipped.map(SkippedView::from),
        }
    }
}

/// Which list, and which page of it.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ReserveQuery {
    /// The scheme's code.
    scheme: String,
    /// The path of the round, or of the cut-off; left out for what belongs to none.
    round: Option<String>,
    /// Where the last page ended: its `next`.
    cursor: Option<String>,
    /// How many at most; 50 when left out.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u16>,
}

/// Who waits on the reserve list of a round, or of a scheme what belongs to none.
#[utoipa::path(
    tag = "reserve_lists", params(ReserveQuery),
    responses((status = 200, description = "One page of who waits, in their order", body = ReserveList)),
)]
#[get("/reserve-lists")]
pub(super) async fn list(
    door: Door,
    request: HttpRequest,
    Signed(caller, query): Signed<Query<ReserveQuery>>,
) -> Result<Answer, Problem> {
    let ReserveQuery { scheme, round, cursor, limit } = query.into_inner();
    let asked = Asked::<u32>::read(cursor.as_deref(), limit)?;
    let which = Which { scheme, round };
    let mut reader = door.reader().await?;
    let read = reserve_lists::read(&mut reader, &caller.actor, &door.schemes, (&which, asked.after, asked.rows()));
    let Part { waiting, all } = read.await?;
    let page = Page::of(&asked, waiting, |one| one.entry.position, ReserveView::from)?;
    let link = page.link(&request);
    let list = ReserveList { items: page.items, next: page.next, cases: all.cases, amount: all.amount };
    Ok(Answer::ok(&list)?.link(link))
}

/// Which list.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ReserveRequest {
    /// The scheme's code.
    scheme: String,
    /// The path of the round, or of the cut-off; left out for what belongs to none.
    round: Option<String>,
}

/// What came of a look at a list.
#[derive(Serialize, ToSchema)]
pub(super) struct MovedUpView {
    /// Who has moved up, and is awarded; null where nobody could. The others are asked the next time.
    moved: Option<DecidedView>,
    /// Who was passed over for a reason of their own.
    passed_over: Vec<RefusedView>,
    /// For whom the money does not last, so that nobody below was asked.
    stopped: Option<RefusedView>,
}

/// Why a case does not move up.
#[derive(Serialize, ToSchema)]
pub(super) struct RefusedView {
    /// Which.
    #[schema(value_type = Uuid)]
    application: ApplicationId,
    /// The code of the refusal.
    code: &'static str,
    /// What it says.
    because: String,
}

impl From<(ApplicationId, Refusal)> for RefusedView {
    fn from((application, refusal): (ApplicationId, Refusal)) -> Self {
        Self { application, code: refusal.code(), because: refusal.to_string() }
    }
}

/// Move up the first on a list for whom there is money. The worker does the same when money has freed up.
#[utoipa::path(
    tag = "reserve_lists", request_body = ReserveRequest,
    params(("Idempotency-Key" = String, Header, description = "One string in quotes for each thing to be done")),
    responses((status = 200, description = "Who has moved up, and who was not", body = MovedUpView)),
)]
#[post("/reserve-lists/move-up")]
pub(super) async fn move_up(
    door: Door,
    Signed(caller, Keyed { body, once }): Signed<Keyed<ReserveRequest>>,
) -> Result<Answer, Problem> {
    let schemes = door.schemes.clone();
    let which = Which { scheme: body.scheme, round: body.round };
    door.write_once(caller.person, once, async move |tx| {
        let MovedUp { moved, passed_over, stopped } =
            reserve_lists::move_up(tx, &caller.actor, &schemes, &which).await?;
        Answer::ok(&MovedUpView {
            moved: moved.as_ref().map(DecidedView::from),
            passed_over: passed_over.into_iter().map(RefusedView::from).collect(),
            stopped: stopped.map(RefusedView::from),
        })
    })
    .await
}

/// The end of a list, or of some places on it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ReserveClosing {
    /// The scheme's code.
    scheme: String,
    /// The path of the round, or of the cut-off; left out for what belongs to none.
    round: Option<String>,
    /// Who is taken off it, 1 to 200; the others keep their places. Left out for all that wait.
    #[schema(value_type = Option<Vec<Uuid>>, min_items = 1, max_items = 200)]
    applications: Option<Vec<ApplicationId>>,
    /// Why, in 1 to 2000 characters: the applicants read it.
    reason: String,
    /// The first day on which they may be told; left out, they are told at once.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Date)]
    embargo_until: Option<Day>,
}

/// What was closed.
#[derive(Serialize, ToSchema)]
pub(super) struct ReserveClosedView {
    /// Who is refused by it.
    items: Vec<DecidedView>,
    /// How many still wait: whoever was not named; and a long list is closed in several goes.
    left: usize,
}

/// Close a list, or take some off it: each is refused with the reason, and told, at once or from a day on. An approver does it who could refuse them all.
#[utoipa::path(
    tag = "reserve_lists", request_body = ReserveClosing,
    params(("Idempotency-Key" = String, Header, description = "One string in quotes for each thing to be done")),
    responses((status = 200, description = "Closed", body = ReserveClosedView)),
)]
#[post("/reserve-lists/close")]
pub(super) async fn close(
    door: Door,
    Signed(caller, Keyed { body, once }): Signed<Keyed<ReserveClosing>>,
) -> Result<Answer, Problem> {
    let schemes = door.schemes.clone();
    let ReserveClosing { scheme, round, applications, reason, embargo_until } = body;
    let closing = Closing { which: Which { scheme, round }, applications, reason, embargo_until };
    door.write_once(caller.person, once, async move |tx| {
        let (closed, left) = reserve_lists::close(tx, &caller.actor, &schemes, &closing).await?;
        Answer::ok(&ReserveClosedView { items: closed.iter().map(DecidedView::from).collect(), left })
    })
    .await
}
