//! An amount as a person reads it.

use crate::money::Cents;

/// An amount as a person reads it: `HK$200,000,000.00`.
#[must_use]
pub fn money(amount: Cents) -> String {
    let text = amount.to_string();
    let (whole, places) = text.split_once('.').unwrap_or((&text, "00"));
    let (sign, digits) = whole.strip_prefix('-').map_or(("", whole), |digits| ("-", digits));
    let mut grouped = String::new();
    for (index, digit) in digits.chars().enumerate() {
        let to_come = digits.len().saturating_sub(index);
        if index > 0 && to_come.checked_rem(3) == Some(0) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    format!("{sign}HK${grouped}.{places}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_grouped_by_thousands() {
        for (cents, text) in [
            (0, "HK$0.00"),
            (123_456, "HK$1,234.56"),
            (20_000_000_000, "HK$200,000,000.00"),
            (-100_000, "-HK$1,000.00"),
        ] {
            assert_eq!(money(Cents::new(cents)), text);
        }
    }
}
