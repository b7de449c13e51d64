//! What a visitor can do: register, ask for a link, and choose a password with it. Nothing here tells who has an account.

use super::actor::Visitor;
use super::answer::Answer;
use super::body::Body;
use super::people::Introduction;
use super::problem::Problem;
use super::services::Door;
use crate::actions::{Error, people};
use actix_web::post;
use rules::calculation::{object, object_or_none};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Somebody who wants to apply, and for whom. Whoever was invited to an application as a colleague needs no organisation.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Registration {
    /// The person.
    #[serde(deserialize_with = "object")]
    person: Introduction,
    /// The organisation; left out by whoever was invited as a colleague.
    #[serde(default, deserialize_with = "object_or_none")]
    organisation: Option<NewOrganisation>,
}

/// An organisation that is not there yet.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewOrganisation {
    /// As registered.
    #[schema(example = "Harbour Robotics Limited", min_length = 1, max_length = 200)]
    name: String,
    /// Unique Business Identifier: eight digits.
    #[schema(example = "12345678", pattern = "^[0-9]{8}$")]
    ubi: String,
}

/// Who wants a link.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct LinkRequest {
    /// The address of the account.
    #[schema(format = Email, example = "officer@example.hk")]
    email: String,
}

/// A password, chosen with the token of a link.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewPassword {
    /// The token of the link.
    #[schema(format = Password)]
    token: String,
    /// 15 to 128 characters, not easy to guess; no other rule.
    #[schema(format = Password, min_length = 15, max_length = 128)]
    password: String,
}

/// What is told to somebody who must not learn more.
#[derive(Serialize, ToSchema)]
pub(super) struct TakenNote {
    /// What happens next.
    message: &'static str,
}

const MAIL_FOLLOWS: TakenNote =
    TakenNote { message: "If this address can be used, a letter with the next step is on its way to it." };

/// Register a person, and the organisation that they act for; it is there once the link in the mail has been used.
///
/// The answer is the same whether or not the address or the business identifier is known here; the mail tells the rest.
#[utoipa::path(
    tag = "people", security(()), request_body = Registration,
    responses((status = 202, description = "Look into the mail", body = TakenNote)),
)]
#[post("/registrations")]
pub(super) async fn register(door: Door, _: Visitor, body: Body<Registration>) -> Result<Answer, Problem> {
    let Registration { person, organisation } = body.0;
    let organisation = organisation.as_ref().map(|named| (named.name.as_str(), named.ubi.as_str()));
    let registration = people::read_registration(person.into(), organisation)?;
    // Answered before it is done: how long it takes would tell whether there is such an account.
    door.without_waiting(async move |tx| people::register(tx, registration).await);
    Answer::accepted(&MAIL_FOLLOWS)
}

/// Ask for a link to choose a password.
///
/// The answer is the same whether or not the address is known here.
#[utoipa::path(
    tag = "people", security(()), request_body = LinkRequest,
    responses((status = 202, description = "Look into the mail", body = TakenNote)),
)]
#[post("/password-links")]
pub(super) async fn request_link(door: Door, _: Visitor, body: Body<LinkRequest>) -> Result<Answer, Problem> {
    let email = body.0.email;
    // Answered before it is done: how long it takes would tell whether there is such an account.
    door.without_waiting(async move |tx| people::request_password_link(tx, &email).await);
    Answer::accepted(&MAIL_FOLLOWS)
}

/// Choose a password. It ends every session of the person. With the link of a registration, the organisation is there from now on.
#[utoipa::path(
    tag = "people", security(()), request_body = NewPassword,
    responses(
        (status = 204, description = "It is the password from now on"),
        (status = 409, description = "The link cannot be used any more, or the business identifier is registered by now"),
        (status = 422, description = "Too short, too long or too easy to guess"),
    ),
)]
#[post("/passwords")]
pub(super) async fn set_password(door: Door, _: Visitor, body: Body<NewPassword>) -> Result<Answer, Problem> {
    let (services, moment) = (door.services(), door.moment);
    let NewPassword { token, password } = body.0;
    let password = SecretString::from(password);
    door.to_the_end::<Error, _>(async move {
        people::set_password(&services.db, &services.access, moment, &token, password).await
    })
    .await?;
    Ok(Answer::nothing())
}
