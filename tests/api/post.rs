//! A worker with a real mail server behind it: what the tests of mail begin with.

use crate::database::TestDatabase;
use almoner::actions::people::{Introduction, invite};
use almoner::settings::Settings;
use almoner::sink::Sink;
use almoner::store::{Db, Moment, Tx};
use almoner::worker::{StartError, Worker};
use chrono::{DateTime, TimeDelta, Utc};
use mail_parser::{Message, MessageParser};
use rules::actor::{Actor, Role};
use rules::ids::PersonId;
use rules::person::Language;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// So many seconds after the post has opened.
pub fn at(seconds: i64) -> Moment {
    let opened: DateTime<Utc> = "2026-11-22T02:00:00Z".parse().unwrap();
    let now = opened + TimeDelta::seconds(seconds);
    Moment { now, recorded_at: now }
}

/// A database with notices in it, and a sink that takes the mail.
pub struct Post {
    pub db: Db,
    pub sink: Sink,
    pub database: TestDatabase,
}

impl Post {
    pub async fn open() -> Self {
        let database = TestDatabase::migrated().await;
        Self { db: database.db(), sink: Sink::start(0).await.unwrap(), database }
    }

    /// A worker with the settings of development and these: `mail.tls`, and so on.
    pub fn worker(&self, changed: &[(&str, &str)]) -> Worker {
        worker(&self.database, self.sink.address.port(), changed).unwrap()
    }

    /// Invites somebody, who is then to be sent a link.
    pub async fn invite(&self, email: &str, language: Language) -> PersonId {
        let somebody = Introduction { email: email.to_owned(), name: "Chan Tai Man".to_owned(), language };
        let roles = BTreeSet::from([Role::Officer]);
        let invited =
            self.db.write(at(0), async |tx: &mut Tx<'_>| invite(tx, &Actor::console(), somebody, roles).await);
        invited.await.unwrap().person.id
    }

    /// Every notice: state, attempts and what the last one met.
    pub async fn notices(&self) -> Vec<String> {
        let sql = "SELECT concat_ws(' ', state, attempts, CASE WHEN leased_until IS NOT NULL THEN 'held' END, last_error) AS line
                     FROM outbox ORDER BY id";
        self.database.lines(sql).await
    }

    /// What the sink was sent.
    pub fn mails(&self) -> Vec<Mail> {
        mails(&self.sink)
    }
}

/// What a sink was sent.
pub fn mails(sink: &Sink) -> Vec<Mail> {
    sink.mailbox.received().into_iter().map(|received| Mail { to: received.to, raw: received.mail }).collect()
}

/// A worker with the settings of development and these.
pub fn worker(database: &TestDatabase, port: u16, changed: &[(&str, &str)]) -> Result<Worker, StartError> {
    let variable = |(name, value): &(&str, &str)| {
        (format!("ALMONER_{}", name.to_uppercase().replace('.', "__")), (*value).to_owned())
    };
    let (port, place) = (port.to_string(), format!("folder:{}", database.files().display()));
    let mut variables = vec![("DATABASE_URL".to_owned(), database.url())];
    let own = [("mail.port", port.as_str()), ("mail.attempt_s", "20"), ("files.place", place.as_str())];
    variables.extend(own.iter().map(variable));
    variables.extend(changed.iter().map(variable));
    let config = Path::new(env!("CARGO_MANIFEST_DIR")).join("config");
    Worker::new(&Settings::read(&variables, |file| fs::read_to_string(config.join(file))).unwrap())
}

/// One mail, as its reader's program sees it.
pub struct Mail {
    pub to: Vec<String>,
    pub raw: Vec<u8>,
}

impl Mail {
    pub fn parsed(&self) -> Message<'_> {
        MessageParser::default().parse(&self.raw).unwrap()
    }

    pub fn subject(&self) -> String {
        self.parsed().subject().unwrap().to_owned()
    }

    pub fn text(&self) -> String {
        self.parsed().body_text(0).unwrap().replace("\r\n", "\n")
    }

    pub fn id(&self) -> String {
        self.parsed().message_id().unwrap().to_owned()
    }

    /// The token in the link.
    pub fn token(&self) -> String {
        let text = self.text();
        let (_, token) =
            text.lines().find(|line| line.contains("/docs/#")).and_then(|line| line.split_once('#')).unwrap();
        token.to_owned()
    }
}
