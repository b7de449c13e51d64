//! A request in one form, whatever the order in which it was written: what the trace is made over.

use super::request::{FactValue, Facts, Request};
use crate::calendar::Day;
use crate::scheme::{Fact, FactKind, Scheme, Tables};

impl Request {
    /// The same request with its day, with its lines sorted and its amounts in one form.
    #[must_use]
    pub fn normalised(&self, scheme: &Scheme, on: Day) -> Self {
        let mut normal = self.clone();
        normal.on = Some(on);
        amounts(&mut normal.applicant.facts, &scheme.file.facts.applicant);
        amounts(&mut normal.project.facts, &scheme.file.facts.project);
        for stage in &mut normal.project.stages {
            stage.costs.iter_mut().for_each(|costs| costs.sort());
            stage.contributions.iter_mut().for_each(|contributions| contributions.sort());
            stage.posts.iter_mut().for_each(|posts| posts.sort());
        }
        normal.project.stages.sort_by(|left, right| left.stage.cmp(&right.stage));
        normal.committed.iter_mut().for_each(|committed| committed.sort());
        if let Some(awards) = normal.history.as_mut().and_then(|history| history.awards.as_mut()) {
            awards.iter_mut().for_each(|award| amounts(&mut award.facts, &scheme.file.facts.project));
            awards.sort();
        }
        normal
    }
}

/// Facts that are money, with two places.
fn amounts(facts: &mut Facts, known: &Tables<Fact>) {
    for (name, value) in facts {
        if known.get(name).is_some_and(|fact| *fact.kind.get_ref() == FactKind::Amount)
            && let Some(amount) = value.amount()
        {
            *value = FactValue::Text(amount.to_string());
        }
    }
}
