//! Which cases an actor sees, and with whose eyes. A list and a detail ask here, so that neither is wider than the other.
//!
//! Staff see a case as the agency does; everybody else as the applicant is told of it. Which of the two is a matter of the case,
//! not of the person: nobody sees a case with the eyes of the staff on the side of whose applicant they are, or which they were asked
//! to assess without being told who applies.

use crate::actor::{Actor, Role};
use crate::application::{Application, Return, State};
use crate::attachment::Attachment;
use crate::blind::Identity;
use crate::ids::{ApplicationId, OrganisationId};
use crate::interest::Assessing;
use crate::member::Tie;
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;

/// With whose eyes a case is seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sight {
    /// The agency's: every fact, in the staff's words.
    Staff,
    /// The applicant's and the assessors': nothing of a decision before it is told, in the public words.
    Public,
}

impl Sight {
    /// Where a case stands, in the words of this sight.
    #[must_use]
    pub const fn word(self, state: State) -> &'static str {
        match self {
            Self::Staff => state.code(),
            Self::Public => state.public_code(),
        }
    }

    /// The states behind a word of this sight: one, several, or none where it is not a word of this sight.
    #[must_use]
    pub fn states(self, word: &str) -> Vec<State> {
        State::ALL.into_iter().filter(|state| self.word(*state) == word).collect()
    }
}

/// Which applications an actor sees; what the store turns into a filter, so that a list is never wider than a detail. The parts
/// add up: one person may be an officer here and an applicant there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scope {
    /// With the staff's eyes, all that have been submitted, and nobody's drafts; but those of `acts_for`, and those of `tied`.
    pub submitted: bool,
    /// The organisations whose cases this actor never sees with the staff's eyes.
    pub acts_for: Vec<OrganisationId>,
    /// The single cases that this actor never sees with the staff's eyes.
    pub tied: Vec<ApplicationId>,
    /// Those of them that this actor was asked to assess without being told who applies.
    pub blind: Vec<ApplicationId>,
    /// With the public eyes, those of these organisations, drafts included.
    pub organisations: Vec<OrganisationId>,
    /// With the public eyes, those of which this actor is a member, drafts included.
    pub shared: Vec<ApplicationId>,
    /// With the public eyes, those to whose assessment this person was asked, or that they assess. Which they are depends on what is
    /// on file, and is filled in by whoever has read it.
    pub assessed: BTreeMap<ApplicationId, Assessing>,
}

/// The states that a list is narrowed to: which they are depends on the eyes with which each case is seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatesMeant {
    /// Of cases that are seen with the staff's eyes.
    pub staff: Vec<State>,
    /// Of all others.
    pub public: Vec<State>,
}

impl Scope {
    /// With whose eyes a case of an organisation is seen.
    #[must_use]
    pub fn sight(&self, application: ApplicationId, organisation: OrganisationId) -> Sight {
        let beside = self.acts_for.contains(&organisation) || self.tied.contains(&application);
        if self.submitted && !beside { Sight::Staff } else { Sight::Public }
    }

    /// Whether this actor is told who applies.
    #[must_use]
    pub fn identity(&self, application: ApplicationId, organisation: OrganisationId) -> Identity {
        let own = self.acts_for.contains(&organisation);
        if self.blind.contains(&application) && !own { Identity::Hidden } else { Identity::Shown }
    }

    /// What a word for a state means to this actor.
    ///
    /// # Errors
    /// With the words that this actor reads, where it is none of them.
    pub fn states_meant(&self, word: &str) -> Result<StatesMeant, Vec<&'static str>> {
        let of = |sight: Sight| if self.reads(sight) { sight.states(word) } else { Vec::new() };
        let meant = StatesMeant { staff: of(Sight::Staff), public: of(Sight::Public) };
        if meant.staff.is_empty() && meant.public.is_empty() { Err(self.words()) } else { Ok(meant) }
    }

    /// Whether some case could be seen so. Whoever sees nothing reads the public words.
    fn reads(&self, sight: Sight) -> bool {
        match sight {
            Sight::Staff => self.submitted,
            Sight::Public => !self.submitted || !self.acts_for.is_empty() || !self.tied.is_empty(),
        }
    }

    fn words(&self) -> Vec<&'static str> {
        let mut words = Vec::new();
        for sight in [Sight::Staff, Sight::Public].into_iter().filter(|sight| self.reads(*sight)) {
            for word in State::ALL.map(|state| sight.word(state)) {
                if !words.contains(&word) {
                    words.push(word);
                }
            }
        }
        words
    }
}

impl Actor {
    /// Whether this actor works for the agency.
    #[must_use]
    pub fn is_staff(&self) -> bool {
        const STAFF: [Role; 6] = [
            Role::Officer,
            Role::Auditor,
            Role::Committee,
            Role::Approver,
            Role::FinancePreparer,
            Role::FinanceReleaser,
        ];
        STAFF.iter().any(|role| self.is(*role))
    }

    /// Which applications this actor sees.
    #[must_use]
    pub fn scope(&self) -> Scope {
        let applies = self.is(Role::Applicant);
        let acts_for = self.organisations.iter().copied().collect::<Vec<_>>();
        let member = self.ties.iter().filter(|(_, tie)| applies && matches!(tie, Tie::Member(_)));
        let blind = self.ties.iter().filter(|(_, tie)| **tie == Tie::Blind);
        Scope {
            submitted: self.is_staff(),
            organisations: if applies { acts_for.clone() } else { Vec::new() },
            acts_for,
            shared: member.map(|(id, _)| *id).collect(),
            tied: self.ties.keys().copied().collect(),
            blind: blind.map(|(id, _)| *id).collect(),
            assessed: BTreeMap::new(),
        }
    }

    /// Whether this actor sees no more of an application than what tells an assessor of a conflict.
    #[must_use]
    pub fn only_looks_at(&self, application: &Application, assessing: Assessing, at: DateTime<Utc>) -> bool {
        assessing == Assessing::Invited && !self.sees(application, Assessing::No, at)
    }

    /// Whether this actor reads what the applicant of a case has written and not sent.
    #[must_use]
    pub fn reads_unsent(&self, application: &Application) -> bool {
        let member = matches!(self.ties.get(&application.id), Some(Tie::Member(_)));
        member || self.organisations.contains(&application.organisation)
    }

    /// Whether this actor, who reads a case, reads one of its files: what has come in answer to a return is the applicant's own until
    /// it is sent.
    #[must_use]
    pub fn reads_file(&self, application: &Application, file: &Attachment, open: Option<&Return>) -> bool {
        self.reads_unsent(application) || open.is_none_or(|open| !open.brought(file))
    }

    /// With whose eyes this actor sees an application.
    #[must_use]
    pub fn sight(&self, application: &Application) -> Sight {
        let own = self.organisations.contains(&application.organisation);
        if self.is_staff() && !own && !self.ties.contains_key(&application.id) { Sight::Staff } else { Sight::Public }
    }

    /// Whether an application is in this actor's scope at an instant: the same answer for one as for a list. What is sealed, staff see
    /// no more than a draft.
    #[must_use]
    pub fn sees(&self, application: &Application, assessing: Assessing, at: DateTime<Utc>) -> bool {
        let opened = application.submission.is_some() && !application.is_sealed(at);
        let member = matches!(self.ties.get(&application.id), Some(Tie::Member(_)));
        (self.sight(application) == Sight::Staff && opened)
            || (self.is(Role::Applicant) && (member || self.organisations.contains(&application.organisation)))
            || (self.is(Role::Assessor) && assessing.sees())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::actor::Who;
    use crate::member::MemberRole;
    use crate::sample::{application, instant, person};
    use std::collections::BTreeSet;

    fn actor(roles: &[Role], own: bool) -> Actor {
        let organisations =
            if own { BTreeSet::from([application(State::Submitted).organisation]) } else { BTreeSet::new() };
        let roles = roles.iter().copied().collect();
        Actor { who: Who::Person(person(9)), roles, organisations, ..Actor::visitor() }
    }

    #[test]
    fn whoever_acts_for_the_applicant_sees_the_case_as_the_applicant_is_told_whatever_else_they_are() {
        let case = application(State::Approved);
        for (roles, own, seen) in [
            (vec![Role::Applicant], true, Some(Sight::Public)),
            (Role::ALL.to_vec(), true, Some(Sight::Public)),
            (Role::ALL.to_vec(), false, Some(Sight::Staff)),
            (vec![Role::Officer], false, Some(Sight::Staff)),
            // A former applicant who works for the agency now is neither here.
            (vec![Role::Officer, Role::Auditor], true, None),
            (vec![Role::Applicant], false, None),
            (vec![Role::Administrator], false, None),
        ] {
            let actor = actor(&roles, own);
            let sight = actor.sees(&case, Assessing::No, instant("2025-02-06")).then(|| actor.sight(&case));
            assert_eq!(sight, seen, "{roles:?} {own}");
        }
        let assessor = actor(&[Role::Assessor], false);
        for (assessing, seen) in
            [(Assessing::Accepted, true), (Assessing::Invited, true), (Assessing::Undeclared, false)]
        {
            assert_eq!(assessor.sees(&case, assessing, instant("2025-02-06")), seen, "{assessing:?}");
        }
        assert!(
            assessor.only_looks_at(&case, Assessing::Invited, instant("2025-02-06"))
                && !assessor.only_looks_at(&case, Assessing::Accepted, instant("2025-02-06"))
        );
        assert_eq!(assessor.sight(&case), Sight::Public);
    }

    #[test]
    fn a_member_sees_a_case_as_the_applicant_does_and_whoever_is_tied_to_it_never_as_staff() {
        let (case, now) = (application(State::Approved), instant("2025-02-06"));
        let tied = |roles: &[Role], tie: Tie| Actor { ties: BTreeMap::from([(case.id, tie)]), ..actor(roles, false) };
        for role in MemberRole::ALL {
            for roles in [&[Role::Applicant][..], &Role::ALL] {
                let member = tied(roles, Tie::Member(role));
                assert!(member.sees(&case, Assessing::No, now), "{role:?}");
                assert_eq!(member.sight(&case), Sight::Public);
                let scope = member.scope();
                assert_eq!(
                    (scope.shared.as_slice(), scope.tied.as_slice()),
                    ([case.id].as_slice(), [case.id].as_slice())
                );
                assert_eq!(scope.sight(case.id, case.organisation), Sight::Public);
            }
            // Whoever works for the agency alone is no applicant, whatever they were invited to.
            assert!(!tied(&[Role::Officer], Tie::Member(role)).sees(&case, Assessing::No, now));
        }
        let barred = tied(&Role::ALL, Tie::Barred);
        assert!(!barred.sees(&case, Assessing::No, now));
        assert_eq!((barred.sight(&case), barred.scope().shared), (Sight::Public, Vec::new()));
        let other = Application { id: ApplicationId(uuid::Uuid::from_u128(7)), ..case.clone() };
        assert_eq!(barred.sight(&other), Sight::Staff, "another case of the same applicant");
        let told = barred.scope().states_meant("under_consideration");
        assert!(told.is_ok(), "they may be members of other cases");
    }

    #[test]
    fn whoever_a_conflict_keeps_from_a_case_sees_nothing_of_it_and_is_on_nobodys_side() {
        let (case, now) = (application(State::Approved), instant("2025-02-06"));
        let tied = Actor { ties: BTreeMap::from([(case.id, Tie::Conflicted)]), ..actor(&Role::ALL, false) };
        assert!(!tied.sees(&case, Assessing::No, now) && !tied.is_beside_applicant_of(&case));
        assert_eq!((tied.sight(&case), tied.scope().tied), (Sight::Public, vec![case.id]));
        let other = Application { id: ApplicationId(uuid::Uuid::from_u128(7)), ..case };
        assert_eq!(tied.sight(&other), Sight::Staff, "another case of the same applicant");
        assert!(Tie::Conflicted < Tie::Blind, "what they were not told stays untold");
    }

    #[test]
    fn what_is_sealed_is_seen_by_its_applicant_alone_until_the_second_in_which_it_opens() {
        let until = instant("2025-02-06");
        let case = Application { sealed_until: Some(until), ..application(State::Submitted) };
        let second = chrono::TimeDelta::seconds(1);
        for (roles, own, before, after) in [
            (Role::ALL.to_vec(), false, false, true),
            (vec![Role::Auditor], false, false, true),
            (vec![Role::Applicant], true, true, true),
            (Role::ALL.to_vec(), true, true, true),
        ] {
            let actor = actor(&roles, own);
            assert_eq!(actor.sees(&case, Assessing::No, until - second), before, "{roles:?} {own}");
            assert_eq!(actor.sees(&case, Assessing::No, until), after, "{roles:?} {own}");
        }
    }

    #[test]
    fn a_word_means_the_states_behind_it_for_whoever_reads_it() {
        let meant = |roles: &[Role], own: bool, word: &str| actor(roles, own).scope().states_meant(word);
        let undecided =
            vec![State::InAssessment, State::Recommended, State::OnReserve, State::Refused, State::Approved];
        let public = |states: &[State]| StatesMeant { staff: Vec::new(), public: states.to_vec() };
        assert_eq!(meant(&[Role::Applicant], true, "under_consideration"), Ok(public(&undecided)));
        assert_eq!(meant(&[Role::Assessor], false, "received"), Ok(public(&[State::Submitted])));
        let staff = StatesMeant { staff: vec![State::Approved], public: Vec::new() };
        assert_eq!(meant(&[Role::Officer], false, "approved"), Ok(staff.clone()));
        // An officer here and an applicant there: each word of its own cases, and no other.
        assert_eq!(meant(&[Role::Officer, Role::Applicant], true, "approved"), Ok(staff));
        assert_eq!(meant(&[Role::Officer, Role::Applicant], true, "under_consideration"), Ok(public(&undecided)));
        let both = StatesMeant { staff: vec![State::Offered], public: vec![State::Offered] };
        assert_eq!(meant(&[Role::Officer, Role::Applicant], true, "offered"), Ok(both));
    }

    #[test]
    fn a_word_that_is_none_is_answered_with_those_that_the_reader_knows() {
        let known = |roles: &[Role], own: bool| actor(roles, own).scope().states_meant("approvedd").unwrap_err();
        assert_eq!(known(&[Role::Officer], false), State::ALL.map(State::code));
        let told = known(&[Role::Applicant], true);
        assert!(told.contains(&"received") && told.contains(&"under_consideration"), "{told:?}");
        for hidden in ["submitted", "in_assessment", "recommended", "refused", "rejected", "approved"] {
            assert!(!told.contains(&hidden), "{told:?}");
            assert_eq!(actor(&[Role::Applicant], true).scope().states_meant(hidden), Err(told.clone()));
        }
        let both = known(&[Role::Officer, Role::Applicant], true);
        assert_eq!(both.len(), State::ALL.len() + 3, "{both:?}");
    }

    #[test]
    fn a_step_is_hidden_where_the_public_word_stays_as_it_was() {
        for state in State::ALL {
            let shared = State::ALL.into_iter().filter(|other| other.public_code() == state.public_code()).min();
            assert_eq!(state.is_hidden(), shared != Some(state), "{state:?}");
        }
    }
}
