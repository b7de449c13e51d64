//! What a statement is worked out of: the award with its plan and its changes, claims, payments, what came back of them, demands, and what
//! the ledger says of the case.

use crate::award::{Award, AwardState, Instalment};
use crate::calendar::Day;
use crate::change_request::{AwardChange, ChangeKind};
use crate::money::Cents;
use crate::recovery::Recovery;
use crate::scheme::DueOn;
use chrono::{DateTime, Utc};

/// The rows of one case, as they were in one moment.
#[derive(Clone, Debug)]
pub struct Books {
    /// The award.
    pub award: Award,
    /// When it was given back; none where it stands.
    pub given_back_at: Option<DateTime<Utc>>,
    /// The plan that holds.
    pub plan: Vec<Instalment>,
    /// The changes that were made, oldest first.
    pub changes: Vec<AwardChange>,
    /// The claims, oldest first.
    pub claims: Vec<ClaimOnFile>,
    /// The payments that were released, oldest first.
    pub payments: Vec<PaymentOnFile>,
    /// What banks have brought back of them.
    pub returns: Vec<ReturnOnFile>,
    /// The demands; those that nobody has confirmed are left out.
    pub recoveries: Vec<Recovery>,
    /// What the ledger says.
    pub posted: Posted,
}

/// A claim, as far as its money goes.
#[derive(Clone, Debug)]
pub struct ClaimOnFile {
    /// The instalment.
    pub instalment: String,
    /// What is claimed.
    pub claimed: Cents,
    /// When it was handed in.
    pub submitted_at: DateTime<Utc>,
    /// When it was sent back for good.
    pub returned_at: Option<DateTime<Utc>>,
    /// When it was certified, and how much of it.
    pub certified: Option<(DateTime<Utc>, Cents)>,
}

/// A payment that was released.
#[derive(Clone, Debug)]
pub struct PaymentOnFile {
    /// The instalment of its claim.
    pub instalment: String,
    /// The reference of its batch.
    pub batch: String,
    /// How much.
    pub amount: Cents,
    /// When it was released.
    pub released_at: DateTime<Utc>,
    /// The day on which the bank is to pay, where one is named.
    pub pay_on: Option<Day>,
}

/// What a bank has brought back of a payment.
#[derive(Clone, Debug)]
pub struct ReturnOnFile {
    /// The instalment of its claim.
    pub instalment: String,
    /// The reference of its batch.
    pub batch: String,
    /// How much.
    pub amount: Cents,
    /// When that was recorded.
    pub at: DateTime<Utc>,
    /// The day on which the bank has booked it, where it says so.
    pub booked_on: Option<Day>,
}

/// What the ledger says of a case.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Posted {
    /// What is promised and not paid.
    pub commitment: Cents,
    /// What is paid.
    pub paid: Cents,
    /// What has come back: below nothing by it.
    pub recovered: Cents,
}

impl Books {
    /// The day before which an instalment is not due: some have one from the day of acceptance on, and what waits for an event has none.
    #[must_use]
    pub fn due_on(&self, part: &Instalment) -> Option<Day> {
        let accepted_on = self.award.accepted_at.map(Day::in_hong_kong)?;
        match (part.after_months, part.due) {
            (Some(months), _) => Some(accepted_on.plus_months(months)),
            (None, DueOn::Acceptance) => Some(accepted_on),
            (None, _) => None,
        }
    }

    /// When the plan that holds was made: with the acceptance, or with the last change of the amount.
    pub(super) fn planned_at(&self) -> Option<DateTime<Utc>> {
        let changed = self.changes.iter().find(|change| change.number == self.award.revision);
        changed.map(|change| change.at).or(self.award.accepted_at)
    }

    /// When the award was settled: with the certification of that day that came last, or when it ended before its time.
    pub(super) fn settled_at(&self, on: Day) -> DateTime<Utc> {
        let certified = self.claims.iter().filter_map(|claim| claim.certified).map(|(at, _)| at);
        let ended = self.changes.iter().filter(|change| change.kind == ChangeKind::Termination).map(|change| change.at);
        let of_day = certified.chain(ended).filter(|at| Day::in_hong_kong(*at) == on);
        of_day.max().unwrap_or_else(|| on.begins_at())
    }

    /// When it was given back, where it was.
    pub(super) fn released_at(&self) -> Option<DateTime<Utc>> {
        (self.award.state == AwardState::Released).then(|| self.given_back_at.unwrap_or(self.award.decided_at))
    }
}
