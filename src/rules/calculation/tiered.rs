//! The sentences of what is matched and shared: at one ratio or share, or by tiers.

use super::grouped::money;
use super::step::{Called, ShareOf};
use super::wording::{sentence, told};
use crate::money::Cents;
use crate::prose::given;
use crate::prose::tiers::{of_ratio, of_share};
use crate::prose::words::{self, say};
use crate::scheme::{RatioRule, SchemeKind, ShareRule};
use crate::text::{Sentence, Text};

pub(super) fn matched(
    gives: SchemeKind,
    stage: &Called<'_>,
    counted: Cents,
    rule: &RatioRule,
    amount: Cents,
) -> Sentence {
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
        RatioRule::Slab(_) => {
            let given = given::amount(gives);
            sentence(
                format!(
                    "By the size of the {} ({}), {counted} that count in \"{}\" are matched with {amount}.",
                    given.en,
                    words.en,
                    stage.en()
                ),
                format!(
                    "按{}級別的比例（{}），「{}」計算在內的 {counted} 出資可獲配對 {amount}。",
                    given.zh_hant,
                    words.zh_hant,
                    stage.zh_hant()
                ),
            )
        }
    }
}

pub(super) fn shared(
    gives: SchemeKind,
    stage: &Called<'_>,
    cost: Cents,
    share: ShareOf<'_>,
    amount: Cents,
) -> Sentence {
    let stage = stage.name.map_or_else(|| words::same(stage.code), Text::clone);
    let (part, cost, amount) =
        (given::part_of(gives, &words::quoted(&stage)), words::money(cost), words::money(amount));
    let (words, by_tiers) = match share {
        ShareOf::Own(ShareRule::One(share)) => (words::share(*share), false),
        ShareOf::Ratio(RatioRule::One(ratio)) => (words::share(ratio.share()), false),
        ShareOf::Own(rule) => (of_share(rule), true),
        ShareOf::Ratio(rule) => (of_ratio(rule), true),
    };
    let parts = [&part, &cost, &words, &amount];
    told(if by_tiers {
        say(
            parts,
            "at a cost of {1}, {0} by tiers ({2}) is {3}",
            "成本為 {1}，{0}按級距計算（{2}）：{3}",
            "成本为 {1}，{0}按级距计算（{2}）：{3}",
        )
    } else {
        say(parts, "{0} is {2} of {1}: {3}", "{0}為成本 {1} 的 {2}：{3}", "{0}为成本 {1} 的 {2}：{3}")
    })
}
