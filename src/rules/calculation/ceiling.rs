//! Limits from above: of a stage, of the project, of what the applicant may have in all, of the request, and of counts.

use super::Work;
use super::history::{Counts, Usage, Used};
use super::limit::Measured;
use super::limited::Limited;
use super::request::FactValue;
use super::stage::StageResult;
use super::step::{Called, Kind};
use crate::calendar::Day;
use crate::money::{Cents, MoneyError};
use crate::scheme::{Ceiling, CeilingOf, Limit, Per};
use std::collections::BTreeSet;

impl<'a> Work<'a> {
    /// The allowed amount, and the names of all limits that equal it. Cuts the stages to it, the last one first.
    ///
    /// What a ceiling has cut equals the amount no more, so that neither the ratio nor the rates of a stage are named beside it. Caps
    /// of categories are never named: they bound what a cost counts for, and no amount of a grant equals them.
    pub(super) fn ceilings(&mut self, stages: &mut [StageResult<'a>]) -> Result<(Cents, BTreeSet<String>), MoneyError> {
        self.parties();
        self.asked(stages)?;
        let of_stages = self.stage_ceilings(stages)?;
        let sum = Cents::sum(stages.iter().map(|stage| stage.grant))?;
        self.step("grant.stages", None, Kind::StagesSum { sum });
        let mut limits = Vec::new();
        let scheme = self.scheme;
        let measured = Measured::of(&stages.iter().collect::<Vec<_>>(), &self.categories)?;
        for (name, ceiling) in scheme.file.ceiling.iter().filter(|(_, ceiling)| ceiling.stage.is_none()) {
            limits.extend(self.left_of((name, ceiling), &measured)?);
        }
        if let Some(requested) = self.request.requested {
            self.step("requested", None, Kind::Requested { amount: requested });
            limits.push(("requested".to_owned(), requested));
        }
        self.rolling = self.rolling(&limits, sum);
        let allowed = limits.iter().map(|(_, left)| *left).fold(sum, Cents::min);
        if allowed == Cents::ZERO {
            // One that is used up refuses only where nothing else is granted either: another stage may have money of its own.
            let used_up =
                limits.iter().chain(&of_stages).filter(|(path, left)| *left == Cents::ZERO && path != "requested");
            self.refused_by.extend(used_up.map(|(path, _)| path.clone()));
        }
        let mut limited_by =
            limits.into_iter().filter(|(_, left)| *left == allowed).map(|(path, _)| path).collect::<BTreeSet<_>>();
        if sum == allowed {
            let named = |name: &str, binds: bool| binds.then(|| name.to_owned());
            limited_by.extend(of_stages.into_iter().map(|(path, _)| path));
            limited_by.extend(stages.iter().filter_map(|stage| named("matching.ratio", stage.by_ratio)));
            limited_by.extend(stages.iter().filter_map(|stage| named("cost.uncovered", stage.by_uncovered)));
            let rates = stages.iter().filter_map(|stage| stage.posts.as_ref()).flat_map(|posts| &posts.rates);
            limited_by.extend(rates.cloned());
        }
        if limited_by.is_empty() {
            // Nothing says how much a stage may have, and nothing is what it gets.
            limited_by.insert(self.gives_nothing(stages).to_owned());
        }
        self.cut(stages, sum.less(allowed))?;
        Ok((allowed, limited_by))
    }

    /// What gives nothing: the ratio that matches no money or, where no stage that is asked about has one, the rates of posts.
    fn gives_nothing(&self, stages: &[StageResult<'a>]) -> &'static str {
        let matching = &self.scheme.file.matching;
        let matched = |stage: &StageResult<'_>| {
            matching.ratio.contains_key(stage.stage) || matching.share.contains_key(stage.stage)
        };
        if self.scheme.file.unit_rate.is_some() && !stages.iter().any(matched) { "unit_rate" } else { "matching.ratio" }
    }

    /// Ceilings of one stage each, where they equal what the stage gets, with that.
    fn stage_ceilings(&mut self, stages: &mut [StageResult<'a>]) -> Result<Vec<(String, Cents)>, MoneyError> {
        let mut equal = Vec::new();
        let scheme = self.scheme;
        for stage in stages {
            let before = stage.grant;
            let mut limits = Vec::new();
            for (name, ceiling) in &scheme.file.ceiling {
                if ceiling.stage.as_ref().is_some_and(|named| named.get_ref() == stage.stage) {
                    let measured = Measured::of(&[stage], &self.categories)?;
                    limits.extend(self.left_of((name, ceiling), &measured)?);
                }
            }
            let after = limits.iter().map(|(_, left)| *left).fold(before, Cents::min);
            equal.extend(limits.into_iter().filter(|(_, left)| *left == after));
            if after < before {
                (stage.by_ratio, stage.by_uncovered) = (false, false);
                if let Some(posts) = &mut stage.posts {
                    posts.rates.clear();
                }
                self.settle(stage, after)?;
            }
        }
        Ok(equal)
    }

    /// An award of a party is counted with the applicant or it is not; where nobody knows which, what is left of a ceiling is not
    /// known either.
    fn parties(&mut self) {
        let (scheme, history) = (self.scheme, self.request.history.as_ref());
        let awards = history.and_then(|history| history.awards.as_deref()).unwrap_or_default();
        for (name, group) in &scheme.file.aggregation {
            let counts = |ceiling: &Ceiling| {
                let of_applicant = ceiling.per == Per::Applicant && ceiling.of != CeilingOf::Applications;
                of_applicant && ceiling.counts_with(name)
            };
            let there = awards.iter().any(|award| award.party.as_ref() == Some(name));
            if there && scheme.file.ceiling.values().any(counts) {
                self.in_force(&format!("aggregation.{name}"), &group.is);
            }
        }
    }

    /// What is asked, against its ceilings: these refuse.
    fn asked(&mut self, stages: &[StageResult<'a>]) -> Result<(), MoneyError> {
        let scheme = self.scheme;
        for (name, ceiling) in &scheme.file.ceiling {
            let CeilingOf::Asked(measure) = &ceiling.of else { continue };
            let of = ceiling.stage.as_ref().map(|stage| stage.get_ref().as_str());
            let counted = stages.iter().filter(|stage| of.is_none_or(|of| of == stage.stage)).collect::<Vec<_>>();
            let all = Measured::of(&counted, &self.categories)?;
            let Some(asked) = self.measure(measure, &all) else { continue };
            let path = format!("ceiling.{name}");
            let Some((limit, source)) = self.in_force(&path, &ceiling.is) else { continue };
            let Some(limit) = self.amount_of(&path, source, limit, &all)? else { continue };
            if asked > limit {
                self.refuse(&*path);
            }
            let of = self.called_measure(measure);
            self.step(path, Some(source), Kind::Asked { of, asked, limit });
        }
        Ok(())
    }

    /// What a ceiling of money leaves, by its path; `None` where it is not one, has ended, has no input or is unknown (which is refused).
    fn left_of(
        &mut self,
        (name, ceiling): (&'a str, &'a Ceiling),
        measured: &Measured<'a>,
    ) -> Result<Option<(String, Cents)>, MoneyError> {
        if ceiling.of != CeilingOf::Grant {
            return Ok(None);
        }
        let path = format!("ceiling.{name}");
        let Some((limit, source)) = self.in_force(&path, &ceiling.is) else { return Ok(None) };
        let Some(limit) = self.amount_of(&path, source, limit, measured)? else { return Ok(None) };
        let used = match ceiling.per {
            Per::Project => Cents::ZERO,
            // Where applications are taken, it is met like the envelope, when money is committed, and no calculation looks at it.
            Per::Scheme if self.request.committed.is_none() && self.scheme.file.takes_applications() => {
                return Ok(None);
            }
            Per::Scheme => self.committed(ceiling)?,
            Per::Applicant => {
                let Used { granted, awards, lacks, .. } = self.used(ceiling)?;
                self.usages.push(usage((name, ceiling), Counts::Money { limit, used: granted }, awards));
                self.ask_for_year(ceiling);
                if granted > Cents::ZERO {
                    // Counted in full, since a limit that may be used up must not be passed.
                    self.missing.extend(lacks);
                }
                granted
            }
        };
        let left = limit.less(used);
        let of = self.limited(ceiling);
        self.step(&*path, Some(source), Kind::Ceiling { of, limit, used, left });
        Ok(Some((path, left)))
    }

    fn cut(&mut self, stages: &mut [StageResult<'a>], excess: Cents) -> Result<(), MoneyError> {
        let mut excess = excess;
        for stage in stages.iter_mut().rev() {
            let (before, after) = (stage.grant, stage.grant.less(excess));
            excess = excess.less(before);
            if before != after {
                self.settle(stage, after)?;
            }
        }
        Ok(())
    }

    fn settle(&mut self, stage: &mut StageResult<'a>, after: Cents) -> Result<(), MoneyError> {
        let (called, before) = (self.stage_called(stage.stage), stage.grant);
        stage.settle(after)?;
        self.step("stage.cut", None, Kind::StageCut { stage: called, before, after });
        Ok(())
    }

    /// Limits on the number of projects. One that nobody knows matters only to an applicant who has had projects.
    pub(super) fn counts(&mut self) -> Result<(), MoneyError> {
        let scheme = self.scheme;
        for (name, ceiling) in scheme.file.ceiling.iter().filter(|(_, ceiling)| ceiling.of == CeilingOf::Projects) {
            let path = format!("ceiling.{name}");
            let Used { projects: mut used, mut awards, known, lacks, .. } = self.used(ceiling)?;
            if used == 0 && ceiling.is.value_on(self.on).is_none() {
                continue;
            }
            let Some((Limit::Count(limit), source)) = self.in_force(&path, &ceiling.is) else { continue };
            self.ask_for_year(ceiling);
            let in_doubt = used > 0 && !lacks.is_empty();
            if in_doubt {
                // Counted in full, one completed project would bar the next; but those that are known to count do.
                self.missing.extend(lacks);
                used = u32::try_from(known.len()).unwrap_or(u32::MAX);
                awards = known;
            }
            if used >= *limit {
                self.refuse(&*path);
            }
            self.usages.push(usage((name, ceiling), Counts::Projects { limit: *limit, used }, awards));
            if in_doubt && used < *limit {
                continue;
            }
            let of = self.limited(ceiling);
            self.step(path, Some(source), Kind::Count { of, limit: *limit, used });
        }
        Ok(())
    }

    /// What a ceiling limits, for its sentence.
    fn limited(&self, ceiling: &'a Ceiling) -> Limited<'a> {
        let groups = self.scheme.file.aggregation.iter().filter(|(name, group)| {
            ceiling.per == Per::Applicant && ceiling.counts_with(name) && group.is.value_on(self.on) == Some(&true)
        });
        Limited {
            per: ceiling.per,
            period: ceiling.period,
            year_of: ceiling
                .year_of
                .as_ref()
                .map(|question| (self.called_fact(question.get_ref()), self.year(ceiling))),
            stage: ceiling.stage.as_ref().map(|stage| self.stage_called(stage.get_ref())),
            with: groups.map(|(code, group)| Called { code, name: Some(&group.name) }).collect(),
        }
    }

    fn used(&self, ceiling: &Ceiling) -> Result<Used, MoneyError> {
        Used::of(self.scheme, self.request.history.as_ref(), ceiling, (self.on, self.year(ceiling)))
    }

    /// What of the scheme's money is committed in the year of a ceiling; where that was left out, it is asked for.
    fn committed(&mut self, ceiling: &Ceiling) -> Result<Cents, MoneyError> {
        if self.request.committed.is_none() {
            self.missing.insert("committed".to_owned());
        }
        let year = |day: Day| ceiling.period.year().map(|kind| day.year_start(kind));
        let of_year = self.request.committed.iter().flatten().filter(|line| year(line.on) == year(self.on));
        Cents::sum(of_year.map(|line| line.amount))
    }

    /// A day of the year that a ceiling counts; `None` where the answer that says it was left out.
    fn year(&self, ceiling: &Ceiling) -> Option<Day> {
        match &ceiling.year_of {
            None => Some(self.on),
            Some(question) => self.fact(question.get_ref()).and_then(FactValue::day),
        }
    }

    fn ask_for_year(&mut self, ceiling: &Ceiling) {
        if let Some(question) = &ceiling.year_of
            && self.year(ceiling).is_none()
        {
            self.ask_for(question.get_ref());
        }
    }
}

fn usage<'a>((name, ceiling): (&'a str, &'a Ceiling), counts: Counts, awards: Vec<usize>) -> Usage<'a> {
    let stage = ceiling.stage.as_ref().map(|stage| stage.get_ref().as_str());
    Usage { ceiling: name, stage, counts, awards }
}
