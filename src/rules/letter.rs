//! The letters of a case: the offer and the funding agreement that goes with it, the refusal, and what has changed of an award, as text in
//! English and Traditional Chinese, composed once of what was decided and kept as it was sent; and the statement of a case, which is not kept.

mod amended;
mod chart;
mod compose;
mod demanded;
mod head;
mod refused;
mod stated;
#[cfg(test)]
mod tests;

pub(crate) use amended::Amended;
pub use chart::Bars;
pub use compose::Grounds;
pub use stated::Stated;

use crate::application::Application;
use crate::calculation::{Answer, History};
use crate::calendar::Day;
use crate::ids::{ApplicationId, LetterId, RecoveryId};
use crate::money::Cents;
use crate::recovery::Recovery;
use crate::refusal::{LetterRefusal, Refusal};
use crate::scheme::{Scheme, hexadecimal};
use crate::text::{Sentence, Text};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// The languages of every letter, in the order in which they stand beside each other.
pub const LANGUAGES: [&str; 2] = ["en", "zh-Hant"];

/// The longest name of the agency that sends letters, in characters.
pub const AGENCY_CHARACTERS_MAX: usize = 120;

/// Which letter it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LetterKind {
    /// What is offered, why it is what it is, and until when.
    Offer,
    /// What both sides owe each other once the offer is accepted.
    Agreement,
    /// That nothing is granted, why not, and until when it can be asked to look at that again.
    Refusal,
    /// What has changed of the award, why, and what holds from then on.
    Amendment,
    /// What is to be paid back, why, and until when.
    Demand,
    /// The money of a case as it stood in a moment. It is set when somebody asks, and never kept.
    Statement,
}

impl LetterKind {
    /// The code used in the API and the database.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Offer => "offer",
            Self::Agreement => "agreement",
            Self::Refusal => "refusal",
            Self::Amendment => "amendment",
            Self::Demand => "demand",
            Self::Statement => "statement",
        }
    }

    /// The kind with a code, of those that are kept.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Offer, Self::Agreement, Self::Refusal, Self::Amendment, Self::Demand]
            .into_iter()
            .find(|kind| kind.code() == code)
    }
}

/// The text of a letter. Its members stand in the order in which the canonical form (RFC 8785) has them, so that it is written as it is
/// hashed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct LetterText {
    /// What is read, from the top to the bottom.
    pub blocks: Vec<Block>,
    /// The day of the letter.
    pub day: Day,
    /// Which letter it is.
    pub kind: LetterKind,
    /// The reference of the case.
    pub reference: String,
    /// By which agency it is sent; none of a letter from before the agency had a name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sender: Option<Sentence>,
    /// What the letter is called.
    pub title: Sentence,
}

/// One block of a letter. A text that is the same in both languages, such as a name or an amount, is read once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(tag = "block", rename_all = "snake_case")]
pub enum Block {
    /// The heading of what follows.
    Heading {
        /// It.
        text: Sentence,
    },
    /// A paragraph.
    Paragraph {
        /// It.
        text: Sentence,
    },
    /// A list of points.
    List {
        /// Them.
        items: Vec<Sentence>,
    },
    /// A table: each row has a cell for each column.
    Table {
        /// What stands above each column.
        columns: Vec<Column>,
        /// The cells.
        rows: Vec<Vec<Sentence>>,
    },
    /// A chart of bars, the ones of a group beside each other.
    Chart {
        /// The groups.
        groups: Vec<Bars>,
        /// The amount at which a bar is as long as there is room for.
        scale: Cents,
        /// What the bars of each group are, in their order.
        series: Vec<Sentence>,
        /// What it says, in words.
        text: Sentence,
    },
}

/// A column of a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Column {
    /// Whether it holds amounts, which are set flush right.
    pub amounts: bool,
    /// What stands above it.
    pub head: Sentence,
}

/// A letter as it is kept: it is never changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// Identity.
    pub id: LetterId,
    /// The case.
    pub application: ApplicationId,
    /// Which letter it is.
    pub kind: LetterKind,
    /// The version of the case, as its applicant counts them, that came with it.
    pub version: i32,
    /// Of an amendment, the number of the change request that was granted.
    pub change: Option<i32>,
    /// Of a demand, which one.
    pub recovery: Option<RecoveryId>,
    /// The day of the letter.
    pub day: Day,
    /// The text as canonical JSON (RFC 8785).
    pub text: String,
    /// SHA-256 of that, in lower-case hexadecimal.
    pub sha256: String,
    /// When it was written.
    pub at: DateTime<Utc>,
}

impl LetterText {
    /// It as canonical JSON (RFC 8785), and the SHA-256 of that in lower-case hexadecimal.
    #[must_use]
    pub fn written(&self) -> (String, String) {
        // A text that could not be written would be empty, and the database keeps no empty letter.
        let written = serde_json::to_string(self).unwrap_or_default();
        let sha256 = hexadecimal(&Sha256::digest(written.as_bytes()));
        (written, sha256)
    }
}

impl Letter {
    /// A text as it is kept from now on.
    pub(crate) fn keep(
        text: &LetterText,
        (id, application, version): (LetterId, ApplicationId, i32),
        at: DateTime<Utc>,
    ) -> Self {
        let (written, sha256) = text.written();
        Self {
            id,
            application,
            kind: text.kind,
            version,
            change: None,
            recovery: None,
            day: text.day,
            text: written,
            sha256,
            at,
        }
    }

    /// What the letter says.
    ///
    /// # Errors
    /// When what is kept is not the text of a letter.
    pub fn read(&self) -> serde_json::Result<LetterText> {
        serde_json::from_str(&self.text)
    }
}

/// What the letters of an offer are made of beside the award and its case: the ids that they will have, and the calculation behind the
/// award as far as its applicant is told.
#[derive(Clone, Debug)]
pub struct Writing {
    /// The id of the letter.
    pub offer: LetterId,
    /// That of the agreement.
    pub agreement: LetterId,
    /// What the agency is called.
    pub agency: Text,
    /// The calculation.
    pub answer: Answer,
}

/// What the letter of a refusal is made of beside its case.
#[derive(Clone, Copy, Debug)]
pub struct Telling<'a> {
    /// The id that it will have.
    pub letter: LetterId,
    /// What the agency is called.
    pub agency: &'a Text,
    /// The text of the scheme that the case has pinned.
    pub scheme: &'a Scheme,
    /// The day of the decision that it tells.
    pub decided_on: Day,
    /// When it is told.
    pub at: DateTime<Utc>,
}

impl Telling<'_> {
    /// The letter that goes out with a refusal of the case, which is in its new state and not counted up yet.
    pub(crate) fn refusal(&self, application: &Application, reason: &str) -> Letter {
        let text = refused::Refused { application, telling: self, reason }.letter();
        // The version that the refusal makes.
        let version = application.told_version.saturating_add(1);
        Letter::keep(&text, (self.letter, application.id, version), self.at)
    }
}

/// What the letter of a change is made of beside its case and what has changed.
#[derive(Clone, Debug)]
pub struct Amending<'a> {
    /// The id that it will have.
    pub letter: LetterId,
    /// What the agency is called.
    pub agency: &'a Text,
    /// What the applicant was granted beside the award, as far as it is told; nothing where no more is asked for.
    pub history: History,
    /// The calculation behind the award until now, as far as its applicant is told, where less is asked for.
    pub rests_on: Option<Answer>,
}

impl Amending<'_> {
    /// The letter that goes out with a change, of which the version of the case is the one that it makes.
    pub(crate) fn amendment(&self, amended: &Amended<'_>, version: i32) -> Letter {
        let text = amended.letter(self.agency);
        let letter = Letter::keep(&text, (self.letter, amended.application.id, version), amended.change.at);
        Letter { change: Some(amended.change.request), ..letter }
    }
}

/// What the letter of a demand is made of beside its case and the demand.
#[derive(Clone, Copy, Debug)]
pub struct Demanding<'a> {
    /// The id that it will have.
    pub letter: LetterId,
    /// What the agency is called.
    pub agency: &'a Text,
    /// The text of the scheme that the case has pinned.
    pub scheme: &'a Scheme,
}

impl Demanding<'_> {
    /// The letter that goes out with a demand that is confirmed: the case stays in its version.
    pub(crate) fn demand(&self, application: &Application, recovery: &Recovery, at: DateTime<Utc>) -> Letter {
        let text = demanded::Demanded { application, recovery, demanding: self }.letter(Day::in_hong_kong(at));
        let letter = Letter::keep(&text, (self.letter, application.id, application.told_version), at);
        Letter { recovery: Some(recovery.id), ..letter }
    }
}

/// The agreement that an acceptance is of: the one on file, which is also the one that is named, where one is.
///
/// # Errors
/// When another one is named.
pub(crate) fn agreed(on_file: Option<&str>, named: Option<&str>) -> Result<Option<String>, Refusal> {
    match named {
        Some(named) if on_file != Some(named) => Err(LetterRefusal::AnotherAgreement.into()),
        _ => Ok(on_file.map(str::to_owned)),
    }
}
