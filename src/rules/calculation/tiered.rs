//! The sentences of what is matched and shared: at one ratio or share, or by tiers.

use super::grouped::money;
use super::step::{Called, ShareOf};
use super::wording::sentence;
use crate::money::Cents;
use crate::prose::tiers::{of_ratio, of_share};
use crate::prose::words;
use crate::scheme::{RatioRule, ShareRule};
use crate::text::Sentence;

pub(super) fn matched(stage: &Called<'_>, counted: Cents, rule: &RatioRule, amount: Cents) -> Sentence {
    let (counted, amount, words) = (money(counted), money(amount), of_ratio(rule));
    match rule {
        RatioRule::One(ratio) => sentence(
            format!("At {ratio}, {counted} that count in \"{}\" are matched with {amount}.", stage.en()),
            format!("按 {ratio} 的比例，「{}」計算在內的 {counted} 出資可獲配對 {amount}。", stage.zh_hant()),
        ),
        RatioRule::Marginal(_) => sentence(
            format!(
                "By tiers of the contribution ({}), {counted} that count in \"{}\" are matched with {amount}.",
                words.en,
                stage.en()
            ),
            format!(
                "按出資級距的比例（{}），「{}」計算在內的 {counted} 出資可獲配對 {amount}。",
                words.zh_hant,
                stage.zh_hant()
            ),
        ),
        RatioRule::Slab(_) => sentence(
            format!(
                "By the size of the grant ({}), {counted} that count in \"{}\" are matched with {amount}.",
                words.en,
                stage.en()
            ),
            format!(
                "按資助額級別的比例（{}），「{}」計算在內的 {counted} 出資可獲配對 {amount}。",
                words.zh_hant,
                stage.zh_hant()
            ),
        ),
    }
}

pub(super) fn shared(stage: &Called<'_>, cost: Cents, share: ShareOf<'_>, amount: Cents) -> Sentence {
    let (cost, amount) = (money(cost), money(amount));
    let (words, by_tiers) = match share {
        ShareOf::Own(ShareRule::One(share)) => (words::share(*share), false),
        ShareOf::Ratio(RatioRule::One(ratio)) => (words::share(ratio.share()), false),
        ShareOf::Own(rule) => (of_share(rule), true),
        ShareOf::Ratio(rule) => (of_ratio(rule), true),
    };
    if !by_tiers {
        return sentence(
            format!("The government's share of \"{}\" is {} of {cost}: {amount}.", stage.en(), words.en),
            format!("政府承擔「{}」成本 {cost} 的 {}：{amount}。", stage.zh_hant(), words.zh_hant),
        );
    }
    sentence(
        format!("Of {cost} in \"{}\", the government's share by tiers ({}) is {amount}.", stage.en(), words.en),
        format!("政府按級距承擔「{}」成本 {cost} 的部分（{}）：{amount}。", stage.zh_hant(), words.zh_hant),
    )
}
