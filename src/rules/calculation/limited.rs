//! What a ceiling limits, over which time, and whose awards it counts: as the values of a step, and in its sentence.

use super::grouped::money;
use super::quantity::Quantity;
use super::step::Called;
use super::wording::sentence;
use crate::calendar::Day;
use crate::money::Cents;
use crate::prose::words::day;
use crate::scheme::{Per, Period};
use crate::text::Sentence;

/// What a ceiling of money limits: the project, one stage of it, or all of an applicant over a period.
#[derive(Clone, Debug)]
pub struct Limited<'a> {
    /// Over what it is counted.
    pub per: Per,
    /// Over which time.
    pub period: Period,
    /// The question whose answer says in which year it is counted, and the answer; where there is none, it is the year of the day whose
    /// rules apply.
    pub year_of: Option<(Called<'a>, Option<Day>)>,
    /// Of which stage; of all of them, where none is named.
    pub stage: Option<Called<'a>>,
    /// The parties whose awards count in it beside the applicant's own.
    pub with: Vec<Called<'a>>,
}

/// A limit and what of it is used, and the day in whose year that is, where the scheme names one.
pub(super) fn counted(of: &Limited<'_>, limit: Quantity, used: Quantity) -> Vec<(&'static str, Quantity)> {
    let year_of = of.year_of.map(|(_, day)| day.map_or(Quantity::Nothing, |day| Quantity::Word(day.to_string())));
    let mut inputs = vec![("limit", limit), ("used", used)];
    inputs.extend(year_of.map(|day| ("year_of", day)));
    inputs
}

/// A ceiling of money.
pub(super) fn amount(of: &Limited<'_>, limit: Cents, used: Cents, left: Cents) -> Sentence {
    let (en, zh_hant) = match (of.per, of.period) {
        (Per::Project, _) => ("of the project", "每個項目"),
        (Per::Applicant, Period::Lifetime | Period::Round) => ("of the applicant, in all", "每名申請者累計"),
        (Per::Applicant, Period::Concurrent) => ("of the applicant's running projects", "每名申請者進行中的項目"),
        (Per::Applicant, Period::FinancialYear) => ("of the applicant in a financial year", "每名申請者每個財政年度"),
        (Per::Applicant, Period::AcademicYear) => ("of the applicant in an academic year", "每名申請者每個學年"),
        (Per::Applicant, Period::CalendarYear) => ("of the applicant in a calendar year", "每名申請者每個曆年"),
        (Per::Scheme, Period::FinancialYear) => ("of the scheme in a financial year", "計劃每個財政年度"),
        (Per::Scheme, Period::AcademicYear) => ("of the scheme in an academic year", "計劃每個學年"),
        (Per::Scheme, Period::CalendarYear) => ("of the scheme in a calendar year", "計劃每個曆年"),
        (Per::Scheme, Period::Lifetime | Period::Concurrent | Period::Round) => ("of the scheme", "計劃"),
    };
    let ((more_en, more_zh), limit, used, left) = (narrowed(of), money(limit), money(used), money(left));
    sentence(
        format!("Ceiling {en}{more_en}: {limit}, used {used}; {left} are left."),
        format!("{zh_hant}{more_zh}上限 {limit}，已用 {used}，尚餘 {left}。"),
    )
}

/// A ceiling of projects.
pub(super) fn count(of: &Limited<'_>, limit: u32, used: u32) -> Sentence {
    let (en, zh_hant) = match (of.per, of.period) {
        (Per::Project | Per::Scheme, _) => ("Projects", "項目"),
        (Per::Applicant, Period::Lifetime | Period::Round) => {
            ("Projects of the applicant, in all", "每名申請者累計項目")
        }
        (Per::Applicant, Period::Concurrent) => {
            ("Projects of the applicant that run at one time", "每名申請者同時進行的項目")
        }
        (Per::Applicant, Period::FinancialYear) => {
            ("Projects of the applicant in a financial year", "每名申請者每個財政年度的項目")
        }
        (Per::Applicant, Period::AcademicYear) => {
            ("Projects of the applicant in an academic year", "每名申請者每個學年的項目")
        }
        (Per::Applicant, Period::CalendarYear) => {
            ("Projects of the applicant in a calendar year", "每名申請者每個曆年的項目")
        }
    };
    let (more_en, more_zh) = narrowed(of);
    sentence(
        format!("{en}{more_en}: at most {limit}; so far {used}."),
        format!("{zh_hant}{more_zh}最多 {limit} 個，至今 {used} 個。"),
    )
}

/// In which year it is counted, of which stage it is, and whose awards count in it beside the applicant's own.
fn narrowed(of: &Limited<'_>) -> (String, String) {
    let (mut en, mut zh_hant) = (String::new(), String::new());
    if let Some((question, answer)) = of.year_of {
        let (day_en, day_zh) = match answer.map(day) {
            Some(day) => (format!("that of {}", day.en), day.zh_hant),
            None => ("not known, so that every award counts".to_owned(), "未能確定，全數計入".to_owned()),
        };
        en.push_str(&format!(" (by \"{}\": {day_en})", question.en()));
        zh_hant.push_str(&format!("（年度按「{}」：{day_zh}）", question.zh_hant()));
    }
    if let Some(stage) = &of.stage {
        en.push_str(&format!(", for \"{}\"", stage.en()));
        zh_hant.push_str(&format!("於「{}」", stage.zh_hant()));
    }
    if !of.with.is_empty() {
        let quoted_en = of.with.iter().map(|party| format!("\"{}\"", party.en())).collect::<Vec<_>>();
        let quoted_zh = of.with.iter().map(|party| format!("「{}」", party.zh_hant())).collect::<Vec<_>>();
        en.push_str(&format!(", counted together with {}", quoted_en.join(", ")));
        zh_hant.push_str(&format!("（與{}合併計算）", quoted_zh.join("、")));
    }
    (en, zh_hant)
}
