//! The day decides which rules apply.

use super::*;
use crate::calculation::{Eligibility, Outcome};

#[test]
fn before_the_first_rule_nothing_is_guessed() {
    let answer = ask_on(&Sample::new().read(), "2023-12-31", &costing("300.00"));
    assert_refused(&answer, &["open"]);
    assert_eq!(answer.outcome, Outcome::Refused);
    assert_eq!(answer.eligibility, Eligibility::Undetermined);
    assert_eq!((answer.stages.len(), &answer.limited_by[..]), (0, &[][..]));
    assert_eq!(answer.steps.iter().map(|step| step.rule.as_str()).collect::<Vec<_>>(), ["open", "grant"]);
    assert_eq!(answer.steps[0].text.as_ref().unwrap().en, "No rule of the scheme covers this day.");
}

#[test]
fn the_first_day_of_the_rules_is_covered() {
    assert_granted(&ask_on(&Sample::new().read(), "2024-01-01", &costing("300.00")), "100.00", &["matching.ratio"]);
}

#[test]
fn a_closed_day_is_refused_though_the_amount_is_worked_out() {
    let closing = r#"is = [{ from = "2024-01-01", is = true, source = "guide" }, { from = "2024-06-01", is = false, source = "guide" }]"#;
    let scheme = Sample::new().change(r#"is = [{ from = "2024-01-01", is = true, source = "guide" }]"#, closing).read();
    assert_granted(&ask_on(&scheme, "2024-05-31", &costing("300.00")), "100.00", &["matching.ratio"]);
    let closed = ask_on(&scheme, "2024-06-01", &costing("300.00"));
    assert_refused(&closed, &["open"]);
    assert_eq!(closed.limited_by, ["matching.ratio"]);
    assert_eq!(stages(&closed), [("project".to_owned(), "100.00".to_owned())]);
    assert_eq!(closed.applicant_share.to_string(), "300.00");
}

#[test]
fn a_day_of_which_nobody_knows_whether_it_is_open_is_refused() {
    let sample = Sample::new().change("is = true", "is = \"unknown\"");
    let answer = ask(&sample, &costing("300.00"));
    assert_refused(&answer, &["open"]);
    assert_eq!((answer.stages.len(), steps(&answer, "open")[0]["value"].clone()), (0, Value::Null));
}

#[test]
fn a_value_holds_until_the_day_before_the_next_begins() {
    let change = r#"{ from = "2024-01-01", is = "1:2", source = "guide" }, { from = "2024-06-01", is = "1:1", source = "guide" }"#;
    let scheme = Sample::new().change(r#"{ from = "2024-01-01", is = "1:2", source = "guide" }"#, change).read();
    assert_granted(&ask_on(&scheme, "2024-05-31", &costing("300.00")), "100.00", &["matching.ratio"]);
    assert_granted(&ask_on(&scheme, "2024-06-01", &costing("300.00")), "150.00", &["matching.ratio"]);
}

#[test]
fn windows_bind_submission_only() {
    let round = "[round.1]\nopens_on = \"2024-02-01\"\ncloses_on = \"2024-02-29\"\nsource = \"guide\"\nname = { en = \"A name\", zh-Hant = \"名稱\", zh-Hans = \"名称\" }";
    assert_granted(&ask(&Sample::new().add(round), &costing("300.00")), "100.00", &["matching.ratio"]);
}

#[test]
fn a_value_that_has_not_begun_is_not_guessed_where_the_amount_needs_it() {
    let ceiling = "[ceiling.late]\nof = \"grant\"\nper = \"project\"\nis = [{ from = \"2024-06-02\", is = \"50.00\", source = \"guide\" }]";
    let scheme = Sample::new().add(ceiling).read();
    assert_refused(&ask_on(&scheme, "2024-06-01", &costing("300.00")), &["ceiling.late"]);
    assert_granted(&ask_on(&scheme, "2024-06-02", &costing("300.00")), "50.00", &["ceiling.late"]);
}
