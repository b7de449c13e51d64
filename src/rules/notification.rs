//! Which event tells whom what. The words are the worker's; here is only who gets which letter.

use crate::event::Event;
use crate::ids::{ApplicationId, PersonId};
use serde::{Deserialize, Serialize};

/// To whom a notice goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Recipient {
    /// One person.
    Person(PersonId),
    /// Everybody who acts for the organisation of an application.
    Applicants(ApplicationId),
}

/// Which letter it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Letter {
    /// A link to choose a password.
    PasswordLink,
    /// The application has been received.
    ApplicationReceived,
    /// The application has been withdrawn.
    ApplicationWithdrawn,
}

/// One notice to be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// To whom.
    pub to: Recipient,
    /// What.
    pub letter: Letter,
}

/// The notices of an event.
#[must_use]
pub fn notices(event: &Event) -> Vec<Notice> {
    let one = |to: Recipient, letter: Letter| vec![Notice { to, letter }];
    match event {
        Event::PersonRegistered { person, .. }
        | Event::PersonInvited { person, .. }
        | Event::PersonPasswordLinkRequested { person } => one(Recipient::Person(*person), Letter::PasswordLink),
        Event::ApplicationSubmitted { application, .. } => {
            one(Recipient::Applicants(*application), Letter::ApplicationReceived)
        }
        Event::ApplicationWithdrawn { application, .. } => {
            one(Recipient::Applicants(*application), Letter::ApplicationWithdrawn)
        }
        Event::PersonRolesChanged { .. }
        | Event::PersonPasswordSet { .. }
        | Event::SchemePublished { .. }
        | Event::ApplicationCreated { .. }
        | Event::ApplicationEdited { .. } => Vec::new(),
    }
}
