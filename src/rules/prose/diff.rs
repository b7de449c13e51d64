//! What differs: between two days of one text, or between two texts.

use super::words::{same, say};
use super::{Rule, Stated, of};
use crate::calendar::Day;
use crate::scheme::Scheme;
use crate::text::Text;
use indexmap::IndexMap;
use serde::Serialize;

/// One difference: what a rule said before and what it says after.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
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
    /// The path and the kind.
    #[must_use]
    pub fn heading(&self) -> Text {
        say([&same(&self.path), &self.kind.words()], "{0} ({1})", "{0}（{1}）", "{0}（{1}）")
    }

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
        let lines = |rule: Option<&Rule>| rule.map(|rule| rule.lines.clone()).unwrap_or_default();
        differences.extend(between_lines(path, &lines(before), &lines(after)));
    }
    differences
}

/// Lines of the same day are compared. Of those that are left over, the first of one belongs to the first of the other: its day moved.
fn between_lines(path: &str, before: &[Stated], after: &[Stated]) -> Vec<Difference> {
    let has = |lines: &[Stated], line: &Stated| lines.iter().any(|other| other.from == line.from);
    let mut moved_from = before.iter().filter(|line| !has(after, line));
    let mut moved_to = after.iter().filter(|line| !has(before, line));
    let same_day = before.iter().filter_map(|line| Some((line, after.iter().find(|other| other.from == line.from)?)));
    let mut pairs = same_day.map(|(before, after)| (Some(before), Some(after))).collect::<Vec<_>>();
    loop {
        match (moved_from.next(), moved_to.next()) {
            (None, None) => break,
            pair => pairs.push(pair),
        }
    }
    pairs.sort_by_key(|(before, after)| after.or(*before).and_then(|line| line.from));
    pairs.into_iter().filter_map(|(before, after)| Difference::of(path, before, after)).collect()
}

fn by_path(rules: Vec<Rule>) -> IndexMap<String, Rule> {
    rules.into_iter().map(|rule| (rule.path.clone(), rule)).collect()
}
