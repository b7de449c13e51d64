//! Eligible cost: what the categories let through, over all stages.

use super::*;

fn from_the_first_day(rule: &str, value: &str) -> String {
    format!("{rule} = [{{ from = \"2024-01-01\", is = {value}, source = \"guide\" }}]")
}

/// The eligible cost of each stage.
fn eligible(answer: &Answer) -> Vec<String> {
    answer.stages.iter().map(|stage| stage.eligible_cost.to_string()).collect()
}

fn one_stage(costs: &[(&str, &str)]) -> Value {
    project(&[stage("project", Some(costs), None)])
}

#[test]
fn a_category_that_an_open_list_does_not_name_is_eligible_without_a_cap() {
    for list in ["\"open\"", "\"unknown\"", "\"none\""] {
        let sample = Sample::new().change("is = \"open\"", &format!("is = {list}"));
        assert_eq!(eligible(&ask(&sample, &one_stage(&[("anything", "300.00")]))), ["300.00"], "{list}");
    }
}

#[test]
fn a_category_that_is_not_eligible_is_left_out_with_a_step() {
    let sample = Sample::new().category("travel", &from_the_first_day("eligible", "false"));
    let answer = ask(&sample, &one_stage(&[("equipment", "300.00"), ("travel", "90.00")]));
    assert_eq!(eligible(&answer), ["300.00"]);
    assert_eq!(
        steps(&answer, "cost.category.travel.eligible"),
        [json!({ "inputs": { "category": "travel", "asked": "90.00" }, "value": "0.00" })]
    );
    assert_eq!(
        steps(&answer, "cost.eligible"),
        [json!({ "inputs": { "stage": "project", "asked": "390.00" }, "value": "300.00" })]
    );
    assert!(steps(&ask(&sample, &costing("300.00")), "cost.category.travel.eligible").is_empty());
}

#[test]
fn a_cap_is_of_the_project_and_cuts_the_last_stage_first() {
    let sample = Sample::new().add(SECOND_STAGE).category("travel", &from_the_first_day("cap", "\"100.00\""));
    let travelling = |first: &str, second: &str| {
        let request = project(&[
            stage("second", Some(&[("travel", second), ("equipment", "10.00")]), None),
            stage("project", Some(&[("travel", first)]), None),
        ]);
        eligible(&ask(&sample, &request))
    };
    assert_eq!(travelling("40.00", "60.00"), ["40.00", "70.00"]);
    assert_eq!(travelling("40.00", "80.00"), ["40.00", "70.00"]);
    assert_eq!(travelling("100.00", "80.00"), ["100.00", "10.00"]);
    assert_eq!(travelling("130.00", "80.00"), ["100.00", "10.00"]);
}

#[test]
fn a_share_is_of_all_eligible_cost_over_two_stages() {
    let sample = Sample::new().add(SECOND_STAGE).category("overhead", &from_the_first_day("share", "\"15%\""));
    // 15 of 100 are as 15 beside 85: beside 170, at most 30.
    let request = project(&[
        stage("project", Some(&[("equipment", "100.00"), ("overhead", "20.00")]), None),
        stage("second", Some(&[("equipment", "70.00"), ("overhead", "20.00")]), None),
    ]);
    let answer = ask(&sample, &request);
    assert_eq!(eligible(&answer), ["120.00", "80.00"]);
    assert_eq!(
        steps(&answer, "cost.category.overhead.share"),
        [json!({
            "inputs": { "category": "overhead", "asked": "40.00", "others": "170.00", "share": "3/20" },
            "value": "30.00"
        })]
    );
}

#[test]
fn a_share_is_measured_beside_what_the_other_categories_let_through_wherever_they_stand() {
    let (share, cap) = (from_the_first_day("share", "\"50%\""), from_the_first_day("cap", "\"10.00\""));
    let costs = one_stage(&[("a", "100.00"), ("b", "100.00")]);
    for sample in [
        Sample::new().category("a", &share).category("b", &cap),
        Sample::new().category("b", &cap).category("a", &share),
    ] {
        assert_eq!(eligible(&ask(&sample, &costs)), ["20.00"]);
    }
}

#[test]
fn two_shares_both_hold_in_the_end() {
    // 40 % and 40 % of the whole, beside 20.00: 40, 40 and 20.
    let share = from_the_first_day("share", "\"40%\"");
    let sample = Sample::new().category("a", &share).category("b", &share);
    let costs = one_stage(&[("a", "1000.00"), ("b", "900.00"), ("c", "20.00")]);
    assert_eq!(eligible(&ask(&sample, &costs)), ["100.00"]);
    // Beside nothing, neither can be a part.
    assert_eq!(eligible(&ask(&sample, &one_stage(&[("a", "1000.00"), ("b", "900.00")]))), ["0.00"]);
}

#[test]
fn a_category_may_have_a_cap_and_a_share() {
    let rules = format!("{}\n{}", from_the_first_day("cap", "\"60.00\""), from_the_first_day("share", "\"50%\""));
    let sample = Sample::new().category("a", &rules);
    assert_eq!(eligible(&ask(&sample, &one_stage(&[("a", "100.00"), ("b", "80.00")]))), ["140.00"]);
    assert_eq!(eligible(&ask(&sample, &one_stage(&[("a", "100.00"), ("b", "40.00")]))), ["80.00"]);
}

#[test]
fn several_lines_of_a_category_are_limited_together() {
    let sample = Sample::new().category("a", &from_the_first_day("cap", "\"60.00\""));
    assert_eq!(eligible(&ask(&sample, &one_stage(&[("a", "50.00"), ("b", "1.00"), ("a", "50.00")]))), ["61.00"]);
}

#[test]
fn a_rule_that_has_ended_limits_nothing() {
    let rules = ["eligible", "cap", "share"].map(|rule| from_the_first_day(rule, "\"none\"")).join("\n");
    let sample = Sample::new().category("a", &rules);
    assert_eq!(eligible(&ask(&sample, &one_stage(&[("a", "100.00")]))), ["100.00"]);
}

#[test]
fn shares_that_together_are_next_to_the_whole_are_refused_and_not_waited_for() {
    // Each is cut by next to nothing for the sake of the other, a thousand million times over.
    let almost = |parts: &str| from_the_first_day("share", &format!("\"{parts}\""));
    let sample = Sample::new()
        .category("one", &almost("2147483647/4294967294"))
        .category("other", &almost("2147483646/4294967294"));
    let told = faults(&sample, &one_stage(&[("one", "999999999999.99"), ("other", "999999999999.99")]));
    assert!(told[0].message.contains("nearly nothing else is there"), "{told:?}");
    let beside = one_stage(&[("one", "1000.00"), ("other", "1000.00"), ("equipment", "1000.00")]);
    assert_eq!(eligible(&ask(&sample, &beside)), ["3000.00"]);
}
