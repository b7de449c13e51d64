//! Any lines of a portfolio, as JSON Lines and as a table: each is a case with a verdict or has a fault, without a panic.

#![no_main]

use libfuzzer_sys::fuzz_target;
use rules::calendar::Day;
use rules::money::Cents;
use rules::rehearsal::{Case, Columns, Effect, Rehearsal, Totals};
use rules::scheme::Scheme;
use std::sync::LazyLock;

const NIAS: &str = include_str!("../../seeds/schemes/nias.toml");

static TEXTS: LazyLock<[Scheme; 2]> = LazyLock::new(|| {
    let draft = NIAS.replace("\"1:2\"", "\"1:1\"").replace("\"200000000.00\"", "\"150000000.00\"");
    [NIAS, &draft].map(|text| Scheme::read(text).expect("a scheme of the house is in order"))
});

fuzz_target!(|bytes: &[u8]| {
    let [before, after] = &*TEXTS;
    let on = Day::parse("2025-02-05").expect("a day");
    let rehearsal = Rehearsal::new(before, after, None).expect("texts of one scheme");
    let mut totals = Totals::default();
    let mut rehearse = |mut case: Case| {
        case.request.on.get_or_insert(on);
        match rehearsal.verdict(&case.request) {
            Ok(verdict) => {
                assert_eq!(verdict.change == Effect::Same, verdict.before.grant == verdict.after.grant);
                assert_eq!(
                    verdict.change == Effect::Nothing,
                    verdict.before.grant > Cents::ZERO && verdict.after.grant == Cents::ZERO
                );
                assert_eq!(verdict.reason.is_some(), verdict.change != Effect::Same, "{verdict:?}");
                totals.add(&verdict);
            }
            Err(faults) => {
                assert!(!faults.is_empty());
                totals.add_fault();
            }
        }
    };
    for line in bytes.split(|byte| *byte == b'\n') {
        if let Ok(case) = Case::from_json(line) {
            rehearse(case);
        }
    }
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let mut lines = text.lines();
    if let Ok(columns) = Columns::read(lines.next().unwrap_or_default().split(','), rehearsal.texts()) {
        for line in lines {
            let cells = line.split(',').collect::<Vec<_>>();
            if let Ok(case) = columns.case(cells.into_iter()) {
                rehearse(case);
            }
        }
    }
    let _ = rehearsal.envelope(&totals);
    assert_eq!(Totals::default().plus(&totals), totals);
});
