//! The worker as operators run it: a process that is told to stop, or killed.

use crate::database::TestDatabase;
use crate::post::Post;
use crate::until::until;
use almoner::sink::Manner;
use rules::person::Language;
use std::io::Read;
use std::process::{Child, Command, Stdio};

/// A worker process; it ends with this value.
struct Process(Child);

impl Process {
    fn start(database: &TestDatabase, port: u16) -> Self {
        let child = Command::new(env!("CARGO_BIN_EXE_almoner"))
            .arg("worker")
            .env_clear()
            .env("DATABASE_URL", database.url())
            .env("ALMONER_CONFIG", concat!(env!("CARGO_MANIFEST_DIR"), "/config"))
            .env("ALMONER_FILES__PLACE", format!("folder:{}", database.files().display()))
            .env("ALMONER_MAIL__PORT", port.to_string())
            .env("ALMONER_WORKER__POLL_S", "1")
            .env("ALMONER_LOG__FILTER", "trace")
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn();
        Self(child.unwrap())
    }

    /// Sends a signal and waits for the end: the exit code, and everything that was logged.
    fn end(mut self, signal: &str) -> (Option<i32>, String) {
        let told = Command::new("kill").args([signal, &self.0.id().to_string()]).status();
        assert!(told.unwrap().success());
        let mut log = String::new();
        self.0.stderr.take().unwrap().read_to_string(&mut log).unwrap();
        (self.0.wait().unwrap().code(), log)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

/// Until so many mails have come.
async fn mails(post: &Post, number: usize) {
    until("the mails", async || post.mails().len() >= number).await;
}

/// The processes have the clock of the machine, whatever it shows: what was to be sent has been due for ever.
async fn due(post: &Post) {
    post.database.run("UPDATE outbox SET due_at = 'epoch' WHERE state = 'waiting'").await;
}

#[tokio::test]
async fn a_process_mails_what_is_due_names_nobody_in_its_log_and_ends_at_a_signal() {
    let post = Post::open().await;
    for (signal, number) in [("-TERM", 1), ("-INT", 2)] {
        post.invite(&format!("somebody{number}@example.hk"), Language::English).await;
        post.invite(&format!("bounce{number}@example.hk"), Language::English).await;
        post.sink.mailbox.behave([Manner::Take, Manner::Reader(550)]);
        due(&post).await;
        let process = Process::start(&post.database, post.sink.address.port());
        mails(&post, number).await;
        let settled = async || !post.notices().await.iter().any(|notice| notice.starts_with("waiting"));
        until("an end of each notice", settled).await;
        let (exit, log) = process.end(signal);
        assert_eq!(exit, Some(0), "{log}");
        assert!(log.contains("sent") && log.contains("the mail server answered 550"), "{log}");
        let written = post.mails();
        for secret in ["@example.hk", "Chan", &written[0].token(), "Choose"] {
            assert!(!log.contains(secret), "{secret} is in the log:\n{log}");
        }
    }
}

#[tokio::test]
async fn what_a_killed_process_held_is_sent_by_the_next_one_when_the_lease_has_run_out() {
    let post = Post::open().await;
    post.invite("somebody@example.hk", Language::English).await;
    post.sink.mailbox.behave([Manner::TakeAndHang]);
    due(&post).await;
    let doomed = Process::start(&post.database, post.sink.address.port());
    mails(&post, 1).await;
    assert_eq!(doomed.end("-KILL").0, None);
    assert_eq!(post.notices().await, ["waiting 0 held"]);
    post.database.run("UPDATE outbox SET leased_until = 'epoch'").await;
    let next = Process::start(&post.database, post.sink.address.port());
    mails(&post, 2).await;
    assert_eq!(next.end("-TERM").0, Some(0));
    let mails = post.mails();
    assert_eq!(mails[0].id(), mails[1].id());
    assert_eq!(post.notices().await, ["sent 1"]);
}
