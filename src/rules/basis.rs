//! What an award rests on: the earlier awards that were looked at, and what each limit on its applicant's awards had used of them.

use crate::award::Award;
use crate::calculation::{Calculation, Counts, History};
use crate::ids::ApplicationId;
use crate::money::Cents;
use crate::scheme::Scheme;
use std::collections::BTreeSet;

/// What the applicant and its related parties were granted, and in which case each of it.
#[derive(Clone, Debug, Default)]
pub struct Earlier {
    /// As the rules read it.
    pub history: History,
    /// The case of each award of the history, in its order.
    pub cases: Vec<ApplicationId>,
}

/// What an amount of an award was decided on. It is kept beside the award, and held to what is recorded when the transaction commits:
/// whatever is decided has seen what was decided before it and counts with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Basis {
    /// Of which award.
    pub application: ApplicationId,
    /// Of which of its amounts: the number of the change that made it, 0 for what was awarded.
    pub revision: i32,
    /// In which schemes the applicant's own awards were looked at.
    pub schemes: BTreeSet<String>,
    /// Through which groups others count with the applicant.
    pub groups: Vec<String>,
    /// The cases of the awards that were there.
    pub seen: Vec<ApplicationId>,
    /// The limits that count awards, and what they had used.
    pub limits: Vec<LimitMet>,
}

/// A limit on an applicant's awards when it was met.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LimitMet {
    /// The name of the ceiling.
    pub ceiling: String,
    /// The stage of which it counts; all of an award, where there is none.
    pub stage: Option<String>,
    /// What it counts, what there may be and what was used.
    pub counts: Counts,
    /// How much of it this award takes; nothing where it counts projects.
    pub takes: Cents,
    /// The cases whose awards were used.
    pub counted: Vec<ApplicationId>,
}

impl Basis {
    /// What an award rests on, by the calculation that allows it.
    pub(crate) fn of(award: &Award, (scheme, earlier): (&Scheme, &Earlier), calculation: &Calculation<'_>) -> Self {
        let of_stage = |stage: &str| award.stages.iter().find(|(code, _)| code == stage).map(|(_, amount)| *amount);
        let limits = calculation.usages.iter().map(|usage| LimitMet {
            ceiling: usage.ceiling.to_owned(),
            stage: usage.stage.map(str::to_owned),
            counts: usage.counts,
            takes: match (usage.counts, usage.stage) {
                (Counts::Projects { .. }, _) => Cents::ZERO,
                (Counts::Money { .. }, None) => award.amount,
                (Counts::Money { .. }, Some(stage)) => of_stage(stage).unwrap_or_default(),
            },
            counted: usage.awards.iter().filter_map(|place| earlier.cases.get(*place).copied()).collect(),
        });
        Self {
            application: award.application,
            revision: award.revision,
            schemes: scheme.file.schemes_looked_at(),
            groups: scheme.file.groups_looked_at(calculation.on),
            seen: earlier.cases.clone(),
            limits: limits.collect(),
        }
    }
}
