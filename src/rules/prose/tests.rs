//! What differs is told by rule, with what was said before and what is said after.

use super::*;
use crate::scheme::sample::Sample;

const CEILING: &str = "[ceiling.project]\nof = \"grant\"\nper = \"project\"\nis = [\n  { from = \"2024-01-01\", is = \"100.00\", source = \"guide\" },\n  { from = \"2025-01-01\", is = \"200.00\", source = \"guide\" },\n]\n";

fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

/// Path, kind, and the two sentences in English.
fn told(differences: &[Difference]) -> Vec<(String, DifferenceKind, String, String)> {
    let words = |stated: &Option<Stated>| stated.as_ref().map_or(String::new(), |stated| stated.text.en.clone());
    let told = differences.iter().map(|difference| {
        (difference.path.clone(), difference.kind, words(&difference.before), words(&difference.after))
    });
    told.collect()
}

fn changed(path: &str, before: &str, after: &str) -> (String, DifferenceKind, String, String) {
    (path.to_owned(), DifferenceKind::Changed, before.to_owned(), after.to_owned())
}

/// The sentences of a day, in English.
fn sentences(scheme: &crate::scheme::Scheme, on: &str) -> Vec<String> {
    let page = page(scheme, day(on), crate::person::Language::English);
    page.sections.into_iter().flat_map(|section| section.paragraphs).map(|(text, _)| text).collect()
}

#[test]
fn a_length_says_which_other_length_is_refused_or_explained() {
    let duration = |name: &str, more: &str| {
        let is = "is = [{ from = \"2024-01-01\", is = 12, source = \"guide\" }]";
        format!("[duration.{name}]\nstages = [\"project\"]\n{more}\n{is}")
    };
    let scheme = Sample::new()
        .add(&duration("long", "refuses = true"))
        .add(&duration("short", "bound = \"at_least\"\nrefuses = true"))
        .add(&duration("normal", ""))
        .read();
    let told = sentences(&scheme, "2024-01-01");
    for expected in [
        "The length of the project is at most 12 months: longer is refused.",
        "The length of the project is at least 12 months: shorter is refused.",
        "The length of the project is at most 12 months: longer asks for a reason.",
    ] {
        assert!(told.iter().any(|sentence| sentence == expected), "{expected} {told:#?}");
    }
}

#[test]
fn an_answer_that_is_a_code_is_told_by_its_name() {
    let named = "name = { en = \"Track\", zh-Hant = \"類別\", zh-Hans = \"类别\" }";
    let values = "values = { easy = { en = \"Easy\", zh-Hant = \"簡易\", zh-Hans = \"简易\" }, hard = { en = \"Hard\", zh-Hant = \"困難\", zh-Hans = \"困难\" } }";
    let is = "{ fact = \"project.track\", one_of = [\"easy\", \"hard\"] }";
    let scheme = Sample::new()
        .add(&format!("[facts.project.track]\ntype = \"text\"\n{named}\n{values}"))
        .with("eligibility.track", is)
        .add(named)
        .read();
    let told = of(&scheme).into_iter().filter(|rule| rule.path.ends_with(".track"));
    let told = told.map(|rule| rule.lines[0].text.clone()).collect::<Vec<_>>();
    let [needed, asked] = told.as_slice() else { panic!("{told:?}") };
    assert_eq!(needed.en, "Needed: Track. That is so where the answer to \"Track\" is \"Easy\" or \"Hard\".");
    assert_eq!(needed.zh_hant, "須符合：類別。即「類別」的答案為「簡易」或「困難」。");
    assert_eq!(asked.en, "Asked: \"Track\" (answer: \"Easy\" (\"easy\") or \"Hard\" (\"hard\")).");
    assert_eq!(asked.zh_hans, "提问：“类别”（答案：“简易”（“easy”）或“困难”（“hard”））。");
}

#[test]
fn applications_are_the_applicants_own_whoever_else_is_counted() {
    let related = "[aggregation.related]\nname = { en = \"Related\", zh-Hant = \"關連\", zh-Hans = \"关连\" }\nis = [{ from = \"2024-01-01\", is = true, source = \"guide\" }]";
    let count = |of: &str| {
        let is = "is = [{ from = \"2024-01-01\", is = 2, source = \"guide\" }]";
        format!("[ceiling.{of}]\nof = \"{of}\"\nper = \"applicant\"\n{is}")
    };
    let scheme = Sample::new().add(related).add(&count("applications")).add(&count("projects")).read();
    let told = sentences(&scheme, "2024-01-01");
    for expected in [
        "The number of applications of an applicant in all is at most 2: more is refused.",
        "The number of projects of an applicant in all is at most 2: more is refused; awards of the parties counted together are added.",
    ] {
        assert!(told.iter().any(|sentence| sentence == expected), "{expected} {told:#?}");
    }
}

#[test]
fn a_limit_of_a_year_says_of_which_day_and_of_whose_money_in_each_language() {
    let question = "[facts.project.begins]\ntype = \"day\"\nname = { en = \"When does it begin?\", zh-Hant = \"何日開始？\", zh-Hans = \"何日开始？\" }";
    let scheme = Sample::calculating()
        .add(question)
        .ceiling(
            "course",
            "of = \"grant\"\nper = \"applicant\"\nperiod = \"financial_year\"\nyear_of = \"project.begins\"",
            "\"5.00\"",
        )
        .ceiling("pot", "of = \"grant\"\nper = \"scheme\"\nperiod = \"academic_year\"\nrolls_over = true", "\"5.00\"")
        .ceiling("lapsing", "of = \"grant\"\nper = \"scheme\"\nperiod = \"calendar_year\"", "\"5.00\"")
        .read();
    let rules = of(&scheme);
    for (path, en, zh_hant, zh_hans) in [
        (
            "ceiling.course",
            "The grant of an applicant in a financial year (from 1 April) counted by the answer to \"When does it begin?\" is at most HK$5.00: more is cut.",
            "每名申請者每個財政年度（4月1日起）的資助額（年度按「何日開始？」的答案）最多為 HK$5.00，超出的部分予以削減。",
            "每名申请者每个财政年度（4月1日起）的资助额（年度按“何日开始？”的答案）最多为 HK$5.00，超出的部分予以削减。",
        ),
        (
            "ceiling.pot",
            "The sum of all grants of the scheme in an academic year (from 1 September) is at most HK$5.00: more is cut, and goes over to the next year.",
            "計劃每個學年（9月1日起）的資助總額最多為 HK$5.00，超出的部分予以削減，並撥入下一年度處理。",
            "计划每个学年（9月1日起）的资助总额最多为 HK$5.00，超出的部分予以削减，并拨入下一年度处理。",
        ),
        (
            "ceiling.lapsing",
            "The sum of all grants of the scheme in a calendar year is at most HK$5.00: more is cut.",
            "計劃每個曆年的資助總額最多為 HK$5.00，超出的部分予以削減。",
            "计划每个历年的资助总额最多为 HK$5.00，超出的部分予以削减。",
        ),
        (
            "facts.project.begins",
            "Asked: \"When does it begin?\" (answer: a day).",
            "提問：「何日開始？」（答案：日期）。",
            "提问：“何日开始？”（答案：日期）。",
        ),
    ] {
        let told = rules.iter().find(|rule| rule.path == path).map(|rule| &rule.lines[0].text);
        let expected = Text { en: en.to_owned(), zh_hant: zh_hant.to_owned(), zh_hans: zh_hans.to_owned() };
        assert_eq!(told, Some(&expected), "{path}");
    }
}

#[test]
fn two_days_of_one_text_differ_in_what_changes_between_them() {
    let scheme = Sample::new().add(CEILING).read();
    let (hundred, two_hundred) = (
        "The grant of a project is at most HK$100.00: more is cut.",
        "The grant of a project is at most HK$200.00: more is cut.",
    );
    assert_eq!(
        told(&between_days(&scheme, day("2024-12-31"), day("2025-01-01"))),
        [changed("ceiling.project", hundred, two_hundred)]
    );
    assert_eq!(
        told(&between_days(&scheme, day("2025-01-01"), day("2024-12-31"))),
        [changed("ceiling.project", two_hundred, hundred)]
    );
    assert_eq!(between_days(&scheme, day("2025-01-01"), day("2030-01-01")), []);
    let begun = between_days(&scheme, day("2023-12-31"), day("2024-01-01"));
    assert!(begun.iter().all(|difference| difference.kind == DifferenceKind::Added && difference.before.is_none()));
    assert_eq!(begun.len(), scheme.lives.len());
}

#[test]
fn two_texts_differ_in_values_names_sources_and_questions() {
    let before = Sample::new().add(CEILING);
    let question = "[question.extension]\nname = { en = \"whether\", zh-Hant = \"可否\", zh-Hans = \"可否\" }\nis = [{ from = \"2024-01-01\", is = \"unknown\", source = \"guide\" }]\n";
    let after = before
        .clone()
        .change("\"200.00\"", "\"300.00\"")
        .change("title      = \"The guide\"", "title      = \"The new guide\"")
        .change("en = \"Panel\"", "en = \"Board\"")
        .add(question);
    assert_eq!(between_texts(&before.read(), &before.read()), []);
    let differences = between_texts(&before.read(), &after.read());
    let sources = |difference: &&Difference| {
        difference.before.as_ref().map(|stated| &stated.text) == difference.after.as_ref().map(|stated| &stated.text)
    };
    let (only_source, said): (Vec<_>, Vec<_>) = differences.iter().partition(sources);
    let expected = [
        changed(
            "ceiling.project",
            "The grant of a project is at most HK$200.00: more is cut.",
            "The grant of a project is at most HK$300.00: more is cut.",
        ),
        changed("approval.recommender", "\"Panel\" recommends.", "\"Board\" recommends."),
        changed(
            "sources.guide",
            "\"The guide\" (official, checked on 1 January 2026).",
            "\"The new guide\" (official, checked on 1 January 2026).",
        ),
        ("question.extension".to_owned(), DifferenceKind::Added, String::new(), "Not known: whether.".to_owned()),
    ];
    assert_eq!(told(&said.into_iter().cloned().collect::<Vec<_>>()), expected);
    // Whatever cites the source cites another title.
    assert!(only_source.iter().any(|difference| difference.path == "open"));
}

#[test]
fn a_day_that_moves_is_a_change_and_a_line_more_is_added() {
    let before = Sample::new().add(CEILING);
    let moved = before.clone().change("2025-01-01", "2025-07-01").read();
    let differences = between_texts(&before.read(), &moved);
    let [difference] = differences.as_slice() else { panic!("{differences:?}") };
    let from = |stated: &Option<Stated>| stated.as_ref().and_then(|stated| stated.from);
    assert_eq!((from(&difference.before), from(&difference.after)), (Some(day("2025-01-01")), Some(day("2025-07-01"))));
    let more = "  { from = \"2026-01-01\", is = \"none\", source = \"guide\" },\n]\n";
    let more = before.clone().change(" },\n]\n", &format!(" }},\n{more}")).read();
    let added = between_texts(&before.read(), &more);
    assert_eq!(
        told(&added),
        [(
            "ceiling.project".to_owned(),
            DifferenceKind::Added,
            String::new(),
            "There is no rule on the grant of a project.".to_owned()
        )]
    );
    let removed = between_texts(&more, &before.read());
    assert_eq!(removed.iter().map(|difference| difference.kind).collect::<Vec<_>>(), [DifferenceKind::Removed]);
}

#[test]
fn a_difference_is_written_with_its_two_sides() {
    let scheme = Sample::new().add(CEILING).read();
    let differences = between_days(&scheme, day("2024-12-31"), day("2025-01-01"));
    let json = serde_json::to_value(differences).unwrap();
    assert_eq!(json[0]["kind"], "changed");
    assert_eq!(
        (&json[0]["before"]["from"], &json[0]["after"]["source"]["code"]),
        (&"2024-01-01".into(), &"guide".into())
    );
    assert_eq!(json[0]["after"]["text"]["zh-Hant"], "每個項目的資助額最多為 HK$200.00，超出的部分予以削減。");
}

#[test]
fn the_page_of_a_day_says_what_was_said_before_and_will_be_said_later() {
    let page = page(&Sample::new().add(CEILING).read(), day("2024-06-01"), crate::person::Language::English);
    let ceilings = page.sections.iter().find(|section| section.heading == "Ceilings").unwrap();
    let (text, notes) = &ceilings.paragraphs[0];
    assert_eq!(text, "The grant of a project is at most HK$100.00: more is cut.");
    assert_eq!(
        notes,
        &[
            "ceiling.project; since 1 January 2024; source: guide (official, checked on 1 January 2026)",
            "From 1 January 2025 it will be: The grant of a project is at most HK$200.00: more is cut.",
        ]
    );
}

/// A made scheme with a table of every kind.
const EVERY_KIND: &str = include_str!("../../../tests/every_kind.toml");

#[test]
fn a_scheme_that_invests_or_deducts_speaks_of_no_grant_on_its_page_and_in_its_steps() {
    for kind in ["investment", "deduction"] {
        let text = EVERY_KIND.replace("kind      = \"grant\"", &format!("kind      = \"{kind}\""));
        let scheme = crate::scheme::Scheme::read(&text).unwrap();
        let rules = of(&scheme);
        // Awards of other schemes are what those give.
        let told =
            rules.iter().filter(|rule| !rule.path.starts_with("exclusive.") && !rule.path.starts_with("dependency."));
        let told = told.flat_map(|rule| rule.lines.iter().map(|line| (rule.path.clone(), line.text.clone())));
        let stepped = scheme.file.example.iter().map(toml::Spanned::get_ref).flat_map(|example| {
            let calculation = crate::calculation::calculate(&scheme, &example.given, example.on).unwrap();
            let sentences = calculation.steps.iter().map(|step| {
                let crate::text::Sentence { en, zh_hant } = step.kind.sentence(scheme.file.kind);
                (step.rule.clone(), Text { en, zh_hans: zh_hant.clone(), zh_hant })
            });
            sentences.collect::<Vec<_>>()
        });
        for (place, Text { en, zh_hant, zh_hans }) in told.chain(stepped) {
            for of_grants in ["grant", "government's share", "資助", "资助", "政府就"] {
                assert!(
                    ![&en, &zh_hant, &zh_hans].iter().any(|text| text.contains(of_grants)),
                    "{place}: {en} {zh_hant}"
                );
            }
        }
        let ceiling = rules.iter().find(|rule| rule.path == "floor.grant").map(|rule| &rule.lines[0].text.en);
        assert!(ceiling.is_some_and(|text| text.starts_with(&format!("The {kind} of "))), "{ceiling:?}");
    }
}

#[test]
fn whether_what_is_recommended_is_reserved_is_told_from_its_day_on() {
    let rule = "[approval.reserve]\nis = [\n  { from = \"2024-01-01\", is = true, source = \"guide\" },\n  { from = \"2025-01-01\", is = false, source = \"guide\" },\n]";
    let scheme = Sample::new().add(rule).read();
    for (on, expected) in [
        ("2024-12-31", "What is recommended is reserved of the scheme's money until it is decided."),
        ("2025-01-01", "What is recommended is not reserved."),
    ] {
        let told = sentences(&scheme, on);
        assert!(told.iter().any(|sentence| sentence == expected), "{expected} {told:#?}");
    }
}
