//! The worked examples of a scheme file: they run whenever it is read for publishing, and say what they leave untouched.

#[cfg(test)]
mod tests;

use super::{Answered, CaseLine, CeilingOf, FAULTS_MAX, Fault, Known, Scheme, SchemeFile};
use crate::calculation::{Calculation, Eligibility, Kind, Outcome, calculate};
use crate::calendar::Day;
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
        let mut touched = Touched::default();
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
                    touched.add(self, calculation);
                }
            }
        }
        faults.extend(self.untouched(text, &touched));
        faults
    }

    /// The ceilings, floors, cases and change dates that no example touches.
    fn untouched(&self, text: &str, touched: &Touched) -> Vec<Fault> {
        let mut faults = Vec::new();
        for life in &self.lives {
            if faults.len() >= FAULTS_MAX {
                break;
            }
            let path = &life.path;
            let start = life.lines.first().map_or(0, |line| line.span.start);
            let limits =
                path.starts_with("ceiling.") && !self.file.counts_applications(path) || path.starts_with("floor.");
            let reason = touched.reasons.contains(path);
            if limits && life.lines.iter().any(|line| matches!(line.is, Known::Is(_))) && !reason {
                let message = format!("no example has {path} as its reason: add one that is limited or refused by it");
                faults.push(Fault::at(text, start, message));
            }
            for line in &life.lines {
                for CaseLine { name, span, .. } in
                    line.cases.iter().filter(|case| !touched.cases.contains(&case.span.start))
                {
                    let case = format!("the case \"{}\" of {path} from {} on", name.en, line.from);
                    let message = format!("no example reaches {case}: add one for which it holds");
                    faults.push(Fault::at(text, span.start, message));
                }
            }
            if !is_calculated(path) {
                continue;
            }
            for line in life.lines.iter().skip(1) {
                let days = [line.from.previous(), line.from];
                let missing = days.iter().filter(|day| !touched.days.contains(day)).map(Day::to_string);
                let missing = missing.collect::<Vec<_>>().join(" and one on ");
                if !missing.is_empty() {
                    let message = format!("{path} changes on {}: add an example on {missing}", line.from);
                    faults.push(Fault::at(text, line.span.start, message));
                }
            }
        }
        faults
    }
}

/// What the examples of a file reach.
#[derive(Default)]
struct Touched {
    /// The paths that limit or refuse.
    reasons: BTreeSet<String>,
    /// The cases that hold, by their places in the file.
    cases: BTreeSet<usize>,
    /// The days that are asked about.
    days: BTreeSet<Day>,
}

impl Touched {
    fn add(&mut self, scheme: &Scheme, calculation: Calculation<'_>) {
        for step in &calculation.steps {
            let Kind::Case { predicate, answered: Answered::Yes, .. } = &step.kind else { continue };
            let life = scheme.lives.iter().find(|life| life.path == step.rule);
            // The first that holds counts: one after it with the same condition is never reached.
            let line = life.and_then(|life| life.on(calculation.on));
            let case = line.and_then(|line| line.cases.iter().find(|case| case.when == **predicate));
            self.cases.extend(case.map(|case| case.span.start));
        }
        self.days.insert(calculation.on);
        self.reasons.extend(calculation.limited_by);
        self.reasons.extend(calculation.refused_by);
    }
}

impl SchemeFile {
    /// Applications are counted at submission, which no example reaches, and for everybody alike.
    pub(super) fn counts_applications(&self, path: &str) -> bool {
        let ceiling = path.strip_prefix("ceiling.").and_then(|name| self.ceiling.get(name));
        ceiling.is_some_and(|ceiling| ceiling.of == CeilingOf::Applications)
    }
}

/// Whether a calculation looks at the value at all.
pub(crate) fn is_calculated(path: &str) -> bool {
    let (section, _) = path.split_once('.').unwrap_or((path, ""));
    !matches!(
        section,
        "assessment" | "approval" | "payment" | "obligation" | "control" | "question" | "envelope" | "round"
    )
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
