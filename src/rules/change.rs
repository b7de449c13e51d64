//! A change: what is to be written, always together with the event that says why. Only decisions of this crate make one.

use crate::application::Application;
use crate::calculation::{Answer, Request};
use crate::event::Event;
use crate::ids::{ApplicationId, OrganisationId, PersonId};
use crate::permission::Permit;
use crate::person::{Organisation, Person};
use crate::scheme_text::SchemeText;

/// What is to be written, and the event. It belongs to the permit under which it was decided.
#[derive(Clone, Debug)]
pub struct Change {
    event: Event,
    writes: Vec<Write>,
    permit: Permit,
}

/// One thing to be written: the whole new state of a row.
#[derive(Clone, Debug)]
pub enum Write {
    /// A person who is not there yet.
    NewPerson(Person),
    /// A person's new state.
    Person(Person),
    /// A person's new password, hashed.
    Password {
        /// Whose.
        person: PersonId,
        /// As a PHC string.
        hash: String,
    },
    /// An organisation that is not there yet.
    NewOrganisation(Organisation),
    /// Somebody acts for an organisation.
    Membership {
        /// Who.
        person: PersonId,
        /// For which.
        organisation: OrganisationId,
    },
    /// A published text.
    NewSchemeText(SchemeText),
    /// An application that is not there yet.
    NewApplication(Application),
    /// An application's new state.
    Application(Application),
    /// A calculation that is kept, so that it can be worked out again.
    Calculation {
        /// Of which application.
        application: ApplicationId,
        /// What was asked, with the history as recorded.
        request: Box<Request>,
        /// What came out.
        answer: Box<Answer>,
    },
}

impl Change {
    pub(crate) fn new(permit: &Permit, event: Event, writes: Vec<Write>) -> Self {
        Self { event, writes, permit: permit.clone() }
    }

    /// What happened.
    #[must_use]
    pub const fn event(&self) -> &Event {
        &self.event
    }

    /// What is to be written.
    #[must_use]
    pub fn writes(&self) -> &[Write] {
        &self.writes
    }

    /// Under which permit; `None` where the event is not what the permit allows, which must never be recorded.
    #[must_use]
    pub fn permit(&self) -> Option<&Permit> {
        let fits = self.permit.verb() == self.event.verb() && self.permit.subject() == self.event.subject();
        fits.then_some(&self.permit)
    }
}
