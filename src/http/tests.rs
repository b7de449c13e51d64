//! The remarks beside the doors, and the names of the operations, hold.

use super::Document;
use std::collections::BTreeSet;

#[test]
fn the_remarks_beside_the_doors_are_the_doors() {
    let remarks: BTreeSet<String> = include_str!("mod.rs")
        .lines()
        .filter_map(|line| line.split_once(" // ").filter(|(code, _)| code.contains(".service(")))
        .map(|(_, remark)| remark.split_whitespace().collect::<Vec<_>>().join(" "))
        .collect();
    let document = Document::new(true).unwrap();
    let doors: BTreeSet<String> = document.doors().map(|(method, path, _)| format!("{method} {path}")).collect();
    assert_eq!(remarks, doors);
    assert!(!Document::new(false).unwrap().doors().any(|(_, path, _)| path.ends_with("/clock")));
}

#[test]
fn every_operation_has_a_name_of_its_own() {
    let document = Document::new(true).unwrap();
    let names: Vec<&str> = document.doors().map(|(_, _, name)| name).collect();
    let distinct: BTreeSet<&str> = names.iter().copied().collect();
    assert_eq!(distinct.len(), names.len(), "{names:?}");
    assert!(!distinct.contains(""));
}
