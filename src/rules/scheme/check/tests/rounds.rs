//! Rounds and cut-offs: when each opens and closes, and how they follow each other.

use super::*;

const NAME: &str = "name = { en = \"A name\", zh-Hant = \"名稱\", zh-Hans = \"名称\" }\n";

/// A table with a name, whatever else it says, and a source.
fn table(path: &str, says: &str, source: &str) -> Sample {
    Sample::new().add(&lines(path, says, source))
}

fn lines(path: &str, says: &str, source: &str) -> String {
    format!("[{path}]\n{NAME}{says}\nsource = {source}\n")
}

#[test]
fn a_round_closes_after_it_opens_and_before_the_next() {
    let window = |opens: &str, closes: &str| table("round.1", &format!("{opens}\n{closes}"), "\"guide\"");
    for (opens, closes) in [
        ("opens_on = \"2024-02-02\"", "closes_on = ▸\"2024-02-01\""),
        ("opens_at = \"2024-02-02T12:00\"", "closes_at = ▸\"2024-02-02T12:00\""),
        ("opens_on = \"2024-02-02\"", "closes_at = ▸\"2024-02-02T00:00\""),
    ] {
        assert_fault(&window(opens, closes), "the round \"1\" closes before it opens");
    }
    window("opens_on = \"2024-02-01\"", "closes_on = \"2024-02-01\"").read();
    window("opens_at = \"2024-02-02T12:00\"", "closes_on = \"2024-02-02\"").read();
    let next = |opens: &str| {
        window("opens_on = \"2024-02-01\"", "closes_on = \"2024-02-29\"").add(&lines(
            "round.2",
            &format!("{opens}\ncloses_on = ▸\"2024-05-31\""),
            "\"guide\"",
        ))
    };
    for opens in ["opens_on = \"2024-02-29\"", "opens_at = \"2024-02-29T23:59\""] {
        assert_fault(&next(opens), "the round \"2\" overlaps the one before");
    }
    for opens in ["opens_on = \"2024-03-01\"", "opens_at = \"2024-03-01T00:00\""] {
        Scheme::read(&unmarked(&next(opens)).0).unwrap();
    }
}

#[test]
fn an_end_of_a_window_is_written_once() {
    for (says, message) in [
        (
            "opens_on = \"2024-02-01\"\nopens_at = ▸\"2024-02-01T09:00\"\ncloses_on = \"2024-02-29\"",
            "write opens_on or opens_at, not both",
        ),
        (
            "opens_on = \"2024-02-01\"\ncloses_on = \"2024-02-29\"\ncloses_at = ▸\"2024-02-29T09:00\"",
            "write closes_on or closes_at, not both",
        ),
        (
            "opens_on = \"2024-02-01\"\ncloses_at = ▸\"2024-02-29\"",
            "\"2024-02-29\" is not a minute: write day and time in Hong Kong such as",
        ),
    ] {
        assert_fault(&table("round.1", says, "\"guide\""), message);
    }
    let missing = |path: &str, says: &str, message: &str| assert_fault(&table(path, says, "▸\"guide\""), message);
    missing(
        "round.1",
        "closes_on = \"2024-02-29\"",
        "the round \"1\" does not say when it opens: write opens_on or opens_at",
    );
    missing(
        "round.1",
        "opens_on = \"2024-02-01\"",
        "the round \"1\" does not say when it closes: write closes_on or closes_at",
    );
    missing("cut_off.1", "", "the cut-off \"1\" does not say when it closes: write closes_on or closes_at");
}

#[test]
fn cut_offs_follow_each_other_and_stand_beside_no_round() {
    let first = || table("cut_off.1", "closes_on = \"2024-02-29\"", "\"guide\"");
    let second = |closes: &str| first().add(&lines("cut_off.2", closes, "\"guide\""));
    for closes in ["closes_on = ▸\"2024-02-29\"", "closes_at = ▸\"2024-03-01T00:00\""] {
        assert_fault(&second(closes), "the cut-off \"2\" is not after the one before");
    }
    second("closes_at = \"2024-03-01T00:01\"").read();
    let beside = table("round.1", "opens_on = \"2024-02-01\"\ncloses_on = \"2024-02-29\"", "\"guide\"").add(&lines(
        "cut_off.1",
        "closes_on = \"2024-03-31\"",
        "▸\"guide\"",
    ));
    assert_fault(&beside, "a scheme with rounds has no cut-offs: write [round.…] or [cut_off.…]");
}

#[test]
fn the_source_of_a_window_is_declared_and_its_code_is_plain() {
    let window = "opens_on = \"2024-02-01\"\ncloses_on = \"2024-02-29\"";
    assert_fault(&table("round.1", window, "▸\"hearsay\""), "the source \"hearsay\" is not in [sources]");
    assert_fault(
        &table("round.First", window, "▸\"guide\""),
        "[round.First]: write a code of at most 40 lower-case letters",
    );
}
