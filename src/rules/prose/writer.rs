//! How the walk writes: a rule for each path, a line for each day, a sentence for each case, and the names that a file gives.

use super::names::Names;
use super::words::{joined, say, sentence};
use super::{Chapter, Rule, Stated};
use crate::calculation::StepSource;
use crate::calendar::Day;
use crate::dated::{Dated, Entry, Known};
use crate::scheme::{Scheme, SchemeKind};
use crate::text::Text;
use toml::Spanned;

/// What the walk has written so far.
pub(super) struct Writer<'a> {
    scheme: &'a Scheme,
    chapter: Chapter,
    pub(super) rules: Vec<Rule>,
}

impl<'a> Writer<'a> {
    pub(super) const fn new(scheme: &'a Scheme) -> Self {
        Self { scheme, chapter: Chapter::Scheme, rules: Vec::new() }
    }

    pub(super) const fn names(&self) -> Names<'a> {
        Names(&self.scheme.file)
    }

    /// What the scheme gives.
    pub(super) const fn gives(&self) -> SchemeKind {
        self.scheme.file.kind
    }

    /// What follows belongs to this chapter.
    pub(super) const fn chapter(&mut self, chapter: Chapter) {
        self.chapter = chapter;
    }

    /// A rule that is there without a day.
    pub(super) fn undated(&mut self, path: impl Into<String>, text: Text) {
        self.stated(path, None, text, None);
    }

    /// A rule of one line.
    pub(super) fn stated(&mut self, path: impl Into<String>, from: Option<Day>, text: Text, source: Option<&str>) {
        let source = source.and_then(|code| StepSource::of(self.scheme, code));
        let lines = vec![Stated { from, text: sentence(text), source }];
        self.rules.push(Rule { path: path.into(), chapter: self.chapter, lines });
    }

    /// A dated rule on a subject, with the words of its value.
    pub(super) fn dated<T>(
        &mut self,
        path: impl Into<String>,
        dated: &Dated<T>,
        subject: &Text,
        is: impl Fn(&T) -> Text,
    ) {
        self.known(path, dated, |known| match known {
            Known::Is(value) => is(value),
            Known::None => none(subject),
            Known::Unknown => unknown(subject),
        });
    }

    /// A dated rule whose words for "none" and "unknown" are its own.
    pub(super) fn known<T>(&mut self, path: impl Into<String>, dated: &Dated<T>, words: impl Fn(&Known<T>) -> Text) {
        let lines = dated.entries.iter().map(|entry| Stated {
            from: Some(entry.from),
            text: self.entry(entry, &words),
            source: StepSource::of(self.scheme, &entry.source),
        });
        let lines = lines.collect();
        self.rules.push(Rule { path: path.into(), chapter: self.chapter, lines });
    }

    /// What holds, and what holds instead for some.
    fn entry<T>(&self, entry: &Entry<T>, words: &impl Fn(&Known<T>) -> Text) -> Text {
        let cases = entry.cases.iter().map(Spanned::get_ref).map(|case| {
            let parts = [&case.name, &self.names().predicate(&case.when), &words(&case.is)];
            sentence(say(parts, "in the case \"{0}\" ({1}): {2}", "情況「{0}」（{1}）：{2}", "情况“{0}”（{1}）：{2}"))
        });
        joined([sentence(words(&entry.is))].into_iter().chain(cases))
    }
}

pub(super) fn none(subject: &Text) -> Text {
    say([subject], "there is no rule on {0}", "就{0}並無規定", "就{0}并无规定")
}

pub(super) fn unknown(subject: &Text) -> Text {
    say([subject], "it is not known what holds for {0}", "{0}有何規定，未能確定", "{0}有何规定，未能确定")
}
