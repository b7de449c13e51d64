//! Any text as an amount, a share, a ratio or a day: what is read is printed so that it is read as the same again.

#![no_main]

use libfuzzer_sys::fuzz_target;
use rules::calculation::money;
use rules::calendar::Day;
use rules::money::{Cents, Ratio, Rounding, Share};

fuzz_target!(|text: &str| {
    if let Ok(amount) = Cents::parse(text) {
        assert_eq!(Cents::parse(&amount.to_string()), Ok(amount));
        assert!(amount >= Cents::ZERO && money(amount).starts_with("HK$"));
        for rounding in [Rounding::Down, Rounding::HalfUp] {
            let third = amount.times(1, 3, rounding).expect("a third fits");
            assert!(third <= amount);
        }
    }
    if let Ok(share) = Share::parse_multiple(text) {
        assert_eq!(Share::parse_multiple(&share.to_string()), Ok(share));
        assert!(share.denominator > 0);
        let _ = share.of(Cents::new(i64::MAX), Rounding::HalfUp);
    }
    if let Ok(share) = Share::parse(text) {
        assert!(share.numerator <= share.denominator);
        let _ = share.beside(Cents::new(i64::MAX));
    }
    if let Ok(ratio) = Ratio::parse(text) {
        assert_eq!(Ratio::parse(&ratio.to_string()), Ok(ratio));
        let share = ratio.share();
        assert!(share.numerator < share.denominator);
        let _ = ratio.matches(Cents::new(i64::MAX), Rounding::Down);
    }
    if let Ok(day) = Day::parse(text) {
        assert_eq!(day.to_string(), text);
        let _ = (day.next(), day.previous(), day.plus_months(u32::MAX), day.plus_days(u32::MAX), day.begins_at());
    }
});
