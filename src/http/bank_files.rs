//! Files for banks. They are made when somebody takes one and kept nowhere, not even as the answer of a request.

use super::actor::Signed;
use super::body::Body;
use super::problem::Problem;
use super::services::Door;
use crate::actions::bank_files::{self, Taken};
use crate::export::bank_file::{BankFileError, BankFormat};
use crate::store::Tx;
use actix_web::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE, ETAG};
use actix_web::web::Path;
use actix_web::{HttpResponse, post};
use rules::ids::BatchId;
use serde::Deserialize;
use utoipa::ToSchema;

/// Which file.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct BankFileRequest {
    /// `pain.001.001.09`, `pain.001.001.03` or `csv`.
    #[schema(value_type = String, example = "pain.001.001.09")]
    format: BankFormat,
}

impl From<BankFileError> for Problem {
    fn from(error: BankFileError) -> Self {
        Self::failed(&error.to_string())
    }
}

/// Take the file of a released batch for the bank. It is the same file whenever it is taken, in the format of the first time, and each time the audit says who took it. `ETag` is
/// its SHA-256.
#[utoipa::path(
    tag = "batches", request_body = BankFileRequest, params(("id" = Uuid, Path, description = "The batch")),
    responses(
        (status = 200, description = "The file", body = Vec<u8>, content_type = "application/octet-stream"),
        (status = 403, description = "You are on the side of somebody who is paid"),
        (status = 409, description = "The batch was not released, its file was taken in another format, or it would be another one by now"),
    ),
)]
#[post("/batches/{id}/bank-file")]
pub(super) async fn take(
    door: Door,
    Signed(caller, (id, body)): Signed<(Path<BatchId>, Body<BankFileRequest>)>,
) -> Result<HttpResponse, Problem> {
    let format = body.0.format;
    let (db, moment) = (door.db.clone(), door.moment);
    let (access, payer) = (door.access.clone(), door.payer.clone());
    let act = async move |tx: &mut Tx<'_>| {
        let write = |order: &_| format.write(order).map_err(Problem::from);
        bank_files::take(tx, &caller.actor, (&access, &payer), (*id, format.code()), write).await
    };
    let Taken { reference, sha256, bytes } = door.to_the_end(async move { db.write(moment, act).await }).await?;
    let name = format!("attachment; filename=\"{reference}.{}.{}\"", format.code(), format.extension());
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, format.media_type()))
        .insert_header((CONTENT_DISPOSITION, name))
        .insert_header((ETAG, format!("\"{sha256}\"")))
        .body(bytes))
}
