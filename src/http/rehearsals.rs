//! Rehearsals of drafts: asked for, followed, and read case by case.

use super::actor::Signed;
use super::answer::Answer;
use super::idempotency::Keyed;
use super::page::{Asked, Page, PageQuery};
use super::problem::Problem;
use super::services::Door;
use super::shapes::{EnvelopeShape, TotalsShape};
use crate::actions::rehearsals;
use crate::store::rehearsals::{CaseRow, Progress};
use actix_web::web::{Path, Query};
use actix_web::{HttpRequest, get, post};
use chrono::{DateTime, Utc};
use rules::calendar::Day;
use rules::ids::{RehearsalId, SchemeDraftId};
use rules::rehearsal::{Effect, FAULTY, Portfolio};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// A rehearsal.
#[derive(Serialize, ToSchema)]
pub(super) struct RehearsalView {
    /// Identity.
    id: Uuid,
    /// Of which draft.
    draft: Uuid,
    /// The scheme's code.
    #[schema(example = "NIAS")]
    scheme: String,
    /// The published text that the draft is compared with.
    before: Uuid,
    /// SHA-256 of the draft's text when this was asked for.
    after: String,
    /// The day whose rules apply to every case; left out, each case's own day.
    #[schema(value_type = Option<String>, format = Date)]
    #[serde(skip_serializing_if = "Option::is_none")]
    on: Option<Day>,
    /// `recorded`, or how the portfolio is written: `csv`, `jsonl`.
    cases: String,
    /// Who asked.
    asked_by: Uuid,
    /// When.
    asked_at: DateTime<Utc>,
    /// `waiting`, `running`, `done` or `failed`.
    state: String,
    /// How many cases have been worked out.
    cases_done: i64,
    /// How many there are, once they are counted.
    cases_total: Option<i64>,
    /// Once it is done: for each kind of change how many cases, and what they get before and after; the money of the scheme, and
    /// whether the total passes it; how many of the draft's examples do not hold.
    #[schema(value_type = Option<RehearsalResult>)]
    result: Option<Value>,
    /// Why it failed.
    failure: Option<String>,
}

impl From<Progress> for RehearsalView {
    fn from(row: Progress) -> Self {
        Self {
            id: row.id,
            draft: row.draft_id,
            scheme: row.scheme_code,
            before: row.before_text_id,
            after: row.after_hash,
            on: row.on_day.map(Day::from),
            cases: row.format.unwrap_or_else(|| "recorded".to_owned()),
            asked_by: row.asked_by,
            asked_at: row.asked_at,
            state: row.state.code().to_owned(),
            cases_done: row.cases_done,
            cases_total: row.cases_total,
            result: row.result,
            failure: row.failure,
        }
    }
}

/// What a rehearsal comes to, as the worker has kept it.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes what is kept as JSON")]
struct RehearsalResult {
    /// For each kind of change, how many cases, and what they get before and after.
    totals: TotalsShape,
    /// The money of the scheme, and whether the total passes it; null where the draft does not say.
    envelope: Option<EnvelopeShape>,
    /// How many of the draft's examples do not hold.
    failing_examples: u64,
}

/// The verdict on a case, as the worker has kept it; of one that could not be worked out, the reason.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes what is kept as JSON")]
struct RehearsedVerdict {
    /// Which line of the portfolio; left out for a recorded application.
    line: Option<u64>,
    /// What it is called.
    id: Option<String>,
    /// The day whose rules applied.
    #[schema(format = Date)]
    on: Option<String>,
    /// As in the case.
    change: String,
    /// What it gets under the text in force.
    before: Option<String>,
    /// What it gets under the draft.
    after: Option<String>,
    /// How much more; below nothing where it is less.
    difference: Option<String>,
    /// What limits it under the text in force.
    limited_by_before: Option<Vec<String>>,
    /// What limits it under the draft.
    limited_by_after: Option<Vec<String>>,
    /// What refuses it under the text in force.
    refused_by_before: Option<Vec<String>>,
    /// What refuses it under the draft.
    refused_by_after: Option<Vec<String>>,
    /// Why it changes, or what is wrong with it.
    reason: Option<String>,
    /// The same in Traditional Chinese.
    reason_zh_hant: Option<String>,
}

/// Cases of one's own.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes what the rules read")]
struct PortfolioShape {
    /// `csv` or `jsonl`.
    #[schema(example = "csv")]
    format: String,
    /// The whole file.
    text: String,
}

/// What became of a case.
#[derive(Serialize, ToSchema)]
pub(super) struct RehearsedCase {
    /// Its place among all cases, from 1.
    sequence: i64,
    /// The reference of the application, or what the portfolio calls it.
    name: String,
    /// `more`, `less`, `nothing`, `new` or `faulty`.
    change: String,
    /// The grant before and after, with what limits or refuses it, and the reason in words; or what is wrong with the case.
    #[schema(value_type = RehearsedVerdict)]
    verdict: Value,
}

impl From<CaseRow> for RehearsedCase {
    fn from(row: CaseRow) -> Self {
        Self { sequence: row.sequence, name: row.name, change: row.change, verdict: row.verdict }
    }
}

/// What is rehearsed.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RehearsalRequest {
    /// The day whose rules apply to every case; left out, each case's own day: that of its submission, or its `on`.
    #[schema(value_type = Option<String>, format = Date)]
    #[serde(default)]
    on: Option<Day>,
    /// Cases of your own: `format` is `csv` or `jsonl`, `text` the whole file. A body holds 1 MiB, which is about seven thousand
    /// cases; for more there is the command line. Left out, the recorded applications of the scheme
    /// that stand.
    #[schema(value_type = Option<PortfolioShape>)]
    #[serde(default)]
    portfolio: Option<Portfolio>,
}

/// What the cases are narrowed to.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct CasesQuery {
    /// `more`, `less`, `nothing`, `new` or `faulty`; all of them when left out.
    change: Option<String>,
    /// Where the last page ended: its `next`.
    cursor: Option<String>,
    /// How many at most; 50 when left out.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u16>,
}

/// Rehearse a draft that can be read: the worker compares it with the text in force, case by case. Its examples need not hold.
#[utoipa::path(
    tag = "rehearsals", request_body = RehearsalRequest,
    params(
        ("id" = Uuid, Path, description = "The draft"),
        ("Idempotency-Key" = String, Header, description = "One string in quotes for each thing to be done"),
    ),
    responses((status = 201, description = "It waits for the worker", body = RehearsalView)),
)]
#[post("/scheme-drafts/{id}/rehearsals")]
pub(super) async fn ask(
    door: Door,
    Signed(caller, (id, Keyed { body, once })): Signed<(Path<SchemeDraftId>, Keyed<RehearsalRequest>)>,
) -> Result<Answer, Problem> {
    door.write_once(caller.person, once, async move |tx| {
        let row = rehearsals::ask(tx, &caller.actor, *id, body.on, body.portfolio).await?;
        Answer::created(format!("/api/v1/rehearsals/{}", row.id), &RehearsalView::from(row))
    })
    .await
}

/// The rehearsals of a draft, newest first. They are kept for three months.
#[utoipa::path(
    tag = "rehearsals", params(("id" = Uuid, Path, description = "The draft"), PageQuery),
    responses((status = 200, description = "One page", body = Page<RehearsalView>)),
)]
#[get("/scheme-drafts/{id}/rehearsals")]
pub(super) async fn list(
    door: Door,
    request: HttpRequest,
    Signed(caller, (id, query)): Signed<(Path<SchemeDraftId>, Query<PageQuery>)>,
) -> Result<Answer, Problem> {
    let asked = Asked::<RehearsalId>::read(query.cursor.as_deref(), query.limit)?;
    let rows = rehearsals::list(&mut door.reader().await?, &caller.actor, *id, asked.after, asked.rows()).await?;
    Page::of(&asked, rows, |row| RehearsalId(row.id), RehearsalView::from)?.answer(&request)
}

/// A rehearsal: how far it has come, and what it comes to.
#[utoipa::path(
    tag = "rehearsals", params(("id" = Uuid, Path, description = "The rehearsal")),
    responses((status = 200, description = "The rehearsal", body = RehearsalView)),
)]
#[get("/rehearsals/{id}")]
pub(super) async fn read(door: Door, Signed(caller, id): Signed<Path<RehearsalId>>) -> Result<Answer, Problem> {
    Answer::ok(&RehearsalView::from(rehearsals::read(&mut door.reader().await?, &caller.actor, *id).await?))
}

/// The cases that change, and those that could not be worked out. Those of your own organisations are left out.
#[utoipa::path(
    tag = "rehearsals", params(("id" = Uuid, Path, description = "The rehearsal"), CasesQuery),
    responses((status = 200, description = "One page", body = Page<RehearsedCase>)),
)]
#[get("/rehearsals/{id}/cases")]
pub(super) async fn cases(
    door: Door,
    request: HttpRequest,
    Signed(caller, (id, query)): Signed<(Path<RehearsalId>, Query<CasesQuery>)>,
) -> Result<Answer, Problem> {
    let asked = Asked::<i64>::read(query.cursor.as_deref(), query.limit)?;
    let known = |code: &str| code == FAULTY || changes().any(|change| change == code);
    let change = query.change.as_deref();
    if change.is_some_and(|code| !known(code)) {
        return Err(Problem::malformed_parameter("change", "write more, less, nothing, new or faulty"));
    }
    let within = (asked.after, asked.rows());
    let rows = rehearsals::cases(&mut door.reader().await?, &caller.actor, *id, change, within).await?;
    Page::of(&asked, rows, |row| row.sequence, RehearsedCase::from)?.answer(&request)
}

/// Every effect that is kept.
fn changes() -> impl Iterator<Item = &'static str> {
    Effect::ALL.into_iter().filter(|change| *change != Effect::Same).map(Effect::code)
}
