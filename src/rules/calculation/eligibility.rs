//! Who and what may apply: the scheme's conditions on facts, and the normal length of a project.

use super::Work;
use super::request::Facts;
use super::step::Kind;
use crate::scheme::Answered;
use serde::Serialize;

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

impl Work<'_> {
    pub(super) fn eligibility(&mut self) -> Eligibility {
        let mut eligibility = Eligibility::Eligible;
        for (name, condition) in &self.scheme.file.eligibility {
            let path = format!("eligibility.{name}");
            let Some((predicate, source)) = self.in_force(&path, &condition.is) else { continue };
            let (applicant, project) = (&self.request.applicant.facts, &self.request.project.facts);
            let answered = predicate.answer(&|fact| {
                let (facts, name): (&Facts, _) = match fact.split_once('.') {
                    Some(("applicant", name)) => (applicant, name),
                    Some((_, name)) => (project, name),
                    None => return None,
                };
                facts.get(name)
            });
            eligibility = match (answered, eligibility) {
                (Answered::No, _) | (_, Eligibility::Ineligible) => Eligibility::Ineligible,
                (Answered::Missing, _) | (_, Eligibility::Undetermined) => Eligibility::Undetermined,
                (Answered::Yes, Eligibility::Eligible) => Eligibility::Eligible,
            };
            match answered {
                Answered::No => self.refuse(&*path),
                Answered::Missing => self.missing.extend(predicate.comparisons().iter().filter_map(|(fact, _)| {
                    let (subject, name) = fact.split_once('.')?;
                    let facts = if subject == "applicant" { applicant } else { project };
                    (!facts.contains_key(name)).then(|| format!("{subject}.facts.{name}"))
                })),
                Answered::Yes => {}
            }
            self.step(path, Some(source), Kind::Condition { name: &condition.name, answered });
        }
        eligibility
    }

    /// A longer project than normal asks for a reason; it does not refuse, and an unknown normal length is only unverified.
    pub(super) fn durations(&mut self) {
        for (name, duration) in &self.scheme.file.duration {
            let Some(entry) = duration.is.on(self.on) else { continue };
            let Some(normal) = duration.is.value_on(self.on) else { continue };
            let counted = self
                .request
                .project
                .stages
                .iter()
                .filter(|stage| duration.stages.iter().any(|name| *name.get_ref() == stage.stage));
            let months = counted.filter_map(|stage| stage.months).fold(0_u32, u32::saturating_add);
            if months > *normal {
                let kind = Kind::LongerThanNormal { months, normal: *normal };
                self.step(format!("duration.{name}"), Some(&entry.source), kind);
            }
        }
    }
}
