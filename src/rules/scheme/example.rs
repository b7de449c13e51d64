//! The worked examples of a scheme file: they run whenever it is read for publishing, and say what they leave untouched.

#[cfg(test)]
mod tests;

use super::{Answered, CaseLine, CeilingOf, FAULTS_MAX, Fault, Known, Line, Scheme, SchemeFile};
use crate::calculation::{Calculation, Eligibility, Kind, Outcome, calculate};
use crate::calendar::Day;
use crate::money::Cents;
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

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
                    let mut differences = differences(&example.expect, &calculation);
                    if let (Some(first), Some(why)) =
                        (differences.first_mut(), why_refused(&example.expect, &calculation))
                    {
                        first.push_str(&why);
                    }
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
            for pair in life.lines.windows(2) {
                let [before, line] = pair else { continue };
                let sides = [(line.from.previous(), before), (line.from, line)];
                let missing = sides.into_iter().filter(|(day, side)| !touched.looks_at(*day, &self.file, path, side));
                let missing = missing.map(|(day, _)| day.to_string()).collect::<Vec<_>>().join(" and one on ");
                if !missing.is_empty() {
                    let message = format!("{path} changes on {}: add an example that needs it on {missing}", line.from);
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
    /// The days that are asked about, each with the rules that its calculations look at.
    days: BTreeMap<Day, BTreeSet<String>>,
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
        let looked_at = self.days.entry(calculation.on).or_default();
        looked_at.extend(calculation.steps.into_iter().map(|step| step.rule));
        looked_at.extend(calculation.refused_by.iter().cloned());
        looked_at.extend(calculation.unverified.into_iter().map(str::to_owned));
        self.reasons.extend(calculation.limited_by);
        self.reasons.extend(calculation.refused_by);
    }
}

impl Touched {
    /// Whether an example of a day looks at what a path says on it; of a value that leaves no step, and on a day on which nothing is
    /// worked out since nobody knows whether the scheme is open, whether there is one at all.
    fn looks_at(&self, day: Day, file: &SchemeFile, path: &str, line: &Line) -> bool {
        let needed = file.open.is.value_on(day).is_some() && leaves_a_step(file, path, line);
        self.days.get(&day).is_some_and(|paths| !needed || paths.contains(path))
    }
}

/// Whether a calculation that needs a value says so in a step of its path, whatever comes out.
fn leaves_a_step(file: &SchemeFile, path: &str, line: &Line) -> bool {
    let Known::Is(value) = &line.is else { return false };
    match path.split('.').collect::<Vec<_>>()[..] {
        ["ceiling", _] => !file.counts_applications(path),
        ["floor" | "eligibility" | "duration" | "interval", _] => true,
        ["exclusive" | "dependency", _] => value == "true",
        ["matching", "ratio" | "share", _] | ["cost", "category", _, "cap" | "share"] => true,
        ["unit_rate", "class", _] | ["unit_rate", "class", _, "add_on", _] => true,
        _ => false,
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
        "document"
            | "form"
            | "assessment"
            | "approval"
            | "payment"
            | "pledge"
            | "obligation"
            | "control"
            | "question"
            | "envelope"
            | "round"
    )
}

/// What refuses a grant that is expected, each with its sentence.
fn why_refused(expect: &Expectation, got: &Calculation<'_>) -> Option<String> {
    let granted = expect.outcome == Some(Outcome::Granted) || expect.grant.is_some_and(|grant| grant > Cents::ZERO);
    if !granted || got.refused_by.is_empty() {
        return None;
    }
    let reason = |path: &String| {
        let step = got.steps.iter().rev().find(|step| step.rule == *path);
        step.map_or_else(|| path.clone(), |step| format!("{path} ({})", step.kind.sentence(got.scheme.file.kind).en))
    };
    Some(format!(": refused by {}", got.refused_by.iter().map(reason).collect::<Vec<_>>().join(", ")))
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
