//! Forms: what is wanted, on which day, and what is no answer.

use super::*;
use crate::sample::day;
use crate::scheme::sample::Sample;
use serde_json::json;

const FORM: &str = r#"
[cost.category.equipment]
name = { en = "Equipment", zh-Hant = "設備", zh-Hans = "设备" }
[form.starts_on]
required = [{ from = "2024-01-01", is = true, source = "guide" }]
[form.milestones]
required = [{ from = "2024-01-01", is = false, source = "guide" }, { from = "2025-01-01", is = true, source = "guide" }]
[form.people]
required = [{ from = "2024-01-01", is = true, source = "guide" }]
[form.quotations]
required = [{ from = "2024-01-01", is = "unknown", source = "guide" }]
[form.question.benefit]
type           = "words"
name           = { en = "Who benefits?", zh-Hant = "何人受惠？", zh-Hans = "何人受惠？" }
characters_max = 9
required       = [{ from = "2024-01-01", is = true, source = "guide" }]
[form.question.size]
type         = "text"
name         = { en = "How large?", zh-Hant = "規模如何？", zh-Hans = "规模如何？" }
values.small = { en = "Small", zh-Hant = "小", zh-Hans = "小" }
[form.question.staff]
type = "count"
name = { en = "How many staff?", zh-Hant = "員工人數？", zh-Hans = "员工人数？" }
[form.question.turnover]
type = "amount"
name = { en = "What turnover?", zh-Hant = "營業額？", zh-Hans = "营业额？" }
"#;

fn scheme() -> Scheme {
    let open = "[cost.list]\nis = [{ from = \"2024-01-01\", is = \"open\"";
    let text = Sample::new().add(FORM).text().replace(open, &open.replace("\"open", "\"closed"));
    Scheme::read(&text).unwrap()
}

/// What is in order on any day, with some parts written otherwise.
fn content(changed: serde_json::Value) -> Content {
    let mut content = json!({
        "starts_on": "2024-07-01",
        "request": { "project": { "stages": [{ "stage": "project", "months": 12, "costs": [] }] } },
        "milestones": [{ "title": "It runs", "month": 12 }],
        "people": [{ "name": "Chan Tai Man", "part": "leader", "email": "chan@example.hk" }],
        "quotations": [{ "category": "equipment", "supplier": "Harbour", "supplier_ubi": "00000001", "amount": "9.00" }],
        "answers": { "benefit": "everybody", "size": "small", "staff": 3, "turnover": "9.00" },
    });
    let (all, changed) = (content.as_object_mut().unwrap(), changed.as_object().unwrap().clone());
    all.extend(changed);
    serde_json::from_value(content).unwrap()
}

#[test]
fn a_section_is_wanted_on_the_days_on_which_the_scheme_says_so() {
    let none = content(json!({ "starts_on": null, "milestones": [], "people": [], "quotations": [], "answers": {} }));
    let pointers = |on: &str| {
        lacking(&none, &scheme(), day(on)).into_iter().map(|fault| fault.pointer).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(pointers("2024-06-01"), "/starts_on /people /answers/benefit");
    assert_eq!(pointers("2025-06-01"), "/starts_on /milestones /people /answers/benefit");
    assert_eq!(lacking(&content(json!({})), &scheme(), day("2025-06-01")), []);
}

#[test]
fn what_is_no_line_of_a_section_and_no_answer_to_a_question_is_pointed_at_with_what_to_write() {
    let person =
        |name: &str, part: &str, email: &str| json!({ "people": [{ "name": name, "part": part, "email": email }] });
    let milestone = |title: &str, month: u32, stage: &str| json!({ "milestones": [{ "title": title, "month": month, "stage": stage }] });
    let quotation = |category: &str, supplier: &str, ubi: &str| json!({ "quotations": [{ "category": category, "supplier": supplier, "supplier_ubi": ubi, "amount": "1.00" }] });
    let answers = |answers: serde_json::Value| {
        let mut all = json!({ "benefit": "everybody" });
        all.as_object_mut().unwrap().extend(answers.as_object().unwrap().clone());
        json!({ "answers": all })
    };
    for (changed, pointer, message) in [
        (milestone(" ", 1, "project"), "/milestones/0/title", "say what the milestone is called"),
        (milestone("It runs", 0, "project"), "/milestones/0/month", "write a month of the project, from 1 to 12"),
        (milestone("It runs", 13, "project"), "/milestones/0/month", "write a month of the project, from 1 to 12"),
        (
            milestone("It runs", 1, "other"),
            "/milestones/0/stage",
            "the stages are project: write one of them, or leave it out",
        ),
        (person("Chan", "member", "chan@example.hk"), "/people", "name the people who work on it, and who leads them"),
        (person("", "leader", "chan@example.hk"), "/people/0/name", "write the person's name"),
        (person("Chan", "leader", "chan"), "/people/0/email", "Write an e-mail address such as name@example.hk."),
        (quotation("equipment", "", "00000001"), "/quotations/0/supplier", "say who supplies"),
        (
            quotation("equipment", "H", "1"),
            "/quotations/0/supplier_ubi",
            "Write the Unique Business Identifier as eight digits.",
        ),
        (
            quotation("air", "H", "00000001"),
            "/quotations/0/category",
            "the categories of cost are equipment: write one of them",
        ),
        (answers(json!({ "benefit": "far too long" })), "/answers/benefit", "answer in 1 to 9 characters"),
        (answers(json!({ "benefit": " " })), "/answers/benefit", "answer in 1 to 9 characters"),
        (answers(json!({ "benefit": true })), "/answers/benefit", "answer in 1 to 9 characters"),
        (answers(json!({ "size": "large" })), "/answers/size", "answer with one of small"),
        (answers(json!({ "size": 3 })), "/answers/size", "answer with one of small"),
        (answers(json!({ "staff": "many" })), "/answers/staff", "answer with a whole number"),
        (answers(json!({ "turnover": 9 })), "/answers/turnover", "answer with an amount in quotes such as \"1200.50\""),
        (answers(json!({ "weather": true })), "/answers/weather", "the form has no such question: leave it out"),
    ] {
        let faults = lacking(&content(changed.clone()), &scheme(), day("2024-06-01"));
        assert_eq!(faults, [lacks(pointer, message)], "{changed}");
    }
}
