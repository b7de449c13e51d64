//! `If-Match`: whoever edits names the version that they have read, so that nobody's edit is lost.

use super::code::Code;
use super::problem::Problem;
use actix_web::dev::Payload;
use actix_web::http::header::{HeaderMap, IF_MATCH};
use actix_web::{FromRequest, HttpRequest};
use std::future::{Ready, ready};

/// The version that the caller has read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct IfMatch(pub i32);

impl FromRequest for IfMatch {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(version(request.headers()).map(Self))
    }
}

/// A version that nothing has, for a tag that was never given out: it is well written, and whoever knows the versions says no.
const NEVER: i32 = 0;

fn version(headers: &HeaderMap) -> Result<i32, Problem> {
    let required = || Problem::new(Code::IfMatchMissing, "Send If-Match with the ETag of what you have read.");
    let malformed = |message| Err(Problem::malformed_parameter("If-Match", message));
    let mut given = headers.get_all(IF_MATCH);
    let tag = given.next().ok_or_else(required)?.to_str().unwrap_or_default().trim();
    // "Whatever it is now" is the very thing that must not be edited blindly.
    if tag == "*" {
        return malformed("* stands for any version: write the one that you have read, as ETag gave it, such as \"3\"");
    }
    if tag.starts_with("W/") {
        return malformed("a weak tag is never matched: write it without W/, as ETag gave it, such as \"3\"");
    }
    let inner = tag.strip_prefix('"').and_then(|tag| tag.strip_suffix('"')).filter(|inner| !inner.contains('"'));
    match (inner, given.next()) {
        (Some(inner), None) => Ok(inner.parse().unwrap_or(NEVER)),
        _ => malformed("write one entity tag in quotes, as ETag gave it, such as \"3\""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::http::header::HeaderValue;

    #[test]
    fn only_one_strong_tag_names_a_version() {
        let read = |tags: &[&str]| {
            let mut headers = HeaderMap::new();
            for tag in tags {
                headers.append(IF_MATCH, HeaderValue::from_str(tag).unwrap());
            }
            version(&headers).map_err(|problem| actix_web::ResponseError::status_code(&problem).as_u16())
        };
        assert_eq!(read(&["\"3\""]), Ok(3));
        assert_eq!(read(&["\"of another kind\""]), Ok(NEVER));
        assert_eq!(read(&[]), Err(428));
        for malformed in [&["*"][..], &["W/\"3\""], &["3"], &["\"3"], &["\"3\", \"4\""], &["\"3\"", "\"4\""], &[""]] {
            assert_eq!(read(malformed), Err(400), "{malformed:?}");
        }
    }
}
