//! The form of a scheme: its schema, what a draft lacks of it, and what cannot be kept at all.

use crate::desk::Desk;
use crate::proposals::nias;
use crate::site::{Call, morning};
use crate::world::{World, at, text_of};
use serde_json::{Value, json};

pub const OF_FORMS: &[&str] = &["application.content_faulty", "application.incomplete"];

const DAY: &str = "2025-02-05";

const FORM: &str = r#"
[form.starts_on]
required = [{ from = "2024-01-01", is = true, source = "house" }]
[form.people]
required = [{ from = "2024-01-01", is = true, source = "house" }]
[form.question.benefit]
type           = "words"
name           = { en = "Who benefits?", zh-Hant = "何人受惠？", zh-Hans = "何人受惠？" }
characters_max = 500
required       = [{ from = "2024-01-01", is = true, source = "house" }]
"#;

#[tokio::test]
async fn a_draft_says_what_it_lacks_of_the_form_and_is_submitted_when_it_lacks_nothing() {
    let world = World::with(&[], at(DAY, 0)).await;
    world.publish(format!("{}\n{FORM}", text_of("NIAS")), at(DAY, 0)).await;
    let (staff, applicant) = (world.staff().await, world.applicant().await);
    let case = world.draft(&staff, &applicant, ("NIAS", nias()), at(DAY, 0)).await;
    let desk = Desk::open(&world, morning(DAY));
    let author = desk.sign_in(&applicant.actor).await;
    let path = format!("/api/v1/applications/{}", case.id);
    let form = desk.send(&Call::get(format!("/api/v1/schemes/NIAS/form?on={DAY}"))).json;
    assert_eq!(form["properties"]["answers"]["properties"]["benefit"]["title"], "Who benefits?");
    let lacks = |content: &Value| {
        let edited = author.send(&author.put(format!("{path}/content"), content, version(&author, &path)));
        assert_eq!(edited.told(), (200, ""), "{}", edited.json);
        let checked = author.send(&author.get(format!("{path}/pre-check"))).json;
        assert_eq!(checked["missing"], edited.json["missing"]);
        let missing = edited.json["missing"].as_array().unwrap().iter();
        let missing = missing.map(|fault| fault["pointer"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
        assert_eq!(missing.is_empty(), jsonschema::is_valid(&form, content), "{content}");
        missing
    };
    let mut content = nias();
    assert_eq!(lacks(&content), ["/starts_on", "/people", "/answers/benefit"]);
    let submit = |version: i64| author.post(format!("{path}/submission"), &json!({})).if_match(version);
    let refused = author.refused(&submit(2), 422, "application.incomplete").await;
    assert_eq!(refused.json["errors"][2]["message"], "answer this question: Who benefits?");
    content["starts_on"] = json!("2025-07-01");
    content["people"] = json!([{ "name": "Chan Tai Man", "part": "leader", "email": "chan" }]);
    content["answers"] = json!({ "benefit": "Patients", "weather": "fine" });
    assert_eq!(lacks(&content), ["/people/0/email", "/answers/weather"]);
    let mut unstorable = content.clone();
    unstorable["people"][0]["name"] = json!("x".repeat(201));
    unstorable["answers"]["benefit"] = json!("\0");
    let edit = author.put(format!("{path}/content"), &unstorable, 3);
    let refused = author.refused(&edit, 422, "application.content_faulty").await;
    assert_eq!(refused.parts(), ["/people/0/name", "/answers/benefit"]);
    content["people"][0]["email"] = json!("chan@example.hk");
    content["answers"] = json!({ "benefit": "Patients" });
    assert_eq!(lacks(&content), Vec::<String>::new());
    assert_eq!(author.send(&submit(4)).told(), (200, ""));
    desk.told_exactly(OF_FORMS);
}

fn version(author: &crate::desk::Caller<'_>, path: &str) -> i64 {
    author.send(&author.get(path)).json["version"].as_i64().unwrap()
}
