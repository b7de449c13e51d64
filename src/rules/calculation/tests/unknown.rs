//! An unknown refuses only where the amount needs it; the others come back as unverified.

use super::*;
use crate::calculation::Eligibility;

const UNKNOWN: &str = "\"unknown\"";
const PER_PROJECT: &str = "of = \"grant\"\nper = \"project\"";

fn unknown_ratio() -> Sample {
    Sample::new().change("is = \"1:2\"", "is = \"unknown\"")
}

#[test]
fn an_unknown_that_the_amount_needs_is_refused_by_its_path_and_told() {
    let cash = given(&[("industry", "cash", "200.00")]);
    let travel = project(&[stage("project", Some(&[("travel", "300.00")]), None)]);
    let unknown_rule = |rule: &str| {
        Sample::new().category(
            "travel",
            &format!("{rule} = [{{ from = \"2024-01-01\", is = \"unknown\", source = \"guide\" }}]"),
        )
    };
    for (sample, request, path) in [
        (unknown_ratio(), &cash, "matching.ratio.project"),
        (unknown_ratio(), &costing("300.00"), "matching.ratio.project"),
        (Sample::new().with("matching.share.project", UNKNOWN), &costing("300.00"), "matching.share.project"),
        (Sample::new().ceiling("project", PER_PROJECT, UNKNOWN), &cash, "ceiling.project"),
        (
            Sample::new().ceiling("applicant", "of = \"grant\"\nper = \"applicant\"", UNKNOWN),
            &cash,
            "ceiling.applicant",
        ),
        (Sample::new().floor("grant", UNKNOWN), &cash, "floor.grant"),
        (Sample::new().floor("contribution", UNKNOWN), &costing("300.00"), "floor.contribution"),
        (Sample::new().change("is = \"down\"", "is = \"unknown\""), &cash, "rounding"),
        (Sample::new(), &given(&[("industry", "investment", "1.00")]), "contribution.project.industry.investment"),
        (unknown_rule("eligible"), &travel, "cost.category.travel.eligible"),
        (unknown_rule("cap"), &travel, "cost.category.travel.cap"),
        (unknown_rule("share"), &travel, "cost.category.travel.share"),
    ] {
        let answer = ask(&sample, request);
        assert_refused(&answer, &[path]);
        assert_eq!(steps(&answer, path), [json!({ "inputs": {}, "value": null })], "{path}");
        assert!(!answer.unverified.contains(&path.to_owned()), "{path}");
    }
}

#[test]
fn an_unknown_ratio_would_match_nothing() {
    let answer = ask(&unknown_ratio(), &given(&[("industry", "cash", "200.00")]));
    assert_eq!(stages(&answer), [("project".to_owned(), "0.00".to_owned())]);
    assert_eq!(answer.stages[0].matched.to_string(), "0.00");
}

#[test]
fn an_unknown_that_the_amount_does_not_need_is_unverified() {
    let unknown = |rule: &str| format!("{rule} = [{{ from = \"2024-01-01\", is = \"unknown\", source = \"guide\" }}]");
    let forms = "contribution.project.industry.investment";
    for (sample, request, path) in [
        (unknown_ratio().with("matching.share.project", "\"1/3\""), costing("300.00"), "matching.ratio.project"),
        (
            Sample::new().with("matching.share.project", UNKNOWN),
            given(&[("industry", "cash", "200.00")]),
            "matching.share.project",
        ),
        (Sample::new().category("travel", &unknown("cap")), costing("300.00"), "cost.category.travel.cap"),
        (
            Sample::new()
                .with("matching.in_kind_share.project", UNKNOWN)
                .with("matching.in_kind_excess.project", UNKNOWN),
            given(&[("industry", "cash", "200.00")]),
            "matching.in_kind_share.project",
        ),
        (Sample::new().with("envelope", UNKNOWN), costing("300.00"), "envelope"),
        (Sample::new().change("is = \"open\"", "is = \"unknown\""), costing("300.00"), "cost.list"),
        (
            Sample::new().ceiling("applications", "of = \"applications\"\nper = \"applicant\"", UNKNOWN),
            costing("300.00"),
            "ceiling.applications",
        ),
        (Sample::new(), given(&[("industry", "cash", "200.00"), ("industry", "investment", "0.00")]), forms),
    ] {
        let answer = ask(&sample, &request);
        assert_granted(&answer, "100.00", &["matching.ratio"]);
        assert!(answer.unverified.contains(&path.to_owned()), "{path}: {:?}", answer.unverified);
        assert!(steps(&answer, path).is_empty(), "{path}");
    }
}

#[test]
fn the_ratio_of_a_stage_that_is_not_asked_about_may_be_unknown() {
    let sample = Sample::new().add(&SECOND_STAGE.replace("\"1:1\"", "\"unknown\""));
    assert_granted(&ask(&sample, &costing("300.00")), "100.00", &["matching.ratio"]);
    let months_only = project(&[stage("project", Some(&[("a", "300.00")]), None), stage("second", None, None)]);
    assert_granted(&ask(&sample, &months_only), "100.00", &["matching.ratio"]);
}

#[test]
fn a_category_that_is_not_eligible_needs_no_cap() {
    let rules = "eligible = [{ from = \"2024-01-01\", is = false, source = \"guide\" }]
        cap = [{ from = \"2024-01-01\", is = \"unknown\", source = \"guide\" }]
        share = [{ from = \"2024-01-01\", is = \"unknown\", source = \"guide\" }]";
    let costs = [("equipment", "300.00"), ("travel", "9.00")];
    let answer = ask(&Sample::new().category("travel", rules), &project(&[stage("project", Some(&costs), None)]));
    assert_granted(&answer, "100.00", &["matching.ratio"]);
}

#[test]
fn an_unknown_number_of_projects_refuses_only_who_has_had_projects() {
    for period in ["lifetime", "concurrent", "financial_year"] {
        let scope = format!("of = \"projects\"\nper = \"applicant\"\nperiod = \"{period}\"");
        let sample = Sample::new().ceiling("projects", &scope, UNKNOWN);
        let after = |projects: u32| {
            ask(&sample, &also(costing("300.00"), "history", json!({ "granted": "0.00", "projects": projects })))
        };
        assert_granted(&after(0), "100.00", &["matching.ratio"]);
        assert_eq!(after(0).unverified, ["contribution.project.industry.investment", "ceiling.projects"]);
        assert_refused(&after(1), &["ceiling.projects"]);
    }
}

#[test]
fn an_unknown_condition_is_unverified_and_leaves_eligibility_open() {
    let answer = ask(&Sample::new().condition("local", "boolean", UNKNOWN), &costing("300.00"));
    assert_granted(&answer, "100.00", &["matching.ratio"]);
    assert_eq!(answer.eligibility, Eligibility::Undetermined);
    assert_eq!(answer.unverified[0], "eligibility.local");
}

#[test]
fn an_unknown_normal_length_is_unverified() {
    let duration = "[duration.project]\nstages = [\"project\"]\nis = [{ from = \"2024-01-01\", is = \"unknown\", source = \"guide\" }]";
    let mut request = costing("300.00");
    request["project"]["stages"][0]["months"] = 600.into();
    let answer = ask(&Sample::new().add(duration), &request);
    assert_granted(&answer, "100.00", &["matching.ratio"]);
    assert!(answer.unverified.contains(&"duration.project".to_owned()));
}

#[test]
fn unknown_in_kind_part_refuses_who_gives_in_kind() {
    let sample = Sample::new()
        .with("matching.in_kind_share.project", UNKNOWN)
        .with("matching.in_kind_excess.project", "\"disregard\"");
    let answer = ask(&sample, &given(&[("industry", "in_kind", "200.00")]));
    assert_refused(&answer, &["matching.in_kind_share.project"]);
}

#[test]
fn a_zero_that_is_only_for_want_of_an_unknown_names_the_unknown_alone() {
    let answer = ask(&Sample::new(), &given(&[("industry", "investment", "200.00")]));
    assert_refused(&answer, &["contribution.project.industry.investment"]);
}
