//! Where organisations are paid: proposed, confirmed and ended. An account comes in and never goes out.

use super::actor::Signed;
use super::answer::Answer;
use super::idempotency::Keyed;
use super::problem::Problem;
use super::services::Door;
use crate::actions::payee_accounts;
use actix_web::web::Path;
use actix_web::{get, post};
use chrono::{DateTime, Utc};
use rules::calendar::Day;
use rules::ids::{OrganisationId, PayeeAccountId, PersonId};
use rules::payee_account::{Confirmed, Ended, PayeeAccount, PayeeAccountKind, PayeeAccountState, Written, in_force};
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

/// How the bank finds it: `account`, of a bank in Hong Kong, or `fps_id`, an identifier of the Faster Payment System.
#[derive(ToSchema)]
#[schema(as = PayeeAccountKind, rename_all = "snake_case")]
#[expect(
    dead_code,
    reason = "the shape of rules::payee_account::PayeeAccountKind for the document, which that crate knows nothing of"
)]
pub(super) enum PayeeAccountKindShape {
    Account,
    FpsId,
}

/// An account as somebody types it in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PayeeAccountRequest {
    /// How the bank finds it.
    #[serde(deserialize_with = "kind")]
    #[schema(value_type = PayeeAccountKindShape)]
    kind: PayeeAccountKind,
    /// The name under which the bank knows the holder, in 1 to 140 characters.
    #[serde(deserialize_with = "withheld")]
    #[schema(value_type = String)]
    holder: String,
    /// The three digits of the bank; left out for an FPS identifier.
    #[serde(default, deserialize_with = "withheld_or_none")]
    #[schema(value_type = Option<String>, example = "004")]
    bank: Option<String>,
    /// 6 to 14 digits of the account, or 7 or 9 of an FPS identifier; spaces and hyphens are left out.
    #[serde(deserialize_with = "withheld")]
    #[schema(value_type = String, example = "123-456789-001")]
    number: String,
}

/// An account as whoever confirms it types it in again, from what they have checked.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PayeeAccountConfirmation {
    /// How the bank finds it.
    #[serde(deserialize_with = "kind")]
    #[schema(value_type = PayeeAccountKindShape)]
    kind: PayeeAccountKind,
    /// The name under which the bank knows the holder.
    #[serde(deserialize_with = "withheld")]
    #[schema(value_type = String)]
    holder: String,
    /// The three digits of the bank; left out for an FPS identifier.
    #[serde(default, deserialize_with = "withheld_or_none")]
    #[schema(value_type = Option<String>, example = "004")]
    bank: Option<String>,
    /// The digits of the account, or the FPS identifier.
    #[serde(deserialize_with = "withheld")]
    #[schema(value_type = String, example = "123-456789-001")]
    number: String,
    /// How it was checked, in 1 to 2000 characters.
    #[schema(example = "called back on the number on file; statement of March seen")]
    check: String,
}

/// A text; what is none is not repeated in the refusal: it may be an account all the same.
fn withheld<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    withheld_or_none(deserializer)?.ok_or_else(|| D::Error::custom("write a text"))
}

/// The same of what may be left out.
fn withheld_or_none<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    match Value::deserialize(deserializer)? {
        Value::String(text) => Ok(Some(text)),
        Value::Null => Ok(None),
        Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => Err(D::Error::custom("write a text")),
    }
}

/// A kind, of which what is none is not repeated either.
fn kind<'de, D: Deserializer<'de>>(deserializer: D) -> Result<PayeeAccountKind, D::Error> {
    let code = withheld(deserializer)?;
    PayeeAccountKind::from_code(&code).ok_or_else(|| D::Error::custom("write account or fps_id"))
}

/// That an account is ended.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PayeeAccountEnd {
    /// Why, in 1 to 2000 characters.
    reason: String,
}

/// Where an organisation is paid, or was, or would be.
#[derive(Serialize, ToSchema)]
pub(super) struct PayeeAccountView {
    /// Identity.
    #[schema(value_type = Uuid)]
    id: PayeeAccountId,
    /// Whose it is.
    #[schema(value_type = Uuid)]
    organisation: OrganisationId,
    /// How the bank finds it.
    #[schema(value_type = PayeeAccountKindShape)]
    kind: PayeeAccountKind,
    /// Its last three digits, which are all that is shown of it.
    #[schema(example = "001")]
    ending: String,
    /// Where it stands today: `proposed`, `waiting` until it is used, `in_force`, `replaced` by a later one, or `ended`.
    #[schema(value_type = String, example = "in_force")]
    state: &'static str,
    /// Who proposed it.
    #[schema(value_type = Uuid)]
    proposed_by: PersonId,
    /// When.
    proposed_at: DateTime<Utc>,
    /// Who confirmed it.
    #[schema(value_type = Option<Uuid>)]
    confirmed_by: Option<PersonId>,
    /// When.
    confirmed_at: Option<DateTime<Utc>>,
    /// The first day on which payments go to it.
    #[schema(value_type = Option<String>, format = Date)]
    usable_from: Option<Day>,
    /// Who ended it.
    #[schema(value_type = Option<Uuid>)]
    ended_by: Option<PersonId>,
    /// When.
    ended_at: Option<DateTime<Utc>>,
    /// Why.
    end_reason: Option<String>,
}

impl PayeeAccountView {
    /// One of those that an organisation has, on a day.
    fn of(account: PayeeAccount, used: Option<PayeeAccountId>, today: Day) -> Self {
        let state = account.state(today);
        let replaced = state == PayeeAccountState::InForce && used != Some(account.id);
        let PayeeAccount { id, organisation, sealed, proposed_by, proposed_at, confirmed, ended } = account;
        let confirmed = confirmed.map(|Confirmed { by, at, usable_from, .. }| ((by, at), usable_from));
        let (confirmed, usable_from) = confirmed.unzip();
        let (confirmed_by, confirmed_at) = confirmed.unzip();
        let (acting, end_reason) = ended.map(|Ended { by, at, reason }| ((by, at), reason)).unzip();
        let (ended_by, ended_at) = acting.unzip();
        let state = if replaced { "replaced" } else { state.code() };
        let (kind, ending) = (sealed.kind, sealed.ending);
        Self {
            id,
            organisation,
            kind,
            ending,
            state,
            proposed_by,
            proposed_at,
            confirmed_by,
            confirmed_at,
            usable_from,
            ended_by,
            ended_at,
            end_reason,
        }
    }

    /// One that has just been changed: used or not, nothing has replaced it.
    fn alone(account: PayeeAccount, today: Day) -> Self {
        let used = Some(account.id);
        Self::of(account, used, today)
    }
}

/// Where an organisation is paid, was or would be, oldest first, for whoever acts for it, finance and auditors.
#[utoipa::path(
    tag = "payee accounts", params(("id" = Uuid, Path, description = "The organisation")),
    responses((status = 200, description = "All that is on file", body = Vec<PayeeAccountView>)),
)]
#[get("/organisations/{id}/payee-accounts")]
pub(super) async fn list(door: Door, Signed(caller, id): Signed<Path<OrganisationId>>) -> Result<Answer, Problem> {
    let accounts = payee_accounts::list(&mut door.reader().await?, &caller.actor, *id).await?;
    let today = door.moment.today();
    let used = in_force(&accounts, today).map(|account| account.id);
    let views = accounts.into_iter().map(|account| PayeeAccountView::of(account, used, today));
    Answer::ok(&views.collect::<Vec<_>>())
}

/// Propose where an organisation is to be paid: one that you act for, or for finance any. It is used some days after somebody else of finance
/// has confirmed it, and the account before it until then. Everybody who acts for the organisation is told by mail.
#[utoipa::path(
    tag = "payee accounts", request_body = PayeeAccountRequest,
    params(
        ("id" = Uuid, Path, description = "The organisation"),
        ("Idempotency-Key" = String, Header, description = "One string in quotes for each thing to be done"),
    ),
    responses(
        (status = 201, description = "Proposed", body = PayeeAccountView),
        (status = 409, description = "Another account is under way, or it is paid there already"),
        (status = 422, description = "It is no account"),
    ),
)]
#[post("/organisations/{id}/payee-accounts")]
pub(super) async fn propose(
    door: Door,
    Signed(caller, (id, Keyed { body, once })): Signed<(Path<OrganisationId>, Keyed<PayeeAccountRequest>)>,
) -> Result<Answer, Problem> {
    let (access, today) = (door.access.clone(), door.moment.today());
    let once = once.under(&access.account_key);
    door.write_once(caller.person, once, async move |tx| {
        let PayeeAccountRequest { kind, holder, bank, number } = body;
        let written = Written { kind, holder, bank, number };
        let account = payee_accounts::propose(tx, &caller.actor, &access, (*id, &written)).await?;
        Answer::created(
            format!("/api/v1/organisations/{}/payee-accounts", *id),
            &PayeeAccountView::alone(account, today),
        )
    })
    .await
}

/// Confirm an account that somebody else has proposed, by typing it in again from what you have checked.
#[utoipa::path(
    tag = "payee accounts", request_body = PayeeAccountConfirmation,
    params(
        ("id" = Uuid, Path, description = "The account"),
        ("Idempotency-Key" = String, Header, description = "One string in quotes for each thing to be done"),
    ),
    responses(
        (status = 200, description = "Confirmed", body = PayeeAccountView),
        (status = 403, description = "You have proposed it, or are on the side of the organisation"),
        (status = 409, description = "It is confirmed or over already"),
        (status = 422, description = "It is another account than was proposed"),
    ),
)]
#[post("/payee-accounts/{id}/confirmation")]
pub(super) async fn confirm(
    door: Door,
    Signed(caller, (id, Keyed { body, once })): Signed<(Path<PayeeAccountId>, Keyed<PayeeAccountConfirmation>)>,
) -> Result<Answer, Problem> {
    let (access, today) = (door.access.clone(), door.moment.today());
    let once = once.under(&access.account_key);
    door.write_once(caller.person, once, async move |tx| {
        let PayeeAccountConfirmation { kind, holder, bank, number, check } = body;
        let written = Written { kind, holder, bank, number };
        let confirming = (&written, check.as_str());
        let account = payee_accounts::confirm(tx, &caller.actor, &access, *id, confirming).await?;
        Answer::ok(&PayeeAccountView::alone(account, today))
    })
    .await
}

/// End an account of an organisation that you act for, or for finance of any, whether it is used or not.
#[utoipa::path(
    tag = "payee accounts", request_body = PayeeAccountEnd,
    params(
        ("id" = Uuid, Path, description = "The account"),
        ("Idempotency-Key" = String, Header, description = "One string in quotes for each thing to be done"),
    ),
    responses(
        (status = 200, description = "Ended", body = PayeeAccountView),
        (status = 409, description = "It is over already"),
    ),
)]
#[post("/payee-accounts/{id}/end")]
pub(super) async fn end(
    door: Door,
    Signed(caller, (id, Keyed { body, once })): Signed<(Path<PayeeAccountId>, Keyed<PayeeAccountEnd>)>,
) -> Result<Answer, Problem> {
    let (access, today) = (door.access.clone(), door.moment.today());
    let once = once.under(&access.account_key);
    door.write_once(caller.person, once, async move |tx| {
        let account = payee_accounts::end(tx, &caller.actor, &access, (*id, &body.reason)).await?;
        Answer::ok(&PayeeAccountView::alone(account, today))
    })
    .await
}
