//! Tiers in words: each up to its end, and what holds in it.

use super::words::{listed, money, same, say, share};
use crate::scheme::{NeedOf, RatioRule, ShareRule, Tier};
use crate::text::Text;

/// Tiers, each with its words.
pub(super) fn tiers<T>(tiers: &[Tier<T>], is: impl Fn(&T) -> Text) -> Text {
    let single = tiers.len() == 1;
    listed(tiers.iter().map(|tier| match tier.up_to {
        Some(up_to) => say([&money(up_to), &is(&tier.is)], "up to {0}: {1}", "{0} 或以下：{1}", "{0} 或以下：{1}"),
        None if single => is(&tier.is),
        None => say([&is(&tier.is)], "above that: {0}", "以上：{0}", "以上：{0}"),
    }))
}

/// A ratio, or its tiers.
pub(crate) fn of_ratio(rule: &RatioRule) -> Text {
    match rule {
        RatioRule::One(ratio) => same(ratio),
        RatioRule::Marginal(list) => tiers(list, |ratio| same(ratio)),
        RatioRule::Slab(list) => tiers(list, |need| match need {
            NeedOf::Ratio(ratio) => same(ratio),
            NeedOf::Nothing => say([], "no contribution is needed", "無須出資", "无须出资"),
        }),
    }
}

/// A share, or its tiers.
pub(crate) fn of_share(rule: &ShareRule) -> Text {
    match rule {
        ShareRule::One(part) => share(*part),
        ShareRule::Marginal(list) | ShareRule::Slab(list) => tiers(list, |part| share(*part)),
    }
}
