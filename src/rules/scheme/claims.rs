//! Of what claims are made: of amounts alone, or of costs by category, and against what those are held.

use super::{Plain, Tables};
use crate::calendar::Day;
use crate::money::Share;
use schemars::JsonSchema;
use serde::Deserialize;

/// Of what claims are made; left out, each is an amount with its evidence.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Claims {
    /// That claims are made of costs, by category, and what is claimed of them is held against what remains of the award: of each category,
    /// or in total.
    pub costs: Option<Plain<HeldAgainst>>,
    /// Which part of what was spent in a category may be claimed; of the categories that are left out, the part that what is left of the
    /// award is of what is planned for them.
    #[serde(default)]
    pub rate: Tables<Plain<Share>>,
    /// Whether what an instalment holds and was not certified may be claimed with those that come later; left out, it may not.
    pub again: Option<Plain<bool>>,
}

/// Against what the costs of a claim are held.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, JsonSchema)]
#[schemars(rename_all = "snake_case")]
pub enum HeldAgainst {
    /// Against what remains of the award for each category.
    PerCategory,
    /// Against what remains of the award, whichever category it was planned for.
    InTotal,
}

impl HeldAgainst {
    /// The code used in a file, the API and the database.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::PerCategory => "per_category",
            Self::InTotal => "in_total",
        }
    }

    /// The other way round.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::PerCategory, Self::InTotal].into_iter().find(|held| held.code() == code)
    }
}

impl Claims {
    /// Against what the costs of a claim are held on a day; none where a claim is an amount alone.
    #[must_use]
    pub fn held_on(&self, day: Day) -> Option<HeldAgainst> {
        self.costs.as_ref().and_then(|costs| costs.is.value_on(day)).copied()
    }

    /// The part of what was spent in a category that may be claimed, where the text says it.
    #[must_use]
    pub fn rate_on(&self, category: &str, day: Day) -> Option<Share> {
        self.rate.get(category).and_then(|rate| rate.is.value_on(day)).copied()
    }

    /// Whether what was not certified may be claimed with a later instalment.
    #[must_use]
    pub fn again_on(&self, day: Day) -> bool {
        self.again.as_ref().is_some_and(|again| again.is.value_on(day) == Some(&true))
    }
}
