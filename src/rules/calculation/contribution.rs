//! What counts as a contribution: from whom, in which form, up to which part.

use super::Work;
use super::request::{Contribution, Form, Stage};
use super::step::Kind;
use crate::dated::Known;
use crate::money::{Cents, MoneyError};
use crate::scheme::{Counts, Treatment};
use std::collections::BTreeMap;

/// The contributions of a stage.
#[derive(Clone, Copy, Debug)]
pub(super) struct Contributed {
    /// Everything that is given, counted or not: it covers cost.
    pub given: Cents,
    /// What is matched.
    pub counted: Cents,
}

impl<'a> Work<'a> {
    /// What is given and what counts in a stage; `None` where the stage leaves contributions out.
    pub(super) fn contributed(&mut self, stage: &'a Stage) -> Result<Option<Contributed>, MoneyError> {
        let Some(lines) = &stage.contributions else { return Ok(None) };
        let given = Cents::sum(lines.iter().map(|line| line.amount))?;
        let (mut in_kind, mut others) = (Cents::ZERO, Cents::ZERO);
        for ((from, form), amount) in by_contributor_and_form(lines)? {
            if self.form_counts(&stage.stage, from, form, amount) {
                let sum = if form == Form::InKind { &mut in_kind } else { &mut others };
                *sum = sum.plus(amount)?;
            }
        }
        let counted = others.plus(self.limit_in_kind(stage, in_kind, others)?)?;
        self.require_contributors(stage, lines);
        Ok(Some(Contributed { given, counted }))
    }

    fn form_counts(&mut self, stage: &'a str, from: &'a str, form: Form, amount: Cents) -> bool {
        let path = format!("contribution.{stage}.{from}.{}", form.code());
        let table = self.scheme.file.contribution.get(stage).and_then(|by_contributor| by_contributor.get(from));
        // A contributor without a table in this stage is one whose money is not matched there.
        let entry = match table.map(|table| table.is.on(self.on)) {
            None => None,
            Some(Some(entry)) => Some(entry),
            Some(None) => {
                self.refuse_unknown(&path, None);
                return false;
            }
        };
        let counts = match entry.map(|entry| &entry.is) {
            Some(Known::Is(forms)) => forms.of(form),
            Some(Known::Unknown) => Counts::Unknown,
            Some(Known::None) | None => Counts::DoesNotCount,
        };
        match counts {
            Counts::Counts => return true,
            Counts::DoesNotCount => {
                let (stage, from) = (self.stage_called(stage), self.contributor_called(from));
                let kind = Kind::NotCounted { stage, from, form, amount };
                self.step(path, entry.map(|entry| entry.source.as_str()), kind);
            }
            Counts::Unknown => self.refuse_unknown(&path, entry.map(|entry| entry.source.as_str())),
        }
        false
    }

    /// Contributions in kind up to their part of what counts: at 50 %, in kind is at most the rest.
    fn limit_in_kind(&mut self, stage: &'a Stage, in_kind: Cents, others: Cents) -> Result<Cents, MoneyError> {
        let matching = &self.scheme.file.matching;
        let Some(share) = matching.in_kind_share.get(&stage.stage).filter(|_| in_kind > Cents::ZERO) else {
            return Ok(in_kind);
        };
        let path = format!("matching.in_kind_share.{}", stage.stage);
        let Some((share, source)) = self.in_force(&path, &share.is) else { return Ok(in_kind) };
        let Some(limit) = share.beside(others)? else { return Ok(in_kind) };
        let counted = in_kind.min(limit);
        let called = self.stage_called(&stage.stage);
        self.step(&*path, Some(source), Kind::InKind { stage: called, in_kind, others, share: *share, counted });
        if counted < in_kind
            && let Some(excess) = matching.in_kind_excess.get(&stage.stage)
        {
            let excess_path = format!("matching.in_kind_excess.{}", stage.stage);
            if let Some((treatment, source)) = self.in_force(&excess_path, &excess.is) {
                if *treatment == Treatment::Refuse {
                    self.refuse(&*path);
                }
                let kind = Kind::InKindExcess { stage: called, in_kind, counted, treatment: *treatment };
                self.step(excess_path, Some(source), kind);
            }
        }
        Ok(counted)
    }

    fn require_contributors(&mut self, stage: &'a Stage, lines: &'a [Contribution]) {
        let Some(required) = self.scheme.file.matching.requires.get(&stage.stage) else { return };
        let path = format!("matching.requires.{}", stage.stage);
        let Some((required, source)) = self.in_force(&path, &required.is) else { return };
        for contributor in required {
            if !lines.iter().any(|line| line.from == *contributor && line.amount > Cents::ZERO) {
                self.refuse(&*path);
                let (stage, contributor) = (self.stage_called(&stage.stage), self.contributor_called(contributor));
                self.step(&*path, Some(source), Kind::ContributorMissing { stage, contributor });
            }
        }
    }
}

/// The contributions that are more than nothing, each kind once: the order of the lines in a request changes nothing.
fn by_contributor_and_form(lines: &[Contribution]) -> Result<BTreeMap<(&str, Form), Cents>, MoneyError> {
    let mut sums = BTreeMap::<_, Cents>::new();
    for line in lines.iter().filter(|line| line.amount > Cents::ZERO) {
        let sum = sums.entry((line.from.as_str(), line.form)).or_default();
        *sum = sum.plus(line.amount)?;
    }
    Ok(sums)
}
