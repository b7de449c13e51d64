//! What the form of a scheme still wants of an application: sections that are missing, and answers that are missing or of another type.

use super::content::{Content, Milestone, Part, Participant, Quotation};
use crate::calculation::{FactValue, RequestFault, escaped, is_answer};
use crate::calendar::Day;
use crate::dated::{Dated, Known};
use crate::person::{ubi, usable_email};
use crate::scheme::{CategoryList, Question, Scheme};

/// What is missing or wrong in an application under the form of a scheme and of a day. What nobody knows to be required is not
/// asked for.
pub(super) fn lacking(content: &Content, scheme: &Scheme, on: Day) -> Vec<RequestFault> {
    let form = Form { content, scheme, on };
    let mut faults = form.sections();
    faults.extend(form.milestones());
    faults.extend(form.people());
    faults.extend(form.quotations());
    faults.extend(form.answers());
    faults
}

struct Form<'a> {
    content: &'a Content,
    scheme: &'a Scheme,
    on: Day,
}

fn lacks(pointer: impl Into<String>, message: impl Into<String>) -> RequestFault {
    RequestFault::malformed(pointer, message)
}

impl Form<'_> {
    fn needs(&self, required: &Dated<bool>) -> bool {
        required.on(self.on).is_some_and(|entry| entry.is == Known::Is(true))
    }

    /// The sections that are not there.
    fn sections(&self) -> Vec<RequestFault> {
        let Content { starts_on, milestones, people, quotations, .. } = self.content;
        let mut faults = Vec::new();
        for (code, section) in self.scheme.file.form.sections() {
            let (is_there, message) = match code {
                "starts_on" => (starts_on.is_some(), "say on which day the project begins"),
                "milestones" => (!milestones.is_empty(), "give at least one milestone"),
                "people" => {
                    let leads = people.iter().any(|person| person.part == Part::Leader);
                    (leads, "name the people who work on it, and who leads them")
                }
                _ => (!quotations.is_empty(), "give the quotations"),
            };
            if !is_there && section.is_some_and(|section| self.needs(&section.required)) {
                faults.push(lacks(format!("/{code}"), message));
            }
        }
        faults
    }

    fn milestones(&self) -> Vec<RequestFault> {
        let stages = &self.scheme.file.stage;
        let of_project = &self.content.request.project.stages;
        let months = of_project.iter().map(|stage| stage.months).sum::<Option<u32>>().filter(|months| *months > 0);
        let mut faults = Vec::new();
        for (place, Milestone { stage, title, month, .. }) in self.content.milestones.iter().enumerate() {
            let at = |member: &str| format!("/milestones/{place}/{member}");
            if title.trim().is_empty() {
                faults.push(lacks(at("title"), "say what the milestone is called"));
            }
            if *month == 0 || months.is_some_and(|months| *month > months) {
                let last = months.map_or_else(|| "on".to_owned(), |months| format!("to {months}"));
                faults.push(lacks(at("month"), format!("write a month of the project, from 1 {last}")));
            }
            if stage.as_ref().is_some_and(|stage| !stages.contains_key(stage)) {
                let known = stages.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
                faults.push(lacks(at("stage"), format!("the stages are {known}: write one of them, or leave it out")));
            }
        }
        faults
    }

    fn people(&self) -> Vec<RequestFault> {
        let mut faults = Vec::new();
        for (place, Participant { name, email, .. }) in self.content.people.iter().enumerate() {
            if name.trim().is_empty() {
                faults.push(lacks(format!("/people/{place}/name"), "write the person's name"));
            }
            if let Some(email) = email
                && let Err(refusal) = usable_email(email)
            {
                faults.push(lacks(format!("/people/{place}/email"), refusal.to_string()));
            }
        }
        faults
    }

    fn quotations(&self) -> Vec<RequestFault> {
        let cost = &self.scheme.file.cost;
        let is_closed = cost.list.is.value_on(self.on) == Some(&CategoryList::Closed);
        let mut faults = Vec::new();
        for (place, quotation) in self.content.quotations.iter().enumerate() {
            let Quotation { category, supplier, supplier_ubi, .. } = quotation;
            let at = |member: &str| format!("/quotations/{place}/{member}");
            if supplier.trim().is_empty() {
                faults.push(lacks(at("supplier"), "say who supplies"));
            }
            if let Some(written) = supplier_ubi
                && let Err(refusal) = ubi(written)
            {
                faults.push(lacks(at("supplier_ubi"), refusal.to_string()));
            }
            if is_closed && !cost.category.contains_key(category) {
                let known = cost.category.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
                faults.push(lacks(at("category"), format!("the categories of cost are {known}: write one of them")));
            }
        }
        faults
    }

    fn answers(&self) -> Vec<RequestFault> {
        let (questions, answers) = (&self.scheme.file.form.question, &self.content.answers);
        let mut faults = Vec::new();
        for code in answers.keys().filter(|code| !questions.contains_key(*code)) {
            faults.push(lacks(format!("/answers/{}", escaped(code)), "the form has no such question: leave it out"));
        }
        for (code, question) in questions {
            let message = match answers.get(code) {
                Some(answer) => wrong(question, answer),
                None => {
                    let needed = question.required.as_ref().is_some_and(|required| self.needs(required));
                    needed.then(|| format!("answer this question: {}", question.name.en))
                }
            };
            faults.extend(message.map(|message| lacks(format!("/answers/{code}"), message)));
        }
        faults
    }
}

/// What is wrong with an answer, if anything is.
fn wrong(question: &Question, answer: &FactValue) -> Option<String> {
    let Some(kind) = question.kind.fact() else {
        let most = question.characters_max.as_ref().map(|most| *most.get_ref());
        let fits = |text: &str| {
            let count = u32::try_from(text.chars().count()).unwrap_or(u32::MAX);
            !text.trim().is_empty() && most.is_none_or(|most| count <= most)
        };
        return match answer {
            FactValue::Text(text) if fits(text) => None,
            _ => Some(match most {
                Some(most) => format!("answer in 1 to {most} characters"),
                None => "answer in words".to_owned(),
            }),
        };
    };
    let chosen = |text: &str| question.values.is_empty() || question.values.contains_key(text);
    match answer {
        FactValue::Text(text) if is_answer(kind, answer) && chosen(text) => None,
        FactValue::Boolean(_) | FactValue::Count(_) if is_answer(kind, answer) => None,
        _ if question.values.is_empty() => Some(format!("answer with {}", kind.in_words())),
        _ => Some(format!(
            "answer with one of {}",
            question.values.keys().map(String::as_str).collect::<Vec<_>>().join(", ")
        )),
    }
}

#[cfg(test)]
mod tests;
