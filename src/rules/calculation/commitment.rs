//! What is committed of the scheme's money: the grant, or the ceiling that applies to the case, which may be more.

use super::Work;
use super::step::{Kind, Step};
use crate::dated::Known;
use crate::money::{Cents, MoneyError};
use crate::scheme::{Commits, Per};
use std::collections::BTreeMap;

impl Work<'_> {
    /// What is to be committed. `None` where no rule says it, or nobody knows: no amount of a grant waits for that.
    pub(super) fn commitment(&mut self, grant: Cents, refused: bool) -> Result<Option<Cents>, MoneyError> {
        let scheme = self.scheme;
        let entry = scheme.file.commitment.as_ref().and_then(|commitment| commitment.is.on(self.on));
        let Some((Known::Is(commits), source)) = entry.map(|entry| (&entry.is, entry.source.as_str())) else {
            return Ok(None);
        };
        let ceiling = match commits {
            Commits::Grant => None,
            Commits::Ceiling => lowest(&self.steps)?,
        };
        let amount = if refused { Cents::ZERO } else { ceiling.unwrap_or(grant) };
        self.step("commitment", Some(source), Kind::Commitment { commits: *commits, grant, ceiling, refused, amount });
        Ok(Some(amount))
    }
}

/// The lowest of the ceilings that the steps have found, each with what it leaves. Ceilings of single stages are one together,
/// where each stage that is asked about has one: one without it may have any amount.
fn lowest(steps: &[Step<'_>]) -> Result<Option<Cents>, MoneyError> {
    let mut whole: Option<Cents> = None;
    let mut stages: BTreeMap<&str, Option<Cents>> = BTreeMap::new();
    for step in steps {
        match &step.kind {
            Kind::StageAllowed { stage, .. } => {
                stages.entry(stage.code).or_default();
            }
            // The money of the whole scheme is that of all cases, and no ceiling of this one.
            Kind::Ceiling { of, left, .. } if of.per != Per::Scheme => {
                let lowest = match of.stage {
                    Some(stage) => stages.entry(stage.code).or_default(),
                    None => &mut whole,
                };
                *lowest = Some(lowest.map_or(*left, |lowest| lowest.min(*left)));
            }
            _ => {}
        }
    }
    let stages = stages.into_values().collect::<Option<Vec<_>>>().filter(|stages| !stages.is_empty());
    let stages = stages.map(Cents::sum).transpose()?;
    Ok(whole.into_iter().chain(stages).min())
}
