//! An answer that says yes, plain enough to be kept and given again.

use super::problem::Problem;
use actix_web::body::BoxBody;
use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, LINK, LOCATION};
use actix_web::{HttpRequest, HttpResponse, Responder};
use serde::{Deserialize, Serialize};

/// An answer: a status, a few headers and JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    status: u16,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    location: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    etag: Option<String>,
    #[serde(skip)]
    link: Option<String>,
    #[serde(skip)]
    public: bool,
    body: String,
}

impl Answer {
    /// 200 with a body.
    ///
    /// # Errors
    /// When the body cannot be written as JSON.
    pub fn ok(body: &impl Serialize) -> Result<Self, Problem> {
        Self::with_status(StatusCode::OK, body)
    }

    /// 201: it is now at that place.
    ///
    /// # Errors
    /// When the body cannot be written as JSON.
    pub fn created(location: String, body: &impl Serialize) -> Result<Self, Problem> {
        Ok(Self { location: Some(location), ..Self::with_status(StatusCode::CREATED, body)? })
    }

    /// 202: it is taken note of.
    ///
    /// # Errors
    /// When the body cannot be written as JSON.
    pub fn accepted(body: &impl Serialize) -> Result<Self, Problem> {
        Self::with_status(StatusCode::ACCEPTED, body)
    }

    /// 204: done, and nothing to say.
    #[must_use]
    pub const fn nothing() -> Self {
        Self { status: 204, location: None, etag: None, link: None, public: false, body: String::new() }
    }

    /// 200 with text that is JSON already.
    #[must_use]
    pub const fn json(body: String) -> Self {
        Self { status: 200, location: None, etag: None, link: None, public: false, body }
    }

    fn with_status(status: StatusCode, body: &impl Serialize) -> Result<Self, Problem> {
        let body = serde_json::to_string(body).map_err(|error| Problem::failed(&error.to_string()))?;
        Ok(Self { status: status.as_u16(), ..Self::json(body) })
    }

    /// With the version that an edit must name in `If-Match`.
    #[must_use]
    pub fn version(self, version: i32) -> Self {
        self.tagged(&version.to_string())
    }

    /// With a strong entity tag.
    #[must_use]
    pub fn tagged(mut self, tag: &str) -> Self {
        self.etag = Some(format!("\"{tag}\""));
        self
    }

    /// Whether it says that something is now at that place.
    #[must_use]
    pub fn is_at(&self, location: &str) -> bool {
        self.location.as_deref() == Some(location)
    }

    /// With a `Link` header.
    #[must_use]
    pub fn link(mut self, link: Option<String>) -> Self {
        self.link = link;
        self
    }

    /// Nobody's secret: may be kept by anybody who asks again before using it.
    #[must_use]
    pub const fn public(mut self) -> Self {
        self.public = true;
        self
    }
}

impl Responder for Answer {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = HttpResponse::build(status);
        let headers = [(LOCATION, self.location), (ETAG, self.etag), (LINK, self.link)];
        for (name, value) in headers {
            if let Some(value) = value {
                response.insert_header((name, value));
            }
        }
        if self.public {
            response.insert_header((CACHE_CONTROL, "no-cache"));
        }
        if self.body.is_empty() {
            return response.finish();
        }
        response.insert_header((CONTENT_TYPE, "application/json")).body(self.body)
    }
}
