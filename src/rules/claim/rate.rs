//! The part of what was spent that may be claimed, exact.

use crate::money::{Cents, Share};
use crate::refusal::Refusal;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::fmt;

/// A part of a whole, in lowest terms: of amounts, so that it may be what an award is of what is planned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, schemars::JsonSchema)]
#[schemars(with = "String")]
pub struct Rate {
    part: i64,
    whole: i64,
}

impl Rate {
    /// What an amount is of another one that holds it; none where it is nothing of it, or does not fit into it.
    #[must_use]
    pub fn new(part: i64, whole: i64) -> Option<Self> {
        if part <= 0 || part > whole {
            return None;
        }
        let (mut divisor, mut rest) = (whole, part);
        while let Some(remainder) = divisor.checked_rem(rest) {
            (divisor, rest) = (rest, remainder);
        }
        Some(Self { part: part.checked_div(divisor)?, whole: whole.checked_div(divisor)? })
    }

    /// What an award is of what is planned with it.
    #[must_use]
    pub fn between(award: Cents, planned: Cents) -> Option<Self> {
        Self::new(award.min(planned).get(), planned.get())
    }

    /// The upper and the lower part.
    #[must_use]
    pub const fn parts(self) -> (i64, i64) {
        (self.part, self.whole)
    }

    /// This part of an amount, rounded once, down.
    ///
    /// # Errors
    /// When it does not fit in 64 bits.
    pub fn of(self, amount: Cents) -> Result<Cents, Refusal> {
        let product = i128::from(amount.get()).checked_mul(i128::from(self.part));
        let part = product.and_then(|product| product.checked_div(i128::from(self.whole)));
        let part = part.and_then(|part| i64::try_from(part).ok());
        part.map(Cents::new).ok_or(Refusal::AmountTooLarge)
    }
}

impl TryFrom<Share> for Rate {
    type Error = Refusal;

    fn try_from(share: Share) -> Result<Self, Refusal> {
        Self::new(share.numerator.into(), share.denominator.into()).ok_or(Refusal::AmountTooLarge)
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.part, self.whole)
    }
}

impl Serialize for Rate {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Rate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let read = text.split_once('/').and_then(|(part, whole)| Self::new(part.parse().ok()?, whole.parse().ok()?));
        read.ok_or_else(|| de::Error::custom("write a part of a whole, such as \"1/3\""))
    }
}
