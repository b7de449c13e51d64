//! How much the government adds: one ratio or share for everything, or tiers.

use super::formula::{Tier, TierInFile, listed, marginal, multiple, read_tiers, slab};
use crate::dated::FileValue;
use crate::money::{Cents, MoneyError, Ratio, Rounding, Share};
use crate::text::in_words;
use serde::Deserialize;
use std::fmt;
use toml::Value;

/// Government to applicant side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RatioRule {
    /// One ratio.
    One(Ratio),
    /// Each tier of what counts as contribution at its own ratio.
    Marginal(Vec<Tier<Ratio>>),
    /// By the tier that the grant reaches; `None` where a grant of that tier needs no contribution.
    Slab(Vec<Tier<NeedOf>>),
}

/// What a grant of one tier needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NeedOf {
    /// A contribution at this ratio.
    Ratio(Ratio),
    /// None.
    Nothing,
}

/// The government's part of eligible cost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ShareRule {
    /// One share.
    One(Share),
    /// Each tier of eligible cost at its own share, which may be more than the whole where no money is given.
    Marginal(Vec<Tier<Share>>),
    /// One share for all of it, by the tier that it reaches.
    Slab(Vec<Tier<Share>>),
}

impl RatioRule {
    /// The most that is added to a contribution.
    ///
    /// # Errors
    /// When it cannot be held.
    pub fn matches(&self, contribution: Cents, rounding: Rounding) -> Result<Cents, MoneyError> {
        match self {
            Self::One(ratio) => ratio.matches(contribution, rounding),
            Self::Marginal(tiers) => marginal(tiers, contribution, |ratio, part| ratio.matches(part, rounding)),
            Self::Slab(tiers) => best(tiers, |need| match need {
                NeedOf::Ratio(ratio) => ratio.matches(contribution, rounding).map(Some),
                NeedOf::Nothing => Ok(None),
            }),
        }
    }

    /// The government's part of a cost that the two share.
    ///
    /// # Errors
    /// When it cannot be held.
    pub fn share_of(&self, cost: Cents, rounding: Rounding) -> Result<Cents, MoneyError> {
        match self {
            Self::One(ratio) => ratio.share().of(cost, rounding),
            Self::Marginal(tiers) => {
                let (mut sum, mut rest, mut below) = (Cents::ZERO, cost, Cents::ZERO);
                for tier in tiers {
                    // The cost that fills this tier of contribution together with what it is matched with.
                    let filled = tier.up_to.map(|up_to| {
                        let contribution = up_to.less(below);
                        tier.is.matches(contribution, Rounding::Down)?.plus(contribution)
                    });
                    let part = filled.transpose()?.map_or(rest, |filled| filled.min(rest));
                    sum = sum.plus(tier.is.share().of(part, rounding)?)?;
                    rest = rest.less(part);
                    below = tier.up_to.unwrap_or(below);
                }
                Ok(sum)
            }
            Self::Slab(tiers) => best(tiers, |need| match need {
                NeedOf::Ratio(ratio) => ratio.share().of(cost, rounding).map(Some),
                NeedOf::Nothing => Ok(Some(cost)),
            }),
        }
    }
}

/// The largest grant that some tier allows: up to its end, and what `need` allows in it (`None`: all of it).
fn best(
    tiers: &[Tier<NeedOf>],
    need: impl Fn(NeedOf) -> Result<Option<Cents>, MoneyError>,
) -> Result<Cents, MoneyError> {
    let mut most = Cents::ZERO;
    for tier in tiers {
        let limits = [tier.up_to, need(tier.is)?];
        most = most.max(limits.into_iter().flatten().min().unwrap_or_default());
    }
    Ok(most)
}

impl ShareRule {
    /// The government's part of a cost.
    ///
    /// # Errors
    /// When it cannot be held.
    pub fn of(&self, cost: Cents, rounding: Rounding) -> Result<Cents, MoneyError> {
        match self {
            Self::One(share) => share.of(cost, rounding),
            Self::Marginal(tiers) => marginal(tiers, cost, |share, part| share.of(part, rounding)),
            Self::Slab(tiers) => slab(tiers, cost).map_or(Ok(Cents::ZERO), |share| share.of(cost, rounding)),
        }
    }
}

/// Tiers as they are written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TiersInFile {
    marginal: Option<Vec<TierInFile>>,
    slab: Option<Vec<TierInFile>>,
}

enum Tiers {
    Marginal(Vec<TierInFile>),
    Slab(Vec<TierInFile>),
}

fn tiers(value: Value, example: &str) -> Result<Tiers, String> {
    let write = || {
        format!(
            "write {example}, {{ marginal = [{{ up_to = …, is = … }}, …] }} or {{ slab = [{{ up_to = …, is = … }}, …] }}"
        )
    };
    let tiers =
        TiersInFile::deserialize(value).map_err(|error| format!("{}: {}", in_words(error.message()), write()))?;
    match (tiers.marginal, tiers.slab) {
        (Some(tiers), None) => Ok(Tiers::Marginal(tiers)),
        (None, Some(tiers)) => Ok(Tiers::Slab(tiers)),
        _ => Err(write()),
    }
}

impl FileValue for RatioRule {
    fn from_file(value: Value) -> Result<Self, String> {
        if !value.is_table() {
            return Ratio::from_file(value).map(Self::One);
        }
        match tiers(value, "a ratio such as \"1:2\"")? {
            Tiers::Marginal(tiers) => read_tiers(tiers, Ratio::from_file).map(Self::Marginal),
            Tiers::Slab(tiers) => {
                let tiers = read_tiers(tiers, NeedOf::from_file)?;
                let open = tiers.last().is_some_and(|tier| tier.is == NeedOf::Nothing);
                // Without an end, a grant that needs nothing has no limit at all.
                if open { Err("the last tier needs a ratio".to_owned()) } else { Ok(Self::Slab(tiers)) }
            }
        }
    }
}

impl FileValue for NeedOf {
    fn from_file(value: Value) -> Result<Self, String> {
        if value.as_str() == Some("none") { Ok(Self::Nothing) } else { Ratio::from_file(value).map(Self::Ratio) }
    }
}

impl FileValue for ShareRule {
    fn from_file(value: Value) -> Result<Self, String> {
        if !value.is_table() {
            return Share::from_file(value).map(Self::One);
        }
        match tiers(value, "a share such as \"1/3\" or \"15%\"")? {
            Tiers::Marginal(tiers) => read_tiers(tiers, multiple).map(Self::Marginal),
            Tiers::Slab(tiers) => read_tiers(tiers, multiple).map(Self::Slab),
        }
    }
}

impl fmt::Display for NeedOf {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ratio(ratio) => ratio.fmt(formatter),
            Self::Nothing => formatter.write_str("no contribution"),
        }
    }
}

impl fmt::Display for RatioRule {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::One(ratio) => ratio.fmt(formatter),
            Self::Marginal(tiers) => write!(formatter, "each part of the contribution ({})", listed(tiers)),
            Self::Slab(tiers) => write!(formatter, "by the grant ({})", listed(tiers)),
        }
    }
}

impl fmt::Display for ShareRule {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::One(share) => share.fmt(formatter),
            Self::Marginal(tiers) => write!(formatter, "each part of the cost ({})", listed(tiers)),
            Self::Slab(tiers) => write!(formatter, "by the cost ({})", listed(tiers)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cents(text: &str) -> Cents {
        Cents::parse(text).unwrap()
    }

    fn rule(text: &str) -> RatioRule {
        let table: toml::Table = toml::from_str(&format!("is = {text}")).unwrap();
        RatioRule::from_file(table["is"].clone()).unwrap()
    }

    /// Up to 300,000 nothing is asked; up to 900,000 half of the grant; above it as much as the grant.
    const BY_GRANT: &str =
        r#"{ slab = [{ up_to = "300000.00", is = "none" }, { up_to = "900000.00", is = "2:1" }, { is = "1:1" }] }"#;
    /// One to one up to 50 million, then one of the government to two.
    const BY_DONATION: &str = r#"{ marginal = [{ up_to = "50000000.00", is = "1:1" }, { is = "1:2" }] }"#;

    #[test]
    fn tiers_by_the_grant_allow_the_best_of_them() {
        for (contribution, grant) in [
            ("0.00", "300000.00"),
            ("100000.00", "300000.00"),
            ("200000.00", "400000.00"),
            ("450000.00", "900000.00"),
            ("500000.00", "900000.00"),
            ("1000000.00", "1000000.00"),
        ] {
            assert_eq!(rule(BY_GRANT).matches(cents(contribution), Rounding::Down).unwrap(), cents(grant));
        }
        for (cost, grant) in [
            ("250000.00", "250000.00"),
            ("420000.00", "300000.00"),
            ("600000.00", "400000.00"),
            ("1350000.00", "900000.00"),
            ("1500000.00", "900000.00"),
            ("2000000.00", "1000000.00"),
        ] {
            assert_eq!(rule(BY_GRANT).share_of(cents(cost), Rounding::Down).unwrap(), cents(grant), "{cost}");
        }
    }

    #[test]
    fn tiers_of_the_contribution_are_each_matched_at_their_own_ratio_and_the_share_agrees() {
        let rule = rule(BY_DONATION);
        for contribution in ["0.00", "20000000.00", "50000000.00", "60000000.00", "500000000.00"] {
            let contribution = cents(contribution);
            let grant = rule.matches(contribution, Rounding::Down).unwrap();
            let above = contribution.less(cents("50000000.00"));
            let expected = contribution
                .less(above)
                .plus(Share { numerator: 1, denominator: 2 }.of(above, Rounding::Down).unwrap());
            assert_eq!(grant, expected.unwrap());
            assert_eq!(rule.share_of(contribution.plus(grant).unwrap(), Rounding::Down).unwrap(), grant);
        }
    }

    #[test]
    fn an_open_tier_that_needs_nothing_is_no_rule() {
        let table: toml::Table = toml::from_str(r#"is = { slab = [{ is = "none" }] }"#).unwrap();
        assert!(RatioRule::from_file(table["is"].clone()).unwrap_err().contains("needs a ratio"));
    }
}
