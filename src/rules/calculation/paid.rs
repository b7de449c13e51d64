//! What is paid for one head in the time of its rate: the rate, the salary, what comes on top, and the sentence that says so.

use super::grouped::money;
use super::quantity::Quantity;
use super::step::{Called, Time};
use super::wording::{sentence, time_words};
use crate::money::{Cents, Share};
use crate::prose::words::share as share_words;
use crate::scheme::RatePer;
use crate::text::Sentence;

/// What the pay for one head follows from: the lower of its rate and of the salary or a share of it, and what comes on top.
#[derive(Clone, Copy, Debug)]
pub struct Pay {
    /// The rate in force.
    pub rate: Cents,
    /// For which time it is.
    pub per: RatePer,
    /// The salary for that time, where it was said.
    pub salary: Option<Cents>,
    /// Which share of the salary is paid, where a salary was said and the scheme has one.
    pub salary_share: Option<Share>,
    /// What is paid on top.
    pub on_top: Cents,
}

impl Pay {
    /// The inputs of a step; what does not apply is not there.
    pub(super) fn inputs(&self) -> Vec<(&'static str, Quantity)> {
        let per = match self.per {
            RatePer::Month => "month",
            RatePer::Day => "day",
            RatePer::Year => "year",
        };
        let mut inputs = vec![("rate", self.rate.into()), ("per", per.into())];
        inputs.extend(self.salary.map(|salary| ("salary", salary.into())));
        inputs.extend(self.salary_share.map(|share| ("salary_share", share.into())));
        inputs.extend((self.on_top > Cents::ZERO).then(|| ("on_top", self.on_top.into())));
        inputs
    }

    /// How the unit comes about, where it is not simply the rate.
    fn reason(&self) -> (String, String) {
        let (rate, on_top) = (money(self.rate), money(self.on_top));
        let (mut en, mut zh_hant) = match self.salary {
            None if self.on_top == Cents::ZERO => return (String::new(), String::new()),
            None => (format!("the rate of {rate}"), format!("標準 {rate}")),
            Some(salary) => {
                let salary = money(salary);
                let share = self.salary_share.map(|share| share_words(share).en);
                let part_en = share.as_ref().map_or(String::new(), |share| format!("{share} of "));
                let part_zh = share.map_or(String::new(), |share| format!(" 的 {share}"));
                (
                    format!("the lower of the rate of {rate} and {part_en}the salary of {salary}"),
                    format!("標準 {rate} 與薪金 {salary}{part_zh} 兩者的較低者"),
                )
            }
        };
        if self.on_top > Cents::ZERO {
            en.push_str(&format!(", and {on_top} on top"));
            zh_hant.push_str(&format!("，另加 {on_top}"));
        }
        (format!(" ({en})"), format!("（{zh_hant}）"))
    }
}

/// Posts of one class.
pub(super) fn post(
    class: &Called<'_>,
    pay: &Pay,
    unit: Cents,
    heads: u32,
    time: Time,
    part: Option<Share>,
    amount: Cents,
) -> Sentence {
    let ((time_en, time_zh), (reason_en, reason_zh)) = (time_words(time), pay.reason());
    let (unit, amount, part) = (money(unit), money(amount), part.map(|part| share_words(part).en));
    let part_en = part.as_ref().map_or(String::new(), |part| format!(", of which {part} is paid"));
    let part_zh = part.map_or(String::new(), |part| format!("，支付其 {part}"));
    let (per_en, per_zh) = match pay.per {
        RatePer::Month => ("a month", "每月"),
        RatePer::Day => ("a day", "每日"),
        RatePer::Year => ("a year", "每年"),
    };
    sentence(
        format!("{heads} of \"{}\" at {unit} {per_en}{reason_en} for {time_en}{part_en}: {amount}.", class.en()),
        format!(
            "「{}」{heads} 名，每名{per_zh} {unit}{reason_zh}，為期 {time_zh}{part_zh}：{amount}。",
            class.zh_hant()
        ),
    )
}

/// A post where its class is not paid.
pub(super) fn in_other_stages(class: &Called<'_>, stage: &Called<'_>, stages: &[Called<'_>]) -> Sentence {
    let en = stages.iter().map(|stage| format!("\"{}\"", stage.en())).collect::<Vec<_>>().join(", ");
    let zh_hant = stages.iter().map(|stage| format!("「{}」", stage.zh_hant())).collect::<Vec<_>>().join("、");
    sentence(
        format!("\"{}\" is not paid in \"{}\": only in {en}.", class.en(), stage.en()),
        format!("「{}」不在「{}」獲資助，只限{zh_hant}。", class.zh_hant(), stage.zh_hant()),
    )
}
