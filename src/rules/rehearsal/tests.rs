//! What a draft means for a case, with numbers worked out by hand.

use super::*;
use crate::sample::NIAS;

/// Half as much for each dollar, up to 100 million instead of 200.
fn drafted() -> [Scheme; 2] {
    let draft = NIAS.replace("is = \"1:2\"", "is = \"1:4\"").replace("\"200000000.00\"", "\"100000000.00\"");
    [NIAS, &draft].map(|text| Scheme::read(text).unwrap())
}

fn request(cost: &str) -> Request {
    let json = format!(
        r#"{{ "on": "2025-02-05", "project": {{ "stages": [{{ "stage": "project",
             "costs": [{{ "category": "equipment", "amount": "{cost}" }}] }}] }} }}"#
    );
    Request::from_json(json.as_bytes()).unwrap()
}

fn verdict(texts: [&Scheme; 2], request: &Request) -> Verdict {
    Rehearsal::new(texts[0], texts[1], None).unwrap().verdict(request).unwrap()
}

#[test]
fn a_case_gets_more_less_nothing_or_the_same() {
    let [old, new] = drafted();
    let case = request("600000000.00");
    for (texts, change, before, after, bound) in [
        ([&old, &new], Effect::Less, "200000000.00", "100000000.00", "ceiling.grant_per_project"),
        ([&new, &old], Effect::More, "100000000.00", "200000000.00", "ceiling.grant_per_project"),
        ([&old, &old], Effect::Same, "200000000.00", "200000000.00", "ceiling.grant_per_project"),
    ] {
        let verdict = verdict(texts, &case);
        assert_eq!(
            (verdict.change, &*verdict.before.grant.to_string(), &*verdict.after.grant.to_string()),
            (change, before, after)
        );
        assert!(verdict.after.limited_by.contains(bound), "{verdict:?}");
        assert_eq!(verdict.reason.is_some(), change != Effect::Same);
    }
}

#[test]
fn what_binds_under_the_draft_is_told_in_words() {
    let raised = NIAS.replace("\"300000000.00\"", "\"700000000.00\"");
    let (old, new) = (Scheme::read(NIAS).unwrap(), Scheme::read(&raised).unwrap());
    let less = verdict([&old, &new], &request("600000000.00"));
    assert_eq!(less.change, Effect::Nothing);
    assert_eq!(less.after.refused_by, BTreeSet::from(["floor.project_cost".to_owned()]));
    let reason = less.reason.unwrap();
    assert!(reason.en.contains("below the minimum of HK$700,000,000.00"), "{reason:?}");
    assert!(reason.zh_hant.contains("低於下限 HK$700,000,000.00"), "{reason:?}");
    assert_eq!(verdict([&new, &old], &request("600000000.00")).change, Effect::New);
}

#[test]
fn the_day_of_the_rehearsal_overrides_that_of_the_case_and_one_of_them_is_needed() {
    let [old, new] = drafted();
    let on = |on: Option<&str>| Rehearsal::new(&old, &new, on.map(|on| Day::parse(on).unwrap())).unwrap();
    let case = request("600000000.00");
    assert_eq!(on(Some("2024-09-15")).verdict(&case).unwrap().before.refused_by, BTreeSet::from(["open".to_owned()]));
    let without = Request { on: None, ..case };
    assert_eq!(on(None).verdict(&without).unwrap_err()[0].pointer, "/on");
    assert!(on(Some("2025-02-05")).verdict(&without).is_ok());
}

#[test]
fn texts_of_two_schemes_are_not_compared() {
    let (old, other) =
        (Scheme::read(NIAS).unwrap(), Scheme::read(&NIAS.replacen("\"NIAS\"", "\"NIAS-2\"", 1)).unwrap());
    let refused = Rehearsal::new(&old, &other, None).unwrap_err().to_string();
    assert_eq!(
        refused,
        "the draft is a text of NIAS-2, and the other is one of NIAS: compare two texts of the same scheme"
    );
}

#[test]
fn a_question_that_only_one_text_asks_is_left_out_under_the_other() {
    let question = r#"
[facts.applicant.in_the_north]
type = "boolean"
name = { en = "In the north?", zh-Hant = "在北部？", zh-Hans = "在北部？" }
"#;
    let (old, new) = (Scheme::read(NIAS).unwrap(), Scheme::read(&format!("{NIAS}{question}")).unwrap());
    let mut case = request("600000000.00");
    case.applicant.facts.insert("in_the_north".to_owned(), crate::calculation::FactValue::Boolean(true));
    assert_eq!(verdict([&old, &new], &case).change, Effect::Same);
    assert_eq!(verdict([&new, &old], &case).change, Effect::Same);
    assert!(Rehearsal::new(&old, &old, None).unwrap().verdict(&case).is_err());
}

#[test]
fn a_category_that_a_closed_list_has_no_more_gets_nothing() {
    let closed = |text: &str| text.replacen("is = \"open\"", "is = \"closed\"", 1);
    let (old, new) = (Scheme::read(NIAS).unwrap(), Scheme::read(&closed(NIAS)).unwrap());
    assert_ne!(old.hash, new.hash);
    let mut case = request("600000000.00");
    case.project.stages[0].costs.as_mut().unwrap()[0].category = "hovercraft".to_owned();
    let verdict = verdict([&old, &new], &case);
    assert_eq!(
        (verdict.change, verdict.after.refused_by.first().map(String::as_str)),
        (Effect::Nothing, Some("cost.list"))
    );
    assert!(verdict.reason.is_some());
    assert!(Rehearsal::new(&new, &new, None).unwrap().verdict(&case).is_err());
}

const GSTEM: &str = include_str!("../../../seeds/schemes/gstem.toml");
const DBGS: &str = include_str!("../../../seeds/schemes/dbgs.toml");

/// `draft` has one name more than `text`, and the case names it: it is new under the draft, and nothing where the draft drops it.
fn assert_refused_where_unknown(text: &str, more: &str, case: &str, rule: &str) {
    let more = format!("{text}\n{more}");
    let name = "{ en = \"More\", zh-Hant = \"更多\", zh-Hans = \"更多\" }";
    let (old, new) = (Scheme::read(text).unwrap(), Scheme::read(&more.replace("NAME", name)).unwrap());
    let case = Request::from_json(case.as_bytes()).unwrap();
    let refused =
        Side { grant: Cents::ZERO, limited_by: BTreeSet::new(), refused_by: BTreeSet::from([rule.to_owned()]) };
    let added = verdict([&old, &new], &case);
    assert_eq!(
        (added.change, &added.before, added.reason.is_some()),
        (Effect::New, &refused, true),
        "{rule}: {added:?}"
    );
    let dropped = verdict([&new, &old], &case);
    assert_eq!((dropped.change, &dropped.after, dropped.reason.is_some()), (Effect::Nothing, &refused, true), "{rule}");
    assert!(Rehearsal::new(&old, &old, None).unwrap().verdict(&case).is_err(), "neither text has it");
}

#[test]
fn a_stage_that_only_one_text_has_gets_nothing_under_the_other() {
    let case = r#"{ "on": "2025-02-05", "project": { "stages": [
        { "stage": "project", "costs": [{ "category": "equipment", "amount": "600000000.00" }] },
        { "stage": "more", "costs": [{ "category": "equipment", "amount": "1.00" }] }] } }"#;
    let stage = r#"[stage.more]
name = NAME
[matching.ratio.more]
is = [{ from = "2024-09-16", is = "1:2", source = "itf-page" }]
[contribution.more.enterprise]
is = [{ from = "2024-09-16", is = { cash = "counts", in_kind = "counts", investment = "counts" }, source = "not-published" }]"#;
    assert_refused_where_unknown(NIAS, stage, case, "stage");
}

#[test]
fn a_contributor_that_only_one_text_has_gets_nothing_under_the_other() {
    let case = r#"{ "on": "2025-02-05", "project": { "stages": [{ "stage": "project",
        "costs": [{ "category": "equipment", "amount": "600000000.00" }],
        "contributions": [{ "from": "enterprise", "form": "cash", "amount": "400000000.00" },
                          { "from": "more", "form": "cash", "amount": "1.00" }] }] } }"#;
    assert_refused_where_unknown(NIAS, "[contributor.more]\nname = NAME", case, "contributor");
}

#[test]
fn a_class_of_posts_that_only_one_text_has_gets_nothing_under_the_other() {
    let case = r#"{ "on": "2022-01-03", "project": { "stages": [{ "stage": "remuneration",
        "posts": [{ "class": "more", "heads": 1, "months": 12, "monthly_salary": "150000.00" }] }] } }"#;
    let class = r#"[unit_rate.class.more]
per = "year"
is = [{ from = "2021-07-01", is = "1000000.00", source = "speech-2021" }]
salary_share = [{ from = "2021-07-01", is = "50%", source = "speech-2021" }]
name = NAME"#;
    assert_refused_where_unknown(GSTEM, class, case, "unit_rate.class");
}

#[test]
fn a_group_of_awards_that_only_one_text_has_gets_nothing_under_the_other() {
    let case = r#"{ "on": "2025-11-28", "project": { "stages": [{ "stage": "project",
        "costs": [{ "category": "platform", "amount": "4000000.00" }] }] }, "history": { "awards": [
        { "on": "2025-01-15", "amount": "1250000.00", "completed": "2025-01-15", "party": "more" }] } }"#;
    let group = r#"[aggregation.more]
is = [{ from = "2024-11-28", is = true, source = "law-firms" }]
name = NAME"#;
    assert_refused_where_unknown(DBGS, group, case, "aggregation");
}

/// A question that is answered by one of two codes.
const TRACK: &str = r#"
[facts.project.track]
type = "text"
name = { en = "Track", zh-Hant = "類別", zh-Hans = "类别" }
[facts.project.track.values]
general = { en = "General", zh-Hant = "一般", zh-Hans = "一般" }
easy    = { en = "Easy", zh-Hant = "簡易", zh-Hans = "简易" }
"#;

#[test]
fn an_answer_that_only_one_text_has_gets_nothing_under_the_other() {
    let case = r#"{ "on": "2025-02-05", "project": { "facts": { "track": "more" }, "stages": [
        { "stage": "project", "costs": [{ "category": "equipment", "amount": "600000000.00" }] }] } }"#;
    let value = "[facts.project.track.values.more]\nen = \"More\"\nzh-Hant = \"更多\"\nzh-Hans = \"更多\"";
    assert_refused_where_unknown(&format!("{NIAS}{TRACK}"), value, case, "facts");
}

#[test]
fn a_cell_answers_with_a_code_of_either_text() {
    let (old, new) = (format!("{NIAS}{TRACK}"), format!("{NIAS}{}", TRACK.replace("easy ", "quick")));
    let texts = [old, new].map(|text| Scheme::read(&text).unwrap());
    let columns = Columns::read(["project.track", "cost.project.x"], texts.each_ref()).unwrap();
    for known in ["general", "easy", "quick"] {
        assert!(columns.case([known, "1"].into_iter()).is_ok(), "{known}");
    }
    let fault = columns.case(["eazy", "1"].into_iter()).unwrap_err().fault.to_string();
    assert_eq!(fault, "project.track: the answer \"eazy\" is not known: known are easy, general, quick");
}

#[test]
fn a_question_that_the_other_text_asks_otherwise_is_left_out() {
    let asks = |kind: &str| {
        let name = "{ en = \"In the north?\", zh-Hant = \"在北部？\", zh-Hans = \"在北部？\" }";
        Scheme::read(&format!("{NIAS}\n[facts.applicant.in_the_north]\ntype = \"{kind}\"\nname = {name}\n")).unwrap()
    };
    let (old, new) = (asks("boolean"), asks("count"));
    let mut case = request("600000000.00");
    case.applicant.facts.insert("in_the_north".to_owned(), crate::calculation::FactValue::Boolean(true));
    assert_eq!(verdict([&old, &new], &case).change, Effect::Same);
    assert_eq!(verdict([&new, &old], &case).change, Effect::Same);
    assert!(Rehearsal::new(&new, &new, None).unwrap().verdict(&case).is_err());
}

/// A text that asks for the day on which a project begins.
fn asking_for_a_day() -> Scheme {
    let name = "{ en = \"When?\", zh-Hant = \"何日？\", zh-Hans = \"何日？\" }";
    Scheme::read(&format!("{NIAS}\n[facts.project.begins]\ntype = \"day\"\nname = {name}\n")).unwrap()
}

#[test]
fn an_answer_of_an_earlier_award_that_only_one_text_asks_for_is_left_out() {
    let (old, new) = (Scheme::read(NIAS).unwrap(), asking_for_a_day());
    let case = r#"{ "on": "2025-02-05", "project": { "stages": [{ "stage": "project",
        "costs": [{ "category": "equipment", "amount": "600000000.00" }] }] },
        "history": { "awards": [{ "on": "2024-10-01", "amount": "1.00", "facts": { "begins": "2024-12-01" } }] },
        "committed": [{ "on": "2024-10-01", "amount": "1.00" }] }"#;
    let case = Case::from_json(case.as_bytes()).unwrap().request;
    assert_eq!(case.committed.as_ref().map(Vec::len), Some(1));
    assert_eq!(verdict([&old, &new], &case).change, Effect::Same);
    assert_eq!(verdict([&new, &old], &case).change, Effect::Same);
    assert!(Rehearsal::new(&old, &old, None).unwrap().verdict(&case).is_err(), "neither text asks for it");
}

#[test]
fn a_cell_that_answers_with_a_day_is_a_day() {
    let scheme = asking_for_a_day();
    let columns = Columns::read(["project.begins", "cost.project.equipment"], [&scheme, &scheme]).unwrap();
    let case = columns.case(["2025-02-05", "1.00"].into_iter()).unwrap();
    assert_eq!(case.request.project.facts["begins"].to_string(), "2025-02-05");
    let fault = columns.case(["5 February", "1.00"].into_iter()).unwrap_err().fault;
    assert!(fault.to_string().contains("project.begins: \"5 February\" is not a day"), "{fault}");
}

#[test]
fn a_faulty_case_keeps_its_name_where_that_can_be_read() {
    let id = |text: &str| Case::from_json(text.as_bytes()).unwrap_err().id;
    let amount = r#"{ "project": { "stages": [{ "stage": "project", "costs": [{ "category": "x", "amount": "1.005" }] }] },
        "id": "A-1" }"#;
    assert_eq!(id(amount).as_deref(), Some("A-1"));
    for unreadable in
        [r#"{ "id": "A-1""#, r#"{ "id": 7, "project": {} }"#, "{ \"id\": \"\\u0007\", \"project\": {} }", "{}"]
    {
        assert_eq!(id(unreadable), None, "{unreadable}");
    }
    let columns = columns("on,cost.project.equipment,id").unwrap();
    let id = |row: [&'static str; 3]| columns.case(row.into_iter()).unwrap_err().id;
    assert_eq!(id(["2025-02-05", "1.005", " A-1 "]).as_deref(), Some("A-1"));
    assert_eq!((id(["yesterday", "", ""]), id(["yesterday", "", "\u{7}"])), (None, None));
}

#[test]
fn totals_hold_more_than_64_bits_and_add_up_in_any_parts() {
    let [old, new] = drafted();
    let (less, same) =
        (verdict([&old, &new], &request("600000000.00")), verdict([&old, &old], &request("600000000.00")));
    let mut totals = Totals::default();
    totals.add(&less);
    totals.add(&same);
    totals.add_fault();
    let doubled = totals.plus(&totals);
    assert_eq!((doubled.less.cases, doubled.same.cases, doubled.faulty, doubled.all().cases), (2, 2, 2, 4));
    assert_eq!(
        (doubled.all().before.to_string(), doubled.all().after.to_string()),
        ("800000000.00".into(), "600000000.00".into())
    );
    let many = (0..40).fold(totals, |totals, _| totals.plus(&totals));
    assert_eq!(many.all().before.to_string(), "439804651110400000000.00");
    let rehearsal = Rehearsal::new(&old, &new, None).unwrap();
    assert!(!rehearsal.envelope(&totals).unwrap().passed && rehearsal.envelope(&many).unwrap().passed);
}

fn columns(names: &str) -> Result<Columns, ColumnFault> {
    let [old, new] = drafted();
    Columns::read(names.split(','), [&old, &new])
}

#[test]
fn a_row_says_the_same_as_a_line_of_json() {
    let columns = columns("id,on,requested,cost.project.equipment,contribution.project.enterprise.cash,months.project,history.granted,history.projects").unwrap();
    let row = ["A-1", "2025-02-05", "1.00", "600000000.00", "4.00", "36", "2.00", ""];
    let json = br#"{ "id": "A-1", "on": "2025-02-05", "requested": "1.00", "history": { "granted": "2.00" },
        "project": { "stages": [{ "stage": "project", "months": 36, "costs": [{ "category": "equipment", "amount": "600000000.00" }],
        "contributions": [{ "from": "enterprise", "form": "cash", "amount": "4.00" }] }] } }"#;
    assert_eq!(columns.case(row.into_iter()).unwrap(), Case::from_json(json).unwrap());
    let left_out = ["", "", "", "1", "", "", "", ""];
    let case = columns.case(left_out.into_iter()).unwrap();
    assert_eq!(
        (case.id, case.request.history, case.request.project.stages[0].contributions.as_ref()),
        (None, None, None)
    );
}

#[test]
fn a_column_that_is_not_understood_is_named_with_what_to_write() {
    for (names, told) in [
        (
            "id,cost.second.equipment",
            "column 2, \"cost.second.equipment\": the stage \"second\" is not known: known are project",
        ),
        ("contribution.project.bank.cash", "the contributor \"bank\" is not known: known are enterprise"),
        ("contribution.project.enterprise.gold", "the form is cash, in_kind or investment"),
        ("applicant.age,cost.project.x", "the fact \"age\" is not known: known are"),
        ("cost.project.x,cost.project.x", "column 2, \"cost.project.x\": it is there twice"),
        ("price", "this column is not known: write id, on, requested"),
        ("", "this column is not known"),
        ("id,on", "no column has a cost, a contribution or a post"),
        ("cost.project.", "write id, on"),
        ("posts.project.doctor.age", "write id, on"),
    ] {
        let fault = columns(names).unwrap_err().to_string();
        assert!(fault.contains(told), "{names}: {fault}");
    }
}

#[test]
fn a_cell_that_is_not_understood_is_named_with_its_column() {
    let columns = columns("id,on,cost.project.equipment,history.projects").unwrap();
    for (row, told) in [
        (["a\u{7}", "", "", ""], "id: take the control characters out"),
        (["", "yesterday", "", ""], "on: \"yesterday\" is not a day"),
        (["", "", "1.005", ""], "cost.project.equipment: \"1.005\" is not an amount"),
        (["", "", "-1", ""], "cost.project.equipment: \"-1\" is not an amount"),
        (["", "", "", "+1"], "history.projects: \"+1\" is not a whole number"),
    ] {
        let fault = columns.case(row.into_iter()).unwrap_err().fault.to_string();
        assert!(fault.starts_with(told), "{fault}");
    }
    let fault = columns.case(["a", "b"].into_iter()).unwrap_err().fault.to_string();
    assert!(fault.contains("there are 2 cells for 4 columns"), "{fault}");
}
