//! An allocation by bulk: how much is given at once.

use super::Pair;
use crate::refusal::{AllocationRefusal, Refusal};
use std::collections::BTreeSet;

/// The most pairs that are recorded at once: a round of 2 000 applications with three assessors each.
pub const LINES_MAX: usize = 6_000;

/// That a bulk has lines, not too many, and none twice.
///
/// # Errors
/// When it has none or too many, or gives an application to somebody twice.
pub fn bounded(lines: &[Pair]) -> Result<(), Refusal> {
    if lines.is_empty() {
        return Err(AllocationRefusal::Empty.into());
    }
    if lines.len() > LINES_MAX {
        return Err(AllocationRefusal::TooManyLines { lines_max: LINES_MAX }.into());
    }
    let mut seen = BTreeSet::new();
    match lines.iter().position(|pair| !seen.insert(pair)) {
        Some(line) => Err(AllocationRefusal::PairTwice { line }.into()),
        None => Ok(()),
    }
}
