//! A step worked out again from nothing but what the answer says. A step that is not known here fails: it is to be told apart.

use rules::calculation::{Answer, Quantity, StepAnswer};
use rules::money::{Cents, Ratio, Rounding, Share};
use std::collections::BTreeMap;

/// A step of an answer and its place in it.
pub(crate) struct Again<'a> {
    pub(crate) answer: &'a Answer,
    pub(crate) place: usize,
    pub(crate) step: &'a StepAnswer,
}

impl Again<'_> {
    fn amount(&self, name: &str) -> Cents {
        let Some(Quantity::Amount(amount)) = self.step.inputs.get(name) else { panic!("{name}: {:?}", self.step) };
        *amount
    }

    fn count(&self, name: &str) -> u32 {
        let Some(Quantity::Count(count)) = self.step.inputs.get(name) else { panic!("{name}: {:?}", self.step) };
        *count
    }

    fn word(&self, name: &str) -> &str {
        let Some(Quantity::Word(word)) = self.step.inputs.get(name) else { panic!("{name}: {:?}", self.step) };
        word
    }

    fn has<const N: usize>(&self, names: [&str; N]) -> bool {
        names.iter().all(|name| self.step.inputs.contains_key(*name))
    }

    fn rounding(&self) -> Rounding {
        let rounding = self.answer.steps.iter().find(|step| step.rule == "rounding").map(|step| &step.value);
        match rounding {
            Some(Quantity::Word(word)) if word == "to the nearest cent" => Rounding::HalfUp,
            _ => Rounding::Down,
        }
    }

    fn least_beside(&self, asked: &str) -> Cents {
        let limit = Share::parse(self.word("share")).unwrap().beside(self.amount("others")).unwrap();
        limit.map_or(self.amount(asked), |limit| limit.min(self.amount(asked)))
    }

    /// The value; `None` for a step that says what is so, or whose tiers and conditions are not read back.
    pub(crate) fn value(&self) -> Option<Quantity> {
        if self.step.value == Quantity::Nothing {
            return None;
        }
        let amount = match self.step.rule.as_str() {
            "open" | "rounding" | "requested" | "cost.eligible" => return None,
            "grant" => self.answer.grant,
            "grant.stages" => self.stages(),
            "stage.cut" => self.amount("before").min(value(self.step)),
            "stage.allowed" => {
                let least = ["matched", "share", "uncovered"].into_iter().filter_map(|name| self.there(name)).min();
                least.unwrap_or_default().plus(self.there("posts").unwrap_or_default()).unwrap()
            }
            "cost.uncovered" => self.amount("eligible_cost").less(self.amount("contributions")),
            "commitment" => self.committed(),
            rule if ["interval.", "exclusive.", "dependency."].iter().any(|kind| rule.starts_with(kind)) => {
                return None;
            }
            _ => return self.of_rule(),
        };
        Some(Quantity::Amount(amount))
    }

    fn there(&self, name: &str) -> Option<Cents> {
        if let Some(Quantity::Amount(amount)) = self.step.inputs.get(name) { Some(*amount) } else { None }
    }

    /// What the stages come to when they are added up: some of them are cut before.
    fn stages(&self) -> Cents {
        let mut stages = BTreeMap::new();
        for step in self.answer.steps.iter().take(self.place) {
            if let ("stage.allowed" | "stage.cut", Some(Quantity::Word(stage))) =
                (step.rule.as_str(), step.inputs.get("stage"))
            {
                stages.insert(stage, value(step));
            }
        }
        Cents::sum(stages.into_values()).unwrap()
    }

    /// The step of a rule of the scheme, known by what it looks at.
    fn of_rule(&self) -> Option<Quantity> {
        let rule = self.step.rule.as_str();
        let amount = if self.has(["condition"]) || self.has(["length", "limit"]) || self.has(["stage", "from", "form"])
        {
            return None;
        } else if self.has(["combination"]) {
            self.combined()
        } else if self.has(["base", "part"]) {
            let (share, _) = self.word("part").split_once(" of ")?;
            let share = Share::parse(share).ok()?;
            // A cent less than a least share is not enough.
            let least = rule.starts_with("floor.");
            let base = self.amount("base");
            if least { share.at_least_of(base).unwrap() } else { share.of(base, self.rounding()).unwrap() }
        } else if self.has(["in_kind", "others", "share"]) {
            self.least_beside("in_kind")
        } else if self.has(["in_kind", "counted"]) {
            self.amount("in_kind").less(self.amount("counted"))
        } else if self.has(["stage", "contributor"]) {
            return Some(Quantity::Answer(false));
        } else if self.has(["category", "others"]) {
            self.least_beside("asked")
        } else if self.has(["category", "limit"]) {
            self.amount("asked").min(self.amount("limit"))
        } else if self.has(["category"]) {
            Cents::ZERO
        } else if self.has(["counted", "ratio"]) {
            // Tiers are no ratio.
            Ratio::parse(self.word("ratio")).ok()?.matches(self.amount("counted"), self.rounding()).unwrap()
        } else if self.has(["eligible_cost", "share"]) {
            Share::parse(self.word("share")).ok()?.of(self.amount("eligible_cost"), self.rounding()).unwrap()
        } else if self.has(["class", "rate"]) {
            self.post()
        } else if self.has(["class", "stages"]) {
            return Some(Quantity::Answer(false));
        } else if self.has(["class", "asked"]) || self.has(["add_on"]) {
            return None;
        } else if self.has(["wanted", "allowed"]) {
            self.amount("wanted").less(self.amount("allowed"))
        } else if self.has(["measured", "limit"]) {
            return Some(Quantity::Answer(self.amount("measured") >= self.amount("limit")));
        } else if self.has(["asked", "limit"]) {
            return Some(Quantity::Answer(self.amount("asked") <= self.amount("limit")));
        } else if self.has(["limit", "used"]) {
            if let Quantity::Answer(_) = self.step.value {
                return Some(Quantity::Answer(self.count("used") < self.count("limit")));
            }
            self.amount("limit").less(self.amount("used"))
        } else {
            panic!("{rule} is a step that is not known: {:?}", self.step)
        };
        Some(Quantity::Amount(amount))
    }

    /// Nothing where nothing is granted, else the ceiling where there is one that is committed.
    fn committed(&self) -> Cents {
        let grant = self.amount("grant");
        let ceiling = self.there("ceiling").filter(|_| self.word("commits") == "ceiling" && grant > Cents::ZERO);
        ceiling.unwrap_or(grant)
    }

    fn combined(&self) -> Cents {
        let parts = self.step.inputs.iter().filter(|(name, _)| name.starts_with("part_"));
        let parts = parts.map(|(name, _)| self.amount(name)).collect::<Vec<_>>();
        match self.word("combination") {
            "lowest" => parts.into_iter().min().unwrap(),
            "highest" => parts.into_iter().max().unwrap(),
            _ => Cents::sum(parts).unwrap(),
        }
    }

    /// The lower of the rate and of the salary or its share, what comes on top, and how often that is paid.
    fn post(&self) -> Cents {
        let share = self.has(["salary_share"]).then(|| Share::parse(self.word("salary_share")).unwrap());
        let salary =
            self.there("salary").map(|salary| share.map_or(salary, |share| share.of(salary, self.rounding()).unwrap()));
        let least = salary.map_or(self.amount("rate"), |salary| salary.min(self.amount("rate")));
        let unit = least.plus(self.there("on_top").unwrap_or_default()).unwrap();
        assert_eq!(unit, self.amount("unit"), "{:?}", self.step);
        let times = self.count("units").checked_mul(self.count("heads")).unwrap();
        let whole = unit.times(times, self.count("divisor"), self.rounding()).unwrap();
        if self.has(["part"]) {
            Share::parse(self.word("part")).unwrap().of(whole, self.rounding()).unwrap()
        } else {
            whole
        }
    }
}

/// The amount of a step.
pub(crate) fn value(step: &StepAnswer) -> Cents {
    if let Quantity::Amount(amount) = step.value { amount } else { panic!("{step:?}") }
}
