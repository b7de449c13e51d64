//! Texts that were written to be slow: each is answered, and with no more faults than anybody reads.

use crate::scheme::sample::Sample;
use crate::scheme::{Scheme, TEXT_BYTES_MAX};
use std::fmt::Write;

#[test]
fn a_text_that_is_longer_than_any_is_refused_unread() {
    let text = format!("{}#{}", Sample::new().text(), "x".repeat(TEXT_BYTES_MAX));
    let faults = Scheme::read(&text).unwrap_err();
    assert_eq!(faults[0].to_string(), "1:1: a scheme is a text of at most 1024 KiB: this one has more");
}

#[test]
fn of_thousands_of_faults_a_hundred_are_told() {
    let mut tables = String::new();
    for number in 0..5000 {
        write!(
            tables,
            "[matching.ratio.stage_{number}]\nis = [{{ from = \"2024-01-01\", is = \"1:1\", source = \"gone\" }}]\n"
        )
        .unwrap();
    }
    assert_eq!(Scheme::read(Sample::new().add(&tables).text()).unwrap_err().len(), 100);
}

#[test]
fn nesting_without_end_is_refused() {
    let nested = format!("{}{{ fact = \"applicant.a\", is = true }}{}", "{ not = ".repeat(20_000), " }".repeat(20_000));
    let sample = Sample::new().condition("deep", "boolean", &nested);
    assert!(!Scheme::read(sample.text()).unwrap_err().is_empty());
    let lists = format!("x = {}{}\n", "[".repeat(100_000), "]".repeat(100_000));
    assert!(!Scheme::read(&lists).unwrap_err().is_empty());
}

#[test]
fn a_life_of_thousands_of_lines_and_as_many_limits_is_read() {
    let mut tables = String::new();
    for number in 0..2000 {
        write!(tables, "[ceiling.limit_{number}]\nof = \"grant\"\nper = \"project\"\nis = [{{ from = \"2024-01-01\", is = {{ share = \"100%\", of = \"cost\" }}, source = \"guide\" }}]\n").unwrap();
    }
    let sample = Sample::new().add(&tables);
    let scheme = sample.read();
    assert_eq!(scheme.failing_examples(sample.text()).len(), 100);
}
