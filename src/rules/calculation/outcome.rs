//! The first and the last sentences of a calculation: whether the scheme is open, what it gives and commits, and what goes over to the
//! next year.

use super::grouped::money;
use super::wording::{sentence, told};
use crate::calendar::Day;
use crate::money::Cents;
use crate::prose::given;
use crate::prose::words::{day, same, say};
use crate::scheme::SchemeKind;
use crate::text::{Sentence, Text};

pub(super) fn open(gives: SchemeKind, open: bool) -> Sentence {
    match (gives, open) {
        (SchemeKind::Grant, true) => sentence("The scheme takes applications on this day.", "計劃於當日接受申請。"),
        (SchemeKind::Grant, false) => {
            sentence("The scheme takes no applications on this day.", "計劃於當日不接受申請。")
        }
        (SchemeKind::Investment, true) => sentence("The scheme invests on this day.", "計劃於當日作出投資。"),
        (SchemeKind::Investment, false) => {
            sentence("The scheme does not invest on this day.", "計劃於當日不作出投資。")
        }
        (SchemeKind::Deduction, true) => sentence("The deduction is allowed on this day.", "當日可獲扣除。"),
        (SchemeKind::Deduction, false) => sentence("The deduction is not allowed on this day.", "當日不獲扣除。"),
    }
}

pub(super) fn grant(gives: SchemeKind, grant: Cents, refused: bool) -> Sentence {
    if refused {
        let Text { en, zh_hant, .. } = given::noun(gives);
        return sentence(format!("Refused: there is no {en}."), format!("不獲批准：沒有{zh_hant}。"));
    }
    told(say([&given::amount(gives), &same(money(grant))], "{0}: {1}", "{0}：{1}", "{0}：{1}"))
}

/// What is committed: a ceiling, or the grant.
pub(super) fn commitment(gives: SchemeKind, amount: Cents, by_ceiling: bool, grant: Cents) -> Sentence {
    let (amount, grant, Text { en, zh_hant, .. }) = (money(amount), money(grant), given::amount(gives));
    if by_ceiling {
        return sentence(
            format!("{amount} are committed of the scheme's money: its ceiling, and not the {en} of {grant}."),
            format!("計劃的承擔額為 {amount}，即上限，而非{zh_hant} {grant}。"),
        );
    }
    sentence(
        format!("{amount} are committed of the scheme's money: the {en}."),
        format!("計劃的承擔額為 {amount}，即{zh_hant}。"),
    )
}

pub(super) fn rolled_over(wanted: Cents, next_year: Day, amount: Cents) -> Sentence {
    if amount == Cents::ZERO {
        return sentence(
            "The money of the year is enough: nothing goes over to the next year.",
            "該年度的款項足夠，無須撥入下一年度處理。",
        );
    }
    let (wanted, amount, day) = (money(wanted), money(amount), day(next_year));
    sentence(
        format!(
            "Of {wanted} that everything else allows, {amount} are left out, since the money of the year does not reach. They go over to the year from {}, within the limits of that year.",
            day.en
        ),
        format!(
            "其他規則容許的 {wanted} 之中，{amount} 因該年度款項不足而未獲批撥，可撥入{}起的年度處理，仍受該年度的上限約束。",
            day.zh_hant
        ),
    )
}
