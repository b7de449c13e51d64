//! What a limit comes to: an amount as it stands, or one that is worked out from what is asked.

use super::Work;
use super::stage::StageResult;
use super::step::{Called, Kind};
use crate::money::{Cents, MoneyError, Share};
use crate::scheme::{Base, Combination, Formula, Limit, Measure, Part, marginal, slab};
use std::collections::BTreeMap;
use std::rc::Rc;

/// What a limit can be measured on; what was left out of the request is not there.
#[derive(Clone, Debug, Default)]
pub(super) struct Measured<'a> {
    /// Eligible cost.
    pub cost: Option<Cents>,
    /// Eligible cost by category.
    pub categories: Rc<BTreeMap<&'a str, Cents>>,
    /// What counts as contribution.
    pub contribution: Option<Cents>,
    /// Whether a share of these is a least amount: then a part of a cent is a whole one.
    pub at_least: bool,
}

impl<'a> Measured<'a> {
    /// What some stages come to; what one of them leaves out is not there.
    pub(super) fn of(
        stages: &[&StageResult<'a>],
        categories: &Rc<BTreeMap<&'a str, Cents>>,
    ) -> Result<Self, MoneyError> {
        let costs = stages.iter().map(|stage| stage.has_costs.then_some(stage.eligible_cost));
        let counted = stages.iter().map(|stage| stage.counted);
        Ok(Self {
            cost: costs.collect::<Option<Vec<_>>>().map(Cents::sum).transpose()?,
            categories: Rc::clone(categories),
            contribution: counted.collect::<Option<Vec<_>>>().map(Cents::sum).transpose()?,
            at_least: false,
        })
    }
}

impl<'a> Work<'a> {
    /// The limit in money; `None` for one that counts, and for one whose input was left out: that one does not apply, and the
    /// input is asked for.
    pub(super) fn amount_of(
        &mut self,
        path: &str,
        source: &'a str,
        limit: &'a Limit,
        measured: &Measured<'a>,
    ) -> Result<Option<Cents>, MoneyError> {
        match limit {
            Limit::Amount(amount) => Ok(Some(*amount)),
            Limit::Count(_) => Ok(None),
            Limit::Formula(formula) => self.formula(path, source, formula, measured),
        }
    }

    fn formula(
        &mut self,
        path: &str,
        source: &'a str,
        formula: &'a Formula,
        measured: &Measured<'a>,
    ) -> Result<Option<Cents>, MoneyError> {
        let mut amounts = Vec::new();
        for part in &formula.parts {
            amounts.push(self.part(path, source, part, measured)?);
        }
        let there = amounts.iter().copied().flatten().collect::<Vec<_>>();
        // Of several limits one that does not apply leaves the others; the highest or the sum of them cannot be known without it.
        let applies = match formula.combination {
            Combination::Lowest => !there.is_empty(),
            Combination::Highest | Combination::Sum => there.len() == amounts.len(),
        };
        if !applies {
            return Ok(None);
        }
        let amount = formula.combination.of(there.iter().copied())?;
        if formula.parts.len() > 1 {
            let kind = Kind::Combined { combination: formula.combination, amounts: there, amount };
            self.step(path, Some(source), kind);
        }
        Ok(Some(amount))
    }

    fn part(
        &mut self,
        path: &str,
        source: &'a str,
        part: &'a Part,
        measured: &Measured<'a>,
    ) -> Result<Option<Cents>, MoneyError> {
        let base = match part.base() {
            Some(base) => self.base(base, measured)?,
            None => Some(Cents::ZERO),
        };
        let Some(base) = base else { return Ok(None) };
        let share_of = |share: Share, base: Cents| {
            if measured.at_least { share.at_least_of(base) } else { share.of(base, self.rounding) }
        };
        let amount = match part {
            Part::Amount(amount) => return Ok(Some(*amount)),
            Part::Share(_, share) => share_of(*share, base)?,
            Part::Marginal(_, tiers) => marginal(tiers, base, share_of)?,
            Part::Slab(_, tiers) => slab(tiers, base).copied().unwrap_or_default(),
        };
        let on = part.base().map(|base| self.called_base(base)).unwrap_or_default();
        self.step(path, Some(source), Kind::Part { part, on, base, amount });
        Ok(Some(amount))
    }

    /// What is added up, less what is taken away; `None` where something that is added up was left out. Whatever of the rest was
    /// left out takes nothing away: it can only make the base smaller, so that the limit still bounds.
    fn base(&mut self, base: &Base, measured: &Measured<'a>) -> Result<Option<Cents>, MoneyError> {
        let of = base.of.iter().map(|measure| self.measure(measure, measured)).collect::<Vec<_>>();
        let less = base.less.iter().filter_map(|measure| self.measure(measure, measured)).collect::<Vec<_>>();
        let Some(of) = of.into_iter().collect::<Option<Vec<_>>>() else { return Ok(None) };
        Ok(Some(Cents::sum(of)?.less(Cents::sum(less)?)))
    }

    /// What is measured; where it was left out of the request, it is asked for.
    pub(super) fn measure(&mut self, measure: &Measure, measured: &Measured<'a>) -> Option<Cents> {
        let (amount, asked_for) = match measure {
            Measure::Cost => (measured.cost, "project.stages.costs"),
            // No line of a category is a category of nothing, where costs were given at all.
            Measure::Category(name) => {
                let amount = measured.categories.get(name.as_str()).copied().unwrap_or_default();
                (measured.cost.and(Some(amount)), "project.stages.costs")
            }
            Measure::Contribution => (measured.contribution, "project.stages.contributions"),
            Measure::Fact(name) => {
                let amount = self.fact(name).and_then(super::FactValue::amount);
                if amount.is_none() {
                    self.ask_for(name);
                }
                return amount;
            }
        };
        if amount.is_none() {
            self.missing.insert(asked_for.to_owned());
        }
        amount
    }

    fn called_base(&self, base: &'a Base) -> Vec<(bool, Called<'a>)> {
        let added = base.of.iter().map(|measure| (true, self.called_measure(measure)));
        added.chain(base.less.iter().map(|measure| (false, self.called_measure(measure)))).collect()
    }

    pub(super) fn called_measure(&self, measure: &'a Measure) -> Called<'a> {
        let file = &self.scheme.file;
        match measure {
            Measure::Cost => Called { code: "cost", name: None },
            Measure::Contribution => Called { code: "contribution", name: None },
            Measure::Category(name) => {
                Called { code: name, name: file.cost.category.get(name).map(|category| &category.name) }
            }
            Measure::Fact(name) => self.called_fact(name),
        }
    }

    pub(super) fn called_fact(&self, name: &'a str) -> Called<'a> {
        Called { code: name, name: self.scheme.file.facts.named(name).map(|fact| &fact.name) }
    }
}
