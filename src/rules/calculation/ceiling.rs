//! Limits from above: of the project, of what the applicant may have in all, of the request, and of counts.

use super::Work;
use super::history::Used;
use super::stage::StageResult;
use super::step::Kind;
use crate::money::{Cents, MoneyError};
use crate::scheme::{Ceiling, CeilingOf, Limit, Per, Period};
use std::collections::BTreeSet;

impl<'a> Work<'a> {
    /// The allowed amount, and the names of all limits that equal it. Cuts the stages to it, the last one first.
    pub(super) fn ceilings(&mut self, stages: &mut [StageResult<'a>]) -> Result<(Cents, BTreeSet<String>), MoneyError> {
        self.parties();
        let sum = Cents::sum(stages.iter().map(|stage| stage.grant))?;
        self.step("grant.stages", None, Kind::StagesSum { sum });
        let mut limits = Vec::new();
        let scheme = self.scheme;
        for (name, ceiling) in &scheme.file.ceiling {
            let path = format!("ceiling.{name}");
            if let Some(left) = self.left_of(&path, ceiling)? {
                limits.push((path, left));
            }
        }
        if let Some(requested) = self.request.requested {
            self.step("requested", None, Kind::Requested { amount: requested });
            limits.push(("requested".to_owned(), requested));
        }
        let allowed = limits.iter().map(|(_, left)| *left).fold(sum, Cents::min);
        let mut limited_by =
            limits.into_iter().filter(|(_, left)| *left == allowed).map(|(path, _)| path).collect::<BTreeSet<_>>();
        if sum == allowed {
            let named = |name: &str, binds: bool| binds.then(|| name.to_owned());
            limited_by.extend(stages.iter().filter_map(|stage| named("matching.ratio", stage.by_ratio)));
            limited_by.extend(stages.iter().filter_map(|stage| named("cost.uncovered", stage.by_uncovered)));
        }
        if limited_by.is_empty() {
            // Nothing says how much a stage may have, and nothing is what it gets: the ratio matches no money.
            limited_by.insert("matching.ratio".to_owned());
        }
        self.cut(stages, sum.less(allowed))?;
        Ok((allowed, limited_by))
    }

    /// An award of a party is counted with the applicant or it is not; where nobody knows which, what is left of a ceiling is not
    /// known either.
    fn parties(&mut self) {
        let (scheme, history) = (self.scheme, self.request.history.as_ref());
        let counts = |ceiling: &Ceiling| ceiling.per == Per::Applicant && ceiling.of != CeilingOf::Applications;
        if !scheme.file.ceiling.values().any(counts) {
            return;
        }
        let awards = history.and_then(|history| history.awards.as_deref()).unwrap_or_default();
        for (name, group) in &scheme.file.aggregation {
            if awards.iter().any(|award| award.party.as_ref() == Some(name)) {
                self.in_force(&format!("aggregation.{name}"), &group.is);
            }
        }
    }

    /// What a ceiling of money leaves; `None` where it is not one, has ended or is unknown (which is refused).
    fn left_of(&mut self, path: &str, ceiling: &'a Ceiling) -> Result<Option<Cents>, MoneyError> {
        if ceiling.of != CeilingOf::Grant {
            return Ok(None);
        }
        let Some((Limit::Amount(limit), source)) = self.in_force(path, &ceiling.is) else { return Ok(None) };
        let used = match ceiling.per {
            Per::Project => Cents::ZERO,
            Per::Applicant => {
                let Used { granted, exact, .. } = self.used(ceiling.period)?;
                if granted > Cents::ZERO && !exact {
                    // Counted in full, since a limit that may be used up must not be passed.
                    self.missing.insert("history.awards".to_owned());
                }
                granted
            }
        };
        let left = limit.less(used);
        if left == Cents::ZERO {
            self.refuse(path);
        }
        self.step(path, Some(source), Kind::Ceiling { limit: *limit, used, left });
        Ok(Some(left))
    }

    fn cut(&mut self, stages: &mut [StageResult<'a>], excess: Cents) -> Result<(), MoneyError> {
        let mut excess = excess;
        for stage in stages.iter_mut().rev() {
            let (before, after) = (stage.grant, stage.grant.less(excess));
            excess = excess.less(before);
            if before != after {
                stage.settle(after)?;
                let kind = Kind::StageCut { stage: self.stage_called(stage.stage), before, after };
                self.step("stage.cut", None, kind);
            }
        }
        Ok(())
    }

    /// Limits on the number of projects. One that nobody knows matters only to an applicant who has had projects.
    pub(super) fn counts(&mut self) -> Result<(), MoneyError> {
        let scheme = self.scheme;
        for (name, ceiling) in scheme.file.ceiling.iter().filter(|(_, ceiling)| ceiling.of == CeilingOf::Projects) {
            let path = format!("ceiling.{name}");
            let Used { projects: used, exact, .. } = self.used(ceiling.period)?;
            if used == 0 && ceiling.is.value_on(self.on).is_none() {
                continue;
            }
            let Some((Limit::Count(limit), source)) = self.in_force(&path, &ceiling.is) else { continue };
            if used > 0 && !exact {
                // Counted in full, one completed project would bar the next.
                self.missing.insert("history.awards".to_owned());
                continue;
            }
            if used >= *limit {
                self.refuse(&*path);
            }
            self.step(path, Some(source), Kind::Count { limit: *limit, used });
        }
        Ok(())
    }

    fn used(&self, period: Period) -> Result<Used, MoneyError> {
        Used::of(self.scheme, self.request.history.as_ref(), period, self.on)
    }
}
