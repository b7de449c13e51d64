//! The sum meets the ceilings, what is left of them, and the request; a cut falls on the last stage first.

use super::*;

const PER_PROJECT: &str = "of = \"grant\"\nper = \"project\"";
const PER_APPLICANT: &str = "of = \"grant\"\nper = \"applicant\"";

/// Stages that would get 100 and 50.
fn two_stages() -> Value {
    project(&[
        stage("project", Some(&[("equipment", "300.00")]), None),
        stage("second", Some(&[("equipment", "100.00")]), None),
    ])
}

fn capped(limit: &str) -> Answer {
    let sample = Sample::new().add(SECOND_STAGE).ceiling("project", PER_PROJECT, &format!("\"{limit}\""));
    ask(&sample, &two_stages())
}

#[test]
fn a_cut_falls_on_the_last_stage_first() {
    for (limit, first, second) in [
        ("150.01", "100.00", "50.00"),
        ("149.99", "100.00", "49.99"),
        ("100.00", "100.00", "0.00"),
        ("99.99", "99.99", "0.00"),
        ("0.01", "0.01", "0.00"),
    ] {
        let answer = capped(limit);
        assert_eq!(stages(&answer), [("project".into(), first.into()), ("second".into(), second.into())], "{limit}");
    }
    assert_eq!(steps(&capped("149.99"), "stage.cut").len(), 1);
    assert_eq!(
        steps(&capped("99.99"), "stage.cut"),
        [
            json!({ "inputs": { "stage": "second", "before": "50.00" }, "value": "0.00" }),
            json!({ "inputs": { "stage": "project", "before": "100.00" }, "value": "99.99" }),
        ]
    );
}

#[test]
fn the_last_stage_is_the_last_of_the_scheme_however_they_are_written() {
    let sample = Sample::new().add(SECOND_STAGE).ceiling("project", PER_PROJECT, "\"120.00\"");
    let mut turned = two_stages();
    turned["project"]["stages"].as_array_mut().unwrap().reverse();
    assert_eq!(
        stages(&ask(&sample, &turned)),
        [("project".into(), "100.00".into()), ("second".into(), "20.00".into())]
    );
}

#[test]
fn a_ceiling_above_the_sum_is_not_named_and_one_that_equals_it_is() {
    assert_granted(&capped("150.01"), "150.00", &["matching.ratio"]);
    assert_granted(&capped("150.00"), "150.00", &["ceiling.project", "matching.ratio"]);
    assert_granted(&capped("149.99"), "149.99", &["ceiling.project"]);
}

#[test]
fn every_limit_that_equals_the_amount_is_named_and_sorted() {
    let sample = Sample::new()
        .ceiling("project", PER_PROJECT, "\"100.00\"")
        .ceiling("applicant", PER_APPLICANT, "\"150.00\"")
        .ceiling("high", PER_PROJECT, "\"100.01\"");
    let request =
        project(&[stage("project", Some(&[("equipment", "300.00")]), Some(&[("industry", "cash", "200.00")]))]);
    let request =
        also(also(request, "requested", json!("100.00")), "history", json!({ "granted": "50.00", "projects": 1 }));
    let all = ["ceiling.applicant", "ceiling.project", "cost.uncovered", "matching.ratio", "requested"];
    assert_granted(&ask(&sample, &request), "100.00", &all);
}

#[test]
fn a_request_for_less_gives_less_and_for_more_changes_nothing() {
    let ask_for = |amount: &str| ask(&Sample::new(), &also(costing("300.00"), "requested", json!(amount)));
    assert_granted(&ask_for("99.99"), "99.99", &["requested"]);
    assert_granted(&ask_for("100.00"), "100.00", &["matching.ratio", "requested"]);
    assert_granted(&ask_for("100.01"), "100.00", &["matching.ratio"]);
}

#[test]
fn a_request_for_nothing_is_refused_by_itself() {
    let answer = ask(&Sample::new(), &also(costing("300.00"), "requested", json!("0.00")));
    assert_refused(&answer, &["requested"]);
}

#[test]
fn what_is_left_of_a_ceiling_is_never_below_nothing() {
    let sample = Sample::new().ceiling("applicant", PER_APPLICANT, "\"150.00\"");
    let after =
        |granted: &str| ask(&sample, &also(costing("300.00"), "history", json!({ "granted": granted, "projects": 1 })));
    assert_granted(&after("90.00"), "60.00", &["ceiling.applicant"]);
    assert_refused(&after("150.00"), &["ceiling.applicant"]);
    assert_refused(&after("500.00"), &["ceiling.applicant"]);
    assert_eq!(
        steps(&after("500.00"), "ceiling.applicant"),
        [json!({ "inputs": { "limit": "150.00", "used": "500.00" }, "value": "0.00" })]
    );
}

#[test]
fn a_stage_that_has_used_up_its_ceiling_leaves_the_others_their_own() {
    let second = |limit: &str| {
        let ceiling = format!("{PER_PROJECT}\nstage = \"second\"");
        Sample::new().add(SECOND_STAGE).ceiling("second", &ceiling, &format!("\"{limit}\""))
    };
    let (nothing, a_cent) = (ask(&second("0.00"), &two_stages()), ask(&second("0.01"), &two_stages()));
    assert_granted(&nothing, "100.00", &["ceiling.second", "matching.ratio"]);
    assert_granted(&a_cent, "100.01", &["ceiling.second", "matching.ratio"]);
    let alone = project(&[stage("second", Some(&[("equipment", "100.00")]), None)]);
    assert_refused(&ask(&second("0.00"), &alone), &["ceiling.second"]);
    // One that leaves something is no reason for a grant of nothing.
    let request = also(two_stages(), "requested", json!("0.00"));
    assert_refused(&ask(&second("50.00"), &request), &["requested"]);
}

#[test]
fn a_ceiling_with_nothing_left_refuses_beside_whatever_else_does() {
    let sample = Sample::new().ceiling("applicant", PER_APPLICANT, "\"150.00\"").ceiling(
        "projects",
        "of = \"projects\"\nper = \"applicant\"",
        "2",
    );
    let history = json!({ "granted": "150.00", "projects": 2 });
    assert_refused(
        &ask(&sample, &also(costing("300.00"), "history", history)),
        &["ceiling.applicant", "ceiling.projects"],
    );
}

#[test]
fn a_ceiling_that_has_ended_limits_nothing() {
    let sample = Sample::new().ceiling("project", PER_PROJECT, "\"none\"");
    let answer = ask(&sample, &costing("300.00"));
    assert_granted(&answer, "100.00", &["matching.ratio"]);
    assert_eq!(steps(&answer, "ceiling.project"), Vec::<Value>::new());
    assert!(!answer.unverified.contains(&"ceiling.project".to_owned()));
}

#[test]
fn a_grant_of_nothing_names_what_limits_it_to_nothing() {
    assert_refused(&ask(&Sample::new(), &costing("0.00")), &["matching.ratio"]);
    assert_refused(&ask(&Sample::new(), &costing("0.02")), &["matching.ratio"]);
    let nothing = project(&[stage("project", Some(&[]), Some(&[]))]);
    assert_refused(&ask(&Sample::new(), &nothing), &["cost.uncovered", "matching.ratio"]);
}

#[test]
fn the_money_of_the_whole_scheme_is_not_a_ceiling_of_the_project() {
    let sample = Sample::new().with("envelope", "\"10.00\"");
    assert_granted(&ask(&sample, &costing("300.00")), "100.00", &["matching.ratio"]);
}
