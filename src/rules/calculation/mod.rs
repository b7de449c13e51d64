//! The calculation: one pure function from a scheme, a request and a day to a grant that explains itself line by line.
//!
//! Per stage, what the ratio matches, the government's share of eligible cost and what nobody else covers; the least of the
//! three. Then the sum meets the ceilings and the request, and a cut falls on the last stage first. Then the floors refuse.

mod answer;
mod ceiling;
mod commitment;
mod contribution;
mod cost;
mod eligibility;
mod floor;
mod grouped;
mod history;
#[cfg(test)]
mod laws;
mod limit;
mod limited;
mod names;
mod normal;
mod outcome;
mod paid;
mod post;
mod quantity;
mod reading;
mod relation;
mod request;
mod roll_over;
mod stage;
mod step;
#[cfg(test)]
mod tests;
mod tiered;
mod trace;
mod wording;

pub use answer::{Answer, Outcome, StageAnswer, StepAnswer, StepSource};
pub use eligibility::Eligibility;
pub use grouped::money;
pub use history::{Counts, Usage};
pub use limited::Limited;
pub(crate) use names::{is_answer, not_known};
pub use paid::Pay;
pub use post::PostsResult;
pub use quantity::{Inputs, Quantity};
pub use reading::{FaultKind, Named, RequestFault, each_once, object, object_or_none, objects_or_none, read_json};
pub(crate) use reading::{escaped, objects, unescaped};
pub use request::{
    Applicant, Award, Committed, Completed, Contribution, Cost, FactValue, Facts, Form, History, Post, Project,
    Request, Stage,
};
pub use stage::StageResult;
pub use step::{Called, Kind, ShareOf, Step, Time};

use roll_over::Rolling;

use crate::calendar::Day;
use crate::dated::{Case, Dated, Entry, Known};
use crate::money::{Cents, MoneyError, Rounding};
use crate::scheme::{Answered, Scheme};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use toml::Spanned;

/// A finished calculation, before it is written out as an [`Answer`].
#[derive(Clone, Debug)]
pub struct Calculation<'a> {
    /// The scheme whose rules were applied.
    pub scheme: &'a Scheme,
    /// The day whose rules were applied.
    pub on: Day,
    /// Whether the facts fit.
    pub eligibility: Eligibility,
    /// What was not said and should be confirmed.
    pub missing: BTreeSet<String>,
    /// What is granted; nothing when refused.
    pub grant: Cents,
    /// What the rules would have allowed if nothing refused.
    pub allowed: Cents,
    /// What the money of the year leaves out and the next year takes up; `None` where the scheme has no such rule, or something else
    /// refuses.
    pub rolls_over: Option<Cents>,
    /// What is committed of the scheme's money, which may be more than the grant; `None` where no rule says what that is.
    pub commitment: Option<Cents>,
    /// Eligible cost less the grant.
    pub applicant_share: Cents,
    /// Eligible cost that neither a contribution nor the allowed grant covers.
    pub uncovered: Cents,
    /// The stages, with the amounts that they would get if nothing refused.
    pub stages: Vec<StageResult<'a>>,
    /// The limits that equal the allowed amount; what a ceiling cuts is not among them, nor is a cap of a category.
    pub limited_by: BTreeSet<String>,
    /// The rules that refuse; empty when granted.
    pub refused_by: BTreeSet<String>,
    /// Values that nobody has seen and that this amount did not need.
    pub unverified: Vec<&'a str>,
    /// What each limit on the awards of the applicant had used of it.
    pub usages: Vec<Usage<'a>>,
    /// How it came about.
    pub steps: Vec<Step<'a>>,
}

/// Works a request out under the rules of `on`.
///
/// # Errors
/// Everything in the request that cannot be understood or names something that the scheme does not know.
pub fn calculate<'a>(scheme: &'a Scheme, request: &'a Request, on: Day) -> Result<Calculation<'a>, Vec<RequestFault>> {
    let faults = names::faults(scheme, request, on);
    if !faults.is_empty() {
        return Err(first(faults));
    }
    let mut work = Work::new(scheme, request, on);
    work.run().map_err(|error: MoneyError| vec![RequestFault::malformed("", error.to_string())])
}

/// How many faults are told at once: nobody reads more, and a request of thousands must not get an answer of megabytes.
const FAULTS_MAX: usize = 100;

/// The first faults, and how many more there are.
fn first(mut faults: Vec<RequestFault>) -> Vec<RequestFault> {
    let others = faults.split_off(faults.len().min(FAULTS_MAX));
    if let Some(other) = others.iter().find(|fault| fault.kind != FaultKind::NotAllowed).or(others.first()) {
        let (pointer, message) = (String::new(), format!("{} more parts are wrong: mend these first", others.len()));
        faults.push(RequestFault { pointer, message, kind: other.kind });
    }
    faults
}

/// What the parts of a calculation share while it runs.
struct Work<'a> {
    scheme: &'a Scheme,
    request: &'a Request,
    on: Day,
    rounding: Rounding,
    missing: BTreeSet<String>,
    refused_by: BTreeSet<String>,
    /// Eligible cost by category, once it is known.
    categories: Rc<BTreeMap<&'a str, Cents>>,
    /// The money of the year, where what it leaves out goes over to the next.
    rolling: Option<Rolling<'a>>,
    usages: Vec<Usage<'a>>,
    steps: Vec<Step<'a>>,
}

impl<'a> Work<'a> {
    fn new(scheme: &'a Scheme, request: &'a Request, on: Day) -> Self {
        Self {
            scheme,
            request,
            on,
            rounding: Rounding::Down,
            missing: history::missing(request.history.as_ref()),
            refused_by: BTreeSet::new(),
            categories: Rc::default(),
            rolling: None,
            usages: Vec::new(),
            steps: Vec::new(),
        }
    }

    fn run(&mut self) -> Result<Calculation<'a>, MoneyError> {
        if !self.day_is_covered() {
            return self.finish(Eligibility::Undetermined, Vec::new(), Cents::ZERO, BTreeSet::new());
        }
        if let Some((rounding, source)) = self.in_force("rounding", &self.scheme.file.rounding.is) {
            self.rounding = *rounding;
            self.step("rounding", Some(source), Kind::Rounding { rounding: *rounding });
        }
        let eligibility = self.eligibility();
        self.durations();
        self.relations();
        let mut stages = self.stages()?;
        let (allowed, limited_by) = self.ceilings(&mut stages)?;
        self.floors(&stages, allowed)?;
        self.counts()?;
        if allowed == Cents::ZERO && self.refused_by.is_empty() {
            self.refused_by.extend(limited_by.iter().cloned());
        }
        self.finish(eligibility, stages, allowed, limited_by)
    }

    /// Whether any rule covers the day; a closed day is refused, but still worked out.
    fn day_is_covered(&mut self) -> bool {
        let open = &self.scheme.file.open.is;
        match open.on(self.on).map(|entry| (&entry.is, entry.source.as_str())) {
            Some((Known::Is(open), source)) => {
                if !open {
                    self.refuse("open");
                }
                self.step("open", Some(source), Kind::Open { open: *open });
                true
            }
            Some((Known::None | Known::Unknown, source)) => {
                self.refuse_unknown("open", Some(source));
                false
            }
            None => {
                self.refuse("open");
                self.step("open", None, Kind::DayNotCovered);
                false
            }
        }
    }

    fn finish(
        &mut self,
        eligibility: Eligibility,
        stages: Vec<StageResult<'a>>,
        allowed: Cents,
        limited_by: BTreeSet<String>,
    ) -> Result<Calculation<'a>, MoneyError> {
        let grant = if self.refused_by.is_empty() { allowed } else { Cents::ZERO };
        let cost = Cents::sum(stages.iter().map(|stage| stage.eligible_cost))?;
        let refused_by = std::mem::take(&mut self.refused_by);
        let unknown =
            self.scheme.lives.iter().filter(|life| life.is_unknown_on(self.on) && !refused_by.contains(&life.path));
        let unverified = unknown.map(|life| life.path.as_str()).collect();
        self.step("grant", None, Kind::Grant { grant, refused: !refused_by.is_empty() });
        let rolls_over = self.rolled_over(allowed, &refused_by);
        let commitment = self.commitment(grant, !refused_by.is_empty())?;
        Ok(Calculation {
            scheme: self.scheme,
            on: self.on,
            eligibility,
            missing: std::mem::take(&mut self.missing),
            grant,
            allowed,
            rolls_over,
            commitment,
            applicant_share: cost.less(grant),
            uncovered: Cents::sum(stages.iter().map(StageResult::uncovered))?,
            stages,
            limited_by,
            refused_by,
            unverified,
            usages: std::mem::take(&mut self.usages),
            steps: std::mem::take(&mut self.steps),
        })
    }

    /// The value in force and its source. `None` where there is no such rule, and also where nobody knows or no entry covers
    /// the day, which is refused: an amount that needs it is never guessed.
    fn in_force<T>(&mut self, path: &str, dated: &'a Dated<T>) -> Option<(&'a T, &'a str)> {
        let Some(entry) = dated.on(self.on) else {
            self.refuse_unknown(path, None);
            return None;
        };
        match self.chosen(path, entry) {
            Known::Is(value) => Some((value, entry.source.as_str())),
            Known::None => None,
            Known::Unknown => {
                self.refuse_unknown(path, Some(&entry.source));
                None
            }
        }
    }

    /// The same for a value that only explains: whoever does not know it is not refused.
    fn if_known<T>(&mut self, path: &str, dated: &'a Dated<T>) -> Option<(&'a T, &'a str)> {
        let entry = dated.on(self.on)?;
        match self.chosen(path, entry) {
            Known::Is(value) => Some((value, entry.source.as_str())),
            Known::None | Known::Unknown => None,
        }
    }

    /// What an entry says for whoever asks: its first case that holds, or else its own value. A case whose facts were not given
    /// does not hold meanwhile, and the facts are asked for.
    fn chosen<T>(&mut self, path: &str, entry: &'a Entry<T>) -> &'a Known<T> {
        for case in entry.cases.iter().map(Spanned::get_ref) {
            let (answered, facts) = self.answered(&case.when);
            if answered == Answered::No {
                continue;
            }
            let kind = Kind::Case { name: &case.name, predicate: &case.when, facts, answered };
            self.step(path, Some(&entry.source), kind);
            if answered == Answered::Yes {
                return &case.is;
            }
        }
        &entry.is
    }

    /// The value that holds for whoever asks, without a word of it: for what only puts others in order.
    fn value_for<T>(&self, dated: &'a Dated<T>) -> Option<&'a T> {
        let entry = dated.on(self.on)?;
        let holds = |case: &&Case<T>| case.when.answer(&|fact| self.fact(fact)) == Answered::Yes;
        match entry.cases.iter().map(Spanned::get_ref).find(holds).map_or(&entry.is, |case| &case.is) {
            Known::Is(value) => Some(value),
            Known::None | Known::Unknown => None,
        }
    }

    fn refuse(&mut self, path: impl Into<String>) {
        self.refused_by.insert(path.into());
    }

    /// `source` says that nobody knows; without one, no line of the file covers the day.
    fn refuse_unknown(&mut self, path: &str, source: Option<&'a str>) {
        self.refuse(path);
        self.step(path, source, Kind::Unknown);
    }

    fn stage_called(&self, code: &'a str) -> Called<'a> {
        Called { code, name: self.scheme.file.stage.get(code).map(|stage| &stage.name) }
    }

    fn contributor_called(&self, code: &'a str) -> Called<'a> {
        Called { code, name: self.scheme.file.contributor.get(code).map(|contributor| &contributor.name) }
    }

    fn step(&mut self, rule: impl Into<String>, source: Option<&'a str>, kind: Kind<'a>) {
        self.steps.push(Step { rule: rule.into(), source, kind });
    }
}
