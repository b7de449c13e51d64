//! A calculation worked out again from nothing but the steps of its answer.

use super::sum;
use crate::calculation::{Answer, Quantity, StepAnswer};
use crate::money::{Cents, Ratio, Rounding, Share};
use std::collections::BTreeSet;

pub(super) fn value(step: &StepAnswer) -> Cents {
    if let Quantity::Amount(amount) = step.value { amount } else { panic!("{step:?}") }
}

/// A step, to be worked out again from nothing but what the answer says.
pub(super) struct Again<'a> {
    pub(super) answer: &'a Answer,
    pub(super) step: &'a StepAnswer,
}

impl Again<'_> {
    fn amount(&self, name: &str) -> Cents {
        match &self.step.inputs[name] {
            Quantity::Amount(amount) => *amount,
            other => panic!("{name} is {other:?} in {:?}", self.step),
        }
    }

    fn word(&self, name: &str) -> &str {
        match &self.step.inputs[name] {
            Quantity::Word(word) => word,
            other => panic!("{name} is {other:?} in {:?}", self.step),
        }
    }

    fn rounding(&self) -> Rounding {
        let rounding = self.answer.steps.iter().find(|step| step.rule == "rounding").unwrap();
        if rounding.value == Quantity::Word("down to the cent".to_owned()) { Rounding::Down } else { Rounding::HalfUp }
    }

    fn least_beside(&self, asked: &str) -> Cents {
        let limit = Share::parse(self.word("share")).unwrap().beside(self.amount("others")).unwrap();
        limit.map_or(self.amount(asked), |limit| limit.min(self.amount(asked)))
    }

    /// The value; `None` for a step that only says what is so.
    pub(super) fn value(&self) -> Option<Quantity> {
        let step = self.step;
        if step.value == Quantity::Nothing {
            return None;
        }
        let has = |name: &str| step.inputs.contains_key(name);
        let amount = match step.rule.as_str() {
            "stage.allowed" => {
                let limits = ["matched", "share", "uncovered"].map(|name| step.inputs[name].clone());
                let amounts = limits
                    .iter()
                    .filter_map(|limit| if let Quantity::Amount(amount) = limit { Some(*amount) } else { None });
                amounts.min().unwrap_or_default()
            }
            "cost.uncovered" => self.amount("eligible_cost").less(self.amount("contributions")),
            "grant.stages" => sum(self.answer.steps.iter().filter(|step| step.rule == "stage.allowed").map(value)),
            "grant" => self.answer.grant,
            rule if rule.starts_with("matching.ratio.") && has("ratio") => {
                Ratio::parse(self.word("ratio")).unwrap().matches(self.amount("counted"), self.rounding()).unwrap()
            }
            rule if rule.starts_with("matching.") && has("eligible_cost") => {
                Share::parse(self.word("share")).unwrap().of(self.amount("eligible_cost"), self.rounding()).unwrap()
            }
            rule if rule.starts_with("matching.in_kind_share.") => self.least_beside("in_kind"),
            rule if rule.starts_with("matching.in_kind_excess.") => self.amount("in_kind").less(self.amount("counted")),
            rule if rule.ends_with(".share") => self.least_beside("asked"),
            rule if rule.ends_with(".cap") => self.amount("asked").min(self.amount("limit")),
            rule if rule.ends_with(".eligible") && rule != "cost.eligible" => Cents::ZERO,
            rule if rule.starts_with("ceiling.") && rule != "ceiling.projects" => {
                self.amount("limit").less(self.amount("used"))
            }
            rule if rule.starts_with("floor.") => {
                return Some(Quantity::Answer(self.amount("measured") >= self.amount("limit")));
            }
            _ => return None,
        };
        Some(Quantity::Amount(amount))
    }
}

/// What the stages, the ceilings and the request allow together, and which of them equal it.
pub(super) fn allowed_by_steps(answer: &Answer) -> (Cents, BTreeSet<String>) {
    let of = |wanted: &dyn Fn(&str) -> bool| answer.steps.iter().filter(|step| wanted(&step.rule)).collect::<Vec<_>>();
    let stages = of(&|rule| rule == "stage.allowed");
    let mut limits = of(&|rule| rule.starts_with("ceiling.") && rule != "ceiling.projects");
    limits.extend(of(&|rule| rule == "requested"));
    let together = sum(stages.iter().map(|step| value(step)));
    let allowed = limits.iter().map(|step| value(step)).fold(together, Cents::min);
    let mut limited_by =
        limits.iter().filter(|step| value(step) == allowed).map(|step| step.rule.clone()).collect::<BTreeSet<_>>();
    if allowed == together {
        for stage in stages {
            for (input, name) in
                [("matched", "matching.ratio"), ("share", "matching.ratio"), ("uncovered", "cost.uncovered")]
            {
                if stage.inputs[input] == stage.value {
                    limited_by.insert(name.to_owned());
                }
            }
        }
    }
    (allowed, limited_by)
}
