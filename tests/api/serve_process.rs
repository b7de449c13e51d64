//! The server as operators run it: a process that is killed while a request is under way.

use crate::database::TestDatabase;
use crate::until::until;
use crate::world::World;
use almoner::access::{RandomToken, SigningKey, Tokens};
use almoner::clock::Clock;
use almoner::store::{Tx, sessions};
use chrono::TimeDelta;
use diesel_async::{AsyncConnection, AsyncPgConnection, SimpleAsyncConnection};
use ed25519_dalek::pkcs8::EncodePrivateKey;
use ed25519_dalek::pkcs8::spki::der::pem::LineEnding;
use rules::actor::Actor;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;
use uuid::Uuid;

const PASSWORD: &str = "seven quiet trams under paper moons";

/// A server process; it ends with this value.
pub struct Process {
    child: Child,
    pub address: String,
}

/// A server process, and somebody signed in at it.
pub async fn served(world: &World, who: &Actor) -> (Process, String) {
    let pem = ed25519_dalek::SigningKey::from_bytes(&[7; 32]).to_pkcs8_pem(LineEnding::LF).unwrap().to_string();
    let key = pem.parse::<SigningKey>().unwrap();
    let process = Process::with(&world.database, &[("ALMONER_TOKENS__SIGNING_KEY", &pem)]);
    let tokens = Tokens::new(&key, &[], "http://127.0.0.1:8080", "almoner", Duration::from_secs(600)).unwrap();
    let (person, session, now) = (who.person().unwrap(), Uuid::now_v7(), Clock::default().moment().now);
    let (refresh, until) = (RandomToken::generate().unwrap(), now + TimeDelta::hours(1));
    let moment = almoner::store::Moment { now, recorded_at: now };
    let begun = async |tx: &mut Tx<'_>| sessions::begin(tx, session, person, until, &refresh.hash).await;
    world.db.write(moment, begun).await.unwrap();
    (process, tokens.issue(person, session, now).unwrap())
}

fn almoner(database: &TestDatabase) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_almoner"));
    command.env_clear().env("DATABASE_URL", database.url());
    command.env("ALMONER_FILES__PLACE", format!("folder:{}", database.files().display()));
    command.env("ALMONER_CONFIG", concat!(env!("CARGO_MANIFEST_DIR"), "/config"));
    command.env("ALMONER_HTTP__PORT", "0").env("ALMONER_HTTP__WORKERS", "1");
    command
}

impl Process {
    /// A server on any port that is free; it says which in its log.
    fn start(database: &TestDatabase) -> Self {
        Self::with(database, &[])
    }

    /// The same with variables of its own.
    pub fn with(database: &TestDatabase, variables: &[(&str, &str)]) -> Self {
        let mut command = almoner(database);
        let mut child = command
            .envs(variables.iter().copied())
            .arg("serve")
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut log = BufReader::new(child.stderr.take().unwrap());
        let mut line = String::new();
        while !line.contains("listening") {
            line.clear();
            assert!(log.read_line(&mut line).unwrap() > 0, "it has ended without listening");
        }
        // Nobody reads the rest, and a full pipe would stop it.
        thread::spawn(move || std::io::copy(&mut log, &mut std::io::sink()));
        let (_, rest) = line.split_once("127.0.0.1:").unwrap();
        let port = rest.chars().take_while(char::is_ascii_digit).collect::<String>();
        Self { child, address: format!("127.0.0.1:{port}") }
    }

    /// Sends a request without waiting for the answer.
    fn send(&self, path: &str, token: &str, body: &Value) -> TcpStream {
        self.send_once(path, (token, "the same"), body)
    }

    /// The same with a key.
    pub fn send_once(&self, path: &str, (token, key): (&str, &str), body: &Value) -> TcpStream {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let body = body.to_string();
        let request = format!(
            "POST /api/v1{path} HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\
             Authorization: Bearer {token}\r\nIdempotency-Key: \"{key}\"\r\nConnection: close\r\n\r\n{body}",
            self.address,
            body.len(),
        );
        stream.write_all(request.as_bytes()).unwrap();
        stream
    }

    /// Sends a request and reads the status and the body of the answer.
    fn ask(&self, path: &str, token: &str, body: &Value) -> (String, Value) {
        let mut answer = String::new();
        self.send(path, token, body).read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        (head.split(' ').nth(1).unwrap().to_owned(), serde_json::from_str(body).unwrap())
    }

    fn sign_in(&self) -> String {
        let (_, session) =
            self.ask("/sessions", "", &json!({ "email": "administrator@agency.example", "password": PASSWORD }));
        session["access_token"].as_str().unwrap().to_owned()
    }

    /// The most memory that it has had at once, in KiB.
    pub fn peak_kib(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        line.trim().trim_end_matches(" kB").parse().unwrap()
    }

    pub fn kill(mut self) {
        self.child.kill().unwrap();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

fn create_administrator(database: &TestDatabase) {
    let introduced = ["--email", "administrator@agency.example", "--name", "Fictitious Administrator Lam"];
    let mut command = almoner(database);
    command.args(["admin", "create", "--password-stdin"]).args(introduced).stdin(Stdio::piped()).stdout(Stdio::null());
    let mut child = command.spawn().unwrap();
    writeln!(child.stdin.take().unwrap(), "{PASSWORD}").unwrap();
    assert!(child.wait().unwrap().success());
}

/// What there is of the officer: the account, its roles, its audit, its notices, and the kept answer.
async fn officer(database: &TestDatabase) -> Vec<String> {
    let sql = "SELECT concat_ws(' ', (SELECT count(*) FROM person_roles WHERE person_id = people.id),
                      (SELECT count(*) FROM audit_entries WHERE subject_id = people.id),
                      (SELECT count(*) FROM outbox WHERE subject_id = people.id),
                      (SELECT count(*) FROM idempotency_keys)) AS line
                 FROM people WHERE email = 'officer@agency.example'";
    database.lines(sql).await
}

/// Until a query has a row.
async fn until_there(database: &TestDatabase, sql: &str) {
    until(sql, async || !database.lines(sql).await.is_empty()).await;
}

#[tokio::test]
async fn a_write_that_a_killed_server_had_begun_has_happened_wholly_or_not_at_all() {
    let database = TestDatabase::migrated().await;
    create_administrator(&database);
    let person = json!({ "email": "officer@agency.example", "name": "Fictitious Officer Chan", "language": "en" });
    let invitation = json!({ "person": person, "roles": ["officer"] });

    // Killed in the middle: the account is written, and its notice waits for a lock.
    let mut blocker = AsyncPgConnection::establish(&database.url()).await.unwrap();
    blocker.batch_execute("BEGIN; LOCK TABLE outbox IN EXCLUSIVE MODE").await.unwrap();
    let server = Process::start(&database);
    let unanswered = server.send("/people", &server.sign_in(), &invitation);
    until_there(
        &database,
        "SELECT query AS line FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
    )
    .await;
    server.kill();
    drop(unanswered);
    blocker.batch_execute("COMMIT").await.unwrap();
    until_there(&database, "SELECT 'gone' AS line WHERE NOT EXISTS (SELECT FROM pg_stat_activity
                       WHERE datname = current_database() AND pid <> pg_backend_pid() AND query LIKE '%outbox%' AND state <> 'idle')")
        .await;
    assert_eq!(officer(&database).await, Vec::<String>::new());

    // Killed when it is done, before anybody has read the answer.
    let server = Process::start(&database);
    let unanswered = server.send("/people", &server.sign_in(), &invitation);
    until_there(&database, "SELECT email AS line FROM people WHERE email = 'officer@agency.example'").await;
    server.kill();
    drop(unanswered);
    assert_eq!(officer(&database).await, ["1 1 1 1"]);

    // Whoever has no answer asks again, and is told what was done.
    let server = Process::start(&database);
    let (status, answer) = server.ask("/people", &server.sign_in(), &invitation);
    assert_eq!((status.as_str(), &answer["email"]), ("201", &json!("officer@agency.example")));
    assert_eq!(officer(&database).await, ["1 1 1 1"]);
}
