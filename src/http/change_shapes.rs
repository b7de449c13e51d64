//! What is shown of change requests, and of what is planned of an award after them.

use super::shapes::{TermsShape, WantedShape};
use chrono::{DateTime, Utc};
use rules::calendar::Day;
use rules::change_request::{AwardChange, BudgetLine, ChangeKind, ChangeRequest, Figures, Terms, Wanted};
use rules::ids::{ApplicationId, PersonId};
use rules::money::Cents;
use rules::refusal::Refusal;
use rules::route::Part;
use serde::Serialize;
use utoipa::ToSchema;

/// What kind of change it is.
#[derive(ToSchema)]
#[schema(as = KindOfChange, rename_all = "snake_case")]
#[expect(dead_code, reason = "it describes a type of the rules to the readers of the API")]
pub(super) enum ChangeKindShape {
    Dates,
    Budget,
    Scope,
    People,
    Partner,
    Amount,
    Suspension,
    Resumption,
    Termination,
}

/// How a change request is decided.
#[derive(ToSchema)]
#[schema(as = VerdictOnChange, rename_all = "snake_case")]
#[expect(dead_code, reason = "it describes a type of the rules to the readers of the API")]
pub(super) enum VerdictShape {
    Granted,
    Refused,
}

/// A change request.
#[derive(Serialize, ToSchema)]
pub(super) struct ChangeRequestView {
    /// Of which application.
    #[schema(value_type = Uuid)]
    application: ApplicationId,
    /// Counted from 1 in the case.
    number: i32,
    /// What kind of change.
    #[schema(value_type = ChangeKindShape)]
    kind: ChangeKind,
    /// `requested`, `returned`, `forwarded`, `withdrawn`, `granted` or `refused`.
    #[schema(value_type = String, example = "requested")]
    state: &'static str,
    /// Whether the agency has opened it.
    by_agency: bool,
    /// Who asked.
    #[schema(value_type = Uuid)]
    requested_by: PersonId,
    /// When.
    requested_at: DateTime<Utc>,
    /// Why.
    reason: String,
    /// What is wanted.
    #[schema(value_type = WantedShape)]
    wanted: Wanted,
    /// With which authorities it is decided; empty where an officer decides.
    authorities: Vec<String>,
    /// What an officer has asked.
    question: Option<String>,
    /// What was answered.
    answer: Option<String>,
    /// Who put it forward.
    #[schema(value_type = Option<Uuid>)]
    forwarded_by: Option<PersonId>,
    /// When.
    forwarded_at: Option<DateTime<Utc>>,
    /// What held when it was asked for, and once it is granted, before it.
    #[schema(value_type = TermsShape)]
    before: Terms,
    /// What holds after it; null until it is granted.
    #[schema(value_type = Option<TermsShape>)]
    after: Option<Terms>,
    /// Who decided or withdrew it.
    #[schema(value_type = Option<Uuid>)]
    ended_by: Option<PersonId>,
    /// In whose absence.
    #[schema(value_type = Option<Uuid>)]
    on_behalf_of: Option<PersonId>,
    /// Under which authority; null where an officer decided.
    authority: Option<String>,
    /// When.
    ended_at: Option<DateTime<Utc>>,
    /// Why.
    ended_because: Option<String>,
}

impl From<(ChangeRequest, Option<AwardChange>)> for ChangeRequestView {
    fn from((request, change): (ChangeRequest, Option<AwardChange>)) -> Self {
        let authorities = request.route.as_ref().map(Part::authorities).unwrap_or_default();
        let authorities = authorities.into_iter().map(str::to_owned).collect();
        let (forwarded_by, forwarded_at) = request.forwarded.unzip();
        let ended = request.ended;
        let (before, after) = change.map(|change| (change.before, change.after)).unzip();
        Self {
            application: request.application,
            number: request.number,
            kind: request.kind,
            state: request.state.code(),
            by_agency: request.by_agency,
            requested_by: request.requested_by,
            requested_at: request.requested_at,
            reason: request.reason,
            wanted: request.wanted,
            authorities,
            question: request.question,
            answer: request.answer,
            forwarded_by,
            forwarded_at,
            before: before.unwrap_or(request.before),
            after,
            ended_by: ended.as_ref().map(|ended| ended.by),
            on_behalf_of: ended.as_ref().and_then(|ended| ended.on_behalf_of),
            authority: ended.as_ref().and_then(|ended| ended.authority.clone()),
            ended_at: ended.as_ref().map(|ended| ended.at),
            ended_because: ended.map(|ended| ended.reason),
        }
    }
}

impl From<ChangeRequest> for ChangeRequestView {
    fn from(request: ChangeRequest) -> Self {
        Self::from((request, None))
    }
}

/// What is planned for one category of cost in one stage.
#[derive(Serialize, ToSchema)]
pub(super) struct BudgetLineView {
    /// The scheme's code for the stage.
    stage: String,
    /// The scheme's code for the category.
    category: String,
    /// How much.
    #[schema(value_type = String)]
    amount: Cents,
}

impl From<BudgetLine> for BudgetLineView {
    fn from(BudgetLine { stage, category, amount }: BudgetLine) -> Self {
        Self { stage, category, amount }
    }
}

/// What the recipient owes after the project.
#[derive(Serialize, ToSchema)]
pub(super) struct ObligationView {
    /// The scheme's code for it.
    code: String,
    /// The last day, as far as it follows from the day on which the project ends.
    #[schema(value_type = String, format = Date)]
    due_on: Day,
}

/// What is planned of a running award, after all its changes.
#[derive(Serialize, ToSchema)]
pub(super) struct PlannedView {
    /// The last day of the project; null where it is not known.
    #[schema(value_type = Option<String>, format = Date)]
    ends_on: Option<Day>,
    /// What is planned for each category.
    budget: Vec<BudgetLineView>,
    /// What the project is about.
    scope: Option<String>,
    /// Who works on it, where that has changed.
    people: Option<String>,
    /// Who takes part, where that has changed.
    partner: Option<String>,
    /// What is owed after the project.
    obligations: Vec<ObligationView>,
}

impl PlannedView {
    pub(super) fn of(mut figures: Figures, obligations: Vec<(String, Day)>) -> Result<Self, Refusal> {
        let budget = figures.budget()?.into_iter().map(BudgetLineView::from).collect();
        let obligations = obligations.into_iter().map(|(code, due_on)| ObligationView { code, due_on }).collect();
        Ok(Self {
            ends_on: figures.ends_on,
            budget,
            scope: figures.texts.remove(&ChangeKind::Scope),
            people: figures.texts.remove(&ChangeKind::People),
            partner: figures.texts.remove(&ChangeKind::Partner),
            obligations,
        })
    }
}

/// The change requests of a case.
#[derive(Serialize, ToSchema)]
pub(super) struct ChangeRequestList {
    /// What is planned now; null where no award was accepted.
    pub(super) planned: Option<PlannedView>,
    /// Oldest first.
    pub(super) items: Vec<ChangeRequestView>,
}
