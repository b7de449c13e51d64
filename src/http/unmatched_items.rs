//! What in files of banks matches nothing: listed, and closed once by somebody else than recorded it.

use super::actor::Signed;
use super::answer::Answer;
use super::idempotency::Keyed;
use super::page::{Asked, Page};
use super::problem::Problem;
use super::services::Door;
use crate::actions::bank_answers;
use actix_web::web::{Path, Query};
use actix_web::{HttpRequest, get, post};
use chrono::{DateTime, Utc};
use rules::bank_answer::{Closed, ItemOnFile};
use rules::calendar::Day;
use rules::ids::{BankAnswerId, PersonId, UnmatchedItemId};
use rules::money::Cents;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Something in a file of a bank that matches nothing.
#[derive(Serialize, ToSchema)]
pub(super) struct UnmatchedItemView {
    /// Identity.
    #[schema(value_type = Uuid)]
    id: UnmatchedItemId,
    /// The file.
    #[schema(value_type = Uuid)]
    answer: BankAnswerId,
    /// On which line of it.
    line: u32,
    /// `debit`, out of the agency's account, or `credit`, into it.
    side: &'static str,
    /// How much.
    #[schema(value_type = String)]
    amount: Cents,
    /// In which currency.
    #[schema(example = "HKD")]
    currency: String,
    /// The day on which it was booked.
    #[schema(value_type = Option<String>, format = Date)]
    booked_on: Option<Day>,
    /// What the file names as the payment.
    payment: Option<String>,
    /// The bank's own reference.
    bank_reference: Option<String>,
    /// The code with which the bank says why it came back.
    reason: Option<String>,
    /// Why it waits: `unknown`, `reversal`, `seen_before`, `award_ended` or `recovered`.
    why: &'static str,
    /// Who recorded the file: somebody else must close it.
    #[schema(value_type = Uuid)]
    recorded_by: PersonId,
    /// When.
    recorded_at: DateTime<Utc>,
    /// What of it has met demands.
    #[schema(value_type = String)]
    received: Cents,
    /// How it was closed; null while it waits, and where it has met demands.
    closed: Option<UnmatchedClosingView>,
}

/// How an item was closed.
#[derive(Serialize, ToSchema)]
pub(super) struct UnmatchedClosingView {
    /// By whom.
    #[schema(value_type = Uuid)]
    by: PersonId,
    /// When.
    at: DateTime<Utc>,
    /// Why.
    reason: String,
    /// The payment of which the money has come back; null where it was set aside.
    payment: Option<String>,
}

impl From<Closed> for UnmatchedClosingView {
    fn from(closed: Closed) -> Self {
        Self { by: closed.by, at: closed.at, reason: closed.reason, payment: closed.payment }
    }
}

impl From<ItemOnFile> for UnmatchedItemView {
    fn from(ItemOnFile { item, answer, recorded_by, recorded_at, received, closed, .. }: ItemOnFile) -> Self {
        Self {
            id: item.id,
            answer,
            line: item.line,
            side: item.side.code(),
            amount: item.amount,
            currency: item.currency,
            booked_on: item.on,
            payment: item.payment,
            bank_reference: item.bank_reference,
            reason: item.reason,
            why: item.why.code(),
            recorded_by,
            recorded_at,
            received,
            closed: closed.map(UnmatchedClosingView::from),
        }
    }
}

/// What an item is found to be.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct UnmatchedClosing {
    /// The payment of which the money has come back; left out to set the item aside.
    #[schema(example = "PAY-2025-000007-001")]
    payment: Option<String>,
    /// Why, in 1 to 2000 characters.
    reason: String,
}

/// What the list is narrowed to.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct UnmatchedQuery {
    /// `true` for those that are closed or have met demands in full; left out, those that wait.
    closed: Option<bool>,
    /// Where the last page ended: its `next`.
    cursor: Option<String>,
    /// How many at most; 50 when left out.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u16>,
}

/// What in files of banks matches nothing and waits, or was closed, newest first.
#[utoipa::path(
    tag = "bank answers", params(UnmatchedQuery),
    responses((status = 200, description = "One page", body = Page<UnmatchedItemView>)),
)]
#[get("/unmatched-items")]
pub(super) async fn list_items(
    door: Door,
    request: HttpRequest,
    Signed(caller, query): Signed<Query<UnmatchedQuery>>,
) -> Result<Answer, Problem> {
    let asked = Asked::<UnmatchedItemId>::read(query.cursor.as_deref(), query.limit)?;
    let of = (query.closed.unwrap_or_default(), asked.after);
    let rows = bank_answers::unmatched(&mut door.reader().await?, &caller.actor, of, asked.rows()).await?;
    Page::of(&asked, rows, |row| row.item.id, UnmatchedItemView::from)?.answer(&request)
}

/// Close an item, as somebody else than recorded its file: as money of a payment that has come back, which is owed again, or set aside.
#[utoipa::path(
    tag = "bank answers", request_body = UnmatchedClosing,
    params(
        ("id" = Uuid, Path, description = "The item"),
        ("Idempotency-Key" = String, Header, description = "One string in quotes for each thing to be done"),
    ),
    responses(
        (status = 200, description = "Closed", body = UnmatchedItemView),
        (status = 403, description = "You have recorded its file, or are on the side of who was paid"),
        (status = 409, description = "It is closed or has met a demand, the award of the payment has ended, or a demand has brought back the money"),
        (status = 422, description = "It is no return of that payment, or a reason is missing"),
    ),
)]
#[post("/unmatched-items/{id}/closing")]
pub(super) async fn close_item(
    door: Door,
    Signed(caller, (id, Keyed { body, once })): Signed<(Path<UnmatchedItemId>, Keyed<UnmatchedClosing>)>,
) -> Result<Answer, Problem> {
    door.write_once(caller.person, once, async move |tx| {
        let of = (body.payment.as_deref(), body.reason.as_str());
        let item = bank_answers::close(tx, &caller.actor, *id, of).await?;
        Answer::ok(&UnmatchedItemView::from(item))
    })
    .await
}
