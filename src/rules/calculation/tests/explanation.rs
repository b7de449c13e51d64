//! The answer explains itself, and can be worked out again to the same trace.

use super::*;
use sha2::{Digest, Sha256};

fn rich() -> Sample {
    Sample::new()
        .add(SECOND_STAGE)
        .condition("local", "boolean", "{ fact = \"applicant.local\", is = true }")
        .category("travel", "cap = [{ from = \"2024-01-01\", is = \"10.00\", source = \"guide\" }]")
        .ceiling("project", "of = \"grant\"\nper = \"project\"", "\"120.00\"")
        .ceiling("projects", "of = \"projects\"\nper = \"applicant\"", "2")
        .floor("cost", "\"100.00\"")
}

fn rich_request() -> Value {
    let mut request = project(&[
        stage(
            "project",
            Some(&[("equipment", "290.00"), ("travel", "20.00")]),
            Some(&[
                ("industry", "cash", "150.00"),
                ("university", "in_kind", "40.00"),
                ("university", "cash", "50.00"),
            ]),
        ),
        stage("second", Some(&[("equipment", "100.00")]), None),
    ]);
    request["applicant"]["facts"]["local"] = true.into();
    also(request, "requested", json!("115.00"))
}

#[test]
fn the_members_of_an_answer_have_the_names_of_the_design() {
    let answer = serde_json::to_value(ask(&rich(), &rich_request())).unwrap();
    let names = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    let mut expected = owned(&[
        "scheme",
        "on",
        "rules",
        "eligibility",
        "missing",
        "outcome",
        "grant",
        "applicant_share",
        "uncovered",
        "stages",
        "limited_by",
        "refused_by",
        "unverified",
        "steps",
        "trace",
    ]);
    expected.sort();
    let mut found = names(&answer);
    found.sort();
    assert_eq!(found, expected);
    for (member, value) in [
        ("scheme", json!("SAMPLE")),
        ("on", json!(DAY)),
        ("eligibility", json!("eligible")),
        ("missing", json!(["history"])),
        ("outcome", json!("granted")),
        ("grant", json!("110.00")),
    ] {
        assert_eq!(answer[member], value, "{member}");
    }
    for step in answer["steps"].as_array().unwrap() {
        assert_eq!(step.as_object().unwrap().len(), 5, "{step}");
        assert!(step["text"]["en"].as_str().is_some_and(|text| !text.is_empty()), "{step}");
        assert!(step["text"]["zh-Hant"].as_str().is_some_and(|text| !text.is_empty()), "{step}");
    }
}

#[test]
fn the_steps_tell_the_whole_way_in_order() {
    let answer = ask(&rich(), &rich_request());
    let told = answer.steps.iter().map(|step| step.rule.as_str()).collect::<Vec<_>>();
    assert_eq!(
        told,
        [
            "open",
            "rounding",
            "eligibility.local",
            "contribution.project.university.in_kind",
            "cost.category.travel.cap",
            "cost.eligible",
            "matching.ratio.project",
            "matching.ratio.project",
            "cost.uncovered",
            "stage.allowed",
            "cost.eligible",
            "matching.ratio.second",
            "stage.allowed",
            "grant.stages",
            "ceiling.project",
            "requested",
            "floor.cost",
            "ceiling.projects",
            "grant",
        ]
    );
}

#[test]
fn a_step_that_uses_a_value_of_the_scheme_names_its_source_and_how_good_it_is() {
    let answer = serde_json::to_value(ask(&rich(), &rich_request())).unwrap();
    for step in answer["steps"].as_array().unwrap() {
        let own = ["cost.eligible", "cost.uncovered", "stage.allowed", "grant.stages", "requested", "grant"];
        if own.contains(&step["rule"].as_str().unwrap()) {
            assert_eq!(step["source"], Value::Null, "{step}");
        } else {
            let source =
                json!({ "code": "guide", "title": "The guide", "grade": "official", "checked_on": "2026-01-01" });
            assert_eq!(step["source"], source, "{step}");
        }
    }
}

#[test]
fn the_rounding_in_force_is_a_step() {
    let answer = ask(&Sample::new(), &costing("300.00"));
    assert_eq!(steps(&answer, "rounding"), [json!({ "inputs": {}, "value": "down to the cent" })]);
}

#[test]
fn sentences_call_things_by_their_names_in_both_languages() {
    let answer = ask(&Sample::new(), &given(&[("university", "in_kind", "40.00"), ("industry", "cash", "300.00")]));
    let text =
        |rule: &str| answer.steps.iter().find(|step| step.rule == rule).and_then(|step| step.text.clone()).unwrap();
    let not_counted = text("contribution.project.university.in_kind");
    assert_eq!(
        not_counted.en,
        "HK$40.00 from \"University\" (in kind) are not matched in \"Project\"; they still cover cost."
    );
    assert_eq!(not_counted.zh_hant, "「大學」於「項目」的 HK$40.00（實物）不獲配對，但仍用於支付成本。");
    let matched = text("matching.ratio.project");
    assert_eq!(matched.en, "At 1:2, HK$300.00 that count in \"Project\" are matched with HK$150.00.");
    assert_eq!(matched.zh_hant, "按 1:2 的比例，「項目」計算在內的 HK$300.00 出資可獲配對 HK$150.00。");
}

#[test]
fn the_rules_of_an_answer_are_the_hash_of_the_text() {
    let sample = Sample::new();
    let hash = Sha256::digest(sample.text().as_bytes());
    let hash = hash.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    assert_eq!(ask(&sample, &costing("300.00")).rules, hash);
}

#[test]
fn anyone_can_work_the_trace_out_again_from_the_request_and_the_answer() {
    let answer = ask(&rich(), &rich_request());
    let mut result = serde_json::to_value(&answer).unwrap();
    result.as_object_mut().unwrap().remove("trace");
    for step in result["steps"].as_array_mut().unwrap() {
        step.as_object_mut().unwrap().remove("text");
    }
    let traced = json!({
        "request": {
            "on": DAY,
            "applicant": { "facts": { "local": true } },
            "project": { "facts": {}, "stages": [
                { "stage": "project",
                  "costs": [
                    { "category": "equipment", "amount": "290.00" }, { "category": "travel", "amount": "20.00" },
                  ],
                  "contributions": [
                    { "from": "industry", "form": "cash", "amount": "150.00" },
                    { "from": "university", "form": "cash", "amount": "50.00" },
                    { "from": "university", "form": "in_kind", "amount": "40.00" },
                  ] },
                { "stage": "second", "costs": [{ "category": "equipment", "amount": "100.00" }] },
            ] },
            "requested": "115.00",
        },
        "rules": answer.rules,
        "result": result,
    });
    // serde_json sorts the members; there is nothing in a request or an answer that RFC 8785 would write in another way.
    let hash = Sha256::digest(traced.to_string().as_bytes());
    assert_eq!(answer.trace, hash.iter().map(|byte| format!("{byte:02x}")).collect::<String>());
}

#[test]
fn the_trace_is_the_same_however_amounts_and_lines_are_written() {
    let trace = |request: &Value| ask(&rich(), request).trace;
    let written = trace(&rich_request());
    let mut otherwise = rich_request();
    otherwise["requested"] = "115".into();
    otherwise["on"] = DAY.into();
    otherwise["history"] = Value::Null;
    otherwise["project"]["stages"].as_array_mut().unwrap().reverse();
    otherwise["project"]["stages"][1]["contributions"].as_array_mut().unwrap().reverse();
    otherwise["project"]["stages"][1]["costs"].as_array_mut().unwrap().reverse();
    otherwise["project"]["stages"][0]["costs"][0]["amount"] = "100.0".into();
    assert_eq!(trace(&otherwise), written);
}

#[test]
fn the_order_of_earlier_awards_changes_nothing() {
    let awards = json!([{ "on": "2024-02-01", "amount": "1.00" }, { "on": "2023-02-01", "amount": "2.00" }]);
    let turned = json!([{ "on": "2023-02-01", "amount": "2.00" }, { "on": "2024-02-01", "amount": "1.00" }]);
    let answer = |awards: Value| ask(&rich(), &also(rich_request(), "history", json!({ "awards": awards })));
    assert_eq!(answer(awards), answer(turned));
}

/// What was kept years ago is worked out again to the same trace, on whatever machine: if this changes, no kept trace holds.
#[test]
fn the_trace_of_an_answer_is_the_same_on_every_machine_and_for_ever() {
    let kept = "b6fe003e55bf963965b2487a6dd86277639c05781a0a0a0238ec51b3e0f9c9f8";
    assert_eq!(ask(&rich(), &rich_request()).trace, kept);
}

#[test]
fn the_trace_changes_with_the_request_the_day_and_the_rules() {
    let written = ask(&rich(), &rich_request()).trace;
    let mut more = rich_request();
    more["requested"] = "115.01".into();
    assert_ne!(ask(&rich(), &more).trace, written);
    assert_ne!(ask_on(&rich().read(), "2024-06-02", &rich_request()).trace, written);
    assert_ne!(ask(&rich().add("# a remark"), &rich_request()).trace, written);
}

#[test]
fn contributions_of_several_kinds_that_do_not_count_are_told_in_one_order() {
    let lines = [("university", "investment", "1.00"), ("university", "in_kind", "2.00"), ("industry", "cash", "9.00")];
    let mut turned = lines;
    turned.reverse();
    assert_eq!(ask(&Sample::new(), &given(&lines)), ask(&Sample::new(), &given(&turned)));
}
