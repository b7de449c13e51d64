//! What differs: between two days of one text, or between two texts.

use super::words::say;
use super::{Rule, Stated, of};
use crate::calendar::Day;
use crate::scheme::Scheme;
use crate::text::Text;
use indexmap::IndexMap;
use serde::Serialize;
use std::collections::BTreeSet;

/// One difference: what a rule said before and what it says after.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// The path of the rule.
    pub path: String,
    /// Whether there was something before, and is something after.
    pub kind: DifferenceKind,
    /// What was said; none where it is added.
    pub before: Option<Stated>,
    /// What is said; none where it is removed.
    pub after: Option<Stated>,
}

/// The kind of a difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DifferenceKind {
    /// It was not there.
    Added,
    /// It is not there any more.
    Removed,
    /// It says something else, or cites something else.
    Changed,
}

impl DifferenceKind {
    /// It in words.
    #[must_use]
    pub fn words(self) -> Text {
        match self {
            Self::Added => say([], "added", "新增", "新增"),
            Self::Removed => say([], "removed", "刪除", "删除"),
            Self::Changed => say([], "changed", "更改", "更改"),
        }
    }
}

impl Difference {
    fn of(path: &str, before: Option<&Stated>, after: Option<&Stated>) -> Option<Self> {
        let kind = match (before, after) {
            (None, None) => return None,
            (None, Some(_)) => DifferenceKind::Added,
            (Some(_), None) => DifferenceKind::Removed,
            (Some(before), Some(after)) if before == after => return None,
            (Some(_), Some(_)) => DifferenceKind::Changed,
        };
        Some(Self { path: path.to_owned(), kind, before: before.cloned(), after: after.cloned() })
    }
}

/// What a text says on one day and on another, where that differs, in the order of its page.
#[must_use]
pub fn between_days(scheme: &Scheme, from: Day, to: Day) -> Vec<Difference> {
    of(scheme).iter().filter_map(|rule| Difference::of(&rule.path, rule.on(from), rule.on(to))).collect()
}

/// What two texts say over their whole lives, where that differs: each rule, and each day on which it begins to say something.
#[must_use]
pub fn between_texts(before: &Scheme, after: &Scheme) -> Vec<Difference> {
    let (before, after) = (by_path(of(before)), by_path(of(after)));
    let added = after.keys().filter(|path| !before.contains_key(*path));
    let mut differences = Vec::new();
    for path in before.keys().chain(added) {
        let (before, after) = (before.get(path), after.get(path));
        let lines = before.into_iter().chain(after).flat_map(|rule| &rule.lines);
        let days: BTreeSet<Option<Day>> = lines.map(|line| line.from).collect();
        for day in days {
            let line =
                |rule: Option<&'_ Rule>| rule.and_then(|rule| rule.lines.iter().find(|line| line.from == day).cloned());
            differences.extend(Difference::of(path, line(before).as_ref(), line(after).as_ref()));
        }
    }
    differences
}

fn by_path(rules: Vec<Rule>) -> IndexMap<String, Rule> {
    rules.into_iter().map(|rule| (rule.path.clone(), rule)).collect()
}
