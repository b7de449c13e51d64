//! The decision on a change request: by whoever its route names, and by nobody who has had another part in it or in the case.

use super::effect::Effect;
use super::{AwardChange, ChangeKind, ChangeRequest, ChangeState, Outcome, Standing, Terms};
use crate::application::{Application, reason_given};
use crate::approval::Acting;
use crate::basis::Earlier;
use crate::calendar::Day;
use crate::change::{Change, Write};
use crate::debarment::Bound;
use crate::duty::{Duties, Duty};
use crate::event::Event;
use crate::ids::PersonId;
use crate::letter::{Amended, Amending};
use crate::money::Cents;
use crate::obligation::{Anchors, ObligationWrite, derive};
use crate::permission::Permit;
use crate::refusal::{ApprovalRefusal, ChangeRefusal, Refusal};
use crate::route::{Held, Part, Turn, taken};
use crate::scheme::Scheme;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// What is decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The change is made.
    Granted,
    /// It is not.
    Refused,
}

/// What the audit keeps of a decision, whatever it was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct ChangeDecision {
    /// What kind of change it is about.
    pub change: ChangeKind,
    /// Why.
    pub reason: String,
    /// None where an officer decided.
    pub authority: Option<String>,
    /// In whose absence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_behalf_of: Option<PersonId>,
}

impl ChangeDecision {
    /// What the applicant is told of it: not under which authority, nor in whose absence.
    #[must_use]
    pub fn told(self) -> Self {
        Self { authority: None, on_behalf_of: None, ..self }
    }
}

/// What a decision must know beside the request and the case.
#[derive(Clone, Debug)]
pub struct Deciding<'a> {
    /// The text that the application has pinned.
    pub scheme: &'a Scheme,
    /// The text in force: the scheme's money is what it is today.
    pub in_force: &'a Scheme,
    /// What holds now, locked with the case.
    pub standing: Standing,
    /// What the applicant was granted beside it, as recorded, read while nothing more is granted to it.
    pub earlier: Earlier,
    /// What is on file of those who are to receive more, read while nobody adds to it.
    pub debarred: Vec<Bound>,
    /// The reference of a batch in which a payment of the case waits for its release.
    pub batch: Option<String>,
    /// Whether whoever decides is an officer.
    pub is_officer: bool,
    /// The last step of the route by which the award was approved.
    pub last_step: Option<String>,
    /// What the letter is made of that tells a grant.
    pub amending: Amending<'a>,
}

/// What a decision comes to.
#[derive(Clone, Debug)]
pub struct Decided {
    /// The request.
    pub request: ChangeRequest,
    /// The case.
    pub application: Application,
}

/// What is owed, counted from another end of the project, where that is what changes.
fn owed_again(
    deciding: &Deciding<'_>,
    kind: ChangeKind,
    (application, ends_on): (&Application, Option<Day>),
) -> Option<Write> {
    let Standing { award, plan, .. } = &deciding.standing;
    let accepted_on = award.accepted_at.map(Day::in_hong_kong).filter(|_| kind == ChangeKind::Dates)?;
    let on = application.submission.as_ref()?.on;
    let anchors = Anchors { accepted_on, ends_on, accounts_on: None };
    let write = ObligationWrite::Derived(derive(deciding.scheme, on, anchors, plan));
    Some(Write::OnObligation { application: application.id, write })
}

impl ChangeRequest {
    /// Whoever its route names grants or refuses it. What is granted is done in the same moment.
    ///
    /// # Errors
    /// When it does not wait for a decision, whoever decides is not whom the route names, has asked for it, has put it forward or has had
    /// another duty on the case, or a reason is missing; and where it is granted, when what holds has changed since, the award does not run,
    /// the rules do not allow it, or a limit does not leave so much.
    pub fn decide(
        self,
        permit: &Permit,
        application: Application,
        acting: Acting<'_>,
        deciding: Deciding<'_>,
        (verdict, reason): (Verdict, &str),
    ) -> Result<(Change, Decided), Refusal> {
        let (authority, on_behalf_of) = self.turn(acting.held, deciding.is_officer, deciding.standing.award.amount)?;
        let people = std::iter::once(acting.by).chain(on_behalf_of);
        let duties = people.map(|person| self.duty_of(person, acting.duties, deciding.last_step.as_deref()));
        let mut writes = duties.collect::<Result<Vec<_>, _>>()?;
        let reason = reason_given(reason)?;
        let ended = Some(Outcome {
            by: acting.by,
            on_behalf_of,
            authority: authority.clone(),
            at: acting.at,
            reason: reason.clone(),
        });
        let (id, number, kind) = (self.application, self.number, self.kind);
        let decision = ChangeDecision { change: kind, reason, authority: authority.clone(), on_behalf_of };
        if verdict == Verdict::Refused {
            let request = Self { state: ChangeState::Refused, ended, ..self };
            writes.push(Write::ChangeRequest(Box::new(request.clone())));
            let event = Event::ChangeRefused { application: id, number, decision };
            return Ok((Change::new(permit, event, writes), Decided { request, application }));
        }
        let granted = Self { state: ChangeState::Granted, ended, ..self };
        granted.grant(permit, application, &deciding, (decision, acting.at), writes)
    }

    /// What is granted is done, and told by its letter.
    fn grant(
        self,
        permit: &Permit,
        application: Application,
        deciding: &Deciding<'_>,
        (decision, at): (ChangeDecision, DateTime<Utc>),
        mut writes: Vec<Write>,
    ) -> Result<(Change, Decided), Refusal> {
        let Effect { application, after, project, amount, stages, plan, answer, moved, money } =
            self.effect(application, deciding, at)?;
        let before = Terms { state: moved.then(|| deciding.standing.state.code().to_owned()), ..self.before.clone() };
        let change = AwardChange {
            number: deciding.standing.next(),
            request: self.number,
            kind: self.kind,
            before: before.clone(),
            after: after.clone(),
            project,
            authority: decision.authority.clone(),
            amount,
            stages,
            at,
        };
        let after_end = after.ends_on;
        let Deciding { scheme, standing, amending, .. } = deciding;
        let amended = Amended { application: &application, scheme, standing, request: &self, change: &change, answer };
        // A change that moves the case makes a version of it.
        let version = application.told_version;
        let letter = amending.amendment(&amended, if moved { version.saturating_add(1) } else { version });
        let event = Event::ChangeGranted {
            application: self.application,
            number: self.number,
            before: Box::new(before),
            after: Box::new(after),
            letter: Some(letter.sha256.clone()),
            decision,
        };
        writes.push(Write::ChangeRequest(Box::new(self.clone())));
        writes.extend(owed_again(deciding, self.kind, (&application, after_end)));
        writes.push(Write::AwardChanged { application: self.application, change: Box::new(change), plan });
        writes.extend(money);
        // Last, when what it tells is so.
        writes.push(Write::NewLetter(Box::new(letter)));
        if !moved {
            return Ok((Change::new(permit, event, writes), Decided { request: self, application }));
        }
        let (change, application) = application.changed(permit, event, writes);
        Ok((change, Decided { request: self, application }))
    }

    /// Takes the duty of somebody who decides it, alone or by a vote in a committee.
    ///
    /// # Errors
    /// When they have asked for it or put it forward, have had another duty on the case, or, of another amount, have passed what came
    /// before the last step of its route.
    pub(crate) fn duty_of(&self, person: PersonId, duties: &Duties, last_step: Option<&str>) -> Result<Write, Refusal> {
        if person == self.requested_by || self.forwarded.is_some_and(|(by, _)| by == person) {
            return Err(ChangeRefusal::Own.into());
        }
        // Another amount is the last word again: not that of somebody who has passed what came before it.
        let given = duties.parts.get(&person).filter(|part| last_step.is_some_and(|last| last != *part));
        if let Some(given) = given.filter(|_| self.kind == ChangeKind::Amount) {
            let (given, wanted) = (given.clone(), self.kind.code().to_owned());
            return Err(ApprovalRefusal::AnotherPart { given, wanted }.into());
        }
        duties.take(self.application, person, Duty::Approver)
    }

    /// Under which authority, and in whose absence: whoever its route names, when it is their turn.
    pub(crate) fn turn(
        &self,
        held: &Held,
        is_officer: bool,
        award: Cents,
    ) -> Result<(Option<String>, Option<PersonId>), Refusal> {
        // What is over is nobody's to decide, whoever asks.
        self.must_be(&[ChangeState::Requested, ChangeState::Forwarded])?;
        let Some(part) = &self.route else {
            if !is_officer {
                return Err(ChangeRefusal::NotYours { needed: "an officer".to_owned() }.into());
            }
            self.must_be(&[ChangeState::Requested])?;
            return Ok((None, None));
        };
        let weight = self.wanted.weight(award);
        let turn = self.taken(part, held, weight).map_err(|refusal| match refusal {
            Refusal::Approval(ApprovalRefusal::WrongLevel { needed, .. }) => ChangeRefusal::NotYours { needed }.into(),
            other => other,
        })?;
        if self.state == ChangeState::Requested {
            return Err(ChangeRefusal::NotForwarded.into());
        }
        self.must_be(&[ChangeState::Forwarded])?;
        Ok((Some(turn.authority), turn.on_behalf_of))
    }

    /// The step; rather in the absence of somebody who has neither asked for it nor put it forward.
    fn taken<'a>(&self, part: &'a Part, held: &Held, weight: Cents) -> Result<Turn<'a>, Refusal> {
        let others = [self.requested_by].into_iter().chain(self.forwarded.map(|(by, _)| by)).collect::<Vec<_>>();
        taken(part, &held.without(&others), weight, true).or_else(|_| taken(part, held, weight, true))
    }

    /// Whether it waits for somebody's decision.
    #[must_use]
    pub fn waits_for(
        &self,
        (person, is_officer): (PersonId, bool),
        held: &Held,
        duties: &Duties,
        award: Cents,
    ) -> bool {
        let free = |person: PersonId| {
            person != self.requested_by
                && self.forwarded.is_none_or(|(by, _)| by != person)
                && duties.held.get(&person).is_none_or(|held| *held == Duty::Approver)
        };
        match (&self.route, self.state) {
            (None, ChangeState::Requested) => is_officer && free(person),
            (Some(part), ChangeState::Forwarded) => self
                .taken(part, held, self.wanted.weight(award))
                .is_ok_and(|turn| free(person) && turn.on_behalf_of.is_none_or(free)),
            _ => false,
        }
    }
}
