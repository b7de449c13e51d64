//! What is due in a scheme, and what is late: each with who owes it.

use super::actor::Signed;
use super::answer::Answer;
use super::page::{Asked, Page};
use super::problem::Problem;
use super::services::Door;
use crate::actions::dues;
use actix_web::web::Query;
use actix_web::{HttpRequest, get};
use rules::calendar::Day;
use rules::due::{Due, OwedBy};
use rules::ids::{ApplicationId, OrganisationId, PersonId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// Something that is due.
#[derive(Serialize, ToSchema)]
pub(super) struct DueView {
    /// What is to be done: `assessment.accept`, `assessment.score`, `application.resubmit`, `award.accept` or `obligation.submit`.
    act: &'static str,
    /// On which application.
    #[schema(value_type = Uuid)]
    application: ApplicationId,
    /// The reference that people use.
    reference: String,
    /// The assessor who owes it, where one does.
    #[schema(value_type = Option<Uuid>)]
    assessor: Option<PersonId>,
    /// The organisation that owes it, where one does.
    #[schema(value_type = Option<Uuid>)]
    organisation: Option<OrganisationId>,
    /// What they are called.
    name: String,
    /// Its last day.
    #[schema(value_type = String, format = Date)]
    due_on: Day,
    /// By how many days it is late.
    late_days: u32,
}

fn view(due: Due, today: Day) -> DueView {
    let late_days = due.late_days(today);
    let Due { act, application, reference, by, name, due_on, .. } = due;
    let (assessor, organisation) = match by {
        OwedBy::Assessor(person) => (Some(person), None),
        OwedBy::Applicant(organisation) => (None, Some(organisation)),
    };
    DueView { act: act.code(), application, reference, assessor, organisation, name, due_on, late_days }
}

/// Of which scheme.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct DueQuery {
    /// The scheme's code.
    scheme: String,
    /// Where the last page ended: its `next`.
    cursor: Option<String>,
    /// How many at most; 50 when left out.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u16>,
}

/// What single assessors and applicants owe in a scheme, the earliest day first, and by how many days it is late. What each step of the
/// agency owes is in `/reports/clocks`. Cases of your own organisations are left out.
#[utoipa::path(
    tag = "reports", params(DueQuery),
    responses((status = 200, description = "One page", body = Page<DueView>)),
)]
#[get("/reports/dues")]
pub(super) async fn list(
    door: Door,
    request: HttpRequest,
    Signed(caller, query): Signed<Query<DueQuery>>,
) -> Result<Answer, Problem> {
    let asked = Asked::<(Day, Uuid)>::read(query.cursor.as_deref(), query.limit)?;
    let (mut reader, today) = (door.reader().await?, door.moment.today());
    let from = (asked.after, door.moment.now);
    let found = dues::list(&mut reader, &caller.actor, &query.scheme, from, asked.rows()).await?;
    Page::of(&asked, found, Due::place, |due| view(due, today))?.answer(&request)
}
