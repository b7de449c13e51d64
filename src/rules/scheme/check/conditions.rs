//! Questions, and the conditions on their answers: of eligibility and of cases.

use super::Check;
use super::near::{did_you_mean, write_one_of};
use crate::calculation::{FactValue, is_answer};
use crate::scheme::{Fact, FactKind, Known, Life, Predicate, SchemeFile};

impl Check<'_> {
    /// A question that is answered by a code has the codes, and no other question has any.
    pub(super) fn facts(&mut self, file: &SchemeFile) {
        for (path, fact) in file.facts.all() {
            let offset = fact.kind.span().start;
            match (fact.kind.get_ref(), fact.values.is_empty()) {
                (FactKind::Text, true) => {
                    let message = format!(
                        "\"{path}\" has no answers: write [facts.{path}.values] with a line for each, CODE = {{ en = \"…\", zh-Hant = \"…\", zh-Hans = \"…\" }}"
                    );
                    self.fault(offset, message);
                }
                (FactKind::Boolean | FactKind::Count | FactKind::Amount | FactKind::Day, false) => {
                    let message = format!("\"{path}\" is answered by no code: write type = \"text\", or no values");
                    self.fault(offset, message);
                }
                _ => {}
            }
        }
    }

    /// Conditions look at declared facts and compare them with values of their type.
    pub(super) fn conditions(&mut self, file: &SchemeFile) {
        for condition in file.eligibility.values() {
            for entry in &condition.is.entries {
                if let Known::Is(predicate) = &entry.is {
                    self.predicate(file, predicate, entry.span.start);
                }
            }
        }
    }

    fn predicate(&mut self, file: &SchemeFile, predicate: &Predicate, offset: usize) {
        let comparisons = predicate.comparisons();
        if comparisons.is_empty() {
            self.fault(offset, "this condition looks at no fact: write at least one comparison");
        }
        for (fact, values) in comparisons {
            let Some(declared) = file.facts.named(fact) else {
                let known = file.facts.all().map(|(path, _)| path).collect::<Vec<_>>();
                let meant = did_you_mean(fact, known.iter().map(String::as_str));
                let message = format!(
                    "the fact \"{fact}\" is not declared: write [facts.applicant.…] or [facts.project.…] for it{meant}"
                );
                self.fault(offset, message);
                continue;
            };
            let kind = *declared.kind.get_ref();
            if values.is_empty() || !values.iter().all(|value| is_answer(kind, value)) {
                self.fault(offset, format!("compare \"{fact}\" with values of its own type, {}", kind.code()));
            } else if kind == FactKind::Text {
                self.codes(fact, declared, &values, offset);
            }
        }
    }

    /// What is compared with an answer is one that may be given.
    fn codes(&mut self, name: &str, fact: &Fact, compared: &[FactValue], offset: usize) {
        for value in compared {
            let FactValue::Text(code) = value else { continue };
            // Where there are no codes at all, that is the fault.
            if !fact.values.contains_key(code) && !fact.values.is_empty() {
                let write = write_one_of(code, fact.values.keys());
                self.fault(offset, format!("\"{code}\" is no answer to \"{name}\": {write}"));
            }
        }
    }

    /// Cases have conditions that can be worked out, and stand only where a calculation looks.
    pub(super) fn cases(&mut self, file: &SchemeFile, lives: &[Life]) {
        for life in lives {
            for line in life.lines.iter().filter(|line| !line.cases.is_empty()) {
                if !takes_cases(&life.path) || file.counts_applications(&life.path) {
                    self.fault(line.span.start, format!("{} holds for everybody: write no cases here", life.path));
                }
                for case in &line.cases {
                    self.predicate(file, &case.when, case.span.start);
                }
            }
        }
    }
}

/// Whether a value may depend on facts: limits and rates may; what the scheme is, whether it is open and who may apply does not.
fn takes_cases(path: &str) -> bool {
    const SECTIONS: [&str; 8] =
        ["matching", "unit_rate", "ceiling", "floor", "duration", "interval", "exclusive", "dependency"];
    let section = path.split('.').next().unwrap_or_default();
    SECTIONS.contains(&section) || path.starts_with("cost.category.")
}
