//! Posts at unit rates: four in full, the highest first, then others in part; so long and no longer.

use super::*;

const NAMED: &str = "name = { en = \"said in English\", zh-Hant = \"中文\", zh-Hans = \"中文\" }";

/// The rates of a research talent scheme: 20,000, 23,000 and 35,000 a month, and 10,000 on top for doctors.
fn rates() -> Sample {
    let class = |name: &str, rate: &str| {
        format!(
            "[unit_rate.class.{name}]\n{NAMED}\nper = \"month\"\nis = [{{ from = \"2024-01-01\", is = \"{rate}\", source = \"guide\" }}]\n"
        )
    };
    Sample::new()
        .with("unit_rate.heads", "4")
        .with("unit_rate.months", "36")
        .add(&(class("bachelor", "20000.00") + &class("master", "23000.00") + &class("doctor", "35000.00")))
        .with("unit_rate.class.doctor.add_on.living", "\"10000.00\"")
        .add(NAMED)
}

/// 36 further heads at half, and whether the living allowance is halved for them too.
fn with_extra(living: &str) -> Sample {
    let for_extra = format!("for_extra_heads = [{{ from = \"2024-01-01\", is = {living}, source = \"guide\" }}]\n");
    let text = rates().text().replace(
        "[unit_rate.class.doctor.add_on.living]\n",
        &format!("[unit_rate.class.doctor.add_on.living]\n{for_extra}"),
    );
    Sample::of(text).with("unit_rate.extra_heads", "36").with("unit_rate.extra_share", "\"1/2\"")
}

fn posts(lines: &[(&str, u32, u32)]) -> Value {
    let line = |(class, heads, months): &(&str, u32, u32)| json!({ "class": class, "heads": heads, "months": months });
    let lines = lines.iter().map(line).collect::<Vec<_>>();
    json!({ "project": { "stages": [{ "stage": "project", "posts": lines }] } })
}

#[test]
fn each_head_is_paid_its_rate_and_what_comes_on_top() {
    let answer = ask(&rates(), &posts(&[("bachelor", 1, 12), ("doctor", 1, 36)]));
    // 12 × 20,000 and 36 × 45,000.
    assert_granted(&answer, "1860000.00", &["unit_rate.class.bachelor", "unit_rate.class.doctor"]);
    assert_eq!(answer.applicant_share.to_string(), "0.00");
}

#[test]
fn full_places_go_to_the_highest_rate_first_and_the_rest_are_not_counted() {
    let answer = ask(&rates(), &posts(&[("bachelor", 3, 10), ("doctor", 3, 10)]));
    // Three doctors and one of three bachelors.
    assert_granted(&answer, "1550000.00", &["unit_rate.class.bachelor", "unit_rate.class.doctor"]);
    assert_eq!(
        steps(&answer, "unit_rate.heads"),
        [json!({ "inputs": { "class": "bachelor", "asked": 3 }, "value": 1 })]
    );
}

#[test]
fn places_go_by_what_a_head_is_paid_in_all() {
    let mut request = posts(&[("master", 4, 12), ("doctor", 4, 12)]);
    request["project"]["stages"][0]["posts"][1]["monthly_salary"] = json!("22000.00");
    // A doctor at 22,000 has 10,000 on top, a master 23,000 and nothing.
    assert_granted(&ask(&rates(), &request), "1536000.00", &["unit_rate.class.doctor"]);
    // What nobody knows, and what has a case that does not hold, puts nobody before another.
    for allowance in ["\"unknown\"", "\"none\""] {
        let text = rates().text().replace("is = \"10000.00\"", &format!("is = {allowance}"));
        let answer = ask(&Sample::of(text), &request);
        assert_granted(&answer, "1104000.00", &["unit_rate.class.master"]);
    }
}

#[test]
fn a_class_is_paid_in_its_own_stages_and_refused_in_another() {
    let bound = |stages: &str| {
        let text = rates()
            .text()
            .replace("[unit_rate.class.bachelor]\n", &format!("[unit_rate.class.bachelor]\nstages = [{stages}]\n"));
        Sample::of(text).add(SECOND_STAGE)
    };
    let request = posts(&[("bachelor", 1, 12), ("doctor", 1, 12)]);
    for stages in ["\"project\"", "\"second\", \"project\"", ""] {
        let answer = ask(&bound(stages), &request);
        assert_granted(&answer, "780000.00", &["unit_rate.class.bachelor", "unit_rate.class.doctor"]);
    }
    let answer = ask(&bound("\"second\""), &request);
    assert_refused(&answer, &["unit_rate.class.bachelor.stages"]);
    assert_eq!(stages(&answer), [("project".into(), "540000.00".into())]);
    let step = answer.steps.iter().find(|step| step.rule == "unit_rate.class.bachelor.stages").unwrap();
    assert_eq!(json!(step.inputs), json!({ "class": "bachelor", "stage": "project", "stages": "second" }));
    let text = step.text.as_ref().unwrap();
    assert_eq!(text.en, "\"said in English\" is not paid in \"Project\": only in \"Second stage\".");
    assert_eq!(text.zh_hant, "「中文」不在「項目」獲資助，只限「第二階段」。");
}

#[test]
fn months_above_the_limit_are_not_counted() {
    let answer = ask(&rates(), &posts(&[("master", 1, 40)]));
    assert_granted(&answer, "828000.00", &["unit_rate.class.master"]);
    assert_eq!(
        steps(&answer, "unit_rate.months"),
        [json!({ "inputs": { "class": "master", "asked": 40 }, "value": 36 })]
    );
}

#[test]
fn the_lower_of_salary_and_rate_is_paid() {
    for (salary, grant) in [("19000.00", "190000.00"), ("20000.00", "200000.00"), ("26000.00", "200000.00")] {
        let mut request = posts(&[("bachelor", 1, 10)]);
        request["project"]["stages"][0]["posts"][0]["monthly_salary"] = json!(salary);
        assert_granted(&ask(&rates(), &request), grant, &["unit_rate.class.bachelor"]);
    }
}

#[test]
fn further_heads_are_paid_in_part_and_the_rest_is_the_applicants_share() {
    let answer = ask(&with_extra("false"), &posts(&[("doctor", 5, 10)]));
    // Four at 45,000, and one at half of 35,000.
    assert_granted(&answer, "1975000.00", &["unit_rate.class.doctor"]);
    assert_eq!(answer.applicant_share.to_string(), "175000.00");
    assert_granted(&ask(&with_extra("true"), &posts(&[("doctor", 5, 10)])), "2025000.00", &["unit_rate.class.doctor"]);
}

#[test]
fn what_nobody_knows_of_further_heads_refuses_only_where_there_are_some() {
    assert_granted(
        &ask(&with_extra("\"unknown\""), &posts(&[("doctor", 4, 10)])),
        "1800000.00",
        &["unit_rate.class.doctor"],
    );
    assert_refused(
        &ask(&with_extra("\"unknown\""), &posts(&[("doctor", 5, 10)])),
        &["unit_rate.class.doctor.add_on.living.for_extra_heads"],
    );
}

/// An intern is paid 11,190 a month, by the day, for 90 days at most.
fn by_day() -> Sample {
    Sample::new()
        .with("unit_rate.days_per_month", "30")
        .with("unit_rate.days", "90")
        .with("unit_rate.class.intern", "\"11190.00\"")
        .add(&format!("per = \"month\"\n{NAMED}"))
}

#[test]
fn a_rate_by_the_month_is_paid_by_the_day() {
    let interns = |days: u32| {
        let post = json!({ "class": "intern", "heads": 1, "days": days });
        json!({ "project": { "stages": [{ "stage": "project", "posts": [post] }] } })
    };
    assert_granted(&ask(&by_day(), &interns(1)), "373.00", &["unit_rate.class.intern"]);
    assert_granted(&ask(&by_day(), &interns(28)), "10444.00", &["unit_rate.class.intern"]);
    assert_granted(&ask(&by_day(), &interns(120)), "33570.00", &["unit_rate.class.intern"]);
    let unsaid = Sample::of(
        by_day()
            .text()
            .replace("[unit_rate.days_per_month]\nis = [{ from = \"2024-01-01\", is = 30, source = \"guide\" }]\n", ""),
    );
    assert_refused(&ask(&unsaid, &interns(28)), &["unit_rate.days_per_month"]);
}

#[test]
fn a_part_of_the_salary_is_paid_up_to_so_much_a_year() {
    // Half of what a scholar earns, and at most a million a year.
    let scheme = Sample::new().with("unit_rate.class.scholar", "\"1000000.00\"").add(&format!(
        "per = \"year\"\nsalary_share = [{{ from = \"2024-01-01\", is = \"50%\", source = \"guide\" }}]\n{NAMED}"
    ));
    for (salary, grant) in [("100000.00", "600000.00"), ("200000.00", "1000000.00")] {
        let mut request = posts(&[("scholar", 1, 12)]);
        request["project"]["stages"][0]["posts"][0]["monthly_salary"] = json!(salary);
        assert_granted(&ask(&scheme, &request), grant, &["unit_rate.class.scholar"]);
    }
    let unsaid = ask(&scheme, &posts(&[("scholar", 1, 60)]));
    assert_granted(&unsaid, "5000000.00", &["unit_rate.class.scholar"]);
    assert!(unsaid.missing.contains(&"project.stages.posts.monthly_salary".to_owned()));
}

#[test]
fn posts_are_paid_beside_what_is_matched() {
    let mut request = posts(&[("bachelor", 1, 10)]);
    request["project"]["stages"][0]["costs"] = json!([{ "category": "equipment", "amount": "300000.00" }]);
    let answer = ask(&rates(), &request);
    assert_granted(&answer, "300000.00", &["matching.ratio", "unit_rate.class.bachelor"]);
    assert_eq!(answer.applicant_share.to_string(), "200000.00");
}

#[test]
fn a_rate_that_a_ceiling_cuts_is_not_named_beside_it() {
    let request = posts(&[("master", 1, 10)]);
    for scope in ["of = \"grant\"\nper = \"project\"", "of = \"grant\"\nper = \"project\"\nstage = \"project\""] {
        for (ceiling, grant, limited_by) in [
            ("229999.99", "229999.99", &["ceiling.most"] as &[&str]),
            ("230000.00", "230000.00", &["ceiling.most", "unit_rate.class.master"]),
            ("230000.01", "230000.00", &["unit_rate.class.master"]),
        ] {
            let answer = ask(&rates().ceiling("most", scope, &format!("\"{ceiling}\"")), &request);
            assert_granted(&answer, grant, limited_by);
        }
    }
}

#[test]
fn a_class_is_one_of_the_schemes_and_a_post_is_for_months_or_for_days() {
    for (post, pointer, message) in [
        (
            json!({ "class": "dean", "heads": 1, "months": 1 }),
            "/class",
            "the class \"dean\" is not known: known are bachelor, master, doctor",
        ),
        (json!({ "class": "doctor", "heads": 1 }), "", "say for how long: months or days, one of the two"),
        (
            json!({ "class": "doctor", "heads": 1, "months": 1, "days": 1 }),
            "",
            "say for how long: months or days, one of the two",
        ),
    ] {
        let request = json!({ "project": { "stages": [{ "stage": "project", "posts": [post] }] } });
        let faults = faults(&rates(), &request);
        assert_eq!(faults[0].pointer, format!("/project/stages/0/posts/0{pointer}"));
        assert_eq!(faults[0].message, message);
    }
}
