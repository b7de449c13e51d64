//! Questions have answers, and conditions look for those.

use super::*;

#[test]
fn a_condition_has_a_form_and_compares_declared_facts_with_values_of_their_type() {
    let local = |predicate: &str| {
        let named = "name = { en = \"A name\", zh-Hant = \"名稱\", zh-Hans = \"名称\" }\n";
        Sample::new().add(&format!("[facts.applicant.local]\ntype = \"boolean\"\n{named}[facts.project.size]\ntype = \"count\"\n{named}[eligibility.local]\n{named}is = [{predicate}]\n"))
    };
    let entry = |predicate: &str| format!("▸{{ from = \"2024-01-01\", is = {predicate}, source = \"guide\" }}");
    for (predicate, message) in [
        (
            "{ fact = \"applicant.lokal\", is = true }",
            "the fact \"applicant.lokal\" is not declared: write [facts.applicant.…]",
        ),
        ("{ fact = \"local\", is = true }", "the fact \"local\" is not declared"),
        ("{ fact = \"project.local\", is = true }", "the fact \"project.local\" is not declared"),
        (
            "{ fact = \"applicant.local\", is = \"yes\" }",
            "compare \"applicant.local\" with values of its own type, boolean",
        ),
        ("{ fact = \"applicant.local\", at_least = 1 }", "compare \"applicant.local\" with values of its own type"),
        ("{ fact = \"applicant.local\", one_of = [] }", "compare \"applicant.local\" with values of its own type"),
        (
            "{ not = { fact = \"project.size\", is = true } }",
            "compare \"project.size\" with values of its own type, count",
        ),
        (
            "{ any = [{ fact = \"applicant.local\", is = true }, { all = [{ fact = \"project.sise\", is = 1 }] }] }",
            "the fact \"project.sise\" is not declared",
        ),
    ] {
        assert_fault(&local(&entry(predicate)), message);
    }
    for empty in ["{ all = [] }", "{ any = [{ not = { any = [] } }] }"] {
        assert_fault(&local(&entry(empty)), "this condition looks at no fact");
    }
    for predicate in
        ["true", "{}", "{ fact = \"applicant.local\" }", "{ fact = \"applicant.local\", is = true, or = true }"]
    {
        let value = format!("{{ from = \"2024-01-01\", is = ▸{predicate}, source = \"guide\" }}");
        assert_fault(&local(&value), "not a condition: write { fact = \"applicant.…\", is = … }");
    }
    local(&unmarked_text(&entry("{ fact = \"project.size\", at_most = 5 }"))).read();
}

fn unmarked_text(text: &str) -> String {
    text.replace(MARK, "")
}

/// A question whose answers are codes: what stands below its type, and a condition on it.
fn track(kind: &str, values: &str, predicate: &str) -> Sample {
    let named = "name = { en = \"Track\", zh-Hant = \"類別\", zh-Hans = \"类别\" }\n";
    Sample::new().add(&format!(
        "[facts.project.track]\ntype = {kind}\n{named}{values}\n[eligibility.track]\n{named}is = [{predicate}]\n"
    ))
}

const CODES: &str = "[facts.project.track.values]\ngeneral = { en = \"General\", zh-Hant = \"一般\", zh-Hans = \"一般\" }\neasy = { en = \"Easy\", zh-Hant = \"簡易\", zh-Hans = \"简易\" }";

#[test]
fn a_question_that_is_answered_by_a_code_has_its_codes_and_no_other_has_any() {
    let easy = "{ from = \"2024-01-01\", is = { fact = \"project.track\", is = \"easy\" }, source = \"guide\" }";
    assert_fault(
        &track("▸\"text\"", "", easy),
        "\"project.track\" has no answers: write [facts.project.track.values] with a line for each, CODE = { en = \"…\"",
    );
    let truth = "{ from = \"2024-01-01\", is = { fact = \"project.track\", is = true }, source = \"guide\" }";
    assert_fault(
        &track("▸\"boolean\"", CODES, truth),
        "\"project.track\" is answered by no code: write type = \"text\"",
    );
}

#[test]
fn a_condition_and_a_case_look_for_answers_that_can_be_given() {
    let entry = |value: &str| {
        format!("{{ from = \"2024-01-01\", is = {{ fact = \"project.track\", {value} }}, source = \"guide\" }}")
    };
    for (value, message) in [
        (
            "is = \"eazy\"",
            "\"eazy\" is no answer to \"project.track\": write one of general, easy; did you mean \"easy\"?",
        ),
        (
            "one_of = [\"general\", \"simple\"]",
            "\"simple\" is no answer to \"project.track\": write one of general, easy",
        ),
        ("at_least = \"5.00\"", "\"5.00\" is no answer to \"project.track\""),
        ("is = true", "compare \"project.track\" with values of its own type, text"),
    ] {
        assert_fault(&track("\"text\"", CODES, &format!("▸{}", entry(value))), message);
    }
    let sample = track("\"text\"", CODES, &entry("is = \"easy\""));
    let cases = "cases = [\n▸{ when = { fact = \"project.track\", is = \"eesy\" }, is = \"1:1\", name = { en = \"Easy\", zh-Hant = \"簡易\", zh-Hans = \"简易\" } }]";
    assert_fault(
        &sample.change("is = \"1:2\", source", &format!("is = \"1:2\", {cases}, source")),
        "\"eesy\" is no answer to \"project.track\": write one of general, easy; did you mean \"easy\"?",
    );
}

#[test]
fn what_was_probably_meant_is_told() {
    let hearsay = |source: &str| {
        Sample::new().change(
            "{ from = \"2024-01-01\", is = \"down\", source = \"guide\" }",
            &format!("▸{{ from = \"2024-01-01\", is = \"down\", source = \"{source}\" }}"),
        )
    };
    assert_fault(&hearsay("giude"), "is not in [sources]: write one of guide");
    assert_fault(&hearsay("guid"), "is not in [sources]: write one of guide; did you mean \"guide\"?");
    let entry = "▸{ from = \"2024-01-01\", is = { fact = \"project.trak\", is = \"easy\" }, source = \"guide\" }";
    assert_fault(
        &track("\"text\"", CODES, entry),
        "the fact \"project.trak\" is not declared: write [facts.applicant.…] or [facts.project.…] for it; did you mean \"project.track\"?",
    );
}

#[test]
fn cases_stand_where_a_value_may_depend_on_facts_and_their_conditions_are_in_order() {
    let case = "cases = [{ when = { fact = \"applicant.size\", at_least = 5 }, is = \"down\", name = { en = \"A name\", zh-Hant = \"名稱\", zh-Hans = \"名称\" } }], ";
    let with = format!("is = \"down\", {case}source");
    let sample = Sample::new()
        .change("is = [{ from = \"2024-01-01\", is = \"down\"", "is = [▸{ from = \"2024-01-01\", is = \"down\"")
        .change("is = \"down\", source", &with)
        .add("[facts.applicant.size]\ntype = \"count\"\nname = { en = \"A name\", zh-Hant = \"名稱\", zh-Hans = \"名称\" }");
    assert_fault(&sample, "rounding holds for everybody: write no cases here");
    let quota = with.replace("\"down\"", "5").replace("is = 5, name", "is = 6, name");
    let quota = format!(
        "[ceiling.quota]\nof = \"applications\"\nper = \"applicant\"\nis = [▸{{ from = \"2024-01-01\", {quota} = \"guide\" }}]"
    );
    let asked =
        "[facts.applicant.size]\ntype = \"count\"\nname = { en = \"A name\", zh-Hant = \"名稱\", zh-Hans = \"名称\" }";
    assert_fault(&Sample::new().add(asked).add(&quota), "ceiling.quota holds for everybody: write no cases here");
}
