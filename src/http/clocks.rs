//! Service clocks: of one case, and of all that wait in a scheme.

use super::actor::Signed;
use super::answer::Answer;
use super::problem::Problem;
use super::services::Door;
use crate::actions::clocks::{self, OfStep};
use actix_web::get;
use actix_web::web::{Path, Query};
use rules::calendar::Day;
use rules::clock::{Clock, Step};
use rules::ids::ApplicationId;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// The clock of a step of a case.
#[derive(Serialize, ToSchema)]
pub(super) struct ClockView {
    /// Screening, assessment, approval or offer.
    #[schema(value_type = String)]
    step: Step,
    /// The role that owes it.
    owed_by: &'static str,
    /// Whether the case waits for it now.
    running: bool,
    /// On how many days the case has waited for it; days on which it waited for the applicant are not counted.
    spent_days: u32,
    /// The days that the scheme pledges; none where it pledges nothing.
    pledged_days: Option<u32>,
    /// While it runs, the last day that keeps the pledge; it may be over.
    #[schema(value_type = Option<String>, format = Date)]
    due_on: Option<Day>,
    /// By how many days the pledge is passed.
    late_days: u32,
}

impl From<Clock> for ClockView {
    fn from(clock: Clock) -> Self {
        let Clock { step, owed_by, running, spent_days, pledged_days, due_on, late_days } = clock;
        Self { step, owed_by: owed_by.code(), running, spent_days, pledged_days, due_on, late_days }
    }
}

/// A case that waits.
#[derive(Serialize, ToSchema)]
pub(super) struct WaitingView {
    /// Which application.
    #[schema(value_type = Uuid)]
    application: ApplicationId,
    /// The reference that people use.
    reference: String,
    /// Its clock.
    #[serde(flatten)]
    clock: ClockView,
}

/// What waits for one step.
#[derive(Serialize, ToSchema)]
pub(super) struct StepView {
    /// Screening, assessment, approval or offer.
    #[schema(value_type = String)]
    step: Step,
    /// The role that owes it.
    owed_by: &'static str,
    /// How many cases wait for it; no more than ten thousand are counted of those to which one text makes one pledge.
    waiting: i64,
    /// Of how many the pledge is passed.
    late: i64,
    /// The cases, the latest first and then those that wait longest: the first hundred.
    cases: Vec<WaitingView>,
}

/// Of which scheme.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ClocksQuery {
    /// The scheme's code.
    scheme: String,
}

/// What is due and what is late in a scheme, step by step, and who owes it.
#[utoipa::path(
    tag = "reports", params(ClocksQuery),
    responses((status = 200, description = "One entry for each step", body = Vec<StepView>)),
)]
#[get("/reports/clocks")]
pub(super) async fn of_scheme(
    door: Door,
    Signed(caller, query): Signed<Query<ClocksQuery>>,
) -> Result<Answer, Problem> {
    let mut reader = door.reader().await?;
    let steps = clocks::of_scheme(&mut reader, &caller.actor, (&door.schemes, door.moment), &query.scheme).await?;
    Answer::ok(&steps.into_iter().map(StepView::from).collect::<Vec<_>>())
}

impl From<OfStep> for StepView {
    fn from(OfStep { step, counted, first }: OfStep) -> Self {
        let cases = first.into_iter().map(|(waiting, clock)| WaitingView {
            application: waiting.application,
            reference: waiting.reference,
            clock: ClockView::from(clock),
        });
        let (waiting, late) = (counted.waiting, counted.late);
        Self { step, owed_by: step.owed_by().code(), waiting, late, cases: cases.collect() }
    }
}

/// How long each step of a case has taken, beside what the scheme pledges.
#[utoipa::path(
    tag = "applications", params(("id" = Uuid, Path, description = "The application")),
    responses((status = 200, description = "One clock for each step that has begun", body = Vec<ClockView>)),
)]
#[get("/applications/{id}/clocks")]
pub(super) async fn of_case(door: Door, Signed(caller, id): Signed<Path<ApplicationId>>) -> Result<Answer, Problem> {
    let mut reader = door.reader().await?;
    let all = clocks::of_case(&mut reader, &caller.actor, &door.schemes, (*id, door.moment)).await?;
    Answer::ok(&all.into_iter().map(ClockView::from).collect::<Vec<_>>())
}
