//! What is set off: a part of a payment, or all of it, that meets a demand of its payee and is not transferred. Decided in
//! docs/decisions/0051.

use super::{Batch, Payment};
use crate::application::Application;
use crate::change::Write;
use crate::event::Event;
use crate::ids::{ApplicationId, ClaimId, PersonId, RecoveryEntryId, RecoveryId};
use crate::ledger::ApplicantGuard;
use crate::money::Cents;
use crate::recovery::{Recovery, RecoveryState};
use crate::refusal::{RecoveryRefusal, Refusal};
use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// How much of a payment meets which demand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SetOff {
    /// The demand.
    pub recovery: RecoveryId,
    /// How much; the rest is transferred.
    pub amount: Cents,
}

/// A demand that is locked with its case, to be met by a payment.
#[derive(Clone, Debug)]
pub struct Debt {
    /// The demand.
    pub recovery: Recovery,
    /// Its case.
    pub application: Application,
    /// What the award of that case counts as in the balance of the applicant.
    pub counts_as: ApplicantGuard,
}

/// The demands that the payments of a batch meet.
#[derive(Clone, Debug, Default)]
pub struct Debts {
    /// Each, once.
    pub all: Vec<Debt>,
    /// What was paid on their cases and has not come back by any demand or bank.
    pub left: BTreeMap<ApplicationId, Cents>,
    /// The identities of the two entries that each payment may make on a demand.
    pub entries: BTreeMap<ClaimId, [RecoveryEntryId; 2]>,
}

impl Debt {
    /// The demand is of the payee, and the payment comes to so much.
    fn must_be_of(&self, payee: &Application, payment: &Payment, set_off: SetOff) -> Result<(), Refusal> {
        if self.application.organisation != payee.organisation {
            return Err(RecoveryRefusal::SetOffOther.into());
        }
        if set_off.amount <= Cents::ZERO || set_off.amount > payment.amount {
            return Err(RecoveryRefusal::SetOffAbovePayment { amount: payment.amount }.into());
        }
        Ok(())
    }
}

impl Debts {
    /// Whoever prepares a batch says what its payments meet: demands that are owed, and no more of each than is outstanding.
    pub(super) fn must_be_met_by(&self, payee: &Application, payment: &Payment) -> Result<(), Refusal> {
        let Some(set_off) = payment.set_off else { return Ok(()) };
        let debt = self.all.iter().find(|debt| debt.recovery.id == set_off.recovery).ok_or(Refusal::NotFound)?;
        debt.must_be_of(payee, payment, set_off)?;
        if debt.recovery.state != RecoveryState::Confirmed {
            return Err(RecoveryRefusal::WrongState { state: debt.recovery.state.code() }.into());
        }
        Ok(())
    }

    /// No more of each demand is met than is outstanding, and than is still out of what was paid, by all payments of the batch together.
    pub(super) fn must_be_outstanding(&self, payments: &[Payment]) -> Result<(), Refusal> {
        for debt in &self.all {
            let meets = |set_off: &SetOff| set_off.recovery == debt.recovery.id;
            let met = payments.iter().filter_map(|payment| payment.set_off).filter(meets).map(|set_off| set_off.amount);
            let met = Cents::sum(met).ok().ok_or(Refusal::AmountTooLarge)?;
            let sums = debt.recovery.sums()?;
            let outstanding = sums.outstanding().ok().ok_or(Refusal::AmountTooLarge)?;
            if met > outstanding {
                return Err(RecoveryRefusal::AboveOutstanding { outstanding }.into());
            }
            let left = self.left.get(&debt.application.id).copied().unwrap_or_default();
            if debt.recovery.kind.is_of_what_was_paid() && met.min(sums.principal) > left {
                return Err(RecoveryRefusal::ReceiptAbovePaid { left }.into());
            }
        }
        Ok(())
    }

    /// A payment is released: what it meets is entered on the demand.
    pub(super) fn meet(
        &mut self,
        (batch, payee): (&Batch, &Application),
        payment: &Payment,
        (by, at): (PersonId, DateTime<Utc>),
    ) -> Result<(Vec<Write>, Option<Event>), Refusal> {
        let Some(set_off) = payment.set_off else { return Ok((Vec::new(), None)) };
        let entries = self.entries.get(&payment.claim).copied().ok_or(Refusal::NotFound)?;
        let meant = |debt: &&mut Debt| debt.recovery.id == set_off.recovery;
        let debt = self.all.iter_mut().find(meant).ok_or(Refusal::NotFound)?;
        debt.must_be_of(payee, payment, set_off)?;
        let left = self.left.entry(debt.application.id).or_default();
        let of = ((batch.id, batch.reference.as_str(), payment.claim), set_off.amount);
        let (principal, writes, event) =
            debt.recovery.set_off((&debt.application, debt.counts_as), (entries, *left), of, (by, at))?;
        if debt.recovery.kind.is_of_what_was_paid() {
            *left = left.less(principal);
        }
        Ok((writes, Some(event)))
    }
}

/// What is said of set-offs: payments of the batch, each once.
pub(super) fn by_claim(
    claims: &[ClaimId],
    set_offs: &[(ClaimId, SetOff)],
) -> Result<BTreeMap<ClaimId, SetOff>, Refusal> {
    let known = claims.iter().collect::<BTreeSet<_>>();
    let by_claim = set_offs.iter().copied().collect::<BTreeMap<_, _>>();
    if by_claim.len() != set_offs.len() || by_claim.keys().any(|claim| !known.contains(claim)) {
        return Err(RecoveryRefusal::SetOffPayment.into());
    }
    Ok(by_claim)
}

impl Batch {
    /// What the bank is told to transfer.
    #[must_use]
    pub fn transferred(&self) -> Cents {
        let set_off = self.payments.iter().filter_map(|payment| payment.set_off).map(|set_off| set_off.amount);
        set_off.fold(self.total, Cents::less)
    }
}

impl Payment {
    /// What goes to the bank: the rest is set off.
    #[must_use]
    pub fn transferred(&self) -> Cents {
        self.amount.less(self.set_off.map(|set_off| set_off.amount).unwrap_or_default())
    }
}
