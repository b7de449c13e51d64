//! The story as data: people, cases with their days, and payments, read strictly from `seeds/demo/*.toml`.

use super::Trouble;
use rules::application::Content;
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
    /// Approvals at the same moment.
    pub race: Vec<Race>,
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
    pub organisation: String,
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
}

impl CaseData {
    /// What the applicant writes.
    pub(super) fn content(&self) -> Content {
        Content {
            title: self.title.clone(),
            summary: self.summary.clone(),
            starts_on: None,
            request: self.request.clone(),
            milestones: Vec::new(),
            people: Vec::new(),
            quotations: Vec::new(),
            answers: Facts::new(),
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
    pub claims: Vec<ClaimOf>,
}

/// A claim, named by its case.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ClaimOf {
    pub case: String,
    pub instalment: String,
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
        self.race.extend(other.race);
    }

    /// Everything that happens, in the order of the days; on one day cases come first, then races, then payments.
    pub(super) fn scenes(&self) -> Vec<(Day, Scene<'_>)> {
        let steps = self.case.iter().flat_map(|case| {
            case.steps.iter().enumerate().map(move |(number, step)| (step.on, Scene::Step(case, number, step)))
        });
        let races = self.race.iter();
        let races =
            races.flat_map(|race| [(race.on, Scene::Race(race, false)), (race.again_on, Scene::Race(race, true))]);
        let payments = self.payment.iter().map(|payment| (payment.on, Scene::Payment(payment)));
        let mut scenes = steps.chain(races).chain(payments).collect::<Vec<_>>();
        scenes.sort_by_key(|(day, _)| *day);
        scenes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rules::calculation::{Award, Completed, Facts, History, calculate};
    use rules::scheme::Scheme;

    fn book() -> Book {
        Book::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds/demo")).unwrap()
    }

    fn scheme(code: &str) -> Scheme {
        let path = format!("{}/seeds/schemes/{}.toml", env!("CARGO_MANIFEST_DIR"), code.to_lowercase());
        Scheme::read(&std::fs::read_to_string(path).unwrap()).unwrap()
    }

    /// What the applicant was granted in the scheme by earlier cases; all of them are completed by then.
    fn history(book: &Book, case: &CaseData, on: Day) -> History {
        let earlier =
            book.case.iter().filter(|other| (&other.scheme, &other.applicant) == (&case.scheme, &case.applicant));
        let approvals = earlier.flat_map(|other| other.steps.iter().map(move |step| (other, step)));
        let approvals =
            approvals.filter(|(_, step)| step.does == Act::Approve && step.refused.is_none() && step.on < on);
        let awards = approvals.map(|(other, step)| Award {
            scheme: None,
            on: step.on,
            submitted_on: None,
            amount: other.grant,
            completed: Some(Completed::Answer(true)),
            party: None,
            stages: BTreeMap::new(),
            facts: Facts::new(),
        });
        History { awards: Some(awards.collect()), ..History::default() }
    }

    #[test]
    fn the_rules_say_of_every_submission_what_the_story_says() {
        let book = book();
        let mut refused = 0;
        for (day, scene) in book.scenes() {
            let Scene::Step(case, _, step @ Step { does: Act::Submit, .. }) = scene else { continue };
            let scheme = scheme(&case.scheme);
            let mut request = case.request.clone();
            request.history = Some(history(&book, case, day));
            let calculation = calculate(&scheme, &request, day).unwrap();
            match step.refused.as_deref() {
                Some("calculation.refused") => assert!(!calculation.refused_by.is_empty(), "{}", case.key),
                Some(_) => {}
                None => assert_eq!(Some(calculation.grant), request.requested, "{} {:?}", case.key, calculation.steps),
            }
            refused += usize::from(step.refused.is_some());
        }
        assert_eq!(
            refused, 4,
            "below a floor, over a cumulative ceiling, outside a window, a contribution that does not count"
        );
    }

    #[test]
    fn everybody_and_everything_that_is_named_is_there() {
        let book = book();
        let people = book.staff.iter().map(|person| &person.key).chain(book.applicant.iter().map(|person| &person.key));
        let people = people.collect::<BTreeSet<_>>();
        let cases = book.case.iter().map(|case| &case.key).collect::<BTreeSet<_>>();
        assert_eq!((people.len(), cases.len()), (book.staff.len() + book.applicant.len(), book.case.len()));
        for case in &book.case {
            assert!(people.contains(&case.applicant), "{}", case.key);
            assert!(case.steps.is_sorted_by_key(|step| step.on), "{}", case.key);
            assert!(case.steps.iter().flat_map(|step| &step.by).all(|key| people.contains(key)), "{}", case.key);
        }
        let named = book.payment.iter().flat_map(|payment| payment.claims.iter().map(|claim| &claim.case));
        assert!(
            named
                .chain(book.race.iter().flat_map(|race| race.entries.iter().map(|entry| &entry.case)))
                .all(|key| cases.contains(key))
        );
        assert!(
            book.staff.iter().all(|person| person.name.starts_with("Fictitious") && person.email.ends_with(".example"))
        );
        assert!(book.applicant.iter().all(|person| person.organisation.starts_with("Fictitious")));
    }
}
