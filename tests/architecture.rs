//! The arrows between the folders, the purity of the rules, and the tables that may be written without a change.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on must fail")]

use std::fs;
use std::path::{Path, PathBuf};

/// Every Rust file below a folder, with its text.
fn files(folder: &str) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                found.push((path, text));
            }
        }
    }
    assert!(!found.is_empty(), "nothing is in {folder:?}");
    found
}

fn offenders(folder: &str, forbidden: &[&str]) -> Vec<String> {
    let mut offenders = Vec::new();
    for (path, text) in files(folder) {
        for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with("//")) {
            if let Some(word) = forbidden.iter().find(|word| line.contains(**word)) {
                offenders.push(format!("{}:{}: {word}", path.display(), number + 1));
            }
        }
    }
    offenders
}

#[test]
fn every_arrow_points_right() {
    for (folder, forbidden) in [
        (
            "src/store",
            ["crate::actions", "crate::http", "crate::worker", "crate::export", "crate::cli", "actix"].as_slice(),
        ),
        (
            "src/actions",
            &["crate::http", "crate::worker", "crate::export", "crate::cli", "actix", "diesel", "sql_query"],
        ),
    ] {
        assert_eq!(offenders(folder, forbidden), Vec::<String>::new());
    }
}

#[test]
fn the_rules_touch_no_file_socket_clock_or_environment() {
    let forbidden =
        ["std::fs", "std::net", "std::env", "std::process", "std::time", "std::thread", "Utc::now", "now_v7", "new_v4"];
    assert_eq!(offenders("src/rules", &forbidden), Vec::<String>::new());
}

#[test]
fn only_the_journal_writes_what_belongs_to_a_case() {
    // Technical tables: they belong to no case, and are written without a change.
    const TECHNICAL: [&str; 1] = ["outbox"];
    let mut offenders = Vec::new();
    for (path, text) in files("src/store") {
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        for (number, line) in text.lines().enumerate() {
            // What a change writes is `pub(super)`: the journal calls it, and nothing outside the store can.
            let writes = line.contains("pub async fn insert")
                || line.contains("pub async fn update")
                || line.contains("pub async fn set_");
            if writes && !TECHNICAL.contains(&name.as_str()) {
                offenders.push(format!("{}:{}", path.display(), number + 1));
            }
        }
    }
    assert_eq!(offenders, Vec::<String>::new());
}

#[test]
fn no_file_is_too_long_to_be_read() {
    let long = ["src", "tests"].iter().flat_map(|folder| files(folder)).filter(|(_, text)| text.lines().count() > 400);
    assert_eq!(long.map(|(path, _)| path).collect::<Vec<_>>(), Vec::<PathBuf>::new());
}
