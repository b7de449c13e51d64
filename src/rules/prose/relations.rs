//! Time and other schemes in words.

use super::words::{and, day, or, quoted, same, say};
use super::writer::Writer;
use super::{Chapter, given};
use crate::scheme::{
    Dependency, Duration, DurationBound, DurationOf, Exclusive, Interval, IntervalAfter, Lineage, Named, Plain, Round,
    SchemeKind, Tables,
};
use crate::text::Text;
use toml::Spanned;

impl Writer<'_> {
    pub(super) fn open(&mut self, open: &Plain<bool>) {
        self.chapter(Chapter::Time);
        let gives = self.gives();
        let subject = match gives {
            SchemeKind::Grant => {
                say([], "whether the scheme takes applications", "計劃是否接受申請", "计划是否接受申请")
            }
            SchemeKind::Investment => say([], "whether the scheme invests", "計劃是否作出投資", "计划是否作出投资"),
            SchemeKind::Deduction => say([], "whether the deduction is allowed", "是否可獲扣除", "是否可获扣除"),
        };
        self.dated("open", &open.is, &subject, |open| match (gives, open) {
            (SchemeKind::Grant, true) => say([], "the scheme takes applications", "計劃接受申請", "计划接受申请"),
            (SchemeKind::Grant, false) => {
                say([], "the scheme takes no applications", "計劃不接受申請", "计划不接受申请")
            }
            (SchemeKind::Investment, true) => say([], "the scheme invests", "計劃作出投資", "计划作出投资"),
            (SchemeKind::Investment, false) => {
                say([], "the scheme does not invest", "計劃不作出投資", "计划不作出投资")
            }
            (SchemeKind::Deduction, true) => say([], "the deduction is allowed", "可獲扣除", "可获扣除"),
            (SchemeKind::Deduction, false) => say([], "the deduction is not allowed", "不獲扣除", "不获扣除"),
        });
    }

    pub(super) fn rounds(&mut self, rounds: &Tables<Round>) {
        if rounds.is_empty() {
            let text = match self.gives() {
                SchemeKind::Grant => say(
                    [],
                    "applications are taken all the year round, where the scheme takes any",
                    "計劃接受申請期間，全年均可提交",
                    "计划接受申请期间，全年均可提交",
                ),
                SchemeKind::Investment => say(
                    [],
                    "the scheme invests all the year round, where it invests at all",
                    "計劃作出投資期間，全年均可投資",
                    "计划作出投资期间，全年均可投资",
                ),
                SchemeKind::Deduction => say(
                    [],
                    "the deduction is allowed all the year round, where it is allowed at all",
                    "可獲扣除期間，全年均可申索",
                    "可获扣除期间，全年均可申索",
                ),
            };
            self.undated("round", text);
        }
        for (code, Round { name, opens_on, closes_on, source }) in rounds {
            let parts = [&quoted(name), &day(*opens_on), &day(*closes_on.get_ref())];
            let text = say(
                parts,
                "{0} takes applications from {1} to {2}, both days included",
                "{0}由{1}至{2}接受申請，首尾兩日包括在內",
                "{0}由{1}至{2}接受申请，首尾两日包括在内",
            );
            self.stated(format!("round.{code}"), None, text, Some(source.get_ref()));
        }
    }

    pub(super) fn durations(&mut self, durations: &Tables<Duration>) {
        for (code, Duration { stages, without, of, bound, refuses, is }) in durations {
            let stages_named = and(self.stages(stages));
            let stages_named = match stages.as_slice() {
                [_] => stages_named,
                _ => say([&stages_named], "{0} together", "{0}合共", "{0}合共"),
            };
            let subject = match of {
                DurationOf::Months => say([&stages_named], "the length of {0}", "{0}的期限", "{0}的期限"),
                DurationOf::Days => {
                    say([&stages_named], "the length of each post in {0}", "{0}每個職位的期限", "{0}每个职位的期限")
                }
            };
            let subject = if without.is_empty() {
                subject
            } else {
                let parts = [&subject, &or(self.stages(without))];
                say(parts, "{0}, where {1} is not part of the project,", "不包括{1}的項目，{0}", "不包括{1}的项目，{0}")
            };
            let other = match bound {
                DurationBound::AtMost => "longer",
                DurationBound::AtLeast => "shorter",
            };
            let otherwise = if *refuses {
                say([], &format!("{other} is refused"), "否則不獲批准", "否则不获批准")
            } else {
                say([], &format!("{other} asks for a reason"), "否則須說明理由", "否则须说明理由")
            };
            self.dated(format!("duration.{code}"), is, &subject, |number| {
                let number = same(number);
                let time = match of {
                    DurationOf::Months => say([&number], "{0} months", "{0} 個月", "{0} 个月"),
                    DurationOf::Days => say([&number], "{0} days", "{0} 日", "{0} 日"),
                };
                let parts = [&subject, &time, &otherwise];
                match bound {
                    DurationBound::AtMost => {
                        say(parts, "{0} is at most {1}: {2}", "{0}最長為 {1}，{2}", "{0}最长为 {1}，{2}")
                    }
                    DurationBound::AtLeast => {
                        say(parts, "{0} is at least {1}: {2}", "{0}最短為 {1}，{2}", "{0}最短为 {1}，{2}")
                    }
                }
            });
        }
    }

    pub(super) fn stages(&self, stages: &[Spanned<String>]) -> Vec<Text> {
        stages.iter().map(|stage| self.names().stage(stage.get_ref())).collect()
    }

    pub(super) fn intervals(&mut self, intervals: &Tables<Interval>) {
        let given = given::noun(self.gives());
        for (code, Interval { name, after, is }) in intervals {
            let after = match after {
                IntervalAfter::Decision => {
                    say([&given], "the decision on an earlier {0}", "上次{0}獲批", "上次{0}获批")
                }
                IntervalAfter::Completion => {
                    say([], "the completion of an earlier project", "上個項目完成", "上个项目完成")
                }
            };
            let subject = say([name], "the rule \"{0}\"", "「{0}」的規則", "“{0}”的规则");
            self.dated(format!("interval.{code}"), is, &subject, |months| {
                let parts = [&quoted(name), &same(months), &after];
                say(
                    parts,
                    "{0}: at least {1} months between {2} and the application",
                    "{0}：{2}與申請之間須最少相隔 {1} 個月",
                    "{0}：{2}与申请之间须最少相隔 {1} 个月",
                )
            });
        }
    }

    pub(super) fn other_schemes(
        &mut self,
        exclusives: &Tables<Exclusive>,
        dependencies: &Tables<Dependency>,
        without_a_file: &Tables<Spanned<Named>>,
    ) {
        self.chapter(Chapter::OtherSchemes);
        self.exclusives(exclusives);
        self.dependencies(dependencies);
        self.without_a_file(without_a_file);
    }

    fn exclusives(&mut self, exclusives: &Tables<Exclusive>) {
        let given = given::noun(self.gives());
        for (code, Exclusive { name, schemes, running, is }) in exclusives {
            let award = award(schemes, *running, true);
            let subject = say([name], "the rule \"{0}\"", "「{0}」的規則", "“{0}”的规则");
            self.dated(format!("exclusive.{code}"), is, &subject, |holds| match holds {
                true => say(
                    [name, &award, &given],
                    "{0}: {1} excludes any {2} of this one",
                    "{0}：{1}者，不得獲本計劃{2}",
                    "{0}：{1}者，不得获本计划{2}",
                ),
                false => {
                    say([name, &award], "{0}: {1} excludes nothing", "{0}：{1}者，不受限制", "{0}：{1}者，不受限制")
                }
            });
        }
    }

    fn dependencies(&mut self, dependencies: &Tables<Dependency>) {
        for (code, Dependency { name, schemes, completed, is }) in dependencies {
            let award = award(schemes, *completed, false);
            let subject = say([name], "the rule \"{0}\"", "「{0}」的規則", "“{0}”的规则");
            self.dated(format!("dependency.{code}"), is, &subject, |holds| match holds {
                true => say([name, &award], "{0}: {1} is needed before", "{0}：須先{1}", "{0}：须先{1}"),
                false => say([name, &award], "{0}: {1} is not needed before", "{0}：無須先{1}", "{0}：无须先{1}"),
            });
        }
    }

    fn without_a_file(&mut self, schemes: &Tables<Spanned<Named>>) {
        for (code, scheme) in schemes {
            let parts = [&same(code), &quoted(&scheme.get_ref().name)];
            let text =
                say(parts, "{0} is {1}: it has no file here", "{0} 指{1}，此處並無其檔案", "{0} 指{1}，此处并无其文件");
            self.undated(format!("other_scheme.{code}"), text);
        }
    }

    pub(super) fn lineages(&mut self, lineages: &Tables<Lineage>) {
        self.chapter(Chapter::Scheme);
        for (code, Lineage { name, from, source }) in lineages {
            let text = say([&day(*from), name], "since {0}: {1}", "自{0}起：{1}", "自{0}起：{1}");
            self.stated(format!("lineage.{code}"), Some(*from), text, Some(source.get_ref()));
        }
    }
}

/// An award of one of some schemes: a running one for what excludes, a completed one for what is needed.
fn award(schemes: &[Spanned<String>], narrowed: bool, excludes: bool) -> Text {
    let schemes = or(schemes.iter().map(|code| same(code.get_ref())));
    match (narrowed, excludes) {
        (true, true) => say([&schemes], "a running project under {0}", "有 {0} 進行中的項目", "有 {0} 进行中的项目"),
        (true, false) => say([&schemes], "a completed project under {0}", "完成 {0} 的項目", "完成 {0} 的项目"),
        (false, _) => say([&schemes], "an award under {0}", "獲 {0} 資助", "获 {0} 资助"),
    }
}
