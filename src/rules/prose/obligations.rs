//! What a recipient owes beside the project in words: until when, how often, and what waits for it.

use super::Chapter;
use super::procedure::due_on;
use super::words::{listed, quoted, same, say, yes_or_no};
use super::writer::Writer;
use crate::scheme::{Obligation, ObligationKind, Payment, Tables};
use crate::text::Text;

impl Writer<'_> {
    pub(super) fn obligations(&mut self, obligations: &Tables<Obligation>, payment: Option<&Payment>) {
        self.chapter(Chapter::Obligations);
        for (code, obligation) in obligations {
            let Obligation { name, kind, after, is, every_months, blocks_when_late, .. } = obligation;
            let (path, event) = (format!("obligation.{code}"), due_on(*after));
            let subject = say([name], "the time of \"{0}\"", "「{0}」的期限", "“{0}”的期限");
            let waits = waiting(obligation, payment);
            self.dated(path.clone(), is, &subject, |months| {
                let months = same(months);
                let due = match (kind, every_months) {
                    (ObligationKind::Books, _) => say(
                        [name, &months, &event],
                        "{0}: for {1} months after {2}",
                        "{0}：{2}後 {1} 個月內",
                        "{0}：{2}后 {1} 个月内",
                    ),
                    (_, Some(_)) => say(
                        [name, &months],
                        "{0}: within {1} months of the end of each period",
                        "{0}：每期完結後 {1} 個月內",
                        "{0}：每期完结后 {1} 个月内",
                    ),
                    (_, None) => say(
                        [name, &months, &event],
                        "{0}: within {1} months of {2}",
                        "{0}：{2}後 {1} 個月內",
                        "{0}：{2}后 {1} 个月内",
                    ),
                };
                match &waits {
                    Some(waits) => say([&due, waits], "{0}; {1}", "{0}；{1}", "{0}；{1}"),
                    None => due,
                }
            });
            if let Some(every) = every_months {
                self.dated(format!("{path}.every_months"), every, &subject, |months| {
                    say(
                        [name, &same(months)],
                        "{0} is owed for every {1} months until the project ends",
                        "{0}每 {1} 個月一期，直至項目完結",
                        "{0}每 {1} 个月一期，直至项目完结",
                    )
                });
            }
            if let Some(blocks) = blocks_when_late {
                self.dated(format!("{path}.blocks_when_late"), blocks, &subject, |blocks| {
                    say(
                        [name, &yes_or_no(*blocks)],
                        "while {0} is late, nothing is certified or paid ({1})",
                        "{0}逾期期間不會核證或支付任何款項（{1}）",
                        "{0}逾期期间不会核证或支付任何款项（{1}）",
                    )
                });
            }
        }
    }
}

/// Which instalments wait for it; none where none does.
fn waiting(obligation: &Obligation, payment: Option<&Payment>) -> Option<Text> {
    let name = |code: &String| payment?.instalment.get(code).map(|instalment| quoted(&instalment.name));
    let names = obligation.needed_for.iter().filter_map(|code| name(code.get_ref())).collect::<Vec<_>>();
    let names = (!names.is_empty()).then(|| listed(names))?;
    Some(say([&names], "before it is accepted this is not paid: {0}", "獲接納前不支付：{0}", "获接纳前不支付：{0}"))
}
