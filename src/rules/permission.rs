//! The one access policy: who may do what to which subject. It serves list, detail, file, export and search alike.
//!
//! What is not allowed here is denied. Only this file makes a [`Permit`], and nothing is written without one.

use crate::actor::{Actor, Role, Who};
use crate::application::Application;
use crate::event::Subject;
use crate::ids::{OrganisationId, PersonId};
use crate::refusal::Refusal;

/// What can be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "each is a noun and a verb, and its row of the table says who may")]
pub enum Verb {
    PersonRegister,
    PersonInvite,
    PersonChangeRoles,
    PersonRequestPasswordLink,
    PersonSetPassword,
    PersonRead,
    SchemePublish,
    ApplicationCreate,
    ApplicationRead,
    ApplicationEdit,
    ApplicationSubmit,
    ApplicationWithdraw,
    AuditRead,
    OutboxRead,
}

impl Verb {
    /// The code: noun and verb.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::PersonRegister => "person.register",
            Self::PersonInvite => "person.invite",
            Self::PersonChangeRoles => "person.change_roles",
            Self::PersonRequestPasswordLink => "person.request_password_link",
            Self::PersonSetPassword => "person.set_password",
            Self::PersonRead => "person.read",
            Self::SchemePublish => "scheme.publish",
            Self::ApplicationCreate => "application.create",
            Self::ApplicationRead => "application.read",
            Self::ApplicationEdit => "application.edit",
            Self::ApplicationSubmit => "application.submit",
            Self::ApplicationWithdraw => "application.withdraw",
            Self::AuditRead => "audit.read",
            Self::OutboxRead => "outbox.read",
        }
    }
}

/// Proof that an actor may do one thing to one subject.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Permit {
    who: Who,
    verb: Verb,
    subject: Subject,
}

impl Permit {
    /// Who may.
    #[must_use]
    pub const fn who(&self) -> Who {
        self.who
    }

    /// What they may do.
    #[must_use]
    pub const fn verb(&self) -> Verb {
        self.verb
    }

    /// To what.
    #[must_use]
    pub const fn subject(&self) -> Subject {
        self.subject
    }
}

/// How the actor stands to a subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    /// The subject belongs to an organisation that the actor acts for.
    Own,
    /// The subject is the actor.
    Oneself,
    /// Neither.
    None,
}

/// Which applications an actor sees; what the store turns into a filter, so that a list is never wider than a detail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// All that have been submitted, and nobody's drafts.
    Submitted,
    /// Those of these organisations, drafts included.
    Organisations(Vec<OrganisationId>),
    /// None.
    Nothing,
}

impl Actor {
    /// May this actor do it to a subject that has no owner, or that does not exist yet?
    ///
    /// # Errors
    /// When the table does not say so.
    pub fn may(&self, verb: Verb, subject: Subject) -> Result<Permit, Refusal> {
        self.permit(verb, subject, Relation::None)
    }

    /// May this actor do it to that person?
    ///
    /// # Errors
    /// When the table does not say so.
    pub fn may_to_person(&self, verb: Verb, person: PersonId) -> Result<Permit, Refusal> {
        let relation = if self.person() == Some(person) { Relation::Oneself } else { Relation::None };
        self.permit(verb, Subject::Person(person), relation)
    }

    /// May this actor create an application for that organisation?
    ///
    /// # Errors
    /// When the table does not say so.
    pub fn may_for_organisation(
        &self,
        verb: Verb,
        subject: Subject,
        organisation: OrganisationId,
    ) -> Result<Permit, Refusal> {
        let relation = if self.organisations.contains(&organisation) { Relation::Own } else { Relation::None };
        self.permit(verb, subject, relation)
    }

    /// May this actor do it to that application? One that the actor may not even read is reported as absent.
    ///
    /// # Errors
    /// When it is out of the actor's sight, or the table does not say so.
    pub fn may_to_application(&self, verb: Verb, application: &Application) -> Result<Permit, Refusal> {
        if !self.sees(application) {
            return Err(Refusal::NotFound);
        }
        self.may_for_organisation(verb, Subject::Application(application.id), application.organisation)
    }

    /// Which applications this actor sees.
    #[must_use]
    pub fn scope(&self) -> Scope {
        const STAFF: [Role; 4] = [Role::Officer, Role::Auditor, Role::Committee, Role::Approver];
        if STAFF.iter().any(|role| self.is(*role)) {
            Scope::Submitted
        } else if self.is(Role::Applicant) && !self.organisations.is_empty() {
            Scope::Organisations(self.organisations.iter().copied().collect())
        } else {
            Scope::Nothing
        }
    }

    /// Whether an application is in this actor's scope: the same answer for one as for a list.
    #[must_use]
    pub fn sees(&self, application: &Application) -> bool {
        match self.scope() {
            Scope::Submitted => application.submission.is_some(),
            Scope::Organisations(organisations) => organisations.contains(&application.organisation),
            Scope::Nothing => false,
        }
    }

    fn permit(&self, verb: Verb, subject: Subject, relation: Relation) -> Result<Permit, Refusal> {
        if self.allowed(verb, relation) {
            Ok(Permit { who: self.who, verb, subject })
        } else {
            Err(Refusal::NotPermitted { verb })
        }
    }

    /// The table.
    fn allowed(&self, verb: Verb, relation: Relation) -> bool {
        let own = relation == Relation::Own && self.is(Role::Applicant);
        match verb {
            Verb::PersonRegister | Verb::PersonRequestPasswordLink | Verb::PersonSetPassword => {
                self.who == Who::Visitor
            }
            Verb::PersonInvite => self.is(Role::Administrator) || self.who == Who::Console,
            Verb::PersonChangeRoles | Verb::OutboxRead => self.is(Role::Administrator),
            Verb::PersonRead => self.is(Role::Administrator) || self.is(Role::Auditor) || relation == Relation::Oneself,
            Verb::SchemePublish => self.is(Role::Officer) || self.who == Who::Console,
            Verb::ApplicationCreate | Verb::ApplicationEdit | Verb::ApplicationSubmit | Verb::ApplicationWithdraw => {
                own
            }
            Verb::ApplicationRead => own || self.scope() == Scope::Submitted,
            Verb::AuditRead => self.is(Role::Auditor) || self.who == Who::Console,
        }
    }
}
