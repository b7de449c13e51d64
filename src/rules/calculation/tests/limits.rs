//! Values that depend on facts, limits that are worked out, limits of one stage, of what is asked, and of chosen groups.

use super::*;

const PER_PROJECT: &str = "of = \"grant\"\nper = \"project\"";
const NAMED: &str = "name = { en = \"said in English\", zh-Hant = \"中文\", zh-Hans = \"中文\" }";

/// Everything that is eligible is paid, up to ceilings.
fn whole() -> Sample {
    Sample::new().with("matching.share.project", "\"100%\"")
}

fn fact(name: &str, kind: &str) -> String {
    format!("[facts.{name}]\ntype = \"{kind}\"\n{NAMED}\n")
}

fn told(mut request: Value, facts: Value) -> Value {
    request["project"]["facts"] = facts;
    request
}

/// 2.8 million for a research centre, 1.4 million for anybody else.
fn by_case() -> Sample {
    let case = format!("{{ when = {{ fact = \"project.centre\", is = true }}, {NAMED}, is = \"2800000.00\" }}");
    whole().add(&fact("project.centre", "boolean")).add(&format!(
        "[ceiling.seed]\n{PER_PROJECT}\nis = [{{ from = \"2024-01-01\", is = \"1400000.00\", cases = [{case}], source = \"guide\" }}]"
    ))
}

#[test]
fn a_value_depends_on_facts_and_one_that_was_not_given_is_asked_for() {
    let request = costing("3000000.00");
    assert_granted(
        &ask(&by_case(), &told(request.clone(), json!({ "centre": true }))),
        "2800000.00",
        &["ceiling.seed"],
    );
    assert_granted(
        &ask(&by_case(), &told(request.clone(), json!({ "centre": false }))),
        "1400000.00",
        &["ceiling.seed"],
    );
    let unsaid = ask(&by_case(), &request);
    assert_granted(&unsaid, "1400000.00", &["ceiling.seed"]);
    assert!(unsaid.missing.contains(&"project.facts.centre".to_owned()));
    assert_eq!(steps(&unsaid, "ceiling.seed")[0]["value"], Value::Null);
}

#[test]
fn a_limit_is_worked_out_from_cost_from_what_counts_and_from_amounts_that_are_asked_for() {
    let limited = |limit: &str| whole().add(&fact("project.original", "amount")).ceiling("limit", PER_PROJECT, limit);
    let costs = [("equipment", "600.00"), ("staff", "400.00")];
    let request = told(
        project(&[stage("project", Some(&costs), Some(&[("industry", "cash", "100.00")]))]),
        json!({ "original": "700" }),
    );
    for (limit, grant) in [
        ("{ share = \"50%\", of = \"cost\" }", "500.00"),
        ("{ share = \"50%\", of = \"project.original\" }", "350.00"),
        ("{ share = \"1/3\", of = [\"cost\"], less = [\"contribution\"] }", "300.00"),
        ("{ lowest = [\"450.00\", { share = \"50%\", of = \"cost\" }] }", "450.00"),
        ("{ highest = [\"450.00\", { share = \"50%\", of = \"cost\" }] }", "500.00"),
        ("{ sum = [\"50.00\", { share = \"25%\", of = \"cost\" }] }", "300.00"),
        ("{ marginal = [{ up_to = \"500.00\", is = \"50%\" }, { is = \"10%\" }], of = \"cost\" }", "300.00"),
        ("{ slab = [{ up_to = \"999.99\", is = \"80.00\" }, { is = \"200.00\" }], of = \"cost\" }", "200.00"),
    ] {
        // The contribution leaves 900 of 1000 uncovered, and is matched at one to two.
        let answer = ask(&limited(limit).change("is = \"1:2\"", "is = \"9:1\""), &request);
        assert_granted(&answer, grant, &["ceiling.limit"]);
    }
}

#[test]
fn a_limit_whose_input_was_left_out_does_not_apply_and_the_input_is_asked_for() {
    let scheme = |limit: &str| whole().add(&fact("project.original", "amount")).ceiling("limit", PER_PROJECT, limit);
    let answer = ask(&scheme("{ share = \"100%\", of = \"project.original\" }"), &costing("300.00"));
    assert_granted(&answer, "300.00", &["matching.ratio"]);
    assert!(answer.missing.contains(&"project.facts.original".to_owned()));
    // Of a lowest the others are left, of a highest nothing can be said.
    let lowest = "{ lowest = [\"120.00\", { share = \"100%\", of = \"project.original\" }] }";
    assert_granted(&ask(&scheme(lowest), &costing("300.00")), "120.00", &["ceiling.limit"]);
    let highest = "{ highest = [\"120.00\", { share = \"100%\", of = \"project.original\" }] }";
    assert_granted(&ask(&scheme(highest), &costing("300.00")), "300.00", &["matching.ratio"]);
}

#[test]
fn what_a_limit_takes_away_and_was_left_out_is_nothing_so_that_the_limit_still_bounds() {
    let cap = "{ share = \"15%\", of = \"cost.staff\", less = [\"contribution\", \"project.original\"] }";
    let scheme = whole()
        .add(&fact("project.original", "amount"))
        .category("staff", "")
        .category("overhead", &format!("cap = [{{ from = \"2024-01-01\", is = {cap}, source = \"guide\" }}]"));
    let costs = [("staff", "1000.00"), ("overhead", "40000.00")];
    let asking = |given, facts| told(project(&[stage("project", Some(&costs), given)]), facts);
    let (contributions, original) = ("project.stages.contributions", "project.facts.original");
    let given: Option<&[_]> = Some(&[("industry", "cash", "100.00")]);
    for (request, cost, missing) in [
        (asking(None, json!({})), "1150.00", vec![original, contributions]),
        (asking(None, json!({ "original": "500" })), "1075.00", vec![contributions]),
        (asking(given, json!({})), "1135.00", vec![original]),
        (asking(given, json!({ "original": "500" })), "1060.00", vec![]),
    ] {
        let answer = ask(&scheme, &also(request, "history", json!({ "awards": [] })));
        assert_eq!(answer.stages[0].eligible_cost.to_string(), cost);
        assert_eq!(answer.missing, owned(&missing));
    }
}

#[test]
fn cost_and_contributions_that_a_limit_needs_are_asked_for() {
    for (limit, request, missing) in [
        ("{ share = \"50%\", of = \"contribution\" }", costing("300.00"), "project.stages.contributions"),
        ("{ share = \"50%\", of = \"cost\" }", given(&[("industry", "cash", "9.00")]), "project.stages.costs"),
        ("{ share = \"50%\", of = \"cost.staff\" }", given(&[("industry", "cash", "9.00")]), "project.stages.costs"),
    ] {
        let scheme = whole().category("staff", "").ceiling("limit", PER_PROJECT, limit);
        let answer = ask(&scheme, &request);
        assert!(answer.missing.contains(&missing.to_owned()), "{limit}: {:?}", answer.missing);
    }
}

#[test]
fn a_fact_of_money_is_an_amount_and_its_form_does_not_change_the_trace() {
    let scheme = whole().add(&fact("project.original", "amount"));
    let with = |original: Value| told(costing("300.00"), json!({ "original": original }));
    let refused = faults(&scheme, &with(json!("seven")));
    assert_eq!(refused[0].pointer, "/project/facts/original");
    assert_eq!(refused[0].message, "the fact \"original\" must be an amount in quotes such as \"1200.50\"");
    assert_eq!(ask(&scheme, &with(json!("700"))).trace, ask(&scheme, &with(json!("700.00"))).trace);
    assert_ne!(ask(&scheme, &with(json!("700"))).trace, ask(&scheme, &with(json!("700.01"))).trace);
}

#[test]
fn a_floor_is_a_part_of_cost_and_a_case_waives_it() {
    let waived = format!("{{ when = {{ fact = \"project.bureau\", is = true }}, {NAMED}, is = \"none\" }}");
    let scheme = Sample::new().change("is = \"1:2\"", "is = \"9:1\"").add(&fact("project.bureau", "boolean")).add(&format!(
        "[floor.industry]\nof = \"contribution\"\nis = [{{ from = \"2024-01-01\", is = {{ share = \"10%\", of = \"cost\" }}, cases = [{waived}], source = \"guide\" }}]"
    ));
    let giving = |amount: &str| {
        project(&[stage("project", Some(&[("equipment", "1000.00")]), Some(&[("industry", "cash", amount)]))])
    };
    assert_granted(&ask(&scheme, &giving("100.00")), "900.00", &["cost.uncovered", "matching.ratio"]);
    assert_refused(&ask(&scheme, &giving("99.99")), &["floor.industry"]);
    assert_granted(&ask(&scheme, &told(giving("99.99"), json!({ "bureau": true }))), "899.91", &["matching.ratio"]);
    // Left out altogether, the required share will be found.
    assert_granted(&ask(&scheme, &costing("1000.00")), "900.00", &["matching.ratio"]);
}

#[test]
fn a_cap_looks_at_the_categories_before_it_and_at_what_counts() {
    // Overhead is 15% of staff and equipment less what industry gives.
    let cap = "{ share = \"15%\", of = [\"cost.staff\", \"cost.equipment\"], less = \"contribution\" }";
    let scheme = whole()
        .category("staff", "")
        .category("equipment", "")
        .category("overhead", &format!("cap = [{{ from = \"2024-01-01\", is = {cap}, source = \"guide\" }}]"));
    let costs = [("staff", "600.00"), ("equipment", "500.00"), ("overhead", "400.00")];
    let request = project(&[stage("project", Some(&costs), Some(&[("industry", "cash", "100.00")]))]);
    let answer = ask(&scheme, &request);
    assert_eq!(answer.stages[0].eligible_cost.to_string(), "1250.00");
    assert_eq!(steps(&answer, "cost.category.overhead.cap")[0]["value"], "150.00");
}

#[test]
fn a_ceiling_of_one_stage_cuts_that_stage_alone() {
    let scheme =
        Sample::new().add(SECOND_STAGE).ceiling("second", &format!("{PER_PROJECT}\nstage = \"second\""), "\"30.00\"");
    let both = project(&[
        stage("project", Some(&[("equipment", "300.00")]), None),
        stage("second", Some(&[("equipment", "100.00")]), None),
    ]);
    let answer = ask(&scheme, &both);
    assert_eq!(stages(&answer), [("project".into(), "100.00".into()), ("second".into(), "30.00".into())]);
    assert_granted(&answer, "130.00", &["ceiling.second", "matching.ratio"]);
    let first = project(&[stage("project", Some(&[("equipment", "300.00")]), None)]);
    assert_granted(&ask(&scheme, &first), "100.00", &["matching.ratio"]);
}

#[test]
fn a_ceiling_on_what_is_asked_refuses_and_does_not_cut() {
    let scheme = Sample::new().add(&fact("project.abroad", "amount")).ceiling(
        "abroad",
        "of = \"project.abroad\"\nper = \"project\"",
        "{ share = \"50%\", of = \"cost\" }",
    );
    let with = |abroad: &str| told(costing("300.00"), json!({ "abroad": abroad }));
    assert_granted(&ask(&scheme, &with("150.00")), "100.00", &["matching.ratio"]);
    assert_refused(&ask(&scheme, &with("150.01")), &["ceiling.abroad"]);
    assert_granted(&ask(&scheme, &costing("300.00")), "100.00", &["matching.ratio"]);
}

#[test]
fn a_nested_ceiling_counts_the_groups_that_it_names() {
    // 150 for each start-up and year, 1600 for all start-ups of its university.
    let group = format!(
        "[aggregation.same_university]\n{NAMED}\nis = [{{ from = \"2024-01-01\", is = true, source = \"guide\" }}]"
    );
    let per = "of = \"grant\"\nper = \"applicant\"\nperiod = \"financial_year\"";
    let scheme = whole().add(&group).ceiling("per_start_up", &format!("{per}\nwith = []"), "\"150.00\"").ceiling(
        "per_university",
        &format!("{per}\nwith = [\"same_university\"]"),
        "\"1600.00\"",
    );
    let after = |others: &str| {
        let others = json!({ "on": "2024-04-30", "amount": others, "party": "same_university" });
        let own = json!({ "on": "2024-05-01", "amount": "40.00" });
        let last_year = json!({ "on": "2024-03-31", "amount": "150.00" });
        also(costing("500.00"), "history", json!({ "awards": [others, own, last_year] }))
    };
    assert_granted(&ask(&scheme, &after("1000.00")), "110.00", &["ceiling.per_start_up"]);
    assert_granted(&ask(&scheme, &after("1500.00")), "60.00", &["ceiling.per_university"]);
    assert_refused(&ask(&scheme, &after("1560.00")), &["ceiling.per_university"]);
}
