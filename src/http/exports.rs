//! Exports: a long report asked for as a file, followed while it is written, and taken in as many pieces as one likes until it expires.

use super::actor::Signed;
use super::answer::Answer;
use super::given::{Given, give};
use super::idempotency::Keyed;
use super::page::{Asked, Page, PageQuery};
use super::problem::Problem;
use super::report_shapes::ReportFilter;
use super::services::Door;
use crate::actions::exports;
use crate::store::exports::{Export, Written};
use actix_web::web::{Path, Query};
use actix_web::{HttpRequest, HttpResponse, get, post};
use chrono::{DateTime, Utc};
use rules::export::{ExportFormat, ExportReport};
use rules::ids::ExportId;
use rules::money::Cents;
use rules::report::Filter;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A report that is written to a file.
#[derive(Serialize, ToSchema)]
pub(super) struct ExportView {
    /// Identity.
    #[schema(value_type = Uuid)]
    id: ExportId,
    /// Which report.
    #[schema(example = "disbursements")]
    report: &'static str,
    /// In which format.
    #[schema(example = "csv")]
    format: &'static str,
    /// What it is narrowed to.
    #[schema(value_type = ReportFilter)]
    filter: Filter,
    /// When it was asked for.
    asked_at: DateTime<Utc>,
    /// `waiting`, `running`, `done` or `failed`.
    state: &'static str,
    /// How many rows are written.
    rows_done: i64,
    /// How many there are, where that is known before all are written.
    rows_total: Option<i64>,
    /// Why it cannot be written.
    failure: Option<String>,
    /// The file, once it is written: to be taken at `/exports/{id}/file` until it expires.
    file: Option<ExportFileView>,
}

/// What is known of a file, so that whoever has it can see that they have all of it.
#[derive(Serialize, ToSchema)]
struct ExportFileView {
    /// Under which name it is kept.
    #[schema(example = "disbursements.csv")]
    name: String,
    /// How long it is.
    bytes: u64,
    /// SHA-256 of its bytes, in hexadecimal.
    sha256: String,
    /// How many rows it has.
    rows: u64,
    /// The control total: what the rows come to.
    #[schema(value_type = String)]
    control_total: Cents,
    /// As of when.
    made_at: DateTime<Utc>,
    /// Until when it is kept.
    expires_at: DateTime<Utc>,
}

fn name(report: ExportReport, format: ExportFormat) -> String {
    format!("{}.{}", report.code(), format.code())
}

impl From<Export> for ExportView {
    fn from(export: Export) -> Self {
        let order = export.order;
        let name = name(order.report, order.format);
        let kept = |written: Written| ExportFileView {
            name,
            bytes: written.bytes,
            sha256: written.sha256,
            rows: written.rows,
            control_total: written.control,
            made_at: written.made_at,
            expires_at: written.expires_at,
        };
        Self {
            id: order.id,
            report: order.report.code(),
            format: order.format.code(),
            filter: order.filter,
            asked_at: order.at,
            state: export.state.code(),
            rows_done: export.rows_done,
            rows_total: export.rows_total,
            failure: export.failure,
            file: export.written.map(kept),
        }
    }
}

/// Which report is wanted as a file.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewExport {
    /// `disbursements`, `recoveries` or `obligations`.
    #[schema(value_type = String, example = "disbursements")]
    report: ExportReport,
    /// `csv`, `json` or `xlsx`.
    #[schema(value_type = String, example = "csv")]
    format: ExportFormat,
    /// What it is narrowed to, as the report itself is; of recoveries, `to` is the day at whose end they stood so.
    #[serde(default)]
    #[schema(value_type = Option<ReportFilter>)]
    filter: Filter,
}

/// Ask for a report as a file. The worker writes it, as of the moment at which it begins; at most three of one person are written at once.
#[utoipa::path(
    tag = "exports", request_body = NewExport,
    params(("Idempotency-Key" = String, Header, description = "One string in quotes for each thing to be done")),
    responses((status = 201, description = "It waits for the worker", body = ExportView)),
)]
#[post("/exports")]
pub(super) async fn ask(
    door: Door,
    Signed(caller, Keyed { body, once }): Signed<Keyed<NewExport>>,
) -> Result<Answer, Problem> {
    door.write_once(caller.person, once, async move |tx| {
        let export = exports::ask(tx, &caller.actor, (body.report, body.format), body.filter).await?;
        Answer::created(format!("/api/v1/exports/{}", export.order.id), &ExportView::from(export))
    })
    .await
}

/// One's own exports, newest first.
#[utoipa::path(tag = "exports", params(PageQuery), responses((status = 200, description = "A page", body = Page<ExportView>)))]
#[get("/exports")]
pub(super) async fn list(
    door: Door,
    request: HttpRequest,
    Signed(caller, query): Signed<Query<PageQuery>>,
) -> Result<Answer, Problem> {
    let asked = Asked::<ExportId>::read(query.cursor.as_deref(), query.limit)?;
    let rows = exports::list(&mut door.reader().await?, &caller.actor, asked.after, asked.rows()).await?;
    Page::of(&asked, rows, |export| export.order.id, ExportView::from)?.answer(&request)
}

/// One export of one's own: how far it has come and, once it is written, how many rows it has, what they come to, and its hash.
#[utoipa::path(
    tag = "exports", params(("id" = Uuid, Path, description = "The export")),
    responses((status = 200, description = "The export", body = ExportView)),
)]
#[get("/exports/{id}")]
pub(super) async fn read(door: Door, Signed(caller, id): Signed<Path<ExportId>>) -> Result<Answer, Problem> {
    Answer::ok(&ExportView::from(exports::read(&mut door.reader().await?, &caller.actor, *id).await?))
}

/// The file of an export, or one range of its bytes, so that a download that broke off goes on where it was.
#[utoipa::path(
    tag = "exports",
    params(
        ("id" = Uuid, Path, description = "The export"),
        ("Range" = Option<String>, Header, description = "One range, such as bytes=1048576-"),
    ),
    responses(
        (status = 200, description = "All of it", body = Vec<u8>, content_type = "application/octet-stream"),
        (status = 206, description = "The range", body = Vec<u8>, content_type = "application/octet-stream"),
    ),
)]
#[get("/exports/{id}/file")]
pub(super) async fn export_file(
    door: Door,
    request: HttpRequest,
    Signed(caller, id): Signed<Path<ExportId>>,
) -> Result<HttpResponse, Problem> {
    let asked = (*id, door.moment.recorded_at);
    // The connection is given back before the first byte is read.
    let (order, written) = exports::file(&mut door.reader().await?, &caller.actor, asked).await?;
    let name = name(order.report, order.format);
    // To be kept, whatever it is: its name says that.
    let mime = "application/octet-stream".to_owned();
    let Written { file, bytes, sha256, .. } = written;
    give(&door.files, Given { id: file, bytes, sha256: &sha256, name: &name, mime }, request.headers()).await
}
