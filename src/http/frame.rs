//! What surrounds every request: its id, its one reading of the clocks, its line in the log, and the headers of its answer.

use super::problem::Problem;
use super::services::Services;
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{
    self, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, HeaderMap, HeaderName, HeaderValue,
    IF_NONE_MATCH, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS,
};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::{HttpMessage, web};
use std::time::Instant;
use tracing::Instrument;
use uuid::Uuid;

/// The header that names a request.
pub(super) const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Longer than any id that somebody makes by a rule.
const REQUEST_ID_LENGTH_MAX: usize = 64;

/// What a page of the API may load: nothing.
const NOTHING: HeaderValue = HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'");
/// What the documentation page may load: what comes with it.
const ITS_OWN: HeaderValue = HeaderValue::from_static(
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'",
);

/// Around every request.
///
/// # Errors
/// When the framework fails.
pub async fn frame(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let began = Instant::now();
    let id = request_id(request.headers());
    let Some(services) = request.app_data::<web::Data<Services>>().cloned() else {
        return Err(Problem::failed("the services are not there").into());
    };
    request.extensions_mut().insert(services.clock.moment());
    let method = request.method().clone();
    // What can be got can be asked about; the server leaves the body out by itself.
    if method == Method::HEAD {
        request.head_mut().method = Method::GET;
    }
    let if_none_match = request.headers().get(IF_NONE_MATCH).cloned();
    let span = tracing::info_span!("request", id);
    let response = next.call(request).instrument(span.clone()).await?.map_into_boxed_body();
    let mut response = span.in_scope(|| explained(response, &id));
    if method == Method::GET || method == Method::HEAD {
        response = unless_known(response, if_none_match.as_ref());
    }
    headers(&mut response, &id, services.https);
    let route = response.request().match_pattern().unwrap_or_else(|| "none".to_owned());
    services.metrics.answered(&method, &route, response.status(), began.elapsed());
    span.in_scope(|| {
        let (status, duration_us) = (response.status().as_u16(), began.elapsed().as_micros());
        tracing::info!(%method, route, status, duration_us, "answered");
    });
    Ok(response)
}

/// The caller's id where it is well-formed, so that a request can be followed through several systems; else a new one.
fn request_id(headers: &HeaderMap) -> String {
    let fits = |id: &&str| {
        (1..=REQUEST_ID_LENGTH_MAX).contains(&id.len())
            && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
    };
    let given = headers.get(X_REQUEST_ID).and_then(|value| value.to_str().ok()).filter(fits);
    given.map_or_else(|| Uuid::now_v7().to_string(), str::to_owned)
}

/// Writes the body of a problem. What the framework refuses by itself becomes a problem as well.
fn explained(response: ServiceResponse, id: &str) -> ServiceResponse {
    if !(response.status().is_client_error() || response.status().is_server_error()) {
        return response;
    }
    let problem = response.response().extensions().get::<Problem>().cloned();
    let problem = problem.unwrap_or_else(|| Problem::of_status(response.status()));
    let mut response = response.map_body(|_, _| BoxBody::new(problem.written(id)));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    response
}

/// 304 where the caller has this version already.
fn unless_known(response: ServiceResponse, if_none_match: Option<&HeaderValue>) -> ServiceResponse {
    let (Some(known), Some(tag)) = (if_none_match, response.headers().get(ETAG)) else { return response };
    let (Ok(known), Ok(tag)) = (known.to_str(), tag.to_str()) else { return response };
    let strong = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    let matches = known.trim() == "*" || known.split(',').any(|known| strong(known) == strong(tag));
    if response.status() != StatusCode::OK || !matches {
        return response;
    }
    let mut response = response.map_body(|head, _| {
        head.status = StatusCode::NOT_MODIFIED;
        BoxBody::new(())
    });
    response.headers_mut().remove(CONTENT_TYPE);
    response
}

fn headers(response: &mut ServiceResponse, id: &str, https: bool) {
    let page = response.request().path().starts_with("/docs");
    let headers = response.headers_mut();
    if let Ok(id) = HeaderValue::from_str(id) {
        headers.insert(X_REQUEST_ID, id);
    }
    if !headers.contains_key(CACHE_CONTROL) {
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(CONTENT_SECURITY_POLICY, if page { ITS_OWN } else { NOTHING });
    headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    if https {
        headers.insert(STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_id_is_taken_over_only_where_it_is_safe_to_log() {
        let id_for = |given: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(X_REQUEST_ID, HeaderValue::from_bytes(given.as_bytes()).unwrap());
            request_id(&headers)
        };
        assert_eq!(id_for("case-42_a.b"), "case-42_a.b");
        for unsafe_id in ["", "two words", "quote\"", &"a".repeat(65), "é"] {
            assert_eq!(Uuid::parse_str(&id_for(unsafe_id)).unwrap().get_version_num(), 7, "{unsafe_id}");
        }
    }
}
