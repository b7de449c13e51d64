//! What counts is the scheme's: who, in which form, up to which part.

use super::*;

const HALF_IN_KIND: (&str, &str) = ("matching.in_kind_share.project", "\"50%\"");

fn in_kind_at_most(share: &str, excess: &str) -> Sample {
    Sample::new()
        .with(HALF_IN_KIND.0, &format!("\"{share}\""))
        .with("matching.in_kind_excess.project", &format!("\"{excess}\""))
}

#[test]
fn a_form_that_does_not_count_is_told_and_not_matched() {
    let answer = ask(&Sample::new(), &given(&[("university", "cash", "100.00"), ("university", "in_kind", "40.00")]));
    assert_granted(&answer, "50.00", &["matching.ratio"]);
    assert_eq!(
        steps(&answer, "contribution.project.university.in_kind"),
        [json!({ "inputs": { "stage": "project", "from": "university", "form": "in_kind" }, "value": "40.00" })]
    );
}

#[test]
fn a_contributor_that_a_stage_does_not_name_is_not_matched_there() {
    let sample = Sample::new().add(SECOND_STAGE);
    let cash = [("industry", "cash", "20.00"), ("university", "cash", "30.00")];
    let answer = ask(&sample, &project(&[stage("second", None, Some(&cash))]));
    assert_granted(&answer, "20.00", &["matching.ratio"]);
    assert_eq!(answer.stages[0].eligible_cost.to_string(), "70.00");
    assert_eq!(steps(&answer, "contribution.second.university.cash").len(), 1);
}

#[test]
fn at_fifty_percent_in_kind_counts_up_to_the_cash() {
    let sample = in_kind_at_most("50%", "disregard");
    let of = |cash: &str, in_kind: &str| {
        ask(&sample, &given(&[("industry", "cash", cash), ("industry", "in_kind", in_kind)]))
    };
    assert_granted(&of("80.00", "80.00"), "80.00", &["matching.ratio"]);
    let above = of("80.00", "120.00");
    assert_granted(&above, "80.00", &["matching.ratio"]);
    assert_eq!(
        steps(&above, "matching.in_kind_excess.project"),
        [json!({
            "inputs": { "stage": "project", "in_kind": "120.00", "counted": "80.00", "treatment": "disregarded" },
            "value": "40.00"
        })]
    );
    assert_eq!(steps(&of("80.00", "80.00"), "matching.in_kind_excess.project").len(), 0);
    // The excess still covers cost.
    assert_eq!(above.applicant_share.to_string(), "200.00");
}

#[test]
fn an_in_kind_part_of_a_third_is_half_of_the_rest_rounded_down() {
    let sample = in_kind_at_most("1/3", "disregard");
    let answer = ask(&sample, &given(&[("industry", "cash", "100.01"), ("industry", "in_kind", "90.00")]));
    assert_eq!(
        steps(&answer, "matching.in_kind_share.project"),
        [json!({
            "inputs": { "stage": "project", "in_kind": "90.00", "others": "100.01", "share": "1/3" },
            "value": "50.00"
        })]
    );
    assert_granted(&answer, "75.00", &["matching.ratio"]);
}

#[test]
fn in_kind_alone_counts_for_nothing_under_a_part_and_in_full_under_the_whole() {
    let request = given(&[("industry", "in_kind", "90.00")]);
    assert_refused(&ask(&in_kind_at_most("50%", "disregard"), &request), &["matching.ratio"]);
    assert_granted(&ask(&in_kind_at_most("100%", "disregard"), &request), "45.00", &["matching.ratio"]);
    assert_granted(&ask(&Sample::new(), &request), "45.00", &["matching.ratio"]);
}

#[test]
fn in_kind_above_its_part_refuses_where_the_scheme_says_so() {
    let sample = in_kind_at_most("50%", "refuse");
    let of = |in_kind: &str| ask(&sample, &given(&[("industry", "cash", "80.00"), ("industry", "in_kind", in_kind)]));
    assert_granted(&of("80.00"), "80.00", &["matching.ratio"]);
    assert_refused(&of("80.01"), &["matching.in_kind_share.project"]);
}

#[test]
fn investment_is_not_in_kind() {
    let sample = in_kind_at_most("50%", "refuse").change("investment = \"unknown\"", "investment = \"counts\"");
    let answer = ask(&sample, &given(&[("industry", "investment", "80.00"), ("industry", "in_kind", "80.00")]));
    assert_granted(&answer, "80.00", &["matching.ratio"]);
}

#[test]
fn in_kind_that_does_not_count_anyway_is_not_measured_against_its_part() {
    let sample = in_kind_at_most("50%", "refuse");
    let answer = ask(&sample, &given(&[("university", "cash", "10.00"), ("university", "in_kind", "90.00")]));
    assert_granted(&answer, "5.00", &["matching.ratio"]);
}

#[test]
fn a_required_contributor_that_is_missing_refuses() {
    let sample = Sample::new().with("matching.requires.project", "[\"industry\", \"university\"]");
    let both = given(&[("industry", "cash", "100.00"), ("university", "cash", "100.00")]);
    assert_granted(&ask(&sample, &both), "100.00", &["matching.ratio"]);
    for one in
        [vec![("industry", "cash", "200.00")], vec![("industry", "cash", "200.00"), ("university", "cash", "0.00")]]
    {
        let answer = ask(&sample, &given(&one));
        assert_refused(&answer, &["matching.requires.project"]);
        assert_eq!(
            steps(&answer, "matching.requires.project"),
            [json!({ "inputs": { "stage": "project", "contributor": "university" }, "value": false })]
        );
    }
    assert_eq!(steps(&ask(&sample, &given(&[])), "matching.requires.project").len(), 2);
}

#[test]
fn a_required_contributor_will_be_found_where_contributions_are_left_out() {
    let sample = Sample::new().with("matching.requires.project", "[\"industry\", \"university\"]");
    assert_granted(&ask(&sample, &costing("300.00")), "100.00", &["matching.ratio"]);
}

#[test]
fn several_lines_of_one_kind_are_one_contribution() {
    let lines = [("university", "in_kind", "10.00"), ("industry", "cash", "20.00"), ("university", "in_kind", "5.00")];
    let answer = ask(&Sample::new(), &given(&lines));
    assert_granted(&answer, "10.00", &["matching.ratio"]);
    let told = steps(&answer, "contribution.project.university.in_kind");
    assert_eq!(told.iter().map(|step| &step["value"]).collect::<Vec<_>>(), ["15.00"]);
}
