//! Batches of payments: prepared by one person, released by another or dissolved.

use super::actor::Signed;
use super::answer::Answer;
use super::applications::Reason;
use super::idempotency::Keyed;
use super::page::{Asked, Page};
use super::problem::Problem;
use super::services::Door;
use crate::actions::batches;
use actix_web::web::{Path, Query};
use actix_web::{HttpRequest, get, post};
use chrono::{DateTime, Utc};
use rules::bank_answer::PaymentStatus;
use rules::bank_order::payment_reference;
use rules::batch::{Batch, BatchState, SetOff};
use rules::calendar::Day;
use rules::ids::{ApplicationId, BatchId, ClaimId, PersonId, RecoveryId};
use rules::money::Cents;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// A batch of payments.
#[derive(Serialize, ToSchema)]
pub(super) struct BatchView {
    /// Identity.
    #[schema(value_type = Uuid)]
    id: BatchId,
    /// The reference that people use.
    #[schema(example = "PAY-2025-000007")]
    reference: String,
    /// Prepared, released or dissolved.
    state: &'static str,
    /// Who prepared it.
    #[schema(value_type = Uuid)]
    prepared_by: PersonId,
    /// Who released it.
    #[schema(value_type = Option<Uuid>)]
    released_by: Option<PersonId>,
    /// When it was released.
    released_at: Option<DateTime<Utc>>,
    /// The day on which the bank is to pay.
    #[schema(value_type = Option<String>, format = Date)]
    pay_on: Option<Day>,
    /// Under which authority it was released, where the agency limits releases.
    released_under: Option<String>,
    /// Who dissolved it.
    #[schema(value_type = Option<Uuid>)]
    dissolved_by: Option<PersonId>,
    /// When it was dissolved.
    dissolved_at: Option<DateTime<Utc>>,
    /// Why it was dissolved.
    dissolution_reason: Option<String>,
    /// The payments.
    payments: Vec<PaymentView>,
    /// How many there are.
    count: usize,
    /// The control total.
    #[schema(value_type = String)]
    total: Cents,
    /// What of it the bank is told to transfer: the rest is set off against demands.
    #[schema(value_type = String)]
    transferred: Cents,
}

/// One payment of a batch.
#[derive(Serialize, ToSchema)]
pub(super) struct PaymentView {
    /// The claim that it pays.
    #[schema(value_type = Uuid)]
    claim: ClaimId,
    /// The application.
    #[schema(value_type = Uuid)]
    application: ApplicationId,
    /// How much.
    #[schema(value_type = String)]
    amount: Cents,
    /// By what it is known from end to end.
    #[schema(example = "PAY-2025-000007-001")]
    reference: String,
    /// What banks have answered of it: `pending`, `accepted`, `executed`, `returned` or `rejected`; null while none has.
    status: Option<&'static str>,
    /// The code with which a bank has said why it was rejected or returned.
    #[schema(example = "AC01")]
    reason: Option<String>,
    /// What has come back of it.
    #[schema(value_type = String)]
    returned: Cents,
    /// What of it meets a demand of the same organisation, and is not transferred.
    set_off: Option<SetOffView>,
}

/// What of a payment meets a demand.
#[derive(Serialize, ToSchema)]
pub(super) struct SetOffView {
    /// The demand.
    #[schema(value_type = Uuid)]
    recovery: RecoveryId,
    /// How much.
    #[schema(value_type = String)]
    amount: Cents,
}

impl From<Batch> for BatchView {
    fn from(batch: Batch) -> Self {
        let transferred = batch.transferred();
        let payments = batch.payments.into_iter().enumerate();
        let payments = payments.map(|(place, payment)| PaymentView {
            claim: payment.claim,
            application: payment.application,
            amount: payment.amount,
            reference: payment_reference(&batch.reference, place),
            status: payment.standing.status.map(PaymentStatus::code),
            reason: payment.standing.reason,
            returned: payment.standing.returned,
            set_off: payment.set_off.map(|SetOff { recovery, amount }| SetOffView { recovery, amount }),
        });
        let payments = payments.collect::<Vec<_>>();
        let dissolved = batch.dissolved;
        Self {
            id: batch.id,
            reference: batch.reference,
            state: batch.state.code(),
            prepared_by: batch.prepared_by,
            released_by: batch.released.map(|(person, _)| person),
            released_at: batch.released.map(|(_, at)| at),
            pay_on: batch.pay_on,
            released_under: batch.released_under.map(|limit| limit.authority),
            dissolved_by: dissolved.as_ref().map(|dissolution| dissolution.by),
            dissolved_at: dissolved.as_ref().map(|dissolution| dissolution.at),
            dissolution_reason: dissolved.map(|dissolution| dissolution.reason),
            count: payments.len(),
            payments,
            total: batch.total,
            transferred,
        }
    }
}

/// What a batch is to pay.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewBatch {
    /// Certified claims.
    #[schema(value_type = Vec<Uuid>, min_items = 1)]
    claims: Vec<ClaimId>,
    /// What of which payment is set off against a demand of the same organisation, and is not transferred.
    #[serde(default)]
    set_offs: Vec<NewSetOff>,
}

/// What of the payment of a claim is set off against which demand.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewSetOff {
    /// The claim.
    #[schema(value_type = Uuid)]
    claim: ClaimId,
    /// The demand.
    #[schema(value_type = Uuid)]
    recovery: RecoveryId,
    /// How much: all of the payment at most.
    #[schema(value_type = String)]
    amount: Cents,
}

impl NewSetOff {
    const fn of(&self) -> (ClaimId, SetOff) {
        (self.claim, SetOff { recovery: self.recovery, amount: self.amount })
    }
}

/// How a batch is released.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Release {
    /// The day on which the bank is to pay, at most 60 days ahead; left out, today.
    #[schema(value_type = Option<String>, format = Date)]
    pay_on: Option<Day>,
}

/// What the list is narrowed to.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct BatchQuery {
    /// `prepared`, `released` or `dissolved`.
    state: String,
    /// Where the last page ended: its `next`.
    cursor: Option<String>,
    /// How many at most; 50 when left out.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u16>,
}

/// Prepare a batch of certified claims.
#[utoipa::path(
    tag = "batches", request_body = NewBatch,
    params(("Idempotency-Key" = String, Header, description = "One string in quotes for each thing to be done")),
    responses((status = 201, description = "Prepared", body = BatchView)),
)]
#[post("/batches")]
pub(super) async fn prepare(
    door: Door,
    Signed(caller, Keyed { body, once }): Signed<Keyed<NewBatch>>,
) -> Result<Answer, Problem> {
    door.write_once(caller.person, once, async move |tx| {
        let set_offs = body.set_offs.iter().map(NewSetOff::of).collect::<Vec<_>>();
        let batch = batches::prepare(tx, &caller.actor, &body.claims, &set_offs).await?;
        Answer::created(format!("/api/v1/batches/{}", batch.id), &BatchView::from(batch))
    })
    .await
}

/// Batches in a state, newest first.
#[utoipa::path(tag = "batches", params(BatchQuery), responses((status = 200, description = "One page", body = Page<BatchView>)))]
#[get("/batches")]
pub(super) async fn list(
    door: Door,
    request: HttpRequest,
    Signed(caller, query): Signed<Query<BatchQuery>>,
) -> Result<Answer, Problem> {
    let asked = Asked::<BatchId>::read(query.cursor.as_deref(), query.limit)?;
    let state = BatchState::from_code(&query.state);
    let state = state.ok_or_else(|| Problem::malformed_parameter("state", "write prepared, released or dissolved"))?;
    let rows = batches::list(&mut door.reader().await?, &caller.actor, state, asked.after, asked.rows()).await?;
    Page::of(&asked, rows, |row| row.id, BatchView::from)?.answer(&request)
}

/// One batch.
#[utoipa::path(
    tag = "batches", params(("id" = Uuid, Path, description = "The batch")),
    responses((status = 200, description = "The batch", body = BatchView)),
)]
#[get("/batches/{id}")]
pub(super) async fn read(door: Door, Signed(caller, id): Signed<Path<BatchId>>) -> Result<Answer, Problem> {
    let batch = batches::read(&mut door.reader().await?, &caller.actor, *id).await?;
    Answer::ok(&BatchView::from(batch))
}

/// Release a batch that somebody else prepared; its payments are posted.
#[utoipa::path(
    tag = "batches", request_body = Release,
    params(
        ("id" = Uuid, Path, description = "The batch"),
        ("Idempotency-Key" = String, Header, description = "One string in quotes for each thing to be done"),
    ),
    responses(
        (status = 200, description = "Released", body = BatchView),
        (status = 403, description = "You prepared it, have another duty on one of its cases, hold no authority that reaches it, or have confirmed an account that is paid to"),
    ),
)]
#[post("/batches/{id}/release")]
pub(super) async fn release(
    door: Door,
    Signed(caller, (id, Keyed { body, once })): Signed<(Path<BatchId>, Keyed<Release>)>,
) -> Result<Answer, Problem> {
    let limits = door.release_limits.clone();
    door.write_once(caller.person, once, async move |tx| {
        let batch = batches::release(tx, &caller.actor, (*id, body.pay_on), &limits).await?;
        Answer::ok(&BatchView::from(batch))
    })
    .await
}

/// Dissolve a batch that waits, with the reason: nothing is paid, and its claims are free for another one.
#[utoipa::path(
    tag = "batches", request_body = Reason,
    params(
        ("id" = Uuid, Path, description = "The batch"),
        ("Idempotency-Key" = String, Header, description = "One string in quotes for each thing to be done"),
    ),
    responses((status = 200, description = "Dissolved", body = BatchView)),
)]
#[post("/batches/{id}/dissolution")]
pub(super) async fn dissolve(
    door: Door,
    Signed(caller, (id, Keyed { body, once })): Signed<(Path<BatchId>, Keyed<Reason>)>,
) -> Result<Answer, Problem> {
    door.write_once(caller.person, once, async move |tx| {
        let batch = batches::dissolve(tx, &caller.actor, *id, &body.reason).await?;
        Answer::ok(&BatchView::from(batch))
    })
    .await
}
