//! The body of a request: JSON, bounded, read strictly, with a pointer to what is wrong. Paths and queries too.

use super::code::Code;
use super::problem::Problem;
use super::services::Door;
use actix_web::dev::Payload;
use actix_web::http::header::CONTENT_LENGTH;
use actix_web::web::{BytesMut, PathConfig, QueryConfig};
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use futures_util::StreamExt;
use futures_util::future::LocalBoxFuture;
use rules::calculation::read_json;
use serde::de::DeserializeOwned;
use std::time::Duration;

/// A body that was understood.
pub(super) struct Body<T>(pub T);

impl<T: DeserializeOwned + 'static> FromRequest for Body<T> {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let read = read(request, payload.take());
        Box::pin(async move { read_json(&read.await?).map(Self).map_err(|fault| Problem::faulty(vec![fault])) })
    }
}

/// A body of JSON text, not looked into.
pub(super) struct Text(pub BytesMut);

impl FromRequest for Text {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let read = read(request, payload.take());
        Box::pin(async move { read.await.map(Self) })
    }
}

/// The bytes of a JSON body.
pub(super) fn read(
    request: &HttpRequest,
    payload: Payload,
) -> impl Future<Output = Result<BytesMut, Problem>> + 'static {
    let asked = asked(request);
    async move {
        let (bytes_max, time_max) = asked?;
        let Ok(bytes) = tokio::time::timeout(time_max, collect(payload, bytes_max)).await else {
            let detail = "The body did not arrive in time.";
            return Err(Problem::new(Code::TooSlow, detail));
        };
        bytes
    }
}

/// How many bytes may come, and how long that may take, if they are what they should be.
fn asked(request: &HttpRequest) -> Result<(usize, Duration), Problem> {
    if request.content_type() != "application/json" {
        let detail = "Send JSON, and say so: Content-Type: application/json.";
        return Err(Problem::new(Code::NotJson, detail));
    }
    let door = Door::of(request)?;
    let (bytes_max, time_max) = (door.body_bytes_max, door.body_time_max);
    let announced =
        request.headers().get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|length| length > bytes_max) {
        return Err(too_large(bytes_max));
    }
    Ok((bytes_max, time_max))
}

pub(super) async fn collect(mut payload: Payload, bytes_max: usize) -> Result<BytesMut, Problem> {
    let mut bytes = BytesMut::new();
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|error| Problem::new(Code::Malformed, format!("The body broke off: {error}.")))?;
        if bytes.len().saturating_add(chunk.len()) > bytes_max {
            return Err(too_large(bytes_max));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

pub(super) fn too_large(bytes_max: usize) -> Problem {
    let detail = format!("The body is longer than {bytes_max} bytes.");
    Problem::new(Code::TooLarge, detail)
}

/// What is said of a path that cannot be understood.
#[must_use]
pub fn paths() -> PathConfig {
    PathConfig::default().error_handler(|error, _| Problem::malformed_parameter("path", error.to_string()).into())
}

/// What is said of a query that cannot be understood.
#[must_use]
pub fn queries() -> QueryConfig {
    QueryConfig::default().error_handler(|error, _| Problem::malformed_parameter("query", error.to_string()).into())
}
