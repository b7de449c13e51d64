//! The laws of a form: questions that can be named, choices that can be chosen, and lengths that can be kept.

use super::Check;
use crate::application::ANSWER_CHARACTERS_MAX;
use crate::scheme::{CODE_OF_TABLE_CHARACTERS_MAX, Form, Question, QuestionKind, is_plain_code};

impl Check<'_> {
    pub(super) fn form(&mut self, form: &Form) {
        for (code, question) in &form.question {
            if !is_plain_code(code) {
                let message = format!(
                    "[form.question.{code}]: write the code in 1 to {CODE_OF_TABLE_CHARACTERS_MAX} small letters, digits and underscores, such as expected_benefit"
                );
                self.fault(0, message);
            }
            self.form_question(code, question);
        }
    }

    fn form_question(&mut self, code: &str, Question { kind, values, characters_max, .. }: &Question) {
        let chooses = *kind == QuestionKind::Text;
        if chooses && values.is_empty() {
            self.fault(0, format!("[form.question.{code}]: write the answers that it may have in `values`"));
        } else if !chooses && !values.is_empty() {
            let message = format!("[form.question.{code}]: `values` are for the type \"text\": leave them out here");
            self.fault(0, message);
        }
        let Some(most) = characters_max else { return };
        let limit = u32::try_from(ANSWER_CHARACTERS_MAX).unwrap_or(u32::MAX);
        if *kind != QuestionKind::Words {
            self.fault(most.span().start, "`characters_max` is for the type \"words\": leave it out here");
        } else if !(1..=limit).contains(most.get_ref()) {
            self.fault(most.span().start, format!("write a whole number of characters from 1 to {limit}"));
        }
    }
}
