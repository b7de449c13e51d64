//! Posts at unit rates in words.

use super::Chapter;
use super::words::{and, money, quoted, same, say, share};
use super::writer::Writer;
use crate::scheme::{AddOn, Class, Plain, RatePer, UnitRates};
use crate::text::Text;

impl Writer<'_> {
    pub(super) fn posts(&mut self, rates: Option<&UnitRates>) {
        let Some(UnitRates { heads, extra_heads, extra_share, months, days, days_per_month, class }) = rates else {
            return;
        };
        self.chapter(Chapter::Posts);
        let counts = [
            (
                "heads",
                heads,
                say([], "how many heads are paid in full", "全額支付的人數", "全额支付的人数"),
                [
                    "at most {0} heads of a stage are paid in full, the highest rates first",
                    "每個階段最多全額支付 {0} 人，先計較高的標準",
                    "每个阶段最多全额支付 {0} 人，先计较高的标准",
                ],
            ),
            (
                "extra_heads",
                extra_heads,
                say([], "how many further heads are paid in part", "部分支付的額外人數", "部分支付的额外人数"),
                ["at most {0} further heads are paid in part", "最多部分支付額外 {0} 人", "最多部分支付额外 {0} 人"],
            ),
            (
                "months",
                months,
                say([], "how many months are paid for a head", "每人支付的月數", "每人支付的月数"),
                ["at most {0} months are paid for each head", "每人最多支付 {0} 個月", "每人最多支付 {0} 个月"],
            ),
            (
                "days",
                days,
                say([], "how many days are paid for a head", "每人支付的日數", "每人支付的日数"),
                ["at most {0} days are paid for each head", "每人最多支付 {0} 日", "每人最多支付 {0} 日"],
            ),
            (
                "days_per_month",
                days_per_month,
                say([], "how many days make a month", "一個月折算的日數", "一个月折算的日数"),
                [
                    "where a rate by the month is paid by the day, or the other way round, {0} days make a month",
                    "按月的標準折算為按日（或反之）時，一個月作 {0} 日計",
                    "按月的标准折算为按日（或反之）时，一个月作 {0} 日计",
                ],
            ),
        ];
        for (name, count, subject, [en, zh_hant, zh_hans]) in counts {
            if let Some(Plain { is }) = count {
                self.dated(format!("unit_rate.{name}"), is, &subject, |count| {
                    say([&same(count)], en, zh_hant, zh_hans)
                });
            }
        }
        if let Some(Plain { is }) = extra_share {
            let subject =
                say([], "the part that is paid for further heads", "額外人數的支付比例", "额外人数的支付比例");
            self.dated("unit_rate.extra_share", is, &subject, |part| {
                say([&share(*part)], "for further heads, {0} is paid", "額外人數支付 {0}", "额外人数支付 {0}")
            });
        }
        for (code, class) in class {
            self.class(code, class);
        }
    }

    fn class(&mut self, code: &str, Class { name, stages, per, is, salary_share, add_on }: &Class) {
        let (path, name, time) = (format!("unit_rate.class.{code}"), quoted(name), per_time(*per));
        let subject = say([&name], "the rate of {0}", "{0}的標準", "{0}的标准");
        let by_share = salary_share.is_some();
        self.dated(path.clone(), is, &subject, |rate| {
            let parts = [&name, &money(*rate), &time];
            if by_share {
                say(parts, "{0}: at most {1} {2} for each head", "{0}：每人{2}最多 {1}", "{0}：每人{2}最多 {1}")
            } else {
                say(
                    parts,
                    "{0}: at most {1} {2} for each head, or the salary where that is lower",
                    "{0}：每人{2}最多 {1}，薪金較低則以薪金為準",
                    "{0}：每人{2}最多 {1}，薪金较低则以薪金为准",
                )
            }
        });
        if !stages.is_empty() {
            let parts = [&name, &and(self.stages(stages))];
            let text = say(parts, "{0} is paid only in {1}", "{0}只限於{1}支付", "{0}只限于{1}支付");
            self.undated(format!("{path}.stages"), text);
        }
        if let Some(part) = salary_share {
            let subject = say([&name], "the part of the salary of {0}", "{0}的薪金支付比例", "{0}的薪金支付比例");
            self.dated(format!("{path}.salary_share"), part, &subject, |part| {
                let parts = [&share(*part), &name];
                say(
                    parts,
                    "{0} of the salary of {1} is paid, up to the rate",
                    "支付{1}薪金的 {0}，以標準為限",
                    "支付{1}薪金的 {0}，以标准为限",
                )
            });
        }
        for (code, add_on) in add_on {
            self.add_on(&format!("{path}.add_on.{code}"), &name, &time, add_on);
        }
    }

    fn add_on(&mut self, path: &str, class: &Text, time: &Text, AddOn { name, is, for_extra_heads }: &AddOn) {
        let name = quoted(name);
        let subject = say([&name, class], "{0} for {1}", "{1}的{0}", "{1}的{0}");
        let beyond = for_extra_heads.is_none();
        self.dated(path, is, &subject, |amount| {
            let parts = [&name, class, &money(*amount), time];
            if beyond {
                say(
                    parts,
                    "on top, {0} for each head of {1} that is paid in full: {2} {3}, whatever the salary",
                    "{1}另加{0}（只限全額支付的人數）：每人{3} {2}，不論薪金",
                    "{1}另加{0}（只限全额支付的人数）：每人{3} {2}，不论薪金",
                )
            } else {
                say(
                    parts,
                    "on top, {0} for each head of {1}: {2} {3}, whatever the salary",
                    "{1}另加{0}：每人{3} {2}，不論薪金",
                    "{1}另加{0}：每人{3} {2}，不论薪金",
                )
            }
        });
        if let Some(further) = for_extra_heads {
            let subject = say([&subject], "{0} and further heads", "{0}及額外人數", "{0}及额外人数");
            self.dated(format!("{path}.for_extra_heads"), further, &subject, |further| match further {
                true => say(
                    [&name],
                    "{0} is paid for further heads too, in their part",
                    "額外人數亦按其比例獲支付{0}",
                    "额外人数亦按其比例获支付{0}",
                ),
                false => {
                    say([&name], "{0} is not paid for further heads", "額外人數不獲支付{0}", "额外人数不获支付{0}")
                }
            });
        }
    }
}

fn per_time(per: RatePer) -> Text {
    match per {
        RatePer::Month => say([], "a month", "每月", "每月"),
        RatePer::Day => say([], "a day", "每日", "每日"),
        RatePer::Year => say([], "a year (twelve months)", "每年（十二個月）", "每年（十二个月）"),
    }
}
