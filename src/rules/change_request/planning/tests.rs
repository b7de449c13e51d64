//! What is planned again after payments, with numbers.

use super::*;
use crate::sample::cents;
use crate::scheme::DueOn;

fn parts(amounts: &[&str]) -> Vec<Instalment> {
    let part = |(number, amount): (usize, &&str)| Instalment::on(number.to_string(), DueOn::Milestone, cents(amount));
    amounts.iter().enumerate().map(part).collect()
}

/// Plans parts again for another amount, of which each has the share that `fresh` says, and the first ones are certified.
fn again(amount: &str, fresh: &[&str], now: &[&str], certified: usize) -> (Vec<String>, String) {
    let now = parts(now);
    let certified_of = |code: &str| now.iter().take(certified).find(|part| part.code == code).map(|part| part.amount);
    let Replanned { plan, carried_over } = replanned(cents(amount), &parts(fresh), &now, certified_of).unwrap();
    let planned = Cents::sum(plan.iter().map(|part| part.amount)).unwrap();
    assert_eq!(planned, cents(amount).plus(carried_over).unwrap(), "{amount}");
    let kept = plan.iter().zip(&now).take(certified).all(|(after, before)| after == before);
    assert!(kept, "what is certified has changed: {plan:?}");
    let rest = plan.iter().skip(certified).map(|part| format!("{} {}", part.code, part.amount));
    (rest.collect(), carried_over.to_string())
}

#[test]
fn ten_periods_are_planned_again_after_nine() {
    // 8 550 are paid after nine; the tenth takes what another total leaves, nothing where it leaves none.
    let paid =
        ["1100.00", "1100.00", "1100.00", "1100.00", "1100.00", "1100.00", "50.00", "950.00", "950.00", "950.00"];
    for (total, share, tenth, carried_over) in [
        ("10000.00", "1000.00", "1450.00", "0.00"),
        ("9000.00", "900.00", "450.00", "0.00"),
        ("8550.01", "855.00", "0.01", "0.00"),
        ("8550.00", "855.00", "0.00", "0.00"),
        ("8000.00", "800.00", "0.00", "550.00"),
    ] {
        let expected = (vec![format!("9 {tenth}")], carried_over.to_owned());
        assert_eq!(again(total, &[share; 10], &paid, 9), expected, "{total}");
    }
}

#[test]
fn coming_periods_pay_nothing_until_what_was_paid_too_much_is_eaten_up() {
    let now = ["1000.00"; 6];
    for (total, share, certified, rest) in [
        // An uplift after two: the others have their new share, and the last one what was paid too little.
        ("7200.00", "1200.00", 2, &["2 1200.00", "3 1200.00", "4 1200.00", "5 1600.00"][..]),
        // A cut after two: the 600 that were too much are eaten up by the third, which pays 100.
        ("4200.00", "700.00", 2, &["2 100.00", "3 700.00", "4 700.00", "5 700.00"]),
        // The 1 200 that were too much are the third, the fourth and the fifth together.
        ("2400.00", "400.00", 2, &["5 400.00"]),
        ("2000.00", "333.33", 2, &["5 0.00"]),
        ("6000.00", "1000.00", 5, &["5 1000.00"]),
    ] {
        let expected = rest.iter().map(|part| (*part).to_owned()).collect::<Vec<_>>();
        let (planned, carried_over) = again(total, &[share; 6], &now, certified);
        assert_eq!((planned, &*carried_over), (expected, "0.00"), "{total} {certified}");
    }
}
