//! Payments that meet demands on the long walk.

use super::Walk;
use almoner::store::recoveries::find;
use rules::batch::{Batch, SetOff};
use rules::ids::{ApplicationId, ClaimId};
use rules::recovery::Recovery;

impl Walk<'_> {
    /// A case of which something is demanded: mostly one that was paid.
    pub(super) fn whose(&mut self) -> ApplicationId {
        let out = self.book.out.iter().filter(|(_, cents)| **cents > 0);
        let paid = out.map(|(claim, _)| self.book.case_of[claim]).collect::<Vec<_>>();
        let any = self.cases[self.dice.roll(self.cases.len())].id;
        self.dice.one_of(&paid).copied().filter(|_| self.dice.roll(4) > 0).unwrap_or(any)
    }

    /// Now and then a payment meets a demand of its own case, in part or in whole.
    pub(super) fn set_offs(&mut self, claims: &[ClaimId]) -> Vec<(ClaimId, SetOff)> {
        let mut set_offs = Vec::new();
        for claim in claims {
            let owes = |demand: &&Recovery| Some(&demand.application) == self.book.case_of.get(claim);
            let owed = self.book.demands.iter().filter(owes).map(|demand| demand.id).collect::<Vec<_>>();
            if let Some(recovery) = self.dice.one_of(&owed).copied().filter(|_| self.dice.roll(4) > 0) {
                set_offs.push((*claim, SetOff { recovery, amount: self.dice.amount(4_000_000) }));
            }
        }
        set_offs
    }

    /// What a release has entered on demands.
    pub(super) async fn note_set_offs(&mut self, batch: &Batch) {
        for id in batch.payments.iter().filter_map(|payment| Some(payment.set_off?.recovery)) {
            let now = find(&mut self.world.db.reader().await.unwrap(), id).await.unwrap().unwrap();
            let known = self.book.demands.iter_mut().find(|demand| demand.id == id).unwrap();
            self.book.recovered += now.recovered().unwrap().get() - known.recovered().unwrap().get();
            self.set_off += 1;
            *known = now;
        }
    }
}
