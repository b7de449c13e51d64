//! Other schemes are schemes that somebody has.

use super::*;
use std::collections::BTreeSet;

/// The sample with a rule that names other schemes.
fn relation(section: &str, schemes: &str, is: &str) -> Sample {
    let is = format!("is = [{is}{{ from = \"2024-01-01\", is = true, source = \"guide\" }}]");
    Sample::new().add(&format!(
        "[{section}.other]\nname = {{ en = \"Other\", zh-Hant = \"其他\", zh-Hans = \"其他\" }}\nschemes = {schemes}\n{is}"
    ))
}

/// A scheme that has no file, with its name.
fn without_a_file(table: &str) -> String {
    format!("{table}\nname = {{ en = \"Other\", zh-Hant = \"其他\", zh-Hans = \"其他\" }}")
}

#[test]
fn what_excludes_or_is_needed_is_an_award_of_another_scheme() {
    for section in ["exclusive", "dependency"] {
        assert_fault(&relation(section, "[]", "▸"), "names no scheme: write schemes = [\"…\"]");
        assert_fault(&relation(section, "[▸\"tvp\"]", ""), "write the code of a scheme, in capital letters");
    }
    for schemes in ["[▸\"SAMPLE\"]", "[\"TVP\", ▸\"SAMPLE\"]"] {
        assert_fault(
            &relation("dependency", schemes, ""),
            "dependency.other is about other schemes: take this one out",
        );
        assert_fault(
            &relation("exclusive", schemes, ""),
            "exclusive.other is about other schemes: for earlier projects",
        );
    }
}

#[test]
fn a_scheme_without_a_file_is_named_by_a_rule() {
    let named = relation("exclusive", "[\"TVP\"]", "");
    let message = "the scheme TVQ is not named: remove it, or name it in exclusive or dependency";
    assert_fault(&named.clone().add(&without_a_file("▸[other_scheme.TVQ]")), message);
    named.add(&without_a_file("[other_scheme.TVP]")).read();
    relation("dependency", "[\"TVP\", \"TVQ\"]", "").add(&without_a_file("[other_scheme.TVQ]")).read();
}

#[test]
fn a_scheme_that_nobody_has_is_told_at_its_place() {
    let strangers = |sample: &Sample, house: &[&str]| {
        let (text, line, column) = unmarked(sample);
        let house = house.iter().map(|code| (*code).to_owned()).collect::<BTreeSet<_>>();
        let told = Scheme::read(&text).unwrap().strangers(&text, &house);
        assert!(told.iter().all(|fault| (fault.line, fault.column) == (line, column)), "{told:?}");
        told.into_iter().map(|fault| fault.message).collect::<Vec<_>>()
    };
    for section in ["exclusive", "dependency"] {
        let sample = relation(section, "[\"NIAS\", ▸\"TVPX\"]", "");
        let message = "there is no scheme \"TVPX\": write a code that a file has or, where it has none, its name as [other_scheme.TVPX.name]";
        assert_eq!(strangers(&sample, &["NIAS"]), [message]);
        assert_eq!(strangers(&sample, &["NIAS", "TVP"]), [format!("{message}; did you mean \"TVP\"?")]);
        assert!(strangers(&sample, &["NIAS", "TVPX"]).is_empty());
        assert!(strangers(&sample.add(&without_a_file("[other_scheme.TVPX]")), &["NIAS"]).is_empty());
    }
    let both = relation("exclusive", "[\"TVP\"]", "").add(&without_a_file("▸[other_scheme.TVP]"));
    assert_eq!(strangers(&both, &["TVP"]), ["the scheme TVP has a file: take out [other_scheme.TVP]"]);
}
