//! Of what claims are made, in words.

use super::Chapter;
use super::words::{quoted, same, say, share};
use super::writer::Writer;
use crate::scheme::{Claims, Cost, HeldAgainst};

impl Writer<'_> {
    pub(super) fn claims(&mut self, claims: &Claims, cost: &Cost) {
        let Claims { costs, rate, again } = claims;
        self.chapter(Chapter::Assessment);
        if let Some(costs) = costs {
            let subject = say([], "of what claims are made", "申領的方式", "申领的方式");
            self.dated("claim.costs", &costs.is, &subject, |held| match held {
                HeldAgainst::PerCategory => say(
                    [],
                    "a claim is made of costs, each held against what remains of the award for its category",
                    "申領按開支類別列明，每類以該類別餘下的批出款額為限",
                    "申领按开支类别列明，每类以该类别余下的批出款额为限",
                ),
                HeldAgainst::InTotal => say(
                    [],
                    "a claim is made of costs, held in total against what remains of the award",
                    "申領按開支類別列明，合計以餘下的批出款額為限",
                    "申领按开支类别列明，合计以余下的批出款额为限",
                ),
            });
        }
        for (code, rate) in rate {
            let name = cost.category.get(code).map_or_else(|| same(code), |category| quoted(&category.name));
            let subject = say([&name], "the part of {0} that is claimed", "{0}可申領的比例", "{0}可申领的比例");
            self.dated(format!("claim.rate.{code}"), &rate.is, &subject, |part| {
                say(
                    [&share(*part), &name],
                    "at most {0} of what was spent on {1} is claimed",
                    "{1}的開支最多可申領 {0}",
                    "{1}的开支最多可申领 {0}",
                )
            });
        }
        if let Some(again) = again {
            let subject = say([], "what was not certified", "未獲核實的款額", "未获核实的款额");
            self.dated("claim.again", &again.is, &subject, |again| match again {
                true => say(
                    [],
                    "what an instalment holds and was not certified may be claimed with later ones",
                    "一期撥款中未獲核實的款額，可於其後各期申領",
                    "一期拨款中未获核实的款额，可于其后各期申领",
                ),
                false => say(
                    [],
                    "what an instalment holds and was not certified is not claimed again",
                    "一期撥款中未獲核實的款額，不得再次申領",
                    "一期拨款中未获核实的款额，不得再次申领",
                ),
            });
        }
    }
}
