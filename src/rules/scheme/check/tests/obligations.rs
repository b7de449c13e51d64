use super::*;

/// An obligation with these lines beside its name.
fn owed(code: &str, lines: &str) -> Sample {
    let named = "name = { en = \"Report\", zh-Hant = \"報告\", zh-Hans = \"报告\" }";
    let before = "[payment.instalment.final]";
    Sample::new().change(before, &format!("[obligation.{code}]\n{named}\n{lines}\n\n{before}"))
}

fn dated(is: &str) -> String {
    format!("[{{ from = \"2024-01-01\", is = {is}, source = \"guide\" }}]")
}

#[test]
fn an_obligation_has_an_event_with_a_day_and_is_needed_for_instalments_that_are_there() {
    let yearly = format!(
        "after = \"acceptance\"\nis = {}\nevery_months = {}\nneeded_for = [\"final\"]",
        dated("2"),
        dated("12")
    );
    let scheme = owed("yearly", &yearly).read();
    let (name, obligation) = scheme.file.owed("yearly_3").unwrap();
    assert_eq!((name.en.as_str(), obligation.needed_for.len()), ("Report (3)", 1));
    assert!(scheme.file.owed("yearly_x").is_some() && scheme.file.owed("final_1").is_none());
    let marked = |is: &str| dated(is).replacen("{ from", "▸{ from", 1);
    let after = |event: &str, more: &str| format!("after = \"{event}\"\nis = {}\n{more}", marked("2"));
    let zero = format!("after = \"acceptance\"\nis = {}\nevery_months = {}", dated("2"), marked("0"));
    let misnamed = format!("after = \"completion\"\nis = {}\nneeded_for = [▸\"finale\"]", dated("2"));
    for (sample, message) in [
        (owed("\"Final\"", &after("completion", "")), "small letters, digits and underscores"),
        (owed("report", &after("milestone", "")), "a milestone has no day"),
        (
            owed("report", &after("completion", &format!("every_months = {}", dated("6")))),
            "write after = \"acceptance\"",
        ),
        (owed("report", &zero), "write at least 1 month"),
        (owed("report", &misnamed), "did you mean \"final\"?"),
        (
            owed("books", &after("completion", &format!("kind = \"books\"\nblocks_when_late = {}", dated("true")))),
            "books are kept and not handed in",
        ),
        (
            owed(
                "report_1",
                &format!(
                    "{}\n[obligation.report]\nname = {{ en = \"A\", zh-Hant = \"甲\", zh-Hans = \"甲\" }}\n{}",
                    after("completion", ""),
                    yearly
                ),
            ),
            "has the name of a part of another one",
        ),
    ] {
        assert_fault(&sample, message);
    }
}
