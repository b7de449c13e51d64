//! The first and the last sentences of a calculation: whether the scheme is open, what it gives, and what goes over to the next year.

use super::grouped::money;
use super::wording::sentence;
use crate::calendar::Day;
use crate::money::Cents;
use crate::prose::words::day;
use crate::scheme::SchemeKind;
use crate::text::Sentence;

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
    let (en, none_en, zh_hant, none_zh) = match gives {
        SchemeKind::Grant => ("Grant", "grant", "資助額", "資助"),
        SchemeKind::Investment => ("Capital call", "capital call", "催繳資本額", "催繳資本"),
        SchemeKind::Deduction => ("Deduction", "deduction", "扣除額", "扣除"),
    };
    if refused {
        return sentence(format!("Refused: there is no {none_en}."), format!("不獲批准：沒有{none_zh}。"));
    }
    let grant = money(grant);
    sentence(format!("{en}: {grant}."), format!("{zh_hant}：{grant}。"))
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
