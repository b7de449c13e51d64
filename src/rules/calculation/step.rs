//! One step of a calculation, as typed values: what it looked at, and what came out.

use super::limited::{Limited, counted};
use super::paid::Pay;
use super::quantity::{Inputs, Quantity};
use super::request::{FactValue, Form};
use crate::calendar::Day;
use crate::money::{Cents, Rounding, Share};
use crate::scheme::{
    Answered, Combination, Commits, DurationBound, FloorOf, Part, Predicate, RatioRule, ShareRule, Treatment,
};
use crate::text::Text;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

/// One step.
#[derive(Clone, Debug)]
pub struct Step<'a> {
    /// The path of the rule in the scheme file, or the name of a step that every scheme has.
    pub rule: String,
    /// The code of the source of the value in force.
    pub source: Option<&'a str>,
    /// What happened.
    pub kind: Kind<'a>,
}

/// Something that the scheme names: its code for the inputs of a step, its name for the sentence.
#[derive(Clone, Copy, Debug)]
pub struct Called<'a> {
    /// The scheme's code for it.
    pub code: &'a str,
    /// What people call it; without one, the code.
    pub name: Option<&'a Text>,
}

/// What says which part of a cost is the government's.
#[derive(Clone, Copy, Debug)]
pub enum ShareOf<'a> {
    /// A share of the scheme's own.
    Own(&'a ShareRule),
    /// The one that follows from its ratio.
    Ratio(&'a RatioRule),
}

impl fmt::Display for ShareOf<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Own(share) => share.fmt(formatter),
            Self::Ratio(RatioRule::One(ratio)) => ratio.share().fmt(formatter),
            Self::Ratio(tiers) => tiers.fmt(formatter),
        }
    }
}

/// How long a post is paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Time {
    /// Months.
    Months(u32),
    /// Days.
    Days(u32),
}

impl Time {
    /// The same, or the most, where that is less.
    #[must_use]
    pub fn at_most(self, most: u32) -> Self {
        match self {
            Self::Months(months) => Self::Months(months.min(most)),
            Self::Days(days) => Self::Days(days.min(most)),
        }
    }

    /// The same unit with another number.
    #[must_use]
    pub const fn with(self, number: u32) -> Self {
        match self {
            Self::Months(_) => Self::Months(number),
            Self::Days(_) => Self::Days(number),
        }
    }

    /// How many.
    #[must_use]
    pub const fn number(self) -> u32 {
        match self {
            Self::Months(number) | Self::Days(number) => number,
        }
    }
}

/// What happened in a step.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "each field is named for what it is; the sentence of the step says the rest")]
pub enum Kind<'a> {
    /// No entry covers the day.
    DayNotCovered,
    /// Nobody has seen the value.
    Unknown,
    /// Whether the scheme takes applications, or what else it does on days when it is open.
    Open { open: bool },
    /// How the one rounding of a stage is done.
    Rounding { rounding: Rounding },
    /// A condition on facts, and the facts that it looks at.
    Condition {
        name: &'a Text,
        predicate: &'a Predicate,
        facts: BTreeMap<&'a str, Option<&'a FactValue>>,
        answered: Answered,
    },
    /// A value that holds for some: whether it holds here.
    Case {
        name: &'a Text,
        predicate: &'a Predicate,
        facts: BTreeMap<&'a str, Option<&'a FactValue>>,
        answered: Answered,
    },
    /// One part of a limit that is worked out: on what it is measured (added or taken away), and how much that is.
    Part { part: &'a Part, on: Vec<(bool, Called<'a>)>, base: Cents, amount: Cents },
    /// Several parts as one.
    Combined { combination: Combination, amounts: Vec<Cents>, amount: Cents },
    /// What earlier awards say of this one.
    Relation { name: &'a Text, fulfilled: bool },
    /// A length against its limit.
    Length { length: Time, limit: u32, bound: DurationBound, refused: bool },
    /// A category that is not eligible.
    CategoryNotEligible { category: Called<'a>, asked: Cents },
    /// What the cap of a category lets through.
    CategoryCap { category: Called<'a>, asked: Cents, limit: Cents },
    /// What a category may be beside all the others.
    CategoryShare { category: Called<'a>, asked: Cents, others: Cents, share: Share, counted: Cents },
    /// Cost after category rules.
    EligibleCost { stage: Called<'a>, asked: Cents, cost: Cents },
    /// A contribution that covers cost but is not matched.
    NotCounted { stage: Called<'a>, from: Called<'a>, form: Form, amount: Cents },
    /// Contributions in kind against their largest part.
    InKind { stage: Called<'a>, in_kind: Cents, others: Cents, share: Share, counted: Cents },
    /// What is above that part.
    InKindExcess { stage: Called<'a>, in_kind: Cents, counted: Cents, treatment: Treatment },
    /// A contributor who must be there is not.
    ContributorMissing { stage: Called<'a>, contributor: Called<'a> },
    /// What the ratio allows.
    Matched { stage: Called<'a>, counted: Cents, ratio: &'a RatioRule, amount: Cents },
    /// The government's part of eligible cost.
    Share { stage: Called<'a>, cost: Cents, share: ShareOf<'a>, amount: Cents },
    /// What is paid on top of a rate.
    AddOn { add_on: Called<'a>, amount: Cents },
    /// Posts of one class: what is paid for a unit of the rate, and for how many of them.
    Post {
        class: Called<'a>,
        pay: Pay,
        unit: Cents,
        heads: u32,
        time: Time,
        units: u32,
        divisor: u32,
        part: Option<Share>,
        amount: Cents,
    },
    /// A post in a stage in which its class is not paid, and those in which it is.
    NotPaidInStage { class: Called<'a>, stage: Called<'a>, stages: Vec<Called<'a>> },
    /// More heads than are paid.
    HeadsNotCounted { class: Called<'a>, asked: u32, counted: u32 },
    /// Longer than is paid.
    TimeNotCounted { class: Called<'a>, asked: Time, counted: Time },
    /// What no contribution covers.
    Uncovered { stage: Called<'a>, cost: Cents, given: Cents, amount: Cents },
    /// The least of the three.
    StageAllowed {
        stage: Called<'a>,
        matched: Option<Cents>,
        share: Option<Cents>,
        uncovered: Option<Cents>,
        posts: Option<Cents>,
        allowed: Cents,
    },
    /// All stages together.
    StagesSum { sum: Cents },
    /// A ceiling of money.
    Ceiling { of: Limited<'a>, limit: Cents, used: Cents, left: Cents },
    /// Something that is asked, against a ceiling that refuses.
    Asked { of: Called<'a>, asked: Cents, limit: Cents },
    /// What is asked for.
    Requested { amount: Cents },
    /// A stage gives up what the ceilings do not leave.
    StageCut { stage: Called<'a>, before: Cents, after: Cents },
    /// A floor.
    Floor { of: FloorOf, by_share: bool, measured: Cents, limit: Cents },
    /// A ceiling of projects.
    Count { of: Limited<'a>, limit: u32, used: u32 },
    /// What the money of the year leaves out of what everything else allows, and the day on which the next year takes it up.
    RolledOver { wanted: Cents, allowed: Cents, next_year: Day, amount: Cents },
    /// The end.
    Grant { grant: Cents, refused: bool },
    /// What is committed of the scheme's money: the grant, or the lowest ceiling on it, where there is one.
    Commitment { commits: Commits, grant: Cents, ceiling: Option<Cents>, refused: bool, amount: Cents },
}

impl Kind<'_> {
    /// What the step looked at: enough to work its value out again.
    #[must_use]
    #[expect(
        clippy::too_many_lines,
        reason = "one arm for each kind of step: split, the list could not be read at once"
    )]
    pub fn inputs(&self) -> Inputs {
        let named = match *self {
            Self::DayNotCovered
            | Self::Unknown
            | Self::Open { .. }
            | Self::Relation { .. }
            | Self::Rounding { .. }
            | Self::Requested { .. }
            | Self::StagesSum { .. }
            | Self::Grant { .. } => Vec::new(),
            Self::Condition { predicate, ref facts, .. } | Self::Case { predicate, ref facts, .. } => {
                return condition(predicate, facts);
            }
            Self::Part { part, base, .. } => {
                vec![("base", base.into()), ("part", Quantity::Word(part.to_string()))]
            }
            Self::Combined { combination, ref amounts, .. } => return combined(combination, amounts),
            Self::Length { length, limit, .. } => {
                vec![("length", Quantity::Count(length.number())), ("limit", limit.into())]
            }
            Self::CategoryNotEligible { category, asked } => {
                vec![("category", category.into()), ("asked", asked.into())]
            }
            Self::CategoryCap { category, asked, limit } => {
                vec![("category", category.into()), ("asked", asked.into()), ("limit", limit.into())]
            }
            Self::CategoryShare { category, asked, others, share, .. } => vec![
                ("category", category.into()),
                ("asked", asked.into()),
                ("others", others.into()),
                ("share", share.into()),
            ],
            Self::EligibleCost { stage, asked, .. } => vec![("stage", stage.into()), ("asked", asked.into())],
            Self::NotCounted { stage, from, form, .. } => {
                vec![("stage", stage.into()), ("from", from.into()), ("form", form.code().into())]
            }
            Self::InKind { stage, in_kind, others, share, .. } => vec![
                ("stage", stage.into()),
                ("in_kind", in_kind.into()),
                ("others", others.into()),
                ("share", share.into()),
            ],
            Self::InKindExcess { stage, in_kind, counted, treatment } => vec![
                ("stage", stage.into()),
                ("in_kind", in_kind.into()),
                ("counted", counted.into()),
                ("treatment", Quantity::Word(treatment.to_string())),
            ],
            Self::ContributorMissing { stage, contributor } => {
                vec![("stage", stage.into()), ("contributor", contributor.into())]
            }
            Self::Matched { stage, counted, ratio, .. } => {
                let ratio = Quantity::Word(ratio.to_string());
                vec![("stage", stage.into()), ("counted", counted.into()), ("ratio", ratio)]
            }
            Self::Share { stage, cost, share, .. } => {
                vec![
                    ("stage", stage.into()),
                    ("eligible_cost", cost.into()),
                    ("share", Quantity::Word(share.to_string())),
                ]
            }
            Self::Uncovered { stage, cost, given, .. } => {
                vec![("stage", stage.into()), ("eligible_cost", cost.into()), ("contributions", given.into())]
            }
            Self::StageAllowed { stage, matched, share, uncovered, posts, .. } => {
                let mut inputs = vec![
                    ("stage", stage.into()),
                    ("matched", matched.into()),
                    ("share", share.into()),
                    ("uncovered", uncovered.into()),
                ];
                inputs.extend(posts.map(|posts| ("posts", posts.into())));
                inputs
            }
            Self::AddOn { add_on, .. } => vec![("add_on", add_on.into())],
            Self::Post { class, ref pay, unit, heads, time, units, divisor, part, .. } => {
                let mut inputs = vec![("class", class.into())];
                inputs.extend(pay.inputs());
                inputs.extend([
                    ("unit", unit.into()),
                    ("heads", heads.into()),
                    ("time", Quantity::Count(time.number())),
                    ("units", units.into()),
                    ("divisor", divisor.into()),
                ]);
                inputs.extend(part.map(|part| ("part", part.into())));
                inputs
            }
            Self::NotPaidInStage { class, stage, ref stages } => {
                let stages = stages.iter().map(|stage| stage.code).collect::<Vec<_>>().join(", ");
                vec![("class", class.into()), ("stage", stage.into()), ("stages", Quantity::Word(stages))]
            }
            Self::HeadsNotCounted { class, asked, .. } => vec![("class", class.into()), ("asked", asked.into())],
            Self::TimeNotCounted { class, asked, .. } => {
                vec![("class", class.into()), ("asked", Quantity::Count(asked.number()))]
            }
            Self::Asked { asked, limit, .. } => vec![("asked", asked.into()), ("limit", limit.into())],
            Self::Ceiling { ref of, limit, used, .. } => counted(of, limit.into(), used.into()),
            Self::StageCut { stage, before, .. } => vec![("stage", stage.into()), ("before", before.into())],
            Self::Floor { measured, limit, .. } => vec![("measured", measured.into()), ("limit", limit.into())],
            Self::Count { ref of, limit, used } => counted(of, limit.into(), used.into()),
            Self::RolledOver { wanted, allowed, next_year, .. } => vec![
                ("wanted", wanted.into()),
                ("allowed", allowed.into()),
                ("next_year", Quantity::Word(next_year.to_string())),
            ],
            Self::Commitment { commits, grant, ceiling, .. } => {
                vec![("commits", commits.code().into()), ("grant", grant.into()), ("ceiling", ceiling.into())]
            }
        };
        named.into_iter().map(|(name, quantity)| (Cow::Borrowed(name), quantity)).collect()
    }

    /// What came out.
    #[must_use]
    pub fn value(&self) -> Quantity {
        match *self {
            Self::DayNotCovered | Self::Unknown => Quantity::Nothing,
            Self::Open { open, .. } => Quantity::Answer(open),
            Self::Rounding { rounding } => Quantity::Word(rounding.to_string()),
            Self::Condition { answered, .. } | Self::Case { answered, .. } => match answered {
                Answered::Yes => Quantity::Answer(true),
                Answered::No => Quantity::Answer(false),
                Answered::Missing => Quantity::Nothing,
            },
            Self::Relation { fulfilled, .. } => Quantity::Answer(fulfilled),
            Self::Length { length, limit, bound, .. } => Quantity::Answer(bound.holds(length.number(), limit)),
            Self::ContributorMissing { .. } | Self::NotPaidInStage { .. } => Quantity::Answer(false),
            Self::Asked { asked, limit, .. } => Quantity::Answer(asked <= limit),
            Self::Floor { measured, limit, .. } => Quantity::Answer(measured >= limit),
            Self::Count { limit, used, .. } => Quantity::Answer(used < limit),
            Self::HeadsNotCounted { counted, .. } => Quantity::Count(counted),
            Self::TimeNotCounted { counted, .. } => Quantity::Count(counted.number()),
            Self::CategoryNotEligible { .. } => Quantity::Amount(Cents::ZERO),
            Self::CategoryCap { asked, limit, .. } => Quantity::Amount(asked.min(limit)),
            Self::InKindExcess { in_kind, counted, .. } => Quantity::Amount(in_kind.less(counted)),
            Self::Part { amount, .. }
            | Self::AddOn { amount, .. }
            | Self::Post { amount, .. }
            | Self::Combined { amount, .. }
            | Self::CategoryShare { counted: amount, .. }
            | Self::EligibleCost { cost: amount, .. }
            | Self::NotCounted { amount, .. }
            | Self::InKind { counted: amount, .. }
            | Self::Matched { amount, .. }
            | Self::Share { amount, .. }
            | Self::Uncovered { amount, .. }
            | Self::StageAllowed { allowed: amount, .. }
            | Self::StagesSum { sum: amount }
            | Self::Ceiling { left: amount, .. }
            | Self::Requested { amount }
            | Self::StageCut { after: amount, .. }
            | Self::RolledOver { amount, .. }
            | Self::Commitment { amount, .. }
            | Self::Grant { grant: amount, .. } => Quantity::Amount(amount),
        }
    }
}

fn combined(combination: Combination, amounts: &[Cents]) -> Inputs {
    let word = (Cow::Borrowed("combination"), Quantity::from(combination.code()));
    let amounts = amounts.iter().enumerate();
    let amounts = amounts
        .map(|(index, amount)| (Cow::Owned(format!("part_{}", index.saturating_add(1))), Quantity::Amount(*amount)));
    std::iter::once(word).chain(amounts).collect()
}

fn condition(predicate: &Predicate, facts: &BTreeMap<&str, Option<&FactValue>>) -> Inputs {
    let condition = (Cow::Borrowed("condition"), Quantity::Word(predicate.to_string()));
    let facts = facts.iter().map(|(name, fact)| {
        let value = fact.map_or(Quantity::Nothing, Quantity::from);
        (Cow::Owned((*name).to_owned()), value)
    });
    std::iter::once(condition).chain(facts).collect()
}
