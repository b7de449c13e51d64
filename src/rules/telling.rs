//! In which words somebody is told where a case stands: the agency's own, or the public ones, which say nothing of a decision
//! before it is notified.

use crate::actor::Actor;
use crate::application::State;
use crate::ids::OrganisationId;

/// What the word for a state means to whoever asks for it: nobody finds a case by a word in which they are not told of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Meant {
    /// The state, where a case is shown in the staff's words.
    pub staff: Option<State>,
    /// The states, where it is shown in the public ones.
    pub public: Vec<State>,
    /// Whose cases are shown in the public words; everybody's where it is `None`.
    pub public_for: Option<Vec<OrganisationId>>,
}

impl Actor {
    /// Whether the actor looks at the cases of an organisation for the agency. Whoever acts for the organisation is told what
    /// any applicant is told, whatever else they are.
    #[must_use]
    pub fn is_staff_towards(&self, organisation: OrganisationId) -> bool {
        self.is_staff() && !self.organisations.contains(&organisation)
    }

    /// The word in which the actor is told where a case of an organisation stands.
    #[must_use]
    pub fn word_for(&self, organisation: OrganisationId, state: State) -> &'static str {
        if self.is_staff_towards(organisation) { state.code() } else { state.public_code() }
    }

    /// The words that the actor meets, in the order of the case.
    #[must_use]
    pub fn words(&self) -> Vec<&'static str> {
        let mut words = State::ALL.map(if self.is_staff() { State::code } else { State::public_code }).to_vec();
        words.dedup();
        words
    }

    /// What a word means to the actor; `None` where it is no word for a state.
    #[must_use]
    pub fn meant_by(&self, word: &str) -> Option<Meant> {
        let staff = State::from_code(word);
        let public: Vec<State> = State::ALL.into_iter().filter(|state| state.public_code() == word).collect();
        if staff.is_none() && public.is_empty() {
            return None;
        }
        let own = || self.organisations.iter().copied().collect();
        Some(Meant { staff, public, public_for: self.is_staff().then(own) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::actor::Role;
    use std::collections::BTreeSet;
    use uuid::Uuid;

    #[test]
    fn staff_are_told_in_the_public_words_of_a_case_of_their_own_organisation() {
        let (own, other) = (OrganisationId(Uuid::from_u128(1)), OrganisationId(Uuid::from_u128(2)));
        let of =
            |role| Actor { roles: BTreeSet::from([role]), organisations: BTreeSet::from([own]), ..Actor::visitor() };
        let word = |role, organisation| of(role).word_for(organisation, State::Recommended);
        assert_eq!(word(Role::Officer, other), "recommended");
        assert_eq!(word(Role::Officer, own), "under_consideration");
        assert_eq!(word(Role::Assessor, other), "under_consideration");
        let meant = |role| of(role).meant_by("recommended").unwrap();
        assert_eq!(
            (meant(Role::Officer).staff, meant(Role::Officer).public_for),
            (Some(State::Recommended), Some(vec![own]))
        );
        assert_eq!((meant(Role::Applicant).public, meant(Role::Applicant).public_for), (vec![], None));
        assert_eq!(of(Role::Applicant).meant_by("received").unwrap().public, [State::Submitted]);
        assert_eq!(of(Role::Officer).meant_by("lost"), None);
        assert!(of(Role::Applicant).words().iter().all(|word| of(Role::Applicant).meant_by(word).is_some()));
    }
}
