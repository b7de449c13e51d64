//! The answer of a calculation as it leaves the house, and the trace by which it can be worked out again.

use super::trace::trace;
use super::{Calculation, Eligibility, Inputs, Quantity, Request};
use crate::calendar::Day;
use crate::money::Cents;
use crate::scheme::{Grade, Scheme};
use crate::text::Sentence;
use serde::Serialize;

/// The answer of a calculation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Answer {
    /// The scheme's code.
    pub scheme: String,
    /// The day whose rules were applied.
    pub on: Day,
    /// SHA-256 of the scheme's text.
    pub rules: String,
    /// Whether the facts fit.
    pub eligibility: Eligibility,
    /// What was not said and should be confirmed.
    pub missing: Vec<String>,
    /// Whether anything is granted.
    pub outcome: Outcome,
    /// What is granted.
    pub grant: Cents,
    /// What is committed of the scheme's money; left out where no rule says what that is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub commitment: Option<Cents>,
    /// What the money of the year leaves out and the next year takes up; left out where the scheme has no such rule, or where something
    /// else refuses.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rolls_over: Option<Cents>,
    /// Eligible cost less the grant.
    pub applicant_share: Cents,
    /// Eligible cost that nobody covers.
    pub uncovered: Cents,
    /// The stages; when refused, with the amounts that they would have got.
    pub stages: Vec<StageAnswer>,
    /// All limits that equal the amount, sorted.
    pub limited_by: Vec<String>,
    /// All rules that refuse, sorted.
    pub refused_by: Vec<String>,
    /// Values that nobody has seen and that this amount did not need.
    pub unverified: Vec<String>,
    /// How it came about.
    pub steps: Vec<StepAnswer>,
    /// SHA-256 over the canonical JSON of the normalised request, the rules and the result without texts.
    pub trace: String,
}

/// Granted or refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// There is a grant.
    Granted,
    /// There is none.
    Refused,
}

/// One stage of an answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct StageAnswer {
    /// The scheme's code for it.
    pub stage: String,
    /// Cost after category rules.
    pub eligible_cost: Cents,
    /// What matching allows before any ceiling: what the ratio adds to what counts or, where contributions are left out or the stage has
    /// no ratio, the government's part of eligible cost. Posts are paid beside it.
    pub matched: Cents,
    /// What the stage gets.
    pub grant: Cents,
    /// Cost that nobody covers.
    pub uncovered: Cents,
}

/// One step of an answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct StepAnswer {
    /// The path of the rule.
    pub rule: String,
    /// The step in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<Sentence>,
    /// What it looked at.
    pub inputs: Inputs,
    /// What came out.
    pub value: Quantity,
    /// The document behind the value in force; none for a step of arithmetic.
    pub source: Option<StepSource>,
}

/// The document behind a step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct StepSource {
    /// Its code in the scheme file.
    pub code: String,
    /// What it is.
    pub title: String,
    /// How good it is; `house` is a default of the agency and no rule of the scheme.
    pub grade: Grade,
    /// When somebody last looked.
    pub checked_on: Day,
}

impl StepSource {
    /// The source that a scheme names by a code.
    pub(crate) fn of(scheme: &Scheme, code: &str) -> Option<Self> {
        let source = scheme.source(code)?;
        Some(Self {
            code: code.to_owned(),
            title: source.title.clone(),
            grade: source.grade,
            checked_on: source.checked_on,
        })
    }
}

impl Answer {
    /// The answer as text, ending in a line break: the same bytes from the command line and from the API.
    ///
    /// # Errors
    /// When it cannot be written as JSON, which no answer of this crate meets.
    pub fn to_json(&self) -> serde_json::Result<String> {
        serde_json::to_string_pretty(self).map(|json| json + "\n")
    }
}

impl Calculation<'_> {
    /// The calculation written out. `request` is the one it was worked out from.
    #[must_use]
    pub fn answer(&self, request: &Request) -> Answer {
        let mut answer = self.without_trace();
        answer.trace = trace(self.scheme, request, &answer);
        for (written, step) in answer.steps.iter_mut().zip(&self.steps) {
            written.text = Some(step.kind.sentence(self.scheme.file.kind));
        }
        answer
    }

    fn without_trace(&self) -> Answer {
        Answer {
            scheme: self.scheme.file.code.get_ref().clone(),
            on: self.on,
            rules: self.scheme.hash.clone(),
            eligibility: self.eligibility,
            missing: self.missing.iter().cloned().collect(),
            outcome: if self.refused_by.is_empty() { Outcome::Granted } else { Outcome::Refused },
            grant: self.grant,
            commitment: self.commitment,
            rolls_over: self.rolls_over,
            applicant_share: self.applicant_share,
            uncovered: self.uncovered,
            stages: self.stage_answers(),
            limited_by: self.limited_by.iter().cloned().collect(),
            refused_by: self.refused_by.iter().cloned().collect(),
            unverified: self.unverified.iter().map(|path| (*path).to_owned()).collect(),
            steps: self.step_answers(),
            trace: String::new(),
        }
    }

    fn stage_answers(&self) -> Vec<StageAnswer> {
        let written = self.stages.iter().map(|stage| StageAnswer {
            stage: stage.stage.to_owned(),
            eligible_cost: stage.eligible_cost,
            matched: stage.matched.or(stage.share).unwrap_or_default(),
            grant: stage.grant,
            uncovered: stage.uncovered(),
        });
        written.collect()
    }

    fn step_answers(&self) -> Vec<StepAnswer> {
        let written = self.steps.iter().map(|step| StepAnswer {
            rule: step.rule.clone(),
            text: None,
            inputs: step.kind.inputs(),
            value: step.kind.value(),
            source: step.source.and_then(|code| StepSource::of(self.scheme, code)),
        });
        written.collect()
    }
}
