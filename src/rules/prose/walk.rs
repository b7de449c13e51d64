//! The walk over a scheme file.

use super::words::same;
use super::{Rule, Stated};
use crate::calculation::StepSource;
use crate::dated::Known;
use crate::scheme::Scheme;

pub(super) fn rules(scheme: &Scheme) -> Vec<Rule> {
    let lives = scheme.lives.iter().map(|life| {
        let lines = life.lines.iter().map(|line| {
            let value = match &line.is {
                Known::Is(value) => value.as_str(),
                Known::None => "none",
                Known::Unknown => "unknown",
            };
            Stated { from: Some(line.from), text: same(value), source: StepSource::of(scheme, &line.source) }
        });
        Rule { path: life.path.clone(), lines: lines.collect() }
    });
    lives.collect()
}
