//! Each law of a scheme file: a file that is in order, one change, and the fault at its exact place.

mod claims;
mod conditions;
mod documents;
mod form;
mod hostile;
mod lines;
mod names;
mod obligations;
mod others;
mod reviews;
mod rounds;
mod totals;
mod written;
mod years;

use crate::scheme::sample::{SECOND_STAGE, Sample};
use crate::scheme::{Fault, Scheme};

/// Where the fault is expected to be. The mark is not part of the file.
const MARK: char = '▸';

/// The text without its mark, and the place of the mark; without one, the beginning of the file.
fn unmarked(sample: &Sample) -> (String, usize, usize) {
    let marked = sample.text();
    let place = marked.lines().enumerate().find_map(|(line, text)| {
        let column = text.chars().position(|character| character == MARK)?;
        Some((line.saturating_add(1), column.saturating_add(1)))
    });
    let (line, column) = place.unwrap_or((1, 1));
    (marked.replace(MARK, ""), line, column)
}

fn faults(text: &str) -> Vec<Fault> {
    match Scheme::read(text) {
        Ok(_) => panic!("this should not be in order:\n{text}"),
        Err(faults) => faults,
    }
}

/// The file has one fault, at the mark, that says this.
#[track_caller]
fn assert_fault(sample: &Sample, message: &str) {
    let (text, line, column) = unmarked(sample);
    let faults = faults(&text);
    let [fault] = &faults[..] else { panic!("one fault was expected: {faults:#?}") };
    assert_eq!((fault.line, fault.column), (line, column), "{fault}");
    assert!(fault.message.contains(message), "{fault}");
}

#[test]
fn the_sample_is_in_order() {
    let scheme = Sample::new().add(SECOND_STAGE).read();
    assert_eq!(scheme.file.code.get_ref(), "SAMPLE");
}
