//! One step of a calculation, as typed values: what it looked at, and what came out.

use super::request::{FactValue, Form};
use crate::money::{Cents, Ratio, Rounding, Share};
use crate::scheme::{Answered, FloorOf, Predicate, Treatment};
use crate::text::Text;
use indexmap::IndexMap;
use serde::{Serialize, Serializer};
use std::borrow::Cow;
use std::collections::BTreeMap;

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

/// What happened in a step.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "each field is named for what it is; the sentence of the step says the rest")]
pub enum Kind<'a> {
    /// No entry covers the day.
    DayNotCovered,
    /// Nobody has seen the value.
    Unknown,
    /// Whether the scheme takes applications.
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
    /// More months than normal.
    LongerThanNormal { months: u32, normal: u32 },
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
    Matched { stage: Called<'a>, counted: Cents, ratio: Ratio, amount: Cents },
    /// The government's part of eligible cost.
    Share { stage: Called<'a>, cost: Cents, share: Share, amount: Cents },
    /// What no contribution covers.
    Uncovered { stage: Called<'a>, cost: Cents, given: Cents, amount: Cents },
    /// The least of the three.
    StageAllowed {
        stage: Called<'a>,
        matched: Option<Cents>,
        share: Option<Cents>,
        uncovered: Option<Cents>,
        allowed: Cents,
    },
    /// All stages together.
    StagesSum { sum: Cents },
    /// A ceiling of money.
    Ceiling { limit: Cents, used: Cents, left: Cents },
    /// What is asked for.
    Requested { amount: Cents },
    /// A stage gives up what the ceilings do not leave.
    StageCut { stage: Called<'a>, before: Cents, after: Cents },
    /// A floor.
    Floor { of: FloorOf, measured: Cents, limit: Cents },
    /// A ceiling of projects.
    Count { limit: u32, used: u32 },
    /// The end.
    Grant { grant: Cents, refused: bool },
}

/// A value in a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Quantity {
    /// Money.
    Amount(Cents),
    /// A number of things.
    Count(u32),
    /// A code or a fraction.
    Word(String),
    /// Yes or no.
    Answer(bool),
    /// There is none, or nobody knows.
    Nothing,
}

impl Serialize for Quantity {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Amount(amount) => amount.serialize(serializer),
            Self::Count(count) => serializer.serialize_u32(*count),
            Self::Word(word) => serializer.serialize_str(word),
            Self::Answer(answer) => serializer.serialize_bool(*answer),
            Self::Nothing => serializer.serialize_none(),
        }
    }
}

impl From<Cents> for Quantity {
    fn from(amount: Cents) -> Self {
        Self::Amount(amount)
    }
}

impl From<Option<Cents>> for Quantity {
    fn from(amount: Option<Cents>) -> Self {
        amount.map_or(Self::Nothing, Self::Amount)
    }
}

impl From<u32> for Quantity {
    fn from(count: u32) -> Self {
        Self::Count(count)
    }
}

impl From<&str> for Quantity {
    fn from(word: &str) -> Self {
        Self::Word(word.to_owned())
    }
}

impl From<&FactValue> for Quantity {
    fn from(fact: &FactValue) -> Self {
        match fact {
            FactValue::Boolean(answer) => Self::Answer(*answer),
            FactValue::Count(count) => Self::Count(*count),
            FactValue::Text(text) => Self::Word(text.clone()),
        }
    }
}

impl From<Called<'_>> for Quantity {
    fn from(called: Called<'_>) -> Self {
        Self::Word(called.code.to_owned())
    }
}

impl From<Ratio> for Quantity {
    fn from(ratio: Ratio) -> Self {
        Self::Word(ratio.to_string())
    }
}

impl From<Share> for Quantity {
    fn from(share: Share) -> Self {
        Self::Word(share.to_string())
    }
}

/// What a step looked at, by name.
pub type Inputs = IndexMap<Cow<'static, str>, Quantity>;

impl Kind<'_> {
    /// What the step looked at: enough to work its value out again.
    #[must_use]
    pub fn inputs(&self) -> Inputs {
        let named = match *self {
            Self::DayNotCovered
            | Self::Unknown
            | Self::Open { .. }
            | Self::Rounding { .. }
            | Self::Requested { .. }
            | Self::StagesSum { .. }
            | Self::Grant { .. } => Vec::new(),
            Self::Condition { predicate, ref facts, .. } => return condition(predicate, facts),
            Self::LongerThanNormal { months, normal } => vec![("months", months.into()), ("normal", normal.into())],
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
                vec![("stage", stage.into()), ("counted", counted.into()), ("ratio", ratio.into())]
            }
            Self::Share { stage, cost, share, .. } => {
                vec![("stage", stage.into()), ("eligible_cost", cost.into()), ("share", share.into())]
            }
            Self::Uncovered { stage, cost, given, .. } => {
                vec![("stage", stage.into()), ("eligible_cost", cost.into()), ("contributions", given.into())]
            }
            Self::StageAllowed { stage, matched, share, uncovered, .. } => vec![
                ("stage", stage.into()),
                ("matched", matched.into()),
                ("share", share.into()),
                ("uncovered", uncovered.into()),
            ],
            Self::Ceiling { limit, used, .. } => vec![("limit", limit.into()), ("used", used.into())],
            Self::StageCut { stage, before, .. } => vec![("stage", stage.into()), ("before", before.into())],
            Self::Floor { measured, limit, .. } => vec![("measured", measured.into()), ("limit", limit.into())],
            Self::Count { limit, used } => vec![("limit", limit.into()), ("used", used.into())],
        };
        named.into_iter().map(|(name, quantity)| (Cow::Borrowed(name), quantity)).collect()
    }

    /// What came out.
    #[must_use]
    pub fn value(&self) -> Quantity {
        match *self {
            Self::DayNotCovered | Self::Unknown => Quantity::Nothing,
            Self::Open { open } => Quantity::Answer(open),
            Self::Rounding { rounding } => Quantity::Word(rounding.to_string()),
            Self::Condition { answered, .. } => match answered {
                Answered::Yes => Quantity::Answer(true),
                Answered::No => Quantity::Answer(false),
                Answered::Missing => Quantity::Nothing,
            },
            Self::LongerThanNormal { .. } => Quantity::Answer(true),
            Self::ContributorMissing { .. } => Quantity::Answer(false),
            Self::Floor { measured, limit, .. } => Quantity::Answer(measured >= limit),
            Self::Count { limit, used } => Quantity::Answer(used < limit),
            Self::CategoryNotEligible { .. } => Quantity::Amount(Cents::ZERO),
            Self::CategoryCap { asked, limit, .. } => Quantity::Amount(asked.min(limit)),
            Self::InKindExcess { in_kind, counted, .. } => Quantity::Amount(in_kind.less(counted)),
            Self::CategoryShare { counted: amount, .. }
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
            | Self::Grant { grant: amount, .. } => Quantity::Amount(amount),
        }
    }
}

fn condition(predicate: &Predicate, facts: &BTreeMap<&str, Option<&FactValue>>) -> Inputs {
    let condition = (Cow::Borrowed("condition"), Quantity::Word(predicate.to_string()));
    let facts = facts.iter().map(|(name, fact)| {
        let value = fact.map_or(Quantity::Nothing, Quantity::from);
        (Cow::Owned((*name).to_owned()), value)
    });
    std::iter::once(condition).chain(facts).collect()
}
