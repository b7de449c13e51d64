//! What one stage allows: the least of what is matched, the government's share, and what nobody else covers.

use super::Work;
use super::contribution::Contributed;
use super::post::PostsResult;
use super::request::Stage;
use super::step::{Kind, ShareOf};
use crate::money::{Cents, MoneyError};
use std::rc::Rc;

/// One stage, worked out.
#[derive(Clone, Debug)]
pub struct StageResult<'a> {
    /// The scheme's code for it.
    pub stage: &'a str,
    /// Cost after category rules; contributions plus grant where no costs are given.
    pub eligible_cost: Cents,
    /// What the ratio allows for the contributions that count; `None` where contributions are left out.
    pub matched: Option<Cents>,
    /// The government's part of eligible cost; `None` where costs are left out, or nothing says which part that is.
    pub share: Option<Cents>,
    /// The grant of the stage, before any refusal.
    pub grant: Cents,
    /// What is given, counted or not; `None` where contributions are left out.
    pub given: Option<Cents>,
    /// What counts as contribution; `None` where contributions are left out.
    pub counted: Option<Cents>,
    /// What its posts come to; `None` where it has none.
    pub posts: Option<PostsResult>,
    /// Whether costs are given.
    pub(super) has_costs: bool,
    /// Whether the ratio, as matched amount or as share, equals what the stage allows.
    pub(super) by_ratio: bool,
    /// Whether uncovered cost equals what the stage allows.
    pub(super) by_uncovered: bool,
}

impl StageResult<'_> {
    /// Eligible cost that neither a contribution nor the grant of the stage covers; nothing where contributions are left out.
    #[must_use]
    pub fn uncovered(&self) -> Cents {
        self.given.map_or(Cents::ZERO, |given| self.eligible_cost.less(given).less(self.grant))
    }

    /// What the applicant's side brings: what counts, or its share where contributions are left out.
    #[must_use]
    pub fn own_share(&self) -> Cents {
        self.counted.unwrap_or_else(|| self.eligible_cost.less(self.grant))
    }

    /// Gives the stage its grant; without costs, eligible cost follows. The cost of posts is known in any case.
    pub(super) fn settle(&mut self, grant: Cents) -> Result<(), MoneyError> {
        self.grant = grant;
        if !self.has_costs {
            let (paid, cost) = paid_and_cost(self.posts.as_ref());
            self.eligible_cost = self.given.unwrap_or(Cents::ZERO).plus(grant.less(paid))?.plus(cost)?;
        }
        Ok(())
    }
}

impl<'a> Work<'a> {
    /// The stages in the scheme's order, each with what it allows.
    pub(super) fn stages(&mut self) -> Result<Vec<StageResult<'a>>, MoneyError> {
        let request = self.request;
        let order = |stage: &&Stage| self.scheme.file.stage.get_index_of(&stage.stage);
        let mut stages = request.project.stages.iter().collect::<Vec<_>>();
        stages.sort_by_key(order);
        let contributed = stages.iter().map(|stage| self.contributed(stage)).collect::<Result<Vec<_>, _>>()?;
        let counted = contributed.iter().map(|contributed| contributed.map(|contributed| contributed.counted));
        let counted = counted.collect::<Option<Vec<_>>>().map(Cents::sum).transpose()?;
        let (costs, categories) = self.eligible_costs(&stages, counted)?;
        self.categories = Rc::new(categories);
        let given = stages.into_iter().zip(costs).zip(contributed);
        given.map(|((stage, cost), contributed)| self.stage(stage, cost, contributed)).collect()
    }

    fn stage(
        &mut self,
        stage: &'a Stage,
        cost: Option<Cents>,
        contributed: Option<Contributed>,
    ) -> Result<StageResult<'a>, MoneyError> {
        let name = stage.stage.as_str();
        let called = self.stage_called(name);
        if let Some(cost) = cost {
            let asked = Cents::sum(stage.costs.iter().flatten().map(|line| line.amount))?;
            self.step("cost.eligible", None, Kind::EligibleCost { stage: called, asked, cost });
        }
        let (matched, share) = self.ratio(name, contributed, cost)?;
        let uncovered = match (cost, contributed) {
            (Some(cost), Some(Contributed { given, .. })) => {
                let amount = cost.less(given);
                self.step("cost.uncovered", None, Kind::Uncovered { stage: called, cost, given, amount });
                Some(amount)
            }
            _ => None,
        };
        let least = [matched, share, uncovered].into_iter().flatten().min().unwrap_or(Cents::ZERO);
        let posts = self.posts(stage)?;
        let (paid, cost_of_posts) = paid_and_cost(posts.as_ref());
        let allowed = least.plus(paid)?;
        let told = posts.as_ref().map(|posts| posts.paid);
        let kind = Kind::StageAllowed { stage: called, matched, share, uncovered, posts: told, allowed };
        self.step("stage.allowed", None, kind);
        let mut result = StageResult {
            stage: name,
            eligible_cost: cost.unwrap_or(Cents::ZERO).plus(cost_of_posts)?,
            matched,
            share,
            grant: Cents::ZERO,
            given: contributed.map(|contributed| contributed.given),
            counted: contributed.map(|contributed| contributed.counted),
            has_costs: cost.is_some(),
            by_ratio: matched == Some(least) || share == Some(least),
            by_uncovered: uncovered == Some(least),
            posts,
        };
        result.settle(allowed)?;
        Ok(result)
    }

    /// What is matched, and the government's share of eligible cost; each only where its input is given.
    fn ratio(
        &mut self,
        stage: &'a str,
        contributed: Option<Contributed>,
        cost: Option<Cents>,
    ) -> Result<(Option<Cents>, Option<Cents>), MoneyError> {
        let matching = &self.scheme.file.matching;
        let (ratio_path, share_path) = (format!("matching.ratio.{stage}"), format!("matching.share.{stage}"));
        // Only what this stage needs is looked at, since looking at an unknown refuses.
        let own_share = matching.share.get(stage).filter(|_| cost.is_some());
        let own_share = own_share.and_then(|share| self.in_force(&share_path, &share.is));
        let needs_ratio = contributed.is_some() || cost.is_some() && own_share.is_none();
        let ratio = matching.ratio.get(stage).filter(|_| needs_ratio);
        let ratio = ratio.and_then(|ratio| self.in_force(&ratio_path, &ratio.is));
        let matched = match (ratio, contributed) {
            (Some((ratio, source)), Some(Contributed { counted, .. })) => {
                let amount = ratio.matches(counted, self.rounding)?;
                let kind = Kind::Matched { stage: self.stage_called(stage), counted, ratio, amount };
                self.step(&*ratio_path, Some(source), kind);
                Some(amount)
            }
            // A ratio that nobody knows matches nothing; the refusal has been noted. One that has ended limits nothing.
            (None, Some(_)) => self.refused_by.contains(&ratio_path).then_some(Cents::ZERO),
            (_, None) => None,
        };
        let Some(cost) = cost else { return Ok((matched, None)) };
        let share = match (own_share, ratio) {
            (Some((share, source)), _) => {
                Some((share.of(cost, self.rounding)?, ShareOf::Own(share), source, share_path))
            }
            (None, Some((ratio, source))) => {
                Some((ratio.share_of(cost, self.rounding)?, ShareOf::Ratio(ratio), source, ratio_path))
            }
            (None, None) => None,
        };
        Ok((matched, share.map(|(amount, share, source, path)| self.share(path, source, stage, (cost, share, amount)))))
    }

    fn share(
        &mut self,
        path: String,
        source: &'a str,
        stage: &'a str,
        (cost, share, amount): (Cents, ShareOf<'a>, Cents),
    ) -> Cents {
        self.step(path, Some(source), Kind::Share { stage: self.stage_called(stage), cost, share, amount });
        amount
    }
}

fn paid_and_cost(posts: Option<&PostsResult>) -> (Cents, Cents) {
    posts.map_or((Cents::ZERO, Cents::ZERO), |posts| (posts.paid, posts.cost))
}
