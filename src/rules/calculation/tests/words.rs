//! What the sentences of steps say, so that two rules do not read alike and a reader finds the value of a rule in its step.

use super::*;

const NAMED: &str = "name = { en = \"said in English\", zh-Hant = \"中文\", zh-Hans = \"中文\" }";

/// The sentences of a rule in English and Traditional Chinese.
fn said(answer: &Answer, rule: &str) -> Vec<[String; 2]> {
    let of_rule = answer.steps.iter().filter(|step| step.rule == rule);
    of_rule.filter_map(|step| step.text.clone()).map(|text| [text.en, text.zh_hant]).collect()
}

#[track_caller]
fn assert_said(answer: &Answer, rule: &str, en: &str, zh_hant: &str) {
    let said = said(answer, rule);
    assert_eq!(said.last(), Some(&[en.to_owned(), zh_hant.to_owned()]), "{said:?}");
}

/// A rate of a million a year, of the salary or half of it, and so much on top.
fn scholars(share: &str, on_top: &str) -> Sample {
    let dated = |is: &str| format!("[{{ from = \"2024-01-01\", is = \"{is}\", source = \"guide\" }}]");
    let share = if share.is_empty() { String::new() } else { format!("salary_share = {}\n", dated(share)) };
    let class = format!("[unit_rate.class.scholar]\n{NAMED}\nper = \"year\"\n{share}is = {}\n", dated("1000000.00"));
    let sample = Sample::new().add(&class);
    if on_top.is_empty() {
        return sample;
    }
    sample.with("unit_rate.class.scholar.add_on.living", &format!("\"{on_top}\"")).add(NAMED)
}

#[test]
fn a_post_tells_the_rate_its_time_the_salary_and_which_of_them_is_lower() {
    let paid = |salary: Option<&str>| {
        let post = json!({ "class": "scholar", "heads": 1, "months": 12, "monthly_salary": salary });
        json!({ "project": { "stages": [{ "stage": "project", "posts": [post] }] } })
    };
    const RULE: &str = "unit_rate.class.scholar";
    let half = ask(&scholars("50%", ""), &paid(Some("150000.00")));
    assert_said(
        &half,
        RULE,
        "1 of \"said in English\" at HK$900,000.00 a year (the lower of the rate of HK$1,000,000.00 and 50% of the salary of HK$1,800,000.00) for 12 months: HK$900,000.00.",
        "「中文」1 名，每名每年 HK$900,000.00（標準 HK$1,000,000.00 與薪金 HK$1,800,000.00 的 50% 兩者的較低者），為期 12 個月：HK$900,000.00。",
    );
    let inputs = &steps(&half, RULE)[0]["inputs"];
    assert_eq!(
        [&inputs["rate"], &inputs["per"], &inputs["salary"], &inputs["salary_share"]],
        [&json!("1000000.00"), &json!("year"), &json!("1800000.00"), &json!("1/2")]
    );
    assert_said(
        &ask(&scholars("", "1000.00"), &paid(Some("50000.00"))),
        RULE,
        "1 of \"said in English\" at HK$601,000.00 a year (the lower of the rate of HK$1,000,000.00 and the salary of HK$600,000.00, and HK$1,000.00 on top) for 12 months: HK$601,000.00.",
        "「中文」1 名，每名每年 HK$601,000.00（標準 HK$1,000,000.00 與薪金 HK$600,000.00 兩者的較低者，另加 HK$1,000.00），為期 12 個月：HK$601,000.00。",
    );
    let plain = ask(&scholars("", ""), &paid(None));
    assert_said(
        &plain,
        RULE,
        "1 of \"said in English\" at HK$1,000,000.00 a year for 12 months: HK$1,000,000.00.",
        "「中文」1 名，每名每年 HK$1,000,000.00，為期 12 個月：HK$1,000,000.00。",
    );
    assert_eq!(steps(&plain, RULE)[0]["inputs"].get("salary"), None);
}

#[test]
fn a_limit_on_projects_says_over_which_time() {
    let of = |period: &str| format!("of = \"projects\"\nper = \"applicant\"\nperiod = \"{period}\"");
    let scheme = Sample::new().ceiling("all", &of("lifetime"), "6").ceiling("running", &of("concurrent"), "1").ceiling(
        "year",
        &of("financial_year"),
        "2",
    );
    let answer = ask(&scheme, &costing("300.00"));
    for (name, en, zh_hant) in [
        ("all", "Projects of the applicant, in all: at most 6; so far 0.", "每名申請者累計項目最多 6 個，至今 0 個。"),
        (
            "running",
            "Projects of the applicant that run at one time: at most 1; so far 0.",
            "每名申請者同時進行的項目最多 1 個，至今 0 個。",
        ),
        (
            "year",
            "Projects of the applicant in a financial year: at most 2; so far 0.",
            "每名申請者每個財政年度的項目最多 2 個，至今 0 個。",
        ),
    ] {
        assert_said(&answer, &format!("ceiling.{name}"), en, zh_hant);
    }
}

#[test]
fn a_ceiling_names_the_parties_that_are_counted_in() {
    let per = |with: &str| format!("of = \"grant\"\nper = \"applicant\"\nperiod = \"financial_year\"\nwith = [{with}]");
    let group = |name: &str, holds: bool| {
        format!("[aggregation.{name}]\n{NAMED}\nis = [{{ from = \"2024-01-01\", is = {holds}, source = \"guide\" }}]\n")
    };
    let scheme = Sample::new()
        .add(&(group("others", true) + &group("former", false)))
        .ceiling("alone", &per(""), "\"150.00\"")
        .ceiling("together", &per("\"others\", \"former\""), "\"1600.00\"");
    let answer = ask(&scheme, &costing("300.00"));
    assert_said(
        &answer,
        "ceiling.alone",
        "Ceiling of the applicant in a financial year: HK$150.00, used HK$0.00; HK$150.00 are left.",
        "每名申請者每個財政年度上限 HK$150.00，已用 HK$0.00，尚餘 HK$150.00。",
    );
    assert_said(
        &answer,
        "ceiling.together",
        "Ceiling of the applicant in a financial year, counted together with \"said in English\": HK$1,600.00, used HK$0.00; HK$1,600.00 are left.",
        "每名申請者每個財政年度（與「中文」合併計算）上限 HK$1,600.00，已用 HK$0.00，尚餘 HK$1,600.00。",
    );
}

#[test]
fn shares_are_told_in_hundredths_and_kept_as_fractions() {
    let scheme = Sample::new().with("matching.share.project", "\"15%\"").ceiling(
        "part",
        "of = \"grant\"\nper = \"project\"",
        "{ share = \"12.5%\", of = \"cost\" }",
    );
    let answer = ask(&scheme, &costing("300.00"));
    let [english, chinese] = said(&answer, "matching.share.project").pop().unwrap();
    assert!(english.ends_with("is 15% of HK$300.00: HK$45.00."), "{english}");
    assert!(chinese.contains("HK$300.00 的 15%"), "{chinese}");
    assert_eq!(steps(&answer, "matching.share.project")[0]["inputs"]["share"], json!("3/20"));
    assert_eq!(said(&answer, "ceiling.part")[0][0], "12.5% of eligible cost, HK$300.00: HK$37.50.");
}

#[test]
fn a_share_by_tiers_is_not_told_as_if_the_cost_were_it() {
    let tiers = "{ marginal = [{ up_to = \"100.00\", is = \"50%\" }, { is = \"10%\" }] }";
    let answer = ask(&Sample::new().with("matching.share.project", tiers), &costing("300.00"));
    let [english, _] = said(&answer, "matching.share.project").pop().unwrap();
    assert!(english.starts_with("At a cost of HK$300.00, the government's share of "), "{english}");
    assert!(english.ends_with("(up to HK$100.00: 50%; above that: 10%) is HK$70.00."), "{english}");
}

#[test]
fn a_scheme_that_gives_no_grant_does_not_speak_of_one() {
    let of_kind = |kind: &str| Sample::new().change("currency", &format!("kind = \"{kind}\"\ncurrency"));
    for (kind, opens, en, zh_hant) in [
        ("grant", "The scheme takes applications on this day.", "Grant", "資助額"),
        ("investment", "The scheme invests on this day.", "Investment", "投資額"),
        ("deduction", "The deduction is allowed on this day.", "Deduction", "扣除額"),
    ] {
        let answer = ask(&of_kind(kind), &costing("300.00"));
        assert_eq!(said(&answer, "open")[0][0], opens);
        assert_said(&answer, "grant", &format!("{en}: HK$100.00."), &format!("{zh_hant}：HK$100.00。"));
        let refused = ask(&of_kind(kind), &costing("0.00"));
        let none = format!("Refused: there is no {}.", en.to_lowercase());
        assert_eq!(said(&refused, "grant")[0][0], none);
    }
}

#[test]
fn a_scheme_of_posts_alone_is_not_limited_by_a_ratio_that_it_does_not_have() {
    let scheme = scholars("", "");
    let text = scheme.text();
    let (before, after) = text.split_once("[matching.ratio.project]").unwrap();
    let (_, after) = after.split_once("\n[").unwrap();
    let posts = |heads: u32| {
        let post = json!({ "class": "scholar", "heads": heads, "months": 12 });
        json!({ "project": { "stages": [{ "stage": "project", "posts": [post] }] } })
    };
    let answer = ask(&Sample::of(format!("{before}[{after}")), &posts(0));
    assert_eq!(answer.limited_by, owned(&["unit_rate"]));
}

#[test]
fn a_least_length_is_needed_and_a_greatest_one_allowed() {
    let limited = |bound: &str| {
        Sample::new().with("duration.limit", "12").add(&format!("stages = [\"project\"]\n{bound}refuses = true"))
    };
    let lasting = |months: u32| {
        let mut stage = stage("project", Some(&[("equipment", "300.00")]), None);
        stage["months"] = json!(months);
        project(&[stage])
    };
    for (bound, months, en, zh_hant) in [
        ("", 12, "12 months: at most 12 months are allowed.", "為期 12 個月：期限最長為 12 個月。"),
        ("", 13, "13 months, but at most 12 months are allowed.", "為期 13 個月，但期限最長為 12 個月。"),
        (
            "bound = \"at_least\"\n",
            12,
            "12 months: 12 months are needed at least.",
            "為期 12 個月：期限最短為 12 個月。",
        ),
        (
            "bound = \"at_least\"\n",
            0,
            "0 months, but 12 months are needed at least.",
            "為期 0 個月，但期限最短為 12 個月。",
        ),
    ] {
        assert_said(&ask(&limited(bound), &lasting(months)), "duration.limit", en, zh_hant);
    }
}
