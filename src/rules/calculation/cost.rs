//! Eligible cost: what each category lets through, over all stages of the project.

use super::Work;
use super::limit::Measured;
use super::request::Stage;
use super::step::{Called, Kind};
use crate::money::{Cents, MoneyError, Share};
use crate::scheme::Limit;
use std::collections::BTreeMap;
use std::rc::Rc;

/// How often the shares of categories are looked at again, and at how many lines in all.
const PASSES_MAX: usize = 10_000;
const LOOKED_AT_MAX: usize = 20_000_000;

/// The eligible cost of each stage, `None` where a stage gives no costs; and of each category in all stages.
type EligibleCosts<'a> = (Vec<Option<Cents>>, BTreeMap<&'a str, Cents>);

/// Cost by stage, in the order of the scheme, and inside a stage by category.
pub(super) type Costs<'a> = Vec<Vec<(&'a str, Cents)>>;

impl<'a> Work<'a> {
    /// The eligible cost of each stage (`None` where a stage gives no costs), and of each category in all.
    pub(super) fn eligible_costs(
        &mut self,
        stages: &[&'a Stage],
        contribution: Option<Cents>,
    ) -> Result<EligibleCosts<'a>, MoneyError> {
        let mut costs = stages.iter().map(|stage| by_category(stage)).collect::<Result<Costs<'a>, _>>()?;
        self.limit_amounts(&mut costs, contribution)?;
        self.limit_shares(&mut costs)?;
        let sum = |lines: &Vec<(&str, Cents)>| Cents::sum(lines.iter().map(|(_, amount)| *amount));
        let by_stage =
            stages.iter().zip(&costs).map(|(stage, lines)| stage.costs.as_ref().map(|_| sum(lines)).transpose());
        Ok((by_stage.collect::<Result<_, _>>()?, in_all(&costs)?))
    }

    /// Categories that are not eligible, and those with a cap of their own.
    fn limit_amounts(&mut self, costs: &mut Costs<'a>, contribution: Option<Cents>) -> Result<(), MoneyError> {
        let scheme = self.scheme;
        for (name, category) in &scheme.file.cost.category {
            let asked = total(costs, |category| category == name)?;
            if asked == Cents::ZERO {
                continue;
            }
            let called = Called { code: name, name: Some(&category.name) };
            let path = format!("cost.category.{name}.eligible");
            if let Some(eligible) = &category.eligible
                && let Some((false, source)) = self.in_force(&path, eligible)
            {
                cut(costs, name, Cents::ZERO);
                self.step(path, Some(source), Kind::CategoryNotEligible { category: called, asked });
                continue;
            }
            let path = format!("cost.category.{name}.cap");
            let Some(cap) = &category.cap else { continue };
            let Some((limit, source)) = self.in_force(&path, cap) else { continue };
            // A cap may look at the categories before it, as those are by now.
            let categories = if matches!(limit, Limit::Formula(_)) { in_all(costs)? } else { BTreeMap::new() };
            let measured =
                Measured { cost: Some(Cents::ZERO), categories: Rc::new(categories), contribution, at_least: false };
            if let Some(limit) = self.amount_of(&path, source, limit, &measured)? {
                cut(costs, name, limit);
                self.step(path, Some(source), Kind::CategoryCap { category: called, asked, limit });
            }
        }
        Ok(())
    }

    /// Categories that may only be a part of all eligible cost. What is cut from one makes the whole smaller for the others, so
    /// each is looked at again until nothing is cut.
    fn limit_shares(&mut self, costs: &mut Costs<'a>) -> Result<(), MoneyError> {
        let shares = self.category_shares(costs)?;
        // Shares that together are next to the whole take cent after cent from each other: that is not waited for.
        let lines = costs.iter().map(Vec::len).fold(1_usize, usize::saturating_add);
        let passes = LOOKED_AT_MAX.checked_div(lines.saturating_mul(shares.len())).unwrap_or(1).clamp(1, PASSES_MAX);
        let mut done = shares.is_empty();
        for _ in 0..passes {
            done = true;
            for limited in &shares {
                let others = total(costs, |name| name != limited.category.code)?;
                if let Some(limit) = limited.share.beside(others)? {
                    done &= !cut(costs, limited.category.code, limit);
                }
            }
            if done {
                break;
            }
        }
        if !done {
            return Err(MoneyError::Endless);
        }
        for CategoryShare { category, share, source, asked } in shares {
            let others = total(costs, |name| name != category.code)?;
            let counted = total(costs, |name| name == category.code)?;
            let kind = Kind::CategoryShare { category, asked, others, share, counted };
            self.step(format!("cost.category.{}.share", category.code), Some(source), kind);
        }
        Ok(())
    }

    fn category_shares(&mut self, costs: &Costs<'a>) -> Result<Vec<CategoryShare<'a>>, MoneyError> {
        let mut shares = Vec::new();
        let scheme = self.scheme;
        for (name, category) in &scheme.file.cost.category {
            let asked = total(costs, |category| category == name)?;
            let Some(share) = category.share.as_ref().filter(|_| asked > Cents::ZERO) else { continue };
            if let Some((share, source)) = self.in_force(&format!("cost.category.{name}.share"), share) {
                let category = Called { code: name, name: Some(&category.name) };
                shares.push(CategoryShare { category, share: *share, source, asked });
            }
        }
        Ok(shares)
    }
}

/// A category that is asked for and may only be a part of all eligible cost.
struct CategoryShare<'a> {
    category: Called<'a>,
    share: Share,
    source: &'a str,
    asked: Cents,
}

/// Lets through at most `limit` of a category, and says whether that cut anything; a cut falls on the last stage first.
fn cut(costs: &mut Costs<'_>, category: &str, limit: Cents) -> bool {
    let mut left = limit;
    let mut cut = false;
    for (_, amount) in costs.iter_mut().flatten().filter(|(name, _)| *name == category) {
        cut |= *amount > left;
        *amount = left.min(*amount);
        left = left.less(*amount);
    }
    cut
}

/// What each category comes to over all stages.
fn in_all<'a>(costs: &Costs<'a>) -> Result<BTreeMap<&'a str, Cents>, MoneyError> {
    let mut sums = BTreeMap::<&str, Cents>::new();
    for (category, amount) in costs.iter().flatten() {
        let sum = sums.entry(category).or_default();
        *sum = sum.plus(*amount)?;
    }
    Ok(sums)
}

fn by_category(stage: &Stage) -> Result<Vec<(&str, Cents)>, MoneyError> {
    let mut sums = BTreeMap::<&str, Cents>::new();
    for line in stage.costs.iter().flatten() {
        let sum = sums.entry(&line.category).or_default();
        *sum = sum.plus(line.amount)?;
    }
    Ok(sums.into_iter().collect())
}

fn total(costs: &Costs<'_>, wanted: impl Fn(&str) -> bool) -> Result<Cents, MoneyError> {
    Cents::sum(costs.iter().flatten().filter(|(category, _)| wanted(category)).map(|(_, amount)| *amount))
}
