//! Who looks again at a decision, and within how many days that is asked for.

use super::Tables;
use crate::calendar::Day;
use crate::dated::Dated;
use crate::text::Text;
use schemars::JsonSchema;
use serde::Deserialize;
use toml::Spanned;

/// Whether and how it is looked again at a refusal; left out, it is not.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Reviews {
    /// The instances in their order, such as a review and an appeal against what came of it.
    #[serde(default)]
    pub step: Tables<ReviewStep>,
}

/// One instance.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReviewStep {
    /// What people call it.
    pub name: Text,
    /// Whether it is there.
    pub is: Dated<bool>,
    /// How many days after the day on which the applicant was told, of the refusal or of what the instance before has decided, it may be
    /// asked for.
    pub days: Dated<u32>,
    /// The authorities that decide.
    #[schemars(with = "Vec<String>")]
    pub by: Vec<Spanned<String>>,
}

impl Reviews {
    /// The instances that are there on a day, in their order, each with its days.
    pub fn on(&self, day: Day) -> impl Iterator<Item = (&String, &ReviewStep, u32)> {
        let there = self.step.iter().filter(move |(_, step)| step.is.value_on(day) == Some(&true));
        there.filter_map(move |(code, step)| Some((code, step, *step.days.value_on(day)?)))
    }
}
