//! What is kept of a request to look again at a refusal.

use crate::application::State;
use crate::calendar::Day;
use crate::change_request::Outcome;
use crate::ids::{ApplicationId, PersonId};
use crate::route::Part;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// A request to look again at a refusal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Review {
    /// The case.
    pub application: ApplicationId,
    /// Counted from 1 in the case.
    pub number: i32,
    /// The scheme's code for the instance.
    pub step: String,
    /// What was decided: that the application is not eligible, or refused.
    pub of: State,
    /// The reason that was given for it.
    pub of_reason: String,
    /// By which stay of the case it is known, counted from 1: a case may be refused more than once.
    pub stay: u32,
    /// The day on which the applicant was told of it, or of what the instance before has decided.
    pub told_on: Day,
    /// The last day on which it could be asked for.
    pub last_day: Day,
    /// The step of the one who decides, as it was when it was asked for.
    pub route: Part,
    /// Where it stands.
    pub state: ReviewState,
    /// Who asked.
    pub requested_by: PersonId,
    /// When.
    pub requested_at: DateTime<Utc>,
    /// What is wrong with the decision, in the words of the applicant.
    pub grounds: String,
    /// How it was decided, or why it was withdrawn.
    pub ended: Option<Outcome>,
}

/// Where a request to look again stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReviewState {
    /// Waits for an authority.
    Requested,
    /// Taken back by the applicant.
    Withdrawn,
    /// The decision stands.
    Dismissed,
    /// The decision was set aside, and the case opened again.
    SetAside,
}

impl ReviewState {
    /// Every state.
    pub const ALL: [Self; 4] = [Self::Requested, Self::Withdrawn, Self::Dismissed, Self::SetAside];

    /// The code used in the API and the database.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Requested => "requested",
            Self::Withdrawn => "withdrawn",
            Self::Dismissed => "dismissed",
            Self::SetAside => "set_aside",
        }
    }

    /// The state with a code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }
}

/// What is decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The decision stands.
    Dismissed,
    /// The decision is set aside, and the case opened again.
    SetAside,
}

/// What the audit keeps of a decision, whatever it was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct ReviewDecision {
    /// The scheme's code for the instance.
    pub step: String,
    /// Why.
    pub reason: String,
    /// Under which authority; the applicant is told the instance alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authority: Option<String>,
    /// In whose absence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_behalf_of: Option<PersonId>,
}

impl ReviewDecision {
    /// What the applicant is told of it: not under which authority, nor in whose absence.
    #[must_use]
    pub fn told(self) -> Self {
        Self { authority: None, on_behalf_of: None, ..self }
    }
}
