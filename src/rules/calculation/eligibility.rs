//! Who and what may apply: the scheme's conditions on facts, and the normal length of a project.

use super::Work;
use super::request::{FactValue, Stage};
use super::step::Kind;
use crate::dated::{Entry, Known};
use crate::scheme::{Answered, Predicate};
use serde::Serialize;
use std::collections::BTreeMap;

/// Whether the facts fit the scheme.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Eligibility {
    /// Every condition holds.
    Eligible,
    /// At least one condition does not hold.
    Ineligible,
    /// A fact is missing; no condition fails so far.
    Undetermined,
}

/// The facts that a condition looks at.
pub(super) type FactsSeen<'a> = BTreeMap<&'a str, Option<&'a FactValue>>;

impl Eligibility {
    /// With one more condition.
    const fn and(self, answered: Answered) -> Self {
        match (answered, self) {
            (Answered::No, _) | (_, Self::Ineligible) => Self::Ineligible,
            (Answered::Missing, _) | (_, Self::Undetermined) => Self::Undetermined,
            (Answered::Yes, Self::Eligible) => Self::Eligible,
        }
    }
}

impl<'a> Work<'a> {
    pub(super) fn eligibility(&mut self) -> Eligibility {
        let mut eligibility = Eligibility::Eligible;
        let scheme = self.scheme;
        for (name, condition) in &scheme.file.eligibility {
            let path = format!("eligibility.{name}");
            if matches!(condition.is.on(self.on).map(|entry| &entry.is), Some(Known::Unknown)) {
                // No amount needs it, so it is unverified and refuses nothing; but nobody can say that it holds.
                eligibility = eligibility.and(Answered::Missing);
                continue;
            }
            let Some((predicate, source)) = self.in_force(&path, &condition.is) else { continue };
            let (answered, facts) = self.answered(predicate);
            eligibility = eligibility.and(answered);
            if answered == Answered::No {
                self.refuse(&*path);
            }
            self.step(path, Some(source), Kind::Condition { name: &condition.name, predicate, facts, answered });
        }
        eligibility
    }

    /// What a condition comes to, and the facts that it looks at; those that were not given are asked for where they matter.
    pub(super) fn answered(&mut self, predicate: &'a Predicate) -> (Answered, FactsSeen<'a>) {
        let answered = predicate.answer(&|fact| self.fact(fact));
        let facts: FactsSeen<'a> =
            predicate.comparisons().into_iter().map(|(fact, _)| (fact, self.fact(fact))).collect();
        if answered == Answered::Missing {
            for fact in facts.iter().filter(|(_, value)| value.is_none()).map(|(fact, _)| *fact) {
                self.ask_for(fact);
            }
        }
        (answered, facts)
    }

    /// Asks for a fact, in the words of a request.
    pub(super) fn ask_for(&mut self, fact: &str) {
        self.missing.extend(fact.split_once('.').map(|(whose, name)| format!("{whose}.facts.{name}")));
    }

    /// The answer to a question that a condition or a limit names as `applicant.…` or `project.…`.
    pub(super) fn fact(&self, name: &str) -> Option<&'a FactValue> {
        let request = self.request;
        match name.split_once('.')? {
            ("applicant", name) => request.applicant.facts.get(name),
            (_, name) => request.project.facts.get(name),
        }
    }

    /// A longer project than normal asks for a reason; it does not refuse, and an unknown normal length is only unverified.
    pub(super) fn durations(&mut self) {
        for (name, duration) in &self.scheme.file.duration {
            let Some(Entry { is: Known::Is(normal), source, .. }) = duration.is.on(self.on) else { continue };
            let counts = |stage: &&Stage| duration.stages.iter().any(|name| *name.get_ref() == stage.stage);
            let counted = self.request.project.stages.iter().filter(counts);
            let months = counted.filter_map(|stage| stage.months).fold(0_u32, u32::saturating_add);
            if months > *normal {
                let kind = Kind::LongerThanNormal { months, normal: *normal };
                self.step(format!("duration.{name}"), Some(source), kind);
            }
        }
    }
}
