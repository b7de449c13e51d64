//! Who and what may apply: the scheme's conditions on facts, and the normal length of a project.

use super::Work;
use super::request::{FactValue, Stage};
use super::step::{Kind, Time};
use crate::dated::{Entry, Known};
use crate::scheme::{Answered, Duration, DurationBound, DurationOf, Predicate};
use serde::Serialize;
use std::collections::BTreeMap;
use toml::Spanned;

/// Whether the facts fit the scheme.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, serde::Deserialize, schemars::JsonSchema)]
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

    /// Lengths: another one than normal asks for a reason, and one that is not allowed is refused. A normal length that nobody
    /// knows is only unverified.
    pub(super) fn durations(&mut self) {
        let scheme = self.scheme;
        for (name, duration) in &scheme.file.duration {
            let limits = |entry: &Entry<u32>| entry.values().any(|limit| matches!(limit, Known::Is(_)));
            if duration.refuses && duration.is.on(self.on).is_some_and(limits) && self.lacks_months(duration) {
                self.missing.insert("project.stages.months".to_owned());
            }
            let Some(lengths) = self.lengths(duration) else { continue };
            let path = format!("duration.{name}");
            let limit =
                if duration.refuses { self.in_force(&path, &duration.is) } else { self.if_known(&path, &duration.is) };
            let Some((limit, source)) = limit else { continue };
            // Of several lengths the one that is worst is told.
            let worst = match duration.bound {
                DurationBound::AtMost => lengths.into_iter().max_by_key(|length| length.number()),
                DurationBound::AtLeast => lengths.into_iter().min_by_key(|length| length.number()),
            };
            let Some(length) = worst else { continue };
            let holds = duration.bound.holds(length.number(), *limit);
            if !holds && duration.refuses {
                self.refuse(&*path);
            }
            if !holds || duration.refuses {
                let kind = Kind::Length { length, limit: *limit, bound: duration.bound, refused: duration.refuses };
                self.step(path, Some(source), kind);
            }
        }
    }

    /// The stages that a limit on length looks at; `None` where it does not hold.
    fn counted<'d>(&self, duration: &'d Duration) -> Option<impl Iterator<Item = &'a Stage> + use<'a, 'd>> {
        let stages = &self.request.project.stages;
        let named = |names: &[Spanned<String>], stage: &Stage| names.iter().any(|name| *name.get_ref() == stage.stage);
        if stages.iter().any(|stage| named(&duration.without, stage)) {
            return None;
        }
        Some(stages.iter().filter(move |stage| named(&duration.stages, stage)))
    }

    /// Whether it was left out how long a stage takes whose length is limited.
    fn lacks_months(&self, duration: &Duration) -> bool {
        let lacks = self.counted(duration).is_some_and(|mut stages| stages.any(|stage| stage.months.is_none()));
        matches!(duration.of, DurationOf::Months) && lacks
    }

    /// What a limit on length looks at; `None` where it does not hold, or where nothing was said.
    fn lengths(&self, duration: &Duration) -> Option<Vec<Time>> {
        let counted = self.counted(duration)?;
        match duration.of {
            DurationOf::Months => {
                let months = counted.map(|stage| stage.months).collect::<Vec<_>>();
                // What was not said may make it longer, never shorter.
                let enough = match duration.bound {
                    DurationBound::AtMost => months.iter().any(Option::is_some),
                    DurationBound::AtLeast => !months.is_empty() && months.iter().all(Option::is_some),
                };
                let sum = months.iter().flatten().fold(0_u32, |sum, months| sum.saturating_add(*months));
                enough.then(|| vec![Time::Months(sum)])
            }
            DurationOf::Days => {
                let days = counted.flat_map(|stage| stage.posts.iter().flatten()).filter_map(|post| post.days);
                let days = days.map(Time::Days).collect::<Vec<_>>();
                (!days.is_empty()).then_some(days)
            }
        }
    }
}
