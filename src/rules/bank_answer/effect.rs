//! What follows when money comes back: it is committed again, its claim waits for payment again, and a case that was over goes on.

use crate::application::{Application, State};
use crate::batch::Payment;
use crate::change::Write;
use crate::claim::{Claim, ClaimState};
use crate::event::Event;
use crate::ids::{ApplicationId, BatchId};
use crate::ledger::{Account, Posting};
use crate::money::Cents;
use crate::refusal::Refusal;

/// A case that was paid, with its claims, locked.
#[derive(Clone, Debug)]
pub struct Case {
    /// The case.
    pub application: Application,
    /// Every claim of it.
    pub claims: Vec<Claim>,
    /// What was paid on it and has not come back by a demand: no more than that can come back by a bank.
    pub left: Cents,
}

/// What came back.
pub(super) struct Back<'a> {
    pub batch: BatchId,
    /// By what the payment is known.
    pub reference: String,
    pub payment: &'a Payment,
    pub amount: Cents,
    pub rejected: bool,
    pub reason: Option<String>,
}

/// The cases, with what is done to them.
pub(super) struct Effect {
    cases: Vec<Case>,
    pub writes: Vec<Write>,
    pub events: Vec<Event>,
}

impl Effect {
    pub(super) const fn on(cases: Vec<Case>) -> Self {
        Self { cases, writes: Vec::new(), events: Vec::new() }
    }

    /// The reference of a case whose award has ended before its time: nothing is owed again of what comes back of it.
    pub(super) fn ended(&self, id: ApplicationId) -> Option<&str> {
        let case = self.cases.iter().find(|case| case.application.id == id)?;
        (case.application.state == State::Terminated).then_some(case.application.reference.as_str())
    }

    /// What of a case a bank can still bring back, where that is less than an amount: a demand has brought back the rest.
    pub(super) fn recovered(&self, id: ApplicationId, amount: Cents) -> Option<Cents> {
        let case = self.cases.iter().find(|case| case.application.id == id)?;
        (case.left < amount).then_some(case.left)
    }

    pub(super) fn comes_back(&mut self, back: Back<'_>) -> Result<(), Refusal> {
        let Back { batch, reference, payment, amount, rejected, reason } = back;
        let id = payment.application;
        let case = self.cases.iter_mut().find(|case| case.application.id == id).ok_or(Refusal::NotFound)?;
        let claim = case.claims.iter_mut().find(|claim| claim.id == payment.claim).ok_or(Refusal::NotFound)?;
        claim.state = ClaimState::Certified;
        case.left = case.left.less(amount);
        self.writes.push(Write::Claim(claim.clone()));
        let (from, to) = (Account::Paid, Account::Commitment);
        self.writes.push(Write::Posting(Posting { application: id, from, to, amount }));
        let (claim, payment) = (payment.claim, reference);
        self.events.push(Event::PaymentCameBack { application: id, claim, batch, payment, amount, rejected, reason });
        if case.application.state == State::Completed {
            let (event, application) = case.application.clone().reopened();
            case.application = application.clone();
            self.writes.push(Write::Application(application));
            self.events.push(event);
        }
        Ok(())
    }
}
