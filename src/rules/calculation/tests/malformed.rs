//! What cannot be understood is named with a pointer to it; nothing is taken for something else.

use super::*;
use crate::calculation::FaultKind;

/// What reading the text says, and where.
fn unreadable(text: &str) -> (String, String) {
    let fault = Request::from_json(text.as_bytes()).expect_err(text);
    assert_eq!(fault.kind, FaultKind::Malformed);
    (fault.pointer, fault.message)
}

#[track_caller]
fn assert_unreadable(text: &str, pointer: &str, message: &str) {
    let (found, said) = unreadable(text);
    assert_eq!(found, pointer, "{text}: {said}");
    assert!(said.contains(message), "{text}: {said}");
}

/// A request whose only stage has these members beside its name.
fn in_stage(members: &str) -> String {
    format!(r#"{{ "project": {{ "stages": [{{ "stage": "project", {members} }}] }} }}"#)
}

#[test]
fn an_unknown_field_is_named_where_it_stands_with_the_known_ones() {
    assert_unreadable(r#"{ "project": { "stages": [] }, "reqested": "1.00" }"#, "/reqested", "`requested`");
    assert_unreadable(r#"{ "applicant": { "name": "x" }, "project": { "stages": [] } }"#, "/applicant/name", "`facts`");
    assert_unreadable(&in_stage(r#""cots": []"#), "/project/stages/0/cots", "`costs`, `contributions`, `posts`");
    assert_unreadable(
        &in_stage(r#""contributions": [{ "from": "industry", "form": "cash", "amount": "1.00", "date": "" }]"#),
        "/project/stages/0/contributions/0/date",
        "`from`, `form`, `amount`",
    );
    assert_unreadable(
        r#"{ "project": { "stages": [] }, "history": { "award": [] } }"#,
        "/history/award",
        "`granted`, `projects`, `awards`",
    );
}

#[test]
fn money_is_a_text_of_digits_with_at_most_two_places() {
    let amount = |amount: &str| in_stage(&format!(r#""costs": [{{ "category": "equipment", "amount": {amount} }}]"#));
    for (text, message) in [
        ("600", "expected an amount as a decimal text such as \"1200.50\""),
        ("600.5", "expected an amount as a decimal text"),
        ("null", "expected an amount as a decimal text"),
        ("\"1.005\"", "at most two decimal places"),
        ("\"-1.00\"", "\"-1.00\" is not an amount"),
        ("\"1e3\"", "\"1e3\" is not an amount"),
        ("\"1,000.00\"", "\"1,000.00\" is not an amount"),
        ("\"\"", "\"\" is not an amount"),
        ("\"1000000000000.00\"", "the largest amount is 999999999999.99"),
    ] {
        assert_unreadable(&amount(text), "/project/stages/0/costs/0/amount", message);
    }
    assert!(Request::from_json(amount("\"999999999999.99\"").as_bytes()).is_ok());
}

#[test]
fn counts_are_whole_numbers_that_are_not_negative() {
    for number in ["-1", "1.5", "\"36\"", "4294967296"] {
        let expected = "expected a whole number from 0 to 4294967295";
        assert_unreadable(&in_stage(&format!("\"months\": {number}")), "/project/stages/0/months", expected);
    }
}

#[test]
fn a_day_is_written_in_full() {
    assert_unreadable(r#"{ "on": "2025-2-5", "project": { "stages": [] } }"#, "/on", "is not a day");
    assert_unreadable(r#"{ "on": 20250205, "project": { "stages": [] } }"#, "/on", "a day in quotes");
    assert_unreadable(
        r#"{ "project": { "stages": [] }, "history": { "awards": [{ "on": "2025-02-30", "amount": "1.00" }] } }"#,
        "/history/awards/0/on",
        "is not a day",
    );
    assert_unreadable(
        r#"{ "project": { "stages": [] },
            "history": { "awards": [{ "on": "2025-02-03", "amount": "1.00", "completed": "soon" }] } }"#,
        "/history/awards/0/completed",
        "\"soon\" is not a day",
    );
}

#[test]
fn an_unknown_form_is_named_with_the_known_ones() {
    assert_unreadable(
        &in_stage(r#""contributions": [{ "from": "industry", "form": "gold", "amount": "1.00" }]"#),
        "/project/stages/0/contributions/0/form",
        "unknown variant `gold`, expected one of `cash`, `in_kind`, `investment`",
    );
}

#[test]
fn what_must_be_there_is_asked_for() {
    assert_unreadable("{}", "", "missing field `project`");
    assert_unreadable(r#"{ "project": {} }"#, "/project", "missing field `stages`");
    assert_unreadable(r#"{ "project": { "stages": [{}] } }"#, "/project/stages/0", "missing field `stage`");
    assert_unreadable(&in_stage(r#""costs": [{ "category": "x" }]"#), "/project/stages/0/costs/0", "`amount`");
}

#[test]
fn a_list_is_not_taken_for_an_object() {
    assert_unreadable("[]", "", "expected an object");
    assert_unreadable(r#"[null, {}, { "stages": [] }, null, null]"#, "", "expected an object");
    assert_unreadable(r#"{ "project": { "stages": [] }, "history": [] }"#, "/history", "expected an object");
    assert_unreadable(r#"{ "project": { "stages": [] }, "applicant": [] }"#, "/applicant", "expected an object");
    assert_unreadable(r#"{ "project": [{}, []] }"#, "/project", "expected an object");
    assert_unreadable(r#"{ "project": { "stages": [["project"]] } }"#, "/project/stages/0", "expected an object");
    assert_unreadable(&in_stage(r#""costs": [["x", "1.00"]]"#), "/project/stages/0/costs/0", "expected an object");
    assert_unreadable(
        r#"{ "project": { "stages": [] }, "history": { "awards": [[null, "2025-01-01", "1.00"]] } }"#,
        "/history/awards/0",
        "expected an object",
    );
    assert_unreadable(
        r#"{ "project": { "stages": [] }, "applicant": { "facts": [] } }"#,
        "/applicant/facts",
        "expected an object",
    );
}

#[test]
fn an_object_is_not_taken_for_a_list() {
    assert_unreadable(r#"{ "project": { "stages": {} } }"#, "/project/stages", "expected a sequence");
    assert_unreadable(&in_stage(r#""costs": {}"#), "/project/stages/0/costs", "expected a sequence");
}

#[test]
fn a_key_that_is_there_twice_is_refused() {
    assert_unreadable(
        r#"{ "project": { "stages": [] }, "requested": "1.00", "requested": "2.00" }"#,
        "",
        "duplicate field `requested`",
    );
    assert_unreadable(&in_stage(r#""costs": [], "costs": []"#), "/project/stages/0", "duplicate field `costs`");
    assert_unreadable(
        r#"{ "applicant": { "facts": { "listed": false, "listed": true } }, "project": { "stages": [] } }"#,
        "/applicant/facts",
        "\"listed\" is there twice",
    );
}

#[test]
fn a_fact_is_a_yes_or_no_a_code_or_a_whole_number() {
    for value in ["1.5", "-1", "null", "[]", "{}", "[[1]]", "4294967296"] {
        let text = format!(r#"{{ "applicant": {{ "facts": {{ "size": {value} }} }}, "project": {{ "stages": [] }} }}"#);
        assert_unreadable(&text, "/applicant/facts/size", "true, false, a code in quotes or a whole number");
    }
}

#[test]
fn text_that_is_no_json_or_goes_on_after_the_end_is_refused() {
    for text in ["", "x", "{", "{ \"project\": }", "null", "\"\"", "{ 'project': {} }"] {
        assert_eq!(unreadable(text).0.trim_end_matches("/project"), "", "{text}");
    }
    let request = costing("300.00").to_string();
    assert_unreadable(&format!("{request} x"), "", "trailing characters");
    assert_unreadable(&format!("{request} {request}"), "", "trailing characters");
    assert!(Request::from_json(b"{ \"project\": { \"stages\": [{ \"stage\": \"\xFF\" }] } }").is_err());
}

#[test]
fn however_deep_it_is_nested_it_is_refused_and_nothing_falls_over() {
    let deep = "[".repeat(100_000);
    for text in [
        deep.clone(),
        format!(r#"{{ "project": {{ "stages": {deep}"#),
        format!(r#"{{ "applicant": {{ "facts": {{ "x": {deep}"#),
        format!(r#"{{ "unknown": {deep}"#),
    ] {
        unreadable(&text);
    }
}
