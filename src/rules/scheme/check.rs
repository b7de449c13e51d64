//! The laws of a scheme file: what can be read, but must not be published.

use super::{Approval, CeilingOf, Duration, Fault, Known, Life, Limit, Predicate, SchemeFile, Tables};
use crate::calculation::FactValue;
use crate::calendar::Day;
use crate::money::Share;
use std::collections::BTreeSet;

/// All faults of a file, in the order of their places.
pub(super) fn faults(text: &str, file: &SchemeFile, lives: &[Life]) -> Vec<Fault> {
    let mut check = Check { text, faults: Vec::new() };
    check.header(file);
    check.lives(file, lives);
    check.names(file);
    check.conditions(file);
    check.limits(file);
    check.rounds(file);
    check.wholes(file);
    check.authority(&file.approval);
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
        self.faults.push(Fault::at(self.text, offset, message));
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
        for round in file.round.values() {
            self.source(file, round.source.get_ref(), round.source.span().start);
            used.insert(round.source.get_ref());
        }
        let recommender = &file.approval.recommender.source;
        self.source(file, recommender.get_ref(), recommender.span().start);
        used.insert(recommender.get_ref());
        for code in file.sources.keys().filter(|code| !used.contains(code.as_str())) {
            let offset = self.text.find(&format!("[sources.{code}]")).unwrap_or(0);
            self.fault(
                offset,
                format!("the source \"{code}\" is not used: remove it, or name it where it is the source"),
            );
        }
    }

    fn source(&mut self, file: &SchemeFile, code: &str, offset: usize) {
        if !file.sources.contains_key(code) {
            let known = file.sources.keys().cloned().collect::<Vec<_>>().join(", ");
            self.fault(offset, format!("the source \"{code}\" is not in [sources]: write one of {known}"));
        }
    }

    /// Stages and contributors are the ones that are declared, and every stage has a ratio and its contributions.
    fn names(&mut self, file: &SchemeFile) {
        if file.stage.is_empty() {
            self.fault(0, "there is no [stage.…]: write [stage.project] where a project has one stage");
        }
        let matching = &file.matching;
        self.stages(file, "matching.ratio", matching.ratio.iter().map(|(name, table)| (name, start(&table.is))));
        self.stages(file, "matching.share", matching.share.iter().map(|(name, table)| (name, start(&table.is))));
        self.stages(
            file,
            "matching.in_kind_share",
            matching.in_kind_share.iter().map(|(name, table)| (name, start(&table.is))),
        );
        self.stages(
            file,
            "matching.in_kind_excess",
            matching.in_kind_excess.iter().map(|(name, table)| (name, start(&table.is))),
        );
        self.stages(file, "matching.requires", matching.requires.iter().map(|(name, table)| (name, start(&table.is))));
        self.stages(
            file,
            "contribution",
            file.contribution
                .iter()
                .map(|(name, tables)| (name, tables.values().next().map_or(0, |table| start(&table.is)))),
        );
        for stage in file.stage.keys() {
            for (section, there) in [
                ("matching.ratio", matching.ratio.contains_key(stage)),
                ("contribution", file.contribution.contains_key(stage)),
            ] {
                if !there {
                    self.fault(0, format!("the stage \"{stage}\" has no [{section}.{stage}…]: write one"));
                }
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
        for Duration { stages, .. } in file.duration.values() {
            for stage in stages {
                self.known("stage", stage.get_ref(), &file.stage, stage.span().start);
            }
        }
    }

    fn stages<'s>(&mut self, file: &SchemeFile, section: &str, tables: impl Iterator<Item = (&'s String, usize)>) {
        for (stage, offset) in tables {
            self.known(&format!("stage of [{section}.…]"), stage, &file.stage, offset);
        }
    }

    fn known<T>(&mut self, what: &str, name: &str, tables: &Tables<T>, offset: usize) {
        if !tables.contains_key(name) {
            let known = tables.keys().cloned().collect::<Vec<_>>().join(", ");
            self.fault(offset, format!("the {what} \"{name}\" is not declared: write one of {known}"));
        }
    }

    /// Conditions look at declared facts and compare them with values of their type.
    fn conditions(&mut self, file: &SchemeFile) {
        for condition in file.eligibility.values() {
            for entry in &condition.is.entries {
                if let Known::Is(predicate) = &entry.is {
                    self.predicate(file, predicate, entry.span.start);
                }
            }
        }
    }

    fn predicate(&mut self, file: &SchemeFile, predicate: &Predicate, offset: usize) {
        for (fact, values) in predicate.comparisons() {
            let declared = match fact.split_once('.') {
                Some(("applicant", name)) => file.facts.applicant.get(name),
                Some(("project", name)) => file.facts.project.get(name),
                _ => None,
            };
            let Some(declared) = declared else {
                self.fault(
                    offset,
                    format!(
                        "the fact \"{fact}\" is not declared: write [facts.applicant.…] or [facts.project.…] for it"
                    ),
                );
                continue;
            };
            let kind = |value: &FactValue| match value {
                FactValue::Boolean(_) => super::FactKind::Boolean,
                FactValue::Count(_) => super::FactKind::Count,
                FactValue::Text(_) => super::FactKind::Text,
            };
            if values.is_empty() || values.iter().any(|value| kind(value) != declared.kind) {
                self.fault(offset, format!("compare \"{fact}\" with values of its own type, {:?}", declared.kind));
            }
        }
    }

    /// Money is limited by amounts, things by counts.
    fn limits(&mut self, file: &SchemeFile) {
        for (name, ceiling) in &file.ceiling {
            for entry in &ceiling.is.entries {
                let message = match (&entry.is, ceiling.of) {
                    (Known::Is(Limit::Count(_)), CeilingOf::Grant) => "write an amount in quotes: it limits the grant",
                    (Known::Is(Limit::Amount(_)), CeilingOf::Projects | CeilingOf::Applications) => {
                        "write a whole number without quotes: it limits a count"
                    }
                    _ => continue,
                };
                self.fault(entry.span.start, format!("ceiling.{name}: {message}"));
            }
        }
    }

    /// Windows end after they begin, and do not overlap.
    fn rounds(&mut self, file: &SchemeFile) {
        let mut last_day: Option<Day> = None;
        for (name, round) in &file.round {
            let offset = round.closes_on.span().start;
            if *round.closes_on.get_ref() < round.opens_on {
                self.fault(offset, format!("the round \"{name}\" closes before it opens"));
            }
            if last_day.is_some_and(|last_day| round.opens_on <= last_day) {
                self.fault(
                    offset,
                    format!("the round \"{name}\" overlaps the one before: write rounds in the order of their days"),
                );
            }
            last_day = Some(*round.closes_on.get_ref());
        }
    }

    /// Weights, and shares of instalments, add up to the whole on every day on which one of them changes.
    fn wholes(&mut self, file: &SchemeFile) {
        let weights = file.assessment.criterion.values().map(|criterion| &criterion.is).collect::<Vec<_>>();
        self.whole("the weights of [assessment.criterion.…]", &weights);
        let shares = file.payment.instalment.values().map(|instalment| &instalment.is).collect::<Vec<_>>();
        self.whole("the shares of [payment.instalment.…]", &shares);
    }

    fn whole(&mut self, what: &str, parts: &[&crate::dated::Dated<Share>]) {
        if parts.is_empty() {
            self.fault(0, format!("{what} are missing: write at least one"));
        }
        let days = parts.iter().flat_map(|part| &part.entries).map(|entry| (entry.from, entry.span.start));
        for (day, offset) in days.collect::<Vec<_>>() {
            let sum =
                parts.iter().filter_map(|part| part.value_on(day)).try_fold((0_u64, 1_u64), |(upper, lower), share| {
                    let numerator = upper
                        .checked_mul(share.denominator.into())?
                        .checked_add(lower.checked_mul(share.numerator.into())?)?;
                    Some((numerator, lower.checked_mul(share.denominator.into())?))
                });
            if sum.is_none_or(|(upper, lower)| upper != lower) {
                self.fault(offset, format!("on {day}, {what} do not add up to 100%"));
            }
        }
    }

    /// The last authority may approve any amount; each approves more than the one before.
    fn authority(&mut self, approval: &Approval) {
        let last = approval.authority.len().saturating_sub(1);
        let days = approval
            .authority
            .values()
            .flat_map(|authority| &authority.is.entries)
            .map(|entry| entry.from)
            .collect::<BTreeSet<_>>();
        for day in days {
            let mut below = None;
            for (index, (name, authority)) in approval.authority.iter().enumerate() {
                let Some(entry) = authority.is.on(day) else { continue };
                let limit = authority.is.value_on(day).copied();
                if (entry.is == Known::None) != (index == last) || entry.is == Known::Unknown {
                    self.fault(
                        entry.span.start,
                        format!("approval.authority.{name}: only the last authority approves any amount, \"none\""),
                    );
                }
                if limit.is_some() && limit <= below {
                    self.fault(
                        entry.span.start,
                        format!("approval.authority.{name} must approve more than the one before it"),
                    );
                }
                below = limit.or(below);
            }
        }
        if approval.authority.is_empty() {
            self.fault(0, "there is no [approval.authority.…]: write who may approve");
        }
    }
}

fn start<T>(dated: &crate::dated::Dated<T>) -> usize {
    dated.entries.first().map_or(0, |entry| entry.span.start)
}

fn contributors(file: &SchemeFile) -> Vec<(&str, usize)> {
    let tables = file.contribution.values().flatten().map(|(name, forms)| (name.as_str(), start(&forms.is)));
    let required = file.matching.requires.values().flat_map(|required| &required.is.entries).flat_map(|entry| {
        let names = if let Known::Is(names) = &entry.is { names.as_slice() } else { &[] };
        names.iter().map(|name| (name.as_str(), entry.span.start))
    });
    tables.chain(required).collect()
}
