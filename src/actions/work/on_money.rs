//! What waits of money: claims to be certified or paid, batches to be released, demands to be confirmed or given up, holds to be looked at, and
//! accounts to be confirmed.

use super::{Desk, Work, WorkOn};
use crate::actions::{Error, case, holds as named};
use crate::store::holds::{self, Listing};
use crate::store::payee_accounts;
use crate::store::recoveries::{self, Waiting};
use crate::store::work::{batches, claimed, handed_in};
use rules::calendar::Day;
use rules::claim::ClaimState;
use rules::duty::Duty;
use rules::payee_account::PayeeAccount;
use rules::permission::Verb;

impl Desk<'_> {
    /// Claims, reports and accounts that wait for an officer, claims that wait for payment, and batches that somebody else has prepared. Of what is held it is said that it is.
    pub(super) async fn money(&mut self) -> Result<(), Error> {
        if self.may(Verb::ClaimCertify) {
            let waiting = claimed(self.reader, self.whom(None), ClaimState::Submitted).await?;
            self.add(Verb::ClaimCertify, waiting);
        }
        if self.may(Verb::ObligationAccept) {
            let waiting = handed_in(self.reader, self.whom(None)).await?;
            self.add(Verb::ObligationAccept, waiting);
        }
        if self.may(Verb::BatchPrepare) {
            let whom = self.whom(Some(Duty::PaymentPreparer));
            let waiting = claimed(self.reader, whom, ClaimState::Certified).await?;
            let cases = waiting.iter().map(|waiting| waiting.application).collect::<Vec<_>>();
            let held = holds::held_among(self.reader, &cases).await?;
            self.work.extend(waiting.into_iter().map(|waiting| Work {
                held: held.contains(&waiting.application),
                ..Work::of(Verb::BatchPrepare, waiting.reference, WorkOn::Application(waiting.application))
            }));
        }
        if self.may(Verb::BatchRelease) {
            let waiting = batches(self.reader, self.whom(Some(Duty::PaymentReleaser))).await?;
            let ids = waiting.iter().map(|(id, _)| *id).collect::<Vec<_>>();
            let held = holds::held_batches(self.reader, &ids).await?;
            self.work.extend(waiting.into_iter().map(|(id, reference)| Work {
                held: held.contains(&id),
                ..Work::of(Verb::BatchRelease, reference, WorkOn::Batch(id))
            }));
        }
        Ok(())
    }

    /// Demands that somebody else has raised, and what somebody else has asked to write off, where the actor had nothing to do with a payment.
    pub(super) async fn recoveries(&mut self) -> Result<(), Error> {
        for (act, waiting) in [(Verb::RecoveryConfirm, Waiting::Raised), (Verb::RecoveryWriteOff, Waiting::WriteOff)] {
            if self.may(act) {
                let hidden_from = &self.actor.organisations;
                let whom = (self.person, hidden_from, self.tied);
                let found = recoveries::waiting(self.reader, waiting, whom).await?;
                let work = |(id, reference)| Work::of(act, reference, WorkOn::Recovery(id));
                self.work.extend(found.into_iter().map(work));
            }
        }
        Ok(())
    }

    /// Holds that somebody else has placed, on whose day of review they still stand.
    pub(super) async fn holds(&mut self, today: Day) -> Result<(), Error> {
        if !self.may(Verb::HoldLift) {
            return Ok(());
        }
        let sides = case::sides(self.reader, self.actor).await?;
        let (application, organisation, scheme, standing) = (None, None, None, Some(true));
        let listing = Listing { sides: &sides, tied: self.tied, application, organisation, scheme, standing };
        for hold in holds::to_be_reviewed(self.reader, &listing, today).await? {
            if hold.placed_by != self.person {
                let reference = named::named(self.reader, &hold.on).await?;
                self.work.push(Work::of(Verb::HoldLift, reference, WorkOn::Hold(hold.id)));
            }
        }
        Ok(())
    }

    /// Where organisations are to be paid, as somebody else has proposed.
    pub(super) async fn payee_accounts(&mut self) -> Result<(), Error> {
        let act = Verb::PayeeAccountConfirm;
        if self.may(act) {
            let sides = case::sides(self.reader, self.actor).await?;
            let waiting = payee_accounts::waiting(self.reader, &sides).await?.into_iter();
            let of_others = waiting.filter(|(account, _)| account.proposed_by != self.person);
            let confirm = |(account, name): (PayeeAccount, String)| {
                Work::of(act, name, WorkOn::PayeeAccount(account.organisation))
            };
            self.work.extend(of_others.map(confirm));
        }
        Ok(())
    }
}
