//! Claims: the applicant claims an instalment, an officer certifies what is due.

mod costs;
mod query;
mod rate;
mod state;

pub use costs::{Allotted, Allowed, CLAIM_LINES_MAX, Costs, Ground, Line, NewLine};
pub use query::{Answering, QUERY_CHARACTERS_MAX, Query};
pub use rate::Rate;
pub use state::ClaimState;

use crate::application::{Application, State, faulty, reason_given, storable_in, words_given};
use crate::award::{Award, Instalment, Settlement};
use crate::calculation::{History, Kind, Request, calculate};
use crate::calendar::Day;
use crate::change::{Change, Write};
use crate::event::Event;
use crate::ids::{ApplicationId, ClaimId};
use crate::ledger::{Account, ApplicantGuard};
use crate::money::Cents;
use crate::obligation::{Obligation, must_be_met};
use crate::permission::Permit;
use crate::refusal::{ClaimRefusal, Refusal};
use crate::scheme::{DueOn, Scheme};
use std::collections::{BTreeMap, BTreeSet};

/// A claim for one instalment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// Identity.
    pub id: ClaimId,
    /// The case.
    pub application: ApplicationId,
    /// The instalment that is claimed.
    pub instalment: String,
    /// Where it stands.
    pub state: ClaimState,
    /// What is claimed.
    pub claimed: Cents,
    /// What shows that it is due.
    pub evidence: String,
    /// What the project really cost and who paid, for an instalment that is due on completion.
    pub actual: Option<Request>,
    /// What is certified.
    pub certified: Option<Cents>,
    /// Why it was returned.
    pub reason: Option<String>,
    /// What shows each thing that the instalment needs: by the scheme's codes.
    pub shown: BTreeMap<String, String>,
    /// Of what it is made; none where it is an amount alone.
    pub costs: Option<Costs>,
    /// What was asked on it, in its order; each but the last one is answered.
    pub queries: Vec<Query>,
}

/// A claim to be made: ids and words are handed in.
#[derive(Clone, Debug)]
pub struct NewClaim {
    /// Identity.
    pub id: ClaimId,
    /// The instalment that is claimed.
    pub instalment: String,
    /// What is claimed.
    pub claimed: Cents,
    /// What shows that it is due.
    pub evidence: String,
    /// What the project really cost and who paid.
    pub actual: Option<Request>,
    /// What shows each thing that the instalment needs: by the scheme's codes.
    pub shown: BTreeMap<String, String>,
    /// The costs of which it is made.
    pub lines: Vec<NewLine>,
}

/// What a claim must know beside itself.
#[derive(Clone, Copy, Debug)]
pub struct Claiming<'a> {
    /// The case.
    pub application: &'a Application,
    /// The text that it has pinned.
    pub scheme: &'a Scheme,
    /// Its plan.
    pub plan: &'a [Instalment],
    /// Its claims so far.
    pub claims: &'a [Claim],
    /// What its costs are held against.
    pub costs: Ground<'a>,
    /// The day on which the offer was accepted.
    pub accepted_on: Option<Day>,
    /// Today.
    pub today: Day,
}

/// What certification must know beside the claim.
#[derive(Clone, Debug)]
pub struct Certifying<'a> {
    /// The case.
    pub application: &'a Application,
    /// Its award.
    pub award: Award,
    /// Its plan.
    pub plan: &'a [Instalment],
    /// Every claim of the case, this one among them.
    pub claims: &'a [Claim],
    /// The text that the application has pinned.
    pub scheme: &'a Scheme,
    /// What is owed on the case.
    pub obligations: &'a [Obligation],
    /// What is certified.
    pub amount: Cents,
    /// What is allowed of each of its lines.
    pub lines: Vec<Allowed>,
    /// What its costs are held against.
    pub costs: Ground<'a>,
    /// Today.
    pub today: Day,
}

/// The applicant claims an instalment.
///
/// # Errors
/// When the case is not running, there is no such instalment, it is claimed already or comes later, more is claimed than it holds,
/// what it needs is not shown, evidence is missing, or actual cost is missing or cannot be worked out where it is due on completion.
pub fn submit(permit: &Permit, claiming: Claiming<'_>, new: NewClaim) -> Result<(Change, Claim), Refusal> {
    let Claiming { application, scheme, plan, claims, costs, accepted_on, today } = claiming;
    application.must_be_told(&[State::Accepted])?;
    let instalment = claiming.instalment(&new.instalment)?;
    let live = |claim: &Claim| claim.instalment == new.instalment && claim.state != ClaimState::Returned;
    if claims.iter().any(live) {
        return Err(Refusal::Claim(ClaimRefusal::InstalmentClaimed { instalment: new.instalment }));
    }
    let settled =
        |earlier: &Instalment| claims.iter().any(|claim| claim.instalment == earlier.code && claim.certified.is_some());
    // The last instalment settles the case, so nothing may be claimed after it.
    let earlier = plan.iter().take_while(|earlier| earlier.code != new.instalment);
    if let Some(first) = earlier.filter(|earlier| !settled(earlier)).map(|earlier| earlier.code.clone()).next() {
        return Err(Refusal::Claim(ClaimRefusal::InstalmentTooEarly { instalment: new.instalment, first }));
    }
    let due_on = accepted_on.zip(instalment.after_months).map(|(accepted_on, months)| accepted_on.plus_months(months));
    if let Some(due_on) = due_on.filter(|due_on| today < *due_on) {
        return Err(Refusal::Claim(ClaimRefusal::InstalmentNotDue { instalment: new.instalment, due_on }));
    }
    let shown = needs_shown(&instalment.needs, new.shown)?;
    claiming.must_hold(&new.instalment, new.claimed)?;
    if settles(instalment.due) {
        let actual = new.actual.as_ref().ok_or(Refusal::Claim(ClaimRefusal::ActualCostMissing))?;
        storable_in("/actual", actual)?;
        allowed_on(application, scheme, ("/actual", actual), instalment.amount)?;
    }
    let costs = costs.claimed((new.id, &new.instalment), new.claimed, new.lines)?;
    let claim = Claim {
        id: new.id,
        application: application.id,
        instalment: new.instalment,
        state: ClaimState::Submitted,
        claimed: new.claimed,
        evidence: words_given("/evidence", &new.evidence)?,
        actual: new.actual,
        certified: None,
        reason: None,
        shown,
        costs,
        queries: Vec::new(),
    };
    let lines = claim.costs.iter().flat_map(|costs| costs.lines.clone()).collect();
    let event = Event::ClaimSubmitted { application: claim.application, claim: claim.id, amount: claim.claimed, lines };
    Ok((Change::new(permit, event, vec![Write::NewClaim(claim.clone()), Write::ClaimCosts(claim.clone())]), claim))
}

/// Whether the project is accounted for with an instalment.
const fn settles(due: DueOn) -> bool {
    matches!(due, DueOn::Completion | DueOn::FinalAccounts)
}

impl<'a> Claiming<'a> {
    fn instalment(&self, code: &str) -> Result<&'a Instalment, Refusal> {
        let known = || self.plan.iter().map(|instalment| instalment.code.clone()).collect::<Vec<_>>().join(", ");
        let found = self.plan.iter().find(|instalment| instalment.code == code);
        found.ok_or_else(|| Refusal::Claim(ClaimRefusal::InstalmentUnknown { known: known() }))
    }

    /// An instalment holds what is claimed of it: what is planned for it; where the scheme says so with what is planned before it and was not
    /// certified.
    fn must_hold(&self, code: &str, claimed: Cents) -> Result<(), Refusal> {
        let instalment = self.instalment(code)?;
        let mut limit = instalment.amount;
        if self.scheme.file.claim.again_on(self.costs.on) {
            let before = self.plan.iter().take_while(|earlier| earlier.code != code);
            let planned = Cents::sum(before.map(|earlier| earlier.amount).chain([limit]));
            let live =
                self.claims.iter().filter(|claim| claim.state != ClaimState::Returned && claim.instalment != code);
            let certified = Cents::sum(live.filter_map(|claim| claim.certified));
            limit =
                planned.ok().zip(certified.ok()).map(|(planned, certified)| planned.less(certified)).unwrap_or(limit);
        }
        // A project that is completed is accounted for, even where nothing more is wanted of its award, or is left of it.
        let nothing = claimed == Cents::ZERO && !settles(instalment.due) && instalment.amount > Cents::ZERO;
        if nothing || claimed > limit {
            return Err(Refusal::Claim(ClaimRefusal::ClaimAbovePlan { limit }));
        }
        Ok(())
    }
}

/// Each thing that an instalment needs is shown, and nothing else.
fn needs_shown(needs: &[String], shown: BTreeMap<String, String>) -> Result<BTreeMap<String, String>, Refusal> {
    let named = needs.iter().collect::<BTreeSet<_>>();
    if named != shown.keys().collect() {
        return Err(Refusal::Claim(ClaimRefusal::NeedsNotShown { needs: needs.join(", ") }));
    }
    shown.into_iter().map(|(need, words)| Ok((need, words_given("/shown", &words)?))).collect()
}

impl Claim {
    /// An officer sends the claim back with a reason, also where something was asked on it and not answered.
    ///
    /// # Errors
    /// When it does not wait for certification or for an answer, or a reason is missing.
    pub fn give_back(mut self, permit: &Permit, reason: &str) -> Result<(Change, Self), Refusal> {
        self.must_be(&[ClaimState::Submitted, ClaimState::Queried])?;
        let reason = reason_given(reason)?;
        self.state = ClaimState::Returned;
        self.reason = Some(reason.clone());
        let event = Event::ClaimReturned { application: self.application, claim: self.id, reason };
        Ok((Change::new(permit, event, vec![Write::Claim(self.clone())]), self))
    }

    /// An officer certifies what is due. Where the project is completed, the award is fixed again on actual cost, and the lower
    /// amount counts. With the last instalment of the plan the case is settled: what is not needed is given back, and what was paid
    /// above it is noted. Where nothing is due, nothing is certified; a case that waits for no other payment is then completed.
    ///
    /// A claim that is made of costs is certified line by line.
    ///
    /// # Errors
    /// When the claim does not wait for it, what its instalment waits for is not accepted or something that blocks is late, more is certified
    /// than claimed or than the settlement leaves, a line is left out or reduced without a reason, or the actual figures cannot be worked out.
    pub fn certify(mut self, permit: &Permit, certifying: Certifying<'_>) -> Result<(Change, Self, Award), Refusal> {
        self.must_be(&[ClaimState::Submitted])?;
        let Certifying { application, mut award, plan, claims, scheme, obligations, amount, lines, costs, today } =
            certifying;
        // While an award is suspended nothing is certified, and when it has ended nothing more.
        application.must_be(&[State::Accepted])?;
        must_be_met(obligations, application, (&self.instalment, today))?;
        let others = claims.iter().filter(|claim| claim.id != self.id).filter_map(|claim| claim.certified);
        let before = Cents::sum(others).ok().ok_or(Refusal::AmountTooLarge)?;
        let due_on = plan.iter().find(|instalment| instalment.code == self.instalment).map(|instalment| instalment.due);
        let allowed = match (&self.actual, due_on) {
            (Some(actual), Some(DueOn::Completion | DueOn::FinalAccounts)) => {
                allowed_on(application, scheme, ("/actual", actual), award.amount)?
            }
            _ => award.amount,
        };
        let due = self.claimed.min(allowed.less(before));
        self.costs = match &self.costs {
            Some(claimed) => Some(costs.certified((self.id, amount), claimed, lines)?),
            None if lines.is_empty() => None,
            None => return Err(ClaimRefusal::LinesNotTaken.into()),
        };
        self.state = match (amount == Cents::ZERO, due == Cents::ZERO) {
            (true, true) => ClaimState::Nil,
            // Each of its costs was disallowed, with a reason.
            (true, false) if self.costs.is_some() => ClaimState::Nil,
            (false, true) => return Err(Refusal::Claim(ClaimRefusal::NothingDue { certified: before, allowed })),
            (false, false) if amount <= due => ClaimState::Certified,
            (_, false) => return Err(Refusal::Claim(ClaimRefusal::CertifiedAboveDue { due })),
        };
        self.certified = Some(amount);
        let mut writes = vec![Write::ClaimCosts(self.clone()), Write::Claim(self.clone())];
        if plan.last().is_some_and(|last| last.code == self.instalment) {
            let settled = before.plus(amount).ok().ok_or(Refusal::AmountTooLarge)?;
            let unused = award.held().less(settled);
            award.settled = Some(Settlement { amount: settled, overpaid: settled.less(allowed), on: today });
            writes.push(Write::Award(award.clone()));
            writes.extend(give_back(application, &award, unused));
        }
        let lines = self.costs.iter().flat_map(|costs| costs.lines.clone()).collect();
        let event = Event::ClaimCertified { application: self.application, claim: self.id, amount, lines };
        let after = claims.iter().map(|claim| if claim.id == self.id { &self } else { claim });
        let mut consequences = Vec::new();
        if let Some(paid) = paid_in_full(plan, after)? {
            let (event, application) = application.clone().completed(paid);
            writes.push(Write::Application(application));
            consequences.push(event);
        }
        Ok((Change::new(permit, event, writes).with_consequences(consequences), self, award))
    }

    fn must_be(&self, states: &[ClaimState]) -> Result<(), Refusal> {
        if states.contains(&self.state) {
            Ok(())
        } else {
            Err(Refusal::Claim(ClaimRefusal::ClaimWrongState { state: self.state.code() }))
        }
    }
}

/// What has been paid of a plan, when nothing of it is waited for any more.
pub(crate) fn paid_in_full<'a>(
    plan: &[Instalment],
    claims: impl Iterator<Item = &'a Claim>,
) -> Result<Option<Cents>, Refusal> {
    let over = claims.filter(|claim| matches!(claim.state, ClaimState::Paid | ClaimState::Nil)).collect::<Vec<_>>();
    if !plan.iter().all(|instalment| over.iter().any(|claim| claim.instalment == instalment.code)) {
        return Ok(None);
    }
    let paid = Cents::sum(over.iter().filter_map(|claim| claim.certified));
    paid.map(Some).ok().ok_or(Refusal::AmountTooLarge)
}

/// The lower of an award and what the pinned rules allow on actual cost. Floors opened the door to the scheme and do not close it
/// behind a project that cost less; what nobody knows is still not guessed.
pub(crate) fn allowed_on(
    application: &Application,
    scheme: &Scheme,
    (pointer, actual): (&'static str, &Request),
    award: Cents,
) -> Result<Cents, Refusal> {
    let on = application.submission.as_ref().map(|submission| submission.on);
    let on = on.ok_or(Refusal::ApplicationWrongState { state: application.state.code() })?;
    let mut request = actual.clone();
    request.requested = Some(award);
    // What the applicant had before was settled at approval, and is in the award already.
    request.history = Some(History::default());
    request.applicant = application.content.request.applicant.clone();
    request.project.facts = application.content.request.project.facts.clone();
    let calculation = calculate(scheme, &request, on).map_err(|faults| faulty(pointer, faults))?;
    let unknown = calculation.steps.iter().filter(|step| matches!(step.kind, Kind::Unknown)).collect::<Vec<_>>();
    if !unknown.is_empty() {
        return Err(Refusal::CalculationRefused {
            refused_by: unknown.iter().map(|step| step.rule.clone()).collect(),
            reasons: unknown.iter().map(|step| step.kind.sentence(scheme.file.kind).en).collect(),
        });
    }
    Ok(calculation.allowed.min(award))
}

/// What settlement gives back: the unused part, and all that the applicant had where only running projects count.
pub(crate) fn give_back(application: &Application, award: &Award, unused: Cents) -> Option<Write> {
    let ended = if award.counts_as == ApplicantGuard::Running { award.held().less(unused) } else { Cents::ZERO };
    let posting = application.posted(Account::Commitment, Account::Envelope, unused);
    let postings = if unused > Cents::ZERO { vec![posting] } else { Vec::new() };
    (ended > Cents::ZERO || unused > Cents::ZERO).then(|| application.gives_back(postings, ended))
}

#[cfg(test)]
mod tests;
