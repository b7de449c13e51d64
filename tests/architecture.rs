//! The arrows between the folders, the purity of the rules, the tables that may be written without a change, and the files that
//! pages name.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on must fail")]
#![expect(clippy::string_slice, reason = "source is cut where a word was found")]

use std::collections::BTreeSet;
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
                let path = path.strip_prefix(env!("CARGO_MANIFEST_DIR")).unwrap().display();
                offenders.push(format!("{path}:{}: {word}", number + 1));
            }
        }
    }
    offenders
}

/// The parts of the crate, and what each may name of the others.
const ARROWS: [(&str, &[&str]); 12] = [
    ("store", &[]),
    ("export", &[]),
    ("bank", &[]),
    ("settings", &["access"]),
    ("access", &["settings"]),
    ("files", &["settings"]),
    ("actions", &["store", "access"]),
    ("http", &["actions", "store", "bank", "export", "access", "files", "press", "settings", "clock"]),
    ("worker", &["actions", "store", "export", "files", "settings", "rehearsal"]),
    ("rehearsal", &["export"]),
    // The demonstration is a client: it knows the house by its doors alone.
    ("demo", &[]),
    (
        "cli",
        &[
            "http",
            "worker",
            "actions",
            "store",
            "access",
            "settings",
            "app",
            "clock",
            "demo",
            "rehearsal",
            "sink",
            "telemetry",
        ],
    ),
];

#[test]
fn every_arrow_points_right() {
    let folders = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("src")).unwrap();
    let parts: BTreeSet<String> =
        folders.map(|entry| entry.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned()).collect();
    for (part, may_name) in ARROWS {
        let others = parts.iter().filter(|other| *other != part && !may_name.contains(&other.as_str()));
        let forbidden = others
            .flat_map(|other| ["crate::", "super::super::"].map(|from| format!("{from}{other}::")))
            // What is named in a group or as a whole cannot be seen here.
            .chain(["use crate::{".to_owned()].into_iter().filter(|_| part != "cli"));
        let forbidden: Vec<String> = forbidden.collect();
        let words: Vec<&str> = forbidden.iter().map(String::as_str).collect();
        assert_eq!(offenders(&format!("src/{part}"), &words), Vec::<String>::new());
    }
}

#[test]
fn what_belongs_in_one_part_is_nowhere_else() {
    for (words, homes) in [
        (["diesel::", "diesel_async", "sql_query", "batch_execute"].as_slice(), ["src/store"].as_slice()),
        (&["tokio_postgres"], &["src/settings", "src/telemetry.rs"]),
        (&["actix_web", "actix_http", "HttpRequest"], &["src/http", "src/app.rs", "src/settings", "src/telemetry.rs"]),
        (&["object_store", "rustls::"], &["src/files"]),
        (&["lettre::"], &["src/worker", "src/settings"]),
        (
            &[".may(", ".may_to_", "permission::Permit", "&Permit", ".record("],
            &["src/actions", "src/rules", "src/store/journal.rs"],
        ),
    ] {
        let found = offenders("src", words);
        let is_home = |line: &String| homes.iter().any(|home| line.starts_with(home));
        assert_eq!(found.into_iter().filter(|line| !is_home(line)).collect::<Vec<_>>(), Vec::<String>::new());
    }
}

#[test]
fn the_rules_touch_no_file_socket_clock_or_environment() {
    let forbidden =
        ["std::fs", "std::net", "std::env", "std::process", "std::time", "std::thread", "Utc::now", "now_v7", "new_v4"];
    assert_eq!(offenders("src/rules", &forbidden), Vec::<String>::new());
}

/// Tables that belong to no case: they are written without a change.
const TECHNICAL: [&str; 8] = [
    "exports",
    "sessions",
    "refresh_tokens",
    "password_tokens",
    "idempotency_keys",
    "outbox",
    "rehearsals",
    "rehearsal_cases",
];

/// What the store offers to others and what writes all the same, with the reason.
const DOORS: [(&str, &str, &str); 3] = [
    ("balances", "meet_in_turn", "money that was recorded, met by whoever must know whose the limits do not leave"),
    ("journal", "record", "the one way to write, with permit, audit entry and notices"),
    ("sessions", "rehash", "the same password under a stronger hash: nothing that anybody has decided"),
];

/// A function of the store.
struct Function {
    file: String,
    name: String,
    /// Whether others than the store can call it.
    offered: bool,
    body: String,
}

/// Every function in the files of the store, as rustfmt writes them.
fn functions() -> Vec<Function> {
    let mut functions: Vec<Function> = Vec::new();
    for (path, text) in files("src/store") {
        let file = path.file_stem().unwrap().to_str().unwrap();
        let mut within = false;
        for line in text.lines().filter(|line| !line.trim_start().starts_with("//")) {
            let head = line.trim_start();
            let plain = head.trim_start_matches("pub(super) ").trim_start_matches("pub(in crate::store) ");
            let plain = plain.trim_start_matches("pub ").trim_start_matches("async ");
            if let Some(name) = plain.strip_prefix("fn ") {
                let name = name.split(['(', '<']).next().unwrap().to_owned();
                let offered = head.starts_with("pub ");
                functions.push(Function { file: file.to_owned(), name, offered, body: String::new() });
                within = true;
            } else if within {
                functions.last_mut().unwrap().body.extend([line, "\n"]);
                within = line != "}" && line != "    }";
            }
        }
    }
    functions
}

impl Function {
    /// The tables that it names, where it writes by itself.
    fn writes(&self) -> BTreeSet<String> {
        let writes = ["diesel::insert_into(", "diesel::update(", "diesel::delete("];
        if !writes.iter().any(|write| self.body.contains(write)) {
            return BTreeSet::new();
        }
        let named = self.body.match_indices("::table").map(|(at, _)| {
            let before = &self.body[..at];
            let start = before.rfind(|character: char| !character.is_alphanumeric() && character != '_');
            before[start.map_or(0, |start| start + 1)..].to_owned()
        });
        named.collect()
    }

    fn calls(&self, other: &Self) -> bool {
        let from_elsewhere = format!("{}::{}(", other.file, other.name);
        let here = format!("{}(", other.name);
        let is_call =
            |at: usize| self.body[..at].ends_with([' ', '(', '!', '\n']) || self.body[..at].ends_with("self.");
        self.body.contains(&from_elsewhere)
            || (self.file == other.file && self.body.match_indices(&here).any(|(at, _)| is_call(at)))
    }
}

#[test]
fn only_the_journal_writes_what_belongs_to_a_case() {
    let functions = functions();
    let mut writes: Vec<BTreeSet<String>> = functions.iter().map(Function::writes).collect();
    // Whoever calls one that writes, writes.
    loop {
        let before = writes.clone();
        for (caller, wrote) in functions.iter().zip(&mut writes) {
            let called =
                functions.iter().zip(&before).filter(|(called, tables)| !tables.is_empty() && caller.calls(called));
            wrote.extend(called.flat_map(|(_, tables)| tables.iter().cloned()));
        }
        if writes == before {
            break;
        }
    }
    let of_a_case = |tables: &BTreeSet<String>| tables.iter().any(|table| !TECHNICAL.contains(&table.as_str()));
    let doors: BTreeSet<(&str, &str)> = functions
        .iter()
        .zip(&writes)
        .filter(|(function, tables)| function.offered && of_a_case(tables))
        .map(|(function, _)| (function.file.as_str(), function.name.as_str()))
        .collect();
    assert_eq!(doors, DOORS.map(|(file, function, _)| (file, function)).into());
    let written: BTreeSet<&str> = writes.iter().flatten().map(String::as_str).collect();
    assert!(TECHNICAL.iter().all(|table| written.contains(table)), "{written:?}");
    // A write in another form would not be seen above.
    let unseen = ["dsl::insert_into", "dsl::update", "dsl::delete", " insert_into(", "replace_into"];
    assert_eq!(offenders("src/store", &unseen), Vec::<String>::new());
    // SQL by hand only reads.
    for (path, text) in files("src/store").into_iter().filter(|(_, text)| text.contains("sql_query")) {
        for word in ["INSERT INTO", "UPDATE ", "DELETE FROM", "MERGE INTO"] {
            assert!(!text.replace("FOR UPDATE", "").contains(word), "{}: {word}", path.display());
        }
    }
}

/// The pages that people read.
fn pages() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (mut pages, mut folders) = (vec![root.join("README.md")], vec![root.join("docs")]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "md") {
                pages.push(path);
            }
        }
    }
    pages
}

#[test]
fn every_file_that_a_page_links_to_or_names_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let tops = ["src/", "tests/", "docs/", "config/", "seeds/", "scripts/", "migrations/", "benches/"];
    let mut missing = Vec::new();
    for page in pages() {
        let text = fs::read_to_string(&page).unwrap();
        let links = text.split("](").skip(1).filter_map(|rest| rest.split([')', '#']).next());
        let links = links.filter(|link| !link.is_empty() && !link.contains(':'));
        let linked = links.map(|link| (page.parent().unwrap().join(link), link));
        // Between back quotes: a name with a pattern in it is not one of a file.
        let quoted = text.split('`').skip(1).step_by(2).filter(|name| tops.iter().any(|top| name.starts_with(top)));
        let named = quoted.filter(|name| !name.contains(['<', '*', '…', ' '])).map(|name| (root.join(name), name));
        for (path, name) in linked.chain(named).filter(|(path, _)| !path.exists()) {
            missing.push(format!("{}: {name} ({})", page.display(), path.display()));
        }
    }
    assert_eq!(missing, Vec::<String>::new());
}

#[test]
fn no_file_is_too_long_to_be_read() {
    let long = ["src", "tests"].iter().flat_map(|folder| files(folder)).filter(|(_, text)| text.lines().count() > 400);
    assert_eq!(long.map(|(path, _)| path).collect::<Vec<_>>(), Vec::<PathBuf>::new());
}
