//! Everything that can happen. An event is what the audit keeps and what notifications are made from.

use crate::actor::Role;
use crate::ids::{ApplicationId, OrganisationId, PersonId, SchemeTextId};
use crate::money::Cents;
use crate::permission::Verb;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use uuid::Uuid;

/// What an event is about: the chain of the audit that it belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// A person, with the organisations that came with them.
    Person(PersonId),
    /// A published text of a scheme.
    SchemeText(SchemeTextId),
    /// An application, and the case that grows from it.
    Application(ApplicationId),
    /// The house as a whole, where nothing smaller is meant.
    House,
}

impl Subject {
    /// The noun.
    #[must_use]
    pub const fn noun(self) -> &'static str {
        match self {
            Self::Person(_) => "person",
            Self::SchemeText(_) => "scheme_text",
            Self::Application(_) => "application",
            Self::House => "house",
        }
    }

    /// The id.
    #[must_use]
    pub const fn id(self) -> Uuid {
        match self {
            Self::Person(PersonId(id)) | Self::SchemeText(SchemeTextId(id)) | Self::Application(ApplicationId(id)) => {
                id
            }
            Self::House => Uuid::nil(),
        }
    }
}

/// Everything that can happen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event")]
#[expect(missing_docs, reason = "each is a noun and a past participle, with what a reader of the audit must see")]
pub enum Event {
    #[serde(rename = "person.registered")]
    PersonRegistered { person: PersonId, organisation: OrganisationId },
    #[serde(rename = "person.invited")]
    PersonInvited { person: PersonId, roles: BTreeSet<Role> },
    #[serde(rename = "person.roles_changed")]
    PersonRolesChanged { person: PersonId, roles: BTreeSet<Role>, active: bool },
    #[serde(rename = "person.password_link_requested")]
    PersonPasswordLinkRequested { person: PersonId },
    #[serde(rename = "person.password_set")]
    PersonPasswordSet { person: PersonId },
    #[serde(rename = "scheme.published")]
    SchemePublished { text: SchemeTextId, code: String, hash: String },
    #[serde(rename = "application.created")]
    ApplicationCreated { application: ApplicationId, reference: String, organisation: OrganisationId },
    #[serde(rename = "application.edited")]
    ApplicationEdited { application: ApplicationId, content: String },
    #[serde(rename = "application.submitted")]
    ApplicationSubmitted { application: ApplicationId, rules: String, trace: String, grant: Cents },
    #[serde(rename = "application.withdrawn")]
    ApplicationWithdrawn { application: ApplicationId, reason: String },
}

impl Event {
    /// What it is about.
    #[must_use]
    pub const fn subject(&self) -> Subject {
        match self {
            Self::PersonRegistered { person, .. }
            | Self::PersonInvited { person, .. }
            | Self::PersonRolesChanged { person, .. }
            | Self::PersonPasswordLinkRequested { person }
            | Self::PersonPasswordSet { person } => Subject::Person(*person),
            Self::SchemePublished { text, .. } => Subject::SchemeText(*text),
            Self::ApplicationCreated { application, .. }
            | Self::ApplicationEdited { application, .. }
            | Self::ApplicationSubmitted { application, .. }
            | Self::ApplicationWithdrawn { application, .. } => Subject::Application(*application),
        }
    }

    /// The act that makes it happen.
    #[must_use]
    pub const fn verb(&self) -> Verb {
        match self {
            Self::PersonRegistered { .. } => Verb::PersonRegister,
            Self::PersonInvited { .. } => Verb::PersonInvite,
            Self::PersonRolesChanged { .. } => Verb::PersonChangeRoles,
            Self::PersonPasswordLinkRequested { .. } => Verb::PersonRequestPasswordLink,
            Self::PersonPasswordSet { .. } => Verb::PersonSetPassword,
            Self::SchemePublished { .. } => Verb::SchemePublish,
            Self::ApplicationCreated { .. } => Verb::ApplicationCreate,
            Self::ApplicationEdited { .. } => Verb::ApplicationEdit,
            Self::ApplicationSubmitted { .. } => Verb::ApplicationSubmit,
            Self::ApplicationWithdrawn { .. } => Verb::ApplicationWithdraw,
        }
    }
}
