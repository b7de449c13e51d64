//! What comes before and after the calculation in words: assessment, approval, payment, obligations, controls, open questions.

use super::words::{money, quoted, same, say, share, yes_or_no};
use super::writer::Writer;
use super::{Chapter, given};
use crate::dated::Known;
use crate::scheme::{
    Approval, Assessment, Control, ControlValue, Criterion, DueOn, Instalment, NamedValue, NotApplicable, Payment,
    Plain, Pledges, Tables,
};
use crate::text::Text;

impl Writer<'_> {
    pub(super) fn procedure(
        &mut self,
        assessment: Option<&Assessment>,
        approval: Option<&Approval>,
        payment: Option<&Payment>,
        pledge: &Pledges,
    ) {
        self.assessment(assessment);
        self.approval(approval);
        self.payment(payment);
        self.pledges(pledge);
    }

    fn assessment(&mut self, assessment: Option<&Assessment>) {
        let Some(assessment) = assessment else { return };
        let Assessment { assessors, scale, pass_mark, not_applicable, criterion, .. } = assessment;
        self.chapter(Chapter::Assessment);
        let subject = say([], "the number of assessors", "評審員的人數", "评审员的人数");
        self.dated("assessment.assessors", &assessors.is, &subject, |number| {
            say(
                [&same(number)],
                "{0} assessors score each proposal",
                "每份建議書由 {0} 名評審員評分",
                "每份建议书由 {0} 名评审员评分",
            )
        });
        let subject = say([], "the scale of marks", "評分的尺度", "评分的尺度");
        self.dated("assessment.scale", &scale.is, &subject, |number| {
            say(
                [&same(number)],
                "each criterion is marked from 0 to {0}",
                "每項準則的評分為 0 至 {0} 分",
                "每项准则的评分为 0 至 {0} 分",
            )
        });
        let subject = say([], "the pass mark", "合格分數", "合格分数");
        self.dated("assessment.pass_mark", &pass_mark.is, &subject, |part| {
            say(
                [&share(*part)],
                "a proposal passes with {0} of the highest weighted mark",
                "建議書須達加權總分的 {0} 方為合格",
                "建议书须达加权总分的 {0} 方为合格",
            )
        });
        if let Some(Plain { is }) = not_applicable {
            let subject = say([], "a criterion that does not apply", "不適用的準則", "不适用的准则");
            self.dated("assessment.not_applicable", is, &subject, |meant| match meant {
                NotApplicable::LeftOut => say(
                    [],
                    "a criterion that does not apply to a proposal is left out, and the others share the whole",
                    "不適用於建議書的準則不計算在內，比重由其餘準則按比例分擔",
                    "不适用于建议书的准则不计算在内，比重由其余准则按比例分担",
                ),
                NotApplicable::Zero => say(
                    [],
                    "a criterion that does not apply to a proposal counts as 0",
                    "不適用於建議書的準則作 0 分計算",
                    "不适用于建议书的准则作 0 分计算",
                ),
            });
        }
        for (code, Criterion { name, is, pass_mark }) in criterion {
            let name = quoted(name);
            let subject = say([&name], "the weight of {0}", "{0}的比重", "{0}的比重");
            self.dated(format!("assessment.criterion.{code}"), is, &subject, |part| {
                say([&name, &share(*part)], "the criterion {0} weighs {1}", "準則{0}佔 {1}", "准则{0}占 {1}")
            });
            if let Some(pass_mark) = pass_mark {
                let subject = say([&name], "the pass mark of {0}", "{0}的合格分數", "{0}的合格分数");
                self.dated(format!("assessment.criterion.{code}.pass_mark"), pass_mark, &subject, |part| {
                    say(
                        [&name, &share(*part)],
                        "the criterion {0} needs {1} of the highest mark",
                        "準則{0}的平均分須達最高分的 {1}",
                        "准则{0}的平均分须达最高分的 {1}",
                    )
                });
            }
        }
        self.after_the_scores(assessment);
    }

    fn payment(&mut self, payment: Option<&Payment>) {
        let Some(Payment { instalment }) = payment else { return };
        self.chapter(Chapter::Assessment);
        let given = given::amount(self.gives());
        for (code, instalment) in instalment {
            let (path, name) = (format!("payment.instalment.{code}"), quoted(&instalment.name));
            let subject = say([&name], "the instalment {0}", "{0}一期的撥款", "{0}一期的拨款");
            let due = due_on(instalment.due);
            self.dated(path.clone(), &instalment.is, &subject, |part| {
                let parts = [&subject, &share(*part), &due, &given];
                if instalment.cumulative {
                    say(
                        parts,
                        "{0} brings what is paid to {1} of the {3}, due on {2}",
                        "{0}令累計撥款達{3}的 {1}，於{2}後支付",
                        "{0}令累计拨款达{3}的 {1}，于{2}后支付",
                    )
                } else {
                    say(
                        parts,
                        "{0} is {1} of the {3}, due on {2}",
                        "{0}為{3}的 {1}，於{2}後支付",
                        "{0}为{3}的 {1}，于{2}后支付",
                    )
                }
            });
            if let Some(cap) = &instalment.cap {
                let capped = say([&subject], "the most of {0}", "{0}的上限", "{0}的上限");
                self.dated(format!("{path}.cap"), cap, &capped, |amount| {
                    say(
                        [&subject, &money(*amount)],
                        "{0} is at most {1}: what is above it goes into what comes later",
                        "{0}最多為 {1}，餘數撥入其後各期",
                        "{0}最多为 {1}，余数拨入其后各期",
                    )
                });
            }
            self.timing(&path, instalment, &subject);
        }
    }

    /// What of an instalment depends on months, and what it needs.
    fn timing(&mut self, path: &str, instalment: &Instalment, subject: &Text) {
        let of_first = [
            "{0} is of the part for the first {1} months, all months having the same part",
            "{0}以首 {1} 個月的份額計算，每月份額相同",
            "{0}以首 {1} 个月的份额计算，每月份额相同",
        ];
        let after = ["{0} is due {1} months later", "{0}於其後 {1} 個月支付", "{0}于其后 {1} 个月支付"];
        let every = [
            "{0} is parted evenly and paid every {1} months until the project ends",
            "{0}平均分期，每 {1} 個月支付一次，直至項目完結",
            "{0}平均分期，每 {1} 个月支付一次，直至项目完结",
        ];
        let above = [
            "{0} is for projects of more than {1} months",
            "{0}適用於為期超過 {1} 個月的項目",
            "{0}适用于为期超过 {1} 个月的项目",
        ];
        for (name, months, [en, zh_hant, zh_hans]) in [
            ("of_first_months", &instalment.of_first_months, of_first),
            ("after_months", &instalment.after_months, after),
            ("every_months", &instalment.every_months, every),
            ("above_months", &instalment.above_months, above),
        ] {
            if let Some(months) = months {
                let words = |months: &u32| say([subject, &same(months)], en, zh_hant, zh_hans);
                self.dated(format!("{path}.{name}"), months, subject, words);
            }
        }
        if instalment.in_advance {
            let text =
                say([subject], "{0} is paid before anything is spent", "{0}於支出前預先撥付", "{0}于支出前预先拨付");
            self.undated(format!("{path}.in_advance"), text);
        }
        for (code, NamedValue { name, is }) in &instalment.needs {
            self.dated(format!("{path}.needs.{code}"), is, name, |needed| {
                let parts = [subject, name, &yes_or_no(*needed)];
                say(
                    parts,
                    "{0} is paid once this is shown: {1} ({2})",
                    "{0}須先證明：{1}（{2}）",
                    "{0}须先证明：{1}（{2}）",
                )
            });
        }
    }

    pub(super) fn controls(&mut self, controls: &Tables<Control>) {
        let names = self.names();
        for (code, Control { name, is }) in controls {
            let subject = quoted(name);
            self.dated(format!("control.{code}"), is, &subject, |value| {
                let value = match value {
                    ControlValue::Share(part) => share(*part),
                    ControlValue::Limit(limit) => names.limit(limit),
                    ControlValue::Holds(holds) => yes_or_no(*holds),
                };
                stated(name, &value)
            });
        }
    }

    pub(super) fn questions(&mut self, questions: &Tables<NamedValue<bool>>) {
        self.chapter(Chapter::Unknown);
        for (code, NamedValue { name, is }) in questions {
            self.known(format!("question.{code}"), is, |known| match known {
                Known::Is(answer) => stated(name, &yes_or_no(*answer)),
                Known::None => say([name], "asked no more: {0}", "已無須確定：{0}", "已无须确定：{0}"),
                Known::Unknown => say([name], "not known: {0}", "未能確定：{0}", "未能确定：{0}"),
            });
        }
    }
}

fn stated(name: &Text, value: &Text) -> Text {
    say([name, value], "{0}: {1}", "{0}：{1}", "{0}：{1}")
}

/// The event that makes something due.
pub(crate) fn due_on(due: DueOn) -> Text {
    match due {
        DueOn::Acceptance => say([], "the acceptance of the offer", "接納要約", "接纳要约"),
        DueOn::Milestone => say([], "the milestone", "階段目標達成", "阶段目标达成"),
        DueOn::Completion => say([], "the completion of the project", "項目完成", "项目完成"),
        DueOn::FinalAccounts => say([], "the acceptance of the final accounts", "最終帳目獲接納", "最终账目获接纳"),
    }
}
