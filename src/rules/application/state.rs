//! Where a case stands: for staff, for the applicant, and what the applicant does next.

use serde::{Deserialize, Serialize};

/// Where the case stands, as staff see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Being written; only the applicant sees it.
    Draft,
    /// Received; to be screened.
    Submitted,
    /// Returned for more information; it waits for the applicant.
    Returned,
    /// Screened out, with a reason; it can be reinstated.
    Ineligible,
    /// With the assessors.
    InAssessment,
    /// Recommended by the committee; to be decided.
    Recommended,
    /// Approved for when money frees up: on the reserve list of its round.
    OnReserve,
    /// Decided against, with reasons; the applicant is not told before a day.
    Refused,
    /// Refused by the committee or the approver, with reasons, and told.
    Rejected,
    /// Approved; the money is committed, the applicant not yet told.
    Approved,
    /// Offered to the applicant.
    Offered,
    /// Accepted; the project runs and is paid.
    Accepted,
    /// The award is suspended: nothing is certified and paid.
    Suspended,
    /// The applicant did not want it.
    Declined,
    /// The offer was not answered in time.
    Lapsed,
    /// Taken back by the applicant.
    Withdrawn,
    /// The award has ended before its time.
    Terminated,
    /// Everything has been paid.
    Completed,
}

impl State {
    /// Every state, in the order of the case.
    pub const ALL: [Self; 18] = [
        Self::Draft,
        Self::Submitted,
        Self::Returned,
        Self::Ineligible,
        Self::InAssessment,
        Self::Recommended,
        Self::OnReserve,
        Self::Refused,
        Self::Rejected,
        Self::Approved,
        Self::Offered,
        Self::Accepted,
        Self::Suspended,
        Self::Declined,
        Self::Lapsed,
        Self::Withdrawn,
        Self::Terminated,
        Self::Completed,
    ];

    /// Every step that a case can take, from a state to another. The database keeps the same list and refuses any other step.
    pub const STEPS: [(Self, Self); 41] = [
        (Self::Draft, Self::Submitted),
        (Self::Draft, Self::Withdrawn),
        (Self::Submitted, Self::Returned),
        (Self::Submitted, Self::Ineligible),
        (Self::Submitted, Self::InAssessment),
        (Self::Submitted, Self::Withdrawn),
        (Self::Returned, Self::Submitted),
        (Self::Returned, Self::InAssessment),
        (Self::Returned, Self::Withdrawn),
        (Self::Ineligible, Self::Submitted),
        (Self::Ineligible, Self::Withdrawn),
        (Self::InAssessment, Self::Returned),
        (Self::InAssessment, Self::Recommended),
        (Self::InAssessment, Self::Refused),
        (Self::InAssessment, Self::Rejected),
        (Self::InAssessment, Self::Withdrawn),
        (Self::Recommended, Self::InAssessment),
        (Self::Recommended, Self::Refused),
        (Self::Recommended, Self::Rejected),
        (Self::Recommended, Self::Approved),
        (Self::Recommended, Self::Withdrawn),
        (Self::Recommended, Self::OnReserve),
        (Self::OnReserve, Self::Approved),
        (Self::OnReserve, Self::Refused),
        (Self::OnReserve, Self::Rejected),
        (Self::OnReserve, Self::Withdrawn),
        (Self::Refused, Self::Rejected),
        (Self::Refused, Self::InAssessment),
        (Self::Refused, Self::Withdrawn),
        (Self::Rejected, Self::InAssessment),
        (Self::Approved, Self::Offered),
        (Self::Approved, Self::Withdrawn),
        (Self::Offered, Self::Accepted),
        (Self::Offered, Self::Declined),
        (Self::Offered, Self::Lapsed),
        (Self::Accepted, Self::Suspended),
        (Self::Accepted, Self::Terminated),
        (Self::Accepted, Self::Completed),
        (Self::Completed, Self::Accepted),
        (Self::Suspended, Self::Accepted),
        (Self::Suspended, Self::Terminated),
    ];

    /// The code used in the API and the database.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Submitted => "submitted",
            Self::Returned => "returned",
            Self::Ineligible => "ineligible",
            Self::InAssessment => "in_assessment",
            Self::Recommended => "recommended",
            Self::OnReserve => "on_reserve",
            Self::Refused => "refused",
            Self::Rejected => "rejected",
            Self::Approved => "approved",
            Self::Offered => "offered",
            Self::Accepted => "accepted",
            Self::Suspended => "suspended",
            Self::Declined => "declined",
            Self::Lapsed => "lapsed",
            Self::Withdrawn => "withdrawn",
            Self::Terminated => "terminated",
            Self::Completed => "completed",
        }
    }

    /// What the applicant is told: nothing of a decision before it is notified.
    #[must_use]
    pub const fn public_code(self) -> &'static str {
        match self {
            Self::Submitted => "received",
            Self::InAssessment | Self::Recommended | Self::OnReserve | Self::Refused | Self::Approved => {
                "under_consideration"
            }
            Self::Rejected => "unsuccessful",
            other => other.code(),
        }
    }

    /// Whether the case comes to this state without the applicant being told: the public word stays as it was.
    #[must_use]
    pub const fn is_hidden(self) -> bool {
        matches!(self, Self::Recommended | Self::OnReserve | Self::Refused | Self::Approved)
    }

    /// What the applicant does next, in one sentence.
    #[must_use]
    pub const fn next_duty(self) -> &'static str {
        match self {
            Self::Draft => "Complete the draft and submit it while the scheme receives applications.",
            Self::Submitted
            | Self::InAssessment
            | Self::Recommended
            | Self::OnReserve
            | Self::Refused
            | Self::Approved => "Nothing: you will be told of the result.",
            Self::Returned => "Change or attach what is asked for, and send it again.",
            Self::Offered => "Accept or decline the offer before it expires.",
            Self::Accepted => "Claim the instalments as they fall due, with evidence.",
            Self::Suspended => {
                "Settle what the suspension is about; nothing is certified or paid until the award goes on."
            }
            Self::Ineligible => {
                "Read the reason. The letter says whether you may ask that it be looked at again, and until when."
            }
            Self::Rejected => {
                "Read the reasons. The letter says whether you may ask that they be looked at again, and until when. You may apply again."
            }
            Self::Declined | Self::Lapsed | Self::Withdrawn => "Nothing: the case is closed. You may apply again.",
            Self::Terminated => "Keep the books, and pay back what is asked for.",
            Self::Completed => "Keep the books and send the reports that are still due.",
        }
    }

    /// The state with a code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }
}
