//! Conflicts of interest: what is on file of those who assess and of those who apply, and what speaks against one reading the other.
//!
//! One function says what is in the way, [`OnFile::conflicts`]; giving proposals out, plans of who reads what, and reading itself all
//! ask it. What the assessor has declared and what the house knows count alike.

mod grounds;
mod keys;
mod lift;
pub(crate) mod names;

pub use grounds::{Conflict, Ground};
pub use keys::Sifted;
pub use lift::{Override, confirm, propose};

use crate::assessment::AssessmentState;
use crate::assessor::Interest;
use crate::ids::{ApplicationId, OrganisationId, PersonId};
use std::collections::{BTreeMap, BTreeSet};

/// Somebody who assesses, as far as it matters here.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Assessor {
    /// As people write it.
    pub name: String,
    /// Address for signing in and for mail.
    pub email: String,
    /// The organisations that they act for.
    pub acts_for: Vec<Party>,
    /// The organisations for which they have written an application, or of whose application they are a member.
    pub wrote_for: BTreeSet<OrganisationId>,
    /// Those with whom they have.
    pub wrote_with: BTreeSet<PersonId>,
    /// What they have declared for the year that runs; none while they have declared nothing, not even that there is nothing.
    pub declared: Option<Vec<Interest>>,
}

/// An organisation, by what it is found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Party {
    /// Identity.
    pub id: OrganisationId,
    /// As registered.
    pub name: String,
    /// Its Unique Business Identifier.
    pub ubi: String,
}

/// An organisation that is related to one that applies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Related {
    /// Which.
    pub party: Party,
    /// The group as which they are related.
    pub group: String,
    /// What the one that applies is called.
    pub to: String,
}

/// Somebody on the side of the applicant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Applying {
    /// As people write it.
    pub name: String,
    /// Address for signing in and for mail.
    pub email: String,
}

/// Somebody whom an application names, as it was sent. Nobody has proved any of it, and they may have no account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// As people write it.
    pub name: String,
    /// For whom they work; left out, for the applicant.
    pub organisation: Option<String>,
    /// Where they are written to.
    pub email: Option<String>,
}

/// An organisation that an application names as one that supplies it, as it was sent. Nobody has proved that either.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Supplier {
    /// As it is written.
    pub name: String,
    /// Its Unique Business Identifier, where it is written.
    pub ubi: Option<String>,
}

/// A case, as far as it matters here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// Who applies.
    pub applicant: Party,
    /// Who applies together with them, or did.
    pub co_applicants: Vec<Party>,
    /// Whom they are related to today.
    pub related: Vec<Related>,
    /// Those who have written the application or are members of it, and those who act for an organisation that applies.
    pub people: BTreeMap<PersonId, Applying>,
    /// Those of them who have written the application, or are members.
    pub authors: BTreeSet<PersonId>,
    /// Those of them who are members, or were.
    pub members: BTreeSet<PersonId>,
    /// Those whom the application names as those who work on the project.
    pub named: Vec<Named>,
    /// Those whose quotations it brings.
    pub suppliers: Vec<Supplier>,
}

impl Case {
    /// The organisations that apply.
    pub fn parties(&self) -> impl Iterator<Item = &Party> {
        std::iter::once(&self.applicant).chain(&self.co_applicants)
    }
}

/// A case and somebody who assesses it, or might.
pub type Pair = (ApplicationId, PersonId);

/// Everything that is known of some cases and some assessors.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OnFile {
    /// The assessors.
    pub assessors: BTreeMap<PersonId, Assessor>,
    /// The cases.
    pub cases: BTreeMap<ApplicationId, Case>,
    /// Who has declared a conflict on which case.
    pub declared_on: BTreeSet<Pair>,
    /// Which grounds two officers have overridden.
    pub overridden: BTreeMap<Pair, BTreeSet<Ground>>,
}

/// Whether somebody may be given a case, and read it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Free {
    /// Nothing is in the way.
    Yes,
    /// They have not declared their interests of the year.
    Undeclared,
    /// This is in the way.
    Conflicted(Vec<Conflict>),
}

/// How somebody stands to a case as one of its assessors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Assessing {
    /// Not at all, or not any more.
    No,
    /// They would, and have not declared their interests of the year.
    Undeclared,
    /// They have been asked.
    Invited,
    /// They have said yes.
    Accepted,
}

impl Assessing {
    /// Whether they see the case at all.
    #[must_use]
    pub const fn sees(self) -> bool {
        matches!(self, Self::Invited | Self::Accepted)
    }
}

impl OnFile {
    /// All that speaks against somebody assessing a case, with what was overridden of it. Of what is not on file, nothing is known.
    #[must_use]
    pub fn conflicts(&self, case: ApplicationId, assessor: PersonId) -> Vec<Conflict> {
        let pair = (case, assessor);
        let (Some(case), Some(known)) = (self.cases.get(&case), self.assessors.get(&assessor)) else {
            return Vec::new();
        };
        let mut found = grounds::found(assessor, known, case);
        if self.declared_on.contains(&pair) {
            found.push(grounds::declared_on_case());
        }
        let overridden = self.overridden.get(&pair);
        for conflict in &mut found {
            let lifted = overridden.is_some_and(|grounds| grounds.contains(&conflict.ground));
            conflict.overridden = lifted && conflict.ground.can_be_overridden();
        }
        found
    }

    /// Whether somebody may be given a case, and read it. Of whom or what nothing is on file: not.
    #[must_use]
    pub fn free(&self, case: ApplicationId, assessor: PersonId) -> Free {
        let in_the_way = self.conflicts(case, assessor).into_iter().filter(|conflict| !conflict.overridden);
        let in_the_way = in_the_way.collect::<Vec<_>>();
        if in_the_way.is_empty() { self.unless_conflicted(case, assessor) } else { Free::Conflicted(in_the_way) }
    }

    /// The same where no conflict is in the way.
    fn unless_conflicted(&self, case: ApplicationId, assessor: PersonId) -> Free {
        let known = self.assessors.get(&assessor).filter(|_| self.cases.contains_key(&case));
        if known.is_some_and(|known| known.declared.is_some()) { Free::Yes } else { Free::Undeclared }
    }

    /// The cases that a conflict of interest keeps from somebody, whatever else they are.
    pub fn kept_from(&self, assessor: PersonId) -> impl Iterator<Item = ApplicationId> {
        let cases = self.cases.keys().copied();
        cases.filter(move |case| self.keeps_from(*case, assessor))
    }

    /// Whether a conflict of interest keeps a case from somebody, whatever else they are.
    #[must_use]
    pub fn keeps_from(&self, case: ApplicationId, person: PersonId) -> bool {
        matches!(self.free(case, person), Free::Conflicted(_))
    }

    /// How somebody stands to a case whose assessment by them is in a state.
    #[must_use]
    pub fn assessing(&self, case: ApplicationId, assessor: PersonId, state: AssessmentState) -> Assessing {
        let at_work = match state {
            AssessmentState::Invited => Assessing::Invited,
            AssessmentState::Accepted | AssessmentState::Scored => Assessing::Accepted,
            AssessmentState::Declined | AssessmentState::Conflicted | AssessmentState::Withdrawn => Assessing::No,
        };
        match self.free(case, assessor) {
            Free::Yes => at_work,
            Free::Undeclared => at_work.min(Assessing::Undeclared),
            Free::Conflicted(_) => Assessing::No,
        }
    }
}

#[cfg(test)]
mod tests;
