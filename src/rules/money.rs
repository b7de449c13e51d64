//! Money as whole cents, the fractions that money is multiplied by, and the one place where a cent is rounded.

use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::fmt;

/// The largest amount that is accepted anywhere, in cents: 999 999 999 999.99. Sums of thousands of them still fit in 64 bits.
const MAX_CENTS: i64 = 99_999_999_999_999;

/// An amount in cents. Never a float; arithmetic is checked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cents(i64);

/// Why a text is not an amount, a share or a ratio, or why a sum cannot be held.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// The text is not a plain decimal with at most two places.
    #[error("\"{0}\" is not an amount: write digits with at most two decimal places, such as \"1200.50\"")]
    NotAnAmount(String),
    /// The text is a number, but larger than any amount that is handled.
    #[error("\"{0}\" is too large: the largest amount is 999999999999.99")]
    TooLarge(String),
    /// The text is neither a fraction nor a percentage.
    #[error("\"{0}\" is not a share: write a fraction such as \"1/3\" or a percentage such as \"12.5%\"")]
    NotAShare(String),
    /// The text is not a matching ratio.
    #[error("\"{0}\" is not a ratio: write government to applicant as two whole numbers, such as \"1:2\"")]
    NotARatio(String),
    /// A sum left the range of 64 bits.
    #[error("the amounts add up to more than can be held")]
    Overflow,
    /// Shares that together are next to the whole leave nothing that they could be a share of.
    #[error("the categories may only be parts of the whole, and nearly nothing else is there: give the other costs")]
    Endless,
}

impl Cents {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// An amount from a count of cents.
    #[must_use]
    pub const fn new(cents: i64) -> Self {
        Self(cents)
    }

    /// The count of cents.
    #[must_use]
    pub const fn get(self) -> i64 {
        self.0
    }

    /// Reads `"1200"`, `"1200.5"` or `"1200.50"`.
    ///
    /// # Errors
    /// When the text is signed, has an exponent, separators or more than two places, or is above the largest amount.
    pub fn parse(text: &str) -> Result<Self, MoneyError> {
        let not_an_amount = || MoneyError::NotAnAmount(text.chars().take(40).collect());
        let (whole, places) = text.split_once('.').unwrap_or((text, "0"));
        let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        if !digits(whole) || !digits(places) || places.len() > 2 {
            return Err(not_an_amount());
        }
        let cents = Decimal::from_str_exact(text).ok().and_then(|mut amount| {
            amount.rescale(2);
            i64::try_from(amount.mantissa()).ok().filter(|cents| *cents <= MAX_CENTS && amount.scale() == 2)
        });
        cents.map(Self).ok_or_else(|| MoneyError::TooLarge(text.chars().take(40).collect()))
    }

    /// The sum.
    ///
    /// # Errors
    /// When it does not fit in 64 bits.
    pub fn plus(self, other: Self) -> Result<Self, MoneyError> {
        self.0.checked_add(other.0).map(Self).ok_or(MoneyError::Overflow)
    }

    /// The difference, or nothing when `other` is larger: what is left of a limit is never negative.
    #[must_use]
    pub fn less(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0).max(0))
    }

    /// The sum of many amounts.
    ///
    /// # Errors
    /// When it does not fit in 64 bits.
    pub fn sum(amounts: impl IntoIterator<Item = Self>) -> Result<Self, MoneyError> {
        amounts.into_iter().try_fold(Self::ZERO, Self::plus)
    }

    /// `self × numerator / denominator`, rounded once.
    ///
    /// # Errors
    /// When the result does not fit in 64 bits. A denominator of 0 counts as one that does not.
    pub fn times(self, numerator: u32, denominator: u32, rounding: Rounding) -> Result<Self, MoneyError> {
        let product = i128::from(self.0).checked_mul(i128::from(numerator)).ok_or(MoneyError::Overflow)?;
        let divisor = i128::from(denominator);
        let half = match rounding {
            Rounding::Down => 0,
            Rounding::HalfUp => divisor.checked_div(2).ok_or(MoneyError::Overflow)?,
        };
        let raised = product.checked_add(half).ok_or(MoneyError::Overflow)?;
        let quotient = raised.checked_div(divisor).ok_or(MoneyError::Overflow)?;
        i64::try_from(quotient).map(Self).ok().ok_or(MoneyError::Overflow)
    }
}

impl fmt::Display for Cents {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let written = Written::of(*self);
        if formatter.width().is_some() {
            return formatter.pad_integral(self.0 >= 0, "", written.digits());
        }
        formatter.write_str(written.text())
    }
}

/// The text of an amount, on the stack: an answer is full of amounts.
struct Written {
    /// Filled from its end.
    bytes: [u8; 24],
    start: usize,
    negative: bool,
}

impl Written {
    fn of(amount: Cents) -> Self {
        let mut written = Self { bytes: [b'-'; 24], start: 24, negative: amount.0 < 0 };
        let mut rest = amount.0.unsigned_abs();
        for (place, byte) in written.bytes.iter_mut().rev().enumerate() {
            if place > 3 && rest == 0 {
                break;
            }
            written.start = written.start.saturating_sub(1);
            if place == 2 {
                *byte = b'.';
                continue;
            }
            *byte = b'0' | u8::try_from(rest % 10).unwrap_or_default();
            rest /= 10;
        }
        written
    }

    /// Without the sign.
    fn digits(&self) -> &str {
        self.from(self.start)
    }

    fn text(&self) -> &str {
        self.from(self.start.saturating_sub(usize::from(self.negative)))
    }

    fn from(&self, start: usize) -> &str {
        self.bytes.get(start..).and_then(|bytes| std::str::from_utf8(bytes).ok()).unwrap_or_default()
    }
}

/// How the one rounding of a stage is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, JsonSchema)]
#[schemars(rename_all = "snake_case")]
pub enum Rounding {
    /// Down to the cent: a fraction of a cent is never granted.
    Down,
    /// To the nearest cent, half a cent upwards.
    HalfUp,
}

/// A part of a whole, exact: `"1/3"` or `"12.5%"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Share {
    /// Upper part.
    pub numerator: u32,
    /// Lower part; never 0, never below the upper one.
    pub denominator: u32,
}

impl Share {
    /// Reads a fraction or a percentage.
    ///
    /// # Errors
    /// When the text is neither, is above the whole, or divides by 0.
    pub fn parse(text: &str) -> Result<Self, MoneyError> {
        let share = Self::parse_multiple(text)?;
        if share.numerator > share.denominator {
            return Err(MoneyError::NotAShare(text.chars().take(40).collect()));
        }
        Ok(share)
    }

    /// Reads a fraction or a percentage that may be more than the whole, such as `"300%"`.
    ///
    /// # Errors
    /// When the text is neither, or divides by 0.
    pub fn parse_multiple(text: &str) -> Result<Self, MoneyError> {
        let not_a_share = || MoneyError::NotAShare(text.chars().take(40).collect());
        let (numerator, denominator) = if let Some(percentage) = text.strip_suffix('%') {
            let hundredths = Cents::parse(percentage).ok().and_then(|percent| u32::try_from(percent.get()).ok());
            (hundredths.ok_or_else(not_a_share)?, 10_000)
        } else {
            let (upper, lower) = text.split_once('/').ok_or_else(not_a_share)?;
            (whole_number(upper).ok_or_else(not_a_share)?, whole_number(lower).ok_or_else(not_a_share)?)
        };
        if denominator == 0 {
            return Err(not_a_share());
        }
        let shared = greatest_common_divisor(numerator, denominator);
        let reduce = |part: u32| part.checked_div(shared).ok_or_else(not_a_share);
        Ok(Self { numerator: reduce(numerator)?, denominator: reduce(denominator)? })
    }

    /// This share of an amount, rounded once.
    ///
    /// # Errors
    /// When the result does not fit in 64 bits.
    pub fn of(self, amount: Cents, rounding: Rounding) -> Result<Cents, MoneyError> {
        amount.times(self.numerator, self.denominator, rounding)
    }

    /// The least whole cents that are this part of an amount: a cent less would be a smaller part.
    ///
    /// # Errors
    /// When the amount does not fit.
    pub fn at_least_of(self, amount: Cents) -> Result<Cents, MoneyError> {
        let down = self.of(amount, Rounding::Down)?;
        let exact = i128::from(amount.get()).checked_mul(i128::from(self.numerator)).ok_or(MoneyError::Overflow)?;
        let whole = i128::from(down.get()).checked_mul(i128::from(self.denominator)).ok_or(MoneyError::Overflow)?;
        if whole < exact { down.plus(Cents::new(1)) } else { Ok(down) }
    }

    /// The largest part that keeps within this share when `rest` is everything else, or `None` where the part may be the whole:
    /// at `"50%"` the part may equal the rest.
    ///
    /// # Errors
    /// When the result does not fit in 64 bits.
    pub fn beside(self, rest: Cents) -> Result<Option<Cents>, MoneyError> {
        match self.denominator.saturating_sub(self.numerator) {
            0 => Ok(None),
            others => rest.times(self.numerator, others, Rounding::Down).map(Some),
        }
    }
}

impl fmt::Display for Share {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.numerator, self.denominator)
    }
}

/// A matching ratio, government to applicant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ratio {
    /// The government's parts.
    pub government: u32,
    /// The applicant side's parts; never 0.
    pub applicant: u32,
}

impl Ratio {
    /// Reads `"1:2"`.
    ///
    /// # Errors
    /// When the text is not two whole numbers above 0 with a colon between them.
    pub fn parse(text: &str) -> Result<Self, MoneyError> {
        let not_a_ratio = || MoneyError::NotARatio(text.chars().take(40).collect());
        let (government, applicant) = text.split_once(':').ok_or_else(not_a_ratio)?;
        let part =
            |text: &str| whole_number(text).filter(|part| (1..=1_000_000).contains(part)).ok_or_else(not_a_ratio);
        Ok(Self { government: part(government)?, applicant: part(applicant)? })
    }

    /// The most that the government adds to a contribution.
    ///
    /// # Errors
    /// When the result does not fit in 64 bits.
    pub fn matches(self, contribution: Cents, rounding: Rounding) -> Result<Cents, MoneyError> {
        contribution.times(self.government, self.applicant, rounding)
    }

    /// The government's part of the whole: g / (g + a).
    #[must_use]
    pub fn share(self) -> Share {
        Share { numerator: self.government, denominator: self.government.saturating_add(self.applicant) }
    }
}

impl fmt::Display for Ratio {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}", self.government, self.applicant)
    }
}

fn whole_number(text: &str) -> Option<u32> {
    (!text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok()).flatten()
}

fn greatest_common_divisor(left: u32, right: u32) -> u32 {
    match left.checked_rem(right) {
        None => left,
        Some(rest) => greatest_common_divisor(right, rest),
    }
}

impl Serialize for Cents {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(Written::of(*self).text())
    }
}

impl<'de> Deserialize<'de> for Cents {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl de::Visitor<'_> for Text {
            type Value = Cents;
            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an amount as a decimal text such as \"1200.50\"")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Cents, E> {
                Cents::parse(text).map_err(E::custom)
            }
        }
        deserializer.deserialize_str(Text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_exactly_or_refused() {
        for (text, cents) in
            [("0", 0), ("1200", 120_000), ("1200.5", 120_050), ("0.01", 1), ("999999999999.99", MAX_CENTS)]
        {
            assert_eq!(Cents::parse(text), Ok(Cents(cents)), "{text}");
        }
        for text in ["", "-1", "+1", "1e3", "1,000", "1_000", "1.005", ".5", "5.", " 1", "1 ", "0x1", "１", "NaN"] {
            assert_eq!(Cents::parse(text), Err(MoneyError::NotAnAmount(text.into())), "{text}");
        }
        for text in ["1000000000000", "99999999999999999999999999999999999999"] {
            assert_eq!(Cents::parse(text), Err(MoneyError::TooLarge(text.into())), "{text}");
        }
    }

    #[test]
    fn amounts_are_printed_with_two_places() {
        for (cents, text) in [
            (0, "0.00"),
            (5, "0.05"),
            (100, "1.00"),
            (1_000_000, "10000.00"),
            (20_000_000_000, "200000000.00"),
            (-1, "-0.01"),
            (i64::MAX, "92233720368547758.07"),
            (i64::MIN, "-92233720368547758.08"),
        ] {
            assert_eq!(Cents(cents).to_string(), text);
            assert_eq!(format!("{:>21}", Cents(cents)), format!("{text:>21}"));
        }
    }

    #[test]
    fn one_third_of_200_million_loses_the_fraction_of_a_cent() {
        let third = Share::parse("1/3").unwrap();
        let whole = Cents::parse("200000000.00").unwrap();
        assert_eq!(third.of(whole, Rounding::Down).unwrap().to_string(), "66666666.66");
        assert_eq!(third.of(whole, Rounding::HalfUp).unwrap().to_string(), "66666666.67");
    }

    #[test]
    fn shares_and_ratios_are_exact_or_refused() {
        assert_eq!(Share::parse("12.5%"), Ok(Share { numerator: 1, denominator: 8 }));
        assert_eq!(Share::parse("100%").unwrap().beside(Cents(1)), Ok(None));
        assert_eq!(Share::parse("50%").unwrap().beside(Cents(800)), Ok(Some(Cents(800))));
        for text in ["", "1", "4/3", "1/0", "101%", "-1%", "1.005%", "a/b"] {
            assert!(Share::parse(text).is_err(), "{text}");
        }
        assert_eq!(Ratio::parse("2:1").unwrap().share(), Share { numerator: 2, denominator: 3 });
        for text in ["", "1", "0:1", "1:0", "1:2:3", "1.5:1", "99999999999:1"] {
            assert!(Ratio::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_sum_that_cannot_be_held_is_refused() {
        assert_eq!(Cents(i64::MAX).plus(Cents(1)), Err(MoneyError::Overflow));
        assert_eq!(Cents(i64::MAX).times(2, 1, Rounding::Down), Err(MoneyError::Overflow));
        assert_eq!(Cents(1).times(1, 0, Rounding::Down), Err(MoneyError::Overflow));
        assert_eq!(Cents(1).less(Cents(2)), Cents::ZERO);
    }
}
