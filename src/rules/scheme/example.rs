//! The worked examples of a scheme file: they run whenever it is read for publishing, and say what they leave untouched.

#[cfg(test)]
mod tests;

use super::{Example, FAULTS_MAX, Fault, Known, Line, Scheme};
use crate::calculation::{Calculation, Eligibility, Outcome, calculate};
use crate::money::Cents;
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::BTreeSet;

/// What an example expects; what it leaves out is not compared.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Expectation {
    /// What is granted.
    pub grant: Option<Cents>,
    /// What is committed of the scheme's money, where it says what that is.
    pub commitment: Option<Cents>,
    /// What goes over to the next year, where it says so.
    pub rolls_over: Option<Cents>,
    /// Granted or refused.
    pub outcome: Option<Outcome>,
    /// The limits that equal the amount, all of them.
    #[schemars(with = "Option<Vec<String>>")]
    pub limited_by: Option<BTreeSet<String>>,
    /// The rules that refuse, all of them.
    #[schemars(with = "Option<Vec<String>>")]
    pub refused_by: Option<BTreeSet<String>>,
    /// Whether the facts fit.
    pub eligibility: Option<Eligibility>,
    /// Eligible cost less the grant.
    pub applicant_share: Option<Cents>,
    /// Eligible cost that nobody covers.
    pub uncovered: Option<Cents>,
}

impl Scheme {
    /// Runs the examples. Every difference is a fault at the place of its example; none means that the file proves itself.
    #[must_use]
    pub fn failing_examples(&self, text: &str) -> Vec<Fault> {
        let fault = |offset: usize, message: String| Fault::at(text, offset, message);
        let mut faults = Vec::new();
        let mut reasons = BTreeSet::new();
        for example in &self.file.example {
            if faults.len() >= FAULTS_MAX {
                return faults;
            }
            let offset = example.span().start;
            let example = example.get_ref();
            if example.expect == Expectation::default() {
                faults
                    .push(fault(offset, format!("the example \"{}\" expects nothing: write its grant", example.name)));
            }
            if example.given.on.is_some() {
                faults.push(fault(
                    offset,
                    format!("the example \"{}\" has its day beside it: leave on out of given", example.name),
                ));
            }
            match calculate(self, &example.given, example.on) {
                Err(refused) => faults.extend(refused.iter().map(|refused| {
                    fault(offset, format!("the example \"{}\" cannot be worked out: {refused}", example.name))
                })),
                Ok(calculation) => {
                    let differences = differences(&example.expect, &calculation);
                    faults.extend(differences.into_iter().map(|difference| {
                        fault(offset, format!("the example \"{}\" expects {difference}", example.name))
                    }));
                    reasons.extend(calculation.limited_by);
                    reasons.extend(calculation.refused_by);
                }
            }
        }
        faults.extend(self.untouched(text, &reasons));
        faults
    }

    /// The ceilings, floors and change dates that no example touches.
    fn untouched(&self, text: &str, reasons: &BTreeSet<String>) -> Vec<Fault> {
        let mut faults = Vec::new();
        for life in &self.lives {
            if faults.len() >= FAULTS_MAX {
                break;
            }
            let path = &life.path;
            let start = life.lines.first().map_or(0, |line| line.span.start);
            let limits = path.starts_with("ceiling.") && !self.counts_applications(path) || path.starts_with("floor.");
            if limits && life.lines.iter().any(|line| matches!(line.is, Known::Is(_))) && !reasons.contains(path) {
                let message = format!("no example has {path} as its reason: add one that is limited or refused by it");
                faults.push(Fault::at(text, start, message));
            }
            if !is_calculated(path) {
                continue;
            }
            for pair in life.lines.windows(2) {
                if let [before, after] = pair
                    && !(self.has_example(before, Some(after))
                        && self.has_example(after, life.lines.iter().find(|line| line.from > after.from)))
                {
                    let message = format!("{path} changes on {}: add an example on each side of that day", after.from);
                    faults.push(Fault::at(text, after.span.start, message));
                }
            }
        }
        faults
    }

    /// Applications are counted at submission, which an example does not reach.
    fn counts_applications(&self, path: &str) -> bool {
        let ceiling = path.strip_prefix("ceiling.").and_then(|name| self.file.ceiling.get(name));
        ceiling.is_some_and(|ceiling| ceiling.of == super::CeilingOf::Applications)
    }

    fn has_example(&self, line: &Line, next: Option<&Line>) -> bool {
        let holds = |example: &Example| example.on >= line.from && next.is_none_or(|next| example.on < next.from);
        self.file.example.iter().any(|example| holds(example.get_ref()))
    }
}

/// Whether a calculation looks at the value at all.
pub(crate) fn is_calculated(path: &str) -> bool {
    let (section, _) = path.split_once('.').unwrap_or((path, ""));
    !matches!(section, "assessment" | "approval" | "payment" | "obligation" | "control" | "question" | "envelope")
}

fn differences(expect: &Expectation, got: &Calculation<'_>) -> Vec<String> {
    let mut differences = Vec::new();
    let mut compare = |what: &str, expected: Option<String>, got: String| {
        if let Some(expected) = expected.filter(|expected| *expected != got) {
            differences.push(format!("{what} {expected}, but it is {got}"));
        }
    };
    let names = |names: &BTreeSet<String>| format!("[{}]", names.iter().cloned().collect::<Vec<_>>().join(", "));
    compare("grant", expect.grant.map(|amount| amount.to_string()), got.grant.to_string());
    let committed = got.commitment.map_or_else(|| "not said".to_owned(), |amount| amount.to_string());
    compare("commitment", expect.commitment.map(|amount| amount.to_string()), committed);
    let rolls_over = got.rolls_over.map_or_else(|| "not said".to_owned(), |amount| amount.to_string());
    compare("rolls_over", expect.rolls_over.map(|amount| amount.to_string()), rolls_over);
    compare(
        "applicant_share",
        expect.applicant_share.map(|amount| amount.to_string()),
        got.applicant_share.to_string(),
    );
    compare("uncovered", expect.uncovered.map(|amount| amount.to_string()), got.uncovered.to_string());
    compare("limited_by", expect.limited_by.as_ref().map(names), names(&got.limited_by));
    compare("refused_by", expect.refused_by.as_ref().map(names), names(&got.refused_by));
    compare(
        "eligibility",
        expect.eligibility.map(|eligibility| format!("{eligibility:?}")),
        format!("{:?}", got.eligibility),
    );
    let outcome = if got.refused_by.is_empty() { Outcome::Granted } else { Outcome::Refused };
    compare("outcome", expect.outcome.map(|outcome| format!("{outcome:?}")), format!("{outcome:?}"));
    differences
}
