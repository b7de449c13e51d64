//! Letters that could not be sent, as an administrator sees them, and sending one after all.

use super::actor::Signed;
use super::answer::Answer;
use super::applications::Nothing;
use super::idempotency::Keyed;
use super::page::{Asked, Page, PageQuery};
use super::problem::Problem;
use super::services::Door;
use super::shapes::RecipientShape;
use crate::actions::outbox;
use crate::store::outbox::Dead;
use actix_web::web::{Path, Query};
use actix_web::{HttpRequest, get, post};
use chrono::{DateTime, Utc};
use rules::ids::NoticeId;
use rules::notification::{Letter, Recipient};
use serde::Serialize;
use utoipa::ToSchema;

/// A notice that was given up. What the letter says is not shown: it is written anew for each attempt.
#[derive(Serialize, ToSchema)]
pub(super) struct DeadView {
    /// Identity; the mail's `Message-ID` and the worker's log name it too.
    #[schema(value_type = Uuid)]
    id: NoticeId,
    /// Which letter it is; left out when that cannot be read any more.
    #[schema(value_type = Option<String>, example = "award_offered")]
    #[serde(skip_serializing_if = "Option::is_none")]
    letter: Option<Letter>,
    /// To whom: a `person`, or the `applicants` of an application.
    #[schema(value_type = Option<RecipientShape>, example = json!({ "person": "01936f5e-8a3b-7c3a-9d2f-2b1f0f6d1c11" }))]
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<Recipient>,
    /// How often it was tried.
    attempts: i32,
    /// What the last attempt met.
    last_error: Option<String>,
    /// When what it tells of happened.
    written_at: DateTime<Utc>,
    /// When it was given up.
    given_up_at: Option<DateTime<Utc>>,
}

impl From<Dead> for DeadView {
    fn from(dead: Dead) -> Self {
        Self {
            id: dead.id,
            letter: dead.notice.map(|notice| notice.letter),
            to: dead.notice.map(|notice| notice.to),
            attempts: dead.attempts,
            last_error: dead.last_error,
            written_at: dead.created_at,
            given_up_at: dead.given_up_at,
        }
    }
}

/// Letters that were given up, newest first.
#[utoipa::path(
    tag = "outbox", params(PageQuery),
    responses((status = 200, description = "One page", body = Page<DeadView>)),
)]
#[get("/outbox/dead")]
pub(super) async fn list(
    door: Door,
    request: HttpRequest,
    Signed(caller, query): Signed<Query<PageQuery>>,
) -> Result<Answer, Problem> {
    let asked = Asked::<NoticeId>::read(query.cursor.as_deref(), query.limit)?;
    let rows = outbox::dead(&mut door.reader().await?, &caller.actor, asked.after, asked.rows()).await?;
    Page::of(&asked, rows, |row| row.id, DeadView::from)?.answer(&request)
}

/// Have a letter that was given up sent after all. It is tried as often as a new one.
#[utoipa::path(
    tag = "outbox", request_body = Nothing,
    params(
        ("id" = Uuid, Path, description = "The notice"),
        ("Idempotency-Key" = String, Header, description = "One string in quotes for each thing to be done"),
    ),
    responses(
        (status = 204, description = "It is sent again"),
        (status = 409, description = "It was not given up, or the key is at work"),
    ),
)]
#[post("/outbox/{id}/retry")]
pub(super) async fn retry(
    door: Door,
    Signed(caller, (id, Keyed { once, .. })): Signed<(Path<NoticeId>, Keyed<Nothing>)>,
) -> Result<Answer, Problem> {
    door.write_once(caller.person, once, async move |tx| {
        outbox::put_back(tx, &caller.actor, *id).await?;
        Ok(Answer::nothing())
    })
    .await
}
