//! Allocation: which assessors read which proposals, as a problem, and what a plan must satisfy; nothing here looks for a plan.

use crate::ids::{ApplicationId, PersonId};
use std::collections::{BTreeMap, BTreeSet};

/// A proposal and the assessor who reads it.
pub type Pair = (ApplicationId, PersonId);

/// What is to be allocated. Everything is sorted, so that nothing can depend on the order in which it was handed in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Problem {
    /// How many assessors each proposal needs, those who have it already included.
    pub wanted: BTreeMap<ApplicationId, u32>,
    /// How many proposals each assessor reads at most, those they have already included. Who has withdrawn is not here.
    pub caps: BTreeMap<PersonId, u32>,
    /// Who must not read what.
    pub conflicts: BTreeSet<Pair>,
    /// What was given before and stays.
    pub held: BTreeSet<Pair>,
}

/// Proposals that cannot all be read: a proof that there is no plan, which anybody can count again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shortage {
    /// The proposals, taken together.
    pub proposals: BTreeSet<ApplicationId>,
    /// The assessors who may still read one of them.
    pub assessors: BTreeSet<PersonId>,
    /// How many readings they miss.
    pub missing: u64,
    /// How many of those the assessors can take on.
    pub places: u64,
}

/// Why a problem makes no sense, or a plan is none.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum Fault {
    /// The proposal is not in the problem.
    #[error("{proposal} is no proposal of this allocation: leave it out.")]
    UnknownProposal {
        /// Which.
        proposal: ApplicationId,
    },
    /// The assessor is not in the problem, or has withdrawn.
    #[error("{assessor} does not assess in this allocation: give {proposal} to somebody else.")]
    UnknownAssessor {
        /// What they would read.
        proposal: ApplicationId,
        /// Who.
        assessor: PersonId,
    },
    /// Somebody would read what they must not.
    #[error("{assessor} has a conflict of interest with {proposal}: give it to somebody else.")]
    Conflict {
        /// What they would read.
        proposal: ApplicationId,
        /// Who.
        assessor: PersonId,
    },
    /// Something that stays was left out.
    #[error("{assessor} has {proposal} already: keep it with them.")]
    HeldLeftOut {
        /// What they have.
        proposal: ApplicationId,
        /// Who.
        assessor: PersonId,
    },
    /// Too few or too many read the proposal.
    #[error("{proposal} needs {wanted} assessors and has {given}: give it to exactly {wanted}.")]
    WrongNumber {
        /// Which.
        proposal: ApplicationId,
        /// How many it needs.
        wanted: u32,
        /// How many it has.
        given: u64,
    },
    /// An assessor would read too many.
    #[error("{assessor} reads at most {cap} proposals and has {given}: give some to others, or raise the limit.")]
    OverCap {
        /// Who.
        assessor: PersonId,
        /// How many they read at most.
        cap: u32,
        /// How many they have.
        given: u64,
    },
}

impl Problem {
    /// Everything that is wrong with a plan: none means that each proposal has its number, nobody has more than their cap or what
    /// they must not read, and what was given before is kept.
    #[must_use]
    pub fn faults(&self, plan: &BTreeSet<Pair>) -> Vec<Fault> {
        let mut faults = self.faults_of_pairs(plan);
        let left_out = self.held.difference(plan);
        faults.extend(left_out.map(|&(proposal, assessor)| Fault::HeldLeftOut { proposal, assessor }));
        let readers = counted(plan.iter().map(|pair| pair.0));
        for (&proposal, &wanted) in &self.wanted {
            let given = of(&readers, proposal);
            if given != u64::from(wanted) {
                faults.push(Fault::WrongNumber { proposal, wanted, given });
            }
        }
        faults.extend(self.over_caps(plan));
        faults
    }

    /// Everything that is wrong with what was given before, so that no plan could keep it.
    #[must_use]
    pub fn faults_of_held(&self) -> Vec<Fault> {
        let mut faults = self.faults_of_pairs(&self.held);
        let readers = counted(self.held.iter().map(|pair| pair.0));
        for (&proposal, &wanted) in &self.wanted {
            let given = of(&readers, proposal);
            if given > u64::from(wanted) {
                faults.push(Fault::WrongNumber { proposal, wanted, given });
            }
        }
        faults.extend(self.over_caps(&self.held));
        faults
    }

    /// Whether somebody may be given a proposal that they do not have yet, limits aside.
    #[must_use]
    pub fn may_add(&self, pair: Pair) -> bool {
        self.wanted.contains_key(&pair.0)
            && self.caps.contains_key(&pair.1)
            && !self.conflicts.contains(&pair)
            && !self.held.contains(&pair)
    }

    /// The shortage that some proposals are proof of by themselves, if they are: together they miss more readings than the
    /// assessors have places for them, each assessor counting for as many as their cap leaves, and once for each proposal. There
    /// is a plan if and only if no set of proposals is short (the theorem of the greatest flow and the smallest cut).
    #[must_use]
    pub fn shortage(&self, proposals: &BTreeSet<ApplicationId>) -> Option<Shortage> {
        let (readers, loads) =
            (counted(self.held.iter().map(|pair| pair.0)), counted(self.held.iter().map(|pair| pair.1)));
        let missing = proposals.iter().filter_map(|proposal| {
            let has = of(&readers, *proposal);
            self.wanted.get(proposal).map(|wanted| u64::from(*wanted).saturating_sub(has))
        });
        let missing = missing.fold(0_u64, u64::saturating_add);
        let (mut assessors, mut places) = (BTreeSet::new(), 0_u64);
        for (&assessor, &cap) in &self.caps {
            let left = u64::from(cap).saturating_sub(of(&loads, assessor));
            let may_read = proposals.iter().filter(|proposal| self.may_add((**proposal, assessor))).count();
            let may_read = u64::try_from(may_read).unwrap_or(u64::MAX);
            if may_read > 0 {
                assessors.insert(assessor);
                places = places.saturating_add(left.min(may_read));
            }
        }
        (missing > places).then(|| Shortage { proposals: proposals.clone(), assessors, missing, places })
    }

    fn faults_of_pairs(&self, pairs: &BTreeSet<Pair>) -> Vec<Fault> {
        let fault = |&(proposal, assessor): &Pair| {
            if !self.wanted.contains_key(&proposal) {
                Some(Fault::UnknownProposal { proposal })
            } else if !self.caps.contains_key(&assessor) {
                Some(Fault::UnknownAssessor { proposal, assessor })
            } else if self.conflicts.contains(&(proposal, assessor)) {
                Some(Fault::Conflict { proposal, assessor })
            } else {
                None
            }
        };
        pairs.iter().filter_map(fault).collect()
    }

    fn over_caps(&self, pairs: &BTreeSet<Pair>) -> Vec<Fault> {
        let loads = counted(pairs.iter().map(|pair| pair.1));
        let over = self.caps.iter().filter_map(|(&assessor, &cap)| {
            let given = of(&loads, assessor);
            (given > u64::from(cap)).then_some(Fault::OverCap { assessor, cap, given })
        });
        over.collect()
    }
}

/// How often each is there.
fn counted<T: Ord>(items: impl Iterator<Item = T>) -> BTreeMap<T, u64> {
    let mut counts = BTreeMap::new();
    for item in items {
        let count: &mut u64 = counts.entry(item).or_default();
        *count = count.saturating_add(1);
    }
    counts
}

fn of<T: Ord>(counts: &BTreeMap<T, u64>, item: T) -> u64 {
    counts.get(&item).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests;
