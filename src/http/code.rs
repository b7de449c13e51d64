//! Every code with which a door says no by itself, in one list; what the rules say no with is in `rules::refusal`. The page of all
//! codes, `docs/API.md`, is written from both.

use actix_web::http::StatusCode;
use rules::refusal::{Refusal, RefusalKind};
use std::fmt::Write;

macro_rules! codes {
    ($(#[doc = $meaning:literal] $name:ident: $status:ident $code:literal,)+) => {
        /// Every code with which a door says no by itself.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Code {
            $(#[doc = $meaning] $name,)+
        }

        impl Code {
            /// Every code.
            pub const ALL: &[Self] = &[$(Self::$name),+];

            /// The stable code.
            #[must_use]
            pub const fn text(self) -> &'static str {
                match self { $(Self::$name => $code,)+ }
            }

            /// The status that goes with it.
            #[must_use]
            pub const fn status(self) -> StatusCode {
                match self { $(Self::$name => StatusCode::$status,)+ }
            }

            const fn meaning(self) -> &'static str {
                match self { $(Self::$name => $meaning,)+ }
            }
        }
    };
}

codes! {
    /// Path, query, header or body cannot be understood; `errors` points at the part.
    Malformed: BAD_REQUEST "request.malformed",
    /// The framework refused it before any door; the status says more than the code.
    Refused: BAD_REQUEST "request.refused",
    /// Nobody has signed in, or the access token is not valid or its session has ended.
    Unauthenticated: UNAUTHORIZED "unauthenticated",
    /// E-mail address and password do not belong together.
    Credentials: UNAUTHORIZED "session.credentials",
    /// The refresh token is unknown, too old or used, or its session has ended.
    SessionEnded: UNAUTHORIZED "session.ended",
    /// The path is there, and not for this method; `Allow` names those that it takes.
    MethodNotAllowed: METHOD_NOT_ALLOWED "method.not_allowed",
    /// The body did not arrive in time.
    TooSlow: REQUEST_TIMEOUT "request.too_slow",
    /// Somebody else wrote the same thing at the same moment: read again, then decide.
    Taken: CONFLICT "taken",
    /// The caller's roles, authorities or organisations changed while this waited for others: send it again if it is still theirs.
    CallerChanged: CONFLICT "caller.changed",
    /// A request with this `Idempotency-Key` is being worked on: send it again shortly.
    KeyInProgress: CONFLICT "idempotency_key.in_progress",
    /// Somebody else has changed it since: read it again, then decide.
    Stale: PRECONDITION_FAILED "stale",
    /// The version that is named never was; `detail` says which one is current. Read that, then decide.
    NoSuchVersion: PRECONDITION_FAILED "version.unknown",
    /// The body is longer than is read.
    TooLarge: PAYLOAD_TOO_LARGE "request.too_large",
    /// The file has no such bytes; `Content-Range` says how many it has.
    RangeNotThere: RANGE_NOT_SATISFIABLE "range.not_there",
    /// The body is not said to be JSON.
    NotJson: UNSUPPORTED_MEDIA_TYPE "request.not_json",
    /// The body is said to be neither XML nor CSV.
    NeitherXmlNorCsv: UNSUPPORTED_MEDIA_TYPE "request.neither_xml_nor_csv",
    /// The scheme does not know what is named; `errors` points at it and names what it knows.
    NotAllowed: UNPROCESSABLE_ENTITY "request.not_allowed",
    /// This `Idempotency-Key` came with another request before: make a new one for a new thing.
    KeyReused: UNPROCESSABLE_ENTITY "idempotency_key.reused",
    /// A workbook holds neither so many rows nor such a large amount exactly: take CSV.
    BeyondASheet: UNPROCESSABLE_ENTITY "report.beyond_a_sheet",
    /// `If-Match` is missing: send the `ETag` of what was read.
    IfMatchMissing: PRECONDITION_REQUIRED "if_match.missing",
    /// Too many tries of this address, or wrong passwords of this account: wait as long as `Retry-After` says.
    TooManyTries: TOO_MANY_REQUESTS "too_many_tries",
    /// Something failed here; the log knows more under the request id.
    Failed: INTERNAL_SERVER_ERROR "failed",
    /// Whoever looks at files for malicious code cannot be asked; nothing was kept: try again after `Retry-After`.
    ScannerUnavailable: SERVICE_UNAVAILABLE "scanner.unavailable",
    /// As many files arrive at this moment as may at once; nothing was read of this one: try again after `Retry-After`.
    UploadsTaken: SERVICE_UNAVAILABLE "uploads.taken",
    /// The fonts in which letters are set are not in the folder that the settings name; their texts can be read all the same.
    FontsMissing: SERVICE_UNAVAILABLE "letter.fonts_missing",
    /// The books do not agree with the ledger, or pass a limit: whoever runs this must look before more is decided.
    BooksDisagree: SERVICE_UNAVAILABLE "books.disagree",
    /// The database or a core cannot be had at this moment: try again after `Retry-After`.
    Unavailable: SERVICE_UNAVAILABLE "unavailable",
}

/// The status of each kind of refusal.
pub(super) const fn status_of(kind: RefusalKind) -> StatusCode {
    match kind {
        RefusalKind::Absent => StatusCode::NOT_FOUND,
        RefusalKind::Permission => StatusCode::FORBIDDEN,
        RefusalKind::State => StatusCode::CONFLICT,
        RefusalKind::Rule => StatusCode::UNPROCESSABLE_ENTITY,
    }
}

const HEAD: &str = "\
# How the API says no

The API describes itself: `GET /api/v1/openapi.json`, and for people `/docs/`. This page is its list of codes. It is written by
`cargo run -- codes > docs/API.md`, and a test holds it to that.

Whatever is not done is answered with a problem (RFC 9457, `application/problem+json`): `type`, `title`, `status`, `detail` (a
sentence for a person), `code` (stable, for a program), `request_id` (also in `X-Request-Id`), and `errors` with a `pointer` into
the body or the name of a `parameter` where a part of the request is wrong. What was refused has changed nothing.

";

/// The page of all codes, in Markdown.
#[must_use]
pub fn page() -> String {
    let mut page = HEAD.to_owned();
    let doors = Code::ALL.iter().map(|code| (code.text(), code.status(), code.meaning().trim()));
    table(&mut page, "By the doors, before a rule is asked", doors);
    page.push('\n');
    let rules = Refusal::codes().map(|(code, kind, meaning)| (code, status_of(kind), meaning));
    table(&mut page, "By the rules", rules);
    page
}

fn table<'c>(page: &mut String, title: &str, lines: impl Iterator<Item = (&'c str, StatusCode, &'c str)>) {
    let mut lines = lines.collect::<Vec<_>>();
    lines.sort_unstable_by_key(|(code, status, _)| (status.as_u16(), *code));
    // Writing to a text cannot fail.
    let _ = writeln!(page, "## {title}\n\n| status | code | meaning |\n|---|---|---|");
    for (code, status, meaning) in lines {
        let _ = writeln!(page, "| {} | `{code}` | {meaning} |", status.as_u16());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_code_stands_for_one_thing() {
        let codes = Code::ALL.iter().map(|code| code.text()).chain(Refusal::codes().map(|(code, ..)| code));
        let codes = codes.collect::<Vec<_>>();
        assert_eq!(codes.iter().collect::<BTreeSet<_>>().len(), codes.len(), "{codes:?}");
    }
}
