//! Every name in a request is one that the scheme knows.

use super::*;
use crate::calculation::FaultKind;

#[track_caller]
fn assert_malformed(sample: &Sample, request: &Value, pointer: &str, message: &str) {
    let faults = faults(sample, request);
    let [fault] = &faults[..] else { panic!("{faults:?}") };
    assert_eq!((fault.pointer.as_str(), fault.message.as_str()), (pointer, message));
    assert_ne!(fault.kind, FaultKind::NotAllowed);
}

#[test]
fn an_unknown_stage_or_contributor_is_named_with_the_known_ones() {
    assert_malformed(
        &Sample::new().add(SECOND_STAGE),
        &project(&[stage("third", Some(&[]), None)]),
        "/project/stages/0/stage",
        "the stage \"third\" is not known: known are project, second",
    );
    assert_malformed(
        &Sample::new(),
        &given(&[("industry", "cash", "1.00"), ("bank", "cash", "1.00")]),
        "/project/stages/0/contributions/1/from",
        "the contributor \"bank\" is not known: known are industry, university",
    );
}

#[test]
fn a_name_of_which_a_part_is_not_seen_is_refused_and_is_not_told_as_it_is() {
    for name in ["a\u{1b}[31mb", "ab\u{202e}c", "\u{200b}"] {
        let message = "a character of this name is not seen: write it in letters, digits and signs that are";
        let costs = project(&[stage("project", Some(&[(name, "1.00")]), None)]);
        assert_malformed(&Sample::new(), &costs, "/project/stages/0/costs/0/category", message);
        let award = json!({ "scheme": name, "on": "2024-01-01", "amount": "1.00" });
        let awarded = also(costing("1.00"), "history", json!({ "awards": [award] }));
        assert_malformed(&Sample::new(), &awarded, "/history/awards/0/scheme", message);
        let mut asked = costing("1.00");
        asked["project"]["facts"][name] = json!(true);
        let told = faults(&Sample::new(), &asked)[0].to_string();
        assert!(told.contains("U+") && !told.contains(name), "{told}");
    }
}

#[test]
fn a_project_is_not_completed_before_it_was_applied_for() {
    let award = |submitted: Value, completed: &str| {
        let award = json!({ "on": "2024-03-01", "submitted_on": submitted, "amount": "1.00", "completed": completed });
        also(costing("300.00"), "history", json!({ "awards": [award] }))
    };
    let message = |day: &str| {
        format!(
            "it was completed before it was applied for or, where that is not said, decided, on {day}: mend one of the days"
        )
    };
    let pointer = "/history/awards/0/completed";
    assert_malformed(&Sample::new(), &award(Value::Null, "2024-02-29"), pointer, &message("2024-03-01"));
    assert_malformed(&Sample::new(), &award(json!("2024-02-01"), "2024-01-31"), pointer, &message("2024-02-01"));
    // Some programmes let a project begin before it is decided on.
    for (submitted, completed) in [(json!("2024-02-01"), "2024-02-01"), (Value::Null, "2024-03-01")] {
        assert_granted(&ask(&Sample::new(), &award(submitted, completed)), "100.00", &["matching.ratio"]);
    }
}

#[test]
fn a_stage_that_is_there_twice_is_refused() {
    assert_malformed(
        &Sample::new(),
        &project(&[stage("project", Some(&[]), None), stage("project", Some(&[]), None)]),
        "/project/stages/1/stage",
        "the stage \"project\" is there twice",
    );
}

#[test]
fn a_fact_that_is_unknown_of_another_type_or_answered_with_no_code_of_its_list_is_named_with_what_to_write() {
    let sample = Sample::new().condition("local", "boolean", "{ fact = \"applicant.local\", is = true }");
    let named = "{ en = \"said\", zh-Hant = \"中文\", zh-Hans = \"中文\" }";
    let sample = sample
        .add(&format!("[facts.project.sector]\ntype = \"text\"\nname = {named}"))
        .add(&format!("values = {{ crafts = {named}, trade = {named} }}"))
        .add(&format!("[facts.project.size]\ntype = \"count\"\nname = {named}"));
    let asked = |whose: &str, facts: Value| {
        let mut request = costing("300.00");
        request[whose]["facts"] = facts;
        request
    };
    for (request, pointer, message) in [
        (
            asked("applicant", json!({ "locla": true })),
            "/applicant/facts/locla",
            "the fact \"locla\" is not known: known are local",
        ),
        (
            asked("applicant", json!({ "a/b~c": true })),
            "/applicant/facts/a~1b~0c",
            "the fact \"a/b~c\" is not known: known are local",
        ),
        (
            asked("project", json!({ "local": true })),
            "/project/facts/local",
            "the fact \"local\" is not known: known are sector, size",
        ),
        (
            asked("applicant", json!({ "local": "yes" })),
            "/applicant/facts/local",
            "the fact \"local\" must be true or false",
        ),
        (
            asked("project", json!({ "sector": 1 })),
            "/project/facts/sector",
            "the fact \"sector\" must be a code in quotes",
        ),
        (
            asked("project", json!({ "sector": "trades" })),
            "/project/facts/sector",
            "the answer \"trades\" is not known: known are crafts, trade",
        ),
        (
            asked("project", json!({ "sector": "" })),
            "/project/facts/sector",
            "the answer \"\" is not known: known are crafts, trade",
        ),
        (asked("project", json!({ "size": true })), "/project/facts/size", "the fact \"size\" must be a whole number"),
    ] {
        assert_malformed(&sample, &request, pointer, message);
    }
}

#[test]
fn posts_are_refused_where_the_scheme_pays_none() {
    let mut request = costing("300.00");
    request["project"]["stages"][0]["posts"] = json!([{ "class": "doctor", "heads": 1, "months": 12 }]);
    assert_malformed(
        &Sample::new(),
        &request,
        "/project/stages/0/posts/0/class",
        "the class \"doctor\" is not known: SAMPLE has no posts at unit rates",
    );
}

#[test]
fn a_history_in_both_forms_is_refused_since_they_may_disagree() {
    for short in [json!({ "granted": "0.00", "awards": [] }), json!({ "projects": 0, "awards": [] })] {
        assert_malformed(
            &Sample::new(),
            &also(costing("300.00"), "history", short),
            "/history",
            "give either granted and projects, or awards: the short form and the long form together may disagree",
        );
    }
}

#[test]
fn a_party_that_the_scheme_does_not_know_is_refused() {
    let history = |party: &str| json!({ "awards": [{ "on": "2024-02-01", "amount": "1.00", "party": party }] });
    let named = "name = { en = \"A name\", zh-Hant = \"名稱\", zh-Hans = \"名称\" }";
    let sample = Sample::new().with("aggregation.related_company", "true").add(named);
    assert_malformed(
        &sample,
        &also(costing("300.00"), "history", history("cousin")),
        "/history/awards/0/party",
        "the party \"cousin\" is not known: known are related_company",
    );
    ask(&sample, &also(costing("300.00"), "history", history("related_company")));
}

#[test]
fn nothing_to_calculate_is_refused() {
    let message = "there is nothing to calculate: give costs, contributions or posts in at least one stage";
    for stages in
        [json!([]), json!([{ "stage": "project", "months": 12 }]), json!([{ "stage": "project", "posts": [] }])]
    {
        assert_malformed(&Sample::new(), &json!({ "project": { "stages": stages } }), "/project/stages", message);
    }
}

#[test]
fn a_category_outside_a_closed_list_is_understood_but_not_allowed() {
    let sample = Sample::new().change("is = \"open\"", "is = \"closed\"").category("equipment", "");
    let request = project(&[stage("project", Some(&[("equipment", "100.00"), ("travel", "1.00")]), None)]);
    let faults = faults(&sample, &request);
    let [fault] = &faults[..] else { panic!("{faults:?}") };
    assert_eq!(fault.kind, FaultKind::NotAllowed);
    assert_eq!(fault.pointer, "/project/stages/0/costs/1/category");
    assert_eq!(fault.message, "the category \"travel\" is not known: known are equipment");
}

#[test]
fn all_unknown_names_are_told_at_once() {
    let mut request = given(&[("bank", "cash", "1.00")]);
    request["applicant"]["facts"] = json!({ "listed": true });
    let pointers = faults(&Sample::new(), &request).into_iter().map(|fault| fault.pointer).collect::<Vec<_>>();
    assert_eq!(pointers, ["/applicant/facts/listed", "/project/stages/0/contributions/0/from"]);
}

#[test]
fn amounts_that_add_up_to_more_than_can_be_held_are_refused() {
    let scheme = Sample::new().read();
    let mut request = read(&given(&[("industry", "cash", "999999999999.99")]));
    assert_eq!(calculate(&scheme, &request, day(DAY)).unwrap().grant.to_string(), "499999999999.99");
    let lines = request.project.stages[0].contributions.as_mut().unwrap();
    *lines = vec![lines[0].clone(); 92_234];
    let faults = calculate(&scheme, &request, day(DAY)).expect_err("that is more than 64 bits hold");
    assert_eq!(faults[0].to_string(), "the whole request: the amounts add up to more than can be held");
}

#[test]
fn of_thousands_of_faults_a_hundred_are_told_and_the_others_counted() {
    let facts = (0..4000).map(|number| (format!("unknown_{number:04}"), json!(true)));
    let mut request = costing("300.00");
    request["applicant"]["facts"] = Value::Object(facts.collect());
    let faults = faults(&Sample::new(), &request);
    assert_eq!(faults.len(), 101);
    assert_eq!(faults[99].pointer, "/applicant/facts/unknown_0099");
    assert_eq!(faults[100].to_string(), "the whole request: 3900 more parts are wrong: mend these first");
    assert_eq!(faults[100].kind, FaultKind::Malformed);
}
