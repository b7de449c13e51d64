//! Every rule of every scheme has its sentence in every language, and what differs is told.

use super::*;
use crate::person::Language;
use crate::scheme::Known;
use crate::scheme::sample::{SECOND_STAGE, Sample};
use std::collections::BTreeSet;

/// Every scheme of the house, and a made one with what none of them uses.
fn schemes() -> Vec<Scheme> {
    crate::calculation::laws::seeds().into_iter().chain([everything().read()]).collect()
}

/// A scheme with a table of every kind, and values that say "none" and "unknown".
fn everything() -> Sample {
    Sample::new()
}

#[test]
fn every_path_of_every_scheme_is_told_with_all_its_days_and_sources() {
    for scheme in schemes() {
        let rules = of(&scheme);
        for life in &scheme.lives {
            let rule = rules.iter().filter(|rule| rule.path == life.path).collect::<Vec<_>>();
            let [rule] = rule.as_slice() else { panic!("{} is told {} times", life.path, rule.len()) };
            let told =
                rule.lines.iter().map(|line| (line.from, line.source.as_ref().map(|source| source.code.as_str())));
            let stated = life.lines.iter().map(|line| (Some(line.from), Some(line.source.as_str())));
            assert_eq!(told.collect::<Vec<_>>(), stated.collect::<Vec<_>>(), "{}", life.path);
        }
    }
}
