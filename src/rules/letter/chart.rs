//! A chart in a letter: amounts side by side, as bars that are drawn, and as words for whoever has it read aloud.

use super::Block;
use super::head::{both, told};
use crate::money::Cents;
use crate::prose::words::money;
use crate::text::{Sentence, Text};
use serde::{Deserialize, Serialize};

/// How many groups of bars stand in one chart: more of them go on in the next one, on the same scale.
const GROUPS_MAX: usize = 10;

/// Bars that belong together. The members stand in the order of the canonical form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Bars {
    /// One for each series.
    pub amounts: Vec<Cents>,
    /// Of what they are.
    pub label: Sentence,
}

/// An instalment by its name, what was planned and what was paid of it.
pub(super) type Instalment = (Text, [Cents; 2]);

/// Charts of what was planned and what was paid, with the figures in words.
pub(super) fn planned_and_paid(plan: &[Instalment]) -> Vec<Block> {
    let scale = plan.iter().flat_map(|(_, amounts)| amounts).copied().max().unwrap_or_default();
    let chart = |plan: &[Instalment]| {
        let bars = |(name, amounts): &Instalment| Bars { amounts: amounts.to_vec(), label: both(name.clone()) };
        let series = vec![told([], "Planned", "計劃款額"), told([], "Paid", "已付款額")];
        Block::Chart { groups: plan.iter().map(bars).collect(), scale, series, text: in_words(plan) }
    };
    plan.chunks(GROUPS_MAX).map(chart).collect()
}

/// What the bars say.
fn in_words(plan: &[Instalment]) -> Sentence {
    let title =
        told([], "Bars of what was planned and what was paid of each instalment.", "各期計劃款額與已付款額的橫條圖。");
    let said = plan.iter().map(|(name, [planned, paid])| {
        told([name, &money(*planned), &money(*paid)], "{0}: planned {1}, paid {2}.", "{0}：計劃 {1}，已付 {2}。")
    });
    said.fold(title, |text, part| Sentence {
        en: format!("{} {}", text.en, part.en),
        zh_hant: text.zh_hant + &part.zh_hant,
    })
}
