//! The page of all schemes: what each can calculate, what is unknown and missing, its versions and its sources. In English, as Markdown.

use super::of;
use super::page::unknown_on;
use super::words::grade;
use crate::calendar::Day;
use crate::dated::Known;
use crate::scheme::{Life, Scheme, SchemeKind, is_calculated};
use std::collections::BTreeMap;
use std::fmt::Write;

const HEAD: &str = "# Schemes

Made by `almoner scheme page` from `seeds/schemes/`; do not edit it here. Each scheme is told as it stands on the day on which its
sources were last checked. What nobody has seen is \"unknown\" in the file, and an amount that needs it is refused by its name;
questions that no amount needs are left to `almoner scheme show CODE --on DAY`, which tells everything.
";

/// The page of some schemes, in their order.
#[must_use]
pub fn catalogue(schemes: &[Scheme]) -> String {
    let mut page = HEAD.to_owned();
    page.push_str("\n| scheme | name | gives | works out | takes applications here |\n|---|---|---|---|---|\n");
    let schemes = schemes.iter().filter_map(|scheme| Some((scheme, last_check(scheme)?))).collect::<Vec<_>>();
    for (scheme, on) in &schemes {
        let (code, name, kind) = (scheme.file.code.get_ref(), cell(&scheme.file.name.en), kind(scheme.file.kind));
        let stages = Stages::of(scheme, *on);
        let missing = missing(scheme);
        let takes = if missing.is_empty() { "yes" } else { "no" };
        // Writing to a String cannot fail.
        let _ =
            writeln!(page, "| [{code}](#{}) | {name} | {kind} | {} | {takes} |", code.to_lowercase(), stages.extent());
    }
    for (scheme, on) in schemes {
        one(&mut page, scheme, on);
    }
    page
}

fn one(page: &mut String, scheme: &Scheme, on: Day) {
    let (file, rules) = (&scheme.file, of(scheme));
    let _ = writeln!(page, "\n## {}\n", file.code.get_ref());
    let _ = writeln!(page, "{} · {} · {}\n", file.name.en, file.name.zh_hant, file.name.zh_hans);
    let _ = writeln!(page, "As of {on}. {} worked examples hold.\n", file.example.len());
    let stages = Stages::of(scheme, on);
    let _ = writeln!(page, "What it works out:\n");
    for rule in rules.iter().filter(|rule| is_told(&rule.path)) {
        let life = scheme.lives.iter().find(|life| life.path == rule.path && is_known(life, on));
        if let Some(line) = rule.on(on).filter(|_| life.is_some()) {
            let _ = writeln!(page, "- {} (`{}`)", line.text.en.trim_end_matches('.'), rule.path);
        }
    }
    let _ = writeln!(page, "- {}", counted(scheme));
    for path in &stages.unknown {
        let _ = writeln!(
            page,
            "- Nothing for `{path}`: how much is given there is not known, so every request for it is refused."
        );
    }
    let unknown = unknown_on(scheme, on).into_iter().filter(|path| is_calculated(path)).collect::<Vec<_>>();
    let _ = writeln!(page, "\nUnknown, and refused where an amount needs it: {}.", paths(&unknown));
    let missing = missing(scheme);
    let missing = if missing.is_empty() { "nothing".to_owned() } else { missing.join(", ") };
    let _ = writeln!(page, "\nMissing before it can take applications: {missing}.");
    versions(page, scheme);
    sources(page, scheme);
}

/// Whether the page tells a rule itself; the others are counted.
fn is_told(path: &str) -> bool {
    let sections = ["matching.ratio.", "matching.share.", "unit_rate.class.", "ceiling.", "floor."];
    matches!(path, "open" | "commitment")
        || sections.iter().any(|section| path.starts_with(section)) && !path.contains(".add_on.")
}

/// The last day on which somebody looked at a source of the scheme.
fn last_check(scheme: &Scheme) -> Option<Day> {
    scheme.file.sources.values().map(|source| source.get_ref().checked_on).max()
}

/// The stages for which something says how much is given, and those for which nobody knows.
struct Stages<'a> {
    known: Vec<&'a str>,
    unknown: Vec<&'a str>,
}

impl<'a> Stages<'a> {
    fn of(scheme: &'a Scheme, on: Day) -> Self {
        let known = |life: &Life| is_known(life, on);
        let by_posts = scheme.lives.iter().any(|life| life.path.starts_with("unit_rate.class.") && known(life));
        let by_matching = |stage: &str| {
            let paths = ["ratio", "share"].map(|section| format!("matching.{section}.{stage}"));
            scheme.lives.iter().any(|life| paths.contains(&life.path) && known(life))
        };
        let is_known = |stage: &&str| by_posts || by_matching(stage);
        let (known, unknown) = scheme.file.stage.keys().map(String::as_str).partition(is_known);
        Self { known, unknown }
    }

    fn extent(&self) -> String {
        match (self.known.as_slice(), self.unknown.as_slice()) {
            (_, []) => "yes".to_owned(),
            ([], _) => "no".to_owned(),
            (known, _) => known.join(", "),
        }
    }
}

/// Whether something is said on a day, for everybody or in a case.
fn is_known(life: &Life, on: Day) -> bool {
    let is = |known: &Known<String>| matches!(known, Known::Is(_));
    life.on(on).is_some_and(|line| is(&line.is) || line.cases.iter().any(|case| is(&case.is)))
}

/// How many rules of the kinds that are not told one by one.
fn counted(scheme: &Scheme) -> String {
    let file = &scheme.file;
    let counted = [
        (file.eligibility.len(), "on who may apply"),
        (file.cost.category.len(), "on categories of cost"),
        (file.duration.len(), "on length"),
        (file.interval.len(), "on time between awards"),
        (file.exclusive.len().saturating_add(file.dependency.len()), "on other schemes"),
    ];
    let told = counted.iter().filter(|(number, _)| *number > 0).map(|(number, what)| format!("{number} {what}"));
    let told = told.collect::<Vec<_>>();
    if told.is_empty() { "No further rules".to_owned() } else { format!("Further rules: {}", told.join(", ")) }
}

fn missing(scheme: &Scheme) -> Vec<String> {
    scheme.missing().into_iter().map(|missing| missing.as_str().replace('[', "`[").replace(']', "]`")).collect()
}

/// On which day what begins to hold.
fn versions(page: &mut String, scheme: &Scheme) {
    let mut days: BTreeMap<Day, (usize, Vec<&str>)> = BTreeMap::new();
    for life in scheme.lives.iter().filter(|life| !life.path.starts_with("question.")) {
        for (index, line) in life.lines.iter().enumerate() {
            let (first, changed) = days.entry(line.from).or_default();
            if index == 0 {
                *first = first.saturating_add(1);
            } else {
                changed.push(&life.path);
            }
        }
    }
    page.push_str("\n| from | what changes |\n|---|---|\n");
    for (day, (first, changed)) in days {
        let begin =
            (first > 0).then(|| format!("{first} {} to hold", if first == 1 { "rule begins" } else { "rules begin" }));
        let changed = (!changed.is_empty()).then(|| paths(&changed));
        let told = begin.into_iter().chain(changed).collect::<Vec<_>>();
        let _ = writeln!(page, "| {day} | {} |", told.join("; "));
    }
}

fn sources(page: &mut String, scheme: &Scheme) {
    page.push_str("\n| source | grade | last check |\n|---|---|---|\n");
    for (code, source) in &scheme.file.sources {
        let source = source.get_ref();
        let title = cell(&source.title);
        let title = source.url.as_ref().map_or_else(|| title.clone(), |url| format!("[{title}](<{url}>)"));
        let _ = writeln!(page, "| `{code}`: {title} | {} | {} |", grade(source.grade).en, source.checked_on);
    }
}

fn paths(paths: &[&str]) -> String {
    if paths.is_empty() {
        return "nothing".to_owned();
    }
    paths.iter().map(|path| format!("`{path}`")).collect::<Vec<_>>().join(", ")
}

/// A text that cannot end a cell of a table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('[', "\\[").replace(']', "\\]")
}

const fn kind(kind: SchemeKind) -> &'static str {
    match kind {
        SchemeKind::Grant => "a grant",
        SchemeKind::Investment => "an investment",
        SchemeKind::Deduction => "a deduction from tax",
    }
}
