//! What is committed of the scheme's money: the grant, or the ceiling that applies to the case.

use super::*;

const PROJECT: &str = "of = \"grant\"\nper = \"project\"";
const APPLICANT: &str = "of = \"grant\"\nper = \"applicant\"";

fn committing(commits: &str) -> Sample {
    Sample::calculating().ceiling("project", PROJECT, "\"250.00\"").with("commitment", commits)
}

/// What is granted, and what is committed.
fn amounts(answer: &Answer) -> (String, Option<String>) {
    (answer.grant.to_string(), answer.commitment.map(|amount| amount.to_string()))
}

#[track_caller]
fn assert_committed(answer: &Answer, grant: &str, commitment: &str) {
    assert_eq!(amounts(answer), (grant.to_owned(), Some(commitment.to_owned())));
}

#[test]
fn a_scheme_commits_its_grant_or_its_ceiling() {
    assert_committed(&ask(&committing("\"grant\""), &costing("300.00")), "100.00", "100.00");
    assert_committed(&ask(&committing("\"ceiling\""), &costing("300.00")), "100.00", "250.00");
    assert_committed(&ask(&committing("\"ceiling\""), &costing("9000.00")), "250.00", "250.00");
}

#[test]
fn what_is_requested_lowers_the_grant_and_not_the_ceiling() {
    let request = also(costing("300.00"), "requested", json!("40.00"));
    assert_committed(&ask(&committing("\"ceiling\""), &request), "40.00", "250.00");
}

#[test]
fn the_lowest_ceiling_is_committed_and_no_more_than_the_applicant_has_left() {
    let lower = committing("\"ceiling\"").ceiling("lower", PROJECT, "\"200.00\"");
    assert_committed(&ask(&lower, &costing("300.00")), "100.00", "200.00");
    let nested = committing("\"ceiling\"").ceiling("applicant", APPLICANT, "\"400.00\"");
    let with_history = |granted: &str| also(costing("300.00"), "history", json!({ "granted": granted, "projects": 1 }));
    assert_committed(&ask(&nested, &with_history("100.00")), "100.00", "250.00");
    assert_committed(&ask(&nested, &with_history("220.00")), "100.00", "180.00");
}

#[test]
fn ceilings_of_stages_are_one_together_where_each_stage_has_one() {
    let of = |stage: &str| format!("{PROJECT}\nstage = \"{stage}\"");
    let one = Sample::calculating()
        .add(SECOND_STAGE)
        .ceiling("first", &of("project"), "\"150.00\"")
        .with("commitment", "\"ceiling\"");
    let both = one.clone().ceiling("second", &of("second"), "\"60.00\"");
    let costs: Option<&[_]> = Some(&[("equipment", "300.00")]);
    let asked = project(&[stage("project", costs, None), stage("second", costs, None)]);
    assert_committed(&ask(&both, &asked), "160.00", "210.00");
    // The second stage may have any amount: what it is granted is all that is known.
    assert_committed(&ask(&one, &asked), "250.00", "250.00");
    assert_committed(&ask(&one, &costing("300.00")), "100.00", "150.00");
    let whole = both.ceiling("whole", PROJECT, "\"200.00\"");
    assert_committed(&ask(&whole, &asked), "160.00", "200.00");
}

#[test]
fn the_money_of_the_whole_scheme_for_a_year_is_not_committed_to_one_case() {
    const YEAR: &str = "of = \"grant\"\nper = \"scheme\"\nperiod = \"financial_year\"";
    let both = committing("\"ceiling\"").ceiling("year", YEAR, "\"200.00\"");
    assert_committed(&ask(&both, &costing("300.00")), "100.00", "250.00");
    let alone = Sample::calculating().ceiling("year", YEAR, "\"5000.00\"").with("commitment", "\"ceiling\"");
    let faults = crate::scheme::Scheme::read(alone.text()).unwrap_err();
    assert!(faults[0].message.starts_with("commitment: there is no ceiling to commit"), "{faults:?}");
}

#[test]
fn a_ceiling_that_does_not_apply_leaves_the_grant_to_be_committed() {
    let ended = Sample::calculating().ceiling("project", PROJECT, "\"none\"").with("commitment", "\"ceiling\"");
    assert_committed(&ask(&ended, &costing("300.00")), "100.00", "100.00");
}

#[test]
fn nothing_is_committed_where_the_grant_is_refused() {
    let refused = committing("\"ceiling\"").floor("cost", "\"5000.00\"");
    assert_committed(&ask(&refused, &costing("300.00")), "0.00", "0.00");
}

#[test]
fn what_nobody_knows_of_the_commitment_is_not_said_and_refuses_no_grant() {
    let answer = ask(&committing("\"unknown\""), &costing("300.00"));
    assert_granted(&answer, "100.00", &["matching.ratio"]);
    assert_eq!(amounts(&answer).1, None);
    assert!(answer.unverified.contains(&"commitment".to_owned()), "{:?}", answer.unverified);
    for sample in [
        committing("\"none\""),
        Sample::calculating(),
        committing("\"ceiling\"")
            .change("commitment]\nis = [{ from = \"2024-01-01\"", "commitment]\nis = [{ from = \"2024-06-02\""),
    ] {
        let answer = ask(&sample, &costing("300.00"));
        assert_eq!(amounts(&answer), ("100.00".to_owned(), None));
        assert!(!answer.to_json().unwrap().contains("commit"));
    }
}

#[test]
fn the_step_says_both_amounts_and_its_source() {
    let answer = ask(&committing("\"ceiling\""), &costing("300.00"));
    let step = answer.steps.last().unwrap();
    assert_eq!(step.rule, "commitment");
    assert_eq!(step.source.as_ref().map(|source| source.code.as_str()), Some("guide"));
    assert_eq!(
        steps(&answer, "commitment"),
        [json!({ "inputs": { "commits": "ceiling", "grant": "100.00", "ceiling": "250.00" }, "value": "250.00" })]
    );
    let text = step.text.as_ref().unwrap();
    assert_eq!(text.en, "HK$250.00 are committed of the scheme's money: its ceiling, and not the grant of HK$100.00.");
    assert_eq!(text.zh_hant, "計劃的承擔額為 HK$250.00，即上限，而非資助額 HK$100.00。");
    let json: Value = serde_json::from_str(&answer.to_json().unwrap()).unwrap();
    assert_eq!((&json["grant"], &json["commitment"]), (&json!("100.00"), &json!("250.00")));
}

#[test]
fn a_scheme_that_takes_applications_cannot_commit_its_ceiling() {
    let with = |commits: &str| Sample::new().ceiling("project", PROJECT, "\"250.00\"").with("commitment", commits);
    with("\"grant\"").read();
    let sample = with("\"ceiling\"");
    let faults = Scheme::read(sample.text()).unwrap_err();
    let [fault] = faults.as_slice() else { panic!("{faults:?}") };
    assert_eq!(
        fault.message,
        "commitment: the ledger commits what is awarded and no more, so a scheme that commits its ceiling cannot take applications yet: leave out [assessment], [approval] and [payment], or write \"grant\""
    );
    assert!(sample.text().lines().nth(fault.line - 1).unwrap().contains("\"ceiling\""));
    let approval = "[approval.recommender]\nname = { en = \"P\", zh-Hant = \"評\", zh-Hans = \"评\" }\nsource = \"guide\"\n[approval.authority.all]\nname = { en = \"C\", zh-Hant = \"署\", zh-Hans = \"署\" }\nis = [{ from = \"2024-01-01\", is = \"none\", source = \"guide\" }]\n[approval.offer_days]\nis = [{ from = \"2024-01-01\", is = 30, source = \"guide\" }]\n";
    let payment = "[payment.instalment.final]\nname = { en = \"F\", zh-Hant = \"末\", zh-Hans = \"末\" }\ndue = \"completion\"\nis = [{ from = \"2024-01-01\", is = \"100%\", source = \"guide\" }]\n";
    for one in [approval, payment] {
        let faults = Scheme::read(committing("\"ceiling\"").add(one).text()).unwrap_err();
        assert!(faults[0].message.contains("cannot take applications yet"), "{faults:?}");
    }
}

#[test]
fn a_ceiling_that_is_committed_is_a_ceiling_on_the_grant() {
    let counted = Sample::calculating().ceiling("projects", "of = \"projects\"\nper = \"applicant\"", "2");
    let faults = Scheme::read(counted.with("commitment", "\"ceiling\"").text()).unwrap_err();
    assert_eq!(faults.len(), 1);
    assert!(faults[0].message.contains("there is no ceiling to commit"), "{faults:?}");
    let word = Scheme::read(committing("\"estimate\"").text()).unwrap_err();
    assert_eq!(word[0].message, "\"estimate\" is not known: write \"grant\" or \"ceiling\"");
}
