//! A round as it stands, and the problem that it is: what is wanted, who is there, and who must not read what.

use super::{Pair, Problem};
use crate::actor::Actor;
use crate::application::Application;
use crate::assessment::{Assessment, AssessmentState, may_assess};
use crate::calculation::FactValue;
use crate::duty::Duties;
use crate::ids::PersonId;
use crate::interest::{Free, OnFile};
use crate::refusal::{AllocationRefusal, Refusal};
use std::collections::{BTreeMap, BTreeSet};

/// The most applications that are allocated at once.
pub const PROPOSALS_MAX: usize = 5_000;
/// The most assessors.
pub const ASSESSORS_MAX: usize = 1_000;
/// The most pairs of them, by which time and memory grow: one and a half times a round of 2 000 and 300.
const PAIRS_MAX: usize = 1_000_000;

/// A proposal in assessment.
#[derive(Clone, Debug)]
pub struct Proposal {
    /// The application.
    pub application: Application,
    /// How many assessors the scheme wants.
    pub wanted: u32,
    /// Who has had which duty on the case.
    pub duties: Duties,
    /// Its assessments, of whoever has given them up as well.
    pub existing: Vec<Assessment>,
}

/// Somebody to whom proposals can be given.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// Who, with what they act for.
    pub actor: Actor,
    /// How many proposals they read at most at a time.
    pub cap: u32,
    /// How many they read that are not of this round.
    pub elsewhere: u32,
    /// The words that say what they know.
    pub expertise: BTreeSet<String>,
}

/// A round as it stands.
#[derive(Clone, Debug, Default)]
pub struct Round {
    /// What is to be assessed.
    pub proposals: Vec<Proposal>,
    /// By whom.
    pub candidates: Vec<Candidate>,
    /// What is on file of all of them.
    pub on_file: OnFile,
}

impl Round {
    /// That it is not more than is worked out at once.
    ///
    /// # Errors
    /// When it is.
    pub fn bounded(proposals: usize, assessors: usize) -> Result<(), Refusal> {
        let (proposals_max, assessors_max, pairs_max) = (PROPOSALS_MAX, ASSESSORS_MAX, PAIRS_MAX);
        if proposals > proposals_max || assessors > assessors_max || proposals.saturating_mul(assessors) > pairs_max {
            return Err(AllocationRefusal::TooLarge { proposals_max, assessors_max, pairs_max }.into());
        }
        Ok(())
    }

    /// The problem that it is. What was given before stays, and nobody is given more than their limit: whoever has more than that
    /// already, and whoever does not stand to be given anything, keeps what they have, and a proposal with more assessors than
    /// are wanted keeps those.
    #[must_use]
    pub fn problem(&self) -> Problem {
        let (mut problem, sifted) = (Problem::default(), self.on_file.sifted());
        for proposal in &self.proposals {
            let held = proposal.at_work();
            problem.wanted.insert(proposal.application.id, proposal.wanted.max(count(held.len())));
            problem.held.extend(held);
            problem.subjects.insert(proposal.application.id, proposal.subjects());
        }
        let candidates = self.candidates.iter().filter_map(|candidate| Some((candidate.actor.person()?, candidate)));
        for (person, candidate) in candidates {
            problem.caps.insert(person, candidate.cap);
            problem.elsewhere.insert(person, candidate.elsewhere);
            problem.expertise.insert(person, candidate.expertise.clone());
            let cases = self.proposals.iter().map(|proposal| (proposal, proposal.application.id));
            let barred = cases.filter(|(proposal, id)| proposal.bar(candidate, |who| sifted.free(*id, who)).is_some());
            problem.conflicts.extend(barred.map(|(_, id)| (id, person)));
        }
        problem.conflicts.retain(|pair| !problem.held.contains(pair));
        for (person, load) in problem.loads() {
            let cap = problem.caps.entry(person).or_default();
            *cap = (*cap).max(count(usize::try_from(load).unwrap_or(usize::MAX)));
        }
        problem
    }

    /// Why somebody must not read a proposal, where that is so.
    #[must_use]
    pub fn bar(&self, (application, assessor): Pair) -> Option<Refusal> {
        let proposal = self.proposals.iter().find(|proposal| proposal.application.id == application)?;
        let candidate = self.candidates.iter().find(|candidate| candidate.actor.person() == Some(assessor))?;
        proposal.bar(candidate, |person| self.on_file.free(application, person))
    }

    /// How many proposals each assessor has at work in it.
    #[must_use]
    pub fn held(&self) -> BTreeMap<PersonId, u64> {
        super::counted(self.proposals.iter().flat_map(Proposal::at_work).map(|pair| pair.1))
    }
}

impl Proposal {
    /// Who is at work on it.
    fn at_work(&self) -> Vec<Pair> {
        let at_work = self.existing.iter().filter(|assessment| AssessmentState::AT_WORK.contains(&assessment.state));
        at_work.map(|assessment| (self.application.id, assessment.assessor)).collect()
    }

    fn bar(&self, candidate: &Candidate, free: impl FnOnce(PersonId) -> Free) -> Option<Refusal> {
        may_assess(&self.application, &candidate.actor, (&self.duties, &self.existing), free).err()
    }

    /// What it is about: the codes with which the applicant has answered the questions about the project, such as its sector.
    #[must_use]
    pub fn subjects(&self) -> BTreeSet<String> {
        let facts = self.application.content.request.project.facts.values();
        let texts = facts.filter_map(|fact| match fact {
            FactValue::Text(text) => Some(text.clone()),
            FactValue::Boolean(_) | FactValue::Count(_) => None,
        });
        texts.collect()
    }
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
