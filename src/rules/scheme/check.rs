//! The laws of a scheme file: what can be read, but must not be published.

mod approval;
mod changes;
mod claims;
mod conditions;
mod documents;
mod form;
mod limits;
mod near;
mod obligations;
mod others;
mod reviews;
mod rounds;
#[cfg(test)]
mod tests;
mod totals;

use super::{Duration, FAULTS_MAX, Fault, Known, Life, Plain, SchemeFile, Tables};
use near::write_one_of;
use std::collections::BTreeSet;

/// All faults of a file, in the order of their places.
pub(super) fn faults(text: &str, file: &SchemeFile, lives: &[Life]) -> Vec<Fault> {
    let mut check = Check { text, faults: Vec::new() };
    check.header(file);
    check.lives(file, lives);
    check.names(file);
    check.facts(file);
    check.conditions(file);
    check.cases(file, lives);
    check.limits(file);
    check.rates_and_controls(file);
    check.other_schemes(file);
    check.schemes_without_a_file(file);
    check.matching(file);
    check.rounds(file);
    check.documents(file);
    check.form(&file.form);
    check.wholes(file);
    if let Some((offset, message)) = file.misplaced_commitment() {
        check.fault(offset, message);
    }
    if let Some(approval) = &file.approval {
        check.authority(approval);
        check.route(approval);
    }
    check.claims(file);
    check.changes(&file.change, file.approval.as_ref());
    check.reviews(&file.review, file.approval.as_ref());
    check.obligations(file);
    let mut faults = check.faults;
    faults.sort_by_key(|fault| (fault.line, fault.column));
    faults.dedup();
    faults
}

struct Check<'a> {
    text: &'a str,
    faults: Vec<Fault>,
}

impl Check<'_> {
    fn fault(&mut self, offset: usize, message: impl Into<String>) {
        if self.faults.len() < FAULTS_MAX {
            self.faults.push(Fault::at(self.text, offset, message));
        }
    }

    fn header(&mut self, file: &SchemeFile) {
        let code = file.code.get_ref();
        if !super::is_code(code) {
            self.fault(
                file.code.span().start,
                "write the code in capital letters, digits and hyphens, such as \"NIAS\"",
            );
        }
        if file.currency.get_ref() != "HKD" {
            self.fault(file.currency.span().start, "only \"HKD\" is handled");
        }
        if file.time_zone.get_ref() != "Asia/Hong_Kong" {
            self.fault(file.time_zone.span().start, "only \"Asia/Hong_Kong\" is handled");
        }
        if file.example.is_empty() {
            self.fault(0, "there is no [[example]]: a scheme proves itself by worked examples");
        }
        let mut names = BTreeSet::new();
        for example in &file.example {
            let name = &example.get_ref().name;
            if !names.insert(name) {
                self.fault(
                    example.span().start,
                    format!("two examples are named \"{name}\": give each a name of its own"),
                );
            }
        }
    }

    /// Lines ascend, each names a source, and every source is named.
    fn lives(&mut self, file: &SchemeFile, lives: &[Life]) {
        let mut used = BTreeSet::new();
        for life in lives {
            if life.lines.is_empty() {
                self.fault(
                    0,
                    format!("{} has no line: write is = [{{ from = \"…\", is = …, source = \"…\" }}]", life.path),
                );
            }
            for pair in life.lines.windows(2) {
                if let [before, after] = pair
                    && after.from <= before.from
                {
                    let message = format!(
                        "{} follows {}: write the lines in the order of their days, each day once",
                        after.from, before.from
                    );
                    self.fault(after.span.start, message);
                }
            }
            for line in &life.lines {
                self.source(file, &line.source, line.span.start);
                used.insert(line.source.as_str());
            }
        }
        let windows = file.round.values().map(|round| &round.source);
        let windows = windows.chain(file.cut_off.values().map(|cut_off| &cut_off.source));
        let recommender = file.approval.iter().map(|approval| &approval.recommender.source);
        for source in windows.chain(recommender).chain(file.lineage.values().map(|lineage| &lineage.source)) {
            self.source(file, source.get_ref(), source.span().start);
            used.insert(source.get_ref());
        }
        for (code, source) in file.sources.iter().filter(|(code, _)| !used.contains(code.as_str())) {
            self.fault(
                source.span().start,
                format!("the source \"{code}\" is not used: remove it, or name it where it is the source"),
            );
        }
    }

    fn source(&mut self, file: &SchemeFile, code: &str, offset: usize) {
        if !file.sources.contains_key(code) {
            let write = write_one_of(code, file.sources.keys());
            self.fault(offset, format!("the source \"{code}\" is not in [sources]: {write}"));
        }
    }

    /// Stages and contributors are the ones that are declared, and every stage has a ratio and its contributions.
    fn names(&mut self, file: &SchemeFile) {
        if file.stage.is_empty() {
            self.fault(0, "there is no [stage.…]: write [stage.project] where a project has one stage");
        }
        let matching = &file.matching;
        self.stages(file, "matching.ratio", starts(&matching.ratio));
        self.stages(file, "matching.share", starts(&matching.share));
        self.stages(file, "matching.in_kind_share", starts(&matching.in_kind_share));
        self.stages(file, "matching.in_kind_excess", starts(&matching.in_kind_excess));
        self.stages(file, "matching.requires", starts(&matching.requires));
        let contributions = file.contribution.iter();
        let contributions = contributions.map(|(stage, by_contributor)| {
            (stage.as_str(), starts(by_contributor).first().map_or(0, |(_, offset)| *offset))
        });
        self.stages(file, "contribution", contributions.collect());
        for stage in file.stage.keys() {
            let paid = matching.ratio.contains_key(stage) || matching.share.contains_key(stage);
            if !paid && file.unit_rate.is_none() {
                self.fault(0, format!("nothing says how much \"{stage}\" may have: write [matching.ratio.{stage}], [matching.share.{stage}] or [unit_rate.class.…]"));
            }
            if !file.contributor.is_empty() && !file.contribution.contains_key(stage) {
                self.fault(
                    0,
                    format!("the stage \"{stage}\" has no [contribution.{stage}.…]: write what counts in it"),
                );
            }
            if matching.in_kind_share.contains_key(stage) != matching.in_kind_excess.contains_key(stage) {
                self.fault(
                    0,
                    format!(
                        "matching.in_kind_share.{stage} and matching.in_kind_excess.{stage} belong together: write both"
                    ),
                );
            }
        }
        for (contributor, offset) in contributors(file) {
            self.known("contributor", contributor, &file.contributor, offset);
        }
        let lengths = file.duration.values().flat_map(|Duration { stages, without, .. }| stages.iter().chain(without));
        let posts = file.unit_rate.iter().flat_map(|rates| rates.class.values()).flat_map(|class| &class.stages);
        for stage in lengths.chain(posts) {
            self.known("stage", stage.get_ref(), &file.stage, stage.span().start);
        }
    }

    fn stages(&mut self, file: &SchemeFile, section: &str, tables: Vec<(&str, usize)>) {
        for (stage, offset) in tables {
            self.known(&format!("stage of [{section}.…]"), stage, &file.stage, offset);
        }
    }

    fn known<T>(&mut self, what: &str, name: &str, tables: &Tables<T>, offset: usize) {
        if !tables.contains_key(name) {
            let write =
                if tables.is_empty() { "write its table".to_owned() } else { write_one_of(name, tables.keys()) };
            self.fault(offset, format!("the {what} \"{name}\" is not declared: {write}"));
        }
    }

    /// Something always says how much a stage may have: where the ratio has ended, the scheme's own share.
    fn matching(&mut self, file: &SchemeFile) {
        for (stage, ratio) in &file.matching.ratio {
            let share = file.matching.share.get(stage);
            let changes = ratio.is.entries.iter().map(|entry| (entry.from, entry.span.start));
            let share_changes = share.iter().flat_map(|share| &share.is.entries);
            let changes = changes.chain(share_changes.map(|entry| (entry.from, entry.span.start)));
            for (day, offset) in changes.collect::<Vec<_>>() {
                let ended = ratio.is.on(day).is_some_and(|entry| entry.is == Known::None);
                let share = share.and_then(|share| share.is.on(day));
                if ended && share.is_none_or(|entry| entry.is == Known::None) {
                    let message = format!(
                        "on {day}, neither matching.ratio.{stage} nor matching.share.{stage} says how much is granted: write one of them"
                    );
                    self.fault(offset, message);
                }
            }
        }
    }
}

fn start<T>(dated: &crate::dated::Dated<T>) -> usize {
    dated.entries.first().map_or(0, |entry| entry.span.start)
}

fn starts<T>(tables: &Tables<Plain<T>>) -> Vec<(&str, usize)> {
    tables.iter().map(|(name, table)| (name.as_str(), start(&table.is))).collect()
}

fn contributors(file: &SchemeFile) -> Vec<(&str, usize)> {
    let tables = file.contribution.values().flatten().map(|(name, forms)| (name.as_str(), start(&forms.is)));
    let required = file.matching.requires.values().flat_map(|required| &required.is.entries).flat_map(|entry| {
        let names = if let Known::Is(names) = &entry.is { names.as_slice() } else { &[] };
        names.iter().map(|name| (name.as_str(), entry.span.start))
    });
    tables.chain(required).collect()
}
