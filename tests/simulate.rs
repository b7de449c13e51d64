//! A rehearsal as a policy officer runs it: the real program on real files.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on must fail")]

mod program;

use program::{almoner, assert_not_understood, exit, file, folder, nias, run, text};
use serde_json::{Value, json};
use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

/// An empty folder of one test, with a draft of NIAS that gives less for each dollar, up to 100 million, from 400 million of cost.
struct Desk(PathBuf);

impl Desk {
    fn new(test: &str) -> Self {
        let desk = Self(folder(&format!("simulate/{test}")));
        desk.file(
            "draft.toml",
            nias()
                .replacen("is = \"200000000.00\"", "is = \"100000000.00\"", 1)
                .replace("is = \"300000000.00\"", "is = \"400000000.00\""),
        );
        desk
    }

    fn file(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        file(&self.0, name, content)
    }

    fn path(&self, name: &str) -> String {
        self.0.join(name).to_str().unwrap().to_owned()
    }

    fn run(&self, arguments: &[&str]) -> Output {
        run(&[&["simulate", "--draft", &self.path("draft.toml")], arguments].concat())
    }

    fn command(&self, arguments: &[&str]) -> Command {
        almoner(&[&["simulate", "--draft", &self.path("draft.toml")], arguments].concat())
    }

    /// The verdicts on a portfolio, and the summary.
    fn verdicts(&self, portfolio: &str) -> (Vec<Value>, String) {
        let out = self.path("verdicts.jsonl");
        let output = self.run(&[portfolio, "--out", &out]);
        assert_eq!(text(&output.stderr), "");
        let lines = fs::read_to_string(out).unwrap();
        let lines = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        (lines, text(&output.stdout).to_owned())
    }
}

fn case(id: &str, cost: &str) -> String {
    let stage = json!({ "stage": "project", "costs": [{ "category": "equipment", "amount": cost }] });
    json!({ "id": id, "on": "2025-02-05", "project": { "stages": [stage] } }).to_string() + "\n"
}

/// One case of each kind, with the kind as its name.
const COSTS: [(&str, &str); 4] =
    [("less", "600000000.00"), ("nothing", "300000000.00"), ("same", "1.00"), ("less", "450000000.00")];

fn portfolio() -> String {
    COSTS.iter().map(|(id, cost)| case(id, cost)).collect()
}

fn table() -> String {
    let rows = COSTS.iter().map(|(id, cost)| format!("{id},2025-02-05,{cost}\n"));
    std::iter::once("id,on,cost.project.equipment\n".to_owned()).chain(rows).collect()
}

#[test]
fn who_gets_less_nothing_or_the_same_is_told_in_the_order_of_the_cases_with_the_reason() {
    let desk = Desk::new("order");
    let (verdicts, summary) = desk.verdicts(&desk.file("cases.jsonl", portfolio()));
    assert!(verdicts.iter().all(|verdict| verdict["id"] == verdict["change"]) && verdicts.len() == 4, "{verdicts:?}");
    assert_eq!(
        verdicts[0],
        json!({ "line": 1, "id": "less", "on": "2025-02-05", "change": "less", "before": "200000000.00",
                "after": "100000000.00", "difference": "-100000000.00",
                "limited_by_before": ["ceiling.grant_per_enterprise", "ceiling.grant_per_project", "matching.ratio"],
                "limited_by_after": ["ceiling.grant_per_project"], "refused_by_before": [], "refused_by_after": [],
                "reason": "Ceiling of the project: HK$100,000,000.00, used HK$0.00; HK$100,000,000.00 are left.",
                "reason_zh_hant": "每個項目上限 HK$100,000,000.00，已用 HK$0.00，尚餘 HK$100,000,000.00。" })
    );
    assert_eq!(verdicts[1]["refused_by_after"], json!(["floor.project_cost"]));
    assert!(verdicts[1]["reason"].as_str().unwrap().contains("is below the minimum of HK$400,000,000.00"));
    assert_eq!(
        (&verdicts[2]["reason"], &verdicts[2]["refused_by_before"]),
        (&Value::Null, &json!(["floor.enterprise_contribution", "floor.project_cost"]))
    );
    for told in [
        "less              2           350000000.00           200000000.00          -150000000.00\n",
        "nothing           1           100000000.00                   0.00          -100000000.00\n",
        "all               4           450000000.00           200000000.00          -250000000.00\n",
        "envelope on 2025-02-05: 10000000000.00, the total after keeps within it\n",
        "faults in its examples: almoner scheme check names them\n",
    ] {
        assert!(summary.contains(told), "{told}\n{summary}");
    }
}

#[test]
fn turned_round_the_same_cases_get_more_or_are_new() {
    let desk = Desk::new("turned");
    let (draft, cases) = (desk.path("draft.toml"), desk.file("cases.jsonl", portfolio()));
    desk.file("new.toml", nias());
    let output =
        run(&["simulate", "--draft", &desk.path("new.toml"), "--against", &draft, &cases, "--format", "jsonl"]);
    let changes =
        text(&output.stdout).lines().map(|line| serde_json::from_str::<Value>(line).unwrap()["change"].clone());
    assert_eq!(changes.collect::<Vec<_>>(), ["more", "new", "same", "more"]);
    assert!(text(&output.stderr).starts_with("change "), "the summary goes where the verdicts do not: {output:?}");
    assert_eq!(exit(&output), Some(0));
}

#[test]
fn a_table_and_lines_of_json_come_to_the_same() {
    let desk = Desk::new("same");
    let verdicts = |portfolio: &str| {
        let (mut verdicts, summary) = desk.verdicts(portfolio);
        verdicts.iter_mut().for_each(|verdict| verdict["line"] = Value::Null);
        (verdicts, summary)
    };
    let lines = verdicts(&desk.file("cases.jsonl", portfolio()));
    assert_eq!(verdicts(&desk.file("cases.csv", table())), lines);
    // Whatever the name, the first character says which of the two it is.
    assert_eq!(verdicts(&desk.file("cases", format!("\u{feff}{}", table()).replace('\n', "\r\n"))), lines);
    assert_eq!(verdicts(&desk.file("cases.txt", format!("\n \n{}\n\n", portfolio()))), lines);
}

#[test]
fn verdicts_as_a_table_have_the_same_members_and_run_nothing_in_a_spreadsheet() {
    let desk = Desk::new("table");
    let output = desk.run(&[&desk.file("cases.jsonl", case("=1+1", "600000000.00"))]);
    let mut reader = csv::Reader::from_reader(output.stdout.as_slice());
    assert_eq!(
        reader.headers().unwrap().iter().take(7).collect::<Vec<_>>().join(","),
        "line,id,on,change,before,after,difference"
    );
    let row = reader.records().next().unwrap().unwrap();
    let cells = row.iter().take(9).collect::<Vec<_>>().join("|");
    assert_eq!(
        cells,
        "1|'=1+1|2025-02-05|less|200000000.00|100000000.00|-100000000.00|ceiling.grant_per_enterprise ceiling.grant_per_project matching.ratio|ceiling.grant_per_project"
    );
}

#[test]
fn a_faulty_line_is_told_by_its_number_and_the_others_are_worked_out() {
    let desk = Desk::new("faulty");
    let (long, good) = ("x".repeat(10 * 1024 * 1024), case("good", "600000000.00"));
    let faulty: [(&[u8], &str); 9] = [
        (b"{", "the whole request: EOF"),
        (b"\xFF\xFE", "the whole request: "),
        (b"{\"id\":\"a\0b\"}", "control character"),
        (b"{\"id\":7,\"project\":{\"stages\":[]}}", "/id: invalid type: integer `7`, expected a string"),
        (b"{\"id\":\"none\"}", "missing field `project`"),
        (long.as_bytes(), "longer than any case, of which a line has 1 MiB at most"),
        (
            br#"{"on":"2025-02-05","project":{"stages":[{"stage":"second","costs":[]}]}}"#,
            "the stage \"second\" is not known: known are project",
        ),
        (br#"{"project":{"stages":[{"stage":"project","costs":[]}]}}"#, "/on: say which day's rules apply"),
        (
            br#"{"project":{"stages":[{"stage":"project","costs":[{"category":"x","amount":"1.005"}]}]}}"#,
            "/project/stages/0/costs/0/amount: \"1.005\" is not an amount",
        ),
    ];
    let lines =
        faulty.iter().flat_map(|(line, _)| [line, b"\n".as_slice(), good.as_bytes()]).collect::<Vec<_>>().concat();
    let (verdicts, summary) = desk.verdicts(&desk.file("cases.jsonl", lines));
    assert_eq!(verdicts.len(), 18);
    for ((pair, (_, told)), line) in verdicts.chunks(2).zip(faulty).zip((1..).step_by(2)) {
        assert_eq!((&pair[0]["change"], &pair[0]["line"]), (&json!("faulty"), &json!(line)));
        assert!(pair[0]["reason"].as_str().unwrap().contains(told), "{}", pair[0]);
        assert_eq!((&pair[1]["change"], &pair[1]["line"]), (&json!("less"), &json!(line + 1)));
    }
    assert!(summary.contains("faulty lines: 9\n  line 1: the whole request: EOF"), "{summary}");
    let output = desk.run(&[&desk.path("cases.jsonl")]);
    assert_eq!(exit(&output), Some(1));
}

#[test]
fn a_faulty_row_is_told_by_its_number_and_its_column() {
    let desk = Desk::new("row");
    let long = format!("x,2025-02-05,{}", "1".repeat(10 * 1024 * 1024));
    let mut rows = b"id,on,cost.project.equipment\n".to_vec();
    for row in [
        b"a,2025-02-05,1.005".as_slice(),
        b"b,2025-02-30,1",
        b"c,2025-02-05",
        b"\xFF,2025-02-05,1",
        b"d\0,2025-02-05,1",
        long.as_bytes(),
        b"e,2025-02-05,600000000.00",
    ] {
        rows.extend([row, b"\n"].concat());
    }
    let (verdicts, _) = desk.verdicts(&desk.file("cases.csv", rows));
    let told = [
        "cost.project.equipment: \"1.005\" is not an amount",
        "on: \"2025-02-30\" is not a day",
        "there are 2 cells for 3 columns",
        "this line is not UTF-8",
        "take out the character U+0000",
        "longer than any case",
    ];
    for ((verdict, told), line) in verdicts.iter().zip(told).zip(2..) {
        assert!(verdict["reason"].as_str().unwrap().contains(told), "{verdict}");
        assert_eq!((&verdict["line"], &verdict["change"]), (&json!(line), &json!("faulty")));
        assert_eq!(
            verdict["id"],
            ["a", "b", ""].get(line - 2).filter(|id| !id.is_empty()).map_or(Value::Null, |id| json!(id))
        );
    }
    assert_eq!((&verdicts[6]["line"], &verdicts[6]["change"], verdicts.len()), (&json!(8), &json!("less"), 7));
}

#[test]
fn what_cannot_be_rehearsed_is_refused_before_anything_else() {
    let desk = Desk::new("refused");
    let cases = desk.file("cases.jsonl", portfolio());
    for (name, content, told) in [
        ("empty.jsonl", b"".as_slice(), "the portfolio has no case"),
        ("empty.csv", b"id,cost.project.equipment\n", "the portfolio has no case"),
        ("blank.csv", b"", "the portfolio has no case"),
        ("binary", b"\x7FELF\xFF\x00", "no line of a CSV file in UTF-8"),
        ("twice.csv", b"id,cost.project.x,id\na,1,b\n", "column 3, \"id\": it is there twice"),
        ("missing.csv", b"id,on\na,2025-02-05\n", "no column has a cost, a contribution or a post"),
        ("stage.csv", b"cost.second.x\n1\n", "the stage \"second\" is not known: known are project"),
    ] {
        assert_not_understood(&desk.run(&[&desk.file(name, content)]), told);
    }
    assert_not_understood(&desk.run(&["/nowhere.jsonl"]), "/nowhere.jsonl: No such file");
    assert_not_understood(&desk.run(&[desk.0.to_str().unwrap()]), "the portfolio cannot be read: Is a directory");
    assert_not_understood(&desk.run(&[&cases, "--out", &cases]), "is the portfolio itself");
    assert_not_understood(
        &desk.run(&[&cases, "--out", "/nowhere/verdicts.csv"]),
        "/nowhere/verdicts.csv: No such file",
    );
    assert_not_understood(
        &desk.run(&[&cases, "--against", "seeds/schemes/tvp.toml"]),
        "the draft is a text of NIAS, and the other is one of TVP",
    );
    assert_not_understood(&desk.run(&[&cases, "--against", "/nowhere.toml"]), "/nowhere.toml: No such file");
    assert_not_understood(&desk.run(&[&cases, "--on", "soon"]), "\"soon\" is not a day");
    desk.file("draft.toml", nias().replace("is = \"1:2\"", "is = \"1/2\""));
    assert_not_understood(&desk.run(&[&cases]), "\"1/2\" is not a ratio");
    desk.file("draft.toml", nias() + &"#".repeat(1024 * 1024));
    assert_not_understood(&desk.run(&[&cases]), "a scheme is a text of at most 1024 KiB");
    assert_eq!(fs::read_to_string(cases).unwrap(), portfolio());
}

#[test]
fn a_quote_that_is_not_closed_costs_its_line_and_no_other() {
    let desk = Desk::new("quote");
    let row = |id: usize| format!("{id},2025-02-05,600000000.00\n");
    let rows = (2..2000).map(row).collect::<String>();
    let text = format!("id,on,cost.project.equipment\n{}\"1,2025-02-05,1.00\n{rows}", row(0));
    let (verdicts, summary) = desk.verdicts(&desk.file("cases.csv", text));
    assert_eq!((verdicts.len(), verdicts[1]["line"].clone(), verdicts[2]["line"].clone()), (2000, json!(3), json!(4)));
    assert!(verdicts[1]["reason"].as_str().unwrap().contains("a quote is not closed"), "{}", verdicts[1]);
    assert!(summary.contains("faulty lines: 1\n") && verdicts[1999]["id"] == "1999", "{summary}");
}

#[test]
fn verdicts_never_take_the_place_of_what_they_are_made_from() {
    let desk = Desk::new("inputs");
    let cases = desk.file("cases.csv", table());
    let (draft, against, linked) =
        (desk.path("draft.toml"), desk.file("against.toml", nias()), desk.path("linked.csv"));
    fs::hard_link(&cases, &linked).unwrap();
    let before = [&draft, &against, &cases].map(|path| fs::read_to_string(path).unwrap());
    for (out, told) in [
        (&draft, "draft.toml is the draft itself: write the verdicts to another file"),
        (&against, "against.toml is the text that the draft is compared with"),
        (&linked, "linked.csv is the portfolio itself"),
        (&cases, "cases.csv is the portfolio itself"),
    ] {
        assert_not_understood(&desk.run(&[&cases, "--against", &against, "--out", out]), told);
        let mut redirected = desk.command(&["-", "--against", &against, "--out", out]);
        assert_not_understood(&redirected.stdin(fs::File::open(&cases).unwrap()).output().unwrap(), told);
    }
    let schemes = desk.path("");
    fs::write(desk.path("nias.toml"), nias()).unwrap();
    fs::remove_file(&against).unwrap();
    let mut of_folder = desk.command(&[&cases, "--out", &desk.path("nias.toml")]);
    assert_not_understood(
        &of_folder.env("ALMONER_SCHEMES", &schemes).output().unwrap(),
        "nias.toml is one of the schemes",
    );
    fs::write(&against, nias()).unwrap();
    assert_eq!([&draft, &against, &cases].map(|path| fs::read_to_string(path).unwrap()), before);
}

#[test]
fn older_verdicts_stay_until_the_new_ones_are_whole() {
    let desk = Desk::new("older");
    let (good, bad) = (desk.file("good.csv", table()), desk.file("bad.csv", "id,on\na,2025-02-05\n"));
    let (out, link) = (desk.file("verdicts.csv", "older"), desk.path("link.csv"));
    assert_not_understood(&desk.run(&[&bad, "--out", &out]), "no column has a cost");
    assert_eq!(fs::read_to_string(&out).unwrap(), "older");
    std::os::unix::fs::symlink(&out, &link).unwrap();
    assert_eq!(desk.run(&[&good, "--out", &link]).status.code(), Some(0));
    assert!(fs::read_to_string(&out).unwrap().starts_with("line,id,on"));
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    let left = fs::read_dir(&desk.0).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    assert_eq!(left.filter(|name| name.starts_with('.')).count(), 0, "nothing half done is left behind");
}

#[test]
fn ten_thousand_cases_stay_in_their_order_and_come_out_the_same_each_time() {
    let desk = Desk::new("many");
    let cases = (0..10_000).map(|number| case(&number.to_string(), &format!("{}.00", number * 70_000)));
    let portfolio = desk.file("cases.jsonl", cases.collect::<String>());
    let (verdicts, _) = desk.verdicts(&portfolio);
    assert!(
        verdicts
            .iter()
            .zip(0..)
            .all(|(verdict, number)| verdict["id"] == *format!("{number}") && verdict["line"] == number + 1)
    );
    assert_eq!(verdicts.len(), 10_000);
    let once = desk.run(&[&portfolio]).stdout;
    assert!(once == desk.run(&[&portfolio]).stdout);
}

#[test]
fn cases_come_from_standard_input_and_a_reader_of_the_verdicts_may_go_away() {
    let desk = Desk::new("input");
    let feed = |listening: bool| {
        let mut command = desk.command(&["-", "--on", "2025-02-05"]);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        if !listening {
            drop(child.stdout.take());
        }
        // A program that has seen enough closes its input early.
        let _ = child.stdin.take().unwrap().write_all(portfolio().repeat(2000).as_bytes());
        child.wait_with_output().unwrap()
    };
    assert_eq!((text(&feed(true).stdout).lines().count(), feed(true).status.code()), (8001, Some(0)));
    assert_eq!((text(&feed(false).stderr), feed(false).status.code()), ("", Some(0)));
}

#[cfg(target_os = "linux")]
#[test]
fn verdicts_that_cannot_be_written_are_told() {
    let desk = Desk::new("full");
    let output = desk.run(&[&desk.file("cases.jsonl", portfolio()), "--out", "/dev/full"]);
    assert_not_understood(&output, "the verdicts cannot be written: No space left");
}
