//! What can be written, and how: keys, money, fractions, days.

use super::*;

#[test]
fn the_code_is_in_capital_letters() {
    for code in ["sample", "", "SAM PLE", "SAM_PLE", "樣本"] {
        let sample = Sample::new().change("\"SAMPLE\"", &format!("▸\"{code}\""));
        assert_fault(&sample, "write the code in capital letters, digits and hyphens");
    }
    let long = Sample::new().change("\"SAMPLE\"", &format!("▸\"{}\"", "A".repeat(41)));
    assert_fault(&long, "write the code in capital letters");
    Sample::new().change("\"SAMPLE\"", "\"RAISE-PLUS-2\"").read();
}

#[test]
fn a_character_that_cannot_be_kept_is_refused_however_it_is_written() {
    for null in ["\\u0000", "\\U00000000", "\\x00"] {
        let sample = Sample::new().change("\"SAMPLE\"", &format!("\"SAM▸{null}PLE\""));
        assert_fault(&sample, "take out the character U+0000");
    }
}

#[test]
fn what_people_are_to_read_has_something_to_see_and_nothing_that_is_not_seen() {
    let nothing = "there is nothing to read here: write it in words";
    for (written, message) in [
        ("", nothing),
        ("  ", nothing),
        ("\u{3000}", nothing),
        ("\\t", "take out the character U+0009: it is not seen"),
        ("Sam\\nple", "take out the character U+000A"),
        ("Sam\\u007Fple", "take out the character U+007F"),
        ("Sample\u{202e}", "take out the character U+202E"),
        ("\u{200b}", "take out the character U+200B"),
    ] {
        for (from, to) in [
            ("en = \"Sample\"", format!("en = ▸\"{written}\"")),
            ("zh-Hant = \"優點\"", format!("zh-Hant = ▸\"{written}\"")),
            ("zh-Hans = \"最后一期\"", format!("zh-Hans = ▸\"{written}\"")),
            ("title      = \"The guide\"", format!("title      = ▸\"{written}\"")),
            ("name   = \"a third of three hundred\"", format!("name   = ▸\"{written}\"")),
        ] {
            assert_fault(&Sample::new().change(from, &to), message);
        }
    }
    Sample::new().change("title      = \"The guide\"", "title      = \" guide：«甲» – 1\"").read();
}

#[test]
fn a_list_is_not_taken_for_the_table_of_its_values() {
    let entry = "{ from = \"2024-01-01\", is = \"down\", source = \"guide\" }";
    let forms = "{ cash = \"counts\", in_kind = \"counts\", investment = \"unknown\" }";
    let given = "{ project = { stages = [{ stage = \"project\", costs = [{ category = \"equipment\", amount = \"300.00\" }] }] } }";
    let local = |predicate: &str| Sample::new().condition("local", "boolean", predicate);
    for sample in [
        Sample::new().change("[sources.guide]", "facts = ▸[]\n[sources.guide]"),
        Sample::new()
            .change("[sources.guide]", "matching = ▸[{}]\n[sources.guide]")
            .change("[matching.ratio.project]\n", "[question]\n")
            .change("is = [{ from = \"2024-01-01\", is = \"1:2\", source = \"guide\" }]\n", ""),
        Sample::new()
            .change("{ en = \"Sample\", zh-Hant = \"樣本\", zh-Hans = \"样本\" }", "▸[\"Sample\", \"樣本\", \"样本\"]"),
        Sample::new().change(entry, "▸[\"2024-01-01\", \"down\", [], \"guide\"]"),
        Sample::new().change(forms, "▸[\"counts\", \"counts\", \"unknown\"]"),
        Sample::new().change(given, "▸[]"),
        Sample::new().change("expect = { grant = \"100.00\" }", "expect = ▸[\"100.00\"]"),
        local("▸[\"applicant.local\", true]"),
        local("{ not = ▸[\"applicant.local\", true] }"),
        local("{ all = [▸[\"applicant.local\", true]] }"),
        Sample::new().ceiling(
            "c",
            "of = \"grant\"\nper = \"project\"",
            "{ lowest = [\"1.00\", ▸[\"50%\", \"cost\"]] }",
        ),
        Sample::new().change("[stage.project]\nname = ", "[[stage.project]]\nname = ").change("[[stage", "▸[[stage"),
    ] {
        assert_fault(
            &sample,
            "a list is not allowed here: write a table with its keys, in { } or below its name in single [ ]",
        );
    }
    let twice = Sample::new().change("[sources.guide]", "facts = []\neligibility = []\n[sources.guide]");
    assert_eq!(faults(twice.text()).len(), 2);
}

#[test]
fn a_table_has_a_name_that_can_be_seen() {
    for name in ["\"\"", "\" \"", "\"a\\nb\"", "\"\\u202E\""] {
        let stage = format!("[stage.▸{name}]\nname = {{ en = \"Second\", zh-Hant = \"第二\", zh-Hans = \"第二\" }}");
        assert_fault(&Sample::new().add(&stage), "this name cannot be seen: write it in letters, digits, _ and -");
    }
}

#[test]
fn other_money_and_other_time_zones_are_not_handled() {
    assert_fault(&Sample::new().change("\"HKD\"", "▸\"USD\""), "only \"HKD\" is handled");
    assert_fault(&Sample::new().change("\"Asia/Hong_Kong\"", "▸\"UTC\""), "only \"Asia/Hong_Kong\" is handled");
}

#[test]
fn an_unknown_key_is_named_where_it_stands_with_the_known_ones() {
    for (sample, message) in [
        (Sample::new().change("code      =", "colour = 1\ncode      ="), "unknown field `colour`"),
        (Sample::new().change("[open]", "[open]\n▸until = \"2025-01-01\""), "unknown field `until`, expected `is`"),
        (Sample::new().change("title      =", "▸tittle    ="), "unknown field `tittle`, expected one of `title`"),
        (
            Sample::new().change("is = \"down\", source", "is = \"down\", ▸until = \"2025-01-01\", source"),
            "unknown field `until`, expected one of `from`, `is`, `cases`, `source`",
        ),
        (
            Sample::new().change("amount = \"300.00\" }", "amount = \"300.00\", ▸date = 1 }"),
            "unknown field `date`, expected `category` or `amount`",
        ),
    ] {
        let sample = if sample.text().contains(MARK) { sample } else { sample.change("colour", "▸colour") };
        assert_fault(&sample, message);
    }
}

#[test]
fn what_must_be_there_is_asked_for() {
    let no_rounding = "[rounding]\nis = [{ from = \"2024-01-01\", is = \"down\", source = \"guide\" }]";
    assert_fault(&Sample::new().change(no_rounding, ""), "missing field `rounding`");
    let entry = "{ from = \"2024-01-01\", is = \"down\", source = \"guide\" }";
    assert_fault(&Sample::new().change(entry, "▸{ from = \"2024-01-01\", is = \"down\" }"), "missing field `source`");
    let unnamed =
        "▸[exclusive.other]\nschemes = [\"TVP\"]\nis = [{ from = \"2024-01-01\", is = true, source = \"guide\" }]";
    assert_fault(&Sample::new().add(unnamed), "missing field `name`: write name = { en = \"…\", zh-Hant");
    let undated = "is = [{ from = \"2024-01-01\", is = \"down\", source = \"guide\" }]";
    assert_fault(&Sample::new().change(undated, "is = ▸\"down\""), "expected a sequence: write a list in [ ]");
}

#[test]
fn money_is_a_quoted_decimal_with_two_places() {
    for (written, message) in [
        ("100.00", "float is not allowed here: write a quoted amount with two decimal places"),
        ("\"100\"", "write the amount with two decimal places: \"100.00\""),
        ("\"100.5\"", "write the amount with two decimal places: \"100.50\""),
        ("\"0100.00\"", "write the amount with two decimal places: \"100.00\""),
        ("\"100.005\"", "is not an amount"),
        ("\"-1.00\"", "is not an amount"),
        ("\"1000000000000.00\"", "the largest amount is 999999999999.99"),
        ("true", "boolean is not allowed here"),
    ] {
        let envelope = format!("[envelope]\nis = [{{ from = \"2024-01-01\", is = ▸{written}, source = \"guide\" }}]");
        assert_fault(&Sample::new().add(&envelope), message);
    }
}

#[test]
fn ratios_shares_words_and_counts_are_exact() {
    for (from, to, message) in [
        ("is = \"1:2\"", "is = ▸\"1/2\"", "\"1/2\" is not a ratio: write government to applicant"),
        ("is = \"1:2\"", "is = ▸\"1:0\"", "is not a ratio"),
        ("is = \"1:2\"", "is = ▸0.5", "float is not allowed here: write a ratio such as \"1:2\""),
        ("is = \"60%\"", "is = ▸\"160%\"", "\"160%\" is not a share: write a fraction"),
        ("is = \"60%\"", "is = ▸0.6", "float is not allowed here: write a share such as \"1/3\" or \"15%\""),
        ("is = \"down\"", "is = ▸\"up\"", "\"up\" is not known: write \"down\" or \"half_up\""),
        ("is = \"open\"", "is = ▸\"shut\"", "\"shut\" is not known: write \"open\" or \"closed\""),
        ("is = true", "is = ▸\"yes\"", "string is not allowed here: write true or false"),
        ("is = 10,", "is = ▸\"10\",", "write a whole number, without quotes, that is not negative"),
        ("is = 10,", "is = ▸-1,", "write a whole number, without quotes, that is not negative"),
        ("is = 10,", "is = ▸4294967296,", "write a whole number, without quotes, that is not negative"),
        (
            "{ cash = \"counts\", in_kind = \"counts\", investment = \"unknown\" }",
            "▸{ cash = \"counts\", in_kind = \"counts\" }",
            "missing field `investment`: write cash, in_kind and investment, each",
        ),
        (
            "{ cash = \"counts\", in_kind = \"counts\", investment = \"unknown\" }",
            "▸{ cash = \"maybe\", in_kind = \"counts\", investment = \"unknown\" }",
            "unknown variant `maybe`",
        ),
    ] {
        assert_fault(&Sample::new().change(from, to), message);
    }
}

#[test]
fn a_day_is_a_text_in_full() {
    let rounding = |from: &str| {
        Sample::new().change("from = \"2024-01-01\", is = \"down\"", &format!("from = ▸{from}, is = \"down\""))
    };
    assert_fault(&rounding("\"2024-1-1\""), "is not a day: write year, month and day");
    assert_fault(&rounding("\"2023-02-29\""), "is not a day");
    assert_fault(&rounding("2024-01-01"), "a day in quotes such as \"2025-11-18\"");
}

#[test]
fn columns_are_counted_in_characters() {
    let chinese = "name   = { en = \"Panel\", zh-Hant = \"評審小組\", zh-Hans = \"评审小组\" }\nsource = \"guide\"";
    let one_line =
        "name = { en = \"Panel\", zh-Hant = \"評審小組\", zh-Hans = \"评审小组\", ▸fr = \"\" }\nsource = \"guide\"";
    assert_fault(&Sample::new().change(chinese, one_line), "unknown field `fr`");
}

#[test]
fn text_that_is_no_toml_is_refused_where_it_breaks_off() {
    let (text, line, _) = unmarked(&Sample::new().change("currency  = \"HKD\"", "currency  = ▸\"HKD"));
    let faults = faults(&text);
    assert_eq!(faults.len(), 1);
    assert_eq!(faults[0].line, line);
}

#[test]
fn a_key_or_a_table_that_is_there_twice_is_refused() {
    assert_fault(
        &Sample::new()
            .change("[rounding]", "[open]\nis = []\n[rounding]")
            .change("[open]\nis = []", "[▸open]\nis = []"),
        "duplicate key",
    );
    assert_fault(&Sample::new().change("currency  =", "▸code = \"TWICE\"\ncurrency  ="), "duplicate key");
}

#[test]
fn a_source_says_how_good_it_is() {
    assert_fault(
        &Sample::new().change("\"official\"", "▸\"rumour\""),
        "unknown variant `rumour`, expected one of `official`",
    );
}
