//! What earlier awards, of this scheme and of others, say of the next one.

use super::*;

const NAMED: &str = "name = { en = \"said in English\", zh-Hant = \"中文\", zh-Hans = \"中文\" }";

fn rule(table: &str, keys: &str, value: &str) -> Sample {
    Sample::new().with(table, value).add(&format!("{keys}\n{NAMED}"))
}

fn after(award: Value) -> Value {
    also(costing("300.00"), "history", json!({ "awards": [award] }))
}

#[test]
fn the_next_trial_begins_so_many_months_after_the_one_before() {
    let scheme = rule("interval.trial", "after = \"completion\"", "6");
    let ended = |completed: Value| after(json!({ "on": "2023-01-02", "amount": "1.00", "completed": completed }));
    assert_granted(&ask(&scheme, &ended(json!("2023-12-01"))), "100.00", &["matching.ratio"]);
    assert_refused(&ask(&scheme, &ended(json!("2023-12-02"))), &["interval.trial"]);
    assert_refused(&ask(&scheme, &ended(json!(false))), &["interval.trial"]);
    let unsaid = ask(&scheme, &ended(json!(true)));
    assert_granted(&unsaid, "100.00", &["matching.ratio"]);
    assert!(unsaid.missing.contains(&"history.awards.completed".to_owned()));
    assert_granted(&ask(&scheme, &costing("300.00")), "100.00", &["matching.ratio"]);
    let short = ask(&scheme, &also(costing("300.00"), "history", json!({ "granted": "1.00", "projects": 1 })));
    assert_granted(&short, "100.00", &["matching.ratio"]);
    assert!(short.missing.contains(&"history.awards".to_owned()));
}

#[test]
fn an_award_that_was_decided_after_the_application_is_no_earlier_one() {
    for after_what in ["completion", "decision"] {
        let scheme = rule("interval.trial", &format!("after = \"{after_what}\""), "6");
        let decided = |on: &str| ask(&scheme, &after(json!({ "on": on, "amount": "1.00" })));
        assert_refused(&decided(DAY), &["interval.trial"]);
        assert_granted(&decided("2024-06-02"), "100.00", &["matching.ratio"]);
    }
}

#[test]
fn an_award_of_another_scheme_excludes_while_it_runs_or_for_ever() {
    let other = |scheme: &str, completed: Value| {
        after(json!({ "scheme": scheme, "on": "2023-01-02", "amount": "1.00", "completed": completed }))
    };
    let ever = rule("exclusive.double", "schemes = [\"OTHER\"]", "true");
    assert_refused(&ask(&ever, &other("other", json!(true))), &["exclusive.double"]);
    assert_granted(&ask(&ever, &other("THIRD", json!(false))), "100.00", &["matching.ratio"]);
    let running = rule("exclusive.double", "schemes = [\"OTHER\"]\nrunning = true", "true");
    assert_refused(&ask(&running, &other("OTHER", json!(false))), &["exclusive.double"]);
    assert_granted(&ask(&running, &other("OTHER", json!(true))), "100.00", &["matching.ratio"]);
    let ended = rule("exclusive.double", "schemes = [\"OTHER\"]", "false");
    assert_granted(&ask(&ended, &other("OTHER", json!(true))), "100.00", &["matching.ratio"]);
}

#[test]
fn a_trial_needs_a_completed_project_of_an_earlier_scheme() {
    let scheme = rule("dependency.project", "schemes = [\"ITSP\", \"PRP\"]\ncompleted = true", "true");
    let of = |scheme: &str, completed: Value| {
        after(json!({ "scheme": scheme, "on": "2023-01-02", "amount": "1.00", "completed": completed }))
    };
    assert_granted(&ask(&scheme, &of("PRP", json!("2024-05-31"))), "100.00", &["matching.ratio"]);
    assert_refused(&ask(&scheme, &of("PRP", json!("2024-06-02"))), &["dependency.project"]);
    assert_refused(&ask(&scheme, &of("ESS", json!(true))), &["dependency.project"]);
    let unsaid = ask(&scheme, &costing("300.00"));
    assert_granted(&unsaid, "100.00", &["matching.ratio"]);
    assert!(unsaid.missing.contains(&"history.awards".to_owned()));
}

#[test]
fn what_a_related_party_had_neither_bars_nor_opens_the_door() {
    let related = |sample: Sample| sample.with("aggregation.related", "true").add(NAMED);
    let award =
        json!({ "scheme": "OTHER", "party": "related", "on": "2023-01-02", "amount": "1.00", "completed": true });
    let excluded = related(rule("exclusive.double", "schemes = [\"OTHER\"]", "true"));
    assert_granted(&ask(&excluded, &after(award.clone())), "100.00", &["matching.ratio"]);
    let needed = related(rule("dependency.project", "schemes = [\"OTHER\"]\ncompleted = true", "true"));
    assert_refused(&ask(&needed, &after(award)), &["dependency.project"]);
}
