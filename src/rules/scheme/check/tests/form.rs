//! Forms: questions that can be named and answered.

use super::*;

#[test]
fn a_question_of_the_form_can_be_named_chosen_from_and_kept() {
    let with = |code: &str, more: &str| {
        let name = "name = { en = \"Benefit?\", zh-Hant = \"效益？\", zh-Hans = \"效益？\" }";
        Sample::new().add(&format!("[form.question.{code}]\n{name}\n{more}"))
    };
    let small = "values.small = { en = \"Small\", zh-Hant = \"小\", zh-Hans = \"小\" }";
    with("benefit_2", "type = \"words\"\ncharacters_max = 4000").read();
    with("size", &format!("type = \"text\"\n{small}")).read();
    for (code, more, fault) in [
        ("Benefit", "type = \"words\"", "[form.question.Benefit]: write the code in 1 to 60 small letters"),
        ("size", "type = \"text\"", "[form.question.size]: write the answers that it may have in `values`"),
        ("size", &*format!("type = \"count\"\n{small}"), "[form.question.size]: `values` are for the type \"text\""),
        ("benefit", "type = \"words\"\ncharacters_max = ▸0", "write a whole number of characters from 1 to 4000"),
        ("benefit", "type = \"words\"\ncharacters_max = ▸4001", "write a whole number of characters from 1 to 4000"),
        ("benefit", "type = \"day\"\ncharacters_max = ▸9", "`characters_max` is for the type \"words\""),
    ] {
        assert_fault(&with(code, more), fault);
    }
}
