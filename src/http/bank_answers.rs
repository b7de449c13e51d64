//! What banks answer: a file comes in, is read, and is recorded whole or not at all. It is not kept itself.

use super::actor::{Caller, Signed};
use super::answer::Answer;
use super::body::{collect, too_large};
use super::code::Code;
use super::page::Short;
use super::problem::Problem;
use super::services::Door;
use crate::actions::bank_answers;
use crate::bank::{self, BYTES_MAX, Form};
use crate::store::bank_answers::Recorded;
use actix_web::dev::Payload;
use actix_web::http::header::CONTENT_LENGTH;
use actix_web::web::{Path, block};
use actix_web::{FromRequest, HttpMessage, HttpRequest, get, post};
use chrono::{DateTime, Utc};
use rules::bank_answer::BankAnswer;
use rules::hexadecimal;
use rules::ids::{BankAnswerId, BatchId, PersonId};
use rules::money::Cents;
use rules::refusal::Refusal;
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::future::{Ready, ready};
use std::sync::Arc;
use tokio::time::timeout;
use utoipa::ToSchema;

/// A file of a bank that is on file.
#[derive(Serialize, ToSchema)]
pub(super) struct BankAnswerView {
    /// Identity.
    #[schema(value_type = Uuid)]
    id: BankAnswerId,
    /// `pain.002`, `status_csv`, `camt.053`, `camt.054` or `statement_csv`.
    kind: &'static str,
    /// The bank's identifier of the message; null of a CSV.
    message: Option<String>,
    /// SHA-256 of its bytes.
    sha256: String,
    /// Which batch it answers; null of a statement.
    #[schema(value_type = Option<Uuid>)]
    batch: Option<BatchId>,
    /// Who recorded it.
    #[schema(value_type = Uuid)]
    recorded_by: PersonId,
    /// When.
    recorded_at: DateTime<Utc>,
    /// Of how many payments it says something.
    payments: i64,
    /// How many of its items match nothing.
    unmatched: i64,
    /// What has come back by it.
    #[schema(value_type = String)]
    returned: Cents,
}

impl From<Recorded> for BankAnswerView {
    fn from(answer: Recorded) -> Self {
        Self {
            id: answer.id,
            kind: answer.kind.code(),
            message: answer.message,
            sha256: answer.sha256,
            batch: answer.batch,
            recorded_by: answer.by,
            recorded_at: answer.at,
            payments: answer.payments.into(),
            unmatched: answer.unmatched.into(),
            returned: answer.returned,
        }
    }
}

impl From<BankAnswer> for BankAnswerView {
    fn from(answer: BankAnswer) -> Self {
        let count = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        Self {
            id: answer.id,
            kind: answer.kind.code(),
            message: answer.message,
            sha256: answer.sha256,
            batch: answer.batch,
            recorded_by: answer.by,
            recorded_at: answer.at,
            payments: count(answer.told.len()),
            unmatched: count(answer.items.len()),
            returned: answer.returned,
        }
    }
}

/// A file of a bank, of which nothing has been read yet.
pub(super) struct BankFile {
    form: Form,
    announced: Option<usize>,
    payload: Payload,
}

impl FromRequest for BankFile {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let announced = request.headers().get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
        let form = Form::from_mime(request.content_type());
        let neither = || {
            let detail = "Send what the bank sent, and say what it is: Content-Type: application/xml or text/csv.";
            Problem::new(Code::NeitherXmlNorCsv, detail)
        };
        let payload = payload.take();
        ready(form.map(|form| Self { form, announced, payload }).ok_or_else(neither))
    }
}

impl BankFile {
    /// Its hash and what it says, for somebody who may record it.
    async fn read<T: Send + 'static>(
        self,
        (door, caller): (&Door, &Caller),
        say: fn(Form, &[u8]) -> Result<T, Refusal>,
    ) -> Result<(String, T), Problem> {
        bank_answers::may_record(&caller.actor)?;
        let Self { form, announced, payload } = self;
        if announced.is_some_and(|length| length > BYTES_MAX) {
            return Err(too_large(BYTES_MAX));
        }
        let turn = Arc::clone(&door.uploads).try_acquire_owned().map_err(|_taken| Problem::uploads_taken())?;
        let Ok(bytes) = timeout(door.upload_time_max, collect(payload, BYTES_MAX)).await else {
            return Err(Problem::new(Code::TooSlow, "The file did not arrive in time."));
        };
        let bytes = bytes?;
        let read = block(move || (hexadecimal(&Sha256::digest(&bytes)), say(form, &bytes))).await;
        let (sha256, said) = read.map_err(|error| Problem::failed(&error.to_string()))?;
        drop(turn);
        Ok((sha256, said?))
    }
}

/// Record what a bank says of a released batch: pain.002 of 001.03 or 001.10, or a CSV of batch, payment, status, reason, amount, currency. It is
/// recorded whole or not at all, and once; what was rejected is owed again.
#[utoipa::path(
    tag = "bank answers", request_body(content = Vec<u8>, content_type = "application/xml"),
    params(("id" = Uuid, Path, description = "The batch")),
    responses(
        (status = 201, description = "Recorded", body = BankAnswerView),
        (status = 403, description = "You are on the side of somebody who is paid"),
        (status = 409, description = "It is on file, speaks against what is, or the batch was not released"),
        (status = 413, description = "Longer than is read; nothing was recorded"),
        (status = 422, description = "It cannot be read, is for another batch, or does not agree; nothing was recorded, and the line is named"),
    ),
)]
#[post("/batches/{id}/bank-answers")]
pub(super) async fn record_answer(
    door: Door,
    Signed(caller, (id, file)): Signed<(Path<BatchId>, BankFile)>,
) -> Result<Answer, Problem> {
    let given = file.read((&door, &caller), bank::report).await?;
    door.write(async move |tx| {
        let answer = bank_answers::record_report(tx, &caller.actor, *id, given).await?;
        Answer::created(format!("/api/v1/batches/{id}/bank-answers"), &BankAnswerView::from(answer))
    })
    .await
}

/// What banks have answered of a batch, newest first.
#[utoipa::path(
    tag = "bank answers", params(("id" = Uuid, Path, description = "The batch")),
    responses((status = 200, description = "All of them", body = Short<BankAnswerView>)),
)]
#[get("/batches/{id}/bank-answers")]
pub(super) async fn list_answers(door: Door, Signed(caller, id): Signed<Path<BatchId>>) -> Result<Answer, Problem> {
    let all = bank_answers::list(&mut door.reader().await?, &caller.actor, *id).await?;
    Answer::ok(&Short { items: all.into_iter().map(BankAnswerView::from).collect() })
}

/// Record what happened on the agency's accounts: camt.053 or camt.054 of 001.02 or 001.08, or a CSV of payment, side, amount, currency,
/// booked_on, reason, bank_reference. Payments are found by their end-to-end identifiers: a debit is executed, a credit has come back and is owed
/// again; what matches nothing waits. It is recorded whole or not at all, and once.
#[utoipa::path(
    tag = "bank answers", request_body(content = Vec<u8>, content_type = "application/xml"),
    responses(
        (status = 201, description = "Recorded", body = BankAnswerView),
        (status = 403, description = "You are on the side of somebody who is paid"),
        (status = 409, description = "It is on file, or speaks against what is"),
        (status = 413, description = "Longer than is read; nothing was recorded"),
        (status = 422, description = "It cannot be read, or does not agree; nothing was recorded, and the line is named"),
    ),
)]
#[post("/bank-statements")]
pub(super) async fn record_statement(door: Door, Signed(caller, file): Signed<BankFile>) -> Result<Answer, Problem> {
    let given = file.read((&door, &caller), bank::statement).await?;
    door.write(async move |tx| {
        let answer = bank_answers::record_statement(tx, &caller.actor, given).await?;
        Answer::created("/api/v1/unmatched-items".to_owned(), &BankAnswerView::from(answer))
    })
    .await
}
