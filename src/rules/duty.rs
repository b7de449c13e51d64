//! Separated duties: over the whole case, one person has at most one of them. The database keeps the same by a unique key.

use crate::change::Write;
use crate::ids::{ApplicationId, PersonId};
use crate::refusal::{ApprovalRefusal, Refusal};
use crate::route::RouteWrite;
use std::collections::BTreeMap;

/// The duties that must lie with different people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Duty {
    /// Wrote or submitted the application.
    Author,
    /// Assessed it, or was to.
    Assessor,
    /// Recommended or refused it for the committee.
    Recommender,
    /// Approved or refused it.
    Approver,
    /// Prepared a payment.
    PaymentPreparer,
    /// Released a payment.
    PaymentReleaser,
    /// Decided a request to look again at a refusal.
    Reviewer,
}

impl Duty {
    /// Every duty, in the order of the case.
    pub const ALL: [Self; 7] = [
        Self::Author,
        Self::Assessor,
        Self::Recommender,
        Self::Approver,
        Self::PaymentPreparer,
        Self::PaymentReleaser,
        Self::Reviewer,
    ];

    /// The code used in the database and in refusals.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Author => "author",
            Self::Assessor => "assessor",
            Self::Recommender => "recommender",
            Self::Approver => "approver",
            Self::PaymentPreparer => "payment_preparer",
            Self::PaymentReleaser => "payment_releaser",
            Self::Reviewer => "reviewer",
        }
    }

    /// The duty with a code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|duty| duty.code() == code)
    }
}

/// Who has had which duty on one case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Duties {
    /// The case.
    pub held: BTreeMap<PersonId, Duty>,
    /// Which part of the route each approver has had.
    pub parts: BTreeMap<PersonId, String>,
}

impl Duties {
    /// Takes a duty for a person.
    ///
    /// # Errors
    /// When the person has had another one on this case.
    pub fn take(&self, application: ApplicationId, person: PersonId, duty: Duty) -> Result<Write, Refusal> {
        match self.held.get(&person) {
            Some(held) if *held != duty => Err(Refusal::DutySeparated { held: *held, wanted: duty }),
            _ => Ok(Write::Duty { application, person, duty }),
        }
    }

    /// Whether a person has had no other duty on this case than that of an approver for a part of the route.
    #[must_use]
    pub fn are_free_for(&self, person: PersonId, part: &str) -> bool {
        self.held.get(&person).is_none_or(|held| *held == Duty::Approver)
            && self.parts.get(&person).is_none_or(|had| had == part)
    }

    /// Takes the duty of an approver for a part of the route.
    ///
    /// # Errors
    /// When the person has had another duty on this case, or another part of it.
    pub fn pass(&self, application: ApplicationId, person: PersonId, part: &str) -> Result<Write, Refusal> {
        self.take(application, person, Duty::Approver)?;
        match self.parts.get(&person) {
            Some(given) if given != part => {
                Err(ApprovalRefusal::AnotherPart { given: given.clone(), wanted: part.to_owned() }.into())
            }
            _ => {
                let write = RouteWrite::Taken { person, part: part.to_owned() };
                Ok(Write::OnRoute { application, write })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn every_pair_of_different_duties_is_refused_to_one_person() {
        let (case, person) = (ApplicationId(Uuid::from_u128(1)), PersonId(Uuid::from_u128(2)));
        for held in Duty::ALL {
            for wanted in Duty::ALL {
                let duties = Duties { held: BTreeMap::from([(person, held)]), ..Duties::default() };
                assert_eq!(duties.take(case, person, wanted).is_ok(), held == wanted, "{held:?} then {wanted:?}");
            }
        }
    }
}
