//! A scheme as its file states it. The path of a number in the file is its name everywhere else.

mod changes;
mod check;
mod claims;
mod commitment;
mod document;
mod example;
mod facts;
mod fault;
mod file;
mod form;
mod formula;
mod limits;
mod lives;
mod matching;
mod obligations;
mod predicate;
mod procedure;
mod relations;
mod reviews;
mod round;
#[cfg(test)]
pub(crate) mod sample;
mod shape;
mod skeleton;
mod unit_rate;
mod values;

pub use changes::{ChangeRule, Changes};
pub use claims::{Claims, HeldAgainst};
pub use commitment::Commits;
pub use document::Document;
pub use example::Expectation;
pub(crate) use example::is_calculated;
pub use facts::{Fact, FactKind, Facts};
pub use fault::Fault;
pub use file::{Category, Condition, Cost, Example, Grade, Matching, Named, NamedValue, Plain, SchemeFile, Source};
pub use form::{Form, Question, QuestionKind, Section};
pub use formula::{Base, Combination, Formula, Measure, Part, Tier, marginal, slab};
pub use limits::{Ceiling, CeilingOf, Duration, DurationBound, DurationOf, Floor, FloorOf, Per, Period};
pub use lives::{CaseLine, Life, Line};
pub use matching::{NeedOf, RatioRule, ShareRule};
pub use obligations::{Obligation, ObligationKind};
pub use predicate::{Answered, Bound, Predicate};
pub use procedure::{
    Approval, ApprovalStep, Assessment, Committee, Control, ControlValue, Criterion, DueOn, Instalment, Missing,
    Payment, Pledges, Procedure, Recommender,
};
pub use relations::{Dependency, Exclusive, Interval, IntervalAfter, Lineage, SchemeKind};
pub use reviews::{ReviewStep, Reviews};
pub use round::{CutOff, Intake, IntakeState, Round, is_intake};
pub(crate) use round::{End, is_intake_code};
pub use skeleton::skeleton;
pub use unit_rate::{AddOn, Class, RatePer, UnitRates};
pub use values::{CategoryList, Counts, Forms, Limit, NotApplicable, Treatment};

pub use crate::dated::Known;
use indexmap::IndexMap;
use sha2::{Digest, Sha256};
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
        if text.len() > TEXT_BYTES_MAX {
            let message = format!("a scheme is a text of at most {} KiB: this one has more", TEXT_BYTES_MAX / 1024);
            return Err(vec![Fault::at(text, 0, message)]);
        }
        // A name is in the sentences of a calculation, which are kept.
        if let Some(offset) = NULLS.iter().filter_map(|null| text.find(null)).min() {
            return Err(vec![Fault::at(text, offset, "take out the character U+0000, which cannot be kept")]);
        }
        let file = SchemeFile::read(text)?;
        let lives = lives::of(&file);
        let faults = check::faults(text, &file, &lives);
        if !faults.is_empty() {
            return Err(faults);
        }
        Ok(Self { file, hash: hash_of(text), lives })
    }

    /// Reads a text and runs its examples: what this finds in order may be published.
    ///
    /// # Errors
    /// Everything that is wrong with it, as `almoner scheme check` says it.
    pub fn proved(text: &str) -> Result<Self, Vec<Fault>> {
        let scheme = Self::read(text)?;
        let faults = scheme.failing_examples(text);
        if faults.is_empty() { Ok(scheme) } else { Err(faults) }
    }

    /// The source behind a code that the check has found in `[sources]`.
    #[must_use]
    pub fn source(&self, code: &str) -> Option<&Source> {
        self.file.sources.get(code).map(Spanned::get_ref)
    }
}

/// The longest text of a scheme, in bytes: the longest of the house has a thirtieth of it.
pub const TEXT_BYTES_MAX: usize = 1024 * 1024;

/// How many faults are told at once: each is looked for in the text, and nobody mends more before checking again.
const FAULTS_MAX: usize = 100;

/// How U+0000 is written in a text of a scheme; as itself it is not TOML.
const NULLS: [&str; 3] = ["\\u0000", "\\U00000000", "\\x00"];

/// The longest code of a scheme, in characters.
pub const CODE_CHARACTERS_MAX: usize = 40;

/// The longest code of a document or a question of the form, in characters.
pub(crate) const CODE_OF_TABLE_CHARACTERS_MAX: usize = 60;

/// Whether a text can be the code of a document or a question of the form.
pub(crate) fn is_plain_code(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    (1..=CODE_OF_TABLE_CHARACTERS_MAX).contains(&text.len()) && text.bytes().all(plain)
}

/// Whether a text can be the code of a scheme.
#[must_use]
pub fn is_code(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=CODE_CHARACTERS_MAX).contains(&text.len()) && text.bytes().all(allowed)
}

/// The code that a text says is its scheme's, whatever else may be wrong with it; `None` where it says none.
#[must_use]
pub fn code_of(text: &str) -> Option<String> {
    #[derive(serde::Deserialize)]
    struct Head {
        code: String,
    }
    toml::from_str::<Head>(text).ok().map(|head| head.code).filter(|code| is_code(code))
}

/// What a published text is known by: SHA-256 of its bytes, in lower-case hexadecimal.
#[must_use]
pub fn hash_of(text: &str) -> String {
    hexadecimal(&Sha256::digest(text.as_bytes()))
}

/// Whether a text can be the hash of another.
#[must_use]
pub fn is_hash(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// Bytes as lower-case hexadecimal.
#[must_use]
pub fn hexadecimal(bytes: &[u8]) -> String {
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.filter_map(|digit| char::from_digit(digit.into(), 16)).collect()
}
