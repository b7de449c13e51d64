//! Who may apply in words: the questions, the conditions on their answers, and the parties counted together.

use super::words::{or, quoted, same, say};
use super::writer::Writer;
use super::{Chapter, given};
use crate::scheme::{Condition, Fact, FactKind, Facts, NamedValue, Tables};
use crate::text::Text;

impl Writer<'_> {
    pub(super) fn eligibility(&mut self, conditions: &Tables<Condition>) {
        self.chapter(Chapter::Applicants);
        let names = self.names();
        for (code, Condition { name, is }) in conditions {
            let subject = say([name], "the condition that {0}", "「{0}」的條件", "“{0}”的条件");
            self.dated(format!("eligibility.{code}"), is, &subject, |predicate| {
                let parts = [name, &names.predicate(predicate)];
                say(parts, "needed: {0}. That is so where {1}", "須符合：{0}。即{1}", "须符合：{0}。即{1}")
            });
        }
    }

    pub(super) fn facts(&mut self, Facts { applicant, project }: &Facts) {
        self.chapter(Chapter::Questions);
        for (code, fact) in applicant {
            self.fact(format!("facts.applicant.{code}"), fact);
        }
        for (code, fact) in project {
            self.fact(format!("facts.project.{code}"), fact);
        }
    }

    fn fact(&mut self, path: String, Fact { name, kind, values }: &Fact) {
        let coded = |(code, name): (&String, &Text)| {
            say([&quoted(name), &quoted(&same(code))], "{0} ({1})", "{0}（{1}）", "{0}（{1}）")
        };
        let kind = match kind.get_ref() {
            FactKind::Boolean => say([], "yes or no", "是或否", "是或否"),
            FactKind::Text => or(values.iter().map(coded)),
            FactKind::Count => say([], "a whole number", "整數", "整数"),
            FactKind::Amount => say([], "an amount", "金額", "金额"),
            FactKind::Day => say([], "a day", "日期", "日期"),
        };
        let parts = [&quoted(name), &kind];
        self.undated(path, say(parts, "asked: {0} (answer: {1})", "提問：{0}（答案：{1}）", "提问：{0}（答案：{1}）"));
    }

    pub(super) fn aggregation(&mut self, groups: &Tables<NamedValue<bool>>) {
        self.chapter(Chapter::Ceilings);
        let awards = given::awards(self.gives());
        for (code, NamedValue { name, is }) in groups {
            let name = quoted(name);
            let subject = say([&name, &awards], "{1} of {0}", "{0}所獲的{1}", "{0}所获的{1}");
            self.dated(format!("aggregation.{code}"), is, &subject, |together| match together {
                true => say(
                    [&subject, &awards],
                    "{0} are counted together with the {1} of the applicant",
                    "{0}與申請者的{1}合併計算",
                    "{0}与申请者的{1}合并计算",
                ),
                false => say(
                    [&subject, &awards],
                    "{0} are not counted together with the {1} of the applicant",
                    "{0}不與申請者的{1}合併計算",
                    "{0}不与申请者的{1}合并计算",
                ),
            });
        }
    }
}
