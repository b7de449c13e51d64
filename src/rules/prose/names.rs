//! What a file calls things, and what its limits and conditions look at.

use super::given;
use super::tiers::tiers;
use super::words::{and, day, listed, money, or, quoted, same, say, share, yes_or_no};
use crate::calculation::FactValue;
use crate::scheme::{Base, Bound, Combination, Formula, Limit, Measure, Part, Predicate, SchemeFile};
use crate::text::Text;
use toml::Spanned;

/// The names of a file.
#[derive(Clone, Copy)]
pub(super) struct Names<'a>(pub(super) &'a SchemeFile);

impl Names<'_> {
    /// A stage by its name; where there is only one, it is the project.
    pub(super) fn stage(&self, code: &str) -> Text {
        let stages = &self.0.stage;
        match stages.get(code) {
            Some(_) if stages.len() == 1 => say([], "the project", "項目", "项目"),
            Some(stage) => quoted(&stage.name),
            None => same(code),
        }
    }

    /// A contributor by its name.
    pub(super) fn contributor(&self, code: &str) -> Text {
        self.0.contributor.get(code).map_or_else(|| same(code), |contributor| quoted(&contributor.name))
    }

    /// A category of cost by its name.
    pub(super) fn category(&self, code: &str) -> Text {
        self.0.cost.category.get(code).map_or_else(|| same(code), |category| quoted(&category.name))
    }

    /// A question by its words.
    pub(super) fn question(&self, name: &str) -> Text {
        self.0.facts.named(name).map_or_else(|| same(name), |fact| quoted(&fact.name))
    }

    /// Which related parties a ceiling counts, where the scheme counts any.
    pub(super) fn groups(&self, with: Option<&[Spanned<String>]>) -> Option<Text> {
        let (groups, awards) = (&self.0.aggregation, given::awards(self.0.kind));
        let name = |code: &str| groups.get(code).map_or_else(|| same(code), |group| quoted(&group.name));
        match with {
            None if groups.is_empty() => None,
            None => Some(say(
                [&awards],
                "{0} of the parties counted together are added",
                "合併計算各方的{0}一併計入",
                "合并计算各方的{0}一并计入",
            )),
            Some([]) => {
                Some(say([&awards], "{0} of other parties are not added", "其他各方的{0}不計入", "其他各方的{0}不计入"))
            }
            Some(with) => Some(say(
                [&and(with.iter().map(|group| name(group.get_ref()))), &awards],
                "of the parties counted together, {1} of {0} are added",
                "合併計算各方之中，計入{0}的{1}",
                "合并计算各方之中，计入{0}的{1}",
            )),
        }
    }

    /// A condition, with the questions that it looks at.
    pub(super) fn predicate(&self, predicate: &Predicate) -> Text {
        let parts = |parts: &[Predicate]| {
            let parts = parts.iter().map(|part| self.predicate(part)).collect::<Vec<_>>();
            let several = parts.len() > 1;
            parts.into_iter().map(move |part| if several { say([&part], "({0})", "（{0}）", "（{0}）") } else { part })
        };
        match predicate {
            Predicate::Is { fact, is } => {
                let parts = [&self.question(fact), &self.answer(fact, is)];
                say(parts, "the answer to {0} is {1}", "{0}的答案為{1}", "{0}的答案为{1}")
            }
            Predicate::OneOf { fact, one_of } => {
                let parts = [&self.question(fact), &or(one_of.iter().map(|one| self.answer(fact, one)))];
                say(parts, "the answer to {0} is {1}", "{0}的答案為{1}", "{0}的答案为{1}")
            }
            Predicate::AtLeast { fact, at_least } => {
                let parts = [&self.question(fact), &bound(*at_least)];
                say(parts, "the answer to {0} is at least {1}", "{0}的答案不少於 {1}", "{0}的答案不少于 {1}")
            }
            Predicate::AtMost { fact, at_most } => {
                let parts = [&self.question(fact), &bound(*at_most)];
                say(parts, "the answer to {0} is at most {1}", "{0}的答案不多於 {1}", "{0}的答案不多于 {1}")
            }
            Predicate::All { all } => and(parts(all)),
            Predicate::Any { any } => or(parts(any)),
            Predicate::Not { not } => {
                say([&self.predicate(not)], "it is not so that ({0})", "並非（{0}）", "并非（{0}）")
            }
        }
    }

    fn answer(&self, fact: &str, value: &FactValue) -> Text {
        match value {
            FactValue::Boolean(answer) => quoted(&yes_or_no(*answer)),
            FactValue::Count(count) => same(count),
            FactValue::Text(code) => match self.0.facts.named(fact).and_then(|fact| fact.values.get(code)) {
                Some(name) => quoted(name),
                None => match (value.day(), value.amount()) {
                    (Some(on), _) => day(on),
                    (None, Some(amount)) => money(amount),
                    (None, None) => same(code),
                },
            },
        }
    }
}

impl Names<'_> {
    /// The amount, the count or the way to work it out.
    pub(super) fn limit(&self, limit: &Limit) -> Text {
        match limit {
            Limit::Amount(amount) => money(*amount),
            Limit::Count(count) => same(count),
            Limit::Formula(formula) => self.formula(formula),
        }
    }

    fn formula(&self, Formula { combination, parts }: &Formula) -> Text {
        let words = listed(parts.iter().map(|part| self.part(part)));
        if parts.len() == 1 {
            return words;
        }
        match combination {
            Combination::Lowest => say([&words], "the lowest of ({0})", "以下的最低者（{0}）", "以下的最低者（{0}）"),
            Combination::Highest => say([&words], "the highest of ({0})", "以下的最高者（{0}）", "以下的最高者（{0}）"),
            Combination::Sum => say([&words], "the sum of ({0})", "以下的總和（{0}）", "以下的总和（{0}）"),
        }
    }

    fn part(&self, part: &Part) -> Text {
        match part {
            Part::Amount(amount) => money(*amount),
            Part::Share(base, part) => say([&share(*part), &self.base(base)], "{0} of {1}", "{1}的 {0}", "{1}的 {0}"),
            Part::Marginal(base, list) => say(
                [&self.base(base), &tiers(list, |part| share(*part))],
                "of {0}, each part at its own share ({1})",
                "{0}按級距分段計算（{1}）",
                "{0}按级距分段计算（{1}）",
            ),
            Part::Slab(base, list) => say(
                [&self.base(base), &tiers(list, |amount| money(*amount))],
                "by the tier that {0} reaches ({1})",
                "按{0}所屬級別（{1}）",
                "按{0}所属级别（{1}）",
            ),
        }
    }

    fn base(&self, Base { of, less }: &Base) -> Text {
        let mut words: Option<Text> = None;
        for (added, measure) in of.iter().map(|of| (true, of)).chain(less.iter().map(|less| (false, less))) {
            let measure = self.measure(measure);
            words = Some(match words {
                None => measure,
                Some(words) if added => say([&words, &measure], "{0} plus {1}", "{0}加{1}", "{0}加{1}"),
                Some(words) => say([&words, &measure], "{0} less {1}", "{0}減{1}", "{0}减{1}"),
            });
        }
        words.unwrap_or_else(|| same(""))
    }

    pub(super) fn measure(&self, measure: &Measure) -> Text {
        match measure {
            Measure::Cost => say([], "eligible cost", "合資格成本", "合资格成本"),
            Measure::Contribution => say([], "the contribution that counts", "計算在內的出資", "计算在内的出资"),
            Measure::Category(code) => {
                say([&self.category(code)], "what is eligible of {0}", "{0}的合資格開支", "{0}的合资格开支")
            }
            Measure::Fact(name) => say([&self.question(name)], "the answer to {0}", "{0}的答案", "{0}的答案"),
        }
    }
}

fn bound(bound: Bound) -> Text {
    match bound {
        Bound::Count(count) => same(count),
        Bound::Amount(amount) => money(amount),
    }
}
