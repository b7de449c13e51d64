//! Reading, comparing and beginning schemes on the command line.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on must fail")]

mod program;

use program::{assert_not_understood, exit, file, folder, nias, run, text};
use std::fs;
use std::path::Path;

#[test]
fn a_scheme_is_read_on_a_day_in_sentences_with_their_sources() {
    let shown = |on: &str, language: &str| {
        let output = run(&["scheme", "show", "NIAS", "--on", on, "--language", language]);
        assert_eq!((text(&output.stderr), exit(&output)), ("", Some(0)));
        text(&output.stdout).to_owned()
    };
    let (before, after) = (shown("2025-11-17", "en"), shown("2025-11-18", "en"));
    assert!(
        before
            .starts_with("NIAS — New Industrialisation Acceleration Scheme\nAs its text states it on 17 November 2025")
    );
    assert!(before.contains(
        "  Eligible cost of the project must be at least HK$300,000,000.00: less is refused.\n      floor.project_cost; since 16 September 2024; source: itf-page (official, checked on 22 November 2026)\n      From 18 November 2025 it will be: Eligible cost of the project must be at least HK$150,000,000.00: less is refused.\n"
    ), "{before}");
    assert!(after.contains(
        "      floor.project_cost; since 18 November 2025; source: press-2025-11 (press, checked on 22 November 2026)\n      Until 17 November 2025: Eligible cost of the project must be at least HK$300,000,000.00: less is refused.\n"
    ), "{after}");
    assert!(
        shown("2025-11-18", "zh-Hant").contains("  項目的合資格成本須最少為 HK$150,000,000.00，不足則不獲批准。\n")
    );
    assert!(
        shown("2025-11-18", "zh-Hans").contains("  项目的合资格成本须最少为 HK$150,000,000.00，不足则不获批准。\n")
    );
    assert_not_understood(
        &run(&["scheme", "show", "NIAS", "--on", "2025-11-18", "--language", "fr"]),
        "write en, zh-Hant or zh-Hans",
    );
}

#[test]
fn a_draft_is_read_from_its_file_and_compared_with_what_the_folder_has() {
    let draft =
        file(&folder("draft"), "draft.toml", nias().replacen("is = \"200000000.00\"", "is = \"250000000.00\"", 1));
    let shown = run(&["scheme", "show", "--file", &draft, "--on", "2025-11-18"]);
    assert!(
        text(&shown.stdout).contains("The grant of a project is at most HK$250,000,000.00"),
        "{}",
        text(&shown.stderr)
    );
    let named = run(&["scheme", "show", "nias", "--file", &draft, "--on", "2025-11-18"]);
    assert_eq!((text(&named.stdout), exit(&named)), (text(&shown.stdout), Some(0)));
    let another = "draft.toml is a text of NIAS, and you named TVP: name the one that you mean";
    assert_not_understood(&run(&["scheme", "show", "TVP", "--file", &draft, "--on", "2025-11-18"]), another);
    assert_not_understood(&run(&["scheme", "diff", "TVP", "--file", &draft]), another);
    let told = "ceiling.grant_per_project (changed)\n  - The grant of a project is at most HK$200,000,000.00: more is cut. [since 16 September 2024; source: itf-page (official, checked on 22 November 2026)]\n  + The grant of a project is at most HK$250,000,000.00: more is cut. [";
    for arguments in [
        &["scheme", "diff", "NIAS", "--file", &draft][..],
        &["scheme", "diff", "--file", "seeds/schemes/nias.toml", "--file", &draft],
    ] {
        let output = run(arguments);
        assert!(text(&output.stdout).starts_with(told), "{}", text(&output.stdout));
        assert_eq!((text(&output.stdout).lines().count(), exit(&output)), (3, Some(0)));
    }
}

#[test]
fn a_scheme_that_nobody_has_is_a_fault_among_several_files_and_a_warning_about_one() {
    let folder = folder("strangers");
    let rule = |code: &str| {
        let name = "name = { en = \"Beside\", zh-Hant = \"同時\", zh-Hans = \"同时\" }";
        let is = "is = [{ from = \"2024-09-16\", is = true, source = \"itf-page\" }]";
        format!("{}\n[exclusive.other]\nschemes = [\"{code}\"]\n{name}\n{is}\n", nias())
    };
    let (typo, fine) = (file(&folder, "typo.toml", rule("TVPP")), file(&folder, "fine.toml", rule("TVP")));
    let place = format!("{typo}:{}:12: ", nias().lines().count() + 3);
    let told = "there is no scheme \"TVPP\": write a code that a file has or, where it has none, its name as [other_scheme.TVPP.name]; did you mean \"TVP\"?\n";
    let alone = run(&["scheme", "check", &typo]);
    assert!(text(&alone.stdout).starts_with(&format!("{place}warning: {told}")), "{}", text(&alone.stdout));
    assert_eq!((text(&alone.stdout).lines().count(), exit(&alone)), (2, Some(0)));
    let several = run(&["scheme", "check", &fine, &typo]);
    assert!(text(&several.stdout).ends_with(&format!("{place}{told}")), "{}", text(&several.stdout));
    assert_eq!((text(&several.stdout).lines().count(), exit(&several)), (2, Some(1)));
    // Where there is no folder, the files themselves are all that is there.
    let with = |more: &[&str]| exit(&run(&[&["--schemes", "/nowhere", "scheme", "check", &fine], more].concat()));
    assert_eq!((with(&["seeds/schemes/tvp.toml"]), with(&["seeds/schemes/nias.toml"])), (Some(0), Some(1)));
}

#[test]
fn two_days_of_a_scheme_are_compared() {
    let output =
        run(&["scheme", "diff", "NIAS", "--from", "2025-11-17", "--to", "2025-11-18", "--language", "zh-Hant"]);
    assert!(
        text(&output.stdout).starts_with("floor.project_cost（更改）\n  - 項目的合資格成本"),
        "{}",
        text(&output.stdout)
    );
    let same = run(&["scheme", "diff", "NIAS", "--from", "2025-11-18", "--to", "2025-11-18"]);
    assert_eq!((text(&same.stdout), exit(&same)), ("", Some(0)));
    assert_not_understood(
        &run(&["scheme", "diff", "NIAS"]),
        "say two days with --from and --to, or another text with --file",
    );
    assert_not_understood(&run(&["scheme", "diff"]), "compare two days of one text, or two texts");
    assert_not_understood(&run(&["scheme", "diff", "NIAS", "--from", "2025-11-18"]), "--to <DAY>");
}

#[test]
fn a_new_scheme_checks_as_it_stands_and_is_not_written_over_another() {
    let folder = folder("new");
    let path = folder.join("new.toml");
    let path = path.to_str().unwrap();
    let written = run(&["scheme", "new", "NEW", "--from", "2030-01-01", "--file", path]);
    assert_eq!((text(&written.stderr), exit(&written)), ("", Some(0)));
    let check = run(&["--schemes", folder.to_str().unwrap(), "scheme", "check"]);
    assert!(text(&check.stdout).contains("NEW is in order, 1 example holds"), "{check:?}");
    assert_not_understood(&run(&["scheme", "new", "NEW", "--file", path]), "new.toml: File exists");
    assert_not_understood(&run(&["scheme", "new", "new one"]), "\"new one\" is no code: write capital letters");
    assert!(text(&run(&["scheme", "new", "NEW"]).stdout).contains("code      = \"NEW\""));
}

#[test]
fn the_page_of_schemes_is_what_the_program_prints() {
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/schemes.md")).unwrap();
    assert!(text(&run(&["scheme", "page"]).stdout) == page, "cargo run -- scheme page > docs/schemes.md");
}
