//! The form of one scheme: what an application must be to be submitted, section by section, with the scheme's own questions.

use super::request::{one_of, put, put_names, put_title};
use super::{generated, sorted};
use crate::application::{
    ANSWER_CHARACTERS_MAX, Content, LINES_MAX, NAME_CHARACTERS_MAX, SUMMARY_CHARACTERS_MAX, TITLE_CHARACTERS_MAX,
};
use crate::blind::hides_applicant_on;
use crate::calendar::Day;
use crate::dated::{Dated, Known};
use crate::scheme::{CategoryList, Question, QuestionKind, Scheme, Tables};
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

/// The schema of a whole application to a scheme, under the rules of a day: what is needed on that day is required. Without a day,
/// nothing is required that the scheme only needs on some days.
///
/// It is of draft 2020-12. A draft may lack anything of it. What the rules of the scheme refuse is refused by the calculation.
#[must_use]
pub fn form(scheme: &Scheme, on: Option<Day>) -> Value {
    let file = &scheme.file;
    let needed = |required: &Dated<bool>| {
        let entry = on.and_then(|on| required.on(on));
        entry.is_some_and(|entry| entry.is == Known::Is(true))
    };
    let mut schema = generated::<Content>(SchemaSettings::draft2020_12()).to_value();
    put_title(&mut schema, scheme, "An application to");
    put_names(&mut schema, scheme, on);
    let sections = file.form.sections().into_iter();
    let sections =
        sections.filter_map(|(code, section)| needed(&section?.required).then_some(code)).collect::<Vec<_>>();
    let questions = file.form.question.iter();
    let questions = questions.filter(|(_, question)| question.required.as_ref().is_some_and(needed));
    let questions = questions.map(|(code, _)| code.as_str()).collect::<Vec<_>>();
    let mut required = [&["title", "summary", "request"], sections.as_slice()].concat();
    if !questions.is_empty() {
        required.push("answers");
    }
    put(&mut schema, "", json!({ "required": required }));
    if is_blind(scheme, on) {
        put(&mut schema, "", json!({ "description": BLIND }));
    }
    put(&mut schema, "/properties/answers", answers(&file.form.question, &questions));
    whole(&mut schema, &sections);
    lines(&mut schema, scheme, on);
    sorted(schema)
}

/// What an applicant is told of whom those who assess must not know.
const BLIND: &str = "Those who assess this application are not told who applies: do not name yourself, your organisation or your people in \
     the title, the summary, the milestones, the answers or the files. (評審員不獲告知申請者的身分：請勿在標題、摘要、里程碑、答案或文件中\
     提及閣下、貴機構或貴機構人員的名稱。评审员不获告知申请者的身份：请勿在标题、摘要、里程碑、答案或文件中提及您本人、贵机构或贵机构人员的名称。)";

/// Whether assessors are not told who applies; without a day, whether they ever are not.
fn is_blind(scheme: &Scheme, on: Option<Day>) -> bool {
    let blind = scheme.file.assessment.as_ref().and_then(|assessment| assessment.blind_to_applicant.as_ref());
    let mut days = blind.into_iter().flat_map(|blind| blind.is.entries.iter().map(|entry| entry.from));
    on.map_or_else(|| days.any(|day| hides_applicant_on(scheme, day)), |on| hides_applicant_on(scheme, on))
}

/// What each section must be.
fn whole(schema: &mut Value, sections: &[&str]) {
    put(schema, "/properties/title", bounded(TITLE_CHARACTERS_MAX));
    put(schema, "/properties/summary", bounded(SUMMARY_CHARACTERS_MAX));
    put(schema, "/$defs/Request", json!({ "required": ["project", "requested"] }));
    put(schema, "/$defs/Request/properties/requested", json!({ "type": "string" }));
    put(schema, "/$defs/Project/properties/stages", json!({ "minItems": 1 }));
    for list in ["milestones", "people", "quotations"] {
        put(schema, &format!("/properties/{list}"), json!({ "maxItems": LINES_MAX }));
    }
    for section in sections {
        let there = match *section {
            "starts_on" => json!({ "type": "string" }),
            "people" => json!({ "contains": { "properties": { "part": { "const": "leader" } } } }),
            _ => json!({ "minItems": 1 }),
        };
        put(schema, &format!("/properties/{section}"), there);
    }
}

/// What each line of a section must be.
fn lines(schema: &mut Value, scheme: &Scheme, on: Option<Day>) {
    let file = &scheme.file;
    let stages = json!({ "anyOf": [one_of(&file.stage, |stage| &stage.name), { "type": "null" }] });
    put(schema, "/$defs/Milestone/properties/stage", stages);
    put(schema, "/$defs/Milestone/properties/title", bounded(NAME_CHARACTERS_MAX));
    put(schema, "/$defs/Milestone/properties/month", json!({ "minimum": 1 }));
    put(schema, "/$defs/Milestone/properties/deliverable", json!({ "maxLength": ANSWER_CHARACTERS_MAX }));
    put(schema, "/$defs/Participant/properties/name", bounded(NAME_CHARACTERS_MAX));
    put(schema, "/$defs/Participant/properties/organisation", json!({ "maxLength": NAME_CHARACTERS_MAX }));
    put(schema, "/$defs/Participant/properties/email", json!({ "format": "email" }));
    put(schema, "/$defs/Quotation/properties/supplier", bounded(NAME_CHARACTERS_MAX));
    put(schema, "/$defs/Quotation/properties/supplier_ubi", json!({ "pattern": "^[0-9]{8}$" }));
    let is_closed = on.is_some_and(|on| file.cost.list.is.value_on(on) == Some(&CategoryList::Closed));
    let categories = if is_closed {
        one_of(&file.cost.category, |category| &category.name)
    } else {
        json!({ "maxLength": NAME_CHARACTERS_MAX })
    };
    put(schema, "/$defs/Quotation/properties/category", categories);
}

/// A text with something to see.
fn bounded(characters_max: usize) -> Value {
    json!({ "maxLength": characters_max, "pattern": "\\S" })
}

/// The scheme's own questions.
fn answers(questions: &Tables<Question>, required: &[&str]) -> Value {
    let questions = questions.iter().map(|(code, question)| {
        let mut answer = match question.kind {
            QuestionKind::Words => {
                let house = u32::try_from(ANSWER_CHARACTERS_MAX).unwrap_or(u32::MAX);
                let most = question.characters_max.as_ref().map_or(house, |most| *most.get_ref());
                json!({ "type": "string", "maxLength": most, "pattern": "\\S" })
            }
            QuestionKind::Boolean => json!({ "type": "boolean" }),
            QuestionKind::Text => one_of(&question.values, |value| value),
            QuestionKind::Count => json!({ "type": "integer", "minimum": 0, "maximum": u32::MAX }),
            QuestionKind::Amount => json!({ "$ref": "#/$defs/Cents" }),
            QuestionKind::Day => json!({ "$ref": "#/$defs/Day" }),
        };
        put(&mut answer, "", json!({ "title": question.name.en, "x-name": question.name }));
        (code.clone(), answer)
    });
    let properties = questions.collect::<Map<_, _>>();
    json!({ "properties": properties, "additionalProperties": false, "required": required })
}
