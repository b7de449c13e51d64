//! What a change does that is granted, and what it may not do.

use super::standing::budget_of;
use super::{ChangeKind, ChangeRequest, Deciding, Replanned, Standing, Terms, planned_again};
use crate::application::{Application, State, words_given};
use crate::approval::Door;
use crate::award::{Award, Instalment, Settlement};
use crate::calculation::{Answer, Project, Request};
use crate::calendar::Day;
use crate::change::Write;
use crate::claim::{allowed_on, give_back};
use crate::debarment::none_debarred;
use crate::ledger::Account;
use crate::money::Cents;
use crate::refusal::{ChangeRefusal, Refusal};
use chrono::{DateTime, Utc};

/// What is so after a change.
pub(super) struct Effect {
    /// The case.
    pub application: Application,
    /// What holds.
    pub after: Terms,
    /// What the project plans, where that has changed.
    pub project: Option<Project>,
    /// The award before and after.
    pub amount: (Cents, Cents),
    /// What it is for each stage, where the amount has changed.
    pub stages: Vec<(String, Cents)>,
    /// Its instalments, where the amount has changed.
    pub plan: Vec<Instalment>,
    /// The calculation behind it as its applicant is told of it, where the amount has changed.
    pub answer: Option<Answer>,
    /// Whether the case has come to another state.
    pub moved: bool,
    /// What is written of money.
    pub money: Vec<Write>,
}

impl Effect {
    /// Nothing but other terms.
    fn of(application: Application, award: &Award, after: Terms) -> Self {
        Self {
            application,
            after,
            project: None,
            amount: (award.amount, award.amount),
            stages: Vec::new(),
            plan: Vec::new(),
            answer: None,
            moved: false,
            money: Vec::new(),
        }
    }

    fn moved_to(mut application: Application, award: &Award, state: State) -> Self {
        application.state = state;
        let after = Terms { state: Some(state.code().to_owned()), ..Terms::default() };
        Self { moved: true, ..Self::of(application, award, after) }
    }
}

impl ChangeRequest {
    /// What the change does, as everything is now.
    pub(super) fn effect(
        &self,
        application: Application,
        deciding: &Deciding<'_>,
        at: DateTime<Utc>,
    ) -> Result<Effect, Refusal> {
        let (standing, wanted, kind) = (&deciding.standing, &self.wanted, self.kind);
        application.must_be(kind.asked_in())?;
        standing.must_not_be_settled(kind)?;
        if !standing.before(kind, wanted).are_those_of(&self.before) {
            return Err(ChangeRefusal::Stale.into());
        }
        standing.must_change(kind, wanted, at)?;
        let award = &standing.award;
        Ok(match kind {
            ChangeKind::Dates => Effect::of(application, award, Terms { ends_on: wanted.ends_on, ..Terms::default() }),
            ChangeKind::Scope | ChangeKind::People | ChangeKind::Partner => {
                let text = words_given("/wanted/text", wanted.text.as_deref().unwrap_or_default())?;
                Effect::of(application, award, Terms { text: Some(text), ..Terms::default() })
            }
            ChangeKind::Budget => {
                let project = standing.project_of(wanted.budget.as_deref().unwrap_or_default())?;
                standing.must_still_be_allowed(&application, deciding, &project)?;
                let after = Terms { budget: Some(budget_of(&project)?), ..Terms::default() };
                Effect { project: Some(project), ..Effect::of(application, award, after) }
            }
            ChangeKind::Amount => self.another_amount(application, deciding, at)?,
            ChangeKind::Suspension => Effect::moved_to(application, award, State::Suspended),
            ChangeKind::Resumption => Effect::moved_to(application, award, State::Accepted),
            ChangeKind::Termination => self.termination(application, deciding, at)?,
        })
    }

    /// Another amount: a raise by the pinned rules and within every limit; of what is lower, what is not certified is given back.
    fn another_amount(
        &self,
        application: Application,
        deciding: &Deciding<'_>,
        at: DateTime<Utc>,
    ) -> Result<Effect, Refusal> {
        let Deciding { scheme, in_force, standing, debarred, amending, .. } = deciding;
        let (before, after) = (standing.award.amount, self.wanted.amount.unwrap_or_default());
        let mut project = standing.figures.project.clone();
        if let Some(figures) = &self.wanted.figures {
            project.stages.clone_from(&figures.project.stages);
        }
        let today = Day::in_hong_kong(at);
        let on = application.submission.as_ref().map_or(today, |submission| submission.on);
        let planned = planned_again(scheme, on, (after, project.months()), (&standing.plan, &standing.claims))?;
        let Replanned { plan, carried_over } = planned;
        if carried_over < standing.demanded {
            return Err(ChangeRefusal::OverpaidDemanded { demanded: standing.demanded }.into());
        }
        // What is certified stays held, whatever the award is.
        let held = Award { amount: after, carried_over, ..standing.award.clone() }.held();
        let (more, back) = (held.less(standing.award.held()), standing.award.held().less(held));
        let (stages, money, answer) = if after > before {
            none_debarred(debarred, &application.scheme, at)?;
            let raised = Award { amount: after, revision: standing.next(), ..standing.award.clone() };
            let above = |_, allowed| ChangeRefusal::AboveAllowed { allowed }.into();
            let door = Door { figures: "/wanted/figures", above };
            let allowed = application.allowed((scheme, &deciding.earlier), (&project, raised), at, &door)?;
            let mut money = allowed.writes;
            if more > Cents::ZERO {
                let more = application.posted(Account::Envelope, Account::Commitment, more);
                let limits = application.limits((scheme, in_force), at)?;
                money.push(application.takes(vec![more], limits));
            }
            let answer = application.answer_told((scheme, &amending.history), (&project, after), at, &door)?;
            (allowed.award.stages, money, Some(answer))
        } else {
            let less = Award { amount: after, ..standing.award.clone() };
            let stages = standing.award.stages.iter().map(|(stage, _)| stage);
            let parts = less.counted_stages();
            let stages = stages.filter_map(|stage| Some((stage.clone(), *parts.get(stage)?))).collect();
            let back = (back > Cents::ZERO).then(|| application.posted(Account::Commitment, Account::Envelope, back));
            let money = back.map(|back| application.gives_back(vec![back], Cents::ZERO));
            (stages, money.into_iter().collect(), amending.rests_on.clone())
        };
        let figures = self.wanted.figures.is_some();
        let terms = Terms {
            amount: Some(after),
            plan: Some(plan.clone()),
            carried_over: (carried_over > Cents::ZERO).then_some(carried_over),
            budget: if figures { Some(budget_of(&project)?) } else { None },
            ..Terms::default()
        };
        Ok(Effect {
            project: figures.then_some(project),
            amount: (before, after),
            stages,
            plan,
            answer,
            money,
            ..Effect::of(application, &standing.award, terms)
        })
    }

    /// What is not paid is given back, and what was paid in error is noted for its recovery.
    fn termination(
        &self,
        application: Application,
        deciding: &Deciding<'_>,
        at: DateTime<Utc>,
    ) -> Result<Effect, Refusal> {
        let Deciding { standing, batch, .. } = deciding;
        if let Some(batch) = batch {
            return Err(ChangeRefusal::PaymentWaits { batch: batch.clone() }.into());
        }
        let paid = standing.paid()?;
        // What is demanded already is noted whatever is wanted; never more than is out, since a bank may have brought some of it back.
        let recover = self.wanted.recover.unwrap_or_default().max(standing.demanded).min(paid);
        let mut award = standing.award.clone();
        award.settled = Some(Settlement { amount: paid, overpaid: recover, on: Day::in_hong_kong(at) });
        let unpaid = award.held().less(paid);
        let mut money = vec![Write::Award(award.clone())];
        money.extend(give_back(&application, &award, unpaid));
        let Effect { after, application, .. } = Effect::moved_to(application, &award, State::Terminated);
        let after = Terms { amount: Some(paid), recover: Some(recover), ..after };
        Ok(Effect { moved: true, money, ..Effect::of(application, &award, after) })
    }
}

impl Standing {
    /// What is planned still carries the award under the pinned rules.
    fn must_still_be_allowed(
        &self,
        application: &Application,
        deciding: &Deciding<'_>,
        project: &Project,
    ) -> Result<(), Refusal> {
        let request = Request { project: project.clone(), ..application.content.request.clone() };
        let allowed = allowed_on(application, deciding.scheme, ("/wanted/budget", &request), self.award.amount)?;
        if allowed < self.award.amount { Err(ChangeRefusal::AboveAllowed { allowed }.into()) } else { Ok(()) }
    }
}
