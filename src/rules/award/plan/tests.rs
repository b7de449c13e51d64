//! Instalments sum to the award to the cent, whatever the schedule.

use super::*;
use crate::sample::{cents, day, scheme};

const ESS: &str = include_str!("../../../../seeds/schemes/ess.toml");

/// "50% ≤ 500000.00" is a share with a cap, "50% of 6" one of the first six months, "65% reached" one that is cumulative, "40% every 6" one
/// that is parted over days, and "30% above 18" one of longer projects.
fn part((index, text): (usize, &&str)) -> Part {
    let mut words = text.split(' ');
    let mut part = Part {
        code: format!("part{index}"),
        due: DueOn::Acceptance,
        share: Share::parse(words.next().unwrap()).unwrap(),
        cap: None,
        cumulative: false,
        of_first_months: None,
        after_months: None,
        every_months: None,
        above_months: None,
        needs: Vec::new(),
    };
    while let Some(word) = words.next() {
        let mut months = || Some(words.next().unwrap().parse().unwrap());
        match word {
            "≤" => part.cap = Some(cents(words.next().unwrap())),
            "reached" => part.cumulative = true,
            "of" => part.of_first_months = months(),
            "after" => part.after_months = months(),
            _ => part.every_months = months(),
        }
    }
    part
}

fn planned(amount: &str, project_months: Option<u32>, parts: &[&str]) -> Vec<String> {
    let parts = parts.iter().enumerate().map(part).collect::<Vec<_>>();
    let plan = split(cents(amount), project_months, &parts).unwrap();
    assert_eq!(Cents::sum(plan.iter().map(|part| part.amount)).unwrap(), cents(amount));
    plan.iter().map(|part| part.amount.to_string()).collect()
}

#[test]
fn instalments_sum_to_the_award_to_the_cent() {
    for (amount, months, shares, expected) in [
        ("22284.00", None, ["7/12", "5/12"].as_slice(), ["12999.00", "9285.00"].as_slice()),
        ("7514.00", None, &["7/12", "5/12"], &["4383.16", "3130.84"]),
        ("15217.50", None, &["7/12", "5/12"], &["8876.87", "6340.63"]),
        ("0.75", None, &["7/12", "5/12"], &["0.43", "0.32"]),
        ("0.00", None, &["7/12", "5/12"], &[]),
        ("200000000.00", None, &["25%", "75%"], &["50000000.00", "150000000.00"]),
        ("100.00", None, &["1/3", "1/3", "1/3"], &["33.33", "33.33", "33.34"]),
        ("0.05", None, &["25%", "50%", "25%"], &["0.01", "0.02", "0.02"]),
        ("0.01", None, &["25%", "75%"], &["0.01"]),
        ("0.02", None, &["1/3", "1/2", "1/6"], &["0.01", "0.01"]),
        ("2000000.00", None, &["50% ≤ 500000.00", "50%"], &["500000.00", "1500000.00"]),
        ("800000.00", None, &["50% ≤ 500000.00", "50%"], &["400000.00", "400000.00"]),
        // Half of the first six of 24 months, and at most half a million; then what is not reached yet.
        (
            "4000000.00",
            Some(24),
            &["50% of 6 ≤ 500000.00", "90% reached", "10%"],
            &["500000.00", "3100000.00", "400000.00"],
        ),
        (
            "2400000.00",
            Some(24),
            &["50% of 6 ≤ 500000.00", "90% reached", "10%"],
            &["300000.00", "1860000.00", "240000.00"],
        ),
        ("100.00", Some(7), &["50% of 6", "90% reached", "10%"], &["42.85", "47.15", "10.00"]),
        ("100.00", Some(4), &["50% of 6", "90% reached", "10%"], &["50.00", "40.00", "10.00"]),
        // Nobody has said for how long it runs.
        ("100.00", None, &["50% of 6", "90% reached", "10%"], &["90.00", "10.00"]),
        // Parted over the days at 6, 12 and 18 of 24 months; none where the project ends before the first.
        ("100.00", Some(24), &["25%", "50% every 6", "25%"], &["25.00", "16.66", "16.66", "16.68", "25.00"]),
        ("100.00", Some(6), &["25%", "50% every 6", "25%"], &["25.00", "75.00"]),
        ("100.00", Some(7), &["25%", "50% every 6", "25%"], &["25.00", "50.00", "25.00"]),
        ("0.02", Some(24), &["50% every 6", "50%"], &["0.01", "0.01"]),
        // 30% in advance, 65% reached after a year, the rest at the end.
        ("999999.99", Some(24), &["30%", "65% reached after 12", "35%"], &["299999.99", "350000.00", "350000.00"]),
    ] {
        assert_eq!(planned(amount, months, shares), expected, "{amount} {shares:?}");
    }
}

#[test]
fn a_plan_says_when_each_instalment_is_due_and_what_it_needs() {
    let scheme = scheme(ESS);
    let planned = |on: &str, months| {
        let plan = plan(&scheme, day(on), (cents("4000000.00"), months)).unwrap();
        let line = |part: Instalment| {
            let after = part.after_months.map_or_else(String::new, |months| format!(" +{months}"));
            format!("{} {}{after} {} {}", part.code, part.due.code(), part.amount, part.needs.join(" "))
                .trim_end()
                .to_owned()
        };
        plan.into_iter().map(line).collect::<Vec<_>>()
    };
    assert_eq!(
        planned("2023-02-01", Some(24)),
        [
            "initial acceptance 500000.00 designated_account",
            "half_yearly_1 acceptance +6 833333.33 contribution",
            "half_yearly_2 acceptance +12 833333.33 contribution",
            "half_yearly_3 acceptance +18 833333.34 contribution",
            "completion completion 600000.00",
            "retention final_accounts 400000.00",
        ]
    );
    let short = [
        "initial acceptance 500000.00 designated_account",
        "completion completion 3100000.00",
        "retention final_accounts 400000.00",
    ];
    assert_eq!(planned("2023-02-01", Some(6)), short);
    assert_eq!(planned("2023-01-31", Some(24)), ["initial acceptance 1000000.00", "completion completion 3000000.00"]);
    let payment = scheme.file.payment.as_ref().unwrap();
    let name = |code: &str| payment.name_of_planned(code).map(|name| name.en);
    assert_eq!(name("half_yearly_2").as_deref(), Some("Half-yearly, by the approved cash flow (2)"));
    assert_eq!(name("completion_2"), None);
}
