//! A rehearsal that an officer asks for: of a draft as it is now, against the text in force, over recorded cases or a portfolio.

use crate::application::storable;
use crate::calendar::Day;
use crate::change::{Change, Write};
use crate::event::Event;
use crate::ids::{PersonId, RehearsalId, SchemeDraftId, SchemeTextId};
use crate::permission::Permit;
use crate::refusal::Refusal;
use crate::scheme::Scheme;
use crate::scheme_draft::{DraftState, SchemeDraft};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// Where a rehearsal stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RehearsalState {
    /// Waits for a worker.
    Waiting,
    /// A worker is at it.
    Running,
    /// Done.
    Done,
    /// It could not be done.
    Failed,
}

impl RehearsalState {
    /// Every state, in the order of a rehearsal's life.
    pub const ALL: [Self; 4] = [Self::Waiting, Self::Running, Self::Done, Self::Failed];

    /// The code used in the API and the database.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Running => "running",
            Self::Done => "done",
            Self::Failed => "failed",
        }
    }
}

/// No rehearsal has such a state.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is no state of a rehearsal")]
pub struct UnknownState(String);

impl TryFrom<String> for RehearsalState {
    type Error = UnknownState;

    fn try_from(code: String) -> Result<Self, UnknownState> {
        Self::ALL.into_iter().find(|state| state.code() == code).ok_or(UnknownState(code))
    }
}

/// How cases and verdicts are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// A table with a line of names, and a row for each case.
    Csv,
    /// A JSON object in each line.
    Jsonl,
}

impl Format {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Csv, Self::Jsonl];

    /// The code used in the API and the database.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Jsonl => "jsonl",
        }
    }

    /// The format with a code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.code() == code)
    }
}

/// Cases that are handed in.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Portfolio {
    /// How they are written.
    pub format: Format,
    /// The whole file.
    pub text: String,
}

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RehearsalOrder {
    /// Identity.
    pub id: RehearsalId,
    /// Of which draft.
    pub draft: SchemeDraftId,
    /// The scheme's code.
    pub code: String,
    /// The text that it is compared with.
    pub before: SchemeTextId,
    /// SHA-256 of the draft's text as it was asked for.
    pub after_hash: String,
    /// That text.
    pub after: String,
    /// The day whose rules apply to every case; without one, each case's own day.
    pub on: Option<Day>,
    /// The cases; without any, the recorded applications.
    pub portfolio: Option<Portfolio>,
    /// Who asks.
    pub by: PersonId,
    /// When.
    pub at: DateTime<Utc>,
}

/// An officer asks for a rehearsal of a draft. Its examples need not hold yet.
///
/// # Errors
/// When the draft cannot be read, one of the same draft is still at work, or the portfolio is empty or cannot be kept.
pub fn ask(
    permit: &Permit,
    draft: SchemeDraft,
    before: SchemeTextId,
    (on, portfolio): (Option<Day>, Option<Portfolio>),
    (id, by, at): (RehearsalId, PersonId, DateTime<Utc>),
    at_work: bool,
) -> Result<(Change, RehearsalOrder), Refusal> {
    if draft.state == DraftState::Discarded {
        return Err(Refusal::SchemeDraftWrongState { state: draft.state.code() });
    }
    let scheme = Scheme::read(&draft.text).map_err(|faults| Refusal::SchemeFaulty { faults })?;
    if at_work {
        return Err(Refusal::RehearsalAtWork);
    }
    if let Some(portfolio) = &portfolio {
        storable("/portfolio/text", &portfolio.text)?;
        if portfolio.text.trim().is_empty() {
            return Err(Refusal::PortfolioEmpty);
        }
    }
    let order = RehearsalOrder {
        id,
        draft: draft.id,
        code: scheme.file.code.into_inner(),
        before,
        after_hash: draft.hash,
        after: draft.text,
        on,
        portfolio,
        by,
        at,
    };
    let event = Event::SchemeDraftRehearsed { draft: order.draft, rehearsal: id, hash: order.after_hash.clone() };
    Ok((Change::new(permit, event, vec![Write::NewRehearsal(Box::new(order.clone()))]), order))
}
