//! What is paid for people: so much for each head and each month or day, up to so many heads and so long.

use super::{Plain, Tables};
use crate::dated::Dated;
use crate::money::{Cents, Share};
use crate::text::Text;
use schemars::JsonSchema;
use serde::Deserialize;
use toml::Spanned;

/// Unit rates and what limits them.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UnitRates {
    /// How many heads of a stage are paid in full, as if all were there at one time; the highest pay comes first.
    pub heads: Option<Plain<u32>>,
    /// How many further heads are paid in part.
    pub extra_heads: Option<Plain<u32>>,
    /// Which part is paid for them.
    pub extra_share: Option<Plain<Share>>,
    /// How many months are paid for one head.
    pub months: Option<Plain<u32>>,
    /// How many days are paid for one head.
    pub days: Option<Plain<u32>>,
    /// How many days make a month, where a rate by the month is paid by the day or the other way round.
    pub days_per_month: Option<Plain<u32>>,
    /// The rates by class.
    #[serde(default)]
    pub class: Tables<Class>,
}

/// One class of posts.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Class {
    /// What people call it.
    pub name: Text,
    /// The stages in which it is paid; all of them, where none is named. A post of it in another stage is refused.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub stages: Vec<Spanned<String>>,
    /// For which time the rate is.
    pub per: RatePer,
    /// The most that is paid for one head.
    pub is: Dated<Cents>,
    /// The part of the salary that is paid, up to the rate; left out, the salary itself is.
    pub salary_share: Option<Dated<Share>>,
    /// What is paid on top, whatever the salary.
    #[serde(default)]
    pub add_on: Tables<AddOn>,
}

impl Class {
    /// Whether its posts are paid in a stage.
    #[must_use]
    pub fn is_paid_in(&self, stage: &str) -> bool {
        self.stages.is_empty() || self.stages.iter().any(|named| named.get_ref() == stage)
    }
}

/// For which time a rate is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RatePer {
    /// A month.
    Month,
    /// A day.
    Day,
    /// Twelve months.
    Year,
}

/// What is paid on top.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AddOn {
    /// What people call it.
    pub name: Text,
    /// How much, for the time of the rate.
    pub is: Dated<Cents>,
    /// Whether it is paid, in their part, for further heads as well; left out, it is not.
    pub for_extra_heads: Option<Dated<bool>>,
}
