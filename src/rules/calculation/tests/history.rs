//! What an applicant has had before, in short or award by award.

use super::*;

fn ceiling(of: &str, period: &str, value: &str) -> Sample {
    Sample::new().ceiling("limit", &format!("of = \"{of}\"\nper = \"applicant\"\nperiod = \"{period}\""), value)
}

fn after(history: Value) -> Value {
    also(costing("300.00"), "history", history)
}

fn awards(awards: Value) -> Value {
    after(json!({ "awards": awards }))
}

/// What the limit says is used.
fn used(sample: &Sample, request: &Value) -> Value {
    steps(&ask(sample, request), "ceiling.limit")[0]["inputs"]["used"].clone()
}

#[test]
fn without_a_history_nothing_was_granted_and_the_answer_says_so() {
    let answer = ask(&ceiling("grant", "lifetime", "\"150.00\""), &costing("300.00"));
    assert_granted(&answer, "100.00", &["matching.ratio"]);
    assert_eq!(answer.missing, ["history"]);
}

#[test]
fn what_a_short_history_leaves_out_is_nothing_and_the_answer_says_so() {
    let missing = |history: Value| ask(&Sample::new(), &after(history)).missing;
    assert_eq!(missing(json!({})), ["history.granted", "history.projects"]);
    assert_eq!(missing(json!({ "projects": 1 })), ["history.granted"]);
    assert_eq!(missing(json!({ "granted": "1.00" })), ["history.projects"]);
    assert_eq!(missing(json!({ "granted": "0.00", "projects": 0 })), owned(&[]));
    assert_eq!(missing(json!({ "awards": [] })), owned(&[]));
}

#[test]
fn a_lifetime_counts_every_award_of_the_scheme() {
    let list = json!([
        { "on": "2010-01-01", "amount": "10.00", "completed": true },
        { "on": "2024-05-01", "amount": "20.00", "scheme": "SAMPLE" },
        { "on": "2024-05-01", "amount": "40.00", "scheme": "OTHER" },
        { "on": "2024-05-02", "amount": "5.00", "scheme": "sample" }
    ]);
    assert_eq!(used(&ceiling("grant", "lifetime", "\"900.00\""), &awards(list.clone())), "35.00");
    assert_eq!(used(&ceiling("projects", "lifetime", "9"), &awards(list)), 3);
}

#[test]
fn the_short_form_and_the_long_form_of_a_lifetime_agree() {
    let sample =
        ceiling("grant", "lifetime", "\"150.00\"").ceiling("projects", "of = \"projects\"\nper = \"applicant\"", "2");
    let short = ask(&sample, &after(json!({ "granted": "90.00", "projects": 1 })));
    let long = ask(&sample, &awards(json!([{ "on": "2024-02-01", "amount": "90.00" }])));
    assert_granted(&short, "60.00", &["ceiling.limit"]);
    assert_eq!((short.grant, short.limited_by, short.steps), (long.grant, long.limited_by, long.steps));
}

#[test]
fn a_project_counts_as_running_until_the_day_of_its_completion() {
    let sample = ceiling("projects", "concurrent", "1");
    let one = |completed: Value| {
        ask(&sample, &awards(json!([{ "on": "2024-02-01", "amount": "1.00", "completed": completed }])))
    };
    for running in [json!(null), json!(false), json!("2024-06-02")] {
        assert_refused(&one(running), &["ceiling.limit"]);
    }
    for completed in [json!(true), json!("2024-06-01"), json!("2024-03-01")] {
        assert_granted(&one(completed), "100.00", &["matching.ratio"]);
    }
}

#[test]
fn money_of_running_projects_is_limited_and_that_of_completed_ones_is_free_again() {
    let sample = ceiling("grant", "concurrent", "\"150.00\"");
    let list = json!([
        { "on": "2024-02-01", "amount": "70.00", "completed": false },
        { "on": "2024-02-01", "amount": "500.00", "completed": "2024-05-31" }
    ]);
    assert_granted(&ask(&sample, &awards(list)), "80.00", &["ceiling.limit"]);
}

#[test]
fn a_year_is_the_one_that_the_limit_names() {
    let list = json!([
        { "on": "2023-09-01", "amount": "1.00" },
        { "on": "2023-12-31", "amount": "2.00" },
        { "on": "2024-03-31", "amount": "4.00" },
        { "on": "2024-04-01", "amount": "8.00" },
        { "on": "2023-08-31", "amount": "16.00" }
    ]);
    for (period, money, projects) in [
        ("financial_year", "8.00", 1),
        ("academic_year", "15.00", 4),
        ("calendar_year", "12.00", 2),
        ("lifetime", "31.00", 5),
    ] {
        assert_eq!(used(&ceiling("grant", period, "\"900.00\""), &awards(list.clone())), money, "{period}");
        assert_eq!(used(&ceiling("projects", period, "9"), &awards(list.clone())), projects, "{period}");
    }
}

#[test]
fn a_count_limit_refuses_the_project_above_it() {
    let sample = ceiling("projects", "lifetime", "2");
    let projects = |projects: u32| ask(&sample, &after(json!({ "granted": "0.00", "projects": projects })));
    assert_granted(&projects(1), "100.00", &["matching.ratio"]);
    assert_refused(&projects(2), &["ceiling.limit"]);
    assert_refused(&projects(u32::MAX), &["ceiling.limit"]);
}

#[test]
fn of_a_period_the_short_form_counts_money_in_full_and_projects_not_and_asks_for_the_awards() {
    let short = after(json!({ "granted": "90.00", "projects": 3 }));
    for period in ["concurrent", "financial_year", "academic_year", "calendar_year"] {
        let money = ask(&ceiling("grant", period, "\"150.00\""), &short);
        assert_granted(&money, "60.00", &["ceiling.limit"]);
        assert_eq!(money.missing, ["history.awards"], "{period}");
        let projects = ask(&ceiling("projects", period, "1"), &short);
        assert_granted(&projects, "100.00", &["matching.ratio"]);
        assert_eq!(projects.missing, ["history.awards"], "{period}");
    }
    let nothing = after(json!({ "granted": "0.00", "projects": 0 }));
    assert_eq!(ask(&ceiling("projects", "concurrent", "1"), &nothing).missing, owned(&[]));
    assert_eq!(ask(&ceiling("grant", "concurrent", "\"150.00\""), &nothing).missing, owned(&[]));
    assert_eq!(ask(&ceiling("projects", "concurrent", "\"none\""), &short).missing, owned(&[]));
    assert_eq!(ask(&ceiling("projects", "lifetime", "9"), &short).missing, owned(&[]));
}

#[test]
fn a_group_is_counted_with_the_applicant_while_the_scheme_says_so() {
    let group = "[aggregation.related_company]
        name = { en = \"A name\", zh-Hant = \"名稱\", zh-Hans = \"名称\" }
        is = [{ from = \"2024-01-01\", is = true, source = \"guide\" }, { from = \"2024-06-01\", is = false, source = \"guide\" }]";
    let sample = ceiling("grant", "lifetime", "\"150.00\"").add(group);
    let request = awards(json!([
        { "on": "2024-02-01", "amount": "70.00", "party": "related_company" },
        { "on": "2024-02-01", "amount": "20.00" }
    ]));
    assert_granted(&ask_on(&sample.read(), "2024-05-31", &request), "60.00", &["ceiling.limit"]);
    assert_granted(&ask_on(&sample.read(), "2024-06-01", &request), "100.00", &["matching.ratio"]);
}

#[test]
fn a_group_without_a_rule_is_not_counted_with_the_applicant() {
    let named = "name = { en = \"A name\", zh-Hant = \"名稱\", zh-Hans = \"名称\" }";
    let sample = ceiling("grant", "lifetime", "\"150.00\"").with("aggregation.related_company", "\"none\"").add(named);
    let of_group = awards(json!([{ "on": "2024-02-01", "amount": "70.00", "party": "related_company" }]));
    assert_granted(&ask(&sample, &of_group), "100.00", &["matching.ratio"]);
}

#[test]
fn whether_a_group_counts_must_be_known_only_where_it_matters() {
    let group = |sample: Sample| {
        let named = "name = { en = \"A name\", zh-Hant = \"名稱\", zh-Hans = \"名称\" }";
        sample.with("aggregation.related_company", "\"unknown\"").add(named)
    };
    let of_group = awards(json!([{ "on": "2024-02-01", "amount": "70.00", "party": "related_company" }]));
    let own = awards(json!([{ "on": "2024-02-01", "amount": "90.00" }]));
    let limited = group(ceiling("grant", "lifetime", "\"150.00\""));
    assert_refused(&ask(&limited, &of_group), &["aggregation.related_company"]);
    assert_granted(&ask(&limited, &own), "60.00", &["ceiling.limit"]);
    assert_granted(&ask(&group(Sample::new()), &of_group), "100.00", &["matching.ratio"]);
}

#[test]
fn an_award_that_was_decided_after_the_day_of_the_rules_still_uses_the_limit() {
    // The rules are those of the submission, the history that of the approval.
    let request = awards(json!([{ "on": "2024-12-01", "amount": "90.00" }]));
    assert_granted(&ask(&ceiling("grant", "lifetime", "\"150.00\""), &request), "60.00", &["ceiling.limit"]);
}

#[test]
fn a_ceiling_of_one_stage_counts_the_part_of_an_award_that_was_for_it_and_the_whole_of_one_that_does_not_say() {
    let ceiling = "of = \"grant\"\nper = \"applicant\"\nstage = \"project\"";
    let sample = Sample::new().ceiling("limit", ceiling, "\"150.00\"");
    let award = |stages: Value| awards(json!([{ "on": "2024-02-01", "amount": "90.00", "stages": stages }]));
    assert_eq!(used(&sample, &award(json!({ "project": "90.00" }))), "90.00");
    assert_granted(&ask(&sample, &award(json!({ "project": "90.00" }))), "60.00", &["ceiling.limit"]);
    let not_said = ask(&sample, &award(json!({})));
    assert_granted(&not_said, "60.00", &["ceiling.limit"]);
    assert_eq!(not_said.missing, ["history.awards"]);
}

#[test]
fn the_parts_of_an_award_are_of_stages_of_the_scheme_and_sum_to_it() {
    let sample = Sample::new().read();
    for (award, told) in [
        (json!({ "on": "2024-02-01", "amount": "90.00", "stages": { "project": "89.99" } }), "must sum to the amount"),
        (json!({ "on": "2024-02-01", "amount": "90.00", "stages": { "projct": "90.00" } }), "projct"),
    ] {
        let request = Request::from_json(awards(json!([award])).to_string().as_bytes()).unwrap();
        let faults = calculate(&sample, &request, Day::parse("2024-06-01").unwrap()).unwrap_err();
        assert_eq!(faults.len(), 1, "{faults:?}");
        assert!(faults[0].pointer.starts_with("/history/awards/0/stages"), "{faults:?}");
        assert!(faults[0].message.contains(told), "{faults:?}");
    }
}

#[test]
fn parts_of_stages_that_a_text_does_not_have_are_left_out_of_what_is_recorded() {
    let recorded = |stage: &str| {
        let award = json!({ "on": "2024-02-01", "amount": "90.00", "stages": { stage: "90.00" } });
        let request = Request::from_json(awards(json!([award])).to_string().as_bytes()).unwrap();
        request.history.unwrap().awards.unwrap().remove(0).under(&Sample::new().read()).stages.len()
    };
    assert_eq!((recorded("project"), recorded("dropped")), (1, 0));
}
