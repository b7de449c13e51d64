//! What holds of an award now: what was awarded, and what the changes have made of it.

use super::route::by_category;
use super::{BUDGET_LINES_MAX, BudgetLine, ChangeKind, Terms, Wanted};
use crate::application::{Application, State, words_given};
use crate::award::{Award, Instalment};
use crate::calculation::{Cost, Project};
use crate::calendar::Day;
use crate::claim::{Claim, ClaimState};
use crate::money::Cents;
use crate::refusal::{ChangeRefusal, Refusal};
use crate::scheme::{DueOn, Scheme};
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;

/// For how many days ahead a project may be asked to run.
const DAYS_MAX: u32 = 3_660;

/// A change that was made; it is never edited.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AwardChange {
    /// Counted from 1 in the award.
    pub number: i32,
    /// The number of the request that was granted.
    pub request: i32,
    /// What kind of change it was.
    pub kind: ChangeKind,
    /// What held before.
    pub before: Terms,
    /// What holds after.
    pub after: Terms,
    /// What the project plans after it, where that has changed.
    pub project: Option<Project>,
    /// Under which authority; none where an officer decided.
    pub authority: Option<String>,
    /// The award before and after.
    pub amount: (Cents, Cents),
    /// What it is for each stage after it, where the amount has changed.
    pub stages: Vec<(String, Cents)>,
    /// When.
    pub at: DateTime<Utc>,
}

/// What is planned, beside the money of the award.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figures {
    /// What the project plans now.
    pub project: Project,
    /// What an authority has last approved of that.
    pub approved: Project,
    /// The last day of the project, where it is known.
    pub ends_on: Option<Day>,
    /// What was said of its scope, its people and its partners.
    pub texts: BTreeMap<ChangeKind, String>,
    /// How many changes were made.
    pub changes: i32,
}

/// What holds of an award now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Where the case stands.
    pub state: State,
    /// The award, with the amount that holds now.
    pub award: Award,
    /// The plan that holds now.
    pub plan: Vec<Instalment>,
    /// Every claim.
    pub claims: Vec<Claim>,
    /// What is paid of claims of which some has come back, and is owed again.
    pub part_paid: Cents,
    /// What is demanded back as overpaid.
    pub demanded: Cents,
    /// What is planned.
    pub figures: Figures,
}

/// The last day of a project that runs for so many months from the day on which its offer is accepted.
#[must_use]
pub fn last_day(accepted_on: Day, months: u32) -> Day {
    accepted_on.plus_months(months).previous()
}

impl Figures {
    /// What the application said, and what the changes have made of it since, oldest first.
    #[must_use]
    pub fn of(application: &Application, award: &Award, changes: &[AwardChange]) -> Self {
        let submitted = application.content.request.project.clone();
        let months = submitted.stages.iter().map(|stage| stage.months).collect::<Option<Vec<_>>>();
        let months = months.map(|months| months.into_iter().fold(0_u32, u32::saturating_add));
        let accepted = award.accepted_at.map(Day::in_hong_kong);
        let ends_on = accepted.zip(months.filter(|months| *months > 0));
        let mut figures = Self {
            approved: submitted.clone(),
            project: submitted,
            ends_on: ends_on.map(|(accepted, months)| last_day(accepted, months)),
            texts: BTreeMap::from([(ChangeKind::Scope, application.content.summary.clone())]),
            changes: 0,
        };
        for change in changes {
            figures.changes = change.number;
            figures.ends_on = change.after.ends_on.or(figures.ends_on);
            if let Some(text) = &change.after.text {
                figures.texts.insert(change.kind, text.clone());
            }
            if let Some(project) = &change.project {
                figures.project = project.clone();
                if change.authority.is_some() {
                    figures.approved = project.clone();
                }
            }
        }
        figures
    }

    /// What the recipient owes after the project, and by which day: it follows the day on which that ends.
    #[must_use]
    pub fn obligations(&self, application: &Application, scheme: &Scheme) -> Vec<(String, Day)> {
        let on = application.submission.as_ref().map(|submission| submission.on);
        let Some((on, ends_on)) = on.zip(self.ends_on) else { return Vec::new() };
        let owed = scheme.file.obligation.iter().filter(|(_, obligation)| obligation.after == DueOn::Completion);
        let due = owed.filter_map(|(code, obligation)| {
            obligation.is.value_on(on).map(|months| (code.clone(), ends_on.plus_months(*months)))
        });
        due.collect()
    }

    /// What is planned for each category.
    ///
    /// # Errors
    /// When the amounts add up to more than can be held.
    pub fn budget(&self) -> Result<Vec<BudgetLine>, Refusal> {
        budget_of(&self.project)
    }
}

/// The lines of a project's budget, in the order of their codes.
pub(super) fn budget_of(project: &Project) -> Result<Vec<BudgetLine>, Refusal> {
    let lines = by_category(project)?.into_iter().filter(|(_, amount)| *amount > Cents::ZERO);
    Ok(lines.map(|((stage, category), amount)| BudgetLine { stage, category, amount }).collect())
}

impl Standing {
    /// The number of the next change.
    pub(super) fn next(&self) -> i32 {
        self.figures.changes.saturating_add(1)
    }

    /// What holds, as far as a kind of change is about it.
    pub(super) fn before(&self, kind: ChangeKind, wanted: &Wanted) -> Terms {
        let Self { award, plan, figures, .. } = self;
        let budget = || figures.budget().ok();
        match kind {
            ChangeKind::Dates => Terms { ends_on: figures.ends_on, ..Terms::default() },
            ChangeKind::Budget => Terms { budget: budget(), ..Terms::default() },
            ChangeKind::Scope | ChangeKind::People | ChangeKind::Partner => {
                Terms { text: figures.texts.get(&kind).cloned(), ..Terms::default() }
            }
            ChangeKind::Amount => Terms {
                amount: Some(award.amount),
                plan: Some(plan.clone()),
                carried_over: (award.carried_over > Cents::ZERO).then_some(award.carried_over),
                budget: wanted.figures.as_ref().and_then(|_| budget()),
                ..Terms::default()
            },
            ChangeKind::Suspension | ChangeKind::Resumption => Terms::default(),
            ChangeKind::Termination => Terms { amount: Some(award.amount), ..Terms::default() },
        }
    }

    /// Nothing is changed of what is settled; what waits for its last payment may still be stopped.
    pub(super) fn must_not_be_settled(&self, kind: ChangeKind) -> Result<(), Refusal> {
        let stops = matches!(kind, ChangeKind::Suspension | ChangeKind::Resumption);
        if self.award.settled.is_some() && !stops { Err(ChangeRefusal::Settled.into()) } else { Ok(()) }
    }

    /// What is wanted can be had, and is not what holds already.
    pub(super) fn must_change(&self, kind: ChangeKind, wanted: &Wanted, at: DateTime<Utc>) -> Result<(), Refusal> {
        let changes = match kind {
            ChangeKind::Dates => {
                let today = Day::in_hong_kong(at);
                let possible = |day: &Day| today < *day && *day <= today.plus_days(DAYS_MAX);
                if !wanted.ends_on.as_ref().is_some_and(possible) {
                    return Err(ChangeRefusal::EndDay.into());
                }
                wanted.ends_on != self.figures.ends_on
            }
            ChangeKind::Budget => {
                let lines = wanted.budget.as_deref().unwrap_or_default();
                budget_of(&self.project_of(lines)?)? != self.figures.budget()?
            }
            ChangeKind::Scope | ChangeKind::People | ChangeKind::Partner => {
                let text = words_given("/wanted/text", wanted.text.as_deref().unwrap_or_default())?;
                self.figures.texts.get(&kind) != Some(&text)
            }
            ChangeKind::Amount => {
                let amount = wanted.amount.unwrap_or_default();
                if amount == Cents::ZERO {
                    return Err(ChangeRefusal::ToNothing.into());
                }
                amount != self.award.amount
            }
            ChangeKind::Termination => {
                let paid = self.paid()?;
                if wanted.recover.is_some_and(|recover| recover > paid) {
                    return Err(ChangeRefusal::RecoverAbovePaid { paid }.into());
                }
                true
            }
            ChangeKind::Suspension | ChangeKind::Resumption => true,
        };
        if changes { Ok(()) } else { Err(ChangeRefusal::Nothing.into()) }
    }

    /// The project with another budget of the same whole.
    pub(super) fn project_of(&self, lines: &[BudgetLine]) -> Result<Project, Refusal> {
        let mut project = self.figures.project.clone();
        let known = |line: &BudgetLine| project.stages.iter().any(|stage| stage.stage == line.stage);
        let twice = |line: &BudgetLine| {
            lines.iter().filter(|other| (&other.stage, &other.category) == (&line.stage, &line.category)).count() > 1
        };
        if lines.len() > BUDGET_LINES_MAX || lines.iter().any(|line| !known(line) || twice(line)) {
            return Err(ChangeRefusal::BudgetLines.into());
        }
        let whole = |project: &Project| {
            let sum = by_category(project)?.into_values();
            Cents::sum(sum).ok().ok_or(Refusal::AmountTooLarge)
        };
        let total = whole(&project)?;
        for stage in &mut project.stages {
            let of_stage = lines.iter().filter(|line| line.stage == stage.stage && line.amount > Cents::ZERO);
            let costs = of_stage.map(|line| Cost { category: line.category.clone(), amount: line.amount });
            stage.costs = Some(costs.collect());
        }
        if whole(&project)? == total { Ok(project) } else { Err(ChangeRefusal::BudgetTotal { total }.into()) }
    }

    /// What has been paid.
    pub(super) fn paid(&self) -> Result<Cents, Refusal> {
        let paid = self.claims.iter().filter(|claim| claim.state == ClaimState::Paid);
        let paid = paid.filter_map(|claim| claim.certified).chain([self.part_paid]);
        Cents::sum(paid).ok().ok_or(Refusal::AmountTooLarge)
    }
}
