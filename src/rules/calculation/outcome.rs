//! The first and the last sentence of a calculation, in the words of what the scheme gives.

use super::grouped::money;
use super::wording::sentence;
use crate::money::Cents;
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
