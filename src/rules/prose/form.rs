//! The form in words: which sections an application needs, and what is asked beside what the rules depend on.

use super::Chapter;
use super::words::{or, quoted, same, say};
use super::writer::Writer;
use crate::application::ANSWER_CHARACTERS_MAX;
use crate::dated::Dated;
use crate::scheme::{Form, Question, QuestionKind};
use crate::text::Text;

impl Writer<'_> {
    pub(super) fn form(&mut self, form: &Form) {
        self.chapter(Chapter::Applicants);
        for (code, section) in form.sections() {
            let Some(section) = section else { continue };
            let name = match code {
                "starts_on" => say([], "the day on which the project begins", "項目的開始日期", "项目的开始日期"),
                "milestones" => say([], "milestones", "項目里程碑", "项目里程碑"),
                "people" => say([], "the people who work on the project", "項目人員", "项目人员"),
                _ => say([], "quotations", "報價", "报价"),
            };
            self.needed(format!("form.{code}.required"), &section.required, &name);
        }
        self.chapter(Chapter::Questions);
        for (code, question) in &form.question {
            self.form_question(code, question);
        }
    }

    fn form_question(&mut self, code: &str, question: &Question) {
        let Question { name, kind, values, required, characters_max } = question;
        let coded = |(code, name): (&String, &Text)| {
            say([&quoted(name), &quoted(&same(code))], "{0} ({1})", "{0}（{1}）", "{0}（{1}）")
        };
        let most = characters_max.as_ref().map_or_else(|| same(ANSWER_CHARACTERS_MAX), |most| same(most.get_ref()));
        let kind = match kind {
            QuestionKind::Words => say([&most], "at most {0} characters", "最多 {0} 字元", "最多 {0} 字符"),
            QuestionKind::Boolean => say([], "yes or no", "是或否", "是或否"),
            QuestionKind::Text => or(values.iter().map(coded)),
            QuestionKind::Count => say([], "a whole number", "整數", "整数"),
            QuestionKind::Amount => say([], "an amount", "金額", "金额"),
            QuestionKind::Day => say([], "a day", "日期", "日期"),
        };
        let name = quoted(name);
        let text = say(
            [&name, &kind],
            "the form asks: {0} (answer: {1})",
            "表格提問：{0}（答案：{1}）",
            "表格提问：{0}（答案：{1}）",
        );
        self.undated(format!("form.question.{code}"), text);
        if let Some(required) = required {
            let answer = say([&name], "an answer to {0}", "{0}的答案", "{0}的答案");
            self.needed(format!("form.question.{code}.required"), required, &answer);
        }
    }

    /// Whether an application is submitted only with something.
    pub(super) fn needed(&mut self, path: String, required: &Dated<bool>, what: &Text) {
        let subject = say([what], "whether {0} is required", "是否必須提交{0}", "是否必须提交{0}");
        self.dated(path, required, &subject, |required| match required {
            true => say(
                [what],
                "an application is submitted only with {0}",
                "申請必須連同{0}一併提交",
                "申请必须连同{0}一并提交",
            ),
            false => {
                say([what], "an application may be submitted without {0}", "申請可不連同{0}提交", "申请可不连同{0}提交")
            }
        });
    }
}
