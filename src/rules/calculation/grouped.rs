//! An amount as a person reads it.

use crate::money::Cents;

/// An amount as a person reads it: `HK$200,000,000.00`.
#[must_use]
pub fn money(amount: Cents) -> String {
    let text = amount.to_string();
    let (sign, digits) = text.strip_prefix('-').map_or(("", text.as_str()), |digits| ("-", digits));
    let mut grouped = String::with_capacity(40);
    grouped.extend([sign, "HK$"]);
    let places = ".00".len();
    for (index, digit) in digits.chars().enumerate() {
        let to_come = digits.len().saturating_sub(places).saturating_sub(index);
        if index > 0 && to_come > 0 && to_come % 3 == 0 {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
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
