//! A file proves itself by its examples, and says what they leave untouched.

use crate::scheme::Fault;
use crate::scheme::sample::Sample;

fn faults(sample: &Sample) -> Vec<Fault> {
    sample.read().failing_examples(sample.text())
}

/// The file has one fault, in the line that begins with `at`, that says this.
#[track_caller]
fn assert_fault(sample: &Sample, at: &str, message: &str) {
    let faults = faults(sample);
    let [fault] = &faults[..] else { panic!("one fault was expected: {faults:#?}") };
    let line = sample.text().lines().nth(fault.line.saturating_sub(1)).unwrap();
    let rest = line.chars().skip(fault.column.saturating_sub(1)).collect::<String>();
    assert!(rest.starts_with(at), "{fault}: {rest}");
    assert_eq!(fault.message, message);
}

fn example(on: &str, cost: &str, expect: &str) -> String {
    format!(
        "[[example]]\nname = \"another on {on}\"\non = \"{on}\"\ngiven = {{ project = {{ stages = [{{ stage = \"project\", costs = [{{ category = \"a\", amount = \"{cost}\" }}] }}] }} }}\nexpect = {{ {expect} }}\n"
    )
}

#[test]
fn the_sample_proves_itself() {
    assert_eq!(faults(&Sample::new()), []);
}

#[test]
fn an_example_that_comes_to_something_else_is_a_fault_at_its_place() {
    for (expect, message) in [
        ("grant = \"100.01\"", "grant 100.01, but it is 100.00"),
        ("applicant_share = \"100.00\"", "applicant_share 100.00, but it is 200.00"),
        ("uncovered = \"1.00\"", "uncovered 1.00, but it is 0.00"),
        ("limited_by = [\"requested\"]", "limited_by [requested], but it is [matching.ratio]"),
        ("limited_by = []", "limited_by [], but it is [matching.ratio]"),
        ("refused_by = [\"open\"]", "refused_by [open], but it is []"),
        ("eligibility = \"ineligible\"", "eligibility Ineligible, but it is Eligible"),
        ("outcome = \"refused\"", "outcome Refused, but it is Granted"),
    ] {
        let sample = Sample::new().change("expect = { grant = \"100.00\" }", &format!("expect = {{ {expect} }}"));
        let message = format!("the example \"a third of three hundred\" expects {message}");
        assert_fault(&sample, "[[example]]", &message);
    }
}

#[test]
fn a_grant_that_is_expected_and_refused_is_told_with_its_reason() {
    let sample = Sample::new()
        .floor("cost", "\"5000.00\"")
        .add(&example("2024-06-01", "5000.00", "grant = \"1666.66\""))
        .change("equipment\", amount = \"300.00\"", "equipment\", amount = \"600.00\"")
        .change("expect = { grant = \"100.00\" }", "expect = { grant = \"200.00\" }");
    let told = faults(&sample);
    assert_eq!(
        told[0].message,
        "the example \"a third of three hundred\" expects grant 200.00, but it is 0.00: refused by floor.cost (Eligible cost, HK$600.00, is below the minimum of HK$5,000.00.)"
    );
}

#[test]
fn every_difference_is_told() {
    let expect = "expect = { grant = \"1.00\", outcome = \"refused\" }";
    assert_eq!(faults(&Sample::new().change("expect = { grant = \"100.00\" }", expect)).len(), 2);
}

#[test]
fn names_may_be_expected_in_any_order() {
    let given = "costs = [{ category = \"equipment\", amount = \"300.00\" }]";
    let both = "costs = [{ category = \"equipment\", amount = \"300.00\" }], contributions = [{ from = \"industry\", form = \"cash\", amount = \"200.00\" }]";
    let sample = Sample::new().change(given, both).change(
        "expect = { grant = \"100.00\" }",
        "expect = { limited_by = [\"matching.ratio\", \"cost.uncovered\"] }",
    );
    assert_eq!(faults(&sample), []);
}

#[test]
fn an_example_that_expects_nothing_proves_nothing() {
    assert_fault(
        &Sample::new().change("expect = { grant = \"100.00\" }", "expect = {}"),
        "[[example]]",
        "the example \"a third of three hundred\" expects nothing: write its grant",
    );
}

#[test]
fn the_day_of_an_example_stands_beside_what_is_given() {
    assert_fault(
        &Sample::new().change("given  = { project", "given  = { on = \"2025-01-01\", project"),
        "[[example]]",
        "the example \"a third of three hundred\" has its day beside it: leave on out of given",
    );
}

#[test]
fn an_example_that_cannot_be_worked_out_is_a_fault() {
    assert_fault(
        &Sample::new().change("stage = \"project\", costs", "stage = \"second\", costs"),
        "[[example]]",
        "the example \"a third of three hundred\" cannot be worked out: /project/stages/0/stage: the stage \"second\" is not known: known are project",
    );
}

#[test]
fn a_ceiling_or_floor_that_is_no_reason_in_any_example_is_named() {
    let ceiling = Sample::new().ceiling("project", "of = \"grant\"\nper = \"project\"", "\"200.00\"");
    let message = |path: &str| format!("no example has {path} as its reason: add one that is limited or refused by it");
    let line = |value: &str| format!("{{ from = \"2024-01-01\", is = {value}");
    assert_fault(&ceiling, &line("\"200.00\""), &message("ceiling.project"));
    let reached = ceiling.add(&example("2024-06-01", "900.00", "limited_by = [\"ceiling.project\"]"));
    assert_eq!(faults(&reached), []);

    let floor = Sample::new().floor("cost", "\"200.00\"");
    assert_fault(&floor, &line("\"200.00\""), &message("floor.cost"));
    assert_eq!(faults(&floor.add(&example("2024-06-01", "199.99", "refused_by = [\"floor.cost\"]"))), []);

    let count = Sample::new().ceiling("projects", "of = \"projects\"\nper = \"applicant\"", "2");
    assert_fault(&count, &line("2"), &message("ceiling.projects"));
}

#[test]
fn a_limit_that_was_never_a_value_and_a_quota_of_applications_need_no_example() {
    for value in ["\"none\"", "\"unknown\""] {
        let sample = Sample::new().ceiling("late", "of = \"projects\"\nper = \"applicant\"", value);
        assert_eq!(faults(&sample), [], "{value}");
    }
    let quota = Sample::new().ceiling("quota", "of = \"applications\"\nper = \"applicant\"\nperiod = \"round\"", "15");
    assert_eq!(faults(&quota), []);
}

fn changing(is: &str, then: &str) -> Sample {
    Sample::new().change(
        &format!("is = [{{ from = \"2024-01-01\", is = {is}, source = \"guide\" }}]"),
        &format!("is = [{{ from = \"2024-01-01\", is = {is}, source = \"guide\" }}, {{ from = \"2024-06-02\", is = {then}, source = \"guide\" }}]"),
    )
}

#[test]
fn a_change_has_an_example_on_its_day_and_on_the_day_before() {
    let sample = changing("\"1:2\"", "\"1:1\"");
    let message =
        |days: &str| format!("matching.ratio.project changes on 2024-06-02: add an example that needs it on {days}");
    let entry = "{ from = \"2024-06-02\", is = \"1:1\"";
    assert_fault(&sample, entry, &message("2024-06-02"));
    let after = sample.clone().add(&example("2024-06-02", "300.00", "grant = \"150.00\""));
    assert_eq!(faults(&after), []);
    let earlier = |day: &str| after.clone().change("on     = \"2024-06-01\"", &format!("on     = \"{day}\""));
    assert_fault(&earlier("2024-05-31"), entry, &message("2024-06-01"));
    let later = sample.change("on     = \"2024-06-01\"", "on     = \"2024-06-03\"");
    let later = later.change("grant = \"100.00\"", "grant = \"150.00\"");
    assert_fault(&later, entry, &message("2024-06-01 and one on 2024-06-02"));
}

#[test]
fn an_example_of_the_day_that_does_not_need_the_value_does_not_prove_its_change() {
    let dated = |is: &str, then: &str| {
        format!(
            "is = [{{ from = \"2024-01-01\", is = {is}, source = \"guide\" }}, {{ from = \"2024-06-02\", is = {then}, source = \"guide\" }}]"
        )
    };
    let capped = Sample::new().category("audit", &dated("\"100.00\"", "\"200.00\"").replacen("is", "cap", 1));
    let both = capped.add(&example("2024-06-02", "300.00", "grant = \"100.00\""));
    let [fault] = &faults(&both)[..] else { panic!("one fault was expected") };
    assert_eq!(
        fault.message,
        "cost.category.audit.cap changes on 2024-06-02: add an example that needs it on 2024-06-01 and one on 2024-06-02"
    );
    let of_audit = |on: &str, expect: &str| {
        let example = example(on, "300.00", expect).replace("category = \"a\"", "category = \"audit\"");
        example.replace("another on", "an audit on")
    };
    let one = both.add(&of_audit("2024-06-01", "grant = \"33.33\""));
    assert!(faults(&one)[0].message.ends_with("add an example that needs it on 2024-06-02"), "{:?}", faults(&one));
    assert_eq!(faults(&one.add(&of_audit("2024-06-02", "grant = \"66.66\""))), []);
}

#[test]
fn of_two_changes_each_has_its_own_days() {
    let third = ", { from = \"2025-01-01\", is = \"1:3\", source = \"guide\" }]";
    let sample = changing("\"1:2\"", "\"1:1\"")
        .change("is = \"1:1\", source = \"guide\" }]", &format!("is = \"1:1\", source = \"guide\" }}{third}"));
    let sample = sample.add(&example("2025-01-01", "300.00", "grant = \"75.00\""));
    assert_eq!(faults(&sample).len(), 2);
    let first = sample.add(&example("2024-06-02", "300.00", "grant = \"150.00\""));
    assert_eq!(faults(&first).len(), 1);
    assert_eq!(faults(&first.add(&example("2024-12-31", "300.00", "grant = \"150.00\""))), []);
}

/// The sample with a ratio of its own for the young and for the small.
fn with_cases(second: &str) -> Sample {
    let named = |name: &str| format!("name = {{ en = \"{name}\", zh-Hant = \"{name}\", zh-Hans = \"{name}\" }}");
    let case = |fact: &str, name: &str, is: &str| {
        format!("\n{{ when = {{ fact = \"applicant.{fact}\", is = true }}, is = {is}, {} }}", named(name))
    };
    let cases =
        format!("cases = [{},{}]", case("young", "the young", "\"1:1\""), case(second, "the small", "\"unknown\""));
    let fact = |name: &str| format!("[facts.applicant.{name}]\ntype = \"boolean\"\n{}", named(name));
    Sample::new()
        .change("is = \"1:2\", source", &format!("is = \"1:2\", {cases}, source"))
        .add(&fact("young"))
        .add(&fact("small"))
}

fn of_a_kind(fact: &str, expect: &str) -> String {
    let given = "costs = [{ category = \"a\", amount = \"300.00\" }] }] }";
    example("2024-06-01", "300.00", expect)
        .replace("\"another on 2024-06-01\"", &format!("\"{fact}\""))
        .replace(given, &format!("{given}, applicant = {{ facts = {{ {fact} = true }} }}"))
}

#[test]
fn a_case_that_no_example_reaches_is_named_at_its_place() {
    let message = |case: &str| {
        format!(
            "no example reaches the case \"{case}\" of matching.ratio.project from 2024-01-01 on: add one for which it holds"
        )
    };
    let young = with_cases("small").add(&of_a_kind("young", "grant = \"150.00\""));
    assert_fault(&young, "{ when = { fact = \"applicant.small\"", &message("the small"));
    let small = with_cases("small").add(&of_a_kind("small", "refused_by = [\"matching.ratio.project\"]"));
    assert_fault(&small, "{ when = { fact = \"applicant.young\"", &message("the young"));
    assert_eq!(faults(&young.add(&of_a_kind("small", "refused_by = [\"matching.ratio.project\"]"))), []);
    // Whoever fulfils the second fulfils the first, so that it is never reached.
    let shadowed = with_cases("young").add(&of_a_kind("young", "grant = \"150.00\""));
    let [fault] = &faults(&shadowed)[..] else { panic!("one fault was expected") };
    assert_eq!(fault.message, message("the small"));
}

#[test]
fn what_no_calculation_looks_at_may_change_without_an_example() {
    let offer_days = "[approval.offer_days]\nis = [{ from = \"2024-01-01\", is = 30, source = \"guide\" }";
    let later = format!("{offer_days}, {{ from = \"2024-06-02\", is = 60, source = \"guide\" }}");
    assert_eq!(faults(&Sample::new().change(offer_days, &later)), []);
}
