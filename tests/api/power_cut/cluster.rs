//! A PostgreSQL that is as safe as production's, for a test that kills it: `scripts/db` makes, starts and deletes it.

use crate::database::{lines, run};
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command};

/// The cluster. It is deleted with this value, or by the next one if that did not come to it.
pub struct Cluster {
    _only_one: File,
}

impl Cluster {
    /// A new one, when no other test of this working copy has it.
    pub async fn made_anew() -> Self {
        let lock = File::create(Path::new(env!("CARGO_TARGET_TMPDIR")).join("power-cut.lock")).unwrap();
        lock.lock().unwrap();
        script(&["reset"]);
        script(&["up"]);
        let cluster = Self { _only_one: lock };
        let safe = "SELECT concat_ws(' ', current_setting('fsync'), current_setting('synchronous_commit'),
                                     current_setting('full_page_writes')) AS line";
        assert_eq!(lines(&cluster.url("almoner"), safe).await, ["on on on"]);
        cluster
    }

    /// One more database in it.
    pub async fn create(&self, database: &str) {
        run(&self.url("almoner"), &format!("CREATE DATABASE {database}")).await;
    }

    /// Starts it again.
    pub fn start(&self) {
        script(&["up"]);
    }

    /// The folder of its socket.
    pub fn socket(&self) -> PathBuf {
        self.url("almoner").split_once("host=").unwrap().1.replace("%20", " ").into()
    }

    /// The address of one of its databases.
    pub fn url(&self, database: &str) -> String {
        script(&["url"]).trim().replace("@/almoner?", &format!("@/{database}?"))
    }

    /// Kills the postmaster, a process of the test and every child of the postmaster, in this order and in one breath.
    pub fn cut(&self, process: &mut Child) {
        let status = script(&["status"]);
        let postmaster = status.split_once("(process ").and_then(|(_, rest)| rest.split_once(')')).unwrap().0;
        // It begets no more children once it is stopped.
        kill("-STOP", &[postmaster]);
        let mut doomed = vec![postmaster.to_owned(), process.id().to_string()];
        doomed.extend(children(postmaster));
        kill("-KILL", &doomed);
        process.wait().unwrap();
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        script(&["reset"]);
    }
}

fn script(arguments: &[&str]) -> String {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/db");
    let output = Command::new(script).env("DB_CLUSTER", "power-cut").args(arguments).output().unwrap();
    assert!(output.status.success(), "scripts/db {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn kill(signal: &str, processes: &[impl AsRef<std::ffi::OsStr>]) {
    // One that has ended by itself meanwhile is no trouble.
    Command::new("kill").arg(signal).args(processes).output().unwrap();
}

fn children(parent: &str) -> Vec<String> {
    let is_child = |process: &String| {
        let stat = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
        // The name in brackets may hold anything; the parent is the second word after it.
        stat.rsplit_once(')').and_then(|(_, rest)| rest.split_whitespace().nth(1)) == Some(parent)
    };
    let processes = fs::read_dir("/proc").unwrap().filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    processes.filter(|name| name.bytes().all(|byte| byte.is_ascii_digit())).filter(is_child).collect()
}
