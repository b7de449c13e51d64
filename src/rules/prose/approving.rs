//! Who recommends and who approves, in words: the authorities, the checks, and the steps in their order.

use super::words::{listed, money, quoted, same, say};
use super::writer::{Writer, unknown};
use super::{Chapter, given};
use crate::dated::Known;
use crate::money::Cents;
use crate::scheme::{Approval, ApprovalStep, Committee, NamedValue, Plain, Recommender, Tables};
use crate::text::Text;

impl Writer<'_> {
    pub(super) fn approval(&mut self, approval: Option<&Approval>) {
        let Some(approval) = approval else { return };
        let Approval { recommender, authority, committee, check, step, reserve, offer_days } = approval;
        let Recommender { name, source } = recommender;
        self.chapter(Chapter::Assessment);
        let text = say([&quoted(name)], "{0} recommends", "由{0}作出建議", "由{0}作出建议");
        self.stated("approval.recommender", None, text, Some(source.get_ref()));
        self.reserve(reserve.as_ref());
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
        for (code, committee) in committee {
            if let Some(NamedValue { name, .. }) = authority.get(code) {
                self.committee(code, &quoted(name), committee);
            }
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

    fn reserve(&mut self, reserve: Option<&Plain<bool>>) {
        let Some(Plain { is }) = reserve else { return };
        let subject = say([], "what is recommended", "獲建議的款額", "获建议的款额");
        self.dated("approval.reserve", is, &subject, |reserved| match reserved {
            true => say(
                [],
                "what is recommended is reserved of the scheme's money until it is decided",
                "獲建議的款額由計劃撥款預留，直至作出決定為止",
                "获建议的款额由计划拨款预留，直至作出决定为止",
            ),
            false => say([], "what is recommended is not reserved", "獲建議的款額不作預留", "获建议的款额不作预留"),
        });
    }

    fn committee(&mut self, code: &str, name: &Text, committee: &Committee) {
        let Committee { quorum, majority, casting_vote, circulation } = committee;
        let path = |rule: &str| format!("approval.committee.{code}.{rule}");
        self.dated(path("quorum"), &quorum.is, name, |quorum| {
            say([name, &same(quorum)], "{1} of {0} must take part", "{0}的法定人數為 {1} 人", "{0}的法定人数为 {1} 人")
        });
        self.dated(path("majority"), &majority.is, name, |majority| {
            say(
                [name, &same(majority)],
                "a motion in {0} needs {1} of the votes cast, and more for it than against it",
                "{0}的議案須獲所投票數的 {1}，且贊成多於反對",
                "{0}的议案须获所投票数的 {1}，且赞成多于反对",
            )
        });
        if let Some(casting_vote) = casting_vote {
            self.dated(path("casting_vote"), &casting_vote.is, name, |has| match has {
                true => say(
                    [name],
                    "where the votes in {0} are equal, its chair decides",
                    "{0}票數相等時由主席決定",
                    "{0}票数相等时由主席决定",
                ),
                false => say(
                    [name],
                    "where the votes in {0} are equal, the motion is lost",
                    "{0}票數相等時議案不獲通過",
                    "{0}票数相等时议案不获通过",
                ),
            });
        }
        if let Some(circulation) = circulation {
            self.dated(path("circulation"), &circulation.is, name, |may| match may {
                true => say(
                    [name],
                    "{0} may decide by circulating the paper",
                    "{0}可以傳閱文件方式作決定",
                    "{0}可以传阅文件方式作决定",
                ),
                false => say([name], "{0} decides in meetings only", "{0}只在會議上作決定", "{0}只在会议上作决定"),
            });
        }
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
