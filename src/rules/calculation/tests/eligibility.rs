//! Who and what may apply: a person who asks "how much could I get" gets a number and a list of what to confirm.

use super::*;
use crate::calculation::Eligibility;

fn local() -> Sample {
    Sample::new().condition("local", "boolean", "{ fact = \"applicant.local\", is = true }")
}

fn with_facts(facts: Value) -> Value {
    also(costing("300.00"), "applicant", json!({ "facts": facts }))
}

#[test]
fn a_condition_that_holds_is_eligible_and_one_that_does_not_refuses() {
    let yes = ask(&local(), &with_facts(json!({ "local": true })));
    assert_eq!(yes.eligibility, Eligibility::Eligible);
    assert_granted(&yes, "100.00", &["matching.ratio"]);
    let no = ask(&local(), &with_facts(json!({ "local": false })));
    assert_eq!(no.eligibility, Eligibility::Ineligible);
    assert_refused(&no, &["eligibility.local"]);
    assert_eq!(stages(&no), [("project".to_owned(), "100.00".to_owned())]);
}

#[test]
fn a_missing_fact_gives_a_number_and_what_to_confirm() {
    let answer = ask(&local(), &costing("300.00"));
    assert_eq!(answer.eligibility, Eligibility::Undetermined);
    assert_eq!(answer.missing, ["applicant.facts.local", "history"]);
    assert_granted(&answer, "100.00", &["matching.ratio"]);
}

#[test]
fn one_condition_that_fails_decides_whatever_is_missing() {
    let sample = local().condition("small", "count", "{ fact = \"applicant.small\", at_most = 99 }");
    let answer = ask(&sample, &with_facts(json!({ "small": 100 })));
    assert_eq!(answer.eligibility, Eligibility::Ineligible);
    assert_refused(&answer, &["eligibility.small"]);
    assert_eq!(answer.missing, ["applicant.facts.local", "history"]);
    let turned = ask(&sample, &with_facts(json!({ "local": false })));
    assert_eq!(
        (turned.eligibility, &turned.missing[..]),
        (Eligibility::Ineligible, &owned(&["applicant.facts.small", "history"])[..])
    );
}

#[test]
fn a_fact_on_which_nothing_depends_any_more_is_not_asked_for() {
    let any = "{ any = [{ fact = \"applicant.local\", is = true }, { fact = \"applicant.listed\", is = true }] }";
    let sample = local().condition("listed", "boolean", any);
    let answer = ask(&sample, &with_facts(json!({ "local": true })));
    assert_eq!((answer.eligibility, answer.missing), (Eligibility::Eligible, owned(&["history"])));
}

#[test]
fn a_scheme_without_conditions_takes_everyone() {
    assert_eq!(ask(&Sample::new(), &costing("300.00")).eligibility, Eligibility::Eligible);
}

#[test]
fn a_condition_that_has_ended_is_not_asked() {
    let sample = Sample::new().condition("local", "boolean", "\"none\"");
    let answer = ask(&sample, &with_facts(json!({ "local": false })));
    assert_eq!((answer.eligibility, answer.grant.to_string()), (Eligibility::Eligible, "100.00".to_owned()));
}

#[test]
fn the_step_of_a_condition_shows_the_facts_that_it_looked_at() {
    let any = "{ any = [{ fact = \"applicant.local\", is = true }, { fact = \"applicant.size\", at_least = 5 }] }";
    let sample = local().condition("size", "count", any);
    let answer = ask(&sample, &with_facts(json!({ "size": 7 })));
    assert_eq!(
        steps(&answer, "eligibility.size"),
        [json!({
            "inputs": {
                "condition": "(applicant.local is true) or (applicant.size is at least 5)",
                "applicant.local": null,
                "applicant.size": 7
            },
            "value": true
        })]
    );
    assert_eq!(steps(&answer, "eligibility.local")[0]["value"], Value::Null);
}

#[test]
fn a_longer_project_than_normal_is_told_and_not_refused() {
    let duration = "[duration.project]\nstages = [\"project\", \"second\"]\nis = [{ from = \"2024-01-01\", is = 36, source = \"guide\" }]";
    let sample = Sample::new().add(SECOND_STAGE).add(duration);
    let lasting = |first: u32, second: u32| {
        let mut request = project(&[stage("project", Some(&[("a", "300.00")]), None), stage("second", None, None)]);
        request["project"]["stages"][0]["months"] = first.into();
        request["project"]["stages"][1]["months"] = second.into();
        ask(&sample, &request)
    };
    assert!(steps(&lasting(24, 12), "duration.project").is_empty());
    let longer = lasting(24, 13);
    assert_granted(&longer, "100.00", &["matching.ratio"]);
    assert_eq!(
        steps(&longer, "duration.project"),
        [json!({ "inputs": { "length": 37, "limit": 36 }, "value": false })]
    );
    assert_granted(&lasting(u32::MAX, u32::MAX), "100.00", &["matching.ratio"]);
}
