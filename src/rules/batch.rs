//! Batches of payments: prepared by one person, released by another or dissolved; what is released is paid once and never changed.

use crate::application::{Application, State, reason_given};
use crate::award::Instalment;
use crate::bank_answer::Standing;
use crate::calendar::Day;
use crate::change::{Change, Write};
use crate::claim::{Claim, ClaimState, paid_in_full};
use crate::debarment::{Bound, payee_not_debarred};
use crate::duty::{Duties, Duty};
use crate::event::Event;
use crate::hold::{Hold, not_held};
use crate::ids::{ApplicationId, BatchId, ClaimId, PayeeAccountId, PersonId};
use crate::ledger::{Account, Posting};
use crate::money::Cents;
use crate::obligation::{Obligation, none_late};
use crate::payee_account::{PayeeAccount, in_force};
use crate::permission::Permit;
use crate::refusal::{ClaimRefusal, PayeeAccountRefusal, Refusal};
use crate::release_limit::{ReleaseLimit, reaching};
use chrono::{DateTime, Utc};
use set_off::by_claim;
use std::collections::{BTreeMap, BTreeSet};

pub use set_off::{Debt, Debts, SetOff};

/// The most payments of one batch: its cases stay locked while it is released.
pub const BATCH_PAYMENTS_MAX: usize = 500;

/// The most days ahead on which a bank is to pay.
pub const PAY_DAYS_MAX: u32 = 60;

/// Where a batch stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BatchState {
    /// Waits for release by somebody else.
    Prepared,
    /// Released; never changed again.
    Released,
    /// Taken apart without a payment: its claims are free for another one, and it is never changed again.
    Dissolved,
}

impl BatchState {
    /// The code used in the API and the database.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Prepared => "prepared",
            Self::Released => "released",
            Self::Dissolved => "dissolved",
        }
    }

    /// The state with a code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Prepared, Self::Released, Self::Dissolved].into_iter().find(|state| state.code() == code)
    }
}

/// One payment of a batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payment {
    /// The claim that it pays.
    pub claim: ClaimId,
    /// The case.
    pub application: ApplicationId,
    /// How much.
    pub amount: Cents,
    /// Where it goes; none of payments from before that was kept.
    pub account: Option<PayeeAccountId>,
    /// What of it meets a demand, and is not transferred.
    pub set_off: Option<SetOff>,
    /// What banks have answered of it.
    pub standing: Standing,
}

/// A batch of payments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    /// Identity.
    pub id: BatchId,
    /// The reference that people use, such as `PAY-2025-000007`.
    pub reference: String,
    /// Where it stands.
    pub state: BatchState,
    /// Who prepared it.
    pub prepared_by: PersonId,
    /// When.
    pub prepared_at: DateTime<Utc>,
    /// Who released it, and when.
    pub released: Option<(PersonId, DateTime<Utc>)>,
    /// The day on which the bank is to pay; none before the release, and of releases from before that was said.
    pub pay_on: Option<Day>,
    /// Under which limit it was released; none where the agency had settled none.
    pub released_under: Option<ReleaseLimit>,
    /// How it was dissolved.
    pub dissolved: Option<Dissolution>,
    /// The payments.
    pub payments: Vec<Payment>,
    /// The control total.
    pub total: Cents,
}

/// How a batch was dissolved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dissolution {
    /// By whom: whoever prepared it, or somebody else of finance.
    pub by: PersonId,
    /// When.
    pub at: DateTime<Utc>,
    /// Why.
    pub reason: String,
}

/// Who releases a batch, when, and how.
#[derive(Clone, Copy, Debug)]
pub struct Releasing<'a> {
    /// Who.
    pub by: PersonId,
    /// The authorities that they hold.
    pub held: &'a BTreeSet<String>,
    /// What the agency has settled for authorities.
    pub limits: &'a [ReleaseLimit],
    /// When.
    pub at: DateTime<Utc>,
    /// The day on which the bank is to pay; today where none is named.
    pub pay_on: Option<Day>,
}

/// A case with what a payment of it must know, locked.
#[derive(Clone, Debug)]
pub struct Payee {
    /// The case.
    pub application: Application,
    /// Who has had which duty.
    pub duties: Duties,
    /// Its plan.
    pub plan: Vec<Instalment>,
    /// Every claim of the case.
    pub claims: Vec<Claim>,
    /// What was paid of each claim and has not come back; nothing of those that it does not name.
    pub out: BTreeMap<ClaimId, Cents>,
    /// Who has said of a claim that money came back: whoever recorded the file, and whoever said that an item of it was that.
    pub returns_told_by: BTreeMap<ClaimId, BTreeSet<PersonId>>,
    /// What is on file of the one who is paid, read while nobody adds to it.
    pub debarred: Vec<Bound>,
    /// What is owed on the case beside the project.
    pub obligations: Vec<Obligation>,
    /// What holds a payment of the case, read while nobody places another hold.
    pub holds: Vec<Hold>,
    /// Where the one who is paid has accounts, read while nobody changes them.
    pub accounts: Vec<PayeeAccount>,
}

impl Payee {
    /// What is still owed of a claim that is certified: what has come back of it, or all.
    fn owed(&self, claim: &Claim) -> Cents {
        claim.certified.unwrap_or_default().less(self.out.get(&claim.id).copied().unwrap_or_default())
    }

    /// Whoever has said that money came back of a claim neither prepares nor releases its next payment: they could have it paid twice.
    fn must_not_have_told_of_return(&self, claim: ClaimId, by: PersonId) -> Result<(), Refusal> {
        if self.returns_told_by.get(&claim).is_some_and(|told_by| told_by.contains(&by)) {
            return Err(ClaimRefusal::OwnReturn { reference: self.application.reference.clone() }.into());
        }
        Ok(())
    }

    /// The account to which a payment goes now.
    fn account(&self, at: DateTime<Utc>) -> Result<&PayeeAccount, Refusal> {
        let missing = || PayeeAccountRefusal::None { reference: self.application.reference.clone() };
        Ok(in_force(&self.accounts, Day::in_hong_kong(at)).ok_or_else(missing)?)
    }

    /// A payment goes where it was prepared to go, and whoever releases it has had no part in that account.
    fn must_still_go_to(
        &self,
        account: Option<PayeeAccountId>,
        (by, at): (PersonId, DateTime<Utc>),
    ) -> Result<(), Refusal> {
        let reference = || self.application.reference.clone();
        let used = self.account(at)?;
        if Some(used.id) != account {
            return Err(PayeeAccountRefusal::Changed { reference: reference() }.into());
        }
        if used.proposed_by == by || used.confirmed.as_ref().is_some_and(|confirmed| confirmed.by == by) {
            return Err(PayeeAccountRefusal::OwnAccount { reference: reference() }.into());
        }
        Ok(())
    }
}

/// A batch has something in it, and not too much, and sets off what is in it: asked before its cases are locked. Says what is set off of each.
///
/// # Errors
/// When it has not.
pub fn bounded(claims: &[ClaimId], set_offs: &[(ClaimId, SetOff)]) -> Result<BTreeMap<ClaimId, SetOff>, Refusal> {
    match claims.len() {
        0 => Err(Refusal::Claim(ClaimRefusal::BatchEmpty)),
        1..=BATCH_PAYMENTS_MAX => by_claim(claims, set_offs),
        _ => Err(Refusal::Claim(ClaimRefusal::BatchTooLarge { payments_max: BATCH_PAYMENTS_MAX })),
    }
}

/// A finance officer prepares a batch of certified claims, each for what is owed of it; `batched` are those that stand in one already that was not dissolved, with its
/// reference, and `debts` the demands that payments meet.
///
/// # Errors
/// When there is none or there are too many, one is not certified, named twice, held, kept back by something late or in a batch already,
/// somebody who would be paid is debarred or has no account in force, the person has another duty on one of the cases or has said that
/// money came back of one of the claims, or more is set off than is owed or paid.
pub fn prepare(
    permit: &Permit,
    (id, serial): (BatchId, i64),
    (by, at): (PersonId, DateTime<Utc>),
    payees: &[Payee],
    (claims, batched): (&[ClaimId], &[(ClaimId, String)]),
    (set_offs, debts): (&[(ClaimId, SetOff)], &Debts),
) -> Result<(Change, Batch), Refusal> {
    let set_offs = bounded(claims, set_offs)?;
    if let Some((claim, batch)) = batched.iter().find(|(claim, _)| claims.contains(claim)) {
        return Err(Refusal::Claim(ClaimRefusal::ClaimInBatch { claim: *claim, batch: batch.clone() }));
    }
    let mut payments = Vec::new();
    let mut writes = Vec::new();
    for claim in claims {
        let found = payees
            .iter()
            .find_map(|payee| payee.claims.iter().find(|other| other.id == *claim).map(|claim| (payee, claim)));
        let Some((payee, claim)) = found else { return Err(Refusal::NotFound) };
        let (ClaimState::Certified, amount) = (claim.state, payee.owed(claim)) else {
            return Err(Refusal::Claim(ClaimRefusal::ClaimWrongState { state: claim.state.code() }));
        };
        payee.application.must_be(&[State::Accepted])?;
        if payments.iter().any(|payment: &Payment| payment.claim == claim.id) {
            return Err(Refusal::Claim(ClaimRefusal::ClaimTwice));
        }
        payee.must_not_have_told_of_return(claim.id, by)?;
        payee_not_debarred(&payee.debarred, &payee.application, at)?;
        not_held(&payee.holds, &payee.application, amount)?;
        none_late(&payee.obligations, &payee.application, Day::in_hong_kong(at))?;
        writes.push(payee.duties.take(claim.application, by, Duty::PaymentPreparer)?);
        let account = Some(payee.account(at)?.id);
        let (set_off, standing) = (set_offs.get(&claim.id).copied(), Standing::default());
        let payment = Payment { claim: claim.id, application: claim.application, amount, account, set_off, standing };
        debts.must_be_met_by(&payee.application, &payment)?;
        payments.push(payment);
    }
    debts.must_be_outstanding(&payments)?;
    let total = Cents::sum(payments.iter().map(|payment| payment.amount)).ok().ok_or(Refusal::AmountTooLarge)?;
    let year = Day::in_hong_kong(at).to_string().chars().take(4).collect::<String>();
    let reference = format!("PAY-{year}-{serial:06}");
    let batch = Batch {
        id,
        reference,
        state: BatchState::Prepared,
        prepared_by: by,
        prepared_at: at,
        released: None,
        pay_on: None,
        released_under: None,
        dissolved: None,
        payments,
        total,
    };
    let event = Event::BatchPrepared { batch: id, reference: batch.reference.clone(), payments: claims.len(), total };
    writes.push(Write::NewBatch(batch.clone()));
    Ok((Change::new(permit, event, writes), batch))
}

impl Batch {
    /// Somebody of finance takes a batch apart that waits, whoever prepared it: nothing is paid, and its claims are free again. Nothing is
    /// decided of any money by that, so it takes no duty; whoever prepared it has had theirs and keeps it.
    ///
    /// # Errors
    /// When it was released or dissolved, or the reason is missing.
    pub fn dissolve(
        mut self,
        permit: &Permit,
        (by, at): (PersonId, DateTime<Utc>),
        reason: &str,
    ) -> Result<(Change, Self), Refusal> {
        self.must_wait()?;
        let reason = reason_given(reason)?;
        self.state = BatchState::Dissolved;
        self.dissolved = Some(Dissolution { by, at, reason: reason.clone() });
        let event = Event::BatchDissolved { batch: self.id, reason };
        Ok((Change::new(permit, event, vec![Write::Batch(self.clone())]), self))
    }

    /// The payments of a case.
    fn of(&self, application: ApplicationId) -> impl Iterator<Item = &Payment> {
        self.payments.iter().filter(move |payment| payment.application == application)
    }

    fn must_wait(&self) -> Result<(), Refusal> {
        let reference = self.reference.clone();
        match self.state {
            BatchState::Prepared => Ok(()),
            BatchState::Released => Err(Refusal::Claim(ClaimRefusal::BatchReleased { reference })),
            BatchState::Dissolved => Err(Refusal::Claim(ClaimRefusal::BatchDissolved { reference })),
        }
    }

    /// Pays what the batch holds of a case, and completes it where that was the last of it.
    fn pay(
        &self,
        mut payee: Payee,
        debts: &mut Debts,
        (by, at): (PersonId, DateTime<Utc>),
    ) -> Result<(Vec<Write>, Vec<Event>), Refusal> {
        payee.application.must_be(&[State::Accepted])?;
        payee_not_debarred(&payee.debarred, &payee.application, at)?;
        let mut writes = vec![payee.duties.take(payee.application.id, by, Duty::PaymentReleaser)?];
        let mut consequences = Vec::new();
        for payment in self.of(payee.application.id) {
            not_held(&payee.holds, &payee.application, payment.amount)?;
            payee.must_still_go_to(payment.account, (by, at))?;
            payee.must_not_have_told_of_return(payment.claim, by)?;
            let Some(position) = payee.claims.iter().position(|claim| claim.id == payment.claim) else {
                return Err(Refusal::NotFound);
            };
            let owed = payee.claims.get(position).map(|claim| payee.owed(claim)).unwrap_or_default();
            let Some(claim) = payee.claims.get_mut(position) else { return Err(Refusal::NotFound) };
            if claim.state != ClaimState::Certified || owed < payment.amount {
                return Err(Refusal::Claim(ClaimRefusal::ClaimWrongState { state: claim.state.code() }));
            }
            // More may have come back of it since this was prepared: that is owed still.
            claim.state = if owed == payment.amount { ClaimState::Paid } else { ClaimState::Certified };
            writes.push(Write::Claim(claim.clone()));
            let (application, amount) = (payment.application, payment.amount);
            writes.push(Write::Posting(Posting { application, from: Account::Commitment, to: Account::Paid, amount }));
            let (claim, batch, set_off) = (payment.claim, self.id, payment.set_off);
            consequences.push(Event::PaymentReleased { application, claim, batch, amount, set_off });
            let (met, event) = debts.meet((self, &payee.application), payment, (by, at))?;
            writes.extend(met);
            consequences.extend(event);
        }
        if let Some(paid) = paid_in_full(&payee.plan, payee.claims.iter())? {
            let (event, application) = payee.application.completed(paid);
            writes.push(Write::Application(application));
            consequences.push(event);
        }
        Ok((writes, consequences))
    }

    /// Another person releases the batch: the payments are posted, and cases that are paid in full are completed.
    ///
    /// # Errors
    /// When it was released or dissolved already, the day on which the bank is to pay is over or far, one of its cases does not run or is held, its payee
    /// is debarred or is paid somewhere else by now, less is owed than is set off, or the person prepared it, has no authority that reaches it, has another duty on one of them, or has proposed or confirmed an account.
    pub fn release(
        mut self,
        permit: &Permit,
        releasing: Releasing<'_>,
        (payees, mut debts): (Vec<Payee>, Debts),
    ) -> Result<(Change, Self), Refusal> {
        self.must_wait()?;
        let Releasing { by, at, .. } = releasing;
        if by == self.prepared_by {
            return Err(Refusal::DutySeparated { held: Duty::PaymentPreparer, wanted: Duty::PaymentReleaser });
        }
        self.released_under = reaching(releasing.limits, releasing.held, self.total)?;
        self.state = BatchState::Released;
        self.released = Some((by, at));
        let pay_on = pay_day(releasing.pay_on, Day::in_hong_kong(at))?;
        self.pay_on = Some(pay_on);
        let mut writes = vec![Write::Batch(self.clone())];
        let mut consequences = Vec::new();
        for payee in payees {
            let (paid, events) = self.pay(payee, &mut debts, (by, at))?;
            writes.extend(paid);
            consequences.extend(events);
        }
        let under = self.released_under.as_ref().map(|limit| limit.authority.clone());
        let event = Event::BatchReleased { batch: self.id, total: self.total, pay_on: Some(pay_on), under };
        Ok((Change::new(permit, event, writes).with_consequences(consequences), self))
    }
}

/// The day on which a bank is to pay: today where none is named, and at most so many days ahead.
fn pay_day(wanted: Option<Day>, today: Day) -> Result<Day, Refusal> {
    let pay_on = wanted.unwrap_or(today);
    if pay_on < today || today.plus_days(PAY_DAYS_MAX) < pay_on {
        return Err(Refusal::Claim(ClaimRefusal::BatchPayDay { days_max: PAY_DAYS_MAX }));
    }
    Ok(pay_on)
}

mod set_off;
#[cfg(test)]
mod tests;
