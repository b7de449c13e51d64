//! What the applicant writes: typed sections that every scheme has, and answers to the questions of its own form.

use crate::calculation::{FactValue, Facts, Request, RequestFault, each_once, escaped, object, objects};
use crate::calendar::Day;
use crate::money::Cents;
use crate::refusal::Refusal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The longest title, in characters.
pub const TITLE_CHARACTERS_MAX: usize = 200;
/// The longest summary, in characters.
pub const SUMMARY_CHARACTERS_MAX: usize = 4_000;
/// The longest name, of a person, an organisation or a milestone, in characters.
pub const NAME_CHARACTERS_MAX: usize = 200;
/// The longest answer to a question of the form, and what a milestone delivers, in characters.
pub const ANSWER_CHARACTERS_MAX: usize = 4_000;
/// The most milestones, people or quotations of one application.
pub const LINES_MAX: usize = 100;

/// What the applicant writes; a draft may be incomplete.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Content {
    /// What the project is called.
    #[serde(default)]
    pub title: String,
    /// What it is about.
    #[serde(default)]
    pub summary: String,
    /// The day on which it is meant to begin.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub starts_on: Option<Day>,
    /// Facts, stages with cost and contributions, and what is asked for: the request of the calculation.
    #[serde(deserialize_with = "object")]
    pub request: Request,
    /// What is to be reached, and when.
    #[serde(default, deserialize_with = "objects", skip_serializing_if = "Vec::is_empty")]
    pub milestones: Vec<Milestone>,
    /// Who works on it.
    #[serde(default, deserialize_with = "objects", skip_serializing_if = "Vec::is_empty")]
    pub people: Vec<Participant>,
    /// What suppliers ask for what is to be bought.
    #[serde(default, deserialize_with = "objects", skip_serializing_if = "Vec::is_empty")]
    pub quotations: Vec<Quotation>,
    /// Answers to the scheme's own questions, by their codes.
    #[serde(default, deserialize_with = "each_once", skip_serializing_if = "Facts::is_empty")]
    pub answers: Facts,
}

/// Something that the project reaches.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Milestone {
    /// The scheme's code for the stage; left out where the scheme has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stage: Option<String>,
    /// What it is called.
    pub title: String,
    /// By the end of which month of the project, counted from 1.
    pub month: u32,
    /// What shows that it is reached.
    #[serde(default)]
    pub deliverable: String,
}

/// Somebody who works on the project.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Participant {
    /// As people write it.
    pub name: String,
    /// As what.
    pub part: Part,
    /// For whom they work; left out, for the applicant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organisation: Option<String>,
    /// Where they are written to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
}

/// As what somebody works on a project.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// Answers for the work.
    Leader,
    /// Answers for it where the leader is away.
    DeputyLeader,
    /// Does a part of it.
    Member,
    /// Gives advice.
    Adviser,
}

/// What a supplier asks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Quotation {
    /// The category of the cost.
    pub category: String,
    /// Who supplies.
    pub supplier: String,
    /// Their Unique Business Identifier, where they have one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supplier_ubi: Option<String>,
    /// How much.
    pub amount: Cents,
}

impl Content {
    /// That everything can be kept, however incomplete it is.
    ///
    /// # Errors
    /// What is too long or too many, or holds U+0000, which PostgreSQL cannot keep.
    pub(super) fn bounded(&self) -> Result<(), Refusal> {
        let bound = |field: &'static str, text: &str, characters_max: usize| {
            if text.chars().count() > characters_max {
                Err(Refusal::TextLength { field, characters_max })
            } else {
                Ok(())
            }
        };
        bound("/title", &self.title, TITLE_CHARACTERS_MAX)?;
        bound("/summary", &self.summary, SUMMARY_CHARACTERS_MAX)?;
        storable("/title", &self.title)?;
        storable("/summary", &self.summary)?;
        storable_in("/request", &self.request)?;
        let faults = self.lines().collect::<Vec<_>>();
        if faults.is_empty() { Ok(()) } else { Err(Refusal::ContentFaulty { faults }) }
    }

    /// What is wrong in the lists and the answers.
    fn lines(&self) -> impl Iterator<Item = RequestFault> {
        let many = [
            ("/milestones", self.milestones.len()),
            ("/people", self.people.len()),
            ("/quotations", self.quotations.len()),
            ("/answers", self.answers.len()),
        ];
        let many = many.into_iter().filter(|(_, count)| *count > LINES_MAX);
        let many = many.map(|(at, _)| RequestFault::malformed(at, format!("write at most {LINES_MAX}")));
        let texts = self.texts().into_iter();
        many.chain(texts.filter_map(|(pointer, text, characters_max)| too_long(pointer, text, characters_max)))
    }

    /// Every text of the lists and the answers, with its place and its greatest length.
    fn texts(&self) -> Vec<(String, &str, usize)> {
        let (name, long) = (NAME_CHARACTERS_MAX, ANSWER_CHARACTERS_MAX);
        let mut texts = Vec::new();
        for (place, milestone) in self.milestones.iter().enumerate() {
            let stage = milestone.stage.as_deref().unwrap_or_default();
            texts.push((format!("/milestones/{place}/stage"), stage, name));
            texts.push((format!("/milestones/{place}/title"), &milestone.title, name));
            texts.push((format!("/milestones/{place}/deliverable"), &milestone.deliverable, long));
        }
        for (place, person) in self.people.iter().enumerate() {
            let (organisation, email) = (person.organisation.as_deref(), person.email.as_deref());
            texts.push((format!("/people/{place}/name"), &person.name, name));
            texts.push((format!("/people/{place}/organisation"), organisation.unwrap_or_default(), name));
            texts.push((format!("/people/{place}/email"), email.unwrap_or_default(), name));
        }
        for (place, quotation) in self.quotations.iter().enumerate() {
            let ubi = quotation.supplier_ubi.as_deref().unwrap_or_default();
            texts.push((format!("/quotations/{place}/category"), &quotation.category, name));
            texts.push((format!("/quotations/{place}/supplier"), &quotation.supplier, name));
            texts.push((format!("/quotations/{place}/supplier_ubi"), ubi, name));
        }
        for (code, answer) in &self.answers {
            let pointer = format!("/answers/{}", escaped(code));
            if let FactValue::Text(text) = answer {
                texts.push((pointer.clone(), text, long));
            }
            texts.push((pointer, code, name));
        }
        texts
    }
}

fn too_long(pointer: String, text: &str, characters_max: usize) -> Option<RequestFault> {
    if text.chars().count() > characters_max {
        return Some(RequestFault::malformed(pointer, format!("write at most {characters_max} characters")));
    }
    text.contains('\0').then(|| RequestFault::malformed(pointer, "take out the character U+0000"))
}

/// No text holds U+0000: PostgreSQL cannot keep it.
pub(crate) fn storable(field: &'static str, text: &str) -> Result<(), Refusal> {
    if text.contains('\0') { Err(Refusal::TextUnstorable { field }) } else { Ok(()) }
}

/// The same for every text inside a value, names of facts included.
pub(crate) fn storable_in(field: &'static str, value: &impl Serialize) -> Result<(), Refusal> {
    let written = serde_json::to_value(value).unwrap_or_default();
    if holds_nul(&written) { Err(Refusal::TextUnstorable { field }) } else { Ok(()) }
}

fn holds_nul(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(values) => values.iter().any(holds_nul),
        Value::Object(members) => members.iter().any(|(name, value)| name.contains('\0') || holds_nul(value)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}
