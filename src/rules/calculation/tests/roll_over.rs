//! The money that a scheme has for a year, and what of it goes over to the next.

use super::*;

const SCOPE: &str = "of = \"grant\"\nper = \"scheme\"\nperiod = \"financial_year\"";

/// A scheme with so much money for a financial year, and at most 80 of it for an applicant.
fn scheme(pot: &str, rolls_over: &str) -> Sample {
    let applicant = "of = \"grant\"\nper = \"applicant\"\nperiod = \"financial_year\"";
    Sample::calculating().ceiling("pot", &format!("{SCOPE}\n{rolls_over}"), pot).ceiling(
        "applicant",
        applicant,
        "\"80.00\"",
    )
}

fn rolling(pot: &str) -> Sample {
    scheme(pot, "rolls_over = true")
}

/// A project that costs so much, with this committed to others.
fn beside(cost: &str, committed: &[(&str, &str)]) -> Value {
    let line = |(on, amount): &(&str, &str)| json!({ "on": on, "amount": amount });
    let request = also(costing(cost), "committed", committed.iter().map(line).collect());
    also(request, "history", json!({ "awards": [] }))
}

/// What goes over, as the answer says it.
fn rolls_over(answer: &Answer) -> Option<String> {
    answer.rolls_over.map(|amount| amount.to_string())
}

#[test]
fn two_limits_bind_at_once_or_one_of_them_or_neither() {
    let sample = rolling("\"500.00\"");
    for (cost, committed, grant, limited_by, over) in [
        ("150.00", "400.00", "50.00", vec!["matching.ratio"], "0.00"),
        ("900.00", "400.00", "80.00", vec!["ceiling.applicant"], "0.00"),
        ("900.00", "420.00", "80.00", vec!["ceiling.applicant", "ceiling.pot"], "0.00"),
        ("900.00", "450.00", "50.00", vec!["ceiling.pot"], "30.00"),
        ("180.00", "450.00", "50.00", vec!["ceiling.pot"], "10.00"),
    ] {
        let answer = ask(&sample, &beside(cost, &[("2024-05-01", committed)]));
        assert_granted(&answer, grant, &limited_by);
        assert_eq!(rolls_over(&answer).as_deref(), Some(over), "{cost} {committed}");
        assert_eq!(answer.missing, owned(&[]));
    }
}

#[test]
fn where_the_money_of_the_year_is_used_up_all_of_it_goes_over() {
    for committed in ["500.00", "700.00"] {
        let answer = ask(&rolling("\"500.00\""), &beside("900.00", &[("2024-05-01", committed)]));
        assert_refused(&answer, &["ceiling.pot"]);
        assert_eq!(rolls_over(&answer).as_deref(), Some("80.00"));
    }
}

#[test]
fn only_what_is_committed_in_the_year_uses_its_money() {
    let sample = rolling("\"500.00\"");
    let lines =
        [("2024-03-31", "999.00"), ("2024-04-01", "200.00"), ("2025-03-31", "240.00"), ("2025-04-01", "999.00")];
    let answer = ask(&sample, &beside("900.00", &lines));
    assert_eq!(steps(&answer, "ceiling.pot")[0]["inputs"]["used"], "440.00");
    assert_granted(&answer, "60.00", &["ceiling.pot"]);
    // The next year has its own money for what went over.
    let next = ask_on(&sample.read(), "2025-04-01", &beside("900.00", &[("2024-05-01", "500.00")]));
    assert_granted(&next, "80.00", &["ceiling.applicant"]);
}

#[test]
fn what_is_committed_is_asked_for_where_a_rule_looks_at_it() {
    let unsaid = also(costing("900.00"), "history", json!({ "awards": [] }));
    let answer = ask(&rolling("\"500.00\""), &unsaid);
    assert_granted(&answer, "80.00", &["ceiling.applicant"]);
    assert_eq!(answer.missing, ["committed"]);
    assert_eq!(ask(&rolling("\"none\""), &unsaid).missing, owned(&[]));
    assert_eq!(ask(&Sample::new(), &unsaid).missing, owned(&[]));
}

#[test]
fn nothing_is_said_of_what_goes_over_where_no_rule_does_or_something_else_refuses() {
    let full = beside("900.00", &[("2024-05-01", "450.00")]);
    let lapses = ask(&scheme("\"500.00\"", ""), &full);
    assert_granted(&lapses, "50.00", &["ceiling.pot"]);
    assert!(!lapses.to_json().unwrap().contains("rolls_over"));
    assert_eq!(rolls_over(&ask(&rolling("\"none\""), &full)), None);
    let refused = ask(&rolling("\"500.00\"").floor("cost", "\"5000.00\""), &full);
    assert_refused(&refused, &["floor.cost"]);
    assert_eq!(rolls_over(&refused), None);
    let unknown = ask(&rolling("\"unknown\""), &full);
    assert_refused(&unknown, &["ceiling.pot"]);
    assert_eq!(rolls_over(&unknown), None);
}

#[test]
fn no_more_goes_over_than_was_asked_for() {
    let full = beside("900.00", &[("2024-05-01", "450.00")]);
    let asked =
        |requested: &str| rolls_over(&ask(&rolling("\"500.00\""), &also(full.clone(), "requested", json!(requested))));
    assert_eq!(asked("70.00").as_deref(), Some("20.00"));
    assert_eq!(asked("40.00").as_deref(), Some("0.00"));
}

#[test]
fn the_steps_say_how_much_is_left_out_why_and_when_it_is_taken_up() {
    let answer = ask(&rolling("\"500.00\""), &beside("900.00", &[("2024-05-01", "450.00")]));
    let text = |answer: &Answer, rule: &str| {
        let step = answer.steps.iter().find(|step| step.rule == rule).unwrap();
        assert_eq!(step.source.as_ref().map(|source| source.code.as_str()), Some("guide"));
        step.text.clone().map(|text| [text.en, text.zh_hant]).unwrap()
    };
    assert_eq!(
        text(&answer, "ceiling.pot"),
        [
            "Ceiling of the scheme in a financial year: HK$500.00, used HK$450.00; HK$50.00 are left.",
            "計劃每個財政年度上限 HK$500.00，已用 HK$450.00，尚餘 HK$50.00。"
        ]
    );
    assert_eq!(
        text(&answer, "ceiling.pot.rolls_over"),
        [
            "Of HK$80.00 that everything else allows, HK$30.00 are left out, since the money of the year does not reach. They go over to the year from 1 April 2025, within the limits of that year.",
            "其他規則容許的 HK$80.00 之中，HK$30.00 因該年度款項不足而未獲批撥，可撥入2025年4月1日起的年度處理，仍受該年度的上限約束。"
        ]
    );
    assert_eq!(
        steps(&answer, "ceiling.pot.rolls_over"),
        [json!({ "inputs": { "wanted": "80.00", "allowed": "50.00", "next_year": "2025-04-01" }, "value": "30.00" })]
    );
    let enough = ask(&rolling("\"500.00\""), &beside("900.00", &[]));
    assert_eq!(
        text(&enough, "ceiling.pot.rolls_over"),
        [
            "The money of the year is enough: nothing goes over to the next year.",
            "該年度的款項足夠，無須撥入下一年度處理。"
        ]
    );
}

#[test]
fn what_is_committed_is_read_strictly_and_in_any_order() {
    let sample = rolling("\"500.00\"").read();
    let lines = [("2024-05-01", "400.00"), ("2024-06-01", "30.00")];
    let [one, two] = lines;
    assert_eq!(
        ask_on(&sample, DAY, &beside("900.00", &[one, two])).trace,
        ask_on(&sample, DAY, &beside("900.00", &[two, one])).trace
    );
    for (line, message) in [
        (json!([{ "on": "2024-05-01" }]), "missing field `amount`"),
        (json!([{ "amount": "1.00" }]), "missing field `on`"),
        (json!([{ "on": "2024-05-01", "amount": "1.00", "to": "A" }]), "unknown field `to`"),
        (json!([["2024-05-01", "1.00"]]), "expected an object"),
        (json!({}), "invalid type: map"),
    ] {
        let request = also(costing("900.00"), "committed", line);
        let fault = Request::from_json(request.to_string().as_bytes()).unwrap_err();
        assert!(fault.pointer.starts_with("/committed") && fault.message.contains(message), "{fault}");
    }
}
