//! The API as a person's program sees it: one call, one answer, every call kept in `calls.jsonl` without passwords and tokens.

use super::Trouble;
use super::chapter::Upload;
use super::files;
use super::roles::Person;
use rules::calendar::Day;
use serde_json::{Value, json};
use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::sleep;
use std::time::Duration;
use ureq::http::{self, Method, StatusCode};

/// How long an answer may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);
/// Longer than any report of the story.
const BYTES_MAX: u64 = 64 * 1024 * 1024;
/// How often a call is made again that the server puts off.
const TRIES: u32 = 20;

/// What is asked of the server.
#[derive(Clone, Debug)]
pub(super) struct Call {
    method: Method,
    path: String,
    headers: Vec<(&'static str, String)>,
    body: Option<Value>,
    file: Option<(String, Vec<u8>)>,
}

impl Call {
    /// Reads something.
    pub(super) fn get(path: impl Into<String>) -> Self {
        Self::new(Method::GET, path.into(), None)
    }

    /// Does something.
    pub(super) fn post(path: impl Into<String>, body: Value) -> Self {
        Self::new(Method::POST, path.into(), Some(body))
    }

    /// Replaces something.
    pub(super) fn put(path: impl Into<String>, body: Value) -> Self {
        Self::new(Method::PUT, path.into(), Some(body))
    }

    /// Sends a file under a name.
    pub(super) fn file(path: impl Into<String>, file: &Upload) -> Self {
        let mut call = Self::new(Method::POST, path.into(), None);
        let document = file.document.as_ref().map(|code| format!("; name=\"{code}\"")).unwrap_or_default();
        call.headers.push(("content-disposition", format!("attachment{document}; filename=\"{}\"", file.name)));
        call.file = Some((file.media_type.clone(), file.text.clone().into_bytes()));
        call
    }

    /// Sends what a bank has sent.
    pub(super) fn bytes(path: impl Into<String>, media_type: &str, bytes: Vec<u8>) -> Self {
        let mut call = Self::new(Method::POST, path.into(), None);
        call.file = Some((media_type.to_owned(), bytes));
        call
    }

    fn new(method: Method, path: String, body: Option<Value>) -> Self {
        Self { method, path, headers: Vec::new(), body, file: None }
    }

    /// Once, however often it is sent.
    pub(super) fn once(mut self, key: &str) -> Self {
        self.headers.push(("idempotency-key", format!("\"demo/{key}\"")));
        self
    }

    /// Only if it is still as it was read.
    pub(super) fn if_match(mut self, etag: &str) -> Self {
        self.headers.push(("if-match", etag.to_owned()));
        self
    }
}

/// What the server answers.
#[derive(Clone, Debug)]
pub(super) struct Reply {
    call: String,
    status: StatusCode,
    /// The tag of the version that was read.
    pub etag: String,
    /// The body, where it is JSON.
    pub json: Value,
    /// The body as it came.
    pub bytes: Vec<u8>,
}

impl Reply {
    /// The body of a call that must have gone well.
    pub(super) fn done(self) -> Result<Self, Trouble> {
        if self.status.is_success() { Ok(self) } else { Err(self.trouble()) }
    }

    /// The detail of a refusal that must have come.
    pub(super) fn refused(self, code: &str) -> Result<String, Trouble> {
        if self.json.get("code").and_then(Value::as_str) == Some(code) {
            self.text("/detail")
        } else {
            Err(self.trouble())
        }
    }

    /// Whether it is refused because it was done before.
    pub(super) fn is_done_before(&self) -> bool {
        const BEFORE: [&str; 3] = ["stale", "idempotency_key.reused", "allocation.empty"];
        let code = self.json.get("code").and_then(Value::as_str).unwrap_or_default();
        BEFORE.contains(&code) || code.ends_with("wrong_state")
    }

    /// Whether it is refused with a code.
    pub(super) fn is(&self, code: &str) -> bool {
        self.json.get("code").and_then(Value::as_str) == Some(code)
    }

    /// Whether there is nothing that the person may see.
    pub(super) fn is_absent(&self) -> bool {
        self.status == StatusCode::NOT_FOUND
    }

    /// Whether who asks is not known.
    pub(super) fn is_unauthenticated(&self) -> bool {
        self.status == StatusCode::UNAUTHORIZED
    }

    /// Whether it goes well if it is only asked again.
    fn is_put_off(&self) -> bool {
        let busy = [StatusCode::SERVICE_UNAVAILABLE, StatusCode::TOO_MANY_REQUESTS].contains(&self.status);
        (busy && !self.is("letter.fonts_missing")) || self.is("idempotency_key.in_progress")
    }

    /// A text of the answer.
    pub(super) fn text(&self, pointer: &str) -> Result<String, Trouble> {
        let text = self.json.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
        text.ok_or_else(|| Trouble::Answer { call: self.call.clone(), detail: format!("no text at {pointer}") })
    }

    /// The lines of a list.
    pub(super) fn items(&self, pointer: &str) -> Result<Vec<Value>, Trouble> {
        let items = self.json.pointer(pointer).and_then(Value::as_array).cloned();
        items.ok_or_else(|| Trouble::Answer { call: self.call.clone(), detail: format!("no list at {pointer}") })
    }

    /// What to say of an answer that must not be.
    pub(super) fn trouble(&self) -> Trouble {
        let detail =
            if self.json.is_null() { String::from_utf8_lossy(&self.bytes).into_owned() } else { self.json.to_string() };
        Trouble::Answer { call: self.call.clone(), detail: format!("{}: {detail}", self.status) }
    }
}

/// The API at an address.
pub(super) struct Api {
    agent: ureq::Agent,
    address: String,
    password: String,
    day: Mutex<Option<Day>>,
    log: Mutex<File>,
}

fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Api {
    /// The API at an address; calls are added to a file.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub(super) fn new(address: &str, password: &str, log: &Path) -> Result<Self, Trouble> {
        let config = ureq::Agent::config_builder();
        let config = config.http_status_as_error(false).timeout_global(Some(PATIENCE)).proxy(None).build();
        let log = files::lines(log).map_err(|error| Trouble::File { path: log.display().to_string(), error })?;
        let (address, password) = (address.to_owned(), password.to_owned());
        Ok(Self { agent: config.into(), address, password, day: Mutex::new(None), log: Mutex::new(log) })
    }

    /// Moves the business clock to ten in the morning of a day.
    pub(super) fn set_day(&self, day: Day) -> Result<(), Trouble> {
        if held(&self.day).replace(day) != Some(day) {
            self.visit(Call::post("/clock", json!({ "now": format!("{day}T02:00:00Z") })))?.done()?;
        }
        Ok(())
    }

    /// A call of somebody who has not signed in.
    pub(super) fn visit(&self, call: Call) -> Result<Reply, Trouble> {
        self.send("a visitor", None, call)
    }

    /// A call of a person. Somebody whose session has ended signs in again.
    pub(super) fn call(&self, person: &Person, call: Call) -> Result<Reply, Trouble> {
        let reply = self.send(&person.name, Some(person.token()), call.clone())?;
        if !reply.is_unauthenticated() {
            return Ok(reply);
        }
        self.sign_in(person)?.done()?;
        self.send(&person.name, Some(person.token()), call)
    }

    /// Signs a person in; the answer says whether that went well.
    pub(super) fn sign_in(&self, person: &Person) -> Result<Reply, Trouble> {
        let credentials = json!({ "email": person.email, "password": self.password });
        let reply = self.send(&person.name, None, Call::post("/sessions", credentials))?;
        if reply.status.is_success() {
            person.signed_in(reply.text("/access_token")?);
        }
        Ok(reply)
    }

    fn send(&self, who: &str, token: Option<String>, call: Call) -> Result<Reply, Trouble> {
        for _ in 1..TRIES {
            let reply = self.send_once(who, token.as_deref(), &call)?;
            if !reply.is_put_off() {
                return Ok(reply);
            }
            sleep(Duration::from_millis(300));
        }
        self.send_once(who, token.as_deref(), &call)
    }

    fn send_once(&self, who: &str, token: Option<&str>, call: &Call) -> Result<Reply, Trouble> {
        let name = format!("{} {} ({who})", call.method, call.path);
        let broken = |error: &dyn std::fmt::Display| Trouble::Answer { call: name.clone(), detail: error.to_string() };
        let mut request = http::Request::builder();
        request = request.method(call.method.clone()).uri(format!("{}/api/v1{}", self.address, call.path));
        for (header, value) in &call.headers {
            request = request.header(*header, value);
        }
        if let Some(token) = token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let sent = match (&call.body, &call.file) {
            (None, Some((media_type, bytes))) => {
                let request = request.header("content-type", media_type).body(bytes.as_slice());
                self.agent.run(request.map_err(|error| broken(&error))?)
            }
            (Some(body), _) => {
                let request = request.header("content-type", "application/json").body(body.to_string());
                self.agent.run(request.map_err(|error| broken(&error))?)
            }
            (None, None) => self.agent.run(request.body(()).map_err(|error| broken(&error))?),
        };
        let mut response = sent.map_err(|error| broken(&error))?;
        let bytes = response.body_mut().with_config().limit(BYTES_MAX).read_to_vec().map_err(|error| broken(&error))?;
        let etag = response.headers().get("etag").and_then(|etag| etag.to_str().ok()).unwrap_or_default().to_owned();
        let json = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        let reply = Reply { call: name, status: response.status(), etag, json, bytes };
        self.keep(who, call, &reply)?;
        Ok(reply)
    }

    fn keep(&self, who: &str, call: &Call, reply: &Reply) -> Result<(), Trouble> {
        let headers = call.headers.iter().map(|(name, value)| ((*name).to_owned(), json!(value)));
        let response =
            if reply.json.is_null() { json!({ "bytes": reply.bytes.len() }) } else { without_secrets(&reply.json) };
        let line = json!({
            "business_day": held(&self.day).map(|day| day.to_string()),
            "who": who,
            "method": call.method.as_str(),
            "path": format!("/api/v1{}", call.path),
            "headers": headers.collect::<serde_json::Map<_, _>>(),
            "request": call.body.as_ref().map(without_secrets),
            "status": reply.status.as_u16(),
            "response": response,
        });
        let written = held(&self.log).write_all(format!("{line}\n").as_bytes());
        written.map_err(|error| Trouble::File { path: "calls.jsonl".to_owned(), error })
    }
}

/// The same without what opens a door.
fn without_secrets(value: &Value) -> Value {
    const SECRET: [&str; 4] = ["password", "token", "access_token", "refresh_token"];
    match value {
        Value::Object(members) => {
            let kept = members.iter().map(|(name, value)| {
                let value = if SECRET.contains(&name.as_str()) { json!("(left out)") } else { without_secrets(value) };
                (name.clone(), value)
            });
            Value::Object(kept.collect())
        }
        Value::Array(items) => Value::Array(items.iter().map(without_secrets).collect()),
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_opens_a_door_is_not_kept() {
        let kept =
            without_secrets(&json!({ "email": "a@b.example", "password": "x", "more": [{ "refresh_token": "y" }] }));
        assert_eq!(
            kept,
            json!({ "email": "a@b.example", "password": "(left out)", "more": [{ "refresh_token": "(left out)" }] })
        );
    }
}
