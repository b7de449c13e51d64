//! The sentence of each step, in English and Traditional Chinese.

use super::grouped::money;
use super::request::Form;
use super::step::{Called, Kind, Time};
use super::{limited, outcome, paid, tiered};
use crate::money::Rounding;
use crate::prose::given;
use crate::prose::words::{self, share as share_words};
use crate::scheme::{Answered, Combination, DurationBound, FloorOf, Part, SchemeKind, Treatment};
use crate::text::{Sentence, Text};

pub(super) fn sentence(en: impl Into<String>, zh_hant: impl Into<String>) -> Sentence {
    Sentence { en: en.into(), zh_hant: zh_hant.into() }
}

/// Words of the page of a scheme, as the sentence of a step.
pub(super) fn told(text: Text) -> Sentence {
    let Text { en, zh_hant, .. } = words::sentence(text);
    Sentence { en, zh_hant }
}

const fn form(form: Form) -> (&'static str, &'static str) {
    match form {
        Form::Cash => ("cash", "現金"),
        Form::InKind => ("in kind", "實物"),
        Form::Investment => ("investment", "投資"),
    }
}

fn measured_by(gives: SchemeKind, floor: FloorOf, by_share: bool) -> Sentence {
    match floor {
        FloorOf::Cost => sentence("Eligible project cost", "合資格項目成本"),
        FloorOf::Contribution if by_share => sentence("The applicant's share", "申請者須承擔的部分"),
        FloorOf::Contribution => sentence("The contribution that counts", "計算在內的出資"),
        FloorOf::Grant => {
            let given = given::amount(gives);
            sentence(format!("The {}", given.en), given.zh_hant)
        }
    }
}

pub(super) fn time_words(time: Time) -> (String, String) {
    match time {
        Time::Months(1) => ("1 month".to_owned(), "1 個月".to_owned()),
        Time::Days(1) => ("1 day".to_owned(), "1 日".to_owned()),
        Time::Months(months) => (format!("{months} months"), format!("{months} 個月")),
        Time::Days(days) => (format!("{days} days"), format!("{days} 日")),
    }
}

fn length_words(length: Time, limit: u32, bound: DurationBound, refused: bool) -> Sentence {
    let ((en, zh_hant), (limit_en, limit_zh)) = (time_words(length), time_words(length.with(limit)));
    let (bound_en, bound_zh) = match bound {
        DurationBound::AtMost => ("at most", "最長"),
        DurationBound::AtLeast => ("at least", "最短"),
    };
    match (bound.holds(length.number(), limit), refused) {
        (true, _) if bound == DurationBound::AtLeast => sentence(
            format!("{en}: {limit_en} are needed at least."),
            format!("為期 {zh_hant}：期限{bound_zh}為 {limit_zh}。"),
        ),
        (false, true) if bound == DurationBound::AtLeast => sentence(
            format!("{en}, but {limit_en} are needed at least."),
            format!("為期 {zh_hant}，但期限{bound_zh}為 {limit_zh}。"),
        ),
        (true, _) => sentence(
            format!("{en}: {bound_en} {limit_en} are allowed."),
            format!("為期 {zh_hant}：期限{bound_zh}為 {limit_zh}。"),
        ),
        (false, true) => sentence(
            format!("{en}, but {bound_en} {limit_en} are allowed."),
            format!("為期 {zh_hant}，但期限{bound_zh}為 {limit_zh}。"),
        ),
        (false, false) => sentence(
            format!("{en} is not the normal length of {bound_en} {limit_en}: give the reason."),
            format!("為期 {zh_hant}，有別於一般期限（{bound_zh} {limit_zh}）：請說明理由。"),
        ),
    }
}

/// What a limit is measured on, as a sum and what is taken away.
fn base(on: &[(bool, Called<'_>)]) -> (String, String) {
    let (mut en, mut zh_hant) = (String::new(), String::new());
    for (added, measure) in on {
        if !en.is_empty() {
            en.push_str(if *added { " plus " } else { " less " });
            zh_hant.push_str(if *added { "加" } else { "減" });
        }
        let (measure_en, measure_zh) = match (measure.name, measure.code) {
            (None, "cost") => ("eligible cost".to_owned(), "合資格成本".to_owned()),
            (None, "contribution") => ("the contribution that counts".to_owned(), "計算在內的出資".to_owned()),
            _ => (format!("\"{}\"", measure.en()), format!("「{}」", measure.zh_hant())),
        };
        en.push_str(&measure_en);
        zh_hant.push_str(&measure_zh);
    }
    (en, zh_hant)
}

impl Called<'_> {
    pub(super) fn en(&self) -> &str {
        self.name.map_or(self.code, |name| &name.en)
    }

    pub(super) fn zh_hant(&self) -> &str {
        self.name.map_or(self.code, |name| &name.zh_hant)
    }
}

impl Kind<'_> {
    /// The step as a sentence, of a scheme that gives this.
    #[must_use]
    #[expect(
        clippy::too_many_lines,
        reason = "one arm for each kind, so that a new kind without words does not compile"
    )]
    pub fn sentence(&self, gives: SchemeKind) -> Sentence {
        match self {
            Self::DayNotCovered => sentence("No rule of the scheme covers this day.", "計劃沒有適用於當日的規則。"),
            Self::Unknown => sentence(
                "The value of this rule is not known, and the result needs it: nothing is guessed.",
                "此規則的數值未能確定，而計算結果須倚賴該數值，故不作推測。",
            ),
            Self::Open { open } => outcome::open(gives, *open),
            Self::Rounding { rounding: Rounding::Down } => {
                sentence("A fraction of a cent is left out.", "不足一仙的零數不予計算。")
            }
            Self::Rounding { rounding: Rounding::HalfUp } => {
                sentence("Amounts are rounded to the nearest cent.", "金額四捨五入至仙。")
            }
            Self::Condition { name, answered: Answered::Yes, .. } => {
                sentence(format!("Fulfilled: {}", name.en), format!("符合：{}", name.zh_hant))
            }
            Self::Condition { name, answered: Answered::No, .. } => {
                sentence(format!("Not fulfilled: {}", name.en), format!("不符合：{}", name.zh_hant))
            }
            Self::Condition { name, answered: Answered::Missing, .. } => {
                sentence(format!("To be confirmed: {}", name.en), format!("有待確認：{}", name.zh_hant))
            }
            Self::Case { name, answered: Answered::Missing, .. } => sentence(
                format!("To be confirmed, and meanwhile not taken as fulfilled: {}", name.en),
                format!("有待確認，暫不視為符合：{}", name.zh_hant),
            ),
            Self::Case { name, .. } => sentence(
                format!("The value for this case: {}", name.en),
                format!("適用於此情況的數值：{}", name.zh_hant),
            ),
            Self::Part { part, on, base: measured, amount } => {
                let ((en, zh_hant), measured, amount) = (base(on), money(*measured), money(*amount));
                match part {
                    Part::Share(_, share) => {
                        let share = share_words(*share).en;
                        sentence(
                            format!("{share} of {en}, {measured}: {amount}."),
                            format!("{zh_hant} {measured} 的 {share}：{amount}。"),
                        )
                    }
                    Part::Marginal(..) => sentence(
                        format!("By tiers of {en}, {measured}, each part at its own share: {amount}."),
                        format!("{zh_hant} {measured} 按級距分段計算：{amount}。"),
                    ),
                    Part::Slab(..) | Part::Amount(_) => sentence(
                        format!("By the tier that {en}, {measured}, reaches: {amount}."),
                        format!("按{zh_hant} {measured} 所屬級別：{amount}。"),
                    ),
                }
            }
            Self::Combined { combination, amounts, amount } => {
                let (all, amount) = (amounts.iter().map(|amount| money(*amount)).collect::<Vec<_>>(), money(*amount));
                let (en, zh_hant) = match combination {
                    Combination::Lowest => ("lowest", "最低者"),
                    Combination::Highest => ("highest", "最高者"),
                    Combination::Sum => ("sum", "總和"),
                };
                sentence(
                    format!("The {en} of {}: {amount}.", all.join(", ")),
                    format!("{} 的{zh_hant}：{amount}。", all.join("、")),
                )
            }
            Self::Relation { name, fulfilled: true } => {
                sentence(format!("Fulfilled: {}", name.en), format!("符合：{}", name.zh_hant))
            }
            Self::Relation { name, fulfilled: false } => {
                sentence(format!("Not fulfilled: {}", name.en), format!("不符合：{}", name.zh_hant))
            }
            Self::Length { length, limit, bound, refused } => length_words(*length, *limit, *bound, *refused),
            Self::CategoryNotEligible { category, asked } => sentence(
                format!("\"{}\" is not eligible: {} do not count.", category.en(), money(*asked)),
                format!("「{}」不屬合資格開支：{} 不計算在內。", category.zh_hant(), money(*asked)),
            ),
            Self::CategoryCap { category, asked, limit } => {
                let (asked, counted, limit) = (money(*asked), money(*asked.min(limit)), money(*limit));
                sentence(
                    format!("Of {asked} for \"{}\", {counted} are eligible: at most {limit}.", category.en()),
                    format!("「{}」的 {asked} 之中，{counted} 屬合資格開支，上限為 {limit}。", category.zh_hant()),
                )
            }
            Self::CategoryShare { category, asked, others, share, counted } => {
                let (asked, others, counted) = (money(*asked), money(*others), money(*counted));
                let share = share_words(*share).en;
                sentence(
                    format!(
                        "\"{}\" may be at most {share} of all eligible cost: beside {others}, {counted} of {asked} are eligible.",
                        category.en()
                    ),
                    format!(
                        "「{}」最多可佔全部合資格成本的 {share}：其他成本為 {others}，{asked} 之中 {counted} 屬合資格開支。",
                        category.zh_hant()
                    ),
                )
            }
            Self::EligibleCost { stage, asked, cost } => {
                let (asked, cost) = (money(*asked), money(*cost));
                sentence(
                    format!("Eligible cost of \"{}\": {cost} of {asked}.", stage.en()),
                    format!("「{}」的成本 {asked} 之中，{cost} 屬合資格成本。", stage.zh_hant()),
                )
            }
            Self::NotCounted { stage, from, form: kind, amount } => {
                let ((form_en, form_zh), amount) = (form(*kind), money(*amount));
                sentence(
                    format!(
                        "{amount} from \"{}\" ({form_en}) are not matched in \"{}\"; they still cover cost.",
                        from.en(),
                        stage.en()
                    ),
                    format!(
                        "「{}」於「{}」的 {amount}（{form_zh}）不獲配對，但仍用於支付成本。",
                        from.zh_hant(),
                        stage.zh_hant()
                    ),
                )
            }
            Self::InKind { stage, in_kind, others, share, counted } => {
                let (in_kind, others, counted) = (money(*in_kind), money(*others), money(*counted));
                let share = share_words(*share).en;
                sentence(
                    format!(
                        "In kind may be at most {share} of what counts in \"{}\": beside {others}, {counted} of {in_kind} count.",
                        stage.en()
                    ),
                    format!(
                        "「{}」的實物出資最多可佔計算在內出資的 {share}：其他出資為 {others}，實物出資 {in_kind} 之中 {counted} 計算在內。",
                        stage.zh_hant()
                    ),
                )
            }
            Self::InKindExcess { in_kind, counted, treatment, .. } => {
                let excess = money(in_kind.less(*counted));
                match treatment {
                    Treatment::Disregard => sentence(
                        format!("The {excess} in kind above that part are disregarded."),
                        format!("超出的 {excess} 實物出資不予計算。"),
                    ),
                    Treatment::Refuse => sentence(
                        format!("The {excess} in kind above that part are not allowed."),
                        format!("不容許超出的 {excess} 實物出資。"),
                    ),
                }
            }
            Self::ContributorMissing { stage, contributor } => sentence(
                format!("A contribution from \"{}\" must be there in \"{}\".", contributor.en(), stage.en()),
                format!("「{}」必須有「{}」的出資。", stage.zh_hant(), contributor.zh_hant()),
            ),
            Self::Matched { stage, counted, ratio, amount } => tiered::matched(gives, stage, *counted, ratio, *amount),
            Self::Share { stage, cost, share, amount } => tiered::shared(gives, stage, *cost, *share, *amount),
            Self::Uncovered { stage, cost, given, amount } => {
                let (cost, given, amount) = (money(*cost), money(*given), money(*amount));
                sentence(
                    format!("Of {cost} in \"{}\", contributions cover {given}; {amount} are left.", stage.en()),
                    format!("「{}」的 {cost} 之中，出資支付 {given}，尚餘 {amount}。", stage.zh_hant()),
                )
            }
            Self::AddOn { add_on, amount } => sentence(
                format!("On top, \"{}\": {}.", add_on.en(), money(*amount)),
                format!("另加「{}」：{}。", add_on.zh_hant(), money(*amount)),
            ),
            Self::Post { class, pay, unit, heads, time, part, amount, .. } => {
                paid::post(class, pay, *unit, *heads, *time, *part, *amount)
            }
            Self::NotPaidInStage { class, stage, stages } => paid::in_other_stages(class, stage, stages),
            Self::HeadsNotCounted { class, asked, counted } => sentence(
                format!("Of {asked} of \"{}\", {counted} are paid: there are no more places.", class.en()),
                format!("「{}」{asked} 名之中，只計算 {counted} 名：名額已滿。", class.zh_hant()),
            ),
            Self::TimeNotCounted { class, asked, counted } => {
                let ((asked_en, asked_zh), (en, zh_hant)) = (time_words(*asked), time_words(*counted));
                sentence(
                    format!("\"{}\" is paid for {en} at most, of {asked_en}.", class.en()),
                    format!("「{}」為期 {asked_zh}，最多計算 {zh_hant}。", class.zh_hant()),
                )
            }
            Self::StageAllowed { stage, posts: Some(posts), allowed, .. } => sentence(
                format!("\"{}\" allows {}, of which {} are for posts.", stage.en(), money(*allowed), money(*posts)),
                format!("「{}」可得 {}，其中 {} 用於職位。", stage.zh_hant(), money(*allowed), money(*posts)),
            ),
            Self::StageAllowed { stage, allowed, .. } => sentence(
                format!("\"{}\" allows the least of these: {}.", stage.en(), money(*allowed)),
                format!("「{}」可得以上各數的最低者：{}。", stage.zh_hant(), money(*allowed)),
            ),
            Self::StagesSum { sum } => {
                sentence(format!("All stages together: {}.", money(*sum)), format!("各階段合計：{}。", money(*sum)))
            }
            Self::Ceiling { of, limit, used, left } => limited::amount(of, *limit, *used, *left),
            Self::Asked { of, asked, limit } => {
                let ((en, zh_hant), asked_text, limit_text) = (base(&[(true, *of)]), money(*asked), money(*limit));
                if asked > limit {
                    sentence(
                        format!("At most {limit_text} is allowed for {en}, and it is {asked_text}."),
                        format!("{zh_hant}為 {asked_text}，超過上限 {limit_text}。"),
                    )
                } else {
                    sentence(
                        format!("{asked_text} for {en} keeps within the most of {limit_text}."),
                        format!("{zh_hant}為 {asked_text}，不超過上限 {limit_text}。"),
                    )
                }
            }
            Self::Requested { amount } => {
                sentence(format!("Requested: {}.", money(*amount)), format!("申請金額：{}。", money(*amount)))
            }
            Self::StageCut { stage, before, after } => {
                let (before, after) = (money(*before), money(*after));
                sentence(
                    format!("\"{}\" is cut from {before} to {after}.", stage.en()),
                    format!("「{}」由 {before} 減至 {after}。", stage.zh_hant()),
                )
            }
            Self::Floor { of, by_share, measured, limit } => {
                let Sentence { en, zh_hant } = measured_by(gives, *of, *by_share);
                let (measured_text, limit_text) = (money(*measured), money(*limit));
                if measured < limit {
                    sentence(
                        format!("{en}, {measured_text}, is below the minimum of {limit_text}."),
                        format!("{zh_hant}為 {measured_text}，低於下限 {limit_text}。"),
                    )
                } else {
                    sentence(
                        format!("{en}, {measured_text}, reaches the minimum of {limit_text}."),
                        format!("{zh_hant}為 {measured_text}，達到下限 {limit_text}。"),
                    )
                }
            }
            Self::Count { of, limit, used } => limited::count(of, *limit, *used),
            Self::RolledOver { wanted, next_year, amount, .. } => outcome::rolled_over(*wanted, *next_year, *amount),
            Self::Grant { grant, refused } => outcome::grant(gives, *grant, *refused),
            Self::Commitment { refused: true, .. } => {
                sentence("Nothing is committed of the scheme's money.", "計劃無須作出承擔。")
            }
            Self::Commitment { ceiling, grant, amount, .. } => {
                outcome::commitment(gives, *amount, ceiling.is_some(), *grant)
            }
        }
    }
}
