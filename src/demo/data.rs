//! The story as data: people, cases with their days, and payments, read strictly from `seeds/demo/*.toml`.

use super::Trouble;
use super::chapter::{Chapter, Line};
use rules::application::{Content, Milestone, Participant, Quotation};
use rules::calculation::{Facts, Request};
use rules::calendar::Day;
use rules::money::Cents;
use rules::person::Language;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// What all files say together.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Book {
    /// Everybody's password.
    pub password: String,
    /// People of the agency.
    pub staff: Vec<Staff>,
    /// People who apply, each for an organisation.
    pub applicant: Vec<Applicant>,
    /// The usual marks of a scheme.
    pub marks: Vec<MarksOf>,
    /// The cases.
    pub case: Vec<CaseData>,
    /// The batches of payments.
    pub payment: Vec<Payment>,
    /// What the bank answers.
    pub bank_answer: Vec<BankAnswer>,
    /// What is owed back.
    pub recovery: Vec<RecoveryData>,
    /// Approvals at the same moment.
    pub race: Vec<Race>,
    /// What happens beside the steps of the cases.
    pub chapter: Vec<Chapter>,
}

/// Somebody of the agency.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Staff {
    pub key: String,
    pub name: String,
    pub email: String,
    #[serde(default = "english")]
    pub language: Language,
    pub roles: BTreeSet<rules::actor::Role>,
    #[serde(default)]
    pub authorities: BTreeSet<String>,
}

/// Somebody who applies.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Applicant {
    pub key: String,
    pub name: String,
    pub email: String,
    #[serde(default = "english")]
    pub language: Language,
    /// Left out by who is only invited by others.
    pub organisation: Option<String>,
    #[serde(default)]
    pub ubi: String,
}

const fn english() -> Language {
    Language::English
}

/// Marks by criterion.
pub(super) type Marks = BTreeMap<String, u32>;

/// The usual marks of a scheme, of the first and of the second assessor.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MarksOf {
    pub scheme: String,
    pub first: Marks,
    pub second: Marks,
}

/// One case.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CaseData {
    /// Its name in the idempotency keys.
    pub key: String,
    /// What it shows.
    pub about: String,
    pub scheme: String,
    pub applicant: String,
    pub title: String,
    pub summary: String,
    /// What must be awarded; nothing where it never comes to that.
    #[serde(default)]
    pub grant: Cents,
    /// What must have been paid at the end.
    #[serde(default)]
    pub paid: Cents,
    pub steps: Vec<Step>,
    pub request: Request,
    #[serde(default)]
    pub milestones: Vec<Milestone>,
    #[serde(default)]
    pub people: Vec<Participant>,
    #[serde(default)]
    pub quotations: Vec<Quotation>,
    #[serde(default)]
    pub answers: Facts,
}

impl CaseData {
    /// What the applicant writes.
    pub(super) fn content(&self) -> Content {
        Content {
            title: self.title.clone(),
            summary: self.summary.clone(),
            starts_on: None,
            request: self.request.clone(),
            milestones: self.milestones.clone(),
            people: self.people.clone(),
            quotations: self.quotations.clone(),
            answers: self.answers.clone(),
        }
    }
}

/// What is done in a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Act {
    Submit,
    Withdraw,
    Screen,
    ScreenOut,
    Reinstate,
    Assess,
    Recommend,
    Reject,
    Approve,
    Offer,
    Accept,
    Lapse,
    Claim,
    GiveBack,
    Certify,
}

impl Act {
    /// The name in idempotency keys.
    pub(super) const fn code(self) -> &'static str {
        match self {
            Self::Submit => "submit",
            Self::Withdraw => "withdraw",
            Self::Screen => "screen",
            Self::ScreenOut => "screen-out",
            Self::Reinstate => "reinstate",
            Self::Assess => "assess",
            Self::Recommend => "recommend",
            Self::Reject => "reject",
            Self::Approve => "approve",
            Self::Offer => "offer",
            Self::Accept => "accept",
            Self::Lapse => "lapse",
            Self::Claim => "claim",
            Self::GiveBack => "give-back",
            Self::Certify => "certify",
        }
    }
}

/// One step of a case.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Step {
    pub on: Day,
    pub does: Act,
    /// Who assesses or approves.
    #[serde(default)]
    pub by: Vec<String>,
    /// The code of the refusal that must come.
    pub refused: Option<String>,
    #[serde(default)]
    pub reason: String,
    #[serde(default)]
    pub evidence: String,
    /// Of a claim.
    #[serde(default)]
    pub instalment: String,
    /// What is certified, where it is not what is claimed.
    pub amount: Option<Cents>,
    /// What the project really cost, where it is not what was planned.
    pub actual: Option<Request>,
    /// Marks, where they are not the scheme's usual ones.
    pub marks: Option<Vec<Marks>>,
    pub conflict: Option<Conflict>,
    /// What the first assessors release for the applicant.
    #[serde(default)]
    pub feedback: Vec<String>,
    /// Why a decision departs from the rank.
    pub departure: Option<String>,
}

/// Somebody who declares a conflict of interest and is replaced.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Conflict {
    pub of: String,
    pub reason: String,
}

/// A batch of payments.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Payment {
    pub key: String,
    pub on: Day,
    /// Whether the preparer first tries to release the own batch.
    #[serde(default)]
    pub own_release: bool,
    /// Why the preparer takes a first batch of the same claims back; none where the first one is released.
    #[serde(default)]
    pub taken_back: String,
    pub claims: Vec<ClaimOf>,
}

/// A claim, named by its case.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ClaimOf {
    pub case: String,
    pub instalment: String,
}

/// What the bank answers to a batch: all of it was executed but for what it names.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct BankAnswer {
    pub on: Day,
    /// The key of the batch.
    pub payment: String,
    /// Who records it.
    pub by: String,
    /// What the bank has rejected.
    pub rejected: Vec<ClaimOf>,
    /// The code with which it says why.
    pub reason: String,
}

/// Something that is owed back, from the demand to the day on which it came.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RecoveryData {
    pub on: Day,
    pub case: String,
    pub kind: String,
    pub principal: Cents,
    pub reason: String,
    pub raised_by: String,
    pub confirmed_by: String,
    /// When it stands in the statement of the bank.
    pub came_on: Day,
    /// Who records the statement, and who says what the credit is.
    pub recorded_by: String,
    pub received_by: String,
    /// The reference of the bank.
    pub reference: String,
}

/// Approvals at the same moment.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Race {
    pub on: Day,
    /// When whoever was refused tries again.
    pub again_on: Day,
    pub entries: Vec<Entry>,
}

/// One of the approvals of a race.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Entry {
    pub case: String,
    pub by: String,
}

/// Something that happens on a day.
#[derive(Clone, Copy, Debug)]
pub(super) enum Scene<'a> {
    /// The step with that number of a case.
    Step(&'a CaseData, usize, &'a Step),
    /// A race, for the first time or again.
    Race(&'a Race, bool),
    /// A batch is prepared and released.
    Payment(&'a Payment),
    /// The bank answers a batch.
    BankAnswer(&'a BankAnswer),
    /// Something is demanded back.
    Demand(&'a RecoveryData),
    /// What was demanded has come.
    Receipt(&'a RecoveryData),
    /// The line with that number of a chapter.
    Line(&'a Chapter, usize, &'a Line),
}

impl Book {
    /// Reads every file of a folder, in the order of their names.
    ///
    /// # Errors
    /// When a file cannot be read or understood.
    pub(super) fn read(folder: &Path) -> Result<Self, Trouble> {
        let cannot =
            |path: &Path, error: &dyn std::fmt::Display| Trouble::Story(format!("{}: {error}", path.display()));
        let entries = std::fs::read_dir(folder).map_err(|error| cannot(folder, &error))?;
        let paths = entries.map(|entry| entry.map(|entry| entry.path()));
        let mut paths = paths.collect::<Result<Vec<_>, _>>().map_err(|error| cannot(folder, &error))?;
        paths.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
        paths.sort();
        let mut book = Self::default();
        for path in paths {
            let text = std::fs::read_to_string(&path).map_err(|error| cannot(&path, &error))?;
            book.add(toml::from_str(&text).map_err(|error| cannot(&path, &error))?);
        }
        Ok(book)
    }

    fn add(&mut self, other: Self) {
        if !other.password.is_empty() {
            self.password = other.password;
        }
        self.staff.extend(other.staff);
        self.applicant.extend(other.applicant);
        self.marks.extend(other.marks);
        self.case.extend(other.case);
        self.payment.extend(other.payment);
        self.bank_answer.extend(other.bank_answer);
        self.recovery.extend(other.recovery);
        self.race.extend(other.race);
        self.chapter.extend(other.chapter);
    }

    /// Everything that happens, in the order of the days; on one day cases come first, then races, payments, what banks answer, what is
    /// owed back, and chapters.
    pub(super) fn scenes(&self) -> Vec<(Day, Scene<'_>)> {
        let steps = self.case.iter().flat_map(|case| {
            case.steps.iter().enumerate().map(move |(number, step)| (step.on, Scene::Step(case, number, step)))
        });
        let races = self.race.iter();
        let races =
            races.flat_map(|race| [(race.on, Scene::Race(race, false)), (race.again_on, Scene::Race(race, true))]);
        let payments = self.payment.iter().map(|payment| (payment.on, Scene::Payment(payment)));
        let lines = self.chapter.iter().flat_map(|chapter| {
            chapter.line.iter().enumerate().map(move |(number, line)| (line.on, Scene::Line(chapter, number, line)))
        });
        let answers = self.bank_answer.iter().map(|answer| (answer.on, Scene::BankAnswer(answer)));
        let owed = self.recovery.iter();
        let owed = owed.flat_map(|owed| [(owed.on, Scene::Demand(owed)), (owed.came_on, Scene::Receipt(owed))]);
        let scenes = steps.chain(races).chain(payments).chain(answers).chain(owed).chain(lines);
        let mut scenes = scenes.collect::<Vec<_>>();
        scenes.sort_by_key(|(day, _)| *day);
        scenes
    }
}

#[cfg(test)]
mod tests;
