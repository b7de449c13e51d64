//! Limits that are worked out: a share of a base, tiers over a base, and the lowest, highest or sum of several. They do not nest.

use crate::dated::FileValue;
use crate::money::{Cents, MoneyError, Share};
use crate::text::in_words;
use serde::Deserialize;
use std::fmt;
use toml::Value;

/// How the parts of a limit become one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Combination {
    /// The least of them.
    Lowest,
    /// The most of them.
    Highest,
    /// All of them together.
    Sum,
}

impl Combination {
    /// Every combination.
    pub const ALL: [Self; 3] = [Self::Lowest, Self::Highest, Self::Sum];

    /// The word of the file.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Lowest => "lowest",
            Self::Highest => "highest",
            Self::Sum => "sum",
        }
    }

    /// The amounts as one; nothing where there are none.
    ///
    /// # Errors
    /// When the sum cannot be held.
    pub fn of(self, amounts: impl IntoIterator<Item = Cents>) -> Result<Cents, MoneyError> {
        match self {
            Self::Lowest => Ok(amounts.into_iter().min().unwrap_or_default()),
            Self::Highest => Ok(amounts.into_iter().max().unwrap_or_default()),
            Self::Sum => Cents::sum(amounts),
        }
    }
}

/// A limit that is worked out from what is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Formula {
    /// How its parts become one; a formula of one part is that part.
    pub combination: Combination,
    /// Its parts, at least one.
    pub parts: Vec<Part>,
}

/// One part of a formula.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// An amount.
    Amount(Cents),
    /// A share of a base.
    Share(Base, Share),
    /// Each tier of a base at its own share.
    Marginal(Base, Vec<Tier<Share>>),
    /// One amount for the whole, by the tier that the base reaches.
    Slab(Base, Vec<Tier<Cents>>),
}

/// What a part is measured on: a sum, less a sum, never below nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Base {
    /// Added up.
    pub of: Vec<Measure>,
    /// Taken away.
    pub less: Vec<Measure>,
}

/// An amount that a calculation knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Measure {
    /// Eligible cost: of all stages or, in the rule of one stage, of that one.
    Cost,
    /// What of one category is eligible.
    Category(String),
    /// What counts as contribution.
    Contribution,
    /// The answer to a question about the applicant or the project, such as `project.original_cost`.
    Fact(String),
}

/// A tier: what holds up to an amount, or from the last one on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tier<T> {
    /// Its upper end, which still belongs to it; the last tier has none.
    pub up_to: Option<Cents>,
    /// What holds in it.
    pub is: T,
}

/// What each tier makes of its own part of a base, added up.
///
/// # Errors
/// When a tier or the sum cannot be held.
pub fn marginal<T: Copy>(
    tiers: &[Tier<T>],
    base: Cents,
    made: impl Fn(T, Cents) -> Result<Cents, MoneyError>,
) -> Result<Cents, MoneyError> {
    let (mut sum, mut below) = (Cents::ZERO, Cents::ZERO);
    for tier in tiers {
        let reached = tier.up_to.map_or(base, |up_to| up_to.min(base));
        sum = sum.plus(made(tier.is, reached.less(below))?)?;
        below = reached;
    }
    Ok(sum)
}

/// The tier that an amount reaches.
#[must_use]
pub fn slab<T>(tiers: &[Tier<T>], base: Cents) -> Option<&T> {
    tiers.iter().find(|tier| tier.up_to.is_none_or(|up_to| base <= up_to)).map(|tier| &tier.is)
}

impl Formula {
    /// Everything that its parts are measured on.
    pub fn measures(&self) -> impl Iterator<Item = &Measure> {
        self.parts.iter().filter_map(Part::base).flat_map(|base| base.of.iter().chain(&base.less))
    }
}

impl Part {
    /// What it is measured on, unless it is an amount.
    #[must_use]
    pub const fn base(&self) -> Option<&Base> {
        match self {
            Self::Amount(_) => None,
            Self::Share(base, _) | Self::Marginal(base, _) | Self::Slab(base, _) => Some(base),
        }
    }
}

impl Measure {
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        match text.split_once('.') {
            None if text == "cost" => Ok(Self::Cost),
            None if text == "contribution" => Ok(Self::Contribution),
            Some(("cost", category)) => Ok(Self::Category(category.to_owned())),
            Some(("applicant" | "project", _)) => Ok(Self::Fact(text.to_owned())),
            _ => Err(format!(
                "\"{text}\" is nothing that a limit is measured on: write \"cost\", \"cost.CATEGORY\", \"contribution\", \"applicant.FACT\" or \"project.FACT\""
            )),
        }
    }
}

/// One name or several.
#[derive(Deserialize)]
#[serde(untagged)]
enum Names {
    One(String),
    Several(Vec<String>),
}

impl Names {
    fn measures(self) -> Result<Vec<Measure>, String> {
        match self {
            Self::One(name) => Ok(vec![Measure::parse(&name)?]),
            Self::Several(names) => names.iter().map(|name| Measure::parse(name)).collect(),
        }
    }
}

/// A part as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PartInFile {
    share: Option<String>,
    marginal: Option<Vec<TierInFile>>,
    slab: Option<Vec<TierInFile>>,
    of: Names,
    less: Option<Names>,
}

/// A tier as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TierInFile {
    up_to: Option<Value>,
    is: Value,
}

const WRITE: &str = "write an amount in quotes, { share = \"50%\", of = \"cost\" }, { marginal = [{ up_to = …, is = \"50%\" }, …], of = … }, \
                     { slab = [{ up_to = …, is = \"8000.00\" }, …], of = … }, or the { lowest = […] }, { highest = […] } or { sum = […] } of such parts";

impl Formula {
    /// Reads a table of a scheme file.
    ///
    /// # Errors
    /// A sentence that says what to write instead.
    pub(super) fn from_table(table: toml::Table) -> Result<Self, String> {
        for combination in Combination::ALL {
            let Some(parts) = table.get(combination.code()) else { continue };
            let (Value::Array(parts), 1) = (parts, table.len()) else { return Err(WRITE.to_owned()) };
            if parts.len() < 2 {
                return Err(format!("{} is of two parts or more", combination.code()));
            }
            let parts = parts.iter().map(|part| Part::from_file(part.clone())).collect::<Result<_, _>>()?;
            return Ok(Self { combination, parts });
        }
        Ok(Self { combination: Combination::Lowest, parts: vec![Part::from_file(Value::Table(table))?] })
    }
}

impl FileValue for Part {
    fn from_file(value: Value) -> Result<Self, String> {
        if value.is_str() {
            return Cents::from_file(value).map(Self::Amount);
        }
        let Value::Table(table) = &value else { return Err(WRITE.to_owned()) };
        if let Some(inner) = Combination::ALL.iter().find(|combination| table.contains_key(combination.code())) {
            let message = "is inside another combination, and combinations do not nest: write its parts in one list, or two limits";
            return Err(format!("{} {message}", inner.code()));
        }
        let part = PartInFile::deserialize(value).map_err(|error| format!("{}: {WRITE}", in_words(error.message())))?;
        let less = part.less.map(Names::measures).transpose()?.unwrap_or_default();
        let base = Base { of: part.of.measures()?, less };
        match (part.share, part.marginal, part.slab) {
            (Some(share), None, None) => Ok(Self::Share(base, Share::from_file(Value::String(share))?)),
            (None, Some(tiers), None) => Ok(Self::Marginal(base, read_tiers(tiers, multiple)?)),
            (None, None, Some(tiers)) => Ok(Self::Slab(base, read_tiers(tiers, Cents::from_file)?)),
            _ => Err(WRITE.to_owned()),
        }
    }
}

/// A share that may be more than the whole: a tier of a tax deduction is three times what was spent.
pub(super) fn multiple(value: Value) -> Result<Share, String> {
    let text = value.as_str().ok_or("write a share such as \"1/3\" or \"300%\"")?;
    Share::parse_multiple(text).map_err(|error| error.to_string())
}

pub(super) fn read_tiers<T>(
    tiers: Vec<TierInFile>,
    read: impl Fn(Value) -> Result<T, String>,
) -> Result<Vec<Tier<T>>, String> {
    let tiers = tiers
        .into_iter()
        .map(|tier| Ok(Tier { up_to: tier.up_to.map(Cents::from_file).transpose()?, is: read(tier.is)? }));
    ascending(tiers.collect::<Result<Vec<_>, String>>()?)
}

/// Tiers ascend, and the last one alone is open.
pub(super) fn ascending<T>(tiers: Vec<Tier<T>>) -> Result<Vec<Tier<T>>, String> {
    let Some((last, others)) = tiers.split_last() else { return Err("write at least one tier".to_owned()) };
    let ends = others.iter().map(|tier| tier.up_to).collect::<Vec<_>>();
    let ascend = ends.windows(2).all(|pair| matches!(pair, [Some(below), Some(above)] if below < above));
    if last.up_to.is_some() || ends.contains(&None) || !ascend {
        return Err("write the tiers with ascending up_to, and the last one without it".to_owned());
    }
    Ok(tiers)
}

impl fmt::Display for Measure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cost => formatter.write_str("cost"),
            Self::Category(category) => write!(formatter, "cost.{category}"),
            Self::Contribution => formatter.write_str("contribution"),
            Self::Fact(fact) => formatter.write_str(fact),
        }
    }
}

impl fmt::Display for Base {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |measures: &[Measure]| measures.iter().map(ToString::to_string).collect::<Vec<_>>().join(" + ");
        match self.less.as_slice() {
            [] => formatter.write_str(&list(&self.of)),
            less => write!(formatter, "({} - {})", list(&self.of), list(less)),
        }
    }
}

impl<T: fmt::Display> fmt::Display for Tier<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.up_to {
            Some(up_to) => write!(formatter, "up to {up_to}: {}", self.is),
            None => write!(formatter, "above: {}", self.is),
        }
    }
}

impl fmt::Display for Part {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Amount(amount) => amount.fmt(formatter),
            Self::Share(base, share) => write!(formatter, "{share} of {base}"),
            Self::Marginal(base, tiers) => write!(formatter, "of {base}, each tier ({})", listed(tiers)),
            Self::Slab(base, tiers) => write!(formatter, "by {base} ({})", listed(tiers)),
        }
    }
}

pub(super) fn listed<T: fmt::Display>(parts: &[T]) -> String {
    parts.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

impl fmt::Display for Formula {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.parts.as_slice() {
            [part] => part.fmt(formatter),
            parts => write!(formatter, "the {} of ({})", self.combination.code(), listed(parts)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::Rounding;

    fn cents(text: &str) -> Cents {
        Cents::parse(text).unwrap()
    }

    #[test]
    fn marginal_tiers_give_each_part_its_own_share() {
        // 300% of the first two million, 200% of the rest.
        let share = |text| Share::parse_multiple(text).unwrap();
        let tiers =
            [Tier { up_to: Some(cents("2000000.00")), is: share("300%") }, Tier { up_to: None, is: share("200%") }];
        for (base, deduction) in [
            ("0.00", "0.00"),
            ("1000000.00", "3000000.00"),
            ("2000000.00", "6000000.00"),
            ("2000000.01", "6000000.02"),
            ("5000000.00", "12000000.00"),
        ] {
            let of_tier = |share: Share, part| share.of(part, Rounding::Down);
            assert_eq!(marginal(&tiers, cents(base), of_tier).unwrap(), cents(deduction), "{base}");
        }
    }

    #[test]
    fn a_slab_gives_the_whole_what_its_tier_says_and_its_end_belongs_to_it() {
        let tiers = [
            Tier { up_to: Some(cents("1000000.00")), is: 8 },
            Tier { up_to: Some(cents("5000000.00")), is: 14 },
            Tier { up_to: None, is: 20 },
        ];
        for (base, found) in
            [("0.00", 8), ("1000000.00", 8), ("1000000.01", 14), ("5000000.00", 14), ("6000000.00", 20)]
        {
            assert_eq!(slab(&tiers, cents(base)), Some(&found), "{base}");
        }
    }

    #[test]
    fn what_is_no_limit_is_answered_with_the_forms() {
        let read = |text: &str| {
            let table: toml::Table = toml::from_str(&format!("is = {text}")).unwrap();
            Formula::from_table(table["is"].as_table().unwrap().clone()).unwrap_err()
        };
        for (text, told) in [
            ("{ share = \"50%\" }", "write an amount in quotes"),
            ("{ share = \"150%\", of = \"cost\" }", "not a share"),
            ("{ share = \"50%\", of = \"profit\" }", "nothing that a limit is measured on"),
            ("{ lowest = [\"1.00\"] }", "two parts or more"),
            (
                "{ lowest = [\"1.00\", { sum = [\"1.00\", \"2.00\"] }] }",
                "sum is inside another combination, and combinations do not nest",
            ),
            ("{ lowest = [\"1.00\", 5] }", "write an amount in quotes"),
            ("{ marginal = [\"1/2\"], of = \"cost\" }", "expected a table of names and values: write"),
            ("{ marginal = [{ is = \"1/2\" }, { is = \"1/3\" }], of = \"cost\" }", "ascending up_to"),
            (
                "{ slab = [{ up_to = \"2.00\", is = \"1.00\" }, { up_to = \"1.00\", is = \"2.00\" }, { is = \"3.00\" }], of = \"cost\" }",
                "ascending up_to",
            ),
            ("{ slab = [], of = \"cost\" }", "at least one tier"),
        ] {
            assert!(read(text).contains(told), "{text}: {}", read(text));
        }
    }
}
