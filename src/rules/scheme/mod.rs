//! A scheme as its file states it. The path of a number in the file is its name everywhere else.

mod check;
mod example;
mod fault;
mod lives;
mod predicate;
#[cfg(test)]
pub(crate) mod sample;
mod values;

pub use example::Expectation;
pub use fault::Fault;
pub use lives::{Life, Line};
pub use predicate::{Answered, Predicate};
pub use values::{CategoryList, Counts, Forms, Limit, Treatment};

use crate::calculation::Request;
use crate::calendar::{Day, YearKind};
use crate::dated::Dated;
pub use crate::dated::Known;
use crate::money::{Cents, Ratio, Rounding, Share};
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
        self.file.sources.get(code).map(Spanned::get_ref)
    }
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
    pub sources: Tables<Spanned<Source>>,
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

/// The typed questions of the scheme.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Facts {
    /// About the applicant.
    #[serde(default)]
    pub applicant: Tables<Fact>,
    /// About the project.
    #[serde(default)]
    pub project: Tables<Fact>,
}

/// One question and the type of its answer.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fact {
    /// The question.
    pub name: Text,
    /// The type of the answer.
    #[serde(rename = "type")]
    pub kind: FactKind,
}

/// The type of a fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FactKind {
    /// `true` or `false`.
    Boolean,
    /// A code of a list.
    Text,
    /// A whole number.
    Count,
}

/// A dated condition on facts.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    /// The condition in words.
    pub name: Text,
    /// The condition itself.
    pub is: Dated<Predicate>,
}

/// How contributions are matched, each by stage.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Matching {
    /// Government to applicant side.
    pub ratio: Tables<Plain<Ratio>>,
    /// The government's part of eligible cost where the scheme states its own; else g / (g + a).
    #[serde(default)]
    pub share: Tables<Plain<Share>>,
    /// The largest part of what counts that may be in kind.
    #[serde(default)]
    pub in_kind_share: Tables<Plain<Share>>,
    /// What happens to contributions in kind above that part.
    #[serde(default)]
    pub in_kind_excess: Tables<Plain<Treatment>>,
    /// Contributors that must all be there.
    #[serde(default)]
    pub requires: Tables<Plain<Vec<String>>>,
}

/// Which costs are eligible.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cost {
    /// Whether categories outside the list are eligible (`open`) or refused (`closed`).
    pub list: Plain<CategoryList>,
    /// The categories with rules of their own.
    #[serde(default)]
    pub category: Tables<Category>,
}

/// One category of cost.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Category {
    /// What people call it.
    pub name: Text,
    /// Whether it is eligible at all; left out means that it is.
    pub eligible: Option<Dated<bool>>,
    /// The most of it that is eligible in a project.
    pub cap: Option<Dated<Cents>>,
    /// The largest part of all eligible cost that it may be.
    pub share: Option<Dated<Share>>,
}

/// A limit from above.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ceiling {
    /// What is limited.
    pub of: CeilingOf,
    /// Over what it is counted.
    pub per: Per,
    /// Over which time.
    #[serde(default)]
    pub period: Period,
    /// The limit.
    pub is: Dated<Limit>,
}

/// What a ceiling limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CeilingOf {
    /// Money granted.
    Grant,
    /// Projects decided in favour.
    Projects,
    /// Applications submitted.
    Applications,
}

/// Over what a ceiling is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Per {
    /// One project.
    Project,
    /// All projects of one applicant.
    Applicant,
}

/// Over which time a ceiling is counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Period {
    /// For ever.
    #[default]
    Lifetime,
    /// Projects that are not completed.
    Concurrent,
    /// A year from 1 April.
    FinancialYear,
    /// A year from 1 September.
    AcademicYear,
    /// A year from 1 January.
    CalendarYear,
    /// One round of applications.
    Round,
}

impl Period {
    /// The year that the period is, where it is one.
    #[must_use]
    pub const fn year(self) -> Option<YearKind> {
        match self {
            Self::FinancialYear => Some(YearKind::Financial),
            Self::AcademicYear => Some(YearKind::Academic),
            Self::CalendarYear => Some(YearKind::Calendar),
            Self::Lifetime | Self::Concurrent | Self::Round => None,
        }
    }
}

/// A limit from below.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Floor {
    /// What must reach it.
    pub of: FloorOf,
    /// The limit.
    pub is: Dated<Cents>,
}

/// What a floor measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FloorOf {
    /// Eligible cost over all stages, after category rules.
    Cost,
    /// What counts as contribution, or the applicant's share where contributions are left out.
    Contribution,
    /// The final grant.
    Grant,
}

/// A normal length. Longer asks for a reason, it does not refuse.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Duration {
    /// The stages whose months are added up.
    pub stages: Vec<Spanned<String>>,
    /// Months.
    pub is: Dated<u32>,
}

/// A window for applications: from the beginning of the first day to the last second of the last.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Round {
    /// What people call it.
    pub name: Text,
    /// First day.
    pub opens_on: Day,
    /// Last day.
    pub closes_on: Spanned<Day>,
    /// Where the window was published.
    pub source: Spanned<String>,
}

/// How proposals are assessed.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Assessment {
    /// How many assessors score each proposal.
    pub assessors: Plain<u32>,
    /// The highest mark for a criterion; the lowest is 0.
    pub scale: Plain<u32>,
    /// The part of the highest weighted mark that is needed.
    pub pass_mark: Plain<Share>,
    /// The criteria with their weights, which add up to the whole.
    pub criterion: Tables<NamedValue<Share>>,
}

/// Who recommends and who approves.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Approval {
    /// The body that recommends.
    pub recommender: Recommender,
    /// Who may approve up to which amount, from the lowest authority to the highest; `none` is any amount.
    pub authority: Tables<NamedValue<Cents>>,
    /// Days for which an offer stands.
    pub offer_days: Plain<u32>,
}

/// The body that recommends.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recommender {
    /// What people call it.
    pub name: Text,
    /// Where that was published.
    pub source: Spanned<String>,
}

/// How a grant is paid.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Payment {
    /// The instalments, whose shares add up to the whole.
    pub instalment: Tables<Instalment>,
}

/// One instalment.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Instalment {
    /// What people call it.
    pub name: Text,
    /// What makes it due.
    pub due: DueOn,
    /// Its share of the grant.
    pub is: Dated<Share>,
}

/// The event that makes an instalment or an obligation due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DueOn {
    /// The offer is accepted.
    Acceptance,
    /// The project is completed.
    Completion,
    /// The final accounts are accepted.
    FinalAccounts,
}

impl DueOn {
    /// The code used in the database.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Acceptance => "acceptance",
            Self::Completion => "completion",
            Self::FinalAccounts => "final_accounts",
        }
    }

    /// The event with a code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Acceptance, Self::Completion, Self::FinalAccounts].into_iter().find(|due| due.code() == code)
    }
}

/// What a recipient owes afterwards.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Obligation {
    /// What people call it.
    pub name: Text,
    /// After which event.
    pub after: DueOn,
    /// How many months later at the latest.
    pub is: Dated<u32>,
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
