//! A scheme as its file states it. The path of a number in the file is its name everywhere else.

mod check;
mod example;
mod facts;
mod fault;
mod limits;
mod lives;
mod predicate;
mod procedure;
mod values;

pub use example::Expectation;
pub use facts::{Condition, Fact, FactKind, Facts};
pub use fault::Fault;
pub use limits::{Category, Ceiling, CeilingOf, Cost, Duration, Floor, FloorOf, Matching, Per, Period};
pub use lives::{Life, Line};
pub use predicate::{Answered, Predicate};
pub use procedure::{Approval, Assessment, DueOn, Instalment, Obligation, Payment, Recommender, Round};
pub use values::{CategoryList, Counts, Forms, Limit, Treatment};

use crate::calculation::Request;
use crate::calendar::Day;
use crate::dated::Dated;
pub use crate::dated::Known;
use crate::money::{Cents, Rounding};
use crate::text::Text;
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt::Write;
use toml::Spanned;

/// The tables of a section by their names, in the order of the file.
pub type Tables<T> = IndexMap<String, T>;

/// A scheme that has been read, checked and proved by its own examples.
#[derive(Clone, Debug)]
pub struct Scheme {
    /// What the file states.
    pub file: SchemeFile,
    /// SHA-256 of the file's text, in lower-case hexadecimal: the `rules` of every answer.
    pub hash: String,
    /// Every dated value by its path, in the order of the file.
    pub lives: Vec<Life>,
}

impl Scheme {
    /// Reads and checks a scheme file; its examples are run by [`Scheme::failing_examples`].
    ///
    /// # Errors
    /// All faults of the check, or the first one of the reading, each with its line and column.
    pub fn read(text: &str) -> Result<Self, Vec<Fault>> {
        let file: SchemeFile = toml::from_str(text).map_err(|error| vec![Fault::of_reading(text, &error)])?;
        let lives = lives::of(&file);
        let faults = check::faults(text, &file, &lives);
        if !faults.is_empty() {
            return Err(faults);
        }
        Ok(Self { file, hash: hexadecimal(&Sha256::digest(text.as_bytes())), lives })
    }

    /// The source behind a code that the check has found in `[sources]`.
    #[must_use]
    pub fn source(&self, code: &str) -> Option<&Source> {
        self.file.sources.get(code)
    }
}

/// The longest code of a scheme.
pub const CODE_CHARACTERS_MAX: usize = 40;

/// Whether a text can be the code of a scheme.
#[must_use]
pub fn is_code(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=CODE_CHARACTERS_MAX).contains(&text.len()) && text.bytes().all(allowed)
}

/// Bytes as lower-case hexadecimal.
#[must_use]
pub fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(64), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The whole file, before its laws are checked.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SchemeFile {
    /// Upper-case code, such as `NIAS`.
    pub code: Spanned<String>,
    /// ISO 4217 code of the money; Hong Kong dollars for now.
    pub currency: Spanned<String>,
    /// IANA name of the zone whose days the file means.
    pub time_zone: Spanned<String>,
    /// The scheme's official names.
    pub name: Text,
    /// The documents behind the numbers.
    pub sources: Tables<Source>,
    /// Whether the scheme takes applications.
    pub open: Plain<bool>,
    /// How the one rounding of a stage is done.
    pub rounding: Plain<Rounding>,
    /// The stages of a project, in the order in which they are carried out.
    pub stage: Tables<Named>,
    /// Who can put money beside the grant.
    pub contributor: Tables<Named>,
    /// What is asked about the applicant and the project.
    #[serde(default)]
    pub facts: Facts,
    /// Who and what may apply.
    #[serde(default)]
    pub eligibility: Tables<Condition>,
    /// How contributions are matched.
    pub matching: Matching,
    /// What counts as a contribution: by stage, then by contributor.
    pub contribution: Tables<Tables<Plain<Forms>>>,
    /// Which costs are eligible, and up to what.
    pub cost: Cost,
    /// Limits from above.
    #[serde(default)]
    pub ceiling: Tables<Ceiling>,
    /// Limits from below; they refuse, they never raise.
    #[serde(default)]
    pub floor: Tables<Floor>,
    /// Money of the whole scheme.
    pub envelope: Option<Plain<Cents>>,
    /// Parties that are counted together with the applicant.
    #[serde(default)]
    pub aggregation: Tables<NamedValue<bool>>,
    /// Months that a project normally takes at most.
    #[serde(default)]
    pub duration: Tables<Duration>,
    /// Windows in which applications are received; none means all the year round.
    #[serde(default)]
    pub round: Tables<Round>,
    /// How proposals are assessed.
    pub assessment: Assessment,
    /// Who recommends and who approves.
    pub approval: Approval,
    /// How a grant is paid.
    pub payment: Payment,
    /// What a recipient owes afterwards.
    #[serde(default)]
    pub obligation: Tables<Obligation>,
    /// Questions that the sources leave open and that no calculation waits for.
    #[serde(default)]
    pub question: Tables<NamedValue<bool>>,
    /// Worked examples: the file proves itself.
    pub example: Vec<Spanned<Example>>,
}

/// A document behind a number.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// What the document is.
    pub title: String,
    /// Where it was seen.
    pub url: Option<String>,
    /// How good it is.
    pub grade: Grade,
    /// When somebody last looked.
    pub checked_on: Day,
}

/// How good a source is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Grade {
    /// The government's own page or release.
    Official,
    /// A public body or university that restates it.
    Restated,
    /// A newspaper, a consultant, a third party's file.
    Press,
    /// No source: a decision of the house, so that the scheme can be run. Never shown as the scheme's own rule.
    House,
}

/// A table that is only a dated value.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, bound = "T: crate::dated::FileValue")]
pub struct Plain<T> {
    /// Its life.
    pub is: Dated<T>,
}

/// A table that is only a name.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Named {
    /// What people call it.
    pub name: Text,
}

/// A dated value with a name of its own.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, bound = "T: crate::dated::FileValue")]
pub struct NamedValue<T> {
    /// What people call it.
    pub name: Text,
    /// Its life.
    pub is: Dated<T>,
}

/// A worked example in the file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Example {
    /// What it shows, in a sentence.
    pub name: String,
    /// The day whose rules apply.
    pub on: Day,
    /// The request, without its day.
    pub given: Request,
    /// What the answer must say.
    pub expect: Expectation,
}
