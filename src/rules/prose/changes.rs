//! Which changes of an award are taken and who decides them, in words.

use super::Chapter;
use super::words::{listed, quoted, say, share};
use super::writer::Writer;
use crate::scheme::{Approval, ChangeRule, Changes};
use crate::text::Text;

/// A kind of change in words.
fn kind(code: &str) -> Text {
    let (en, zh_hant, zh_hans) = match code {
        "dates" => ("the day on which the project ends", "項目完結日期", "项目完结日期"),
        "budget" => ("the budget between categories", "各開支類別之間的預算", "各开支类别之间的预算"),
        "scope" => ("the scope of the project", "項目範圍", "项目范围"),
        "people" => ("the people of the project", "項目人員", "项目人员"),
        "partner" => ("the partners of the project", "項目合作夥伴", "项目合作伙伴"),
        "amount" => ("the amount of the award", "批出款額", "批出款额"),
        "suspension" => ("a suspension of the award", "暫停撥款", "暂停拨款"),
        _ => ("a termination of the award", "終止撥款", "终止拨款"),
    };
    say([], en, zh_hant, zh_hans)
}

impl Writer<'_> {
    pub(super) fn changes(&mut self, changes: &Changes, approval: Option<&Approval>) {
        self.chapter(Chapter::Assessment);
        for (code, ChangeRule { is, by, alone }) in changes.rules() {
            let (path, kind) = (format!("change.{code}"), kind(code));
            let authorities = approval.into_iter().flat_map(|approval| &approval.authority);
            let named = authorities.filter(|(name, _)| by.iter().any(|by| by.get_ref() == *name));
            let decides = match by.is_empty() {
                true => say([], "an officer", "職員", "职员"),
                false => listed(named.map(|(_, authority)| quoted(&authority.name))),
            };
            self.dated(path.clone(), is, &kind, |taken| match taken {
                true => say(
                    [&kind, &decides],
                    "a change after the award, {0}, is decided by {1}",
                    "批出後的更改（{0}）由{1}決定",
                    "批出后的更改（{0}）由{1}决定",
                ),
                false => say(
                    [&kind],
                    "a change after the award, {0}, is not taken",
                    "批出後不接受更改（{0}）",
                    "批出后不接受更改（{0}）",
                ),
            });
            if let Some(alone) = alone {
                self.dated(format!("{path}.alone"), alone, &kind, |part| {
                    say(
                        [&share(*part)],
                        "an officer alone may move up to {0} of what was approved for a category",
                        "職員可自行調撥不超過某開支類別核准預算的 {0}",
                        "职员可自行调拨不超过某开支类别核准预算的 {0}",
                    )
                });
            }
        }
    }
}
