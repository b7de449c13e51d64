//! What a calculation is asked: a person's or a system's question, as values. How it is read is in `reading`.

use super::reading::{each_once, object, object_or_none, objects, objects_or_none};
use crate::calendar::Day;
use crate::money::Cents;
use crate::scheme::Scheme;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize, Serializer};
use std::collections::BTreeMap;
use std::fmt;

/// Facts by their codes.
pub type Facts = BTreeMap<String, FactValue>;

/// A calculation request.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// The day whose rules apply.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on: Option<Day>,
    /// Who asks.
    #[serde(default, deserialize_with = "object")]
    pub applicant: Applicant,
    /// For what.
    #[serde(deserialize_with = "object")]
    pub project: Project,
    /// What was granted before; left out means nothing, and the answer says that it was left out.
    #[serde(default, deserialize_with = "object_or_none", skip_serializing_if = "Option::is_none")]
    pub history: Option<History>,
    /// What of the scheme's money is committed to all its other cases, whoever has them; left out means nothing, and where the scheme
    /// limits the money of a year, the answer says that it was left out.
    #[serde(default, deserialize_with = "objects_or_none", skip_serializing_if = "Option::is_none")]
    pub committed: Option<Vec<Committed>>,
    /// How much is asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requested: Option<Cents>,
}

/// Money of the scheme that was committed on a day, or that counts as if it had been.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Committed {
    /// When; of a sum, any day of its year.
    pub on: Day,
    /// How much.
    pub amount: Cents,
}

/// The applicant of a request.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Applicant {
    /// Answers to the scheme's questions about the applicant.
    #[serde(default, deserialize_with = "each_once")]
    pub facts: Facts,
}

/// The project of a request.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Project {
    /// Answers to the scheme's questions about the project.
    #[serde(default, deserialize_with = "each_once")]
    pub facts: Facts,
    /// The stages that are asked about.
    #[serde(deserialize_with = "objects")]
    pub stages: Vec<Stage>,
}

impl Project {
    /// For how many months it runs, where every stage says so.
    #[must_use]
    pub fn months(&self) -> Option<u32> {
        let mut months = self.stages.iter().map(|stage| stage.months);
        months.try_fold(0_u32, |all, months| all.checked_add(months?)).filter(|months| *months > 0)
    }
}

/// One stage of a project.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Stage {
    /// The scheme's code for it; `project` where there is only one.
    pub stage: String,
    /// Its length.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub months: Option<u32>,
    /// What it costs. Left out: eligible cost is contributions plus grant.
    #[serde(default, deserialize_with = "objects_or_none", skip_serializing_if = "Option::is_none")]
    pub costs: Option<Vec<Cost>>,
    /// What others put in. Left out: the required share will be found. Empty: there is none.
    #[serde(default, deserialize_with = "objects_or_none", skip_serializing_if = "Option::is_none")]
    pub contributions: Option<Vec<Contribution>>,
    /// Posts at unit rates.
    #[serde(default, deserialize_with = "objects_or_none", skip_serializing_if = "Option::is_none")]
    pub posts: Option<Vec<Post>>,
}

/// One line of cost.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "CostLine")]
pub struct Cost {
    /// The scheme's code for the category.
    pub category: String,
    /// How much.
    pub amount: Cents,
}

/// One line of contribution.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Contribution {
    /// The scheme's code for who gives it.
    pub from: String,
    /// In which form.
    pub form: Form,
    /// How much.
    pub amount: Cents,
}

/// The form of a contribution.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Form {
    /// Money that need not be paid back.
    Cash,
    /// Goods and services.
    InKind,
    /// Capital put into the venture.
    Investment,
}

impl Form {
    /// The code used in requests and paths.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Cash => "cash",
            Self::InKind => "in_kind",
            Self::Investment => "investment",
        }
    }
}

/// Posts of one class.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Post {
    /// The scheme's code for the class.
    pub class: String,
    /// How many people.
    pub heads: u32,
    /// For how many months each.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub months: Option<u32>,
    /// Or for how many days each.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub days: Option<u32>,
    /// What each is paid in a month, where that is less than the rate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub monthly_salary: Option<Cents>,
}

/// What was granted before: in short, or award by award, never both.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct History {
    /// Granted in this scheme, decided, this case left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub granted: Option<Cents>,
    /// Projects in this scheme, decided, this case left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub projects: Option<u32>,
    /// Award by award.
    #[serde(default, deserialize_with = "objects_or_none", skip_serializing_if = "Option::is_none")]
    pub awards: Option<Vec<Award>>,
}

impl History {
    /// Takes these awards out, once for each time that they are named. `true` when one of them was there.
    pub fn leave_out(&mut self, hidden: &[Award]) -> bool {
        let Some(awards) = &mut self.awards else { return false };
        let before = awards.len();
        for left_out in hidden {
            if let Some(place) = awards.iter().position(|award| award == left_out) {
                awards.remove(place);
            }
        }
        awards.len() < before
    }
}

/// One earlier award.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Award {
    /// The scheme's code; left out means the scheme that is asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scheme: Option<String>,
    /// When it was decided.
    pub on: Day,
    /// When it was applied for: the day whose rules it was worked out under, and in whose year it counts. Left out, it is that of the decision.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub submitted_on: Option<Day>,
    /// How much.
    pub amount: Cents,
    /// Whether, or since which day, its project is completed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub completed: Option<Completed>,
    /// Who received it, where it was not the applicant: a key of the scheme's `aggregation`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub party: Option<String>,
    /// How much of it was for each stage, where ceilings of the scheme are of one stage. The parts sum to the amount.
    #[serde(default, deserialize_with = "each_once", skip_serializing_if = "BTreeMap::is_empty")]
    pub stages: BTreeMap<String, Cents>,
    /// Answers to the scheme's questions about its project, where ceilings of the scheme count by one.
    #[serde(default, deserialize_with = "each_once", skip_serializing_if = "Facts::is_empty")]
    pub facts: Facts,
}

impl Award {
    /// Whether it is of this scheme; one that names none is.
    pub(crate) fn is_of(&self, scheme: &Scheme) -> bool {
        self.scheme.as_ref().is_none_or(|code| code.eq_ignore_ascii_case(scheme.file.code.get_ref()))
    }

    /// The award as a text can read it: where it names a stage that the text does not have, its parts are left out, so that it counts
    /// in full. Of its answers those are kept that say in which year it counts.
    #[must_use]
    pub fn under(mut self, scheme: &Scheme) -> Self {
        let (of_this, ceilings) = (self.is_of(scheme), &scheme.file.ceiling);
        let says_year = |name: &str| ceilings.values().any(|ceiling| ceiling.year_question() == Some(name));
        self.facts.retain(|name, value| of_this && says_year(name) && value.day().is_some());
        if self.stages.keys().any(|stage| !scheme.file.stage.contains_key(stage)) {
            self.stages.clear();
        }
        self
    }
}

/// Whether a project is completed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(untagged)]
pub enum Completed {
    /// Yes or no.
    Answer(bool),
    /// Since this day.
    On(Day),
}

impl Completed {
    /// Whether it is completed on a day.
    #[must_use]
    pub fn by(self, day: Day) -> bool {
        match self {
            Self::Answer(answer) => answer,
            Self::On(completed) => completed <= day,
        }
    }
}

/// The answer to one of the scheme's questions.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FactValue {
    /// Yes or no.
    Boolean(bool),
    /// A whole number.
    Count(u32),
    /// A code, an amount or a day.
    Text(String),
}

impl FactValue {
    /// The money that it says, where it does: facts of the type `amount` are decimal texts.
    #[must_use]
    pub fn amount(&self) -> Option<Cents> {
        match self {
            Self::Text(text) => Cents::parse(text).ok(),
            Self::Boolean(_) | Self::Count(_) => None,
        }
    }

    /// The day that it says, where it does: facts of the type `day` are texts such as "2025-11-18".
    #[must_use]
    pub fn day(&self) -> Option<Day> {
        match self {
            Self::Text(text) => Day::parse(text).ok(),
            Self::Boolean(_) | Self::Count(_) => None,
        }
    }
}

impl fmt::Display for FactValue {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Boolean(answer) => answer.fmt(formatter),
            Self::Count(count) => count.fmt(formatter),
            Self::Text(text) => text.fmt(formatter),
        }
    }
}

impl Serialize for FactValue {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Boolean(answer) => serializer.serialize_bool(*answer),
            Self::Count(count) => serializer.serialize_u32(*count),
            Self::Text(text) => serializer.serialize_str(text),
        }
    }
}
