//! What a scheme gives, as a noun: a grant, an investment or a deduction.

use super::words::say;
use crate::scheme::SchemeKind;
use crate::text::Text;

/// What it gives. The plural in English has an s.
pub(crate) fn noun(gives: SchemeKind) -> Text {
    match gives {
        SchemeKind::Grant => say([], "grant", "資助", "资助"),
        SchemeKind::Investment => say([], "investment", "投資", "投资"),
        SchemeKind::Deduction => say([], "deduction", "扣除", "扣除"),
    }
}

/// How much it gives.
pub(crate) fn amount(gives: SchemeKind) -> Text {
    say([&noun(gives)], "{0}", "{0}額", "{0}额")
}

/// What it has given, several of them.
pub(crate) fn awards(gives: SchemeKind) -> Text {
    match gives {
        SchemeKind::Grant => say([], "awards", "資助", "资助"),
        SchemeKind::Investment | SchemeKind::Deduction => say([&noun(gives)], "{0}s", "{0}", "{0}"),
    }
}

/// What it gives for the cost of a stage.
pub(crate) fn part_of(gives: SchemeKind, stage: &Text) -> Text {
    match gives {
        SchemeKind::Grant => {
            say([stage], "the government's share of {0}", "政府就{0}承擔的款額", "政府就{0}承担的款额")
        }
        SchemeKind::Investment => say([stage], "the investment in {0}", "對{0}的投資額", "对{0}的投资额"),
        SchemeKind::Deduction => say([stage], "the deduction for {0}", "{0}的扣除額", "{0}的扣除额"),
    }
}
