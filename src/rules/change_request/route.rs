//! Who decides a change: an officer, or the authorities that the scheme names, as they are when it is asked for.

use super::{ChangeKind, Figures, Standing, Wanted};
use crate::application::Application;
use crate::calculation::Project;
use crate::calendar::Day;
use crate::money::{Cents, Rounding, Share};
use crate::refusal::{ChangeRefusal, Refusal};
use crate::route::{Part, step_of};
use crate::scheme::Scheme;
use std::collections::BTreeMap;

impl Standing {
    /// The step of whoever decides; none where an officer does.
    pub(super) fn decided_by(
        &self,
        application: &Application,
        scheme: &Scheme,
        (kind, wanted): (ChangeKind, &Wanted),
    ) -> Result<Option<Part>, Refusal> {
        let approval = scheme.procedure()?.approval;
        let on = application.submission.as_ref().map(|submission| submission.on);
        let on = on.ok_or(Refusal::ApplicationWrongState { state: application.state.code() })?;
        let rule = scheme.file.change.rule(kind.table());
        let by = rule.map(|rule| rule.by.as_slice()).unwrap_or_default();
        // Without a table, any authority decides, a committee's as well; with one that names none, an officer.
        if rule.is_some() && by.is_empty() {
            return Ok(None);
        }
        let alone = rule.and_then(|rule| rule.alone.as_ref()).and_then(|alone| alone.value_on(on));
        if let Some((share, budget)) = alone.zip(wanted.budget.as_ref()) {
            let wanted = self.project_of(budget)?;
            if moves_at_most(&self.figures.approved, &wanted, *share)? {
                return Ok(None);
            }
        }
        let named = |name: &String| by.is_empty() || by.iter().any(|named| named.get_ref() == name);
        let part = step_of(kind.code(), approval, on, named);
        if part.authorities().is_empty() {
            return Err(ChangeRefusal::KindNotTaken { kind: kind.code() }.into());
        }
        Ok(Some(part))
    }
}

/// Whether no category loses more than a share of what an authority has last approved for it: many small moves are no small one.
fn moves_at_most(approved: &Project, wanted: &Project, share: Share) -> Result<bool, Refusal> {
    let wanted = by_category(wanted)?;
    for (line, before) in by_category(approved)? {
        let after = wanted.get(&line).copied().unwrap_or_default();
        if before.less(after) > most_of(before, share)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// How much may be taken from what an authority has last approved for a line.
fn most_of(approved: Cents, share: Share) -> Result<Cents, Refusal> {
    share.of(approved, Rounding::Down).ok().ok_or(Refusal::AmountTooLarge)
}

/// How much an officer alone may still take from each category, over all stages, by the threshold of changes of the budget: nothing where
/// the scheme takes none, or lets no officer decide any.
pub(crate) fn left_to_move(figures: &Figures, scheme: &Scheme, on: Day) -> Result<BTreeMap<String, Cents>, Refusal> {
    let rule = scheme.file.change.budget.as_ref().filter(|rule| rule.is.value_on(on) == Some(&true));
    let Some(rule) = rule else { return Ok(BTreeMap::new()) };
    // Where no authority is named, an officer decides all of it.
    let whole = rule.by.is_empty().then_some(Share { numerator: 1, denominator: 1 });
    let Some(share) = whole.or(rule.alone.as_ref().and_then(|alone| alone.value_on(on)).copied()) else {
        return Ok(BTreeMap::new());
    };
    let now = by_category(&figures.project)?;
    let mut left = BTreeMap::<String, Cents>::new();
    for (line, approved) in by_category(&figures.approved)? {
        let taken = approved.less(now.get(&line).copied().unwrap_or_default());
        let sum = left.entry(line.1).or_default();
        *sum = sum.plus(most_of(approved, share)?.less(taken)).ok().ok_or(Refusal::AmountTooLarge)?;
    }
    Ok(left)
}

/// What a project plans for each category of each stage.
pub(crate) fn by_category(project: &Project) -> Result<BTreeMap<(String, String), Cents>, Refusal> {
    let mut sums = BTreeMap::<(String, String), Cents>::new();
    for stage in &project.stages {
        for cost in stage.costs.iter().flatten() {
            let sum = sums.entry((stage.stage.clone(), cost.category.clone())).or_default();
            *sum = sum.plus(cost.amount).ok().ok_or(Refusal::AmountTooLarge)?;
        }
    }
    Ok(sums)
}
