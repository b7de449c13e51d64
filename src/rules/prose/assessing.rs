//! What becomes of scores in words: how they are rounded, what is shown of them, what comes before a recommendation.

use super::Chapter;
use super::words::{quoted, same, say, share};
use super::writer::Writer;
use crate::money::Rounding;
use crate::scheme::{Assessment, NamedValue, Plain, Pledges};

impl Writer<'_> {
    pub(super) fn pledges(&mut self, pledges: &Pledges) {
        self.chapter(Chapter::Assessment);
        let Pledges { screening, assessment, approval, offer } = pledges;
        let steps = [
            ("screening", screening, ("screening", "甄別", "甄别")),
            ("assessment", assessment, ("assessment and recommendation", "評審及建議", "评审及建议")),
            ("approval", approval, ("approval", "批核", "批核")),
            ("offer", offer, ("the offer", "發出資助要約", "发出资助要约")),
        ];
        for (step, pledge, (en, zh_hant, zh_hans)) in steps {
            let Some(Plain { is }) = pledge else { continue };
            let subject = say([], en, zh_hant, zh_hans);
            let pledged = say([&subject], "the service pledge of {0}", "{0}的服務承諾", "{0}的服务承诺");
            self.dated(format!("pledge.{step}"), is, &pledged, |days| {
                say(
                    [&subject, &same(days)],
                    "the agency means to complete {0} within {1} days, not counting those on which it waits for the applicant",
                    "服務承諾：{0}於 {1} 日內完成，等候申請者的日子不計算在內",
                    "服务承诺：{0}于 {1} 日内完成，等候申请者的日子不计算在内",
                )
            });
        }
    }

    pub(super) fn after_the_scores(&mut self, assessment: &Assessment) {
        let Assessment { rounding, outlier, panel, step, .. } = assessment;
        self.blindness(assessment);
        if let Some(Plain { is }) = rounding {
            let subject = say([], "the rounding of scores", "分數的進位方法", "分数的进位方法");
            self.dated("assessment.rounding", is, &subject, |rounding| match rounding {
                Rounding::Down => say(
                    [],
                    "a score is rounded down to a hundredth of a per cent",
                    "分數計至百分率小數後兩位，餘數捨去",
                    "分数计至百分率小数后两位，余数舍去",
                ),
                Rounding::HalfUp => say(
                    [],
                    "a score is rounded to the nearest hundredth of a per cent",
                    "分數以四捨五入方式計至百分率小數後兩位",
                    "分数以四舍五入方式计至百分率小数后两位",
                ),
            });
        }
        if let Some(Plain { is }) = outlier {
            let subject = say([], "what is shown as an outlier", "須標示的懸殊分數", "须标示的悬殊分数");
            self.dated("assessment.outlier", is, &subject, |part| {
                say(
                    [&share(*part)],
                    "a score that differs from the median of the others by more than {0} is shown as an outlier, and never adjusted",
                    "與其他分數的中位數相差超過 {0} 的分數會予以標示，但不會調整",
                    "与其他分数的中位数相差超过 {0} 的分数会予以标示，但不会调整",
                )
            });
        }
        for (code, NamedValue { name, is }) in step {
            let name = quoted(name);
            self.dated(format!("assessment.step.{code}"), is, &name, |wanted| {
                if *wanted {
                    say([&name], "{0} comes before a recommendation", "作出建議前須進行{0}", "作出建议前须进行{0}")
                } else {
                    say([&name], "{0} may be held", "可進行{0}", "可进行{0}")
                }
            });
        }
        if let Some(Plain { is }) = panel {
            let subject = say([], "the panel", "評審小組", "评审小组");
            self.dated("assessment.panel", is, &subject, |wanted| {
                if *wanted {
                    say(
                        [],
                        "proposals are ranked by a panel before one is recommended",
                        "建議書須先經評審小組排列名次，方可獲建議",
                        "建议书须先经评审小组排列名次，方可获建议",
                    )
                } else {
                    say([], "proposals need not be ranked", "建議書無須排列名次", "建议书无须排列名次")
                }
            });
        }
    }

    /// What those who assess are not told.
    fn blindness(&mut self, assessment: &Assessment) {
        if let Some(Plain { is }) = &assessment.blind_to_applicant {
            let subject = say(
                [],
                "whether assessors are told who applies",
                "評審員是否獲告知申請者身分",
                "评审员是否获告知申请者身份",
            );
            self.dated("assessment.blind_to_applicant", is, &subject, |blind| {
                if *blind {
                    say(
                        [],
                        "assessors are not told who applies",
                        "評審員不獲告知申請者的身分",
                        "评审员不获告知申请者的身份",
                    )
                } else {
                    say([], "assessors are told who applies", "評審員獲告知申請者的身分", "评审员获告知申请者的身份")
                }
            });
        }
        if let Some(Plain { is }) = &assessment.blind_to_assessors {
            let subject = say(
                [],
                "whether assessors read one another's assessments",
                "評審員可否閱讀彼此的評審",
                "评审员可否阅读彼此的评审",
            );
            self.dated("assessment.blind_to_assessors", is, &subject, |blind| {
                if *blind {
                    say(
                        [],
                        "assessors never read one another's assessments",
                        "評審員不可閱讀彼此的評審",
                        "评审员不可阅读彼此的评审",
                    )
                } else {
                    say(
                        [],
                        "an assessor reads the others' assessments of a proposal once their own is scored",
                        "評審員完成評分後，可閱讀同一建議書的其他評審",
                        "评审员完成评分后，可阅读同一建议书的其他评审",
                    )
                }
            });
        }
    }
}
