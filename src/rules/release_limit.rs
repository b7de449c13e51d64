//! Up to which total somebody releases a batch, and up to which amount somebody writes off: what the agency has settled for the authorities that
//! its people hold.

use crate::money::Cents;
use crate::person::is_authority;
use crate::refusal::{ClaimRefusal, Refusal};
use std::collections::BTreeSet;
use std::str::FromStr;

/// What holders of an authority release, or write off, at most.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReleaseLimit {
    /// The code of the authority, as administrators grant it.
    pub authority: String,
    /// The highest total of a batch, or the highest amount; none for any.
    pub total: Option<Cents>,
}

/// The text is not an authority and an amount, such as `finance_manager:5000000.00` or `finance_director:none`.
#[derive(Debug, thiserror::Error)]
#[error("not an authority and an amount")]
pub struct NotAReleaseLimit;

impl FromStr for ReleaseLimit {
    type Err = NotAReleaseLimit;

    fn from_str(text: &str) -> Result<Self, NotAReleaseLimit> {
        let (authority, total) = text.split_once(':').ok_or(NotAReleaseLimit)?;
        let total = match total.trim() {
            "none" => None,
            amount => Some(Cents::parse(amount).ok().filter(|total| *total > Cents::ZERO).ok_or(NotAReleaseLimit)?),
        };
        let authority = authority.trim().to_owned();
        if is_authority(&authority) { Ok(Self { authority, total }) } else { Err(NotAReleaseLimit) }
    }
}

/// Under which limit somebody releases a total: the lowest of theirs that reaches it; none where the agency has settled none for anybody.
///
/// # Errors
/// When none of theirs reaches it; the refusal says how far they reach.
pub fn reaching(
    limits: &[ReleaseLimit],
    held: &BTreeSet<String>,
    total: Cents,
) -> Result<Option<ReleaseLimit>, Refusal> {
    if limits.is_empty() {
        return Ok(None);
    }
    let above = |limit| Refusal::Claim(ClaimRefusal::BatchAboveLimit { total, limit });
    within(limits, held, total).map_err(above).map(|limit| Some(limit.clone()))
}

/// The lowest limit of somebody's that reaches an amount.
///
/// # Errors
/// When none does: how far theirs reach.
pub fn within<'a>(
    limits: &'a [ReleaseLimit],
    held: &BTreeSet<String>,
    amount: Cents,
) -> Result<&'a ReleaseLimit, Cents> {
    // What has no end comes last.
    let order = |limit: &&ReleaseLimit| (limit.total.is_none(), limit.total);
    let theirs = || limits.iter().filter(|limit| held.contains(&limit.authority));
    let reaches = |limit: &&ReleaseLimit| limit.total.is_none_or(|limit| amount <= limit);
    let limit = || theirs().max_by_key(order).and_then(|limit| limit.total).unwrap_or_default();
    theirs().filter(reaches).min_by_key(order).ok_or_else(limit)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::cents;

    fn limits(texts: &[&str]) -> Vec<ReleaseLimit> {
        texts.iter().map(|text| text.parse().unwrap()).collect()
    }

    #[test]
    fn the_lowest_limit_that_reaches_is_used_and_nobody_goes_beyond_theirs() {
        let all = limits(&["clerk:100.00", "manager: 5000.00", "director:none"]);
        for (held, total, under) in [
            (&["clerk"][..], "100.00", Some("clerk")),
            (&["clerk"], "100.01", None),
            (&["clerk", "manager"], "100.00", Some("clerk")),
            (&["clerk", "manager"], "5000.00", Some("manager")),
            (&["director", "clerk"], "100.01", Some("director")),
            (&["director", "manager"], "5000.00", Some("manager")),
            (&["commissioner"], "0.01", None),
            (&[], "0.01", None),
        ] {
            let set = held.iter().map(|held| (*held).to_owned()).collect();
            let found = reaching(&all, &set, cents(total));
            assert_eq!(found.ok().flatten().map(|limit| limit.authority).as_deref(), under, "{held:?} {total}");
        }
        let set = ["clerk".to_owned(), "manager".to_owned()].into();
        let (total, limit) = (cents("5000.01"), cents("5000.00"));
        let refused = Refusal::Claim(ClaimRefusal::BatchAboveLimit { total, limit });
        assert_eq!(reaching(&all, &set, total), Err(refused));
        assert_eq!(reaching(&[], &BTreeSet::new(), cents("1.00")), Ok(None));
    }

    #[test]
    fn what_is_no_limit_is_none() {
        for text in ["", "clerk", "clerk:", "clerk:many", "clerk:0.00", "clerk:-1.00", ":1.00", "a clerk:1.00"] {
            assert!(text.parse::<ReleaseLimit>().is_err(), "{text}");
        }
    }
}
