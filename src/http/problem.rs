//! The one mapping from what can go wrong to an answer: RFC 9457 `application/problem+json`.

use super::code::{Code, status_of};
use crate::actions::{Error, Unproven};
use crate::store::Fault;
use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderName, HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE};
use actix_web::{HttpResponse, ResponseError};
use rules::calculation::{FaultKind, RequestFault};
use rules::refusal::{
    AllocationRefusal, AssessmentRefusal, ItemRefused, LineRefused, Refusal, ReturnRefusal, RoundDecisionRefusal,
};
use serde::Serialize;
use std::fmt;
use utoipa::ToSchema;

/// An answer that says no. The request id is added to it when it leaves the house.
#[derive(Clone, Debug)]
pub struct Problem {
    status: StatusCode,
    code: &'static str,
    detail: String,
    errors: Vec<FieldError>,
    headers: Vec<(HeaderName, HeaderValue)>,
}

/// What is wrong with one part of a request.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct FieldError {
    /// JSON Pointer (RFC 6901) to the part of the body.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "/project/stages/0/costs/0/amount")]
    pub pointer: Option<String>,
    /// Name of the parameter of path or query, or of the header.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parameter: Option<String>,
    /// What is wrong and what is allowed.
    pub message: String,
    /// The code of a refusal, where a part is refused as it would be by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "assessment.assessor_twice")]
    pub code: Option<&'static str>,
}

/// A problem as it is written.
#[derive(Serialize, ToSchema)]
#[schema(as = Problem)]
pub(super) struct Written<'a> {
    /// Identifies the kind of problem; stable.
    #[schema(example = "/problems/application.wrong_state")]
    r#type: String,
    /// What this status means here.
    title: &'a str,
    /// The status code.
    status: u16,
    /// What went wrong this time, and what to do.
    detail: &'a str,
    /// The last part of `type`.
    code: &'a str,
    /// Which parts of the request are wrong.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    errors: &'a [FieldError],
    /// What to name when asking for help; the log has it too.
    request_id: &'a str,
}

impl Problem {
    /// A problem.
    #[must_use]
    pub fn new(code: Code, detail: impl Into<String>) -> Self {
        Self::with(code.status(), code.text(), detail.into())
    }

    const fn with(status: StatusCode, code: &'static str, detail: String) -> Self {
        Self { status, code, detail, errors: Vec::new(), headers: Vec::new() }
    }

    /// A path, query or header that cannot be understood.
    #[must_use]
    pub fn malformed_parameter(parameter: &str, message: impl Into<String>) -> Self {
        let mut problem = Self::new(Code::Malformed, format!("{parameter} cannot be understood."));
        let (parameter, message) = (Some(parameter.to_owned()), message.into());
        problem.errors.push(FieldError { pointer: None, parameter, message, code: None });
        problem
    }

    /// A body with faults: malformed where one of them is, else against a rule.
    #[must_use]
    pub fn faulty(faults: Vec<RequestFault>) -> Self {
        let malformed = faults.iter().any(|fault| fault.kind != FaultKind::NotAllowed);
        let mut problem = if malformed {
            Self::new(Code::Malformed, "The request cannot be understood.")
        } else {
            Self::new(Code::NotAllowed, "The scheme does not allow the request.")
        };
        problem.errors = faults.into_iter().map(FieldError::from).collect();
        problem
    }

    /// Nobody has proved to be somebody.
    #[must_use]
    pub fn unauthenticated(detail: &str) -> Self {
        Self::new(Code::Unauthenticated, detail).header(WWW_AUTHENTICATE, "Bearer")
    }

    /// Nothing here, as far as this caller may know.
    #[must_use]
    pub fn not_found() -> Self {
        Refusal::NotFound.into()
    }

    /// Come back later.
    #[must_use]
    pub fn too_many(wait_s: u64) -> Self {
        let detail = format!("Too many tries: wait {wait_s} seconds.");
        Self::new(Code::TooManyTries, detail).header(RETRY_AFTER, &wait_s.max(1).to_string())
    }

    /// The house failed. The reason is logged and not told.
    #[must_use]
    pub fn failed(reason: &str) -> Self {
        tracing::error!(reason, "the house failed");
        let detail = "Something failed here. It has been noted; name the request id when you ask about it.";
        Self::new(Code::Failed, detail)
    }

    /// The database or a core cannot be had at this moment.
    #[must_use]
    pub fn unavailable(detail: &str) -> Self {
        Self::new(Code::Unavailable, detail).header(RETRY_AFTER, "2")
    }

    /// What the framework refuses by itself.
    #[must_use]
    pub fn of_status(status: StatusCode) -> Self {
        match status {
            StatusCode::NOT_FOUND => Self::not_found(),
            status if status.is_server_error() => Self::failed("the framework refused"),
            status => Self::with(status, Code::Refused.text(), "The request cannot be answered as it is.".to_owned()),
        }
    }

    /// The same of a part of the body: whoever looked at the part knows nothing of the whole.
    #[must_use]
    pub fn within(mut self, part: &str) -> Self {
        if self.detail.starts_with('/') {
            self.detail.insert_str(0, part);
        }
        for pointer in self.errors.iter_mut().filter_map(|error| error.pointer.as_mut()) {
            pointer.insert_str(0, part);
        }
        self
    }

    /// With a header.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.push((name, value));
        }
        self
    }

    /// As it leaves the house.
    #[must_use]
    pub fn written(&self, request_id: &str) -> String {
        let written = Written {
            r#type: format!("/problems/{}", self.code),
            title: title(self.status),
            status: self.status.as_u16(),
            detail: &self.detail,
            code: self.code,
            errors: &self.errors,
            request_id,
        };
        serde_json::to_string(&written).unwrap_or_default()
    }
}

fn title(status: StatusCode) -> &'static str {
    match status {
        StatusCode::BAD_REQUEST => "The request cannot be understood",
        StatusCode::UNAUTHORIZED => "Sign in first",
        StatusCode::FORBIDDEN => "Not permitted",
        StatusCode::NOT_FOUND => "Not here",
        StatusCode::CONFLICT => "Not in this state",
        StatusCode::PRECONDITION_FAILED => "Not the version that is there now",
        StatusCode::UNPROCESSABLE_ENTITY => "A rule says no",
        StatusCode::PRECONDITION_REQUIRED => "Name the version that you have read",
        StatusCode::INTERNAL_SERVER_ERROR => "Something failed here",
        status => status.canonical_reason().unwrap_or("The request cannot be answered"),
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.detail)
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.status
    }

    /// Without a body: that is written where the request id is known, in [`super::frame`].
    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::new(self.status);
        for (name, value) in &self.headers {
            response.headers_mut().insert(name.clone(), value.clone());
        }
        response.extensions_mut().insert(self.clone());
        response
    }
}

impl From<RequestFault> for FieldError {
    fn from(fault: RequestFault) -> Self {
        Self { pointer: Some(fault.pointer), parameter: None, message: fault.message, code: None }
    }
}

impl From<LineRefused> for FieldError {
    fn from(refused: LineRefused) -> Self {
        let (pointer, code) = (format!("/assignments/{}", refused.line), refused.refusal.code());
        Self { pointer: Some(pointer), parameter: None, message: refused.refusal.to_string(), code: Some(code) }
    }
}

/// What a line has of its own; the rest is said once for all lines.
const PARTS_OF_LINES: [&str; 7] =
    ["/application", "/amount", "/reduced_from", "/conditions", "/embargo_until", "/departure", "/reason"];

impl FieldError {
    /// One of the lines that are refused, in the list of what was sent that has them.
    fn of_line(at: Option<&str>, refused: ItemRefused) -> Self {
        let ItemRefused { line, reference, refusal } = refused;
        // What points into a single request points into its line of this one, where that has such a part.
        let part = refusal.pointer().filter(|part| PARTS_OF_LINES.contains(&part.as_str()));
        let pointer = at.map(|at| format!("/{at}/{line}{}", part.unwrap_or_default()));
        let message = match reference {
            Some(reference) => format!("{reference}: {refusal}"),
            None => refusal.to_string(),
        };
        Self { pointer, parameter: None, message, code: Some(refusal.code()) }
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let (kind, code, sentence) = (refusal.kind(), refusal.code(), refusal.to_string());
        if let Some(pointer) = refusal.pointer() {
            let mut problem = Self::with(status_of(kind), code, format!("{pointer}: {sentence}"));
            problem.errors.push(FieldError { pointer: Some(pointer), parameter: None, message: sentence, code: None });
            return problem;
        }
        let mut problem = Self::with(status_of(kind), code, sentence);
        match refusal {
            Refusal::FiguresFaulty { faults }
            | Refusal::ContentFaulty { faults }
            | Refusal::ApplicationIncomplete { missing: faults } => {
                problem.errors = faults.into_iter().map(FieldError::from).collect();
            }
            Refusal::Assessment(AssessmentRefusal::MarksWrong { fault }) => problem.errors.push(fault.into()),
            Refusal::Return(ReturnRefusal::FieldsNotAsked { fields }) => {
                let told = |pointer| RequestFault::malformed(pointer, "leave it as it was sent");
                problem.errors = fields.into_iter().map(told).map(FieldError::from).collect();
            }
            Refusal::Allocation(AllocationRefusal::LinesRefused { lines }) => {
                problem.errors = lines.into_iter().map(FieldError::from).collect();
            }
            Refusal::RoundDecision(RoundDecisionRefusal::ItemsRefused { at, items }) => {
                problem.errors = items.into_iter().map(|item| FieldError::of_line(at, item)).collect();
            }
            _ => {}
        }
        problem
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::Refused(refusal) => refusal.into(),
            Error::Stale => {
                let detail = "Somebody else has changed this since you read it: read it again, then decide.";
                Self::new(Code::Stale, detail)
            }
            Error::NoSuchVersion { current } => {
                let detail = format!(
                    "The version that is named never was; the current one is \"{current}\": read it, then decide."
                );
                Self::new(Code::NoSuchVersion, detail)
            }
            Error::Edited { changed } => {
                let detail = "Somebody else has changed this since you read it: what differs is listed. Read it again, then decide.";
                let told = |pointer| RequestFault::malformed(pointer, "changed since you read it");
                let errors = changed.into_iter().map(told).map(FieldError::from).collect();
                Self { errors, ..Self::new(Code::Stale, detail) }
            }
            Error::Unproven(unproven) => {
                let code = match unproven {
                    Unproven::Credentials => Code::Credentials,
                    Unproven::Session => Code::SessionEnded,
                };
                Self::new(code, unproven.to_string()).header(WWW_AUTHENTICATE, "Bearer")
            }
            Error::Wait { seconds } => Self::too_many(seconds),
            Error::Busy => Self::unavailable("Too many people sign in at this moment: try again shortly."),
            Error::Fault(fault) => fault.into(),
        }
    }
}

impl From<Fault> for Problem {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Refused(refusal) => refusal.into(),
            Fault::Unavailable(reason) => {
                tracing::warn!(reason, "the database cannot be reached");
                Self::unavailable("The database cannot be reached at this moment: try again shortly.")
            }
            Fault::Taken(constraint) => {
                tracing::warn!(constraint, "somebody else was first");
                let detail = "Somebody else wrote the same thing at the same moment: read again, then decide.";
                Self::new(Code::Taken, detail)
            }
            Fault::Outdated => {
                let detail = "Your roles, authorities or organisations changed while this waited for others: nothing was done. \
                              Send it again if it is still yours to do.";
                Self::new(Code::CallerChanged, detail)
            }
            fault => {
                let source = std::error::Error::source(&fault).map(|source| format!(": {source}")).unwrap_or_default();
                Self::failed(&format!("{fault}{source}"))
            }
        }
    }
}
