//! Demands of money back: raised by one person, confirmed by another, and met, charged, arranged, written off and reversed.

use super::actor::Signed;
use super::answer::Answer;
use super::applications::{Nothing, Reason};
use super::idempotency::Keyed;
use super::page::{Asked, Page};
use super::problem::Problem;
use super::recovery_requests::{ArrangementRequest, InterestUntil, ReceiptRequest, RecoveryRequest, WriteOffRequest};
use super::recovery_shapes::RecoveryView;
use super::services::Door;
use crate::actions::recoveries;
use actix_web::web::{Path, Query};
use actix_web::{HttpRequest, get, post};
use rules::calendar::Day;
use rules::ids::{ApplicationId, RecoveryEntryId, RecoveryId, WriteOffId};
use rules::recovery::{Recovery, RecoveryState};
use rules::sight::Sight;
use serde::Deserialize;
use utoipa::IntoParams;

/// A demand, and something of it.
type PathOf<T> = Path<(RecoveryId, T)>;

/// What the list is narrowed to.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct RecoveryQuery {
    /// In this state alone: `raised`, `confirmed`, `settled` or `withdrawn`.
    state: Option<String>,
    /// Where the last page ended: its `next`.
    cursor: Option<String>,
    /// How many at most; 50 when left out.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u16>,
}

/// The answer to whoever has done something to a demand for the agency.
fn done(recovery: Recovery, today: Day) -> Result<Answer, Problem> {
    Answer::ok(&RecoveryView::of(recovery, (today, Sight::Staff))?)
}

/// Raise a demand: nothing is owed by it until another person confirms it.
#[utoipa::path(
    tag = "recoveries", request_body = RecoveryRequest,
    params(
        ("id" = Uuid, Path, description = "The application"),
        ("Idempotency-Key" = String, Header, description = "One string in quotes for each thing to be done"),
    ),
    responses(
        (status = 201, description = "Raised", body = RecoveryView),
        (status = 409, description = "There is no award that was accepted"),
        (status = 422, description = "It is of more than was paid or found to be overpaid, or the figures, days or words are not in order"),
    ),
)]
#[post("/applications/{id}/recoveries")]
pub(super) async fn raise(
    door: Door,
    Signed(caller, (id, Keyed { body, once })): Signed<(Path<ApplicationId>, Keyed<RecoveryRequest>)>,
) -> Result<Answer, Problem> {
    let (today, due_days) = (door.moment.today(), door.recovery_days);
    door.write_once(caller.person, once, async move |tx| {
        let recovery = recoveries::raise(tx, &caller.actor, *id, (body.into(), due_days)).await?;
        let place = format!("/api/v1/recoveries/{}", recovery.id);
        Answer::created(place, &RecoveryView::of(recovery, (today, Sight::Staff))?)
    })
    .await
}

/// The demands of an application, oldest first. Those of its own side see them once they are confirmed.
#[utoipa::path(
    tag = "recoveries", params(("id" = Uuid, Path, description = "The application")),
    responses((status = 200, description = "Each", body = Vec<RecoveryView>)),
)]
#[get("/applications/{id}/recoveries")]
pub(super) async fn of_case(door: Door, Signed(caller, id): Signed<Path<ApplicationId>>) -> Result<Answer, Problem> {
    let (sight, found) = recoveries::of_case(&mut door.reader().await?, &caller.actor, (*id, door.moment.now)).await?;
    let told = (door.moment.today(), sight);
    Answer::ok(&found.into_iter().map(|one| RecoveryView::of(one, told)).collect::<Result<Vec<_>, _>>()?)
}

/// Demands, newest first: all, or in a state. Those of your own organisations are left out.
#[utoipa::path(
    tag = "recoveries", params(RecoveryQuery),
    responses((status = 200, description = "One page", body = Page<RecoveryView>)),
)]
#[get("/recoveries")]
pub(super) async fn list(
    door: Door,
    request: HttpRequest,
    Signed(caller, query): Signed<Query<RecoveryQuery>>,
) -> Result<Answer, Problem> {
    let asked = Asked::<RecoveryId>::read(query.cursor.as_deref(), query.limit)?;
    let known = |code: &str| {
        let state = RecoveryState::from_code(code);
        state.ok_or_else(|| Problem::malformed_parameter("state", "write raised, confirmed, settled or withdrawn"))
    };
    let state = query.state.as_deref().map(known).transpose()?;
    let rows = recoveries::list(&mut door.reader().await?, &caller.actor, state, asked.after, asked.rows()).await?;
    let told = (door.moment.today(), Sight::Staff);
    let rows = rows.into_iter().map(|row| Ok((row.id, RecoveryView::of(row, told)?)));
    let rows = rows.collect::<Result<Vec<_>, Problem>>()?;
    Page::of(&asked, rows, |(id, _)| *id, |(_, view)| view)?.answer(&request)
}

/// One demand, with all that has been entered since.
#[utoipa::path(
    tag = "recoveries", params(("id" = Uuid, Path, description = "The demand")),
    responses((status = 200, description = "It", body = RecoveryView)),
)]
#[get("/recoveries/{id}")]
pub(super) async fn read(door: Door, Signed(caller, id): Signed<Path<RecoveryId>>) -> Result<Answer, Problem> {
    let found = recoveries::read(&mut door.reader().await?, &caller.actor, (*id, door.moment.now)).await?;
    let (sight, recovery) = found;
    Answer::ok(&RecoveryView::of(recovery, (door.moment.today(), sight))?)
}

/// Confirm a demand that somebody else has raised: from now on it is owed, and its letter goes out.
#[utoipa::path(
    tag = "recoveries", request_body = Nothing,
    params(
        ("id" = Uuid, Path, description = "The demand"),
        ("Idempotency-Key" = String, Header, description = "One string in quotes for each thing to be done"),
    ),
    responses(
        (status = 200, description = "Confirmed", body = RecoveryView),
        (status = 403, description = "You have raised it, or are on the side of its applicant"),
        (status = 409, description = "It is not raised any more"),
    ),
)]
#[post("/recoveries/{id}/confirmation")]
pub(super) async fn confirm(
    door: Door,
    Signed(caller, (id, Keyed { once, .. })): Signed<(Path<RecoveryId>, Keyed<Nothing>)>,
) -> Result<Answer, Problem> {
    let today = door.moment.today();
    let schemes = door.schemes.clone();
    door.write_once(caller.person, once, async move |tx| {
        done(recoveries::confirm(tx, &caller.actor, &schemes, *id).await?, today)
    })
    .await
}

/// Withdraw a demand that nobody has confirmed, with the reason. What is confirmed is received or written off.
#[utoipa::path(
    tag = "recoveries", request_body = Reason,
    params(
        ("id" = Uuid, Path, description = "The demand"),
        ("Idempotency-Key" = String, Header, description = "One string in quotes for each thing to be done"),
    ),
    responses(
        (status = 200, description = "Withdrawn", body = RecoveryView),
        (status = 409, description = "It is not raised any more"),
    ),
)]
#[post("/recoveries/{id}/withdrawal")]
pub(super) async fn withdraw(
    door: Door,
    Signed(caller, (id, Keyed { body, once })): Signed<(Path<RecoveryId>, Keyed<Reason>)>,
) -> Result<Answer, Problem> {
    let today = door.moment.today();
    door.write_once(caller.person, once, async move |tx| {
        done(recoveries::withdraw(tx, &caller.actor, *id, &body.reason).await?, today)
    })
    .await
}

/// Say which credit of a bank statement meets the demand, or how much of it. Interest is charged until the day on which it came first; then
/// the principal is met, and interest last.
#[utoipa::path(
    tag = "recoveries", request_body = ReceiptRequest,
    params(
        ("id" = Uuid, Path, description = "The demand"),
        ("Idempotency-Key" = String, Header, description = "One string in quotes for each thing to be done"),
    ),
    responses(
        (status = 200, description = "Recorded", body = RecoveryView),
        (status = 403, description = "You have recorded the statement"),
        (status = 409, description = "It is not confirmed, the item is closed, interest is charged beyond its day, or a bank has brought back what was paid"),
        (status = 422, description = "The item is no credit in HKD, or more is received than is left of it or outstanding"),
    ),
)]
#[post("/recoveries/{id}/receipts")]
pub(super) async fn receive(
    door: Door,
    Signed(caller, (id, Keyed { body, once })): Signed<(Path<RecoveryId>, Keyed<ReceiptRequest>)>,
) -> Result<Answer, Problem> {
    let today = door.moment.today();
    door.write_once(caller.person, once, async move |tx| {
        done(recoveries::receive(tx, &caller.actor, *id, (body.item, body.amount)).await?, today)
    })
    .await
}

/// Charge the interest until a day; nothing changes where it is charged until then already.
#[utoipa::path(
    tag = "recoveries", request_body = InterestUntil,
    params(
        ("id" = Uuid, Path, description = "The demand"),
        ("Idempotency-Key" = String, Header, description = "One string in quotes for each thing to be done"),
    ),
    responses(
        (status = 200, description = "Charged", body = RecoveryView),
        (status = 409, description = "It is not confirmed, or bears no interest"),
        (status = 422, description = "The day is to come, or interest is charged beyond it"),
    ),
)]
#[post("/recoveries/{id}/interest")]
pub(super) async fn charge(
    door: Door,
    Signed(caller, (id, Keyed { body, once })): Signed<(Path<RecoveryId>, Keyed<InterestUntil>)>,
) -> Result<Answer, Problem> {
    let today = door.moment.today();
    door.write_once(caller.person, once, async move |tx| {
        done(recoveries::charge(tx, &caller.actor, *id, body.until).await?, today)
    })
    .await
}

/// Ask that something be written off, instead of what was asked before and nobody has approved.
#[utoipa::path(
    tag = "recoveries", request_body = WriteOffRequest,
    params(
        ("id" = Uuid, Path, description = "The demand"),
        ("Idempotency-Key" = String, Header, description = "One string in quotes for each thing to be done"),
    ),
    responses(
        (status = 200, description = "Asked", body = RecoveryView),
        (status = 403, description = "You have prepared or released a payment of the case"),
        (status = 409, description = "It is not confirmed"),
        (status = 422, description = "It is more than is outstanding"),
    ),
)]
#[post("/recoveries/{id}/write-offs")]
pub(super) async fn ask_write_off(
    door: Door,
    Signed(caller, (id, Keyed { body, once })): Signed<(Path<RecoveryId>, Keyed<WriteOffRequest>)>,
) -> Result<Answer, Problem> {
    let today = door.moment.today();
    door.write_once(caller.person, once, async move |tx| {
        done(recoveries::ask_write_off(tx, &caller.actor, *id, (body.amount, &body.reason)).await?, today)
    })
    .await
}

/// Approve what somebody else asks to write off, within the limits of your authorities: interest is given up first.
#[utoipa::path(
    tag = "recoveries", request_body = Nothing,
    params(
        ("id" = Uuid, Path, description = "The demand"),
        ("write_off" = Uuid, Path, description = "What is asked"),
        ("Idempotency-Key" = String, Header, description = "One string in quotes for each thing to be done"),
    ),
    responses(
        (status = 200, description = "Written off", body = RecoveryView),
        (status = 403, description = "You have asked for it, had to do with a payment of the case, or hold no authority that reaches it"),
        (status = 409, description = "It was approved or asked anew, or the agency has settled no limits"),
    ),
)]
#[post("/recoveries/{id}/write-offs/{write_off}/approval")]
pub(super) async fn write_off(
    door: Door,
    Signed(caller, (path, Keyed { once, .. })): Signed<(PathOf<WriteOffId>, Keyed<Nothing>)>,
) -> Result<Answer, Problem> {
    let today = door.moment.today();
    let limits = door.write_off_limits.clone();
    door.write_once(caller.person, once, async move |tx| {
        done(recoveries::write_off(tx, &caller.actor, path.into_inner(), &limits).await?, today)
    })
    .await
}

/// Agree that what is outstanding is paid in parts, instead of what was agreed before.
#[utoipa::path(
    tag = "recoveries", request_body = ArrangementRequest,
    params(
        ("id" = Uuid, Path, description = "The demand"),
        ("Idempotency-Key" = String, Header, description = "One string in quotes for each thing to be done"),
    ),
    responses(
        (status = 200, description = "Agreed", body = RecoveryView),
        (status = 409, description = "Nothing is owed"),
        (status = 422, description = "The parts do not come to what is outstanding, or their days are not in order"),
    ),
)]
#[post("/recoveries/{id}/arrangements")]
pub(super) async fn arrange(
    door: Door,
    Signed(caller, (id, Keyed { body, once })): Signed<(Path<RecoveryId>, Keyed<ArrangementRequest>)>,
) -> Result<Answer, Problem> {
    let today = door.moment.today();
    let (arranging, reason) = body.arranging();
    door.write_once(caller.person, once, async move |tx| {
        done(recoveries::arrange(tx, &caller.actor, *id, (arranging, &reason)).await?, today)
    })
    .await
}

/// Reverse an entry, with the reason: it counts no more, and stays to be read.
#[utoipa::path(
    tag = "recoveries", request_body = Reason,
    params(
        ("id" = Uuid, Path, description = "The demand"),
        ("entry" = Uuid, Path, description = "The entry"),
        ("Idempotency-Key" = String, Header, description = "One string in quotes for each thing to be done"),
    ),
    responses(
        (status = 200, description = "Reversed", body = RecoveryView),
        (status = 409, description = "It is reversed already, or something rests on it"),
        (status = 422, description = "What would be out again meets a limit of the scheme"),
    ),
)]
#[post("/recoveries/{id}/entries/{entry}/reversal")]
pub(super) async fn reverse(
    door: Door,
    Signed(caller, (path, Keyed { body, once })): Signed<(PathOf<RecoveryEntryId>, Keyed<Reason>)>,
) -> Result<Answer, Problem> {
    let today = door.moment.today();
    let schemes = door.schemes.clone();
    door.write_once(caller.person, once, async move |tx| {
        done(recoveries::reverse(tx, &caller.actor, &schemes, path.into_inner(), &body.reason).await?, today)
    })
    .await
}
