//! The report of what is owed beside projects, in every format.

use super::actor::Signed;
use super::problem::Problem;
use super::report_files::{csv_of, json_of, workbook_of};
use super::services::Door;
use crate::actions::reports;
use crate::export::About;
use actix_web::web::Query;
use actix_web::{HttpResponse, get};
use chrono::{DateTime, Utc};
use rules::report::Filter;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

/// What the report is narrowed to.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ObligationsQuery {
    /// Of this scheme only.
    scheme: Option<String>,
}

impl ObligationsQuery {
    fn about(self, door: &Door) -> (Option<String>, About) {
        let filter = Filter { scheme: self.scheme.clone(), ..Filter::default() };
        (self.scheme, About { case: None, filter, made_at: door.moment.recorded_at })
    }
}

/// What is owed beside projects, with what was asked.
#[derive(ToSchema)]
#[expect(dead_code, reason = "nothing is made of it: the pieces are written as they come")]
pub(super) struct ObligationsReport {
    /// Its name.
    #[schema(example = "obligations")]
    report: String,
    /// The currency of every amount.
    #[schema(example = "HKD")]
    currency: String,
    /// When it was made.
    made_at: DateTime<Utc>,
    /// What it was narrowed to.
    filter: super::report_shapes::ReportFilter,
    /// In the order of schemes and days.
    rows: Vec<ObligationRow>,
    /// What they add up to.
    totals: ObligationsTotals,
}

/// Something that is owed.
#[derive(ToSchema)]
#[expect(dead_code, reason = "nothing is made of it: the pieces are written as they come")]
struct ObligationRow {
    /// The scheme's code.
    scheme: String,
    /// The reference of the application.
    reference: String,
    /// Who owes it.
    organisation: String,
    /// The scheme's code for it.
    obligation: String,
    /// What it is.
    kind: String,
    /// Where it stands: `open`, `submitted` or `accepted`.
    state: String,
    /// Its last day; empty while the day from which it is counted is not known.
    due_on: String,
    /// By how many days it is late.
    days_late: u64,
    /// Whether it blocks payments while it is late: `yes` or `no`.
    blocks_payment: String,
    /// The day on which it was last handed in; empty while nothing was.
    submitted_on: String,
    /// The day on which it was accepted; empty before that.
    accepted_on: String,
}

/// How many there are.
#[derive(ToSchema)]
#[expect(dead_code, reason = "nothing is made of it: the pieces are written as they come")]
struct ObligationsTotals {
    /// How many rows.
    rows: u64,
    /// The control total: 0.00, since it is of no money.
    control_total: String,
}

/// What is owed beside projects on the cases that run or are completed: reports and accounts, with their days and by how many each is late.
#[utoipa::path(tag = "reports", params(ObligationsQuery), responses((status = 200, description = "Rows", body = ObligationsReport)))]
#[get("/reports/obligations")]
pub(super) async fn obligations(
    door: Door,
    Signed(caller, query): Signed<Query<ObligationsQuery>>,
) -> Result<HttpResponse, Problem> {
    let (scheme, about) = query.into_inner().about(&door);
    let today = door.moment.today();
    json_of(reports::obligations(door.long_reader().await?, &caller.actor, (scheme, today)).await?, &about)
}

/// What is owed beside projects as CSV that a spreadsheet opens, streamed.
#[utoipa::path(
    tag = "reports", params(ObligationsQuery),
    responses((status = 200, description = "UTF-8 with a byte order mark", body = String, content_type = "text/csv")),
)]
#[get("/reports/obligations.csv")]
pub(super) async fn obligations_csv(
    door: Door,
    Signed(caller, query): Signed<Query<ObligationsQuery>>,
) -> Result<HttpResponse, Problem> {
    let (scheme, _) = query.into_inner().about(&door);
    let today = door.moment.today();
    csv_of(reports::obligations(door.long_reader().await?, &caller.actor, (scheme, today)).await?)
}

/// What is owed beside projects as a workbook: typed cells, totals, frozen header, filters.
#[utoipa::path(
    tag = "reports", params(ObligationsQuery),
    responses((
        status = 200, description = "A workbook", body = Vec<u8>,
        content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    )),
)]
#[get("/reports/obligations.xlsx")]
pub(super) async fn obligations_xlsx(
    door: Door,
    Signed(caller, query): Signed<Query<ObligationsQuery>>,
) -> Result<HttpResponse, Problem> {
    let (scheme, about) = query.into_inner().about(&door);
    let today = door.moment.today();
    workbook_of(reports::obligations(door.long_reader().await?, &caller.actor, (scheme, today)).await?, about).await
}
