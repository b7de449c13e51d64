//! Signing in, going on, signing out, and who one is.

use super::actor::{Signed, Visitor};
use super::answer::Answer;
use super::body::Body;
use super::people::PersonView;
use super::problem::Problem;
use super::services::Door;
use crate::actions::sessions::{self, Opened};
use crate::actions::{Error, people};
use actix_web::{delete, get, post};
use chrono::{DateTime, Utc};
use rules::ids::OrganisationId;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// Who signs in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Credentials {
    /// The address of the account.
    #[schema(format = Email, example = "officer@example.hk")]
    email: String,
    /// The password.
    #[schema(format = Password)]
    password: String,
}

/// A refresh token.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Refresh {
    /// As the session gave it last; each is for one use.
    #[schema(format = Password)]
    refresh_token: String,
}

/// What opens the other doors.
#[derive(Serialize, ToSchema)]
pub(super) struct SessionView {
    /// Send it with each request: `Authorization: Bearer …`.
    access_token: String,
    /// Always `Bearer`.
    token_type: &'static str,
    /// Seconds for which the access token holds.
    expires_in: u64,
    /// Gets the next pair of tokens, once. A second use ends the session: somebody else has it too.
    refresh_token: String,
    /// When the session ends at the latest.
    session_expires_at: DateTime<Utc>,
}

/// Who one is.
#[derive(Serialize, ToSchema)]
pub(super) struct MeView {
    /// The person.
    person: PersonView,
    /// The organisations acted for.
    #[schema(value_type = Vec<Uuid>)]
    organisations: Vec<OrganisationId>,
    /// The session.
    session: Uuid,
}

/// Sign in.
#[utoipa::path(
    tag = "sessions", security(()), request_body = Credentials,
    responses(
        (status = 201, description = "Signed in", body = SessionView),
        (status = 401, description = "Address and password do not belong together"),
        (status = 429, description = "Too many tries"),
    ),
)]
#[post("/sessions")]
pub(super) async fn sign_in(door: Door, _: Visitor, body: Body<Credentials>) -> Result<Answer, Problem> {
    let (services, moment) = (door.services(), door.moment);
    let Credentials { email, password } = body.0;
    let password = SecretString::from(password);
    let opened = door.to_the_end::<Error, _>(async move {
        sessions::sign_in(&services.db, &services.access, moment, &email, password).await
    });
    opened_session(&door, opened.await?)
}

/// Go on with a session.
#[utoipa::path(
    tag = "sessions", security(()), request_body = Refresh,
    responses(
        (status = 201, description = "The next pair of tokens", body = SessionView),
        (status = 401, description = "The session has ended"),
    ),
)]
#[post("/sessions/refresh")]
pub(super) async fn refresh(door: Door, _: Visitor, body: Body<Refresh>) -> Result<Answer, Problem> {
    let (services, moment) = (door.services(), door.moment);
    let token = body.0.refresh_token;
    let opened = door
        .to_the_end::<Error, _>(async move { sessions::refresh(&services.db, &services.access, moment, &token).await });
    opened_session(&door, opened.await?)
}

fn opened_session(door: &Door, opened: Opened) -> Result<Answer, Problem> {
    let view = SessionView {
        access_token: opened.access_token,
        token_type: "Bearer",
        expires_in: door.access.tokens.lifetime_s(),
        refresh_token: opened.refresh_token,
        session_expires_at: opened.expires_at,
    };
    Answer::created("/api/v1/me".to_owned(), &view)
}

/// Sign out.
#[utoipa::path(tag = "sessions", responses((status = 204, description = "The session and all its tokens have ended")))]
#[delete("/sessions/current")]
pub(super) async fn sign_out(door: Door, Signed(caller, ()): Signed) -> Result<Answer, Problem> {
    door.write(async move |tx| {
        sessions::sign_out(tx, caller.session).await?;
        Ok(Answer::nothing())
    })
    .await
}

/// Who am I, and what may I be?
#[utoipa::path(tag = "sessions", responses((status = 200, description = "The person who is signed in", body = MeView)))]
#[get("/me")]
pub(super) async fn me(door: Door, Signed(caller, ()): Signed) -> Result<Answer, Problem> {
    let stored = people::read(&mut door.reader().await?, &caller.actor, caller.person).await?;
    let organisations = caller.actor.organisations.into_iter().collect();
    Answer::ok(&MeView { person: PersonView::from(stored), organisations, session: caller.session })
}
