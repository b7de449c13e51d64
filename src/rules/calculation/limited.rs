//! The sentences of ceilings: what they limit, over which time, and whose awards they count.

use super::grouped::money;
use super::step::Limited;
use super::wording::sentence;
use crate::money::Cents;
use crate::scheme::{Per, Period};
use crate::text::Sentence;

/// A ceiling of money.
pub(super) fn amount(of: &Limited<'_>, limit: Cents, used: Cents, left: Cents) -> Sentence {
    let (en, zh_hant) = match (of.per, of.period) {
        (Per::Project, _) => ("of the project", "每個項目"),
        (Per::Applicant, Period::Lifetime | Period::Round) => ("of the applicant, in all", "每名申請者累計"),
        (Per::Applicant, Period::Concurrent) => ("of the applicant's running projects", "每名申請者進行中的項目"),
        (Per::Applicant, Period::FinancialYear) => ("of the applicant in a financial year", "每名申請者每個財政年度"),
        (Per::Applicant, Period::AcademicYear) => ("of the applicant in an academic year", "每名申請者每個學年"),
        (Per::Applicant, Period::CalendarYear) => ("of the applicant in a calendar year", "每名申請者每個曆年"),
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
        (Per::Project, _) => ("Projects", "項目"),
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

/// Of which stage it is, and whose awards count in it beside the applicant's own.
fn narrowed(of: &Limited<'_>) -> (String, String) {
    let (mut en, mut zh_hant) = (String::new(), String::new());
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
