//! The statement of account of one case: as JSON, CSV, a workbook and PDF.

use super::actor::{Caller, Signed};
use super::answer::Answer;
use super::given::disposition;
use super::problem::Problem;
use super::report_files::{TableFormat, table_named};
use super::services::Door;
use crate::actions::statements;
use crate::export::About;
use actix_web::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE, ETAG};
use actix_web::web::Path;
use actix_web::{HttpResponse, get};
use chrono::{DateTime, Utc};
use rules::application::Application;
use rules::calendar::Day;
use rules::ids::ApplicationId;
use rules::money::Cents;
use rules::report::Filter;
use rules::statement::{Line, PlannedAndPaid, Statement, StatementTotals};
use serde::Serialize;
use utoipa::ToSchema;

/// The money of a case as it stands now.
#[derive(Serialize, ToSchema)]
pub(super) struct StatementView {
    /// The application.
    #[schema(value_type = Uuid)]
    application: ApplicationId,
    /// Its reference.
    #[schema(example = "NIAS-2025-000123")]
    reference: String,
    /// The scheme's code.
    scheme: String,
    /// Who receives it.
    organisation: String,
    /// The title of the project.
    project: String,
    /// The currency of every amount.
    #[schema(example = "HKD")]
    currency: &'static str,
    /// The moment of which it is.
    as_of: DateTime<Utc>,
    /// What happened, in the order of time.
    lines: Vec<StatementLineView>,
    /// What the lines come to.
    totals: StatementTotalsView,
    /// The plan that holds, beside what was paid of it.
    plan: Vec<PlannedAndPaidView>,
}

/// A line of a statement. An amount is never below nothing: its kind says which way it goes.
#[derive(Serialize, ToSchema)]
struct StatementLineView {
    /// The day on which it happened.
    #[schema(value_type = String, format = Date)]
    on: Day,
    /// `award`, `raised`, `cut`, `carried_over`, `carried_over_less`, `planned`, `claimed`, `claim_returned`, `certified`, `paid`,
    /// `came_back`, `settled`, `given_back`, `overpaid`, `demanded`, `interest`, `received`, `written_off`, `interest_reversed`,
    /// `receipt_reversed` or `write_off_reversed`.
    #[schema(example = "paid")]
    entry: &'static str,
    /// The instalment that it is about.
    instalment: Option<String>,
    /// The reference of the batch or of the demand; of a change, the number of its request.
    reference: Option<String>,
    /// The day from which or by which something is due, on which a bank was to pay or has booked it, or until which interest is charged.
    #[schema(value_type = Option<String>, format = Date)]
    value_on: Option<Day>,
    /// How much.
    #[schema(value_type = String)]
    amount: Cents,
    /// What is promised and not paid after it.
    #[schema(value_type = String)]
    outstanding: Cents,
    /// What is owed back after it.
    #[schema(value_type = String)]
    owed_back: Cents,
}

/// What a statement comes to.
#[derive(Serialize, ToSchema)]
struct StatementTotalsView {
    /// What the case has of the scheme's money: the award after its changes, and what is carried over; once it is settled, the settlement.
    #[schema(value_type = String)]
    award: Cents,
    /// What was certified.
    #[schema(value_type = String)]
    certified: Cents,
    /// What was paid, less what banks have brought back.
    #[schema(value_type = String)]
    paid: Cents,
    /// What is promised and not paid.
    #[schema(value_type = String)]
    outstanding: Cents,
    /// The principal of what was demanded back.
    #[schema(value_type = String)]
    demanded: Cents,
    /// The interest charged on it.
    #[schema(value_type = String)]
    interest: Cents,
    /// What was received of both.
    #[schema(value_type = String)]
    received: Cents,
    /// What was written off of both.
    #[schema(value_type = String)]
    written_off: Cents,
    /// What is owed back.
    #[schema(value_type = String)]
    owed_back: Cents,
    /// What was found to be overpaid and no confirmed demand is of.
    #[schema(value_type = String)]
    not_demanded: Cents,
}

/// An instalment, as it is planned and as it was paid.
#[derive(Serialize, ToSchema)]
struct PlannedAndPaidView {
    /// The scheme's code for it.
    instalment: String,
    /// The day before which it is not due; null where it waits for an event.
    #[schema(value_type = Option<String>, format = Date)]
    due_on: Option<Day>,
    /// What is planned.
    #[schema(value_type = String)]
    planned: Cents,
    /// What was paid, less what banks have brought back.
    #[schema(value_type = String)]
    paid: Cents,
}

impl From<&Line> for StatementLineView {
    fn from(line: &Line) -> Self {
        Self {
            on: line.on(),
            entry: line.kind.code(),
            instalment: line.instalment.clone(),
            reference: line.reference.clone(),
            value_on: line.value_on,
            amount: line.amount,
            outstanding: line.outstanding,
            owed_back: line.owed_back,
        }
    }
}

impl From<StatementTotals> for StatementTotalsView {
    fn from(totals: StatementTotals) -> Self {
        Self {
            award: totals.award,
            certified: totals.certified,
            paid: totals.paid,
            outstanding: totals.outstanding,
            demanded: totals.demanded,
            interest: totals.interest,
            received: totals.received,
            written_off: totals.written_off,
            owed_back: totals.owed_back,
            not_demanded: totals.not_demanded,
        }
    }
}

impl From<PlannedAndPaid> for PlannedAndPaidView {
    fn from(part: PlannedAndPaid) -> Self {
        let PlannedAndPaid { instalment, due_on, planned, paid } = part;
        Self { instalment, due_on, planned, paid }
    }
}

async fn found(door: &Door, caller: &Caller, id: ApplicationId) -> Result<(Application, Statement), Problem> {
    Ok(statements::of_case(&mut door.reader().await?, &caller.actor, (id, door.moment.now)).await?)
}

/// The statement of account of an application as of now: what was promised, claimed, certified, paid, brought back and demanded, in the
/// order of time, and what it comes to. Whoever sees the money of a case has it; its applicant once the award is offered.
#[utoipa::path(
    tag = "statements", params(("id" = Uuid, Path, description = "The application")),
    responses((status = 200, description = "Lines and totals", body = StatementView)),
)]
#[get("/applications/{id}/statement")]
pub(super) async fn read(door: Door, Signed(caller, id): Signed<Path<ApplicationId>>) -> Result<Answer, Problem> {
    let (application, Statement { lines, totals, plan }) = found(&door, &caller, *id).await?;
    Answer::ok(&StatementView {
        application: application.id,
        reference: application.reference,
        scheme: application.scheme,
        organisation: application.organisation_name,
        project: application.content.title,
        currency: "HKD",
        as_of: door.moment.now,
        lines: lines.iter().map(StatementLineView::from).collect(),
        totals: totals.into(),
        plan: plan.into_iter().map(PlannedAndPaidView::from).collect(),
    })
}

async fn lines_as(door: Door, caller: Caller, id: ApplicationId, format: TableFormat) -> Result<HttpResponse, Problem> {
    let (application, statement) = found(&door, &caller, id).await?;
    let name = format!("{}-statement", application.reference);
    let case = Some(application.reference);
    let about = About { case, filter: Filter::default(), made_at: door.moment.recorded_at };
    table_named(&name, &statement.lines, about, format)
}

/// Its lines as CSV that a spreadsheet opens. The columns from `award_hkd` to `written_off_hkd` add up to the totals.
#[utoipa::path(
    tag = "statements", params(("id" = Uuid, Path, description = "The application")),
    responses((status = 200, description = "UTF-8 with a byte order mark", body = String, content_type = "text/csv")),
)]
#[get("/applications/{id}/statement.csv")]
pub(super) async fn csv(door: Door, Signed(caller, id): Signed<Path<ApplicationId>>) -> Result<HttpResponse, Problem> {
    lines_as(door, caller, *id, TableFormat::Csv).await
}

/// Its lines as a workbook: typed cells, totals, frozen header, filters.
#[utoipa::path(
    tag = "statements", params(("id" = Uuid, Path, description = "The application")),
    responses((
        status = 200, description = "A workbook", body = Vec<u8>,
        content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    )),
)]
#[get("/applications/{id}/statement.xlsx")]
pub(super) async fn xlsx(door: Door, Signed(caller, id): Signed<Path<ApplicationId>>) -> Result<HttpResponse, Problem> {
    lines_as(door, caller, *id, TableFormat::Xlsx).await
}

/// It as PDF, in English and Traditional Chinese, with a chart of the plan beside what was paid, tagged for screen readers. `ETag` is the
/// SHA-256 of its text as canonical JSON (RFC 8785), which stands at the foot of each page with the time in the text.
#[utoipa::path(
    tag = "statements", params(("id" = Uuid, Path, description = "The application")),
    responses(
        (status = 200, description = "The PDF", body = Vec<u8>, content_type = "application/pdf"),
        (status = 503, description = "Others have their letters set at this moment, or the fonts are missing"),
    ),
)]
#[get("/applications/{id}/statement.pdf")]
pub(super) async fn pdf(door: Door, Signed(caller, id): Signed<Path<ApplicationId>>) -> Result<HttpResponse, Problem> {
    // The connection is given back before it is set.
    let asked = (*id, door.moment.now);
    let text = statements::on_paper(&mut door.reader().await?, &caller.actor, &door.schemes, asked).await?;
    let (_, sha256) = text.written();
    let name = format!("{}-statement.pdf", text.reference);
    let pdf = door.press.pdf(text, sha256.clone()).await?;
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "application/pdf"))
        .insert_header((CONTENT_DISPOSITION, disposition(&name)))
        .insert_header((ETAG, format!("\"{sha256}\"")))
        .body(pdf))
}
