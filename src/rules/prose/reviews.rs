//! Who looks again at a refusal, and within how many days that is asked for, in words.

use super::Chapter;
use super::words::{listed, quoted, same, say};
use super::writer::Writer;
use crate::scheme::{Approval, ReviewStep, Reviews};

impl Writer<'_> {
    pub(super) fn reviews(&mut self, reviews: &Reviews, approval: Option<&Approval>) {
        let Reviews { step } = reviews;
        self.chapter(Chapter::Assessment);
        for (code, ReviewStep { name, is, days, by }) in step {
            let name = quoted(name);
            let authorities = approval.into_iter().flat_map(|approval| &approval.authority);
            let named = authorities.filter(|(name, _)| by.iter().any(|by| by.get_ref() == *name));
            let decides = listed(named.map(|(_, authority)| quoted(&authority.name)));
            self.dated(format!("review.step.{code}"), is, &name, |taken| match taken {
                true => say(
                    [&name, &decides],
                    "{0}, asked for against a refusal, is decided by {1}, by somebody who was not on the case",
                    "就拒絕批准的決定所提出的{0}，由{1}中沒有參與該個案的人員決定",
                    "就拒绝批准的决定所提出的{0}，由{1}中没有参与该个案的人员决定",
                ),
                false => say([&name], "{0} is not there", "不設{0}", "不设{0}"),
            });
            self.dated(format!("review.step.{code}.days"), days, &name, |number| {
                say(
                    [&name, &same(number)],
                    "{0} is asked for within {1} days of the day on which the applicant was told",
                    "{0}須於申請人獲通知之日起 {1} 日內提出",
                    "{0}须于申请人获通知之日起 {1} 日内提出",
                )
            });
        }
    }
}
