//! A small scheme that is in order, and changes to it: what the tests of the rules are made of.

use super::Scheme;

const SMALLEST: &str = r#"code      = "SAMPLE"
currency  = "HKD"
time_zone = "Asia/Hong_Kong"
name      = { en = "Sample", zh-Hant = "樣本", zh-Hans = "样本" }

[sources.guide]
title      = "The guide"
grade      = "official"
checked_on = "2026-01-01"

[open]
is = [{ from = "2024-01-01", is = true, source = "guide" }]

[rounding]
is = [{ from = "2024-01-01", is = "down", source = "guide" }]

[stage.project]
name = { en = "Project", zh-Hant = "項目", zh-Hans = "项目" }

[contributor.industry]
name = { en = "Industry", zh-Hant = "業界", zh-Hans = "业界" }

[contributor.university]
name = { en = "University", zh-Hant = "大學", zh-Hans = "大学" }

[matching.ratio.project]
is = [{ from = "2024-01-01", is = "1:2", source = "guide" }]

[contribution.project.industry]
is = [{ from = "2024-01-01", is = { cash = "counts", in_kind = "counts", investment = "unknown" }, source = "guide" }]

[contribution.project.university]
is = [{ from = "2024-01-01", is = { cash = "counts", in_kind = "does_not_count", investment = "does_not_count" }, source = "guide" }]

[cost.list]
is = [{ from = "2024-01-01", is = "open", source = "guide" }]

[assessment.assessors]
is = [{ from = "2024-01-01", is = 2, source = "guide" }]
[assessment.scale]
is = [{ from = "2024-01-01", is = 10, source = "guide" }]
[assessment.pass_mark]
is = [{ from = "2024-01-01", is = "60%", source = "guide" }]
[assessment.criterion.merit]
name = { en = "Merit", zh-Hant = "優點", zh-Hans = "优点" }
is   = [{ from = "2024-01-01", is = "100%", source = "guide" }]

[approval.recommender]
name   = { en = "Panel", zh-Hant = "評審小組", zh-Hans = "评审小组" }
source = "guide"
[approval.authority.commissioner]
name = { en = "Commissioner", zh-Hant = "署長", zh-Hans = "署长" }
is   = [{ from = "2024-01-01", is = "none", source = "guide" }]
[approval.offer_days]
is = [{ from = "2024-01-01", is = 30, source = "guide" }]

[payment.instalment.final]
name = { en = "Final", zh-Hant = "最後一期", zh-Hans = "最后一期" }
due  = "completion"
is   = [{ from = "2024-01-01", is = "100%", source = "guide" }]

[[example]]
name   = "a third of three hundred"
on     = "2024-06-01"
given  = { project = { stages = [{ stage = "project", costs = [{ category = "equipment", amount = "300.00" }] }] } }
expect = { grant = "100.00" }
"#;

/// A second stage, at one to one.
pub(crate) const SECOND_STAGE: &str = r#"
[stage.second]
name = { en = "Second stage", zh-Hant = "第二階段", zh-Hans = "第二阶段" }

[matching.ratio.second]
is = [{ from = "2024-01-01", is = "1:1", source = "guide" }]

[contribution.second.industry]
is = [{ from = "2024-01-01", is = { cash = "counts", in_kind = "counts", investment = "counts" }, source = "guide" }]
"#;

/// The text of a scheme file.
#[derive(Clone, Debug)]
pub(crate) struct Sample(String);

impl Sample {
    /// A scheme of one stage at one to two, with no ceiling, no floor and no condition.
    pub(crate) fn new() -> Self {
        Self(SMALLEST.to_owned())
    }

    /// The same scheme, which takes no applications: it has neither assessment nor approval nor payment.
    pub(crate) fn calculating() -> Self {
        let (before, rest) = SMALLEST.split_once("[assessment.assessors]").unwrap();
        let (_, examples) = rest.split_once("[[example]]").unwrap();
        Self(format!("{before}[[example]]{examples}"))
    }

    /// A text of one's own.
    pub(crate) fn of(text: String) -> Self {
        Self(text)
    }

    /// The same with one part changed, which must be there exactly once.
    pub(crate) fn change(self, from: &str, to: &str) -> Self {
        assert_eq!(self.0.matches(from).count(), 1, "\"{from}\" must be there once");
        Self(self.0.replace(from, to))
    }

    /// The same with further tables.
    pub(crate) fn add(self, tables: &str) -> Self {
        Self(format!("{}\n{tables}", self.0))
    }

    /// The same with a dated value that holds from the first day: a path, and its value as it is written.
    pub(crate) fn with(self, path: &str, value: &str) -> Self {
        self.add(&format!("[{path}]\nis = [{{ from = \"2024-01-01\", is = {value}, source = \"guide\" }}]\n"))
    }

    /// The same with a ceiling.
    pub(crate) fn ceiling(self, name: &str, scope: &str, value: &str) -> Self {
        self.with(&format!("ceiling.{name}"), value).add(scope)
    }

    /// The same with a floor.
    pub(crate) fn floor(self, of: &str, value: &str) -> Self {
        self.with(&format!("floor.{of}"), value).add(&format!("of = \"{of}\""))
    }

    /// The same with rules for a category of cost.
    pub(crate) fn category(self, name: &str, rules: &str) -> Self {
        self.add(&format!(
            "[cost.category.{name}]\nname = {{ en = \"{name}\", zh-Hant = \"{name}\", zh-Hans = \"{name}\" }}\n{rules}\n"
        ))
    }

    /// The same with a question about the applicant and a condition on its answer.
    pub(crate) fn condition(self, name: &str, kind: &str, predicate: &str) -> Self {
        let named = "name = { en = \"said in English\", zh-Hant = \"中文\", zh-Hans = \"中文\" }\n";
        self.add(&format!("[facts.applicant.{name}]\ntype = \"{kind}\"\n{named}"))
            .with(&format!("eligibility.{name}"), predicate)
            .add(named)
    }

    pub(crate) fn text(&self) -> &str {
        &self.0
    }

    /// The scheme; a sample that is not in order is a mistake in a test.
    pub(crate) fn read(&self) -> Scheme {
        Scheme::read(&self.0).unwrap_or_else(|faults| panic!("{faults:?}\n{}", self.0))
    }
}
