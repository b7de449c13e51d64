//! Ratios and shares in tiers.

use super::*;

fn matched_by(ratio: &str) -> Sample {
    Sample::new().change("is = \"1:2\"", &format!("is = {ratio}"))
}

#[test]
fn by_the_grant_small_ones_need_nothing_and_large_ones_as_much_again() {
    let scheme = matched_by(
        "{ slab = [{ up_to = \"300.00\", is = \"none\" }, { up_to = \"900.00\", is = \"2:1\" }, { is = \"1:1\" }] }",
    );
    for (given_cash, grant) in [("0.00", "300.00"), ("200.00", "400.00"), ("1000.00", "1000.00")] {
        assert_granted(&ask(&scheme, &given(&[("industry", "cash", given_cash)])), grant, &["matching.ratio"]);
    }
    for (cost, grant) in [("250.00", "250.00"), ("600.00", "400.00"), ("2000.00", "1000.00")] {
        assert_granted(&ask(&scheme, &costing(cost)), grant, &["matching.ratio"]);
    }
}

#[test]
fn by_what_counts_each_part_is_matched_at_its_own_ratio() {
    let scheme = matched_by("{ marginal = [{ up_to = \"50.00\", is = \"1:1\" }, { is = \"1:2\" }] }");
    assert_granted(&ask(&scheme, &given(&[("industry", "cash", "150.00")])), "100.00", &["matching.ratio"]);
    assert_granted(&ask(&scheme, &costing("250.00")), "100.00", &["matching.ratio"]);
}

#[test]
fn a_deduction_may_be_more_than_what_was_spent() {
    let scheme = Sample::new().with(
        "matching.share.project",
        "{ marginal = [{ up_to = \"2000000.00\", is = \"300%\" }, { is = \"200%\" }] }",
    );
    assert_granted(&ask(&scheme, &costing("5000000.00")), "12000000.00", &["matching.ratio"]);
    assert_eq!(ask(&scheme, &costing("5000000.00")).applicant_share.to_string(), "0.00");
}
