//! Scoring: how marks become a score, what each step of that was, and whether a proposal passes.

use crate::application::Application;
use crate::calculation::{RequestFault, escaped};
use crate::calendar::Day;
use crate::ids::PersonId;
use crate::money::{Rounding, Share};
use crate::refusal::{AssessmentRefusal, Refusal};
use crate::scheme::{Criterion, Grade, NotApplicable, Scheme};
use serde::Serialize;
use std::collections::BTreeMap;

/// Marks by criterion; none where a criterion does not apply to the proposal.
pub type Marks = BTreeMap<String, Option<u32>>;

/// One criterion on the way to a score.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct ScoreStep {
    /// The path of the weight.
    pub rule: String,
    /// The mark given; none where the criterion does not apply.
    pub mark: Option<u32>,
    /// The highest mark.
    pub out_of: u32,
    /// The weight, as a fraction.
    pub weight: String,
    /// Whether the weight counts: where a criterion that does not apply is left out, the others share the whole.
    pub counted: bool,
    /// How good the source of the weight is; `house` is a default of the agency and no rule of the scheme.
    pub grade: Option<Grade>,
}

/// A weighted score with its steps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Score {
    /// In hundredths of a per cent, rounded once, at the end, as the scheme says.
    pub hundredths_of_percent: u32,
    /// One step for each criterion.
    pub steps: Vec<ScoreStep>,
}

/// What one assessor gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Given {
    /// Who.
    pub assessor: PersonId,
    /// The weighted score, in hundredths of a per cent.
    pub score: u32,
    /// The marks behind it.
    pub marks: Marks,
}

/// The weighted score of marks under a scheme on the day of submission.
///
/// # Errors
/// When a criterion has no mark, a mark is above the scale, none applies, or there is a mark for something else.
pub fn score(scheme: &Scheme, application: &Application, marks: &Marks) -> Result<Score, Refusal> {
    let on = application.submission.as_ref().map(|submission| submission.on);
    let Some(on) = on else { return Err(wrong("/marks", "the application has not been submitted")) };
    let Some(scale) = scale(scheme, on) else {
        scheme.procedure()?;
        return Err(wrong("/marks", "the scheme has no scale on that day"));
    };
    let criteria = criteria(scheme, on).collect::<Vec<_>>();
    if let Some(unknown) = marks.keys().find(|mark| !criteria.iter().any(|(name, ..)| name == mark)) {
        let known = criteria.iter().map(|(name, ..)| name.as_str()).collect::<Vec<_>>().join(", ");
        return Err(wrong(format!("/marks/{}", escaped(unknown)), format!("known criteria are {known}")));
    }
    let meant = not_applicable(scheme, on);
    let (mut steps, mut sum, mut whole) = (Vec::new(), Fraction::ZERO, Fraction::ZERO);
    for (name, criterion, weight) in criteria {
        let mark = marked(name, marks, scale, meant)?;
        let counted = mark.is_some() || meant == Some(NotApplicable::Zero);
        if counted {
            let weight = Fraction::new(weight.numerator.into(), weight.denominator.into());
            whole = whole.plus(weight);
            sum = sum.plus(weight.times(Fraction::new(mark.unwrap_or(0).into(), scale.into())));
        }
        let source = criterion.is.on(on).and_then(|entry| scheme.source(&entry.source));
        let rule = format!("assessment.criterion.{name}");
        let (weight, grade) = (weight.to_string(), source.map(|source| source.grade));
        steps.push(ScoreStep { rule, mark, out_of: scale, weight, counted, grade });
    }
    if whole.numerator == 0 {
        return Err(wrong("/marks", "mark at least one criterion"));
    }
    let hundredths = rounded(
        sum.numerator.saturating_mul(whole.denominator).saturating_mul(10_000),
        sum.denominator.saturating_mul(whole.numerator),
        rounding(scheme, on),
    );
    Ok(Score { hundredths_of_percent: u32::try_from(hundredths).unwrap_or(10_000), steps })
}

/// The mark of a criterion; none where it does not apply and the scheme says what that means.
fn marked(name: &str, marks: &Marks, scale: u32, meant: Option<NotApplicable>) -> Result<Option<u32>, Refusal> {
    match marks.get(name) {
        Some(Some(mark)) if *mark <= scale => Ok(Some(*mark)),
        Some(None) if meant.is_some() => Ok(None),
        _ => {
            let or = if meant.is_some() { ", or null where it does not apply" } else { "" };
            Err(wrong(format!("/marks/{name}"), format!("give a whole mark from 0 to {scale}{or}")))
        }
    }
}

fn wrong(pointer: impl Into<String>, message: impl Into<String>) -> Refusal {
    Refusal::Assessment(AssessmentRefusal::MarksWrong { fault: RequestFault::malformed(pointer, message) })
}

/// The mean score of a proposal that passes.
///
/// # Errors
/// When the mean is below the pass mark of the day, or that of a criterion below what is needed in it.
pub fn judge(scheme: &Scheme, on: Day, given: &[Given]) -> Result<u32, Refusal> {
    let mean = mean(&given.iter().map(|given| given.score).collect::<Vec<_>>(), rounding(scheme, on)).unwrap_or(0);
    let assessment = scheme.file.assessment.as_ref();
    let pass_mark = assessment.and_then(|assessment| assessment.pass_mark.is.value_on(on)).copied();
    let reached = |mark: Share| {
        u64::from(mean).saturating_mul(mark.denominator.into()) >= u64::from(mark.numerator).saturating_mul(10_000)
    };
    if !pass_mark.is_none_or(reached) {
        return Err(Refusal::Assessment(AssessmentRefusal::BelowPassMark { mean }));
    }
    below_in_criterion(scheme, on, given).map_or(Ok(mean), Err)
}

/// The first criterion in which the mean of the marks is below what is needed in it. A criterion that applies to nobody's eyes is not
/// asked about, unless the scheme takes that for nothing.
fn below_in_criterion(scheme: &Scheme, on: Day, given: &[Given]) -> Option<Refusal> {
    let scale = scale(scheme, on)?;
    let zero = not_applicable(scheme, on) == Some(NotApplicable::Zero);
    criteria(scheme, on).find_map(|(name, criterion, _)| {
        let needed = criterion.pass_mark.as_ref()?.value_on(on).copied()?;
        let marks =
            given.iter().filter_map(|given| given.marks.get(name)).filter_map(|mark| mark.or(zero.then_some(0)));
        let (sum, count) = marks
            .fold((0_u128, 0_u128), |(sum, count), mark| (sum.saturating_add(mark.into()), count.saturating_add(1)));
        let highest = count.saturating_mul(scale.into());
        let reached = sum.saturating_mul(needed.denominator.into()) >= highest.saturating_mul(needed.numerator.into());
        (!reached).then(|| {
            Refusal::Assessment(AssessmentRefusal::BelowPassMarkOfCriterion {
                criterion: name.clone(),
                mean: u32::try_from(rounded(sum.saturating_mul(10_000), highest, rounding(scheme, on)))
                    .unwrap_or(u32::MAX),
                needed,
            })
        })
    })
}

/// The mean of scores, in hundredths of a per cent.
pub(crate) fn mean(scores: &[u32], rounding: Rounding) -> Option<u32> {
    let sum = scores.iter().fold(0_u128, |sum, score| sum.saturating_add(u128::from(*score)));
    let count = u128::try_from(scores.len()).unwrap_or(u128::MAX);
    (count > 0).then(|| u32::try_from(rounded(sum, count, rounding)).unwrap_or(u32::MAX))
}

/// How scores and their means are rounded to a hundredth of a per cent.
pub(crate) fn rounding(scheme: &Scheme, on: Day) -> Rounding {
    let said = scheme.file.assessment.as_ref().and_then(|assessment| assessment.rounding.as_ref()?.is.value_on(on));
    said.copied().unwrap_or(Rounding::HalfUp)
}

fn scale(scheme: &Scheme, on: Day) -> Option<u32> {
    let assessment = scheme.file.assessment.as_ref()?;
    assessment.scale.is.value_on(on).copied().filter(|scale| *scale > 0)
}

/// The criteria of a day, with their weights.
fn criteria(scheme: &Scheme, on: Day) -> impl Iterator<Item = (&String, &Criterion, Share)> {
    let criteria = scheme.file.assessment.iter().flat_map(|assessment| &assessment.criterion);
    criteria.filter_map(move |(name, criterion)| Some((name, criterion, criterion.is.value_on(on).copied()?)))
}

fn not_applicable(scheme: &Scheme, on: Day) -> Option<NotApplicable> {
    scheme.file.assessment.as_ref()?.not_applicable.as_ref()?.is.value_on(on).copied()
}

/// An exact fraction of small numbers.
#[derive(Clone, Copy)]
struct Fraction {
    numerator: u128,
    denominator: u128,
}

impl Fraction {
    const ZERO: Self = Self { numerator: 0, denominator: 1 };

    /// In lowest terms.
    fn new(numerator: u128, denominator: u128) -> Self {
        let (mut left, mut right) = (numerator, denominator);
        while let Some(rest) = left.checked_rem(right) {
            (left, right) = (right, rest);
        }
        let lowest = |number: u128| number.checked_div(left).unwrap_or(number);
        Self { numerator: lowest(numerator), denominator: lowest(denominator) }
    }

    fn plus(self, other: Self) -> Self {
        let left = self.numerator.saturating_mul(other.denominator);
        let right = other.numerator.saturating_mul(self.denominator);
        Self::new(left.saturating_add(right), self.denominator.saturating_mul(other.denominator))
    }

    fn times(self, other: Self) -> Self {
        Self::new(self.numerator.saturating_mul(other.numerator), self.denominator.saturating_mul(other.denominator))
    }
}

fn rounded(numerator: u128, denominator: u128, rounding: Rounding) -> u128 {
    let more = match rounding {
        Rounding::Down => 0,
        Rounding::HalfUp => denominator.checked_div(2).unwrap_or(0),
    };
    numerator.saturating_add(more).checked_div(denominator).unwrap_or(0)
}

#[cfg(test)]
pub(crate) mod tests;
