//! Who recommends and who approves, in words: the authorities, the checks, and the steps in their order.

use super::words::{listed, money, quoted, same, say};
use super::writer::{Writer, unknown};
use super::{Chapter, given};
use crate::dated::Known;
use crate::money::Cents;
use crate::scheme::{Approval, ApprovalStep, NamedValue, Recommender, Tables};

impl Writer<'_> {
    pub(super) fn approval(&mut self, approval: Option<&Approval>) {
        let Some(Approval { recommender: Recommender { name, source }, authority, check, step, offer_days }) = approval
        else {
            return;
        };
        self.chapter(Chapter::Assessment);
        let text = say([&quoted(name)], "{0} recommends", "由{0}作出建議", "由{0}作出建议");
        self.stated("approval.recommender", None, text, Some(source.get_ref()));
        let given = given::noun(self.gives());
        for (code, NamedValue { name, is }) in authority {
            let name = quoted(name);
            self.known(format!("approval.authority.{code}"), is, |known| match known {
                Known::Is(amount) => say(
                    [&name, &money(*amount), &given],
                    "{0} may approve {2}s up to {1}",
                    "{0}可批准不超過 {1} 的{2}",
                    "{0}可批准不超过 {1} 的{2}",
                ),
                Known::None => say(
                    [&name, &given],
                    "{0} may approve {1}s of any amount",
                    "{0}可批准任何數額的{1}",
                    "{0}可批准任何数额的{1}",
                ),
                Known::Unknown => unknown(&say([&name], "the authority of {0}", "{0}的批准權限", "{0}的批准权限")),
            });
        }
        for (code, NamedValue { name, is }) in check {
            let name = quoted(name);
            self.dated(format!("approval.check.{code}"), is, &name, |must| match must {
                true => say(
                    [&name],
                    "{0} is checked before anything is approved",
                    "批准前須先作「{0}」審核",
                    "批准前须先作“{0}”审核",
                ),
                false => say([&name], "{0} is not checked any more", "不再作「{0}」審核", "不再作“{0}”审核"),
            });
        }
        for (code, step) in step {
            self.approval_step(code, step, authority);
        }
        let subject = say([], "the time for which an offer stands", "要約的有效期", "要约的有效期");
        self.dated("approval.offer_days", &offer_days.is, &subject, |number| {
            say([&same(number)], "an offer stands for {0} days", "要約的有效期為 {0} 日", "要约的有效期为 {0} 日")
        });
    }

    fn approval_step(&mut self, code: &str, step: &ApprovalStep, authority: &Tables<NamedValue<Cents>>) {
        let ApprovalStep { name, is, by, above } = step;
        let (path, name) = (format!("approval.step.{code}"), quoted(name));
        let named = |of: &String| by.is_empty() || by.iter().any(|name| name.get_ref() == of);
        let by = listed(authority.iter().filter(|(of, _)| named(of)).map(|(_, authority)| quoted(&authority.name)));
        self.dated(path.clone(), is, &name, |taken| match taken {
            true => say(
                [&name, &by],
                "the step {0} of the approval is taken by {1}",
                "批准步驟{0}由{1}負責",
                "批准步骤{0}由{1}负责",
            ),
            false => say(
                [&name],
                "the step {0} of the approval is not taken any more",
                "不再設批准步驟{0}",
                "不再设批准步骤{0}",
            ),
        });
        if let Some(above) = above {
            self.dated(format!("{path}.above"), above, &name, |amount| {
                say(
                    [&name, &money(*amount)],
                    "the step {0} is taken above {1} only",
                    "數額超過 {1} 才須經步驟{0}",
                    "数额超过 {1} 才须经步骤{0}",
                )
            });
        }
    }
}
