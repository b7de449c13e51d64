//! Who acts: a person with roles and memberships, the console, or the worker.

use crate::application::Application;
use crate::ids::{ApplicationId, OrganisationId, PersonId};
use crate::interest::OnFile;
use crate::member::Tie;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What a person may be for the agency or before it. One person may hold several; separated duties are kept per case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Prepares and submits applications for organisations.
    Applicant,
    /// Scores proposals.
    Assessor,
    /// Runs schemes and cases.
    Officer,
    /// Recommends or refuses, for the committee.
    Committee,
    /// Approves within an authority.
    Approver,
    /// Prepares payments.
    FinancePreparer,
    /// Releases payments.
    FinanceReleaser,
    /// Reads everything, changes nothing.
    Auditor,
    /// Looks after people and the machine.
    Administrator,
}

impl Role {
    /// Every role, in the order of the case.
    pub const ALL: [Self; 9] = [
        Self::Applicant,
        Self::Assessor,
        Self::Officer,
        Self::Committee,
        Self::Approver,
        Self::FinancePreparer,
        Self::FinanceReleaser,
        Self::Auditor,
        Self::Administrator,
    ];

    /// The code used in the API, the database and the command line.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Applicant => "applicant",
            Self::Assessor => "assessor",
            Self::Officer => "officer",
            Self::Committee => "committee",
            Self::Approver => "approver",
            Self::FinancePreparer => "finance_preparer",
            Self::FinanceReleaser => "finance_releaser",
            Self::Auditor => "auditor",
            Self::Administrator => "administrator",
        }
    }

    /// The role with a code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.code() == code)
    }
}

/// Who acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Who {
    /// A person who has signed in.
    Person(PersonId),
    /// Somebody who has not signed in: registration, a forgotten password.
    Visitor,
    /// The operator at the command line of the machine.
    Console,
    /// The worker, on its own account.
    Worker,
}

/// Who acts, and what is known of them when the request begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// Who it is.
    pub who: Who,
    /// The version of the person in which the rest was read; of anybody else it stays as it is.
    pub version: i32,
    /// The roles held now.
    pub roles: BTreeSet<Role>,
    /// The organisations acted for.
    pub organisations: BTreeSet<OrganisationId>,
    /// What the actor is to single cases of others.
    pub ties: BTreeMap<ApplicationId, Tie>,
    /// The codes of the authorities under which an approver may approve, as schemes name them.
    pub authorities: BTreeSet<String>,
}

impl Actor {
    /// Somebody who has not signed in.
    #[must_use]
    pub const fn visitor() -> Self {
        Self::without_roles(Who::Visitor)
    }

    /// The operator at the command line.
    #[must_use]
    pub const fn console() -> Self {
        Self::without_roles(Who::Console)
    }

    /// The worker.
    #[must_use]
    pub const fn worker() -> Self {
        Self::without_roles(Who::Worker)
    }

    const fn without_roles(who: Who) -> Self {
        Self {
            who,
            version: 0,
            roles: BTreeSet::new(),
            organisations: BTreeSet::new(),
            ties: BTreeMap::new(),
            authorities: BTreeSet::new(),
        }
    }

    /// Whether the role is held.
    #[must_use]
    pub fn is(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }

    /// Whether the actor is on the side of the applicant of a case: then they do nothing on it for the agency.
    #[must_use]
    pub fn is_beside(&self, application: ApplicationId, applicant: OrganisationId) -> bool {
        self.ties.get(&application).is_some_and(|tie| tie.is_beside()) || self.organisations.contains(&applicant)
    }

    /// The same of a case that is loaded.
    #[must_use]
    pub fn is_beside_applicant_of(&self, application: &Application) -> bool {
        self.is_beside(application.id, application.organisation)
    }

    /// The same actor, to whom those of these cases are closed that a conflict of interest keeps from them: on none of them do they
    /// see or do anything for the agency.
    #[must_use]
    pub fn kept_from(mut self, on_file: &OnFile) -> Self {
        if let Some(person) = self.person() {
            for case in on_file.kept_from(person) {
                // Another tie shows no more, and is not lost.
                self.ties.entry(case).or_insert(Tie::Conflicted);
            }
        }
        self
    }

    /// The person, where it is one.
    #[must_use]
    pub const fn person(&self) -> Option<PersonId> {
        match self.who {
            Who::Person(person) => Some(person),
            Who::Visitor | Who::Console | Who::Worker => None,
        }
    }
}
