//! Limits in words: ceilings, floors and the money of the scheme.

use super::words::{money, say};
use super::writer::Writer;
use super::{Chapter, given};
use crate::dated::Known;
use crate::money::Cents;
use crate::scheme::{Ceiling, CeilingOf, Commits, Floor, FloorOf, Per, Period, Plain, Tables};
use crate::text::Text;

impl Writer<'_> {
    pub(super) fn ceilings(&mut self, ceilings: &Tables<Ceiling>) {
        self.chapter(Chapter::Ceilings);
        let names = self.names();
        let (noun, given) = (given::noun(self.gives()), given::amount(self.gives()));
        for (name, ceiling) in ceilings {
            let Ceiling { of, per, period, year_of, stage, rolls_over, with, is } = ceiling;
            let over = over(*per, *period);
            let subject = match of {
                CeilingOf::Grant if *per == Per::Scheme => {
                    say([&over, &noun], "the sum of all {1}s {0}", "{0}的{1}總額", "{0}的{1}总额")
                }
                CeilingOf::Grant => say([&over, &given], "the {1} {0}", "{0}的{1}", "{0}的{1}"),
                CeilingOf::Projects => say([&over], "the number of projects {0}", "{0}的項目數目", "{0}的项目数目"),
                CeilingOf::Applications => {
                    say([&over], "the number of applications {0}", "{0}的申請數目", "{0}的申请数目")
                }
                CeilingOf::Asked(measure) => say([&names.measure(measure), &over], "{0} {1}", "{1}的{0}", "{1}的{0}"),
            };
            let subject = match year_of {
                None => subject,
                Some(question) => say(
                    [&subject, &names.question(question.get_ref())],
                    "{0} counted by the answer to {1}",
                    "{0}（年度按{1}的答案）",
                    "{0}（年度按{1}的答案）",
                ),
            };
            let subject = match stage {
                None => subject,
                Some(stage) => {
                    say([&subject, &names.stage(stage.get_ref())], "{0} for {1}", "{0}（{1}）", "{0}（{1}）")
                }
            };
            let above = match of {
                CeilingOf::Grant if *rolls_over => say(
                    [],
                    "more is cut, and goes over to the next year",
                    "超出的部分予以削減，並撥入下一年度處理",
                    "超出的部分予以削减，并拨入下一年度处理",
                ),
                CeilingOf::Grant => say([], "more is cut", "超出的部分予以削減", "超出的部分予以削减"),
                CeilingOf::Projects | CeilingOf::Applications | CeilingOf::Asked(_) => {
                    say([], "more is refused", "超出則不獲批准", "超出则不获批准")
                }
            };
            // Applications are those of the applicant alone.
            let joint = *per == Per::Applicant && *of != CeilingOf::Applications;
            let groups = joint.then(|| names.groups(with.as_deref())).flatten();
            let above = groups
                .map_or_else(|| above.clone(), |groups| say([&above, &groups], "{0}; {1}", "{0}；{1}", "{0}；{1}"));
            self.dated(format!("ceiling.{name}"), is, &subject, |limit| {
                let parts = [&subject, &names.limit(limit), &above];
                say(parts, "{0} is at most {1}: {2}", "{0}最多為 {1}，{2}", "{0}最多为 {1}，{2}")
            });
        }
    }

    pub(super) fn floors(&mut self, floors: &Tables<Floor>) {
        self.chapter(Chapter::Floors);
        let (names, given) = (self.names(), given::amount(self.gives()));
        for (name, Floor { of, stage, is }) in floors {
            let whole = say([], "the project", "項目", "项目");
            let whole = stage.as_ref().map_or(whole, |stage| names.stage(stage.get_ref()));
            let subject = match of {
                FloorOf::Cost => say([&whole], "eligible cost of {0}", "{0}的合資格成本", "{0}的合资格成本"),
                FloorOf::Contribution => {
                    say([&whole], "the contribution that counts in {0}", "{0}計算在內的出資", "{0}计算在内的出资")
                }
                FloorOf::Grant => say([&whole, &given], "the {1} of {0}", "{0}的{1}", "{0}的{1}"),
            };
            self.dated(format!("floor.{name}"), is, &subject, |limit| {
                let parts = [&subject, &names.limit(limit)];
                say(
                    parts,
                    "{0} must be at least {1}: less is refused",
                    "{0}須最少為 {1}，不足則不獲批准",
                    "{0}须最少为 {1}，不足则不获批准",
                )
            });
        }
    }

    /// What it has, and what an approval takes of it.
    pub(super) fn money_of_the_scheme(&mut self, envelope: Option<&Plain<Cents>>, commitment: Option<&Plain<Commits>>) {
        self.chapter(Chapter::Envelope);
        self.envelope(envelope);
        self.commitment(commitment);
    }

    fn envelope(&mut self, envelope: Option<&Plain<Cents>>) {
        if let Some(envelope) = envelope {
            self.known("envelope", &envelope.is, |known| match known {
                Known::Is(amount) => say(
                    [&money(*amount)],
                    "the scheme has {0} for all its projects",
                    "計劃的總承擔額為 {0}",
                    "计划的总承担额为 {0}",
                ),
                Known::None => {
                    say([], "the scheme has no amount of its own", "計劃沒有本身的總承擔額", "计划没有本身的总承担额")
                }
                Known::Unknown => say(
                    [],
                    "it is not known how much the scheme has in all",
                    "計劃的總承擔額未能確定",
                    "计划的总承担额未能确定",
                ),
            });
        }
    }

    fn commitment(&mut self, commitment: Option<&Plain<Commits>>) {
        let Some(commitment) = commitment else { return };
        let (noun, given) = (given::noun(self.gives()), given::amount(self.gives()));
        let subject =
            say([&noun], "what is committed on the approval of {0}s", "批准{0}時的承擔額", "批准{0}时的承担额");
        self.dated("commitment", &commitment.is, &subject, |commits| match commits {
            Commits::Grant => say(
                [&noun, &given],
                "on the approval of {0}s, the {1} is committed of the scheme's money",
                "批准{0}時，計劃的承擔額為{1}",
                "批准{0}时，计划的承担额为{1}",
            ),
            Commits::Ceiling => say(
                [&noun, &given],
                "on the approval of {0}s, the ceiling is committed of the scheme's money, whatever the {1} comes to",
                "批准{0}時，不論{1}多少，計劃的承擔額為{0}上限",
                "批准{0}时，不论{1}多少，计划的承担额为{0}上限",
            ),
        });
    }
}

/// Over what a ceiling is counted.
fn over(per: Per, period: Period) -> Text {
    let time = over_time(period);
    match per {
        Per::Project => say([], "of a project", "每個項目", "每个项目"),
        Per::Applicant => say([&time], "of an applicant {0}", "每名申請者{0}", "每名申请者{0}"),
        Per::Scheme => say([&time], "of the scheme {0}", "計劃{0}", "计划{0}"),
    }
}

fn over_time(period: Period) -> Text {
    match period {
        Period::Lifetime => say([], "in all", "累計", "累计"),
        Period::Concurrent => say([], "at one time", "同一時間", "同一时间"),
        Period::FinancialYear => {
            say([], "in a financial year (from 1 April)", "每個財政年度（4月1日起）", "每个财政年度（4月1日起）")
        }
        Period::AcademicYear => {
            say([], "in an academic year (from 1 September)", "每個學年（9月1日起）", "每个学年（9月1日起）")
        }
        Period::CalendarYear => say([], "in a calendar year", "每個曆年", "每个历年"),
        Period::Round => say([], "in a round", "每輪申請", "每轮申请"),
    }
}
