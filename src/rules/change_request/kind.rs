//! Which kinds of change there are, and where a request for one stands.

use crate::application::Application;
use crate::refusal::{ChangeRefusal, Refusal};
use crate::scheme::Scheme;
use serde::{Deserialize, Serialize};

/// A kind of change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    /// The day on which the project ends.
    Dates,
    /// What is planned for each category; the whole stays.
    Budget,
    /// What the project is about.
    Scope,
    /// Who works on it.
    People,
    /// Who takes part beside the applicant.
    Partner,
    /// The amount of the award.
    Amount,
    /// Nothing is certified and paid for a time.
    Suspension,
    /// What is suspended goes on.
    Resumption,
    /// The award ends before its time.
    Termination,
}

impl ChangeKind {
    /// Every kind.
    pub const ALL: [Self; 9] = [
        Self::Dates,
        Self::Budget,
        Self::Scope,
        Self::People,
        Self::Partner,
        Self::Amount,
        Self::Suspension,
        Self::Resumption,
        Self::Termination,
    ];

    /// The code used in the API and the database.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Dates => "dates",
            Self::Budget => "budget",
            Self::Scope => "scope",
            Self::People => "people",
            Self::Partner => "partner",
            Self::Amount => "amount",
            Self::Suspension => "suspension",
            Self::Resumption => "resumption",
            Self::Termination => "termination",
        }
    }

    /// The kind with a code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// The table of the scheme that says who decides it: what is suspended goes on by whoever may suspend it.
    pub(super) const fn table(self) -> &'static str {
        match self {
            Self::Resumption => Self::Suspension.code(),
            other => other.code(),
        }
    }

    /// Whether it is there without a table: no scheme can do without a way to stop.
    const fn is_always_there(self) -> bool {
        matches!(self, Self::Suspension | Self::Resumption | Self::Termination)
    }

    /// Whether an officer may open it.
    #[must_use]
    pub const fn is_opened_by_officers(self) -> bool {
        self.is_always_there()
    }

    /// The scheme takes it on the day whose rules hold for the application.
    pub(super) fn must_be_taken(self, application: &Application, scheme: &Scheme) -> Result<(), Refusal> {
        let on = application.submission.as_ref().map(|submission| submission.on);
        let rule = scheme.file.change.rule(self.table());
        let taken = rule.zip(on).and_then(|(rule, on)| rule.is.value_on(on)).copied();
        if taken.unwrap_or_else(|| self.is_always_there() && rule.is_none()) {
            Ok(())
        } else {
            Err(ChangeRefusal::KindNotTaken { kind: self.code() }.into())
        }
    }
}

/// Where a change request stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeState {
    /// Waits for an officer.
    Requested,
    /// Waits for the applicant's answer.
    Returned,
    /// Waits for an authority.
    Forwarded,
    /// Taken back by whoever asked.
    Withdrawn,
    /// Done.
    Granted,
    /// Not done, with a reason.
    Refused,
}

impl ChangeState {
    /// Every state.
    pub const ALL: [Self; 6] =
        [Self::Requested, Self::Returned, Self::Forwarded, Self::Withdrawn, Self::Granted, Self::Refused];

    /// The code used in the API and the database.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Requested => "requested",
            Self::Returned => "returned",
            Self::Forwarded => "forwarded",
            Self::Withdrawn => "withdrawn",
            Self::Granted => "granted",
            Self::Refused => "refused",
        }
    }

    /// The state with a code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }

    /// Whether it waits for anybody.
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Requested | Self::Returned | Self::Forwarded)
    }
}
