//! Limits of a year that is told by another day than that of the application.

use super::*;

const QUESTION: &str = "[facts.project.begins]\ntype = \"day\"\nname = { en = \"When does it begin?\", zh-Hant = \"何日開始？\", zh-Hans = \"何日开始？\" }";

fn ceiling(of: &str, period: &str, value: &str) -> Sample {
    let scope = format!("of = \"{of}\"\nper = \"applicant\"\nperiod = \"{period}\"\nyear_of = \"project.begins\"");
    Sample::calculating().add(QUESTION).ceiling("limit", &scope, value)
}

/// A project that begins on a day, after awards each with the day of its decision and that on which its project began.
fn beginning(on: Option<&str>, awards: &[(&str, Option<&str>, &str)]) -> Value {
    let award = |(on, begins, amount): &(&str, Option<&str>, &str)| {
        let facts = begins.map_or_else(|| json!({}), |day| json!({ "begins": day }));
        json!({ "on": on, "amount": amount, "facts": facts })
    };
    let awards = awards.iter().map(award).collect::<Vec<_>>();
    let mut request = also(costing("300.00"), "history", json!({ "awards": awards }));
    if let Some(day) = on {
        request["project"]["facts"] = json!({ "begins": day });
    }
    request
}

#[test]
fn an_award_counts_in_the_year_in_which_its_project_begins() {
    for (period, begins, award_begins, grant) in [
        ("financial_year", "2025-03-31", "2024-04-01", "60.00"),
        ("financial_year", "2025-03-31", "2025-04-01", "100.00"),
        ("financial_year", "2024-04-01", "2024-03-31", "100.00"),
        ("academic_year", "2024-09-01", "2025-08-31", "60.00"),
        ("academic_year", "2024-09-01", "2024-08-31", "100.00"),
        ("calendar_year", "2024-12-31", "2024-01-01", "60.00"),
        ("calendar_year", "2024-12-31", "2025-01-01", "100.00"),
    ] {
        // The day of its decision is of no consequence: one award in the year of the rules, one long before.
        for decided in ["2024-06-01", "2019-06-01"] {
            let asked = beginning(Some(begins), &[(decided, Some(award_begins), "90.00")]);
            let answer = ask(&ceiling("grant", period, "\"150.00\""), &asked);
            assert_eq!(answer.grant.to_string(), grant, "{period} {begins} {award_begins} {decided}");
            assert_eq!(answer.missing, owned(&[]));
            let refused = ask(&ceiling("projects", period, "1"), &asked).refused_by;
            assert_eq!(refused.is_empty(), grant == "100.00", "{period} {begins} {award_begins} {decided}");
        }
    }
}

#[test]
fn a_day_that_was_left_out_is_asked_for_and_money_counts_in_full_meanwhile() {
    let money = ceiling("grant", "financial_year", "\"150.00\"");
    let unsaid = ask(&money, &beginning(None, &[("2019-06-01", Some("2019-06-01"), "90.00")]));
    assert_granted(&unsaid, "60.00", &["ceiling.limit"]);
    assert_eq!(unsaid.missing, ["project.facts.begins"]);
    let award_unsaid = ask(&money, &beginning(Some("2024-06-01"), &[("2019-06-01", None, "90.00")]));
    assert_granted(&award_unsaid, "60.00", &["ceiling.limit"]);
    assert_eq!(award_unsaid.missing, ["history.awards.facts.begins"]);
    // Without awards the day changes nothing, and is asked for all the same.
    assert_eq!(ask(&money, &beginning(None, &[])).missing, ["project.facts.begins"]);
    let ended = ceiling("grant", "financial_year", "\"none\"");
    assert_eq!(ask(&ended, &beginning(None, &[])).missing, owned(&[]));
}

#[test]
fn a_project_of_a_year_that_nobody_said_bars_none() {
    let one = ceiling("projects", "financial_year", "1");
    for (begins, award_begins, missing) in
        [(None, Some("2019-06-01"), "project.facts.begins"), (Some("2024-06-01"), None, "history.awards.facts.begins")]
    {
        let answer = ask(&one, &beginning(begins, &[("2024-06-01", award_begins, "1.00")]));
        assert_granted(&answer, "100.00", &["matching.ratio"]);
        assert_eq!(answer.missing, [missing]);
    }
}

#[test]
fn the_short_form_knows_no_days_and_counts_in_full() {
    let mut request = also(costing("300.00"), "history", json!({ "granted": "90.00", "projects": 1 }));
    request["project"]["facts"] = json!({ "begins": "2024-06-01" });
    let answer = ask(&ceiling("grant", "financial_year", "\"150.00\""), &request);
    assert_granted(&answer, "60.00", &["ceiling.limit"]);
    assert_eq!(answer.missing, ["history.awards"]);
}

#[test]
fn the_step_says_by_which_day_the_year_is_counted() {
    let money = ceiling("grant", "financial_year", "\"150.00\"");
    let answer = ask(&money, &beginning(Some("2025-04-07"), &[("2024-06-01", Some("2025-05-01"), "90.00")]));
    assert_eq!(
        steps(&answer, "ceiling.limit"),
        [json!({ "inputs": { "limit": "150.00", "used": "90.00", "year_of": "2025-04-07" }, "value": "60.00" })]
    );
    let text = |answer: &Answer| {
        answer.steps.iter().find(|step| step.rule == "ceiling.limit").and_then(|step| step.text.clone()).unwrap()
    };
    assert_eq!(
        text(&answer).en,
        "Ceiling of the applicant in a financial year (by \"When does it begin?\": that of 7 April 2025): HK$150.00, used HK$90.00; HK$60.00 are left."
    );
    assert_eq!(
        text(&answer).zh_hant,
        "每名申請者每個財政年度（年度按「何日開始？」：2025年4月7日）上限 HK$150.00，已用 HK$90.00，尚餘 HK$60.00。"
    );
    let unsaid = ask(&money, &beginning(None, &[]));
    assert_eq!(steps(&unsaid, "ceiling.limit")[0]["inputs"]["year_of"], json!(null));
    assert!(text(&unsaid).en.contains("(by \"When does it begin?\": not known, so that every award counts)"));
    assert!(text(&unsaid).zh_hant.contains("（年度按「何日開始？」：未能確定，全數計入）"));
    let count = ask(&ceiling("projects", "calendar_year", "3"), &beginning(Some("2025-04-07"), &[]));
    assert!(text(&count).en.ends_with("(by \"When does it begin?\": that of 7 April 2025): at most 3; so far 0."));
}

#[test]
fn a_day_and_the_answers_of_an_award_are_read_strictly() {
    let money = ceiling("grant", "financial_year", "\"150.00\"");
    for day in ["2025-02-29", "7 April 2025", ""] {
        let faults = faults(&money, &beginning(Some(day), &[("2024-06-01", Some(day), "1.00")]));
        let told = faults.iter().map(ToString::to_string).collect::<Vec<_>>();
        let expected = "the fact \"begins\" must be a day in quotes such as \"2025-11-18\"";
        assert_eq!(
            told,
            [format!("/project/facts/begins: {expected}"), format!("/history/awards/0/facts/begins: {expected}")]
        );
    }
    let unknown = json!({ "awards": [{ "on": "2024-06-01", "amount": "1.00", "facts": { "ends": "2024-06-01" } }] });
    let faults = faults(&money, &also(costing("300.00"), "history", unknown));
    assert_eq!(faults[0].to_string(), "/history/awards/0/facts/ends: the fact \"ends\" is not known: known are begins");
}

#[test]
fn a_condition_compares_days_with_days() {
    let on =
        |day: &str| Sample::new().condition("since", "day", &format!("{{ fact = \"applicant.since\", is = {day} }}"));
    let asked = also(costing("300.00"), "applicant", json!({ "facts": { "since": "2024-06-01" } }));
    assert_granted(&ask(&on("\"2024-06-01\""), &asked), "100.00", &["matching.ratio"]);
    assert_refused(&ask(&on("\"2024-06-02\""), &asked), &["eligibility.since"]);
    let faults = Scheme::read(on("\"June\"").text()).unwrap_err();
    assert!(faults[0].message.contains("compare \"applicant.since\" with values of its own type, day"), "{faults:?}");
}

#[test]
fn where_one_award_lacks_its_day_those_of_which_it_is_known_use_up_a_limit_on_projects() {
    let awards = |known: usize| {
        let known = std::iter::repeat_n(("2024-06-01", Some("2024-06-01"), "1.00"), known);
        beginning(Some("2024-06-01"), &known.chain([("2024-06-01", None, "1.00")]).collect::<Vec<_>>())
    };
    let sample = ceiling("projects", "financial_year", "2");
    let one = ask(&sample, &awards(1));
    assert_eq!((one.refused_by, one.missing), (owned(&[]), owned(&["history.awards.facts.begins"])));
    let two = ask(&sample, &awards(2));
    assert_eq!((two.refused_by, two.missing), (owned(&["ceiling.limit"]), owned(&["history.awards.facts.begins"])));
}
