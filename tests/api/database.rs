//! A database for one test: cloned from a template that is named by the migrations, dropped when the test ends.

use crate::until::until;
use diesel::QueryableByName;
use diesel::sql_types::Text;
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::{env, fs, thread};
use tokio::sync::Mutex;
use uuid::Uuid;

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

/// A database that lives as long as this value.
pub struct TestDatabase {
    name: String,
    /// Looks at everything again and again: a connection of its own knows the tables already.
    eye: Mutex<Option<AsyncPgConnection>>,
}

impl TestDatabase {
    /// A migrated database.
    pub async fn migrated() -> Self {
        let template = template().await;
        let name = format!("t_{}", Uuid::now_v7().simple());
        run(server(), &format!("CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")).await;
        Self { name, eye: Mutex::default() }
    }

    /// A database with nothing in it.
    pub async fn empty() -> Self {
        let name = format!("t_{}", Uuid::now_v7().simple());
        run(server(), &format!("CREATE DATABASE {name}")).await;
        Self { name, eye: Mutex::default() }
    }

    pub fn url(&self) -> String {
        named(&self.name)
    }

    /// An empty place for the files of this database's applications; it goes with it.
    pub fn files(&self) -> PathBuf {
        files_of(&self.url())
    }

    pub fn db(&self) -> almoner::store::Db {
        almoner::store::Db::new(&self.url(), 8).unwrap()
    }

    /// What every table holds, so that two moments can be compared.
    pub async fn state(&self) -> Vec<String> {
        const STATE: &str = "SELECT format('%s: %s', table_name, (xpath('//state/text()', query_to_xml(format(
              $$SELECT concat_ws(' ', count(*), md5(string_agg(t::text, '' ORDER BY t::text))) AS state FROM %I t$$, table_name),
              false, true, '')))[1]) AS line
            FROM information_schema.tables WHERE table_schema = 'public' ORDER BY table_name";
        let mut eye = self.eye.lock().await;
        let connection = match eye.take() {
            Some(connection) => eye.insert(connection),
            None => eye.insert(AsyncPgConnection::establish(&self.url()).await.unwrap()),
        };
        let lines: Vec<Line> = diesel::sql_query(STATE).load(connection).await.unwrap();
        lines.into_iter().map(|line| line.line).collect()
    }

    /// Holds what a statement locks or has written, as the owner, until it is let go.
    pub async fn hold(&self, sql: &str) -> Held {
        let mut connection = AsyncPgConnection::establish(&self.url()).await.unwrap();
        connection.batch_execute(&format!("BEGIN; {sql}")).await.unwrap();
        Held { connection }
    }

    /// Waits until so many statements wait for a lock.
    pub async fn until_waiting(&self, statements: usize) {
        const WAITING: &str = "SELECT pid::text AS line FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
        until("a wait for a lock", async || self.lines(WAITING).await.len() >= statements).await;
    }

    /// Takes the database away from under whoever uses it.
    pub async fn vanish(&self) {
        run(server(), &format!("DROP DATABASE {} WITH (FORCE)", self.name)).await;
    }

    /// Runs SQL as the owner of the database: what an intruder with all rights could do.
    pub async fn run(&self, sql: &str) {
        run(&self.url(), sql).await;
    }

    /// The same, and says why the database refuses.
    pub async fn as_owner(&self, sql: &str) -> Result<(), String> {
        let mut connection = AsyncPgConnection::establish(&self.url()).await.unwrap();
        connection.batch_execute(sql).await.map_err(|error| error.to_string())
    }

    /// Runs SQL as the server's role, in one transaction: what a broken server could do. Says why the database refuses.
    pub async fn as_server(&self, sql: &str) -> Result<(), String> {
        let mut connection = AsyncPgConnection::establish(&self.url()).await.unwrap();
        connection.batch_execute("SET ROLE almoner_app").await.unwrap();
        connection.batch_execute(sql).await.map_err(|error| error.to_string())
    }

    /// The text column `line` of a query, row by row.
    pub async fn lines(&self, sql: &str) -> Vec<String> {
        lines(&self.url(), sql).await
    }
}

/// A transaction that is open.
pub struct Held {
    connection: AsyncPgConnection,
}

impl Held {
    /// Commits it.
    pub async fn let_go(mut self) {
        self.connection.batch_execute("COMMIT").await.unwrap();
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        let sql = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name);
        fs::remove_dir_all(self.files()).ok();
        // A destructor cannot wait, and the test's own runtime is ending.
        let dropped = thread::spawn(move || {
            tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(run(server(), &sql));
        });
        dropped.join().unwrap();
    }
}

/// The server: named by the environment (`make test` does), or the project's own test cluster.
fn server() -> &'static str {
    static SERVER: OnceLock<String> = OnceLock::new();
    SERVER.get_or_init(|| {
        env::var("TEST_DATABASE_URL").unwrap_or_else(|_| {
            let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/db");
            let db = |verb: &str| Command::new(&script).env("DB_CLUSTER", "test").arg(verb).output().unwrap();
            assert!(db("up").status.success(), "scripts/db up failed");
            String::from_utf8(db("url").stdout).unwrap().trim().to_owned()
        })
    })
}

/// Where the files of a database's applications lie.
pub fn files_of(url: &str) -> PathBuf {
    let name = url.split('?').next().unwrap().rsplit('/').next().unwrap();
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("files").join(name)
}

/// The server's URL with another database.
fn named(database: &str) -> String {
    let (address, options) = server().split_once('?').unwrap_or((server(), ""));
    let (host, _) = address.rsplit_once('/').unwrap();
    format!("{host}/{database}?{options}")
}

/// The template's name; it is made by whoever comes first.
async fn template() -> String {
    let mut digest = Sha256::new();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations");
    let mut migrations = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect::<Vec<_>>();
    migrations.sort();
    for migration in migrations {
        digest.update(fs::read(migration.join("up.sql")).unwrap());
    }
    let hash = rules::hexadecimal(&digest.finalize()).chars().take(16).collect::<String>();
    let name = format!("almoner_template_{hash}");
    let mut connection = AsyncPgConnection::establish(server()).await.unwrap();
    connection.batch_execute("SELECT pg_advisory_lock(20161121)").await.unwrap();
    if AsyncPgConnection::establish(&named(&name)).await.is_err() {
        let building = format!("{name}_building");
        connection.batch_execute(&format!("DROP DATABASE IF EXISTS {building} WITH (FORCE)")).await.unwrap();
        connection.batch_execute(&format!("CREATE DATABASE {building}")).await.unwrap();
        migrate(named(&building));
        connection.batch_execute(&format!("ALTER DATABASE {building} RENAME TO {name}")).await.unwrap();
    }
    connection.batch_execute("SELECT pg_advisory_unlock(20161121)").await.unwrap();
    name
}

/// Migrations bring their own runtime, so they cannot run inside one.
pub fn migrate(url: String) -> Vec<String> {
    thread::spawn(move || almoner::store::migrate(&url).unwrap()).join().unwrap()
}

/// The text column `line` of a query in any database, row by row.
pub async fn lines(url: &str, sql: &str) -> Vec<String> {
    let mut connection = AsyncPgConnection::establish(url).await.unwrap();
    let lines: Vec<Line> = diesel::sql_query(sql).load(&mut connection).await.unwrap();
    lines.into_iter().map(|line| line.line).collect()
}

/// Runs SQL in any database.
pub async fn run(url: &str, sql: &str) {
    let mut connection = AsyncPgConnection::establish(url).await.unwrap();
    connection.batch_execute(sql).await.unwrap();
}
