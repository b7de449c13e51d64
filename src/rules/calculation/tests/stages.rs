//! What one stage allows, and what of it is there without costs or without contributions.

use super::*;

fn of(cost: &str, contributions: &[(&str, &str, &str)]) -> Value {
    project(&[stage("project", Some(&[("equipment", cost)]), Some(contributions))])
}

#[test]
fn a_stage_allows_the_least_of_what_is_matched_the_share_and_what_is_uncovered() {
    // At one to two: matched is half of what is given, the share a third of the cost.
    for (cost, cash, grant, limited_by) in [
        ("300.00", "100.00", "50.00", &["matching.ratio"][..]),
        ("300.00", "200.00", "100.00", &["cost.uncovered", "matching.ratio"]),
        ("300.00", "250.00", "50.00", &["cost.uncovered"]),
        ("300.00", "199.99", "99.99", &["matching.ratio"]),
        ("300.01", "200.02", "99.99", &["cost.uncovered"]),
    ] {
        let answer = ask(&Sample::new(), &of(cost, &[("industry", "cash", cash)]));
        assert_granted(&answer, grant, limited_by);
    }
}

#[test]
fn the_share_binds_where_the_scheme_states_a_smaller_one_of_its_own() {
    let sample = Sample::new().with("matching.share.project", "\"1/4\"");
    // Matched 100, share 75, uncovered 100.
    assert_granted(&ask(&sample, &of("300.00", &[("industry", "cash", "200.00")])), "75.00", &["matching.ratio"]);
    assert_granted(&ask(&sample, &costing("300.00")), "75.00", &["matching.ratio"]);
}

#[test]
fn a_share_that_has_ended_leaves_the_one_that_follows_from_the_ratio() {
    let sample = Sample::new().with("matching.share.project", "\"none\"");
    assert_granted(&ask(&sample, &costing("300.00")), "100.00", &["matching.ratio"]);
}

#[test]
fn where_the_ratio_has_ended_the_share_alone_says_how_much() {
    let sample = Sample::new().change("is = \"1:2\"", "is = \"none\"").with("matching.share.project", "\"100%\"");
    assert_granted(&ask(&sample, &costing("300.00")), "300.00", &["matching.ratio"]);
    let answer = ask(&sample, &of("300.00", &[("industry", "cash", "60.00")]));
    assert_granted(&answer, "240.00", &["cost.uncovered"]);
    // Without costs, nothing says how much.
    assert_refused(&ask(&sample, &given(&[("industry", "cash", "60.00")])), &["matching.ratio"]);
}

#[test]
fn what_is_given_and_not_counted_still_covers_cost() {
    // Matched: half of 150. Share: 100. Uncovered: 300 - 150 - 90 = 60.
    let contributions = [("industry", "cash", "150.00"), ("university", "in_kind", "90.00")];
    let answer = ask(&Sample::new(), &of("300.00", &contributions));
    assert_granted(&answer, "60.00", &["cost.uncovered"]);
    assert_eq!(answer.uncovered.to_string(), "0.00");
}

#[test]
fn uncovered_is_never_below_nothing() {
    let answer = ask(&Sample::new(), &of("300.00", &[("industry", "cash", "400.00")]));
    assert_refused(&answer, &["cost.uncovered"]);
    assert_eq!(steps(&answer, "cost.uncovered")[0]["value"], "0.00");
    assert_eq!(answer.uncovered.to_string(), "0.00");
}

#[test]
fn cost_that_nobody_covers_is_answered_and_does_not_refuse() {
    let answer = ask(&Sample::new(), &of("300.00", &[("industry", "cash", "100.00")]));
    assert_granted(&answer, "50.00", &["matching.ratio"]);
    assert_eq!((answer.uncovered.to_string(), answer.applicant_share.to_string()), ("150.00".into(), "250.00".into()));
}

#[test]
fn contributions_left_out_will_be_found_but_an_empty_list_is_none() {
    let left_out = ask(&Sample::new(), &costing("300.00"));
    assert_granted(&left_out, "100.00", &["matching.ratio"]);
    assert_eq!(left_out.applicant_share.to_string(), "200.00");
    assert_eq!(left_out.uncovered.to_string(), "0.00");
    let none = ask(&Sample::new(), &of("300.00", &[]));
    assert_refused(&none, &["matching.ratio"]);
    assert_eq!((none.applicant_share.to_string(), none.uncovered.to_string()), ("300.00".into(), "300.00".into()));
}

#[test]
fn null_is_left_out() {
    let mut request = of("300.00", &[]);
    request["project"]["stages"][0]["contributions"] = Value::Null;
    assert_granted(&ask(&Sample::new(), &request), "100.00", &["matching.ratio"]);
}

#[test]
fn without_costs_eligible_cost_is_contributions_plus_grant() {
    let answer = ask(&Sample::new(), &given(&[("industry", "cash", "200.00"), ("university", "in_kind", "30.00")]));
    assert_granted(&answer, "100.00", &["matching.ratio"]);
    assert_eq!(answer.stages[0].eligible_cost.to_string(), "330.00");
    assert_eq!(answer.applicant_share.to_string(), "230.00");
    assert_eq!(answer.uncovered.to_string(), "0.00");
}

#[test]
fn without_costs_eligible_cost_follows_a_cut() {
    let sample = Sample::new().ceiling("project", "of = \"grant\"\nper = \"project\"", "\"40.00\"");
    let answer = ask(&sample, &given(&[("industry", "cash", "200.00")]));
    assert_granted(&answer, "40.00", &["ceiling.project"]);
    assert_eq!(
        (answer.stages[0].eligible_cost.to_string(), answer.stages[0].grant.to_string()),
        ("240.00".into(), "40.00".into())
    );
    assert_eq!(answer.stages[0].matched.to_string(), "100.00");
}

#[test]
fn what_matching_allows_is_said_whatever_a_ceiling_leaves() {
    const CEILING: &str = "of = \"grant\"\nper = \"project\"";
    let by_ratio = Sample::new().ceiling("project", CEILING, "\"40.00\"");
    let by_share = by_ratio
        .clone()
        .change("[matching.ratio.project]", "[matching.share.project]")
        .change("is = \"1:2\"", "is = \"1/3\"");
    let costs: Option<&[_]> = Some(&[("equipment", "300.00")]);
    for sample in [by_ratio, by_share] {
        for given in [None, Some(&[("industry", "cash", "200.00")][..])] {
            let answer = ask(&sample, &project(&[stage("project", costs, given)]));
            assert_granted(&answer, "40.00", &["ceiling.project"]);
            assert_eq!(answer.stages[0].matched.to_string(), "100.00");
        }
    }
}

#[test]
fn a_surplus_does_not_move_between_stages() {
    let sample = Sample::new().add(SECOND_STAGE);
    // First: matched 200, share 100, uncovered 0 by 400. Second: matched 10 of a share of 50.
    let request = project(&[
        stage("project", Some(&[("equipment", "300.00")]), Some(&[("industry", "cash", "220.00")])),
        stage("second", Some(&[("equipment", "100.00")]), Some(&[("industry", "cash", "10.00")])),
    ]);
    let answer = ask(&sample, &request);
    assert_granted(&answer, "90.00", &["cost.uncovered", "matching.ratio"]);
    assert_eq!(stages(&answer), [("project".into(), "80.00".into()), ("second".into(), "10.00".into())]);
    assert_eq!(answer.uncovered.to_string(), "80.00");
}

#[test]
fn each_stage_is_rounded_once_down_to_the_cent() {
    let sample = Sample::new().add(&SECOND_STAGE.replace("1:1", "1:2"));
    let request = project(&[
        stage("project", Some(&[("equipment", "100.00")]), None),
        stage("second", Some(&[("equipment", "100.00")]), None),
    ]);
    // 33.33 and 33.33: not 66.66 and two thirds.
    assert_granted(&ask(&sample, &request), "66.66", &["matching.ratio"]);
    let half_up = sample.change("is = \"down\"", "is = \"half_up\"");
    assert_granted(&ask(&half_up, &request), "66.66", &["matching.ratio"]);
    let request = project(&[
        stage("project", Some(&[("equipment", "200.00")]), None),
        stage("second", Some(&[("equipment", "200.00")]), None),
    ]);
    assert_granted(&ask(&half_up, &request), "133.34", &["matching.ratio"]);
}

#[test]
fn the_lines_of_a_stage_are_added_before_anything_is_rounded() {
    let request = given(&[("industry", "cash", "0.01"), ("university", "cash", "0.01")]);
    assert_granted(&ask(&Sample::new(), &request), "0.01", &["matching.ratio"]);
}

#[test]
fn half_a_cent_goes_up_where_the_scheme_says_so() {
    let request = given(&[("industry", "cash", "0.01")]);
    assert_refused(&ask(&Sample::new(), &request), &["matching.ratio"]);
    let half_up = Sample::new().change("is = \"down\"", "is = \"half_up\"");
    assert_granted(&ask(&half_up, &request), "0.01", &["matching.ratio"]);
}

#[test]
fn a_stage_of_which_nothing_is_said_gets_nothing_and_names_nothing() {
    let sample = Sample::new().add(SECOND_STAGE);
    let request = project(&[
        stage("project", Some(&[("equipment", "300.00")]), Some(&[("industry", "cash", "250.00")])),
        stage("second", None, None),
    ]);
    let answer = ask(&sample, &request);
    assert_granted(&answer, "50.00", &["cost.uncovered"]);
    assert_eq!(answer.stages[1].eligible_cost.to_string(), "0.00");
}
