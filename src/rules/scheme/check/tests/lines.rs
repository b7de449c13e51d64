//! The lines of a value: their order and their sources.

use super::*;

#[test]
fn a_scheme_has_an_example() {
    let text = Sample::new().text().to_owned();
    let (before, _) = text.split_once("[[example]]").unwrap();
    // `example` belongs before the first table.
    let text = before.replacen("[sources.guide]", "example = []\n\n[sources.guide]", 1);
    assert_eq!(
        faults(&text).iter().map(ToString::to_string).collect::<Vec<_>>(),
        ["1:1: there is no [[example]]: a scheme proves itself by worked examples"]
    );
}

#[test]
fn lines_stand_in_the_order_of_their_days_each_day_once() {
    let entry = "{ from = \"2024-01-01\", is = \"1:2\", source = \"guide\" }";
    for second in ["2023-12-31", "2024-01-01"] {
        let lines = format!("{entry}, ▸{{ from = \"{second}\", is = \"1:1\", source = \"guide\" }}");
        let message = format!("{second} follows 2024-01-01: write the lines in the order of their days, each day once");
        assert_fault(&Sample::new().change(entry, &lines), &message);
    }
    let lines = format!("{entry}, {{ from = \"2024-01-02\", is = \"1:1\", source = \"guide\" }}");
    Sample::new().change(entry, &lines).read();
}

#[test]
fn a_value_has_at_least_one_line() {
    let sample = Sample::new().change("[{ from = \"2024-01-01\", is = \"open\", source = \"guide\" }]", "[]");
    assert_fault(&sample, "cost.list has no line: write is = [{ from = \"…\", is = …, source = \"…\" }]");
}

#[test]
fn a_source_is_declared() {
    let undeclared = "▸{ from = \"2024-01-01\", is = \"down\", source = \"hearsay\" }";
    assert_fault(
        &Sample::new().change("{ from = \"2024-01-01\", is = \"down\", source = \"guide\" }", undeclared),
        "the source \"hearsay\" is not in [sources]: write one of guide",
    );
    let recommender = "name   = { en = \"Panel\", zh-Hant = \"評審小組\", zh-Hans = \"评审小组\" }\nsource = ";
    assert_fault(
        &Sample::new().change(&format!("{recommender}\"guide\""), &format!("{recommender}▸\"hearsay\"")),
        "the source \"hearsay\" is not in [sources]",
    );
}

#[test]
fn a_source_is_used() {
    let source = "title = \"More\"\ngrade = \"press\"\nchecked_on = \"2026-01-01\"\n";
    // The same words in a remark or in a text are not the place.
    let sample = Sample::new().change("code      =", "# [sources.spare] is there below\ncode      =");
    assert_fault(
        &sample.add(&format!("▸[sources.spare]\n{source}")),
        "the source \"spare\" is not used: remove it, or name it where it is the source",
    );
    assert_fault(&Sample::new().add(&format!("▸[sources.\"a b\"]\n{source}")), "the source \"a b\" is not used");
}

#[test]
fn all_faults_of_the_laws_are_told_at_once_in_the_order_of_their_places() {
    let sample = Sample::new().change("\"HKD\"", "\"USD\"").change("\"SAMPLE\"", "\"sample\"");
    let lines = faults(sample.text()).iter().map(|fault| fault.line).collect::<Vec<_>>();
    assert_eq!(lines, [1, 2]);
}
