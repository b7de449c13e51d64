//! A rehearsal: what a draft text of a scheme would change for cases that are known, one by one and in all.
//!
//! Each case is worked out under two texts of one scheme. Where the cases come from and where the verdicts go is another's business.

mod case;
mod columns;
mod job;
#[cfg(test)]
mod tests;
mod totals;

pub use case::{Case, CaseFault};
pub use columns::{ColumnFault, Columns};
pub use job::{Format, Portfolio, RehearsalOrder, RehearsalState, UnknownState, ask};
pub use totals::{Envelope, Part, Sum, Totals};

use crate::calculation::{Calculation, Facts, FaultKind, Named, Request, RequestFault, calculate, is_answer};
use crate::calendar::Day;
use crate::money::Cents;
use crate::scheme::{Fact, Scheme, Tables};
use crate::text::Sentence;
use serde::Serialize;
use std::collections::BTreeSet;

/// Two texts of one scheme, and the day on which they are compared.
#[derive(Clone, Copy, Debug)]
pub struct Rehearsal<'a> {
    before: &'a Scheme,
    after: &'a Scheme,
    on: Option<Day>,
}

/// The two texts are not of one scheme.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the draft is a text of {after}, and the other is one of {before}: compare two texts of the same scheme")]
pub struct OtherScheme {
    /// The code in the text that is in force.
    pub before: String,
    /// The code in the draft.
    pub after: String,
}

/// The word of reports for a case that could not be worked out, beside the codes of effects.
pub const FAULTY: &str = "faulty";

/// What becomes of a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// It gets more.
    More,
    /// It gets less.
    Less,
    /// It got something, and gets nothing.
    Nothing,
    /// It got nothing, and gets something.
    New,
    /// It gets what it got.
    Same,
}

impl Effect {
    /// Every effect, in the order in which they are told.
    pub const ALL: [Self; 5] = [Self::More, Self::Less, Self::Nothing, Self::New, Self::Same];

    /// The word of reports.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::More => "more",
            Self::Less => "less",
            Self::Nothing => "nothing",
            Self::New => "new",
            Self::Same => "same",
        }
    }

    fn of(before: Cents, after: Cents) -> Self {
        match (before == Cents::ZERO, after == Cents::ZERO) {
            _ if before == after => Self::Same,
            (true, _) => Self::New,
            (_, true) => Self::Nothing,
            _ if after > before => Self::More,
            _ => Self::Less,
        }
    }
}

/// A case under one of the texts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Side {
    /// What it gets.
    pub grant: Cents,
    /// All limits that equal the amount, sorted.
    pub limited_by: BTreeSet<String>,
    /// All rules that refuse, sorted; empty when granted.
    pub refused_by: BTreeSet<String>,
}

/// What a draft means for one case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Verdict {
    /// The day whose rules were applied.
    pub on: Day,
    /// What becomes of it.
    pub change: Effect,
    /// Under the text in force.
    pub before: Side,
    /// Under the draft.
    pub after: Side,
    /// What binds under the draft, in words; only for a case that changes.
    pub reason: Option<Sentence>,
}

impl<'a> Rehearsal<'a> {
    /// A rehearsal of `after` against `before`. `on` overrides the days of the cases.
    ///
    /// # Errors
    /// When the texts are of two schemes.
    pub fn new(before: &'a Scheme, after: &'a Scheme, on: Option<Day>) -> Result<Self, OtherScheme> {
        let (old, new) = (before.file.code.get_ref(), after.file.code.get_ref());
        if old != new {
            return Err(OtherScheme { before: old.clone(), after: new.clone() });
        }
        Ok(Self { before, after, on })
    }

    /// What the draft means for a case.
    ///
    /// # Errors
    /// Everything in the request that cannot be understood, and a day that is said nowhere.
    pub fn verdict(&self, request: &Request) -> Result<Verdict, Vec<RequestFault>> {
        let Some(on) = self.on.or(request.on) else {
            return Err(vec![RequestFault::malformed("/on", "say which day's rules apply")]);
        };
        let before = worked_out(self.before, request, on, self.after, Side::of);
        // Who gets what was got needs no words.
        let granted = before.as_ref().map_or(Cents::ZERO, |before| before.grant);
        let told = |after: Calculation<'_>| {
            let reason = (after.grant != granted).then(|| binding(&after, before.as_ref().ok())).flatten();
            (Side::of(after), reason)
        };
        let after = worked_out(self.after, request, on, self.before, told);
        let (before, (after, reason)) = match (before, after) {
            (Ok(before), Ok(after)) => (before, after),
            (Err(faults), Ok(after)) => (Side::unknown(&faults).ok_or(faults)?.0, after),
            (Ok(before), Err(faults)) => {
                let (after, reason) = Side::unknown(&faults).ok_or(faults)?;
                // Who got nothing before gets what was got.
                (before, (after, (granted != Cents::ZERO).then_some(reason)))
            }
            (Err(faults), Err(_)) => return Err(faults),
        };
        Ok(Verdict { on, change: Effect::of(before.grant, after.grant), before, after, reason })
    }

    /// The money that the draft has on the day of the rehearsal, or on the last day of its cases.
    #[must_use]
    pub fn envelope(&self, totals: &Totals) -> Option<Envelope> {
        let on = self.on.or(totals.last_day)?;
        let amount = self.after.file.envelope.as_ref().and_then(|envelope| envelope.is.value_on(on)).copied()?;
        Some(Envelope { on, amount, passed: totals.after() > Sum::of(amount) })
    }

    /// The two texts, the one in force first.
    #[must_use]
    pub const fn texts(&self) -> [&'a Scheme; 2] {
        [self.before, self.after]
    }
}

impl Side {
    fn of(calculation: Calculation<'_>) -> Self {
        let Calculation { grant, limited_by, refused_by, .. } = calculation;
        Self { grant, limited_by, refused_by }
    }

    /// A case with names that one of the texts does not have: it is understood, since the other text has them, and gets nothing. Says
    /// why in words; `None` when something else is wrong with it.
    fn unknown(faults: &[RequestFault]) -> Option<(Self, Sentence)> {
        let names = faults.iter().map(|fault| fault.kind.unknown()).collect::<Option<Vec<_>>>()?;
        let reason = names.first()?.1.clone();
        let refused_by = names.into_iter().map(|(rule, _)| rule.to_owned()).collect();
        Some((Self { grant: Cents::ZERO, limited_by: BTreeSet::new(), refused_by }, reason))
    }
}

impl FaultKind {
    /// The rule whose names a request does not keep to, and that in words.
    fn unknown(self) -> Option<(&'static str, Sentence)> {
        let (rule, en, zh_hant) = match self {
            Self::Malformed => return None,
            Self::NotAllowed => (
                "cost.list",
                "A category of the costs is not in the list of the scheme.",
                "有成本類別不在計劃的清單之內。",
            ),
            Self::Unknown(Named::Stage) => ("stage", "The scheme has no such stage.", "計劃沒有這個階段。"),
            Self::Unknown(Named::Contributor) => {
                ("contributor", "The scheme has no such contributor.", "計劃沒有這類出資者。")
            }
            Self::Unknown(Named::Class) => {
                ("unit_rate.class", "The scheme has no such class of posts.", "計劃沒有這類職位。")
            }
            Self::Unknown(Named::Party) => {
                ("aggregation", "The scheme has no such group of awards.", "計劃沒有這組資助。")
            }
            Self::Unknown(Named::Answer) => {
                ("facts", "The scheme has no such answer to a question.", "計劃的提問沒有這個答案。")
            }
        };
        Some((rule, Sentence { en: en.to_owned(), zh_hant: zh_hant.to_owned() }))
    }
}

/// Works a request out under one text. A question that only the other text asks, or asks otherwise, has no meaning here, and its
/// answer is left out.
fn worked_out<T>(
    scheme: &Scheme,
    request: &Request,
    on: Day,
    other: &Scheme,
    told: impl FnOnce(Calculation<'_>) -> T,
) -> Result<T, Vec<RequestFault>> {
    let faults = match calculate(scheme, request, on) {
        Ok(calculation) => return Ok(told(calculation)),
        Err(faults) => faults,
    };
    let (facts, others) = (&scheme.file.facts, &other.file.facts);
    let mut less = request.clone();
    leave_out(&mut less.applicant.facts, &facts.applicant, &others.applicant);
    leave_out(&mut less.project.facts, &facts.project, &others.project);
    for award in less.history.iter_mut().flat_map(|history| history.awards.iter_mut().flatten()) {
        leave_out(&mut award.facts, &facts.project, &others.project);
    }
    if less == *request { Err(faults) } else { calculate(scheme, &less, on).map(told) }
}

/// Leaves the answers out that only the other text understands.
fn leave_out(answers: &mut Facts, facts: &Tables<Fact>, others: &Tables<Fact>) {
    answers.retain(|name, value| {
        let understood =
            |facts: &Tables<Fact>| facts.get(name).is_some_and(|fact| is_answer(*fact.kind.get_ref(), value));
        understood(facts) || !understood(others)
    });
}

/// The sentence of the rule that binds: of one that did not bind before, where there is one.
fn binding(after: &Calculation<'_>, before: Option<&Side>) -> Option<Sentence> {
    let binds = if after.refused_by.is_empty() { &after.limited_by } else { &after.refused_by };
    let bound =
        |path: &&String| before.is_some_and(|side| side.limited_by.contains(*path) || side.refused_by.contains(*path));
    let path = binds.iter().find(|path| !bound(path)).or(binds.first())?;
    let of_ratio = |rule: &str| rule.starts_with("matching.ratio.") || rule.starts_with("matching.share.");
    let is_told = |rule: &str| rule == path || path == "matching.ratio" && of_ratio(rule);
    // The last step of a rule has its result; those before it are what it is made of.
    let step = after.steps.iter().rev().find(|step| is_told(&step.rule))?;
    Some(step.kind.sentence(after.scheme.file.kind))
}
