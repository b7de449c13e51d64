//! Conditions on facts: all, any, not, and comparisons; three answers, since a fact may be missing.

use crate::calculation::FactValue;
use crate::dated::FileValue;
use crate::money::Cents;
use schemars::JsonSchema;
use serde::Deserialize;
use std::cmp::Ordering;
use std::fmt;

/// A condition on typed facts. A fact is named `applicant.…` or `project.…`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(untagged, deny_unknown_fields)]
pub enum Predicate {
    /// The fact has this value.
    Is {
        /// Its name.
        fact: String,
        /// The value.
        is: FactValue,
    },
    /// The fact has one of these values.
    OneOf {
        /// Its name.
        fact: String,
        /// The values.
        one_of: Vec<FactValue>,
    },
    /// The fact is a count or an amount of at least this.
    AtLeast {
        /// Its name.
        fact: String,
        /// The least.
        at_least: Bound,
    },
    /// The fact is a count or an amount of at most this.
    AtMost {
        /// Its name.
        fact: String,
        /// The most.
        at_most: Bound,
    },
    /// Every part holds.
    All {
        /// The parts.
        all: Vec<Predicate>,
    },
    /// At least one part holds.
    Any {
        /// The parts.
        any: Vec<Predicate>,
    },
    /// The part does not hold.
    Not {
        /// The part.
        not: Box<Predicate>,
    },
}

/// What a count or an amount is compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Bound {
    /// A whole number.
    Count(u32),
    /// Money.
    Amount(Cents),
}

impl Bound {
    /// How a fact stands to it; `None` where the two are of different types.
    fn compared_with(self, fact: &FactValue) -> Option<Ordering> {
        match (self, fact) {
            (Self::Count(bound), FactValue::Count(count)) => Some(count.cmp(&bound)),
            (Self::Amount(bound), fact) => fact.amount().map(|amount| amount.cmp(&bound)),
            _ => None,
        }
    }

    /// The bound as a fact would be written.
    fn as_fact(self) -> FactValue {
        match self {
            Self::Count(count) => FactValue::Count(count),
            Self::Amount(amount) => FactValue::Text(amount.to_string()),
        }
    }
}

impl fmt::Display for Bound {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Count(count) => count.fmt(formatter),
            Self::Amount(amount) => amount.fmt(formatter),
        }
    }
}

/// Whether two answers are the same: amounts are, however many places are written.
fn same(left: &FactValue, right: &FactValue) -> bool {
    left == right || left.amount().is_some_and(|amount| right.amount() == Some(amount))
}

/// What a condition comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answered {
    /// It holds.
    Yes,
    /// It does not hold.
    No,
    /// It depends on a fact that is missing.
    Missing,
}

impl Predicate {
    /// Works the condition out; `fact` looks a fact up by its name.
    pub fn answer<'f>(&self, fact: &impl Fn(&str) -> Option<&'f FactValue>) -> Answered {
        let compare = |name: &str, holds: &dyn Fn(&FactValue) -> bool| match fact(name) {
            None => Answered::Missing,
            Some(value) if holds(value) => Answered::Yes,
            Some(_) => Answered::No,
        };
        match self {
            Self::Is { fact, is } => compare(fact, &|value| same(value, is)),
            Self::OneOf { fact, one_of } => compare(fact, &|value| one_of.iter().any(|one| same(value, one))),
            Self::AtLeast { fact, at_least } => {
                compare(fact, &|value| at_least.compared_with(value).is_some_and(Ordering::is_ge))
            }
            Self::AtMost { fact, at_most } => {
                compare(fact, &|value| at_most.compared_with(value).is_some_and(Ordering::is_le))
            }
            Self::All { all: parts } => all(parts.iter().map(|part| part.answer(fact))),
            // "any" is "all" seen from the other side.
            Self::Any { any } => opposite(all(any.iter().map(|part| opposite(part.answer(fact))))),
            Self::Not { not } => opposite(not.answer(fact)),
        }
    }

    /// The facts that it looks at, each with the values it is compared with.
    #[must_use]
    pub fn comparisons(&self) -> Vec<(&str, Vec<FactValue>)> {
        match self {
            Self::Is { fact, is } => vec![(fact, vec![is.clone()])],
            Self::OneOf { fact, one_of } => vec![(fact, one_of.clone())],
            Self::AtLeast { fact, at_least: bound } | Self::AtMost { fact, at_most: bound } => {
                vec![(fact, vec![bound.as_fact()])]
            }
            Self::All { all: parts } | Self::Any { any: parts } => parts.iter().flat_map(Self::comparisons).collect(),
            Self::Not { not } => not.comparisons(),
        }
    }
}

fn all(answers: impl Iterator<Item = Answered>) -> Answered {
    answers.fold(Answered::Yes, |so_far, answer| match (so_far, answer) {
        (Answered::No, _) | (_, Answered::No) => Answered::No,
        (Answered::Missing, _) | (_, Answered::Missing) => Answered::Missing,
        (Answered::Yes, Answered::Yes) => Answered::Yes,
    })
}

const fn opposite(answer: Answered) -> Answered {
    match answer {
        Answered::Yes => Answered::No,
        Answered::No => Answered::Yes,
        Answered::Missing => Answered::Missing,
    }
}

impl FileValue for Predicate {
    fn from_file(value: toml::Value) -> Result<Self, String> {
        // An untagged reading can only say that nothing fitted, so the forms are named here.
        value.try_into().ok().ok_or_else(|| {
            "not a condition: write { fact = \"applicant.…\", is = … } (or one_of, at_least, at_most), { all = […] }, { any = […] } or { not = {…} }"
                .to_owned()
        })
    }
}

impl fmt::Display for Predicate {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list =
            |parts: &[Self], word: &str| parts.iter().map(|part| format!("({part})")).collect::<Vec<_>>().join(word);
        match self {
            Self::Is { fact, is } => write!(formatter, "{fact} is {is}"),
            Self::OneOf { fact, one_of } => {
                let values = one_of.iter().map(ToString::to_string).collect::<Vec<_>>().join(" or ");
                write!(formatter, "{fact} is {values}")
            }
            Self::AtLeast { fact, at_least } => write!(formatter, "{fact} is at least {at_least}"),
            Self::AtMost { fact, at_most } => write!(formatter, "{fact} is at most {at_most}"),
            Self::All { all } => formatter.write_str(&list(all, " and ")),
            Self::Any { any } => formatter.write_str(&list(any, " or ")),
            Self::Not { not } => write!(formatter, "not ({not})"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn predicate(text: &str) -> Predicate {
        let table: toml::Table = toml::from_str(&format!("is = {text}")).unwrap();
        Predicate::from_file(table["is"].clone()).unwrap()
    }

    #[test]
    fn a_missing_fact_matters_only_when_the_answer_depends_on_it() {
        let (yes, no) = (FactValue::Boolean(true), FactValue::Boolean(false));
        let fact = |name: &str| match name {
            "applicant.yes" => Some(&yes),
            "applicant.no" => Some(&no),
            _ => None,
        };
        for (text, answer) in [
            ("{ fact = \"applicant.yes\", is = true }", Answered::Yes),
            ("{ fact = \"applicant.gone\", is = true }", Answered::Missing),
            ("{ not = { fact = \"applicant.yes\", is = true } }", Answered::No),
            (
                "{ all = [{ fact = \"applicant.no\", is = true }, { fact = \"applicant.gone\", is = true }] }",
                Answered::No,
            ),
            (
                "{ any = [{ fact = \"applicant.yes\", is = true }, { fact = \"applicant.gone\", is = true }] }",
                Answered::Yes,
            ),
            (
                "{ any = [{ fact = \"applicant.no\", is = true }, { fact = \"applicant.gone\", is = true }] }",
                Answered::Missing,
            ),
            ("{ fact = \"applicant.yes\", at_least = 1 }", Answered::No),
        ] {
            assert_eq!(predicate(text).answer(&fact), answer, "{text}");
        }
    }
}
