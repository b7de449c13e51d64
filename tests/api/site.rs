//! The server as its users meet it: the real one, on a port of its own, and calls over HTTP.

use crate::database::{TestDatabase, files_of};
use almoner::access::{RandomToken, SigningKey, Tokens};
use almoner::app::Application;
use almoner::clock::Clock;
use almoner::settings::Settings;
use almoner::store::{Tx, sessions};
use chrono::{DateTime, TimeDelta, Utc};
use rules::actor::Actor;
use rules::ids::PersonId;
use secrecy::SecretString;
use serde_json::Value;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::sync::mpsc;
use std::thread::{self, JoinHandle};
use std::time::Duration;
use tokio::runtime::Handle;
use ureq::http::{HeaderMap, HeaderName, HeaderValue, Method, Request, StatusCode};
use uuid::Uuid;

/// How long an answer may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// A running server in front of one database. It stops with this value.
pub struct Site {
    pub address: String,
    /// The clocks that the server reads.
    pub clock: Clock,
    /// What signs its access tokens.
    pub tokens: Tokens,
    db: almoner::store::Db,
    agent: ureq::Agent,
    handle: actix_web::dev::ServerHandle,
    thread: Option<JoinHandle<()>>,
}

impl Site {
    /// A server with the settings of development and these: `("http.workers", "1")`, and so on.
    pub fn open(database: &TestDatabase, changed: &[(&str, &str)]) -> Self {
        Self::before(&database.url(), changed)
    }

    /// The same before whatever is at an address, or is not.
    pub fn before(url: &str, changed: &[(&str, &str)]) -> Self {
        let settings = settings(url, changed);
        let key = SigningKey::of_the_tests();
        let (issuer, audience) = (settings.http.public_url.as_str(), &settings.tokens.audience);
        let tokens = Tokens::new(&key, &[], issuer, audience, settings.tokens.lifetime).unwrap();
        let clock = Clock::default();
        let (its_clock, (started, listens)) = (clock.clone(), mpsc::channel());
        let thread = thread::spawn(move || {
            actix_web::rt::System::new().block_on(async move {
                let application = Application::with_clock(&settings, &its_clock).unwrap();
                started.send((application.address(), application.handle())).unwrap();
                application.run().await.unwrap();
            });
        });
        let (address, handle) = listens.recv().unwrap();
        let config = ureq::Agent::config_builder().http_status_as_error(false).timeout_global(Some(PATIENCE));
        Self {
            address: format!("http://{address}"),
            clock,
            tokens,
            db: almoner::store::Db::new(url, 8).unwrap(),
            agent: config.proxy(None).build().into(),
            handle,
            thread: Some(thread),
        }
    }

    /// A session of a person, as signing in would begin it: its access token.
    pub async fn token(&self, who: &Actor) -> String {
        self.token_of(who.person().unwrap()).await
    }

    /// The same, by the person's id.
    pub async fn token_of(&self, person: PersonId) -> String {
        let (moment, session) = (self.clock.moment(), Uuid::now_v7());
        let (refresh, until) = (RandomToken::generate().unwrap(), moment.recorded_at + TimeDelta::hours(1));
        let begun = self
            .db
            .write(moment, async |tx: &mut Tx<'_>| sessions::begin(tx, session, person, until, &refresh.hash).await);
        begun.await.unwrap();
        self.tokens.issue(person, session, moment.recorded_at).unwrap()
    }

    /// Sends a call and waits for its answer.
    pub fn send(&self, call: &Call) -> Reply {
        let mut request = Request::builder().method(call.method.clone()).uri(format!("{}{}", self.address, call.path));
        for (name, value) in &call.headers {
            request = request.header(name, value);
        }
        let sent = match &call.body {
            Some(body) => self.agent.run(request.body(body.as_slice()).unwrap()),
            None => self.agent.run(request.body(()).unwrap()),
        };
        let mut response = sent.unwrap();
        let headers = response.headers().clone();
        let bytes = response.body_mut().read_to_vec().unwrap();
        let json = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        let reply = Reply { status: response.status(), headers, json, bytes };
        crate::described::hold(&call.method, &call.path, &reply);
        reply
    }

    /// Sends a call that has to wait, and acts meanwhile. Needs a runtime of several threads.
    pub fn send_while(&self, call: &Call, act: impl Future<Output = ()>) -> Reply {
        thread::scope(|scope| {
            let waits = scope.spawn(|| self.send(call));
            tokio::task::block_in_place(|| Handle::current().block_on(act));
            waits.join().unwrap()
        })
    }

    /// Sends bytes as they are and waits for an answer; the line is held open meanwhile.
    pub fn send_raw(&self, bytes: &[u8]) -> Reply {
        let mut line = TcpStream::connect(self.address.trim_start_matches("http://")).unwrap();
        line.set_read_timeout(Some(PATIENCE)).unwrap();
        line.write_all(bytes).unwrap();
        let mut answer = BufReader::new(line);
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            assert!(answer.read_line(&mut head).unwrap() > 0, "no answer: {head}");
        }
        let mut lines = head.lines();
        let status = lines.next().and_then(|line| line.split(' ').nth(1)).unwrap().parse().unwrap();
        let mut headers = HeaderMap::new();
        for (name, value) in lines.filter_map(|line| line.split_once(": ")) {
            headers.append(HeaderName::try_from(name).unwrap(), HeaderValue::from_str(value).unwrap());
        }
        let length = headers.get("content-length").map_or(0, |length| length.to_str().unwrap().parse().unwrap());
        let mut bytes = vec![0; length];
        answer.read_exact(&mut bytes).unwrap();
        let json = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        Reply { status, headers, json, bytes }
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        // Asked without waiting: the server's own thread goes on until it has stopped.
        drop(self.handle.stop(true));
        self.thread.take().unwrap().join().unwrap();
    }
}

pub fn settings(url: &str, changed: &[(&str, &str)]) -> Settings {
    let variable = |(name, value): &(&str, &str)| {
        (format!("ALMONER_{}", name.to_uppercase().replace('.', "__")), (*value).to_owned())
    };
    let mut variables = vec![("DATABASE_URL".to_owned(), "postgres://almoner@localhost/almoner".to_owned())];
    variables.extend([("http.port", "0"), ("http.workers", "2"), ("http.shutdown_s", "5")].iter().map(variable));
    variables.push(variable(&("files.place", &format!("folder:{}", files_of(url).display()))));
    variables.extend(changed.iter().map(variable));
    let config = Path::new(env!("CARGO_MANIFEST_DIR")).join("config");
    let mut settings = Settings::read(&variables, |file| fs::read_to_string(config.join(file))).unwrap();
    // Set past what production refuses: the key is known, and so may be the password of a server of the tests.
    settings.tokens.signing_key = Some(SigningKey::of_the_tests());
    settings.database.url = SecretString::from(url.to_owned());
    settings
}

/// What is sent. Paths begin with `/api/v1` or whatever else is meant.
#[derive(Clone, Debug)]
pub struct Call {
    method: Method,
    path: String,
    headers: Vec<(String, String)>,
    body: Option<Vec<u8>>,
}

impl Call {
    pub fn new(method: Method, path: impl Into<String>) -> Self {
        Self { method, path: path.into(), headers: Vec::new(), body: None }
    }

    pub fn get(path: impl Into<String>) -> Self {
        Self::new(Method::GET, path)
    }

    pub fn post(path: impl Into<String>, body: &Value) -> Self {
        Self::new(Method::POST, path).json(body)
    }

    pub fn put(path: impl Into<String>, body: &Value) -> Self {
        Self::new(Method::PUT, path).json(body)
    }

    pub fn json(self, body: &Value) -> Self {
        self.header("content-type", "application/json").bytes(body.to_string())
    }

    pub fn bytes(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = Some(body.into());
        self
    }

    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// As somebody who has signed in.
    pub fn with(self, token: &str) -> Self {
        self.header("authorization", &format!("Bearer {token}"))
    }

    pub fn key(self, key: &str) -> Self {
        self.header("idempotency-key", &format!("\"{key}\""))
    }

    /// What a rule points at is a part of what was sent, or could be one; but for what it says of the whole case.
    #[track_caller]
    pub fn holds(&self, reply: &Reply) {
        const OF_THE_CASE: [&str; 2] = ["application.figures_faulty", "application.incomplete"];
        let (status, code) = reply.told();
        if status != 422 || OF_THE_CASE.contains(&code) {
            return;
        }
        let sent = self.body.as_deref().map_or(Value::Null, |body| serde_json::from_slice(body).unwrap_or(Value::Null));
        for error in reply.json["errors"].as_array().into_iter().flatten() {
            if let Some((holder, _)) = error["pointer"].as_str().and_then(|pointer| pointer.rsplit_once('/')) {
                assert!(sent.pointer(holder).is_some(), "{self:?}: {}", reply.json);
            }
        }
    }

    pub fn if_match(self, version: i64) -> Self {
        self.header("if-match", &format!("\"{version}\""))
    }
}

/// What came back.
#[derive(Clone, Debug)]
pub struct Reply {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub json: Value,
    pub bytes: Vec<u8>,
}

impl Reply {
    /// A header, or nothing.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The text at a pointer.
    #[track_caller]
    pub fn text(&self, pointer: &str) -> &str {
        self.json.pointer(pointer).and_then(Value::as_str).unwrap_or_else(|| panic!("no text at {pointer}: {self:?}"))
    }

    /// Status and code, where it is a problem; status and nothing, where it went well.
    pub fn told(&self) -> (u16, &str) {
        let problem = self.header("content-type") == "application/problem+json";
        let code = self.json.get("code").filter(|_| problem).and_then(Value::as_str);
        (self.status.as_u16(), code.unwrap_or_default())
    }
}

/// The time of the business clock, for calls that move it.
pub fn morning(day: &str) -> DateTime<Utc> {
    format!("{day}T02:00:00Z").parse().unwrap()
}
