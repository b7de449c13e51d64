//! Every scheme of the house in words: no rule without its sentence, no sentence half in another language, and the page of them all.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on must fail")]

mod seeds;

use rules::calculation::calculate;
use rules::person::Language;
use rules::prose::{self, Chapter, Rule};
use rules::scheme::{Known, Scheme, SchemeKind};
use rules::text::Text;
use serde_json::Value;
use std::collections::BTreeSet;

const CHINESE: [Language; 2] = [Language::TraditionalChinese, Language::SimplifiedChinese];

/// A text and what it says.
fn read((name, text): (String, String)) -> (String, Scheme) {
    let scheme = Scheme::read(&text).unwrap_or_else(|faults| panic!("{name}: {faults:?}"));
    (text, scheme)
}

/// The schemes of the house.
fn seeds() -> Vec<(String, Scheme)> {
    seeds::texts().into_iter().map(read).collect()
}

/// A made scheme with a table of every kind.
fn every_kind() -> (String, Scheme) {
    read(("every_kind.toml".to_owned(), include_str!("every_kind.toml").to_owned()))
}

/// Every text that the file gives: names in a language, and titles and addresses of sources.
fn given(text: &str, language: Language) -> BTreeSet<String> {
    let mut given = BTreeSet::new();
    let mut to_see = vec![serde_json::to_value(toml::from_str::<toml::Table>(text).unwrap()).unwrap()];
    while let Some(value) = to_see.pop() {
        match value {
            Value::Object(members) => {
                let named =
                    [language.code(), "title", "url"].into_iter().filter_map(|name| members.get(name)?.as_str());
                given.extend(named.map(str::to_owned));
                to_see.extend(members.into_iter().map(|(_, member)| member));
            }
            Value::Array(members) => to_see.extend(members),
            _ => {}
        }
    }
    given
}

/// What is left of a Chinese sentence without what is no word of it: texts that are given, values in quotes, codes.
fn foreign(sentence: &str, given: &BTreeSet<String>) -> Vec<String> {
    let mut given =
        given.iter().filter(|text| text.chars().any(|character| character.is_ascii_alphabetic())).collect::<Vec<_>>();
    given.sort_by_key(|text| std::cmp::Reverse(text.len()));
    let rest = given.iter().fold(sentence.to_owned(), |rest, text| rest.replace(text.as_str(), " "));
    let rest =
        rest.split('"').step_by(2).collect::<Vec<_>>().join(" ").replace("Asia/Hong_Kong", " ").replace("MiB", " ");
    // The code of an answer stands in the quotes of the language, as a person writes it in a request.
    let is_code =
        |part: &&str| !part.is_empty() && part.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_'));
    let rest = rest.split(['「', '」', '“', '”']).filter(|part| !is_code(part)).collect::<Vec<_>>().join(" ");
    let words = rest.split(|character: char| !character.is_ascii_alphanumeric() && character != '-');
    let is_word = |word: &&str| word.chars().any(|character| character.is_ascii_lowercase());
    words.filter(is_word).map(str::to_owned).collect()
}

/// What the file gives in each form of Chinese.
type Given = [BTreeSet<String>; 2];

fn given_in_chinese(text: &str) -> Given {
    CHINESE.map(|language| given(text, language))
}

#[track_caller]
fn assert_complete(place: &str, text: &Text, given: &Given) {
    for language in Language::ALL {
        let sentence = text.of(language);
        assert!(sentence.ends_with(['.', '?', '。', '？']), "{place}: {sentence}");
        assert!(!sentence.contains(['{', '}']), "{place}: {sentence}");
    }
    for (language, given) in CHINESE.into_iter().zip(given) {
        let sentence = text.of(language);
        assert_eq!(foreign(sentence, given), Vec::<String>::new(), "{place}: {sentence}");
    }
}

fn rule<'a>(rules: &'a [Rule], path: &str) -> &'a Rule {
    let told = rules.iter().filter(|rule| rule.path == path).collect::<Vec<_>>();
    let [rule] = told.as_slice() else { panic!("{path} is told {} times", told.len()) };
    rule
}

#[test]
fn every_rule_of_every_scheme_is_told_once_with_all_its_days_and_sources() {
    for (_, scheme) in seeds().into_iter().chain([every_kind()]) {
        let rules = prose::of(&scheme);
        for life in &scheme.lives {
            let lines = &rule(&rules, &life.path).lines;
            let told = lines.iter().map(|line| (line.from, line.source.as_ref().map(|source| source.code.as_str())));
            let stated = life.lines.iter().map(|line| (Some(line.from), Some(line.source.as_str())));
            assert_eq!(told.collect::<Vec<_>>(), stated.collect::<Vec<_>>(), "{}", life.path);
        }
        let undated = scheme.file.sources.keys().map(|code| format!("sources.{code}"));
        let undated = undated.chain(scheme.file.round.keys().map(|code| format!("round.{code}")));
        let undated = undated.chain(scheme.file.cut_off.keys().map(|code| format!("cut_off.{code}")));
        let undated = undated.chain(scheme.file.lineage.keys().map(|code| format!("lineage.{code}")));
        let undated = undated.chain(scheme.file.facts.applicant.keys().map(|code| format!("facts.applicant.{code}")));
        let undated = undated.chain(scheme.file.other_scheme.keys().map(|code| format!("other_scheme.{code}")));
        for path in undated.chain(["code", "name", "kind", "currency", "time_zone"].map(str::to_owned)) {
            rule(&rules, &path);
        }
    }
}

#[test]
fn every_sentence_of_every_scheme_is_there_in_each_language_and_in_no_other() {
    for (text, scheme) in seeds().into_iter().chain([every_kind()]) {
        let given = given_in_chinese(&text);
        for rule in prose::of(&scheme) {
            for line in &rule.lines {
                assert_complete(&format!("{} {}", scheme.file.code.get_ref(), rule.path), &line.text, &given);
            }
        }
    }
}

#[test]
fn a_rule_that_has_ended_and_one_that_nobody_knows_have_their_words_whatever_their_kind() {
    let (text, _) = every_kind();
    let (given, mut told) = (given_in_chinese(&text), BTreeSet::new());
    for (value, known) in [("\"none\"", Known::None), ("\"unknown\"", Known::Unknown)] {
        for line in text.lines().filter(|line| line.starts_with("is = [{") || line.contains(" = [{ from")) {
            let (before, rest) = line.split_once(", is = ").unwrap();
            let until = if rest.contains(", source = \"guide\", cases") {
                ", source = \"guide\", cases"
            } else {
                ", source = \"guide\" }]"
            };
            let after = &rest.split_once(until).unwrap().1;
            // The same line may stand in several tables: each is changed by itself.
            for (place, _) in text.match_indices(line) {
                let (head, tail) = text.split_at(place);
                let changed = format!("{head}{before}, is = {value}{until}{after}{}", &tail.split_at(line.len()).1);
                let Ok(scheme) = Scheme::read(&changed) else { continue };
                let rules = prose::of(&scheme);
                for life in scheme.lives.iter().filter(|life| life.lines.iter().any(|line| line.is == known)) {
                    let rule = rule(&rules, &life.path);
                    assert_complete(&life.path, &rule.lines[0].text, &given);
                    told.insert(format!("{} {value}", life.path));
                }
            }
        }
    }
    let (_, scheme) = every_kind();
    assert!(told.len() > scheme.lives.len(), "of {} rules, only {told:?}", scheme.lives.len());
}

#[test]
fn every_page_has_its_headings_in_each_language_and_says_what_is_missing() {
    let headings: BTreeSet<_> = Chapter::ALL.iter().map(|chapter| chapter.heading(SchemeKind::Grant).zh_hant).collect();
    assert_eq!(headings.len(), Chapter::ALL.len());
    for (text, scheme) in seeds() {
        let on = scheme.lives.iter().filter_map(|life| life.lines.last()).map(|line| line.from).max().unwrap();
        for language in CHINESE {
            let given = given(&text, language);
            let paths = scheme.lives.iter().map(|life| life.path.clone()).chain(scheme.file.sources.keys().cloned());
            let known: BTreeSet<String> =
                given.into_iter().chain(paths).chain(prose::of(&scheme).into_iter().map(|rule| rule.path)).collect();
            let page = prose::page(&scheme, on, language);
            for section in &page.sections {
                for (text, notes) in &section.paragraphs {
                    for text in notes.iter().chain([text, &section.heading]) {
                        // What is missing is named by its table.
                        let text = text.replace("[assessment]", "").replace("[approval]", "").replace("[payment]", "");
                        assert_eq!(
                            foreign(&text, &known),
                            Vec::<String>::new(),
                            "{}: {text}",
                            scheme.file.code.get_ref()
                        );
                    }
                }
            }
        }
    }
}

#[test]
fn every_step_of_every_example_is_a_sentence_in_english_and_in_chinese() {
    for (text, scheme) in seeds() {
        let chinese = given(&text, Language::TraditionalChinese);
        for example in scheme.file.example.iter().map(toml::Spanned::get_ref) {
            let categories = example.given.project.stages.iter().flat_map(|stage| stage.costs.iter().flatten());
            let known = chinese.iter().cloned().chain(categories.map(|cost| cost.category.clone())).collect();
            let calculation = calculate(&scheme, &example.given, example.on).unwrap();
            for step in &calculation.steps {
                let sentence = step.kind.sentence(scheme.file.kind);
                let place = format!("{} \"{}\" {}", scheme.file.code.get_ref(), example.name, step.rule);
                assert!(sentence.en.ends_with(['.', '?']) || sentence.en.contains(": "), "{place}: {}", sentence.en);
                assert_eq!(foreign(&sentence.zh_hant, &known), Vec::<String>::new(), "{place}: {}", sentence.zh_hant);
                assert!(!sentence.zh_hant.is_empty(), "{place}");
            }
        }
    }
}
