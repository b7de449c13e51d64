//! Floors refuse, they never raise.

use super::*;

#[test]
fn a_cost_floor_measures_eligible_cost_after_category_rules_over_all_stages() {
    let sample = Sample::new()
        .add(SECOND_STAGE)
        .floor("cost", "\"400.00\"")
        .category("travel", "cap = [{ from = \"2024-01-01\", is = \"100.00\", source = \"guide\" }]");
    let two = |first: &str, travel: &str| {
        project(&[
            stage("project", Some(&[("equipment", first)]), None),
            stage("second", Some(&[("travel", travel)]), None),
        ])
    };
    assert_granted(&ask(&sample, &two("300.00", "100.00")), "150.00", &["matching.ratio"]);
    let below = ask(&sample, &two("299.99", "900.00"));
    assert_refused(&below, &["floor.cost"]);
    assert_eq!(
        steps(&below, "floor.cost"),
        [json!({ "inputs": { "measured": "399.99", "limit": "400.00" }, "value": false })]
    );
}

#[test]
fn a_refusal_by_a_floor_leaves_the_would_be_amounts_of_the_stages() {
    let answer = ask(&Sample::new().floor("cost", "\"400.00\""), &costing("300.00"));
    assert_refused(&answer, &["floor.cost"]);
    assert_eq!(stages(&answer), [("project".to_owned(), "100.00".to_owned())]);
    assert_eq!(
        (answer.applicant_share.to_string(), &answer.limited_by[..]),
        ("300.00".into(), &owned(&["matching.ratio"])[..])
    );
}

#[test]
fn without_costs_a_cost_floor_measures_contributions_plus_grant() {
    let sample = Sample::new().floor("cost", "\"300.00\"");
    assert_granted(&ask(&sample, &given(&[("industry", "cash", "200.00")])), "100.00", &["matching.ratio"]);
    assert_refused(&ask(&sample, &given(&[("industry", "cash", "199.99")])), &["floor.cost"]);
}

#[test]
fn a_contribution_floor_measures_what_counts() {
    let sample = Sample::new().floor("contribution", "\"200.00\"");
    assert_granted(&ask(&sample, &given(&[("industry", "cash", "200.00")])), "100.00", &["matching.ratio"]);
    let uncounted = given(&[("industry", "cash", "199.99"), ("university", "in_kind", "50.00")]);
    assert_refused(&ask(&sample, &uncounted), &["floor.contribution"]);
}

#[test]
fn a_contribution_floor_measures_the_share_of_the_applicant_where_contributions_are_left_out() {
    let sample = Sample::new().floor("contribution", "\"200.00\"");
    assert_granted(&ask(&sample, &costing("300.00")), "100.00", &["matching.ratio"]);
    assert_refused(&ask(&sample, &costing("299.98")), &["floor.contribution"]);
    // What is asked for less is found by the applicant: 299.98 - 50.
    let less = also(costing("299.98"), "requested", json!("50.00"));
    assert_granted(&ask(&sample, &less), "50.00", &["requested"]);
}

#[test]
fn a_grant_floor_measures_the_final_grant() {
    let sample = Sample::new().floor("grant", "\"100.00\"");
    assert_granted(&ask(&sample, &costing("300.00")), "100.00", &["matching.ratio"]);
    assert_refused(&ask(&sample, &costing("299.99")), &["floor.grant"]);
    assert_refused(&ask(&sample, &also(costing("900.00"), "requested", json!("99.99"))), &["floor.grant"]);
    let matched = also(given(&[("industry", "cash", "900.00")]), "requested", json!("99.99"));
    assert_refused(&ask(&sample, &matched), &["floor.grant"]);
    let capped = sample.ceiling("project", "of = \"grant\"\nper = \"project\"", "\"99.99\"");
    let answer = ask(&capped, &costing("900.00"));
    assert_refused(&answer, &["floor.grant"]);
    assert_eq!(answer.limited_by, ["ceiling.project"]);
}

#[test]
fn a_floor_that_has_ended_refuses_nothing() {
    assert_granted(&ask(&Sample::new().floor("grant", "\"none\""), &costing("3.00")), "1.00", &["matching.ratio"]);
}

#[test]
fn all_floors_that_refuse_are_named() {
    let sample =
        Sample::new().floor("grant", "\"100.00\"").floor("cost", "\"300.00\"").floor("contribution", "\"200.00\"");
    assert_refused(&ask(&sample, &costing("30.00")), &["floor.contribution", "floor.cost", "floor.grant"]);
}

#[test]
fn at_least_a_third_is_not_reached_by_a_cent_less() {
    let sample = Sample::new().floor("contribution", "{ share = \"1/3\", of = \"cost\" }");
    let with =
        |amount: &str| project(&[stage("project", Some(&[("a", "100.00")]), Some(&[("industry", "cash", amount)]))]);
    assert_refused(&ask(&sample, &with("33.33")), &["floor.contribution"]);
    let reached = ask(&sample, &with("33.34"));
    assert_eq!(steps(&reached, "floor.contribution").last().unwrap()["inputs"]["limit"], "33.34");
    assert!(reached.refused_by.is_empty());
}
