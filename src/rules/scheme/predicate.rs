//! Conditions on facts: all, any, not, and comparisons; three answers, since a fact may be missing.

use crate::calculation::FactValue;
use crate::dated::FileValue;
use serde::Deserialize;
use std::fmt;

/// A condition on typed facts. A fact is named `applicant.…` or `project.…`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
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
    /// The fact is a count of at least this.
    AtLeast {
        /// Its name.
        fact: String,
        /// The least count.
        at_least: u32,
    },
    /// The fact is a count of at most this.
    AtMost {
        /// Its name.
        fact: String,
        /// The largest count.
        at_most: u32,
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
            Self::Is { fact, is } => compare(fact, &|value| value == is),
            Self::OneOf { fact, one_of } => compare(fact, &|value| one_of.contains(value)),
            Self::AtLeast { fact, at_least } => {
                compare(fact, &|value| matches!(value, FactValue::Count(count) if count >= at_least))
            }
            Self::AtMost { fact, at_most } => {
                compare(fact, &|value| matches!(value, FactValue::Count(count) if count <= at_most))
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
            Self::AtLeast { fact, at_least: count } | Self::AtMost { fact, at_most: count } => {
                vec![(fact, vec![FactValue::Count(*count)])]
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
