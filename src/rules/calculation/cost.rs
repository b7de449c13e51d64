//! Eligible cost: what each category lets through, over all stages of the project.

use super::Work;
use super::request::Stage;
use super::step::Kind;
use crate::money::{Cents, MoneyError};
use crate::scheme::Category;

/// Cost by stage (in the order of the request) and, inside a stage, by category.
pub(super) type Costs<'a> = Vec<Vec<(&'a str, Cents)>>;

impl<'a> Work<'a> {
    /// The eligible cost of each stage; `None` where a stage gives no costs.
    pub(super) fn eligible_costs(&mut self, stages: &[&'a Stage]) -> Result<Vec<Option<Cents>>, MoneyError> {
        let mut costs = stages.iter().map(|stage| by_category(stage)).collect::<Result<Costs<'a>, _>>()?;
        let scheme = self.scheme;
        for (name, category) in &scheme.file.cost.category {
            if total(&costs, |category| category == name)? > Cents::ZERO {
                self.category(name, category, &mut costs)?;
            }
        }
        let sum = |lines: &Vec<(&str, Cents)>| Cents::sum(lines.iter().map(|(_, amount)| *amount));
        stages.iter().zip(&costs).map(|(stage, lines)| stage.costs.as_ref().map(|_| sum(lines)).transpose()).collect()
    }

    fn category(&mut self, name: &'a str, category: &'a Category, costs: &mut Costs<'a>) -> Result<(), MoneyError> {
        if let Some(eligible) = &category.eligible {
            let path = format!("cost.category.{name}.eligible");
            if let Some((false, source)) = self.in_force(&path, eligible) {
                self.limit_category(path, source, name, Cents::ZERO, costs)?;
            }
        }
        if let Some(cap) = &category.cap {
            let path = format!("cost.category.{name}.cap");
            if let Some((limit, source)) = self.in_force(&path, cap) {
                self.limit_category(path, source, name, *limit, costs)?;
            }
        }
        if let Some(share) = &category.share {
            let path = format!("cost.category.{name}.share");
            if let Some((share, source)) = self.in_force(&path, share)
                && let Some(limit) = share.beside(total(costs, |category| category != name)?)?
            {
                self.limit_category(path, source, name, limit, costs)?;
            }
        }
        Ok(())
    }

    /// Lets through at most `limit` of a category; a cut falls on the last stage first.
    fn limit_category(
        &mut self,
        rule: String,
        source: &'a str,
        name: &'a str,
        limit: Cents,
        costs: &mut Costs<'a>,
    ) -> Result<(), MoneyError> {
        let asked = total(costs, |category| category == name)?;
        if asked > limit {
            let lines = costs.iter_mut().flatten().filter(|(category, _)| *category == name);
            let mut left = limit;
            for (_, amount) in lines {
                *amount = left.min(*amount);
                left = left.less(*amount);
            }
        }
        self.step(rule, Some(source), Kind::Category { name, asked, counted: asked.min(limit) });
        Ok(())
    }
}

fn by_category(stage: &Stage) -> Result<Vec<(&str, Cents)>, MoneyError> {
    let mut sums = std::collections::BTreeMap::<&str, Cents>::new();
    for line in stage.costs.iter().flatten() {
        let sum = sums.entry(&line.category).or_default();
        *sum = sum.plus(line.amount)?;
    }
    Ok(sums.into_iter().collect())
}

fn total(costs: &Costs<'_>, wanted: impl Fn(&str) -> bool) -> Result<Cents, MoneyError> {
    Cents::sum(costs.iter().flatten().filter(|(category, _)| wanted(category)).map(|(_, amount)| *amount))
}
