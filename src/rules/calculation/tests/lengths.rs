//! How long a project or a post may be.

use super::*;

fn length(keys: &str, limit: &str) -> Sample {
    Sample::new().add(SECOND_STAGE).with("duration.limit", limit).add(keys)
}

fn lasting(months: &[(&str, u32)]) -> Value {
    let stages = months.iter().map(|(name, months)| {
        let mut stage = stage(name, Some(&[("equipment", "300.00")]), None);
        stage["months"] = json!(months);
        stage
    });
    project(&stages.collect::<Vec<_>>())
}

#[test]
fn a_normal_length_asks_for_a_reason_and_a_binding_one_refuses() {
    let normal = length("stages = [\"project\", \"second\"]", "36");
    let binding = length("stages = [\"project\", \"second\"]\nrefuses = true", "36");
    let (fits, long) = (lasting(&[("project", 24), ("second", 12)]), lasting(&[("project", 24), ("second", 13)]));
    assert!(steps(&ask(&normal, &fits), "duration.limit").is_empty());
    assert_eq!(steps(&ask(&normal, &long), "duration.limit")[0]["value"], false);
    assert_granted(&ask(&normal, &long), "250.00", &["matching.ratio"]);
    assert_granted(&ask(&binding, &fits), "250.00", &["matching.ratio"]);
    assert_refused(&ask(&binding, &long), &["duration.limit"]);
}

/// A limit of 36 months for one kind of applicants, and another one for everybody else.
fn of_a_kind(keys: &str, is: &str, case: &str) -> Sample {
    let named = "name = { en = \"small\", zh-Hant = \"小\", zh-Hans = \"小\" }";
    let line = format!(
        "is = [{{ from = \"2024-01-01\", is = {is}, source = \"guide\", cases = [{{ when = {{ fact = \"applicant.small\", is = true }}, is = {case}, {named} }}] }}]"
    );
    Sample::new()
        .add(&format!("[facts.applicant.small]\ntype = \"boolean\"\n{named}"))
        .add(&format!("[duration.limit]\nstages = [\"project\"]\n{keys}\n{line}"))
}

#[test]
fn a_normal_length_that_nobody_knows_for_some_refuses_nobody() {
    let small = |request: Value| also(request, "applicant", json!({ "facts": { "small": true } }));
    let long = || small(lasting(&[("project", 37)]));
    assert_granted(&ask(&of_a_kind("", "36", "\"unknown\""), &long()), "100.00", &["matching.ratio"]);
    let known = ask(&of_a_kind("", "\"unknown\"", "36"), &long());
    assert_granted(&known, "100.00", &["matching.ratio"]);
    assert_eq!(steps(&known, "duration.limit")[1]["value"], false);
    assert_refused(&ask(&of_a_kind("refuses = true", "36", "\"unknown\""), &long()), &["duration.limit"]);
}

#[test]
fn months_are_asked_for_where_their_limit_is_that_of_some() {
    let asked = ask(&of_a_kind("refuses = true", "\"none\"", "36"), &costing("300.00"));
    assert!(asked.missing.contains(&"project.stages.months".to_owned()), "{:?}", asked.missing);
}

#[test]
fn a_length_may_hold_only_where_a_stage_is_not_asked_about() {
    let direct = length("stages = [\"second\"]\nwithout = [\"project\"]\nrefuses = true", "36");
    assert_refused(&ask(&direct, &lasting(&[("second", 40)])), &["duration.limit"]);
    assert_granted(&ask(&direct, &lasting(&[("project", 20), ("second", 40)])), "250.00", &["matching.ratio"]);
}

#[test]
fn a_placement_has_a_shortest_length() {
    let scheme = Sample::new()
        .with("unit_rate.class.intern", "\"373.00\"")
        .add("per = \"day\"\nname = { en = \"Intern\", zh-Hant = \"實習生\", zh-Hans = \"实习生\" }")
        .with("duration.placement", "28")
        .add("stages = [\"project\"]\nof = \"days\"\nbound = \"at_least\"\nrefuses = true");
    let placed = |days: &[u32]| {
        let posts = days.iter().map(|days| json!({ "class": "intern", "heads": 1, "days": days })).collect::<Vec<_>>();
        json!({ "project": { "stages": [{ "stage": "project", "posts": posts }] } })
    };
    assert_granted(&ask(&scheme, &placed(&[28])), "10444.00", &["unit_rate.class.intern"]);
    assert_refused(&ask(&scheme, &placed(&[60, 27])), &["duration.placement"]);
}

#[test]
fn a_length_that_could_refuse_and_was_left_out_is_asked_for() {
    let asked = |keys: &str, value: &str, project: &Value| {
        let missing = ask(&length(keys, value), project).missing;
        missing.contains(&"project.stages.months".to_owned())
    };
    let (unsaid, said) = (costing("300.00"), lasting(&[("project", 36)]));
    let binding = "stages = [\"project\"]\nrefuses = true";
    assert!(asked(binding, "36", &unsaid));
    assert!(!asked(binding, "36", &said));
    assert!(!asked(binding, "\"none\"", &unsaid));
    assert!(!asked("stages = [\"project\"]", "36", &unsaid), "a normal length refuses nothing");
    assert!(!asked("stages = [\"second\"]\nrefuses = true", "36", &unsaid), "the stage is not asked for");
}
