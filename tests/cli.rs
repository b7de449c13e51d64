//! The command line as a person uses it: the real program on real files.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on must fail")]

mod program;

use program::{almoner, assert_not_understood, exit, file, folder, nias, run, text};
use serde_json::Value;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Output, Stdio};

const REQUEST: &str = r#"{
  "on": "2025-02-05",
  "project": { "stages": [{ "stage": "project",
    "costs": [{ "category": "equipment", "amount": "600000000.00" }],
    "contributions": [{ "from": "enterprise", "form": "cash", "amount": "400000000.00" }] }] },
  "requested": "200000000.00"
}"#;

/// Runs with `input` as standard input; the reader of the output goes away first where `listening` is false.
fn run_with(arguments: &[&str], input: &[u8], listening: bool) -> Output {
    let mut command = almoner(arguments);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    if !listening {
        drop(child.stdout.take());
    }
    let mut stdin = child.stdin.take().unwrap();
    // A program that has seen enough closes its input early.
    let _ = stdin.write_all(input);
    drop(stdin);
    child.wait_with_output().unwrap()
}

fn answer(output: &Output) -> Value {
    assert_eq!((text(&output.stderr), exit(output)), ("", Some(0)));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn every_scheme_of_the_house_is_in_order_and_its_examples_hold() {
    let output = run(&["scheme", "check"]);
    assert_eq!((exit(&output), text(&output.stderr)), (Some(0), ""), "{}", text(&output.stdout));
    let lines = text(&output.stdout).lines().collect::<Vec<_>>();
    assert!(lines.iter().all(|line| line.contains("is in order")), "{lines:?}");
    assert!(lines.iter().any(|line| line.starts_with("seeds/schemes/nias.toml: NIAS is in order, ")), "{lines:?}");
}

#[test]
fn a_grant_is_worked_out_from_a_file_without_a_database() {
    let request = file(&folder("from_a_file"), "request.json", REQUEST);
    let answer = answer(&run(&["calculate", "NIAS", &request]));
    assert_eq!((&answer["grant"], &answer["outcome"]), (&"200000000.00".into(), &"granted".into()));
    assert_eq!(answer["on"], "2025-02-05");
}

#[test]
fn a_request_comes_from_standard_input_and_the_code_in_any_case() {
    let from_input = run_with(&["calculate", "nias", "-"], REQUEST.as_bytes(), true);
    let request = file(&folder("from_input"), "request.json", REQUEST);
    assert_eq!(answer(&from_input), answer(&run(&["calculate", "NIAS", &request])));
}

#[test]
fn the_day_of_the_command_line_overrides_that_of_the_request() {
    let answer = answer(&run_with(&["calculate", "NIAS", "--on", "2024-09-15", "-"], REQUEST.as_bytes(), true));
    assert_eq!(answer["on"], "2024-09-15");
    assert_eq!(answer["refused_by"], serde_json::json!(["open"]));
}

#[test]
fn a_refused_calculation_is_a_good_answer() {
    let refused = REQUEST.replace("600000000.00", "6.00").replace("400000000.00", "4.00");
    let answer = answer(&run_with(&["calculate", "NIAS", "-"], refused.as_bytes(), true));
    assert_eq!((&answer["grant"], &answer["outcome"]), (&"0.00".into(), &"refused".into()));
}

#[test]
fn the_same_request_has_the_same_trace_every_time() {
    let trace = || answer(&run_with(&["calculate", "NIAS", "-"], REQUEST.as_bytes(), true))["trace"].clone();
    assert_eq!(trace(), trace());
}

#[test]
fn a_request_that_cannot_be_understood_is_named_on_standard_error() {
    for (request, message) in [
        (REQUEST.replace("\"600000000.00\"", "600000000"), "/project/stages/0/costs/0/amount: invalid type: integer"),
        (REQUEST.replace("\"stage\": \"project\"", "\"stage\": \"second\""), "/project/stages/0/stage: the stage"),
        (REQUEST.replace("\"on\": \"2025-02-05\",", ""), "/on: say which day's rules apply"),
        (format!("{REQUEST} x"), "the whole request: trailing characters"),
        (String::new(), "the whole request: EOF"),
    ] {
        assert_not_understood(&run_with(&["calculate", "NIAS", "-"], request.as_bytes(), true), message);
    }
}

#[test]
fn all_unknown_names_of_a_request_are_told_one_in_a_line() {
    let request =
        REQUEST.replace("\"enterprise\"", "\"bank\"").replace("\"stage\": \"project\"", "\"stage\": \"second\"");
    let output = run_with(&["calculate", "NIAS", "-"], request.as_bytes(), true);
    assert_eq!((text(&output.stderr).lines().count(), exit(&output)), (2, Some(2)));
}

#[test]
fn a_request_with_a_byte_order_mark_is_read() {
    let request = [b"\xEF\xBB\xBF", REQUEST.as_bytes()].concat();
    assert_eq!(answer(&run_with(&["calculate", "NIAS", "-"], &request, true))["outcome"], "granted");
}

#[test]
fn a_request_longer_than_any_is_refused_as_such() {
    let request = [" ".repeat(16 * 1024 * 1024).as_bytes(), REQUEST.as_bytes()].concat();
    assert_not_understood(&run_with(&["calculate", "NIAS", "-"], &request, true), "-: longer than any request");
}

#[test]
fn a_request_that_is_not_there_is_named() {
    assert_not_understood(&run(&["calculate", "NIAS", "/nowhere/request.json"]), "/nowhere/request.json: No such file");
    let folder = folder("not_a_file");
    assert_not_understood(&run(&["calculate", "NIAS", folder.to_str().unwrap()]), "Is a directory");
}

#[test]
fn a_scheme_that_is_not_there_is_answered_with_the_known_ones() {
    let message = "there is no scheme \"XYZ\" in seeds/schemes: there are ";
    assert_not_understood(&run(&["calculate", "XYZ", "-"]), message);
    assert_not_understood(&run(&["scheme", "show", "XYZ", "--on", "2025-02-05"]), message);
    assert_not_understood(&run(&["calculate", "../schemes/nias", "-"]), "there is no scheme \"../schemes/nias\"");
}

#[test]
fn a_folder_without_schemes_is_not_a_folder_in_order() {
    let empty = folder("empty");
    let empty = empty.to_str().unwrap();
    assert_not_understood(&run(&["--schemes", empty, "scheme", "check"]), "there is no scheme in ");
    assert_not_understood(&run(&["--schemes", empty, "calculate", "NIAS", "-"]), "there is no scheme in ");
    assert_not_understood(&run(&["--schemes", "/nowhere", "scheme", "check"]), "/nowhere: No such file");
}

#[test]
fn another_folder_is_named_by_an_option_or_by_the_environment() {
    let folder = folder("another");
    file(&folder, "nias.toml", nias().replace("to = \"x\"", "").replace("2024-09-16", "2020-01-01"));
    let arguments = ["scheme", "show", "NIAS", "--on", "2020-01-01"];
    let option = run(&[&["--schemes", folder.to_str().unwrap()], &arguments[..]].concat());
    let taken = "  The scheme takes applications.\n      open; since 1 January 2020; ";
    assert!(text(&option.stdout).contains(taken), "{}", text(&option.stdout));
    let environment = almoner(&arguments).env("ALMONER_SCHEMES", &folder).output().unwrap();
    assert_eq!(environment.stdout, option.stdout);
    let none = "  No rule covers this day.\n      open\n      From 16 September 2024 it will be: The scheme takes";
    assert!(text(&run(&arguments).stdout).contains(none));
}

#[test]
fn a_faulty_scheme_is_told_with_line_and_column_and_cannot_be_used() {
    let folder = folder("faulty");
    let faulty = nias().replace("is = \"1:2\"", "is = \"1/2\"");
    let path = file(&folder, "nias.toml", &faulty);
    let line = faulty.lines().position(|line| line.contains("\"1/2\"")).unwrap() + 1;
    let message = format!("{path}:{line}:35: \"1/2\" is not a ratio");

    let output = run(&["scheme", "check", &path]);
    assert!(text(&output.stdout).starts_with(&message), "{}", text(&output.stdout));
    assert_eq!(exit(&output), Some(1));
    let folder = folder.to_str().unwrap();
    assert_not_understood(&run(&["--schemes", folder, "calculate", "NIAS", "-"]), &message);
}

#[test]
fn a_failing_example_is_told_at_its_place() {
    let path = file(
        &folder("failing"),
        "draft.toml",
        nias().replacen("expect = { grant = \"200000000.00\"", "expect = { grant = \"200000000.01\"", 1),
    );
    let output = run(&["scheme", "check", &path]);
    assert!(text(&output.stdout).contains("expects grant 200000000.01, but it is 200000000.00"), "{output:?}");
    assert_eq!(exit(&output), Some(1));
}

#[test]
fn one_file_that_cannot_be_read_does_not_keep_the_others_from_being_checked() {
    let folder = folder("several");
    let not_text = file(&folder, "binary.toml", b"\xFF");
    let output = run(&["scheme", "check", "/nowhere.toml", &not_text, "seeds/schemes/nias.toml"]);
    assert!(text(&output.stderr).contains("/nowhere.toml: No such file"), "{output:?}");
    assert!(text(&output.stderr).contains("binary.toml is not UTF-8: save it as UTF-8"), "{output:?}");
    assert!(text(&output.stdout).starts_with("seeds/schemes/nias.toml: NIAS is in order"), "{output:?}");
    assert_eq!(exit(&output), Some(2));
}

#[test]
fn a_scheme_stands_in_the_file_of_its_code() {
    let folder = folder("misplaced");
    file(&folder, "other.toml", nias());
    let folder = folder.to_str().unwrap();
    let message = "other.toml: the scheme NIAS belongs in nias.toml";
    assert_not_understood(&run(&["--schemes", folder, "calculate", "OTHER", "-"]), message);
    let check = run(&["--schemes", folder, "scheme", "check"]);
    assert!(text(&check.stdout).contains(message), "{check:?}");
    assert_eq!(exit(&check), Some(1));
}

#[test]
fn a_schema_is_printed_of_scheme_files_and_of_what_can_be_asked_of_one() {
    let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds/schemes/scheme.schema.json");
    assert_eq!(text(&run(&["scheme", "schema"]).stdout), fs::read_to_string(kept).unwrap());
    let request: Value = serde_json::from_str(REQUEST).unwrap();
    for (arguments, fits) in [
        (&["scheme", "schema", "NIAS"][..], true),
        (&["scheme", "schema", "NIAS", "--on", "2025-02-05"], true),
        (&["scheme", "schema", "RAISE-PLUS"], false),
    ] {
        assert_eq!(jsonschema::is_valid(&answer(&run(arguments)), &request), fits, "{arguments:?}");
    }
    assert_not_understood(&run(&["scheme", "schema", "XYZ"]), "there is no scheme \"XYZ\"");
    assert_not_understood(&run(&["scheme", "schema", "--on", "2025-02-05"]), "<CODE>");
}

#[test]
fn a_day_that_is_none_is_refused() {
    let output = run(&["scheme", "show", "NIAS", "--on", "2025-02-30"]);
    assert_not_understood(&output, "\"2025-02-30\" is not a day: write year, month and day");
    assert_not_understood(&run(&["calculate", "NIAS", "--on", "today", "-"]), "\"today\" is not a day");
    assert_not_understood(&run(&["scheme", "show", "NIAS"]), "--on <DAY>");
}

#[test]
fn help_says_what_there_is_and_what_the_exit_codes_mean() {
    for (arguments, told) in [
        (&["--help"][..], &["calculate", "scheme", "--schemes", "ALMONER_SCHEMES"][..]),
        (&["calculate", "--help"], &["--on", "standard input", "exit 0", "exit 2"]),
        (&["scheme", "check", "--help"], &["Exit 0", "1 when", "2 when", "file:line:column"]),
        (&["scheme", "show", "--help"], &["--on", "--language", "--file"]),
        (&["scheme", "diff", "--help"], &["--from", "--to", "--file", "Exit 0"]),
        (&["scheme", "new", "--help"], &["TODO", "--file"]),
    ] {
        let output = run(arguments);
        assert_eq!(exit(&output), Some(0), "{arguments:?}");
        for told in told {
            assert!(text(&output.stdout).contains(told), "{arguments:?} should say {told}: {}", text(&output.stdout));
        }
    }
    assert_eq!(exit(&run(&[])), Some(2));
    assert_eq!(exit(&run(&["calculat"])), Some(2));
}

#[test]
fn the_page_of_codes_is_what_the_program_prints() {
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/API.md")).unwrap();
    assert_eq!(text(&run(&["codes"]).stdout), page, "cargo run -- codes > docs/API.md");
}

#[test]
fn a_reader_that_goes_away_is_no_accident() {
    let output = run_with(&["calculate", "NIAS", "-"], REQUEST.as_bytes(), false);
    assert_eq!((text(&output.stderr), exit(&output)), ("", Some(0)));
}

#[cfg(target_os = "linux")]
#[test]
fn output_that_cannot_be_written_is_told() {
    let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let output = almoner(&["scheme", "check"]).stdout(full).output().unwrap();
    assert_not_understood(&output, "standard output: ");
}
