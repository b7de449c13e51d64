//! `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header-07): a request that is sent twice is done once, and answered
//! twice alike. The answer is kept in the transaction that does the work, so a power cut between the two cannot be.

use super::answer::Answer;
use super::body;
use super::code::Code;
use super::problem::Problem;
use super::services::Door;
use crate::access::AccountKey;
use crate::store::idempotency::{Key, Known, claim, keep};
use crate::store::{Fault, Tx};
use actix_web::dev::Payload;
use actix_web::http::header::{HeaderMap, HeaderName};
use actix_web::{FromRequest, HttpRequest};
use futures_util::future::LocalBoxFuture;
use rules::calculation::read_json;
use rules::ids::PersonId;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// Longer than any key that is made by a rule.
const KEY_LENGTH_MAX: usize = 255;

/// A body that comes with a key, and what the key belongs to.
pub(super) struct Keyed<T> {
    /// What is asked.
    pub body: T,
    /// The key, once it is known whose it is.
    pub once: Once,
}

/// A key and the request that it came with.
pub(super) struct Once {
    route: String,
    key: String,
    request_hash: [u8; 32],
}

impl Once {
    /// A key that came with what is known by a digest: of all that was asked, the path included.
    pub(super) fn of((route, key): (String, String), request_hash: [u8; 32]) -> Self {
        Self { route, key, request_hash }
    }

    /// The same of a request that nobody may guess from what is kept of it.
    pub(super) fn under(mut self, key: &AccountKey) -> Self {
        self.request_hash = key.digest_of(&self.request_hash);
        self
    }
}

/// The route and the key of a request whose body is read later.
pub(super) fn route_and_key(request: &HttpRequest) -> Result<(String, String), Problem> {
    Ok((format!("{} {}", request.method(), request.match_pattern().unwrap_or_default()), key(request.headers())?))
}

impl<T: DeserializeOwned + 'static> FromRequest for Keyed<T> {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let key = key(request.headers());
        let route = format!("{} {}", request.method(), request.match_pattern().unwrap_or_default());
        let path = request.path().to_owned();
        let read = body::read(request, payload.take());
        Box::pin(async move {
            let key = key?;
            let text = read.await?;
            let body = read_json(&text).map_err(|fault| Problem::faulty(vec![fault]))?;
            // The path is part of what is asked: one key must not serve two cases.
            let request_hash = Sha256::new().chain_update(path).chain_update([0]).chain_update(&text).finalize().into();
            Ok(Self { body, once: Once { route, key, request_hash } })
        })
    }
}

/// The key: a string of structured fields (RFC 8941), in quotes.
fn key(headers: &HeaderMap) -> Result<String, Problem> {
    let malformed = |message| Problem::malformed_parameter("Idempotency-Key", message);
    let mut given = headers.get_all(IDEMPOTENCY_KEY);
    let Some(value) = given.next() else {
        return Err(malformed(
            "is missing: make a new one for each thing to be done, and send it again with each attempt",
        ));
    };
    const WRITE: &str = "write one string in quotes, of 1 to 255 printable ASCII characters, such as \"8e03978e-40d5\"";
    let text = value.to_str().ok().map(str::trim);
    let inner = text.and_then(|text| text.strip_prefix('"')?.strip_suffix('"'));
    match (inner.and_then(unescaped), given.next()) {
        (Some(key), None) if (1..=KEY_LENGTH_MAX).contains(&key.len()) => Ok(key),
        _ => Err(malformed(WRITE)),
    }
}

/// Inside the quotes only a quote and a backslash are escaped, and only printable ASCII is allowed.
fn unescaped(inner: &str) -> Option<String> {
    let mut key = String::with_capacity(inner.len());
    let mut characters = inner.chars();
    while let Some(character) = characters.next() {
        match character {
            '"' => return None,
            '\\' => key.push(characters.next().filter(|escaped| matches!(escaped, '"' | '\\'))?),
            ' '..='~' => key.push(character),
            _ => return None,
        }
    }
    Some(key)
}

impl Door {
    /// Runs an act once for each key of a person, as [`Door::write`] does; a repetition gets the first answer.
    ///
    /// # Errors
    /// The act's own; or the key is at work, or came with another request.
    pub(super) async fn write_once(
        &self,
        person: PersonId,
        once: Once,
        act: impl AsyncFnOnce(&mut Tx<'_>) -> Result<Answer, Problem> + 'static,
    ) -> Result<Answer, Problem> {
        let Once { route, key, request_hash } = once;
        let key = Key { person, route, key, request_hash };
        self.write(async move |tx: &mut Tx<'_>| match claim(tx, &key).await? {
            Known::Answered { request_hash, answer } if request_hash == key.request_hash => {
                serde_json::from_str(&answer).map_err(|error| Problem::failed(&error.to_string()))
            }
            Known::Answered { .. } => {
                let detail = "This Idempotency-Key came with another request before: make a new one for a new thing.";
                Err(Problem::new(Code::KeyReused, detail))
            }
            Known::InProgress => Err(in_progress()),
            Known::New => {
                let answer = act(tx).await?;
                let kept = serde_json::to_string(&answer).map_err(|error| Problem::failed(&error.to_string()))?;
                match keep(tx, &key, &kept).await {
                    Err(Fault::Taken(_)) => Err(in_progress()),
                    other => other.map(|()| answer).map_err(Problem::from),
                }
            }
        })
        .await
    }
}

fn in_progress() -> Problem {
    let detail = "A request with this Idempotency-Key is being worked on: ask again shortly.";
    Problem::new(Code::KeyInProgress, detail)
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::http::header::HeaderValue;

    fn read(values: &[&[u8]]) -> Option<String> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(IDEMPOTENCY_KEY, HeaderValue::from_bytes(value).unwrap());
        }
        key(&headers).ok()
    }

    #[test]
    fn a_key_is_one_quoted_string_of_printable_ascii() {
        assert_eq!(read(&[b"\"8e03978e\""]).unwrap(), "8e03978e");
        assert_eq!(read(&[br#""a \"b\" \\c""#]).unwrap(), r#"a "b" \c"#);
        let long = format!("\"{}\"", "a".repeat(256));
        let refused: [&[u8]; 9] = [
            b"8e03978e",
            b"\"",
            b"\"\"",
            b"\"a",
            b"\"a\"b\"",
            b"\"a\\b\"",
            b"\"a\";x=1",
            "\"é\"".as_bytes(),
            long.as_bytes(),
        ];
        for value in refused {
            assert_eq!(read(&[value]), None, "{}", String::from_utf8_lossy(value));
        }
        assert_eq!(read(&[b"\"a\"", b"\"b\""]), None);
        assert_eq!(read(&[]), None);
    }
}
