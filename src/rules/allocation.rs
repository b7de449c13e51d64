//! Allocation: which assessors read which proposals, as a problem, what a plan must satisfy, and how good it is.
//!
//! [`solve`] looks for a plan, or names what is in the way of one; what it finds can be checked here without it.

mod bulk;
mod obstacle;
mod round;
mod solve;

pub use bulk::{LINES_MAX, bounded};
pub use obstacle::Obstacle;
pub use round::{ASSESSORS_MAX, Candidate, PROPOSALS_MAX, Proposal, Round};
pub use solve::{Plan, Unsolved, solve};

use crate::ids::{ApplicationId, PersonId};
use std::collections::{BTreeMap, BTreeSet};

/// So many words in common are as good as more.
pub const MATCHES_MAX: usize = 3;

/// A proposal and the assessor who reads it.
pub type Pair = (ApplicationId, PersonId);

/// What is to be allocated. Everything is sorted, so that nothing can depend on the order in which it was handed in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Problem {
    /// How many assessors each proposal needs, those who have it already included.
    pub wanted: BTreeMap<ApplicationId, u32>,
    /// How many proposals each assessor reads at most, those they have already and those of elsewhere included. Who has withdrawn
    /// is not here.
    pub caps: BTreeMap<PersonId, u32>,
    /// How many proposals assessors read that are not of this allocation; whoever is left out reads none.
    pub elsewhere: BTreeMap<PersonId, u32>,
    /// Who must not read what.
    pub conflicts: BTreeSet<Pair>,
    /// What was given before and stays.
    pub held: BTreeSet<Pair>,
    /// The words that say what a proposal is about.
    pub subjects: BTreeMap<ApplicationId, BTreeSet<String>>,
    /// The words that say what an assessor knows.
    pub expertise: BTreeMap<PersonId, BTreeSet<String>>,
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

    /// What a proposal is about and the assessor knows.
    #[must_use]
    pub fn matched(&self, (proposal, assessor): Pair) -> BTreeSet<&str> {
        match (self.subjects.get(&proposal), self.expertise.get(&assessor)) {
            (Some(about), Some(knows)) => about.intersection(knows).map(String::as_str).collect(),
            _ => BTreeSet::new(),
        }
    }

    /// How far a pair is from the best that expertise can be: 0 to [`MATCHES_MAX`].
    #[must_use]
    pub fn misfit(&self, pair: Pair) -> usize {
        MATCHES_MAX.saturating_sub(self.matched(pair).len())
    }

    /// How many proposals an assessor has before anything is given: those of elsewhere and those held.
    fn loads(&self) -> BTreeMap<PersonId, u64> {
        let mut loads = counted(self.held.iter().map(|pair| pair.1));
        for (&assessor, &elsewhere) in &self.elsewhere {
            let load = loads.entry(assessor).or_default();
            *load = load.saturating_add(u64::from(elsewhere));
        }
        loads
    }

    /// How good a plan is, the smaller the better, and the first number before the second: how far all pairs together are from the
    /// best expertise, and how uneven the load is (the sum of the squares of what each assessor has).
    #[must_use]
    pub fn cost(&self, plan: &BTreeSet<Pair>) -> (u64, u64) {
        let misfit = plan.iter().map(|pair| self.misfit(*pair)).fold(0, usize::saturating_add);
        let given = counted(plan.iter().map(|pair| pair.1));
        let squares = self.caps.keys().map(|assessor| {
            let elsewhere = self.elsewhere.get(assessor).copied().unwrap_or_default();
            of(&given, *assessor).saturating_add(u64::from(elsewhere)).saturating_pow(2)
        });
        (u64::try_from(misfit).unwrap_or(u64::MAX), squares.fold(0, u64::saturating_add))
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
            let elsewhere = self.elsewhere.get(&assessor).copied().unwrap_or_default();
            let given = of(&loads, assessor).saturating_add(u64::from(elsewhere));
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
mod scenarios;
#[cfg(test)]
#[expect(clippy::arithmetic_side_effects, reason = "the figures of tests are small")]
mod tests;
